#include "engine/sample_list.h"
#include <math.h>
#include <stdlib.h>
#include "base/hash.h"

static enum err refuse(const struct sample_list *l, const char *key, str value)
{
	return cx_fail(l->f->c, ERR_INPUT, key, (place){ .file = l->f->file }, value);
}

/* ---- what is wished ---- */

static enum err want(struct sample_list *l, str name, unsigned kinds, struct frame_column **out)
{
	*out = name.len ? frame_want(l->f, name, kinds) : NULL;
	return name.len && !*out ? ERR_INPUT : ERR_OK;
}

static enum err read_stage(struct sample_list *l, str text, bool first)
{
	struct sample_stage *s = &l->plan.stage[l->plan.stages];
	str rest = text, column = { 0 }, how = { 0 }, count = { 0 }, size = { 0 }, certain = { 0 };
	long n;
	str_next(&rest, ':', &column);
	if (!str_next(&rest, ':', &how) || !str_next(&rest, ':', &count))
		return refuse(l, "sample.stage", text);
	str_next(&rest, ':', &size);
	str_next(&rest, ':', &certain);
	if (rest.len)
		return refuse(l, "sample.stage", text);
	if (!sample_how_read(how, &s->how))
		return refuse(l, "sample.method", how);
	if (!(str_int(count, 1, SAMPLE_MAX_ROWS, &n) || (first && !count.len && str_starts(l->wish.allocate, STR("given:")))))
		return refuse(l, "sample.count", count);
	s->n = count.len ? (uint32_t)n : 0;
	int k = l->plan.stages++;
	enum err e = want(l, column, FRAME_FACTOR, &l->unit[k]);
	if (!e)
		e = want(l, size, FRAME_NUMBER | FRAME_FACTOR, &l->size[k]);
	return e ? e : want(l, certain, FRAME_FACTOR, &l->certain[k]);
}

static enum err read_stages(struct sample_list *l)
{
	str rest = l->wish.stages, text;
	while (str_next(&rest, ',', &text)) {
		if (l->plan.stages == SAMPLE_STAGES)
			return refuse(l, "sample.stages_many", l->wish.stages);
		if (l->plan.stages && !l->unit[l->plan.stages - 1]) /* only the last stage draws rows */
			return refuse(l, "sample.column_in_stages", l->wish.stages);
		enum err e = read_stage(l, str_trim(text), l->plan.stages == 0);
		if (e)
			return e;
	}
	if (!l->plan.stages)
		return refuse(l, "sample.stage", l->wish.stages);
	l->n = l->plan.stage[0].n;
	return ERR_OK;
}

static enum err read_allocation(struct sample_list *l)
{
	str word = l->wish.allocate;
	if (!word.len || sample_allocation_read(word, &l->how))
		return ERR_OK;
	if (!str_starts(word, STR("given:")))
		return refuse(l, "sample.allocate", word);
	return want(l, (str){ word.p + 6, word.len - 6 }, FRAME_NUMBER | FRAME_FACTOR, &l->given);
}

static enum err new_list(frame *f, const struct sample_wish *wish, struct sample_list **out)
{
	struct sample_list *l = NEW(f->c->mem, struct sample_list);
	*l = (struct sample_list){ .f = f, .wish = *wish };
	enum err e = read_stages(l);
	if (!e)
		e = read_allocation(l);
	str rest = wish->strata, name;
	while (!e && wish->strata.len && str_next(&rest, ',', &name)) {
		if (l->n_strata == FRAME_MAX_BY)
			return refuse(l, "sample.stages_many", wish->strata);
		if (!(l->strata[l->n_strata++] = frame_want(f, str_trim(name), FRAME_FACTOR))) /* also when there is no name */
			e = ERR_INPUT;
	}
	if (!e)
		e = want(l, wish->sd, FRAME_NUMBER | FRAME_FACTOR, &l->sd);
	if (!e)
		e = want(l, wish->cost, FRAME_NUMBER | FRAME_FACTOR, &l->cost);
	if (!e)
		e = want(l, wish->prior, FRAME_NUMBER | FRAME_FACTOR, &l->prior);
	if (!e)
		*out = l;
	return e;
}

/* ---- the plan ---- */

