/* Roles and their rights; accounts. Accounts come without passwords: first-password letters are made afterwards (user_letters). */
#include "app/audit.h"
#include "app/import_row.h"
#include "app/user.h"
#include "db/unit.h"
#include "db/user.h"

/* ---- roles ---- */

enum { R_CODE, R_SORT, R_VI, R_EN, R_DELEGABLE, R_NOTE_VI, R_NOTE_EN, ROLE_COLUMNS };

static const struct table_column role_columns[ROLE_COLUMNS] = { { "code", true }, { "sort_no", true }, { "name_vi", true }, { "name_en", true },
	{ "delegable", true }, { "note_vi", false }, { "note_en", false } };

struct roles {
	VEC(db_role) list;
	map seen;
};

static void read_role(struct import_job *j, void *state)
{
	struct roles *s = state;
	db_role r = { .code = import_required(j, R_CODE), .sort_no = (int)import_int(j, R_SORT, 0, 10000, 0), .name_vi = import_required(j, R_VI),
		.name_en = import_required(j, R_EN), .note_vi = import_text(j, R_NOTE_VI), .note_en = import_text(j, R_NOTE_EN) };
	r.delegable = str_is(j->t.cell[R_DELEGABLE], "yes");
	if (!r.delegable && !str_is(j->t.cell[R_DELEGABLE], "no"))
		import_fault(j, "import.yes_no", R_DELEGABLE);
	import_once(j, &s->seen, r.code, R_CODE);
	*VEC_PUSH(j->c->mem, &s->list) = r;
}

static enum err put_roles(struct import_job *j, void *state, size_t from, size_t n)
{
	int64_t changed = 0;
	enum err e = db_role_put(j->c, j->conn, ((struct roles *)state)->list.p + from, n, &changed);
	j->changed += changed;
	return e;
}

static enum err write_roles(struct import_job *j, void *state)
{
	return import_at_once(j, ((struct roles *)state)->list.n, put_roles, state, NULL);
}

const struct import_kind import_roles = { "roles", role_columns, ROLE_COLUMNS, sizeof(struct roles), read_role, write_roles };

/* ---- rights ---- */

enum { X_ROLE, X_NOUN, X_VERB, RIGHT_COLUMNS };

static const struct table_column right_columns[RIGHT_COLUMNS] = { { "role", true }, { "noun", true }, { "verb", true } };

struct rights {
	VEC(db_right) list;
	map seen, roles;
};

static void check_role(struct import_job *j, map *known, str role, int column)
{
	db_role_list all;
	if (!known->n && db_role_list_all(j->c, j->conn, &all) == ERR_OK)
		for (size_t i = 0; i < all.n; i++)
			map_put(j->c->mem, known, all.p[i].code, NULL);
	if (role.len && !map_get(known, role))
		import_fault(j, "import.no_role", column);
}

static void read_right(struct import_job *j, void *state)
{
	struct rights *s = state;
	db_right r = { import_required(j, X_ROLE), import_required(j, X_NOUN), import_required(j, X_VERB) };
	check_role(j, &s->roles, r.role, X_ROLE);
	import_once(j, &s->seen, arena_printf(j->c->mem, "%.*s|%.*s|%.*s", STR_ARG(r.role), STR_ARG(r.noun), STR_ARG(r.verb)), X_VERB);
	*VEC_PUSH(j->c->mem, &s->list) = r;
}

static enum err put_rights(struct import_job *j, void *state, size_t from, size_t n)
{
	int64_t changed = 0;
	enum err e = db_right_put(j->c, j->conn, ((struct rights *)state)->list.p + from, n, &changed);
	j->changed += changed;
	return e;
}

static enum err write_rights(struct import_job *j, void *state)
{
	return import_at_once(j, ((struct rights *)state)->list.n, put_rights, state, NULL);
}

const struct import_kind import_rights = { "rights", right_columns, RIGHT_COLUMNS, sizeof(struct rights), read_right, write_rights };

/* ---- accounts ---- */

enum { U_LOGIN, U_NAME, U_TITLE, U_EMAIL, U_PHONE, U_LEVEL, U_CODE, U_UNIT, U_ROLE, U_SCOPE_LEVEL, U_SCOPE_CODE, USER_COLUMNS };

static const struct table_column user_columns[USER_COLUMNS] = { { "login", true }, { "name", true }, { "title", false }, { "email", false },
	{ "phone", false }, { "unit_level", true }, { "unit_code", false }, { "unit_name", false }, { "role", false }, { "scope_level", false },
	{ "scope_code", false } };

struct account {
	int64_t line;
	db_account row;
	db_grant grant; /* role empty: none */
};

