#include "app/intake.h"
#include "app/intake_inner.h"
#include "app/survey_text.h"
#include "base/vn.h"
#include "format/tabular.h"

enum { LOOKED_AT = 12 /* rows among which the headings are */, SAMPLE = 40 /* rows that tell a telephone from a number */ };

/* ---- the file ---- */

str intake_cell(const table_row *r, int at)
{
	return at < r->n ? str_trim(r->cell[at]) : (str){ "", 0 };
}

table_source intake_source(struct intake *in)
{
	table_source t = tabular_open(in->c, in->file, in->bytes, &in->csv, in->map.sheet);
	if (t.begins) /* as long as the headings are looked for, nothing is told of what stands above them */
		t.begins(t.ctx, in->heading ? in->heading : INT64_MAX);
	return t;
}

place intake_at(const struct intake *in, int64_t line, size_t column)
{
	const struct intake_column *k = column < in->columns.n ? &in->columns.p[column] : NULL;
	bool sheet = in->map.sheet.len > 0;
	return (place){ .file = in->file,
		.sheet = sheet ? in->map.sheet : (str){ 0 },
		.line = line,
		.column = k ? k->at + 1 : 0,
		.field = k ? k->name : (str){ 0 } };
}

enum err intake_guard(struct intake *in, enum err (*work)(struct intake *in))
{
	struct cx_exit full = { .c = in->c };
	if (setjmp(full.to))
		return ERR_LIMIT; /* without a fault: there is no room for one */
	arena_on_full(in->c->mem, cx_leave, &full);
	enum err e = work(in);
	arena_on_full(in->c->mem, NULL, NULL);
	return e;
}

/* ---- what a heading says ---- */

/* Folded; "=" in front: the whole heading, else its beginning. */
static const struct {
	enum intake_role role;
	const char *word;
} role_words[] = { { INTAKE_ID, "=uuid" }, { INTAKE_ID, "=instanceid" }, { INTAKE_ID, "=meta instanceid" }, { INTAKE_ID, "=key" }, { INTAKE_ID, "=id" },
	{ INTAKE_ID, "=response id" }, { INTAKE_ID, "=ma phieu" }, { INTAKE_ID, "=so phieu" }, { INTAKE_ID, "=ma so phieu" },
	{ INTAKE_DAY, "dau thoi gian" }, { INTAKE_DAY, "=timestamp" }, { INTAKE_DAY, "=completion time" }, { INTAKE_DAY, "thoi gian hoan thanh" },
	{ INTAKE_DAY, "ngay tra loi" }, { INTAKE_DAY, "ngay thu phieu" }, { INTAKE_DAY, "ngay khao sat" }, { INTAKE_DAY, "ngay phong van" },
	{ INTAKE_DAY, "=submission time" }, { INTAKE_DAY, "=submissiondate" }, { INTAKE_DAY, "=today" }, { INTAKE_DAY, "=day" }, { INTAKE_DAY, "=ngay" },
	{ INTAKE_MODE, "=mode" }, { INTAKE_MODE, "=cach thu" }, { INTAKE_MODE, "=hinh thuc thu" }, { INTAKE_LANG, "=lang" }, { INTAKE_LANG, "=ngon ngu" },
	{ INTAKE_PLACE, "=place" }, { INTAKE_PLACE, "=noi" }, { INTAKE_PLACE, "=don vi" }, { INTAKE_PLACE, "=ten don vi" }, { INTAKE_PLACE, "=ma don vi" },
	{ INTAKE_PLACE, "=dia ban" }, { INTAKE_PLACE, "=xa phuong" }, { INTAKE_PLACE, "=bo phan" }, { INTAKE_PLACE, "=quay" }, { INTAKE_PLACE, "=noi thu" },
	{ INTAKE_STRATUM, "=stratum" }, { INTAKE_STRATUM, "=tang" }, { INTAKE_PSU, "=psu" }, { INTAKE_PSU, "=cum" }, { INTAKE_WEIGHT, "=weight" },
	{ INTAKE_WEIGHT, "=trong so" }, { INTAKE_WEIGHT, "=quyen so" }, { INTAKE_INTERVIEWER, "=interviewer" }, { INTAKE_INTERVIEWER, "=dieu tra vien" },
	{ INTAKE_INTERVIEWER, "=submitted by" }, { INTAKE_START, "=start" }, { INTAKE_START, "=start time" }, { INTAKE_END, "=end" } };

/* Somewhere in a folded heading; "=": all of it. */
static const char *const personal_words[] = { "ho va ten", "ho ten", "=ten", "=name", "full name", "ten nguoi", "dien thoai", "=sdt", "so dt", "phone", "email",
	"e mail", "thu dien tu", "cccd", "cmnd", "can cuoc", "chung minh nhan dan", "so dinh danh", "dia chi", "address", "ngay sinh", "date of birth",
	"=user", "=username", NULL };

