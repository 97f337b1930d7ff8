/* user_book: the workbook in which accounts are written before they are loaded (import kind "users"): headings, hints, lists of roles, levels and
 * units to choose from, and sheets that explain both. */
#ifndef APP_USER_BOOK_H
#define APP_USER_BOOK_H
#include "app/actor.h"

/* Departments of today, their province and its communes; every role. For who may add accounts everywhere. */
enum err user_book(cx *c, struct app *a, const struct actor *who, str *bytes);

#endif
