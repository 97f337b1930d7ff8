#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <malloc.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/csv.h"
#include "base/rng.h"
#include "base/vn.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define TEXT(lit) lit, sizeof(lit) - 1

/* ---- reading into text, which tables can hold ---- */

/* A source that gives n bytes at a time; n 0: between 1 and 4,096 at random. Fails at the end when told so. */
typedef struct pieces {
	str rest;
	size_t n;
	bool fails;
	rng r;
} pieces;

static long give(void *ctx, char *p, size_t room)
{
	pieces *s = ctx;
	size_t n = s->n ? s->n : 1 + (size_t)rng_below(&s->r, 4096);
	n = n > room ? room : n;
	n = n > s->rest.len ? s->rest.len : n;
	if (n)
		memcpy(p, s->rest.p, n);
	s->rest = (str){ s->rest.p + n, s->rest.len - n };
	errno = EIO;
	return n == 0 && s->fails ? -1 : (long)n;
}

static void dump_fault(buf *b, const fault *f)
{
	buf_printf(b, "! %s %lld:%d", f->key, (long long)f->at.line, f->at.column);
	if (f->at.offset)
		buf_printf(b, "+%lld", (long long)f->at.offset);
	if (f->value.len)
		buf_printf(b, " <%.*s>", STR_ARG(f->value));
	for (int i = 0; i < FAULT_ARGS; i++)
		if (f->arg[i].len)
			buf_printf(b, " (%.*s)", STR_ARG(f->arg[i]));
	buf_char(b, '\n');
	assert_int_equal(f->level, FAULT_ERROR);
	assert_true(str_is(f->at.file, "t.csv"));
}

static void dump_record(buf *b, const csv_record *rec)
{
	buf_printf(b, "%lld", (long long)rec->line);
	for (int i = 0; i < rec->n; i++) {
		buf_char(b, ' ');
		if (rec->cell_line[i] != rec->line)
			buf_printf(b, "%lld", (long long)rec->cell_line[i]);
		buf_char(b, '[');
		buf_add(b, rec->cell[i]);
		buf_char(b, ']');
	}
	buf_char(b, '\n');
}

/* One line a record, `line [cell] …`, with the cell's line before it when it is another; one a fault, `! key line:column+offset <value> (arg)`. */
static void dump(buf *b, csv *f, cx *c)
{
	csv_record rec;
	size_t shown = 0;
	for (bool got = true; got;) {
		got = csv_read(f, &rec);
		for (; shown < c->n_faults; shown++)
			dump_fault(b, &c->faults[shown]);
		if (got)
			dump_record(b, &rec);
	}
	if (csv_rejected(f))
		buf_printf(b, "rejected %lld\n", (long long)csv_rejected(f));
	if (csv_broken(f))
		buf_addz(b, "broken\n");
	assert_false(csv_read(f, &rec));
}

static void read_pieces(buf *b, str bytes, size_t n, bool fails, const csv_options *opt)
{
	cx *c = cx_new(0);
	pieces s = { .rest = bytes, .n = n, .fails = fails };
	rng_seed(&s.r, bytes.len);
	csv *f = csv_open(c, STR("t.csv"), give, &s, opt);
	dump(b, f, c);
	csv_close(f);
	cx_free(c);
}

static void read_memory(buf *b, str bytes, const csv_options *opt)
{
	cx *c = cx_new(0);
	csv *f = csv_open_mem(c, STR("t.csv"), bytes, opt);
	dump(b, f, c);
	csv_close(f);
	cx_free(c);
}

/* In pieces of every kind the same comes out as from memory. */
static void read_all_ways(buf *b, str bytes, bool fails, const csv_options *opt)
{
	static const size_t sizes[] = { 1, 2, 3, 5, 8, 64, 1000, 4096, 0, 1 << 20 };
	buf again;
	buf_init(&again, 0);
	if (fails)
		read_pieces(b, bytes, 1 << 20, true, opt);
	else
		read_memory(b, bytes, opt);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		buf_clear(&again);
		read_pieces(&again, bytes, sizes[i], fails, opt);
		if (!str_eq(buf_str(b), buf_str(&again)))
			fail_msg("pieces of %zu:\n%.*s\nnot\n%.*s", sizes[i], STR_ARG(buf_str(&again)), STR_ARG(buf_str(b)));
	}
	buf_free(&again);
}

static void reads_as(const char *text, size_t len, const csv_options *opt, const char *wanted)
{
	buf b;
	buf_init(&b, 0);
	read_all_ways(&b, (str){ text, len }, false, opt);
	if (!str_is(buf_str(&b), wanted))
		fail_msg("%.*s\n->\n%.*s\nnot\n%s", (int)len, text, STR_ARG(buf_str(&b)), wanted);
	buf_free(&b);
}

typedef struct example {
	const char *text;
	size_t len;
	const char *wanted;
} example;

static void all_read_as(const example *e, size_t n, const csv_options *opt)
{
	for (size_t i = 0; i < n; i++)
		reads_as(e[i].text, e[i].len, opt, e[i].wanted);
}

/* ---- records ---- */

