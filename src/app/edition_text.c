#include "app/edition_text.h"
#include "base/buf.h"
#include "base/dec.h"
#include "base/po.h"
#include "engine/tree.h"
#include "format/xlsx_write.h"

/* ---- text ---- */

/* CR LF and CR inside a cell become LF, as a workbook has them. */
static str one_line_end(arena *mem, str s)
{
	if (!memchr(s.p, '\r', s.len))
		return s;
	char *p = arena_alloc(mem, s.len + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '\r' && i + 1 < s.len && s.p[i + 1] == '\n')
			continue;
		p[n++] = s.p[i] == '\r' ? '\n' : s.p[i];
	}
	return (str){ p, n };
}

static bool is_number(int column)
{
	return column == TREE_MAX || column == TREE_WEIGHT || column == TREE_CAP || column == TREE_DIGITS;
}

static void put_row(cx *c, buf *b, const table *t)
{
	char room[DEC_TEXT];
	dec d;
	for (int i = 0; i < TREE_COLUMNS; i++) {
		str s = t->cell[i];
		if (is_number(i) && dec_parse(s, &d))
			s = dec_text(d, room);
		if (i)
			buf_char(b, ',');
		csv_cell(b, one_line_end(c->mem, s));
	}
	buf_char(b, '\n');
}

enum err edition_text(cx *c, table_source from, str *text)
{
	table t;
	buf b;
	enum err e = table_begin(c, from, tree_columns, TREE_COLUMNS, &t);
	buf_init(&b, 0);
	for (int i = 0; i < TREE_COLUMNS; i++)
		buf_printf(&b, "%s%s", i ? "," : "", tree_columns[i].name);
	buf_char(&b, '\n');
	while (!e && table_next(&t))
		put_row(c, &b, &t);
	if (!e && !table_sound(&t))
		e = ERR_INPUT;
	table_close(&t);
	if (!e)
		*text = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return e;
}

/* ---- workbook ---- */

enum { SPARE_ROWS = 500, EXPLAINED = 3 };

static const char *const by_choices[] = { "sum", "self", "survey", "index", "bonus", "penalty", NULL };
static const char *const agg_choices[] = { "sum", "wsum", "mean", "wmean", "gmean", NULL };
static const char *const na_choices[] = { "ask", "reduce", "max", "zero", NULL };
static const char *const rounding_choices[] = { "half_up", "half_even", "truncate", NULL };
static const char *const evidence_choices[] = { "yes", "no", NULL };

static const struct {
	double width;
	const char *const *choices;
	const char *hint;
} shapes[TREE_COLUMNS] = {
	[TREE_CODE] = { 12, NULL, "edition.hint_code" },
	[TREE_PARENT] = { 10, NULL, "edition.hint_parent" },
	[TREE_NAME_VI] = { 48, NULL, "edition.hint_name_vi" },
	[TREE_NAME_EN] = { 36, NULL, "edition.hint_name_en" },
	[TREE_MAX] = { 8, NULL, "edition.hint_max" },
	[TREE_BY] = { 9, by_choices, "edition.hint_by" },
	[TREE_AGG] = { 8, agg_choices, "edition.hint_agg" },
	[TREE_WEIGHT] = { 8, NULL, "edition.hint_weight" },
	[TREE_CAP] = { 8, NULL, "edition.hint_cap" },
	[TREE_RULE] = { 60, NULL, "edition.hint_rule" },
	[TREE_OWNER] = { 24, NULL, "edition.hint_owner" },
	[TREE_NA] = { 8, na_choices, "edition.hint_na" },
	[TREE_DIGITS] = { 7, NULL, "edition.hint_digits" },
	[TREE_ROUNDING] = { 10, rounding_choices, "edition.hint_rounding" },
	[TREE_EVIDENCE] = { 9, evidence_choices, "edition.hint_evidence" },
	[TREE_NOTE] = { 40, NULL, "edition.hint_note" },
};

static const char *const settings[][2] = {
	{ "@name", "edition.hint_at_name" },
	{ "@level", "edition.hint_at_level" },
	{ "@years", "edition.hint_at_years" },
	{ "@value", "edition.hint_at_value" },
	{ "@round", "edition.hint_at_round" },
	{ "@ties", "edition.hint_at_ties" },
	{ "@groups", "edition.hint_at_groups" },
	{ "@clamp", "edition.hint_at_clamp" },
	{ "@na", "edition.hint_at_na" },
	{ "@unranked", "edition.hint_at_unranked" },
	{ "@source", "edition.hint_at_source" },
};

static void set_columns(cx *c, struct sheet_column *k)
{
	for (int i = 0; i < TREE_COLUMNS; i++) {
		const char *vi = po_text(shapes[i].hint, LANG_VI), *en = po_text(shapes[i].hint, LANG_EN);
		bool wide = shapes[i].width > 20;
		k[i] = (struct sheet_column){ .heading = tree_columns[i].name,
			.hint = arena_printf(c->mem, "%s\n%s", vi, en),
			.width = shapes[i].width,
			.form = is_number(i) ? SHEET_NUMBER : SHEET_TEXT,
			.choices = shapes[i].choices,
			.wrap = wide };
	}
}

static enum err put_rows(cx *c, xlsx_out *o, str text)
{
	table t;
	csv_options opt = { .delimiter = ',', .encoding = CSV_UTF8 };
	enum err e = table_open(c, csv_open_mem(c, STR("edition"), text, &opt), STR("edition"), tree_columns, TREE_COLUMNS, &t);
	while (!e && table_next(&t)) {
		bool is_setting = t.cell[TREE_CODE].len && t.cell[TREE_CODE].p[0] == '@';
		bool is_group = !is_setting && !t.cell[TREE_RULE].len;
		xlsx_out_row(o, t.cell, TREE_COLUMNS, is_setting ? SHEET_ROW_SHADED : is_group ? SHEET_ROW_BOLD : 0);
	}
	table_close(&t);
	return e;
}

static void put_hint(xlsx_out *o, const char *what, const char *hint)
{
	str cells[EXPLAINED] = { str_of(what), str_of(po_text(hint, LANG_VI)), str_of(po_text(hint, LANG_EN)) };
	xlsx_out_row(o, cells, EXPLAINED, 0);
}

enum err edition_workbook(cx *c, str text, str title, str *bytes)
{
	struct sheet_column *k = NEW_ARRAY(c->mem, struct sheet_column, TREE_COLUMNS);
	static const struct sheet_column explained[EXPLAINED] = {
		{ .heading = "Cột, dòng / Column, row", .width = 24 },
		{ .heading = "Tiếng Việt", .width = 60, .wrap = true },
		{ .heading = "English", .width = 60, .wrap = true },
	};
	set_columns(c, k);
	struct sheet_layout main_sheet = { .name = str_of(po_text("edition.sheet", LANG_VI)),
		.columns = k,
		.n = TREE_COLUMNS,
		.frozen_columns = 1,
		.spare_rows = SPARE_ROWS,
		.landscape = true };
	struct sheet_layout help = { .name = str_of(po_text("edition.sheet_help", LANG_VI)), .columns = explained, .n = EXPLAINED };
	xlsx_out *o = xlsx_out_open(c, title);
	xlsx_out_sheet(o, &main_sheet);
	enum err e = put_rows(c, o, text);
	xlsx_out_sheet(o, &help);
	for (int i = 0; i < TREE_COLUMNS; i++)
		put_hint(o, tree_columns[i].name, shapes[i].hint);
	for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
		put_hint(o, settings[i][0], settings[i][1]);
	if (e) {
		xlsx_out_close(o);
		return e;
	}
	return xlsx_out_end(o, bytes);
}
