/* The answer of thuocdo estimate as text, CSV and JSON. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/json.h"
#include "base/vn.h"
#include "cli/estimate.h"

enum { NUMBER_TEXT = 32, COLUMNS = 10 };

/* ---- CSV and JSON ---- */

static void csv_number(buf *b, bool hidden, double x)
{
	buf_char(b, ',');
	if (isfinite(x) && !hidden)
		buf_double(b, x);
}

/* Why a unit has no place; NULL: it has one. */
static const char *no_place(const struct estimate_row *row)
{
	static const char *const keys[] = { NULL, "estimate.short_n", "estimate.short_neff", "estimate.short_cv" };
	return row->hidden ? "estimate.hidden" : keys[row->falls_short];
}

static void csv_place(buf *b, const struct estimate_report *r, const struct estimate_row *row)
{
	if (row->place.place)
		buf_printf(b, ",%d", row->place.place);
	else
		buf_char(b, ',');
	if (row->place.best)
		buf_printf(b, ",%d,%d,", row->place.best, row->place.worst);
	else
		buf_addz(b, ",,,");
	if (no_place(row))
		csv_cell(b, str_of(po_text(no_place(row), r->lang)));
}

void estimate_report_csv(buf *b, const struct estimate_report *r)
{
	buf_printf(b, "stat,level,domain,estimate,se,deff,df,ci_low,ci_high,n%s\n", r->o->rank ? ",rank,rank_best,rank_worst,note" : "");
	for (size_t i = 0; i < r->rows.n; i++) {
		const struct estimate_row *row = &r->rows.p[i];
		const struct est_value *v = &row->v;
		csv_cell(b, row->stat);
		buf_char(b, ',');
		csv_cell(b, row->level);
		buf_char(b, ',');
		csv_cell(b, row->domain);
		csv_number(b, row->hidden, v->estimate);
		csv_number(b, row->hidden, v->se);
		csv_number(b, row->hidden, v->deff);
		csv_number(b, row->hidden, v->df);
		csv_number(b, row->hidden, v->ci.low);
		csv_number(b, row->hidden, v->ci.high);
		csv_number(b, row->hidden, (double)v->n);
		if (r->o->rank)
			csv_place(b, r, row);
		buf_char(b, '\n');
	}
}

static double degrees(const struct estimate_report *r)
{
	return r->o->est.rep ? r->o->est.rep->df : (double)est_design_df(r->d);
}

static void json_design(json_out *j, const struct estimate_report *r)
{
	json_put_key(j, "design");
	json_put_object(j);
	json_add_int(j, "rows", (int64_t)r->d->n);
	json_add_int(j, "psus", r->d->psus);
	json_add_int(j, "strata", r->d->strata);
	json_add_int(j, "stages", r->d->stages);
	json_add_int(j, "df", (int64_t)degrees(r));
	json_add_double(j, "level", r->o->est.level);
	if (r->o->est.rep)
		json_add_int(j, "replicates", r->o->est.rep->n);
	json_put_end(j, '}');
}

static void json_row(json_out *j, const struct estimate_report *r, const struct estimate_row *row)
{
	const struct est_value *v = &row->v;
	json_put_object(j);
	json_add_str(j, "stat", row->stat);
	json_add_str(j, "level", row->level);
	json_add_str(j, "domain", row->domain);
	if (row->hidden) {
		json_add_bool(j, "hidden", true);
	} else {
		json_add_double(j, "estimate", v->estimate);
		json_add_double(j, "se", v->se);
		json_add_double(j, "deff", v->deff);
		json_add_double(j, "df", v->df);
		json_add_double(j, "ci_low", v->ci.low);
		json_add_double(j, "ci_high", v->ci.high);
		json_add_int(j, "n", (int64_t)v->n);
		json_add_double(j, "n_eff", v->n_eff);
		json_add_double(j, "cv", v->cv);
	}
	if (row->place.place)
		json_add_int(j, "rank", row->place.place);
	if (row->place.best) {
		json_add_int(j, "rank_best", row->place.best);
		json_add_int(j, "rank_worst", row->place.worst);
	}
	if (r->o->rank && no_place(row))
		json_add_str(j, "note", str_of(po_text(no_place(row), r->lang)));
	json_put_end(j, '}');
}

void estimate_report_json(buf *b, const struct estimate_report *r)
{
	json_out j;
	json_init(&j, b);
	json_put_object(&j);
	json_design(&j, r);
	json_put_key(&j, "estimates");
	json_put_array(&j);
	for (size_t i = 0; i < r->rows.n; i++)
		json_row(&j, r, &r->rows.p[i]);
	json_put_end(&j, ']');
	json_put_end(&j, '}');
	buf_char(b, '\n');
}

/* ---- text ---- */

/* A number for people: four significant digits after what its size needs, decimal comma in Vietnamese. */
static str shown(arena *mem, double x, int decimals, enum lang lang)
{
	if (!isfinite(x))
		return STR("–");
	char text[64];
	snprintf(text, sizeof text, "%.*f", decimals, x);
	if (strlen(text) > 24)
		snprintf(text, sizeof text, "%.6g", x);
	buf b;
	buf_init(&b, 0);
	const char *digits = text + (text[0] == '-'), *point = strchr(digits, '.');
	size_t whole = point ? (size_t)(point - digits) : strlen(digits);
	if (text[0] == '-')
		buf_addz(&b, "-");
	for (size_t i = 0; digits[i]; i++) {
		if (i && i < whole && (whole - i) % 3 == 0 && !strchr(digits, 'e'))
			buf_char(&b, lang == LANG_VI ? '.' : ',');
		buf_char(&b, digits[i] == '.' ? (lang == LANG_VI ? ',' : '.') : digits[i]);
	}
	str out = arena_str(mem, buf_str(&b));
	buf_free(&b);
	return out;
}

