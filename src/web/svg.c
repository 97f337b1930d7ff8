#include "web/svg.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include "web/view.h"

/* ---- pieces ---- */

/* At most one decimal, no superfluous zero, no "-0": short, and the same on every machine. */
static const char *num(double v, char out[32])
{
	double tenths = floor(v * 10 + .5);
	if (tenths == 0)
		tenths = 0; /* no minus */
	snprintf(out, 32, fmod(tenths, 10) == 0 ? "%.0f" : "%.1f", tenths / 10);
	return out;
}

void svg_num(buf *b, double v)
{
	char t[32];
	buf_addz(b, num(v, t));
}

void svg_open(buf *b, const char *cls, double width, double height, str label)
{
	char w[32], h[32];
	buf_printf(b, "<svg class=\"ch%s%s\" viewBox=\"0 0 %s %s\" ", *cls ? " " : "", cls, num(width, w), num(height, h));
	if (!label.len) {
		buf_addz(b, "aria-hidden=\"true\">");
		return;
	}
	buf_addz(b, "role=\"img\" aria-label=\"");
	view_text(b, label);
	buf_addz(b, "\">");
}

void svg_close(buf *b)
{
	buf_addz(b, "</svg>");
}

void svg_path(buf *b, const char *cls, const char *fmt, ...)
{
	char d[400];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(d, sizeof d, fmt, ap);
	va_end(ap);
	buf_printf(b, "<path class=\"%s\" d=\"%s\"/>", cls, d);
}

void svg_text(buf *b, const char *cls, double x, double y, const char *anchor, str text)
{
	char tx[32], ty[32];
	buf_printf(b, "<text class=\"%s\" x=\"%s\" y=\"%s\" text-anchor=\"%s\">", cls, num(x, tx), num(y, ty), anchor);
	view_text(b, text);
	buf_addz(b, "</text>");
}

static void circle(buf *b, const char *cls, double x, double y, double r)
{
	char tx[32], ty[32], tr[32];
	buf_printf(b, "<circle class=\"%s\" cx=\"%s\" cy=\"%s\" r=\"%s\"/>", cls, num(x, tx), num(y, ty), num(r, tr));
}

static void number_text(buf *b, const char *cls, double x, double y, const char *anchor, long v)
{
	char t[32];
	snprintf(t, sizeof t, "%ld", v);
	svg_text(b, cls, x, y, anchor, str_of(t));
}

double svg_step(double span, int most)
{
	if (!(span > 0) || most < 1)
		return 1;
	double ten = pow(10, floor(log10(span / most)));
	static const double steps[] = { 1, 2, 5, 10 };
	for (size_t i = 0; i < 4; i++)
		if (span / (steps[i] * ten) <= most)
			return steps[i] * ten;
	return 10 * ten;
}

/* ---- rank scales ---- */

/* Ranks that carry a number: 1, the tens, the last one; a ten too near the last one gives way. */
static bool is_labelled(int rank, int n)
{
	return rank == 1 || rank == n || (rank % 10 == 0 && n - rank >= 5);
}

/* Where a rank stands between the best (x1) and the last (xn). */
static double rank_x(int rank, int n, double x1, double xn)
{
	return n < 2 ? x1 : x1 + (rank - 1) * (xn - x1) / (n - 1);
}

static void ticks(buf *b, int n, double x1, double xn, double y, const double height[3])
{
	char x[32], t[32], h[32];
	buf_addz(b, "<path class=\"tk\" d=\"");
	for (int r = 1; r <= n; r++) {
		double high = is_labelled(r, n) ? height[2] : r % 5 == 0 ? height[1] : height[0];
		buf_printf(b, "M%s %sv%s", num(rank_x(r, n, x1, xn), x), num(y, t), num(high, h));
	}
	buf_addz(b, "\"/>");
}

