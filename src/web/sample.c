/* The sample of a survey, for who runs it: size, lists, draw, replacements. */
#include "web/sample.h"
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include "app/import.h"
#include "app/round_entry.h"
#include "app/sample.h"
#include "app/survey_weight.h"
#include "web/fault.h"
#include "web/pages.h"
#include "web/say.h"
#include "web/survey_desk.h"
#include "web_views.h"

enum { SHOWN = 200, FRAME_MAX = 64 << 20 };

/* ---- the calculator ---- */

/* "50.00" is no count: it may be 50 or a slip for 50.000. */
static bool is_whole(str typed, str plain)
{
	size_t digits = 0;
	for (size_t i = 0; i < typed.len; i++)
		digits += typed.p[i] >= '0' && typed.p[i] <= '9';
	return digits == plain.len && !memchr(plain.p, '.', plain.len);
}

/* As people write it in the language of the page: "50.000" are thousands on a Vietnamese one. An empty field gives `otherwise`. False: none, or
 * out of bounds (a fault). */
static bool number(struct web_cx *w, bool asked, const char *field, double lo, double hi, double otherwise, double *out)
{
	str s = asked ? str_trim(web_text(w, field)) : (str){ 0 }, plain;
	bool counts = lo >= 1; /* people, clusters, money */
	*out = otherwise;
	if (!s.len || (entry_number(w->cx, s, w->lang, &plain) && (!counts || is_whole(s, plain)) && frame_parse(plain, out) && *out >= lo && *out <= hi))
		return true;
	fault *f = cx_fault(w->cx, FAULT_ERROR, "sample.bounds", (place){ .field = str_of(field) }, s);
	fault_arg(w->cx, f, 1, say_point(w, arena_printf(w->mem, "%.15g", lo)));
	fault_arg(w->cx, f, 2, say_point(w, arena_printf(w->mem, "%.15g", hi)));
	return false;
}

static str given(struct web_cx *w, bool asked, const char *field, const char *otherwise)
{
	return asked && web_has(w, field) ? web_text(w, field) : say_point(w, str_of(otherwise));
}

/* A share in points of a hundred, or a mean as it is. */
static str half_width(struct web_cx *w, const struct sample_need *n, double x)
{
	dec d;
	if (isnan(x))
		return STR("–");
	bool good = dec_parse(arena_str(w->mem, str_of(arena_printf(w->mem, n->mean ? "%.4g" : "%.2f", n->mean ? x : x * 100).p)), &d);
	return good ? say_dec(w, d, n->mean ? -1 : 2) : STR("–");
}

/* What the design needs and does not have would be left out silently: it is told. */
static bool whole_need(struct web_cx *w, const struct sample_need *n)
{
	static const struct {
		const char *key, *field;
	} gaps[] = { [SAMPLE_GAP_CLUSTER] = { "sample.gap_cluster", "nguoi-cum" }, [SAMPLE_GAP_RHO] = { "sample.gap_rho", "rho" },
		[SAMPLE_GAP_COST] = { "sample.gap_cost", "cp-cum" } };
	enum sample_gap gap = sample_size_gap(n);
	if (gap)
		cx_fault(w->cx, FAULT_ERROR, gaps[gap].key, (place){ .field = str_of(gaps[gap].field) }, (str){ 0 });
	return !gap;
}

static bool read_need(struct web_cx *w, bool asked, struct sample_need *n)
{
	double strata;
	n->mean = asked && str_trim(web_text(w, "do-lech")).len;
	const struct {
		const char *field;
		double lo, hi, otherwise, *out;
	} fields[] = { { "sai-so", n->mean ? 1e-9 : 0.001, n->mean ? 1e12 : 0.5, 0.03, &n->margin }, { "ty-le", 0, 1, 0.85, &n->p },
		{ "do-lech", 1e-9, 1e12, 0, &n->sd }, { "tin-cay", 0.5, 0.9999, 0.95, &n->level }, { "tong-the", 1, 1e12, (double)INFINITY, &n->population },
		{ "tra-loi", 0.01, 1, 0.8, &n->response }, { "dung", 0.01, 1, 1, &n->eligible }, { "rho", 0, 0.9999, 0, &n->rho },
		{ "nguoi-cum", 1, 1e6, 0, &n->cluster }, { "deff", 0.01, 1000, 0, &n->deff }, { "so-tang", 1, 100000, 1, &strata },
		{ "cp-cum", 1, 1e15, 0, &n->c1 }, { "cp-nguoi", 1, 1e15, 0, &n->c2 } };
	bool good = true;
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) /* each, so that all that is wrong is told */
		if (!number(w, asked, fields[i].field, fields[i].lo, fields[i].hi, fields[i].otherwise, fields[i].out))
			good = false;
	n->strata = (int64_t)strata;
	return good && whole_need(w, n);
}

