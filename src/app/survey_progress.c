#include "app/survey_progress.h"
#include "db/response.h"
#include "db/survey_case.h"
#include "db/survey_limit.h"
#include "db/survey_sheet.h"
#include "db/user.h"

static void name_place(const struct survey_place_list *places, str code, str name[LANGS])
{
	for (size_t i = 0; i < places->n; i++)
		if (str_eq(places->p[i].code, code)) {
			name[LANG_VI] = places->p[i].name[LANG_VI];
			name[LANG_EN] = places->p[i].name[LANG_EN];
			return;
		}
	name[LANG_VI] = name[LANG_EN] = code;
}

static void add_to(struct progress_field *f, const db_case_sum *x, enum case_outcome o)
{
	f->n[o] += x->cases;
	f->cases += x->cases;
	f->attempts += x->attempts;
}

static struct progress_field *line_of(cx *c, struct survey_progress *p, bool by_place, str code)
{
	struct progress_field *f = by_place ? p->by_place.p : p->by_interviewer.p;
	size_t n = by_place ? p->by_place.n : p->by_interviewer.n;
	for (size_t i = 0; i < n; i++)
		if (str_eq(by_place ? f[i].place : f[i].interviewer, code))
			return &f[i];
	f = by_place ? VEC_PUSH(c->mem, &p->by_place) : VEC_PUSH(c->mem, &p->by_interviewer);
	*f = (struct progress_field){ .interviewer = by_place ? STR("") : code, .place = by_place ? code : STR("") };
	return f;
}

static enum err field_work(cx *c, db_conn *k, const struct survey_info *s, const struct survey_place_list *places, struct survey_progress *p)
{
	db_case_sum_list list;
	struct progress_field all = { 0 };
	enum err e = db_case_sums(c, k, s->id, &list);
	for (size_t i = 0; i < list.n && !e; i++) {
		const db_case_sum *x = &list.p[i];
		enum case_outcome o = CASE_NEW;
		case_outcome_read(x->outcome, &o);
		add_to(line_of(c, p, false, x->interviewer), x, o);
		add_to(line_of(c, p, true, x->place), x, o);
		add_to(&all, x, o);
	}
	for (size_t i = 0; i < p->by_place.n; i++)
		name_place(places, p->by_place.p[i].place, p->by_place.p[i].place_name);
	for (size_t i = 0; i < p->by_interviewer.n && !e; i++) {
		db_account x;
		struct progress_field *f = &p->by_interviewer.p[i];
		enum err found = f->interviewer.len ? db_account_by_login(c, k, f->interviewer, date_of_ms(c->now_ms), &x) : ERR_NOTFOUND;
		f->interviewer_name = found ? f->interviewer : x.name;
		e = found == ERR_NOTFOUND ? ERR_OK : found;
	}
	if (!e && list.n) {
		*VEC_PUSH(c->mem, &p->by_interviewer) = all;
		*VEC_PUSH(c->mem, &p->by_place) = all;
	}
	return e;
}

static enum err sheets(cx *c, db_conn *k, const struct survey_info *s, struct survey_progress *p)
{
	db_sheet_sum_list list;
	enum err e = db_sheet_sums(c, k, s->id, &list);
	for (size_t i = 0; i < list.n && !e; i++) {
		const db_sheet_sum *x = &list.p[i];
		p->sheets += x->n;
		p->typed_items += x->items;
		p->typed_differ += x->differ;
		if (str_is(x->state, "once"))
			p->sheets_once = x->n;
		else if (str_is(x->state, "differs"))
			p->sheets_differ = x->n;
		else if (str_is(x->state, "settled"))
			p->sheets_settled = x->n;
		else if (str_is(x->state, "void"))
			p->sheets_void = x->n;
		else if (str_is(x->state, "blank"))
			p->sheets_blank = x->n;
	}
	return e;
}

static enum err answers(cx *c, db_conn *k, const struct survey_info *s, const struct survey_place_list *places, struct survey_progress *p)
{
	db_response_sum_list sums;
	enum err e = db_response_sums(c, k, s->id, &sums);
	for (size_t i = 0; i < sums.n && !e; i++) {
		struct progress_mode *m = VEC_PUSH(c->mem, &p->modes);
		*m = (struct progress_mode){ .place = sums.p[i].place, .mode = sums.p[i].mode, .n = sums.p[i].n, .last = sums.p[i].last };
		name_place(places, m->place, m->place_name);
		p->answers += m->n;
	}
	return e ? e : db_screened_count(c, k, s->id, &p->screened);
}

enum err survey_progress(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, struct survey_progress *out)
{
	struct survey_place_list places;
	*out = (struct survey_progress){ 0 };
	enum err e = actor_can(who, STR("survey"), STR("view")) ? ERR_OK : actor_may(c, a, who, "survey", "interview", 0);
	if (!e)
		e = survey_places(c, a, s, &places);
	if (!e)
		e = survey_quotas(c, a, s, &out->quotas);
	if (e)
		return e;
	DB_READER(k);
	e = db_reader(c, a->db, &k);
	if (!e)
		e = answers(c, k, s, &places, out);
	if (!e)
		e = field_work(c, k, s, &places, out);
	if (!e)
		e = sheets(c, k, s, out);
	if (!e)
		e = db_token_count(c, k, s->id, &out->tokens, &out->used);
	return e ? e : db_contact_count(c, k, s->id, &out->contacts, &out->invited);
}
