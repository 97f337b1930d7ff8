/* Putting drafts in force: versions and their days, a replacement with old and new codes, rounds that go over, what is refused. */
#include "app/filled.h"
#include "app/edition.h"
#include "app/edition_force.h"
#include "app/edition_rule.h"
#include "app/edition_source.h"
#include "app/round_entry.h"
#include "app/round_flow.h"
#include "app/round_setup.h"
#include "db/edition.h"
#include "db/round.h"
#include "db/round_fact.h"
#include "format/package.h"

static const struct actor officer = { .login = { "dieuphoi", 8 }, .name = { "Lê Phối", 9 }, .system = true };
static const struct actor reader = { .login = { "khach", 5 } };

#define SET(a, b, rule) \
	"code,parent,name_vi,max,by,rule\n@name,,Thử (minh họa),,,\n@level,,sample-department,,,\nT,,Thử,3,sum,\n" a ",T,Một,2,self," rule "\n" b \
	",T,Hai,1,self,n * max\n"

static app_store with_round(void **state)
{
	app_store t = app_empty(state);
	struct import_report report;
	struct import_options opt = { .code = "thu" };
	app_load(&t, "units", "method/packs/units.csv");
	app_load(&t, "units", "method/demo/units.csv");
	app_load(&t, "catalogue", "method/measures.csv");
	OK(import_bytes(t.c, &t.app, STR("edition"), STR("thu.csv"), str_of(SET("1", "2", "m * max")), &opt, &report));
	OK(app_import(&t, "rounds",
		"code,edition,name_vi,name_en,level,period,illustrative\nr25,thu,Đợt 2025,Round 2025,sample-department,2025,yes\n", NULL, NULL));
	struct import_options figures = { .level = "sample-department", .stage = "appraised" };
	enum err e = app_import(&t, "measures",
		"unit,measure,period,numerator,denominator,value,status,reason,source,as_of\nSở Nội vụ,m,2025,1,2,,ok,,,\nSở Nội vụ,n,2025,1,1,,ok,,,\n"
		"Sở Công Thương,m,2025,1,1,,ok,,,\nSở Công Thương,n,2025,1,4,,ok,,,\n",
		&figures, NULL);
	if (e)
		fail_msg("%s %s", store_last_fault(t.s), app_z(&t, t.c->faults[0].value));
	t.c->now_ms = INT64_C(1790000000000); /* 2026-09-21 */
	app_forget(&t);
	return t;
}

static int64_t draft(app_store *t, const char *code, const char *text)
{
	int64_t id;
	OK(draft_add(t->c, &t->app, &officer, &(struct draft_new){ .code = str_of(code), .file = STR("x.csv"), .bytes = str_of(text) }, &id));
	return id;
}

static struct force_view look(app_store *t, int64_t id, const struct force *x)
{
	struct force_view v;
	OK(force_look(t->c, &t->app, &officer, id, x, &v));
	return v;
}

static day tomorrow(app_store *t) { return date_of_ms(t->c->now_ms) + 1; }

static void test_first(void **state)
{
	app_store t = with_round(state);
	int64_t id = draft(&t, "moi", SET("1", "2", "if"));
	str code;
	int version;
	struct force x = { .from = tomorrow(&t), .source = STR("QĐ 1"), .revision = 1 };
	assert_int_equal(force_do(t.c, &t.app, &officer, id, &x, &code, &version), ERR_INPUT);
	assert_string_equal(store_last_fault(t.s), "force.faulty");
	app_forget(&t);
	id = draft(&t, "moi", SET("1", "2", "m * max"));
	assert_int_equal(force_do(t.c, &t.app, &reader, id, &x, &code, &version), ERR_DENIED);
	app_forget(&t);
	OK(force_do(t.c, &t.app, &officer, id, &x, &code, &version));
	assert_int_equal(version, 1);
	assert_int_equal(force_do(t.c, &t.app, &officer, id, &x, &code, &version), ERR_CONFLICT); /* once */
	assert_string_equal(store_last_fault(t.s), "force.changed");
	app_free(&t);
}

