/* A round is scored from its facts whenever somebody looks: tens of units take a few milliseconds, and nothing can be stale. */
#include "app/round.h"
#include <stdlib.h>
#include "app/round_publish.h"
#include "app/round_scale.h"
#include "app/trees.h"
#include "base/csv.h"
#include "base/vec.h"
#include "db/edition.h"
#include "db/measure.h"
#include "db/round.h"
#include "db/unit.h"
#include "engine/loss.h"
#include "engine/rank.h"
#include "engine/trace.h"

/* One stage of one round, scored. */
struct scored {
	struct measures *m; /* units are named by their codes */
	struct score_result *results;
	struct rank_entry *ranks;
	size_t n;
};

enum { MEASURES_READ = 4 };

struct loaded {
	db_round round;
	db_edition edition;
	const tree *t;
	period period;
	db_unit_list units;
	db_measure_def_list catalogue;
	struct {
		period p;
		str stage;
		db_measure_list list;
	} read[MEASURES_READ]; /* a round and the one before it look at the same period */
	size_t n_read;
};

static struct round_info info_of(const db_round *r, const db_edition *e)
{
	return (struct round_info){ .code = r->code,
		.name_vi = r->name_vi,
		.name_en = r->name_en,
		.level = r->level,
		.period = r->period,
		.edition_code = e->code,
		.edition_vi = e->name_vi,
		.edition_en = e->name_en,
		.illustrative = r->illustrative || e->illustrative };
}

static enum err load(cx *c, struct app *a, db_conn *k, str code, struct loaded *l)
{
	day first, last;
	enum err e = db_round_by_code(c, k, code, &l->round);
	if (!e)
		e = db_edition_get(c, k, l->round.edition_id, &l->edition);
	if (!e)
		e = trees_get(c, a, &l->edition, &l->t);
	if (!e && !period_parse(l->round.period, &l->period))
		e = ERR_NOTFOUND;
	if (e)
		return e;
	period_days(l->period, &first, &last);
	return db_unit_on(c, k, l->round.level, last, STR(""), &l->units);
}

static str code_of_unit(const db_unit_list *units, int64_t id)
{
	for (size_t i = 0; i < units->n; i++)
		if (units->p[i].id == id)
			return units->p[i].code;
	return STR("");
}

static void add_measure(struct measures_in *in, str unit, const db_measure *m)
{
	char as_of[DATE_TEXT];
	const str cells[MEASURE_COLUMNS] = {
		[MEASURE_UNIT] = unit,
		[MEASURE_NAME] = m->measure,
		[MEASURE_PERIOD] = m->period,
		[MEASURE_NUMERATOR] = m->numerator,
		[MEASURE_DENOMINATOR] = m->denominator,
		[MEASURE_VALUE] = m->value,
		[MEASURE_STATUS] = m->status,
		[MEASURE_REASON] = m->reason,
		[MEASURE_SOURCE] = m->source,
		[MEASURE_AS_OF] = m->as_of ? date_text(m->as_of, as_of) : STR(""),
	};
	measures_add(in, cells);
}

static enum err read_measures(cx *c, db_conn *k, struct loaded *l, period p, str stage, db_measure_list *out)
{
	char text[PERIOD_TEXT], other[PERIOD_TEXT];
	str want = period_text(p, text);
	for (size_t i = 0; i < l->n_read; i++)
		if (str_eq(l->read[i].stage, stage) && str_eq(period_text(l->read[i].p, other), want)) {
			*out = l->read[i].list;
			return ERR_OK;
		}
	enum err e = db_measure_of_period(c, k, l->round.level, want, stage, out);
	if (!e && l->n_read < MEASURES_READ) {
		l->read[l->n_read].p = p;
		l->read[l->n_read].stage = stage;
		l->read[l->n_read++].list = *out;
	}
	return e;
}

