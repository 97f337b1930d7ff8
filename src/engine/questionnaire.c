/* Reading a questionnaire: settings, lists of options, factors, then sections, groups and items in the order in which they are asked. */
#include "engine/questionnaire.h"
#include "base/vn.h"
#include "engine/cell.h"

enum { CODE = QUESTIONNAIRE_CODE, PARENT = QUESTIONNAIRE_PARENT, KIND = QUESTIONNAIRE_KIND, TEXT_VI = QUESTIONNAIRE_TEXT_VI,
	TEXT_EN = QUESTIONNAIRE_TEXT_EN, HINT_VI = QUESTIONNAIRE_HINT_VI, HINT_EN = QUESTIONNAIRE_HINT_EN, LIST = QUESTIONNAIRE_LIST,
	FACTOR = QUESTIONNAIRE_FACTOR, REQUIRED = QUESTIONNAIRE_REQUIRED, SHOW_IF = QUESTIONNAIRE_SHOW_IF, CHECK = QUESTIONNAIRE_CHECK,
	SAY_VI = QUESTIONNAIRE_SAY_VI, SAY_EN = QUESTIONNAIRE_SAY_EN, MIN = QUESTIONNAIRE_MIN, MAX = QUESTIONNAIRE_MAX,
	MEANS = QUESTIONNAIRE_MEANS, AGG = QUESTIONNAIRE_AGG, WEIGHT = QUESTIONNAIRE_WEIGHT, NOTE = QUESTIONNAIRE_NOTE };

const struct table_column questionnaire_columns[QUESTIONNAIRE_COLUMNS] = {
	[CODE] = { "code", true, true },
	[PARENT] = { "parent", true, true },
	[KIND] = { "kind", true },
	[TEXT_VI] = { "text_vi", true },
	[TEXT_EN] = { "text_en", false },
	[HINT_VI] = { "hint_vi", false },
	[HINT_EN] = { "hint_en", false },
	[LIST] = { "list", false, true },
	[FACTOR] = { "factor", false, true },
	[REQUIRED] = { "required", false },
	[SHOW_IF] = { "show_if", false },
	[CHECK] = { "check", false },
	[SAY_VI] = { "say_vi", false },
	[SAY_EN] = { "say_en", false },
	[MIN] = { "min", false },
	[MAX] = { "max", false },
	[MEANS] = { "means", false },
	[AGG] = { "agg", false },
	[WEIGHT] = { "weight", false },
	[NOTE] = { "note", false },
};

enum { KIND_LIST = ASK_DATE + 1, KIND_OPTION, KIND_FACTOR };

static const struct cell_choice kind_words[] = { { "section", ASK_SECTION }, { "group", ASK_GROUP }, { "matrix", ASK_MATRIX },
	{ "single", ASK_SINGLE }, { "multiple", ASK_MULTIPLE }, { "scale", ASK_SCALE }, { "number", ASK_NUMBER }, { "text", ASK_TEXT }, { "date", ASK_DATE },
	{ "list", KIND_LIST }, { "option", KIND_OPTION }, { "factor", KIND_FACTOR }, { 0 } };
static const struct cell_choice yes_words[] = { { "yes", 1 }, { "no", 0 }, { 0 } };
static const struct cell_choice means_words[] = { { "answer", MEANS_ANSWER }, { "good", MEANS_GOOD }, { "none", MEANS_NONE },
	{ "dont_know", MEANS_DONT_KNOW }, { "not_experienced", MEANS_NOT_EXPERIENCED }, { "refused", MEANS_REFUSED }, { 0 } };
static const struct cell_choice agg_words[] = { { "pooled", FACTOR_POOLED }, { "mean_items", FACTOR_MEAN_ITEMS },
	{ "mean_factors", FACTOR_MEAN_FACTORS }, { "weights", FACTOR_WEIGHTS }, { 0 } };

