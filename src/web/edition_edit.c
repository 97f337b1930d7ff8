#include "web/edition_edit.h"
#include "app/edition_history.h"
#include "app/edition_rule.h"
#include "app/edition_text.h"
#include "web/edition_words.h"
#include "web/fault.h"
#include "web/fold.h"
#include "web/pages.h"
#include "web/round.h"
#include "web/say.h"
#include "web_views.h"

enum { OPEN_END = 2932896, OPEN_ALL = 400, EVENTS = 30, BODY_MAX = DRAFT_BYTES + (1 << 20) };

static const char XLSX[] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

str draft_path(struct web_cx *w, const char *below)
{
	char id[ID_TEXT];
	return arena_printf(w->mem, "/bo-tieu-chi/soan/%.*s%s", STR_ARG(view_id_text(web_id(w, "id"), id)), below);
}

static enum err open_draft(struct web_cx *w, struct draft *d)
{
	return draft_open(w->cx, w->app, w->actor, (int64_t)web_id(w, "id"), d);
}

/* ---- words ---- */

str draft_note(struct web_cx *w, const struct draft_fault *f)
{
	str what = web_fault_text(w, &f->f);
	if (f->column < 0 || f->column >= TREE_COLUMNS)
		return what;
	str column = edition_column_words(w, f->column);
	if (f->f.at.offset)
		return SAY(w, "edit.at_character", column, say_int(w, f->f.at.offset), what);
	return SAY(w, "edit.at_column", column, what);
}

/* ---- the workshop ---- */

static void add_drafts(struct web_cx *w, const struct draft_brief_list *list, struct view_editor *v)
{
	v->drafts = NEW_ARRAY(w->mem, struct view_editor_draft, list->n + 1);
	for (; v->n_drafts < list->n; v->n_drafts++) {
		const struct draft_brief *d = &list->p[v->n_drafts];
		v->drafts[v->n_drafts] = (struct view_editor_draft){ .id = (uint64_t)d->id, .code = d->code, .name = d->name, .rows = d->n_rows,
			.faults = d->n_faults, .waits = d->waits, .changed = d->changed_at, .who = d->changed_by };
	}
}

static str version_name(struct web_cx *w, const struct edition_version *e)
{
	return SAY(w, "edit.version_of", say_either(w, e->name_vi, e->name_en), say_int(w, e->version));
}

static void add_versions(struct web_cx *w, const struct edition_version_list *list, struct view_editor *v)
{
	v->versions = NEW_ARRAY(w->mem, struct view_editor_version, list->n + 1);
	v->bases = NEW_ARRAY(w->mem, struct view_editor_choice, list->n + 1);
	for (size_t i = 0; i < list->n; i++) {
		const struct edition_version *e = &list->p[i];
		char id[ID_TEXT];
		str value = arena_str(w->mem, view_id_text((uint64_t)e->id, id));
		v->versions[v->n_versions++] = (struct view_editor_version){ .code = e->code, .name = say_either(w, e->name_vi, e->name_en),
			.version = e->version, .level_name = level_name(w, e->level), .from = e->from,
			.until = e->to >= OPEN_END ? (opt_date){ 0 } : some_date(e->to), .is = (enum view_editor_is)e->is,
			.illustrative = e->illustrative };
		v->bases[v->n_bases++] = (struct view_editor_choice){ value, version_name(w, e), str_eq(value, web_text(w, "tu")) };
	}
}

static void show_editor(struct web_cx *w, bool typed)
{
	struct draft_brief_list drafts;
	struct edition_version_list versions;
	struct view_editor v = { 0 };
	v.faults = fault_rows(w, &v.n_faults);
	enum err e = draft_list(w->cx, w->app, w->actor, &drafts);
	if (!e)
		e = edition_versions(w->cx, w->app, &versions);
	if (e) {
		web_fail(w, e);
		return;
	}
	add_drafts(w, &drafts, &v);
	add_versions(w, &versions, &v);
	if (typed) {
		v.code = web_text(w, "ma");
		v.name = web_text(w, "ten");
		v.pasted = web_text(w, "dan");
		w->status = 422;
	} else {
		v.dropped = web_bool(w, "xoa");
		v.forced = web_bool(w, "ap-dung");
	}
	reply_editor(w, &v);
}

