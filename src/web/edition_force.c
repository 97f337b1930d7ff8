/* Putting a draft in force, and comparing two versions. */
#include "app/edition_force.h"
#include "app/unit.h"
#include "web/edition_edit.h"
#include "web/edition_words.h"
#include "web/fault.h"
#include "web/form.h"
#include "web/pages.h"
#include "web/say.h"
#include "web_views.h"

/* ---- two versions beside each other ---- */

static struct view_edition_diff_change *changes_of(struct web_cx *w, const struct edition_change *p, size_t n)
{
	struct view_edition_diff_change *to = NEW_ARRAY(w->mem, struct view_edition_diff_change, n + 1);
	for (size_t i = 0; i < n; i++)
		to[i] = (struct view_edition_diff_change){ edition_change_key(w, &p[i]), edition_change_name(w, &p[i]),
			edition_change_side(w, &p[i], true), edition_change_side(w, &p[i], false), p[i].column == TREE_RULE };
	return to;
}

static struct view_edition_diff_row row_of(struct web_cx *w, const struct edition_diff_row *d)
{
	bool left = d->is == DIFF_IS_LEFT_OUT;
	struct view_edition_diff_row r = { .is = (enum view_edition_diff_is)d->is, .level = d->level, .code = d->code, .old_code = d->old_code,
		.scored = d->scored, .changes = changes_of(w, d->changes, d->n_changes), .n_changes = d->n_changes };
	r.name = left ? say_either(w, d->old_vi, d->old_en) : say_either(w, d->name_vi, d->name_en);
	if (d->max.there)
		r.max = some_dec(d->max.v);
	if (d->old_max.there)
		r.old_max = some_dec(d->old_max.v);
	return r;
}

/* For the CSV: a line for each change, with the values as they stand in the table. */
static void add_lines(struct web_cx *w, const struct edition_diff *d, struct view_edition_diff *v)
{
	size_t n = d->n_settings + d->n;
	for (size_t i = 0; i < d->n; i++)
		n += d->p[i].n_changes;
	v->lines = NEW_ARRAY(w->mem, struct view_edition_diff_line, n + 1);
	for (size_t i = 0; i < d->n_settings; i++) {
		const struct edition_change *x = &d->settings[i];
		v->lines[v->n_lines++] = (struct view_edition_diff_line){ .is = VIEW_EDITION_DIFF_IS_CHANGED, .old_code = x->setting, .code = x->setting,
			.name = edition_change_name(w, x), .column = str_of(tree_columns[x->column].name), .old = x->old, .now = x->now };
	}
	for (size_t i = 0; i < d->n; i++) {
		const struct edition_diff_row *r = &d->p[i];
		bool left = r->is == DIFF_IS_LEFT_OUT;
		struct view_edition_diff_line line = { .is = (enum view_edition_diff_is)r->is, .old_code = r->old_code, .code = r->code,
			.name = left ? say_either(w, r->old_vi, r->old_en) : say_either(w, r->name_vi, r->name_en) };
		if (r->is == DIFF_IS_ADDED || left)
			v->lines[v->n_lines++] = line;
		for (size_t k = 0; k < r->n_changes; k++) {
			line.column = str_of(tree_columns[r->changes[k].column].name);
			line.old = r->changes[k].old;
			line.now = r->changes[k].now;
			v->lines[v->n_lines++] = line;
		}
	}
}

static struct view_edition_diff_row *rows_of(struct web_cx *w, const struct edition_diff *d, size_t *n)
{
	struct view_edition_diff_row *rows = NEW_ARRAY(w->mem, struct view_edition_diff_row, d->n + 1);
	for (size_t i = 0; i < d->n; i++)
		if (d->p[i].is != DIFF_IS_SAME)
			rows[(*n)++] = row_of(w, &d->p[i]);
	return rows;
}

