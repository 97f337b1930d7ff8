#include "format/pdf_sign.h"
#include <openssl/cms.h>
#include <openssl/x509.h>
#include <sodium.h>
#include <stdlib.h>
#include "base/vec.h"
#include "base/vn.h"

enum { WINDOW = 64 << 10, RANGE_TEXT = 200, NAME_MAX_BYTES = 300 };

static enum err unreadable(cx *c) { return cx_fail(c, ERR_IO, "sign.unreadable", (place){ 0 }, STR("")); }

/* ---- finding ---- */

typedef bool (*found_fn)(void *ctx, uint64_t at); /* false: enough */

/* Calls fn for each place of a word from `from` on. */
static enum err find_word(cx *c, const struct sniff_source *file, uint64_t from, str word, found_fn fn, void *ctx)
{
	char *window = malloc(WINDOW);
	enum err e = window ? ERR_OK : unreadable(c);
	for (uint64_t at = from; !e && at < file->size; at += WINDOW - word.len + 1) {
		size_t n = file->size - at < WINDOW ? (size_t)(file->size - at) : WINDOW;
		if (!file->read(file->ctx, at, window, n))
			e = unreadable(c);
		for (const char *p = window; !e && (p = memmem(p, n - (size_t)(p - window), word.p, word.len)); p++)
			if (!fn(ctx, at + (uint64_t)(p - window)))
				goto done;
		if (n < WINDOW)
			break;
	}
done:
	free(window);
	return e;
}

struct places {
	cx *c;
	uint64_t *p;
	size_t n, cap;
};

static bool add_place(void *ctx, uint64_t at)
{
	struct places *l = ctx;
	*VEC_PUSH(l->c->mem, l) = at;
	return l->n < PDF_SIGNATURES * 4;
}

static bool count_one(void *ctx, uint64_t at)
{
	(void)at;
	return ++*(int *)ctx < 10000;
}

enum err pdf_sign_changes(cx *c, const struct sniff_source *file, uint64_t from, int *out)
{
	*out = 0;
	return find_word(c, file, from, STR("startxref"), count_one, out);
}

/* "[ 0 840 960 240 ]" behind the word. */
static bool read_range(const struct sniff_source *file, uint64_t at, uint64_t range[4])
{
	char text[RANGE_TEXT];
	size_t n = file->size - at < sizeof text ? (size_t)(file->size - at) : sizeof text, i = 0;
	if (!file->read(file->ctx, at, text, n))
		return false;
	while (i < n && memchr(" \t\r\n[", text[i], 5))
		i++;
	for (int k = 0; k < 4; k++) {
		uint64_t v = 0;
		size_t digits = 0;
		for (; i < n && text[i] >= '0' && text[i] <= '9' && digits < 12; i++, digits++)
			v = v * 10 + (uint64_t)(text[i] - '0');
		if (!digits)
			return false;
		range[k] = v;
		while (i < n && memchr(" \t\r\n", text[i], 4))
			i++;
	}
	return i < n && text[i] == ']';
}

static bool range_ok(const struct sniff_source *file, const uint64_t r[4])
{
	return r[0] == 0 && r[1] > 0 && r[2] > r[1] + 2 && r[2] - r[1] <= 2 * (uint64_t)PDF_SIGNATURE_MAX + 2 && r[2] <= file->size
		&& r[3] <= file->size - r[2];
}

/* The gap: <hexadecimal>, nothing else. */
static bool read_gap(cx *c, const struct sniff_source *file, const uint64_t r[4], str *der)
{
	size_t n = (size_t)(r[2] - r[1]), len = 0;
	char *hex = arena_alloc(c->mem, n + 1);
	unsigned char *bytes = arena_alloc(c->mem, n / 2 + 1);
	const char *end;
	if (!file->read(file->ctx, r[1], hex, n) || hex[0] != '<' || hex[n - 1] != '>')
		return false;
	if (sodium_hex2bin(bytes, n / 2 + 1, hex + 1, n - 2, NULL, &len, &end) != 0 || end != hex + n - 1 || !len)
		return false;
	*der = (str){ (const char *)bytes, len };
	return true;
}

