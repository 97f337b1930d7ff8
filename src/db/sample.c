#include "db/sample.h"
#include "base/vec.h"

enum { PIECE = 256 << 10 };

/* ---- frames ---- */

static enum err put_text(cx *c, db_conn *k, int64_t id, const char *what, str text)
{
	enum err e = ERR_OK;
	for (int64_t no = 0; text.len && !e; no++) {
		size_t n = text.len < PIECE ? text.len : PIECE;
		while (n < text.len && ((unsigned char)text.p[n] & 0xC0) == 0x80) /* a character is not cut in two */
			n--;
		e = db_exec(c, k, "INSERT INTO sample_frame_part (frame_id, what, no, csv) VALUES ($1, $2, $3, $4)",
			DB_ARGS(db_int(id), db_text(str_of(what)), db_int(no), db_text((str){ text.p, n })), NULL);
		text = (str){ text.p + n, text.len - n };
	}
	return e;
}

enum err db_frame_put(cx *c, db_conn *k, db_frame *f, str units, str contacts)
{
	f->id = db_new_id(c, k);
	f->created_at = c->now_ms;
	enum err e = db_exec(c, k,
		"INSERT INTO sample_frame (id, survey_id, name, kind, n_rows, sha256, created_at, actor) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		DB_ARGS(db_int(f->id), db_int(f->survey_id), db_text(f->name), db_text(f->kind), db_int(f->rows), db_text(f->sha256),
			db_int(f->created_at), db_text(f->actor)), NULL);
	if (!e)
		e = put_text(c, k, f->id, "units", units);
	return e ? e : put_text(c, k, f->id, "contacts", contacts);
}

#define FRAME_COLUMNS \
	"f.id, f.survey_id, f.name, f.kind, f.n_rows, f.sha256, f.created_at, f.actor, (SELECT COUNT(*) FROM sample_frame_part p" \
	" WHERE p.frame_id = f.id AND p.what = 'contacts')"

static db_frame read_frame(cx *c, const db_rows *r)
{
	return (db_frame){ .id = db_cell_int(r, 0), .survey_id = db_cell_int(r, 1), .name = db_cell_copy(c, r, 2), .kind = db_cell_copy(c, r, 3),
		.rows = db_cell_int(r, 4), .sha256 = db_cell_copy(c, r, 5), .created_at = db_cell_int(r, 6), .actor = db_cell_copy(c, r, 7),
		.contacts = db_cell_int(r, 8) > 0 };
}

