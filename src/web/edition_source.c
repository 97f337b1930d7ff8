/* The page between an annex and a draft: which column means what. */
#include "app/edition_source.h"
#include "web/columns.h"
#include "web/edition_edit.h"
#include "web/pages.h"
#include "web/say.h"
#include "web_views.h"

enum { RAW_ROWS = 14, SHOWN_ROWS = 300 };

static const char *const inputs[DRAFT_COLUMNS] = { "c-ma", "c-ten", "c-diem", "c-ghi-chu", "c-chu-tri", "c-minh-chung" };
static const char *const labels[DRAFT_COLUMNS] = { "source.c_code", "source.c_name", "source.c_max", "source.c_note", "source.c_owner", "source.c_evidence" };

static struct source_choice choice_of(struct web_cx *w)
{
	struct source_choice x = { .table = web_has(w, "bang") ? (int)web_int(w, "bang") : -1, .told = web_has(w, inputs[0]) && !web_bool(w, "doan") };
	x.map.first = (int)web_int(w, "dau") - 1;
	for (int i = 0; i < DRAFT_COLUMNS; i++)
		x.map.column[i] = (int)web_int(w, inputs[i]) - 1;
	return x;
}

static str heading(const grid *g, const struct draft_map *m, int column)
{
	return m->first > 0 && m->first <= g->rows ? grid_at(g, m->first - 1, column)->text : STR("");
}

static void add_choices(struct web_cx *w, const struct source *s, struct view_draft_source *v)
{
	const grid *g = &s->tables.p[s->table];
	v->tables = NEW_ARRAY(w->mem, struct view_draft_source_option, s->tables.n);
	for (size_t i = 0; i < s->tables.n; i++) {
		const grid *t = &s->tables.p[i];
		str name = SAY(w, "source.table_n", t->name.len ? t->name : s->file, say_int(w, t->rows), say_int(w, t->columns));
		v->tables[v->n_tables++] = (struct view_draft_source_option){ .value = (int64_t)i, .name = name, .chosen = (int)i == s->table };
	}
	v->meanings = NEW_ARRAY(w->mem, struct view_draft_source_meaning, DRAFT_COLUMNS);
	for (int k = 0; k < DRAFT_COLUMNS; k++) {
		struct view_draft_source_meaning *m = &v->meanings[v->n_meanings++];
		*m = (struct view_draft_source_meaning){ .name = str_of(inputs[k]), .label = say(w, labels[k]) };
		m->columns = NEW_ARRAY(w->mem, struct view_draft_source_option, (size_t)g->columns + 1);
		m->columns[m->n_columns++] = (struct view_draft_source_option){ 0, say(w, "source.none"), m->name, s->map.column[k] < 0 };
		for (int i = 0; i < g->columns; i++)
			m->columns[m->n_columns++] = (struct view_draft_source_option){ i + 1,
				SAY(w, "source.column", column_letter(w->mem, i), heading(g, &s->map, i)), m->name, s->map.column[k] == i };
	}
}

static void add_raws(struct web_cx *w, const struct source *s, struct view_draft_source *v)
{
	const grid *g = &s->tables.p[s->table];
	int columns = g->columns < COLUMNS_SHOWN ? g->columns : COLUMNS_SHOWN, from = s->map.first > 3 ? s->map.first - 3 : 0;
	v->letters = NEW_ARRAY(w->mem, str, (size_t)columns + 1);
	for (int i = 0; i < columns; i++)
		v->letters[v->n_letters++] = column_letter(w->mem, i);
	v->raws = NEW_ARRAY(w->mem, struct view_columns_raw, RAW_ROWS);
	for (int row = from; row < g->rows && v->n_raws < RAW_ROWS; row++) {
		struct view_columns_raw *r = &v->raws[v->n_raws++];
		r->line = row + 1;
		r->cells = NEW_ARRAY(w->mem, str, (size_t)columns + 1);
		for (int i = 0; i < columns; i++)
			r->cells[r->n_cells++] = grid_at(g, row, i)->shown;
	}
}

/* That rules are missing is known: they are written afterwards. */
static bool tells(const struct draft_fault *f)
{
	return f->f.level == FAULT_ERROR && strcmp(f->f.key, "edition.no_rule") != 0;
}

