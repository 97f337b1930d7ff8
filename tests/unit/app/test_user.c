/* Accounts, roles over subtrees and groups, delegation; the audit chain and what breaks it. */
#include <pthread.h>
#include "app/filled.h"
#include "app/audit.h"
#include "app/key.h"
#include "app/right.h"
#include "app/user.h"
#include "app/user_book.h"
#include "base/po.h"
#include "db/audit.h"
#include "db/user.h"

#define HEAD "login,name,title,email,phone,unit_level,unit_code,unit_name,role,scope_level,scope_code\n"

static const struct actor root = { .login = { "cli", 3 }, .system = true };

static app_store people(void **state)
{
	app_store t = app_empty(state);
	app_load(&t, "units", "method/packs/units.csv");
	app_load(&t, "units", "method/demo/units.csv");
	app_load(&t, "roles", "method/packs/roles.csv");
	app_load(&t, "rights", "method/packs/role_rights.csv");
	t.c->now_ms = INT64_C(1790000000000); /* 2026-09-21 */
	t.app.has_key = true;
	memset(t.app.key, 7, sizeof t.app.key);
	return t;
}

static int64_t add(app_store *t, const char *login, const char *name, const char *unit)
{
	struct user u = { .login = str_of(login), .name = str_of(name), .level = STR("sample-department"), .unit_code = str_of(unit) };
	OK(user_add(t->c, &t->app, &root, &u));
	return u.id;
}

static void give(app_store *t, int64_t id, const char *role, const char *level, const char *code)
{
	OK(user_grant(t->c, &t->app, &root, id, &(struct user_grant){ .role = str_of(role), .level = str_of(level), .unit_code = str_of(code) }));
}

static struct actor actor(app_store *t, int64_t id)
{
	struct actor who;
	OK(user_actor(t->c, &t->app, id, &who));
	return who;
}

static int64_t unit(app_store *t, const char *level, const char *code)
{
	db_unit u;
	db_conn *k = store_reader(t->s);
	OK(db_unit_at(t->c, k, str_of(level), str_of(code), date_of_ms(t->c->now_ms), &u));
	db_release(k);
	return u.id;
}

static bool may(app_store *t, const struct actor *who, const char *noun, const char *verb, int64_t unit_id)
{
	enum err e = actor_may(t->c, &t->app, who, noun, verb, unit_id);
	assert_true(e == ERR_OK || e == ERR_DENIED);
	if (e)
		assert_string_equal(store_last_fault(t->s), "actor.denied");
	app_forget(t);
	return e == ERR_OK;
}

static void test_accounts(void **state)
{
	app_store t = people(state);
	struct user u = { .login = STR(" Van.A "), .name = STR("Nguyễn Văn Á"), .level = STR("sample-department"), .unit_code = STR("TM-SO-02"),
		.email = STR("Van.A@Tinh.VN") };
	OK(user_add(t.c, &t.app, &root, &u));
	struct user got;
	OK(user_by_login(t.c, &t.app, STR("VAN.a"), &got));
	assert_string_equal(app_z(&t, got.login), "van.a");
	assert_string_equal(app_z(&t, got.email), "van.a@tinh.vn");
	assert_string_equal(app_z(&t, got.unit_name), "Sở Nội vụ");
	assert_false(got.has_password);
	struct user twice = u;
	assert_int_equal(user_add(t.c, &t.app, &root, &twice), ERR_CONFLICT);
	assert_string_equal(store_last_fault(t.s), "user.login_taken");
	struct user bad = { .login = STR("x y"), .name = STR("X") };
	assert_int_equal(user_add(t.c, &t.app, &root, &bad), ERR_INPUT);
	bad = (struct user){ .login = STR("xy"), .name = STR(""), .email = STR("a@b"), .phone = STR("12"), .level = STR("province"), .unit_code = STR("99") };
	app_forget(&t);
	assert_int_equal(user_add(t.c, &t.app, &root, &bad), ERR_INPUT);
	assert_int_equal(t.c->n_errors, 4); /* name, email, phone, unit */
	app_forget(&t);
	app_free(&t);
}

