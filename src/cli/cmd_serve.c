/* thuocdo serve: the web application. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include "app/audit.h"
#include "app/job.h"
#include "app/key.h"
#include "app/password.h"
#include "app/setup.h"
#include "app/settings.h"
#include "app/site.h"
#include "app/worker.h"
#include "base/log.h"
#include "cli/store.h"
#include "web/pages.h"
#include "web/server.h"

enum { JOB_THREADS = 1, JOB_WAIT_S = 20 };

static int64_t clock_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* After each page, also one that was broken off: its connections go back. */
static void end_page(struct web_cx *w)
{
	cx_drop_held(w->cx);
}

/* For /healthz: the store answers within a second. Operators read English reasons everywhere else, too. */
static bool healthy(struct app *a, buf *why)
{
	enum { PING_MS = 1000, MEMORY = 1 << 20 };
	cx *c = cx_new(MEMORY);
	c->now_ms = clock_ms();
	bool well = app_ping(c, a, PING_MS) == ERR_OK;
	for (size_t i = 0; i < c->n_faults && !well; i++) {
		buf_addz(why, i ? "\n" : "");
		po_fault(why, &c->faults[i], LANG_EN);
	}
	cx_free(c);
	return well;
}

struct serve_options {
	const char *db, *listen, *log, *proxy, *rate, *config, *connections;
	long n_connections;    /* to the store; 0: the usual number */
	long pages_per_minute; /* of one client address; 0: no limit; -1: the usual */
	bool sandbox, mask, tls;
};

static bool read_options(struct cli *cli, struct serve_options *o)
{
	const struct cli_option options[] = {
		{ "db", &o->db, NULL },		{ "listen", &o->listen, NULL },	   { "access-log", &o->log, NULL }, { "proxy", &o->proxy, NULL },
		{ "sandbox", NULL, &o->sandbox }, { "mask-clients", NULL, &o->mask }, { "tls", NULL, &o->tls }, { "rate", &o->rate, NULL },
		{ "config", &o->config, NULL }, { "connections", &o->connections, NULL }, { 0 },
	};
	if (!cli_options(cli, options))
		return false;
	if (cli->argc)
		return cli_misuse(cli, "cli.too_many", cli->argv[0]), false;
	if (o->rate && !str_int(str_of(o->rate), 0, 10000000, &o->pages_per_minute))
		return cli_misuse(cli, "cli.rate", o->rate), false;
	if (o->connections && !str_int(str_of(o->connections), 2, 1000, &o->n_connections))
		return cli_misuse(cli, "cli.connections", o->connections), false;
	return true;
}

/* A training store is filled when it is empty. */
static enum err prepare(struct cli *cli, struct app *a, const struct serve_options *o)
{
	a->sandbox = o->sandbox;
	if (!o->sandbox)
		return ERR_OK;
	a->demo_password = password_first(cli->c);
	enum err e = app_load_packs(cli->c, a);
	if (!e)
		e = app_load_demo(cli->c, a);
	return e ? e : user_demo(cli->c, a);
}

static void announce(struct cli *cli, struct app *a, const struct serve_options *o, int port)
{
	buf b;
	buf_init(&b, 0);
	const char *colon = strrchr(o->listen, ':');
	str host = { o->listen, colon ? (size_t)(colon - o->listen) : strlen(o->listen) };
	str address = arena_printf(cli->c->mem, "http://%.*s:%d/", STR_ARG(host), port);
	po_fill(&b, "serve.ready", cli->lang, address, NULL, 0);
	buf_char(&b, '\n');
	if (a->demo_password.len) {
		po_fill(&b, "serve.demo_accounts", cli->lang, a->demo_password, NULL, 0);
		buf_char(&b, '\n');
	}
	if (setup_open(a)) {
		str code = str_of(a->setup_code);
		po_fill(&b, "serve.setup", cli->lang, address, &code, 1);
		buf_char(&b, '\n');
	}
	cli_write(cli, &b);
}

/* What the worker could not do goes to the log: the key of the fault, never its values. */
static void report_work(const char *work, enum err e, const cx *c)
{
	log_line(LOG_WARNING, "worker", "work=\"%s\" err=%d why=\"%s\"", work, (int)e, c->n_faults ? c->faults[c->n_faults - 1].key : "");
}

static enum err configure(struct cli *cli, struct app *a, const char *path, struct settings **out)
{
	enum err e = path ? settings_read(cli->c, path, out) : ERR_OK;
	if (e || !*out)
		return e;
	a->settings = *out;
	a->file_max = (*out)->file_max;
	a->files_max = (*out)->files_max;
	return ERR_OK;
}

static int serve(struct cli *cli, struct app *a, const struct serve_options *o)
{
	struct web_config config;
	char why[200] = "";
	const char *const proxies[] = { o->proxy, NULL };
	web_config_default(&config);
	config.listen = o->listen;
	config.access_log = o->log;
	config.mask_clients = o->mask;
	config.tls = config.hsts = o->tls;
	config.proxies = o->proxy ? proxies : NULL;
	if (o->pages_per_minute >= 0)
		config.page_rate.per_minute = (int)o->pages_per_minute;
	if (o->pages_per_minute == 0) /* no bounds at all: behind something that has its own, and for measuring */
		config.form_rate.per_minute = 0;
	config.now_ms = clock_ms;
	config.app = a;
	config.routes = web_pages;
	config.end = end_page;
	config.version = app_version;
	config.healthy = healthy;
	config.allow = sign_in_allow;
	config.sign_in = "/dang-nhap";
	app_subkey(a, APP_KEY_FORM, config.secret); /* forms survive a restart; without a key a random one */
	const struct jobs_options jobs = { .threads = JOB_THREADS, .nice = config.slow_nice, .now_ms = clock_ms };
	if (jobs_open(cli->c, a, &jobs))
		return EXIT_BAD;
	struct web_server *s = web_start(&config, why, sizeof why);
	if (!s)
		return cli_misuse(cli, "serve.failed", why);
	const struct worker_options work = { .now_ms = clock_ms, .report = report_work };
	struct worker *worker = worker_start(a, &work);
	announce(cli, a, o, web_port(s));
	web_wait(s);
	bool ended = web_stop(s);
	worker_stop(worker);
	return ended ? EXIT_DONE : EXIT_NO;
}

int cmd_serve(struct cli *cli)
{
	struct serve_options o = { .listen = "127.0.0.1:8080", .pages_per_minute = -1 };
	if (!read_options(cli, &o))
		return EXIT_BAD;
	web_block_signals(); /* before the store's threads begin */
	log_setup(LOG_INFO, clock_ms);
	/* A mistyped address is no reason for an empty store. */
	struct app *a = cli_open_with(cli, o.db, o.sandbox ? STORE_NEW : STORE_UPGRADE, (int)o.n_connections);
	if (!a)
		return EXIT_BAD;
	struct settings *settings = NULL;
	int code = configure(cli, a, o.config, &settings) || prepare(cli, a, &o) ? EXIT_BAD : EXIT_DONE;
	char setup[SETUP_CODE];
	if (!code && setup_begin(cli->c, a, setup))
		code = EXIT_BAD;
	if (!code && site_load(cli->c, a))
		code = EXIT_BAD;
	if (!code && app_serve(cli->c, a))
		code = EXIT_BAD;
	if (!code)
		code = serve(cli, a, &o);
	if (jobs_close(a, JOB_WAIT_S)) {
		app_close(a);
		settings_free(settings);
	} else {
		code = EXIT_NO; /* a job does not listen: what it may use is left to the end of the process */
	}
	int bad = cli_report(cli);
	return code ? code : bad;
}
