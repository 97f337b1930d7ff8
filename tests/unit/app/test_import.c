/* Imports of every kind: what is refused and where, names of units over the years, revisions, the same file again. */
#include "app/filled.h"
#include "base/po.h"
#include "db/calendar.h"
#include "db/measure.h"
#include "db/unit.h"

/* Nothing but the import itself may be looked at after a refusal. */
static int64_t facts(app_store *t)
{
	return app_count(t,
		"SELECT (SELECT COUNT(*) FROM result) + (SELECT COUNT(*) FROM unit) + (SELECT COUNT(*) FROM unit_alias)"
		" + (SELECT COUNT(*) FROM holiday) + (SELECT COUNT(*) FROM measure_value) + (SELECT COUNT(*) FROM round)"
		" + (SELECT COUNT(*) FROM series) + (SELECT COUNT(*) FROM series_break) + (SELECT COUNT(*) FROM unit_region)"
		" + (SELECT COUNT(*) FROM index_def) + (SELECT COUNT(*) FROM measure_def) + (SELECT COUNT(*) FROM import)");
}

struct wrong {
	const char *kind, *text, *key;
	int line, column;
	const char *value;
};

static const struct wrong wrongs[] = {
	/* headings */
	{ "results", "", "table.empty", 1, 0, "" },
	{ "results", "unit_name,punkte\n", "table.unknown_column", 1, 2, "punkte" },
	{ "results", "unit_name,score,unit_name\n", "table.column_twice", 1, 3, "unit_name" },
	{ "units", "level,code\n", "table.missing_column", 1, 0, "name" },
	{ "results", "index,year,unit_name,score\nPCI,2024,Hà Nội,1,2\n", "table.too_many_cells", 2, 5, "2" },
	/* results */
	{ "results", "year,unit_name,score\n2024,Hà Nội,1\n", "import.no_index", 2, 0, "" },
	{ "results", "index,year,unit_name,score\nABC,2024,Hà Nội,1\n", "import.unknown_index", 2, 1, "ABC" },
	{ "results", "index,unit_name,score\nPCI,Hà Nội,1\n", "import.no_year", 2, 0, "" },
	{ "results", "index,year,unit_name,score\nPCI,1989,Hà Nội,1\n", "import.no_year", 2, 2, "1989" },
	{ "results", "index,year,unit_name,score\nPCI,2024.0,Hà Nội,1\n", "import.no_year", 2, 2, "2024.0" },
	{ "results", "index,year,unit_name,score\nPCI,2024,Hà Nội,80.15x\n", "import.number", 2, 4, "80.15x" },
	{ "results", "index,year,unit_name,score,rank\nPCI,2024,Hà Nội,1,0\n", "import.int", 2, 5, "0" },
	{ "results", "index,year,unit_name,score,rank\nPCI,2024,Hà Nội,1,1.5\n", "import.int", 2, 5, "1.5" },
	{ "results", "index,year,unit_name,score,rank\n\nPCI,2024,Hà Nội,,\n", "import.no_figure", 3, 4, "" },
	{ "results", "index,year,unit_name,score\nPCI,2024,Atlantis,1\n", "import.no_unit", 2, 3, "Atlantis" },
	{ "results", "index,year,unit_code,score\nPCI,2024,00,1\n", "import.no_unit", 2, 3, "00" },
	{ "results", "index,year,unit_name,score\nPCI,2024,,1\n", "import.no_unit", 2, 3, "" },
	{ "results", "index,year,unit_name,score\nPCI,2009,Hà Tây,1\n", "import.no_unit", 2, 3, "Hà Tây" },
	{ "results", "index,year,unit_name,score\nPCI,2024,Hà Nội,1\nPCI,2024,TP. Hà Nội,2\n", "import.twice", 3, 3, "TP. Hà Nội" },
	{ "results", "index,year,unit_code,score\nPCI,2024,01,1\nPCI,2024,01,1\n", "import.twice", 3, 3, "01" },
	/* units */
	{ "units", "level,code,name\n,1,A\n", "import.empty", 2, 1, "" },
	{ "units", "level,code,name\nx,,A\n", "import.empty", 2, 2, "" },
	{ "units", "level,code,name\nx,1,\n", "import.empty", 2, 3, "" },
	{ "units", "level,code,name,valid_from\nx,1,A,01/07/2025\n", "import.date", 2, 4, "01/07/2025" },
	{ "units", "level,code,name,valid_to\nx,1,A,2025-02-29\n", "import.date", 2, 4, "2025-02-29" },
	{ "units", "level,code,name,valid_from,valid_to\nx,1,A,2025-07-01,2025-06-30\n", "import.period", 2, 5, "2025-06-30" },
	{ "units", "level,code,name,valid_from\nx,1,A,2025-07-01\nx,1,B,2025-07-01\n", "import.twice", 3, 2, "1" },
	/* communes */
	{ "communes", "code,name,province_code\n1,,01\n", "import.empty", 2, 2, "" },
	{ "communes", "code,name,province_code\n1,A,\n", "import.empty", 2, 3, "" },
	{ "communes", "code,name,province_code\n1,A,01\n1,B,01\n", "import.twice", 3, 1, "1" },
	/* aliases, regions */
	{ "aliases", "level,code,valid_from,alias\nprovince,99,2024-01-01,A\n", "import.no_unit", 2, 2, "99" },
	{ "aliases", "level,code,valid_from,alias\nprovince,01,2024-01-01,\n", "import.empty", 2, 4, "" },
	{ "aliases", "level,code,valid_from,alias\nprovince,01,,A\n", "import.empty", 2, 3, "" },
	{ "regions", "scheme,decided_on,region,unit_code,status\nS,2024,R,01,verified\n", "import.date", 2, 2, "2024" },
	{ "regions", "scheme,decided_on,region,unit_code,status\nS,2024-01-01,,01,verified\n", "import.empty", 2, 3, "" },
	{ "regions", "scheme,decided_on,region,unit_code,status\nS,2024-01-01,R,01,x\nS,2024-01-01,Q,01,x\n", "import.twice", 3, 4, "01" },
	/* holidays */
	{ "holidays", "date,name,kind,source_kind,status\n,A,holiday,x,x\n", "import.date", 2, 1, "" },
	{ "holidays", "date,name,kind,source_kind,status\n2024-01-01,A,feast,x,x\n", "import.holiday_kind", 2, 3, "feast" },
	{ "holidays", "date,name,kind,source_kind,status\n2024-01-01,A,holiday,x,x\n2024-01-01,B,holiday,x,x\n", "import.twice", 3, 1, "2024-01-01" },
	/* indices, series, breaks */
	{ "indices", "code,name_vi,name_en,publisher_vi,unit\nX,,b,c,percent\n", "import.empty", 2, 2, "" },
	{ "series", "index,series,name_vi,name_en,max\nPCI,s,a,b,x\n", "import.number", 2, 5, "x" },
	{ "series", "index,series,name_vi,name_en,years\nPCI,s,a,b,2018-2017\n", "import.years", 2, 5, "2018-2017" },
	{ "series", "index,series,name_vi,name_en\nABC,s,a,b\n", "import.unknown_index", 2, 1, "ABC" },
	{ "breaks", "index,series,year,reason_vi,reason_en\nPCI,total,,a,b\n", "import.int", 2, 3, "" },
	{ "breaks", "index,series,year,reason_vi,reason_en\nPCI,total,2024,,b\n", "import.empty", 2, 4, "" },
	{ "breaks", "index,series,year,reason_vi,reason_en\nABC,total,2024,a,b\n", "import.unknown_index", 2, 1, "ABC" },
	/* catalogue, measures, rounds */
	{ "catalogue", "name,name_vi,name_en,unit,source_kind,period\nm,a,b,,typed,year\n", "import.empty", 2, 4, "" },
	{ "measures", "unit,measure,period,value\nHà Nội,m,2024-13,1\n", "import.period", 2, 3, "2024-13" },
	{ "measures", "unit,measure,period,value\n,m,2024,1\n", "import.empty", 2, 1, "" },
	{ "measures", "unit,measure,period,value\nHà Nội,,2024,1\n", "import.empty", 2, 2, "" },
	{ "measures", "unit,measure,period,value,numerator,denominator\nHà Nội,m,2024,1,a,2\n", "import.number", 2, 5, "a" },
	{ "measures", "unit,measure,period,value,numerator\nHà Nội,m,2024,1,2\n", "measure.half_fraction", 2, 0, "" },
	{ "measures", "unit,measure,period,value,status\nHà Nội,m,2024,1,perhaps\n", "measure.status", 2, 5, "perhaps" },
	{ "measures", "unit,measure,period,value\nHà Nội,m,2024,\"83,100\"\n", "import.decimal_unclear", 2, 4, "83,100" },
	{ "measures", "unit,measure,period,value\nHà Nội,m,2024,\"1,234,5\"\n", "measure.number", 2, 4, "1,234,5" },
	{ "measures", "unit,measure,period,value\nHà Nội,m,2024,31/12/2024\n", "measure.date", 2, 4, "31/12/2024" },
	{ "measures", "unit,measure,period,value,as_of\nHà Nội,m,2024,1,2024\n", "import.date", 2, 5, "2024" },
	{ "measures", "unit,measure,period,value\nSở Xây dựng,m,2024,1\n", "import.no_unit", 2, 1, "Sở Xây dựng" },
	{ "rounds", "code,edition,name_vi,name_en,level,period,illustrative\nr,none,a,b,province,2024,yes\n", "import.no_edition", 2, 2, "none" },
	{ "rounds", "code,edition,name_vi,name_en,level,period,illustrative\nr,none,a,b,province,soon,yes\n", "import.period", 2, 6, "soon" },
	/* reading */
	{ "results", "index,year,unit_name,score\nPCI,2024,\"Hà Nội,1\n", "csv.quote_unclosed", 2, 0, NULL },
};

