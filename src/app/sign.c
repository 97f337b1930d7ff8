#include "app/sign.h"
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>
#include "app/audit.h"
#include "app/settings.h"
#include "base/vec.h"
#include "db/file.h"

static enum err fail(cx *c, enum err code, const char *key, str what) { return cx_fail(c, code, key, (place){ 0 }, what); }

static bool read_fd(void *ctx, uint64_t at, void *to, size_t n)
{
	char *p = to;
	for (ssize_t got; n; p += got, at += (uint64_t)got, n -= (size_t)got)
		if ((got = pread(*(int *)ctx, p, n, (off_t)at)) <= 0)
			return false;
	return true;
}

static const char *authorities(const struct app *a) { return a->settings ? a->settings->sign_ca : NULL; }

/* ---- looking ---- */

enum err sign_look(cx *c, struct app *a, int64_t file_id, struct pdf_signatures *out)
{
	struct file_info f;
	*out = (struct pdf_signatures){ 0 };
	enum err e = file_get(c, a, file_id, &f);
	if (e || f.erased || !str_is(f.kind, "pdf"))
		return e;
	int fd = open("/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail(c, ERR_IO, "file.spool", STR(""));
	e = file_write(c, a, file_id, 0, f.size, fd);
	if (!e) {
		const struct sniff_source source = { read_fd, &fd, f.size };
		e = pdf_sign_look(c, &source, authorities(a), out);
	}
	close(fd);
	return e;
}

/* ---- leaving ---- */

struct sending {
	const struct actor *who;
	db_signing row;
};

static enum err send(cx *c, db_conn *k, void *arg)
{
	struct sending *s = arg;
	enum err e = db_signing_add(c, k, &s->row);
	return e ? e : audit_add(c, k, s->who, "file.sent_to_sign", arena_printf(c->mem, "%lld", (long long)s->row.file_id), STR(""));
}

enum err sign_send(cx *c, struct app *a, const struct actor *who, str noun, int64_t object, int64_t file_id, int64_t *request)
{
	struct file_infos kept;
	const struct file_info *f = NULL;
	enum err e = file_may(c, a, who, file_id);
	if (!e)
		e = file_of(c, a, noun, object, &kept);
	if (e)
		return e;
	for (size_t i = 0; i < kept.n; i++)
		if (kept.p[i].id == file_id)
			f = &kept.p[i];
	if (!f || f->erased)
		return fail(c, ERR_NOTFOUND, "file.gone", STR(""));
	if (!str_is(f->kind, "pdf"))
		return fail(c, ERR_INPUT, "sign.not_pdf", f->name);
	struct sending s = { who, { .file_id = file_id, .noun = noun, .object_id = object, .user_id = who->user_id } };
	e = db_tx(c, a->db, DB_WRITE, send, &s);
	if (!e)
		*request = s.row.id;
	return e;
}

/* ---- coming back ---- */

/* The first bytes of what came back are what left. */
static enum err same_beginning(cx *c, int fd, uint64_t size, const struct file_info *left, str name)
{
	crypto_hash_sha256_state state;
	unsigned char h[crypto_hash_sha256_BYTES];
	char hex[2 * sizeof h + 1], piece[4096];
	if (size <= left->size)
		return fail(c, ERR_INPUT, "sign.other_document", name);
	crypto_hash_sha256_init(&state);
	for (uint64_t at = 0; at < left->size;) {
		size_t n = left->size - at < sizeof piece ? (size_t)(left->size - at) : sizeof piece;
		if (!read_fd(&fd, at, piece, n))
			return fail(c, ERR_IO, "file.unreadable", name);
		crypto_hash_sha256_update(&state, (const unsigned char *)piece, n);
		at += n;
	}
	crypto_hash_sha256_final(&state, h);
	sodium_bin2hex(hex, sizeof hex, h, sizeof h);
	return str_is(left->sha256, hex) ? ERR_OK : fail(c, ERR_INPUT, "sign.other_document", name);
}

static enum err check_signatures(cx *c, struct app *a, int fd, uint64_t size, const struct file_info *left, str name)
{
	const struct sniff_source source = { read_fd, &fd, size };
	struct pdf_signatures l;
	int changes, fresh = 0;
	enum err e = pdf_sign_look(c, &source, authorities(a), &l);
	if (!e)
		e = pdf_sign_changes(c, &source, left->size, &changes);
	if (e)
		return e;
	for (size_t i = 0; i < l.n; i++) {
		const struct pdf_signature *s = &l.p[i];
		if (s->state != PDF_SIGN_GOOD)
			return fail(c, ERR_INPUT, "sign.bad", name);
		if (s->covered <= left->size)
			continue; /* was there when it left */
		fresh++;
		if (authorities(a) && s->trust != PDF_TRUST_KNOWN)
			return fail(c, ERR_INPUT, s->trust == PDF_TRUST_EXPIRED ? "sign.expired" : "sign.unknown_signer", s->signer);
	}
	if (!fresh)
		return fail(c, ERR_INPUT, "sign.not_signed", name);
	if (!l.p[l.n - 1].whole || changes != fresh)
		return fail(c, ERR_INPUT, "sign.more_changes", name);
	return ERR_OK;
}

struct accepting {
	const struct actor *who;
	db_signing row;
	int64_t returned;
};

static enum err accept_back(cx *c, db_conn *k, void *arg)
{
	struct accepting *x = arg;
	bool first = false;
	enum err e = db_signing_done(c, k, x->row.id, x->returned, x->who->user_id, &first);
	if (!e && !first)
		e = fail(c, ERR_CONFLICT, "sign.twice", STR(""));
	if (!e)
		e = db_file_ref(c, k, x->returned, x->row.noun, x->row.object_id);
	if (!e)
		e = db_file_lock(c, k, x->returned);
	if (!e)
		e = db_file_lock(c, k, x->row.file_id);
	return e ? e : audit_add(c, k, x->who, "file.signed", arena_printf(c->mem, "%lld", (long long)x->returned), STR(""));
}

static enum err find_request(cx *c, struct app *a, int64_t id, db_signing *out)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	if (e)
		return e;
	e = db_signing_get(c, k, id, out);
	if (e == ERR_NOTFOUND)
		return fail(c, e, "sign.no_request", STR(""));
	return !e && out->returned_id ? fail(c, ERR_CONFLICT, "sign.twice", STR("")) : e;
}

