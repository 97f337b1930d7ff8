/* thuocdo survey weigh: weights of the answers of a survey as recorded steps. */
#include "app/weight_margin.h"
#include "base/json.h"
#include "cli/store.h"

enum { FILE_BYTES = 4 << 20 };

/* The tables of a population file; false: told. */
static bool read_tables(struct cli *cli, const char *path, struct weight_margins *out)
{
	FILE *in = fopen(path, "rb");
	char *p = arena_alloc(cli->c->mem, FILE_BYTES + 2);
	size_t n = in ? fread(p, 1, FILE_BYTES + 1, in) : 0;
	bool good = in && !ferror(in) && n > 0 && n <= FILE_BYTES;
	if (in)
		fclose(in);
	if (!good)
		return cli_misuse(cli, "weight.file", path), false;
	good = !weight_margins_read(cli->c, str_of(path), (str){ p, n }, out);
	if (!good)
		cli_report(cli);
	return good;
}

static bool read_wish(struct cli *cli, const char *low, const char *high, const char *poststrat, const char *rake, struct weight_wish *w)
{
	str rest = str_of(rake), name;
	struct weight_margins m;
	w->low = str_of(low);
	w->high = str_of(high);
	if (poststrat && !read_tables(cli, poststrat, &m))
		return false;
	if (poststrat && m.n > 1)
		return cli_misuse(cli, "sample.too_many", poststrat), false;
	w->poststrat = poststrat ? m.text[0] : STR("");
	while (rake && str_next(&rest, ',', &name)) {
		if (!read_tables(cli, arena_cstr(cli->c->mem, name), &m))
			return false;
		for (int i = 0; i < m.n; i++) {
			if (w->n_rake == WEIGHT_MARGINS - 1)
				return cli_misuse(cli, "sample.too_many", rake), false;
			w->rake[w->n_rake++] = m.text[i];
		}
	}
	return true;
}

static void steps_text(buf *b, struct cli *cli, const db_weight_list *l)
{
	arena *mem = cli->c->mem;
	if (!l->n)
		buf_printf(b, "%s\n", po_text("weight.none", cli->lang));
	for (size_t i = 0; i < l->n; i++) {
		const db_weight_step *s = &l->p[i];
		str key = arena_printf(mem, "sample.step.%.*s", STR_ARG(s->kind));
		str args[] = { arena_printf(mem, "%s%s%.*s", po_text(key.p, cli->lang), s->params.len ? " " : "", STR_ARG(s->params)),
			arena_printf(mem, "%lld", (long long)s->people), arena_printf(mem, "%.6g", s->total_after),
			arena_printf(mem, "%.6g … %.6g", s->least, s->greatest), arena_printf(mem, "%.4f", s->deff) };
		po_fill(b, "sample.step_line", cli->lang, (str){ 0 }, args, 5);
		buf_char(b, '\n');
	}
}

static void steps_csv(buf *b, struct cli *cli, const db_weight_list *l)
{
	(void)cli;
	buf_addz(b, "no,kind,parameters,people,total_before,total_after,min,max,deff\n");
	for (size_t i = 0; i < l->n; i++) {
		const db_weight_step *s = &l->p[i];
		const double x[] = { s->total_before, s->total_after, s->least, s->greatest, s->deff };
		buf_printf(b, "%lld,%.*s,", (long long)s->no, STR_ARG(s->kind));
		csv_cell(b, s->params);
		buf_printf(b, ",%lld", (long long)s->people);
		for (int k = 0; k < 5; k++) {
			buf_char(b, ',');
			buf_double(b, x[k]);
		}
		buf_char(b, '\n');
	}
}

static void steps_json(buf *b, struct cli *cli, const db_weight_list *l)
{
	json_out j;
	(void)cli;
	json_init(&j, b);
	json_put_object(&j);
	json_add_int(&j, "version", 1);
	json_put_key(&j, "steps");
	json_put_array(&j);
	for (size_t i = 0; i < l->n; i++) {
		const db_weight_step *s = &l->p[i];
		json_put_object(&j);
		json_add_str(&j, "kind", s->kind);
		json_add_str(&j, "parameters", s->params);
		json_add_int(&j, "people", s->people);
		json_add_double(&j, "total_before", s->total_before);
		json_add_double(&j, "total_after", s->total_after);
		json_add_double(&j, "min", s->least);
		json_add_double(&j, "max", s->greatest);
		json_add_double(&j, "deff", s->deff);
		json_put_end(&j, '}');
	}
	json_put_end(&j, ']');
	json_put_end(&j, '}');
	buf_char(b, '\n');
}

int cmd_survey_weigh(struct cli *cli)
{
	const char *store = NULL, *output = NULL, *low = NULL, *high = NULL, *poststrat = NULL, *rake = NULL, *within = NULL;
	bool clear = false;
	enum output form;
	struct weight_wish w = { 0 };
	const struct cli_option options[] = { { "db", &store, NULL }, { "nonresponse", NULL, &w.nonresponse }, { "within", &within, NULL },
		{ "low", &low, NULL }, { "high", &high, NULL }, { "poststrat", &poststrat, NULL }, { "rake", &rake, NULL },
		{ "clear", NULL, &clear }, { "o", &output, NULL }, { "output", &output, NULL }, { 0 } };
	struct survey_info s;
	db_weight_list steps = { 0 };
	if (!cli_options(cli, options) || !cli_output(cli, output, &form) || !read_wish(cli, low, high, poststrat, rake, &w))
		return EXIT_BAD;
	w.within = str_of(within);
	struct app *a = cli_one_survey(cli, store, &s);
	if (!a)
		return EXIT_BAD;
	struct actor who = actor_system("cli");
	bool change = clear || w.nonresponse || w.within.len || low || high || poststrat || rake;
	enum err e = change ? survey_weigh(cli->c, a, &who, &s, &w, &steps) : survey_weights(cli->c, a, &s, &steps);
	cli_report(cli);
	int code = EXIT_BAD;
	if (!e) {
		buf b;
		buf_init(&b, 0);
		(form == OUT_TEXT ? steps_text : form == OUT_CSV ? steps_csv : steps_json)(&b, cli, &steps);
		code = cli_write(cli, &b);
	}
	app_close(a);
	return code;
}
