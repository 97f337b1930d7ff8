/* thuocdo rule eval: one rule, with names given on the command line. */
#include <stdio.h>
#include "base/vn.h"
#include "cli/cli.h"
#include "engine/measure.h"

/* Names in the order given; a part (X.prev, X.num …) is a variable of its own. */
struct variables {
	cx *c;
	VEC(struct {
		str name;
		enum rule_part part;
	})
	names;
	VEC(val) values;
};

static const struct {
	const char *suffix;
	enum rule_part part;
} parts[] = { { ".prev.num", PART_PREV_NUM }, { ".prev.den", PART_PREV_DEN }, { ".prev", PART_PREV }, { ".num", PART_NUM },
	{ ".den", PART_DEN } };

static void split(str name, str *base, enum rule_part *part)
{
	*base = name;
	*part = PART_VALUE;
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		str s = str_of(parts[i].suffix);
		if (name.len > s.len && memcmp(name.p + name.len - s.len, s.p, s.len) == 0) {
			*base = (str){ name.p, name.len - s.len };
			*part = parts[i].part;
			return;
		}
	}
	if (name.len > 8 && str_starts(name, STR("events(")) && name.p[name.len - 1] == ')') {
		*base = (str){ name.p + 7, name.len - 8 };
		*part = PART_EVENTS;
	}
}

static bool find(void *ctx, str name, enum rule_part part, uint32_t *slot)
{
	struct variables *v = ctx;
	for (size_t i = v->names.n; i-- > 0;) /* the last one given counts */
		if (v->names.p[i].part == part && str_eq(v->names.p[i].name, name)) {
			*slot = (uint32_t)i;
			return true;
		}
	return false;
}

static bool no_names(void *ctx, str name, enum rule_part part, uint32_t *slot)
{
	(void)ctx, (void)name, (void)part, (void)slot;
	return false;
}

/* Values are those of a MEASURES cell, or an expression without names when they look like one: [1, 2], "text", date("…"), 1/3. */
static bool is_expression(str s)
{
	static const char *const starts[] = { "null", "date(", "duration(", "true", "false" };
	if (s.len && strchr("\"[(@-+.0123456789", s.p[0]))
		return true;
	for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
		if (str_starts(s, str_of(starts[i])))
			return true;
	return false;
}

static bool value_of(struct cli *cli, str text, str name, val *out)
{
	const struct rule_scope scope = { .find = no_names };
	const rule *r;
	*out = measure_value(text);
	if (out->kind != VAL_STR || !is_expression(text))
		return true;
	if (rule_compile(cli->c, text, &scope, (place){ .file = name }, &r))
		return false;
	*out = rule_eval(r, NULL, cli->c->mem);
	return true;
}

static bool add_variable(struct cli *cli, struct variables *v, char *arg)
{
	const char *equals = strchr(arg, '=');
	if (!equals || equals == arg)
		return cli_misuse(cli, "cli.name_value", arg), false;
	str whole = str_of(arg), name = { arg, (size_t)(equals - arg) }, text = str_of(equals + 1), base;
	if (vn_utf8_check(whole) < whole.len)
		return cli_misuse(cli, "cli.not_utf8", ""), false;
	name = vn_nfc(cli->c->mem, str_trim(name));
	enum rule_part part;
	val value;
	split(name, &base, &part);
	if (!value_of(cli, str_trim(vn_nfc(cli->c->mem, text)), name, &value))
		return false;
	VEC_PUSH(cli->c->mem, &v->names);
	v->names.p[v->names.n - 1].name = base;
	v->names.p[v->names.n - 1].part = part;
	*VEC_PUSH(cli->c->mem, &v->values) = value;
	return true;
}

/* X.num and X.den give X, as in a MEASURES table, unless X is given. */
static void add_quotients(struct cli *cli, struct variables *v)
{
	static const struct {
		enum rule_part num, den, value;
	} kinds[] = { { PART_NUM, PART_DEN, PART_VALUE }, { PART_PREV_NUM, PART_PREV_DEN, PART_PREV } };
	for (size_t i = 0, n = v->names.n; i < n; i++)
		for (size_t k = 0; k < 2; k++) {
			uint32_t den, value;
			str name = v->names.p[i].name;
			if (v->names.p[i].part != kinds[k].num || !find(v, name, kinds[k].den, &den)
				|| find(v, name, kinds[k].value, &value))
				continue;
			VEC_PUSH(cli->c->mem, &v->names);
			v->names.p[v->names.n - 1].name = name;
			v->names.p[v->names.n - 1].part = kinds[k].value;
			val quotient = val_div(v->values.p[i], v->values.p[den]);
			*VEC_PUSH(cli->c->mem, &v->values) = quotient;
		}
}

int cmd_rule_eval(struct cli *cli)
{
	/* Only "--" is taken as an option: an expression may begin with a minus. */
	int at = cli->argc > 0 && strcmp(cli->argv[0], "--") == 0;
	if (at >= cli->argc)
		return cli_misuse(cli, "cli.no_expression", "");
	struct variables v = { .c = cli->c };
	for (int i = at + 1; i < cli->argc; i++)
		if (!add_variable(cli, &v, cli->argv[i]))
			return cli_report(cli), EXIT_BAD;
	add_quotients(cli, &v);
	struct rule_scope scope = { .find = find, .ctx = &v };
	const rule *r;
	if (rule_compile(cli->c, str_of(cli->argv[at]), &scope, (place){ 0 }, &r))
		return cli_report(cli), EXIT_BAD;
	buf b;
	buf_init(&b, 0);
	val_text(&b, rule_eval(r, v.values.p, cli->c->mem));
	buf_char(&b, '\n');
	int code = cli_write(cli, &b);
	cli_report(cli);
	return code;
}
