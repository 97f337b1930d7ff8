/* What the field work of surveys begins with: cells of quotas, and whom the sample chose. */
#include "app/import_row.h"
#include "app/survey_callback.h"
#include "app/survey_case.h"
#include "app/survey_quota.h"
#include "db/survey_case.h"
#include "db/survey_limit.h"
#include "net/mail.h"
#include "engine/sample.h"

/* The survey of the row before serves again: files come survey by survey. */
static bool same_survey(struct import_job *j, struct survey_info *s, int column)
{
	str code = import_required(j, column);
	if (str_eq(s->code, code) && s->q)
		return true;
	if (code.len && !survey_get(j->c, j->a, code, s))
		return true;
	*s = (struct survey_info){ 0 };
	if (code.len)
		import_fault(j, "import.no_survey", column);
	return false;
}

/* ---- quotas ---- */

enum { Q_SURVEY, Q_CODE, Q_CELL, Q_MOST, Q_VI, Q_EN, QUOTA_COLUMNS };

static const struct table_column quota_columns[QUOTA_COLUMNS] = {
	{ "survey", true },
	{ "code", true },
	{ "cell", true },
	{ "most", true },
	{ "name_vi", true },
	{ "name_en", false },
};

struct quota_rows {
	struct {
		db_quota *p;
		size_t n, cap;
	} list;
	struct survey_info survey;
};

static void read_quota(struct import_job *j, void *state)
{
	struct quota_rows *s = state;
	const struct given *cell;
	if (!same_survey(j, &s->survey, Q_SURVEY))
		return;
	if (!survey_quota_read(j->c, s->survey.q, import_required(j, Q_CELL), &cell))
		import_fault(j, "import.quota_cell", Q_CELL);
	db_quota q = { .survey_id = s->survey.id, .code = import_required(j, Q_CODE), .cell = import_text(j, Q_CELL),
		.most = import_int(j, Q_MOST, 0, 100000000, 0), .name_vi = import_required(j, Q_VI) };
	if (!j->t.cell[Q_MOST].len)
		import_fault(j, "import.empty", Q_MOST);
	q.name_en = j->t.cell[Q_EN].len ? import_text(j, Q_EN) : q.name_vi;
	*VEC_PUSH(j->c->mem, &s->list) = q;
}

static enum err put_quotas(struct import_job *j, void *state, size_t from, size_t n)
{
	enum err e = ERR_OK;
	const struct quota_rows *s = state;
	for (size_t i = from; i < from + n && !e; i++)
		e = db_quota_put(j->c, j->conn, &s->list.p[i]);
	j->changed += (int64_t)n;
	return e;
}

static enum err write_quotas(struct import_job *j, void *state)
{
	const struct quota_rows *s = state;
	enum err e = import_at_once(j, s->list.n, put_quotas, state, NULL);
	for (size_t i = 0; i < s->list.n && !e; i++)
		if (i == 0 || s->list.p[i].survey_id != s->list.p[i - 1].survey_id)
			e = survey_recount_id(j->c, j->a, s->list.p[i].survey_id);
	return e;
}

const struct import_kind import_quotas = { "quotas", quota_columns, QUOTA_COLUMNS, sizeof(struct quota_rows), read_quota, write_quotas };

/* ---- cases ---- */

enum { C_SURVEY, C_CODE, C_PLACE, C_STRATUM, C_PSU, C_WEIGHT, C_INTERVIEWER, C_NAME, C_PHONE, C_EMAIL, C_ADDRESS, C_LANG, C_PERSON, CASE_COLUMNS };

static const struct table_column case_columns[CASE_COLUMNS] = {
	{ "survey", true },
	{ "code", true, true },
	{ "place", false, true },
	{ "stratum", false, true },
	{ "psu", false, true },
	{ "weight", false },
	{ "interviewer", false, true },
	{ "name", false },
	{ "phone", false, true },
	{ "email", false },
	{ "address", false },
	{ "lang", false },
	{ "person", false },
};

struct case_rows {
	db_case_list list;
	map seen;
	struct survey_info survey;
};

