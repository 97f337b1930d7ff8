#include "web/upload.h"
#include <sodium.h>
#include "app/actor.h"
#include "app/import.h"

enum { FORM = sodium_base64_VARIANT_ORIGINAL_NO_PADDING };

static enum err fresh(struct web_cx *w, const struct web_file *f, struct upload *out)
{
	out->name = f->name;
	enum err e = web_file_bytes(w, f, &out->bytes);
	if (e)
		return e;
	size_t most = sodium_base64_ENCODED_LEN(out->bytes.len, FORM);
	char *text = arena_alloc(w->mem, most);
	sodium_bin2base64(text, most, (const unsigned char *)out->bytes.p, out->bytes.len, FORM);
	out->data = str_of(text);
	return ERR_OK;
}

enum err upload_read(struct web_cx *w, struct upload *out)
{
	const struct web_file *f = web_file(w, "tep");
	*out = (struct upload){ 0 };
	if (f && f->size)
		return fresh(w, f, out);
	out->data = web_text(w, "tep-noi-dung");
	out->name = web_text(w, "tep-ten");
	out->again = true;
	if (!out->data.len)
		return cx_fail(w->cx, ERR_INPUT, "upload.none", (place){ .field = STR("tep") }, (str){ 0 });
	size_t n = 0;
	unsigned char *p = arena_alloc(w->mem, out->data.len + 1);
	if (sodium_base642bin(p, out->data.len, out->data.p, out->data.len, NULL, &n, NULL, FORM) != 0)
		return cx_fail(w->cx, ERR_INPUT, "upload.bad", (place){ .field = STR("tep") }, (str){ 0 });
	out->bytes = (str){ (const char *)p, n };
	return ERR_OK;
}

enum err upload_import(struct web_cx *w, const char *kind, const char *noun, const char *verb, const char *survey,
	struct upload *up, struct import_looks *looks, int64_t *changed)
{
	struct import_options opt = { .actor = arena_cstr(w->mem, w->actor->login), .who = w->actor, .survey = survey };
	struct import_report report = { 0 };
	*up = (struct upload){ 0 };
	*looks = (struct import_looks){ 0 };
	enum err e = actor_may_at(w->cx, w->app, w->actor, noun, verb, STR(""), STR(""));
	if (!e)
		e = upload_read(w, up);
	if (!up->again)
		opt.look = looks;
	if (!e)
		e = import_bytes(w->cx, w->app, str_of(kind), up->name, up->bytes, &opt, &report);
	*changed = report.changed;
	return e;
}
