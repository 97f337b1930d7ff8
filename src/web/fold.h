/* fold: a tree that is opened by links: the nodes named in the address, and those above them, are open. */
#ifndef WEB_FOLD_H
#define WEB_FOLD_H
#include "web/web.h"

/* Nodes stand depth first. */
struct fold {
	struct web_cx *w;
	size_t n;
	const str *codes;
	const int *levels;
	int *parents; /* place of the parent; -1: none */
	bool *open;
};

/* listed: "3.4,3.4.1", or "*" for everything that has parts below it. */
void fold_init(struct fold *f, struct web_cx *w, const str *codes, const int *levels, size_t n, str listed);
/* The list to write into the address after node i was opened or closed. */
str fold_toggled(const struct fold *f, size_t i);
/* Whether all nodes above i are open. */
bool fold_shows(const struct fold *f, size_t i);

#endif
