#include "app/settings.h"
#include "base/conf.h"

static const char *const names[] = {
	"web/url", "secrets/file", "mail/host", "mail/port", "mail/tls", "mail/user", "mail/from", "mail/from-name", "mail/ca-file", "mail/digest-hour",
	"sms/url", "sms/body", "sms/header", "sms/accepted", "sms/ca-file", "zalo/url", "zalo/body", "zalo/header", "zalo/accepted", "zalo/ca-file",
	"oidc/issuer", "oidc/client-id", "oidc/claim", "oidc/scopes", "oidc/label", "oidc/ca-file", "file/max-mib", "file/total-gib", "sign/ca-file", NULL,
};
static const char *const secret_names[] = { "mail/password", "sms/header", "zalo/header", "oidc/client-secret", NULL };

struct reading {
	cx *c, *own; /* faults go to c, what stays into own */
	struct conf conf, secret;
};

static enum err wrong(cx *c, const struct conf *f, const struct conf_entry *e, const char *key)
{
	return cx_fail(c, ERR_INPUT, key, (place){ .file = f->file, .line = e->line, .field = e->name }, e->value);
}

static str text(const struct reading *r, const char *name) { return arena_str(r->own->mem, conf_get(&r->conf, name)); }
static str secret(const struct reading *r, const char *name) { return arena_str(r->own->mem, conf_get(&r->secret, name)); }

static const char *path_of(const struct reading *r, const char *name)
{
	str s = text(r, name);
	return s.len ? s.p : NULL;
}

static long number(struct reading *r, const char *name, long lo, long hi, long usual)
{
	const struct conf_entry *e = conf_find(&r->conf, name);
	long n = usual;
	if (e && !str_int(e->value, lo, hi, &n)) {
		wrong(r->c, &r->conf, e, "settings.number");
		n = usual;
	}
	return n;
}

bool settings_address_good(str url, bool *plain)
{
	*plain = str_starts(url, STR("http://127.0.0.1:")) || str_starts(url, STR("http://localhost:")) || str_starts(url, STR("http://[::1]:"));
	return *plain || (str_starts(url, STR("https://")) && url.len > 8);
}

static str address(struct reading *r, const char *name, bool *plain)
{
	const struct conf_entry *e = conf_find(&r->conf, name);
	*plain = false;
	if (!e || !e->value.len)
		return STR("");
	if (!settings_address_good(e->value, plain))
		wrong(r->c, &r->conf, e, "settings.address");
	str s = text(r, name);
	while (s.len && s.p[s.len - 1] == '/')
		s.len--;
	return s;
}

static void read_mail(struct reading *r, struct settings *s)
{
	const struct conf_entry *host = conf_find(&r->conf, "mail/host"), *tls = conf_find(&r->conf, "mail/tls"),
				*from = conf_find(&r->conf, "mail/from");
	s->has_mail = host != NULL;
	s->mail = (struct mail_server){ .host = text(r, "mail/host"), .user = text(r, "mail/user"), .password = secret(r, "mail/password"),
		.from = text(r, "mail/from"), .from_name = text(r, "mail/from-name"), .ca_file = path_of(r, "mail/ca-file") };
	if (tls && str_is(tls->value, "tls"))
		s->mail.tls = MAIL_TLS;
	else if (tls && str_is(tls->value, "none"))
		s->mail.tls = MAIL_PLAIN;
	else if (tls && !str_is(tls->value, "starttls"))
		wrong(r->c, &r->conf, tls, "settings.tls");
	s->mail.port = (int)number(r, "mail/port", 1, 65535, s->mail.tls == MAIL_TLS ? 465 : s->mail.tls == MAIL_PLAIN ? 25 : 587);
	s->digest_hour = (int)number(r, "mail/digest-hour", 0, 23, 7);
	if (host && (!from || !mail_address_ok(from->value)))
		wrong(r->c, &r->conf, from ? from : host, "settings.from");
	if (host && !s->url.len)
		wrong(r->c, &r->conf, host, "settings.no_url");
}

