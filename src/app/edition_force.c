#include "app/edition_force.h"
#include "app/audit.h"
#include "app/edition_round.h"
#include "app/import.h"
#include "app/trees.h"
#include "base/hash.h"
#include "base/json.h"
#include "db/edition.h"
#include "db/edition_draft.h"

enum { LOOK_MS = 20000 }; /* the figures of some rounds, each read twice */

/* ---- a look ---- */

static void list_codes(cx *c, const tree *old, const struct force *x, struct force_view *out)
{
	const tree *now = out->draft.t;
	out->open = NEW_ARRAY(c->mem, struct force_map, old->nodes.n + 1);
	out->codes = NEW_ARRAY(c->mem, str, now->nodes.n + 1);
	for (size_t i = 0; i < old->nodes.n; i++) {
		str code = old->nodes.p[i].code, to = force_map_code((void *)(uintptr_t)x, code);
		if ((int32_t)i == old->root)
			continue;
		if (tree_find(now, code) == NO_NODE || !str_eq(code, to))
			out->open[out->n_open++] = (struct force_map){ code, tree_find(now, to) == NO_NODE ? STR("") : to };
	}
	for (size_t i = 0; i < now->nodes.n; i++)
		if (tree_find(old, now->nodes.p[i].code) == NO_NODE && (int32_t)i != now->root)
			out->codes[out->n_codes++] = now->nodes.p[i].code;
}

static enum err look_rounds(cx *c, db_conn *k, struct app *a, const struct force *x, const tree *old, const db_edition *from, struct force_view *out)
{
	db_round_list list;
	const struct moving m = { .a = a, .x = x, .from = from, .old = old, .now = out->draft.t };
	enum err e = db_round_of_edition(c, k, from->id, &list);
	if (e)
		return e;
	out->rounds = NEW_ARRAY(c->mem, struct force_round, list.n + 1);
	for (size_t i = 0; i < list.n && !e; i++)
		e = moving_look(c, k, &m, &list.p[i], !out->draft.n_errors, &out->rounds[out->n_rounds++]);
	return e;
}

static enum err look_old(cx *c, db_conn *k, struct app *a, const struct force *x, const db_edition *e, struct force_view *out)
{
	const tree *old;
	out->replaces = true;
	out->old = (struct edition_version){ .id = e->id, .code = e->code, .name_vi = e->name_vi, .name_en = e->name_en, .level = e->level,
		.version = e->version, .from = e->valid_from, .to = e->valid_to };
	enum err err = trees_get(c, a, e, &old);
	if (err || !out->draft.t)
		return err;
	out->diff = (struct edition_diff){ .old_code = e->code, .old_version = e->version, .old_name_vi = e->name_vi, .old_name_en = e->name_en,
		.code = out->draft.code, .name_vi = out->draft.t->name_vi, .name_en = out->draft.t->name_en };
	const struct edition_side now = { out->draft.t, edition_rows_text(c, &out->draft.rows) };
	err = edition_diff_of(c, &(struct edition_side){ old, e->csv }, &now, force_map_code, (void *)(uintptr_t)x, &out->diff);
	if (err)
		return err;
	list_codes(c, old, x, out);
	return look_rounds(c, k, a, x, old, e, out);
}

enum err force_look(cx *c, struct app *a, const struct actor *who, int64_t id, const struct force *x, struct force_view *out)
{
	db_edition old;
	*out = (struct force_view){ 0 };
	enum err e = draft_open(c, a, who, id, &out->draft);
	if (e)
		return e;
	DB_READER(k);
	e = db_reader(c, a->db, &k);
	if (!e) {
		db_read_bound(k, LOOK_MS);
		e = db_edition_newest(c, k, out->draft.code, &old);
	}
	if (e == ERR_NOTFOUND)
		return ERR_OK;
	return e ? e : look_old(c, k, a, x, &old, out);
}

/* ---- doing it ---- */

struct forcing {
	const struct actor *who;
	struct app *a;
	int64_t id;
	const struct force *x;
	db_draft d;
	struct draft checked;
	db_edition old, now;
	bool replaces;
	const tree *old_tree;
	VEC(int64_t) rounds; /* that went over, with a workflow */
};

static enum err wrong(cx *c, const char *key, const char *field, str value)
{
	return cx_fail(c, ERR_INPUT, key, (place){ .field = str_of(field) }, value);
}

static enum err read_draft(cx *c, db_conn *k, struct forcing *f)
{
	enum err e = db_draft_get(c, k, f->id, &f->d);
	if (!e && (!str_is(f->d.state, "draft") || f->d.revision != f->x->revision))
		e = cx_fail(c, ERR_CONFLICT, "force.changed", (place){ 0 }, f->d.changed_by);
	f->checked = (struct draft){ 0 };
	if (!e)
		e = edition_rows_read(c, f->d.body, &f->checked.rows);
	if (e)
		return e;
	draft_check(c, &f->checked);
	return f->checked.n_errors || !f->checked.t ? wrong(c, "force.faulty", "from", f->d.code) : ERR_OK;
}

