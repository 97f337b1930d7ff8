/* The rows of a table of others, one by one: into answers, and into the store. */
#include <stdlib.h>
#include "app/survey_public.h"
#include "app/audit.h"
#include "app/intake_inner.h"
#include "app/survey_quota.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/vn.h"
#include "db/user.h"
#include "engine/fieldwork.h"
#include "engine/fieldwork.h"

enum { BATCH = 500 /* rows between two looks at who waits */, CACHED = 4096 /* words of a column that are remembered */, PARTS = 40 };

/* What a word of a column came to. */
struct known_word {
	enum match_cell is;
	struct given given;
	str text; /* of a role: what is stored */
	int64_t unknown; /* place in in->unknown, from 1; 0: known */
};

struct reading {
	struct intake *in;
	cx *row; /* memory of some rows */
	map *words;    /* by column */
	VEC(struct known_word) word;
	map unknown; /* "column|value" */
	map ids, there; /* keys of this file: line; receipts of the store: hash of the answers */
	int64_t line;
	bool faulty;
	const table_row *r;
	struct given *given;
	int32_t *column_of; /* by item: its column, from 1 */
	size_t id_column; /* from 1 */
	int64_t account;
};

static bool stops(const struct intake *in) { return !in->map.skip; }

static fault *complain(struct reading *x, const char *key, size_t column, str value)
{
	x->faulty = true;
	return cx_fault(x->in->c, stops(x->in) ? FAULT_ERROR : FAULT_WARNING, key, intake_at(x->in, x->line, column), value);
}

/* ---- words ---- */

static const char *const modes[] = { "web", "qr", "kiosk", "paper", "phone", "interview", "odk", "import" };
static const struct {
	const char *word, *mode;
} mode_words[] = { { "truc tuyen", "web" }, { "online", "web" }, { "ma qr", "qr" }, { "qr code", "qr" }, { "giay", "paper" }, { "phieu giay", "paper" },
	{ "phieu", "paper" }, { "dien thoai", "phone" }, { "goi dien", "phone" }, { "telephone", "phone" }, { "phong van", "interview" },
	{ "phong van truc tiep", "interview" }, { "truc tiep", "interview" }, { "face to face", "interview" }, { "man hinh", "kiosk" } };

static bool read_mode(str folded, str *out)
{
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
		if (str_is(folded, modes[i]))
			*out = str_of(modes[i]);
	for (size_t i = 0; i < sizeof mode_words / sizeof *mode_words; i++)
		if (str_is(folded, mode_words[i].word))
			*out = str_of(mode_words[i].mode);
	return out->len > 0;
}

static bool read_place(struct reading *x, str cell, str folded, str *out)
{
	const struct survey_place_list *l = &x->in->places;
	for (size_t i = 0; i < l->n; i++) {
		bool named = str_eq(l->p[i].code, cell);
		for (int lang = 0; lang < LANGS; lang++)
			named |= str_eq(vn_fold(x->row->mem, l->p[i].name[lang]), folded);
		if (named) {
			*out = l->p[i].code;
			return true;
		}
	}
	*out = cell;
	return !l->n && cell.len <= INTAKE_TEXT; /* without places of its own any word is one */
}

static bool read_interviewer(struct reading *x, str cell, str *out)
{
	DB_READER(k);
	db_account a;
	cx *c = x->row;
	if (db_reader(c, x->in->app->db, &k) || db_account_by_login(c, k, vn_lower(c->mem, cell), date_of_ms(c->now_ms), &a))
		return false;
	*out = arena_printf(c->mem, "%lld", (long long)a.id);
	return true;
}

