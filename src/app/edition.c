#include "app/edition.h"
#include "app/edition_text.h"
#include "base/hash.h"
#include "db/edition.h"
#include "engine/tree.h"
#include "format/tabular.h"

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
	str text;
	str sheet = str_of(opt->sheet ? opt->sheet : "");
	enum err e = tree_read_table(c, tabular_open(c, name, bytes, &opt->csv, sheet), &t);
	if (e)
		return e;
	tree_check_bands(c, t, FAULT_WARNING);
	size_t told = c->n_faults, dropped = c->n_dropped;
	e = edition_text(c, tabular_open(c, name, bytes, &opt->csv, sheet), &text);
	if (e)
		return e;
	c->n_faults = told; /* the notes of reading are there already */
	c->n_dropped = dropped;
	struct store_work w = { .e = { .code = opt->code ? str_of(opt->code) : import_code(name),
					.name_vi = t->name_vi,
					.name_en = t->name_en.len ? t->name_en : t->name_vi,
					.level = t->level,
					.first_year = t->year_from,
					.last_year = t->year_to ? t->year_to : 9999,
					.valid_to = DB_DAY_OPEN,
					.status = STR("in force"),
					.illustrative = import_says_illustrative(t->name_vi),
					.csv = text,
					.sha256 = hash_sha256(c->mem, text),
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

enum err edition_csv(cx *c, struct app *a, str code, str *text, str *name)
{
	db_edition ed;
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	if (e)
		return e;
	e = db_edition_on(c, k, code, date_of_ms(c->now_ms), &ed);
	if (e == ERR_NOTFOUND)
		return cx_fail(c, e, "edition.not_stored", (place){ 0 }, code);
	if (e)
		return e;
	*name = ed.name_vi;
	return edition_text(c, table_csv(csv_open_mem(c, ed.code, ed.csv, NULL), ed.code), text);
}
