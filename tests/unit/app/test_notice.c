/* Notices and the outbox, against a real SMTP server: what people chose, outages and restarts, never twice, statements that fail. */
#include "net/server.h"
#include "app/inject.h"
#include "app/notice.h"
#include "app/settings.h"
#include "db/notice.h"

static const char PROGRAM[] = "tests/unit/net/smtp_server.py";
static const char STUB[] = "tests/unit/net/http_stub.py";
enum { HOUR = 3600 * 1000 };

/* 1: with an address that takes; 2: refused for good; 3: not now; 4: no address; 5: disabled; 6: another one that takes. */
static enum err people(cx *c, struct app *a, int64_t id, struct notice_person *out)
{
	static const char *const addresses[] = { "", "canbo@x.vn", "refused@x.vn", "later@x.vn", "", "e@x.vn", "lanhdao@x.vn" };
	(void)c, (void)a;
	if (id < 1 || id > 6)
		return ERR_NOTFOUND;
	*out = (struct notice_person){ STR("Trần Văn Bình"), str_of(addresses[id]), id == 6 ? STR("0912345678") : STR(""), id != 5 };
	return ERR_OK;
}

struct post {
	app_store t;
	struct test_server s;
	struct settings settings;
};

static void post_open(struct post *p, void **state)
{
	*p = (struct post){ .t = app_empty(state) };
	server_start(&p->s, PROGRAM, NULL);
	p->settings = (struct settings){ .url = STR("https://do.tinh.gov.vn"), .has_mail = true, .digest_hour = 7 };
	p->settings.mail = (struct mail_server){ .host = STR("127.0.0.1"), .port = p->s.port, .tls = MAIL_PLAIN, .from = STR("thuocdo@x.vn"),
		.from_name = STR("Thước Đo"), .total_ms = 5000 };
	p->t.app.settings = &p->settings;
	p->t.app.notice_who = people;
	p->t.c->now_ms = INT64_C(1767229200000); /* 2026-01-01 08:00 in Vietnam */
}

static void post_close(struct post *p)
{
	server_stop(&p->s);
	app_free(&p->t);
}

static enum err add_work(cx *c, db_conn *k, void *arg) { return notice_add(c, k, arg); }

static void add(struct post *p, struct notice n)
{
	if (!n.subject.len)
		n.subject = STR("Chấm điểm 2026");
	OK(db_tx(p->t.c, p->t.s->d, DB_WRITE, add_work, &n));
}

static int send_all(struct post *p)
{
	int sent;
	OK(notice_send_due(p->t.c, &p->t.app, 100, &sent));
	return sent;
}

static int64_t in_state(struct post *p, const char *state)
{
	db_conn *k = store_reader(p->t.s);
	int64_t n = 0;
	OK(db_scalar(p->t.c, k, "SELECT COUNT(*) FROM outbox WHERE state = $1", DB_ARGS(db_text(str_of(state))), &n, NULL));
	db_release(k);
	return n;
}

static bool got_has(struct post *p, int n, const char *what)
{
	json_t *got = server_got(&p->s, n);
	char *text = got ? json_dumps(got, 0) : NULL;
	bool has = text && strstr(text, what);
	free(text);
	json_decref(got);
	return has;
}

