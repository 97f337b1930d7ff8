# Random designs and R survey's answers to them, for random.py: `Rscript random.R FIRST LAST` writes rNNNN.csv, populations and answers.csv into
# the current folder. One to three stages, strata at one or two of them, sizes or fractions of populations, single units with a policy,
# post-strata, raking, jackknife and half samples; missing answers, weights of zero, rows in no order.
suppressMessages(library(survey))
range <- as.integer(commandArgs(TRUE))
rows <- list()
put <- function(file, opts, stat, est, se = NaN, level = "", domain = "", deff = NaN, df = NaN, lo = NaN, hi = NaN)
  rows[[length(rows) + 1]] <<- c(file, opts, stat, level, domain, sprintf("%.17g", c(est, se, deff, df, lo, hi)))
# What R cannot answer is not asked of us.
try1 <- function(e) tryCatch(suppressWarnings(e), error = function(x) NULL)
pick <- function(from, size) from[sample.int(length(from), size)]

sample_of <- function(seed) {
  set.seed(seed)
  half <- seed %% 5 == 0
  H <- if (half) pick(c(2:9, 12, 17, 20, 33, 36), 1) else pick(1:5, 1)
  stages <- if (half) 1 else pick(1:3, 1)
  lonely <- !half && H > 1 && runif(1) < .3
  full <- !half && runif(1) < .25
  inner <- stages > 1 && runif(1) < .5
  s <- NULL
  for (h in seq_len(H)) {
    n1 <- if (half) 2 else if (lonely && h == 1) 1 else pick(2:5, 1)
    N1 <- if (full && h == H) n1 else n1 + pick(1:12, 1)
    for (u in seq_len(n1)) for (t in if (inner) seq_len(pick(1:2, 1)) else 1) {
      n2 <- if (stages > 1) pick(2:3, 1) else 1
      N2 <- n2 + pick(0:6, 1)
      for (v in seq_len(n2)) {
        n3 <- if (stages > 2) pick(2:3, 1) else 1
        N3 <- n3 + pick(0:9, 1)
        for (k in seq_len(n3)) for (r in seq_len(pick(1:3, 1)))
          s <- rbind(s, data.frame(h = paste0("T", h), t = paste0("t", t), psu = u, ssu = v, tsu = k, N1 = N1, N2 = N2, N3 = N3,
            f1 = n1 / N1, f2 = n2 / N2, f3 = n3 / N3))
      }
    }
  }
  n <- nrow(s)
  s$w <- round(exp(rnorm(n, 3, .6)), 3)
  s$y <- round(rnorm(n, 50, 12), 2)
  s$x <- round(runif(n, 4, 20), 3)
  s$k <- pick(rep(1:5, n), n)
  s$g <- sample(c("xã", "phường", "đặc khu"), n, TRUE, prob = c(5, 4, 1))
  s$b <- sample(c("có", "không"), n, TRUE)
  s$p <- sample(c("p", "q"), n, TRUE)
  if (seed %% 2) {
    s$y[pick(1:n, min(3, n %/% 4))] <- NA
    s$g[pick(1:n, min(2, n %/% 5))] <- NA
  }
  if (seed %% 7 == 0) s$w[pick(1:n, min(3, n %/% 5))] <- 0
  structure(list(data = s[sample(n), ], stages = stages, lonely = lonely, full = full, half = half, inner = inner, flat = H == 1 && !inner))
}

answers <- function(file, opts, d, df, rep, margins) {
  t <- if (df > 0) qt(.975, df) else NaN
  for (v in c("y", "k")) {
    f <- as.formula(paste0("~", v))
    try1({
      m <- svymean(f, d, na.rm = TRUE, deff = !rep)
      put(file, opts, paste0("mean:", v), coef(m), SE(m), deff = if (rep) NaN else deff(m), df = df, lo = coef(m) - t * SE(m), hi = coef(m) + t * SE(m))
    })
    try1({
      m <- svytotal(f, d, na.rm = TRUE, deff = !rep)
      put(file, opts, paste0("total:", v), coef(m), SE(m), deff = if (rep) NaN else deff(m))
    })
  }
  e <- d[!is.na(d$variables$y), ]
  try1({ m <- svyratio(~y, ~x, e); put(file, opts, "ratio:y/x", coef(m), sqrt(vcov(m))) })
  try1({ m <- svyvar(~y, e); put(file, opts, "var:y", coef(m), SE(m)) })
  try1({
    m <- svymean(~g, d[!is.na(d$variables$g), ])
    for (i in seq_along(coef(m))) put(file, opts, "prop:g", coef(m)[i], SE(m)[i], level = sub("^g", "", names(coef(m))[i]))
  })
  if (!margins) for (ci in c("logit:xlogit", "asin:asin", "beta:beta", "t:mean")) try1({
    name <- strsplit(ci, ":")[[1]]
    p <- svyciprop(~I(b == "có"), d, method = name[2], df = df)
    if (coef(p) > 1e-9 && coef(p) < 1 - 1e-9)
      put(file, paste(opts, "--ci", name[1]), "prop:b=có", coef(p), SE(p), level = "có", lo = confint(p)[1], hi = confint(p)[2])
  })
  try1({
    z <- svyby(~y, ~g + b, d, svymean, na.rm = TRUE)
    for (i in seq_len(nrow(z))) put(file, paste(opts, "--by g,b"), "mean:y", coef(z)[i], SE(z)[i], domain = paste0(z[i, 1], ",", z[i, 2]))
  })
  try1({
    z <- svyby(~k, ~b, d, svytotal)
    for (i in seq_len(nrow(z))) put(file, paste(opts, "--by b"), "total:k", coef(z)[i], SE(z)[i], domain = as.character(z[i, 1]))
  })
  try1({ m <- svymean(~x, subset(d, k < 4 & b == "có")); put(file, paste(opts, "--where 'k < 4 and b = \"có\"'"), "mean:x", coef(m), SE(m)) })
  for (q in c("0.1", "0.5", "0.9")) try1({
    z <- svyquantile(~x, d, as.numeric(q), df = df)[[1]]
    put(file, opts, paste0("quantile:x:", q), z[1], z[4], level = q, lo = z[2], hi = z[3])
  })
  if (!margins) try1({
    z <- svychisq(~b + p, d)
    values <- c(F = unname(z$statistic), ndf = unname(z$parameter[1]), ddf = unname(z$parameter[2]), p = unname(z$p.value))
    for (l in names(values)) put(file, opts, "test:b,p", values[l], level = l)
  })
}