static enum err hash_frame(struct sample_list *l)
{
	const frame *f = l->f;
	buf b;
	buf_init(&b, (size_t)1 << 31);
	for (size_t k = 0; k < f->columns.n; k++) {
		buf_add(&b, f->columns.p[k]->name);
		buf_char(&b, '\t');
	}
	for (size_t i = 0; i < f->n; i++)
		for (size_t k = 0; k < f->columns.n; k++) {
			const struct frame_column *col = f->columns.p[k];
			buf_char(&b, k ? '\t' : '\n');
			if (col->code && col->code[i] != FRAME_MISSING)
				buf_add(&b, col->level[col->code[i]]);
		}
	enum err e = buf_full(&b) ? cx_fail(f->c, ERR_LIMIT, "sample.big", (place){ .file = f->file }, (str){ 0 }) : ERR_OK;
	if (!e)
		l->frame_hash = hash_sha256(f->c->mem, buf_str(&b));
	buf_free(&b);
	return e;
}

static enum err must_have(const struct sample_list *l, const struct frame_column *col)
{
	size_t errors = l->f->c->n_errors;
	for (size_t i = 0; col && i < l->f->n; i++)
		if (col->code ? col->code[i] == FRAME_MISSING : isnan(col->number[i]))
			cx_fault(l->f->c, FAULT_ERROR, "sample.missing", frame_at(l->f, col, i), col->name);
	return l->f->c->n_errors > errors ? ERR_INPUT : ERR_OK;
}

/* Sizes are added up, so an infinite one would leave nothing to the others. */
static enum err must_be_size(const struct sample_list *l, const struct frame_column *col)
{
	enum err e = ERR_OK;
	for (size_t i = 0; col && i < l->f->n; i++)
		if (col->number[i] < 0 || col->number[i] > SAMPLE_MAX_SIZE) {
			cx_fault(l->f->c, FAULT_ERROR, "sample.size_bounds", frame_at(l->f, col, i), (str){ 0 });
			e = ERR_INPUT;
		}
	return e;
}

static enum err check_cells(const struct sample_list *l)
{
	enum err e = ERR_OK;
	for (int k = 0; k < l->n_strata; k++)
		e = must_have(l, l->strata[k]) ? ERR_INPUT : e;
	for (int k = 0; k < l->plan.stages; k++) {
		e = must_have(l, l->unit[k]) ? ERR_INPUT : e;
		e = must_have(l, l->size[k]) || must_be_size(l, l->size[k]) ? ERR_INPUT : e;
	}
	const struct frame_column *const more[] = { l->sd, l->cost, l->given, l->prior };
	for (int k = 0; k < 4; k++)
		e = must_have(l, more[k]) ? ERR_INPUT : e;
	for (size_t i = 0; l->prior && !e && i < l->f->n; i++)
		if (!(l->prior->number[i] > 0 && l->prior->number[i] <= 1)) {
			cx_fault(l->f->c, FAULT_ERROR, "sample.prior", frame_at(l->f, l->prior, i), l->prior->level[l->prior->code[i]]);
			e = ERR_INPUT;
		}
	return e;
}

/* Of a certain column: which rows say so. */
static bool *certain_rows(const struct sample_list *l, const struct frame_column *col)
{
	bool *out = NEW_ARRAY(l->f->c->mem, bool, l->f->n + 1);
	for (size_t i = 0; i < l->f->n; i++) {
		str s = col->code[i] == FRAME_MISSING ? STR("0") : col->level[col->code[i]];
		out[i] = !str_is(s, "0") && !str_is(s, "no");
	}
	return out;
}

static enum err cut_strata(struct sample_list *l)
{
	struct frame_cross cross = { 0 };
	arena *mem = l->f->c->mem;
	l->plan.strata = 1;
	if (l->n_strata) {
		if (!frame_cross(mem, l->f, l->strata, l->n_strata, NULL, &cross))
			return cx_fail(l->f->c, ERR_LIMIT, "sample.big", (place){ .file = l->f->file }, l->wish.strata);
		l->plan.strata = cross.n_cells;
		l->plan.stratum = cross.cell;
	}
	for (uint32_t h = 0; h < l->plan.strata; h++)
		*VEC_PUSH(mem, &l->sums) = (struct sample_sum){ .label = l->n_strata ? frame_label(mem, l->strata, l->n_strata, cross.first[h]) : STR("") };
	return ERR_OK;
}

