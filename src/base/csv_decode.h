/* csv_decode: bytes of a source to UTF-8, piece by piece. Only csv.c uses it. */
#ifndef BASE_CSV_DECODE_H
#define BASE_CSV_DECODE_H
#include <iconv.h>
#include "base/csv.h"

/* Stands in decoded text where the source has something that is not text; no UTF-8 text holds this byte. */
#define CSV_NOT_TEXT '\xFF'

enum { CSV_RAW = 16 << 10, CSV_DECODE_ROOM = 3 * CSV_RAW + 16 };

typedef struct csv_decoder {
	csv_source read;
	void *ctx;
	enum csv_encoding encoding, bom; /* bom: CSV_DETECT when there is none */
	bool eof;
	size_t bom_len;
	int error; /* errno after a failing read; 0: unknown */
	size_t n_raw; /* bytes read and not decoded yet */
	iconv_t cd;
	char raw[CSV_RAW];
} csv_decoder;

/* Reads the byte order mark. ERR_INPUT: it contradicts the declared encoding, or this cannot be decoded here; ERR_IO. */
enum err csv_decoder_start(csv_decoder *d, enum csv_encoding declared);
void csv_decoder_end(csv_decoder *d);
/* Decodes into to, which has room for n >= CSV_DECODE_ROOM bytes. 0: the end; -1: the source failed. */
long csv_decode(csv_decoder *d, char *to, size_t n);

#endif
