#include "app/survey_stray.h"
#include <sodium.h>
#include "app/audit.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/vec.h"
#include "base/vn.h"
#include "db/file.h"
#include "db/survey_case.h"
#include "db/survey_stray.h"
#include "engine/answer.h"

static const char *const words[] = { "", "none", "unknown", "foreign", "over" };

static str receipt_of(cx *c, str key)
{
	return hash_for(c->mem, "survey answer", key, DB_RECEIPT); /* as that of the answer it becomes */
}

enum err survey_case_named(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str code, int64_t *id, enum stray_reason *why)
{
	DB_READER(k);
	db_case x;
	*id = 0;
	*why = STRAY_NO;
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_case_get(c, k, s->id, code, &x);
	if (e == ERR_NOTFOUND) {
		*why = STRAY_UNKNOWN;
		return ERR_OK;
	}
	if (e)
		return e;
	bool his = !x.interviewer.len || str_eq(x.interviewer, who->login) || who->system || actor_can(who, STR("survey"), STR("manage"));
	if (str_is(x.outcome, "completed") || str_is(x.outcome, "quota_full"))
		*why = STRAY_OVER;
	else if (!his)
		*why = STRAY_FOREIGN;
	else
		*id = x.id;
	return ERR_OK;
}

/* ---- keeping one ---- */

static enum err put_stray(cx *c, db_conn *k, void *arg)
{
	db_stray *x = arg;
	enum err e = db_stray_add(c, k, x);
	return e ? e : db_stray_find(c, k, x->survey_id, x->receipt, &x->id);
}

static enum err line_of(cx *c, const struct survey_info *s, const struct submission *in, str *line)
{
	struct answer *answers = NEW_ARRAY(c->mem, struct answer, s->q->items.n);
	enum err e = answers_check(c, s->q, in->given, response_day(c, in), 0, (int32_t)s->q->items.n, in->lang, answers);
	buf b;
	if (e)
		return e;
	buf_init(&b, 0);
	answers_write(s->q, answers, &b);
	*line = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return ERR_OK;
}

enum err survey_stray_keep(cx *c, struct app *a, const struct survey_info *s, const struct submission *in, str code, enum stray_reason why, int64_t *id)
{
	uint64_t n = 0;
	db_stray x = { .survey_id = s->id,
		.receipt = receipt_of(c, in->key),
		.key = in->key,
		.case_code = code,
		.place = in->where,
		.reason = str_of(words[why]),
		.account_id = in->visit->user_id,
		.started_at = in->visit->started_at,
		.ended_at = in->visit->ended_at,
		.received_at = c->now_ms };
	enum err e = line_of(c, s, in, &x.answers);
	while (!n) {
		randombytes_buf(&n, sizeof n);
		n >>= 1;
	}
	x.id = (int64_t)n;
	if (!e && s->gate != SURVEY_TAKES)
		e = cx_fail(c, ERR_DENIED, "response.closed", (place){ 0 }, (str){ 0 });
	if (!e)
		e = db_tx(c, a->db, DB_WRITE, put_stray, &x);
	*id = x.id;
	return e;
}

enum err survey_stray_find(cx *c, struct app *a, const struct survey_info *s, str key, int64_t *id)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	*id = 0;
	return e ? e : db_stray_find(c, k, s->id, receipt_of(c, key), id);
}

/* ---- what is kept, and whose it is ---- */

static enum stray_reason reason_of(str word)
{
	for (int i = STRAY_NONE; i <= STRAY_OVER; i++)
		if (str_is(word, words[i]))
			return (enum stray_reason)i;
	return STRAY_UNKNOWN;
}

enum err survey_strays(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, struct survey_stray_list *out)
{
	DB_READER(k);
	db_stray_list list = { 0 };
	*out = (struct survey_stray_list){ 0 };
	enum err e = actor_may(c, a, who, "survey", "check", 0);
	if (!e)
		e = db_reader(c, a->db, &k);
	if (!e)
		e = db_stray_all(c, k, s->id, STRAYS_SHOWN, &list);
	for (size_t i = 0; i < list.n; i++) {
		const db_stray *x = &list.p[i];
		struct given *given = NEW_ARRAY(c->mem, struct given, s->q->items.n + 1);
		if (!answers_read(s->q, x->answers, c->mem, given))
			return cx_fail(c, ERR_IO, "survey_data.line", (place){ .file = s->code }, (str){ 0 });
		*VEC_PUSH(c->mem, out) = (struct survey_stray){ .id = x->id, .case_code = x->case_code, .interviewer = x->name,
			.reason = reason_of(x->reason), .place = x->place, .started_at = x->started_at, .received_at = x->received_at, .given = given };
	}
	return e;
}

