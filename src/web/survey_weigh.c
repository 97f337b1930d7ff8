#include "web/survey_weigh.h"
#include <math.h>
#include "app/round_entry.h"
#include "app/survey_public.h"
#include "app/weight_margin.h"
#include "web/fault.h"
#include "web/say.h"
#include "web/survey_desk.h"
#include "web_views.h"

enum { FILE_BYTES = 4 << 20 };

/* ---- what is wanted ---- */

/* Of the form: the file when one was sent, else what was typed, which stays as it is where there are faults. */
static str tables_of(struct web_cx *w, const char *field, const char *file, const char *kind, struct weight_margins *out)
{
	const struct web_file *f = web_file(w, file);
	bool sent = f && f->size;
	str s = web_text(w, field), name = sent ? f->name : say(w, kind);
	*out = (struct weight_margins){ 0 };
	if (sent && web_file_bytes(w, f, &s)) {
		cx_fault(w->cx, FAULT_ERROR, "weight.file", (place){ .field = str_of(file) }, f->name);
		return STR("");
	}
	enum err e = weight_margins_read(w->cx, name, s, out);
	if (!sent)
		return s;
	str text = STR("");
	for (int i = 0; !e && i < out->n; i++)
		text = arena_printf(w->mem, "%.*s%s%.*s", STR_ARG(text), i ? "\n" : "", STR_ARG(out->text[i]));
	return text;
}

/* "0,3x" as it is stored. */
static str bound_of(struct web_cx *w, const char *field)
{
	str s = str_trim(web_text(w, field)), plain;
	bool times = s.len && (s.p[s.len - 1] == 'x' || s.p[s.len - 1] == 'X');
	if (!s.len)
		return s;
	if (entry_number(w->cx, (str){ s.p, s.len - times }, w->lang, &plain) && plain.p[0] != '-')
		return arena_printf(w->mem, "%.*s%s", STR_ARG(plain), times ? "x" : "");
	cx_fault(w->cx, FAULT_ERROR, "weight.bound", (place){ .field = str_of(field) }, s);
	return s;
}

static struct weight_wish wish_of(struct web_cx *w, struct view_survey_weigh *v)
{
	struct weight_wish wish = { .nonresponse = web_bool(w, "bu"), .low = bound_of(w, "thap"), .high = bound_of(w, "cao") };
	struct weight_margins m;
	v->nonresponse = wish.nonresponse;
	v->within = wish.within = str_trim(web_text(w, "trong-ho"));
	v->low = web_text(w, "thap");
	v->high = web_text(w, "cao");
	v->post = tables_of(w, "hau-phan-tang", "tep-hau-phan-tang", "sample.step.poststratify", &m);
	if (m.n > 1)
		cx_fault(w->cx, FAULT_ERROR, "sample.too_many", (place){ .field = STR("hau-phan-tang") }, (str){ 0 });
	wish.poststrat = m.n ? m.text[0] : STR("");
	v->rake = tables_of(w, "can", "tep-can", "sample.step.rake", &m);
	wish.n_rake = m.n;
	for (int i = 0; i < m.n; i++)
		wish.rake[i] = m.text[i];
	return wish;
}

/* ---- what is shown ---- */

static str bounds_of(struct web_cx *w, const db_weight_step *s)
{
	return str_is(s->kind, "trim") ? say_point(w, weight_bounds(w->mem, s->params)) : s->params;
}

static struct view_survey_weigh_step *fill_steps(struct web_cx *w, const db_weight_list *l, size_t *n)
{
	struct view_survey_weigh_step *v = NEW_ARRAY(w->mem, struct view_survey_weigh_step, l->n + 1);
	for (size_t i = 0; i < l->n; i++) {
		const db_weight_step *s = &l->p[i];
		v[(*n)++] = (struct view_survey_weigh_step){ .kind = s->kind, .params = s->params, .bounds = bounds_of(w, s),
			.name = say(w, arena_printf(w->mem, "sample.step.%.*s", STR_ARG(s->kind)).p), .people = s->people, .total = s->total_after,
			.least = s->least, .greatest = s->greatest, .deff = s->deff, .cv = sqrt(s->deff > 1 ? s->deff - 1 : 0),
			.n_eff = s->deff > 0 ? (double)s->people / s->deff : 0 };
	}
	return v;
}

static void fill_look(struct web_cx *w, const struct weight_look *l, struct view_survey_weigh *v)
{
	v->looked = true;
	v->steps = fill_steps(w, &l->steps, &v->n_steps);
	v->cells = NEW_ARRAY(w->mem, struct view_survey_weigh_cell, l->cells.n + 1);
	for (size_t i = 0; i < l->cells.n; i++) {
		const struct weight_cell *x = &l->cells.p[i];
		struct view_survey_weigh_cell *to = &v->cells[v->n_cells++];
		*to = (struct view_survey_weigh_cell){ .name = x->name, .total = x->total, .people = x->people, .few = x->people < WEIGHT_FEW };
		if (x->people)
			to->each = some_real(x->total / (double)x->people);
		v->few += to->few;
	}
}