static struct view_edition_diff_choice *choices(struct web_cx *w, const struct edition_version_list *list, uint64_t chosen, size_t *n)
{
	struct view_edition_diff_choice *p = NEW_ARRAY(w->mem, struct view_edition_diff_choice, list->n + 1);
	for (*n = 0; *n < list->n; ++*n) {
		const struct edition_version *e = &list->p[*n];
		char id[ID_TEXT];
		p[*n] = (struct view_edition_diff_choice){ arena_str(w->mem, view_id_text((uint64_t)e->id, id)),
			SAY(w, "edit.version_of", say_either(w, e->name_vi, e->name_en), say_int(w, e->version)), (uint64_t)e->id == chosen };
	}
	return p;
}

static void page_compare(struct web_cx *w)
{
	struct edition_version_list list;
	struct edition_diff d;
	struct view_edition_diff v = { .chosen = web_has(w, "cu") && web_has(w, "moi") };
	enum err e = edition_versions(w->cx, w->app, &list);
	if (!e && v.chosen)
		e = edition_compare(w->cx, w->app, (int64_t)web_id(w, "cu"), (int64_t)web_id(w, "moi"), &d);
	if (e) {
		web_fail(w, e);
		return;
	}
	v.olds = choices(w, &list, web_id(w, "cu"), &v.n_olds);
	v.news = choices(w, &list, web_id(w, "moi"), &v.n_news);
	if (v.chosen) {
		v.old_name = say_either(w, d.old_name_vi, d.old_name_en);
		v.name = say_either(w, d.name_vi, d.name_en);
		v.old_version = d.old_version;
		v.version = d.version;
		v.added = (int64_t)d.n_added;
		v.left_out = (int64_t)d.n_left;
		v.changed = (int64_t)d.n_changed;
		v.rows = rows_of(w, &d, &v.n_rows);
		v.settings = changes_of(w, d.settings, d.n_settings);
		v.n_settings = d.n_settings;
		v.same = !v.n_rows && !v.n_settings;
		add_lines(w, &d, &v);
	}
	reply_edition_diff(w, &v);
}

/* ---- in force ---- */

/* chu-tri names a round and an owner, "ROUND/OWNER"; the co-quan beside it the agency, "LEVEL/CODE". */
static void read_agencies(struct web_cx *w, struct force *x, size_t most)
{
	struct force_agency *p = NEW_ARRAY(w->mem, struct force_agency, most + 1);
	const struct web_value *unit = web_values(w, "co-quan");
	for (const struct web_value *o = web_values(w, "chu-tri"); o && x->n_agencies < most; o = o->more, unit = unit ? unit->more : NULL) {
		str owner = o->text, code = unit ? unit->text : STR(""), round, level;
		if (str_next(&owner, '/', &round) && owner.len && str_next(&code, '/', &level) && code.len)
			p[x->n_agencies++] = (struct force_agency){ round, owner, level, code };
	}
	x->agencies = p;
}

/* The fields m-CODE say what becomes of old codes; dot the rounds that go over, mo-lai those whose decisions may be opened again. */
static void read_force(struct web_cx *w, struct force *x)
{
	size_t n;
	const struct web_pair *p = web_pairs(w, &n);
	struct force_map *maps = NEW_ARRAY(w->mem, struct force_map, n + 1);
	str *rounds = NEW_ARRAY(w->mem, str, n + 1), *reopen = NEW_ARRAY(w->mem, str, n + 1);
	for (size_t i = 0; i < n; i++) {
		if (str_starts(p[i].name, STR("m-")))
			maps[x->n_maps++] = (struct force_map){ { p[i].name.p + 2, p[i].name.len - 2 }, str_trim(p[i].value) };
		else if (str_is(p[i].name, "dot"))
			rounds[x->n_rounds++] = p[i].value;
		else if (str_is(p[i].name, "mo-lai"))
			reopen[x->n_reopen++] = p[i].value;
	}
	read_agencies(w, x, n);
	x->reopen = reopen;
	x->maps = maps;
	x->rounds = rounds;
	x->from = web_has(w, "from") ? web_date(w, "from") : 0;
	x->source = web_text(w, "source");
	x->revision = web_int(w, "ban");
}

