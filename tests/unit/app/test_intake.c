#include "filled.h"
#include "app/intake_wait.h"
#include "app/kept.h"
#include "db/user.h"

#define FORM \
	"code,parent,kind,text_vi,text_en,list,required,show_if,means,min,max\n@name,,,Phiếu (minh họa),,,,,,,\nhl,,list,,,,,,,,\n" \
	"1,hl,option,Không hài lòng,Dissatisfied,,,,,,\n4,hl,option,Hài lòng,Satisfied,,,,good,,\n5,hl,option,Rất hài lòng,Very satisfied,,,,good,,\n" \
	"9,hl,option,Không biết,Don't know,,,,dont_know,,\nmon,,list,,,,,,,,\ngiay,mon,option,\"Bớt giấy tờ, bản sao\",Papers,,,,,,\n" \
	"cho,mon,option,Bớt chờ,Waiting,,,,,,\nS,,section,Phần,,,,,,,\nA1,S,scale,Thái độ của công chức,Manners of staff,hl,yes,,,,\n" \
	"A2,S,scale,Thời gian giải quyết,Time taken,hl,,,,,\nB1,S,multiple,Cần cải thiện điều gì?,What to improve?,mon,,,,,\n" \
	"C1,S,number,Tuổi của ông bà,Your age,,,,,18,110\nC2,S,date,Ngày nộp hồ sơ,Day of filing,,,,,,\nD1,S,text,Góp ý thêm,Anything else,,,A1 = 1,,,\n"
#define SURVEYS \
	"code,questionnaire,name_vi,name_en,period,design,access,state,opens_on,closes_on,illustrative\n" \
	"kv,f,Khảo sát,Survey,2025,self_selected,open,open,2025-01-01,,yes\nxs,f,Có mẫu,Sample,2025,probability,token,open,2025-01-01,,yes\n"

struct work {
	app_store t;
	struct survey_info s;
	struct intake *in;
};

static struct work begin(void **state, const char *survey)
{
	struct work w = { .t = app_empty(state) };
	OK(app_import(&w.t, "questionnaire", FORM, NULL, NULL));
	OK(app_import(&w.t, "surveys", SURVEYS, NULL, NULL));
	OK(app_import(&w.t, "places", "survey,code,name_vi,name_en\nkv,q1,Quầy số 1,Desk 1\nkv,q2,Quầy số 2,Desk 2\n", NULL, NULL));
	w.t.app.kept = kept_new();
	OK(survey_get(w.t.c, &w.t.app, str_of(survey), &w.s));
	return w;
}

static void end(struct work *w)
{
	kept_free(w->t.app.kept);
	cx_drop_held(w->t.c);
	app_free(&w->t);
}

/* rules: rows of a map below its heading; NULL: everything by looking. */
static enum err open_it(struct work *w, const char *text, const char *rules)
{
	struct intake_map *m = NEW(w->t.c->mem, struct intake_map);
	str rows = rules ? arena_printf(w->t.c->mem, "what,name,target,code\n%s", rules) : STR("what,name,target,code\nsetting,mode,web,\n");
	OK(intake_map_read(w->t.c, STR("map.csv"), rows, m));
	return intake_open(w->t.c, &w->t.app, &w->s, STR("f.csv"), str_of(text), NULL, rules ? m : NULL, &w->in);
}

static enum err look(struct work *w, const char *text, const char *rules)
{
	enum err e = open_it(w, text, rules);
	return e ? e : intake_look(w->in);
}

static enum err take(struct work *w, const char *text, const char *rules)
{
	struct actor who = actor_system("test");
	enum err e = open_it(w, text, rules);
	return e ? e : intake_store(w->in, &who);
}

static const char *line_of(struct work *w, const char *where)
{
	str s = { 0 };
	db_rows r;
	db_conn *k = store_reader(w->t.s);
	db_query(w->t.c, k, arena_printf(w->t.c->mem, "SELECT answers FROM response WHERE %s", where).p, DB_NONE, &r);
	if (db_next(&r))
		s = db_cell_copy(w->t.c, &r, 0);
	db_end(&r);
	db_release(k);
	return s.p ? s.p : "";
}

static const char *fault_key(const struct work *w, size_t i)
{
	return i < w->in->c->n_faults ? w->in->c->faults[i].key : "";
}