static void test_list(void **state)
{
	struct post p;
	post_open(&p, state);
	cx *c = p.t.c;
	struct notice_items l;
	for (int i = 0; i < 5; i++)
		add(&p, (struct notice){ NOTICE_OPENED, .user_id = 1, .unit = STR("Sở Nội vụ"), .path = STR("/dot/x"), .due = 20500 });
	add(&p, (struct notice){ NOTICE_LATE, .user_id = 2 });
	OK(notice_list(c, &p.t.app, 1, false, 0, 3, &l));
	assert_true(l.n == 3 && l.more && l.unread == 5);
	assert_true(l.p[0].id > l.p[1].id && l.p[0].unread && l.p[0].kind == NOTICE_OPENED && l.p[0].due == 20500);
	OK(notice_mark(c, &p.t.app, 2, l.p[0].id)); /* of somebody else */
	OK(notice_mark(c, &p.t.app, 1, l.p[2].id));
	struct notice_items rest;
	OK(notice_list(c, &p.t.app, 1, false, l.p[2].id, 3, &rest));
	assert_true(rest.n == 2 && !rest.more && rest.unread == 4);
	OK(notice_list(c, &p.t.app, 1, true, 0, 10, &rest));
	assert_int_equal(rest.n, 4);
	OK(notice_mark_all(c, &p.t.app, 1, l.p[1].id));
	int64_t n;
	OK(notice_unread(c, &p.t.app, 1, &n));
	assert_int_equal(n, 1); /* what came later is still new */
	OK(notice_unread(c, &p.t.app, 2, &n));
	assert_int_equal(n, 1);
	/* The same thing once; a text too long is cut at a character. */
	char big[800];
	memset(big, 0, sizeof big);
	for (int i = 0; i < 250; i++)
		memcpy(big + 3 * i, "ậ", 3);
	for (int i = 0; i < 3; i++)
		add(&p, (struct notice){ NOTICE_DUE, .user_id = 3, .once = STR("due:r1:3"), .detail = str_of(big) });
	add(&p, (struct notice){ NOTICE_DUE, .user_id = 3, .once = STR("due:r1:1") });
	OK(notice_list(c, &p.t.app, 3, false, 0, 10, &l));
	assert_int_equal(l.n, 2);
	assert_true(l.p[1].detail.len <= NOTICE_TEXT_MAX && l.p[1].detail.len > NOTICE_TEXT_MAX - 6);
	post_close(&p);
}

static void test_choices(void **state)
{
	struct post p;
	post_open(&p, state);
	struct notice_choices x;
	struct notice_items l;
	OK(notice_choices_get(p.t.c, &p.t.app, 1, &x));
	assert_true(x.lang == LANG_VI && x.of[NOTICE_RETURNED].mail == NOTICE_MAIL_NOW && x.of[NOTICE_OPENED].mail == NOTICE_MAIL_DIGEST);
	x.of[NOTICE_RETURNED] = (struct notice_choice){ false, NOTICE_MAIL_NONE, NOTICE_PHONE_NONE };
	x.of[NOTICE_OPENED] = (struct notice_choice){ false, NOTICE_MAIL_NOW, NOTICE_PHONE_NONE };
	x.lang = LANG_EN;
	for (int i = 0; i < 2; i++)
		OK(notice_choices_put(p.t.c, &p.t.app, 1, &x));
	struct notice_choices again;
	OK(notice_choices_get(p.t.c, &p.t.app, 1, &again));
	assert_memory_equal(&x, &again, sizeof x);
	add(&p, (struct notice){ NOTICE_RETURNED, .user_id = 1 });
	add(&p, (struct notice){ NOTICE_OPENED, .user_id = 1, .path = STR("/dot/x"), .subject_en = STR("Scoring 2026") });
	OK(notice_list(p.t.c, &p.t.app, 1, false, 0, 10, &l));
	assert_int_equal(l.n, 0);
	assert_int_equal(send_all(&p), 1);
	assert_true(got_has(&p, 1, "Opened: Scoring 2026") && !got_has(&p, 1, "Opened: Ch") && got_has(&p, 1, "https://do.tinh.gov.vn/en/dot/x"));
	post_close(&p);
}

