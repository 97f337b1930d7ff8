#include "app/edition_edit.h"
#include "app/audit.h"
#include "app/edition.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/vn.h"
#include "db/edition.h"
#include "db/edition_draft.h"
#include "db/measure.h"
#include "format/tabular.h"

const char *const edition_settings[] = { "@name", "@level", "@years", "@value", "@round", "@ties", "@groups", "@clamp", "@na", "@unranked",
	"@source", "@note", NULL };

enum { CELL_MOST = 4000, SHOWN_MOST = 500 };

static enum err wrong(cx *c, const char *key, const char *field, str value)
{
	return cx_fail(c, ERR_INPUT, key, (place){ .field = str_of(field) }, value);
}

str draft_object(cx *c, str code) { return arena_printf(c->mem, "edition %.*s", STR_ARG(code)); }

bool edition_code_good(str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] == '-' && i)))
			return false;
	return s.len >= 2 && s.len <= DRAFT_CODE_MAX && !str_is(s, "soan") && !str_is(s, "so-sanh");
}

/* ---- checking ---- */

static bool known(const db_measure_def_list *l, str name)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->p[i].name, name))
			return true;
	return false;
}

/* A name that the catalogue lacks may be a slip, or a figure that is to be defined yet. */
static void check_measures(cx *c, const tree *t, const db_measure_def_list *catalogue)
{
	for (size_t i = 0; i < t->nodes.n; i++) {
		const struct tree_node *n = &t->nodes.p[i];
		for (size_t k = 0; n->rule && k < n->rule->n_refs; k++) {
			const struct rule_ref *ref = &n->rule->refs[k];
			if (ref->slot == SLOT_MAX || known(catalogue, ref->name))
				continue;
			place at = { .line = n->line, .column = TREE_RULE + 1, .field = STR("rule"), .offset = ref->offset };
			fault_arg(c, cx_fault(c, FAULT_WARNING, "edition.unknown_measure", at, ref->name), 1, n->code);
		}
	}
}

void draft_check(cx *c, struct draft *d)
{
	size_t faults = c->n_faults, errors = c->n_errors, dropped = c->n_dropped;
	d->level = NEW_ARRAY(c->mem, int, d->rows.n + 1);
	edition_rows_sort(c, &d->rows, d->level);
	tree_read_table(c, edition_rows_table(c, &d->rows, STR("")), &d->t);
	if (d->t) {
		tree_check_bands(c, d->t, FAULT_WARNING);
		if (d->catalogue)
			check_measures(c, d->t, d->catalogue);
	}
	d->n_errors = c->n_errors - errors;
	d->n_faults = c->n_faults - faults;
	d->faults = NEW_ARRAY(c->mem, struct draft_fault, d->n_faults + 1);
	d->row_errors = NEW_ARRAY(c->mem, int, d->rows.n + 1);
	for (size_t i = 0; i < d->n_faults; i++) {
		const fault *f = &c->faults[faults + i];
		int row = f->at.line >= 2 && f->at.line - 2 < (int64_t)d->rows.n ? (int)f->at.line - 2 : -1;
		d->faults[i] = (struct draft_fault){ *f, row, row < 0 ? -1 : f->at.column - 1 };
		if (row >= 0 && f->level == FAULT_ERROR)
			d->row_errors[row]++;
	}
	c->n_faults = faults;
	c->n_errors = errors;
	c->n_dropped = dropped;
}

static str name_of(const struct edition_rows *r, str otherwise)
{
	int i = edition_rows_code(r, STR("@name"));
	return i >= 0 && r->p[i].cell[TREE_NAME_VI].len ? r->p[i].cell[TREE_NAME_VI] : otherwise;
}

/* The set sorted and checked, and what the row of the draft says of it. */
static void settle(cx *c, struct edition_rows *rows, db_draft *d)
{
	struct draft x = { .rows = *rows };
	draft_check(c, &x);
	*rows = x.rows;
	d->body = edition_rows_body(c, rows);
	d->name = name_of(rows, d->code);
	d->n_rows = 0;
	for (size_t i = 0; i < rows->n; i++)
		d->n_rows += !edition_row_sets(&rows->p[i]);
	d->n_faults = (int)x.n_errors;
}

