/* round_work: the rounds in which somebody has to do something, the board of a round, a new round; and the routes of all pages of the yearly
 * work. */
#include "app/round_flow.h"
#include "app/round_setup.h"
#include "app/unit.h"
#include "web/entry.h"
#include "web/pager.h"
#include "web/pages.h"
#include "web/round.h"
#include "web/say.h"
#include "web/upload.h"
#include "web_views.h"

/* ---- my rounds ---- */

bool round_is_over(const struct web_cx *w, day due)
{
	return date_of_ms(w->cx->now_ms) > due;
}

str round_work_link(struct web_cx *w, const struct plan_info *p)
{
	return p->only.len ? arena_printf(w->mem, "/tu-cham/%.*s/%.*s", STR_ARG(p->round.code), STR_ARG(p->only))
			   : arena_printf(w->mem, "/tu-cham/%.*s", STR_ARG(p->round.code));
}

static struct view_my_rounds_round brief_of(struct web_cx *w, const struct plan_info *p)
{
	struct view_my_rounds_round r = { .code = p->round.code, .name = say_either(w, p->round.name_vi, p->round.name_en), .period = p->round.period,
		.kind = str_is(p->kind, "up") ? VIEW_MY_ROUNDS_KIND_UP : VIEW_MY_ROUNDS_KIND_DOWN,
		.state = (enum view_my_rounds_state)flow_rank(FLOW_ROUND, p->state), .sheets = p->sheets, .rows = p->rows, .done = p->done,
		.days_left = p->days_left, .illustrative = p->round.illustrative, .only_part = !p->sheets, .bar = entry_bar(w, p->done, p->rows) };
	r.link = round_work_link(w, p);
	if (p->next_due) {
		r.next_due = some_date(p->next_due);
		r.over = round_is_over(w, p->next_due);
		r.soon = !r.over && p->days_left <= 3;
	}
	return r;
}

static void page_my_rounds(struct web_cx *w)
{
	struct plan_list list;
	struct view_my_rounds v = { 0 };
	struct pager_rows at = { 0 };
	enum err e = plan_mine(w->cx, w->app, w->actor, &list);
	if (!e)
		e = pager_rows(w, list.n, &at);
	if (e) {
		web_fail(w, e);
		return;
	}
	v.rounds = NEW_ARRAY(w->mem, struct view_my_rounds_round, list.n + 1);
	for (size_t i = 0; i < list.n; i++) {
		if (i >= at.from && i < at.to)
			v.rounds[v.n_rounds++] = brief_of(w, &list.p[i]);
		v.open += !flow_word("published draft", list.p[i].state);
		v.illustrative |= list.p[i].round.illustrative;
	}
	v.may_plan = actor_can(w->actor, STR("round"), STR("plan"));
	web_cache(w, -1);
	reply_my_rounds(w, &v);
}

/* ---- the board ---- */

/* Fields of the five days of a round. */
static const char *const date_names[] = { "mo", "tu-cham", "tham-dinh", "giai-trinh", "ket-thuc" };

static const char *const board_filters[] = { "tat-ca", "chua-nop", "qua-han", "da-nop" };
static const char *const board_keys[] = { "board.f_all", "board.f_open", "board.f_late", "board.f_in" };

static bool is_in(const struct board_row *r)
{
	return !flow_word("new work returned", r->state);
}

static bool wanted(const struct board_row *r, int filter)
{
	return filter == 1 ? !is_in(r) : filter == 2 ? r->late : filter == 3 ? is_in(r) : true;
}

static struct view_round_board_row row_of(struct web_cx *w, const struct board_row *r)
{
	struct view_round_board_row v = { .unit_code = r->code, .unit_name = r->name, .unit_slug = r->slug,
		.state = (enum view_round_board_state)flow_rank(FLOW_SHEET, r->state), .rows = r->n_rows, .done = r->n_done, .todo = r->n_todo,
		.wrong = r->n_wrong, .proof = r->n_proof, .asked = r->n_asked, .decided = r->n_decided, .points = entry_dec(r->points),
		.max = entry_dec(r->max), .due = r->due_ms, .late = r->late, .extended = r->extended, .bar = entry_bar(w, r->n_done, r->n_rows),
		.full = r->n_done == r->n_rows };
	if (r->saved_at)
		v.saved_at = some_time(r->saved_at);
	return v;
}

