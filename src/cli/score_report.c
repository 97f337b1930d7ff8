#include "cli/score_report.h"
#include <stdio.h>
#include "base/json.h"
#include "base/vn.h"

static str name_of(const struct score_report *r, const struct tree_node *n)
{
	return r->lang == LANG_EN ? n->name_en : n->name_vi;
}

static str index_name(const struct score_report *r)
{
	return r->lang == LANG_EN && r->t->name_en.len ? r->t->name_en : r->t->name_vi;
}

static bool shown(const struct score_report *r, size_t unit)
{
	return r->only < 0 || (size_t)r->only == unit;
}

static const char *const states[] = { "ok", "na_reduced", "na_max", "na_zero", "ask", "missing", "no_number" };

/* Percent of the applicable maximum, rounded as the edition rounds the index. */
static bool percent_of(const struct score_report *r, const struct score_cell *c, dec *out)
{
	const struct tree_node *root = &r->t->nodes.p[r->t->root];
	dec share = DEC_ZERO;
	if (!score_known(c) || !dec_mul(c->points, dec_int(100), &share) || !dec_div(share, c->max, &share))
		return false;
	return dec_round(share, root->digits, root->rounding, out);
}

static void trace_of(buf *b, const struct score_report *r, size_t unit, int32_t node)
{
	struct trace_source s = { r->t, &r->m->units.p[unit], r->results[unit].cells, r->slots, r->scratch };
	trace_begin(&s);
	trace_line(b, &s, node, r->lang);
}

/* ---- text ---- */

static void pad(buf *b, size_t from, int width)
{
	str line = buf_str(b);
	int have = (int)vn_length((str){ line.p + from, line.len - from });
	for (; have < width; have++)
		buf_char(b, ' ');
}

/* Right-aligned in `width` characters behind `from`. */
static void right(buf *b, str s, int width)
{
	for (int have = (int)vn_length(s); have < width; have++)
		buf_char(b, ' ');
	buf_add(b, s);
}

static void cell_points(buf *b, const struct score_report *r, bool known, dec d, int digits, int width)
{
	buf one;
	buf_init(&one, 0);
	if (known)
		trace_points(&one, d, digits, r->lang);
	else
		buf_addz(&one, "–");
	right(b, buf_str(&one), width);
	buf_free(&one);
}

static void cut(buf *b, str s, int width)
{
	size_t at = 0;
	int n = 0;
	size_t from = b->len;
	while (at < s.len && n < width - 1) {
		vn_next(s, &at);
		n++;
	}
	buf_add(b, (str){ s.p, at });
	if (at < s.len)
		buf_addz(b, "…");
	pad(b, from, width);
}

static void heading(buf *b, const struct score_report *r)
{
	char text[PERIOD_TEXT];
	buf_add(b, index_name(r));
	buf_addz(b, " · ");
	buf_addz(b, po_text("score.period", r->lang));
	buf_add(b, period_text(r->m->period, text));
	buf_char(b, '\n');
}

/* The value with its unit: 87,25%, or points. */
static void value(buf *b, const struct score_report *r, const struct score_result *x)
{
	const struct tree_node *root = &r->t->nodes.p[r->t->root];
	if (!x->available) {
		buf_addz(b, po_text("score.not_available", r->lang));
		return;
	}
	if (r->t->round_at == ROUND_NONE)
		trace_number(b, x->published, r->lang);
	else
		trace_points(b, x->published, root->digits, r->lang);
	if (r->t->value == VALUE_PERCENT)
		buf_char(b, '%');
}

static size_t ranked(const struct score_report *r)
{
	size_t n = 0;
	for (size_t i = 0; i < r->m->units.n; i++)
		n += r->ranks[i].place > 0;
	return n;
}

