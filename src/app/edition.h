/* edition: criteria sets in the store: loaded as text, checked, versioned; read back as trees. */
#ifndef APP_EDITION_H
#define APP_EDITION_H
#include "app/import.h"

struct db_conn;
struct tree;

/* Checks the table, CSV or a workbook, and stores its canonical text as the next version of its code (opt->code, else the file's name without
 * suffix). The same set again is no new version, in whatever form it comes. Faults: edition.*, rule.*. */
enum err edition_store(cx *c, struct app *a, str name, str bytes, const struct import_options *opt, struct import_report *out);
/* The newest version as canonical text (app/edition_text.h), and its Vietnamese name. ERR_NOTFOUND: edition.not_stored. */
enum err edition_csv(cx *c, struct app *a, str code, str *text, str *name);
int64_t edition_find_id(cx *c, struct db_conn *k, str code); /* the newest version; 0: none */

#endif