static void add_opens(struct web_cx *w, const struct force_view *f, struct view_draft_force *v)
{
	v->opens = NEW_ARRAY(w->mem, struct view_draft_force_open, f->n_open + 1);
	for (size_t i = 0; i < f->n_open; i++) {
		struct view_draft_force_open *o = &v->opens[v->n_opens++];
		*o = (struct view_draft_force_open){ .from = f->open[i].from, .to = f->open[i].to,
			.input = arena_printf(w->mem, "m-%.*s", STR_ARG(f->open[i].from)) };
		for (size_t k = 0; k < f->diff.n; k++)
			if (str_eq(f->diff.p[k].old_code, o->from))
				o->name = say_either(w, f->diff.p[k].old_vi, f->diff.p[k].old_en);
		o->options = NEW_ARRAY(w->mem, struct view_draft_force_option, f->n_codes + 2);
		for (size_t k = 0; k < f->n_codes; k++)
			o->options[o->n_options++] = (struct view_draft_force_option){ f->codes[k], f->codes[k], str_eq(f->codes[k], o->to) };
	}
}

static opt_dec figure_or_none(struct figure f) { return (opt_dec){ f.there ? HAVE : HAVE_NONE, f.v }; }

static bool is_down(struct figure f) { return f.there && f.v.neg; }

static bool is_up(struct figure f) { return f.there && !f.v.neg && !dec_is_zero(f.v); }

static str max_words(struct web_cx *w, struct figure f) { return f.there ? say_dec(w, f.v, -1) : STR("–"); }

static void add_fates(struct web_cx *w, const struct force_round *r, struct view_draft_force_round *to)
{
	static const char *const keys[] = { NULL, "force.fate_left", "force.fate_joined", "force.fate_max", "force.fate_rule",
		"force.fate_points" };
	to->fates = NEW_ARRAY(w->mem, struct view_draft_force_fate, r->n_decisions + 1);
	for (size_t i = 0; i < r->n_decisions; i++) {
		const struct force_decision *d = &r->decisions[i];
		if (d->fate == FATE_CARRIED) /* as most do: counted */
			continue;
		to->fates[to->n_fates++] = (struct view_draft_force_fate){ .from = d->from, .to = d->to, .name = say_either(w, d->name_vi, d->name_en),
			.sheets = d->sheets,
			.what = SAY(w, keys[d->fate], max_words(w, d->old_max), max_words(w, d->max)) };
	}
	to->carried = r->n_carried;
	to->reopened = r->n_reopened;
}

static void add_points(struct web_cx *w, const struct force_round *r, struct view_draft_force_round *to)
{
	to->points = NEW_ARRAY(w->mem, struct view_draft_force_point, r->n_points + 1);
	for (size_t i = 0; i < r->n_points; i++) {
		const struct force_point *p = &r->points[i];
		to->points[to->n_points++] = (struct view_draft_force_point){ .from = p->from, .to = p->to, .name = say_either(w, p->name_vi, p->name_en),
			.before = figure_or_none(p->before), .after = figure_or_none(p->after), .by = figure_or_none(p->by), .up = is_up(p->by),
			.down = is_down(p->by) };
	}
}

/* Who answers for each name; a name that the round does not know yet can be given to another agency. */
static void add_owners(struct web_cx *w, const struct force_round *r, const struct unit_list *units, struct view_draft_force_round *to)
{
	to->owners = NEW_ARRAY(w->mem, struct view_draft_force_owner, r->n_owners + 1);
	for (size_t i = 0; i < r->n_owners; i++) {
		const struct force_owner *o = &r->owners[i];
		struct view_draft_force_owner *v = &to->owners[to->n_owners++];
		*v = (struct view_draft_force_owner){ .name = o->owner, .unit = o->unit_name, .known = o->known, .carried = o->carried, .open = !o->unit_id,
			.value = arena_printf(w->mem, "%.*s/%.*s", STR_ARG(r->code), STR_ARG(o->owner)) };
		if (o->known)
			continue;
		v->options = NEW_ARRAY(w->mem, struct view_draft_force_option, units->n + 1);
		for (size_t k = 0; k < units->n; k++)
			v->options[v->n_options++] = (struct view_draft_force_option){
				arena_printf(w->mem, "%.*s/%.*s", STR_ARG(units->p[k].level), STR_ARG(units->p[k].code)), units->p[k].name,
				str_eq(units->p[k].code, o->unit_code) || (!o->unit_id && str_eq(units->p[k].name, o->owner)) };
	}
	to->n_open = (int64_t)r->n_open;
}

