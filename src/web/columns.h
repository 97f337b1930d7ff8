/* columns: of tables as they came, for pages that ask what they mean (ui/templates/raw_rows.html). */
#ifndef WEB_COLUMNS_H
#define WEB_COLUMNS_H
#include "base/arena.h"

enum { COLUMNS_SHOWN = 26 };

str column_letter(arena *mem, int column); /* from 0: "A" … "IV" */

#endif
