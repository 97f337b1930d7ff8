#include "engine/rule_family.h"
#include "base/vec.h"
#include "engine/rule_ast.h"

typedef const struct rule_node node;

/* What is narrower stands first: a rule belongs to the first family that fits. */
const struct rule_family rule_families[] = {
	{ "yes_no", "if _m then max else 0" },
	{ "all_of", "if all([_ms]) then max else 0" },
	{ "share", "_m * max" },
	{ "survey", "if _m2 < _n then null else _m * max" },
	{ "proportional", "if _m >= 1 then max else if _m in [_n..1) then _m * max else 0" },
	{ "target", "if _m >= _n then max else if _m in [_n2.._n) then _m / _n * max else 0" },
	{ "linear", "if _m >= _n2 then max else if _m <= _n then 0 else (_m - _n) / (_n2 - _n) * max" },
	{ "linear_down", "if _m <= _n then max else if _m >= _n2 then 0 else (_n2 - _m) / (_n2 - _n) * max" },
	{ "growth", "if _m >= _n * _m.prev then max else 0" },
	{ "none_is_good", "if _m = 0 then max else if _m2 >= _m then max else 0" },
	{ "steps_up", "if _m >= _N then _P else _rest", "if _m in [_N.._L) then _P else _rest", "_p" },
	{ "steps_down", "if _m <= _N then _P else _rest", "if _m in (_L.._N] then _P else _rest", "_p" },
	{ "counts", "if _m >= _N then _P else _rest", "if _m = _N then _P else _rest", "_p" },
	{ "items", "min(max, _n * _m)" },
	{ "bonus_events", "min(max, _n * events(_m))" },
	{ "deduct_events", "if _n * events(_m) >= max then 0 else max - _n * events(_m)" },
	{ "deduct_each", "if _n * _m >= max then 0 else max - _n * _m" },
	{ "date_fixed", "if _m <= _d then _p else _rest", "if _m <= _d + duration(_K) then _P else _rest", "_p2" },
	{ "date_steps", "if _m <= _m2 then _p else _rest", "if _m <= _m2 + duration(_K) then _P else _rest", "_p2" },
	{ "date_steps_zero", "if _m = null then 0 else if _m <= _m2 then _p else _rest", "if _m <= _m2 + duration(_K) then _P else _rest", "_p2" },
	{ "answers", "if _m = _T then _P else _rest", "if _m = _T then _P else _rest", "_p" },
	{ 0 },
};

const struct rule_family *rule_family_find(str name)
{
	for (const struct rule_family *f = rule_families; f->name; f++)
		if (str_is(name, f->name))
			return f;
	return NULL;
}

/* ---- holes ---- */

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* The next hole of a pattern; what stands before it is *before. */
static bool next_hole(str *rest, str *before, str *hole)
{
	for (size_t i = 0; i < rest->len; i++) {
		if (rest->p[i] != '_')
			continue;
		size_t n = i + 1;
		while (n < rest->len && is_letter(rest->p[n]))
			n++;
		*before = (str){ rest->p, i };
		*hole = (str){ rest->p + i + 1, n - i - 1 };
		*rest = (str){ rest->p + n, rest->len - n };
		return true;
	}
	*before = *rest;
	return false;
}

static bool is_step(str hole) { return hole.p[0] >= 'A' && hole.p[0] <= 'Z'; }

static void add_hole(str hole, struct family_holes *out)
{
	str *to = is_step(hole) ? out->step : out->fixed;
	int *n = is_step(hole) ? &out->n_step : &out->n_fixed;
	if (str_is(hole, "rest") || str_is(hole, "L"))
		return;
	for (int i = 0; i < *n; i++)
		if (str_eq(to[i], hole))
			return;
	to[(*n)++] = hole;
}