static enum err add_rows(struct web_cx *w, const struct board *b, struct view_round_board *v)
{
	int filter = web_has(w, "loc") ? web_enum(w, "loc") : 0;
	const struct board_row **shown = NEW_ARRAY(w->mem, const struct board_row *, b->n_rows + 1);
	struct pager_rows at;
	size_t n = 0;
	for (size_t i = 0; i < b->n_rows; i++) {
		v->handed_in += is_in(&b->rows[i]);
		if (wanted(&b->rows[i], filter))
			shown[n++] = &b->rows[i];
	}
	enum err e = pager_rows(w, n, &at);
	if (e)
		return e;
	v->rows = NEW_ARRAY(w->mem, struct view_round_board_row, at.to - at.from + 1);
	for (size_t i = at.from; i < at.to; i++)
		v->rows[v->n_rows++] = row_of(w, shown[i]);
	v->filters = NEW_ARRAY(w->mem, struct view_round_board_option, 4);
	for (int f = 0; f < 4; f++)
		v->filters[v->n_filters++] = (struct view_round_board_option){ str_of(board_filters[f]), say(w, board_keys[f]), f == filter };
	return ERR_OK;
}

static void add_owners(struct web_cx *w, const struct board *b, struct view_round_board *v)
{
	v->owners = NEW_ARRAY(w->mem, struct view_round_board_owner, b->n_owners + 1);
	for (size_t i = 0; i < b->n_owners; i++) {
		const struct board_owner *o = &b->owners[i];
		v->owners[v->n_owners++] = (struct view_round_board_owner){ .name = o->owner,
			.unit_name = str_eq(o->unit_name, o->owner) ? STR("") : o->unit_name,
			.parts = o->parts,
			.rows = o->n_rows,
			.done = o->n_done,
			.handed_in = o->handed_in,
			.bar = entry_bar(w, o->n_done, o->n_rows) };
	}
}

static void add_marks(struct web_cx *w, const struct plan_info *p, struct view_round_board *v)
{
	static const char *const keys[] = { "board.opens", "board.self", "board.appraisal", "board.explanation", "board.final" };
	const day on[] = { p->opens_on, p->self_due, p->appraise_due, p->explain_due, p->final_due };
	v->marks = NEW_ARRAY(w->mem, struct view_round_board_mark, 5);
	for (int i = 0; i < 5; i++)
		v->marks[v->n_marks++] = (struct view_round_board_mark){ say(w, keys[i]), on[i], date_of_ms(w->cx->now_ms) > on[i], p->next_due == on[i],
			str_of(date_names[i]) };
}

static void add_steps(struct web_cx *w, const struct board *b, struct view_round_board *v)
{
	size_t n = 0;
	for (const struct flow_step *s = flow_steps; s->verb; s++)
		n++;
	v->steps = NEW_ARRAY(w->mem, struct view_round_board_step, n);
	for (const struct flow_step *s = flow_steps; s->verb; s++) {
		if (s->of != FLOW_ROUND || !flow_can(FLOW_ROUND, s->verb, b->plan.state, STR(""), b->plan.kind))
			continue;
		bool publish = strcmp(s->verb, "publish") == 0;
		v->steps[v->n_steps] = (struct view_round_board_step){ .verb = str_of(s->verb), .label = say(w, arena_printf(w->mem, "round.%s", s->verb).p),
			.reason = s->reason || publish, .main = v->n_steps == 0, .note = say(w, publish ? "board.decision" : "entry.reason") };
		v->n_steps++;
	}
}

static void add_events(struct web_cx *w, const struct board *b, struct view_round_board *v)
{
	v->events = NEW_ARRAY(w->mem, struct view_round_board_event, b->n_steps + 1);
	for (size_t i = 0; i < b->n_steps; i++) {
		const struct board_step *s = &b->steps[i];
		bool dates = str_is(s->verb, "dates");
		v->events[v->n_events++] = (struct view_round_board_event){ .at = s->at,
			.who = s->who,
			.reason = s->reason,
			.what = say(w, arena_printf(w->mem, "round.%.*s", STR_ARG(s->verb)).p),
			.from = dates ? s->from : STR(""),
			.to = dates ? s->to : STR("") };
	}
}

