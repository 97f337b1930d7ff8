/* A round with a workflow from its making to its publication: states, rights, revisions, conflicts, points. On both databases. */
#include "app/inject.h"
#include <fcntl.h>
#include <pthread.h>
#include <time.h>
#include "format/pdf_make.h"
#include "app/round.h"
#include "app/round_appraise.h"
#include "app/round_entry.h"
#include "app/round_flow.h"
#include "app/file.h"
#include "app/notice.h"
#include "app/round_notice.h"
#include "app/sign.h"
#include "app/round_setup.h"
#include "app/user.h"
#include "db/queue.h"

static const char edition[] =
	"code,parent,name_vi,name_en,max,by,agg,weight,cap,rule,owner,na,digits,rounding,evidence,note\n"
	"@name,,\"Bộ thử (minh họa)\",Trial (illustrative),,,,,,,,,,,,\n@level,,department,,,,,,,,,,,,,\n@years,,2021-2030,,,,,,,,,,,,,\n"
	"@round,,component 2,,,,,,,,,,,,,\n@ties,,competition,,,,,,,,,,,,,\n@groups,,A>=90;B>=80;C>=70;D>=0,,,,,,,,,,,,,\n@clamp,,component,,,,,,,,,,,,,\n"
	"@na,,ask,,,,,,,,,,,,,\n@unranked,,,,,,,,,,,,,,,\n"
	"T,,Bộ thử,Trial,10,sum,sum,,,,,,,,,\n"
	"1,T,Một,One,6,sum,sum,,,,Phòng A,,,,,\n"
	"1.1,1,Kế hoạch,Plan,2,self,,,,if plan_done >= 1 then max else if plan_done in [0.8..1) then plan_done * max else 0,Phòng A,ask,2,half_up,yes,\n"
	"1.2,1,Xin lỗi,Apology,2,self,,,,if apology_rate >= 1 then max else apology_rate * max,Phòng A; Phòng B,reduce,2,half_up,yes,\n"
	"1.3,1,Doanh nghiệp,Firms,2,self,,,,if new_enterprises >= 1.1 * new_enterprises.prev then max else 0,Phòng B,ask,2,half_up,no,\n"
	"2,T,Hai,Two,4,sum,sum,,,,Phòng B,,,,,\n"
	"2.1,2,Đúng hạn,On time,2,self,,,,on_time_rate * max,Phòng B,ask,2,half_up,no,\n"
	"2.2,2,Khảo sát,Survey,2,survey,,,,survey_access * max,Sở Nội vụ,reduce,2,half_up,no,\n";

static const char *const unit_a = "tm-so-05", *const unit_b = "tm-so-06";
static struct actor boss;

static void must(app_store *t, enum err e, int line)
{
	for (size_t i = 0; e && i < t->c->n_faults; i++)
		fprintf(stderr, "# line %d: %s %.*s\n", line, t->c->faults[i].key, STR_ARG(t->c->faults[i].value));
	assert_int_equal(e, ERR_OK);
}

static void measures(app_store *t, const char *stage, const char *text)
{
	struct import_options opt = { .level = "sample-department", .stage = stage };
	OK(app_import(t, "measures", text, &opt, NULL));
}

static app_store begun(void **state)
{
	app_store t = app_empty(state);
	boss = actor_system("Lê Quang Vinh");
	app_load(&t, "units", "method/packs/units.csv");
	app_load(&t, "units", "method/demo/units.csv");
	app_load(&t, "catalogue", "method/measures.csv");
	app_load(&t, "holidays", "method/packs/holidays.csv");
	struct import_options opt = { .code = "thu" };
	must(&t, app_import(&t, "edition", edition, &opt, NULL), __LINE__);
	measures(&t, "counted",
		"unit,measure,period,numerator,denominator,value,source,as_of\nSở Công Thương,on_time_rate,2025,970,1000,,Hệ thống một cửa,2025-12-31\n");
	measures(&t, "appraised",
		"unit,measure,period,numerator,denominator,value,source,as_of\nSở Công Thương,new_enterprises,2024,,,1000,Đăng ký,2024-12-31\n"
		"Sở Công Thương,plan_done,2024,9,10,,KH,2024-12-31\n");
	measures(&t, "imported",
		"unit,measure,period,numerator,denominator,value,source,as_of\nSở Công Thương,survey_access,2025,80,100,,Khảo sát,2025-12-31\n"
		"Sở Nông nghiệp và Môi trường,survey_access,2025,90,100,,Khảo sát,2025-12-31\n");
	t.c->now_ms = INT64_C(1767924000000); /* 2026-01-09 09:00 in Việt Nam */
	return t;
}

static day on(int y, int m, int d)
{
	day out = 0;
	assert_true(date_make(y, m, d, &out));
	return out;
}

static struct round_new trial(void)
{
	static const str units[] = { { "TM-SO-05", 8 }, { "TM-SO-06", 8 } };
	return (struct round_new){ .code = STR("thu-2025"), .name_vi = STR("Đợt thử 2025"), .name_en = STR("Trial 2025"), .edition = STR("thu"),
		.level = STR("sample-department"), .period = STR("2025"), .kind = STR("down"), .opens_on = on(2026, 1, 5), .self_due = on(2026, 1, 20),
		.appraise_due = on(2026, 2, 10), .explain_due = on(2026, 2, 27), .final_due = on(2026, 3, 20), .needs_proof = true, .units = units,
		.n_units = 2 };
}

static app_store opened(void **state)
{
	app_store t = begun(state);
	struct round_new x = trial();
	must(&t, round_create(t.c, &t.app, &boss, &x), __LINE__);
	must(&t, round_do(t.c, &t.app, &boss, x.code, STR("open"), STR("")), __LINE__);
	return t;
}

static struct entry_change counts(const char *measure, const char *num, const char *den, int base)
{
	return (struct entry_change){ .measure = str_of(measure), .numerator = str_of(num), .denominator = str_of(den), .base = base };
}

static struct entry_change value(const char *measure, const char *v, int base)
{
	return (struct entry_change){ .measure = str_of(measure), .value = str_of(v), .base = base };
}

static struct entry_change explains(const char *node, const char *text, int base)
{
	return (struct entry_change){ .what = ENTRY_NOTE, .node = str_of(node), .body = str_of(text), .base = base };
}

static enum err save(app_store *t, const char *unit, const struct entry_change *x, size_t n, struct entry_saved *out)
{
	return entry_save(t->c, &t->app, &boss, STR("thu-2025"), str_of(unit), x, n, out);
}

static void save_one(app_store *t, const char *unit, struct entry_change x)
{
	struct entry_saved out;
	must(t, save(t, unit, &x, 1, &out), __LINE__);
	assert_int_equal(out.saved, 1);
}

static struct entry_sheet sheet(app_store *t, const char *unit)
{
	struct entry_sheet s;
	must(t, entry_load(t->c, &t->app, &boss, STR("thu-2025"), str_of(unit), &s), __LINE__);
	return s;
}

