#include "app/site.h"
#include <pthread.h>
#include <sodium.h>
#include "app/audit.h"
#include "app/key.h"
#include "app/settings.h"
#include "base/po.h"
#include "db/db.h"
#include "db/id.h"
#include "format/sniff.h"

/* ---- rows of meta ---- */

static const char *const mail_keys[] = { "site_url", "mail_host", "mail_port", "mail_tls", "mail_user", "mail_from", "mail_from_name", "mail_password" };
enum { URL, HOST, PORT, TLS, USER, FROM, FROM_NAME, PASSWORD, MAIL_KEYS };

struct rows {
	str v[MAIL_KEYS];
};

static enum err read_rows(cx *c, struct app *a, struct rows *out)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	for (int i = 0; i < MAIL_KEYS && !e; i++)
		e = db_meta_get(c, k, str_of(mail_keys[i]), &out->v[i]);
	return e;
}

static enum err may(cx *c, struct app *a, const struct actor *who) { return actor_may_at(c, a, who, "setting", "edit", STR(""), STR("")); }

static enum err wrong(cx *c, const char *key, const char *field, str value)
{
	return cx_fail(c, ERR_INPUT, key, (place){ .field = str_of(field) }, value);
}

/* ---- taking it over ---- */

static bool from_file(const struct app *a) { return a->file_settings && a->file_settings->has_mail; }

static enum mail_tls tls_of(str word) { return str_is(word, "tls") ? MAIL_TLS : str_is(word, "none") ? MAIL_PLAIN : MAIL_STARTTLS; }

static pthread_mutex_t taking = PTHREAD_MUTEX_INITIALIZER;

/* New settings beside the old ones, which stay until the end: somebody may be reading them. */
static void take_over(cx *c, struct app *a, const struct rows *r)
{
	cx *own = cx_new(1 << 20);
	struct settings *s = NEW(own->mem, struct settings);
	long port = 587;
	if (a->file_settings)
		*s = *a->file_settings;
	else
		s->digest_hour = 7;
	s->own = own;
	if (r->v[URL].len && !s->url.len)
		s->url = arena_str(own->mem, r->v[URL]);
	str_int(r->v[PORT], 1, 65535, &port);
	s->has_mail = r->v[HOST].len > 0;
	s->mail = (struct mail_server){ .host = arena_str(own->mem, r->v[HOST]), .port = (int)port, .tls = tls_of(r->v[TLS]),
		.user = arena_str(own->mem, r->v[USER]), .password = arena_str(own->mem, app_unseal_text(c, a, r->v[PASSWORD])),
		.from = arena_str(own->mem, r->v[FROM]), .from_name = arena_str(own->mem, r->v[FROM_NAME]) };
	pthread_mutex_lock(&taking);
	s->before = a->site;
	a->site = s;
	a->settings = s;
	pthread_mutex_unlock(&taking);
}

static void mark_logo(struct app *a, str bytes)
{
	unsigned char h[crypto_hash_sha256_BYTES];
	uint64_t mark = 0;
	crypto_hash_sha256(h, (const unsigned char *)bytes.p, bytes.len);
	memcpy(&mark, h, sizeof mark);
	atomic_store(&a->logo, bytes.len ? mark | 1 : 0);
}

/* A number that is another one after each change on a page, by whatever server; 0: nothing was ever set. */
static const char changed_key[] = "site_changed";

static enum err last_change(cx *c, struct app *a, int64_t *out)
{
	DB_READER(k);
	str text = STR("");
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_meta_get(c, k, str_of(changed_key), &text);
	if (!text.len || !db_id_parse(text, out))
		*out = 0;
	return e;
}

static enum err note_change(cx *c, db_conn *k)
{
	char text[DB_ID_TEXT];
	return db_meta_set(c, k, str_of(changed_key), db_id_text(db_new_id(c, k), text));
}

