/* table_page: any table, read page by page in the order of its primary key, and the statement that writes a row of it. For copy and lay. */
#ifndef DB_TABLE_PAGE_H
#define DB_TABLE_PAGE_H
#include "db/driver.h"

enum { TABLE_KEY = 8 /* columns of a key at most */ };

typedef struct table_pager {
	db_conn *k;
	const db_table *t;
	const char *first, *more; /* SQL of the first page and of the others */
	int n_key;
	int key[TABLE_KEY]; /* columns */
	int page;           /* rows */
} table_pager;

/* Cells of a page, row after row, in a context of its own. */
typedef struct table_page {
	cx *c;
	db_val *cell;
	size_t n; /* rows */
} table_page;

/* Fault db.no_key. The pager is in the arena of c and reads through k. */
enum err table_pager_init(cx *c, db_conn *k, const db_table *t, int rows, table_pager *p);
/* Reads the page behind the last row of before (NULL: the first). The caller frees out->c, also after a failure, whose fault is in it. */
enum err table_page_read(const table_pager *p, const table_page *before, table_page *out);
const char *table_insert_sql(cx *c, const db_table *t);

#endif