/* The measures of a stage; *out stays NULL when there are none of the period. */
static enum err measures_of(cx *c, db_conn *k, struct loaded *l, period p, str stage, struct measures **out)
{
	period periods[] = { period_prev(p), p };
	size_t rows = 0;
	struct measures_in *in = measures_begin(c, STR("measures"), l->t);
	*out = NULL;
	for (size_t i = 0; i < 2; i++) {
		db_measure_list list = { 0 };
		enum err e = read_measures(c, k, l, periods[i], stage, &list);
		if (e)
			return e;
		str unit = STR("");
		for (size_t j = 0; j < list.n; j++) { /* unit after unit */
			if (!j || list.p[j].unit_id != list.p[j - 1].unit_id)
				unit = code_of_unit(&l->units, list.p[j].unit_id);
			if (!unit.len) /* it ended before the period did */
				continue;
			add_measure(in, unit, &list.p[j]);
			rows += i == 1;
		}
	}
	return rows ? measures_end(in, &p, out) : ERR_OK;
}

static enum err score_stage(cx *c, db_conn *k, struct loaded *l, period p, str stage, struct scored *s)
{
	enum err e = measures_of(c, k, l, p, stage, &s->m);
	if (e || !s->m)
		return e;
	const tree *t = l->t;
	val *slots = NEW_ARRAY(c->mem, val, t->slots.n);
	s->n = s->m->units.n;
	s->results = NEW_ARRAY(c->mem, struct score_result, s->n + 1);
	s->ranks = NEW_ARRAY(c->mem, struct rank_entry, s->n + 1);
	for (size_t i = 0; i < s->n; i++) {
		s->results[i].cells = NEW_ARRAY(c->mem, struct score_cell, t->nodes.n);
		score_unit(t, &s->m->units.p[i], slots, c->mem, &s->results[i]);
		str name = s->m->units.p[i].name;
		s->ranks[i] = (struct rank_entry){
			.result = &s->results[i], .name = name, .ranked = !rank_is_left_out(t, c->mem, name)
		};
	}
	rank_units(t, c->mem, s->ranks, s->n);
	return ERR_OK;
}

/* Place of a unit in a scored stage; -1: it has no figures there. */
static int find(cx *c, const struct scored *s, str code)
{
	return s->m ? measures_find_unit(c, s->m, code) : -1;
}

/* Few editions serve many rounds, and each comes with its text: asked for once. */
static enum err siblings(cx *c, db_conn *k, str level, struct round_list *out)
{
	db_round_list list = { 0 };
	db_edition_list known = { 0 };
	enum err e = db_round_list_shown(c, k, level, &list);
	for (size_t i = 0; i < list.n && !e; i++) {
		size_t at = 0;
		while (at < known.n && known.p[at].id != list.p[i].edition_id)
			at++;
		if (at == known.n)
			e = db_edition_get(c, k, list.p[i].edition_id, VEC_PUSH(c->mem, &known));
		if (!e)
			*VEC_PUSH(c->mem, out) = info_of(&list.p[i], &known.p[at]);
	}
	return e;
}

enum err round_all(cx *c, struct app *a, struct round_list *out)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	return e ? e : siblings(c, k, STR(""), out);
}

/* Against the preceding round, where the same edition was used: other criteria do not compare. */
static enum err score_before(cx *c, db_conn *k, struct loaded *l, const struct round_list *rounds, struct scored *before)
{
	char text[PERIOD_TEXT];
	str want = period_text(period_prev(l->period), text);
	for (size_t i = 0; i < rounds->n; i++)
		if (str_eq(rounds->p[i].period, want) && str_eq(rounds->p[i].edition_code, l->edition.code))
			return score_stage(c, k, l, period_prev(l->period), STR("appraised"), before);
	return ERR_OK;
}

static str period_before(cx *c, const struct loaded *l, const struct scored *before)
{
	char text[PERIOD_TEXT];
	return before->m ? arena_str(c->mem, period_text(period_prev(l->period), text)) : STR("");
}