static enum intake_role role_of(str folded)
{
	for (size_t i = 0; i < sizeof role_words / sizeof *role_words; i++) {
		const char *w = role_words[i].word;
		if (*w == '=' ? str_is(folded, w + 1) : str_starts(folded, str_of(w)))
			return role_words[i].role;
	}
	return INTAKE_LEFT;
}

static bool says_personal(str folded)
{
	for (int i = 0; personal_words[i]; i++) {
		const char *w = personal_words[i];
		if (*w == '=' ? str_is(folded, w + 1) : memmem(folded.p, folded.len, w, strlen(w)) != NULL)
			return true;
	}
	return false;
}

/* Two columns or more of one word: the first is it. A column for a person's time is only of use beside the person. */
static void guess_roles(struct intake *in, const str *heading, size_t n, enum intake_role *role)
{
	bool there[INTAKE_ROLES] = { 0 };
	for (size_t i = 0; i < n; i++) {
		role[i] = role_of(vn_fold(in->c->mem, heading[i]));
		if (role[i] && there[role[i]])
			role[i] = INTAKE_LEFT;
		there[role[i]] = true;
	}
	for (size_t i = 0; i < n; i++) {
		if (role[i] == INTAKE_END && !there[INTAKE_INTERVIEWER] && !there[INTAKE_DAY])
			role[i] = INTAKE_DAY;
		else if ((role[i] == INTAKE_START || role[i] == INTAKE_END) && !there[INTAKE_INTERVIEWER])
			role[i] = INTAKE_LEFT;
	}
}

/* ---- the row of headings ---- */

struct head {
	int64_t line;
	str *cell;
	size_t n;
};

typedef VEC(struct head) heads;

static size_t columns_known(struct intake *in, const struct head *h)
{
	enum intake_role *role = NEW_ARRAY(in->c->mem, enum intake_role, h->n + 1);
	bool *taken = NEW_ARRAY(in->c->mem, bool, h->n + 1);
	struct match_column *m = NEW_ARRAY(in->c->mem, struct match_column, h->n + 1);
	size_t known = 0;
	guess_roles(in, h->cell, h->n, role);
	for (size_t i = 0; i < h->n; i++)
		taken[i] = role[i] != INTAKE_LEFT;
	match_columns(in->survey->q, in->c->mem, h->cell, taken, h->n, m);
	for (size_t i = 0; i < h->n; i++)
		known += taken[i] || m[i].how == MATCH_CODE || m[i].how == MATCH_LABEL;
	return known;
}

static size_t find_heading(struct intake *in, const heads *rows)
{
	size_t best = 0, most = 0;
	for (size_t i = 0; i < rows->n && i < LOOKED_AT; i++) {
		if (in->map.heading) {
			if (rows->p[i].line == in->map.heading)
				return i;
			continue;
		}
		size_t known = columns_known(in, &rows->p[i]);
		if (known > most) {
			most = known;
			best = i;
		}
	}
	return best;
}

/* ---- columns ---- */

static str name_once(struct intake *in, map *seen, str heading)
{
	bool added;
	heading = arena_str(in->c->mem, heading);
	int64_t *n = map_put(in->c->mem, seen, heading, &added);
	return ++*n == 1 ? heading : arena_printf(in->c->mem, "%.*s#%lld", STR_ARG(heading), (long long)*n);
}

static void list_columns(struct intake *in, const struct head *h)
{
	map seen = { 0 };
	for (size_t i = 0; i < h->n; i++)
		if (h->cell[i].len)
			*VEC_PUSH(in->c->mem, &in->columns) = (struct intake_column){ .name = name_once(in, &seen, h->cell[i]), .at = (int)i,
				.item = { NO_ITEM, -1, MATCH_NONE } };
}

static void tell_column(struct intake *in, const char *key, size_t column, str value)
{
	cx_fault(in->c, FAULT_ERROR, key, intake_at(in, in->heading, column), value);
}

/* What the map says of a column. False: nothing. */
static bool told(struct intake *in, size_t column)
{
	struct intake_column *k = &in->columns.p[column];
	for (size_t i = 0; i < in->map.columns.n; i++) {
		const struct intake_column_map *m = &in->map.columns.p[i];
		if (!str_eq(m->name, k->name))
			continue;
		k->how = MATCH_TOLD;
		if (!m->target.len)
			return true;
		for (int r = INTAKE_ID; r < INTAKE_ROLES; r++)
			if (str_is(m->target, intake_role_words[r]))
				k->role = (enum intake_role)r;
		if (k->role)
			return true;
		if (match_target(in->survey->q, m->target, &k->item))
			k->role = INTAKE_ITEM;
		else
			tell_column(in, "intake.target", column, m->target);
		return true;
	}
	return false;
}

