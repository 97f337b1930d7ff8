/* edition_words: the columns and settings of a criteria set and what stands in them, in the words of the reader. */
#ifndef WEB_EDITION_WORDS_H
#define WEB_EDITION_WORDS_H
#include "app/edition_diff.h"
#include "web/web.h"

struct edition_word {
	const char *value, *key;
};

/* What may stand in the columns that know only some words; each ends with a NULL value. */
extern const struct edition_word edition_by_words[], edition_agg_words[], edition_na_words[], edition_rounding_words[];
extern const char *const edition_setting_keys[]; /* message keys, in the order of edition_settings (app/edition_edit.h) */

str edition_column_words(struct web_cx *w, int column); /* "Điểm tối đa" */
/* The name of what changed, and one side of it. */
str edition_change_name(struct web_cx *w, const struct edition_change *x);
str edition_change_side(struct web_cx *w, const struct edition_change *x, bool old);
str edition_change_key(struct web_cx *w, const struct edition_change *x); /* for programs: "max", "@round", "@name.name_en" */

#endif
