#include "db/backup.h"
#include <sqlite3.h>
#include <unistd.h>
#include "base/vec.h"
#include "db/driver.h"
#include "db/lay.h"
#include "db/publish.h"

enum { STEP_PAGES = 1024 };

static enum err integrity(cx *c, db_conn *k, const char *path)
{
	db_rows r;
	db_query(c, k, "PRAGMA integrity_check(1)", DB_NONE, &r);
	bool fine = db_next(&r) && str_is(db_cell_text(&r, 0), "ok");
	enum err e = db_end(&r);
	return e || fine ? e : cx_fail(c, ERR_IO, "db.corrupt", (place){ .file = str_of(path) }, (str){ 0 });
}

/* ---- pages of a file ---- */

static enum err copy_pages(cx *c, db_conn *from, db_conn *to, const db_copy_options *opt)
{
	/* `from` is in a reading transaction: the copy is of its snapshot, whatever is written meanwhile. */
	sqlite3_backup *b = sqlite3_backup_init(db_sqlite_handle(to), "main", db_sqlite_handle(from), "main");
	if (!b)
		return db_trouble(c, to, DB_OTHER, "sqlite-backup", NULL);
	int code;
	enum err e = ERR_OK;
	do {
		code = sqlite3_backup_step(b, STEP_PAGES);
		int64_t done = sqlite3_backup_pagecount(b) - sqlite3_backup_remaining(b);
		if (opt && opt->progress && !opt->progress(opt->ctx, STR("backup"), done))
			e = cx_fail(c, ERR_CANCELLED, "db.cancelled", (place){ 0 }, (str){ 0 });
	} while (code == SQLITE_OK && !e);
	sqlite3_backup_finish(b);
	if (!e && code != SQLITE_DONE)
		e = db_trouble(c, to, (code & 0xFF) == SQLITE_FULL ? DB_FULL : DB_OTHER, "sqlite-backup", NULL);
	return e;
}

static enum err write_sums(cx *c, db_conn *k, const db_sum_list *sums)
{
	enum err e = db_begin(c, k, DB_WRITE);
	if (!e)
		e = db_sums_write(c, k, sums);
	return e ? e : db_commit(c, k);
}

/* The pages to a new file, with their sums and without the order in which answers came; sums NULL: as they are. */
static enum err pages_to_file(cx *c, db_conn *from, const char *part, const db_copy_options *opt, const db_sum_list *sums)
{
	const db_options raw = { .schema = DB_SCHEMA_NONE };
	db *d = NULL;
	db_conn *k = NULL;
	enum err e = db_open(c, str_of(part), &raw, &d);
	if (!e)
		e = db_writer(c, d, &k);
	if (!e)
		e = copy_pages(c, from, k, opt);
	db_release(k);
	k = NULL;
	if (!e && sums)
		e = db_lay_anew(c, d);
	if (!e && sums)
		e = db_writer(c, d, &k);
	if (!e && sums)
		e = write_sums(c, k, sums);
	db_release(k);
	db_close(d);
	return e ? e : db_publish_settle(c, part);
}

static enum err backup_file(cx *c, db *d, const char *path, const db_copy_options *opt, db_sum_list *report)
{
	db_publish p;
	db_conn *k;
	db_sum_list there;
	enum err e = db_publish_begin(c, str_of(path), opt && opt->overwrite, &p);
	if (e)
		return e;
	e = db_reader(c, d, &k);
	if (e) {
		db_publish_abort(&p);
		return e;
	}
	db_read_bound(k, 0);
	e = db_begin(c, k, DB_READ);
	if (!e)
		e = db_sums(c, k, opt, report);
	if (!e)
		e = pages_to_file(c, k, p.part, opt, report);
	db_release(k);
	if (!e)
		e = db_backup_verify(c, p.part, &there);
	if (!e)
		e = db_sums_compare(c, report, &there);
	if (!e)
		return db_publish_end(c, &p);
	db_publish_abort(&p);
	return e;
}

enum err db_backup(cx *c, db *d, const char *path, const db_copy_options *opt, db_sum_list *report)
{
	return db_path(d) ? backup_file(c, d, path, opt, report) : db_copy_open(c, d, str_of(path), opt, report);
}

/* ---- verifying ---- */

static enum err written_sums(cx *c, db_conn *k, db_sum_list *out)
{
	db_rows r;
	*out = (db_sum_list){ 0 };
	db_query(c, k, "SELECT name, n_rows, hash FROM copy_sum ORDER BY name", DB_NONE, &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_sum){ db_cell_copy(c, &r, 0), db_cell_int(&r, 1), db_cell_copy(c, &r, 2) };
	return db_end(&r);
}

static enum err verify(cx *c, db_conn *k, const char *path, db_sum_list *report)
{
	db_sum_list written;
	str unfinished;
	int version;
	db_read_bound(k, 0);
	enum err e = integrity(c, k, path);
	if (!e)
		e = db_schema_version(c, k, &version);
	if (!e)
		e = db_meta_get(c, k, STR("incomplete"), &unfinished);
	if (!e && unfinished.len)
		e = cx_fail(c, ERR_CONFLICT, "db.incomplete", (place){ .file = str_of(path) }, (str){ 0 });
	if (!e)
		e = written_sums(c, k, &written);
	if (!e && !written.n)
		e = cx_fail(c, ERR_INPUT, "db.no_sums", (place){ .file = str_of(path) }, (str){ 0 });
	if (!e)
		e = db_begin(c, k, DB_READ);
	if (!e)
		e = db_sums(c, k, NULL, report);
	return e ? e : db_sums_compare(c, &written, report);
}

enum err db_backup_verify(cx *c, const char *path, db_sum_list *report)
{
	const db_options raw = { .schema = DB_SCHEMA_NONE, .must_exist = true, .read_only = true };
	db *d;
	db_conn *k;
	enum err e = db_open(c, str_of(path), &raw, &d);
	if (e)
		return e;
	e = db_reader(c, d, &k);
	if (!e) {
		e = verify(c, k, path, report);
		db_release(k);
	}
	db_close(d);
	return e;
}

/* ---- restoring ---- */

static enum err restore_file(cx *c, const char *path, str to, const db_copy_options *opt)
{
	const db_options raw = { .schema = DB_SCHEMA_NONE, .must_exist = true, .read_only = true };
	db_publish p;
	db *d = NULL;
	db_conn *k = NULL;
	enum err e = db_publish_begin(c, to, opt && opt->overwrite, &p);
	if (e)
		return e;
	e = db_open(c, str_of(path), &raw, &d);
	if (!e)
		e = db_reader(c, d, &k);
	if (!e) {
		db_read_bound(k, 0);
		e = db_begin(c, k, DB_READ);
	}
	if (!e)
		e = pages_to_file(c, k, p.part, opt, NULL);
	db_release(k);
	db_close(d);
	if (!e)
		return db_publish_end(c, &p);
	db_publish_abort(&p);
	return e;
}

enum err db_restore(cx *c, const char *path, str to, const db_copy_options *opt, db_sum_list *report)
{
	enum err e = db_backup_verify(c, path, report);
	if (e)
		return e;
	if (!str_starts(to, STR("postgres://")) && !str_starts(to, STR("postgresql://")))
		return restore_file(c, path, to, opt);
	const db_options open = { .schema = DB_SCHEMA_CHECK, .must_exist = true, .read_only = true };
	db *d;
	db_sum_list copied;
	e = db_open(c, str_of(path), &open, &d);
	if (!e)
		e = db_copy_open(c, d, to, opt, &copied);
	if (!e)
		e = db_sums_compare(c, report, &copied);
	db_close(d);
	return e;
}
