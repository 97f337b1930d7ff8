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

enum { TOP = 24, BOTTOM = 284, EDGE = 38, HIGH = 318 };

struct plot {
	const struct svg_chart *c;
	buf *b;
	double low, high, step, right, width;
};

static double px(const struct plot *p, size_t i)
{
	double from = EDGE + 20, span = p->right - 10 - from;
	return p->c->n_years < 2 ? from + span / 2 : from + (double)i * span / (double)(p->c->n_years - 1);
}

static double py(const struct plot *p, double v)
{
	double part = p->high > p->low ? (v - p->low) / (p->high - p->low) : .5;
	return p->c->ranks ? TOP + part * (BOTTOM - TOP) : BOTTOM - part * (BOTTOM - TOP);
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
	svg_path(p->b, "ax", "M%d %dV%d", EDGE, TOP, BOTTOM);
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
	char t[32];
	for (size_t i = 0; i < c->n_breaks; i++) {
		int at = c->breaks[i].year - c->first_year;
		if (at <= 0 || (size_t)at >= c->n_years)
			continue;
		double x = (px(p, (size_t)at - 1) + px(p, (size_t)at)) / 2;
		svg_path(p->b, "brk", "M%s %dV%d", num(x, t), TOP - 6, BOTTOM + 8);
		svg_text(p->b, "tx-s", x + 3, TOP - 9, "start", c->breaks[i].text);
	}
}

static void plot_years(struct plot *p)
{
	size_t every = p->c->n_years > 16 ? 2 : 1; /* the last year always has its number */
	for (size_t i = 0; i < p->c->n_years; i++)
		if ((p->c->n_years - 1 - i) % every == 0)
			number_text(p->b, "tx-n tx-s", px(p, i), HIGH - 8, "middle", p->c->first_year + (long)i);
}

static bool broken_between(const struct svg_chart *c, size_t from, size_t to)
{
	for (size_t i = 0; i < c->n_breaks; i++)
		if (c->breaks[i].year > c->first_year + (int)from && c->breaks[i].year <= c->first_year + (int)to)
			return true;
	return false;
}

static void plot_segments(struct plot *p, const struct svg_line *line)
{
	char x1[32], y1[32], x2[32], y2[32];
	for (size_t i = 0, last = SIZE_MAX; i < p->c->n_years; i++) {
		if (!line->p[i].there)
			continue;
		if (last != SIZE_MAX) {
			bool dashed = i > last + 1 || broken_between(p->c, last, i);
			svg_path(p->b, dashed ? "ln2" : line->quiet ? "ln ln--q" : "ln", "M%s %sL%s %s", num(px(p, last), x1), num(py(p, line->p[last].v), y1),
				num(px(p, i), x2), num(py(p, line->p[i].v), y2));
		}
		last = i;
	}
}

static double height_at(const struct svg_line *line, size_t i, size_t n)
{
	return i < n && line->p[i].there ? line->p[i].v : NAN;
}

/* Numbers stand above a point, below it where the line comes down from both sides; with many years only where the line turns, or at its ends. */
static void plot_points(struct plot *p, const struct svg_line *line)
{
	const struct svg_chart *c = p->c;
	size_t n = c->n_years, first = n, last = 0;
	for (size_t i = 0; i < n; i++)
		if (line->p[i].there) {
			first = i < first ? i : first;
			last = i;
		}
	for (size_t i = 0; i < n; i++) {
		if (!line->p[i].there)
			continue;
		double v = line->p[i].v, before = height_at(line, i - 1, n), after = height_at(line, i + 1, n);
		bool low = (isnan(before) || before > v) && (isnan(after) || after > v), high = (isnan(before) || before < v) && (isnan(after) || after < v);
		bool under = c->ranks ? high && !low : low && !high;
		const char *cls = line->quiet ? "pt pt--q" : line->p[i].hollow ? "pt pt--part" : i == last ? "pt pt-on" : "pt";
		circle(p->b, cls, px(p, i), py(p, v), i == last && !line->quiet ? 4.5 : 3.5);
		if (line->quiet ? i != last && i != first : n > 10 && !c->ranks && !low && !high && i != last && i != first)
			continue;
		buf t;
		buf_init(&t, 64);
		view_real(&t, v, c->digits, c->lang, VIEW_PLAIN);
		svg_text(p->b, i == last && !line->quiet ? "tx-n tx-b halo" : "tx-n halo", px(p, i), py(p, v) + (under || line->quiet ? 17 : -8), "middle",
			buf_str(&t));
		buf_free(&t);
	}
	if (line->name.len && first < n)
		svg_text(p->b, line->quiet ? "tx-s halo" : "tx-s tx-b halo", px(p, last) + 8,
			py(p, line->p[last].v) + (line->quiet ? 4 : 4), "start", line->name);
}

void svg_lines(buf *b, const struct svg_chart *c)
{
	size_t longest = 0;
	for (size_t i = 0; i < c->n_lines; i++)
		longest = c->lines[i].name.len > longest ? c->lines[i].name.len : longest;
	struct plot p = { .c = c, .b = b, .width = c->n_years > 14 ? 560 : 520 };
	p.right = p.width - 12 - (longest ? 72 : 0);
	plot_bounds(&p);
	svg_open(b, "ch--wide", p.width, HIGH, c->label);
	plot_axes(&p);
	plot_breaks(&p);
	for (size_t i = 0; i < c->n_lines; i++)
		plot_segments(&p, &c->lines[i]);
	for (size_t i = c->n_lines; i-- > 0;)
		plot_points(&p, &c->lines[i]);
	plot_years(&p);
	svg_close(b);
}
