#include "format/xlsx_write.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <xlsxwriter.h>
#include "base/date.h"
#include "base/dec.h"
#include "base/vec.h"
#include "base/vn.h"

enum { MAX_HINT = 255, MAX_NAME = 31, MAX_CELL = 32767, SAFE_DIGITS = 15, CREATED = 1577836800 /* 2020-01-01: part of the bytes */ };

struct look {
	const struct sheet_column *column; /* NULL: a heading */
	unsigned flags;
	lxw_format *format;
};

struct xlsx_out {
	cx *c;
	lxw_workbook *book;
	lxw_worksheet *sheet;
	const struct sheet_layout *layout;
	lxw_row_t row; /* the next one */
	int sheets;
	char folder[64], path[96];
	VEC(struct look) looks;
	bool failed;
	struct cx_hold hold;
};

static enum err fail(xlsx_out *o, const char *reason)
{
	fault_arg(o->c, cx_fault(o->c, FAULT_ERROR, "xlsx.write", (place){ 0 }, STR("")), 1, str_of(reason));
	o->failed = true;
	return ERR_IO;
}

static void drop(void *what)
{
	xlsx_out *o = what;
	if (o->book)
		lxw_workbook_free(o->book);
	o->book = NULL;
	if (o->folder[0]) {
		unlink(o->path);
		rmdir(o->folder);
	}
	o->folder[0] = 0;
}

/* A C string of its own: the library takes no constant ones. */
static char *own(cx *c, str s)
{
	char *z = arena_alloc(c->mem, s.len + 1);
	if (s.len)
		memcpy(z, s.p, s.len);
	return z;
}

xlsx_out *xlsx_out_open(cx *c, str title)
{
	xlsx_out *o = NEW(c->mem, xlsx_out);
	const char *tmp = getenv("TMPDIR");
	if (!tmp || strlen(tmp) > sizeof o->folder - 20)
		tmp = "/tmp";
	o->c = c;
	cx_hold(c, &o->hold, drop, o);
	snprintf(o->folder, sizeof o->folder, "%s/thuocdo-XXXXXX", tmp);
	if (!mkdtemp(o->folder)) {
		o->folder[0] = 0;
		fail(o, strerror(errno));
		return o;
	}
	snprintf(o->path, sizeof o->path, "%s/book.xlsx", o->folder);
	o->book = workbook_new(o->path);
	if (!o->book) {
		fail(o, "workbook_new");
		return o;
	}
	lxw_doc_properties properties = { .title = own(c, title), .author = own(c, STR("Thước Đo")), .created = CREATED };
	workbook_set_properties(o->book, &properties);
	return o;
}

void xlsx_out_close(xlsx_out *o)
{
	if (!o)
		return;
	cx_unhold(&o->hold);
	drop(o);
}

/* The first characters of a text as a C string. */
static char *first(cx *c, str s, size_t most)
{
	size_t at = 0, n = 0;
	while (at < s.len && n < most) {
		vn_next(s, &at);
		n++;
	}
	return at ? own(c, (str){ s.p, at }) : NULL;
}

static const char *sheet_name(xlsx_out *o, str name)
{
	char *s = first(o->c, name.len ? name : STR("1"), MAX_NAME);
	for (char *p = s; *p; p++)
		if (strchr("[]:*?/\\'", *p))
			*p = '-';
	while (workbook_get_worksheet_by_name(o->book, s)) {
		str cut = str_of(first(o->c, str_of(s), MAX_NAME - 4));
		s = own(o->c, arena_printf(o->c->mem, "%.*s %d", STR_ARG(cut), o->sheets + 1));
	}
	return s;
}

