/* Documents that left to be signed, and what came back. */
#include "base/vec.h"
#include "db/file.h"

#define COLUMNS "id, file_id, noun, object_id, user_id, sent_at, returned_id, returned_at FROM file_signing "

static db_signing read_signing(cx *c, const db_rows *r)
{
	return (db_signing){ .id = db_cell_int(r, 0), .file_id = db_cell_int(r, 1), .noun = db_cell_copy(c, r, 2), .object_id = db_cell_int(r, 3),
		.user_id = db_cell_int(r, 4), .sent_at = db_cell_int(r, 5), .returned_id = db_cell_int(r, 6), .returned_at = db_cell_int(r, 7) };
}

enum err db_signing_add(cx *c, db_conn *k, db_signing *s)
{
	s->id = db_new_id(c, k);
	s->sent_at = c->now_ms;
	return db_exec(c, k, "INSERT INTO file_signing (id, file_id, noun, object_id, user_id, sent_at) VALUES ($1, $2, $3, $4, $5, $6)",
		DB_ARGS(db_int(s->id), db_int(s->file_id), db_text(s->noun), db_int(s->object_id), db_int_if(s->user_id != 0, s->user_id), db_int(s->sent_at)),
		NULL);
}

enum err db_signing_get(cx *c, db_conn *k, int64_t id, db_signing *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS "WHERE id = $1", DB_ARGS(db_int(id)), &r);
	bool found = db_next(&r);
	if (found)
		*out = read_signing(c, &r);
	return db_end_found(&r, found);
}

enum err db_signing_done(cx *c, db_conn *k, int64_t id, int64_t returned, int64_t user, bool *first)
{
	int64_t n = 0;
	enum err e = db_exec(c, k,
		"UPDATE file_signing SET returned_id = $2, returned_at = $3, returned_by = $4 WHERE id = $1 AND returned_id IS NULL",
		DB_ARGS(db_int(id), db_int(returned), db_int(c->now_ms), db_int_if(user != 0, user)), &n);
	*first = n == 1;
	return e;
}

enum err db_signing_of(cx *c, db_conn *k, str noun, int64_t object, db_signings *out)
{
	db_rows r;
	*out = (db_signings){ 0 };
	db_query(c, k, "SELECT " COLUMNS "WHERE noun = $1 AND object_id = $2 ORDER BY id", DB_ARGS(db_text(noun), db_int(object)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = read_signing(c, &r);
	return db_end(&r);
}
