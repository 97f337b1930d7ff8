/* csv: reads delimited text (RFC 4180) as a stream, a record at a time, in bounded memory.
 *
 * Bytes come from a callback. The delimiter and the encoding are declared by the caller or detected from the first 64 KiB; what was
 * detected stands in csv_info, and whoever opened the file reports it. Cells are checked UTF-8 in NFC. White space is kept.
 * Quoted cells may hold delimiters, quotes ("") and line ends. CRLF, LF and CR end a record. Blank lines are skipped.
 *
 * Encoding: a byte order mark decides, else UTF-8; UTF-16 without a mark and windows-1258 must be declared. A mark that contradicts the
 * declaration ends the reading. Delimiter: of those that stand outside quotes equally often in each of the first 10 records, and at all,
 * the most frequent; a tie or none: comma. Excel's first line "sep=;" counts as a declaration in the file, weaker than the caller's.
 *
 * What cannot be read is a fault with line, column, value and reason: an unclosed quote, text behind a closing quote, a quote inside an
 * unquoted cell, bytes that are not text in the encoding, a NUL, a cell or record beyond its cap, too many columns. A faulty record is
 * skipped whole (only its physical line when its quoting is broken) and reading goes on; an unclosed quote, a cell beyond the cap, too
 * many records and a failing source end the reading. The faults are the same whatever the sizes of reads:
 *     io.open, io.read       {1} the system's reason
 *     csv.not_utf8           {1} offset in the file, from 0   {2} the byte, as "E0"
 *     csv.encoding           {1} encoding   {2} that of the byte order mark which contradicts it, or empty
 *     csv.nul                {1} offset in the file, from 0; empty unless UTF-8
 *     csv.quote_in_cell, csv.text_after_quote, csv.quote_unclosed (line: of the opening quote)
 *     csv.cell_too_long, csv.record_too_long, csv.too_many_columns, csv.too_many_records   {1} the cap */
#ifndef BASE_CSV_H
#define BASE_CSV_H
#include <stdio.h>
#include "base/buf.h"
#include "base/cx.h"

enum csv_encoding { CSV_DETECT, CSV_UTF8, CSV_UTF16LE, CSV_UTF16BE, CSV_WINDOWS1258 };

typedef struct csv_options {
	char delimiter; /* 0: detect among , ; TAB | */
	enum csv_encoding encoding;
	size_t max_cell;   /* bytes of UTF-8; 0: 64 KiB */
	size_t max_record; /* the same with its quotes and delimiters; 0: 1 MiB */
	int max_columns;   /* 0: 256 */
	int64_t max_records; /* 0: 20,000,000 */
} csv_options;

typedef struct csv_info {
	char delimiter;
	enum csv_encoding encoding;
	bool bom;
	bool delimiter_detected, encoding_detected; /* false: declared */
} csv_info;

typedef struct csv_record {
	int64_t line; /* physical line on which the record begins, from 1 */
	int n;
	const str *cell;       /* valid until the next csv_read */
	const int64_t *cell_line; /* physical line on which each cell begins */
} csv_record;

typedef struct csv csv;

/* read: as fread into p, at most n bytes; 0 at the end, -1 on failure. name is used in faults and copied. */
typedef long (*csv_source)(void *ctx, char *p, size_t n);

csv *csv_open(cx *c, str name, csv_source read, void *ctx, const csv_options *opt); /* opt may be NULL; never NULL */
csv *csv_open_file(cx *c, const char *path, const csv_options *opt);                 /* NULL: fault io.open, "-" is standard input */
csv *csv_open_mem(cx *c, str name, str bytes, const csv_options *opt);
void csv_close(csv *f);
const csv_info *csv_input(csv *f); /* known after opening */
const char *csv_encoding_name(enum csv_encoding e);

/* Reads the next good record. true: *rec is set. false: the end, or reading cannot go on (then csv_broken). */
bool csv_read(csv *f, csv_record *rec);
bool csv_broken(const csv *f);
int64_t csv_rejected(const csv *f); /* records skipped with a fault so far */

/* Writing: a cell with what quoting it needs: with a comma, semicolon, TAB, bar, quote, CR or LF in it, or a space at an end. The data stay
 * exact: a text that a spreadsheet would take for a formula is not changed. An empty cell is nothing, so a record of only that needs
 * its "" from the caller, or it is a blank line. */
void csv_cell(buf *b, str s);

#endif
