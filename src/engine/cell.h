/* cell: words and numbers in the cells of a table that describes something (an edition, a questionnaire). A wrong cell is a fault of
 * its place (cell.*), and reading goes on. */
#ifndef ENGINE_CELL_H
#define ENGINE_CELL_H
#include "base/dec.h"
#include "base/table.h"

struct cell_choice {
	const char *word;
	int value;
};

/* words end with an entry without a word. */
bool cell_find(str s, const struct cell_choice *words, int *out);
void cell_fault(const table *t, const char *key, int column);
/* cell.choice, the words that would have been right as {1}. */
void cell_fault_choice(const table *t, int column, str value, const struct cell_choice *words);

/* An empty cell gives `absent`, and so does a wrong one. */
int cell_choose(const table *t, int column, const struct cell_choice *words, int absent);
int cell_int(const table *t, int column, long lo, long hi, int absent);
/* False: empty, or wrong. Numbers below zero are faults. */
bool cell_number(const table *t, int column, bool may_be_zero, dec *out);

/* The next piece of a text that sep divides, trimmed; empty at the end. */
str cell_word(str *rest, char sep);

#endif