static void page_round_board(struct web_cx *w)
{
	struct board b;
	enum err e = board_of(w->cx, w->app, w->actor, web_text(w, "round"), &b);
	if (e) {
		web_fail(w, e);
		return;
	}
	const struct plan_info *p = &b.plan;
	struct view_round_board v = { .round = p->round.code, .round_name = say_either(w, p->round.name_vi, p->round.name_en), .period = p->round.period,
		.kind = str_is(p->kind, "up") ? VIEW_ROUND_BOARD_KIND_UP : VIEW_ROUND_BOARD_KIND_DOWN,
		.state = (enum view_round_board_round_state)flow_rank(FLOW_ROUND, p->state),
		.edition = p->round.edition_code,
		.edition_name = say_either(w, p->round.edition_vi, p->round.edition_en),
		.illustrative = p->round.illustrative,
		.published = p->published,
		.revision = p->revision,
		.opens_on = p->opens_on,
		.self_due = p->self_due,
		.appraise_due = p->appraise_due,
		.explain_due = p->explain_due,
		.final_due = p->final_due,
		.days_left = p->days_left,
		.sheets = (int64_t)b.n_rows,
		.late = b.late,
		.rows_all = b.rows_all,
		.done_all = b.done_all,
		.percent = b.rows_all ? b.done_all * 100 / b.rows_all : 0,
		.bar = entry_bar(w, b.done_all, b.rows_all),
		.may_plan = b.may_plan,
		.draft = str_is(p->state, "draft"),
		.hour = p->due_minute / 60,
		.minute = p->due_minute % 60 };
	if (p->next_due) {
		v.next_due = some_date(p->next_due);
		v.over = round_is_over(w, p->next_due);
		v.soon = !v.over && p->days_left <= 3;
	}
	e = add_rows(w, &b, &v);
	if (e) {
		web_fail(w, e);
		return;
	}
	add_owners(w, &b, &v);
	add_marks(w, p, &v);
	add_steps(w, &b, &v);
	add_events(w, &b, &v);
	web_cache(w, -1);
	reply_round_board(w, &v);
}

static void back_to_board(struct web_cx *w, enum err e)
{
	if (e)
		web_fail(w, e);
	else
		web_redirect(w, arena_printf(w->mem, "/tu-cham/%.*s", STR_ARG(web_text(w, "round"))));
}

static void page_round_step(struct web_cx *w)
{
	back_to_board(w, round_do(w->cx, w->app, w->actor, web_text(w, "round"), web_text(w, "buoc"), web_text(w, "ly-do")));
}

static void page_round_extend(struct web_cx *w)
{
	struct plan_info p;
	enum err e = plan_get(w->cx, w->app, web_text(w, "round"), &p);
	str phase = !e && flow_word("appraisal1 explanation", p.state) ? STR("explain") : STR("self");
	back_to_board(w,
		e ? e
		  : round_extend(w->cx, w->app, w->actor, web_text(w, "round"), web_text(w, "don-vi"), phase,
			  web_date(w, "den-ngay"), web_text(w, "ly-do")));
}

static void page_round_dates(struct web_cx *w)
{
	struct round_dates d = { web_date(w, "mo"), web_date(w, "tu-cham"), web_date(w, "tham-dinh"), web_date(w, "giai-trinh"), web_date(w, "ket-thuc"),
		(int)(web_int(w, "gio") * 60 + web_int(w, "phut")) };
	back_to_board(w, round_set_dates(w->cx, w->app, w->actor, web_text(w, "round"), &d, web_text(w, "ly-do")));
}

/* ---- a new round ---- */

static const char *const date_keys[] = { "board.opens", "board.self", "board.appraisal", "board.explanation", "board.final" };
static const char *const levels[] = { "department", "commune", "province", "sample-department", "sample-commune", "sample-province" };