static void test_letters(void **state)
{
	struct post p;
	post_open(&p, state);
	add(&p,
		(struct notice){ NOTICE_RETURNED, .user_id = 1, .unit = STR("Sở <Y> & Z"), .detail = STR("Thiếu minh chứng"),
			.path = STR("/dot/x"), .due = 20500 });
	add(&p, (struct notice){ NOTICE_RETURNED, .user_id = 2 });
	add(&p, (struct notice){ NOTICE_RETURNED, .user_id = 3 });
	add(&p, (struct notice){ NOTICE_RETURNED, .user_id = 4 });
	add(&p, (struct notice){ NOTICE_RETURNED, .user_id = 5 });
	add(&p, (struct notice){ NOTICE_RETURNED, .user_id = 77 });
	assert_int_equal(send_all(&p), 6);
	assert_int_equal(server_count(&p.s), 1);
	assert_true(got_has(&p, 1, "Sở &lt;Y&gt; &amp; Z") && got_has(&p, 1, "Hạn: 16/02/2026") && got_has(&p, 1, "https://do.tinh.gov.vn/dot/x"));
	assert_int_equal(in_state(&p, "sent"), 1);
	assert_int_equal(in_state(&p, "waiting"), 1); /* 451 */
	assert_int_equal(in_state(&p, "failed"), 4);  /* 550; no address; disabled; gone */
	assert_int_equal(send_all(&p), 0); /* nothing twice, and not at once again */
	/* It gives up in the end, and says why. */
	int tries = 1;
	for (int i = 0; i < 60 && in_state(&p, "waiting"); i++) {
		p.t.c->now_ms += HOUR / 2;
		tries += send_all(&p);
	}
	assert_int_equal(tries, 14);
	struct notice_letters l;
	struct notice_state n;
	struct actor all = actor_system("test"), nobody = { .user_id = 1 };
	OK(notice_outbox(p.t.c, &p.t.app, &all, STR("failed"), 10, 0, &l, &n));
	assert_true(l.n == 5 && n.failed == 5 && n.sent == 1);
	bool told = false;
	for (size_t i = 0; i < l.n; i++)
		if (l.p[i].user_id == 3) {
			told = str_is(l.p[i].error, "mail.not_now") && str_is(l.p[i].reply, "451");
			OK(notice_again(p.t.c, &p.t.app, &all, l.p[i].id));
			assert_int_equal(notice_again(p.t.c, &p.t.app, &all, l.p[i].id), ERR_CONFLICT);
		}
	assert_true(told);
	assert_int_equal(notice_outbox(p.t.c, &p.t.app, &nobody, STR(""), 10, 0, &l, &n), ERR_DENIED);
	assert_int_equal(notice_again(p.t.c, &p.t.app, &nobody, 1), ERR_DENIED);
	assert_int_equal(in_state(&p, "waiting"), 1);
	post_close(&p);
}

/* The server is away for hours; the program is started anew in between; in the end each letter is there once. */
static void test_outage(void **state)
{
	struct post p;
	post_open(&p, state);
	int port = p.s.port;
	server_end(&p.s);
	for (int i = 0; i < 3; i++)
		add(&p, (struct notice){ NOTICE_LATE, .user_id = 1 });
	assert_int_equal(send_all(&p), 3);
	assert_int_equal(in_state(&p, "waiting"), 3);
	db_close(p.t.s->d);
	store_open(p.t.s);
	p.t.app.db = p.t.s->d;
	p.t.c->now_ms += 30 * 1000;
	assert_int_equal(send_all(&p), 0); /* its minute is not over */
	p.t.c->now_ms += HOUR;
	char option[20];
	snprintf(option, sizeof option, "port=%d", port);
	server_start_in(&p.s, PYTHON(PROGRAM), (const char *const[]){ option, NULL });
	assert_int_equal(send_all(&p), 3);
	assert_int_equal(server_count(&p.s), 3);
	assert_int_equal(in_state(&p, "sent"), 3);
	p.t.c->now_ms += 100 * HOUR;
	assert_int_equal(send_all(&p), 0);
	post_close(&p);
}

/* A sender that died with a letter in hand: after its lease another one takes it; what the dead one would say later counts for nothing. */
static void test_lease(void **state)
{
	struct post p;
	post_open(&p, state);
	add(&p, (struct notice){ NOTICE_LATE, .user_id = 1 });
	db_outbox dead;
	bool found, mine;
	db_conn *k = store_writer(p.t.s);
	OK(db_outbox_claim(p.t.c, k, p.t.c->now_ms - HOUR, &dead, &found));
	assert_true(found);
	db_release(k);
	assert_int_equal(send_all(&p), 0);
	p.t.c->now_ms += HOUR;
	assert_int_equal(send_all(&p), 1);
	dead.state = STR("failed");
	k = store_writer(p.t.s);
	OK(db_outbox_end(p.t.c, k, &dead, &mine));
	db_release(k);
	assert_false(mine);
	assert_int_equal(in_state(&p, "sent"), 1);
	post_close(&p);
}

