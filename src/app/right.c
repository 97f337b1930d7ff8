#include "app/right.h"

const struct right_noun right_nouns[] = {
	{ "score", "view fill submit return appraise decide" },
	{ "round", "plan approve publish" },
	{ "edition", "edit force" },
	{ "survey", "view edit sample issue interview enter import check read export manage publish" },
	{ "measure", "write" },
	{ "file", "erase" },
	{ "notice", "watch send" },
	{ "user", "view add edit grant disable delegate" },
	{ "role", "view edit" },
	{ "group", "edit" },
	{ "unit", "view edit" },
	{ "setting", "edit" },
	{ "audit", "view export erase" },
	{ 0 },
};

bool right_known(str right)
{
	str verb = right, noun, rest, one;
	str_next(&verb, '.', &noun);
	for (const struct right_noun *n = right_nouns; n->noun; n++) {
		if (!str_is(noun, n->noun))
			continue;
		for (rest = str_of(n->verbs); str_next(&rest, ' ', &one);)
			if (str_eq(one, verb))
				return true;
		return str_is(verb, "*");
	}
	return false;
}
