#include "db/unit.h"
#include "base/vec.h"
#include "base/vn.h"

/* ---- writing ---- */

enum { UNIT_ARGS = 17 };

static const char put_unit[] =
	"INSERT INTO unit (id, level, code, valid_from, valid_to, name, name_fold, sort_key, type, parent_level, parent_code, region,"
	" successor_code, source, status, note, import_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"
	" ON CONFLICT (level, code, valid_from) DO UPDATE SET valid_to = excluded.valid_to, name = excluded.name, name_fold = excluded.name_fold,"
	" sort_key = excluded.sort_key, type = excluded.type, parent_level = excluded.parent_level, parent_code = excluded.parent_code,"
	" region = excluded.region, successor_code = excluded.successor_code, source = excluded.source, status = excluded.status,"
	" note = excluded.note, import_id = excluded.import_id"
	" WHERE unit.valid_to <> excluded.valid_to OR unit.name <> excluded.name OR unit.type <> excluded.type OR unit.status <> excluded.status"
	" OR unit.sort_key <> excluded.sort_key OR unit.parent_level IS DISTINCT FROM excluded.parent_level"
	" OR unit.parent_code IS DISTINCT FROM excluded.parent_code OR unit.region IS DISTINCT FROM excluded.region"
	" OR unit.successor_code IS DISTINCT FROM excluded.successor_code OR unit.source IS DISTINCT FROM excluded.source"
	" OR unit.note IS DISTINCT FROM excluded.note";

enum err db_unit_put(cx *c, db_conn *k, const db_unit *u, size_t n, int64_t import_id, int64_t *changed)
{
	VEC(db_val) args = { 0 };
	for (size_t i = 0; i < n; i++) {
		const db_unit *x = &u[i];
		const db_val row[] = { db_int(db_new_id(c, k)), db_text(x->level), db_text(x->code), db_int(x->valid_from), db_int(x->valid_to),
			db_text(x->name), db_text(vn_fold(c->mem, x->name)), db_text(vn_sort_key(c->mem, x->name)), db_text(x->type),
			db_text_if(x->parent_level), db_text_if(x->parent_code), db_text_if(x->region), db_text_if(x->successor_code),
			db_text_if(x->source), db_text(x->status), db_text_if(x->note), db_int(import_id) };
		for (size_t a = 0; a < sizeof row / sizeof *row; a++)
			*VEC_PUSH(c->mem, &args) = row[a];
	}
	return db_bulk(c, k, put_unit, args.p, UNIT_ARGS, n, changed);
}

enum err db_unit_alias_put(cx *c, db_conn *k, const db_unit_alias *a, size_t n)
{
	enum err e = ERR_OK;
	for (size_t i = 0; i < n && !e; i++)
		e = db_exec(c, k, "INSERT INTO unit_alias (unit_id, alias, alias_fold) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
			DB_ARGS(db_int(a[i].unit_id), db_text(a[i].alias), db_text(vn_fold(c->mem, a[i].alias))), NULL);
	return e;
}

enum err db_unit_region_put(cx *c, db_conn *k, const db_unit_region *g, size_t n)
{
	enum err e = ERR_OK;
	for (size_t i = 0; i < n && !e; i++)
		e = db_exec(c, k,
			"INSERT INTO unit_region (scheme, level, code, decided_on, region, status) VALUES ($1, $2, $3, $4, $5, $6)"
			" ON CONFLICT (scheme, level, code) DO UPDATE SET decided_on = excluded.decided_on, region = excluded.region, status = excluded.status",
			DB_ARGS(db_text(g[i].scheme), db_text(g[i].level), db_text(g[i].code), db_int(g[i].decided_on), db_text(g[i].region),
				db_text(g[i].status)), NULL);
	return e;
}

static enum err link_successors(cx *c, db_conn *k)
{
	enum err e = db_exec(c, k, "DELETE FROM unit_successor", DB_NONE, NULL);
	if (e)
		return e;
	return db_exec(c, k,
		"INSERT INTO unit_successor (old_id, new_id, effective)"
		" SELECT o.id, n.id, o.valid_to + 1 FROM unit o JOIN unit n ON n.level = o.level AND n.code = o.successor_code"
		" AND n.valid_from <= o.valid_to + 1 AND n.valid_to > o.valid_to WHERE n.id <> o.id",
		DB_NONE, NULL);
}

static enum err index_words(cx *c, db_conn *k)
{
	VEC(db_val) args = { 0 };
	db_rows r;
	enum err e = db_exec(c, k, "DELETE FROM unit_word", DB_NONE, NULL);
	if (e)
		return e;
	db_query(c, k, "SELECT id, name_fold FROM unit UNION ALL SELECT unit_id, alias_fold FROM unit_alias", DB_NONE, &r);
	while (db_next(&r)) {
		str rest = db_cell_copy(c, &r, 1), word;
		while (str_next(&rest, ' ', &word))
			if (word.len) {
				*VEC_PUSH(c->mem, &args) = db_text(word);
				*VEC_PUSH(c->mem, &args) = db_int(db_cell_int(&r, 0));
			}
	}
	e = db_end(&r);
	if (e)
		return e;
	return db_bulk(c, k, "INSERT INTO unit_word (word, unit_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", args.p, 2, args.n / 2, NULL);
}

