# The likelihood interval of a share, solved to the last digits: `Rscript likelihood.R` in this folder prints design, lower and upper limit.
# svyciprop(method = "likelihood") stops earlier, for two reasons: glm ends its steps at a relative change of 1e-8, and the limits are read from a
# spline through some points of the profile. Here the fit is driven to its end, and each limit is the root of the very equation whose profile R
# draws: (deviance - its minimum) / dispersion = t^2 lambda. The last column is the largest relative distance of svyciprop from it.
suppressMessages(library(survey))
designs <- list(
  list("srs", "apisrs.csv", ~1, NULL, ~fpc), list("strat", "apistrat.csv", ~1, ~stype, ~fpc), list("strat_nofpc", "apistrat.csv", ~1, ~stype, NULL),
  list("clus1", "apiclus1.csv", ~dnum, NULL, ~fpc), list("clus1_nofpc", "apiclus1.csv", ~dnum, NULL, NULL))
for (x in designs) {
  d <- read.csv(x[[2]])
  d$y <- as.numeric(d$sch.wide == "Yes")
  design <- svydesign(ids = x[[3]], strata = x[[4]], weights = ~pw, fpc = x[[5]], data = d)
  m <- suppressWarnings(svyglm(y ~ 1, design, family = quasibinomial, control = glm.control(epsilon = 1e-16, maxit = 200)))
  b <- coef(m)[[1]]
  deviance_at <- function(b) sum(binomial()$dev.resids(d$y, rep(plogis(b), nrow(d)), m$prior.weights))
  lambda <- as.numeric(diag(m$cov.unscaled) / diag(m$naive.cov))
  off <- function(at) (deviance_at(at) - deviance_at(b)) / as.numeric(summary(m)$dispersion)[1] - qt(0.975, degf(design))^2 * lambda
  ends <- plogis(c(uniroot(off, c(b - 5, b), tol = 1e-15)$root, uniroot(off, c(b, b + 5), tol = 1e-15)$root))
  theirs <- attr(svyciprop(~y, design, method = "likelihood"), "ci")
  cat(x[[1]], sprintf("%.15g", ends), sprintf("%.1e", max(abs(theirs / ends - 1))), "\n")
}
