/* import_row: what the readers of the kinds share: cells as values, units by name, batches. Not for others than import*.c. */
#ifndef APP_IMPORT_ROW_H
#define APP_IMPORT_ROW_H
#include "app/import.h"
#include "base/dec.h"
#include "base/map.h"
#include "base/table.h"
#include "base/vec.h"
#include "db/unit.h"

struct import_job {
	cx *c;
	struct app *a;
	const struct import_options *opt;
	str name;
	str bytes;
	table t;
	db_conn *conn; /* a reader while rows are read, the writer afterwards */
	int64_t import_id;
	int64_t changed;
	map units;   /* name and days -> unit id, so that a table asks once */
	struct import_marks {
		int64_t commas; /* numbers like 80,15 */
		bool sure;      /* one of them cannot be thousands: not three digits behind the comma */
		place comma, point; /* of the first number with each mark; line 0: none */
		str comma_text;
	} marks;
	map indices; /* codes of the indices there are; empty: not looked up yet */
};

/* One kind of table. read: called once a row, to check and keep it; write: afterwards, with j->conn a writer and j->import_id set. */
struct import_kind {
	const char *name;
	const struct table_column *columns;
	int n_columns;
	size_t state_size;
	void (*read)(struct import_job *j, void *state);
	enum err (*write)(struct import_job *j, void *state);
	enum err (*look)(struct import_job *j, void *state); /* fills opt->look; NULL: nothing to show */
};

extern const struct import_kind import_units, import_communes, import_aliases, import_regions, import_holidays, import_indices,
	import_series, import_breaks, import_results, import_catalogue, import_measures, import_rounds, import_surveys,
	import_places, import_answers, import_quotas, import_cases, import_callbacks, import_frame, import_roles, import_rights, import_users, import_groups;

void import_fault(struct import_job *j, const char *key, int column);
/* The second row with this key is a fault (import.twice) at the column, which names the line of the first. */
void import_once(struct import_job *j, map *seen, str key, int column);
/* An index that there is not is a fault; an empty code is not looked at. */
void import_check_index(struct import_job *j, str code, int column);
/* Cells: an empty one gives the absent value; a wrong one is a fault. */
str import_text(struct import_job *j, int column);     /* copied */
str import_required(struct import_job *j, int column); /* empty: a fault */
day import_day(struct import_job *j, int column, day absent);
/* The survey of the row: that of the options where they name one; another is a fault then. Empty: a fault. */
str import_survey(struct import_job *j, int column);
int64_t import_int(struct import_job *j, int column, int64_t lo, int64_t hi, int64_t absent);
bool import_dec(struct import_job *j, int column, dec *out); /* false: empty, or a fault */
/* The cell as the program writes numbers: "80,15" as "80.15" where decimals have commas (import_options.decimal); others as they are. */
str import_number(struct import_job *j, int column);
/* The unit of a code or name on the last day of a span, else on its first: a figure of a year names the units at its end, or those that went
 * during it. 0: a fault at the column. */
int64_t import_unit(struct import_job *j, str level, str code, str name, day first, day last, int column);

enum { IMPORT_CHUNK = 500 };
/* Writes n rows in transactions of IMPORT_CHUNK, for what counts only once its import is visible. put gets a slice [from, from + count) and
 * may run again for it. */
enum err import_chunks(
	struct import_job *j, size_t n, enum err (*put)(struct import_job *j, void *state, size_t from, size_t count), void *state);
/* The same in one transaction, and then end in it (NULL: nothing): for facts that count as soon as they are there. */
enum err import_at_once(struct import_job *j, size_t n, enum err (*put)(struct import_job *j, void *state, size_t from, size_t count),
	void *state, enum err (*end)(cx *, db_conn *));

#endif