static const struct entry_row *row(const struct entry_sheet *s, const char *code)
{
	for (size_t i = 0; i < s->n_rows_all; i++)
		if (str_is(s->rows[i].code, code))
			return &s->rows[i];
	assert_true(false);
	return NULL;
}

static void prove(app_store *t, const char *unit, const char *node)
{
	int64_t id;
	struct evidence_new x = { .node = str_of(node), .kind = STR("document"), .title = STR("Báo cáo"), .number = STR("412/BC"), .key = str_of(node) };
	must(t, evidence_add(t->c, &t->app, &boss, STR("thu-2025"), str_of(unit), &x, &id), __LINE__);
	int64_t again;
	must(t, evidence_add(t->c, &t->app, &boss, STR("thu-2025"), str_of(unit), &x, &again), __LINE__);
	assert_true(id == again); /* the same request twice is one */
}

static enum err move(app_store *t, const char *unit, const char *verb)
{
	app_forget(t);
	return round_sheet_do(t->c, &t->app, &boss, STR("thu-2025"), str_of(unit), str_of(verb), STR("lý do"));
}

static enum err step(app_store *t, const char *verb)
{
	app_forget(t);
	return round_do(t->c, &t->app, &boss, STR("thu-2025"), str_of(verb), STR("QĐ 12"));
}

/* Whatever is not in a row of the table is refused, and says so. */
static void test_table(void **state)
{
	(void)state;
	cx *c = cx_new(0);
	const struct flow_step *s;
	static const char *const kinds[] = { "down", "up" };
	int allowed = 0, tried = 0;
	for (int of = 0; of < 3; of++)
		for (const struct flow_step *x = flow_steps; x->verb; x++)
			for (int from = 0; flow_states[of][from] && (int)x->of == of; from++)
				for (int r = 0; flow_states[FLOW_ROUND][r]; r++)
					for (int k = 0; k < 2; k++) {
						str state_of = str_of(flow_states[of][from]),
						    round = str_of(flow_states[FLOW_ROUND][r]);
						enum err e = flow_find(c, (enum flow_of)of, str_of(x->verb), state_of,
							of == FLOW_ROUND ? STR("") : round, str_of(kinds[k]), &s);
						tried++;
						allowed += e == ERR_OK;
						assert_true(e == ERR_OK ? flow_word(s->from, state_of) && flow_rank((enum flow_of)of, str_of(s->to)) >= 0
									: e == ERR_CONFLICT || e == ERR_INPUT);
						assert_int_equal(e == ERR_OK,
							flow_can((enum flow_of)of, x->verb, state_of,
								of == FLOW_ROUND ? STR("") : round, str_of(kinds[k])));
					}
	assert_true(allowed > 50 && allowed < tried / 4);
	assert_int_equal(flow_find(c, FLOW_SHEET, STR("eat"), STR("new"), STR("open"), STR("down"), &s), ERR_INPUT);
	cx_free(c);
}

static void test_entry(void **state)
{
	app_store t = opened(state);
	struct entry_sheet s = sheet(&t, unit_a);
	assert_int_equal(s.n_rows, 4);
	assert_int_equal(s.n_done, 1); /* 2.1 comes from the store and wants no evidence */
	assert_int_equal(s.days_left, 8); /* Saturday 10 January 2026 is worked instead of the 2nd */
	assert_true(row(&s, "2.1")->cells[0].from_store);
	assert_string_equal(app_dec(row(&s, "2.1")->points), "1.94");
	assert_string_equal(row(&s, "1.1")->state, "todo");
	assert_false(row(&s, "1.1")->points.there);
	assert_string_equal(app_dec(row(&s, "1.1")->last_year), "1.8");

	struct entry_saved out;
	struct entry_change x[] = { counts("plan_done", "27", "25", 0), counts("apology_rate", "44", "52", 0), value("new_enterprises", "abc", 0) };
	must(&t, save(&t, unit_a, x, 3, &out), __LINE__);
	assert_int_equal(out.saved, 2);
	assert_int_equal(out.refused, 1);
	assert_string_equal(store_last_fault(t.s), "entry.number");
	s = sheet(&t, unit_a);
	assert_string_equal(row(&s, "1.1")->state, "wrong");
	assert_false(row(&s, "1.1")->points.there);
	assert_string_equal(row(&s, "1.2")->state, "proof");
	assert_string_equal(app_dec(row(&s, "1.2")->points), "1.69");
	assert_string_equal(app_z(&t, s.state), "work");
	save_one(&t, unit_a, counts("plan_done", "22", "25", 1));
	s = sheet(&t, unit_a);
	assert_string_equal(app_dec(row(&s, "1.1")->points), "1.76");
	assert_non_null(strstr(app_z(&t, row(&s, "1.1")->trace_vi), "22 / 25"));
	prove(&t, unit_a, "1.1");
	save_one(&t, unit_a, explains("1.2", "08 hồ sơ còn lại chờ xác nhận", 0));
	save_one(&t, unit_a, value("new_enterprises", "1082", 0));
	s = sheet(&t, unit_a);
	assert_int_equal(s.n_done, 4);
	assert_string_equal(app_dec(row(&s, "1.3")->points), "0");
	assert_string_equal(app_dec(s.points), "5.39");
	assert_string_equal(app_dec(s.max), "8");

	/* Every revision is there. */
	struct entry_history h;
	must(&t, entry_history(t.c, &t.app, &boss, STR("thu-2025"), str_of(unit_a), STR("1.1"), &h), __LINE__);
	assert_int_equal(h.n, 3);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM round_entry WHERE measure = 'plan_done'"), 2);
	app_free(&t);
}

static void test_store_figures(void **state)
{
	app_store t = opened(state);
	struct entry_saved out;
	/* The same as the store says changes nothing; another figure wants a reason. */
	struct entry_change same = counts("on_time_rate", "970", "1000", 0), other = counts("on_time_rate", "980", "1000", 0);
	must(&t, save(&t, unit_a, &same, 1, &out), __LINE__);
	assert_int_equal(out.p[0].is, OUTCOME_SAME);
	must(&t, save(&t, unit_a, &other, 1, &out), __LINE__);
	assert_int_equal(out.p[0].is, OUTCOME_REFUSED);
	assert_string_equal(store_last_fault(t.s), "entry.override_reason");
	other.reason = STR("10 hồ sơ tính nhầm do lỗi đồng bộ");
	must(&t, save(&t, unit_a, &other, 1, &out), __LINE__);
	assert_int_equal(out.saved, 1);
	struct entry_sheet s = sheet(&t, unit_a);
	const struct entry_cell *x = &row(&s, "2.1")->cells[0];
	assert_true(x->has_store && !x->from_store);
	assert_string_equal(app_z(&t, x->store_numerator), "970");
	assert_string_equal(app_dec(row(&s, "2.1")->points), "1.96");
	app_free(&t);
}

