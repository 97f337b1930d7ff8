#include "app/survey_hide.h"
#include <math.h>
#include "app/survey_figure.h"
#include "engine/hide.h"

enum { MAX_MOVED = 10, MAX_MOVES = 4000 };

/* A change of a distribution that leaves its sums as they are. */
struct move {
	int8_t by[MAX_MOVED];
};

/* What is published of an item beside its options. */
struct sums {
	size_t n;
	bool told[MAX_MOVED]; /* by the satisfied share */
	VEC(struct move) moves;
};

struct hider {
	cx *c;
	const struct survey_crossing *x;
	const questionnaire *q;
	struct survey_result *r;
	size_t groups, filters;
	bool *item, *mean;                /* by item and group: nothing of it is shown; its mean and points are not */
	bool *factor, *factor_mean;       /* by factor, the first stands for everything, and group */
};

/* ---- tables ---- */

size_t survey_crossing_filter(const struct survey_crossing *x, size_t row)
{
	if (x->where_item == NO_ITEM)
		return 0;
	const struct survey_column *k = &x->d->item[x->where_item];
	if (k->ticks)
		return survey_ticked(k, row, (size_t)x->where_option) ? (size_t)x->where_option + 1 : 0;
	return k->code[row] < 0 ? 0 : (size_t)k->code[row] + 1;
}

static struct hider hider_of(cx *c, const struct survey_crossing *x, struct survey_result *r)
{
	const questionnaire *q = r->s->q;
	size_t filters = x->where_item == NO_ITEM ? 1 : q->lists.p[q->items.p[x->where_item].list].options.n + 1;
	return (struct hider){ .c = c, .x = x, .q = q, .r = r, .groups = r->groups.n, .filters = filters };
}

/* Items in the order of the form whichever of them divides, so that both ways to ask hide the same. */
static bool is_turned(const struct hider *h)
{
	return h->x->where_item != NO_ITEM && h->x->by_item > h->x->where_item;
}

static size_t spot(const struct hider *h, size_t lead, size_t group, size_t filter)
{
	return is_turned(h) ? (lead * h->filters + filter) * h->groups + group : (lead * h->groups + group) * h->filters + filter;
}

static size_t spot_of(const struct hider *h, size_t lead, size_t row)
{
	size_t group = h->x->group[row] == NO_ITEM || h->groups == 1 ? 0 : (size_t)h->x->group[row];
	return spot(h, lead, group, survey_crossing_filter(h->x, row));
}

static bool counts(const struct hider *h, size_t row)
{
	return !h->x->d->flags || !h->x->d->flags[row];
}

static size_t *new_counts(const struct hider *h, size_t lead, size_t parts)
{
	return NEW_ARRAY(h->c->mem, size_t, lead * h->groups * h->filters * parts);
}

/* t: lead, parts, counts and what is small are set. out: by lead and group, the first all together, what may not be seen under the filter. */
static void find(const struct hider *h, size_t lead, struct hide_table t, bool *out)
{
	arena *mem = h->c->mem;
	size_t parts = t.parts ? t.parts : 1, cells = lead * h->groups * h->filters, mine = survey_crossing_mine(h->x);
	bool turned = is_turned(h), *hidden = NEW_ARRAY(mem, bool, cells);
	t.axes = 3;
	t.threshold = SURVEY_MIN_CELL;
	t.size[0] = lead;
	t.size[1] = turned ? h->filters : h->groups;
	t.size[2] = turned ? h->groups : h->filters;
	hide_small(mem, &t, hidden);
	for (size_t k = 0; k < lead; k++)
		for (size_t g = 1; g < h->groups; g++)
			out[k * h->groups + g] = hidden[spot(h, k, g, mine)];
	size_t *all = NEW_ARRAY(mem, size_t, lead * h->filters * parts);
	for (size_t k = 0; k < lead; k++)
		for (size_t g = 0; g < h->groups; g++)
			for (size_t f = 0; f < h->filters; f++)
				for (size_t p = 0; p < parts; p++)
					all[(k * h->filters + f) * parts + p] += t.n[spot(h, k, g, f) * parts + p];
	t.n = all;
	t.axes = 2;
	t.size[1] = h->filters;
	hide_small(mem, &t, hidden);
	for (size_t k = 0; k < lead; k++)
		out[k * h->groups] = hidden[k * h->filters + mine];
}

