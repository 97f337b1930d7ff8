/* Surveys, their places, and answers that were collected elsewhere. */
#include <sodium.h>
#include "app/audit.h"
#include "app/survey_edit.h"
#include "app/survey_public.h"
#include "app/import_row.h"
#include "app/response.h"
#include "app/survey_quota.h"
#include "base/hash.h"
#include "db/questionnaire.h"
#include "db/response.h"
#include "db/survey.h"
#include "engine/fieldwork.h"

/* The words that would have been right stand in the message. */
static str one_of(struct import_job *j, int column, const char *const *words, const char *key)
{
	for (; *words; words++)
		if (str_is(j->t.cell[column], *words))
			return str_of(*words);
	import_fault(j, key, column);
	return STR("");
}

/* ---- surveys ---- */

enum { S_CODE, S_FORM, S_VI, S_EN, S_PERIOD, S_DESIGN, S_ACCESS, S_STATE, S_OPENS, S_CLOSES, S_MAX, S_ILLUSTRATIVE, S_NOTE, S_MAX_DAY, SURVEY_COLUMNS };

static const struct table_column survey_columns[SURVEY_COLUMNS] = {
	{ "code", true },
	{ "questionnaire", true },
	{ "name_vi", true },
	{ "name_en", true },
	{ "period", true },
	{ "design", true },
	{ "access", true },
	{ "state", true },
	{ "opens_on", true },
	{ "closes_on", true },
	{ "max_answers", false },
	{ "illustrative", true },
	{ "note", false },
	{ "max_day", false },
};

static const char *const designs[] = { "probability", "census", "self_selected", NULL };
static const char *const accesses[] = { "open", "token", NULL };
static const char *const states[] = { "draft", "open", "closed", NULL };

static void read_survey(struct import_job *j, void *state)
{
	db_survey_list *list = state;
	db_questionnaire q;
	db_survey s = { .code = import_required(j, S_CODE), .name_vi = import_required(j, S_VI), .name_en = import_required(j, S_EN) };
	s.period = import_required(j, S_PERIOD);
	s.design = one_of(j, S_DESIGN, designs, "import.survey_design");
	s.access = one_of(j, S_ACCESS, accesses, "import.survey_access");
	if (!str_is(s.design, "self_selected") && str_is(s.access, "open")) /* whoever likes is no sample */
		import_fault(j, "import.survey_open_sample", S_ACCESS);
	s.state = one_of(j, S_STATE, states, "import.survey_state");
	s.opens_on = import_day(j, S_OPENS, 0);
	s.closes_on = import_day(j, S_CLOSES, DB_DAY_OPEN);
	if (s.closes_on < s.opens_on)
		import_fault(j, "import.survey_days", S_CLOSES);
	s.max_answers = import_int(j, S_MAX, 1, 100000000, 0);
	s.max_day = import_int(j, S_MAX_DAY, 1, 100000000, 0);
	s.illustrative = str_is(j->t.cell[S_ILLUSTRATIVE], "yes");
	s.note = import_text(j, S_NOTE);
	s.actor = str_of(j->opt->actor ? j->opt->actor : "system");
	if (db_questionnaire_last(j->c, j->conn, import_required(j, S_FORM), &q))
		import_fault(j, "import.no_questionnaire", S_FORM);
	else
		s.questionnaire_id = q.id;
	*VEC_PUSH(j->c->mem, list) = s;
}

static enum err put_surveys(struct import_job *j, void *state, size_t from, size_t n)
{
	enum err e = ERR_OK;
	db_survey_list *list = state;
	for (size_t i = from; i < from + n && !e; i++) {
		e = db_survey_put(j->c, j->conn, &list->p[i]);
		if (e == ERR_CONFLICT)
			e = cx_fail(j->c, ERR_CONFLICT, "import.survey_answered", (place){ .file = j->name }, list->p[i].code);
	}
	j->changed += (int64_t)n;
	return e;
}

static enum err write_surveys(struct import_job *j, void *state)
{
	return import_at_once(j, ((db_survey_list *)state)->n, put_surveys, state, NULL);
}

const struct import_kind import_surveys = { "surveys", survey_columns, SURVEY_COLUMNS, sizeof(db_survey_list), read_survey, write_surveys };

/* ---- places ---- */

enum { P_SURVEY, P_CODE, P_VI, P_EN, P_LEVEL, P_UNIT, PLACE_COLUMNS };

static const struct table_column place_columns[PLACE_COLUMNS] = {
	{ "survey", false },
	{ "code", true, true },
	{ "name_vi", true, true },
	{ "name_en", false, true },
	{ "level", false },
	{ "unit", false, true },
};

