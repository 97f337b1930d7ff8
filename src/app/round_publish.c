#include "app/round_publish.h"
#include "app/audit.h"
#include "app/round_flow.h"
#include "app/unit.h"
#include "base/json.h"
#include "base/vec.h"
#include "engine/loss.h"
#include "engine/rank.h"
#include "engine/trace.h"

static const char *const state_words[] = { "ok", "na_reduced", "na_max", "na_zero", "ask", "missing", "no_number" };

/* ---- from decisions to points ---- */

static uint8_t state_of(str word)
{
	for (uint8_t i = 0; i < sizeof state_words / sizeof state_words[0]; i++)
		if (str_is(word, state_words[i]))
			return i;
	return SCORE_MISSING;
}

static struct score_cell decided(const struct tree_node *n, const db_decision *d)
{
	struct score_cell x = { .state = SCORE_MISSING, .max = n->max, .cause = -1 };
	if (!d || !d->points.there)
		return x;
	x.state = state_of(d->state);
	x.points = d->points.v;
	x.raw = d->raw.there ? d->raw.v : d->points.v;
	x.max = d->maximum.there ? d->maximum.v : n->max;
	x.reduced = x.state == SCORE_NA_REDUCED;
	return x;
}

enum err publish_score(cx *c, const struct work *w, struct work_sheet *s, const db_measure_def_list *catalogue, struct measures **m,
	struct score_result *self, struct score_result *final)
{
	enum err e = work_sum(c, w, s, catalogue, m, self);
	if (e)
		return e;
	final->cells = NEW_ARRAY(c->mem, struct score_cell, w->t->nodes.n);
	memcpy(final->cells, self->cells, w->t->nodes.n * sizeof *final->cells);
	for (size_t i = 0; i < w->t->nodes.n; i++) {
		const struct tree_node *n = &w->t->nodes.p[i];
		if (!work_is_row(n) && !work_is_bonus(n))
			continue;
		const db_decision *d = work_decision(s, n->code, STR("council"));
		if (d || work_is_row(n))
			final->cells[i] = decided(n, d);
		else
			final->cells[i] = (struct score_cell){ .max = n->max, .cause = -1 }; /* nobody recognised it */
	}
	score_sum(w->t, final);
	return ERR_OK;
}

/* ---- writing ---- */

struct one {
	db_round_sheet s;
	struct score_result final;
	db_score *rows;
	size_t n;
};

struct publish {
	struct app *a;
	const struct actor *who;
	struct work w;
	db_round_sheet_list sheets;
	db_measure_def_list catalogue;
	struct one *all;
	struct rank_entry *ranks;
	db_publication pub;
	db_round_result *results;
	struct one *now;
};

static void put_figure(json_out *j, const char *key, bool there, dec d)
{
	char text[DEC_TEXT];
	json_put_key(j, key);
	if (there)
		json_put_str(j, dec_text(d, text)); /* numbers of JSON lose digits */
	else
		json_put_null(j);
}

static void put_facts(cx *c, json_out *j, const struct publish *p, const struct measures *m, const struct tree_node *n)
{
	buf b;
	char day_text[DATE_TEXT];
	json_put_key(j, "facts");
	json_put_array(j);
	for (size_t i = 0; i < n->rule->n_refs; i++) {
		const struct rule_ref *ref = &n->rule->refs[i];
		if (ref->slot == SLOT_MAX || ref->part == PART_NUM || ref->part == PART_DEN || ref->part == PART_PREV_NUM || ref->part == PART_PREV_DEN)
			continue;
		const struct fact *f = measures_fact(&m->units.p[0], tree_measure_find(p->w.t, ref->name), ref->part);
		json_put_object(j);
		json_add_str(j, "name", ref->name);
		json_add_str(j, "part", ref->part == PART_EVENTS ? STR("events") : ref->part >= PART_PREV ? STR("prev") : STR(""));
		json_add_str(j, "status", f->status == FACT_OK ? STR("ok") : f->status == FACT_NA ? STR("na") : STR("missing"));
		if (f->has_counts) {
			put_figure(j, "num", true, f->num);
			put_figure(j, "den", true, f->den);
		} else if (f->value.kind != VAL_NULL) {
			buf_init(&b, 0);
			val_string(&b, f->value);
			json_add_str(j, "value", arena_str(c->mem, buf_str(&b)));
			buf_free(&b);
		}
		json_add_str(j, "source", f->source);
		json_add_str(j, "reason", f->reason);
		if (f->has_as_of)
			json_add_str(j, "as_of", date_text(f->as_of, day_text));
		json_put_end(j, '}');
	}
	json_put_end(j, ']');
}

