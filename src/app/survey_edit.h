/* survey_edit: surveys made, opened, closed and corrected by who manages them (permission survey.manage). Each act is an entry of the audit
 * chain with what it changed.
 *
 * A survey begins as a draft, which only its managers see. Open, it takes answers between its two days; closed, it takes none any more, except
 * forms on paper and interviews of apps that were made before (response.h). Closed is opened again as long as its figures are not published; open
 * becomes a draft again as long as nobody has answered.
 *
 * Once anybody has answered, questionnaire, design and access stay: answers to other questions, or of people who came another way, are another
 * survey. Therefore the design alone says how those who answered were chosen, whatever the mode of an answer is (decision 0098). Code stays
 * always, it stands in printed addresses.
 *
 *     survey_edit.code, .name, .period, .day, .days, .limit, .note    what is wrong with a field
 *     survey_edit.there            a survey of this code is there
 *     survey_edit.no_questionnaire
 *     survey_edit.open_sample      a sample or a census needs invitations
 *     survey_edit.answered         questionnaire, design or access would change under answers
 *     survey_edit.has_quotas       the questionnaire would change under cells of quotas
 *     survey_edit.meanwhile        somebody else has changed it since `seen`
 *     survey_edit.not_draft, .not_open, .past   a state that cannot follow, and why
 *     survey_public.locked         days or period would change under published figures, or it would be opened again */
#ifndef APP_SURVEY_EDIT_H
#define APP_SURVEY_EDIT_H
#include "app/actor.h"
#include "app/survey.h"

enum { SURVEY_MARK = 16 /* characters */, SURVEY_CODE_MAX = 60, SURVEY_NAME_MAX = 300, SURVEY_REMARK_MAX = 1000 };

struct survey_settings {
	str code, questionnaire; /* code of it */
	int version;
	str name[LANGS]; /* English empty: as the Vietnamese one */
	str period, note;
	enum survey_design design;
	bool tokens;
	day opens_on, closes_on; /* closes_on 0: no end */
	int64_t max_answers, max_day;
	bool illustrative;
	str seen; /* survey_settings_mark of what was corrected; empty: whatever stands there */
};

/* Another one whenever a setting changes. */
enum err survey_settings_mark(cx *c, struct app *a, const struct survey_info *s, str *out);

/* As a draft. ERR_INPUT with the faults above. */
enum err survey_create(cx *c, struct app *a, const struct actor *who, const struct survey_settings *x);
/* The same of one that is there; x->code is not looked at. ERR_CONFLICT: what may not change any more would change; else as above. */
enum err survey_settle(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, const struct survey_settings *x);
/* ERR_CONFLICT: it does not follow; survey_public.locked. */
enum err survey_state_set(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, enum survey_state to);
/* Whether the act is open as the survey stands, whoever asks. */
bool survey_state_can(cx *c, const struct survey_info *s, bool answered, enum survey_state to);
/* Whether anybody has answered. */
enum err survey_answered(cx *c, struct app *a, const struct survey_info *s, bool *out);

/* Codes stand in addresses: letters without marks, digits, - and _; of places also dots. */
bool survey_code_good(str s, bool dots);

#endif
