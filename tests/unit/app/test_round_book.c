/* A unit's sheet as a workbook: out, filled in by hand, back with faults by cell, preview and conflicts. On both databases. */
#include "app/filled.h"
#include "app/round_book.h"
#include "app/round_flow.h"
#include "app/round_setup.h"
#include "base/vec.h"
#include "format/xlsx.h"
#include "format/xlsx_write.h"

static const char edition[] =
	"code,parent,name_vi,max,by,rule,owner,na\n@name,,\"Bộ thử (minh họa)\",,,,,\n@level,,department,,,,,\n"
	"T,,Bộ thử,8,sum,,,\n"
	"1,T,Một,6,sum,,,\n"
	"1.1,1,Kế hoạch,2,self,if plan_done >= 1 then max else plan_done * max,Phòng A,ask\n"
	"1.2,1,Xin lỗi,2,self,apology_rate * max,Phòng A,reduce\n"
	"1.3,1,Doanh nghiệp,2,self,if new_enterprises > 10 then max else 0,Phòng B,ask\n"
	"2,T,Đúng hạn,2,self,on_time_rate * max,Phòng B,ask\n";

static struct actor boss;
static const str round_code = { "thu-2025", 8 }, unit_code = { "tm-so-05", 8 };

static app_store opened(void **state)
{
	static const str units[] = { { "TM-SO-05", 8 }, { "TM-SO-06", 8 } };
	app_store t = app_empty(state);
	struct round_new x = { .code = round_code, .name_vi = STR("Đợt thử 2025"), .name_en = STR("Trial"), .edition = STR("thu"),
		.level = STR("sample-department"), .period = STR("2025"), .kind = STR("down"), .units = units, .n_units = 2 };
	boss = actor_system("Lê Quang Vinh");
	app_load(&t, "units", "method/packs/units.csv");
	app_load(&t, "units", "method/demo/units.csv");
	app_load(&t, "catalogue", "method/measures.csv");
	OK(app_import(&t, "edition", edition, &(struct import_options){ .code = "thu" }, NULL));
	OK(app_import(&t, "measures",
		"unit,measure,period,numerator,denominator,value,source,as_of\nSở Công Thương,on_time_rate,2025,970,1000,,Một cửa,2025-12-31\n",
		&(struct import_options){ .level = "sample-department", .stage = "counted" }, NULL));
	t.c->now_ms = INT64_C(1767924000000); /* 2026-01-09 09:00 in Việt Nam */
	date_make(2026, 1, 5, &x.opens_on);
	date_make(2026, 1, 20, &x.self_due);
	date_make(2026, 2, 10, &x.appraise_due);
	date_make(2026, 2, 27, &x.explain_due);
	date_make(2026, 3, 20, &x.final_due);
	OK(round_create(t.c, &t.app, &boss, &x));
	OK(round_do(t.c, &t.app, &boss, round_code, STR("open"), STR("")));
	return t;
}

static str written(app_store *t)
{
	struct entry_sheet s;
	str bytes;
	OK(entry_load(t->c, &t->app, &boss, round_code, unit_code, &s));
	OK(book_write(t->c, &s, &bytes));
	return bytes;
}

/* ---- a person with a spreadsheet ---- */

enum { COLUMNS = 15 };

struct page {
	VEC(str *) rows; /* COLUMNS cells each; the first is the heading */
	str about[3][2];
};

static struct page opened_by_hand(app_store *t, str bytes)
{
	cx *c = t->c;
	struct page p = { 0 };
	table_source s;
	table_row r;
	for (int page = 0; page < 2; page++) {
		xlsx *x = xlsx_open(c, STR("b"), bytes, NULL);
		assert_true(x && xlsx_table(x, page ? STR("Thông tin") : STR("Phiếu"), &s));
		for (int n = 0; s.next(s.ctx, &r); n++) {
			str *row = NEW_ARRAY(c->mem, str, COLUMNS);
			for (int i = 0; i < COLUMNS; i++)
				row[i] = i < r.n ? arena_str(c->mem, r.cell[i]) : STR("");
			if (!page)
				*VEC_PUSH(c->mem, &p.rows) = row;
			else if (n)
				memcpy(p.about[n - 1], row, sizeof p.about[0]);
		}
		s.close(s.ctx);
	}
	return p;
}