/* Tỉnh Mẫu: 87,25% · hạng 1/1 · nhóm B · 87,25 / 100,00 điểm, mất 12,75 */
static void summary(buf *b, const struct score_report *r, size_t unit)
{
	const tree *t = r->t;
	const struct score_result *x = &r->results[unit];
	const struct tree_node *root = &t->nodes.p[t->root];
	const struct score_cell *c = &x->cells[t->root];
	buf_add(b, r->m->units.p[unit].name);
	buf_addz(b, ": ");
	value(b, r, x);
	if (r->ranks[unit].place)
		buf_printf(b, " · %s %d/%zu", po_text("score.rank", r->lang), r->ranks[unit].place, ranked(r));
	else if (x->available)
		buf_printf(b, " · %s", po_text("score.unranked", r->lang));
	if (x->group >= 0)
		buf_printf(b, " · %s %.*s", po_text("score.group", r->lang), STR_ARG(t->groups.p[x->group].name));
	buf_addz(b, " · ");
	if (!x->available)
		buf_addz(b, po_text("score.so_far", r->lang));
	trace_points(b, c->points, root->digits, r->lang);
	buf_addz(b, " / ");
	trace_points(b, c->max, root->digits, r->lang);
	buf_printf(b, " %s", po_text("score.points", r->lang));
	if (x->available) {
		buf_printf(b, ", %s ", po_text("score.lost", r->lang));
		trace_points(b, loss_of(t, x->cells, t->root), root->digits, r->lang);
	}
	if (x->missing)
		buf_printf(b, " · %s %d", po_text("score.n_missing", r->lang), x->missing);
	if (x->ask)
		buf_printf(b, " · %s %d", po_text("score.n_ask", r->lang), x->ask);
	buf_char(b, '\n');
}

enum { CODE_WIDTH = 10, NAME_WIDTH = 58, NUMBER_WIDTH = 9 };

static void tree_heading(buf *b, const struct score_report *r)
{
	static const char *const keys[] = { "score.max", "score.self", "score.survey", "score.result", "score.percent",
		"score.lost_head" };
	size_t from = b->len;
	buf_addz(b, po_text("score.code", r->lang));
	pad(b, from, CODE_WIDTH);
	from = b->len;
	buf_addz(b, po_text("score.name", r->lang));
	pad(b, from, NAME_WIDTH);
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		right(b, str_of(po_text(keys[i], r->lang)), NUMBER_WIDTH + 1);
	buf_char(b, '\n');
}

static void part(buf *b, const struct score_report *r, size_t unit, int32_t node, unsigned kinds)
{
	dec points = DEC_ZERO, max = DEC_ZERO;
	bool known = score_part(r->t, r->results[unit].cells, node, kinds, &points, &max);
	if (dec_is_zero(max) && dec_is_zero(points))
		right(b, STR(""), NUMBER_WIDTH + 1);
	else
		cell_points(b, r, known, points, r->t->nodes.p[node].digits, NUMBER_WIDTH + 1);
}

static void tree_row(buf *b, const struct score_report *r, size_t unit, int32_t node)
{
	const struct tree_node *n = &r->t->nodes.p[node];
	const struct score_cell *c = &r->results[unit].cells[node];
	dec percent;
	size_t from = b->len;
	buf_add(b, n->code);
	pad(b, from, CODE_WIDTH);
	from = b->len;
	for (int i = 1; i < n->level; i++)
		buf_addz(b, "  ");
	cut(b, name_of(r, n), NAME_WIDTH - (n->level > 1 ? 2 * (n->level - 1) : 0) - 1);
	pad(b, from, NAME_WIDTH);
	cell_points(b, r, true, c->max, n->digits, NUMBER_WIDTH + 1);
	part(b, r, unit, node, KIND_SELF);
	part(b, r, unit, node, KIND_SURVEY);
	cell_points(b, r, score_known(c), c->points, n->digits, NUMBER_WIDTH + 1);
	bool has = percent_of(r, c, &percent);
	cell_points(b, r, has, percent, r->t->nodes.p[r->t->root].digits, NUMBER_WIDTH + 1);
	cell_points(b, r, score_known(c), loss_of(r->t, r->results[unit].cells, node), n->digits, NUMBER_WIDTH + 1);
	if (c->state != SCORE_OK)
		buf_printf(b, "  %s",
			po_text(arena_cstr(r->c->mem, arena_printf(r->c->mem, "score.state_%s", states[c->state])), r->lang));
	buf_char(b, '\n');
}

static void tree_rows(buf *b, const struct score_report *r, size_t unit, int32_t node)
{
	const tree *t = r->t;
	tree_row(b, r, unit, node);
	for (int32_t k = t->nodes.p[node].first_child; k != NO_NODE; k = t->nodes.p[k].next_sibling)
		tree_rows(b, r, unit, k);
}

