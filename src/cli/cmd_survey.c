/* thuocdo survey list, results: surveys of a store, and what their answers say. */
#include <math.h>
#include <stdio.h>
#include "app/survey_result.h"
#include "base/date.h"
#include "base/json.h"
#include "base/vn.h"
#include "cli/store.h"

/* ---- the list ---- */

static const char *design_word(enum survey_design d)
{
	return d == SURVEY_PROBABILITY ? "probability" : d == SURVEY_CENSUS ? "census" : "self_selected";
}

static const char *gate_word(enum survey_gate g)
{
	static const char *const words[] = { "takes", "draft", "not_yet", "over", "full", "full_today" };
	return words[g];
}

static str day_of(struct cli *cli, const struct survey_info *s, bool close)
{
	char text[DATE_TEXT];
	return close && s->open_end ? STR("") : arena_str(cli->c->mem, date_text(close ? s->closes_on : s->opens_on, text));
}

static void list_text(buf *b, struct cli *cli, const struct survey_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct survey_info *s = &l->p[i];
		str n = arena_printf(cli->c->mem, "%lld", (long long)s->answers);
		char key[64];
		buf_printf(b, "%.*s  %.*s  ", STR_ARG(s->code), STR_ARG(s->name[cli->lang].len ? s->name[cli->lang] : s->name[LANG_VI]));
		po_fill(b, "survey_result.people", cli->lang, (str){ 0 }, &n, 1);
		snprintf(key, sizeof key, "survey.gate.%s", gate_word(s->gate));
		buf_printf(b, ", %s", po_text(key, cli->lang));
		snprintf(key, sizeof key, "survey.design.%s", design_word(s->design));
		buf_printf(b, ", %s\n", po_text(key, cli->lang));
	}
}

static void csv_text(buf *b, str s)
{
	csv_cell(b, s);
	buf_char(b, ',');
}

static void list_csv(buf *b, struct cli *cli, const struct survey_list *l)
{
	buf_addz(b, "code,name,period,questionnaire,design,state,opens_on,closes_on,answers,illustrative\n");
	for (size_t i = 0; i < l->n; i++) {
		const struct survey_info *s = &l->p[i];
		csv_text(b, s->code);
		csv_text(b, s->name[cli->lang].len ? s->name[cli->lang] : s->name[LANG_VI]);
		csv_text(b, s->period);
		csv_text(b, s->questionnaire);
		csv_text(b, str_of(design_word(s->design)));
		csv_text(b, str_of(gate_word(s->gate)));
		csv_text(b, day_of(cli, s, false));
		csv_text(b, day_of(cli, s, true));
		buf_printf(b, "%lld,%s\n", (long long)s->answers, s->illustrative ? "yes" : "no");
	}
}

static void list_json(buf *b, struct cli *cli, const struct survey_list *l)
{
	json_out j;
	json_init(&j, b);
	json_put_object(&j);
	json_add_int(&j, "version", 1);
	json_put_key(&j, "surveys");
	json_put_array(&j);
	for (size_t i = 0; i < l->n; i++) {
		const struct survey_info *s = &l->p[i];
		json_put_object(&j);
		json_add_str(&j, "code", s->code);
		json_add_str(&j, "name_vi", s->name[LANG_VI]);
		json_add_str(&j, "name_en", s->name[LANG_EN]);
		json_add_str(&j, "period", s->period);
		json_add_str(&j, "questionnaire", s->questionnaire);
		json_add_str(&j, "design", str_of(design_word(s->design)));
		json_add_str(&j, "state", str_of(gate_word(s->gate)));
		json_add_str(&j, "opens_on", day_of(cli, s, false));
		json_add_str(&j, "closes_on", day_of(cli, s, true));
		json_add_int(&j, "answers", s->answers);
		json_add_bool(&j, "illustrative", s->illustrative);
		json_put_end(&j, '}');
	}
	json_put_end(&j, ']');
	json_put_end(&j, '}');
	buf_char(b, '\n');
}

