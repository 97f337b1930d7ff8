/* error: pages for what could not be done: what, where, why, and what to do. Programs get application/problem+json (RFC 9457). */
#include <stdio.h>
#include "web/fault.h"
#include "web/inner.h"
#include "web/view.h"
#include "web_views.h"

static const char *const title_keys[] = {
	/* every status the server or a page gives */
	"http.400",
	"http.401",
	"http.403",
	"http.404",
	"http.405",
	"http.406",
	"http.409",
	"http.413",
	"http.414",
	"http.415",
	"http.416",
	"http.422",
	"http.429",
	"http.500",
	"http.503",
};

/* The message key of a status, "http.404", or of its advice, "http.404_todo". */
static const char *status_text(struct web_cx *w, int status, const char *suffix)
{
	char key[32];
	snprintf(key, sizeof key, "http.%d", status);
	for (size_t i = 0; i < sizeof title_keys / sizeof *title_keys; i++)
		if (strcmp(key, title_keys[i]) == 0) {
			str full = arena_printf(w->mem, "%s%s", key, suffix);
			return po_text(full.p, w->lang);
		}
	return po_text(*suffix ? "http.500_todo" : "http.500", w->lang);
}

str web_fault_text(struct web_cx *w, const fault *f)
{
	buf b;
	buf_init(&b, 8192);
	po_fill(&b, f->key, w->lang, f->value, f->arg, FAULT_ARGS);
	str s = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static str place_text(struct web_cx *w, const place *at)
{
	if (!at->file.len)
		return (str){ 0 };
	buf b;
	buf_init(&b, 1024);
	po_place(&b, at);
	str s = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

/* Words of the form's field, from the route's description of it. */
static str field_text(struct web_cx *w, str name)
{
	for (size_t i = 0; w->info && i < w->info->n_in; i++)
		if (str_is(name, w->info->in[i].name) && w->info->in[i].doc[w->lang])
			return str_of(w->info->in[i].doc[w->lang]);
	return name;
}

static void fill_faults(struct web_cx *w, struct view_error *v)
{
	const cx *c = w->cx;
	v->faults = NEW_ARRAY(w->mem, struct view_error_fault, c->n_faults);
	for (size_t i = 0; i < c->n_faults; i++) {
		const fault *f = &c->faults[i];
		if (f->level != FAULT_ERROR)
			continue;
		struct view_error_fault *to = &v->faults[v->n_faults++];
		to->place = place_text(w, &f->at);
		to->what = web_fault_text(w, f);
		if (f->at.field.len)
			to->field = field_text(w, f->at.field);
		if (f->value.len)
			to->value = f->value;
	}
	v->more = fault_more(w, v->n_faults);
}

static void json_text(json_out *j, const char *key, str s)
{
	if (!s.len)
		return;
	json_put_key(j, key);
	json_put_str(j, s);
}

static void problem_json(struct web_cx *w, const struct view_error *v)
{
	json_out j;
	json_init(&j, &w->out);
	json_put_object(&j);
	json_text(&j, "type", STR("about:blank"));
	json_text(&j, "title", v->title);
	json_add_int(&j, "status", v->status);
	json_text(&j, "detail", v->lead);
	json_text(&j, "request_id", v->request_id);
	json_put_key(&j, "faults");
	json_put_array(&j);
	for (size_t i = 0, n = 0; i < w->cx->n_faults && n < v->n_faults; i++) {
		const fault *f = &w->cx->faults[i];
		if (f->level != FAULT_ERROR)
			continue;
		json_put_object(&j);
		json_text(&j, "key", str_of(f->key));
		json_text(&j, "field", f->at.field);
		json_text(&j, "place", v->faults[n].place);
		json_text(&j, "value", f->value);
		json_text(&j, "what", v->faults[n++].what);
		json_put_end(&j, '}');
	}
	json_put_end(&j, ']');
	json_put_end(&j, '}');
	buf_char(&w->out, '\n');
	answer_problem(w);
}

struct view_error_fault *fault_rows(struct web_cx *w, size_t *n)
{
	struct view_error v = { 0 };
	fill_faults(w, &v);
	*n = v.n_faults;
	return v.faults;
}

int64_t fault_more(const struct web_cx *w, size_t n)
{
	return (int64_t)(w->cx->n_errors > n ? w->cx->n_errors - n : 0);
}

void web_sign_in(struct web_cx *w)
{
	const char *page = w->server ? w->server->config.sign_in : NULL;
	if (w->face != FACE_HTML || !page) {
		web_header(w, "WWW-Authenticate", STR("Session realm=\"thuocdo\""));
		web_error(w, 401);
		return;
	}
	buf b;
	buf_init(&b, 16384);
	buf_addz(&b, page);
	if (w->method == WEB_GET) {
		buf_addz(&b, "?ve=");
		view_segment(&b, w->query.len ? arena_printf(w->mem, "%.*s?%.*s", STR_ARG(w->path), STR_ARG(w->query)) : w->path);
	}
	web_redirect(w, arena_str(w->mem, buf_str(&b)));
	buf_free(&b);
}

void web_error(struct web_cx *w, int status)
{
	answer_reset(w);
	w->status = status;
	struct view_error v = { .status = status, .title = str_of(status_text(w, status, "")), .lead = str_of(status_text(w, status, "_todo")),
		.request_id = str_of(w->id), .search = status == 404 };
	fill_faults(w, &v);
	if (w->face == FACE_HTML)
		reply_error(w, &v);
	else
		problem_json(w, &v);
}

static bool has_fault(const cx *c, const char *key)
{
	for (size_t i = 0; i < c->n_faults; i++)
		if (strcmp(c->faults[i].key, key) == 0)
			return true;
	return false;
}

void web_fail(struct web_cx *w, enum err e)
{
	static const int status[] = {
		[ERR_OK] = 500, [ERR_INPUT] = 400, [ERR_LIMIT] = 413, [ERR_NOTFOUND] = 404, [ERR_DENIED] = 403, [ERR_CONFLICT] = 409,
		[ERR_BUSY] = 503, [ERR_IO] = 500, [ERR_CANCELLED] = 503,
	};
	int code = status[e];
	if (code == 400 && w->method == WEB_POST)
		code = 422;
	/* Nothing is wrong with the program or what was sent: the machine needs room, or time, and the same may be sent again then. */
	if (code == 500 && has_fault(w->cx, "db.disk_full"))
		code = 507;
	if (code == 413 && has_fault(w->cx, "db.too_slow"))
		code = 503;
	if (code == 503 || code == 507)
		web_header(w, "Retry-After", code == 507 ? STR("60") : STR("2"));
	web_error(w, code);
}