static void add_headers(arena *mem, str *to, size_t *n, const struct conf *f, const char *section)
{
	for (size_t i = 0; i < f->n && *n < HTTP_HEADERS; i++)
		if (str_is(f->p[i].section, section) && str_is(f->p[i].name, "header"))
			to[(*n)++] = arena_str(mem, f->p[i].value);
}

static bool read_gateway(struct reading *r, const char *section, struct gateway *g)
{
	arena *mem = r->own->mem;
	const char *url = arena_printf(r->c->mem, "%s/url", section).p;
	str *headers = NEW_ARRAY(mem, str, HTTP_HEADERS);
	size_t n = 0;
	add_headers(mem, headers, &n, &r->conf, section);
	add_headers(mem, headers, &n, &r->secret, section);
	*g = (struct gateway){ .url = text(r, url), .body = text(r, arena_printf(r->c->mem, "%s/body", section).p), .headers = headers, .n_headers = n,
		.accepted = text(r, arena_printf(r->c->mem, "%s/accepted", section).p),
		.ca_file = path_of(r, arena_printf(r->c->mem, "%s/ca-file", section).p) };
	const struct conf_entry *e = conf_find(&r->conf, url);
	if (e && !settings_address_good(e->value, &g->plain))
		wrong(r->c, &r->conf, e, "settings.address");
	return e != NULL;
}

static void read_oidc(struct reading *r, struct settings *s)
{
	struct settings_oidc *o = &s->oidc;
	const struct conf_entry *e = conf_find(&r->conf, "oidc/issuer");
	*o = (struct settings_oidc){ .client_id = text(r, "oidc/client-id"), .client_secret = secret(r, "oidc/client-secret"),
		.claim = text(r, "oidc/claim"), .scopes = text(r, "oidc/scopes"), .label = text(r, "oidc/label"), .ca_file = path_of(r, "oidc/ca-file") };
	o->issuer = text(r, "oidc/issuer"); /* compared byte by byte: the slash at the end stays */
	if (e && !settings_address_good(e->value, &o->plain))
		wrong(r->c, &r->conf, e, "settings.address");
	if (!o->claim.len)
		o->claim = STR("email");
	if (!o->scopes.len)
		o->scopes = STR("openid email profile");
	if (e && !o->client_id.len)
		wrong(r->c, &r->conf, e, "settings.no_client");
	if (e && !s->url.len)
		wrong(r->c, &r->conf, e, "settings.no_url");
}

static enum err read_files(struct reading *r, const char *path)
{
	enum err e = conf_read(r->c, path, names, false, &r->conf);
	const struct conf_entry *at = e ? NULL : conf_find(&r->conf, "secrets/file");
	return at ? conf_read(r->c, at->value.p, secret_names, true, &r->secret) : e;
}

enum err settings_read(cx *c, const char *path, struct settings **out)
{
	size_t before = c->n_errors;
	struct reading r = { .c = c, .own = cx_new(4 << 20) };
	enum err e = read_files(&r, path);
	if (e) {
		cx_free(r.own);
		return e;
	}
	struct settings *s = NEW(r.own->mem, struct settings);
	bool plain;
	s->own = r.own;
	s->url = address(&r, "web/url", &plain);
	read_mail(&r, s);
	s->has_sms = read_gateway(&r, "sms", &s->sms);
	s->has_zalo = read_gateway(&r, "zalo", &s->zalo);
	read_oidc(&r, s);
	s->sign_ca = path_of(&r, "sign/ca-file");
	s->file_max = (uint64_t)number(&r, "file/max-mib", 1, 2000, 0) << 20;
	s->files_max = (uint64_t)number(&r, "file/total-gib", 1, 100000, 0) << 30;
	if (c->n_errors > before) {
		settings_free(s);
		return ERR_INPUT;
	}
	*out = s;
	return ERR_OK;
}

void settings_free(struct settings *s)
{
	if (s)
		cx_free(s->own);
}