static lxw_format *look_of(xlsx_out *o, const struct sheet_column *k, unsigned flags)
{
	for (size_t i = 0; i < o->looks.n; i++)
		if (o->looks.p[i].column == k && o->looks.p[i].flags == flags)
			return o->looks.p[i].format;
	lxw_format *f = workbook_add_format(o->book);
	format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
	if (!k || flags & SHEET_ROW_BOLD)
		format_set_bold(f);
	if (!k || flags & SHEET_ROW_SHADED) {
		format_set_bg_color(f, k ? 0xF1F3F6 : 0xDCE3EC);
		format_set_border(f, LXW_BORDER_THIN);
		format_set_border_color(f, 0xC3CAD4);
	}
	if (!k || k->wrap)
		format_set_text_wrap(f);
	if (k && !k->locked && !(flags & SHEET_ROW_LOCKED))
		format_set_unlocked(f);
	if (k && k->form == SHEET_TEXT)
		format_set_num_format(f, "@"); /* what is typed stays as typed: 1.10, 007 */
	if (k && k->form == SHEET_NUMBER && k->number_format)
		format_set_num_format(f, k->number_format);
	if (k && k->form == SHEET_DAY)
		format_set_num_format(f, "yyyy-mm-dd");
	*VEC_PUSH(o->c->mem, &o->looks) = (struct look){ k, flags, f };
	return f;
}

static void write_heading(xlsx_out *o)
{
	const struct sheet_layout *l = o->layout;
	for (int i = 0; i < l->n; i++) {
		const struct sheet_column *k = &l->columns[i];
		lxw_col_t at = (lxw_col_t)i;
		worksheet_set_column(o->sheet, at, at, k->width > 0 ? k->width : 12, look_of(o, k, 0));
		worksheet_write_string(o->sheet, 0, at, k->heading, look_of(o, NULL, 0));
		if (k->hint.len) {
			lxw_comment_options size = { .width = 280, .height = 120 };
			worksheet_write_comment_opt(o->sheet, 0, at, arena_cstr(o->c->mem, k->hint), &size);
		}
	}
}

/* The library loses a copy of the formula of a list (1.1.4): a list of words goes in, and the formula takes the place of the words. */
static void take_list(xlsx_out *o, const char *formula)
{
	lxw_data_val_obj *v, *last = NULL;
	STAILQ_FOREACH(v, o->sheet->data_validations, list_pointers)
	last = v;
	char *copy = last ? strdup(formula + (*formula == '=')) : NULL;
	if (!copy)
		return;
	free(last->value_formula);
	last->value_formula = copy;
}

/* Drop-down lists and hints for the cells below the heading. */
static void end_sheet(xlsx_out *o)
{
	const struct sheet_layout *l = o->layout;
	if (!l)
		return;
	lxw_row_t last = o->row + (lxw_row_t)(l->spare_rows > 0 ? l->spare_rows : 0) - 1;
	for (int i = 0; i < l->n && last >= 1; i++) {
		const struct sheet_column *k = &l->columns[i];
		static const char *const stand_in[] = { "-", NULL };
		const char *const *words = k->choices ? k->choices : k->list ? stand_in : NULL;
		lxw_data_validation v = { .validate = words ? LXW_VALIDATION_TYPE_LIST : LXW_VALIDATION_TYPE_ANY,
			.ignore_blank = LXW_VALIDATION_ON,
			.show_input = LXW_VALIDATION_ON,
			.show_error = LXW_VALIDATION_ON,
			.dropdown = LXW_VALIDATION_ON,
			.value_list = (char **)(uintptr_t)words,
			.input_message = first(o->c, k->hint, MAX_HINT) };
		if (!words && !k->hint.len)
			continue;
		lxw_error told = worksheet_data_validation_range(o->sheet, 1, (lxw_col_t)i, last, (lxw_col_t)i, &v);
		if (!told && k->list && !k->choices)
			take_list(o, k->list);
	}
	if (l->protect)
		worksheet_protect(o->sheet, NULL, NULL);
	o->layout = NULL;
}

void xlsx_out_sheet(xlsx_out *o, const struct sheet_layout *layout)
{
	if (o->failed)
		return;
	end_sheet(o);
	o->sheet = workbook_add_worksheet(o->book, sheet_name(o, layout->name));
	o->sheets++;
	o->layout = layout;
	o->row = 1;
	write_heading(o);
	worksheet_freeze_panes(o->sheet, 1, (lxw_col_t)layout->frozen_columns);
	worksheet_set_paper(o->sheet, 9); /* A4 */
	if (layout->landscape)
		worksheet_set_landscape(o->sheet);
	worksheet_fit_to_pages(o->sheet, 1, 0);
	worksheet_repeat_rows(o->sheet, 0, 0);
}

