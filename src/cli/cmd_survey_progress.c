/* thuocdo survey progress: how far the collection of a survey is. */
#include <stdio.h>
#include "app/survey_progress.h"
#include "base/date.h"
#include "base/json.h"
#include "cli/store.h"

enum { OUTCOME_COLUMNS = CASE_OUTCOMES };

static int64_t eligible(const struct progress_field *f)
{
	return f->cases - f->n[CASE_INELIGIBLE] - f->n[CASE_QUOTA_FULL];
}

static str place_name(struct cli *cli, const struct progress_field *f)
{
	return f->place_name[cli->lang].len ? f->place_name[cli->lang] : f->place_name[LANG_VI];
}

/* ---- text ---- */

static void text_fields(buf *b, struct cli *cli, const char *title, const struct progress_field *f, size_t n, bool by_place)
{
	if (!n)
		return;
	buf_printf(b, "\n%s\n", po_text(title, cli->lang));
	for (size_t i = 0; i < n; i++) {
		str name = by_place ? place_name(cli, &f[i]) : f[i].interviewer_name;
		buf_printf(b, "  %.*s: %s %lld/%lld",
			STR_ARG(i + 1 == n         ? str_of(po_text("field.all", cli->lang))
					: name.len ? name
						   : str_of(po_text("field.none", cli->lang))),
			po_text("field.completed", cli->lang), (long long)f[i].n[CASE_COMPLETED], (long long)eligible(&f[i]));
		for (int o = 0; o < CASE_COMPLETED; o++)
			if (f[i].n[o]) {
				char key[64];
				snprintf(key, sizeof key, "interview.outcome.%s", case_outcome_word((enum case_outcome)o));
				buf_printf(b, ", %s %lld", po_text(key, cli->lang), (long long)f[i].n[o]);
			}
		buf_char(b, '\n');
	}
}

static void progress_text(buf *b, struct cli *cli, const struct survey_info *s, const struct survey_progress *p)
{
	str n = arena_printf(cli->c->mem, "%lld", (long long)p->answers);
	buf_printf(b, "%.*s\n", STR_ARG(s->name[cli->lang].len ? s->name[cli->lang] : s->name[LANG_VI]));
	po_fill(b, "field.title", cli->lang, (str){ 0 }, &n, 1);
	if (s->design == SURVEY_SELF_SELECTED)
		buf_printf(b, "; %s", po_text("field.self", cli->lang));
	buf_char(b, '\n');
	for (size_t i = 0; i < p->modes.n; i++) {
		char key[64];
		const struct progress_mode *m = &p->modes.p[i];
		snprintf(key, sizeof key, "field.mode.%.*s", STR_ARG(m->mode));
		buf_printf(b, "  %.*s, %s: %lld\n", STR_ARG(m->place_name[cli->lang].len ? m->place_name[cli->lang] : m->place), po_text(key, cli->lang),
			(long long)m->n);
	}
	text_fields(b, cli, "field.by_area", p->by_place.p, p->by_place.n, true);
	text_fields(b, cli, "field.by_interviewer", p->by_interviewer.p, p->by_interviewer.n, false);
	for (size_t i = 0; i < p->quotas.n; i++) {
		const struct survey_quota *q = &p->quotas.p[i];
		buf_printf(b, "%s  %.*s (%.*s): %lld/%lld\n", i ? "" : "\n", STR_ARG(q->name[cli->lang]), STR_ARG(q->cell),
			(long long)q->n, (long long)q->most);
	}
}

/* ---- CSV: a row for each area and interviewer ---- */

static void csv_fields(buf *b, const char *by, const struct progress_field *f, size_t n, bool by_place)
{
	for (size_t i = 0; i < n; i++) {
		buf_printf(b, "%s,", by);
		csv_cell(b, by_place ? f[i].place : f[i].interviewer);
		buf_printf(b, ",%s,%lld,%lld", i + 1 == n ? "yes" : "no", (long long)f[i].cases, (long long)eligible(&f[i]));
		for (int o = 0; o < OUTCOME_COLUMNS; o++)
			buf_printf(b, ",%lld", (long long)f[i].n[o]);
		buf_printf(b, ",%lld\n", (long long)f[i].attempts);
	}
}

