/* round_plan: the workflow of a round: its dates and state, the sheets of its units, their parts, the steps taken, more time given,
 * and what was published. What was entered is in round_fact.h. */
#ifndef DB_ROUND_PLAN_H
#define DB_ROUND_PLAN_H
#include "db/db.h"

/* Who did something, as the history keeps it. */
typedef struct db_who {
	int64_t id; /* 0: the system */
	str name;
} db_who;

typedef struct db_round_plan {
	int64_t round_id;
	str kind, state; /* kind: down, up */
	day opens_on, self_due, appraise_due, explain_due, final_due;
	int due_minute; /* of the last day, local time */
	bool needs_proof;
	int64_t created_at;
	db_who who;
} db_round_plan;

typedef struct db_round_sheet {
	int64_t id, round_id, unit_id;
	str state;
	int64_t version, summed;
	int n_rows, n_done, n_todo, n_wrong, n_proof, n_asked, n_decided;
	db_dec points, maximum;
	int64_t saved_at;
	str unit_level, unit_code, unit_name, unit_type; /* when read */
} db_round_sheet;

typedef struct db_round_sheet_list {
	db_round_sheet *p;
	size_t n, cap;
} db_round_sheet_list;

typedef struct db_round_part {
	int64_t sheet_id;
	str owner;
	int64_t unit_id; /* 0: a division that is no unit of the store */
	str state;
	int n_rows, n_done;
	str unit_code, unit_name; /* when read */
} db_round_part;

typedef struct db_round_part_list {
	db_round_part *p;
	size_t n, cap;
} db_round_part_list;

typedef struct db_round_step {
	int64_t id, round_id, sheet_id; /* 0: of the round */
	str owner, verb, from, to, reason;
	int64_t at;
	db_who who;
} db_round_step;

typedef struct db_round_step_list {
	db_round_step *p;
	size_t n, cap;
} db_round_step_list;

typedef struct db_round_extension {
	int64_t sheet_id; /* 0: for all */
	str phase;
	day until;
	str reason;
	int64_t at;
	db_who who;
} db_round_extension;

typedef struct db_round_extension_list {
	db_round_extension *p;
	size_t n, cap;
} db_round_extension_list;

typedef struct db_publication {
	int64_t id, round_id;
	int revision;
	str stage;
	int64_t edition_id;
	str edition_sha256, engine, decision, reason;
	int64_t at;
	db_who who;
} db_publication;

typedef struct db_publication_list {
	db_publication *p;
	size_t n, cap;
} db_publication_list;

/* ERR_NOTFOUND comes without a fault: the round is scored live. */
enum err db_round_plan_get(cx *c, db_conn *k, int64_t round_id, db_round_plan *out);
enum err db_round_plan_add(cx *c, db_conn *k, const db_round_plan *p);
enum err db_round_plan_dates(cx *c, db_conn *k, const db_round_plan *p); /* new dates; the step says why */
/* Moves on from one state to another; ERR_CONFLICT without a fault: it is in a third one by now. */
enum err db_round_plan_move(cx *c, db_conn *k, int64_t round_id, str from, str to);

enum err db_round_sheet_add(cx *c, db_conn *k, db_round_sheet *s); /* fills id; of its n_rows nothing is done */
enum err db_round_sheet_get(cx *c, db_conn *k, int64_t round_id, int64_t unit_id, db_round_sheet *out);
enum err db_round_sheet_by_code(cx *c, db_conn *k, int64_t round_id, str unit_code, db_round_sheet *out);
enum err db_round_sheet_by_id(cx *c, db_conn *k, int64_t id, db_round_sheet *out);
/* A unit's sheets in all rounds with a workflow, newest round first: round_id and state. */
enum err db_round_sheets_of_unit(cx *c, db_conn *k, int64_t unit_id, db_round_sheet_list *out);
enum err db_round_sheets(cx *c, db_conn *k, int64_t round_id, db_round_sheet_list *out); /* in order of units */
enum err db_round_sheet_move(cx *c, db_conn *k, int64_t sheet_id, str from, str to);
enum err db_round_sheet_touch(cx *c, db_conn *k, int64_t sheet_id); /* version + 1, saved now */
/* What was counted at a version; older counts do not replace newer ones. */
enum err db_round_sheet_sum(cx *c, db_conn *k, const db_round_sheet *s);

enum err db_round_owner_put(cx *c, db_conn *k, int64_t round_id, str owner, int64_t unit_id);
enum err db_round_part_put(cx *c, db_conn *k, const db_round_part *p); /* inserts; an old one keeps its state, and gets unit and counts */
enum err db_round_parts(cx *c, db_conn *k, int64_t sheet_id, db_round_part_list *out);
/* The parts of sheets of a round that units answer for, or of all its sheets. */
enum err db_round_parts_of_round(cx *c, db_conn *k, int64_t round_id, db_round_part_list *out);
/* Of all rounds upwards. */
enum err db_round_parts_of_unit(cx *c, db_conn *k, int64_t unit_id, db_round_part_list *out);
enum err db_round_part_move(cx *c, db_conn *k, int64_t sheet_id, str owner, str from, str to);
enum err db_round_part_sum(cx *c, db_conn *k, int64_t sheet_id, str owner, int n_rows, int n_done);

enum err db_round_step_add(cx *c, db_conn *k, const db_round_step *s);
enum err db_round_steps(cx *c, db_conn *k, int64_t round_id, int64_t sheet_id, db_round_step_list *out); /* newest first; sheet 0: all */

enum err db_round_steps_of_round(cx *c, db_conn *k, int64_t round_id, int limit, db_round_step_list *out); /* without those of sheets */

enum err db_round_extension_add(cx *c, db_conn *k, int64_t round_id, const db_round_extension *x);
enum err db_round_extensions(cx *c, db_conn *k, int64_t round_id, db_round_extension_list *out); /* oldest first */

enum err db_publication_add(cx *c, db_conn *k, db_publication *p); /* fills id and revision */
enum err db_publications(cx *c, db_conn *k, int64_t round_id, db_publication_list *out); /* newest first */

#endif
