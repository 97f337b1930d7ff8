/* round: what the pages of rounds, sheets and editions share. */
#ifndef WEB_ROUND_H
#define WEB_ROUND_H
#include "app/round.h"
#include "web/view.h"

/* Kind of units in words. */
str level_name(struct web_cx *w, str level);
/* Badge of a group by its letter: A to D have colours, others are outlined. */
str group_class(str name);
/* Word of a round in a choice among rounds of one kind: its period, or its name where two have the same. */
str round_word(struct web_cx *w, const struct round_list *all, size_t i);
opt_dec figure_dec(const struct figure *f);
/* Where somebody goes on with a round: his only sheet, or the board. */
struct plan_info;
str round_work_link(struct web_cx *w, const struct plan_info *p);
bool round_is_over(const struct web_cx *w, day due);

#endif
