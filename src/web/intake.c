#include "web/intake.h"
#include "app/intake_wait.h"
#include "app/job.h"
#include "base/vn.h"
#include "web/columns.h"
#include "web/fault.h"
#include "web/pages.h"
#include "web/say.h"
#include "web/survey_desk.h"
#include "web_views.h"

enum { WORDS = 60, WORD_BYTES = 400, LABEL = 70, FAULTS = 60, TOLD = 40 };

/* ---- bringing one ---- */

static void show_list(struct web_cx *w, const struct survey_info *s)
{
	struct intake_tables l;
	struct view_intakes v = { .code = s->code, .name = desk_name(w, s), .illustrative = s->illustrative,
		.self_selected = s->design == SURVEY_SELF_SELECTED, .days = INTAKE_DAYS };
	v.faults = fault_rows(w, &v.n_faults);
	v.more = fault_more(w, v.n_faults);
	if (v.n_faults)
		w->status = 422;
	enum err e = intake_waiting(w->cx, w->app, w->actor, s, &l);
	if (e) {
		web_fail(w, e);
		return;
	}
	v.tabs = desk_tabs(w, s, "nhap-bang", &v.n_tabs);
	v.tables = NEW_ARRAY(w->mem, struct view_intakes_table, l.n + 1);
	for (; v.n_tables < l.n; v.n_tables++)
		v.tables[v.n_tables] = (struct view_intakes_table){ .id = (uint64_t)l.p[v.n_tables].id, .name = l.p[v.n_tables].name,
			.actor = l.p[v.n_tables].actor, .size = l.p[v.n_tables].size, .created = l.p[v.n_tables].created_at };
	web_cache(w, -1);
	reply_intakes(w, &v);
}

static void page_list(struct web_cx *w)
{
	struct survey_info s;
	if (desk_open(w, &s))
		show_list(w, &s);
}

static str path_of(struct web_cx *w, const struct survey_info *s, int64_t id)
{
	char text[ID_TEXT];
	return arena_printf(w->mem, "/khao-sat/%.*s/nhap-bang/%.*s", STR_ARG(s->code), STR_ARG(view_id_text((uint64_t)id, text)));
}

static void page_bring(struct web_cx *w)
{
	struct survey_info s;
	const struct web_file *f = web_file(w, "tep"), *m = web_file(w, "anh-xa");
	str bytes = { 0 }, map_bytes = { 0 };
	int64_t id = 0;
	if (!desk_open(w, &s))
		return;
	enum err e = !f || !f->size ? cx_fail(w->cx, ERR_INPUT, "upload.none", (place){ .field = STR("tep") }, (str){ 0 }) : web_file_bytes(w, f, &bytes);
	if (!e && m && m->size)
		e = web_file_bytes(w, m, &map_bytes);
	if (!e)
		e = intake_bring(w->cx, w->app, w->actor, &s, f->name, bytes, map_bytes, &id);
	if (!e)
		web_redirect(w, path_of(w, &s, id));
	else if (e == ERR_INPUT || e == ERR_CONFLICT || e == ERR_LIMIT)
		show_list(w, &s);
	else
		web_fail(w, e);
}

/* ---- what it means ---- */

static str shortened(struct web_cx *w, str s)
{
	size_t at = 0, n = 0;
	while (at < s.len && n < LABEL) {
		vn_next(s, &at);
		n++;
	}
	return at == s.len ? s : arena_printf(w->mem, "%.*s…", (int)at, s.p);
}

static void add_choice(struct view_intake_choice *p, size_t *n, str value, str name, str chosen)
{
	p[(*n)++] = (struct view_intake_choice){ .value = value, .name = name, .chosen = str_eq(value, chosen) };
}

