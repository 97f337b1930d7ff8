#include "app/survey_data.h"
#include "app/survey_weight.h"
#include <math.h>
#include "base/map.h"
#include "db/response.h"

enum { BATCH = 256 /* answers between two clearings of what reading them left */ };

struct loader {
	cx *c, *scratch;
	struct cx_hold hold;
	struct survey_data *d;
	const questionnaire *q;
	struct given *given;
	struct answer *answers;
	size_t room;
	map texts; /* places, strata and the like: few texts, many times */
	VEC(str) kept;
};

static void drop(void *what)
{
	struct loader *l = what;
	cx_free(l->scratch);
	l->scratch = NULL;
}

static str intern(struct loader *l, str s)
{
	bool added;
	if (!s.len)
		return (str){ 0 };
	const int64_t *known = map_get(&l->texts, s);
	if (known)
		return l->kept.p[*known];
	s = arena_str(l->c->mem, s);
	*map_put(l->c->mem, &l->texts, s, &added) = (int64_t)l->kept.n;
	*VEC_PUSH(l->c->mem, &l->kept) = s;
	return s;
}

static void make_columns(struct loader *l, bool with_texts)
{
	arena *mem = l->c->mem;
	size_t n = l->room + 1;
	struct survey_data *d = l->d;
	d->item = NEW_ARRAY(mem, struct survey_column, l->q->items.n);
	d->place = NEW_ARRAY(mem, str, n);
	d->stratum = NEW_ARRAY(mem, str, n);
	d->psu = NEW_ARRAY(mem, str, n);
	d->weight = NEW_ARRAY(mem, str, n);
	d->mode = NEW_ARRAY(mem, str, n);
	d->lang = NEW_ARRAY(mem, str, n);
	d->on = NEW_ARRAY(mem, day, n);
	for (size_t i = 0; i < l->q->items.n; i++) {
		const struct question *x = &l->q->items.p[i];
		struct survey_column *k = &d->item[i];
		if (!question_is_asked(x))
			continue;
		k->state = NEW_ARRAY(mem, uint8_t, n);
		if (x->kind == ASK_SINGLE || x->kind == ASK_SCALE)
			k->code = NEW_ARRAY(mem, int16_t, n);
		if (x->kind == ASK_MULTIPLE) {
			k->words = (int)(l->q->lists.p[x->list].options.n + 63) / 64;
			k->ticks = NEW_ARRAY(mem, uint64_t, n * (size_t)k->words);
		}
		if (x->kind == ASK_NUMBER)
			k->number = NEW_ARRAY(mem, double, n);
		if ((x->kind == ASK_TEXT || x->kind == ASK_DATE) && with_texts)
			k->text = NEW_ARRAY(mem, str, n);
	}
}

static int option_of(const questionnaire *q, const struct question *x, str code)
{
	const struct question_list *l = &q->lists.p[x->list];
	for (size_t i = 0; i < l->options.n; i++)
		if (str_eq(l->options.p[i].code, code))
			return (int)i;
	return NO_ITEM;
}

static void take_item(struct loader *l, size_t row, size_t item)
{
	const struct question *x = &l->q->items.p[item];
	const struct answer *a = &l->answers[item];
	struct survey_column *k = &l->d->item[item];
	k->state[row] = (uint8_t)a->state;
	if (k->code)
		k->code[row] = (int16_t)(a->given.n ? option_of(l->q, x, a->given.p[0]) : NO_ITEM);
	for (size_t i = 0; k->ticks && i < a->given.n; i++) {
		int o = option_of(l->q, x, a->given.p[i]);
		if (o >= 0)
			k->ticks[row * (size_t)k->words + (size_t)o / 64] |= (uint64_t)1 << o % 64;
	}
	if (k->number)
		k->number[row] = a->state == ANSWER_GIVEN && a->value.kind == VAL_NUM ? dec_to_double(a->value.num) : (double)NAN;
	if (k->text && a->given.n)
		k->text[row] = arena_str(l->c->mem, a->given.p[0]);
}

/* What was not asked is worked out anew from the rules of the form: it is not stored. */
static enum err take(void *ctx, const db_response *r)
{
	struct loader *l = ctx;
	struct survey_data *d = l->d;
	if (d->n == l->room)
		return ERR_OK; /* one that came while we were reading: the next time */
	if (d->n % BATCH == 0) {
		cx_free(l->scratch);
		l->scratch = cx_new(0);
	}
	if (!answers_read(l->q, r->answers, l->scratch->mem, l->given))
		return cx_fail(l->c, ERR_IO, "survey_data.line", (place){ .file = d->s->code }, (str){ 0 }); /* whose it is, nobody may read in a log */
	answers_check(l->scratch, l->q, l->given, r->on, 0, 0, LANG_VI, l->answers);
	for (size_t i = 0; i < l->q->items.n; i++)
		if (question_is_asked(&l->q->items.p[i]))
			take_item(l, d->n, i);
	d->place[d->n] = intern(l, r->at.place);
	d->stratum[d->n] = intern(l, r->at.stratum);
	d->psu[d->n] = intern(l, r->at.psu);
	d->weight[d->n] = intern(l, r->at.weight);
	d->mode[d->n] = intern(l, r->mode);
	d->lang[d->n] = intern(l, r->lang);
	d->on[d->n++] = r->on;
	return ERR_OK;
}

enum err survey_data_load(cx *c, struct app *a, const struct survey_info *s, bool with_texts, struct survey_data *out)
{
	DB_READER(k);
	int64_t n = 0;
	*out = (struct survey_data){ .s = s };
	struct loader *l = NEW(c->mem, struct loader); /* not on the stack: the hold outlives it */
	*l = (struct loader){ .c = c, .d = out, .q = s->q, .given = NEW_ARRAY(c->mem, struct given, s->q->items.n),
		.answers = NEW_ARRAY(c->mem, struct answer, s->q->items.n) };
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_response_count(c, k, s->id, &n);
	if (e)
		return e;
	if (n > SURVEY_MAX_DATA)
		return cx_fail(c, ERR_LIMIT, "survey_data.too_many", (place){ .file = s->code }, (str){ 0 });
	l->room = (size_t)n;
	make_columns(l, with_texts);
	cx_hold(c, &l->hold, drop, l);
	e = survey_weigher_load(c, k, s->id, &out->weigh);
	if (!e)
		e = db_response_each(c, k, s->id, take, l);
	cx_unhold(&l->hold);
	drop(l);
	return e;
}
