/* Small cells: what is hidden cannot be worked out. Tables at random are attacked with all that is shown of them and of their sums: by exact
 * elimination in a prime field, and small ones by trying every table there is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "base/rng.h"
#include "engine/hide.h"

enum { K = 5, MOST = 400, SEEDS = 600 };

/* ---- one table and its sums ---- */

struct sums {
	struct hide_table t;
	size_t n[MOST], cells;
	size_t of[1 << 3][MOST]; /* by mask of axes and cell of the table: cell of the sum */
	size_t size[1 << 3], count[1 << 3][MOST];
	bool hidden[1 << 3][MOST], listed;
};

/* Every coarser table as it would be shown alone. */
static void add_up(arena *mem, struct sums *s)
{
	for (unsigned mask = 0; mask < 1U << s->t.axes; mask++) {
		struct hide_table t = { .threshold = K, .n = s->count[mask] };
		s->size[mask] = 1;
		for (int a = 0; a < s->t.axes; a++)
			if (mask >> a & 1) {
				t.size[t.axes++] = s->t.size[a];
				s->size[mask] *= s->t.size[a];
			}
		memset(s->count[mask], 0, sizeof s->count[mask]);
		for (size_t i = 0; i < s->cells; i++) {
			size_t rest = i, step = s->cells, to = 0;
			for (int a = 0; a < s->t.axes; a++) {
				step /= s->t.size[a];
				if (mask >> a & 1)
					to = to * s->t.size[a] + rest / step;
				rest %= step;
			}
			s->of[mask][i] = to;
			s->count[mask][to] += s->n[i];
		}
		s->listed = hide_small(mem, &t, s->hidden[mask]);
	}
}

/* Of four cells one is empty, or all but one. */
static void fill(struct sums *s, rng *r, int axes, const size_t *size, uint64_t most, bool sparse)
{
	*s = (struct sums){ .t = { .axes = axes } };
	s->cells = 1;
	for (int a = 0; a < axes; a++)
		s->cells *= s->t.size[a] = size[a];
	for (size_t i = 0; i < s->cells; i++)
		s->n[i] = (rng_below(r, 4) == 0) == sparse ? (size_t)rng_below(r, most) : 0;
}

static void tell(const struct sums *s)
{
	for (unsigned mask = 0; mask < 1U << s->t.axes; mask++) {
		print_message("table %u:", mask);
		for (size_t i = 0; i < s->size[mask]; i++)
			print_message(" %d%s", (int)s->count[mask][i], s->hidden[mask][i] ? "-" : "");
		print_message("\n");
	}
}

/* ---- attack by elimination ---- */

#define P 2147483647u

static uint64_t power(uint64_t x, uint64_t n)
{
	uint64_t y = 1;
	for (; n; n >>= 1, x = x * x % P)
		y = n & 1 ? y * x % P : y;
	return y;
}

static uint32_t m[MOST * 4][MOST];

/* Brings m into reduced form; returns how many rows are left. */
static size_t reduce(size_t rows, size_t columns)
{
	size_t rank = 0;
	for (size_t c = 0; c < columns; c++) {
		size_t p = rank;
		while (p < rows && !m[p][c])
			p++;
		if (p == rows)
			continue;
		for (size_t k = 0; k < columns; k++) {
			uint32_t keep = m[p][k];
			m[p][k] = m[rank][k];
			m[rank][k] = keep;
		}
		uint64_t inverse = power(m[rank][c], P - 2);
		for (size_t k = 0; k < columns; k++)
			m[rank][k] = (uint32_t)(m[rank][k] * inverse % P);
		for (size_t i = 0; i < rows; i++)
			for (size_t k = 0, by = P - m[i][c]; i != rank && by != P && k < columns; k++)
				m[i][k] = (uint32_t)((m[i][k] + by * m[rank][k]) % P);
		rank++;
	}
	return rank;
}

/* Empty cells are known unless they are hidden, so are shown cells and shown sums. Whether a sum of cells (those of a cell of some table) follows
 * from them: it adds nothing to the rank. */
