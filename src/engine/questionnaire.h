/* questionnaire: what is asked, in which order, and which answers there are (docs/formats.md, "Questionnaire").
 *
 * A questionnaire is data: a table of sections, groups, items, lists of options and factors. Skip logic and checks are rules in the
 * language of editions (rule.h) over the answers, by the code of an item with `_` for its dots: C8_4 = 1. A rule sees an option that is
 * a whole number as a number, others as text, several ticks as a list, and null for what was not asked or not answered.
 * today() is the day of the answer.
 * It is read from a table, checked, and never changed afterwards. */
#ifndef ENGINE_QUESTIONNAIRE_H
#define ENGINE_QUESTIONNAIRE_H
#include "base/buf.h"
#include "base/map.h"
#include "base/po.h"
#include "base/table.h"
#include "base/vec.h"
#include "engine/rule.h"

enum { NO_ITEM = -1, QUESTIONNAIRE_MAX_ROWS = 5000, QUESTIONNAIRE_MAX_OPTIONS = 500 };

/* A matrix is a group whose items are choices from one list, shown as a table; each of its rows is an item like any other. */
enum question_kind { ASK_SECTION, ASK_GROUP, ASK_MATRIX, ASK_SINGLE, ASK_MULTIPLE, ASK_SCALE, ASK_NUMBER, ASK_TEXT, ASK_DATE };

/* What an option says beside its words. Only a questionnaire that defines such options offers them. */
enum option_means { MEANS_ANSWER, MEANS_GOOD /* counts as satisfied */, MEANS_NONE /* stands alone among several ticks */, MEANS_DONT_KNOW,
	MEANS_NOT_EXPERIENCED, MEANS_REFUSED };

struct question_option {
	str code, text[LANGS], note;
	enum option_means means;
	bool has_weight;
	dec weight;
};

struct question_list {
	str code, text[LANGS], note;
	bool numbers; /* every code is a whole number */
	VEC(struct question_option) options;
};

/* How a factor comes about from what is below it. None is the official one unless the edition of the survey says so. */
enum factor_agg { FACTOR_POOLED, FACTOR_MEAN_ITEMS, FACTOR_MEAN_FACTORS, FACTOR_WEIGHTS };

struct question_factor {
	str code, text[LANGS], note;
	int32_t parent;
	enum factor_agg agg;
	bool has_weight;
	dec weight;
};

/* A section (a page), a group of items under one heading, or an item; in the order of the table, parents before children. */
struct question {
	str code, text[LANGS], hint[LANGS], note;
	enum question_kind kind;
	int32_t parent, section; /* section: the page it stands on; its own number for a section */
	int32_t list;            /* of options, of an item in a matrix that of the matrix; -1: none */
	int32_t factor;          /* -1: none */
	bool required, has_min, has_max, has_weight;
	dec min, max, weight; /* min, max: ASK_NUMBER the value, ASK_TEXT characters, ASK_MULTIPLE ticks */
	const rule *show_if, *check; /* NULL: always; nothing to check */
	str say[LANGS];              /* what to tell when the check is false */
	int64_t line;
};

typedef struct questionnaire {
	str name[LANGS], population[LANGS], source[LANGS], note[LANGS];
	VEC(struct question) items;
	VEC(struct question_list) lists;
	VEC(struct question_factor) factors;
	map by_code, by_name, by_list, by_factor; /* by_name: as rules write it */
	int n_sections, n_asked;
} questionnaire;

/* The columns of its table, in the order of the canonical text. */
enum questionnaire_column { QUESTIONNAIRE_CODE, QUESTIONNAIRE_PARENT, QUESTIONNAIRE_KIND, QUESTIONNAIRE_TEXT_VI, QUESTIONNAIRE_TEXT_EN,
	QUESTIONNAIRE_HINT_VI, QUESTIONNAIRE_HINT_EN, QUESTIONNAIRE_LIST, QUESTIONNAIRE_FACTOR, QUESTIONNAIRE_REQUIRED, QUESTIONNAIRE_SHOW_IF,
	QUESTIONNAIRE_CHECK, QUESTIONNAIRE_SAY_VI, QUESTIONNAIRE_SAY_EN, QUESTIONNAIRE_MIN, QUESTIONNAIRE_MAX, QUESTIONNAIRE_MEANS,
	QUESTIONNAIRE_AGG, QUESTIONNAIRE_WEIGHT, QUESTIONNAIRE_NOTE, QUESTIONNAIRE_COLUMNS };

extern const struct table_column questionnaire_columns[QUESTIONNAIRE_COLUMNS];

/* Words of the cells: "single", "good" (empty: an answer like any other), "pooled". */
const char *question_kind_word(enum question_kind k);
const char *option_means_word(enum option_means m);
const char *factor_agg_word(enum factor_agg a);

/* Reads one. Faults (questionnaire.*, cell.*, rule.*, table.*, csv.*) are in c; ERR_OK only when none is an error. Closes the source. */
enum err questionnaire_read(cx *c, table_source from, questionnaire **out);

/* The canonical text (questionnaire_text.c): all columns, settings, lists with their options, factors, items; comma, LF, numbers plain, no cell
 * that repeats another. The same questionnaire has the same text, and reading it gives the same questionnaire. */
void questionnaire_write(const questionnaire *q, arena *mem, buf *out);
/* The rows in that order: a group stands right before the first of its items. out: items.n places. */
void questionnaire_order(const questionnaire *q, arena *mem, int32_t *out);

/* Rules read slot 0 as the day of the answer, today(), and the answers behind it. */
static inline int32_t question_of_slot(uint32_t slot) { return (int32_t)slot - 1; } /* NO_ITEM: today() */

int32_t questionnaire_find(const questionnaire *q, str code); /* NO_ITEM: none */
static inline bool question_is_asked(const struct question *i)
{
	return i->kind > ASK_MATRIX;
}
const struct question_option *question_option(const questionnaire *q, const struct question *i, str code); /* NULL: none */

#endif