static enum err load(cx *c, struct app *a)
{
	struct rows r = { 0 };
	str logo = STR("");
	const char *media;
	enum err e = read_rows(c, a, &r);
	if (!e && !from_file(a) && (a->site || r.v[HOST].len || r.v[URL].len))
		take_over(c, a, &r);
	if (!e)
		e = site_logo(c, a, &logo, &media);
	if (!e || e == ERR_NOTFOUND)
		mark_logo(a, logo);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

enum err site_load(cx *c, struct app *a)
{
	int64_t seen;
	if (!a->site)
		a->file_settings = a->settings;
	enum err e = last_change(c, a, &seen);
	if (!e)
		e = load(c, a);
	if (!e)
		atomic_store(&a->site_seen, seen);
	return e;
}

void site_refresh(struct app *a, int64_t now_ms)
{
	int64_t looked = atomic_load(&a->site_looked_ms), seen;
	bool young = now_ms >= looked && now_ms - looked < SITE_LOOK_MS;
	if (young || !atomic_compare_exchange_strong(&a->site_looked_ms, &looked, now_ms))
		return;
	cx *c = cx_new(0);
	c->now_ms = now_ms;
	if (!last_change(c, a, &seen) && seen != atomic_load(&a->site_seen) && !load(c, a))
		atomic_store(&a->site_seen, seen);
	cx_free(c);
}

void site_close(struct app *a)
{
	for (struct settings *s = a->site, *before; s; s = before) {
		before = s->before;
		settings_free(s);
	}
	a->site = NULL;
}

/* ---- logo ---- */

static bool read_bytes(void *ctx, uint64_t at, void *to, size_t n)
{
	const str *s = ctx;
	if (at > s->len || n > s->len - at)
		return false;
	memcpy(to, s->p + at, n);
	return true;
}

static enum sniff_kind kind_of(str bytes)
{
	const struct sniff_source source = { read_bytes, &bytes, bytes.len };
	return sniff_content(&source);
}

static bool is_image(enum sniff_kind kind) { return kind == SNIFF_PNG || kind == SNIFF_JPEG || kind == SNIFF_WEBP; }

struct logo {
	const struct actor *who;
	str text; /* base64; empty: none */
};

static enum err put_logo(cx *c, db_conn *k, void *arg)
{
	const struct logo *l = arg;
	enum err e = db_meta_set(c, k, STR("logo"), l->text);
	if (!e)
		e = note_change(c, k);
	return e ? e : audit_add(c, k, l->who, l->text.len ? "setting.logo" : "setting.logo_off", STR("logo"), STR(""));
}

enum err site_logo_put(cx *c, struct app *a, const struct actor *who, str name, str bytes)
{
	struct logo l = { .who = who };
	enum err e = may(c, a, who);
	if (e)
		return e;
	if (bytes.len > SITE_LOGO_MAX)
		return cx_fail(c, ERR_LIMIT, "site.logo_size", (place){ .field = STR("logo") }, name);
	if (!is_image(kind_of(bytes)))
		return wrong(c, "site.logo", "logo", name);
	size_t most = sodium_base64_ENCODED_LEN(bytes.len, sodium_base64_VARIANT_ORIGINAL);
	char *text = arena_alloc(c->mem, most);
	sodium_bin2base64(text, most, (const unsigned char *)bytes.p, bytes.len, sodium_base64_VARIANT_ORIGINAL);
	l.text = str_of(text);
	e = db_tx(c, a->db, DB_WRITE, put_logo, &l);
	if (!e)
		mark_logo(a, bytes);
	return e;
}

enum err site_logo_drop(cx *c, struct app *a, const struct actor *who)
{
	struct logo l = { .who = who, .text = STR("") };
	enum err e = may(c, a, who);
	if (!e)
		e = db_tx(c, a->db, DB_WRITE, put_logo, &l);
	if (!e)
		mark_logo(a, STR(""));
	return e;
}

enum err site_logo(cx *c, struct app *a, str *bytes, const char **media)
{
	str text = STR("");
	size_t n = 0;
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_meta_get(c, k, STR("logo"), &text);
	if (e || !text.len)
		return e ? e : ERR_NOTFOUND;
	unsigned char *p = arena_alloc(c->mem, text.len + 1);
	if (sodium_base642bin(p, text.len, text.p, text.len, NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
		return ERR_NOTFOUND;
	*bytes = (str){ (const char *)p, n };
	enum sniff_kind kind = kind_of(*bytes);
	if (!is_image(kind)) /* of a store that somebody else wrote */
		return ERR_NOTFOUND;
	*media = sniff_type(kind)->media;
	return ERR_OK;
}

/* ---- mail ---- */

enum err site_mail_get(cx *c, struct app *a, const struct actor *who, struct site_mail *out)
{
	static const char *const words[] = { [MAIL_STARTTLS] = "starttls", [MAIL_TLS] = "tls", [MAIL_PLAIN] = "none" };
	struct rows r = { 0 };
	long port = 587;
	enum err e = may(c, a, who);
	if (!e)
		e = read_rows(c, a, &r);
	if (e)
		return e;
	if (from_file(a)) {
		const struct settings *s = a->settings;
		*out = (struct site_mail){ .url = s->url, .host = s->mail.host, .tls = str_of(words[s->mail.tls]), .user = s->mail.user, .from = s->mail.from,
			.from_name = s->mail.from_name, .port = s->mail.port, .has_password = s->mail.password.len > 0, .fixed = true };
		return ERR_OK;
	}
	str_int(r.v[PORT], 1, 65535, &port);
	*out = (struct site_mail){ .url = r.v[URL], .host = r.v[HOST], .tls = r.v[TLS].len ? r.v[TLS] : STR("starttls"), .user = r.v[USER],
		.from = r.v[FROM], .from_name = r.v[FROM_NAME], .port = (int)port, .has_password = r.v[PASSWORD].len > 0 };
	return ERR_OK;
}

static bool host_ok(str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z') || (s.p[i] >= '0' && s.p[i] <= '9') || strchr(".-:[]", s.p[i])))
			return false;
	return s.len <= 253;
}

static bool has_control(str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] < 32)
			return true;
	return s.len > 200;
}

static enum err check_mail(cx *c, const struct site_mail *x)
{
	bool plain;
	if (x->url.len && (!settings_address_good(x->url, &plain) || has_control(x->url)))
		return wrong(c, "settings.address", "url", x->url);
	if (!x->host.len)
		return ERR_OK;
	if (!host_ok(x->host))
		return wrong(c, "site.host", "host", x->host);
	if (x->port < 1 || x->port > 65535)
		return wrong(c, "settings.number", "port", STR(""));
	if (!mail_address_ok(x->from))
		return wrong(c, "settings.from", "from", x->from);
	if (has_control(x->user) || has_control(x->from_name))
		return wrong(c, "site.host", "user", STR(""));
	return x->url.len ? ERR_OK : wrong(c, "settings.no_url", "url", STR(""));
}

struct putting {
	const struct actor *who;
	struct rows r;
};

static enum err put_mail(cx *c, db_conn *k, void *arg)
{
	const struct putting *p = arg;
	enum err e = ERR_OK;
	for (int i = 0; i < MAIL_KEYS && !e; i++)
		e = db_meta_set(c, k, str_of(mail_keys[i]), p->r.v[i]);
	if (!e)
		e = note_change(c, k);
	/* Which server, by whom; nothing of how one signs in there. */
	return e ? e : audit_add(c, k, p->who, "setting.mail", STR("mail"), p->r.v[HOST]);
}

enum err site_mail_put(cx *c, struct app *a, const struct actor *who, const struct site_mail *x, str password)
{
	struct putting p = { .who = who };
	enum err e = may(c, a, who);
	if (!e && (a->sandbox || from_file(a)))
		e = cx_fail(c, ERR_DENIED, a->sandbox ? "site.no_mail_here" : "site.fixed", (place){ 0 }, STR(""));
	if (!e)
		e = check_mail(c, x);
	if (!e)
		e = read_rows(c, a, &p.r);
	if (e)
		return e;
	str url = x->url, kept = p.r.v[PASSWORD];
	while (url.len && url.p[url.len - 1] == '/')
		url.len--;
	p.r = (struct rows){ { url, x->host, arena_printf(c->mem, "%d", x->port), x->tls, x->user, x->from, x->from_name, kept } };
	if (!x->user.len)
		p.r.v[PASSWORD] = STR("");
	else if (password.len) {
		p.r.v[PASSWORD] = app_seal_text(c, a, password);
		if (!p.r.v[PASSWORD].len)
			return wrong(c, "app.no_key", "password", STR(""));
	}
	e = db_tx(c, a->db, DB_WRITE, put_mail, &p);
	if (!e)
		take_over(c, a, &p.r);
	return e;
}

enum err site_mail_test(cx *c, struct app *a, const struct actor *who, str to, int *reply)
{
	char id[2 * 8 + 1];
	unsigned char raw[8];
	enum err e = may(c, a, who);
	*reply = 0;
	if (!e && a->sandbox)
		e = cx_fail(c, ERR_DENIED, "site.no_mail_here", (place){ 0 }, STR(""));
	if (!e && (!a->settings || !a->settings->has_mail))
		e = wrong(c, "site.no_mail", "host", STR(""));
	if (!e && !mail_address_ok(to))
		e = wrong(c, "user.email", "to", to);
	if (e)
		return e;
	randombytes_buf(raw, sizeof raw);
	sodium_bin2hex(id, sizeof id, raw, sizeof raw);
	const struct mail m = { .to = to, .subject = str_of(po_text("site.test_subject", LANG_VI)), .text = str_of(po_text("site.test_text", LANG_VI)),
		.id = str_of(id), .date_ms = c->now_ms };
	return mail_send(c, &a->settings->mail, &m, reply);
}
