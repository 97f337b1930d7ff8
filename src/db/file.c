#include "db/file.h"
#include "base/vec.h"

#define COLUMNS \
	"f.id, f.content_id, f.name, c.kind, c.sha256, c.size, c.n_chunks, f.user_id, f.added_at, f.locked_at, f.erased_at, f.free_since" \
	" FROM file f LEFT JOIN file_content c ON c.id = f.content_id "

static db_file read_file(cx *c, const db_rows *r)
{
	return (db_file){ .id = db_cell_int(r, 0), .content_id = db_cell_int(r, 1), .name = db_cell_copy(c, r, 2), .kind = db_cell_copy(c, r, 3),
		.sha256 = db_cell_copy(c, r, 4), .size = db_cell_int(r, 5), .n_chunks = db_cell_int(r, 6), .user_id = db_cell_int(r, 7),
		.added_at = db_cell_int(r, 8), .locked_at = db_cell_int(r, 9), .erased_at = db_cell_int(r, 10), .free_since = db_cell_int(r, 11) };
}

/* ---- what belongs to what ---- */

enum err db_file_ref(cx *c, db_conn *k, int64_t file, str noun, int64_t object)
{
	int64_t n = 0;
	enum err e = db_exec(c, k, "UPDATE file SET free_since = NULL WHERE id = $1 AND erased_at IS NULL", DB_ARGS(db_int(file)), &n);
	if (!e && !n)
		e = cx_fail(c, ERR_NOTFOUND, "file.gone", (place){ 0 }, STR(""));
	if (e)
		return e;
	return db_exec(c, k, "INSERT INTO file_ref (file_id, noun, object_id, added_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
		DB_ARGS(db_int(file), db_text(noun), db_int(object), db_int(c->now_ms)), NULL);
}

enum err db_file_unref(cx *c, db_conn *k, int64_t file, str noun, int64_t object)
{
	int64_t locked = 0;
	enum err e = db_scalar(c, k, "SELECT locked_at FROM file WHERE id = $1", DB_ARGS(db_int(file)), &locked, NULL);
	if (!e && locked)
		e = cx_fail(c, ERR_CONFLICT, "file.locked", (place){ 0 }, STR(""));
	if (!e)
		e = db_exec(c, k, "DELETE FROM file_ref WHERE file_id = $1 AND noun = $2 AND object_id = $3",
			DB_ARGS(db_int(file), db_text(noun), db_int(object)), NULL);
	if (!e)
		e = db_exec(c, k, "UPDATE file SET free_since = $2 WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM file_ref WHERE file_id = $1)",
			DB_ARGS(db_int(file), db_int(c->now_ms)), NULL);
	return e;
}

