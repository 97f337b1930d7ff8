/* The built-in functions (DMN 1.5, 10.3.4). An argument of a wrong type gives null. */
#include "base/vn.h"
#include "engine/rule_ast.h"

typedef const struct rule_run run_t;

static val num_result(bool ok, dec d)
{
	return ok ? val_num(d) : VAL_NONE;
}

static val fn_not(run_t *run, const val *arg, size_t n)
{
	(void)run, (void)n;
	return val_not(arg[0]);
}

static val fn_abs(run_t *run, const val *arg, size_t n)
{
	(void)run, (void)n;
	if (arg[0].kind == VAL_NUM || arg[0].kind == VAL_DTD)
		return (val){ .kind = arg[0].kind, .num = dec_abs(arg[0].num) };
	if (arg[0].kind == VAL_YMD && arg[0].months != INT64_MIN)
		return val_ymd(arg[0].months < 0 ? -arg[0].months : arg[0].months);
	return VAL_NONE;
}

/* The scale argument: FEEL's range is [-6111..6176]; absent: 0. */
static bool scale_of(const val *arg, size_t n, int64_t *scale)
{
	*scale = 0;
	if (n < 2)
		return true;
	dec whole;
	return arg[1].kind == VAL_NUM && dec_round(arg[1].num, 0, DEC_DOWN, &whole) && dec_to_int(whole, scale) && *scale >= -6111
		&& *scale <= 6176;
}

static val rounded(const val *arg, size_t n, enum dec_round mode)
{
	int64_t scale;
	dec d;
	if (arg[0].kind != VAL_NUM || !scale_of(arg, n, &scale))
		return VAL_NONE;
	return num_result(dec_round(arg[0].num, (int)scale, mode, &d), d);
}

#define ROUNDING(name, mode) \
	static val name(run_t *run, const val *arg, size_t n) \
	{ \
		(void)run; \
		return rounded(arg, n, mode); \
	}
ROUNDING(fn_floor, DEC_FLOOR)
ROUNDING(fn_ceiling, DEC_CEILING)
ROUNDING(fn_decimal, DEC_HALF_EVEN)
ROUNDING(fn_round_up, DEC_UP)
ROUNDING(fn_round_down, DEC_DOWN)
ROUNDING(fn_round_half_up, DEC_HALF_UP)
ROUNDING(fn_round_half_down, DEC_HALF_DOWN)

static val fn_modulo(run_t *run, const val *arg, size_t n)
{
	(void)run, (void)n;
	dec d;
	if (arg[0].kind != VAL_NUM || arg[1].kind != VAL_NUM)
		return VAL_NONE;
	return num_result(dec_modulo(arg[0].num, arg[1].num, &d), d);
}

static val math(const val *arg, bool (*f)(dec, dec *))
{
	dec d;
	return arg[0].kind == VAL_NUM ? num_result(f(arg[0].num, &d), d) : VAL_NONE;
}

static val fn_sqrt(run_t *run, const val *arg, size_t n)
{
	(void)run, (void)n;
	return math(arg, dec_sqrt);
}

static val fn_exp(run_t *run, const val *arg, size_t n)
{
	(void)run, (void)n;
	return math(arg, dec_exp);
}

static val fn_log(run_t *run, const val *arg, size_t n)
{
	(void)run, (void)n;
	return math(arg, dec_ln);
}

static val parity(const val *arg, bool odd)
{
	dec rest;
	if (arg[0].kind != VAL_NUM || !dec_is_int(arg[0].num) || !dec_modulo(arg[0].num, dec_int(2), &rest))
		return VAL_NONE;
	return val_bool(dec_is_zero(rest) != odd);
}

static val fn_odd(run_t *run, const val *arg, size_t n)
{
	(void)run, (void)n;
	return parity(arg, true);
}

static val fn_even(run_t *run, const val *arg, size_t n)
{
	(void)run, (void)n;
	return parity(arg, false);
}

/* The items that an aggregate works on: those of the one list argument, or the arguments. */
static const val *items(const val *arg, size_t *n)
{
	if (*n == 1 && arg[0].kind == VAL_LIST) {
		*n = arg[0].list->n;
		return arg[0].list->item;
	}
	return arg;
}

static val extreme(const val *arg, size_t n, bool greatest)
{
	const val *v = items(arg, &n);
	if (n == 0)
		return VAL_NONE;
	val best = v[0];
	if (val_cmp_lt(best, best, true).kind == VAL_NULL)
		return VAL_NONE; /* a kind without order */
	for (size_t i = 1; i < n; i++) {
		val less = greatest ? val_cmp_lt(best, v[i], false) : val_cmp_lt(v[i], best, false);
		if (less.kind == VAL_NULL)
			return VAL_NONE;
		if (less.truth)
			best = v[i];
	}
	return best;
}