static const char *said(const fault *f)
{
	static char text[400];
	snprintf(text, sizeof text, "%s %.*s:%lld:%d '%.*s'", f->key, STR_ARG(f->at.file), (long long)f->at.line, f->at.column, STR_ARG(f->value));
	return text;
}

/* One wrong cell: nothing of the file counts, and the fault names file, line, column and value. All of them, with one look at each. */
static void test_wrong_cells(void **state)
{
	app_store t = app_small(state);
	int failed = 0;
	int64_t before = facts(&t);
	for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
		const struct wrong *w = &wrongs[i];
		struct import_report report;
		app_forget(&t);
		enum err e = app_import(&t, w->kind, w->text, NULL, &report);
		const fault *f = t.c->n_faults ? &t.c->faults[0] : NULL;
		bool good = e == ERR_INPUT && f && f->level == FAULT_ERROR && strcmp(f->key, w->key) == 0 && f->at.line == w->line
			&& (!w->column || f->at.column == w->column) && str_is(f->at.file, "f.csv") && (!w->value || str_is(f->value, w->value));
		if (!good) {
			failed++;
			fprintf(stderr, "# %s, want %s %d:%d '%s': error %d, got %s\n", w->kind, w->key, w->line, w->column, w->value ? w->value : "*", e,
				f ? said(f) : "no fault");
		}
	}
	assert_int_equal(failed, 0);
	assert_int_equal(facts(&t), before);
	app_free(&t);
}

