/* hash: SHA-256 of a text, as 64 hexadecimal digits: names contents in the store and in the audit chain. */
#ifndef BASE_HASH_H
#define BASE_HASH_H
#include "base/arena.h"

str hash_sha256(arena *mem, str s);

#endif