void rule_family_holes(const struct rule_family *f, struct family_holes *out)
{
	const char *const patterns[] = { f->first, f->next, f->last };
	*out = (struct family_holes){ 0 };
	for (int i = 0; i < 3; i++) {
		str rest = str_of(patterns[i] ? patterns[i] : ""), before, hole;
		while (next_hole(&rest, &before, &hole))
			add_hole(hole, out);
	}
}

static int place_of(const str *holes, int n, str hole)
{
	for (int i = 0; i < n; i++)
		if (str_eq(holes[i], hole))
			return i;
	return -1;
}

/* ---- values ---- */

static bool read_number(arena *mem, str s, str *out)
{
	char text[DEC_TEXT], room[64];
	dec v, hundred = dec_int(100);
	bool percent = s.len && s.p[s.len - 1] == '%';
	s = str_trim((str){ s.p, s.len - percent });
	if (s.len >= sizeof room)
		return false;
	for (size_t i = 0; i < s.len; i++)
		room[i] = s.p[i] == ',' ? '.' : s.p[i];
	if (!dec_parse((str){ room, s.len }, &v) || (percent && !dec_div(v, hundred, &v)))
		return false;
	*out = arena_str(mem, dec_text(v, text));
	return true;
}

static bool none(void *ctx, str name, enum rule_part part, uint32_t *slot)
{
	(void)ctx;
	*slot = 0;
	return str_is(name, "max") && part == PART_VALUE;
}

static bool is_number(node *n) { return (n->op == OP_LIT && n->lit.kind == VAL_NUM) || (n->op == OP_NEG && is_number(n->a)); }

/* slot 0 is `max`, in editions as here. */
static bool is_max(node *n) { return n->op == OP_SLOT && n->slot == 0; }

static bool is_points(node *n)
{
	if (is_number(n) || is_max(n) || (n->op == OP_LIT && n->lit.kind == VAL_NULL))
		return true;
	if (n->op == OP_MUL)
		return (is_number(n->a) && is_max(n->b)) || (is_max(n->a) && is_number(n->b));
	return n->op == OP_DIV && is_max(n->a) && is_number(n->b);
}

static bool read_points(arena *mem, str s, str *out)
{
	const rule *r;
	cx c = { .mem = mem, .max_faults = 0 };
	struct rule_scope scope = { .find = none };
	if (read_number(mem, s, out)) {
		if (s.p[s.len - 1] == '%')
			*out = str_is(*out, "1") ? STR("max") : arena_printf(mem, "%.*s * max", STR_ARG(*out));
		return true;
	}
	if (rule_compile(&c, s, &scope, (place){ 0 }, &r) || !is_points(r->root))
		return false;
	*out = r->text;
	return true;
}

static bool is_name(str s)
{
	bool digit = s.len && s.p[0] >= '0' && s.p[0] <= '9';
	for (size_t i = 0; i < s.len; i++)
		if (!is_letter(s.p[i]) && s.p[i] != '_' && !((unsigned char)s.p[i] & 0x80))
			return false;
	return s.len && !digit && !str_is(s, "max") && s.len <= 100;
}

static bool read_names(arena *mem, str s, str *out)
{
	buf b;
	str rest = s, one;
	bool good = true;
	buf_init(&b, 4096);
	while (str_next(&rest, ',', &one)) {
		one = str_trim(one);
		if (!one.len)
			continue;
		good &= is_name(one);
		buf_printf(&b, "%s%.*s", b.len ? ", " : "", STR_ARG(one));
	}
	*out = arena_str(mem, buf_str(&b));
	buf_free(&b);
	return good && out->len;
}

bool rule_family_value(arena *mem, char kind, str typed, str *out)
{
	long days;
	day d;
	char text[DATE_TEXT];
	*out = str_trim(typed);
	switch (kind) {
	case 'm': return is_name(*out);
	case 'n': return read_number(mem, *out, out);
	case 'p': return read_points(mem, *out, out);
	case 'k': return str_int(*out, 1, 36500, &days);
	case 'd':
		if (!date_parse(*out, &d) && !date_parse_vn(*out, &d))
			return false;
		*out = arena_str(mem, date_text(d, text));
		return true;
	default: return out->len > 0 && out->len <= 200;
	}
}

