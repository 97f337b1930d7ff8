/* Drafts of criteria sets: begun, changed row by row, checked, kept whatever is wrong with them; what the audit says of each change. */
#include "app/filled.h"
#include "app/audit.h"
#include "app/edition.h"
#include "app/edition_edit.h"
#include "app/edition_text.h"

static const struct actor officer = { .login = { "dieuphoi", 8 }, .name = { "Lê Phối", 9 }, .system = true };
static const struct actor nobody = { .login = { "khach", 5 } };

static app_store with_set(void **state)
{
	app_store t = app_empty(state);
	struct import_report report;
	struct import_options opt = { .code = "xa" };
	app_load(&t, "catalogue", "method/measures.csv");
	OK(import_file(t.c, &t.app, STR("edition"), "method/xa-illustrative.csv", &opt, &report));
	t.c->now_ms = INT64_C(1790000000000);
	app_forget(&t);
	return t;
}

static int64_t copy_of(app_store *t, const char *code)
{
	struct edition_version_list list;
	int64_t id;
	OK(edition_versions(t->c, &t->app, &list));
	assert_int_equal(list.n, 1);
	OK(draft_add(t->c, &t->app, &officer, &(struct draft_new){ .code = str_of(code), .base_id = list.p[0].id }, &id));
	return id;
}

static int64_t from_text(app_store *t, const char *text)
{
	int64_t id;
	OK(draft_add(t->c, &t->app, &officer, &(struct draft_new){ .code = STR("thu"), .file = STR("thu.csv"), .bytes = str_of(text) }, &id));
	return id;
}

static struct draft opened(app_store *t, int64_t id)
{
	struct draft d;
	OK(draft_open(t->c, &t->app, &officer, id, &d));
	return d;
}

static const struct edition_row *row(const struct draft *d, const char *code)
{
	int i = edition_rows_code(&d->rows, str_of(code));
	assert_true(i >= 0);
	return &d->rows.p[i];
}

#define SMALL \
	"code,parent,name_vi,max,by,rule\n@name,,Thử,,,\nT,,Thử,3,sum,\n1,T,Một,2,self,m * max\n2,T,Hai,1,self,n * max\n"

static void test_copy(void **state)
{
	app_store t = with_set(state);
	int64_t id = copy_of(&t, "xa");
	struct draft d = opened(&t, id);
	str text, name;
	OK(edition_csv(t.c, &t.app, STR("xa"), &text, &name));
	assert_true(str_eq(text, edition_rows_text(t.c, &d.rows))); /* the same set, in the same order */
	assert_int_equal(d.n_errors, 0);
	assert_true(str_eq(d.name, name));
	assert_int_equal(draft_open(t.c, &t.app, &nobody, id, &d), ERR_DENIED);
	app_forget(&t);
	assert_int_equal(draft_add(t.c, &t.app, &officer, &(struct draft_new){ .code = STR("Xã") }, &id), ERR_INPUT);
	assert_string_equal(store_last_fault(t.s), "edit.code_of_set_bad");
	app_free(&t);
}

/* Faults in cells are kept and told at their rows; nothing is lost. */
static void test_faulty_table(void **state)
{
	app_store t = with_set(state);
	int64_t id = from_text(&t,
		"code,parent,name_vi,max,by,rule\n@name,,Thử,,,\nT,,Thử,3,sum,\n1,T,Một,\"2,5\",self,if m then\n"
		"1,T,,1,self,m\n9,8,X,1,self,m\n");
	struct draft d = opened(&t, id);
	assert_int_equal(d.rows.n, 5);
	assert_true(d.n_errors >= 4);
	int bad = edition_rows_code(&d.rows, STR("1"));
	assert_true(d.row_errors[bad] >= 2);
	assert_string_equal(app_z(&t, row(&d, "1")->cell[TREE_MAX]), "2,5");
	bool told = false;
	for (size_t i = 0; i < d.n_faults; i++)
		told |= strcmp(d.faults[i].f.key, "edition.no_parent") == 0 && str_is(d.rows.p[d.faults[i].row].cell[TREE_CODE], "9");
	assert_true(told);
	assert_int_equal(t.c->n_errors, 0); /* they are the draft's, not the request's */
	struct draft_brief_list list;
	OK(draft_list(t.c, &t.app, &officer, &list));
	assert_int_equal(list.p[0].n_faults, d.n_errors);
	app_free(&t);
}

