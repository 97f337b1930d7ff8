# Makes answers.csv and the data beside it: `Rscript answers.R` in this folder. See README.md.
suppressMessages(library(survey))
data(api)
options(digits = 17)
rows <- list()
num <- function(x) ifelse(is.finite(x), sprintf("%.17g", x), "")
put <- function(data, opts, stat, est, se, level = "", domain = "", deff = NaN, df = NaN, lo = NaN, hi = NaN, tol = 1e-9)
  rows[[length(rows) + 1]] <<- c(data, opts, stat, level, domain, num(est), num(se), num(deff), num(df), num(lo), num(hi), format(tol))
sym <- function(f, v) eval(bquote(~ .(as.name(v))))
# The usual statistics of a numeric variable y, a ratio y/x, a factor g, by a factor h.
usual <- function(data, opts, d, y, x, g, lev, h, na.rm = TRUE, deff = TRUE, quant = TRUE, prop = TRUE) {
  fy <- as.formula(paste0("~", y)); fx <- as.formula(paste0("~", x)); fg <- as.formula(paste0("~", g)); fh <- as.formula(paste0("~", h))
  df <- degf(d); t <- qt(.975, df)
  m <- svymean(fy, d, na.rm = na.rm, deff = deff)
  put(data, opts, paste0("mean:", y), coef(m), SE(m), deff = if (deff) deff(m) else NaN, df = df, lo = coef(m) - t * SE(m), hi = coef(m) + t * SE(m))
  tt <- svytotal(fy, d, na.rm = na.rm, deff = deff)
  put(data, opts, paste0("total:", y), coef(tt), SE(tt), deff = if (deff) deff(tt) else NaN, df = df)
  r <- svyratio(fy, fx, d, na.rm = na.rm, deff = deff)
  put(data, opts, paste0("ratio:", y, "/", x), coef(r), SE(r), df = df, deff = if (deff) attr(r, "deff")[1, 1] else NaN)
  v <- svyvar(fy, d[which(!is.na(d$variables[[y]])), ]) # R counts missing answers in its n/(n-1); we do not
  put(data, opts, paste0("var:", y), coef(v), SE(v), df = df)
  if (prop) {
    p <- svymean(fg, d, na.rm = na.rm)
    for (i in seq_along(coef(p))) put(data, opts, paste0("prop:", g), coef(p)[i], SE(p)[i], level = sub(g, "", names(coef(p))[i], fixed = TRUE), df = df)
    fi <- as.formula(paste0("~I(", g, "==\"", lev, "\")"))
    for (k in c("xlogit", "beta", "asin")) {
      # R's n of the beta interval counts answers of weight zero; ours does not
      ci <- svyciprop(fi, if (k == "beta" && any(weights(d) == 0)) d[which(weights(d) != 0), ] else d, method = k)
      put(data, paste(opts, "--ci", sub("xlogit", "logit", k)), paste0("prop:", g, "=", lev), coef(ci), SE(ci), level = lev, df = df,
        lo = attr(ci, "ci")[1], hi = attr(ci, "ci")[2])
    }
  }
  for (s in c("mean", "total")) {
    b <- svyby(fy, fh, d, get(paste0("svy", s)), na.rm = na.rm)
    for (i in seq_len(nrow(b))) put(data, paste(opts, "--by", h), paste0(s, ":", y), coef(b)[i], SE(b)[i], domain = as.character(b[i, 1]), df = df)
  }
  b <- svyby(fy, fh, denominator = fx, design = d, FUN = svyratio, na.rm = na.rm)
  for (i in seq_len(nrow(b))) put(data, paste(opts, "--by", h), paste0("ratio:", y, "/", x), coef(b)[i], SE(b)[i], domain = as.character(b[i, 1]), df = df)
  if (quant) {
    for (p in c(.1, .25, .5, .75, .9)) {
      q <- svyquantile(fy, d, p, interval.type = "mean", qrule = "math", na.rm = na.rm, df = df)[[1]]
      put(data, opts, paste0("quantile:", y, ":", p), q[1, 1], q[1, 4], level = as.character(p), df = df, lo = q[1, 2], hi = q[1, 3])
    }
    for (k in sort(unique(as.character(d$variables[[h]])))) {
      s <- d[which(d$variables[[h]] == k), ]
      q <- svyquantile(fy, s, .5, interval.type = "mean", qrule = "math", na.rm = na.rm, df = df)[[1]]
      put(data, paste(opts, "--by", h), paste0("quantile:", y, ":0.5"), q[1, 1], q[1, 4], level = "0.5", domain = k, df = df, lo = q[1, 2], hi = q[1, 3])
    }
  }
}
api_usual <- function(data, opts, d, ...) usual(data, opts, d, "api00", "api99", "sch.wide", "Yes", "stype", ...)