/* ---- writing ---- */

struct writer {
	cx *c;
	const struct family_values *v;
	struct family_holes holes;
	buf *b;
	bool failed;
};

static char kind_of(str hole)
{
	return is_step(hole) ? (char)(hole.p[0] - 'A' + 'a') : hole.p[0];
}

static void complain(struct writer *w, const char *key, str hole, int step, str value)
{
	str field = step < 0 ? hole : arena_printf(w->c->mem, "%.*s%d", STR_ARG(hole), step + 1);
	w->failed = true;
	for (size_t i = 0; i < w->c->n_faults; i++)
		if (str_eq(w->c->faults[i].at.field, field))
			return; /* a hole that stands twice */
	cx_fault(w->c, FAULT_ERROR, key, (place){ .field = field }, value);
}

static void put_value(struct writer *w, str hole, int step, str typed)
{
	str value;
	char kind = kind_of(hole);
	bool many = str_is(hole, "ms");
	if (!str_trim(typed).len) {
		complain(w, "family.empty", hole, step, STR(""));
		return;
	}
	if (!(many ? read_names(w->c->mem, typed, &value) : rule_family_value(w->c->mem, kind, typed, &value))) {
		complain(w, "family.value", hole, step, typed);
		return;
	}
	switch (kind) {
	case 'k': buf_printf(w->b, "\"P%.*sD\"", STR_ARG(value)); break;
	case 'd': buf_printf(w->b, "date(\"%.*s\")", STR_ARG(value)); break;
	case 't': val_text(w->b, val_str(value)); break;
	default: buf_add(w->b, value);
	}
}

static void put_pattern(struct writer *w, const char *pattern, int step)
{
	str rest = str_of(pattern), before, hole;
	while (next_hole(&rest, &before, &hole)) {
		buf_add(w->b, before);
		if (str_is(hole, "rest")) {
			int next = step + 1;
			put_pattern(w, next < w->v->n_steps ? w->v->family->next : w->v->family->last, next);
		} else if (str_is(hole, "L")) {
			put_value(w, STR("N"), step - 1, w->v->step[step - 1][place_of(w->holes.step, w->holes.n_step, STR("N"))]);
		} else if (is_step(hole)) {
			put_value(w, hole, step, w->v->step[step][place_of(w->holes.step, w->holes.n_step, hole)]);
		} else {
			put_value(w, hole, -1, w->v->fixed[place_of(w->holes.fixed, w->holes.n_fixed, hole)]);
		}
	}
	buf_add(w->b, before);
}

/* Whether the first pattern of a chain is a step itself. */
static bool begins_with_step(const struct rule_family *f) { return f->next && (strstr(f->first, "_N") || strstr(f->first, "_T")); }

enum err rule_family_write(cx *c, const struct family_values *v, str *text)
{
	buf b;
	struct writer w = { .c = c, .v = v, .b = &b };
	rule_family_holes(v->family, &w.holes);
	if (begins_with_step(v->family) && !v->n_steps)
		return cx_fail(c, ERR_INPUT, "family.no_steps", (place){ .field = STR("N1") }, STR(""));
	buf_init(&b, RULE_MAX_LENGTH);
	put_pattern(&w, v->family->first, begins_with_step(v->family) ? 0 : -1);
	if (!w.failed)
		*text = arena_str(c->mem, buf_str(&b));
	bool full = buf_full(&b);
	buf_free(&b);
	return w.failed ? ERR_INPUT : full ? cx_fail(c, ERR_LIMIT, "family.too_long", (place){ 0 }, STR("")) : ERR_OK;
}

/* ---- reading ---- */

/* Names of a pattern are holes, which get slots of their own; `max` is slot 0. */
struct names {
	VEC(str) p;
	arena *mem;
};

