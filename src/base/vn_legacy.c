#include "base/vn_legacy.h"
#include <strings.h>
#include "base/vn.h"

/* ---- tables ---- */

/* TCVN 5712:1993, VN3: code A1 to FE to the letter; empty: none. */
static const char *const tcvn3[0xFF - 0xA1] = { "Ă", "Â", "Ê", "Ô", "Ơ", "Ư", "Đ", "ă", "â", "ê", "ô", "ơ", "ư", "đ", "", "", "", "", "", "", "à", "ả",
	"ã", "á", "ạ", "", "ằ", "ẳ", "ẵ", "ắ", "", "", "", "", "", "", "", "ặ", "ầ", "ẩ", "ẫ", "ấ", "ậ", "è", "", "ẻ", "ẽ", "é", "ẹ", "ề", "ể", "ễ", "ế",
	"ệ", "ì", "ỉ", "", "", "", "ĩ", "í", "ị", "ò", "", "ỏ", "õ", "ó", "ọ", "ồ", "ổ", "ỗ", "ố", "ộ", "ờ", "ở", "ỡ", "ớ", "ợ", "ù", "", "ủ", "ũ",
	"ú", "ụ", "ừ", "ử", "ữ", "ứ", "ự", "ỳ", "ỷ", "ỹ", "ý", "ỵ" };

/* VNI: letter and mark, or one sign; small letters, capitals are alike. */
static const char *const vni[][2] = { { "aù", "á" }, { "aø", "à" }, { "aû", "ả" }, { "aõ", "ã" }, { "aï", "ạ" }, { "aâ", "â" }, { "aá", "ấ" },
	{ "aà", "ầ" }, { "aå", "ẩ" }, { "aã", "ẫ" }, { "aä", "ậ" }, { "aê", "ă" }, { "aé", "ắ" }, { "aè", "ằ" }, { "aú", "ẳ" }, { "aü", "ẵ" }, { "aë", "ặ" },
	{ "eù", "é" }, { "eø", "è" }, { "eû", "ẻ" }, { "eõ", "ẽ" }, { "eï", "ẹ" }, { "eâ", "ê" }, { "eá", "ế" }, { "eà", "ề" }, { "eå", "ể" }, { "eã", "ễ" },
	{ "eä", "ệ" }, { "où", "ó" }, { "oø", "ò" }, { "oû", "ỏ" }, { "oõ", "õ" }, { "oï", "ọ" }, { "oâ", "ô" }, { "oá", "ố" }, { "oà", "ồ" }, { "oå", "ổ" },
	{ "oã", "ỗ" }, { "oä", "ộ" }, { "ôù", "ớ" }, { "ôø", "ờ" }, { "ôû", "ở" }, { "ôõ", "ỡ" }, { "ôï", "ợ" }, { "uù", "ú" }, { "uø", "ù" }, { "uû", "ủ" },
	{ "uõ", "ũ" }, { "uï", "ụ" }, { "öù", "ứ" }, { "öø", "ừ" }, { "öû", "ử" }, { "öõ", "ữ" }, { "öï", "ự" }, { "yù", "ý" }, { "yø", "ỳ" }, { "yû", "ỷ" },
	{ "yõ", "ỹ" }, { "ô", "ơ" }, { "ö", "ư" }, { "î", "ỵ" }, { "ñ", "đ" }, { "æ", "ỉ" }, { "ó", "ĩ" }, { "ò", "ị" }, { "í", "í" }, { "ì", "ì" } };

enum { VNI_ROWS = sizeof vni / sizeof vni[0] };

static uint32_t code_point(const char *z)
{
	size_t at = 0;
	return vn_next(str_of(z), &at);
}

/* Small and capital of the letters concerned lie 0x20 apart in Latin-1, one apart beyond, and ơ, ư one apart too. */
static bool is_capital(uint32_t cp)
{
	if (cp < 0x80)
		return cp >= 'A' && cp <= 'Z';
	if (cp < 0x100)
		return cp >= 0xC0 && cp <= 0xDE && cp != 0xD7;
	return (cp >= 0x1EA0 && cp <= 0x1EF9 && !(cp & 1)) || cp == 0x102 || cp == 0x110 || cp == 0x128 || cp == 0x168 || cp == 0x1A0 || cp == 0x1AF;
}

static uint32_t small(uint32_t cp)
{
	if (!is_capital(cp))
		return cp;
	return cp < 0x100 ? cp + 0x20 : cp + 1;
}

static uint32_t capital(uint32_t cp)
{
	if (cp < 0x100)
		return (cp >= 'a' && cp <= 'z') || (cp >= 0xE0 && cp <= 0xFE && cp != 0xF7) ? cp - 0x20 : cp;
	return is_capital(cp - 1) ? cp - 1 : cp;
}

