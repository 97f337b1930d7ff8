#include "engine/hide.h"
#include <stdint.h>
#include <string.h>

enum { MAX_LAYERS = 1 << (HIDE_MAX_AXES - 2) };
#define ONE_MORE ((uint64_t)1 << 40) /* costs more than the people of all cells */
#define NO_WAY UINT64_MAX

/* The table of some of the axes: rows and columns are the first two of them, layers what is behind. */
struct face {
	int axis[HIDE_MAX_AXES], axes;
	size_t rows, columns, layers, cells;
	size_t *n, *people; /* by cell and part; by cell */
	bool *hidden, *small;
	const struct face *of_rows, *of_columns; /* the sums over columns, over rows; NULL: nobody knows any */
};

struct work {
	arena *mem;
	struct hide_table t; /* without axes of size 1 */
	struct face face[1 << HIDE_MAX_AXES];
	double steps;
	/* one search */
	unsigned mask;
	struct face *f;
	size_t need; /* people to be moved */
	size_t layer[MAX_LAYERS]; /* where the walk goes, forth or back */
	bool forth[MAX_LAYERS];
	int layers;
	bool empty;    /* may go where nobody is, and leave nobody */
	bool unlisted; /* did so, somewhere in the whole table */
	unsigned must;  /* axes that have to be loose */
	unsigned loose; /* axes along which it is not balanced: the sums along them must be hidden */
	size_t *from, *best_from, *open, n_open;
	uint64_t *cost;
};

/* ---- faces ---- */

static size_t place_in(const struct work *w, const struct face *f, const size_t *at)
{
	size_t i = 0;
	for (int k = 0; k < f->axes; k++)
		i = i * w->t.size[f->axis[k]] + at[f->axis[k]];
	return i;
}

static void shape(struct work *w, unsigned mask)
{
	struct face *f = &w->face[mask];
	*f = (struct face){ .rows = 1, .columns = 1, .layers = 1 };
	for (int a = 0; a < w->t.axes; a++)
		if (mask >> a & 1)
			f->axis[f->axes++] = a;
	for (int k = 0; k < f->axes; k++)
		*(k > 1 ? &f->layers : k == f->axes - 1 || k == 1 ? &f->columns : &f->rows) *= w->t.size[f->axis[k]];
	f->cells = f->rows * f->columns * f->layers;
	f->n = NEW_ARRAY(w->mem, size_t, f->cells * w->t.parts);
	f->people = NEW_ARRAY(w->mem, size_t, f->cells);
	f->hidden = NEW_ARRAY(w->mem, bool, f->cells);
	f->small = NEW_ARRAY(w->mem, bool, f->cells);
	if (f->axes)
		f->of_rows = &w->face[mask & ~(1U << f->axis[f->axes > 1])];
	if (f->axes > 1)
		f->of_columns = &w->face[mask & ~(1U << f->axis[0])];
}

static void add_up(struct work *w)
{
	size_t at[HIDE_MAX_AXES] = { 0 }, cells = w->face[(1 << w->t.axes) - 1].cells;
	for (size_t i = 0; i < cells; i++) {
		for (unsigned mask = 0; mask < 1U << w->t.axes; mask++) {
			struct face *f = &w->face[mask];
			size_t to = place_in(w, f, at);
			for (size_t p = 0; p < w->t.parts; p++) {
				f->n[to * w->t.parts + p] += w->t.n[i * w->t.parts + p];
				f->people[to] += w->t.n[i * w->t.parts + p];
			}
		}
		for (int a = w->t.axes; a-- > 0 && ++at[a] == w->t.size[a];)
			at[a] = 0;
	}
}

static bool is_small(const struct work *w, const size_t *n)
{
	bool small = false;
	if (w->t.is_small)
		return w->t.is_small(n, w->t.with);
	for (size_t p = 0; p < w->t.parts; p++)
		small |= n[p] > 0 && n[p] < w->t.threshold;
	return small;
}

/* All layers of a row and column. */
static void hide(struct face *f, size_t row, size_t column, bool empty)
{
	size_t from = (row * f->columns + column) * f->layers;
	for (size_t k = from; k < from + f->layers; k++)
		f->hidden[k] |= empty || f->people[k] > 0;
}