static void test_digest(void **state)
{
	struct post p;
	post_open(&p, state);
	cx *c = p.t.c;
	struct notice_items l;
	add(&p, (struct notice){ NOTICE_OPENED, .user_id = 1, .subject = STR("Một") });
	add(&p, (struct notice){ NOTICE_REMARK, .user_id = 1, .subject = STR("Hai") });
	add(&p, (struct notice){ NOTICE_REMARK, .user_id = 1, .subject = STR("Đã đọc") });
	add(&p, (struct notice){ NOTICE_DECIDED, .user_id = 6, .subject = STR("Ba") });
	add(&p, (struct notice){ NOTICE_DECIDED, .user_id = 4, .subject = STR("Không có địa chỉ") });
	add(&p, (struct notice){ NOTICE_DECIDED, .user_id = 5, .subject = STR("Đã khóa") });
	OK(notice_list(c, &p.t.app, 1, false, 0, 1, &l));
	OK(notice_mark(c, &p.t.app, 1, l.p[0].id));
	c->now_ms -= 2 * HOUR; /* six o'clock */
	OK(notice_digests(c, &p.t.app));
	assert_int_equal(in_state(&p, "waiting"), 0);
	c->now_ms += 2 * HOUR;
	for (int i = 0; i < 3; i++)
		OK(notice_digests(c, &p.t.app));
	assert_int_equal(in_state(&p, "waiting"), 2);
	add(&p, (struct notice){ NOTICE_DECIDED, .user_id = 6, .subject = STR("Bốn") }); /* for tomorrow */
	assert_int_equal(send_all(&p), 2);
	assert_int_equal(in_state(&p, "failed"), 0); /* who has no address, or was disabled, gets no letter, and no failure stands there */
	assert_true(got_has(&p, 1, "2 việc mới") && got_has(&p, 1, "Một") && got_has(&p, 1, "Hai") && !got_has(&p, 1, "Đã đọc"));
	assert_true(got_has(&p, 2, "1 việc mới") && got_has(&p, 2, "Ba") && !got_has(&p, 2, "Bốn"));
	/* Read before the letter went: no letter. */
	c->now_ms += 24 * HOUR;
	OK(notice_digests(c, &p.t.app));
	OK(notice_mark_all(c, &p.t.app, 6, INT64_MAX));
	assert_int_equal(send_all(&p), 1);
	assert_int_equal(server_count(&p.s), 2);
	post_close(&p);
}

struct letter_to {
	struct app *a;
	int64_t who;
};

static enum err letter_work(cx *c, db_conn *k, void *arg)
{
	const struct letter_to *x = arg;
	return notice_letter(c, x->a, k, NOTICE_RESET, x->who, STR("/dat-mat-khau/bi-mat"), c->now_ms + HOUR);
}

