#include "app/edition_force.h"
#include "app/audit.h"
#include "app/import.h"
#include "app/round.h"
#include "app/round_flow.h"
#include "app/round_work.h"
#include "app/trees.h"
#include "base/hash.h"
#include "base/json.h"
#include "db/edition.h"
#include "db/edition_draft.h"

enum { LOOK_MS = 20000 }; /* the figures of some rounds, each read twice */

/* ---- codes ---- */

static str map_code(void *ctx, str code)
{
	const struct force *x = ctx;
	for (size_t i = 0; x && i < x->n_maps; i++)
		if (str_eq(x->maps[i].from, code))
			return x->maps[i].to;
	return code;
}

/* ---- rounds ---- */

static bool is_named(const struct force *x, str round)
{
	for (size_t i = 0; i < x->n_rounds; i++)
		if (str_eq(x->rounds[i], round))
			return true;
	return false;
}

/* A round with a workflow stays when somebody decided on its points, or some agency of the new set has no unit in it. */
static enum err find_obstacle(cx *c, db_conn *k, const db_round *r, bool *planned, const char **why)
{
	db_round_plan plan;
	int64_t decided;
	*why = NULL;
	enum err e = db_round_plan_get(c, k, r->id, &plan);
	*planned = e == ERR_OK;
	if (e == ERR_NOTFOUND)
		return ERR_OK;
	if (!e)
		e = db_round_decided(c, k, r->id, &decided);
	if (e)
		return e;
	if (!flow_word("draft open closed", plan.state) || decided)
		*why = "force.appraised";
	else if (str_is(plan.kind, "up"))
		*why = "force.upwards";
	return ERR_OK;
}

/* Sheets as they are, under a tree. */
static enum err sheets_under(cx *c, db_conn *k, struct app *a, str round, const tree *t, struct round_points_list *out)
{
	struct work w;
	db_round_sheet_list sheets;
	db_measure_def_list catalogue = { 0 };
	*out = (struct round_points_list){ 0 };
	enum err e = work_round(c, k, a, round, &w);
	if (!e)
		e = db_round_sheets(c, k, w.round.id, &sheets);
	if (!e)
		e = db_measure_def_all(c, k, &catalogue);
	w.t = t;
	for (size_t i = 0; !e && i < sheets.n; i++) {
		struct work_sheet s = { .s = sheets.p[i] };
		struct measures *m;
		struct score_result r;
		e = work_facts(c, k, &w, &s);
		if (!e)
			e = work_measures(c, &w, &s, STR("self"), &catalogue, &m);
		if (e)
			break;
		work_score(c, &w, m, &r);
		const struct score_cell *root = &r.cells[t->root];
		*VEC_PUSH(c->mem, out) = (struct round_points){ .code = s.s.unit_code, .name = s.s.unit_name,
			.points = figure_if(true, root->points), .value = figure_if(r.available, r.published), .missing = r.missing + r.ask };
	}
	return e;
}

static enum err points_under(cx *c, db_conn *k, struct app *a, str round, bool planned, const tree *t, struct round_points_list *out)
{
	return planned ? sheets_under(c, k, a, round, t, out) : round_points_under(c, a, k, round, t, out);
}

static enum err score_both(cx *c, db_conn *k, struct app *a, bool planned, const tree *old, const tree *now, struct force_round *r)
{
	struct round_points_list before, after;
	enum err e = points_under(c, k, a, r->code, planned, old, &before);
	if (!e)
		e = points_under(c, k, a, r->code, planned, now, &after);
	if (e)
		return e;
	r->units = NEW_ARRAY(c->mem, struct force_unit, after.n + 1);
	for (size_t i = 0; i < after.n; i++) {
		struct force_unit *u = &r->units[r->n_units++];
		*u = (struct force_unit){ .code = after.p[i].code, .name = after.p[i].name, .after = after.p[i].points, .missing_after = after.p[i].missing };
		for (size_t j = 0; j < before.n; j++)
			if (str_eq(before.p[j].code, u->code)) {
				u->before = before.p[j].points;
				u->missing_before = before.p[j].missing;
			}
		u->by = figure_minus(u->after, u->before);
		r->n_changed += !u->by.there || !dec_is_zero(u->by.v) || u->missing_before != u->missing_after;
	}
	return ERR_OK;
}

/* ---- a look ---- */

static void list_codes(cx *c, const tree *old, const struct force *x, struct force_view *out)
{
	const tree *now = out->draft.t;
	out->open = NEW_ARRAY(c->mem, struct force_map, old->nodes.n + 1);
	out->codes = NEW_ARRAY(c->mem, str, now->nodes.n + 1);
	for (size_t i = 0; i < old->nodes.n; i++) {
		str code = old->nodes.p[i].code, to = map_code((void *)(uintptr_t)x, code);
		if ((int32_t)i == old->root)
			continue;
		if (tree_find(now, code) == NO_NODE || !str_eq(code, to))
			out->open[out->n_open++] = (struct force_map){ code, tree_find(now, to) == NO_NODE ? STR("") : to };
	}
	for (size_t i = 0; i < now->nodes.n; i++)
		if (tree_find(old, now->nodes.p[i].code) == NO_NODE && (int32_t)i != now->root)
			out->codes[out->n_codes++] = now->nodes.p[i].code;
}

