/* pdf_make: small PDF files for tests, and signatures put into them as signing programs do: appended, with the old bytes left alone. The keys and
 * certificates are made here. */
#ifndef TEST_PDF_MAKE_H
#define TEST_PDF_MAKE_H
#include <assert.h>
#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/buf.h"

struct signer {
	EVP_PKEY *key;
	X509 *cert;
};

/* by NULL: signs itself. days: how long ago it begins and how long it holds. */
static inline struct signer make_signer(const char *name, const struct signer *by, int begins, int days)
{
	static long serial = 1;
	struct signer s = { EVP_EC_gen("P-256"), X509_new() };
	X509_NAME *n = X509_get_subject_name(s.cert);
	X509_set_version(s.cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(s.cert), serial++);
	X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0);
	X509_NAME_add_entry_by_txt(n, "O", MBSTRING_UTF8, (const unsigned char *)"Sở Nội vụ", -1, -1, 0);
	X509_set_issuer_name(s.cert, by ? X509_get_subject_name(by->cert) : n);
	X509_gmtime_adj(X509_getm_notBefore(s.cert), (long)begins * 86400);
	X509_gmtime_adj(X509_getm_notAfter(s.cert), (long)(begins + days) * 86400);
	X509_set_pubkey(s.cert, s.key);
	if (!by) {
		X509_EXTENSION *ca = X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, "critical,CA:TRUE");
		X509_add_ext(s.cert, ca, -1);
		X509_EXTENSION_free(ca);
	}
	int done = X509_sign(s.cert, by ? by->key : s.key, EVP_sha256());
	assert(done > 0);
	(void)done;
	return s;
}

static inline void free_signer(struct signer *s)
{
	EVP_PKEY_free(s->key);
	X509_free(s->cert);
}

static inline void write_authority(const struct signer *s, const char *path)
{
	FILE *f = fopen(path, "w");
	assert(f);
	PEM_write_X509(f, s->cert);
	fclose(f);
}

static inline void make_pdf(buf *b, const char *text)
{
	buf_printf(b,
		"%%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Note (%s) >>\nendobj\n"
		"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%%%EOF\n",
		text);
}

/* A change that is not a signature. */
static inline void change_pdf(buf *b, const char *text)
{
	buf_printf(b, "1 0 obj\n<< /Type /Catalog /Note (%s) >>\nendobj\nstartxref\n9\n%%%%EOF\n", text);
}

static inline void sign_pdf(buf *b, const struct signer *s)
{
	enum { ROOM = 8000 };
	buf_addz(b, "7 0 obj\n<< /Type /Sig /SubFilter /adbe.pkcs7.detached /ByteRange ");
	size_t range = b->len;
	buf_addz(b, "[0 0000000000 0000000000 0000000000] /Contents ");
	size_t gap = b->len;
	buf_char(b, '<');
	for (int i = 0; i < ROOM; i++)
		buf_char(b, '0');
	buf_char(b, '>');
	size_t behind = b->len;
	buf_addz(b, " >>\nendobj\nstartxref\n9\n%%EOF\n");
	char text[60];
	int n = snprintf(text, sizeof text, "[0 %010zu %010zu %010zu]", gap, behind, b->len - behind);
	memcpy(b->p + range, text, (size_t)n);
	BIO *data = BIO_new(BIO_s_mem());
	BIO_write(data, b->p, (int)gap);
	BIO_write(data, b->p + behind, (int)(b->len - behind));
	CMS_ContentInfo *cms = CMS_sign(s->cert, s->key, NULL, data, CMS_DETACHED | CMS_BINARY);
	unsigned char *der = NULL;
	int len = i2d_CMS_ContentInfo(cms, &der);
	assert(len > 0 && len * 2 <= ROOM);
	for (int i = 0; i < len; i++) {
		char hex[3];
		snprintf(hex, sizeof hex, "%02x", der[i]);
		memcpy(b->p + gap + 1 + 2 * i, hex, 2);
	}
	OPENSSL_free(der);
	CMS_ContentInfo_free(cms);
	BIO_free(data);
}

#endif