/* ---- what there is ---- */

enum err draft_list(cx *c, struct app *a, const struct actor *who, struct draft_brief_list *out)
{
	db_draft_list list;
	DB_READER(k);
	*out = (struct draft_brief_list){ 0 };
	enum err e = actor_may(c, a, who, "edition", "edit", 0);
	if (!e)
		e = db_reader(c, a->db, &k);
	if (!e)
		e = db_draft_list_all(c, k, STR("draft"), &list);
	for (size_t i = 0; !e && i < list.n; i++) {
		const db_draft *d = &list.p[i];
		*VEC_PUSH(c->mem, out) = (struct draft_brief){ d->id, d->changed_at, d->code, d->name, d->changed_by, d->n_rows, d->n_faults,
			d->source_name.len > 0 };
	}
	return e;
}

enum err edition_versions(cx *c, struct app *a, struct edition_version_list *out)
{
	db_edition_list list;
	day today = date_of_ms(c->now_ms);
	DB_READER(k);
	*out = (struct edition_version_list){ 0 };
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_edition_list_all(c, k, STR(""), &list);
	for (size_t i = 0; !e && i < list.n; i++) {
		const db_edition *d = &list.p[i];
		bool newest = i == 0 || !str_eq(list.p[i - 1].code, d->code);
		*VEC_PUSH(c->mem, out) = (struct edition_version){ .id = d->id, .code = d->code, .name_vi = d->name_vi, .name_en = d->name_en,
			.level = d->level, .version = d->version, .from = d->valid_from, .to = d->valid_to, .illustrative = d->illustrative,
			.is = d->valid_to < today ? VERSION_REPLACED : d->valid_from > today ? VERSION_COMING : newest ? VERSION_NOW : VERSION_REPLACED };
		struct edition_version *v = &out->p[out->n - 1];
		const struct edition_version *next = out->n > 1 ? v - 1 : NULL; /* until it begins, the one before it holds */
		if (v->is == VERSION_REPLACED && v->to >= today && next && next->is == VERSION_COMING && str_eq(next->code, v->code))
			v->is = VERSION_NOW;
	}
	return e;
}

enum err draft_open(cx *c, struct app *a, const struct actor *who, int64_t id, struct draft *out)
{
	db_draft d;
	db_measure_def_list *catalogue = NEW(c->mem, db_measure_def_list);
	*out = (struct draft){ 0 };
	enum err e = actor_may(c, a, who, "edition", "edit", 0);
	if (e)
		return e;
	DB_READER(k);
	e = db_reader(c, a->db, &k);
	if (!e)
		e = db_draft_get(c, k, id, &d);
	if (!e)
		e = db_measure_def_all(c, k, catalogue);
	if (!e)
		e = edition_rows_read(c, d.body, &out->rows);
	if (e)
		return e;
	out->id = d.id;
	out->revision = d.revision;
	out->base_id = d.base_id;
	out->changed_at = d.changed_at;
	out->code = d.code;
	out->name = d.name;
	out->state = d.state;
	out->changed_by = d.changed_by;
	out->source_name = d.source_name;
	out->catalogue = catalogue;
	draft_check(c, out);
	return ERR_OK;
}

/* ---- beginning one ---- */

struct adding {
	const struct actor *who;
	const struct draft_new *x;
	struct edition_rows rows;
	db_draft d;
	bool waits;
};

static void put_setting(cx *c, struct edition_rows *r, const char *name, str value)
{
	struct edition_row *x = edition_rows_add(c, r);
	x->cell[TREE_CODE] = str_of(name);
	x->cell[TREE_NAME_VI] = value;
}

