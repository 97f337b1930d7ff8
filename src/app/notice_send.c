/* Letters on their way: what is in them, who gets them, and what becomes of the answer. */
#include <stdio.h>
#include "app/audit.h"
#include "app/key.h"
#include "app/notice.h"
#include "app/settings.h"
#include "app/survey_case.h"
#include "base/date.h"
#include "base/vec.h"
#include "db/id.h"
#include "db/notice.h"
#include "db/user.h"

enum {
	TRIES = 14,                /* the last one about a day after the first */
	LEASE_MS = 15 * 60 * 1000, /* longer than any sending takes: whoever had it is gone */
	FIRST_MS = 60 * 1000,
	MOST_MS = 3 * 3600 * 1000,
	HOUR_MS = 3600 * 1000,
	LOCAL_MS = 7 * HOUR_MS,
};

/* ---- the text ---- */

struct letter {
	cx *c;
	struct app *a;
	enum lang lang;
	buf text, html;
	str subject;
};

static str say(struct letter *l, const char *key, str a1, str a2)
{
	buf b;
	buf_init(&b, 8192);
	po_fill(&b, key, l->lang, STR(""), (const str[]){ a1, a2 }, 2);
	str s = arena_str(l->c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static void add_html(buf *b, str s)
{
	for (size_t i = 0; i < s.len; i++)
		switch (s.p[i]) {
		case '&': buf_addz(b, "&amp;"); break;
		case '<': buf_addz(b, "&lt;"); break;
		case '>': buf_addz(b, "&gt;"); break;
		case '"': buf_addz(b, "&quot;"); break;
		default: buf_char(b, s.p[i]);
		}
}

static void paragraph(struct letter *l, str s)
{
	buf_add(&l->text, s);
	buf_addz(&l->text, "\n\n");
	buf_addz(&l->html, "<p>");
	add_html(&l->html, s);
	buf_addz(&l->html, "</p>\n");
}

/* The address in full: what is behind a link stands there to be read. */
static void link_to(struct letter *l, str path)
{
	const struct settings *s = l->a->settings;
	str url = arena_printf(l->c->mem, "%.*s%s%.*s", STR_ARG(s->url), l->lang == LANG_EN ? "/en" : "", STR_ARG(path));
	buf_add(&l->text, url);
	buf_addz(&l->text, "\n\n");
	buf_addz(&l->html, "<p><a href=\"");
	add_html(&l->html, url);
	buf_addz(&l->html, "\">");
	add_html(&l->html, url);
	buf_addz(&l->html, "</a></p>\n");
}

static str kind_line(struct letter *l, const db_notice *n)
{
	const char *key = arena_printf(l->c->mem, "notice.kind.%.*s", STR_ARG(n->kind)).p;
	str subject = l->lang == LANG_EN && n->subject_en.len ? n->subject_en : n->subject;
	str line = arena_printf(l->c->mem, "%s: %.*s", po_text(key, l->lang), STR_ARG(subject));
	return n->unit.len ? arena_printf(l->c->mem, "%.*s – %.*s", STR_ARG(line), STR_ARG(n->unit)) : line;
}

static void add_notice(struct letter *l, const db_notice *n)
{
	paragraph(l, kind_line(l, n));
	if (n->detail.len)
		paragraph(l, n->detail);
	if (n->due) {
		char text[DATE_TEXT];
		paragraph(l, say(l, "notice.mail_due", date_text_vn((day)n->due, text), STR("")));
	}
	if (n->path.len)
		link_to(l, n->path);
}

/* false: there is nothing to tell any more. */
static bool write_letter(struct letter *l, db_conn *k, const db_outbox *o, enum err *e)
{
	*e = ERR_OK;
	if (str_is(o->kind, "digest")) {
		db_notice_list list;
		*e = db_notice_digest_of(l->c, k, o->id, &list);
		if (*e || !list.n)
			return false;
		l->subject = say(l, list.n == 1 && l->lang == LANG_EN ? "notice.mail_digest_one" : "notice.mail_digest",
			arena_printf(l->c->mem, "%zu", list.n), STR(""));
		for (size_t i = 0; i < list.n; i++)
			add_notice(l, &list.p[i]);
	} else if (str_is(o->kind, "notice")) {
		db_notice n;
		*e = db_notice_get(l->c, k, o->notice_id, &n);
		if (*e)
			return false;
		l->subject = kind_line(l, &n);
		add_notice(l, &n);
	} else {
		bool invite = str_is(o->kind, "invite");
		str path = app_unseal_text(l->c, l->a, o->secret);
		if (!path.len) { /* sealed with another key: nobody can send it any more */
			*e = cx_fail(l->c, ERR_INPUT, "notice.no_secret", (place){ 0 }, (str){ 0 });
			return false;
		}
		l->subject = say(l, invite ? "notice.mail_invite" : "notice.mail_reset", STR(""), STR(""));
		paragraph(l, say(l, invite ? "notice.mail_invite_text" : "notice.mail_reset_text", STR(""), STR("")));
		link_to(l, path);
		paragraph(l, say(l, "notice.mail_secret", STR(""), STR("")));
		return true;
	}
	paragraph(l, say(l, "notice.mail_choices", STR(""), STR("")));
	link_to(l, STR("/thong-bao/lua-chon"));
	return true;
}

/* ---- one letter ---- */

static str shorten(arena *mem, str s, size_t most)
{
	if (s.len <= most)
		return s;
	size_t n = most - 3;
	while (((unsigned char)s.p[n] & 0xC0) == 0x80)
		n--;
	return arena_printf(mem, "%.*s…", (int)n, s.p);
}

static void failed(db_outbox *o, const char *key)
{
	o->state = STR("failed");
	o->error = str_of(key);
}

/* Not now: in 1, 2, 4 … minutes, at most three hours, and not for ever. */
static void later(cx *c, db_outbox *o, const char *key)
{
	int64_t wait = o->tries < 9 ? (int64_t)FIRST_MS << (o->tries - 1) : MOST_MS;
	wait = wait < MOST_MS ? wait : MOST_MS;
	o->error = str_of(key);
	o->state = o->tries >= TRIES ? STR("failed") : STR("waiting");
	o->next_at = c->now_ms + wait;
}

static const char *last_key(const cx *c) { return c->n_faults ? c->faults[c->n_faults - 1].key : "notice.failed"; }

static enum err send_mail(struct letter *l, const db_outbox *o, const struct notice_person *who, int *reply)
{
	char id[DB_ID_TEXT];
	const struct mail m = { .to = who->email, .to_name = shorten(l->c->mem, who->name, 200), .subject = shorten(l->c->mem, l->subject, 200),
		.text = buf_str(&l->text), .html = buf_str(&l->html), .id = db_id_text(o->id, id), .date_ms = o->created_at };
	return mail_send(l->c, &l->a->settings->mail, &m, reply);
}

static enum err send_short(struct letter *l, const db_outbox *o, const struct notice_person *who, int *reply)
{
	char id[DB_ID_TEXT];
	const struct settings *s = l->a->settings;
	bool sms = str_is(o->channel, "sms");
	str text = arena_printf(l->c->mem, "%s. %.*s", po_text("site.name", l->lang), STR_ARG(shorten(l->c->mem, l->subject, 300)));
	return gateway_send(l->c, sms ? &s->sms : &s->zalo, who->phone, text, db_id_text(o->id, id), reply);
}

static void send_written(struct letter *l, db_outbox *o, const struct notice_person *who)
{
	int reply = 0;
	enum err e = str_is(o->channel, "mail") ? send_mail(l, o, who, &reply) : send_short(l, o, who, &reply);
	o->reply = reply ? arena_printf(l->c->mem, "%d", reply) : STR("");
	if (!e)
		o->state = STR("sent"), o->error = STR("");
	else if (e == ERR_INPUT || e == ERR_LIMIT)
		failed(o, last_key(l->c));
	else
		later(l->c, o, last_key(l->c));
}

static enum err compose(struct letter *l, const db_outbox *o, bool *there)
{
	DB_READER(k);
	str lang;
	*there = false;
	enum err e = db_reader(l->c, l->a->db, &k);
	if (e)
		return e;
	e = db_notice_lang(l->c, k, o->user_id, &lang);
	l->lang = str_is(lang, "en") ? LANG_EN : LANG_VI;
	if (!e)
		*there = write_letter(l, k, o, &e);
	return e;
}

enum err notice_person(cx *c, struct app *a, int64_t user_id, struct notice_person *out)
{
	DB_READER(k);
	db_account x;
	enum err e = db_reader(c, a->db, &k);
	if (e)
		return e;
	e = db_account_get(c, k, user_id, date_of_ms(c->now_ms), &x);
	if (!e)
		*out = (struct notice_person){ x.name, x.email, x.phone, !x.disabled };
	return e;
}

/* A letter to somebody whom a sample chose: no account, and the invitation is read only now. */
static void deliver_to_case(cx *c, struct app *a, db_outbox *o)
{
	struct survey_letter x;
	bool mail = str_is(o->channel, "mail"), invite = str_is(o->kind, "survey_invite");
	enum err e = survey_case_letter(c, a, o->user_id, &x);
	if (e && e != ERR_NOTFOUND) {
		later(c, o, last_key(c));
	} else if (e || !x.there) {
		o->state = STR("sent"), o->error = STR("notice.answered_meanwhile");
	} else if (mail ? !x.email.len : !x.phone.len) {
		failed(o, "notice.no_address");
	} else if (!mail && !a->settings->has_sms) {
		failed(o, "notice.no_gateway");
	} else {
		char text[DATE_TEXT];
		struct letter l = { .c = c, .a = a, .lang = x.english ? LANG_EN : LANG_VI };
		const struct notice_person who = { .name = x.name, .email = x.email, .phone = x.phone, .active = true };
		str name = x.survey[l.lang].len ? x.survey[l.lang] : x.survey[LANG_VI];
		buf_init(&l.text, 1 << 20);
		buf_init(&l.html, 1 << 20);
		l.subject = say(&l, invite ? "notice.mail_survey" : "notice.mail_survey_again", name, STR(""));
		if (!mail) /* a short message has room for the address alone */
			l.subject = arena_printf(c->mem, "%.*s %.*s%.*s", STR_ARG(l.subject), STR_ARG(a->settings->url), STR_ARG(x.path));
		paragraph(&l, say(&l, invite ? "notice.mail_survey_text" : "notice.mail_survey_again_text", name, STR("")));
		if (x.closes_on)
			paragraph(&l, say(&l, "notice.mail_survey_until", date_text_vn(x.closes_on, text), STR("")));
		link_to(&l, x.path);
		paragraph(&l, say(&l, "notice.mail_survey_anonymous", STR(""), STR("")));
		send_written(&l, o, &who);
		buf_free(&l.text);
		buf_free(&l.html);
	}
}

static enum err who_is(cx *c, struct app *a, int64_t user, struct notice_person *out)
{
	*out = (struct notice_person){ 0 };
	return (a->notice_who ? a->notice_who : notice_person)(c, a, user, out);
}

/* Sets the new state of the letter, whatever happens. */
static void deliver(cx *c, struct app *a, db_outbox *o)
{
	if (str_starts(o->kind, STR("survey_"))) {
		deliver_to_case(c, a, o);
		return;
	}
	struct notice_person who;
	bool mail = str_is(o->channel, "mail");
	enum err e = who_is(c, a, o->user_id, &who);
	if (e && e != ERR_NOTFOUND) {
		later(c, o, last_key(c));
	} else if (o->expires_at && o->expires_at <= c->now_ms) {
		failed(o, "notice.expired");
	} else if (e || !who.active) {
		failed(o, "notice.no_account");
	} else if (mail ? !who.email.len : !who.phone.len) {
		failed(o, "notice.no_address");
	} else if (!mail && !(str_is(o->channel, "sms") ? a->settings->has_sms : a->settings->has_zalo)) {
		failed(o, "notice.no_gateway");
	} else {
		struct letter l = { .c = c, .a = a };
		bool there;
		buf_init(&l.text, 1 << 20);
		buf_init(&l.html, 1 << 20);
		e = compose(&l, o, &there);
		if (e == ERR_INPUT)
			failed(o, last_key(c));
		else if (e && e != ERR_NOTFOUND)
			later(c, o, last_key(c));
		else if (!there)
			o->state = STR("sent"), o->error = STR("notice.read_meanwhile");
		else
			send_written(&l, o, &who);
		buf_free(&l.text);
		buf_free(&l.html);
	}
}

struct claim {
	db_outbox o;
	bool found;
};

static enum err claim(cx *c, db_conn *k, void *arg)
{
	struct claim *x = arg;
	return db_outbox_claim(c, k, c->now_ms - LEASE_MS, &x->o, &x->found);
}

static enum err finish(cx *c, db_conn *k, void *arg)
{
	struct claim *x = arg;
	return db_outbox_end(c, k, &x->o, &x->found);
}

/* What was learned must be written down, or the letter goes twice: tried for longer than the database is ever busy. */
static enum err write_down(cx *c, struct app *a, struct claim *x)
{
	enum err e = ERR_BUSY;
	for (int i = 0; e == ERR_BUSY && i < 5; i++)
		e = db_tx(c, a->db, DB_WRITE, finish, x);
	return e;
}

enum err notice_send_due(cx *c, struct app *a, int most, int *sent)
{
	*sent = 0;
	if (!a->settings || !a->settings->has_mail)
		return ERR_OK;
	for (; *sent < most; ++*sent) {
		struct claim x = { 0 };
		cx *own = cx_new(16 << 20);
		own->now_ms = c->now_ms;
		enum err e = db_tx(own, a->db, DB_WRITE, claim, &x);
		bool found = !e && x.found;
		if (found) {
			deliver(own, a, &x.o);
			e = write_down(own, a, &x);
		}
		if (e)
			cx_fault(c, FAULT_ERROR, last_key(own), (place){ 0 }, STR(""));
		cx_free(own);
		if (e || !found)
			return e;
	}
	return ERR_OK;
}

/* ---- digests ---- */

struct digest {
	int64_t user;
	bool letter;
};

static enum err next_digest(cx *c, db_conn *k, void *arg)
{
	struct digest *d = arg;
	int64_t next = 0;
	enum err e = db_digest_next(c, k, d->user, &next);
	if (!e)
		d->user = next;
	return e;
}

static enum err make_digest(cx *c, db_conn *k, void *arg)
{
	const struct digest *d = arg;
	return db_digest_make(c, k, d->user, d->letter);
}

/* Of the next person after d->user; 0: there is none. Who has no address gets no letter, which is no failure. */
static enum err one_digest(cx *c, struct app *a, struct digest *d)
{
	struct notice_person who;
	/* The number of the user before goes in, the one that is served comes out; a repeated transaction begins with the former. */
	enum err e = db_tx(c, a->db, DB_WRITE, next_digest, d);
	if (e || !d->user)
		return e;
	e = who_is(c, a, d->user, &who);
	if (e && e != ERR_NOTFOUND)
		return e;
	d->letter = !e && who.active && who.email.len;
	return db_tx(c, a->db, DB_WRITE, make_digest, d);
}

struct mark {
	str day;
	bool set, same;
};

static enum err look_at_day(cx *c, db_conn *k, void *arg)
{
	struct mark *m = arg;
	str last = { 0 };
	enum err e = db_meta_get(c, k, STR("digest_day"), &last);
	m->same = str_eq(last, m->day);
	return e || m->same || !m->set ? e : db_meta_set(c, k, STR("digest_day"), m->day);
}

enum err notice_digests(cx *c, struct app *a)
{
	if (!a->settings || !a->settings->has_mail)
		return ERR_OK;
	int64_t local = c->now_ms + LOCAL_MS;
	struct mark m = { .day = arena_printf(c->mem, "%lld", (long long)(local / (24 * (int64_t)HOUR_MS))) };
	if (local / HOUR_MS % 24 < a->settings->digest_hour)
		return ERR_OK;
	enum err e = db_tx(c, a->db, DB_READ, look_at_day, &m);
	if (e || m.same)
		return e;
	struct digest d = { 0 };
	do
		e = one_digest(c, a, &d);
	while (!e && d.user);
	m.set = true;
	return e ? e : db_tx(c, a->db, DB_WRITE, look_at_day, &m);
}

/* ---- watching ---- */

static enum err trim(cx *c, db_conn *k, void *arg)
{
	return db_notice_trim(c, k, c->now_ms - (int64_t)NOTICE_KEEP_DAYS * 24 * HOUR_MS, 500, arg);
}

enum err notice_trim(cx *c, struct app *a)
{
	int64_t n = 1;
	enum err e = ERR_OK;
	while (!e && n > 0)
		e = db_tx(c, a->db, DB_WRITE, trim, &n);
	return e;
}

enum err notice_outbox(cx *c, struct app *a, const struct actor *who, str state, int limit, int64_t skip, struct notice_letters *out,
	struct notice_state *counts)
{
	DB_READER(k);
	db_outbox_list l = { 0 };
	db_outbox_counts n = { 0 };
	enum err e = actor_may(c, a, who, "notice", "watch", 0);
	if (!e)
		e = db_reader(c, a->db, &k);
	if (e)
		return e;
	e = db_outbox_of(c, k, state, limit, skip, &l);
	if (!e)
		e = db_outbox_count(c, k, &n);
	*out = (struct notice_letters){ 0 };
	*counts = (struct notice_state){ n.waiting, n.sending, n.sent, n.failed };
	for (size_t i = 0; !e && i < l.n; i++) {
		const db_outbox *o = &l.p[i];
		*VEC_PUSH(c->mem, out) = (struct notice_letter_info){ o->id, o->user_id, o->tries, o->next_at, o->done_at, o->created_at, o->channel,
			o->kind, o->state, o->error, o->reply };
	}
	return e;
}

struct again {
	const struct actor *who;
	int64_t id;
};

static enum err again(cx *c, db_conn *k, void *arg)
{
	const struct again *x = arg;
	int64_t n = 0;
	enum err e = db_outbox_again(c, k, x->id, &n);
	if (!e && !n)
		e = cx_fail(c, ERR_CONFLICT, "notice.not_again", (place){ 0 }, STR(""));
	return e ? e : audit_add(c, k, x->who, "notice.again", arena_printf(c->mem, "%lld", (long long)x->id), STR(""));
}

enum err notice_again(cx *c, struct app *a, const struct actor *who, int64_t id)
{
	struct again x = { who, id };
	enum err e = actor_may(c, a, who, "notice", "send", 0);
	return e ? e : db_tx(c, a->db, DB_WRITE, again, &x);
}
