/* Any bytes as a rule: either one error with its character, or a value, the same each time; then scored and traced in both languages. Once more
 * as a filter of a table, whose cells are text beside text. */
#include <stdlib.h>
#include "base/vn.h"
#include "engine/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* x with all its parts, y, d, t, l, n, and max. */
static const char *const names[] = { "max", "x", "y", "d", "t", "l", "n" };
enum { NAMES = sizeof names / sizeof names[0] };

static bool find(void *ctx, str name, enum rule_part part, uint32_t *slot)
{
	(void)ctx;
	for (uint32_t i = 0; i < NAMES; i++)
		if (str_is(name, names[i]) && (i == 1 || part == PART_VALUE)) {
			*slot = i * RULE_PARTS + (uint32_t)part;
			return true;
		}
	return false;
}

/* A column's text lies in the slot of a part that filters have not. */
static bool find_text(void *ctx, str name, uint32_t *slot)
{
	if (!find(ctx, name, PART_VALUE, slot))
		return false;
	*slot += PART_EVENTS;
	return true;
}

static void set_values(val *slots)
{
	for (uint32_t i = 0; i < NAMES * RULE_PARTS; i++)
		slots[i] = VAL_NONE;
	for (uint32_t part = 0; part < RULE_PARTS; part++)
		slots[RULE_PARTS + part] = val_num(dec_int(part * 3 + 1));
	slots[0] = val_num(dec_int(2));
	slots[2 * RULE_PARTS] = measure_value(STR("0.79996"));
	slots[3 * RULE_PARTS] = measure_value(STR("2024-02-29"));
	slots[4 * RULE_PARTS] = measure_value(STR("có"));
	slots[5 * RULE_PARTS] = val_bool(true);
	slots[2 * RULE_PARTS + PART_EVENTS] = val_str(STR("0.79996"));
	slots[3 * RULE_PARTS + PART_EVENTS] = val_str(STR("2024-02-29"));
}

static void text_of(buf *b, val v)
{
	val_text(b, v);
	str s = buf_str(b);
	must(buf_full(b) || vn_utf8_check(s) == s.len);
}

static void evaluate(cx *c, const rule *r, const struct rule_scope *scope)
{
	val slots[NAMES * RULE_PARTS];
	const rule *again;
	buf a, b;
	buf_init(&a, 0);
	buf_init(&b, 0);
	set_values(slots);
	for (size_t i = 0; i < r->n_refs; i++)
		must(r->refs[i].offset >= 1 && r->refs[i].offset <= (int64_t)vn_length(r->text) && r->refs[i].slot < NAMES * RULE_PARTS);
	text_of(&a, rule_eval(r, slots, c->mem));
	must(rule_compile(c, r->text, scope, (place){ 0 }, &again) == ERR_OK && again->n_refs == r->n_refs);
	text_of(&b, rule_eval(again, slots, c->mem));
	must(str_eq(buf_str(&a), buf_str(&b)));
	buf_free(&a);
	buf_free(&b);
}

static void trace(cx *c, const tree *t, const struct measures *m)
{
	val *slots = NEW_ARRAY(c->mem, val, t->slots.n);
	struct score_result r = { .cells = NEW_ARRAY(c->mem, struct score_cell, t->nodes.n) };
	buf b;
	buf_init(&b, 1 << 20);
	for (size_t u = 0; u < m->units.n; u++) {
		score_unit(t, &m->units.p[u], slots, c->mem, &r);
		struct score_cell *x = &r.cells[0];
		must(!x->points.neg && dec_cmp(x->points, x->max) <= 0);
		struct trace_source s = { t, &m->units.p[u], r.cells, slots, c->mem };
		trace_begin(&s);
		trace_line(&b, &s, 0, LANG_VI);
		trace_line(&b, &s, 0, LANG_EN);
	}
	must(buf_full(&b) || vn_utf8_check(buf_str(&b)) == b.len);
	buf_free(&b);
}

/* The rule as the only criterion of an edition, for a unit that has everything and one that has nothing. */
static void score(str text)
{
	static const char figures[] =
		"unit,measure,period,numerator,denominator,value,as_of\nU,x,2024,19999,25000,,2024-03-01\nU,x,2023,0,0,,\n"
		"U,y,2024,,,0.5,\nU,d,2024,,,2024-02-29,\nU,t,2024,,,có,\nU,l,2024,,,true,\nV,y,2023,,,1,\n";
	cx *c = cx_new(0);
	tree *t;
	struct measures *m;
	buf b;
	buf_init(&b, 0);
	buf_addz(&b, "code,parent,name_vi,max,by,rule,na\n@name,,T,,,,\nA,,a,2,self,");
	csv_cell(&b, text);
	buf_addz(&b, ",reduce\n");
	csv_options opt = { .encoding = CSV_UTF8, .delimiter = ',' };
	if (!tree_read(c, csv_open_mem(c, STR("e"), buf_str(&b), &opt), STR("e"), &t)) {
		tree_check_bands(c, t, FAULT_WARNING);
		csv *in = csv_open_mem(c, STR("m"), str_of(figures), &opt);
		if (!measures_read(c, in, STR("m"), t, &(period){ .year = 2024, .kind = 'Y', .part = 1 }, &m))
			trace(c, t, m);
	}
	buf_free(&b);
	cx_free(c);
}

static bool compile(str text, const struct rule_scope *scope)
{
	const rule *r = NULL;
	cx *c = cx_new(0);
	if (rule_compile(c, text, scope, (place){ 0 }, &r)) {
		must(!r && c->n_errors == 1 && c->faults[c->n_faults - 1].level == FAULT_ERROR);
		must(c->faults[c->n_faults - 1].at.offset <= (int64_t)text.len + 1);
	} else {
		must(r && c->n_errors == 0);
		evaluate(c, r, scope);
	}
	bool good = r != NULL;
	cx_free(c);
	return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str text = { (const char *)data, size };
	compile(text, &(struct rule_scope){ .find = find, .find_text = find_text });
	if (compile(text, &(struct rule_scope){ .find = find }))
		score(text);
	return 0;
}
