#include "web/fold.h"
#include "base/buf.h"

static int find(const struct fold *f, str code)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_eq(f->codes[i], code))
			return (int)i;
	return -1;
}

static void find_parents(struct fold *f)
{
	int last[32];
	for (size_t l = 0; l < 32; l++)
		last[l] = -1;
	for (size_t i = 0; i < f->n; i++) {
		int level = f->levels[i] < 0 ? 0 : f->levels[i] > 31 ? 31 : f->levels[i];
		last[level] = (int)i;
		f->parents[i] = level ? last[level - 1] : -1;
	}
}

static bool has_parts(const struct fold *f, size_t i)
{
	return i + 1 < f->n && f->levels[i + 1] > f->levels[i];
}

static void open_up(const struct fold *f, bool *open, int i)
{
	for (; i >= 0 && !open[i]; i = f->parents[i])
		open[i] = true;
}

void fold_init(struct fold *f, struct web_cx *w, const str *codes, const int *levels, size_t n, str listed)
{
	*f = (struct fold){ .w = w, .n = n, .codes = codes, .levels = levels };
	f->parents = NEW_ARRAY(w->mem, int, n + 1);
	f->open = NEW_ARRAY(w->mem, bool, n + 1);
	find_parents(f);
	if (str_is(listed, "*"))
		for (size_t i = 0; i < n; i++)
			f->open[i] = has_parts(f, i);
	for (str code; str_next(&listed, ',', &code);)
		open_up(f, f->open, find(f, code));
}

bool fold_shows(const struct fold *f, size_t i)
{
	for (int p = f->parents[i]; p >= 0; p = f->parents[p])
		if (!f->open[p])
			return false;
	return true;
}

static bool is_below(const struct fold *f, size_t i, size_t top)
{
	for (int p = (int)i; p >= 0; p = f->parents[p])
		if ((size_t)p == top)
			return true;
	return false;
}

/* Only the deepest open nodes are named: those above them follow. */
static str listed(const struct fold *f, const bool *open)
{
	buf b;
	bool *named = NEW_ARRAY(f->w->mem, bool, f->n + 1);
	buf_init(&b, 0);
	for (size_t i = f->n; i-- > 0;)
		if (open[i] && f->parents[i] >= 0)
			named[f->parents[i]] = true;
	for (size_t i = 0; i < f->n; i++) {
		if (!open[i] || named[i] || f->levels[i] == 0)
			continue;
		if (b.len)
			buf_char(&b, ',');
		buf_add(&b, f->codes[i]);
	}
	str s = arena_str(f->w->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

str fold_toggled(const struct fold *f, size_t i)
{
	bool *open = NEW_ARRAY(f->w->mem, bool, f->n + 1);
	memcpy(open, f->open, f->n * sizeof *open);
	if (!open[i])
		open_up(f, open, (int)i);
	else
		for (size_t k = i; k < f->n; k++)
			if (is_below(f, k, i))
				open[k] = false;
	return listed(f, open);
}