static void test_records(void **state)
{
	static const example cases[] = {
		{ TEXT(""), "" },
		{ TEXT("\n\r\n\r"), "" },
		{ TEXT("a"), "1 [a]\n" },
		{ TEXT("a,b\n"), "1 [a] [b]\n" },
		{ TEXT("a,b\nc,d"), "1 [a] [b]\n2 [c] [d]\n" },
		{ TEXT("a,\n,b\n,\n"), "1 [a] []\n2 [] [b]\n3 [] []\n" },
		{ TEXT("a,"), "1 [a] []\n" },
		{ TEXT(" a , b \n"), "1 [ a ] [ b ]\n" },
		{ TEXT(" \n\t,\n"), "1 [ ]\n2 [\t] []\n" },
		{ TEXT("a,b\n1\n1,2,3\n"), "1 [a] [b]\n2 [1]\n3 [1] [2] [3]\n" },
		{ TEXT("Tên,Điểm\nTuyên Quang,\"12,5\"\n"), "1 [Tên] [Điểm]\n2 [Tuyên Quang] [12,5]\n" },
	};
	(void)state;
	all_read_as(cases, COUNT(cases), NULL);
}

static void test_line_ends(void **state)
{
	static const example cases[] = {
		{ TEXT("a,b\r\nc,d\r\n"), "1 [a] [b]\n2 [c] [d]\n" },
		{ TEXT("a,b\rc,d\r"), "1 [a] [b]\n2 [c] [d]\n" },
		{ TEXT("a,b\rc,d\ne,f\r\ng,h"), "1 [a] [b]\n2 [c] [d]\n3 [e] [f]\n4 [g] [h]\n" },
		{ TEXT("\n\na\n\r\n\rb\n\rc"), "3 [a]\n6 [b]\n8 [c]\n" },
		{ TEXT("a,\r\n\r\n,b\r"), "1 [a] []\n3 [] [b]\n" },
		{ TEXT("\"a\"\r\n\"b\"\r\"c\"\n\"d\""), "1 [a]\n2 [b]\n3 [c]\n4 [d]\n" },
	};
	(void)state;
	all_read_as(cases, COUNT(cases), NULL);
}

static void test_quotes(void **state)
{
	static const example cases[] = {
		{ TEXT("\"\"\n"), "1 []\n" },
		{ TEXT("\"a,b\",\"c\"\"d\"\n"), "1 [a,b] [c\"d]\n" },
		{ TEXT("\"\"\"\",\"\"\"a\"\"\",\"\"\"\"\"\""), "1 [\"] [\"a\"] [\"\"]\n" },
		{ TEXT("\"a\nb\",c\nd,e\n"), "1 [a\nb] 2[c]\n3 [d] [e]\n" },
		{ TEXT("\"a\r\nb\rc\n\nd\",\"x\r\n\",y\nz"), "1 [a\r\nb\rc\n\nd] 5[x\r\n] 6[y]\n7 [z]\n" },
		{ TEXT("\"\n\"\n\"\r\"\r\"\r\n\""), "1 [\n]\n3 [\r]\n5 [\r\n]\n" },
		{ TEXT("\" a \",\"\"\r\n"), "1 [ a ] []\n" },
		{ TEXT("\"Tỉnh \"\"cũ\"\"\",Hà Nội\n"), "1 [Tỉnh \"cũ\"] [Hà Nội]\n" },
	};
	(void)state;
	all_read_as(cases, COUNT(cases), NULL);
}

/* ---- faults ---- */

/* Only the physical line of broken quoting is lost; behind it reading goes on. */
static void test_quote_faults(void **state)
{
	static const example cases[] = {
		{ TEXT("a,b\"c,d\ne,f\n"), "! csv.quote_in_cell 1:2+2 <b\">\n2 [e] [f]\nrejected 1\n" },
		{ TEXT("x\nHà \"Nội\",1\ny"), "1 [x]\n! csv.quote_in_cell 2:1+4 <Hà \">\n3 [y]\nrejected 1\n" },
		{ TEXT(" \"a\",b\r\nc,d"), "! csv.quote_in_cell 1:1+2 < \">\n2 [c] [d]\nrejected 1\n" },
		{ TEXT("a,\"b\"c,d\re,f\r"), "! csv.text_after_quote 1:2 <\"b\"c>\n2 [e] [f]\nrejected 1\n" },
		{ TEXT("\"b\"ế,\"d\ne\nf,g"), "! csv.text_after_quote 1:1 <\"b\">\n2 [e]\n3 [f] [g]\nrejected 1\n" },
		{ TEXT("\"a\nb\" ,c\nd,e"),
			"! csv.text_after_quote 2:1 <\"a\xEF\xBF\xBD"
			"b\" >\n3 [d] [e]\nrejected 1\n" },
		{ TEXT("a,b\n1,\"2\n3,4\n"),
			"1 [a] [b]\n! csv.quote_unclosed 2:2 <2\xEF\xBF\xBD"
			"3,4\xEF\xBF\xBD>\nrejected 1\nbroken\n" },
		{ TEXT("\""), "! csv.quote_unclosed 1:1\nrejected 1\nbroken\n" },
		{ TEXT("a\r\n\"b\"\""), "1 [a]\n! csv.quote_unclosed 2:1 <b\"\">\nrejected 1\nbroken\n" },
		{ TEXT("a\"b\"c\nd\"\ne"), "! csv.quote_in_cell 1:1+2 <a\">\n! csv.quote_in_cell 2:1+2 <d\">\n3 [e]\nrejected 2\n" },
		{ TEXT("a\""), "! csv.quote_in_cell 1:1+2 <a\">\nrejected 1\n" },
	};
	(void)state;
	all_read_as(cases, COUNT(cases), NULL);
}

