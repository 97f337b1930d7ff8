#include "app/xlsform_sheet.h"
#include "base/vn.h"

struct heading {
	const char *name;
	int column;
	bool by_language;
};

static const struct heading survey_headings[] = { { "type", S_TYPE }, { "name", S_NAME }, { "label", S_LABEL, true },
	{ "caption", S_LABEL, true }, { "hint", S_HINT, true }, { "constraint_message", S_SAY, true },
	{ "constraint message", S_SAY, true }, { "required", S_REQUIRED }, { "relevant", S_RELEVANT }, { "relevance", S_RELEVANT },
	{ "constraint", S_CONSTRAINT }, { "appearance", S_APPEARANCE }, { "parameters", S_PARAMETERS },
	{ "calculation", S_CALCULATION }, { "disabled", S_DISABLED }, { "thuocdo_kind", S_KIND }, { "thuocdo_factor", S_FACTOR },
	{ "thuocdo_weight", S_WEIGHT }, { "thuocdo_show_if", S_SHOW_IF }, { "thuocdo_check", S_CHECK }, { "thuocdo_note", S_NOTE },
	{ 0 } };
static const struct heading choice_headings[] = { { "list_name", C_LIST }, { "list name", C_LIST }, { "name", C_NAME },
	{ "value", C_NAME }, { "label", C_LABEL, true }, { "thuocdo_means", C_MEANS }, { "thuocdo_weight", C_WEIGHT },
	{ "thuocdo_note", C_NOTE }, { 0 } };
static const struct heading setting_headings[] = { { "form_title", T_TITLE }, { "title", T_TITLE }, { "form_id", T_ID },
	{ "id_string", T_ID }, { "default_language", T_LANGUAGE }, { 0 } };

/* Columns of other things. What would change who is asked or what is stored must not be passed over. */
static const struct {
	const char *name;
	bool fatal;
} foreign[] = { { "choice_filter", true }, { "repeat_count", true }, { "trigger", true }, { "readonly", true },
	{ "read_only", true }, { "default", false }, { "media", false }, { "image", false }, { "audio", false }, { "video", false },
	{ "guidance_hint", false }, { "autoplay", false } };

place xlsform_place(const struct xlsform_sheet *s, int line, int column)
{
	place p = grid_place(s->g, line, column < 0 ? 0 : column);
	if (column < 0)
		p.column = 0;
	return p;
}

str xlsform_cell(const struct xlsform_sheet *s, int line, int column)
{
	return s->at[column] < 0 ? STR("") : grid_at(s->g, line, s->at[column])->text;
}

str xlsform_code(const struct xlsform_sheet *s, int line, int column)
{
	return s->at[column] < 0 ? STR("") : grid_at(s->g, line, s->at[column])->shown;
}

bool xlsform_language(cx *c, str s, enum lang *out)
{
	str low = vn_lower(c->mem, str_trim(s));
	const char *open = low.len ? memchr(low.p, '(', low.len) : NULL;
	str code = open ? (str){ open + 1, low.len - (size_t)(open + 1 - low.p) } : low;
	if (str_starts(code, STR("vi")) || str_starts(low, STR("tiếng việt")) || str_starts(low, STR("vietnam"))) {
		*out = LANG_VI;
		return true;
	}
	*out = LANG_EN;
	return str_is(code, "en") || str_starts(code, STR("en)")) || str_starts(code, STR("en-")) || str_starts(low, STR("english"))
		|| str_starts(low, STR("tiếng anh"));
}

/* "label::English (en)", "Label : en" -> label and the language. */
static str split_heading(cx *c, str s, str *language)
{
	const char *colon = s.len ? memchr(s.p, ':', s.len) : NULL;
	str name = colon ? (str){ s.p, (size_t)(colon - s.p) } : s;
	*language = STR("");
	if (colon) {
		str rest = { colon + 1, s.len - (size_t)(colon + 1 - s.p) };
		while (rest.len && rest.p[0] == ':')
			rest = (str){ rest.p + 1, rest.len - 1 };
		*language = str_trim(rest);
	}
	return vn_lower(c->mem, str_trim(name));
}

static bool says_something(const struct xlsform_sheet *s, int column)
{
	for (int i = 1; i < s->g->rows; i++)
		if (grid_at(s->g, i, column)->text.len)
			return true;
	return false;
}

static void look_at_foreign(cx *c, const struct xlsform_sheet *s, str name, int column)
{
	for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
		if (!str_is(name, foreign[i].name) || !says_something(s, column))
			continue;
		for (int line = 1; line < s->g->rows; line++) {
			str value = grid_at(s->g, line, column)->text;
			if (!value.len || str_is(value, "no") || str_is(value, "false"))
				continue;
			cx_fault(c, foreign[i].fatal ? FAULT_ERROR : FAULT_WARNING, foreign[i].fatal ? "xlsform.column" : "xlsform.left_out",
				grid_place(s->g, line, column), name);
			if (!foreign[i].fatal)
				break;
		}
	}
}

void xlsform_headings(cx *c, const grid *g, enum xlsform_part part, enum lang plain, struct xlsform_sheet *s)
{
	static const grid none = { .file = { "", 0 } };
	static const struct heading *const known[] = { survey_headings, choice_headings, setting_headings };
	s->g = g ? g : &none;
	for (int i = 0; i < S_COLUMNS; i++)
		s->at[i] = -1;
	for (int k = 0; s->g->rows && k < s->g->columns; k++) {
		str language, name = split_heading(c, grid_at(s->g, 0, k)->text, &language);
		const struct heading *h = known[part];
		enum lang lang = plain;
		while (h->name && !str_is(name, h->name))
			h++;
		if (!h->name) {
			look_at_foreign(c, s, name, k);
		} else if (h->by_language && language.len && !xlsform_language(c, language, &lang)) {
			if (h->column == S_LABEL && says_something(s, k))
				cx_fault(c, FAULT_NOTE, "xlsform.language", grid_place(s->g, 0, k), language);
		} else {
			int column = h->column + (h->by_language ? (int)lang : 0);
			if (s->at[column] < 0)
				s->at[column] = k;
		}
	}
}

const grid *xlsform_find(const grid_list *sheets, const char *name)
{
	for (size_t i = 0; i < sheets->n; i++)
		if (sheets->p[i].name.len == strlen(name) && strncasecmp(sheets->p[i].name.p, name, strlen(name)) == 0)
			return &sheets->p[i];
	return NULL;
}

bool xlsform_is(const grid_list *sheets)
{
	const grid *g = xlsform_find(sheets, "survey");
	for (int k = 0; g && g->rows && k < g->columns; k++) {
		str s = grid_at(g, 0, k)->text;
		if (s.len == 4 && strncasecmp(s.p, "type", 4) == 0)
			return true;
	}
	return false;
}
