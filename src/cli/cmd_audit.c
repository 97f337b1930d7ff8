/* thuocdo audit verify, anchor: is the chain of entries whole, and up to where is it proved. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "app/audit.h"
#include "cli/store.h"

enum { ANCHOR_MAX = 64 << 20 };

static bool read_all(struct cli *cli, const char *path, buf *b)
{
	FILE *f = fopen(path, "rbe");
	size_t n = 1;
	for (char *to; f && n && (to = buf_room(b, 1 << 16));) {
		n = fread(to, 1, 1 << 16, f);
		b->len += n;
	}
	bool ok = f && !ferror(f) && !buf_full(b);
	if (!ok)
		fault_arg(cli->c, cx_fault(cli->c, FAULT_ERROR, "io.open", (place){ .file = str_of(path) }, STR("")), 1,
			str_of(strerror(f ? EFBIG : errno)));
	if (f)
		fclose(f);
	return ok;
}

static str number(struct cli *cli, int64_t n) { return arena_printf(cli->c->mem, "%lld", (long long)n); }

/* "2026-11-26 08:15", local. */
static str moment(struct cli *cli, int64_t ms)
{
	char day_text[DATE_TEXT];
	int64_t minute = (ms + 7 * 3600000) / 60000 % 1440;
	return arena_printf(cli->c->mem, "%.*s %02d:%02d", STR_ARG(date_text(date_of_ms(ms), day_text)), (int)(minute / 60), (int)(minute % 60));
}

static void line(struct cli *cli, buf *b, const char *key, int64_t value, str a1, str a2)
{
	str args[] = { a1, a2 };
	po_fill(b, key, cli->lang, number(cli, value), args, 2);
	buf_char(b, '\n');
}

static int tell(struct cli *cli, const struct audit_state *s)
{
	static const char *const keys[] = { [AUDIT_WHOLE] = "audit.whole", [AUDIT_MISSING] = "audit.missing", [AUDIT_CONTENT] = "audit.content",
		[AUDIT_CHANGED] = "audit.changed", [AUDIT_INSERTED] = "audit.inserted", [AUDIT_TAIL] = "audit.tail", [AUDIT_ANCHOR] = "audit.anchor",
		[AUDIT_SIGNATURE] = "audit.signature" };
	buf b;
	buf_init(&b, 0);
	if (s->broken)
		line(cli, &b, keys[s->broken], s->seq, number(cli, s->until - 1), (str){ 0 });
	else
		line(cli, &b, keys[AUDIT_WHOLE], s->entries, number(cli, s->erased), (str){ 0 });
	if (!s->broken && s->anchors)
		line(cli, &b, "audit.proved", s->anchor_seq, moment(cli, s->anchor_at), number(cli, s->anchors));
	else if (!s->broken)
		line(cli, &b, "audit.unproved", 0, (str){ 0 }, (str){ 0 });
	if (!s->broken && s->anchors && !s->key_known)
		line(cli, &b, "audit.no_key", 0, (str){ 0 }, (str){ 0 });
	int code = cli_write(cli, &b);
	return code ? code : s->broken ? EXIT_NO : EXIT_DONE;
}

int cmd_audit_verify(struct cli *cli)
{
	const char *db = NULL, *path = NULL;
	const struct cli_option options[] = { { "db", &db, NULL }, { "anchor", &path, NULL }, { 0 } };
	struct audit_state state;
	if (!cli_options(cli, options))
		return EXIT_BAD;
	if (cli->argc)
		return cli_misuse(cli, "cli.too_many", cli->argv[0]);
	struct app *a = cli_open(cli, db, STORE_AS_IS);
	if (!a)
		return EXIT_BAD;
	buf b;
	buf_init(&b, ANCHOR_MAX);
	enum err e = path && !read_all(cli, path, &b) ? ERR_IO : audit_verify(cli->c, a, buf_str(&b), &state);
	buf_free(&b);
	app_close(a);
	int bad = cli_report(cli);
	return e || bad ? EXIT_BAD : tell(cli, &state);
}

int cmd_audit_anchor(struct cli *cli)
{
	const char *db = NULL, *path = NULL;
	const struct cli_option options[] = { { "db", &db, NULL }, { "anchor", &path, NULL }, { 0 } };
	bool written = false;
	if (!cli_options(cli, options))
		return EXIT_BAD;
	if (cli->argc)
		return cli_misuse(cli, "cli.too_many", cli->argv[0]);
	struct app *a = cli_open(cli, db, STORE_AS_IS);
	if (!a)
		return EXIT_BAD;
	enum err e = audit_anchor_write(cli->c, a, path, &written);
	str shown = arena_str(cli->c->mem, str_of(path ? path : audit_anchor_path(a)));
	app_close(a);
	int bad = cli_report(cli);
	if (e || bad)
		return EXIT_BAD;
	buf b;
	buf_init(&b, 0);
	po_fill(&b, written ? "audit.anchored" : "audit.nothing_new", cli->lang, shown, NULL, 0);
	buf_char(&b, '\n');
	return cli_write(cli, &b);
}
