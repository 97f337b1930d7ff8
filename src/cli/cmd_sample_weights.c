/* thuocdo sample weights: from probabilities to final weights, in steps that are told. */
#include <math.h>
#include "base/json.h"
#include "cli/cli.h"
#include "engine/est_cal.h"
#include "engine/weigh.h"

enum { MAX_STEPS = 8 };

/* One step as it is told. */
struct step {
	const char *kind;
	str what; /* its parameters */
	struct weigh_figures before, after;
	size_t cut; /* weights trimmed */
};

struct job {
	struct cli *cli;
	const char *probability, *base, *within, *classes, *answered, *poststrat, *rake, *low, *high, *output, *delimiter, *encoding;
	frame *f;
	struct frame_column *p[4], *from, *persons, *class[FRAME_MAX_BY], *said;
	int n_p, n_class;
	str yes; /* the value that means: answered */
	struct est_margin *post, *margin[EST_MAX_MARGINS];
	int n_margins;
	double *w;
	struct step steps[MAX_STEPS];
	int n_steps;
};

/* ---- asking for columns ---- */

static int want_list(struct job *j, const char *words, unsigned kinds, struct frame_column **out, int most)
{
	str rest = str_of(words), name;
	int n = 0;
	while (words && str_next(&rest, ',', &name)) {
		if (n == most)
			return cli_misuse(j->cli, "sample.too_many", words), -1;
		out[n] = frame_want(j->f, str_trim(name), kinds);
		if (!out[n++])
			return -1;
	}
	return n;
}

static bool want_answered(struct job *j)
{
	if (!j->answered)
		return true;
	str rest = str_of(j->answered), name;
	if (!str_next(&rest, '=', &name) || !rest.len)
		return cli_misuse(j->cli, "sample.answered", j->answered), false;
	j->yes = rest;
	j->said = frame_want(j->f, name, FRAME_FACTOR);
	return j->said != NULL;
}

static bool want_margins(struct job *j)
{
	cx *c = j->cli->c;
	if (j->poststrat
		&& (est_margin_read(c, cli_csv(j->cli, j->poststrat, NULL, NULL), str_of(j->poststrat), &j->post) || est_margin_want(j->f, j->post)))
		return false;
	str rest = str_of(j->rake), name;
	while (j->rake && str_next(&rest, ',', &name)) {
		if (j->n_margins == EST_MAX_MARGINS)
			return cli_misuse(j->cli, "sample.too_many", j->rake), false;
		struct est_margin **m = &j->margin[j->n_margins++];
		str path = arena_printf(c->mem, "%.*s", STR_ARG(name));
		if (est_margin_read(c, cli_csv(j->cli, path.p, NULL, NULL), path, m) || est_margin_want(j->f, *m))
			return false;
	}
	return true;
}

static bool want_all(struct job *j)
{
	for (size_t k = 0; k < j->f->heading.n; k++)
		if (!frame_want(j->f, j->f->heading.p[k], FRAME_FACTOR))
			return false;
	if (j->base && !(j->from = frame_want(j->f, str_of(j->base), FRAME_NUMBER)))
		return false;
	if (j->within && !(j->persons = frame_want(j->f, str_of(j->within), FRAME_NUMBER)))
		return false;
	j->n_p = want_list(j, j->probability, FRAME_NUMBER, j->p, 4);
	j->n_class = want_list(j, j->classes, FRAME_FACTOR, j->class, FRAME_MAX_BY);
	return j->n_p >= 0 && j->n_class >= 0 && want_answered(j) && want_margins(j);
}

/* ---- the steps ---- */

static struct step *begin(struct job *j, const char *kind, const char *what)
{
	struct step *s = &j->steps[j->n_steps++];
	*s = (struct step){ .kind = kind, .what = str_of(what) };
	weigh_look(j->w, j->f->n, &s->before);
	return s;
}

static void end(struct job *j, struct step *s)
{
	weigh_look(j->w, j->f->n, &s->after);
}

static bool fault_at(struct job *j, const struct frame_column *col, size_t row, const char *key)
{
	cx_fault(j->cli->c, FAULT_ERROR, key, frame_at(j->f, col, row), col->code && col->code[row] != FRAME_MISSING ? col->level[col->code[row]] : STR(""));
	return false;
}

/* Weights as they came, or 1 over the probabilities. */
static bool step_base(struct job *j)
{
	struct step *s = begin(j, "base", j->probability ? j->probability : j->base ? j->base : "1");
	bool good = true;
	for (size_t i = 0; i < j->f->n; i++) {
		j->w[i] = 1;
		for (int k = 0; k < j->n_p; k++) {
			double p = j->p[k]->number[i];
			if (!(p > 0 && p <= 1))
				good = fault_at(j, j->p[k], i, "sample.prior");
			j->w[i] /= p;
		}
		if (j->from && !(j->from->number[i] >= 0 && isfinite(j->from->number[i])))
			good = fault_at(j, j->from, i, "est.weight");
		j->w[i] = j->from ? j->from->number[i] : j->w[i];
	}
	end(j, s);
	return good;
}

