#include "db/round_plan.h"
#include "base/vec.h"

/* ---- plan ---- */

#define PLAN_COLUMNS \
	"round_id, kind, state, opens_on, self_due, appraise_due, explain_due, final_due, due_minute, needs_proof, created_at, actor_id, actor"

enum err db_round_plan_get(cx *c, db_conn *k, int64_t round_id, db_round_plan *out)
{
	db_rows r;
	db_query(c, k, "SELECT " PLAN_COLUMNS " FROM round_plan WHERE round_id = $1", DB_ARGS(db_int(round_id)), &r);
	bool found = db_next(&r);
	if (found)
		*out = (db_round_plan){ .round_id = db_cell_int(&r, 0), .kind = db_cell_copy(c, &r, 1), .state = db_cell_copy(c, &r, 2),
			.opens_on = (day)db_cell_int(&r, 3), .self_due = (day)db_cell_int(&r, 4), .appraise_due = (day)db_cell_int(&r, 5),
			.explain_due = (day)db_cell_int(&r, 6), .final_due = (day)db_cell_int(&r, 7), .due_minute = (int)db_cell_int(&r, 8),
			.needs_proof = db_cell_int(&r, 9) != 0, .created_at = db_cell_int(&r, 10),
			.who = { db_cell_int(&r, 11), db_cell_copy(c, &r, 12) } };
	return db_end_found(&r, found);
}

enum err db_round_plan_add(cx *c, db_conn *k, const db_round_plan *p)
{
	return db_exec(c, k, "INSERT INTO round_plan (" PLAN_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
		DB_ARGS(db_int(p->round_id), db_text(p->kind), db_text(p->state), db_int(p->opens_on), db_int(p->self_due),
			db_int(p->appraise_due), db_int(p->explain_due), db_int(p->final_due), db_int(p->due_minute), db_int(p->needs_proof),
			db_int(c->now_ms), db_int(p->who.id), db_text(p->who.name)),
		NULL);
}

enum err db_round_plan_dates(cx *c, db_conn *k, const db_round_plan *p)
{
	return db_exec(c, k,
		"UPDATE round_plan SET opens_on = $2, self_due = $3, appraise_due = $4, explain_due = $5, final_due = $6, due_minute = $7,"
		" needs_proof = $8 WHERE round_id = $1",
		DB_ARGS(db_int(p->round_id), db_int(p->opens_on), db_int(p->self_due), db_int(p->appraise_due), db_int(p->explain_due),
			db_int(p->final_due), db_int(p->due_minute), db_int(p->needs_proof)),
		NULL);
}

/* One row must have moved, else somebody else was faster. */
static enum err moved(enum err e, int64_t n)
{
	return e ? e : n == 1 ? ERR_OK : ERR_CONFLICT;
}

enum err db_round_plan_move(cx *c, db_conn *k, int64_t round_id, str from, str to)
{
	int64_t n = 0;
	enum err e = db_exec(c, k, "UPDATE round_plan SET state = $3 WHERE round_id = $1 AND state = $2",
		DB_ARGS(db_int(round_id), db_text(from), db_text(to)), &n);
	return moved(e, n);
}

/* ---- sheets ---- */

#define SHEET_COLUMNS \
	"s.id, s.round_id, s.unit_id, s.state, s.version, s.summed, s.n_rows, s.n_done, s.n_todo, s.n_wrong, s.n_proof, s.n_asked, s.n_decided," \
	" s.points, s.maximum, s.saved_at, u.level, u.code, u.name, u.type"

enum err db_round_sheet_add(cx *c, db_conn *k, db_round_sheet *s)
{
	s->id = db_new_id(c, k);
	return db_exec(c, k,
		"INSERT INTO round_sheet (id, round_id, unit_id, state, version, summed, n_rows, n_done, n_todo, n_wrong, n_proof, n_asked, n_decided)"
		" VALUES ($1, $2, $3, $4, 1, 0, $5, 0, $5, 0, 0, 0, 0)",
		DB_ARGS(db_int(s->id), db_int(s->round_id), db_int(s->unit_id), db_text(s->state), db_int(s->n_rows)), NULL);
}

