#include "app/round_flow.h"

#define APPRAISED "appraised1 explained appraised2"

const struct flow_step flow_steps[] = {
	{ FLOW_ROUND, "open", "draft", "open", "", "down up", "round", "plan", false },
	{ FLOW_ROUND, "close", "open", "closed", "", "down up", "round", "plan", false },
	{ FLOW_ROUND, "reopen", "closed", "open", "", "down up", "round", "plan", true },
	{ FLOW_ROUND, "appraise1", "closed", "appraisal1", "", "down up", "round", "plan", false },
	{ FLOW_ROUND, "explain", "appraisal1", "explanation", "", "down up", "round", "plan", false },
	{ FLOW_ROUND, "appraise2", "explanation", "appraisal2", "", "down up", "round", "plan", false },
	{ FLOW_ROUND, "council", "appraisal1 appraisal2", "council", "", "down up", "round", "plan", false },
	{ FLOW_ROUND, "final", "appraisal1 appraisal2 council", "final", "", "down up", "round", "plan", false },
	{ FLOW_ROUND, "publish", "final correcting", "published", "", "down up", "round", "publish", false },
	{ FLOW_ROUND, "correct", "published", "correcting", "", "down up", "round", "publish", true },

	{ FLOW_SHEET, "begin", "new", "work", "open closed", "down up", "score", "fill", false },
	{ FLOW_SHEET, "submit", "new work returned", "submitted", "open closed", "down up", "score", "submit", false },
	{ FLOW_SHEET, "approve", "submitted", "approved", "open closed", "up", "round", "approve", false },
	{ FLOW_SHEET, "return", "submitted approved", "returned", "open closed", "down up", "score", "return", true },
	{ FLOW_SHEET, "appraise1", "submitted approved new work returned", "appraised1", "appraisal1", "down up", "score", "appraise", false },
	{ FLOW_SHEET, "explain", "appraised1", "explained", "explanation", "down up", "score", "submit", false },
	{ FLOW_SHEET, "appraise2", "appraised1 explained", "appraised2", "appraisal2", "down up", "score", "appraise", false },
	{ FLOW_SHEET, "lock", APPRAISED, "locked", "final", "down up", "round", "plan", false },
	{ FLOW_SHEET, "unlock", "locked", "appraised2", "correcting", "down up", "round", "publish", true },
	{ FLOW_SHEET, "lock", APPRAISED, "locked", "correcting", "down up", "round", "publish", false },

	{ FLOW_PART, "begin", "new", "work", "open closed", "down up", "score", "fill", false },
	{ FLOW_PART, "submit", "new work returned", "submitted", "open closed", "down up", "score", "fill", false },
	{ FLOW_PART, "return", "submitted accepted", "returned", "open closed", "down up", "score", "submit", true },
	{ FLOW_PART, "accept", "submitted", "accepted", "open closed", "down up", "score", "submit", false },
	{ 0 },
};

const char *const flow_states[3][11] = {
	{ "draft", "open", "closed", "appraisal1", "explanation", "appraisal2", "council", "final", "published", "correcting", NULL },
	{ "new", "work", "returned", "submitted", "approved", "appraised1", "explained", "appraised2", "locked", NULL },
	{ "new", "work", "returned", "submitted", "accepted", NULL },
};

bool flow_word(const char *words, str word)
{
	str rest = str_of(words), one;
	while (rest.len && word.len) {
		str_next(&rest, ' ', &one);
		if (str_eq(one, word))
			return true;
	}
	return false;
}

int flow_rank(enum flow_of of, str state)
{
	for (int i = 0; flow_states[of][i]; i++)
		if (str_is(state, flow_states[of][i]))
			return i;
	return -1;
}

static const struct flow_step *find(enum flow_of of, str verb, str state, str round_state, str kind, bool *known)
{
	*known = false;
	for (const struct flow_step *s = flow_steps; s->verb; s++) {
		if (s->of != of || !str_is(verb, s->verb) || !flow_word(s->kinds, kind))
			continue;
		*known = true;
		if (flow_word(s->from, state) && (!*s->rounds || flow_word(s->rounds, round_state)))
			return s;
	}
	return NULL;
}

bool flow_can(enum flow_of of, const char *verb, str state, str round_state, str kind)
{
	bool known;
	return find(of, str_of(verb), state, round_state, kind, &known) != NULL;
}

enum err flow_find(cx *c, enum flow_of of, str verb, str state, str round_state, str kind, const struct flow_step **out)
{
	bool known;
	*out = find(of, verb, state, round_state, kind, &known);
	if (*out)
		return ERR_OK;
	fault *f = cx_fault(c, FAULT_ERROR, known ? "flow.not_now" : "flow.no_such_step", (place){ .field = STR("verb") }, verb);
	fault_arg(c, f, 1, state);
	fault_arg(c, f, 2, round_state);
	return known ? ERR_CONFLICT : ERR_INPUT;
}
