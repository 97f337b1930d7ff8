#include "web/edition.h"
#include "app/actor.h"
#include "app/rule_said.h"
#include "web/fold.h"
#include "web/round.h"
#include "web/say.h"
#include "web_views.h"

static struct view_editions_edition brief_of(struct web_cx *w, const struct edition_brief *e)
{
	struct view_editions_edition r = { .code = e->code, .version = e->version, .level = e->level, .illustrative = e->illustrative };
	r.name = say_either(w, e->name_vi, e->name_en);
	r.level_name = level_name(w, e->level);
	if (e->first_year > 0)
		r.first_year = some_int(e->first_year);
	if (e->last_year > 0 && e->last_year < 9999)
		r.last_year = some_int(e->last_year);
	return r;
}

void page_editions(struct web_cx *w)
{
	struct edition_brief_list list = { 0 };
	struct view_editions v = { 0 };
	enum err e = edition_all(w->cx, w->app, &list);
	if (e) {
		web_fail(w, e);
		return;
	}
	v.editions = NEW_ARRAY(w->mem, struct view_editions_edition, list.n + 1);
	for (size_t i = 0; i < list.n; i++) {
		v.editions[v.n_editions++] = brief_of(w, &list.p[i]);
		v.illustrative |= list.p[i].illustrative;
	}
	v.may_edit = actor_can(w->actor, STR("edition"), STR("edit"));
	reply_editions(w, &v);
}

/* ---- one edition ---- */

/* Words of app and words of the view are the same. */
static int word(const char *w, const char *const *words, int n)
{
	for (int i = 0; i < n; i++)
		if (strcmp(w, words[i]) == 0)
			return i;
	return 0;
}

static struct view_edition_node node_of(struct web_cx *w, const struct edition_view *t, const struct sheet_node *n)
{
	struct view_edition_node r = { .code = n->code,
		.parent = n->parent,
		.level = n->level,
		.name = say_either(w, n->name_vi, n->name_en),
		.owner = n->owner,
		.scored = n->scored,
		.evidence = n->evidence,
		.rule = n->rule,
		.note = n->note,
		.quiet = n->level >= 3 };
	r.n_words = rule_said(w->cx, t->catalogue, n->of, w->lang, &r.words);
	r.by = (enum view_sheet_by)word(n->by, view_sheet_by_words, VIEW_SHEET_BY_PENALTY + 1);
	r.na = (enum view_edition_na)word(n->na, view_edition_na_words, VIEW_EDITION_NA_ZERO + 1);
	r.max = figure_dec(&n->max);
	r.id = arena_printf(w->mem, "m-%.*s", STR_ARG(n->code));
	if (n->scored && n->rounds)
		r.digits = some_int(n->digits);
	return r;
}

static str toggle_link(struct web_cx *w, const struct fold *f, size_t i, str id)
{
	buf b;
	buf_init(&b, 0);
	buf_addz(&b, "?mo=");
	view_segment(&b, fold_toggled(f, i));
	buf_char(&b, '#');
	view_segment(&b, id);
	str s = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static void fill_nodes(struct web_cx *w, const struct edition_view *t, struct view_edition *v)
{
	const bool all = w->face != FACE_HTML;
	struct fold f;
	str *codes = NEW_ARRAY(w->mem, str, t->n_nodes + 1);
	int *levels = NEW_ARRAY(w->mem, int, t->n_nodes + 1);
	for (size_t i = 0; i < t->n_nodes; i++) {
		codes[i] = t->nodes[i].code;
		levels[i] = t->nodes[i].level;
	}
	fold_init(&f, w, codes, levels, t->n_nodes, web_text(w, "mo"));
	f.open[0] = true;
	v->nodes = NEW_ARRAY(w->mem, struct view_edition_node, t->n_nodes + 1);
	for (size_t i = 0; i < t->n_nodes; i++) {
		if (!all && (t->nodes[i].level == 0 || !fold_shows(&f, i)))
			continue;
		struct view_edition_node *n = &v->nodes[v->n_nodes++];
		*n = node_of(w, t, &t->nodes[i]);
		n->open = f.open[i];
		n->opens = n->scored || t->nodes[i].has_children;
		n->traced = n->scored && n->open;
		n->toggle = toggle_link(w, &f, i, n->id);
	}
}

void page_edition(struct web_cx *w)
{
	struct edition_view t;
	enum err e = edition_view_of(w->cx, w->app, web_text(w, "edition"), &t);
	if (e) {
		web_fail(w, e);
		return;
	}
	struct view_edition v = { .code = t.code, .version = t.version, .level = t.level, .years = t.years, .note = t.note, .illustrative = t.illustrative };
	v.name = say_either(w, t.name_vi, t.name_en);
	v.level_name = level_name(w, t.level);
	v.scored = (int64_t)t.n_scored;
	v.all_link = STR("?mo=*");
	for (size_t i = 0; i < t.n_nodes; i++) {
		v.fields += t.nodes[i].level == 1;
		v.criteria += t.nodes[i].level == 2;
		v.components += t.nodes[i].level >= 3;
	}
	if (t.n_nodes)
		v.maximum = figure_dec(&t.nodes[0].max);
	fill_nodes(w, &t, &v);
	reply_edition(w, &v);
}