void survey_hide_groups(cx *c, const struct survey_crossing *x, struct survey_result *r)
{
	struct hider h = hider_of(c, x, r);
	size_t *n = new_counts(&h, 1, 1), mine = survey_crossing_mine(x);
	bool *hidden = NEW_ARRAY(c->mem, bool, h.groups);
	for (size_t row = 0; row < x->d->n; row++)
		if (counts(&h, row))
			n[spot_of(&h, 0, row)]++;
		else
			r->flagged++;
	find(&h, 1, (struct hide_table){ .n = n }, hidden);
	for (size_t g = 0; g < h.groups; g++)
		r->people += (int64_t)n[spot(&h, 0, g, mine)];
	r->filter_hidden = hidden[0];
	r->people = r->filter_hidden ? 0 : r->people;
	for (size_t g = 0; g < h.groups; g++) {
		struct survey_group *to = &r->groups.p[g];
		to->hidden = hidden[g] || r->filter_hidden;
		to->people = to->hidden ? 0 : g ? (int64_t)n[spot(&h, 0, g, mine)] : r->people;
	}
}

/* ---- items and factors ---- */

static bool is_summed(const questionnaire *q, int32_t item)
{
	const struct question *x = &q->items.p[item];
	return question_is_asked(x) && x->kind != ASK_NUMBER &&
		(survey_item_has(q, item, SURVEY_SATISFIED) || survey_item_has(q, item, SURVEY_MEAN) || survey_item_has(q, item, SURVEY_POINTS));
}

static bool is_below(const questionnaire *q, int32_t item, int32_t factor)
{
	int32_t f = q->items.p[item].factor;
	while (f != NO_ITEM && f != factor)
		f = q->factors.p[f].parent;
	return factor == NO_ITEM || f == factor;
}

/* Adds those with a valid answer to the item, or to one below the factor. */
static void add_answered(const struct hider *h, int32_t item, int32_t factor, size_t lead, size_t *n)
{
	const struct survey_data *d = h->x->d;
	VEC(const uint8_t *) states = { 0 };
	for (int32_t i = 0; i < (int32_t)h->q->items.n; i++)
		if (d->item[i].state && (item == NO_ITEM ? is_summed(h->q, i) && is_below(h->q, i, factor) : i == item))
			*VEC_PUSH(h->c->mem, &states) = d->item[i].state;
	for (size_t row = 0; row < d->n; row++) {
		bool answered = false;
		for (size_t i = 0; i < states.n && !answered; i++)
			answered = states.p[i][row] == ANSWER_GIVEN;
		n[spot_of(h, lead, row)] += answered && counts(h, row);
	}
}

static void put(bool *to, const struct hider *h, int32_t at, const bool *hidden)
{
	for (size_t g = 0; g < h->groups; g++)
		to[(size_t)at * h->groups + g] |= hidden[g];
}