int cmd_survey_list(struct cli *cli)
{
	const char *db = NULL, *output = NULL;
	enum output form;
	const struct cli_option options[] = { { "db", &db, NULL }, { "o", &output, NULL }, { "output", &output, NULL }, { 0 } };
	if (!cli_options(cli, options) || !cli_output(cli, output, &form))
		return EXIT_BAD;
	if (cli->argc)
		return cli_misuse(cli, "cli.too_many", cli->argv[0]);
	struct app *a = cli_open(cli, db, STORE_AS_IS);
	if (!a)
		return EXIT_BAD;
	struct survey_list list;
	enum err e = survey_all(cli->c, a, &list);
	app_close(a);
	cli_report(cli);
	if (e)
		return EXIT_BAD;
	buf b;
	buf_init(&b, 0);
	(form == OUT_TEXT ? list_text : form == OUT_CSV ? list_csv : list_json)(&b, cli, &list);
	return cli_write(cli, &b);
}

/* ---- results ---- */

static const char *const row_words[] = { "index", "factor", "item", "option" };
static const char *const state_words[] = { "none", "ok", "hidden" };

static str code_of(const struct survey_result *r, const struct survey_line *l)
{
	const questionnaire *q = r->s->q;
	return l->item != NO_ITEM ? q->items.p[l->item].code : l->factor != NO_ITEM ? q->factors.p[l->factor].code : STR("");
}

static str option_code(const struct survey_result *r, const struct survey_line *l)
{
	const questionnaire *q = r->s->q;
	return l->option == NO_ITEM ? STR("") : q->lists.p[q->items.p[l->item].list].options.p[l->option].code;
}

static bool rolls_up(const struct survey_line *l)
{
	return l->row == SURVEY_INDEX || l->row == SURVEY_FACTOR;
}

static void csv_number(buf *b, double x)
{
	buf_char(b, ',');
	if (isfinite(x))
		buf_double(b, x);
}

static void results_csv(buf *b, struct cli *cli, const struct survey_result *r)
{
	buf_addz(b, "group,group_name,row,code,option,stat,rollup,estimate,se,ci_low,ci_high,deff,df,n_eff,cv,n,answers,hits,rank,state\n");
	for (size_t i = 0; i < r->lines.n; i++) {
		const struct survey_line *l = &r->lines.p[i];
		const struct survey_group *g = &r->groups.p[l->group];
		const struct survey_figure *f = &l->f;
		bool shown = f->state == SURVEY_FIGURE;
		csv_text(b, g->code);
		csv_text(b, g->name[cli->lang]);
		csv_text(b, str_of(row_words[l->row]));
		csv_text(b, code_of(r, l));
		csv_text(b, option_code(r, l));
		csv_text(b, str_of(survey_stat_word(l->stat)));
		buf_addz(b, rolls_up(l) ? survey_agg_word(l->agg) : "");
		const double numbers[] = { f->v, f->se, f->low, f->high, f->deff, f->df, f->n_eff, f->cv };
		for (size_t k = 0; k < 8; k++)
			csv_number(b, shown ? numbers[k] : (double)NAN);
		if (f->state == SURVEY_HIDDEN)
			buf_addz(b, ",,,");
		else
			buf_printf(b, ",%lld,%lld,%lld", (long long)f->n, (long long)f->answers, (long long)f->hits);
		buf_char(b, ',');
		if (l->row == SURVEY_INDEX && g->rank)
			buf_printf(b, "%d", g->rank);
		buf_printf(b, ",%s\n", state_words[f->state]);
	}
}

