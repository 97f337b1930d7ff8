#include "app/notice.h"
#include "app/key.h"
#include "base/vec.h"
#include "db/notice.h"

static const struct {
	const char *name;
	struct notice_choice usual;
} kinds[NOTICE_KINDS] = {
	[NOTICE_OPENED] = { "opened", { true, NOTICE_MAIL_DIGEST, NOTICE_PHONE_NONE } },
	[NOTICE_DUE] = { "due", { true, NOTICE_MAIL_DIGEST, NOTICE_PHONE_NONE } },
	[NOTICE_LATE] = { "late", { true, NOTICE_MAIL_NOW, NOTICE_PHONE_NONE } },
	[NOTICE_RETURNED] = { "returned", { true, NOTICE_MAIL_NOW, NOTICE_PHONE_NONE } },
	[NOTICE_REMARK] = { "remark", { true, NOTICE_MAIL_DIGEST, NOTICE_PHONE_NONE } },
	[NOTICE_DECIDED] = { "decided", { true, NOTICE_MAIL_DIGEST, NOTICE_PHONE_NONE } },
	[NOTICE_PUBLISHED] = { "published", { true, NOTICE_MAIL_DIGEST, NOTICE_PHONE_NONE } },
	[NOTICE_EXTENDED] = { "extended", { true, NOTICE_MAIL_DIGEST, NOTICE_PHONE_NONE } },
	[NOTICE_SUBMITTED] = { "submitted", { true, NOTICE_MAIL_DIGEST, NOTICE_PHONE_NONE } },
};

static const char *const mail_words[] = { "none", "digest", "now" };
static const char *const phone_words[] = { "none", "sms", "zalo" };

const char *notice_kind_name(enum notice_kind kind) { return kinds[kind].name; }

static enum notice_kind kind_of(str name)
{
	for (int i = 0; i < NOTICE_KINDS; i++)
		if (str_is(name, kinds[i].name))
			return (enum notice_kind)i;
	return NOTICE_KINDS;
}

/* Cut at a character. */
static str shorten(arena *mem, str s)
{
	if (s.len <= NOTICE_TEXT_MAX)
		return s;
	size_t n = NOTICE_TEXT_MAX - 3;
	while (((unsigned char)s.p[n] & 0xC0) == 0x80)
		n--;
	return arena_printf(mem, "%.*s…", (int)n, s.p);
}

/* ---- choices ---- */

static void usual_choices(struct notice_choices *out)
{
	*out = (struct notice_choices){ .lang = LANG_VI };
	for (int i = 0; i < NOTICE_KINDS; i++)
		out->of[i] = kinds[i].usual;
}

static enum err read_choices(cx *c, db_conn *k, int64_t user, struct notice_choices *out)
{
	db_notice_choices l;
	str lang;
	usual_choices(out);
	enum err e = db_notice_choice_of(c, k, user, &l);
	if (!e)
		e = db_notice_lang(c, k, user, &lang);
	if (e)
		return e;
	for (size_t i = 0; i < l.n; i++) {
		enum notice_kind kind = kind_of(l.p[i].kind);
		if (kind == NOTICE_KINDS)
			continue;
		out->of[kind].shown = l.p[i].shown;
		for (int m = 0; m < 3; m++)
			if (str_is(l.p[i].mail, mail_words[m]))
				out->of[kind].mail = (enum notice_mail)m;
		for (int m = 0; m < 3; m++)
			if (str_is(l.p[i].phone, phone_words[m]))
				out->of[kind].phone = (enum notice_phone)m;
	}
	out->lang = str_is(lang, "en") ? LANG_EN : LANG_VI;
	return ERR_OK;
}

enum err notice_choices_get(cx *c, struct app *a, int64_t user_id, struct notice_choices *out)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	return e ? e : read_choices(c, k, user_id, out);
}

struct choosing {
	int64_t user;
	const struct notice_choices *x;
};

static enum err put_choices(cx *c, db_conn *k, void *arg)
{
	const struct choosing *p = arg;
	enum err e = db_notice_lang_put(c, k, p->user, p->x->lang == LANG_EN ? STR("en") : STR("vi"));
	for (int i = 0; !e && i < NOTICE_KINDS; i++) {
		const struct notice_choice *of = &p->x->of[i];
		const db_notice_choice choice = { str_of(kinds[i].name), str_of(mail_words[of->mail]), str_of(phone_words[of->phone]), of->shown };
		e = db_notice_choice_put(c, k, p->user, &choice);
	}
	return e;
}

