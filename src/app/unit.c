#include "app/unit.h"
#include "base/po.h"
#include "base/vec.h"
#include "base/vn.h"
#include "db/unit.h"
#include "format/xlsx_write.h"

str unit_slug(cx *c, str code, str name)
{
	str fold = vn_fold(c->mem, name);
	char *p = arena_alloc(c->mem, code.len + fold.len + 2);
	size_t n = 0;
	for (size_t i = 0; i < code.len; i++)
		p[n++] = code.p[i] >= 'A' && code.p[i] <= 'Z' ? (char)(code.p[i] | 32) : code.p[i];
	p[n++] = '.';
	for (size_t i = 0; i < fold.len; i++)
		p[n++] = fold.p[i] == ' ' ? '-' : fold.p[i];
	return (str){ p, n };
}

struct unit_info unit_info_of(cx *c, const db_unit *u)
{
	return (struct unit_info){ .id = u->id,
		.code = u->code,
		.name = u->name,
		.type = u->type,
		.level = u->level,
		.region = u->region,
		.parent_code = u->parent_code,
		.slug = unit_slug(c, u->code, u->name),
		.valid_from = u->valid_from,
		.valid_to = u->valid_to,
		.today = u->valid_to >= date_of_ms(c->now_ms),
		.sample = str_starts(u->level, STR("sample")) };
}

static enum err listed(cx *c, enum err e, const db_unit_list *from, struct unit_list *out)
{
	for (size_t i = 0; !e && i < from->n; i++)
		*VEC_PUSH(c->mem, out) = unit_info_of(c, &from->p[i]);
	return e;
}

/* The code stands before the first point; of its versions the newest with that name. */
enum err unit_by_slug(cx *c, struct app *a, str slug, struct unit_info *out)
{
	static const char *const levels[] = { "province", "department", "commune", "sample-province", "sample-department", "sample-commune" };
	str rest = slug, code;
	DB_READER(k);
	if (!str_next(&rest, '.', &code) || !code.len)
		return ERR_NOTFOUND;
	enum err e = db_reader(c, a->db, &k);
	code = vn_upper(c->mem, code);
	bool found = false;
	for (size_t i = 0; !e && !found && i < sizeof levels / sizeof levels[0]; i++) {
		db_unit_list list = { 0 };
		e = db_unit_versions(c, k, str_of(levels[i]), code, &list);
		for (size_t v = list.n; !e && !found && v-- > 0;)
			if ((found = str_eq(unit_slug(c, list.p[v].code, list.p[v].name), slug)))
				*out = unit_info_of(c, &list.p[v]);
	}
	return e ? e : found ? ERR_OK : ERR_NOTFOUND;
}

enum err unit_by_name(cx *c, struct app *a, str level, str name, day on, struct unit_list *out)
{
	DB_READER(k);
	db_unit_list list = { 0 };
	enum err e = db_reader(c, a->db, &k);
	return e ? e : listed(c, db_unit_resolve(c, k, level, name, on, &list), &list, out);
}

enum err unit_line(cx *c, struct app *a, int64_t id, struct unit_list *before, struct unit_list *after)
{
	DB_READER(k);
	db_unit_list old = { 0 }, new = { 0 };
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = listed(c, db_unit_predecessors(c, k, id, &old), &old, before);
	if (!e)
		e = listed(c, db_unit_successors(c, k, id, &new), &new, after);
	return e;
}

/* Provinces of today, then former ones whose names are gone (before July 2025, before August 2008), then whatever else there is today. */
enum err unit_search(cx *c, struct app *a, str text, int limit, struct unit_list *out)
{
	DB_READER(k);
	day before, long_ago, today = date_of_ms(c->now_ms);
	date_make(2025, 6, 30, &before);
	date_make(2008, 7, 31, &long_ago);
	const struct {
		str level;
		day on;
	} passes[] = { { STR("province"), today }, { STR("province"), before }, { STR("province"), long_ago }, { STR(""), today } };
	enum err e = db_reader(c, a->db, &k);
	for (size_t pass = 0; pass < sizeof passes / sizeof *passes && !e; pass++) {
		db_unit_list list = { 0 };
		e = db_unit_search(c, k, passes[pass].level, text, passes[pass].on, limit, &list);
		for (size_t i = 0; !e && i < list.n && out->n < (size_t)limit; i++) {
			struct unit_info u = unit_info_of(c, &list.p[i]);
			bool known = false;
			for (size_t j = 0; j < out->n; j++)
				known |= str_eq(out->p[j].slug, u.slug) && str_eq(out->p[j].level, u.level);
			if (!known)
				*VEC_PUSH(c->mem, out) = u;
		}
	}
	return e;
}