/* ---- the covered bytes as a stream ---- */

struct covered {
	const struct sniff_source *file;
	uint64_t at, gap, behind, end; /* 0 … gap, behind … end */
};

static int covered_read(BIO *b, char *to, size_t n, size_t *got)
{
	struct covered *s = BIO_get_data(b);
	if (s->at == s->gap)
		s->at = s->behind;
	uint64_t left = (s->at < s->gap ? s->gap : s->end) - s->at;
	n = n < left ? n : (size_t)left;
	*got = n;
	if (!n || !s->file->read(s->file->ctx, s->at, to, n))
		return 0;
	s->at += n;
	return 1;
}

static long covered_ctrl(BIO *b, int cmd, long num, void *p)
{
	(void)num, (void)p;
	const struct covered *s = BIO_get_data(b);
	return cmd == BIO_CTRL_EOF ? s->at >= s->end : cmd == BIO_CTRL_FLUSH;
}

/* ---- who and when ---- */

static str name_entry(cx *c, X509_NAME *name, int nid)
{
	int i = X509_NAME_get_index_by_NID(name, nid, -1);
	unsigned char *text = NULL;
	int n = i < 0 ? -1 : ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, i)));
	str s = { (const char *)text, n > 0 ? (size_t)n : 0 };
	if (n > 0 && (s.len > NAME_MAX_BYTES || vn_utf8_check(s) < s.len))
		s.len = 0;
	str out = s.len ? arena_str(c->mem, s) : STR("");
	OPENSSL_free(text);
	return out;
}

static int64_t ms_of(const ASN1_TIME *t)
{
	struct tm tm;
	return t && ASN1_TIME_to_tm(t, &tm) ? (int64_t)timegm(&tm) * 1000 : 0;
}

static int64_t signing_time(CMS_SignerInfo *si)
{
	int i = CMS_signed_get_attr_by_NID(si, NID_pkcs9_signingTime, -1);
	X509_ATTRIBUTE *a = i < 0 ? NULL : CMS_signed_get_attr(si, i);
	const ASN1_TYPE *t = a ? X509_ATTRIBUTE_get0_type(a, 0) : NULL;
	if (!t || (t->type != V_ASN1_UTCTIME && t->type != V_ASN1_GENERALIZEDTIME))
		return 0;
	return ms_of(t->value.asn1_string);
}

static void describe(cx *c, X509 *cert, CMS_SignerInfo *si, struct pdf_signature *out)
{
	unsigned char h[32];
	unsigned n = sizeof h;
	char hex[65];
	out->signer = name_entry(c, X509_get_subject_name(cert), NID_commonName);
	out->organization = name_entry(c, X509_get_subject_name(cert), NID_organizationName);
	out->issuer = name_entry(c, X509_get_issuer_name(cert), NID_commonName);
	out->signed_at = signing_time(si);
	if (X509_digest(cert, EVP_sha256(), h, &n))
		out->certificate = arena_str(c->mem, str_of(sodium_bin2hex(hex, sizeof hex, h, sizeof h)));
}

static enum pdf_sign_trust trust_of(X509_STORE *store, X509 *cert, STACK_OF(X509) * others, int64_t at_ms)
{
	X509_STORE_CTX *ctx = store ? X509_STORE_CTX_new() : NULL;
	enum pdf_sign_trust trust = PDF_TRUST_UNKNOWN;
	if (ctx && X509_STORE_CTX_init(ctx, store, cert, others)) {
		X509_STORE_CTX_set_time(ctx, 0, (time_t)(at_ms / 1000));
		X509_STORE_CTX_set_purpose(ctx, X509_PURPOSE_ANY);
		int ok = X509_verify_cert(ctx), why = X509_STORE_CTX_get_error(ctx);
		if (ok == 1)
			trust = PDF_TRUST_KNOWN;
		else if (why == X509_V_ERR_CERT_HAS_EXPIRED || why == X509_V_ERR_CERT_NOT_YET_VALID)
			trust = PDF_TRUST_EXPIRED;
	}
	X509_STORE_CTX_free(ctx);
	return trust;
}