static void fill_size_form(struct web_cx *w, bool asked, struct view_sample *v)
{
	v->margin_in = given(w, asked, "sai-so", "0.03");
	v->p_in = given(w, asked, "ty-le", "0.85");
	v->sd_in = given(w, asked, "do-lech", "");
	v->level_in = given(w, asked, "tin-cay", "0.95");
	v->population_in = given(w, asked, "tong-the", "");
	v->response_in = given(w, asked, "tra-loi", "0.8");
	v->eligible_in = given(w, asked, "dung", "1");
	v->rho_in = given(w, asked, "rho", "");
	v->cluster_in = given(w, asked, "nguoi-cum", "");
	v->deff_in = given(w, asked, "deff", "");
	v->strata_of = given(w, asked, "so-tang", "");
	v->c1_in = given(w, asked, "cp-cum", "");
	v->c2_in = given(w, asked, "cp-nguoi", "");
	v->domains_in = given(w, asked, "mien", "");
}

/* ---- a part of the population a line: name; people; expected share (may be left out) ---- */

enum { DOMAINS = 200 };

/* "Xã A; 1.200; 0,8", or cells of a sheet, which come with tabs between. */
static bool read_domain(struct web_cx *w, str line, int64_t no, struct sample_need *n, str *name)
{
	char mark = memchr(line.p, '\t', line.len) ? '\t' : ';';
	str rest = line, cell = { 0 };
	double *const to[] = { &n->population, &n->p };
	const double hi[] = { 1e12, 1 };
	str_next(&rest, mark, name);
	*name = str_trim(*name);
	bool good = name->len > 0;
	for (int k = 0; k < 2 && good && str_next(&rest, mark, &cell); k++) {
		str s = str_trim(cell), plain;
		good = !s.len || (entry_number(w->cx, s, w->lang, &plain) && (k || is_whole(s, plain)) && frame_parse(plain, to[k]) && *to[k] >= (k ? 0 : 1)
			&& *to[k] <= hi[k]);
	}
	if (!good || rest.len)
		cx_fault(w->cx, FAULT_ERROR, "sample.domain", (place){ .file = say(w, "sample.f_domains_short"), .line = no }, line);
	return good && !rest.len;
}

static void fill_domains(struct web_cx *w, const struct sample_need *all, struct view_sample *v)
{
	str rest = v->domains_in, line;
	v->domains = NEW_ARRAY(w->mem, struct view_sample_domain, DOMAINS);
	for (int64_t no = 1; str_next(&rest, '\n', &line) && v->n_domains < DOMAINS; no++) {
		struct sample_need n = *all;
		struct sample_size s;
		str name;
		line = str_trim(line);
		if (!line.len || !read_domain(w, line, no, &n, &name))
			continue;
		if (!sample_size_of(&n, &s)) {
			cx_fault(w->cx, FAULT_ERROR, "sample.size_most", (place){ .field = STR("sai-so") }, (str){ 0 });
			continue;
		}
		v->domains[v->n_domains++] = (struct view_sample_domain){ .name = name, .interviews = s.interviews, .addresses = s.addresses,
			.clusters = s.cluster > 0 ? s.clusters : 0, .margin = half_width(w, &n, s.margin) };
		v->domain_interviews += s.interviews;
		v->domain_addresses += s.addresses;
	}
}

