/* The script for R: everything about the questionnaire is in codebook.csv and factors.csv, so that only the design differs. */
#include "app/survey_export.h"
#include "base/po.h"

static const char reading[] =
	"library(survey)\n"
	"options(survey.lonely.psu = \"adjust\")\n"
	"read <- function(f) read.csv(f, colClasses = \"character\", check.names = FALSE, na.strings = character(0), encoding = \"UTF-8\")\n"
	"d <- read(\"data.csv\"); book <- read(\"codebook.csv\"); factors <- read(\"factors.csv\"); want <- read(\"table.csv\")\n"
	"num <- function(x) suppressWarnings(as.numeric(x))\n";

static const char values[] =
	"\n"
	"outside <- c(\"dont_know\", \"not_experienced\", \"refused\")\n"
	"items <- unique(book$item[book$item != \"\"])\n"
	"first <- function(item, column) book[[column]][match(item, book$item)]\n"
	"value <- function(item, stat, option = \"\") {\n"
	"  type <- first(item, \"type\")\n"
	"  if (type == \"number\") return(num(d[[item]]))\n"
	"  if (type == \"multiple\") return(num(d[[paste0(item, \".\", option)]]))\n"
	"  b <- book[book$item == item, ]\n"
	"  i <- match(d[[item]], b$code)\n"
	"  v <- switch(stat, satisfied = as.numeric(b$means == \"good\"), mean = num(b$value), points = num(b$points),\n"
	"              share = as.numeric(b$code == option))[i]\n"
	"  v[is.na(i) | b$means[i] %in% outside] <- NA\n"
	"  v\n"
	"}\n"
	"has <- function(item, stat) {\n"
	"  b <- book[book$item == item & !(book$means %in% outside), ]\n"
	"  b$type[1] %in% c(\"single\", \"scale\") &&\n"
	"    switch(stat, satisfied = any(b$means == \"good\"), points = any(b$points != \"\"), mean = any(b$value != \"\"))\n"
	"}\n"
	"under <- function(f, stat) Filter(function(i) {\n"
	"  if (!has(i, stat)) return(FALSE)\n"
	"  if (f == \"\") return(TRUE)\n"
	"  g <- first(i, \"factor\")\n"
	"  while (g != \"\" && g != f) g <- factors$parent[match(g, factors$code)]\n"
	"  g == f\n"
	"}, items)\n";

/* A ratio is linearised once; a roll-up is the same sum of the parts' influences. */
static const char rolling[] =
	"\n"
	"ratio <- function(y, x = as.numeric(!is.na(y))) {\n"
	"  ok <- !is.na(y); y[!ok] <- 0; x[!ok] <- 0\n"
	"  r <- sum(w * y) / sum(w * x)\n"
	"  list(v = r, e = (y - r * x) / sum(w * x), n = sum(ok), answers = sum(x), ok = ok)\n"
	"}\n"
	"pooled <- function(f, stat) {\n"
	"  m <- sapply(under(f, stat), value, stat = stat)\n"
	"  x <- rowSums(!is.na(m)); y <- rowSums(m, na.rm = TRUE); y[x == 0] <- NA\n"
	"  ratio(y, x)\n"
	"}\n"
	"number_or <- function(x, other) if (x == \"\") other else num(x)\n"
	"rolled <- function(f, stat) {\n"
	"  agg <- if (f == \"\") \"pooled\" else factors$agg[match(f, factors$code)]\n"
	"  if (agg == \"pooled\") return(pooled(f, stat))\n"
	"  parts <- list(); a <- c()\n"
	"  if (agg != \"mean_items\") for (g in factors$code[factors$parent == f]) if (length(under(g, stat))) {\n"
	"    parts <- c(parts, list(rolled(g, stat)))\n"
	"    a <- c(a, if (agg == \"weights\") number_or(factors$weight[match(g, factors$code)], 0) else 1)\n"
	"  }\n"
	"  for (i in under(f, stat)) if (agg == \"mean_items\" || first(i, \"factor\") == f) {\n"
	"    parts <- c(parts, list(ratio(value(i, stat))))\n"
	"    a <- c(a, if (agg == \"weights\") number_or(first(i, \"item_weight\"), 0) else 1)\n"
	"  }\n"
	"  a[sapply(parts, function(p) is.nan(p$v))] <- 0\n"
	"  keep <- a > 0; parts <- parts[keep]; a <- a[keep] / sum(a[keep])\n"
	"  all <- pooled(f, stat)\n"
	"  list(v = sum(a * sapply(parts, `[[`, \"v\")), e = Reduce(`+`, Map(function(k, p) k * p$e, a, parts)), n = all$n, answers = all$answers,\n"
	"       ok = rep(TRUE, nrow(d)))\n"
	"}\n";

