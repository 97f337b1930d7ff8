/* shelf: finished public pages. A page is a function of its address, language and face and of the store, so it is kept beside the version
 * that the store had before it was made, and given out as long as the store has that version. What hangs on the clock (a date in a
 * sentence) is at most KEEP_MS old.
 *
 * Only requests without cookies and credentials look here, and only their answers come here: nobody gets what was made for somebody. Pages
 * with a form (web_cache -1), with cookies, with a policy of their own, errors and files are never kept. What is shared is bytes with a count
 * of their users; each answer has a response of its own, so headers are never shared between threads. */
#include <stdlib.h>
#include <strings.h>
#include "web/inner.h"

enum { BUCKETS = 256, WAYS = 4, KEEP_MS = 10000, KEEP_PAGE = 512 << 10, KEEP_ALL = 16 << 20 };

struct kept_page {
	atomic_int refs; /* the shelf's and one for each answer under way */
	uint64_t key, version, hash;
	int64_t until_ms;
	size_t size;
	bool used; /* since it was passed over last */
	bool gzip, gzip_asked, negotiated;
	enum lang lang;
	enum web_face face;
	int64_t max_age;
	const char *type;
	str path, query;
	struct web_header *headers;
	const char *body;
	size_t n;
	char bytes[]; /* of all these */
};

struct shelf {
	pthread_mutex_t lock;
	struct kept_page *slot[BUCKETS][WAYS];
	size_t bytes, hand;
};

struct shelf *shelf_new(void)
{
	struct shelf *s = calloc(1, sizeof *s);
	if (!s)
		abort();
	pthread_mutex_init(&s->lock, NULL);
	return s;
}

static void page_unref(void *what)
{
	struct kept_page *p = what;
	if (atomic_fetch_sub(&p->refs, 1) == 1)
		free(p);
}

/* With the lock. */
static void take_off(struct shelf *s, struct kept_page **slot)
{
	if (!*slot)
		return;
	s->bytes -= (*slot)->size;
	page_unref(*slot);
	*slot = NULL;
}

void shelf_free(struct shelf *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < BUCKETS * WAYS; i++)
		take_off(s, &s->slot[i / WAYS][i % WAYS]);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

/* ---- which ---- */

bool shelf_suits(struct request *r)
{
	const struct web_route *route = r->w.route;
	return r->server->config.version && r->w.method == WEB_GET && strcmp(route->may, "public") == 0
		&& !(route->flags & (WEB_BUILTIN | WEB_LOCAL | WEB_SECRET_PATH)) && !request_header(r, "Cookie") && !request_header(r, "Authorization");
}

static uint64_t key_of(const struct request *r)
{
	const struct web_cx *w = &r->w;
	return body_hash(w->path) * 31 + body_hash(w->query) * 7 + (uint64_t)w->lang * 64 + (uint64_t)w->face * 4 + r->gzip * 2u + r->negotiated;
}

static bool is_for(const struct kept_page *p, uint64_t key, const struct request *r)
{
	const struct web_cx *w = &r->w;
	return p->key == key && p->gzip_asked == r->gzip && p->negotiated == r->negotiated && p->lang == w->lang && p->face == w->face
		&& str_eq(p->path, w->path) && str_eq(p->query, w->query);
}

/* ---- getting ---- */

static struct kept_page *find(struct shelf *s, const struct request *r, uint64_t version)
{
	uint64_t key = key_of(r);
	int64_t now = mono_ms();
	struct kept_page *found = NULL;
	pthread_mutex_lock(&s->lock);
	for (int i = 0; i < WAYS && !found; i++) {
		struct kept_page **slot = &s->slot[key % BUCKETS][i];
		if (!*slot || !is_for(*slot, key, r))
			continue;
		if ((*slot)->version == version && now < (*slot)->until_ms)
			found = *slot;
		else if ((*slot)->version <= version)
			take_off(s, slot);
	}
	if (found) {
		found->used = true;
		atomic_fetch_add(&found->refs, 1);
	}
	pthread_mutex_unlock(&s->lock);
	return found;
}

bool shelf_get(struct request *r, bool wait, struct reply *reply)
{
	struct web_server *s = r->server;
	struct web_cx *w = &r->w;
	uint64_t version;
	/* At the end each answer is to close its connection, made as usual. */
	if (!r->shelved || atomic_load(&s->draining) || !s->config.version(w->app, wait, &version))
		return false;
	struct kept_page *p = find(s->shelf, r, version);
	if (!p) {
		r->version = wait ? version : 0;
		return false;
	}
	w->status = 200;
	w->type = p->type;
	w->max_age = p->max_age;
	w->headers = p->headers;
	w->done = true;
	atomic_fetch_add(&p->refs, 1); /* one for the body, one for the headers until they are written */
	struct content body = { p->body, p->n, p->gzip, page_unref, p };
	*reply = answer_content(r, &body, p->hash);
	w->headers = NULL;
	page_unref(p);
	atomic_fetch_add(&s->n_shelved, 1);
	return true;
}

