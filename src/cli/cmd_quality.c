/* thuocdo survey quality, rates, agree: flags of stored answers; response rates from cases or a file, the agreement of a call-back. */
#include <math.h>
#include "app/quality.h"
#include "app/survey_callback.h"
#include "app/survey_rates.h"
#include "base/json.h"
#include "cli/store.h"
#include "engine/est_frame.h"
#include "engine/fieldwork.h"

static void number(buf *b, double x)
{
	if (!isnan(x))
		buf_double(b, x);
}

/* ---- flags ---- */

static str count(struct cli *cli, int64_t n)
{
	return arena_printf(cli->c->mem, "%lld", (long long)n);
}

static str places_text(struct cli *cli, double x, int digits)
{
	return isnan(x) ? STR("–") : arena_printf(cli->c->mem, "%.*f", digits, x);
}

static void icc_text(buf *b, struct cli *cli, const char *key, const struct est_icc *x)
{
	if (x->groups < 2)
		return;
	str icc[] = { places_text(cli, x->icc, 4), places_text(cli, x->low, 4), places_text(cli, x->high, 4), count(cli, x->groups) };
	po_fill(b, key, cli->lang, (str){ 0 }, icc, 4);
	buf_char(b, '\n');
}

static void quality_text(buf *b, struct cli *cli, const struct quality *q)
{
	str head[] = { count(cli, q->flagged), count(cli, (int64_t)q->n) };
	po_fill(b, "quality.head", cli->lang, (str){ 0 }, head, 2);
	buf_char(b, '\n');
	for (int k = 0; k < QUALITY_FLAGS; k++) {
		str key = arena_printf(cli->c->mem, "quality.flag.%s", quality_words[k]);
		buf_printf(b, "  %s: %lld\n", po_text(key.p, cli->lang), (long long)q->count[k]);
	}
	for (size_t i = 0; i < q->modes.n; i++) {
		const struct quality_mode *m = &q->modes.p[i];
		str mode = str_of(po_text(arena_printf(cli->c->mem, "field.mode.%.*s", STR_ARG(m->mode)).p, cli->lang));
		str line[] = { mode, count(cli, m->answers), count(cli, m->timed), places_text(cli, m->median, 0), count(cli, m->fast) };
		po_fill(b, "quality.mode_line", cli->lang, (str){ 0 }, line, 5);
		buf_char(b, '\n');
	}
	str strays = count(cli, q->strays);
	if (q->strays) {
		po_fill(b, "quality.strays_n", cli->lang, (str){ 0 }, &strays, 1);
		buf_char(b, '\n');
	}
	icc_text(b, cli, "quality.icc_interviewers", &q->icc_interviewers);
	icc_text(b, cli, "quality.icc", &q->icc);
}

static void quality_csv(buf *b, struct cli *cli, const struct quality *q)
{
	(void)cli;
	buf_addz(b, "place,answers,flagged,index\n");
	for (size_t i = 0; i < q->places.n; i++) {
		const struct quality_group *p = &q->places.p[i];
		csv_cell(b, p->code);
		buf_printf(b, ",%lld,%lld,", (long long)p->answers, (long long)p->flagged);
		number(b, p->index);
		buf_char(b, '\n');
	}
}

static void json_modes(json_out *j, const struct quality *q)
{
	json_put_key(j, "modes");
	json_put_array(j);
	for (size_t i = 0; i < q->modes.n; i++) {
		const struct quality_mode *m = &q->modes.p[i];
		json_put_object(j);
		json_add_str(j, "mode", m->mode);
		json_add_int(j, "answers", m->answers);
		json_add_int(j, "timed", m->timed);
		json_add_double(j, "median_seconds", m->median);
		json_add_int(j, "fast", m->fast);
		json_put_end(j, '}');
	}
	json_put_end(j, ']');
}

static void json_interviewers(json_out *j, const struct quality *q)
{
	json_put_key(j, "interviewers");
	json_put_array(j);
	for (size_t i = 0; i < q->interviewers.n; i++) {
		const struct quality_group *p = &q->interviewers.p[i];
		json_put_object(j);
		json_add_str(j, "login", p->code);
		json_add_int(j, "answers", p->answers);
		json_add_int(j, "flagged", p->flagged);
		json_add_int(j, "fast", p->fast);
		json_add_double(j, "index", p->index);
		json_put_end(j, '}');
	}
	json_put_end(j, ']');
}

