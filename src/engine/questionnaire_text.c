/* A questionnaire as its canonical text. */
#include "base/csv.h"
#include "engine/questionnaire.h"

/* One row, filled cell by cell and then written. */
struct line {
	str cell[QUESTIONNAIRE_COLUMNS];
	char room[3][DEC_TEXT]; /* min, max, weight */
};

static void put(buf *b, const struct line *l)
{
	for (int i = 0; i < QUESTIONNAIRE_COLUMNS; i++) {
		if (i)
			buf_char(b, ',');
		csv_cell(b, l->cell[i]);
	}
	buf_char(b, '\n');
}

/* The second language stands there only where it says something else than the first. */
static void put_text(struct line *l, int vi, const str text[LANGS])
{
	l->cell[vi] = text[LANG_VI];
	if (!str_eq(text[LANG_VI], text[LANG_EN]))
		l->cell[vi + 1] = text[LANG_EN];
}

static void put_number(struct line *l, int column, bool has, dec d)
{
	int room = column == QUESTIONNAIRE_MIN ? 0 : column == QUESTIONNAIRE_MAX ? 1 : 2;
	if (has)
		l->cell[column] = dec_text(d, l->room[room]);
}

static void write_setting(buf *b, const char *name, const str text[LANGS])
{
	struct line l = { .cell = { [QUESTIONNAIRE_CODE] = str_of(name) } };
	put_text(&l, QUESTIONNAIRE_TEXT_VI, text);
	if (text[LANG_VI].len)
		put(b, &l);
}

static void write_list(buf *b, const struct question_list *list)
{
	struct line l = { .cell = { [QUESTIONNAIRE_CODE] = list->code, [QUESTIONNAIRE_KIND] = STR("list"), [QUESTIONNAIRE_NOTE] = list->note } };
	put_text(&l, QUESTIONNAIRE_TEXT_VI, list->text);
	put(b, &l);
	for (size_t i = 0; i < list->options.n; i++) {
		const struct question_option *o = &list->options.p[i];
		struct line x = { .cell = { [QUESTIONNAIRE_CODE] = o->code, [QUESTIONNAIRE_PARENT] = list->code,
					  [QUESTIONNAIRE_KIND] = STR("option"), [QUESTIONNAIRE_MEANS] = str_of(option_means_word(o->means)),
					  [QUESTIONNAIRE_NOTE] = o->note } };
		put_text(&x, QUESTIONNAIRE_TEXT_VI, o->text);
		put_number(&x, QUESTIONNAIRE_WEIGHT, o->has_weight, o->weight);
		put(b, &x);
	}
}

static void write_factor(buf *b, const questionnaire *q, const struct question_factor *f)
{
	struct line l = { .cell = { [QUESTIONNAIRE_CODE] = f->code, [QUESTIONNAIRE_KIND] = STR("factor"),
				  [QUESTIONNAIRE_AGG] = str_of(factor_agg_word(f->agg)), [QUESTIONNAIRE_NOTE] = f->note } };
	if (f->parent != NO_ITEM)
		l.cell[QUESTIONNAIRE_PARENT] = q->factors.p[f->parent].code;
	put_text(&l, QUESTIONNAIRE_TEXT_VI, f->text);
	put_number(&l, QUESTIONNAIRE_WEIGHT, f->has_weight, f->weight);
	put(b, &l);
}

static void write_item(buf *b, const questionnaire *q, const struct question *i)
{
	struct line l = { .cell = { [QUESTIONNAIRE_CODE] = i->code, [QUESTIONNAIRE_KIND] = str_of(question_kind_word(i->kind)),
				  [QUESTIONNAIRE_NOTE] = i->note } };
	bool in_matrix = i->parent != NO_ITEM && q->items.p[i->parent].kind == ASK_MATRIX;
	if (i->parent != NO_ITEM)
		l.cell[QUESTIONNAIRE_PARENT] = q->items.p[i->parent].code;
	put_text(&l, QUESTIONNAIRE_TEXT_VI, i->text);
	put_text(&l, QUESTIONNAIRE_HINT_VI, i->hint);
	put_text(&l, QUESTIONNAIRE_SAY_VI, i->say);
	if (i->list != NO_ITEM && !in_matrix)
		l.cell[QUESTIONNAIRE_LIST] = q->lists.p[i->list].code;
	if (i->factor != NO_ITEM)
		l.cell[QUESTIONNAIRE_FACTOR] = q->factors.p[i->factor].code;
	if (i->required)
		l.cell[QUESTIONNAIRE_REQUIRED] = STR("yes");
	if (i->show_if)
		l.cell[QUESTIONNAIRE_SHOW_IF] = i->show_if->text;
	if (i->check)
		l.cell[QUESTIONNAIRE_CHECK] = i->check->text;
	put_number(&l, QUESTIONNAIRE_MIN, i->has_min, i->min);
	put_number(&l, QUESTIONNAIRE_MAX, i->has_max, i->max);
	put_number(&l, QUESTIONNAIRE_WEIGHT, i->has_weight, i->weight);
	put(b, &l);
}

void questionnaire_order(const questionnaire *q, arena *mem, int32_t *out)
{
	bool *filled = NEW_ARRAY(mem, bool, q->items.n), *done = NEW_ARRAY(mem, bool, q->items.n);
	size_t n = 0;
	for (size_t i = 0; i < q->items.n; i++)
		if (q->items.p[i].parent != NO_ITEM)
			filled[q->items.p[i].parent] = true;
	for (int32_t i = 0; i < (int32_t)q->items.n; i++) {
		const struct question *x = &q->items.p[i];
		bool waits = !question_is_asked(x) && x->kind != ASK_SECTION && filled[i];
		if (waits)
			continue;
		if (x->parent != NO_ITEM && !done[x->parent]) {
			out[n++] = x->parent;
			done[x->parent] = true;
		}
		out[n++] = i;
		done[i] = true;
	}
}

void questionnaire_write(const questionnaire *q, arena *mem, buf *out)
{
	for (int i = 0; i < QUESTIONNAIRE_COLUMNS; i++)
		buf_printf(out, "%s%s", i ? "," : "", questionnaire_columns[i].name);
	buf_char(out, '\n');
	write_setting(out, "@name", q->name);
	write_setting(out, "@population", q->population);
	write_setting(out, "@source", q->source);
	write_setting(out, "@note", q->note);
	for (size_t i = 0; i < q->lists.n; i++)
		write_list(out, &q->lists.p[i]);
	for (size_t i = 0; i < q->factors.n; i++)
		write_factor(out, q, &q->factors.p[i]);
	int32_t *order = NEW_ARRAY(mem, int32_t, q->items.n);
	questionnaire_order(q, mem, order);
	for (size_t i = 0; i < q->items.n; i++)
		write_item(out, q, &q->items.p[order[i]]);
}