/* What a coarser table hides there, in any layer; where nobody is, that is not to be seen either. */
static void inherit(struct face *f, size_t row, size_t column, const struct face *coarse, size_t from, size_t n)
{
	bool hidden = false, empty = false;
	for (size_t k = from; k < from + n; k++) {
		hidden |= coarse->hidden[k];
		empty |= coarse->hidden[k] && !coarse->people[k];
	}
	if (hidden)
		hide(f, row, column, empty);
}

/* Small cells, and what coarser tables hide. */
static void mark(struct work *w, unsigned mask)
{
	struct face *f = &w->face[mask];
	for (size_t i = 0; i < f->cells; i++) {
		size_t column = i / f->layers % f->columns, row = i / f->layers / f->columns;
		if ((f->small[i] = is_small(w, f->n + i * w->t.parts)))
			hide(f, row, column, false);
		if (i % f->layers)
			continue;
		if (f->of_rows)
			inherit(f, row, column, f->of_rows, row * f->layers, f->layers);
		if (f->of_columns)
			inherit(f, row, column, f->of_columns, column * f->layers, f->layers);
		for (int k = 2; k < f->axes; k++) {
			const struct face *coarse = &w->face[mask & ~(1U << f->axis[k])];
			inherit(f, row, column, coarse, (row * f->columns + column) * coarse->layers, coarse->layers);
		}
	}
}

/* ---- walks ---- */

/* Row f->rows and column f->columns are the sums. */
static bool is_sum(const struct face *f, size_t row, size_t column)
{
	return row == f->rows || column == f->columns;
}

/* A layer where the sums over some axes have theirs. */
static size_t layer_in(const struct work *w, size_t layer, unsigned without)
{
	size_t step = w->f->layers, to = 0;
	for (int k = 2; k < w->f->axes; k++) {
		size_t size = w->t.size[w->f->axis[k]];
		step /= size;
		if (!(without >> w->f->axis[k] & 1))
			to = to * size + layer / step % size;
	}
	return to;
}

static size_t place(const struct face *f, size_t row, size_t column, size_t layer, const struct face **of)
{
	*of = column == f->columns ? f->of_rows : row == f->rows ? f->of_columns : f;
	return (column == f->columns ? row : row == f->rows ? column : row * f->columns + column) * f->layers + layer;
}

/* Whether people may be moved there: there are enough, and no sum that is shown would change. */
static bool can_move(const struct work *w, size_t row, size_t column, int k, bool more)
{
	for (unsigned without = w->loose;; without = (without - 1) & w->loose) {
		const struct face *of;
		size_t i = place(&w->face[w->mask & ~without], row, column, layer_in(w, w->layer[k], without), &of);
		bool room = more ? of->people[i] || of->hidden[i] || w->empty : of->people[i] + w->empty > w->need;
		if (!room || (of != w->f && !of->hidden[i]))
			return false;
		if (!without)
			return true;
	}
}

static bool is_on(const struct work *w, size_t layer)
{
	bool on = false;
	for (int k = 0; k < w->layers; k++)
		on |= w->layer[k] == layer;
	return on;
}

/* What it costs to go this way: nothing where it is hidden already. */
static uint64_t cost_of(const struct work *w, size_t row, size_t column, bool to_column)
{
	const struct face *f = w->f;
	if (row == f->rows && column == f->columns)
		return NO_WAY;
	if (row == f->rows && !f->of_columns)
		return 0; /* a single line: nothing is known of its columns */
	for (int k = 0; k < w->layers; k++)
		if (!can_move(w, row, column, k, (to_column == w->forth[k]) != is_sum(f, row, column)))
			return NO_WAY;
	uint64_t people = 0, more = 0;
	for (size_t k = 0; k < f->layers && !is_sum(f, row, column); k++) {
		size_t i = (row * f->columns + column) * f->layers + k;
		people += f->people[i];
		more |= !f->hidden[i] && (f->people[i] || is_on(w, k));
	}
	return more ? ONE_MORE + people : 0;
}

