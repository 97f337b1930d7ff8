#include "app/survey_measures.h"
#include <math.h>
#include <stdio.h>
#include "app/audit.h"
#include "app/import.h"
#include "base/json.h"
#include "base/po.h"
#include "db/measure.h"

struct maker {
	cx *c;
	struct app *a;
	const struct survey_measure_ask *ask;
	struct survey_result *r;
	struct survey_measure_list *out;
	enum survey_row row;
	enum survey_stat stat;
	int32_t factor, item;
};

static enum err wrong(struct maker *m, const char *key, str value)
{
	return cx_fail(m->c, ERR_INPUT, key, (place){ .file = m->r->s->code }, value);
}

/* The figure that is wanted: the statistic that the whole form is summed up by, else the first that it has. */
static enum err find_figure(struct maker *m)
{
	const questionnaire *q = m->r->s->q;
	static const enum survey_stat order[] = { SURVEY_SATISFIED, SURVEY_POINTS, SURVEY_MEAN };
	m->factor = m->item = NO_ITEM;
	m->stat = m->r->stat;
	m->row = SURVEY_INDEX;
	if (!m->ask->what.len)
		return m->stat == SURVEY_SHARE ? wrong(m, "survey_measures.no_figure", (str){ 0 }) : ERR_OK;
	for (int32_t i = 0; i < (int32_t)q->factors.n; i++)
		if (str_eq(q->factors.p[i].code, m->ask->what))
			m->factor = i;
	m->item = m->factor == NO_ITEM ? questionnaire_find(q, m->ask->what) : NO_ITEM;
	m->row = m->factor != NO_ITEM ? SURVEY_FACTOR : SURVEY_ITEM;
	for (int i = 0; i < 3; i++)
		if (survey_result_line(m->r, 0, m->row, order[i], m->factor, m->item, NO_ITEM)) {
			m->stat = order[i];
			return ERR_OK;
		}
	return wrong(m, "survey_measures.no_figure", m->ask->what);
}

