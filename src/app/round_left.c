#include "app/round_left.h"
#include "app/trees.h"

str left_place(cx *c, str code, int version) { return arena_printf(c->mem, "@%.*s@%d", STR_ARG(code), version); }

bool left_parse(str node, str *code, int *version)
{
	long v;
	size_t n = node.len;
	if (!left_is(node))
		return false;
	while (n > 1 && node.p[n - 1] != '@')
		n--;
	if (n < 3 || !str_int((str){ node.p + n, node.len - n }, 1, 1000000, &v))
		return false;
	*code = (str){ node.p + 1, n - 2 };
	*version = (int)v;
	return true;
}

enum err left_find(cx *c, db_conn *k, struct app *a, const struct work *w, str node, const tree **t, int32_t *at)
{
	str code;
	int version;
	db_edition e;
	if (!left_parse(node, &code, &version))
		return ERR_NOTFOUND;
	enum err err = db_edition_version(c, k, w->edition.code, version, &e);
	if (!err)
		err = trees_get(c, a, &e, t);
	if (err)
		return err;
	*at = tree_find(*t, code);
	return *at == NO_NODE ? ERR_NOTFOUND : ERR_OK;
}

bool left_mine(cx *c, const struct work_sheet *s, const bool *mine, const tree *t, int32_t at)
{
	str owner = work_owner(c, t, at);
	for (size_t i = 0; i < s->parts.n; i++)
		if (str_eq(s->parts.p[i].owner, owner))
			return mine[i];
	return false;
}
