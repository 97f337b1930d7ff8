/* vn: Vietnamese text. Everything inside the program is NFC UTF-8; the edges make it so with vn_nfc. */
#ifndef BASE_VN_H
#define BASE_VN_H
#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

/* Offset of the first byte that is not well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms) or is a NUL; s.len if none. */
size_t vn_utf8_check(str s);
/* The code point at s.p[*at], moving *at behind it. s must be checked. */
uint32_t vn_next(str s, size_t *at);
size_t vn_length(str s); /* in code points */
void vn_put(buf *b, uint32_t cp);

/* NFC; s must be checked. Returns s itself when it is in that form already. */
str vn_nfc(arena *mem, str s);

/* Fold for search: lower case, no tone or vowel marks, đ -> d, one space between words, other signs become a space.
 * "Hoà Bình", "Hòa  Bình" and "HOA BINH" give "hoa binh". */
str vn_fold(arena *mem, str s);
/* The same text in NFC with the tone mark of open oa, oe and uy on their first vowel: hoà -> hòa, thuý -> thúy, khoẻ -> khỏe. Not quý,
 * where u belongs to the onset. Case is kept: for telling names apart regardless of tone placement. */
str vn_tone(arena *mem, str s);
/* Key whose byte order is the Vietnamese alphabetical order: base letters a ă â b c d đ e ê … y, then tones ngang huyền hỏi ngã sắc nặng,
 * then lower before upper; digits by value of the number, words one after the other. Signs only part words. The key is ASCII without
 * NUL; tone placement and case count only between texts otherwise equal. */
str vn_sort_key(arena *mem, str s);

str vn_lower(arena *mem, str s);
str vn_upper(arena *mem, str s);

#endif
