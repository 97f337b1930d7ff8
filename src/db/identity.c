#include "db/identity.h"

enum err db_identity_find(cx *c, db_conn *k, str issuer, str subject, int64_t *account, bool *found)
{
	return db_scalar(c, k, "SELECT account_id FROM account_identity WHERE issuer = $1 AND subject = $2", DB_ARGS(db_text(issuer), db_text(subject)),
		account, found);
}

enum err db_identity_add(cx *c, db_conn *k, str issuer, str subject, int64_t account)
{
	return db_exec(c, k,
		"INSERT INTO account_identity (issuer, subject, account_id, linked_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
		DB_ARGS(db_text(issuer), db_text(subject), db_int(account), db_int(c->now_ms)), NULL);
}