static void fill_size(struct web_cx *w, bool asked, struct view_sample *v)
{
	struct sample_need n = { 0 };
	struct sample_size s;
	fill_size_form(w, asked, v);
	if (!read_need(w, asked, &n))
		return;
	fill_domains(w, &n, v);
	if (!sample_size_of(&n, &s)) {
		cx_fault(w->cx, FAULT_ERROR, "sample.size_most", (place){ .field = STR("sai-so") }, (str){ 0 });
		return;
	}
	v->interviews = s.interviews;
	v->addresses = s.addresses;
	v->clusters = s.cluster > 0 ? s.clusters : 0;
	v->cluster = (int64_t)s.cluster;
	v->deff = s.deff;
	v->mean = n.mean;
	v->margin = half_width(w, &n, s.margin);
	v->margin_t = half_width(w, &n, s.margin_t);
	v->law = s.by_law;
	v->cost = isnan(s.cost) ? STR("") : say_int(w, (int64_t)s.cost);
}

/* ---- frames, draw, list ---- */

static const char *const kinds[] = { "households", "dossiers", "users", "delegates", "other" };
static const char *const ways[] = { "proportional", "neyman", "equal", "given:wanted" };
static const char ways_in[] = "proportional neyman equal given";
enum { WAYS = sizeof ways / sizeof *ways, WAY_NEYMAN = 1 };

static void fill_frames(struct web_cx *w, const struct sample_info *s, struct view_sample *v)
{
	v->frames = NEW_ARRAY(w->mem, struct view_sample_frame, s->frames.n + 1);
	for (; v->n_frames < s->frames.n; v->n_frames++) {
		const db_frame *f = &s->frames.p[v->n_frames];
		struct view_sample_frame *to = &v->frames[v->n_frames];
		*to = (struct view_sample_frame){ .id = (uint64_t)f->id, .name = f->name, .rows = f->rows, .contacts = f->contacts, .created = f->created_at };
		for (int k = 0; k < 5; k++)
			if (str_is(f->kind, kinds[k]))
				to->kind = (enum view_sample_kind)k;
		v->contacts |= f->contacts;
	}
}

static str word_at(const char *words, int k)
{
	str rest = str_of(words), word = { 0 };
	for (; k >= 0; k--)
		str_next(&rest, ' ', &word);
	return word;
}

/* An allocation that the page does not offer stands as the terminal writes it. */
static str way_name(struct web_cx *w, str way)
{
	for (int k = 0; k < WAYS; k++)
		if (str_is(way, ways[k]))
			return say(w, arena_printf(w->mem, "sample.way.%.*s", STR_ARG(word_at(ways_in, k))).p);
	return way;
}

/* The form begins with what was drawn last; the seed is a new one. */
static void fill_form(struct web_cx *w, bool asked, const struct sample_info *s, struct view_sample *v)
{
	const db_draw *d = s->drawn && !asked ? &s->draw : NULL;
	v->form_seed = asked ? web_text(w, "hat") : arena_printf(w->mem, "%lld", (long long)(w->cx->now_ms / 1000 % 1000000));
	v->form_stages = d ? d->stages : asked ? web_text(w, "giai-doan") : STR("cluster:pps:6:size,:srs:10");
	v->form_strata = d ? d->strata : asked ? web_text(w, "tang") : STR("stratum");
	v->form_least = d ? arena_printf(w->mem, "%lld", (long long)d->least) : asked ? web_text(w, "it-nhat") : STR("2");
	v->form_reserve = d ? arena_printf(w->mem, "%lld", (long long)d->reserve) : asked ? web_text(w, "thay-the") : STR("3");
	v->person_ways = NEW_ARRAY(w->mem, struct view_sample_choice, SAMPLE_PERSONS);
	for (int k = 0; k < SAMPLE_PERSONS; k++) {
		str word = str_of(sample_person_word((enum sample_person)k));
		v->person_ways[v->n_person_ways++] = (struct view_sample_choice){ .value = word,
			.name = say(w, arena_printf(w->mem, "sample.person.%.*s", STR_ARG(word)).p),
			.chosen = d ? str_eq(d->person, word) : asked && web_enum(w, "nguoi-trong-ho") == k };
	}
	v->form_cost = d ? d->cost.len > 0 : asked && web_bool(w, "chi-phi");
	v->allocations = NEW_ARRAY(w->mem, struct view_sample_choice, WAYS);
	for (int k = 0; k < WAYS; k++)
		v->allocations[v->n_allocations++] = (struct view_sample_choice){ .value = arena_str(w->mem, word_at(ways_in, k)),
			.name = way_name(w, str_of(ways[k])),
			.chosen = d ? str_is(d->allocate, ways[k]) : asked && web_enum(w, "phan-bo") == k };
}