static void save(app_store *t, int64_t id, const char *code, enum tree_column column, const char *value, enum err want)
{
	struct draft d = opened(t, id);
	const struct edition_row *r = row(&d, code);
	str cells[TREE_COLUMNS];
	int64_t key = r->key;
	memcpy(cells, r->cell, sizeof cells);
	cells[column] = str_of(value);
	assert_int_equal(draft_put_row(t->c, &t->app, &officer, id, &key, edition_row_mark(t->c, r), cells), want);
}

static void test_rows(void **state)
{
	app_store t = with_set(state);
	int64_t id = from_text(&t, SMALL);
	save(&t, id, "2", TREE_MAX, "2", ERR_OK);
	struct draft d = opened(&t, id);
	assert_int_equal(d.n_errors, 1);
	assert_string_equal(d.faults[0].f.key, "edition.maxima");
	save(&t, id, "T", TREE_MAX, "4", ERR_OK);
	save(&t, id, "T", TREE_CODE, "GOC", ERR_OK); /* those below follow */
	d = opened(&t, id);
	assert_int_equal(d.n_errors, 0);
	assert_true(str_is(row(&d, "1")->cell[TREE_PARENT], "GOC"));
	/* a new row below 1, whose rule has to go */
	str cells[TREE_COLUMNS];
	for (int i = 0; i < TREE_COLUMNS; i++)
		cells[i] = STR("");
	cells[TREE_CODE] = STR("1.1");
	cells[TREE_PARENT] = STR("1");
	cells[TREE_NAME_VI] = STR("Một một\r\nhai dòng");
	cells[TREE_MAX] = STR("2");
	cells[TREE_BY] = STR("self");
	cells[TREE_RULE] = STR("m * max");
	int64_t key = 0;
	OK(draft_put_row(t.c, &t.app, &officer, id, &key, STR(""), cells));
	assert_true(key > 0);
	d = opened(&t, id);
	assert_string_equal(app_z(&t, row(&d, "1.1")->cell[TREE_NAME_VI]), "Một một\nhai dòng");
	assert_string_equal(d.faults[0].f.key, "edition.rule_and_children");
	/* a row cannot hang below itself */
	save(&t, id, "1", TREE_PARENT, "1.1", ERR_INPUT);
	assert_string_equal(store_last_fault(t.s), "edit.parent_below");
	app_forget(&t);
	save(&t, id, "1", TREE_CODE, "@1", ERR_INPUT);
	app_forget(&t);
	OK(draft_drop_row(t.c, &t.app, &officer, id, row(&d, "1")->key));
	d = opened(&t, id);
	assert_int_equal(edition_rows_code(&d.rows, STR("1.1")), -1);
	assert_int_equal(draft_drop_row(t.c, &t.app, &officer, id, key), ERR_CONFLICT);
	app_free(&t);
}