static void test_conflict(void **state)
{
	app_store t = opened(state);
	struct entry_saved out;
	struct entry_change first = counts("plan_done", "20", "25", 0), second = counts("plan_done", "21", "25", 0);
	first.key = STR("k1");
	must(&t, save(&t, unit_a, &first, 1, &out), __LINE__);
	assert_int_equal(out.saved, 1);
	must(&t, save(&t, unit_a, &first, 1, &out), __LINE__); /* sent again */
	assert_int_equal(out.p[0].is, OUTCOME_SAME);
	must(&t, save(&t, unit_a, &second, 1, &out), __LINE__); /* made on what was there before */
	assert_int_equal(out.conflicts, 1);
	assert_string_equal(app_z(&t, out.p[0].numerator), "20");
	assert_string_equal(app_z(&t, out.p[0].who.name), "Lê Quang Vinh");
	assert_int_equal(out.p[0].revision, 1);
	second.base = 1;
	must(&t, save(&t, unit_a, &second, 1, &out), __LINE__);
	assert_int_equal(out.saved, 1);
	/* A text, the same way. */
	save_one(&t, unit_a, explains("1.1", "Lần một", 0));
	struct entry_change text = explains("1.1", "Lần hai", 0);
	must(&t, save(&t, unit_a, &text, 1, &out), __LINE__);
	assert_int_equal(out.conflicts, 1);
	assert_string_equal(app_z(&t, out.p[0].body), "Lần một");
	app_free(&t);
}

static void test_not_applicable(void **state)
{
	app_store t = opened(state);
	struct entry_saved out;
	struct entry_change na = { .measure = STR("apology_rate"), .status = STR("na") };
	must(&t, save(&t, unit_a, &na, 1, &out), __LINE__);
	assert_int_equal(out.p[0].is, OUTCOME_REFUSED);
	na.reason = STR("Không giải quyết thủ tục");
	must(&t, save(&t, unit_a, &na, 1, &out), __LINE__);
	struct entry_sheet s = sheet(&t, unit_a);
	assert_string_equal(row(&s, "1.2")->state, "na");
	assert_string_equal(row(&s, "1.2")->points_state, "na_reduced");
	assert_string_equal(app_dec(s.max), "6");
	app_free(&t);
}

static void fill(app_store *t, const char *unit, bool first)
{
	save_one(t, unit, counts("plan_done", first ? "22" : "25", "25", 0));
	save_one(t, unit, counts("apology_rate", first ? "46" : "52", "52", 0));
	save_one(t, unit, value("new_enterprises", "1200", 0));
	if (!first) {
		save_one(t, unit, counts("on_time_rate", "1000", "1000", 0));
		save_one(t, unit, (struct entry_change){ .measure = STR("new_enterprises"), .part = STR("prev"), .value = STR("1000") });
	}
	prove(t, unit, "1.1");
	prove(t, unit, "1.2");
}

static void decide(app_store *t, const char *unit, struct appraise_change x)
{
	struct appraise_saved out;
	must(t, appraise_save(t->c, &t->app, &boss, STR("thu-2025"), str_of(unit), &x, 1, &out), __LINE__);
	assert_int_equal(out.saved, 1);
}

static app_store appraised(void **state)
{
	app_store t = opened(state);
	assert_int_equal(move(&t, unit_a, "submit"), ERR_CONFLICT);
	assert_string_equal(store_last_fault(t.s), "flow.incomplete");
	fill(&t, unit_a, true);
	fill(&t, unit_b, false);
	must(&t, move(&t, unit_a, "submit"), __LINE__);
	must(&t, move(&t, unit_b, "submit"), __LINE__);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM round_entry WHERE origin = 'store' AND stage = 'self'"),
		4); /* with the survey, and the year before */
	struct entry_saved out;
	struct entry_change late = counts("plan_done", "23", "25", 1);
	assert_int_equal(save(&t, unit_a, &late, 1, &out), ERR_CONFLICT);
	assert_string_equal(store_last_fault(t.s), "flow.handed_in");
	must(&t, move(&t, unit_a, "return"), __LINE__);
	must(&t, save(&t, unit_a, &late, 1, &out), __LINE__);
	save_one(&t, unit_a, counts("plan_done", "22", "25", 2));
	must(&t, move(&t, unit_a, "submit"), __LINE__);
	must(&t, step(&t, "close"), __LINE__);
	must(&t, step(&t, "appraise1"), __LINE__);
	int n;
	must(&t, appraise_accept(t.c, &t.app, &boss, STR("thu-2025"), str_of(unit_b), &n), __LINE__);
	assert_int_equal(n, 4);
	must(&t, move(&t, unit_b, "appraise1"), __LINE__);
	/* Lowered by other figures, and asked about. */
	struct entry_change figures = counts("apology_rate", "44", "52", 0);
	struct appraise_change lower = { .node = STR("1.2"), .basis = STR("figures"), .figures = &figures, .n_figures = 1, .asks = true };
	struct appraise_saved saved;
	must(&t, appraise_save(t.c, &t.app, &boss, STR("thu-2025"), str_of(unit_a), &lower, 1, &saved), __LINE__);
	assert_int_equal(saved.refused, 1); /* without a remark */
	lower.remark = STR("02 hồ sơ chưa có xác nhận");
	figures.base = 1;
	decide(&t, unit_a, lower);
	assert_int_equal(move(&t, unit_a, "appraise1"), ERR_CONFLICT);
	assert_string_equal(store_last_fault(t.s), "flow.undecided");
	must(&t, appraise_accept(t.c, &t.app, &boss, STR("thu-2025"), str_of(unit_a), &n), __LINE__);
	assert_int_equal(n, 3);
	must(&t, move(&t, unit_a, "appraise1"), __LINE__);
	return t;
}

