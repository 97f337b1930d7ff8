/* profile: the own account: roles, password, second factor, sessions, delegations. */
#ifndef WEB_PROFILE_H
#define WEB_PROFILE_H
#include "web/web.h"

extern const struct web_route routes_profile[];

struct delegation_list;
struct view_profile_delegation;
/* Rows for the partial ui/templates/delegation_rows.html; may_all: the one who looks may end each. */
struct view_profile_delegation *profile_delegations(struct web_cx *w, const struct delegation_list *list, bool may_all);

#endif