/* A number that a double and 15 digits give back as it was. */
static bool exact(str s, double *out)
{
	char text[DEC_TEXT];
	dec d, back;
	if (!dec_parse(s, &d) || !str_eq(dec_text(d, text), s))
		return false;
	size_t digits = 0;
	for (size_t i = 0; i < s.len; i++)
		digits += s.p[i] >= '0' && s.p[i] <= '9';
	*out = dec_to_double(d);
	return digits <= SAFE_DIGITS && dec_from_double(*out, &back) && dec_eq(back, d);
}

static bool is_hex(char c) { return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f'); }

/* A text that happens to say "_x000D_" would be read as the sign of that number: its first stroke is written as one. */
static const char *escape(cx *c, str s)
{
	if (!memmem(s.p, s.len, "_x", 2))
		return arena_cstr(c->mem, s);
	buf b;
	buf_init(&b, 0);
	for (size_t i = 0; i < s.len; i++) {
		bool sign = s.len - i >= 7 && s.p[i] == '_' && s.p[i + 1] == 'x' && s.p[i + 6] == '_';
		for (int k = 2; sign && k < 6; k++)
			sign = is_hex(s.p[i + (size_t)k]);
		if (sign)
			buf_addz(&b, "_x005F");
		buf_char(&b, s.p[i]);
	}
	const char *z = arena_cstr(c->mem, buf_str(&b));
	buf_free(&b);
	return z;
}

static void write_cell(xlsx_out *o, int i, str s, unsigned flags)
{
	const struct sheet_column *k = &o->layout->columns[i];
	lxw_format *f = look_of(o, k, flags);
	lxw_col_t at = (lxw_col_t)i;
	double number;
	day d;
	if (!s.len) {
		worksheet_write_blank(o->sheet, o->row, at, f);
	} else if (k->form == SHEET_NUMBER && exact(s, &number)) {
		worksheet_write_number(o->sheet, o->row, at, number, f);
	} else if (k->form == SHEET_DAY && date_parse(s, &d) && d > -25508) {
		worksheet_write_number(o->sheet, o->row, at, d + 25569, f);
	} else if (vn_length(s) > MAX_CELL) {
		cx_fault(o->c, FAULT_ERROR, "xlsx.write_text", (place){ .line = o->row + 1, .column = i + 1, .sheet = o->layout->name }, s);
		o->failed = true;
	} else {
		worksheet_write_string(o->sheet, o->row, at, escape(o->c, s), f);
	}
}

void xlsx_out_row(xlsx_out *o, const str *cells, int n, unsigned flags)
{
	if (o->failed)
		return;
	for (int i = 0; i < n && i < o->layout->n; i++)
		write_cell(o, i, cells[i], flags);
	o->row++;
}

static enum err read_back(xlsx_out *o, str *bytes)
{
	FILE *f = fopen(o->path, "rb");
	buf b;
	size_t n = 1;
	if (!f)
		return fail(o, strerror(errno));
	buf_init(&b, 0);
	for (char *to; n > 0 && (to = buf_room(&b, 1 << 16));) {
		n = fread(to, 1, 1 << 16, f);
		b.len += n;
	}
	bool bad = ferror(f) || buf_full(&b);
	fclose(f);
	if (!bad)
		*bytes = arena_str(o->c->mem, buf_str(&b));
	buf_free(&b);
	return bad ? fail(o, "read") : ERR_OK;
}

enum err xlsx_out_end(xlsx_out *o, str *bytes)
{
	enum err e = ERR_IO;
	if (!o->failed) {
		end_sheet(o);
		lxw_error result = workbook_close(o->book); /* frees it */
		o->book = NULL;
		e = result ? fail(o, lxw_strerror(result)) : read_back(o, bytes);
	}
	xlsx_out_close(o);
	return e;
}