static const char *word_of(const struct cell_choice *words, int value)
{
	while (words->value != value)
		words++;
	return words->word;
}

const char *question_kind_word(enum question_kind k) { return word_of(kind_words, (int)k); }
const char *option_means_word(enum option_means m) { return m == MEANS_ANSWER ? "" : word_of(means_words, (int)m); }
const char *factor_agg_word(enum factor_agg a) { return word_of(agg_words, (int)a); }

struct reader {
	cx *c;
	questionnaire *q;
	table *in;
	map settings;
	size_t faults; /* there were before */
	int64_t rows;
};

static str kept(const struct reader *r, int column)
{
	return arena_str(r->c->mem, r->in->cell[column]);
}

/* The second language falls back on the first: a form in Vietnamese only is still a form. */
static void read_text(const struct reader *r, int vi, int en, str out[LANGS])
{
	out[LANG_VI] = kept(r, vi);
	out[LANG_EN] = r->in->cell[en].len ? kept(r, en) : out[LANG_VI];
}

static void setting(struct reader *r)
{
	questionnaire *q = r->q;
	str name = r->in->cell[CODE];
	bool added;
	*map_put(r->c->mem, &r->settings, kept(r, CODE), &added) = 1;
	if (!added)
		cell_fault(r->in, "questionnaire.setting_twice", CODE);
	if (str_is(name, "@name"))
		read_text(r, TEXT_VI, TEXT_EN, q->name);
	else if (str_is(name, "@population"))
		read_text(r, TEXT_VI, TEXT_EN, q->population);
	else if (str_is(name, "@source"))
		read_text(r, TEXT_VI, TEXT_EN, q->source);
	else if (str_is(name, "@note"))
		read_text(r, TEXT_VI, TEXT_EN, q->note);
	else
		cell_fault(r->in, "questionnaire.unknown_setting", CODE);
}

/* ---- names in rules ---- */

