/* unit: provinces and others as people look for them: by a short name in addresses, by search, with what they came from and became. */
#ifndef APP_UNIT_H
#define APP_UNIT_H
#include "app/app.h"

struct db_unit;

/* A unit as it was from one day to another. */
struct unit_info {
	int64_t id;
	str code, name, type, level, region;
	str parent_code; /* of the province that a commune belongs to; empty: none */
	str slug; /* for addresses: code and name without marks, "38-thanh-hoa"; the newest unit of that code and name */
	day valid_from, valid_to;
	bool today;  /* it still is */
	bool sample; /* imaginary */
};

struct unit_list {
	struct unit_info *p;
	size_t n, cap;
};

/* ERR_NOTFOUND without a fault. */
enum err unit_by_slug(cx *c, struct app *a, str slug, struct unit_info *out);
enum err unit_by_name(cx *c, struct app *a, str level, str name, day on, struct unit_list *out); /* none, one or several */
enum err unit_line(cx *c, struct app *a, int64_t id, struct unit_list *before, struct unit_list *after);
enum err unit_search(cx *c, struct app *a, str text, int limit, struct unit_list *out);
/* All units of a level on a day, in Vietnamese order. */
enum err unit_on(cx *c, struct app *a, str level, day on, struct unit_list *out);

/* Those of a level that belong to the province of this store; all of them where it has named none. */
enum err unit_own(cx *c, struct app *a, str level, struct unit_list *out);
/* The same as a workbook in the form of `import units`, with room, hints and lists for more. */
enum err unit_workbook(cx *c, struct app *a, str level, str title, str *bytes);

/* For the other files of this room. */
struct unit_info unit_info_of(cx *c, const struct db_unit *u);
str unit_slug(cx *c, str code, str name);

#endif