static void numbers(buf *b, int n, double x1, double xn, double y)
{
	for (int r = 1; r <= n; r++)
		if (is_labelled(r, n))
			number_text(b, "tx-s tx-n", rank_x(r, n, x1, xn), y, "middle", r);
}

static void triangle(buf *b, double x, double y, double half, double high)
{
	char tx[32], ty[32], a[32], h[32], w[32];
	svg_path(b, "now", "M%s %sl-%s-%sh%sz", num(x, tx), num(y, ty), num(half, a), num(high, h), num(2 * half, w));
}

static void flag(buf *b, double x, str label)
{
	char t[32];
	bool left = x > 200; /* the words stand on the side with room */
	num(x, t);
	svg_path(b, "tg-l", "M%s 24V7", t);
	svg_path(b, "flag", left ? "M%s 6h-9l2.5 3.5-2.5 3.5h9z" : "M%s 6h9l-2.5 3.5 2.5 3.5h-9z", t);
	svg_text(b, "tx-t", left ? x - 12 : x + 12, 13, left ? "end" : "start", label);
}

void svg_rank(buf *b, const struct svg_rank *r)
{
	enum { RIGHT = 292, LEFT = 8 };
	static const double height[] = { 4, 6, 8 };
	svg_open(b, "", 300, 46, r->label);
	svg_path(b, "ax", "M%d 24h%d", LEFT, RIGHT - LEFT);
	ticks(b, r->n, RIGHT, LEFT, 24, height);
	numbers(b, r->n, RIGHT, LEFT, 43);
	if (r->target)
		flag(b, rank_x(r->target, r->n, RIGHT, LEFT), r->target_label);
	double now = rank_x(r->rank, r->n, RIGHT, LEFT), before = rank_x(r->previous, r->n, RIGHT, LEFT);
	char x[32], t[32];
	if (r->rank && r->previous && r->previous <= r->n) {
		svg_path(b, "ln2", "M%s 18H%s", num(before, x), num(now, t));
		circle(b, "prev", before, 18, 3.5);
	}
	if (r->rank)
		triangle(b, now, 24, 6, 11);
	svg_close(b);
}

enum { ROW_WIDTH = 192, ROW_FIRST = 5, ROW_LAST = 187 }; /* as wide as svg.ch--row in the stylesheet: one unit a pixel */

void svg_rank_ticks(buf *b, int n)
{
	static const double height[] = { 3, 3, 5 };
	buf_addz(b, "<svg class=\"ch vh\" aria-hidden=\"true\" width=\"0\" height=\"0\"><defs><g id=\"ranks\" class=\"ranks\">");
	svg_path(b, "gr", "M%d 13H%d", ROW_FIRST, ROW_LAST);
	ticks(b, n, ROW_FIRST, ROW_LAST, 13, height);
	buf_addz(b, "</g></defs></svg>");
}

void svg_rank_head(buf *b, int n)
{
	svg_open(b, "ch--row", ROW_WIDTH, 13, STR(""));
	numbers(b, n, ROW_FIRST, ROW_LAST, 11);
	svg_close(b);
}

void svg_rank_row(buf *b, int n, int rank, int previous, str label)
{
	svg_open(b, "ch--row", ROW_WIDTH, 18, label);
	buf_addz(b, "<use href=\"#ranks\"/>");
	double x = rank_x(rank, n, ROW_FIRST, ROW_LAST);
	char tx[32], tp[32];
	if (rank && previous && previous <= n && previous != rank) {
		double p = rank_x(previous, n, ROW_FIRST, ROW_LAST);
		svg_path(b, previous > rank ? "up" : "dn", "M%s 9H%s", num(p, tp), num(x, tx));
		circle(b, "prev", p, 9, 2.5);
	}
	if (rank)
		triangle(b, x, 13, 4, 8);
	svg_close(b);
}

/* ---- strip ---- */

