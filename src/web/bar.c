#include "web/bar.h"
#include "web/say.h"
#include "web/svg.h"

enum { BAR_HEIGHT = 11 };

/* Two decimals are a fiftieth of a pixel: enough, and short. */
static void number(buf *b, double v)
{
	buf_printf(b, "%.10g", (double)(long)(v * 100 + (v < 0 ? -0.5 : 0.5)) / 100);
}

static void rect(buf *b, const char *class, double x, double width, const char *more)
{
	buf_printf(b, "<rect class=\"%s\" x=\"", class);
	number(b, x);
	buf_addz(b, "\" y=\"1\" width=\"");
	number(b, width);
	buf_printf(b, "\" height=\"%d\"%s/>", BAR_HEIGHT - 2, more);
}

str bar_score(arena *mem, double share, int width)
{
	buf b;
	double got = (share > 1 ? 1 : share > 0 ? share : 0) * width;
	buf_init(&b, 0);
	buf_printf(&b, "<svg class=\"sb\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" aria-hidden=\"true\">", width, BAR_HEIGHT, width, BAR_HEIGHT);
	if (got > 0)
		rect(&b, "sb-got", 0, got, "");
	if (got < width) {
		rect(&b, "sb-lost", got, width - got, " fill=\"url(#gach)\"");
		buf_addz(&b, "<path class=\"sb-edge\" d=\"M");
		number(&b, got);
		buf_printf(&b, " 1v%d\"/>", BAR_HEIGHT - 2);
	}
	buf_addz(&b, "<path class=\"sb-tk\" d=\"");
	for (int tenth = 1; tenth < 10; tenth++) {
		buf_char(&b, 'M');
		number(&b, tenth * width / 10.0);
		buf_addz(&b, tenth == 5 ? " 5v5" : " 7v3");
	}
	buf_printf(&b, "\"/><path class=\"sb-ax\" d=\"M0 %d.5H%d\"/></svg>", BAR_HEIGHT - 1, width);
	str svg = arena_str(mem, buf_str(&b));
	buf_free(&b);
	return svg;
}

/* ---- the ruler of a rule ---- */

/* Drawn twice, for the desk and for the phone: words in a drawing shrink with it, and shall be read on both. */
enum { WIDTH = 420, WIDTH_PHONE = 286, EDGE = 14, HEIGHT = 72, BAND = 34, AXIS = 44, LABEL_ROOM = 34 };

struct ruler {
	buf *b;
	struct web_cx *w;
	const struct sheet_scale *s;
	int digits, width;
	double low, high;
	double taken[64]; /* where numbers stand below the axis */
	size_t n_taken;
};

static double at(const struct ruler *r, double v)
{
	double share = (v - r->low) / (r->high - r->low);
	return EDGE + (share < 0 ? 0 : share > 1 ? 1 : share) * (r->width - 2 * EDGE);
}

static double at_dec(const struct ruler *r, dec v)
{
	return at(r, dec_to_double(v));
}

