#include "app/site.h"
#include "app/app.h"
#include <stdlib.h>
#include <time.h>
#include "app/demo_field.h"
#include "app/demo_round.h"
#include "app/import.h"
#include "app/kept.h"
#include "app/key.h"
#include "app/sample.h"
#include "app/survey_memory.h"
#include "app/survey_public.h"
#include "app/user.h"
#include "db/copy.h"
#include "db/queue.h"

enum err app_open(cx *c, str url, const struct app_options *opt, struct app **out)
{
	db_options o = { .schema = opt->store == STORE_AS_IS ? DB_SCHEMA_CHECK : DB_SCHEMA_MIGRATE,
		.must_exist = opt->store != STORE_NEW,
		.trouble = opt->trouble,
		.trouble_ctx = opt->trouble_ctx };
	if (opt->connections) {
		o.writers = opt->connections < 8 ? 1 : opt->connections < 12 ? 2 : 4;
		o.readers = opt->connections > o.writers ? opt->connections - o.writers : 1;
	}
	struct db *d;
	enum err e = db_open(c, url, &o, &d);
	if (e)
		return e;
	struct app *a = calloc(1, sizeof *a);
	char *copy = a ? strndup(url.p, url.len) : NULL;
	if (!copy) {
		free(a);
		db_close(d);
		return cx_fail(c, ERR_IO, "app.memory", (place){ 0 }, STR(""));
	}
	a->db = d;
	a->url = str_of(copy);
	a->method_dir = opt->method_dir;
	a->kept = kept_new();
	e = opt->key_path ? app_key_open(c, a, opt->key_path, opt->store != STORE_AS_IS) : ERR_OK;
	if (e) {
		app_close(a);
		return e;
	}
	*out = a;
	return ERR_OK;
}

enum err app_serve(cx *c, struct app *a)
{
	a->queue = db_queue_new(a->db, NULL);
	a->surveys = survey_memory_new();
	return a->queue ? ERR_OK : cx_fail(c, ERR_IO, "app.memory", (place){ 0 }, STR(""));
}

void app_close(struct app *a)
{
	if (!a)
		return;
	db_queue_stop(a->queue);
	kept_free(a->kept);
	survey_memory_free(a->surveys);
	site_close(a);
	char *url;
	memcpy(&url, &a->url.p, sizeof url); /* ours, though str is read-only */
	free(url);
	app_key_close(a);
	db_close(a->db);
	free(a);
}

bool app_version(struct app *a, bool wait, uint64_t *out)
{
	return db_version(a->db, wait, out);
}

enum err app_ping(cx *c, struct app *a, int ms) { return db_ping(c, a->db, ms); }

static enum err load(cx *c, struct app *a, const char *kind, const char *name, const struct import_options *opt)
{
	struct import_report report;
	if (!a->method_dir)
		return cx_fail(c, ERR_INPUT, "app.no_method", (place){ 0 }, STR(""));
	const char *path = arena_printf(c->mem, "%s/%s", a->method_dir, name).p;
	return import_file(c, a, str_of(kind), path, opt, &report);
}

struct pack {
	const char *kind, *file;
	struct import_options opt;
};

static enum err load_all(cx *c, struct app *a, const struct pack *packs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct cx_span whole = cx_part(c, (int64_t)i, (int64_t)n);
		enum err e = cx_step(c, 0, 0) ? load(c, a, packs[i].kind, packs[i].file, &packs[i].opt) : ERR_CANCELLED;
		cx_part_end(c, whole);
		if (e)
			return e;
	}
	return db_settle(c, a->db);
}

