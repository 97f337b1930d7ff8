#include "web/pages.h"

/* One a line, so that a new table touches no other. */
const struct web_route *const web_pages[] = {
	routes_home,
	routes_search,
	routes_guide,
	routes_index,
	routes_unit,
	routes_round,
	routes_edition_edit, routes_edition_source, routes_edition_rule, routes_edition_force,
	routes_round_work,
	routes_odk,
	routes_survey, routes_survey_result, routes_survey_export, routes_sample, routes_quality, routes_survey_text,
	routes_file,
	routes_notice,
	routes_sso,
	routes_job,
	routes_training,
	routes_display,
	routes_sign_in,
	routes_profile,
	routes_user,
	routes_role,
	routes_audit,
	routes_setup,
	NULL,
};
