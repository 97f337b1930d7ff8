#include "app/survey_export.h"
#include <math.h>
#include "app/quality.h"
#include "app/survey_figure.h"
#include "format/xlsx_write.h"
#include "format/zip_out.h"

enum { BAND = 10, CELL_ROOM = 24 };

enum design { D_MONTH, D_MODE, D_PLACE, D_STRATUM, D_PSU, D_WEIGHT, D_FLAGS, DESIGNS };
static const char *const design_names[DESIGNS] = { "month", "mode", "place", "stratum", "psu", "weight", "flags" };

/* A column of the microdata. */
struct variable {
	str name;
	int32_t item, option;      /* NO_ITEM: of the design; an option of a multiple choice */
	enum design design;
	struct anon_column *quasi; /* NULL: as it stands */
	const str *levels;         /* of quasi: as they are written */
};

struct maker {
	cx *c;
	const struct survey_data *d;
	const questionnaire *q;
	const struct survey_export_options *opt;
	struct survey_export *x;
	struct survey_result r;
	VEC(struct variable) vars;
	VEC(const struct survey_line *) lines; /* of the main table */
	struct anon_column *columns;
	size_t n_columns;
	bool *is_quasi; /* by item */
	bool has[DESIGNS];
	const str *psu; /* by row: its number */
	const uint8_t *flags; /* by row (quality.h); NULL: not to be told */
};

/* A table of the package: rows are made one by one, since there may be many. */
struct part {
	const char *name;
	const char *const *heading;
	int n;
	size_t rows;
	void (*row)(struct maker *m, size_t row, str *cells);
};

/* ---- which columns ---- */

static enum err wrong(struct maker *m, const char *key, str value, size_t k)
{
	enum err e = cx_fail(m->c, ERR_INPUT, key, (place){ .file = m->d->s->code }, value);
	fault_arg(m->c, &m->c->faults[m->c->n_faults - 1], 1, arena_printf(m->c->mem, "%zu", k));
	return e;
}

static bool counts(const questionnaire *q, int32_t item)
{
	return q->items.p[item].factor != NO_ITEM || survey_item_has(q, item, SURVEY_SATISFIED) || survey_item_has(q, item, SURVEY_POINTS);
}

/* Of the first section, where forms ask who one is. */
static bool is_usual(const questionnaire *q, int32_t item)
{
	const struct question *x = &q->items.p[item];
	return (x->kind == ASK_SINGLE || x->kind == ASK_NUMBER) && x->section == q->items.p[0].section && !x->show_if && !counts(q, item);
}

static enum err choose_quasi(struct maker *m)
{
	m->is_quasi = NEW_ARRAY(m->c->mem, bool, m->q->items.n + 1);
	for (int32_t i = 0; i < (int32_t)m->q->items.n && !m->opt->n_quasi; i++)
		m->is_quasi[i] = is_usual(m->q, i);
	for (size_t i = 0; i < m->opt->n_quasi; i++) {
		int32_t at = questionnaire_find(m->q, m->opt->quasi[i]);
		enum question_kind kind = at == NO_ITEM ? ASK_SECTION : m->q->items.p[at].kind;
		if (kind != ASK_SINGLE && kind != ASK_SCALE && kind != ASK_NUMBER)
			return wrong(m, "survey_export.no_quasi", m->opt->quasi[i], 0);
		if (counts(m->q, at))
			return wrong(m, "survey_export.quasi_counts", m->opt->quasi[i], 0);
		m->is_quasi[at] = true;
	}
	return ERR_OK;
}

static bool any(const str *column, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (column[i].len)
			return true;
	return false;
}

static struct variable *add(struct maker *m, str name, int32_t item, int32_t option)
{
	struct variable *v = VEC_PUSH(m->c->mem, &m->vars);
	*v = (struct variable){ .name = name, .item = item, .option = option };
	return v;
}

static void add_design(struct maker *m, enum design what)
{
	m->has[what] = true;
	add(m, str_of(design_names[what]), NO_ITEM, NO_ITEM)->design = what;
}

static void add_item(struct maker *m, int32_t item)
{
	const struct question *x = &m->q->items.p[item];
	if (x->kind == ASK_SINGLE || x->kind == ASK_SCALE || x->kind == ASK_NUMBER)
		add(m, x->code, item, NO_ITEM);
	for (size_t o = 0; x->kind == ASK_MULTIPLE && o < m->q->lists.p[x->list].options.n; o++)
		add(m, arena_printf(m->c->mem, "%.*s.%.*s", STR_ARG(x->code), STR_ARG(m->q->lists.p[x->list].options.p[o].code)), item, (int32_t)o);
}

