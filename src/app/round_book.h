/* round_book: a unit's sheet as a workbook for work without the web: written out, filled in, read back with a fault for each wrong cell and a
 * preview of what would change, then saved like any other entry.
 *
 *     entry_load(…, &sheet);  book_write(c, &sheet, &bytes);
 *     book_read(c, a, who, round, unit, STR("phieu.xlsx"), bytes, &book);   book.p: old and new of every change
 *     book_save(c, a, who, round, unit, &book, &saved);
 *
 * One row is one figure; the column `key` says which, and `basis` what stood there when the file was written, with its revision: only rows
 * that the reader of the file changed are changes, whatever happened in the meantime. Where another hand changed the same figure since, the
 * change is a conflict, and is not saved. The second sheet says which round and unit the file is for; another one is refused.
 * Headings and hints are Vietnamese with English hints; the sheet is protected without a password, so that only what is to be filled in
 * can be. Numbers may be typed as numbers, or as text with a comma ("9,5").
 *     book.other_round, book.other_unit   {value} what the file says   {1} what is wanted
 *     book.key, book.number, book.not_day, book.yes_no, book.wrong_status, book.half, book.no_reason, book.override, book.event_day, book.not_yours
 *     book.twice   {1} the row of the first */
#ifndef APP_ROUND_BOOK_H
#define APP_ROUND_BOOK_H
#include "app/round_entry.h"

struct book_change {
	int64_t line; /* row of the file */
	const struct entry_row *row;
	const struct entry_cell *cell; /* NULL: the explanation of the row, or an event that is new */
	struct entry_change change;
	str old, now; /* for people: "970/1000" */
	bool conflict;
	struct entry_who theirs; /* of a conflict */
};

struct book {
	struct entry_sheet sheet; /* as it stands now */
	str file, page;           /* for faults */
	struct book_change *p;
	size_t n, cap;
	size_t conflicts, rows;
};

enum err book_write(cx *c, const struct entry_sheet *s, str *bytes);
/* Nothing is written. ERR_INPUT: faults by cell; out is filled as far as it is right. Other errors as entry_load. */
enum err book_read(cx *c, struct app *a, const struct actor *who, str round, str unit, str name, str bytes, struct book *out);
/* Saves what is no conflict. ERR_INPUT: something was refused all the same, with a fault at its row; the rest is saved. */
enum err book_save(cx *c, struct app *a, const struct actor *who, str round, str unit, const struct book *b, struct entry_saved *out);

#endif
