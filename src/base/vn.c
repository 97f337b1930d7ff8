#include "base/vn.h"
#include <utf8proc.h>
#include "base/vec.h"

typedef VEC(char) text;
typedef VEC(utf8proc_int32_t) code_points;

/* Bytes of word that are NUL or beyond ASCII; exact as to whether there are any. */
static inline uint64_t not_plain(uint64_t word)
{
	return ((word - 0x0101010101010101u) | word) & 0x8080808080808080u;
}

/* The first byte from at on that is NUL or beyond ASCII; s.len if none. */
static size_t plain_until(str s, size_t at)
{
	for (uint64_t word; s.len - at >= sizeof word; at += sizeof word) {
		memcpy(&word, s.p + at, sizeof word);
		if (not_plain(word))
			break;
	}
	while (at < s.len && (signed char)s.p[at] > 0)
		at++;
	return at;
}

/* Length of the well-formed sequence at p (RFC 3629, section 4), which is not ASCII; 0: there is none. */
static size_t sequence_at(const unsigned char *p, size_t n)
{
	size_t need = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
	if (p[0] < 0xC2 || p[0] > 0xF4 || n < need)
		return 0;
	unsigned lo = p[0] == 0xE0 ? 0xA0 : p[0] == 0xF0 ? 0x90 : 0x80;
	unsigned hi = p[0] == 0xED ? 0x9F : p[0] == 0xF4 ? 0x8F : 0xBF;
	if (p[1] < lo || p[1] > hi)
		return 0;
	for (size_t i = 2; i < need; i++)
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	return need;
}

size_t vn_utf8_check(str s)
{
	size_t at = 0;
	while ((at = plain_until(s, at)) < s.len) {
		size_t n = s.p[at] ? sequence_at((const unsigned char *)s.p + at, s.len - at) : 0;
		if (!n)
			return at;
		at += n;
	}
	return s.len;
}

