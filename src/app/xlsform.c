/* Writing XLSForm. */
#include "app/xlsform.h"
#include "engine/xpath.h"
#include "format/tabular.h"
#include "format/package.h"
#include "format/xlsx_write.h"

static const struct sheet_column survey_columns[XLSFORM_COLUMNS] = {
	[XLSFORM_TYPE] = { .heading = "type", .width = 20 },
	[XLSFORM_NAME] = { .heading = "name", .width = 12 },
	[XLSFORM_LABEL_VI] = { .heading = "label::Tiếng Việt (vi)", .width = 48, .wrap = true },
	[XLSFORM_LABEL_EN] = { .heading = "label::English (en)", .width = 36, .wrap = true },
	[XLSFORM_HINT_VI] = { .heading = "hint::Tiếng Việt (vi)", .width = 24, .wrap = true },
	[XLSFORM_HINT_EN] = { .heading = "hint::English (en)", .width = 20, .wrap = true },
	[XLSFORM_REQUIRED] = { .heading = "required", .width = 9 },
	[XLSFORM_RELEVANT] = { .heading = "relevant", .width = 28 },
	[XLSFORM_CONSTRAINT] = { .heading = "constraint", .width = 28 },
	[XLSFORM_SAY_VI] = { .heading = "constraint_message::Tiếng Việt (vi)", .width = 24, .wrap = true },
	[XLSFORM_SAY_EN] = { .heading = "constraint_message::English (en)", .width = 20, .wrap = true },
	[XLSFORM_APPEARANCE] = { .heading = "appearance", .width = 12 },
	[XLSFORM_KIND] = { .heading = "thuocdo_kind", .width = 13 },
	[XLSFORM_FACTOR] = { .heading = "thuocdo_factor", .width = 14 },
	[XLSFORM_WEIGHT] = { .heading = "thuocdo_weight", .width = 14 },
	[XLSFORM_SHOW_IF] = { .heading = "thuocdo_show_if", .width = 24 },
	[XLSFORM_CHECK] = { .heading = "thuocdo_check", .width = 24 },
	[XLSFORM_NOTE] = { .heading = "thuocdo_note", .width = 24, .wrap = true },
};

/* ---- rows ---- */

struct out {
	cx *c;
	const questionnaire *q;
	struct xlsform_rows *rows;
	enum err err;
};

static str taken(cx *c, buf *b)
{
	str s = arena_str(c->mem, buf_str(b));
	buf_free(b);
	return s;
}

static str number(cx *c, bool has, dec d)
{
	char room[DEC_TEXT];
	return has ? arena_str(c->mem, dec_text(d, room)) : STR("");
}

static void put_pair(struct xlsform_row *r, int vi, const str text[LANGS])
{
	r->cell[vi] = text[LANG_VI];
	if (!str_eq(text[LANG_VI], text[LANG_EN]))
		r->cell[vi + 1] = text[LANG_EN];
}

static struct xlsform_row *add(struct out *o, const char *type, int32_t item)
{
	struct xlsform_row *r = VEC_PUSH(o->c->mem, o->rows);
	*r = (struct xlsform_row){ .cell = { [XLSFORM_TYPE] = str_of(type) }, .item = item };
	return r;
}

static place place_of(const struct out *o, int column)
{
	return (place){ .sheet = STR("survey"), .line = (int64_t)o->rows->n + 2, .column = column + 1,
		.field = str_of(survey_columns[column].heading) };
}

static void put_rules(struct out *o, const struct question *i, int32_t item, struct xlsform_row *r, bool *integer)
{
	struct xpath_out x = { o->c, o->q, xpath_ref_name, place_of(o, XLSFORM_RELEVANT), NO_ITEM };
	buf b;
	buf_init(&b, RULE_MAX_LENGTH * 4);
	if (i->show_if) {
		r->cell[XLSFORM_SHOW_IF] = i->show_if->text;
		if (xpath_write(&x, i->show_if, &b))
			o->err = ERR_INPUT;
		r->cell[XLSFORM_RELEVANT] = arena_str(o->c->mem, buf_str(&b));
		buf_clear(&b);
	}
	x.self = item;
	x.at = place_of(o, XLSFORM_CONSTRAINT);
	*integer = false;
	if (question_is_asked(i) && xpath_constraint(&x, integer, &b))
		o->err = ERR_INPUT;
	r->cell[XLSFORM_CONSTRAINT] = taken(o->c, &b);
	if (i->check)
		r->cell[XLSFORM_CHECK] = i->check->text;
}

static str type_of(const struct out *o, const struct question *i, bool integer)
{
	switch (i->kind) {
	case ASK_SINGLE:
	case ASK_SCALE: return arena_printf(o->c->mem, "select_one %.*s", STR_ARG(o->q->lists.p[i->list].code));
	case ASK_MULTIPLE: return arena_printf(o->c->mem, "select_multiple %.*s", STR_ARG(o->q->lists.p[i->list].code));
	case ASK_NUMBER: return integer ? STR("integer") : STR("decimal");
	case ASK_TEXT: return STR("text");
	case ASK_DATE: return STR("date");
	default: return STR("begin_group");
	}
}

