#include "app/response.h"
#include <sodium.h>
#include "app/survey_callback.h"
#include "app/survey_public.h"
#include "app/survey_quota.h"
#include "base/hash.h"
#include "db/queue.h"
#include "db/response.h"
#include "db/survey_case.h"
#include "db/survey_limit.h"
#include "engine/fieldwork.h"

struct response_work {
	db_response r;
	str token_hash, token_receipt;
	int64_t case_id;
	str interviewer;
	str sealed; /* of an interview: which answer, for a call-back; empty: none */
	db_visit visit; /* account_id 0: none */
	db_limits most; /* of the open door; both 0: no limit, or it came another way */
	const str *cells; /* of the quotas that it falls into */
	size_t n_cells;
	bool counts_only; /* cells are counted, and refuse nobody */
	bool screen;      /* only if a cell is full: put aside */
	/* what came of it */
	int64_t added; /* known when the transaction has ended */
	bool again, full_all, full_day, screened;
};

static enum err refuse(cx *c, enum err code, const char *key)
{
	return cx_fail(c, code, key, (place){ 0 }, (str){ 0 });
}

/* ---- storing ---- */

/* A submission that is sent again is answered before anything is counted. */
static enum err look_for_it(cx *c, db_conn *k, struct response_work *w)
{
	if (!w->n_cells && !w->case_id)
		return ERR_OK; /* the receipt alone decides */
	enum err e = db_response_has(c, k, w->r.survey_id, w->r.receipt, &w->again);
	return e || w->again || !w->n_cells ? e : db_screened_has(c, k, w->r.survey_id, w->r.receipt, &w->screened);
}

static bool has_limits(const struct response_work *w) { return w->most.all || w->most.day; }

static enum err look_at_limits(cx *c, db_conn *k, struct response_work *w)
{
	int64_t all, today;
	if (!has_limits(w))
		return ERR_OK;
	enum err e = db_tally_get(c, k, w->r.survey_id, w->r.on, &all, &today);
	w->full_all = !e && w->most.all && all >= w->most.all;
	w->full_day = !e && w->most.day && today >= w->most.day;
	return e;
}

static bool has_cell(const struct response_work *w, str code)
{
	for (size_t i = 0; i < w->n_cells; i++)
		if (str_eq(w->cells[i], code))
			return true;
	return false;
}

/* *full: the code of a cell that has enough; empty: none. */
static enum err look_at_quotas(cx *c, db_conn *k, const struct response_work *w, str *full)
{
	db_quota_list list;
	*full = (str){ 0 };
	if (!w->n_cells || w->counts_only)
		return ERR_OK;
	enum err e = db_quota_all(c, k, w->r.survey_id, &list);
	for (size_t i = 0; i < list.n && !e; i++)
		if (list.p[i].n >= list.p[i].most && has_cell(w, list.p[i].code))
			*full = list.p[i].code;
	return e;
}

/* The case that answers: by its number, or by the invitation that was sent to it. */
static enum err find_case(cx *c, db_conn *k, const struct response_work *w, db_case *x)
{
	enum err e = w->case_id ? db_case_by_id(c, k, w->case_id, x) : w->token_hash.len ? db_case_by_token(c, k, w->token_hash, x) : ERR_NOTFOUND;
	if (e == ERR_NOTFOUND && !w->case_id) {
		*x = (db_case){ 0 };
		return ERR_OK;
	}
	if (!e && (x->survey_id != w->r.survey_id || str_is(x->outcome, "completed") || str_is(x->outcome, "quota_full")))
		return refuse(c, ERR_CONFLICT, "response.case_over");
	return e;
}

static enum err end_case(cx *c, db_conn *k, const struct response_work *w, db_case *x, const char *outcome)
{
	if (!x->id)
		return ERR_OK;
	x->attempts++;
	if (w->interviewer.len)
		x->interviewer = w->interviewer;
	enum err e = str_is(str_of(outcome), "completed") ? survey_callback_draw(c, k, x, w->sealed) : ERR_OK;
	return e ? e : db_case_over(c, k, x, str_of(outcome));
}

static enum err count_it(cx *c, db_conn *k, const struct response_work *w)
{
	enum err e = has_limits(w) ? db_tally_add(c, k, w->r.survey_id, w->r.on, &w->most) : ERR_OK;
	for (size_t i = 0; i < w->n_cells && !e; i++)
		e = db_quota_add(c, k, w->r.survey_id, w->cells[i]);
	return e;
}

/* Token, case and answer in one transaction: a used token without an answer, or the reverse, never exists. */
static enum err keep(cx *c, db_conn *k, struct response_work *w, str full)
{
	db_response r = w->r;
	db_case x;
	enum err e = find_case(c, k, w, &x);
	if (!e && w->case_id)
		r.at = x.at;
	if (!e && w->token_hash.len)
		e = db_token_use(c, k, r.survey_id, w->token_hash, w->token_receipt, &r.at, &w->again);
	if (e || w->again)
		return e;
	if (full.len) {
		w->screened = true;
		e = db_screened_add(c, k, &r, full, &w->again);
	} else {
		e = db_response_add(c, k, &r, &w->again);
		w->added = !e && !w->again;
		if (w->added && w->visit.account_id)
			e = db_visit_add(c, k, &w->visit);
	}
	if (!e && !w->again)
		e = end_case(c, k, w, &x, full.len ? "quota_full" : "completed");
	return e || w->again || full.len ? e : count_it(c, k, w);
}

