/* pages: the route tables of the application, one per file of pages. `thuocdo serve` gives them to the server. */
#ifndef WEB_PAGES_H
#define WEB_PAGES_H
#include "web/audit.h"
#include "web/file.h"
#include "web/home.h"
#include "web/job.h"
#include "web/intake.h"
#include "web/notice.h"
#include "web/odk.h"
#include "web/questionnaire.h"
#include "web/profile.h"
#include "web/quality.h"
#include "web/sample.h"
#include "web/search.h"
#include "web/setup.h"
#include "web/site.h"
#include "web/sign_in.h"
#include "web/sso.h"
#include "web/survey.h"
#include "web/survey_desk.h"
#include "web/survey_edit.h"
#include "web/survey_measure.h"
#include "web/survey_public.h"
#include "web/survey_result.h"
#include "web/survey_weigh.h"
#include "web/unit_table.h"
#include "web/user.h"
#include "web/web.h"

/* Each ends with an entry without page. */
extern const struct web_route routes_guide[];  /* help pages: guide.c */
extern const struct web_route routes_index[];  /* indices and league tables: index.c */
extern const struct web_route routes_unit[];   /* units and their comparison: unit.c */
extern const struct web_route routes_round_work[]; /* the yearly work: round_work.c */
extern const struct web_route routes_round[];  /* rounds, sheets, editions: round.c */
extern const struct web_route routes_edition_edit[]; /* the workshop of criteria sets: edition_edit.c */
extern const struct web_route routes_edition_rule[]; /* the bench of a rule: edition_rule.c */
extern const struct web_route routes_edition_force[]; /* in force, and two versions compared: edition_force.c */
extern const struct web_route routes_edition_source[]; /* a draft from a table: edition_source.c */

extern const struct web_route routes_training[]; /* the training store: home_training.c */
extern const struct web_route routes_display[];  /* light or dark, usual size or wall screen: display.c */

extern const struct web_route *const web_pages[]; /* all of them, NULL-terminated */

#endif