/* Left out, the roles, the items in their order, options of several answers. */
static void add_targets(struct web_cx *w, const struct intake *in, str chosen, struct view_intake_column *v)
{
	const questionnaire *q = in->survey->q;
	size_t most = INTAKE_ROLES + q->items.n;
	for (size_t i = 0; i < q->items.n; i++)
		if (q->items.p[i].kind == ASK_MULTIPLE)
			most += q->lists.p[q->items.p[i].list].options.n;
	v->choices = NEW_ARRAY(w->mem, struct view_intake_choice, most + 1);
	add_choice(v->choices, &v->n_choices, STR(""), say(w, "intake.left"), chosen);
	for (size_t i = 0; i < q->items.n; i++) {
		const struct question *x = &q->items.p[i];
		if (!question_is_asked(x))
			continue;
		str text = shortened(w, say_either(w, x->text[LANG_VI], x->text[LANG_EN]));
		add_choice(v->choices, &v->n_choices, x->code, arena_printf(w->mem, "%.*s · %.*s", STR_ARG(x->code), STR_ARG(text)), chosen);
		for (size_t o = 0; x->kind == ASK_MULTIPLE && o < q->lists.p[x->list].options.n; o++) {
			const struct question_option *p = &q->lists.p[x->list].options.p[o];
			str name = shortened(w, say_either(w, p->text[LANG_VI], p->text[LANG_EN]));
			add_choice(v->choices, &v->n_choices, arena_printf(w->mem, "%.*s/%.*s", STR_ARG(x->code), STR_ARG(p->code)),
				arena_printf(w->mem, "%.*s / %.*s", STR_ARG(x->code), STR_ARG(name)), chosen);
		}
	}
	for (int r = INTAKE_ID; r < INTAKE_ROLES; r++)
		add_choice(v->choices, &v->n_choices, str_of(intake_role_words[r]),
			say(w, arena_printf(w->mem, "intake.role.%s", intake_role_words[r] + 1).p), chosen);
}

static str sample_of(const struct intake *in, size_t column)
{
	for (size_t i = 0; i < in->raw.n; i++)
		if (in->raw.p[i].cell[column].len)
			return in->raw.p[i].cell[column];
	return STR("");
}

static void add_columns(struct web_cx *w, const struct intake *in, struct view_intake *v)
{
	struct intake_map m;
	intake_map_now(in, &m);
	v->columns = NEW_ARRAY(w->mem, struct view_intake_column, in->columns.n + 1);
	for (size_t i = 0; i < in->columns.n; i++) {
		const struct intake_column *k = &in->columns.p[i];
		struct view_intake_column *to = &v->columns[v->n_columns++];
		*to = (struct view_intake_column){ .letter = column_letter(w->mem, k->at),
			.name = shortened(w, k->name),
			.sample = shortened(w, sample_of(in, i)),
			.target = m.columns.p[i].target,
			.how = (enum view_intake_how)(k->role == INTAKE_LEFT ? MATCH_NONE : k->how),
			.personal = k->personal,
			.field = arena_printf(w->mem, "vao-%zu", i + 1) };
		add_targets(w, in, to->target, to);
		v->left += k->role == INTAKE_LEFT;
		v->people += k->personal && k->role == INTAKE_LEFT;
		v->order += k->role != INTAKE_LEFT && k->how == MATCH_ORDER;
	}
}

static str place_text(struct web_cx *w, const place *at)
{
	return at->column ? arena_printf(w->mem, "%.*s%lld", STR_ARG(column_letter(w->mem, at->column - 1)), (long long)at->line)
			  : arena_printf(w->mem, "%lld", (long long)at->line);
}

static str choice_name(struct web_cx *w, const struct intake_choice *c, bool is_mode)
{
	if (is_mode)
		return say(w, arena_printf(w->mem, "field.mode.%.*s", STR_ARG(c->code)).p);
	return arena_printf(w->mem, "%.*s · %.*s", STR_ARG(c->code), STR_ARG(shortened(w, say_either(w, c->name[LANG_VI], c->name[LANG_EN]))));
}

