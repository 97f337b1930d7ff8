#include "base/csv.h"
#include <endian.h>
#include <errno.h>
#include <limits.h>
#include "base/csv_in.h"
#include "base/vn.h"

enum {
	PIECE = 64 << 10, /* what is decoded at once */
	SLACK = 16,       /* line feeds behind the window, so that scanning needs no bound */
	SCRATCH_KEPT = 256 << 10,
	SHOWN = 84 /* bytes of a value in a fault, somewhat more than cx keeps */
};
_Static_assert((int)PIECE >= (int)CSV_DECODE_ROOM, "a decoded piece fits");

/* ---- faults ---- */

/* The beginning of s fit for a message: what is not text or not printable becomes U+FFFD. */
static str printable(str s, char out[SHOWN + 4])
{
	size_t n = 0;
	for (size_t at = 0, next; at < s.len && n < SHOWN; at = next) {
		uint32_t cp = 0;
		next = at;
		if (vn_utf8_check((str){ s.p + at, s.len - at < 4 ? s.len - at : 4 }) > 0)
			cp = vn_next(s, &next);
		else
			next++;
		bool shown = cp >= 0x20 && cp != 0x7F && (cp < 0x80 || cp >= 0xA0);
		size_t len = shown ? next - at : 3;
		memcpy(out + n, shown ? s.p + at : "\xEF\xBF\xBD", len);
		n += len;
	}
	return (str){ out, n };
}

static fault *fail(csv *f, const char *key, int64_t line, str value)
{
	char shown[SHOWN + 4];
	place at = { .file = f->name, .line = line, .column = f->column < INT_MAX ? (int)f->column : INT_MAX };
	f->rejected += !f->bad;
	f->bad = true;
	return cx_fault(f->c, FAULT_ERROR, key, at, printable(value, shown));
}

static void fail_cap(csv *f, const char *key, str value, int64_t cap)
{
	fault *made = fail(f, key, f->cell_line, value);
	if (made) /* beyond max_faults nothing may grow */
		fault_arg(f->c, made, 1, arena_printf(f->c->mem, "%lld", (long long)cap));
}

void csv_fail_source(csv *f)
{
	char text[128];
	place at = { .file = f->name, .line = f->line };
	fault *made = cx_fault(f->c, FAULT_ERROR, "io.read", at, (str){ 0 });
	if (f->in.error)
		fault_arg(f->c, made, 1, str_of(strerror_r(f->in.error, text, sizeof text)));
	f->broken = true;
}

/* ---- the window ---- */

static str window_part(const csv *f, size_t from, size_t to) { return (str){ f->window.p + from, to - from }; }

static void drop_before(csv *f, size_t keep)
{
	buf *w = &f->window;
	if (keep == 0)
		return;
	memmove(w->p, w->p + keep, w->len - keep);
	w->len -= keep;
	f->base += keep;
	f->pos -= keep;
	f->cell -= keep;
	f->record = f->record > keep ? f->record - keep : 0;
}

bool csv_fill(csv *f)
{
	if (f->ended || f->failed)
		return false;
	drop_before(f, f->bad ? f->cell : f->record);
	char *to = buf_room(&f->window, PIECE + SLACK);
	if (!to)
		f->in.error = ENOMEM;
	long n = to ? csv_decode(&f->in, to, PIECE) : -1;
	f->ended = n == 0;
	f->failed = n < 0;
	f->window.len += n > 0 ? (size_t)n : 0;
	if (to)
		memset(f->window.p + f->window.len, '\n', SLACK);
	return n > 0;
}

static bool more(csv *f)
{
	if (csv_fill(f))
		return true;
	if (f->failed && !f->broken)
		csv_fail_source(f);
	return false;
}

#define EACH_BYTE(c) (0x0101010101010101u * (unsigned char)(c))

static inline uint64_t zero_bytes(uint64_t x) { return (x - EACH_BYTE(1)) & ~x & EACH_BYTE(0x80); }

