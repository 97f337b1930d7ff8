#include "web/audit.h"
#include "app/audit.h"
#include "web/inner.h"
#include "web/pager.h"
#include "web/say.h"
#include "web_views.h"

enum { CHECK_AT_ONCE = 20000 };

static void fill_rows(struct web_cx *w, const struct audit_list *list, struct view_audit *v)
{
	v->rows = NEW_ARRAY(w->mem, struct view_audit_row, list->n + 1);
	for (; v->n_rows < list->n; v->n_rows++) {
		const struct audit_entry *e = &list->p[v->n_rows];
		const char *key = arena_cstr(w->mem, e->what), *said = po_text(key, w->lang);
		v->rows[v->n_rows] = (struct view_audit_row){ .seq = e->seq,
			.at = e->at,
			.who = e->who.len ? e->who : say(w, "audit_page.gone"),
			.login = e->login,
			.behalf = e->behalf,
			.what = e->what,
			.said = said == key ? e->what : str_of(said),
			.object = e->object,
			.detail = e->detail,
			.erased = e->erased };
	}
}

/* A short chain is looked through each time, a long one when asked. */
static enum err fill_chain(struct web_cx *w, int64_t newest, struct view_audit *v)
{
	struct audit_state s;
	if (!web_bool(w, "kiem-tra") && newest > CHECK_AT_ONCE)
		return ERR_OK;
	enum err e = audit_verify(w->cx, w->app, STR(""), &s);
	if (e)
		return e;
	v->checked = true;
	v->chain = s.broken ? VIEW_AUDIT_CHAIN_BROKEN : VIEW_AUDIT_CHAIN_WHOLE;
	v->entries = s.entries;
	v->broken_at = s.seq;
	v->proved = s.broken ? 0 : s.anchor_seq;
	if (v->proved)
		v->proved_at = some_time(s.anchor_at);
	return ERR_OK;
}

static void page_audit(struct web_cx *w)
{
	struct audit_query q = { .login = web_text(w, "ai"), .what = web_text(w, "viec"), .object = web_text(w, "doi-tuong"), .below = web_int(w, "truoc"),
		.from = web_date(w, "tu"), .to = web_date(w, "den"), .limit = pager_limit(w) };
	struct audit_list list, newest;
	struct view_audit v = { .login = q.login, .what = q.what, .object = q.object };
	enum err e = w->face == FACE_CSV ? actor_may(w->cx, w->app, w->actor, "audit", "export", 0) : ERR_OK;
	if (!e)
		e = audit_list(w->cx, w->app, &q, &list);
	if (!e)
		e = pager_older(w, list.more ? arena_printf(w->mem, "%lld", (long long)list.p[list.n - 1].seq) : STR(""));
	if (!e)
		e = audit_list(w->cx, w->app, &(struct audit_query){ .limit = 1 }, &newest);
	if (!e && w->face != FACE_CSV)
		e = fill_chain(w, newest.n ? newest.p[0].seq : 0, &v);
	if (e) {
		web_fail(w, e);
		return;
	}
	if (q.from)
		v.from = some_date(q.from);
	if (q.to)
		v.until = some_date(q.to);
	fill_rows(w, &list, &v);
	reply_audit(w, &v);
}

const struct web_route routes_audit[] = {
	{ WEB_GET, "/nhat-ky", page_audit, "audit.view", .lane = LANE_SLOW, .faces = FACE_HTML | FACE_JSON | FACE_CSV, .flags = WEB_STREAM,
		.view = "audit", .rows = PAGER_ROWS,
		.doc = { "Nhật ký hệ thống: ai làm gì với đối tượng nào, và chuỗi có nguyên vẹn không",
			"The audit log: who did what to which thing, and whether the chain is whole" },
		.in = WEB_INPUTS(
			{ "ai", IN_TEXT, .max = 60, .doc = { "tên đăng nhập, hoặc cli, server", "login, or cli, server" } },
			{ "viec", IN_TEXT, .max = 60,
				.doc = { "việc, ví dụ user.grant hoặc user", "what, for instance user.grant or user" } },
			{ "doi-tuong", IN_TEXT, .max = 200, .doc = { "đối tượng", "object" } },
			{ "tu", IN_DATE, .doc = { "từ ngày", "from" } }, { "den", IN_DATE, .doc = { "đến hết ngày", "until" } },
			{ "truoc", IN_INT, .min = 0, .max = 1000000000000, .doc = { "trước mục số", "before entry" } },
			{ "kiem-tra", IN_BOOL, .doc = { "kiểm tra cả chuỗi", "look through the whole chain" } }) },
	{ 0 },
};
