#include "web/pages.h"

const struct web_route *const web_pages[] = { routes_home, routes_search, routes_guide, routes_index, routes_unit, routes_round, routes_round_work,
	routes_file, routes_job, routes_training, routes_display, NULL };