for (seed in range[1]:range[2]) {
  q <- sample_of(seed)
  file <- sprintf("r%d.csv", seed)
  write.csv(q$data, file, row.names = FALSE, na = if (seed %% 3) "" else "NA", quote = seed %% 2 == 0)
  s <- read.csv(file, na.strings = c("", "NA"))
  set.seed(seed + 5000)
  policy <- if (q$lonely) sample(c("adjust", "remove", "average", "certainty"), 1) else "fail"
  fpc <- if (q$half) "none" else sample(c("none", "N", "f"), 1)
  weighted <- runif(1) < .7 || fpc == "none"
  rep <- if (q$half) "BRR" else if (runif(1) < .35) (if (q$flat) "JK1" else "JKn") else "none"
  if (q$lonely && rep != "none") policy <- "remove"
  # R's totals of replicates leave out a stratum drawn in full where it matters (docs/decisions/0055).
  odd <- rep == "JKn" && q$full && fpc != "none"
  mse <- rep != "none" && !odd && runif(1) < .3
  margins <- if (weighted && !odd && nrow(s) > 70) sample(c("none", "none", "poststrat", "rake"), 1) else "none"
  known <- if (weighted && runif(1) < .4) 1 else q$stages # stages with a correction
  ids <- c("psu", "ssu", "tsu")[1:q$stages]
  strata <- if (q$inner) c("h", "t") else "h"
  columns <- if (fpc == "none") NULL else paste0(fpc, 1:known)
  opts <- paste(c("--ids", paste(ids, collapse = ","), if (!q$flat) c("--strata", paste(strata, collapse = ","), "--nest"), if (weighted) "--weights w",
    if (fpc != "none") c("--fpc", paste(columns, collapse = ",")), if (policy != "fail") c("--lonely", policy), if (rep != "none") c("--rep", rep),
    if (mse) "--mse"), collapse = " ")
  for (stage in seq_len(q$stages)[-seq_len(known)]) if (fpc != "none") { # below: infinite
    s[[paste0("I", stage)]] <- if (fpc == "f") 1e-300 else Inf
    columns <- c(columns, paste0("I", stage))
  }
  options(survey.lonely.psu = policy)
  of <- function(v) if (length(v)) as.formula(paste("~", paste(v, collapse = "+")))
  d <- try1(svydesign(of(ids), strata = if (q$flat) NULL else of(strata), weights = if (weighted) ~w else NULL, fpc = of(columns), data = s, nest = TRUE))
  if (!is.null(d) && rep != "none") d <- try1(as.svrepdesign(d, type = rep, mse = mse))
  if (is.null(d)) next
  df <- degf(d)
  if (margins == "poststrat") {
    m <- as.data.frame(xtabs(~b + p, s))
    m$Freq <- m$Freq * 31.5 + 7
    write.csv(m, sprintf("p%d.csv", seed), row.names = FALSE)
    d <- try1(postStratify(d, ~b + p, m))
    opts <- sprintf("%s --poststrat p%d.csv", opts, seed)
  }
  if (margins == "rake") {
    mb <- data.frame(b = c("có", "không"), Freq = c(3000, 2200))
    mp <- data.frame(p = c("p", "q"), Freq = c(2500, 2700))
    write.csv(mb, "mb.csv", row.names = FALSE)
    write.csv(mp, "mp.csv", row.names = FALSE)
    d <- try1(rake(d, list(~b, ~p), list(mb, mp), control = list(epsilon = 1e-14, maxit = 5000)))
    opts <- paste(opts, "--rake mb.csv mp.csv")
  }
  if (!is.null(d)) answers(file, opts, d, df, rep != "none", margins != "none")
}
out <- do.call(rbind, rows)
colnames(out) <- c("data", "options", "stat", "level", "domain", "estimate", "se", "deff", "df", "ci_low", "ci_high")
write.csv(out, "answers.csv", row.names = FALSE)
