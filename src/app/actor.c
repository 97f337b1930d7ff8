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

static enum err covers(cx *c, db_conn *k, const struct actor_grant *g, const struct line *l, bool *yes)
{
	*yes = !g->level.len;
	for (size_t i = 0; i < l->n && !*yes; i++) {
		if (!str_is(g->level, "group")) {
			*yes = str_eq(g->level, l->unit[i].level) && str_eq(g->unit_code, l->unit[i].code);
			continue;
		}
		enum err e = db_group_has(c, k, g->unit_code, l->unit[i].level, l->unit[i].code, yes);
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
		enum err e = actor_grant_says(g, str_of(noun), str_of(verb)) ? covers(c, k, g, l, &yes) : ERR_OK;
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