/* "C8.4" as rules write it: C8_4. Names begin with a letter and go on with letters, digits and _. */
static bool rule_name(struct reader *r, str code, str *out)
{
	char *p = arena_copy(r->c->mem, code.p, code.len);
	for (size_t i = 0; i < code.len; i++) {
		unsigned char ch = (unsigned char)p[i];
		bool letter = (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z'), digit = ch >= '0' && ch <= '9';
		if (ch == '.')
			p[i] = '_';
		else if (!letter && !(i && (digit || ch == '_')))
			return false;
	}
	*out = (str){ p, code.len };
	return code.len > 0 && code.p[0] != '.';
}

static bool find_item(void *ctx, str name, enum rule_part part, uint32_t *slot)
{
	const struct reader *r = ctx;
	const int64_t *i = map_get(&r->q->by_name, name);
	*slot = 0;
	if (str_is(name, "today()"))
		return true;
	if (!i || part != PART_VALUE || !question_is_asked(&r->q->items.p[*i]))
		return false;
	*slot = (uint32_t)*i + 1;
	return true;
}

static const rule *compile(struct reader *r, int column)
{
	const rule *out = NULL;
	struct rule_scope scope = { .find = find_item, .ctx = r, .today = true };
	if (r->in->cell[column].len)
		rule_compile(r->c, kept(r, column), &scope, table_at(r->in, column), &out);
	return out;
}

/* ---- rows ---- */

static void read_list(struct reader *r)
{
	bool added;
	int64_t *at = map_put(r->c->mem, &r->q->by_list, kept(r, CODE), &added);
	if (!added) {
		cell_fault(r->in, "questionnaire.code_twice", CODE);
		return;
	}
	*at = (int64_t)r->q->lists.n;
	struct question_list l = { .code = kept(r, CODE), .note = kept(r, NOTE), .numbers = true };
	read_text(r, TEXT_VI, TEXT_EN, l.text);
	*VEC_PUSH(r->c->mem, &r->q->lists) = l;
}

static void read_option(struct reader *r)
{
	const int64_t *at = map_get(&r->q->by_list, r->in->cell[PARENT]);
	long n;
	if (!at) {
		cell_fault(r->in, "questionnaire.no_list", PARENT);
		return;
	}
	struct question_list *list = &r->q->lists.p[*at];
	struct question_option o = { .code = kept(r, CODE), .note = kept(r, NOTE) };
	if (o.code.len && memchr(o.code.p, ' ', o.code.len)) /* several ticks stand with spaces between, where others collect them */
		cell_fault(r->in, "questionnaire.option_space", CODE);
	for (size_t i = 0; i < list->options.n; i++)
		if (str_eq(list->options.p[i].code, o.code))
			cell_fault(r->in, "questionnaire.code_twice", CODE);
	if (list->options.n >= QUESTIONNAIRE_MAX_OPTIONS) {
		cell_fault(r->in, "questionnaire.too_many_options", CODE);
		return;
	}
	read_text(r, TEXT_VI, TEXT_EN, o.text);
	o.means = (enum option_means)cell_choose(r->in, MEANS, means_words, MEANS_ANSWER);
	o.has_weight = cell_number(r->in, WEIGHT, true, &o.weight);
	list->numbers &= str_int(o.code, 0, 999999, &n);
	*VEC_PUSH(r->c->mem, &list->options) = o;
}

static void read_factor(struct reader *r)
{
	bool added;
	struct question_factor f = { .code = kept(r, CODE), .note = kept(r, NOTE), .parent = NO_ITEM };
	const int64_t *up = map_get(&r->q->by_factor, r->in->cell[PARENT]);
	if (r->in->cell[PARENT].len && !up)
		cell_fault(r->in, "questionnaire.no_parent", PARENT);
	else if (up)
		f.parent = (int32_t)*up;
	int64_t *at = map_put(r->c->mem, &r->q->by_factor, f.code, &added);
	if (!added) {
		cell_fault(r->in, "questionnaire.code_twice", CODE);
		return;
	}
	*at = (int64_t)r->q->factors.n;
	read_text(r, TEXT_VI, TEXT_EN, f.text);
	f.agg = (enum factor_agg)cell_choose(r->in, AGG, agg_words, FACTOR_POOLED);
	f.has_weight = cell_number(r->in, WEIGHT, true, &f.weight);
	*VEC_PUSH(r->c->mem, &r->q->factors) = f;
}

static bool needs_list(enum question_kind k)
{
	return k == ASK_MATRIX || k == ASK_SINGLE || k == ASK_MULTIPLE || k == ASK_SCALE;
}

static bool is_block(enum question_kind k)
{
	return k == ASK_GROUP || k == ASK_MATRIX;
}

/* Where it stands: a section at the top, a group or matrix in a section, an item in any of them. */
static bool place_item(struct reader *r, struct question *i)
{
	questionnaire *q = r->q;
	int32_t self = (int32_t)q->items.n;
	i->parent = i->section = NO_ITEM;
	if (i->kind == ASK_SECTION) {
		i->section = self;
		if (r->in->cell[PARENT].len)
			cell_fault(r->in, "questionnaire.section_inside", PARENT);
		return true;
	}
	i->parent = questionnaire_find(q, r->in->cell[PARENT]);
	if (i->parent == NO_ITEM) {
		cell_fault(r->in, "questionnaire.no_parent", PARENT);
		return false;
	}
	const struct question *up = &q->items.p[i->parent];
	if (question_is_asked(up) || (is_block(i->kind) && is_block(up->kind))) {
		cell_fault(r->in, "questionnaire.parent_kind", PARENT);
		return false;
	}
	if (up->kind == ASK_MATRIX && !needs_list(i->kind)) {
		cell_fault(r->in, "questionnaire.matrix_kind", KIND);
		return false;
	}
	if (up->section != q->items.p[self - 1].section) {
		cell_fault(r->in, "questionnaire.out_of_section", PARENT);
		return false;
	}
	i->section = up->section;
	return true;
}

static bool in_matrix(const struct reader *r, const struct question *i)
{
	return i->parent != NO_ITEM && r->q->items.p[i->parent].kind == ASK_MATRIX;
}

static void read_links(struct reader *r, struct question *i)
{
	const int64_t *list = map_get(&r->q->by_list, r->in->cell[LIST]), *factor = map_get(&r->q->by_factor, r->in->cell[FACTOR]);
	i->list = list ? (int32_t)*list : NO_ITEM;
	i->factor = factor ? (int32_t)*factor : NO_ITEM;
	if (in_matrix(r, i)) {
		int32_t of_matrix = r->q->items.p[i->parent].list;
		if (r->in->cell[LIST].len && i->list != of_matrix)
			cell_fault(r->in, "questionnaire.matrix_list", LIST);
		i->list = of_matrix;
	} else if (needs_list(i->kind) && !list)
		cell_fault(r->in, "questionnaire.no_list", LIST);
	else if (!needs_list(i->kind) && r->in->cell[LIST].len)
		cell_fault(r->in, "questionnaire.idle_list", LIST);
	if (r->in->cell[FACTOR].len && (!factor || !question_is_asked(i)))
		cell_fault(r->in, "questionnaire.no_factor", FACTOR);
	i->has_weight = cell_number(r->in, WEIGHT, true, &i->weight);
}

static void read_bounds(struct reader *r, struct question *i)
{
	i->has_min = cell_number(r->in, MIN, true, &i->min);
	i->has_max = cell_number(r->in, MAX, true, &i->max);
	bool fits = i->kind == ASK_NUMBER || i->kind == ASK_TEXT || i->kind == ASK_MULTIPLE;
	if ((i->has_min || i->has_max) && !fits)
		cell_fault(r->in, "questionnaire.idle_bound", i->has_min ? MIN : MAX);
	if (i->has_min && i->has_max && dec_cmp(i->min, i->max) > 0)
		cell_fault(r->in, "questionnaire.bounds", MAX);
}

static void read_item(struct reader *r, enum question_kind kind)
{
	questionnaire *q = r->q;
	struct question i = { .code = kept(r, CODE), .note = kept(r, NOTE), .kind = kind, .line = r->in->line, .list = NO_ITEM, .factor = NO_ITEM };
	str name;
	bool added, named;
	if (questionnaire_find(q, i.code) != NO_ITEM || !rule_name(r, i.code, &name)) {
		cell_fault(r->in, questionnaire_find(q, i.code) != NO_ITEM ? "questionnaire.code_twice" : "questionnaire.code", CODE);
		return;
	}
	if (!place_item(r, &i))
		return;
	read_text(r, TEXT_VI, TEXT_EN, i.text);
	read_text(r, HINT_VI, HINT_EN, i.hint);
	read_text(r, SAY_VI, SAY_EN, i.say);
	read_links(r, &i);
	read_bounds(r, &i);
	i.required = cell_choose(r->in, REQUIRED, yes_words, 0) == 1;
	if (i.required && !question_is_asked(&i))
		cell_fault(r->in, "questionnaire.idle_required", REQUIRED);
	i.show_if = compile(r, SHOW_IF); /* sees only what is asked before: forms are read downwards */
	*map_put(r->c->mem, &q->by_code, i.code, &added) = (int64_t)q->items.n;
	*map_put(r->c->mem, &q->by_name, name, &named) = (int64_t)q->items.n;
	if (!named)
		cell_fault(r->in, "questionnaire.name_twice", CODE);
	*VEC_PUSH(r->c->mem, &q->items) = i;
	const rule *check = compile(r, CHECK);
	q->items.p[q->items.n - 1].check = check;
	if (check && !question_is_asked(&i))
		cell_fault(r->in, "questionnaire.idle_check", CHECK);
	if (check && !i.say[LANG_VI].len)
		cell_fault(r->in, "questionnaire.no_say", SAY_VI);
	q->n_sections += kind == ASK_SECTION;
	q->n_asked += question_is_asked(&i);
}

static void read_row(struct reader *r)
{
	int kind = cell_choose(r->in, KIND, kind_words, -1);
	if (kind < 0) {
		if (!r->in->cell[KIND].len)
			cell_fault_choice(r->in, KIND, r->in->cell[KIND], kind_words);
		return;
	}
	if (!r->in->cell[TEXT_VI].len && kind != KIND_LIST)
		cell_fault(r->in, "questionnaire.no_text", TEXT_VI);
	if (kind == KIND_LIST)
		read_list(r);
	else if (kind == KIND_OPTION)
		read_option(r);
	else if (kind == KIND_FACTOR)
		read_factor(r);
	else
		read_item(r, (enum question_kind)kind);
}

static void read_rows(struct reader *r)
{
	while (table_next(r->in)) {
		if (r->rows++ == QUESTIONNAIRE_MAX_ROWS)
			cell_fault(r->in, "questionnaire.too_many_rows", CODE);
		if (r->rows > QUESTIONNAIRE_MAX_ROWS)
			continue;
		if (!r->in->cell[CODE].len)
			cell_fault(r->in, "questionnaire.no_code", CODE);
		else if (r->in->cell[CODE].p[0] == '@')
			setting(r);
		else
			read_row(r);
	}
}

static void fault_whole(struct reader *r, const char *key, str value)
{
	cx_fault(r->c, FAULT_ERROR, key, (place){ .file = r->in->from.file, .line = 1 }, value);
}

/* A name that a condition did not find may stand further down. */
static void name_unknown(struct reader *r, const questionnaire *q)
{
	for (size_t i = r->faults; i < r->c->n_faults; i++) {
		fault *f = &r->c->faults[i];
		if (strcmp(f->key, "rule.unknown_name") == 0)
			f->key = map_get(&q->by_name, f->value) ? "questionnaire.later" : "questionnaire.unknown_item";
	}
}

static void check_whole(struct reader *r)
{
	questionnaire *q = r->q;
	if (!q->name[LANG_VI].len)
		fault_whole(r, "questionnaire.no_title", STR("@name"));
	if (!q->n_asked && !r->c->n_errors)
		fault_whole(r, "questionnaire.no_rows", STR(""));
	name_unknown(r, q);
	for (size_t i = 0; i < q->lists.n; i++)
		if (q->lists.p[i].options.n < 2)
			fault_whole(r, "questionnaire.short_list", q->lists.p[i].code);
}

enum err questionnaire_read(cx *c, table_source from, questionnaire **out)
{
	table t;
	size_t before = c->n_errors;
	*out = NULL;
	enum err e = table_begin(c, from, questionnaire_columns, QUESTIONNAIRE_COLUMNS, &t);
	if (e) {
		table_close(&t);
		return e;
	}
	struct reader r = { .c = c, .q = NEW(c->mem, questionnaire), .in = &t, .faults = c->n_faults };
	read_rows(&r);
	check_whole(&r);
	bool good = c->n_errors == before && table_sound(&t);
	table_close(&t);
	*out = r.q;
	return good ? ERR_OK : ERR_INPUT;
}

int32_t questionnaire_find(const questionnaire *q, str code)
{
	const int64_t *i = map_get(&q->by_code, code);
	return i ? (int32_t)*i : NO_ITEM;
}

const struct question_option *question_option(const questionnaire *q, const struct question *i, str code)
{
	if (i->list < 0)
		return NULL;
	const struct question_list *l = &q->lists.p[i->list];
	for (size_t k = 0; k < l->options.n; k++)
		if (str_eq(l->options.p[k].code, code))
			return &l->options.p[k];
	return NULL;
}