enum err db_file_owners_of(cx *c, db_conn *k, int64_t file, db_file_owners *out)
{
	db_rows r;
	*out = (db_file_owners){ 0 };
	db_query(c, k, "SELECT noun, object_id FROM file_ref WHERE file_id = $1 ORDER BY noun, object_id", DB_ARGS(db_int(file)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_file_owner){ db_cell_copy(c, &r, 0), db_cell_int(&r, 1) };
	return db_end(&r);
}

enum err db_file_of(cx *c, db_conn *k, str noun, int64_t object, db_file_list *out)
{
	db_rows r;
	*out = (db_file_list){ 0 };
	db_query(c, k, "SELECT " COLUMNS "JOIN file_ref o ON o.file_id = f.id WHERE o.noun = $1 AND o.object_id = $2 ORDER BY f.id",
		DB_ARGS(db_text(noun), db_int(object)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = read_file(c, &r);
	return db_end(&r);
}

enum err db_file_get(cx *c, db_conn *k, int64_t file, db_file *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS "WHERE f.id = $1", DB_ARGS(db_int(file)), &r);
	bool found = db_next(&r);
	if (found)
		*out = read_file(c, &r);
	return db_end_found(&r, found);
}

enum err db_file_lock(cx *c, db_conn *k, int64_t file)
{
	return db_exec(c, k, "UPDATE file SET locked_at = $2 WHERE id = $1 AND locked_at IS NULL AND erased_at IS NULL",
		DB_ARGS(db_int(file), db_int(c->now_ms)), NULL);
}

/* ---- contents ---- */

enum err db_file_whole(cx *c, db_conn *k, str sha256, int64_t *content, bool *found)
{
	return db_scalar(c, k, "SELECT id FROM file_content WHERE sha256 = $1 AND state = 'whole'", DB_ARGS(db_text(sha256)), content, found);
}

enum err db_file_total(cx *c, db_conn *k, int64_t *bytes)
{
	/* A sum is an integer on one database and a numeric on the other. */
	return db_scalar(c, k, "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM file_content WHERE state <> 'dropped'", DB_NONE, bytes, NULL);
}

enum err db_file_begin(cx *c, db_conn *k, str kind, int64_t size, int64_t *content)
{
	*content = db_new_id(c, k);
	return db_exec(c, k, "INSERT INTO file_content (id, state, kind, size, n_chunks, touched_at) VALUES ($1, 'arriving', $2, $3, 0, $4)",
		DB_ARGS(db_int(*content), db_text(kind), db_int(size), db_int(c->now_ms)), NULL);
}

static enum err given_up(cx *c) { return cx_fail(c, ERR_CONFLICT, "file.given_up", (place){ 0 }, STR("")); }

enum err db_file_chunk_add(cx *c, db_conn *k, int64_t content, int64_t no, str hash, str bytes)
{
	int64_t n = 0;
	enum err e = db_exec(c, k,
		"UPDATE file_content SET n_chunks = n_chunks + 1, touched_at = $3 WHERE id = $1 AND state = 'arriving' AND n_chunks = $2",
		DB_ARGS(db_int(content), db_int(no), db_int(c->now_ms)), &n);
	if (!e && !n)
		e = given_up(c);
	if (e)
		return e;
	return db_exec(c, k, "INSERT INTO file_chunk (content_id, no, hash, bytes) VALUES ($1, $2, $3, $4)",
		DB_ARGS(db_int(content), db_int(no), db_text(hash), db_blob(bytes)), NULL);
}

enum err db_file_finish(cx *c, db_conn *k, int64_t content, str sha256)
{
	int64_t n = 0;
	enum err e = db_exec(c, k,
		"UPDATE file_content SET state = 'whole', sha256 = $2, touched_at = $3"
		" WHERE id = $1 AND state = 'arriving' AND n_chunks = (size + $4 - 1) / $4",
		DB_ARGS(db_int(content), db_text(sha256), db_int(c->now_ms), db_int(DB_FILE_CHUNK)), &n);
	return e ? e : n ? ERR_OK : given_up(c);
}

enum err db_file_add(cx *c, db_conn *k, int64_t content, str name, int64_t user, int64_t *file)
{
	*file = db_new_id(c, k);
	return db_exec(c, k, "INSERT INTO file (id, content_id, name, user_id, added_at, free_since) VALUES ($1, $2, $3, $4, $5, $5)",
		DB_ARGS(db_int(*file), db_int(content), db_text(name), db_int_if(user != 0, user), db_int(c->now_ms)), NULL);
}

enum err db_file_chunk(cx *c, db_conn *k, int64_t content, int64_t no, str *hash, str *bytes)
{
	db_rows r;
	db_query(c, k, "SELECT hash, bytes FROM file_chunk WHERE content_id = $1 AND no = $2", DB_ARGS(db_int(content), db_int(no)), &r);
	bool found = db_next(&r);
	if (found) {
		*hash = db_cell_copy(c, &r, 0);
		*bytes = db_cell_copy(c, &r, 1);
	}
	return db_end_found(&r, found);
}

/* ---- going ---- */

#define DROPPED "UPDATE file_content SET state = 'dropped', sha256 = NULL "

enum err db_file_drop(cx *c, db_conn *k, int64_t content)
{
	return db_exec(c, k, DROPPED "WHERE id = $1 AND state = 'arriving'", DB_ARGS(db_int(content)), NULL);
}

enum err db_file_give_up(cx *c, db_conn *k, int64_t before, int64_t free_before, int64_t most, int64_t *n)
{
	int64_t arriving = 0, files = 0, contents = 0;
	enum err e = db_exec(c, k,
		DROPPED "WHERE id IN (SELECT id FROM file_content WHERE state = 'arriving' AND touched_at < $1 ORDER BY id LIMIT $2)",
		DB_ARGS(db_int(before), db_int(most)), &arriving);
	if (!e)
		e = db_exec(c, k,
			"DELETE FROM file WHERE id IN (SELECT f.id FROM file f WHERE f.free_since < $1 AND f.locked_at IS NULL AND f.erased_at IS NULL"
			" AND NOT EXISTS (SELECT 1 FROM file_ref o WHERE o.file_id = f.id)"
			" AND NOT EXISTS (SELECT 1 FROM file_signing s WHERE s.file_id = f.id OR s.returned_id = f.id) ORDER BY f.id LIMIT $2)",
			DB_ARGS(db_int(free_before), db_int(most)), &files);
	if (!e)
		e = db_exec(c, k,
			DROPPED "WHERE id IN (SELECT c.id FROM file_content c WHERE c.state = 'whole'"
				" AND NOT EXISTS (SELECT 1 FROM file f WHERE f.content_id = c.id) ORDER BY c.id LIMIT $1)",
			DB_ARGS(db_int(most)), &contents);
	*n = arriving + files + contents;
	return e;
}

enum err db_file_purge(cx *c, db_conn *k, int64_t most, bool *left)
{
	int64_t content = 0, n = 0;
	bool found = false;
	*left = false;
	enum err e = db_scalar(c, k, "SELECT MIN(id) FROM file_content WHERE state = 'dropped'", DB_NONE, &content, &found);
	if (e || !found)
		return e;
	*left = true;
	e = db_exec(c, k,
		"DELETE FROM file_chunk WHERE content_id = $1 AND no IN (SELECT no FROM file_chunk WHERE content_id = $1 ORDER BY no LIMIT $2)",
		DB_ARGS(db_int(content), db_int(most)), &n);
	if (!e && n < most)
		e = db_exec(c, k, "DELETE FROM file_content WHERE id = $1", DB_ARGS(db_int(content)), NULL);
	return e;
}

enum err db_file_erase(cx *c, db_conn *k, int64_t file)
{
	int64_t n = 0;
	enum err e = db_exec(c, k,
		"UPDATE file SET content_id = NULL, name = '', user_id = NULL, erased_at = $2 WHERE id = $1 AND erased_at IS NULL AND locked_at IS NULL",
		DB_ARGS(db_int(file), db_int(c->now_ms)), &n);
	return e ? e : n ? ERR_OK : cx_fail(c, ERR_CONFLICT, "file.locked", (place){ 0 }, STR(""));
}