/* Each message of a refusal is there in both languages. */
static void test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++)
		for (int lang = 0; lang < 2; lang++)
			if (strncmp(wrongs[i].key, "csv.", 4) != 0)
				assert_string_not_equal(po_text(wrongs[i].key, (enum lang)lang), wrongs[i].key);
}

/* Every wrong cell of a file is told, not only the first; good rows beside it do not count. */
static void test_all_faults_at_once(void **state)
{
	app_store t = app_small(state);
	struct import_report report;
	assert_int_equal(
		app_import(&t, "results",
			"index,year,unit_name,score,rank\nPCI,2024,Hà Nội,70,3\nPCI,2024,Nowhere,x,0\nPCI,2024,Huế,a,2\nPCI,abc,Huế,1,2\n",
			NULL, &report),
		ERR_INPUT);
	assert_int_equal(t.c->n_errors, 4);
	assert_int_equal(t.c->faults[0].at.line, 3);
	assert_int_equal(t.c->faults[1].at.line, 3);
	assert_int_equal(t.c->faults[2].at.line, 4);
	assert_int_equal(t.c->faults[3].at.line, 5);
	assert_string_equal(app_z(&t, t.c->faults[3].at.field), "year");
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM result"), 0);
	app_free(&t);
}

static void test_unknown_kind(void **state)
{
	app_store t = app_empty(state);
	struct import_report report;
	assert_int_equal(app_import(&t, "result", "a\n", NULL, &report), ERR_INPUT);
	assert_string_equal(store_last_fault(t.s), "import.kind");
	static const char *const some[] = { "units", "rounds", "users", "edition" };
	for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
		size_t n = 0;
		while (import_kind(n) && strcmp(import_kind(n), some[i]) != 0)
			n++;
		assert_non_null(import_kind(n));
	}
	assert_null(import_kind(1000));
	app_free(&t);
}