static void begin_empty(cx *c, struct edition_rows *r, str name)
{
	static const char *const kept[][2] = { { "@level", "department" }, { "@round", "component 2" }, { "@ties", "competition" },
		{ "@clamp", "component" }, { "@na", "ask" } };
	put_setting(c, r, "@name", name);
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		put_setting(c, r, kept[i][0], str_of(kept[i][1]));
	struct edition_row *root = edition_rows_add(c, r);
	root->cell[TREE_CODE] = STR("TONG");
	root->cell[TREE_NAME_VI] = name;
	root->cell[TREE_MAX] = STR("100");
	root->cell[TREE_BY] = STR("sum");
}

/* Our form is known by its heading; what else is wrong is a fault of the draft. */
static enum err take_table(cx *c, struct adding *g)
{
	size_t faults = c->n_faults, errors = c->n_errors;
	enum err e = edition_rows_take(c, tabular_open(c, g->x->file, g->x->bytes, NULL, STR("")), &g->rows);
	if (e == ERR_OK || e == ERR_LIMIT)
		return e;
	c->n_faults = faults;
	c->n_errors = errors;
	g->rows = (struct edition_rows){ 0 };
	g->waits = true;
	return ERR_OK;
}

static enum err take_edition(cx *c, db_conn *k, struct adding *g)
{
	db_edition e;
	csv_options opt = { .delimiter = ',', .encoding = CSV_UTF8 };
	enum err err = db_edition_get(c, k, g->x->base_id, &e);
	return err ? err : edition_rows_take(c, table_csv(csv_open_mem(c, e.code, e.csv, &opt), e.code), &g->rows);
}

static enum err insert(cx *c, db_conn *k, void *arg)
{
	struct adding *g = arg;
	enum err e = db_draft_add(c, k, &g->d, g->waits ? g->x->bytes : STR(""));
	str detail = arena_printf(c->mem, "{\"rows\":%d,\"file\":%s}", g->d.n_rows, g->x->bytes.len ? "true" : "false");
	return e ? e : audit_add(c, k, g->who, "edition.draft", draft_object(c, g->d.code), detail);
}

enum err draft_add(cx *c, struct app *a, const struct actor *who, const struct draft_new *x, int64_t *id)
{
	struct adding g = { .who = who, .x = x };
	enum err e = actor_may(c, a, who, "edition", "edit", 0);
	if (!e && !edition_code_good(x->code))
		e = wrong(c, "edit.code_of_set_bad", "code", x->code);
	if (!e && x->bytes.len > DRAFT_BYTES)
		e = cx_fail(c, ERR_LIMIT, "edit.too_large", (place){ .field = STR("file") }, x->file);
	if (!e && x->base_id) {
		DB_READER(k);
		e = db_reader(c, a->db, &k);
		if (!e)
			e = take_edition(c, k, &g);
	} else if (!e && x->bytes.len) {
		e = take_table(c, &g);
	} else if (!e) {
		begin_empty(c, &g.rows, x->name.len ? x->name : x->code);
	}
	if (e)
		return e;
	g.d = (db_draft){ .code = x->code, .base_id = x->base_id, .source_name = g.waits ? x->file : STR(""), .actor = actor_name(who) };
	settle(c, &g.rows, &g.d);
	if (g.waits) {
		g.d.name = x->name.len ? x->name : x->file;
		g.d.n_faults = 0;
	}
	e = db_tx(c, a->db, DB_WRITE, insert, &g);
	*id = g.d.id;
	return e;
}

static enum err drop_it(cx *c, db_conn *k, void *arg)
{
	const struct draft_change *x = arg;
	db_draft d;
	enum err e = db_draft_get(c, k, x->id, &d);
	d.changed_by = actor_name(x->who);
	if (!e)
		e = db_draft_end(c, k, &d, STR("dropped"), 0);
	return e ? e : audit_add(c, k, x->who, "edition.drop_draft", draft_object(c, d.code), STR(""));
}

