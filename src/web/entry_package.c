/* The package for hand-over: on a page, as tables, as an archive. */
#include "app/round_package.h"
#include "app/round_flow.h"
#include "web/entry.h"
#include "web/say.h"
#include "web_views.h"

static struct view_package_score score_of(struct web_cx *w, const struct entry_row *r)
{
	size_t n = 0;
	for (size_t i = 0; i < r->n_evidence; i++)
		n += !r->evidence[i].removed;
	return (struct view_package_score){ .code = r->code, .name = say_either(w, r->name_vi, r->name_en), .level = r->level, .max = entry_dec(r->max),
		.points = entry_dec(r->points), .figures = entry_figures(w, r), .owner = r->owner, .scored = r->scored,
		.evidence = n ? say_int(w, (int64_t)n) : STR("") };
}

/* Rows without evidence that have, or should have, an explanation. */
static bool is_gap(const struct entry_row *r)
{
	if (!r->state || !r->evidence_needed)
		return false;
	for (size_t i = 0; i < r->n_evidence; i++)
		if (!r->evidence[i].removed)
			return false;
	return true;
}

static void fill(struct web_cx *w, const struct package *p, struct view_package *v)
{
	const struct entry_sheet *s = &p->sheet;
	v->scores = NEW_ARRAY(w->mem, struct view_package_score, s->n_rows_all + 1);
	v->gaps = NEW_ARRAY(w->mem, struct view_package_gap, s->n_rows_all + 1);
	v->proofs = NEW_ARRAY(w->mem, struct view_package_proof, p->n_proofs + 1);
	for (size_t i = 0; i < s->n_rows_all; i++) {
		const struct entry_row *r = &s->rows[i];
		v->scores[v->n_scores++] = score_of(w, r);
		if (is_gap(r))
			v->gaps[v->n_gaps++] = (struct view_package_gap){ r->code, say_either(w, r->name_vi, r->name_en), r->explanation };
	}
	for (size_t i = 0; i < p->n_proofs; i++) {
		const struct package_proof *x = &p->proofs[i];
		struct view_package_proof *q = &v->proofs[v->n_proofs++];
		*q = (struct view_package_proof){ .code = x->code, .title = x->title, .number = x->number, .link = x->url, .file_name = x->file_name };
		if (x->issued_on)
			q->issued_on = some_date(x->issued_on);
	}
}

void page_package(struct web_cx *w)
{
	struct package p;
	enum err e = package_of(w->cx, w->app, w->actor, web_text(w, "round"), web_text(w, "unit"), &p);
	if (e) {
		web_fail(w, e);
		return;
	}
	const struct entry_sheet *s = &p.sheet;
	struct view_package v = { .round = s->round.code, .round_name = say_either(w, s->round.name_vi, s->round.name_en), .period = s->round.period,
		.unit_name = s->unit_name, .unit_slug = s->unit_slug, .illustrative = s->round.illustrative, .state = s->state,
		.approved = !flow_word("new work returned submitted", s->state) || (str_is(s->kind, "down") && str_is(s->state, "submitted")),
		.points = entry_dec(s->points), .max = entry_dec(s->max), .files = (int64_t)p.n_files, .difficulty = s->difficulty, .proposal = s->proposal };
	fill(w, &p, &v);
	web_cache(w, -1);
	reply_package(w, &v);
}

void page_package_zip(struct web_cx *w)
{
	struct package p;
	uint64_t size;
	enum err e = package_of(w->cx, w->app, w->actor, web_text(w, "round"), web_text(w, "unit"), &p);
	int fd = e ? -1 : web_spool(w);
	if (!e && fd < 0)
		e = ERR_IO;
	if (!e)
		e = package_zip(w->cx, w->app, &p, w->lang, fd, &size);
	if (e) {
		web_fail(w, e);
		return;
	}
	web_cache(w, -1);
	web_download(w, arena_printf(w->mem, "%.*s-%.*s.zip", STR_ARG(p.sheet.round.code), STR_ARG(p.sheet.unit_slug)));
	web_send_file(w, "application/zip", fd, size);
}

void page_package_xlsx(struct web_cx *w)
{
	struct package p;
	str bytes;
	enum err e = package_of(w->cx, w->app, w->actor, web_text(w, "round"), web_text(w, "unit"), &p);
	if (!e)
		e = package_xlsx(w->cx, &p, w->lang, &bytes);
	if (e) {
		web_fail(w, e);
		return;
	}
	web_cache(w, -1);
	web_download(w, arena_printf(w->mem, "%.*s-%.*s.xlsx", STR_ARG(p.sheet.round.code), STR_ARG(p.sheet.unit_slug)));
	web_bytes(w, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", bytes);
}
