#include "app/user_book.h"
#include "app/import_row.h"
#include "app/unit.h"
#include "app/user.h"
#include "base/po.h"
#include "format/xlsx_write.h"

enum { SPARE_ROWS = 500, COLUMNS = 11, ROLE_CELLS = 3, UNIT_CELLS = 3 };

static const struct {
	const char *hint; /* NULL: the heading says it */
	double width;
} shapes[COLUMNS] = {
	{ "user_book.login", 18 },
	{ "user_book.name", 26 },
	{ "user_book.title", 20 },
	{ "user_book.email", 28 },
	{ "user_book.phone", 14 },
	{ "user_book.level", 18 },
	{ "user_book.code", 12 },
	{ "user_book.unit", 34 },
	{ "user_book.role", 20 },
	{ "user_book.scope_level", 18 },
	{ "user_book.scope_code", 14 },
};

enum { AT_LEVEL = 5, AT_UNIT = 7, AT_ROLE = 8, AT_SCOPE_LEVEL = 9 };

/* The units that accounts of this store belong to, and the levels they have: departments, with their province and its communes. The store knows
 * every commune of the country; nobody wants to choose among those. */
struct units {
	str level[6];
	size_t n_levels;
	struct unit_list all;
};

static bool is_ours(const struct unit_list *departments, const struct unit_info *u)
{
	str province = u->parent_code.len ? u->parent_code : u->code;
	for (size_t i = 0; i < departments->n; i++)
		if (str_eq(departments->p[i].parent_code, province))
			return true;
	return false;
}

static void add_units(cx *c, struct units *u, const char *level, const struct unit_list *list, const struct unit_list *departments)
{
	size_t before = u->all.n;
	for (size_t i = 0; i < list->n; i++)
		if (list == departments || is_ours(departments, &list->p[i]))
			*VEC_PUSH(c->mem, &u->all) = list->p[i];
	if (u->all.n > before)
		u->level[u->n_levels++] = str_of(level);
}

static enum err read_units(cx *c, struct app *a, struct units *u)
{
	static const char *const levels[2][3] = { { "department", "commune", "province" }, { "sample-department", "sample-commune", "sample-province" } };
	day today = date_of_ms(c->now_ms);
	*u = (struct units){ 0 };
	for (int sample = 0; sample < 2; sample++) {
		struct unit_list list[3] = { 0 };
		for (int i = 0; i < 3; i++) {
			enum err e = unit_on(c, a, str_of(levels[sample][i]), today, &list[i]);
			if (e)
				return e;
		}
		for (int i = 0; i < 3; i++)
			add_units(c, u, levels[sample][i], &list[i], &list[0]);
	}
	return ERR_OK;
}

static const char *cells_of(cx *c, const char *sheet, char column, size_t n)
{
	return arena_printf(c->mem, "='%s'!$%c$2:$%c$%zu", po_text(sheet, LANG_VI), column, column, n + 1).p;
}

static void set_columns(cx *c, struct sheet_column *k, const struct units *u, size_t n_roles)
{
	const char **levels = NEW_ARRAY(c->mem, const char *, u->n_levels + 1);
	for (size_t i = 0; i < u->n_levels; i++)
		levels[i] = arena_cstr(c->mem, u->level[i]);
	for (int i = 0; i < COLUMNS; i++)
		k[i] = (struct sheet_column){ .heading = import_users.columns[i].name,
			.width = shapes[i].width,
			.form = SHEET_TEXT,
			.hint = arena_printf(c->mem, "%s\n%s", po_text(shapes[i].hint, LANG_VI), po_text(shapes[i].hint, LANG_EN)) };
	k[AT_LEVEL].choices = k[AT_SCOPE_LEVEL].choices = u->n_levels ? levels : NULL;
	k[AT_UNIT].list = u->all.n ? cells_of(c, "user_book.units", 'C', u->all.n) : NULL;
	k[AT_ROLE].list = n_roles ? cells_of(c, "user_book.roles", 'A', n_roles) : NULL;
}

static void put_roles(xlsx_out *o, const struct role_list *roles, const struct sheet_layout *sheet)
{
	xlsx_out_sheet(o, sheet);
	for (size_t i = 0; i < roles->n; i++)
		xlsx_out_row(o, (const str[ROLE_CELLS]){ roles->p[i].code, roles->p[i].name_vi, roles->p[i].note_vi }, ROLE_CELLS, 0);
}

static void put_units(xlsx_out *o, const struct units *u, const struct sheet_layout *sheet)
{
	xlsx_out_sheet(o, sheet);
	for (size_t i = 0; i < u->all.n; i++)
		xlsx_out_row(o, (const str[UNIT_CELLS]){ u->all.p[i].level, u->all.p[i].code, u->all.p[i].name }, UNIT_CELLS, 0);
}

enum err user_book(cx *c, struct app *a, const struct actor *who, str *bytes)
{
	struct role_list roles;
	struct units units;
	enum err e = actor_may_at(c, a, who, "user", "add", STR(""), STR(""));
	if (!e)
		e = role_list(c, a, &roles);
	if (!e)
		e = read_units(c, a, &units);
	if (e)
		return e;
	struct sheet_column *k = NEW_ARRAY(c->mem, struct sheet_column, COLUMNS);
	set_columns(c, k, &units, roles.n);
	const struct sheet_column of_roles[ROLE_CELLS] = { { .heading = "role", .width = 22 },
		{ .heading = po_text("user_book.role_name", LANG_VI), .width = 34 },
		{ .heading = po_text("user_book.role_note", LANG_VI), .width = 70, .wrap = true } };
	const struct sheet_column of_units[UNIT_CELLS] = { { .heading = "unit_level", .width = 20 }, { .heading = "unit_code", .width = 14 },
		{ .heading = "unit_name", .width = 48 } };
	struct sheet_layout main_sheet = { .name = str_of(po_text("user_book.sheet", LANG_VI)), .columns = k, .n = COLUMNS, .frozen_columns = 2,
		.spare_rows = SPARE_ROWS, .landscape = true };
	struct sheet_layout second = { .name = str_of(po_text("user_book.roles", LANG_VI)), .columns = of_roles, .n = ROLE_CELLS };
	struct sheet_layout third = { .name = str_of(po_text("user_book.units", LANG_VI)), .columns = of_units, .n = UNIT_CELLS };
	xlsx_out *o = xlsx_out_open(c, str_of(po_text("user_book.sheet", LANG_VI)));
	xlsx_out_sheet(o, &main_sheet);
	put_roles(o, &roles, &second);
	put_units(o, &units, &third);
	return xlsx_out_end(o, bytes);
}