static void test_to_publication(void **state)
{
	app_store t = appraised(state);
	struct entry_sheet s = sheet(&t, unit_a);
	assert_string_equal(app_dec(row(&s, "1.2")->points), "1.77");
	assert_string_equal(app_dec(row(&s, "1.2")->first.points), "1.69");
	assert_true(row(&s, "1.2")->lowered);
	assert_string_equal(row(&s, "1.2")->state, "asked");
	must(&t, step(&t, "explain"), __LINE__);
	assert_int_equal(move(&t, unit_a, "explain"), ERR_CONFLICT);
	assert_string_equal(store_last_fault(t.s), "flow.unexplained");
	t.c->now_ms += 60000;
	save_one(&t, unit_a, explains("1.2", "Xác nhận gửi kèm", 0));
	must(&t, move(&t, unit_a, "explain"), __LINE__);
	must(&t, step(&t, "appraise2"), __LINE__);
	assert_int_equal(move(&t, unit_a, "appraise2"), ERR_CONFLICT);
	/* Appraisal 2 gives less than appraisal 1, and it counts: never the larger of the two. */
	decide(&t, unit_a,
		(struct appraise_change){
			.node = STR("1.2"), .basis = STR("points"), .points = STR("1.5"), .remark = STR("Chỉ công nhận 39 / 52") });
	must(&t, move(&t, unit_a, "appraise2"), __LINE__);
	must(&t, move(&t, unit_b, "appraise2"), __LINE__);
	struct round_table league;
	assert_int_equal(round_table_of(t.c, &t.app, STR("thu-2025"), &league), ERR_NOTFOUND); /* not public before */
	must(&t, step(&t, "final"), __LINE__);
	must(&t, step(&t, "publish"), __LINE__);
	must(&t, round_table_of(t.c, &t.app, STR("thu-2025"), &league), __LINE__);
	assert_int_equal(league.ranked, 2);
	/* b: 2 + 2 + 2 + 2 + 1.8 of 10; a: 1.76 + 1.5 + 2 + 1.94 + 1.6. */
	assert_string_equal(app_z(&t, league.p[0].code), "TM-SO-06");
	assert_string_equal(app_dec(league.p[0].value), "98");
	assert_string_equal(app_dec(league.p[1].value), "88");
	assert_string_equal(app_z(&t, league.p[1].group), "B");
	struct sheet frozen;
	must(&t, round_sheet(t.c, &t.app, STR("thu-2025"), league.p[1].slug, &frozen), __LINE__);
	assert_string_equal(app_dec(frozen.nodes[0].points), "8.8");
	assert_string_equal(app_dec(frozen.nodes[0].self), "7.47");
	assert_string_equal(app_dec(frozen.nodes[0].survey), "1.6");
	assert_int_equal(frozen.n_losses, 4);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM round_result WHERE engine = 'thuocdo 0.1.0'"), 2);
	/* What the store learns later changes nothing that is published. */
	measures(&t, "counted",
		"unit,measure,period,numerator,denominator,value,source,as_of\nSở Công Thương,on_time_rate,2025,1,1000,,Hệ thống một cửa,2026-02-01\n");
	must(&t, round_table_of(t.c, &t.app, STR("thu-2025"), &league), __LINE__);
	assert_string_equal(app_dec(league.p[1].value), "88");
	/* A correction is a further revision; the first one stays. */
	must(&t, step(&t, "correct"), __LINE__);
	assert_int_equal(step(&t, "publish"), ERR_OK); /* nothing was unlocked: the same again */
	must(&t, step(&t, "correct"), __LINE__);
	must(&t, move(&t, unit_a, "unlock"), __LINE__);
	assert_int_equal(step(&t, "publish"), ERR_CONFLICT);
	decide(&t, unit_a, (struct appraise_change){ .node = STR("1.2"), .basis = STR("self"), .remark = STR("Hội đồng công nhận") });
	must(&t, move(&t, unit_a, "lock"), __LINE__);
	must(&t, step(&t, "publish"), __LINE__);
	must(&t, round_table_of(t.c, &t.app, STR("thu-2025"), &league), __LINE__);
	assert_string_equal(app_dec(league.p[1].value), "90.7");
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM round_publication"), 3);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM round_result WHERE stage = 'published-1' AND value = '88'"), 1);
	struct round_records archive;
	must(&t, round_records(t.c, &t.app, &archive), __LINE__);
	assert_int_equal(archive.n, 3);
	int last = 0;
	for (size_t i = 0; i < archive.n; i++)
		last += archive.p[i].last;
	assert_int_equal(last, 1);
	assert_string_equal(app_z(&t, archive.p[0].first), "Sở Nông nghiệp và Môi trường");
	assert_int_equal(archive.p[0].ranked, 2);
	struct board b;
	must(&t, board_of(t.c, &t.app, &boss, STR("thu-2025"), &b), __LINE__);
	assert_int_equal(b.n_rows, 2);
	assert_int_equal(b.plan.revision, 3);
	assert_int_equal(b.n_owners, 2);
	app_free(&t);
}

static void test_time(void **state)
{
	app_store t = opened(state);
	struct entry_saved out;
	struct entry_change x = counts("plan_done", "20", "25", 0);
	t.c->now_ms = INT64_C(1768903200000); /* 2026-01-20 17:00 */
	must(&t, save(&t, unit_a, &x, 1, &out), __LINE__);
	t.c->now_ms += 1000;
	x = counts("plan_done", "21", "25", 1);
	assert_int_equal(save(&t, unit_a, &x, 1, &out), ERR_CONFLICT);
	assert_string_equal(store_last_fault(t.s), "flow.too_late");
	must(&t, step(&t, "close"), __LINE__);
	assert_int_equal(round_extend(t.c, &t.app, &boss, STR("thu-2025"), str_of(unit_a), STR("self"), on(2026, 1, 23), STR(" ")), ERR_INPUT);
	must(&t, round_extend(t.c, &t.app, &boss, STR("thu-2025"), str_of(unit_a), STR("self"), on(2026, 1, 23), STR("Chờ xác nhận của Kho bạc")), __LINE__);
	must(&t, save(&t, unit_a, &x, 1, &out), __LINE__);
	x.base = 0;
	assert_int_equal(save(&t, unit_b, &x, 1, &out), ERR_CONFLICT); /* only for the one */
	struct entry_sheet s = sheet(&t, unit_a);
	assert_int_equal(s.days_left, 3);
	app_free(&t);
}

/* ---- who may ---- */

static struct actor officer(struct actor_grant *g, const char *noun, const char *verb, const char *level, const char *code)
{
	*g = (struct actor_grant){ .noun = str_of(noun), .verb = str_of(verb), .level = str_of(level), .unit_code = str_of(code) };
	return (struct actor){ .user_id = 7, .login = STR("tuan"), .name = STR("Đỗ Minh Tuấn"), .grants = g, .n_grants = 1 };
}