enum err unit_on(cx *c, struct app *a, str level, day on, struct unit_list *out)
{
	DB_READER(k);
	db_unit_list list = { 0 };
	enum err e = db_reader(c, a->db, &k);
	return e ? e : listed(c, db_unit_on(c, k, level, on, STR(""), &list), &list, out);
}

/* ---- the table of the province's own units ---- */

static enum err own(cx *c, struct app *a, str level, str *province, db_unit_list *out)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_meta_get(c, k, STR("province"), province);
	return e ? e : db_unit_on(c, k, level, date_of_ms(c->now_ms), str_starts(level, STR("sample")) ? STR("") : *province, out);
}

enum err unit_own(cx *c, struct app *a, str level, struct unit_list *out)
{
	str province;
	db_unit_list list = { 0 };
	return listed(c, own(c, a, level, &province, &list), &list, out);
}

enum { BOOK_COLUMNS = 11, BOOK_SPARE = 200 };

static const char *const book_levels[] = { "department", "commune", NULL };
static const char *const book_statuses[] = { "verified", "not verified", NULL };
static const struct sheet_column book_shape[BOOK_COLUMNS] = {
	{ .heading = "level", .width = 12, .choices = book_levels },
	{ .heading = "code", .width = 14 },
	{ .heading = "name", .width = 44 },
	{ .heading = "type", .width = 12 },
	{ .heading = "parent_level", .width = 12 },
	{ .heading = "parent_code", .width = 12 },
	{ .heading = "valid_from", .width = 12, .form = SHEET_DAY },
	{ .heading = "valid_to", .width = 12, .form = SHEET_DAY },
	{ .heading = "status", .width = 14, .choices = book_statuses },
	{ .heading = "source", .width = 32 },
	{ .heading = "note", .width = 32 },
};

static str day_cell(cx *c, day d, day none)
{
	char text[DATE_TEXT];
	return d == none ? STR("") : arena_str(c->mem, date_text(d, text));
}

enum err unit_workbook(cx *c, struct app *a, str level, str title, str *bytes)
{
	str province;
	db_unit_list list = { 0 };
	struct sheet_column shape[BOOK_COLUMNS];
	enum err e = own(c, a, level, &province, &list);
	if (e)
		return e;
	for (int i = 0; i < BOOK_COLUMNS; i++) {
		shape[i] = book_shape[i];
		shape[i].hint = str_of(po_text(arena_printf(c->mem, "unit_book.%s", shape[i].heading).p, LANG_VI));
	}
	struct sheet_layout sheet = { .name = title, .columns = shape, .n = BOOK_COLUMNS, .frozen_columns = 3, .spare_rows = BOOK_SPARE, .landscape = true };
	xlsx_out *o = xlsx_out_open(c, title);
	xlsx_out_sheet(o, &sheet);
	for (size_t i = 0; i < list.n; i++) {
		const db_unit *u = &list.p[i];
		const str row[BOOK_COLUMNS] = { u->level, u->code, u->name, u->type, u->parent_level, u->parent_code, day_cell(c, u->valid_from, 0),
			day_cell(c, u->valid_to, DB_DAY_OPEN), u->status, u->source, u->note };
		xlsx_out_row(o, row, BOOK_COLUMNS, 0);
	}
	if (!list.n) { /* an example of the row that is wanted */
		const str row[BOOK_COLUMNS] = { level, STR(""), STR(""), STR(""), province.len ? STR("province") : STR(""), province, STR(""), STR(""), STR(""),
			STR(""), STR("") };
		xlsx_out_row(o, row, BOOK_COLUMNS, SHEET_ROW_SHADED);
	}
	return xlsx_out_end(o, bytes);
}
