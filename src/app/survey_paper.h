/* survey_paper: forms on paper. They are printed with a serial number and a QR code on each sheet, typed twice by two people, compared, and only
 * what is settled becomes an answer.
 *
 *     printed  ──first entry──>  once  ──second entry, the same──────────────>  settled
 *                                  └────second entry, another──>  differs  ──settled by a third, or by the second with a reason──>  settled
 *     printed, once, differs  ──lost, spoilt, with a reason──>  void
 *     printed, differs  ──nothing stands on it──>  void, reason PAPER_BLANK: no answer, for nobody said anything
 *
 * The second entry comes from somebody else and is typed without a sight of the first. What a form leaves out is missing, not a fault; a value
 * that the form does not have, is. With the answer the number keeps who typed and settled and in how many items the two differed, and loses
 * the entries, its place and the key from which the receipt of the answer was made: nothing leads from the number to the answer. */
#ifndef APP_SURVEY_PAPER_H
#define APP_SURVEY_PAPER_H
#include "app/actor.h"
#include "app/survey.h"
#include "engine/answer.h"

enum { PAPER_PRINT_MAX = 200, PAPER_REASON_MAX = 300 };
enum paper_state { PAPER_PRINTED, PAPER_ONCE, PAPER_DIFFERS, PAPER_SETTLED, PAPER_VOID };

struct paper_sheet {
	int64_t number;
	enum paper_state state;
	str place, entry1_by, entry2_by, reason;
	const struct given *first, *second; /* by item; NULL: not typed, or not to be seen by whoever asks */
	int64_t n_items, n_differ;
};

struct paper_sheet_list {
	struct paper_sheet *p;
	size_t n, cap;
};

/* n more numbers for a place (empty: none); permission survey.issue. ERR_INPUT: paper.number, issue.place. */
enum err paper_print(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str place, int64_t n, int64_t *first);
/* The forms with these numbers as a PDF, in a language. Those that are settled are printed no more (ERR_NOTFOUND: none is left). */
enum err paper_pdf(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, int64_t first, int64_t last, enum lang lang, str *bytes);

/* Permission survey.enter. ERR_NOTFOUND without a fault. Entries are shown only where they are to be settled. */
enum err paper_get(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, int64_t number, struct paper_sheet *out);
enum err paper_differing(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, struct paper_sheet_list *out);
#define PAPER_BLANK "blank"
/* The first or the second entry. Where nothing was typed it is asked whether the form is blank (ERR_INPUT, paper.blank); beside a first entry that
 * has something it is a second one that differs. The same person typing the same again changes nothing. ERR_INPUT: answer.*; ERR_DENIED: paper.same_person;
 * ERR_CONFLICT: paper.over. */
enum err paper_enter(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, int64_t number, const struct given *given,
	enum paper_state *out);
/* ERR_DENIED: paper.first_settles; ERR_INPUT: answer.*, paper.reason, paper.blank. */
enum err paper_settle(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, int64_t number, const struct given *given, str reason);
enum err paper_void(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, int64_t number, str reason);
/* Nothing stands on it: closed without an answer, and counted. ERR_CONFLICT: paper.not_blank, somebody typed something from it; paper.over. */
enum err paper_blank(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, int64_t number);

/* What is printed before an option and typed for it: its code where all codes are numbers, else its place in the list. */
str paper_sign(cx *c, const questionnaire *q, const struct question *x, size_t option);
/* What was typed for an item: signs with spaces or commas between them (several ticks; without them where signs have one digit), or text.
 * "-" and nothing: no answer. A sign that there is not: false, with a fault at the item. */
bool paper_read(cx *c, const questionnaire *q, int32_t item, str typed, struct given *out);
str paper_typed(cx *c, const questionnaire *q, int32_t item, const struct given *g); /* back, for showing */
bool paper_same(const struct given *a, const struct given *b);

#endif
