/* Roles as people see them, groups of units, delegation. */
#include "app/audit.h"
#include "app/user.h"
#include "base/vec.h"
#include "base/vn.h"
#include "db/unit.h"
#include "db/user.h"

static day today(const cx *c) { return date_of_ms(c->now_ms); }

/* ---- roles ---- */

enum err role_list(cx *c, struct app *a, struct role_list *out)
{
	db_role_list roles;
	db_right_list rights = { 0 };
	DB_READER(k);
	*out = (struct role_list){ 0 };
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_role_list_all(c, k, &roles);
	if (!e)
		e = db_right_list_all(c, k, &rights);
	if (e)
		return e;
	for (size_t i = 0; i < roles.n; i++) {
		const db_role *r = &roles.p[i];
		str *said = NEW_ARRAY(c->mem, str, rights.n + 1);
		size_t n = 0;
		for (size_t j = 0; j < rights.n; j++)
			if (str_eq(rights.p[j].role, r->code))
				said[n++] = arena_printf(c->mem, "%.*s.%.*s", STR_ARG(rights.p[j].noun), STR_ARG(rights.p[j].verb));
		*VEC_PUSH(c->mem, out) = (struct role_info){ .code = r->code, .name_vi = r->name_vi, .name_en = r->name_en, .note_vi = r->note_vi,
			.note_en = r->note_en, .delegable = r->delegable, .rights = said, .n_rights = n };
	}
	return ERR_OK;
}

struct role_work {
	const struct actor *who;
	const struct role_info *r;
	bool fresh;
};

static bool has_right(const db_right_list *l, str role, str right)
{
	for (size_t i = 0; i < l->n; i++) {
		const db_right *x = &l->p[i];
		if (str_eq(x->role, role) && right.len == x->noun.len + 1 + x->verb.len && str_starts(right, x->noun)
			&& str_eq((str){ right.p + x->noun.len + 1, x->verb.len }, x->verb))
			return true;
	}
	return false;
}

/* "+score.view -score.fill": what came, what went. */
static str changes_of(cx *c, const db_right_list *before, const db_right_list *after, str role)
{
	buf b;
	buf_init(&b, 12000);
	for (int gone = 0; gone < 2; gone++) {
		const db_right_list *in = gone ? before : after, *out = gone ? after : before;
		for (size_t i = 0; i < in->n; i++) {
			str right = arena_printf(c->mem, "%.*s.%.*s", STR_ARG(in->p[i].noun), STR_ARG(in->p[i].verb));
			if (str_eq(in->p[i].role, role) && !has_right(out, role, right))
				buf_printf(&b, "%s%c%.*s", b.len ? " " : "", gone ? '-' : '+', STR_ARG(right));
		}
	}
	str s = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static const db_role *role_of(const db_role_list *l, str code)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->p[i].code, code))
			return &l->p[i];
	return NULL;
}

static enum err put_role(cx *c, db_conn *k, void *arg)
{
	const struct role_work *w = arg;
	const struct role_info *r = w->r;
	db_role_list roles;
	db_right_list before = { 0 }, after = { 0 };
	int64_t n;
	enum err e = db_role_list_all(c, k, &roles);
	if (!e)
		e = db_right_list_all(c, k, &before);
	if (e)
		return e;
	const db_role *old = role_of(&roles, r->code);
	if (old && w->fresh)
		return cx_fail(c, ERR_CONFLICT, "role.taken", (place){ .field = STR("code") }, r->code);
	if (!old && !w->fresh)
		return ERR_NOTFOUND;
	int sort = old ? old->sort_no : roles.n ? roles.p[roles.n - 1].sort_no + 10 : 10;
	e = db_role_put(c, k,
		&(db_role){ .code = r->code, .sort_no = sort, .name_vi = r->name_vi, .name_en = r->name_en, .note_vi = r->note_vi, .note_en = r->note_en,
			.delegable = r->delegable },
		1, &n);
	for (size_t i = 0; i < r->n_rights; i++) {
		str verb = r->rights[i], noun;
		str_next(&verb, '.', &noun);
		*VEC_PUSH(c->mem, &after) = (db_right){ r->code, noun, verb };
	}
	if (!e)
		e = db_right_drop(c, k, r->code);
	if (!e && after.n)
		e = db_right_put(c, k, after.p, after.n, &n);
	return e ? e : audit_add(c, k, w->who, w->fresh ? "role.add" : "role.edit", r->code, changes_of(c, &before, &after, r->code));
}