static enum err end_old(cx *c, db_conn *k, struct forcing *f)
{
	enum err e = db_edition_newest(c, k, f->d.code, &f->old);
	f->replaces = e == ERR_OK;
	if (e == ERR_NOTFOUND)
		return ERR_OK;
	if (!e && f->x->from <= f->old.valid_from)
		e = wrong(c, "force.too_early", "from", STR(""));
	if (!e)
		e = trees_get(c, f->a, &f->old, &f->old_tree);
	return e ? e : db_edition_end(c, k, f->old.id, f->x->from - 1);
}

static enum err put_new_edition(cx *c, db_conn *k, struct forcing *f)
{
	const tree *t = f->checked.t;
	str text = edition_rows_text(c, &f->checked.rows);
	bool stored;
	f->now = (db_edition){ .code = f->d.code, .name_vi = t->name_vi, .name_en = t->name_en.len ? t->name_en : t->name_vi, .level = t->level,
		.first_year = t->year_from, .last_year = t->year_to ? t->year_to : 9999, .valid_from = f->x->from, .valid_to = DB_DAY_OPEN,
		.status = STR("in force"), .illustrative = import_says_illustrative(t->name_vi), .csv = text, .sha256 = hash_sha256(c->mem, text),
		.source = f->x->source, .note = t->note, .actor = actor_name(f->who) };
	enum err e = db_edition_put(c, k, &f->now, &stored);
	return e ? e : stored ? ERR_OK : wrong(c, "force.same", "from", arena_printf(c->mem, "%d", f->now.version));
}

static enum err put_maps(cx *c, db_conn *k, struct forcing *f)
{
	enum err e = ERR_OK;
	for (size_t i = 0; i < f->old_tree->nodes.n && !e; i++) {
		str code = f->old_tree->nodes.p[i].code, to = force_map_code((void *)(uintptr_t)f->x, code);
		if (tree_find(f->checked.t, to) == NO_NODE)
			to = STR("");
		if (!str_eq(code, to) && (int32_t)i != f->old_tree->root)
			e = db_edition_map_put(c, k, f->old.id, code, to);
	}
	return e;
}

static enum err move_rounds(cx *c, db_conn *k, struct forcing *f)
{
	db_round_list list;
	size_t found = 0;
	const struct moving m = { .a = f->a, .who = f->who, .x = f->x, .from = &f->old, .old = f->old_tree, .now = f->checked.t, .to = &f->now };
	enum err e = db_round_of_edition(c, k, f->old.id, &list);
	for (size_t i = 0; i < list.n && !e; i++) {
		bool planned;
		if (!force_names(f->x->rounds, f->x->n_rounds, list.p[i].code))
			continue;
		found++;
		e = moving_do(c, k, &m, &list.p[i], &planned);
		if (!e && planned)
			*VEC_PUSH(c->mem, &f->rounds) = list.p[i].id;
	}
	return e ? e : found == f->x->n_rounds ? ERR_OK : wrong(c, "force.no_round", "dot", STR(""));
}

static str told(cx *c, const struct forcing *f)
{
	buf b;
	json_out j;
	char from[DATE_TEXT];
	buf_init(&b, 16000);
	json_init(&j, &b);
	json_put_object(&j);
	json_add_int(&j, "version", f->now.version);
	json_add_str(&j, "from", date_text(f->x->from, from));
	json_add_str(&j, "source", f->x->source);
	json_add_str(&j, "sha256", f->now.sha256);
	if (f->replaces)
		json_add_int(&j, "replaces", f->old.version);
	json_put_key(&j, "rounds");
	json_put_array(&j);
	for (size_t i = 0; i < f->x->n_rounds && i < 100; i++)
		json_put_str(&j, f->x->rounds[i]);
	json_put_end(&j, ']');
	if (f->x->n_reopen) {
		json_put_key(&j, "reopened");
		json_put_array(&j);
		for (size_t i = 0; i < f->x->n_reopen && i < 100; i++)
			json_put_str(&j, f->x->reopen[i]);
		json_put_end(&j, ']');
	}
	json_put_end(&j, '}');
	str s = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static enum err run(cx *c, db_conn *k, void *arg)
{
	struct forcing *f = arg;
	f->rounds.n = 0;
	enum err e = read_draft(c, k, f);
	if (!e)
		e = end_old(c, k, f);
	if (!e)
		e = put_new_edition(c, k, f);
	if (!e && f->replaces)
		e = put_maps(c, k, f);
	if (!e && f->replaces)
		e = move_rounds(c, k, f);
	f->d.changed_by = f->now.actor;
	if (!e)
		e = db_draft_end(c, k, &f->d, STR("in force"), f->now.id);
	return e ? e : audit_add(c, k, f->who, "edition.force", draft_object(c, f->d.code), told(c, f));
}

enum err force_do(cx *c, struct app *a, const struct actor *who, int64_t id, const struct force *x, str *code, int *version)
{
	struct forcing f = { .who = who, .a = a, .id = id, .x = x };
	enum err e = actor_may(c, a, who, "edition", "force", 0);
	if (!e && !x->from)
		e = wrong(c, "force.no_day", "from", STR(""));
	if (!e && x->source.len > 1000)
		e = wrong(c, "edit.too_long", "source", STR(""));
	if (!e)
		e = db_tx(c, a->db, DB_WRITE, run, &f);
	for (size_t i = 0; !e && i < f.rounds.n; i++)
		e = moving_settle(c, a, f.rounds.p[i]);
	*code = f.d.code;
	*version = f.now.version;
	return e;
}
