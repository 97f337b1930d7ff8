/* survey_case: whom the sample chose, the work of interviewers on them, and letters to those who have not answered.
 *
 * A case is a line of the sample: a code, its place in the design, the interviewer who is to call. How to reach the person (name, telephone, mail)
 * stands apart and is personal data. When the person has answered, by telephone or with the invitation, contact, attempts, place, interviewer
 * and invitation go in the transaction of the answer; code and outcome are left, and a sum of the work by interviewer and area. So nothing that
 * is kept leads from an answer to a person, and nobody who has answered is written to again.
 *
 * Outcomes; survey_rates.h says which of AAPOR's dispositions each is: */
#ifndef APP_SURVEY_CASE_H
#define APP_SURVEY_CASE_H
#include "app/actor.h"
#include "app/survey.h"

enum case_outcome {
	CASE_NEW,         /* nobody tried yet */
	CASE_NO_ANSWER,
	CASE_BUSY,
	CASE_APPOINTMENT, /* to be called at a day and hour */
	CASE_REFUSED,     /* over, the contact goes */
	CASE_UNREACHABLE, /* wrong number, moved; over */
	CASE_NO_CONTACT,  /* never met or reached, and nobody tries any more; over */
	CASE_INELIGIBLE,  /* not of the population; over */
	CASE_COMPLETED,   /* only with an answer */
	CASE_QUOTA_FULL,  /* only after the screening items */
	CASE_OUTCOMES
};

const char *case_outcome_word(enum case_outcome o);
bool case_outcome_read(str word, enum case_outcome *out);
static inline bool case_is_over(enum case_outcome o)
{
	return o >= CASE_REFUSED;
}

enum { CASE_NOTE_MAX = 500, CASE_REMIND_DAYS = 3 /* between two letters */, CASE_LETTERS = 5000 /* at once */ };

#define CASE_BIRTHDAY "birthday"
/* Whom of a household to ask, in words: by each number of persons, the one to ask; or the rule of the birthday. Empty: nothing to choose. */
str survey_case_ask(arena *mem, str person, enum lang lang);
/* How the persons are numbered for a table by Kish; empty where there is none. */
str survey_case_numbering(str person, enum lang lang);

struct survey_case {
	int64_t id;
	str code;
	enum case_outcome outcome;
	str place, interviewer;
	int64_t attempts, due_at;
	str person;                      /* whom of a household to ask: a table by Kish, or CASE_BIRTHDAY; empty: nothing to choose */
	str name, phone, email, address; /* empty: none, or gone */
	bool english;
	int64_t invitations;
};

struct survey_case_list {
	struct survey_case *p;
	size_t n, cap;
};

struct survey_call {
	int64_t at;
	enum case_outcome outcome;
	str interviewer, note;
};

struct survey_call_list {
	struct survey_call *p;
	size_t n, cap;
};

/* The cases that `who` has to call: his own, or all where he may survey.manage. Permission survey.interview. */
enum err survey_cases(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, struct survey_case_list *out);
/* One of them, with its attempts. ERR_NOTFOUND without a fault; ERR_DENIED: another's. */
enum err survey_case_get(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str code, struct survey_case *out,
	struct survey_call_list *calls);
/* How an attempt ended, other than with an answer. due_at: of an appointment. ERR_INPUT: case.*; ERR_CONFLICT: it is over. */
enum err survey_case_attempt(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str code, enum case_outcome o, int64_t due_at,
	str note);

/* ---- letters with the invitation ---- */

/* Puts a letter (or short message, where there is only a telephone) into the outbox for everybody who has an address and has not answered: the
 * first one, or again after CASE_REMIND_DAYS. Needs the key outside the store; permission survey.issue. *n: how many. */
enum err survey_invite(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, bool again, int64_t *n);
/* For the outbox: a letter of kind "survey_invite" or "survey_remind" to a case, as it is to be written now. */
struct survey_letter {
	bool there; /* false: they have answered meanwhile, or refused, or the key is another one */
	str name, email, phone, path; /* path: of the invitation, secret */
	bool english;
	str survey[LANGS];
	day closes_on; /* 0: open end */
};
enum err survey_case_letter(cx *c, struct app *a, int64_t case_id, struct survey_letter *out); /* ERR_NOTFOUND without a fault */

#endif