static void test_text_faults(void **state)
{
	static const example cases[] = {
		{ TEXT("a,b\nc,H\xE0 N\xF4i\nd,e\n"), "1 [a] [b]\n! csv.not_utf8 2:2+2 <H\xEF\xBF\xBD N\xEF\xBF\xBDi> (7) (E0)\n3 [d] [e]\nrejected 1\n" },
		{ TEXT("\xEF\xBB\xBF"
		       "a\n\xFF"),
			"1 [a]\n! csv.not_utf8 2:1+1 <\xEF\xBF\xBD> (5) (FF)\nrejected 1\n" },
		{ TEXT("\xC3"), "! csv.not_utf8 1:1+1 <\xEF\xBF\xBD> (0) (C3)\nrejected 1\n" },
		{ TEXT("ok,\"x\r\n\"\"Hà\"\"\r\n\xED\xA0\x80\"\nz"),
			"! csv.not_utf8 3:2+10 <x\xEF\xBF\xBD\xEF\xBF\xBD\"\"Hà\"\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD> (16) (ED)\n"
			"4 [z]\nrejected 1\n" },
		{ TEXT("a,\0\nb\0c,\0\nd"),
			"! csv.nul 1:2+1 <\xEF\xBF\xBD> (2)\n! csv.nul 2:1+2 <b\xEF\xBF\xBD"
			"c> (5)\n3 [d]\nrejected 2\n" },
		{ TEXT("a,\"\",\"b\xC0\""), "! csv.not_utf8 1:3+2 <b\xEF\xBF\xBD> (7) (C0)\nrejected 1\n" },
		{ TEXT("aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggghhhhhhhhhhiiiiiiiiii\x80"),
			"! csv.not_utf8 1:1+91 <aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggghhhhhhhhhh…> (90) (80)\nrejected 1\n" },
	};
	(void)state;
	all_read_as(cases, COUNT(cases), NULL);
	reads_as(TEXT("\x80\n"), &(csv_options){ .encoding = CSV_UTF8 }, "! csv.not_utf8 1:1+1 <\xEF\xBF\xBD> (0) (80)\nrejected 1\n");
}

static void test_caps(void **state)
{
	static const example cells[] = {
		{ TEXT("1234,5\n"), "1 [1234] [5]\n" },
		{ TEXT("a\nb,12345,c\nd"), "1 [a]\n! csv.cell_too_long 2:2 <1234> (4)\nrejected 1\nbroken\n" },
		{ TEXT("\"1\"\"2\"\"\"\n\"12\"\"4\"\"\"\n"), "1 [1\"2\"]\n! csv.cell_too_long 2:1 <12\"\"> (4)\nrejected 1\nbroken\n" },
		{ TEXT("\"\n\n\n\n\n\","), "! csv.cell_too_long 1:1 <\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD> (4)\nrejected 1\nbroken\n" },
	};
	static const example records[] = {
		{ TEXT("1234567890\n12345,7890\n"), "1 [1234567890]\n2 [12345] [7890]\n" },
		{ TEXT("a\n12345678901\nb\n"), "1 [a]\n! csv.record_too_long 2:1 <1234567890> (10)\n3 [b]\nrejected 1\n" },
		{ TEXT("1234,6789,12,\"x\ny\",\"z\"\"\"\nb\n"), "! csv.record_too_long 1:3 (10)\n3 [b]\nrejected 1\n" },
		{ TEXT("1,2,3,4,5,6,7,8\"\nb\n"), "! csv.record_too_long 1:6 (10)\n2 [b]\nrejected 1\n" },
		{ TEXT("1,2,3,4,5,6,7,\"8"), "! csv.record_too_long 1:6 (10)\n! csv.quote_unclosed 1:8 <8>\nrejected 1\nbroken\n" },
		{ TEXT("123456789,123456789012345678901"),
			"! csv.record_too_long 1:2 (10)\n! csv.cell_too_long 1:2 <12345678901234567890> (20)\nrejected 1\nbroken\n" },
	};
	static const example columns[] = {
		{ TEXT("1,2,3\n"), "1 [1] [2] [3]\n" },
		{ TEXT("1,2,3,\n4\n"), "! csv.too_many_columns 1:4 (3)\n2 [4]\nrejected 1\n" },
		{ TEXT("1,2,3,\"4\n\n\",5,6\n7"), "! csv.too_many_columns 1:4 (3)\n4 [7]\nrejected 1\n" },
		{ TEXT("1,2\n\n\"3\nx\"\n\n4\n5\n"), "1 [1] [2]\n3 [3\nx]\n! csv.too_many_records 6:0 (2)\nrejected 1\nbroken\n" },
	};
	(void)state;
	all_read_as(cells, COUNT(cells), &(csv_options){ .max_cell = 4 });
	all_read_as(records, COUNT(records), &(csv_options){ .delimiter = ',', .max_record = 10, .max_cell = 20 });
	all_read_as(columns, COUNT(columns), &(csv_options){ .max_columns = 3, .max_records = 2 });
}