# The designs of the reference folder.
srs <- svydesign(ids = ~1, weights = ~pw, fpc = ~fpc, data = apisrs)
api_usual("apisrs.csv", "--weights pw --fpc fpc", srs)
strat <- svydesign(ids = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = apistrat)
usual("apistrat.csv", "--strata stype --weights pw --fpc fpc", strat, "api00", "api99", "sch.wide", "Yes", "awards")
clus1 <- svydesign(ids = ~dnum, weights = ~pw, fpc = ~fpc, data = apiclus1)
api_usual("apiclus1.csv", "--ids dnum --weights pw --fpc fpc", clus1)
clus1n <- svydesign(ids = ~dnum, weights = ~pw, data = apiclus1)
api_usual("apiclus1.csv", "--ids dnum --weights pw", clus1n)
# Weights from the corrections alone.
api_usual("apiclus1.csv", "--ids dnum --fpc fpc", svydesign(ids = ~dnum, fpc = ~fpc, data = apiclus1))
# Subset: the design stays whole.
for (f in c("comp.imp", "awards")) {
  s <- clus1[apiclus1[[f]] == "Yes", ]; m <- svymean(~api00, s, deff = TRUE)
  put("apiclus1.csv", paste0("--ids dnum --weights pw --fpc fpc --where '", f, " = \"Yes\"'"), "mean:api00", coef(m), SE(m), deff = deff(m), df = degf(clus1))
  put("apiclus1.csv", paste0("--ids dnum --weights pw --fpc fpc --df part --where '", f, " = \"Yes\"'"), "mean:api00", coef(m), SE(m), df = degf(s),
    lo = confint(m, df = degf(s))[1], hi = confint(m, df = degf(s))[2])
}
b <- svyby(~api00, ~stype + sch.wide, clus1, svymean)
for (i in seq_len(nrow(b))) put("apiclus1.csv", "--ids dnum --weights pw --fpc fpc --by stype,sch.wide", "mean:api00", coef(b)[i], SE(b)[i], domain = paste(b[i, 1], b[i, 2], sep = ","))

# Two stages with corrections at both; missing values (enroll, api.stu); fractions instead of sizes.
a2 <- apiclus2[, c("dnum", "snum", "stype", "api99", "api00", "sch.wide", "awards", "enroll", "api.stu", "pw", "fpc1", "fpc2")]
set.seed(5); a2 <- a2[sample(nrow(a2)), ] # the order of the rows must not matter
a2$f1 <- length(unique(a2$dnum)) / a2$fpc1
a2$f2 <- ave(a2$snum, a2$dnum, FUN = length) / a2$fpc2
write.csv(a2, "apiclus2.csv", row.names = FALSE, quote = FALSE)
c2 <- svydesign(ids = ~dnum + snum, fpc = ~fpc1 + fpc2, weights = ~pw, data = a2)
api_usual("apiclus2.csv", "--ids dnum,snum --fpc fpc1,fpc2 --weights pw", c2)
usual("apiclus2.csv", "--ids dnum,snum --fpc fpc1,fpc2", svydesign(ids = ~dnum + snum, fpc = ~fpc1 + fpc2, data = a2), "enroll", "api.stu", "sch.wide", "Yes", "stype")
usual("apiclus2.csv", "--ids dnum,snum --fpc f1,f2 --weights pw", svydesign(ids = ~dnum + snum, fpc = ~f1 + f2, weights = ~pw, data = a2), "enroll", "api.stu", "awards", "No", "sch.wide")
usual("apiclus2.csv", "--ids dnum,snum --weights pw", svydesign(ids = ~dnum + snum, weights = ~pw, data = a2), "enroll", "api.stu", "awards", "No", "sch.wide")

