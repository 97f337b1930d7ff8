/* sample: samples of surveys in the store: the frames that were read, the draw that counts, who was drawn, who stood in for whom.
 *
 * A draw is recorded with its seed, stages and the hash of its frame, so that anybody can draw it again. It can be made anew until
 * somebody was replaced or called, or the survey has answers; then sample.begun. Cases that nobody worked on go with the draw they came from.
 * A unit that is its own primary unit has none in the store: it would lead from the answer to the person. */
#ifndef APP_SAMPLE_H
#define APP_SAMPLE_H
#include "app/actor.h"
#include "app/survey_case.h"
#include "db/sample.h"
#include "engine/sample_list.h"
#include "engine/sample_size.h"

extern const char sample_frame_heading[]; /* of the units in a frame, with the line end */

struct sample_info {
	db_frame_list frames; /* newest first */
	bool drawn;
	db_draw draw;         /* the newest */
	db_sample_list units;
	int64_t asked, cases; /* units that are to be asked, and those of them that are cases of the field work */
	int64_t replaced, exposed; /* exposed: units of the main sample whose stratum, unit and weight fewer than SAMPLE_CROWD share */
	bool begun;           /* no other draw any more */
};

enum { SAMPLE_CROWD = 5 };

enum err sample_of(cx *c, struct app *a, const struct survey_info *s, struct sample_info *out);

/* Draws from a frame (0: the newest) and records it. *list: what was drawn, with its sums. Faults of sample_list; sample.no_frame, sample.begun. */
enum err sample_make(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, int64_t frame_id, const struct sample_wish *wish,
	struct sample_list **list);

/* The units of the frame that the draw went by, else of the newest, as CSV without names: what the command below draws from. */
enum err sample_frame_units(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str *text);
/* The command that repeats a draw from a file of those units. */
str sample_command(cx *c, const db_draw *d, str file);

/* The next reserve of its group takes the place of a unit. Where the unit is a case, it ends as `how` says (CASE_NEW: CASE_NO_CONTACT), unless it
 * is over already, and the reserve becomes a case of the same interviewer. Faults: sample.no_unit, sample.no_reserve, sample.reason,
 * sample.replaced, sample.case_answered, case.outcome. */
enum err sample_stand_in(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, int64_t no, str reason, enum case_outcome how,
	db_sample_unit *by);

struct sample_cases {
	int64_t made, known, given; /* given: to an interviewer, new or nobody's before */
};

/* Everybody who is to be asked becomes a case with area, place in the design and contact; one that is there already stays as it is.
 * interviewers: logins with commas between, who get whole groups in turn; empty: nobody. Faults: sample.not_drawn, sample.no_interviewer. */
enum err sample_cases_make(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str interviewers, struct sample_cases *out);

/* Names, telephones and addresses of all frames of a survey are deleted. */
enum err sample_forget(cx *c, struct app *a, const struct actor *who, const struct survey_info *s);

/* The list that goes to the interviewers, as CSV: unit, what the answer needs, whom of a household to ask, and, with_contacts, how to
 * reach them. */
enum err sample_csv(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, bool with_contacts, enum lang lang, buf *b);

/* Of the demo: draws for its survey, once; and, when there are accounts, makes cases for its interviewer. */
enum err sample_demo(cx *c, struct app *a);
enum err sample_demo_cases(cx *c, struct app *a);

#endif
