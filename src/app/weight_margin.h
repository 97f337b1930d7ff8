/* weight_margin: tables of the population as people bring them: pasted, CSV, a workbook; several with an empty line or row between, or a sheet
 * each. They become the texts that weights are recorded with (est_cal.h): commas, numbers of people with a point.
 *
 * Numbers of people: "1.200" and "1.200.000" are thousands, as Vietnamese pages write them, unless another number of the table says that points
 * are decimals ("1204.5"); then, and where a comma could be either ("1,200"), it is a fault of the cell.
 *     weight.total          {value} no number of people
 *     weight.total_unclear  {value} thousands or decimals
 *     weight.file, sample.too_many, and those of est_margin_read, grid.h and csv.h; all at the cell where the mistake stands */
#ifndef APP_WEIGHT_MARGIN_H
#define APP_WEIGHT_MARGIN_H
#include "app/survey_weight.h"

struct weight_margins {
	str text[WEIGHT_MARGINS];
	int n;
};

/* name: of the file, or what faults call the field. */
enum err weight_margins_read(cx *c, str name, str bytes, struct weight_margins *out);

#endif