static void add_words(struct web_cx *w, const struct intake *in, struct view_intake *v)
{
	struct intake_map m;
	intake_map_now(in, &m);
	v->words = NEW_ARRAY(w->mem, struct view_intake_word, WORDS);
	for (size_t i = 0; i < in->unknown.n; i++) {
		const struct intake_unknown *u = &in->unknown.p[i];
		const struct intake_choice *c;
		if (v->n_words == WORDS || u->value.len > WORD_BYTES) {
			v->words_more++;
			continue;
		}
		struct view_intake_word *to = &v->words[v->n_words++];
		*to = (struct view_intake_word){ .column = in->columns.p[u->column].name, .target = m.columns.p[u->column].target, .value = u->value,
			.rows = u->n, .place = place_text(w, &u->first) };
		size_t n = intake_choices(in, u->column, &c);
		to->choices = NEW_ARRAY(w->mem, struct view_intake_choice, n + 2);
		add_choice(to->choices, &to->n_choices, STR(""), say(w, "intake.choose"), STR(""));
		add_choice(to->choices, &to->n_choices, STR("="), say(w, "intake.nothing_said"), STR(""));
		for (size_t k = 0; k < n; k++)
			add_choice(to->choices, &to->n_choices, c[k].code, choice_name(w, &c[k], in->columns.p[u->column].role == INTAKE_MODE), STR(""));
	}
	v->told = NEW_ARRAY(w->mem, struct view_intake_told, in->map.values.n + 1);
	for (size_t i = 0; i < in->map.values.n && i < TOLD; i++)
		v->told[v->n_told++] = (struct view_intake_told){ in->map.values.p[i].target, in->map.values.p[i].name, in->map.values.p[i].code };
}

static void add_settings(struct web_cx *w, const struct intake *in, struct view_intake *v)
{
	static const char *const modes[] = { "", "web", "qr", "kiosk", "paper", "phone", "interview", "import" };
	enum { MODES = sizeof modes / sizeof *modes };
	const struct intake_map *m = &in->map;
	v->modes = NEW_ARRAY(w->mem, struct view_intake_choice, MODES);
	for (int i = 0; i < MODES; i++)
		add_choice(v->modes, &v->n_modes, str_of(modes[i]),
			say(w, i ? arena_printf(w->mem, "field.mode.%s", modes[i]).p : "intake.mode_usual"), m->mode);
	v->places = NEW_ARRAY(w->mem, struct view_intake_choice, in->places.n + 1);
	add_choice(v->places, &v->n_places, STR(""), say(w, "intake.no_place"), m->place);
	for (size_t i = 0; i < in->places.n; i++)
		add_choice(v->places, &v->n_places, in->places.p[i].code,
			say_either(w, in->places.p[i].name[LANG_VI], in->places.p[i].name[LANG_EN]), m->place);
	str decimal = { &m->decimal, m->decimal != 0 };
	v->decimals = NEW_ARRAY(w->mem, struct view_intake_choice, 3);
	add_choice(v->decimals, &v->n_decimals, STR(""), say(w, "intake.decimal_look"), decimal);
	add_choice(v->decimals, &v->n_decimals, STR(","), say(w, "intake.decimal_comma"), decimal);
	add_choice(v->decimals, &v->n_decimals, STR("."), say(w, "intake.decimal_point"), decimal);
	v->sheet = m->sheet;
	v->heading = m->heading;
	v->source = m->source;
	v->drawn = m->drawn;
	v->skip = m->skip;
	v->month_first = m->month_first;
}

static str answers_shown(struct web_cx *w, str line)
{
	buf b;
	buf_init(&b, 0);
	for (size_t i = 0; i < line.len && i < 600; i++)
		if (line.p[i] == '&')
			buf_addz(&b, " · ");
		else
			buf_char(&b, line.p[i]);
	str s = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	return s.len > vn_utf8_check(s) ? (str){ s.p, vn_utf8_check(s) } : s;
}

