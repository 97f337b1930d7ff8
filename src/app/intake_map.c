#include "app/intake_map.h"
#include "base/table.h"

const char *const intake_role_words[INTAKE_ROLES] = { "", "", "@id", "@day", "@mode", "@lang", "@place", "@stratum", "@psu", "@weight", "@interviewer",
	"@start", "@end" };

enum { WHAT, NAME, TARGET, CODE, COLUMNS };
static const struct table_column columns[COLUMNS] = { { "what", true, true }, { "name", true, true }, { "target", true, true }, { "code", false, true } };

static bool is_yes(str value, bool *out)
{
	*out = str_is(value, "yes");
	return *out || str_is(value, "no");
}

static bool set_decimal(str value, char *out)
{
	if (!str_is(value, ",") && !str_is(value, "."))
		return false;
	*out = value.p[0];
	return true;
}

bool intake_map_set(struct intake_map *m, str name, str value)
{
	long n;
	if (str_is(name, "sheet"))
		m->sheet = value;
	else if (str_is(name, "mode"))
		m->mode = value;
	else if (str_is(name, "place"))
		m->place = value;
	else if (str_is(name, "source"))
		m->source = value;
	else if (str_is(name, "heading"))
		return str_int(value, 1, 1000, &n) && (m->heading = n);
	else if (str_is(name, "day"))
		return date_parse_vn(value, &m->on);
	else if (str_is(name, "decimal"))
		return set_decimal(value, &m->decimal);
	else if (str_is(name, "dates"))
		return (m->month_first = str_is(value, "mdy")) || str_is(value, "dmy");
	else if (str_is(name, "drawn"))
		return is_yes(value, &m->drawn);
	else if (str_is(name, "faulty"))
		return (m->skip = str_is(value, "skip")) || str_is(value, "stop");
	else
		return false;
	return value.len <= INTAKE_TEXT;
}

static void read_row(cx *c, const table *t, struct intake_map *out)
{
	str name = arena_str(c->mem, t->cell[NAME]), target = arena_str(c->mem, t->cell[TARGET]);
	if (str_is(t->cell[WHAT], "column"))
		*VEC_PUSH(c->mem, &out->columns) = (struct intake_column_map){ name, target };
	else if (str_is(t->cell[WHAT], "value"))
		*VEC_PUSH(c->mem, &out->values) = (struct intake_value_map){ name, target, arena_str(c->mem, t->cell[CODE]) };
	else if (!str_is(t->cell[WHAT], "setting"))
		cx_fault(c, FAULT_ERROR, "intake_map.what", table_at(t, WHAT), t->cell[WHAT]);
	else if (!intake_map_set(out, name, target))
		fault_arg(c, cx_fault(c, FAULT_ERROR, "intake_map.setting", table_at(t, TARGET), target), 1, name);
}

enum err intake_map_read(cx *c, str name, str bytes, struct intake_map *out)
{
	table t;
	size_t before = c->n_errors;
	*out = (struct intake_map){ 0 };
	if (bytes.len > INTAKE_MAP_BYTES)
		return cx_fail(c, ERR_LIMIT, "intake_map.big", (place){ .file = name }, STR(""));
	enum err e = table_open(c, csv_open_mem(c, name, bytes, &(csv_options){ .max_records = INTAKE_MAP_ROWS }), name, columns, COLUMNS, &t);
	while (!e && table_next(&t))
		read_row(c, &t, out);
	bool sound = !e && table_sound(&t);
	table_close(&t);
	return e ? e : sound && c->n_errors == before ? ERR_OK : ERR_INPUT;
}

static void put(buf *b, const char *what, str name, str target, str code)
{
	buf_printf(b, "%s,", what);
	csv_cell(b, name);
	buf_char(b, ',');
	csv_cell(b, target);
	buf_char(b, ',');
	csv_cell(b, code);
	buf_char(b, '\n');
}

static void set(buf *b, const char *name, str value)
{
	if (value.len)
		put(b, "setting", str_of(name), value, STR(""));
}

void intake_map_write(const struct intake_map *m, buf *b)
{
	char text[DATE_TEXT], row[24];
	int n = snprintf(row, sizeof row, "%lld", (long long)m->heading);
	buf_addz(b, "what,name,target,code\n");
	set(b, "sheet", m->sheet);
	set(b, "heading", (str){ row, m->heading ? (size_t)n : 0 });
	set(b, "decimal", (str){ &m->decimal, m->decimal != 0 });
	set(b, "dates", m->month_first ? STR("mdy") : STR(""));
	set(b, "drawn", m->drawn ? STR("yes") : STR(""));
	set(b, "faulty", m->skip ? STR("skip") : STR(""));
	set(b, "mode", m->mode);
	set(b, "place", m->place);
	set(b, "day", m->on ? date_text(m->on, text) : STR(""));
	set(b, "source", m->source);
	for (size_t i = 0; i < m->columns.n; i++)
		put(b, "column", m->columns.p[i].name, m->columns.p[i].target, STR(""));
	for (size_t i = 0; i < m->values.n; i++)
		put(b, "value", m->values.p[i].name, m->values.p[i].target, m->values.p[i].code);
}
