#include "engine/est_cal.h"
#include <assert.h>
#include <math.h>

enum cal_kind { CAL_POST, CAL_RAKE, CAL_LINEAR };
enum { RAKE_ROUNDS = 2000, RAKE_R_ROUNDS = 10, RESIDUAL_ROUNDS = 10 };
static const double RAKE_SETTLED = 1e-12;

/* Cells of one variable (or combination): by row, with the total of each. */
struct cells {
	uint32_t *of;
	uint32_t n;
	double *total;
	const double *weight; /* by row: the weights just behind this margin's last step */
};

struct est_cal {
	enum cal_kind kind;
	struct est_cal *next;
	int n_margins;
	struct cells margin[EST_MAX_MARGINS];
	const double *before; /* weights before the step */
	const double *after;
	int p; /* terms */
	double *x;     /* n x p */
	double *q;     /* n x p, orthonormal: sqrt(before) x made so */
	double *total; /* p */
};

/* ---- population files ---- */

static bool heading(cx *c, csv *in, str file, csv_record *head)
{
	if (csv_read(in, head))
		return true;
	if (!csv_broken(in) && csv_rejected(in) == 0)
		cx_fault(c, FAULT_ERROR, "table.empty", (place){ .file = file, .line = 1 }, STR(""));
	return false;
}

static bool read_total(cx *c, str file, const csv_record *r, int column, str name, bool negative, double *out)
{
	str s = column < r->n ? str_trim(r->cell[column]) : (str){ "", 0 };
	if (frame_parse(s, out) && isfinite(*out) && (negative || *out >= 0) && r->n <= column + 1)
		return true;
	place at = { .file = file, .line = r->line, .column = column + 1, .field = name };
	cx_fault(c, FAULT_ERROR, r->n > column + 1 ? "table.too_many_cells" : "est.margin_total", at, r->n > column + 1 ? r->cell[column + 1] : s);
	return false;
}

static void read_margin_row(cx *c, struct est_margin *m, const csv_record *r, map *seen)
{
	struct est_margin_row row = { .line = r->line };
	if (!read_total(c, m->file, r, m->n_by, STR("total"), false, &row.total))
		return;
	buf key;
	buf_init(&key, 0);
	for (int k = 0; k < m->n_by; k++) {
		row.level[k] = arena_str(c->mem, str_trim(r->cell[k]));
		buf_add(&key, row.level[k]);
		buf_char(&key, '\n');
	}
	bool added;
	map_put(c->mem, seen, arena_str(c->mem, buf_str(&key)), &added);
	buf_free(&key);
	if (!added || m->rows.n == EST_MAX_CELLS)
		cx_fault(c, FAULT_ERROR, added ? "est.margin_columns" : "est.margin_twice", (place){ .file = m->file, .line = r->line, .column = 1 },
			row.level[0]);
	else
		*VEC_PUSH(c->mem, &m->rows) = row;
}

enum err est_margin_read(cx *c, csv *in, str file, struct est_margin **out)
{
	size_t errors = c->n_errors;
	csv_record r;
	if (!in)
		return ERR_INPUT;
	struct est_margin *m = NEW(c->mem, struct est_margin);
	m->file = arena_str(c->mem, file);
	if (heading(c, in, file, &r)) {
		m->n_by = r.n - 1;
		if (m->n_by < 1 || m->n_by > FRAME_MAX_BY) {
			cx_fault(c, FAULT_ERROR, "est.margin_columns", (place){ .file = m->file, .line = r.line }, STR(""));
		} else {
			map seen = { 0 };
			for (int k = 0; k < m->n_by; k++)
				m->name[k] = arena_str(c->mem, str_trim(r.cell[k]));
			while (csv_read(in, &r))
				read_margin_row(c, m, &r, &seen);
		}
	}
	bool broken = csv_broken(in) || csv_rejected(in) > 0;
	csv_close(in);
	*out = m;
	return broken || c->n_errors > errors ? ERR_INPUT : ERR_OK;
}