static enum match_cell read_word(struct reading *x, const struct intake_column *k, str cell, struct known_word *w, str *unknown)
{
	str folded = vn_fold(x->row->mem, cell);
	bool good = true;
	if (k->role == INTAKE_ITEM)
		return match_value(x->in->survey->q, &k->item, cell,
			&(struct match_marks){ x->in->map.decimal, x->in->map.month_first }, x->row->mem, &w->given, unknown);
	if (k->role == INTAKE_MODE)
		good = read_mode(folded, &w->text);
	else if (k->role == INTAKE_PLACE)
		good = read_place(x, cell, folded, &w->text);
	else if (k->role == INTAKE_INTERVIEWER)
		good = read_interviewer(x, cell, &w->text);
	else if (k->role == INTAKE_LANG)
		w->text = str_starts(folded, STR("en")) || str_is(folded, "tieng anh") ? STR("en") : STR("vi");
	*unknown = cell;
	return good ? MATCH_CELL_OK : MATCH_CELL_UNKNOWN;
}

static const struct intake_value_map *told_value(struct reading *x, str target, str word)
{
	str key = arena_printf(x->row->mem, "%.*s|%.*s", STR_ARG(target), STR_ARG(vn_fold(x->row->mem, word)));
	const int64_t *at = map_get(&x->in->inner->values, key);
	return at ? &x->in->map.values.p[*at - 1] : NULL;
}

/* The cell with a part of it written as the map says. */
static str with_part(arena *mem, str cell, str part, str code)
{
	size_t at = part.p >= cell.p && part.p <= cell.p + cell.len ? (size_t)(part.p - cell.p) : 0;
	return arena_printf(mem, "%.*s%.*s%.*s", (int)at, cell.p, STR_ARG(code), (int)(cell.len - at - part.len), cell.p + at + part.len);
}

static enum match_cell read_told(struct reading *x, const struct intake_column *k, str cell, struct known_word *w, str *unknown)
{
	str target = x->in->map.values.n ? intake_target(x->in, k) : (str){ 0 };
	const struct intake_value_map *v = target.len ? told_value(x, target, cell) : NULL;
	if (v)
		cell = v->code;
	for (int i = 0; cell.len; i++) {
		*w = (struct known_word){ 0 };
		enum match_cell is = read_word(x, k, cell, w, unknown);
		v = is == MATCH_CELL_UNKNOWN && target.len && i < PARTS ? told_value(x, target, *unknown) : NULL;
		if (!v || unknown->p < cell.p || unknown->p + unknown->len > cell.p + cell.len)
			return is;
		cell = str_trim(with_part(x->row->mem, cell, *unknown, v->code));
	}
	return MATCH_CELL_EMPTY;
}

static int64_t count_unknown(struct reading *x, size_t column, str value)
{
	struct intake *in = x->in;
	bool added;
	str key = arena_printf(in->c->mem, "%zu|%.*s", column, STR_ARG(value));
	int64_t *at = map_put(in->c->mem, &x->unknown, key, &added);
	if (!added)
		return *at;
	if (in->unknown.n == INTAKE_UNKNOWN)
		return 0;
	*VEC_PUSH(in->c->mem, &in->unknown) = (struct intake_unknown){ column, arena_str(in->c->mem, value), 0, intake_at(in, x->line, column) };
	return *at = (int64_t)in->unknown.n;
}

static struct given keep_given(arena *mem, struct given g)
{
	str *p = NEW_ARRAY(mem, str, g.n + 1);
	for (size_t i = 0; i < g.n; i++)
		p[i] = arena_str(mem, g.p[i]);
	return (struct given){ p, g.n };
}

static bool is_listed(const struct intake *in, const struct intake_column *k)
{
	return k->role != INTAKE_ITEM || in->survey->q->items.p[k->item.item].list >= 0;
}

/* What the cell of a column says, from memory where the same word was met before. */
static enum match_cell look_up(struct reading *x, size_t column, str cell, struct known_word *out)
{
	struct intake *in = x->in;
	const struct intake_column *k = &in->columns.p[column];
	bool listed = is_listed(in, k);
	const int64_t *at = listed ? map_get(&x->words[column], cell) : NULL;
	str unknown;
	if (at) {
		*out = x->word.p[*at];
		return out->is;
	}
	*out = (struct known_word){ 0 };
	out->is = read_told(x, k, cell, out, &unknown);
	if (out->is == MATCH_CELL_UNKNOWN)
		out->unknown = count_unknown(x, column, unknown);
	if (listed && x->words[column].n < CACHED) {
		out->given = keep_given(in->c->mem, out->given);
		out->text = arena_str(in->c->mem, out->text);
		*map_put(in->c->mem, &x->words[column], arena_str(in->c->mem, cell), NULL) = (int64_t)x->word.n;
		*VEC_PUSH(in->c->mem, &x->word) = *out;
	}
	return out->is;
}