static bool find_hole(void *ctx, str name, enum rule_part part, uint32_t *slot)
{
	struct names *n = ctx;
	(void)part;
	*slot = 0;
	if (str_is(name, "max"))
		return part == PART_VALUE;
	*VEC_PUSH(n->mem, &n->p) = name;
	*slot = (uint32_t)n->p.n;
	return true;
}

struct matcher {
	cx *c;
	const rule *r, *pattern;
	struct family_values *v;
	struct family_holes holes;
	int step;
	node *rest; /* what `_rest` stands for */
};

static const struct rule_ref *ref_of(const rule *r, node *n) { return &r->refs[n->ref]; }
static str text_of(const rule *r, node *n) { return (str){ r->text.p + n->at, n->end - n->at }; }

static bool bind(struct matcher *m, str hole, str value)
{
	str *to = is_step(hole) ? &m->v->step[m->step][place_of(m->holes.step, m->holes.n_step, hole)]
				: &m->v->fixed[place_of(m->holes.fixed, m->holes.n_fixed, hole)];
	if (to->len)
		return str_eq(*to, value);
	*to = value;
	return value.len > 0;
}

/* A value without names. */
static bool constant(struct matcher *m, node *n, val *out)
{
	struct rule_run run = { .mem = m->c->mem };
	if (n->op != OP_LIT && !(n->op == OP_CALL && n->n == 1 && n->args[0]->op == OP_LIT) && !is_number(n))
		return false;
	*out = rule_node_eval(n, &run);
	return out->kind != VAL_NULL;
}

static bool bind_number(struct matcher *m, str hole, node *n)
{
	char text[DEC_TEXT];
	val v;
	if (!is_number(n) || !constant(m, n, &v) || v.kind != VAL_NUM)
		return false;
	return bind(m, hole, arena_str(m->c->mem, dec_text(v.num, text)));
}

static bool match_hole(struct matcher *m, str hole, node *n)
{
	val v;
	char text[DATE_TEXT];
	if (str_is(hole, "rest")) {
		m->rest = n;
		return true;
	}
	if (str_is(hole, "L")) {
		char number[DEC_TEXT];
		str before = m->step ? m->v->step[m->step - 1][place_of(m->holes.step, m->holes.n_step, STR("N"))] : STR("");
		return is_number(n) && constant(m, n, &v) && v.kind == VAL_NUM && str_eq(dec_text(v.num, number), before);
	}
	switch (kind_of(hole)) {
	case 'm': return n->op == OP_SLOT && !is_max(n) && bind(m, hole, ref_of(m->r, n)->name);
	case 'n': return bind_number(m, hole, n);
	case 'p': return is_points(n) && bind(m, hole, text_of(m->r, n));
	case 't': return n->op == OP_LIT && n->lit.kind == VAL_STR && str_eq(str_trim(n->lit.text), n->lit.text) && bind(m, hole, n->lit.text);
	case 'd': return constant(m, n, &v) && v.kind == VAL_DATE && bind(m, hole, arena_str(m->c->mem, date_text(v.date, text)));
	default: return false;
	}
}

/* duration(_K): whole days. */
static bool match_days(struct matcher *m, str hole, node *n)
{
	val v;
	int64_t seconds;
	if (!constant(m, n, &v) || v.kind != VAL_DTD || !dec_to_int(v.num, &seconds) || seconds <= 0 || seconds % 86400)
		return false;
	return bind(m, hole, arena_printf(m->c->mem, "%lld", (long long)(seconds / 86400)));
}

static bool match_names(struct matcher *m, str hole, node *list)
{
	buf b;
	bool good = list->op == OP_LIST && list->n > 0;
	buf_init(&b, 4096);
	for (uint32_t i = 0; good && i < list->n; i++) {
		node *n = list->args[i];
		good = n->op == OP_SLOT && !is_max(n) && ref_of(m->r, n)->part == PART_VALUE;
		if (good)
			buf_printf(&b, "%s%.*s", i ? ", " : "", STR_ARG(ref_of(m->r, n)->name));
	}
	str s = arena_str(m->c->mem, buf_str(&b));
	buf_free(&b);
	return good && bind(m, hole, s);
}