static const struct edition_diff_row *diff_of(const struct edition_diff *d, const char *code)
{
	for (size_t i = 0; i < d->n; i++)
		if (str_is(d->p[i].code.len ? d->p[i].code : d->p[i].old_code, code))
			return &d->p[i];
	fail_msg("no row %s", code);
	return NULL;
}

/* The two codes change places, and one rule becomes stricter. */
static void test_replace(void **state)
{
	app_store t = with_round(state);
	int64_t id = draft(&t, "thu", SET("A", "1", "if m >= 1 then max else 0"));
	static const struct force_map maps[] = { { { "1", 1 }, { "A", 1 } }, { { "2", 1 }, { "1", 1 } } };
	const str rounds[] = { STR("r25") };
	struct force x = { .from = tomorrow(&t), .source = STR("QĐ 9/2026"), .revision = 1, .maps = maps, .n_maps = 2, .rounds = rounds, .n_rounds = 1 };
	struct force_view v = look(&t, id, &(struct force){ 0 });
	assert_true(v.replaces);
	assert_int_equal(v.old.version, 1);
	assert_int_equal(v.n_open, 1); /* 2 is gone; 1 is there, though another one */
	v = look(&t, id, &x);
	const struct edition_diff_row *first = diff_of(&v.diff, "A");
	assert_true(first->n_changes == 2 && first->changes[0].column == TREE_CODE && first->changes[1].column == TREE_RULE);
	assert_true(str_is(first->changes[1].old, "m * max") && str_is(first->changes[1].now, "if m >= 1 then max else 0"));
	assert_int_equal(diff_of(&v.diff, "1")->n_changes, 1);
	assert_int_equal(v.diff.n_settings, 0);
	assert_int_equal(v.diff.n_added + v.diff.n_left, 0);
	assert_int_equal(v.n_rounds, 1);
	assert_int_equal(v.rounds[0].n_units, 2);
	assert_int_equal(v.rounds[0].n_changed, 1);
	assert_string_equal(app_dec(v.rounds[0].units[1].before), "2"); /* half of 2, and 1 */
	assert_string_equal(app_dec(v.rounds[0].units[1].after), "1");
	assert_string_equal(app_dec(v.rounds[0].units[1].by), "-1");
	str code;
	int version;
	OK(force_do(t.c, &t.app, &officer, id, &x, &code, &version));
	assert_int_equal(version, 2);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM edition_map"), 2);
	db_edition now, next;
	db_round r;
	db_conn *k = store_reader(t.s);
	OK(db_edition_on(t.c, k, STR("thu"), date_of_ms(t.c->now_ms), &now));
	OK(db_edition_on(t.c, k, STR("thu"), x.from, &next));
	OK(db_round_by_code(t.c, k, STR("r25"), &r));
	db_release(k);
	assert_int_equal(now.version, 1);
	assert_true(str_is(now.status, "replaced") && now.valid_to == x.from - 1);
	assert_int_equal(next.version, 2);
	assert_true(r.edition_id == next.id && next.illustrative && str_is(next.source, "QĐ 9/2026"));
	struct edition_version_list list;
	OK(edition_versions(t.c, &t.app, &list));
	assert_int_equal(list.p[0].is, VERSION_COMING);
	assert_int_equal(list.p[1].is, VERSION_NOW);
	struct edition_diff d;
	OK(edition_compare(t.c, &t.app, list.p[1].id, list.p[0].id, &d));
	assert_int_equal(d.n_added, 1);
	assert_int_equal(d.n_left, 1);
	assert_int_equal(d.n_changed, 1);
	app_free(&t);
}

static const char *body_at(app_store *t, int64_t sheet, const char *node)
{
	db_note n = { .body = STR("") };
	db_conn *k = store_reader(t->s);
	db_note_list list = { 0 };
	OK(db_notes(t->c, k, sheet, false, &list));
	db_release(k);
	for (size_t i = 0; i < list.n; i++)
		if (str_is(list.p[i].node, node))
			n = list.p[i];
	return app_z(t, n.body);
}