static void test_files(void **state)
{
	app_store t = app_empty(state);
	struct import_report report;
	struct import_options opt = { 0 };
	assert_int_equal(import_file(t.c, &t.app, STR("units"), "/nowhere/f.csv", &opt, &report), ERR_IO);
	assert_string_equal(store_last_fault(t.s), "io.open");
	assert_int_equal(import_file(t.c, &t.app, STR("units"), "/tmp", &opt, &report), ERR_IO);
	assert_string_equal(store_last_fault(t.s), "io.open");
	app_free(&t);
}

/* ---- names of units ---- */

/* The code and beginning of the unit that a figure was stored for. */
static const char *stored(app_store *t, int year)
{
	static char text[64];
	db_rows r;
	db_conn *k = store_reader(t->s);
	text[0] = 0;
	db_query(t->c, k, "SELECT u.level, u.code, u.name, u.valid_from FROM result r JOIN unit u ON u.id = r.unit_id WHERE r.year = $1 ORDER BY r.id DESC",
		DB_ARGS(db_int(year)), &r);
	if (db_next(&r))
		snprintf(text, sizeof text, "%.*s %.*s %.*s", STR_ARG(db_cell_text(&r, 0)), STR_ARG(db_cell_text(&r, 1)), STR_ARG(db_cell_text(&r, 2)));
	OK(db_end(&r));
	db_release(k);
	return text;
}

static void test_names(void **state)
{
	static const struct { int year; const char *code, *name, *want; } cases[] = {
		{ 2019, "", "Thanh Hóa", "province 38 Thanh Hóa" },
		{ 2018, "", "thanh hoá", "province 38 Thanh Hóa" }, /* the other place of the tone */
		{ 2017, "", "THANH HOA", "province 38 Thanh Hóa" },
		{ 2016, "", "Tỉnh Thanh Hóa", "province 38 Thanh Hóa" },
		{ 2015, "", "  Thanh   Hóa ", "province 38 Thanh Hóa" },
		{ 2014, "", "TP. Hồ Chí Minh", "province 79 Hồ Chí Minh" },
		{ 2013, "", "TPHCM", "province 79 Hồ Chí Minh" },
		{ 2012, "", "Hanoi", "province 01 Hà Nội" },
		{ 2011, "", "Bà Rịa - Vũng Tàu", "province 77 Bà Rịa - Vũng Tàu" },
		{ 2010, "", "Bà Rịa – Vũng Tàu", "province 77 Bà Rịa - Vũng Tàu" },
		{ 2009, "", "Thừa Thiên Huế", "province 46 Thừa Thiên Huế" },
		{ 2023, "", "Đắc Lắc", "province 66 Đắk Lắk" },
		{ 2022, "66", "", "province 66 Đắk Lắk" },
		{ 2021, "VN", "Cả nước", "country VN Cả nước" },
		/* July 2025: code 15 was Yên Bái and is Lào Cai; in the year itself both may be meant. */
		{ 2024, "15", "Yên Bái", "province 15 Yên Bái" },
		{ 2026, "15", "Lào Cai", "province 15 Lào Cai" },
		{ 2025, "15", "Lào Cai", "province 15 Lào Cai" },
		{ 2025, "15", "Yên Bái", "province 15 Yên Bái" },
		{ 2025, "15", "", "province 15 Lào Cai" }, /* the unit at the end of the year */
		{ 2025, "", "Yên Bái", "province 15 Yên Bái" },
		{ 2024, "", "Lào Cai", "province 10 Lào Cai" },
		{ 2025, "10", "Lào Cai", "province 10 Lào Cai" },
		/* August 2008: Hà Tây went into Hà Nội. */
		{ 2008, "28", "Hà Tây", "province 28 Hà Tây" },
		{ 2008, "", "Hà Tây", "province 28 Hà Tây" },
		{ 2007, "", "ha tay", "province 28 Hà Tây" },
	};
	app_store t = app_small(state);
	int failed = 0;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[200];
		app_forget(&t);
		snprintf(text, sizeof text, "index,year,unit_code,unit_name,score,note\nPCI,%d,%s,%s,1,%d\n", cases[i].year,
			cases[i].code, cases[i].name, (int)i);
		enum err e = app_import(&t, "results", text, NULL, NULL);
		const char *got = e ? (t.c->n_faults ? said(&t.c->faults[0]) : "?") : stored(&t, cases[i].year);
		if (strcmp(got, cases[i].want) != 0) {
			failed++;
			fprintf(stderr, "# %d %s %s: want %s, got %s\n", cases[i].year, cases[i].code, cases[i].name, cases[i].want, got);
		}
	}
	assert_int_equal(failed, 0);
	app_free(&t);
}

