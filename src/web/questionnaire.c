#include "web/questionnaire.h"
#include "app/actor.h"
#include "app/questionnaire_edit.h"
#include "web/fault.h"
#include "web/pages.h"
#include "web/say.h"
#include "web_views.h"

static const char XLSX[] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

static bool is_shown(enum err e) { return e == ERR_INPUT || e == ERR_LIMIT || e == ERR_CONFLICT; }

static str path_of(struct web_cx *w, const char *below)
{
	return arena_printf(w->mem, "/bo-cau-hoi/%.*s%s", STR_ARG(web_text(w, "phieu")), below);
}

static str kind_name(struct web_cx *w, str kind)
{
	if (!kind.len)
		kind = STR("setting");
	return say(w, arena_printf(w->mem, "form_draft.kind.%.*s", STR_ARG(kind)).p);
}

/* ---- the workshop ---- */

static void add_versions(struct web_cx *w, const struct questionnaire_infos *l, struct view_questionnaires *v)
{
	v->versions = NEW_ARRAY(w->mem, struct view_questionnaires_version, l->n + 1);
	v->bases = NEW_ARRAY(w->mem, struct view_questionnaires_choice, l->n + 1);
	for (size_t i = 0; i < l->n; i++) {
		const struct questionnaire_info *q = &l->p[i];
		bool newest = !i || !str_eq(l->p[i - 1].code, q->code);
		str name = say_either(w, q->name[LANG_VI], q->name[LANG_EN]);
		v->versions[v->n_versions++] = (struct view_questionnaires_version){ .code = q->code, .name = name, .version = q->version,
			.newest = newest, .illustrative = q->illustrative, .stored = q->created_at, .who = q->actor };
		if (newest)
			v->bases[v->n_bases++] = (struct view_questionnaires_choice){ q->code, name, str_eq(q->code, web_text(w, "tu")) };
	}
}

static void show_all(struct web_cx *w, bool typed)
{
	struct questionnaire_infos versions;
	struct form_drafts drafts;
	struct view_questionnaires v = { 0 };
	v.faults = fault_rows(w, &v.n_faults);
	v.more = fault_more(w, v.n_faults);
	enum err e = questionnaire_all(w->cx, w->app, &versions);
	if (!e)
		e = form_drafts_all(w->cx, w->app, w->actor, &drafts);
	if (e) {
		web_fail(w, e);
		return;
	}
	add_versions(w, &versions, &v);
	v.drafts = NEW_ARRAY(w->mem, struct view_questionnaires_draft, drafts.n + 1);
	for (; v.n_drafts < drafts.n; v.n_drafts++) {
		const struct form_draft *d = &drafts.p[v.n_drafts];
		v.drafts[v.n_drafts] = (struct view_questionnaires_draft){ d->code, d->name, d->n_asked, d->n_faults, d->changed_at, d->changed_by };
	}
	if (typed) {
		v.code = web_text(w, "ma");
		v.name = web_text(w, "ten");
	} else {
		v.dropped = web_bool(w, "bo");
		v.forced = web_text(w, "xong");
	}
	v.manages = actor_can(w->actor, STR("survey"), STR("manage"));
	reply_questionnaires(w, &v);
}

static void page_all(struct web_cx *w) { show_all(w, false); }

static void page_begin(struct web_cx *w)
{
	struct form_begin x = { .code = web_text(w, "ma"), .name = web_text(w, "ten"), .from = web_text(w, "tu") };
	const struct web_file *f = web_file(w, "tep");
	enum err e = w->cx->n_errors ? ERR_INPUT : ERR_OK;
	if (!e && f && f->size) {
		x.file = f->name;
		e = web_file_bytes(w, f, &x.bytes);
	}
	if (!e)
		e = form_draft_begin(w->cx, w->app, w->actor, &x);
	if (!e) {
		web_redirect(w, arena_printf(w->mem, "/bo-cau-hoi/%.*s", STR_ARG(x.code)));
	} else if (is_shown(e)) {
		w->status = e == ERR_CONFLICT ? 409 : 422;
		show_all(w, true);
	} else {
		web_fail(w, e);
	}
}