static const char comparing[] =
	"\n"
	"of_line <- function(l) switch(l$row, item = ratio(value(l$code, l$stat)), option = ratio(value(l$code, \"share\", l$option)),\n"
	"                              rolled(l$code, l$stat))\n"
	"estimate <- function(l) {\n"
	"  p <- of_line(l)\n"
	"  out <- c(estimate = p$v, se = NA, df = NA, ci_low = NA, ci_high = NA, n = p$n, answers = p$answers)\n"
	"  if (errors) {\n"
	"    se <- as.numeric(SE(svytotal(p$e, design))); df <- degf(design[if (l$row %in% c(\"item\", \"option\")) p$ok else TRUE, ])\n"
	"    t <- if (df > 0) qt(0.975, df) else NA\n"
	"    ci <- if (!(l$stat %in% c(\"satisfied\", \"share\"))) p$v + c(-1, 1) * t * se\n"
	"          else if (min(p$v, 1 - p$v) > 1e-12) plogis(qlogis(p$v) + c(-1, 1) * t * se / (p$v * (1 - p$v)))\n"
	"          else c(NA, NA) # nobody or everybody: no interval\n"
	"    out[2:5] <- c(se, df, ci)\n"
	"  }\n"
	"  out\n"
	"}\n"
	"got <- t(sapply(seq_len(nrow(want)), function(i) estimate(want[i, ])))\n"
	"write.csv(cbind(want[, c(\"row\", \"code\", \"option\", \"stat\")], got), \"table_r.csv\", row.names = FALSE)\n"
	"wanted <- sapply(want[, colnames(got)], num)\n"
	"off <- abs(got - wanted) / pmax(abs(wanted), 1e-6)\n"
	"worst <- max(off, na.rm = TRUE)\n"
	"cat(nrow(want), \"rows, largest relative difference\", format(worst), \"\\n\")\n"
	"if (worst > 1e-9 || any(is.na(wanted) & !is.na(got))) quit(status = 1)\n";

void survey_script(buf *b, const struct survey_info *s, enum survey_basis basis, bool strata, bool psus, bool weights)
{
	bool use = basis == SURVEY_WEIGHTED || basis == SURVEY_EVERYBODY;
	for (int l = 0; l < LANGS; l++) {
		buf_addz(b, "# ");
		po_fill(b, "survey_export.script", (enum lang)l, s->code, NULL, 0);
		buf_char(b, '\n');
	}
	buf_addz(b, reading);
	buf_printf(b, "w <- %s\n", use && weights ? "num(d$weight)" : "rep(1, nrow(d))");
	buf_printf(b, "errors <- %s\n", basis == SURVEY_WEIGHTED ? "TRUE" : "FALSE");
	buf_printf(b, "design <- svydesign(ids = %s, strata = %s, weights = ~w, data = cbind(d, w = w), nest = TRUE)\n", use && psus ? "~psu" : "~1",
		use && strata ? "~stratum" : "NULL");
	buf_addz(b, values);
	buf_addz(b, rolling);
	buf_addz(b, comparing);
}