struct settling {
	const struct actor *who;
	const struct survey_info *s;
	int64_t id;
	str code; /* of the case; or the reason */
};

static enum err put_settled(cx *c, db_conn *k, void *arg)
{
	const struct settling *w = arg;
	enum err e = db_stray_drop(c, k, w->id);
	return e ? e : audit_add(c, k, w->who, "stray_interview.settle", w->s->code, STR("{}"));
}

static enum err load(cx *c, struct app *a, const struct survey_info *s, int64_t id, str code, db_stray *x, db_case *of)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_stray_get(c, k, s->id, id, x);
	if (e == ERR_NOTFOUND)
		return cx_fail(c, ERR_CONFLICT, "stray.gone", (place){ 0 }, (str){ 0 });
	if (!e)
		e = db_case_get(c, k, s->id, code, of);
	return e == ERR_NOTFOUND ? cx_fail(c, ERR_INPUT, "stray.no_case", (place){ .field = STR("ma-phieu") }, code) : e;
}

/* The answer first, under the key that it came with: done twice, it is stored once. */
enum err survey_stray_settle(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, int64_t id, str code)
{
	db_stray x;
	db_case of;
	bool again = false;
	struct settling w = { who, s, id, str_trim(code) };
	enum err e = actor_may(c, a, who, "survey", "manage", 0);
	if (!e)
		e = load(c, a, s, id, w.code, &x, &of);
	if (e)
		return e;
	struct given *given = NEW_ARRAY(c->mem, struct given, s->q->items.n);
	if (!answers_read(s->q, x.answers, c->mem, given))
		return cx_fail(c, ERR_IO, "survey_data.line", (place){ .file = s->code }, (str){ 0 });
	struct response_visit visit = { .user_id = x.account_id, .started_at = x.started_at, .ended_at = x.ended_at };
	struct submission in = { .id = x.id, .key = x.key, .mode = "odk", .given = given, .case_id = of.id, .interviewer = x.login, .as_is = true,
		.on = date_of_ms(x.ended_at ? x.ended_at : x.received_at), .visit = &visit };
	e = response_submit(c, a, s, &in, &again);
	return e ? e : db_tx(c, a->db, DB_WRITE, put_settled, &w);
}

/* ---- nobody's ---- */

static str reason_detail(cx *c, str reason)
{
	buf b;
	json_out j;
	buf_init(&b, 0);
	json_init(&j, &b);
	json_put_object(&j);
	json_add_str(&j, "reason", reason);
	json_put_end(&j, '}');
	str s = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static enum err put_dismissed(cx *c, db_conn *k, void *arg)
{
	const struct settling *w = arg;
	db_stray x;
	db_file_list files = { 0 };
	enum err e = db_stray_get(c, k, w->s->id, w->id, &x);
	if (e)
		return e == ERR_NOTFOUND ? cx_fail(c, ERR_CONFLICT, "stray.gone", (place){ 0 }, (str){ 0 }) : e;
	e = db_file_of(c, k, STR("odk"), w->id, &files);
	for (size_t i = 0; i < files.n && !e; i++)
		e = db_file_unref(c, k, files.p[i].id, STR("odk"), w->id);
	if (!e)
		e = db_stray_drop(c, k, w->id);
	return e ? e : audit_add(c, k, w->who, "stray_interview.dismiss", w->s->code, reason_detail(c, w->code));
}

enum err survey_stray_dismiss(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, int64_t id, str reason)
{
	struct settling w = { who, s, id, str_trim(reason) };
	enum err e = actor_may(c, a, who, "survey", "manage", 0);
	if (!e && (vn_length(w.code) < 3 || vn_length(w.code) > STRAY_REASON_MAX))
		e = cx_fail(c, ERR_INPUT, "stray.reason", (place){ .field = STR("ly-do") }, (str){ 0 });
	return e ? e : db_tx(c, a->db, DB_WRITE, put_dismissed, &w);
}
