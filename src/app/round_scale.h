/* round_scale: the steps of a rule around the share it reads. For the files of this room. */
#ifndef APP_ROUND_SCALE_H
#define APP_ROUND_SCALE_H
#include "app/round.h"
#include "engine/trace.h"

/* n: the node with its facts. NULL: the rule reads no share or several, or its points do not go in straight pieces. */
const struct sheet_scale *round_scale(cx *c, const struct trace_source *s, int32_t node, const struct sheet_node *n);

/* Pieces and points of one; the rest is empty. */
struct scale;
struct sheet_scale *round_scale_copy(cx *c, const struct scale *from);

#endif