/* Offset of the first mark, quote, CR or LF from at on; the window's length, where the slack begins, if none. The lowest bit that
 * zero_bytes sets is exact. */
static inline size_t scan(const char *p, size_t at, char mark)
{
	for (;; at += 8) {
		uint64_t x;
		memcpy(&x, p + at, sizeof x);
		x = le64toh(x);
		uint64_t hit = zero_bytes(x ^ EACH_BYTE(mark)) | zero_bytes(x ^ EACH_BYTE('"')) |
			zero_bytes(x ^ EACH_BYTE('\n')) | zero_bytes(x ^ EACH_BYTE('\r'));
		if (hit)
			return at + (size_t)__builtin_ctzll(hit) / 8;
	}
}

/* ---- cells ---- */

/* How a cell ended. LINE_SKIP: its quoting is broken, so only the next physical line can be trusted. */
enum after { NEXT_CELL, RECORD_END, LINE_SKIP, STOP };

/* Which cap was crossed is told from where it was crossed, so that the faults do not depend on the sizes of reads. */
static bool over_caps(csv *f, size_t upto)
{
	size_t cell_limit = f->cell + f->max_cell + f->doubled, record_limit = f->record + f->max_record;
	if (!f->bad && upto > record_limit && (upto <= cell_limit || record_limit < cell_limit))
		fail_cap(f, "csv.record_too_long", window_part(f, f->cell, record_limit > f->cell ? record_limit : f->cell),
			(int64_t)f->max_record);
	if (upto <= cell_limit)
		return false;
	fail_cap(f, "csv.cell_too_long", window_part(f, f->cell, f->cell + f->max_cell), (int64_t)f->max_cell);
	f->broken = true;
	return true;
}

static inline bool cell_over(csv *f, size_t upto)
{
	if (upto - f->cell <= f->max_cell && (f->bad || upto - f->record <= f->max_record))
		return false;
	return over_caps(f, upto);
}

static inline void keep_cell(csv *f, size_t end)
{
	if (f->bad)
		return;
	*VEC_PUSH(f->own, &f->spans) = (span){ f->cell - f->record, end - f->cell, f->doubled };
	*VEC_PUSH(f->own, &f->lines) = f->cell_line;
}

void csv_end_line(csv *f)
{
	f->line++;
	if (f->window.p[f->pos++] == '\n')
		return;
	if (f->pos == f->window.len && !more(f))
		return;
	f->pos += f->window.p[f->pos] == '\n';
}

/* Past what ends a cell at pos: delimiter, line end or the end of everything. */
static inline enum after end_cell(csv *f)
{
	if (f->pos == f->window.len)
		return RECORD_END;
	if (f->window.p[f->pos] == f->info.delimiter) {
		f->pos++;
		return NEXT_CELL;
	}
	csv_end_line(f);
	return RECORD_END;
}

static enum after quote_in_cell(csv *f, size_t at)
{
	if (f->bad)
		return LINE_SKIP;
	fault *made = fail(f, "csv.quote_in_cell", f->cell_line, window_part(f, f->cell, at + 1));
	if (made)
		made->at.offset = (int64_t)vn_length(window_part(f, f->cell, at)) + 1;
	return LINE_SKIP;
}

static enum after unquoted(csv *f)
{
	for (;;) {
		f->pos = scan(f->window.p, f->pos, f->info.delimiter);
		if (cell_over(f, f->pos))
			return STOP;
		if (f->pos < f->window.len || !more(f))
			break;
	}
	if (f->broken)
		return STOP;
	if (f->pos < f->window.len && f->window.p[f->pos] == '"')
		return quote_in_cell(f, f->pos);
	keep_cell(f, f->pos);
	return end_cell(f);
}

