#include "app/survey_callback.h"
#include <limits.h>
#include "app/audit.h"
#include "app/key.h"
#include "base/hash.h"
#include "base/vec.h"
#include "db/survey_case.h"

/* ---- the plan ---- */

struct planning {
	const struct actor *who;
	const struct survey_info *s;
	db_callback_plan p;
};

static enum err put_plan(cx *c, db_conn *k, void *arg)
{
	const struct planning *w = arg;
	enum err e = w->p.share ? db_callback_plan_put(c, k, &w->p, w->who->login) : db_callback_plan_drop(c, k, w->s->id);
	return e ? e
		 : audit_add(c, k, w->who, "callback.plan", w->s->code,
			 arena_printf(c->mem, "{\"share\":%lld,\"seed\":%lld}", (long long)w->p.share, (long long)w->p.seed));
}

enum err survey_callback_plan(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, int64_t share, int64_t seed)
{
	struct planning w = { who, s, { s->id, share, seed } };
	enum err e = actor_may(c, a, who, "survey", "sample", 0);
	if (!e && (share < 0 || share > 100 || seed < 0))
		e = cx_fail(c, ERR_INPUT, "callback.share", (place){ 0 }, arena_printf(c->mem, "%lld", (long long)share));
	if (!e && share && !a->has_key)
		e = cx_fail(c, ERR_DENIED, "case.no_key", (place){ 0 }, (str){ 0 });
	return e ? e : db_tx(c, a->db, DB_WRITE, put_plan, &w);
}

static enum err reader_of(cx *c, struct app *a, const struct actor *who, db_conn **k)
{
	enum err e = actor_may(c, a, who, "survey", "sample", 0);
	return e ? e : db_reader(c, a->db, k);
}