static void choose_variables(struct maker *m)
{
	const struct survey_data *d = m->d;
	add_design(m, D_MONTH);
	add_design(m, D_MODE);
	if (any(d->place, d->n) && !any(d->psu, d->n))
		add_design(m, D_PLACE);
	if (any(d->stratum, d->n))
		add_design(m, D_STRATUM);
	if (any(d->psu, d->n))
		add_design(m, D_PSU);
	if (any(d->weight, d->n))
		add_design(m, D_WEIGHT);
	if (m->flags)
		add_design(m, D_FLAGS);
	for (int32_t i = 0; i < (int32_t)m->q->items.n; i++)
		add_item(m, i);
}

/* ---- levels ---- */

/* Texts as numbers of levels; an empty one is missing. */
static void levels_of(struct maker *m, struct variable *v, const str *texts)
{
	map known = { 0 };
	VEC(str) levels = { 0 };
	for (size_t row = 0; row < m->d->n; row++) {
		bool added = false;
		int64_t *at = texts[row].len ? map_put(m->c->mem, &known, texts[row], &added) : NULL;
		if (added) {
			*at = (int64_t)levels.n;
			*VEC_PUSH(m->c->mem, &levels) = texts[row];
		}
		v->quasi->level[row] = at ? (int32_t)*at : ANON_MISSING;
	}
	v->levels = levels.p;
	v->quasi->levels = (int32_t)levels.n;
}

static str month_of(struct maker *m, day on)
{
	int year, month, mday;
	date_parts(on, &year, &month, &mday);
	return arena_printf(m->c->mem, "%04d-%02d", year, month);
}

static str band_of(struct maker *m, double x)
{
	double from = floor(x / BAND) * BAND;
	return fabs(from) < 1e9 ? arena_printf(m->c->mem, "%.0f–%.0f", from, from + BAND - 1) : STR("");
}

static void item_levels(struct maker *m, struct variable *v)
{
	const struct survey_column *k = &m->d->item[v->item];
	str *text = NEW_ARRAY(m->c->mem, str, m->d->n + 1);
	const struct question *x = &m->q->items.p[v->item];
	for (size_t row = 0; row < m->d->n; row++)
		if (k->number)
			text[row] = isnan(k->number[row]) ? STR("") : band_of(m, k->number[row]);
		else if (k->code[row] >= 0)
			text[row] = m->q->lists.p[x->list].options.p[k->code[row]].code;
	levels_of(m, v, text);
}

static void design_levels(struct maker *m, struct variable *v)
{
	const struct survey_data *d = m->d;
	str *month = NEW_ARRAY(m->c->mem, str, d->n + 1);
	for (size_t row = 0; v->design == D_MONTH && row < d->n; row++)
		month[row] = row && d->on[row] == d->on[row - 1] ? month[row - 1] : month_of(m, d->on[row]);
	levels_of(m, v, v->design == D_MONTH ? month : v->design == D_MODE ? d->mode : v->design == D_PLACE ? d->place : d->stratum);
	v->quasi->fixed = v->design == D_STRATUM;
}

static enum err protect(struct maker *m)
{
	struct survey_export *x = m->x;
	m->columns = NEW_ARRAY(m->c->mem, struct anon_column, m->vars.n + 1);
	for (size_t i = 0; i < m->vars.n; i++) {
		struct variable *v = &m->vars.p[i];
		if (v->item == NO_ITEM ? v->design > D_STRATUM : !m->is_quasi[v->item])
			continue;
		v->quasi = &m->columns[m->n_columns++];
		v->quasi->level = NEW_ARRAY(m->c->mem, int32_t, m->d->n + 1);
		if (v->item == NO_ITEM)
			design_levels(m, v);
		else
			item_levels(m, v);
	}
	anon_protect(m->c->mem, m->columns, m->n_columns, m->d->n, (size_t)x->k, &x->anonymity);
	for (size_t i = 0; i < m->n_columns; i++)
		x->suppressed += m->columns[i].suppressed;
	x->rows = m->d->n;
	if (!x->rows)
		return wrong(m, "survey_export.empty", m->d->s->code, (size_t)x->k);
	if (x->anonymity.least < (size_t)x->k)
		return wrong(m, "survey_export.too_few", arena_printf(m->c->mem, "%zu", x->anonymity.least), (size_t)x->k);
	return ERR_OK;
}

