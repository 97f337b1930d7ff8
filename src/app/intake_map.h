/* intake_map: what the columns and words of a table of others mean, as a small table that is kept and used again (docs/formats.md, "Map of a
 * table of answers"):
 *
 *     what,name,target,code
 *     setting,mode,interview,
 *     column,"C1. Ông/bà đánh giá …",C1,
 *     column,Dấu thời gian,@day,
 *     column,Họ và tên,,             left out
 *     value,Tốt lắm,C1,5
 *     value,không nói,C1,            nothing was said
 *
 * A heading that stands several times is written "Nội dung#2". */
#ifndef APP_INTAKE_MAP_H
#define APP_INTAKE_MAP_H
#include "base/buf.h"
#include "base/csv.h"
#include "base/date.h"
#include "base/vec.h"

/* What a column may hold beside an item. */
enum intake_role { INTAKE_LEFT, INTAKE_ITEM, INTAKE_ID, INTAKE_DAY, INTAKE_MODE, INTAKE_LANG, INTAKE_PLACE, INTAKE_STRATUM, INTAKE_PSU, INTAKE_WEIGHT,
	INTAKE_INTERVIEWER, INTAKE_START, INTAKE_END, INTAKE_ROLES };
extern const char *const intake_role_words[INTAKE_ROLES]; /* "", "", "@id", "@day" … */

enum { INTAKE_MAP_ROWS = 5000, INTAKE_MAP_BYTES = 2 << 20, INTAKE_TEXT = 200 /* characters of place, stratum, source … */ };

struct intake_column_map {
	str name, target; /* target: code of an item, "C2/giay", "@day"; empty: left out */
};

struct intake_value_map {
	str name, target, code; /* code empty: nothing was said */
};

struct intake_map {
	str sheet;       /* of a workbook; empty: the first */
	int64_t heading; /* row of the headings; 0: found by looking */
	char decimal;    /* ',' or '.'; 0: as each number shows */
	bool month_first, drawn, skip; /* drawn: whom a sample chose; skip: rows with faults are left out, the others come in */
	str mode, place; /* of all rows; empty: "import", none */
	day on;          /* 0: today */
	str source;      /* keeps the numbers of several sources apart; empty: one source */
	VEC(struct intake_column_map) columns;
	VEC(struct intake_value_map) values;
};

/* Texts live in c->mem. ERR_INPUT: intake_map.* with line and column. */
enum err intake_map_read(cx *c, str name, str bytes, struct intake_map *out);
void intake_map_write(const struct intake_map *m, buf *out);
/* One setting by the words of the table. False: there is none of this name, or it cannot have this value. */
bool intake_map_set(struct intake_map *m, str name, str value);

#endif