enum err sign_accept(cx *c, struct app *a, const struct actor *who, int64_t request, str name, int fd, uint64_t size, struct file_info *out)
{
	struct accepting x = { .who = who };
	struct file_info left;
	enum err e = find_request(c, a, request, &x.row);
	if (!e)
		e = file_may(c, a, who, x.row.file_id);
	if (!e)
		e = file_get(c, a, x.row.file_id, &left);
	if (!e)
		e = same_beginning(c, fd, size, &left, name);
	if (!e)
		e = check_signatures(c, a, fd, size, &left, name);
	if (!e)
		e = file_put(c, a, who, name, STR("application/pdf"), fd, size, out);
	if (e)
		return e;
	x.returned = out->id; /* what follows fails: it belongs to nothing and is swept away */
	e = db_tx(c, a->db, DB_WRITE, accept_back, &x);
	out->locked = !e;
	return e;
}

static struct sign_request request_of(const db_signing *s)
{
	return (struct sign_request){ s->id, s->file_id, s->object_id, s->returned_id, s->noun, s->user_id, s->sent_at, s->returned_at };
}

enum err sign_request_get(cx *c, struct app *a, int64_t id, struct sign_request *out)
{
	db_signing row;
	enum err e = find_request(c, a, id, &row);
	if (!e)
		*out = request_of(&row);
	return e;
}

enum err sign_requests_of(cx *c, struct app *a, str noun, int64_t object, struct sign_requests *out)
{
	DB_READER(k);
	db_signings l = { 0 };
	*out = (struct sign_requests){ 0 };
	enum err e = db_reader(c, a->db, &k);
	if (e)
		return e;
	e = db_signing_of(c, k, noun, object, &l);
	for (size_t i = 0; !e && i < l.n; i++)
		*VEC_PUSH(c->mem, out) = request_of(&l.p[i]);
	return e;
}