static void quality_json(buf *b, struct cli *cli, const struct quality *q)
{
	json_out j;
	(void)cli;
	json_init(&j, b);
	json_put_object(&j);
	json_add_int(&j, "version", 1);
	json_add_int(&j, "answers", (int64_t)q->n);
	json_add_int(&j, "flagged", q->flagged);
	json_put_key(&j, "flags");
	json_put_object(&j);
	for (int k = 0; k < QUALITY_FLAGS; k++)
		json_add_int(&j, quality_words[k], q->count[k]);
	json_put_end(&j, '}');
	json_add_double(&j, "icc", q->icc.icc);
	json_add_double(&j, "icc_low", q->icc.low);
	json_add_double(&j, "icc_high", q->icc.high);
	json_add_double(&j, "fast_share", q->fast_share);
	json_add_int(&j, "strays", q->strays);
	json_modes(&j, q);
	json_add_double(&j, "icc_interviewers", q->icc_interviewers.icc);
	json_add_double(&j, "icc_interviewers_low", q->icc_interviewers.low);
	json_add_double(&j, "icc_interviewers_high", q->icc_interviewers.high);
	json_interviewers(&j, q);
	json_put_end(&j, '}');
	buf_char(b, '\n');
}

int cmd_survey_quality(struct cli *cli)
{
	const char *store = NULL, *output = NULL, *fast = NULL;
	double share = 0;
	enum output form;
	const struct cli_option options[] = { { "db", &store, NULL }, { "fast", &fast, NULL }, { "o", &output, NULL }, { "output", &output, NULL }, { 0 } };
	struct survey_info s;
	struct quality q;
	if (!cli_options(cli, options) || !cli_output(cli, output, &form))
		return EXIT_BAD;
	if (fast && !(frame_parse(str_of(fast), &share) && share > 0 && share < 1))
		return cli_misuse(cli, "sample.option", fast);
	struct app *a = cli_one_survey(cli, store, &s);
	if (!a)
		return EXIT_BAD;
	enum err e = quality_of(cli->c, a, &s, share, &q);
	cli_report(cli);
	int code = EXIT_BAD;
	if (!e) {
		buf b;
		buf_init(&b, 0);
		(form == OUT_TEXT ? quality_text : form == OUT_CSV ? quality_csv : quality_json)(&b, cli, &q);
		code = cli_write(cli, &b);
	}
	app_close(a);
	return code;
}

/* ---- files ---- */

/* One file of named columns, all as factors. NULL: told. */
static frame *read_file(struct cli *cli, const char *const *names, int n, struct frame_column **out)
{
	frame *f;
	str file = str_of(cli->argv[0]);
	bool good = !frame_open(cli->c, cli_csv(cli, file.p, NULL, NULL), file, &f);
	for (int k = 0; good && k < n; k++)
		good = (out[k] = frame_want(f, str_of(names[k]), FRAME_FACTOR)) != NULL;
	good = good && !frame_load(f);
	cli_report(cli);
	return good ? f : NULL;
}

/* False: a fault, for a row whose outcome is none. */
static bool count_outcomes(struct cli *cli, const frame *f, const struct frame_column *col, double *n)
{
	bool good = true;
	for (size_t i = 0; i < f->n; i++) {
		int k = 0;
		str s = col->code[i] == FRAME_MISSING ? (str){ 0 } : col->level[col->code[i]];
		while (k < OUTCOMES && !str_is(s, outcome_words[k]))
			k++;
		if (k < OUTCOMES)
			n[k]++;
		else
			good = !cx_fault(cli->c, FAULT_ERROR, "quality.outcome", frame_at(f, col, i), s) && false;
	}
	return good;
}

struct rates_report {
	const double *n, *rate;
	double e;
	const struct survey_rates *cases; /* NULL: from a file */
};