/* The record of one node: how it came about, whatever becomes of rules and measures later. */
static str record_of(cx *c, const struct publish *p, const struct work_sheet *s, const struct measures *m, const struct score_result *self,
	const struct trace_source *final, int32_t node)
{
	const struct tree_node *n = &p->w.t->nodes.p[node];
	const db_decision *d = tree_is_scored(n) ? work_decision(s, n->code, STR("council")) : NULL;
	const db_decision *first = tree_is_scored(n) ? work_decision(s, n->code, STR("appraisal1")) : NULL;
	dec points = DEC_ZERO, max = DEC_ZERO;
	bool known = score_part(p->w.t, self->cells, node, KIND_SELF, &points, &max);
	json_out j;
	buf b;
	buf_init(&b, 0);
	json_init(&j, &b);
	json_put_object(&j);
	json_add_str(&j, "vi", d && d->trace_vi.len ? d->trace_vi : trace_str(c->mem, final, node, LANG_VI));
	json_add_str(&j, "en", d && d->trace_en.len ? d->trace_en : trace_str(c->mem, final, node, LANG_EN));
	put_figure(&j, "self", known && !dec_is_zero(max), points);
	put_figure(&j, "raw", score_known(&final->cells[node]), final->cells[node].raw);
	put_figure(&j, "first", first && first->points.there, first ? first->points.v : DEC_ZERO);
	if (d) {
		json_add_str(&j, "stage", d->stage);
		json_add_str(&j, "basis", d->basis);
		json_add_str(&j, "remark", d->remark);
	}
	if (tree_is_scored(n))
		put_facts(c, &j, p, m, n);
	json_put_end(&j, '}');
	str out = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return out;
}

static void fill_rows(cx *c, struct publish *p, struct one *o, const struct work_sheet *s, const struct measures *m, const struct score_result *self)
{
	const tree *t = p->w.t;
	struct trace_source final = { t, &m->units.p[0], o->final.cells, NEW_ARRAY(c->mem, val, t->slots.n), c->mem };
	trace_begin(&final);
	o->rows = NEW_ARRAY(c->mem, db_score, p->w.n_order + 1);
	o->n = 0;
	for (size_t i = 0; i < p->w.n_order; i++) {
		int32_t node = p->w.order[i];
		const struct score_cell *x = &o->final.cells[node];
		db_score *row = &o->rows[o->n++];
		dec share;
		*row = (db_score){ .node_code = t->nodes.p[node].code,
			.sort_no = (int)i,
			.maximum = db_dec_of(x->max),
			.status = str_of(state_words[x->state]) };
		if (score_known(x))
			row->points = db_dec_of(x->points);
		if (score_known(x) && dec_mul(x->points, dec_int(100), &share) && dec_div(share, x->max, &share))
			row->percent = db_dec_of(share);
		row->trace = record_of(c, p, s, m, self, &final, node);
	}
}

static enum err put_rows(cx *c, db_conn *k, void *arg)
{
	const struct publish *p = arg;
	return db_score_put(c, k, p->w.round.id, p->now->s.unit_id, p->pub.stage, p->now->rows, p->now->n);
}

