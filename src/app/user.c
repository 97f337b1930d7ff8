#include "app/user.h"
#include "app/audit.h"
#include "app/password.h"
#include "base/vec.h"
#include "base/vn.h"
#include "db/session.h"
#include "db/unit.h"
#include "db/user.h"

static day today(const cx *c) { return date_of_ms(c->now_ms); }

str user_object(cx *c, int64_t id)
{
	return arena_printf(c->mem, "user:%lld", (long long)id);
}

/* ---- as an actor ---- */

enum err user_actor_of(cx *c, db_conn *k, const db_account *x, struct actor *out)
{
	db_held_list held;
	db_grant_list grants;
	*out = (struct actor){ .user_id = x->id, .login = x->login, .name = x->name, .level = x->unit_level, .unit_code = x->unit_code,
		.unit_name = x->unit_name, .must_change = x->must_change, .has_totp = x->totp.len > 0 };
	enum err e = db_held_by(c, k, x->id, today(c), &held);
	if (!e)
		e = db_grant_of(c, k, x->id, today(c), &grants);
	if (e)
		return e;
	struct actor_grant *g = NEW_ARRAY(c->mem, struct actor_grant, held.n + 1);
	for (size_t i = 0; i < held.n; i++) {
		const db_held *h = &held.p[i];
		g[i] = (struct actor_grant){ h->noun, h->verb, h->unit_level, h->unit_code, h->role, h->delegator, h->delegator_name };
	}
	out->grants = g;
	out->n_grants = held.n;
	if (grants.n) {
		out->role_vi = grants.p[0].role_vi;
		out->role_en = grants.p[0].role_en;
	}
	return ERR_OK;
}

enum err user_actor(cx *c, struct app *a, int64_t id, struct actor *out)
{
	db_account x;
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_account_get(c, k, id, today(c), &x);
	if (!e)
		e = x.disabled ? ERR_DENIED : user_actor_of(c, k, &x, out);
	return e;
}

/* ---- reading ---- */

static struct user user_of(const db_account *x)
{
	return (struct user){ .id = x->id, .login = x->login, .name = x->name, .title = x->title, .email = x->email, .phone = x->phone,
		.level = x->unit_level, .unit_code = x->unit_code, .unit_name = x->unit_name, .disabled = x->disabled, .must_change = x->must_change,
		.has_password = x->password.len > 0, .has_totp = x->totp.len > 0, .created_at = x->created_at, .changed_at = x->changed_at,
		.password_at = x->password_at, .signed_in_at = x->signed_in_at };
}

static enum err add_grants(cx *c, db_conn *k, struct user *u)
{
	db_grant_list list;
	enum err e = db_grant_of(c, k, u->id, today(c), &list);
	if (e)
		return e;
	struct user_grant *g = NEW_ARRAY(c->mem, struct user_grant, list.n + 1);
	for (size_t i = 0; i < list.n; i++) {
		const db_grant *x = &list.p[i];
		g[i] = (struct user_grant){ .role = x->role, .level = x->unit_level, .unit_code = x->unit_code, .role_vi = x->role_vi,
			.role_en = x->role_en, .unit_name = x->unit_name, .from = x->valid_from, .to = x->valid_to,
			.now = x->valid_from <= today(c) && x->valid_to >= today(c) };
	}
	u->grants = g;
	u->n_grants = list.n;
	return ERR_OK;
}

enum err user_count(cx *c, struct app *a, int64_t *out)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_account_count(c, k, out);
	return e;
}

static enum err get(cx *c, struct app *a, int64_t id, str login, struct user *out)
{
	db_account x;
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = login.len ? db_account_by_login(c, k, login, today(c), &x) : db_account_get(c, k, id, today(c), &x);
	if (!e) {
		*out = user_of(&x);
		e = add_grants(c, k, out);
	}
	return e;
}

enum err user_get(cx *c, struct app *a, int64_t id, struct user *out) { return get(c, a, id, (str){ 0 }, out); }

enum err user_by_login(cx *c, struct app *a, str login, struct user *out)
{
	str known;
	return user_login_read(c, login, &known) ? get(c, a, 0, known, out) : ERR_NOTFOUND;
}

