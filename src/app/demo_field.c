#include "app/demo_field.h"
#include "app/response.h"
#include "app/survey_callback.h"
#include "app/survey_case.h"
#include "base/hash.h"
#include "base/table.h"
#include "base/vec.h"
#include "db/response.h"
#include "db/survey_case.h"
#include "db/user.h"

enum { F_SURVEY, F_CODE, F_PLACE, F_STRATUM, F_PSU, F_WEIGHT, F_INTERVIEWER, F_OUTCOME, FIELD_COLUMNS };
enum { ATTEMPTS = 2, STILL_WAITING = 4 /* one of so many */, MIND_CHANGED = 9 /* one answer of so many */ };

static const struct table_column columns[FIELD_COLUMNS] = { { "survey", true }, { "code", true }, { "place", true }, { "stratum", true },
	{ "psu", true }, { "weight", true }, { "interviewer", true }, { "outcome", true } };

struct field_row {
	db_case x;
	int64_t response; /* 0: none */
};

struct field_rows {
	VEC(struct field_row) list;
	struct app *a;
	struct survey_info s;
};

static enum err read_rows(cx *c, struct app *a, struct field_rows *out)
{
	str path = arena_printf(c->mem, "%s/demo/field.csv", a->method_dir);
	table t;
	enum err e = table_open(c, csv_open_file(c, path.p, &(csv_options){ .delimiter = ',', .encoding = CSV_UTF8 }), path, columns, FIELD_COLUMNS, &t);
	if (e)
		return e;
	while (!e && table_next(&t)) {
		const str *cell = t.cell;
		if (!out->s.id)
			e = survey_get(c, a, arena_str(c->mem, cell[F_SURVEY]), &out->s);
		if (e)
			break;
		struct field_row *r = VEC_PUSH(c->mem, &out->list);
		*r = (struct field_row){ .x = { .survey_id = out->s.id,
						 .code = arena_str(c->mem, cell[F_CODE]),
						 .outcome = arena_str(c->mem, cell[F_OUTCOME]),
						 .at = { arena_str(c->mem, cell[F_PLACE]), arena_str(c->mem, cell[F_STRATUM]),
							 arena_str(c->mem, cell[F_PSU]), arena_str(c->mem, cell[F_WEIGHT]) },
						 .interviewer = arena_str(c->mem, cell[F_INTERVIEWER]),
						 .attempts = ATTEMPTS } };
		if (str_is(r->x.outcome, case_outcome_word(CASE_COMPLETED)))
			e = response_find(c, a, &out->s, r->x.code, &r->response);
	}
	table_close(&t);
	return e;
}

/* As the pages would have left it: whom one still has to call has a name and a number. */
static enum err put_case(cx *c, db_conn *k, struct field_row *r, size_t n, bool *known)
{
	enum case_outcome o = CASE_NEW;
	if (case_outcome_read(r->x.outcome, &o) && !case_is_over(o)) {
		r->x.name = arena_printf(c->mem, "Người được chọn minh họa %zu", n + 1);
		r->x.phone = arena_printf(c->mem, "0000 000 %zu", 300 + n);
	}
	enum err e = db_case_add(c, k, &r->x, known);
	if (e || *known)
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

/* What was said the first time, but for a few answers. */
static enum err say_again(cx *c, db_conn *k, const struct field_rows *rows, const struct field_row *r, struct given *second)
{
	const questionnaire *q = rows->s.q;
	str line;
	enum err e = db_callback_first(c, k, rows->s.id, r->response, &line);
	if (!e && !answers_read(q, line, c->mem, second))
		e = cx_fail(c, ERR_IO, "survey_data.line", (place){ .file = rows->s.code }, (str){ 0 });
	for (size_t i = 0; i < q->items.n && !e; i++) {
		const struct question *x = &q->items.p[i];
		str h = hash_for(c->mem, "demo callback", arena_printf(c->mem, "%.*s:%.*s", STR_ARG(r->x.code), STR_ARG(x->code)), 16);
		if (survey_callback_compares(x) && second[i].n && (unsigned char)h.p[0] % MIND_CHANGED == 0)
			second[i] = (struct given){ &q->lists.p[x->list].options.p[(unsigned char)h.p[1] % q->lists.p[x->list].options.n].code, 1 };
	}
	return e;
}

/* Asked again by somebody else; some still wait. Without a key of the store there is nobody to ask. */
static enum err put_callback(cx *c, db_conn *k, const struct field_rows *rows, size_t n)
{
	const struct field_row *r = &rows->list.p[n];
	struct given *second = NEW_ARRAY(c->mem, struct given, rows->s.q->items.n + 1);
	db_callback x = { .survey_id = rows->s.id, .code = r->x.code, .name = arena_printf(c->mem, "Người trả lời minh họa %zu", n + 1),
		.phone = arena_printf(c->mem, "0000 000 %zu", 200 + n), .sealed = survey_callback_seal(c, rows->a, r->response) };
	if (!x.sealed.len)
		return ERR_OK;
	enum err e = db_callback_add(c, k, &x);
	if (e || n % STILL_WAITING == 0)
		return e;
	e = say_again(c, k, rows, r, second);
	return e ? e : survey_callback_take(c, rows->a, k, &rows->s, r->x.code, second);
}

static enum err put_rows(cx *c, db_conn *k, void *arg)
{
	struct field_rows *rows = arg;
	enum err e = rows->a->has_key ? db_callback_plan_put(c, k, &(db_callback_plan){ rows->s.id, CALLBACK_SHARE, 7 }, STR("demo")) : ERR_OK;
	for (size_t i = 0; i < rows->list.n && !e; i++) {
		struct field_row *r = &rows->list.p[i];
		bool known;
		e = put_case(c, k, r, i, &known);
		if (!e)
			e = put_visit(c, k, r);
		if (!e && !known && r->response)
			e = put_callback(c, k, rows, i);
	}
	return e;
}

enum err demo_field(cx *c, struct app *a)
{
	struct field_rows rows = { .a = a };
	enum err e = read_rows(c, a, &rows);
	return e ? e : db_tx(c, a->db, DB_WRITE, put_rows, &rows);
}
