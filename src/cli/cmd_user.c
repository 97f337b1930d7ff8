/* thuocdo user add, list, disable, enable, password: accounts from the terminal, where whoever may write the store may everything. */
#include <stdio.h>
#include "app/user.h"
#include "base/json.h"
#include "base/vn.h"
#include "cli/store.h"

/* "level/code"; "*": all units. False: told. */
static bool read_scope(struct cli *cli, const char *text, str *level, str *code)
{
	*level = *code = STR("");
	if (!text || strcmp(text, "*") == 0)
		return true;
	*code = str_of(text);
	str_next(code, '/', level);
	if (level->len && code->len)
		return true;
	return cli_misuse(cli, "cli.scope", text), false;
}

static enum err add_with_role(cx *c, struct app *a, struct user *u, const struct user_grant *g, struct user_letters *letters)
{
	struct actor who = actor_system("cli");
	enum err e = user_add(c, a, &who, u);
	if (!e && g->role.len)
		e = user_grant(c, a, &who, u->id, g);
	return e ? e : user_letters(c, a, &who, &u->id, 1, letters);
}

static int say_password(struct cli *cli, const struct user_letter *l)
{
	buf b;
	buf_init(&b, 0);
	po_fill(&b, "user.first_password", cli->lang, l->login, &l->password, 1);
	buf_char(&b, '\n');
	return cli_write(cli, &b);
}

int cmd_user_add(struct cli *cli)
{
	const char *db = NULL, *name = NULL, *role = NULL, *unit = NULL, *scope = NULL, *email = NULL, *title = NULL, *phone = NULL;
	const struct cli_option options[] = { { "db", &db, NULL }, { "name", &name, NULL }, { "role", &role, NULL }, { "unit", &unit, NULL },
		{ "scope", &scope, NULL }, { "email", &email, NULL }, { "title", &title, NULL }, { "phone", &phone, NULL }, { 0 } };
	struct user_letters letters;
	if (!cli_options(cli, options))
		return EXIT_BAD;
	if (cli->argc != 1 || !name)
		return cli_misuse(cli, "cli.user_add", "");
	struct user u = { .login = str_of(cli->argv[0]), .name = str_of(name), .email = str_of(email), .title = str_of(title), .phone = str_of(phone) };
	struct user_grant g = { .role = str_of(role) };
	if (!read_scope(cli, unit, &u.level, &u.unit_code) || !read_scope(cli, scope ? scope : unit, &g.level, &g.unit_code))
		return EXIT_BAD;
	struct app *a = cli_open(cli, db, STORE_AS_IS);
	if (!a)
		return EXIT_BAD;
	enum err e = add_with_role(cli->c, a, &u, &g, &letters);
	app_close(a);
	int bad = cli_report(cli);
	return e || bad ? EXIT_BAD : say_password(cli, &letters.p[0]);
}

/* Padded by signs, not bytes. */
static void cell(buf *b, str s, size_t width)
{
	buf_add(b, s);
	for (size_t n = vn_length(s); n < width; n++)
		buf_char(b, ' ');
	buf_addz(b, "  ");
}

static void write_row(buf *b, const struct user *u, enum lang lang)
{
	cell(b, u->login, 18);
	cell(b, str_of(po_text(u->disabled ? "user.disabled" : u->has_password ? "user.active" : "user.no_password", lang)), 11);
	cell(b, u->name, 26);
	cell(b, u->unit_name, 24);
	for (size_t i = 0; i < u->n_grants; i++) {
		const struct user_grant *g = &u->grants[i];
		buf_printf(b, "%s%.*s", i ? ", " : "", STR_ARG(g->role));
		if (g->level.len)
			buf_printf(b, "@%.*s/%.*s", STR_ARG(g->level), STR_ARG(g->unit_code));
	}
	buf_char(b, '\n');
}

static void write_json(json_out *j, const struct user *u)
{
	json_put_object(j);
	json_add_str(j, "login", u->login);
	json_add_str(j, "name", u->name);
	json_add_str(j, "unit_level", u->level);
	json_add_str(j, "unit_code", u->unit_code);
	json_add_bool(j, "active", !u->disabled);
	json_put_key(j, "grants");
	json_put_array(j);
	for (size_t i = 0; i < u->n_grants; i++) {
		json_put_object(j);
		json_add_str(j, "role", u->grants[i].role);
		json_add_str(j, "unit_level", u->grants[i].level);
		json_add_str(j, "unit_code", u->grants[i].unit_code);
		json_put_end(j, '}');
	}
	json_put_end(j, ']');
	json_put_end(j, '}');
}

