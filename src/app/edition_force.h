/* edition_force: putting a draft in force: as a new set, or in the place of the version there is from a day on, with what became of each old
 * code. Rounds of the old version may go over to the new one: first a look at whose points change, then all of it in one transaction.
 *
 * A draft goes draft -> in force; the version before goes in force -> replaced on the day before. A round with a workflow goes over only
 * before anything in it was appraised: texts and evidence go with the codes, what was left out stays where no code is, figures belong to
 * measures and stay. Everything is told to the audit, and round_step says it of the round. */
#ifndef APP_EDITION_FORCE_H
#define APP_EDITION_FORCE_H
#include "app/edition_diff.h"
#include "app/edition_edit.h"

/* ---- putting in force ---- */

struct force_map {
	str from, to; /* to empty: left out */
};

struct force {
	day from;
	str source;    /* the decision */
	int64_t revision; /* of the draft that was looked at */
	const struct force_map *maps; /* of codes that do not stay */
	size_t n_maps;
	const str *rounds; /* codes of rounds that go over */
	size_t n_rounds;
};

struct force_unit {
	str code, name;
	struct figure before, after, by;
	int missing_before, missing_after;
};

struct force_round {
	str code, name_vi, name_en, period;
	const char *kept; /* why it cannot go over: force.appraised …; NULL: it can */
	bool goes;
	struct force_unit *units; /* of rounds that go over */
	size_t n_units, n_changed;
};

struct force_view {
	struct draft draft;
	bool replaces;             /* there is a version of this code */
	struct edition_version old;
	struct edition_diff diff;  /* against that version, when it replaces one and can be read */
	struct force_map *open;    /* old codes that are not in the draft, with what was said of them */
	size_t n_open;
	str *codes;                /* of the draft that the old version lacks */
	size_t n_codes;
	struct force_round *rounds;
	size_t n_rounds;
};

/* x->rounds get their units scored under both. */
enum err force_look(cx *c, struct app *a, const struct actor *who, int64_t id, const struct force *x, struct force_view *out);
/* ERR_CONFLICT: force.changed (the draft is another one by now). ERR_INPUT: force.* at from, source, rounds. *code, *version: what it is now. */
enum err force_do(cx *c, struct app *a, const struct actor *who, int64_t id, const struct force *x, str *code, int *version);

#endif
