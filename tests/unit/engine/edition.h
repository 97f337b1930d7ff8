/* Editions, measures and scores from a few lines of text, for the tests of the engine. Include it behind <cmocka.h>. */
#ifndef TESTS_ENGINE_EDITION_H
#define TESTS_ENGINE_EDITION_H
#include <stdio.h>
#include "base/po.h"
#include "engine/loss.h"
#include "engine/measure.h"
#include "engine/rank.h"
#include "engine/trace.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define EDITION_HEAD "code,parent,name_vi,max,by,agg,weight,cap,rule,na,digits,rounding\n"
#define EDITION_NAME EDITION_HEAD "@name,,T\n"
#define MEASURES_HEAD "unit,measure,period,numerator,denominator,value,status,reason,source,as_of\n"

struct edition {
	cx *c;
	tree *t;
	struct measures *m;
	val *slots;
	struct score_result *r; /* by unit */
	struct rank_entry *ranks;
};

static inline void edition_end(struct edition *e)
{
	cx_free(e->c);
}

/* One line a fault: "! key line:column+offset <value> (arg) …"; a warning begins with "?", a note with ".". */
static inline str fault_lines(cx *c)
{
	buf b;
	buf_init(&b, 0);
	for (size_t i = 0; i < c->n_faults; i++) {
		const fault *f = &c->faults[i];
		buf_printf(&b, "%c %s %lld:%d", "!?."[f->level], f -> key, (long long)f -> at.line, f->at.column);
		if (f->at.offset)
			buf_printf(&b, "+%lld", (long long)f->at.offset);
		if (f->value.len)
			buf_printf(&b, " <%.*s>", STR_ARG(f->value));
		for (int k = 0; k < FAULT_ARGS; k++)
			if (f->arg[k].len)
				buf_printf(&b, " (%.*s)", STR_ARG(f->arg[k]));
		buf_char(&b, '\n');
	}
	str s = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static inline void is_text_at(str got, const char *wanted, const char *file, int line)
{
	if (!str_is(got, wanted)) {
		print_error("got:\n%.*s\nwanted:\n%s\n", STR_ARG(got), wanted);
		_fail(file, line);
	}
}
#define is_text(got, wanted) is_text_at((got), (wanted), __FILE__, __LINE__)

/* Reads an edition, whatever its faults. */
static inline struct edition edition_read(const char *text, enum err *result)
{
	struct edition e = { .c = cx_new(0) };
	*result = tree_read(e.c, csv_open_mem(e.c, STR("e.csv"), str_of(text), NULL), STR("e.csv"), &e.t);
	return e;
}

static inline struct edition edition_of_at(const char *text, const char *file, int line)
{
	enum err result;
	struct edition e = edition_read(text, &result);
	if (result || e.c->n_faults) {
		print_error("%.*s", STR_ARG(fault_lines(e.c)));
		_fail(file, line);
	}
	return e;
}
#define edition_of(text) edition_of_at((text), __FILE__, __LINE__)

static inline struct edition edition_file_at(const char *path, const char *file, int line)
{
	struct edition e = { .c = cx_new(0) };
	if (tree_read(e.c, csv_open_file(e.c, path, NULL), str_of(path), &e.t)) {
		print_error("%.*s", STR_ARG(fault_lines(e.c)));
		_fail(file, line);
	}
	return e;
}
#define edition_file(path) edition_file_at((path), __FILE__, __LINE__)

static inline enum err edition_measures(struct edition *e, csv *in, const char *period_name)
{
	period p;
	assert_true(!period_name || period_parse(str_of(period_name), &p));
	return measures_read(e->c, in, STR("m.csv"), e->t, period_name ? &p : NULL, &e->m);
}

/* Scores and ranks every unit of the measures. */
static inline void edition_score(struct edition *e)
{
	size_t n = e->m->units.n;
	e->slots = NEW_ARRAY(e->c->mem, val, e->t->slots.n);
	e->r = NEW_ARRAY(e->c->mem, struct score_result, n + 1);
	e->ranks = NEW_ARRAY(e->c->mem, struct rank_entry, n + 1);
	for (size_t i = 0; i < n; i++) {
		str name = e->m->units.p[i].name;
		e->r[i].cells = NEW_ARRAY(e->c->mem, struct score_cell, e->t->nodes.n);
		score_unit(e->t, &e->m->units.p[i], e->slots, e->c->mem, &e->r[i]);
		e->ranks[i] = (struct rank_entry){ .result = &e->r[i], .name = name, .ranked = !rank_is_left_out(e->t, e->c->mem, name) };
	}
	rank_units(e->t, e->c->mem, e->ranks, n);
}

/* Reads measures (without their heading) and scores. */
static inline void edition_run_at(struct edition *e, const char *rows, const char *file, int line)
{
	str text = arena_printf(e->c->mem, MEASURES_HEAD "%s", rows);
	if (edition_measures(e, csv_open_mem(e->c, STR("m.csv"), text, NULL), NULL)) {
		print_error("%.*s", STR_ARG(fault_lines(e->c)));
		_fail(file, line);
	}
	edition_score(e);
}
#define edition_run(e, rows) edition_run_at((e), (rows), __FILE__, __LINE__)

static inline void edition_run_file(struct edition *e, const char *path)
{
	assert_int_equal(edition_measures(e, csv_open_file(e->c, path, NULL), NULL), ERR_OK);
	edition_score(e);
}

static inline int32_t node_of(const struct edition *e, const char *code)
{
	int32_t node = tree_find(e->t, str_of(code));
	if (node == NO_NODE)
		fail_msg("no code %s", code);
	return node;
}

static inline const struct score_cell *cell_of(const struct edition *e, size_t unit, const char *code)
{
	return &e->r[unit].cells[node_of(e, code)];
}

static inline void is_dec_at(dec got, const char *wanted, const char *file, int line)
{
	char text[DEC_TEXT];
	str s = dec_text(got, text);
	if (!str_is(s, wanted)) {
		print_error("%.*s is not %s\n", STR_ARG(s), wanted);
		_fail(file, line);
	}
}
#define is_dec(got, wanted) is_dec_at((got), (wanted), __FILE__, __LINE__)

static inline dec dec_of_text(const char *s)
{
	dec d;
	assert_true(dec_parse(str_of(s), &d));
	return d;
}

/* "points/max state" of a node: "0.97/1 ok". */
static inline str cell_text(const struct edition *e, size_t unit, const char *code)
{
	static const char *const states[] = { "ok", "reduced", "na_max", "na_zero", "ask", "missing", "no_number" };
	const struct score_cell *x = cell_of(e, unit, code);
	char points[DEC_TEXT], max[DEC_TEXT];
	str p = dec_text(x->points, points), m = dec_text(x->max, max);
	return arena_printf(e->c->mem, "%.*s/%.*s %s", STR_ARG(p), STR_ARG(m), states[x->state]);
}

static inline str trace_text(const struct edition *e, size_t unit, const char *code, enum lang lang)
{
	buf b;
	buf_init(&b, 0);
	struct trace_source s = { e->t, &e->m->units.p[unit], e->r[unit].cells, e->slots, e->c->mem };
	trace_begin(&s);
	trace_line(&b, &s, node_of(e, code), lang);
	str text = arena_str(e->c->mem, buf_str(&b));
	buf_free(&b);
	return text;
}

#endif