/* Decimals that show about two digits of the error. */
static int decimals_for(double x, double se)
{
	double of = se > 0 ? se : fabs(x) / 1000;
	if (!(of > 0) || !isfinite(of))
		return 2;
	int d = 1 - (int)floor(log10(of));
	return d < 0 ? 0 : d > 8 ? 8 : d;
}

struct text_table {
	str cell[COLUMNS];
};

static void fill_text(arena *mem, const struct estimate_report *r, const struct estimate_row *row, struct text_table *t)
{
	const struct est_value *v = &row->v;
	double scale = row->share ? 100 : 1;
	int d = row->share ? 2 : row->figure ? 4 : decimals_for(v->estimate, v->se);
	const char *percent = row->share ? "%" : "";
	str low = shown(mem, v->ci.low * scale, d, r->lang), high = shown(mem, v->ci.high * scale, d, r->lang);
	bool has_level = row->level.len > 0;
	str end = { row->stat.p + row->stat.len - (row->level.len < row->stat.len ? row->level.len : row->stat.len), row->level.len };
	t->cell[0] = has_level && (row->figure || row->level.len >= row->stat.len || !str_eq(end, row->level))
		? arena_printf(mem, "%.*s=%.*s", STR_ARG(row->stat), STR_ARG(row->level))
		: row->stat;
	t->cell[1] = row->domain;
	t->cell[2] = arena_printf(mem, "%.*s%s", STR_ARG(shown(mem, v->estimate * scale, d, r->lang)), isfinite(v->estimate) ? percent : "");
	t->cell[3] = shown(mem, v->se * scale, row->share ? 3 : d, r->lang);
	t->cell[4] = isfinite(v->ci.low) || isfinite(v->ci.high)
		? arena_printf(mem, "[%.*s; %.*s]%s", STR_ARG(low), STR_ARG(high), percent)
		: STR("–");
	t->cell[5] = shown(mem, v->cv * 100, 1, r->lang);
	t->cell[6] = shown(mem, v->deff, 2, r->lang);
	t->cell[7] = shown(mem, v->df, 0, r->lang);
	t->cell[8] = shown(mem, (double)v->n, 0, r->lang);
	for (int k = 2; row->hidden && k <= 8; k++)
		t->cell[k] = STR("–");
	t->cell[9] = row->place.best ? arena_printf(mem, "%d (%d–%d)", row->place.place, row->place.best, row->place.worst)
		: row->place.place   ? arena_printf(mem, "%d", row->place.place)
		: no_place(row)      ? str_of(po_text(no_place(row), r->lang))
				     : STR("");
}

static void put(buf *b, str s, int width, bool left)
{
	int have = (int)vn_length(s);
	if (left)
		buf_add(b, s);
	for (int i = have; i < width; i++)
		buf_char(b, ' ');
	if (!left)
		buf_add(b, s);
}

static void trim_line(buf *b)
{
	while (b->len && b->p[b->len - 1] == ' ')
		b->len--;
	buf_char(b, '\n');
}

void estimate_report_text(buf *b, const struct estimate_report *r)
{
	arena *mem = r->d->c->mem;
	struct text_table *t = NEW_ARRAY(mem, struct text_table, r->rows.n + 1);
	static const char *const keys[COLUMNS] = { "estimate.stat_head", "estimate.domain", "estimate.estimate", "estimate.se", "estimate.interval",
		"estimate.cv", "estimate.deff", "estimate.df", "estimate.n", "estimate.rank" };
	int width[COLUMNS];
	char percent[NUMBER_TEXT];
	snprintf(percent, sizeof percent, "%g", r->o->est.level * 100);
	for (int k = 0; k < COLUMNS; k++)
		t[0].cell[k] = str_of(po_text(keys[k], r->lang));
	t[0].cell[4] = arena_printf(mem, "%.*s %s%%", STR_ARG(t[0].cell[4]), percent);
	for (size_t i = 0; i < r->rows.n; i++)
		fill_text(mem, r, &r->rows.p[i], &t[i + 1]);
	for (int k = 0; k < COLUMNS; k++) {
		width[k] = 0;
		for (size_t i = 0; i <= r->rows.n; i++)
			if ((int)vn_length(t[i].cell[k]) > width[k])
				width[k] = (int)vn_length(t[i].cell[k]);
	}
	bool domains = r->o->by != NULL, notes = r->o->rank || r->o->cell;
	for (size_t i = 0; i <= r->rows.n; i++) {
		for (int k = 0; k < COLUMNS; k++) {
			if ((k == 1 && !domains) || (k == 9 && !notes))
				continue;
			if (k == 9)
				buf_addz(b, "  ");
			put(b, t[i].cell[k], width[k] + (k < 9 ? 2 : 0), k < 2 || k == 9);
		}
		trim_line(b);
	}
	str args[FAULT_ARGS] = { arena_printf(mem, "%zu", r->d->n), arena_printf(mem, "%u", r->d->psus), arena_printf(mem, "%u", r->d->strata),
		arena_printf(mem, "%d", r->d->stages), arena_printf(mem, "%lld", (long long)degrees(r)) };
	po_fill(b, "estimate.foot", r->lang, STR(""), args, FAULT_ARGS);
	buf_char(b, '\n');
}