static bool is_word(str s, bool star)
{
	for (size_t i = 0; i < s.len; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (i && s.p[i] == '_')))
			return star && str_is(s, "*");
	return s.len >= 2 && s.len <= 40;
}

static enum err check_role(cx *c, const struct role_info *r)
{
	int kept = 0;
	if (!is_word(r->code, false))
		return cx_fail(c, ERR_INPUT, "role.code", (place){ .field = STR("code") }, r->code);
	if (!r->name_vi.len || vn_length(r->name_vi) > USER_TEXT_MAX || vn_length(r->name_en) > USER_TEXT_MAX || vn_length(r->note_vi) > 400
		|| vn_length(r->note_en) > 400)
		return cx_fail(c, ERR_INPUT, "role.name", (place){ .field = STR("name_vi") }, r->name_vi);
	for (size_t i = 0; i < r->n_rights; i++) {
		str verb = r->rights[i], noun;
		if (!str_next(&verb, '.', &noun) || !is_word(noun, true) || !is_word(verb, true))
			return cx_fail(c, ERR_INPUT, "role.right", (place){ .field = STR("rights") }, r->rights[i]);
		kept += str_is(r->rights[i], "user.*") || str_is(r->rights[i], "role.*");
	}
	if (str_is(r->code, "administrator") && kept < 2)
		return cx_fail(c, ERR_INPUT, "role.keeps", (place){ .field = STR("rights") }, r->code);
	return r->n_rights > 400 ? cx_fail(c, ERR_LIMIT, "role.right", (place){ .field = STR("rights") }, STR("")) : ERR_OK;
}

enum err role_put(cx *c, struct app *a, const struct actor *who, const struct role_info *r, bool fresh)
{
	struct role_work w = { who, r, fresh };
	/* A role holds wherever it is given: only who may everywhere changes one. */
	enum err e = actor_may_at(c, a, who, "role", "edit", STR(""), STR(""));
	if (!e)
		e = check_role(c, r);
	return e ? e : db_tx(c, a->db, DB_WRITE, put_role, &w);
}

/* ---- groups ---- */

enum err group_list(cx *c, struct app *a, struct group_list *out)
{
	db_group_list list;
	DB_READER(k);
	*out = (struct group_list){ 0 };
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_group_list_all(c, k, &list);
	for (size_t i = 0; !e && i < list.n; i++)
		*VEC_PUSH(c->mem, out) = (struct group_info){
			.code = list.p[i].code, .name = list.p[i].name, .note = list.p[i].note, .members = list.p[i].members
		};
	return e;
}

enum err group_get(cx *c, struct app *a, str code, struct group_info *out)
{
	struct group_list all;
	db_member_list list = { 0 };
	DB_READER(k);
	bool found = false;
	enum err e = group_list(c, a, &all);
	for (size_t i = 0; !e && i < all.n; i++)
		if (str_eq(all.p[i].code, code)) {
			*out = all.p[i];
			found = true;
		}
	if (e || !found)
		return e ? e : ERR_NOTFOUND;
	e = db_reader(c, a->db, &k);
	if (!e)
		e = db_group_members(c, k, code, today(c), &list);
	struct group_member *p = NEW_ARRAY(c->mem, struct group_member, list.n + 1);
	for (size_t i = 0; i < list.n; i++)
		p[i] = (struct group_member){ list.p[i].level, list.p[i].code, list.p[i].name };
	out->p = p;
	out->n = list.n;
	return e;
}

struct group_work {
	const struct actor *who;
	const struct group_info *g;
	db_member *m;
	size_t n;
};

