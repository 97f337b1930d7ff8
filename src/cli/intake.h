/* intake: `thuocdo import answers FILE --survey CODE`: answers from tables of others (app/intake.h). */
#ifndef CLI_INTAKE_H
#define CLI_INTAKE_H
#include "cli/cli.h"

struct intake_command {
	const char *survey, *map, *output, *sheet; /* NULL: not said */
	bool preview; /* nothing is stored */
	char decimal;
	const csv_options *csv;
};

int cmd_intake(struct cli *cli, const char *db, const struct intake_command *in);

#endif
