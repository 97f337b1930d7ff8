/* round: the rounds and the league table of one; the routes of these pages. */
#include "web/round.h"
#include "web/bar.h"
#include "web/edition.h"
#include "web/pager.h"
#include "web/pages.h"
#include "web/say.h"
#include "web/sheet.h"
#include "web_views.h"

enum { BAR_ROW = 84 };

/* ---- for all pages of rounds ---- */

opt_dec figure_dec(const struct figure *f)
{
	return (opt_dec){ f->there ? HAVE : HAVE_NONE, f->v };
}

str group_class(str name)
{
	static const char *const classes[] = { "a", "b", "c", "d" };
	for (size_t i = 0; i < 4; i++)
		if (name.len == 1 && (name.p[0] | 32) == classes[i][0])
			return str_of(classes[i]);
	return STR("x");
}

str level_name(struct web_cx *w, str level)
{
	static const char *const levels[] = { "province", "department", "commune", "sample-province", "sample-department", "sample-commune" };
	static const char *const keys[] = { "level.province", "level.department", "level.commune", "level.province", "level.department", "level.commune" };
	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
		if (str_is(level, levels[i]))
			return say(w, keys[i]);
	return level;
}

/* ---- all rounds ---- */

static struct view_rounds_round brief_of(struct web_cx *w, const struct round_info *r)
{
	return (struct view_rounds_round){ .code = r->code,
		.name = say_either(w, r->name_vi, r->name_en),
		.period = r->period,
		.level = r->level,
		.level_name = level_name(w, r->level),
		.edition = r->edition_code,
		.edition_name = say_either(w, r->edition_vi, r->edition_en),
		.illustrative = r->illustrative };
}

static void fill_levels(struct web_cx *w, struct view_rounds *v)
{
	v->levels = NEW_ARRAY(w->mem, struct view_rounds_level, v->n_rounds + 1);
	for (size_t i = 0; i < v->n_rounds; i++) {
		struct view_rounds_level *l = NULL;
		for (size_t k = 0; k < v->n_levels; k++)
			if (str_eq(v->levels[k].level, v->rounds[i].level))
				l = &v->levels[k];
		if (!l) {
			l = &v->levels[v->n_levels++];
			*l = (struct view_rounds_level){ .level = v->rounds[i].level, .name = v->rounds[i].level_name };
			l->rounds = NEW_ARRAY(w->mem, struct view_rounds_round, v->n_rounds);
		}
		l->rounds[l->n_rounds++] = v->rounds[i];
	}
}

static void page_rounds(struct web_cx *w)
{
	struct round_list list = { 0 };
	struct view_rounds v = { 0 };
	struct pager_rows at = { 0 };
	enum err e = round_all(w->cx, w->app, &list);
	if (!e)
		e = pager_rows(w, list.n, &at);
	if (e) {
		web_fail(w, e);
		return;
	}
	v.all = (int64_t)list.n;
	v.rounds = NEW_ARRAY(w->mem, struct view_rounds_round, list.n + 1);
	for (size_t i = at.from; i < at.to; i++) {
		v.rounds[v.n_rounds++] = brief_of(w, &list.p[i]);
		v.illustrative |= list.p[i].illustrative;
	}
	fill_levels(w, &v);
	reply_rounds(w, &v);
}

/* ---- the archive ---- */

static void page_archive(struct web_cx *w)
{
	struct round_records list;
	struct view_archive v = { 0 };
	struct pager_rows at = { 0 };
	enum err e = round_records(w->cx, w->app, &list);
	if (!e)
		e = pager_rows(w, list.n, &at);
	if (e) {
		web_fail(w, e);
		return;
	}
	v.records = NEW_ARRAY(w->mem, struct view_archive_record, list.n + 1);
	for (size_t i = at.from; i < at.to; i++) {
		const struct round_record *r = &list.p[i];
		v.records[v.n_records++] = (struct view_archive_record){ .code = r->round.code, .name = say_either(w, r->round.name_vi, r->round.name_en),
			.period = r->round.period, .level = level_name(w, r->round.level), .edition = r->round.edition_code,
			.edition_name = say_either(w, r->round.edition_vi, r->round.edition_en), .edition_sha256 = r->edition_sha256,
			.illustrative = r->round.illustrative, .revision = r->revision, .last = r->last, .at = r->at,
			.decision = r->decision.len ? r->decision : r->reason, .engine = r->engine, .units = r->units, .ranked = r->ranked,
			.first = r->ranked > 1 ? r->first : STR("") };
		v.illustrative |= r->round.illustrative;
	}
	reply_archive(w, &v);
}

/* ---- one round ---- */

str round_word(struct web_cx *w, const struct round_list *all, size_t i)
{
	const struct round_info *r = &all->p[i];
	for (size_t k = 0; k < all->n; k++)
		if (k != i && str_eq(all->p[k].period, r->period))
			return say_either(w, r->name_vi, r->name_en);
	return r->period;
}

