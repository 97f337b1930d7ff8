/* thuocdo results show: published results of an index, by year or by unit. */
#include <stdio.h>
#include "app/result.h"
#include "base/json.h"
#include "base/vn.h"
#include "cli/store.h"
#include "engine/trace.h"

/* One line of the answer, whichever way it was asked. */
struct line {
	int year, rank, moved;
	bool moved_known;
	str unit, series, source, status;
	struct figure score;
};

struct lines {
	struct line *p;
	size_t n, cap;
};

static void from_league(struct cli *cli, const struct league *l, struct lines *out)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct league_row *r = &l->p[i];
		*VEC_PUSH(cli->c->mem, out) = (struct line){ .year = l->year,
			.unit = r->unit_name,
			.series = l->series.code,
			.score = r->score,
			.rank = r->rank,
			.moved = r->moved,
			.moved_known = r->moved_known,
			.source = r->source,
			.status = r->status };
	}
}

static void from_history(struct cli *cli, const struct history *h, long year, struct lines *out)
{
	for (size_t i = 0; i < h->n; i++) {
		const struct point *p = &h->p[i];
		if (year && p->year != year)
			continue;
		*VEC_PUSH(cli->c->mem, out) = (struct line){ .year = p->year,
			.unit = p->unit_name,
			.series = p->series,
			.score = p->score,
			.rank = p->rank,
			.moved = p->moved,
			.moved_known = p->moved_known,
			.source = p->source,
			.status = p->status };
	}
}

static void text(buf *b, struct cli *cli, const struct lines *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct line *x = &l->p[i];
		buf_printf(b, "%d  %.*s", x->year, STR_ARG(x->unit));
		if (!str_is(x->series, "total"))
			buf_printf(b, "  %.*s", STR_ARG(x->series));
		if (x->score.there) {
			buf_addz(b, "  ");
			trace_points(b, x->score.v, 2, cli->lang);
		}
		if (x->rank)
			buf_printf(b, "  %s %d", po_text("score.rank", cli->lang), x->rank);
		if (x->moved_known && x->moved) {
			str n = arena_printf(cli->c->mem, "%d", x->moved > 0 ? x->moved : -x->moved);
			buf_addz(b, ", ");
			po_fill(b, x->moved > 0 ? "results.up" : "results.down", cli->lang, n, NULL, 0);
		} else if (x->moved_known) {
			buf_printf(b, ", %s", po_text("results.same", cli->lang));
		}
		buf_printf(b, "  [%.*s] %.*s\n", STR_ARG(x->status), STR_ARG(x->source));
	}
}

static void csv_out(buf *b, const struct lines *l)
{
	char number[DEC_TEXT];
	buf_addz(b, "year,unit,series,score,rank,moved,source,status\n");
	for (size_t i = 0; i < l->n; i++) {
		const struct line *x = &l->p[i];
		buf_printf(b, "%d,", x->year);
		csv_cell(b, x->unit);
		buf_char(b, ',');
		csv_cell(b, x->series);
		buf_char(b, ',');
		if (x->score.there)
			buf_add(b, dec_text(x->score.v, number));
		buf_char(b, ',');
		if (x->rank)
			buf_printf(b, "%d", x->rank);
		buf_char(b, ',');
		if (x->moved_known)
			buf_printf(b, "%d", x->moved);
		buf_char(b, ',');
		csv_cell(b, x->source);
		buf_char(b, ',');
		csv_cell(b, x->status);
		buf_char(b, '\n');
	}
}

static void json_number(json_out *j, const char *key, bool there, int64_t v)
{
	json_put_key(j, key);
	if (there)
		json_put_int(j, v);
	else
		json_put_null(j);
}

static void json_out_lines(buf *b, str index, const struct lines *l)
{
	json_out j;
	json_init(&j, b);
	json_put_object(&j);
	json_add_int(&j, "version", 1);
	json_add_str(&j, "index", index);
	json_put_key(&j, "results");
	json_put_array(&j);
	for (size_t i = 0; i < l->n; i++) {
		const struct line *x = &l->p[i];
		json_put_object(&j);
		json_number(&j, "year", true, x->year);
		json_add_str(&j, "unit", x->unit);
		json_add_str(&j, "series", x->series);
		json_put_key(&j, "score");
		if (x->score.there)
			json_put_dec(&j, x->score.v);
		else
			json_put_null(&j);
		json_number(&j, "rank", x->rank > 0, x->rank);
		json_number(&j, "moved", x->moved_known, x->moved);
		json_add_str(&j, "source", x->source);
		json_add_str(&j, "status", x->status);
		json_put_end(&j, '}');
	}
	json_put_end(&j, ']');
	json_put_end(&j, '}');
	buf_char(b, '\n');
}