/* ---- decoding ---- */

static void decode_tcvn3(buf *b, str s)
{
	for (size_t at = 0; at < s.len;) {
		uint32_t cp = vn_next(s, &at);
		const char *to = cp >= 0xA1 && cp <= 0xFE ? tcvn3[cp - 0xA1] : NULL;
		if (to && *to)
			buf_addz(b, to);
		else
			vn_put(b, cp);
	}
}

/* The row for a letter and the mark behind it (0: none). -1: none. */
static int vni_row(uint32_t letter, uint32_t mark)
{
	for (int i = 0; i < VNI_ROWS; i++) {
		str from = str_of(vni[i][0]);
		size_t at = 0;
		if (vn_next(from, &at) != small(letter))
			continue;
		if (at == from.len ? mark == 0 : mark && vn_next(from, &at) == small(mark))
			return i;
	}
	return -1;
}

static void decode_vni(buf *b, str s)
{
	for (size_t at = 0; at < s.len;) {
		uint32_t cp = vn_next(s, &at);
		size_t behind = at;
		int row = at < s.len ? vni_row(cp, vn_next(s, &behind)) : -1;
		if (row >= 0)
			at = behind;
		else
			row = vni_row(cp, 0);
		uint32_t to = row >= 0 ? code_point(vni[row][1]) : cp;
		vn_put(b, row >= 0 && is_capital(cp) ? capital(to) : to);
	}
}

str vn_legacy_decode(arena *mem, enum vn_legacy e, str s)
{
	if (e == VN_UNICODE)
		return s;
	buf b;
	buf_init(&b, 0);
	if (e == VN_TCVN3)
		decode_tcvn3(&b, s);
	else
		decode_vni(&b, s);
	str out = vn_nfc(mem, arena_str(mem, buf_str(&b)));
	buf_free(&b);
	return out;
}

/* ---- encoding ---- */

static bool encode_tcvn3(buf *b, uint32_t cp)
{
	for (uint32_t i = 0; i < 0xFF - 0xA1; i++)
		if (*tcvn3[i] && code_point(tcvn3[i]) == cp) {
			vn_put(b, 0xA1 + i);
			return true;
		}
	return false;
}

static bool encode_vni(buf *b, uint32_t cp)
{
	for (int i = 0; i < VNI_ROWS; i++) {
		if (code_point(vni[i][1]) != small(cp))
			continue;
		str from = str_of(vni[i][0]);
		for (size_t at = 0; at < from.len;) {
			uint32_t part = vn_next(from, &at);
			vn_put(b, is_capital(cp) ? capital(part) : part);
		}
		return true;
	}
	return false;
}

str vn_legacy_encode(arena *mem, enum vn_legacy e, str s, size_t *lost)
{
	size_t n = 0;
	buf b;
	buf_init(&b, 0);
	for (size_t at = 0; at < s.len;) {
		uint32_t cp = vn_next(s, &at);
		bool done = cp < 0x80 || e == VN_UNICODE;
		done = done ? (vn_put(&b, cp), true) : e == VN_TCVN3 ? encode_tcvn3(&b, cp) : encode_vni(&b, cp);
		if (!done) {
			vn_put(&b, cp);
			n++;
		}
	}
	str out = arena_str(mem, buf_str(&b));
	buf_free(&b);
	if (lost)
		*lost = n;
	return out;
}

/* ---- fonts ---- */

static bool begins(str s, const char *with)
{
	size_t n = strlen(with);
	return s.len >= n && strncasecmp(s.p, with, n) == 0;
}

enum vn_legacy vn_legacy_font(str font, bool *capitals)
{
	font = str_trim(font);
	bool abc = begins(font, ".Vn");
	if (capitals)
		*capitals = abc && (font.p[font.len - 1] == 'H' || font.p[font.len - 1] == 'h');
	return abc ? VN_TCVN3 : begins(font, "VNI-") || begins(font, "VNI ") ? VN_VNI : VN_UNICODE;
}

const char *vn_legacy_name(enum vn_legacy e) { return e == VN_TCVN3 ? "TCVN3" : e == VN_VNI ? "VNI" : "Unicode"; }

/* ---- syllables ---- */

static bool in_list(str s, const char *list)
{
	str rest = str_of(list), word;
	while (str_next(&rest, ' ', &word))
		if (str_eq(word, s))
			return true;
	return false;
}

