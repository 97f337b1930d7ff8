#include "app/audit.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>
#include "app/key.h"
#include "base/vec.h"
#include "db/audit.h"

enum { SALT = 16, HASH = 32, DETAIL_MAX = 16384, PAGE = 1000 };

/* Hexadecimal BLAKE2b-256. */
static str hash_of(arena *mem, str s)
{
	unsigned char h[HASH];
	char *hex = arena_alloc(mem, HASH * 2 + 1);
	crypto_generichash(h, sizeof h, (const unsigned char *)s.p, s.len, NULL, 0);
	sodium_bin2hex(hex, HASH * 2 + 1, h, sizeof h);
	return (str){ hex, HASH * 2 };
}

static str content_hash(arena *mem, const db_audit *e)
{
	return hash_of(mem,
		arena_printf(mem, "%.*s\n%zu\n%.*s%.*s", STR_ARG(e->salt), e->object.len, STR_ARG(e->object), STR_ARG(e->detail)));
}

static str entry_hash(arena *mem, const db_audit *e, str before)
{
	return hash_of(mem,
		arena_printf(mem, "td1\n%lld\n%lld\n%lld\n%lld\n%.*s\n%.*s\n%.*s\n%.*s", (long long)e->seq, (long long)e->at, (long long)e->account_id,
			(long long)e->behalf_id, STR_ARG(e->actor), STR_ARG(e->what), STR_ARG(e->content_hash), STR_ARG(before)));
}

enum err audit_add(cx *c, db_conn *k, const struct actor *who, const char *what, str object, str detail)
{
	unsigned char salt[SALT];
	char hex[SALT * 2 + 1];
	str before;
	if (object.len + detail.len > DETAIL_MAX)
		return cx_fail(c, ERR_LIMIT, "audit.too_long", (place){ 0 }, str_of(what));
	randombytes_buf(salt, sizeof salt);
	sodium_bin2hex(hex, sizeof hex, salt, sizeof salt);
	db_audit e = { .at = c->now_ms, .account_id = who->user_id, .behalf_id = actor_behalf(who, str_of(what)),
		.actor = who->system ? who->login : STR(""), .what = str_of(what), .object = object, .detail = detail, .salt = str_of(hex) };
	enum err err = db_audit_next(c, k, &e.seq, &before);
	if (err)
		return err;
	e.content_hash = content_hash(c->mem, &e);
	e.hash = entry_hash(c->mem, &e, before);
	return db_audit_put(c, k, &e);
}

/* ---- checking ---- */

static void broken(struct audit_state *s, enum audit_break what, int64_t seq, int64_t until)
{
	if (s->broken)
		return;
	s->broken = what;
	s->seq = seq;
	s->until = until;
}

/* A copy that outlives the pages. */
struct link {
	char hash[HASH * 2 + 1];
	int64_t seq;
};

static void keep(struct link *l, const db_audit *e)
{
	size_t n = e->hash.len < HASH * 2 ? e->hash.len : HASH * 2;
	memcpy(l->hash, e->hash.p, n);
	l->hash[n] = '\0';
	l->seq = e->seq;
}

static void check_entry(arena *mem, const db_audit *e, const struct link *before, struct audit_state *s)
{
	s->entries++;
	s->erased += e->erased;
	s->last_seq = e->seq;
	s->last_at = e->at;
	if (e->seq < 1)
		broken(s, AUDIT_INSERTED, e->seq, e->seq + 1);
	else if (e->seq != before->seq + 1)
		broken(s, AUDIT_MISSING, before->seq + 1, e->seq);
	else if (!str_eq(e->hash, entry_hash(mem, e, str_of(before->hash))))
		broken(s, AUDIT_CHANGED, e->seq, e->seq + 1);
	else if (!e->erased && !str_eq(e->content_hash, content_hash(mem, e)))
		broken(s, AUDIT_CONTENT, e->seq, e->seq + 1);
}