static void read_term_row(cx *c, struct est_terms *t, const csv_record *r)
{
	struct est_term term = { .line = r->line };
	str text = arena_str(c->mem, str_trim(r->cell[0])), name;
	if (!read_total(c, t->file, r, 1, STR("total"), true, &term.total))
		return;
	place at = { .file = t->file, .line = r->line, .column = 1, .field = STR("term") };
	bool twice = false;
	for (size_t i = 0; i < t->list.n; i++)
		twice = twice || str_eq(t->list.p[i].text, text);
	if (!text.len || twice || t->list.n == EST_MAX_TERMS) {
		cx_fault(c, FAULT_ERROR, twice ? "est.margin_twice" : "est.term", at, text);
		return;
	}
	term.text = text;
	term.is_level = str_next(&text, '=', &name) && text.len > 0;
	term.level = term.is_level ? text : (str){ 0 };
	*VEC_PUSH(c->mem, &t->list) = term;
}

enum err est_terms_read(cx *c, csv *in, str file, struct est_terms **out)
{
	size_t errors = c->n_errors;
	csv_record r;
	if (!in)
		return ERR_INPUT;
	struct est_terms *t = NEW(c->mem, struct est_terms);
	t->file = arena_str(c->mem, file);
	if (heading(c, in, file, &r)) {
		if (r.n != 2)
			cx_fault(c, FAULT_ERROR, "est.margin_columns", (place){ .file = t->file, .line = r.line }, STR(""));
		else
			while (csv_read(in, &r))
				read_term_row(c, t, &r);
	}
	bool broken = csv_broken(in) || csv_rejected(in) > 0;
	csv_close(in);
	*out = t;
	return broken || c->n_errors > errors ? ERR_INPUT : ERR_OK;
}

enum err est_margin_want(frame *f, struct est_margin *m)
{
	bool good = true;
	for (int k = 0; k < m->n_by; k++) {
		m->by[k] = frame_want(f, m->name[k], FRAME_FACTOR);
		good = good && m->by[k];
	}
	return good ? ERR_OK : ERR_INPUT;
}

enum err est_terms_want(frame *f, struct est_terms *t)
{
	bool good = true;
	for (size_t i = 0; i < t->list.n; i++) {
		struct est_term *term = &t->list.p[i];
		str rest = term->text, name;
		str_next(&rest, '=', &name);
		if (str_is(term->text, "(Intercept)") && !frame_has(f, term->text))
			continue;
		term->x = frame_want(f, term->is_level ? name : term->text, term->is_level ? FRAME_FACTOR : FRAME_NUMBER);
		good = good && term->x;
	}
	return good ? ERR_OK : ERR_INPUT;
}

/* ---- cells ---- */

static str key_of(buf *b, const str *level, int n)
{
	buf_clear(b);
	for (int k = 0; k < n; k++) {
		buf_add(b, level[k]);
		buf_char(b, '\n');
	}
	return buf_str(b);
}

/* The margin's row of each cell of the sample. */
static bool match(const est_design *d, const struct est_margin *m, const struct frame_cross *cross, struct cells *out)
{
	cx *c = d->c;
	map known = { 0 };
	buf b;
	bool good = true;
	buf_init(&b, 0);
	bool *met = NEW_ARRAY(c->mem, bool, m->rows.n + 1);
	uint32_t *row_of = NEW_ARRAY(c->mem, uint32_t, cross->n_cells + 1);
	for (size_t i = 0; i < m->rows.n; i++)
		*map_put(c->mem, &known, arena_str(c->mem, key_of(&b, m->rows.p[i].level, m->n_by)), NULL) = (int64_t)i;
	for (uint32_t k = 0; k < cross->n_cells; k++) {
		str level[FRAME_MAX_BY];
		for (int j = 0; j < m->n_by; j++)
			level[j] = m->by[j]->level[m->by[j]->code[cross->first[k]]];
		const int64_t *at = map_get(&known, key_of(&b, level, m->n_by));
		if (!at || m->rows.p[*at].total <= 0) {
			fault *made = cx_fault(c, FAULT_ERROR, "est.cell_unknown", frame_at(d->f, m->by[0], cross->first[k]),
				frame_label(c->mem, m->by, m->n_by, cross->first[k]));
			fault_arg(c, made, 1, m->file);
			good = false;
			continue;
		}
		row_of[k] = (uint32_t)*at;
		met[*at] = true;
	}
	buf_free(&b);
	for (size_t i = 0; i < m->rows.n; i++)
		if (!met[i] && m->rows.p[i].total > 0) {
			cx_fault(c, FAULT_ERROR, "est.cell_empty", (place){ .file = m->file, .line = m->rows.p[i].line }, m->rows.p[i].level[0]);
			good = false;
		}
	for (size_t i = 0; good && i < d->n; i++)
		if (cross->cell[i] != FRAME_MISSING)
			out->of[i] = row_of[cross->cell[i]];
	return good;
}

