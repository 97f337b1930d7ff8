/* thuocdo round status: how far the sheets of a round are. */
#include <stdio.h>
#include "app/round_setup.h"
#include "base/csv.h"
#include "base/json.h"
#include "cli/store.h"
#include "engine/trace.h"

static str phase_of(struct cli *cli, str state)
{
	return str_of(po_text(arena_printf(cli->c->mem, "round_state.is.%.*s", STR_ARG(state)).p, cli->lang));
}

static str sheet_of(struct cli *cli, str state)
{
	return str_of(po_text(arena_printf(cli->c->mem, "entry.sheet_state.%.*s", STR_ARG(state)).p, cli->lang));
}

static void text_out(buf *b, struct cli *cli, const struct board *x)
{
	char day_text[DATE_TEXT];
	const struct plan_info *p = &x->plan;
	str name = cli->lang == LANG_EN ? p->round.name_en : p->round.name_vi;
	buf_printf(b, "%.*s\n%.*s", STR_ARG(name), STR_ARG(phase_of(cli, p->state)));
	if (p->next_due) {
		str args[] = { str_of(date_text_vn(p->next_due, day_text).p), arena_printf(cli->c->mem, "%d", p->days_left) };
		buf_addz(b, " · ");
		po_fill(b, "round_status.due", cli->lang, STR(""), args, 2);
	}
	str counts[] = { arena_printf(cli->c->mem, "%d", x->done_all), arena_printf(cli->c->mem, "%d", x->rows_all) };
	buf_addz(b, "\n");
	po_fill(b, "entry.done", cli->lang, STR(""), counts, 2);
	buf_addz(b, "\n\n");
	for (size_t i = 0; i < x->n_rows; i++) {
		const struct board_row *r = &x->rows[i];
		buf_printf(b, "%.*s  %.*s  %.*s  %d/%d", STR_ARG(r->code), STR_ARG(r->name), STR_ARG(sheet_of(cli, r->state)), r->n_done,
			r->n_rows);
		if (r->points.there) {
			buf_addz(b, "  ");
			trace_points(b, r->points.v, 2, cli->lang);
		}
		if (r->late)
			buf_printf(b, "  %s", po_text("board.is_late", cli->lang));
		buf_char(b, '\n');
	}
}

static void csv_out(buf *b, const struct board *x)
{
	char number[DEC_TEXT];
	buf_addz(b, "unit_code,unit,state,rows,done,todo,wrong,no_evidence,asked,decided,points,maximum,late\n");
	for (size_t i = 0; i < x->n_rows; i++) {
		const struct board_row *r = &x->rows[i];
		csv_cell(b, r->code);
		buf_char(b, ',');
		csv_cell(b, r->name);
		buf_printf(b, ",%.*s,%d,%d,%d,%d,%d,%d,%d,", STR_ARG(r->state), r->n_rows, r->n_done, r->n_todo, r->n_wrong, r->n_proof, r->n_asked,
			r->n_decided);
		if (r->points.there)
			buf_add(b, dec_text(r->points.v, number));
		buf_char(b, ',');
		if (r->max.there)
			buf_add(b, dec_text(r->max.v, number));
		buf_printf(b, ",%s\n", r->late ? "yes" : "no");
	}
}

static void figure(json_out *j, const char *key, struct figure f)
{
	json_put_key(j, key);
	if (f.there)
		json_put_dec(j, f.v);
	else
		json_put_null(j);
}

static void json_out_board(buf *b, const struct board *x)
{
	char day_text[DATE_TEXT];
	const struct plan_info *p = &x->plan;
	json_out j;
	json_init(&j, b);
	json_put_object(&j);
	json_add_int(&j, "version", 1);
	json_add_str(&j, "round", p->round.code);
	json_add_str(&j, "kind", p->kind);
	json_add_str(&j, "state", p->state);
	json_put_key(&j, "due");
	if (p->next_due)
		json_put_str(&j, date_text(p->next_due, day_text));
	else
		json_put_null(&j);
	json_add_int(&j, "working_days_left", p->days_left);
	json_add_int(&j, "rows", x->rows_all);
	json_add_int(&j, "done", x->done_all);
	json_add_int(&j, "late", x->late);
	json_put_key(&j, "sheets");
	json_put_array(&j);
	for (size_t i = 0; i < x->n_rows; i++) {
		const struct board_row *r = &x->rows[i];
		json_put_object(&j);
		json_add_str(&j, "unit_code", r->code);
		json_add_str(&j, "unit", r->name);
		json_add_str(&j, "state", r->state);
		json_add_int(&j, "rows", r->n_rows);
		json_add_int(&j, "done", r->n_done);
		json_add_int(&j, "todo", r->n_todo);
		json_add_int(&j, "wrong", r->n_wrong);
		json_add_int(&j, "no_evidence", r->n_proof);
		json_add_int(&j, "asked", r->n_asked);
		json_add_int(&j, "decided", r->n_decided);
		figure(&j, "points", r->points);
		figure(&j, "maximum", r->max);
		json_add_bool(&j, "late", r->late);
		json_put_end(&j, '}');
	}
	json_put_end(&j, ']');
	json_put_end(&j, '}');
	buf_char(b, '\n');
}

int cmd_round_status(struct cli *cli)
{
	const char *db = NULL, *output = NULL;
	enum output form;
	struct board x;
	const struct cli_option options[] = { { "db", &db, NULL }, { "o", &output, NULL }, { "output", &output, NULL }, { 0 } };
	if (!cli_options(cli, options) || !cli_output(cli, output, &form))
		return EXIT_BAD;
	if (cli->argc != 1)
		return cli_misuse(cli, "cli.one_round", "");
	struct app *a = cli_open(cli, db, STORE_AS_IS);
	if (!a)
		return EXIT_BAD;
	struct actor who = actor_system("cli");
	str code = str_of(cli->argv[0]);
	enum err e = board_of(cli->c, a, &who, code, &x);
	if (e == ERR_NOTFOUND && !cli->c->n_errors)
		cx_fail(cli->c, e, "round_status.none", (place){ 0 }, code);
	app_close(a);
	cli_report(cli);
	if (e)
		return EXIT_BAD;
	buf b;
	buf_init(&b, 0);
	if (form == OUT_TEXT)
		text_out(&b, cli, &x);
	else if (form == OUT_CSV)
		csv_out(&b, &x);
	else
		json_out_board(&b, &x);
	return cli_write(cli, &b);
}