static db_round_sheet read_sheet(cx *c, const db_rows *r)
{
	return (db_round_sheet){ .id = db_cell_int(r, 0), .round_id = db_cell_int(r, 1), .unit_id = db_cell_int(r, 2),
		.state = db_cell_copy(c, r, 3), .version = db_cell_int(r, 4), .summed = db_cell_int(r, 5), .n_rows = (int)db_cell_int(r, 6),
		.n_done = (int)db_cell_int(r, 7), .n_todo = (int)db_cell_int(r, 8), .n_wrong = (int)db_cell_int(r, 9),
		.n_proof = (int)db_cell_int(r, 10), .n_asked = (int)db_cell_int(r, 11), .n_decided = (int)db_cell_int(r, 12),
		.points = db_cell_dec_if(r, 13), .maximum = db_cell_dec_if(r, 14), .saved_at = db_cell_int(r, 15),
		.unit_level = db_cell_copy(c, r, 16), .unit_code = db_cell_copy(c, r, 17), .unit_name = db_cell_copy(c, r, 18),
		.unit_type = db_cell_copy(c, r, 19) };
}

static enum err one_sheet(cx *c, db_rows *r, db_round_sheet *out)
{
	bool found = db_next(r);
	if (found)
		*out = read_sheet(c, r);
	return db_end_found(r, found);
}

enum err db_round_sheet_get(cx *c, db_conn *k, int64_t round_id, int64_t unit_id, db_round_sheet *out)
{
	db_rows r;
	db_query(c, k, "SELECT " SHEET_COLUMNS " FROM round_sheet s JOIN unit u ON u.id = s.unit_id WHERE s.round_id = $1 AND s.unit_id = $2",
		DB_ARGS(db_int(round_id), db_int(unit_id)), &r);
	return one_sheet(c, &r, out);
}

enum err db_round_sheet_by_code(cx *c, db_conn *k, int64_t round_id, str unit_code, db_round_sheet *out)
{
	db_rows r;
	db_query(c, k, "SELECT " SHEET_COLUMNS " FROM unit u JOIN round_sheet s ON s.unit_id = u.id AND s.round_id = $1 WHERE u.level ="
		" (SELECT d.level FROM round d WHERE d.id = $1) AND u.code = $2", DB_ARGS(db_int(round_id), db_text(unit_code)), &r);
	return one_sheet(c, &r, out);
}

static enum err read_sheets(cx *c, db_rows *r, db_round_sheet_list *out)
{
	*out = (db_round_sheet_list){ 0 };
	while (db_next(r))
		*VEC_PUSH(c->mem, out) = read_sheet(c, r);
	return db_end(r);
}

enum err db_round_sheet_by_id(cx *c, db_conn *k, int64_t id, db_round_sheet *out)
{
	db_rows r;
	db_query(c, k, "SELECT " SHEET_COLUMNS " FROM round_sheet s JOIN unit u ON u.id = s.unit_id WHERE s.id = $1", DB_ARGS(db_int(id)), &r);
	return one_sheet(c, &r, out);
}

enum err db_round_sheets_of_unit(cx *c, db_conn *k, int64_t unit_id, db_round_sheet_list *out)
{
	db_rows r;
	db_query(c, k,
		"SELECT " SHEET_COLUMNS " FROM round_sheet s JOIN unit u ON u.id = s.unit_id JOIN round d ON d.id = s.round_id WHERE s.unit_id = $1"
		" ORDER BY d.period DESC, d.code", DB_ARGS(db_int(unit_id)), &r);
	return read_sheets(c, &r, out);
}

