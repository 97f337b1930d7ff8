/* sample: what the commands `thuocdo sample …` share. */
#ifndef CLI_SAMPLE_H
#define CLI_SAMPLE_H
#include "cli/cli.h"
#include "engine/sample_list.h"

int sample_draw_report(struct cli *cli, const struct sample_list *l, enum output form);
/* The operand is a survey of the store; its newest frame is drawn from, and the draw recorded. */
int sample_draw_stored(struct cli *cli, const char *store, const struct sample_wish *w, enum output form);

#endif
