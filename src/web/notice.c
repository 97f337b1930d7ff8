#include "web/notice.h"
#include "app/notice.h"
#include "app/settings.h"
#include "web/pager.h"
#include "web/say.h"
#include "web/view.h"
#include "web_views.h"

/* ---- the list ---- */

static void fill_item(struct web_cx *w, struct view_notices_item *to, const struct notice_item *n)
{
	*to = (struct view_notices_item){ .id = (uint64_t)n->id, .kind = (enum view_notices_kind)n->kind, .unit = n->unit,
		.detail = n->detail, .path = n->path, .at = n->at, .unread = n->unread };
	to->subject = say_either(w, n->subject, n->subject_en);
	if (n->due)
		to->due = some_date(n->due);
}

static void page_notices(struct web_cx *w)
{
	struct notice_items l;
	char id[ID_TEXT];
	bool only_new = web_bool(w, "moi");
	enum err e = notice_list(w->cx, w->app, w->actor->user_id, only_new, (int64_t)web_id(w, "truoc"), pager_limit(w), &l);
	if (!e)
		e = pager_older(w, l.more ? view_id_text((uint64_t)l.p[l.n - 1].id, id) : STR(""));
	if (e) {
		web_fail(w, e);
		return;
	}
	struct view_notices v = { .unread = l.unread, .only_new = only_new, .may_watch = actor_can(w->actor, STR("notice"), STR("watch")) };
	v.items = NEW_ARRAY(w->mem, struct view_notices_item, l.n);
	for (; v.n_items < l.n; v.n_items++)
		fill_item(w, &v.items[v.n_items], &l.p[v.n_items]);
	if (l.n)
		v.newest = (uint64_t)l.p[0].id;
	web_cache(w, -1);
	reply_notices(w, &v);
}

static void page_mark(struct web_cx *w)
{
	enum err e = ERR_OK;
	if (web_has(w, "id"))
		e = notice_mark(w->cx, w->app, w->actor->user_id, (int64_t)web_id(w, "id"));
	else if (web_has(w, "den"))
		e = notice_mark_all(w->cx, w->app, w->actor->user_id, (int64_t)web_id(w, "den"));
	if (e)
		web_fail(w, e);
	else
		web_redirect(w, STR("/thong-bao"));
}

/* ---- choices ---- */

static const char *field(struct web_cx *w, int kind, const char *what)
{
	return arena_printf(w->mem, "%s-%s", notice_kind_name((enum notice_kind)kind), what).p;
}

static void page_choices(struct web_cx *w)
{
	struct notice_choices x;
	enum err e = notice_choices_get(w->cx, w->app, w->actor->user_id, &x);
	if (e) {
		web_fail(w, e);
		return;
	}
	const struct settings *s = w->app->settings;
	struct view_notice_choices v = { .english = x.lang == LANG_EN, .sms = s && s->has_sms, .zalo = s && s->has_zalo, .saved = web_bool(w, "luu") };
	v.any_phone = v.sms || v.zalo;
	v.choices = NEW_ARRAY(w->mem, struct view_notice_choices_choice, NOTICE_KINDS);
	for (int i = 0; i < NOTICE_KINDS; i++)
		v.choices[v.n_choices++] = (struct view_notice_choices_choice){ .kind = (enum view_notice_choices_kind)i,
			.name = str_of(notice_kind_name((enum notice_kind)i)), .shown = x.of[i].shown, .mail = (enum view_notice_choices_mail)x.of[i].mail,
			.phone = (enum view_notice_choices_phone)x.of[i].phone };
	web_cache(w, -1);
	reply_notice_choices(w, &v);
}

static void page_choices_do(struct web_cx *w)
{
	struct notice_choices x;
	enum err e = notice_choices_get(w->cx, w->app, w->actor->user_id, &x);
	for (int i = 0; !e && i < NOTICE_KINDS; i++) {
		x.of[i].shown = web_bool(w, field(w, i, "list"));
		if (web_has(w, field(w, i, "mail")))
			x.of[i].mail = (enum notice_mail)web_enum(w, field(w, i, "mail"));
		if (web_has(w, field(w, i, "phone")))
			x.of[i].phone = (enum notice_phone)web_enum(w, field(w, i, "phone"));
	}
	x.lang = web_enum(w, "tieng") == 1 ? LANG_EN : LANG_VI;
	if (!e)
		e = notice_choices_put(w->cx, w->app, w->actor->user_id, &x);
	if (e)
		web_fail(w, e);
	else
		web_redirect(w, STR("/thong-bao/lua-chon?luu=1"));
}

/* ---- the outbox ---- */

static int word_of(str s, const char *words)
{
	str rest = str_of(words), word;
	for (int i = 0; str_next(&rest, ' ', &word); i++)
		if (str_eq(word, s))
			return i;
	return 0;
}

