/* unit_table: the units of the province: departments and communes, as a list, a workbook to fill in, and back by way of a preview. */
#ifndef WEB_UNIT_TABLE_H
#define WEB_UNIT_TABLE_H
#include "web/web.h"

extern const struct web_route routes_unit_table[];

#endif