/* ---- one row ---- */

struct answer_row {
	db_response r;
	int64_t account, start, end;
	bool any; /* something was answered */
};

static void add_given(struct reading *x, int32_t item, struct given more)
{
	struct given *g = &x->given[item];
	str *p = NEW_ARRAY(x->row->mem, str, g->n + more.n + 1);
	if (g->n)
		memcpy(p, g->p, g->n * sizeof *p);
	if (more.n)
		memcpy(p + g->n, more.p, more.n * sizeof *p);
	*g = (struct given){ p, g->n + more.n };
}

static void read_day(struct reading *x, size_t column, str cell, struct answer_row *a)
{
	if (!match_day(cell, x->in->map.month_first, &a->r.on))
		complain(x, "intake.day", column, cell);
	else if (a->r.on > date_of_ms(x->in->c->now_ms))
		complain(x, "intake.future", column, cell);
}

static void read_weight(struct reading *x, size_t column, str cell, struct answer_row *a)
{
	dec d;
	char text[DEC_TEXT];
	str s;
	if (match_number(cell, x->in->map.decimal, x->row->mem, &s) || !dec_parse(s, &d) || dec_cmp(d, DEC_ZERO) <= 0)
		complain(x, "intake.weight", column, cell);
	else
		a->r.at.weight = arena_str(x->row->mem, dec_text(d, text));
}

static void take_text(struct reading *x, size_t column, str cell, str *out)
{
	if (cell.len > INTAKE_TEXT)
		complain(x, "intake.long", column, cell);
	*out = arena_str(x->row->mem, cell);
}

static void take_moment(struct reading *x, size_t column, str cell, int64_t *out)
{
	if (!date_parse_moment(cell, out))
		complain(x, "intake.moment", column, cell);
}

static void take_word(struct reading *x, size_t column, str cell, struct answer_row *a)
{
	const struct intake_column *k = &x->in->columns.p[column];
	struct known_word w;
	enum match_cell is = look_up(x, column, cell, &w);
	if (is == MATCH_CELL_UNKNOWN) {
		x->faulty = true;
		if (w.unknown)
			x->in->unknown.p[w.unknown - 1].n++;
		x->in->unknown_all++;
	} else if (is == MATCH_CELL_UNCLEAR) {
		complain(x, "intake.unclear", column, cell);
	} else if (is == MATCH_CELL_OK) {
		switch (k->role) {
		case INTAKE_ITEM: add_given(x, k->item.item, w.given); break;
		case INTAKE_MODE: a->r.mode = w.text; break;
		case INTAKE_LANG: a->r.lang = w.text; break;
		case INTAKE_PLACE: a->r.at.place = w.text; break;
		default: a->account = strtoll(arena_cstr(x->row->mem, w.text), NULL, 10); break;
		}
	}
}

static void take_cell(struct reading *x, size_t column, struct answer_row *a)
{
	const struct intake_column *k = &x->in->columns.p[column];
	str cell = intake_cell(x->r, k->at);
	if (!cell.len || k->role == INTAKE_LEFT || k->role == INTAKE_ID)
		return;
	switch (k->role) {
	case INTAKE_DAY: read_day(x, column, cell, a); break;
	case INTAKE_STRATUM: take_text(x, column, cell, &a->r.at.stratum); break;
	case INTAKE_PSU: take_text(x, column, cell, &a->r.at.psu); break;
	case INTAKE_WEIGHT: read_weight(x, column, cell, a); break;
	case INTAKE_START: take_moment(x, column, cell, &a->start); break;
	case INTAKE_END: take_moment(x, column, cell, &a->end); break;
	default: take_word(x, column, cell, a); break;
	}
}