static enum err walk(cx *c, db_conn *k, struct link *last, struct audit_state *s)
{
	int64_t from = INT64_MIN;
	for (bool more = true; more && !s->broken;) {
		cx *page = cx_new(0); /* a long chain shall not stay in memory */
		db_audit_list list;
		enum err e = db_audit_walk(page, k, from, PAGE, &list);
		for (size_t i = 0; !e && i < list.n && !s->broken; i++) {
			check_entry(page->mem, &list.p[i], last, s);
			keep(last, &list.p[i]);
		}
		more = list.n == PAGE;
		from = last->seq + 1;
		cx_free(page);
		if (e)
			return cx_fail(c, e, "audit.unreadable", (place){ 0 }, (str){ 0 });
	}
	return ERR_OK;
}

static enum err check_head(cx *c, db_conn *k, const struct link *last, struct audit_state *s)
{
	int64_t seq;
	str hash;
	enum err e = db_audit_head(c, k, &seq, &hash);
	if (e)
		return e;
	if (seq > last->seq)
		broken(s, AUDIT_TAIL, last->seq + 1, seq + 1);
	else if (seq < last->seq)
		broken(s, AUDIT_INSERTED, seq + 1, last->seq + 1);
	else if (!str_is(hash, last->hash))
		broken(s, AUDIT_CHANGED, last->seq, last->seq + 1);
	return ERR_OK;
}

/* ---- anchors ---- */

struct anchor {
	int64_t seq, at;
	str hash, signer, signature;
};

static str anchor_text(arena *mem, int64_t seq, int64_t at, str hash)
{
	return arena_printf(mem, "thuocdo-anchor\n%lld\n%lld\n%.*s", (long long)seq, (long long)at, STR_ARG(hash));
}

static bool signed_well(arena *mem, const struct anchor *a)
{
	unsigned char key[crypto_sign_PUBLICKEYBYTES], sig[crypto_sign_BYTES];
	size_t n, m;
	str text = anchor_text(mem, a->seq, a->at, a->hash);
	return sodium_hex2bin(key, sizeof key, a->signer.p, a->signer.len, NULL, &n, NULL) == 0 && n == sizeof key
		&& sodium_hex2bin(sig, sizeof sig, a->signature.p, a->signature.len, NULL, &m, NULL) == 0 && m == sizeof sig
		&& crypto_sign_verify_detached(sig, (const unsigned char *)text.p, text.len, key) == 0;
}

static bool signer_of(const struct app *a, unsigned char pk[crypto_sign_PUBLICKEYBYTES], unsigned char sk[crypto_sign_SECRETKEYBYTES])
{
	unsigned char seed[crypto_sign_SEEDBYTES];
	if (!app_subkey(a, APP_KEY_AUDIT, seed))
		return false;
	crypto_sign_seed_keypair(pk, sk, seed);
	sodium_memzero(seed, sizeof seed);
	return true;
}

static str signer_text(arena *mem, const struct app *a)
{
	unsigned char pk[crypto_sign_PUBLICKEYBYTES], sk[crypto_sign_SECRETKEYBYTES];
	if (!signer_of(a, pk, sk))
		return (str){ 0 };
	char *hex = arena_alloc(mem, sizeof pk * 2 + 1);
	sodium_bin2hex(hex, sizeof pk * 2 + 1, pk, sizeof pk);
	sodium_memzero(sk, sizeof sk);
	return str_of(hex);
}

static enum err check_anchor(cx *c, db_conn *k, const struct anchor *x, str signer, struct audit_state *s)
{
	db_audit entry;
	if (!signed_well(c->mem, x) || (signer.len && !str_eq(signer, x->signer))) {
		broken(s, AUDIT_SIGNATURE, x->seq, x->seq + 1);
		return ERR_OK;
	}
	enum err e = db_audit_get(c, k, x->seq, &entry);
	if (e && e != ERR_NOTFOUND)
		return e;
	if (e == ERR_NOTFOUND)
		broken(s, x->seq > s->last_seq ? AUDIT_TAIL : AUDIT_MISSING, x->seq > s->last_seq ? s->last_seq + 1 : x->seq, x->seq + 1);
	else if (!str_eq(entry.hash, x->hash))
		broken(s, AUDIT_ANCHOR, x->seq, x->seq + 1);
	else {
		s->anchors++;
		if (x->seq >= s->anchor_seq) {
			s->anchor_seq = x->seq;
			s->anchor_at = x->at;
		}
	}
	return ERR_OK;
}

