/* Trying a questionnaire out: the form as respondents see it, and nothing is stored. */
#include "app/questionnaire_edit.h"
#include "web/say.h"
#include "web/survey.h"
#include "web/survey_form.h"
#include "web/survey_time.h"
#include "web_views.h"

/* 0: the draft */
static int64_t version_of(const struct sitting *t) { return *(const int64_t *)t->of; }

static str trial_head(struct sitting *t, struct view_survey *v)
{
	struct web_cx *w = t->w;
	int64_t version = version_of(t);
	str self = version ? arena_printf(w->mem, "/bo-cau-hoi/%.*s/thu?ban=%lld", STR_ARG(t->s.code), (long long)version)
			   : arena_printf(w->mem, "/bo-cau-hoi/%.*s/thu", STR_ARG(t->s.code));
	v->action = web_path(w, w->lang, self);
	v->trial = true;
	if (version)
		v->version = some_int(version);
	v->leave_trial = web_path(w, w->lang, version ? STR("/bo-cau-hoi") : arena_printf(w->mem, "/bo-cau-hoi/%.*s", STR_ARG(t->s.code)));
	return self;
}

/* False: answered already. */
static bool open_trial(struct sitting *t)
{
	struct web_cx *w = t->w;
	struct questionnaire_info info = { .version = 0 };
	struct form_draft d = { .revision = 0 };
	str code = web_text(w, "phieu");
	int64_t version = version_of(t);
	enum err e = version ? questionnaire_get(w->cx, w->app, code, (int)version, &info) : form_draft_open(w->cx, w->app, w->actor, code, &d);
	if (e) {
		web_fail(w, e);
		return false;
	}
	t->s = (struct survey_info){ .code = code, .q = version ? info.q : d.q, .gate = SURVEY_TAKES, .name = { info.name[LANG_VI], info.name[LANG_EN] } };
	if (!t->s.q) {
		t->s.name[LANG_VI] = d.name;
		form_closed(t, say(w, "survey.trial_faulty"));
		return false;
	}
	memcpy(t->s.name, t->s.q->name, sizeof t->s.name);
	form_begin(t);
	return true;
}

static str answer_text(const struct sitting *t, int32_t item)
{
	buf b;
	buf_init(&b, 0);
	const struct given *g = &t->answers[item].given;
	for (size_t i = 0; i < g->n; i++) {
		const struct question_option *o = question_option(t->s.q, &t->s.q->items.p[item], g->p[i]);
		buf_addz(&b, i ? "; " : "");
		buf_add(&b, o ? o->text[t->w->lang] : g->p[i]);
	}
	str s = arena_str(t->w->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

/* What would have been stored, item by item. */
static void trial_done(struct sitting *t, bool enough)
{
	static const char *const states[] = { "survey.st_not_asked", "survey.st_missing", "survey.st_given", "survey.st_dont_know", "survey.st_not_experienced",
		"survey.st_refused" };
	struct web_cx *w = t->w;
	struct view_survey v = { .first = true };
	(void)enough;
	form_head(t, &v);
	v.tried = NEW_ARRAY(w->mem, struct view_survey_tried, t->s.q->items.n + 1);
	for (int32_t i = 0; i < (int32_t)t->s.q->items.n; i++)
		if (question_is_asked(&t->s.q->items.p[i]))
			v.tried[v.n_tried++] = (struct view_survey_tried){ form_number_of(t->s.q, i), t->s.q->items.p[i].text[w->lang], answer_text(t, i),
				say(w, states[t->answers[i].state]) };
	web_cache(w, -1);
	reply_survey(w, &v);
}

static const struct form_use trial = { trial_head, NULL, trial_done, false };

static void page_trial(struct web_cx *w)
{
	int64_t version = web_int(w, "ban");
	struct sitting t = { .w = w, .use = &trial, .of = &version };
	if (open_trial(&t))
		form_first(&t);
}

static void page_trial_step(struct web_cx *w)
{
	int64_t version = web_int(w, "ban");
	struct sitting t = { .w = w, .use = &trial, .of = &version, .key = web_text(w, "khoa") };
	if (open_trial(&t))
		form_take(&t);
}

#define FORM_IN { "phieu", IN_TEXT, .max = FORM_CODE_MAX, .doc = { "mã bộ câu hỏi", "code of the questionnaire" } }
#define VERSION_IN { "ban", IN_INT, .min = 0, .max = 1000000, .doc = { "phiên bản; bỏ trống: dự thảo", "version; without: the draft" } }

const struct web_route routes_survey_trial[] = {
	{ WEB_GET, "/bo-cau-hoi/{phieu}/thu", page_trial, "survey.edit", .view = "survey", .section = "khao-sat",
		.doc = { "Xem và thử phiếu; không ghi gì", "Shows and tries a form; nothing is stored" },
		.in = WEB_INPUTS(FORM_IN, VERSION_IN) },
	{ WEB_POST, "/bo-cau-hoi/{phieu}/thu", page_trial_step, "survey.edit", .view = "survey", .section = "khao-sat",
		.flags = WEB_NO_CSRF, .doc = { "Gửi một bước của phiếu đang thử", "Sends a step of a form on trial" },
		.in = WEB_INPUTS(FORM_IN, VERSION_IN, KEY_IN, BEGUN_IN, STEP_IN, MOVE_IN) },
	{ 0 },
};
