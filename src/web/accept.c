#include "web/accept.h"
#include <string.h>

/* "0.85" -> 850; what is not a weight counts as 1, as if it were not there. */
static int weight(str q)
{
	if (!q.len || (q.p[0] != '0' && q.p[0] != '1'))
		return 1000;
	int n = (q.p[0] - '0') * 1000, unit = 100;
	for (size_t i = 2; i < q.len && q.p[1] == '.' && q.p[i] >= '0' && q.p[i] <= '9'; i++, unit /= 10)
		n += (q.p[i] - '0') * unit;
	return n > 1000 ? 1000 : n;
}

/* Splits "text/html; level=1; q=0.5" into its range and its weight. */
static str read_range(str part, int *q)
{
	str range, p;
	*q = 1000;
	str_next(&part, ';', &range);
	while (part.len && str_next(&part, ';', &p)) {
		p = str_trim(p);
		if (p.len > 2 && (p.p[0] == 'q' || p.p[0] == 'Q') && p.p[1] == '=')
			*q = weight((str){ p.p + 2, p.len - 2 });
	}
	return str_trim(range);
}

int accept_quality(str accept, const char *type)
{
	size_t major = strcspn(type, "/") + 1;
	int best = 0, exact = -1, q;
	str part;
	while (accept.len && str_next(&accept, ',', &part)) {
		str range = read_range(part, &q);
		int level = -1;
		if (str_is(range, type))
			level = 2;
		else if (range.len == major + 1 && memcmp(range.p, type, major) == 0 && range.p[major] == '*')
			level = 1;
		else if (str_is(range, "*/*"))
			level = 0;
		if (level > exact) {
			best = q;
			exact = level;
		}
	}
	return best;
}

bool accepts_gzip(const char *accept_encoding)
{
	str rest = str_of(accept_encoding), part;
	int q, any = 0;
	while (rest.len && str_next(&rest, ',', &part)) {
		str coding = read_range(part, &q);
		if (str_is(coding, "gzip") || str_is(coding, "x-gzip"))
			return q > 0;
		if (str_is(coding, "*"))
			any = q;
	}
	return any > 0;
}
