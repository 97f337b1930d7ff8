#include "db/round_fact.h"
#include "base/vec.h"

enum { ENTRY_ARGS = 19, DECISION_ARGS = 19 };

/* ---- figures ---- */

#define ENTRY_COLUMNS \
	"e.id, e.stage, e.measure, e.part, e.seq, e.revision, e.numerator, e.denominator, e.value, e.status, e.reason, e.source, e.as_of, e.origin," \
	" e.key, e.recorded_at, e.actor_id, e.actor"

static db_entry read_entry(cx *c, const db_rows *r)
{
	return (db_entry){ .id = db_cell_int(r, 0), .stage = db_cell_copy(c, r, 1), .measure = db_cell_copy(c, r, 2), .part = db_cell_copy(c, r, 3),
		.seq = (int)db_cell_int(r, 4), .revision = (int)db_cell_int(r, 5), .numerator = db_cell_copy(c, r, 6),
		.denominator = db_cell_copy(c, r, 7), .value = db_cell_copy(c, r, 8), .status = db_cell_copy(c, r, 9), .reason = db_cell_copy(c, r, 10),
		.source = db_cell_copy(c, r, 11), .as_of = (day)db_cell_int(r, 12), .origin = db_cell_copy(c, r, 13), .key = db_cell_copy(c, r, 14),
		.at = db_cell_int(r, 15), .who = { db_cell_int(r, 16), db_cell_copy(c, r, 17) } };
}