static void test_secrets(void **state)
{
	struct post p;
	post_open(&p, state);
	struct letter_to x = { &p.t.app, 1 };
	assert_int_equal(db_tx(p.t.c, p.t.s->d, DB_WRITE, letter_work, &x), ERR_INPUT); /* no key file: nothing is kept in plain text */
	p.t.app.has_key = true;
	for (; x.who <= 3; x.who++)
		OK(db_tx(p.t.c, p.t.s->d, DB_WRITE, letter_work, &x));
	assert_int_equal(app_count(&p.t, "SELECT COUNT(*) FROM outbox WHERE secret <> ''"), 3);
	assert_int_equal(app_count(&p.t, "SELECT COUNT(*) FROM outbox WHERE REPLACE(secret, 'bi-mat', '') <> secret"), 0);
	assert_int_equal(send_all(&p), 3);
	assert_true(got_has(&p, 1, "https://do.tinh.gov.vn/dat-mat-khau/bi-mat"));
	assert_int_equal(app_count(&p.t, "SELECT COUNT(*) FROM outbox WHERE secret <> ''"), 1); /* only the one that waits */
	p.t.c->now_ms += 2 * HOUR;
	assert_int_equal(send_all(&p), 1); /* too late: not sent */
	assert_int_equal(app_count(&p.t, "SELECT COUNT(*) FROM outbox WHERE secret <> '' OR state NOT IN ('sent', 'failed')"), 0);
	assert_int_equal(app_count(&p.t, "SELECT COUNT(*) FROM outbox WHERE error = 'notice.expired'"), 1);
	struct actor all = actor_system("test");
	struct notice_letters l;
	struct notice_state n;
	OK(notice_outbox(p.t.c, &p.t.app, &all, STR("failed"), 10, 0, &l, &n));
	assert_int_equal(notice_again(p.t.c, &p.t.app, &all, l.p[0].id), ERR_CONFLICT);
	post_close(&p);
}

static void test_phone(void **state)
{
	struct post p;
	post_open(&p, state);
	struct test_server stub;
	server_start(&stub, STUB, NULL);
	struct notice_choices x;
	OK(notice_choices_get(p.t.c, &p.t.app, 6, &x));
	x.of[NOTICE_LATE] = (struct notice_choice){ true, NOTICE_MAIL_NONE, NOTICE_PHONE_ZALO };
	OK(notice_choices_put(p.t.c, &p.t.app, 6, &x));
	add(&p, (struct notice){ NOTICE_LATE, .user_id = 6 });
	assert_int_equal(send_all(&p), 1);
	assert_int_equal(app_count(&p.t, "SELECT COUNT(*) FROM outbox WHERE error = 'notice.no_gateway'"), 1);
	p.settings.has_zalo = true;
	p.settings.zalo = (struct gateway){ .url = arena_printf(p.t.c->mem, "http://127.0.0.1:%d/200", stub.port),
		.body = STR("{\"to\":\"{to}\",\"text\":\"{text}\"}"), .plain = true };
	add(&p, (struct notice){ NOTICE_LATE, .user_id = 6, .unit = STR("Sở \"Y\"") });
	assert_int_equal(send_all(&p), 1);
	json_t *got = server_got(&stub, 1);
	assert_string_equal(got_text(got, "body"), "{\"to\":\"84912345678\",\"text\":\"Thước Đo. Quá hạn: Chấm điểm 2026 – Sở \\\"Y\\\"\"}");
	json_decref(got);
	assert_int_equal(in_state(&p, "sent"), 1);
	server_stop(&stub);
	post_close(&p);
}

static enum err forget(cx *c, db_conn *k, void *arg) { return notice_forget(c, k, *(int64_t *)arg); }

static void test_going(void **state)
{
	struct post p;
	post_open(&p, state);
	int64_t one = 1;
	struct notice_choices x;
	for (int64_t who = 1; who <= 2; who++) {
		add(&p, (struct notice){ NOTICE_LATE, .user_id = who });
		OK(notice_choices_get(p.t.c, &p.t.app, who, &x));
		OK(notice_choices_put(p.t.c, &p.t.app, who, &x));
	}
	OK(db_tx(p.t.c, p.t.s->d, DB_WRITE, forget, &one));
	static const char *const tables[] = { "notice", "outbox", "notice_choice", "notice_setting" };
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(app_count(&p.t, arena_printf(p.t.c->mem, "SELECT COUNT(*) FROM %s WHERE user_id = 1", tables[i]).p), 0);
	assert_int_equal(app_count(&p.t, "SELECT COUNT(*) FROM notice WHERE user_id = 2"), 1);
	assert_int_equal(send_all(&p), 1);
	OK(notice_trim(p.t.c, &p.t.app));
	assert_int_equal(app_count(&p.t, "SELECT COUNT(*) FROM notice"), 1);
	p.t.c->now_ms += (int64_t)(NOTICE_KEEP_DAYS + 1) * 24 * HOUR;
	OK(notice_trim(p.t.c, &p.t.app));
	assert_int_equal(app_count(&p.t, "SELECT COUNT(*) FROM notice") + app_count(&p.t, "SELECT COUNT(*) FROM outbox"), 0);
	post_close(&p);
}