static void axis_number(buf *b, double x, double y, const char *anchor, double v, double step, enum lang l)
{
	buf t;
	buf_init(&t, 64);
	view_real(&t, v, step < .1 ? 2 : step < 1 ? 1 : 0, l, VIEW_PLAIN);
	svg_text(b, "tx-s tx-n", x, y, anchor, buf_str(&t));
	buf_free(&t);
}

static void bounds(const double *v, size_t n, double *low, double *high)
{
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || v[i] < *low)
			*low = v[i];
		if (i == 0 || v[i] > *high)
			*high = v[i];
	}
}

void svg_strip(buf *b, const struct svg_strip *s)
{
	enum { LEFT = 12, RIGHT = 288 };
	double low = s->low, high = s->high;
	char x[32];
	if (low == high)
		bounds(s->v, s->n, &low, &high);
	double step = svg_step(high > low ? high - low : 1, 6);
	low = floor(low / step) * step;
	high = high > low ? ceil(high / step) * step : low + step;
	double scale = (RIGHT - LEFT) / (high - low);
	svg_open(b, "", 300, 52, s->label);
	svg_path(b, "ax", "M%d 30h%d", LEFT, RIGHT - LEFT);
	int count = (int)((high - low) / step + .5);
	for (int i = 0; i <= count; i++) {
		double at = LEFT + i * step * scale;
		svg_path(b, "tk", "M%s 30v6", num(at, x));
		axis_number(b, at, 49, "middle", low + i * step, step, s->lang);
	}
	buf_addz(b, "<path class=\"one\" d=\"");
	for (size_t i = 0; i < s->n; i++)
		buf_printf(b, "M%s 15v14", num(LEFT + (s->v[i] - low) * scale, x));
	buf_addz(b, "\"/>");
	if (s->has_mean) {
		double at = LEFT + (s->mean - low) * scale;
		svg_path(b, "tg-m", "M%s 3v27", num(at, x));
		bool left = at > 200;
		svg_text(b, "tx-s tx-b halo", left ? at - 4 : at + 4, 9, left ? "end" : "start", s->mean_label);
	}
	svg_close(b);
}

/* ---- lines ---- */

enum { TOP = 24, EDGE = 38, HIGH = 318, FOOT = 34, YEAR_ROOM = 34, NAME_GAP = 13, NAME_ROOM = 150, MOST_LINES = 8, MOST_LABELS = 160 };

/* A place that words have taken. */
struct box {
	double left, top, right, bottom;
};

struct plot {
	const struct svg_chart *c;
	buf *b;
	double low, high, step, right, bottom, foot, width;
	struct box taken[MOST_LABELS];
	size_t n_taken;
};

static double px(const struct plot *p, size_t i)
{
	double from = EDGE + 20, span = p->right - 10 - from;
	return p->c->n_years < 2 ? from + span / 2 : from + (double)i * span / (double)(p->c->n_years - 1);
}

static double py(const struct plot *p, double v)
{
	double part = p->high > p->low ? (v - p->low) / (p->high - p->low) : .5;
	return p->c->ranks ? TOP + part * (p->bottom - TOP) : p->bottom - part * (p->bottom - TOP);
}

static void plot_bounds(struct plot *p)
{
	const struct svg_chart *c = p->c;
	bool any = false;
	for (size_t l = 0; l < c->n_lines; l++)
		for (size_t i = 0; i < c->n_years; i++) {
			const struct svg_value *v = &c->lines[l].p[i];
			if (!v->there)
				continue;
			if (!any || v->v < p->low)
				p->low = v->v;
			if (!any || v->v > p->high)
				p->high = v->v;
			any = true;
		}
	if (c->ranks) {
		p->low = 1;
		if (c->worst > p->high)
			p->high = c->worst;
		p->step = 10;
		return;
	}
	p->step = svg_step(p->high > p->low ? p->high - p->low : 1, 6);
	p->low = floor(p->low / p->step) * p->step;
	p->high = p->high > p->low ? ceil(p->high / p->step) * p->step : p->low + p->step;
}