#define GOOGLE \
	"Dấu thời gian,Họ và tên,Thái độ của công chức,Thời gian giải quyết,Cần cải thiện điều gì?,Tuổi của ông bà,Ngày nộp hồ sơ,Góp ý thêm\n" \
	"05/11/2025 08:03:11,Nguyễn Văn A,Hài lòng,5 - Rất hài lòng,\"Bớt giấy tờ, bản sao, Bớt chờ\",41,1/10/2025,bỏ vì không hỏi\n" \
	"06/11/2025 09:00:00,Trần B,KHÔNG HÀI LÒNG,kb,cho,\"35,0\",2025-10-02,chậm\n"

static void test_labels(void **state)
{
	struct work w = begin(state, "kv");
	OK(take(&w, GOOGLE, NULL));
	assert_int_equal(w.in->fresh, 2);
	assert_int_equal(w.in->columns.p[1].role, INTAKE_LEFT);
	assert_true(w.in->columns.p[1].personal);
	assert_string_equal(line_of(&w, "on_day = 20397"), "A1=4&A2=5&B1=giay+cho&C1=41&C2=2025-10-01");
	assert_string_equal(line_of(&w, "on_day = 20398"), "A1=1&A2=9&B1=cho&C1=35.0&C2=2025-10-02&D1=chậm");
	assert_int_equal(app_count(&w.t, "SELECT COUNT(*) FROM audit_entry WHERE what = 'answers.import'"), 1);
	/* the raw rows that a page shows hold no names */
	assert_string_equal(app_z(&w.t, w.in->raw.p[0].cell[1]), "•••");
	end(&w);
}

static void test_again(void **state)
{
	struct work w = begin(state, "kv");
	OK(take(&w, GOOGLE, NULL));
	OK(take(&w, GOOGLE, NULL));
	assert_int_equal(w.in->fresh, 0);
	assert_int_equal(w.in->known, 2);
	/* a later export of the same source, with a row more */
	OK(take(&w, GOOGLE "07/11/2025 09:00:00,Lê C,Hài lòng,,,,,\n", NULL));
	assert_int_equal(w.in->fresh, 1);
	/* equal rows are as many answers as there are */
	OK(take(&w, "A1,A2\n4,5\n4,5\n4,5\n", NULL));
	assert_int_equal(w.in->fresh, 3);
	OK(take(&w, "A1,A2\n4,5\n4,5\n4,5\n", NULL));
	assert_int_equal(w.in->known, 3);
	assert_int_equal(app_count(&w.t, "SELECT COUNT(*) FROM response"), 6);
	end(&w);
}

static void test_numbers_of_a_source(void **state)
{
	struct work w = begin(state, "kv");
	OK(take(&w, "_uuid,A1\nu1,4\nu2,5\n", NULL));
	OK(take(&w, "_uuid,A1\nu1,4\nu2,1\nu3,5\n", NULL)); /* u2 says something else now */
	assert_int_equal(w.in->fresh, 1);
	assert_int_equal(w.in->known, 1);
	assert_int_equal(w.in->differs, 1);
	assert_string_equal(fault_key(&w, 0), "intake.differs");
	assert_int_equal(app_count(&w.t, "SELECT COUNT(*) FROM response WHERE answers = 'A1=1'"), 0);
	OK(take(&w, "_uuid,A1\nu1,1\n", "setting,source,huyện B,\n")); /* another source counts from one, too */
	assert_int_equal(w.in->fresh, 1);
	assert_int_equal(look(&w, "_uuid,A1\nu8,4\nu8,5\n", NULL), ERR_INPUT);
	assert_string_equal(fault_key(&w, 0), "import.twice");
	assert_int_equal(look(&w, "_uuid,A1\n,4\n", NULL), ERR_INPUT);
	assert_string_equal(fault_key(&w, 0), "intake.no_id");
	end(&w);
}

static void test_odk(void **state)
{
	struct work w = begin(state, "kv");
	/* groups in front, a column for each option, a title above the headings */
	OK(take(&w, "Kết quả khảo sát,,,,,\nKEY,S/A1,S-x/A2,S/B1/giay,S/B1/cho,Nơi\nuuid:1,4,5,1,0,Quầy số 2\nuuid:2,1,9,0,1,q1\n", NULL));
	assert_int_equal(w.in->heading, 2);
	assert_string_equal(line_of(&w, "place = 'q2'"), "A1=4&A2=5&B1=giay");
	assert_string_equal(line_of(&w, "place = 'q1'"), "A1=1&A2=9&B1=cho");
	end(&w);
}

