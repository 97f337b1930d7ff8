#include "format/tabular.h"
#include "format/xlsx.h"

table_source tabular_open(cx *c, str name, str bytes, const csv_options *opt, str sheet)
{
	table_source none = { .file = name }, t;
	if (package_is_office(bytes)) {
		xlsx *x = xlsx_open(c, name, bytes, NULL);
		return x && xlsx_table(x, sheet, &t) ? t : none;
	}
	if (sheet.len) {
		cx_fault(c, FAULT_ERROR, "tabular.no_sheets", (place){ .file = name }, sheet);
		return none;
	}
	return table_csv(csv_open_mem(c, name, bytes, opt), name);
}
