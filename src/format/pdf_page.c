#include "format/pdf_page.h"
#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include "base/buf.h"
#include "format/qr.h"

#define POINTS (72 / 25.4) /* of a millimetre */

enum { MAX_BYTES = 64 << 20 };

struct pdf {
	cx *c;
	struct cx_hold hold;
	buf out;
	cairo_surface_t *surface;
	cairo_t *draw;
	PangoFontMap *fonts; /* its own: nothing is shared between threads, nothing is left behind */
	PangoContext *context;
	PangoLayout *layout;
	enum err e;
};

static cairo_status_t take(void *to, const unsigned char *bytes, unsigned n)
{
	struct pdf *p = to;
	buf_add(&p->out, (str){ (const char *)bytes, n });
	return buf_full(&p->out) ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static void drop(void *what)
{
	struct pdf *p = what;
	g_object_unref(p->layout);
	g_object_unref(p->context);
	g_object_unref(p->fonts);
	cairo_destroy(p->draw);
	cairo_surface_finish(p->surface);
	cairo_surface_destroy(p->surface);
	buf_free(&p->out);
}

pdf *pdf_new(cx *c, str title, day made)
{
	char text[DATE_TEXT];
	struct pdf *p = NEW(c->mem, struct pdf);
	*p = (struct pdf){ .c = c };
	buf_init(&p->out, MAX_BYTES);
	p->surface = cairo_pdf_surface_create_for_stream(take, p, PDF_WIDTH * POINTS, PDF_HEIGHT * POINTS);
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_TITLE, arena_cstr(c->mem, title));
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATE_DATE, arena_cstr(c->mem, date_text(made, text)));
	p->draw = cairo_create(p->surface);
	p->fonts = pango_cairo_font_map_new();
	p->context = pango_font_map_create_context(p->fonts);
	pango_cairo_context_set_resolution(p->context, 72);
	p->layout = pango_layout_new(p->context);
	cairo_set_line_width(p->draw, 0.25 * POINTS);
	cx_hold(c, &p->hold, drop, p);
	return p;
}

void pdf_next(pdf *p)
{
	cairo_show_page(p->draw);
}

static double lay(pdf *p, const struct pdf_text *at, str text)
{
	int height;
	PangoFontDescription *d = pango_font_description_from_string("Be Vietnam Pro, DejaVu Sans, Sans");
	pango_font_description_set_absolute_size(d, at->size * PANGO_SCALE);
	pango_font_description_set_weight(d, at->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_layout_set_font_description(p->layout, d);
	pango_font_description_free(d);
	pango_layout_set_width(p->layout, (int)(at->width * POINTS * PANGO_SCALE));
	pango_layout_set_wrap(p->layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_alignment(p->layout, at->centred ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT);
	pango_layout_set_text(p->layout, text.p ? text.p : "", (int)text.len);
	pango_layout_get_size(p->layout, NULL, &height);
	return height / (double)PANGO_SCALE / POINTS;
}

double pdf_measure(pdf *p, const struct pdf_text *at, str text)
{
	return lay(p, at, text);
}

double pdf_write(pdf *p, const struct pdf_text *at, str text)
{
	double height = lay(p, at, text);
	cairo_set_source_rgb(p->draw, at->grey, at->grey, at->grey);
	cairo_move_to(p->draw, at->x * POINTS, at->y * POINTS);
	pango_cairo_show_layout(p->draw, p->layout);
	return height;
}

static void stroke(pdf *p)
{
	cairo_set_source_rgb(p->draw, 0, 0, 0);
	cairo_stroke(p->draw);
}

void pdf_box(pdf *p, double x, double y, double width, double height)
{
	cairo_rectangle(p->draw, x * POINTS, y * POINTS, width * POINTS, height * POINTS);
	stroke(p);
}

void pdf_line(pdf *p, double x1, double y1, double x2, double y2, bool dotted)
{
	const double dots[] = { 0.6, 1.8 };
	cairo_set_dash(p->draw, dots, dotted ? 2 : 0, 0);
	cairo_move_to(p->draw, x1 * POINTS, y1 * POINTS);
	cairo_line_to(p->draw, x2 * POINTS, y2 * POINTS);
	stroke(p);
	cairo_set_dash(p->draw, dots, 0, 0);
}

void pdf_code(pdf *p, double x, double y, double side, str text)
{
	struct qr q;
	enum err e = qr_make(p->c, text, QR_MEDIUM, &q);
	if (e) {
		p->e = e;
		return;
	}
	double unit = side / q.size * POINTS;
	cairo_set_source_rgb(p->draw, 0, 0, 0);
	for (int r = 0; r < q.size; r++)
		for (int k = 0; k < q.size; k++)
			if (q.dark[r * q.size + k])
				cairo_rectangle(p->draw, x * POINTS + k * unit, y * POINTS + r * unit, unit, unit);
	cairo_fill(p->draw);
}

enum err pdf_end(pdf *p, str *bytes)
{
	cairo_show_page(p->draw);
	cairo_status_t drawn = cairo_status(p->draw);
	cairo_surface_finish(p->surface);
	bool good = drawn == CAIRO_STATUS_SUCCESS && cairo_surface_status(p->surface) == CAIRO_STATUS_SUCCESS && !buf_full(&p->out);
	enum err e = p->e ? p->e : good ? ERR_OK : cx_fail(p->c, buf_full(&p->out) ? ERR_LIMIT : ERR_IO, "pdf.failed", (place){ 0 }, (str){ 0 });
	if (!e)
		*bytes = arena_str(p->c->mem, buf_str(&p->out));
	cx_unhold(&p->hold);
	drop(p);
	return e;
}