/* The open node of the least cost; of equal ones the last that was found. It is taken out. */
static size_t next_node(struct work *w)
{
	size_t best = w->n_open - 1, node;
	for (size_t i = w->n_open; i-- > 0;)
		if (w->cost[w->open[i]] < w->cost[w->open[best]])
			best = i;
	node = w->open[best];
	for (size_t i = best + 1; i < w->n_open; i++)
		w->open[i - 1] = w->open[i];
	w->n_open--;
	return node;
}

/* From one node to another: rows 0 …, columns behind them; not along the edge between the two. */
static uint64_t walk(struct work *w, size_t start, size_t end)
{
	size_t first = w->f->rows + 1, nodes = first + w->f->columns + 1;
	for (size_t i = 0; i < nodes; i++)
		w->cost[i] = NO_WAY;
	w->cost[start] = 0;
	w->open[0] = start;
	w->n_open = 1;
	while (w->n_open && w->cost[end]) {
		size_t at = next_node(w);
		bool to_column = at < first;
		if (at == end)
			break;
		w->steps += (double)nodes;
		for (size_t to = to_column ? first : 0; to < (to_column ? nodes : first); to++) {
			if (w->cost[to] <= w->cost[at] || (at == start && to == end))
				continue;
			uint64_t c = to_column ? cost_of(w, at, to - first, true) : cost_of(w, to, at - first, false);
			if (c == NO_WAY || w->cost[at] + c >= w->cost[to])
				continue;
			if (w->cost[to] == NO_WAY)
				w->open[w->n_open++] = to;
			w->cost[to] = w->cost[at] + c;
			w->from[to] = at;
		}
	}
	return w->cost[end];
}

static void hide_edge(const struct work *w, size_t row, size_t column)
{
	struct face *f = w->f;
	bool empty = false;
	if (is_sum(f, row, column))
		return;
	for (int k = 0; k < w->layers; k++)
		empty |= !f->people[(row * f->columns + column) * f->layers + w->layer[k]];
	hide(f, row, column, empty);
}

static void hide_walk(const struct work *w, size_t start, size_t end)
{
	size_t first = w->f->rows + 1;
	for (size_t at = end; at != start; at = w->best_from[at])
		hide_edge(w, at < first ? at : w->best_from[at], (at < first ? w->best_from[at] : at) - first);
	hide_edge(w, start < first ? start : end, (start < first ? end : start) - first);
}

/* The layers of a walk: this one, and with each further axis those that differ in it, unless it is left loose. number: which of the choices.
 * False: no more. */
static bool choose_layers(struct work *w, size_t layer, bool more, size_t number)
{
	w->layers = 1;
	w->layer[0] = layer;
	w->forth[0] = more;
	w->loose = 0;
	size_t step = w->f->layers;
	for (int k = 2; k < w->f->axes; k++) {
		size_t size = w->t.size[w->f->axis[k]], mine, other = number % size;
		number /= size;
		step /= size;
		mine = layer / step % size;
		if (other == mine) {
			w->loose |= 1U << w->f->axis[k];
			continue;
		}
		for (int i = 0; i < w->layers; i++) {
			w->layer[w->layers + i] = w->layer[i] - mine * step + other * step;
			w->forth[w->layers + i] = !w->forth[i];
		}
		w->layers *= 2;
	}
	return number == 0;
}

/* A witness for a cell or a sum, with more or fewer people in it. False: there is none. */
static bool witness(struct work *w, size_t row, size_t column, size_t layer, bool more, size_t need)
{
	size_t first = w->f->rows + 1;
	bool sum = is_sum(w->f, row, column);
	size_t start = sum ? row : first + column, end = sum ? first + column : row, best = 0;
	uint64_t least = NO_WAY;
	w->need = need;
	for (size_t number = 0; least && choose_layers(w, layer, more, number); number++) {
		bool there = (w->loose & w->must) == w->must;
		for (int k = 0; k < w->layers; k++)
			there &= can_move(w, row, column, k, w->forth[k]);
		uint64_t c = there ? walk(w, start, end) : NO_WAY;
		if (c >= least)
			continue;
		least = c;
		best = number;
		memcpy(w->best_from, w->from, (w->f->rows + w->f->columns + 2) * sizeof *w->from);
	}
	if (least == NO_WAY)
		return false;
	w->unlisted |= w->empty;
	choose_layers(w, layer, more, best);
	hide_walk(w, start, end);
	return true;
}

