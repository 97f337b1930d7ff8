/* compare: up to four units beside each other, by one index: only figures of the same index, series and year are set against each other, and
 * what differs is said against the first unit. */
#ifndef APP_COMPARE_H
#define APP_COMPARE_H
#include "app/result.h"

enum { COMPARE_MOST = 4 };

struct comparison {
	struct index_info index;
	struct unit_info unit[COMPARE_MOST]; /* each once, in the order asked for */
	size_t n;
	str unknown[COMPARE_MOST]; /* what was asked for and is no unit */
	size_t n_unknown;
	struct history h;     /* own figures of all of them */
	struct break_list breaks;
	int common_year;      /* newest year in which all have a score; 0: none */
};

/* index: slug; one that is not known means the first of the list. Empty slugs are passed over. */
enum err compare_units(cx *c, struct app *a, const struct index_list *indices, str index, const str *slugs, size_t n, struct comparison *out);

const struct point *compare_at(const struct comparison *x, size_t unit, str series, int year); /* NULL: no figure */
/* Score of a unit less that of another. */
struct figure compare_gap(const struct comparison *x, size_t unit, size_t less, str series, int year);
size_t compare_highest(const struct comparison *x, int year); /* place of the unit with the highest total; the first of equal ones */
bool compare_has_year(const struct comparison *x, int year);       /* some unit has a total */
bool compare_has_dimensions(const struct comparison *x, int year); /* … another series */

#endif