/* ---- keeping ---- */

static char *put_bytes(char **at, const char *p, size_t n)
{
	char *to = *at;
	if (n)
		memcpy(to, p, n);
	*at = to + n;
	return to;
}

static str put_str(char **at, str s)
{
	return (str){ put_bytes(at, s.p, s.len), s.len };
}

/* A copy of the answer, in one piece. */
static struct kept_page *page_of(const struct request *r, const struct content *body, uint64_t hash)
{
	const struct web_cx *w = &r->w;
	size_t n_headers = 0, n_text = 0;
	for (const struct web_header *h = w->headers; h; h = h->next) {
		n_headers++;
		n_text += strlen(h->value) + 1;
	}
	size_t size = sizeof(struct kept_page) + n_headers * sizeof(struct web_header) + n_text + w->path.len + w->query.len + body->n;
	struct kept_page *p = malloc(size);
	if (!p)
		return NULL;
	*p = (struct kept_page){ .key = key_of(r), .version = r->version, .hash = hash, .until_ms = mono_ms() + KEEP_MS, .size = size, .gzip = body->gzip,
		.gzip_asked = r->gzip, .negotiated = r->negotiated, .lang = w->lang, .face = w->face, .max_age = w->max_age, .type = w->type, .n = body->n };
	atomic_init(&p->refs, 1);
	struct web_header *headers = (struct web_header *)(void *)p->bytes, **last = &p->headers;
	char *at = p->bytes + n_headers * sizeof *headers;
	for (const struct web_header *h = w->headers; h; h = h->next, headers++) {
		*headers = (struct web_header){ h->name, put_bytes(&at, h->value, strlen(h->value) + 1), NULL };
		*last = headers;
		last = &headers->next;
	}
	p->path = put_str(&at, w->path);
	p->query = put_str(&at, w->query);
	p->body = put_bytes(&at, body->p, body->n);
	return p;
}

/* The place of the same page, an empty one, one that nobody asked for again, or any. NULL: a newer one of the same page is there. */
static struct kept_page **place_for(struct shelf *s, const struct request *r, const struct kept_page *p)
{
	struct kept_page **bucket = s->slot[p->key % BUCKETS], **best = &bucket[(p->key >> 32) % WAYS];
	for (int i = 0; i < WAYS; i++)
		if (bucket[i] && is_for(bucket[i], p->key, r))
			return bucket[i]->version > p->version ? NULL : &bucket[i];
	for (int i = 0; i < WAYS; i++)
		if (!bucket[i] || bucket[i]->version < p->version)
			return &bucket[i];
	for (int i = 0; i < WAYS; i++)
		if (!bucket[i]->used)
			best = &bucket[i];
		else
			bucket[i]->used = false;
	return best;
}

/* Goes round and takes off what was not asked for since the last time. */
static void make_room(struct shelf *s, size_t size)
{
	while (s->bytes + size > KEEP_ALL) {
		struct kept_page **slot = &s->slot[s->hand / WAYS % BUCKETS][s->hand % WAYS];
		s->hand++;
		if (*slot && (*slot)->used)
			(*slot)->used = false;
		else
			take_off(s, slot);
	}
}

static bool sets_cookie(const struct web_cx *w)
{
	for (const struct web_header *h = w->headers; h; h = h->next)
		if (strcasecmp(h->name, "Set-Cookie") == 0)
			return true;
	return false;
}

void shelf_put(struct request *r, const struct content *body, uint64_t hash)
{
	const struct web_cx *w = &r->w;
	struct shelf *s = r->server->shelf;
	/* A page that was told to hurry may have left something out. */
	if (w->actor->user_id || w->session.len || w->policy || sets_cookie(w) || web_cancelled(w) || body->n > KEEP_PAGE)
		return;
	struct kept_page *p = page_of(r, body, hash);
	if (!p)
		return;
	pthread_mutex_lock(&s->lock);
	struct kept_page **slot = place_for(s, r, p);
	if (slot) {
		take_off(s, slot);
		make_room(s, p->size);
		*slot = p;
		s->bytes += p->size;
	} else {
		page_unref(p);
	}
	pthread_mutex_unlock(&s->lock);
}