static void page_editor(struct web_cx *w) { show_editor(w, false); }

static void page_editor_do(struct web_cx *w)
{
	struct draft_new x = { .code = web_text(w, "ma"), .name = web_text(w, "ten"), .base_id = (int64_t)web_id(w, "tu") };
	const struct web_file *f = web_file(w, "tep");
	char room[ID_TEXT];
	int64_t id = 0;
	enum err e = w->cx->n_errors ? ERR_INPUT : ERR_OK;
	if (!e && f && f->size) {
		x.file = f->name;
		e = web_file_bytes(w, f, &x.bytes);
	} else if (web_text(w, "dan").len) {
		x.file = say(w, "edit.pasted_name");
		x.bytes = web_text(w, "dan");
	}
	if (!e)
		e = draft_add(w->cx, w->app, w->actor, &x, &id);
	if (!e)
		web_redirect(w, arena_printf(w->mem, "/bo-tieu-chi/soan/%.*s", STR_ARG(view_id_text((uint64_t)id, room))));
	else if (e == ERR_INPUT || e == ERR_LIMIT || e == ERR_CONFLICT)
		show_editor(w, true);
	else
		web_fail(w, e);
}

/* ---- files ---- */

static void send_book(struct web_cx *w, str text, str title, str name)
{
	str bytes;
	enum err e = edition_workbook(w->cx, text, title, &bytes);
	if (e) {
		web_fail(w, e);
		return;
	}
	web_download(w, name);
	web_cache(w, -1);
	web_bytes(w, XLSX, bytes);
}

/* An empty set in our form: the settings, and a row of each kind. */
static void page_template(struct web_cx *w)
{
	static const char rows[] =
		"code,parent,name_vi,name_en,max,by,agg,weight,cap,rule,owner,na,digits,rounding,evidence,note\n"
		"@name,,,,,,,,,,,,,,,\n@level,,department,,,,,,,,,,,,,\n@years,,,,,,,,,,,,,,,\n@round,,component 2,,,,,,,,,,,,,\n"
		"@ties,,competition,,,,,,,,,,,,,\n@clamp,,component,,,,,,,,,,,,,\n@na,,ask,,,,,,,,,,,,,\n";
	send_book(w, str_of(rows), say(w, "edit.template"), STR("bo-tieu-chi-mau.xlsx"));
}

static void page_draft_file(struct web_cx *w)
{
	struct draft d;
	enum err e = open_draft(w, &d);
	if (e)
		web_fail(w, e);
	else
		send_book(w, edition_rows_text(w->cx, &d.rows), d.name, arena_printf(w->mem, "%.*s-du-thao.xlsx", STR_ARG(d.code)));
}

/* ---- one draft ---- */

static void add_notes(struct web_cx *w, const struct draft *d, int row, struct view_draft_row *to)
{
	size_t n = 0;
	for (size_t i = 0; i < d->n_faults; i++)
		n += d->faults[i].row == row;
	to->notes = NEW_ARRAY(w->mem, struct view_draft_note, n + 1);
	for (size_t i = 0; i < d->n_faults; i++)
		if (d->faults[i].row == row)
			to->notes[to->n_notes++] = (struct view_draft_note){ draft_note(w, &d->faults[i]), d->faults[i].f.level != FAULT_ERROR };
}

static str shown_number(struct web_cx *w, str s)
{
	dec v;
	return dec_parse(s, &v) ? say_dec(w, v, -1) : s;
}

static struct view_draft_row row_of(struct web_cx *w, const struct draft *d, size_t i)
{
	const struct edition_row *x = &d->rows.p[i];
	struct view_draft_row r = { .key = x->key, .code = x->cell[TREE_CODE], .level = d->level[i] < 0 ? 0 : d->level[i],
		.max = shown_number(w, x->cell[TREE_MAX]), .by = x->cell[TREE_BY], .rule = x->cell[TREE_RULE], .owner = x->cell[TREE_OWNER] };
	size_t below = edition_rows_below(d->level, d->rows.n, i), last = i + below + 1;
	r.name = say_either(w, x->cell[TREE_NAME_VI], x->cell[TREE_NAME_EN]);
	r.setting = edition_row_sets(x);
	r.stray = d->level[i] < 0;
	r.scored = x->cell[TREE_RULE].len > 0;
	r.bare = !r.scored && !below && !r.setting;
	r.opens = below > 0;
	r.first = r.stray || i == 0 || d->level[i - 1] < d->level[i];
	r.last = r.stray || last >= d->rows.n || d->level[last] != d->level[i];
	if (r.scored)
		r.n_words = draft_words(w->cx, d, (int)i, w->lang, &r.words);
	add_notes(w, d, (int)i, &r);
	return r;
}