/* A round that is being filled in: texts go with their codes even where two change places, and what is left out is kept out of the way. */
static void test_round_in_work(void **state)
{
	app_store t = with_round(state);
	static const str units[] = { { "TM-SO-02", 8 } };
	const struct round_new x = { .code = STR("lam-2026"), .name_vi = STR("Đợt 2026"), .name_en = STR("Round 2026"), .edition = STR("thu"),
		.level = STR("sample-department"), .period = STR("2026"), .kind = STR("down"), .opens_on = tomorrow(&t), .self_due = tomorrow(&t) + 20,
		.appraise_due = tomorrow(&t) + 30, .explain_due = tomorrow(&t) + 40, .final_due = tomorrow(&t) + 50, .units = units, .n_units = 1 };
	OK(round_create(t.c, &t.app, &officer, &x));
	int64_t sheet = app_count(&t, "SELECT id FROM round_sheet");
	static const char *const nodes[] = { "1", "2" };
	db_conn *k;
	OK(db_writer(t.c, t.s->d, &k));
	for (int i = 0; i < 2; i++)
		OK(db_note_add(t.c, k, sheet, &(db_note){ .node = str_of(nodes[i]), .kind = STR("explanation"), .body = str_of(nodes[i]), .revision = 1,
			.who = { 0, STR("x") } }));
	db_release(k);
	int64_t id = draft(&t, "thu", SET("2", "3", "m * max / 2"));
	static const struct force_map maps[] = { { { "1", 1 }, { "2", 1 } }, { { "2", 1 }, { "", 0 } } };
	const str rounds[] = { STR("lam-2026") };
	struct force f = { .from = tomorrow(&t), .revision = 1, .maps = maps, .n_maps = 2, .rounds = rounds, .n_rounds = 1 };
	struct force_view v = look(&t, id, &f);
	for (size_t i = 0; i < v.n_rounds; i++)
		assert_true(!v.rounds[i].kept && v.rounds[i].goes == str_is(v.rounds[i].code, "lam-2026"));
	str code;
	int version;
	OK(force_do(t.c, &t.app, &officer, id, &f, &code, &version));
	assert_string_equal(body_at(&t, sheet, "2"), "1");
	assert_string_equal(body_at(&t, sheet, "@2@1"), "2");
	assert_string_equal(body_at(&t, sheet, "1"), "");
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM round_step WHERE verb = 'edition'"), 1);
	assert_int_equal(app_count(&t, "SELECT version - summed FROM round_sheet"), 0); /* counted anew */
	app_free(&t);
}

static int64_t round_of_one(app_store *t, const char *set)
{
	static const str units[] = { { "TM-SO-02", 8 } };
	const struct round_new x = { .code = STR("lam-2026"), .name_vi = STR("Đợt 2026"), .name_en = STR("Round 2026"), .edition = str_of(set),
		.level = STR("sample-department"), .period = STR("2026"), .kind = STR("down"), .opens_on = tomorrow(t), .self_due = tomorrow(t) + 20,
		.appraise_due = tomorrow(t) + 30, .explain_due = tomorrow(t) + 40, .final_due = tomorrow(t) + 50, .units = units, .n_units = 1 };
	OK(round_create(t->c, &t->app, &officer, &x));
	return app_count(t, "SELECT id FROM round_sheet");
}

static void decide(app_store *t, int64_t sheet, const char *node)
{
	db_conn *k;
	OK(db_writer(t->c, t->s->d, &k));
	OK(db_decision_add(t->c, k, sheet,
		&(db_decision){ .node = str_of(node), .stage = STR("appraisal1"), .basis = STR("self"), .state = STR("ok"), .revision = 1,
			.points = db_dec_of(dec_int(1)), .who = { 0, STR("x") } },
		1));
	db_release(k);
}