/* Whose accounts one sees: those of the units where he may. */
static str view_places(cx *c, const struct actor *who)
{
	buf b;
	bool all = who->system;
	buf_init(&b, 0);
	for (size_t i = 0; i < who->n_grants && !all; i++) {
		const struct actor_grant *g = &who->grants[i];
		if (!actor_grant_says(g, STR("user"), STR("view")))
			continue;
		all = !g->level.len;
		buf_printf(&b, "%s%.*s/%.*s|", b.len ? "" : "|", STR_ARG(g->level), STR_ARG(g->unit_code));
	}
	str s = all ? STR("") : arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

enum err user_list(cx *c, struct app *a, const struct actor *who, const struct user_query *q, struct user_list *out)
{
	db_account_filter f = { .text = q->text, .unit_level = q->level, .unit_code = q->unit_code, .role = q->role, .state = q->state, .on = today(c),
		.places = view_places(c, who) };
	db_account_list list;
	DB_READER(k);
	*out = (struct user_list){ 0 };
	enum err e = actor_may(c, a, who, "user", "view", 0);
	if (!e)
		e = db_reader(c, a->db, &k);
	if (e)
		return e;
	e = db_account_find(c, k, &f, q->limit, q->skip, &list, &out->total);
	for (size_t i = 0; !e && i < list.n; i++) {
		struct user *u = VEC_PUSH(c->mem, out);
		*u = user_of(&list.p[i]);
		e = add_grants(c, k, u);
	}
	return e;
}

/* ---- what may stand in an account ---- */

bool user_login_read(cx *c, str text, str *out)
{
	str s = vn_lower(c->mem, str_trim(text));
	if (s.len < 2 || s.len > USER_LOGIN_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char ch = s.p[i];
		if (!((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || (i && memchr("._-@", ch, 4))))
			return false;
	}
	*out = s;
	return true;
}

static void wrong(cx *c, const char *key, const char *field, str value)
{
	cx_fault(c, FAULT_ERROR, key, (place){ .field = str_of(field) }, value);
}

static void check_text(cx *c, const char *field, str s, bool needed)
{
	if (needed && !s.len)
		wrong(c, "user.needed", field, s);
	if (vn_length(s) > USER_TEXT_MAX)
		wrong(c, "user.too_long", field, (str){ 0 });
}

static bool is_email(str s)
{
	const char *at = memchr(s.p, '@', s.len);
	if (!at || at == s.p || !memchr(at, '.', s.len - (size_t)(at - s.p)) || s.p[s.len - 1] == '.')
		return false;
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] <= ' ' || memchr("<>()[],;:\\\"", s.p[i], 11))
			return false;
	return memchr(at + 1, '@', s.len - (size_t)(at + 1 - s.p)) == NULL;
}

static bool is_phone(str s)
{
	size_t digits = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] >= '0' && s.p[i] <= '9')
			digits++;
		else if (!memchr("+ .-()", s.p[i], 6))
			return false;
	}
	return digits >= 8 && digits <= 15;
}

const char *user_text_wrong(const struct user *u)
{
	if (u->email.len && (u->email.len > USER_TEXT_MAX || !is_email(u->email)))
		return "user.email";
	if (u->phone.len && (u->phone.len > 40 || !is_phone(u->phone)))
		return "user.phone";
	return vn_length(u->name) > USER_TEXT_MAX || vn_length(u->title) > USER_TEXT_MAX ? "user.too_long" : NULL;
}

str user_email(cx *c, str s) { return vn_lower(c->mem, s); }