/* All that was answered, against the questionnaire; its faults at their cells. */
static void check_answers(struct reading *x, struct answer_row *a)
{
	const questionnaire *q = x->in->survey->q;
	struct answer *answers = NEW_ARRAY(x->row->mem, struct answer, q->items.n);
	size_t before = x->row->n_faults;
	answers_check_as_is(x->row, q, x->given, a->r.on, 0, (int32_t)q->items.n, LANG_VI, answers);
	for (size_t i = before; i < x->row->n_faults; i++) {
		const fault *f = &x->row->faults[i];
		int32_t item = questionnaire_find(q, f->at.field), column = item == NO_ITEM ? 0 : x->column_of[item];
		fault *to = complain(x, f->key, column ? (size_t)column - 1 : SIZE_MAX, f->value);
		for (int k = 0; k < FAULT_ARGS; k++)
			fault_arg(x->in->c, to, k + 1, f->arg[k]);
	}
	x->row->n_faults = before;
	x->row->n_errors = 0;
	buf b;
	buf_init(&b, 0);
	answers_write(q, answers, &b);
	a->r.answers = arena_str(x->row->mem, buf_str(&b));
	a->any = b.len > 0;
	buf_free(&b);
}

/* The number of its source, or the row itself and which of its like it is. */
static str key_of(struct reading *x)
{
	arena *mem = x->in->c->mem;
	bool added;
	if (x->id_column) {
		size_t column = x->id_column - 1;
		str id = intake_cell(x->r, x->in->columns.p[column].at);
		if (!id.len || id.len > INTAKE_TEXT) {
			complain(x, id.len ? "intake.long" : "intake.no_id", column, id);
			return id;
		}
		str key = x->in->map.source.len ? arena_printf(mem, "%.*s|%.*s", STR_ARG(x->in->map.source), STR_ARG(id)) : arena_str(mem, id);
		int64_t *line = map_put(mem, &x->ids, key, &added);
		if (!added)
			fault_arg(x->in->c, complain(x, "import.twice", column, id), 1, arena_printf(mem, "%lld", (long long)*line));
		else
			*line = x->line;
		return key;
	}
	buf b;
	buf_init(&b, 0);
	for (int i = 0; i < x->r->n; i++) {
		buf_add(&b, intake_cell(x->r, i));
		buf_char(&b, '\x1f');
	}
	while (b.len && b.p[b.len - 1] == '\x1f') /* a row that ends earlier in another form of the file is the same */
		b.len--;
	str row = hash_sha256(mem, buf_str(&b));
	buf_free(&b);
	int64_t n = ++*map_put(mem, &x->ids, row, NULL);
	return arena_printf(x->row->mem, "row|%.*s|%.*s|%lld", STR_ARG(x->in->map.source), STR_ARG(row), (long long)n);
}

static void check_mode(struct reading *x, struct answer_row *a)
{
	if (!a->r.mode.len)
		a->r.mode = x->in->map.mode.len ? x->in->map.mode : a->account ? STR("interview") : STR("import");
	if (x->in->survey->design != SURVEY_SELF_SELECTED && str_is(a->r.mode, "kiosk")) /* whom a sample chose is asked for before (drawn) */
		complain(x, "import.answer_self_selected", SIZE_MAX, a->r.mode);
}

/* One from the key, so that the same file makes the same store. */
static void set_ids(struct reading *x, str key, db_response *r)
{
	arena *mem = x->row->mem;
	r->receipt = hash_for(mem, "survey answer", key, DB_RECEIPT);
	str id = hash_for(mem, "survey answer id", arena_printf(mem, "%.*s|%.*s", STR_ARG(x->in->survey->code), STR_ARG(key)), 16);
	memcpy(&r->id, id.p, sizeof r->id);
	r->id = (int64_t)((uint64_t)r->id >> 1) | 1;
}

static bool says_something(const table_row *r)
{
	for (int i = 0; i < r->n; i++)
		if (str_trim(r->cell[i]).len)
			return true;
	return false;
}

