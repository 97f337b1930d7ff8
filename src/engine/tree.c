/* Reading an edition: the settings, the rows, then the shape of the whole. */
#include "engine/cell.h"
#include "engine/tree.h"

const struct table_column tree_columns[TREE_COLUMNS] = {
	{ "code", true, true },
	{ "parent", true, true },
	{ "name_vi", true },
	{ "name_en", false },
	{ "max", true },
	{ "by", true },
	{ "agg", false },
	{ "weight", false },
	{ "cap", false },
	{ "rule", true },
	{ "owner", false },
	{ "na", false },
	{ "digits", false },
	{ "rounding", false },
	{ "evidence", false },
	{ "note", false },
};

static const struct cell_choice by_words[] = { { "sum", BY_SUM }, { "self", BY_SELF }, { "survey", BY_SURVEY }, { "index", BY_INDEX },
	{ "bonus", BY_BONUS }, { "penalty", BY_PENALTY }, { 0 } };
static const struct cell_choice agg_words[] = { { "sum", AGG_SUM }, { "wsum", AGG_WSUM }, { "mean", AGG_MEAN }, { "wmean", AGG_WMEAN },
	{ "gmean", AGG_GMEAN }, { 0 } };
static const struct cell_choice na_words[] = { { "ask", NA_ASK }, { "reduce", NA_REDUCE }, { "max", NA_MAX }, { "zero", NA_ZERO },
	{ 0 } };
static const struct cell_choice rounding_words[] = { { "half_up", DEC_HALF_UP }, { "half_even", DEC_HALF_EVEN },
	{ "truncate", DEC_DOWN }, { 0 } };
static const struct cell_choice evidence_words[] = { { "yes", 1 }, { "no", 0 }, { 0 } };
static const struct cell_choice round_words[] = { { "component", ROUND_COMPONENT }, { "end", ROUND_END }, { "none", ROUND_NONE },
	{ 0 } };
static const struct cell_choice clamp_words[] = { { "component", CLAMP_COMPONENT }, { "group", CLAMP_GROUP }, { "total", CLAMP_TOTAL },
	{ "none", 0 }, { 0 } };
static const struct cell_choice value_words[] = { { "percent", VALUE_PERCENT }, { "points", VALUE_POINTS }, { 0 } };

struct reader {
	cx *c;
	tree *t;
	table *in;
	map settings;
	bool too_many;
};

/* ---- settings ---- */

/* @round: component 2 [half_even] | end 2 [truncate] | none */
static void set_round(struct reader *r, str s)
{
	tree *t = r->t;
	int at, mode;
	long digits;
	str w = cell_word(&s, ' ');
	if (!cell_find(w, round_words, &at)) {
		cell_fault_choice(r->in, TREE_NAME_VI, w, round_words);
		return;
	}
	t->round_at = (enum round_at)at;
	w = cell_word(&s, ' ');
	if (w.len && !str_int(w, 0, 12, &digits))
		cell_fault(r->in, "cell.whole_number", TREE_NAME_VI);
	else if (w.len)
		t->digits = (int)digits;
	w = cell_word(&s, ' ');
	if (w.len && !cell_find(w, rounding_words, &mode))
		cell_fault_choice(r->in, TREE_NAME_VI, w, rounding_words);
	else if (w.len)
		t->rounding = (enum dec_round)mode;
	if (cell_word(&s, ' ').len)
		cell_fault(r->in, "edition.setting_rest", TREE_NAME_VI);
}

static void set_clamp(struct reader *r, str s)
{
	r->t->clamp = 0;
	for (str w; (w = cell_word(&s, ' ')).len;) {
		int flag;
		if (cell_find(w, clamp_words, &flag))
			r->t->clamp |= (unsigned)flag;
		else
			cell_fault_choice(r->in, TREE_NAME_VI, w, clamp_words);
	}
}

/* A>=90;B>=80;… from the best down. */
static void set_groups(struct reader *r, str s)
{
	tree *t = r->t;
	for (str w; (w = cell_word(&s, ';')).len;) {
		const char *gt = memchr(w.p, '>', w.len);
		struct tree_group g = { 0 };
		size_t n = gt ? (size_t)(gt - w.p) : 0;
		g.open = gt && !(n + 1 < w.len && gt[1] == '=');
		size_t from = n + (g.open ? 1 : 2);
		if (n == 0 || from > w.len || !dec_parse(str_trim((str){ w.p + from, w.len - from }), &g.from)) {
			cx_fault(r->c, FAULT_ERROR, "edition.group", table_at(r->in, TREE_NAME_VI), w);
			continue;
		}
		g.name = arena_str(r->c->mem, str_trim((str){ w.p, n }));
		if (t->groups.n && dec_cmp(t->groups.p[t->groups.n - 1].from, g.from) <= 0)
			cx_fault(r->c, FAULT_ERROR, "edition.group_order", table_at(r->in, TREE_NAME_VI), w);
		*VEC_PUSH(r->c->mem, &t->groups) = g;
	}
}

