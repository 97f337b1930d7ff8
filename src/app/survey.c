#include "app/survey.h"
#include <sodium.h>
#include "app/kept.h"
#include "app/survey_memory.h"
#include "app/xlsform.h"
#include "base/hash.h"
#include "db/questionnaire.h"
#include "db/response.h"
#include "db/survey.h"
#include "db/survey_limit.h"

/* ---- questionnaires, read once ---- */

struct form {
	const questionnaire *q;
	str code;
	int version;
};

static enum err read_form(cx *c, const void *stored, const void **out)
{
	const db_questionnaire *d = stored;
	struct form *f = NEW(c->mem, struct form);
	questionnaire *q;
	str text = arena_str(c->mem, d->csv);
	*f = (struct form){ .code = arena_str(c->mem, d->code), .version = d->version };
	enum err e = questionnaire_read(c, table_csv(csv_open_mem(c, f->code, text, NULL), f->code), &q);
	f->q = q;
	*out = f;
	return e;
}

static enum err make_form(cx *c, struct app *a, int64_t id, const void **out)
{
	DB_READER(k);
	db_questionnaire d;
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_questionnaire_get(c, k, id, &d);
	if (!e)
		*out = kept_make(a->kept, id, read_form, &d);
	return e || *out ? e : read_form(c, &d, out);
}

static enum err form_of(cx *c, struct app *a, int64_t id, struct survey_info *out)
{
	const void *kept = kept_find(a->kept, id);
	enum err e = kept ? ERR_OK : make_form(c, a, id, &kept);
	if (e)
		return e;
	const struct form *f = kept;
	out->q = f->q;
	out->questionnaire = f->code;
	out->version = f->version;
	return ERR_OK;
}

/* ---- surveys ---- */

static enum survey_gate gate_of(const db_survey *s, day today)
{
	if (str_is(s->state, "draft"))
		return SURVEY_DRAFT;
	if (str_is(s->state, "closed") || today > s->closes_on)
		return SURVEY_OVER;
	return today < s->opens_on ? SURVEY_NOT_YET : SURVEY_TAKES;
}

const char *survey_public_word(enum survey_public p)
{
	static const char *const words[] = { "none", "published", "live", "correcting", "withdrawn" };
	return words[p];
}

static enum survey_public public_of(str word)
{
	for (int i = SURVEY_PUBLISHED; i <= SURVEY_WITHDRAWN; i++)
		if (str_is(word, survey_public_word((enum survey_public)i)))
			return (enum survey_public)i;
	return SURVEY_UNPUBLISHED;
}

static struct survey_info info_of(cx *c, const db_survey *s)
{
	return (struct survey_info){ .id = s->id,
		.code = s->code,
		.name = { s->name_vi, s->name_en },
		.period = s->period,
		.note = s->note,
		.design = str_is(s->design, "probability") ? SURVEY_PROBABILITY : str_is(s->design, "census") ? SURVEY_CENSUS : SURVEY_SELF_SELECTED,
		.state = str_is(s->state, "draft") ? SURVEY_IS_DRAFT : str_is(s->state, "open") ? SURVEY_IS_OPEN : SURVEY_IS_CLOSED,
		.gate = gate_of(s, date_of_ms(c->now_ms)),
		.is_public = public_of(s->public),
		.tokens = str_is(s->access, "token"),
		.opens_on = s->opens_on,
		.closes_on = s->closes_on,
		.open_end = s->closes_on == DB_DAY_OPEN,
		.max_answers = s->max_answers,
		.max_day = s->max_day,
		.quotas = s->quotas,
		.illustrative = s->illustrative };
}

/* The limits of the open door. */
static bool has_limits(const db_survey *s) { return !str_is(s->access, "token") && (s->max_answers || s->max_day); }

static enum err count_answers(cx *c, db_conn *k, struct survey_kept *x)
{
	x->on = date_of_ms(c->now_ms);
	return has_limits(&x->s) ? db_tally_get(c, k, x->s.id, x->on, &x->all, &x->today) : ERR_OK;
}

