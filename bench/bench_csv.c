/* How fast a table of measures is read: at least 200 MB/s of plain UTF-8 is claimed. */
#include <stdio.h>
#include <time.h>
#include "base/csv.h"
#include "base/rng.h"

enum { SIZE_MB = 100 };

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static unsigned below(rng *r, unsigned n) { return (unsigned)rng_below(r, n); }

static void add_row(buf *b, rng *r)
{
	static const char *const sources[] = { "Báo cáo quý của Sở Nội vụ", "\"Cổng dịch vụ công, trích xuất tự động\"", "khảo sát", "dvcqg" };
	static const char *const reasons[] = { "", "", "", "Chưa đến kỳ báo cáo", "Không phát sinh hồ sơ" };
	unsigned of = 1 + below(r, 20000), done = below(r, of + 1);
	buf_printf(b, "%05u,", below(r, 99999));
	buf_printf(b, "PAR.%u,", 1 + below(r, 80));
	buf_printf(b, "2026-Q%u,%u,%u,%.2f,", 1 + below(r, 4), done, of, 100.0 * done / of);
	buf_printf(b, "%s,", below(r, 9) ? "reported" : "missing");
	buf_printf(b, "%s,", reasons[below(r, 5)]);
	buf_printf(b, "%s,", sources[below(r, 4)]);
	buf_printf(b, "2026-%02u-28\n", 1 + below(r, 12));
}

static bool measure(const char *what, str text)
{
	cx *c = cx_new(0);
	csv_record rec;
	int64_t rows = 0, cells = 0;
	double begun = now();
	csv *f = csv_open_mem(c, STR("bench"), text, NULL);
	while (csv_read(f, &rec)) {
		rows++;
		cells += rec.n;
	}
	double s = now() - begun;
	printf("%-24s %7.1f MB/s %9.0f rows/s (%lld rows, %lld cells, %zu faults)\n", what, (double)text.len / 1e6 / s, (double)rows / s,
		(long long)rows, (long long)cells, c->n_errors);
	bool ok = c->n_errors == 0 && rows > 0;
	csv_close(f);
	cx_free(c);
	return ok;
}

int main(void)
{
	rng r;
	buf b, quoted;
	rng_seed(&r, 2026);
	buf_init(&b, 0);
	buf_addz(&b, "unit,measure,period,numerator,denominator,value,status,reason,source,as_of\n");
	while (b.len < (size_t)SIZE_MB * 1000 * 1000)
		add_row(&b, &r);
	buf_init(&quoted, 0);
	while (quoted.len < (size_t)SIZE_MB * 500 * 1000)
		buf_printf(&quoted, "\"%05u\",\"Tỷ lệ hồ sơ \"\"đúng hạn\"\"\",\"Tỉnh Tuyên Quang; quý I\",\"12,5\"\r\n", below(&r, 99999));
	bool ok = measure("measures", buf_str(&b));
	ok &= measure("all cells in quotes", buf_str(&quoted));
	buf_free(&b);
	buf_free(&quoted);
	return !ok;
}
