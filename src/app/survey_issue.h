/* survey_issue: the ways into a survey that coordinators hand out: addresses as QR codes for desks, and one-time invitations.
 *
 * The text of an invitation exists in the answer to the request that made it and nowhere else: what was not printed or downloaded then is lost,
 * and others are made. Every issue is an entry of the audit chain, with the number of invitations, never with one of them. */
#ifndef APP_SURVEY_ISSUE_H
#define APP_SURVEY_ISSUE_H
#include "app/actor.h"
#include "app/survey.h"

enum { SURVEY_ISSUE_MAX = 2000 };

struct survey_tokens {
	str *p;
	size_t n;
};

/* n invitations for a place (empty: none). Permission survey.issue; ERR_INPUT: issue.number, issue.place; ERR_CONFLICT: issue.closed. */
enum err survey_tokens_issue(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str place, int64_t n, struct survey_tokens *out);
enum err survey_tokens_count(cx *c, struct app *a, const struct survey_info *s, int64_t *all, int64_t *used);

/* An address as a QR code, inline SVG as format/qr.h describes it. */
enum err survey_qr(cx *c, str address, str *svg);

#endif
