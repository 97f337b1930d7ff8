/* vn_legacy: Vietnamese text of the font encodings before Unicode: TCVN3 ("ABC", fonts .VnTime, .VnArialH …) and VNI (fonts VNI-Times …).
 * In Unicode files such text stands as Latin letters that only its font makes Vietnamese: "Céng hßa", "Coäng hoøa" for "Cộng hòa".
 *
 * Whoever converts must say so. The font decides where it is known; else a whole table is looked at, never a single cell: some words
 * are Vietnamese in neither or in two readings. */
#ifndef BASE_VN_LEGACY_H
#define BASE_VN_LEGACY_H
#include "base/arena.h"

enum vn_legacy { VN_UNICODE, VN_TCVN3, VN_VNI };

/* By the name of a font. *capitals (may be NULL): one of the fonts, named …H, whose small letters are drawn as capitals. */
enum vn_legacy vn_legacy_font(str font, bool *capitals);
const char *vn_legacy_name(enum vn_legacy e); /* "TCVN3", "VNI" */

/* To Unicode, NFC. What the encoding does not know stays. s must be checked UTF-8. */
str vn_legacy_decode(arena *mem, enum vn_legacy e, str s);
/* From Unicode, for tests and old partners. *lost (may be NULL): characters that have no place there and stayed; TCVN3 has few capitals. */
str vn_legacy_encode(arena *mem, enum vn_legacy e, str s, size_t *lost);

/* Looking at the texts of a table, one after the other. */
struct vn_guess {
	size_t words;      /* with letters beyond ASCII */
	size_t good[3];    /* of these, Vietnamese syllables when read as enum vn_legacy */
	bool beyond_latin; /* letters that only Unicode has, as ạ or ư */
};

void vn_guess_add(arena *scratch, struct vn_guess *g, str s);
/* VN_UNICODE unless at least three words speak for another reading, four in five of all, and clearly more than for Unicode. */
enum vn_legacy vn_guess_end(const struct vn_guess *g);

/* Whether a word (letters only) could be a Vietnamese syllable: onset, vowels, ending, one tone. */
bool vn_is_syllable(arena *scratch, str word);

#endif
