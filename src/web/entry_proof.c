/* Evidence of a criterion, and the history of a criterion or a sheet. */
#include <unistd.h>
#include "app/file.h"
#include "app/sign.h"
#include "app/user.h"
#include "web/entry.h"
#include "web/pager.h"
#include "web/say.h"
#include "web_views.h"

typedef struct view_evidence_proof proof;

static const struct entry_row *row_of(const struct entry_sheet *s, str code)
{
	for (size_t i = 0; i < s->n_rows_all; i++)
		if (s->rows[i].scored && str_eq(s->rows[i].code, code))
			return &s->rows[i];
	return NULL;
}

static proof proof_of(const struct entry_evidence *x)
{
	proof p = { .id = (uint64_t)x->id, .title = x->title, .number = x->number, .url = x->url, .who = x->who.name, .at = x->who.at,
		.removed = x->removed, .removed_reason = x->removed_reason, .is_link = str_is(x->kind, "link"),
		.is_file = str_is(x->kind, "file") && x->file_id };
	if (x->issued_on)
		p.issued_on = some_date(x->issued_on);
	if (x->file_id)
		p.file = some_id((uint64_t)x->file_id);
	return p;
}

/* ---- signing ---- */

static void add_signers(struct web_cx *w, int64_t file_id, struct view_evidence_signing *to)
{
	struct pdf_signatures l;
	if (sign_look(w->cx, w->app, file_id, &l))
		return;
	to->signers = NEW_ARRAY(w->mem, struct view_evidence_signer, l.n + 1);
	for (; to->n_signers < l.n; to->n_signers++) {
		const struct pdf_signature *s = &l.p[to->n_signers];
		to->signers[to->n_signers] = (struct view_evidence_signer){ .name = s->signer.len ? s->signer : say(w, "sign.nameless"),
			.state = (enum view_evidence_sign_state)s->state, .trust = (enum view_evidence_trust)s->trust, .whole = s->whole };
		if (s->signed_at)
			to->signers[to->n_signers].at = some_time(s->signed_at);
	}
}

/* What left to be signed, and what came back. Only PDF are signed. */
static enum err add_signing(struct web_cx *w, const struct entry_evidence *x, bool may, proof *p)
{
	struct file_info f;
	struct sign_requests l;
	enum err e = file_get(w->cx, w->app, x->file_id, &f);
	if (!e)
		e = sign_requests_of(w->cx, w->app, STR("evidence"), x->id, &l);
	if (e || !str_is(f.kind, "pdf"))
		return e;
	p->pdf = true;
	p->locked = f.locked;
	bool out = false;
	p->signing = NEW_ARRAY(w->mem, struct view_evidence_signing, l.n + 1);
	for (size_t i = 0; i < l.n && !e; i++) {
		const struct sign_request *r = &l.p[i];
		struct view_evidence_signing *to = &p->signing[p->n_signing++];
		struct user who = { 0 };
		*to = (struct view_evidence_signing){ .id = (uint64_t)r->id, .sent = r->sent_at,
			.request_file = (uint64_t)r->file_id };
		e = r->user_id ? user_get(w->cx, w->app, r->user_id, &who) : ERR_OK;
		if (e == ERR_NOTFOUND)
			e = ERR_OK;
		to->who = who.name;
		if (r->returned_id) {
			to->file = some_id((uint64_t)r->returned_id);
			to->back = some_time(r->returned_at);
			add_signers(w, r->returned_id, to);
		}
		to->waits = !r->returned_id && may && !f.locked;
		out |= !r->returned_id;
	}
	p->may_sign = may && !f.locked && !out && !x->removed;
	return e;
}

static enum err add_last_year(struct web_cx *w, const struct entry_sheet *s, const struct entry_row *r, struct view_evidence *v)
{
	struct entry_evidence *x;
	size_t n;
	enum err e = evidence_before(w->cx, w->app, s, r->code, &x, &n, &v->round_before);
	v->last_year = NEW_ARRAY(w->mem, proof, n + 1);
	for (size_t i = 0; i < n; i++)
		v->last_year[v->n_last_year++] = proof_of(&x[i]);
	return e;
}

static void add_faults(struct web_cx *w, struct view_evidence *v)
{
	v->faults = NEW_ARRAY(w->mem, str, w->cx->n_faults + 1);
	for (size_t i = 0; i < w->cx->n_faults; i++)
		v->faults[v->n_faults++] = web_fault_text(w, &w->cx->faults[i]);
}