static double real(str s)
{
	double x = 0;
	frame_parse(s, &x);
	return x;
}

static void fill_strata(struct web_cx *w, const struct sample_info *s, struct view_sample *v)
{
	map known = { 0 };
	v->strata = NEW_ARRAY(w->mem, struct view_sample_stratum, s->units.n + 1);
	for (size_t i = 0; i < s->units.n; i++) {
		const db_sample_unit *u = &s->units.p[i];
		bool added;
		int64_t *at = map_put(w->mem, &known, u->stratum, &added);
		if (added) {
			*at = (int64_t)v->n_strata;
			v->strata[v->n_strata++].name = u->stratum;
		}
		struct view_sample_stratum *h = &v->strata[*at];
		double weight = real(u->weight);
		h->reserves += u->reserve;
		h->used += u->replaces != 0;
		if (u->reserve)
			continue;
		h->low = h->drawn && h->low < weight ? h->low : weight;
		h->high = h->drawn && h->high > weight ? h->high : weight;
		h->total += weight;
		h->drawn++;
	}
}

static void fill_units(struct web_cx *w, const struct sample_info *s, struct view_sample *v)
{
	bool all = w->face != FACE_HTML;
	v->units = NEW_ARRAY(w->mem, struct view_sample_unit, s->units.n + 1);
	for (size_t i = 0; i < s->units.n; i++) {
		const db_sample_unit *u = &s->units.p[i];
		/* on the page: who takes part first; reserves once they are used */
		if (!all && (v->n_units == SHOWN || (u->reserve && !u->replaces))) {
			v->units_more++;
			continue;
		}
		struct view_sample_unit *to = &v->units[v->n_units++];
		*to = (struct view_sample_unit){ .no = u->no, .unit = u->unit, .place = u->place, .stratum = u->stratum, .weight = real(u->weight),
			.probability = real(u->probability), .person = u->person, .ask = survey_case_ask(w->mem, u->person, w->lang), .reason = u->reason,
			.state = u->reason.len ? VIEW_SAMPLE_STATE_REPLACED
				: u->reserve && !u->replaces ? VIEW_SAMPLE_STATE_WAITING
							     : VIEW_SAMPLE_STATE_ASKED };
		if (u->replaces)
			to->replaces = some_int(u->replaces);
	}
}

static const enum case_outcome endings[] = { CASE_NO_CONTACT, CASE_REFUSED, CASE_UNREACHABLE, CASE_INELIGIBLE };
static const char endings_in[] = "no_contact refused unreachable ineligible";

static void fill_cases(struct web_cx *w, bool asked, struct view_sample *v)
{
	v->interviewers = given(w, asked, "nguoi", "");
	v->outcomes = NEW_ARRAY(w->mem, struct view_sample_choice, sizeof endings / sizeof *endings);
	for (; v->n_outcomes < sizeof endings / sizeof *endings; v->n_outcomes++) {
		str word = str_of(case_outcome_word(endings[v->n_outcomes]));
		v->outcomes[v->n_outcomes] = (struct view_sample_choice){ .value = word,
			.name = say(w, arena_printf(w->mem, "interview.outcome.%.*s", STR_ARG(word)).p) };
	}
}

