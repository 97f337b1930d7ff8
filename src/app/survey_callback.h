/* survey_callback: a part of the interviews is asked again by somebody else ("phúc tra"), and the two answers are compared.
 *
 * A case forgets when it has answered (decision 0068), so who is asked again is drawn in the transaction of the interview: by a hash of seed and
 * code, which is the same however often it is reckoned. Of those who were drawn the contact stays until they were asked again, beside which
 * answer is theirs, sealed with the key outside the store. What comes of it are sums by item; the link and the contact go in the same
 * transaction.
 *
 * Faults: callback.share, callback.bad_seed, callback.over, callback.empty, case.no_key. */
#ifndef APP_SURVEY_CALLBACK_H
#define APP_SURVEY_CALLBACK_H
#include "app/actor.h"
#include "app/survey.h"
#include "db/survey_callback.h"
#include "engine/answer.h"
#include "engine/fieldwork.h"

enum { CALLBACK_SHARE = 10 /* percent, when nothing else is asked for */, CALLBACK_SEED_MAX = 2000000000 };

struct db_conn;
struct db_case;

/* Of the interviews from now on. share: percent; 0: no more, and who waits is forgotten. */
enum err survey_callback_plan(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, int64_t share, int64_t seed);
/* What holds now; share 0: nothing. */
enum err survey_callback_planned(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, db_callback_plan *out);
/* Who waits to be asked again. */
enum err survey_callbacks(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, db_callback_list *out);

/* One of them. Fault callback.over (ERR_NOTFOUND): it waits no more. */
enum err survey_callback_get(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str code, db_callback *out);
/* What was said the second time, by item of the questionnaire, those that were not asked empty; NULL: could not be asked. Faults: answer.*,
 * callback.empty, callback.over. */
enum err survey_callback_record(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str code, const struct given *second);
/* Items whose two answers are compared. */
bool survey_callback_compares(const struct question *x);

/* Inside the transaction of the interview: is this case drawn? Then it is kept. */
enum err survey_callback_draw(cx *c, struct db_conn *k, const struct db_case *x, str sealed);
bool survey_callback_chosen(arena *mem, const db_callback_plan *p, str code);
/* Which answer, as the row keeps it; empty: there is no key. */
str survey_callback_seal(cx *c, const struct app *a, int64_t response_id);
/* Inside a transaction: what was said the second time, by item (questionnaire); NULL: could not be asked. The row goes.
 * ERR_NOTFOUND without a fault: it waits no more. */
enum err survey_callback_take(cx *c, const struct app *a, struct db_conn *k, const struct survey_info *s, str code, const struct given *second);

struct callback_item {
	int32_t item; /* of the questionnaire */
	struct agreement a;
};

struct callback_result {
	int64_t waiting;
	struct {
		struct callback_item *p;
		size_t n, cap;
	} items; /* those that both were asked, in the order of the form */
};
enum err survey_callback_result(cx *c, struct app *a, const struct survey_info *s, struct callback_result *out);

#endif