static bool is_setting_known(str code)
{
	for (int s = 0; s < EDITION_SETTINGS; s++)
		if (str_is(code, edition_settings[s]))
			return true;
	return false;
}

static str toggle_link(struct web_cx *w, const struct fold *f, size_t i, int64_t key)
{
	buf b;
	buf_init(&b, 0);
	buf_addz(&b, "?mo=");
	view_segment(&b, fold_toggled(f, i));
	buf_printf(&b, "#d-%lld", (long long)key);
	str s = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static void add_rows(struct web_cx *w, const struct draft *d, struct view_draft *v)
{
	struct fold f;
	const size_t n = d->rows.n;
	str *keys = NEW_ARRAY(w->mem, str, n + 1);
	int *levels = NEW_ARRAY(w->mem, int, n + 1);
	for (size_t i = 0; i < n; i++) {
		keys[i] = arena_printf(w->mem, "%lld", (long long)d->rows.p[i].key);
		levels[i] = d->level[i] < 0 ? 0 : d->level[i];
	}
	str listed = web_has(w, "mo") ? web_text(w, "mo") : n <= OPEN_ALL ? STR("*") : STR("");
	fold_init(&f, w, keys, levels, n, listed);
	v->rows = NEW_ARRAY(w->mem, struct view_draft_row, n + 1);
	for (size_t i = 0; i < n; i++) {
		const struct edition_row *x = &d->rows.p[i];
		bool known = edition_row_sets(x) && is_setting_known(x->cell[TREE_CODE]);
		v->rows_all += !edition_row_sets(x);
		v->scored += x->cell[TREE_RULE].len > 0;
		if (!fold_shows(&f, i) || (known && !d->row_errors[i]))
			continue;
		struct view_draft_row *r = &v->rows[v->n_rows++];
		*r = row_of(w, d, i);
		r->open = f.open[i];
		r->toggle = toggle_link(w, &f, i, x->key);
	}
}

/* What happened, as a sentence about the row or the set. */
static str event_words(struct web_cx *w, const struct draft_event *e)
{
	if (e->version)
		return SAY(w, "edit.ev_force", say_int(w, e->version), say_date(w, e->from));
	if (e->file.len)
		return SAY(w, "edit.ev_table", e->file, say_int(w, e->rows));
	if (e->rows)
		return SAY(w, "edit.ev_begun", say_int(w, e->rows));
	if (e->moved != MOVED_NOT)
		return SAY(w, e->moved == MOVED_UP ? "edit.ev_up" : "edit.ev_down", e->row);
	str what = say(w, arena_cstr(w->mem, e->what));
	if (!e->row.len)
		return what;
	return e->name.len && (e->added || e->dropped) ? SAY(w, "edit.ev_row_named", what, e->row, e->name) : SAY(w, "edit.ev_row", what, e->row);
}

static void add_events(struct web_cx *w, const struct draft *d, struct view_draft *v)
{
	struct draft_event_list list;
	if (draft_history(w->cx, w->app, d->code, EVENTS, &list))
		return;
	v->events = NEW_ARRAY(w->mem, struct view_draft_event, list.n + 1);
	for (size_t i = 0; i < list.n; i++) {
		const struct draft_event *e = &list.p[i];
		struct view_draft_event *to = &v->events[v->n_events++];
		*to = (struct view_draft_event){ .at = e->at, .who = e->who, .what = event_words(w, e), .erased = e->erased, .detail = e->text };
		to->changes = NEW_ARRAY(w->mem, struct view_draft_change, e->n_changes + 1);
		for (size_t k = 0; k < e->n_changes; k++) {
			const struct edition_change *x = &e->changes[k];
			to->changes[to->n_changes++] = (struct view_draft_change){ edition_change_name(w, x), edition_change_side(w, x, true),
				edition_change_side(w, x, false), e->added || e->dropped };
			if (e->dropped)
				to->changes[to->n_changes - 1].now = to->changes[to->n_changes - 1].old;
		}
	}
	v->more_events = list.more;
}

static void add_marks(struct web_cx *w, const struct draft *d, struct view_draft *v)
{
	v->notes = NEW_ARRAY(w->mem, struct view_draft_note, d->n_faults + 1);
	for (size_t i = 0; i < d->n_faults; i++) {
		const struct draft_fault *f = &d->faults[i];
		v->warnings += f->f.level != FAULT_ERROR;
		if (f->row < 0)
			v->notes[v->n_notes++] = (struct view_draft_note){ draft_note(w, f), f->f.level != FAULT_ERROR };
	}
}

static void show_draft(struct web_cx *w)
{
	struct draft d;
	struct view_draft v = { 0 };
	v.faults = fault_rows(w, &v.n_faults);
	enum err e = open_draft(w, &d);
	if (e) {
		web_fail(w, e);
		return;
	}
	if (d.source_name.len && w->method == WEB_GET) {
		web_redirect(w, draft_path(w, "/cot"));
		return;
	}
	v.id = (uint64_t)d.id;
	v.code = d.code;
	v.name = d.name;
	v.state = d.state;
	v.ended = !str_is(d.state, "draft");
	v.revision = d.revision;
	v.changed = d.changed_at;
	v.who = d.changed_by;
	v.errors = (int64_t)d.n_errors;
	v.saved = w->method == WEB_GET && web_bool(w, "luu");
	v.all_link = STR("?mo=*");
	add_marks(w, &d, &v);
	add_rows(w, &d, &v);
	add_events(w, &d, &v);
	web_cache(w, -1);
	reply_draft(w, &v);
}

static void page_draft(struct web_cx *w) { show_draft(w); }

/* After a change: the page anew, or what was wrong with it. */
static void after(struct web_cx *w, enum err e, str path)
{
	if (!e) {
		web_redirect(w, path);
	} else if (e == ERR_INPUT || e == ERR_CONFLICT || e == ERR_LIMIT) {
		w->status = e == ERR_CONFLICT ? 409 : 422;
		show_draft(w);
	} else {
		web_fail(w, e);
	}
}

/* The buttons of the tree: up, down, out; and the end of the draft. */
static void page_draft_do(struct web_cx *w)
{
	int64_t id = (int64_t)web_id(w, "id"), key = 0;
	str path = draft_path(w, "");
	enum err e = ERR_OK;
	if (web_bool(w, "xoa")) {
		e = draft_drop(w->cx, w->app, w->actor, id);
		path = STR("/bo-tieu-chi/soan?xoa=1");
	} else if (web_int(w, "bo")) {
		e = draft_drop_row(w->cx, w->app, w->actor, id, web_int(w, "bo"));
		path = draft_path(w, "?luu=1");
	} else if ((key = web_int(w, "len")) || (key = web_int(w, "xuong"))) {
		e = draft_move_row(w->cx, w->app, w->actor, id, key, web_int(w, "len") != 0);
		path = arena_printf(w->mem, "%.*s#d-%lld", STR_ARG(path), (long long)key);
	}
	after(w, e, path);
}

/* ---- the form of a row ---- */

/* A word that is none of them stays to be chosen, so that nothing is lost. */
static struct view_criterion_choice *choices(struct web_cx *w, const struct edition_word *words, str value, size_t *n)
{
	struct view_criterion_choice *p = NEW_ARRAY(w->mem, struct view_criterion_choice, 10);
	bool found = false;
	for (*n = 0; words[*n].value; ++*n) {
		bool is = str_is(value, words[*n].value);
		p[*n] = (struct view_criterion_choice){ str_of(words[*n].value), say(w, words[*n].key), is };
		found |= is;
	}
	if (!found)
		p[(*n)++] = (struct view_criterion_choice){ value, value.len ? value : say(w, "edit.none"), true };
	return p;
}

/* Rows that may stand above: all but itself and those below it. */
static void add_parents(struct web_cx *w, const struct draft *d, int self, str parent, struct view_criterion *v)
{
	size_t below = self >= 0 ? edition_rows_below(d->level, d->rows.n, (size_t)self) : 0;
	bool found = !parent.len;
	v->parents = NEW_ARRAY(w->mem, struct view_criterion_choice, d->rows.n + 2);
	for (size_t i = 0; i < d->rows.n; i++) {
		const struct edition_row *x = &d->rows.p[i];
		bool own = self >= 0 && i >= (size_t)self && i <= (size_t)self + below, is = str_eq(x->cell[TREE_CODE], parent);
		if (edition_row_sets(x) || own || !x->cell[TREE_CODE].len)
			continue;
		found |= is;
		v->parents[v->n_parents++] = (struct view_criterion_choice){ x->cell[TREE_CODE],
			arena_printf(w->mem, "%.*s %.*s", STR_ARG(x->cell[TREE_CODE]), STR_ARG(x->cell[TREE_NAME_VI])), is };
	}
	if (!found)
		v->parents[v->n_parents++] = (struct view_criterion_choice){ parent, parent, true };
}

/* The next code below a row: 1.3 after 1.1 and 1.2. */
static str next_code(struct web_cx *w, const struct draft *d, str parent, bool root)
{
	for (int n = 1; n < 1000; n++) {
		str code = root ? arena_printf(w->mem, "%d", n) : arena_printf(w->mem, "%.*s.%d", STR_ARG(parent), n);
		if (edition_rows_code(&d->rows, code) < 0)
			return code;
	}
	return STR("");
}

static void fill_form(struct web_cx *w, const struct draft *d, int self, const str *cell, struct view_criterion *v)
{
	v->id = (uint64_t)d->id;
	v->set = d->name;
	v->code = cell[TREE_CODE];
	v->name_vi = cell[TREE_NAME_VI];
	v->name_en = cell[TREE_NAME_EN];
	v->max = cell[TREE_MAX];
	v->weight = cell[TREE_WEIGHT];
	v->cap = cell[TREE_CAP];
	v->owner = cell[TREE_OWNER];
	v->digits = cell[TREE_DIGITS];
	v->rule = cell[TREE_RULE];
	v->note = cell[TREE_NOTE];
	v->needs_evidence = str_is(cell[TREE_EVIDENCE], "yes");
	v->by = choices(w, edition_by_words, cell[TREE_BY], &v->n_by);
	v->agg = choices(w, edition_agg_words, cell[TREE_AGG], &v->n_agg);
	v->na = choices(w, edition_na_words, cell[TREE_NA], &v->n_na);
	v->rounding = choices(w, edition_rounding_words, cell[TREE_ROUNDING], &v->n_rounding);
	add_parents(w, d, self, cell[TREE_PARENT], v);
	v->faults = fault_rows(w, &v->n_faults);
	if (v->n_faults)
		w->status = w->status == 200 ? 422 : w->status;
	if (self < 0)
		return;
	v->n_words = draft_words(w->cx, d, self, w->lang, &v->words);
	v->below = (int64_t)edition_rows_below(d->level, d->rows.n, (size_t)self);
	v->has_below = v->below > 0;
	v->notes = NEW_ARRAY(w->mem, struct view_criterion_note, d->n_faults + 1);
	for (size_t i = 0; i < d->n_faults; i++)
		if (d->faults[i].row == self)
			v->notes[v->n_notes++] = (struct view_criterion_note){ draft_note(w, &d->faults[i]), d->faults[i].f.level != FAULT_ERROR };
}

static void page_row(struct web_cx *w)
{
	struct draft d;
	struct view_criterion v = { .key = web_int(w, "key") };
	enum err e = open_draft(w, &d);
	int i = e ? -1 : edition_rows_find(&d.rows, v.key);
	if (e || i < 0 || edition_row_sets(&d.rows.p[i])) {
		if (e)
			web_fail(w, e);
		else
			web_error(w, 404);
		return;
	}
	v.mark = edition_row_mark(w->cx, &d.rows.p[i]);
	fill_form(w, &d, i, d.rows.p[i].cell, &v);
	web_cache(w, -1);
	reply_criterion(w, &v);
}

static void page_row_new(struct web_cx *w)
{
	struct draft d;
	struct view_criterion v = { .fresh = true };
	str cell[TREE_COLUMNS];
	enum err e = open_draft(w, &d);
	if (e) {
		web_fail(w, e);
		return;
	}
	int up = edition_rows_find(&d.rows, web_int(w, "duoi"));
	for (int i = 0; i < TREE_COLUMNS; i++)
		cell[i] = STR("");
	cell[TREE_BY] = STR("self");
	if (up >= 0 && !edition_row_sets(&d.rows.p[up])) {
		const str *above = d.rows.p[up].cell;
		cell[TREE_PARENT] = above[TREE_CODE];
		cell[TREE_CODE] = next_code(w, &d, above[TREE_CODE], d.level[up] == 0);
		cell[TREE_OWNER] = above[TREE_OWNER];
	}
	fill_form(w, &d, -1, cell, &v);
	web_cache(w, -1);
	reply_criterion(w, &v);
}

static void read_cells(struct web_cx *w, str cell[TREE_COLUMNS])
{
	for (int i = 0; i < TREE_COLUMNS; i++)
		cell[i] = i == TREE_EVIDENCE ? STR("") : web_text(w, tree_columns[i].name);
	cell[TREE_MAX] = draft_number(w->cx, cell[TREE_MAX]);
	cell[TREE_WEIGHT] = draft_number(w->cx, cell[TREE_WEIGHT]);
	cell[TREE_CAP] = draft_number(w->cx, cell[TREE_CAP]);
	if (web_bool(w, "evidence"))
		cell[TREE_EVIDENCE] = STR("yes");
}

/* What was typed stays in the form, whatever was wrong with it; on what somebody else saved meanwhile it can then be saved. */
static void show_typed(struct web_cx *w, enum err why, const str *cell)
{
	struct draft d;
	struct view_criterion v = { .key = web_int(w, "key"), .fresh = !web_int(w, "key") };
	enum err e = open_draft(w, &d);
	int i = e ? -1 : edition_rows_find(&d.rows, v.key);
	if (e || (i < 0 && !v.fresh)) {
		web_fail(w, e ? e : why);
		return;
	}
	w->status = why == ERR_CONFLICT ? 409 : 422;
	if (i >= 0)
		v.mark = edition_row_mark(w->cx, &d.rows.p[i]);
	fill_form(w, &d, i, cell, &v);
	reply_criterion(w, &v);
}

static void page_row_do(struct web_cx *w)
{
	str cell[TREE_COLUMNS];
	int64_t key = web_int(w, "key");
	read_cells(w, cell);
	/* "no" said before is not taken back by a box that is empty. */
	struct draft d;
	enum err e = open_draft(w, &d);
	int i = e ? -1 : edition_rows_find(&d.rows, key);
	if (i >= 0 && !cell[TREE_EVIDENCE].len && str_is(d.rows.p[i].cell[TREE_EVIDENCE], "no"))
		cell[TREE_EVIDENCE] = STR("no");
	if (!e)
		e = w->cx->n_errors ? ERR_INPUT : draft_put_row(w->cx, w->app, w->actor, (int64_t)web_id(w, "id"), &key, web_text(w, "ban"), cell);
	if (!e)
		web_redirect(w, arena_printf(w->mem, "%.*s#d-%lld", STR_ARG(draft_path(w, "?luu=1")), (long long)key));
	else if (e == ERR_INPUT || e == ERR_CONFLICT || e == ERR_LIMIT)
		show_typed(w, e, cell);
	else
		web_fail(w, e);
}

/* ---- settings ---- */

static const char *const setting_hints[EDITION_SETTINGS] = { "edition.hint_at_name", "edition.hint_at_level", "edition.hint_at_years",
	"edition.hint_at_value", "edition.hint_at_round", "edition.hint_at_ties", "edition.hint_at_groups", "edition.hint_at_clamp",
	"edition.hint_at_na", "edition.hint_at_unranked", "edition.hint_at_source", "edit.set_note_hint" };

static void show_settings(struct web_cx *w, const struct draft *d, const struct draft_setting *s)
{
	struct view_draft_settings v = { .id = (uint64_t)d->id, .set = d->name, .mark = draft_settings_mark(w->cx, &d->rows) };
	v.faults = fault_rows(w, &v.n_faults);
	v.fields = NEW_ARRAY(w->mem, struct view_draft_settings_field, EDITION_SETTINGS);
	for (int i = 0; i < EDITION_SETTINGS; i++)
		v.fields[v.n_fields++] = (struct view_draft_settings_field){ .name = str_of(edition_settings[i] + 1), .label = say(w, edition_setting_keys[i]),
			.hint = say(w, setting_hints[i]), .value = s[i].value, .value_en = s[i].value_en, .note = s[i].note, .big = i == 0 };
	web_cache(w, -1);
	reply_draft_settings(w, &v);
}

static void page_settings(struct web_cx *w)
{
	struct draft d;
	struct draft_setting s[EDITION_SETTINGS];
	enum err e = open_draft(w, &d);
	if (e) {
		web_fail(w, e);
		return;
	}
	draft_get_settings(&d.rows, s);
	show_settings(w, &d, s);
}

static void page_settings_do(struct web_cx *w)
{
	struct draft d;
	struct draft_setting s[EDITION_SETTINGS];
	enum err e = open_draft(w, &d);
	if (e) {
		web_fail(w, e);
		return;
	}
	draft_get_settings(&d.rows, s); /* notes of the others stay */
	for (int i = 0; i < EDITION_SETTINGS; i++)
		s[i].value = web_text(w, edition_settings[i] + 1);
	s[0].value_en = web_text(w, "name-en");
	s[0].note = web_text(w, "name-note");
	for (int i = 1; i < EDITION_SETTINGS; i++)
		if (!s[i].value.len)
			s[i] = (struct draft_setting){ STR(""), STR(""), STR("") };
	e = w->cx->n_errors ? ERR_INPUT : draft_set(w->cx, w->app, w->actor, d.id, web_text(w, "ban"), s);
	if (!e) {
		web_redirect(w, draft_path(w, "?luu=1"));
	} else if (e == ERR_INPUT || e == ERR_CONFLICT) {
		w->status = e == ERR_CONFLICT ? 409 : 422;
		show_settings(w, &d, s);
	} else {
		web_fail(w, e);
	}
}

/* ---- routes ---- */

#define TEXT(name, most, vi, en) { name, IN_TEXT, .max = most, .doc = { vi, en } }
#define KEY(name, vi, en) { name, IN_INT, .min = 0, .max = 1000000000, .doc = { vi, en } }
#define SAVED { "luu", IN_BOOL, .doc = { "vừa lưu", "just saved" } }
#define SETS "/bo-tieu-chi/soan"
#define ONE SETS "/{id:id}"
#define PAGE .faces = FACE_HTML, .section = "edition"
#define POSTED .faces = FACE_HTML, .section = "edition", .flags = WEB_FORM_ERRORS

const struct web_route routes_edition_edit[] = {
	{ WEB_GET, SETS, page_editor, "edition.edit", .section = "edition", .view = "editor",
		.doc = { "Soạn bộ tiêu chí: các bản và dự thảo", "Workshop of criteria sets: versions and drafts" },
		.in = WEB_INPUTS({ "xoa", IN_BOOL, .doc = { "vừa bỏ một dự thảo", "a draft was just dropped" } },
			{ "ap-dung", IN_BOOL, .doc = { "vừa áp dụng một dự thảo", "a draft was just put in force" } },
			{ "tu", IN_ID, .doc = { "chép từ bản này", "copied from this version" } }) },
	{ WEB_POST, SETS, page_editor_do, "edition.edit", POSTED, .lane = LANE_SLOW, .max_body = BODY_MAX, .view = "editor",
		.doc = { "Bắt đầu một dự thảo", "Begins a draft" },
		.in = WEB_INPUTS(TEXT("ma", 60, "mã bộ tiêu chí", "code of the set"), TEXT("ten", 300, "tên", "name"),
			{ "tu", IN_ID, .doc = { "chép từ bản này", "copied from this version" } },
			{ "tep", IN_FILE, .max = DRAFT_BYTES, .doc = { "tệp Excel, CSV hoặc Word", "Excel, CSV or Word file" } },
			TEXT("dan", 200000, "bảng dán vào", "pasted table")) },
	{ WEB_GET, SETS "/mau", page_template, "edition.edit", PAGE, .doc = { "Mẫu bộ tiêu chí trống (Excel)", "Empty form of a set (Excel)" } },
	{ WEB_GET, ONE, page_draft, "edition.edit", .section = "edition", .view = "draft", .doc = { "Một dự thảo", "A draft" },
		.in = WEB_INPUTS(SAVED, TEXT("mo", 20000, "các dòng đang mở", "rows that are open")) },
	{ WEB_POST, ONE, page_draft_do, "edition.edit", PAGE, .lane = LANE_SLOW, .view = "draft",
		.doc = { "Chuyển hoặc bỏ một dòng, bỏ dự thảo", "Moves or drops a row, drops the draft" },
		.in = WEB_INPUTS(KEY("len", "dòng chuyển lên", "row to move up"), KEY("xuong", "dòng chuyển xuống", "row to move down"),
			KEY("bo", "dòng bỏ đi", "row to drop"), { "xoa", IN_BOOL, .doc = { "bỏ dự thảo", "drop the draft" } },
			TEXT("mo", 20000, "các dòng đang mở", "rows that are open")) },
	{ WEB_GET, ONE "/tep", page_draft_file, "edition.edit", PAGE, .lane = LANE_SLOW,
		.doc = { "Dự thảo ra tệp Excel", "The draft as an Excel file" } },
	{ WEB_GET, ONE "/them", page_row_new, "edition.edit", PAGE, .view = "criterion", .doc = { "Biểu mẫu dòng mới", "Form of a new row" },
		.in = WEB_INPUTS(KEY("duoi", "dưới dòng này", "below this row")) },
	{ WEB_GET, ONE "/dong/{key:int}", page_row, "edition.edit", PAGE, .view = "criterion", .doc = { "Một dòng của dự thảo", "A row of a draft" } },
	{ WEB_POST, ONE "/dong/{key:int}", page_row_do, "edition.edit", POSTED, .lane = LANE_SLOW, .view = "criterion", .max_body = 256 << 10,
		.doc = { "Lưu một dòng; 0: dòng mới", "Saves a row; 0: a new one" },
		.in = WEB_INPUTS(TEXT("ban", 16, "dấu của bản đang sửa", "mark of what was edited"), TEXT("code", 60, "mã", "code"),
			TEXT("parent", 60, "dòng cấp trên", "row above"), TEXT("name_vi", 2000, "tên", "name"),
			TEXT("name_en", 2000, "tên tiếng Anh", "English name"), TEXT("max", 40, "điểm tối đa", "maximum"),
			TEXT("by", 40, "cách có điểm", "how points arise"), TEXT("agg", 40, "cách cộng", "how parts are put together"),
			TEXT("weight", 40, "trọng số", "weight"), TEXT("cap", 40, "mức trần", "cap"), TEXT("rule", 16384, "quy tắc", "rule"),
			TEXT("owner", 500, "chủ trì", "answerable"), TEXT("na", 40, "khi không áp dụng", "when not applicable"),
			TEXT("digits", 2, "chữ số thập phân", "decimals"), TEXT("rounding", 40, "cách làm tròn", "rounding"),
			{ "evidence", IN_BOOL, .doc = { "cần minh chứng", "needs evidence" } }, TEXT("note", 4000, "ghi chú", "note")) },
	{ WEB_GET, ONE "/chung", page_settings, "edition.edit", PAGE, .view = "draft_settings",
		.doc = { "Quy định chung của dự thảo", "Settings of a draft" } },
	{ WEB_POST, ONE "/chung", page_settings_do, "edition.edit", POSTED, .lane = LANE_SLOW, .view = "draft_settings",
		.doc = { "Lưu quy định chung", "Saves the settings" },
		.in = WEB_INPUTS(TEXT("ban", 16, "dấu của bản đang sửa", "mark of what was edited"), TEXT("name", 1000, "tên", "name"),
			TEXT("name-en", 1000, "tên tiếng Anh", "English name"), TEXT("name-note", 3000, "ghi chú", "note"),
			TEXT("level", 1000, "cấp", "level"), TEXT("years", 1000, "năm", "years"), TEXT("value", 1000, "giá trị", "value"),
			TEXT("round", 1000, "làm tròn", "rounding"), TEXT("ties", 1000, "đồng hạng", "ties"),
			TEXT("groups", 1000, "xếp loại", "groups"), TEXT("clamp", 1000, "chặn điểm", "clamp"),
			TEXT("na", 1000, "không áp dụng", "not applicable"), TEXT("unranked", 1000, "không xếp hạng", "unranked"),
			TEXT("source", 1000, "văn bản", "source"), TEXT("note", 1000, "ghi chú", "note")) },
	{ 0 },
};