enum err app_load_packs(cx *c, struct app *a)
{
	static const struct pack packs[] = {
		{ "units", "packs/units.csv", { 0 } },
		{ "communes", "packs/communes.csv", { 0 } },
		{ "aliases", "packs/unit_aliases.csv", { 0 } },
		{ "regions", "packs/regions.csv", { 0 } },
		{ "holidays", "packs/holidays.csv", { 0 } },
		{ "indices", "packs/indices.csv", { 0 } },
		{ "series", "packs/series.csv", { 0 } },
		{ "breaks", "packs/breaks.csv", { 0 } },
		{ "results", "packs/results-par-index.csv", { 0 } },
		{ "results", "packs/results-sipas.csv", { 0 } },
		{ "results", "packs/results-papi.csv", { 0 } },
		{ "results", "packs/results-pci.csv", { 0 } },
		{ "catalogue", "measures.csv", { 0 } },
		{ "edition", "par-index-province-illustrative.csv", { .code = "par-index-minh-hoa" } },
		{ "edition", "so-illustrative.csv", { .code = "so-nganh-minh-hoa" } },
		{ "edition", "xa-illustrative.csv", { .code = "cap-xa-minh-hoa" } },
		{ "edition", "par-index-2948-fields.csv", { .code = "par-index-2948" } },
		{ "edition", "papi-2011-2017.csv", { .code = "papi-2011" } },
		{ "edition", "papi-2018-2024.csv", { .code = "papi-2018" } },
		{ "edition", "pci-2006-2008.csv", { .code = "pci-2006" } },
		{ "edition", "pci-2009-2012.csv", { .code = "pci-2009" } },
		{ "edition", "pci-2022.csv", { .code = "pci-2022" } },
		{ "edition", "mot-cua-9-chi-so-minh-hoa.csv", { .code = "mot-cua-9-chi-so" } },
		{ "questionnaire", "questionnaires/sipas-2022.csv", { 0 } },
		{ "questionnaire", "questionnaires/mot-cua-minh-hoa.csv", { 0 } },
		{ "questionnaire", "questionnaires/lanh-dao-minh-hoa.csv", { 0 } },
		{ "questionnaire", "questionnaires/sipas-2017-minh-hoa.csv", { 0 } },
		{ "questionnaire", "questionnaires/y-te-minh-hoa.csv", { 0 } },
		{ "questionnaire", "questionnaires/giao-duc-minh-hoa.csv", { 0 } },
		{ "questionnaire", "questionnaires/papi-minh-hoa.csv", { 0 } },
		{ "questionnaire", "questionnaires/ddci-minh-hoa.csv", { 0 } },
		{ "roles", "packs/roles.csv", { 0 } },
		{ "rights", "packs/role_rights.csv", { 0 } },
	};
	return load_all(c, a, packs, sizeof packs / sizeof packs[0]);
}

enum err app_load_demo(cx *c, struct app *a)
{
	static const struct pack packs[] = {
		{ "units", "demo/units.csv", { 0 } },
		{ "measures", "demo/measures-province.csv", { .level = "sample-province", .stage = "appraised" } },
		{ "measures", "examples/tinh-mau-2024-self-measures.csv", { .level = "sample-province", .stage = "self" } },
		{ "measures", "demo/measures-department.csv", { .level = "sample-department", .stage = "appraised" } },
		{ "measures", "demo/measures-department-counted.csv", { .level = "sample-department", .stage = "counted" } },
		{ "measures", "demo/measures-commune.csv", { .level = "sample-commune", .stage = "appraised" } },
		{ "rounds", "demo/rounds.csv", { 0 } },
		{ "surveys", "demo/surveys.csv", { 0 } },
		{ "places", "demo/places.csv", { 0 } },
		{ "quotas", "demo/quotas.csv", { 0 } },
		{ "cases", "demo/cases.csv", { 0 } },
		{ "answers", "demo/answers.csv", { 0 } },
		{ "frame", "demo/frame.csv", { 0 } },
	};
	enum err e = load_all(c, a, packs, sizeof packs / sizeof packs[0]);
	if (!e)
		e = sample_demo(c, a);
	if (!e)
		e = demo_field(c, a);
	if (!e)
		e = survey_public_demo(c, a);
	return e ? e : demo_rounds(c, a);
}

static void reset_over(void *a) { atomic_store(&((struct app *)a)->resetting, false); }

enum { PATIENCE = 2000 /* times 5 ms: a letter may be under way */ };

enum err app_reset(cx *c, struct app *a)
{
	struct cx_hold over;
	if (!a->sandbox)
		return ERR_DENIED;
	if (atomic_exchange(&a->resetting, true))
		return cx_fail(c, ERR_BUSY, "app.resetting", (place){ 0 }, STR(""));
	cx_hold(c, &over, reset_over, a);
	/* What the worker writes would make this busy on PostgreSQL, again and again; it begins nothing new meanwhile. */
	for (int i = 0; i < PATIENCE && atomic_load(&a->working); i++)
		nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
	enum err e = cx_step(c, 0, 0) ? db_clear(c, a->db) : ERR_CANCELLED;
	struct cx_span whole = cx_part(c, 0, 2);
	if (!e)
		e = app_load_packs(c, a);
	cx_part_end(c, whole);
	cx_part(c, 1, 2);
	if (!e)
		e = app_load_demo(c, a);
	if (!e)
		e = user_demo(c, a);
	cx_part_end(c, whole);
	cx_unhold(&over);
	reset_over(a);
	if (e == ERR_CANCELLED)
		cx_fault(c, FAULT_WARNING, "app.reset_partial", (place){ 0 }, (str){ 0 });
	return e;
}
