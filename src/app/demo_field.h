/* demo_field: cases of the imaginary telephone survey that ended in every way, and who asked, where that account exists. Illustrative figures. */
#ifndef APP_DEMO_FIELD_H
#define APP_DEMO_FIELD_H
#include "app/app.h"

/* After its answers came in, and again when there are accounts; what is there stays as it is. */
enum err demo_field(cx *c, struct app *a);

#endif