static bool follows(const struct sums *s, unsigned mask, size_t cell)
{
	unsigned all = (1U << s->t.axes) - 1;
	size_t column[MOST], columns = 0, rows = 0;
	for (size_t i = 0; i < s->cells; i++)
		column[i] = s->hidden[all][i] ? columns++ : MOST;
	memset(m, 0, sizeof m);
	for (unsigned k = 0; k < all; k++)
		for (size_t to = 0; to < s->size[k]; to++) {
			if (s->hidden[k][to])
				continue;
			for (size_t i = 0; i < s->cells; i++)
				if (s->of[k][i] == to && column[i] != MOST)
					m[rows][column[i]] = 1;
			rows++;
		}
	size_t rank = reduce(rows, columns);
	for (size_t i = 0; i < s->cells; i++)
		if (s->of[mask][i] == cell && column[i] != MOST)
			m[rank][column[i]] = 1;
	return reduce(rank + 1, columns) == rank;
}

static void test_nothing_follows(void **state)
{
	(void)state;
	const size_t sizes[][3] = { { 6 }, { 12 }, { 2, 5 }, { 4, 4 }, { 6, 5 }, { 9, 3 }, { 2, 2, 2 }, { 3, 3, 2 }, { 4, 3, 3 }, { 14, 9 } };
	const int axes[] = { 1, 1, 2, 2, 2, 2, 3, 3, 3, 2 };
	size_t small = 0, shown = 0, filled = 0;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		rng r;
		rng_seed(&r, seed);
		arena *mem = arena_new(0);
		static struct sums s;
		size_t which = seed % (sizeof axes / sizeof *axes);
		fill(&s, &r, axes[which], sizes[which], seed % 3 ? 40 : 9, seed / 10 % 4 == 0);
		add_up(mem, &s);
		unsigned all = (1U << s.t.axes) - 1;
		for (unsigned mask = 0; mask <= all; mask++)
			for (size_t to = 0; to < s.size[mask]; to++) {
				size_t n = s.count[mask][to];
				if (n > 0 && n < K) {
					small++;
					if (!s.hidden[mask][to] || follows(&s, mask, to)) {
						tell(&s);
						fail_msg("seed %d: cell %d of table %u can be worked out", (int)seed, (int)to, mask);
					}
				}
				filled += mask == all && n > 0;
				shown += mask == all && n > 0 && !s.hidden[mask][to];
			}
		arena_free(mem);
	}
	print_message("%d small, %d of %d shown\n", (int)small, (int)shown, (int)filled);
	assert_true(small > 1000);
	assert_true(shown * 4 > filled); /* hiding everything would be easy */
}

/* ---- attack by trying ---- */

struct attack {
	const struct sums *s;
	size_t at[MOST], n_at, least;
	long long left[1 << 3][MOST];
	size_t low[MOST], high[MOST], tables, n[MOST];
};

static void each(struct attack *a, size_t k)
{
	unsigned all = (1U << a->s->t.axes) - 1;
	if (k == a->n_at) {
		for (unsigned mask = 0; mask < all; mask++)
			for (size_t to = 0; to < a->s->size[mask]; to++)
				if (!a->s->hidden[mask][to] && a->left[mask][to])
					return;
		a->tables++;
		for (size_t i = 0; i < k; i++) {
			a->low[i] = a->n[i] < a->low[i] ? a->n[i] : a->low[i];
			a->high[i] = a->n[i] > a->high[i] ? a->n[i] : a->high[i];
		}
		return;
	}
	for (size_t n = a->least; n <= 20; n++) {
		bool fits = true;
		for (unsigned mask = 0; mask < all; mask++)
			fits &= a->s->hidden[mask][a->s->of[mask][a->at[k]]] || a->left[mask][a->s->of[mask][a->at[k]]] >= (long long)n;
		if (!fits)
			break;
		a->n[k] = n;
		for (unsigned mask = 0; mask < all; mask++)
			a->left[mask][a->s->of[mask][a->at[k]]] -= (long long)n;
		each(a, k + 1);
		for (unsigned mask = 0; mask < all; mask++)
			a->left[mask][a->s->of[mask][a->at[k]]] += (long long)n;
	}
}