# Synthetic: strata at both stages, a certainty unit per region, unequal weights with zeros, missing values, a unit with a single second-stage unit.
set.seed(20260701)
s <- NULL
for (h in 1:4) {
  n1 <- c(1, 3, 4, 3)[h]; N1 <- c(1, 9, 20, 7)[h]
  for (u in seq_len(n1)) for (g in c("a", "b")) {
    n2 <- sample(2:4, 1); N2 <- n2 + sample(0:6, 1)
    for (v in seq_len(n2)) for (k in seq_len(sample(1:4, 1)))
      s <- rbind(s, data.frame(region = paste0("V", h), psu = 10 * h + u, again = u, type = g, ssu = v, N1 = N1, N2 = N2,
        w = N1 / n1 * N2 / n2 * runif(1, .5, 2), y = round(rnorm(1, 50 + 3 * h + 2 * u, 10), 2), x = round(runif(1, 5, 15), 3),
        sat = sample(1:5, 1, prob = c(1, 1, 2, 4, 3)), sex = sample(c("Nam", "Nữ"), 1), area = sample(c("xã", "phường", "đặc khu"), 1, prob = c(5, 3, 1))))
  }
}
s$w[sample(nrow(s), 5)] <- 0
s$y[sample(nrow(s), 6)] <- NA; s$x[sample(nrow(s), 3)] <- NA
s$f1 <- ave(s$psu, s$region, FUN = function(v) length(unique(v))) / s$N1
s <- s[sample(nrow(s)), ]
write.csv(s, "twostage.csv", row.names = FALSE, quote = FALSE, na = "")
y_usual <- function(opts, d, ...) usual("twostage.csv", opts, d, "y", "x", "area", "phường", "sex", ...)
y_usual("--ids psu,ssu --strata region,type --fpc N1,N2 --weights w", svydesign(ids = ~psu + ssu, strata = ~region + type, fpc = ~N1 + N2, weights = ~w, data = s))
y_usual("--ids again,ssu --strata region,type --fpc N1,N2 --weights w --nest", svydesign(ids = ~again + ssu, strata = ~region + type, fpc = ~N1 + N2, weights = ~w, data = s, nest = TRUE))
y_usual("--ids psu --strata region --fpc f1 --weights w", svydesign(ids = ~psu, strata = ~region, fpc = ~f1, weights = ~w, data = s))
for (policy in c("adjust", "remove", "certainty", "average")) {
  options(survey.lonely.psu = policy)
  y_usual(paste("--ids psu --strata region --weights w --lonely", policy), svydesign(ids = ~psu, strata = ~region, weights = ~w, data = s), quant = FALSE)
  # no stratum at the second stage has one unit only where it counts
  y_usual(paste("--ids psu,ssu --strata region --weights w --lonely", policy), svydesign(ids = ~psu + ssu, strata = ~region, weights = ~w, data = s), quant = FALSE)
}
options(survey.lonely.psu = "fail")

# Post-stratification, raking, calibration.
types <- data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018))
wide <- data.frame(sch.wide = c("No", "Yes"), Freq = c(1072, 5122))
both <- as.data.frame(xtabs(~ stype + sch.wide, apipop))
imp <- data.frame(comp.imp = c("No", "Yes"), Freq = c(1700, 4494))
write.csv(types, "pop_stype.csv", row.names = FALSE, quote = FALSE)
write.csv(wide, "pop_wide.csv", row.names = FALSE, quote = FALSE)
write.csv(both, "pop_both.csv", row.names = FALSE, quote = FALSE)
write.csv(imp, "pop_imp.csv", row.names = FALSE, quote = FALSE)
o <- "--ids dnum --weights pw --fpc fpc"
api_usual("apiclus1.csv", paste(o, "--poststrat pop_stype.csv"), postStratify(clus1, ~stype, types))
usual("apiclus1.csv", paste(o, "--poststrat pop_both.csv"), postStratify(clus1, ~ stype + sch.wide, both), "enroll", "api.stu", "awards", "Yes", "comp.imp")
usual("apiclus2.csv", "--ids dnum,snum --fpc fpc1,fpc2 --weights pw --poststrat pop_stype.csv", postStratify(c2, ~stype, types), "api00", "api99", "awards", "Yes", "sch.wide")
tight <- list(epsilon = 1e-12, maxit = 500)
api_usual("apiclus1.csv", paste(o, "--rake pop_stype.csv pop_wide.csv"), rake(clus1, list(~stype, ~sch.wide), list(types, wide), control = tight))
api_usual("apiclus1.csv", paste(o, "--rake pop_stype.csv pop_wide.csv pop_imp.csv"), rake(clus1, list(~stype, ~sch.wide, ~comp.imp), list(types, wide, imp), control = tight))
api_usual("apiclus1.csv", paste(o, "--rake-epsilon 1 --rake pop_stype.csv pop_wide.csv pop_imp.csv"), rake(clus1, list(~stype, ~sch.wide, ~comp.imp), list(types, wide, imp)))
writeLines(c("term,total", "(Intercept),6194", "stype=H,755", "stype=M,1018", "api99,3914069"), "pop_terms.csv")
g <- calibrate(clus1, ~ stype + api99, c(`(Intercept)` = 6194, stypeH = 755, stypeM = 1018, api99 = 3914069))
api_usual("apiclus1.csv", paste(o, "--calibrate pop_terms.csv"), g)
usual("apiclus2.csv", "--ids dnum,snum --fpc fpc1,fpc2 --weights pw --calibrate pop_terms.csv",
  calibrate(c2, ~ stype + api99, c(`(Intercept)` = 6194, stypeH = 755, stypeM = 1018, api99 = 3914069)), "api00", "api99", "awards", "Yes", "sch.wide")