/* The rows are in the order of random ids, so that the first unit of all is anybody's. */
static void number_psus(struct maker *m)
{
	map known = { 0 };
	str *text = NEW_ARRAY(m->c->mem, str, m->d->n + 1);
	for (size_t row = 0; row < m->d->n && m->has[D_PSU]; row++) {
		bool added = false;
		str key = arena_printf(m->c->mem, "%.*s/%.*s", STR_ARG(m->d->stratum[row]), STR_ARG(m->d->psu[row]));
		int64_t *at = m->d->psu[row].len ? map_put(m->c->mem, &known, key, &added) : NULL;
		if (added)
			*at = (int64_t)known.n;
		text[row] = at ? arena_printf(m->c->mem, "%lld", (long long)*at) : STR("");
	}
	m->psu = text;
}

/* ---- data.csv ---- */

static str state_mark(uint8_t state)
{
	static const char *const marks[] = { ".n", "", "", ".d", ".e", ".r" };
	return str_of(marks[state]);
}

static str number_text(struct maker *m, double x)
{
	if (!isfinite(x))
		return STR("");
	buf b;
	buf_init(&b, 0);
	buf_double(&b, x);
	str s = arena_str(m->c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static str item_cell(struct maker *m, const struct variable *v, size_t row)
{
	const struct survey_column *k = &m->d->item[v->item];
	if (v->option != NO_ITEM)
		return k->state[row] != ANSWER_GIVEN ? state_mark(k->state[row]) : survey_ticked(k, row, (size_t)v->option) ? STR("1") : STR("0");
	if (k->number)
		return isnan(k->number[row]) ? state_mark(k->state[row]) : number_text(m, k->number[row]);
	if (k->code[row] < 0)
		return state_mark(k->state[row]);
	return m->q->lists.p[m->q->items.p[v->item].list].options.p[k->code[row]].code;
}

static str flags_cell(struct maker *m, size_t row)
{
	buf b;
	buf_init(&b, 0);
	for (int k = 0; k < QUALITY_FLAGS; k++)
		if (m->flags[row] >> k & 1)
			buf_printf(&b, "%s%s", b.len ? " " : "", quality_words[k]);
	str s = arena_str(m->c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static void data_row(struct maker *m, size_t row, str *cells)
{
	for (size_t i = 0; i < m->vars.n; i++) {
		const struct variable *v = &m->vars.p[i];
		int32_t level = v->quasi ? v->quasi->level[row] : 0;
		if (v->quasi)
			cells[i] = level == ANON_SUPPRESSED ? STR("*")
				: level >= 0                ? v->levels[level]
				: v->item != NO_ITEM        ? state_mark(m->d->item[v->item].state[row])
							    : STR("");
		else
			cells[i] = v->item != NO_ITEM    ? item_cell(m, v, row)
				: v->design == D_PSU   ? m->psu[row]
				: v->design == D_FLAGS ? flags_cell(m, row)
						       : m->d->weight[row];
	}
}

/* ---- codebook.csv, a row for each variable and value ---- */

static const char *const book_heading[] = { "variable", "item", "label_vi", "label_en", "type", "factor", "item_weight", "quasi", "code", "code_vi",
	"code_en", "means", "value", "points" };
enum { B_VARIABLE, B_ITEM, B_VI, B_EN, B_TYPE, B_FACTOR, B_ITEM_WEIGHT, B_QUASI, B_CODE, B_CODE_VI, B_CODE_EN, B_MEANS, B_VALUE, B_POINTS, BOOK_COLUMNS };

static size_t values_of(const struct maker *m, const struct variable *v)
{
	int32_t list = v->item == NO_ITEM || v->option != NO_ITEM ? NO_ITEM : m->q->items.p[v->item].list;
	return list < 0 ? 1 : m->q->lists.p[list].options.n;
}

static size_t book_rows(const struct maker *m)
{
	size_t n = 0;
	for (size_t i = 0; i < m->vars.n; i++)
		n += values_of(m, &m->vars.p[i]);
	return n;
}

static str dec_cell(struct maker *m, dec d)
{
	char text[DEC_TEXT];
	return arena_str(m->c->mem, dec_text(d, text));
}

static void book_option(struct maker *m, const struct question *x, const struct question_option *o, str *cells)
{
	static const char *const means[] = { "", "good", "none", "dont_know", "not_experienced", "refused" };
	dec number;
	cells[B_CODE] = o->code;
	cells[B_CODE_VI] = o->text[LANG_VI];
	cells[B_CODE_EN] = o->text[LANG_EN];
	cells[B_MEANS] = str_of(means[o->means]);
	if (x->kind == ASK_SCALE && m->q->lists.p[x->list].numbers && dec_parse(o->code, &number))
		cells[B_VALUE] = o->code;
	if (o->has_weight)
		cells[B_POINTS] = dec_cell(m, o->weight);
}

static void book_item(struct maker *m, const struct variable *v, size_t value, str *cells)
{
	static const char *const kinds[] = { [ASK_SINGLE] = "single", [ASK_MULTIPLE] = "multiple", [ASK_SCALE] = "scale", [ASK_NUMBER] = "number" };
	const struct question *x = &m->q->items.p[v->item];
	cells[B_ITEM] = x->code;
	cells[B_VI] = x->text[LANG_VI];
	cells[B_EN] = x->text[LANG_EN];
	cells[B_TYPE] = str_of(kinds[x->kind]);
	if (x->factor != NO_ITEM)
		cells[B_FACTOR] = m->q->factors.p[x->factor].code;
	if (x->has_weight)
		cells[B_ITEM_WEIGHT] = dec_cell(m, x->weight);
	if (x->list >= 0)
		book_option(m, x, &m->q->lists.p[x->list].options.p[v->option != NO_ITEM ? (size_t)v->option : value], cells);
}

static void book_design(const struct variable *v, str *cells)
{
	static const char *const keys[DESIGNS] = { "survey_export.month", "survey_export.mode", "survey_export.place", "survey_export.stratum",
		"survey_export.psu", "survey_export.weight", "survey_export.flags" };
	cells[B_VI] = str_of(po_text(keys[v->design], LANG_VI));
	cells[B_EN] = str_of(po_text(keys[v->design], LANG_EN));
	cells[B_TYPE] = STR("design");
}

static void book_row(struct maker *m, size_t row, str *cells)
{
	size_t i = 0;
	while (row >= values_of(m, &m->vars.p[i]))
		row -= values_of(m, &m->vars.p[i++]);
	const struct variable *v = &m->vars.p[i];
	cells[B_VARIABLE] = v->name;
	cells[B_QUASI] = v->quasi && !v->quasi->fixed ? STR("yes") : STR("");
	if (v->item == NO_ITEM)
		book_design(v, cells);
	else
		book_item(m, v, row, cells);
}

/* ---- factors.csv, table.csv, anonymity.csv ---- */

static const char *const factor_heading[] = { "code", "parent", "label_vi", "label_en", "agg", "weight" };

static void factor_row(struct maker *m, size_t row, str *cells)
{
	const struct question_factor *f = &m->q->factors.p[row];
	cells[0] = f->code;
	cells[1] = f->parent == NO_ITEM ? STR("") : m->q->factors.p[f->parent].code;
	cells[2] = f->text[LANG_VI];
	cells[3] = f->text[LANG_EN];
	cells[4] = str_of(survey_agg_word(f->agg));
	cells[5] = f->has_weight ? dec_cell(m, f->weight) : STR("");
}

static const char *const table_heading[] = { "row", "code", "option", "stat", "rollup", "estimate", "se", "df", "ci_low", "ci_high", "n", "answers" };

static void choose_lines(struct maker *m)
{
	for (size_t i = 0; i < m->r.lines.n; i++) {
		const struct survey_line *l = &m->r.lines.p[i];
		if (l->group == 0 && l->f.state == SURVEY_FIGURE && (l->item == NO_ITEM || !m->is_quasi[l->item]))
			*VEC_PUSH(m->c->mem, &m->lines) = l;
	}
}

static void table_row_of(struct maker *m, size_t row, str *cells)
{
	static const char *const rows[] = { "index", "factor", "item", "option" };
	const struct survey_line *l = m->lines.p[row];
	int32_t factor = l->row == SURVEY_INDEX ? m->r.index : l->factor;
	cells[0] = str_of(rows[l->row]);
	cells[1] = l->item != NO_ITEM ? m->q->items.p[l->item].code : factor != NO_ITEM ? m->q->factors.p[factor].code : STR("");
	if (l->option != NO_ITEM)
		cells[2] = m->q->lists.p[m->q->items.p[l->item].list].options.p[l->option].code;
	cells[3] = str_of(survey_stat_word(l->stat));
	if (l->row <= SURVEY_FACTOR)
		cells[4] = str_of(survey_agg_word(l->agg));
	const double numbers[] = { l->f.v, l->f.se, l->f.df, l->f.low, l->f.high, (double)l->f.n, (double)l->f.answers };
	for (int i = 0; i < 7; i++)
		cells[5 + i] = number_text(m, numbers[i]);
}

static const char *const anon_heading[] = { "what", "variable", "n" };
enum { ANON_LINES = 6 };

static void anon_row(struct maker *m, size_t row, str *cells)
{
	const struct anon_report *a = &m->x->anonymity;
	static const char *const whats[ANON_LINES] = { "k", "rows", "alone_before", "small_before", "groups", "least" };
	const size_t numbers[ANON_LINES] = { (size_t)m->x->k, m->x->rows, a->alone, a->small, a->groups, a->least };
	size_t n = row < ANON_LINES ? numbers[row] : m->columns[row - ANON_LINES].suppressed;
	cells[0] = row < ANON_LINES ? str_of(whats[row]) : STR("suppressed");
	for (size_t i = 0; i < m->vars.n && row >= ANON_LINES; i++)
		if (m->vars.p[i].quasi == &m->columns[row - ANON_LINES])
			cells[1] = m->vars.p[i].name;
	cells[2] = arena_printf(m->c->mem, "%zu", n);
}

/* ---- all of it ---- */

static void make_parts(struct maker *m, struct part *parts)
{
	const char **names = NEW_ARRAY(m->c->mem, const char *, m->vars.n + 1);
	for (size_t i = 0; i < m->vars.n; i++)
		names[i] = arena_cstr(m->c->mem, m->vars.p[i].name);
	parts[0] = (struct part){ "data", names, (int)m->vars.n, m->d->n, data_row };
	parts[1] = (struct part){ "codebook", book_heading, BOOK_COLUMNS, book_rows(m), book_row };
	parts[2] = (struct part){ "factors", factor_heading, 6, m->q->factors.n, factor_row };
	parts[3] = (struct part){ "table", table_heading, 12, m->lines.n, table_row_of };
	parts[4] = (struct part){ "anonymity", anon_heading, 3, ANON_LINES + m->n_columns, anon_row };
}

enum { PARTS = 5 };

static void clear(str *cells, int n)
{
	for (int i = 0; i < n; i++)
		cells[i] = (str){ 0 };
}

static void put_file(struct maker *m, const char *name, buf *b)
{
	*VEC_PUSH(m->c->mem, &m->x->files) = (struct survey_file){ name, arena_str(m->c->mem, buf_str(b)) };
	buf_free(b);
}

static void part_csv(struct maker *m, const struct part *p)
{
	buf b;
	buf_init(&b, 0);
	str *cells = NEW_ARRAY(m->c->mem, str, (size_t)p->n + 1);
	for (int i = 0; i < p->n; i++) {
		buf_addz(&b, i ? "," : "");
		csv_cell(&b, str_of(p->heading[i]));
	}
	for (size_t row = 0; row < p->rows; row++) {
		clear(cells, p->n);
		p->row(m, row, cells);
		for (int i = 0; i < p->n; i++) {
			buf_char(&b, i ? ',' : '\n');
			csv_cell(&b, cells[i]);
		}
	}
	buf_char(&b, '\n');
	put_file(m, arena_cstr(m->c->mem, arena_printf(m->c->mem, "%s.csv", p->name)), &b);
}

static void add_script(struct maker *m)
{
	buf b;
	buf_init(&b, 0);
	survey_script(&b, m->d->s, m->r.basis, m->has[D_STRATUM], m->has[D_PSU], m->has[D_WEIGHT]);
	put_file(m, "table.R", &b);
}

static void add_readme(struct maker *m)
{
	const struct survey_export *x = m->x;
	cx *c = m->c;
	buf b;
	buf_init(&b, 0);
	for (int l = 0; l < LANGS; l++) {
		str args[] = { arena_printf(c->mem, "%d", x->k), arena_printf(c->mem, "%zu", x->rows), arena_printf(c->mem, "%zu", x->suppressed),
			arena_printf(c->mem, "%zu", x->anonymity.least),
			str_of(m->d->s->illustrative ? po_text("survey_result.illustrative", (enum lang)l) : "") };
		str name = m->d->s->name[l].len ? m->d->s->name[l] : m->d->s->name[LANG_VI];
		po_fill(&b, "survey_export.readme", (enum lang)l, name, args, 5);
		buf_addz(&b, "\n\n");
	}
	put_file(m, "README.txt", &b);
}

/* The order is that of the answers; one that came in between: the next time. */
static enum err load_flags(struct maker *m, struct app *a)
{
	struct quality q;
	enum err e = quality_of(m->c, a, m->d->s, 0, &q);
	if (!e && q.n != m->d->n)
		e = cx_fail(m->c, ERR_BUSY, "survey_export.moving", (place){ .file = m->d->s->code }, (str){ 0 });
	m->flags = e ? NULL : q.flags;
	return e;
}

static enum err prepare(cx *c, struct app *a, const struct survey_info *s, const struct survey_export_options *opt, struct survey_export *out,
	struct maker *m, struct part *parts)
{
	struct survey_data *d = NEW(c->mem, struct survey_data);
	struct survey_question *ask = NEW(c->mem, struct survey_question);
	*ask = (struct survey_question){ .ci = EST_CI_LOGIT };
	*out = (struct survey_export){ .k = opt->k ? opt->k : SURVEY_MIN_CELL };
	*m = (struct maker){ .c = c, .d = d, .q = s->q, .opt = opt, .x = out };
	enum err e = survey_data_load(c, a, s, false, d);
	if (!e)
		e = choose_quasi(m);
	if (!e && opt->flags)
		e = load_flags(m, a);
	if (e)
		return e;
	choose_variables(m);
	e = protect(m);
	if (!e)
		e = survey_result_from(c, a, d, ask, &m->r);
	if (e)
		return e;
	number_psus(m);
	choose_lines(m);
	make_parts(m, parts);
	return ERR_OK;
}

enum err survey_export_make(cx *c, struct app *a, const struct survey_info *s, const struct survey_export_options *opt, struct survey_export *out)
{
	struct maker m;
	struct part parts[PARTS];
	enum err e = prepare(c, a, s, opt, out, &m, parts);
	if (e)
		return e;
	for (int i = 0; i < PARTS; i++)
		part_csv(&m, &parts[i]);
	add_script(&m);
	add_readme(&m);
	return ERR_OK;
}

static void part_sheet(struct maker *m, xlsx_out *o, const struct part *p)
{
	struct sheet_column *columns = NEW_ARRAY(m->c->mem, struct sheet_column, (size_t)p->n + 1);
	struct sheet_layout *layout = NEW(m->c->mem, struct sheet_layout);
	str *cells = NEW_ARRAY(m->c->mem, str, (size_t)p->n + 1);
	bool numbers = p->row == table_row_of;
	for (int i = 0; i < p->n; i++)
		columns[i] = (struct sheet_column){ .heading = p->heading[i], .width = 12, .form = numbers && i > 4 ? SHEET_NUMBER : SHEET_TEXT };
	*layout = (struct sheet_layout){ .name = str_of(p->name), .columns = columns, .n = p->n };
	xlsx_out_sheet(o, layout);
	for (size_t row = 0; row < p->rows; row++) {
		clear(cells, p->n);
		p->row(m, row, cells);
		xlsx_out_row(o, cells, p->n, 0);
	}
}

enum err survey_export_workbook(cx *c, struct app *a, const struct survey_info *s, const struct survey_export_options *opt,
	struct survey_export *out, str *bytes)
{
	struct maker m;
	struct part parts[PARTS];
	enum err e = prepare(c, a, s, opt, out, &m, parts);
	if (e)
		return e;
	xlsx_out *o = xlsx_out_open(c, s->name[LANG_VI]);
	for (int i = 0; i < PARTS; i++)
		part_sheet(&m, o, &parts[i]);
	return xlsx_out_end(o, bytes);
}

enum err survey_export_zip(cx *c, const struct survey_export *x, int fd)
{
	zip_out *z;
	enum err e = zip_out_begin(c, fd, &z);
	for (size_t i = 0; i < x->files.n && !e; i++)
		e = zip_out_bytes(z, str_of(x->files.p[i].name), x->files.p[i].bytes);
	return e ? e : zip_out_end(z);
}
