/* questionnaire: questionnaires as they were loaded. Another text under the same code is another version; old ones stay. */
#ifndef DB_QUESTIONNAIRE_H
#define DB_QUESTIONNAIRE_H
#include "db/db.h"

typedef struct db_questionnaire {
	int64_t id;
	str code;
	int version;
	str name_vi, name_en;
	bool illustrative;
	str csv, sha256; /* csv: empty in lists */
	str source, note, actor;
	int64_t created_at;
} db_questionnaire;

typedef struct db_questionnaire_list {
	db_questionnaire *p;
	size_t n, cap;
} db_questionnaire_list;

/* Fills id, version, created_at. The same text (sha256) under the same code is stored once: *stored is false then. */
enum err db_questionnaire_put(cx *c, db_conn *k, db_questionnaire *q, bool *stored);
enum err db_questionnaire_get(cx *c, db_conn *k, int64_t id, db_questionnaire *out); /* ERR_NOTFOUND without a fault */
enum err db_questionnaire_last(cx *c, db_conn *k, str code, db_questionnaire *out);  /* the newest version */
enum err db_questionnaire_version(cx *c, db_conn *k, str code, int version, db_questionnaire *out);
enum err db_questionnaire_all(cx *c, db_conn *k, db_questionnaire_list *out);        /* by code, newest version first */

/* ---- drafts ---- */

typedef struct db_form_draft {
	str code, name, body, notes; /* body, notes: empty in lists */
	int base; /* version that it was copied from; 0: none */
	int64_t revision, created_at, changed_at;
	int n_asked, n_faults;
	str actor, changed_by;
} db_form_draft;

typedef struct db_form_draft_list {
	db_form_draft *p;
	size_t n, cap;
} db_form_draft_list;

enum err db_form_draft_add(cx *c, db_conn *k, db_form_draft *d); /* revision 1; ERR_CONFLICT without a fault: there is one of this code */
enum err db_form_draft_get(cx *c, db_conn *k, str code, db_form_draft *out); /* ERR_NOTFOUND without a fault */
enum err db_form_draft_all(cx *c, db_conn *k, db_form_draft_list *out);      /* changed last comes first */
/* Over the revision that d names, which rises by one. ERR_CONFLICT without a fault: it is another by now. */
enum err db_form_draft_save(cx *c, db_conn *k, db_form_draft *d);
enum err db_form_draft_drop(cx *c, db_conn *k, str code);

#endif
