#include "web/route.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/vec.h"
#include "base/vn.h"
#include "web/pager.h"
#include "web/view.h"

/* Types of segments in the order in which they are tried; text takes everything. */
static const enum in_type segment_types[] = { IN_INT, IN_ID, IN_DATE, IN_TEXT };
enum { N_TYPES = sizeof segment_types / sizeof *segment_types, DEFAULT_BODY = 64 << 10, N_PAGER = sizeof pager_inputs / sizeof *pager_inputs };

struct node {
	VEC(struct edge) fixed;
	struct node *typed[N_TYPES];
	struct route_info *info[WEB_METHODS];
};

struct edge {
	str text;
	struct node *to;
};

struct router {
	arena *mem;
	struct node root;
	VEC(struct route_info *) all;
	char *why;
	size_t why_size;
};

const char *web_method_name(enum web_method m) { return m == WEB_POST ? "POST" : "GET"; }

/* --- building --- */

static bool bad(struct router *r, const struct web_route *route, const char *what)
{
	snprintf(r->why, r->why_size, "%s %s: %s", web_method_name(route->method), route->path, what);
	return false;
}

static bool segment_type(str name, enum in_type *out)
{
	static const struct { const char *name; enum in_type type; } types[] = {
		{ "int", IN_INT }, { "id", IN_ID }, { "date", IN_DATE }, { "text", IN_TEXT },
	};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (str_is(name, types[i].name)) {
			*out = types[i].type;
			return true;
		}
	return false;
}

static const struct web_input *declared(const struct web_route *route, str name)
{
	for (const struct web_input *in = route->in; in && in->name; in++)
		if (str_is(name, in->name))
			return in;
	return NULL;
}

static struct node *fixed_child(struct router *r, struct node *at, str text)
{
	for (size_t i = 0; i < at->fixed.n; i++)
		if (str_eq(at->fixed.p[i].text, text))
			return at->fixed.p[i].to;
	struct node *to = NEW(r->mem, struct node);
	*VEC_PUSH(r->mem, &at->fixed) = (struct edge){ arena_str(r->mem, text), to };
	return to;
}

static struct node *typed_child(struct router *r, struct node *at, enum in_type type)
{
	for (size_t i = 0; i < N_TYPES; i++)
		if (segment_types[i] == type) {
			if (!at->typed[i])
				at->typed[i] = NEW(r->mem, struct node);
			return at->typed[i];
		}
	abort();
}

/* "{name:type}": adds the input it stands for. */
static bool add_param(struct router *r, struct route_info *info, struct web_input *in, str inner, enum in_type *type)
{
	str name, rest = inner;
	str_next(&rest, ':', &name);
	*type = IN_TEXT;
	if (!name.len || (rest.p && !segment_type(rest, type)))
		return bad(r, info->route, "a segment is {name} or {name:int|id|date|text}");
	if (info->n_params >= ROUTE_PARAMS)
		return bad(r, info->route, "too many segments with values");
	const struct web_input *known = declared(info->route, name);
	struct web_input *to = &in[info->n_params++];
	*to = known ? *known : (struct web_input){ .name = arena_cstr(r->mem, name), .type = *type };
	to->required = true;
	if (known && known->type != *type && *type != IN_TEXT)
		return bad(r, info->route, "a segment and its input differ in type");
	return true;
}

static bool is_param(const struct route_info *info, const char *name)
{
	for (size_t i = 0; i < info->n_params; i++)
		if (strcmp(info->in[i].name, name) == 0)
			return true;
	return false;
}

static bool add_inputs(struct router *r, struct route_info *info, struct web_input *in)
{
	info->n_in = info->n_params;
	for (const struct web_input *i = info->route->in; i && i->name; i++) {
		if (i->type == IN_ENUM && !i->values)
			return bad(r, info->route, "an enum input needs values");
		if (i->type == IN_FILE && info->route->method != WEB_POST)
			return bad(r, info->route, "files come by POST");
		info->files |= i->type == IN_FILE;
		if (!is_param(info, i->name))
			in[info->n_in++] = *i;
	}
	if (!info->route->rows)
		return true;
	if (info->route->rows < 0 || info->route->rows > PAGER_MOST)
		return bad(r, info->route, "too many rows a page");
	if (info->route->flags & WEB_STREAM)
		return declared(info->route, STR("truoc")) ? true : bad(r, info->route, "a list by place needs the input truoc");
	for (size_t i = 0; i < N_PAGER; i++) {
		if (declared(info->route, str_of(pager_inputs[i].name)))
			return bad(r, info->route, "the inputs of pages are added by the router");
		in[info->n_in++] = pager_inputs[i];
	}
	return true;
}

static bool add_route(struct router *r, const struct web_route *route)
{
	if (route->path[0] != '/' || !route->page || !route->may || !route->doc[0] || !route->doc[1])
		return bad(r, route, "a route needs a path, a page, a permission and its description in both languages");
	size_t n = 0;
	while (route->in && route->in[n].name)
		n++;
	struct route_info *info = NEW(r->mem, struct route_info);
	struct web_input *in = NEW_ARRAY(r->mem, struct web_input, n + ROUTE_PARAMS + N_PAGER);
	info->route = route;
	info->in = in;
	info->faces = route->faces ? route->faces : FACE_HTML | FACE_JSON;
	info->max_body = route->max_body ? route->max_body : DEFAULT_BODY;
	struct node *at = &r->root;
	str rest = str_of(route->path + 1), part;
	size_t depth = 0;
	while (rest.len && str_next(&rest, '/', &part)) {
		enum in_type type;
		if (!part.len || ++depth > ROUTE_SEGMENTS)
			return bad(r, route, "an empty segment, or too many");
		if (part.p[0] != '{') {
			at = fixed_child(r, at, part);
			continue;
		}
		if (part.p[part.len - 1] != '}' || !add_param(r, info, in, (str){ part.p + 1, part.len - 2 }, &type))
			return r->why[0] ? false : bad(r, route, "a segment without }");
		at = typed_child(r, at, type);
	}
	if (at->info[route->method])
		return bad(r, route, "stands twice");
	at->info[route->method] = info;
	info->index = r->all.n;
	*VEC_PUSH(r->mem, &r->all) = info;
	return add_inputs(r, info, in);
}

