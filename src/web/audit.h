/* audit: the log for auditors: filters, export, and whether the chain is whole. */
#ifndef WEB_AUDIT_H
#define WEB_AUDIT_H
#include "web/web.h"

extern const struct web_route routes_audit[];

#endif
