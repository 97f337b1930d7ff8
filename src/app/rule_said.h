/* rule_said: the rule of a criterion in words, with what the catalogue of measures calls its figures. */
#ifndef APP_RULE_SAID_H
#define APP_RULE_SAID_H
#include "engine/rule_words.h"
#include "engine/tree.h"

struct db_measure_def_list;

/* The number of lines, which live in c->mem; 0 for a node without a rule. catalogue may be NULL: names stand as rules write them. */
size_t rule_said(cx *c, const struct db_measure_def_list *catalogue, const struct tree_node *n, enum lang lang, str **lines);

#endif
