#include "app/quality.h"
#include <math.h>
#include "app/survey_data.h"
#include "base/vec.h"
#include "db/response.h"
#include "db/sample.h"
#include "db/survey_stray.h"
#include "engine/fieldwork.h"

const char *const quality_words[QUALITY_FLAGS] = { "duplicate", "straight", "missing", "out_of_frame", "inconsistent", "fast" };

#define NOBODY UINT32_MAX

struct judge {
	cx *c, *scratch;
	const struct survey_info *s;
	struct quality *out;
	size_t room;
	struct given *given;
	struct answer *answers;
	map same, strata, known; /* the same answer -> 1 + its number; strata of the draw; places of the survey */
	map places, people, modes; /* -> its place in the list */
	db_visitor_list visitors;  /* by answer, as the answers come */
	size_t visitor;
	double *index;
	uint32_t *group, *asker, *mode; /* by answer; asker NOBODY: it was given to no person */
	int64_t *seconds;
	size_t *in_list; /* by list: items answered */
	str *option;     /* by list: the one option; empty: several */
	struct cx_hold hold;
};

static void drop(void *judge)
{
	struct judge *j = judge;
	cx_free(j->scratch);
	j->scratch = NULL;
}

static void flag(struct judge *j, size_t row, enum quality_flag f)
{
	if (!(j->out->flags[row] >> f & 1))
		j->out->count[f]++;
	j->out->flags[row] |= (uint8_t)(1 << f);
}

/* The same words from the same place on the same day: both are flagged. */
static void look_for_same(struct judge *j, const db_response *r, size_t row, size_t given)
{
	bool added;
	if (given < QUALITY_ENOUGH)
		return;
	str key = arena_printf(j->c->mem, "%.*s %d %.*s", STR_ARG(r->at.place), r->on, STR_ARG(r->answers));
	int64_t *at = map_put(j->c->mem, &j->same, key, &added);
	if (added) {
		*at = (int64_t)row + 1;
		return;
	}
	flag(j, row, QUALITY_DUPLICATE);
	flag(j, (size_t)*at - 1, QUALITY_DUPLICATE);
}

static bool is_straight(struct judge *j)
{
	const questionnaire *q = j->s->q;
	bool straight = false;
	for (size_t l = 0; l < q->lists.n; l++)
		j->in_list[l] = 0;
	for (size_t i = 0; i < q->items.n; i++) {
		const struct question *x = &q->items.p[i];
		if (x->kind != ASK_SCALE || j->answers[i].state != ANSWER_GIVEN)
			continue;
		str code = j->answers[i].given.p[0];
		j->option[x->list] = !j->in_list[x->list] || str_eq(code, j->option[x->list]) ? code : (str){ 0 };
		if (!j->option[x->list].len)
			j->option[x->list] = STR(" "); /* no code */
		j->in_list[x->list]++;
	}
	for (size_t l = 0; l < q->lists.n; l++)
		straight |= j->in_list[l] >= QUALITY_BLOCK && !str_is(j->option[l], " ");
	return straight;
}

/* Share of the satisfied among what one person answered. */
static double satisfied(const struct judge *j)
{
	const questionnaire *q = j->s->q;
	double good = 0, n = 0;
	for (size_t i = 0; i < q->items.n; i++) {
		const struct question *x = &q->items.p[i];
		if (x->kind != ASK_SCALE || j->answers[i].state != ANSWER_GIVEN)
			continue;
		const struct question_option *o = question_option(q, x, j->answers[i].given.p[0]);
		n++;
		good += o && o->means == MEANS_GOOD;
	}
	return n > 0 ? good / n : (double)NAN;
}

static uint32_t group_of(struct judge *j, map *known, struct quality_groups *list, str code, str name)
{
	bool added;
	code = arena_str(j->c->mem, code);
	int64_t *at = map_put(j->c->mem, known, code, &added);
	if (added) {
		*at = (int64_t)list->n;
		*VEC_PUSH(j->c->mem, list) = (struct quality_group){ .code = code, .name = name };
	}
	return (uint32_t)*at;
}

/* Both lists go by the number of the answer. */
static uint32_t asker_of(struct judge *j, int64_t response)
{
	const db_visitor_list *v = &j->visitors;
	while (j->visitor < v->n && v->p[j->visitor].response_id < response)
		j->visitor++;
	if (j->visitor == v->n || v->p[j->visitor].response_id != response)
		return NOBODY;
	return group_of(j, &j->people, &j->out->interviewers, v->p[j->visitor].login, v->p[j->visitor].name);
}

static uint32_t mode_of(struct judge *j, str mode)
{
	bool added;
	mode = arena_str(j->c->mem, mode);
	int64_t *at = map_put(j->c->mem, &j->modes, mode, &added);
	if (added) {
		*at = (int64_t)j->out->modes.n;
		*VEC_PUSH(j->c->mem, &j->out->modes) = (struct quality_mode){ .mode = mode, .median = (double)NAN };
	}
	return (uint32_t)*at;
}