/* A name that contradicts its code is refused, and not taken for either. */
static void test_name_against_code(void **state)
{
	app_store t = app_small(state);
	assert_int_equal(app_import(&t, "results", "index,year,unit_code,unit_name,score\nPCI,2024,15,Lào Cai,1\n", NULL, NULL), ERR_INPUT);
	assert_string_equal(t.c->faults[0].key, "import.name_code");
	assert_int_equal(t.c->faults[0].at.column, 3);
	assert_string_equal(app_z(&t, t.c->faults[0].value), "Lào Cai");
	app_forget(&t);
	/* Another spelling and the words before a name are no contradiction. */
	OK(app_import(&t, "results", "index,year,unit_code,unit_name,score\nPCI,2024,79,TP.HCM,1\nPCI,2024,66,Tỉnh Đắc Lắc,1\n", NULL, NULL));
	app_free(&t);
}

static void test_ambiguous_name(void **state)
{
	app_store t = app_small(state);
	OK(app_import(&t, "communes", "code,name,province_code\n9001,Hòa An,01\n9002,Hòa An,04\n9003,Hoà Ân,04\n", NULL, NULL));
	struct import_options opt = { .level = "commune" };
	assert_int_equal(app_import(&t, "results", "index,year,unit_name,score\nPCI,2025,Xã Hòa An,1\n", &opt, NULL), ERR_INPUT);
	assert_string_equal(t.c->faults[0].key, "import.many_units");
	app_forget(&t);
	OK(app_import(&t, "results", "index,year,unit_name,score\nPCI,2025,Hòa Ân,1\n", &opt, NULL)); /* its marks tell it apart */
	assert_string_equal(stored(&t, 2025), "commune 9003 Hoà Ân");
	app_free(&t);
}

/* A country's row stands beside the provinces and not among them. */
static void test_country(void **state)
{
	app_store t = app_small(state);
	OK(app_import(&t, "results", "index,year,unit_code,unit_name,score,rank\nSIPAS,2024,VN,Cả nước,83.94,\nSIPAS,2024,31,Hải Phòng,90.5,1\n", NULL, NULL));
	struct league l;
	OK(result_league(t.c, &t.app, STR("sipas"), 2024, STR(""), &l));
	assert_int_equal(l.n, 1);
	assert_string_equal(app_z(&t, l.p[0].unit_name), "Hải Phòng");
	app_free(&t);
}

/* ---- a pasted national table ---- */

static void test_pasted_table(void **state)
{
	app_store t = app_small(state);
	struct import_report report;
	struct import_options opt = { .index = "PAR INDEX", .year = "2025", .csv.delimiter = ';' };
	const char *text = "\xEF\xBB\xBFrank;unit_name;score\r\n1;TP Hải Phòng;96.17\r\n2;\"Quảng Ninh\";95.5\r\n\r\n3;Thành phố Huế;90\r\n";
	OK(app_import(&t, "results", text, &opt, &report));
	assert_int_equal(report.rows, 3);
	assert_int_equal(report.changed, 3);
	struct league l;
	OK(result_league(t.c, &t.app, STR("par-index"), 2025, STR(""), &l));
	assert_int_equal(l.n, 3);
	assert_string_equal(app_dec(l.p[0].score), "96.17");
	assert_int_equal(l.p[2].rank, 3);
	assert_string_equal(app_z(&t, l.p[0].status), "not verified");
	assert_string_equal(app_z(&t, l.p[0].rank_kind), "published");
	assert_false(l.complete);
	assert_int_equal(l.expected, 34);
	/* The columns win over the options. */
	app_forget(&t);
	OK(app_import(&t, "results", "index,year,series,unit_name,score\nPAPI,2024,D3,Huế,5\n",
		&(struct import_options){ .index = "PCI", .year = "2020", .series = "D1" }, &report));
	assert_int_equal(
		app_count(&t, "SELECT COUNT(*) FROM result WHERE index_code = 'PAPI' AND year = 2024 AND series = 'D3'"), 1);
	/* The same text for another year is another file. */
	OK(app_import(&t, "results", text, &(struct import_options){ .index = "PAR INDEX", .year = "2026", .csv.delimiter = ';' }, &report));
	assert_false(report.known);
	assert_int_equal(report.changed, 3);
	app_forget(&t);
	assert_int_equal(app_import(&t, "results", text,
				 &(struct import_options){ .index = "PAR INDEX", .year = "soon", .csv.delimiter = ';' }, &report),
		ERR_INPUT);
	assert_int_equal(t.c->n_errors, 3);
	app_free(&t);
}

