/* json: a writer that streams into a buffer, and a reader (jansson underneath) with caps.
 * The writer keeps decimals exact (they are written as numbers with all their digits) and the order of members as called. */
#ifndef BASE_JSON_H
#define BASE_JSON_H
#include <jansson.h>
#include "base/buf.h"
#include "base/cx.h"
#include "base/dec.h"

typedef struct json_out {
	buf *b;
	int depth;
	uint64_t comma; /* bit per depth: something stands before */
	bool after_key;
} json_out;

enum { JSON_MAX_DEPTH = 60 };

void json_init(json_out *j, buf *b);
void json_put_object(json_out *j); /* { */
void json_put_array(json_out *j);  /* [ */
void json_put_end(json_out *j, char close); /* '}' or ']' */
void json_put_key(json_out *j, const char *key);
void json_put_str(json_out *j, str s);
void json_put_dec(json_out *j, dec d);
void json_put_int(json_out *j, int64_t n);
void json_put_double(json_out *j, double x); /* NaN and infinity: null */
/* A member of an object: its key and its value. */
void json_add_str(json_out *j, const char *key, str s);
void json_add_int(json_out *j, const char *key, int64_t n);
void json_add_bool(json_out *j, const char *key, bool v);
void json_add_double(json_out *j, const char *key, double v);
void json_put_bool(json_out *j, bool v);
void json_put_null(json_out *j);

/* Parses one document: at most max_bytes, depth JSON_MAX_DEPTH, no duplicate keys, checked UTF-8. NULL: a fault with line and column.
 * The caller json_decrefs it. Numbers with a fraction are doubles: send exact decimals as strings. */
json_t *json_read(cx *c, str name, str bytes, size_t max_bytes);

#endif