struct accounts {
	VEC(struct account) list;
	map seen, roles;
};

static void read_unit_of(struct import_job *j, struct account *a)
{
	db_unit unit;
	str level = import_required(j, U_LEVEL), code = import_text(j, U_CODE), name = import_text(j, U_UNIT);
	day on = date_of_ms(j->c->now_ms);
	if (!code.len && !name.len) {
		import_fault(j, "import.empty", U_CODE);
		return;
	}
	int64_t id = import_unit(j, level, code, name, on, on, code.len ? U_CODE : U_UNIT);
	if (id && db_unit_get(j->c, j->conn, id, &unit) == ERR_OK) {
		a->row.unit_level = unit.level;
		a->row.unit_code = unit.code;
	}
}

/* The role holds over the account's own unit, or over what scope_… names; "*": all units. */
static void read_grant(struct import_job *j, struct accounts *s, struct account *a)
{
	db_grant g = { .role = import_text(j, U_ROLE), .unit_level = import_text(j, U_SCOPE_LEVEL), .unit_code = import_text(j, U_SCOPE_CODE),
		.valid_from = date_of_ms(j->c->now_ms), .valid_to = DB_DAY_OPEN };
	day on = g.valid_from;
	if (!g.role.len)
		return;
	check_role(j, &s->roles, g.role, U_ROLE);
	if (str_is(g.unit_level, "*"))
		g.unit_level = g.unit_code = STR("");
	else if (!g.unit_level.len) {
		g.unit_level = a->row.unit_level;
		g.unit_code = a->row.unit_code;
	} else if (!str_is(g.unit_level, "group"))
		import_unit(j, g.unit_level, g.unit_code, (str){ 0 }, on, on, U_SCOPE_CODE);
	a->grant = g;
}

static void read_user(struct import_job *j, void *state)
{
	struct accounts *s = state;
	struct account a = { .line = table_at(&j->t, U_LOGIN).line };
	str login = import_required(j, U_LOGIN);
	struct user u = { .name = import_required(j, U_NAME),
		.title = import_text(j, U_TITLE),
		.email = import_text(j, U_EMAIL),
		.phone = import_text(j, U_PHONE) };
	if (login.len && !user_login_read(j->c, login, &a.row.login))
		import_fault(j, "user.login", U_LOGIN);
	const char *wrong = user_text_wrong(&u);
	if (wrong)
		import_fault(j, wrong, strcmp(wrong, "user.email") == 0 ? U_EMAIL : strcmp(wrong, "user.phone") == 0 ? U_PHONE : U_NAME);
	import_once(j, &s->seen, a.row.login, U_LOGIN);
	a.row.name = u.name;
	a.row.title = u.title;
	a.row.email = user_email(j->c, u.email);
	a.row.phone = u.phone;
	read_unit_of(j, &a);
	read_grant(j, s, &a);
	*VEC_PUSH(j->c->mem, &s->list) = a;
}

static enum err put_user(struct import_job *j, const struct account *a, const struct actor *who)
{
	db_account row = a->row, old;
	day on = date_of_ms(j->c->now_ms);
	enum err e = db_account_by_login(j->c, j->conn, row.login, on, &old);
	if (e && e != ERR_NOTFOUND)
		return e;
	bool fresh = e == ERR_NOTFOUND;
	if (!fresh) { /* who he is is corrected; password and state stay */
		row.id = old.id;
		row.disabled = old.disabled;
	}
	e = db_account_put(j->c, j->conn, &row);
	if (!e && a->grant.role.len)
		e = db_grant_put(j->c, j->conn, row.id, &a->grant);
	j->changed++;
	if (e)
		return e;
	str detail = a->grant.role.len ? arena_printf(j->c->mem, "{\"role\":\"%.*s\",\"unit\":\"%.*s/%.*s\"}",
			     STR_ARG(a->grant.role), STR_ARG(a->grant.unit_level), STR_ARG(a->grant.unit_code))
				       : STR("");
	return audit_add(j->c, j->conn, who, fresh ? "user.add" : "user.edit", user_object(j->c, row.id), detail);
}

static struct actor import_actor(const struct import_job *j)
{
	return j->opt->who ? *j->opt->who : actor_system(j->opt->actor ? j->opt->actor : "system");
}

static enum err put_users(struct import_job *j, void *state, size_t from, size_t n)
{
	const struct accounts *s = state;
	const struct actor who = import_actor(j);
	enum err e = ERR_OK;
	for (size_t i = from; i < from + n && !e; i++)
		e = put_user(j, &s->list.p[i], &who);
	return e;
}

static enum err write_users(struct import_job *j, void *state)
{
	return import_at_once(j, ((struct accounts *)state)->list.n, put_users, state, NULL);
}