static void json_line(json_out *j, const struct survey_result *r, const struct survey_line *l)
{
	const struct survey_figure *f = &l->f;
	json_put_object(j);
	json_add_str(j, "row", str_of(row_words[l->row]));
	json_add_str(j, "code", code_of(r, l));
	json_add_str(j, "option", option_code(r, l));
	json_add_str(j, "stat", str_of(survey_stat_word(l->stat)));
	if (rolls_up(l))
		json_add_str(j, "rollup", str_of(survey_agg_word(l->agg)));
	json_add_str(j, "state", str_of(state_words[f->state]));
	if (f->state == SURVEY_FIGURE) {
		json_add_double(j, "estimate", f->v);
		json_add_double(j, "se", f->se);
		json_add_double(j, "ci_low", f->low);
		json_add_double(j, "ci_high", f->high);
		json_add_double(j, "deff", f->deff);
		json_add_double(j, "df", f->df);
		json_add_double(j, "n_eff", f->n_eff);
		json_add_double(j, "cv", f->cv);
		json_add_int(j, "n", f->n);
		json_add_int(j, "answers", f->answers);
		json_add_int(j, "hits", f->hits);
	}
	json_put_end(j, '}');
}

static void results_json(buf *b, struct cli *cli, const struct survey_result *r)
{
	json_out j;
	json_init(&j, b);
	json_put_object(&j);
	json_add_int(&j, "version", 1);
	json_add_str(&j, "survey", r->s->code);
	json_add_str(&j, "name", r->s->name[cli->lang].len ? r->s->name[cli->lang] : r->s->name[LANG_VI]);
	json_add_str(&j, "basis", str_of(survey_basis_word(r->basis)));
	json_add_bool(&j, "illustrative", r->s->illustrative);
	json_add_int(&j, "everybody", r->everybody);
	if (r->asked.clean)
		json_add_int(&j, "flagged", r->flagged);
	json_add_int(&j, "people", r->people);
	json_add_int(&j, "psus", r->psus);
	json_add_int(&j, "strata", r->strata);
	json_add_bool(&j, "weighting_unmet", r->unmet);
	json_put_key(&j, "groups");
	json_put_array(&j);
	for (size_t g = 0, i = 0; g < r->groups.n; g++) {
		const struct survey_group *x = &r->groups.p[g];
		json_put_object(&j);
		json_add_str(&j, "code", x->code);
		json_add_str(&j, "name", x->name[cli->lang]);
		json_add_bool(&j, "hidden", x->hidden);
		json_add_int(&j, "people", x->people);
		json_put_key(&j, "rank");
		if (x->rank)
			json_put_int(&j, x->rank);
		else
			json_put_null(&j);
		json_put_key(&j, "lines");
		json_put_array(&j);
		for (; i < r->lines.n && r->lines.p[i].group == g; i++)
			json_line(&j, r, &r->lines.p[i]);
		json_put_end(&j, ']');
		json_put_end(&j, '}');
	}
	json_put_end(&j, ']');
	json_put_end(&j, '}');
	buf_char(b, '\n');
}

static str number(struct cli *cli, double x, bool share)
{
	char text[48];
	snprintf(text, sizeof text, "%.2f", share ? x * 100 : x);
	for (char *p = text; *p && cli->lang == LANG_VI; p++)
		if (*p == '.')
			*p = ',';
	return arena_printf(cli->c->mem, "%s%s", text, share ? "%" : "");
}

static void text_name(buf *b, struct cli *cli, const struct survey_result *r, const struct survey_line *l)
{
	const questionnaire *q = r->s->q;
	const str *name = l->option != NO_ITEM ? q->lists.p[q->items.p[l->item].list].options.p[l->option].text
		: l->item != NO_ITEM           ? q->items.p[l->item].text
		: l->factor != NO_ITEM         ? q->factors.p[l->factor].text
					       : NULL;
	str code = l->option == NO_ITEM ? code_of(r, l) : option_code(r, l);
	buf_addz(b, l->row == SURVEY_OPTION ? "      " : l->row == SURVEY_INDEX ? "  " : "    ");
	if (!name)
		buf_addz(b, po_text("survey_result.whole", cli->lang));
	else
		buf_printf(b, "%.*s %.*s", STR_ARG(code), STR_ARG(name[cli->lang].len ? name[cli->lang] : name[LANG_VI]));
}

