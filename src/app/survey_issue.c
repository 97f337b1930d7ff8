#include "app/survey_issue.h"
#include "app/audit.h"
#include "db/survey.h"
#include "format/qr.h"

struct issuing {
	const struct actor *who;
	const struct survey_info *s;
	str place;
	str *text;
	str *hash;
	size_t n;
};

static enum err add_all(cx *c, db_conn *k, void *arg)
{
	const struct issuing *w = arg;
	const db_sampled at = { .place = w->place };
	enum err e = ERR_OK;
	for (size_t i = 0; i < w->n && !e; i++)
		e = db_token_add(c, k, w->s->id, w->hash[i], &at);
	return e ? e : audit_add(c, k, w->who, "invitation.issue", w->s->code, arena_printf(c->mem, "%zu", w->n));
}

static enum err wrong(cx *c, enum err code, const char *key, const char *field)
{
	return cx_fail(c, code, key, (place){ .field = str_of(field) }, (str){ 0 });
}

enum err survey_tokens_issue(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str where, int64_t n, struct survey_tokens *out)
{
	struct survey_place at;
	enum err e = actor_may(c, a, who, "survey", "issue", 0);
	if (e)
		return e;
	if (n < 1 || n > SURVEY_ISSUE_MAX)
		return wrong(c, ERR_INPUT, "issue.number", "so-luong");
	if (s->gate == SURVEY_OVER)
		return wrong(c, ERR_CONFLICT, "issue.closed", "");
	e = where.len ? survey_place_get(c, a, s, where, &at) : ERR_OK;
	if (e)
		return e == ERR_NOTFOUND ? wrong(c, ERR_INPUT, "issue.place", "noi") : e;
	struct issuing w = { who, s, where, NEW_ARRAY(c->mem, str, (size_t)n), NEW_ARRAY(c->mem, str, (size_t)n), (size_t)n };
	for (size_t i = 0; i < w.n; i++) {
		w.text[i] = survey_token_text(c->mem);
		w.hash[i] = survey_token_hash(c->mem, w.text[i]);
	}
	e = db_tx(c, a->db, DB_WRITE, add_all, &w);
	if (!e)
		*out = (struct survey_tokens){ w.text, w.n };
	return e;
}

enum err survey_tokens_count(cx *c, struct app *a, const struct survey_info *s, int64_t *all, int64_t *used)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	return e ? e : db_token_count(c, k, s->id, all, used);
}

enum err survey_qr(cx *c, str address, str *svg)
{
	return qr_svg(c, address, QR_MEDIUM, svg);
}