static void losses(buf *b, const struct score_report *r, size_t unit)
{
	const tree *t = r->t;
	struct loss *list = NEW_ARRAY(r->c->mem, struct loss, t->nodes.n);
	size_t n = loss_list(t, r->results[unit].cells, r->c->mem, list);
	if (!n && !r->results[unit].available)
		return; /* none yet */
	buf_printf(b, "\n%s\n", po_text(n ? "score.losses" : "score.no_losses", r->lang));
	for (size_t i = 0; i < n; i++) {
		const struct tree_node *node = &t->nodes.p[list[i].node];
		size_t from = b->len;
		buf_printf(b, "%.*s", STR_ARG(node->code));
		pad(b, from, CODE_WIDTH);
		cell_points(b, r, true, list[i].lost, node->digits, 6);
		buf_addz(b, " / ");
		trace_points(b, r->results[unit].cells[list[i].node].max, node->digits, r->lang);
		buf_addz(b, "  ");
		buf_add(b, name_of(r, node));
		if (node->owner.len)
			buf_printf(b, " (%.*s)", STR_ARG(node->owner));
		buf_addz(b, "\n            ");
		trace_of(b, r, unit, list[i].node);
		buf_char(b, '\n');
	}
}

static void open_questions(buf *b, const struct score_report *r, size_t unit)
{
	const tree *t = r->t;
	bool any = false;
	for (int32_t i = 0; i < (int32_t)t->nodes.n; i++) {
		const struct score_cell *c = &r->results[unit].cells[i];
		if (!tree_is_scored(&t->nodes.p[i]) || c->state == SCORE_OK)
			continue;
		if (!any)
			buf_printf(b, "\n%s\n", po_text("score.open", r->lang));
		any = true;
		size_t from = b->len;
		buf_add(b, t->nodes.p[i].code);
		pad(b, from, CODE_WIDTH + 2);
		trace_of(b, r, unit, i);
		buf_char(b, '\n');
	}
}

/* Units in the order of their places, those without one last, in order of the file. */
static size_t *by_place(const struct score_report *r)
{
	size_t n = r->m->units.n, k = 0, *order = NEW_ARRAY(r->c->mem, size_t, n + 1);
	size_t *count = NEW_ARRAY(r->c->mem, size_t, n + 2);
	for (size_t i = 0; i < n; i++)
		count[r->ranks[i].place ? (size_t)r->ranks[i].place : n + 1]++;
	size_t *start = NEW_ARRAY(r->c->mem, size_t, n + 2);
	for (size_t p = 1; p <= n + 1; p++) {
		start[p] = k;
		k += count[p];
	}
	for (size_t i = 0; i < n; i++)
		order[start[r->ranks[i].place ? (size_t)r->ranks[i].place : n + 1]++] = i;
	return order;
}

static void league(buf *b, const struct score_report *r)
{
	size_t *order = by_place(r);
	for (size_t k = 0; k < r->m->units.n; k++) {
		size_t from = b->len;
		if (r->ranks[order[k]].place)
			buf_printf(b, "%5d  ", r->ranks[order[k]].place);
		else
			buf_addz(b, "    –  ");
		(void)from;
		summary(b, r, order[k]);
	}
	buf_printf(b, "\n%s\n", po_text("score.hint_unit", r->lang));
}

static void single_trace(buf *b, const struct score_report *r, size_t unit)
{
	const struct tree_node *n = &r->t->nodes.p[r->trace];
	buf_printf(b, "%.*s %.*s (%.*s)\n  ", STR_ARG(n->code), STR_ARG(name_of(r, n)), STR_ARG(r->m->units.p[unit].name));
	trace_of(b, r, unit, r->trace);
	buf_char(b, '\n');
	if (n->rule_text.len)
		buf_printf(b, "  %s%.*s\n", po_text("score.rule", r->lang), STR_ARG(n->rule_text));
	for (size_t i = 0; n->rule && i < n->rule->n_refs; i++) {
		const struct rule_ref *ref = &n->rule->refs[i];
		if (ref->slot == SLOT_MAX)
			continue;
		const struct fact *f = measures_fact(&r->m->units.p[unit], tree_measure_find(r->t, ref->name), ref->part);
		char text[DATE_TEXT];
		if (!f->source.len && !f->has_as_of)
			continue;
		buf_printf(b, "  %.*s: ", STR_ARG(ref->name));
		buf_add(b, f->source);
		if (f->has_as_of) {
			buf_addz(b, f->source.len ? " · " : "");
			buf_add(b, r->lang == LANG_VI ? date_text_vn(f->as_of, text) : date_text(f->as_of, text));
		}
		buf_char(b, '\n');
	}
}