static uint32_t stratum_of(const struct sample_list *l, size_t row)
{
	return l->plan.stratum ? l->plan.stratum[row] : 0;
}

/* The value of a column in each stratum. */
static enum err one_value(struct sample_list *l, const struct frame_column *col, double *out)
{
	enum err e = ERR_OK;
	bool *seen = NEW_ARRAY(l->f->c->mem, bool, l->plan.strata);
	for (size_t i = 0; i < l->f->n; i++) {
		uint32_t h = stratum_of(l, i);
		if (seen[h] && out[h] != col->number[i]) {
			cx_fault(l->f->c, FAULT_ERROR, "sample.varies", frame_at(l->f, col, i), col->level[col->code[i]]);
			e = ERR_INPUT;
		}
		out[h] = col->number[i];
		seen[h] = true;
	}
	return e;
}

static void count_units(struct sample_list *l)
{
	const struct frame_column *unit = l->unit[0];
	uint32_t *last = unit ? NEW_ARRAY(l->f->c->mem, uint32_t, (size_t)unit->n_levels + 1) : NULL;
	uint32_t *by = NEW_ARRAY(l->f->c->mem, uint32_t, l->f->n + 1), *at = NEW_ARRAY(l->f->c->mem, uint32_t, (size_t)l->plan.strata + 2);
	for (size_t i = 0; i < l->f->n; i++)
		at[stratum_of(l, i) + 2]++;
	for (uint32_t h = 2; h <= l->plan.strata; h++)
		at[h] += at[h - 1];
	for (size_t i = 0; i < l->f->n; i++)
		by[at[stratum_of(l, i) + 1]++] = (uint32_t)i;
	for (size_t k = 0; k < l->f->n; k++) { /* stratum by stratum */
		uint32_t h = stratum_of(l, by[k]);
		l->sums.p[h].rows++;
		if (!unit || last[unit->code[by[k]]] != h + 1)
			l->sums.p[h].units++;
		if (unit)
			last[unit->code[by[k]]] = h + 1;
	}
}

static enum err allocate(struct sample_list *l)
{
	arena *mem = l->f->c->mem;
	uint32_t H = l->plan.strata, *n = NEW_ARRAY(mem, uint32_t, H + 1);
	struct sample_stratum *s = NEW_ARRAY(mem, struct sample_stratum, H + 1);
	double *sd = NEW_ARRAY(mem, double, H + 1), *cost = NEW_ARRAY(mem, double, H + 1), *given = NEW_ARRAY(mem, double, H + 1);
	count_units(l);
	enum err e = l->sd ? one_value(l, l->sd, sd) : ERR_OK;
	e = l->cost && one_value(l, l->cost, cost) ? ERR_INPUT : e;
	e = l->given && one_value(l, l->given, given) ? ERR_INPUT : e;
	for (size_t i = 0; i < l->f->n; i++)
		s[stratum_of(l, i)].size += l->size[0] ? l->size[0]->number[i] : 1;
	for (uint32_t h = 0; h < H && !e; h++) {
		s[h].sd = l->sd ? sd[h] : 1;
		s[h].cost = l->cost ? cost[h] : 1;
		s[h].most = (double)l->sums.p[h].units;
		if (!(s[h].cost > 0) || !(s[h].sd >= 0 && s[h].sd <= SAMPLE_MAX_SIZE)
			|| (l->given && !(given[h] >= 0 && given[h] <= s[h].most && given[h] == floor(given[h]))))
			e = refuse(l, "sample.allocation_not", l->sums.p[h].label);
		n[h] = l->given ? (uint32_t)given[h] : 0;
	}
	if (!e && !l->given && !sample_allocate(l->how, s, H, l->n, l->wish.least, mem, n))
		e = refuse(l, "sample.allocation_not", arena_printf(mem, "%u", l->n));
	for (uint32_t h = 0; h < H && !e; h++)
		l->sums.p[h].wanted = n[h];
	l->plan.first_n = n;
	return e;
}