static void grid_line(struct plot *p, double v)
{
	char y[32], r[32];
	svg_path(p->b, "gr", "M%d %sH%s", EDGE, num(py(p, v), y), num(p->right, r));
	axis_number(p->b, EDGE - 9, py(p, v) + 4, "end", v, p->c->ranks ? 1 : p->step, p->c->lang);
}

/* The axis is a ruler: a short tick each tenth of a step (each place), a long one where a number stands. */
static void plot_axes(struct plot *p)
{
	char y[32];
	int steps = (int)((p->high - p->low) / p->step + .5), small = p->c->ranks ? (int)p->high : steps * 5;
	if (p->c->ranks) {
		for (int r = 1; r <= (int)p->high; r++)
			if (is_labelled(r, (int)p->high))
				grid_line(p, r);
	} else {
		for (int i = 0; i <= steps; i++)
			grid_line(p, p->low + i * p->step);
	}
	svg_path(p->b, "ax", "M%d %dV%s", EDGE, TOP, num(p->bottom, y));
	buf_addz(p->b, "<path class=\"tk\" d=\"");
	for (int i = p->c->ranks ? 1 : 0; i <= small; i++) {
		bool longer = p->c->ranks ? is_labelled(i, small) : i % 5 == 0;
		buf_printf(p->b, "M%d %sh-%d", EDGE, num(py(p, p->c->ranks ? i : p->low + i * p->step / 5), y), longer ? 6 : 3);
	}
	buf_addz(p->b, "\"/>");
}

static void plot_breaks(struct plot *p)
{
	const struct svg_chart *c = p->c;
	char t[32], y[32];
	for (size_t i = 0; i < c->n_breaks; i++) {
		int at = c->breaks[i].year - c->first_year;
		if (at <= 0 || (size_t)at >= c->n_years)
			continue;
		double x = (px(p, (size_t)at - 1) + px(p, (size_t)at)) / 2;
		svg_path(p->b, "brk", "M%s %dV%s", num(x, t), TOP - 6, num(p->bottom + 8, y));
		svg_text(p->b, "tx-s", x + 3, TOP - 9, "start", c->breaks[i].text);
	}
}

/* As many years as have room; the last one always has its number. */
static void plot_years(struct plot *p)
{
	size_t n = p->c->n_years, every = 1;
	double pitch = n > 1 ? px(p, 1) - px(p, 0) : YEAR_ROOM;
	while ((double)every * pitch < YEAR_ROOM)
		every++;
	for (size_t i = 0; i < n; i++)
		if ((n - 1 - i) % every == 0)
			number_text(p->b, "tx-n tx-s", px(p, i), p->foot - 8, "middle", p->c->first_year + (long)i);
}

static bool broken_between(const struct svg_chart *c, size_t from, size_t to)
{
	for (size_t i = 0; i < c->n_breaks; i++)
		if (c->breaks[i].year > c->first_year + (int)from && c->breaks[i].year <= c->first_year + (int)to)
			return true;
	return false;
}

/* Lines are told apart by colour and by the form of their points. */
enum { LOOKS = SVG_LOOKS };

static int look_of(const struct svg_line *line)
{
	return line->look > 0 && line->look < LOOKS ? line->look : 0;
}

static void plot_segments(struct plot *p, const struct svg_line *line)
{
	static const char *const cls[LOOKS] = { "ln", "ln ln--2", "ln ln--3", "ln ln--4" };
	char x1[32], y1[32], x2[32], y2[32];
	for (size_t i = 0, last = SIZE_MAX; i < p->c->n_years; i++) {
		if (!line->p[i].there)
			continue;
		if (last != SIZE_MAX) {
			bool dashed = i > last + 1 || broken_between(p->c, last, i);
			svg_path(p->b, dashed ? "ln2" : line->quiet ? "ln ln--q" : cls[look_of(line)], "M%s %sL%s %s", num(px(p, last), x1),
				num(py(p, line->p[last].v), y1), num(px(p, i), x2), num(py(p, line->p[i].v), y2));
		}
		last = i;
	}
}

