#include "db/table_page.h"
#include "base/buf.h"
#include "base/vec.h"

enum { MAX_COLUMNS = 64 };

static void add_names(buf *b, const db_table *t, const char *between)
{
	for (int i = 0; i < t->n; i++) {
		if (i)
			buf_addz(b, between);
		buf_add(b, t->column[i].name);
	}
}

static void add_key_names(buf *b, const table_pager *p)
{
	for (int i = 0; i < p->n_key; i++) {
		if (i)
			buf_addz(b, ", ");
		buf_add(b, p->t->column[p->key[i]].name);
	}
}

static const char *page_sql(cx *c, const table_pager *p, bool first)
{
	buf b;
	buf_init(&b, 0);
	buf_addz(&b, "SELECT ");
	add_names(&b, p->t, ", ");
	buf_printf(&b, " FROM %.*s WHERE ", STR_ARG(p->t->name));
	/* The mark of an unfinished copy is no fact. */
	buf_addz(&b, str_is(p->t->name, "meta") ? "key <> 'incomplete'" : "1 = 1");
	if (!first) {
		buf_addz(&b, " AND (");
		add_key_names(&b, p);
		buf_addz(&b, ") > (");
		for (int i = 0; i < p->n_key; i++)
			buf_printf(&b, i ? ", $%d" : "$%d", i + 2);
		buf_addz(&b, ")");
	}
	buf_addz(&b, " ORDER BY ");
	add_key_names(&b, p);
	buf_addz(&b, " LIMIT $1");
	const char *sql = arena_cstr(c->mem, buf_str(&b));
	buf_free(&b);
	return sql;
}

enum err table_pager_init(cx *c, db_conn *k, const db_table *t, int rows, table_pager *p)
{
	*p = (table_pager){ .k = k, .t = t, .page = rows };
	for (int at = 1; at <= TABLE_KEY; at++)
		for (int i = 0; i < t->n; i++)
			if (t->column[i].key == at)
				p->key[p->n_key++] = i;
	if (!p->n_key || t->n > MAX_COLUMNS)
		return cx_fail(c, ERR_INPUT, "db.no_key", (place){ 0 }, t->name);
	p->first = page_sql(c, p, true);
	p->more = page_sql(c, p, false);
	return ERR_OK;
}

static db_val cell_copy(cx *c, const db_rows *r, int i, enum db_type type)
{
	db_val v = db_cell(r, i);
	if (v.null)
		return db_null(type);
	if (v.type >= DB_TEXT)
		v.s = arena_str(c->mem, v.s);
	return v;
}

enum err table_page_read(const table_pager *p, const table_page *before, table_page *out)
{
	db_val args[1 + TABLE_KEY] = { db_int(p->page) };
	VEC(db_val) cells = { 0 };
	db_rows r;
	if (before)
		for (int i = 0; i < p->n_key; i++)
			args[1 + i] = before->cell[(before->n - 1) * (size_t)p->t->n + (size_t)p->key[i]];
	out->c = cx_new(0);
	out->n = 0;
	db_query(out->c, p->k, before ? p->more : p->first, args, before ? 1 + (size_t)p->n_key : 1, &r);
	for (; db_next(&r); out->n++)
		for (int i = 0; i < p->t->n; i++)
			*VEC_PUSH(out->c->mem, &cells) = cell_copy(out->c, &r, i, p->t->column[i].type);
	out->cell = cells.p;
	return db_end(&r);
}

const char *table_insert_sql(cx *c, const db_table *t)
{
	buf b;
	buf_init(&b, 0);
	buf_printf(&b, "INSERT INTO %.*s (", STR_ARG(t->name));
	add_names(&b, t, ", ");
	buf_addz(&b, ") VALUES (");
	for (int i = 0; i < t->n; i++)
		buf_printf(&b, i ? ", $%d" : "$%d", i + 1);
	buf_addz(&b, ")");
	const char *sql = arena_cstr(c->mem, buf_str(&b));
	buf_free(&b);
	return sql;
}
