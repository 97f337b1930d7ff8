#include "engine/answer.h"
#include "base/vn.h"

struct checker {
	cx *c;
	const questionnaire *q;
	const struct given *given;
	day on;
	int32_t from, to; /* the items whose faults are told */
	enum lang lang;
	struct answer *out;
	val *slots;
	bool *shown;
	bool as_is; /* what is missing is missing */
};

static fault *complain(struct checker *k, int32_t item, const char *key, str value)
{
	if (item < k->from || item >= k->to)
		return NULL;
	return cx_fault(k->c, FAULT_ERROR, key, (place){ .field = k->q->items.p[item].code }, value);
}

/* A container that is not shown hides what is in it; a condition that is unknown does not show. */
static bool is_shown(struct checker *k, int32_t item)
{
	const struct question *i = &k->q->items.p[item];
	if (i->parent != NO_ITEM && !k->shown[i->parent])
		return false;
	return !i->show_if || val_is(rule_eval(i->show_if, k->slots, k->c->mem), true);
}

static val value_of_option(const struct question_list *l, str code)
{
	dec d;
	return l->numbers && dec_parse(code, &d) ? val_num(d) : val_str(code);
}

static enum answer_state state_of(enum option_means m)
{
	return m == MEANS_DONT_KNOW          ? ANSWER_DONT_KNOW
		: m == MEANS_NOT_EXPERIENCED ? ANSWER_NOT_EXPERIENCED
		: m == MEANS_REFUSED         ? ANSWER_REFUSED
					     : ANSWER_GIVEN;
}

static bool read_choice(struct checker *k, int32_t item, str code, struct answer *a, enum option_means *means)
{
	const struct question *i = &k->q->items.p[item];
	const struct question_option *o = question_option(k->q, i, code);
	if (!o) {
		complain(k, item, "answer.choice", code);
		return false;
	}
	*means = o->means;
	a->state = state_of(o->means);
	a->value = value_of_option(&k->q->lists.p[i->list], o->code);
	return true;
}

static bool count_fits(struct checker *k, int32_t item, size_t n)
{
	const struct question *i = &k->q->items.p[item];
	dec count = dec_int((int64_t)n);
	bool few = i->has_min && dec_cmp(count, i->min) < 0, many = i->has_max && dec_cmp(count, i->max) > 0;
	if (few || many) {
		char text[DEC_TEXT];
		fault *f = complain(k, item, few ? "answer.too_few" : "answer.too_many", (str){ 0 });
		fault_arg(k->c, f, 1, dec_text(few ? i->min : i->max, text));
	}
	return !few && !many;
}

/* Ticks in the order of the list and each once, whatever order they came in. */
static bool read_ticks(struct checker *k, int32_t item, const struct given *g, struct answer *a)
{
	const struct question *i = &k->q->items.p[item];
	const struct question_list *l = &k->q->lists.p[i->list];
	struct answer one = { 0 };
	enum option_means means = MEANS_ANSWER;
	bool alone = false;
	for (size_t n = 0; n < g->n; n++) {
		if (!read_choice(k, item, g->p[n], &one, &means))
			return false;
		alone |= means >= MEANS_NONE;
	}
	str *codes = NEW_ARRAY(k->c->mem, str, l->options.n);
	struct val_list *list = arena_alloc(k->c->mem, sizeof *list + l->options.n * sizeof list->item[0]);
	for (size_t o = 0; o < l->options.n; o++) {
		bool ticked = false;
		for (size_t n = 0; n < g->n; n++)
			ticked |= str_eq(g->p[n], l->options.p[o].code);
		if (!ticked)
			continue;
		list->item[list->n] = value_of_option(l, l->options.p[o].code);
		codes[list->n++] = l->options.p[o].code;
	}
	if (alone && list->n > 1) {
		complain(k, item, "answer.alone", (str){ 0 });
		return false;
	}
	*a = (struct answer){ alone ? one.state : ANSWER_GIVEN, { .kind = VAL_LIST, .list = list }, { codes, list->n } };
	return count_fits(k, item, list->n);
}

static bool read_number(struct checker *k, int32_t item, str s, struct answer *a)
{
	const struct question *i = &k->q->items.p[item];
	char lo[DEC_TEXT], hi[DEC_TEXT];
	dec d;
	if (!dec_parse(s, &d)) {
		complain(k, item, "answer.number", s);
		return false;
	}
	if ((i->has_min && dec_cmp(d, i->min) < 0) || (i->has_max && dec_cmp(d, i->max) > 0)) {
		fault *f = complain(k, item, "answer.range", s);
		fault_arg(k->c, f, 1, i->has_min ? dec_text(i->min, lo) : STR("−∞"));
		fault_arg(k->c, f, 2, i->has_max ? dec_text(i->max, hi) : STR("∞"));
		return false;
	}
	a->value = val_num(d);
	return true;
}

static bool read_text(struct checker *k, int32_t item, str s, struct answer *a)
{
	const struct question *i = &k->q->items.p[item];
	dec n = dec_int((int64_t)vn_length(s)), max = i->has_max ? i->max : dec_int(ANSWER_MAX_TEXT);
	char text[DEC_TEXT];
	bool few = i->has_min && dec_cmp(n, i->min) < 0;
	if (few || dec_cmp(n, max) > 0) {
		fault *f = complain(k, item, few ? "answer.text_short" : "answer.text_long", (str){ 0 });
		fault_arg(k->c, f, 1, dec_text(few ? i->min : max, text));
		return false;
	}
	a->value = val_str(s);
	return true;
}

static bool read_date(struct checker *k, int32_t item, str s, struct answer *a)
{
	day d;
	if (!date_parse_vn(s, &d)) {
		complain(k, item, "answer.date", s);
		return false;
	}
	a->value = val_date(d);
	return true;
}