/* "level/code", or a name that one unit has today. */
static enum err read_member(cx *c, db_conn *k, str word, const char *field, db_member *out, bool *good)
{
	db_unit unit;
	db_unit_list list = { 0 };
	str code = word, level;
	str_next(&code, '/', &level);
	enum err e = code.len ? db_unit_at(c, k, level, code, today(c), &unit) : ERR_NOTFOUND;
	if (e == ERR_NOTFOUND && !code.len) {
		e = db_unit_resolve(c, k, STR(""), word, today(c), &list);
		if (!e && list.n == 1)
			unit = list.p[0];
		else if (!e)
			e = ERR_NOTFOUND;
	}
	*good = !e;
	if (*good)
		*out = (db_member){ unit.level, unit.code, unit.name };
	else if (e == ERR_NOTFOUND)
		cx_fault(c, FAULT_ERROR, list.n > 1 ? "user.many_units" : "user.no_unit", (place){ .field = str_of(field) }, word);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

enum err user_unit_read(cx *c, struct app *a, const char *field, str text, str *level, str *code)
{
	db_member m = { 0 };
	bool good = true;
	DB_READER(k);
	*level = *code = STR("");
	text = str_trim(text);
	if (!text.len)
		return ERR_OK;
	if (str_starts(text, STR("group/"))) {
		*level = STR("group");
		*code = (str){ text.p + 6, text.len - 6 };
		return ERR_OK;
	}
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = read_member(c, k, text, field, &m, &good);
	*level = m.level;
	*code = m.code;
	return e ? e : good ? ERR_OK : ERR_INPUT;
}

static enum err read_members(cx *c, struct app *a, str text, struct group_work *w)
{
	enum { MOST = 5000 };
	VEC(db_member) list = { 0 };
	str line, word;
	DB_READER(k);
	size_t before = c->n_errors;
	enum err e = db_reader(c, a->db, &k);
	while (!e && text.len && list.n < MOST) {
		str_next(&text, '\n', &line);
		while (!e && line.len) {
			db_member m;
			bool good = false;
			str_next(&line, ';', &word);
			word = str_trim(word);
			if (word.len)
				e = read_member(c, k, word, "members", &m, &good);
			if (good)
				*VEC_PUSH(c->mem, &list) = m;
		}
	}
	w->m = list.p;
	w->n = list.n;
	if (!e && c->n_errors == before && !list.n)
		cx_fault(c, FAULT_ERROR, "user.needed", (place){ .field = STR("members") }, (str){ 0 });
	return e ? e : c->n_errors > before ? ERR_INPUT : ERR_OK;
}

static enum err put_group(cx *c, db_conn *k, void *arg)
{
	const struct group_work *w = arg;
	enum err e = db_group_put(c, k, &(db_group){ .code = w->g->code, .name = w->g->name, .note = w->g->note }, w->m, w->n);
	return e ? e : audit_add(c, k, w->who, "group.put", w->g->code, arena_printf(c->mem, "{\"units\":%zu}", w->n));
}

bool group_code(str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') || (i && s.p[i] == '-')))
			return false;
	return s.len >= 1 && s.len <= 40;
}

enum err group_put(cx *c, struct app *a, const struct actor *who, const struct group_info *g, str members)
{
	struct group_work w = { .who = who, .g = g };
	enum err e = actor_may_at(c, a, who, "group", "edit", STR(""), STR(""));
	if (e)
		return e;
	if (!group_code(g->code))
		cx_fault(c, FAULT_ERROR, "user.group_code", (place){ .field = STR("code") }, g->code);
	if (!g->name.len || vn_length(g->name) > USER_TEXT_MAX)
		cx_fault(c, FAULT_ERROR, "user.needed", (place){ .field = STR("name") }, (str){ 0 });
	e = read_members(c, a, members, &w);
	if (!e && c->n_errors)
		e = ERR_INPUT;
	return e ? e : db_tx(c, a->db, DB_WRITE, put_group, &w);
}

static enum err drop_group(cx *c, db_conn *k, void *arg)
{
	const struct group_work *w = arg;
	enum err e = db_group_drop(c, k, w->g->code);
	return e ? e : audit_add(c, k, w->who, "group.drop", w->g->code, STR(""));
}

enum err group_drop(cx *c, struct app *a, const struct actor *who, str code)
{
	struct group_info g = { .code = code };
	struct group_work w = { .who = who, .g = &g };
	enum err e = actor_may_at(c, a, who, "group", "edit", STR(""), STR(""));
	return e ? e : db_tx(c, a->db, DB_WRITE, drop_group, &w);
}

/* ---- delegation ---- */

enum err delegation_list(cx *c, struct app *a, int64_t user_id, struct delegation_list *out)
{
	db_delegation_list list;
	DB_READER(k);
	*out = (struct delegation_list){ 0 };
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_delegation_of(c, k, user_id, 500, &list);
	for (size_t i = 0; !e && i < list.n; i++) {
		const db_delegation *d = &list.p[i];
		*VEC_PUSH(c->mem, out) = (struct delegation){ .id = d->id, .from_id = d->from_id, .to_id = d->to_id, .from_name = d->from_name,
			.to_name = d->to_name, .reason = d->reason, .from = d->valid_from, .until = d->valid_to, .created_at = d->created_at,
			.ended_at = d->ended_at, .now = !d->ended_at && d->valid_from <= today(c) && d->valid_to >= today(c),
			.coming = !d->ended_at && d->valid_from > today(c) };
	}
	return e;
}

struct delegation_work {
	const struct actor *who;
	const struct delegation *d;
	int64_t id;
};

static void wrong(cx *c, const char *key, const char *field)
{
	cx_fault(c, FAULT_ERROR, key, (place){ .field = str_of(field) }, (str){ 0 });
}

static enum err check_delegation(cx *c, db_conn *k, const struct delegation *d)
{
	db_account to;
	size_t before = c->n_errors;
	if (d->from_id == d->to_id)
		wrong(c, "user.delegate_self", "to");
	if (d->until < d->from || d->until < today(c) || d->until - d->from > 366)
		wrong(c, "user.delegate_days", "until");
	if (!d->reason.len || vn_length(d->reason) > USER_TEXT_MAX)
		wrong(c, "user.needed", "reason");
	enum err e = db_account_get(c, k, d->to_id, today(c), &to);
	if (e == ERR_NOTFOUND || (!e && to.disabled))
		wrong(c, "user.unknown", "to");
	return e && e != ERR_NOTFOUND ? e : c->n_errors > before ? ERR_INPUT : ERR_OK;
}

static enum err add_delegation(cx *c, db_conn *k, void *arg)
{
	struct delegation_work *w = arg;
	const struct delegation *d = w->d;
	enum err e = check_delegation(c, k, d);
	if (e)
		return e;
	db_delegation x = { .from_id = d->from_id, .to_id = d->to_id, .valid_from = d->from, .valid_to = d->until, .reason = d->reason,
		.created_by = w->who->user_id };
	e = db_delegation_add(c, k, &x);
	return e ? e
		 : audit_add(c, k, w->who, "user.delegate", user_object(c, d->from_id),
			 arena_printf(c->mem, "{\"to\":\"user:%lld\",\"from_day\":%d,\"to_day\":%d}", (long long)d->to_id, d->from,
				 d->until));
}

/* One speaks for himself; for others by right, and only where he administers them. */
static enum err may_delegate(cx *c, struct app *a, const struct actor *who, int64_t from_id)
{
	struct user u;
	if (who->user_id && who->user_id == from_id)
		return ERR_OK;
	enum err e = user_get(c, a, from_id, &u);
	if (e == ERR_NOTFOUND)
		return cx_fail(c, e, "user.unknown", (place){ 0 }, (str){ 0 });
	return e ? e : actor_may_at(c, a, who, "user", "delegate", u.level, u.unit_code);
}

enum err delegation_add(cx *c, struct app *a, const struct actor *who, const struct delegation *d)
{
	struct delegation_work w = { .who = who, .d = d };
	enum err e = may_delegate(c, a, who, d->from_id);
	return e ? e : db_tx(c, a->db, DB_WRITE, add_delegation, &w);
}

static enum err end_delegation(cx *c, db_conn *k, void *arg)
{
	const struct delegation_work *w = arg;
	bool ended;
	enum err e = db_delegation_end(c, k, w->id, &ended);
	return e || !ended ? e : audit_add(c, k, w->who, "user.delegate_end", user_object(c, w->d->from_id), STR(""));
}

enum err delegation_end(cx *c, struct app *a, const struct actor *who, int64_t id)
{
	db_delegation x;
	db_conn *k;
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_delegation_get(c, k, id, &x);
	db_release(k);
	if (e)
		return e;
	struct delegation d = { .from_id = x.from_id };
	struct delegation_work w = { .who = who, .d = &d, .id = id };
	e = may_delegate(c, a, who, x.from_id);
	return e ? e : db_tx(c, a->db, DB_WRITE, end_delegation, &w);
}
