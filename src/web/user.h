/* user: the pages with which an administrator keeps accounts: list, one account, import, first-password letters. */
#ifndef WEB_USER_H
#define WEB_USER_H
#include "web/web.h"

extern const struct web_route routes_user[];
extern const struct web_route routes_role[]; /* roles, groups of units, delegations: user_role.c */

#endif