static bool read_one(struct checker *k, int32_t item, const struct given *g, struct answer *a)
{
	enum option_means means;
	const struct question *i = &k->q->items.p[item];
	if (i->kind == ASK_MULTIPLE)
		return read_ticks(k, item, g, a);
	if (g->n > 1) {
		complain(k, item, "answer.several", g->p[1]);
		return false;
	}
	*a = (struct answer){ .state = ANSWER_GIVEN, .given = *g };
	switch (i->kind) {
	case ASK_NUMBER: return read_number(k, item, g->p[0], a);
	case ASK_TEXT: return read_text(k, item, g->p[0], a);
	case ASK_DATE: return read_date(k, item, g->p[0], a);
	default: return read_choice(k, item, g->p[0], a, &means);
	}
}

static void check_rule(struct checker *k, int32_t item)
{
	const struct question *i = &k->q->items.p[item];
	if (!i->check || k->out[item].state != ANSWER_GIVEN || !val_is(rule_eval(i->check, k->slots, k->c->mem), false))
		return;
	fault *f = complain(k, item, "answer.check", (str){ 0 });
	fault_arg(k->c, f, 1, i->say[k->lang]);
}

static void check_item(struct checker *k, int32_t item)
{
	const struct question *i = &k->q->items.p[item];
	const struct given *g = &k->given[item];
	struct answer a = { .state = ANSWER_MISSING, .value = VAL_NONE };
	k->slots[item + 1] = VAL_NONE;
	k->shown[item] = is_shown(k, item);
	k->out[item] = (struct answer){ .state = ANSWER_NOT_ASKED, .value = VAL_NONE };
	if (!question_is_asked(i) || !k->shown[item])
		return;
	k->out[item].state = ANSWER_MISSING;
	if (!g->n) {
		if (i->required && !k->as_is)
			complain(k, item, "answer.missing", (str){ 0 });
		return;
	}
	if (!read_one(k, item, g, &a))
		return;
	k->out[item] = a;
	k->slots[item + 1] = a.value;
	check_rule(k, item);
}

static enum err check_all(struct checker *k)
{
	size_t n = k->q->items.n, before = k->c->n_errors;
	k->slots = NEW_ARRAY(k->c->mem, val, n + 1);
	k->slots[0] = val_date(k->on);
	k->shown = NEW_ARRAY(k->c->mem, bool, n);
	for (int32_t i = 0; i < (int32_t)n; i++)
		check_item(k, i);
	return k->c->n_errors == before ? ERR_OK : ERR_INPUT;
}

enum err answers_check(cx *c, const questionnaire *q, const struct given *given, day on, int32_t from, int32_t to, enum lang lang, struct answer *out)
{
	return check_all(&(struct checker){ .c = c, .q = q, .given = given, .on = on, .from = from, .to = to, .lang = lang, .out = out });
}

enum err answers_check_as_is(cx *c, const questionnaire *q, const struct given *given, day on, int32_t from, int32_t to, enum lang lang, struct answer *out)
{
	return check_all(&(struct checker){ .c = c, .q = q, .given = given, .on = on, .from = from, .to = to, .lang = lang, .out = out, .as_is = true });
}

/* ---- the stored line ---- */

static bool must_escape(char ch)
{
	unsigned char u = (unsigned char)ch;
	return u < 0x20 || u == 0x7F || ch == '%' || ch == '&' || ch == '=' || ch == '+';
}

static void write_escaped(buf *b, str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (must_escape(s.p[i]))
			buf_printf(b, "%%%02X", (unsigned)(unsigned char)s.p[i]);
		else
			buf_char(b, s.p[i]);
}

void answers_write(const questionnaire *q, const struct answer *a, buf *out)
{
	bool first = true;
	for (size_t i = 0; i < q->items.n; i++) {
		if (!a[i].given.n)
			continue;
		if (!first)
			buf_char(out, '&');
		first = false;
		write_escaped(out, q->items.p[i].code);
		for (size_t n = 0; n < a[i].given.n; n++) {
			buf_char(out, n ? '+' : '=');
			write_escaped(out, a[i].given.p[n]);
		}
	}
}

static int hex(char ch)
{
	return ch >= '0' && ch <= '9' ? ch - '0' : ch >= 'A' && ch <= 'F' ? ch - 'A' + 10 : -1;
}

static bool unescape(arena *mem, str s, str *out)
{
	char *p = arena_alloc(mem, s.len + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] != '%') {
			p[n++] = s.p[i];
			continue;
		}
		int hi = i + 2 < s.len ? hex(s.p[i + 1]) : -1, lo = i + 2 < s.len ? hex(s.p[i + 2]) : -1;
		if (hi < 0 || lo < 0 || !(hi | lo))
			return false;
		p[n++] = (char)(hi << 4 | lo);
		i += 2;
	}
	*out = (str){ p, n };
	return vn_utf8_check(*out) == n;
}

bool answers_read(const questionnaire *q, str line, arena *mem, struct given *out)
{
	memset(out, 0, q->items.n * sizeof *out);
	if (!line.len)
		return true;
	for (str pair; str_next(&line, '&', &pair);) {
		str code, value, rest = pair;
		VEC(str) values = { 0 };
		if (!str_next(&rest, '=', &code) || !unescape(mem, code, &code))
			return false;
		int32_t item = questionnaire_find(q, code);
		if (item == NO_ITEM || out[item].n)
			return false;
		while (str_next(&rest, '+', &value)) {
			if (!unescape(mem, value, VEC_PUSH(mem, &values)))
				return false;
		}
		if (!values.n)
			return false;
		out[item] = (struct given){ values.p, values.n };
	}
	return true;
}
