/* survey_hide: which figures of the results of a survey may not be shown, by engine/hide.h, and so that the views of one survey agree: a filter
 * is a division by the answers to its item, of which one is looked at, so that `loc=A2=3` shows what the row of `chia=A2` shows. The tables:
 *
 *     people        groups × answers to the filter's item; who is in no group is one, too
 *     items         people with a valid answer: what is directly below a factor × groups × filter. Factors and items below one that is hidden
 *                   are hidden; so is all that an item has in a group where fewer than SURVEY_MIN_CELL answered it
 *     options       of an item that is not summed up: options × groups × filter; of several ticks each option alone
 *     distribution  of an item with a satisfied share, mean or points, which are equations for its options: all of them or none in a group,
 *                   but for an option that the satisfied share tells anyhow (the only good one, the only other one)
 *     mean, points  hidden in groups where they and the satisfied share would leave one possible number for a small option; those of the
 *                   factors above, too
 *
 * Results proper (satisfied, mean, points) stand from SURVEY_MIN_CELL people on, however few of them were dissatisfied: they are what a survey
 * is made for. Not put together: filters by several items one after the other, several surveys, answers with and without those that are
 * flagged (decision 0096). */
#ifndef APP_SURVEY_HIDE_H
#define APP_SURVEY_HIDE_H
#include "app/survey_result.h"

/* Who is where. */
struct survey_crossing {
	const struct survey_data *d;
	const int32_t *group; /* by answer: number of the group from 1; NO_ITEM: none */
	int32_t by_item;      /* that groups are made by; NO_ITEM: places, units, strata, or nothing */
	int32_t where_item, where_option;
};

/* The answer to the filter's item: place of the option from 1; 0: none of them. Of several ticks: given (the option) or not. */
size_t survey_crossing_filter(const struct survey_crossing *x, size_t row);
static inline size_t survey_crossing_mine(const struct survey_crossing *x)
{
	return x->where_item == NO_ITEM ? 0 : (size_t)x->where_option + 1;
}

/* Counts the people of the groups and of the filter, and marks those that may not be seen. */
void survey_hide_groups(cx *c, const struct survey_crossing *x, struct survey_result *r);
/* Hides lines. cross: the item whose options are there for groups, or NO_ITEM. */
void survey_hide_lines(cx *c, const struct survey_crossing *x, int32_t cross, struct survey_result *r);

#endif
