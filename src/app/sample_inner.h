/* sample_inner: what the parts of sample share. */
#ifndef APP_SAMPLE_INNER_H
#define APP_SAMPLE_INNER_H
#include "app/sample.h"

/* Of a frame, by unit: name, telephone, mail, address. */
enum { SAMPLE_CONTACT_CELLS = 4 };
struct sample_contacts {
	map at; /* unit -> 1 + its place */
	VEC(str) cells; /* SAMPLE_CONTACT_CELLS of each */
};

enum err sample_load(cx *c, db_conn *k, int64_t survey_id, struct sample_info *out); /* without exposed */
enum err sample_contacts_read(cx *c, db_conn *k, int64_t frame_id, struct sample_contacts *out);
const str *sample_contact(const struct sample_contacts *all, str unit); /* NULL: none */
bool sample_any_psu(const db_sample_list *l);
/* Where some have a primary unit and some are their own: for these a name that stands nowhere else and leads nowhere. */
str sample_psu(arena *mem, const db_sample_unit *u, bool mixed);

static inline bool sample_is_asked(const db_sample_unit *u)
{
	return !u->reason.len && (!u->reserve || u->replaces);
}

/* Inside transactions: the case of a unit that was replaced ends, that of its reserve begins (sample_case.c). */
enum err sample_case_swap(cx *c, db_conn *k, const struct sample_info *now, const struct survey_info *s, const db_sample_unit *of,
	const db_sample_unit *by, enum case_outcome how);
/* Cases of a draw that is made anew; nothing was done with them. */
enum err sample_cases_drop(cx *c, db_conn *k, const struct survey_info *s, const struct sample_info *now);

#endif