/* Somebody who may see the accounts of six units sees those of six units, and of no other. */
static void test_many_places(void **state)
{
	app_store t = people(state);
	static const char *const units[] = { "TM-SO-01", "TM-SO-03", "TM-SO-04", "TM-SO-05", "TM-SO-06", "TM-SO-08", "TM-SO-09" };
	int64_t chief = add(&t, "chief", "Chánh", "TM-SO-01");
	for (int i = 0; i < 7; i++) {
		char login[8];
		snprintf(login, sizeof login, "u%d", i);
		add(&t, login, "Người", units[i]);
		if (i < 6)
			give(&t, chief, "leader", "sample-department", units[i]);
	}
	struct actor who = actor(&t, chief);
	struct user_list l;
	OK(user_list(t.c, &t.app, &who, &(struct user_query){ .limit = 50 }, &l));
	assert_int_equal(l.total, 7); /* six, and himself */
	for (size_t i = 0; i < l.n; i++)
		assert_string_not_equal(app_z(&t, l.p[i].login), "u6");
	app_free(&t);
}

static void test_roles(void **state)
{
	app_store t = people(state);
	str rights[] = { STR("score.view"), STR("survey.view") };
	struct role_info r = { .code = STR("guest"), .name_vi = STR("Khách"), .name_en = STR("Guest"), .rights = rights, .n_rights = 1 };
	int64_t id = add(&t, "khach", "Khách", "TM-SO-04");
	struct actor nobody = { .user_id = id };
	assert_int_equal(role_put(t.c, &t.app, &root, &r, false), ERR_NOTFOUND);
	assert_int_equal(role_put(t.c, &t.app, &nobody, &r, true), ERR_DENIED);
	app_forget(&t);
	OK(role_put(t.c, &t.app, &root, &r, true));
	assert_int_equal(role_put(t.c, &t.app, &root, &r, true), ERR_CONFLICT);
	app_forget(&t);
	give(&t, id, "guest", "", "");
	struct actor who = actor(&t, id);
	assert_true(may(&t, &who, "score", "view", 0) && !may(&t, &who, "survey", "view", 0));
	r.rights = rights + 1;
	OK(role_put(t.c, &t.app, &root, &r, false));
	who = actor(&t, id);
	assert_true(!may(&t, &who, "score", "view", 0) && may(&t, &who, "survey", "view", 0));
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM audit_entry WHERE what = 'role.edit' AND detail = '+survey.view -score.view'"), 1);
	r.n_rights = 0;
	OK(role_put(t.c, &t.app, &root, &r, false));
	who = actor(&t, id);
	assert_false(may(&t, &who, "survey", "view", 0));
	r = (struct role_info){ .code = STR("administrator"), .name_vi = STR("Quản trị viên"), .rights = rights, .n_rights = 2 };
	assert_int_equal(role_put(t.c, &t.app, &root, &r, false), ERR_INPUT);
	assert_string_equal(store_last_fault(t.s), "role.keeps");
	rights[0] = STR("score view");
	r.code = STR("guest");
	assert_int_equal(role_put(t.c, &t.app, &root, &r, false), ERR_INPUT);
	assert_string_equal(store_last_fault(t.s), "role.right");
	app_forget(&t);
	app_free(&t);
}

/* Looking at a table of accounts writes nothing, and says what it would do. */
static void test_look(void **state)
{
	app_store t = people(state);
	struct import_looks l = { 0 };
	struct import_options opt = { .look = &l };
	add(&t, "co.san", "Có Sẵn", "TM-SO-04");
	OK(app_import(&t, "users",
		HEAD "co.san,Có Sẵn,,,,sample-department,TM-SO-04,,unit_head,,\nmoi,Mới,,,,sample-department,TM-SO-05,,coordinator,*,\n", &opt, NULL));
	assert_int_equal(l.n, 2);
	assert_true(l.p[0].is == LOOK_CHANGED && l.p[1].is == LOOK_NEW && l.p[1].line == 3);
	assert_string_equal(app_z(&t, l.p[0].more[2]), "sample-department/TM-SO-04");
	assert_string_equal(app_z(&t, l.p[1].more[0]), "Sở Công Thương");
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM account"), 1);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM account_grant"), 0);
	assert_int_equal(app_import(&t, "users", HEAD "moi,Mới,,sai,,sample-department,TM-SO-99,,x,,\n", &opt, NULL), ERR_INPUT);
	app_forget(&t);
	app_free(&t);
}