/* ---- one draft ---- */

static const char *const column_keys[QUESTIONNAIRE_COLUMNS] = { "form_draft.f_code", "form_draft.f_parent", "form_draft.kind", "form_draft.f_text_vi",
	"form_draft.f_text_en", "form_draft.f_hint_vi", "form_draft.f_hint_en", "form_draft.f_list", "form_draft.factor", "form_draft.f_required",
	"form_draft.f_show_if", "form_draft.f_check", "form_draft.f_say_vi", "form_draft.f_say_en", "form_draft.f_min", "form_draft.f_max",
	"form_draft.f_means", "form_draft.f_agg", "form_draft.f_weight", "form_draft.f_note" };

static str note_of(struct web_cx *w, const struct form_fault *f)
{
	str what = web_fault_text(w, &f->f);
	if (f->column < 0 || f->column >= QUESTIONNAIRE_COLUMNS)
		return what;
	str column = say(w, column_keys[f->column]);
	if (f->f.at.offset)
		return SAY(w, "edit.at_character", column, say_int(w, f->f.at.offset), what);
	return SAY(w, "edit.at_column", column, what);
}

static void put_detail(struct web_cx *w, buf *b, const char *key, str value)
{
	if (!value.len)
		return;
	if (b->len)
		buf_addz(b, " · ");
	buf_add(b, SAY(w, key, value));
}

