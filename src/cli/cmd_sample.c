/* thuocdo sample size, draw: how many people, and who. From a frame in a CSV file to a list in one; no store is needed. */
#include <limits.h>
#include <math.h>
#include "base/json.h"
#include "cli/sample.h"
#include "engine/sample_size.h"

/* A line of the catalogue with its numbers. */
static void tell(struct cli *cli, buf *b, const char *key, const str *args, size_t n)
{
	po_fill(b, key, cli->lang, (str){ 0 }, args, n);
	buf_char(b, '\n');
}

static str number(struct cli *cli, double x, int digits)
{
	return isnan(x) ? STR("–") : arena_printf(cli->c->mem, "%.*f", digits, x);
}

static str whole(struct cli *cli, int64_t n)
{
	return arena_printf(cli->c->mem, "%lld", (long long)n);
}

/* ---- size ---- */

/* An option that is a number in [lo, hi]; `otherwise` when it was not given. */
static bool option_number(struct cli *cli, const char *word, double lo, double hi, double otherwise, double *out)
{
	*out = otherwise;
	if (word && !(frame_parse(str_of(word), out) && *out >= lo && *out <= hi))
		return cli_misuse(cli, "sample.option", word), false;
	return true;
}

struct size_words {
	const char *margin, *p, *sd, *level, *population, *deff, *rho, *cluster, *cost_cluster, *cost_person, *response, *eligible, *strata, *domains, *output;
};

static bool read_need(struct cli *cli, const struct size_words *o, struct sample_need *w)
{
	double strata = 1;
	bool good = option_number(cli, o->margin, 1e-9, 1e12, 0.05, &w->margin) && option_number(cli, o->p, 0, 1, 0.5, &w->p)
		&& option_number(cli, o->sd, 0, 1e12, 0, &w->sd) && option_number(cli, o->level, 0.5, 0.9999, 0.95, &w->level)
		&& option_number(cli, o->population, 1, 1e12, (double)INFINITY, &w->population) && option_number(cli, o->deff, 0.01, 1000, 0, &w->deff)
		&& option_number(cli, o->rho, 1e-9, 0.999999, 0, &w->rho) && option_number(cli, o->cluster, 1, 1e6, 0, &w->cluster)
		&& option_number(cli, o->cost_cluster, 1e-9, 1e15, 0, &w->c1) && option_number(cli, o->cost_person, 1e-9, 1e15, 0, &w->c2)
		&& option_number(cli, o->response, 0.01, 1, 1, &w->response) && option_number(cli, o->eligible, 0.01, 1, 1, &w->eligible)
		&& option_number(cli, o->strata, 1, 100000, 1, &strata);
	w->mean = o->sd != NULL;
	w->strata = (int64_t)strata;
	if (good && o->p && o->sd)
		return cli_misuse(cli, "sample.p_or_sd", ""), false;
	static const char *const gaps[] = { [SAMPLE_GAP_CLUSTER] = "sample.gap_cluster",
		[SAMPLE_GAP_RHO] = "sample.gap_rho",
		[SAMPLE_GAP_COST] = "sample.gap_cost" };
	enum sample_gap gap = sample_size_gap(w);
	if (good && gap)
		return cli_misuse(cli, gaps[gap], ""), false;
	return good;
}

/* One row of the answer: everybody, or one part of the population. */
struct size_row {
	str domain;
	double population;
	struct sample_size s;
};

struct size_report {
	struct cli *cli;
	const struct sample_need *need;
	VEC(struct size_row) rows;
	int64_t interviews, addresses;
};

static bool add_size(struct size_report *r, str domain, const struct sample_need *w)
{
	struct size_row *row = VEC_PUSH(r->cli->c->mem, &r->rows);
	*row = (struct size_row){ .domain = domain, .population = w->population };
	if (!sample_size_of(w, &row->s))
		return cli_misuse(r->cli, "sample.size_most", ""), false;
	r->interviews += row->s.interviews;
	r->addresses += row->s.addresses;
	return true;
}