/* What cannot be kept does not grow the memory of the command. */
static void test_many_faults(void **state)
{
	cx *c = cx_new(0);
	csv_record rec;
	buf b;
	(void)state;
	buf_init(&b, 0);
	for (int i = 0; i < 30000; i++)
		buf_addz(&b, i % 3 == 0 ? "1,2,3\n" : i % 3 == 1 ? "a\"\n" : "\xFF\n");
	csv *f = csv_open_mem(c, STR("t.csv"), buf_str(&b), &(csv_options){ .max_columns = 2 });
	while (c->n_dropped == 0)
		assert_false(csv_read(f, &rec) && rec.n > 2);
	size_t used = arena_used(c->mem);
	assert_false(csv_read(f, &rec));
	assert_int_equal(csv_rejected(f), 30000);
	assert_int_equal(c->n_errors, 30000);
	assert_int_equal(arena_used(c->mem), used);
	assert_true(used < 1000 * 512);
	csv_close(f);
	cx_free(c);
	buf_free(&b);
}

/* ---- memory ---- */

typedef struct endless {
	const char *begin, *repeat; /* begin once, then repeat up to size bytes */
	size_t at, size;
	size_t most; /* bytes allocated, at their highest */
} endless;

static size_t allocated(void)
{
	struct mallinfo2 m = mallinfo2();
	return m.uordblks + m.hblkhd;
}

static long give_endless(void *ctx, char *p, size_t n)
{
	endless *e = ctx;
	size_t begins = strlen(e->begin), period = strlen(e->repeat);
	n = n < e->size - e->at ? n : e->size - e->at;
	for (size_t i = 0; i < n; i++, e->at++)
		p[i] = e->at < begins ? e->begin[e->at] : e->repeat[(e->at - begins) % period];
	size_t now = allocated();
	e->most = now > e->most ? now : e->most;
	return (long)n;
}

static void endless_reads(endless e, size_t most_read, const char *wanted)
{
	buf b;
	cx *c = cx_new(0);
	size_t before = allocated();
	buf_init(&b, 0);
	csv *f = csv_open(c, STR("t.csv"), give_endless, &e, NULL);
	dump(&b, f, c);
	if (!str_is(buf_str(&b), wanted))
		fail_msg("%.*s\nnot\n%s", STR_ARG(buf_str(&b)), wanted);
	assert_true(e.at <= most_read);
	if (e.most > before + (512 << 10))
		fail_msg("%zu KiB of memory", (e.most - before) >> 10);
	csv_close(f);
	cx_free(c);
	buf_free(&b);
}

static void test_memory(void **state)
{
	const size_t cell = (size_t)200 << 20, file = (size_t)32 << 20;
	(void)state;
	endless_reads((endless){ .begin = "a,b\n1,\"", .repeat = "xyz\n", .size = cell }, 512 << 10,
		"1 [a] [b]\n"
		"! csv.cell_too_long 2:2 <xyz\xEF\xBF\xBDxyz\xEF\xBF\xBDxyz\xEF\xBF\xBDxyz\xEF\xBF\xBDxyz\xEF\xBF\xBDxyz\xEF\xBF\xBDxyz\xEF\xBF\xBD"
		"xyz\xEF\xBF\xBDxyz\xEF\xBF\xBDxyz\xEF\xBF\xBDxyz\xEF\xBF\xBDxyz\xEF\xBF\xBDxyz\xEF\xBF\xBDxy…> (65536)\nrejected 1\nbroken\n");
	endless_reads((endless){ .begin = "\xFF\xFE", .repeat = "ab", .size = cell }, 512 << 10,
		"! csv.cell_too_long 1:1 <扡扡扡扡扡扡扡扡扡扡扡扡扡扡扡扡扡扡扡扡扡扡扡扡扡扡…> (65536)\nrejected 1\nbroken\n");
	endless_reads((endless){ .begin = "x,\"y\"\n", .repeat = "1,", .size = file }, file, "1 [x] [y]\n! csv.too_many_columns 2:257 (256)\nrejected 1\n");
}

/* ---- delimiter ---- */

static void test_delimiter(void **state)
{
	static const struct {
		const char *text;
		char wanted;
	} cases[] = {
		{ "", ',' },
		{ "a", ',' },
		{ "a,b\n1,2", ',' },
		{ "a;b\n1;2", ';' },
		{ "a\tb\n1\t2", '\t' },
		{ "a|b\n1|2", '|' },
		{ "a;b;c\n1,5;2,5;x", ';' },
		{ "a;b;c", ';' },
		{ "a;b\r\n\r\n\"1;1;1\";2,5\r\n3;4", ';' },
		{ "\"a,b\nc,d\";e\n\"1,1\n2\";2", ';' },
		{ "\"a \"\"x,\"\" b\";c\n1;2", ';' },
		{ "a;b,c\n1;2,3", ',' },       /* tie */
		{ "a;b|c\n1;2|3", ',' },       /* tie without a comma */
		{ "a;b;c|d\n1;2;3|4", ';' },   /* more */
		{ "a|b;c;d\n1|2;3", '|' },     /* steady */
		{ "a;b\n1;2;3", ',' },         /* none steady */
		{ "a;b\n1;2\n\"x;y", ';' },    /* the unclosed record does not count */
		{ "5\" ống;b\n\"1\";2", ';' }, /* a quote inside a cell opens nothing */
		{ "a;b\n1;2\n1;2\n1;2\n1;2\n1;2\n1;2\n1;2\n1;2\n1;2\n1\n1\n", ';' },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		cx *c = cx_new(0);
		csv *f = csv_open_mem(c, STR("t.csv"), str_of(cases[i].text), NULL);
		if (csv_input(f)->delimiter != cases[i].wanted)
			fail_msg("%s: %c, not %c", cases[i].text, csv_input(f)->delimiter, cases[i].wanted);
		assert_true(csv_input(f)->delimiter_detected);
		csv_close(f);
		f = csv_open_mem(c, STR("t.csv"), str_of(cases[i].text), &(csv_options){ .delimiter = '#' });
		assert_true(csv_input(f)->delimiter == '#' && !csv_input(f)->delimiter_detected);
		csv_close(f);
		cx_free(c);
	}
}