static void test_subtrees(void **state)
{
	app_store t = people(state);
	int64_t officer = add(&t, "cb", "Trần B", "TM-SO-04"), lead = add(&t, "ld", "Lê C", "TM-SO-01"), wide = add(&t, "dp", "Đỗ D", "TM-SO-02");
	give(&t, officer, "unit_officer", "sample-department", "TM-SO-04");
	give(&t, lead, "leader", "sample-province", "TM");
	give(&t, wide, "coordinator", "", "");
	struct actor o = actor(&t, officer), l = actor(&t, lead), w = actor(&t, wide), nobody = { 0 };
	int64_t own = unit(&t, "sample-department", "TM-SO-04"), other = unit(&t, "sample-department", "TM-SO-05");
	int64_t commune = unit(&t, "sample-commune", "TM-XA-01"), real = unit(&t, "province", "38");
	assert_true(may(&t, &o, "score", "fill", own));
	assert_false(may(&t, &o, "score", "fill", other));
	assert_false(may(&t, &o, "score", "submit", own)); /* that is the head's */
	assert_true(may(&t, &o, "score", "fill", 0));
	assert_true(may(&t, &l, "score", "view", commune)); /* below the province */
	assert_false(may(&t, &l, "score", "view", real));
	assert_true(may(&t, &w, "score", "publish", real)); /* all units, and "score.*" */
	assert_false(may(&t, &w, "user", "add", 0));
	assert_false(may(&t, &nobody, "round", "view", 0));
	assert_true(may(&t, &root, "anything", "at_all", commune));
	/* A role has its days. */
	OK(user_grant(t.c, &t.app, &root, officer, &(struct user_grant){ .role = STR("unit_officer"), .level = STR("sample-department"),
		.unit_code = STR("TM-SO-04"), .from = date_of_ms(t.c->now_ms) - 9, .to = date_of_ms(t.c->now_ms) - 1 }));
	o = actor(&t, officer);
	assert_false(may(&t, &o, "score", "fill", own));
	app_free(&t);
}

static void test_groups(void **state)
{
	app_store t = people(state);
	int64_t id = add(&t, "tt", "Vũ E", "TM-SO-02");
	OK(group_put(t.c, &t.app, &root, &(struct group_info){ .code = STR("khoi-1"), .name = STR("Khối thi đua 1") },
		STR("sample-department/TM-SO-04; Sở Công Thương\nsample-commune/TM-XA-02")));
	struct group_info g;
	OK(group_get(t.c, &t.app, STR("khoi-1"), &g));
	assert_int_equal(g.n, 3);
	give(&t, id, "appraiser", "group", "khoi-1");
	struct actor who = actor(&t, id);
	assert_true(may(&t, &who, "score", "appraise", unit(&t, "sample-department", "TM-SO-05")));
	assert_true(may(&t, &who, "score", "appraise", unit(&t, "sample-commune", "TM-XA-02")));
	assert_false(may(&t, &who, "score", "appraise", unit(&t, "sample-department", "TM-SO-06")));
	assert_int_equal(group_put(t.c, &t.app, &root, &(struct group_info){ .code = STR("k2"), .name = STR("K") }, STR("Sở Không Có")), ERR_INPUT);
	app_forget(&t);
	static const char *const rows =
		"group,name,unit_level,unit_code,unit_name\n"
		"khoi-1,Khối 1,sample-department,TM-SO-06,\nkhoi-2,Khối 2,sample-department,,Sở Công Thương\nkhoi-1,,sample-commune,TM-XA-02,\n";
	OK(app_import(&t, "groups", rows, NULL, NULL)); /* these and no others */
	OK(group_get(t.c, &t.app, STR("khoi-1"), &g));
	assert_int_equal(g.n, 2);
	assert_string_equal(app_z(&t, g.name), "Khối 1");
	who = actor(&t, id);
	assert_false(may(&t, &who, "score", "appraise", unit(&t, "sample-department", "TM-SO-05")));
	assert_true(may(&t, &who, "score", "appraise", unit(&t, "sample-department", "TM-SO-06")));
	static const char *const wrong[] = { "Khối 3,K,sample-department,TM-SO-06,", "k3,,sample-department,TM-SO-06,", "k3,K,sample-department,TM-SO-99,",
		"k3,K,sample-department,,", "k3,K,sample-department,TM-SO-06,\nk3,K,sample-department,TM-SO-06," };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		app_forget(&t);
		str text = arena_printf(t.c->mem, "group,name,unit_level,unit_code,unit_name\n%s\n", wrong[i]);
		assert_int_equal(app_import(&t, "groups", text.p, NULL, NULL), ERR_INPUT);
	}
	app_forget(&t);
	OK(group_drop(t.c, &t.app, &root, STR("khoi-1")));
	who = actor(&t, id);
	assert_int_equal(who.n_grants, 0);
	app_free(&t);
}