/* The form begins with the steps that are in use. */
static void fill_form(struct web_cx *w, const db_weight_list *l, struct view_survey_weigh *v)
{
	v->post = v->rake = STR("");
	for (size_t i = 0; i < l->n; i++) {
		const db_weight_step *s = &l->p[i];
		if (str_is(s->kind, "nonresponse"))
			v->nonresponse = true;
		else if (str_is(s->kind, "within"))
			v->within = s->params;
		else if (str_is(s->kind, "trim"))
			v->high = say_point(w, s->params), str_next(&v->high, ':', &v->low);
		else if (str_is(s->kind, "poststratify"))
			v->post = s->margins;
		else
			v->rake = s->margins;
	}
}

static void show(struct web_cx *w, const struct survey_info *s, struct view_survey_weigh *v, bool form)
{
	static const char *const done[] = { "weight.done", "weight.cleared" };
	db_weight_list now;
	enum err e = survey_weights(w->cx, w->app, s, &now);
	if (e) {
		web_fail(w, e);
		return;
	}
	if (!form)
		fill_form(w, &now, v);
	v->code = s->code;
	v->name = desk_name(w, s);
	v->illustrative = s->illustrative;
	v->probability = s->design == SURVEY_PROBABILITY;
	v->locked = survey_is_public(s);
	v->in_use = fill_steps(w, &now, &v->n_in_use);
	if (!form && web_has(w, "xong"))
		v->done = say(w, done[web_enum(w, "xong")]);
	v->faults = fault_rows(w, &v->n_faults);
	v->more = fault_more(w, v->n_faults);
	if (v->n_faults)
		w->status = 422;
	web_cache(w, -1);
	reply_survey_weigh(w, v);
}

static void page_weigh(struct web_cx *w)
{
	struct survey_info s;
	struct view_survey_weigh v = { 0 };
	if (desk_open(w, &s))
		show(w, &s, &v, false);
}

static void page_weigh_do(struct web_cx *w)
{
	struct survey_info s;
	struct view_survey_weigh v = { 0 };
	struct weight_look look = { 0 };
	db_weight_list steps;
	if (!desk_open(w, &s))
		return;
	enum { LOOK, RECORD, CLEAR };
	int act = web_enum(w, "viec");
	struct weight_wish wish = wish_of(w, &v), none = { 0 };
	enum err e = w->cx->n_errors ? ERR_INPUT : ERR_OK;
	if (!e)
		e = act == LOOK ? survey_weigh_look(w->cx, w->app, w->actor, &s, &wish, &look)
				: survey_weigh(w->cx, w->app, w->actor, &s, act == CLEAR ? &none : &wish, &steps);
	if (!e && act != LOOK) {
		web_redirect(w, arena_printf(w->mem, "%.*s?xong=%s", STR_ARG(desk_path(w, &s, "trong-so")), act == CLEAR ? "bo" : "ghi"));
		return;
	}
	if (e && e != ERR_INPUT && e != ERR_CONFLICT) {
		web_fail(w, e);
		return;
	}
	if (act == LOOK && (!e || look.cells.n))
		fill_look(w, &look, &v);
	v.good = act == LOOK && !e;
	show(w, &s, &v, true);
}

const struct web_route routes_survey_weigh[] = {
	{ WEB_GET, "/khao-sat/{survey}/trong-so", page_weigh, "survey.sample", .lane = LANE_SLOW, .faces = FACE_HTML | FACE_JSON | FACE_CSV,
		.view = "survey_weigh", .section = "khao-sat", .doc = { "Trọng số của một khảo sát", "Weights of a survey" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, { "xong", IN_ENUM, .values = "ghi bo", .doc = { "việc vừa làm", "what was just done" } }) },
	{ WEB_POST, "/khao-sat/{survey}/trong-so", page_weigh_do, "survey.sample", .lane = LANE_SLOW, .faces = FACE_HTML, .max_body = 9 << 20,
		.view = "survey_weigh", .section = "khao-sat",
		.doc = { "Xem trước, ghi, bỏ các bước trọng số", "Looks at, records, clears the steps of the weights" },
		.in = WEB_INPUTS(DESK_SURVEY_IN,
			{ "viec", IN_ENUM, .required = true, .values = "xem ghi bo", .doc = { "xem trước, ghi hoặc bỏ mọi bước", "look, record, clear" } },
			{ "bu", IN_BOOL, .doc = { "bù không trả lời theo tầng", "make up for non-response by strata" } },
			{ "trong-ho", IN_TEXT, .max = 60,
				.doc = { "câu ghi số người trong hộ để chọn một", "item with the persons of the household one was chosen from" } },
			{ "thap", IN_TEXT, .max = 20, .doc = { "trọng số nhỏ nhất; 0.3x: lần trung vị", "least weight; 0.3x: times the median" } },
			{ "cao", IN_TEXT, .max = 20, .doc = { "trọng số lớn nhất; 3x: lần trung vị", "greatest weight; 3x: times the median" } },
			{ "hau-phan-tang", IN_TEXT, .max = WEIGHT_MARGIN_BYTES, .doc = { "bảng hậu phân tầng", "table of post-strata" } },
			{ "tep-hau-phan-tang", IN_FILE, .max = FILE_BYTES, .doc = { "bảng ấy là tệp", "the same as a file" } },
			{ "can", IN_TEXT, .max = WEIGHT_MARGIN_BYTES, .doc = { "các bảng biên, cách nhau một dòng trống", "margins, an empty line between" } },
			{ "tep-can", IN_FILE, .max = FILE_BYTES, .doc = { "các bảng ấy là tệp", "the same as a file" } }) },
	{ 0 },
};
