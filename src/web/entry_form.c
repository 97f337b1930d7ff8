/* Reading the form of a sheet. Its fields stand in lists: "o" names a figure as the page showed it (measure|part|seq|revision|a|b), "a" and
 * "b" hold what is typed there; "e" names an explanation (criterion|kind|revision), "g" its text; "p" a criterion, "q" its reason; "na" and
 * "ko" the criteria that do not apply or have no figure. What was not touched is not sent on, so that it collides with nobody. */
#include "base/vn.h"
#include "web/entry.h"

static const struct web_value *next_of(const struct web_value *v)
{
	return v ? v->more : NULL;
}

static str text_of(const struct web_value *v)
{
	return v && v->has ? v->text : STR("");
}

struct shown {
	str measure, part, a, b;
	int seq, revision;
};

/* The value may hold "|": a and b are cut at the last one. */
static bool read_key(str key, struct shown *out)
{
	str rest = key, seq = { 0 }, revision = { 0 };
	long n, r;
	if (!str_next(&rest, '|', &out->measure) || !str_next(&rest, '|', &out->part) || !str_next(&rest, '|', &seq) || !str_next(&rest, '|', &revision))
		return false;
	if (!str_int(seq, 0, 1000, &n) || !str_int(revision, 0, 1000000, &r))
		return false;
	const char *bar = memrchr(rest.p, '|', rest.len);
	if (!bar)
		return false;
	out->a = (str){ rest.p, (size_t)(bar - rest.p) };
	out->b = (str){ bar + 1, rest.len - out->a.len - 1 };
	out->seq = (int)n;
	out->revision = (int)r;
	return true;
}

static const struct entry_cell *find_cell(const struct entry_sheet *s, const struct shown *k, const struct entry_row **row)
{
	for (size_t i = 0; i < s->n_rows_all; i++)
		for (size_t c = 0; c < s->rows[i].n_cells; c++) {
			const struct entry_cell *x = &s->rows[i].cells[c];
			if (!x->at.len && x->seq == k->seq && str_eq(x->measure, k->measure) && str_eq(x->part, k->part)) {
				*row = &s->rows[i];
				return x;
			}
		}
	return NULL;
}

static bool listed(const struct web_cx *w, const char *name, str code)
{
	for (const struct web_value *v = web_values(w, name); v; v = v->more)
		if (str_eq(text_of(v), code))
			return true;
	return false;
}

static str reason_of(const struct web_cx *w, str code)
{
	const struct web_value *q = web_values(w, "q");
	for (const struct web_value *p = web_values(w, "p"); p; p = p->more, q = next_of(q))
		if (str_eq(text_of(p), code))
			return text_of(q);
	return STR("");
}

static str canonical(struct web_cx *w, const struct entry_cell *x, str typed)
{
	str out;
	day d;
	char text[DATE_TEXT];
	if (!typed.len)
		return typed;
	if (str_is(x->unit, "date"))
		return date_parse_vn(typed, &d) ? arena_str(w->mem, date_text(d, text)) : typed;
	if (str_is(x->unit, "yes_no") || str_is(x->unit, "text"))
		return typed;
	return entry_number(w->cx, typed, w->lang, &out) ? out : typed;
}

/* The figure that the form asks for. */
static struct entry_change change_of(struct web_cx *w, const struct entry_cell *x, const struct shown *k, str a, str b, const struct entry_row *r)
{
	struct entry_change c = { .what = ENTRY_FIGURE, .measure = x->measure, .part = x->part, .seq = x->seq, .base = k->revision,
		.reason = reason_of(w, r->code) };
	if (strcmp(r->by, "survey") == 0 || strcmp(r->by, "index") == 0)
		c.stage = STR("survey");
	if (listed(w, "na", r->code)) {
		c.status = STR("na");
	} else if (!a.len && !b.len && listed(w, "ko", r->code) && x->optional) {
		c.status = STR("none");
	} else if (x->seq) {
		c.value = a;
		date_parse_vn(b, &c.as_of);
	} else if (x->counts) {
		c.numerator = a;
		c.denominator = b;
	} else {
		c.value = a;
	}
	return c;
}