static str hole_of(struct matcher *m, node *p)
{
	str name = ref_of(m->pattern, p)->name;
	return (str){ name.p + 1, name.len - 1 };
}

static bool match(struct matcher *m, node *p, node *n);

static bool match_args(struct matcher *m, node *p, node *n)
{
	if (p->op == OP_CALL && p->n == 1 && p->args[0]->op == OP_SLOT && kind_of(hole_of(m, p->args[0])) == 'k')
		return match_days(m, hole_of(m, p->args[0]), n);
	if (p->op != n->op || p->fn != n->fn)
		return false;
	if (p->op == OP_LIST && p->n == 1 && p->args[0]->op == OP_SLOT && str_is(hole_of(m, p->args[0]), "ms"))
		return match_names(m, STR("ms"), n);
	if (p->n != n->n)
		return false;
	for (uint32_t i = 0; i < p->n; i++)
		if (!match(m, p->args[i], n->args[i]))
			return false;
	return true;
}

static bool match(struct matcher *m, node *p, node *n)
{
	if (p->op == OP_SLOT && !is_max(p)) {
		bool measure = n->op == OP_SLOT && !is_max(n);
		if (measure && ref_of(m->pattern, p)->part != ref_of(m->r, n)->part)
			return str_is(hole_of(m, p), "rest") && match_hole(m, hole_of(m, p), n);
		return match_hole(m, hole_of(m, p), n);
	}
	if (p->op == OP_LIST || p->op == OP_CALL)
		return match_args(m, p, n);
	if (p->op != n->op || p->flags != n->flags)
		return false;
	switch (p->op) {
	case OP_LIT: return (p->lit.kind == VAL_NULL && n->lit.kind == VAL_NULL) || val_is(val_eq(p->lit, n->lit), true);
	case OP_SLOT: return is_max(n);
	case OP_IF:
	case OP_BETWEEN: return match(m, p->a, n->a) && match(m, p->b, n->b) && match(m, p->c, n->c);
	case OP_RANGE:
		return (!(p->flags & RANGE_LO) || match(m, p->a, n->a)) && (!(p->flags & RANGE_HI) || match(m, p->b, n->b));
	case OP_NEG:
	case OP_PROP: return match(m, p->a, n->a);
	default: return match(m, p->a, n->a) && match(m, p->b, n->b);
	}
}

static bool match_pattern(struct matcher *m, const char *pattern, node *n)
{
	struct names names = { .mem = m->c->mem };
	struct rule_scope scope = { .find = find_hole, .ctx = &names };
	if (rule_compile(m->c, str_of(pattern), &scope, (place){ 0 }, &m->pattern))
		return false;
	m->rest = NULL;
	return match(m, m->pattern->root, n);
}

static bool fits(cx *c, const rule *r, const struct rule_family *f, struct family_values *v)
{
	struct matcher m = { .c = c, .r = r, .v = v };
	*v = (struct family_values){ .family = f };
	rule_family_holes(f, &m.holes);
	if (!match_pattern(&m, f->first, r->root))
		return false;
	v->n_steps = begins_with_step(f);
	while (m.rest && v->n_steps < FAMILY_STEPS) {
		node *n = m.rest;
		struct family_values before = *v;
		m.step = v->n_steps;
		if (!match_pattern(&m, f->next, n)) {
			*v = before;
			return match_pattern(&m, f->last, n);
		}
		v->n_steps++;
	}
	return !m.rest;
}

bool rule_family_read(cx *c, const rule *r, struct family_values *out)
{
	size_t faults = c->n_faults, errors = c->n_errors;
	bool found = false;
	for (const struct rule_family *f = rule_families; f->name && !found; f++)
		found = fits(c, r, f, out);
	c->n_faults = faults;
	c->n_errors = errors;
	return found;
}
