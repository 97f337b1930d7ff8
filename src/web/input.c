#include "web/input.h"
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>
#include "base/vn.h"
#include "web/inner.h"
#include "web/view.h"

enum { TEXT_MAX = 10000 }; /* characters, where the route does not say */

static bool wrong(struct web_cx *w, const struct web_input *in, str given, const char *key)
{
	cx_fail(w->cx, ERR_INPUT, key, (place){ .field = str_of(in->name) }, in->type == IN_FILE || in->secret ? (str){ 0 } : given);
	return false;
}

static void fault_number(struct web_cx *w, int i, int64_t n)
{
	if (w->cx->n_faults)
		fault_arg(w->cx, &w->cx->faults[w->cx->n_faults - 1], i, arena_printf(w->mem, "%" PRId64, n));
}

static bool bounded(const struct web_input *in) { return in->min != 0 || in->max != 0; }

static bool out_of_bounds(struct web_cx *w, const struct web_input *in, str given)
{
	wrong(w, in, given, "input.range");
	fault_number(w, 1, in->min);
	fault_number(w, 2, in->max);
	return false;
}

/* Control characters other than tab and line ends have no place in a form. */
static bool has_control(str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F)
			return true;
	}
	return false;
}

static bool read_text(struct web_cx *w, const struct web_input *in, struct web_value *v)
{
	if (has_control(v->text))
		return wrong(w, in, v->text, "input.control");
	int64_t n = (int64_t)vn_length(v->text), max = in->max ? in->max : TEXT_MAX;
	if (n > max) {
		wrong(w, in, v->text, "input.too_long");
		fault_number(w, 1, max);
		fault_number(w, 2, n);
		return false;
	}
	if (n < in->min) {
		wrong(w, in, v->text, "input.too_short");
		fault_number(w, 1, in->min);
		return false;
	}
	return true;
}

static bool read_int(struct web_cx *w, const struct web_input *in, struct web_value *v)
{
	long n;
	if (!str_int(v->text, -999999999999999999, 999999999999999999, &n))
		return wrong(w, in, v->text, "input.not_int");
	if (bounded(in) && (n < in->min || n > in->max))
		return out_of_bounds(w, in, v->text);
	v->n = n;
	v->d = dec_int(n);
	return true;
}

/* A decimal point or, as Vietnamese forms write it, a decimal comma; thousands marks are refused, since they could mean either. */
static bool read_dec(struct web_cx *w, const struct web_input *in, struct web_value *v)
{
	str s = v->text;
	const char *comma = s.len ? memchr(s.p, ',', s.len) : NULL;
	if (comma && !memchr(s.p, '.', s.len)) {
		char *copy = arena_copy(w->mem, s.p, s.len);
		copy[comma - s.p] = '.';
		s.p = copy;
	}
	if (s.len > 60 || !dec_parse(s, &v->d))
		return wrong(w, in, v->text, "input.not_dec");
	if (bounded(in) && (dec_cmp(v->d, dec_int(in->min)) < 0 || dec_cmp(v->d, dec_int(in->max)) > 0))
		return out_of_bounds(w, in, v->text);
	return true;
}

static bool read_date(struct web_cx *w, const struct web_input *in, struct web_value *v)
{
	day d;
	if (!date_parse_vn(v->text, &d))
		return wrong(w, in, v->text, "input.not_date");
	v->n = d;
	return true;
}

static bool read_enum(struct web_cx *w, const struct web_input *in, struct web_value *v)
{
	str rest = str_of(in->values), word;
	for (int64_t i = 0; rest.len && str_next(&rest, ' ', &word); i++)
		if (str_eq(word, v->text)) {
			v->n = i;
			return true;
		}
	wrong(w, in, v->text, "input.not_choice");
	if (w->cx->n_faults)
		fault_arg(w->cx, &w->cx->faults[w->cx->n_faults - 1], 1, str_of(in->values));
	return false;
}

static bool read_id(struct web_cx *w, const struct web_input *in, struct web_value *v)
{
	uint64_t id;
	if (!view_id_parse(v->text, &id))
		return wrong(w, in, v->text, "input.not_id");
	v->n = (int64_t)id;
	return true;
}

static bool read_bool(struct web_cx *w, const struct web_input *in, struct web_value *v)
{
	if (str_is(v->text, "1") || str_is(v->text, "true") || str_is(v->text, "on"))
		v->n = 1;
	else if (!str_is(v->text, "0") && !str_is(v->text, "false"))
		return wrong(w, in, v->text, "input.not_bool");
	return true;
}

static bool read_file(struct web_cx *w, const struct web_input *in, struct web_value *v)
{
	if (!v->file)
		return wrong(w, in, v->text, "input.not_file");
	if (in->max && v->file->size > (uint64_t)in->max) {
		wrong(w, in, v->text, "form.file_too_large");
		return false;
	}
	return true;
}

static bool read_value(struct web_cx *w, const struct web_input *in, struct web_value *v)
{
	static bool (*const readers[IN_TYPES])(struct web_cx *, const struct web_input *, struct web_value *) = {
		[IN_TEXT] = read_text, [IN_INT] = read_int, [IN_DEC] = read_dec, [IN_DATE] = read_date,
		[IN_ENUM] = read_enum, [IN_ID] = read_id, [IN_BOOL] = read_bool, [IN_FILE] = read_file,
	};
	return readers[in->type](w, in, v);
}