enum err db_round_sheets(cx *c, db_conn *k, int64_t round_id, db_round_sheet_list *out)
{
	db_rows r;
	db_query(c, k, "SELECT " SHEET_COLUMNS " FROM round_sheet s JOIN unit u ON u.id = s.unit_id WHERE s.round_id = $1 ORDER BY u.sort_key, u.id",
		DB_ARGS(db_int(round_id)), &r);
	return read_sheets(c, &r, out);
}

enum err db_round_sheet_move(cx *c, db_conn *k, int64_t sheet_id, str from, str to)
{
	int64_t n = 0;
	enum err e = db_exec(c, k, "UPDATE round_sheet SET state = $3, version = version + 1 WHERE id = $1 AND state = $2",
		DB_ARGS(db_int(sheet_id), db_text(from), db_text(to)), &n);
	return moved(e, n);
}

enum err db_round_sheet_touch(cx *c, db_conn *k, int64_t sheet_id)
{
	return db_exec(c, k, "UPDATE round_sheet SET version = version + 1, saved_at = $2 WHERE id = $1", DB_ARGS(db_int(sheet_id), db_int(c->now_ms)),
		NULL);
}

enum err db_round_sheet_sum(cx *c, db_conn *k, const db_round_sheet *s)
{
	return db_exec(c, k,
		"UPDATE round_sheet SET summed = $2, n_rows = $3, n_done = $4, n_todo = $5, n_wrong = $6, n_proof = $7, n_asked = $8, n_decided = $9,"
		" points = $10, maximum = $11 WHERE id = $1 AND summed < $2",
		DB_ARGS(db_int(s->id), db_int(s->version), db_int(s->n_rows), db_int(s->n_done), db_int(s->n_todo), db_int(s->n_wrong),
			db_int(s->n_proof), db_int(s->n_asked), db_int(s->n_decided), db_bind_dec_if(c->mem, s->points), db_bind_dec_if(c->mem, s->maximum)),
		NULL);
}

/* ---- parts ---- */

enum err db_round_owner_put(cx *c, db_conn *k, int64_t round_id, str owner, int64_t unit_id)
{
	return db_exec(c, k,
		"INSERT INTO round_owner (round_id, owner, unit_id) VALUES ($1, $2, $3) ON CONFLICT (round_id, owner) DO UPDATE SET unit_id = excluded.unit_id",
		DB_ARGS(db_int(round_id), db_text(owner), db_int(unit_id)), NULL);
}

enum err db_round_part_put(cx *c, db_conn *k, const db_round_part *p)
{
	return db_exec(c, k,
		"INSERT INTO round_part (sheet_id, owner, unit_id, state, n_rows, n_done) VALUES ($1, $2, $3, $4, $5, $6)"
		" ON CONFLICT (sheet_id, owner) DO UPDATE SET unit_id = excluded.unit_id, n_rows = excluded.n_rows",
		DB_ARGS(db_int(p->sheet_id), db_text(p->owner), db_int_if(p->unit_id != 0, p->unit_id), db_text(p->state), db_int(p->n_rows),
			db_int(p->n_done)),
		NULL);
}

#define PARTS "SELECT p.sheet_id, p.owner, p.unit_id, p.state, p.n_rows, p.n_done, u.code, u.name FROM round_part p LEFT JOIN unit u ON u.id = p.unit_id"

static enum err read_parts(cx *c, db_rows *r, db_round_part_list *out)
{
	*out = (db_round_part_list){ 0 };
	while (db_next(r))
		*VEC_PUSH(c->mem, out) = (db_round_part){ .sheet_id = db_cell_int(r, 0), .owner = db_cell_copy(c, r, 1), .unit_id = db_cell_int(r, 2),
			.state = db_cell_copy(c, r, 3), .n_rows = (int)db_cell_int(r, 4), .n_done = (int)db_cell_int(r, 5),
			.unit_code = db_cell_copy(c, r, 6), .unit_name = db_cell_copy(c, r, 7) };
	return db_end(r);
}

