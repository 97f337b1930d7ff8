/* A list to draw from and a wish, from any bytes: a fault, or a draw whose probabilities are probabilities, with as many rows as it says.
 * First line: stages|strata|allocation|sd|cost|prior|least|reserve|seed; then the table. */
#include <math.h>
#include <stdlib.h>
#include "engine/sample_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static uint32_t whole(str *rest)
{
	str field;
	long n;
	return str_next(rest, '|', &field) && str_int(field, 0, SAMPLE_MAX_ROWS, &n) ? (uint32_t)n : 0;
}

static void check(const struct sample_list *l, arena *mem)
{
	const uint32_t *order = sample_list_order(l, mem);
	size_t drawn = 0, reserves = 0, rows = 0;
	for (size_t i = 0; i < l->f->n; i++) {
		const struct sample_row *r = &l->row[i];
		drawn += r->role == SAMPLE_MAIN;
		reserves += r->role == SAMPLE_RESERVE;
		must(r->role == SAMPLE_OUT || (r->p > 0 && r->p <= 1 + 1e-9 && r->own < l->plan.stages));
		must((r->role == SAMPLE_RESERVE) == (r->turn > 0));
	}
	for (size_t h = 0; h < l->sums.n; h++)
		rows += l->sums.p[h].rows;
	must(drawn == l->drawn && reserves == l->reserves && rows == l->f->n);
	for (size_t k = 0; k < drawn + reserves; k++) {
		const struct sample_row *r = &l->row[order[k]], *before = k ? &l->row[order[k - 1]] : r;
		must(r->role == (k < drawn ? SAMPLE_MAIN : SAMPLE_RESERVE));
		must(r->turn > before->turn || (r->turn == before->turn && (!k || order[k] > order[k - 1])));
	}
	buf b;
	buf_init(&b, 16 << 20);
	sample_list_csv(l, &b);
	must(b.len > 0);
	buf_free(&b);
}

static void draw(cx *c, const struct sample_wish *wish, str table)
{
	struct sample_list *l;
	enum err e = sample_list_draw(c, csv_open_mem(c, STR("d"), table, NULL), STR("d"), wish, &l);
	must((e == ERR_OK) == (c->n_errors == 0));
	if (!e)
		check(l, c->mem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 20000)
		return 0;
	cx *c = cx_new(256 << 20);
	str table = { (const char *)data, size }, line = { "", 0 };
	struct sample_wish w = { .person = size & 1 ? SAMPLE_KISH : SAMPLE_UNIT };
	str_next(&table, '\n', &line);
	str *const texts[] = { &w.stages, &w.strata, &w.allocate, &w.sd, &w.cost, &w.prior };
	for (int k = 0; k < 6; k++)
		str_next(&line, '|', texts[k]);
	w.least = whole(&line);
	w.reserve = whole(&line);
	w.seed = whole(&line);
	draw(c, &w, table);
	cx_free(c);
	return 0;
}