/* A row that has a note and no figures says something of the unit; a rank may come without score. */
static void test_rows_without_figures(void **state)
{
	app_store t = app_small(state);
	OK(app_import(&t, "results",
		"index,year,unit_name,score,rank,note\nSIPAS,2024,Huế,,,trong năm đơn vị cuối bảng\nSIPAS,2024,Hà Nội,,10,\n", NULL,
		NULL));
	struct league l;
	OK(result_league(t.c, &t.app, STR("sipas"), 2024, STR(""), &l));
	assert_int_equal(l.n, 2);
	assert_int_equal(l.scored, 0);
	assert_int_equal(l.ranked, 1);
	assert_int_equal(l.p[0].rank, 10);
	assert_false(l.p[1].score.there);
	assert_string_equal(app_z(&t, l.p[1].note), "trong năm đơn vị cuối bảng");
	app_free(&t);
}

/* ---- again ---- */

static void test_same_file_twice(void **state)
{
	app_store t = app_small(state);
	const char *text = "index,year,unit_name,score,rank\nPCI,2024,Hà Nội,70,3\nPCI,2024,Huế,71.5,2\n";
	struct import_report report;
	OK(app_import(&t, "results", text, NULL, &report));
	assert_int_equal(report.changed, 2);
	int64_t imports = app_count(&t, "SELECT COUNT(*) FROM import");
	OK(app_import(&t, "results", text, NULL, &report));
	assert_true(report.known);
	assert_int_equal(report.changed, 0);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM import"), imports);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM result"), 2);
	/* The same rows from another file are an import, but no new revisions. */
	OK(import_bytes(t.c, &t.app, STR("results"), STR("g.csv"), str_of(text), &(struct import_options){ 0 }, &report));
	assert_false(report.known);
	assert_int_equal(report.changed, 0);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM result"), 2);
	app_free(&t);
}

static void test_corrected_figure(void **state)
{
	app_store t = app_small(state);
	struct import_report report;
	db_standing_list old;
	db_unit u;
	OK(app_import(&t, "results", "index,year,unit_name,score,rank\nPCI,2024,Hà Nội,70,3\nPCI,2024,Huế,71.5,2\n", NULL, NULL));
	OK(app_import(&t, "results", "index,year,unit_name,score,rank\nPCI,2024,Hà Nội,70.25,3\nPCI,2024,Huế,71.50,2\n", NULL, &report));
	assert_int_equal(report.rows, 2);
	assert_int_equal(report.changed, 1); /* 71.50 is 71.5 */
	struct league l;
	OK(result_league(t.c, &t.app, STR("pci"), 2024, STR(""), &l));
	assert_int_equal(l.n, 2);
	assert_string_equal(app_dec(l.p[1].score), "70.25");
	db_conn *k = store_reader(t.s);
	OK(db_unit_at(t.c, k, STR("province"), STR("01"), 19800, &u));
	OK(db_result_revisions(t.c, k, STR("PCI"), 2024, u.id, STR("total"), &old));
	db_release(k);
	assert_int_equal(old.n, 2);
	assert_int_equal(old.p[0].r.revision, 2);
	assert_int_equal(old.p[1].r.revision, 1);
	assert_true(dec_eq(old.p[1].r.score.v, dec_int(70)));
	app_free(&t);
}