static bool answers(const struct job *j, size_t i)
{
	return !j->said || (j->said->code[i] != FRAME_MISSING && str_eq(j->said->level[j->said->code[i]], j->yes));
}

static bool step_within(struct job *j)
{
	struct step *s = begin(j, "within", j->within);
	bool good = true;
	for (size_t i = 0; i < j->f->n; i++) {
		double m = j->persons->number[i];
		if (isnan(m) && !answers(j, i)) /* nobody was there to count */
			continue;
		if (!(m >= 1 && m <= 100))
			good = fault_at(j, j->persons, i, "sample.persons");
		j->w[i] *= m;
	}
	end(j, s);
	return good;
}

static bool step_nonresponse(struct job *j)
{
	cx *c = j->cli->c;
	struct frame_cross cross = { .n_cells = 1, .cell = NEW_ARRAY(c->mem, uint32_t, j->f->n + 1) };
	struct step *s = begin(j, "nonresponse", j->classes ? j->classes : "");
	if (j->n_class && !frame_cross(c->mem, j->f, j->class, j->n_class, NULL, &cross))
		return cx_fail(c, ERR_LIMIT, "sample.big", (place){ .file = j->f->file }, str_of(j->classes)), false;
	bool *said = NEW_ARRAY(c->mem, bool, j->f->n + 1), good = true;
	for (size_t i = 0; i < j->f->n; i++) {
		said[i] = answers(j, i);
		if (cross.cell[i] == FRAME_MISSING)
			good = fault_at(j, j->class[0], i, "sample.missing");
	}
	if (!good)
		return false;
	double *factor = NEW_ARRAY(c->mem, double, cross.n_cells + 1);
	uint32_t empty = weigh_nonresponse(j->w, j->f->n, cross.cell, cross.n_cells, said, factor);
	if (empty < cross.n_cells)
		return cx_fail(c, ERR_INPUT, "sample.class_empty", (place){ .file = j->f->file },
			       j->n_class ? frame_label(c->mem, j->class, j->n_class, cross.first[empty]) : STR("")),
		       false;
	end(j, s);
	return true;
}

/* Post-strata or raking, by the estimator's own arithmetic on those who have a weight. */
static bool step_margins(struct job *j, bool post)
{
	cx *c = j->cli->c;
	struct step *s = begin(j, post ? "poststratify" : "rake", post ? j->poststrat : j->rake);
	size_t n = 0;
	double *w = NEW_ARRAY(c->mem, double, j->f->n + 1), *at = NEW_ARRAY(c->mem, double, j->f->n + 1);
	for (size_t i = 0; i < j->f->n; i++)
		n += j->w[i] > 0;
	frame *f = frame_new(c, n);
	f->file = j->f->file;
	f->line = NEW_ARRAY(c->mem, uint32_t, n + 1);
	n = 0;
	for (size_t i = 0; i < j->f->n; i++)
		if (j->w[i] > 0) {
			f->line[n] = j->f->line[i];
			at[n] = (double)i;
			w[n++] = j->w[i];
		}
	struct frame_column *row = frame_number(f, STR(" row"), at);
	struct est_spec spec = { .weight = frame_number(f, STR(" weight"), w) };
	struct est_margin *const *list = post ? &j->post : j->margin;
	for (int m = 0; m < (post ? 1 : j->n_margins); m++)
		for (int k = 0; k < list[m]->n_by; k++) {
			struct frame_column *old = frame_want(j->f, list[m]->name[k], FRAME_FACTOR);
			uint32_t *code = NEW_ARRAY(c->mem, uint32_t, n + 1);
			for (size_t i = 0; i < n; i++)
				code[i] = old->code[(size_t)at[i]];
			list[m]->by[k] = frame_factor(f, old->name, code, old->level, old->n_levels);
		}
	est_design *d;
	if (est_design_make(f, &spec, &d) || (post ? est_poststratify(d, j->post) : est_rake(d, j->margin, j->n_margins, 0)))
		return false;
	for (size_t i = 0; i < d->n; i++)
		j->w[(size_t)row->number[i]] = d->weight[i];
	end(j, s);
	return true;
}

/* A bound: a number, or so many times the median ("3x"). */
static bool bound(struct job *j, const char *word, double otherwise, double *out)
{
	str s = str_of(word);
	bool times = s.len && s.p[s.len - 1] == 'x';
	*out = otherwise;
	if (word && !(frame_parse((str){ s.p, s.len - times }, out) && *out >= 0))
		return cli_misuse(j->cli, "sample.option", word), false;
	if (times)
		*out *= weigh_median(j->w, j->f->n, j->cli->c->mem);
	return true;
}

static bool step_trim(struct job *j)
{
	double low, high;
	bool fits;
	str low_word = str_of(j->low), high_word = str_of(j->high);
	struct step *s = begin(j, "trim", arena_printf(j->cli->c->mem, "%.*s:%.*s", STR_ARG(low_word), STR_ARG(high_word)).p);
	if (!bound(j, j->low, 0, &low) || !bound(j, j->high, (double)INFINITY, &high))
		return false;
	s->cut = weigh_trim(j->w, j->f->n, low, high, j->cli->c->mem, &fits);
	if (!fits)
		return cx_fail(j->cli->c, ERR_INPUT, "sample.trim", (place){ .file = j->f->file }, s->what), false;
	end(j, s);
	return true;
}

