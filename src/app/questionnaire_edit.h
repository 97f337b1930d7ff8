/* questionnaire_edit: questionnaires that are being worked on: begun from a version, a file (CSV, workbook, XLSForm) or nothing, changed row by
 * row, checked by the engine as a whole each time. A draft may have faults; put in force it may not, and becomes the next version; surveys
 * keep the version they began with.
 *
 * Permission survey.edit. Each change is one transaction with an audit entry. A change names the revision it was made on: when somebody else
 * saved meanwhile, ERR_CONFLICT with form_draft.changed, and nothing is saved.
 *     form_draft.code      {value} no good code
 *     form_draft.there     a draft of this code is there already
 *     form_draft.unknown   {value} no draft of this code
 *     form_draft.changed, form_draft.row, form_draft.full
 *     form_draft.faulty    {1} how many faults keep it from being put in force */
#ifndef APP_QUESTIONNAIRE_EDIT_H
#define APP_QUESTIONNAIRE_EDIT_H
#include "app/actor.h"
#include "app/questionnaire_note.h"
#include "app/survey.h"

enum { FORM_FILE_MAX = 4 << 20, FORM_CODE_MAX = 60 };

struct form_row {
	str cell[QUESTIONNAIRE_COLUMNS];
};

struct form_rows {
	struct form_row *p;
	size_t n, cap;
};

struct form_fault {
	fault f;
	int row, column; /* -1: of the whole */
};

struct form_draft {
	str code, name, changed_by;
	int64_t revision, changed_at;
	int base; /* version that it was copied from; 0: none */
	int n_asked, n_faults;
	/* not in lists: */
	struct form_rows rows; /* settings, lists with their options, factors, items depth first */
	int *depth;            /* by row */
	struct form_fault *faults;
	const questionnaire *q; /* NULL: it has faults */
	struct form_notes notes; /* of the file it began with */
	struct form_gaps gaps;   /* what keeps it out of ODK Collect; it can be put in force all the same */
};

struct form_drafts {
	struct form_draft *p;
	size_t n, cap;
};

enum err form_drafts_all(cx *c, struct app *a, const struct actor *who, struct form_drafts *out); /* changed last comes first */
enum err form_draft_open(cx *c, struct app *a, const struct actor *who, str code, struct form_draft *out);

struct form_begin {
	str code;        /* of the questionnaire that it becomes: small letters, digits, - */
	str name;        /* of an empty one (empty: the code), and of an XLSForm that says none */
	str from;        /* code of the questionnaire whose newest version is copied; empty: none */
	str file, bytes; /* bytes empty: none. Faults of the file stay at their cells, and nothing is begun */
};

enum err form_draft_begin(cx *c, struct app *a, const struct actor *who, const struct form_begin *in);

enum form_do { FORM_SET, FORM_ADD, FORM_UP, FORM_DOWN, FORM_DROP /* with what is below it */ };

struct form_edit {
	int64_t revision;
	enum form_do what;
	int row; /* FORM_ADD: gets the place of the new row */
	str cell[QUESTIONNAIRE_COLUMNS]; /* FORM_SET, FORM_ADD. A changed code is changed where rows name it, not in conditions */
};

enum err form_draft_edit(cx *c, struct app *a, const struct actor *who, str code, struct form_edit *e);
enum err form_draft_drop(cx *c, struct app *a, const struct actor *who, str code);
enum err form_draft_force(cx *c, struct app *a, const struct actor *who, str code, int64_t revision, int *version);

/* A questionnaire as a file: a version, or (0) the draft. XLSForm of a draft with faults: ERR_INPUT. */
struct questionnaire_file {
	str code;
	int version;
	bool xlsform; /* else CSV */
};

enum err questionnaire_file(cx *c, struct app *a, const struct actor *who, const struct questionnaire_file *f, str *bytes);

/* How many rows hang below row i. */
size_t form_rows_below(const struct form_rows *r, size_t i);
str form_rows_text(cx *c, const struct form_rows *r); /* as CSV */

#endif