static void rates_text(buf *b, struct cli *cli, const struct rates_report *r)
{
	for (int o = 0; o < CASE_OUTCOMES && r->cases; o++) {
		str key = arena_printf(cli->c->mem, "interview.outcome.%s", case_outcome_word((enum case_outcome)o));
		if (r->cases->n[o])
			buf_printf(b, "%s (%s, %s): %lld\n", po_text(key.p, cli->lang), case_dispositions[o].code, outcome_words[case_dispositions[o].counts],
				(long long)r->cases->n[o]);
	}
	buf_printf(b, "e      %s\n", places_text(cli, r->e, 4).p);
	for (int k = 0; k < FIELD_RATES; k++)
		buf_printf(b, "%-6s %s%%\n", field_rate_names[k], places_text(cli, r->rate[k] * 100, 2).p);
}

static void rates_csv(buf *b, struct cli *cli, const struct rates_report *r)
{
	(void)cli;
	buf_addz(b, "rate,value\ne,");
	number(b, r->e);
	buf_char(b, '\n');
	for (int k = 0; k < FIELD_RATES; k++) {
		buf_printf(b, "%s,", field_rate_names[k]);
		number(b, r->rate[k]);
		buf_char(b, '\n');
	}
}

static void rates_json(buf *b, struct cli *cli, const struct rates_report *r)
{
	json_out j;
	(void)cli;
	json_init(&j, b);
	json_put_object(&j);
	for (int k = 0; k < OUTCOMES; k++)
		json_add_int(&j, outcome_words[k], (int64_t)r->n[k]);
	json_add_double(&j, "e", r->e);
	for (int k = 0; k < FIELD_RATES; k++)
		json_add_double(&j, field_rate_names[k], r->rate[k]);
	if (r->cases) {
		json_put_key(&j, "outcomes");
		json_put_object(&j);
		for (int o = 0; o < CASE_OUTCOMES; o++)
			json_add_int(&j, case_outcome_word((enum case_outcome)o), r->cases->n[o]);
		json_put_end(&j, '}');
	}
	json_put_end(&j, '}');
	buf_char(b, '\n');
}

static int rates_report(struct cli *cli, const struct rates_report *r, enum output form)
{
	buf b;
	buf_init(&b, 0);
	(form == OUT_TEXT ? rates_text : form == OUT_CSV ? rates_csv : rates_json)(&b, cli, r);
	return cli_write(cli, &b);
}

static int rates_of_file(struct cli *cli, double e, enum output form)
{
	static const char *const names[] = { "outcome" };
	double n[OUTCOMES] = { 0 }, rates[FIELD_RATES];
	struct frame_column *col;
	const frame *f = read_file(cli, names, 1, &col);
	if (!f || !count_outcomes(cli, f, col, n)) {
		cli_report(cli);
		return EXIT_BAD;
	}
	e = field_rates(n, e, rates);
	return rates_report(cli, &(struct rates_report){ n, rates, e, NULL }, form);
}

static int rates_of_store(struct cli *cli, const char *store, double e, enum output form)
{
	struct survey_info s;
	struct survey_rates r;
	struct app *a = cli_open_survey(cli, store, &s);
	if (!a)
		return EXIT_BAD;
	enum err bad = survey_rates_of(cli->c, a, &s, e, &r);
	if (!bad && !r.cases)
		bad = cx_fail(cli->c, ERR_INPUT, "quality.no_cases", (place){ 0 }, s.code);
	cli_report(cli);
	int code = bad ? EXIT_BAD : rates_report(cli, &(struct rates_report){ r.sum, r.rate, r.e, &r }, form);
	app_close(a);
	return code;
}

int cmd_survey_rates(struct cli *cli)
{
	const char *output = NULL, *eligible = NULL, *store = NULL;
	enum output form;
	const struct cli_option options[] = { { "db", &store, NULL }, { "e", &eligible, NULL }, { "o", &output, NULL }, { "output", &output, NULL }, { 0 } };
	double e = (double)NAN;
	if (!cli_options(cli, options) || !cli_output(cli, output, &form))
		return EXIT_BAD;
	if (cli->argc != 1)
		return cli_misuse(cli, "sample.one_file", "");
	if (eligible && !(frame_parse(str_of(eligible), &e) && e >= 0 && e <= 1))
		return cli_misuse(cli, "sample.option", eligible);
	return store ? rates_of_store(cli, store, e, form) : rates_of_file(cli, e, form);
}