/* What is directly below a factor. together: what they have in common is published, so that they are a table. */
static void hide_below(struct hider *h, int32_t factor, bool together)
{
	arena *mem = h->c->mem;
	VEC(int32_t) below = { 0 }; /* items, and factors as -2 - number */
	for (int32_t f = 0; f < (int32_t)h->q->factors.n; f++)
		if (h->q->factors.p[f].parent == factor)
			*VEC_PUSH(mem, &below) = -2 - f;
	for (int32_t i = 0; i < (int32_t)h->q->items.n; i++)
		if (is_summed(h->q, i) && h->q->items.p[i].factor == factor)
			*VEC_PUSH(mem, &below) = i;
	size_t lead = together ? below.n : 1;
	for (size_t from = 0; from < below.n; from += lead) {
		size_t *n = new_counts(h, lead, 1);
		bool *hidden = NEW_ARRAY(mem, bool, lead * h->groups);
		for (size_t k = 0; k < lead; k++) {
			int32_t what = below.p[from + k];
			add_answered(h, what < 0 ? NO_ITEM : what, what < 0 ? -2 - what : NO_ITEM, k, n);
		}
		find(h, lead, (struct hide_table){ .n = n }, hidden);
		for (size_t k = 0; k < lead; k++) {
			int32_t what = below.p[from + k];
			bool *to = what < 0 ? h->factor : h->item;
			int32_t at = what < 0 ? -1 - what : what;
			put(to, h, at, hidden + k * h->groups);
			put(to, h, at, h->factor + (size_t)(factor + 1) * h->groups);
		}
	}
	for (size_t k = 0; k < below.n; k++)
		if (below.p[k] < 0)
			hide_below(h, -2 - below.p[k], true);
}

static void hide_items(struct hider *h)
{
	size_t *n = new_counts(h, 1, 1);
	bool *hidden = NEW_ARRAY(h->c->mem, bool, h->groups);
	add_answered(h, NO_ITEM, NO_ITEM, 0, n);
	find(h, 1, (struct hide_table){ .n = n }, hidden);
	put(h->factor, h, 0, hidden);
	hide_below(h, NO_ITEM, h->r->index == NO_ITEM && h->r->stat != SURVEY_SHARE);
	for (int32_t i = 0; i < (int32_t)h->q->items.n; i++) {
		if (!question_is_asked(&h->q->items.p[i]) || is_summed(h->q, i))
			continue;
		n = new_counts(h, 1, 1);
		add_answered(h, i, NO_ITEM, 0, n);
		find(h, 1, (struct hide_table){ .n = n }, hidden);
		put(h->item, h, i, hidden);
	}
}

/* ---- options ---- */

static const struct question_list *list_of(const struct hider *h, int32_t item)
{
	return &h->q->lists.p[h->q->items.p[item].list];
}

/* The options that count, in order, as their place; returns how many. */
static size_t valid_options(const struct question_list *l, int32_t *out)
{
	size_t n = 0;
	for (size_t o = 0; o < l->options.n; o++)
		if (l->options.p[o].means < MEANS_DONT_KNOW)
			out[n++] = (int32_t)o;
	return n;
}

/* Everybody's options are not hidden from who asks for all. */
static bool is_open(const struct hider *h, size_t group)
{
	return h->r->asked.all && !group && h->x->where_item == NO_ITEM;
}

/* An option in a group under the filter is hidden. */
static void hide_option(const struct hider *h, int32_t item, int32_t option, const bool *hidden)
{
	for (size_t i = 0; i < h->r->lines.n; i++) {
		struct survey_line *l = &h->r->lines.p[i];
		if (l->row == SURVEY_OPTION && l->item == item && l->option == option && hidden[l->group] && !is_open(h, l->group))
			l->f = (struct survey_figure){ .state = SURVEY_HIDDEN, .n = l->f.n };
	}
}

static void count_options(const struct hider *h, int32_t item, const int32_t *option, size_t n_options, size_t parts, size_t *n)
{
	const struct survey_column *k = &h->x->d->item[item];
	for (size_t row = 0; row < h->x->d->n; row++)
		for (size_t o = 0; o < n_options && k->state[row] == ANSWER_GIVEN && counts(h, row); o++)
			if (k->ticks ? survey_ticked(k, row, (size_t)option[o]) : k->code[row] == option[o])
				n[parts > 1 ? spot_of(h, 0, row) * parts + o : spot_of(h, o, row)]++;
}

