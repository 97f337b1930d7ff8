#include "web/form.h"
#include <unistd.h>
#include "base/vec.h"
#include "web/route.h"

static enum err wrong(cx *c, enum err e, const char *key, str name)
{
	return cx_fail(c, e, key, (place){ .field = name }, (str){ 0 });
}

enum err form_urlencoded(cx *c, str s, struct form *f)
{
	str part, name;
	if (!s.len)
		return ERR_OK;
	while (str_next(&s, '&', &part)) {
		if (!part.len)
			continue;
		if (f->n >= FORM_PAIRS)
			return wrong(c, ERR_LIMIT, "form.too_many", (str){ 0 });
		str value = part;
		struct web_pair pair = { 0 };
		str_next(&value, '=', &name);
		if (!value.p)
			value = STR("");
		if (name.len > 3 * FORM_NAME || !route_decode(c->mem, name, true, &pair.name))
			return wrong(c, ERR_INPUT, "form.bad_name", (str){ 0 });
		if (!route_decode(c->mem, value, true, &pair.value))
			return wrong(c, ERR_INPUT, "form.bad_text", pair.name);
		*VEC_PUSH(c->mem, f) = pair;
	}
	return ERR_OK;
}

void form_cookies(arena *mem, str s, struct form *f)
{
	str part, name;
	while (s.len && f->n < 100 && str_next(&s, ';', &part)) {
		str value = str_trim(part);
		str_next(&value, '=', &name);
		if (!value.p || !name.len)
			continue;
		if (value.len >= 2 && value.p[0] == '"' && value.p[value.len - 1] == '"')
			value = (str){ value.p + 1, value.len - 2 };
		*VEC_PUSH(mem, f) = (struct web_pair){ .name = name, .value = value };
	}
}

const struct web_pair *form_find(const struct form *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_is(f->p[i].name, name))
			return &f->p[i];
	return NULL;
}

void form_close_files(struct form *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->p[i].file && f->p[i].file->fd >= 0)
			close(f->p[i].file->fd);
	f->n = 0;
}