struct router *router_new(const struct web_route *const *tables, char *why, size_t why_size)
{
	arena *mem = arena_new(0);
	struct router *r = NEW(mem, struct router);
	r->mem = mem;
	r->why = why;
	r->why_size = why_size;
	why[0] = '\0';
	for (size_t t = 0; tables[t]; t++)
		for (const struct web_route *route = tables[t]; route->path; route++)
			if (!add_route(r, route)) {
				arena_free(mem);
				return NULL;
			}
	return r;
}

void router_free(struct router *r)
{
	if (r)
		arena_free(r->mem);
}

size_t router_count(const struct router *r) { return r->all.n; }

struct route_info *router_at(const struct router *r, size_t i)
{
	assert(i < r->all.n);
	return r->all.p[i];
}

/* --- looking up --- */

static bool segment_fits(enum in_type type, str s)
{
	uint64_t id;
	day d;
	long n;
	switch (type) {
	case IN_INT: return s.len <= 18 && str_int(s, -999999999999999999, 999999999999999999, &n);
	case IN_ID: return view_id_parse(s, &id);
	case IN_DATE: return date_parse(s, &d);
	default: return s.len > 0;
	}
}

struct search {
	const str *segments;
	size_t n, n_params;
	str param[ROUTE_PARAMS];
	enum web_method method;
	const struct node *other; /* the first path that exists for other methods */
	const struct node *found;
};

static bool has_route(const struct node *at)
{
	for (int m = 0; m < WEB_METHODS; m++)
		if (at->info[m])
			return true;
	return false;
}

static bool walk(struct search *s, const struct node *at, size_t depth)
{
	if (depth == s->n) {
		if (at->info[s->method])
			s->found = at;
		else if (!s->other && has_route(at))
			s->other = at;
		return s->found != NULL;
	}
	str part = s->segments[depth];
	for (size_t i = 0; i < at->fixed.n; i++)
		if (str_eq(at->fixed.p[i].text, part) && walk(s, at->fixed.p[i].to, depth + 1))
			return true;
	for (size_t i = 0; i < N_TYPES; i++) {
		if (!at->typed[i] || s->n_params >= ROUTE_PARAMS || !segment_fits(segment_types[i], part))
			continue;
		s->param[s->n_params++] = part;
		if (walk(s, at->typed[i], depth + 1))
			return true;
		s->n_params--;
	}
	return false;
}

static unsigned methods_of(const struct node *at)
{
	unsigned bits = 0;
	for (int m = 0; at && m < WEB_METHODS; m++)
		if (at->info[m])
			bits |= 1u << m;
	return bits;
}

struct route_match router_find(const struct router *r, enum web_method method, const str *segments, size_t n)
{
	struct search s = { .segments = segments, .n = n, .method = method };
	struct route_match m = { 0 };
	walk(&s, &r->root, 0);
	if (s.found) {
		m.info = s.found->info[method];
		memcpy(m.param, s.param, sizeof m.param);
	}
	m.methods = methods_of(s.found ? s.found : s.other);
	return m;
}

/* --- paths --- */

static int hex_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool route_decode(arena *mem, str s, bool plus, str *out)
{
	if (!memchr(s.p ? s.p : "", '%', s.len) && !(plus && memchr(s.p ? s.p : "", '+', s.len))) {
		*out = s;
		return vn_utf8_check(s) == s.len;
	}
	char *to = arena_alloc(mem, s.len + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '+' && plus) {
			to[n++] = ' ';
		} else if (s.p[i] != '%') {
			to[n++] = s.p[i];
		} else {
			int hi = i + 2 < s.len ? hex_of(s.p[i + 1]) : -1, lo = hi >= 0 ? hex_of(s.p[i + 2]) : -1;
			if (lo < 0)
				return false;
			to[n++] = (char)(hi << 4 | lo);
			i += 2;
		}
	}
	*out = (str){ to, n };
	return vn_utf8_check(*out) == n;
}

int route_split(arena *mem, str path, str out[ROUTE_SEGMENTS])
{
	int n = 0;
	str part;
	if (!path.len || path.p[0] != '/')
		return -1;
	str rest = { path.p + 1, path.len - 1 };
	while (rest.len && str_next(&rest, '/', &part)) {
		if (n == ROUTE_SEGMENTS || !part.len || !route_decode(mem, part, false, &out[n]))
			return -1;
		n++;
	}
	return rest.p && path.len > 1 ? -1 : n; /* a slash at the end leaves an empty rest */
}

size_t router_cases(const struct router *r, arena *mem, struct route_case **out)
{
	VEC(struct route_case) all = { 0 };
	for (size_t i = 0; i < r->all.n; i++) {
		const struct route_info *info = r->all.p[i];
		for (unsigned face = FACE_HTML; face <= FACE_CSV; face <<= 1) {
			if (!(info->faces & face))
				continue;
			enum web_method method = info->route->method;
			*VEC_PUSH(mem, &all) = (struct route_case){ info, method, false, (enum web_face)face };
			if (method == WEB_GET)
				*VEC_PUSH(mem, &all) = (struct route_case){ info, method, true, (enum web_face)face };
		}
	}
	*out = all.p;
	return all.n;
}