static void add_agencies(struct web_cx *w, str owner, const struct unit_list *units, struct view_round_new_owner *o)
{
	o->name = owner;
	o->units = NEW_ARRAY(w->mem, struct view_round_new_option, units->n + 1);
	for (size_t i = 0; i < units->n; i++)
		o->units[o->n_units++] = (struct view_round_new_option){
			arena_printf(w->mem, "%.*s/%.*s", STR_ARG(units->p[i].level), STR_ARG(units->p[i].code)), units->p[i].name,
			str_eq(units->p[i].name, owner)
		};
}

static str first_owner(str s)
{
	str rest = s, first;
	str_next(&rest, ';', &first);
	return str_trim(first);
}

/* Upwards each name of the edition's column "owner" needs an agency. */
static enum err add_new_owners(struct web_cx *w, str edition, struct view_round_new *v)
{
	struct edition_view t;
	struct unit_list units = { 0 }, samples = { 0 };
	day today = date_of_ms(w->cx->now_ms);
	enum err e = edition_view_of(w->cx, w->app, edition, &t);
	if (!e)
		e = unit_on(w->cx, w->app, STR("department"), today, &units);
	if (!e)
		e = unit_on(w->cx, w->app, STR("sample-department"), today, &samples);
	if (e)
		return e;
	const struct unit_list *from = units.n ? &units : &samples;
	v->owners = NEW_ARRAY(w->mem, struct view_round_new_owner, t.n_nodes + 1);
	for (size_t i = 0; i < t.n_nodes; i++) {
		const struct sheet_node *n = &t.nodes[i];
		str owner = first_owner(n->owner);
		bool known = !n->scored || strcmp(n->by, "self") != 0 || !owner.len;
		for (size_t k = 0; k < v->n_owners; k++)
			known |= str_eq(v->owners[k].name, owner);
		if (!known)
			add_agencies(w, owner, from, &v->owners[v->n_owners++]);
	}
	return ERR_OK;
}

static void show_new(struct web_cx *w, int status)
{
	struct edition_brief_list editions = { 0 };
	str chosen = web_text(w, "bo");
	struct view_round_new v = { .code = web_text(w, "ma"), .name_vi = web_text(w, "ten"), .name_en = web_text(w, "ten-en"),
		.period = web_text(w, "ky"), .up = str_is(web_text(w, "loai"), "up") };
	enum err e = edition_all(w->cx, w->app, &editions);
	v.down = !v.up;
	v.needs_proof = w->method == WEB_GET || web_bool(w, "minh-chung");
	v.editions = NEW_ARRAY(w->mem, struct view_round_new_option, editions.n + 1);
	for (size_t i = 0; i < editions.n; i++) {
		if (!chosen.len)
			chosen = editions.p[i].code;
		v.editions[v.n_editions++] = (struct view_round_new_option){ editions.p[i].code, say_either(w, editions.p[i].name_vi, editions.p[i].name_en),
			str_eq(editions.p[i].code, chosen) };
	}
	v.owners_of = chosen;
	v.levels = NEW_ARRAY(w->mem, struct view_round_new_option, 6);
	for (size_t i = 0; i < 6; i++) {
		str name = level_name(w, str_of(levels[i]));
		v.levels[v.n_levels++] = (struct view_round_new_option){ str_of(levels[i]), i < 3 ? name : SAY(w, "new.sample", name),
			str_is(web_text(w, "cap"), levels[i]) };
	}
	v.dates = NEW_ARRAY(w->mem, struct view_round_new_field, 5);
	for (int i = 0; i < 5; i++)
		v.dates[v.n_dates++] = (struct view_round_new_field){ str_of(date_names[i]), say(w, date_keys[i]),
			w->method == WEB_POST ? web_text(w, date_names[i]) : STR("") };
	if (!e && v.up && chosen.len)
		e = add_new_owners(w, chosen, &v);
	if (e) {
		web_fail(w, e);
		return;
	}
	v.faults = NEW_ARRAY(w->mem, str, w->cx->n_faults + 1);
	for (size_t i = 0; i < w->cx->n_faults; i++)
		v.faults[v.n_faults++] = web_fault_text(w, &w->cx->faults[i]);
	w->status = status;
	web_cache(w, -1);
	reply_round_new(w, &v);
}