static bool make_cells(const est_design *d, const struct est_margin *m, struct cells *out)
{
	cx *c = d->c;
	struct frame_cross cross;
	bool good = true;
	bool *weighted = NEW_ARRAY(c->mem, bool, d->n + 1);
	for (size_t i = 0; i < d->n; i++) {
		weighted[i] = d->weight[i] > 0;
		for (int k = 0; weighted[i] && k < m->n_by; k++)
			if (m->by[k]->code[i] == FRAME_MISSING) {
				cx_fault(c, FAULT_ERROR, "est.missing", frame_at(d->f, m->by[k], i), STR(""));
				good = false;
			}
	}
	if (!good)
		return false;
	if (!frame_cross(c->mem, d->f, m->by, m->n_by, weighted, &cross)) {
		cx_fault(c, FAULT_ERROR, "est.margin_columns", (place){ .file = m->file }, STR(""));
		return false;
	}
	*out = (struct cells){ .of = NEW_ARRAY(c->mem, uint32_t, d->n + 1), .n = (uint32_t)m->rows.n };
	out->total = NEW_ARRAY(c->mem, double, m->rows.n + 1);
	for (size_t i = 0; i < m->rows.n; i++)
		out->total[i] = m->rows.p[i].total;
	return match(d, m, &cross, out);
}

/* Weights of every cell times total / sum. The greatest change of a weight against itself; -1: a cell with a total has no weight. */
static double scale_cells(const struct cells *cells, size_t n, double *w, double *sum)
{
	double most = 0;
	memset(sum, 0, cells->n * sizeof *sum);
	for (size_t i = 0; i < n; i++)
		sum[cells->of[i]] += w[i];
	for (uint32_t k = 0; k < cells->n; k++) {
		if (cells->total[k] > 0 && !(sum[k] > 0))
			return -1;
		sum[k] = sum[k] > 0 ? cells->total[k] / sum[k] : 0;
		most = cells->total[k] > 0 ? fmax(most, fabs(sum[k] - 1)) : most;
	}
	for (size_t i = 0; i < n; i++)
		w[i] *= sum[cells->of[i]];
	return most;
}

static double *copy_of(cx *c, const double *w, size_t n)
{
	return arena_copy(c->mem, w, n * sizeof *w);
}

static struct est_cal *add_step(est_design *d, enum cal_kind kind)
{
	struct est_cal *step = NEW(d->c->mem, struct est_cal), **at = &d->cal;
	step->kind = kind;
	step->before = d->weight;
	while (*at)
		at = &(*at)->next;
	return *at = step;
}

enum err est_poststratify(est_design *d, const struct est_margin *m)
{
	struct cells cells;
	if (!make_cells(d, m, &cells))
		return ERR_INPUT;
	double *w = copy_of(d->c, d->weight, d->n), *sum = NEW_ARRAY(d->c->mem, double, cells.n + 1);
	scale_cells(&cells, d->n, w, sum);
	struct est_cal *step = add_step(d, CAL_POST);
	step->n_margins = 1;
	step->margin[0] = cells;
	step->after = d->weight = w;
	return ERR_OK;
}

/* ---- raking ---- */

/* Rounds until nothing changes. behind: NULL, or copies of the weights behind each margin's step in the last round. */
static bool rake(const struct est_cal *step, size_t n, double *w, double *sum, double *const *behind)
{
	for (int round = 0; round < RAKE_ROUNDS; round++) {
		double most = 0;
		for (int k = 0; k < step->n_margins; k++) {
			double change = scale_cells(&step->margin[k], n, w, sum);
			if (change < 0)
				return false;
			most = fmax(most, change);
			if (behind)
				memcpy(behind[k], w, n * sizeof *w);
		}
		if (most <= RAKE_SETTLED)
			return true;
	}
	return false;
}