static enum err take(void *ctx, const db_response *r)
{
	struct judge *j = ctx;
	const questionnaire *q = j->s->q;
	size_t row = j->out->n, given = 0, left = 0;
	if (row == j->room)
		return ERR_OK;
	if (row % 512 == 0) {
		cx_free(j->scratch);
		j->scratch = cx_new(0);
	}
	if (!answers_read(q, r->answers, j->scratch->mem, j->given))
		return cx_fail(j->c, ERR_IO, "survey_data.line", (place){ .file = j->s->code }, (str){ 0 });
	enum err wrong = answers_check(j->scratch, q, j->given, r->on, 0, (int32_t)q->items.n, LANG_VI, j->answers);
	j->scratch->n_faults = j->scratch->n_errors = 0;
	for (size_t i = 0; i < q->items.n; i++)
		if (question_is_asked(&q->items.p[i])) {
			given += j->answers[i].state >= ANSWER_GIVEN;
			left += j->answers[i].state == ANSWER_MISSING;
		}
	j->out->ids[row] = r->id;
	j->out->n++;
	if (wrong)
		flag(j, row, QUALITY_INCONSISTENT);
	if (left * 5 > given + left)
		flag(j, row, QUALITY_MISSING);
	if (is_straight(j))
		flag(j, row, QUALITY_STRAIGHT);
	bool off = r->at.place.len && !map_get(&j->known, r->at.place);
	if (off || (j->strata.n && !map_get(&j->strata, r->at.stratum)))
		flag(j, row, QUALITY_OUT);
	look_for_same(j, r, row, given);
	j->index[row] = satisfied(j);
	j->group[row] = group_of(j, &j->places, &j->out->places, r->at.place, (str){ 0 });
	j->asker[row] = asker_of(j, r->id);
	j->mode[row] = mode_of(j, r->mode);
	j->seconds[row] = r->seconds;
	return ERR_OK;
}

/* Places of the survey, strata of its draw. */
static enum err load_frame(struct judge *j, db_conn *k)
{
	db_survey_place_list places = { 0 };
	db_draw draw;
	db_sample_list units = { 0 };
	enum err e = db_survey_place_all(j->c, k, j->s->id, &places);
	for (size_t i = 0; i < places.n; i++)
		map_put(j->c->mem, &j->known, places.p[i].code, NULL);
	if (!e)
		e = db_draw_last(j->c, k, j->s->id, &draw);
	if (e == ERR_NOTFOUND)
		return ERR_OK;
	if (!e)
		e = db_sample_all(j->c, k, draw.id, &units);
	for (size_t i = 0; i < units.n; i++)
		map_put(j->c->mem, &j->strata, units.p[i].stratum, NULL);
	return e;
}

/* ---- speed ---- */

static void judge_mode(struct judge *j, uint32_t mode, int64_t *scratch)
{
	struct quality_mode *m = &j->out->modes.p[mode];
	for (size_t i = 0; i < j->out->n; i++)
		if (j->mode[i] == mode) {
			m->answers++;
			if (j->seconds[i] > 0)
				scratch[m->timed++] = j->seconds[i];
		}
	if (m->timed < QUALITY_TIMED)
		return;
	m->median = field_median(scratch, (size_t)m->timed);
	for (size_t i = 0; i < j->out->n; i++)
		if (j->mode[i] == mode && j->seconds[i] > 0 && (double)j->seconds[i] < m->median * j->out->fast_share) {
			m->fast++;
			flag(j, i, QUALITY_FAST);
		}
}

static void judge_speed(struct judge *j)
{
	int64_t *scratch = NEW_ARRAY(j->c->mem, int64_t, j->out->n + 1);
	for (uint32_t m = 0; m < j->out->modes.n; m++)
		judge_mode(j, m, scratch);
}

/* ---- sums ---- */

/* Those in no group are left out. */
static void sum_groups(struct judge *j, struct quality_groups *list, const uint32_t *group, struct est_icc *icc)
{
	const struct quality *q = j->out;
	double *sum = NEW_ARRAY(j->c->mem, double, list->n + 1), *n = NEW_ARRAY(j->c->mem, double, list->n + 1), *y = NEW_ARRAY(j->c->mem, double, q->n + 1);
	uint32_t *of = NEW_ARRAY(j->c->mem, uint32_t, q->n + 1);
	size_t rows = 0;
	for (size_t i = 0; i < q->n; i++) {
		if (group[i] == NOBODY)
			continue;
		struct quality_group *p = &list->p[group[i]];
		p->answers++;
		p->flagged += q->flags[i] != 0;
		p->fast += q->flags[i] >> QUALITY_FAST & 1;
		if (!isnan(j->index[i])) {
			sum[group[i]] += j->index[i];
			n[group[i]]++;
		}
		y[rows] = j->index[i];
		of[rows++] = group[i];
	}
	for (size_t k = 0; k < list->n; k++)
		list->p[k].index = n[k] > 0 ? sum[k] / n[k] : (double)NAN;
	est_icc_of(y, of, rows, (uint32_t)list->n, 0.95, icc);
}

