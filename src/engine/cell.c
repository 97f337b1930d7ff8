#include "engine/cell.h"

bool cell_find(str s, const struct cell_choice *words, int *out)
{
	for (; words->word; words++)
		if (str_is(s, words->word)) {
			*out = words->value;
			return true;
		}
	return false;
}

void cell_fault(const table *t, const char *key, int column)
{
	cx_fault(t->c, FAULT_ERROR, key, table_at(t, column), t->cell[column]);
}

void cell_fault_choice(const table *t, int column, str value, const struct cell_choice *words)
{
	fault *f = cx_fault(t->c, FAULT_ERROR, "cell.choice", table_at(t, column), value);
	buf b;
	buf_init(&b, 0);
	for (; words->word; words++)
		buf_printf(&b, "%s%s", b.len ? ", " : "", words->word);
	fault_arg(t->c, f, 1, buf_str(&b));
	buf_free(&b);
}

int cell_choose(const table *t, int column, const struct cell_choice *words, int absent)
{
	int v = absent;
	str s = t->cell[column];
	if (s.len && !cell_find(s, words, &v))
		cell_fault_choice(t, column, s, words);
	return v;
}

int cell_int(const table *t, int column, long lo, long hi, int absent)
{
	long v = absent;
	if (t->cell[column].len && !str_int(t->cell[column], lo, hi, &v))
		cell_fault(t, "cell.whole_number", column);
	return (int)v;
}

bool cell_number(const table *t, int column, bool may_be_zero, dec *out)
{
	str s = t->cell[column];
	if (!s.len)
		return false;
	if (!dec_parse(s, out)) {
		cell_fault(t, "cell.number", column);
		return false;
	}
	if (dec_cmp(*out, DEC_ZERO) < 0 || (!may_be_zero && dec_is_zero(*out))) {
		cell_fault(t, may_be_zero ? "cell.negative" : "cell.not_positive", column);
		return false;
	}
	return true;
}

str cell_word(str *rest, char sep)
{
	str head = { 0 };
	while (str_next(rest, sep, &head))
		if ((head = str_trim(head)).len)
			return head;
	return (str){ 0 };
}