static const char *appearance_of(const struct question *i)
{
	switch (i->kind) {
	case ASK_SECTION: return "field-list";
	case ASK_MATRIX: return "table-list";
	case ASK_SCALE: return "likert";
	case ASK_TEXT: return "multiline";
	default: return "";
	}
}

/* ODK shows no hint of a group, so it becomes a note that is its first row. */
static void put_hint(struct out *o, const struct question *i)
{
	if (!i->hint[LANG_VI].len)
		return;
	struct xlsform_row *r = add(o, "note", NO_ITEM);
	str name = arena_printf(o->c->mem, "%.*s_note", STR_ARG(i->code));
	while (questionnaire_find(o->q, name) != NO_ITEM)
		name = arena_printf(o->c->mem, "%.*s_", STR_ARG(name));
	r->cell[XLSFORM_NAME] = name;
	put_pair(r, XLSFORM_LABEL_VI, i->hint);
}

static void put_item(struct out *o, int32_t item)
{
	const struct question *i = &o->q->items.p[item];
	struct xlsform_row r = { .item = item };
	bool integer;
	put_rules(o, i, item, &r, &integer);
	r.cell[XLSFORM_TYPE] = type_of(o, i, integer);
	r.cell[XLSFORM_NAME] = i->code;
	put_pair(&r, XLSFORM_LABEL_VI, i->text);
	if (question_is_asked(i))
		put_pair(&r, XLSFORM_HINT_VI, i->hint);
	put_pair(&r, XLSFORM_SAY_VI, i->say);
	r.cell[XLSFORM_REQUIRED] = i->required ? STR("yes") : STR("");
	r.cell[XLSFORM_APPEARANCE] = str_of(appearance_of(i));
	r.cell[XLSFORM_KIND] = str_of(question_kind_word(i->kind));
	if (i->factor != NO_ITEM)
		r.cell[XLSFORM_FACTOR] = o->q->factors.p[i->factor].code;
	r.cell[XLSFORM_WEIGHT] = number(o->c, i->has_weight, i->weight);
	r.cell[XLSFORM_NOTE] = i->note;
	*VEC_PUSH(o->c->mem, o->rows) = r;
	if (!question_is_asked(i))
		put_hint(o, i);
}

static void close_group(struct out *o)
{
	add(o, "end_group", NO_ITEM);
}

enum err xlsform_rows(cx *c, const questionnaire *q, struct xlsform_rows *rows)
{
	struct out o = { c, q, rows, ERR_OK };
	int32_t open[2] = { NO_ITEM, NO_ITEM }, *order = NEW_ARRAY(c->mem, int32_t, q->items.n); /* section, group */
	bool *closed = NEW_ARRAY(c->mem, bool, q->items.n);
	*rows = (struct xlsform_rows){ 0 };
	questionnaire_order(q, c->mem, order);
	for (size_t k = 0; k < q->items.n; k++) {
		int32_t i = order[k];
		const struct question *x = &q->items.p[i];
		if (open[1] != NO_ITEM && x->parent != open[1]) {
			close_group(&o);
			closed[open[1]] = true;
			open[1] = NO_ITEM;
		}
		if (x->parent != NO_ITEM && closed[x->parent])
			o.err = cx_fail(c, ERR_INPUT, "xlsform.split_group", place_of(&o, XLSFORM_NAME), x->code);
		if (x->kind == ASK_SECTION && open[0] != NO_ITEM)
			close_group(&o);
		put_item(&o, i);
		if (x->kind == ASK_SECTION)
			open[0] = i;
		else if (!question_is_asked(x))
			open[1] = i;
	}
	for (int k = 0; k < 2; k++)
		if (open[k] != NO_ITEM)
			close_group(&o);
	return o.err;
}

/* ---- the workbook ---- */

enum { CHOICE_LIST, CHOICE_NAME, CHOICE_VI, CHOICE_EN, CHOICE_MEANS, CHOICE_WEIGHT, CHOICE_NOTE, CHOICE_COLUMNS };

static const struct sheet_column choice_columns[CHOICE_COLUMNS] = {
	[CHOICE_LIST] = { .heading = "list_name", .width = 12 },
	[CHOICE_NAME] = { .heading = "name", .width = 10 },
	[CHOICE_VI] = { .heading = "label::Tiếng Việt (vi)", .width = 40, .wrap = true },
	[CHOICE_EN] = { .heading = "label::English (en)", .width = 32, .wrap = true },
	[CHOICE_MEANS] = { .heading = "thuocdo_means", .width = 16 },
	[CHOICE_WEIGHT] = { .heading = "thuocdo_weight", .width = 15 },
	[CHOICE_NOTE] = { .heading = "thuocdo_note", .width = 24, .wrap = true },
};

static const struct sheet_column setting_columns[] = { { .heading = "form_title", .width = 48 }, { .heading = "form_id", .width = 20 },
	{ .heading = "version", .width = 10 }, { .heading = "default_language", .width = 20 } };
enum { SETTING_COLUMNS = sizeof setting_columns / sizeof setting_columns[0] };

