/* Forms as they are printed: every sheet with the number of the form and a QR code of survey, number and page; signs before the options, so that
 * typing needs no mouse. */
#include "app/survey_paper.h"
#include "base/vec.h"
#include "db/survey_sheet.h"
#include "engine/question_words.h"
#include "format/pdf_page.h"

#define LEFT 18.0
#define RIGHT 192.0
#define TOP 34.0
#define BOTTOM 282.0
#define CODE_SIDE 18.0

struct press {
	cx *c;
	pdf *p;
	const struct survey_info *s;
	enum lang lang;
	int64_t number;
	int page;
	str place;
	double y;
};

static str say(struct press *w, const char *key, const str *args, size_t n)
{
	buf b;
	buf_init(&b, 4096);
	po_fill(&b, key, w->lang, STR(""), args, n);
	str s = arena_str(w->c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static str either(const struct press *w, const str text[LANGS])
{
	return text[w->lang].len ? text[w->lang] : text[LANG_VI];
}

static double put(struct press *w, double x, double width, double size, bool bold, double grey, str text)
{
	return pdf_write(w->p, &(struct pdf_text){ .x = x, .y = w->y, .width = width, .size = size, .bold = bold, .grey = grey }, text);
}

static double height_of(struct press *w, double width, double size, bool bold, str text)
{
	return text.len ? pdf_measure(w->p, &(struct pdf_text){ .width = width, .size = size, .bold = bold }, text) : 0;
}

static void page_head(struct press *w)
{
	str numbers[] = { arena_printf(w->c->mem, "%lld", (long long)w->number), arena_printf(w->c->mem, "%d", ++w->page) };
	w->y = 12;
	double width = RIGHT - LEFT - CODE_SIDE - 6, first = put(w, LEFT, width, 12, true, 0, either(w, w->s->name));
	w->y += first + 1;
	put(w, LEFT, width, 9, false, 0.3, w->place);
	w->y = 26;
	put(w, LEFT, width, 10, true, 0, say(w, "paper.head", numbers, 2));
	pdf_code(w->p, RIGHT - CODE_SIDE, 10, CODE_SIDE,
		arena_printf(w->c->mem, "TD:%.*s:%lld:%d", STR_ARG(w->s->code), (long long)w->number, w->page));
	pdf_line(w->p, LEFT, TOP - 3, RIGHT, TOP - 3, false);
	w->y = BOTTOM + 3;
	put(w, LEFT, RIGHT - LEFT, 8, false, 0.35, say(w, w->s->illustrative ? "paper.foot_example" : "paper.foot", NULL, 0));
	w->y = TOP;
}

/* Room for a block, or another page. */
static void room(struct press *w, double height)
{
	if (w->y + height <= BOTTOM)
		return;
	pdf_next(w->p);
	page_head(w);
}

static str number_of(void *ctx, int32_t item)
{
	struct press *w = ctx;
	int n = 0;
	for (int32_t i = 0; i <= item; i++)
		n += question_is_asked(&w->s->q->items.p[i]);
	str number = arena_printf(w->c->mem, "%d", n);
	return say(w, "paper.question_no", &number, 1);
}

/* The hint, and for whom the item or its group is. */
static str hint_of(struct press *w, const struct question *x)
{
	str hint = either(w, x->hint), when;
	const struct question_names names = { number_of, w };
	if (!x->show_if)
		return hint;
	if (question_words(w->c, w->s->q, x->show_if, &names, w->lang, &when))
		when = say(w, "paper.only_if_that", &when, 1);
	else
		when = say(w, "paper.only_if", NULL, 0);
	return hint.len ? arena_printf(w->c->mem, "%.*s %.*s", STR_ARG(when), STR_ARG(hint)) : when;
}

static void title(struct press *w, str text, str hint, double size)
{
	room(w, height_of(w, RIGHT - LEFT, size, true, text) + height_of(w, RIGHT - LEFT, 9, false, hint) + 18);
	w->y += 2.5;
	w->y += put(w, LEFT, RIGHT - LEFT, size, true, 0, text) + 1;
	if (hint.len)
		w->y += put(w, LEFT, RIGHT - LEFT, 9, false, 0.3, hint) + 1;
}

static str option_text(struct press *w, const struct question *x, size_t i)
{
	const struct question_option *o = &w->s->q->lists.p[x->list].options.p[i];
	return arena_printf(w->c->mem, "%.*s  %.*s", STR_ARG(paper_sign(w->c, w->s->q, x, i)), STR_ARG(either(w, o->text)));
}

/* How many options stand beside each other: all of a few short ones, three or two of longer ones, as long as each has one line. */
static size_t columns_of(struct press *w, const struct question *x)
{
	size_t n = w->s->q->lists.p[x->list].options.n;
	const size_t tries[] = { n <= 6 ? n : 3, 3, 2 };
	for (int k = 0; k < 3; k++) {
		double width = (RIGHT - LEFT - 8) / (double)tries[k];
		bool fits = tries[k] <= n;
		for (size_t i = 0; i < n && fits; i++)
			fits = height_of(w, width - 8, 9.5, false, option_text(w, x, i)) < 6;
		if (fits)
			return tries[k];
	}
	return 1;
}

/* The height, and drawn unless measured. */
static double options(struct press *w, const struct question *x, bool draw)
{
	size_t n = w->s->q->lists.p[x->list].options.n, columns = columns_of(w, x);
	double used = 0, tallest = 0, width = (RIGHT - LEFT - 8) / (double)columns;
	for (size_t i = 0; i < n; i++) {
		str text = option_text(w, x, i);
		double at = LEFT + 8 + width * (double)(i % columns), height = height_of(w, width - 8, 9.5, false, text), from = w->y;
		if (draw) {
			w->y = from + used;
			pdf_box(w->p, at, w->y + 0.4, 3.4, 3.4);
			put(w, at + 5, width - 8, 9.5, false, 0, text);
			w->y = from;
		}
		tallest = height > tallest ? height : tallest;
		if (i % columns == columns - 1 || i + 1 == n) {
			used += tallest + 0.8;
			tallest = 0;
		}
	}
	return used;
}

static double field(struct press *w, const struct question *x, bool draw)
{
	int lines = x->kind == ASK_TEXT ? 3 : 1;
	for (int i = 0; i < lines && draw; i++)
		pdf_line(w->p, LEFT + 8, w->y + 6 + 7.0 * i, x->kind == ASK_TEXT ? RIGHT : LEFT + 60, w->y + 6 + 7.0 * i, true);
	return 7.0 * lines + 1;
}

static double answer(struct press *w, const struct question *x, bool draw)
{
	return x->list >= 0 ? options(w, x, draw) : field(w, x, draw);
}

static void item(struct press *w, int32_t at, int number)
{
	const struct question *x = &w->s->q->items.p[at];
	str text = arena_printf(w->c->mem, "%d. %.*s", number, STR_ARG(either(w, x->text))), hint = hint_of(w, x);
	room(w, height_of(w, RIGHT - LEFT, 10.5, false, text) + height_of(w, RIGHT - LEFT - 8, 8.5, false, hint) + answer(w, x, false) + 4);
	w->y += 1.5;
	w->y += put(w, LEFT, RIGHT - LEFT, 10.5, false, 0, text) + 0.8;
	if (hint.len)
		w->y += put(w, LEFT + 8, RIGHT - LEFT - 8, 8.5, false, 0.3, hint) + 0.6;
	w->y += answer(w, x, true) + 1;
}

static void form(struct press *w)
{
	const questionnaire *q = w->s->q;
	int number = 0;
	w->page = 0;
	page_head(w);
	w->y += put(w, LEFT, RIGHT - LEFT, 9.5, false, 0, say(w, "paper.how", NULL, 0)) + 1;
	for (int32_t i = 0; i < (int32_t)q->items.n; i++) {
		const struct question *x = &q->items.p[i];
		if (question_is_asked(x))
			item(w, i, ++number);
		else
			title(w, either(w, x->text), hint_of(w, x), x->kind == ASK_SECTION ? 12.5 : 11);
	}
}

static enum err numbers_of(cx *c, struct app *a, const struct survey_info *s, int64_t first, int64_t last, db_sheet_list *out)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	return e ? e : db_sheet_of(c, k, s->id, first, last, out);
}

enum err paper_pdf(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, int64_t first, int64_t last, enum lang lang, str *bytes)
{
	db_sheet_list list = { 0 };
	enum err e = actor_may(c, a, who, "survey", "issue", 0);
	if (!e && (first < 1 || last < first || last - first >= PAPER_PRINT_MAX))
		e = cx_fail(c, ERR_INPUT, "paper.number", (place){ .field = STR("den") }, (str){ 0 });
	if (!e)
		e = numbers_of(c, a, s, first, last, &list);
	if (e)
		return e;
	struct press w = { .c = c, .s = s, .lang = lang };
	for (size_t i = 0; i < list.n && !e; i++) {
		struct survey_place at = { 0 };
		if (str_is(list.p[i].state, "settled") || str_is(list.p[i].state, "void"))
			continue;
		if (!w.p)
			w.p = pdf_new(c, either(&w, s->name), date_of_ms(c->now_ms));
		else
			pdf_next(w.p);
		e = list.p[i].at.place.len ? survey_place_get(c, a, s, list.p[i].at.place, &at) : ERR_OK;
		w.place = either(&w, at.name);
		w.number = list.p[i].number;
		if (!e)
			form(&w);
	}
	if (!w.p)
		return e ? e : cx_fail(c, ERR_NOTFOUND, "paper.none", (place){ 0 }, (str){ 0 });
	enum err drawn = pdf_end(w.p, bytes);
	return e ? e : drawn;
}
