/* survey_time: when a form was begun, carried by the form itself as a stamp that only this server makes, for this form: nobody can say how long
 * he took. Nothing of it is kept but the seconds, in bands (engine/fieldwork.h). After a restart old stamps say nothing. */
#ifndef WEB_SURVEY_TIME_H
#define WEB_SURVEY_TIME_H
#include "web/web.h"

enum { STAMP_TEXT = 32 };

str survey_stamp(struct web_cx *w, str key); /* now, of the form with this key */
int64_t survey_took(const struct web_cx *w, str stamp, str key); /* seconds since, at least 1; 0: it is none of ours */

#endif