static void put_choices(cx *c, const questionnaire *q, xlsx_out *o)
{
	for (size_t l = 0; l < q->lists.n; l++)
		for (size_t i = 0; i < q->lists.p[l].options.n; i++) {
			const struct question_option *x = &q->lists.p[l].options.p[i];
			str cells[CHOICE_COLUMNS] = { [CHOICE_LIST] = q->lists.p[l].code, [CHOICE_NAME] = x->code, [CHOICE_VI] = x->text[LANG_VI],
				[CHOICE_EN] = str_eq(x->text[LANG_VI], x->text[LANG_EN]) ? STR("") : x->text[LANG_EN],
				[CHOICE_MEANS] = str_of(option_means_word(x->means)), [CHOICE_WEIGHT] = number(c, x->has_weight, x->weight),
				[CHOICE_NOTE] = x->note };
			xlsx_out_row(o, cells, CHOICE_COLUMNS, 0);
		}
}

/* What XLSForm has no place for: settings, lists with a text of their own, factors; as in our own table. */
static void put_own(cx *c, const questionnaire *q, xlsx_out *o)
{
	table t;
	buf b;
	buf_init(&b, 0);
	questionnaire_write(q, c->mem, &b);
	csv_options opt = { .delimiter = ',', .encoding = CSV_UTF8 };
	enum err e = table_open(c, csv_open_mem(c, STR("thuocdo"), buf_str(&b), &opt), STR("thuocdo"), questionnaire_columns, QUESTIONNAIRE_COLUMNS, &t);
	while (!e && table_next(&t)) {
		str kind = t.cell[QUESTIONNAIRE_KIND];
		bool list = str_is(kind, "list") && (t.cell[QUESTIONNAIRE_TEXT_VI].len || t.cell[QUESTIONNAIRE_NOTE].len);
		if (!kind.len || list || str_is(kind, "factor"))
			xlsx_out_row(o, t.cell, QUESTIONNAIRE_COLUMNS, 0);
	}
	table_close(&t);
	buf_free(&b);
}

enum err xlsform_write(cx *c, const questionnaire *q, str code, int version, str *bytes)
{
	struct xlsform_rows rows;
	struct sheet_column own[QUESTIONNAIRE_COLUMNS];
	enum err e = xlsform_rows(c, q, &rows);
	for (int i = 0; i < QUESTIONNAIRE_COLUMNS; i++)
		own[i] = (struct sheet_column){ .heading = questionnaire_columns[i].name };
	struct sheet_layout survey = { .name = STR("survey"), .columns = survey_columns, .n = XLSFORM_COLUMNS, .frozen_columns = 2 };
	struct sheet_layout choices = { .name = STR("choices"), .columns = choice_columns, .n = CHOICE_COLUMNS };
	struct sheet_layout settings = { .name = STR("settings"), .columns = setting_columns, .n = SETTING_COLUMNS };
	struct sheet_layout ours = { .name = STR("thuocdo"), .columns = own, .n = QUESTIONNAIRE_COLUMNS };
	xlsx_out *o = xlsx_out_open(c, q->name[LANG_VI]);
	xlsx_out_sheet(o, &survey);
	for (size_t i = 0; i < rows.n; i++)
		xlsx_out_row(o, rows.p[i].cell, XLSFORM_COLUMNS, str_is(rows.p[i].cell[XLSFORM_TYPE], "begin_group") ? SHEET_ROW_BOLD : 0);
	xlsx_out_sheet(o, &choices);
	put_choices(c, q, o);
	xlsx_out_sheet(o, &settings);
	str cells[SETTING_COLUMNS] = { q->name[LANG_VI], code, arena_printf(c->mem, "%d", version), STR("Tiếng Việt (vi)") };
	xlsx_out_row(o, cells, SETTING_COLUMNS, 0);
	xlsx_out_sheet(o, &ours);
	put_own(c, q, o);
	if (e) {
		xlsx_out_close(o);
		return e;
	}
	return xlsx_out_end(o, bytes);
}

/* ---- any form ---- */

static enum err own_text(cx *c, table_source from, str *text, const questionnaire **q)
{
	questionnaire *read;
	buf b;
	enum err e = questionnaire_read(c, from, &read);
	*q = read;
	if (e)
		return e;
	buf_init(&b, 0);
	questionnaire_write(read, c->mem, &b);
	*text = taken(c, &b);
	return ERR_OK;
}

enum err questionnaire_text(cx *c, str name, str bytes, const csv_options *opt, str title, str *text, const questionnaire **q)
{
	grid_list sheets = { 0 };
	*q = NULL;
	if (!package_is_office(bytes))
		return own_text(c, table_csv(csv_open_mem(c, name, bytes, opt), name), text, q);
	enum err e = grid_read(c, name, bytes, opt, &sheets);
	if (e)
		return e;
	if (!xlsform_is(&sheets))
		return own_text(c, tabular_open(c, name, bytes, opt, STR("")), text, q);
	e = xlsform_read(c, &sheets, title, text);
	return e ? e : own_text(c, table_csv(csv_open_mem(c, name, *text, NULL), name), text, q);
}
