/* intake_inner: shared by intake.c and intake_read.c only. */
#ifndef APP_INTAKE_INNER_H
#define APP_INTAKE_INNER_H
#include <setjmp.h>
#include "app/intake.h"
#include "base/map.h"
#include "db/response.h"
#include "db/survey.h"

struct intake_inner {
	map values;   /* "target|folded" -> place in map.values, from 1 */
	bool keep;    /* answers are kept in rows, to be stored */
	VEC(db_response) rows;
	VEC(db_visit) visits;
};

table_source intake_source(struct intake *in);
/* The row's cell, as tables want it, or as a person sees it. */
str intake_cell(const table_row *r, int at);
place intake_at(const struct intake *in, int64_t line, size_t column);
str intake_target(const struct intake *in, const struct intake_column *k); /* its word in a map */

/* Runs work with the intake's memory as its bound. */
enum err intake_guard(struct intake *in, enum err (*work)(struct intake *in));

#endif