static void test_delegation(void **state)
{
	app_store t = people(state);
	int64_t head = add(&t, "tp", "Phạm G", "TM-SO-04"), deputy = add(&t, "pp", "Bùi H", "TM-SO-04"), third = add(&t, "xx", "Hồ I", "TM-SO-05");
	int64_t own = unit(&t, "sample-department", "TM-SO-04");
	day now = date_of_ms(t.c->now_ms);
	give(&t, head, "unit_head", "sample-department", "TM-SO-04");
	give(&t, head, "administrator", "", "");
	struct actor h = actor(&t, head), d = actor(&t, deputy), x = actor(&t, third);
	assert_false(may(&t, &d, "score", "submit", own));
	struct delegation del = { .from_id = head, .to_id = deputy, .from = now, .until = now + 6, .reason = STR("Đi công tác") };
	assert_int_equal(delegation_add(t.c, &t.app, &x, &del), ERR_DENIED); /* not for others */
	app_forget(&t);
	OK(delegation_add(t.c, &t.app, &h, &del));
	d = actor(&t, deputy);
	assert_true(may(&t, &d, "score", "submit", own));
	assert_true(actor_behalf(&d, STR("score.submit")) == head);
	assert_false(may(&t, &d, "user", "add", 0)); /* administration does not go along */
	/* Nor does it go a second step. */
	OK(delegation_add(t.c, &t.app, &d, &(struct delegation){ .from_id = deputy, .to_id = third, .from = now, .until = now, .reason = STR("Nghỉ") }));
	x = actor(&t, third);
	assert_int_equal(x.n_grants, 0);
	t.c->now_ms += INT64_C(7) * DAY_MS;
	d = actor(&t, deputy);
	assert_int_equal(d.n_grants, 0);
	t.c->now_ms -= INT64_C(7) * DAY_MS;
	struct delegation_list list;
	OK(delegation_list(t.c, &t.app, head, &list));
	assert_int_equal(list.n, 1);
	assert_true(list.p[0].now);
	OK(delegation_end(t.c, &t.app, &h, list.p[0].id));
	d = actor(&t, deputy);
	assert_int_equal(d.n_grants, 0);
	/* Wrong ones. */
	del.to_id = head;
	assert_int_equal(delegation_add(t.c, &t.app, &h, &del), ERR_INPUT);
	del = (struct delegation){ .from_id = head, .to_id = deputy, .from = now, .until = now - 1, .reason = STR("x") };
	assert_int_equal(delegation_add(t.c, &t.app, &h, &del), ERR_INPUT);
	app_free(&t);
}

static void test_administrators(void **state)
{
	app_store t = people(state);
	int64_t one = add(&t, "qt1", "Quản Trị 1", "TM-SO-02"), local = add(&t, "qt2", "Quản Trị 2", "TM-SO-04");
	struct user_letters letters;
	give(&t, one, "administrator", "", "");
	give(&t, local, "administrator", "sample-department", "TM-SO-04");
	OK(user_letters(t.c, &t.app, &root, NULL, 0, &letters));
	assert_int_equal(letters.n, 2);
	assert_int_equal(letters.p[0].password.len, 14);
	assert_int_equal(user_enable(t.c, &t.app, &root, one, false), ERR_CONFLICT);
	assert_string_equal(store_last_fault(t.s), "user.last_administrator");
	assert_int_equal(user_revoke(t.c, &t.app, &root, one, STR("administrator"), STR(""), STR("")), ERR_CONFLICT);
	app_forget(&t);
	/* An administrator of a department: its accounts, and roles within it. */
	struct actor l = actor(&t, local);
	struct user u = { .login = STR("moi"), .name = STR("Mới"), .level = STR("sample-department"), .unit_code = STR("TM-SO-04") };
	OK(user_add(t.c, &t.app, &l, &u));
	OK(user_grant(t.c, &t.app, &l, u.id, &(struct user_grant){ .role = STR("unit_officer"), .level = u.level, .unit_code = u.unit_code }));
	assert_int_equal(user_grant(t.c, &t.app, &l, u.id, &(struct user_grant){ .role = STR("coordinator") }), ERR_DENIED);
	assert_int_equal(user_grant(t.c, &t.app, &l, one,
				 &(struct user_grant){ .role = STR("unit_officer"), .level = u.level, .unit_code = u.unit_code }),
		ERR_DENIED);
	assert_int_equal(user_enable(t.c, &t.app, &l, one, false), ERR_DENIED);
	u.unit_code = STR("TM-SO-05");
	assert_int_equal(user_edit(t.c, &t.app, &l, &u), ERR_DENIED); /* nor pushes them elsewhere */
	OK(user_letters(t.c, &t.app, &l, NULL, 0, &letters));
	assert_int_equal(letters.n, 1);
	/* He sees his department's accounts, and the root of all sees all. */
	struct user_list list;
	OK(user_list(t.c, &t.app, &l, &(struct user_query){ .limit = 10 }, &list));
	assert_int_equal(list.total, 2);
	OK(user_list(t.c, &t.app, &root, &(struct user_query){ .limit = 10 }, &list));
	assert_int_equal(list.total, 3);
	app_free(&t);
}

