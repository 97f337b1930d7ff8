/* edition_force: putting a draft in force: as a new set, or in the place of the version there is from a day on, with what became of each old
 * code. Rounds of the old version may go over to the new one: first a look at whose points change, then all of it in one transaction.
 *
 * A draft goes draft -> in force; the version before goes in force -> replaced on the day before. A round goes over until its result is final.
 * Texts, evidence and decisions go with the codes, what was left out stays beside the sheet (round_left.h), figures belong to measures and stay.
 * In a round upwards each name of an owner has an agency: as before, as chosen, else that of the criteria that became its. A round with
 * decisions goes over only where it is named in reopen, too: decisions on criteria that are another matter now are opened again, with the reason,
 * and the unit is told. Everything is told to the audit, and round_step says it of the round. */
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
	const str *reopen; /* of those, whose decisions may be opened again */
	size_t n_reopen;
	const struct force_agency {
		str round, owner, level, code; /* who answers for an owner that the round does not know yet */
	} * agencies;
	size_t n_agencies;
};

struct force_unit {
	str code, name;
	struct figure before, after, by;
	int missing_before, missing_after;
};

/* What becomes of the decisions on a criterion: they hold on; it is left out; several became one; its maximum, its rule, or the treatment of
 * points is another one. */
enum force_fate { FATE_CARRIED, FATE_LEFT, FATE_JOINED, FATE_MAX, FATE_RULE, FATE_POINTS };

struct force_decision {
	str from, to, name_vi, name_en; /* to empty: left out */
	enum force_fate fate;
	struct figure old_max, max;
	int64_t sheets; /* that have decided on it */
};

/* A criterion of the one sheet of a round upwards whose points change. */
struct force_point {
	str from, to, name_vi, name_en; /* from empty: new; to empty: left out */
	struct figure before, after, by;
};

struct force_owner {
	str owner, unit_code, unit_name;
	int64_t unit_id; /* 0: nobody yet */
	bool known, chosen, carried; /* as before; named in agencies; that of the criteria that went there */
};

struct force_round {
	int64_t round_id;
	str code, name_vi, name_en, period;
	const char *kept; /* why it cannot go over: force.finished …; NULL: it can */
	bool goes, up, reopens;
	int64_t n_decided; /* decisions that hold now */
	/* of rounds that go over */
	struct force_unit *units;
	size_t n_units, n_changed;
	struct force_point *points;
	size_t n_points;
	struct force_decision *decisions;
	size_t n_decisions;
	int64_t n_carried, n_reopened; /* sheets and criteria */
	struct force_owner *owners;
	size_t n_owners, n_open; /* open: without an agency, upwards */
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
/* ERR_CONFLICT: force.changed (the draft is another one by now). ERR_INPUT: force.* at from, source, dot
 * (rounds), mo-lai (reopen), co-quan (agencies). *code, *version: what it is now. */
enum err force_do(cx *c, struct app *a, const struct actor *who, int64_t id, const struct force *x, str *code, int *version);

#endif