static void fill_letter(struct web_cx *w, struct view_outbox_letter *to, const struct notice_letter_info *o)
{
	*to = (struct view_outbox_letter){ .id = (uint64_t)o->id, .tries = o->tries, .created = o->created_at,
		.state = (enum view_outbox_state)word_of(o->state, "waiting sending sent failed"),
		.channel = (enum view_outbox_channel)word_of(o->channel, "mail sms zalo"),
		.what = (enum view_outbox_what)word_of(o->kind, "notice digest invite reset survey_invite survey_remind"), .reply = o->reply };
	if (to->what < VIEW_OUTBOX_WHAT_SURVEY_INVITE)
		to->user = some_id((uint64_t)o->user_id);
	/* The key is one of ours; of its values only the server's code is told: not who sent what to whom. */
	if (o->error.len)
		to->why = web_fault_text(w, &(fault){ .key = arena_cstr(w->mem, o->error), .arg = { o->reply.len ? o->reply : STR("–") } });
	if (o->done_at)
		to->done = some_time(o->done_at);
	else if (str_is(o->state, "waiting"))
		to->next = some_time(o->next_at);
	to->again = str_is(o->state, "failed") && to->what <= VIEW_OUTBOX_WHAT_DIGEST && actor_can(w->actor, STR("notice"), STR("send"));
}

static str state_asked(struct web_cx *w)
{
	static const char *const states[] = { "waiting", "sending", "sent", "failed" };
	int i = web_enum(w, "trang-thai");
	return i < 0 ? STR("") : str_of(states[i]);
}

static void page_outbox(struct web_cx *w)
{
	struct notice_letters l;
	struct notice_state n;
	enum err e = notice_outbox(w->cx, w->app, w->actor, state_asked(w), pager_limit(w), pager_skip(w), &l, &n);
	int64_t of_state[] = { n.waiting, n.sending, n.sent, n.failed };
	if (!e)
		e = pager_total(w, web_has(w, "trang-thai") ? of_state[web_enum(w, "trang-thai")] : n.waiting + n.sending + n.sent + n.failed);
	if (e) {
		web_fail(w, e);
		return;
	}
	struct view_outbox v = { .waiting = n.waiting, .sending = n.sending, .sent = n.sent, .failed = n.failed,
		.configured = w->app->settings && w->app->settings->has_mail };
	v.letters = NEW_ARRAY(w->mem, struct view_outbox_letter, l.n);
	for (; v.n_letters < l.n; v.n_letters++)
		fill_letter(w, &v.letters[v.n_letters], &l.p[v.n_letters]);
	web_cache(w, -1);
	reply_outbox(w, &v);
}

static void page_again(struct web_cx *w)
{
	enum err e = notice_again(w->cx, w->app, w->actor, (int64_t)web_id(w, "id"));
	if (e)
		web_fail(w, e);
	else
		web_redirect(w, STR("/thong-bao/thu-di"));
}

#define KIND(k) \
	{ k "-list", IN_BOOL, .doc = { "trong danh sách", "in the list" } }, \
	{ k "-mail", IN_ENUM, .values = "none digest now", .doc = { "thư", "mail" } }, \
	{ k "-phone", IN_ENUM, .values = "none sms zalo", .doc = { "tin nhắn", "short message" } }

const struct web_route routes_notice[] = {
	{ WEB_GET, "/thong-bao", page_notices, "signed-in", .faces = FACE_HTML | FACE_JSON | FACE_CSV, .flags = WEB_STREAM, .view = "notices",
		.rows = PAGER_ROWS,
		.doc = { "Thông báo của tôi", "My notices" },
		.in = WEB_INPUTS({ "moi", IN_BOOL, .doc = { "chỉ thông báo chưa đọc", "unread ones only" } },
			{ "truoc", IN_ID, .doc = { "cũ hơn thông báo này", "older than this one" } }) },
	{ WEB_POST, "/thong-bao/da-doc", page_mark, "signed-in", .faces = FACE_HTML, .doc = { "Đánh dấu đã đọc", "Mark as read" },
		.in = WEB_INPUTS({ "id", IN_ID, .doc = { "một thông báo", "one" } },
			{ "den", IN_ID, .doc = { "mọi thông báo đến cái này", "all up to this one" } }) },
	{ WEB_GET, "/thong-bao/lua-chon", page_choices, "signed-in", .view = "notice_choices",
		.doc = { "Chọn cách nhận thông báo", "How to be told" },
		.in = WEB_INPUTS({ "luu", IN_BOOL, .doc = { "vừa lưu", "just saved" } }) },
	{ WEB_POST, "/thong-bao/lua-chon", page_choices_do, "signed-in", .faces = FACE_HTML,
		.doc = { "Lưu cách nhận thông báo", "Save how to be told" },
		.in = WEB_INPUTS(KIND("opened"), KIND("due"), KIND("late"), KIND("returned"), KIND("remark"), KIND("decided"),
			KIND("published"), KIND("extended"), KIND("submitted"),
			{ "tieng", IN_ENUM, .values = "vi en", .doc = { "tiếng của thư", "language of letters" } }) },
	{ WEB_GET, "/thong-bao/thu-di", page_outbox, "notice.watch", .faces = FACE_HTML | FACE_JSON | FACE_CSV, .view = "outbox",
		.rows = PAGER_ROWS,
		.doc = { "Thư đi: đang chờ, đã gửi, hỏng", "The outbox: waiting, sent, failed" },
		.in = WEB_INPUTS({ "trang-thai", IN_ENUM, .values = "waiting sending sent failed", .doc = { "trạng thái", "state" } }) },
	{ WEB_POST, "/thong-bao/gui-lai", page_again, "notice.send", .faces = FACE_HTML, .doc = { "Gửi lại thư hỏng", "Send a failed letter again" },
		.in = WEB_INPUTS({ "id", IN_ID, .required = true, .doc = { "thư", "letter" } }) },
	{ 0 },
};