/* List, conditions and bounds in one line. */
static str details_of(struct web_cx *w, const str *cell)
{
	buf b;
	buf_init(&b, 0);
	put_detail(w, &b, "form_draft.d_list", cell[QUESTIONNAIRE_LIST]);
	if (str_is(cell[QUESTIONNAIRE_REQUIRED], "yes"))
		put_detail(w, &b, "form_draft.d_required", STR("1"));
	put_detail(w, &b, "form_draft.d_show", cell[QUESTIONNAIRE_SHOW_IF]);
	put_detail(w, &b, "form_draft.d_check", cell[QUESTIONNAIRE_CHECK]);
	put_detail(w, &b, "form_draft.d_min", cell[QUESTIONNAIRE_MIN]);
	put_detail(w, &b, "form_draft.d_max", cell[QUESTIONNAIRE_MAX]);
	if (cell[QUESTIONNAIRE_MEANS].len)
		put_detail(w, &b, "form_draft.d_is", say(w, arena_printf(w->mem, "form_draft.means.%.*s", STR_ARG(cell[QUESTIONNAIRE_MEANS])).p));
	if (cell[QUESTIONNAIRE_AGG].len)
		put_detail(w, &b, "form_draft.d_is", say(w, arena_printf(w->mem, "form_draft.agg.%.*s", STR_ARG(cell[QUESTIONNAIRE_AGG])).p));
	put_detail(w, &b, "form_draft.d_weight", cell[QUESTIONNAIRE_WEIGHT]);
	str s = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static const char *kind_below(str kind)
{
	return str_is(kind, "section") || str_is(kind, "group") || str_is(kind, "matrix") ? "single"
		: str_is(kind, "list")                                                    ? "option"
		: str_is(kind, "factor")                                                  ? "factor"
											  : NULL;
}

static struct view_form_draft_row row_of(struct web_cx *w, const struct form_draft *d, size_t i)
{
	const str *cell = d->rows.p[i].cell;
	struct view_form_draft_row r = { .row = (int64_t)i, .code = cell[QUESTIONNAIRE_CODE], .kind = cell[QUESTIONNAIRE_KIND],
		.kind_name = kind_name(w, cell[QUESTIONNAIRE_KIND]), .depth = d->depth[i] + 1, .words = cell[QUESTIONNAIRE_TEXT_VI],
		.second = cell[QUESTIONNAIRE_TEXT_EN], .details = details_of(w, cell), .factor = cell[QUESTIONNAIRE_FACTOR], .draft_code = d->code };
	const char *below = kind_below(cell[QUESTIONNAIRE_KIND]);
	if (!r.words.len && str_is(r.kind, "list"))
		r.words = r.kind_name;
	r.setting = !cell[QUESTIONNAIRE_KIND].len;
	if (below)
		r.adds = web_path(w, w->lang,
			arena_printf(w->mem, "/bo-cau-hoi/%.*s/them?loai=%s&trong=%.*s", STR_ARG(d->code), below, STR_ARG(cell[QUESTIONNAIRE_CODE])));
	r.notes = NEW_ARRAY(w->mem, struct view_form_draft_note, (size_t)d->n_faults + 1);
	for (int k = 0; k < d->n_faults; k++)
		if (d->faults[k].row == (int)i)
			r.notes[r.n_notes++] = (struct view_form_draft_note){ note_of(w, &d->faults[k]) };
	return r;
}

static void add_rows(struct web_cx *w, const struct form_draft *d, struct view_form_draft *v)
{
	size_t n = d->rows.n + 1;
	v->settings = NEW_ARRAY(w->mem, struct view_form_draft_row, n);
	v->items = NEW_ARRAY(w->mem, struct view_form_draft_row, n);
	v->lists = NEW_ARRAY(w->mem, struct view_form_draft_row, n);
	v->factors = NEW_ARRAY(w->mem, struct view_form_draft_row, n);
	for (size_t i = 0; i < d->rows.n; i++) {
		struct view_form_draft_row r = row_of(w, d, i);
		if (r.setting)
			v->settings[v->n_settings++] = r;
		else if (str_is(r.kind, "list") || str_is(r.kind, "option"))
			v->lists[v->n_lists++] = r;
		else if (str_is(r.kind, "factor"))
			v->factors[v->n_factors++] = r;
		else
			v->items[v->n_items++] = r;
	}
}

static void show_draft(struct web_cx *w)
{
	struct form_draft d;
	struct view_form_draft v = { 0 };
	v.faults = fault_rows(w, &v.n_faults);
	enum err e = form_draft_open(w->cx, w->app, w->actor, web_text(w, "phieu"), &d);
	if (e) {
		web_fail(w, e);
		return;
	}
	v.code = d.code;
	v.name = d.name.len ? d.name : d.code;
	v.revision = d.revision;
	v.changed = d.changed_at;
	v.who = d.changed_by;
	v.asked = d.n_asked;
	if (d.base)
		v.base = some_int(d.base);
	v.wrong = d.n_faults;
	v.saved = w->method == WEB_GET && web_bool(w, "luu");
	v.notes = NEW_ARRAY(w->mem, struct view_form_draft_note, (size_t)d.n_faults + 1);
	for (int i = 0; i < d.n_faults; i++)
		if (d.faults[i].row < 0)
			v.notes[v.n_notes++] = (struct view_form_draft_note){ note_of(w, &d.faults[i]) };
	v.read = NEW_ARRAY(w->mem, struct view_form_draft_note, d.notes.n + 1);
	for (; v.n_read < d.notes.n; v.n_read++) {
		const fault *f = &d.notes.p[v.n_read];
		v.read[v.n_read].what = arena_printf(w->mem, "%.*s: %.*s", STR_ARG(f->at.file), STR_ARG(web_fault_text(w, f)));
	}
	v.gaps = NEW_ARRAY(w->mem, struct view_form_draft_note, d.gaps.n + 1);
	for (; v.n_gaps < d.gaps.n; v.n_gaps++)
		v.gaps[v.n_gaps].what = say_gap(w, &d.gaps.p[v.n_gaps]);
	add_rows(w, &d, &v);
	web_cache(w, -1);
	reply_form_draft(w, &v);
}

static void page_draft(struct web_cx *w) { show_draft(w); }

static void after(struct web_cx *w, enum err e, str path)
{
	if (!e) {
		web_redirect(w, path);
	} else if (is_shown(e)) {
		w->status = e == ERR_CONFLICT ? 409 : 422;
		show_draft(w);
	} else {
		web_fail(w, e);
	}
}

/* The buttons of the tree: up, down, out. */
static void page_draft_do(struct web_cx *w)
{
	struct form_edit x = { .revision = web_int(w, "ban") };
	static const struct {
		const char *name;
		enum form_do what;
	} buttons[] = { { "len", FORM_UP }, { "xuong", FORM_DOWN }, { "xoa", FORM_DROP } };
	enum err e = w->cx->n_errors ? ERR_INPUT : ERR_OK;
	bool pressed = false;
	for (size_t i = 0; i < sizeof buttons / sizeof buttons[0] && !pressed; i++)
		if (web_has(w, buttons[i].name)) {
			x.what = buttons[i].what;
			x.row = (int)web_int(w, buttons[i].name);
			pressed = true;
		}
	if (!e && pressed)
		e = form_draft_edit(w->cx, w->app, w->actor, web_text(w, "phieu"), &x);
	after(w, e, path_of(w, "?luu=1"));
}

static void page_force(struct web_cx *w)
{
	int version;
	enum err e = form_draft_force(w->cx, w->app, w->actor, web_text(w, "phieu"), web_int(w, "ban"), &version);
	after(w, e, arena_printf(w->mem, "/bo-cau-hoi?xong=%.*s", STR_ARG(web_text(w, "phieu"))));
}

static void page_drop(struct web_cx *w)
{
	after(w, form_draft_drop(w->cx, w->app, w->actor, web_text(w, "phieu")), STR("/bo-cau-hoi?bo=1"));
}

/* The newest version, a version, or (without one) the draft. */
static void page_file(struct web_cx *w)
{
	struct questionnaire_file f = { .code = web_text(w, "phieu"), .version = (int)web_int(w, "ban"), .xlsform = web_enum(w, "dang") == 0 };
	str bytes;
	enum err e = questionnaire_file(w->cx, w->app, w->actor, &f, &bytes);
	if (e) {
		web_fail(w, e);
		return;
	}
	web_download(w, arena_printf(w->mem, "%.*s.%s", STR_ARG(f.code), f.xlsform ? "xlsx" : "csv"));
	web_cache(w, -1);
	web_bytes(w, f.xlsform ? XLSX : "text/csv; charset=utf-8", bytes);
}

/* ---- the form of a row ---- */

static struct view_form_row_choice *choices(struct web_cx *w, const char *const *words, const char *prefix, str value, size_t *n)
{
	struct view_form_row_choice *p = NEW_ARRAY(w->mem, struct view_form_row_choice, 16);
	for (*n = 0; words[*n]; ++*n)
		p[*n] = (struct view_form_row_choice){ str_of(words[*n]), say(w, arena_printf(w->mem, "%s%s", prefix, *words[*n] ? words[*n] : "answer").p),
			str_is(value, words[*n]) };
	return p;
}

/* Rows of some kinds as a choice. */
static struct view_form_row_choice *choose_rows(struct web_cx *w, const struct form_draft *d, const char *const *kinds, str value, bool none, size_t *n)
{
	struct view_form_row_choice *p = NEW_ARRAY(w->mem, struct view_form_row_choice, d->rows.n + 2);
	bool found = !value.len;
	*n = 0;
	if (none)
		p[(*n)++] = (struct view_form_row_choice){ STR(""), say(w, "edit.none"), !value.len };
	for (size_t i = 0; i < d->rows.n; i++) {
		const str *cell = d->rows.p[i].cell;
		bool fits = false, is = str_eq(cell[QUESTIONNAIRE_CODE], value);
		for (const char *const *k = kinds; *k; k++)
			fits |= str_is(cell[QUESTIONNAIRE_KIND], *k);
		if (!fits)
			continue;
		found |= is;
		p[(*n)++] = (struct view_form_row_choice){ cell[QUESTIONNAIRE_CODE],
			arena_printf(w->mem, "%.*s %.*s", STR_ARG(cell[QUESTIONNAIRE_CODE]), STR_ARG(cell[QUESTIONNAIRE_TEXT_VI])), is };
	}
	if (!found)
		p[(*n)++] = (struct view_form_row_choice){ value, value, true };
	return p;
}

static const char *const item_kinds[] = { "single", "multiple", "scale", "number", "text", "date", NULL };
static const char *const block_kinds[] = { "group", "matrix", NULL };
static const char *const all_below[] = { "single", "multiple", "scale", "number", "text", "date", "group", "matrix", NULL };
static const char *const means_words[] = { "", "good", "none", "dont_know", "not_experienced", "refused", NULL };
static const char *const agg_words[] = { "pooled", "mean_items", "mean_factors", "weights", NULL };

static bool is_in(str s, const char *const *words)
{
	for (; *words; words++)
		if (str_is(s, *words))
			return true;
	return false;
}

static void fill_cells(const str *cell, struct view_form_row *v)
{
	v->cell_code = cell[QUESTIONNAIRE_CODE];
	v->parent = cell[QUESTIONNAIRE_PARENT];
	v->kind = cell[QUESTIONNAIRE_KIND];
	v->text_vi = cell[QUESTIONNAIRE_TEXT_VI];
	v->text_en = cell[QUESTIONNAIRE_TEXT_EN];
	v->hint_vi = cell[QUESTIONNAIRE_HINT_VI];
	v->hint_en = cell[QUESTIONNAIRE_HINT_EN];
	v->list = cell[QUESTIONNAIRE_LIST];
	v->factor = cell[QUESTIONNAIRE_FACTOR];
	v->required = str_is(cell[QUESTIONNAIRE_REQUIRED], "yes");
	v->show_if = cell[QUESTIONNAIRE_SHOW_IF];
	v->check = cell[QUESTIONNAIRE_CHECK];
	v->say_vi = cell[QUESTIONNAIRE_SAY_VI];
	v->say_en = cell[QUESTIONNAIRE_SAY_EN];
	v->min = cell[QUESTIONNAIRE_MIN];
	v->max = cell[QUESTIONNAIRE_MAX];
	v->means = cell[QUESTIONNAIRE_MEANS];
	v->agg = cell[QUESTIONNAIRE_AGG];
	v->weight = cell[QUESTIONNAIRE_WEIGHT];
	v->note = cell[QUESTIONNAIRE_NOTE];
}

static void fill_choices(struct web_cx *w, const struct form_draft *d, struct view_form_row *v)
{
	static const char *const above[] = { "section", "group", "matrix", NULL }, *const sections[] = { "section", NULL }, *const list[] = { "list", NULL },
				 *const factor[] = { "factor", NULL };
	bool block = is_in(v->kind, block_kinds);
	v->asked = is_in(v->kind, item_kinds);
	v->setting = !v->kind.len;
	v->has_hint = v->asked || block || str_is(v->kind, "section");
	v->has_show = v->has_hint;
	v->has_list = v->asked || block;
	v->has_bounds = v->asked;
	v->has_means = str_is(v->kind, "option");
	v->has_agg = str_is(v->kind, "factor");
	v->has_weight = v->asked || v->has_means || v->has_agg;
	if (v->asked || block) {
		v->kinds = choices(w, v->fresh ? all_below : v->asked ? item_kinds : block_kinds, "form_draft.kind.", v->kind, &v->n_kinds);
		v->parents = choose_rows(w, d, block ? sections : above, v->parent, false, &v->n_parents);
	}
	if (v->has_means)
		v->parents = choose_rows(w, d, list, v->parent, false, &v->n_parents);
	if (v->has_agg)
		v->parents = choose_rows(w, d, factor, v->parent, true, &v->n_parents);
	v->lists = choose_rows(w, d, list, v->list, false, &v->n_lists);
	v->factors = choose_rows(w, d, factor, v->factor, false, &v->n_factors);
	v->all_means = choices(w, means_words, "form_draft.means.", v->means, &v->n_all_means);
	v->aggs = choices(w, agg_words, "form_draft.agg.", v->agg, &v->n_aggs);
}

static void show_row(struct web_cx *w, const struct form_draft *d, int row, const str *cell)
{
	struct view_form_row v = { .code = d->code, .draft = d->name.len ? d->name : d->code, .revision = d->revision, .row = row, .fresh = row < 0 };
	v.faults = fault_rows(w, &v.n_faults);
	fill_cells(cell, &v);
	v.kind_name = kind_name(w, v.kind);
	fill_choices(w, d, &v);
	v.notes = NEW_ARRAY(w->mem, struct view_form_row_note, (size_t)d->n_faults + 1);
	for (int i = 0; i < d->n_faults && row >= 0; i++)
		if (d->faults[i].row == row)
			v.notes[v.n_notes++] = (struct view_form_row_note){ note_of(w, &d->faults[i]) };
	if (row >= 0)
		v.below = (int64_t)form_rows_below(&d->rows, (size_t)row);
	web_cache(w, -1);
	reply_form_row(w, &v);
}

static bool open_draft(struct web_cx *w, struct form_draft *d)
{
	enum err e = form_draft_open(w->cx, w->app, w->actor, web_text(w, "phieu"), d);
	if (e)
		web_fail(w, e);
	return !e;
}

static void page_row(struct web_cx *w)
{
	struct form_draft d;
	int64_t row = web_int(w, "dong");
	if (!open_draft(w, &d))
		return;
	if (row < 0 || row >= (int64_t)d.rows.n)
		web_error(w, 404);
	else
		show_row(w, &d, (int)row, d.rows.p[row].cell);
}

/* The next code of its kind that is free: A4 after A3, P3 after P2. */
static str next_code(struct web_cx *w, const struct form_draft *d, str kind, str parent)
{
	str stem = str_is(kind, "section") ? STR("P")
		: str_is(kind, "list")     ? STR("ds")
		: str_is(kind, "factor")   ? STR("F")
		: str_is(kind, "option")   ? STR("")
					   : arena_printf(w->mem, "%.*s.", STR_ARG(parent));
	for (int n = 1; n < 1000; n++) {
		str code = arena_printf(w->mem, "%.*s%d", STR_ARG(stem), n);
		bool there = false;
		for (size_t i = 0; i < d->rows.n; i++)
			there |= str_eq(d->rows.p[i].cell[QUESTIONNAIRE_CODE], code)
				&& (!str_is(kind, "option") || str_eq(d->rows.p[i].cell[QUESTIONNAIRE_PARENT], parent));
		if (!there)
			return code;
	}
	return STR("");
}

static void page_new(struct web_cx *w)
{
	struct form_draft d;
	static const char *const kinds[] = { "single", "section", "group", "matrix", "list", "option", "factor", "setting" };
	str kind = str_of(kinds[web_enum(w, "loai")]), parent = web_text(w, "trong");
	str cell[QUESTIONNAIRE_COLUMNS] = { [QUESTIONNAIRE_PARENT] = parent };
	if (!open_draft(w, &d))
		return;
	bool setting = str_is(kind, "setting");
	cell[QUESTIONNAIRE_KIND] = setting ? STR("") : kind;
	cell[QUESTIONNAIRE_CODE] = setting ? STR("@") : next_code(w, &d, kind, parent);
	if (str_is(kind, "factor"))
		cell[QUESTIONNAIRE_AGG] = STR("pooled");
	show_row(w, &d, -1, cell);
}

static void page_row_do(struct web_cx *w)
{
	struct form_draft d;
	int row = (int)web_int(w, "dong");
	struct form_edit x = { .revision = web_int(w, "ban"), .what = row < 0 ? FORM_ADD : FORM_SET, .row = row };
	for (int i = 0; i < QUESTIONNAIRE_COLUMNS; i++)
		if (i != QUESTIONNAIRE_REQUIRED)
			x.cell[i] = web_text(w, questionnaire_columns[i].name);
	if (web_bool(w, "required"))
		x.cell[QUESTIONNAIRE_REQUIRED] = STR("yes");
	enum err e = w->cx->n_errors ? ERR_INPUT : form_draft_edit(w->cx, w->app, w->actor, web_text(w, "phieu"), &x);
	if (!e) {
		web_redirect(w, arena_printf(w->mem, "%.*s#d-%d", STR_ARG(path_of(w, "?luu=1")), x.row));
		return;
	}
	if (!is_shown(e)) {
		web_fail(w, e);
		return;
	}
	w->status = e == ERR_CONFLICT ? 409 : 422;
	if (open_draft(w, &d))
		show_row(w, &d, row < (int)d.rows.n ? row : -1, x.cell);
}

#define CODE_IN { "phieu", IN_TEXT, .max = FORM_CODE_MAX, .doc = { "mã bộ câu hỏi", "code of the questionnaire" } }
#define BAN_IN { "ban", IN_INT, .min = 0, .max = 1000000000, .doc = { "bản đang sửa", "revision that was edited" } }
#define TEXT(name, most, vi, en) { name, IN_TEXT, .max = most, .doc = { vi, en } }
#define ROW(name, vi, en) { name, IN_INT, .min = 0, .max = QUESTIONNAIRE_MAX_ROWS, .doc = { vi, en } }
#define ONE "/bo-cau-hoi/{phieu}"
#define PAGE .faces = FACE_HTML, .section = "khao-sat"
#define POSTED .faces = FACE_HTML, .section = "khao-sat", .flags = WEB_FORM_ERRORS, .lane = LANE_SLOW

const struct web_route routes_questionnaire[] = {
	{ WEB_GET, "/bo-cau-hoi", page_all, "survey.edit", .faces = FACE_HTML | FACE_JSON | FACE_CSV, .section = "khao-sat", .view = "questionnaires",
		.doc = { "Bộ câu hỏi: các bản và dự thảo", "Questionnaires: versions and drafts" },
		.in = WEB_INPUTS({ "bo", IN_BOOL, .doc = { "vừa bỏ một dự thảo", "a draft was just dropped" } },
			TEXT("xong", FORM_CODE_MAX, "vừa áp dụng", "just put in force"), TEXT("tu", FORM_CODE_MAX, "chép từ", "copied from")) },
	{ WEB_POST, "/bo-cau-hoi", page_begin, "survey.edit", POSTED, .max_body = FORM_FILE_MAX + (1 << 20), .view = "questionnaires",
		.doc = { "Bắt đầu một dự thảo, từ bản đang có, từ tệp CSV, Excel, XLSForm hoặc trống",
			"Begins a draft, from a version, from a CSV, Excel or XLSForm file, or empty" },
		.in = WEB_INPUTS(TEXT("ma", FORM_CODE_MAX, "mã", "code"), TEXT("ten", 300, "tên", "name"), TEXT("tu", FORM_CODE_MAX, "chép từ", "copied from"),
			{ "tep", IN_FILE, .max = FORM_FILE_MAX, .doc = { "tệp CSV, Excel hoặc XLSForm", "CSV, Excel or XLSForm file" } }) },
	{ WEB_GET, ONE, page_draft, "survey.edit", .section = "khao-sat", .view = "form_draft", .doc = { "Một dự thảo", "A draft" },
		.in = WEB_INPUTS(CODE_IN, { "luu", IN_BOOL, .doc = { "vừa lưu", "just saved" } }) },
	{ WEB_POST, ONE, page_draft_do, "survey.edit", POSTED, .view = "form_draft", .doc = { "Chuyển hoặc bỏ một dòng", "Moves or drops a row" },
		.in = WEB_INPUTS(CODE_IN, BAN_IN, ROW("len", "dòng chuyển lên", "row to move up"), ROW("xuong", "dòng chuyển xuống", "row to move down"),
			ROW("xoa", "dòng bỏ đi", "row to drop")) },
	{ WEB_GET, ONE "/dong/{dong:int}", page_row, "survey.edit", PAGE, .view = "form_row", .doc = { "Một dòng của dự thảo", "A row of a draft" },
		.in = WEB_INPUTS(CODE_IN) },
	{ WEB_GET, ONE "/them", page_new, "survey.edit", PAGE, .view = "form_row", .doc = { "Biểu mẫu dòng mới", "Form of a new row" },
		.in = WEB_INPUTS(CODE_IN,
			{ "loai", IN_ENUM, .values = "single section group matrix list option factor setting", .def = "single",
				.doc = { "loại dòng", "kind of row" } },
			TEXT("trong", 200, "thuộc", "belongs to")) },
	{ WEB_POST, ONE "/dong", page_row_do, "survey.edit", POSTED, .max_body = 256 << 10, .view = "form_row",
		.doc = { "Lưu một dòng; -1: dòng mới", "Saves a row; -1: a new one" },
		.in = WEB_INPUTS(CODE_IN, BAN_IN, TEXT("code", 200, "mã", "code"),
			{ "dong", IN_INT, .min = -1, .max = QUESTIONNAIRE_MAX_ROWS, .doc = { "dòng", "row" } },
			TEXT("kind", 20, "loại", "kind"), TEXT("parent", 200, "thuộc", "belongs to"),
			TEXT("text_vi", 2000, "lời", "words"), TEXT("text_en", 2000, "lời tiếng Anh", "English words"),
			TEXT("hint_vi", 1000, "gợi ý", "hint"), TEXT("hint_en", 1000, "gợi ý tiếng Anh", "English hint"),
			TEXT("list", 200, "danh sách", "list"), TEXT("factor", 200, "yếu tố", "factor"),
			{ "required", IN_BOOL, .doc = { "bắt buộc", "required" } },
			TEXT("show_if", 16000, "điều kiện hỏi", "asked if"), TEXT("check", 16000, "điều kiện đúng", "check"),
			TEXT("say_vi", 500, "lời nhắc", "what to tell"), TEXT("say_en", 500, "lời nhắc tiếng Anh", "what to tell in English"),
			TEXT("min", 40, "ít nhất", "at least"), TEXT("max", 40, "nhiều nhất", "at most"), TEXT("means", 40, "ý nghĩa", "meaning"),
			TEXT("agg", 40, "cách gộp", "roll-up"), TEXT("weight", 40, "trọng số", "weight"), TEXT("note", 2000, "ghi chú", "note")) },
	{ WEB_GET, ONE "/tep", page_file, "survey.edit", PAGE, .lane = LANE_SLOW, .doc = { "Bộ câu hỏi ra tệp", "A questionnaire as a file" },
		.in = WEB_INPUTS(CODE_IN, { "dang", IN_ENUM, .values = "xlsx csv", .def = "xlsx", .doc = { "dạng", "form" } },
			{ "ban", IN_INT, .min = 0, .max = 1000000, .doc = { "phiên bản; bỏ trống: dự thảo", "version; without: the draft" } }) },
	{ WEB_POST, ONE "/ap-dung", page_force, "survey.edit", POSTED, .view = "form_draft",
		.doc = { "Áp dụng dự thảo thành bản mới", "Puts the draft in force as a new version" }, .in = WEB_INPUTS(CODE_IN, BAN_IN) },
	{ WEB_POST, ONE "/bo", page_drop, "survey.edit", POSTED, .view = "form_draft", .doc = { "Bỏ dự thảo", "Drops the draft" },
		.in = WEB_INPUTS(CODE_IN) },
	{ 0 },
};
