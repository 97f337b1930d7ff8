/* questionnaire_note: what to know of a questionnaire beside its faults: what the reader of its file left out or changed, kept with the draft, and
 * what ODK cannot say of it. */
#ifndef APP_QUESTIONNAIRE_NOTE_H
#define APP_QUESTIONNAIRE_NOTE_H
#include "engine/questionnaire.h"

struct form_notes {
	fault *p; /* at.file: the whole place, as people read it */
	size_t n, cap;
};

enum { FORM_NOTES_MAX = 200 };

/* Warnings and notes among the faults from `from` on, as a text to be stored; empty: there are none. */
str form_notes_text(cx *c, size_t from);
/* Back; what is not such a text gives none. */
void form_notes_read(cx *c, str text, struct form_notes *out);

/* A condition that XPath cannot say: with one, the questionnaire is no form for ODK Collect and no XLSForm. */
struct form_gap {
	str code, piece; /* the item; the piece of its rule */
	bool check;      /* of its check, else of when it is asked */
};

struct form_gaps {
	struct form_gap *p;
	size_t n, cap;
};

/* Leaves no faults in c. */
void form_gaps_of(cx *c, const questionnaire *q, struct form_gaps *out);

#endif
