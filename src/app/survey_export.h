/* survey_export: the answers of a survey for others: anonymised microdata, their codebook, the main table and a script for R that makes the
 * same table out of the microdata.
 *
 *     data.csv       a row an answer, in no order, without ids; what was not asked is ".n", what is not told "*", no answer empty
 *     codebook.csv   a row for each variable and each of its values, in both languages
 *     factors.csv    how items roll up
 *     table.csv      index, factors and items with their errors, of everybody
 *     table.R        the same from data.csv, compared with table.csv
 *     anonymity.csv  what was taken away so that no combination of the quasi-identifiers is shared by fewer than k
 *     README.txt
 *
 * Quasi-identifiers, what others may know of a person: month, mode, place, and the single choices and numbers of the first section that
 * everybody is asked and no factor counts (sex, age, occupation), or the list of the caller. Numbers among them become bands of ten. Primary sampling units
 * are numbered in no order; where there are some the place is left out, for it would name them. The day becomes a month. Texts and dates
 * that people wrote are never in it. Strata keep their names, and each combination has k people in its stratum (engine/anon.h). */
#ifndef APP_SURVEY_EXPORT_H
#define APP_SURVEY_EXPORT_H
#include "app/survey_result.h"
#include "base/vec.h"
#include "engine/anon.h"

enum { SURVEY_K_MAX = 100 };

struct survey_export_options {
	int k;         /* 0: SURVEY_MIN_CELL */
	const str *quasi; /* codes of items instead of the usual ones */
	size_t n_quasi;
	bool flags;    /* a column with the flags of each answer (quality.h), for who may survey.check */
};

struct survey_file {
	const char *name;
	str bytes;
};

struct survey_export {
	struct anon_report anonymity;
	int k;
	size_t rows, suppressed; /* cells */
	VEC(struct survey_file) files;
};

/* ERR_INPUT: survey_export.too_few (there is no way to k), survey_export.no_quasi, survey_export.quasi_counts; ERR_LIMIT as survey_data_load;
 * ERR_BUSY, survey_export.moving: answers came in while it was made. */
enum err survey_export_make(cx *c, struct app *a, const struct survey_info *s, const struct survey_export_options *opt, struct survey_export *out);
/* The same tables as sheets of one workbook. */
enum err survey_export_workbook(cx *c, struct app *a, const struct survey_info *s, const struct survey_export_options *opt,
	struct survey_export *out, str *bytes);
enum err survey_export_zip(cx *c, const struct survey_export *x, int fd);

/* The script for R. */
void survey_script(buf *b, const struct survey_info *s, enum survey_basis basis, bool strata, bool psus, bool weights);

#endif
