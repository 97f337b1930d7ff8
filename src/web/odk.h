/* odk: the addresses of OpenRosa, for interviewers' apps: /odk/formList, /odk/forms/{id}, /odk/submission. Programs, not browsers: HTTP Basic
 * over the accounts, no session, no cookie; XML whatever Accept says. */
#ifndef WEB_ODK_H
#define WEB_ODK_H
#include "web/web.h"

extern const struct web_route routes_odk[];

#endif
