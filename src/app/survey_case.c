#include "app/survey_case.h"
#include "app/audit.h"
#include "app/key.h"
#include "app/notice.h"
#include "app/settings.h"
#include "base/vec.h"
#include "base/vn.h"
#include "db/notice.h"
#include "db/survey_case.h"
#include "engine/sample.h"

enum { MOST_SHOWN = 500 };

static const char *const words[CASE_OUTCOMES] = { "new", "no_answer", "busy", "appointment", "refused", "unreachable", "no_contact",
	"ineligible", "completed", "quota_full" };

const char *case_outcome_word(enum case_outcome o)
{
	return words[o];
}

bool case_outcome_read(str word, enum case_outcome *out)
{
	for (int i = 0; i < CASE_OUTCOMES; i++)
		if (str_is(word, words[i])) {
			*out = (enum case_outcome)i;
			return true;
		}
	return false;
}

str survey_case_ask(arena *mem, str person, enum lang lang)
{
	int of = sample_kish_table(person);
	if (of < 0)
		return str_is(person, CASE_BIRTHDAY) ? str_of(po_text("case.ask_birthday", lang)) : (str){ 0 };
	buf b;
	buf_init(&b, 0);
	for (int n = 1; n <= SAMPLE_KISH_MOST; n++) {
		str args[] = { arena_printf(mem, "%d", n), arena_printf(mem, "%d", sample_kish(of, n)) };
		buf_addz(&b, n == 1 ? "" : "; ");
		po_fill(&b, n == 1 ? "case.ask_first" : n < SAMPLE_KISH_MOST ? "case.ask_next" : "case.ask_last", lang, (str){ 0 }, args, 2);
	}
	buf_char(&b, '.');
	str ask = arena_str(mem, buf_str(&b));
	buf_free(&b);
	return ask;
}

str survey_case_numbering(str person, enum lang lang)
{
	return sample_kish_table(person) < 0 ? (str){ 0 } : str_of(po_text("case.ask_numbering", lang));
}

static struct survey_case case_of(const db_case *x)
{
	struct survey_case s = { .id = x->id,
		.code = x->code,
		.place = x->at.place,
		.interviewer = x->interviewer,
		.attempts = x->attempts,
		.due_at = x->due_at,
		.person = x->person,
		.name = x->name,
		.phone = x->phone,
		.email = x->email,
		.address = x->address,
		.english = str_is(x->lang, "en"),
		.invitations = x->invitations };
	case_outcome_read(x->outcome, &s.outcome);
	return s;
}

static bool sees_all(const struct actor *who)
{
	return who->system || actor_can(who, STR("survey"), STR("manage"));
}

enum err survey_cases(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, struct survey_case_list *out)
{
	db_case_list list = { 0 };
	*out = (struct survey_case_list){ 0 };
	enum err e = actor_may(c, a, who, "survey", "interview", 0);
	if (e)
		return e;
	DB_READER(k);
	e = db_reader(c, a->db, &k);
	if (!e)
		e = db_case_of(c, k, s->id, sees_all(who) ? STR("") : who->login, true, MOST_SHOWN, &list);
	for (size_t i = 0; i < list.n && !e; i++)
		*VEC_PUSH(c->mem, out) = case_of(&list.p[i]);
	return e;
}

/* The case, where `who` may work on it: his own, or nobody's. */
static enum err get_own(cx *c, db_conn *k, const struct actor *who, const struct survey_info *s, str code, db_case *x)
{
	enum err e = db_case_get(c, k, s->id, code, x);
	if (!e && !sees_all(who) && !str_eq(x->interviewer, who->login) && x->interviewer.len)
		e = cx_fail(c, ERR_DENIED, "case.not_yours", (place){ 0 }, code);
	return e;
}

enum err survey_case_get(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str code, struct survey_case *out,
	struct survey_call_list *calls)
{
	db_case x;
	db_call_list list = { 0 };
	*calls = (struct survey_call_list){ 0 };
	enum err e = actor_may(c, a, who, "survey", "interview", 0);
	if (e)
		return e;
	DB_READER(k);
	e = db_reader(c, a->db, &k);
	if (!e)
		e = get_own(c, k, who, s, code, &x);
	if (!e)
		e = db_call_of(c, k, x.id, &list);
	if (e)
		return e;
	*out = case_of(&x);
	for (size_t i = 0; i < list.n; i++) {
		struct survey_call *to = VEC_PUSH(c->mem, calls);
		*to = (struct survey_call){ .at = list.p[i].at, .interviewer = list.p[i].interviewer, .note = list.p[i].note };
		case_outcome_read(list.p[i].outcome, &to->outcome);
	}
	return ERR_OK;
}

/* ---- an attempt ---- */

struct attempt {
	const struct actor *who;
	const struct survey_info *s;
	str code, note;
	enum case_outcome o;
	int64_t due_at;
};