static str said(struct maker *m, const char *key, str value, const str *args, size_t n)
{
	buf b;
	buf_init(&b, 0);
	po_fill(&b, key, LANG_VI, value, args, n);
	str s = arena_str(m->c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

/* For people: a decimal comma. */
static str rounded(struct maker *m, double x, int digits)
{
	if (!isfinite(x))
		return STR("–");
	char text[64];
	snprintf(text, sizeof text, "%.*f", digits, x);
	char *dot = strchr(text, '.');
	if (dot)
		*dot = ',';
	return arena_str(m->c->mem, str_of(text));
}

static str number(struct maker *m, double x)
{
	return isfinite(x) ? arena_printf(m->c->mem, "%.12g", x) : STR("");
}

static bool is_enough(const struct maker *m, const struct survey_figure *f)
{
	if (m->r->basis == SURVEY_WHO_LIKED)
		return f->state == SURVEY_FIGURE && f->n >= SURVEY_MIN_N;
	return survey_enough(m->r, f);
}

static str reason_of(struct maker *m, const struct survey_figure *f)
{
	if (f->state == SURVEY_HIDDEN)
		return str_of(po_text("survey_result.hidden", LANG_VI));
	str args[] = { arena_printf(m->c->mem, "%lld", (long long)f->n), rounded(m, f->n_eff, 1), rounded(m, f->cv, 2) };
	return said(m, "survey_measures.not_enough", (str){ 0 }, args, 3);
}

/* "tỷ lệ hài lòng của C9 Mức độ hài lòng"; an item is its code, since its words are long. */
static str subject(struct maker *m)
{
	const questionnaire *q = m->r->s->q;
	int32_t factor = m->row == SURVEY_INDEX ? m->r->index : m->factor;
	str what = m->item != NO_ITEM ? said(m, "survey_measures.item", q->items.p[m->item].code, NULL, 0)
		: factor != NO_ITEM   ? arena_printf(
			    m->c->mem, "%.*s %.*s", STR_ARG(q->factors.p[factor].code), STR_ARG(q->factors.p[factor].text[LANG_VI]))
				    : str_of(po_text("survey_result.whole", LANG_VI));
	return said(m, arena_printf(m->c->mem, "survey_measures.stat.%s", survey_stat_word(m->stat)).p, what, NULL, 0);
}

static str source_of(struct maker *m, const struct survey_line *l)
{
	const struct survey_info *s = m->r->s;
	arena *mem = m->c->mem;
	const char *agg = arena_printf(mem, "survey_result.agg.%s", survey_agg_word(l->agg)).p,
		   *basis = arena_printf(mem, "survey_measures.basis.%s", survey_basis_word(m->r->basis)).p;
	str version = arena_printf(mem, "%d", s->version), what = subject(m), roll = STR("");
	if (m->item == NO_ITEM)
		roll = said(m, "survey_measures.rollup", str_of(po_text(agg, LANG_VI)), NULL, 0);
	str args[] = { said(m, "survey_measures.form", s->questionnaire, &version, 1), arena_printf(mem, "%.*s%.*s", STR_ARG(what), STR_ARG(roll)),
		str_of(po_text(basis, LANG_VI)), arena_printf(mem, "%lld", (long long)l->f.n), rounded(m, l->f.se, 4) };
	return said(m, "survey_measures.source", s->code, args, sizeof args / sizeof *args);
}

/* Counts where the figure is nothing but their quotient; they are exact. */
static void set_figure(struct maker *m, const struct survey_line *l, struct survey_measure *x)
{
	bool plain = m->stat == SURVEY_SATISFIED && m->r->basis == SURVEY_WHO_LIKED && (m->item != NO_ITEM || l->agg == FACTOR_POOLED);
	if (plain) {
		x->numerator = arena_printf(m->c->mem, "%lld", (long long)l->f.hits);
		x->denominator = arena_printf(m->c->mem, "%lld", (long long)l->f.answers);
	} else {
		x->value = number(m, m->stat == SURVEY_POINTS ? l->f.v / 100 : l->f.v);
	}
}

static enum err add_row(struct maker *m, size_t g, str level, str name)
{
	const struct survey_line *l = survey_result_line(m->r, g, m->row, m->stat, m->factor, m->item, NO_ITEM);
	struct survey_line none = { .group = g, .f = { .state = SURVEY_HIDDEN, .se = (double)NAN } };
	struct survey_measure *x = VEC_PUSH(m->c->mem, &m->out->rows);
	l = l ? l : &none;
	*x = (struct survey_measure){ .level = level, .name = name, .f = l->f, .enough = is_enough(m, &l->f), .source = source_of(m, l) };
	if (x->enough)
		set_figure(m, l, x);
	else
		x->reason = reason_of(m, &l->f);
	return ERR_OK;
}

/* The rows of one level, as `thuocdo import measures` reads them. */
static str table_of(struct maker *m, str level)
{
	buf b;
	char as_of[DATE_TEXT];
	buf_init(&b, 0);
	buf_addz(&b, "unit,measure,period,numerator,denominator,value,status,reason,source,as_of\n");
	for (size_t i = 0; i < m->out->rows.n; i++) {
		const struct survey_measure *x = &m->out->rows.p[i];
		const str cells[] = { x->name, m->out->measure, m->out->period, x->numerator, x->denominator, x->value,
			x->enough ? STR("ok") : STR("missing"), x->reason, x->source };
		if (!str_eq(x->level, level))
			continue;
		for (size_t k = 0; k < sizeof cells / sizeof *cells; k++) {
			csv_cell(&b, cells[k]);
			buf_char(&b, ',');
		}
		buf_add(&b, date_text(m->out->as_of, as_of));
		buf_char(&b, '\n');
	}
	str s = arena_str(m->c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static enum err write_level(struct maker *m, str level)
{
	struct import_report report;
	const struct import_options opt = { .level = arena_cstr(m->c->mem, level), .stage = arena_cstr(m->c->mem, m->out->stage), .actor = m->ask->actor };
	str name = arena_printf(m->c->mem, "%.*s-%.*s.csv", STR_ARG(m->r->s->code), STR_ARG(m->out->measure));
	enum err e = import_bytes(m->c, m->a, STR("measures"), name, table_of(m, level), &opt, &report);
	m->out->changed += e ? 0 : report.changed;
	return e;
}

static enum err write_all(struct maker *m)
{
	enum err e = ERR_OK;
	for (size_t i = 0; i < m->out->rows.n && !e; i++) {
		bool before = false;
		for (size_t k = 0; k < i; k++)
			before |= str_eq(m->out->rows.p[k].level, m->out->rows.p[i].level);
		if (!before)
			e = write_level(m, m->out->rows.p[i].level);
	}
	return e;
}

static day day_of(const struct maker *m)
{
	const struct survey_info *s = m->r->s;
	day today = date_of_ms(m->c->now_ms);
	return s->open_end || s->closes_on > today ? today : s->closes_on;
}

static enum err note_act(cx *c, db_conn *k, void *arg)
{
	const struct maker *m = arg;
	buf b;
	json_out j;
	buf_init(&b, 0);
	json_init(&j, &b);
	json_put_object(&j);
	json_add_str(&j, "measure", m->out->measure);
	json_add_int(&j, "units", (int64_t)m->out->rows.n);
	json_add_int(&j, "changed", m->out->changed);
	json_put_end(&j, '}');
	enum err e = audit_add(c, k, m->ask->who, "measures.write", m->r->s->code, arena_str(c->mem, buf_str(&b)));
	buf_free(&b);
	return e;
}

/* Before anything is worked out: the name is one of the catalogue, and there are units. */
static enum err may_be(cx *c, struct app *a, const struct survey_info *s, const struct survey_measure_ask *ask)
{
	struct survey_measure_names names;
	struct survey_place_list places = { 0 };
	bool known = false, units = ask->unit.len > 0;
	enum err e = survey_measure_names(c, a, &names);
	for (size_t i = 0; !e && i < names.n; i++)
		known |= str_eq(names.p[i].name, ask->measure);
	if (!e && names.n && !known)
		e = cx_fail(c, ERR_INPUT, "survey_measures.no_measure", (place){ .field = STR("so-lieu") }, ask->measure);
	if (!e && !units)
		e = survey_places(c, a, s, &places);
	for (size_t i = 0; i < places.n; i++)
		units |= places.p[i].unit_id != 0;
	return e || units ? e : cx_fail(c, ERR_INPUT, "survey_measures.no_units", (place){ .field = STR("don-vi") }, s->code);
}

enum err survey_measures(cx *c, struct app *a, const struct survey_info *s, const struct survey_measure_ask *ask, struct survey_measure_list *out)
{
	struct survey_result *r = NEW(c->mem, struct survey_result);
	struct survey_question *q = NEW(c->mem, struct survey_question);
	*q = (struct survey_question){ .by = ask->unit.len ? STR("") : STR("don-vi"), .choose = ask->rollup.choose, .agg = ask->rollup.agg,
		.ci = EST_CI_LOGIT };
	*out = (struct survey_measure_list){ .r = r, .measure = ask->measure, .period = ask->period.len ? ask->period : s->period,
		.stage = str_of(ask->stage ? ask->stage : "counted") };
	struct maker m = { .c = c, .a = a, .ask = ask, .r = r, .out = out };
	enum err e = ask->who ? actor_may(c, a, ask->who, "measure", "write", 0) : ERR_OK;
	if (!e)
		e = may_be(c, a, s, ask);
	if (!e)
		e = survey_result_of(c, a, s, q, r);
	if (!e && r->basis == SURVEY_WHO_LIKED && !ask->self_selected)
		e = wrong(&m, "survey_measures.self_selected", (str){ 0 });
	if (!e)
		e = find_figure(&m);
	if (!e)
		out->as_of = day_of(&m);
	if (!e && ask->unit.len)
		e = add_row(&m, 0, ask->level, ask->unit);
	for (size_t g = 1; g < r->groups.n && !e && !ask->unit.len; g++)
		e = add_row(&m, g, r->groups.p[g].level, r->groups.p[g].name[LANG_VI]);
	if (e || ask->preview)
		return e;
	e = write_all(&m);
	return e || !ask->who ? e : db_tx(c, a->db, DB_WRITE, note_act, &m);
}

enum err survey_measure_names(cx *c, struct app *a, struct survey_measure_names *out)
{
	DB_READER(k);
	db_measure_def_list list;
	*out = (struct survey_measure_names){ 0 };
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_measure_def_all(c, k, &list);
	for (size_t i = 0; i < list.n && !e; i++)
		*VEC_PUSH(c->mem, out) = (struct survey_measure_name){ list.p[i].name, { list.p[i].name_vi, list.p[i].name_en } };
	return e;
}
