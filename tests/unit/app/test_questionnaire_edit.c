/* Drafts of questionnaires: begun, changed row by row, checked with faults at their rows, put in force as the next version. */
#include "app/filled.h"
#include "app/audit.h"
#include "app/questionnaire_edit.h"

static const struct actor officer = { .login = { "dieuphoi", 8 }, .name = { "Trần Phối", 13 }, .system = true };
static const struct actor nobody = { .login = { "khach", 5 } };

static app_store with_form(void **state)
{
	app_store t = app_empty(state);
	app_load(&t, "questionnaire", "method/questionnaires/mot-cua-minh-hoa.csv");
	t.c->now_ms = INT64_C(1790000000000);
	return t;
}

static void begin(app_store *t, const char *code, const char *from, const char *bytes)
{
	struct form_begin x = { .code = str_of(code), .from = str_of(from), .file = STR("q.csv"), .bytes = str_of(bytes) };
	OK(form_draft_begin(t->c, &t->app, &officer, &x));
}

static struct form_draft opened(app_store *t, const char *code)
{
	struct form_draft d;
	OK(form_draft_open(t->c, &t->app, &officer, str_of(code), &d));
	return d;
}

static int row_of(const struct form_draft *d, const char *kind, const char *code)
{
	for (size_t i = 0; i < d->rows.n; i++)
		if (str_is(d->rows.p[i].cell[QUESTIONNAIRE_CODE], code) && str_is(d->rows.p[i].cell[QUESTIONNAIRE_KIND], kind))
			return (int)i;
	fail_msg("no %s %s", kind, code);
	return -1;
}

/* Codes of a kind of rows, in their order. */
static void order(const struct form_draft *d, const char *wanted)
{
	buf b;
	buf_init(&b, 0);
	for (size_t i = 0; i < d->rows.n; i++) {
		str kind = d->rows.p[i].cell[QUESTIONNAIRE_KIND];
		if (kind.len && !str_is(kind, "list") && !str_is(kind, "option") && !str_is(kind, "factor"))
			buf_printf(&b, "%.*s ", STR_ARG(d->rows.p[i].cell[QUESTIONNAIRE_CODE]));
	}
	if (!str_is(buf_str(&b), wanted))
		print_error("got %.*s\n", STR_ARG(buf_str(&b)));
	assert_true(str_is(buf_str(&b), wanted));
	buf_free(&b);
}

static enum err edit(app_store *t, const char *code, enum form_do what, int row, const struct form_row *cells)
{
	struct form_draft d = opened(t, code);
	struct form_edit e = { .revision = d.revision, .what = what, .row = row };
	if (cells)
		memcpy(e.cell, cells->cell, sizeof e.cell);
	return form_draft_edit(t->c, &t->app, &officer, str_of(code), &e);
}

static void test_copy_and_force(void **state)
{
	app_store t = with_form(state);
	struct questionnaire_info old, new;
	int version = 0;
	begin(&t, "mot-cua-minh-hoa", "mot-cua-minh-hoa", "");
	struct form_draft d = opened(&t, "mot-cua-minh-hoa");
	OK(questionnaire_get(t.c, &t.app, STR("mot-cua-minh-hoa"), 0, &old));
	assert_true(str_eq(form_rows_text(t.c, &d.rows), old.text)); /* the very same */
	assert_true(d.q && d.n_faults == 0 && d.n_asked == 12 && d.base == 1);
	/* without a change it is no new version */
	OK(form_draft_force(t.c, &t.app, &officer, d.code, d.revision, &version));
	assert_int_equal(version, 1);
	begin(&t, "mot-cua-minh-hoa", "mot-cua-minh-hoa", "");
	d = opened(&t, "mot-cua-minh-hoa");
	struct form_row r = d.rows.p[row_of(&d, "single", "A1")];
	r.cell[QUESTIONNAIRE_TEXT_VI] = STR("Mấy lần?");
	OK(edit(&t, "mot-cua-minh-hoa", FORM_SET, row_of(&d, "single", "A1"), &r));
	assert_int_equal(form_draft_force(t.c, &t.app, &officer, d.code, d.revision, &version), ERR_CONFLICT); /* of an older revision */
	d = opened(&t, "mot-cua-minh-hoa");
	OK(form_draft_force(t.c, &t.app, &officer, d.code, d.revision, &version));
	assert_int_equal(version, 2);
	OK(questionnaire_get(t.c, &t.app, STR("mot-cua-minh-hoa"), 2, &new));
	OK(questionnaire_get(t.c, &t.app, STR("mot-cua-minh-hoa"), 1, &old));
	assert_true(str_is(new.q->items.p[questionnaire_find(new.q, STR("A1"))].text[LANG_VI], "Mấy lần?"));
	assert_false(str_eq(old.text, new.text));
	app_forget(&t);
	assert_int_equal(form_draft_open(t.c, &t.app, &officer, STR("mot-cua-minh-hoa"), &d), ERR_NOTFOUND);
	app_free(&t);
}

