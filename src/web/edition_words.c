#include "web/edition_words.h"
#include "app/edition_edit.h"
#include "web/round.h"
#include "web/say.h"

static const char *const column_keys[TREE_COLUMNS] = { "edit.f_code", "edit.f_parent", "edit.f_name_vi", "edit.f_name_en", "edit.f_max", "edit.f_by",
	"edit.f_agg", "edit.f_weight", "edit.f_cap", "edit.f_rule", "edit.f_owner", "edit.f_na", "edit.f_digits", "edit.f_rounding", "edit.f_evidence",
	"edit.f_note" };

const char *const edition_setting_keys[] = { "edit.set_name", "edit.set_level", "edit.set_years", "edit.set_value", "edit.set_round",
	"edit.set_ties", "edit.set_groups", "edit.set_clamp", "edit.set_na", "edit.set_unranked", "edit.set_source", "edit.set_note" };

const struct edition_word edition_by_words[] = { { "self", "edit.by_self" }, { "survey", "edit.by_survey" }, { "index", "edit.by_index" },
	{ "sum", "edit.by_sum" }, { "bonus", "edit.by_bonus" }, { "penalty", "edit.by_penalty" }, { NULL, NULL } };
const struct edition_word edition_agg_words[] = { { "", "edit.agg_default" }, { "sum", "edit.agg_sum" }, { "wsum", "edit.agg_wsum" },
	{ "mean", "edit.agg_mean" }, { "wmean", "edit.agg_wmean" }, { "gmean", "edit.agg_gmean" }, { NULL, NULL } };
const struct edition_word edition_na_words[] = { { "", "edit.na_default" }, { "ask", "edition_page.na.ask" }, { "reduce", "edition_page.na.reduce" },
	{ "max", "edition_page.na.max" }, { "zero", "edition_page.na.zero" }, { NULL, NULL } };
const struct edition_word edition_rounding_words[] = { { "", "edit.rounding_default" }, { "half_up", "edit.half_up" },
	{ "half_even", "edit.half_even" }, { "truncate", "edit.truncate" }, { NULL, NULL } };
static const struct edition_word evidence_words[] = { { "", "edit.no" }, { "yes", "edit.yes" }, { "no", "edit.no" }, { NULL, NULL } };

static const struct edition_word value_words[] = { { "percent", "edit.value_percent" }, { "points", "edit.value_points" }, { NULL, NULL } };
static const struct edition_word round_words[] = { { "component", "edit.round_component" }, { "end", "edit.round_end" },
	{ "none", "edit.round_none" }, { NULL, NULL } };
static const struct edition_word ties_words[] = { { "competition", "edit.ties_competition" }, { "dense", "edit.ties_dense" }, { NULL, NULL } };
static const struct edition_word clamp_words[] = { { "component", "edit.clamp_component" }, { "group", "edit.clamp_group" },
	{ "total", "edit.clamp_total" }, { "none", "edit.clamp_none" }, { NULL, NULL } };

static const struct edition_word *const column_words[TREE_COLUMNS] = { [TREE_BY] = edition_by_words,
	[TREE_AGG] = edition_agg_words,
	[TREE_NA] = edition_na_words,
	[TREE_ROUNDING] = edition_rounding_words,
	[TREE_EVIDENCE] = evidence_words };

/* A word that is none of them is shown as it is. */
static str word_of(struct web_cx *w, const struct edition_word *words, str value)
{
	for (const struct edition_word *x = words; x && x->value; x++)
		if (str_is(value, x->value))
			return say(w, x->key);
	return value;
}

str edition_column_words(struct web_cx *w, int column) { return say(w, column_keys[column]); }

str edition_change_key(struct web_cx *w, const struct edition_change *x)
{
	str column = str_of(tree_columns[x->column].name);
	if (!x->setting.len)
		return column;
	return x->column == TREE_NAME_VI ? x->setting : arena_printf(w->mem, "%.*s.%.*s", STR_ARG(x->setting), STR_ARG(column));
}

str edition_change_name(struct web_cx *w, const struct edition_change *x)
{
	if (!x->setting.len)
		return edition_column_words(w, x->column);
	for (int i = 0; i < EDITION_SETTINGS; i++)
		if (str_is(x->setting, edition_settings[i])) {
			if (x->column == TREE_NAME_VI)
				return say(w, edition_setting_keys[i]);
			return SAY(w, "edit.set_column", say(w, edition_setting_keys[i]), edition_column_words(w, x->column));
		}
	return x->setting;
}

/* "component 2 half_up": each word by itself, the number as digits. */
static str round_of(struct web_cx *w, str value)
{
	str rest = value, at, digits, mode;
	str_next(&rest, ' ', &at);
	str_next(&rest, ' ', &digits);
	str_next(&rest, ' ', &mode);
	str s = word_of(w, round_words, at);
	if (digits.len)
		s = SAY(w, "edit.round_digits", s, digits);
	return mode.len ? SAY(w, "edit.and", s, word_of(w, edition_rounding_words, mode)) : s;
}

static str clamp_of(struct web_cx *w, str value)
{
	str rest = value, one, s = STR("");
	while (str_next(&rest, ' ', &one))
		if (one.len)
			s = s.len ? SAY(w, "edit.and", s, word_of(w, clamp_words, one)) : word_of(w, clamp_words, one);
	return s;
}

static str setting_of(struct web_cx *w, str setting, str value)
{
	if (!value.len)
		return say(w, "edit.not_said");
	if (str_is(setting, "@round"))
		return round_of(w, value);
	if (str_is(setting, "@clamp"))
		return clamp_of(w, value);
	if (str_is(setting, "@level"))
		return level_name(w, value);
	if (str_is(setting, "@ties") && str_starts(value, STR("order:")))
		return SAY(w, "edit.ties_order", (str){ value.p + 6, value.len - 6 });
	return word_of(w,
		str_is(setting, "@na")          ? edition_na_words
			: str_is(setting, "@value") ? value_words
			: str_is(setting, "@ties")  ? ties_words
						    : NULL,
		value);
}

str edition_change_side(struct web_cx *w, const struct edition_change *x, bool old)
{
	str value = old ? x->old : x->now;
	dec d;
	if (x->setting.len)
		return x->column == TREE_NAME_VI ? setting_of(w, x->setting, value) : value.len ? value : say(w, "edit.not_said");
	if (column_words[x->column])
		return word_of(w, column_words[x->column], value);
	bool number = x->column == TREE_MAX || x->column == TREE_WEIGHT || x->column == TREE_CAP;
	if (number && dec_parse(value, &d))
		return say_dec(w, d, -1);
	return value.len ? value : say(w, "edit.not_said");
}
