/* A unit's sheet as a workbook for work without the web: taken along, brought back, looked at, then saved. */
#include "app/round_book.h"
#include "web/entry.h"
#include "web/fault.h"
#include "web/say.h"
#include "web/upload.h"
#include "web_views.h"

static const char TYPE[] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

static struct view_book view_of(struct web_cx *w, const struct entry_sheet *s)
{
	struct view_book v = { .round = s->round.code, .round_name = say_either(w, s->round.name_vi, s->round.name_en), .unit_name = s->unit_name,
		.unit_slug = s->unit_slug, .illustrative = s->round.illustrative, .edits = s->edits || s->answers };
	if (!v.edits && s->closed)
		v.closed = SAY(w, s->closed, v.round_name);
	v.faults = fault_rows(w, &v.n_faults);
	v.more = fault_more(w, v.n_faults);
	if (w->cx->n_errors)
		w->status = 422;
	return v;
}

static str label_of(struct web_cx *w, const struct book_change *k)
{
	if (k->change.what == ENTRY_NOTE)
		return say(w, "book.explanation");
	return k->cell ? say_either(w, k->cell->label_vi, k->cell->label_en) : say(w, "book.new_event");
}

static void add_changes(struct web_cx *w, const struct book *b, struct view_book *v)
{
	v->changes = NEW_ARRAY(w->mem, struct view_book_change, b->n + 1);
	for (size_t i = 0; i < b->n; i++) {
		const struct book_change *k = &b->p[i];
		struct view_book_change *to = &v->changes[v->n_changes++];
		*to = (struct view_book_change){ .code = k->row->code, .name = say_either(w, k->row->name_vi, k->row->name_en), .label = label_of(w, k),
			.line = k->line, .old = k->old, .now = k->now, .conflict = k->conflict, .who = k->theirs.name };
		if (k->theirs.at)
			to->at = some_time(k->theirs.at);
	}
	v->conflicts = (int64_t)b->conflicts;
	v->good = (int64_t)(b->n - b->conflicts);
	v->rows = (int64_t)b->rows;
}

void page_book(struct web_cx *w)
{
	struct entry_sheet s;
	enum err e = entry_load(w->cx, w->app, w->actor, web_text(w, "round"), web_text(w, "unit"), &s);
	if (e) {
		web_fail(w, e);
		return;
	}
	struct view_book v = view_of(w, &s);
	if (web_has(w, "luu"))
		v.saved = some_int(web_int(w, "luu"));
	web_cache(w, -1);
	reply_book(w, &v);
}

void page_book_file(struct web_cx *w)
{
	struct entry_sheet s;
	str bytes;
	enum err e = entry_load(w->cx, w->app, w->actor, web_text(w, "round"), web_text(w, "unit"), &s);
	if (!e)
		e = book_write(w->cx, &s, &bytes);
	if (e) {
		web_fail(w, e);
		return;
	}
	web_cache(w, -1);
	web_download(w, arena_printf(w->mem, "%.*s-%.*s.xlsx", STR_ARG(s.round.code), STR_ARG(s.unit_slug)));
	web_bytes(w, TYPE, bytes);
}

/* What is in the file, right or wrong; e: why not all of it can be taken. */
static void show(struct web_cx *w, const struct upload *up, const struct book *b)
{
	struct view_book v = view_of(w, &b->sheet);
	v.read = up->bytes.len > 0;
	v.file = up->name;
	add_changes(w, b, &v);
	if (!v.n_faults && v.good)
		v.data = up->data;
	web_cache(w, -1);
	reply_book(w, &v);
}

void page_book_read(struct web_cx *w)
{
	struct upload up;
	struct book b = { 0 };
	struct entry_saved saved;
	str round = web_text(w, "round"), unit = web_text(w, "unit");
	/* The rights first: what is wrong with a file is told to nobody else. */
	enum err e = entry_load(w->cx, w->app, w->actor, round, unit, &b.sheet);
	if (e) {
		web_fail(w, e);
		return;
	}
	struct entry_sheet sheet = b.sheet;
	e = upload_read(w, &up);
	if (!e)
		e = book_read(w->cx, w->app, w->actor, round, unit, up.name, up.bytes, &b);
	if (!e && up.again)
		e = book_save(w->cx, w->app, w->actor, round, unit, &b, &saved);
	if (!b.sheet.n_rows_all)
		b.sheet = sheet;
	if (!e && up.again)
		web_redirect(w, arena_printf(w->mem, "%.*s?luu=%zu", STR_ARG(entry_path(w, "/phieu")), saved.saved));
	else if (!e || e == ERR_INPUT || e == ERR_LIMIT)
		show(w, &up, &b);
	else
		web_fail(w, e);
}
