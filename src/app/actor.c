#include "app/actor.h"
#include "db/unit.h"

struct actor actor_system(const char *name)
{
	return (struct actor){ .login = str_of(name), .name = str_of(name), .system = true };
}

static bool word_fits(str granted, const char *asked)
{
	return str_is(granted, "*") || str_is(granted, asked);
}

enum err actor_may(cx *c, struct app *a, const struct actor *who, const char *noun, const char *verb, int64_t unit_id)
{
	if (who->system)
		return ERR_OK;
	db_unit unit = { 0 };
	if (unit_id) {
		DB_READER(k);
		enum err e = db_reader(c, a->db, &k);
		if (!e)
			e = db_unit_get(c, k, unit_id, &unit);
		if (e)
			return e;
	}
	for (size_t i = 0; i < who->n_grants; i++) {
		const struct actor_grant *g = &who->grants[i];
		if (!word_fits(g->noun, noun) || !word_fits(g->verb, verb))
			continue;
		if (!unit_id || !g->level.len || (str_eq(g->level, unit.level) && str_eq(g->unit_code, unit.code))
			|| (str_eq(g->level, unit.parent_level) && str_eq(g->unit_code, unit.parent_code)))
			return ERR_OK;
	}
	fault *f = cx_fault(c, FAULT_ERROR, "actor.denied", (place){ 0 }, (str){ 0 });
	fault_arg(c, f, 1, str_of(noun));
	fault_arg(c, f, 2, str_of(verb));
	return ERR_DENIED;
}