static void show(struct web_cx *w, const struct entry_sheet *s, const struct entry_row *r)
{
	bool signs = evidence_signs(w->cx, w->app, w->actor, web_text(w, "round"), web_text(w, "unit"), r->code);
	struct view_evidence v = { .round = s->round.code, .round_name = say_either(w, s->round.name_vi, s->round.name_en),
		.unit_name = s->unit_name, .unit_slug = s->unit_slug, .code = r->code, .name = say_either(w, r->name_vi, r->name_en),
		.illustrative = s->round.illustrative, .may = r->answer };
	if (!r->answer && s->closed)
		v.closed = SAY(w, s->closed, v.round_name);
	v.proofs = NEW_ARRAY(w->mem, proof, r->n_evidence + 1);
	enum err e = ERR_OK;
	for (size_t i = 0; i < r->n_evidence && !e; i++) {
		v.proofs[v.n_proofs] = proof_of(&r->evidence[i]);
		if (v.proofs[v.n_proofs].is_file)
			e = add_signing(w, &r->evidence[i], signs, &v.proofs[v.n_proofs]);
		v.n_proofs++;
	}
	if (!e)
		e = add_last_year(w, s, r, &v);
	if (e) {
		web_fail(w, e);
		return;
	}
	if (w->method == WEB_POST) {
		v.title = web_text(w, "ten");
		v.number = web_text(w, "so");
		v.url = web_text(w, "dia-chi");
		v.issued_on = web_text(w, "ngay");
	}
	add_faults(w, &v);
	web_cache(w, -1);
	reply_evidence(w, &v);
}

static enum err load(struct web_cx *w, struct entry_sheet *s, const struct entry_row **r)
{
	enum err e = entry_load(w->cx, w->app, w->actor, web_text(w, "round"), web_text(w, "unit"), s);
	if (e)
		return e;
	*r = row_of(s, web_text(w, "tc"));
	return *r ? ERR_OK : ERR_NOTFOUND;
}

void page_entry_proof(struct web_cx *w)
{
	struct entry_sheet s;
	const struct entry_row *r;
	enum err e = load(w, &s, &r);
	if (e)
		web_fail(w, e);
	else
		show(w, &s, r);
}

/* A file of the form goes into the store first; nothing refers to it until the evidence does. */
static enum err take_file(struct web_cx *w, struct evidence_new *x)
{
	const struct web_file *f = web_file(w, "tep");
	struct file_info info;
	if (!f || !f->size)
		return ERR_OK;
	enum err e = file_put(w->cx, w->app, w->actor, f->name, f->type, f->fd, f->size, &info);
	if (e)
		return e;
	x->file_id = info.id;
	x->kind = STR("file");
	if (!x->title.len)
		x->title = info.name;
	return ERR_OK;
}

static enum err add(struct web_cx *w)
{
	int64_t id;
	str day_text = web_text(w, "ngay");
	struct evidence_new x = { .node = web_text(w, "tc"), .title = web_text(w, "ten"), .number = web_text(w, "so"), .url = web_text(w, "dia-chi"),
		.kind = STR("document") };
	if (day_text.len && !date_parse_vn(day_text, &x.issued_on))
		return cx_fail(w->cx, ERR_INPUT, "entry.date", (place){ .field = STR("ngay") }, day_text);
	if (x.url.len)
		x.kind = STR("link");
	enum err e = take_file(w, &x);
	return e ? e : evidence_add(w->cx, w->app, w->actor, web_text(w, "round"), web_text(w, "unit"), &x, &id);
}

static enum err change(struct web_cx *w)
{
	str round = web_text(w, "round"), unit = web_text(w, "unit");
	const struct web_file *f = web_file(w, "tep");
	if (web_has(w, "bo"))
		return evidence_remove(w->cx, w->app, w->actor, round, unit, (int64_t)web_id(w, "bo"), web_text(w, "ly-do"));
	if (web_has(w, "ky"))
		return evidence_sign(w->cx, w->app, w->actor, round, unit, (int64_t)web_id(w, "ky"));
	if (!web_has(w, "ky-nhan"))
		return add(w);
	if (!f || !f->size)
		return cx_fail(w->cx, ERR_INPUT, "upload.none", (place){ .field = STR("tep") }, (str){ 0 });
	return evidence_signed(w->cx, w->app, w->actor, round, unit, (int64_t)web_id(w, "ky-nhan"), f->name, f->fd, f->size);
}

