/* form: names and values as they come over the wire: query strings, urlencoded bodies, cookies, and multipart bodies as a stream.
 * Everything is capped; what breaks a rule ends the reading with a fault. Values are decoded, checked UTF-8 without NUL. */
#ifndef WEB_FORM_H
#define WEB_FORM_H
#include "web/web.h"

struct web_pair {
	str name, value;
	const struct web_file *file; /* NULL: not a file */
};

struct form {
	struct web_pair *p;
	size_t n, cap;
};

enum { FORM_PAIRS = 2000, FORM_NAME = 128, FORM_PART_HEAD = 4096 };

/* "a=1&b=x+y%21": appended to *f. ERR_INPUT, ERR_LIMIT: a fault. */
enum err form_urlencoded(cx *c, str s, struct form *f);
/* "a=1; b=2" of a Cookie header: not decoded; what is no cookie is skipped. */
void form_cookies(arena *mem, str s, struct form *f);
/* The first pair with this name, or NULL. */
const struct web_pair *form_find(const struct form *f, const char *name);

/* multipart/form-data (RFC 7578), fed in pieces of any size. Fields go to *f, files into unnamed temporary files in spool_dir. */
struct multipart;
struct multipart_limits {
	size_t max_text; /* of all fields together */
	size_t max_file; /* of one file */
	const char *spool_dir;
};

/* NULL: type has no usable boundary (a fault). content_type is the header's value. */
struct multipart *multipart_new(cx *c, str content_type, const struct multipart_limits *limits, struct form *f);
enum err multipart_feed(struct multipart *m, str bytes); /* after an error: the same error again */
enum err multipart_end(struct multipart *m);             /* the whole body has come */
int spool_file(const char *dir); /* unnamed; -1 */
void form_close_files(struct form *f);                   /* closes every file still open */

#endif
