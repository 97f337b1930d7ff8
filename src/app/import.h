/* import: facts from files into the store. A file is read and checked as a whole first; one wrong row and nothing of it counts, with a fault
 * for each wrong cell. Then it is written in short transactions under one import, made visible by one flag at the end: a crash in between
 * leaves nothing half-done, and the same file again goes on where it stopped or, when it was loaded already, changes nothing. */
#ifndef APP_IMPORT_H
#define APP_IMPORT_H
#include "app/app.h"
#include "base/buf.h"
#include "base/csv.h"

struct actor;
struct import_looks;

/* Tables are CSV or workbooks, told apart by content (format/tabular.h). */
struct import_options {
	const char *index, *year, *series; /* results: for tables without these columns */
	const char *level;                 /* of the units that names are looked up among; NULL: "province" */
	const char *stage;                 /* measures: whose figures; NULL: "appraised" */
	const char *code;                  /* edition, questionnaire: its code in the store; NULL: the file's name */
	const char *actor;                 /* NULL: "system" */
	const struct actor *who;           /* users: for the audit; NULL: the system */
	const char *survey;                /* places, quotas: rows are of this survey, and need not say so; NULL: each row says it */
	csv_options csv;
	char decimal; /* '.' or ',': the mark of decimals, declared; 0: a whole file of commas is taken for such, and that is told */
	struct import_looks *look;         /* users, units, places: only to be looked at: filled in place of the store; NULL: to be loaded */
	const char *sheet; /* of a workbook; NULL: the first that is not hidden */
};

struct import_report {
	int64_t rows, changed;
	bool known; /* the same file was loaded before: nothing to do */
};

/* What a table would do, in its order. */
struct import_looks {
	struct import_look {
		int64_t line;
		str key, name;   /* login; level/code of a unit; code of a place */
		str more[3];     /* unit, role, scope (level/code; empty: all units); type, unit above, days of a unit; unit of a place */
		enum import_look_is { LOOK_NEW, LOOK_CHANGED, LOOK_SAME } is; /* accounts are new or corrected */
	} * p;
	size_t n, cap;
};

/* Kinds: units, communes, aliases, regions, holidays, indices, series, breaks, results, catalogue, edition, measures, rounds, surveys, places,
 * answers, quotas, cases, frame, questionnaire, roles, rights, users, groups.
 * ERR_INPUT: import.* faults and those of reading. */
enum err import_file(cx *c, struct app *a, str kind, const char *path, const struct import_options *opt, struct import_report *out);
/* The same from memory; name is what faults and the register call it. */
enum err import_bytes(
	cx *c, struct app *a, str kind, str name, str bytes, const struct import_options *opt, struct import_report *out);
/* All of a file ("-": standard input) in *b, which the caller frees; *name: without its folders. On an error nothing is to be freed. */
enum err import_bytes_of(cx *c, const char *path, buf *b, str *name);
/* For what is stored as a text of its own: its code, from the name of its file; whether its title says that it is an example. */
str import_code(str name);
bool import_says_illustrative(str title);

/* The kinds, for help; NULL behind the last. */
const char *import_kind(size_t i);

#endif
