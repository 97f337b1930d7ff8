#include "app/survey_paper.h"
#include <sodium.h>
#include "app/audit.h"
#include "app/response.h"
#include "base/vec.h"
#include "base/vn.h"
#include "db/survey_sheet.h"

enum { KEY_BYTES = 16, MOST_DIFFERING = 200 };

static const char *const words[] = { "printed", "once", "differs", "settled", "void" };

static enum paper_state state_of(str word)
{
	for (int i = 0; i < 5; i++)
		if (str_is(word, words[i]))
			return (enum paper_state)i;
	return PAPER_VOID;
}

/* ---- signs ---- */

str paper_sign(cx *c, const questionnaire *q, const struct question *x, size_t option)
{
	const struct question_list *l = &q->lists.p[x->list];
	return l->numbers ? l->options.p[option].code : arena_printf(c->mem, "%zu", option + 1);
}

static const struct question_option *option_of_sign(cx *c, const questionnaire *q, const struct question *x, str sign)
{
	const struct question_list *l = &q->lists.p[x->list];
	for (size_t i = 0; i < l->options.n; i++)
		if (str_eq(paper_sign(c, q, x, i), sign))
			return &l->options.p[i];
	return NULL;
}

static bool one_digit(cx *c, const questionnaire *q, const struct question *x)
{
	const struct question_list *l = &q->lists.p[x->list];
	for (size_t i = 0; i < l->options.n; i++)
		if (paper_sign(c, q, x, i).len != 1)
			return false;
	return true;
}

struct reading {
	cx *c;
	const questionnaire *q;
	const struct question *x;
	VEC(str) codes;
};

static bool take_sign(struct reading *r, str sign)
{
	const struct question_option *o = option_of_sign(r->c, r->q, r->x, sign);
	if (o)
		*VEC_PUSH(r->c->mem, &r->codes) = o->code;
	else
		cx_fault(r->c, FAULT_ERROR, "paper.sign", (place){ .field = r->x->code }, sign);
	return o != NULL;
}

/* "1 3", "1,3", and "13" where no sign has two digits. */
static bool take_signs(struct reading *r, str typed)
{
	bool apart = r->x->kind == ASK_MULTIPLE && one_digit(r->c, r->q, r->x);
	for (size_t i = 0, end; i < typed.len; i = end) {
		for (end = i; end < typed.len && typed.p[end] != ' ' && typed.p[end] != ',' && typed.p[end] != ';' && !(apart && end > i); end++)
			;
		if (end == i)
			end++;
		else if (!take_sign(r, (str){ typed.p + i, end - i }))
			return false;
	}
	return true;
}

bool paper_read(cx *c, const questionnaire *q, int32_t item, str typed, struct given *out)
{
	struct reading r = { .c = c, .q = q, .x = &q->items.p[item] };
	typed = vn_nfc(c->mem, str_trim(typed));
	*out = (struct given){ 0 };
	if (!typed.len || str_is(typed, "-"))
		return true;
	if (r.x->list < 0)
		*VEC_PUSH(c->mem, &r.codes) = typed;
	else if (!take_signs(&r, typed))
		return false;
	*out = (struct given){ r.codes.p, r.codes.n };
	return true;
}

str paper_typed(cx *c, const questionnaire *q, int32_t item, const struct given *g)
{
	const struct question *x = &q->items.p[item];
	buf b;
	buf_init(&b, 0);
	for (size_t i = 0; i < g->n; i++) {
		buf_addz(&b, i ? " " : "");
		if (x->list < 0)
			buf_add(&b, g->p[i]);
		for (size_t o = 0; x->list >= 0 && o < q->lists.p[x->list].options.n; o++)
			if (str_eq(q->lists.p[x->list].options.p[o].code, g->p[i]))
				buf_add(&b, paper_sign(c, q, x, o));
	}
	str s = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

bool paper_same(const struct given *a, const struct given *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!str_eq(a->p[i], b->p[i]))
			return false;
	return true;
}