static void fill_draw(struct web_cx *w, const struct survey_info *survey, const struct sample_info *s, struct view_sample *v)
{
	v->drawn = s->drawn;
	v->begun = s->begun;
	if (!s->drawn)
		return;
	v->people = s->draw.drawn;
	v->reserves = s->draw.reserves;
	v->replaced = s->replaced;
	v->asked = s->asked;
	v->cases = s->cases;
	v->exposed = s->exposed;
	v->seed = some_int(s->draw.seed);
	v->stages = s->draw.stages;
	v->strata_by = s->draw.strata;
	v->allocate = s->draw.allocate;
	v->way = way_name(w, s->draw.allocate);
	v->sd = s->draw.sd;
	v->cost_of = s->draw.cost;
	v->least = s->draw.least;
	v->reserve = s->draw.reserve;
	v->person = s->draw.person;
	v->person_way = say(w, arena_printf(w->mem, "sample.person.%.*s", STR_ARG(s->draw.person)).p);
	v->hash = s->draw.frame_sha256;
	str file = arena_printf(w->mem, "dan-mau-%.*s.csv", STR_ARG(survey->code));
	v->command = sample_command(w->cx, &s->draw, file);
	v->frame_url = web_path(w, w->lang, arena_printf(w->mem, "/khao-sat/%.*s/mau/dan-mau", STR_ARG(survey->code)));
	v->created = some_time(s->draw.created_at);
	v->actor = s->draw.actor;
	v->one_of_household = !str_is(s->draw.person, sample_person_word(SAMPLE_UNIT));
	fill_strata(w, s, v);
	fill_units(w, s, v);
}

static void fill_steps(struct web_cx *w, const db_weight_list *l, struct view_sample *v)
{
	v->steps = NEW_ARRAY(w->mem, struct view_sample_weight_step, l->n + 1);
	for (size_t i = 0; i < l->n; i++) {
		const db_weight_step *s = &l->p[i];
		str what = say(w, arena_printf(w->mem, "sample.step.%.*s", STR_ARG(s->kind)).p);
		v->steps[v->n_steps++] = (struct view_sample_weight_step){ .no = s->no,
			.what = arena_printf(w->mem, "%.*s %.*s", STR_ARG(what), STR_ARG(s->params)),
			.people = s->people,
			.before = s->total_before,
			.after = s->total_after,
			.low = s->least,
			.high = s->greatest,
			.deff = s->deff };
	}
}

/* Items that can say how many persons one was chosen from: numbers that everybody gives. */
static str person_items(struct web_cx *w, const questionnaire *q)
{
	str all = { 0 };
	for (size_t i = 0; i < q->items.n; i++) {
		const struct question *x = &q->items.p[i];
		if (x->kind != ASK_NUMBER || !x->required || x->show_if)
			continue;
		str text = say_either(w, x->text[LANG_VI], x->text[LANG_EN]), one = arena_printf(w->mem, "%.*s (%.*s)", STR_ARG(x->code), STR_ARG(text));
		all = all.len ? arena_printf(w->mem, "%.*s; %.*s", STR_ARG(all), STR_ARG(one)) : one;
	}
	return all;
}

/* What the forms hold comes from the request of theirs; the other one shows what it begins with. */
enum form { FORM_SIZE, FORM_DRAW, FORM_CASES, FORM_OTHER };

static void show(struct web_cx *w, const struct survey_info *s, enum form form)
{
	static const char *const done[] = { "sample.done_frame", "sample.done_draw", "sample.done_replace", "sample.done_forget",
		"sample.done_cases" };
	struct sample_info now;
	struct view_sample v = { .code = s->code, .name = desk_name(w, s), .illustrative = s->illustrative };
	db_weight_list steps;
	enum err e = sample_of(w->cx, w->app, s, &now);
	if (!e)
		e = survey_weights(w->cx, w->app, s, &steps);
	if (e) {
		web_fail(w, e);
		return;
	}
	fill_size(w, form == FORM_SIZE, &v);
	fill_frames(w, &now, &v);
	fill_form(w, form == FORM_DRAW, &now, &v);
	fill_draw(w, s, &now, &v);
	fill_cases(w, form == FORM_CASES, &v);
	fill_steps(w, &steps, &v);
	v.person_items = person_items(w, s->q);
	v.list_url = web_path(w, w->lang, arena_printf(w->mem, "/khao-sat/%.*s/mau/danh-sach", STR_ARG(s->code)));
	if (form == FORM_SIZE && web_has(w, "xong"))
		v.done = say(w, done[web_enum(w, "xong")]);
	v.faults = fault_rows(w, &v.n_faults);
	v.more = fault_more(w, v.n_faults);
	if (v.n_faults)
		w->status = 422;
	web_cache(w, -1);
	reply_sample(w, &v);
}