static enum err check_unit(cx *c, db_conn *k, const struct user *u)
{
	db_unit unit;
	if (!u->level.len)
		return ERR_OK;
	enum err e = db_unit_at(c, k, u->level, u->unit_code, today(c), &unit);
	if (e == ERR_NOTFOUND)
		wrong(c, "user.no_unit", "unit", arena_printf(c->mem, "%.*s/%.*s", STR_ARG(u->level), STR_ARG(u->unit_code)));
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

static enum err check(cx *c, db_conn *k, const struct user *u)
{
	size_t before = c->n_errors;
	check_text(c, "name", u->name, true);
	check_text(c, "title", u->title, false);
	if (user_text_wrong(&(struct user){ .email = u->email }))
		wrong(c, "user.email", "email", u->email);
	if (user_text_wrong(&(struct user){ .phone = u->phone }))
		wrong(c, "user.phone", "phone", u->phone);
	enum err e = check_unit(c, k, u);
	return e ? e : c->n_errors > before ? ERR_INPUT : ERR_OK;
}

/* ---- writing ---- */

struct change {
	struct app *a;
	const struct actor *who;
	struct user *u;
	int64_t id;
	bool on;
	const struct user_grant *grant;
	str role, level, unit_code;
};

static db_account row_of(cx *c, const struct user *u)
{
	return (db_account){ .id = u->id, .login = u->login, .name = u->name, .title = u->title, .email = user_email(c, u->email), .phone = u->phone,
		.unit_level = u->level, .unit_code = u->unit_code, .disabled = u->disabled };
}

static str unit_detail(cx *c, str level, str code)
{
	return arena_printf(c->mem, "{\"unit\":\"%.*s/%.*s\"}", STR_ARG(level), STR_ARG(code));
}

static enum err add(cx *c, db_conn *k, void *arg)
{
	struct change *w = arg;
	enum err e = check(c, k, w->u);
	if (e)
		return e;
	db_account x = row_of(c, w->u);
	x.id = 0;
	e = db_account_put(c, k, &x);
	if (e == ERR_CONFLICT)
		return wrong(c, "user.login_taken", "login", w->u->login), ERR_CONFLICT;
	if (!e)
		e = audit_add(c, k, w->who, "user.add", user_object(c, x.id), unit_detail(c, x.unit_level, x.unit_code));
	w->u->id = x.id;
	return e;
}

enum err user_add(cx *c, struct app *a, const struct actor *who, struct user *u)
{
	struct change w = { .a = a, .who = who, .u = u };
	if (!user_login_read(c, u->login, &u->login))
		return wrong(c, "user.login", "login", u->login), ERR_INPUT;
	enum err e = actor_may_at(c, a, who, "user", "add", u->level, u->unit_code);
	return e ? e : db_tx(c, a->db, DB_WRITE, add, &w);
}

static enum err account_of(cx *c, db_conn *k, int64_t id, db_account *out)
{
	enum err e = db_account_get(c, k, id, today(c), out);
	return e == ERR_NOTFOUND ? cx_fail(c, e, "user.unknown", (place){ 0 }, (str){ 0 }) : e;
}

/* Whether who may VERB this account, by the unit that it belongs to. */
static enum err may(cx *c, struct app *a, const struct actor *who, const char *verb, int64_t id)
{
	db_account x;
	db_conn *k;
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = account_of(c, k, id, &x);
	db_release(k);
	return e ? e : actor_may_at(c, a, who, "user", verb, x.unit_level, x.unit_code);
}

static enum err edit(cx *c, db_conn *k, void *arg)
{
	struct change *w = arg;
	db_account old;
	enum err e = account_of(c, k, w->u->id, &old);
	if (!e)
		e = check(c, k, w->u);
	if (e)
		return e;
	db_account x = row_of(c, w->u);
	x.disabled = old.disabled;
	e = db_account_put(c, k, &x);
	bool moved = !str_eq(old.unit_level, x.unit_level) || !str_eq(old.unit_code, x.unit_code);
	return e ? e : audit_add(c, k, w->who, "user.edit", user_object(c, x.id), moved ? unit_detail(c, x.unit_level, x.unit_code) : STR(""));
}

enum err user_edit(cx *c, struct app *a, const struct actor *who, const struct user *u)
{
	struct user copy = *u;
	struct change w = { .a = a, .who = who, .u = &copy };
	enum err e = who->user_id == u->id && who->user_id ? ERR_OK : may(c, a, who, "edit", u->id);
	if (!e && !(who->user_id == u->id && who->user_id)) /* into a unit that he administers */
		e = actor_may_at(c, a, who, "user", "edit", u->level, u->unit_code);
	return e ? e : db_tx(c, a->db, DB_WRITE, edit, &w);
}

/* After a change there must be an administrator left, when there was one. */
static enum err keep_one(cx *c, db_conn *k, int64_t before)
{
	int64_t now = 0;
	enum err e = db_grant_holders(c, k, STR("administrator"), today(c), &now);
	if (e || !before || now)
		return e;
	return cx_fail(c, ERR_CONFLICT, "user.last_administrator", (place){ 0 }, (str){ 0 });
}

static enum err enable(cx *c, db_conn *k, void *arg)
{
	struct change *w = arg;
	db_account x;
	int64_t before = 0;
	enum err e = account_of(c, k, w->id, &x);
	if (!e)
		e = db_grant_holders(c, k, STR("administrator"), today(c), &before);
	if (e || x.disabled != w->on)
		return e; /* it is so already */
	x.disabled = !w->on;
	e = db_account_put(c, k, &x);
	if (!e)
		e = db_session_end_all(c, k, w->id, 0);
	if (!e)
		e = keep_one(c, k, before);
	return e ? e : audit_add(c, k, w->who, w->on ? "user.enable" : "user.disable", user_object(c, w->id), STR(""));
}

enum err user_enable(cx *c, struct app *a, const struct actor *who, int64_t id, bool on)
{
	struct change w = { .a = a, .who = who, .id = id, .on = on };
	enum err e = may(c, a, who, "disable", id);
	return e ? e : db_tx(c, a->db, DB_WRITE, enable, &w);
}

static str grant_detail(cx *c, str role, str level, str code)
{
	return arena_printf(c->mem, "{\"role\":\"%.*s\",\"unit\":\"%.*s/%.*s\"}", STR_ARG(role), STR_ARG(level), STR_ARG(code));
}

static enum err check_grant(cx *c, db_conn *k, const struct user_grant *g)
{
	db_role_list roles;
	db_unit unit;
	db_member_list members;
	bool known = false;
	enum err e = db_role_list_all(c, k, &roles);
	for (size_t i = 0; !e && i < roles.n; i++)
		known |= str_eq(roles.p[i].code, g->role);
	if (!e && !known)
		return wrong(c, "user.no_role", "role", g->role), ERR_INPUT;
	if (!e && g->to < g->from)
		return wrong(c, "user.period", "to", (str){ 0 }), ERR_INPUT;
	if (e || !g->level.len)
		return e;
	if (str_is(g->level, "group")) {
		e = db_group_members(c, k, g->unit_code, today(c), &members);
		if (!e && !members.n)
			return wrong(c, "user.no_group", "unit", g->unit_code), ERR_INPUT;
		return e;
	}
	e = db_unit_at(c, k, g->level, g->unit_code, today(c), &unit);
	if (e == ERR_NOTFOUND)
		return wrong(c, "user.no_unit", "unit", g->unit_code), ERR_INPUT;
	return e;
}

static enum err grant(cx *c, db_conn *k, void *arg)
{
	struct change *w = arg;
	const struct user_grant *g = w->grant;
	db_account x;
	int64_t before = 0;
	enum err e = account_of(c, k, w->id, &x);
	if (!e)
		e = check_grant(c, k, g);
	if (!e)
		e = db_grant_holders(c, k, STR("administrator"), today(c), &before);
	if (!e)
		e = db_grant_put(c, k, w->id,
			&(db_grant){ .role = g->role,
				.unit_level = g->level,
				.unit_code = g->unit_code,
				.valid_from = g->from,
				.valid_to = g->to });
	if (!e)
		e = keep_one(c, k, before);
	return e ? e : audit_add(c, k, w->who, "user.grant", user_object(c, w->id), grant_detail(c, g->role, g->level, g->unit_code));
}

enum err user_grant(cx *c, struct app *a, const struct actor *who, int64_t id, const struct user_grant *g)
{
	struct user_grant copy = *g;
	struct change w = { .a = a, .who = who, .id = id, .grant = &copy };
	if (!copy.to)
		copy.to = DB_DAY_OPEN;
	if (!copy.from)
		copy.from = today(c);
	enum err e = may(c, a, who, "grant", id);
	if (!e) /* nobody gives what lies outside his own units */
		e = actor_may_at(c, a, who, "user", "grant", g->level, g->unit_code);
	return e ? e : db_tx(c, a->db, DB_WRITE, grant, &w);
}

static enum err revoke(cx *c, db_conn *k, void *arg)
{
	struct change *w = arg;
	int64_t before = 0;
	enum err e = db_grant_holders(c, k, STR("administrator"), today(c), &before);
	if (!e)
		e = db_grant_drop(c, k, w->id, w->role, w->level, w->unit_code);
	if (e == ERR_NOTFOUND)
		return cx_fail(c, e, "user.no_grant", (place){ 0 }, (str){ 0 });
	if (!e)
		e = keep_one(c, k, before);
	return e ? e : audit_add(c, k, w->who, "user.revoke", user_object(c, w->id), grant_detail(c, w->role, w->level, w->unit_code));
}

enum err user_revoke(cx *c, struct app *a, const struct actor *who, int64_t id, str role, str level, str unit_code)
{
	struct change w = { .a = a, .who = who, .id = id, .role = role, .level = level, .unit_code = unit_code };
	enum err e = may(c, a, who, "grant", id);
	if (!e)
		e = actor_may_at(c, a, who, "user", "grant", level, unit_code);
	return e ? e : db_tx(c, a->db, DB_WRITE, revoke, &w);
}

/* ---- first passwords ---- */

struct letter_work {
	const struct actor *who;
	struct user_letters *list;
	str *hash;
};

static enum err put_letters(cx *c, db_conn *k, void *arg)
{
	struct letter_work *w = arg;
	for (size_t i = 0; i < w->list->n; i++) {
		int64_t id = w->list->p[i].id;
		enum err e = db_account_password(c, k, id, w->hash[i], true);
		if (!e)
			e = db_session_end_all(c, k, id, 0);
		if (!e)
			e = db_reset_drop(c, k, id);
		if (!e)
			e = audit_add(c, k, w->who, "user.letter", user_object(c, id), STR(""));
		if (e)
			return e;
	}
	return ERR_OK;
}

static void push_letter(cx *c, const db_account *x, struct user_letters *out)
{
	*VEC_PUSH(c->mem, out) = (struct user_letter){ .id = x->id, .login = x->login, .name = x->name, .title = x->title, .unit_name = x->unit_name };
}

static enum err chosen(cx *c, struct app *a, const int64_t *ids, size_t n, db_account_list *out)
{
	DB_READER(k);
	int64_t total;
	enum err e = db_reader(c, a->db, &k);
	if (!e && !ids)
		e = db_account_find(c, k, &(db_account_filter){ .state = 3, .on = today(c) }, 1000, 0, out, &total);
	for (size_t i = 0; !e && ids && i < n; i++)
		e = account_of(c, k, ids[i], VEC_PUSH(c->mem, out));
	return e;
}

enum err user_letters(cx *c, struct app *a, const struct actor *who, const int64_t *ids, size_t n, struct user_letters *out)
{
	db_account_list list = { 0 };
	*out = (struct user_letters){ 0 };
	enum err e = chosen(c, a, ids, n, &list);
	for (size_t i = 0; !e && i < list.n; i++) {
		size_t faults = c->n_faults, errors = c->n_errors;
		e = actor_may_at(c, a, who, "user", "edit", list.p[i].unit_level, list.p[i].unit_code);
		if (!e)
			push_letter(c, &list.p[i], out);
		if (e == ERR_DENIED && !ids) { /* not his: not in his list */
			c->n_faults = faults;
			c->n_errors = errors;
			e = ERR_OK;
		}
	}
	if (e)
		return e;
	struct letter_work w = { who, out, NEW_ARRAY(c->mem, str, out->n + 1) };
	for (size_t i = 0; i < out->n; i++) {
		out->p[i].password = password_first(c);
		w.hash[i] = password_hash(c, out->p[i].password, true);
		if (!w.hash[i].len)
			return cx_fail(c, ERR_BUSY, "app.memory", (place){ 0 }, (str){ 0 });
	}
	return db_tx(c, a->db, DB_WRITE, put_letters, &w);
}
