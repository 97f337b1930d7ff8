#include "web/columns.h"

str column_letter(arena *mem, int column)
{
	return column < 26 ? arena_printf(mem, "%c", 'A' + column) : arena_printf(mem, "%c%c", 'A' + column / 26 - 1, 'A' + column % 26);
}