/* 2022-2025, or 2022;2024 */
static void set_years(struct reader *r, str s)
{
	r->t->years = arena_str(r->c->mem, s);
	for (str part; (part = cell_word(&s, ';')).len;) {
		str rest = part, from = cell_word(&rest, '-'), to = cell_word(&rest, '-');
		long a, b;
		if (!str_int(from, 1990, 2200, &a) || !str_int(to.len ? to : from, a, 2200, &b) || cell_word(&rest, '-').len) {
			cx_fault(r->c, FAULT_ERROR, "edition.years", table_at(r->in, TREE_NAME_VI), part);
			return;
		}
		if (!r->t->year_from || a < r->t->year_from)
			r->t->year_from = (int)a;
		if (b > r->t->year_to)
			r->t->year_to = (int)b;
	}
}

/* competition | dense | order:KEY,KEY… where a KEY is a code, `name` or `input`. Codes are looked up once the rows are read. */
static void set_ties(struct reader *r, str s)
{
	tree *t = r->t;
	if (str_is(s, "competition"))
		t->ties = TIES_COMPETITION;
	else if (str_is(s, "dense"))
		t->ties = TIES_DENSE;
	else if (str_starts(s, STR("order:")) && s.len > 6)
		t->ties = TIES_ORDER;
	else
		cell_fault(r->in, "edition.ties", TREE_NAME_VI);
}

static void resolve_ties(struct reader *r, str s, place at)
{
	tree *t = r->t;
	if (t->ties != TIES_ORDER || !str_starts(s, STR("order:"))) /* a second @ties, a fault already, may be any text */
		return;
	str keys = { s.p + 6, s.len - 6 };
	for (str w; (w = cell_word(&keys, ',')).len;) {
		struct tree_key k = { .node = tree_find(t, w), .what = KEY_NODE };
		if (k.node == NO_NODE && str_is(w, "name"))
			k.what = KEY_NAME;
		else if (k.node == NO_NODE && str_is(w, "input"))
			k.what = KEY_INPUT;
		else if (k.node == NO_NODE)
			cx_fault(r->c, FAULT_ERROR, "edition.unknown_code", at, w);
		*VEC_PUSH(r->c->mem, &t->keys) = k;
	}
}

static void setting(struct reader *r)
{
	tree *t = r->t;
	str name = r->in->cell[TREE_CODE], value = r->in->cell[TREE_NAME_VI];
	bool added;
	int v;
	*map_put(r->c->mem, &r->settings, arena_str(r->c->mem, name), &added) = 1;
	if (!added)
		cell_fault(r->in, "edition.setting_twice", TREE_CODE);
	if (str_is(name, "@name")) {
		t->name_vi = arena_str(r->c->mem, value);
		t->name_en = arena_str(r->c->mem, r->in->cell[TREE_NAME_EN]);
		t->note = arena_str(r->c->mem, r->in->cell[TREE_NOTE]);
	} else if (str_is(name, "@level")) {
		t->level = arena_str(r->c->mem, value);
	} else if (str_is(name, "@years")) {
		set_years(r, value);
	} else if (str_is(name, "@round")) {
		set_round(r, value);
	} else if (str_is(name, "@ties")) {
		set_ties(r, value);
	} else if (str_is(name, "@groups")) {
		set_groups(r, value);
	} else if (str_is(name, "@clamp")) {
		set_clamp(r, value);
	} else if (str_is(name, "@na")) {
		if (!cell_find(value, na_words, &v))
			cell_fault_choice(r->in, TREE_NAME_VI, value, na_words);
		else
			t->na = (enum na_policy)v;
	} else if (str_is(name, "@value")) {
		if (!cell_find(value, value_words, &v))
			cell_fault_choice(r->in, TREE_NAME_VI, value, value_words);
		else
			t->value = (enum index_value)v;
	} else if (str_is(name, "@unranked")) {
		for (str w, rest = value; (w = cell_word(&rest, ';')).len;)
			*VEC_PUSH(r->c->mem, &t->unranked) = arena_str(r->c->mem, w);
	} else if (!str_is(name, "@note") && !str_is(name, "@source")) {
		cell_fault(r->in, "edition.unknown_setting", TREE_CODE);
	}
}

/* ---- rows ---- */

