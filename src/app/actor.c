#include "app/actor.h"
#include "base/vec.h"
#include "db/unit.h"
#include "db/user.h"

enum { DEPTH = 8 }; /* country, province, department, division … */

struct line {
	db_unit unit[DEPTH]; /* the unit, its parent, … */
	size_t n;
};

struct actor actor_system(const char *name)
{
	return (struct actor){ .login = str_of(name), .name = str_of(name), .system = true };
}

static bool word_fits(str granted, str asked)
{
	return str_is(granted, "*") || str_eq(granted, asked);
}

bool actor_grant_says(const struct actor_grant *g, str noun, str verb)
{
	return word_fits(g->noun, noun) && word_fits(g->verb, verb);
}

bool actor_can(const struct actor *who, str noun, str verb)
{
	if (who->system)
		return true;
	for (size_t i = 0; i < who->n_grants; i++)
		if (actor_grant_says(&who->grants[i], noun, verb))
			return true;
	return false;
}

/* Parents are named by level and code, and are what they were when the unit was: today, or on its last day. */
static enum err climb(cx *c, db_conn *k, struct line *l)
{
	day today = date_of_ms(c->now_ms);
	while (l->n < DEPTH && l->unit[l->n - 1].parent_level.len) {
		const db_unit *u = &l->unit[l->n - 1];
		day on = today < u->valid_from ? u->valid_from : today > u->valid_to ? u->valid_to : today;
		enum err e = db_unit_at(c, k, u->parent_level, u->parent_code, on, &l->unit[l->n]);
		if (e == ERR_NOTFOUND) { /* a parent that is only named still is one */
			l->unit[l->n++] = (db_unit){ .level = u->parent_level, .code = u->parent_code };
			return ERR_OK;
		}
		if (e)
			return e;
		l->n++;
	}
	return ERR_OK;
}

static enum err covers(cx *c, db_conn *k, str level, str code, const struct line *l, bool *yes)
{
	*yes = !level.len;
	for (size_t i = 0; i < l->n && !*yes; i++) {
		if (!str_is(level, "group")) {
			*yes = str_eq(level, l->unit[i].level) && str_eq(code, l->unit[i].code);
			continue;
		}
		enum err e = db_group_has(c, k, code, l->unit[i].level, l->unit[i].code, yes);
		if (e)
			return e;
	}
	return ERR_OK;
}

static enum err denied(cx *c, const char *noun, const char *verb)
{
	fault *f = cx_fault(c, FAULT_ERROR, "actor.denied", (place){ 0 }, (str){ 0 });
	fault_arg(c, f, 1, str_of(noun));
	fault_arg(c, f, 2, str_of(verb));
	return ERR_DENIED;
}

/* l->n 0: only a grant over all units will do. */
static enum err decide(cx *c, db_conn *k, const struct actor *who, const char *noun, const char *verb, const struct line *l)
{
	for (size_t i = 0; i < who->n_grants; i++) {
		const struct actor_grant *g = &who->grants[i];
		bool yes = false;
		enum err e = actor_grant_says(g, str_of(noun), str_of(verb)) ? covers(c, k, g->level, g->unit_code, l, &yes) : ERR_OK;
		if (e || yes)
			return e;
	}
	return denied(c, noun, verb);
}

enum err actor_may(cx *c, struct app *a, const struct actor *who, const char *noun, const char *verb, int64_t unit_id)
{
	if (who->system)
		return ERR_OK;
	if (!actor_can(who, str_of(noun), str_of(verb)))
		return denied(c, noun, verb);
	if (!unit_id)
		return ERR_OK;
	struct line l = { .n = 1 };
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	if (e)
		return e;
	e = db_unit_get(c, k, unit_id, &l.unit[0]);
	if (!e)
		e = climb(c, k, &l);
	if (!e)
		e = decide(c, k, who, noun, verb, &l);
	return e;
}

enum err actor_may_at(cx *c, struct app *a, const struct actor *who, const char *noun, const char *verb, str level, str code)
{
	struct line l = { 0 };
	if (who->system)
		return ERR_OK;
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	if (!e && level.len && !str_is(level, "group")) {
		l.n = 1;
		e = db_unit_at(c, k, level, code, date_of_ms(c->now_ms), &l.unit[0]);
		if (e == ERR_NOTFOUND) {
			l.unit[0] = (db_unit){ .level = level, .code = code };
			e = ERR_OK;
		}
		if (!e)
			e = climb(c, k, &l);
	}
	if (!e)
		e = decide(c, k, who, noun, verb, &l);
	return e;
}

int64_t actor_behalf(const struct actor *who, str what)
{
	str verb = what, noun;
	int64_t other = 0;
	str_next(&verb, '.', &noun);
	for (size_t i = 0; i < who->n_grants; i++) {
		const struct actor_grant *g = &who->grants[i];
		if (!actor_grant_says(g, noun, verb))
			continue;
		if (!g->delegator)
			return 0;
		other = g->delegator;
	}
	return other;
}

/* ---- who is meant ---- */

enum err actor_holders(cx *c, db_conn *k, const char *noun, const char *verb, struct actor_holders *out)
{
	db_holder_list list;
	enum err e = db_holders(c, k, str_of(noun), str_of(verb), date_of_ms(c->now_ms), &list);
	struct actor_holder *p = NEW_ARRAY(c->mem, struct actor_holder, list.n + 1);
	for (size_t i = 0; i < list.n; i++)
		p[i] = (struct actor_holder){ list.p[i].account_id, list.p[i].unit_level, list.p[i].unit_code, list.p[i].named };
	*out = (struct actor_holders){ p, list.n };
	return e;
}

static void add_id(cx *c, struct actor_ids *l, int64_t id)
{
	size_t at = l->n;
	while (at && l->p[at - 1] > id)
		at--;
	if (at && l->p[at - 1] == id)
		return;
	*VEC_PUSH(c->mem, l) = id;
	memmove(l->p + at + 1, l->p + at, (l->n - 1 - at) * sizeof *l->p);
	l->p[at] = id;
}

static enum err add_meant(cx *c, db_conn *k, const struct actor_holders *h, bool named, const struct line *l, struct actor_ids *out)
{
	enum err e = ERR_OK;
	for (size_t i = 0; i < h->n && !e; i++) {
		const struct actor_holder *x = &h->p[i];
		bool yes = !l->n;
		if (x->named == named && l->n)
			e = covers(c, k, x->level, x->unit_code, l, &yes);
		if (x->named == named && yes && !e)
			add_id(c, out, x->user_id);
	}
	return e;
}

enum err actor_meant(cx *c, db_conn *k, const struct actor_holders *const *rights, size_t n, bool only_named, int64_t unit_id,
	struct actor_ids *out)
{
	struct line l = { .n = unit_id != 0 };
	struct actor_ids found = { 0 };
	enum err e = unit_id ? db_unit_get(c, k, unit_id, &l.unit[0]) : ERR_OK;
	if (!e && unit_id)
		e = climb(c, k, &l);
	for (int named = 1; named >= (only_named ? 1 : 0) && !found.n; named--)
		for (size_t i = 0; i < n && !e; i++)
			e = add_meant(c, k, rights[i], named == 1, &l, &found);
	for (size_t i = 0; i < found.n && !e; i++)
		add_id(c, out, found.p[i]);
	return e;
}