/* With decisions in it a round goes over only where that was chosen: what is still the same holds, the rest is opened again with the reason, and
 * nothing is overwritten. */
static void test_decided(void **state)
{
	app_store t = with_round(state);
	int64_t sheet = round_of_one(&t, "thu");
	decide(&t, sheet, "1");
	decide(&t, sheet, "2");
	int64_t id = draft(&t, "thu", SET("1", "B", "m * max / 4"));
	static const struct force_map maps[] = { { { "2", 1 }, { "B", 1 } } };
	const str rounds[] = { STR("lam-2026") };
	struct force f = { .from = tomorrow(&t), .source = STR("QĐ 5"), .revision = 1, .maps = maps, .n_maps = 1, .rounds = rounds, .n_rounds = 1 };
	struct force_view v = look(&t, id, &f);
	const struct force_round *r = str_is(v.rounds[0].code, "lam-2026") ? &v.rounds[0] : &v.rounds[1];
	assert_true(!r->kept && r->goes && r->n_decided == 2 && !r->reopens);
	assert_int_equal(r->n_decisions, 2);
	assert_true(r->decisions[0].fate == FATE_RULE && r->decisions[1].fate == FATE_CARRIED && str_is(r->decisions[1].to, "B"));
	assert_true(r->n_carried == 1 && r->n_reopened == 1);
	str code;
	int version;
	assert_int_equal(force_do(t.c, &t.app, &officer, id, &f, &code, &version), ERR_INPUT);
	assert_string_equal(store_last_fault(t.s), "force.decided");
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM edition"), 1);
	app_forget(&t);
	f.reopen = rounds;
	f.n_reopen = 1;
	OK(force_do(t.c, &t.app, &officer, id, &f, &code, &version));
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM round_decision"), 3); /* one revision more */
	assert_int_equal(app_count(&t, "SELECT revision FROM round_decision WHERE node = '1' AND basis = 'open' AND points IS NULL AND remark <> ''"), 2);
	assert_int_equal(app_count(&t, "SELECT revision FROM round_decision WHERE node = 'B' AND basis = 'self'"), 1);
	assert_int_equal(app_count(&t, "SELECT n_decided FROM round_sheet"), 1);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM round_step WHERE verb = 'reopen' AND reason = '1' AND sheet_id IS NOT NULL"), 1);
	/* The two become one: none of what was decided holds. */
	id = draft(&t, "thu",
		"code,parent,name_vi,max,by,rule\n@name,,Thử (minh họa),,,\n@level,,sample-department,,,\nT,,Thử,3,sum,\nK,T,Gộp,3,self,m * max\n");
	static const struct force_map both[] = { { { "1", 1 }, { "K", 1 } }, { { "B", 1 }, { "K", 1 } } };
	f.maps = both;
	f.n_maps = 2;
	f.from += 9;
	v = look(&t, id, &f);
	r = str_is(v.rounds[0].code, "lam-2026") ? &v.rounds[0] : &v.rounds[1];
	assert_true(r->n_decided == 1 && r->n_decisions == 1 && r->decisions[0].fate == FATE_JOINED);
	OK(force_do(t.c, &t.app, &officer, id, &f, &code, &version));
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM round_decision WHERE node = 'K'"), 2);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM round_decision WHERE node = '@B@2'"), 1);
	assert_int_equal(app_count(&t, "SELECT n_decided FROM round_sheet"), 0);
	struct entry_sheet s;
	OK(entry_load(t.c, &t.app, &officer, STR("lam-2026"), STR("TM-SO-02"), &s));
	assert_int_equal(s.n_left, 1);
	assert_true(str_is(s.left[0].code, "B") && s.left[0].version == 2 && s.left[0].decision.there);
	/* After the result nothing moves any more. */
	app_count(&t, "SELECT COUNT(*) FROM round_plan");
	db_conn *k;
	OK(db_writer(t.c, t.s->d, &k));
	OK(db_round_plan_move(t.c, k, app_count(&t, "SELECT round_id FROM round_plan"), STR("draft"), STR("final")));
	db_release(k);
	id = draft(&t, "thu", SET("1", "2", "m * max / 3"));
	f.from += 9;
	f.n_maps = 0;
	assert_int_equal(force_do(t.c, &t.app, &officer, id, &f, &code, &version), ERR_INPUT);
	assert_string_equal(store_last_fault(t.s), "force.finished");
	app_free(&t);
}