/* The units that the name means at the end of the year, or meant before one of the mergers; the country last. */
static enum err find_units(struct cli *cli, struct app *a, const char *name, long year, struct unit_list *out)
{
	static const char *const levels[] = { "province", "country" };
	day on[] = { date_of_ms(cli->c->now_ms), 0, 0 };
	if (year)
		date_make((int)year, 12, 31, &on[0]);
	date_make(2025, 6, 30, &on[1]);
	date_make(2008, 7, 31, &on[2]); /* Hà Tây went into Hà Nội the day after */
	enum err e = ERR_OK;
	for (size_t l = 0; l < sizeof levels / sizeof *levels; l++)
		for (size_t i = 0; i < sizeof on / sizeof *on && !e && !out->n; i++)
			e = unit_by_name(cli->c, a, str_of(levels[l]), str_of(name), on[i], out);
	return e;
}

static enum err by_unit(
	struct cli *cli, struct app *a, const struct index_info *index, const char *unit, long year, struct lines *out)
{
	struct unit_list units = { 0 };
	enum err e = find_units(cli, a, unit, year, &units);
	if (!e && units.n != 1)
		return cx_fail(
			cli->c, ERR_NOTFOUND, units.n ? "results.many_units" : "results.no_unit", (place){ 0 }, str_of(unit));
	struct history h = { 0 };
	if (!e)
		e = result_history(cli->c, a, units.p[0].id, true, index->code, &h);
	from_history(cli, &h, year, out);
	return e;
}

static enum err by_year(struct cli *cli, struct app *a, const struct index_info *index, long year, struct lines *out)
{
	for (size_t i = index->n_years; i-- > 0;) {
		struct league l;
		if (year && index->years[i] != year)
			continue;
		enum err e = result_league(cli->c, a, index->slug, index->years[i], STR(""), &l);
		if (e && e != ERR_NOTFOUND)
			return e;
		from_league(cli, &l, out);
	}
	return ERR_OK;
}

int cmd_results_show(struct cli *cli)
{
	const char *db = NULL, *year_text = NULL, *unit = NULL, *output = NULL;
	enum output form;
	long year = 0;
	const struct cli_option options[] = { { "db", &db, NULL }, { "year", &year_text, NULL }, { "unit", &unit, NULL },
		{ "o", &output, NULL }, { "output", &output, NULL }, { 0 } };
	if (!cli_options(cli, options) || !cli_output(cli, output, &form))
		return EXIT_BAD;
	if (cli->argc != 1)
		return cli_misuse(cli, "cli.one_index", "");
	if (year_text && !str_int(str_of(year_text), 1990, 2200, &year))
		return cli_misuse(cli, "cli.year", year_text);
	if (unit && vn_utf8_check(str_of(unit)) < strlen(unit))
		return cli_misuse(cli, "cli.not_utf8", "");
	struct app *a = cli_open(cli, db, STORE_AS_IS);
	if (!a)
		return EXIT_BAD;
	struct index_info index;
	struct lines lines = { 0 };
	enum err e = result_index(cli->c, a, str_of(cli->argv[0]), &index);
	if (e == ERR_NOTFOUND)
		cx_fail(cli->c, e, "results.no_index", (place){ 0 }, str_of(cli->argv[0]));
	if (!e)
		e = unit ? by_unit(cli, a, &index, unit, year, &lines) : by_year(cli, a, &index, year, &lines);
	if (!e && !lines.n)
		e = cx_fail(cli->c, ERR_NOTFOUND, "results.none", (place){ 0 }, str_of(cli->argv[0]));
	app_close(a);
	cli_report(cli);
	if (e)
		return EXIT_BAD;
	buf b;
	buf_init(&b, 0);
	if (form == OUT_TEXT)
		text(&b, cli, &lines);
	else if (form == OUT_CSV)
		csv_out(&b, &lines);
	else
		json_out_lines(&b, index.code, &lines);
	return cli_write(cli, &b);
}