static struct view_round_row row_of(struct web_cx *w, const struct round_unit *u)
{
	struct view_round_row r = { .unit_code = u->code, .unit_name = u->name, .unit_slug = u->slug, .group = u->group, .type = u->type };
	r.value = figure_dec(&u->value);
	r.points = figure_dec(&u->points);
	r.max = figure_dec(&u->max);
	r.lost = figure_dec(&u->lost);
	r.change = figure_dec(&u->change);
	r.rises = u->change.there && dec_cmp(u->change.v, DEC_ZERO) > 0;
	r.falls = u->change.there && dec_cmp(u->change.v, DEC_ZERO) < 0;
	r.missing = u->missing;
	r.ask = u->ask;
	r.group_class = group_class(u->group);
	if (u->rank)
		r.rank = some_int(u->rank);
	if (u->previous_rank)
		r.previous_rank = some_int(u->previous_rank);
	if (u->moved_known)
		r.moved = some_int(u->moved);
	r.places = u->moved < 0 ? -u->moved : u->moved;
	if (u->moved_known)
		r.move = u->moved > 0 ? VIEW_ROUND_MOVE_UP : u->moved < 0 ? VIEW_ROUND_MOVE_DOWN : VIEW_ROUND_MOVE_SAME;
	if (u->percent.there)
		r.bar = bar_score(w->mem, dec_to_double(u->percent.v) / 100, BAR_ROW);
	return r;
}

static void fill_choices(struct web_cx *w, const struct round_table *t, struct view_round *v)
{
	v->rounds = NEW_ARRAY(w->mem, struct view_round_option, t->rounds.n + 1);
	for (size_t i = 0; i < t->rounds.n; i++) {
		const struct round_info *r = &t->rounds.p[i];
		v->rounds[v->n_rounds++] = (struct view_round_option){ r->code, round_word(w, &t->rounds, i), str_eq(r->code, t->round.code) };
	}
}

/* ---- parts of the table: one type of units, one group ---- */

static void count_part(struct view_round_part *list, size_t *n, str name, str chosen)
{
	size_t i = 0;
	if (!name.len)
		return;
	while (i < *n && !str_eq(list[i].name, name))
		i++;
	if (i == *n)
		list[(*n)++] = (struct view_round_part){ .name = name, .chosen = str_eq(name, chosen) };
	list[i].units++;
}

/* Types only where there are several to choose from. */
static void fill_parts(struct web_cx *w, const struct round_table *t, struct view_round *v)
{
	v->types = NEW_ARRAY(w->mem, struct view_round_part, t->n + 1);
	v->groups = NEW_ARRAY(w->mem, struct view_round_part, t->n + 1);
	for (size_t i = 0; i < t->n; i++) {
		count_part(v->types, &v->n_types, t->p[i].type, web_text(w, "loai"));
		count_part(v->groups, &v->n_groups, t->p[i].group, web_text(w, "nhom"));
	}
	if (v->n_types < 2)
		v->n_types = 0;
}

/* The units of the chosen type and group, in the order of the table. */
static size_t choose(struct web_cx *w, const struct round_table *t, const struct round_unit ***out)
{
	str type = web_text(w, "loai"), group = web_text(w, "nhom");
	size_t n = 0;
	*out = NEW_ARRAY(w->mem, const struct round_unit *, t->n + 1);
	for (size_t i = 0; i < t->n; i++)
		if ((!type.len || str_eq(type, t->p[i].type)) && (!group.len || str_eq(group, t->p[i].group)))
			(*out)[n++] = &t->p[i];
	return n;
}

/* Among the units of its type; equal ranks stay equal. */
static int rank_in_type(const struct round_table *t, const struct round_unit *u)
{
	int before = 0;
	for (size_t i = 0; i < t->n; i++)
		before += str_eq(t->p[i].type, u->type) && t->p[i].rank && t->p[i].rank < u->rank;
	return before + 1;
}

static void fill_rows(struct web_cx *w, const struct round_table *t, const struct round_unit *const *chosen, struct pager_rows at, struct view_round *v)
{
	v->rows = NEW_ARRAY(w->mem, struct view_round_row, at.to - at.from + 1);
	for (size_t i = at.from; i < at.to; i++) {
		struct view_round_row *r = &v->rows[v->n_rows++];
		*r = row_of(w, chosen[i]);
		if (v->n_types && chosen[i]->rank)
			r->rank_in_type = some_int(rank_in_type(t, chosen[i]));
	}
	v->mean = figure_dec(&t->mean);
	if (t->n && t->p[0].rank == 1) {
		v->first = t->p[0].name;
		v->first_value = figure_dec(&t->p[0].value);
	}
}

