#include "base/hash.h"
#include <sodium.h>

str hash_sha256(arena *mem, str s)
{
	unsigned char h[crypto_hash_sha256_BYTES];
	char *hex = arena_alloc(mem, sizeof h * 2 + 1);
	crypto_hash_sha256(h, (const unsigned char *)s.p, s.len);
	sodium_bin2hex(hex, sizeof h * 2 + 1, h, sizeof h);
	return (str){ hex, sizeof h * 2 };
}

str hash_for(arena *mem, const char *purpose, str s, size_t n)
{
	unsigned char *h = arena_alloc(mem, n);
	crypto_generichash_state st;
	crypto_generichash_init(&st, NULL, 0, n);
	crypto_generichash_update(&st, (const unsigned char *)purpose, strlen(purpose) + 1);
	crypto_generichash_update(&st, (const unsigned char *)s.p, s.len);
	crypto_generichash_final(&st, h, n);
	return (str){ (char *)h, n };
}
