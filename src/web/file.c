/* To be saved, unless it is asked for with ?xem=1 and is a PDF or an image that browsers show
 * without running anything. Who may see it follows what refers to it (app/file.h). */
#include "web/file.h"
#include "app/file.h"
#include "app/sign.h"
#include "web/view.h"
#include "web_views.h"

/* Nothing in a file may load, run or send anything. A sandbox would forbid browsers their own viewer of PDF. */
static const char SAVED[] = "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
static const char IMAGE[] =
	"sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
static const char PDF[] =
	"default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

static void send_part(struct web_cx *w, const struct file_info *f)
{
	uint64_t from, n;
	const char *etag = arena_printf(w->mem, "\"%.*s\"", STR_ARG(f->sha256)).p;
	int status = web_range(w, etag, f->size, &from, &n);
	if (status == 416)
		return;
	int fd = web_spool(w);
	enum err e = fd < 0 ? ERR_IO : file_write(w->cx, w->app, f->id, from, n, fd);
	if (e) {
		web_fail(w, e);
		return;
	}
	web_send_file(w, arena_cstr(w->mem, f->media), fd, n);
}

/* The file, if who asks may see it. */
static bool find_file(struct web_cx *w, struct file_info *f)
{
	int64_t id = (int64_t)web_id(w, "id");
	enum err e = file_get(w->cx, w->app, id, f);
	if (!e)
		e = file_may(w->cx, w->app, w->actor, id);
	if (!e && f->erased)
		e = cx_fail(w->cx, ERR_NOTFOUND, "file.erased", (place){ 0 }, STR(""));
	if (e)
		web_fail(w, e);
	return !e;
}

static void page_info(struct web_cx *w)
{
	struct file_info f;
	struct pdf_signatures l;
	if (!find_file(w, &f))
		return;
	enum err e = sign_look(w->cx, w->app, f.id, &l);
	if (e) {
		web_fail(w, e);
		return;
	}
	struct view_file v = { .id = (uint64_t)f.id, .name = f.name, .kind = f.kind, .bytes = (int64_t)f.size, .sha256 = f.sha256, .added = f.added_at,
		.locked = f.locked, .shown = f.shown, .pdf = str_is(f.kind, "pdf") };
	char id[ID_TEXT];
	v.save = arena_printf(w->mem, "/tep/%.*s", STR_ARG(view_id_text(v.id, id)));
	v.show = arena_printf(w->mem, "%.*s?xem=1", STR_ARG(v.save));
	v.signatures = NEW_ARRAY(w->mem, struct view_file_signature, l.n);
	for (; v.n_signatures < l.n; v.n_signatures++) {
		const struct pdf_signature *s = &l.p[v.n_signatures];
		struct view_file_signature *to = &v.signatures[v.n_signatures];
		*to = (struct view_file_signature){ .signer = s->signer, .organization = s->organization, .issuer = s->issuer, .certificate = s->certificate,
			.state = (enum view_file_state)s->state, .trust = (enum view_file_trust)s->trust, .whole = s->whole };
		if (s->signed_at)
			to->at = some_time(s->signed_at);
	}
	web_cache(w, -1);
	reply_file(w, &v);
}

static void page_file(struct web_cx *w)
{
	struct file_info f;
	if (!find_file(w, &f))
		return;
	bool shown = web_bool(w, "xem") && f.shown;
	web_policy(w, !shown ? SAVED : str_is(f.kind, "pdf") ? PDF : IMAGE);
	web_cache(w, -1);
	if (shown)
		web_show(w, f.name);
	else
		web_download(w, f.name);
	send_part(w, &f);
}

const struct web_route routes_file[] = {
	{ WEB_GET, "/tep/{id:id}", page_file, "public", .lane = LANE_SLOW, .faces = FACE_HTML,
		.doc = { "Một tệp: lưu về, hoặc xem ngay nếu là PDF hay ảnh; cho phép theo tiêu chí mà tệp đính kèm",
			"A file: to be saved, or shown if it is a PDF or an image; access follows the criterion it is attached to" },
		.in = WEB_INPUTS({ "xem", IN_BOOL, .doc = { "xem trong trình duyệt", "show in the browser" } }) },
	{ WEB_GET, "/tep/{id:id}/thong-tin", page_info, "public", .lane = LANE_SLOW, .view = "file",
		.doc = { "Một tệp là gì, ai ký, khi nào, nội dung còn nguyên hay không", "What a file is, who signed it, when, and whether it is unchanged" } },
	{ 0 },
};