static void tell_gone(struct intake *in)
{
	map there = { 0 };
	for (size_t i = 0; i < in->columns.n; i++)
		map_put(in->c->mem, &there, in->columns.p[i].name, NULL);
	for (size_t i = 0; i < in->map.columns.n; i++) {
		const struct intake_column_map *m = &in->map.columns.p[i];
		if (m->target.len && !map_get(&there, m->name))
			fault_arg(in->c, cx_fault(in->c, FAULT_WARNING, "intake.column_gone", (place){ .file = in->file }, m->name), 1, m->target);
	}
}

/* Telephones, numbers of identity, addresses of mail: by what stands in the first rows. */
static bool holds_personal(struct intake *in, const heads *rows, size_t from, int at)
{
	size_t like = 0, all = 0;
	day d;
	for (size_t i = from; i < rows->n; i++) {
		str s = (size_t)at < rows->p[i].n ? rows->p[i].cell[at] : (str){ 0 };
		if (!s.len || match_day(s, false, &d) || match_day(s, true, &d))
			continue;
		all++;
		str masked = survey_mask(in->c->mem, s);
		like += !str_eq(masked, s) && masked.len <= strlen("•••@•••");
	}
	return like > 0 && like * 2 > all;
}

static void find_personal(struct intake *in, const heads *rows, size_t from)
{
	for (size_t i = 0; i < in->columns.n; i++) {
		struct intake_column *k = &in->columns.p[i];
		bool item = k->role == INTAKE_ITEM;
		if (k->role > INTAKE_ITEM || (item && k->item.option >= 0))
			continue;
		const struct question *q = item ? &in->survey->q->items.p[k->item.item] : NULL;
		if (q && q->kind != ASK_TEXT && q->kind != ASK_NUMBER)
			continue;
		k->personal = says_personal(vn_fold(in->c->mem, k->name)) || holds_personal(in, rows, from, k->at);
		if (!k->personal || k->how == MATCH_TOLD)
			continue;
		k->role = INTAKE_LEFT;
		k->item = (struct match_column){ NO_ITEM, -1, MATCH_NONE };
		k->how = MATCH_NONE;
	}
}

static void map_columns(struct intake *in)
{
	arena *mem = in->c->mem;
	size_t n = in->columns.n;
	str *heading = NEW_ARRAY(mem, str, n + 1);
	bool *taken = NEW_ARRAY(mem, bool, n + 1);
	enum intake_role *role = NEW_ARRAY(mem, enum intake_role, n + 1);
	struct match_column *m = NEW_ARRAY(mem, struct match_column, n + 1);
	bool there[INTAKE_ROLES] = { 0 };
	for (size_t i = 0; i < n; i++) {
		heading[i] = in->columns.p[i].name;
		if (told(in, i))
			there[in->columns.p[i].role] = true;
	}
	guess_roles(in, heading, n, role);
	for (size_t i = 0; i < n; i++) {
		struct intake_column *k = &in->columns.p[i];
		if (k->how != MATCH_TOLD && role[i] > INTAKE_ITEM && !there[role[i]]) {
			k->role = role[i];
			k->how = MATCH_LABEL;
		}
		m[i] = k->item;
		m[i].how = k->how == MATCH_TOLD ? MATCH_TOLD : MATCH_NONE;
		/* in order of the questionnaire only what is not known to be something else */
		taken[i] = k->role > INTAKE_ITEM || (!k->how && says_personal(vn_fold(mem, k->name)));
	}
	match_columns(in->survey->q, mem, heading, taken, n, m);
	for (size_t i = 0; i < n; i++)
		if (in->columns.p[i].how == MATCH_NONE && m[i].item != NO_ITEM) {
			in->columns.p[i].role = INTAKE_ITEM;
			in->columns.p[i].item = m[i];
			in->columns.p[i].how = m[i].how;
		}
}

static void check_twice(struct intake *in)
{
	map seen = { 0 };
	for (size_t i = 0; i < in->columns.n; i++) {
		str target = intake_target(in, &in->columns.p[i]);
		bool added = true;
		if (target.len)
			map_put(in->c->mem, &seen, target, &added);
		if (!added)
			tell_column(in, "intake.twice_target", i, target);
	}
}

str intake_target(const struct intake *in, const struct intake_column *k)
{
	return k->role == INTAKE_ITEM ? match_target_word(in->survey->q, in->c->mem, &k->item) : str_of(intake_role_words[k->role]);
}

/* ---- opening ---- */