static val fn_min(run_t *run, const val *arg, size_t n)
{
	(void)run;
	return extreme(arg, n, false);
}

static val fn_max(run_t *run, const val *arg, size_t n)
{
	(void)run;
	return extreme(arg, n, true);
}

/* Folds numbers or, for sums, durations of one kind. Anything else among them: null. */
static val fn_sum(run_t *run, const val *arg, size_t n)
{
	const val *v = items(arg, &n);
	if (n == 0 || (v[0].kind != VAL_NUM && v[0].kind != VAL_DTD && v[0].kind != VAL_YMD))
		return VAL_NONE;
	val sum = v[0];
	for (size_t i = 1; i < n && sum.kind != VAL_NULL; i++)
		sum = v[i].kind == v[0].kind ? val_add(run->mem, sum, v[i]) : VAL_NONE;
	return sum;
}

static val fn_product(run_t *run, const val *arg, size_t n)
{
	(void)run;
	const val *v = items(arg, &n);
	val product = n ? v[0] : VAL_NONE;
	if (product.kind != VAL_NUM)
		return VAL_NONE;
	for (size_t i = 1; i < n; i++)
		product = val_mul(product, v[i]);
	return product.kind == VAL_NUM ? product : VAL_NONE;
}

static val fn_count(run_t *run, const val *arg, size_t n)
{
	(void)run;
	if (n == 1 && arg[0].kind == VAL_NULL)
		return VAL_NONE;
	items(arg, &n);
	return val_num(dec_int((int64_t)n));
}

static val fn_mean(run_t *run, const val *arg, size_t n)
{
	val sum = fn_sum(run, arg, n);
	items(arg, &n);
	return val_div(sum, val_num(dec_int((int64_t)n)));
}

/* Insertion sort: lists in rules are short, and their length is bounded by the rule's. */
static bool sorted_numbers(arena *mem, const val *v, size_t n, dec **out)
{
	dec *d = NEW_ARRAY(mem, dec, n + 1);
	for (size_t i = 0; i < n; i++) {
		if (v[i].kind != VAL_NUM)
			return false;
		size_t j = i;
		for (; j > 0 && dec_cmp(d[j - 1], v[i].num) > 0; j--)
			d[j] = d[j - 1];
		d[j] = v[i].num;
	}
	*out = d;
	return true;
}

static val fn_median(run_t *run, const val *arg, size_t n)
{
	dec *d;
	const val *v = items(arg, &n);
	if (n == 0 || !sorted_numbers(run->mem, v, n, &d))
		return VAL_NONE;
	if (n % 2)
		return val_num(d[n / 2]);
	val two[] = { val_num(d[n / 2 - 1]), val_num(d[n / 2]) };
	return fn_mean(run, two, 2);
}

/* Sample standard deviation, divisor n - 1 (10.3.4.4). */
static val fn_stddev(run_t *run, const val *arg, size_t n)
{
	val mean = fn_mean(run, arg, n);
	const val *v = items(arg, &n);
	if (n < 2 || mean.kind != VAL_NUM)
		return VAL_NONE;
	val sum = val_num(DEC_ZERO);
	for (size_t i = 0; i < n; i++) {
		val off = val_sub(v[i], mean);
		sum = val_add(run->mem, sum, val_mul(off, off));
	}
	val variance = val_div(sum, val_num(dec_int((int64_t)n - 1)));
	return math(&variance, dec_sqrt);
}

static val every(const val *arg, size_t n, bool all)
{
	const val *v = items(arg, &n);
	if (n == 1 && v == arg && arg[0].kind == VAL_NULL)
		return VAL_NONE;
	val result = val_bool(all);
	for (size_t i = 0; i < n; i++)
		result = all ? val_and(result, v[i]) : val_or(result, v[i]);
	return result;
}

static val fn_all(run_t *run, const val *arg, size_t n)
{
	(void)run;
	return every(arg, n, true);
}

static val fn_any(run_t *run, const val *arg, size_t n)
{
	(void)run;
	return every(arg, n, false);
}

static val fn_list_contains(run_t *run, const val *arg, size_t n)
{
	(void)run, (void)n;
	if (arg[0].kind != VAL_LIST)
		return VAL_NONE;
	for (size_t i = 0; i < arg[0].list->n; i++)
		if (val_is(val_eq(arg[0].list->item[i], arg[1]), true))
			return val_bool(true);
	return val_bool(false);
}

