/* Files: what is taken and what is not, each content once, reading that checks, interrupted uploads, statements that fail. */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include "app/file.h"
#include "app/inject.h"
#include "base/hash.h"
#include "base/vn.h"
#include "db/file.h"

static struct actor system_actor(void) { return actor_system("test"); }

/* An unnamed file with these bytes. */
static int spool(str bytes)
{
	int fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes.p, bytes.len), bytes.len);
	return fd;
}

static enum err put_as(app_store *t, const struct actor *who, const char *name, const char *declared, str bytes, struct file_info *out)
{
	int fd = spool(bytes);
	enum err e = file_put(t->c, &t->app, who, str_of(name), str_of(declared), fd, bytes.len, out);
	close(fd);
	return e;
}

static enum err put(app_store *t, const char *name, str bytes, struct file_info *out)
{
	struct actor who = system_actor();
	return put_as(t, &who, name, "", bytes, out);
}

/* A PDF of n bytes whose pieces all differ. */
static str pdf_of(arena *mem, size_t n, unsigned seed)
{
	char *p = arena_alloc(mem, n);
	for (size_t i = 0; i + 4 <= n; i += 4) {
		seed = seed * 1664525 + 1013904223;
		memcpy(p + i, &seed, 4);
	}
	memcpy(p, "%PDF-1.7\n", n < 9 ? n : 9);
	return (str){ p, n };
}

static enum err collect(void *ctx, str piece)
{
	buf_add(ctx, piece);
	return ERR_OK;
}

static bool reads_as(app_store *t, int64_t id, uint64_t from, str want)
{
	buf b;
	buf_init(&b, 0);
	enum err e = file_read(t->c, &t->app, id, from, want.len, collect, &b);
	bool same = !e && str_eq(buf_str(&b), want);
	buf_free(&b);
	return same;
}

static enum err ref(cx *c, db_conn *k, void *arg)
{
	const int64_t *x = arg;
	return db_file_ref(c, k, x[0], STR("evidence"), x[1]);
}

static enum err unref(cx *c, db_conn *k, void *arg)
{
	const int64_t *x = arg;
	return db_file_unref(c, k, x[0], STR("evidence"), x[1]);
}

static enum err do_ref(app_store *t, int64_t file, int64_t object)
{
	return db_tx(t->c, t->s->d, DB_WRITE, ref, (int64_t[]){ file, object });
}

static enum err do_unref(app_store *t, int64_t file, int64_t object)
{
	return db_tx(t->c, t->s->d, DB_WRITE, unref, (int64_t[]){ file, object });
}

static void test_round_trip(void **state)
{
	app_store t = app_empty(state);
	const size_t sizes[] = { 9, 1000, DB_FILE_CHUNK - 1, DB_FILE_CHUNK, DB_FILE_CHUNK + 1, 3 * DB_FILE_CHUNK + 77 };
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		str bytes = pdf_of(t.c->mem, sizes[i], (unsigned)i + 1);
		struct file_info f, again;
		OK(put(&t, "Báo cáo.pdf", bytes, &f));
		assert_int_equal(f.size, sizes[i]);
		assert_true(str_is(f.kind, "pdf") && str_is(f.media, "application/pdf") && f.shown && !f.locked && !f.erased);
		assert_true(str_eq(f.sha256, hash_sha256(t.c->mem, bytes)));
		assert_true(reads_as(&t, f.id, 0, bytes));
		OK(file_check(t.c, &t.app, f.id));
		OK(file_get(t.c, &t.app, f.id, &again));
		assert_true(str_is(again.name, "Báo cáo.pdf"));
		int fd = spool(STR(""));
		OK(file_write(t.c, &t.app, f.id, 0, f.size, fd));
		assert_int_equal(lseek(fd, 0, SEEK_END), sizes[i]);
		close(fd);
	}
	str bytes = pdf_of(t.c->mem, 2 * DB_FILE_CHUNK + 5, 9);
	struct file_info f;
	OK(put(&t, "a.pdf", bytes, &f));
	const size_t ranges[][2] = { { 0, 0 }, { 0, 1 }, { DB_FILE_CHUNK - 1, 2 }, { 5, DB_FILE_CHUNK }, { 2 * DB_FILE_CHUNK, 5 }, { bytes.len, 0 } };
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		assert_true(reads_as(&t, f.id, ranges[i][0], (str){ bytes.p + ranges[i][0], ranges[i][1] }));
	assert_int_equal(file_read(t.c, &t.app, f.id, bytes.len, 1, collect, NULL), ERR_INPUT);
	assert_int_equal(file_read(t.c, &t.app, f.id, UINT64_MAX, 2, collect, NULL), ERR_INPUT);
	assert_int_equal(file_get(t.c, &t.app, 1, &f), ERR_NOTFOUND);
	app_free(&t);
}

