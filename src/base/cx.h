/* cx: the context of one request or one command: its arena and what went wrong in it.
 * Functions return an enum err; the detail (message key, place, values) is a fault in the context. Only the edge (cli, web)
 * turns faults into words, from the catalogues in po/. */
#ifndef BASE_CX_H
#define BASE_CX_H
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/str.h"

enum err {
	ERR_OK = 0,
	ERR_INPUT,    /* what was given is wrong: exit 2, HTTP 400 or 422 */
	ERR_LIMIT,    /* a cap was reached: exit 2, HTTP 413 */
	ERR_NOTFOUND, /* HTTP 404 */
	ERR_DENIED,   /* HTTP 403 */
	ERR_CONFLICT, /* HTTP 409 */
	ERR_BUSY,     /* HTTP 503, may be tried again */
	ERR_IO,       /* file, disk, network: exit 2, HTTP 500 */
	ERR_CANCELLED
};

enum fault_level { FAULT_ERROR, FAULT_WARNING, FAULT_NOTE };

/* Where a fault is. Zero or empty means: not known or not fitting. */
typedef struct place {
	str file;
	int64_t line;   /* 1-based, physical line */
	int column;     /* 1-based number of the field in its record */
	str field;      /* name of the column or form field */
	int64_t offset; /* 1-based character inside the cell */
	str sheet;      /* of a workbook: then line and column are shown as B7 */
} place;

enum { FAULT_ARGS = 5 };

typedef struct fault {
	enum fault_level level;
	const char *key; /* message key in po/, for instance "csv.cell_too_long" */
	place at;
	str value;           /* the offending value, shortened */
	str arg[FAULT_ARGS]; /* {1} … {5} of the message */
} fault;

/* A thing that must be given back even when the work of a context is broken off (memory full, a page left by longjmp). */
struct cx_hold {
	void (*drop)(void *what);
	void *what;
	struct cx_hold *next, **at;
};

/* Which part of the whole work is going on, in billionths. width 0: all of it. */
struct cx_span {
	int64_t from, width;
};

typedef struct cx {
	arena *mem;
	fault *faults; /* in order of appearance */
	size_t n_faults, cap_faults;
	size_t n_errors;      /* faults of FAULT_ERROR, kept or not */
	size_t n_dropped;     /* faults beyond max_faults, counted only */
	size_t max_faults;    /* default 1,000 */
	struct cx_hold *held;
	int64_t now_ms;       /* UTC milliseconds; set by the edge, the only clock inside */
	bool (*watch)(void *ctx, int64_t done, int64_t total); /* who follows long work; NULL: nobody. See cx_step */
	void *watch_ctx;
	struct cx_span span; /* see cx_part */
} cx;

cx *cx_new(size_t cap_bytes);
void cx_free(cx *c);

/* *h lives with the thing. cx_free and cx_drop_held drop what is still held. */
void cx_hold(cx *c, struct cx_hold *h, void (*drop)(void *), void *what);
void cx_unhold(struct cx_hold *h);
void cx_drop_held(cx *c);

/* Where work that cannot go on is left to: the edge calls setjmp(x.to) and gives x to the arena as the context of cx_leave. */
struct cx_exit {
	jmp_buf to;
	cx *c;
};
/* For arena_on_full. Things often lie in the frames of the work, so they are dropped before those frames are left. */
void cx_leave(void *cx_exit);

/* Long work says how far it is, and hears whether it is still wanted. Cheap: a loop asks at each chunk. total 0: not known.
 * false: it was called off; leave with ERR_CANCELLED, without a fault. */
bool cx_step(cx *c, int64_t done, int64_t total);
/* What follows is part i (from 0) of n of what goes on, as far as cx_step is concerned; parts nest. Ends with cx_part_end, which gets what
 * cx_part gave. */
struct cx_span cx_part(cx *c, int64_t i, int64_t n);
void cx_part_end(cx *c, struct cx_span before);

/* Adds a fault; strings are copied. The returned one may be filled further (NULL when beyond max_faults). */
fault *cx_fault(cx *c, enum fault_level level, const char *key, place at, str value);
/* The same as an error, and returns code, for `return cx_fail(...)`. args may be fewer than FAULT_ARGS, end with (str){0}. */
enum err cx_fail(cx *c, enum err code, const char *key, place at, str value);
void fault_arg(cx *c, fault *f, int i, str value); /* i from 1; f may be NULL */

#endif
