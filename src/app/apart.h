/* apart: that answers stay apart from those who gave them also in the files of the store (decision 0105). The worker does both.
 *
 * Once a day, for answers carry their day anyway, whatever was written when an answer came is laid anew, so that its place in a file tells
 * nothing about when; and some seconds after a commit the log goes, in which an invitation stands beside its answer. */
#ifndef APP_APART_H
#define APP_APART_H
#include "app/app.h"

/* Unless it was done today already, by whichever server. */
enum err apart_daily(cx *c, struct app *a);
enum err apart_log(cx *c, struct app *a);

#endif
