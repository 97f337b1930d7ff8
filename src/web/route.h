/* route: the table of routes, compiled once into a tree of path segments, and looking paths up in it.
 * A static segment wins over a typed one, a typed one over text. What is ambiguous or wrong in a table is found at the start. */
#ifndef WEB_ROUTE_H
#define WEB_ROUTE_H
#include <stdatomic.h>
#include "web/web.h"

enum { ROUTE_SEGMENTS = 16, ROUTE_PARAMS = 8, ROUTE_BUCKETS = 10 };

/* One route with what the server works out about it. */
struct route_info {
	const struct web_route *route;
	const struct web_input *in; /* segments first, then inputs */
	size_t n_in, n_params, index; /* index: for router_at */
	unsigned faces;
	size_t max_body;
	bool files; /* a form with files: multipart */

	/* counters for /metrics */
	atomic_uint_fast64_t status[5], bytes, micros, bucket[ROUTE_BUCKETS];
};

struct router;

/* tables: NULL-terminated list of tables, each ending with an entry without a path. NULL: why says what is wrong with which route. */
struct router *router_new(const struct web_route *const *tables, char *why, size_t why_size);
void router_free(struct router *r);
size_t router_count(const struct router *r);
struct route_info *router_at(const struct router *r, size_t i); /* in the order of the tables */

struct route_match {
	struct route_info *info;  /* NULL: not found for this method */
	unsigned methods;         /* bits of the methods that the path has; 0: no such path */
	str param[ROUTE_PARAMS];  /* decoded segments of the path, as they stand in info->in */
};

/* segments: decoded, not empty. */
struct route_match router_find(const struct router *r, enum web_method method, const str *segments, size_t n);

/* Path pieces between the slashes, percent-decoded into mem. -1: more than ROUTE_SEGMENTS, an empty piece, a bad escape, a NUL, or not UTF-8.
 * "/" has none. */
int route_split(arena *mem, str path, str out[ROUTE_SEGMENTS]);
/* %XX decoded (plus: '+' is a space). false: a bad escape, a NUL, or not UTF-8. */
bool route_decode(arena *mem, str s, bool plus, str *out);

/* For tests and documents: every route in every method and face it answers. */
struct route_case {
	const struct route_info *info;
	enum web_method method;
	bool head;
	enum web_face face;
};
size_t router_cases(const struct router *r, arena *mem, struct route_case **out);
const char *web_method_name(enum web_method m);

#endif
