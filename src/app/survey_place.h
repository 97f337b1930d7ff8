/* survey_place: the desks, offices and communes of a survey, as who manages it keeps them (permission survey.manage).
 *
 * A place belongs to a unit of the catalogue, so that results can be divided by units and handed on as their measures; without one it stands for
 * itself. Its code is part of printed addresses and of answers and never changes. What anything names is not removed.
 *
 *     survey_place.code, .name, .unit   what is wrong with a field
 *     survey_place.there                a place of this code is there
 *     survey_place.many                 there are SURVEY_PLACES_MAX
 *     survey_place.used                 answers, invitations, cases or printed forms name it
 *     survey_public.locked              its unit would change under published figures */
#ifndef APP_SURVEY_PLACE_H
#define APP_SURVEY_PLACE_H
#include "app/actor.h"
#include "app/survey.h"

enum { SURVEY_PLACES_MAX = 5000 };

struct survey_place_edit {
	str code, name[LANGS]; /* English empty: as the Vietnamese one */
	str level, unit;       /* both empty: none */
};

struct survey_place_row {
	struct survey_place_edit at;
	str unit_name;
	int64_t answers;
};

struct survey_place_rows {
	struct survey_place_row *p;
	size_t n, cap;
};

enum err survey_place_rows(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, struct survey_place_rows *out); /* by code */
/* fresh: a new one; else that of the code is corrected. ERR_INPUT, ERR_CONFLICT with the faults above; ERR_NOTFOUND without one. */
enum err survey_place_save(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, const struct survey_place_edit *x, bool fresh);
enum err survey_place_drop(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str code);

#endif