enum err db_entries(cx *c, db_conn *k, int64_t sheet_id, bool all, db_entry_list *out)
{
	db_rows r;
	*out = (db_entry_list){ 0 };
	db_query(c, k,
		"SELECT " ENTRY_COLUMNS " FROM round_entry e WHERE e.sheet_id = $1 AND ($2 = 1 OR e.revision = (SELECT MAX(n.revision) FROM round_entry n"
		" WHERE n.sheet_id = e.sheet_id AND n.stage = e.stage AND n.measure = e.measure AND n.part = e.part AND n.seq = e.seq))"
		" ORDER BY e.stage, e.measure, e.part, e.seq, e.revision", DB_ARGS(db_int(sheet_id), db_int(all)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = read_entry(c, &r);
	return db_end(&r);
}

enum err db_entry_last(cx *c, db_conn *k, int64_t sheet_id, const db_entry *at, db_entry *out, bool *found)
{
	db_rows r;
	db_query(c, k,
		"SELECT " ENTRY_COLUMNS " FROM round_entry e WHERE e.sheet_id = $1 AND e.stage = $2 AND e.measure = $3 AND e.part = $4 AND e.seq = $5"
		" ORDER BY e.revision DESC LIMIT 1",
		DB_ARGS(db_int(sheet_id), db_text(at->stage), db_text(at->measure), db_text(at->part), db_int(at->seq)), &r);
	*found = db_next(&r);
	if (*found)
		*out = read_entry(c, &r);
	return db_end(&r);
}

enum err db_entry_add(cx *c, db_conn *k, int64_t sheet_id, const db_entry *x, size_t n)
{
	db_val *args = NEW_ARRAY(c->mem, db_val, n * ENTRY_ARGS);
	for (size_t i = 0; i < n; i++) {
		const db_val row[ENTRY_ARGS] = { db_int(db_new_id(c, k)), db_int(sheet_id), db_text(x[i].stage), db_text(x[i].measure),
			db_text(x[i].part), db_int(x[i].seq), db_int(x[i].revision), db_text_if(x[i].numerator), db_text_if(x[i].denominator),
			db_text_if(x[i].value), db_text(x[i].status), db_text_if(x[i].reason), db_text_if(x[i].source),
			db_int_if(x[i].as_of != 0, x[i].as_of), db_text(x[i].origin), db_text_if(x[i].key), db_int(c->now_ms), db_int(x[i].who.id),
			db_text(x[i].who.name) };
		memcpy(args + i * ENTRY_ARGS, row, sizeof row);
	}
	return db_bulk(c, k,
		"INSERT INTO round_entry (id, sheet_id, stage, measure, part, seq, revision, numerator, denominator, value, status, reason, source, as_of,"
		" origin, key, recorded_at, actor_id, actor)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
		args, ENTRY_ARGS, n, NULL);
}

/* ---- texts ---- */

#define NOTE_COLUMNS "e.node, e.kind, e.body, e.key, e.revision, e.recorded_at, e.actor_id, e.actor"

static db_note read_note(cx *c, const db_rows *r)
{
	return (db_note){ .node = db_cell_copy(c, r, 0), .kind = db_cell_copy(c, r, 1), .body = db_cell_copy(c, r, 2), .key = db_cell_copy(c, r, 3),
		.revision = (int)db_cell_int(r, 4), .at = db_cell_int(r, 5), .who = { db_cell_int(r, 6), db_cell_copy(c, r, 7) } };
}

enum err db_notes(cx *c, db_conn *k, int64_t sheet_id, bool all, db_note_list *out)
{
	db_rows r;
	*out = (db_note_list){ 0 };
	db_query(c, k,
		"SELECT " NOTE_COLUMNS " FROM round_note e WHERE e.sheet_id = $1 AND ($2 = 1 OR e.revision = (SELECT MAX(n.revision) FROM round_note n"
		" WHERE n.sheet_id = e.sheet_id AND n.node = e.node AND n.kind = e.kind)) ORDER BY e.node, e.kind, e.revision",
		DB_ARGS(db_int(sheet_id), db_int(all)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = read_note(c, &r);
	return db_end(&r);
}

enum err db_note_last(cx *c, db_conn *k, int64_t sheet_id, str node, str kind, db_note *out, bool *found)
{
	db_rows r;
	db_query(c, k,
		"SELECT " NOTE_COLUMNS " FROM round_note e WHERE e.sheet_id = $1 AND e.node = $2 AND e.kind = $3 ORDER BY e.revision DESC LIMIT 1",
		DB_ARGS(db_int(sheet_id), db_text(node), db_text(kind)), &r);
	*found = db_next(&r);
	if (*found)
		*out = read_note(c, &r);
	return db_end(&r);
}

enum err db_note_add(cx *c, db_conn *k, int64_t sheet_id, const db_note *x)
{
	return db_exec(c, k,
		"INSERT INTO round_note (id, sheet_id, node, kind, revision, body, key, recorded_at, actor_id, actor)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		DB_ARGS(db_int(db_new_id(c, k)), db_int(sheet_id), db_text(x->node), db_text(x->kind), db_int(x->revision), db_text(x->body),
			db_text_if(x->key), db_int(c->now_ms), db_int(x->who.id), db_text(x->who.name)),
		NULL);
}

/* ---- evidence ---- */

#define EVIDENCE_COLUMNS \
	"id, sheet_id, node, kind, title, number, issued_on, url, file_id, stage, key, recorded_at, actor_id, actor, removed_at, removed_by," \
	" removed_actor, removed_reason"

static db_evidence read_evidence(cx *c, const db_rows *r)
{
	return (db_evidence){ .id = db_cell_int(r, 0), .sheet_id = db_cell_int(r, 1), .node = db_cell_copy(c, r, 2), .kind = db_cell_copy(c, r, 3),
		.title = db_cell_copy(c, r, 4), .number = db_cell_copy(c, r, 5), .issued_on = (day)db_cell_int(r, 6), .url = db_cell_copy(c, r, 7),
		.file_id = db_cell_int(r, 8), .stage = db_cell_copy(c, r, 9), .key = db_cell_copy(c, r, 10), .at = db_cell_int(r, 11),
		.who = { db_cell_int(r, 12), db_cell_copy(c, r, 13) }, .removed_at = db_cell_int(r, 14),
		.removed_who = { db_cell_int(r, 15), db_cell_copy(c, r, 16) }, .removed_reason = db_cell_copy(c, r, 17) };
}

enum err db_evidence_of(cx *c, db_conn *k, int64_t sheet_id, db_evidence_list *out)
{
	db_rows r;
	*out = (db_evidence_list){ 0 };
	db_query(c, k, "SELECT " EVIDENCE_COLUMNS " FROM round_evidence WHERE sheet_id = $1 ORDER BY id", DB_ARGS(db_int(sheet_id)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = read_evidence(c, &r);
	return db_end(&r);
}

enum err db_evidence_get(cx *c, db_conn *k, int64_t id, db_evidence *out)
{
	db_rows r;
	db_query(c, k, "SELECT " EVIDENCE_COLUMNS " FROM round_evidence WHERE id = $1", DB_ARGS(db_int(id)), &r);
	bool found = db_next(&r);
	if (found)
		*out = read_evidence(c, &r);
	return db_end_found(&r, found);
}

enum err db_evidence_add(cx *c, db_conn *k, db_evidence *x)
{
	bool found = false;
	enum err e = x->key.len ? db_scalar(c, k, "SELECT id FROM round_evidence WHERE sheet_id = $1 AND node = $2 AND key = $3",
			     DB_ARGS(db_int(x->sheet_id), db_text(x->node), db_text(x->key)), &x->id, &found)
				: ERR_OK;
	if (e || found)
		return e;
	x->id = db_new_id(c, k);
	return db_exec(c, k,
		"INSERT INTO round_evidence (id, sheet_id, node, kind, title, number, issued_on, url, file_id, stage, key, recorded_at, actor_id, actor)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
		DB_ARGS(db_int(x->id), db_int(x->sheet_id), db_text(x->node), db_text(x->kind), db_text(x->title), db_text_if(x->number),
			db_int_if(x->issued_on != 0, x->issued_on), db_text_if(x->url), db_int_if(x->file_id != 0, x->file_id), db_text(x->stage),
			db_text_if(x->key), db_int(c->now_ms), db_int(x->who.id), db_text(x->who.name)),
		NULL);
}

enum err db_evidence_remove(cx *c, db_conn *k, int64_t id, const db_who *who, str reason)
{
	int64_t n = 0;
	enum err e = db_exec(c, k,
		"UPDATE round_evidence SET removed_at = $2, removed_by = $3, removed_actor = $4, removed_reason = $5 WHERE id = $1 AND removed_at IS NULL",
		DB_ARGS(db_int(id), db_int(c->now_ms), db_int(who->id), db_text(who->name), db_text_if(reason)), &n);
	return e ? e : n == 1 ? ERR_OK : ERR_CONFLICT;
}

/* ---- decisions ---- */

#define DECISION_COLUMNS \
	"e.id, e.node, e.stage, e.revision, e.basis, e.state, e.points, e.raw, e.maximum, e.self_points, e.remark, e.asks, e.trace_vi, e.trace_en," \
	" e.key, e.recorded_at, e.actor_id, e.actor"

static db_decision read_decision(cx *c, const db_rows *r)
{
	return (db_decision){ .id = db_cell_int(r, 0), .node = db_cell_copy(c, r, 1), .stage = db_cell_copy(c, r, 2),
		.revision = (int)db_cell_int(r, 3), .basis = db_cell_copy(c, r, 4), .state = db_cell_copy(c, r, 5), .points = db_cell_dec_if(r, 6),
		.raw = db_cell_dec_if(r, 7), .maximum = db_cell_dec_if(r, 8), .self_points = db_cell_dec_if(r, 9), .remark = db_cell_copy(c, r, 10),
		.asks = db_cell_int(r, 11) != 0, .trace_vi = db_cell_copy(c, r, 12), .trace_en = db_cell_copy(c, r, 13), .key = db_cell_copy(c, r, 14),
		.at = db_cell_int(r, 15), .who = { db_cell_int(r, 16), db_cell_copy(c, r, 17) } };
}

enum err db_decisions(cx *c, db_conn *k, int64_t sheet_id, bool all, db_decision_list *out)
{
	db_rows r;
	*out = (db_decision_list){ 0 };
	db_query(c, k,
		"SELECT " DECISION_COLUMNS " FROM round_decision e WHERE e.sheet_id = $1 AND ($2 = 1 OR e.revision = (SELECT MAX(n.revision)"
		" FROM round_decision n WHERE n.sheet_id = e.sheet_id AND n.node = e.node AND n.stage = e.stage)) ORDER BY e.node, e.stage, e.revision",
		DB_ARGS(db_int(sheet_id), db_int(all)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = read_decision(c, &r);
	return db_end(&r);
}

enum err db_decision_last(cx *c, db_conn *k, int64_t sheet_id, str node, str stage, db_decision *out, bool *found)
{
	db_rows r;
	db_query(c, k,
		"SELECT " DECISION_COLUMNS " FROM round_decision e WHERE e.sheet_id = $1 AND e.node = $2 AND e.stage = $3 ORDER BY e.revision DESC LIMIT 1",
		DB_ARGS(db_int(sheet_id), db_text(node), db_text(stage)), &r);
	*found = db_next(&r);
	if (*found)
		*out = read_decision(c, &r);
	return db_end(&r);
}

enum err db_decision_add(cx *c, db_conn *k, int64_t sheet_id, const db_decision *x, size_t n)
{
	db_val *args = NEW_ARRAY(c->mem, db_val, n * DECISION_ARGS);
	for (size_t i = 0; i < n; i++) {
		const db_val row[DECISION_ARGS] = { db_int(db_new_id(c, k)), db_int(sheet_id), db_text(x[i].node), db_text(x[i].stage),
			db_int(x[i].revision), db_text(x[i].basis), db_text(x[i].state), db_bind_dec_if(c->mem, x[i].points),
			db_bind_dec_if(c->mem, x[i].raw), db_bind_dec_if(c->mem, x[i].maximum), db_bind_dec_if(c->mem, x[i].self_points),
			db_text_if(x[i].remark), db_int(x[i].asks), db_text_if(x[i].trace_vi), db_text_if(x[i].trace_en), db_text_if(x[i].key),
			db_int(c->now_ms), db_int(x[i].who.id), db_text(x[i].who.name) };
		memcpy(args + i * DECISION_ARGS, row, sizeof row);
	}
	return db_bulk(c, k,
		"INSERT INTO round_decision (id, sheet_id, node, stage, revision, basis, state, points, raw, maximum, self_points, remark, asks, trace_vi,"
		" trace_en, key, recorded_at, actor_id, actor)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
		args, DECISION_ARGS, n, NULL);
}