static void look_at_limits(const struct survey_kept *x, struct survey_info *s)
{
	if (s->gate != SURVEY_TAKES || !has_limits(&x->s))
		return;
	if (s->max_answers && x->all >= s->max_answers)
		s->gate = SURVEY_FULL;
	else if (s->max_day && x->today >= s->max_day)
		s->gate = SURVEY_FULL_TODAY;
}

enum err survey_all(cx *c, struct app *a, struct survey_list *out)
{
	DB_READER(k);
	db_survey_list list = { 0 };
	db_questionnaire_list forms = { 0 };
	*out = (struct survey_list){ 0 };
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_survey_all(c, k, &list);
	if (!e)
		e = db_questionnaire_all(c, k, &forms);
	for (size_t i = 0; i < list.n && !e; i++) {
		struct survey_info s = info_of(c, &list.p[i]);
		for (size_t f = 0; f < forms.n; f++)
			if (forms.p[f].id == list.p[i].questionnaire_id) {
				s.questionnaire = forms.p[f].code;
				s.version = forms.p[f].version;
			}
		struct survey_kept x = { .s = list.p[i] };
		e = count_answers(c, k, &x);
		look_at_limits(&x, &s);
		if (!e)
			e = db_response_count(c, k, s.id, &s.answers);
		*VEC_PUSH(c->mem, out) = s;
	}
	return e;
}

/* In a flood of answers the row is read once for each commit, not once for each answer. */
static enum err read_survey(cx *c, struct app *a, str code, struct survey_kept *out)
{
	uint64_t version = 0;
	if (a->surveys && db_version(a->db, true, &version) && survey_memory_get(a->surveys, c, version, code, out))
		return ERR_OK;
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	*out = (struct survey_kept){ .all = 0 };
	if (!e)
		e = db_survey_by_code(c, k, code, &out->s);
	if (!e)
		e = count_answers(c, k, out);
	if (!e)
		survey_memory_put(a->surveys, version, out);
	return e;
}

enum err survey_get(cx *c, struct app *a, str code, struct survey_info *out)
{
	struct survey_kept x;
	enum err e = read_survey(c, a, code, &x);
	if (e)
		return e;
	*out = info_of(c, &x.s);
	look_at_limits(&x, out);
	return form_of(c, a, x.s.questionnaire_id, out);
}

static struct survey_place place_of(const db_survey_place *p)
{
	return (struct survey_place){ p->code, { p->name_vi, p->name_en }, p->unit_id };
}

enum err survey_place_get(cx *c, struct app *a, const struct survey_info *s, str code, struct survey_place *out)
{
	DB_READER(k);
	db_survey_place p;
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_survey_place_get(c, k, s->id, code, &p);
	if (!e)
		*out = place_of(&p);
	return e;
}

enum err survey_places(cx *c, struct app *a, const struct survey_info *s, struct survey_place_list *out)
{
	DB_READER(k);
	db_survey_place_list list = { 0 };
	*out = (struct survey_place_list){ 0 };
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_survey_place_all(c, k, s->id, &list);
	for (size_t i = 0; i < list.n && !e; i++)
		*VEC_PUSH(c->mem, out) = place_of(&list.p[i]);
	return e;
}

/* ---- tokens ---- */

/* 26 of 32 signs: 130 bits. No vowels that make words, none that look alike. */
str survey_token_text(arena *mem)
{
	static const char signs[] = "0123456789abcdefghjkmnpqrstvwxyz";
	unsigned char random[26];
	char *p = arena_alloc(mem, sizeof random + 1);
	randombytes_buf(random, sizeof random);
	for (size_t i = 0; i < sizeof random; i++)
		p[i] = signs[random[i] & 31];
	sodium_memzero(random, sizeof random);
	return (str){ p, sizeof random };
}

str survey_token_typed(arena *mem, str typed)
{
	char *p = arena_alloc(mem, typed.len + 1);
	size_t n = 0;
	for (size_t i = 0; i < typed.len; i++) {
		char x = typed.p[i] >= 'A' && typed.p[i] <= 'Z' ? (char)(typed.p[i] - 'A' + 'a') : typed.p[i];
		if (x != ' ' && x != '-')
			p[n++] = x == 'o' ? '0' : x == 'i' || x == 'l' ? '1' : x;
	}
	return (str){ p, n };
}

