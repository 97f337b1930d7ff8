#include "db/publish.h"
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "db/driver.h"

static enum err file_fault(cx *c, enum err code, const char *key, const char *path)
{
	return cx_fail(c, code, key, (place){ .file = str_of(path) }, (str){ 0 });
}

static void remove_logs(cx *c, const char *path)
{
	static const char *const tails[] = { "-wal", "-shm", "-journal" };
	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
		unlink(arena_printf(c->mem, "%s%s", path, tails[i]).p);
}

static void remove_part(cx *c, const char *part)
{
	unlink(part);
	remove_logs(c, part);
}

static enum err leave_wal(cx *c, db_conn *k)
{
	db_rows r;
	db_query(c, k, "PRAGMA journal_mode = DELETE", DB_NONE, &r);
	bool done = db_next(&r) && str_is(db_cell_text(&r, 0), "delete");
	enum err e = db_end(&r);
	return e || done ? e : cx_fail(c, ERR_BUSY, "db.in_use", (place){ 0 }, (str){ 0 });
}

enum err db_publish_settle(cx *c, const char *part)
{
	const db_options raw = { .schema = DB_SCHEMA_NONE, .must_exist = true, .keep_journal = true };
	db *d;
	db_conn *k;
	enum err e = db_open(c, str_of(part), &raw, &d);
	if (e)
		return e;
	e = db_writer(c, d, &k);
	if (!e) {
		e = leave_wal(c, k);
		db_release(k);
	}
	db_close(d);
	return e;
}

/* The old file's log must not be taken for the new file's: so nobody may have it open, and nobody may open it until the rename. */
static enum err hold_old(cx *c, str path, db_publish *p)
{
	const db_options opt = { .schema = DB_SCHEMA_NONE, .must_exist = true, .keep_journal = true, .busy_ms = 500 };
	db_rows r;
	enum err e = db_open(c, path, &opt, &p->old);
	if (!e)
		e = db_writer(c, p->old, &p->held);
	if (!e) {
		db_query(c, p->held, "PRAGMA locking_mode = EXCLUSIVE", DB_NONE, &r);
		while (db_next(&r))
			;
		e = db_end(&r);
	}
	if (!e)
		e = leave_wal(c, p->held);
	/* Only a write makes the exclusive lock real. */
	if (!e)
		e = db_begin(c, p->held, DB_WRITE);
	return e;
}

enum err db_publish_begin(cx *c, str path, bool overwrite, db_publish *out)
{
	*out = (db_publish){ 0 };
	if (str_starts(path, STR("sqlite:")))
		path = (str){ path.p + 7, path.len - 7 };
	out->path = arena_cstr(c->mem, path);
	out->part = arena_printf(c->mem, "%s.part", out->path).p;
	if (access(out->path, F_OK) == 0) {
		if (!overwrite)
			return file_fault(c, ERR_CONFLICT, "db.exists", out->path);
		enum err e = hold_old(c, path, out);
		if (e) {
			db_publish_abort(out);
			return e == ERR_BUSY ? file_fault(c, ERR_BUSY, "db.in_use", out->path) : e;
		}
	} else {
		remove_logs(c, out->path); /* of a file that somebody has deleted: they would be taken for the new one's */
	}
	remove_part(c, out->part);
	return ERR_OK;
}

static bool sync_path(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);
	if (fd < 0)
		return false;
	bool ok = fsync(fd) == 0;
	close(fd);
	return ok;
}

enum err db_publish_end(cx *c, db_publish *p)
{
	const char *folder = dirname((char *)(uintptr_t)arena_cstr(c->mem, str_of(p->path)));
	if (!sync_path(p->part, O_RDWR) || rename(p->part, p->path) != 0 || !sync_path(folder, O_RDONLY | O_DIRECTORY)) {
		fault *f = cx_fault(c, FAULT_ERROR, "db.publish", (place){ .file = str_of(p->path) }, (str){ 0 });
		fault_arg(c, f, 1, str_of(strerror(errno)));
		db_publish_abort(p);
		return ERR_IO;
	}
	p->part = NULL;
	db_publish_abort(p);
	return ERR_OK;
}

void db_publish_abort(db_publish *p)
{
	cx *c = cx_new(0);
	if (p->part)
		remove_part(c, p->part);
	cx_free(c);
	p->part = NULL;
	db_release(p->held);
	db_close(p->old);
	p->held = NULL;
	p->old = NULL;
}
