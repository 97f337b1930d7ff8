/* store: opening the store that --db names, for the commands that need one. */
#ifndef CLI_STORE_H
#define CLI_STORE_H
#include "app/app.h"
#include "cli/cli.h"

/* Where the data packs are: beside a file (may be NULL), in $THUOCDO_METHOD, or where the program was installed or built. A path below that
 * folder, readable, or NULL. */
const char *cli_method(struct cli *cli, const char *beside, const char *file);

/* db NULL: $THUOCDO_DB. how: STORE_AS_IS, STORE_NEW, STORE_UPGRADE (app/app.h). NULL: told. */
struct app *cli_open(struct cli *cli, const char *db, enum store_wish how);
/* The same with so many connections to the store in all; 0: the usual number. */
struct app *cli_open_with(struct cli *cli, const char *db, enum store_wish how, int connections);

struct survey_info;
/* The survey of that code in the store; one that is not there is a fault, as any other not yet told. */
enum err cli_survey(struct cli *cli, struct app *a, const char *code, struct survey_info *out);
/* The store, and the survey that the first operand names. It lives as long as the store. NULL: told. */
struct app *cli_open_survey(struct cli *cli, const char *db, struct survey_info *out);
/* The same for commands with that one operand only. */
struct app *cli_one_survey(struct cli *cli, const char *db, struct survey_info *out);

/* A store's address for people: without the password. */
str cli_shown(struct cli *cli, str url);

#endif
