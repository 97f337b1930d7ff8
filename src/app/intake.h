/* intake: answers from tables of others - exports of Google Forms, Microsoft Forms, KoboToolbox and ODK, a ministry's program, or typed by hand.
 *
 * intake_open looks at the beginning of the file: where its headings are, what each column holds (engine/answer_match.h, or as the map says), and
 * which columns name people: those are left out unless somebody says otherwise. intake_look goes through all of it and stores nothing: answers,
 * faults by cell, words that are no option, what is in the store already. intake_store does the same again and stores all in one transaction, or
 * nothing.
 *
 * An answer is known by the number that its source gave it (a column for @id, kept apart by the map's `source`), or without one by its row: its
 * cells, and for rows that are equal which of them it is. So the same file again, or a later export with more rows, adds what is new and nothing
 * twice. What is there under the same number with other answers stays as it is, and is told.
 *
 * Only whom a sample chose may come into a survey with a sample (intake.not_drawn): the map must say so. Nothing of a column that is left out is
 * stored.
 *
 * Work and its memory belong to the intake: it has a context of its own, c, whose faults are those of the file. */
#ifndef APP_INTAKE_H
#define APP_INTAKE_H
#include "app/actor.h"
#include "app/intake_map.h"
#include "app/survey.h"
#include "engine/answer_match.h"

enum { INTAKE_COLUMNS = 256, INTAKE_ROWS = 1000000, INTAKE_SHOWN = 8, INTAKE_UNKNOWN = 500, INTAKE_MEMORY = 1 << 30 };

struct intake_column {
	str name; /* the heading, with "#2" where it stands again */
	int at;   /* cell, from 0 */
	enum intake_role role;
	struct match_column item; /* of INTAKE_ITEM */
	enum match_how how;
	bool personal; /* names, telephones, addresses, numbers of people */
};

/* A word that nothing is known for. */
struct intake_unknown {
	size_t column;
	str value;
	int64_t n;
	place first;
};

struct intake_raw {
	int64_t line;
	const str *cell; /* one for each column */
};

struct intake_row {
	int64_t line;
	day on;
	str mode, place, answers;
	bool known;
};

struct intake {
	cx *c;
	struct app *app;
	const struct survey_info *survey;
	str file, bytes;
	csv_options csv;
	struct intake_map map;
	struct survey_place_list places;

	/* intake_open */
	int64_t heading; /* its row */
	VEC(struct intake_column) columns;
	VEC(struct intake_raw) raw; /* the first rows below the headings, a cell for each column; of personal ones signs only */

	/* intake_look */
	int64_t rows, good, fresh, known, differs, empty, faulty; /* rows = good + empty + faulty; good = fresh + known + differs */
	VEC(struct intake_unknown) unknown; /* by number */
	int64_t unknown_all;
	VEC(struct intake_row) shown;

	struct intake_inner *inner;
	struct cx_hold hold;
};

/* The map, the survey and the bytes live on. map NULL: everything by looking. opt: of CSV, may be NULL. ERR_INPUT, ERR_LIMIT: faults in (*out)->c;
 * *out is always there, and ends with c. */
enum err intake_open(cx *c, struct app *a, const struct survey_info *s, str name, str bytes, const csv_options *opt, const struct intake_map *map,
	struct intake **out);
/* ERR_INPUT: there are faults, or words that are not known, and the map does not say to leave such rows out. */
enum err intake_look(struct intake *in);
/* Looks and stores. Permission survey.import. fresh and known are what came of it. */
enum err intake_store(struct intake *in, const struct actor *who);
/* The map as it is by now, every column named: to be kept. */
void intake_map_now(const struct intake *in, struct intake_map *out);
/* The faults of the file, for the context that shows them; they live as long as the intake. */
void intake_tell(const struct intake *in, cx *c);
/* What a word of an unknown value may become: the options of its item, places, modes. */
struct intake_choice {
	str code, name[LANGS];
};
size_t intake_choices(const struct intake *in, size_t column, const struct intake_choice **out);

#endif