/* The form for accounts: a workbook that the import reads; for who may load accounts. */
static void test_book(void **state)
{
	app_store t = people(state);
	struct import_report report;
	struct import_options opt = { .actor = "cli" };
	str bytes;
	struct actor officer = actor(&t, add(&t, "binh", "Người Một", "TM-SO-05"));
	assert_int_equal(user_book(t.c, &t.app, &officer, &bytes), ERR_DENIED);
	app_forget(&t);
	OK(user_book(t.c, &t.app, &root, &bytes));
	assert_true(bytes.len > 4000 && str_starts(bytes, STR("PK")));
	OK(import_bytes(t.c, &t.app, STR("users"), STR("mau.xlsx"), bytes, &opt, &report)); /* nobody stands in it yet */
	assert_int_equal(report.changed, 0);
	app_free(&t);
}

static void test_import(void **state)
{
	app_store t = people(state);
	struct import_report r;
	OK(app_import(&t, "users",
		HEAD "vx1,Võ Xuân,Chuyên viên,vx1@tinh.vn,0912 345 678,sample-department,,Sở Tài chính,unit_officer,,\n"
		     "vx2,Hà Thu,,,,sample-department,TM-SO-02,,coordinator,*,\n", NULL, &r));
	assert_int_equal(r.changed, 2);
	struct user u;
	OK(user_by_login(t.c, &t.app, STR("vx2"), &u));
	assert_int_equal(u.n_grants, 1);
	assert_int_equal(u.grants[0].level.len, 0);
	assert_int_equal(
		app_import(&t, "users",
			HEAD
			"a b,,,x,1,sample-department,TM-SO-99,,nobody,,\nvx9,Y,,,,sample-department,TM-SO-02,,,,\nvx9,Z,,,,sample-department,TM-SO-02,,,,\n",
			NULL, &r),
		ERR_INPUT);
	assert_true(t.c->n_errors >= 5);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM account"), 2);
	app_free(&t);
}

/* ---- the chain ---- */

static void run(app_store *t, const char *sql)
{
	db_conn *k = store_writer(t->s);
	OK(db_exec(t->c, k, sql, DB_NONE, NULL));
	db_release(k);
}

static enum audit_break state_of(app_store *t, str anchors, struct audit_state *out)
{
	OK(audit_verify(t->c, &t->app, anchors, out));
	return out->broken;
}

static app_store with_chain(void **state)
{
	app_store t = people(state);
	for (int i = 0; i < 6; i++)
		add(&t, arena_printf(t.c->mem, "u%d0", i).p, "Ai", "TM-SO-02");
	return t;
}

