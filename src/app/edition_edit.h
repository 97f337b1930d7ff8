/* edition_edit: criteria sets that are being worked on in the store: begun from an edition, from a file or from nothing, changed row by row,
 * checked as a whole by the engine each time. A draft may have faults; put in force (edition_force.h) it may not.
 *
 * Who changes something needs edition.edit. Each change is one transaction with an audit entry that says what was there and what is there
 * now. Forms name what they were filled in on (mark): when somebody else changed the same row since, that is ERR_CONFLICT with edit.changed_by_other
 * and nothing is saved. Faults of what was typed: edit.*, at the field that has the name of the column. */
#ifndef APP_EDITION_EDIT_H
#define APP_EDITION_EDIT_H
#include "app/actor.h"
#include "app/edition_rows.h"

struct db_measure_def_list;

enum { DRAFT_BYTES = 8 << 20, DRAFT_CODE_MAX = 60 };

/* ---- what there is ---- */

struct draft_brief {
	int64_t id, changed_at;
	str code, name, changed_by;
	int n_rows, n_faults;
	bool waits; /* it is still to be made from a table (edition_source.h) */
};

struct draft_brief_list {
	struct draft_brief *p;
	size_t n, cap;
};

struct edition_version {
	int64_t id;
	str code, name_vi, name_en, level;
	int version;
	day from, to; /* to DB_DAY_OPEN: until further notice */
	enum { VERSION_NOW, VERSION_COMING, VERSION_REPLACED } is;
	bool illustrative;
};

struct edition_version_list {
	struct edition_version *p;
	size_t n, cap;
};

enum err draft_list(cx *c, struct app *a, const struct actor *who, struct draft_brief_list *out);
/* Every version of every set in the store: by code, newest first. For everybody. */
enum err edition_versions(cx *c, struct app *a, struct edition_version_list *out);

/* ---- one draft ---- */

struct draft_fault {
	fault f;
	int row, column; /* places; -1: of the set as a whole */
};

struct draft {
	int64_t id, revision, base_id, changed_at;
	str code, name, state, changed_by, source_name;
	struct edition_rows rows; /* sorted */
	int *level;               /* by row: see edition_rows_sort */
	int *row_errors;          /* by row */
	struct draft_fault *faults;
	size_t n_faults, n_errors;
	tree *t;                  /* NULL: not even that can be read */
	const struct db_measure_def_list *catalogue;
};

/* ERR_NOTFOUND without a fault. */
enum err draft_open(cx *c, struct app *a, const struct actor *who, int64_t id, struct draft *out);
/* Sorts the rows and checks them as a whole: fills level, faults, n_errors, row_errors and t of d; the faults do not stay in c. */
void draft_check(cx *c, struct draft *d);

struct draft_new {
	str code;           /* of the edition it is to become: small letters, digits, - */
	str name;           /* of an empty one; empty: the code */
	int64_t base_id;    /* an edition to copy; 0: none */
	str file, bytes;    /* a table; bytes empty: none */
};

/* A table in our form is taken over with whatever faults its cells have; of another one the draft keeps the bytes, and waits. */
enum err draft_add(cx *c, struct app *a, const struct actor *who, const struct draft_new *x, int64_t *id);
enum err draft_drop(cx *c, struct app *a, const struct actor *who, int64_t id);

/* ---- rows ---- */

str edition_row_mark(cx *c, const struct edition_row *r);
str draft_settings_mark(cx *c, const struct edition_rows *r);
/* "9,5" is 9.5 in columns of numbers. */
str draft_number(cx *c, str s);

/* key 0: a new row below parent's other rows; *key gets its number. A changed code goes into the column parent of the rows below. */
enum err draft_put_row(cx *c, struct app *a, const struct actor *who, int64_t id, int64_t *key, str mark, const str cells[TREE_COLUMNS]);
/* The rule alone; note: the words beside it, NULL: as they are. */
enum err draft_put_rule(cx *c, struct app *a, const struct actor *who, int64_t id, int64_t key, str mark, str text, const str *note);
enum err draft_move_row(cx *c, struct app *a, const struct actor *who, int64_t id, int64_t key, bool up);
enum err draft_drop_row(cx *c, struct app *a, const struct actor *who, int64_t id, int64_t key); /* and those below it */

/* ---- settings ---- */

extern const char *const edition_settings[]; /* "@name" …, ends with NULL */
enum { EDITION_SETTINGS = 12 };

struct draft_setting {
	str value, value_en, note; /* value_en, note: of @name; all empty: not said */
};

void draft_get_settings(const struct edition_rows *r, struct draft_setting out[EDITION_SETTINGS]);
enum err draft_set(cx *c, struct app *a, const struct actor *who, int64_t id, str mark, const struct draft_setting in[EDITION_SETTINGS]);

/* ---- for the files of this room ---- */

struct db_draft;
/* Reads the draft inside a transaction, has it changed, checks, saves, and writes the audit entry. */
struct draft_change {
	const struct actor *who;
	int64_t id;
	const char *what; /* "edition.put_row" */
	enum err (*change)(cx *c, struct edition_rows *r, void *arg, buf *detail);
	void *arg;
};
enum err draft_do(cx *c, struct app *a, const struct draft_change *x);
str draft_object(cx *c, str code);
bool edition_code_good(str code);

#endif