static void read_beginning(struct intake *in, table_source *t, heads *rows)
{
	table_row r;
	while (rows->n < LOOKED_AT + SAMPLE && t->next && t->next(t->ctx, &r)) {
		if (r.n > INTAKE_COLUMNS)
			r.n = INTAKE_COLUMNS; /* told when the columns are counted */
		struct head h = { r.line, NEW_ARRAY(in->c->mem, str, (size_t)r.n + 1), (size_t)r.n };
		for (int i = 0; i < r.n; i++)
			h.cell[i] = arena_str(in->c->mem, intake_cell(&r, i));
		*VEC_PUSH(in->c->mem, rows) = h;
	}
}

static void keep_raw(struct intake *in, const heads *rows, size_t from)
{
	for (size_t i = from; i < rows->n && in->raw.n < INTAKE_SHOWN; i++) {
		str *cell = NEW_ARRAY(in->c->mem, str, in->columns.n + 1);
		for (size_t k = 0; k < in->columns.n; k++) {
			size_t at = (size_t)in->columns.p[k].at;
			str s = at < rows->p[i].n ? rows->p[i].cell[at] : (str){ "", 0 };
			cell[k] = s.len && in->columns.p[k].personal ? STR("•••") : s;
		}
		*VEC_PUSH(in->c->mem, &in->raw) = (struct intake_raw){ rows->p[i].line, cell };
	}
}

static enum err open_file(struct intake *in)
{
	heads rows = { 0 };
	size_t before = in->c->n_errors;
	table_source t = intake_source(in);
	if (!t.next)
		return ERR_INPUT;
	read_beginning(in, &t, &rows);
	t.close(t.ctx);
	if (in->c->n_errors != before)
		return ERR_INPUT;
	if (!rows.n)
		return cx_fail(in->c, ERR_INPUT, "intake.no_rows", (place){ .file = in->file }, STR(""));
	size_t head = find_heading(in, &rows);
	in->heading = rows.p[head].line;
	list_columns(in, &rows.p[head]);
	map_columns(in);
	find_personal(in, &rows, head + 1);
	keep_raw(in, &rows, head + 1);
	check_twice(in);
	tell_gone(in);
	if (in->c->n_errors == before && rows.n == head + 1)
		return cx_fail(in->c, ERR_INPUT, "intake.no_rows", (place){ .file = in->file }, STR(""));
	return in->c->n_errors == before ? ERR_OK : ERR_INPUT;
}

static void index_values(struct intake *in)
{
	for (size_t i = 0; i < in->map.values.n; i++) {
		const struct intake_value_map *v = &in->map.values.p[i];
		str key = arena_printf(in->c->mem, "%.*s|%.*s", STR_ARG(v->target), STR_ARG(vn_fold(in->c->mem, v->name)));
		*map_put(in->c->mem, &in->inner->values, key, NULL) = (int64_t)i + 1;
	}
}

static void drop(void *what)
{
	struct intake *in = what;
	cx_free(in->c);
}

enum err intake_open(cx *c, struct app *a, const struct survey_info *s, str name, str bytes, const csv_options *opt, const struct intake_map *m,
	struct intake **out)
{
	struct intake *in = NEW(c->mem, struct intake);
	*out = in;
	*in = (struct intake){ .c = cx_new(INTAKE_MEMORY), .app = a, .survey = s, .file = name, .bytes = bytes, .inner = NEW(c->mem, struct intake_inner) };
	cx_hold(c, &in->hold, drop, in);
	in->c->now_ms = c->now_ms;
	in->c->watch = c->watch;
	in->c->watch_ctx = c->watch_ctx;
	in->c->span = c->span;
	in->csv = opt ? *opt : (csv_options){ 0 };
	if (m)
		in->map = *m;
	index_values(in);
	enum err e = survey_places(in->c, a, s, &in->places);
	return e ? e : intake_guard(in, open_file);
}

/* ---- the map as it is ---- */

void intake_map_now(const struct intake *in, struct intake_map *out)
{
	*out = in->map;
	out->columns.p = NULL;
	out->columns.n = out->columns.cap = 0;
	for (size_t i = 0; i < in->columns.n; i++)
		*VEC_PUSH(in->c->mem, &out->columns) = (struct intake_column_map){ in->columns.p[i].name, intake_target(in, &in->columns.p[i]) };
}

void intake_tell(const struct intake *in, cx *c)
{
	for (size_t i = 0; i < in->c->n_faults; i++) {
		const fault *f = &in->c->faults[i];
		fault *to = cx_fault(c, f->level, f->key, f->at, f->value);
		for (int k = 0; k < FAULT_ARGS; k++)
			fault_arg(c, to, k + 1, f->arg[k]);
	}
	c->n_dropped += in->c->n_dropped;
}