static void add_rows(struct web_cx *w, const struct intake *in, struct view_intake *v)
{
	v->rows = NEW_ARRAY(w->mem, struct view_intake_row, in->shown.n + 1);
	for (size_t i = 0; i < in->shown.n; i++) {
		const struct intake_row *r = &in->shown.p[i];
		v->rows[v->n_rows++] = (struct view_intake_row){ .line = r->line,
			.on = r->on,
			.place = r->place,
			.mode = say(w, arena_printf(w->mem, "field.mode.%.*s", STR_ARG(r->mode)).p),
			.answers = answers_shown(w, r->answers),
			.known = r->known };
	}
	size_t columns = in->columns.n < COLUMNS_SHOWN ? in->columns.n : COLUMNS_SHOWN;
	v->letters = NEW_ARRAY(w->mem, str, columns + 1);
	for (size_t i = 0; i < columns; i++)
		v->letters[v->n_letters++] = column_letter(w->mem, in->columns.p[i].at);
	v->raws = NEW_ARRAY(w->mem, struct view_columns_raw, in->raw.n + 1);
	for (size_t i = 0; i < in->raw.n; i++) {
		struct view_columns_raw *r = &v->raws[v->n_raws++];
		r->line = in->raw.p[i].line;
		r->cells = NEW_ARRAY(w->mem, str, columns + 1);
		for (size_t k = 0; k < columns; k++)
			r->cells[r->n_cells++] = shortened(w, in->raw.p[i].cell[k]);
	}
}

static struct view_error_fault fault_row(struct web_cx *w, const fault *f)
{
	fault bare = *f;
	str at = f->at.line ? place_text(w, &f->at) : (str){ 0 };
	bare.at = (place){ 0 };
	return (struct view_error_fault){ .what = web_fault_text(w, &bare), .place = at };
}

/* Words that are not known have a table of their own. */
static void add_faults(struct web_cx *w, const struct intake *in, struct view_intake *v)
{
	v->faults = NEW_ARRAY(w->mem, struct view_error_fault, FAULTS);
	for (size_t i = 0; i < in->c->n_faults; i++) {
		const fault *f = &in->c->faults[i];
		if (strcmp(f->key, "intake.value") == 0)
			continue;
		if (v->n_faults == FAULTS)
			v->more++;
		else
			v->faults[v->n_faults++] = fault_row(w, f);
	}
	v->more += (int64_t)in->c->n_dropped;
}

static void show(struct web_cx *w, const struct survey_info *s, const struct intake_table *t)
{
	struct intake *in;
	enum err e = intake_open(w->cx, w->app, s, t->name, t->bytes, NULL, &t->map, &in);
	struct view_intake v = { .code = s->code, .name = desk_name(w, s), .illustrative = s->illustrative, .id = (uint64_t)t->id, .file = t->name,
		.opened = in->columns.n > 0, .self_selected = s->design == SURVEY_SELF_SELECTED, .sample = s->design != SURVEY_SELF_SELECTED };
	if (!e)
		e = intake_look(in);
	if (e && e != ERR_INPUT && e != ERR_LIMIT) {
		web_fail(w, e);
		return;
	}
	v.ready = !e && in->fresh > 0;
	v.rows_all = in->rows;
	v.fresh = in->fresh;
	v.known = in->known;
	v.differs = in->differs;
	v.faulty = in->faulty;
	v.empty = in->empty;
	add_settings(w, in, &v);
	add_faults(w, in, &v);
	if (v.opened) {
		add_columns(w, in, &v);
		add_words(w, in, &v);
		add_rows(w, in, &v);
	}
	web_cache(w, -1);
	reply_intake(w, &v);
}

static bool open_one(struct web_cx *w, struct survey_info *s, struct intake_table *t)
{
	if (!desk_open(w, s))
		return false;
	enum err e = intake_get(w->cx, w->app, w->actor, s, (int64_t)web_id(w, "id"), t);
	if (e)
		web_fail(w, e);
	return !e;
}

static void page_one(struct web_cx *w)
{
	struct survey_info s;
	struct intake_table t;
	if (open_one(w, &s, &t))
		show(w, &s, &t);
}