# Replicate weights, made by the program's own rules and R's alike; deviations from the mean of the replicates.
rep_usual <- function(data, opts, d, y, x, g, h, df = degf(d)) {
  fy <- as.formula(paste0("~", y)); fx <- as.formula(paste0("~", x)); fg <- as.formula(paste0("~", g)); fh <- as.formula(paste0("~", h))
  t <- qt(.975, df)
  m <- svymean(fy, d); put(data, opts, paste0("mean:", y), coef(m), SE(m), df = df, lo = coef(m) - t * SE(m), hi = coef(m) + t * SE(m))
  m <- svytotal(fy, d); put(data, opts, paste0("total:", y), coef(m), SE(m), df = df)
  m <- svyratio(fy, fx, d); put(data, opts, paste0("ratio:", y, "/", x), coef(m), SE(m), df = df)
  m <- svymean(fg, d)
  for (i in seq_along(coef(m))) put(data, opts, paste0("prop:", g), coef(m)[i], SE(m)[i], level = sub(g, "", names(coef(m))[i], fixed = TRUE))
  b <- svyby(fy, fh, d, svymean)
  for (i in seq_len(nrow(b))) put(data, paste(opts, "--by", h), paste0("mean:", y), coef(b)[i], SE(b)[i], domain = as.character(b[i, 1]))
}
jk1 <- as.svrepdesign(clus1, type = "JK1")
rep_usual("apiclus1.csv", paste(o, "--rep JK1"), jk1, "api00", "api99", "sch.wide", "stype")
rep_usual("apiclus1.csv", paste("--ids dnum --weights pw", "--rep JK1"), as.svrepdesign(clus1n, type = "JK1"), "api00", "api99", "sch.wide", "stype")
rep_usual("apiclus1.csv", paste(o, "--rep JK1 --mse"), as.svrepdesign(clus1, type = "JK1", mse = TRUE), "api00", "api99", "sch.wide", "stype")
rep_usual("apiclus1.csv", paste(o, "--poststrat pop_stype.csv --rep JK1"), postStratify(jk1, ~stype, types), "api00", "api99", "sch.wide", "awards")
rep_usual("apiclus1.csv", paste(o, "--rake pop_stype.csv pop_wide.csv --rep JK1"), rake(jk1, list(~stype, ~sch.wide), list(types, wide), control = tight), "api00", "api99", "awards", "comp.imp")
rep_usual("apiclus1.csv", paste(o, "--calibrate pop_terms.csv --rep JK1"), calibrate(jk1, ~ stype + api99, c(`(Intercept)` = 6194, stypeH = 755, stypeM = 1018, api99 = 3914069)), "api00", "api99", "awards", "comp.imp")
rep_usual("apistrat.csv", "--strata stype --weights pw --fpc fpc --rep JKn", as.svrepdesign(strat, type = "JKn"), "api00", "api99", "sch.wide", "awards")

# Two units in each stratum: BRR. A total does not depend on which Hadamard matrix was taken, a mean does a little: so R's weights are given.
set.seed(11)
b2 <- data.frame(h = rep(1:7, each = 8), psu = rep(1:14, each = 4), w = round(runif(56, 1, 5), 3), y = round(rnorm(56, 60, 12) + rep(rnorm(14, 0, 5), each = 4), 2),
  x = round(runif(56, 10, 20), 2), g = sample(c("a", "b"), 56, TRUE), d = sample(c("p", "q", "r"), 56, TRUE))