/* Only the first 64 KiB decide, and the record that is cut there does not count. */
static void test_delimiter_sample(void **state)
{
	cx *c = cx_new(0);
	buf b;
	(void)state;
	buf_init(&b, 0);
	buf_addz(&b, "a;b\n");
	for (int i = 0; i < 70000; i++)
		buf_char(&b, 'x');
	buf_addz(&b, ";y;z\n");
	csv *f = csv_open_mem(c, STR("t.csv"), buf_str(&b), NULL);
	assert_int_equal(csv_input(f)->delimiter, ';');
	csv_close(f);
	f = csv_open_mem(c, STR("t.csv"), (str){ b.p + 4, b.len - 4 }, NULL);
	assert_int_equal(csv_input(f)->delimiter, ',');
	csv_close(f);
	cx_free(c);
	buf_free(&b);
}

static void test_sep_line(void **state)
{
	static const example cases[] = {
		{ TEXT("sep=;\na,b;c\n"), "2 [a,b] [c]\n" },
		{ TEXT("sep=,\r\na,b;c\r\n"), "2 [a] [b;c]\n" },
		{ TEXT("sep=\t\ra\tb\r"), "2 [a] [b]\n" },
		{ TEXT("\xEF\xBB\xBFsep=#\n\na#b"), "3 [a] [b]\n" },
		{ TEXT("sep=|"), "" },
		{ TEXT("sep=;x\na;b\n"), "1 [sep=] [x]\n2 [a] [b]\n" },
		{ TEXT("sep=\"\na"), "! csv.quote_in_cell 1:1+5 <sep=\">\n2 [a]\nrejected 1\n" },
		{ TEXT("x\nsep=;\n"), "1 [x]\n2 [sep=;]\n" },
		{ TEXT("sep=\nx"), "1 [sep=]\n2 [x]\n" },
	};
	(void)state;
	all_read_as(cases, COUNT(cases), NULL);
	reads_as(TEXT("sep=;\na,b;c\n"), &(csv_options){ .delimiter = ',' }, "2 [a] [b;c]\n");
	cx *c = cx_new(0);
	csv *f = csv_open_mem(c, STR("t.csv"), STR("sep=;\n"), NULL);
	assert_true(csv_input(f)->delimiter == ';' && !csv_input(f)->delimiter_detected);
	csv_close(f);
	cx_free(c);
}

/* ---- encodings ---- */

