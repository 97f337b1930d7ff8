/* hide: which cells of a table of people may not be shown, small ones and as many others that nobody can work out the small ones.
 *
 * Small: more than nobody, fewer than the threshold. A table has up to HIDE_MAX_AXES axes, and everything that can be added up along them is
 * taken for known: the coarser tables without one axis, two, …, and the grand total. Each of them is looked at in the same way first, so that
 * a table gets the same marks whether it is shown alone or beside finer ones. Then
 *
 *     what is hidden in a coarser table is hidden in all its parts;
 *     every small cell needs a witness: another table with the same sums and the same shown cells, where each hidden cell still has somebody
 *     and this one has threshold people or more. So it cannot be worked out, nor a range that tells that it is small, nor are hidden cells of
 *     one line together fewer than the threshold.
 *
 * The witness is a closed walk through rows and columns, in turn more and less people (the networks of L. H. Cox, Journal of the American
 * Statistical Association 90, 1995, and J. Kelly, B. Golden, A. Assad, Networks 22, 1992; A. Hundepool et al., Statistical Disclosure
 * Control, Wiley 2012, chapter 4). It may pass through a hidden total, never through a shown one. The walk that hides the fewest more cells
 * is taken, of those the one with the fewest people in them; the order of the cells settles ties. With more than two axes the cells along the
 * third and further ones are hidden together, and the walk goes forth in one layer and back in another, or in one only where the sums over
 * the layers are hidden, too.
 *
 * Where no witness of that size is there, one that moves a single person will do, to or fro; then one that goes where nobody is or leaves
 * nobody, so that empty cells are hidden, too. Where there is none at all, nothing of the table is shown, nor when it would take more than
 * HIDE_MAX_WORK steps. Other sums than those along the axes, and what somebody knows already, are not protected against. The same table gives
 * the same marks. */
#ifndef ENGINE_HIDE_H
#define ENGINE_HIDE_H
#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"

enum { HIDE_MAX_AXES = 5 };
#define HIDE_MAX_WORK 1e9

struct hide_table {
	int axes;                   /* 0: a single cell */
	size_t size[HIDE_MAX_AXES]; /* the last axis runs fastest; one of size 1 is none */
	size_t parts;               /* counts of a cell, which are shown or hidden together; 0: 1. Small: one of them is; then any witness will do */
	const size_t *n;            /* by cell and part */
	size_t threshold;
	bool (*is_small)(const size_t *parts, const void *with); /* instead of the threshold; of sums, too. NULL: by the threshold */
	const void *with;
};

/* hidden: by cell. False: empty cells are hidden, too, so that a list of those that are hidden must not tell which they are. */
bool hide_small(arena *mem, const struct hide_table *t, bool *hidden);

#endif