static void page_round(struct web_cx *w)
{
	struct round_table t;
	str code = web_text(w, "round");
	if (web_has(w, "ky") && !str_eq(web_text(w, "ky"), code)) {
		web_redirect(w, arena_printf(w->mem, "/ket-qua/%.*s", STR_ARG(web_text(w, "ky"))));
		return;
	}
	struct pager_rows at = { 0 };
	const struct round_unit **chosen = NULL;
	enum err e = round_table_of(w->cx, w->app, code, &t);
	if (!e)
		e = pager_rows(w, choose(w, &t, &chosen), &at);
	if (e) {
		web_fail(w, e);
		return;
	}
	struct view_round v = { .round = t.round.code, .period = t.round.period, .previous = t.previous, .edition = t.round.edition_code };
	v.name = say_either(w, t.round.name_vi, t.round.name_en);
	v.edition_name = say_either(w, t.round.edition_vi, t.round.edition_en);
	v.illustrative = t.round.illustrative;
	v.percent = t.percent;
	v.ranked = (int64_t)t.ranked;
	v.units = (int64_t)t.n;
	v.complete = t.ranked == t.n;
	v.alone = t.n == 1;
	fill_choices(w, &t, &v);
	fill_parts(w, &t, &v);
	fill_rows(w, &t, chosen, at, &v);
	reply_round(w, &v);
}

/* ---- routes ---- */

#define SECTION .may = "public", .section = "result"
#define ALL_FACES .faces = FACE_HTML | FACE_JSON | FACE_CSV

const struct web_route routes_round[] = {
	{ WEB_GET, "/ket-qua", page_rounds, SECTION, ALL_FACES, .view = "rounds", .rows = PAGER_ROWS,
		.doc = { "Các đợt đánh giá", "Rounds" } },
	{ WEB_GET, "/ket-qua/luu-tru", page_archive, SECTION, ALL_FACES, .view = "archive", .rows = PAGER_ROWS,
		.doc = { "Lưu trữ: mọi lần công bố của các đợt", "Archive: every publication of rounds" } },
	{ WEB_GET, "/ket-qua/{round}", page_round, SECTION, ALL_FACES, .view = "round", .rows = PAGER_ROWS,
		.doc = { "Bảng xếp hạng của một đợt đánh giá", "League table of a round" },
		.in = WEB_INPUTS({ "round", IN_TEXT, .max = 80, .doc = { "mã đợt đánh giá", "code of the round" } },
			{ "ky", IN_TEXT, .max = 80, .doc = { "chuyển sang đợt khác", "go to another round" } },
			{ "loai", IN_TEXT, .max = 80, .doc = { "chỉ đơn vị loại này", "only units of this type" } },
			{ "nhom", IN_TEXT, .max = 40, .doc = { "chỉ nhóm xếp loại này", "only this group" } }) },
	{ WEB_GET, "/ket-qua/{round}/{unit}", page_sheet, SECTION, ALL_FACES, .view = "sheet",
		.doc = { "Kết quả của một đơn vị trong một đợt: cây tiêu chí, điểm mất và cách tính",
			"Result of a unit in a round: tree of criteria, losses and how they came about" },
		.in = WEB_INPUTS({ "round", IN_TEXT, .max = 80, .doc = { "mã đợt đánh giá", "code of the round" } },
			{ "unit", IN_TEXT, .max = 200, .doc = { "tên ngắn của đơn vị", "slug of the unit" } },
			{ "ky", IN_TEXT, .max = 80, .doc = { "chuyển sang đợt khác", "go to another round" } },
			{ "mo", IN_TEXT, .max = 4000,
				.doc = { "mã các dòng đang mở, cách nhau bằng dấu phẩy; * là tất cả", "codes of the open rows, with commas; * for all" } },
			{ "chu-tri", IN_TEXT, .max = 200, .doc = { "chỉ các dòng của đơn vị chủ trì này", "only rows this agency leads" } },
			{ "hien", IN_ENUM, .values = "tat-ca mat lech", .def = "tat-ca",
				.doc = { "tất cả, chỉ mất điểm, hay thẩm định khác tự chấm", "all, with losses, or appraised differently" } },
			{ "xem", IN_ENUM, .values = "cay mat", .def = "cay",
				.doc = { "theo cây, hay mất nhiều nhất trước", "as a tree, or largest losses first" } }) },
	{ WEB_GET, "/bo-tieu-chi", page_editions, ALL_FACES, .may = "public", .section = "edition", .view = "editions",
		.doc = { "Các bộ tiêu chí", "Criteria sets" } },
	{ WEB_GET, "/bo-tieu-chi/{edition}", page_edition, ALL_FACES, .may = "public", .section = "edition", .view = "edition",
		.doc = { "Một bộ tiêu chí: cây, điểm tối đa và quy tắc", "A criteria set: tree, maxima and rules" },
		.in = WEB_INPUTS({ "edition", IN_TEXT, .max = 80, .doc = { "mã bộ tiêu chí", "code of the criteria set" } },
			{ "mo", IN_TEXT, .max = 4000, .doc = { "mã các dòng đang mở", "codes of the open rows" } }) },
	{ 0 },
};
