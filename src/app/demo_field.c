#include "app/demo_field.h"
#include "app/response.h"
#include "app/survey_case.h"
#include "base/table.h"
#include "base/vec.h"
#include "db/response.h"
#include "db/survey_case.h"
#include "db/user.h"

enum { F_SURVEY, F_CODE, F_PLACE, F_STRATUM, F_PSU, F_WEIGHT, F_INTERVIEWER, F_OUTCOME, FIELD_COLUMNS };
enum { ATTEMPTS = 2 };

static const struct table_column columns[FIELD_COLUMNS] = { { "survey", true }, { "code", true }, { "place", true }, { "stratum", true },
	{ "psu", true }, { "weight", true }, { "interviewer", true }, { "outcome", true } };

struct field_row {
	db_case x;
	int64_t response; /* 0: none */
};

struct field_rows {
	VEC(struct field_row) list;
};

static enum err read_rows(cx *c, struct app *a, struct field_rows *out)
{
	str path = arena_printf(c->mem, "%s/demo/field.csv", a->method_dir);
	table t;
	struct survey_info s = { 0 };
	enum err e = table_open(c, csv_open_file(c, path.p, &(csv_options){ .delimiter = ',', .encoding = CSV_UTF8 }), path, columns, FIELD_COLUMNS, &t);
	if (e)
		return e;
	while (!e && table_next(&t)) {
		const str *cell = t.cell;
		if (!s.id)
			e = survey_get(c, a, arena_str(c->mem, cell[F_SURVEY]), &s);
		if (e)
			break;
		struct field_row *r = VEC_PUSH(c->mem, &out->list);
		*r = (struct field_row){ .x = { .survey_id = s.id,
						 .code = arena_str(c->mem, cell[F_CODE]),
						 .outcome = arena_str(c->mem, cell[F_OUTCOME]),
						 .at = { arena_str(c->mem, cell[F_PLACE]), arena_str(c->mem, cell[F_STRATUM]),
							 arena_str(c->mem, cell[F_PSU]), arena_str(c->mem, cell[F_WEIGHT]) },
						 .interviewer = arena_str(c->mem, cell[F_INTERVIEWER]),
						 .attempts = ATTEMPTS } };
		if (str_is(r->x.outcome, case_outcome_word(CASE_COMPLETED)))
			e = response_find(c, a, &s, r->x.code, &r->response);
	}
	table_close(&t);
	return e;
}

/* As the pages would have left it. */
static enum err put_case(cx *c, db_conn *k, struct field_row *r)
{
	bool known;
	enum err e = db_case_add(c, k, &r->x, &known);
	if (e || known)
		return e;
	return r->response ? db_case_over(c, k, &r->x, r->x.outcome) : db_case_outcome(c, k, &r->x);
}

static enum err put_visit(cx *c, db_conn *k, const struct field_row *r)
{
	db_account x;
	enum err e = r->response ? db_account_by_login(c, k, r->x.interviewer, date_of_ms(c->now_ms), &x) : ERR_NOTFOUND;
	if (e)
		return e == ERR_NOTFOUND ? ERR_OK : e;
	return db_visit_put(c, k, &(db_visit){ .response_id = r->response, .account_id = x.id }, 1);
}

static enum err put_rows(cx *c, db_conn *k, void *arg)
{
	struct field_rows *rows = arg;
	enum err e = ERR_OK;
	for (size_t i = 0; i < rows->list.n && !e; i++) {
		e = put_case(c, k, &rows->list.p[i]);
		if (!e)
			e = put_visit(c, k, &rows->list.p[i]);
	}
	return e;
}

enum err demo_field(cx *c, struct app *a)
{
	struct field_rows rows = { 0 };
	enum err e = read_rows(c, a, &rows);
	return e ? e : db_tx(c, a->db, DB_WRITE, put_rows, &rows);
}