static enum err look_rounds(cx *c, db_conn *k, struct app *a, const struct force *x, const tree *old, struct force_view *out)
{
	db_round_list list;
	enum err e = db_round_of_edition(c, k, out->old.id, &list);
	if (e)
		return e;
	out->rounds = NEW_ARRAY(c->mem, struct force_round, list.n + 1);
	for (size_t i = 0; i < list.n && !e; i++) {
		const db_round *r = &list.p[i];
		bool planned;
		struct force_round *to = &out->rounds[out->n_rounds++];
		*to = (struct force_round){ .code = r->code, .name_vi = r->name_vi, .name_en = r->name_en, .period = r->period };
		e = find_obstacle(c, k, r, &planned, &to->kept);
		to->goes = !e && !to->kept && is_named(x, r->code);
		if (to->goes && !out->draft.n_errors)
			e = score_both(c, k, a, planned, old, out->draft.t, to);
	}
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
	err = edition_diff_of(c, &(struct edition_side){ old, e->csv }, &now, map_code, (void *)(uintptr_t)x, &out->diff);
	if (err)
		return err;
	list_codes(c, old, x, out);
	return look_rounds(c, k, a, x, old, out);
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
		str code = f->old_tree->nodes.p[i].code, to = map_code((void *)(uintptr_t)f->x, code);
		if (tree_find(f->checked.t, to) == NO_NODE)
			to = STR("");
		if (!str_eq(code, to) && (int32_t)i != f->old_tree->root)
			e = db_edition_map_put(c, k, f->old.id, code, to);
	}
	return e;
}

/* First out of the way, so that two codes may change places; what is left out stays there. */
static enum err move_nodes(cx *c, db_conn *k, const struct forcing *f, int64_t round)
{
	const tree *old = f->old_tree;
	enum err e = ERR_OK;
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < old->nodes.n && !e; i++) {
			str code = old->nodes.p[i].code, to = map_code((void *)(uintptr_t)f->x, code);
			bool stays = tree_find(f->checked.t, to) != NO_NODE;
			if ((int32_t)i == old->root)
				to = f->checked.t->nodes.p[f->checked.t->root].code;
			else if (!stays)
				to = STR("");
			if (str_eq(code, to))
				continue;
			str away = arena_printf(c->mem, "@%.*s@%d", STR_ARG(code), f->old.version);
			if (pass == 0)
				e = db_round_rename_node(c, k, round, code, away);
			else if (to.len)
				e = db_round_rename_node(c, k, round, away, to);
		}
	return e;
}

/* The parts of each sheet by the owners of the new set; counts follow. */
static enum err move_sheets(cx *c, db_conn *k, const struct forcing *f, int64_t round)
{
	db_round_sheet_list sheets;
	const tree *t = f->checked.t;
	enum err e = db_round_sheets(c, k, round, &sheets);
	for (size_t i = 0; i < sheets.n && !e; i++) {
		map done = { 0 };
		for (size_t n = 0; n < t->nodes.n && !e; n++) {
			bool added;
			str owner = work_owner(c, t, (int32_t)n);
			if (!work_is_row(&t->nodes.p[n]))
				continue;
			map_put(c->mem, &done, owner, &added);
			if (added)
				e = db_round_part_put(c, k, &(db_round_part){ .sheet_id = sheets.p[i].id, .owner = owner, .state = STR("new") });
		}
		if (!e)
			e = db_round_sheet_touch(c, k, sheets.p[i].id);
	}
	return e;
}

static enum err move_round(cx *c, db_conn *k, struct forcing *f, const db_round *r)
{
	bool planned;
	const char *why;
	enum err e = find_obstacle(c, k, r, &planned, &why);
	if (!e && why)
		e = wrong(c, why, "rounds", r->code);
	if (!e)
		e = db_round_set_edition(c, k, r->id, f->now.id);
	if (e || !planned)
		return e;
	*VEC_PUSH(c->mem, &f->rounds) = r->id;
	e = move_nodes(c, k, f, r->id);
	if (!e)
		e = move_sheets(c, k, f, r->id);
	return e ? e
		 : db_round_step_add(c, k,
			 &(db_round_step){ .round_id = r->id, .verb = STR("edition"), .from = arena_printf(c->mem, "%d", f->old.version),
				 .to = arena_printf(c->mem, "%d", f->now.version), .reason = f->x->source, .who = work_who(f->who) });
}

static enum err move_rounds(cx *c, db_conn *k, struct forcing *f)
{
	db_round_list list;
	size_t found = 0;
	enum err e = db_round_of_edition(c, k, f->old.id, &list);
	for (size_t i = 0; i < list.n && !e; i++)
		if (is_named(f->x, list.p[i].code)) {
			found++;
			e = move_round(c, k, f, &list.p[i]);
		}
	return e ? e : found == f->x->n_rounds ? ERR_OK : wrong(c, "force.no_round", "rounds", STR(""));
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

static enum err settle_round(cx *c, struct app *a, int64_t id)
{
	struct work w;
	db_round r;
	db_round_sheet_list sheets = { 0 };
	db_conn *k;
	enum err e = db_reader(c, a->db, &k);
	if (e)
		return e;
	e = db_round_get(c, k, id, &r);
	if (!e)
		e = work_round(c, k, a, r.code, &w);
	if (!e)
		e = db_round_sheets(c, k, id, &sheets);
	db_release(k);
	for (size_t i = 0; !e && i < sheets.n; i++)
		e = work_settle(c, a, &w, sheets.p[i].unit_id);
	return e;
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
		e = settle_round(c, a, f.rounds.p[i]);
	*code = f.d.code;
	*version = f.now.version;
	return e;
}