void score_report_text(buf *b, const struct score_report *r)
{
	heading(b, r);
	for (size_t i = 0; r->trace != NO_NODE && i < r->m->units.n; i++)
		if (shown(r, i))
			single_trace(b, r, i);
	if (r->trace != NO_NODE)
		return;
	if (r->only < 0 && r->m->units.n > 1) {
		league(b, r);
		return;
	}
	size_t unit = r->only < 0 ? 0 : (size_t)r->only;
	summary(b, r, unit);
	buf_char(b, '\n');
	tree_heading(b, r);
	tree_rows(b, r, unit, r->t->root);
	losses(b, r, unit);
	open_questions(b, r, unit);
}

/* ---- csv ---- */

static void csv_dec(buf *b, bool known, dec d)
{
	char text[DEC_TEXT];
	buf_char(b, ',');
	if (known)
		buf_add(b, dec_text(d, text));
}

static void csv_text(buf *b, str s)
{
	buf_char(b, ',');
	csv_cell(b, s);
}

static void csv_row(buf *b, const struct score_report *r, size_t unit, int32_t node)
{
	char text[PERIOD_TEXT];
	const tree *t = r->t;
	const struct tree_node *n = &t->nodes.p[node];
	const struct score_result *x = &r->results[unit];
	const struct score_cell *c = &x->cells[node];
	bool root = node == t->root, known = score_known(c);
	dec self = DEC_ZERO, survey = DEC_ZERO, max = DEC_ZERO, percent = DEC_ZERO;
	bool self_known = score_part(t, x->cells, node, KIND_SELF, &self, &max);
	bool survey_known = score_part(t, x->cells, node, KIND_SURVEY, &survey, &max);
	csv_cell(b, index_name(r));
	csv_text(b, period_text(r->m->period, text));
	csv_text(b, r->m->units.p[unit].name);
	csv_text(b, n->code);
	csv_text(b, n->parent == NO_NODE ? STR("") : t->nodes.p[n->parent].code);
	buf_printf(b, ",%d", n->level);
	csv_text(b, name_of(r, n));
	csv_dec(b, true, n->max);
	csv_dec(b, true, c->max);
	csv_dec(b, known, c->points);
	csv_dec(b, known, c->raw);
	csv_dec(b, self_known, self);
	csv_dec(b, survey_known, survey);
	bool has = percent_of(r, c, &percent);
	csv_dec(b, has, percent);
	csv_dec(b, known, loss_of(t, x->cells, node));
	csv_text(b, str_of(states[c->state]));
	csv_dec(b, root && x->available, x->published);
	buf_char(b, ',');
	if (root && r->ranks[unit].place)
		buf_printf(b, "%d", r->ranks[unit].place);
	csv_text(b, root && x->group >= 0 ? t->groups.p[x->group].name : STR(""));
	buf line;
	buf_init(&line, 0);
	trace_of(&line, r, unit, node);
	csv_text(b, buf_str(&line));
	buf_free(&line);
	buf_addz(b, "\n");
}

void score_report_csv(buf *b, const struct score_report *r)
{
	buf_addz(b,
		"index,period,unit,code,parent,level,name,max,max_applicable,points,raw,self,survey,percent,lost,state,value,rank,group,trace\n");
	for (size_t i = 0; i < r->m->units.n; i++)
		for (int32_t k = 0; shown(r, i) && k < (int32_t)r->t->nodes.n; k++)
			if (r->trace == NO_NODE || r->trace == k)
				csv_row(b, r, i, k);
}

/* ---- json ---- */

static void json_points(json_out *j, const char *key, bool known, dec d)
{
	json_put_key(j, key);
	if (known)
		json_put_dec(j, d);
	else
		json_put_null(j);
}

static void json_trace(json_out *j, const struct score_report *r, size_t unit, int32_t node)
{
	buf line;
	buf_init(&line, 0);
	trace_of(&line, r, unit, node);
	json_add_str(j, "trace", buf_str(&line));
	buf_free(&line);
}

