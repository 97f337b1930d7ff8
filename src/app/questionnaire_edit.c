#include "app/questionnaire_edit.h"
#include "app/audit.h"
#include "app/xlsform.h"
#include "base/hash.h"
#include "base/vn.h"
#include "db/questionnaire.h"

enum class { CLASS_SETTING, CLASS_LIST, CLASS_FACTOR, CLASS_ITEM };

static enum err fail(cx *c, enum err e, const char *key, str value)
{
	bool of_code = str_is(str_of(key), "form_draft.code") || str_is(str_of(key), "form_draft.there");
	return cx_fail(c, e, key, (place){ .field = of_code ? STR("ma") : STR("") }, value);
}

/* ---- rows ---- */

static str at(const struct form_row *r, int column)
{
	return r->cell[column];
}

static enum class class_of(const struct form_row *r) {
	str kind = at(r, QUESTIONNAIRE_KIND);
	if (at(r, QUESTIONNAIRE_CODE).len && at(r, QUESTIONNAIRE_CODE).p[0] == '@') return CLASS_SETTING;
	return str_is(kind, "list") || str_is(kind, "option") ? CLASS_LIST
		: str_is(kind, "factor")                      ? CLASS_FACTOR
							      : CLASS_ITEM;
}

static bool is_option(const struct form_row *r)
{
	return str_is(at(r, QUESTIONNAIRE_KIND), "option");
}

/* Whether row k names row i as what is above it. */
static bool hangs_on(const struct form_row *k, const struct form_row *i)
{
	if (class_of(k) != class_of(i) || class_of(k) == CLASS_SETTING || is_option(i) || (class_of(k) == CLASS_LIST && !is_option(k)))
		return false;
	return at(k, QUESTIONNAIRE_PARENT).len && str_eq(at(k, QUESTIONNAIRE_PARENT), at(i, QUESTIONNAIRE_CODE));
}

static bool hangs_below(const struct form_rows *r, size_t k, size_t i)
{
	for (size_t up = k; up-- > i;)
		if (hangs_on(&r->p[k], &r->p[up]))
			return up == i || hangs_below(r, up, i);
	return false;
}

size_t form_rows_below(const struct form_rows *r, size_t i)
{
	size_t k = i + 1;
	while (k < r->n && hangs_below(r, k, i))
		k++;
	return k - i - 1;
}

static int *depths(cx *c, const struct form_rows *r)
{
	int *d = NEW_ARRAY(c->mem, int, r->n + 1);
	for (size_t k = 0; k < r->n; k++)
		for (size_t up = k; up-- > 0 && class_of(&r->p[up]) == class_of(&r->p[k]);)
			if (hangs_on(&r->p[k], &r->p[up])) {
				d[k] = d[up] + 1;
				break;
			}
	return d;
}

/* Settings, lists, factors, items; within them as they stand. */
static void sort_rows(cx *c, struct form_rows *r)
{
	struct form_rows sorted = { 0 };
	for (int k = CLASS_SETTING; k <= CLASS_ITEM; k++)
		for (size_t i = 0; i < r->n; i++)
			if (class_of(&r->p[i]) == (enum class)k)
				*VEC_PUSH(c->mem, &sorted) = r->p[i];
	*r = sorted;
}