/* The agencies that may answer for criteria, as for a new round. */
static enum err read_units(struct web_cx *w, const struct force_view *f, struct unit_list *out)
{
	bool up = false;
	day today = date_of_ms(w->cx->now_ms);
	for (size_t i = 0; i < f->n_rounds; i++)
		up |= f->rounds[i].goes && f->rounds[i].up;
	enum err e = up ? unit_on(w->cx, w->app, STR("department"), today, out) : ERR_OK;
	return e || !up || out->n ? e : unit_on(w->cx, w->app, STR("sample-department"), today, out);
}

static void add_rounds(struct web_cx *w, const struct force_view *f, const struct unit_list *agencies, struct view_draft_force *v)
{
	v->rounds = NEW_ARRAY(w->mem, struct view_draft_force_round, f->n_rounds + 1);
	for (size_t i = 0; i < f->n_rounds; i++) {
		const struct force_round *r = &f->rounds[i];
		struct view_draft_force_round *to = &v->rounds[v->n_rounds++];
		*to = (struct view_draft_force_round){ .code = r->code,
			.name = say_either(w, r->name_vi, r->name_en),
			.period = r->period,
			.kept = r->kept ? SAY(w, r->kept, STR("")) : STR(""),
			.goes = r->goes,
			.changed = (int64_t)r->n_changed,
			.up = r->up,
			.decided = r->n_decided,
			.reopens = r->reopens };
		add_fates(w, r, to);
		add_points(w, r, to);
		add_owners(w, r, agencies, to);
		to->units = NEW_ARRAY(w->mem, struct view_draft_force_unit, r->n_units + 1);
		for (size_t k = 0; k < r->n_units; k++) {
			const struct force_unit *u = &r->units[k];
			struct view_draft_force_unit *x = &to->units[to->n_units++];
			*x = (struct view_draft_force_unit){ .name = u->name, .missing_before = u->missing_before, .missing_after = u->missing_after,
				.before = figure_or_none(u->before), .after = figure_or_none(u->after), .by = figure_or_none(u->by),
				.up = is_up(u->by), .down = is_down(u->by) };
		}
	}
}

static void show_force(struct web_cx *w, const struct force *x)
{
	struct force_view f;
	char text[DATE_TEXT];
	struct view_draft_force v = { 0 };
	v.faults = fault_rows(w, &v.n_faults);
	struct unit_list agencies = { 0 };
	enum err e = force_look(w->cx, w->app, w->actor, (int64_t)web_id(w, "id"), x, &f);
	if (!e)
		e = read_units(w, &f, &agencies);
	if (e) {
		web_fail(w, e);
		return;
	}
	v.id = (uint64_t)f.draft.id;
	v.set = f.draft.name;
	v.code = f.draft.code;
	v.revision = f.draft.revision;
	v.errors = (int64_t)f.draft.n_errors;
	v.replaces = f.replaces;
	v.old_version = f.old.version;
	if (f.replaces)
		v.old_from = some_date(f.old.from);
	v.from = w->method == WEB_POST ? web_text(w, "from") : arena_str(w->mem, date_text_vn(date_of_ms(w->cx->now_ms) + 1, text));
	v.source = x->source;
	v.looked = w->method == WEB_POST;
	v.added = (int64_t)f.diff.n_added;
	v.left_out = (int64_t)f.diff.n_left;
	v.changed = (int64_t)f.diff.n_changed;
	v.rows = rows_of(w, &f.diff, &v.n_rows);
	v.settings = changes_of(w, f.diff.settings, f.diff.n_settings);
	v.n_settings = f.diff.n_settings;
	v.same = !v.n_rows && !v.n_settings;
	add_opens(w, &f, &v);
	add_rounds(w, &f, &agencies, &v);
	web_cache(w, -1);
	reply_draft_force(w, &v);
}

