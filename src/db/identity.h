/* identity: which account somebody is at another server that signs people in. */
#ifndef DB_IDENTITY_H
#define DB_IDENTITY_H
#include "db/db.h"

enum err db_identity_find(cx *c, db_conn *k, str issuer, str subject, int64_t *account, bool *found);
/* Already linked: nothing changes. */
enum err db_identity_add(cx *c, db_conn *k, str issuer, str subject, int64_t account);

#endif
