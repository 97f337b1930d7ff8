/* filled: a store for each test with what imports need, and short ways to import texts. See db/store.h for the two databases. */
#ifndef TEST_FILLED_H
#define TEST_FILLED_H
#include "db/store.h"
#include "app/import.h"
#include "app/result.h"
#include "app/unit.h"
#include "base/table.h"
#include "db/import.h"
#include "db/result.h"

#define OK(e) assert_int_equal((e), ERR_OK)

typedef struct app_store {
	store *s;
	cx *c;
	struct app app;
} app_store;

static inline app_store app_empty(void **state)
{
	app_store t = { .s = store_new(state) };
	t.c = t.s->c;
	t.app = (struct app){ .db = t.s->d, .url = str_of(t.s->url), .method_dir = "method" };
	return t;
}

static inline void app_free(app_store *t) { store_free(t->s); }

static inline void app_load(app_store *t, const char *kind, const char *path)
{
	struct import_report report;
	struct import_options opt = { 0 };
	OK(import_file(t->c, &t->app, str_of(kind), path, &opt, &report));
}

/* Units, their other names, indices, series and breaks: enough to import results. */
static inline app_store app_small(void **state)
{
	app_store t = app_empty(state);
	app_load(&t, "units", "method/packs/units.csv");
	app_load(&t, "aliases", "method/packs/unit_aliases.csv");
	app_load(&t, "indices", "method/packs/indices.csv");
	app_load(&t, "series", "method/packs/series.csv");
	app_load(&t, "breaks", "method/packs/breaks.csv");
	return t;
}

/* The forms of the surveys of the demonstration. */
static inline void app_load_forms(app_store *t)
{
	static const char *const forms[] = { "mot-cua-minh-hoa", "sipas-2022", "lanh-dao-minh-hoa", "papi-minh-hoa" };
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		app_load(t, "questionnaire", arena_printf(t->c->mem, "method/questionnaires/%s.csv", forms[i]).p);
}

/* The surveys of the demonstration with their answers. */
static inline app_store app_surveys(void **state)
{
	app_store t = app_empty(state);
	app_load_forms(&t);
	app_load(&t, "units", "method/demo/units.csv");
	app_load(&t, "surveys", "method/demo/surveys.csv");
	app_load(&t, "places", "method/demo/places.csv");
	app_load(&t, "answers", "method/demo/answers.csv");
	return t;
}

/* Forgets the faults of earlier steps. */
static inline void app_forget(app_store *t)
{
	t->c->n_faults = t->c->n_errors = t->c->n_dropped = 0;
}

static inline enum err app_import(app_store *t, const char *kind, const char *text, const struct import_options *opt, struct import_report *out)
{
	static const struct import_options none;
	struct import_report report;
	return import_bytes(t->c, &t->app, str_of(kind), STR("f.csv"), str_of(text), opt ? opt : &none, out ? out : &report);
}

static inline int64_t app_count(app_store *t, const char *sql)
{
	int64_t n = -1;
	db_conn *k = store_reader(t->s);
	OK(db_scalar(t->c, k, sql, DB_NONE, &n, NULL));
	db_release(k);
	return n;
}

static inline const char *app_dec(struct figure f)
{
	static char text[4][DEC_TEXT];
	static int at;
	return f.there ? dec_text(f.v, text[at = (at + 1) % 4]).p : "";
}

static inline const char *app_z(app_store *t, str s) { return arena_cstr(t->c->mem, s); }

#endif