/* The letter without its tone; *tone is set when it had one. */
static uint32_t without_tone(uint32_t cp, bool *tone)
{
	static const char *const rows[] = { "aàảãáạ", "ăằẳẵắặ", "âầẩẫấậ", "eèẻẽéẹ", "êềểễếệ", "iìỉĩíị", "oòỏõóọ", "ôồổỗốộ", "ơờởỡớợ", "uùủũúụ",
		"ưừửữứự", "yỳỷỹýỵ" };
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		str row = str_of(rows[i]);
		size_t at = 0;
		uint32_t plain = vn_next(row, &at);
		while (at < row.len)
			if (vn_next(row, &at) == cp) {
				*tone = true;
				return plain;
			}
	}
	return cp;
}

static bool is_vowel(uint32_t cp)
{
	return cp == 'a' || cp == 'e' || cp == 'i' || cp == 'o' || cp == 'u' || cp == 'y' || cp == 0x103 || cp == 0xE2 || cp == 0xEA || cp == 0xF4 ||
		cp == 0x1A1 || cp == 0x1B0;
}

static const char onsets[] = " b c ch d đ g gh gi h k kh l m n ng ngh nh p ph q r s t th tr v x";
static const char vowels[] = "a ă â e ê i o ô ơ u ư y ai ao au âu ay ây eo êu ia iê yê iêu yêu iu oa oă oe oo oi ôi ơi oai oao oay oeo ua uâ uê ui uô uôi "
	"uơ uy uya uyê uyu uyêu ưa ưi ươ ươi ươu ưu uây uao uai uay ueo ue uă";
static const char endings[] = " c ch m n ng nh p t";

bool vn_is_syllable(arena *scratch, str word)
{
	buf part[3];
	int at_part = 0, tones = 0;
	str s = vn_lower(scratch, word);
	for (int i = 0; i < 3; i++)
		buf_init(&part[i], 0);
	for (size_t at = 0; at < s.len;) {
		bool tone = false;
		uint32_t cp = without_tone(vn_next(s, &at), &tone);
		bool vowel = is_vowel(cp);
		tones += tone;
		if ((at_part == 0 && vowel) || (at_part == 1 && !vowel))
			at_part++;
		vn_put(&part[at_part], cp);
	}
	/* gi takes its i along: "giờ", "giấy". */
	str onset = buf_str(&part[0]), middle = buf_str(&part[1]);
	if (str_is(onset, "g") && middle.len > 1 && middle.p[0] == 'i')
		middle = (str){ middle.p + 1, middle.len - 1 };
	bool good = tones <= 1 && middle.len && in_list(onset, onsets) && in_list(middle, vowels) && in_list(buf_str(&part[2]), endings);
	for (int i = 0; i < 3; i++)
		buf_free(&part[i]);
	return good;
}

/* ---- looking at a table ---- */

static bool is_letter(uint32_t cp)
{
	/* In the old encodings signs stand for letters too: · is ã. What only parts words is ASCII, or beyond Latin. */
	return (cp < 0x80 && ((cp | 32) >= 'a' && (cp | 32) <= 'z')) || (cp >= 0xA1 && cp < 0x2000) || (cp >= 0x1E00 && cp < 0x1F00);
}

static void look_at_word(arena *scratch, struct vn_guess *g, str word, bool beyond_ascii)
{
	if (!beyond_ascii)
		return;
	g->words++;
	for (int e = 0; e < 3; e++)
		g->good[e] += vn_is_syllable(scratch, vn_legacy_decode(scratch, (enum vn_legacy)e, word));
}

void vn_guess_add(arena *scratch, struct vn_guess *g, str s)
{
	size_t from = 0;
	bool beyond_ascii = false;
	for (size_t at = 0; at < s.len;) {
		size_t here = at;
		uint32_t cp = vn_next(s, &at);
		g->beyond_latin |= (cp >= 0x100 && cp < 0x250) || (cp >= 0x1EA0 && cp <= 0x1EF9);
		if (is_letter(cp)) {
			beyond_ascii |= cp >= 0x80;
			continue;
		}
		look_at_word(scratch, g, (str){ s.p + from, here - from }, beyond_ascii);
		beyond_ascii = false;
		from = at;
	}
	look_at_word(scratch, g, (str){ s.p + from, s.len - from }, beyond_ascii);
}

enum vn_legacy vn_guess_end(const struct vn_guess *g)
{
	enum vn_legacy best = g->good[VN_TCVN3] >= g->good[VN_VNI] ? VN_TCVN3 : VN_VNI;
	size_t good = g->good[best];
	if (g->beyond_latin || good < 3 || good * 5 < g->words * 4 || good <= g->good[VN_UNICODE] + g->words / 5)
		return VN_UNICODE;
	return best;
}
