/* docx: the tables of a Word file (.docx): annexes of decisions, criteria as they come. Only outer tables; the text of a table inside a cell
 * belongs to that cell. Cells over several columns (gridSpan) or rows (vMerge) are merged cells of the grid, rows may begin late (gridBefore).
 * Paragraphs of a cell are lines. Deleted text of tracked changes, field codes and fallbacks are left out.
 *
 * The fonts say what old encodings mean: those of the runs, else of the paragraph's style, else of the document. Runs of .Vn… fonts are
 * TCVN3, of VNI-… fonts VNI; all else stays. Faults of package.h and grid.h. */
#ifndef FORMAT_DOCX_H
#define FORMAT_DOCX_H
#include "format/grid.h"

/* Whether an Office file is a Word one, by the names of its parts. */
bool docx_is_one(str bytes);
enum err docx_tables(cx *c, str name, str bytes, grid_list *out);

#endif