/* ---- numbers ---- */

static enum err wrong(cx *c, enum err code, const char *key, const char *field, int64_t number)
{
	return cx_fail(c, code, key, (place){ .field = str_of(field) }, number ? arena_printf(c->mem, "%lld", (long long)number) : (str){ 0 });
}

struct printing {
	const struct actor *who;
	const struct survey_info *s;
	str place;
	int64_t n, first;
};

static str random_key(cx *c)
{
	unsigned char random[KEY_BYTES];
	char *text = arena_alloc(c->mem, KEY_BYTES * 2 + 1);
	randombytes_buf(random, sizeof random);
	sodium_bin2hex(text, KEY_BYTES * 2 + 1, random, sizeof random);
	return (str){ text, KEY_BYTES * 2 };
}

static enum err add_numbers(cx *c, db_conn *k, void *arg)
{
	struct printing *w = arg;
	int64_t last;
	enum err e = db_sheet_last(c, k, w->s->id, &last);
	w->first = last + 1;
	for (int64_t i = 0; i < w->n && !e; i++)
		e = db_sheet_add(c, k, &(db_sheet){ .survey_id = w->s->id, .number = w->first + i, .key = random_key(c), .at = { .place = w->place } });
	return e ? e : audit_add(c, k, w->who, "paper.print", w->s->code, arena_printf(c->mem, "%lld+%lld", (long long)w->first, (long long)w->n));
}

enum err paper_print(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str where, int64_t n, int64_t *first)
{
	struct survey_place at;
	enum err e = actor_may(c, a, who, "survey", "issue", 0);
	if (e)
		return e;
	if (n < 1 || n > PAPER_PRINT_MAX)
		return wrong(c, ERR_INPUT, "paper.number", "so-luong", 0);
	e = where.len ? survey_place_get(c, a, s, where, &at) : ERR_OK;
	if (e)
		return e == ERR_NOTFOUND ? wrong(c, ERR_INPUT, "issue.place", "noi", 0) : e;
	struct printing w = { who, s, where, n, 0 };
	e = db_tx(c, a->db, DB_WRITE, add_numbers, &w);
	*first = w.first;
	return e;
}

/* ---- reading ---- */

static const struct given *given_of(cx *c, const questionnaire *q, str line)
{
	struct given *g = NEW_ARRAY(c->mem, struct given, q->items.n);
	return answers_read(q, line, c->mem, g) ? g : NULL;
}

/* Who typed the first entry sees neither: he might still be asked to type the second of another form beside it. */
static struct paper_sheet sheet_of(cx *c, const struct survey_info *s, const db_sheet *x)
{
	struct paper_sheet p = { .number = x->number, .state = state_of(x->state), .place = x->at.place, .entry1_by = x->entry1_by,
		.entry2_by = x->entry2_by, .reason = x->reason, .n_items = x->n_items, .n_differ = x->n_differ };
	if (p.state == PAPER_DIFFERS) {
		p.first = given_of(c, s->q, x->entry1);
		p.second = given_of(c, s->q, x->entry2);
	}
	return p;
}

enum err paper_get(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, int64_t number, struct paper_sheet *out)
{
	db_sheet x;
	enum err e = actor_may(c, a, who, "survey", "enter", 0);
	if (e)
		return e;
	DB_READER(k);
	e = db_reader(c, a->db, &k);
	if (!e)
		e = db_sheet_get(c, k, s->id, number, &x);
	if (!e)
		*out = sheet_of(c, s, &x);
	return e;
}

enum err paper_differing(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, struct paper_sheet_list *out)
{
	db_sheet_list list = { 0 };
	*out = (struct paper_sheet_list){ 0 };
	enum err e = actor_may(c, a, who, "survey", "enter", 0);
	if (e)
		return e;
	DB_READER(k);
	e = db_reader(c, a->db, &k);
	if (!e)
		e = db_sheet_in(c, k, s->id, STR("differs"), MOST_DIFFERING, &list);
	for (size_t i = 0; i < list.n && !e; i++)
		*VEC_PUSH(c->mem, out) = sheet_of(c, s, &list.p[i]);
	return e;
}