static void fill_plan(struct sample_list *l)
{
	l->plan.seed = l->wish.seed;
	l->plan.rows = l->f->n;
	l->plan.reserve = l->wish.reserve;
	for (int k = 0; k < l->plan.stages; k++) {
		struct sample_stage *s = &l->plan.stage[k];
		s->unit = l->unit[k] ? l->unit[k]->code : NULL;
		s->units = l->unit[k] ? l->unit[k]->n_levels : 0;
		s->size = l->size[k] ? l->size[k]->number : NULL;
		s->certain = l->certain[k] ? certain_rows(l, l->certain[k]) : NULL;
	}
}

/* Whether chance took a single unit of the first stage in a stratum. */
static void find_lonely(struct sample_list *l)
{
	const struct frame_column *unit = l->unit[0];
	size_t *first = NEW_ARRAY(l->f->c->mem, size_t, l->plan.strata);
	bool *many = NEW_ARRAY(l->f->c->mem, bool, l->plan.strata);
	for (size_t i = 0; i < l->f->n; i++) {
		uint32_t h = stratum_of(l, i);
		if (l->row[i].role != SAMPLE_MAIN || l->row[i].pi[0] >= 1)
			continue;
		if (!first[h])
			first[h] = i + 1;
		else
			many[h] |= !unit || unit->code[i] != unit->code[first[h] - 1];
	}
	for (uint32_t h = 0; h < l->plan.strata; h++)
		l->sums.p[h].lonely = first[h] && !many[h];
}

static void sum_up(struct sample_list *l)
{
	for (size_t i = 0; i < l->f->n; i++) {
		struct sample_sum *s = &l->sums.p[stratum_of(l, i)];
		l->reserves += l->row[i].role == SAMPLE_RESERVE;
		s->reserves += l->row[i].role == SAMPLE_RESERVE;
		if (l->row[i].role != SAMPLE_MAIN)
			continue;
		double w = 1 / sample_list_p(l, i);
		s->low = s->drawn && s->low < w ? s->low : w;
		s->high = s->drawn && s->high > w ? s->high : w;
		s->total += w;
		s->drawn++;
		l->drawn++;
	}
	find_lonely(l);
}

static enum err draw(struct sample_list *l)
{
	cx *c = l->f->c;
	if (!l->f->n)
		return refuse(l, "sample.no_rows", (str){ 0 });
	enum err e = check_cells(l);
	if (!e)
		e = cut_strata(l);
	if (!e)
		e = allocate(l);
	if (e)
		return e;
	fill_plan(l);
	e = hash_frame(l);
	l->row = NEW_ARRAY(c->mem, struct sample_row, l->f->n + 1);
	if (!e)
		e = sample_draw(c, &l->plan, l->row);
	if (e)
		return e;
	sum_up(l);
	if (l->wish.person == SAMPLE_KISH) {
		rng r;
		l->kish = NEW_ARRAY(c->mem, uint8_t, l->f->n + 1);
		rng_seed(&r, ~l->wish.seed);
		sample_kish_deal(&r, l->f->n, l->kish);
	}
	return ERR_OK;
}

enum err sample_list_draw(cx *c, csv *in, str file, const struct sample_wish *wish, struct sample_list **out)
{
	frame *f;
	struct sample_list *l = NULL;
	enum err e = frame_open(c, in, file, &f);
	for (size_t k = 0; !e && k < f->heading.n; k++)
		e = frame_want(f, f->heading.p[k], FRAME_FACTOR) ? ERR_OK : ERR_INPUT;
	if (!e)
		e = new_list(f, wish, &l);
	if (!e)
		e = frame_load(f);
	if (!e)
		e = draw(l);
	if (!e)
		*out = l;
	return e;
}

/* ---- the list ---- */

double sample_list_p(const struct sample_list *l, size_t row)
{
	return l->row[row].p * (l->prior ? l->prior->number[row] : 1);
}

static str joined(arena *mem, str a, str b)
{
	return a.len ? arena_printf(mem, "%.*s/%.*s", STR_ARG(a), STR_ARG(b)) : b;
}