enum err notice_choices_put(cx *c, struct app *a, int64_t user_id, const struct notice_choices *x)
{
	struct choosing p = { user_id, x };
	return db_tx(c, a->db, DB_WRITE, put_choices, &p);
}

/* ---- adding ---- */

static enum err send_at_once(cx *c, db_conn *k, const db_notice *n, const char *channel)
{
	db_outbox o = { .user_id = n->user_id, .notice_id = n->id, .channel = str_of(channel), .kind = STR("notice"), .next_at = c->now_ms };
	return db_outbox_add(c, k, &o);
}

enum err notice_add(cx *c, db_conn *k, const struct notice *n)
{
	struct notice_choices choices;
	enum err e = read_choices(c, k, n->user_id, &choices);
	if (e)
		return e;
	const struct notice_choice *wanted = &choices.of[n->kind];
	if (!wanted->shown && wanted->mail == NOTICE_MAIL_NONE && wanted->phone == NOTICE_PHONE_NONE)
		return ERR_OK;
	db_notice row = { .user_id = n->user_id,
		.kind = str_of(kinds[n->kind].name),
		.subject = shorten(c->mem, n->subject),
		.subject_en = shorten(c->mem, n->subject_en),
		.unit = shorten(c->mem, n->unit),
		.detail = shorten(c->mem, n->detail),
		.path = n->path,
		.due = n->due,
		.once = n->once,
		.shown = wanted->shown,
		.for_digest = wanted->mail == NOTICE_MAIL_DIGEST };
	e = db_notice_add(c, k, &row);
	if (e || !row.id)
		return e;
	if (wanted->mail == NOTICE_MAIL_NOW)
		e = send_at_once(c, k, &row, "mail");
	if (!e && wanted->phone != NOTICE_PHONE_NONE)
		e = send_at_once(c, k, &row, phone_words[wanted->phone]);
	return e;
}

enum err notice_letter(cx *c, struct app *a, db_conn *k, enum notice_letter which, int64_t user_id, str path, int64_t expires_ms)
{
	str secret = app_seal_text(c, a, path);
	if (!secret.len)
		return cx_fail(c, ERR_INPUT, "app.no_key", (place){ 0 }, (str){ 0 });
	db_outbox o = { .user_id = user_id, .channel = STR("mail"), .kind = which == NOTICE_INVITE ? STR("invite") : STR("reset"), .secret = secret,
		.expires_at = expires_ms, .next_at = c->now_ms };
	return db_outbox_add(c, k, &o);
}

enum err notice_forget(cx *c, db_conn *k, int64_t user_id) { return db_notice_forget(c, k, user_id); }

/* ---- the list ---- */

enum err notice_list(cx *c, struct app *a, int64_t user_id, bool unread_only, int64_t before, int limit, struct notice_items *out)
{
	DB_READER(k);
	db_notice_list l = { 0 };
	*out = (struct notice_items){ 0 };
	enum err e = db_reader(c, a->db, &k);
	if (e)
		return e;
	e = db_notice_of(c, k, user_id, unread_only, before, limit + 1, &l);
	if (!e)
		e = db_notice_unread(c, k, user_id, &out->unread);
	if (e)
		return e;
	out->more = l.n > (size_t)limit;
	for (size_t i = 0; i < l.n && i < (size_t)limit; i++) {
		const db_notice *n = &l.p[i];
		enum notice_kind kind = kind_of(n->kind);
		if (kind == NOTICE_KINDS)
			continue;
		*VEC_PUSH(c->mem, out) = (struct notice_item){ n->id, kind, n->subject, n->subject_en, n->unit, n->detail, n->path,
			(day)n->due, n->created_at, !n->read_at };
	}
	return ERR_OK;
}

enum err notice_unread(cx *c, struct app *a, int64_t user_id, int64_t *n)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	return e ? e : db_notice_unread(c, k, user_id, n);
}

static enum err mark(cx *c, db_conn *k, void *arg)
{
	const int64_t *x = arg;
	return db_notice_read(c, k, x[0], x[1], x[2], NULL);
}

enum err notice_mark(cx *c, struct app *a, int64_t user_id, int64_t id)
{
	return db_tx(c, a->db, DB_WRITE, mark, (int64_t[]){ user_id, id, 0 });
}

enum err notice_mark_all(cx *c, struct app *a, int64_t user_id, int64_t until)
{
	return db_tx(c, a->db, DB_WRITE, mark, (int64_t[]){ user_id, 0, until });
}
