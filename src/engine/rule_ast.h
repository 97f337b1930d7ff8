/* rule_ast: the compiled form of a rule, shared by the parser, the evaluator, the band check, the scale and the trace. Not for others. */
#ifndef ENGINE_RULE_AST_H
#define ENGINE_RULE_AST_H
#include "engine/rule.h"

enum rule_op {
	OP_LIT,  /* lit */
	OP_SLOT, /* ref */
	OP_IF,   /* a ? b : c */
	OP_AND,
	OP_OR,
	OP_EQ,
	OP_NE,
	OP_LT,
	OP_LE,
	OP_GT,
	OP_GE,
	OP_BETWEEN, /* a between b and c */
	OP_IN,      /* a in b */
	OP_ADD,
	OP_SUB,
	OP_MUL,
	OP_DIV,
	OP_POW,
	OP_NEG,
	OP_LIST,  /* args */
	OP_RANGE, /* a, b, flags */
	OP_PROP,  /* a.prop */
	OP_CALL   /* fn(args) */
};

enum rule_range_flags { RANGE_LO_CLOSED = 1, RANGE_HI_CLOSED = 2, RANGE_LO = 4, RANGE_HI = 8, RANGE_NOT = 16 };

enum rule_prop {
	PROP_YEAR,
	PROP_MONTH,
	PROP_DAY,
	PROP_WEEKDAY,
	PROP_YEARS,
	PROP_MONTHS,
	PROP_DAYS,
	PROP_HOURS,
	PROP_MINUTES,
	PROP_SECONDS
};

struct rule_node {
	uint8_t op;
	uint8_t flags;    /* OP_RANGE: rule_range_flags; OP_PROP: rule_prop */
	uint16_t fn;      /* OP_CALL: index of the function */
	uint32_t n;       /* OP_LIST, OP_CALL: number of args */
	uint32_t at, end; /* bytes of the rule's text: for showing the piece */
	uint32_t height;  /* of the tree below, at most RULE_MAX_TERMS */
	union {
		struct {
			const struct rule_node *a, *b, *c;
		};
		struct rule_node *const *args;
		val lit;
		struct {
			uint32_t slot, ref;
		};
	};
};

struct rule_run {
	const val *slots;
	arena *mem;
};

val rule_node_eval(const struct rule_node *n, const struct rule_run *run);

/* A built-in function. params: "n, scale?": names divided by ", "; "?" optional; "list..." one list or any number of values. */
struct rule_fn {
	const char *name, *params;
	uint8_t min_args, max_args; /* max 255: any number */
	val (*call)(const struct rule_run *run, const val *arg, size_t n);
};

extern const struct rule_fn rule_fns[];
size_t rule_fn_count(void);
int rule_fn_find(str name);         /* -1: none */
bool rule_fn_unsupported(str name); /* a FEEL function that the subset leaves out */
/* Whether some function's name begins with these words and goes on (then the parser reads a further word). */
bool rule_fn_prefix(str words);

#endif
