/* edition: criteria sets in the store: loaded as text, checked, versioned; read back as trees. */
#ifndef APP_EDITION_H
#define APP_EDITION_H
#include "app/import.h"

struct db_conn;
struct tree;

/* Checks the table and stores it as the next version of its code (opt->code, else the file's name without suffix). The same text again is no
 * new version. Faults: edition.*, rule.*. */
enum err edition_store(cx *c, struct app *a, str name, str bytes, const struct import_options *opt, struct import_report *out);
int64_t edition_find_id(cx *c, struct db_conn *k, str code); /* the newest version; 0: none */

#endif
