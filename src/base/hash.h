/* hash: SHA-256 of a text, as 64 hexadecimal digits: names contents in the store and in the audit chain. */
#ifndef BASE_HASH_H
#define BASE_HASH_H
#include "base/arena.h"

str hash_sha256(arena *mem, str s);

/* BLAKE2b of n bytes (16 to 64) under the name of a purpose: the hashes of one secret for two purposes have nothing in common. */
str hash_for(arena *mem, const char *purpose, str s, size_t n);

#endif