static void page_force(struct web_cx *w) { show_force(w, &(struct force){ .source = STR("") }); }

static void page_force_do(struct web_cx *w)
{
	struct force x = { 0 };
	str code;
	int version;
	read_force(w, &x);
	if (!str_is(web_text(w, "lam"), "ap-dung") || w->cx->n_errors) {
		w->status = w->cx->n_errors ? 422 : 200;
		show_force(w, &x);
		return;
	}
	enum err e = force_do(w->cx, w->app, w->actor, (int64_t)web_id(w, "id"), &x, &code, &version);
	if (!e) {
		/* A set that is new has no page before its first day. */
		web_redirect(w,
			x.from > date_of_ms(w->cx->now_ms) ? STR("/bo-tieu-chi/soan?ap-dung=1")
							   : arena_printf(w->mem, "/bo-tieu-chi/%.*s", STR_ARG(code)));
	} else if (e == ERR_INPUT || e == ERR_CONFLICT) {
		w->status = e == ERR_CONFLICT ? 409 : 422;
		show_force(w, &x);
	} else {
		web_fail(w, e);
	}
}

#define FORCE "/bo-tieu-chi/soan/{id:id}/ap-dung"

const struct web_route routes_edition_force[] = {
	{ WEB_GET, "/bo-tieu-chi/so-sanh", page_compare, "public", .lane = LANE_SLOW, .faces = FACE_HTML | FACE_JSON | FACE_CSV, .section = "edition",
		.view = "edition_diff", .doc = { "So sánh hai bản bộ tiêu chí", "Two versions of criteria sets compared" },
		.in = WEB_INPUTS({ "cu", IN_ID, .doc = { "bản cũ", "old version" } }, { "moi", IN_ID, .doc = { "bản mới", "new version" } }) },
	{ WEB_GET, FORCE, page_force, "edition.force", .lane = LANE_SLOW, .faces = FACE_HTML, .section = "edition", .view = "draft_force",
		.doc = { "Áp dụng dự thảo: thay bản nào, mã cũ ra sao", "A draft on the way into force" } },
	{ WEB_POST, FORCE, page_force_do, "edition.force", .lane = LANE_SLOW, .faces = FACE_HTML, .section = "edition", .flags = WEB_FORM_ERRORS,
		.view = "draft_force", .max_body = 1 << 20,
		.doc = { "Xem điểm thay đổi, hoặc áp dụng. Mã cũ: m-MÃ", "Shows whose points change, or puts it in force. Old codes: m-CODE" },
		.in = WEB_INPUTS({ "lam", IN_ENUM, .values = "xem ap-dung", .def = "xem", .doc = { "việc", "what to do" } },
			{ "ban", IN_INT, .min = 0, .max = 1000000000, .doc = { "lần lưu đã xem", "revision that was looked at" } },
			{ "from", IN_DATE, .doc = { "áp dụng từ ngày", "in force from" } },
			{ "source", IN_TEXT, .max = 1000, .doc = { "văn bản", "decision" } },
			{ "dot", IN_TEXT, .max = 80, .many = true, .doc = { "đợt chuyển theo", "rounds that go over" } },
			{ "mo-lai", IN_TEXT, .max = 80, .many = true,
				.doc = { "đợt được mở lại các kết luận không còn đúng", "rounds whose decisions may be opened again" } },
			{ "chu-tri", IN_TEXT, .max = 400, .many = true, .doc = { "ĐỢT/TÊN CHỦ TRÌ", "ROUND/OWNER" } },
			{ "co-quan", IN_TEXT, .max = 120, .many = true, .doc = { "cơ quan của tên đó: CẤP/MÃ", "its agency: LEVEL/CODE" } }) },
	{ 0 },
};