/* Knowing that hidden cells are not empty, when all that is hidden is listed, nobody can tell how many a small one has, and hardly ever that it is small. */
static void test_ranges(void **state)
{
	(void)state;
	size_t small = 0, wide = 0;
	for (uint64_t seed = 1; seed <= SEEDS / 2; seed++) {
		rng r;
		rng_seed(&r, seed);
		arena *mem = arena_new(0);
		static struct sums s;
		static struct attack a;
		fill(&s, &r, seed % 2 ? 2 : 1, seed % 2 ? (const size_t[]){ 3, 3 } : (const size_t[]){ 7 }, seed % 3 ? 14 : 7, seed / 6 % 4 == 0);
		add_up(mem, &s);
		unsigned all = (1U << s.t.axes) - 1;
		a = (struct attack){ .s = &s, .least = s.listed };
		for (unsigned mask = 0; mask < all; mask++)
			for (size_t to = 0; to < s.size[mask]; to++)
				a.left[mask][to] = (long long)s.count[mask][to];
		for (size_t i = 0; i < s.cells; i++)
			if (s.hidden[all][i])
				a.at[a.n_at++] = i;
			else
				for (unsigned mask = 0; mask < all; mask++)
					a.left[mask][s.of[mask][i]] -= (long long)s.n[i];
		for (size_t i = 0; i < a.n_at; i++)
			a.low[i] = 99;
		if (a.n_at < 7 && !s.hidden[0][0])
			each(&a, 0);
		for (size_t i = 0; i < a.n_at && a.tables; i++)
			if (s.n[a.at[i]] && s.n[a.at[i]] < K) {
				small++;
				wide += a.high[i] >= K;
				if (a.low[i] == a.high[i]) {
					tell(&s);
					fail_msg("seed %d: cell %d can only be %d", (int)seed, (int)a.at[i], (int)a.low[i]);
				}
			}
		arena_free(mem);
	}
	assert_true(small > 80);
	print_message("%d small cells, %d may be of %d or more\n", (int)small, (int)wide, K);
	assert_true(wide * 10 >= small * 8);
}

/* ---- tables by hand ---- */

static void is_hidden(const struct hide_table *t, const char *expect)
{
	arena *mem = arena_new(0);
	bool hidden[64];
	char got[65] = { 0 };
	hide_small(mem, t, hidden);
	for (size_t i = 0; expect[i]; i++)
		got[i] = hidden[i] ? '-' : '+';
	assert_string_equal(got, expect);
	arena_free(mem);
}

static void test_by_hand(void **state)
{
	(void)state;
	/* A lone cell takes the smallest other one with it; an empty one is shown. */
	is_hidden(&(struct hide_table){ .axes = 1, .size = { 4 }, .n = (const size_t[]){ 3, 0, 9, 7 }, .threshold = K }, "-++-");
	/* Two of them are three people together: a third cell. */
	is_hidden(&(struct hide_table){ .axes = 1, .size = { 4 }, .n = (const size_t[]){ 1, 2, 30, 8 }, .threshold = K }, "--+-");
	/* Fewer than five altogether. */
	is_hidden(&(struct hide_table){ .axes = 1, .size = { 3 }, .n = (const size_t[]){ 1, 2, 0 }, .threshold = K }, "--+");
	is_hidden(&(struct hide_table){ .n = (const size_t[]){ 4 }, .threshold = K }, "-");
	is_hidden(&(struct hide_table){ .n = (const size_t[]){ 5 }, .threshold = K }, "+");
	/* A square of four. */
	is_hidden(&(struct hide_table){ .axes = 2, .size = { 3, 3 }, .n = (const size_t[]){ 3, 20, 30, 10, 8, 40, 50, 9, 60 }, .threshold = K },
		"--+--++++");
	/* Two squares and a bridge of 3 between them: each row and column has two hidden cells, yet rows less columns give the bridge. */
	is_hidden(&(struct hide_table){ .axes = 2, .size = { 4, 4 }, .threshold = K,
			  .n = (const size_t[]){ 4, 4, 20, 21, 4, 4, 3, 22, 23, 24, 4, 4, 25, 26, 4, 4 } },
		"---+---+++--++--");
	/* Counts that are shown or hidden together: the second row has nobody few. */
	is_hidden(&(struct hide_table){ .axes = 1, .size = { 3 }, .parts = 2, .n = (const size_t[]){ 2, 30, 9, 9, 40, 50 }, .threshold = K }, "--+");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_follows),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_by_hand),
	};
	return cmocka_run_group_tests_name("hide", tests, NULL, NULL);
}