static void page_sample(struct web_cx *w)
{
	struct survey_info s;
	if (desk_open(w, &s))
		show(w, &s, FORM_SIZE);
}

/* After something was to be done: on, or the page again with what was wrong. */
static void after(struct web_cx *w, const struct survey_info *s, enum err e, enum form form, const char *done)
{
	if (!e)
		web_redirect(w, arena_printf(w->mem, "/khao-sat/%.*s/mau?xong=%s", STR_ARG(s->code), done));
	else if (e == ERR_INPUT || e == ERR_CONFLICT || e == ERR_LIMIT)
		show(w, s, form);
	else
		web_fail(w, e);
}

static void page_frame(struct web_cx *w)
{
	struct survey_info s;
	struct import_report report;
	struct import_options opt = { .actor = arena_cstr(w->mem, w->actor->login), .who = w->actor };
	str bytes;
	if (!desk_open(w, &s))
		return;
	enum err e = actor_may(w->cx, w->app, w->actor, "survey", "sample", 0);
	if (!e)
		e = web_file_bytes(w, web_file(w, "tep"), &bytes);
	if (!e)
		e = import_bytes(w->cx, w->app, STR("frame"), web_file(w, "tep")->name, bytes, &opt, &report);
	after(w, &s, e, FORM_OTHER, "dan-mau");
}

static long whole(struct web_cx *w, const char *field, long most)
{
	long n = 0;
	str s = str_trim(web_text(w, field)), plain = s;
	if (s.len && !(entry_number(w->cx, s, w->lang, &plain) && str_int(plain, 0, most, &n)))
		cx_fault(w->cx, FAULT_ERROR, "sample.cell", (place){ .field = str_of(field) }, s);
	return n;
}

static void page_draw(struct web_cx *w)
{
	struct survey_info s;
	struct sample_list *l;
	int way = web_enum(w, "phan-bo");
	if (!desk_open(w, &s))
		return;
	struct sample_wish wish = { .stages = str_trim(web_text(w, "giai-doan")),
		.strata = str_trim(web_text(w, "tang")),
		.allocate = str_of(ways[way]),
		.sd = way == WAY_NEYMAN ? STR("sd") : STR(""),
		.cost = way == WAY_NEYMAN && web_bool(w, "chi-phi") ? STR("cost") : STR(""),
		.least = (uint32_t)whole(w, "it-nhat", SAMPLE_MAX_ROWS),
		.reserve = (uint32_t)whole(w, "thay-the", SAMPLE_MAX_ROWS),
		.seed = (uint64_t)whole(w, "hat", LONG_MAX),
		.person = (enum sample_person)web_enum(w, "nguoi-trong-ho") };
	after(w, &s, w->cx->n_errors ? ERR_INPUT : sample_make(w->cx, w->app, w->actor, &s, 0, &wish, &l), FORM_DRAW, "chon");
}

static void page_replace(struct web_cx *w)
{
	struct survey_info s;
	db_sample_unit by;
	if (desk_open(w, &s))
		after(w, &s,
			sample_stand_in(w->cx, w->app, w->actor, &s, web_int(w, "so"), web_text(w, "ly-do"),
				endings[web_enum(w, "ket-qua")], &by),
			FORM_OTHER, "thay");
}

static void page_cases(struct web_cx *w)
{
	struct survey_info s;
	struct sample_cases done;
	if (desk_open(w, &s))
		after(w, &s, sample_cases_make(w->cx, w->app, w->actor, &s, web_text(w, "nguoi"), &done), FORM_CASES, "phieu");
}