static void refused(app_store *t, const char *name, const char *declared, str bytes, enum err want, const char *key)
{
	struct actor who = system_actor();
	struct file_info f;
	assert_int_equal(put_as(t, &who, name, declared, bytes, &f), want);
	assert_string_equal(store_last_fault(t->s), key);
	assert_int_equal(app_count(t, "SELECT COUNT(*) FROM file_content"), 0);
}

static void test_refused(void **state)
{
	app_store t = app_empty(state);
	refused(&t, "", "", STR("%PDF-1.7"), ERR_INPUT, "file.name");
	refused(&t, "thư mục/", "", STR("%PDF-1.7"), ERR_INPUT, "file.name");
	refused(&t, "\xff.pdf", "", STR("%PDF-1.7"), ERR_INPUT, "file.name");
	refused(&t, "a.pdf", "", STR(""), ERR_INPUT, "file.empty");
	refused(&t, "a.pdf", "", STR("MZ......"), ERR_INPUT, "file.unknown");
	refused(&t, "a.svg", "image/svg+xml", STR("<svg/>"), ERR_INPUT, "file.unknown");
	refused(&t, "a.docx", "", STR("%PDF-1.7"), ERR_INPUT, "file.extension");
	refused(&t, "a.pdf.exe", "", STR("%PDF-1.7"), ERR_INPUT, "file.extension");
	refused(&t, "a.pdf", "text/html", STR("%PDF-1.7"), ERR_INPUT, "file.declared");
	t.app.file_max = 1 << 20;
	refused(&t, "a.pdf", "", pdf_of(t.c->mem, (1 << 20) + 1, 1), ERR_LIMIT, "file.too_big");
	t.app.files_max = 1000;
	refused(&t, "a.pdf", "", pdf_of(t.c->mem, 1001, 1), ERR_LIMIT, "file.no_room");
	app_free(&t);
}

static void test_names(void **state)
{
	app_store t = app_empty(state);
	struct file_info f;
	OK(put(&t, "C:\\Users\\x\\Quyết định.pdf", STR("%PDF-1.7"), &f));
	assert_true(str_is(f.name, "Quyết định.pdf"));
	OK(put(&t, "a\xE2\x80\xAE" "fdp.\x01pdf", STR("%PDF-1.7"), &f)); /* turned writing */
	assert_true(str_is(f.name, "afdp.pdf"));
	OK(put(&t, "Ba\xCC\x81o.pdf", STR("%PDF-1.7"), &f));
	assert_true(str_is(f.name, "B\xC3\xA1o.pdf"));
	char name[600];
	memset(name, 0, sizeof name);
	for (int i = 0; i < 100; i++)
		memcpy(name + 3 * i, "ậ", 3);
	memcpy(name + 300, ".pdf", 5);
	OK(put(&t, name, STR("%PDF-1.7"), &f));
	assert_true(f.name.len <= FILE_NAME_MAX && vn_utf8_check(f.name) == f.name.len);
	assert_string_equal(f.name.p + f.name.len - 7, "….pdf");
	app_free(&t);
}

/* The same content is there once, under as many names as it came with, and goes with the last of them. */
static void test_once(void **state)
{
	app_store t = app_empty(state);
	str bytes = pdf_of(t.c->mem, 3 * DB_FILE_CHUNK, 5);
	struct file_info f, g, h;
	OK(put(&t, "một.pdf", bytes, &f));
	OK(put(&t, "hai.pdf", bytes, &g));
	assert_true(f.id != g.id && str_eq(f.sha256, g.sha256));
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM file_content"), 1);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM file_chunk"), 3);
	OK(do_ref(&t, f.id, 100));
	OK(do_ref(&t, f.id, 100)); /* twice the same */
	OK(do_ref(&t, f.id, 101));
	OK(do_ref(&t, g.id, 200));
	struct file_infos l;
	OK(file_of(t.c, &t.app, STR("evidence"), 100, &l));
	assert_int_equal(l.n, 1);
	assert_true(str_is(l.p[0].name, "một.pdf"));
	OK(do_unref(&t, f.id, 100));
	t.c->now_ms += 2 * FILE_FREE_MS;
	OK(file_sweep(t.c, &t.app)); /* 101 still keeps it */
	OK(file_get(t.c, &t.app, f.id, &h));
	OK(do_unref(&t, f.id, 101));
	OK(file_sweep(t.c, &t.app)); /* not at once */
	OK(file_get(t.c, &t.app, f.id, &h));
	t.c->now_ms += 2 * FILE_FREE_MS;
	OK(file_sweep(t.c, &t.app));
	assert_int_equal(file_get(t.c, &t.app, f.id, &h), ERR_NOTFOUND);
	assert_true(reads_as(&t, g.id, 0, bytes)); /* the other name keeps the content */
	assert_int_equal(do_ref(&t, f.id, 100), ERR_NOTFOUND);
	OK(do_unref(&t, g.id, 200));
	t.c->now_ms += 2 * FILE_FREE_MS;
	OK(file_sweep(t.c, &t.app));
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM file_chunk"), 0);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM file_content"), 0);
	OK(put(&t, "ba.pdf", bytes, &h)); /* and may come again */
	assert_true(reads_as(&t, h.id, 0, bytes));
	app_free(&t);
}

