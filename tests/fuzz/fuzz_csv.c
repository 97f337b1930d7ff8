/* Any bytes, with any options: the reader keeps its promises, gives the same whatever the pieces its source gives, and what it gave is
 * read back from what csv_cell writes. The first three bytes choose encoding, delimiter and caps, and the size of the pieces. */
#include <stdlib.h>
#include "base/csv.h"
#include "base/vn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

typedef struct pieces {
	str rest;
	size_t n;
} pieces;

static long give(void *ctx, char *p, size_t room)
{
	pieces *s = ctx;
	size_t n = s->n < room ? s->n : room;
	n = n < s->rest.len ? n : s->rest.len;
	if (n)
		memcpy(p, s->rest.p, n);
	s->rest = (str){ s->rest.p + n, s->rest.len - n };
	return (long)n;
}

static csv_options options_of(const uint8_t *p)
{
	static const char delimiters[] = { 0, ',', ';', '\t', '|', 'x', ' ', '#' };
	return (csv_options){ .encoding = (enum csv_encoding)(p[0] % 5),
		.delimiter = delimiters[p[1] % 8],
		.max_cell = p[1] & 8 ? 10 : 0,
		.max_record = p[1] & 16 ? 30 : 0,
		.max_columns = p[1] & 32 ? 3 : 0,
		.max_records = p[1] & 64 ? 4 : 0 };
}

static void check_record(const csv_record *rec, const csv_options *opt, arena *mem, int64_t *line)
{
	must(rec->n >= 1 && rec->n <= (opt->max_columns ? opt->max_columns : 256));
	must(rec->line > *line && rec->cell_line[0] == rec->line);
	for (int i = 0; i < rec->n; i++) {
		str cell = rec->cell[i];
		must(vn_utf8_check(cell) == cell.len && str_eq(vn_nfc(mem, cell), cell));
		must(rec->cell_line[i] >= *line);
		*line = rec->cell_line[i];
	}
}

static void write_record(buf *b, const csv_record *rec)
{
	for (int i = 0; i < rec->n; i++) {
		if (i)
			buf_char(b, ',');
		csv_cell(b, rec->cell[i]);
	}
	/* A record of one empty cell needs its quotes, or it is a blank line. */
	buf_addz(b, rec->n == 1 && rec->cell[0].len == 0 ? "\"\"\n" : "\n");
}

static void read_all(cx *c, csv *f, const csv_options *opt, buf *out)
{
	csv_record rec;
	int64_t line = 0;
	while (csv_read(f, &rec)) {
		check_record(&rec, opt, c->mem, &line);
		write_record(out, &rec);
	}
	must(!csv_read(f, &rec));
	must(csv_rejected(f) == 0 || c->n_errors > 0);
	must(!csv_broken(f) || c->n_errors > 0);
	csv_close(f);
}

static void same_faults(const cx *a, const cx *b)
{
	must(a->n_faults == b->n_faults && a->n_errors == b->n_errors);
	for (size_t i = 0; i < a->n_faults; i++) {
		const fault *x = &a->faults[i], *y = &b->faults[i];
		must(strcmp(x->key, y->key) == 0 && str_eq(x->value, y->value));
		must(x->at.line == y->at.line && x->at.column == y->at.column && x->at.offset == y->at.offset);
		must(vn_utf8_check(x->value) == x->value.len);
		for (int k = 0; k < FAULT_ARGS; k++)
			must(str_eq(x->arg[k], y->arg[k]));
	}
}

/* What was written, read again, is written the same. A first cell "sep=" or a byte order mark would mean something there. */
static void round_trip(str text)
{
	if (str_starts(text, STR("sep=")) || str_starts(text, STR("\xEF\xBB\xBF")))
		return;
	cx *c = cx_new(0);
	buf again;
	csv_options opt = { .delimiter = ',', .encoding = CSV_UTF8, .max_cell = 1 << 20, .max_record = 1 << 21 };
	buf_init(&again, 0);
	read_all(c, csv_open_mem(c, STR("again"), text, &opt), &opt, &again);
	must(c->n_faults == 0 && str_eq(buf_str(&again), text));
	buf_free(&again);
	cx_free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 3)
		return 0;
	csv_options opt = options_of(data);
	str bytes = { (const char *)data + 3, size - 3 };
	pieces s = { bytes, (size_t)data[2] + 1 };
	cx *whole = cx_new(0), *cut = cx_new(0);
	buf a, b;
	buf_init(&a, 0);
	buf_init(&b, 0);
	read_all(whole, csv_open_mem(whole, STR("f"), bytes, &opt), &opt, &a);
	read_all(cut, csv_open(cut, STR("f"), give, &s, &opt), &opt, &b);
	must(str_eq(buf_str(&a), buf_str(&b)));
	same_faults(whole, cut);
	round_trip(buf_str(&a));
	buf_free(&a);
	buf_free(&b);
	cx_free(whole);
	cx_free(cut);
	return 0;
}