enum err db_round_parts(cx *c, db_conn *k, int64_t sheet_id, db_round_part_list *out)
{
	db_rows r;
	db_query(c, k, PARTS " WHERE p.sheet_id = $1 ORDER BY p.owner", DB_ARGS(db_int(sheet_id)), &r);
	return read_parts(c, &r, out);
}

enum err db_round_parts_of_round(cx *c, db_conn *k, int64_t round_id, db_round_part_list *out)
{
	db_rows r;
	db_query(c, k, PARTS " JOIN round_sheet s ON s.id = p.sheet_id WHERE s.round_id = $1 ORDER BY p.owner, p.sheet_id", DB_ARGS(db_int(round_id)),
		&r);
	return read_parts(c, &r, out);
}

enum err db_round_parts_of_unit(cx *c, db_conn *k, int64_t unit_id, db_round_part_list *out)
{
	db_rows r;
	db_query(c, k, PARTS " WHERE p.unit_id = $1 ORDER BY p.sheet_id, p.owner", DB_ARGS(db_int(unit_id)), &r);
	return read_parts(c, &r, out);
}

enum err db_round_part_move(cx *c, db_conn *k, int64_t sheet_id, str owner, str from, str to)
{
	int64_t n = 0;
	enum err e = db_exec(c, k, "UPDATE round_part SET state = $4 WHERE sheet_id = $1 AND owner = $2 AND state = $3",
		DB_ARGS(db_int(sheet_id), db_text(owner), db_text(from), db_text(to)), &n);
	return moved(e, n);
}

enum err db_round_part_sum(cx *c, db_conn *k, int64_t sheet_id, str owner, int n_rows, int n_done)
{
	return db_exec(c, k, "UPDATE round_part SET n_rows = $3, n_done = $4 WHERE sheet_id = $1 AND owner = $2",
		DB_ARGS(db_int(sheet_id), db_text(owner), db_int(n_rows), db_int(n_done)), NULL);
}

/* ---- steps, more time ---- */

enum err db_round_step_add(cx *c, db_conn *k, const db_round_step *s)
{
	return db_exec(c, k,
		"INSERT INTO round_step (id, round_id, sheet_id, owner, verb, state_from, state_to, reason, recorded_at, actor_id, actor)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		DB_ARGS(db_int(db_new_id(c, k)), db_int(s->round_id), db_int_if(s->sheet_id != 0, s->sheet_id), db_text_if(s->owner), db_text(s->verb),
			db_text(s->from), db_text(s->to), db_text_if(s->reason), db_int(c->now_ms), db_int(s->who.id), db_text(s->who.name)),
		NULL);
}

#define STEPS \
	"SELECT id, round_id, sheet_id, owner, verb, state_from, state_to, reason, recorded_at, actor_id, actor FROM round_step WHERE round_id = $1"

static enum err read_steps(cx *c, db_rows *r, db_round_step_list *out)
{
	*out = (db_round_step_list){ 0 };
	while (db_next(r))
		*VEC_PUSH(c->mem, out) = (db_round_step){ .id = db_cell_int(r, 0), .round_id = db_cell_int(r, 1), .sheet_id = db_cell_int(r, 2),
			.owner = db_cell_copy(c, r, 3), .verb = db_cell_copy(c, r, 4), .from = db_cell_copy(c, r, 5), .to = db_cell_copy(c, r, 6),
			.reason = db_cell_copy(c, r, 7), .at = db_cell_int(r, 8), .who = { db_cell_int(r, 9), db_cell_copy(c, r, 10) } };
	return db_end(r);
}

enum err db_round_steps(cx *c, db_conn *k, int64_t round_id, int64_t sheet_id, db_round_step_list *out)
{
	db_rows r;
	db_query(c, k, STEPS " AND ($2 = 0 OR sheet_id = $2 OR sheet_id IS NULL) ORDER BY id DESC", DB_ARGS(db_int(round_id), db_int(sheet_id)), &r);
	return read_steps(c, &r, out);
}

