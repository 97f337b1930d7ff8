/* str: a borrowed piece of UTF-8 text. Not terminated, never owned: it points into an arena, a buffer or a literal. */
#ifndef BASE_STR_H
#define BASE_STR_H
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef struct str {
	const char *p;
	size_t len;
} str;

#define STR(lit) ((str){ "" lit, sizeof(lit) - 1 })
#define STR_ARG(s) (int)(s).len, (s).p /* for "%.*s" */

static inline str str_of(const char *z) { return (str){ z, z ? strlen(z) : 0 }; }
static inline bool str_eq(str a, str b) { return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0); }
static inline bool str_is(str a, const char *z) { return str_eq(a, str_of(z)); }
static inline bool str_starts(str s, str prefix) { return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.p, prefix.p, prefix.len) == 0); }

/* Letters of ASCII in either case, as in names of files. */
bool str_ends_nocase(str s, const char *end);

/* Byte order, which for UTF-8 is code point order. */
int str_cmp(str a, str b);
/* Without ASCII white space, U+00A0 and U+FEFF at both ends. */
str str_trim(str s);
/* Splits at the first sep: *head gets what stands before it, the result what stands behind; false, and an empty head, when s is used up. */
bool str_next(str *rest, char sep, str *head);
/* A whole decimal number in [lo, hi] and nothing else. */
bool str_int(str s, long lo, long hi, long *out);

#endif