uint32_t vn_next(str s, size_t *at)
{
	const unsigned char *p = (const unsigned char *)s.p + *at;
	if (p[0] < 0x80) {
		*at += 1;
		return p[0];
	}
	if (p[0] < 0xE0) {
		*at += 2;
		return (p[0] & 0x1Fu) << 6 | (p[1] & 0x3Fu);
	}
	if (p[0] < 0xF0) {
		*at += 3;
		return (p[0] & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
	}
	*at += 4;
	return (p[0] & 0x07u) << 18 | (p[1] & 0x3Fu) << 12 | (p[2] & 0x3Fu) << 6 | (p[3] & 0x3Fu);
}

size_t vn_length(str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return n;
}

static size_t encode(uint32_t cp, char out[4])
{
	return (size_t)utf8proc_encode_char((utf8proc_int32_t)cp, (utf8proc_uint8_t *)out);
}

void vn_put(buf *b, uint32_t cp)
{
	char bytes[4];
	buf_add(b, (str){ bytes, encode(cp, bytes) });
}

static void put(arena *mem, text *t, uint32_t cp)
{
	char bytes[4];
	size_t n = encode(cp, bytes);
	for (size_t i = 0; i < n; i++)
		*VEC_PUSH(mem, t) = bytes[i];
}

static text text_for(arena *mem, size_t n) { return (text){ .p = arena_alloc(mem, n + 1), .cap = n + 1 }; }

enum { MOST_PARTS = 32 }; /* the longest decomposition has 18 (U+FDFA) */

static size_t parts_of(uint32_t cp, utf8proc_option_t how, utf8proc_int32_t part[MOST_PARTS])
{
	int boundary = 0;
	utf8proc_ssize_t n = utf8proc_decompose_char((utf8proc_int32_t)cp, part, MOST_PARTS, how, &boundary);
	return n < 0 ? 0 : n < MOST_PARTS ? (size_t)n : MOST_PARTS;
}

/* The canonical combining class, 0 to 254. */
static size_t mark_class(utf8proc_int32_t cp) { return (size_t)utf8proc_get_property(cp)->combining_class & 0xFF; }

/* Characters with NFC_Quick_Check = Yes and combining class 0: a text of only these is in NFC (UAX 15, section 9). All of Vietnamese
 * with its usual signs. */
static inline bool is_settled(uint32_t cp)
{
	return cp < 0x300 || (cp >= 0x1E00 && cp <= 0x1EFF) || (cp >= 0x2002 && cp <= 0x20CF);
}

/* Marks behind a letter in the order of their classes. Counting, since utf8proc_decompose takes quadratic time over long runs. */
static void order_marks(arena *mem, utf8proc_int32_t *p, size_t n)
{
	size_t start[257] = { 0 };
	bool ordered = true;
	for (size_t i = 0; i < n; i++) {
		start[mark_class(p[i]) + 1]++;
		ordered = ordered && (i == 0 || mark_class(p[i - 1]) <= mark_class(p[i]));
	}
	if (ordered)
		return;
	for (int i = 1; i < 257; i++)
		start[i] += start[i - 1];
	utf8proc_int32_t *was = arena_copy(mem, p, n * sizeof *p);
	for (size_t i = 0; i < n; i++)
		p[start[mark_class(was[i])]++] = was[i];
}

/* NFD. */
static code_points decompose(arena *mem, str s)
{
	code_points t = { .p = arena_array(mem, s.len + 1, sizeof *t.p), .cap = s.len };
	for (size_t at = 0; at < s.len;) {
		utf8proc_int32_t part[MOST_PARTS];
		size_t n = parts_of(vn_next(s, &at), UTF8PROC_DECOMPOSE, part);
		for (size_t i = 0; i < n; i++)
			*VEC_PUSH(mem, &t) = part[i];
	}
	for (size_t at = 0, end; at < t.n; at = end) {
		for (end = at + 1; end < t.n && mark_class(t.p[end]);)
			end++;
		size_t first = at + !mark_class(t.p[at]);
		if (end - first > 1)
			order_marks(mem, t.p + first, end - first);
	}
	return t;
}

/* utf8proc 2.8 loses U+11A7 behind a Hangul syllable. Nothing composes with it, so the text is cut before it. */
static size_t compose(code_points t)
{
	size_t n = 0;
	for (size_t at = 0, end; at < t.n; at = end) {
		for (end = at + 1; end < t.n && t.p[end] != 0x11A7;)
			end++;
		utf8proc_ssize_t made = utf8proc_normalize_utf32(t.p + at, (utf8proc_ssize_t)(end - at), UTF8PROC_STABLE | UTF8PROC_COMPOSE);
		memmove(t.p + n, t.p + at, (size_t)made * sizeof *t.p);
		n += (size_t)made;
	}
	return n;
}

str vn_nfc(arena *mem, str s)
{
	size_t at = 0;
	bool settled = true;
	while (settled && (at = plain_until(s, at)) < s.len)
		settled = is_settled(vn_next(s, &at));
	if (settled)
		return s;
	code_points t = decompose(mem, s);
	text out = text_for(mem, s.len);
	size_t n = compose(t);
	for (size_t i = 0; i < n; i++)
		put(mem, &out, (uint32_t)t.p[i]);
	return str_eq((str){ out.p, out.n }, s) ? s : (str){ out.p, out.n };
}

static bool is_letter(uint32_t cp)
{
	utf8proc_category_t k = utf8proc_category((utf8proc_int32_t)cp);
	return k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_LO;
}

static bool is_mark(uint32_t cp)
{
	utf8proc_category_t k = utf8proc_category((utf8proc_int32_t)cp);
	return k >= UTF8PROC_CATEGORY_MN && k <= UTF8PROC_CATEGORY_ME;
}

static bool is_number(uint32_t cp)
{
	utf8proc_category_t k = utf8proc_category((utf8proc_int32_t)cp);
	return k >= UTF8PROC_CATEGORY_ND && k <= UTF8PROC_CATEGORY_NO;
}

/* đ, and the letters that stand for it in old files: eth and African d. */
static bool is_d_stroke(uint32_t cp) { return cp == 0x111 || cp == 0xF0 || cp == 0x256; }

static void fold_put(arena *mem, text *t, uint32_t cp, bool *gap)
{
	if (cp >= 'A' && cp <= 'Z')
		cp += 'a' - 'A';
	bool word = cp < 0x80 ? (cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9') : is_letter(cp) || is_number(cp);
	if (!word) {
		*gap = true;
		return;
	}
	if (*gap && t->n)
		*VEC_PUSH(mem, t) = ' ';
	*gap = false;
	put(mem, t, is_d_stroke(cp) ? 'd' : cp);
}

str vn_fold(arena *mem, str s)
{
	const utf8proc_option_t how = UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD;
	text t = text_for(mem, s.len);
	bool gap = false;
	for (size_t at = 0; at < s.len;) {
		uint32_t cp = vn_next(s, &at);
		if (cp < 0x80) {
			fold_put(mem, &t, cp, &gap);
			continue;
		}
		utf8proc_int32_t part[MOST_PARTS];
		size_t n = parts_of(cp, how, part);
		for (size_t i = 0; i < n; i++)
			if (!is_mark((uint32_t)part[i]))
				fold_put(mem, &t, (uint32_t)part[i], &gap);
	}
	return (str){ t.p, t.n };
}

/* A vowel and itself with huyền, hỏi, ngã, sắc, nặng. */
static const uint32_t toned[][6] = {
	{ 'o', 0xF2, 0x1ECF, 0xF5, 0xF3, 0x1ECD }, { 'O', 0xD2, 0x1ECE, 0xD5, 0xD3, 0x1ECC },
	{ 'u', 0xF9, 0x1EE7, 0x169, 0xFA, 0x1EE5 }, { 'U', 0xD9, 0x1EE6, 0x168, 0xDA, 0x1EE4 },
	{ 'a', 0xE0, 0x1EA3, 0xE3, 0xE1, 0x1EA1 }, { 'A', 0xC0, 0x1EA2, 0xC3, 0xC1, 0x1EA0 },
	{ 'e', 0xE8, 0x1EBB, 0x1EBD, 0xE9, 0x1EB9 }, { 'E', 0xC8, 0x1EBA, 0x1EBC, 0xC9, 0x1EB8 },
	{ 'y', 0x1EF3, 0x1EF7, 0x1EF9, 0xFD, 0x1EF5 }, { 'Y', 0x1EF2, 0x1EF6, 0x1EF8, 0xDD, 0x1EF4 },
};
enum { N_TONED = sizeof toned / sizeof *toned };

/* Tone 1 to 5 of an a, e or y and its letter without it; 0: it has none or is another letter. */
static unsigned tone_of(uint32_t cp, uint32_t *plain)
{
	for (size_t i = 4; i < N_TONED && cp >= 0x80; i++)
		for (unsigned tone = 1; tone <= 5; tone++)
			if (toned[i][tone] == cp) {
				*plain = toned[i][0];
				return tone;
			}
	return 0;
}

static uint32_t with_tone(uint32_t plain, unsigned tone)
{
	for (size_t i = 0; i < N_TONED; i++)
		if (toned[i][0] == plain)
			return toned[i][tone];
	return plain;
}

static uint32_t small(uint32_t cp) { return cp >= 'A' && cp <= 'Z' ? cp + 32 : cp; }

/* Whether first + last are the end of oa, oe or uy; after q, u belongs to the onset. */
static bool is_open_pair(uint32_t before, uint32_t first, uint32_t last)
{
	last = small(last);
	if (small(first) == 'o')
		return last == 'a' || last == 'e';
	return small(first) == 'u' && last == 'y' && small(before) != 'q';
}

static bool word_goes_on(str s, size_t at)
{
	if (at == s.len)
		return false;
	uint32_t cp = vn_next(s, &at);
	return is_letter(cp) || is_mark(cp);
}

str vn_tone(arena *mem, str s)
{
	s = vn_nfc(mem, s);
	if (plain_until(s, 0) == s.len)
		return s;
	text t = text_for(mem, s.len);
	uint32_t before = 0, last = 0;
	for (size_t at = 0; at < s.len;) {
		uint32_t cp = vn_next(s, &at), plain = 0;
		unsigned tone = tone_of(cp, &plain);
		if (tone && is_open_pair(before, last, plain) && !word_goes_on(s, at)) {
			t.n--; /* last is an ASCII letter */
			put(mem, &t, with_tone(last, tone));
			put(mem, &t, plain);
		} else {
			put(mem, &t, cp);
		}
		before = last;
		last = cp;
	}
	return (str){ t.p, t.n };
}

static str map_case(arena *mem, str s, utf8proc_int32_t (*change)(utf8proc_int32_t))
{
	text t = text_for(mem, s.len);
	for (size_t at = 0; at < s.len;)
		put(mem, &t, (uint32_t)change((utf8proc_int32_t)vn_next(s, &at)));
	return (str){ t.p, t.n };
}

str vn_lower(arena *mem, str s) { return map_case(mem, s, utf8proc_tolower); }

str vn_upper(arena *mem, str s) { return map_case(mem, s, utf8proc_toupper); }