/* With nothing to be written but the answer and its place under the limits: one who answers waits for nobody else in the same commit. */
static bool is_plain(const struct response_work *w)
{
	return !w->token_hash.len && !w->case_id && !w->visit.account_id && !w->n_cells;
}

static enum err store_plain(cx *c, db_conn *k, struct response_work *w)
{
	return has_limits(w) ? db_tally_post(c, k, &w->r, &w->most, &w->added) : db_response_post(c, k, &w->r, &w->added);
}

/* It was there already, or there was no room; seldom enough to be looked up afterwards. */
static enum err why_not_added(cx *c, struct app *a, struct response_work *w)
{
	DB_READER(k);
	int64_t all, today;
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_response_has(c, k, w->r.survey_id, w->r.receipt, &w->again);
	if (e || w->again)
		return e;
	e = db_tally_get(c, k, w->r.survey_id, w->r.on, &all, &today);
	w->full_all = w->most.all && all >= w->most.all;
	w->full_day = !w->full_all;
	return e;
}

enum err response_store(cx *c, db_conn *k, void *arg)
{
	struct response_work *w = arg;
	str full;
	w->again = w->full_all = w->full_day = w->screened = false;
	w->added = 0;
	if (is_plain(w) && !w->screen)
		return store_plain(c, k, w);
	enum err e = look_for_it(c, k, w);
	if (e || w->again || w->screened)
		return e;
	e = look_at_limits(c, k, w);
	if (e || w->full_all || w->full_day)
		return e;
	e = look_at_quotas(c, k, w, &full);
	if (e || (w->screen && !full.len))
		return e;
	return keep(c, k, w, full);
}

/* ---- before it ---- */

/* Positive, and nothing can be read from it. */
static int64_t random_id(void)
{
	uint64_t n = 0;
	while (!n) {
		randombytes_buf(&n, sizeof n);
		n >>= 1;
	}
	return (int64_t)n;
}

static bool by_open_door(const struct submission *in)
{
	return !in->token.len && !in->case_id && (!strcmp(in->mode, "web") || !strcmp(in->mode, "qr") || !strcmp(in->mode, "kiosk"));
}

static const char *gate_key(enum survey_gate g)
{
	return g == SURVEY_FULL ? "response.full" : g == SURVEY_FULL_TODAY ? "response.full_today" : "response.closed";
}

static enum err may_answer(cx *c, struct app *a, const struct survey_info *s, const struct submission *in)
{
	struct survey_place at;
	bool open = by_open_door(in), full = s->gate == SURVEY_FULL || s->gate == SURVEY_FULL_TODAY;
	/* Sent again after the last place was taken: only the store knows whether it is the one that took it. */
	if (s->gate != SURVEY_TAKES && !full && !(in->as_is && s->gate == SURVEY_OVER))
		return refuse(c, ERR_DENIED, gate_key(s->gate));
	enum err locked = survey_changes(c, s);
	if (locked)
		return locked;
	if (s->tokens && !in->token.len && !in->case_id && !in->as_is)
		return refuse(c, ERR_DENIED, "response.token_needed");
	if (open && s->design != SURVEY_SELF_SELECTED)
		return refuse(c, ERR_DENIED, "response.needs_sample");
	if (!in->where.len || in->token.len || in->case_id)
		return ERR_OK;
	enum err e = survey_place_get(c, a, s, in->where, &at);
	return e == ERR_NOTFOUND ? refuse(c, ERR_DENIED, "response.place_unknown") : e;
}

static str line_of(cx *c, const questionnaire *q, const struct answer *a)
{
	buf b;
	buf_init(&b, 0);
	answers_write(q, a, &b);
	str line = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return line;
}

static enum err find_cells(cx *c, struct app *a, const struct survey_info *s, const struct answer *answers, struct response_work *w)
{
	struct survey_quota_list list;
	enum err e = survey_quotas(c, a, s, &list);
	str *codes = NEW_ARRAY(c->mem, str, list.n + 1);
	for (size_t i = 0; i < list.n; i++)
		if (survey_quota_matches(s->q, &list.p[i], answers))
			codes[w->n_cells++] = list.p[i].code;
	w->cells = codes;
	return e;
}

static int64_t took(const struct submission *in)
{
	const struct response_visit *v = in->visit;
	return v && v->started_at && v->ended_at ? (v->ended_at - v->started_at + 999) / 1000 : in->seconds;
}