static void test_rights(void **state)
{
	app_store t = opened(state);
	struct actor_grant g;
	struct actor fills = officer(&g, "score", "fill", "sample-department", "TM-SO-05");
	struct entry_sheet s;
	struct entry_saved out;
	struct entry_change x = counts("plan_done", "20", "25", 0);
	must(&t, entry_load(t.c, &t.app, &fills, STR("thu-2025"), str_of(unit_a), &s), __LINE__);
	assert_true(s.edits && !s.may_submit && !s.decides);
	assert_int_equal(entry_load(t.c, &t.app, &fills, STR("thu-2025"), str_of(unit_b), &s), ERR_DENIED);
	must(&t, entry_save(t.c, &t.app, &fills, STR("thu-2025"), str_of(unit_a), &x, 1, &out), __LINE__);
	assert_int_equal(out.saved, 1);
	enum err e = entry_save(t.c, &t.app, &fills, STR("thu-2025"), str_of(unit_b), &x, 1, &out);
	assert_true(e == ERR_DENIED || out.refused == 1);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM round_entry"), 1);
	assert_int_equal(round_do(t.c, &t.app, &fills, STR("thu-2025"), STR("close"), STR("")), ERR_DENIED);
	/* Whether it could be returned now is not told to one who may not. */
	assert_int_equal(round_sheet_do(t.c, &t.app, &fills, STR("thu-2025"), str_of(unit_a), STR("return"), STR("x")), ERR_DENIED);
	assert_int_equal(round_sheet_do(t.c, &t.app, &fills, STR("thu-2025"), str_of(unit_b), STR("submit"), STR("")), ERR_DENIED);
	assert_int_equal(round_part_do(t.c, &t.app, &fills, STR("thu-2025"), str_of(unit_b), STR("Phòng A"), STR("accept"), STR("")), ERR_DENIED);
	struct plan_list mine;
	must(&t, plan_mine(t.c, &t.app, &fills, &mine), __LINE__);
	assert_int_equal(mine.n, 1);
	assert_int_equal(mine.p[0].sheets, 1);
	struct board b;
	must(&t, board_of(t.c, &t.app, &fills, STR("thu-2025"), &b), __LINE__);
	assert_int_equal(b.n_rows, 1);
	assert_int_equal(b.n_owners, 0);
	app_free(&t);
}

/* Upwards: one sheet, the criteria with their owner agencies. */
static void test_upwards(void **state)
{
	app_store t = begun(state);
	static const struct round_owner_of owners[] = { { { "Phòng A", sizeof("Phòng A") - 1 },
								{ "sample-department", sizeof("sample-department") - 1 },
								{ "TM-SO-05", sizeof("TM-SO-05") - 1 } },
		{ { "Phòng B", sizeof("Phòng B") - 1 }, { "sample-department", sizeof("sample-department") - 1 },
			{ "TM-SO-06", sizeof("TM-SO-06") - 1 } } };
	struct round_new x = trial();
	x.kind = STR("up");
	x.level = STR("sample-province");
	x.n_units = 0;
	assert_int_equal(round_create(t.c, &t.app, &boss, &x), ERR_INPUT);
	assert_string_equal(store_last_fault(t.s), "setup.owner");
	x.owners = owners;
	x.n_owners = 2;
	must(&t, round_create(t.c, &t.app, &boss, &x), __LINE__);
	must(&t, step(&t, "open"), __LINE__);
	struct actor_grant g, h;
	struct actor a = officer(&g, "score", "fill", "sample-department", "TM-SO-05"), b = officer(&h, "score", "fill", "sample-department", "TM-SO-06");
	struct entry_sheet s;
	struct entry_saved out;
	must(&t, entry_load(t.c, &t.app, &a, x.code, STR("tm"), &s), __LINE__);
	assert_int_equal(s.n_rows, 2); /* 1.1 and 1.2: nobody sees what is not his */
	assert_false(s.all);
	must(&t, entry_load(t.c, &t.app, &b, x.code, STR("tm"), &s), __LINE__);
	assert_int_equal(s.n_rows, 2);
	struct entry_change plan = counts("plan_done", "25", "25", 0), firms = value("new_enterprises", "1200", 0);
	must(&t, entry_save(t.c, &t.app, &b, x.code, STR("tm"), &plan, 1, &out), __LINE__);
	assert_int_equal(out.refused, 1);
	assert_string_equal(store_last_fault(t.s), "entry.not_yours");
	must(&t, entry_save(t.c, &t.app, &a, x.code, STR("tm"), &plan, 1, &out), __LINE__);
	assert_int_equal(out.saved, 1);
	must(&t, entry_save(t.c, &t.app, &b, x.code, STR("tm"), &firms, 1, &out), __LINE__);
	app_forget(&t);
	assert_int_equal(round_part_do(t.c, &t.app, &a, x.code, STR("tm"), STR("Phòng A"), STR("submit"), STR("")), ERR_CONFLICT);
	struct entry_change rest[] = { counts("apology_rate", "52", "52", 0), explains("1.1", "Kèm báo cáo", 0), explains("1.2", "Kèm báo cáo", 0) };
	must(&t, entry_save(t.c, &t.app, &a, x.code, STR("tm"), rest, 3, &out), __LINE__);
	assert_int_equal(out.saved, 3);
	assert_int_equal(round_part_do(t.c, &t.app, &b, x.code, STR("tm"), STR("Phòng A"), STR("submit"), STR("")), ERR_DENIED);
	must(&t, round_part_do(t.c, &t.app, &a, x.code, STR("tm"), STR("Phòng A"), STR("submit"), STR("")), __LINE__);
	plan.numerator = STR("24");
	plan.base = 1;
	must(&t, entry_save(t.c, &t.app, &a, x.code, STR("tm"), &plan, 1, &out), __LINE__);
	assert_int_equal(out.refused, 1);
	struct entry_change more[] = { { .measure = STR("new_enterprises"), .part = STR("prev"), .value = STR("1000") },
		counts("on_time_rate", "98", "100", 0) };
	must(&t, entry_save(t.c, &t.app, &b, x.code, STR("tm"), more, 2, &out), __LINE__);
	app_forget(&t);
	assert_int_equal(round_sheet_do(t.c, &t.app, &boss, x.code, STR("tm"), STR("submit"), STR("")), ERR_CONFLICT);
	assert_string_equal(store_last_fault(t.s), "flow.part_open");
	must(&t, round_part_do(t.c, &t.app, &b, x.code, STR("tm"), STR("Phòng B"), STR("submit"), STR("")), __LINE__);
	must(&t, round_sheet_do(t.c, &t.app, &boss, x.code, STR("tm"), STR("submit"), STR("")), __LINE__);
	must(&t, round_sheet_do(t.c, &t.app, &boss, x.code, STR("tm"), STR("approve"), STR("")), __LINE__);
	app_free(&t);
}

/* ---- statements that fail ---- */

/* A save with the n-th statement failing stores everything or nothing; the same request again is stored once. */
static void test_failing_save(void **state)
{
	app_store t = opened(state);
	inject.each = 1;
	wrap(t.s);
	int failures = 0;
	for (int nth = 1; nth < 400; nth++) {
		struct entry_saved out;
		struct entry_change x[] = { counts("plan_done", "20", "25", 0), counts("apology_rate", "44", "52", 0), explains("1.1", "Lời", 0) };
		for (int i = 0; i < 3; i++)
			x[i].key = STR("once");
		inject.countdown = nth;
		enum err e = save(&t, unit_a, x, 3, &out);
		inject.countdown = 0;
		int64_t n = app_count(&t, "SELECT COUNT(*) FROM round_entry"), m = app_count(&t, "SELECT COUNT(*) FROM round_note");
		assert_true((n == 0 && m == 0) || (n == 2 && m == 1));
		app_forget(&t);
		if (!e)
			break;
		failures++;
	}
	assert_true(failures > 10);
	struct entry_sheet s = sheet(&t, unit_a);
	assert_int_equal(s.n_proof, 1);
	assert_string_equal(app_dec(row(&s, "1.1")->points), "1.6");
	app_free(&t);
}

