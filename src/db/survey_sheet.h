/* survey_sheet: printed forms by number number, and what two people typed from them. */
#ifndef DB_SURVEY_SHEET_H
#define DB_SURVEY_SHEET_H
#include "db/survey.h"

typedef struct db_sheet {
	int64_t survey_id, number;
	str state; /* printed, once, differs, settled, void */
	str key;
	db_sampled at;
	str entry1, entry2, entry1_by, entry2_by, settled_by, reason;
	int64_t n_items, n_differ;
} db_sheet;

typedef struct db_sheet_list {
	db_sheet *p;
	size_t n, cap;
} db_sheet_list;

enum err db_sheet_last(cx *c, db_conn *k, int64_t survey_id, int64_t *number); /* 0: none yet */
enum err db_sheet_add(cx *c, db_conn *k, const db_sheet *x); /* printed */
enum err db_sheet_get(cx *c, db_conn *k, int64_t survey_id, int64_t number, db_sheet *out); /* ERR_NOTFOUND without a fault */
enum err db_sheet_of(cx *c, db_conn *k, int64_t survey_id, int64_t first, int64_t last, db_sheet_list *out); /* by number */
enum err db_sheet_in(cx *c, db_conn *k, int64_t survey_id, str state, int limit, db_sheet_list *out);
enum err db_sheet_entry(cx *c, db_conn *k, const db_sheet *x);  /* state, entries, by whom */
/* Nothing is left that leads to the answer, or to what was typed. */
enum err db_sheet_close(cx *c, db_conn *k, const db_sheet *x, str state);

typedef struct db_sheet_sum {
	str state;
	int64_t n, items, differ;
} db_sheet_sum;

typedef struct db_sheet_sum_list {
	db_sheet_sum *p;
	size_t n, cap;
} db_sheet_sum_list;

enum err db_sheet_sums(cx *c, db_conn *k, int64_t survey_id, db_sheet_sum_list *out); /* by state, blank ones apart from void */

#endif