/* What it would do, without doing it. */
static enum err look_at_users(struct import_job *j, void *state)
{
	const struct accounts *s = state;
	day on = date_of_ms(j->c->now_ms);
	DB_READER(k);
	enum err e = db_reader(j->c, j->a->db, &k);
	for (size_t i = 0; i < s->list.n && !e; i++) {
		const struct account *a = &s->list.p[i];
		db_account old;
		db_unit unit = { 0 };
		e = db_account_by_login(j->c, k, a->row.login, on, &old);
		bool fresh = e == ERR_NOTFOUND;
		if (!e || fresh)
			e = db_unit_at(j->c, k, a->row.unit_level, a->row.unit_code, on, &unit);
		if (e && e != ERR_NOTFOUND)
			return e;
		e = ERR_OK;
		str scope = a->grant.unit_level.len ? arena_printf(j->c->mem, "%.*s/%.*s", STR_ARG(a->grant.unit_level), STR_ARG(a->grant.unit_code)) : STR("");
		*VEC_PUSH(j->c->mem, j->opt->look) = (struct import_look){ a->line, a->row.login, a->row.name,
			{ unit.name, a->grant.role, scope }, fresh ? LOOK_NEW : LOOK_CHANGED };
	}
	return e;
}

const struct import_kind import_users = { "users", user_columns, USER_COLUMNS, sizeof(struct accounts), read_user, write_users, look_at_users };

/* ---- groups of units ---- */

enum { G_GROUP, G_NAME, G_NOTE, G_LEVEL, G_CODE, G_UNIT, GROUP_COLUMNS };

static const struct table_column group_columns[GROUP_COLUMNS] = { { "group", true }, { "name", true }, { "note", false }, { "unit_level", true },
	{ "unit_code", false }, { "unit_name", false } };

struct grouped {
	db_group row; /* as in its first line */
	VEC(db_member) units;
};

struct groupings {
	VEC(struct grouped *) list;
	map by_code; /* place in list, from 1 */
	map seen;
};

static struct grouped *group_of(struct import_job *j, struct groupings *s, str code)
{
	bool added;
	int64_t *at = map_put(j->c->mem, &s->by_code, code, &added);
	if (!added)
		return s->list.p[*at - 1];
	struct grouped *g = NEW(j->c->mem, struct grouped);
	*g = (struct grouped){ .row = { .code = code, .name = import_required(j, G_NAME), .note = import_text(j, G_NOTE) } };
	*VEC_PUSH(j->c->mem, &s->list) = g;
	*at = (int64_t)s->list.n;
	if (code.len && !group_code(code))
		import_fault(j, "user.group_code", G_GROUP);
	return g;
}

static void read_group(struct import_job *j, void *state)
{
	struct groupings *s = state;
	db_unit unit;
	str level = import_required(j, G_LEVEL), code = import_text(j, G_CODE), name = import_text(j, G_UNIT);
	struct grouped *g = group_of(j, s, import_required(j, G_GROUP));
	day on = date_of_ms(j->c->now_ms);
	if (!code.len && !name.len) {
		import_fault(j, "import.empty", G_CODE);
		return;
	}
	int64_t id = import_unit(j, level, code, name, on, on, code.len ? G_CODE : G_UNIT);
	if (!id || db_unit_get(j->c, j->conn, id, &unit) != ERR_OK)
		return;
	*VEC_PUSH(j->c->mem, &g->units) = (db_member){ .level = unit.level, .code = unit.code };
	import_once(j, &s->seen, arena_printf(j->c->mem, "%.*s %.*s/%.*s", STR_ARG(g->row.code), STR_ARG(unit.level), STR_ARG(unit.code)), G_CODE);
}

static enum err put_groups(struct import_job *j, void *state, size_t from, size_t n)
{
	const struct groupings *s = state;
	const struct actor who = import_actor(j);
	enum err e = ERR_OK;
	for (size_t i = from; i < from + n && !e; i++) {
		const struct grouped *g = s->list.p[i];
		e = db_group_put(j->c, j->conn, &g->row, g->units.p, g->units.n);
		j->changed++;
		if (!e)
			e = audit_add(j->c, j->conn, &who, "group.put", g->row.code, arena_printf(j->c->mem, "{\"units\":%zu}", g->units.n));
	}
	return e;
}

static enum err write_groups(struct import_job *j, void *state)
{
	return import_at_once(j, ((struct groupings *)state)->list.n, put_groups, state, NULL);
}

const struct import_kind import_groups = { "groups", group_columns, GROUP_COLUMNS, sizeof(struct groupings), read_group, write_groups, NULL };