#define UP(rows) "code,parent,name_vi,max,by,rule,owner\n@name,,Lên (minh họa),,,,\n@level,,sample-province,,,,\nT,,Lên,3,sum,,\n" rows

static const struct round_owner_of agencies[] = { { { "A", 1 }, { "sample-department", 17 }, { "TM-SO-05", 8 } },
	{ { "B", 1 }, { "sample-department", 17 }, { "TM-SO-06", 8 } } };

static int64_t up_round(app_store *t)
{
	struct import_report report;
	struct import_options opt = { .code = "len" };
	OK(import_bytes(t->c, &t->app, STR("edition"), STR("len.csv"),
		str_of(UP("1,T,Một,1,self,m * max,A\n2,T,Hai,1,self,n * max,B\n3,T,Ba,1,self,m * max / 2,A\n")), &opt, &report));
	const struct round_new x = { .code = STR("len-2026"), .name_vi = STR("Lên 2026"), .name_en = STR("Up 2026"), .edition = STR("len"),
		.level = STR("sample-province"), .period = STR("2026"), .kind = STR("up"), .opens_on = tomorrow(t) - 2, .self_due = tomorrow(t) + 20,
		.appraise_due = tomorrow(t) + 30, .explain_due = tomorrow(t) + 40, .final_due = tomorrow(t) + 50, .owners = agencies, .n_owners = 2 };
	OK(round_create(t->c, &t->app, &officer, &x));
	OK(round_do(t->c, &t->app, &officer, x.code, STR("open"), STR("")));
	int64_t sheet = app_count(t, "SELECT id FROM round_sheet");
	db_conn *k;
	OK(db_writer(t->c, t->s->d, &k));
	OK(db_note_add(t->c, k, sheet,
		&(db_note){
			.node = STR("1"), .kind = STR("explanation"), .body = STR("một"), .revision = 1, .who = { 0, STR("x") } }));
	db_evidence proof = { .sheet_id = sheet,
		.node = STR("2"),
		.kind = STR("document"),
		.title = STR("Báo cáo"),
		.stage = STR("self"),
		.who = { 0, STR("x") } };
	OK(db_evidence_add(t->c, k, &proof));
	OK(db_round_part_move(t->c, k, sheet, STR("A"), STR("new"), STR("submitted")));
	db_release(k);
	return sheet;
}

static size_t left_for(app_store *t, const char *code)
{
	struct entry_sheet s;
	const struct actor_grant g = { .noun = STR("score"), .verb = STR("fill"), .level = STR("sample-department"), .unit_code = str_of(code) };
	const struct actor who = { .user_id = 7, .login = STR("u"), .grants = &g, .n_grants = 1 };
	OK(entry_load(t->c, &t->app, &who, STR("len-2026"), STR("TM"), &s));
	return s.n_left;
}