/* R's rule: the change of the cross table of all variables between rounds. */
static bool rake_by_table(
	const struct est_cal *step, size_t n, const struct frame_cross *cross, double epsilon, double *w, double *sum, double *const *behind, arena *mem)
{
	double *old = NEW_ARRAY(mem, double, cross->n_cells + 1), *now = NEW_ARRAY(mem, double, cross->n_cells + 1);
	for (size_t i = 0; i < n; i++)
		if (cross->cell[i] != FRAME_MISSING)
			old[cross->cell[i]] += w[i];
	for (int round = 0; round < RAKE_R_ROUNDS; round++) {
		for (int k = 0; k < step->n_margins; k++) {
			if (scale_cells(&step->margin[k], n, w, sum) < 0)
				return false;
			memcpy(behind[k], w, n * sizeof *w);
		}
		double most = 0;
		memset(now, 0, cross->n_cells * sizeof *now);
		for (size_t i = 0; i < n; i++)
			if (cross->cell[i] != FRAME_MISSING)
				now[cross->cell[i]] += w[i];
		for (uint32_t k = 0; k < cross->n_cells; k++) {
			most = fmax(most, fabs(now[k] - old[k]));
			old[k] = now[k];
		}
		if (most < epsilon)
			return true;
	}
	return false;
}

static bool totals_agree(const est_design *d, struct est_margin *const *margins, int n)
{
	double first = 0;
	for (int k = 0; k < n; k++) {
		double sum = 0;
		for (size_t i = 0; i < margins[k]->rows.n; i++)
			sum += margins[k]->rows.p[i].total;
		if (k == 0)
			first = sum;
		if (fabs(sum - first) > 1e-6 * first) {
			fault *made = cx_fault(d->c, FAULT_ERROR, "est.rake_totals", (place){ .file = margins[k]->file, .line = 1 },
				arena_printf(d->c->mem, "%.15g", sum));
			fault_arg(d->c, made, 1, arena_printf(d->c->mem, "%.15g", first));
			fault_arg(d->c, made, 2, margins[0]->file);
			return false;
		}
	}
	return true;
}

static uint32_t most_cells(const struct est_cal *step)
{
	uint32_t most = 0;
	for (int k = 0; k < step->n_margins; k++)
		most = step->margin[k].n > most ? step->margin[k].n : most;
	return most;
}

/* All cells of all margins at once; as many variables as a table may have. */
static bool cross_all(est_design *d, struct est_margin *const *margins, int n, struct frame_cross *cross)
{
	struct frame_column *all[FRAME_MAX_BY];
	int used = 0;
	for (int k = 0; k < n; k++)
		for (int j = 0; j < margins[k]->n_by; j++) {
			bool there = false;
			for (int i = 0; i < used; i++)
				there = there || all[i] == margins[k]->by[j];
			if (!there && used == FRAME_MAX_BY)
				return false;
			if (!there)
				all[used++] = margins[k]->by[j];
		}
	return frame_cross(d->c->mem, d->f, all, used, NULL, cross);
}

enum err est_rake(est_design *d, struct est_margin *const *margins, int n, double epsilon)
{
	assert(n >= 1 && n <= EST_MAX_MARGINS);
	struct cells cells[EST_MAX_MARGINS];
	struct frame_cross cross;
	double *behind[EST_MAX_MARGINS];
	if (!totals_agree(d, margins, n))
		return ERR_INPUT;
	for (int k = 0; k < n; k++) {
		if (!make_cells(d, margins[k], &cells[k]))
			return ERR_INPUT;
		cells[k].weight = behind[k] = NEW_ARRAY(d->c->mem, double, d->n + 1);
	}
	if (epsilon > 0 && !cross_all(d, margins, n, &cross))
		return cx_fail(d->c, ERR_LIMIT, "est.margin_columns", (place){ .file = margins[0]->file }, STR(""));
	struct est_cal *step = add_step(d, CAL_RAKE);
	step->n_margins = n;
	memcpy(step->margin, cells, sizeof cells[0] * (size_t)n);
	double *w = copy_of(d->c, d->weight, d->n), *sum = NEW_ARRAY(d->c->mem, double, most_cells(step) + 1);
	bool good = epsilon > 0 ? rake_by_table(step, d->n, &cross, epsilon, w, sum, behind, d->c->mem) : rake(step, d->n, w, sum, behind);
	if (!good)
		return cx_fail(d->c, ERR_INPUT, "est.rake_diverges", (place){ .file = margins[0]->file }, STR(""));
	step->after = d->weight = w;
	return ERR_OK;
}

/* ---- linear calibration ---- */