/* One sheet: read, counted, written, its memory given back; only the cells stay, for the ranking. */
static enum err freeze(cx *c, struct publish *p, struct one *o)
{
	cx *own = cx_new(0);
	own->now_ms = c->now_ms;
	struct work_sheet s = { .s = o->s };
	struct measures *m;
	struct score_result self;
	db_conn *k;
	enum err e = db_reader(own, p->a->db, &k);
	if (!e) {
		e = db_round_parts(own, k, s.s.id, &s.parts);
		if (!e)
			e = work_facts(own, k, &p->w, &s);
		db_release(k);
	}
	if (!e)
		e = publish_score(own, &p->w, &s, &p->catalogue, &m, &self, &o->final);
	if (!e) {
		fill_rows(own, p, o, &s, m, &self);
		p->now = o;
		e = db_tx(own, p->a->db, DB_WRITE, put_rows, p);
	}
	if (!e)
		o->final.cells = arena_copy(c->mem, o->final.cells, p->w.t->nodes.n * sizeof *o->final.cells);
	for (size_t i = 0; i < own->n_faults; i++)
		cx_fault(c, own->faults[i].level, own->faults[i].key, own->faults[i].at, own->faults[i].value);
	cx_free(own);
	return e;
}

static void fill_results(cx *c, struct publish *p)
{
	const tree *t = p->w.t;
	p->results = NEW_ARRAY(c->mem, db_round_result, p->sheets.n + 1);
	p->ranks = NEW_ARRAY(c->mem, struct rank_entry, p->sheets.n + 1);
	for (size_t i = 0; i < p->sheets.n; i++)
		p->ranks[i] = (struct rank_entry){ .result = &p->all[i].final, .name = p->all[i].s.unit_name,
			.ranked = !rank_is_left_out(t, c->mem, p->all[i].s.unit_name) && !rank_is_left_out(t, c->mem, p->all[i].s.unit_code) };
	rank_units(t, c->mem, p->ranks, p->sheets.n);
	for (size_t i = 0; i < p->sheets.n; i++) {
		const struct score_result *r = &p->all[i].final;
		const struct score_cell *root = &r->cells[t->root];
		p->results[i] = (db_round_result){ .unit_id = p->all[i].s.unit_id, .maximum = db_dec_of(root->max), .rank = p->ranks[i].place,
			.rank_group = r->group >= 0 ? t->groups.p[r->group].name : STR(""), .status = str_of(state_words[root->state]),
			.engine = STR("thuocdo " THUOCDO_VERSION), .edition_sha256 = p->w.edition.sha256 };
		if (score_known(root))
			p->results[i].points = db_dec_of(root->points);
		if (r->available)
			p->results[i].value = db_dec_of(r->published);
	}
}

static enum err make_visible(cx *c, db_conn *k, void *arg)
{
	struct publish *p = arg;
	db_publication pub = p->pub;
	enum err e = db_publication_add(c, k, &pub);
	if (!e && !str_eq(pub.stage, p->pub.stage)) /* somebody published meanwhile */
		return cx_fail(c, ERR_CONFLICT, "flow.moved", (place){ 0 }, p->w.round.code);
	if (!e)
		e = db_round_result_put(c, k, p->w.round.id, p->pub.stage, p->results, p->sheets.n);
	if (!e)
		e = db_round_plan_move(c, k, p->w.round.id, p->w.plan.state, STR("published"));
	if (e == ERR_CONFLICT && !c->n_errors)
		return cx_fail(c, e, "flow.moved", (place){ 0 }, p->w.round.code);
	if (!e)
		e = db_round_set_status(c, k, p->w.round.id, STR("published"));
	if (!e)
		e = db_round_step_add(c, k,
			&(db_round_step){ .round_id = p->w.round.id, .verb = STR("publish"), .from = p->w.plan.state, .to = STR("published"),
				.reason = p->pub.decision, .who = work_who(p->who) });
	str detail = arena_printf(c->mem, "revision %d, %zu sheets, edition %.*s", pub.revision, p->sheets.n, STR_ARG(pub.edition_sha256));
	return e ? e : audit_add(c, k, p->who, "round.publish", p->w.round.code, detail);
}

