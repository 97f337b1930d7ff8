/* survey: surveys as people meet them: what is asked, where, until when, and whether an answer is taken today. */
#ifndef APP_SURVEY_H
#define APP_SURVEY_H
#include "app/app.h"
#include "app/import.h"
#include "base/po.h"
#include "engine/questionnaire.h"

struct db_questionnaire;
struct db_survey;

enum survey_design { SURVEY_PROBABILITY, SURVEY_CENSUS, SURVEY_SELF_SELECTED };

enum survey_state { SURVEY_IS_DRAFT, SURVEY_IS_OPEN, SURVEY_IS_CLOSED }; /* as who manages it has set it */

/* Whether it takes answers today, and if not, why. */
enum survey_gate { SURVEY_TAKES, SURVEY_DRAFT, SURVEY_NOT_YET, SURVEY_OVER, SURVEY_FULL, SURVEY_FULL_TODAY };

/* What the public sees of its figures: live ones follow the answers; while it is corrected, the last published ones stand. */
enum survey_public { SURVEY_UNPUBLISHED, SURVEY_PUBLISHED, SURVEY_LIVE, SURVEY_CORRECTING, SURVEY_WITHDRAWN };
const char *survey_public_word(enum survey_public p); /* as the store has it */

struct survey_info {
	int64_t id;
	str code, name[LANGS], period, note;
	str questionnaire; /* code */
	int version;
	enum survey_design design;
	enum survey_state state;
	enum survey_gate gate;
	enum survey_public is_public;
	bool tokens; /* only who holds a token may answer */
	day opens_on, closes_on;
	bool open_end; /* closes_on is far away: nobody said when */
	int64_t max_answers, max_day; /* through open links, QR codes and kiosks, in all and on one day; 0: no limit */
	int64_t quotas; /* cells, survey_quota.h */
	int64_t answers;
	bool illustrative;
	const questionnaire *q; /* NULL in lists; lives as long as the app */
};

struct survey_list {
	struct survey_info *p;
	size_t n, cap;
};

struct survey_place {
	str code, name[LANGS];
	int64_t unit_id; /* 0: none */
};

struct survey_place_list {
	struct survey_place *p;
	size_t n, cap;
};

/* ERR_NOTFOUND without a fault. */
enum err survey_all(cx *c, struct app *a, struct survey_list *out); /* newest period first, with the number of answers */
enum err survey_get(cx *c, struct app *a, str code, struct survey_info *out); /* answers: not counted */
enum err survey_place_get(cx *c, struct app *a, const struct survey_info *s, str code, struct survey_place *out);
enum err survey_places(cx *c, struct app *a, const struct survey_info *s, struct survey_place_list *out);

/* A one-time token as it is printed on a letter: 26 signs. Only its hash is stored; the text is nowhere but in *out. */
enum err survey_token_new(cx *c, struct app *a, const struct survey_info *s, str place, str *out);
/* The survey of a token, and whether it was used already. ERR_NOTFOUND without a fault. */
enum err survey_token_look(cx *c, struct app *a, str token, struct survey_info *out, str *place, bool *used);
/* As people type one from a letter: capitals, spaces and hyphens, and the letters that it has not for the digits that they look like. */
str survey_token_typed(arena *mem, str typed);
str survey_token_hash(arena *mem, str token);
str survey_token_text(arena *mem); /* a new one; not stored */

/* One version of a questionnaire. */
struct questionnaire_info {
	int64_t id;
	str code, name[LANGS];
	int version;
	bool illustrative;
	int64_t created_at;
	str actor;
	str text;               /* canonical; empty in lists */
	const questionnaire *q; /* NULL in lists */
};

struct questionnaire_infos {
	struct questionnaire_info *p;
	size_t n, cap;
};

enum err questionnaire_all(cx *c, struct app *a, struct questionnaire_infos *out); /* by code, newest version first */
/* version 0: the newest. ERR_NOTFOUND: questionnaire.unknown, questionnaire.no_version. */
enum err questionnaire_get(cx *c, struct app *a, str code, int version, struct questionnaire_info *out);

/* Reads, checks and stores a questionnaire in any form (CSV, workbook, XLSForm) as its canonical text; the same text again is known. */
enum err questionnaire_store(cx *c, struct app *a, str name, str bytes, const struct import_options *opt, struct import_report *out);

#endif