static enum after text_after_quote(csv *f)
{
	if (!f->bad) {
		bool ascii = (unsigned char)f->window.p[f->pos] < 0x80; /* the rest of a longer character may not be here yet */
		fail(f, "csv.text_after_quote", f->line, window_part(f, f->cell - 1, f->pos + ascii));
	}
	return LINE_SKIP;
}

/* pos is behind the closing quote. */
static enum after after_quote(csv *f)
{
	keep_cell(f, f->pos - 1);
	char c = f->pos < f->window.len ? f->window.p[f->pos] : '\n';
	if (c != f->info.delimiter && c != '\n' && c != '\r')
		return text_after_quote(f);
	return end_cell(f);
}

static enum after quote_unclosed(csv *f)
{
	if (!f->broken)
		fail(f, "csv.quote_unclosed", f->cell_line, window_part(f, f->cell, f->window.len));
	f->broken = true;
	return STOP;
}

/* pos is behind the opening quote. */
static enum after quoted(csv *f)
{
	f->cell = f->pos;
	for (;;) {
		f->pos = scan(f->window.p, f->pos, '"');
		if (cell_over(f, f->pos))
			return STOP;
		if (f->pos == f->window.len) {
			if (!more(f))
				return quote_unclosed(f);
			continue;
		}
		char c = f->window.p[f->pos++];
		if (c != '"') {
			bool counted = c == '\n' && f->pos - 1 > f->cell && f->window.p[f->pos - 2] == '\r';
			f->line += !counted;
			continue;
		}
		if (f->pos == f->window.len && !more(f) && f->broken)
			return STOP;
		if (f->pos == f->window.len || f->window.p[f->pos] != '"')
			return after_quote(f);
		f->doubled++;
		f->pos++;
	}
}

static enum after read_cell(csv *f)
{
	f->cell = f->pos;
	f->cell_line = f->line;
	f->doubled = 0;
	if (++f->column > f->max_columns && !f->bad)
		fail_cap(f, "csv.too_many_columns", (str){ 0 }, f->max_columns);
	if (f->pos == f->window.len)
		more(f);
	if (f->window.p[f->pos] != '"')
		return unquoted(f);
	f->pos++;
	return quoted(f);
}

/* ---- records ---- */

static void skip_line(csv *f)
{
	for (;; f->pos++) {
		f->pos = scan(f->window.p, f->pos, '\n');
		while (f->pos == f->window.len) {
			f->cell = f->pos;
			if (!more(f))
				return;
			f->pos = scan(f->window.p, f->pos, '\n');
		}
		if (f->window.p[f->pos] != '"')
			break;
	}
	f->cell = f->pos;
	csv_end_line(f);
}

/* To the first byte of the next record, past blank lines. */
static bool begin_record(csv *f)
{
	f->bad = false;
	f->column = 0;
	f->spans.n = f->lines.n = f->cells.n = 0;
	for (;;) {
		f->record = f->cell = f->pos;
		if (f->pos == f->window.len && !more(f))
			return false;
		char c = f->window.p[f->pos];
		if (c != '\n' && c != '\r')
			break;
		csv_end_line(f);
	}
	f->cell_line = f->line;
	if (++f->n_records <= f->max_records)
		return true;
	fail_cap(f, "csv.too_many_records", (str){ 0 }, f->max_records);
	f->broken = true;
	return false;
}

static size_t count_of(str s, char c)
{
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++)
		n += s.p[i] == c;
	return n;
}

static int64_t line_ends(str s)
{
	size_t n = count_of(s, '\n') + count_of(s, '\r');
	for (size_t i = 1; i < s.len; i++)
		n -= s.p[i] == '\n' && s.p[i - 1] == '\r';
	return (int64_t)n;
}