static enum err check_locked(cx *c, const struct publish *p)
{
	for (size_t i = 0; i < p->sheets.n; i++)
		if (!str_is(p->sheets.p[i].state, "locked"))
			return cx_fail(c, ERR_CONFLICT, "flow.sheet_open", (place){ 0 }, p->sheets.p[i].unit_name);
	return p->sheets.n ? ERR_OK : cx_fail(c, ERR_CONFLICT, "flow.no_sheets", (place){ 0 }, p->w.round.code);
}

static enum err read_round(cx *c, struct publish *p, str round)
{
	db_publication_list before;
	DB_READER(k);
	enum err e = db_reader(c, p->a->db, &k);
	if (!e)
		e = work_round(c, k, p->a, round, &p->w);
	if (!e)
		e = db_round_sheets(c, k, p->w.round.id, &p->sheets);
	if (!e)
		e = db_measure_def_all(c, k, &p->catalogue);
	if (!e)
		e = db_publications(c, k, p->w.round.id, &before);
	if (e)
		return e;
	p->pub = (db_publication){ .round_id = p->w.round.id, .edition_id = p->w.edition.id, .edition_sha256 = p->w.edition.sha256,
		.engine = STR("thuocdo " THUOCDO_VERSION), .who = work_who(p->who) };
	p->pub.stage = arena_printf(c->mem, "published-%d", before.n ? before.p[0].revision + 1 : 1);
	return ERR_OK;
}

enum err round_publish(cx *c, struct app *a, const struct actor *who, str round, str decision)
{
	struct publish p = { .a = a, .who = who };
	const struct flow_step *step;
	enum err e = read_round(c, &p, round);
	if (!e)
		e = flow_find(c, FLOW_ROUND, STR("publish"), p.w.plan.state, STR(""), p.w.plan.kind, &step);
	if (!e)
		e = actor_may(c, a, who, step->noun, step->may, 0);
	if (!e)
		e = check_locked(c, &p);
	if (e)
		return e;
	p.pub.decision = str_trim(decision);
	p.all = NEW_ARRAY(c->mem, struct one, p.sheets.n + 1);
	for (size_t i = 0; i < p.sheets.n && !e; i++) {
		p.all[i].s = p.sheets.p[i];
		e = freeze(c, &p, &p.all[i]);
	}
	if (e)
		return e;
	fill_results(c, &p);
	return work_write(c, a, make_visible, &p);
}

/* ---- reading what was frozen ---- */

enum err publish_last(cx *c, db_conn *k, int64_t round_id, bool *planned, db_publication *out)
{
	db_round_plan plan;
	db_publication_list list;
	enum err e = db_round_plan_get(c, k, round_id, &plan);
	*planned = e == ERR_OK;
	if (e)
		return e;
	e = db_publications(c, k, round_id, &list);
	if (!e && list.n)
		*out = list.p[0];
	return e ? e : list.n ? ERR_OK : ERR_NOTFOUND;
}

enum err publish_archive(cx *c, db_conn *k, int64_t round_id, struct round_archive *out)
{
	db_publication_list list;
	*out = (struct round_archive){ 0 };
	enum err e = db_publications(c, k, round_id, &list);
	for (size_t i = 0; i < list.n && !e; i++)
		*VEC_PUSH(c->mem, out) = (struct round_revision){ list.p[i].revision, list.p[i].decision, list.p[i].reason, list.p[i].who.name,
			list.p[i].engine, list.p[i].edition_sha256, list.p[i].at };
	return e;
}

static struct figure of(db_dec d)
{
	return figure_if(d.there, d.v);
}

static struct round_unit frozen_unit(cx *c, const db_round_result *r)
{
	return (struct round_unit){ .unit_id = r->unit_id, .code = r->unit_code, .name = r->unit_name, .slug = unit_slug(c, r->unit_code, r->unit_name),
		.group = r->rank_group, .type = r->unit_type, .value = of(r->value), .points = of(r->points), .max = of(r->maximum), .rank = r->rank,
		.missing = str_is(r->status, "missing") || str_is(r->status, "no_number"), .ask = str_is(r->status, "ask") };
}

