/* survey_stray: interviews from apps whose case nobody knows, or that is another's or over. They are kept whole, count in no result, and become
 * answers when somebody says whose they are, or are dismissed with a reason: nothing that a citizen said is lost by itself, and nothing gets into
 * a sample that does not belong there.
 *     none      the interviewer said that the person is not in his list
 *     unknown   the survey has no such case
 *     foreign   it is another interviewer's
 *     over      it has an answer already */
#ifndef APP_SURVEY_STRAY_H
#define APP_SURVEY_STRAY_H
#include "app/response.h"
#include "app/survey_case.h"

enum stray_reason { STRAY_NO, STRAY_NONE, STRAY_UNKNOWN, STRAY_FOREIGN, STRAY_OVER }; /* STRAY_NO: it is none */

struct survey_stray {
	int64_t id;
	str case_code, interviewer; /* as it was said; the name */
	enum stray_reason reason;
	str place;                       /* code, as the app told it; empty: it did not */
	int64_t started_at, received_at; /* started_at 0: the app did not tell */
	const struct given *given;       /* by item */
};

struct survey_stray_list {
	struct survey_stray *p;
	size_t n, cap;
};

/* The case that an interviewer named. *id: of his own, or nobody's, without an answer; else *why says what is wrong with it. */
enum err survey_case_named(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str code, int64_t *id, enum stray_reason *why);

/* *id: of the one that is kept, or was. Errors: answer.* of answers_check. */
enum err survey_stray_keep(cx *c, struct app *a, const struct survey_info *s, const struct submission *in, str code, enum stray_reason why, int64_t *id);
enum err survey_stray_find(cx *c, struct app *a, const struct survey_info *s, str key, int64_t *id); /* 0: none */

/* Permission survey.check; those that came first, STRAYS_SHOWN of them. */
enum { STRAYS_SHOWN = 200 };
enum err survey_strays(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, struct survey_stray_list *out);
/* It is the answer of this case. Permission survey.manage. Faults: stray.gone, stray.no_case, response.case_over. */
enum err survey_stray_settle(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, int64_t id, str code);
/* It is nobody's answer (a trial, a second form of somebody who answered): erased, with its files at the next sweep; who, when and the reason are
 * logged, and nothing of what it held. Permission survey.manage. Faults: stray.gone, stray.reason. */
enum { STRAY_REASON_MAX = 300 };
enum err survey_stray_dismiss(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, int64_t id, str reason);

#endif