static void page_forget(struct web_cx *w)
{
	struct survey_info s;
	if (desk_open(w, &s))
		after(w, &s, sample_forget(w->cx, w->app, w->actor, &s), FORM_OTHER, "xoa");
}

static void page_list(struct web_cx *w)
{
	struct survey_info s;
	buf b;
	if (!desk_open(w, &s))
		return;
	buf_init(&b, FRAME_MAX);
	enum err e = sample_csv(w->cx, w->app, w->actor, &s, true, w->lang, &b);
	str text = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	if (e) {
		web_fail(w, e);
		return;
	}
	web_cache(w, -1);
	web_download(w, arena_printf(w->mem, "mau-%.*s.csv", STR_ARG(s.code)));
	web_bytes(w, "text/csv; charset=utf-8", text);
}

/* The units of the frame, for who draws again; names and telephones stay here. */
static void page_frame_units(struct web_cx *w)
{
	struct survey_info s;
	str text;
	if (!desk_open(w, &s))
		return;
	enum err e = sample_frame_units(w->cx, w->app, w->actor, &s, &text);
	if (e) {
		web_fail(w, e == ERR_INPUT ? ERR_NOTFOUND : e);
		return;
	}
	web_cache(w, -1);
	web_download(w, arena_printf(w->mem, "dan-mau-%.*s.csv", STR_ARG(s.code)));
	web_bytes(w, "text/csv; charset=utf-8", text);
}

#define NUMBER(name, vi, en) { name, IN_TEXT, .max = 18, .doc = { vi, en } }