/* Whether the page showed something else than what is wanted now. */
static bool touched(struct web_cx *w, const struct entry_cell *x, const struct shown *k, const struct entry_change *c, str a, str b,
	const struct entry_row *r)
{
	bool na = listed(w, "na", r->code), was_na = str_is(x->status, "na"), none = c->status.len && str_is(c->status, "none");
	if (na != was_na || none != str_is(x->status, "none"))
		return na || a.len || b.len || was_na || none || str_is(x->status, "none");
	bool same = str_eq(a, k->a) && str_eq(b, k->b);
	/* Another reason alone is a change where there is a figure of the unit's own. */
	return !same || (!str_eq(c->reason, x->reason) && k->revision > 0 && (c->reason.len || x->reason.len));
}

static void add_figures(struct web_cx *w, const struct entry_sheet *s, str only, struct entry_form *out)
{
	const struct web_value *a = web_values(w, "a"), *b = web_values(w, "b");
	for (const struct web_value *o = web_values(w, "o"); o; o = o->more, a = next_of(a), b = next_of(b)) {
		struct shown k;
		const struct entry_row *r;
		const struct entry_cell *x = read_key(text_of(o), &k) ? find_cell(s, &k, &r) : NULL;
		if (!x || (only.len && !str_eq(only, r->code)) || out->n == ENTRY_CHANGES_MAX)
			continue;
		str va = canonical(w, x, text_of(a)), vb = x->seq ? text_of(b) : canonical(w, x, text_of(b));
		day d;
		char text[DATE_TEXT];
		if (x->seq && date_parse_vn(vb, &d))
			vb = arena_str(w->mem, date_text(d, text));
		struct entry_change c = change_of(w, x, &k, va, vb, r);
		if (!touched(w, x, &k, &c, va, vb, r))
			continue;
		out->typed[out->n] = (struct entry_typed){ .row = r->code, .measure = x->measure, .part = x->part, .seq = x->seq, .a = text_of(a),
			.b = text_of(b), .reason = c.reason };
		out->changes[out->n++] = c;
	}
}

/* Browsers send CR LF. */
static str unix_lines(struct web_cx *w, str s)
{
	char *p = arena_alloc(w->mem, s.len + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] != '\r')
			p[n++] = s.p[i];
	return str_trim((str){ p, n });
}

static void add_notes(struct web_cx *w, str only, struct entry_form *out)
{
	const struct web_value *g = web_values(w, "g");
	for (const struct web_value *e = web_values(w, "e"); e; e = e->more, g = next_of(g)) {
		str rest = text_of(e), node, kind, revision;
		long n;
		if (!str_next(&rest, '|', &node) || !str_next(&rest, '|', &kind) || !str_next(&rest, '|', &revision) || !str_int(revision, 0, 1000000, &n))
			continue;
		str body = unix_lines(w, text_of(g));
		if ((only.len && !str_eq(only, node)) || out->n == ENTRY_CHANGES_MAX)
			continue;
		/* Untouched: as long and as it was shown; the stored text may be somebody else's by now. */
		if (str_eq(rest, arena_printf(w->mem, "%zu.%llx", body.len, (unsigned long long)entry_text_mark(body))))
			continue;
		out->typed[out->n] = (struct entry_typed){ .row = node, .part = kind, .a = body };
		out->changes[out->n++] = (struct entry_change){ .what = ENTRY_NOTE, .node = node, .kind = kind, .body = body, .base = (int)n };
	}
}

enum err entry_read(struct web_cx *w, const struct entry_sheet *s, str only, struct entry_form *out)
{
	size_t n = 0;
	*out = (struct entry_form){ 0 };
	for (const struct web_value *o = web_values(w, "o"); o; o = o->more)
		n++;
	for (const struct web_value *e = web_values(w, "e"); e; e = e->more)
		n++;
	out->changes = NEW_ARRAY(w->mem, struct entry_change, n + 1);
	out->typed = NEW_ARRAY(w->mem, struct entry_typed, n + 1);
	add_figures(w, s, only, out);
	add_notes(w, only, out);
	return ERR_OK;
}

uint64_t entry_text_mark(str s)
{
	uint64_t h = 14695981039346656037u;
	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
	return h;
}