static struct round_unit unit_of(
	cx *c, const struct loaded *l, const db_unit *u, const struct scored *now, const struct scored *before)
{
	struct round_unit r = { .unit_id = u->id, .code = u->code, .name = u->name, .slug = unit_slug(c, u->code, u->name), .type = u->type };
	int i = find(c, now, u->code), b = find(c, before, u->code);
	if (i < 0)
		return r;
	const struct score_result *x = &now->results[i];
	const struct score_cell *root = &x->cells[l->t->root];
	r.value = figure_if(x->available, x->published);
	r.points = figure_if(score_known(root), root->points);
	r.max = figure_if(true, root->max);
	r.group = x->group >= 0 ? l->t->groups.p[x->group].name : STR("");
	r.rank = now->ranks[i].place;
	r.missing = x->missing;
	r.ask = x->ask;
	if (b < 0)
		return r;
	r.previous_rank = before->ranks[b].place;
	r.moved_known = r.rank && r.previous_rank;
	r.moved = r.moved_known ? r.previous_rank - r.rank : 0;
	r.change = figure_minus(r.value, figure_if(before->results[b].available, before->results[b].published));
	return r;
}

static int by_rank(const void *pa, const void *pb)
{
	const struct round_unit *a = pa, *b = pb;
	if (!a->rank != !b->rank)
		return a->rank ? -1 : 1;
	return a->rank != b->rank ? (a->rank > b->rank) - (a->rank < b->rank) : str_cmp(a->code, b->code);
}

/* The publication of a round with a workflow; pub->id 0: a round scored live. ERR_NOTFOUND: nothing is published yet. */
static enum err frozen(cx *c, db_conn *k, const struct loaded *l, db_publication *pub)
{
	bool planned;
	*pub = (db_publication){ 0 };
	enum err e = publish_last(c, k, l->round.id, &planned, pub);
	return e == ERR_NOTFOUND && !planned ? ERR_OK : e;
}

static enum err table_of(cx *c, struct app *a, db_conn *k, str code, struct round_table *out)
{
	db_publication pub;
	struct loaded l = { 0 };
	struct scored now = { 0 }, before = { 0 };
	enum err e = load(c, a, k, code, &l);
	if (!e)
		e = siblings(c, k, l.round.level, &out->rounds);
	if (!e)
		out->round = info_of(&l.round, &l.edition);
	if (!e && (e = frozen(c, k, &l, &pub)) == ERR_OK && pub.id)
		return publish_table(c, k, &l.round, &pub, l.t, out);
	if (!e)
		e = score_stage(c, k, &l, l.period, STR("appraised"), &now);
	if (!e)
		e = score_before(c, k, &l, &out->rounds, &before);
	if (e)
		return e;
	out->previous = period_before(c, &l, &before);
	out->percent = l.t->value == VALUE_PERCENT;
	for (size_t i = 0; i < l.units.n; i++)
		if (find(c, &now, l.units.p[i].code) >= 0) {
			*VEC_PUSH(c->mem, out) = unit_of(c, &l, &l.units.p[i], &now, &before);
			out->ranked += out->p[out->n - 1].rank > 0;
		}
	if (out->n)
		qsort(out->p, out->n, sizeof *out->p, by_rank);
	return ERR_OK;
}

/* What follows from the figures of a table, frozen or scored just now. */
static void sum_up(struct round_table *t)
{
	struct figure sum = { true, DEC_ZERO };
	int64_t n = 0;
	for (size_t i = 0; i < t->n; i++) {
		struct round_unit *u = &t->p[i];
		u->lost = figure_minus(u->max, u->points);
		u->percent = figure_percent(u->points, u->max);
		sum = figure_plus(sum, u->value);
		n += u->value.there;
	}
	if (n > 1)
		t->mean = figure_mean(sum, n);
}

enum err round_table_of(cx *c, struct app *a, str code, struct round_table *out)
{
	DB_READER(k);
	*out = (struct round_table){ 0 };
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = table_of(c, a, k, code, out);
	if (!e)
		sum_up(out);
	return e;
}

/* ---- one unit ---- */

static const char *const by_words[] = { "sum", "self", "survey", "index", "bonus", "penalty" };
static const char *const state_words[] = { "ok", "na_reduced", "na_max", "na_zero", "ask", "missing", "no_number" };

