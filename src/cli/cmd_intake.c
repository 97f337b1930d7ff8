#include "app/intake.h"
#include "base/json.h"
#include "cli/intake.h"
#include "cli/store.h"

static const char *const how_words[] = {
	[MATCH_NONE] = "none", [MATCH_CODE] = "code", [MATCH_LABEL] = "label", [MATCH_ORDER] = "order", [MATCH_TOLD] = "told"
};

static str target_of(const struct intake *in, size_t column)
{
	struct intake_map m;
	intake_map_now(in, &m);
	return m.columns.p[column].target;
}

static void say(struct cli *cli, buf *b, const char *key, str value, const int64_t *n, size_t count)
{
	str args[5];
	for (size_t i = 0; i < count; i++)
		args[i] = arena_printf(cli->c->mem, "%lld", (long long)n[i]);
	po_fill(b, key, cli->lang, value, args, count);
	buf_char(b, '\n');
}

static void put_text(struct cli *cli, buf *b, const struct intake *in, bool stored)
{
	struct intake_map m;
	intake_map_now(in, &m);
	for (size_t i = 0; i < in->columns.n && !stored; i++) {
		const struct intake_column *k = &in->columns.p[i];
		const char *key = k->role == INTAKE_LEFT ? k->personal ? "intake.cli_personal" : "intake.cli_left"
			: k->how == MATCH_ORDER          ? "intake.cli_order"
							 : "intake.cli_column";
		str args[] = { m.columns.p[i].target };
		po_fill(b, key, cli->lang, k->name, args, 1);
		buf_char(b, '\n');
	}
	say(cli, b, stored ? "intake.cli_stored" : "intake.cli_would", in->file, (const int64_t[]){ in->fresh, in->known, in->rows }, 3);
	if (in->differs)
		say(cli, b, "intake.cli_differs", (str){ 0 }, &in->differs, 1);
	if (in->faulty)
		say(cli, b, "intake.cli_faulty", (str){ 0 }, &in->faulty, 1);
	if (in->empty)
		say(cli, b, "intake.cli_empty", (str){ 0 }, &in->empty, 1);
	if (in->survey->design == SURVEY_SELF_SELECTED)
		say(cli, b, "intake.cli_self_selected", (str){ 0 }, NULL, 0);
}

static void put_columns(json_out *j, const struct intake *in)
{
	json_put_key(j, "columns");
	json_put_array(j);
	for (size_t i = 0; i < in->columns.n; i++) {
		json_put_object(j);
		json_add_str(j, "name", in->columns.p[i].name);
		json_add_str(j, "target", target_of(in, i));
		json_add_str(j, "how", str_of(how_words[in->columns.p[i].how]));
		json_add_bool(j, "personal", in->columns.p[i].personal);
		json_put_end(j, '}');
	}
	json_put_end(j, ']');
}

static void put_unknown(json_out *j, const struct intake *in)
{
	json_put_key(j, "unknown");
	json_put_array(j);
	for (size_t i = 0; i < in->unknown.n; i++) {
		const struct intake_unknown *u = &in->unknown.p[i];
		json_put_object(j);
		json_add_str(j, "column", in->columns.p[u->column].name);
		json_add_str(j, "target", target_of(in, u->column));
		json_add_str(j, "value", u->value);
		json_add_int(j, "rows", u->n);
		json_add_int(j, "line", u->first.line);
		json_put_end(j, '}');
	}
	json_put_end(j, ']');
}

static void put_json(buf *b, const struct intake *in, bool stored)
{
	json_out j;
	json_init(&j, b);
	json_put_object(&j);
	json_add_int(&j, "version", 1);
	json_add_bool(&j, "stored", stored);
	json_add_int(&j, "rows", in->rows);
	json_add_int(&j, "added", in->fresh);
	json_add_int(&j, "known", in->known);
	json_add_int(&j, "differs", in->differs);
	json_add_int(&j, "faulty", in->faulty);
	json_add_int(&j, "empty", in->empty);
	json_add_int(&j, "heading", in->heading);
	put_columns(&j, in);
	put_unknown(&j, in);
	json_put_end(&j, '}');
	buf_char(b, '\n');
}

static int answer(struct cli *cli, const struct intake *in, enum output form, bool stored)
{
	buf b;
	struct intake_map m;
	buf_init(&b, 0);
	intake_map_now(in, &m);
	if (form == OUT_CSV)
		intake_map_write(&m, &b);
	else if (form == OUT_JSON)
		put_json(&b, in, stored);
	else
		put_text(cli, &b, in, stored);
	return cli_write(cli, &b);
}

/* The map of a file, and over it what the command line says. */
static enum err read_map(struct cli *cli, const struct intake_command *in, struct intake_map *m)
{
	buf b;
	str name;
	*m = (struct intake_map){ 0 };
	if (in->map) {
		enum err e = import_bytes_of(cli->c, in->map, &b, &name);
		if (e)
			return e;
		str bytes = arena_str(cli->c->mem, buf_str(&b));
		buf_free(&b);
		e = intake_map_read(cli->c, name, bytes, m);
		if (e)
			return e;
	}
	if (in->sheet)
		m->sheet = str_of(in->sheet);
	if (in->decimal)
		m->decimal = in->decimal;
	return ERR_OK;
}

static int work(struct cli *cli, struct app *a, const struct survey_info *s, const struct intake_command *want, const struct intake_map *m, enum output form)
{
	buf b;
	str name;
	struct intake *in = NULL;
	struct actor who = actor_system("cli");
	if (import_bytes_of(cli->c, cli->argv[1], &b, &name))
		return cli_report(cli);
	enum err e = intake_open(cli->c, a, s, name, buf_str(&b), want->csv, m, &in);
	bool opened = !e;
	if (!e)
		e = want->preview ? intake_look(in) : intake_store(in, &who);
	intake_tell(in, cli->c);
	if (e == ERR_LIMIT && !cli->c->n_errors)
		cx_fault(cli->c, FAULT_ERROR, "intake.memory", (place){ .file = name }, STR(""));
	cli_report(cli);
	int code = opened && (want->preview || !e) ? answer(cli, in, form, !want->preview) : EXIT_BAD;
	buf_free(&b);
	return e ? EXIT_BAD : code;
}

int cmd_intake(struct cli *cli, const char *db, const struct intake_command *in)
{
	struct survey_info s;
	struct intake_map m;
	enum output form;
	if (!cli_output(cli, in->output, &form))
		return EXIT_BAD;
	if (read_map(cli, in, &m))
		return cli_report(cli);
	struct app *a = cli_open(cli, db, STORE_AS_IS);
	if (!a)
		return EXIT_BAD;
	int code = cli_survey(cli, a, in->survey, &s) ? cli_report(cli) : work(cli, a, &s, in, &m, form);
	app_close(a);
	return code;
}