enum err draft_drop(cx *c, struct app *a, const struct actor *who, int64_t id)
{
	struct draft_change x = { .who = who, .id = id };
	enum err e = actor_may(c, a, who, "edition", "edit", 0);
	return e ? e : db_tx(c, a->db, DB_WRITE, drop_it, &x);
}

/* ---- changing one ---- */

static enum err run_change(cx *c, db_conn *k, void *arg)
{
	const struct draft_change *x = arg;
	db_draft d;
	struct edition_rows rows;
	buf detail;
	enum err e = db_draft_get(c, k, x->id, &d);
	if (!e && !str_is(d.state, "draft"))
		e = cx_fail(c, ERR_CONFLICT, "edit.ended", (place){ 0 }, d.code);
	if (!e)
		e = edition_rows_read(c, d.body, &rows);
	if (e)
		return e;
	int *level = NEW_ARRAY(c->mem, int, rows.n + 1);
	edition_rows_sort(c, &rows, level);
	buf_init(&detail, 1 << 16);
	e = x->change(c, &rows, x->arg, &detail);
	if (!e) {
		settle(c, &rows, &d);
		d.changed_by = actor_name(x->who);
		e = db_draft_save(c, k, &d);
	}
	if (!e)
		e = audit_add(c, k, x->who, x->what, draft_object(c, d.code), arena_str(c->mem, buf_str(&detail)));
	buf_free(&detail);
	return e;
}

enum err draft_do(cx *c, struct app *a, const struct draft_change *x)
{
	enum err e = actor_may(c, a, x->who, "edition", "edit", 0);
	struct draft_change own = *x;
	return e ? e : db_tx(c, a->db, DB_WRITE, run_change, &own);
}

/* ---- what an entry of the audit says ---- */

static str shown(str s)
{
	size_t n = SHOWN_MOST;
	if (s.len <= n)
		return s;
	while (n && ((unsigned char)s.p[n] & 0xC0) == 0x80)
		n--;
	return (str){ s.p, n };
}

static void put_side(json_out *j, const char *name, const struct edition_row *r, const struct edition_row *other)
{
	if (!r)
		return;
	json_put_key(j, name);
	json_put_object(j);
	for (int i = 0; i < TREE_COLUMNS; i++)
		if (other ? !str_eq(r->cell[i], other->cell[i]) : r->cell[i].len > 0)
			json_add_str(j, tree_columns[i].name, shown(r->cell[i]));
	json_put_end(j, '}');
}

/* Of a changed row the cells that changed, of a new or dropped one those that say something. */
static void tell(buf *b, const struct edition_row *old, const struct edition_row *now)
{
	json_out j;
	json_init(&j, b);
	json_put_object(&j);
	json_add_str(&j, "row", (old ? old : now)->cell[TREE_CODE]);
	put_side(&j, "old", old, now);
	put_side(&j, "new", now, old);
	json_put_end(&j, '}');
}

/* ---- rows ---- */

str edition_row_mark(cx *c, const struct edition_row *r)
{
	buf b;
	buf_init(&b, 0);
	for (int i = 0; i < TREE_COLUMNS; i++) {
		csv_cell(&b, r->cell[i]);
		buf_char(&b, ',');
	}
	str hash = hash_sha256(c->mem, buf_str(&b));
	buf_free(&b);
	hash.len = 16;
	return hash;
}

str draft_number(cx *c, str s)
{
	const char *comma = memchr(s.p, ',', s.len);
	if (!comma || memchr(s.p, '.', s.len) || memchr(comma + 1, ',', s.len - (size_t)(comma + 1 - s.p)))
		return s;
	char *p = arena_copy(c->mem, s.p, s.len);
	p[comma - s.p] = '.';
	return (str){ p, s.len };
}

struct putting {
	int64_t key, made; /* made: the key of the row afterwards; a transaction may run again */
	str mark;
	const str *cells;
};

