/* Any bytes as a file: its kind is told without reading beyond its end, and its own extension fits it. */
#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include "format/sniff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool from_memory(void *ctx, uint64_t at, void *to, size_t n)
{
	const str *s = ctx;
	assert(at <= s->len && n <= s->len - at);
	memcpy(to, s->p + at, n);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str bytes = { (const char *)data, size };
	struct sniff_source s = { from_memory, &bytes, size };
	enum sniff_kind kind = sniff_content(&s);
	assert((kind == SNIFF_EMPTY) == (size == 0) && kind < SNIFF_KINDS);
	if (kind >= SNIFF_PDF) {
		char name[16];
		int n = snprintf(name, sizeof name, "a.%s", sniff_type(kind)->name);
		assert(sniff_name_fits(kind, (str){ name, (size_t)n }));
	}
	/* The bytes as a name and as a declared type. */
	(void)sniff_name_fits(SNIFF_PDF, bytes);
	(void)sniff_declared_fits(SNIFF_DOCX, bytes);
	(void)sniff_named(bytes);
	return 0;
}
