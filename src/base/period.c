#include "base/period.h"
#include <stdio.h>

static int parts_of(char kind) { return kind == 'Y' ? 1 : kind == 'H' ? 2 : kind == 'Q' ? 4 : 12; }

bool period_parse(str s, period *out)
{
	long year, part = 1;
	str head, rest = s;
	char kind = 'Y';
	if (!str_next(&rest, '-', &head) || head.len != 4 || !str_int(head, 1900, 2200, &year))
		return false;
	if (rest.p) {
		kind = rest.len == 2 && (rest.p[0] == 'H' || rest.p[0] == 'Q') ? rest.p[0] : 'M';
		str digits = kind == 'M' ? rest : (str){ rest.p + 1, 1 };
		if ((kind == 'M' && rest.len != 2) || !str_int(digits, 1, parts_of(kind), &part))
			return false;
	}
	*out = (period){ .year = (int)year, .kind = kind, .part = (int)part };
	return true;
}

str period_text(period p, char out[PERIOD_TEXT])
{
	int n = p.kind == 'Y'   ? snprintf(out, PERIOD_TEXT, "%04d", p.year)
		: p.kind == 'M' ? snprintf(out, PERIOD_TEXT, "%04d-%02d", p.year, p.part)
				: snprintf(out, PERIOD_TEXT, "%04d-%c%d", p.year, p.kind, p.part);
	return (str){ out, (size_t)n };
}

bool period_eq(period a, period b) { return a.year == b.year && a.kind == b.kind && a.part == b.part; }

period period_prev(period p)
{
	if (--p.part < 1) {
		p.year--;
		p.part = parts_of(p.kind);
	}
	return p;
}

void period_days(period p, day *first, day *last)
{
	int months = 12 / parts_of(p.kind), from = (p.part - 1) * months + 1, to = from + months - 1;
	date_make(p.year, from, 1, first);
	date_make(p.year, to, date_month_days(p.year, to), last);
}

int period_cmp(period a, period b)
{
	day fa, la, fb, lb;
	period_days(a, &fa, &la);
	period_days(b, &fb, &lb);
	return la != lb ? (la > lb) - (la < lb) : (fa < fb) - (fa > fb);
}
