/* xform: the XML that interviewers' apps send (ODK XForms): one filled-in form as the list of its leaves, and bits for writing such forms.
 *
 * What comes is from strangers until it was checked. Refused, each with a fault: a DOCTYPE (so no entity is ever defined or fetched), more
 * than XFORM_MAX bytes, depth, leaves, or text in one, names that add up to more than XFORM_MAX_PATH bytes, and what is not well-formed.
 *     xform.too_large  {1} the cap in KiB
 *     xform.xml        {1} line   {2} the library's reason
 *     xform.doctype, xform.too_deep, xform.too_many, xform.text_long
 *     xform.no_id      the root says no id: it is no filled-in form */
#ifndef FORMAT_XFORM_H
#define FORMAT_XFORM_H
#include "base/buf.h"
#include "base/cx.h"
#include "base/vec.h"

enum { XFORM_MAX = 1 << 20, XFORM_MAX_DEPTH = 16, XFORM_MAX_PATH = 2048, XFORM_MAX_LEAVES = 8000, XFORM_MAX_TEXT = 16384 };

struct xform_leaf {
	str path; /* "P1/A1": names without prefixes, from below the root */
	str text; /* trimmed */
};

struct xform {
	str id, version; /* of the root */
	VEC(struct xform_leaf) leaves;
};

enum err xform_read(cx *c, str name, str bytes, struct xform *out);
str xform_leaf(const struct xform *x, const char *path); /* empty: not there */

/* For writing: text or the value of an attribute; signs that XML cannot hold are left out. */
void xform_text(buf *b, str s);
/* "md5:0123…", by which apps tell whether a form has changed. It protects nothing. */
str xform_hash(arena *mem, str bytes);

#endif