/* ---- typing ---- */

struct typing {
	struct app *a;
	const struct actor *who;
	const struct survey_info *s;
	int64_t number;
	str line, reason;
	struct response_work *answer;
	enum paper_state state; /* what it is afterwards */
};

static void compare(cx *c, const struct survey_info *s, db_sheet *x)
{
	const struct given *a = given_of(c, s->q, x->entry1), *b = given_of(c, s->q, x->entry2);
	x->n_items = x->n_differ = 0;
	for (size_t i = 0; i < s->q->items.n; i++) {
		x->n_items += a[i].n || b[i].n;
		x->n_differ += !paper_same(&a[i], &b[i]);
	}
}

/* The answer takes place and key of the number, and the number loses them. */
static enum err settle(cx *c, db_conn *k, struct typing *w, db_sheet *x)
{
	response_from_paper(c, w->answer, x->key, x->at.place, x->at.stratum, x->at.psu, x->at.weight);
	enum err e = response_store(c, k, w->answer);
	w->state = PAPER_SETTLED;
	return e ? e : db_sheet_close(c, k, x, STR("settled"));
}

static enum err enter(cx *c, db_conn *k, void *arg)
{
	struct typing *w = arg;
	db_sheet x;
	enum err e = db_sheet_get(c, k, w->s->id, w->number, &x);
	if (e)
		return e;
	w->state = state_of(x.state);
	bool first = str_eq(x.entry1_by, w->who->login), second = str_eq(x.entry2_by, w->who->login);
	if (w->state == PAPER_ONCE && first)
		return str_eq(x.entry1, w->line) ? ERR_OK : wrong(c, ERR_DENIED, "paper.same_person", "", w->number);
	if ((w->state == PAPER_DIFFERS && second && str_eq(x.entry2, w->line)) || (w->state == PAPER_SETTLED && second))
		return ERR_OK; /* sent again */
	if (w->state >= PAPER_DIFFERS)
		return wrong(c, ERR_CONFLICT, "paper.over", "", w->number);
	if (w->state == PAPER_PRINTED && !w->line.len)
		return wrong(c, ERR_INPUT, "paper.blank", "", w->number);
	if (w->state == PAPER_PRINTED) {
		x.entry1 = w->line;
		x.entry1_by = w->who->login;
		x.state = STR("once");
		w->state = PAPER_ONCE;
		return db_sheet_entry(c, k, &x);
	}
	x.entry2 = w->line;
	x.entry2_by = w->who->login;
	compare(c, w->s, &x);
	if (!x.n_differ)
		return settle(c, k, w, &x);
	x.state = STR("differs");
	w->state = PAPER_DIFFERS;
	return db_sheet_entry(c, k, &x);
}

static enum err prepare(cx *c, struct typing *w, const struct given *given)
{
	struct submission in = { .key = STR("paper"), .mode = "paper", .lang = LANG_VI, .given = given, .as_is = true };
	enum err e = actor_may(c, w->a, w->who, "survey", "enter", 0);
	if (!e)
		e = response_prepare(c, w->a, w->s, &in, &w->answer);
	if (!e)
		w->line = response_line(w->answer);
	return e;
}

enum err paper_enter(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, int64_t number, const struct given *given,
	enum paper_state *out)
{
	struct typing w = { .a = a, .who = who, .s = s, .number = number };
	enum err e = prepare(c, &w, given);
	if (!e)
		e = db_tx(c, a->db, DB_WRITE, enter, &w);
	*out = w.state;
	return e;
}