static void test_chain(void **state)
{
	/* What is done to a whole chain, and what is found. */
	static const struct { const char *sql; enum audit_break found; int64_t seq; } cases[] = {
		{ "UPDATE audit_entry SET detail = 'x' WHERE seq = 3", AUDIT_CONTENT, 3 },
		{ "UPDATE audit_entry SET object = 'user:1' WHERE seq = 4", AUDIT_CONTENT, 4 },
		{ "UPDATE audit_entry SET at = at + 1 WHERE seq = 2", AUDIT_CHANGED, 2 },
		{ "UPDATE audit_entry SET actor = 'x' WHERE seq = 2", AUDIT_CHANGED, 2 },
		{ "UPDATE audit_entry SET account_id = 9 WHERE seq = 6", AUDIT_CHANGED, 6 },
		{ "UPDATE audit_entry SET hash = content_hash WHERE seq = 5", AUDIT_CHANGED, 5 },
		{ "DELETE FROM audit_entry WHERE seq = 1", AUDIT_MISSING, 1 },
		{ "DELETE FROM audit_entry WHERE seq = 3 OR seq = 4", AUDIT_MISSING, 3 },
		{ "DELETE FROM audit_entry WHERE seq = 6", AUDIT_TAIL, 6 }, { "DELETE FROM audit_entry", AUDIT_TAIL, 1 },
		{ "INSERT INTO audit_entry SELECT 7, at, account_id,"
		  " behalf_id, actor, what, object, detail, salt, content_hash, hash FROM audit_entry WHERE seq = 6",
			AUDIT_CHANGED, 7 },
		{ "INSERT INTO audit_entry SELECT 0, at, account_id,"
		  " behalf_id, actor, what, object, detail, salt, content_hash, hash FROM audit_entry WHERE seq = 6",
			AUDIT_INSERTED, 0 },
		{ "UPDATE audit_entry SET object = NULL, detail = NULL, salt = NULL WHERE seq = 3", AUDIT_WHOLE,
			0 }, /* erased by right */
	};
	app_store t = with_chain(state);
	struct audit_state s;
	assert_int_equal(state_of(&t, STR(""), &s), AUDIT_WHOLE);
	assert_int_equal(s.entries, 6);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		run(&t, "CREATE TABLE kept AS SELECT * FROM audit_entry");
		run(&t, cases[i].sql);
		enum audit_break found = state_of(&t, STR(""), &s);
		if (found != cases[i].found || s.seq != cases[i].seq)
			fprintf(stderr, "# %s: %d at %lld\n", cases[i].sql, found, (long long)s.seq);
		assert_int_equal(found, cases[i].found);
		assert_int_equal(s.seq, cases[i].seq);
		run(&t, "DELETE FROM audit_entry");
		run(&t, "INSERT INTO audit_entry SELECT * FROM kept");
		run(&t, "DROP TABLE kept");
	}
	assert_int_equal(state_of(&t, STR(""), &s), AUDIT_WHOLE);
	app_free(&t);
}

static str file_text(app_store *t, const char *path)
{
	char *text = arena_alloc(t->c->mem, 65536);
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	size_t n = fread(text, 1, 65535, f);
	fclose(f);
	return (str){ text, n };
}

static void test_anchors(void **state)
{
	app_store t = with_chain(state);
	struct audit_state s;
	bool written;
	const char *path = arena_printf(t.c->mem, "%s/a.anchor", t.s->dir).p;
	OK(audit_anchor_write(t.c, &t.app, path, &written));
	assert_true(written);
	OK(audit_anchor_write(t.c, &t.app, path, &written));
	assert_false(written);
	add(&t, "u70", "Ai", "TM-SO-02");
	OK(audit_anchor_write(t.c, &t.app, path, &written));
	str anchors = file_text(&t, path);
	assert_int_equal(state_of(&t, anchors, &s), AUDIT_WHOLE);
	assert_int_equal(s.anchors, 2);
	assert_int_equal(s.anchor_seq, 7);
	assert_true(s.key_known);
	/* A tail that was cut with its head and its anchors in the database: only the file knows. */
	run(&t, "DELETE FROM audit_entry WHERE seq > 5");
	run(&t, "UPDATE audit_head SET seq = 5, hash = (SELECT hash FROM audit_entry WHERE seq = 5)");
	run(&t, "DELETE FROM audit_anchor");
	assert_int_equal(state_of(&t, STR(""), &s), AUDIT_WHOLE);
	assert_int_equal(state_of(&t, anchors, &s), AUDIT_TAIL);
	assert_int_equal(s.seq, 6);
	/* Grown again: whole in itself, and another one than was signed. */
	add(&t, "u80", "Ai", "TM-SO-02");
	add(&t, "u90", "Ai", "TM-SO-02");
	assert_int_equal(state_of(&t, STR(""), &s), AUDIT_WHOLE);
	assert_int_equal(state_of(&t, anchors, &s), AUDIT_ANCHOR);
	assert_int_equal(s.seq, 6);
	/* Signed by somebody else. */
	memset(t.app.key, 8, sizeof t.app.key);
	assert_int_equal(state_of(&t, anchors, &s), AUDIT_SIGNATURE);
	assert_int_equal(audit_verify(t.c, &t.app, STR("thuocdo-anchor x"), &s), ERR_INPUT);
	app_free(&t);
}

