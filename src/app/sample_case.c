/* Units of a draw as cases of the field work. */
#include "app/audit.h"
#include "app/sample_inner.h"
#include "db/survey_case.h"
#include "db/user.h"

static enum err refuse(cx *c, enum err code, const char *key, str value)
{
	return cx_fail(c, code, key, (place){ 0 }, value);
}

struct adding {
	const struct survey_info *s;
	const struct sample_contacts *people;
	bool mixed;
};

static enum err add_unit(cx *c, db_conn *k, const struct adding *w, const db_sample_unit *u, str interviewer, bool *known)
{
	const str *who = sample_contact(w->people, u->unit);
	db_case x = { .survey_id = w->s->id, .code = u->unit, .at = { u->place, u->stratum, sample_psu(c->mem, u, w->mixed), u->weight },
		.person = u->person, .interviewer = interviewer, .lang = STR("vi") };
	if (who) {
		x.name = who[0];
		x.phone = who[1];
		x.email = who[2];
		x.address = who[3];
	}
	return db_case_add(c, k, &x, known);
}

/* ---- all that are asked ---- */

struct making {
	const struct actor *who;
	const struct survey_info *s;
	const str *interviewers;
	size_t n_interviewers;
	struct sample_cases *out;
};

static enum err check_interviewers(cx *c, db_conn *k, const struct making *w)
{
	db_account x;
	for (size_t i = 0; i < w->n_interviewers; i++) {
		enum err e = db_account_by_login(c, k, w->interviewers[i], date_of_ms(c->now_ms), &x);
		if (e)
			return e == ERR_NOTFOUND ? refuse(c, ERR_INPUT, "sample.no_interviewer", w->interviewers[i]) : e;
	}
	return ERR_OK;
}

/* Whole groups go to one interviewer, so that nobody travels to a village for one household. */
static str interviewer_of(cx *c, const struct making *w, map *groups, str group)
{
	bool added;
	if (!w->n_interviewers)
		return (str){ 0 };
	int64_t *at = map_put(c->mem, groups, group, &added);
	if (added)
		*at = (int64_t)groups->n - 1;
	return w->interviewers[(size_t)*at % w->n_interviewers];
}

static enum err make_one(cx *c, db_conn *k, const struct making *w, const struct adding *add, const db_sample_unit *u, str interviewer)
{
	bool known, given = false;
	enum err e = add_unit(c, k, add, u, interviewer, &known);
	if (!e && known && interviewer.len)
		e = db_case_give(c, k, w->s->id, u->unit, interviewer, &given);
	w->out->made += !e && !known;
	w->out->known += !e && known;
	w->out->given += !e && (given || (!known && interviewer.len));
	return e;
}

static enum err store_cases(cx *c, db_conn *k, void *arg)
{
	const struct making *w = arg;
	struct sample_info now;
	struct sample_contacts people = { 0 };
	map groups = { 0 };
	*w->out = (struct sample_cases){ 0 };
	enum err e = sample_load(c, k, w->s->id, &now);
	if (!e && !now.drawn)
		e = refuse(c, ERR_CONFLICT, "sample.not_drawn", w->s->code);
	if (!e)
		e = check_interviewers(c, k, w);
	if (!e)
		e = sample_contacts_read(c, k, now.draw.frame_id, &people);
	struct adding add = { w->s, &people, sample_any_psu(&now.units) };
	for (size_t i = 0; i < now.units.n && !e; i++)
		if (sample_is_asked(&now.units.p[i]))
			e = make_one(c, k, w, &add, &now.units.p[i], interviewer_of(c, w, &groups, now.units.p[i].grp));
	if (e || (!w->out->made && !w->out->given))
		return e;
	str detail = arena_printf(c->mem, "{\"made\":%lld,\"given\":%lld}", (long long)w->out->made, (long long)w->out->given);
	return audit_add(c, k, w->who, "sample.cases", w->s->code, detail);
}

/* "an, binh": logins. */
static size_t read_logins(cx *c, str text, const str **out)
{
	VEC(str) list = { 0 };
	str one;
	while (str_next(&text, ',', &one))
		if (str_trim(one).len)
			*VEC_PUSH(c->mem, &list) = str_trim(one);
	*out = list.p;
	return list.n;
}

enum err sample_cases_make(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str interviewers, struct sample_cases *out)
{
	struct making w = { .who = who, .s = s, .out = out };
	*out = (struct sample_cases){ 0 };
	enum err e = actor_may(c, a, who, "survey", "sample", 0);
	w.n_interviewers = read_logins(c, interviewers, &w.interviewers);
	return e ? e : db_tx(c, a->db, DB_WRITE, store_cases, &w);
}

/* ---- one for another, and all away ---- */

enum err sample_case_swap(cx *c, db_conn *k, const struct sample_info *now, const struct survey_info *s, const db_sample_unit *of,
	const db_sample_unit *by, enum case_outcome how)
{
	db_case x;
	bool known;
	struct sample_contacts people = { 0 };
	enum case_outcome before = CASE_NEW;
	enum err e = db_case_get(c, k, s->id, of->unit, &x);
	if (e)
		return e == ERR_NOTFOUND ? ERR_OK : e; /* no cases were made yet */
	case_outcome_read(x.outcome, &before);
	if (before == CASE_COMPLETED || before == CASE_QUOTA_FULL)
		return refuse(c, ERR_CONFLICT, "sample.case_answered", of->unit);
	e = db_case_close(c, k, &x, str_of(case_outcome_word(case_is_over(before) ? before : how)));
	if (!e)
		e = sample_contacts_read(c, k, now->draw.frame_id, &people);
	struct adding add = { s, &people, sample_any_psu(&now->units) };
	return e ? e : add_unit(c, k, &add, by, x.interviewer, &known);
}

enum err sample_cases_drop(cx *c, db_conn *k, const struct survey_info *s, const struct sample_info *now)
{
	enum err e = ERR_OK;
	for (size_t i = 0; i < now->units.n && !e && now->cases; i++)
		e = db_case_drop(c, k, s->id, now->units.p[i].unit);
	return e;
}