static void page_round_new(struct web_cx *w)
{
	show_new(w, 200);
}

static size_t read_owners(struct web_cx *w, struct round_owner_of *out)
{
	size_t n = 0;
	const struct web_value *unit = web_values(w, "co-quan");
	for (const struct web_value *o = web_values(w, "chu-tri"); o; o = o->more, unit = unit ? unit->more : NULL) {
		str rest = unit ? unit->text : STR(""), level;
		if (str_next(&rest, '/', &level) && rest.len && n < 200)
			out[n++] = (struct round_owner_of){ o->text, level, rest };
	}
	return n;
}

static void page_round_create(struct web_cx *w)
{
	if (w->cx->n_errors) {
		show_new(w, 422);
		return;
	}
	struct round_owner_of *owners = NEW_ARRAY(w->mem, struct round_owner_of, 200);
	struct round_new x = { .code = web_text(w, "ma"), .name_vi = web_text(w, "ten"), .name_en = web_text(w, "ten-en"), .edition = web_text(w, "bo"),
		.level = web_text(w, "cap"), .period = web_text(w, "ky"), .kind = web_text(w, "loai"), .opens_on = web_date(w, "mo"),
		.self_due = web_date(w, "tu-cham"), .appraise_due = web_date(w, "tham-dinh"), .explain_due = web_date(w, "giai-trinh"),
		.final_due = web_date(w, "ket-thuc"), .needs_proof = web_bool(w, "minh-chung"),
		.illustrative = str_starts(web_text(w, "cap"), STR("sample")), .owners = owners };
	x.n_owners = read_owners(w, owners);
	enum err e = round_create(w->cx, w->app, w->actor, &x);
	if (e == ERR_INPUT || e == ERR_CONFLICT || e == ERR_LIMIT)
		show_new(w, e == ERR_CONFLICT ? 409 : 422);
	else if (e)
		web_fail(w, e);
	else
		web_redirect(w, arena_printf(w->mem, "/tu-cham/%.*s", STR_ARG(x.code)));
}

/* ---- routes ---- */

#define ROUND \
	{ \
		"round", IN_TEXT, .max = 80, .doc = { "mã đợt chấm", "code of the round" } \
	}
#define UNIT \
	{ \
		"unit", IN_TEXT, .max = 200, .doc = { "mã hoặc tên ngắn của đơn vị", "code or slug of the unit" } \
	}
#define WHY \
	{ \
		"ly-do", IN_TEXT, .max = 1000, .doc = { "lý do", "reason" } \
	}
#define CRITERION \
	{ \
		"tc", IN_TEXT, .max = 60, .doc = { "mã tiêu chí", "code of the criterion" } \
	}
#define FILTER \
	{ \
		"loc", IN_ENUM, .values = "tat-ca can-lam thieu-minh-chung chua-cham da-sua khac-nam-truoc ha-diem khao-sat", \
				.def = "tat-ca", \
				.doc = { "chỉ các dòng", \
					"only rows" } \
	}
#define DAY(name, vi, en) { name, IN_DATE, .doc = { vi, en } }
#define DATE(name, vi, en) \
	{ \
		name, IN_DATE, .required = true, .doc = { vi, en } \
	}
#define LIST(name, vi, en) \
	{ \
		name, IN_TEXT, .many = true, .max = 4000, .doc = { vi, en } \
	}
#define SECTION .section = "round"
#define NEW_FIELDS \
	{ "ma", IN_TEXT, .max = 60, .doc = { "mã đợt", "code" } }, { "ten", IN_TEXT, .max = 300, .doc = { "tên đợt", "name" } }, \
		{ "ten-en", IN_TEXT, .max = 300, .doc = { "tên tiếng Anh", "English name" } }, { "ky", IN_TEXT, .max = 10, .doc = { "kỳ", "period" } }, \
		{ "cap", IN_TEXT, .max = 40, .doc = { "cấp đơn vị", "level of the units" } }, \
		{ "bo", IN_TEXT, .max = 80, .doc = { "bộ tiêu chí", "criteria set" } }, \
		{ "loai", IN_ENUM, .values = "down up", .def = "down", \
			.doc = { "từng đơn vị, hay một bảng của tỉnh", "each unit, or one sheet of the province" } }, \
	{ \
		"minh-chung", IN_BOOL, .doc = { "phải có minh chứng hoặc giải trình", "evidence or explanation is demanded" } \
	}