static const char *const na_words[] = { "unset", "ask", "reduce", "max", "zero" };

static struct sheet_node bare(const tree *t, const struct tree_node *n)
{
	return (struct sheet_node){ .code = n->code,
		.parent = n->parent == NO_NODE ? STR("") : t->nodes.p[n->parent].code,
		.name_vi = n->name_vi,
		.name_en = n->name_en,
		.owner = n->owner,
		.note = n->note,
		.rule = n->rule_text,
		.by = by_words[n->by],
		.state = "ok",
		.na = na_words[n->na],
		.rounds = t->round_at == ROUND_COMPONENT,
		.level = n->level,
		.digits = n->digits,
		.scored = tree_is_scored(n),
		.has_children = n->first_child != NO_NODE,
		.evidence = n->evidence,
		.max = figure_if(n->has_max, n->max),
		.of = n };
}

/* Depth first, as a reader goes through the tree. */
static size_t walk(const tree *t, int32_t node, int32_t *order, size_t n)
{
	order[n++] = node;
	for (int32_t k = t->nodes.p[node].first_child; k != NO_NODE; k = t->nodes.p[k].next_sibling)
		n = walk(t, k, order, n);
	return n;
}

static str value_text(cx *c, val v)
{
	buf b;
	buf_init(&b, 0);
	if (v.kind != VAL_NULL)
		val_string(&b, v);
	str text = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return text;
}

static void label(const struct loaded *l, struct sheet_fact *f)
{
	f->label_vi = f->label_en = f->name;
	for (size_t i = 0; i < l->catalogue.n; i++)
		if (str_eq(l->catalogue.p[i].name, f->name)) {
			f->label_vi = l->catalogue.p[i].name_vi;
			f->label_en = l->catalogue.p[i].name_en;
			f->unit = l->catalogue.p[i].value_unit;
			f->numerator = l->catalogue.p[i].numerator;
			f->denominator = l->catalogue.p[i].denominator;
			return;
		}
}

/* The same figure is read as X, X.num and X.den: it is shown once. */
static bool is_listed(const struct sheet_node *n, str name, str part)
{
	for (size_t i = 0; i < n->n_facts; i++)
		if (str_eq(n->facts[i].name, name) && str_eq(n->facts[i].part, part))
			return true;
	return false;
}

static void add_facts(
	cx *c, const struct loaded *l, const struct measure_unit *u, const struct tree_node *from, struct sheet_node *n)
{
	const rule *r = from->rule;
	n->facts = NEW_ARRAY(c->mem, struct sheet_fact, r->n_refs + 1);
	for (size_t i = 0; i < r->n_refs; i++) {
		const struct rule_ref *ref = &r->refs[i];
		str part = ref->part == PART_EVENTS ? STR("events") : ref->part >= PART_PREV ? STR("prev") : STR("");
		if (ref->slot == SLOT_MAX || is_listed(n, ref->name, part))
			continue;
		const struct fact *f = measures_fact(u, tree_measure_find(l->t, ref->name), ref->part);
		struct sheet_fact *out = &n->facts[n->n_facts++];
		*out = (struct sheet_fact){ .name = ref->name, .part = part, .source = f->source, .reason = f->reason };
		label(l, out);
		out->status = f->status == FACT_OK ? FACT_IS_OK : f->status == FACT_NA ? FACT_IS_NA : FACT_IS_MISSING;
		out->value = value_text(c, f->value);
		out->num = figure_if(f->has_counts && f->status == FACT_OK, f->num);
		out->den = figure_if(f->has_counts && f->status == FACT_OK, f->den);
		out->number = figure_if(f->value.kind == VAL_NUM, f->value.num);
		out->as_of = f->has_as_of ? f->as_of : 0;
	}
}

static struct figure part_of(const tree *t, const struct score_cell *cells, int32_t node, unsigned kinds)
{
	dec points = DEC_ZERO, max = DEC_ZERO;
	bool all = score_part(t, cells, node, kinds, &points, &max);
	return figure_if(all && !(dec_is_zero(max) && dec_is_zero(points)), points);
}