static enum err settle_two(cx *c, db_conn *k, void *arg)
{
	struct typing *w = arg;
	db_sheet x;
	enum err e = db_sheet_get(c, k, w->s->id, w->number, &x);
	if (e)
		return e;
	if (state_of(x.state) == PAPER_SETTLED && str_eq(x.settled_by, w->who->login))
		return ERR_OK; /* sent again */
	if (state_of(x.state) != PAPER_DIFFERS)
		return wrong(c, ERR_CONFLICT, "paper.over", "", w->number);
	if (str_eq(x.entry1_by, w->who->login))
		return wrong(c, ERR_DENIED, "paper.first_settles", "", w->number);
	if (str_eq(x.entry2_by, w->who->login) && !w->reason.len)
		return wrong(c, ERR_INPUT, "paper.reason", "ly-do", 0);
	if (!w->line.len)
		return wrong(c, ERR_INPUT, "paper.blank", "", w->number);
	x.settled_by = w->who->login;
	x.reason = w->reason;
	return settle(c, k, w, &x);
}

enum err paper_settle(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, int64_t number, const struct given *given, str reason)
{
	struct typing w = { .a = a, .who = who, .s = s, .number = number, .reason = str_trim(reason) };
	if (vn_length(reason) > PAPER_REASON_MAX)
		return wrong(c, ERR_INPUT, "paper.reason", "ly-do", 0);
	enum err e = prepare(c, &w, given);
	return e ? e : db_tx(c, a->db, DB_WRITE, settle_two, &w);
}

static enum err void_it(cx *c, db_conn *k, void *arg)
{
	struct typing *w = arg;
	db_sheet x;
	enum err e = db_sheet_get(c, k, w->s->id, w->number, &x);
	if (e)
		return e;
	if (state_of(x.state) >= PAPER_SETTLED)
		return state_of(x.state) == PAPER_VOID ? ERR_OK : wrong(c, ERR_CONFLICT, "paper.over", "", w->number);
	x.settled_by = w->who->login;
	x.reason = w->reason;
	e = db_sheet_close(c, k, &x, STR("void"));
	return e ? e : audit_add(c, k, w->who, "paper.void", w->s->code, arena_printf(c->mem, "%lld", (long long)w->number));
}

enum err paper_void(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, int64_t number, str reason)
{
	struct typing w = { .a = a, .who = who, .s = s, .number = number, .reason = str_trim(reason) };
	if (!w.reason.len || vn_length(reason) > PAPER_REASON_MAX)
		return wrong(c, ERR_INPUT, "paper.reason", "ly-do", 0);
	enum err e = actor_may(c, a, who, "survey", "enter", 0);
	return e ? e : db_tx(c, a->db, DB_WRITE, void_it, &w);
}

static enum err blank_it(cx *c, db_conn *k, void *arg)
{
	struct typing *w = arg;
	db_sheet x;
	enum err e = db_sheet_get(c, k, w->s->id, w->number, &x);
	if (e)
		return e;
	if (state_of(x.state) == PAPER_VOID && str_is(x.reason, PAPER_BLANK))
		return ERR_OK; /* sent again */
	if (state_of(x.state) == PAPER_ONCE)
		return wrong(c, ERR_CONFLICT, "paper.not_blank", "", w->number);
	if (state_of(x.state) == PAPER_DIFFERS && str_eq(x.entry1_by, w->who->login))
		return wrong(c, ERR_DENIED, "paper.first_settles", "", w->number);
	if (state_of(x.state) >= PAPER_SETTLED)
		return wrong(c, ERR_CONFLICT, "paper.over", "", w->number);
	x.settled_by = w->who->login;
	x.reason = STR(PAPER_BLANK);
	e = db_sheet_close(c, k, &x, STR("void"));
	return e ? e : audit_add(c, k, w->who, "paper.blank", w->s->code, arena_printf(c->mem, "%lld", (long long)w->number));
}

enum err paper_blank(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, int64_t number)
{
	struct typing w = { .a = a, .who = who, .s = s, .number = number };
	enum err e = actor_may(c, a, who, "survey", "enter", 0);
	return e ? e : db_tx(c, a->db, DB_WRITE, blank_it, &w);
}