static int by_rank(const void *pa, const void *pb)
{
	const struct round_unit *a = pa, *b = pb;
	if (!a->rank != !b->rank)
		return a->rank ? -1 : 1;
	return a->rank != b->rank ? (a->rank > b->rank) - (a->rank < b->rank) : str_cmp(a->code, b->code);
}

enum err publish_table(cx *c, db_conn *k, const db_round *round, const db_publication *p, const tree *t, struct round_table *out)
{
	db_round_result_list list;
	enum err e = db_round_result_of(c, k, round->id, p->stage, &list);
	out->percent = t->value == VALUE_PERCENT;
	for (size_t i = 0; i < list.n && !e; i++) {
		*VEC_PUSH(c->mem, out) = frozen_unit(c, &list.p[i]);
		out->ranked += list.p[i].rank > 0;
	}
	if (!e && out->n)
		qsort(out->p, out->n, sizeof *out->p, by_rank);
	return e;
}

static struct figure json_figure(const json_t *o, const char *key)
{
	const char *z = json_string_value(json_object_get(o, key));
	dec d;
	return z && dec_parse(str_of(z), &d) ? figure_if(true, d) : (struct figure){ 0 };
}

static str json_text(cx *c, const json_t *o, const char *key)
{
	const char *z = json_string_value(json_object_get(o, key));
	return z ? arena_str(c->mem, str_of(z)) : STR("");
}

static void thaw_facts(cx *c, const json_t *list, struct sheet_node *n, const db_measure_def_list *catalogue)
{
	n->facts = NEW_ARRAY(c->mem, struct sheet_fact, json_array_size(list) + 1);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);
		struct sheet_fact *f = &n->facts[n->n_facts++];
		*f = (struct sheet_fact){ .name = json_text(c, o, "name"), .part = json_text(c, o, "part"), .value = json_text(c, o, "value"),
			.source = json_text(c, o, "source"), .reason = json_text(c, o, "reason"), .num = json_figure(o, "num"),
			.den = json_figure(o, "den") };
		str status = json_text(c, o, "status"), as_of = json_text(c, o, "as_of");
		f->status = str_is(status, "ok") ? FACT_IS_OK : str_is(status, "na") ? FACT_IS_NA : FACT_IS_MISSING;
		dec d;
		if (dec_parse(f->value, &d))
			f->number = figure_if(true, d);
		else if (f->num.there && f->den.there && dec_div(f->num.v, f->den.v, &d))
			f->number = figure_if(true, d);
		if (as_of.len)
			date_parse(as_of, &f->as_of);
		const db_measure_def *def = work_def(catalogue, f->name);
		f->label_vi = def ? def->name_vi : f->name;
		f->label_en = def ? def->name_en : f->name;
		f->unit = def ? def->value_unit : STR("");
		f->numerator = def ? def->numerator : STR("");
		f->denominator = def ? def->denominator : STR("");
	}
}

static const char *known_word(str word)
{
	return state_words[state_of(word)];
}

static enum err thaw(cx *c, const db_score *row, struct sheet_node *n, const db_measure_def_list *catalogue)
{
	json_t *o = json_read(c, STR("trace"), row->trace, 1 << 20);
	if (!o)
		return ERR_IO;
	n->known = row->points.there;
	n->points = of(row->points);
	n->applicable = of(row->maximum);
	n->percent = of(row->percent);
	n->state = known_word(row->status);
	n->self = json_figure(o, "self");
	n->raw = json_figure(o, "raw");
	n->trace_vi = json_text(c, o, "vi");
	n->trace_en = json_text(c, o, "en");
	n->lost = figure_minus(n->applicable, n->points);
	if (n->scored) {
		bool survey = strcmp(n->by, "survey") == 0 || strcmp(n->by, "index") == 0;
		*(survey ? &n->survey : &n->appraised) = n->points;
		thaw_facts(c, json_object_get(o, "facts"), n, catalogue);
	}
	json_decref(o);
	return ERR_OK;
}