static str saved_by_hand(app_store *t, const struct page *p)
{
	struct sheet_column *k = NEW_ARRAY(t->c->mem, struct sheet_column, COLUMNS);
	static const struct sheet_column about[] = { { .heading = "key" }, { .heading = "value" } };
	str bytes = { 0 };
	for (int i = 0; i < COLUMNS; i++)
		k[i].heading = p->rows.p[0][i].p;
	xlsx_out *o = xlsx_out_open(t->c, STR(""));
	xlsx_out_sheet(o, &(struct sheet_layout){ .name = STR("Phiếu"), .columns = k, .n = COLUMNS });
	for (size_t i = 1; i < p->rows.n; i++)
		xlsx_out_row(o, p->rows.p[i], COLUMNS, 0);
	xlsx_out_sheet(o, &(struct sheet_layout){ .name = STR("Thông tin"), .columns = about, .n = 2 });
	for (int i = 0; i < 3; i++)
		xlsx_out_row(o, p->about[i], 2, 0);
	OK(xlsx_out_end(o, &bytes));
	return bytes;
}

/* The row of a figure by its key; *line is its number in the sheet. */
static str *row_of(struct page *p, const char *key, int64_t *line)
{
	for (size_t i = 1; i < p->rows.n; i++)
		if (str_is(p->rows.p[i][13], key)) {
			if (line)
				*line = (int64_t)i + 1;
			return p->rows.p[i];
		}
	fail_msg("no row %s", key);
	return NULL;
}

static enum err read_book(app_store *t, str bytes, struct book *out)
{
	app_forget(t);
	return book_read(t->c, &t->app, &boss, round_code, unit_code, STR("phieu.xlsx"), bytes, out);
}

static void test_unchanged(void **state)
{
	app_store t = opened(state);
	struct book b;
	str bytes = written(&t);
	assert_true(str_eq(bytes, written(&t)));
	OK(read_book(&t, bytes, &b));
	assert_int_equal(b.n, 0);
	assert_int_equal(b.rows, 8);
	struct page p = opened_by_hand(&t, bytes);
	OK(read_book(&t, saved_by_hand(&t, &p), &b));
	assert_int_equal(b.n, 0);
	app_free(&t);
}

static void test_filled_in(void **state)
{
	app_store t = opened(state);
	struct book b;
	struct entry_saved out;
	struct page p = opened_by_hand(&t, written(&t));
	str *row = row_of(&p, "plan_done/now/0", NULL);
	row[4] = STR("22");
	row[5] = STR("25");
	row_of(&p, "new_enterprises/now/0", NULL)[6] = STR("1.082,5");
	row_of(&p, "#1.2", NULL)[11] = STR("08 hồ sơ còn chờ xác nhận");
	row = row_of(&p, "apology_rate/now/0", NULL);
	row[7] = STR("na");
	row[8] = STR("Không phát sinh");
	str bytes = saved_by_hand(&t, &p);
	OK(read_book(&t, bytes, &b));
	assert_int_equal(b.n, 4);
	assert_int_equal(b.conflicts, 0);
	assert_true(str_is(b.p[0].now, "22/25") && str_is(b.p[0].old, ""));
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM round_entry"), 0); /* a preview writes nothing */
	OK(book_save(t.c, &t.app, &boss, round_code, unit_code, &b, &out));
	assert_int_equal(out.saved, 4);
	struct entry_sheet s;
	OK(entry_load(t.c, &t.app, &boss, round_code, unit_code, &s));
	OK(read_book(&t, written(&t), &b)); /* what is written now says the same */
	assert_int_equal(b.n, 0);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM round_entry WHERE value = '1082.5' AND origin = 'file'"), 1);
	/* The same file again: what it brings is there already, but as a later revision. Nothing is lost, nothing doubled. */
	OK(read_book(&t, bytes, &b));
	OK(book_save(t.c, &t.app, &boss, round_code, unit_code, &b, &out));
	assert_int_equal(out.saved, 0);
	app_free(&t);
}