static enum err check_cells(cx *c, const str *cells)
{
	size_t errors = c->n_errors;
	if (!cells[TREE_CODE].len || cells[TREE_CODE].p[0] == '@' || vn_length(cells[TREE_CODE]) > 60)
		wrong(c, "edit.code", "code", cells[TREE_CODE]);
	for (int i = 0; i < TREE_COLUMNS; i++)
		if (cells[i].len > (i == TREE_RULE ? RULE_MAX_LENGTH : CELL_MOST))
			cx_fault(c, FAULT_ERROR, "edit.too_long", (place){ .field = str_of(tree_columns[i].name) }, STR(""));
	return c->n_errors > errors ? ERR_INPUT : ERR_OK;
}

static bool is_below(const struct edition_rows *r, str code, str above)
{
	for (size_t steps = 0; code.len && steps <= r->n; steps++) {
		if (str_eq(code, above))
			return true;
		int i = edition_rows_code(r, code);
		code = i < 0 ? STR("") : r->p[i].cell[TREE_PARENT];
	}
	return false;
}

/* Forms end lines with CR LF, tables of ours with LF. */
static str clean(cx *c, str s)
{
	char *p = arena_alloc(c->mem, s.len + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] != '\r')
			p[n++] = s.p[i];
	return (str){ p, n };
}

static void copy_cells(cx *c, struct edition_row *to, const str *cells)
{
	for (int i = 0; i < TREE_COLUMNS; i++)
		to->cell[i] = clean(c, cells[i]);
}

static enum err put_row(cx *c, struct edition_rows *r, void *arg, buf *detail)
{
	struct putting *p = arg;
	if (!p->key) {
		if (r->n >= TREE_MAX_NODES)
			return cx_fail(c, ERR_LIMIT, "edition.too_many_rows", (place){ 0 }, STR(""));
		struct edition_row *x = edition_rows_add(c, r);
		copy_cells(c, x, p->cells);
		p->made = x->key;
		tell(detail, NULL, x);
		return ERR_OK;
	}
	int i = edition_rows_find(r, p->key);
	if (i < 0 || edition_row_sets(&r->p[i]))
		return cx_fail(c, ERR_CONFLICT, "edit.row_gone", (place){ 0 }, p->cells[TREE_CODE]);
	struct edition_row old = r->p[i];
	if (!str_eq(p->mark, edition_row_mark(c, &old)))
		return cx_fail(c, ERR_CONFLICT, "edit.changed_by_other", (place){ 0 }, old.cell[TREE_CODE]);
	if (p->cells[TREE_PARENT].len && is_below(r, p->cells[TREE_PARENT], old.cell[TREE_CODE]))
		return wrong(c, "edit.parent_below", "parent", p->cells[TREE_PARENT]);
	copy_cells(c, &r->p[i], p->cells);
	for (size_t k = 0; k < r->n && !str_eq(old.cell[TREE_CODE], p->cells[TREE_CODE]); k++)
		if (old.cell[TREE_CODE].len && str_eq(r->p[k].cell[TREE_PARENT], old.cell[TREE_CODE]))
			r->p[k].cell[TREE_PARENT] = r->p[i].cell[TREE_CODE];
	tell(detail, &old, &r->p[i]);
	return ERR_OK;
}

enum err draft_put_row(cx *c, struct app *a, const struct actor *who, int64_t id, int64_t *key, str mark, const str cells[TREE_COLUMNS])
{
	struct putting p = { .key = *key, .mark = mark, .cells = cells };
	enum err e = check_cells(c, cells);
	if (!e)
		e = draft_do(c, a, &(struct draft_change){ who, id, *key ? "edition.put_row" : "edition.add_row", put_row, &p });
	if (!e && !*key)
		*key = p.made;
	return e;
}

struct ruling {
	int64_t key;
	str mark, rule;
	const str *note;
};