static void test_rows(void **state)
{
	app_store t = with_form(state);
	const char *code = "thu";
	begin(&t, code, "",
		"code,parent,kind,text_vi,list,factor\n@name,,,Thử,,\nl,,list,,,\n1,l,option,Một,,\n2,l,option,Hai,,\nF,,factor,Chung,,\n"
		"P,,section,Phần,,\nG,P,group,Nhóm,,\nG.1,G,single,Câu,l,F\nG.2,G,single,Câu,l,F\nA,P,text,Chữ,,\nQ,,section,Hai,,\nB,Q,number,Số,,\n");
	struct form_draft d = opened(&t, code);
	order(&d, "P G G.1 G.2 A Q B ");
	OK(edit(&t, code, FORM_UP, row_of(&d, "section", "Q"), NULL)); /* with what is below it */
	d = opened(&t, code);
	order(&d, "Q B P G G.1 G.2 A ");
	OK(edit(&t, code, FORM_DOWN, row_of(&d, "group", "G"), NULL));
	d = opened(&t, code);
	order(&d, "Q B P A G G.1 G.2 ");
	OK(edit(&t, code, FORM_DOWN, row_of(&d, "single", "G.2"), NULL)); /* the last one stays */
	struct form_row item = { .cell = { [QUESTIONNAIRE_CODE] = STR("A2"), [QUESTIONNAIRE_PARENT] = STR("Q"), [QUESTIONNAIRE_KIND] = STR("date"),
					 [QUESTIONNAIRE_TEXT_VI] = STR("Ngày") } };
	OK(edit(&t, code, FORM_ADD, 0, &item));
	d = opened(&t, code);
	order(&d, "Q B A2 P A G G.1 G.2 ");
	assert_int_equal(d.n_faults, 0);
	/* a changed code is changed where rows name it */
	struct form_row list = d.rows.p[row_of(&d, "list", "l")], factor = d.rows.p[row_of(&d, "factor", "F")], group = d.rows.p[row_of(&d, "group", "G")];
	list.cell[QUESTIONNAIRE_CODE] = STR("muc");
	OK(edit(&t, code, FORM_SET, row_of(&d, "list", "l"), &list));
	factor.cell[QUESTIONNAIRE_CODE] = STR("YT");
	OK(edit(&t, code, FORM_SET, row_of(&d, "factor", "F"), &factor));
	group.cell[QUESTIONNAIRE_CODE] = STR("N");
	OK(edit(&t, code, FORM_SET, row_of(&d, "group", "G"), &group));
	d = opened(&t, code);
	assert_int_equal(d.n_faults, 0);
	OK(edit(&t, code, FORM_DROP, row_of(&d, "group", "N"), NULL)); /* and its items */
	d = opened(&t, code);
	order(&d, "Q B A2 P A ");
	assert_int_equal(edit(&t, code, FORM_DROP, 999, NULL), ERR_CONFLICT);
	app_free(&t);
}

static void test_faults_at_their_rows(void **state)
{
	app_store t = with_form(state);
	int version;
	begin(&t, "moi", "", "");
	struct form_draft d = opened(&t, "moi");
	assert_true(d.n_faults == 1 && d.faults[0].row == -1); /* no question yet */
	struct form_row item = { .cell = { [QUESTIONNAIRE_CODE] = STR("A"), [QUESTIONNAIRE_PARENT] = STR("P1"), [QUESTIONNAIRE_KIND] = STR("single"),
					 [QUESTIONNAIRE_TEXT_VI] = STR("Hỏi"), [QUESTIONNAIRE_LIST] = STR("khong"), [QUESTIONNAIRE_SHOW_IF] = STR("Z = ") } };
	OK(edit(&t, "moi", FORM_ADD, 0, &item));
	d = opened(&t, "moi");
	assert_int_equal(d.n_faults, 2);
	for (int i = 0; i < d.n_faults; i++)
		assert_int_equal(d.faults[i].row, row_of(&d, "single", "A"));
	assert_int_equal(d.faults[0].column, QUESTIONNAIRE_LIST);
	assert_true(d.faults[1].column == QUESTIONNAIRE_SHOW_IF && d.faults[1].f.at.offset > 0);
	assert_int_equal(form_draft_force(t.c, &t.app, &officer, d.code, d.revision, &version), ERR_INPUT);
	assert_string_equal(store_last_fault(t.s), "form_draft.faulty");
	OK(form_draft_drop(t.c, &t.app, &officer, d.code));
	app_forget(&t);
	assert_int_equal(form_draft_open(t.c, &t.app, &officer, STR("moi"), &d), ERR_NOTFOUND);
	app_free(&t);
}

static void test_who_and_twice(void **state)
{
	app_store t = with_form(state);
	struct form_drafts list;
	struct form_begin x = { .code = STR("mot-cua-minh-hoa"), .from = STR("mot-cua-minh-hoa") };
	assert_int_equal(form_draft_begin(t.c, &t.app, &nobody, &x), ERR_DENIED);
	OK(form_draft_begin(t.c, &t.app, &officer, &x));
	app_forget(&t);
	assert_int_equal(form_draft_begin(t.c, &t.app, &officer, &x), ERR_CONFLICT);
	assert_string_equal(store_last_fault(t.s), "form_draft.there");
	x.code = STR("Mã xấu");
	assert_int_equal(form_draft_begin(t.c, &t.app, &officer, &x), ERR_INPUT);
	x = (struct form_begin){ .code = STR("tep"), .file = STR("x.csv"), .bytes = STR("code,kind\n1,list\n") };
	assert_int_equal(form_draft_begin(t.c, &t.app, &officer, &x), ERR_INPUT);
	OK(form_drafts_all(t.c, &t.app, &officer, &list));
	assert_true(list.n == 1 && str_is(list.p[0].changed_by, "Trần Phối") && list.p[0].n_asked == 12);
	app_free(&t);
}

#define ALL(ON) ON(test_copy_and_force), ON(test_rows), ON(test_faults_at_their_rows), ON(test_who_and_twice)

int main(void)
{
	const struct CMUnitTest sqlite[] = { ALL(ON_SQLITE) };
	const struct CMUnitTest pg[] = { ALL(ON_PG) };
	return RUN_ON_BOTH("questionnaire_edit", sqlite, pg);
}