/* DOMAINS.csv: domain, and what differs there: population, p or sd, margin, deff, response. */
static bool read_domains(struct size_report *r, const char *path)
{
	static const struct table_column columns[] = { { "domain", true, true }, { "population", false, false }, { "p", false, false }, { "sd", false, false },
		{ "margin", false, false }, { "deff", false, false }, { "response", false, false } };
	static const double lo[] = { 0, 1, 0, 0, 1e-9, 0.01, 0.01 }, hi[] = { 0, 1e12, 1, 1e12, 1e12, 1000, 1 };
	cx *c = r->cli->c;
	table t;
	if (table_begin(c, cli_table(r->cli, path, NULL, NULL, NULL), columns, 7, &t))
		return false;
	bool good = true;
	while (table_next(&t)) {
		struct sample_need w = *r->need;
		double *const to[] = { NULL, &w.population, &w.p, &w.sd, &w.margin, &w.deff, &w.response };
		for (int k = 1; k < 7; k++)
			if (t.cell[k].len && !(frame_parse(t.cell[k], to[k]) && *to[k] >= lo[k] && *to[k] <= hi[k])) {
				cx_fault(c, FAULT_ERROR, "sample.cell", table_at(&t, k), t.cell[k]);
				good = false;
			}
		w.mean = w.mean || t.cell[3].len;
		good = good && add_size(r, arena_str(c->mem, t.cell[0]), &w);
	}
	good = good && table_sound(&t);
	table_close(&t);
	return good;
}

static void size_text(buf *b, const struct size_report *r)
{
	struct cli *cli = r->cli;
	for (size_t i = 0; i < r->rows.n; i++) {
		const struct size_row *row = &r->rows.p[i];
		const struct sample_size *s = &row->s;
		str args[] = { row->domain.len ? row->domain : str_of(po_text("sample.size_all", cli->lang)),
			whole(cli, s->interviews), whole(cli, s->addresses), number(cli, s->margin, 4), number(cli, s->deff, 3) };
		tell(cli, b, "sample.size_line", args, 5);
		str clusters[] = { whole(cli, s->clusters), number(cli, s->cluster, 0), number(cli, s->df, 0), number(cli, s->margin_t, 4) };
		if (s->cluster > 0)
			tell(cli, b, "sample.size_clusters", clusters, 4);
		str cost = number(cli, s->cost, 0);
		if (!isnan(s->cost))
			tell(cli, b, "sample.size_cost", &cost, 1);
		str law = whole(cli, s->by_law);
		if (s->by_law)
			tell(cli, b, "sample.size_law", &law, 1);
	}
	str all[] = { whole(cli, r->interviews), whole(cli, r->addresses) };
	if (r->rows.n > 1)
		tell(cli, b, "sample.size_sum", all, 2);
}

static const char *const size_columns[] = { "n0", "deff", "n", "margin_reached", "cluster", "clusters", "df", "margin_t", "cost", "by_law" };

static void size_numbers(const struct sample_size *s, double *out)
{
	const double x[] = { s->n0, s->deff, s->n2, s->margin, s->cluster > 0 ? s->cluster : (double)NAN, s->cluster > 0 ? (double)s->clusters : (double)NAN,
		s->df, s->margin_t, s->cost, s->by_law ? (double)s->by_law : (double)NAN };
	memcpy(out, x, sizeof x);
}

static void size_csv(buf *b, const struct size_report *r)
{
	buf_addz(b, "domain,population,interviews,addresses");
	for (int k = 0; k < 10; k++)
		buf_printf(b, ",%s", size_columns[k]);
	buf_char(b, '\n');
	for (size_t i = 0; i < r->rows.n; i++) {
		const struct size_row *row = &r->rows.p[i];
		double x[10];
		size_numbers(&row->s, x);
		csv_cell(b, row->domain);
		buf_char(b, ',');
		if (isfinite(row->population))
			buf_double(b, row->population);
		buf_printf(b, ",%lld,%lld", (long long)row->s.interviews, (long long)row->s.addresses);
		for (int k = 0; k < 10; k++) {
			buf_char(b, ',');
			if (!isnan(x[k]))
				buf_double(b, x[k]);
		}
		buf_char(b, '\n');
	}
}