bd <- svydesign(ids = ~psu, strata = ~h, weights = ~w, data = b2)
br <- as.svrepdesign(bd, type = "BRR", compress = FALSE); fay <- as.svrepdesign(bd, type = "Fay", fay.rho = 0.3, compress = FALSE)
bt <- as.svrepdesign(bd, type = "subbootstrap", replicates = 40, compress = FALSE); jn <- as.svrepdesign(bd, type = "JKn", compress = FALSE)
W <- function(d, name) { w <- as.data.frame(unclass(as.matrix(weights(d, "analysis")))); names(w) <- paste0(name, seq_len(ncol(w))); w }
b2 <- cbind(b2, W(br, "brr"), W(fay, "fay"), W(bt, "boot"), W(jn, "jkn"))
write.csv(b2, "pairs.csv", row.names = FALSE, quote = FALSE)
tt <- svytotal(~y, br)
put("pairs.csv", "--ids psu --strata h --weights w --rep BRR", "total:y", coef(tt), SE(tt), df = 7)
for (k in c("brr", "fay", "boot", "jkn")) rep_usual("pairs.csv", paste0("--weights w --rep cols:", k), list(brr = br, fay = fay, boot = bt, jkn = jn)[[k]], "y", "x", "g", "d")
rep_usual("pairs.csv", "--ids psu --strata h --weights w --rep JKn", jn, "y", "x", "g", "d")

# Tests of independence.
chi <- function(data, opts, d, a, b) {
  f <- as.formula(paste("~", a, "+", b)); s <- paste0("test:", a, ",", b)
  x <- svychisq(f, d, statistic = "F"); y <- svychisq(f, d, statistic = "Chisq")
  put(data, opts, s, x$statistic, NaN, level = "F"); put(data, opts, s, x$parameter[1], NaN, level = "ndf")
  put(data, opts, s, x$parameter[2], NaN, level = "ddf"); put(data, opts, s, x$p.value, NaN, level = "p")
  put(data, opts, s, y$p.value, NaN, level = "chi2_p"); put(data, opts, s, y$parameter, NaN, level = "chi2_df")
}
chi("apisrs.csv", "--weights pw --fpc fpc", srs, "sch.wide", "stype")
chi("apistrat.csv", "--strata stype --weights pw --fpc fpc", strat, "sch.wide", "stype")
chi("apistrat.csv", "--strata stype --weights pw", svydesign(ids = ~1, strata = ~stype, weights = ~pw, data = apistrat), "sch.wide", "stype")
chi("apiclus1.csv", o, clus1, "sch.wide", "stype")
chi("apiclus1.csv", "--ids dnum --weights pw", clus1n, "sch.wide", "stype")
chi("apiclus2.csv", "--ids dnum,snum --fpc fpc1,fpc2 --weights pw", c2, "stype", "awards")
chi("twostage.csv", "--ids psu,ssu --strata region,type --fpc N1,N2 --weights w", svydesign(ids = ~psu + ssu, strata = ~region + type, fpc = ~N1 + N2, weights = ~w, data = s), "area", "sat")
chi("apiclus1.csv", paste(o, "--poststrat pop_stype.csv"), postStratify(clus1, ~stype, types), "sch.wide", "awards")

# Covariance of two means; change between two years with the same schools; difference of two parts.
v <- vcov(svymean(~ api00 + api99, clus1))
put("apiclus1.csv", paste(o, "--covariance --stat mean:api99"), "covariance", v[1, 2], NaN, level = "mean:api99", domain = "mean:api00")
long <- rbind(data.frame(dnum = apiclus1$dnum, pw = apiclus1$pw, fpc = apiclus1$fpc, stype = apiclus1$stype, year = 1999, api = apiclus1$api99),
  data.frame(dnum = apiclus1$dnum, pw = apiclus1$pw, fpc = apiclus1$fpc, stype = apiclus1$stype, year = 2000, api = apiclus1$api00))
long <- long[-sample(nrow(long), 20), ] # some schools in one year only
write.csv(long, "years.csv", row.names = FALSE, quote = FALSE)
ld <- svydesign(ids = ~dnum, weights = ~pw, fpc = ~fpc, data = long)
r <- svyglm(api ~ factor(year), ld)
b <- svyby(~api, ~year, ld, svymean)
put("years.csv", "--ids dnum --weights pw --fpc fpc --by year --change 1999,2000", "mean:api", coef(r)[2], SE(r)[2], domain = "1999->2000", df = 14)

out <- do.call(rbind, rows)
colnames(out) <- c("data", "options", "stat", "level", "domain", "estimate", "se", "deff", "df", "ci_low", "ci_high", "tolerance")
write.csv(out, "answers.csv", row.names = FALSE, quote = TRUE)
cat(nrow(out), "answers, ", R.version.string, ", survey ", as.character(packageVersion("survey")), "\n", sep = "")
