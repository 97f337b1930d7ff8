/* How fast a workbook is read: at least five times the rows per second of openpyxl (read_only), on the same file in the same run. Processor time of
 * both, for a busy machine. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "base/rng.h"
#include "format/xlsx.h"
#include "format/xlsx_write.h"

enum { ROWS = 60000, COLUMNS = 10, RATIO = 5 };

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static str make(cx *c)
{
	static const struct sheet_column columns[COLUMNS] = { { .heading = "unit" }, { .heading = "measure" }, { .heading = "period" },
		{ .heading = "numerator", .form = SHEET_NUMBER }, { .heading = "denominator", .form = SHEET_NUMBER },
		{ .heading = "value", .form = SHEET_NUMBER }, { .heading = "status" }, { .heading = "reason" }, { .heading = "source" },
		{ .heading = "as_of", .form = SHEET_DAY } };
	struct sheet_layout layout = { .name = STR("MEASURES"), .columns = columns, .n = COLUMNS };
	str bytes = { 0 };
	rng r;
	rng_seed(&r, 7);
	xlsx_out *o = xlsx_out_open(c, STR("bench"));
	xlsx_out_sheet(o, &layout);
	for (int i = 0; i < ROWS; i++) {
		unsigned of = 1 + (unsigned)rng_below(&r, 20000), done = (unsigned)rng_below(&r, of + 1);
		str cells[COLUMNS] = { arena_printf(c->mem, "Xã số %d", i % 3321), arena_printf(c->mem, "measure_%d", i % 97), STR("2024"),
			arena_printf(c->mem, "%u", done), arena_printf(c->mem, "%u", of), arena_printf(c->mem, "%.6f", (double)done / of), STR("ok"),
			STR(""), STR("Báo cáo quý của Sở Nội vụ"), arena_printf(c->mem, "2024-%02d-%02d", 1 + i % 12, 1 + i % 28) };
		xlsx_out_row(o, cells, COLUMNS, 0);
	}
	return xlsx_out_end(o, &bytes) ? (str){ 0 } : bytes;
}

static double read_rows(str bytes, int64_t *rows)
{
	cx *c = cx_new(0);
	table_source t;
	table_row r;
	double start = now();
	xlsx *x = xlsx_open(c, STR("bench"), bytes, NULL);
	*rows = 0;
	if (x && xlsx_table(x, STR(""), &t)) {
		while (t.next(t.ctx, &r))
			++*rows;
		t.close(t.ctx);
	}
	double took = now() - start;
	cx_free(c);
	return took;
}

/* Seconds of the peer for the same rows; 0: it is not installed. */
static double peer(str bytes)
{
	static const char path[] = "/tmp/thuocdo-bench.xlsx";
	static const char command[] =
		"/usr/bin/python3 -c \"import time,openpyxl\n"
		"t=time.process_time()\n"
		"n=sum(1 for r in openpyxl.load_workbook('/tmp/thuocdo-bench.xlsx',read_only=True).active.iter_rows(values_only=True))\n"
		"print(time.process_time()-t,n)\" 2>/dev/null";
	double took = 0;
	long n = 0;
	char line[64] = "";
	FILE *f = fopen(path, "wb");
	if (!f || fwrite(bytes.p, 1, bytes.len, f) != bytes.len || fclose(f))
		return 0;
	FILE *out = popen(command, "r");
	if (out && fgets(line, sizeof line, out)) {
		char *end;
		took = strtod(line, &end);
		n = strtol(end, NULL, 10);
	}
	if (out)
		pclose(out);
	remove(path);
	return n == ROWS + 1 ? took : 0;
}

int main(void)
{
	cx *c = cx_new(0);
	double start = now(), best = 1e9;
	str bytes = make(c);
	printf("written: %d rows x %d columns, %.1f MB, %.0f rows/s\n", ROWS, COLUMNS, (double)bytes.len / 1e6, ROWS / (now() - start));
	int64_t rows = 0;
	for (int i = 0; i < 3; i++) {
		double took = read_rows(bytes, &rows);
		best = took < best ? took : best;
	}
	printf("read: %lld rows, %.2f s, %.0f rows/s\n", (long long)rows, best, (double)rows / best);
	double other = peer(bytes);
	if (other > 0)
		printf("openpyxl, read_only: %.2f s, %.0f rows/s; ratio %.1f (claimed: %d)\n", other, ROWS / other, other / best, RATIO);
	else
		printf("openpyxl is not installed (apt-get install python3-openpyxl): no ratio\n");
	cx_free(c);
	return rows != ROWS + 1 || (other > 0 && other / best < RATIO);
}
