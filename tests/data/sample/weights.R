# Known answers for `thuocdo sample weights`, made with R 4.2.2 and survey 4.1-1: LC_ALL=C.UTF-8 Rscript weights.R > weights.csv
suppressMessages(library(survey))
options(digits = 17)
d <- read.csv("../estimate/apistrat.csv", stringsAsFactors = TRUE)
des <- svydesign(ids = ~1, strata = ~stype, weights = ~pw, data = d)
margins <- list(read.csv("../estimate/pop_wide.csv"), read.csv("rake_awards.csv"))
raked <- rake(des, list(~sch.wide, ~awards), margins, control = list(maxit = 2000, epsilon = 1e-13))
post <- postStratify(des, ~sch.wide, margins[[1]])
trimmed <- raked
while (any(weights(trimmed) > 43 * (1 + 1e-13))) # what trimWeights(strict = TRUE) comes to
	trimmed <- trimWeights(trimmed, upper = 43)
cat("post,rake,trim\n")
write.table(cbind(weights(post), weights(raked), weights(trimmed)), sep = ",", row.names = FALSE, col.names = FALSE)
