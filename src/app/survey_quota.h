/* survey_quota: cells of respondents of whom no more than a number are wanted.
 *
 * A cell is written as answers to the screening items, as they are stored: "A1=1&A2=2+3" is everybody with A1 = 1 and A2 = 2 or 3. It is decided
 * as soon as each of its items has an answer. Somebody may belong to several cells; one full cell is enough. Whoever comes into a full cell is
 * thanked there and then; the screening answers are kept aside (response_screened), because the weights of the others need to know how many
 * of each kind there were. Answers that officers bring (paper, tables) are counted and never refused. */
#ifndef APP_SURVEY_QUOTA_H
#define APP_SURVEY_QUOTA_H
#include "app/actor.h"
#include "app/survey.h"
#include "engine/answer.h"

enum { SURVEY_QUOTAS_MAX = 200, SURVEY_CELL_MAX = 1000 };

struct survey_quota {
	str code, name[LANGS], cell;
	int64_t most, n;
	const struct given *given; /* by item; nothing: the item is not part of the cell */
};

struct survey_quota_list {
	struct survey_quota *p;
	size_t n, cap;
};

enum err survey_quotas(cx *c, struct app *a, const struct survey_info *s, struct survey_quota_list *out);
/* Cells as who manages the survey keeps them (survey.manage); counted anew afterwards. name, cell, most of x; English empty: as the Vietnamese one.
 * ERR_INPUT: survey_quota.code, .there, .name, .most, .many, import.quota_cell; ERR_NOTFOUND without a fault. */
enum err survey_quota_save(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, const struct survey_quota *x, bool fresh);
enum err survey_quota_drop(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str code);
/* False: this is no cell of the questionnaire (an item without options, an option that is not there, nothing at all). */
bool survey_quota_read(cx *c, const questionnaire *q, str cell, const struct given **out);
/* Whether the answers so far lead into the cell. */
bool survey_quota_matches(const questionnaire *q, const struct survey_quota *cell, const struct answer *answers);
/* Counts anew, from the answers themselves: those of each cell, and those of the open door. */
enum err survey_recount(cx *c, struct app *a, const struct survey_info *s);
enum err survey_recount_id(cx *c, struct app *a, int64_t survey_id);

#endif
