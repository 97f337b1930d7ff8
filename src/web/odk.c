#include "web/odk.h"
#include "app/odk.h"
#include "web/inner.h"
#include "web/pages.h"
#include "web/say.h"

enum { MAX_BODY = 32 << 20, MAX_XML = 1 << 20, MAX_TOLD = 5 };

static const char XML[] = "text/xml; charset=utf-8";

static void reply(struct web_cx *w, str xml)
{
	web_header(w, "X-OpenRosa-Version", STR("1.0"));
	web_header(w, "X-OpenRosa-Accept-Content-Length", arena_printf(w->mem, "%d", MAX_BODY));
	web_cache(w, -1);
	web_bytes(w, XML, xml);
}

static int status_of(enum err e)
{
	switch (e) {
	case ERR_INPUT: return 400;
	case ERR_LIMIT: return 413;
	case ERR_NOTFOUND: return 404;
	case ERR_DENIED: return 403;
	case ERR_CONFLICT: return 409;
	case ERR_BUSY: return 503;
	default: return 500;
	}
}

/* The first faults as one text: what the app shows beside the form that it keeps. */
static void fail(struct web_cx *w, enum err e)
{
	buf b;
	size_t told = 0;
	buf_init(&b, 0);
	for (size_t i = 0; i < w->cx->n_faults && told < MAX_TOLD; i++) {
		const fault *f = &w->cx->faults[i];
		if (f->level != FAULT_ERROR)
			continue;
		buf_addz(&b, told++ ? "; " : "");
		if (f->at.field.len)
			buf_printf(&b, "%.*s: ", STR_ARG(f->at.field));
		buf_add(&b, web_fault_text(w, f));
	}
	if (!told)
		buf_add(&b, say(w, "odk.failed"));
	w->status = status_of(e);
	if (e == ERR_BUSY)
		web_header(w, "Retry-After", STR("30"));
	reply(w, odk_message_xml(w->cx, false, buf_str(&b)));
	buf_free(&b);
}

static str base_of(struct web_cx *w)
{
	str prefix = w->lang == LANG_EN ? STR("/en") : STR("");
	return arena_printf(w->mem, "%s://%.*s%.*s", w->server->config.tls ? "https" : "http", STR_ARG(w->host), STR_ARG(prefix));
}

static void page_list(struct web_cx *w)
{
	struct odk_forms forms;
	enum err e = odk_forms(w->cx, w->app, w->actor, &forms);
	if (e)
		fail(w, e);
	else
		reply(w, odk_list_xml(w->cx, &forms, w->lang, base_of(w)));
}

static void page_form(struct web_cx *w)
{
	str xml;
	enum err e = odk_form(w->cx, w->app, w->actor, web_text(w, "form"), &xml);
	if (e)
		fail(w, e);
	else
		reply(w, xml);
}

/* Asked with HEAD before a form is sent: where to, how much, and whether one may. */
static void page_look(struct web_cx *w)
{
	w->status = 204;
	web_header(w, "Location", arena_printf(w->mem, "%.*s/odk/submission", STR_ARG(base_of(w))));
	reply(w, STR(""));
}

/* ---- what is sent ---- */

static size_t collect_files(struct web_cx *w, struct odk_file *out)
{
	size_t n, files = 0;
	const struct web_pair *p = web_pairs(w, &n);
	for (size_t i = 0; i < n && files <= ODK_FILES_MAX; i++)
		if (p[i].file && !str_is(p[i].name, "xml_submission_file"))
			out[files++] = (struct odk_file){ p[i].file->name.len ? p[i].file->name : p[i].name, p[i].file->type, p[i].file->fd, p[i].file->size };
	return files;
}

static void page_submit(struct web_cx *w)
{
	struct odk_file files[ODK_FILES_MAX + 1];
	struct odk_submission in = { .files = files, .n_files = collect_files(w, files) };
	const struct web_file *xml = web_file(w, "xml_submission_file");
	struct odk_received done = { 0 };
	if (xml->size > MAX_XML) {
		cx_fail(w->cx, ERR_LIMIT, "form.too_large", (place){ 0 }, (str){ 0 });
		fail(w, ERR_LIMIT);
		return;
	}
	enum err e = web_file_bytes(w, xml, &in.xml);
	if (!e)
		e = odk_submit(w->cx, w->app, w->actor, &in, &done);
	if (e) {
		fail(w, e);
		return;
	}
	w->status = 201;
	reply(w, odk_message_xml(w->cx, true, say(w, done.stray ? "odk.stray" : done.again ? "odk.again" : "odk.received")));
}

const struct web_route routes_odk[] = {
	{ WEB_GET, "/odk/formList", page_list, "survey.interview", .lane = LANE_SLOW, .faces = FACE_HTML, .flags = WEB_PROGRAM,
		.doc = { "Danh sách phiếu cho ứng dụng phỏng vấn (OpenRosa, XML)", "List of forms for interviewers' apps (OpenRosa, XML)" } },
	{ WEB_GET, "/odk/forms/{form}", page_form, "survey.interview", .lane = LANE_SLOW, .faces = FACE_HTML, .flags = WEB_PROGRAM,
		.doc = { "Phiếu của một khảo sát (XForm)", "Form of a survey (XForm)" },
		.in = WEB_INPUTS({ "form", IN_TEXT, .max = 60, .doc = { "mã khảo sát", "code of the survey" } }) },
	{ WEB_GET, "/odk/submission", page_look, "survey.interview", .lane = LANE_SLOW, .faces = FACE_HTML, .flags = WEB_PROGRAM,
		.doc = { "Hỏi trước khi gửi (HEAD): gửi đến đâu, được bao nhiêu byte", "Asked before sending (HEAD): where to, how many bytes" } },
	{ WEB_POST, "/odk/submission", page_submit, "survey.interview", .lane = LANE_SLOW, .faces = FACE_HTML, .flags = WEB_PROGRAM | WEB_NO_CSRF,
		.max_body = MAX_BODY, .doc = { "Gửi phiếu đã điền; gửi lại cùng instanceID thì chỉ ghi một lần; tệp kèm theo là các phần khác của form",
			"Sends a filled-in form; sent again with the same instanceID it is stored once; files are further parts of the form" },
		.in = WEB_INPUTS({ "xml_submission_file", IN_FILE, .required = true, .max = MAX_BODY,
			.doc = { "phiếu đã điền (XML)", "the filled-in form (XML)" } }) },
	{ 0 },
};