enum err db_unit_finish(cx *c, db_conn *k)
{
	enum err e = link_successors(c, k);
	return e ? e : index_words(c, k);
}

/* ---- reading ---- */

#define COLUMNS \
	"u.id, u.level, u.code, u.valid_from, u.valid_to, u.name, u.sort_key, u.type, u.parent_level, u.parent_code, u.region," \
	" u.successor_code, u.source, u.status, u.note, u.import_id"

static db_unit read_unit(cx *c, const db_rows *r)
{
	return (db_unit){ .id = db_cell_int(r, 0), .level = db_cell_copy(c, r, 1), .code = db_cell_copy(c, r, 2),
		.valid_from = (day)db_cell_int(r, 3), .valid_to = (day)db_cell_int(r, 4), .name = db_cell_copy(c, r, 5),
		.sort_key = db_cell_copy(c, r, 6), .type = db_cell_copy(c, r, 7), .parent_level = db_cell_copy(c, r, 8),
		.parent_code = db_cell_copy(c, r, 9), .region = db_cell_copy(c, r, 10), .successor_code = db_cell_copy(c, r, 11),
		.source = db_cell_copy(c, r, 12), .status = db_cell_copy(c, r, 13), .note = db_cell_copy(c, r, 14), .import_id = db_cell_int(r, 15) };
}

static enum err read_one(cx *c, db_rows *r, db_unit *out)
{
	bool found = db_next(r);
	if (found)
		*out = read_unit(c, r);
	return db_end_found(r, found);
}

static enum err read_all(cx *c, db_rows *r, db_unit_list *out)
{
	*out = (db_unit_list){ 0 };
	while (db_next(r))
		*VEC_PUSH(c->mem, out) = read_unit(c, r);
	return db_end(r);
}

enum err db_unit_get(cx *c, db_conn *k, int64_t id, db_unit *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS " FROM unit u WHERE u.id = $1", DB_ARGS(db_int(id)), &r);
	return read_one(c, &r, out);
}

enum err db_unit_at(cx *c, db_conn *k, str level, str code, day on, db_unit *out)
{
	db_rows r;
	db_query(c, k,
		"SELECT " COLUMNS " FROM unit u WHERE u.level = $1 AND u.code = $2 AND u.valid_from <= $3 AND u.valid_to >= $3"
		" ORDER BY u.valid_from DESC LIMIT 1",
		DB_ARGS(db_text(level), db_text(code), db_int(on)), &r);
	return read_one(c, &r, out);
}

enum err db_unit_on(cx *c, db_conn *k, str level, day on, str parent_code, db_unit_list *out)
{
	db_rows r;
	if (parent_code.len)
		db_query(c, k,
			"SELECT " COLUMNS " FROM unit u WHERE u.parent_code = $3 AND u.parent_level IS NOT NULL AND u.level = $1"
			" AND u.valid_from <= $2 AND u.valid_to >= $2 ORDER BY u.sort_key, u.code",
			DB_ARGS(db_text(level), db_int(on), db_text(parent_code)), &r);
	else
		db_query(c, k,
			"SELECT " COLUMNS " FROM unit u WHERE u.level = $1 AND u.valid_from <= $2 AND u.valid_to >= $2 ORDER BY u.sort_key, u.code",
			DB_ARGS(db_text(level), db_int(on)), &r);
	return read_all(c, &r, out);
}

enum err db_unit_versions(cx *c, db_conn *k, str level, str code, db_unit_list *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS " FROM unit u WHERE u.level = $1 AND u.code = $2 ORDER BY u.valid_from", DB_ARGS(db_text(level), db_text(code)), &r);
	return read_all(c, &r, out);
}