static str order(app_store *t, int64_t id)
{
	struct draft d = opened(t, id);
	buf b;
	buf_init(&b, 0);
	for (size_t i = 0; i < d.rows.n; i++)
		buf_printf(&b, "%.*s ", STR_ARG(d.rows.p[i].cell[TREE_CODE]));
	str s = arena_str(t->c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static void move(app_store *t, int64_t id, const char *code, bool up)
{
	struct draft d = opened(t, id);
	OK(draft_move_row(t->c, &t->app, &officer, id, row(&d, code)->key, up));
}

static void test_moves(void **state)
{
	app_store t = with_set(state);
	int64_t id = from_text(&t,
		"code,parent,name_vi,max,by,rule\n1.1,1,A,1,self,m\n@name,,Thử,,,\n"
		"2,T,Hai,1,sum,\nT,,Thử,3,sum,\n1,T,Một,2,sum,\n2.1,2,B,1,self,m\n3,T,Ba,0,self,m\n");
	assert_string_equal(order(&t, id).p, "@name T 2 2.1 1 1.1 3 ");
	move(&t, id, "1", true);
	assert_string_equal(order(&t, id).p, "@name T 1 1.1 2 2.1 3 ");
	move(&t, id, "1", true); /* the first stays */
	move(&t, id, "3", false);
	move(&t, id, "T", true);
	assert_string_equal(order(&t, id).p, "@name T 1 1.1 2 2.1 3 ");
	move(&t, id, "1", false);
	move(&t, id, "1", false);
	assert_string_equal(order(&t, id).p, "@name T 2 2.1 3 1 1.1 ");
	app_free(&t);
}

/* Two people on one row: the second is told; on different rows both are saved. */
static void test_two_people(void **state)
{
	app_store t = with_set(state);
	int64_t id = from_text(&t, SMALL), one, two;
	struct draft d = opened(&t, id);
	const struct edition_row *a = row(&d, "1"), *b = row(&d, "2");
	str cells[TREE_COLUMNS], others[TREE_COLUMNS];
	memcpy(cells, a->cell, sizeof cells);
	memcpy(others, b->cell, sizeof others);
	one = a->key;
	two = b->key;
	str mark = edition_row_mark(t.c, a), other_mark = edition_row_mark(t.c, b);
	cells[TREE_NOTE] = STR("của người thứ nhất");
	OK(draft_put_row(t.c, &t.app, &officer, id, &one, mark, cells));
	others[TREE_NOTE] = STR("dòng khác");
	OK(draft_put_row(t.c, &t.app, &officer, id, &two, other_mark, others));
	cells[TREE_NOTE] = STR("của người thứ hai");
	assert_int_equal(draft_put_row(t.c, &t.app, &officer, id, &one, mark, cells), ERR_CONFLICT);
	assert_string_equal(store_last_fault(t.s), "edit.changed_by_other");
	d = opened(&t, id);
	assert_string_equal(app_z(&t, row(&d, "1")->cell[TREE_NOTE]), "của người thứ nhất");
	assert_string_equal(app_z(&t, row(&d, "2")->cell[TREE_NOTE]), "dòng khác");
	app_free(&t);
}

static void test_settings(void **state)
{
	app_store t = with_set(state);
	int64_t id = from_text(&t, SMALL "@lạ,,x,,,\n");
	struct draft d = opened(&t, id);
	struct draft_setting s[EDITION_SETTINGS];
	draft_get_settings(&d.rows, s);
	assert_string_equal(app_z(&t, s[0].value), "Thử");
	s[0].value = STR("Tên mới");
	s[0].value_en = STR("New name");
	s[1].value = STR("commune");
	s[4].value = STR("component hai");
	str mark = draft_settings_mark(t.c, &d.rows);
	OK(draft_set(t.c, &t.app, &officer, id, mark, s));
	assert_int_equal(draft_set(t.c, &t.app, &officer, id, mark, s), ERR_CONFLICT);
	app_forget(&t);
	d = opened(&t, id);
	assert_string_equal(app_z(&t, d.name), "Tên mới");
	assert_int_equal(d.n_errors, 2); /* the unknown setting, and the rounding */
	OK(draft_drop_row(t.c, &t.app, &officer, id, row(&d, "@lạ")->key));
	s[4].value = STR("");
	OK(draft_set(t.c, &t.app, &officer, id, draft_settings_mark(t.c, &d.rows), s));
	d = opened(&t, id);
	assert_int_equal(d.n_errors, 0);
	assert_int_equal(edition_rows_code(&d.rows, STR("@round")), -1);
	app_free(&t);
}

static void test_audit(void **state)
{
	app_store t = with_set(state);
	t.app.has_key = true;
	int64_t id = from_text(&t, SMALL);
	save(&t, id, "1", TREE_MAX, "1.5", ERR_OK);
	OK(draft_drop(t.c, &t.app, &officer, id));
	assert_int_equal(draft_drop(t.c, &t.app, &officer, id), ERR_CONFLICT);
	struct audit_list list = { 0 };
	OK(audit_list(t.c, &t.app, &(struct audit_query){ .object = STR("edition thu"), .limit = 9 }, &list));
	assert_int_equal(list.n, 3);
	assert_string_equal(app_z(&t, list.p[0].what), "edition.drop_draft");
	assert_string_equal(app_z(&t, list.p[1].detail), "{\"row\":\"1\",\"old\":{\"max\":\"2\"},\"new\":{\"max\":\"1.5\"}}");
	app_forget(&t);
	save(&t, id, "1", TREE_MAX, "1", ERR_CONFLICT); /* it has ended */
	assert_string_equal(store_last_fault(t.s), "edit.ended");
	app_free(&t);
}

#define ALL(ON) \
	ON(test_copy), ON(test_faulty_table), ON(test_rows), ON(test_moves), ON(test_two_people), ON(test_settings), ON(test_audit)

int main(void)
{
	const struct CMUnitTest sqlite[] = { ALL(ON_SQLITE) };
	const struct CMUnitTest pg[] = { ALL(ON_PG) };
	return RUN_ON_BOTH("edition_edit", sqlite, pg);
}