/* A measure's slots are numbered as rules first name its parts; slot 0 is `max`. */
static bool find_slot(void *ctx, str name, enum rule_part part, uint32_t *slot)
{
	struct reader *r = ctx;
	tree *t = r->t;
	if (str_is(name, "max")) {
		*slot = SLOT_MAX;
		return part == PART_VALUE;
	}
	bool added;
	str known = arena_str(r->c->mem, name);
	int64_t *i = map_put(r->c->mem, &t->by_measure, known, &added);
	if (added) {
		*i = (int64_t)t->measures.n;
		*VEC_PUSH(r->c->mem, &t->measures) = (struct tree_measure){ .name = known };
	}
	uint32_t *s = &t->measures.p[*i].slot[part];
	if (*s == 0) {
		*s = (uint32_t)t->slots.n;
		*VEC_PUSH(r->c->mem, &t->slots) = (struct tree_slot){ .measure = (int32_t)*i, .part = part };
	}
	*slot = *s;
	return true;
}

static void compile(struct reader *r, struct tree_node *n)
{
	struct rule_scope scope = { .find = find_slot, .ctx = r };
	n->rule_text = arena_str(r->c->mem, r->in->cell[TREE_RULE]);
	n->rule_column = r->in->at[TREE_RULE];
	if (n->rule_text.len)
		rule_compile(r->c, n->rule_text, &scope, table_at(r->in, TREE_RULE), &n->rule);
}

static void row(struct reader *r)
{
	cx *c = r->c;
	tree *t = r->t;
	const str *cell = r->in->cell;
	bool added;
	if (t->nodes.n >= TREE_MAX_NODES) {
		if (!r->too_many)
			cell_fault(r->in, "edition.too_many_rows", TREE_CODE);
		r->too_many = true;
		return;
	}
	struct tree_node n = { .line = r->in->line, .parent = NO_NODE, .first_child = NO_NODE, .next_sibling = NO_NODE };
	n.code = arena_str(c->mem, cell[TREE_CODE]);
	n.name_vi = arena_str(c->mem, cell[TREE_NAME_VI]);
	n.name_en = arena_str(c->mem, cell[TREE_NAME_EN].len ? cell[TREE_NAME_EN] : cell[TREE_NAME_VI]);
	n.owner = arena_str(c->mem, cell[TREE_OWNER]);
	n.note = arena_str(c->mem, cell[TREE_NOTE]);
	int64_t *at = map_put(c->mem, &t->by_code, n.code, &added);
	if (!added) {
		cell_fault(r->in, "edition.code_twice", TREE_CODE);
		return;
	}
	*at = (int64_t)t->nodes.n;
	if (!n.name_vi.len)
		cell_fault(r->in, "edition.no_name", TREE_NAME_VI);
	n.has_max = cell_number(r->in, TREE_MAX, true, &n.max);
	if (!cell[TREE_MAX].len)
		cx_fault(c, FAULT_ERROR, "edition.no_max", table_at(r->in, TREE_MAX), n.code);
	n.by = (enum node_by)cell_choose(r->in, TREE_BY, by_words, BY_SUM);
	if (!cell[TREE_BY].len)
		cell_fault_choice(r->in, TREE_BY, cell[TREE_BY], by_words);
	n.agg = (enum node_agg)cell_choose(r->in, TREE_AGG, agg_words, AGG_SUM);
	n.has_weight = cell_number(r->in, TREE_WEIGHT, false, &n.weight);
	n.has_cap = cell_number(r->in, TREE_CAP, true, &n.cap);
	n.na = (enum na_policy)cell_choose(r->in, TREE_NA, na_words, NA_UNSET);
	n.digits = cell_int(r->in, TREE_DIGITS, 0, 12, -1);
	n.rounding = (enum dec_round)cell_choose(r->in, TREE_ROUNDING, rounding_words, -1);
	n.evidence = cell_choose(r->in, TREE_EVIDENCE, evidence_words, 0) == 1;
	compile(r, &n);
	*VEC_PUSH(c->mem, &t->nodes) = n;
}

/* ---- the shape of the whole ---- */

static place node_at(const struct reader *r, const struct tree_node *n, enum tree_column column)
{
	return (place){ .file = r->t->file,
		.line = n->line,
		.column = r->in->at[column],
		.field = str_of(tree_columns[column].name),
		.sheet = r->t->sheet };
}

static void fault_node(struct reader *r, const struct tree_node *n, const char *key, enum tree_column column, str value)
{
	cx_fault(r->c, FAULT_ERROR, key, node_at(r, n, column), value);
}

