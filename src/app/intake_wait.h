/* intake_wait: a table of answers between its upload and the moment when it is taken over (intake.h): kept in the store with its map, looked at as
 * often as somebody likes, taken over by a job, dropped afterwards. It may name people: it is gone once it was taken over, and after a week.
 * Permission survey.import everywhere. */
#ifndef APP_INTAKE_WAIT_H
#define APP_INTAKE_WAIT_H
#include "app/intake.h"

enum { INTAKE_MAX = 40 << 20, INTAKE_WAITING = 20 /* of one survey */, INTAKE_DAYS = 7 };

struct intake_table {
	int64_t id, size, created_at;
	str name, actor;
	str bytes; /* empty in lists */
	struct intake_map map;
};

struct intake_tables {
	struct intake_table *p;
	size_t n, cap;
};

/* as_map: a table, empty: none yet. ERR_INPUT: intake_map.*; ERR_CONFLICT: intake.waiting, too many wait. */
enum err intake_bring(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str name, str bytes, str as_map,
	int64_t *id);
enum err intake_waiting(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, struct intake_tables *out);
/* ERR_NOTFOUND without a fault: there is none, or it is another survey's. */
enum err intake_get(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, int64_t id, struct intake_table *out);
enum err intake_set_map(cx *c, struct app *a, const struct actor *who, int64_t id, const struct intake_map *m);
enum err intake_drop(cx *c, struct app *a, const struct actor *who, int64_t id);
/* Those that waited too long go. */
enum err intake_sweep(cx *c, struct app *a);
/* A job that takes it over; *job: its number. What came of it is a note of the job. */
enum err intake_begin(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, int64_t id, int64_t *job);

extern const struct job_kind job_intake;

#endif
