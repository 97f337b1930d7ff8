/* What the options of thuocdo estimate ask of the data. */
#include <math.h>
#include "base/vn.h"
#include "cli/estimate.h"

/* Columns of an option, divided by commas. A name may have a comma in it when it stands alone. */
static bool want_list(struct estimate_job *j, const char *option, unsigned kinds, const struct frame_column **out, int most, int *n)
{
	*n = 0;
	if (!option)
		return true;
	str rest = str_of(option), name;
	bool alone = frame_has(j->f, rest);
	bool good = true;
	while (alone ? *n == 0 : str_next(&rest, ',', &name)) {
		if (*n == most)
			return cli_misuse(j->cli, "estimate.too_many", option), false;
		struct frame_column *col = frame_want(j->f, alone ? rest : str_trim(name), kinds);
		out[(*n)++] = col;
		good = good && col;
	}
	return good;
}

static bool want_design(struct estimate_job *j)
{
	const struct estimate_options *o = &j->o;
	struct est_spec *s = &j->spec;
	const struct frame_column *weight = NULL;
	int n_weights;
	bool good = want_list(j, o->ids && strcmp(o->ids, "none") != 0 ? o->ids : NULL, FRAME_FACTOR, s->id, EST_STAGES, &s->stages)
		&& want_list(j, o->strata, FRAME_FACTOR, s->stratum, EST_STAGES, &s->strata)
		&& want_list(j, o->weights, FRAME_NUMBER, &weight, 1, &n_weights)
		&& want_list(j, o->fpc, FRAME_NUMBER, s->fpc, EST_STAGES, &s->fpcs);
	int most = s->stages ? s->stages : 1;
	s->weight = weight;
	s->nest = o->nest;
	s->lonely = o->lonely_policy;
	if (good && (s->strata > most || s->fpcs > most))
		return cli_misuse(j->cli, "estimate.too_many_stages", s->strata > most ? o->strata : o->fpc), false;
	return good;
}

static bool bad_stat(struct estimate_job *j, const char *text)
{
	cli_misuse(j->cli, "estimate.stat", text);
	return false;
}

/* Cuts s at the last `sign` (or first); false: it is not there. */
static bool cut(str s, char sign, bool last, str *head, str *tail)
{
	for (size_t k = 0; k < s.len; k++) {
		size_t i = last ? s.len - 1 - k : k;
		if (s.p[i] == sign) {
			*head = (str){ s.p, i };
			*tail = (str){ s.p + i + 1, s.len - i - 1 };
			return true;
		}
	}
	return false;
}

/* Y/X: the slash that leaves two names of the data, else the first. */
static bool cut_ratio(const frame *f, str s, str *y, str *x)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] == '/' && frame_has(f, (str){ s.p, i }) && frame_has(f, (str){ s.p + i + 1, s.len - i - 1 })) {
			*y = (str){ s.p, i };
			*x = (str){ s.p + i + 1, s.len - i - 1 };
			return true;
		}
	return cut(s, '/', false, y, x);
}

/* test:A,B, alpha:V,W…, icc:V/G. */
static bool want_special(struct estimate_job *j, str word, str rest, struct estimate_stat *out)
{
	const struct frame_column *list[EST_MAX_ITEMS];
	unsigned kind = str_is(word, "alpha") ? FRAME_NUMBER : FRAME_FACTOR;
	str y, x;
	if (str_is(word, "icc")) {
		out->kind = STAT_ICC;
		if (!cut_ratio(j->f, rest, &y, &x))
			return bad_stat(j, out->text.p);
		out->y = frame_want(j->f, str_trim(y), FRAME_NUMBER);
		out->x = frame_want(j->f, str_trim(x), FRAME_FACTOR);
		return out->y && out->x;
	}
	out->kind = str_is(word, "test") ? STAT_TEST : STAT_ALPHA;
	if (!want_list(j, rest.p, kind, list, EST_MAX_ITEMS, &out->n_items))
		return false;
	for (int k = 0; k < out->n_items; k++)
		out->items[k] = frame_want(j->f, list[k]->name, kind);
	return out->n_items == 2 || (out->n_items > 2 && out->kind == STAT_ALPHA) ? true : bad_stat(j, out->text.p);
}