static void test_unknown(void **state)
{
	struct work w = begin(state, "kv");
	const char *text = "A1,A2,B1\nTốt,4,cho;khác\nTốt,5,giay\nKém,5,\n4,4,khác\n";
	assert_int_equal(look(&w, text, NULL), ERR_INPUT);
	assert_int_equal(w.in->unknown.n, 3);
	assert_string_equal(app_z(&w.t, w.in->unknown.p[0].value), "Tốt"); /* the most frequent first */
	assert_int_equal(w.in->unknown.p[0].n, 2);
	assert_int_equal(w.in->unknown.p[0].first.line, 2);
	const struct intake_choice *choice;
	assert_int_equal(intake_choices(w.in, w.in->unknown.p[0].column, &choice), 4);
	assert_int_equal(app_count(&w.t, "SELECT COUNT(*) FROM response"), 0);
	/* what is told is done: an option, or nothing said */
	OK(take(&w, text, "value,tot,A1,4\nvalue,Kém,A1,1\nvalue,khác,B1,\n"));
	assert_int_equal(w.in->fresh, 4);
	assert_string_equal(line_of(&w, "answers LIKE '%cho%'"), "A1=4&A2=4&B1=cho");
	assert_string_equal(line_of(&w, "answers LIKE 'A1=1%'"), "A1=1&A2=5");
	end(&w);
}

static void test_faults(void **state)
{
	struct work w = begin(state, "kv");
	const char *text = "Ngày,A1,C1,C2\n01/12/2025,4,17,2025-10-01\n31/12/2035,4,40,\n1/1/2025,4,\"1,234\",\n2025-01-02,4,20,hôm qua\n2025-01-03,5,30,\n";
	assert_int_equal(look(&w, text, NULL), ERR_INPUT);
	assert_int_equal(w.in->good, 1);
	assert_int_equal(w.in->faulty, 4);
	assert_string_equal(fault_key(&w, 0), "answer.range");
	assert_int_equal(w.in->c->faults[0].at.line, 2);
	assert_int_equal(w.in->c->faults[0].at.column, 3);
	assert_string_equal(fault_key(&w, 1), "intake.future");
	assert_string_equal(fault_key(&w, 2), "intake.unclear");
	assert_string_equal(fault_key(&w, 3), "answer.date");
	/* a row that is wrong stops the whole, unless the map says to go on without it */
	assert_int_equal(take(&w, text, NULL), ERR_INPUT);
	assert_int_equal(app_count(&w.t, "SELECT COUNT(*) FROM response"), 0);
	OK(take(&w, text, "setting,faulty,skip,\n"));
	assert_int_equal(w.in->fresh, 1);
	assert_int_equal(w.in->c->n_errors, 0);
	assert_int_equal(look(&w, "x,y\n1,2\n", NULL), ERR_INPUT);
	assert_string_equal(fault_key(&w, 0), "intake.no_item");
	assert_int_equal(open_it(&w, "A1,A2\n", NULL), ERR_INPUT);
	assert_int_equal(open_it(&w, "A1,A2\n4,5\n", "column,A1,A9,\n"), ERR_INPUT);
	assert_string_equal(fault_key(&w, 0), "intake.target");
	assert_int_equal(open_it(&w, "A1,A2\n4,5\n", "column,A1,A2,\ncolumn,A2,A2,\n"), ERR_INPUT);
	assert_string_equal(fault_key(&w, 0), "intake.twice_target");
	end(&w);
}

/* Only who was drawn comes into a sample; places in the design come along. */
static void test_sample(void **state)
{
	struct work w = begin(state, "xs");
	const char *text = "id,tầng,cụm,trọng số,A1\n1,h1,p1,\"12,5\",4\n2,h1,p2,12.5,5\n";
	assert_int_equal(take(&w, text, NULL), ERR_INPUT);
	assert_string_equal(fault_key(&w, 0), "intake.not_drawn");
	OK(take(&w, text, "setting,drawn,yes,\nsetting,mode,paper,\n"));
	assert_int_equal(app_count(&w.t, "SELECT COUNT(*) FROM response WHERE stratum = 'h1' AND weight = '12.5' AND mode = 'paper'"), 2);
	assert_int_equal(take(&w, "id,A1\n3,4\n", "setting,drawn,yes,\nsetting,mode,kiosk,\n"), ERR_INPUT);
	assert_string_equal(fault_key(&w, 0), "import.answer_self_selected");
	assert_int_equal(take(&w, "id,trọng số,A1\n3,0,4\n", "setting,drawn,yes,\n"), ERR_INPUT);
	assert_string_equal(fault_key(&w, 0), "intake.weight");
	end(&w);
}