static void size_json(buf *b, const struct size_report *r)
{
	json_out j;
	json_init(&j, b);
	json_put_object(&j);
	json_add_int(&j, "version", 1);
	json_add_int(&j, "interviews", r->interviews);
	json_add_int(&j, "addresses", r->addresses);
	json_put_key(&j, "domains");
	json_put_array(&j);
	for (size_t i = 0; i < r->rows.n; i++) {
		const struct size_row *row = &r->rows.p[i];
		double x[10];
		size_numbers(&row->s, x);
		json_put_object(&j);
		json_add_str(&j, "domain", row->domain);
		json_add_double(&j, "population", row->population);
		json_add_int(&j, "interviews", row->s.interviews);
		json_add_int(&j, "addresses", row->s.addresses);
		for (int k = 0; k < 10; k++)
			json_add_double(&j, size_columns[k], x[k]);
		json_put_end(&j, '}');
	}
	json_put_end(&j, ']');
	json_put_end(&j, '}');
	buf_char(b, '\n');
}

int cmd_sample_size(struct cli *cli)
{
	struct size_words o = { 0 };
	const struct cli_option options[] = { { "margin", &o.margin, NULL }, { "p", &o.p, NULL }, { "sd", &o.sd, NULL }, { "level", &o.level, NULL },
		{ "population", &o.population, NULL }, { "deff", &o.deff, NULL }, { "rho", &o.rho, NULL }, { "cluster", &o.cluster, NULL },
		{ "cost-cluster", &o.cost_cluster, NULL }, { "cost-person", &o.cost_person, NULL }, { "response", &o.response, NULL },
		{ "eligible", &o.eligible, NULL }, { "strata", &o.strata, NULL }, { "domains", &o.domains, NULL }, { "o", &o.output, NULL },
		{ "output", &o.output, NULL }, { 0 } };
	enum output form;
	struct sample_need need;
	struct size_report r = { .cli = cli, .need = &need };
	if (!cli_options(cli, options) || !cli_output(cli, o.output, &form) || !read_need(cli, &o, &need))
		return EXIT_BAD;
	if (cli->argc)
		return cli_misuse(cli, "cli.too_many", cli->argv[0]);
	if (!(o.domains ? read_domains(&r, o.domains) : add_size(&r, STR(""), &need))) {
		cli_report(cli);
		return EXIT_BAD;
	}
	cli_report(cli);
	buf b;
	buf_init(&b, 0);
	(form == OUT_TEXT ? size_text : form == OUT_CSV ? size_csv : size_json)(&b, &r);
	return cli_write(cli, &b);
}

/* ---- draw ---- */

static void draw_text(buf *b, struct cli *cli, const struct sample_list *l)
{
	str args[] = { whole(cli, (int64_t)l->drawn), whole(cli, (int64_t)l->f->n), whole(cli, (int64_t)l->reserves), l->wish.stages,
		arena_printf(cli->c->mem, "%llu", (unsigned long long)l->wish.seed) };
	tell(cli, b, "sample.draw_head", args, 5);
	tell(cli, b, "sample.draw_hash", &l->frame_hash, 1);
	for (size_t h = 0; h < l->sums.n; h++) {
		const struct sample_sum *s = &l->sums.p[h];
		str units = arena_printf(cli->c->mem, "%zu / %zu", s->wanted, s->units), low = number(cli, s->low, 4),
		    high = number(cli, s->high, 4);
		str line[] = { s->label.len ? s->label : str_of(po_text("sample.all", cli->lang)), whole(cli, (int64_t)s->drawn),
			whole(cli, (int64_t)s->rows), units,
			arena_printf(cli->c->mem, "%.*s … %.*s", STR_ARG(low), STR_ARG(high)) };
		tell(cli, b, "sample.draw_line", line, 5);
		if (s->lonely)
			tell(cli, b, "sample.draw_lonely", NULL, 0);
	}
}

static void draw_json(buf *b, struct cli *cli, const struct sample_list *l)
{
	json_out j;
	json_init(&j, b);
	json_put_object(&j);
	json_add_int(&j, "version", 1);
	json_add_str(&j, "seed", arena_printf(cli->c->mem, "%llu", (unsigned long long)l->wish.seed));
	json_add_str(&j, "stages", l->wish.stages);
	json_add_str(&j, "strata", l->wish.strata);
	json_add_str(&j, "allocate", l->wish.allocate.len ? l->wish.allocate : STR("proportional"));
	json_add_str(&j, "frame_sha256", l->frame_hash);
	json_add_int(&j, "frame_rows", (int64_t)l->f->n);
	json_add_int(&j, "drawn", (int64_t)l->drawn);
	json_add_int(&j, "reserves", (int64_t)l->reserves);
	json_put_key(&j, "by_stratum");
	json_put_array(&j);
	for (size_t h = 0; h < l->sums.n; h++) {
		const struct sample_sum *s = &l->sums.p[h];
		json_put_object(&j);
		json_add_str(&j, "stratum", s->label);
		json_add_int(&j, "rows", (int64_t)s->rows);
		json_add_int(&j, "units", (int64_t)s->units);
		json_add_int(&j, "units_drawn", (int64_t)s->wanted);
		json_add_int(&j, "drawn", (int64_t)s->drawn);
		json_add_double(&j, "weight_min", s->low);
		json_add_double(&j, "weight_max", s->high);
		json_add_double(&j, "weight_total", s->total);
		json_add_bool(&j, "lonely", s->lonely);
		json_put_end(&j, '}');
	}
	json_put_end(&j, ']');
	json_put_end(&j, '}');
	buf_char(b, '\n');
}