static void point(struct plot *p, const struct svg_line *line, size_t i, bool last)
{
	static const char *const cls[LOOKS] = { "pt", "pt pt--2", "pt pt--3", "pt pt--4" };
	static const char *const form[LOOKS] = { "", "m-3-3h6v6h-6z", "m0-4.5 4.5 4.5-4.5 4.5-4.5-4.5z", "m0-4.5 4 7h-8z" };
	char full[40], tx[32], ty[32];
	int look = look_of(line);
	bool on = last && !line->quiet && !line->p[i].hollow && !look;
	snprintf(full, sizeof full, "%s%s", line->quiet ? "pt pt--q" : on ? "pt pt-on" : cls[look], line->p[i].hollow ? " pt--part" : "");
	double x = px(p, i), y = py(p, line->p[i].v);
	if (!look || line->quiet)
		circle(p->b, full, x, y, last && !line->quiet ? 4.5 : line->quiet ? 3 : 3.5);
	else
		svg_path(p->b, full, "M%s %s%s", num(x, tx), num(y, ty), form[look]);
}

/* ---- words at the lines: none over another, none over a line ---- */

static double text_width(str s)
{
	size_t letters = 0;
	for (size_t i = 0; i < s.len; i++)
		letters += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return 6.4 * (double)letters;
}

static bool overlap(const struct box *a, const struct box *b)
{
	return a->left < b->right && b->left < a->right && a->top < b->bottom && b->top < a->bottom;
}

static void take(struct plot *p, struct box b)
{
	if (p->n_taken < MOST_LABELS)
		p->taken[p->n_taken++] = b;
}

/* Height of a line at x, between its points; NAN beside it. */
static double line_at(const struct plot *p, const struct svg_line *line, double x)
{
	size_t last = SIZE_MAX;
	for (size_t i = 0; i < p->c->n_years; i++) {
		if (!line->p[i].there)
			continue;
		double x2 = px(p, i), y2 = py(p, line->p[i].v);
		if (last != SIZE_MAX && x >= px(p, last) && x <= x2) {
			double x1 = px(p, last), y1 = py(p, line->p[last].v);
			return y1 + (x - x1) * (y2 - y1) / (x2 - x1);
		}
		if (x2 > x - 4 && x2 < x + 4)
			return y2;
		last = i;
	}
	return NAN;
}

static bool crosses(const struct plot *p, const struct svg_line *line, const struct box *b)
{
	enum { SAMPLES = 8, MARGIN = 3 }; /* points are thicker than lines */
	double before = NAN;
	for (int i = 0; i <= SAMPLES; i++) {
		double y = line_at(p, line, b->left + (b->right - b->left) * i / SAMPLES);
		double low = isnan(before) || y < before ? y : before, high = isnan(before) || y > before ? y : before;
		if (!isnan(y) && low < b->bottom + MARGIN && high > b->top - MARGIN)
			return true;
		before = y;
	}
	return false;
}

enum { FREE, OWN_LINE, IN_THE_WAY };

static int room_for(const struct plot *p, const struct svg_line *line, const struct box *b)
{
	if (b->top < 2 || b->bottom > p->bottom + 14)
		return IN_THE_WAY;
	for (size_t i = 0; i < p->n_taken; i++)
		if (overlap(b, &p->taken[i]))
			return IN_THE_WAY;
	for (size_t l = 0; l < p->c->n_lines; l++)
		if (&p->c->lines[l] != line && crosses(p, &p->c->lines[l], b))
			return IN_THE_WAY;
	return crosses(p, line, b) ? OWN_LINE : FREE;
}

static str value_text(arena *mem, const struct svg_chart *c, double v)
{
	buf t;
	buf_init(&t, 64);
	view_real(&t, v, c->digits, c->lang, VIEW_PLAIN);
	str s = arena_str(mem, buf_str(&t));
	buf_free(&t);
	return s;
}