static void test_faults_by_cell(void **state)
{
	static const struct {
		const char *key;
		int column;
		const char *text, *fault;
		int at; /* 0: the same column */
	} cases[] = {
		{ "plan_done/now/0", 5, "hai mươi", "book.number", 0 },
		{ "plan_done/now/0", 5, "-1", "book.number", 0 },
		{ "plan_done/now/0", 5, "5", "book.half", 6 },
		{ "plan_done/now/0", 8, "được", "book.wrong_status", 0 },
		{ "plan_done/now/0", 8, "na", "book.no_reason", 9 },
		{ "plan_done/now/0", 11, "31/13/2025", "book.not_day", 0 },
		{ "on_time_rate/now/0", 5, "999", "book.override", 9 },
		{ "plan_done/now/0", 14, "other/now/0", "book.key", 0 },
		{ "plan_done/now/0", 14, "apology_rate/now/0", "book.twice", 0 },
	};
	app_store t = opened(state);
	struct book b;
	str bytes = written(&t);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct page p = opened_by_hand(&t, bytes);
		int64_t line;
		str *row = row_of(&p, cases[i].key, &line);
		row[cases[i].column - 1] = str_of(cases[i].text);
		assert_int_equal(read_book(&t, saved_by_hand(&t, &p), &b), ERR_INPUT);
		const fault *f = &t.c->faults[0];
		assert_string_equal(f->key, cases[i].fault);
		if (strcmp(f->key, "book.twice") != 0)
			assert_int_equal(f->at.line, line);
		assert_int_equal(f->at.column, cases[i].at ? cases[i].at : cases[i].column);
		assert_true(str_is(f->at.sheet, "Phiếu"));
	}
	app_free(&t);
}

/* Somebody else changed a figure while the file was away: theirs stays, the other changes are saved. */
static void test_conflict(void **state)
{
	app_store t = opened(state);
	struct book b;
	struct entry_saved out;
	struct page p = opened_by_hand(&t, written(&t));
	str *row = row_of(&p, "plan_done/now/0", NULL);
	row[4] = STR("20");
	row[5] = STR("25");
	row_of(&p, "new_enterprises/now/0", NULL)[6] = STR("12");
	struct entry_change theirs[] = { { .measure = STR("plan_done"), .numerator = STR("22"), .denominator = STR("25") },
		{ .measure = STR("apology_rate"), .numerator = STR("1"), .denominator = STR("2") } };
	OK(entry_save(t.c, &t.app, &boss, round_code, unit_code, theirs, 2, &out));
	OK(read_book(&t, saved_by_hand(&t, &p), &b));
	assert_int_equal(b.n, 2); /* what the file did not touch is no change, whatever others did */
	assert_int_equal(b.conflicts, 1);
	assert_true(b.p[0].conflict && str_is(b.p[0].old, "22/25") && str_is(b.p[0].now, "20/25"));
	OK(book_save(t.c, &t.app, &boss, round_code, unit_code, &b, &out));
	assert_int_equal(out.saved, 1);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM round_entry WHERE numerator = '20'"), 0);
	app_free(&t);
}

static void test_other_sheet(void **state)
{
	app_store t = opened(state);
	struct book b;
	str bytes = written(&t);
	app_forget(&t);
	assert_int_equal(book_read(t.c, &t.app, &boss, round_code, STR("tm-so-06"), STR("p.xlsx"), bytes, &b), ERR_INPUT);
	assert_string_equal(t.c->faults[0].key, "book.other_unit");
	assert_int_equal(read_book(&t, STR("a,b\n1,2\n"), &b), ERR_INPUT);
	struct page p = opened_by_hand(&t, bytes);
	p.about[0][1] = STR("thu-2024");
	assert_int_equal(read_book(&t, saved_by_hand(&t, &p), &b), ERR_INPUT);
	assert_string_equal(t.c->faults[0].key, "book.other_round");
	app_free(&t);
}

#define ALL(ON) ON(test_unchanged), ON(test_filled_in), ON(test_faults_by_cell), ON(test_conflict), ON(test_other_sheet)

int main(void)
{
	const struct CMUnitTest sqlite[] = { ALL(ON_SQLITE) };
	const struct CMUnitTest pg[] = { ALL(ON_PG) };
	return RUN_ON_BOTH("round_book", sqlite, pg);
}