static void fill_node(cx *c, const struct loaded *l, int32_t i, const struct trace_source *s, struct sheet_node *n)
{
	const tree *t = l->t;
	const struct score_cell *x = &s->cells[i];
	n->state = state_words[x->state];
	n->known = score_known(x);
	n->applicable = figure_if(true, x->max);
	n->points = figure_if(n->known, x->points);
	n->raw = figure_if(n->known, x->raw);
	n->lost = figure_if(n->known, loss_of(t, s->cells, i));
	n->percent = figure_percent(n->points, n->applicable);
	n->appraised = part_of(t, s->cells, i, KIND_SELF);
	n->survey = part_of(t, s->cells, i, KIND_SURVEY);
	n->trace_vi = trace_str(c->mem, s, i, LANG_VI);
	n->trace_en = trace_str(c->mem, s, i, LANG_EN);
	if (!n->scored)
		return;
	add_facts(c, l, s->unit, &t->nodes.p[i], n);
	if (n->known)
		n->scale = round_scale(c, s, i, n);
}

static void fill_losses(cx *c, const tree *t, const struct score_cell *cells, const int32_t *order, struct sheet *out)
{
	struct loss *list = NEW_ARRAY(c->mem, struct loss, t->nodes.n);
	size_t *shown_at = NEW_ARRAY(c->mem, size_t, t->nodes.n);
	for (size_t i = 0; i < out->n_nodes; i++)
		shown_at[order[i]] = i;
	out->n_losses = loss_list(t, cells, c->mem, list);
	out->losses = NEW_ARRAY(c->mem, struct sheet_loss, out->n_losses + 1);
	for (size_t i = 0; i < out->n_losses; i++)
		out->losses[i] = (struct sheet_loss){ shown_at[list[i].node], figure_if(true, list[i].lost) };
}

static void fill_sheet(cx *c, const struct loaded *l, str code, const struct scored *now, const struct scored *self,
	const struct scored *before, struct sheet *out)
{
	const tree *t = l->t;
	int at = find(c, now, code), own = find(c, self, code), old = find(c, before, code);
	int32_t *order = NEW_ARRAY(c->mem, int32_t, t->nodes.n);
	struct trace_source s = { t, &now->m->units.p[at], now->results[at].cells, NEW_ARRAY(c->mem, val, t->slots.n), c->mem };
	trace_begin(&s);
	out->n_nodes = walk(t, t->root, order, 0);
	out->nodes = NEW_ARRAY(c->mem, struct sheet_node, out->n_nodes + 1);
	for (size_t i = 0; i < out->n_nodes; i++) {
		struct sheet_node *n = &out->nodes[i];
		*n = bare(t, &t->nodes.p[order[i]]);
		fill_node(c, l, order[i], &s, n);
		if (own >= 0)
			n->self = part_of(t, self->results[own].cells, order[i], KIND_SELF);
		if (old >= 0) {
			const struct score_cell *b = &before->results[old].cells[order[i]];
			n->change = figure_minus(n->points, figure_if(score_known(b), b->points));
		}
	}
	out->has_self = own >= 0;
	fill_losses(c, t, s.cells, order, out);
}

static int by_lost(const void *pa, const void *pb)
{
	const struct sheet_loss *a = pa, *b = pb;
	int d = dec_cmp(b->lost.v, a->lost.v);
	return d ? d : (a->node > b->node) - (a->node < b->node);
}