static void json_node(json_out *j, const struct score_report *r, size_t unit, int32_t node)
{
	const struct tree_node *n = &r->t->nodes.p[node];
	const struct score_cell *cells = r->results[unit].cells, *c = &cells[node];
	dec self = DEC_ZERO, survey = DEC_ZERO, max = DEC_ZERO, percent = DEC_ZERO;
	json_put_object(j);
	json_add_str(j, "code", n->code);
	json_put_key(j, "parent");
	if (n->parent == NO_NODE)
		json_put_null(j);
	else
		json_put_str(j, r->t->nodes.p[n->parent].code);
	json_add_int(j, "level", n->level);
	json_add_str(j, "name", name_of(r, n));
	json_points(j, "max", true, n->max);
	json_points(j, "max_applicable", true, c->max);
	json_points(j, "points", score_known(c), c->points);
	json_points(j, "raw", score_known(c), c->raw);
	bool known = score_part(r->t, cells, node, KIND_SELF, &self, &max);
	json_points(j, "self", known, self);
	known = score_part(r->t, cells, node, KIND_SURVEY, &survey, &max);
	json_points(j, "survey", known, survey);
	known = percent_of(r, c, &percent);
	json_points(j, "percent", known, percent);
	json_points(j, "lost", score_known(c), loss_of(r->t, cells, node));
	json_add_str(j, "state", str_of(states[c->state]));
	json_add_str(j, "owner", n->owner);
	json_trace(j, r, unit, node);
	json_put_end(j, '}');
}

static void json_losses(json_out *j, const struct score_report *r, size_t unit)
{
	struct loss *list = NEW_ARRAY(r->c->mem, struct loss, r->t->nodes.n);
	size_t n = loss_list(r->t, r->results[unit].cells, r->c->mem, list);
	json_put_key(j, "losses");
	json_put_array(j);
	for (size_t i = 0; i < n; i++) {
		json_put_object(j);
		json_add_str(j, "code", r->t->nodes.p[list[i].node].code);
		json_points(j, "lost", true, list[i].lost);
		json_put_end(j, '}');
	}
	json_put_end(j, ']');
}

static void json_unit(json_out *j, const struct score_report *r, size_t unit)
{
	const tree *t = r->t;
	const struct score_result *x = &r->results[unit];
	const struct score_cell *c = &x->cells[t->root];
	json_put_object(j);
	json_add_str(j, "unit", r->m->units.p[unit].name);
	json_points(j, "value", x->available, x->published);
	json_points(j, "value_unrounded", x->available, x->value);
	json_points(j, "points", x->available, c->points);
	json_points(j, "max_applicable", true, c->max);
	json_points(j, "lost", x->available, loss_of(t, x->cells, t->root));
	json_put_key(j, "rank");
	if (r->ranks[unit].place)
		json_put_int(j, r->ranks[unit].place);
	else
		json_put_null(j);
	json_put_key(j, "group");
	if (x->group >= 0)
		json_put_str(j, t->groups.p[x->group].name);
	else
		json_put_null(j);
	json_add_int(j, "missing", x->missing);
	json_add_int(j, "ask", x->ask);
	json_put_key(j, "nodes");
	json_put_array(j);
	for (int32_t k = 0; k < (int32_t)t->nodes.n; k++)
		if (r->trace == NO_NODE || r->trace == k)
			json_node(j, r, unit, k);
	json_put_end(j, ']');
	json_losses(j, r, unit);
	json_put_end(j, '}');
}

void score_report_json(buf *b, const struct score_report *r)
{
	json_out j;
	char text[PERIOD_TEXT];
	json_init(&j, b);
	json_put_object(&j);
	json_add_int(&j, "version", 1);
	json_add_str(&j, "index", index_name(r));
	json_add_str(&j, "level", r->t->level);
	json_add_str(&j, "period", period_text(r->m->period, text));
	json_put_key(&j, "units");
	json_put_array(&j);
	for (size_t i = 0; i < r->m->units.n; i++)
		if (shown(r, i))
			json_unit(&j, r, i);
	json_put_end(&j, ']');
	json_put_end(&j, '}');
	buf_char(b, '\n');
}
