/* Any bytes as measures of one edition that reads all parts of them: faults with their places, or units that are scored and ranked; reading
 * again gives the same. The first byte chooses the period. */
#include <stdlib.h>
#include "base/vn.h"
#include "engine/rank.h"
#include "engine/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char edition[] =
	"code,parent,name_vi,max,by,agg,rule,na\n@name,,T,,,,,\n@ties,,order:A,,,,,\n@clamp,,component,,,,,\nR,,g,10,sum,,,\n"
	"A,R,a,4,self,,x * max,reduce\n"
	"B,R,b,3,survey,,if y = null then 0 else y.num / y.den + y.prev,max\nC,R,c,1,self,,max - events(ev),zero\n"
	"D,R,d,1,self,,\"if d <= date(\"\"2024-03-31\"\") then max else 0\",ask\n"
	"E,R,e,1,self,,\"if t = \"\"có\"\" or z.prev.num > z.prev.den then max else 0\",\n";

static void must(bool ok)
{
	if (!ok)
		abort();
}

static bool wanted(uint8_t byte, period *p)
{
	static const period some[] = { { 2024, 'Y', 1 }, { 2024, 'Q', 1 }, { 2024, 'M', 1 }, { 1900, 'Y', 1 }, { 2200, 'H', 2 } };
	if (byte % 8 >= sizeof some / sizeof some[0])
		return false;
	*p = some[byte % 8];
	return true;
}

/* Read once, and never changed afterwards. */
static const tree *the_edition(void)
{
	static cx *c;
	static tree *t;
	if (!c) {
		c = cx_new(0);
		must(!tree_read(c, csv_open_mem(c, STR("e"), str_of(edition), NULL), STR("e"), &t));
	}
	return t;
}

/* Values, states and places as text; faults when it cannot be read. */
static void result_text(buf *b, const uint8_t *data, size_t size)
{
	cx *c = cx_new(0);
	const tree *t = the_edition();
	period p;
	struct measures *m = NULL;
	char text[DEC_TEXT], name[PERIOD_TEXT];
	bool want = wanted(data[0], &p);
	enum err e = measures_read(c, csv_open_mem(c, STR("m"), (str){ (const char *)data + 1, size - 1 }, NULL), STR("m"), t, want ? &p : NULL, &m);
	must((e == ERR_OK) == (c->n_errors == 0));
	for (size_t i = 0; i < c->n_faults; i++) {
		const fault *f = &c->faults[i];
		must(f->at.line >= 0 && vn_utf8_check(f->value) == f->value.len);
		buf_printf(b, "%s %lld:%d %.*s\n", f->key, (long long)f->at.line, f->at.column, STR_ARG(f->value));
	}
	if (!e) {
		size_t n = m->units.n;
		val *slots = NEW_ARRAY(c->mem, val, t->slots.n);
		struct score_result *r = NEW_ARRAY(c->mem, struct score_result, n + 1);
		struct rank_entry *ranks = NEW_ARRAY(c->mem, struct rank_entry, n + 1);
		must(m->unused_rows <= m->rows && (int64_t)n <= m->rows);
		buf_add(b, period_text(m->period, name));
		for (size_t u = 0; u < n; u++) {
			must(measures_find_unit(c, m, m->units.p[u].name) == (int)u);
			r[u].cells = NEW_ARRAY(c->mem, struct score_cell, t->nodes.n);
			score_unit(t, &m->units.p[u], slots, c->mem, &r[u]);
			ranks[u] = (struct rank_entry){ .result = &r[u], .name = m->units.p[u].name, .ranked = true };
		}
		rank_units(t, c->mem, ranks, n);
		for (size_t u = 0; u < n; u++) {
			struct trace_source s = { t, &m->units.p[u], r[u].cells, slots, c->mem };
			buf_printf(b, "%.*s %d ", STR_ARG(m->units.p[u].name), ranks[u].place);
			buf_add(b, dec_text(r[u].value, text));
			trace_begin(&s);
			for (int32_t i = 0; i < (int32_t)t->nodes.n && n < 100; i++) {
				buf_char(b, '\n');
				trace_line(b, &s, i, u % 2 ? LANG_EN : LANG_VI);
			}
		}
	}
	cx_free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	buf a, b;
	if (size < 1)
		return 0;
	buf_init(&a, 0);
	buf_init(&b, 0);
	result_text(&a, data, size);
	result_text(&b, data, size);
	must(str_eq(buf_str(&a), buf_str(&b)));
	must(vn_utf8_check(buf_str(&a)) == a.len);
	buf_free(&a);
	buf_free(&b);
	return 0;
}