/* A publication that is broken off at any statement is not there; the next one is whole. */
static void test_failing_publication(void **state)
{
	app_store t = appraised(state);
	struct round_table league;
	int failures = 0;
	must(&t, step(&t, "final"), __LINE__);
	inject.each = 1;
	wrap(t.s);
	for (int nth = 1; nth < 2000; nth++) {
		inject.countdown = nth;
		enum err e = step(&t, "publish");
		inject.countdown = 0;
		app_forget(&t);
		enum err seen = round_table_of(t.c, &t.app, STR("thu-2025"), &league);
		if (seen == ERR_OK)
			assert_int_equal(league.ranked, 2);
		else
			assert_int_equal(seen, ERR_NOTFOUND);
		if (!e || seen == ERR_OK)
			break;
		failures++;
	}
	assert_true(failures > 10);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM round_publication"), 1);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM round_result"), 2);
	app_free(&t);
}

/* ---- many at once ---- */

enum { OFFICERS = 16, EACH = 20 };

struct typist {
	pthread_t thread;
	app_store *t;
	int number, saved, conflicts;
};

static void *types(void *arg)
{
	struct typist *y = arg;
	for (int i = 0; i < EACH; i++) {
		cx *c = cx_new(0);
		c->now_ms = y->t->c->now_ms;
		struct entry_saved out;
		struct entry_sheet s;
		/* Everybody types into the same cell on what he saw. */
		enum err e = entry_load(c, &y->t->app, &boss, STR("thu-2025"), str_of(unit_a), &s);
		if (!e) {
			struct entry_change x = counts("plan_done", arena_printf(c->mem, "%d", y->number).p, "25", row(&s, "1.1")->cells[0].revision);
			x.numerator = arena_printf(c->mem, "%d", 1 + (y->number * EACH + i) % 25);
			e = entry_save(c, &y->t->app, &boss, STR("thu-2025"), str_of(unit_a), &x, 1, &out);
			y->saved += !e && out.saved == 1;
			y->conflicts += !e && (out.conflicts == 1 || out.p[0].is == OUTCOME_SAME);
		}
		cx_free(c);
	}
	return NULL;
}

static void test_same_cell(void **state)
{
	app_store t = opened(state);
	struct typist y[OFFICERS];
	int saved = 0, conflicts = 0;
	t.app.queue = db_queue_new(t.s->d, NULL);
	for (int i = 0; i < OFFICERS; i++) {
		y[i] = (struct typist){ .t = &t, .number = i };
		assert_int_equal(pthread_create(&y[i].thread, NULL, types, &y[i]), 0);
	}
	for (int i = 0; i < OFFICERS; i++) {
		pthread_join(y[i].thread, NULL);
		saved += y[i].saved;
		conflicts += y[i].conflicts;
	}
	db_queue_stop(t.app.queue);
	assert_int_equal(saved + conflicts, OFFICERS * EACH);
	assert_true(saved > 0);
	/* Each that was told "saved" is a revision of its own, none is lost or doubled. */
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM round_entry"), saved);
	assert_int_equal(app_count(&t, "SELECT MAX(revision) FROM round_entry"), saved);
	app_free(&t);
}

static void test_numbers(void **state)
{
	static const struct { const char *in; enum lang lang; const char *want; } cases[] = {
		{ "4.218,6", LANG_VI, "4218.6" }, { "1.164", LANG_VI, "1164" }, { "12,5", LANG_VI, "12.5" }, { "12.5", LANG_VI, "12.5" },
		{ "1.234.567", LANG_VI, "1234567" }, { "1,164", LANG_EN, "1164" }, { "4,218.6", LANG_EN, "4218.6" }, { " 7 ", LANG_VI, "7" },
		{ "1.23.4", LANG_VI, NULL }, { "abc", LANG_VI, NULL }, { "", LANG_VI, NULL }, { "1,2,3", LANG_VI, NULL },
	};
	(void)state;
	cx *c = cx_new(0);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		str out = STR("");
		bool ok = entry_number(c, str_of(cases[i].in), cases[i].lang, &out);
		assert_int_equal(ok, cases[i].want != NULL);
		if (ok)
			assert_true(str_is(out, cases[i].want));
	}
	cx_free(c);
}

/* ---- who is told what ---- */

enum { OFFICER, HEAD, OTHER, APPRAISER, PLANNER, LEADER, PEOPLE };
static int64_t people[PEOPLE];

static void add_people(app_store *t)
{
	static const char *const who[PEOPLE][3] = { { "cb", "unit_officer", "TM-SO-05" }, { "tt", "unit_head", "TM-SO-05" },
		{ "cb6", "unit_officer", "TM-SO-06" }, { "td", "appraiser", "" }, { "dp", "coordinator", "" }, { "ld", "leader", "" } };
	app_load(t, "roles", "method/packs/roles.csv");
	app_load(t, "rights", "method/packs/role_rights.csv");
	for (int i = 0; i < PEOPLE; i++) {
		struct user u = { .login = str_of(who[i][0]), .name = str_of(who[i][0]) };
		must(t, user_add(t->c, &t->app, &boss, &u), __LINE__);
		people[i] = u.id;
		struct user_grant g = { .role = str_of(who[i][1]), .level = str_of(*who[i][2] ? "sample-department" : ""), .unit_code = str_of(who[i][2]) };
		must(t, user_grant(t->c, &t->app, &boss, u.id, &g), __LINE__);
	}
}

/* "opened@thu-2025/tm-so-05…:DETAIL" of everybody's new notices, oldest first; they count as read then. */
static const char *told(app_store *t, int who)
{
	struct notice_items l;
	buf b;
	buf_init(&b, 0);
	must(t, notice_list(t->c, &t->app, people[who], true, 0, 100, &l), __LINE__);
	for (size_t i = l.n; i-- > 0;) {
		str rest = l.p[i].path, part;
		for (int k = 0; k < 3; k++)
			str_next(&rest, '/', &part);
		part = STR("");
		if (rest.len)
			str_next(&rest, '.', &part);
		buf_printf(&b, "%s%s%s%.*s%s%.*s", b.len ? " | " : "", notice_kind_name(l.p[i].kind), part.len ? "@" : "", STR_ARG(part),
			l.p[i].detail.len ? ": " : "", STR_ARG(l.p[i].detail));
	}
	if (l.n)
		must(t, notice_mark_all(t->c, &t->app, people[who], l.p[0].id), __LINE__);
	str s = arena_str(t->c->mem, buf_str(&b));
	buf_free(&b);
	return s.p;
}

static void sweep(app_store *t)
{
	for (int i = 0; i < 2; i++) /* again: nothing twice */
		must(t, round_tell_due(t->c, &t->app), __LINE__);
}

static void no_more(app_store *t)
{
	for (int i = 0; i < PEOPLE; i++)
		assert_string_equal(told(t, i), "");
}