/* Parts of points above the criteria are sums of what stands below. */
static void sum_parts(struct sheet *s)
{
	for (size_t i = s->n_nodes; i-- > 0;) {
		const struct sheet_node *n = &s->nodes[i];
		for (size_t k = i; n->level > 0 && k-- > 0;)
			if (s->nodes[k].level == n->level - 1) {
				struct sheet_node *up = &s->nodes[k];
				const struct {
					struct figure *to;
					const struct figure *from;
				} pairs[] = { { &up->appraised, &n->appraised }, { &up->survey, &n->survey } };
				for (int j = 0; j < 2; j++)
					if (pairs[j].from->there) {
						if (!pairs[j].to->there)
							*pairs[j].to = *pairs[j].from;
						else
							dec_add(pairs[j].to->v, pairs[j].from->v, &pairs[j].to->v);
					}
				break;
			}
	}
}

enum err publish_sheet(cx *c, db_conn *k, const db_round *round, const db_publication *p, int64_t unit_id, struct sheet *out)
{
	db_score_list rows;
	db_round_result_list results;
	db_measure_def_list catalogue;
	enum err e = db_score_of(c, k, round->id, unit_id, p->stage, &rows);
	if (!e)
		e = db_round_result_of(c, k, round->id, p->stage, &results);
	if (!e)
		e = db_measure_def_all(c, k, &catalogue);
	if (!e && !rows.n)
		e = ERR_NOTFOUND;
	for (size_t i = 0; i < results.n && !e; i++) {
		if (results.p[i].unit_id == unit_id)
			out->unit = frozen_unit(c, &results.p[i]);
		out->of += results.p[i].rank > 0;
	}
	for (size_t i = 0; i < out->n_nodes && !e; i++)
		for (size_t r = 0; r < rows.n && !e; r++)
			if (str_eq(rows.p[r].node_code, out->nodes[i].code))
				e = thaw(c, &rows.p[r], &out->nodes[i], &catalogue);
	if (e)
		return e;
	sum_parts(out);
	out->has_self = true;
	return ERR_OK;
}

/* ---- the archive ---- */

static enum err add_record(cx *c, db_conn *k, const db_round *r, const db_edition *x, const db_publication *p, bool last, struct round_records *out)
{
	db_round_result_list list;
	enum err e = db_round_result_of(c, k, r->id, p->stage, &list);
	struct round_record v = { .revision = p->revision, .units = (int)list.n, .last = last, .decision = p->decision, .reason = p->reason,
		.engine = p->engine, .edition_sha256 = p->edition_sha256, .at = p->at };
	v.round = (struct round_info){ .code = r->code, .name_vi = r->name_vi, .name_en = r->name_en, .level = r->level, .period = r->period,
		.edition_code = x->code, .edition_vi = x->name_vi, .edition_en = x->name_en, .illustrative = r->illustrative || x->illustrative };
	for (size_t i = 0; i < list.n && !e; i++) {
		v.ranked += list.p[i].rank > 0;
		if (list.p[i].rank == 1 && !v.first.len)
			v.first = list.p[i].unit_name;
	}
	if (!e)
		*VEC_PUSH(c->mem, out) = v;
	return e;
}

static int by_time(const void *pa, const void *pb)
{
	const struct round_record *a = pa, *b = pb;
	return (a->at < b->at) - (a->at > b->at);
}

enum err round_records(cx *c, struct app *a, struct round_records *out)
{
	db_round_list rounds;
	*out = (struct round_records){ 0 };
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_round_list_all(c, k, STR(""), &rounds);
	for (size_t i = 0; !e && i < rounds.n; i++) {
		db_publication_list pubs;
		db_edition x;
		e = db_publications(c, k, rounds.p[i].id, &pubs);
		for (size_t p = 0; !e && p < pubs.n; p++) {
			e = db_edition_get(c, k, pubs.p[p].edition_id, &x);
			if (!e)
				e = add_record(c, k, &rounds.p[i], &x, &pubs.p[p], p == 0, out);
		}
	}
	if (!e && out->n)
		qsort(out->p, out->n, sizeof *out->p, by_time);
	return e;
}