/* "thuocdo-anchor SEQ AT HASH SIGNER SIGNATURE"; empty lines and # are left out. */
static bool read_anchor(str line, struct anchor *out)
{
	str word[6];
	long seq, at;
	int n = 0;
	while (n < 6 && line.len && str_next(&line, ' ', &word[n]))
		n++;
	if (n != 6 || line.len || !str_is(word[0], "thuocdo-anchor") || !str_int(word[1], 1, INT64_MAX, &seq) || !str_int(word[2], 0, INT64_MAX, &at))
		return false;
	*out = (struct anchor){ seq, at, word[3], word[4], word[5] };
	return true;
}

static enum err check_file(cx *c, db_conn *k, str lines, str signer, struct audit_state *s)
{
	str line;
	for (int64_t number = 1; lines.len; number++) {
		struct anchor x;
		str_next(&lines, '\n', &line);
		line = str_trim(line);
		if (!line.len || line.p[0] == '#')
			continue;
		if (!read_anchor(line, &x))
			return cx_fail(c, ERR_INPUT, "audit.anchor_line", (place){ .line = number }, line);
		enum err e = check_anchor(c, k, &x, signer, s);
		if (e)
			return e;
	}
	return ERR_OK;
}

static enum err check_own(cx *c, db_conn *k, str signer, struct audit_state *s)
{
	db_anchor_list list;
	enum err e = db_anchor_last(c, k, 400, &list);
	for (size_t i = 0; i < list.n && !e; i++) {
		const db_anchor *x = &list.p[i];
		e = check_anchor(c, k, &(struct anchor){ x->seq, x->at, x->hash, x->signer, x->signature }, signer, s);
	}
	return e;
}

enum err audit_verify(cx *c, struct app *a, str anchors, struct audit_state *out)
{
	*out = (struct audit_state){ 0 };
	struct link last = { .seq = 0 };
	DB_READER(k);
	str signer = signer_text(c->mem, a);
	out->key_known = signer.len > 0;
	enum err e = db_reader(c, a->db, &k);
	if (e)
		return e;
	db_read_bound(k, 0);
	e = db_begin(c, k, DB_READ);
	if (!e)
		e = walk(c, k, &last, out);
	if (!e && !out->broken)
		e = check_head(c, k, &last, out);
	if (!e && anchors.len)
		e = check_file(c, k, anchors, signer, out);
	else if (!e)
		e = check_own(c, k, signer, out);
	return e;
}

/* ---- writing anchors ---- */

const char *audit_anchor_path(const struct app *a) { return a->anchor_path; }

struct anchoring {
	struct app *a;
	db_anchor x;
	bool fresh;
};

static enum err sign_head(cx *c, db_conn *k, void *arg)
{
	struct anchoring *w = arg;
	unsigned char pk[crypto_sign_PUBLICKEYBYTES], sk[crypto_sign_SECRETKEYBYTES], sig[crypto_sign_BYTES];
	char pk_hex[sizeof pk * 2 + 1], sig_hex[sizeof sig * 2 + 1];
	db_anchor_list old;
	enum err e = db_audit_head(c, k, &w->x.seq, &w->x.hash);
	if (!e)
		e = db_anchor_last(c, k, 1, &old);
	w->fresh = !e && w->x.seq > 0 && (!old.n || old.p[0].seq < w->x.seq);
	if (e || !w->fresh)
		return e;
	if (!signer_of(w->a, pk, sk))
		return cx_fail(c, ERR_INPUT, "app.no_key", (place){ 0 }, (str){ 0 });
	w->x.at = c->now_ms;
	str text = anchor_text(c->mem, w->x.seq, w->x.at, w->x.hash);
	crypto_sign_detached(sig, NULL, (const unsigned char *)text.p, text.len, sk);
	sodium_memzero(sk, sizeof sk);
	w->x.signer = arena_str(c->mem, str_of(sodium_bin2hex(pk_hex, sizeof pk_hex, pk, sizeof pk)));
	w->x.signature = arena_str(c->mem, str_of(sodium_bin2hex(sig_hex, sizeof sig_hex, sig, sizeof sig)));
	return db_anchor_put(c, k, &w->x);
}

