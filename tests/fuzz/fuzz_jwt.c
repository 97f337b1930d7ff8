/* A set of keys (first line) and a token (the rest) of strangers: a token is refused with a reason, or its claims are an object; base64url that
 * is taken is written the same way again. */
#include <stdlib.h>
#include "net/jwt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data, *end = size ? memchr(text, '\n', size) : NULL;
	if (!end)
		return 0;
	cx *c = cx_new(0);
	str token = { end + 1, size - (size_t)(end + 1 - text) };
	json_t *jwks = json_loadb(text, (size_t)(end - text), 0, NULL), *claims = NULL;
	if (jwks) {
		enum err e = jwt_check(c, token, jwks, &claims);
		must(e == ERR_OK ? json_is_object(claims) : e == ERR_INPUT || e == ERR_NOTFOUND);
		must(e != ERR_INPUT || c->n_errors > 0);
		if (e == ERR_OK)
			json_decref(claims);
		json_decref(jwks);
	}
	str plain = jwt_base64_read(c->mem, token);
	if (plain.p) {
		must(plain.p[plain.len] == 0);
		str back = jwt_base64_read(c->mem, jwt_base64(c->mem, plain));
		must(back.len == plain.len && memcmp(back.p, plain.p, plain.len) == 0);
	}
	cx_free(c);
	return 0;
}
