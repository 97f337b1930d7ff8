#include <utf8proc.h>
#include "base/vec.h"
#include "base/vn.h"

/* The key, all of it in ASCII without NUL so that it fits a text column:
 *     word:   weights of its letters, WORD_END, its tone
 *     number: NUMBER, how many digits, the digits
 *     end:    KEY_END, then case and place of the tone, letter by letter */
enum {
	KEY_END = 1,
	WORD_END = 2,
	FIRST_TONE = 3, /* ngang, and five more */
	NUMBER = 0x0E,
	FIRST_LETTER = 0x10,
	OTHER_LETTER = 0x7E, /* behind z: the code point, four times six bits */
	SIX_BITS = 0x20,
	LONG_NUMBER = 0x7F, /* so many digits and more */
	NO_DIGITS = 1
};

typedef VEC(char) bytes;

typedef struct keyer {
	arena *mem;
	bytes key, tail;
	uint32_t letter; /* lower case, marks apart; 0: no letter yet */
	bool upper, mark_seen;
	uint32_t shape;          /* circumflex, breve or horn on it, or 0 */
	unsigned tone, word_tone; /* 0 to 5 */
	bool in_word;
} keyer;

static void add(keyer *k, unsigned byte) { *VEC_PUSH(k->mem, &k->key) = (char)byte; }

/* Place in a ă â b c d đ e ê f g h i j k l m n o ô ơ p q r s t u ư v w x y z. */
static unsigned weight_of(uint32_t letter, uint32_t shape)
{
	static const unsigned char plain[26] = { 0, 3, 4, 5, 7, 9, 10, 11, 12, 13, 14, 15, 16,
		17, 18, 21, 22, 23, 24, 25, 26, 28, 29, 30, 31, 32 };
	if (letter == 0x111)
		return FIRST_LETTER + 6;
	unsigned w = FIRST_LETTER + plain[letter - 'a'];
	if (letter == 'a')
		return w + (shape == 0x306 ? 1 : shape == 0x302 ? 2 : 0);
	if (letter == 'o')
		return w + (shape == 0x302 ? 1 : shape == 0x31B ? 2 : 0);
	return w + ((letter == 'e' && shape == 0x302) || (letter == 'u' && shape == 0x31B));
}

static void end_letter(keyer *k)
{
	if (!k->letter)
		return;
	if ((k->letter >= 'a' && k->letter <= 'z') || k->letter == 0x111) {
		add(k, weight_of(k->letter, k->shape));
	} else {
		add(k, OTHER_LETTER);
		for (int bits = 18; bits >= 0; bits -= 6)
			add(k, SIX_BITS + (k->letter >> bits & 0x3F));
	}
	if (!k->word_tone)
		k->word_tone = k->tone;
	*VEC_PUSH(k->mem, &k->tail) = (char)(1 + (k->upper ? 16 : 0) + (k->mark_seen ? 8 : 0) + (int)k->tone);
	k->letter = k->shape = 0;
	k->tone = 0;
	k->mark_seen = false;
}

static void end_word(keyer *k)
{
	end_letter(k);
	if (k->in_word) {
		add(k, WORD_END);
		add(k, FIRST_TONE + k->word_tone);
	}
	k->in_word = false;
	k->word_tone = 0;
}

static void add_mark(keyer *k, uint32_t mark)
{
	static const uint32_t tone[] = { 0, 0x300, 0x309, 0x303, 0x301, 0x323 };
	if (mark == 0x302 || mark == 0x306 || mark == 0x31B) {
		k->shape = mark;
		return;
	}
	for (unsigned i = 1; i <= 5; i++)
		if (tone[i] == mark) {
			k->tone = i;
			return;
		}
	k->mark_seen = true;
}

static void add_part(keyer *k, uint32_t cp)
{
	utf8proc_category_t kind = utf8proc_category((utf8proc_int32_t)cp);
	if (kind >= UTF8PROC_CATEGORY_MN && kind <= UTF8PROC_CATEGORY_ME) {
		if (k->letter)
			add_mark(k, cp);
		return;
	}
	end_letter(k);
	if (kind < UTF8PROC_CATEGORY_LU || kind > UTF8PROC_CATEGORY_NO) {
		end_word(k);
		return;
	}
	k->in_word = true;
	k->letter = (uint32_t)utf8proc_tolower((utf8proc_int32_t)cp);
	k->upper = k->letter != cp;
}

/* The digits at s.p[at]; returns where they end. */
static size_t add_number(keyer *k, str s, size_t at)
{
	end_word(k);
	size_t first = at, zeros = 0;
	while (at < s.len && s.p[at] == '0')
		at++;
	zeros = at - first;
	first = at;
	while (at < s.len && s.p[at] >= '0' && s.p[at] <= '9')
		at++;
	size_t n = at - first;
	add(k, NUMBER);
	for (; n >= LONG_NUMBER - NO_DIGITS; n -= LONG_NUMBER - NO_DIGITS)
		add(k, LONG_NUMBER);
	add(k, NO_DIGITS + (unsigned)n);
	for (; first < at; first++)
		add(k, (unsigned char)s.p[first]);
	*VEC_PUSH(k->mem, &k->tail) = (char)(1 + (zeros < 100 ? zeros : 100));
	return at;
}

str vn_sort_key(arena *mem, str s)
{
	keyer k = { .mem = mem };
	s = vn_nfc(mem, s); /* marks in one order */
	for (size_t at = 0; at < s.len;) {
		if (s.p[at] >= '0' && s.p[at] <= '9') {
			at = add_number(&k, s, at);
			continue;
		}
		uint32_t cp = vn_next(s, &at);
		utf8proc_int32_t part[8] = { (utf8proc_int32_t)cp };
		int class = 0;
		utf8proc_ssize_t n = 1;
		if (cp >= 0x80)
			n = utf8proc_decompose_char((utf8proc_int32_t)cp, part, 8, UTF8PROC_DECOMPOSE, &class);
		for (utf8proc_ssize_t i = 0; i < n && i < 8; i++)
			add_part(&k, (uint32_t)part[i]);
	}
	end_word(&k);
	add(&k, KEY_END);
	for (size_t i = 0; i < k.tail.n; i++)
		add(&k, (unsigned char)k.tail.p[i]);
	return (str){ k.key.p, k.key.n };
}