static void page_map(struct web_cx *w)
{
	struct survey_info s;
	struct intake_table t;
	struct intake *in;
	struct intake_map m;
	buf b;
	if (!open_one(w, &s, &t))
		return;
	intake_open(w->cx, w->app, &s, t.name, t.bytes, NULL, &t.map, &in);
	buf_init(&b, 0);
	intake_map_now(in, &m);
	intake_map_write(&m, &b);
	str text = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	web_cache(w, -1);
	web_download(w, arena_printf(w->mem, "anh-xa-%.*s.csv", STR_ARG(s.code)));
	web_bytes(w, "text/csv; charset=utf-8", text);
}

/* ---- changes ---- */

static void read_settings(struct web_cx *w, struct intake_map *m)
{
	str decimal = web_text(w, "thap-phan");
	m->sheet = web_text(w, "trang-tinh");
	m->heading = web_int(w, "dong");
	m->source = web_text(w, "nguon");
	m->mode = web_text(w, "cach");
	m->place = web_text(w, "noi");
	m->decimal = str_is(decimal, ",") || str_is(decimal, ".") ? decimal.p[0] : 0;
	m->month_first = web_bool(w, "thang-truoc");
	m->skip = web_bool(w, "bo-dong");
	m->drawn = web_bool(w, "mau");
	if (web_bool(w, "quen"))
		m->values.n = 0;
}

static void read_words(struct web_cx *w, struct intake_map *m)
{
	const struct web_value *of = web_values(w, "chu-cua"), *is = web_values(w, "chu-la");
	for (const struct web_value *v = web_values(w, "chu"); v && of && is; v = v->more, of = of->more, is = is->more)
		if (v->text.len && of->text.len && is->text.len)
			*VEC_PUSH(w->mem, &m->values) = (struct intake_value_map){ v->text, of->text, str_is(is->text, "=") ? STR("") : is->text };
}

/* One choice for each column of the file, in its order. Another sheet or row of headings has other columns: they are guessed anew. */
static void read_columns(struct web_cx *w, const struct survey_info *s, const struct intake_table *t, struct intake_map *m)
{
	struct intake *in;
	bool same = str_eq(m->sheet, t->map.sheet) && m->heading == t->map.heading;
	m->columns.n = 0;
	if (!same || intake_open(w->cx, w->app, s, t->name, t->bytes, NULL, &t->map, &in) == ERR_IO)
		return;
	struct intake_map now;
	intake_map_now(in, &now);
	const struct web_value *v = web_values(w, "vao");
	for (size_t i = 0; i < now.columns.n && v; i++, v = v->more) {
		bool kept = str_eq(now.columns.p[i].target, v->text) && in->columns.p[i].how != MATCH_TOLD;
		if (!kept) /* what nobody changed stays found, not told */
			*VEC_PUSH(w->mem, &m->columns) = (struct intake_column_map){ now.columns.p[i].name, v->text };
	}
}

static enum err change(struct web_cx *w, const struct survey_info *s, const struct intake_table *t, bool guess)
{
	struct intake_map m = t->map;
	read_settings(w, &m);
	if (guess)
		m.columns.n = 0;
	else {
		read_words(w, &m);
		read_columns(w, s, t, &m);
	}
	return intake_set_map(w->cx, w->app, w->actor, t->id, &m);
}

static void page_do(struct web_cx *w)
{
	enum { LOOK, GUESS, TAKE, DROP };
	struct survey_info s;
	struct intake_table t;
	int64_t job;
	int what = web_enum(w, "viec");
	if (!open_one(w, &s, &t))
		return;
	enum err e = what == TAKE ? intake_begin(w->cx, w->app, w->actor, &s, t.id, &job)
		: what == DROP    ? intake_drop(w->cx, w->app, w->actor, t.id)
				  : change(w, &s, &t, what == GUESS);
	if (e)
		web_fail(w, e);
	else
		web_redirect(w, what == TAKE ? job_path(w->cx, job) : what == DROP ? desk_path(w, &s, "nhap-bang") : path_of(w, &s, t.id));
}

