/* sample: frames in pieces of text, draws, and who was drawn. */
#ifndef DB_SAMPLE_H
#define DB_SAMPLE_H
#include "db/db.h"

typedef struct db_frame {
	int64_t id, survey_id;
	str name, kind;
	int64_t rows;
	str sha256;
	int64_t created_at;
	str actor;
	bool contacts; /* when read: whether there are any */
} db_frame;

typedef struct db_frame_list {
	db_frame *p;
	size_t n, cap;
} db_frame_list;

typedef struct db_draw {
	int64_t id, survey_id, frame_id, seed;
	str stages, strata, allocate, sd, cost;
	int64_t least, reserve;
	str person; /* none, kish, birthday */
	str frame_sha256;
	int64_t drawn, reserves, created_at;
	str actor;
} db_draw;

typedef struct db_sample_unit {
	int64_t no;
	str unit, place;
	bool reserve;
	int64_t turn;
	str grp, probability, weight, stratum, psu, person;
	int64_t replaces; /* 0: nobody */
	str reason;
} db_sample_unit;

typedef struct db_sample_list {
	db_sample_unit *p;
	size_t n, cap;
} db_sample_list;

typedef struct db_weight_step {
	int64_t no;
	str kind, params, margins; /* nonresponse, within, trim, poststratify, rake */
	int64_t people;
	double total_before, total_after, least, greatest, deff;
	int64_t created_at;
	str actor;
} db_weight_step;

typedef struct db_weight_list {
	db_weight_step *p;
	size_t n, cap;
} db_weight_list;

/* Inserts with its texts, cut into pieces; contacts may be empty. */
enum err db_frame_put(cx *c, db_conn *k, db_frame *f, str units, str contacts);
enum err db_frame_all(cx *c, db_conn *k, int64_t survey_id, db_frame_list *out); /* newest first */
enum err db_frame_get(cx *c, db_conn *k, int64_t id, db_frame *out); /* ERR_NOTFOUND without a fault */
enum err db_frame_text(cx *c, db_conn *k, int64_t id, const char *what, str *out); /* empty: there is none */
enum err db_frame_forget(cx *c, db_conn *k, int64_t survey_id, int64_t *pieces);

enum err db_draw_put(cx *c, db_conn *k, db_draw *d);
enum err db_draw_last(cx *c, db_conn *k, int64_t survey_id, db_draw *out); /* ERR_NOTFOUND without a fault */

enum err db_sample_put(cx *c, db_conn *k, int64_t draw_id, const db_sample_unit *u, size_t n);
enum err db_sample_all(cx *c, db_conn *k, int64_t draw_id, db_sample_list *out); /* by number */
/* The reserve stands for `of`. ERR_CONFLICT without a fault: one of them has a part in a replacement already. */
enum err db_sample_replace(cx *c, db_conn *k, int64_t draw_id, int64_t of, int64_t reserve, str reason);

/* In place of those there are. */
enum err db_weights_put(cx *c, db_conn *k, int64_t survey_id, str actor, const db_weight_step *s, size_t n);
enum err db_weights_all(cx *c, db_conn *k, int64_t survey_id, db_weight_list *out);

#endif