static void test_erase(void **state)
{
	app_store t = app_empty(state);
	str bytes = pdf_of(t.c->mem, DB_FILE_CHUNK + 1, 6);
	struct actor who = system_actor(), nobody = { .user_id = 5 };
	struct file_info f, g;
	OK(put(&t, "Nguyễn Văn A.pdf", bytes, &f));
	OK(put(&t, "khác.pdf", pdf_of(t.c->mem, 50, 8), &g));
	OK(do_ref(&t, f.id, 1));
	assert_int_equal(file_erase(t.c, &t.app, &nobody, f.id, STR("vì")), ERR_DENIED);
	assert_int_equal(file_erase(t.c, &t.app, &who, f.id, STR(" ")), ERR_INPUT);
	OK(file_erase(t.c, &t.app, &who, f.id, STR("theo yêu cầu")));
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM file_chunk"), 1);
	struct file_infos l;
	OK(file_of(t.c, &t.app, STR("evidence"), 1, &l)); /* its place is still there */
	assert_true(l.n == 1 && l.p[0].erased && l.p[0].name.len == 0);
	assert_int_equal(file_read(t.c, &t.app, f.id, 0, 0, collect, NULL), ERR_NOTFOUND);
	assert_string_equal(store_last_fault(t.s), "file.erased");
	assert_int_equal(do_ref(&t, f.id, 2), ERR_NOTFOUND);
	OK(file_erase(t.c, &t.app, &who, f.id, STR("lần nữa")));
	db_conn *k = store_writer(t.s);
	OK(db_file_ref(t.c, k, g.id, STR("evidence"), 9));
	OK(db_file_lock(t.c, k, g.id));
	assert_int_equal(db_file_unref(t.c, k, g.id, STR("evidence"), 9), ERR_CONFLICT);
	db_release(k);
	assert_int_equal(file_erase(t.c, &t.app, &who, g.id, STR("vì")), ERR_CONFLICT);
	assert_string_equal(store_last_fault(t.s), "file.locked");
	app_free(&t);
}

static enum err even_only(cx *c, struct app *a, const struct actor *who, int64_t object)
{
	(void)a, (void)who;
	return object % 2 == 0 ? ERR_OK : cx_fail(c, ERR_DENIED, "actor.denied", (place){ 0 }, STR(""));
}

static void test_access(void **state)
{
	app_store t = app_empty(state);
	static const struct file_noun nouns[] = { { "evidence", even_only }, { 0 } };
	t.app.file_nouns = nouns;
	struct actor officer = { .user_id = 7 }, other = { .user_id = 8 }, visitor = { 0 }, all = system_actor();
	struct file_info f;
	OK(put_as(&t, &officer, "a.pdf", "", STR("%PDF-1.7"), &f));
	assert_int_equal(f.user_id, 7);
	OK(file_may(t.c, &t.app, &officer, f.id)); /* still of nobody else */
	OK(file_may(t.c, &t.app, &all, f.id));
	assert_int_equal(file_may(t.c, &t.app, &other, f.id), ERR_DENIED);
	assert_int_equal(file_may(t.c, &t.app, &visitor, f.id), ERR_DENIED);
	OK(do_ref(&t, f.id, 1));
	app_forget(&t);
	assert_int_equal(file_may(t.c, &t.app, &officer, f.id), ERR_DENIED); /* from now on the criterion decides */
	assert_int_equal(t.c->n_errors, 1);
	assert_string_equal(store_last_fault(t.s), "file.denied");
	OK(do_ref(&t, f.id, 2));
	app_forget(&t);
	OK(file_may(t.c, &t.app, &other, f.id));
	assert_int_equal(t.c->n_errors, 0);
	assert_int_equal(file_may(t.c, &t.app, &other, 77), ERR_NOTFOUND);
	t.app.file_nouns = NULL; /* a noun that nobody knows lets nobody in */
	assert_int_equal(file_may(t.c, &t.app, &other, f.id), ERR_DENIED);
	app_free(&t);
}

