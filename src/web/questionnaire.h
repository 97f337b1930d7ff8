/* questionnaire: the workshop of questionnaires: versions and drafts, rows and their forms, files, putting a draft in force. Trying a form out is
 * in survey.h, since it is the form itself. */
#ifndef WEB_QUESTIONNAIRE_H
#define WEB_QUESTIONNAIRE_H
#include "web/web.h"

extern const struct web_route routes_questionnaire[];

#endif
