#include "format/qr.h"
#include <qrencode.h>
#include "base/buf.h"

static QRcode *encode(const char *text, enum qr_level level)
{
	static const QRecLevel levels[] = { QR_ECLEVEL_L, QR_ECLEVEL_M, QR_ECLEVEL_Q, QR_ECLEVEL_H };
	return QRcode_encodeString(text, 0, levels[level], QR_MODE_8, 1);
}

enum err qr_make(cx *c, str text, enum qr_level level, struct qr *out)
{
	if (!text.len || memchr(text.p, '\0', text.len))
		return cx_fail(c, ERR_INPUT, "qr.empty", (place){ 0 }, (str){ 0 });
	QRcode *q = text.len <= QR_MAX ? encode(arena_cstr(c->mem, text), level) : NULL;
	if (!q) {
		fault *f = cx_fault(c, FAULT_ERROR, "qr.long", (place){ 0 }, text);
		fault_arg(c, f, 1, arena_printf(c->mem, "%d", QR_MAX));
		return ERR_LIMIT;
	}
	size_t n = (size_t)q->width * (size_t)q->width;
	unsigned char *dark = arena_alloc(c->mem, n);
	for (size_t i = 0; i < n; i++)
		dark[i] = q->data[i] & 1; /* the other bits say what a square is for */
	*out = (struct qr){ q->width, dark };
	QRcode_free(q);
	return ERR_OK;
}

/* A run of dark squares in a row is one rectangle. */
static void draw(buf *b, const struct qr *q)
{
	for (int y = 0; y < q->size; y++) {
		const unsigned char *row = q->dark + y * q->size;
		for (int x = 0, from; x < q->size; x++) {
			if (!row[x])
				continue;
			for (from = x; x + 1 < q->size && row[x + 1]; x++)
				;
			buf_printf(b, "M%d %dh%dv1h-%dz", from + QR_QUIET, y + QR_QUIET, x + 1 - from, x + 1 - from);
		}
	}
}

enum err qr_svg(cx *c, str text, enum qr_level level, str *out)
{
	struct qr q;
	enum err e = qr_make(c, text, level, &q);
	if (e)
		return e;
	buf b;
	buf_init(&b, 0);
	int side = q.size + 2 * QR_QUIET;
	buf_printf(&b,
		"<svg viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\" aria-hidden=\"true\">"
		"<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path fill=\"#000\" d=\"",
		side, side, side, side);
	draw(&b, &q);
	buf_addz(&b, "\"/></svg>");
	*out = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return ERR_OK;
}