/* The words of an item whose options are all there is to tell. */
static void text_question(buf *b, struct cli *cli, const struct survey_result *r, size_t i)
{
	const struct survey_line *l = &r->lines.p[i], *before = i ? l - 1 : NULL;
	if (l->row != SURVEY_OPTION || (before && before->item == l->item && before->group == l->group))
		return;
	text_name(b, cli, r, &(struct survey_line){ .row = SURVEY_ITEM, .item = l->item, .option = NO_ITEM, .factor = NO_ITEM });
	buf_char(b, '\n');
}

static void text_line(buf *b, struct cli *cli, const struct survey_result *r, const struct survey_line *l)
{
	const struct survey_figure *f = &l->f;
	bool share = l->stat == SURVEY_SATISFIED || l->stat == SURVEY_SHARE;
	char stat[64];
	snprintf(stat, sizeof stat, "survey_result.stat.%s", survey_stat_word(l->stat));
	text_name(b, cli, r, l);
	if (l->row == SURVEY_OPTION)
		buf_addz(b, ": ");
	else
		buf_printf(b, ": %s ", po_text(stat, cli->lang));
	if (f->state == SURVEY_HIDDEN) {
		buf_printf(b, "%s\n", po_text("survey_result.hidden", cli->lang));
		return;
	}
	buf_add(b, f->state == SURVEY_NO_ANSWER ? STR("–") : number(cli, f->v, share));
	if (isfinite(f->low)) {
		str ends[] = { number(cli, f->low, share), number(cli, f->high, share) };
		buf_addz(b, " (");
		po_fill(b, "survey_result.ci", cli->lang, (str){ 0 }, ends, 2);
		buf_addz(b, ")");
	}
	if (share && survey_is_quotient(l) && f->hits <= f->answers)
		buf_printf(b, "  %lld/%lld", (long long)f->hits, (long long)f->answers);
	else
		buf_printf(b, "  n=%lld", (long long)f->n);
	if (rolls_up(l)) {
		char key[64];
		snprintf(key, sizeof key, "survey_result.agg.%s", survey_agg_word(l->agg));
		buf_printf(b, "  [%s]", po_text(key, cli->lang));
	}
	buf_char(b, '\n');
}

static void text_head(buf *b, struct cli *cli, const struct survey_result *r)
{
	char key[64];
	str counts[] = { arena_printf(cli->c->mem, "%lld", (long long)r->people), arena_printf(cli->c->mem, "%lld", (long long)r->everybody) };
	snprintf(key, sizeof key, "survey_result.basis.%s", survey_basis_word(r->basis));
	buf_printf(b, "%.*s\n", STR_ARG(r->s->name[cli->lang].len ? r->s->name[cli->lang] : r->s->name[LANG_VI]));
	po_fill(b, "survey_result.people_of", cli->lang, (str){ 0 }, counts, 2);
	buf_printf(b, "; %s", po_text(key, cli->lang));
	str flagged = arena_printf(cli->c->mem, "%lld", (long long)r->flagged);
	if (r->asked.clean) {
		buf_addz(b, "; ");
		po_fill(b, "survey_result.flagged", cli->lang, (str){ 0 }, &flagged, 1);
	}
	if (r->basis == SURVEY_WEIGHTED) {
		str design[] = { arena_printf(cli->c->mem, "%lld", (long long)r->psus), arena_printf(cli->c->mem, "%lld", (long long)r->strata) };
		buf_addz(b, "; ");
		po_fill(b, "survey_result.design", cli->lang, (str){ 0 }, design, 2);
	}
	if (r->s->illustrative)
		buf_printf(b, "; %s", po_text("survey_result.illustrative", cli->lang));
	buf_char(b, '\n');
	if (r->unmet)
		buf_printf(b, "%s\n", po_text("survey_result.unmet", cli->lang));
}

