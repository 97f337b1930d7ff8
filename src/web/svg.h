/* svg: small figures drawn by the server: rank scales, strips of scores, lines over the years. Colours and type come from the classes in
 * ui/css (svg.ch …), so that themes and prints reach them; no style attributes. Each figure has a label that says it in words; the table
 * with its numbers stands in the page. Coordinates are written with at most one decimal: the same input gives the same bytes. */
#ifndef WEB_SVG_H
#define WEB_SVG_H
#include "base/buf.h"
#include "base/po.h"

/* --- pieces --- */
/* <svg class="ch …"> with its viewBox; label empty: hidden from readers, because the text beside it says the same. */
void svg_open(buf *b, const char *cls, double width, double height, str label);
void svg_close(buf *b);
void svg_num(buf *b, double v);
void svg_path(buf *b, const char *cls, const char *fmt, ...) __attribute__((format(printf, 3, 4))); /* fmt: the path's d */
/* anchor: "start", "middle" or "end"; text is escaped. */
void svg_text(buf *b, const char *cls, double x, double y, const char *anchor, str text);
/* 1, 2 or 5 times a power of ten, so that span has at most `most` steps. */
double svg_step(double span, int most);

/* --- rank scale: 1 at the right; triangle: now, ring: the year before, flag: the target --- */
struct svg_rank {
	int n, rank, previous, target; /* 0: none */
	str label, target_label;
};
void svg_rank(buf *b, const struct svg_rank *r); /* of a tile, with its numbers */
/* The same in rows of a table: the numbers once in the head, the ticks once a page (svg_rank_ticks), the marks in each row. 1 at the left. */
void svg_rank_ticks(buf *b, int n);
void svg_rank_head(buf *b, int n);
void svg_rank_row(buf *b, int n, int rank, int previous, str label);

/* --- strip: one tick a unit along its score, the mean as a ring below --- */
struct svg_strip {
	const double *v;
	size_t n;
	double low, high; /* of the axis; both 0: by the values */
	bool has_mean;
	double mean;
	enum lang lang;
	str label, mean_label;
};
void svg_strip(buf *b, const struct svg_strip *s);

/* --- lines over the years --- */
enum { SVG_LOOKS = 4 };

struct svg_value {
	bool there, hollow; /* hollow: stands on incomplete figures */
	double v;
};

struct svg_line {
	str name; /* written at its end; empty: none */
	const struct svg_value *p; /* one a year */
	bool quiet; /* beside the main line: grey */
	int look;   /* 0: the main line, with its numbers; 1 to 3: others, each with a colour and a form of points of its own */
};

struct svg_break {
	int year; /* the first one of the new method */
	str text; /* short: it stands above the line */
};

struct svg_chart {
	int first_year;
	size_t n_years;
	const struct svg_line *lines;
	size_t n_lines;
	const struct svg_break *breaks;
	size_t n_breaks;
	bool ranks;  /* 1 stands at the top */
	int worst;   /* of ranks: the last one on the axis */
	int digits;
	int height;  /* of the figure; 0: as usual */
	enum lang lang;
	str label;
};
/* Names stand at the right edge with the last number, moved apart where lines end close to each other; numbers only where nothing is in
 * their way, the others are in the table. Between a year and the first one after a break, or over years without a figure, a line is dashed. */
void svg_lines(buf *b, const struct svg_chart *c);

#endif