/* Units are corrected in place; a second look at the same changes nothing. */
static void test_units_again(void **state)
{
	app_store t = app_small(state);
	struct import_report report;
	const char *text = "level,code,name,type,valid_from\nward,7,Một,phường,2025-07-01\nward,8,Hai,phường,2025-07-01\n";
	OK(app_import(&t, "units", text, NULL, &report));
	assert_int_equal(report.changed, 2);
	OK(app_import(&t, "units", "level,code,name,type,valid_from\nward,7,Một mới,phường,2025-07-01\nward,8,Hai,phường,2025-07-01\n", NULL, &report));
	assert_int_equal(report.changed, 1);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM unit WHERE level = 'ward'"), 2);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM unit_word w JOIN unit u ON u.id = w.unit_id WHERE u.level = 'ward' AND w.word = 'moi'"), 1);
	app_free(&t);
}

static void test_holidays_again(void **state)
{
	app_store t = app_small(state);
	struct import_report report;
	OK(app_import(&t, "holidays", "date,name,kind,source_kind,status\n2027-01-01,Tết Dương lịch,holiday,law,verified\n", NULL,
		&report));
	OK(app_import(&t, "holidays",
		"date,name,kind,source_kind,status\n2027-01-01,Tết Dương lịch,holiday,law,verified\n2027-01-04,Bù,swap_off,law,verified\n",
		NULL, &report));
	assert_int_equal(report.changed, 1);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM holiday"), 2);
	app_free(&t);
}

/* ---- measures ---- */

static void test_measures(void **state)
{
	app_store t = app_small(state);
	struct import_report report;
	const char *text =
		"unit,measure,period,numerator,denominator,value,status,reason,source,as_of\n"
		"Hà Nội,a,2024,1,2,0.5,,,s,2025-01-31\nHà Nội,b,2024,,,true,ok,,,\nHà Nội,c,2024,,,,na,không có,,\nHà Nội,d,2024-Q1,,,2024-03-01,,,,\n"
		"Hà Nội,e,2024,,,,missing,,,\n";
	OK(app_import(&t, "measures", text, NULL, &report));
	assert_int_equal(report.changed, 5);
	OK(app_import(&t, "measures", text, &(struct import_options){ .stage = "self" }, &report)); /* another stage: another figure */
	assert_int_equal(report.changed, 5);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM measure_current WHERE stage = 'self'"), 5);
	OK(app_import(&t, "measures", "unit,measure,period,numerator,denominator,value\nHà Nội,a,2024,2,2,1\n", NULL, &report));
	assert_int_equal(report.changed, 1);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM measure_value WHERE measure = 'a' AND stage = 'appraised'"), 2);
	assert_int_equal(app_count(&t, "SELECT MAX(revision) FROM measure_current WHERE measure = 'a' AND stage = 'appraised'"), 2);
	app_free(&t);
}

/* Events of one measure and period are told apart by their order; for other measures a second row is a mistake. */
static void test_measures_doubled(void **state)
{
	app_store t = app_small(state);
	app_load(&t, "edition", "method/par-index-province-illustrative.csv");
	struct import_report report;
	OK(app_import(&t, "measures",
		"unit,measure,period,value,as_of\nHà Nội,free_event,2024,1,2024-02-01\nHà Nội,free_event,2024,1,2024-03-01\n", NULL,
		&report));
	assert_int_equal(report.changed, 2);
	app_forget(&t);
	assert_int_equal(
		app_import(&t, "measures",
			"unit,measure,period,numerator,denominator,value\nHà Nội,on_time_rate_province,2024,1,2,0.5\nHà Nội,on_time_rate_province,2024,2,2,1\n",
			NULL, &report),
		ERR_INPUT);
	assert_string_equal(t.c->faults[0].key, "import.measure_twice");
	assert_int_equal(t.c->faults[0].at.line, 3);
	assert_int_equal(t.c->faults[0].at.column, 2);
	app_free(&t);
}

#define ALL(ON) \
	ON(test_wrong_cells), ON(test_words), ON(test_all_faults_at_once), ON(test_unknown_kind), ON(test_files), ON(test_names), ON(test_name_against_code), \
		ON(test_ambiguous_name), ON(test_country), ON(test_pasted_table), ON(test_rows_without_figures), ON(test_same_file_twice), \
		ON(test_corrected_figure), ON(test_units_again), ON(test_holidays_again), ON(test_measures), ON(test_measures_doubled)

int main(void)
{
	const struct CMUnitTest sqlite[] = { ALL(ON_SQLITE) };
	const struct CMUnitTest pg[] = { ALL(ON_PG) };
	return RUN_ON_BOTH("import", sqlite, pg);
}