static void results_text(buf *b, struct cli *cli, const struct survey_result *r)
{
	bool units = survey_by_unit(&r->asked);
	text_head(b, cli, r);
	for (size_t g = 0, i = 0; g < r->groups.n; g++) {
		const struct survey_group *x = &r->groups.p[g];
		str n = arena_printf(cli->c->mem, "%lld", (long long)x->people);
		buf_printf(b, "\n%.*s: ", STR_ARG(g ? x->name[cli->lang] : str_of(po_text("survey_result.everybody", cli->lang))));
		if (x->hidden)
			buf_addz(b, po_text("survey_result.hidden", cli->lang));
		else
			po_fill(b, "survey_result.people", cli->lang, (str){ 0 }, &n, 1);
		if (g && units && !x->hidden && (r->basis == SURVEY_WEIGHTED || r->basis == SURVEY_EVERYBODY)) {
			str rank = arena_printf(cli->c->mem, "%d", x->rank);
			buf_addz(b, ", ");
			po_fill(b, x->rank ? "survey_result.rank" : "survey_result.not_enough", cli->lang, (str){ 0 }, &rank, 1);
		}
		buf_char(b, '\n');
		for (; i < r->lines.n && r->lines.p[i].group == g; i++)
			if (!x->hidden) {
				text_question(b, cli, r, i);
				text_line(b, cli, r, &r->lines.p[i]);
			}
	}
}

static bool read_where(struct cli *cli, const char *text, struct survey_question *q)
{
	str rest = str_of(text);
	if (!text)
		return true;
	if (!str_next(&rest, '=', &q->item) || !q->item.len || !rest.len) {
		cli_misuse(cli, "survey_result.where_form", text);
		return false;
	}
	q->value = rest;
	return true;
}

/* What was asked by options; false: told. */
static bool read_question(struct cli *cli, const char *by, const char *where, const char *item, const char *rollup, const char *ci,
	struct survey_question *q)
{
	const char *const texts[] = { by, where, item, rollup, ci, cli->argv[0] };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (texts[i] && vn_utf8_check(str_of(texts[i])) < strlen(texts[i])) {
			cli_misuse(cli, "cli.not_utf8", "");
			return false;
		}
	*q = (struct survey_question){ .by = str_of(by), .cross = str_of(item), .choose = rollup != NULL, .ci = EST_CI_LOGIT };
	if (rollup && !survey_agg_read(str_of(rollup), &q->agg)) {
		cli_misuse(cli, "survey_result.rollup_form", rollup);
		return false;
	}
	if (ci && strcmp(ci, "logit") && strcmp(ci, "t")) {
		cli_misuse(cli, "survey_result.ci_form", ci);
		return false;
	}
	if (ci && !strcmp(ci, "t"))
		q->ci = EST_CI_T;
	return read_where(cli, where, q);
}

int cmd_survey_results(struct cli *cli)
{
	const char *db = NULL, *output = NULL, *by = NULL, *where = NULL, *item = NULL, *rollup = NULL, *ci = NULL;
	bool clean = false;
	enum output form;
	const struct cli_option options[] = { { "db", &db, NULL }, { "by", &by, NULL }, { "where", &where, NULL }, { "item", &item, NULL },
		{ "rollup", &rollup, NULL }, { "ci", &ci, NULL }, { "clean", NULL, &clean }, { "o", &output, NULL }, { "output", &output, NULL }, { 0 } };
	struct survey_question q;
	if (!cli_options(cli, options) || !cli_output(cli, output, &form))
		return EXIT_BAD;
	if (!read_question(cli, by, where, item, rollup, ci, &q))
		return EXIT_BAD;
	q.clean = clean;
	struct survey_info s;
	struct survey_result r;
	struct app *a = cli_one_survey(cli, db, &s);
	if (!a)
		return EXIT_BAD;
	enum err e = survey_result_of(cli->c, a, &s, &q, &r);
	cli_report(cli);
	int code = EXIT_BAD;
	if (!e) {
		buf b;
		buf_init(&b, 0);
		(form == OUT_TEXT ? results_text : form == OUT_CSV ? results_csv : results_json)(&b, cli, &r);
		code = cli_write(cli, &b);
	}
	app_close(a); /* the questionnaire lives as long as it */
	return code;
}