/* Two writers at once: one after the other, none lost. */
struct two {
	app_store *t;
	int from;
};

static void *writer(void *arg)
{
	const struct two *w = arg;
	cx *c = cx_new(0);
	c->now_ms = w->t->c->now_ms;
	for (int i = 0; i < 20; i++) {
		struct user u = { .login = arena_printf(c->mem, "w%d-%d", w->from, i), .name = STR("Ai") };
		enum err e = user_add(c, &w->t->app, &root, &u);
		while (e == ERR_BUSY)
			e = user_add(c, &w->t->app, &root, &u);
		assert_int_equal(e, ERR_OK);
	}
	cx_free(c);
	return NULL;
}

static void test_two_writers(void **state)
{
	app_store t = people(state);
	pthread_t thread[2];
	struct two w[2] = { { &t, 1 }, { &t, 2 } };
	struct audit_state s;
	t.s->quiet = true;
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, writer, &w[i]), 0);
	for (int i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	assert_int_equal(state_of(&t, STR(""), &s), AUDIT_WHOLE);
	assert_int_equal(s.entries, 40);
	app_free(&t);
}

static void test_erase_and_read(void **state)
{
	app_store t = with_chain(state);
	struct audit_list list;
	struct audit_state s;
	OK(audit_erase(t.c, &t.app, &root, 2));
	assert_int_equal(state_of(&t, STR(""), &s), AUDIT_WHOLE);
	assert_int_equal(s.erased, 1);
	OK(audit_list(t.c, &t.app, &(struct audit_query){ .what = STR("user"), .limit = 4 }, &list));
	assert_int_equal(list.n, 4);
	assert_true(list.more);
	assert_int_equal(list.p[0].seq, 6);
	OK(audit_list(t.c, &t.app, &(struct audit_query){ .login = STR("cli"), .what = STR("audit.erase"), .limit = 4 }, &list));
	assert_int_equal(list.n, 1);
	OK(audit_list(t.c, &t.app, &(struct audit_query){ .from = 1, .to = 20000, .limit = 4 }, &list));
	assert_int_equal(list.n, 0);
	struct actor nobody = { 0 };
	assert_int_equal(audit_erase(t.c, &t.app, &nobody, 3), ERR_DENIED);
	app_free(&t);
}

/* Each right has words for people, in both languages. */
static void test_words_of_rights(void **state)
{
	(void)state;
	for (const struct right_noun *n = right_nouns; n->noun; n++) {
		char key[80];
		str rest = str_of(n->verbs), verb;
		for (int lang = 0; lang < LANGS; lang++) {
			snprintf(key, sizeof key, "right_noun.%s", n->noun);
			assert_string_not_equal(po_text(key, (enum lang)lang), key);
		}
		while (str_next(&rest, ' ', &verb))
			for (int lang = 0; lang < LANGS; lang++) {
				snprintf(key, sizeof key, "right_verb.%.*s", STR_ARG(verb));
				assert_string_not_equal(po_text(key, (enum lang)lang), key);
			}
	}
}

int main(void)
{
	const struct CMUnitTest sqlite[] = { ON_SQLITE(test_accounts), ON_SQLITE(test_subtrees), ON_SQLITE(test_groups),
		ON_SQLITE(test_delegation), ON_SQLITE(test_administrators), ON_SQLITE(test_book), ON_SQLITE(test_import),
		ON_SQLITE(test_chain), ON_SQLITE(test_anchors), ON_SQLITE(test_two_writers), ON_SQLITE(test_erase_and_read),
		ON_SQLITE(test_many_places), ON_SQLITE(test_roles), ON_SQLITE(test_look),
		cmocka_unit_test(test_words_of_rights) };
	const struct CMUnitTest pg[] = { ON_PG(test_accounts), ON_PG(test_subtrees), ON_PG(test_groups), ON_PG(test_delegation),
		ON_PG(test_administrators), ON_PG(test_book), ON_PG(test_import), ON_PG(test_chain), ON_PG(test_anchors), ON_PG(test_two_writers),
		ON_PG(test_erase_and_read), ON_PG(test_many_places), ON_PG(test_roles), ON_PG(test_look) };
	return RUN_ON_BOTH("user", sqlite, pg);
}