static enum err add_account(cx *c, db_conn *k, void *arg)
{
	(void)arg;
	db_account lan = { .login = STR("lan"), .name = STR("Lan") };
	return db_account_put(c, k, &lan);
}

static void test_interviewers(void **state)
{
	struct work w = begin(state, "kv");
	OK(db_tx(w.t.c, w.t.app.db, DB_WRITE, add_account, NULL));
	const char *text = "id,interviewer,start,end,A1\n1,LAN,2025-11-05T08:00:00+07:00,2025-11-05T08:12:00.5+07:00,4\n2,ai,,,4\n";
	assert_int_equal(look(&w, text, NULL), ERR_INPUT);
	assert_string_equal(fault_key(&w, 0), "intake.value");
	OK(take(&w, text, "value,ai,@interviewer,\n"));
	assert_int_equal(app_count(&w.t, "SELECT COUNT(*) FROM response_visit WHERE ended_at - started_at = 720000"), 1);
	assert_int_equal(app_count(&w.t, "SELECT COUNT(*) FROM response WHERE mode = 'interview' AND seconds BETWEEN 600 AND 900"), 1);
	assert_int_equal(take(&w, "id,start,end,A1\n7,2025-11-05 08:30,2025-11-05 08:00,4\n", "column,start,@start,\ncolumn,end,@end,\n"), ERR_INPUT);
	assert_string_equal(fault_key(&w, 0), "intake.backwards");
	OK(take(&w, text, "value,ai,@interviewer,\n"));
	assert_int_equal(app_count(&w.t, "SELECT COUNT(*) FROM response_visit"), 1);
	end(&w);
}

struct steps {
	int left;
};

static bool watch(void *ctx, int64_t done, int64_t total)
{
	struct steps *s = ctx;
	(void)done;
	(void)total;
	return s->left-- > 0;
}

/* Called off in the middle: nothing is left, and the same again brings all. */
static void test_cancelled(void **state)
{
	struct work w = begin(state, "kv");
	buf b;
	buf_init(&b, 0);
	buf_addz(&b, "id,A1\n");
	for (int i = 0; i < 2200; i++)
		buf_printf(&b, "%d,%d\n", i, i % 2 ? 4 : 5);
	const char *text = arena_cstr(w.t.c->mem, buf_str(&b));
	buf_free(&b);
	for (int after = 0; after < 9; after += 2) {
		struct steps s = { after };
		w.t.c->watch = watch;
		w.t.c->watch_ctx = &s;
		assert_int_equal(take(&w, text, NULL), ERR_CANCELLED);
		assert_int_equal(app_count(&w.t, "SELECT COUNT(*) FROM response"), 0);
	}
	w.t.c->watch = NULL;
	OK(take(&w, text, NULL));
	assert_int_equal(app_count(&w.t, "SELECT COUNT(*) FROM response"), 2200);
	end(&w);
}

static void test_map(void **state)
{
	struct work w = begin(state, "kv");
	OK(open_it(&w, GOOGLE, "setting,decimal,\",\",\nsetting,source,\"a, b\",\nvalue,\"tốt, lắm\",A1,4\ncolumn,Góp ý thêm,,\n"));
	struct intake_map m, back;
	buf b;
	buf_init(&b, 0);
	intake_map_now(w.in, &m);
	intake_map_write(&m, &b);
	OK(intake_map_read(w.t.c, STR("m.csv"), arena_str(w.t.c->mem, buf_str(&b)), &back));
	buf c;
	buf_init(&c, 0);
	intake_map_write(&back, &c);
	assert_true(str_eq(buf_str(&b), buf_str(&c)));
	assert_int_equal(back.columns.n, 8);
	assert_string_equal(app_z(&w.t, back.source), "a, b");
	assert_string_equal(app_z(&w.t, back.columns.p[7].target), "");
	buf_free(&b);
	buf_free(&c);
	struct { const char *row, *key; } wrong[] = { { "setting,decimal,x,\n", "intake_map.setting" }, { "setting,hue,blue,\n", "intake_map.setting" },
		{ "tint,a,b,\n", "intake_map.what" }, { "setting,heading,0,\n", "intake_map.setting" } };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		app_forget(&w.t);
		assert_int_equal(intake_map_read(w.t.c, STR("m.csv"), arena_printf(w.t.c->mem, "what,name,target,code\n%s", wrong[i].row), &back), ERR_INPUT);
		assert_string_equal(w.t.c->faults[0].key, wrong[i].key);
	}
	end(&w);
}