static enum err put_rule(cx *c, struct edition_rows *r, void *arg, buf *detail)
{
	const struct ruling *x = arg;
	int i = edition_rows_find(r, x->key);
	if (i < 0 || edition_row_sets(&r->p[i]))
		return cx_fail(c, ERR_CONFLICT, "edit.row_gone", (place){ 0 }, STR(""));
	struct edition_row old = r->p[i];
	if (!str_eq(x->mark, edition_row_mark(c, &old)))
		return cx_fail(c, ERR_CONFLICT, "edit.changed_by_other", (place){ 0 }, old.cell[TREE_CODE]);
	r->p[i].cell[TREE_RULE] = clean(c, x->rule);
	if (x->note)
		r->p[i].cell[TREE_NOTE] = clean(c, *x->note);
	tell(detail, &old, &r->p[i]);
	return ERR_OK;
}

enum err draft_put_rule(cx *c, struct app *a, const struct actor *who, int64_t id, int64_t key, str mark, str text, const str *note)
{
	struct ruling x = { key, mark, text, note };
	if (text.len > RULE_MAX_LENGTH)
		return wrong(c, "edit.too_long", "rule", STR(""));
	if (note && note->len > CELL_MOST)
		return wrong(c, "edit.too_long", "note", STR(""));
	return draft_do(c, a, &(struct draft_change){ who, id, "edition.put_rule", put_rule, &x });
}

struct moving {
	int64_t key;
	bool up;
};

/* The row and those below it change places with a neighbour of the same parent; the first and the last stay. */
static enum err move_row(cx *c, struct edition_rows *r, void *arg, buf *detail)
{
	const struct moving *m = arg;
	int *level = NEW_ARRAY(c->mem, int, r->n + 1);
	edition_rows_sort(c, r, level);
	int i = edition_rows_find(r, m->key);
	if (i < 0 || edition_row_sets(&r->p[i]))
		return cx_fail(c, ERR_CONFLICT, "edit.row_gone", (place){ 0 }, STR(""));
	size_t first = (size_t)i, size = edition_rows_below(level, r->n, first) + 1, other;
	json_out j;
	json_init(&j, detail);
	json_put_object(&j);
	json_add_str(&j, "row", r->p[i].cell[TREE_CODE]);
	json_add_str(&j, "moved", m->up ? STR("up") : STR("down"));
	json_put_end(&j, '}');
	if (m->up) {
		for (other = first; other > 0 && level[other - 1] > level[first];)
			other--;
		if (level[first] < 0 || other == 0 || level[other - 1] != level[first])
			return ERR_OK;
		other--;
	} else {
		other = first;
		first += size;
		if (level[other] < 0 || first >= r->n || level[first] != level[other])
			return ERR_OK;
		size = edition_rows_below(level, r->n, first) + 1;
	}
	/* rows other … first - 1 go behind those of first … first + size - 1 */
	struct edition_row *copy = NEW_ARRAY(c->mem, struct edition_row, first - other + 1);
	memcpy(copy, r->p + other, (first - other) * sizeof *copy);
	memmove(r->p + other, r->p + first, size * sizeof *copy);
	memcpy(r->p + other + size, copy, (first - other) * sizeof *copy);
	return ERR_OK;
}

enum err draft_move_row(cx *c, struct app *a, const struct actor *who, int64_t id, int64_t key, bool up)
{
	struct moving m = { key, up };
	return draft_do(c, a, &(struct draft_change){ who, id, "edition.move_row", move_row, &m });
}

static bool is_setting_known(str code)
{
	for (int s = 0; s < EDITION_SETTINGS; s++)
		if (str_is(code, edition_settings[s]))
			return true;
	return false;
}

static enum err drop_row(cx *c, struct edition_rows *r, void *arg, buf *detail)
{
	int *level = NEW_ARRAY(c->mem, int, r->n + 1);
	edition_rows_sort(c, r, level);
	int i = edition_rows_find(r, *(const int64_t *)arg);
	if (i < 0 || is_setting_known(r->p[i].cell[TREE_CODE]))
		return cx_fail(c, ERR_CONFLICT, "edit.row_gone", (place){ 0 }, STR(""));
	size_t n = edition_rows_below(level, r->n, (size_t)i) + 1;
	tell(detail, &r->p[i], NULL);
	memmove(r->p + i, r->p + i + n, (r->n - (size_t)i - n) * sizeof *r->p);
	r->n -= n;
	return ERR_OK;
}