/* One option at a time, with the others of the item where they share out the people. */
static void hide_options(const struct hider *h, int32_t item)
{
	arena *mem = h->c->mem;
	const struct question_list *l = list_of(h, item);
	int32_t *option = NEW_ARRAY(mem, int32_t, l->options.n + 1);
	size_t n_options = valid_options(l, option), lead = h->x->d->item[item].ticks ? 1 : n_options;
	for (size_t from = 0; from < n_options; from += lead) {
		size_t *n = new_counts(h, lead, 1);
		bool *hidden = NEW_ARRAY(mem, bool, lead * h->groups);
		count_options(h, item, option + from, lead, 1, n);
		find(h, lead, (struct hide_table){ .n = n }, hidden);
		for (size_t o = 0; o < lead; o++)
			hide_option(h, item, option[from + o], hidden + o * h->groups);
	}
}

/* ---- distributions ---- */

static void find_told(const struct hider *h, int32_t item, const int32_t *option, struct sums *s)
{
	size_t of[2] = { 0 };
	const struct question_list *l = list_of(h, item);
	for (size_t o = 0; o < s->n; o++)
		of[l->options.p[option[o]].means == MEANS_GOOD]++;
	for (size_t o = 0; o < s->n && survey_item_has(h->q, item, SURVEY_SATISFIED); o++)
		s->told[o] = of[l->options.p[option[o]].means == MEANS_GOOD] == 1;
}

/* What a move does to the people, the satisfied, the mean, the points. */
static bool keeps_sums(const struct hider *h, int32_t item, const int32_t *option, size_t n, const struct move *m)
{
	const struct question_list *l = list_of(h, item);
	bool satisfied = survey_item_has(h->q, item, SURVEY_SATISFIED), mean = survey_item_has(h->q, item, SURVEY_MEAN);
	double sum[4] = { 0 };
	dec number;
	for (size_t o = 0; o < n; o++) {
		const struct question_option *x = &l->options.p[option[o]];
		sum[0] += m->by[o];
		sum[1] += satisfied && x->means == MEANS_GOOD ? m->by[o] : 0;
		sum[2] += mean && dec_parse(x->code, &number) ? dec_to_double(number) * m->by[o] : 0;
		sum[3] += x->has_weight ? dec_to_double(x->weight) * m->by[o] : 0;
	}
	return fabs(sum[0]) + fabs(sum[1]) + fabs(sum[2]) + fabs(sum[3]) < 1e-9;
}

/* The short moves, by trying: up to 3 people at 5 options, 1 at 10. Without them a number counts as known. */
static void find_moves(const struct hider *h, int32_t item, const int32_t *option, struct sums *s)
{
	struct move m = { { 0 } };
	int most = s->n <= 5 ? 3 : s->n <= 7 ? 2 : 1;
	for (size_t o = 0; o < s->n && s->n <= MAX_MOVED; o++)
		m.by[o] = (int8_t)-most;
	for (size_t o = 0; o < s->n && s->n <= MAX_MOVED && s->moves.n < MAX_MOVES;) {
		if (keeps_sums(h, item, option, s->n, &m))
			*VEC_PUSH(h->c->mem, &s->moves) = m;
		for (o = 0; o < s->n && m.by[o]++ == most; o++)
			m.by[o] = (int8_t)-most;
	}
}

/* A distribution with a small option of which the sums leave one possible number. */
static bool is_known(const size_t *n, const void *with)
{
	const struct sums *s = with;
	for (size_t o = 0; o < s->n; o++) {
		bool moves = !n[o] || n[o] >= SURVEY_MIN_CELL || (o < MAX_MOVED && s->told[o]);
		for (size_t k = 0; k < s->moves.n && !moves; k++) {
			moves = s->moves.p[k].by[o] != 0;
			for (size_t i = 0; i < s->n; i++)
				moves &= (int64_t)n[i] + s->moves.p[k].by[i] >= 0;
		}
		if (!moves)
			return true;
	}
	return false;
}

