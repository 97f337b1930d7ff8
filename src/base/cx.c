#include "base/cx.h"
#include <assert.h>
#include "base/vec.h"

enum { VALUE_SHOWN = 80 }; /* bytes of an offending value that a message repeats */

cx *cx_new(size_t cap_bytes)
{
	arena *mem = arena_new(cap_bytes);
	cx *c = NEW(mem, cx);
	c->mem = mem;
	c->max_faults = 1000;
	return c;
}

void cx_free(cx *c)
{
	if (!c)
		return;
	cx_drop_held(c);
	arena_free(c->mem);
}

void cx_hold(cx *c, struct cx_hold *h, void (*drop)(void *), void *what)
{
	*h = (struct cx_hold){ .drop = drop, .what = what, .next = c->held, .at = &c->held };
	if (h->next)
		h->next->at = &h->next;
	c->held = h;
}

void cx_unhold(struct cx_hold *h)
{
	if (!h->at)
		return;
	*h->at = h->next;
	if (h->next)
		h->next->at = h->at;
	*h = (struct cx_hold){ 0 };
}

void cx_drop_held(cx *c)
{
	while (c->held) {
		struct cx_hold h = *c->held;
		cx_unhold(c->held);
		h.drop(h.what);
	}
}

void cx_leave(void *ctx)
{
	struct cx_exit *x = ctx;
	arena_on_full(x->c->mem, NULL, NULL);
	cx_drop_held(x->c);
	longjmp(x->to, 1);
}

enum { WHOLE = 1000000000, SHOWN = 10000 }; /* a part is told in so many steps of the whole */

bool cx_step(cx *c, int64_t done, int64_t total)
{
	if (!c->watch)
		return true;
	if (c->span.width) {
		done = total > 0 && done > 0 ? (int64_t)((__int128)c->span.width * (done < total ? done : total) / total) : 0;
		done = (c->span.from + done) / (WHOLE / SHOWN);
		total = SHOWN;
	}
	return c->watch(c->watch_ctx, done, total);
}

struct cx_span cx_part(cx *c, int64_t i, int64_t n)
{
	struct cx_span before = c->span, all = before.width ? before : (struct cx_span){ 0, WHOLE };
	c->span = (struct cx_span){ all.from + (int64_t)((__int128)all.width * i / n), all.width / n > 0 ? all.width / n : 1 };
	return before;
}

void cx_part_end(cx *c, struct cx_span before) { c->span = before; }

/* The value cut at a character, with an ellipsis. */
static str shorten(arena *mem, str s)
{
	if (s.len <= VALUE_SHOWN)
		return arena_str(mem, s);
	size_t n = VALUE_SHOWN;
	while (n && ((unsigned char)s.p[n] & 0xC0) == 0x80)
		n--;
	return arena_printf(mem, "%.*s…", (int)n, s.p);
}

fault *cx_fault(cx *c, enum fault_level level, const char *key, place at, str value)
{
	if (level == FAULT_ERROR)
		c->n_errors++;
	if (c->n_faults >= c->max_faults) {
		c->n_dropped++;
		return NULL;
	}
	if (c->n_faults == c->cap_faults)
		c->faults = vec_grow(c->mem, c->faults, c->n_faults, &c->cap_faults, sizeof *c->faults);
	fault *f = &c->faults[c->n_faults++];
	*f = (fault){ .level = level, .key = key, .at = at, .value = shorten(c->mem, value) };
	f->at.file = arena_str(c->mem, at.file);
	f->at.field = arena_str(c->mem, at.field);
	f->at.sheet = arena_str(c->mem, at.sheet);
	return f;
}

enum err cx_fail(cx *c, enum err code, const char *key, place at, str value)
{
	assert(code != ERR_OK);
	cx_fault(c, FAULT_ERROR, key, at, value);
	return code;
}

void fault_arg(cx *c, fault *f, int i, str value)
{
	assert(i >= 1 && i <= FAULT_ARGS);
	if (f)
		f->arg[i - 1] = shorten(c->mem, value);
}
