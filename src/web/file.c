/* To be saved, unless it is asked for with ?xem=1 and is a PDF or an image that browsers show
 * without running anything. Who may see it follows what refers to it (app/file.h). */
#include "web/file.h"
#include "app/file.h"

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

static void page_file(struct web_cx *w)
{
	struct file_info f;
	int64_t id = (int64_t)web_id(w, "id");
	enum err e = file_get(w->cx, w->app, id, &f);
	if (!e)
		e = file_may(w->cx, w->app, w->actor, id);
	if (!e && f.erased)
		e = cx_fail(w->cx, ERR_NOTFOUND, "file.erased", (place){ 0 }, STR(""));
	if (e) {
		web_fail(w, e);
		return;
	}
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
	{ 0 },
};
