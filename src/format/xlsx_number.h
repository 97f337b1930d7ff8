/* xlsx_number: what a number in a spreadsheet means: its format code decides whether it is a day, and how it is shown.
 * Spreadsheets keep binary doubles and show 15 significant digits; so do we: 0.045 stands in files as 4.4999999999999998E-2, and is 0.045. */
#ifndef FORMAT_XLSX_NUMBER_H
#define FORMAT_XLSX_NUMBER_H
#include "base/arena.h"
#include "base/buf.h"
#include "base/dec.h"

enum number_kind { NUMBER_GENERAL, NUMBER_PLAIN, NUMBER_PERCENT, NUMBER_DATE, NUMBER_TIME, NUMBER_DATE_TIME, NUMBER_TEXT, NUMBER_OTHER };

struct number_format {
	enum number_kind kind;
	int digits;  /* decimals of PLAIN and PERCENT */
	int width;   /* at least so many digits before the point: 3 in "000" */
	bool grouped; /* 1,234 */
	str code;
};

/* A format by its code, or (code empty) its built-in number. Only the first section counts, the one for positive numbers. */
struct number_format number_format_read(arena *mem, int id, str code);

/* The text of a cell's number as a table wants it: plain decimal digits. False: not a number. */
bool number_text(str v, char out[DEC_TEXT], str *text, dec *value);
/* A serial number as a day, or time, or both: "2026-01-31", "08:30:00", "2026-01-31 08:30:00". Both day systems; 29 February 1900, which the
 * 1900 system has by mistake, and what lies beyond the year 9999 are no days: false. */
bool number_date(dec serial, enum number_kind kind, bool date1904, char out[32], str *text);
/* As the sheet shows it, with the marks of the code: point and comma. Colours, conditions and words in the code are left out; what is not
 * understood is shown as it is. */
void number_shown(buf *b, dec value, const struct number_format *f, bool date1904);

#endif
