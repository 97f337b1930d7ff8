/* survey_public: publication of a survey as an act, its corrections and withdrawal, each with a reason and kept for ever.
 *
 * Published figures stay as they are: from then on the survey takes no answers and no other weights (survey_changes), until a correction is
 * begun. While it lasts the public sees the figures of the last publication, from the body that was stored with it. A survey of whoever likes
 * to answer may be published live: its figures follow the answers, and the page says so. Who publishes chooses the roll-up; it is stored with
 * the figures, as the version of the questionnaire is, and pages of results start from it.
 *
 *     survey_public.state      it does not stand so that this could be done   {value} the survey
 *     survey_public.open       it still takes answers
 *     survey_public.not_live   only answers by whoever liked can be published live
 *     survey_public.needs_reason  a correction and a withdrawal need one
 *     survey_public.nothing    nobody has answered
 *     survey_public.locked     its figures are published: begin a correction first */
#ifndef APP_SURVEY_PUBLIC_H
#define APP_SURVEY_PUBLIC_H
#include "app/actor.h"
#include "app/survey_result.h"

enum { SURVEY_NOTE_MOST = 2000 };

struct survey_publication {
	int64_t seq;
	enum survey_public_verb { SURVEY_PUBLISH, SURVEY_CORRECT, SURVEY_WITHDRAW } verb;
	int revision;
	bool live;
	str note, actor;
	int64_t at;
};

struct survey_publications {
	struct survey_publication *p; /* the last first */
	size_t n, cap;
};

struct survey_frozen_row {
	str code, name[LANGS];
	int64_t people;
	int64_t n, answers, hits; /* as in survey_figure */
	bool hidden, enough;      /* enough: worth a rank, where units are ranked */
	double v, low, high;      /* NaN: there is none */
	int rank;            /* 0: none */
};

/* The index as it was published: everybody, then the units, places or strata. */
struct survey_frozen {
	str by; /* don-vi, noi, tang; empty: everybody only */
	enum survey_stat stat;
	enum survey_basis basis;
	str questionnaire;
	int version;
	struct survey_rollup rollup; /* as it was chosen */
	enum factor_agg agg;         /* what that means for the index */
	int64_t people;
	VEC(struct survey_frozen_row) rows;
};

/* Permission "survey" "publish". note: decision or remark, may be empty where no reason is needed. ERR_INPUT, ERR_CONFLICT with the faults above. */
enum err survey_publish(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, bool live, struct survey_rollup rollup, str note);
enum err survey_correct(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str reason);
enum err survey_withdraw(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str reason);
/* Whether the act is open as the survey stands, whoever asks. live: of publishing only. */
bool survey_public_can(const struct survey_info *s, enum survey_public_verb verb, bool live);
enum err survey_publications(cx *c, struct app *a, const struct survey_info *s, struct survey_publications *out);
/* The figures of one entry; ERR_NOTFOUND without a fault: it has none. */
enum err survey_frozen_get(cx *c, struct app *a, const struct survey_info *s, int64_t seq, struct survey_frozen *out);

/* What a publication would say now, with its thresholds; nothing is written. Permission "survey" "publish". */
enum err survey_public_preview(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, struct survey_rollup rollup,
	struct survey_frozen *out);
/* The roll-up of what is published now; that of the questionnaire where nothing is. */
enum err survey_public_rollup(cx *c, struct app *a, const struct survey_info *s, struct survey_rollup *out);

/* Whether the figures can be seen by everybody. */
static inline bool survey_is_public(const struct survey_info *s) { return s->is_public == SURVEY_PUBLISHED || s->is_public == SURVEY_LIVE; }
/* ERR_CONFLICT with survey_public.locked when what the published figures rest on would change. */
enum err survey_changes(cx *c, const struct survey_info *s);

/* The surveys of the demonstration that have answers. */
enum err survey_public_demo(cx *c, struct app *a);

#endif
