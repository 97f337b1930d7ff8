/* result: published figures as pages and commands show them: league tables with moves, a unit's years with breaks and mergers. */
#ifndef APP_RESULT_H
#define APP_RESULT_H
#include "app/unit.h"
#include "engine/figure.h"

struct index_info {
	str code, slug; /* "PAR INDEX", "par-index" */
	str name_vi, name_en, publisher, note;
	str level;    /* of the units it is measured for */
	bool percent; /* the value is a share of 100 */
	int *years;   /* with results, newest first */
	size_t n_years;
};

struct index_list {
	struct index_info *p;
	size_t n, cap;
};

struct series_info {
	str code, name_vi, name_en;
	struct figure maximum;
	int first_year, last_year;
};

struct series_info_list {
	struct series_info *p;
	size_t n, cap;
};

struct break_info {
	str index_code;
	int year; /* first one that does not compare with those before */
	str series, reason_vi, reason_en, source;
};

struct break_list {
	struct break_info *p;
	size_t n, cap;
};

struct league_row {
	int64_t unit_id;
	str unit_code, unit_name, slug, region;
	struct figure score, change; /* change: against the year before, not across a break */
	int rank, previous_rank;     /* 0: none */
	int moved;                   /* places up (+) or down (-) */
	bool moved_known;            /* both ranks are there, and no break or merger lies between them */
	str rank_kind, status, source, publisher, coverage, note;
};

/* One index, year and series. */
struct league {
	struct index_info index;
	struct series_info series;
	int year, previous_year;
	bool broken;      /* the series does not compare with the year before */
	bool merged;      /* the units are not those of the year before (July 2025) */
	bool complete;    /* every unit of the time has a figure: only then ranks can be stated for all */
	int64_t expected; /* units of the time: those of the year's last day, and those of the table that ended during the year */
	struct break_list breaks;
	struct series_info_list all_series;
	struct league_row *p;
	size_t n, ranked, scored, cap;
	struct figure mean, lowest, highest; /* of the figures that are there */
};

/* One figure of a unit's history. */
struct point {
	str index_code, series, unit_name, unit_slug; /* the unit it was measured for: the unit itself, or one it came from */
	int year;
	bool own; /* of the unit itself */
	struct figure score, change;
	int rank, of, previous_rank, moved;
	bool moved_known, after_break;
	bool complete; /* the year's table is complete */
	str rank_kind, status, source, publisher, note;
};

struct history {
	struct point *p;
	size_t n, cap;
};

/* One year of a series: for the line over the years. */
struct trend_year {
	int year;
	size_t figures, scored;       /* units with a score or a rank; with a score */
	int64_t expected;
	bool complete;                /* every unit of the time has a figure */
	struct figure mean, leading;  /* mean: of the figures that are there; leading: of the unit ranked first */
	str leader, leader_slug;      /* empty: no unit of that year is known to be the first */
};

struct trend {
	struct trend_year *p; /* oldest first */
	size_t n, cap;
};

enum err result_indices(cx *c, struct app *a, struct index_list *out);
/* By slug or code, ERR_NOTFOUND without a fault. */
enum err result_index(cx *c, struct app *a, str slug, struct index_info *out);
/* year 0: the newest; series "": total. ERR_NOTFOUND without a fault: no results. */
enum err result_league(cx *c, struct app *a, str index_slug, int year, str series, struct league *out);
/* The same of an index that is known already: whoever shows many tables asks for the indices once. */
enum err result_league_of(cx *c, struct app *a, const struct index_info *index, int year, str series, struct league *out);
/* All years of a series ("": total); none is no error. */
enum err result_trend(cx *c, struct app *a, str index_code, str series, struct trend *out);
/* All figures of a unit and, with line, of the units it came from: by index, series, year. index_code "": all. */
enum err result_history(cx *c, struct app *a, int64_t unit_id, bool line, str index_code, struct history *out);
/* Series of an index that a year has: total and dimensions, with names and maxima. */
enum err result_series(cx *c, struct app *a, str index_code, int year, struct series_info_list *out);
enum err result_breaks(cx *c, struct app *a, str index_code, struct break_list *out); /* "": of all indices */
str result_slug(cx *c, str index_code);

/* The unit itself, or the unit of the same code and name before its borders changed. */
bool history_is_own(const struct point *p, const struct unit_info *u);
/* The newest own figure of the total; NULL: none. */
const struct point *history_latest(const struct history *h, const struct unit_info *u, str index_code);
const struct point *history_at(const struct history *h, str slug, str index_code, str series, int year);
/* Whether a break of the series lies in (from, to]. One of all series ("*") stops the dimensions, too. */
bool history_broken(const struct break_list *b, str index_code, str series, int from, int to);

#endif