struct place_rows {
	struct {
		db_survey_place *p;
		size_t n, cap;
	} list;
	VEC(struct import_look) looks;
	map seen;
	db_survey survey; /* of the row before */
};

static void find_survey(struct import_job *j, struct place_rows *s)
{
	str code = import_survey(j, P_SURVEY);
	if (s->survey.id && str_eq(s->survey.code, code))
		return;
	if (code.len && db_survey_by_code(j->c, j->conn, code, &s->survey)) {
		s->survey = (db_survey){ 0 };
		import_fault(j, "import.no_survey", P_SURVEY);
	}
}

/* Columns that the table does not have leave a place that is there as it is. What it would do; a unit under published figures stays. */
static void look_at_place(struct import_job *j, struct place_rows *s, db_survey_place *p)
{
	db_survey_place old;
	db_unit u = { .name = STR("") };
	enum err e = db_survey_place_get(j->c, j->conn, p->survey_id, p->code, &old);
	if (!e && !j->t.at[P_UNIT])
		p->unit_id = old.unit_id;
	if (!e && !j->t.at[P_EN])
		p->name_en = old.name_en;
	if (!e && old.unit_id != p->unit_id && str_is(s->survey.public, "published"))
		import_fault(j, "import.place_locked", P_UNIT);
	if (!j->opt->look)
		return;
	if (p->unit_id)
		db_unit_get(j->c, j->conn, p->unit_id, &u);
	bool same = !e && old.unit_id == p->unit_id && str_eq(old.name_vi, p->name_vi) && str_eq(old.name_en, p->name_en);
	*VEC_PUSH(j->c->mem, &s->looks) = (struct import_look){ .line = j->t.line, .key = p->code, .name = p->name_vi, .more = { u.name },
		.is = e ? LOOK_NEW : same ? LOOK_SAME : LOOK_CHANGED };
}

static void read_place(struct import_job *j, void *state)
{
	struct place_rows *s = state;
	find_survey(j, s);
	db_survey_place p = { .survey_id = s->survey.id, .code = import_required(j, P_CODE), .name_vi = import_required(j, P_VI) };
	if (p.code.len && !survey_code_good(p.code, true)) /* it stands in addresses */
		import_fault(j, "import.place_code", P_CODE);
	import_once(j, &s->seen, arena_printf(j->c->mem, "%lld|%.*s", (long long)p.survey_id, STR_ARG(p.code)), P_CODE);
	p.name_en = j->t.cell[P_EN].len ? import_text(j, P_EN) : p.name_vi;
	day today = date_of_ms(j->c->now_ms);
	if (j->t.cell[P_UNIT].len)
		p.unit_id = import_unit(j, j->t.cell[P_LEVEL].len ? import_text(j, P_LEVEL) : STR("commune"), import_text(j, P_UNIT), STR(""), today,
			today, P_UNIT);
	look_at_place(j, s, &p);
	*VEC_PUSH(j->c->mem, &s->list) = p;
}

static enum err put_places(struct import_job *j, void *state, size_t from, size_t n)
{
	j->changed += (int64_t)n;
	enum err e = db_survey_place_put(j->c, j->conn, ((struct place_rows *)state)->list.p + from, n);
	if (e || !j->opt->survey)
		return e;
	return audit_add(j->c, j->conn, j->opt->who, "survey_place.import", str_of(j->opt->survey), arena_printf(j->c->mem, "{\"places\":%zu}", n));
}

static enum err write_places(struct import_job *j, void *state)
{
	return import_at_once(j, ((struct place_rows *)state)->list.n, put_places, state, NULL);
}

static enum err look_places(struct import_job *j, void *state)
{
	const struct place_rows *s = state;
	*j->opt->look = (struct import_looks){ s->looks.p, s->looks.n, s->looks.cap };
	return ERR_OK;
}

const struct import_kind import_places = { "places", place_columns, PLACE_COLUMNS, sizeof(struct place_rows), read_place, write_places, look_places };

/* ---- answers ---- */

enum { A_SURVEY, A_KEY, A_DAY, A_MODE, A_LANG, A_PLACE, A_STRATUM, A_PSU, A_WEIGHT, A_ANSWERS, A_SECONDS, ANSWER_COLUMNS };

static const struct table_column answer_columns[ANSWER_COLUMNS] = {
	{ "survey", true },
	{ "key", true },
	{ "day", true },
	{ "mode", true },
	{ "lang", false },
	{ "place", false },
	{ "stratum", false },
	{ "psu", false },
	{ "weight", false },
	{ "answers", true },
	{ "seconds", false },
};

static const char *const modes[] = { "web", "qr", "kiosk", "paper", "phone", "interview", "odk", "import", NULL };