/* One sheet of the province: agencies go with the criteria, a new name needs one, what was handed in comes back where something is new. */
static void test_upwards(void **state)
{
	app_store t = with_round(state);
	int64_t sheet = up_round(&t);
	int64_t id = draft(&t, "len", UP("X,T,Một,1,self,m * max,C\n3,T,Ba,1,self,m * max / 4,A\nY,T,Mới,1,self,n * max,D\n"));
	static const struct force_map maps[] = { { { "1", 1 }, { "X", 1 } }, { { "2", 1 }, { "", 0 } } };
	static const struct force_agency named[] = { { { "len-2026", 8 }, { "D", 1 }, { "sample-department", 17 }, { "TM-SO-07", 8 } } };
	const str rounds[] = { STR("len-2026") };
	struct force f = { .from = tomorrow(&t), .source = STR("QĐ 7"), .revision = 1, .maps = maps, .n_maps = 2, .rounds = rounds, .n_rounds = 1 };
	struct force_view v = look(&t, id, &f);
	const struct force_round *r = &v.rounds[0];
	assert_true(v.n_rounds == 1 && r->up && !r->kept && r->goes && r->n_owners == 3 && r->n_open == 1);
	assert_true(str_is(r->owners[0].owner, "C") && r->owners[0].carried && str_is(r->owners[0].unit_code, "TM-SO-05"));
	assert_true(r->owners[1].known && str_is(r->owners[2].owner, "D") && !r->owners[2].unit_id);
	assert_true(r->n_points > 0);
	str code;
	int version;
	assert_int_equal(force_do(t.c, &t.app, &officer, id, &f, &code, &version), ERR_INPUT);
	assert_string_equal(store_last_fault(t.s), "setup.owner");
	app_forget(&t);
	f.agencies = named;
	f.n_agencies = 1;
	OK(force_do(t.c, &t.app, &officer, id, &f, &code, &version));
	assert_string_equal(body_at(&t, sheet, "X"), "một");
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM round_evidence WHERE node = '@2@1'"), 1);
	assert_int_equal(app_count(&t,
		"SELECT COUNT(*) FROM round_part p JOIN unit u ON u.id = p.unit_id WHERE (p.owner = 'C' AND u.code = 'TM-SO-05')"
		" OR (p.owner = 'D' AND u.code = 'TM-SO-07') OR (p.owner = 'B' AND p.n_rows = 0 AND u.code = 'TM-SO-06')"), 3);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM round_owner"), 4);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM round_part WHERE owner = 'A' AND state = 'returned'"), 1); /* rule 3 is another one */
	/* What has no counterpart is kept, for who had it and who sees all. */
	struct entry_sheet s;
	OK(entry_load(t.c, &t.app, &officer, STR("len-2026"), STR("TM"), &s));
	assert_true(s.n_left == 1 && str_is(s.left[0].code, "2") && s.left[0].n_evidence == 1);
	assert_int_equal(left_for(&t, "TM-SO-06"), 1);
	assert_int_equal(left_for(&t, "TM-SO-05"), 0);
	app_free(&t);
}

static void test_refused(void **state)
{
	app_store t = with_round(state);
	str code;
	int version;
	int64_t same = draft(&t, "thu", SET("1", "2", "m * max")), other = draft(&t, "thu", SET("1", "2", "m * max / 2"));
	struct force x = { .from = tomorrow(&t), .revision = 1 };
	assert_int_equal(force_do(t.c, &t.app, &officer, same, &x, &code, &version), ERR_INPUT);
	assert_string_equal(store_last_fault(t.s), "force.same");
	x.from = 0;
	assert_int_equal(force_do(t.c, &t.app, &officer, other, &x, &code, &version), ERR_INPUT);
	assert_string_equal(store_last_fault(t.s), "force.no_day");
	x.from = tomorrow(&t);
	const str rounds[] = { STR("khong-co") };
	x.rounds = rounds;
	x.n_rounds = 1;
	assert_int_equal(force_do(t.c, &t.app, &officer, other, &x, &code, &version), ERR_INPUT);
	assert_string_equal(store_last_fault(t.s), "force.no_round");
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM edition"), 1); /* nothing of it was done */
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM edition WHERE status = 'in force'"), 1);
	app_forget(&t);
	x.n_rounds = 0;
	x.revision = 7;
	assert_int_equal(force_do(t.c, &t.app, &officer, other, &x, &code, &version), ERR_CONFLICT);
	app_free(&t);
}