static void test_encodings(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		csv_info info;
		const char *wanted;
	} cases[] = {
		{ TEXT("\xEF\xBB\xBFĐ,b\n"), { ',', CSV_UTF8, true, true, true }, "1 [Đ] [b]\n" },
		{ TEXT("\xEF\xBB\xBF"), { ',', CSV_UTF8, true, true, true }, "" },
		{ TEXT("\xEF\xBB"), { ',', CSV_UTF8, false, true, true }, "! csv.not_utf8 1:1+1 <\xEF\xBF\xBD\xEF\xBF\xBD> (0) (EF)\nrejected 1\n" },
		{ TEXT("\xFF\xFE\x10\x01;\0b\0\n\0"), { ';', CSV_UTF16LE, true, true, true }, "1 [Đ] [b]\n" },
		{ TEXT("\xFE\xFF\x01\x10\0;\0b\0\n"), { ';', CSV_UTF16BE, true, true, true }, "1 [Đ] [b]\n" },
		{ TEXT("\xFF\xFE"), { ',', CSV_UTF16LE, true, true, true }, "" },
		{ TEXT("\xFF\xFE\x3D\xD8\x00\xDE,\0a\0"), { ',', CSV_UTF16LE, true, true, true }, "1 [😀] [a]\n" },
		{ TEXT("\xFE\xFF\xD8\x3D\xDE\x00"), { ',', CSV_UTF16BE, true, true, true }, "1 [😀]\n" },
		{ TEXT("\xFE\xFF\0e\x03\x02\x03\x23"), { ',', CSV_UTF16BE, true, true, true }, "1 [ệ]\n" },
		{ TEXT("\xFF\xFE\x3D\xD8"), { ',', CSV_UTF16LE, true, true, true }, "! csv.encoding 1:1+1 <\xEF\xBF\xBD> (utf-16le)\nrejected 1\n" },
		{ TEXT("\xFF\xFE"
		       "a\0\x3D\xD8"
		       "b\0\n\0c\0"),
			{ ',', CSV_UTF16LE, true, true, true },
			"! csv.encoding 1:1+2 <a\xEF\xBF\xBD"
			"b> (utf-16le)\n2 [c]\nrejected 1\n" },
		{ TEXT("\xFE\xFF\xDC\x00\0,\0a\0\n\0b"), { ',', CSV_UTF16BE, true, true, true },
			"! csv.encoding 1:1+1 <\xEF\xBF\xBD> (utf-16be)\n2 [b]\nrejected 1\n" },
		{ TEXT("\xFF\xFE"
		       "a\0b"),
			{ ',', CSV_UTF16LE, true, true, true }, "! csv.encoding 1:1+2 <a\xEF\xBF\xBD> (utf-16le)\nrejected 1\n" },
		{ TEXT("\xFF\xFE"
		       "a\0\0\0"),
			{ ',', CSV_UTF16LE, true, true, true }, "! csv.nul 1:1+2 <a\xEF\xBF\xBD>\nrejected 1\n" },
		{ TEXT("a\0\n\0"), { ',', CSV_UTF8, false, true, true },
			"! csv.nul 1:1+2 <a\xEF\xBF\xBD> (1)\n! csv.nul 2:1+1 <\xEF\xBF\xBD> (3)\nrejected 2\n" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		reads_as(cases[i].text, cases[i].len, NULL, cases[i].wanted);
		cx *c = cx_new(0);
		csv *f = csv_open_mem(c, STR("t.csv"), (str){ cases[i].text, cases[i].len }, NULL);
		const csv_info *info = csv_input(f), *wanted = &cases[i].info;
		assert_true(info->encoding == wanted->encoding && info->bom == wanted->bom && info->delimiter == wanted->delimiter);
		assert_true(info->encoding_detected && info->delimiter_detected);
		csv_close(f);
		cx_free(c);
	}
}

static void test_declared_encoding(void **state)
{
	(void)state;
	/* Hà Nội, Đắk Lắk, Tuyên, đ; the marks are characters of their own in this encoding. */
	reads_as(TEXT("Ha\xCC N\xF4\xF2i,\xD0\xE3\xECk L\xE3\xECk\nTuy\xEAn,\xF0\n"), &(csv_options){ .encoding = CSV_WINDOWS1258 },
		"1 [Hà Nội] [Đắk Lắk]\n2 [Tuyên] [đ]\n");
	reads_as(TEXT("a\xEC"), &(csv_options){ .encoding = CSV_WINDOWS1258 }, "1 [á]\n");
	reads_as(TEXT("x,\xEC\n\xF4\n\xEC\n"), &(csv_options){ .encoding = CSV_WINDOWS1258 }, "1 [x] [\xCC\x81]\n2 [ô]\n3 [\xCC\x81]\n");
	reads_as(TEXT("x,a\x8A\ny\n"), &(csv_options){ .encoding = CSV_WINDOWS1258 },
		"! csv.encoding 1:2+2 <a\xEF\xBF\xBD> (windows-1258)\n2 [y]\nrejected 1\n");
	reads_as(TEXT("a\0,\0b\0"), &(csv_options){ .encoding = CSV_UTF16LE }, "1 [a] [b]\n");
	reads_as(TEXT("\0a\0,\0b"), &(csv_options){ .encoding = CSV_UTF16BE }, "1 [a] [b]\n");
	reads_as(TEXT("\xFE\xFF\0a"), &(csv_options){ .encoding = CSV_UTF16BE }, "1 [a]\n");
	reads_as(TEXT("\xFE\xFF\0a"), &(csv_options){ .encoding = CSV_UTF16LE }, "! csv.encoding 1:0 (utf-16le) (utf-16be)\nbroken\n");
	reads_as(TEXT("\xEF\xBB\xBFx"), &(csv_options){ .encoding = CSV_WINDOWS1258 }, "! csv.encoding 1:0 (windows-1258) (utf-8)\nbroken\n");
	cx *c = cx_new(0);
	csv *f = csv_open_mem(c, STR("t.csv"), STR("a"), &(csv_options){ .encoding = CSV_UTF8 });
	assert_true(csv_input(f)->encoding == CSV_UTF8 && !csv_input(f)->encoding_detected);
	csv_close(f);
	cx_free(c);
	assert_string_equal(csv_encoding_name(CSV_WINDOWS1258), "windows-1258");
}

static void test_composed(void **state)
{
	static const example cases[] = {
		{ TEXT("Tuye\xCC\x82n,a\n"), "1 [Tuyên] [a]\n" },
		{ TEXT("\"Vie\xCC\x82\xCC\xA3t \"\"Nam\"\"\",e\xCC\x81\n"), "1 [Việt \"Nam\"] [é]\n" },
		{ TEXT("\xE2\x84\xAB,\xCC\x81\n"), "1 [Å] [\xCC\x81]\n" },
	};
	(void)state;
	all_read_as(cases, COUNT(cases), NULL);
}

/* ---- sources ---- */