const struct web_route routes_round_work[] = {
	{ WEB_GET, "/tu-cham", page_my_rounds, "signed-in", SECTION, .faces = FACE_HTML | FACE_JSON | FACE_CSV, .view = "my_rounds",
		.rows = PAGER_ROWS,
		.doc = { "Các đợt chấm có việc của tôi", "Rounds with something for me to do" } },
	{ WEB_GET, "/tu-cham/tao", page_round_new, "round.plan", SECTION, .faces = FACE_HTML, .view = "round_new",
		.doc = { "Mẫu tạo đợt chấm", "Form for a new round" }, .in = WEB_INPUTS(NEW_FIELDS) },
	{ WEB_POST, "/tu-cham/tao", page_round_create, "round.plan", SECTION, .faces = FACE_HTML, .flags = WEB_FORM_ERRORS, .lane = LANE_SLOW,
		.max_body = 256 << 10, .view = "round_new", .doc = { "Tạo đợt chấm", "Makes a round" },
		.in = WEB_INPUTS(NEW_FIELDS, DATE("mo", "ngày mở", "opening"), DATE("tu-cham", "hạn tự chấm", "end of self-scoring"),
			DATE("tham-dinh", "hạn thẩm định", "end of appraisal"), DATE("giai-trinh", "hạn giải trình", "end of explanation"),
			DATE("ket-thuc", "hạn kết thúc", "end"), LIST("chu-tri", "tên đơn vị chủ trì", "owner"), LIST("co-quan", "đơn vị", "unit")) },
	{ WEB_GET, "/tu-cham/{round}", page_round_board, "signed-in", SECTION, .faces = FACE_HTML | FACE_JSON | FACE_CSV,
		.view = "round_board", .rows = PAGER_ROWS, .doc = { "Tiến độ của một đợt chấm", "Progress of a round" },
		.in = WEB_INPUTS(ROUND,
			{ "loc", IN_ENUM, .values = "tat-ca chua-nop qua-han da-nop", .def = "tat-ca",
				.doc = { "chỉ các bảng", "only sheets" } }) },
	{ WEB_POST, "/tu-cham/{round}/buoc", page_round_step, "signed-in", SECTION, .faces = FACE_HTML, .lane = LANE_SLOW,
		.doc = { "Chuyển đợt chấm sang bước tiếp theo", "Moves a round on" },
		.in = WEB_INPUTS(ROUND, { "buoc", IN_TEXT, .max = 20, .required = true, .doc = { "bước", "step" } }, WHY) },
	{ WEB_POST, "/tu-cham/{round}/gia-han", page_round_extend, "signed-in", SECTION, .faces = FACE_HTML, .doc = { "Gia hạn", "Gives more time" },
		.in = WEB_INPUTS(ROUND, { "don-vi", IN_TEXT, .max = 200, .doc = { "mã đơn vị; để trống: tất cả", "code of the unit; empty: all" } },
			{ "den-ngay", IN_DATE, .required = true, .doc = { "hạn mới", "new deadline" } }, WHY) },
	{ WEB_POST, "/tu-cham/{round}/moc", page_round_dates, "signed-in", SECTION, .faces = FACE_HTML,
		.doc = { "Đổi các mốc của đợt, kèm lý do", "Other dates for a round, with the reason" },
		.in = WEB_INPUTS(ROUND, DAY("mo", "ngày mở", "opening"), DAY("tu-cham", "hạn tự chấm", "end of self-scoring"),
			DAY("tham-dinh", "hạn thẩm định", "end of appraisal"), DAY("giai-trinh", "hạn giải trình", "end of explanation"),
			DAY("ket-thuc", "hạn kết thúc", "end"),
			{ "gio", IN_INT, .min = 0, .max = 23, .def = "17", .doc = { "giờ hết hạn", "hour of the last day" } },
			{ "phut", IN_INT, .min = 0, .max = 59, .def = "0", .doc = { "phút", "minute" } }, WHY) },
	{ WEB_GET, "/tu-cham/{round}/{unit}", page_entry, "signed-in", SECTION, .view = "entry", .doc = { "Bảng chấm của một đơn vị", "Sheet of a unit" },
		.in = WEB_INPUTS(ROUND, UNIT, FILTER) },
	{ WEB_POST, "/tu-cham/{round}/{unit}", page_entry_save, "signed-in", SECTION, .max_body = 2 << 20, .view = "entry_saved",
		.doc = { "Lưu các dòng của bảng chấm; lưu trùng ô với người khác trả 409 kèm cả hai giá trị",
			"Saves rows of a sheet; a cell that somebody else changed meanwhile answers 409 with both values" },
		.in = WEB_INPUTS(ROUND, UNIT, FILTER, { "dong", IN_TEXT, .max = 60, .doc = { "chỉ lưu dòng này", "only this row" } },
			LIST("o", "ô: số liệu|phần|thứ tự|bản|a|b như đã hiện", "cell: measure|part|seq|revision|a|b as shown"),
			LIST("a", "tử số hoặc giá trị", "numerator or value"), LIST("b", "mẫu số hoặc ngày", "denominator or day"),
			LIST("e", "lời: tiêu chí|loại|bản|dấu", "text: criterion|kind|revision|mark"),
			LIST("g", "nội dung", "body"), LIST("p", "tiêu chí của lý do", "criterion of a reason"),
			LIST("q", "lý do", "reason"), LIST("na", "tiêu chí không áp dụng", "criteria that do not apply"),
			LIST("ko", "tiêu chí không có số liệu", "criteria without a figure")) },
	{ WEB_POST, "/tu-cham/{round}/{unit}/buoc", page_entry_step, "signed-in", SECTION, .faces = FACE_HTML,
		.doc = { "Nộp, trả lại, duyệt bảng chấm hoặc một phần", "Hands in, returns, approves a sheet or a part" },
		.in = WEB_INPUTS(ROUND, UNIT, { "buoc", IN_TEXT, .max = 20, .required = true, .doc = { "bước", "step" } },
			{ "phan", IN_TEXT, .max = 300, .doc = { "phần; để trống: cả bảng", "part; empty: the sheet" } }, WHY) },
	{ WEB_GET, "/tu-cham/{round}/{unit}/minh-chung", page_entry_proof, "signed-in", SECTION, .lane = LANE_SLOW, .view = "evidence",
		.doc = { "Minh chứng của một tiêu chí", "Evidence of a criterion" }, .in = WEB_INPUTS(ROUND, UNIT, CRITERION) },
	{ WEB_POST, "/tu-cham/{round}/{unit}/minh-chung", page_entry_proof_add, "signed-in", SECTION, .faces = FACE_HTML, .lane = LANE_SLOW,
		.max_body = 70u << 20, .view = "evidence", .doc = { "Thêm hoặc rút minh chứng", "Adds or takes back evidence" },
		.in = WEB_INPUTS(ROUND, UNIT, CRITERION, { "ten", IN_TEXT, .max = 500, .doc = { "tên", "title" } },
			{ "so", IN_TEXT, .max = 200, .doc = { "số văn bản", "number of the document" } },
			{ "ngay", IN_TEXT, .max = 10, .doc = { "ngày văn bản", "day of the document" } },
			{ "dia-chi", IN_TEXT, .max = 2000, .doc = { "địa chỉ", "address" } }, { "tep", IN_FILE, .doc = { "tệp", "file" } },
			{ "bo", IN_ID, .doc = { "rút minh chứng này", "takes this one back" } },
			{ "ky", IN_ID, .doc = { "lấy minh chứng này đi ký", "this evidence leaves to be signed" } },
			{ "ky-nhan", IN_ID, .doc = { "nhận lại tệp đã ký của lần lấy này", "what left then comes back signed" } }, WHY) },
	{ WEB_GET, "/tu-cham/{round}/{unit}/lich-su", page_entry_history, "signed-in", SECTION, .faces = FACE_HTML | FACE_JSON | FACE_CSV,
		.view = "entry_history", .rows = PAGER_ROWS, .doc = { "Lịch sử của một tiêu chí hoặc cả bảng", "History of a criterion or a sheet" },
		.in = WEB_INPUTS(ROUND, UNIT, CRITERION) },
	{ WEB_GET, "/tu-cham/{round}/{unit}/tham-dinh", page_appraise, "signed-in", SECTION, .view = "appraise",
		.doc = { "Thẩm định một bảng chấm", "Appraisal of a sheet" }, .in = WEB_INPUTS(ROUND, UNIT) },
	{ WEB_POST, "/tu-cham/{round}/{unit}/tham-dinh", page_appraise_save, "signed-in", SECTION, .faces = FACE_HTML, .max_body = 2 << 20,
		.view = "appraise", .doc = { "Lưu kết luận thẩm định", "Saves decisions" },
		.in = WEB_INPUTS(ROUND, UNIT, { "dong-y", IN_BOOL, .doc = { "đồng ý mọi dòng đã rõ", "agrees with every clear row" } },
			LIST("o", "dòng: tiêu chí|bản|như đã hiện", "row: criterion|revision|as shown"), LIST("c", "cách kết luận", "basis"),
			LIST("d", "điểm", "points"), LIST("f", "tử số", "numerator"), LIST("h", "mẫu số", "denominator"), LIST("k", "ô của số liệu", "cell"),
			LIST("g", "nhận xét", "remark"), LIST("y", "tiêu chí yêu cầu giải trình", "criteria with a request for explanation")) },
	{ WEB_GET, "/tu-cham/{round}/{unit}/phieu", page_book, "signed-in", SECTION, .faces = FACE_HTML, .view = "book",
		.doc = { "Phiếu tự chấm dạng bảng tính, để làm ngoại tuyến", "The sheet as a workbook, for work without the web" },
		.in = WEB_INPUTS(ROUND, UNIT, { "luu", IN_INT, .min = 0, .max = 100000, .doc = { "số thay đổi vừa lưu", "changes just saved" } }) },
	{ WEB_GET, "/tu-cham/{round}/{unit}/phieu/tai-ve.xlsx", page_book_file, "signed-in", SECTION, .faces = FACE_HTML, .lane = LANE_SLOW,
		.doc = { "Tải phiếu về", "The workbook" }, .in = WEB_INPUTS(ROUND, UNIT) },
	{ WEB_POST, "/tu-cham/{round}/{unit}/phieu", page_book_read, "signed-in", SECTION, .lane = LANE_SLOW, .max_body = UPLOAD_BODY, .view = "book",
		.doc = { "Xem trước phiếu đã điền; gửi lại nội dung đã xem thì lưu", "What a filled workbook would change; what was looked at is saved" },
		.in = WEB_INPUTS(ROUND, UNIT, UPLOAD_INPUTS) },
	{ WEB_GET, "/tu-cham/{round}/{unit}/ho-so", page_package, "signed-in", SECTION, .faces = FACE_HTML | FACE_JSON | FACE_CSV, .view = "package",
		.doc = { "Hồ sơ tự đánh giá để gửi", "Package of the self-assessment" }, .in = WEB_INPUTS(ROUND, UNIT) },
	{ WEB_GET, "/tu-cham/{round}/{unit}/ho-so/minh-chung.zip", page_package_zip, "signed-in", SECTION, .faces = FACE_HTML, .lane = LANE_SLOW,
		.doc = { "Tệp nén minh chứng theo mã tiêu chí", "Archive of the evidence by criterion" }, .in = WEB_INPUTS(ROUND, UNIT) },
	{ WEB_GET, "/tu-cham/{round}/{unit}/ho-so/bang-diem.xlsx", page_package_xlsx, "signed-in", SECTION, .faces = FACE_HTML, .lane = LANE_SLOW,
		.doc = { "Bảng tổng hợp điểm dạng Excel", "Table of scores as a workbook" }, .in = WEB_INPUTS(ROUND, UNIT) },
	{ 0 },
};