day response_day(const cx *c, const struct submission *in)
{
	if (in->visit && in->visit->ended_at)
		return date_of_ms(in->visit->ended_at < c->now_ms ? in->visit->ended_at : c->now_ms);
	return in->on ? in->on : date_of_ms(c->now_ms);
}

static enum err work_of(cx *c, struct app *a, const struct survey_info *s, const struct submission *in, const struct answer *answers,
	struct response_work *w)
{
	bool open = by_open_door(in);
	*w = (struct response_work){ .r = { .id = in->id ? in->id : random_id(),
					     .survey_id = s->id,
					     .receipt = hash_for(c->mem, "survey answer", in->key, DB_RECEIPT),
					     .on = response_day(c, in),
					     .mode = str_of(in->mode),
					     .lang = str_of(in->lang == LANG_EN ? "en" : "vi"),
					     .at = { .place = in->where },
					     .answers = line_of(c, s->q, answers),
					     .seconds = field_seconds(took(in)) },
		.case_id = in->case_id,
		.interviewer = in->interviewer,
		.most = { open ? s->max_answers : 0, open ? s->max_day : 0 },
		.counts_only = in->as_is };
	if (in->visit)
		w->visit = (db_visit){ w->r.id, in->visit->user_id, in->visit->started_at, in->visit->ended_at,
			in->visit->by_day ? (int64_t)date_of_ms(c->now_ms) * DAY_MS : 0 };
	if (in->case_id && in->interviewer.len)
		w->sealed = survey_callback_seal(c, a, w->r.id);
	if (in->token.len) {
		w->token_hash = survey_token_hash(c->mem, in->token);
		w->token_receipt = hash_for(c->mem, "survey token used", in->key, DB_RECEIPT);
	}
	return s->quotas ? find_cells(c, a, s, answers, w) : ERR_OK;
}

enum err response_prepare(cx *c, struct app *a, const struct survey_info *s, const struct submission *in, struct response_work **out)
{
	enum err e = may_answer(c, a, s, in);
	if (e)
		return e;
	struct answer *answers = NEW_ARRAY(c->mem, struct answer, s->q->items.n);
	e = (in->as_is ? answers_check_as_is : answers_check)(c, s->q, in->given, response_day(c, in), 0, (int32_t)s->q->items.n, in->lang, answers);
	if (e)
		return e;
	*out = NEW(c->mem, struct response_work);
	return work_of(c, a, s, in, answers, *out);
}

void response_from_paper(cx *c, struct response_work *w, str key, str where, str stratum, str psu, str weight)
{
	w->r.receipt = hash_for(c->mem, "survey answer", key, DB_RECEIPT);
	w->r.at = (db_sampled){ where, stratum, psu, weight };
}

str response_line(const struct response_work *w)
{
	return w->r.answers;
}

static enum err submit(cx *c, struct app *a, struct response_work *w)
{
	enum err e = a->queue ? db_submit(a->queue, DB_FLOOD, c, response_store, w) : db_tx(c, a->db, DB_WRITE, response_store, w);
	if (e == ERR_NOTFOUND)
		return refuse(c, ERR_DENIED, w->case_id ? "response.case_over" : "response.token_unknown");
	if (e == ERR_CONFLICT && w->token_hash.len && !w->case_id)
		return refuse(c, ERR_CONFLICT, "response.token_used");
	return e;
}

enum err response_submit(cx *c, struct app *a, const struct survey_info *s, const struct submission *in, bool *again)
{
	struct response_work *w;
	*again = false;
	enum err e = response_prepare(c, a, s, in, &w);
	if (!e)
		e = submit(c, a, w);
	if (!e && is_plain(w) && !w->added)
		e = why_not_added(c, a, w);
	if (e)
		return e;
	if (w->full_all || w->full_day)
		return refuse(c, ERR_DENIED, w->full_all ? "response.full" : "response.full_today");
	*again = w->again;
	return w->screened ? refuse(c, ERR_DENIED, "response.quota_full") : ERR_OK;
}

enum err response_screen(cx *c, struct app *a, const struct survey_info *s, const struct submission *in, bool *full)
{
	struct response_work w;
	*full = false;
	if (!s->quotas || in->as_is)
		return ERR_OK;
	enum err e = may_answer(c, a, s, in);
	if (e)
		return e;
	size_t faults = c->n_faults, errors = c->n_errors;
	struct answer *answers = NEW_ARRAY(c->mem, struct answer, s->q->items.n);
	answers_check(c, s->q, in->given, response_day(c, in), 0, 0, in->lang, answers);
	c->n_faults = faults;
	c->n_errors = errors;
	e = work_of(c, a, s, in, answers, &w);
	if (e || !w.n_cells)
		return e;
	w.screen = true;
	e = submit(c, a, &w);
	*full = !e && w.screened;
	return e;
}

enum err response_find(cx *c, struct app *a, const struct survey_info *s, str key, int64_t *id)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	*id = 0;
	return e ? e : db_response_find(c, k, s->id, hash_for(c->mem, "survey answer", key, DB_RECEIPT), id);
}