enum err db_unit_ids_on(cx *c, db_conn *k, str level, day on, int64_t **out, size_t *n)
{
	VEC(int64_t) ids = { 0 };
	db_rows r;
	db_query(c, k, "SELECT id FROM unit WHERE level = $1 AND valid_from <= $2 AND valid_to >= $2 ORDER BY id", DB_ARGS(db_text(level), db_int(on)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, &ids) = db_cell_int(&r, 0);
	*out = ids.p;
	*n = ids.n;
	return db_end(&r);
}

enum err db_unit_predecessors(cx *c, db_conn *k, int64_t id, db_unit_list *out)
{
	db_rows r;
	db_query(c, k,
		"SELECT " COLUMNS
		" FROM unit_successor s JOIN unit u ON u.id = s.old_id WHERE s.new_id = $1 ORDER BY u.sort_key, u.code",
		DB_ARGS(db_int(id)), &r);
	return read_all(c, &r, out);
}

enum err db_unit_successors(cx *c, db_conn *k, int64_t id, db_unit_list *out)
{
	db_rows r;
	db_query(c, k,
		"SELECT " COLUMNS
		" FROM unit_successor s JOIN unit u ON u.id = s.new_id WHERE s.old_id = $1 ORDER BY u.sort_key, u.code",
		DB_ARGS(db_int(id)), &r);
	return read_all(c, &r, out);
}

enum err db_unit_region_on(cx *c, db_conn *k, str level, str code, day on, str *out)
{
	db_rows r;
	*out = (str){ "", 0 };
	db_query(c, k,
		"SELECT region FROM unit_region WHERE level = $1 AND code = $2 AND decided_on <= $3 ORDER BY decided_on DESC, scheme LIMIT 1",
		DB_ARGS(db_text(level), db_text(code), db_int(on)), &r);
	if (db_next(&r))
		*out = db_cell_copy(c, &r, 0);
	return db_end(&r);
}

/* ---- names ---- */

static enum err by_fold(cx *c, db_conn *k, str level, str fold, day on, db_unit_list *out)
{
	db_rows r;
	db_query(c, k,
		"SELECT " COLUMNS " FROM unit u WHERE u.id IN (SELECT n.id FROM unit n WHERE n.name_fold = $1"
		" UNION SELECT a.unit_id FROM unit_alias a WHERE a.alias_fold = $1)"
		" AND (u.level = $2 OR $2 = '') AND u.valid_from <= $3 AND u.valid_to >= $3 ORDER BY u.sort_key, u.code",
		DB_ARGS(db_text(fold), db_text(level), db_int(on)), &r);
	return read_all(c, &r, out);
}

/* The fold without the word for the kind of unit before it, if there is one. */
static bool without_kind(str fold, str *out)
{
	static const char *const kinds[] = { "tinh ", "thanh pho ", "tp ", "tp", "t ", "xa ", "phuong ", "dac khu ", "thi tran ",
		"quan ", "huyen ", "thi xa " };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (str_starts(fold, str_of(kinds[i])) && fold.len > strlen(kinds[i])) {
			*out = (str){ fold.p + strlen(kinds[i]), fold.len - strlen(kinds[i]) };
			return true;
		}
	return false;
}

/* Same letters and marks, whatever the case and where the tone stands. The name may have other words before it. */
static bool same_marks(arena *mem, str written, str name)
{
	str a = vn_lower(mem, vn_tone(mem, str_trim(written))), b = vn_lower(mem, vn_tone(mem, name));
	return a.len >= b.len && str_eq((str){ a.p + a.len - b.len, b.len }, b);
}

static void keep_same_marks(cx *c, str written, db_unit_list *list)
{
	db_unit_list kept = { 0 };
	for (size_t i = 0; i < list->n; i++)
		if (same_marks(c->mem, written, list->p[i].name))
			*VEC_PUSH(c->mem, &kept) = list->p[i];
	if (kept.n)
		*list = kept;
}

enum err db_unit_resolve(cx *c, db_conn *k, str level, str name, day on, db_unit_list *out)
{
	str fold = vn_fold(c->mem, name), bare;
	enum err e = by_fold(c, k, level, fold, on, out);
	if (!e && !out->n && without_kind(fold, &bare))
		e = by_fold(c, k, level, bare, on, out);
	if (!e && out->n > 1)
		keep_same_marks(c, name, out);
	return e;
}

static bool has_word(str fold, str word)
{
	str w;
	while (str_next(&fold, ' ', &w))
		if (str_starts(w, word))
			return true;
	return false;
}

/* The database finds the longest word, the others are looked for here. */
static str longest_word(str text)
{
	str word, best = { "", 0 };
	while (str_next(&text, ' ', &word))
		if (word.len > best.len)
			best = word;
	return best;
}

static bool has_all_words(str fold, str words)
{
	str w;
	while (str_next(&words, ' ', &w))
		if (w.len && !has_word(fold, w))
			return false;
	return true;
}

enum err db_unit_search(cx *c, db_conn *k, str level, str text, day on, int limit, db_unit_list *out)
{
	db_rows r;
	str fold = vn_fold(c->mem, text), word = longest_word(fold);
	*out = (db_unit_list){ 0 };
	if (!word.len)
		return ERR_OK;
	/* Behind every text that begins like it: U+10FFFF. */
	str behind = arena_printf(c->mem, "%.*s\xF4\x8F\xBF\xBF", STR_ARG(word));
	db_query(c, k,
		"SELECT " COLUMNS ", u.name_fold, a.alias_fold FROM unit u LEFT JOIN unit_alias a ON a.unit_id = u.id"
		" WHERE u.id IN (SELECT w.unit_id FROM unit_word w WHERE w.word >= $1 AND w.word < $2)"
		" AND (u.level = $3 OR $3 = '') AND u.valid_from <= $4 AND u.valid_to >= $4 ORDER BY u.sort_key, u.code, u.id",
		DB_ARGS(db_text(word), db_text(behind), db_text(level), db_int(on)), &r);
	while (db_next(&r) && out->n < (size_t)limit) {
		str all = arena_printf(c->mem, "%.*s %.*s", STR_ARG(db_cell_text(&r, 16)), STR_ARG(db_cell_text(&r, 17)));
		if (has_all_words(all, fold) && (!out->n || out->p[out->n - 1].id != db_cell_int(&r, 0)))
			*VEC_PUSH(c->mem, out) = read_unit(c, &r);
	}
	return db_end(&r);
}