static enum err send_one(app_store *t, void *arg)
{
	int sent;
	(void)arg;
	enum err e = notice_send_due(t->c, &t->app, 100, &sent);
	return e;
}

static enum err change(cx *c, db_conn *k, void *arg)
{
	enum err e = db_meta_set(c, k, STR("change"), STR("done"));
	return e ? e : notice_add(c, k, arg);
}

static enum err change_one(app_store *t, void *arg) { return db_tx(t->c, t->s->d, DB_WRITE, change, arg); }

/* Any statement of the change fails: neither change nor notice. Any statement of the sending fails: the letter goes once, unless the note of it
 * could not be written at all. */
static void test_nth(void **state)
{
	struct post p;
	post_open(&p, state);
	inject.each = 1;
	wrap(p.t.s);
	struct notice n = { NOTICE_LATE, .user_id = 1, .subject = STR("Một") };
	enum err e = ERR_IO;
	int failures = 0;
	for (int nth = 1; e && nth < 30; nth++) {
		e = attempt(&p.t, change_one, &n, nth);
		failures += e != ERR_OK;
		int64_t changes = app_count(&p.t, "SELECT COUNT(*) FROM meta WHERE key = 'change'");
		assert_int_equal(app_count(&p.t, "SELECT COUNT(*) FROM notice"), changes);
		assert_int_equal(app_count(&p.t, "SELECT COUNT(*) FROM outbox"), changes);
		assert_int_equal(changes, e == ERR_OK);
	}
	OK(e);
	assert_true(failures >= 6);
	for (int nth = 1; nth < 40; nth++) {
		(void)attempt(&p.t, send_one, NULL, nth);
		if (in_state(&p, "sent"))
			break;
		p.t.c->now_ms += HOUR; /* lease and pause are over */
	}
	assert_int_equal(in_state(&p, "sent"), 1);
	int copies = server_count(&p.s);
	assert_true(copies >= 1 && copies <= 4); /* once for each statement of the note that failed, with one Message-ID */
	for (int i = 0; i < 20; i++) {
		p.t.c->now_ms += HOUR;
		OK(attempt(&p.t, send_one, NULL, 0));
	}
	assert_int_equal(server_count(&p.s), copies); /* acknowledged and noted: never again */
	inject.each = 0;
	post_close(&p);
}

/* Busy at any statement: it goes once. */
static void test_busy(void **state)
{
	struct post p;
	post_open(&p, state);
	inject.each = 1;
	wrap(p.t.s);
	inject.what = DB_LOCKED;
	for (int nth = 1; nth < 14; nth++) {
		struct notice n = { NOTICE_LATE, .user_id = 1, .subject = STR("Một") };
		OK(attempt(&p.t, change_one, &n, nth));
		enum err e = attempt(&p.t, send_one, NULL, nth);
		if (e || in_state(&p, "waiting")) { /* a read of the letter failed: it waits */
			p.t.c->now_ms += HOUR;
			OK(attempt(&p.t, send_one, NULL, 0));
		}
	}
	assert_int_equal(in_state(&p, "sent"), 13);
	assert_int_equal(server_count(&p.s), 13);
	inject.each = 0;
	post_close(&p);
}

#define ALL(on) \
	{ \
		on(test_list), on(test_choices), on(test_letters), on(test_outage), on(test_lease), on(test_digest), on(test_secrets), on(test_phone), \
			on(test_going), on(test_nth), on(test_busy), \
	}

int main(void)
{
	const struct CMUnitTest sqlite[] = ALL(ON_SQLITE), pg[] = ALL(ON_PG);
	return RUN_ON_BOTH("notice", sqlite, pg);
}