static void read_answers(struct reading *x, struct answer_row *a)
{
	struct intake *in = x->in;
	*a = (struct answer_row){ .r = { .survey_id = in->survey->id, .lang = STR("vi"), .at = { .place = in->map.place } } };
	a->r.on = in->map.on ? in->map.on : date_of_ms(in->c->now_ms);
	memset(x->given, 0, in->survey->q->items.n * sizeof *x->given);
	x->faulty = false;
	for (size_t i = 0; i < in->columns.n; i++)
		take_cell(x, i, a);
	if (a->start && a->end && a->end < a->start)
		complain(x, "intake.backwards", SIZE_MAX, STR(""));
	else if (a->start && a->end) /* in bands; the moments themselves stay only beside what was said to a person */
		a->r.seconds = field_seconds((a->end - a->start + 999) / 1000);
	check_answers(x, a);
	check_mode(x, a);
	set_ids(x, key_of(x), &a->r);
}

/* ---- all rows ---- */

static int64_t mark_of(arena *mem, str answers)
{
	int64_t n;
	memcpy(&n, hash_for(mem, "answers", answers, 16).p, sizeof n);
	return n;
}

static enum err note_response(void *ctx, const db_response *r)
{
	struct reading *x = ctx;
	arena *mem = x->in->c->mem;
	*map_put(mem, &x->there, arena_str(mem, r->receipt), NULL) = mark_of(mem, r->answers);
	return ERR_OK;
}

static enum err load_there(struct reading *x)
{
	DB_READER(k);
	enum err e = db_reader(x->in->c, x->in->app->db, &k);
	if (e)
		return e;
	db_read_bound(k, 0);
	return db_response_each(x->in->c, k, x->in->survey->id, note_response, x);
}

static db_response keep_response(arena *mem, const db_response *r)
{
	db_response to = *r;
	to.receipt = arena_str(mem, r->receipt);
	to.mode = arena_str(mem, r->mode);
	to.at = (db_sampled){ arena_str(mem, r->at.place), arena_str(mem, r->at.stratum), arena_str(mem, r->at.psu), arena_str(mem, r->at.weight) };
	to.answers = arena_str(mem, r->answers);
	return to;
}

static void take_good(struct reading *x, const struct answer_row *a)
{
	struct intake *in = x->in;
	const int64_t *mark = map_get(&x->there, a->r.receipt);
	bool same = mark && *mark == mark_of(x->row->mem, a->r.answers);
	in->good++;
	in->fresh += !mark;
	in->known += same;
	if (mark && !same && !in->differs++)
		cx_fault(in->c, FAULT_WARNING, "intake.differs", intake_at(in, x->line, x->id_column ? x->id_column - 1 : SIZE_MAX), STR(""));
	if (in->inner->keep && !mark) {
		db_response *r = VEC_PUSH(in->c->mem, &in->inner->rows);
		*r = keep_response(in->c->mem, &a->r);
		r->seconds = a->start && a->end ? field_seconds((a->end - a->start + 999) / 1000) : 0;
		if (a->account)
			*VEC_PUSH(in->c->mem, &in->inner->visits) = (db_visit){ a->r.id, a->account, a->start, a->end };
	}
	if (in->shown.n < INTAKE_SHOWN) {
		db_response r = keep_response(in->c->mem, &a->r);
		*VEC_PUSH(in->c->mem, &in->shown) = (struct intake_row){ x->line, r.on, r.mode, r.at.place, r.answers, mark != NULL };
	}
}

static void read_row(struct reading *x, const table_row *r)
{
	struct intake *in = x->in;
	struct answer_row a;
	if (!says_something(r))
		return;
	x->r = r;
	x->line = r->line;
	in->rows++;
	read_answers(x, &a);
	if (x->faulty)
		in->faulty++;
	else if (!a.any)
		in->empty++;
	else
		take_good(x, &a);
}

static cx *fresh_row(struct intake *in, cx *old)
{
	cx_free(old);
	cx *c = cx_new(0);
	c->now_ms = in->c->now_ms;
	return c;
}