enum err db_round_steps_of_round(cx *c, db_conn *k, int64_t round_id, int limit, db_round_step_list *out)
{
	db_rows r;
	db_query(c, k, STEPS " AND sheet_id IS NULL ORDER BY id DESC LIMIT $2", DB_ARGS(db_int(round_id), db_int(limit)), &r);
	return read_steps(c, &r, out);
}

enum err db_round_extension_add(cx *c, db_conn *k, int64_t round_id, const db_round_extension *x)
{
	return db_exec(c, k,
		"INSERT INTO round_extension (id, round_id, sheet_id, phase, until, reason, recorded_at, actor_id, actor)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		DB_ARGS(db_int(db_new_id(c, k)), db_int(round_id), db_int_if(x->sheet_id != 0, x->sheet_id), db_text(x->phase), db_int(x->until),
			db_text(x->reason), db_int(c->now_ms), db_int(x->who.id), db_text(x->who.name)),
		NULL);
}

enum err db_round_extensions(cx *c, db_conn *k, int64_t round_id, db_round_extension_list *out)
{
	db_rows r;
	*out = (db_round_extension_list){ 0 };
	db_query(c, k, "SELECT sheet_id, phase, until, reason, recorded_at, actor_id, actor FROM round_extension WHERE round_id = $1 ORDER BY id",
		DB_ARGS(db_int(round_id)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_round_extension){ .sheet_id = db_cell_int(&r, 0), .phase = db_cell_copy(c, &r, 1),
			.until = (day)db_cell_int(&r, 2), .reason = db_cell_copy(c, &r, 3), .at = db_cell_int(&r, 4),
			.who = { db_cell_int(&r, 5), db_cell_copy(c, &r, 6) } };
	return db_end(&r);
}

/* ---- publications ---- */

enum err db_publication_add(cx *c, db_conn *k, db_publication *p)
{
	int64_t last = 0;
	enum err e = db_scalar(c, k, "SELECT COALESCE(MAX(revision), 0) FROM round_publication WHERE round_id = $1", DB_ARGS(db_int(p->round_id)),
		&last, NULL);
	if (e)
		return e;
	p->id = db_new_id(c, k);
	p->revision = (int)last + 1;
	p->stage = arena_printf(c->mem, "published-%d", p->revision);
	return db_exec(c, k,
		"INSERT INTO round_publication (id, round_id, revision, stage, edition_id, edition_sha256, engine, decision, reason, recorded_at, actor_id,"
		" actor) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
		DB_ARGS(db_int(p->id), db_int(p->round_id), db_int(p->revision), db_text(p->stage), db_int(p->edition_id), db_text(p->edition_sha256),
			db_text(p->engine), db_text_if(p->decision), db_text_if(p->reason), db_int(c->now_ms), db_int(p->who.id), db_text(p->who.name)),
		NULL);
}

enum err db_publications(cx *c, db_conn *k, int64_t round_id, db_publication_list *out)
{
	db_rows r;
	*out = (db_publication_list){ 0 };
	db_query(c, k,
		"SELECT id, round_id, revision, stage, edition_id, edition_sha256, engine, decision, reason, recorded_at, actor_id, actor"
		" FROM round_publication WHERE round_id = $1 ORDER BY revision DESC", DB_ARGS(db_int(round_id)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_publication){ .id = db_cell_int(&r, 0), .round_id = db_cell_int(&r, 1), .revision = (int)db_cell_int(&r, 2),
			.stage = db_cell_copy(c, &r, 3), .edition_id = db_cell_int(&r, 4), .edition_sha256 = db_cell_copy(c, &r, 5),
			.engine = db_cell_copy(c, &r, 6), .decision = db_cell_copy(c, &r, 7), .reason = db_cell_copy(c, &r, 8), .at = db_cell_int(&r, 9),
			.who = { db_cell_int(&r, 10), db_cell_copy(c, &r, 11) } };
	return db_end(&r);
}