static void add_rows(struct web_cx *w, const struct source *s, struct view_draft_source *v)
{
	const struct draft *d = &s->preview;
	v->rows = NEW_ARRAY(w->mem, struct view_draft_source_row, d->rows.n + 1);
	for (size_t k = 0; k < d->n_faults; k++) {
		v->faults_all += tells(&d->faults[k]);
		v->n_rules += strcmp(d->faults[k].f.key, "edition.no_rule") == 0;
	}
	for (size_t i = 0; i < d->rows.n; i++) {
		const str *cell = d->rows.p[i].cell;
		if (edition_row_sets(&d->rows.p[i]))
			continue;
		v->rows_all++;
		if (v->n_rows >= SHOWN_ROWS)
			continue;
		struct view_draft_source_row *r = &v->rows[v->n_rows++];
		*r = (struct view_draft_source_row){ .code = cell[TREE_CODE], .name = cell[TREE_NAME_VI], .max = cell[TREE_MAX], .note = cell[TREE_NOTE],
			.owner = cell[TREE_OWNER], .level = d->level[i] < 0 ? 0 : d->level[i] };
		r->faults = NEW_ARRAY(w->mem, str, d->n_faults + 1);
		for (size_t k = 0; k < d->n_faults; k++)
			if (d->faults[k].row == (int)i && tells(&d->faults[k]))
				r->faults[r->n_faults++] = draft_note(w, &d->faults[k]);
	}
}

static void show(struct web_cx *w)
{
	struct source s;
	struct source_choice x = choice_of(w);
	enum err e = source_open(w->cx, w->app, w->actor, (int64_t)web_id(w, "id"), &x, &s);
	if (e) {
		web_fail(w, e);
		return;
	}
	struct view_draft_source v = { .id = (uint64_t)s.id, .code = s.code, .set = s.name, .file = s.file, .found = s.tables.n > 0,
		.has_map = s.has_map, .first = s.map.first + 1, .table = s.table, .commas = (int64_t)s.report.commas };
	v.notes = NEW_ARRAY(w->mem, str, s.n_notes + w->cx->n_faults + 1);
	for (size_t i = 0; i < w->cx->n_faults; i++)
		v.notes[v.n_notes++] = web_fault_text(w, &w->cx->faults[i]);
	for (size_t i = 0; i < s.n_notes; i++)
		v.notes[v.n_notes++] = web_fault_text(w, &s.notes[i]);
	if (v.found) {
		add_choices(w, &s, &v);
		add_raws(w, &s, &v);
		add_rows(w, &s, &v);
	}
	web_cache(w, -1);
	reply_draft_source(w, &v);
}

static void page_source(struct web_cx *w) { show(w); }

static void page_source_do(struct web_cx *w)
{
	struct source_choice x = choice_of(w);
	enum err e = source_take(w->cx, w->app, w->actor, (int64_t)web_id(w, "id"), &x);
	if (!e) {
		web_redirect(w, draft_path(w, "?luu=1"));
	} else if (e == ERR_INPUT) {
		w->status = 422;
		show(w);
	} else {
		web_fail(w, e);
	}
}

#define COLUMN(name, vi, en) { name, IN_INT, .min = 0, .max = 256, .doc = { vi, en } }
#define CHOICE \
	{ "bang", IN_INT, .min = 0, .max = 1000, .doc = { "bảng", "table" } }, \
		{ "dau", IN_INT, .min = 1, .max = 20000, .def = "1", .doc = { "dòng đầu tiên dưới tiêu đề", "first row below the heading" } }, \
		COLUMN("c-ma", "cột mã", "column of codes"), COLUMN("c-ten", "cột tên", "column of names"), \
		COLUMN("c-diem", "cột điểm tối đa", "column of maxima"), COLUMN("c-ghi-chu", "cột cách tính", "column of notes"), \
		COLUMN("c-chu-tri", "cột chủ trì", "column of agencies"), COLUMN("c-minh-chung", "cột minh chứng", "column of evidence")

const struct web_route routes_edition_source[] = {
	{ WEB_GET, "/bo-tieu-chi/soan/{id:id}/cot", page_source, "edition.edit", .lane = LANE_SLOW, .faces = FACE_HTML, .section = "edition",
		.view = "draft_source", .doc = { "Chọn cột của bảng đã tải lên, xem trước", "Columns of the table that was sent, and a preview" },
		.in = WEB_INPUTS(CHOICE, { "doan", IN_BOOL, .doc = { "đoán lại", "guess again" } }) },
	{ WEB_POST, "/bo-tieu-chi/soan/{id:id}/cot", page_source_do, "edition.edit", .lane = LANE_SLOW, .faces = FACE_HTML, .section = "edition",
		.view = "draft_source", .doc = { "Lập dự thảo từ bảng", "Makes the draft of the table" },
		.in = WEB_INPUTS(CHOICE, { "doan", IN_BOOL, .doc = { "đoán lại", "guess again" } }) },
	{ 0 },
};