static enum err write_all(struct cli *cli, struct app *a, enum output form, buf *b)
{
	enum { PAGE = 500 };
	struct actor who = actor_system("cli");
	struct user_list list = { 0 };
	json_out j;
	json_init(&j, b);
	if (form == OUT_JSON)
		json_put_array(&j);
	for (int64_t at = 0; at == 0 || at < list.total; at += PAGE) {
		enum err e = user_list(cli->c, a, &who, &(struct user_query){ .limit = PAGE, .skip = at }, &list);
		if (e)
			return e;
		for (size_t i = 0; i < list.n; i++) {
			if (form == OUT_JSON)
				write_json(&j, &list.p[i]);
			else
				write_row(b, &list.p[i], cli->lang);
		}
	}
	if (form == OUT_JSON) {
		json_put_end(&j, ']');
		buf_char(b, '\n');
	}
	return ERR_OK;
}

int cmd_user_list(struct cli *cli)
{
	const char *db = NULL, *word = NULL;
	enum output form;
	const struct cli_option options[] = { { "db", &db, NULL }, { "o", &word, NULL }, { 0 } };
	if (!cli_options(cli, options) || !cli_output(cli, word, &form))
		return EXIT_BAD;
	if (cli->argc)
		return cli_misuse(cli, "cli.too_many", cli->argv[0]);
	struct app *a = cli_open(cli, db, STORE_AS_IS);
	if (!a)
		return EXIT_BAD;
	buf b;
	buf_init(&b, 0);
	enum err e = write_all(cli, a, form, &b);
	app_close(a);
	int bad = cli_report(cli);
	int code = e || bad ? EXIT_BAD : cli_write(cli, &b);
	buf_free(&b);
	return code;
}

/* The commands about one account. */
static int with_account(struct cli *cli, enum err (*work)(cx *, struct app *, const struct user *, struct user_letters *), const char *done)
{
	const char *db = NULL;
	const struct cli_option options[] = { { "db", &db, NULL }, { 0 } };
	struct user_letters letters = { 0 };
	struct user u;
	if (!cli_options(cli, options))
		return EXIT_BAD;
	if (cli->argc != 1)
		return cli_misuse(cli, "cli.one_login", "");
	struct app *a = cli_open(cli, db, STORE_AS_IS);
	if (!a)
		return EXIT_BAD;
	enum err e = user_by_login(cli->c, a, str_of(cli->argv[0]), &u);
	if (e == ERR_NOTFOUND)
		cx_fault(cli->c, FAULT_ERROR, "user.unknown", (place){ 0 }, str_of(cli->argv[0]));
	if (!e)
		e = work(cli->c, a, &u, &letters);
	app_close(a);
	int bad = cli_report(cli);
	if (e || bad)
		return EXIT_BAD;
	if (letters.n)
		return say_password(cli, &letters.p[0]);
	buf b;
	buf_init(&b, 0);
	po_fill(&b, done, cli->lang, u.login, NULL, 0);
	buf_char(&b, '\n');
	return cli_write(cli, &b);
}

static enum err disable(cx *c, struct app *a, const struct user *u, struct user_letters *letters)
{
	(void)letters;
	struct actor who = actor_system("cli");
	return user_enable(c, a, &who, u->id, false);
}

static enum err enable(cx *c, struct app *a, const struct user *u, struct user_letters *letters)
{
	(void)letters;
	struct actor who = actor_system("cli");
	return user_enable(c, a, &who, u->id, true);
}

static enum err new_password(cx *c, struct app *a, const struct user *u, struct user_letters *letters)
{
	struct actor who = actor_system("cli");
	return user_letters(c, a, &who, &u->id, 1, letters);
}

int cmd_user_disable(struct cli *cli) { return with_account(cli, disable, "user.now_disabled"); }
int cmd_user_enable(struct cli *cli) { return with_account(cli, enable, "user.now_enabled"); }
int cmd_user_password(struct cli *cli) { return with_account(cli, new_password, ""); }