static enum err append(cx *c, const char *path, str line)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && write(fd, line.p, line.len) == (ssize_t)line.len && fsync(fd) == 0;
	int why = errno;
	if (fd >= 0)
		close(fd);
	if (ok)
		return ERR_OK;
	fault_arg(c, cx_fault(c, FAULT_ERROR, "audit.append", (place){ .file = str_of(path) }, (str){ 0 }), 1, str_of(strerror(why)));
	return ERR_IO;
}

enum err audit_anchor_write(cx *c, struct app *a, const char *path, bool *written)
{
	struct anchoring w = { .a = a };
	*written = false;
	if (!path && !(path = a->anchor_path))
		return cx_fail(c, ERR_INPUT, "app.no_key", (place){ 0 }, (str){ 0 });
	enum err e = db_tx(c, a->db, DB_WRITE, sign_head, &w);
	if (e || !w.fresh)
		return e;
	str line = arena_printf(c->mem, "thuocdo-anchor %lld %lld %.*s %.*s %.*s\n", (long long)w.x.seq, (long long)w.x.at, STR_ARG(w.x.hash),
		STR_ARG(w.x.signer), STR_ARG(w.x.signature));
	e = append(c, path, line);
	*written = !e;
	return e;
}

enum err audit_anchor_daily(cx *c, struct app *a)
{
	db_anchor_list last;
	bool written;
	db_conn *k;
	if (!a->has_key)
		return ERR_OK;
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_anchor_last(c, k, 1, &last);
	db_release(k);
	if (e || (last.n && date_of_ms(last.p[0].at) >= date_of_ms(c->now_ms)))
		return e;
	return audit_anchor_write(c, a, NULL, &written);
}

/* ---- reading ---- */

enum err audit_list(cx *c, struct app *a, const struct audit_query *q, struct audit_list *out)
{
	db_audit_list list;
	DB_READER(k);
	*out = (struct audit_list){ 0 };
	/* Local days are UTC+7. */
	db_audit_filter f = { .login = q->login, .what = q->what, .object = q->object, .below_seq = q->below,
		.from_ms = q->from ? (int64_t)q->from * DAY_MS - 7 * 3600000 : 0, .to_ms = q->to ? (int64_t)(q->to + 1) * DAY_MS - 7 * 3600000 : 0 };
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_audit_find(c, k, &f, q->limit + 1, &list);
	if (e)
		return e;
	out->more = list.n > (size_t)q->limit;
	for (size_t i = 0; i < list.n && i < (size_t)q->limit; i++) {
		const db_audit *x = &list.p[i];
		*VEC_PUSH(c->mem, out) = (struct audit_entry){ .seq = x->seq, .at = x->at, .user_id = x->account_id,
			.who = x->account_id ? x->account_name : x->actor, .login = x->account_login, .behalf = x->behalf_name, .what = x->what,
			.object = x->object, .detail = x->detail, .erased = x->erased };
	}
	return ERR_OK;
}

struct erasing {
	const struct actor *who;
	int64_t seq;
};

static enum err erase(cx *c, db_conn *k, void *arg)
{
	const struct erasing *w = arg;
	enum err e = db_audit_erase(c, k, w->seq);
	return e ? e : audit_add(c, k, w->who, "audit.erase", arena_printf(c->mem, "%lld", (long long)w->seq), STR(""));
}

enum err audit_erase(cx *c, struct app *a, const struct actor *who, int64_t seq)
{
	struct erasing w = { who, seq };
	enum err e = actor_may(c, a, who, "audit", "erase", 0);
	return e ? e : db_tx(c, a->db, DB_WRITE, erase, &w);
}
