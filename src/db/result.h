/* result: published figures of indices by unit and year, with their definitions and breaks. A changed figure is a new revision; what
 * counts is the last revision of a visible import. */
#ifndef DB_RESULT_H
#define DB_RESULT_H
#include "db/unit.h"

typedef struct db_index {
	str code; /* "PAR INDEX", "SIPAS", "PAPI", "PCI" */
	int sort_no;
	str name_vi, name_en, publisher, value_unit;
	bool higher_is_better;
	str level, source, note;
} db_index;

typedef struct db_index_list {
	db_index *p;
	size_t n, cap;
} db_index_list;

typedef struct db_series {
	str index_code, code;
	int first_year, last_year, sort_no; /* last_year 9999: goes on */
	str name_vi, name_en;
	db_dec maximum;
	str note;
} db_series;

typedef struct db_series_list {
	db_series *p;
	size_t n, cap;
} db_series_list;

typedef struct db_break {
	str index_code, series;
	int year; /* the first one that does not compare with those before */
	str reason_vi, reason_en, source;
} db_break;

typedef struct db_break_list {
	db_break *p;
	size_t n, cap;
} db_break_list;

typedef struct db_result {
	int64_t id, unit_id;
	str index_code, series;
	int year, revision;
	db_dec score;
	int rank;                     /* 0: none */
	str rank_kind, coverage, publisher, source, status, note;
	int64_t import_id, recorded_at;
} db_result;

/* A result beside its unit. */
typedef struct db_standing {
	db_result r;
	str unit_code, unit_name, unit_sort, unit_type, region;
	int previous_rank;       /* league: of the year before, of the same unit or its only predecessor; 0: none */
	db_dec previous_score;
	int generation;          /* of a unit: 0 itself, 1 its predecessors, … */
} db_standing;

typedef struct db_standing_list {
	db_standing *p;
	size_t n, cap;
} db_standing_list;

/* One year of a series, all units of a level together. */
typedef struct db_result_year {
	str index_code;
	int year;
	int64_t units, figures, ranked, scored; /* rows; with a score or a rank; with a rank; with a score */
	int64_t expected;                       /* units of that level on the last day of the year */
	dec sum;                                /* of the scores, exact */
	str first_code, first_name, first_sort; /* the unit at rank 1, of several the one with the highest score; empty: none */
	db_dec first_score;
} db_result_year;

typedef struct db_result_year_list {
	db_result_year *p;
	size_t n, cap;
} db_result_year_list;

typedef struct db_index_year {
	str index_code, series, area; /* area: "national" or a region */
	int year, release_year;
	db_dec mean, minimum, maximum;
	str decision, source, status, note;
	day published_on; /* 0: not known */
	int64_t import_id;
} db_index_year;

typedef struct db_index_year_list {
	db_index_year *p;
	size_t n, cap;
} db_index_year_list;

enum err db_index_put(cx *c, db_conn *k, const db_index *d);
enum err db_index_list_all(cx *c, db_conn *k, db_index_list *out);
enum err db_index_get(cx *c, db_conn *k, str code, db_index *out); /* ERR_NOTFOUND without a fault */
enum err db_series_put(cx *c, db_conn *k, const db_series *s);
enum err db_series_of(cx *c, db_conn *k, str index_code, db_series_list *out);
enum err db_break_put(cx *c, db_conn *k, const db_break *b);
enum err db_break_of(cx *c, db_conn *k, str index_code, db_break_list *out); /* index_code "": all */
enum err db_index_year_put(cx *c, db_conn *k, const db_index_year *y, size_t n, int64_t import_id);
enum err db_index_year_of(cx *c, db_conn *k, str index_code, str area, db_index_year_list *out); /* area "": all */

/* A row that says what the current revision says is not stored again. *changed: rows stored. id, revision and recorded_at are made here. */
enum err db_result_put(cx *c, db_conn *k, const db_result *r, size_t n, int64_t import_id, int64_t *changed);
/* By rank, those without one behind, then by score. level: of the units; a country's own row is no part of a league. */
enum err db_result_league(cx *c, db_conn *k, str index_code, int year, str series, str level, db_standing_list *out);
/* By index, series, year. index_code "" and series "": all. line: with all predecessors of the unit. */
enum err db_result_of_unit(cx *c, db_conn *k, int64_t unit_id, bool line, str index_code, str series, db_standing_list *out);
enum err db_result_one(cx *c, db_conn *k, str index_code, int year, int64_t unit_id, str series, db_result *out);
enum err db_result_revisions(cx *c, db_conn *k, str index_code, int year, int64_t unit_id, str series, db_standing_list *out);
/* By index (index_code "": all), oldest first; two statements, however many there are. */
enum err db_result_years(cx *c, db_conn *k, str index_code, str series, str level, db_result_year_list *out);
/* Only which years have figures of units of the index's own level, by index and oldest first (the other members stay 0); index_code "": of all.
 * One statement, with a look per year instead of one per figure. */
enum err db_result_year_numbers(cx *c, db_conn *k, str index_code, str series, db_result_year_list *out);

#endif
