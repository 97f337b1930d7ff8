#include "db/job.h"
#include "base/vec.h"

#define COLUMNS \
	"id, kind, args, state, actor, COALESCE(owner, ''), COALESCE(message, ''), COALESCE(result, ''), progress, total, cancel," \
	" created_at, started_at, finished_at, beat_at"

static db_job read_job(cx *c, const db_rows *r)
{
	return (db_job){ .id = db_cell_int(r, 0), .kind = db_cell_copy(c, r, 1), .args = db_cell_copy(c, r, 2), .state = db_cell_copy(c, r, 3),
		.actor = db_cell_copy(c, r, 4), .owner = db_cell_copy(c, r, 5), .message = db_cell_copy(c, r, 6), .result = db_cell_copy(c, r, 7),
		.progress = db_cell_int(r, 8), .total = db_cell_int(r, 9), .cancel = db_cell_int(r, 10) != 0, .created_at = db_cell_int(r, 11),
		.started_at = db_cell_int(r, 12), .finished_at = db_cell_int(r, 13), .beat_at = db_cell_int(r, 14) };
}

static enum err read_one(cx *c, db_rows *r, db_job *out)
{
	bool found = db_next(r);
	if (found)
		*out = read_job(c, r);
	return db_end_found(r, found);
}

static enum err read_all(cx *c, db_rows *r, db_job_list *out)
{
	*out = (db_job_list){ 0 };
	while (db_next(r))
		*VEC_PUSH(c->mem, out) = read_job(c, r);
	return db_end(r);
}

enum err db_job_put(cx *c, db_conn *k, str kind, str args, str actor, int64_t *id)
{
	*id = db_new_id(c, k);
	return db_exec(c, k, "INSERT INTO job (id, kind, args, state, actor, created_at) VALUES ($1, $2, $3, 'waiting', $4, $5)",
		DB_ARGS(db_int(*id), db_text(kind), db_text(args), db_text(actor), db_int(c->now_ms)), NULL);
}

enum err db_job_get(cx *c, db_conn *k, int64_t id, db_job *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS " FROM job WHERE id = $1", DB_ARGS(db_int(id)), &r);
	return read_one(c, &r, out);
}

enum err db_job_open(cx *c, db_conn *k, str kind, db_job_list *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS " FROM job WHERE state IN ('waiting', 'running') AND (kind = $1 OR $1 = '') ORDER BY id",
		DB_ARGS(db_text(kind)), &r);
	return read_all(c, &r, out);
}

enum err db_job_last(cx *c, db_conn *k, int limit, db_job_list *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS " FROM job ORDER BY id DESC LIMIT $1", DB_ARGS(db_int(limit)), &r);
	return read_all(c, &r, out);
}

enum err db_job_claim(cx *c, db_conn *k, str owner, db_job *out)
{
	db_rows r;
	db_query(c, k,
		"UPDATE job SET state = 'running', owner = $1, started_at = $2, beat_at = $2"
		" WHERE state = 'waiting' AND id = (SELECT MIN(w.id) FROM job w WHERE w.state = 'waiting') RETURNING " COLUMNS,
		DB_ARGS(db_text(owner), db_int(c->now_ms)), &r);
	return read_one(c, &r, out);
}

enum err db_job_beat(cx *c, db_conn *k, int64_t id, str owner, int64_t progress, int64_t total, bool *cancel)
{
	int64_t flag = 0;
	bool found;
	enum err e = db_scalar(c, k,
		"UPDATE job SET progress = $3, total = $4, beat_at = $5 WHERE id = $1 AND state = 'running' AND owner = $2 RETURNING cancel",
		DB_ARGS(db_int(id), db_text(owner), db_int(progress), db_int(total), db_int(c->now_ms)), &flag, &found);
	*cancel = !e && found && flag;
	return e ? e : found ? ERR_OK : ERR_NOTFOUND;
}

enum err db_job_end(cx *c, db_conn *k, const db_job *end, bool *ended)
{
	int64_t n = 0;
	enum err e = db_exec(c, k,
		"UPDATE job SET state = $3, progress = $4, total = $5, message = $6, result = $7, finished_at = $8"
		" WHERE id = $1 AND state = 'running' AND owner = $2",
		DB_ARGS(db_int(end->id), db_text(end->owner), db_text(end->state), db_int(end->progress), db_int(end->total),
			db_text_if(end->message), db_text_if(end->result), db_int(c->now_ms)),
		&n);
	*ended = !e && n == 1;
	return e;
}

enum err db_job_cancel(cx *c, db_conn *k, int64_t id)
{
	enum err e = db_exec(c, k, "UPDATE job SET state = 'cancelled', cancel = 1, finished_at = $2 WHERE id = $1 AND state = 'waiting'",
		DB_ARGS(db_int(id), db_int(c->now_ms)), NULL);
	return e ? e : db_exec(c, k, "UPDATE job SET cancel = 1 WHERE id = $1 AND state = 'running'", DB_ARGS(db_int(id)), NULL);
}

enum err db_job_purge(cx *c, db_conn *k, int64_t before)
{
	return db_exec(c, k, "DELETE FROM job WHERE state IN ('done', 'failed', 'cancelled') AND finished_at < $1",
		DB_ARGS(db_int(before)), NULL);
}
