/* The accounts of the imaginary Tỉnh Mẫu: one a role, in training stores only, all with the password that is printed at the start. */
#include "app/audit.h"
#include "app/demo_field.h"
#include "app/import.h"
#include "app/password.h"
#include "app/sample.h"
#include "app/user.h"
#include "base/vec.h"
#include "db/user.h"

struct demo {
	db_account_list list;
	str hash;
};

static enum err set_passwords(cx *c, db_conn *k, void *arg)
{
	const struct demo *w = arg;
	enum err e = ERR_OK;
	for (size_t i = 0; i < w->list.n && !e; i++)
		e = db_account_password(c, k, w->list.p[i].id, w->hash, false);
	return e;
}

enum err user_demo(cx *c, struct app *a)
{
	struct import_report report;
	if (!a->demo_password.len)
		return ERR_OK;
	struct demo w = { .hash = password_hash(c, a->demo_password, true) };
	int64_t total;
	db_conn *k;
	if (!a->sandbox || !a->method_dir || !w.hash.len)
		return ERR_OK;
	static const char *const tables[] = { "users", "groups" };
	enum err e = ERR_OK;
	for (size_t i = 0; i < sizeof tables / sizeof *tables && !e; i++)
		e = import_file(c, a, str_of(tables[i]), arena_printf(c->mem, "%s/demo/%s.csv", a->method_dir, tables[i]).p,
			&(struct import_options){ .actor = "demo" }, &report);
	if (!e)
		e = db_reader(c, a->db, &k);
	if (e)
		return e;
	e = db_account_find(c, k, &(db_account_filter){ .on = date_of_ms(c->now_ms) }, 1000, 0, &w.list, &total);
	db_release(k);
	if (!e)
		e = db_tx(c, a->db, DB_WRITE, set_passwords, &w);
	if (!e)
		e = demo_field(c, a); /* now there are those who asked */
	return e ? e : sample_demo_cases(c, a);
}