#define TEXTS(name, most, vi, en) { name, IN_TEXT, .many = true, .max = most, .doc = { vi, en } }
#define TICK(name, vi, en) { name, IN_BOOL, .doc = { vi, en } }

const struct web_route routes_intake[] = {
	{ WEB_GET, "/khao-sat/{survey}/nhap-bang", page_list, "survey.import", .view = "intakes", .section = "khao-sat",
		.doc = { "Nhập phiếu trả lời từ bảng của nơi khác", "Answers from tables of others" }, .in = WEB_INPUTS(DESK_SURVEY_IN) },
	{ WEB_POST, "/khao-sat/{survey}/nhap-bang", page_bring, "survey.import", .lane = LANE_SLOW, .faces = FACE_HTML, .flags = WEB_FORM_ERRORS,
		.view = "intakes", .section = "khao-sat", .max_body = INTAKE_MAX + INTAKE_MAP_BYTES + 4096,
		.doc = { "Tải bảng lên; chưa phiếu nào được nhập", "Brings a table; no answer comes in yet" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, { "tep", IN_FILE, .max = INTAKE_MAX, .doc = { "tệp CSV hoặc Excel", "CSV or workbook" } },
			{ "anh-xa", IN_FILE, .max = INTAKE_MAP_BYTES, .doc = { "bảng ánh xạ đã lưu", "a map that was kept" } }) },
	{ WEB_GET, "/khao-sat/{survey}/nhap-bang/{id:id}", page_one, "survey.import", .lane = LANE_SLOW, .view = "intake", .section = "khao-sat",
		.doc = { "Cột, chữ và xem trước của bảng đã tải lên", "Columns, words and a preview of a table that was brought" },
		.in = WEB_INPUTS(DESK_SURVEY_IN) },
	{ WEB_GET, "/khao-sat/{survey}/nhap-bang/{id:id}/anh-xa", page_map, "survey.import", .lane = LANE_SLOW, .section = "khao-sat",
		.doc = { "Bảng ánh xạ, CSV", "The map, CSV" }, .in = WEB_INPUTS(DESK_SURVEY_IN) },
	{ WEB_POST, "/khao-sat/{survey}/nhap-bang/{id:id}", page_do, "survey.import", .lane = LANE_SLOW, .faces = FACE_HTML, .view = "intake",
		.section = "khao-sat", .max_body = 1 << 20,
		.doc = { "Đổi ánh xạ, nhập, hoặc bỏ bảng", "Changes the map, takes the table over, or drops it" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, { "viec", IN_ENUM, .values = "xem doan nhap bo", .def = "xem", .doc = { "việc", "what to do" } },
			TEXTS("vao", 200, "cột đổ vào đâu", "what a column is"), TEXTS("chu", WORD_BYTES, "chữ trong ô", "word of a cell"),
			TEXTS("chu-cua", 200, "của câu hỏi nào", "of which item"), TEXTS("chu-la", 200, "nghĩa là gì", "what it means"),
			{ "trang-tinh", IN_TEXT, .max = 60, .doc = { "trang tính", "sheet" } },
			{ "dong", IN_INT, .min = 1, .max = 1000, .doc = { "dòng tiêu đề", "row of the headings" } },
			{ "nguon", IN_TEXT, .max = 60, .doc = { "tên nguồn", "name of the source" } },
			{ "cach", IN_TEXT, .max = 20, .doc = { "cách thu", "mode" } }, { "noi", IN_TEXT, .max = 60, .doc = { "nơi", "place" } },
			{ "thap-phan", IN_TEXT, .max = 1, .doc = { "dấu thập phân", "decimal mark" } }, TICK("thang-truoc", "tháng trước ngày", "month first"),
			TICK("bo-dong", "bỏ dòng lỗi", "leave wrong rows out"), TICK("mau", "người được chọn theo mẫu", "chosen by the sample"),
			TICK("quen", "quên các chữ đã chọn", "forget the words")) },
	{ 0 },
};