static void test_failing_source(void **state)
{
	static const example cases[] = {
		{ TEXT(""), "! io.read 1:0 (Input/output error)\nbroken\n" },
		{ TEXT("a,b\nc,d\n"), "1 [a] [b]\n2 [c] [d]\n! io.read 3:0 (Input/output error)\nbroken\n" },
		{ TEXT("a,b\nc,d"), "1 [a] [b]\n! io.read 2:0 (Input/output error)\nbroken\n" },
		{ TEXT("a,b\n\"c"), "1 [a] [b]\n! io.read 2:0 (Input/output error)\nbroken\n" },
		{ TEXT("a,b\n\"c\""), "1 [a] [b]\n! io.read 2:0 (Input/output error)\nbroken\n" },
		{ TEXT("a,b\r"), "! io.read 2:0 (Input/output error)\n1 [a] [b]\nbroken\n" },
		{ TEXT("a,b\n1\""), "1 [a] [b]\n! csv.quote_in_cell 2:1+2 <1\">\n! io.read 2:0 (Input/output error)\nrejected 1\nbroken\n" },
	};
	buf b;
	(void)state;
	buf_init(&b, 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		buf_clear(&b);
		read_all_ways(&b, (str){ cases[i].text, cases[i].len }, true, NULL);
		if (!str_is(buf_str(&b), cases[i].wanted))
			fail_msg("%s\n->\n%.*s\nnot\n%s", cases[i].text, STR_ARG(buf_str(&b)), cases[i].wanted);
	}
	buf_free(&b);
}

static void no_such_file(const char *path, int error)
{
	cx *c = cx_new(0);
	assert_null(csv_open_file(c, path, NULL));
	assert_int_equal(c->n_faults, 1);
	assert_string_equal(c->faults[0].key, "io.open");
	assert_true(str_is(c->faults[0].at.file, path));
	assert_true(str_is(c->faults[0].arg[0], strerror(error)));
	cx_free(c);
}

static void reads_file(const char *path)
{
	cx *c = cx_new(0);
	csv_record rec;
	csv *f = csv_open_file(c, path, NULL);
	assert_non_null(f);
	assert_true(csv_read(f, &rec) && rec.n == 2 && str_is(rec.cell[1], "Điểm"));
	assert_true(csv_read(f, &rec) && rec.line == 2 && str_is(rec.cell[0], "1"));
	assert_false(csv_read(f, &rec) || csv_broken(f));
	csv_close(f);
	csv_close(NULL);
	cx_free(c);
}

static void test_files(void **state)
{
	char path[] = "/tmp/test_csv_XXXXXX";
	const char text[] = "Tên;Điểm\r\n1;2\r\n";
	(void)state;
	no_such_file("/nowhere/t.csv", ENOENT);
	no_such_file("/", EISDIR);
	int fd = mkstemp(path), was = dup(STDIN_FILENO);
	assert_true(fd > 0 && write(fd, text, sizeof text - 1) == (ssize_t)sizeof text - 1);
	reads_file(path);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	reads_file("-");
	assert_int_equal(fcntl(STDIN_FILENO, F_GETFD) < 0, 0); /* standard input stays open */
	if (was >= 0) {
		dup2(was, STDIN_FILENO);
		close(was);
	}
	close(fd);
	unlink(path);
}

/* ---- writing, and reading back ---- */

static void test_cell(void **state)
{
	static const char *const pairs[][2] = {
		{ "", "" },
		{ "a b", "a b" },
		{ "Hà Nội", "Hà Nội" },
		{ "a,b", "\"a,b\"" },
		{ "a;b", "\"a;b\"" },
		{ "a\tb", "\"a\tb\"" },
		{ "a|b", "\"a|b\"" },
		{ "\"", "\"\"\"\"" },
		{ "a\"b", "\"a\"\"b\"" },
		{ "a\nb", "\"a\nb\"" },
		{ "a\rb", "\"a\rb\"" },
		{ " a", "\" a\"" },
		{ "a ", "\"a \"" },
		{ "=1+2", "=1+2" },
	};
	buf b;
	(void)state;
	buf_init(&b, 0);
	for (size_t i = 0; i < COUNT(pairs); i++) {
		buf_clear(&b);
		csv_cell(&b, str_of(pairs[i][0]));
		assert_true(str_is(buf_str(&b), pairs[i][1]));
	}
	buf_free(&b);
}

/* A text in another encoding; marks: a byte order mark before it. */
static void convert(buf *to, str s, enum csv_encoding e, bool mark)
{
	static const char *const names[] = { "UTF-8", "UTF-8", "UTF-16LE", "UTF-16BE", "CP1258" },
				 *const boms[] = { "", "\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF", "" };
	char *in = strndup(s.p, s.len), *at = in, *out = buf_room(to, s.len * 2 + 8);
	size_t left = s.len, room = s.len * 2 + 8;
	if (mark)
		out = stpcpy(out, boms[e]);
	iconv_t cd = iconv_open(names[e], "UTF-8");
	assert_int_equal(iconv(cd, &at, &left, &out, &room), 0);
	assert_int_equal(left, 0);
	iconv_close(cd);
	to->len = (size_t)(out - to->p);
	free(in);
}