const struct web_route routes_sample[] = {
	{ WEB_GET, "/khao-sat/{survey}/mau", page_sample, "survey.sample", .lane = LANE_SLOW,
		.faces = FACE_HTML | FACE_JSON | FACE_CSV, .view = "sample", .section = "khao-sat",
		.doc = { "Mẫu của một khảo sát: cỡ mẫu, dàn mẫu, danh sách chọn",
			"The sample of a survey: size, frames, who was drawn" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, NUMBER("sai-so", "sai số", "margin"),
			NUMBER("ty-le", "tỷ lệ dự kiến", "expected share"),
			NUMBER("tong-the", "số người trong tổng thể", "population"),
			NUMBER("tra-loi", "tỷ lệ trả lời", "response rate"),
			NUMBER("do-lech", "độ lệch chuẩn, khi đo trung bình", "standard deviation, of a mean"),
			NUMBER("tin-cay", "độ tin cậy", "level of confidence"),
			NUMBER("dung", "tỷ lệ đúng đối tượng", "share that is eligible"),
			NUMBER("rho", "tương quan trong cụm", "correlation within clusters"),
			NUMBER("nguoi-cum", "số người mỗi cụm", "persons in each cluster"),
			NUMBER("deff", "hệ số thiết kế", "design effect"),
			NUMBER("so-tang", "số tầng của các cụm", "strata of the clusters"),
			NUMBER("cp-cum", "chi phí một cụm", "cost of a cluster"),
			NUMBER("cp-nguoi", "chi phí một người", "cost of a person"),
			{ "mien", IN_TEXT, .max = 4000,
				.doc = { "các miền: mỗi dòng tên; số người; tỷ lệ dự kiến",
					"parts of the population: name; people; expected share a line" } },
			{ "xong", IN_ENUM, .values = "dan-mau chon thay xoa phieu",
				.doc = { "việc vừa làm", "what was just done" } }) },
	{ WEB_GET, "/khao-sat/{survey}/mau/danh-sach", page_list, "survey.sample", .lane = LANE_SLOW, .section = "khao-sat",
		.doc = { "Danh sách mẫu, CSV, kèm liên hệ nếu còn",
			"The list that was drawn, CSV, with contacts as long as they are kept" },
		.in = WEB_INPUTS(DESK_SURVEY_IN) },
	{ WEB_GET, "/khao-sat/{survey}/mau/dan-mau", page_frame_units, "survey.sample", .lane = LANE_SLOW, .section = "khao-sat",
		.doc = { "Dàn mẫu không kèm họ tên, CSV, để chọn lại được đúng mẫu", "The frame without names, CSV, so that the draw can be repeated" },
		.in = WEB_INPUTS(DESK_SURVEY_IN) },
	{ WEB_POST, "/khao-sat/{survey}/mau/dan-mau", page_frame, "survey.sample", .lane = LANE_SLOW, .faces = FACE_HTML,
		.view = "sample", .max_body = FRAME_MAX + 4096, .section = "khao-sat",
		.doc = { "Nạp dàn mẫu từ CSV hoặc Excel", "Reads a frame from CSV or a workbook" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, { "tep", IN_FILE, .required = true, .max = FRAME_MAX, .doc = { "tệp", "file" } }) },
	{ WEB_POST, "/khao-sat/{survey}/mau/chon", page_draw, "survey.sample", .lane = LANE_SLOW, .faces = FACE_HTML, .view = "sample", .section = "khao-sat",
		.doc = { "Chọn mẫu từ dàn mẫu mới nhất", "Draws from the newest frame" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, { "hat", IN_TEXT, .required = true, .max = 18, .doc = { "hạt giống", "seed" } },
			{ "giai-doan", IN_TEXT, .required = true, .max = 300, .doc = { "các giai đoạn", "stages" } },
			{ "tang", IN_TEXT, .max = 100, .doc = { "cột tầng", "columns of strata" } },
			{ "phan-bo", IN_ENUM, .values = ways_in, .def = "proportional", .doc = { "cách phân bổ", "allocation" } },
			{ "chi-phi", IN_BOOL, .doc = { "Neyman tính cả chi phí (cột cost)", "Neyman counts the cost too (column cost)" } },
			{ "it-nhat", IN_TEXT, .max = 7, .doc = { "ít nhất mỗi tầng", "least in each stratum" } },
			{ "thay-the", IN_TEXT, .max = 7, .doc = { "số thay thế mỗi nhóm", "reserves in each group" } },
			{ "nguoi-trong-ho", IN_ENUM, .values = "none kish birthday", .def = "none",
				.doc = { "chọn một người trong hộ: không, bảng Kish, sinh nhật",
					"one person of a household: none, Kish tables, birthday" } }) },
	{ WEB_POST, "/khao-sat/{survey}/mau/thay", page_replace, "survey.sample", .faces = FACE_HTML, .view = "sample",
		.section = "khao-sat",
		.doc = { "Thay một đơn vị bằng đơn vị dự bị kế tiếp", "The next reserve takes the place of a unit" },
		.in = WEB_INPUTS(DESK_SURVEY_IN,
			{ "so", IN_INT, .required = true, .min = 1, .max = SAMPLE_MAX_ROWS,
				.doc = { "số trong danh sách", "number in the list" } },
			{ "ly-do", IN_TEXT, .required = true, .min = 3, .max = 100, .doc = { "lý do", "reason" } },
			{ "ket-qua", IN_ENUM, .values = endings_in, .def = "no_contact",
				.doc = { "kết quả cuối của phiếu bị thay", "how the case that is replaced ended" } }) },
	{ WEB_POST, "/khao-sat/{survey}/mau/phieu", page_cases, "survey.sample", .lane = LANE_SLOW, .faces = FACE_HTML,
		.view = "sample", .section = "khao-sat",
		.doc = { "Lập phiếu phỏng vấn cho các đơn vị được chọn", "Makes cases of the units that were drawn" },
		.in = WEB_INPUTS(DESK_SURVEY_IN,
			{ "nguoi", IN_TEXT, .max = 300,
				.doc = { "tên đăng nhập của điều tra viên, cách nhau bằng dấu phẩy",
					"logins of interviewers, with commas between" } }) },
	{ WEB_POST, "/khao-sat/{survey}/mau/xoa-lien-he", page_forget, "survey.sample", .faces = FACE_HTML, .view = "sample",
		.section = "khao-sat",
		.doc = { "Xóa họ tên, điện thoại, địa chỉ trong dàn mẫu", "Deletes names, telephones and addresses of the frames" },
		.in = WEB_INPUTS(DESK_SURVEY_IN) },
	{ 0 },
};
