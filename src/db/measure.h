/* measure: named numbers of a unit in a period, with numerator and denominator, and the catalogue of their names. */
#ifndef DB_MEASURE_H
#define DB_MEASURE_H
#include "db/db.h"

typedef struct db_measure_def {
	str name, name_vi, name_en, value_unit, numerator, denominator, source_kind, period, note;
} db_measure_def;

typedef struct db_measure_def_list {
	db_measure_def *p;
	size_t n, cap;
} db_measure_def_list;

typedef struct db_measure {
	int64_t id, unit_id;
	str measure, period; /* period: "2024", "2024-Q1", … as the file says */
	str stage;           /* whose figure: self, appraised, counted, … */
	int seq;             /* events of one measure and period: 0, 1, 2, … */
	int revision;
	/* Texts as they came: a value may be a number, true, a date or words. Empty: missing. */
	str numerator, denominator, value;
	str status, reason, source;
	day as_of; /* 0: not known */
	int64_t import_id, recorded_at;
} db_measure;

typedef struct db_measure_list {
	db_measure *p;
	size_t n, cap;
} db_measure_list;

/* The stages and periods there are for a unit. */
typedef struct db_measure_set {
	str stage, period;
	int64_t n;
} db_measure_set;

typedef struct db_measure_set_list {
	db_measure_set *p;
	size_t n, cap;
} db_measure_set_list;

enum err db_measure_def_put(cx *c, db_conn *k, const db_measure_def *d, size_t n);
enum err db_measure_def_all(cx *c, db_conn *k, db_measure_def_list *out);
/* A row that says what the current revision says is not stored again. *changed: rows stored. */
enum err db_measure_put(cx *c, db_conn *k, const db_measure *m, size_t n, int64_t import_id, int64_t *changed);
/* Current values of one unit, by measure and seq. */
enum err db_measure_of(cx *c, db_conn *k, int64_t unit_id, str period, str stage, db_measure_list *out);
/* Of every unit that takes part in a round's stage: by unit, measure, seq. */
enum err db_measure_of_period(cx *c, db_conn *k, str level, str period, str stage, db_measure_list *out);
enum err db_measure_history(cx *c, db_conn *k, int64_t unit_id, str measure, str stage, db_measure_list *out); /* all periods */
enum err db_measure_sets(cx *c, db_conn *k, int64_t unit_id, db_measure_set_list *out);

#endif
