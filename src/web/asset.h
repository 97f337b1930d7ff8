/* asset: stylesheets, scripts, fonts and pictures, embedded in the program by tools/ui.py under names with a hash of their content. */
#ifndef WEB_ASSET_H
#define WEB_ASSET_H
#include <stddef.h>
#include "base/str.h"

struct asset_data {
	const char *url, *type;
	const unsigned char *bytes;
	size_t n;
	const unsigned char *gz; /* NULL: not worth it */
	size_t n_gz;
};

extern const struct asset_data asset_table[]; /* sorted by url */
extern const size_t asset_n;

/* Place in asset_table, or -1. */
long asset_find(str url);

#endif