static enum err add_old(cx *c, db_conn *k, void *arg)
{
	(void)arg;
	return db_exec(c, k, "UPDATE survey_intake SET created_at = 1", DB_NONE, NULL);
}

/* Between upload and taking over. */
static void test_waiting(void **state)
{
	struct work w = begin(state, "kv");
	struct actor who = actor_system("test");
	struct intake_tables l;
	struct intake_table t;
	int64_t id, job;
	OK(intake_bring(w.t.c, &w.t.app, &who, &w.s, STR("a.csv"), STR("A1\n4\n"), STR("what,name,target,code\nsetting,mode,paper,\n"), &id));
	assert_int_equal(intake_bring(w.t.c, &w.t.app, &who, &w.s, STR("b.csv"), STR("A1\n4\n"), STR("x\n1\n"), &id), ERR_INPUT);
	OK(intake_waiting(w.t.c, &w.t.app, &who, &w.s, &l));
	assert_int_equal(l.n, 1);
	id = l.p[0].id;
	OK(intake_get(w.t.c, &w.t.app, &who, &w.s, id, &t));
	assert_string_equal(app_z(&w.t, t.bytes), "A1\n4\n");
	assert_string_equal(app_z(&w.t, t.map.mode), "paper");
	t.map.skip = true;
	OK(intake_set_map(w.t.c, &w.t.app, &who, id, &t.map));
	OK(intake_get(w.t.c, &w.t.app, &who, &w.s, id, &t));
	assert_true(t.map.skip);
	struct survey_info other;
	OK(survey_get(w.t.c, &w.t.app, STR("xs"), &other));
	assert_int_equal(intake_get(w.t.c, &w.t.app, &who, &other, id, &t), ERR_NOTFOUND);
	assert_int_equal(intake_begin(w.t.c, &w.t.app, &(struct actor){ 0 }, &w.s, id, &job), ERR_DENIED);
	assert_int_equal(intake_bring(w.t.c, &w.t.app, &(struct actor){ 0 }, &w.s, STR("a.csv"), STR("A1\n4\n"), STR(""), &id), ERR_DENIED);
	for (int i = 1; i < INTAKE_WAITING; i++)
		OK(intake_bring(w.t.c, &w.t.app, &who, &w.s, STR("c.csv"), STR("A1\n4\n"), STR(""), &id));
	assert_int_equal(intake_bring(w.t.c, &w.t.app, &who, &w.s, STR("c.csv"), STR("A1\n4\n"), STR(""), &job), ERR_CONFLICT);
	OK(intake_drop(w.t.c, &w.t.app, &who, id));
	OK(intake_sweep(w.t.c, &w.t.app));
	assert_int_equal(app_count(&w.t, "SELECT COUNT(*) FROM survey_intake"), INTAKE_WAITING - 1);
	OK(db_tx(w.t.c, w.t.app.db, DB_WRITE, add_old, NULL));
	OK(intake_sweep(w.t.c, &w.t.app));
	assert_int_equal(app_count(&w.t, "SELECT COUNT(*) FROM survey_intake"), 0);
	end(&w);
}

int main(void)
{
	const struct CMUnitTest sqlite[] = { ON_SQLITE(test_labels), ON_SQLITE(test_again), ON_SQLITE(test_numbers_of_a_source),
		ON_SQLITE(test_odk), ON_SQLITE(test_unknown), ON_SQLITE(test_faults), ON_SQLITE(test_sample),
		ON_SQLITE(test_interviewers), ON_SQLITE(test_cancelled), ON_SQLITE(test_map), ON_SQLITE(test_waiting) };
	const struct CMUnitTest pg[] = { ON_PG(test_labels), ON_PG(test_again), ON_PG(test_numbers_of_a_source), ON_PG(test_odk),
		ON_PG(test_unknown), ON_PG(test_faults), ON_PG(test_sample), ON_PG(test_interviewers), ON_PG(test_cancelled),
		ON_PG(test_map), ON_PG(test_waiting) };
	return RUN_ON_BOTH("intake", sqlite, pg);
}
