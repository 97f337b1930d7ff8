/* tabular: a table from a file of any kind we read: CSV or a sheet of a workbook, told apart by content, not by name. */
#ifndef FORMAT_TABULAR_H
#define FORMAT_TABULAR_H
#include "base/table.h"

/* bytes must stay until the table is closed. opt: of CSV, may be NULL. sheet: of a workbook, empty: the first one that is not hidden; naming
 * one for a CSV file is a fault (tabular.no_sheets). A file that cannot be read is a source without functions, as in table.h. */
table_source tabular_open(cx *c, str name, str bytes, const csv_options *opt, str sheet);

#endif