str survey_token_hash(arena *mem, str token)
{
	return hash_for(mem, "survey token", token, DB_TOKEN_HASH);
}

struct token_work {
	int64_t survey_id;
	str hash;
	db_sampled at;
};

static enum err add_token(cx *c, db_conn *k, void *arg)
{
	const struct token_work *w = arg;
	return db_token_add(c, k, w->survey_id, w->hash, &w->at);
}

enum err survey_token_new(cx *c, struct app *a, const struct survey_info *s, str where, str *out)
{
	str text = survey_token_text(c->mem);
	struct token_work w = { s->id, survey_token_hash(c->mem, text), { .place = where } };
	enum err e = db_tx(c, a->db, DB_WRITE, add_token, &w);
	if (!e)
		*out = text;
	return e;
}

enum err survey_token_look(cx *c, struct app *a, str token, struct survey_info *out, str *where, bool *used)
{
	DB_READER(k);
	int64_t survey_id;
	db_survey s;
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_token_look(c, k, survey_token_hash(c->mem, token), &survey_id, used, where);
	if (!e)
		e = db_survey_get(c, k, survey_id, &s);
	db_release(k);
	k = NULL;
	if (e)
		return e;
	*out = info_of(c, &s);
	return form_of(c, a, s.questionnaire_id, out);
}

/* ---- questionnaires ---- */

static struct questionnaire_info form_info(const db_questionnaire *d)
{
	return (struct questionnaire_info){ .id = d->id, .code = d->code, .name = { d->name_vi, d->name_en }, .version = d->version,
		.illustrative = d->illustrative, .created_at = d->created_at, .actor = d->actor, .text = d->csv };
}

enum err questionnaire_all(cx *c, struct app *a, struct questionnaire_infos *out)
{
	DB_READER(k);
	db_questionnaire_list list = { 0 };
	*out = (struct questionnaire_infos){ 0 };
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_questionnaire_all(c, k, &list);
	for (size_t i = 0; i < list.n && !e; i++)
		*VEC_PUSH(c->mem, out) = form_info(&list.p[i]);
	return e;
}

enum err questionnaire_get(cx *c, struct app *a, str code, int version, struct questionnaire_info *out)
{
	DB_READER(k);
	db_questionnaire d;
	questionnaire *q = NULL;
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = version ? db_questionnaire_version(c, k, code, version, &d) : db_questionnaire_last(c, k, code, &d);
	if (e == ERR_NOTFOUND)
		return cx_fail(c, e, version ? "questionnaire.no_version" : "questionnaire.unknown", (place){ 0 }, code);
	if (!e)
		e = questionnaire_read(c, table_csv(csv_open_mem(c, d.code, d.csv, NULL), d.code), &q);
	if (!e) {
		*out = form_info(&d);
		out->q = q;
	}
	return e;
}

/* ---- loading ---- */

struct store_work {
	db_questionnaire q;
	bool stored;
};

static enum err put_form(cx *c, db_conn *k, void *arg)
{
	struct store_work *w = arg;
	return db_questionnaire_put(c, k, &w->q, &w->stored);
}

enum err questionnaire_store(cx *c, struct app *a, str name, str bytes, const struct import_options *opt, struct import_report *out)
{
	const questionnaire *q;
	str text;
	enum err e = questionnaire_text(c, name, bytes, &opt->csv, STR(""), &text, &q);
	if (e)
		return e;
	struct store_work w = { .q = { .code = opt->code ? str_of(opt->code) : import_code(name),
					.name_vi = q->name[LANG_VI],
					.name_en = q->name[LANG_EN],
					.illustrative = import_says_illustrative(q->name[LANG_VI]),
					.csv = text,
					.sha256 = hash_sha256(c->mem, text),
					.source = q->source[LANG_VI],
					.note = q->note[LANG_VI],
					.actor = str_of(opt->actor ? opt->actor : "system") } };
	e = db_tx(c, a->db, DB_WRITE, put_form, &w);
	out->rows = q->n_asked;
	out->changed = w.stored;
	out->known = !w.stored;
	return e;
}