static enum err read_all(struct reading *x)
{
	struct intake *in = x->in;
	table_row r;
	enum err e = ERR_OK;
	table_source t = intake_source(in);
	while (!e && t.next && t.next(t.ctx, &r)) {
		if (r.line <= in->heading)
			continue;
		if (r.n > INTAKE_COLUMNS)
			e = cx_fail(in->c, ERR_LIMIT, "intake.wide", (place){ .file = in->file, .line = r.line }, STR(""));
		else if (in->rows == INTAKE_ROWS)
			e = cx_fail(in->c, ERR_LIMIT, "intake.rows", (place){ .file = in->file, .line = r.line }, STR(""));
		else
			read_row(x, &r);
		if (in->rows % BATCH == 0) {
			x->row = fresh_row(in, x->row);
			x->given = NEW_ARRAY(x->row->mem, struct given, in->survey->q->items.n + 1);
			if (!cx_step(in->c, 0, 0))
				e = ERR_CANCELLED;
		}
	}
	bool sound = t.next && t.sound(t.ctx);
	if (t.close)
		t.close(t.ctx);
	return e ? e : sound ? ERR_OK : ERR_INPUT;
}

static int by_number(const void *a, const void *b)
{
	const struct intake_unknown *x = a, *y = b;
	return x->n != y->n ? (x->n < y->n) - (x->n > y->n) : x->first.line != y->first.line ? (x->first.line > y->first.line) - (x->first.line < y->first.line)
		: (x->column > y->column) - (x->column < y->column);
}

/* One fault for a word, however often it stands there. */
static void tell_unknown(struct intake *in)
{
	if (in->unknown.n)
		qsort(in->unknown.p, in->unknown.n, sizeof *in->unknown.p, by_number);
	for (size_t i = 0; i < in->unknown.n; i++) {
		const struct intake_unknown *u = &in->unknown.p[i];
		fault *f = cx_fault(in->c, stops(in) ? FAULT_ERROR : FAULT_WARNING, "intake.value", u->first, u->value);
		fault_arg(in->c, f, 1, arena_printf(in->c->mem, "%lld", (long long)u->n));
		fault_arg(in->c, f, 2, intake_target(in, &in->columns.p[u->column]));
	}
}

static void find_columns(struct reading *x)
{
	struct intake *in = x->in;
	for (size_t i = 0; i < in->columns.n; i++) {
		const struct intake_column *k = &in->columns.p[i];
		if (k->role == INTAKE_ID)
			x->id_column = i + 1;
		if (k->role == INTAKE_ITEM && !x->column_of[k->item.item])
			x->column_of[k->item.item] = (int32_t)i + 1;
	}
}

/* What can be said before the first row. */
static void check_whole(struct intake *in)
{
	str mode = { 0 };
	size_t items = 0;
	for (size_t i = 0; i < in->columns.n; i++)
		items += in->columns.p[i].role == INTAKE_ITEM;
	if (!items)
		cx_fault(in->c, FAULT_ERROR, "intake.no_item", (place){ .file = in->file, .line = in->heading }, STR(""));
	if (in->survey->design != SURVEY_SELF_SELECTED && !in->map.drawn)
		cx_fault(in->c, FAULT_ERROR, "intake.not_drawn", (place){ 0 }, STR(""));
	if (in->map.mode.len && !read_mode(in->map.mode, &mode))
		cx_fault(in->c, FAULT_ERROR, "import.answer_mode", (place){ .field = STR("mode") }, in->map.mode);
}

static void drop_row(void *what)
{
	struct reading *x = what;
	cx_free(x->row);
}

static enum err look(struct intake *in)
{
	struct cx_hold hold;
	struct reading x = { .in = in, .row = fresh_row(in, NULL), .words = NEW_ARRAY(in->c->mem, map, in->columns.n + 1),
		.column_of = NEW_ARRAY(in->c->mem, int32_t, in->survey->q->items.n + 1) };
	size_t before = in->c->n_errors;
	cx_hold(in->c, &hold, drop_row, &x);
	x.given = NEW_ARRAY(x.row->mem, struct given, in->survey->q->items.n + 1);
	find_columns(&x);
	check_whole(in);
	enum err e = load_there(&x);
	if (!e)
		e = read_all(&x);
	tell_unknown(in);
	cx_unhold(&hold);
	drop_row(&x);
	return e ? e : in->c->n_errors == before ? ERR_OK : ERR_INPUT;
}

