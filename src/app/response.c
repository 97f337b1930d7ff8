#include "app/response.h"
#include <sodium.h>
#include "base/hash.h"
#include "db/queue.h"
#include "db/response.h"

struct work {
	db_response r;
	str token_hash, token_receipt;
	db_visit visit; /* account_id 0: none */
	bool again;
};

/* Token and answer in one transaction: a used token without an answer, or the reverse, never exists. */
static enum err store(cx *c, db_conn *k, void *arg)
{
	struct work *w = arg;
	db_response r = w->r;
	w->again = false;
	if (w->token_hash.len) {
		enum err e = db_token_use(c, k, r.survey_id, w->token_hash, w->token_receipt, &r.at, &w->again);
		if (e || w->again)
			return e;
	}
	enum err e = db_response_add(c, k, &r, &w->again);
	return e || w->again || !w->visit.account_id ? e : db_visit_add(c, k, &w->visit);
}

static enum err refuse(cx *c, enum err code, const char *key)
{
	return cx_fail(c, code, key, (place){ 0 }, (str){ 0 });
}

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

static enum err may_answer(cx *c, struct app *a, const struct survey_info *s, const struct submission *in)
{
	struct survey_place at;
	if (s->gate != SURVEY_TAKES)
		return refuse(c, ERR_DENIED, "response.closed");
	if (s->tokens && !in->token.len)
		return refuse(c, ERR_DENIED, "response.token_needed");
	if (!in->where.len || in->token.len)
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

enum err response_submit(cx *c, struct app *a, const struct survey_info *s, const struct submission *in, bool *again)
{
	enum err e = may_answer(c, a, s, in);
	*again = false;
	if (e)
		return e;
	struct answer *answers = NEW_ARRAY(c->mem, struct answer, s->q->items.n);
	e = answers_check(c, s->q, in->given, 0, (int32_t)s->q->items.n, in->lang, answers);
	if (e)
		return e;
	struct work w = { .r = { .id = random_id(),
				  .survey_id = s->id,
				  .receipt = hash_for(c->mem, "survey answer", in->key, DB_RECEIPT),
				  .on = date_of_ms(c->now_ms),
				  .mode = str_of(in->mode),
				  .lang = str_of(in->lang == LANG_EN ? "en" : "vi"),
				  .at = { .place = in->where },
				  .answers = line_of(c, s->q, answers) } };
	if (in->visit)
		w.visit = (db_visit){ w.r.id, in->visit->user_id, in->visit->started_at, in->visit->ended_at };
	if (in->visit && in->visit->ended_at)
		w.r.on = date_of_ms(in->visit->ended_at < c->now_ms ? in->visit->ended_at : c->now_ms);
	if (in->token.len) {
		w.token_hash = survey_token_hash(c->mem, in->token);
		w.token_receipt = hash_for(c->mem, "survey token used", in->key, DB_RECEIPT);
	}
	e = a->queue ? db_submit(a->queue, DB_FLOOD, c, store, &w) : db_tx(c, a->db, DB_WRITE, store, &w);
	if (e == ERR_NOTFOUND)
		return refuse(c, ERR_DENIED, "response.token_unknown");
	if (e == ERR_CONFLICT && in->token.len)
		return refuse(c, ERR_CONFLICT, "response.token_used");
	*again = w.again;
	return e;
}

enum err response_find(cx *c, struct app *a, const struct survey_info *s, str key, int64_t *id)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	*id = 0;
	return e ? e : db_response_find(c, k, s->id, hash_for(c->mem, "survey answer", key, DB_RECEIPT), id);
}