/* Small options that the satisfied share does not tell. */
static bool has_small(const size_t *n, const void *with)
{
	const struct sums *s = with;
	for (size_t o = 0; o < s->n; o++)
		if (n[o] && n[o] < SURVEY_MIN_CELL && !(o < MAX_MOVED && s->told[o]))
			return true;
	return false;
}

static void hide_distribution(struct hider *h, int32_t item)
{
	arena *mem = h->c->mem;
	const struct question_list *l = list_of(h, item);
	int32_t *option = NEW_ARRAY(mem, int32_t, l->options.n + 1);
	struct sums s = { .n = valid_options(l, option) };
	if (s.n < 2)
		return;
	if (s.n <= MAX_MOVED)
		find_told(h, item, option, &s);
	find_moves(h, item, option, &s);
	size_t *n = new_counts(h, 1, s.n);
	bool *hidden = NEW_ARRAY(mem, bool, h->groups), *mean = NEW_ARRAY(mem, bool, h->groups);
	count_options(h, item, option, s.n, s.n, n);
	find(h, 1, (struct hide_table){ .n = n, .parts = s.n, .is_small = has_small, .with = &s }, hidden);
	for (size_t o = 0; o < s.n; o++)
		if (o >= MAX_MOVED || !s.told[o])
			hide_option(h, item, option[o], hidden);
	find(h, 1, (struct hide_table){ .n = n, .parts = s.n, .is_small = is_known, .with = &s }, mean);
	mean[0] &= !is_open(h, 0);
	put(h->mean, h, item, mean);
	put(h->factor_mean, h, 0, mean);
	for (int32_t f = h->q->items.p[item].factor; f != NO_ITEM; f = h->q->factors.p[f].parent)
		put(h->factor_mean, h, f + 1, mean);
}

/* ---- all of it ---- */

static void hide_lines(const struct hider *h)
{
	for (size_t i = 0; i < h->r->lines.n; i++) {
		struct survey_line *l = &h->r->lines.p[i];
		int32_t factor = l->row == SURVEY_INDEX ? h->r->index : l->factor;
		size_t at = (l->item != NO_ITEM ? (size_t)l->item : (size_t)(factor + 1)) * h->groups + l->group;
		bool sum = l->stat == SURVEY_MEAN || l->stat == SURVEY_POINTS;
		if ((l->item != NO_ITEM ? h->item : h->factor)[at])
			l->f = (struct survey_figure){ .state = SURVEY_HIDDEN };
		else if (sum && (l->item != NO_ITEM ? h->mean : h->factor_mean)[at])
			l->f = (struct survey_figure){ .state = SURVEY_HIDDEN, .n = l->f.n };
	}
}

void survey_hide_lines(cx *c, const struct survey_crossing *x, int32_t cross, struct survey_result *r)
{
	struct hider h = hider_of(c, x, r), undivided = h;
	size_t items = (h.q->items.n + 1) * h.groups, factors = (h.q->factors.n + 1) * h.groups;
	h.item = NEW_ARRAY(c->mem, bool, items);
	h.mean = NEW_ARRAY(c->mem, bool, items);
	h.factor = NEW_ARRAY(c->mem, bool, factors);
	h.factor_mean = NEW_ARRAY(c->mem, bool, factors);
	undivided.groups = 1; /* of other items than the one that is crossed there are the options of everybody */
	hide_items(&h);
	for (int32_t i = 0; i < (int32_t)h.q->items.n; i++) {
		const struct question *q = &h.q->items.p[i];
		if (!question_is_asked(q) || q->list < 0 || !x->d->item[i].state || (!x->d->item[i].code && !x->d->item[i].ticks))
			continue;
		if (is_summed(h.q, i))
			hide_distribution(&h, i);
		else
			hide_options(i == cross ? &h : &undivided, i);
	}
	hide_lines(&h);
	for (size_t i = 0; i < h.q->items.n; i++)
		if (h.item[i * h.groups])
			r->counts[i] = (struct survey_counts){ 0 };
}
