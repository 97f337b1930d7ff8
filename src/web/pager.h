/* pager: long lists, one page at a time.
 *
 * A route says how many rows a page has, `.rows = PAGER_ROWS`. The router then adds two inputs, `trang` (number of the page, from 1) and
 * `moi-trang` (rows a page, at most PAGER_MOST), and the page asks which rows it shall show:
 *
 *     struct pager_rows at;
 *     enum err e = pager_rows(w, list.n, &at);      the whole list is known
 *     for (size_t i = at.from; i < at.to; i++) …
 *
 * When the store reads the rows, pager_skip and pager_limit go into its query, and pager_total says afterwards how many there are in all.
 * Newest-first lists that grow while somebody reads (audit, notices) go by place: the route has the flag WEB_STREAM and declares an input
 * `truoc`, and the page names the last row it showed (pager_older); how many there are in all is not counted.
 *
 * Links to the pages before and after stand in the page ({{>pager}}), its head, the header Link, and in JSON, which has `page` beside
 * `data`. A list that fits one page looks as if there were no pages. CSV is whole: all rows, whatever the page. */
#ifndef WEB_PAGER_H
#define WEB_PAGER_H
#include "base/json.h"
#include "web/web.h"

enum { PAGER_ROWS = 100, PAGER_MOST = 1000, PAGER_CSV = 50000 };

/* Rows from .. to - 1. */
struct pager_rows {
	size_t from, to;
};

/* ERR_NOTFOUND: there are rows, but no such page. */
enum err pager_rows(struct web_cx *w, size_t total, struct pager_rows *out);

/* Rows before this page, and at most on it; CSV: none, and PAGER_CSV, beyond which pager_total and pager_older refuse it (ERR_LIMIT,
 * http.csv_long): a table that looks whole is whole. */
int64_t pager_skip(const struct web_cx *w);
int pager_limit(const struct web_cx *w);
enum err pager_total(struct web_cx *w, int64_t total);

/* Of a list by place: there are older ones than `last` (empty: there are none). */
enum err pager_older(struct web_cx *w, str last);

/* For the router, and the runtime of views. */
extern const struct web_input pager_inputs[2];
void pager_links(struct web_cx *w);            /* the header Link */
void pager_json(struct web_cx *w, json_out *j); /* "page": {…}, when the list has pages */
#endif