/* As it was published, whatever the measures say today. */
static enum err frozen_sheet(cx *c, db_conn *k, const struct loaded *l, const db_publication *pub, const db_unit *u, struct sheet *out)
{
	const tree *t = l->t;
	int32_t *order = NEW_ARRAY(c->mem, int32_t, t->nodes.n);
	out->n_nodes = trees_walk(t, order);
	out->nodes = NEW_ARRAY(c->mem, struct sheet_node, out->n_nodes + 1);
	out->losses = NEW_ARRAY(c->mem, struct sheet_loss, out->n_nodes + 1);
	out->percent = t->value == VALUE_PERCENT;
	for (size_t i = 0; i < out->n_nodes; i++)
		out->nodes[i] = bare(t, &t->nodes.p[order[i]]);
	enum err e = publish_sheet(c, k, &l->round, pub, u->id, out);
	for (size_t i = 0; i < out->n_nodes && !e; i++) {
		const struct sheet_node *n = &out->nodes[i];
		bool off = strcmp(n->by, "penalty") == 0;
		struct figure lost = off ? n->points : n->lost;
		if (n->scored && strcmp(n->by, "bonus") != 0 && lost.there && dec_cmp(lost.v, DEC_ZERO) > 0)
			out->losses[out->n_losses++] = (struct sheet_loss){ i, lost };
	}
	if (!e && out->n_losses)
		qsort(out->losses, out->n_losses, sizeof *out->losses, by_lost);
	return e;
}

/* Missing as soon as one is. */
static struct figure sum_with(struct figure sum, struct figure a) { return sum.there && a.there ? figure_plus(sum, a) : (struct figure){ 0 }; }

/* Sums over the finished sheet. */
static void sum_sheet(struct sheet *s)
{
	struct figure total = figure_if(true, DEC_ZERO), so_far = total;
	s->self_max = s->survey_max = total;
	for (size_t i = 0; i < s->n_nodes; i++) {
		const struct sheet_node *n = &s->nodes[i];
		if (n->scored && strcmp(n->by, "self") == 0)
			s->self_max = sum_with(s->self_max, n->applicable);
		else if (n->scored && (strcmp(n->by, "survey") == 0 || strcmp(n->by, "index") == 0))
			s->survey_max = sum_with(s->survey_max, n->applicable);
	}
	for (size_t i = 0; i < s->n_losses; i++)
		total = sum_with(total, s->losses[i].lost);
	for (size_t i = 0; i < s->n_losses; i++) {
		so_far = sum_with(so_far, s->losses[i].lost);
		s->losses[i].share.there = so_far.there && total.there && dec_div(so_far.v, total.v, &s->losses[i].share.v);
	}
}

static enum err sheet_of(cx *c, struct app *a, db_conn *k, str code, str slug, struct sheet *out)
{
	struct loaded l = { 0 };
	db_publication pub;
	struct scored now = { 0 }, self = { 0 }, before = { 0 };
	enum err e = load(c, a, k, code, &l);
	const db_unit *u = NULL;
	for (size_t i = 0; !e && i < l.units.n; i++)
		if (str_eq(unit_slug(c, l.units.p[i].code, l.units.p[i].name), slug))
			u = &l.units.p[i];
	if (!e && !u)
		e = ERR_NOTFOUND;
	if (!e)
		e = siblings(c, k, l.round.level, &out->rounds);
	if (!e)
		out->round = info_of(&l.round, &l.edition);
	if (!e)
		e = db_measure_def_all(c, k, &l.catalogue);
	db_measure_def_list *catalogue = NEW(c->mem, db_measure_def_list);
	*catalogue = l.catalogue;
	out->catalogue = catalogue;
	if (!e && (e = frozen(c, k, &l, &pub)) == ERR_OK && pub.id)
		return frozen_sheet(c, k, &l, &pub, u, out);
	if (!e)
		e = score_stage(c, k, &l, l.period, STR("appraised"), &now);
	if (!e && find(c, &now, u->code) < 0)
		e = ERR_NOTFOUND;
	if (!e)
		e = score_stage(c, k, &l, l.period, STR("self"), &self);
	if (!e)
		e = score_before(c, k, &l, &out->rounds, &before);
	if (e)
		return e;
	out->round = info_of(&l.round, &l.edition);
	out->previous = period_before(c, &l, &before);
	out->percent = l.t->value == VALUE_PERCENT;
	out->unit = unit_of(c, &l, u, &now, &before);
	for (size_t i = 0; i < now.n; i++)
		out->of += now.ranks[i].place > 0;
	fill_sheet(c, &l, u->code, &now, &self, &before, out);
	return ERR_OK;
}

