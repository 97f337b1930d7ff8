/* round: an edition applied to units for a period, the points of every node and the value and rank of every unit. Points and results are
 * derived: putting them replaces what stood there. */
#ifndef DB_ROUND_H
#define DB_ROUND_H
#include "db/db.h"

typedef struct db_round {
	int64_t id;
	str code;
	int64_t edition_id;
	str name_vi, name_en, level, period, status;
	bool illustrative;
	int64_t created_at;
	str actor;
} db_round;

typedef struct db_round_list {
	db_round *p;
	size_t n, cap;
} db_round_list;

typedef struct db_score {
	str node_code;
	int sort_no; /* place in the tree */
	db_dec points, maximum, percent;
	str status, trace, note;
} db_score;

typedef struct db_score_list {
	db_score *p;
	size_t n, cap;
} db_score_list;

/* One node over all units. */
typedef struct db_node_score {
	int64_t unit_id;
	str unit_code, unit_name;
	db_score s;
} db_node_score;

typedef struct db_node_score_list {
	db_node_score *p;
	size_t n, cap;
} db_node_score_list;

typedef struct db_round_result {
	int64_t unit_id;
	db_dec points, maximum, value;
	int rank; /* 0: none */
	str rank_group, status, engine, edition_sha256;
	int64_t computed_at;
	str unit_code, unit_name, unit_sort, unit_type; /* when read */
} db_round_result;

typedef struct db_round_result_list {
	db_round_result *p;
	size_t n, cap;
} db_round_result_list;

/* Inserts by code, or corrects name, status and edition of the one there is; fills id. */
enum err db_round_put(cx *c, db_conn *k, db_round *r);
enum err db_round_get(cx *c, db_conn *k, int64_t id, db_round *out); /* ERR_NOTFOUND without a fault */
enum err db_round_by_code(cx *c, db_conn *k, str code, db_round *out);
enum err db_round_list_all(cx *c, db_conn *k, str level, db_round_list *out); /* newest period first; level "": all */
/* Those that everybody may see: without a plan (scored live), or published. */
enum err db_round_list_shown(cx *c, db_conn *k, str level, db_round_list *out);
enum err db_round_set_status(cx *c, db_conn *k, int64_t id, str status);
enum err db_round_of_edition(cx *c, db_conn *k, int64_t edition_id, db_round_list *out); /* newest period first */
/* Another edition from now on. */
enum err db_round_set_edition(cx *c, db_conn *k, int64_t id, int64_t edition_id);
enum err db_round_decided(cx *c, db_conn *k, int64_t id, int64_t *out); /* decisions of its sheets that hold */
/* Texts, decisions and evidence of its sheets that stand at one code go to another; texts and decisions only where a sheet has none of that
 * kind or stage there yet. */
enum err db_round_rename_node(cx *c, db_conn *k, int64_t id, str from, str to);

enum err db_score_put(cx *c, db_conn *k, int64_t round_id, int64_t unit_id, str stage, const db_score *s, size_t n);
enum err db_score_of(cx *c, db_conn *k, int64_t round_id, int64_t unit_id, str stage, db_score_list *out); /* by sort_no */
enum err db_score_of_node(cx *c, db_conn *k, int64_t round_id, str stage, str node_code, db_node_score_list *out);
/* Replaces all results of the round's stage. */
enum err db_round_result_put(cx *c, db_conn *k, int64_t round_id, str stage, const db_round_result *r, size_t n);
enum err db_round_result_of(cx *c, db_conn *k, int64_t round_id, str stage, db_round_result_list *out); /* by rank */

#endif