static str unit_at(const struct sample_list *l, arena *mem, int stage, size_t row)
{
	const struct frame_column *u = l->unit[stage];
	return u ? u->level[u->code[row]] : arena_printf(mem, "%zu", row + 1);
}

str sample_list_stratum(const struct sample_list *l, arena *mem, size_t row)
{
	str s = l->sums.p[stratum_of(l, row)].label;
	for (int k = 0; k < l->row[row].own; k++)
		s = joined(mem, s, unit_at(l, mem, k, row));
	return s.len ? s : STR("1");
}

str sample_list_psu(const struct sample_list *l, arena *mem, size_t row)
{
	str s = sample_list_stratum(l, mem, row);
	return joined(mem, s, unit_at(l, mem, l->row[row].own, row));
}

uint32_t *sample_list_order(const struct sample_list *l, arena *mem)
{
	uint32_t *order = NEW_ARRAY(mem, uint32_t, l->drawn + l->reserves + 1), most = 0;
	for (size_t i = 0; i < l->f->n; i++)
		most = l->row[i].turn > most ? l->row[i].turn : most;
	size_t *at = NEW_ARRAY(mem, size_t, (size_t)most + 2); /* by turn, 0 for the main sample: where the next row goes */
	for (size_t i = 0; i < l->f->n; i++)
		if (l->row[i].role != SAMPLE_OUT)
			at[l->row[i].turn + 1]++;
	for (uint32_t t = 1; t <= most; t++)
		at[t] += at[t - 1];
	for (size_t i = 0; i < l->f->n; i++)
		if (l->row[i].role != SAMPLE_OUT)
			order[at[l->row[i].turn]++] = (uint32_t)i;
	return order;
}

static const char *const ours[] = { "role", "turn", "probability", "weight", "var_stratum", "var_psu", "kish", "pi_1", "pi_2", "pi_3", "pi_4", "units_1",
	"units_2", "units_3", "units_4" };

static bool is_ours(str name)
{
	for (size_t k = 0; k < sizeof ours / sizeof *ours; k++)
		if (str_is(name, ours[k]))
			return true;
	return false;
}

static void csv_own(const struct sample_list *l, buf *b, arena *mem, size_t i)
{
	const struct sample_row *r = &l->row[i];
	double p = sample_list_p(l, i);
	buf_printf(b, "%s,", r->role == SAMPLE_MAIN ? "main" : "reserve");
	if (r->turn)
		buf_printf(b, "%u", r->turn);
	buf_char(b, ',');
	buf_double(b, p);
	buf_char(b, ',');
	buf_double(b, 1 / p);
	buf_char(b, ',');
	csv_cell(b, sample_list_stratum(l, mem, i));
	buf_char(b, ',');
	csv_cell(b, sample_list_psu(l, mem, i));
	if (l->kish)
		buf_printf(b, ",%s", sample_kish_name(l->kish[i]));
	for (int k = 0; k < l->plan.stages; k++) {
		buf_char(b, ',');
		buf_double(b, r->pi[k]);
		buf_printf(b, ",%u", r->of[k]);
	}
	buf_char(b, '\n');
}

void sample_list_csv(const struct sample_list *l, buf *b)
{
	arena *mem = l->f->c->mem;
	const uint32_t *order = sample_list_order(l, mem);
	for (size_t k = 0; k < l->f->columns.n; k++)
		if (!is_ours(l->f->columns.p[k]->name)) {
			csv_cell(b, l->f->columns.p[k]->name);
			buf_char(b, ',');
		}
	buf_printf(b, "role,turn,probability,weight,var_stratum,var_psu%s", l->kish ? ",kish" : "");
	for (int k = 1; k <= l->plan.stages; k++)
		buf_printf(b, ",pi_%d,units_%d", k, k);
	buf_char(b, '\n');
	for (size_t n = 0; n < l->drawn + l->reserves; n++) {
		for (size_t k = 0; k < l->f->columns.n; k++) {
			const struct frame_column *col = l->f->columns.p[k];
			if (is_ours(col->name))
				continue;
			if (col->code[order[n]] != FRAME_MISSING)
				csv_cell(b, col->level[col->code[order[n]]]);
			buf_char(b, ',');
		}
		csv_own(l, b, mem, order[n]);
	}
}