static void progress_csv(buf *b, struct cli *cli, const struct survey_info *s, const struct survey_progress *p)
{
	(void)cli, (void)s;
	buf_addz(b, "by,code,whole,cases,eligible,new,no_answer,busy,appointment,refused,unreachable,no_contact,ineligible,completed,quota_full,attempts\n");
	csv_fields(b, "area", p->by_place.p, p->by_place.n, true);
	csv_fields(b, "interviewer", p->by_interviewer.p, p->by_interviewer.n, false);
}

/* ---- JSON ---- */

static void json_fields(json_out *j, const char *key, const struct progress_field *f, size_t n, bool by_place)
{
	json_put_key(j, key);
	json_put_array(j);
	for (size_t i = 0; i < n; i++) {
		json_put_object(j);
		json_add_str(j, "code", by_place ? f[i].place : f[i].interviewer);
		json_add_bool(j, "whole", i + 1 == n);
		json_add_int(j, "cases", f[i].cases);
		json_add_int(j, "eligible", eligible(&f[i]));
		for (int o = 0; o < OUTCOME_COLUMNS; o++)
			json_add_int(j, case_outcome_word((enum case_outcome)o), f[i].n[o]);
		json_add_int(j, "attempts", f[i].attempts);
		json_put_end(j, '}');
	}
	json_put_end(j, ']');
}

static void json_quotas(json_out *j, const struct survey_progress *p)
{
	json_put_key(j, "quotas");
	json_put_array(j);
	for (size_t i = 0; i < p->quotas.n; i++) {
		json_put_object(j);
		json_add_str(j, "code", p->quotas.p[i].code);
		json_add_str(j, "cell", p->quotas.p[i].cell);
		json_add_int(j, "answers", p->quotas.p[i].n);
		json_add_int(j, "most", p->quotas.p[i].most);
		json_put_end(j, '}');
	}
	json_put_end(j, ']');
}

static void progress_json(buf *b, struct cli *cli, const struct survey_info *s, const struct survey_progress *p)
{
	json_out j;
	(void)cli;
	json_init(&j, b);
	json_put_object(&j);
	json_add_int(&j, "version", 1);
	json_add_str(&j, "survey", s->code);
	json_add_int(&j, "answers", p->answers);
	json_add_int(&j, "screened", p->screened);
	json_add_int(&j, "tokens", p->tokens);
	json_add_int(&j, "tokens_used", p->used);
	json_add_int(&j, "forms_printed", p->sheets);
	json_add_int(&j, "forms_settled", p->sheets_settled);
	json_add_int(&j, "forms_blank", p->sheets_blank);
	json_put_key(&j, "modes");
	json_put_array(&j);
	for (size_t i = 0; i < p->modes.n; i++) {
		json_put_object(&j);
		json_add_str(&j, "place", p->modes.p[i].place);
		json_add_str(&j, "mode", p->modes.p[i].mode);
		json_add_int(&j, "answers", p->modes.p[i].n);
		json_put_end(&j, '}');
	}
	json_put_end(&j, ']');
	json_fields(&j, "areas", p->by_place.p, p->by_place.n, true);
	json_fields(&j, "interviewers", p->by_interviewer.p, p->by_interviewer.n, false);
	json_quotas(&j, p);
	json_put_end(&j, '}');
	buf_char(b, '\n');
}

int cmd_survey_progress(struct cli *cli)
{
	const char *db = NULL, *output = NULL;
	enum output form;
	const struct cli_option options[] = { { "db", &db, NULL }, { "o", &output, NULL }, { "output", &output, NULL }, { 0 } };
	if (!cli_options(cli, options) || !cli_output(cli, output, &form))
		return EXIT_BAD;
	struct survey_info s;
	struct survey_progress p;
	struct app *a = cli_one_survey(cli, db, &s);
	if (!a)
		return EXIT_BAD;
	struct actor who = actor_system("cli");
	enum err e = survey_progress(cli->c, a, &who, &s, &p);
	cli_report(cli);
	int code = EXIT_BAD;
	if (!e) {
		buf b;
		buf_init(&b, 0);
		(form == OUT_TEXT ? progress_text : form == OUT_CSV ? progress_csv : progress_json)(&b, cli, &s, &p);
		code = cli_write(cli, &b);
	}
	app_close(a);
	return code;
}