static bool fill_terms(const est_design *d, const struct est_terms *t, double *x)
{
	bool good = true;
	size_t p = t->list.n;
	for (size_t j = 0; j < p; j++) {
		const struct est_term *term = &t->list.p[j];
		uint32_t want = FRAME_MISSING;
		for (uint32_t k = 0; term->is_level && k < term->x->n_levels; k++)
			if (str_eq(term->x->level[k], term->level))
				want = k;
		if (term->is_level && want == FRAME_MISSING) {
			cx_fault(d->c, FAULT_ERROR, "est.cell_empty", (place){ .file = t->file, .line = term->line }, term->text);
			good = false;
		}
		for (size_t i = 0; i < d->n; i++) {
			bool missing = term->x && (term->is_level ? term->x->code[i] == FRAME_MISSING : isnan(term->x->number[i]));
			x[i * p + j] = !term->x ? 1 : term->is_level ? term->x->code[i] == want : missing ? 0 : term->x->number[i];
			if (missing && d->weight[i] > 0) {
				cx_fault(d->c, FAULT_ERROR, "est.missing", frame_at(d->f, term->x, i), STR(""));
				good = false;
			}
		}
	}
	return good;
}

/* q: sqrt(w) x made orthonormal by Gram and Schmidt, twice; r: p x p upper triangle with q r = sqrt(w) x. False: columns depend on each other. */
static bool orthonormal(const double *x, const double *w, size_t n, size_t p, double *q, double *r)
{
	memset(r, 0, p * p * sizeof *r);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < p; j++)
			q[i * p + j] = x[i * p + j] * sqrt(w[i]);
	for (size_t j = 0; j < p; j++) {
		double whole = 0, left = 0;
		for (size_t i = 0; i < n; i++)
			whole += q[i * p + j] * q[i * p + j];
		for (int pass = 0; pass < 2; pass++)
			for (size_t k = 0; k < j; k++) {
				double dot = 0;
				for (size_t i = 0; i < n; i++)
					dot += q[i * p + k] * q[i * p + j];
				for (size_t i = 0; i < n; i++)
					q[i * p + j] -= dot * q[i * p + k];
				r[k * p + j] += dot;
			}
		for (size_t i = 0; i < n; i++)
			left += q[i * p + j] * q[i * p + j];
		if (!(left > 1e-18 * whole))
			return false;
		r[j * p + j] = sqrt(left);
		for (size_t i = 0; i < n; i++)
			q[i * p + j] /= r[j * p + j];
	}
	return true;
}

/* w becomes w (1 + x lambda), where lambda solves (q r)'(q r) lambda = total - sum w x. */
static bool calibrate(const struct est_cal *step, size_t n, double *w, double *q, double *r, double *lambda)
{
	size_t p = (size_t)step->p;
	if (!orthonormal(step->x, w, n, p, q, r))
		return false;
	memcpy(lambda, step->total, p * sizeof *lambda);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < p; j++)
			lambda[j] -= w[i] * step->x[i * p + j];
	for (size_t j = 0; j < p; j++) { /* r' u = rhs */
		for (size_t k = 0; k < j; k++)
			lambda[j] -= r[k * p + j] * lambda[k];
		lambda[j] /= r[j * p + j];
	}
	for (size_t j = p; j-- > 0;) { /* r lambda = u */
		for (size_t k = j + 1; k < p; k++)
			lambda[j] -= r[j * p + k] * lambda[k];
		lambda[j] /= r[j * p + j];
	}
	for (size_t i = 0; i < n; i++) {
		double g = 1;
		for (size_t j = 0; j < p; j++)
			g += step->x[i * p + j] * lambda[j];
		w[i] *= g;
	}
	return true;
}

