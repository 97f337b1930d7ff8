/* qr: a text as a QR code (ISO/IEC 18004), by libqrencode: its squares, and a drawing of them as inline SVG. The same text gives the same
 * bytes. At most 1,200 bytes of UTF-8 (the largest code at the highest level holds 1,273); faults qr.empty, qr.long.
 *
 * The drawing stands on white ground with its quiet zone, whatever the page's ground is, because readers want dark on light. One unit is one
 * square; the size on the page comes from the class "qr" around it. It is hidden from readers of the screen: the page has the label, and the
 * text itself for who cannot point a camera at it: <span class="qr" role="img" aria-label="…">{{{svg}}}</span>. */
#ifndef FORMAT_QR_H
#define FORMAT_QR_H
#include "base/cx.h"

enum { QR_MAX = 1200, QR_QUIET = 4 };
enum qr_level { QR_LOW, QR_MEDIUM, QR_QUARTILE, QR_HIGH }; /* how much may be damaged: 7, 15, 25, 30 % */

struct qr {
	int size;                  /* squares a side, without the quiet zone */
	const unsigned char *dark; /* size × size, row by row; 1: dark */
};

enum err qr_make(cx *c, str text, enum qr_level level, struct qr *out);
enum err qr_svg(cx *c, str text, enum qr_level level, str *out);

#endif