static str said(const struct ruler *r, dec v, int digits)
{
	struct web_cx *w = r->w;
	buf b;
	if (r->s->plain)
		return say_dec(w, v, -1);
	buf_init(&b, 64);
	view_pct(&b, v, digits, w->lang, VIEW_PLAIN);
	str s = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

/* As many decimals as a number of a rule has: 95%, 12,5%. */
static str exact(const struct ruler *r, dec share)
{
	dec v;
	if (r->s->plain)
		return say_dec(r->w, share, -1);
	return dec_mul(share, dec_int(100), &v) ? SAY(r->w, "unit.percent", say_dec(r->w, v, -1)) : STR("");
}

static bool is_flat(const struct sheet_piece *p)
{
	return dec_eq(p->at_from, p->at_to);
}

static str band_text(const struct ruler *r, const struct sheet_piece *p)
{
	if (is_flat(p))
		return SAY(r->w, "scale.points", say_dec(r->w, p->at_from, r->digits));
	return SAY(r->w, "scale.slope", say_dec(r->w, p->at_from, r->digits), say_dec(r->w, p->at_to, r->digits));
}

/* What the drawing says, for those who do not see it. */
static str in_words(struct web_cx *w, const struct ruler *r)
{
	buf b;
	buf_init(&b, 0);
	if (!r->s->bare)
		buf_add(&b, SAY(w, "scale.now", said(r, r->s->now, 2)));
	for (size_t i = 0; i < r->s->n; i++) {
		const struct sheet_piece *p = &r->s->piece[i];
		buf_addz(&b, " ");
		buf_add(&b, SAY(w, "scale.stretch", exact(r, p->from), exact(r, p->to), band_text(r, p)));
	}
	buf_addz(&b, " ");
	buf_add(&b, SAY(w, "scale.end", exact(r, r->s->piece[r->s->n - 1].to), SAY(w, "scale.points", say_dec(w, r->s->point[r->s->n], r->digits))));
	str s = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static double text_width(str s)
{
	size_t letters = 0;
	for (size_t i = 0; i < s.len; i++)
		letters += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return 5.6 * (double)letters;
}

/* The words over a stretch stand in its middle, or beside the mark when that is in the way; without room the rule beside says it. */
static void band_label(const struct ruler *r, double x0, double x1, str text)
{
	double now = at_dec(r, r->s->now), width = text_width(text), middle = (x0 + x1) / 2;
	if (!r->s->bare && now > x0 && now < x1 && now > middle - width / 2 - 4 && now < middle + width / 2 + 4) {
		if (now - x0 > x1 - now)
			x1 = now - 5;
		else
			x0 = now + 5;
	}
	if (x1 - x0 >= width)
		svg_text(r->b, "tx-s", (x0 + x1) / 2, BAND - 6, "middle", text);
}

static void bands(const struct ruler *r)
{
	for (size_t i = 0; i < r->s->n; i++) {
		const struct sheet_piece *p = &r->s->piece[i];
		double x0 = at_dec(r, p->from), x1 = at_dec(r, p->to);
		bool none = is_flat(p) && dec_is_zero(p->at_from);
		if (x1 - x0 < 0.5)
			continue;
		buf_printf(r->b, "<rect class=\"%s\"%s x=\"", none ? "sc-none" : is_flat(p) ? "sc-flat" : "sc-slope", none ? " fill=\"url(#gach)\"" : "");
		number(r->b, x0);
		buf_printf(r->b, "\" y=\"%d\" width=\"", BAND);
		number(r->b, x1 - x0);
		buf_printf(r->b, "\" height=\"%d\"/>", AXIS - BAND);
		band_label(r, x0, x1, band_text(r, p));
	}
}

static bool is_free(struct ruler *r, double x)
{
	for (size_t i = 0; i < r->n_taken; i++)
		if (x - r->taken[i] < LABEL_ROOM && r->taken[i] - x < LABEL_ROOM)
			return false;
	if (r->n_taken < sizeof r->taken / sizeof *r->taken)
		r->taken[r->n_taken++] = x;
	return true;
}

/* The numbers of the rule first; round ones where there is room left. */
static void numbers(struct ruler *r)
{
	double step = svg_step(r->high - r->low, 6);
	for (size_t i = 0; i <= r->s->n; i++) {
		dec v = i < r->s->n ? r->s->piece[i].from : r->s->piece[i - 1].to;
		double x = at_dec(r, v);
		bool jumps = i > 0 && i < r->s->n;
		if (dec_to_double(v) < r->low - 1e-9)
			continue;
		if (jumps || i == r->s->n)
			svg_path(r->b, "tg-l", "M%.1f %dv%d", x, BAND - 4, AXIS - BAND + 14);
		if (is_free(r, x))
			svg_text(r->b, "tx-n tx-s", x, HEIGHT - 6, "middle", exact(r, v));
	}
	for (int i = 0; i <= 12; i++) {
		double v = r->low + i * step;
		dec shown;
		if (v <= r->high + 1e-9 && is_free(r, at(r, v)) && dec_from_double(v, &shown))
			svg_text(r->b, "tx-n tx-s", at(r, v), HEIGHT - 6, "middle", said(r, shown, step < 0.01 ? 1 : 0));
	}
}

static void ticks(const struct ruler *r)
{
	double step = svg_step(r->high - r->low, 6) / 5;
	buf_addz(r->b, "<path class=\"tk\" d=\"");
	for (int i = 0; r->low + i * step <= r->high + 1e-9; i++) {
		buf_char(r->b, 'M');
		number(r->b, at(r, r->low + i * step));
		buf_printf(r->b, " %dv%d", AXIS, i % 5 == 0 ? 7 : 4);
	}
	buf_addz(r->b, "\"/>");
}

/* Where the figure lies. */
static void mark(const struct ruler *r)
{
	double x = at_dec(r, r->s->now);
	svg_path(r->b, "now", "M%.1f %dl-6-12h12z", x, AXIS);
	svg_path(r->b, "ax", "M%.1f 15V%d", x, AXIS - 12);
	svg_text(r->b, "tx-b tx-n", x, 11, x < 40 ? "start" : x > r->width - 40 ? "end" : "middle", said(r, r->s->now, 2));
}

static void ruler(struct ruler *r, const char *cls, str label)
{
	svg_open(r->b, cls, r->width, HEIGHT, label);
	bands(r);
	svg_path(r->b, "ax", "M%d %dH%d", EDGE, AXIS, r->width - EDGE);
	ticks(r);
	numbers(r);
	if (!r->s->bare)
		mark(r);
	svg_close(r->b);
	r->n_taken = 0;
}

str bar_scale(struct web_cx *w, const struct sheet_scale *s, int digits)
{
	buf b;
	struct ruler r = { .b = &b, .w = w, .s = s, .digits = digits, .low = dec_to_double(s->low), .high = dec_to_double(s->high) };
	if (!s->n || !(r.high > r.low))
		return STR("");
	buf_init(&b, 1 << 16);
	str label = in_words(w, &r);
	r.width = WIDTH;
	ruler(&r, "ch--rule hide-s", label);
	r.width = WIDTH_PHONE;
	ruler(&r, "ch--rule only-s", label);
	str svg = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	return svg;
}