static bool weigh(struct job *j)
{
	j->w = NEW_ARRAY(j->cli->c->mem, double, j->f->n + 1);
	return step_base(j) && (!j->within || step_within(j)) && (!(j->said || j->n_class) || step_nonresponse(j)) && (!j->post || step_margins(j, true))
		&& (!j->n_margins || step_margins(j, false)) && (!(j->low || j->high) || step_trim(j));
}

/* ---- the answer ---- */

static void put_figures(json_out *json, const char *key, const struct weigh_figures *f)
{
	json_put_key(json, key);
	json_put_object(json);
	json_add_int(json, "n", (int64_t)f->n);
	json_add_double(json, "total", f->total);
	json_add_double(json, "min", f->min);
	json_add_double(json, "max", f->max);
	json_add_double(json, "deff", f->deff);
	json_put_end(json, '}');
}

static void write_json(buf *b, const struct job *j)
{
	json_out out;
	json_init(&out, b);
	json_put_object(&out);
	json_add_int(&out, "version", 1);
	json_put_key(&out, "steps");
	json_put_array(&out);
	for (int k = 0; k < j->n_steps; k++) {
		const struct step *s = &j->steps[k];
		json_put_object(&out);
		json_add_str(&out, "kind", str_of(s->kind));
		json_add_str(&out, "parameters", s->what);
		put_figures(&out, "before", &s->before);
		put_figures(&out, "after", &s->after);
		json_add_int(&out, "cut", (int64_t)s->cut);
		json_put_end(&out, '}');
	}
	json_put_end(&out, ']');
	json_put_end(&out, '}');
	buf_char(b, '\n');
}

static void write_text(buf *b, const struct job *j)
{
	arena *mem = j->cli->c->mem;
	for (int k = 0; k < j->n_steps; k++) {
		const struct step *s = &j->steps[k];
		str key = arena_printf(mem, "sample.step.%s", s->kind);
		str args[] = { arena_printf(mem, "%s%s%.*s", po_text(key.p, j->cli->lang), s->what.len ? " " : "", STR_ARG(s->what)),
			arena_printf(mem, "%zu", s->after.n), arena_printf(mem, "%.6g", s->after.total),
			arena_printf(mem, "%.6g … %.6g", s->after.min, s->after.max), arena_printf(mem, "%.4f", s->after.deff) };
		po_fill(b, "sample.step_line", j->cli->lang, (str){ 0 }, args, 5);
		buf_char(b, '\n');
	}
}

/* The columns as they came, without an old final_weight, and the new one. */
static void write_csv(buf *b, const struct job *j)
{
	const frame *f = j->f;
	for (size_t i = 0; i <= f->n; i++) {
		for (size_t k = 0; k < f->heading.n; k++) {
			const struct frame_column *col = f->columns.p[k];
			if (str_is(col->name, "final_weight"))
				continue;
			if (!i)
				csv_cell(b, col->name);
			else if (col->code[i - 1] != FRAME_MISSING)
				csv_cell(b, col->level[col->code[i - 1]]);
			buf_char(b, ',');
		}
		if (!i)
			buf_addz(b, "final_weight");
		else
			buf_double(b, j->w[i - 1]);
		buf_char(b, '\n');
	}
}

int cmd_sample_weights(struct cli *cli)
{
	struct job j = { .cli = cli };
	const struct cli_option options[] = { { "probability", &j.probability, NULL }, { "base", &j.base, NULL },
		{ "within", &j.within, NULL }, { "classes", &j.classes, NULL }, { "answered", &j.answered, NULL },
		{ "poststrat", &j.poststrat, NULL }, { "rake", &j.rake, NULL }, { "low", &j.low, NULL }, { "high", &j.high, NULL },
		{ "delimiter", &j.delimiter, NULL }, { "encoding", &j.encoding, NULL }, { "o", &j.output, NULL },
		{ "output", &j.output, NULL }, { 0 } };
	enum output form;
	if (!cli_options(cli, options) || !cli_output(cli, j.output, &form))
		return EXIT_BAD;
	if (cli->argc != 1)
		return cli_misuse(cli, "sample.one_file", "");
	if (j.classes && !j.answered)
		return cli_misuse(cli, "sample.answered", "");
	str file = str_of(cli->argv[0]);
	bool good = !frame_open(cli->c, cli_csv(cli, file.p, j.delimiter, j.encoding), file, &j.f) && want_all(&j) && !frame_load(j.f) && weigh(&j);
	cli_report(cli);
	if (!good)
		return EXIT_BAD;
	buf b;
	buf_init(&b, (size_t)1 << 30);
	(form == OUT_TEXT ? write_text : form == OUT_CSV ? write_csv : write_json)(&b, &j);
	return cli_write(cli, &b);
}
