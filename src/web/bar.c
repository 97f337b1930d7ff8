#include "web/bar.h"

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