enum err intake_look(struct intake *in)
{
	in->rows = in->good = in->fresh = in->known = in->differs = in->empty = in->faulty = in->unknown_all = 0;
	in->unknown.n = in->shown.n = 0;
	in->inner->rows.n = in->inner->visits.n = 0;
	return intake_guard(in, look);
}

/* ---- storing ---- */

struct storing {
	struct intake *in;
	const struct actor *who;
	int64_t added;
};

static str what_came(struct storing *w)
{
	const struct intake *in = w->in;
	buf b;
	json_out j;
	buf_init(&b, 0);
	json_init(&j, &b);
	json_put_object(&j);
	json_add_str(&j, "file", in->file);
	json_add_str(&j, "sha256", hash_sha256(in->c->mem, in->bytes));
	json_add_int(&j, "rows", in->rows);
	json_add_int(&j, "added", w->added);
	json_add_int(&j, "known", in->good - w->added);
	json_add_int(&j, "left_out", in->faulty + in->empty);
	json_put_end(&j, '}');
	str s = arena_str(in->c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

/* One transaction: all of the file or nothing, also when it is called off in the middle. */
static enum err put_all(cx *c, db_conn *k, void *arg)
{
	struct storing *w = arg;
	const struct intake_inner *x = w->in->inner;
	enum err e = ERR_OK;
	w->added = 0;
	for (size_t from = 0; from < x->rows.n && !e; from += BATCH) {
		size_t n = x->rows.n - from < BATCH ? x->rows.n - from : BATCH;
		int64_t added;
		if (!cx_step(c, (int64_t)from, (int64_t)x->rows.n))
			return ERR_CANCELLED;
		e = db_response_put(c, k, x->rows.p + from, n, &added);
		w->added += added;
	}
	if (!e)
		e = db_visit_put(c, k, x->visits.p, x->visits.n);
	return e ? e : audit_add(c, k, w->who, "answers.import", w->in->survey->code, what_came(w));
}

static enum err store(struct intake *in, const struct actor *who)
{
	struct storing w = { in, who, 0 };
	enum err e = db_tx(in->c, in->app->db, DB_WRITE, put_all, &w);
	if (e)
		return e;
	in->known += in->fresh - w.added;
	in->fresh = w.added;
	return survey_recount_id(in->c, in->app, in->survey->id);
}

enum err intake_store(struct intake *in, const struct actor *who)
{
	enum err e = actor_may(in->c, in->app, who, "survey", "import", 0);
	if (!e)
		e = survey_changes(in->c, in->survey);
	in->inner->keep = true;
	if (!e)
		e = intake_look(in);
	return e ? e : store(in, who);
}

/* ---- what a word may become ---- */

size_t intake_choices(const struct intake *in, size_t column, const struct intake_choice **out)
{
	const struct intake_column *k = &in->columns.p[column];
	size_t n = 0, most = sizeof modes / sizeof *modes + in->places.n;
	const struct question_list *l = NULL;
	if (k->role == INTAKE_ITEM && in->survey->q->items.p[k->item.item].list >= 0)
		l = &in->survey->q->lists.p[in->survey->q->items.p[k->item.item].list];
	struct intake_choice *p = NEW_ARRAY(in->c->mem, struct intake_choice, most + (l ? l->options.n : 0) + 1);
	for (size_t i = 0; l && i < l->options.n; i++)
		p[n++] = (struct intake_choice){ l->options.p[i].code, { l->options.p[i].text[0], l->options.p[i].text[1] } };
	for (size_t i = 0; k->role == INTAKE_MODE && i < sizeof modes / sizeof *modes; i++)
		p[n++] = (struct intake_choice){ str_of(modes[i]), { { 0 }, { 0 } } };
	for (size_t i = 0; k->role == INTAKE_PLACE && i < in->places.n; i++)
		p[n++] = (struct intake_choice){ in->places.p[i].code, { in->places.p[i].name[0], in->places.p[i].name[1] } };
	*out = p;
	return n;
}