enum err survey_callback_planned(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, db_callback_plan *out)
{
	DB_READER(k);
	*out = (db_callback_plan){ .survey_id = s->id };
	enum err e = reader_of(c, a, who, &k);
	if (!e)
		e = db_callback_plan_get(c, k, s->id, out);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

enum err survey_callbacks(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, db_callback_list *out)
{
	DB_READER(k);
	enum err e = reader_of(c, a, who, &k);
	return e ? e : db_callback_all(c, k, s->id, out);
}

static enum err is_over(cx *c, str code) { return cx_fail(c, ERR_NOTFOUND, "callback.over", (place){ 0 }, code); }

enum err survey_callback_get(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str code, db_callback *out)
{
	DB_READER(k);
	enum err e = reader_of(c, a, who, &k);
	if (!e && (e = db_callback_get(c, k, s->id, code, out)) == ERR_NOTFOUND)
		e = is_over(c, code);
	return e;
}

/* ---- drawing ---- */

bool survey_callback_chosen(arena *mem, const db_callback_plan *p, str code)
{
	str h = hash_for(mem, "survey callback", arena_printf(mem, "%lld:%.*s", (long long)p->seed, STR_ARG(code)), 16);
	uint64_t x = 0;
	for (int i = 0; i < 8; i++)
		x = x << 8 | (unsigned char)h.p[i];
	return (double)(x >> 11) * 0x1p-53 * 100 < (double)p->share;
}

str survey_callback_seal(cx *c, const struct app *a, int64_t response_id)
{
	return a->has_key ? app_seal(c, a, arena_printf(c->mem, "%lld", (long long)response_id)) : (str){ 0 };
}

enum err survey_callback_draw(cx *c, db_conn *k, const db_case *x, str sealed)
{
	db_callback_plan p;
	enum err e = sealed.len ? db_callback_plan_get(c, k, x->survey_id, &p) : ERR_NOTFOUND;
	if (e)
		return e == ERR_NOTFOUND ? ERR_OK : e;
	if (!survey_callback_chosen(c->mem, &p, x->code))
		return ERR_OK;
	return db_callback_add(c, k, &(db_callback){ x->survey_id, x->code, x->name, x->phone, x->email, x->address, sealed });
}

/* ---- what came of it ---- */

bool survey_callback_compares(const struct question *x) { return x->kind == ASK_SINGLE || x->kind == ASK_SCALE; }

static enum err count_pairs(cx *c, db_conn *k, const struct survey_info *s, const struct given *first, const struct given *second)
{
	enum err e = ERR_OK;
	for (size_t i = 0; i < s->q->items.n && !e; i++) {
		const struct question *x = &s->q->items.p[i];
		if (survey_callback_compares(x) && first[i].n == 1 && second[i].n == 1)
			e = db_callback_count(c, k, s->id, &(db_callback_pair){ x->code, first[i].p[0], second[i].p[0], 1 });
	}
	return e;
}

enum err survey_callback_take(cx *c, const struct app *a, db_conn *k, const struct survey_info *s, str code, const struct given *second)
{
	db_callback x;
	str line;
	long id;
	enum err e = db_callback_get(c, k, s->id, code, &x);
	if (e || !second)
		return e ? e : db_callback_drop(c, k, s->id, code);
	str plain = app_unseal(c, a, x.sealed);
	if (!plain.p || !str_int(plain, 1, LONG_MAX, &id))
		return cx_fail(c, ERR_DENIED, "case.no_key", (place){ 0 }, (str){ 0 });
	e = db_callback_first(c, k, s->id, id, &line);
	struct given *first = NEW_ARRAY(c->mem, struct given, s->q->items.n + 1);
	if (!e && !answers_read(s->q, line, c->mem, first))
		e = cx_fail(c, ERR_IO, "survey_data.line", (place){ .file = s->code }, (str){ 0 });
	if (!e)
		e = count_pairs(c, k, s, first, second);
	return e ? e : db_callback_drop(c, k, s->id, code);
}

struct recording {
	const struct app *a;
	const struct actor *who;
	const struct survey_info *s;
	str code;
	const struct given *second;
};

/* The log says that one was asked again, not which one: its sums would show what was answered. */
static enum err put_second(cx *c, db_conn *k, void *arg)
{
	const struct recording *r = arg;
	enum err e = survey_callback_take(c, r->a, k, r->s, r->code, r->second);
	if (e == ERR_NOTFOUND)
		e = is_over(c, r->code);
	return e ? e : audit_add(c, k, r->who, "callback.record", r->s->code, r->second ? STR("{\"asked\":true}") : STR("{\"asked\":false}"));
}

enum err survey_callback_record(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str code, const struct given *second)
{
	struct recording r = { a, who, s, code, second };
	size_t given = 0;
	enum err e = actor_may(c, a, who, "survey", "sample", 0);
	for (size_t i = 0; second && i < s->q->items.n; i++)
		given += survey_callback_compares(&s->q->items.p[i]) && second[i].n;
	if (!e && second && !given)
		e = cx_fail(c, ERR_INPUT, "callback.empty", (place){ 0 }, (str){ 0 });
	if (!e && second)
		e = answers_check_as_is(c, s->q, second, date_of_ms(c->now_ms), 0, (int32_t)s->q->items.n, LANG_VI,
			NEW_ARRAY(c->mem, struct answer, s->q->items.n + 1));
	return e ? e : db_tx(c, a->db, DB_WRITE, put_second, &r);
}

static uint32_t class_of(arena *mem, map *words, str word)
{
	bool added;
	int64_t *at = map_put(mem, words, word, &added);
	if (added)
		*at = (int64_t)words->n - 1;
	return (uint32_t)*at;
}

/* Pairs of one item, of which the list has those from `from` on. */
static void agree(cx *c, const db_callback_pair_list *l, size_t from, size_t to, struct agreement *out)
{
	int64_t n = 0;
	map words = { 0 };
	for (size_t i = from; i < to; i++)
		n += l->p[i].n;
	uint32_t *one = NEW_ARRAY(c->mem, uint32_t, (size_t)n + 1), *two = NEW_ARRAY(c->mem, uint32_t, (size_t)n + 1);
	size_t at = 0;
	for (size_t i = from; i < to; i++) {
		uint32_t first = class_of(c->mem, &words, l->p[i].first), second = class_of(c->mem, &words, l->p[i].second);
		for (int64_t j = 0; j < l->p[i].n; j++, at++) {
			one[at] = first;
			two[at] = second;
		}
	}
	field_agreement(one, two, at, (uint32_t)words.n, c->mem, out);
}

enum err survey_callback_result(cx *c, struct app *a, const struct survey_info *s, struct callback_result *out)
{
	DB_READER(k);
	db_callback_list waiting = { 0 };
	db_callback_pair_list l = { 0 };
	*out = (struct callback_result){ 0 };
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_callback_all(c, k, s->id, &waiting);
	if (!e)
		e = db_callback_pairs(c, k, s->id, &l);
	out->waiting = (int64_t)waiting.n;
	for (size_t q = 0; q < s->q->items.n && !e; q++) {
		size_t from = 0, to;
		while (from < l.n && !str_eq(l.p[from].item, s->q->items.p[q].code))
			from++;
		for (to = from; to < l.n && str_eq(l.p[to].item, l.p[from].item);)
			to++;
		if (from == to)
			continue;
		struct callback_item *x = VEC_PUSH(c->mem, &out->items);
		x->item = (int32_t)q;
		agree(c, &l, from, to, &x->a);
	}
	return e;
}