static void sql(app_store *t, const char *text)
{
	db_conn *k = store_writer(t->s);
	OK(db_exec(t->c, k, text, DB_NONE, NULL));
	db_release(k);
}

/* What the store holds differs from what was put: nothing of the piece is handed out. */
static void test_damage(void **state)
{
	app_store t = app_empty(state);
	str bytes = pdf_of(t.c->mem, 3 * DB_FILE_CHUNK, 5);
	struct file_info f;
	OK(put(&t, "a.pdf", bytes, &f));
	sql(&t, "UPDATE file_chunk SET bytes = (SELECT bytes FROM file_chunk WHERE no = 2) WHERE no = 1");
	buf b;
	buf_init(&b, 0);
	assert_int_equal(file_read(t.c, &t.app, f.id, 0, f.size, collect, &b), ERR_IO);
	assert_string_equal(store_last_fault(t.s), "file.damaged");
	assert_true(str_eq(buf_str(&b), (str){ bytes.p, DB_FILE_CHUNK }));
	buf_free(&b);
	assert_true(reads_as(&t, f.id, 2 * DB_FILE_CHUNK, (str){ bytes.p + 2 * DB_FILE_CHUNK, 99 })); /* what is sound can be had */
	sql(&t, "UPDATE file_chunk SET hash = (SELECT hash FROM file_chunk WHERE no = 2) WHERE no = 1"); /* piece and hash forged together */
	assert_int_equal(file_check(t.c, &t.app, f.id), ERR_IO);
	sql(&t, "DELETE FROM file_chunk WHERE no = 0");
	assert_int_equal(file_check(t.c, &t.app, f.id), ERR_IO);
	assert_string_equal(store_last_fault(t.s), "file.damaged");
	app_free(&t);
}

static enum err begin_one(cx *c, db_conn *k, void *arg) { return db_file_begin(c, k, STR("pdf"), 2 * DB_FILE_CHUNK, arg); }

static enum err second_piece(cx *c, db_conn *k, void *arg)
{
	return db_file_chunk_add(c, k, *(int64_t *)arg, 1, STR("x"), STR("y"));
}

/* An upload that was left in the middle is taken away, one that goes on is not; who comes back too late is told. */
static void test_interrupted(void **state)
{
	app_store t = app_empty(state);
	int64_t content;
	OK(db_tx(t.c, t.s->d, DB_WRITE, begin_one, &content));
	db_conn *k = store_writer(t.s);
	OK(db_file_chunk_add(t.c, k, content, 0, STR("x"), STR("y")));
	assert_int_equal(db_file_finish(t.c, k, content, STR("abc")), ERR_CONFLICT); /* a piece is missing */
	db_release(k);
	t.c->now_ms += FILE_ARRIVING_MS / 2;
	OK(file_sweep(t.c, &t.app));
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM file_chunk"), 1);
	t.c->now_ms += FILE_ARRIVING_MS;
	OK(file_sweep(t.c, &t.app));
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM file_chunk"), 0);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM file_content"), 0);
	assert_int_equal(db_tx(t.c, t.s->d, DB_WRITE, second_piece, &content), ERR_CONFLICT);
	assert_string_equal(store_last_fault(t.s), "file.given_up");
	app_free(&t);
}

/* The file grows under the reader's hands: refused, nothing left. */
static void test_changing(void **state)
{
	app_store t = app_empty(state);
	struct actor who = system_actor();
	struct file_info f;
	int fd = spool(STR("%PDF-1.7 0123456789"));
	assert_int_equal(file_put(t.c, &t.app, &who, STR("a.pdf"), STR(""), fd, 5000, &f), ERR_IO);
	assert_string_equal(store_last_fault(t.s), "file.unreadable");
	close(fd);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM file"), 0);
	app_free(&t);
}

static str big;

static enum err put_big(app_store *t, void *arg)
{
	struct file_info f;
	enum err e = put(t, "a.pdf", big, &f);
	if (!e)
		*(int64_t *)arg = f.id;
	return e;
}

static void nothing_half(app_store *t, void *arg)
{
	(void)arg;
	assert_int_equal(app_count(t,
				 "SELECT COUNT(*) FROM file f LEFT JOIN file_content c ON c.id = f.content_id AND c.state = 'whole'"
				 " WHERE c.id IS NULL"),
		0);
	assert_int_equal(app_count(t,
				 "SELECT COUNT(*) FROM file_content c WHERE c.state = 'whole'"
				 " AND NOT EXISTS (SELECT 1 FROM file f WHERE f.content_id = c.id)"),
		0);
}