static enum err put_attempt(cx *c, db_conn *k, void *arg)
{
	const struct attempt *w = arg;
	db_case x;
	enum case_outcome before = CASE_NEW;
	enum err e = get_own(c, k, w->who, w->s, w->code, &x);
	if (e)
		return e;
	case_outcome_read(x.outcome, &before);
	if (case_is_over(before))
		return cx_fail(c, ERR_CONFLICT, "case.over", (place){ 0 }, w->code);
	x.outcome = str_of(words[w->o]);
	x.attempts++;
	x.due_at = w->o == CASE_APPOINTMENT ? w->due_at : 0;
	x.interviewer = w->who->login.len ? w->who->login : x.interviewer;
	e = db_case_outcome(c, k, &x);
	if (!e)
		e = db_call_add(c, k, x.id, &(db_call){ x.attempts, c->now_ms, x.outcome, x.interviewer, w->note });
	return e || !case_is_over(w->o) ? e : db_contact_drop(c, k, x.id);
}

static enum err wrong(cx *c, const char *key, const char *field)
{
	return cx_fail(c, ERR_INPUT, key, (place){ .field = str_of(field) }, (str){ 0 });
}

enum err survey_case_attempt(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str code, enum case_outcome o, int64_t due_at,
	str note)
{
	struct attempt w = { who, s, code, note, o, due_at };
	if (o == CASE_NEW || o >= CASE_COMPLETED)
		return wrong(c, "case.outcome", "ket-qua");
	if (o == CASE_APPOINTMENT && due_at < c->now_ms)
		return wrong(c, "case.due", "ngay");
	if (vn_length(note) > CASE_NOTE_MAX)
		return wrong(c, "case.note", "ghi-chu");
	enum err e = actor_may(c, a, who, "survey", "interview", 0);
	return e ? e : db_tx(c, a->db, DB_WRITE, put_attempt, &w);
}

/* ---- letters ---- */

struct inviting {
	struct app *a;
	const struct actor *who;
	const struct survey_info *s;
	bool again;
	int64_t n;
};

/* The first letter makes the invitation; later ones carry the same. */
static enum err add_invitation(cx *c, db_conn *k, struct app *a, db_case *x)
{
	if (x->token.len && x->sealed.len)
		return ERR_OK;
	str text = survey_token_text(c->mem);
	x->token = survey_token_hash(c->mem, text);
	x->sealed = app_seal(c, a, text);
	return db_token_add(c, k, x->survey_id, x->token, &x->at);
}

static enum err write_to(cx *c, db_conn *k, const struct inviting *w, db_case *x)
{
	enum err e = add_invitation(c, k, w->a, x);
	if (e)
		return e;
	x->invitations++;
	x->invited_on = date_of_ms(c->now_ms);
	db_outbox o = { .user_id = x->id, .channel = x->email.len ? STR("mail") : STR("sms"),
		.kind = w->again ? STR("survey_remind") : STR("survey_invite"), .next_at = c->now_ms };
	e = db_outbox_add(c, k, &o);
	return e ? e : db_case_invited(c, k, x);
}

static enum err invite_all(cx *c, db_conn *k, void *arg)
{
	struct inviting *w = arg;
	db_case_list list;
	enum err e = db_case_to_invite(c, k, w->s->id, w->again, date_of_ms(c->now_ms) - CASE_REMIND_DAYS + 1, CASE_LETTERS, &list);
	w->n = e ? 0 : (int64_t)list.n;
	for (size_t i = 0; i < list.n && !e; i++)
		e = write_to(c, k, w, &list.p[i]);
	return e || !list.n ? e
			    : audit_add(c, k, w->who, w->again ? "invitation.remind" : "invitation.send", w->s->code,
				    arena_printf(c->mem, "%zu", list.n));
}

enum err survey_invite(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, bool again, int64_t *n)
{
	struct inviting w = { .a = a, .who = who, .s = s, .again = again };
	*n = 0;
	enum err e = actor_may(c, a, who, "survey", "issue", 0);
	if (e)
		return e;
	if (!a->has_key)
		return cx_fail(c, ERR_DENIED, "case.no_key", (place){ 0 }, (str){ 0 });
	if (s->gate != SURVEY_TAKES)
		return cx_fail(c, ERR_CONFLICT, "case.not_open", (place){ 0 }, s->code);
	e = db_tx(c, a->db, DB_WRITE, invite_all, &w);
	*n = w.n;
	return e;
}

enum err survey_case_letter(cx *c, struct app *a, int64_t case_id, struct survey_letter *out)
{
	DB_READER(k);
	db_case x;
	db_survey s;
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_case_by_id(c, k, case_id, &x);
	if (!e)
		e = db_survey_get(c, k, x.survey_id, &s);
	if (e)
		return e;
	str token = x.sealed.len ? app_unseal(c, a, x.sealed) : (str){ 0 };
	*out = (struct survey_letter){ .there = x.has_contact && token.p, .name = x.name, .email = x.email, .phone = x.phone,
		.english = str_is(x.lang, "en"), .survey = { s.name_vi, s.name_en }, .closes_on = s.closes_on == DB_DAY_OPEN ? 0 : s.closes_on };
	if (token.p)
		out->path = arena_printf(c->mem, "/phieu/%.*s", STR_ARG(token));
	return ERR_OK;
}