static str random_cell(arena *mem, rng *r)
{
	static const char *const parts[] = { "", "a", "B", "12", ",", ";", "\t", "|", "\"", "\"\"", "\n", "\r", "\r\n", " ", "ế", "Đ", "ư", "ợ", "tỉnh ", "Hoà",
		"0,5", "=1", "sep=", "'", "a longer piece of text" };
	str s = STR("");
	for (uint64_t n = rng_below(r, 6); n > 0; n--)
		s = arena_printf(mem, "%.*s%s", STR_ARG(s), parts[rng_below(r, COUNT(parts))]);
	return s;
}

typedef struct table {
	int rows, columns;
	str cell[12][8];
} table;

static void random_table(arena *mem, rng *r, table *t)
{
	t->rows = (int)rng_below(r, 12);
	t->columns = 2 + (int)rng_below(r, 7);
	for (int i = 0; i < t->rows; i++)
		for (int k = 0; k < t->columns; k++)
			t->cell[i][k] = random_cell(mem, r);
}

static void write_table(buf *b, const table *t, const char *line_end, bool last_end)
{
	for (int i = 0; i < t->rows; i++) {
		for (int k = 0; k < t->columns; k++) {
			if (k)
				buf_char(b, ',');
			csv_cell(b, t->cell[i][k]);
		}
		if (i < t->rows - 1 || last_end)
			buf_addz(b, line_end);
	}
}

static void holds_table(csv *f, const table *t)
{
	csv_record rec;
	for (int i = 0; i < t->rows; i++) {
		assert_true(csv_read(f, &rec));
		assert_int_equal(rec.n, t->columns);
		for (int k = 0; k < t->columns; k++)
			if (!str_eq(rec.cell[k], t->cell[i][k]))
				fail_msg("row %d, cell %d: <%.*s>, not <%.*s>", i, k, STR_ARG(rec.cell[k]), STR_ARG(t->cell[i][k]));
	}
	assert_false(csv_read(f, &rec) || csv_broken(f));
	assert_int_equal(csv_rejected(f), 0);
}

static void test_reads_what_it_wrote(void **state)
{
	static const char *const ends[] = { "\n", "\r\n", "\r" };
	static const size_t chunks[] = { 1, 2, 7, 64, 4096, 0 };
	rng r;
	(void)state;
	rng_seed(&r, 2026);
	for (int round = 0; round < 3000; round++) {
		cx *c = cx_new(0);
		table t;
		buf text, bytes;
		enum csv_encoding e = (enum csv_encoding)(CSV_UTF8 + rng_below(&r, 4));
		bool mark = e != CSV_WINDOWS1258 && rng_below(&r, 2);
		csv_options opt = { .encoding = mark ? CSV_DETECT : e, .delimiter = rng_below(&r, 2) ? ',' : 0 };
		buf_init(&text, 0);
		buf_init(&bytes, 0);
		random_table(c->mem, &r, &t);
		write_table(&text, &t, ends[rng_below(&r, 3)], rng_below(&r, 2));
		convert(&bytes, buf_str(&text), e, mark);
		pieces s = { .rest = buf_str(&bytes), .n = chunks[rng_below(&r, COUNT(chunks))], .r = r };
		csv *f = csv_open(c, STR("t.csv"), give, &s, &opt);
		holds_table(f, &t);
		assert_int_equal(c->n_faults, 0);
		csv_close(f);
		buf_free(&text);
		buf_free(&bytes);
		cx_free(c);
	}
}

/* Whatever the bytes and the caps: what comes out does not depend on how the bytes arrive. */
static void test_any_pieces(void **state)
{
	static const char *const parts[] = { "a", "bc", "1234567", ",", ",", ";", "\"", "\"\"", "\"a\"", "\n", "\n", "\r\n", "\r",
		"ế", "e\xCC\x81", "\x80", "\xC3" };
	rng r;
	(void)state;
	rng_seed(&r, 5);
	for (int round = 0; round < 4000; round++) {
		buf text, out;
		buf_init(&text, 0);
		buf_init(&out, 0);
		for (uint64_t n = rng_below(&r, 40); n > 0; n--)
			buf_addz(&text, parts[rng_below(&r, COUNT(parts))]);
		if (rng_below(&r, 8) == 0)
			buf_char(&text, '\0');
		csv_options opt = { .max_cell = 1 + (size_t)rng_below(&r, 20),
			.max_record = 1 + (size_t)rng_below(&r, 40),
			.max_columns = 1 + (int)rng_below(&r, 6),
			.max_records = 1 + (int64_t)rng_below(&r, 12),
			.encoding = (enum csv_encoding)rng_below(&r, 5) };
		read_all_ways(&out, buf_str(&text), false, &opt);
		buf_free(&text);
		buf_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_line_ends),
		cmocka_unit_test(test_quotes),
		cmocka_unit_test(test_quote_faults),
		cmocka_unit_test(test_text_faults),
		cmocka_unit_test(test_caps),
		cmocka_unit_test(test_many_faults),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_delimiter),
		cmocka_unit_test(test_delimiter_sample),
		cmocka_unit_test(test_sep_line),
		cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_declared_encoding),
		cmocka_unit_test(test_composed),
		cmocka_unit_test(test_failing_source),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_cell),
		cmocka_unit_test(test_reads_what_it_wrote),
		cmocka_unit_test(test_any_pieces),
	};
	return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
