#include "app/edition.h"
#include "base/hash.h"
#include "db/edition.h"
#include "engine/tree.h"

struct store_work {
	db_edition e;
	bool stored;
};

static enum err put(cx *c, db_conn *k, void *arg)
{
	struct store_work *w = arg;
	return db_edition_put(c, k, &w->e, &w->stored);
}

enum err edition_store(cx *c, struct app *a, str name, str bytes, const struct import_options *opt, struct import_report *out)
{
	tree *t;
	enum err e = tree_read(c, csv_open_mem(c, name, bytes, &opt->csv), name, &t);
	if (e)
		return e;
	tree_check_bands(c, t, FAULT_WARNING);
	struct store_work w = { .e = { .code = opt->code ? str_of(opt->code) : import_code(name),
					.name_vi = t->name_vi,
					.name_en = t->name_en.len ? t->name_en : t->name_vi,
					.level = t->level,
					.first_year = t->year_from,
					.last_year = t->year_to ? t->year_to : 9999,
					.valid_to = DB_DAY_OPEN,
					.status = STR("in force"),
					.illustrative = import_says_illustrative(t->name_vi),
					.csv = bytes,
					.sha256 = hash_sha256(c->mem, bytes),
					.note = t->note,
					.actor = str_of(opt->actor ? opt->actor : "system") } };
	if (t->year_from)
		date_make(t->year_from, 1, 1, &w.e.valid_from);
	e = db_tx(c, a->db, DB_WRITE, put, &w);
	out->rows = (int64_t)t->nodes.n;
	out->changed = w.stored;
	out->known = !w.stored;
	return e;
}

int64_t edition_find_id(cx *c, struct db_conn *k, str code)
{
	db_edition e;
	return db_edition_on(c, k, code, date_of_ms(c->now_ms), &e) == ERR_OK ? e.id : 0;
}