/* The number of one point, above or below it, whichever is free; without room it is left to the table. */
static void number_at(struct plot *p, arena *mem, const struct svg_line *line, size_t i, bool below, bool strong)
{
	str text = value_text(mem, p->c, line->p[i].v);
	double x = px(p, i), y = py(p, line->p[i].v), half = text_width(text) / 2;
	int best = IN_THE_WAY + 1;
	double at = 0;
	struct box spot = { 0 };
	for (int k = 0; k < 2; k++) {
		bool under = k ? !below : below;
		double base = y + (under ? 17 : -8);
		struct box b = { x - half, base - 9, x + half, base + 1 };
		int fits = room_for(p, line, &b);
		if (fits < best) {
			best = fits;
			at = base;
			spot = b;
		}
	}
	if (!strong && (best >= IN_THE_WAY || (best == OWN_LINE && p->c->n_lines > 1)))
		return;
	take(p, spot);
	svg_text(p->b, strong ? "tx-n tx-b halo" : "tx-n halo", x, at, "middle", text);
}

static double height_at(const struct svg_line *line, size_t i, size_t n)
{
	return i < n && line->p[i].there ? line->p[i].v : NAN;
}

/* Of the main line: with many years only where it turns, and its ends; the last number stands beside the name when there is one. */
static void plot_numbers(struct plot *p, arena *mem, const struct svg_line *line)
{
	const struct svg_chart *c = p->c;
	size_t n = c->n_years, first = n, last = 0;
	for (size_t i = 0; i < n; i++)
		if (line->p[i].there) {
			first = i < first ? i : first;
			last = i;
		}
	for (int ends = 1; ends >= 0; ends--) /* the ends choose their place first */
		for (size_t i = 0; i < n; i++) {
			bool end = i == first || i == last;
			if (!line->p[i].there || end != (ends == 1) || (i == last && line->name.len))
				continue;
			double v = line->p[i].v, before = height_at(line, i - 1, n), after = height_at(line, i + 1, n);
			bool low = (isnan(before) || before > v) && (isnan(after) || after > v);
			bool high = (isnan(before) || before < v) && (isnan(after) || after < v);
			if (!end && n > 10 && !low && !high && (!c->ranks || c->n_lines > 1))
				continue;
			number_at(p, mem, line, i, c->ranks ? high && !low : low && !high, i == last && !line->name.len);
		}
}

struct name {
	const struct svg_line *line;
	double x, y, at; /* of the last point; where the words stand */
	str text;
};

/* From top to bottom, at least a line of text apart, inside the figure. */
static void spread(struct name *names, size_t n, double top, double bottom)
{
	for (size_t i = 1; i < n; i++)
		for (size_t j = i; j > 0 && names[j].y < names[j - 1].y; j--) {
			struct name t = names[j];
			names[j] = names[j - 1];
			names[j - 1] = t;
		}
	for (size_t i = 0; i < n; i++) {
		names[i].at = names[i].y < top ? top : names[i].y;
		if (i && names[i].at < names[i - 1].at + NAME_GAP)
			names[i].at = names[i - 1].at + NAME_GAP;
	}
	for (size_t i = n; i-- > 0;) {
		double most = i + 1 < n ? names[i + 1].at - NAME_GAP : bottom;
		if (names[i].at > most)
			names[i].at = most;
	}
}

static const char *name_class(const struct svg_line *line)
{
	static const char *const cls[LOOKS] = { "tx-n tx-b halo", "tx-n tx-2 halo", "tx-n tx-3 halo", "tx-n tx-4 halo" };
	return line->quiet ? "tx-n tx-s halo" : cls[look_of(line)];
}

