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