static const char agree_head[] = "item,n,agree,expected,kappa,se\n";

static void agree_line(struct cli *cli, buf *b, enum output form, str name, const struct agreement *a)
{
	if (form == OUT_CSV) {
		const double x[] = { a->agree, a->expected, a->kappa, a->se };
		csv_cell(b, name);
		buf_printf(b, ",%zu", a->n);
		for (int k = 0; k < 4; k++) {
			buf_char(b, ',');
			number(b, x[k]);
		}
		buf_char(b, '\n');
		return;
	}
	str args[] = { name, count(cli, (int64_t)a->n), places_text(cli, a->agree * 100, 1), places_text(cli, a->kappa, 3), places_text(cli, a->se, 3) };
	po_fill(b, "quality.agree", cli->lang, (str){ 0 }, args, 5);
	buf_char(b, '\n');
}

/* Pairs of one item; classes are the words that stand in either column. */
static void agree_item(struct cli *cli, buf *b, enum output form, const frame *f, struct frame_column **col, uint32_t item)
{
	arena *mem = cli->c->mem;
	uint32_t *one = NEW_ARRAY(mem, uint32_t, f->n + 1), *two = NEW_ARRAY(mem, uint32_t, f->n + 1);
	map words = { 0 };
	size_t n = 0;
	for (size_t i = 0; i < f->n; i++) {
		uint32_t code[2];
		bool whole = col[0]->code[i] == item;
		for (int k = 0; k < 2 && whole; k++) {
			uint32_t at = col[k + 1]->code[i];
			bool added;
			whole = at != FRAME_MISSING;
			if (!whole)
				break;
			int64_t *word = map_put(mem, &words, col[k + 1]->level[at], &added);
			if (added)
				*word = (int64_t)words.n - 1;
			code[k] = (uint32_t)*word;
		}
		if (!whole)
			continue;
		one[n] = code[0];
		two[n++] = code[1];
	}
	struct agreement a;
	field_agreement(one, two, n, (uint32_t)words.n, mem, &a);
	agree_line(cli, b, form, col[0]->level[item], &a);
}

static int agree_of_store(struct cli *cli, const char *store, enum output form)
{
	struct survey_info s;
	struct callback_result r;
	struct app *a = cli_open_survey(cli, store, &s);
	if (!a)
		return EXIT_BAD;
	enum err e = survey_callback_result(cli->c, a, &s, &r);
	if (!e && !r.items.n)
		e = cx_fail(cli->c, ERR_INPUT, "callback.none", (place){ 0 }, s.code);
	cli_report(cli);
	int code = EXIT_BAD;
	if (!e) {
		buf b;
		buf_init(&b, 0);
		if (form == OUT_CSV)
			buf_addz(&b, agree_head);
		for (size_t i = 0; i < r.items.n; i++)
			agree_line(cli, &b, form, s.q->items.p[r.items.p[i].item].code, &r.items.p[i].a);
		code = cli_write(cli, &b);
	}
	app_close(a);
	return code;
}

int cmd_survey_agree(struct cli *cli)
{
	static const char *const names[] = { "item", "first", "second" };
	const char *output = NULL, *store = NULL;
	enum output form;
	const struct cli_option options[] = { { "db", &store, NULL }, { "o", &output, NULL }, { "output", &output, NULL }, { 0 } };
	struct frame_column *col[3];
	if (!cli_options(cli, options) || !cli_output(cli, output, &form))
		return EXIT_BAD;
	if (cli->argc != 1 || form == OUT_JSON)
		return cli_misuse(cli, cli->argc == 1 ? "sample.option" : "sample.one_file", cli->argc == 1 ? "json" : "");
	if (store)
		return agree_of_store(cli, store, form);
	const frame *f = read_file(cli, names, 3, col);
	if (!f)
		return EXIT_BAD;
	buf b;
	buf_init(&b, 0);
	if (form == OUT_CSV)
		buf_addz(&b, agree_head);
	for (uint32_t k = 0; k < col[0]->n_levels; k++)
		agree_item(cli, &b, form, f, col, k);
	return cli_write(cli, &b);
}
