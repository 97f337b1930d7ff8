/* Any text: normal forms are fixed points, folds and keys do not depend on the normal form, and nothing reads out of bounds. */
#include <stdlib.h>
#include "base/vn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void check_bytes(str s, size_t good)
{
	buf b;
	size_t n = 0;
	str text = { s.p, good };
	must(vn_utf8_check(text) == good);
	buf_init(&b, 0);
	for (size_t at = 0; at < good; n++)
		vn_put(&b, vn_next(text, &at));
	must(str_eq(buf_str(&b), text) && vn_length(text) == n);
	buf_free(&b);
}

static str checked(str s)
{
	must(vn_utf8_check(s) == s.len);
	return s;
}

static void check_text(arena *mem, str s)
{
	str nfc = checked(vn_nfc(mem, s)), fold = checked(vn_fold(mem, s)), tone = checked(vn_tone(mem, s)), key = vn_sort_key(mem, s);
	must(vn_nfc(mem, nfc).p == nfc.p);
	must(str_eq(vn_fold(mem, nfc), fold));
	must(str_eq(vn_tone(mem, nfc), tone) && str_eq(vn_tone(mem, tone), tone));
	must(str_eq(vn_fold(mem, tone), fold));
	must(fold.len == 0 || (fold.p[0] != ' ' && fold.p[fold.len - 1] != ' '));
	must(str_eq(vn_sort_key(mem, nfc), key));
	for (size_t i = 0; i < key.len; i++)
		must(key.p[i] > 0);
	checked(vn_lower(mem, s));
	checked(vn_upper(mem, s));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	arena *mem = arena_new(0);
	str s = { (const char *)data, size };
	size_t good = vn_utf8_check(s);
	check_bytes(s, good);
	check_text(mem, (str){ s.p, good });
	arena_free(mem);
	return 0;
}
