/* val: a value of the rule language. The kinds and their meaning are FEEL's (DMN 1.5, 10.3.2). Small, passed by value; text, lists and
 * ranges point into the arena of the evaluation. */
#ifndef ENGINE_VAL_H
#define ENGINE_VAL_H
#include "base/arena.h"
#include "base/buf.h"
#include "base/date.h"
#include "base/dec.h"

enum val_kind {
	VAL_NULL,
	VAL_BOOL,
	VAL_NUM,
	VAL_STR,
	VAL_DATE,
	VAL_DTD, /* days and time duration: seconds in num */
	VAL_YMD, /* years and months duration: months */
	VAL_LIST,
	VAL_RANGE
};

typedef struct val {
	enum val_kind kind;
	union {
		bool truth;
		dec num;
		str text;
		day date;
		int64_t months;
		const struct val_list *list;
		const struct val_range *range;
	};
} val;

struct val_list {
	size_t n;
	val item[];
};

/* A missing end has kind VAL_NULL and open = true with `bounded` false. */
struct val_range {
	val lo, hi;
	bool lo_closed, hi_closed;
	bool lo_bounded, hi_bounded;
	bool negated; /* the unary test `!= e`: everything but lo */
};

#define VAL_NONE ((val){ .kind = VAL_NULL })
static inline val val_bool(bool b)
{
	return (val){ .kind = VAL_BOOL, .truth = b };
}
static inline val val_num(dec d)
{
	return (val){ .kind = VAL_NUM, .num = d };
}
static inline val val_str(str s)
{
	return (val){ .kind = VAL_STR, .text = s };
}
static inline val val_date(day d)
{
	return (val){ .kind = VAL_DATE, .date = d };
}
static inline val val_ymd(int64_t months)
{
	return (val){ .kind = VAL_YMD, .months = months };
}
static inline val val_dtd(dec seconds)
{
	return (val){ .kind = VAL_DTD, .num = seconds };
}
static inline bool val_is(val v, bool truth)
{
	return v.kind == VAL_BOOL && v.truth == truth;
}

/* Three-valued results: VAL_BOOL or VAL_NULL. */
val val_eq(val a, val b);                 /* null = null is true; different kinds: null (Table 52, 53) */
val val_cmp_lt(val a, val b, bool or_eq); /* a < b, a <= b; not comparable: null (Table 54) */
val val_in(val x, val test);              /* test: a value, a range, or a list of them (Table 55) */
val val_and(val a, val b);
val val_or(val a, val b);
val val_not(val a);

/* Arithmetic (Tables 56 to 62); no result: null. */
val val_add(arena *mem, val a, val b);
val val_sub(val a, val b);
val val_mul(val a, val b);
val val_div(val a, val b);
val val_pow(val a, val b);
val val_neg(val a);

/* "P1DT2H", "-P1Y2M"; years and months do not mix with days and time. False: not a duration. */
bool val_parse_duration(str s, val *out);
/* As the terminal prints it: 0.1, true, null, "text", 2026-01-31, P1DT2H, [1, 2], [1..5). */
void val_text(buf *b, val v);
/* As FEEL's string(): text without quotes at the top level. */
void val_string(buf *b, val v);

#endif
