/* pdf_sign: who signed a PDF, when, and whether its bytes are what was signed.
 *
 * A signature of a PDF (adbe.pkcs7.detached, ETSI.CAdES.detached) covers the whole file as it was then, but for a gap that holds the signature
 * itself in hexadecimal. So it is found by its /ByteRange in the raw bytes, and believed only when the range begins at 0, goes on directly behind
 * the gap, and the gap is hexadecimal and nothing else: what is not covered cannot hold anything. Bytes behind the range are a later change:
 * `whole` is false then, though the signature as such is good. The arithmetic is OpenSSL's (CMS).
 *
 * Nothing is drawn and no object is read: forms, scripts and pictures do not matter here. At most 20 signatures of 256 KiB. */
#ifndef FORMAT_PDF_SIGN_H
#define FORMAT_PDF_SIGN_H
#include "base/cx.h"
#include "format/sniff.h"

enum { PDF_SIGNATURES = 20, PDF_SIGNATURE_MAX = 256 << 10 };

enum pdf_sign_state {
	PDF_SIGN_GOOD,      /* the bytes it covers are those that were signed */
	PDF_SIGN_CHANGED,   /* they are not */
	PDF_SIGN_UNREADABLE /* a kind that is not known, or broken */
};

enum pdf_sign_trust {
	PDF_TRUST_KNOWN,   /* the certificate leads to an authority of ca_file, and was in force when signed */
	PDF_TRUST_UNKNOWN, /* it does not, or no authorities were given */
	PDF_TRUST_EXPIRED  /* it does, but was not in force then */
};

struct pdf_signature {
	enum pdf_sign_state state;
	enum pdf_sign_trust trust;
	bool whole;        /* nothing was added to the file since */
	uint64_t covered;  /* bytes of the file as it was signed; 0: the range is none of this file */
	str signer, organization, issuer; /* names of the certificate */
	str certificate;   /* its SHA-256 */
	int64_t signed_at; /* UTC ms as the signer's machine said; 0: not said */
};

struct pdf_signatures {
	struct pdf_signature *p; /* in the order of the file */
	size_t n, cap;
};

/* ca_file: PEM; NULL: nobody is trusted. ERR_IO: it cannot be read. No signature is an empty list. */
enum err pdf_sign_look(cx *c, const struct sniff_source *file, const char *ca_file, struct pdf_signatures *out);
/* How often the file was written to its end from a place on: each change of a PDF ends with one such mark. */
enum err pdf_sign_changes(cx *c, const struct sniff_source *file, uint64_t from, int *out);

#endif