static enum err sweep(app_store *t, void *arg)
{
	(void)arg;
	return file_sweep(t->c, &t->app);
}

/* Each statement fails once: there is no file, or it is whole; in the end it is there once and what was left behind goes. */
static void test_nth(void **state)
{
	app_store t = app_empty(state);
	int64_t id = 0;
	big = pdf_of(t.c->mem, 5 * DB_FILE_CHUNK + 3, 3);
	inject.each = 1;
	wrap(t.s);
	int failures = 0;
	enum err e = ERR_IO;
	for (int nth = 1; e && nth < 200; nth++) {
		e = attempt(&t, put_big, &id, nth);
		failures += e != ERR_OK;
		nothing_half(&t, NULL);
	}
	OK(e);
	assert_true(failures >= 6 * 4); /* begin, two statements, commit, for six pieces at least */
	assert_true(reads_as(&t, id, 0, big));
	t.c->now_ms += 2 * FILE_ARRIVING_MS;
	assert_true(until_done(&t, sweep, NULL, nothing_half) >= 3);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM file_content"), 1);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM file_chunk"), 6);
	assert_true(reads_as(&t, id, 0, big));
	inject.each = 0;
	app_free(&t);
}

/* The database says busy at any statement: tried again, and nothing is doubled. */
static void test_busy(void **state)
{
	app_store t = app_empty(state);
	big = pdf_of(t.c->mem, 2 * DB_FILE_CHUNK, 4);
	inject.each = 1;
	wrap(t.s);
	inject.what = DB_LOCKED;
	int64_t id = 0;
	for (int nth = 1; nth < 20; nth++) {
		big = pdf_of(t.c->mem, 2 * DB_FILE_CHUNK, 100 + (unsigned)nth);
		OK(attempt(&t, put_big, &id, nth));
	}
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM file"), 19);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM file_content"), 19);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM file_chunk"), 38);
	inject.each = 0;
	app_free(&t);
}

/* Another process puts the file; killed after so many microseconds. True: it had come to its end. */
static bool put_in_child(app_store *t, int64_t micros)
{
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		app_store own = { .c = cx_new(0) };
		own.c->now_ms = t->c->now_ms;
		db_options opt = { .schema = DB_SCHEMA_NONE, .seed = (uint64_t)getpid() };
		if (db_open(own.c, str_of(t->s->url), &opt, &own.app.db))
			_exit(2);
		int64_t id;
		_exit(put_big(&own, &id) ? 1 : 0);
	}
	if (micros >= 0) {
		nanosleep(&(struct timespec){ .tv_sec = micros / 1000000, .tv_nsec = micros % 1000000 * 1000 }, NULL);
		kill(child, SIGKILL);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status))
		assert_int_equal(WEXITSTATUS(status), 0);
	return WIFEXITED(status);
}

static int64_t micros_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* kill -9 at moments over the whole upload: no file, or a whole one; in the end it is there, and nothing else. */
static void test_kill(void **state)
{
	app_store t = app_empty(state);
	big = pdf_of(t.c->mem, 12 * DB_FILE_CHUNK, 30);
	int64_t begin = micros_now();
	assert_true(put_in_child(&t, -1));
	int64_t whole = micros_now() - begin;
	int killed = 0;
	for (unsigned i = 0; i < 8; i++) {
		big = pdf_of(t.c->mem, 12 * DB_FILE_CHUNK, 40 + i);
		killed += !put_in_child(&t, whole * (i + 1) / 10);
		nothing_half(&t, NULL);
		assert_true(put_in_child(&t, -1)); /* again, and this time in peace */
		nothing_half(&t, NULL);
	}
	assert_true(killed >= 3);
	t.c->now_ms += 2 * FILE_ARRIVING_MS;
	OK(file_sweep(t.c, &t.app));
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM file_content"), 9);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM file_chunk"), 9 * 12);
	app_free(&t);
}

#define ALL(on) \
	{ \
		on(test_round_trip), on(test_refused), on(test_names), on(test_once), on(test_erase), on(test_access), on(test_damage), \
			on(test_interrupted), on(test_changing), on(test_nth), on(test_busy), on(test_kill), \
	}

int main(void)
{
	const struct CMUnitTest sqlite[] = ALL(ON_SQLITE), pg[] = ALL(ON_PG);
	return RUN_ON_BOTH("file", sqlite, pg);
}