/* An annex waits until somebody says which column means what. */
static void test_annex(void **state)
{
	app_store t = with_round(state);
	str bytes;
	int64_t id;
	OK(package_read_file(t.c, "tests/data/docx/tables.docx", &bytes));
	OK(draft_add(t.c, &t.app, &officer, &(struct draft_new){ .code = STR("pl"), .file = STR("tables.docx"), .bytes = bytes }, &id));
	struct source s;
	struct source_choice x = { .table = -1 };
	OK(source_open(t.c, &t.app, &officer, id, &x, &s));
	assert_true(s.has_map);
	assert_int_equal(s.preview.rows.n, 4); /* the name, the root, two rows */
	assert_true(s.preview.n_errors > 0);
	x.told = true;
	x.map = s.map;
	x.map.column[DRAFT_NAME] = 99; /* no such column: what was guessed holds */
	OK(source_open(t.c, &t.app, &officer, id, &x, &s));
	assert_int_equal(s.preview.rows.n, 4);
	OK(source_take(t.c, &t.app, &officer, id, &(struct source_choice){ .table = -1 }));
	assert_int_equal(source_open(t.c, &t.app, &officer, id, &x, &s), ERR_NOTFOUND);
	struct draft d;
	OK(draft_open(t.c, &t.app, &officer, id, &d));
	assert_true(edition_rows_code(&d.rows, STR("1.1")) > 0);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM edition_draft WHERE source IS NOT NULL"), 0);
	/* a file that is nothing of the kind is kept, too, and says what is wrong */
	OK(draft_add(t.c, &t.app, &officer, &(struct draft_new){ .code = STR("pl"), .file = STR("x.docx"), .bytes = STR("PK\003\004rubbish") }, &id));
	OK(source_open(t.c, &t.app, &officer, id, &(struct source_choice){ .table = -1 }, &s));
	assert_true(s.n_notes > 0 && !s.preview.rows.n);
	app_free(&t);
}

static str sample(void *ctx, str name, str part)
{
	const char *const *p = ctx;
	(void)part;
	return str_is(name, "on_time_rate_province") ? str_of(p[0]) : str_of(p[1]);
}

static void test_bench(void **state)
{
	app_store t = with_round(state);
	int64_t id = draft(&t, "moi", SET("1", "2", "m * max"));
	struct draft d;
	struct bench b;
	const char *given[] = { "17/20", "" };
	OK(draft_open(t.c, &t.app, &officer, id, &d));
	int row = edition_rows_code(&d.rows, STR("1"));
	str text = STR("if on_time_rate_province >= 1 then max else if on_time_rate_province in [0.8..1) then 0.5 * max else 0");
	bench_open(t.c, &d, row, text, sample, given, &b);
	assert_true(b.good && b.tried && b.n_words == 3 && b.scale);
	assert_string_equal(b.family.family->name, "steps_up");
	assert_string_equal(app_dec(b.points), "1");
	assert_true(b.trace_vi.len > 0 && !b.scale->plain);
	given[0] = "";
	bench_open(t.c, &d, row, STR("if k >= 10 then max else if k = 9 then 1 else 0"), sample, given, &b);
	assert_true(b.good && !b.tried && b.scale && b.scale->plain && b.scale->bare);
	assert_string_equal(b.family.family->name, "counts");
	given[1] = "-";
	bench_open(t.c, &d, row, STR("if k >= 10 then max else 0"), sample, given, &b);
	assert_string_equal(b.state, "ask");
	assert_false(b.points.there);
	bench_open(t.c, &d, row, STR("if k >= then"), sample, given, &b);
	assert_true(!b.good && b.n_notes == 1);
	assert_int_equal(t.c->n_errors, 0);
	app_free(&t);
}

#define ALL(ON) ON(test_first), ON(test_replace), ON(test_round_in_work), ON(test_decided), ON(test_upwards), ON(test_refused), ON(test_annex), ON(test_bench)

int main(void)
{
	const struct CMUnitTest sqlite[] = { ALL(ON_SQLITE) };
	const struct CMUnitTest pg[] = { ALL(ON_PG) };
	return RUN_ON_BOTH("edition_force", sqlite, pg);
}