static bool any_witness(struct work *w, size_t row, size_t column, size_t layer, size_t need)
{
	return witness(w, row, column, layer, true, need) || (need > 1 && witness(w, row, column, layer, true, 1)) ||
		witness(w, row, column, layer, false, 1);
}

static size_t need_of(const struct work *w, const struct face *f, size_t cell)
{
	return w->t.parts == 1 && !w->t.is_small ? w->t.threshold - f->people[cell] : 1;
}

static bool protect(struct work *w, size_t row, size_t column, size_t layer)
{
	const struct face *of;
	size_t i = place(w->f, row, column, layer, &of);
	bool found = !of->small[i];
	w->must = 0;
	for (int empty = 0; empty < 2 && !found; empty++) {
		w->empty = empty;
		found = any_witness(w, row, column, layer, need_of(w, of, i));
	}
	return found;
}

/* The small sums over the layers of an axis, which must not follow from what is shown of their parts. */
static bool protect_layers(struct work *w, int axis)
{
	const struct face *f = w->f, *of = &w->face[w->mask & ~(1U << axis)];
	bool good = true, *found = NEW_ARRAY(w->mem, bool, of->cells);
	w->must = 1U << axis;
	for (size_t at = 0; at < 2 * f->cells; at++) {
		size_t i = at % f->cells, layer = i % f->layers, row_column = i / f->layers;
		size_t sum = row_column * of->layers + layer_in(w, layer, w->must);
		w->empty = at >= f->cells;
		if (of->small[sum] && !found[sum])
			found[sum] = any_witness(w, row_column / f->columns, row_column % f->columns, layer, need_of(w, of, sum));
	}
	for (size_t i = 0; i < of->cells; i++)
		good &= !of->small[i] || found[i];
	return good;
}

static void complete(struct work *w, unsigned mask)
{
	struct face *f = w->f = &w->face[w->mask = mask];
	bool good = true, line = f->axes < 2; /* the sums of a line are looked at where the whole is */
	for (size_t row = 0; row < f->rows + !line && good; row++)
		for (size_t column = 0; column < f->columns + !line && good; column++)
			for (size_t layer = 0; layer < f->layers && good && (row < f->rows || column < f->columns); layer++)
				good = protect(w, row, column, layer) && w->steps < HIDE_MAX_WORK;
	for (int k = 2; k < f->axes && good; k++)
		good = protect_layers(w, f->axis[k]);
	for (size_t i = 0; i < f->cells && !good; i++)
		f->hidden[i] = true;
}

bool hide_small(arena *mem, const struct hide_table *t, bool *hidden)
{
	struct work *w = NEW(mem, struct work);
	*w = (struct work){ .mem = mem, .t = *t };
	w->t.axes = 0;
	w->t.parts = t->parts ? t->parts : 1;
	for (int a = 0; a < t->axes; a++)
		if (t->size[a] != 1)
			w->t.size[w->t.axes++] = t->size[a];
	unsigned all = (1U << w->t.axes) - 1;
	size_t nodes = 2;
	for (int a = 0; a < w->t.axes; a++)
		nodes += w->t.size[a] + 1;
	w->from = NEW_ARRAY(mem, size_t, nodes);
	w->best_from = NEW_ARRAY(mem, size_t, nodes);
	w->cost = NEW_ARRAY(mem, uint64_t, nodes);
	w->open = NEW_ARRAY(mem, size_t, nodes);
	for (unsigned mask = 0; mask <= all; mask++)
		shape(w, mask);
	add_up(w);
	for (unsigned mask = 0; mask <= all; mask++) {
		mark(w, mask);
		if (mask)
			complete(w, mask);
	}
	bool listed = !w->unlisted;
	for (size_t i = 0; i < w->face[all].cells; i++) {
		hidden[i] = w->face[all].hidden[i];
		listed &= !hidden[i] || w->face[all].people[i];
	}
	return listed;
}
