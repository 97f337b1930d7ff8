/* pdf_page: A4 pages with text, boxes and QR codes as a PDF, drawn with cairo and set with Pango (decision 0067).
 *
 * Lengths are millimetres from the upper left corner of the page. Text is UTF-8 in the sans-serif face of the machine (Be Vietnam Pro where it is
 * installed, else DejaVu Sans, which is a package of ours): any Vietnamese text comes out as it should, embedded, and can be searched.
 * The bytes depend on the fonts of the machine; the day of making is given, not read. What fails is told once, by pdf_end (pdf.failed). */
#ifndef FORMAT_PDF_PAGE_H
#define FORMAT_PDF_PAGE_H
#include "base/cx.h"
#include "base/date.h"

#define PDF_WIDTH 210.0
#define PDF_HEIGHT 297.0

typedef struct pdf pdf;

struct pdf_text {
	double x, y, width; /* lines are broken at the width */
	double size;        /* points */
	bool bold, centred;
	double grey;        /* 0: black */
};

/* The first page is there. Must be ended, in any case, with pdf_end; a broken-off context ends it, too. */
pdf *pdf_new(cx *c, str title, day made);
void pdf_next(pdf *p); /* another page */
/* Draws the text and gives its height; measure: gives the height alone. */
double pdf_write(pdf *p, const struct pdf_text *at, str text);
double pdf_measure(pdf *p, const struct pdf_text *at, str text);
void pdf_box(pdf *p, double x, double y, double width, double height);
void pdf_line(pdf *p, double x1, double y1, double x2, double y2, bool dotted);
void pdf_code(pdf *p, double x, double y, double side, str text); /* as a QR code */
enum err pdf_end(pdf *p, str *bytes); /* in the arena */

#endif