/* ---- one signature ---- */

struct looking {
	cx *c;
	const struct sniff_source *file;
	X509_STORE *store;
	BIO_METHOD *method;
};

static bool covered_fits(struct looking *l, CMS_ContentInfo *cms, const uint64_t r[4])
{
	struct covered s = { l->file, 0, r[1], r[2], r[2] + r[3] };
	BIO *b = BIO_new(l->method);
	if (!b)
		return false;
	BIO_set_data(b, &s);
	BIO_set_init(b, 1);
	bool ok = CMS_verify(cms, NULL, NULL, b, NULL, CMS_BINARY | CMS_DETACHED | CMS_NO_SIGNER_CERT_VERIFY) == 1;
	BIO_free(b);
	return ok;
}

static void read_cms(struct looking *l, str der, const uint64_t r[4], struct pdf_signature *out)
{
	const unsigned char *p = (const unsigned char *)der.p;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)der.len);
	STACK_OF(CMS_SignerInfo) *signers = cms ? CMS_get0_SignerInfos(cms) : NULL;
	STACK_OF(X509) *certs = cms ? CMS_get1_certs(cms) : NULL;
	if (signers && sk_CMS_SignerInfo_num(signers) == 1 && CMS_is_detached(cms) == 1) {
		CMS_SignerInfo *si = sk_CMS_SignerInfo_value(signers, 0);
		X509 *cert = NULL;
		for (int i = 0; certs && i < sk_X509_num(certs) && !cert; i++)
			if (CMS_SignerInfo_cert_cmp(si, sk_X509_value(certs, i)) == 0)
				cert = sk_X509_value(certs, i);
		out->state = covered_fits(l, cms, r) ? PDF_SIGN_GOOD : PDF_SIGN_CHANGED;
		if (cert) {
			describe(l->c, cert, si, out);
			out->trust = trust_of(l->store, cert, certs, out->signed_at ? out->signed_at : l->c->now_ms);
		}
	}
	sk_X509_pop_free(certs, X509_free);
	CMS_ContentInfo_free(cms);
}

static struct pdf_signature look_at(struct looking *l, const uint64_t r[4])
{
	struct pdf_signature s = { .state = PDF_SIGN_UNREADABLE, .trust = PDF_TRUST_UNKNOWN, .signer = STR(""),
		.organization = STR(""), .issuer = STR(""), .certificate = STR("") };
	str der;
	if (!range_ok(l->file, r))
		return s;
	s.covered = r[2] + r[3];
	if (!read_gap(l->c, l->file, r, &der))
		return s;
	s.whole = s.covered == l->file->size;
	read_cms(l, der, r, &s);
	return s;
}

static enum err open_store(cx *c, const char *ca_file, X509_STORE **out)
{
	*out = NULL;
	if (!ca_file)
		return ERR_OK;
	*out = X509_STORE_new();
	if (*out && X509_STORE_load_file(*out, ca_file))
		return ERR_OK;
	X509_STORE_free(*out);
	*out = NULL;
	return cx_fail(c, ERR_IO, "sign.authorities", (place){ .file = str_of(ca_file) }, STR(""));
}

enum err pdf_sign_look(cx *c, const struct sniff_source *file, const char *ca_file, struct pdf_signatures *out)
{
	struct looking l = { .c = c, .file = file };
	struct places places = { .c = c };
	*out = (struct pdf_signatures){ 0 };
	enum err e = open_store(c, ca_file, &l.store);
	if (!e)
		e = find_word(c, file, 0, STR("/ByteRange"), add_place, &places);
	l.method = e ? NULL : BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "covered");
	if (l.method) {
		BIO_meth_set_read_ex(l.method, covered_read);
		BIO_meth_set_ctrl(l.method, covered_ctrl);
	}
	for (size_t i = 0; l.method && i < places.n && out->n < PDF_SIGNATURES; i++) {
		uint64_t range[4];
		if (read_range(file, places.p[i] + 10, range))
			*VEC_PUSH(c->mem, out) = look_at(&l, range);
	}
	BIO_meth_free(l.method);
	X509_STORE_free(l.store);
	return e;
}