/* at: where in the record something stands that is not text. */
static void not_text(csv *f, size_t at)
{
	size_t i = f->spans.n - 1;
	while (f->spans.p[i].at > at)
		i--;
	const char *p = f->window.p + f->record;
	str cell = { p + f->spans.p[i].at, f->spans.p[i].len }, before = { cell.p, at - f->spans.p[i].at };
	bool decoded = f->info.encoding != CSV_UTF8;
	const char *key = p[at] == 0 ? "csv.nul" : decoded ? "csv.encoding" : "csv.not_utf8";
	f->column = (int64_t)i + 1;
	fault *made = fail(f, key, f->lines.p[i] + line_ends(before), cell);
	if (!made)
		return;
	made->at.offset = (int64_t)(vn_length(before) - count_of(before, '"') / 2) + 1;
	uint64_t offset = f->in.bom_len + f->base + f->record + at; /* in the file, if it is UTF-8 */
	arena *mem = f->c->mem;
	if (!decoded)
		fault_arg(f->c, made, 1, arena_printf(mem, "%llu", (unsigned long long)offset));
	else if (p[at])
		fault_arg(f->c, made, 1, str_of(csv_encoding_name(f->info.encoding)));
	if (!decoded && p[at])
		fault_arg(f->c, made, 2, arena_printf(mem, "%02X", (unsigned)(unsigned char)p[at]));
}

static size_t undouble(char *p, size_t n)
{
	size_t to = 0;
	for (size_t at = 0; at < n; at++) {
		p[to++] = p[at];
		at += p[at] == '"';
	}
	return to;
}

static bool is_ascii(str s)
{
	uint64_t seen = 0, x;
	size_t at = 0;
	for (; s.len - at >= sizeof x; at += sizeof x) {
		memcpy(&x, s.p + at, sizeof x);
		seen |= x;
	}
	for (; at < s.len; at++)
		seen |= (unsigned char)s.p[at];
	return (seen & EACH_BYTE(0x80)) == 0;
}

/* Turns the spans of the record into cells. False: something in it is not text. */
static bool finish(csv *f, csv_record *rec, int64_t line)
{
	const span *last = &f->spans.p[f->spans.n - 1];
	char *p = f->window.p + f->record;
	str all = { p, last->at + last->len };
	size_t text = vn_utf8_check(all);
	if (text < all.len) {
		not_text(f, text);
		return false;
	}
	bool plain = is_ascii(all);
	for (size_t i = 0; i < f->spans.n; i++) {
		span s = f->spans.p[i];
		str cell = { p + s.at, s.doubled ? undouble(p + s.at, s.len) : s.len };
		*VEC_PUSH(f->own, &f->cells) = plain ? cell : vn_nfc(f->scratch, cell);
	}
	*rec = (csv_record){ .line = line, .n = (int)f->cells.n, .cell = f->cells.p, .cell_line = f->lines.p };
	return true;
}

bool csv_read(csv *f, csv_record *rec)
{
	if (arena_used(f->scratch) > SCRATCH_KEPT) {
		arena_free(f->scratch);
		f->scratch = arena_new(0);
	}
	while (!f->broken && begin_record(f)) {
		int64_t line = f->line;
		enum after how;
		do
			how = read_cell(f);
		while (how == NEXT_CELL);
		if (how == STOP)
			return false;
		if (how == LINE_SKIP)
			skip_line(f);
		if (!f->bad && finish(f, rec, line))
			return true;
	}
	return false;
}

bool csv_broken(const csv *f) { return f->broken; }

int64_t csv_rejected(const csv *f) { return f->rejected; }

/* ---- writing ---- */

static bool needs_quotes(str s)
{
	if (!s.len)
		return false;
	if (s.p[0] == ' ' || s.p[s.len - 1] == ' ')
		return true;
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] && strchr(",;\t|\"\r\n", s.p[i]))
			return true;
	return false;
}

void csv_cell(buf *b, str s)
{
	if (!needs_quotes(s)) {
		buf_add(b, s);
		return;
	}
	buf_char(b, '"');
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"')
			buf_char(b, '"');
		buf_char(b, s.p[i]);
	}
	buf_char(b, '"');
}