static void sum_up(struct judge *j)
{
	struct quality *q = j->out;
	judge_speed(j);
	for (size_t i = 0; i < q->n; i++)
		q->flagged += q->flags[i] != 0;
	sum_groups(j, &q->places, j->group, &q->icc);
	sum_groups(j, &q->interviewers, j->asker, &q->icc_interviewers);
}

enum err quality_of(cx *c, struct app *a, const struct survey_info *s, double fast_share, struct quality *out)
{
	DB_READER(k);
	int64_t n = 0;
	*out = (struct quality){ .fast_share = fast_share > 0 ? fast_share : QUALITY_FAST_SHARE };
	struct judge *j = NEW(c->mem, struct judge);
	*j = (struct judge){ .c = c, .s = s, .out = out, .given = NEW_ARRAY(c->mem, struct given, s->q->items.n + 1),
		.answers = NEW_ARRAY(c->mem, struct answer, s->q->items.n + 1), .in_list = NEW_ARRAY(c->mem, size_t, s->q->lists.n + 1),
		.option = NEW_ARRAY(c->mem, str, s->q->lists.n + 1) };
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_response_count(c, k, s->id, &n);
	if (!e)
		e = load_frame(j, k);
	if (!e)
		e = db_visitor_all(c, k, s->id, &j->visitors);
	if (!e)
		e = db_stray_count(c, k, s->id, &out->strays);
	if (e)
		return e;
	if (n > SURVEY_MAX_DATA)
		return cx_fail(c, ERR_LIMIT, "survey_data.too_many", (place){ .file = s->code }, (str){ 0 });
	j->room = (size_t)n;
	out->flags = NEW_ARRAY(c->mem, uint8_t, (size_t)n + 1);
	out->ids = NEW_ARRAY(c->mem, int64_t, (size_t)n + 1);
	j->index = NEW_ARRAY(c->mem, double, (size_t)n + 1);
	j->group = NEW_ARRAY(c->mem, uint32_t, (size_t)n + 1);
	j->asker = NEW_ARRAY(c->mem, uint32_t, (size_t)n + 1);
	j->mode = NEW_ARRAY(c->mem, uint32_t, (size_t)n + 1);
	j->seconds = NEW_ARRAY(c->mem, int64_t, (size_t)n + 1);
	cx_hold(c, &j->hold, drop, j);
	e = db_response_each(c, k, s->id, take, j);
	cx_unhold(&j->hold);
	drop(j);
	if (!e)
		sum_up(j);
	return e;
}

/* ---- single ones ---- */

struct picking {
	cx *c;
	const struct survey_info *s;
	const struct quality *q;
	const struct quality_ask *ask;
	size_t row;
	struct quality_list *out;
};

static bool is_asked_for(const struct quality_ask *ask, uint8_t flags)
{
	return ask->flag == QUALITY_ANY ? flags != 0 : flags >> ask->flag & 1;
}

/* Answers that came since the flags were set are not among the ids. */
static enum err pick(void *ctx, const db_response *r)
{
	struct picking *p = ctx;
	while (p->row < p->q->n && p->q->ids[p->row] < r->id)
		p->row++;
	if (p->row == p->q->n || p->q->ids[p->row] != r->id || !is_asked_for(p->ask, p->q->flags[p->row]))
		return ERR_OK;
	if (p->out->found++ < p->ask->from || p->out->n == p->ask->most)
		return ERR_OK;
	struct given *given = NEW_ARRAY(p->c->mem, struct given, p->s->q->items.n + 1);
	if (!answers_read(p->s->q, arena_str(p->c->mem, r->answers), p->c->mem, given))
		return cx_fail(p->c, ERR_IO, "survey_data.line", (place){ .file = p->s->code }, (str){ 0 });
	*VEC_PUSH(p->c->mem, p->out) = (struct quality_answer){ .flags = p->q->flags[p->row], .mode = arena_str(p->c->mem, r->mode),
		.place = p->s->tokens ? (str){ 0 } : arena_str(p->c->mem, r->at.place), .given = given };
	return ERR_OK;
}

enum err quality_flagged(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, const struct quality_ask *ask,
	struct quality_list *out)
{
	struct quality q;
	*out = (struct quality_list){ 0 };
	enum err e = actor_may(c, a, who, "survey", "check", 0);
	if (!e)
		e = quality_of(c, a, s, ask->fast_share, &q);
	if (e)
		return e;
	struct picking p = { c, s, &q, ask, 0, out };
	out->answers = q.n;
	DB_READER(k);
	e = db_reader(c, a->db, &k);
	return e ? e : db_response_each(c, k, s->id, pick, &p);
}