static void read_case(struct import_job *j, void *state)
{
	struct case_rows *s = state;
	struct survey_place at;
	dec weight;
	if (!same_survey(j, &s->survey, C_SURVEY))
		return;
	db_case x = { .survey_id = s->survey.id, .code = import_required(j, C_CODE), .interviewer = import_text(j, C_INTERVIEWER),
		.at = { import_text(j, C_PLACE), import_text(j, C_STRATUM), import_text(j, C_PSU), import_number(j, C_WEIGHT) },
		.name = import_text(j, C_NAME), .phone = import_text(j, C_PHONE), .email = import_text(j, C_EMAIL),
		.address = import_text(j, C_ADDRESS), .person = import_text(j, C_PERSON), .lang = str_is(j->t.cell[C_LANG], "en") ? STR("en") : STR("vi") };
	import_once(j, &s->seen, arena_printf(j->c->mem, "%lld|%.*s", (long long)x.survey_id, STR_ARG(x.code)), C_CODE);
	import_dec(j, C_WEIGHT, &weight);
	if (x.at.place.len && survey_place_get(j->c, j->a, &s->survey, x.at.place, &at))
		import_fault(j, "import.no_place", C_PLACE);
	if (x.person.len && sample_kish_table(x.person) < 0 && !str_is(x.person, CASE_BIRTHDAY))
		import_fault(j, "import.case_person", C_PERSON);
	if (x.email.len && !mail_address_ok(x.email))
		import_fault(j, "user.email", C_EMAIL);
	*VEC_PUSH(j->c->mem, &s->list) = x;
}

static enum err put_cases(struct import_job *j, void *state, size_t from, size_t n)
{
	enum err e = ERR_OK;
	db_case_list *list = &((struct case_rows *)state)->list;
	for (size_t i = from; i < from + n && !e; i++) {
		bool known;
		e = db_case_put(j->c, j->conn, &list->p[i], &known);
	}
	j->changed += (int64_t)n;
	return e;
}

static enum err write_cases(struct import_job *j, void *state)
{
	return import_at_once(j, ((struct case_rows *)state)->list.n, put_cases, state, NULL);
}

const struct import_kind import_cases = { "cases", case_columns, CASE_COLUMNS, sizeof(struct case_rows), read_case, write_cases };

/* ---- call-backs ---- */

enum { B_SURVEY, B_CODE, B_ANSWERS, CALLBACK_COLUMNS };

static const struct table_column callback_columns[CALLBACK_COLUMNS] = { { "survey", true }, { "code", true, true }, { "answers", true } };

struct callback_row {
	struct survey_info survey;
	str code;
	const struct given *second; /* NULL: could not be asked again */
};

struct callback_rows {
	struct {
		struct callback_row *p;
		size_t n, cap;
	} list;
	map seen;
	struct survey_info survey;
};

/* A second interview may ask less than the first, but nothing else. */
static const struct given *read_second(struct import_job *j, const questionnaire *q)
{
	str line = import_text(j, B_ANSWERS);
	struct given *given = NEW_ARRAY(j->c->mem, struct given, q->items.n + 1);
	struct answer *answers = NEW_ARRAY(j->c->mem, struct answer, q->items.n + 1);
	size_t before = j->c->n_faults;
	if (!line.len)
		return NULL;
	if (!answers_read(q, line, j->c->mem, given))
		import_fault(j, "import.answer_line", B_ANSWERS);
	else
		answers_check_as_is(j->c, q, given, date_of_ms(j->c->now_ms), 0, (int32_t)q->items.n, LANG_VI, answers);
	for (size_t i = before; i < j->c->n_faults; i++) { /* which item, and in which row */
		place at = table_at(&j->t, B_ANSWERS);
		at.field = j->c->faults[i].at.field;
		j->c->faults[i].at = at;
	}
	return given;
}

static void read_callback(struct import_job *j, void *state)
{
	struct callback_rows *s = state;
	db_callback x;
	if (!same_survey(j, &s->survey, B_SURVEY))
		return;
	struct callback_row r = { .survey = s->survey, .code = import_required(j, B_CODE), .second = read_second(j, s->survey.q) };
	import_once(j, &s->seen, arena_printf(j->c->mem, "%lld|%.*s", (long long)r.survey.id, STR_ARG(r.code)), B_CODE);
	if (r.code.len && db_callback_get(j->c, j->conn, r.survey.id, r.code, &x) == ERR_NOTFOUND)
		import_fault(j, "import.callback", B_CODE);
	*VEC_PUSH(j->c->mem, &s->list) = r;
}

static enum err put_callbacks(struct import_job *j, void *state, size_t from, size_t n)
{
	enum err e = ERR_OK;
	const struct callback_rows *s = state;
	for (size_t i = from; i < from + n && !e; i++) {
		const struct callback_row *r = &s->list.p[i];
		e = survey_callback_take(j->c, j->a, j->conn, &r->survey, r->code, r->second);
		if (e == ERR_NOTFOUND) /* somebody was faster */
			e = cx_fail(j->c, ERR_CONFLICT, "import.callback", (place){ 0 }, r->code);
	}
	j->changed += (int64_t)n;
	return e;
}

static enum err write_callbacks(struct import_job *j, void *state)
{
	return import_at_once(j, ((struct callback_rows *)state)->list.n, put_callbacks, state, NULL);
}

const struct import_kind import_callbacks = { "callbacks", callback_columns, CALLBACK_COLUMNS, sizeof(struct callback_rows), read_callback,
	write_callbacks };