struct answer_rows {
	struct {
		db_response *p;
		size_t n, cap;
	} list;
	map seen;
	struct survey_info survey; /* of the row before: files come survey by survey */
	VEC(struct survey_info) published; /* their answers may be known ones only */
};

/* The line must be one that the form itself could have sent. */
static void check_line(struct import_job *j, const questionnaire *q, day on)
{
	struct given *given = NEW_ARRAY(j->c->mem, struct given, q->items.n);
	struct answer *answers = NEW_ARRAY(j->c->mem, struct answer, q->items.n);
	size_t before = j->c->n_faults;
	if (!answers_read(q, import_text(j, A_ANSWERS), j->c->mem, given)) {
		import_fault(j, "import.answer_line", A_ANSWERS);
		return;
	}
	answers_check(j->c, q, given, on, 0, (int32_t)q->items.n, LANG_VI, answers);
	for (size_t i = before; i < j->c->n_faults; i++) { /* which item, and in which row */
		place at = table_at(&j->t, A_ANSWERS);
		at.field = j->c->faults[i].at.field;
		j->c->faults[i].at = at;
	}
}

static void read_answer(struct import_job *j, void *state)
{
	struct answer_rows *s = state;
	str code = import_required(j, A_SURVEY), key = import_required(j, A_KEY);
	dec weight;
	if (!str_eq(s->survey.code, code) && survey_get(j->c, j->a, code, &s->survey)) {
		s->survey = (struct survey_info){ 0 };
		import_fault(j, "import.no_survey", A_SURVEY);
		return;
	}
	if (s->survey.is_public == SURVEY_PUBLISHED && (!s->published.n || s->published.p[s->published.n - 1].id != s->survey.id))
		*VEC_PUSH(j->c->mem, &s->published) = s->survey;
	import_once(j, &s->seen, arena_printf(j->c->mem, "%.*s|%.*s", STR_ARG(code), STR_ARG(key)), A_KEY);
	import_dec(j, A_WEIGHT, &weight);
	db_response r = { .survey_id = s->survey.id, .receipt = hash_for(j->c->mem, "survey answer", key, DB_RECEIPT) };
	/* The id comes from the key, so that the same file makes the same store. */
	str id = hash_for(j->c->mem, "survey answer id", arena_printf(j->c->mem, "%.*s|%.*s", STR_ARG(code), STR_ARG(key)), 16);
	memcpy(&r.id, id.p, sizeof r.id);
	r.id = (int64_t)((uint64_t)r.id >> 1) | 1;
	r.on = import_day(j, A_DAY, date_of_ms(j->c->now_ms));
	check_line(j, s->survey.q, r.on);
	r.mode = one_of(j, A_MODE, modes, "import.answer_mode");
	r.lang = str_is(j->t.cell[A_LANG], "en") ? STR("en") : STR("vi");
	r.at = (db_sampled){ import_text(j, A_PLACE), import_text(j, A_STRATUM), import_text(j, A_PSU), import_text(j, A_WEIGHT) };
	bool drawn = r.at.stratum.len || r.at.psu.len || r.at.weight.len;
	if (s->survey.design != SURVEY_SELF_SELECTED && (str_is(r.mode, "kiosk") || (str_is(r.mode, "qr") && !drawn)))
		import_fault(j, "import.answer_self_selected", A_MODE);
	r.answers = import_text(j, A_ANSWERS);
	r.seconds = field_seconds(import_int(j, A_SECONDS, 0, 864000, 0));
	*VEC_PUSH(j->c->mem, &s->list) = r;
}

static enum err put_answers(struct import_job *j, void *state, size_t from, size_t n)
{
	enum err e = ERR_OK;
	const struct answer_rows *s = state;
	for (size_t i = from; i < from + n && !e; i++) {
		bool known;
		e = db_response_add(j->c, j->conn, &s->list.p[i], &known);
		j->changed += !known;
		for (size_t p = 0; p < s->published.n && !e && !known; p++)
			if (s->published.p[p].id == s->list.p[i].survey_id)
				e = survey_changes(j->c, &s->published.p[p]);
	}
	return e;
}

/* Answers count as soon as they are there: all of a file or none. */
static enum err write_answers(struct import_job *j, void *state)
{
	const struct answer_rows *s = state;
	enum err e = import_at_once(j, s->list.n, put_answers, state, NULL);
	for (size_t i = 0; i < s->list.n && !e; i++) /* the counts of limits and quotas, once a survey */
		if (i == 0 || s->list.p[i].survey_id != s->list.p[i - 1].survey_id)
			e = survey_recount_id(j->c, j->a, s->list.p[i].survey_id);
	return e;
}

const struct import_kind import_answers = { "answers", answer_columns, ANSWER_COLUMNS, sizeof(struct answer_rows), read_answer, write_answers };