/* Takes one given text; an empty one counts as not given, as browsers send empty fields. In a list it keeps its place: lists of one form go
 * side by side. */
static bool take(struct web_cx *w, struct web_value *first, str text, const struct web_file *file)
{
	const struct web_input *in = first->in;
	text = vn_nfc(w->mem, str_trim(text));
	bool empty = file ? !file->size && !file->name.len : !text.len;
	if (empty && !in->many)
		return true;
	struct web_value *v = first;
	if (first->listed) {
		if (!in->many)
			return wrong(w, in, text, "input.twice");
		while (v->more)
			v = v->more;
		v = v->more = NEW(w->mem, struct web_value);
		v->in = in;
	}
	v->listed = true;
	if (empty)
		return true;
	v->has = true;
	v->text = text;
	v->file = file;
	return read_value(w, in, v);
}

static bool take_all(struct web_cx *w, struct web_value *v, const struct form *f)
{
	bool ok = true;
	for (size_t i = 0; f && i < f->n; i++)
		if (str_is(f->p[i].name, v->in->name))
			ok &= take(w, v, f->p[i].value, f->p[i].file);
	return ok;
}

bool input_read(struct web_cx *w, const str *params, const struct form *query, const struct form *body, bool *path_wrong)
{
	const struct route_info *info = w->info;
	bool ok = true;
	w->values = NEW_ARRAY(w->mem, struct web_value, info->n_in);
	*path_wrong = false;
	for (size_t i = 0; i < info->n_in; i++) {
		struct web_value *v = &w->values[i];
		bool good;
		v->in = &info->in[i];
		if (i < info->n_params) {
			good = take(w, v, params[i], NULL);
			*path_wrong |= !good;
		} else {
			good = take_all(w, v, body ? body : query);
		}
		if (good && !v->has && v->in->def) {
			v->has = true;
			v->text = str_of(v->in->def);
			good = read_value(w, v->in, v);
			assert(good); /* a default must fit its own bounds */
		}
		if (good && !v->has && v->in->required)
			good = wrong(w, v->in, (str){ 0 }, "input.missing");
		if (!good)
			v->has = false;
		ok &= good;
	}
	return ok;
}

/* --- what pages ask --- */

static const struct web_value *value_of(const struct web_cx *w, const char *name)
{
	for (size_t i = 0; i < w->info->n_in; i++)
		if (strcmp(w->info->in[i].name, name) == 0)
			return &w->values[i];
	assert(false && "an input that the route does not declare");
	return NULL;
}

static const struct web_value *typed(const struct web_cx *w, const char *name, enum in_type type)
{
	const struct web_value *v = value_of(w, name);
	assert(v->in->type == type);
	return v;
}

bool web_has(const struct web_cx *w, const char *name) { return value_of(w, name)->has; }

str web_text(const struct web_cx *w, const char *name)
{
	const struct web_value *v = value_of(w, name);
	return v->text.p ? v->text : STR("");
}

int64_t web_int(const struct web_cx *w, const char *name)
{
	const struct web_value *v = typed(w, name, IN_INT);
	return v->has ? v->n : 0;
}

dec web_dec(const struct web_cx *w, const char *name)
{
	const struct web_value *v = typed(w, name, IN_DEC);
	return v->has ? v->d : DEC_ZERO;
}

day web_date(const struct web_cx *w, const char *name)
{
	const struct web_value *v = typed(w, name, IN_DATE);
	return v->has ? (day)v->n : 0;
}

const struct web_pair *web_pairs(struct web_cx *w, size_t *n)
{
	const struct form *f = &request_of(w)->form;
	*n = f->n;
	return f->p;
}

str web_pair_text(struct web_cx *w, str name)
{
	size_t n;
	const struct web_pair *p = web_pairs(w, &n);
	for (size_t i = 0; i < n; i++)
		if (str_eq(p[i].name, name))
			return p[i].value;
	return STR("");
}

int web_enum(const struct web_cx *w, const char *name)
{
	const struct web_value *v = typed(w, name, IN_ENUM);
	return v->has ? (int)v->n : -1;
}

uint64_t web_id(const struct web_cx *w, const char *name)
{
	const struct web_value *v = typed(w, name, IN_ID);
	return v->has ? (uint64_t)v->n : 0;
}

bool web_bool(const struct web_cx *w, const char *name)
{
	const struct web_value *v = typed(w, name, IN_BOOL);
	return v->has && v->n;
}

const struct web_file *web_file(const struct web_cx *w, const char *name)
{
	const struct web_value *v = typed(w, name, IN_FILE);
	return v->has ? v->file : NULL;
}

enum err web_file_bytes(struct web_cx *w, const struct web_file *f, str *out)
{
	char *p = arena_alloc(w->mem, f->size + 1);
	size_t n = 0;
	while (n < f->size) {
		ssize_t got = pread(f->fd, p + n, f->size - n, (off_t)n);
		if (got <= 0)
			return cx_fail(w->cx, ERR_IO, "form.spool", (place){ 0 }, (str){ 0 });
		n += (size_t)got;
	}
	*out = (str){ p, n };
	return ERR_OK;
}

const struct web_value *web_values(const struct web_cx *w, const char *name)
{
	const struct web_value *v = value_of(w, name);
	return v->listed ? v : NULL;
}
