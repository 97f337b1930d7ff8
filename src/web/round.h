/* round: pages that the file of the routes does not hold itself. */
#ifndef WEB_ROUND_H
#define WEB_ROUND_H
#include "app/round.h"
#include "web/view.h"

void page_sheet(struct web_cx *w);    /* one unit's result in one round */
void page_editions(struct web_cx *w);
void page_edition(struct web_cx *w);

/* Kind of units in words. */
str level_name(struct web_cx *w, str level);
/* Badge of a group by its letter: the first three have colours of their own, the others the last one. */
str group_class(str name);
opt_dec figure_dec(const struct figure *f);

/* A tree that is opened by links: the nodes named in the address, and those above them, are open. Nodes stand depth first. */
struct fold {
	struct web_cx *w;
	size_t n;
	const str *codes;
	const int *levels;
	int *parents;  /* place of the parent; -1: none */
	bool *open;
};

/* listed: "3.4,3.4.1", or "*" for everything that has parts below it. */
void fold_init(struct fold *f, struct web_cx *w, const str *codes, const int *levels, size_t n, str listed);
/* The list to write into the address after node i was opened or closed. */
str fold_toggled(const struct fold *f, size_t i);
/* Whether all nodes above i are open. */
bool fold_shows(const struct fold *f, size_t i);

#endif
