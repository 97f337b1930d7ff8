/* answer_match: tables of others as answers: which column is which item, and which text is which option. Exports of forms say neither our
 * codes nor our words exactly; what is found says how it was found, so that a person can look at what is not sure.
 *
 * Text is compared folded (vn_fold): no capitals, no marks, no signs. */
#ifndef ENGINE_ANSWER_MATCH_H
#define ENGINE_ANSWER_MATCH_H
#include "engine/answer.h"

enum match_how {
	MATCH_NONE,
	MATCH_CODE,  /* "C1", "C1. …", "A/C1", "C8_4" */
	MATCH_LABEL, /* the words of the item, in one of its languages */
	MATCH_ORDER, /* as many columns are left as items: by their order. Not sure */
	MATCH_TOLD,  /* by a person */
};

/* What a column holds: an item, or one option of a multiple choice ("C2/giay": 1 where it was ticked). */
struct match_column {
	int32_t item;   /* NO_ITEM: none */
	int32_t option; /* in the item's list; -1: the whole answer */
	enum match_how how;
};

/* Finds items for headings; columns whose `how` is MATCH_TOLD stay as they are, and so do those that are `taken` (NULL: none) for another use.
 * An item is found once, its options once each. */
void match_columns(const questionnaire *q, arena *mem, const str *heading, const bool *taken, size_t n, struct match_column *io);

/* The same by the words that people write into a map: "C2" or "C2/giay". False: there is no such item or option. */
bool match_target(const questionnaire *q, str word, struct match_column *out);
str match_target_word(const questionnaire *q, arena *mem, const struct match_column *m);

/* How cells are to be read. */
struct match_marks {
	char decimal; /* ',' or '.'; 0: "8,5" and "8.5" are both read, "1,234" and "1.234" are not */
	bool month_first; /* 12/31/2024 */
};

enum match_cell {
	MATCH_CELL_OK,
	MATCH_CELL_EMPTY,   /* nothing was said: "", "-", "N/A" … */
	MATCH_CELL_UNKNOWN, /* no option of this text; of a multiple choice, *unknown is the part */
	MATCH_CELL_UNCLEAR, /* "1,234": which mark is that? */
};

/* A cell of a column: what it says, as answers_check takes it (p in mem). Numbers, dates and texts that are none are left to answers_check.
 * Of a column of one option: n is 1 where it was ticked. */
enum match_cell match_value(const questionnaire *q, const struct match_column *m, str cell, const struct match_marks *marks, arena *mem,
	struct given *out, str *unknown);

/* Whether a text says nothing, as forms and people write it. */
bool match_says_nothing(arena *mem, str cell);
/* A day as "31/12/2024", "2024-12-31", "2024/12/31", with or without a time behind it. */
bool match_day(str cell, bool month_first, day *out);
/* "1.200", "12.345.678,5": thousands as Vietnamese pages write them, unless points are decimals. Not "0.125", which nobody writes so. */
bool match_thousands(str s);
/* A number as "8,5" or "8.5", into the form with a point. */
enum match_cell match_number(str cell, char decimal, arena *mem, str *out);

#endif