enum err est_calibrate(est_design *d, const struct est_terms *t)
{
	cx *c = d->c;
	size_t p = t->list.n;
	if (!p)
		return cx_fail(c, ERR_INPUT, "est.term", (place){ .file = t->file, .line = 2 }, STR(""));
	struct est_cal *step = NEW(c->mem, struct est_cal);
	step->x = NEW_ARRAY(c->mem, double, d->n *p);
	step->q = NEW_ARRAY(c->mem, double, d->n *p);
	step->total = NEW_ARRAY(c->mem, double, p);
	step->p = (int)p;
	if (!fill_terms(d, t, step->x))
		return ERR_INPUT;
	for (size_t j = 0; j < p; j++)
		step->total[j] = t->list.p[j].total;
	double *w = copy_of(c, d->weight, d->n), *r = NEW_ARRAY(c->mem, double, p *p), *lambda = NEW_ARRAY(c->mem, double, p);
	if (!calibrate(step, d->n, w, step->q, r, lambda))
		return cx_fail(c, ERR_INPUT, "est.calibrate_singular", (place){ .file = t->file }, STR(""));
	struct est_cal *added = add_step(d, CAL_LINEAR), *next = added->next;
	*added = *step;
	added->kind = CAL_LINEAR;
	added->next = next;
	added->before = d->weight;
	size_t negative = 0;
	for (size_t i = 0; i < d->n; i++)
		negative += w[i] < 0;
	if (negative)
		cx_fault(c, FAULT_NOTE, "est.negative_weights", (place){ .file = t->file }, arena_printf(c->mem, "%zu", negative));
	added->after = d->weight = w;
	return ERR_OK;
}

/* ---- residuals ---- */

/* x - psw mean(x / psw) per cell; by: weights of the mean, NULL: plain. */
static void center_cells(const struct cells *cells, size_t n, const double *psw, const double *by, double *z, double *mean, double *count)
{
	memset(mean, 0, cells->n * sizeof *mean);
	memset(count, 0, cells->n * sizeof *count);
	for (size_t i = 0; i < n; i++) {
		if (psw[i] == 0)
			continue;
		double share = by ? by[i] : 1;
		mean[cells->of[i]] += z[i] / psw[i] * share;
		count[cells->of[i]] += share;
	}
	for (uint32_t k = 0; k < cells->n; k++)
		mean[k] = count[k] != 0 ? mean[k] / count[k] : 0;
	for (size_t i = 0; i < n; i++)
		z[i] -= mean[cells->of[i]] * psw[i];
}

static void regress(const struct est_cal *step, size_t n, double *z, double *dot)
{
	size_t p = (size_t)step->p;
	memset(dot, 0, p * sizeof *dot);
	for (size_t i = 0; i < n; i++) {
		double root = sqrt(step->before[i]), v = step->after[i] != 0 ? z[i] * root / step->after[i] : 0;
		for (size_t j = 0; j < p; j++)
			dot[j] += step->q[i * p + j] * v;
	}
	for (size_t i = 0; i < n; i++) {
		double root = sqrt(step->before[i]), fit = 0;
		for (size_t j = 0; j < p; j++)
			fit += step->q[i * p + j] * dot[j];
		if (root > 0)
			z[i] -= fit * step->after[i] / root;
	}
}

void est_cal_residuals(const est_design *d, double *z, double *scratch)
{
	for (const struct est_cal *s = d->cal; s; s = s->next) {
		double *second = scratch + most_cells(s);
		if (s->kind == CAL_LINEAR)
			regress(s, d->n, z, scratch);
		else if (s->kind == CAL_POST)
			center_cells(&s->margin[0], d->n, s->after, s->before, z, scratch, second);
		else
			for (int round = 0; round < RESIDUAL_ROUNDS; round++)
				for (int k = 0; k < s->n_margins; k++)
					center_cells(&s->margin[k], d->n, s->margin[k].weight, NULL, z, scratch, second);
	}
}

size_t est_cal_room(const est_design *d)
{
	size_t room = EST_MAX_TERMS;
	for (const struct est_cal *s = d->cal; s; s = s->next)
		if (2 * (size_t)most_cells(s) > room)
			room = 2 * (size_t)most_cells(s);
	return room;
}

bool est_cal_weights(const est_design *d, double *w, arena *scratch)
{
	for (const struct est_cal *s = d->cal; s; s = s->next) {
		size_t p = (size_t)s->p;
		if (s->kind == CAL_LINEAR) {
			if (!calibrate(s, d->n, w, NEW_ARRAY(scratch, double, d->n * p), NEW_ARRAY(scratch, double, p * p), NEW_ARRAY(scratch, double, p)))
				return false;
			continue;
		}
		double *sum = NEW_ARRAY(scratch, double, most_cells(s) + 1);
		if (s->kind == CAL_POST ? scale_cells(&s->margin[0], d->n, w, sum) < 0 : !rake(s, d->n, w, sum, NULL))
			return false;
	}
	return true;
}