static void test_told_in_time(void **state)
{
	app_store t = begun(state);
	add_people(&t);
	struct round_new x = trial();
	must(&t, round_create(t.c, &t.app, &boss, &x), __LINE__);
	sweep(&t);
	no_more(&t); /* a draft is nobody's business */
	must(&t, step(&t, "open"), __LINE__);
	sweep(&t);
	assert_string_equal(told(&t, OFFICER), "opened@tm-so-05");
	assert_string_equal(told(&t, HEAD), "opened@tm-so-05");
	assert_string_equal(told(&t, OTHER), "opened@tm-so-06");
	no_more(&t); /* the coordinator may fill in by "*", but it is not his work */
	struct round_dates d = { x.opens_on, on(2026, 1, 22), x.appraise_due, x.explain_due, x.final_due, 0 };
	must(&t, round_set_dates(t.c, &t.app, &boss, x.code, &d, STR("Chờ số liệu thống kê")), __LINE__);
	sweep(&t);
	assert_string_equal(told(&t, HEAD), "extended@tm-so-05: Chờ số liệu thống kê");
	assert_string_equal(told(&t, OFFICER), "extended@tm-so-05: Chờ số liệu thống kê");
	assert_string_equal(told(&t, OTHER), "extended@tm-so-06: Chờ số liệu thống kê");
	t.c->now_ms = INT64_C(1768788000000); /* Monday 19 January, 09:00: three working days */
	sweep(&t);
	assert_string_equal(told(&t, OFFICER), "due@tm-so-05");
	assert_string_equal(told(&t, OTHER), "due@tm-so-06");
	told(&t, HEAD);
	must(&t, round_extend(t.c, &t.app, &boss, x.code, str_of(unit_a), STR("self"), on(2026, 1, 29), STR("Bão số 1")), __LINE__);
	assert_string_equal(told(&t, OFFICER), "extended@tm-so-05: Bão số 1"); /* with the step itself */
	assert_string_equal(told(&t, OTHER), "");
	sweep(&t);
	told(&t, HEAD);
	no_more(&t);
	t.c->now_ms = INT64_C(1769079600000); /* the 22nd, 18:00 */
	sweep(&t);
	assert_string_equal(told(&t, OTHER), "late@tm-so-06");
	assert_string_equal(told(&t, PLANNER), "late: Sở Nông nghiệp và Môi trường");
	no_more(&t);
	app_free(&t);
}

static void test_told_steps(void **state)
{
	app_store t = opened(state);
	add_people(&t);
	fill(&t, unit_a, true);
	fill(&t, unit_b, false);
	must(&t, move(&t, unit_a, "submit"), __LINE__);
	assert_string_equal(told(&t, PLANNER), "submitted@tm-so-05: lý do");
	must(&t, move(&t, unit_a, "return"), __LINE__);
	assert_string_equal(told(&t, OFFICER), "returned@tm-so-05: lý do");
	assert_string_equal(told(&t, HEAD), "returned@tm-so-05: lý do");
	must(&t, move(&t, unit_a, "submit"), __LINE__);
	must(&t, move(&t, unit_b, "submit"), __LINE__);
	must(&t, step(&t, "close"), __LINE__);
	must(&t, step(&t, "appraise1"), __LINE__);
	told(&t, PLANNER);
	sweep(&t);
	assert_string_equal(told(&t, APPRAISER), "opened");
	int n;
	decide(&t, unit_a,
		(struct appraise_change){ .node = STR("1.2"), .basis = STR("points"), .points = STR("1"), .asks = true, .remark = STR("Thiếu xác nhận") });
	must(&t, appraise_accept(t.c, &t.app, &boss, STR("thu-2025"), str_of(unit_a), &n), __LINE__);
	must(&t, appraise_accept(t.c, &t.app, &boss, STR("thu-2025"), str_of(unit_b), &n), __LINE__);
	no_more(&t); /* what an appraiser notes is told with his step, not before */
	must(&t, move(&t, unit_a, "appraise1"), __LINE__);
	must(&t, move(&t, unit_b, "appraise1"), __LINE__);
	assert_string_equal(told(&t, HEAD), "decided@tm-so-05: lý do | remark@tm-so-05: 1.2: Thiếu xác nhận");
	assert_string_equal(told(&t, OTHER), "decided@tm-so-06: lý do");
	must(&t, step(&t, "explain"), __LINE__);
	sweep(&t);
	told(&t, OFFICER);
	assert_string_equal(told(&t, HEAD), "opened@tm-so-05");
	assert_string_equal(told(&t, OTHER), ""); /* nothing was asked of them */
	t.c->now_ms += 60000;
	save_one(&t, unit_a, explains("1.2", "Xác nhận gửi kèm", 0));
	must(&t, move(&t, unit_a, "explain"), __LINE__);
	assert_string_equal(told(&t, APPRAISER), "submitted@tm-so-05: lý do");
	must(&t, step(&t, "appraise2"), __LINE__);
	decide(&t, unit_a, (struct appraise_change){ .node = STR("1.2"), .basis = STR("self") });
	must(&t, move(&t, unit_a, "appraise2"), __LINE__);
	must(&t, move(&t, unit_b, "appraise2"), __LINE__);
	must(&t, step(&t, "final"), __LINE__);
	must(&t, step(&t, "publish"), __LINE__);
	for (int i = 0; i < PEOPLE; i++)
		told(&t, i);
	sweep(&t);
	assert_string_equal(told(&t, OFFICER), "published@tm-so-05");
	assert_string_equal(told(&t, LEADER), "published");
	told(&t, HEAD), told(&t, OTHER);
	no_more(&t);
	/* Nothing of a step that is rolled back: its notices neither. */
	assert_int_equal(step(&t, "publish"), ERR_CONFLICT);
	sweep(&t);
	no_more(&t);
	app_free(&t);
}

/* ---- evidence that is signed ---- */

static int spool(const buf *b)
{
	int fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, b->p, b->len), b->len);
	return fd;
}

static int64_t prove_by_pdf(app_store *t, const buf *pdf)
{
	struct file_info f;
	int64_t id;
	int fd = spool(pdf);
	must(t, file_put(t->c, &t->app, &boss, STR("bao-cao.pdf"), STR(""), fd, pdf->len, &f), __LINE__);
	close(fd);
	struct evidence_new x = { .node = STR("1.1"), .kind = STR("file"), .title = STR("Báo cáo"), .file_id = f.id };
	must(t, evidence_add(t->c, &t->app, &boss, STR("thu-2025"), str_of(unit_a), &x, &id), __LINE__);
	return id;
}

static enum err bring(app_store *t, const struct actor *who, int64_t request, const buf *pdf)
{
	int fd = spool(pdf);
	enum err e = evidence_signed(t->c, &t->app, who, STR("thu-2025"), str_of(unit_a), request, STR("ky.pdf"), fd, pdf->len);
	close(fd);
	return e;
}