/* Reads the parents' codes again: they may stand below their children. */
static void link_parents(struct reader *r, const str *parents)
{
	tree *t = r->t;
	int32_t last_root = NO_NODE;
	for (int32_t i = (int32_t)t->nodes.n - 1; i >= 0; i--) { /* backwards, so that siblings keep their order */
		struct tree_node *n = &t->nodes.p[i];
		if (!parents[i].len) {
			if (last_root != NO_NODE)
				fault_node(r, &t->nodes.p[last_root], "edition.second_root", TREE_PARENT, t->nodes.p[last_root].code);
			last_root = i;
			continue;
		}
		n->parent = tree_find(t, parents[i]);
		if (n->parent == NO_NODE) {
			fault_node(r, n, "edition.no_parent", TREE_PARENT, parents[i]);
			continue;
		}
		struct tree_node *up = &t->nodes.p[n->parent];
		n->next_sibling = up->first_child;
		up->first_child = i;
	}
	t->root = last_root;
	if (last_root == NO_NODE && t->nodes.n)
		fault_node(r, &t->nodes.p[0], "edition.no_root", TREE_PARENT, t->nodes.p[0].code);
}

/* Children before parents, and levels. What the root does not reach is a cycle, or hangs below one. */
static void set_order(struct reader *r)
{
	tree *t = r->t;
	int32_t n = 0, *down = NEW_ARRAY(r->c->mem, int32_t, t->nodes.n + 1);
	bool *seen = NEW_ARRAY(r->c->mem, bool, t->nodes.n + 1);
	t->order = NEW_ARRAY(r->c->mem, int32_t, t->nodes.n + 1);
	if (t->root != NO_NODE)
		down[n++] = t->root;
	for (int32_t i = 0; i < n; i++) {
		struct tree_node *up = &t->nodes.p[down[i]];
		seen[down[i]] = true;
		if (up->level == TREE_MAX_DEPTH && up->first_child != NO_NODE)
			fault_node(r, up, "edition.too_deep", TREE_CODE, up->code);
		for (int32_t k = up->first_child; k != NO_NODE && up->level < TREE_MAX_DEPTH; k = t->nodes.p[k].next_sibling) {
			t->nodes.p[k].level = up->level + 1;
			down[n++] = k;
		}
	}
	for (int32_t i = 0; i < n; i++)
		t->order[i] = down[n - 1 - i];
	for (int32_t i = 0; i < (int32_t)t->nodes.n; i++) {
		int32_t up = i;
		for (size_t steps = 0; up != NO_NODE && steps <= t->nodes.n; steps++)
			up = t->nodes.p[up].parent;
		if (!seen[i] && up != NO_NODE)
			fault_node(r, &t->nodes.p[i], "edition.cycle", TREE_PARENT, t->nodes.p[i].code);
	}
}

static bool outside(const struct tree_node *child, const struct tree_node *parent)
{
	return (child->by == BY_BONUS || child->by == BY_PENALTY) && child->by != parent->by;
}

/* What the children's maxima add up to must be the parent's, where points are plain sums (design of the form, docs/formats.md). */
static void check_maxima(struct reader *r, const struct tree_node *n)
{
	tree *t = r->t;
	dec sum = DEC_ZERO;
	char have[DEC_TEXT], want[DEC_TEXT];
	if (n->agg != AGG_SUM || n->has_cap || !n->has_max)
		return;
	for (int32_t k = n->first_child; k != NO_NODE; k = t->nodes.p[k].next_sibling) {
		const struct tree_node *child = &t->nodes.p[k];
		if (!child->has_max)
			return; /* a fault of its own */
		if (!outside(child, n) && !dec_add(sum, child->max, &sum))
			return;
	}
	if (dec_eq(sum, n->max))
		return;
	fault *f = cx_fault(r->c, FAULT_ERROR, "edition.maxima", node_at(r, n, TREE_MAX), n->code);
	fault_arg(r->c, f, 1, dec_text(sum, have));
	fault_arg(r->c, f, 2, dec_text(n->max, want));
}

static void check_inner(struct reader *r, struct tree_node *n)
{
	tree *t = r->t;
	if (n->rule_text.len)
		fault_node(r, n, "edition.rule_and_children", TREE_RULE, n->code);
	if (n->by == BY_SELF || n->by == BY_SURVEY || n->by == BY_INDEX)
		fault_node(r, n, "edition.inner_by", TREE_BY, n->code);
	bool weighted = n->agg == AGG_WSUM || n->agg == AGG_WMEAN;
	for (int32_t k = n->first_child; k != NO_NODE; k = t->nodes.p[k].next_sibling) {
		struct tree_node *child = &t->nodes.p[k];
		if (weighted && !child->has_weight)
			fault_node(r, child, "edition.no_weight", TREE_WEIGHT, child->code);
		if (n->agg == AGG_SUM && child->has_weight)
			fault_node(r, child, "edition.idle_weight", TREE_WEIGHT, child->code);
	}
	check_maxima(r, n);
}