enum err db_frame_all(cx *c, db_conn *k, int64_t survey_id, db_frame_list *out)
{
	db_rows r;
	*out = (db_frame_list){ 0 };
	db_query(c, k, "SELECT " FRAME_COLUMNS " FROM sample_frame f WHERE f.survey_id = $1 ORDER BY f.created_at DESC, f.id DESC",
		DB_ARGS(db_int(survey_id)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = read_frame(c, &r);
	return db_end(&r);
}

enum err db_frame_get(cx *c, db_conn *k, int64_t id, db_frame *out)
{
	db_rows r;
	db_query(c, k, "SELECT " FRAME_COLUMNS " FROM sample_frame f WHERE f.id = $1", DB_ARGS(db_int(id)), &r);
	bool found = db_next(&r);
	if (found)
		*out = read_frame(c, &r);
	return db_end_found(&r, found);
}

enum err db_frame_text(cx *c, db_conn *k, int64_t id, const char *what, str *out)
{
	db_rows r;
	buf b;
	buf_init(&b, 0);
	db_query(c, k, "SELECT csv FROM sample_frame_part WHERE frame_id = $1 AND what = $2 ORDER BY no",
		DB_ARGS(db_int(id), db_text(str_of(what))), &r);
	while (db_next(&r))
		buf_add(&b, db_cell_text(&r, 0));
	enum err e = db_end(&r);
	*out = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return e;
}

enum err db_frame_forget(cx *c, db_conn *k, int64_t survey_id, int64_t *pieces)
{
	return db_exec(c, k,
		"DELETE FROM sample_frame_part WHERE what = 'contacts' AND frame_id IN (SELECT id FROM sample_frame WHERE survey_id = $1)",
		DB_ARGS(db_int(survey_id)), pieces);
}

/* ---- draws ---- */

#define DRAW_COLUMNS \
	"id, survey_id, frame_id, seed, stages, strata, allocate, least, reserve, person, frame_sha256, drawn, reserves, created_at, actor, sd, cost"

enum err db_draw_put(cx *c, db_conn *k, db_draw *d)
{
	d->id = db_new_id(c, k);
	d->created_at = c->now_ms;
	return db_exec(c, k,
		"INSERT INTO sample_draw (" DRAW_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
		DB_ARGS(db_int(d->id), db_int(d->survey_id), db_int(d->frame_id), db_int(d->seed), db_text(d->stages), db_text_if(d->strata),
			db_text(d->allocate), db_int(d->least), db_int(d->reserve), db_text(d->person), db_text(d->frame_sha256), db_int(d->drawn),
			db_int(d->reserves), db_int(d->created_at), db_text(d->actor), db_text_if(d->sd), db_text_if(d->cost)), NULL);
}

enum err db_draw_last(cx *c, db_conn *k, int64_t survey_id, db_draw *out)
{
	db_rows r;
	db_query(c, k, "SELECT " DRAW_COLUMNS " FROM sample_draw WHERE survey_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1",
		DB_ARGS(db_int(survey_id)), &r);
	bool found = db_next(&r);
	if (found)
		*out = (db_draw){ .id = db_cell_int(&r, 0), .survey_id = db_cell_int(&r, 1), .frame_id = db_cell_int(&r, 2), .seed = db_cell_int(&r, 3),
			.stages = db_cell_copy(c, &r, 4), .strata = db_cell_copy(c, &r, 5), .allocate = db_cell_copy(c, &r, 6), .least = db_cell_int(&r, 7),
			.reserve = db_cell_int(&r, 8), .person = db_cell_copy(c, &r, 9), .frame_sha256 = db_cell_copy(c, &r, 10), .drawn = db_cell_int(&r, 11),
			.reserves = db_cell_int(&r, 12), .created_at = db_cell_int(&r, 13), .actor = db_cell_copy(c, &r, 14),
			.sd = db_cell_copy(c, &r, 15), .cost = db_cell_copy(c, &r, 16) };
	return db_end_found(&r, found);
}

/* ---- who was drawn ---- */

enum { UNIT_COLUMNS = 12 };

enum err db_sample_put(cx *c, db_conn *k, int64_t draw_id, const db_sample_unit *u, size_t n)
{
	db_val *args = NEW_ARRAY(c->mem, db_val, n * UNIT_COLUMNS + 1);
	for (size_t i = 0; i < n; i++) {
		const db_val row[UNIT_COLUMNS] = { db_int(draw_id), db_int(u[i].no), db_text(u[i].unit), db_text_if(u[i].place),
			db_text(u[i].reserve ? STR("reserve") : STR("main")), db_int(u[i].turn), db_text(u[i].grp), db_text(u[i].probability),
			db_text(u[i].weight), db_text(u[i].stratum), db_text_if(u[i].psu), db_text_if(u[i].person) };
		memcpy(args + i * UNIT_COLUMNS, row, sizeof row);
	}
	return db_bulk(c, k,
		"INSERT INTO sample_unit (draw_id, no, unit, place, role, turn, grp, probability, weight, stratum, psu, person)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
		args, UNIT_COLUMNS, n, NULL);
}

enum err db_sample_all(cx *c, db_conn *k, int64_t draw_id, db_sample_list *out)
{
	db_rows r;
	*out = (db_sample_list){ 0 };
	db_query(c, k,
		"SELECT no, unit, place, role, turn, grp, probability, weight, stratum, psu, person, replaces, reason FROM sample_unit WHERE draw_id = $1"
		" ORDER BY no",
		DB_ARGS(db_int(draw_id)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_sample_unit){ .no = db_cell_int(&r, 0), .unit = db_cell_copy(c, &r, 1), .place = db_cell_copy(c, &r, 2),
			.reserve = str_is(db_cell_text(&r, 3), "reserve"), .turn = db_cell_int(&r, 4), .grp = db_cell_copy(c, &r, 5),
			.probability = db_cell_copy(c, &r, 6), .weight = db_cell_copy(c, &r, 7), .stratum = db_cell_copy(c, &r, 8),
			.psu = db_cell_copy(c, &r, 9), .person = db_cell_copy(c, &r, 10), .replaces = db_cell_int(&r, 11), .reason = db_cell_copy(c, &r, 12) };
	return db_end(&r);
}

enum err db_sample_replace(cx *c, db_conn *k, int64_t draw_id, int64_t of, int64_t reserve, str reason)
{
	int64_t one = 0, two = 0;
	enum err e = db_exec(c, k, "UPDATE sample_unit SET reason = $3 WHERE draw_id = $1 AND no = $2 AND reason IS NULL",
		DB_ARGS(db_int(draw_id), db_int(of), db_text(reason)), &one);
	if (!e)
		e = db_exec(c, k, "UPDATE sample_unit SET replaces = $3 WHERE draw_id = $1 AND no = $2 AND replaces IS NULL AND role = 'reserve'",
			DB_ARGS(db_int(draw_id), db_int(reserve), db_int(of)), &two);
	return e ? e : one == 1 && two == 1 ? ERR_OK : ERR_CONFLICT;
}

/* ---- weights ---- */

enum err db_weights_put(cx *c, db_conn *k, int64_t survey_id, str actor, const db_weight_step *s, size_t n)
{
	enum err e = db_exec(c, k, "DELETE FROM sample_weight WHERE survey_id = $1", DB_ARGS(db_int(survey_id)), NULL);
	for (size_t i = 0; i < n && !e; i++)
		e = db_exec(c, k,
			"INSERT INTO sample_weight (survey_id, no, kind, params, margins, people, total_before, total_after, least, greatest, deff, created_at,"
			" actor) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
			DB_ARGS(db_int(survey_id), db_int(s[i].no), db_text(s[i].kind), db_text_if(s[i].params), db_text_if(s[i].margins), db_int(s[i].people),
				db_real(s[i].total_before), db_real(s[i].total_after), db_real(s[i].least), db_real(s[i].greatest), db_real(s[i].deff),
				db_int(c->now_ms), db_text(actor)),
			NULL);
	return e;
}

enum err db_weights_all(cx *c, db_conn *k, int64_t survey_id, db_weight_list *out)
{
	db_rows r;
	*out = (db_weight_list){ 0 };
	db_query(c, k,
		"SELECT no, kind, params, margins, people, total_before, total_after, least, greatest, deff, created_at, actor FROM sample_weight"
		" WHERE survey_id = $1 ORDER BY no",
		DB_ARGS(db_int(survey_id)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_weight_step){ .no = db_cell_int(&r, 0),
			.kind = db_cell_copy(c, &r, 1),
			.params = db_cell_copy(c, &r, 2),
			.margins = db_cell_copy(c, &r, 3),
			.people = db_cell_int(&r, 4),
			.total_before = db_cell_real(&r, 5),
			.total_after = db_cell_real(&r, 6),
			.least = db_cell_real(&r, 7),
			.greatest = db_cell_real(&r, 8),
			.deff = db_cell_real(&r, 9),
			.created_at = db_cell_int(&r, 10),
			.actor = db_cell_copy(c, &r, 11) };
	return db_end(&r);
}