/* One of space, comma, point, or null; *c gets it, 0 for null. */
static bool separator(val v, bool decimal, char *c)
{
	*c = 0;
	if (v.kind == VAL_NULL)
		return true;
	if (v.kind != VAL_STR || v.text.len != 1 || !strchr(decimal ? ".," : " .,", v.text.p[0]))
		return false;
	*c = v.text.p[0];
	return true;
}

static val fn_number(run_t *run, const val *arg, size_t n)
{
	char group = 0, point = 0;
	dec d;
	if (arg[0].kind != VAL_STR || (n > 1 && !separator(arg[1], false, &group)) || (n > 2 && !separator(arg[2], true, &point))
		|| (group && group == point))
		return VAL_NONE;
	str s = arg[0].text;
	char *plain = arena_alloc(run->mem, s.len + 1);
	size_t len = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (group && s.p[i] == group)
			continue;
		if (point && point != '.' && s.p[i] == '.')
			return VAL_NONE;
		plain[len++] = point && s.p[i] == point ? '.' : s.p[i];
	}
	return num_result(dec_parse((str){ plain, len }, &d), d);
}

static val fn_string(run_t *run, const val *arg, size_t n)
{
	(void)n;
	if (arg[0].kind == VAL_NULL)
		return VAL_NONE;
	buf b;
	buf_init(&b, 0);
	val_string(&b, arg[0]);
	val v = val_str(arena_str(run->mem, buf_str(&b)));
	buf_free(&b);
	return v;
}

static val fn_string_length(run_t *run, const val *arg, size_t n)
{
	(void)run, (void)n;
	return arg[0].kind == VAL_STR ? val_num(dec_int((int64_t)vn_length(arg[0].text))) : VAL_NONE;
}

static bool two_texts(const val *arg)
{
	return arg[0].kind == VAL_STR && arg[1].kind == VAL_STR;
}

static val fn_contains(run_t *run, const val *arg, size_t n)
{
	(void)run, (void)n;
	if (!two_texts(arg))
		return VAL_NONE;
	return val_bool(arg[1].text.len == 0 || memmem(arg[0].text.p, arg[0].text.len, arg[1].text.p, arg[1].text.len));
}

static val fn_starts_with(run_t *run, const val *arg, size_t n)
{
	(void)run, (void)n;
	return two_texts(arg) ? val_bool(str_starts(arg[0].text, arg[1].text)) : VAL_NONE;
}

static val fn_ends_with(run_t *run, const val *arg, size_t n)
{
	(void)run, (void)n;
	if (!two_texts(arg))
		return VAL_NONE;
	str s = arg[0].text, tail = arg[1].text;
	return val_bool(s.len >= tail.len && memcmp(s.p + s.len - tail.len, tail.p, tail.len) == 0);
}

static val fn_upper(run_t *run, const val *arg, size_t n)
{
	(void)n;
	return arg[0].kind == VAL_STR ? val_str(vn_upper(run->mem, arg[0].text)) : VAL_NONE;
}

static val fn_lower(run_t *run, const val *arg, size_t n)
{
	(void)n;
	return arg[0].kind == VAL_STR ? val_str(vn_lower(run->mem, arg[0].text)) : VAL_NONE;
}

static val fn_date(run_t *run, const val *arg, size_t n)
{
	(void)run;
	day d;
	int64_t p[3];
	if (n == 1) {
		if (arg[0].kind == VAL_DATE)
			return arg[0];
		return arg[0].kind == VAL_STR && date_parse(arg[0].text, &d) ? val_date(d) : VAL_NONE;
	}
	if (n != 3)
		return VAL_NONE;
	for (int i = 0; i < 3; i++)
		if (arg[i].kind != VAL_NUM || !dec_to_int(arg[i].num, &p[i]) || p[i] < 1 || p[i] > 9999)
			return VAL_NONE;
	return date_make((int)p[0], (int)p[1], (int)p[2], &d) ? val_date(d) : VAL_NONE;
}

static val fn_duration(run_t *run, const val *arg, size_t n)
{
	(void)run, (void)n;
	val v;
	if (arg[0].kind == VAL_DTD || arg[0].kind == VAL_YMD)
		return arg[0];
	return arg[0].kind == VAL_STR && val_parse_duration(arg[0].text, &v) ? v : VAL_NONE;
}

static val fn_months_between(run_t *run, const val *arg, size_t n)
{
	(void)run, (void)n;
	if (arg[0].kind != VAL_DATE || arg[1].kind != VAL_DATE)
		return VAL_NONE;
	return val_ymd(date_months_between(arg[0].date, arg[1].date));
}

static val fn_day_of_year(run_t *run, const val *arg, size_t n)
{
	(void)run, (void)n;
	return arg[0].kind == VAL_DATE ? val_num(dec_int(date_yearday(arg[0].date))) : VAL_NONE;
}