static void check_leaf(struct reader *r, struct tree_node *n)
{
	if (!n->rule_text.len)
		fault_node(r, n, "edition.no_rule", TREE_RULE, n->code);
	if (n->by == BY_SUM)
		fault_node(r, n, "edition.leaf_by", TREE_BY, n->code);
}

static void check_nodes(struct reader *r)
{
	tree *t = r->t;
	for (size_t i = 0; i < t->nodes.n; i++) {
		struct tree_node *n = &t->nodes.p[i];
		if (n->digits < 0)
			n->digits = t->digits;
		if ((int)n->rounding < 0)
			n->rounding = t->rounding;
		if (n->na == NA_UNSET)
			n->na = t->na;
		if (!n->has_weight)
			n->weight = DEC_ONE;
		if (n->first_child != NO_NODE)
			check_inner(r, n);
		else
			check_leaf(r, n);
	}
}

static void read_rows(struct reader *r)
{
	tree *t = r->t;
	VEC(str) parents = { 0 };
	str ties = { 0 };
	place ties_at = { 0 };
	while (table_next(r->in)) {
		str code = r->in->cell[TREE_CODE];
		if (!code.len) {
			cell_fault(r->in, "edition.no_code", TREE_CODE);
		} else if (code.p[0] == '@') {
			setting(r);
			if (str_is(code, "@ties")) {
				ties = arena_str(r->c->mem, r->in->cell[TREE_NAME_VI]);
				ties_at = table_at(r->in, TREE_NAME_VI);
			}
		} else {
			size_t before = t->nodes.n;
			row(r);
			if (t->nodes.n > before)
				*VEC_PUSH(r->c->mem, &parents) = arena_str(r->c->mem, r->in->cell[TREE_PARENT]);
		}
	}
	if (!t->nodes.n && !r->c->n_errors)
		cx_fault(r->c, FAULT_ERROR, "edition.no_rows", (place){ .file = t->file, .line = 1, .sheet = t->sheet }, STR(""));
	if (!t->name_vi.len)
		cx_fault(r->c, FAULT_ERROR, "edition.no_title", (place){ .file = t->file, .line = 1, .sheet = t->sheet }, STR("@name"));
	link_parents(r, parents.p);
	resolve_ties(r, ties, ties_at);
}

enum err tree_read_table(cx *c, table_source from, tree **out)
{
	table tab;
	size_t before = c->n_errors;
	*out = NULL;
	enum err e = table_begin(c, from, tree_columns, TREE_COLUMNS, &tab);
	if (e) {
		table_close(&tab);
		return e;
	}
	tree *t = NEW(c->mem, tree);
	struct reader r = { .c = c, .t = t, .in = &tab };
	t->file = arena_str(c->mem, from.file);
	t->sheet = arena_str(c->mem, from.sheet);
	t->digits = 2;
	t->rounding = DEC_HALF_UP;
	t->na = NA_ASK;
	t->clamp = CLAMP_COMPONENT;
	*VEC_PUSH(c->mem, &t->slots) = (struct tree_slot){ .measure = -1 }; /* SLOT_MAX */
	t->root = NO_NODE;
	read_rows(&r);
	set_order(&r);
	check_nodes(&r);
	bool good = c->n_errors == before && table_sound(&tab);
	table_close(&tab);
	*out = t;
	return good ? ERR_OK : ERR_INPUT;
}

enum err tree_read(cx *c, csv *in, str file, tree **out)
{
	return tree_read_table(c, table_csv(in, file), out);
}

int32_t tree_find(const tree *t, str code)
{
	const int64_t *i = map_get(&t->by_code, code);
	return i ? (int32_t)*i : NO_NODE;
}

int32_t tree_measure_find(const tree *t, str name)
{
	const int64_t *i = map_get(&t->by_measure, name);
	return i ? (int32_t)*i : -1;
}

bool tree_for_year(const tree *t, int year)
{
	str rest = t->years, part, from, to;
	long a, b;
	if (!t->year_from)
		return true;
	while ((part = cell_word(&rest, ';')).len) {
		from = cell_word(&part, '-');
		to = cell_word(&part, '-');
		if (str_int(from, 0, 9999, &a) && str_int(to.len ? to : from, 0, 9999, &b) && year >= a && year <= b)
			return true;
	}
	return false;
}
