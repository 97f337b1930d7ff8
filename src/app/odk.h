/* odk: interviewers with ODK Collect or another app of OpenRosa. Forms are made from the questionnaires of the surveys that are open; what the
 * app sends is taken like any other answer, once, by the id that the app gave it. Who asked, when it began and ended stay with the answer.
 *     odk.unknown_form   {value} the id
 *     odk.version        {value} the version that was filled in   {1} that of the survey
 *     odk.field          {value} a field that the form does not have
 *     odk.no_instance    the app gave no id
 *     odk.times          start and end are not moments, or in the wrong order */
#ifndef APP_ODK_H
#define APP_ODK_H
#include "app/actor.h"
#include "app/survey_case.h"

#define ODK_NO_CASE "_khong" /* choices beside the codes of cases: not in the list; by an invitation */
#define ODK_BY_TOKEN "_ma"

enum { ODK_FILES_MAX = 20, ODK_LATE_DAYS = 14 /* after the end of a survey, for interviews made before it */ };

struct odk_form {
	str id, name[LANGS], hash;
	int version;
};

struct odk_forms {
	struct odk_form *p;
	size_t n, cap;
};

/* Those that are open; the open cases of `who` are choices of their first question, so a form and its hash change with them. Permission
 * survey.interview, as for all of these. */
enum err odk_forms(cx *c, struct app *a, const struct actor *who, struct odk_forms *out);
enum err odk_form(cx *c, struct app *a, const struct actor *who, str id, str *xml);
struct odk_wish {
	str id;
	int version;
	const struct survey_place_list *places; /* may be empty */
	const struct survey_case_list *cases;   /* of whom it is for: the first question asks which it is; may be empty */
	bool token; /* an invitation is asked for */
};

/* The XForm of a questionnaire: what odk_form gives, for any. */
enum err odk_xform(cx *c, const questionnaire *q, const struct odk_wish *wish, str *xml);

struct odk_file {
	str name, type; /* as the app says: not to be trusted */
	int fd;
	uint64_t size;
};

struct odk_submission {
	str xml;
	const struct odk_file *files;
	size_t n_files;
};

struct odk_received {
	bool again; /* it was there already; files that came now were added */
	bool stray; /* kept aside: its case is unknown, another's or over (survey_stray.h) */
};

/* Returns when it is on the disk, with its files. Where a case of the sample was chosen, it is over then. Errors: those of
 * response_submit, file_put and xform_read, and ERR_INPUT with odk.*; nothing is stored then but what came before it. */
enum err odk_submit(cx *c, struct app *a, const struct actor *who, const struct odk_submission *in, struct odk_received *out);

/* What the app gets: the list (base: "https://khao-sat.tinh.vn"), and a message, shown to the person with the telephone. */
str odk_list_xml(cx *c, const struct odk_forms *forms, enum lang lang, str base);
str odk_message_xml(cx *c, bool good, str text);

/* Files of an answer: who may see results. */
enum err odk_file_may(cx *c, struct app *a, const struct actor *who, int64_t response);

#endif
