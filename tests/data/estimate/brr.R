# Half samples made by R survey, for brr.py: standard errors of H strata with two units each. `Rscript brr.R >brr.csv`.
# 24 to 27 strata, and those whose order is 28 times a power of two, are left out: docs/decisions/0093.
suppressMessages(library(survey))
cat("strata,mean,ratio,total\n")
for (H in c(2:23, 28:47, 56:81, 84, 88, 96, 100, 112, 124, 137, 140, 144, 152, 160)) {
  i <- 0:(4 * H - 1)
  s <- data.frame(h = i %/% 4 + 1, u = i %/% 2, w = 1 + (i * 37) %% 11, y = (i * 7919) %% 101, x = 5 + (i * 6007) %% 23)
  s <- s[order((i * 389) %% (4 * H + 1)), ]
  d <- as.svrepdesign(svydesign(~u, strata = ~h, weights = ~w, data = s), type = "BRR")
  cat(sprintf("%d,%.17g,%.17g,%.17g\n", H, SE(svymean(~y, d)), sqrt(vcov(svyratio(~y, ~x, d))), SE(svytotal(~y, d))))
}