enum err round_sheet(cx *c, struct app *a, str code, str slug, struct sheet *out)
{
	DB_READER(k);
	*out = (struct sheet){ 0 };
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = sheet_of(c, a, k, code, slug, out);
	if (!e)
		sum_sheet(out);
	return e;
}

enum err round_points_under(cx *c, struct app *a, struct db_conn *k, str code, const tree *t, struct round_points_list *out)
{
	struct loaded l = { 0 };
	struct scored now = { 0 };
	*out = (struct round_points_list){ 0 };
	enum err e = load(c, a, k, code, &l);
	if (e)
		return e;
	l.t = t;
	e = score_stage(c, k, &l, l.period, STR("appraised"), &now);
	for (size_t i = 0; i < l.units.n && !e; i++) {
		int at = find(c, &now, l.units.p[i].code);
		if (at < 0)
			continue;
		const struct score_result *r = &now.results[at];
		const struct score_cell *root = &r->cells[t->root];
		*VEC_PUSH(c->mem, out) = (struct round_points){ .code = l.units.p[i].code, .name = l.units.p[i].name,
			.points = figure_if(score_known(root), root->points), .value = figure_if(r->available, r->published),
			.missing = r->missing + r->ask };
	}
	return e;
}

/* ---- editions ---- */

static enum err view_of(cx *c, struct app *a, db_conn *k, str code, struct edition_view *out)
{
	db_edition e;
	const tree *t;
	enum err err = db_edition_on(c, k, code, date_of_ms(c->now_ms), &e);
	if (!err)
		err = trees_get(c, a, &e, &t);
	db_measure_def_list *catalogue = NEW(c->mem, db_measure_def_list);
	if (!err)
		err = db_measure_def_all(c, k, catalogue);
	if (err)
		return err;
	*out = (struct edition_view){ .code = e.code,
		.name_vi = e.name_vi,
		.name_en = e.name_en,
		.level = e.level,
		.years = t->years,
		.note = e.note,
		.version = e.version,
		.illustrative = e.illustrative,
		.catalogue = catalogue };
	int32_t *order = NEW_ARRAY(c->mem, int32_t, t->nodes.n);
	out->n_nodes = walk(t, t->root, order, 0);
	out->nodes = NEW_ARRAY(c->mem, struct sheet_node, out->n_nodes + 1);
	for (size_t i = 0; i < out->n_nodes; i++) {
		out->nodes[i] = bare(t, &t->nodes.p[order[i]]);
		out->n_scored += out->nodes[i].scored;
	}
	return ERR_OK;
}

enum err edition_view_of(cx *c, struct app *a, str code, struct edition_view *out)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	return e ? e : view_of(c, a, k, code, out);
}

static bool holds_on(const db_edition *d, day on) { return d->valid_from <= on && d->valid_to >= on; }

/* The newest version that holds today; where none does, the newest. */
static bool is_current(const db_edition_list *list, const db_edition *d, day today)
{
	for (size_t j = 0; j < list->n; j++) {
		const db_edition *x = &list->p[j];
		if (x == d || !str_eq(x->code, d->code))
			continue;
		if (holds_on(x, today) != holds_on(d, today) ? holds_on(x, today) : x->version > d->version)
			return false;
	}
	return true;
}

enum err edition_all(cx *c, struct app *a, struct edition_brief_list *out)
{
	DB_READER(k);
	db_edition_list list = { 0 };
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_edition_list_all(c, k, STR(""), &list);
	for (size_t i = 0; i < list.n && !e; i++) {
		const db_edition *d = &list.p[i];
		if (is_current(&list, d, date_of_ms(c->now_ms)))
			*VEC_PUSH(c->mem, out) = (struct edition_brief){ d->code, d->name_vi, d->name_en, d->level, d->version,
				d->first_year, d->last_year, d->illustrative };
	}
	return e;
}