int sample_draw_report(struct cli *cli, const struct sample_list *l, enum output form)
{
	buf b;
	buf_init(&b, (size_t)1 << 30);
	if (form == OUT_CSV)
		sample_list_csv(l, &b);
	else
		(form == OUT_TEXT ? draw_text : draw_json)(&b, cli, l);
	return cli_write(cli, &b);
}

static int draw_file(struct cli *cli, const struct sample_wish *w, const char *delimiter, const char *encoding, enum output form)
{
	struct sample_list *l = NULL;
	enum err e = sample_list_draw(cli->c, cli_csv(cli, cli->argv[0], delimiter, encoding), str_of(cli->argv[0]), w, &l);
	cli_report(cli);
	return e ? EXIT_BAD : sample_draw_report(cli, l, form);
}

static bool read_wish(struct cli *cli, const char *const *o, struct sample_wish *w)
{
	long seed, least = 0, reserve = 0;
	if (!o[0] || !str_int(str_of(o[0]), 0, LONG_MAX, &seed))
		return cli_misuse(cli, "sample.seed", o[0] ? o[0] : ""), false;
	if ((o[1] && !str_int(str_of(o[1]), 0, SAMPLE_MAX_ROWS, &least)) || (o[2] && !str_int(str_of(o[2]), 0, SAMPLE_MAX_ROWS, &reserve)))
		return cli_misuse(cli, "sample.option", o[1] && !str_int(str_of(o[1]), 0, SAMPLE_MAX_ROWS, &least) ? o[1] : o[2]), false;
	if (o[3] && !sample_person_read(str_of(o[3]), &w->person))
		return cli_misuse(cli, "sample.option", o[3]), false;
	w->seed = (uint64_t)seed;
	w->least = (uint32_t)least;
	w->reserve = (uint32_t)reserve;
	return true;
}

int cmd_sample_draw(struct cli *cli)
{
	const char *stages = NULL, *strata = NULL, *allocate = NULL, *sd = NULL, *cost = NULL, *prior = NULL, *output = NULL,
		   *delimiter = NULL, *encoding = NULL, *db = NULL;
	const char *o[4] = { 0 };
	struct sample_wish w = { 0 };
	enum output form;
	const struct cli_option options[] = { { "stages", &stages, NULL }, { "strata", &strata, NULL },
		{ "allocate", &allocate, NULL }, { "sd", &sd, NULL }, { "cost", &cost, NULL }, { "prior", &prior, NULL },
		{ "db", &db, NULL }, { "seed", &o[0], NULL }, { "min", &o[1], NULL }, { "reserve", &o[2], NULL }, { "person", &o[3], NULL },
		{ "delimiter", &delimiter, NULL }, { "encoding", &encoding, NULL }, { "o", &output, NULL },
		{ "output", &output, NULL }, { 0 } };
	if (!cli_options(cli, options) || !cli_output(cli, output, &form) || !read_wish(cli, o, &w))
		return EXIT_BAD;
	if (cli->argc != 1 || !stages)
		return cli_misuse(cli, cli->argc == 1 ? "sample.stages_wanted" : "sample.one_file", "");
	w.stages = str_of(stages);
	w.strata = str_of(strata);
	w.allocate = str_of(allocate);
	w.sd = str_of(sd);
	w.cost = str_of(cost);
	w.prior = str_of(prior);
	return db ? sample_draw_stored(cli, db, &w, form) : draw_file(cli, &w, delimiter, encoding, form);
}
