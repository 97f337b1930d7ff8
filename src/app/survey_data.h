/* survey_data: the answers of a survey in memory, column by column, as figures and exports need them. Nothing in it leads to a person: there
 * are no receipts and no ids, and the order is that of the random ids. */
#ifndef APP_SURVEY_DATA_H
#define APP_SURVEY_DATA_H
#include "app/survey.h"
#include "engine/answer.h"

enum { SURVEY_MAX_DATA = 100000 /* answers that a page or command takes into account; more is ERR_LIMIT, survey_data.too_many */ };

/* One item. state always; the rest as the kind of the item wants it. */
struct survey_column {
	uint8_t *state;   /* enum answer_state */
	int16_t *code;    /* single, scale: place of the option; NO_ITEM: none */
	uint64_t *ticks;  /* multiple: a bit an option, `words` of them a row */
	int words;
	double *number;   /* number; NaN: none */
	str *text;        /* text, date; only with survey_texts */
};

struct survey_data {
	const struct survey_info *s;
	size_t n;
	struct survey_column *item; /* by item of the questionnaire; those that are not asked have nothing */
	str *place, *stratum, *psu, *weight, *mode, *lang; /* weight: as it was stored */
	day *on;
	struct survey_weigher *weigh; /* steps on top of the weights (survey_weight.h); NULL: none */
	const uint8_t *flags;         /* by answer (quality.h); those with one are in no figure. NULL: nobody asked */
	bool weigh_must;              /* when they cannot be met, nothing is: else the base weights hold */
};

/* with_texts: what people wrote, too. s outlives the data. */
enum err survey_data_load(cx *c, struct app *a, const struct survey_info *s, bool with_texts, struct survey_data *out);

static inline bool survey_ticked(const struct survey_column *k, size_t row, size_t option)
{
	return k->ticks[row * (size_t)k->words + option / 64] >> option % 64 & 1;
}

#endif