/* Names stand at the right edge with the last number, instead of a legend. */
static void plot_names(struct plot *p, const struct name *names, size_t n)
{
	char x1[32], y1[32], x2[32], y2[32];
	for (size_t i = 0; i < n; i++) {
		const struct name *m = &names[i];
		double moved = m->at - m->y;
		if (moved > 3 || moved < -3 || m->x < p->right - 20)
			svg_path(p->b, "ld", "M%s %sL%s %s", num(m->x + 7, x1), num(m->y, y1), num(p->right + 2, x2), num(m->at, y2));
		svg_text(p->b, name_class(m->line), p->right + 5, m->at + 4, "start", m->text);
	}
}

/* The name of a line that ends before the last year stands at its end, where there is room: led to the edge it would look like a line. */
static bool name_inside(struct plot *p, const struct name *m)
{
	static const double shift[][2] = { { 9, 4 }, { 4, -9 }, { 4, 18 } };
	double width = text_width(m->text);
	if (m->x >= p->right - 20)
		return false;
	for (size_t i = 0; i < sizeof shift / sizeof *shift; i++) {
		double x = m->x + shift[i][0], y = m->y + shift[i][1];
		struct box b = { x, y - 9, x + width, y + 1 };
		if (room_for(p, m->line, &b) == IN_THE_WAY)
			continue;
		take(p, b);
		svg_text(p->b, name_class(m->line), x, y, "start", m->text);
		return true;
	}
	return false;
}

/* Writes those that stand inside; the others are for the edge. */
static size_t names_of(struct plot *p, arena *mem, struct name names[MOST_LINES])
{
	size_t n = 0;
	for (size_t l = 0; l < p->c->n_lines && n < MOST_LINES; l++) {
		const struct svg_line *line = &p->c->lines[l];
		for (size_t i = p->c->n_years; i-- > 0 && line->name.len;) {
			if (!line->p[i].there)
				continue;
			str v = value_text(mem, p->c, line->p[i].v);
			names[n] = (struct name){ line, px(p, i), py(p, line->p[i].v), 0, arena_printf(mem, "%.*s %.*s", STR_ARG(v), STR_ARG(line->name)) };
			n += !name_inside(p, &names[n]);
			break;
		}
	}
	return n;
}

static double names_width(const struct svg_chart *c, arena *mem)
{
	double most = 0;
	for (size_t l = 0; l < c->n_lines; l++) {
		double w = c->lines[l].name.len ? text_width(c->lines[l].name) + text_width(value_text(mem, c, c->ranks ? 63 : 88.88)) + 8 : 0;
		most = w > most ? w : most;
	}
	return most > NAME_ROOM ? NAME_ROOM : most;
}

void svg_lines(buf *b, const struct svg_chart *c)
{
	arena *mem = arena_new(0);
	struct name names[MOST_LINES];
	struct plot p = { .c = c, .b = b, .width = c->n_years > 14 ? 560 : 520, .foot = c->height > 0 ? c->height : HIGH };
	p.bottom = p.foot - FOOT;
	p.right = p.width - 12 - names_width(c, mem);
	plot_bounds(&p);
	svg_open(b, "ch--wide", p.width, p.foot, c->label);
	plot_axes(&p);
	plot_breaks(&p);
	for (size_t i = c->n_lines; i-- > 0;)
		plot_segments(&p, &c->lines[i]);
	for (size_t l = c->n_lines; l-- > 0;)
		for (size_t i = 0, last = c->n_years; i < c->n_years; i++) {
			if (i == 0)
				while (last > 0 && !c->lines[l].p[last - 1].there)
					last--;
			if (c->lines[l].p[i].there)
				point(&p, &c->lines[l], i, i + 1 == last);
		}
	size_t n = names_of(&p, mem, names);
	for (size_t l = 0; l < c->n_lines; l++)
		if (!c->lines[l].quiet && look_of(&c->lines[l]) == 0)
			plot_numbers(&p, mem, &c->lines[l]);
	spread(names, n, TOP, p.bottom);
	plot_names(&p, names, n);
	plot_years(&p);
	svg_close(b);
	arena_free(mem);
}