str form_rows_text(cx *c, const struct form_rows *r)
{
	buf b;
	buf_init(&b, 0);
	for (int i = 0; i < QUESTIONNAIRE_COLUMNS; i++)
		buf_printf(&b, "%s%s", i ? "," : "", questionnaire_columns[i].name);
	buf_char(&b, '\n');
	for (size_t k = 0; k < r->n; k++)
		for (int i = 0; i < QUESTIONNAIRE_COLUMNS; i++) {
			csv_cell(&b, r->p[k].cell[i]);
			buf_char(&b, i + 1 < QUESTIONNAIRE_COLUMNS ? ',' : '\n');
		}
	str s = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static enum err read_rows(cx *c, str text, struct form_rows *out)
{
	table t;
	csv_options opt = { .delimiter = ',', .encoding = CSV_UTF8 };
	*out = (struct form_rows){ 0 };
	enum err e = table_open(c, csv_open_mem(c, STR("draft"), text, &opt), STR("draft"), questionnaire_columns, QUESTIONNAIRE_COLUMNS, &t);
	while (!e && table_next(&t)) {
		struct form_row *r = VEC_PUSH(c->mem, out);
		for (int i = 0; i < QUESTIONNAIRE_COLUMNS; i++)
			r->cell[i] = arena_str(c->mem, t.cell[i]);
	}
	table_close(&t);
	return e;
}

/* ---- checking ---- */

static void add_fault(cx *c, struct form_draft *d, const fault *f)
{
	struct form_fault *x = &d->faults[d->n_faults++];
	*x = (struct form_fault){ *f, (int)f->at.line - 2, f->at.column - 1 };
	(void)c;
	if (f->at.line < 2 || x->row >= (int)d->rows.n)
		x->row = x->column = -1;
}

/* Fills faults, q and what is counted; the faults do not stay in c. */
static void check(cx *c, struct form_draft *d)
{
	size_t faults = c->n_faults, errors = c->n_errors;
	questionnaire *q = NULL;
	struct table_rows rows = { .names = questionnaire_columns, .columns = QUESTIONNAIRE_COLUMNS, .n = d->rows.n };
	const str **cells = NEW_ARRAY(c->mem, const str *, d->rows.n + 1);
	for (size_t i = 0; i < d->rows.n; i++)
		cells[i] = d->rows.p[i].cell;
	rows.row = cells;
	enum err e = questionnaire_read(c, table_of_rows(c, &rows, STR("")), &q);
	d->faults = NEW_ARRAY(c->mem, struct form_fault, c->n_faults - faults + 1);
	d->n_faults = 0;
	for (size_t i = faults; i < c->n_faults; i++)
		if (c->faults[i].level == FAULT_ERROR)
			add_fault(c, d, &c->faults[i]);
	c->n_faults = faults;
	c->n_errors = errors;
	d->q = e ? NULL : q;
	d->n_asked = q ? q->n_asked : 0;
	d->name = STR("");
	for (size_t i = 0; i < d->rows.n; i++)
		if (str_is(d->rows.p[i].cell[QUESTIONNAIRE_CODE], "@name"))
			d->name = d->rows.p[i].cell[QUESTIONNAIRE_TEXT_VI];
	d->depth = depths(c, &d->rows);
}

/* ---- reading drafts ---- */

static enum err may(cx *c, struct app *a, const struct actor *who) { return actor_may(c, a, who, "survey", "edit", 0); }

static struct form_draft brief_of(const db_form_draft *d)
{
	return (struct form_draft){ .code = d->code, .name = d->name, .changed_by = d->changed_by, .revision = d->revision, .changed_at = d->changed_at,
		.base = d->base, .n_asked = d->n_asked, .n_faults = d->n_faults };
}

enum err form_drafts_all(cx *c, struct app *a, const struct actor *who, struct form_drafts *out)
{
	DB_READER(k);
	db_form_draft_list list;
	*out = (struct form_drafts){ 0 };
	enum err e = may(c, a, who);
	if (!e)
		e = db_reader(c, a->db, &k);
	if (!e)
		e = db_form_draft_all(c, k, &list);
	for (size_t i = 0; i < list.n && !e; i++)
		*VEC_PUSH(c->mem, out) = brief_of(&list.p[i]);
	return e;
}

static enum err load(cx *c, db_conn *k, str code, struct form_draft *out)
{
	db_form_draft d;
	enum err e = db_form_draft_get(c, k, code, &d);
	if (e == ERR_NOTFOUND)
		return fail(c, e, "form_draft.unknown", code);
	if (e)
		return e;
	*out = brief_of(&d);
	e = read_rows(c, d.body, &out->rows);
	if (!e)
		check(c, out);
	if (!e)
		form_notes_read(c, d.notes, &out->notes);
	if (!e && out->q)
		form_gaps_of(c, out->q, &out->gaps);
	return e;
}

enum err form_draft_open(cx *c, struct app *a, const struct actor *who, str code, struct form_draft *out)
{
	DB_READER(k);
	enum err e = may(c, a, who);
	if (!e)
		e = db_reader(c, a->db, &k);
	return e ? e : load(c, k, code, out);
}

/* ---- beginning ---- */

static bool good_code(str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", s.p[i]))
			return false;
	return s.len && s.len <= FORM_CODE_MAX && s.p[0] != '-';
}

static str empty_text(cx *c, str name)
{
	struct form_rows r = { 0 };
	struct form_row *title = VEC_PUSH(c->mem, &r);
	*title = (struct form_row){ .cell = { [QUESTIONNAIRE_CODE] = STR("@name"), [QUESTIONNAIRE_TEXT_VI] = name } };
	struct form_row *section = VEC_PUSH(c->mem, &r);
	*section = (struct form_row){ .cell = { [QUESTIONNAIRE_CODE] = STR("P1"), [QUESTIONNAIRE_KIND] = STR("section"),
					      [QUESTIONNAIRE_TEXT_VI] = str_of(po_text("form_draft.first", LANG_VI)),
					      [QUESTIONNAIRE_TEXT_EN] = str_of(po_text("form_draft.first", LANG_EN)) } };
	return form_rows_text(c, &r);
}

struct beginning {
	const struct actor *who;
	db_form_draft d;
	str what;
};

static void put_counts(db_form_draft *to, const struct form_draft *d)
{
	to->name = d->name.len ? d->name : d->code;
	to->n_asked = d->n_asked;
	to->n_faults = d->n_faults;
}

static enum err begin(cx *c, db_conn *k, void *arg)
{
	struct beginning *w = arg;
	enum err e = db_form_draft_add(c, k, &w->d);
	return e ? e : audit_add(c, k, w->who, "questionnaire.begin", w->d.code, w->what);
}

enum err form_draft_begin(cx *c, struct app *a, const struct actor *who, const struct form_begin *in)
{
	struct form_draft d = { .code = in->code };
	struct questionnaire_info base = { .version = 0 };
	const questionnaire *q;
	size_t faults = c->n_faults;
	str text = empty_text(c, in->name.len ? in->name : in->code);
	enum err e = may(c, a, who);
	if (!e && !good_code(in->code))
		e = fail(c, ERR_INPUT, "form_draft.code", in->code);
	if (!e && in->bytes.len)
		e = questionnaire_text(c, in->file, in->bytes, NULL, in->name, &text, &q);
	else if (!e && in->from.len) {
		e = questionnaire_get(c, a, in->from, 0, &base);
		text = base.text;
	}
	if (!e)
		e = read_rows(c, text, &d.rows);
	if (e)
		return e;
	check(c, &d);
	struct beginning w = { who, { .code = in->code, .base = base.version, .body = text, .actor = who->login, .changed_by = who->name },
		in->bytes.len ? in->file : in->from };
	put_counts(&w.d, &d);
	w.d.notes = form_notes_text(c, faults);
	e = db_tx(c, a->db, DB_WRITE, begin, &w);
	return e == ERR_CONFLICT ? fail(c, e, "form_draft.there", in->code) : e;
}

/* ---- changing ---- */

/* Where a new row belongs: behind the last of what hangs with it. */
static size_t place_for(const struct form_rows *r, const struct form_row *x)
{
	size_t to = 0;
	bool below = false;
	for (size_t i = 0; i < r->n; i++) {
		if (hangs_on(x, &r->p[i])) {
			to = i + form_rows_below(r, i) + 1;
			below = true;
		} else if (!below && class_of(&r->p[i]) <= class_of(x))
			to = i + 1;
	}
	return to;
}

static void insert(cx *c, struct form_rows *r, size_t to, const struct form_row *x)
{
	VEC_PUSH(c->mem, r);
	memmove(&r->p[to + 1], &r->p[to], (r->n - 1 - to) * sizeof *r->p);
	r->p[to] = *x;
}

static void rename_code(struct form_rows *r, enum class k, str old, str code)
{
	for (size_t i = 0; i < r->n; i++) {
		str *parent = &r->p[i].cell[QUESTIONNAIRE_PARENT], *link = NULL;
		if (k == CLASS_LIST)
			link = &r->p[i].cell[QUESTIONNAIRE_LIST];
		if (k == CLASS_FACTOR)
			link = &r->p[i].cell[QUESTIONNAIRE_FACTOR];
		if (class_of(&r->p[i]) == k && str_eq(*parent, old))
			*parent = code;
		if (link && str_eq(*link, old))
			*link = code;
	}
}

static void set_row(struct form_rows *r, size_t i, const struct form_row *x)
{
	struct form_row old = r->p[i];
	str before = at(&old, QUESTIONNAIRE_CODE), now = at(x, QUESTIONNAIRE_CODE);
	r->p[i] = *x;
	if (before.len && !str_eq(before, now) && !is_option(&old))
		rename_code(r, class_of(&old), before, now);
}

/* Rows [a, a + n) and [b, b + m) change places; what is between stays there. */
static void swap_blocks(cx *c, struct form_rows *r, size_t a, size_t n, size_t b, size_t m)
{
	struct form_row *copy = NEW_ARRAY(c->mem, struct form_row, b + m - a);
	size_t between = b - a - n, k = 0;
	memcpy(copy, &r->p[a], (b + m - a) * sizeof *copy);
	for (size_t i = 0; i < m; i++)
		r->p[a + k++] = copy[b - a + i];
	for (size_t i = 0; i < between; i++)
		r->p[a + k++] = copy[n + i];
	for (size_t i = 0; i < n; i++)
		r->p[a + k++] = copy[i];
}

static bool siblings(const struct form_row *x, const struct form_row *y)
{
	return class_of(x) == class_of(y) && is_option(x) == is_option(y) && str_eq(at(x, QUESTIONNAIRE_PARENT), at(y, QUESTIONNAIRE_PARENT));
}

/* False: there is nothing to change places with. */
static bool move(cx *c, struct form_rows *r, size_t i, bool up)
{
	size_t n = form_rows_below(r, i) + 1, other = up ? i : i + n;
	while (up ? other-- > 0 : other < r->n) {
		if (siblings(&r->p[other], &r->p[i])) {
			size_t m = form_rows_below(r, other) + 1;
			if (up)
				swap_blocks(c, r, other, m, i, n);
			else
				swap_blocks(c, r, i, n, other, m);
			return true;
		}
		other += !up;
	}
	return false;
}

static void drop(struct form_rows *r, size_t i)
{
	size_t n = form_rows_below(r, i) + 1;
	memmove(&r->p[i], &r->p[i + n], (r->n - i - n) * sizeof *r->p);
	r->n -= n;
}

static enum err change(cx *c, struct form_rows *r, struct form_edit *e)
{
	struct form_row x;
	memcpy(x.cell, e->cell, sizeof x.cell);
	if (e->what != FORM_ADD && (e->row < 0 || (size_t)e->row >= r->n))
		return fail(c, ERR_CONFLICT, "form_draft.row", STR(""));
	if (e->what == FORM_ADD && r->n >= QUESTIONNAIRE_MAX_ROWS)
		return fail(c, ERR_LIMIT, "form_draft.full", STR(""));
	switch (e->what) {
	case FORM_SET: set_row(r, (size_t)e->row, &x); break;
	case FORM_ADD:
		e->row = (int)place_for(r, &x);
		insert(c, r, (size_t)e->row, &x);
		break;
	case FORM_UP:
	case FORM_DOWN: move(c, r, (size_t)e->row, e->what == FORM_UP); break;
	case FORM_DROP: drop(r, (size_t)e->row); break;
	}
	sort_rows(c, r);
	return ERR_OK;
}

struct editing {
	const struct actor *who;
	str code;
	struct form_edit *edit;
};

static const char *const done_words[] = { "set", "add", "up", "down", "drop" };

static enum err edit(cx *c, db_conn *k, void *arg)
{
	const struct editing *w = arg;
	struct form_draft d;
	enum err e = load(c, k, w->code, &d);
	if (!e && d.revision != w->edit->revision)
		e = fail(c, ERR_CONFLICT, "form_draft.changed", STR(""));
	if (e)
		return e;
	str touched = w->edit->what == FORM_ADD || (size_t)w->edit->row >= d.rows.n
		? w->edit->cell[QUESTIONNAIRE_CODE]
		: at(&d.rows.p[w->edit->row], QUESTIONNAIRE_CODE);
	e = change(c, &d.rows, w->edit);
	if (e)
		return e;
	check(c, &d);
	db_form_draft to = { .code = d.code, .revision = d.revision, .body = form_rows_text(c, &d.rows), .changed_by = w->who->name };
	put_counts(&to, &d);
	e = db_form_draft_save(c, k, &to);
	if (e == ERR_CONFLICT)
		return fail(c, e, "form_draft.changed", STR(""));
	return e ? e
		 : audit_add(c, k, w->who, "questionnaire.edit", d.code,
			 arena_printf(c->mem, "%s %.*s", done_words[w->edit->what], STR_ARG(touched)));
}

enum err form_draft_edit(cx *c, struct app *a, const struct actor *who, str code, struct form_edit *e)
{
	struct editing w = { who, code, e };
	enum err err = may(c, a, who);
	return err ? err : db_tx(c, a->db, DB_WRITE, edit, &w);
}

static enum err faulty(cx *c, const struct form_draft *d)
{
	fault_arg(c, cx_fault(c, FAULT_ERROR, "form_draft.faulty", (place){ 0 }, (str){ 0 }), 1, arena_printf(c->mem, "%d", d->n_faults));
	return ERR_INPUT;
}

/* ---- the end ---- */

struct ending {
	const struct actor *who;
	str code;
	int64_t revision;
	int version;
	bool force;
};

static enum err put_in_force(cx *c, db_conn *k, const struct actor *who, const struct form_draft *d, int *version)
{
	buf b;
	bool stored;
	buf_init(&b, 0);
	questionnaire_write(d->q, c->mem, &b);
	str text = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	db_questionnaire q = { .code = d->code,
		.name_vi = d->q->name[LANG_VI],
		.name_en = d->q->name[LANG_EN],
		.illustrative = import_says_illustrative(d->q->name[LANG_VI]),
		.csv = text,
		.sha256 = hash_sha256(c->mem, text),
		.source = d->q->source[LANG_VI],
		.note = d->q->note[LANG_VI],
		.actor = who->login };
	enum err e = db_questionnaire_put(c, k, &q, &stored);
	*version = q.version;
	return e;
}

static enum err end(cx *c, db_conn *k, void *arg)
{
	struct ending *w = arg;
	struct form_draft d;
	enum err e = load(c, k, w->code, &d);
	if (!e && w->force && d.revision != w->revision)
		e = fail(c, ERR_CONFLICT, "form_draft.changed", STR(""));
	if (!e && w->force && !d.q)
		e = faulty(c, &d);
	if (!e && w->force)
		e = put_in_force(c, k, w->who, &d, &w->version);
	if (!e)
		e = db_form_draft_drop(c, k, w->code);
	str detail = w->force ? arena_printf(c->mem, "%d", w->version) : STR("");
	return e ? e : audit_add(c, k, w->who, w->force ? "questionnaire.force" : "questionnaire.drop", w->code, detail);
}

enum err form_draft_drop(cx *c, struct app *a, const struct actor *who, str code)
{
	struct ending w = { .who = who, .code = code };
	enum err e = may(c, a, who);
	return e ? e : db_tx(c, a->db, DB_WRITE, end, &w);
}

enum err form_draft_force(cx *c, struct app *a, const struct actor *who, str code, int64_t revision, int *version)
{
	struct ending w = { who, code, revision, 0, true };
	enum err e = may(c, a, who);
	if (!e)
		e = db_tx(c, a->db, DB_WRITE, end, &w);
	*version = w.version;
	return e;
}

/* ---- files ---- */

enum err questionnaire_file(cx *c, struct app *a, const struct actor *who, const struct questionnaire_file *f, str *bytes)
{
	struct questionnaire_info info = { .version = f->version };
	struct form_draft d = { .code = f->code };
	enum err e = may(c, a, who);
	if (!e && f->version)
		e = questionnaire_get(c, a, f->code, f->version, &info);
	else if (!e)
		e = form_draft_open(c, a, who, f->code, &d);
	if (e)
		return e;
	const questionnaire *q = f->version ? info.q : d.q;
	if (!f->xlsform) {
		*bytes = f->version ? info.text : form_rows_text(c, &d.rows);
		return ERR_OK;
	}
	return q ? xlsform_write(c, q, f->code, f->version ? f->version : 1, bytes) : faulty(c, &d);
}