static bool want_stat(struct estimate_job *j, const char *text, struct estimate_stat *out)
{
	static const struct {
		const char *word;
		enum est_kind kind;
	} kinds[] = { { "mean", EST_MEAN }, { "total", EST_TOTAL }, { "ratio", EST_RATIO }, { "prop", EST_PROP }, { "quantile", EST_QUANTILE },
		{ "var", EST_VAR } };
	str word, rest, y, x = { 0 };
	size_t k = 0;
	*out = (struct estimate_stat){ .text = str_of(text) };
	if (!cut(out->text, ':', false, &word, &rest) || !rest.len)
		return bad_stat(j, text);
	if (str_is(word, "test") || str_is(word, "alpha") || str_is(word, "icc"))
		return want_special(j, word, rest, out);
	while (k < sizeof kinds / sizeof kinds[0] && !str_is(word, kinds[k].word))
		k++;
	if (k == sizeof kinds / sizeof kinds[0])
		return bad_stat(j, text);
	out->ask.kind = kinds[k].kind;
	y = rest;
	if (out->ask.kind == EST_RATIO && !cut_ratio(j->f, rest, &y, &x))
		return bad_stat(j, text);
	if (out->ask.kind == EST_QUANTILE) {
		if (!cut(rest, ':', true, &y, &out->level) || !frame_parse(out->level, &out->ask.p) || !(out->ask.p > 0 && out->ask.p < 1))
			return bad_stat(j, text);
	} else if (out->ask.kind == EST_PROP) {
		out->all_levels = frame_has(j->f, rest) || !cut(rest, '=', false, &y, &out->level);
	}
	out->y = frame_want(j->f, str_trim(y), out->ask.kind == EST_PROP ? FRAME_FACTOR : FRAME_NUMBER);
	out->ask.y = out->y;
	if (x.p)
		out->ask.x = frame_want(j->f, str_trim(x), FRAME_NUMBER);
	return out->ask.y && (!x.p || out->ask.x);
}

static bool want_populations(struct estimate_job *j)
{
	cx *c = j->cli->c;
	const struct estimate_options *o = &j->o;
	if (o->rakes.n > EST_MAX_MARGINS)
		return cli_misuse(j->cli, "estimate.too_many", "--rake"), false;
	if (o->poststrat
		&& (est_margin_read(c, cli_csv(j->cli, o->poststrat, o->delimiter, o->encoding), str_of(o->poststrat), &j->post)
			|| est_margin_want(j->f, j->post)))
		return false;
	for (int i = 0; i < o->rakes.n; i++, j->n_rakes++)
		if (est_margin_read(c, cli_csv(j->cli, o->rakes.word[i], o->delimiter, o->encoding), str_of(o->rakes.word[i]), &j->rakes[i])
			|| est_margin_want(j->f, j->rakes[i]))
			return false;
	return !o->calibrate
		|| (est_terms_read(c, cli_csv(j->cli, o->calibrate, o->delimiter, o->encoding), str_of(o->calibrate), &j->terms) == ERR_OK
			&& est_terms_want(j->f, j->terms) == ERR_OK);
}

/* cols:PREFIX: every column whose name begins so, the weight itself aside, in the order of the file. */
static bool want_replicates(struct estimate_job *j)
{
	if (!j->o.rep_prefix)
		return true;
	str prefix = str_of(j->o.rep_prefix);
	VEC(struct frame_column *) list = { 0 };
	for (size_t i = 0; i < j->f->heading.n; i++) {
		str name = j->f->heading.p[i];
		if (!str_starts(name, prefix) || (j->o.weights && str_is(name, j->o.weights)))
			continue;
		struct frame_column *col = frame_want(j->f, name, FRAME_NUMBER);
		if (!col)
			return false;
		*VEC_PUSH(j->cli->c->mem, &list) = col;
	}
	j->o.replicate.columns = list.p;
	j->o.replicate.n_columns = (int)list.n;
	return true;
}

bool estimate_want(struct estimate_job *j)
{
	const struct frame_column *by[FRAME_MAX_BY];
	bool good = want_design(j) && want_list(j, j->o.by, FRAME_FACTOR, by, FRAME_MAX_BY, &j->n_by);
	for (int k = 0; good && k < j->n_by; k++)
		j->by[k] = frame_want(j->f, by[k]->name, FRAME_FACTOR);
	for (int i = 0; good && i < j->o.stats.n; i++)
		good = want_stat(j, j->o.stats.word[i], &j->stats[i]);
	if (good && j->o.where) {
		str text = str_of(j->o.where);
		good = vn_utf8_check(text) == text.len ? frame_where(j->f, text) == ERR_OK : (cli_misuse(j->cli, "cli.not_utf8", ""), false);
	}
	return good && want_populations(j) && want_replicates(j);
}