static void test_signed(void **state)
{
	app_store t = opened(state);
	struct signer an = make_signer("Nguyễn Thị An", NULL, -2000, 4000);
	struct actor_grant g, h;
	struct actor own = officer(&g, "score", "fill", "sample-department", "TM-SO-05"), other = officer(&h, "score", "fill", "sample-department", "TM-SO-06");
	struct sign_requests r;
	buf pdf;
	int64_t file;
	buf_init(&pdf, 0);
	make_pdf(&pdf, "Báo cáo");
	int64_t id = prove_by_pdf(&t, &pdf);
	const str round = STR("thu-2025"), unit = str_of(unit_a);
	assert_int_equal(evidence_sign(t.c, &t.app, &other, round, unit, id), ERR_DENIED);
	assert_false(evidence_signs(t.c, &t.app, &other, round, unit, STR("1.1")));
	assert_true(evidence_signs(t.c, &t.app, &own, round, unit, STR("1.1")));
	app_forget(&t);
	must(&t, evidence_sign(t.c, &t.app, &own, round, unit, id), __LINE__);
	must(&t, sign_requests_of(t.c, &t.app, STR("evidence"), id, &r), __LINE__);
	assert_int_equal(r.n, 1);
	assert_int_equal(bring(&t, &own, r.p[0].id, &pdf), ERR_INPUT); /* as it left */
	sign_pdf(&pdf, &an);
	assert_int_equal(bring(&t, &other, r.p[0].id, &pdf), ERR_DENIED);
	app_forget(&t);
	must(&t, bring(&t, &own, r.p[0].id, &pdf), __LINE__);
	must(&t, evidence_signed_file(t.c, &t.app, id, &file), __LINE__);
	assert_true(file != 0);
	assert_int_equal(bring(&t, &own, r.p[0].id, &pdf), ERR_CONFLICT);
	/* Both are locked, and the evidence stays. */
	assert_int_equal(evidence_remove(t.c, &t.app, &own, round, unit, id, STR("nhầm")), ERR_CONFLICT);
	assert_string_equal(store_last_fault(t.s), "sign.keeps");
	assert_int_equal(evidence_sign(t.c, &t.app, &own, round, unit, id), ERR_CONFLICT);
	buf_free(&pdf);
	free_signer(&an);
	app_free(&t);
}

/* ---- what was changed since, surveys, the year before, the archive ---- */

static void test_changed(void **state)
{
	app_store t = opened(state);
	fill(&t, unit_a, true);
	struct entry_sheet s = sheet(&t, unit_a);
	assert_false(row(&s, "1.1")->changed);
	assert_true(row(&s, "1.1")->differs); /* 1.76, the year before 1.8 */
	must(&t, move(&t, unit_a, "submit"), __LINE__);
	t.c->now_ms += 1000;
	must(&t, move(&t, unit_a, "return"), __LINE__);
	t.c->now_ms += 1000;
	s = sheet(&t, unit_a);
	assert_false(row(&s, "1.1")->changed);
	save_one(&t, unit_a, counts("plan_done", "23", "25", 1));
	s = sheet(&t, unit_a);
	assert_true(row(&s, "1.1")->changed);
	assert_false(row(&s, "1.2")->changed);
	app_free(&t);
}

static void test_survey_figures(void **state)
{
	app_store t = opened(state);
	struct actor_grant g, h;
	struct actor fills = officer(&g, "score", "fill", "sample-department", "TM-SO-05"), appraises = officer(&h, "score", "appraise", "", "");
	struct entry_sheet s;
	struct entry_saved out;
	struct entry_change x = counts("survey_access", "70", "100", 0);
	x.stage = STR("survey");
	must(&t, entry_load(t.c, &t.app, &fills, STR("thu-2025"), str_of(unit_a), &s), __LINE__);
	assert_false(row(&s, "2.2")->mine);
	must(&t, entry_load(t.c, &t.app, &appraises, STR("thu-2025"), str_of(unit_a), &s), __LINE__);
	assert_true(row(&s, "2.2")->mine && !row(&s, "1.1")->mine);
	must(&t, entry_save(t.c, &t.app, &fills, STR("thu-2025"), str_of(unit_a), &x, 1, &out), __LINE__);
	assert_int_equal(out.refused, 1);
	must(&t, entry_save(t.c, &t.app, &appraises, STR("thu-2025"), str_of(unit_a), &x, 1, &out), __LINE__);
	assert_int_equal(out.refused, 1); /* the store says 80/100: a reason is wanted */
	x.reason = STR("Phiếu bổ sung của đợt 2");
	must(&t, entry_save(t.c, &t.app, &appraises, STR("thu-2025"), str_of(unit_a), &x, 1, &out), __LINE__);
	assert_int_equal(out.saved, 1);
	s = sheet(&t, unit_a);
	assert_string_equal(app_dec(row(&s, "2.2")->points), "1.4");
	app_free(&t);
}

static void test_before_and_archive(void **state)
{
	app_store t = opened(state);
	struct entry_evidence *x;
	struct round_records r;
	size_t n;
	str round = STR("");
	prove(&t, unit_a, "1.1");
	struct round_new next = trial();
	next.code = STR("thu-2026");
	next.period = STR("2026");
	must(&t, round_create(t.c, &t.app, &boss, &next), __LINE__);
	struct entry_sheet s;
	must(&t, entry_load(t.c, &t.app, &boss, next.code, str_of(unit_a), &s), __LINE__);
	must(&t, evidence_before(t.c, &t.app, &s, STR("1.1"), &x, &n, &round), __LINE__);
	assert_int_equal(n, 1);
	assert_string_equal(app_z(&t, round), "thu-2025");
	assert_string_equal(app_z(&t, x[0].number), "412/BC");
	must(&t, evidence_before(t.c, &t.app, &s, STR("1.2"), &x, &n, &round), __LINE__);
	assert_int_equal(n, 0);
	must(&t, round_records(t.c, &t.app, &r), __LINE__);
	assert_int_equal(r.n, 0);
	app_free(&t);
}

#define ALL(ON) \
	ON(test_entry), ON(test_store_figures), ON(test_conflict), ON(test_not_applicable), ON(test_to_publication), \
		ON(test_time), ON(test_rights), ON(test_upwards), ON(test_same_cell), ON(test_failing_save), \
		ON(test_failing_publication), ON(test_told_in_time), ON(test_told_steps), ON(test_signed), ON(test_changed), \
		ON(test_survey_figures), ON(test_before_and_archive)

int main(void)
{
	const struct CMUnitTest plain[] = { cmocka_unit_test(test_table), cmocka_unit_test(test_numbers) };
	const struct CMUnitTest sqlite[] = { ALL(ON_SQLITE) }, pg[] = { ALL(ON_PG) };
	return cmocka_run_group_tests(plain, NULL, NULL) | RUN_ON_BOTH("round_flow", sqlite, pg);
}