enum err draft_drop_row(cx *c, struct app *a, const struct actor *who, int64_t id, int64_t key)
{
	return draft_do(c, a, &(struct draft_change){ who, id, "edition.drop_row", drop_row, &key });
}

/* ---- settings ---- */

void draft_get_settings(const struct edition_rows *r, struct draft_setting out[EDITION_SETTINGS])
{
	for (int s = 0; s < EDITION_SETTINGS; s++) {
		int i = edition_rows_code(r, str_of(edition_settings[s]));
		out[s] = (struct draft_setting){ STR(""), STR(""), STR("") };
		if (i >= 0)
			out[s] = (struct draft_setting){ r->p[i].cell[TREE_NAME_VI], r->p[i].cell[TREE_NAME_EN], r->p[i].cell[TREE_NOTE] };
	}
}

str draft_settings_mark(cx *c, const struct edition_rows *r)
{
	buf b;
	buf_init(&b, 0);
	for (int s = 0; s < EDITION_SETTINGS; s++) {
		int i = edition_rows_code(r, str_of(edition_settings[s]));
		if (i >= 0)
			buf_add(&b, edition_row_mark(c, &r->p[i]));
		buf_char(&b, ';');
	}
	str hash = hash_sha256(c->mem, buf_str(&b));
	buf_free(&b);
	hash.len = 16;
	return hash;
}

struct setting {
	str mark;
	const struct draft_setting *in;
};

static void remove_at(struct edition_rows *r, size_t i)
{
	memmove(r->p + i, r->p + i + 1, (r->n - i - 1) * sizeof *r->p);
	r->n--;
}

static enum err set_all(cx *c, struct edition_rows *r, void *arg, buf *detail)
{
	const struct setting *x = arg;
	json_out j;
	if (!str_eq(x->mark, draft_settings_mark(c, r)))
		return cx_fail(c, ERR_CONFLICT, "edit.changed_by_other", (place){ 0 }, STR("@"));
	json_init(&j, detail);
	json_put_object(&j);
	for (int s = 0; s < EDITION_SETTINGS; s++) {
		const struct draft_setting *v = &x->in[s];
		bool says = v->value.len || v->value_en.len || v->note.len;
		int i = edition_rows_code(r, str_of(edition_settings[s]));
		if (i < 0 && !says)
			continue;
		if (i < 0) {
			edition_rows_add(c, r)->cell[TREE_CODE] = str_of(edition_settings[s]);
			i = (int)r->n - 1;
		}
		struct edition_row *row = &r->p[i];
		if (!str_eq(row->cell[TREE_NAME_VI], v->value)) {
			json_put_key(&j, edition_settings[s] + 1);
			json_put_array(&j);
			json_put_str(&j, shown(row->cell[TREE_NAME_VI]));
			json_put_str(&j, shown(v->value));
			json_put_end(&j, ']');
		}
		row->cell[TREE_NAME_VI] = arena_str(c->mem, v->value);
		row->cell[TREE_NAME_EN] = arena_str(c->mem, v->value_en);
		row->cell[TREE_NOTE] = arena_str(c->mem, v->note);
		if (!says)
			remove_at(r, (size_t)i);
	}
	json_put_end(&j, '}');
	return ERR_OK;
}

enum err draft_set(cx *c, struct app *a, const struct actor *who, int64_t id, str mark, const struct draft_setting in[EDITION_SETTINGS])
{
	struct setting x = { mark, in };
	for (int s = 0; s < EDITION_SETTINGS; s++)
		if (in[s].value.len > CELL_MOST || in[s].value_en.len > CELL_MOST || in[s].note.len > CELL_MOST)
			return wrong(c, "edit.too_long", edition_settings[s] + 1, STR(""));
	return draft_do(c, a, &(struct draft_change){ who, id, "edition.set", set_all, &x });
}