enum { ANY = 255 };

const struct rule_fn rule_fns[] = {
	{ "abs", "n", 1, 1, fn_abs },
	{ "all", "list...", 1, ANY, fn_all },
	{ "any", "list...", 1, ANY, fn_any },
	{ "ceiling", "n, scale?", 1, 2, fn_ceiling },
	{ "contains", "string, match", 2, 2, fn_contains },
	{ "count", "list...", 1, ANY, fn_count },
	{ "date", "from | year, month, day", 1, 3, fn_date },
	{ "day of year", "date", 1, 1, fn_day_of_year },
	{ "decimal", "n, scale", 2, 2, fn_decimal },
	{ "duration", "from", 1, 1, fn_duration },
	{ "ends with", "string, match", 2, 2, fn_ends_with },
	{ "even", "number", 1, 1, fn_even },
	{ "exp", "number", 1, 1, fn_exp },
	{ "floor", "n, scale?", 1, 2, fn_floor },
	{ "list contains", "list, element", 2, 2, fn_list_contains },
	{ "log", "number", 1, 1, fn_log },
	{ "lower case", "string", 1, 1, fn_lower },
	{ "max", "list...", 1, ANY, fn_max },
	{ "mean", "list...", 1, ANY, fn_mean },
	{ "median", "list...", 1, ANY, fn_median },
	{ "min", "list...", 1, ANY, fn_min },
	{ "modulo", "dividend, divisor", 2, 2, fn_modulo },
	{ "not", "negand", 1, 1, fn_not },
	{ "number", "from, grouping separator?, decimal separator?", 1, 3, fn_number },
	{ "odd", "number", 1, 1, fn_odd },
	{ "product", "list...", 1, ANY, fn_product },
	{ "round down", "n, scale", 2, 2, fn_round_down },
	{ "round half down", "n, scale", 2, 2, fn_round_half_down },
	{ "round half up", "n, scale", 2, 2, fn_round_half_up },
	{ "round up", "n, scale", 2, 2, fn_round_up },
	{ "sqrt", "number", 1, 1, fn_sqrt },
	{ "starts with", "string, match", 2, 2, fn_starts_with },
	{ "stddev", "list...", 1, ANY, fn_stddev },
	{ "string", "from", 1, 1, fn_string },
	{ "string length", "string", 1, 1, fn_string_length },
	{ "sum", "list...", 1, ANY, fn_sum },
	{ "upper case", "string", 1, 1, fn_upper },
	{ "years and months duration", "from, to", 2, 2, fn_months_between },
};

/* Functions of the standard that the subset leaves out: they are named in the error, so that an author knows they were understood. */
static const char *const left_out[] = {
	"after",
	"append",
	"before",
	"coincides",
	"concatenate",
	"context",
	"context merge",
	"context put",
	"date and time",
	"day of week",
	"distinct values",
	"during",
	"finished by",
	"finishes",
	"flatten",
	"get entries",
	"get value",
	"includes",
	"index of",
	"insert before",
	"is",
	"list replace",
	"matches",
	"meets",
	"met by",
	"mode",
	"month of year",
	"now",
	"overlaps",
	"overlaps after",
	"overlaps before",
	"range",
	"remove",
	"replace",
	"reverse",
	"sort",
	"split",
	"started by",
	"starts",
	"string join",
	"sublist",
	"substring",
	"substring after",
	"substring before",
	"time",
	"today",
	"union",
	"week of year",
};

size_t rule_fn_count(void)
{
	return sizeof rule_fns / sizeof rule_fns[0];
}

int rule_fn_find(str name)
{
	for (size_t i = 0; i < rule_fn_count(); i++)
		if (str_is(name, rule_fns[i].name))
			return (int)i;
	return -1;
}

bool rule_fn_unsupported(str name)
{
	for (size_t i = 0; i < sizeof left_out / sizeof left_out[0]; i++)
		if (str_is(name, left_out[i]))
			return true;
	return false;
}

static bool goes_on(const char *name, str words)
{
	str n = str_of(name);
	return n.len > words.len && str_starts(n, words) && n.p[words.len] == ' ';
}

bool rule_fn_prefix(str words)
{
	for (size_t i = 0; i < rule_fn_count(); i++)
		if (goes_on(rule_fns[i].name, words))
			return true;
	for (size_t i = 0; i < sizeof left_out / sizeof left_out[0]; i++)
		if (goes_on(left_out[i], words))
			return true;
	return false;
}

const char *rule_function_name(size_t i, const char **params)
{
	if (i >= rule_fn_count())
		return NULL;
	*params = rule_fns[i].params;
	return rule_fns[i].name;
}
