/* conf: a configuration file of sections, names and values (INI, read by inih).
 *
 *     [mail]
 *     url = smtp://mail.tinh.gov.vn:587
 *     header = X-One: a          ; a name may stand more than once
 *
 * Every name that is not in the list of the reader is a fault with its line: a misspelled name must not pass for a default. At most 64 KiB and
 * 500 entries; UTF-8 without NUL. Secrets stand in a file of their own, which only its owner may read. */
#ifndef BASE_CONF_H
#define BASE_CONF_H
#include "base/cx.h"

struct conf_entry {
	str section, name, value;
	int line;
};

struct conf {
	str file;
	struct conf_entry *p;
	size_t n, cap;
};

/* names: "mail/url", … NULL-terminated. secret: a file that others may read, or that is not a plain file, is refused. Faults: conf.*. */
enum err conf_read(cx *c, const char *path, const char *const *names, bool secret, struct conf *out);
/* The last value of "mail/url"; empty when it is not there. */
str conf_get(const struct conf *f, const char *name);
const struct conf_entry *conf_find(const struct conf *f, const char *name); /* the last one, or NULL */

#endif
