#include "app/apart.h"
#include "db/lay.h"

static const char laid_key[] = "answers_laid";

static enum err put_day(cx *c, db_conn *k, void *arg) { return db_meta_set(c, k, str_of(laid_key), *(const str *)arg); }

static bool goes_on(void *ctx, int64_t done, int64_t total)
{
	const struct app *a = ctx;
	(void)done;
	(void)total;
	return !atomic_load(&a->resetting);
}

/* A store that shall be set back is left at the next page of rows: it is laid another time. */
static enum err lay(cx *c, struct app *a)
{
	c->watch = goes_on;
	c->watch_ctx = a;
	enum err e = db_lay_anew(c, a->db);
	c->watch = NULL;
	return e;
}

enum err apart_daily(cx *c, struct app *a)
{
	DB_READER(k);
	char text[DATE_TEXT];
	str today = date_text(date_of_ms(c->now_ms), text), last = { 0 };
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_meta_get(c, k, str_of(laid_key), &last);
	db_release(k);
	k = NULL;
	if (e || str_eq(last, today))
		return e;
	e = lay(c, a);
	if (e)
		return e == ERR_CANCELLED ? ERR_OK : e;
	return db_tx(c, a->db, DB_WRITE, put_day, &today);
}

enum err apart_log(cx *c, struct app *a) { return db_cut_log(c, a->db); }
