#include "base/csv_decode.h"
#include <errno.h>

#define NO_ICONV ((iconv_t)-1)

/* Reads once into p. */
static long read_raw(csv_decoder *d, char *p, size_t n)
{
	if (d->eof)
		return 0;
	errno = 0;
	long got = d->read(d->ctx, p, n);
	if (got < 0 || (size_t)got > n) {
		d->error = errno;
		return -1;
	}
	d->eof = got == 0;
	return got;
}

static enum csv_encoding bom_of(const char *p, size_t n, size_t *len)
{
	*len = 2;
	if (n >= 2 && memcmp(p, "\xFF\xFE", 2) == 0)
		return CSV_UTF16LE;
	if (n >= 2 && memcmp(p, "\xFE\xFF", 2) == 0)
		return CSV_UTF16BE;
	*len = 3;
	if (n >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0)
		return CSV_UTF8;
	*len = 0;
	return CSV_DETECT;
}

enum err csv_decoder_start(csv_decoder *d, enum csv_encoding declared)
{
	d->cd = NO_ICONV;
	while (d->n_raw < 3 && !d->eof) {
		long got = read_raw(d, d->raw + d->n_raw, 3 - d->n_raw);
		if (got < 0)
			return ERR_IO;
		d->n_raw += (size_t)got;
	}
	d->bom = bom_of(d->raw, d->n_raw, &d->bom_len);
	d->encoding = declared != CSV_DETECT ? declared : d->bom != CSV_DETECT ? d->bom : CSV_UTF8;
	if (d->bom != CSV_DETECT && d->bom != d->encoding)
		return ERR_INPUT;
	d->n_raw -= d->bom_len;
	memmove(d->raw, d->raw + d->bom_len, d->n_raw);
	if (d->encoding == CSV_WINDOWS1258)
		d->cd = iconv_open("UTF-8", "CP1258");
	return d->encoding == CSV_WINDOWS1258 && d->cd == NO_ICONV ? ERR_INPUT : ERR_OK;
}

void csv_decoder_end(csv_decoder *d)
{
	if (d->cd != NO_ICONV)
		iconv_close(d->cd);
}

static char *put(char *to, uint32_t cp)
{
	if (cp < 0x80) {
		*to++ = (char)cp;
	} else if (cp < 0x800) {
		*to++ = (char)(0xC0 | cp >> 6);
		*to++ = (char)(0x80 | (cp & 0x3F));
	} else if (cp < 0x10000) {
		*to++ = (char)(0xE0 | cp >> 12);
		*to++ = (char)(0x80 | (cp >> 6 & 0x3F));
		*to++ = (char)(0x80 | (cp & 0x3F));
	} else {
		*to++ = (char)(0xF0 | cp >> 18);
		*to++ = (char)(0x80 | (cp >> 12 & 0x3F));
		*to++ = (char)(0x80 | (cp >> 6 & 0x3F));
		*to++ = (char)(0x80 | (cp & 0x3F));
	}
	return to;
}

static uint32_t unit(const csv_decoder *d, size_t at)
{
	const unsigned char *p = (const unsigned char *)d->raw + at;
	return d->encoding == CSV_UTF16LE ? p[0] | (uint32_t)p[1] << 8 : p[1] | (uint32_t)p[0] << 8;
}

/* What is left over (half a unit, a first surrogate) waits in raw for more; at the end it is not text. */
static size_t decode_utf16(csv_decoder *d, char *to)
{
	char *out = to;
	size_t at = 0;
	while (d->n_raw - at >= 2) {
		uint32_t u = unit(d, at);
		if (u < 0xD800 || u > 0xDFFF) {
			out = put(out, u);
			at += 2;
			continue;
		}
		if (u <= 0xDBFF && d->n_raw - at < 4)
			break;
		uint32_t v = u <= 0xDBFF ? unit(d, at + 2) : 0;
		if (v >= 0xDC00 && v <= 0xDFFF) {
			out = put(out, 0x10000 + ((u - 0xD800) << 10) + (v - 0xDC00));
			at += 4;
		} else {
			*out++ = CSV_NOT_TEXT;
			at += 2;
		}
	}
	d->n_raw -= at;
	memmove(d->raw, d->raw + at, d->n_raw);
	if (d->eof && d->n_raw) {
		*out++ = CSV_NOT_TEXT;
		d->n_raw = 0;
	}
	return (size_t)(out - to);
}

/* glibc keeps a vowel back until it knows that no tone follows: the reset at the end and before a bad byte lets it out. */
static size_t decode_1258(csv_decoder *d, char *to, size_t room)
{
	char *in = d->raw, *out = to;
	while (d->n_raw) {
		if (iconv(d->cd, &in, &d->n_raw, &out, &room) != (size_t)-1)
			break;
		iconv(d->cd, NULL, NULL, &out, &room);
		*out++ = CSV_NOT_TEXT;
		room--;
		in++;
		d->n_raw--;
	}
	if (d->eof)
		iconv(d->cd, NULL, NULL, &out, &room);
	return (size_t)(out - to);
}

static long decode_utf8(csv_decoder *d, char *to, size_t n)
{
	size_t begun = d->n_raw;
	if (!begun)
		return read_raw(d, to, n);
	memcpy(to, d->raw, begun);
	d->n_raw = 0;
	return (long)begun;
}

long csv_decode(csv_decoder *d, char *to, size_t n)
{
	if (d->encoding == CSV_UTF8)
		return decode_utf8(d, to, n);
	for (bool ended = false; !ended;) {
		ended = d->eof;
		long got = read_raw(d, d->raw + d->n_raw, CSV_RAW - d->n_raw);
		if (got < 0)
			return -1;
		d->n_raw += (size_t)got;
		size_t made = d->encoding == CSV_WINDOWS1258 ? decode_1258(d, to, n) : decode_utf16(d, to);
		if (made)
			return (long)made;
	}
	return 0;
}