void page_entry_proof_add(struct web_cx *w)
{
	struct entry_sheet s;
	const struct entry_row *r;
	enum err e = load(w, &s, &r);
	if (e) {
		web_fail(w, e);
		return;
	}
	e = change(w);
	if (e == ERR_CONFLICT && (web_has(w, "ky") || web_has(w, "ky-nhan") || web_has(w, "bo"))) { /* locked, or back already: as it stands now */
		w->status = 409;
		show(w, &s, r);
	} else if (e == ERR_INPUT || e == ERR_LIMIT) { /* the form again, with what was typed */
		w->status = e == ERR_INPUT ? 422 : 413;
		show(w, &s, r);
	} else if (e) {
		web_fail(w, e);
	} else {
		web_redirect(w, arena_printf(w->mem, "%.*s?tc=%.*s", STR_ARG(entry_path(w, "/minh-chung")), STR_ARG(r->code)));
	}
}

/* ---- history ---- */

static str what_of(struct web_cx *w, const struct entry_event *x)
{
	return say(w, arena_printf(w->mem, "history.is.%.*s", STR_ARG(x->what)).p);
}

static str stage_of(struct web_cx *w, const struct entry_event *x)
{
	static const char *const stages[] = { "self", "appraisal1", "appraisal2", "council", "survey", "explanation" };
	for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++)
		if (str_is(x->stage, stages[i]))
			return say(w, arena_printf(w->mem, "history.stage.%s", stages[i]).p);
	return str_is(x->what, "step")
		? say(w, arena_printf(w->mem, x->node.len ? "round.part_%.*s" : "round.sheet_%.*s", STR_ARG(x->stage)).p)
		: STR("");
}

/* The code, also of a criterion that the set has no more ("@1.1@2"). */
static str node_of(struct web_cx *w, str node)
{
	str rest = node, code;
	if (!node.len || node.p[0] != '@')
		return node;
	rest = (str){ node.p + 1, node.len - 1 };
	str_next(&rest, '@', &code);
	return SAY(w, "history.left", code);
}

static str side_of(struct web_cx *w, const struct entry_event *x, str text)
{
	str rest = text, num = { 0 };
	if (str_is(x->what, "step"))
		return say(w, arena_printf(w->mem, x->node.len ? "entry.part_is.%.*s" : "entry.sheet_state.%.*s", STR_ARG(text)).p);
	if (!str_is(x->what, "figure") && !str_is(x->what, "decision") && !str_is(x->what, "reopened"))
		return text;
	if (str_is(text, "na"))
		return say(w, "entry.na");
	if (str_is(text, "none"))
		return say(w, "entry.none");
	if (!str_next(&rest, '/', &num))
		return entry_shown(w, text);
	str den = str_trim(rest);
	return den.len ? arena_printf(w->mem, "%.*s / %.*s", STR_ARG(entry_shown(w, str_trim(num))), STR_ARG(entry_shown(w, den)))
		       : entry_shown(w, text);
}

void page_entry_history(struct web_cx *w)
{
	struct entry_sheet s;
	struct entry_history h;
	str code = web_text(w, "tc");
	enum err e = entry_load(w->cx, w->app, w->actor, web_text(w, "round"), web_text(w, "unit"), &s);
	const struct entry_row *r = e ? NULL : row_of(&s, code);
	if (!e)
		e = entry_history(w->cx, w->app, w->actor, web_text(w, "round"), web_text(w, "unit"), code, &h);
	struct pager_rows at = { 0 };
	if (!e)
		e = pager_rows(w, h.n, &at);
	if (e) {
		web_fail(w, e);
		return;
	}
	struct view_entry_history v = { .round = s.round.code, .round_name = say_either(w, s.round.name_vi, s.round.name_en),
		.unit_name = s.unit_name, .unit_slug = s.unit_slug, .code = code, .name = r ? say_either(w, r->name_vi, r->name_en) : STR(""),
		.illustrative = s.round.illustrative };
	v.all = (int64_t)h.n;
	v.events = NEW_ARRAY(w->mem, struct view_entry_history_event, h.n + 1);
	for (size_t i = at.from; i < at.to; i++) {
		const struct entry_event *x = &h.p[i];
		v.events[v.n_events++] = (struct view_entry_history_event){ .at = x->at, .who = str_is(x->who, "store") ? say(w, "history.store") : x->who,
			.what = what_of(w, x), .label = x->label_vi.len ? say_either(w, x->label_vi, x->label_en) : node_of(w, x->node), .node = x->node,
			.stage = stage_of(w, x), .old = side_of(w, x, x->old), .now = side_of(w, x, x->now), .reason = x->reason };
	}
	web_cache(w, -1);
	reply_entry_history(w, &v);
}
