/* Reading XLSForm, ours or made elsewhere. */
#include "app/xlsform_sheet.h"
#include "base/vn.h"
#include "engine/xpath.h"

struct other { /* a rule that the form names one way and we another */
	str code;
	struct xpath_item item;
};

struct row { /* of the sheet survey, as read */
	int line;  /* of the grid */
	str type, list, name;
	bool or_other;
	int item; /* of reader.names; -1: none */
};

struct made { /* a row of ours */
	str cell[QUESTIONNAIRE_COLUMNS];
	place at;
	int survey_line; /* -1: not from the sheet survey */
};

struct reader {
	cx *c;
	struct xlsform_sheet survey, choices, settings, own;
	VEC(struct other) items;
	map names, lists;   /* name -> items; list -> 1: its options are numbers, 2: not */
	VEC(struct made) settings_out, lists_out, factors, out;
	str open[3];        /* codes of section and group */
	int open_line[3];   /* -1: a section that was made up */
	int depth, made_up;
	bool table;         /* open[1] began with a row of headings, and ends with its rows */
	str title;          /* where the form says none */
	bool trust;         /* our own columns count */
	map distrusted;     /* names whose conditions were changed in the workbook */
	struct made *pending; /* the row whose hint the next note becomes */
	str note[LANGS];    /* waiting for an item */
	int note_line;
};

static fault *complain(struct reader *r, enum fault_level level, const char *key, int line, int column, str value)
{
	return cx_fault(r->c, level, key, xlsform_place(&r->survey, line, r->survey.at[column]), value);
}

/* ---- what the rows are ---- */

static const struct {
	const char *word;
	enum question_kind kind;
} typed[] = { { "integer", ASK_NUMBER }, { "int", ASK_NUMBER }, { "decimal", ASK_NUMBER }, { "range", ASK_NUMBER }, { "text", ASK_TEXT },
	{ "string", ASK_TEXT }, { "date", ASK_DATE }, { "select_one", ASK_SINGLE }, { "select_multiple", ASK_MULTIPLE } };

static bool is_one_of(str s, const char *const *words)
{
	for (; *words; words++)
		if (str_is(s, *words))
			return true;
	return false;
}

/* What the program that collects writes down by itself; here the server does. */
static const char *const meta[] = { "start", "end", "today", "deviceid", "username", "phonenumber", "simserial", "subscriberid", "email", "audit",
	"start-geopoint", "background-audio", NULL };
static const char *const media[] = { "image", "audio", "video", "file", "barcode", "geopoint", "geotrace", "geoshape", "photo", NULL };
static const char *const computed[] = { "calculate", "hidden", "xml-external", "csv-external", NULL };
static const char *const repeats[] = { "begin_repeat", "end_repeat", NULL };
static const char *const from_file[] = { "select_one_from_file", "select_multiple_from_file", "select_one_external", NULL };

/* "begin group", "select one yes_no or_other" -> words with _, the list, or_other. */
static void split_type(struct reader *r, str s, struct row *out)
{
	str word = STR(""), rest = vn_lower(r->c->mem, s), head = STR("");
	str_next(&rest, ' ', &word);
	rest = str_trim(rest);
	bool begin = str_is(word, "begin") || str_is(word, "end") || str_is(word, "select");
	if (begin && str_next(&rest, ' ', &head)) {
		word = arena_printf(r->c->mem, "%.*s_%.*s", STR_ARG(word), STR_ARG(head));
		rest = str_trim(rest);
	}
	if (str_is(word, "select1"))
		word = STR("select_one");
	/* The list as it is written: names of lists have capitals. */
	str list = rest.len ? (str){ s.p + s.len - rest.len, rest.len } : STR("");
	static const char other[] = "or_other", other_words[] = "or specify other";
	for (int i = 0; i < 2; i++) {
		str tail = str_of(i ? other_words : other);
		if (list.len > tail.len && memcmp(list.p + list.len - tail.len, tail.p, tail.len) == 0) {
			list = str_trim((str){ list.p, list.len - tail.len });
			out->or_other = true;
		}
	}
	out->type = word;
	out->list = list;
}

static struct row row_at(struct reader *r, int line)
{
	struct row x = { .line = line, .name = xlsform_code(&r->survey, line, S_NAME), .item = -1 };
	split_type(r, xlsform_cell(&r->survey, line, S_TYPE), &x);
	return x;
}

static int kind_of(str type)
{
	for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++)
		if (str_is(type, typed[i].word))
			return (int)typed[i].kind;
	return -1;
}

static bool is_disabled(struct reader *r, int line)
{
	str s = xlsform_cell(&r->survey, line, S_DISABLED);
	return s.len && !str_is(s, "no") && !str_is(s, "false");
}

/* "C8.4" as rules write it. */
static str rule_name_of(struct reader *r, str code)
{
	char *p = arena_copy(r->c->mem, code.p, code.len);
	for (size_t i = 0; i < code.len; i++)
		if (p[i] == '.')
			p[i] = '_';
	return (str){ p, code.len };
}

static void read_names(struct reader *r)
{
	for (int line = 1; line < r->survey.g->rows; line++) {
		struct row x = row_at(r, line);
		int kind = kind_of(x.type);
		if (kind < 0 || !x.name.len || is_disabled(r, line))
			continue;
		bool added;
		int64_t *i = map_put(r->c->mem, &r->names, x.name, &added);
		const int64_t *numbers = map_get(&r->lists, x.list);
		if (!added)
			continue; /* told later: a code that stands twice */
		*i = (int64_t)r->items.n;
		*VEC_PUSH(r->c->mem, &r->items) = (struct other){ x.name, { rule_name_of(r, x.name), (enum question_kind)kind, numbers && *numbers == 1 } };
	}
}

static bool find_name(void *ctx, str name, struct xpath_item *out)
{
	const struct reader *r = ctx;
	const int64_t *i = map_get(&r->names, name);
	if (i)
		*out = r->items.p[*i].item;
	return i != NULL;
}

/* ---- lists ---- */

static struct made *put(struct reader *r, const struct xlsform_sheet *s, int line, str code, str parent, const char *kind)
{
	struct made *m = VEC_PUSH(r->c->mem, &r->out);
	*m = (struct made){ .cell = { [QUESTIONNAIRE_CODE] = code, [QUESTIONNAIRE_PARENT] = parent, [QUESTIONNAIRE_KIND] = str_of(kind) },
		.at = xlsform_place(s, line, -1), .survey_line = s == &r->survey ? line : -1 };
	return m;
}

static void put_words(struct reader *r, const struct xlsform_sheet *s, int line, int from, struct made *m, int to)
{
	str vi = xlsform_cell(s, line, from + LANG_VI), en = xlsform_cell(s, line, from + LANG_EN);
	(void)r;
	m->cell[to] = vi.len ? vi : en;
	m->cell[to + 1] = vi.len ? en : STR("");
}

static void read_choices(struct reader *r)
{
	for (int line = 1; line < r->choices.g->rows; line++) {
		str list = xlsform_code(&r->choices, line, C_LIST), code = xlsform_code(&r->choices, line, C_NAME);
		bool added;
		long n;
		if (!list.len)
			continue;
		int64_t *numbers = map_put(r->c->mem, &r->lists, list, &added);
		if (added)
			*numbers = 1;
		if (!str_int(code, 0, 999999, &n))
			*numbers = 2;
	}
}

/* "${q2}" in words would be shown as it stands. */
static void check_words(struct reader *r, const struct xlsform_sheet *s, int line, int first, int last)
{
	for (int k = first; k <= last; k++) {
		str text = xlsform_cell(s, line, k);
		const char *from = text.len ? memmem(text.p, text.len, "${", 2) : NULL,
			   *end = from ? memchr(from, '}', text.len - (size_t)(from - text.p)) : NULL;
		if (end)
			cx_fault(r->c, FAULT_ERROR, "xlsform.piping", xlsform_place(s, line, s->at[k]), (str){ from, (size_t)(end - from) + 1 });
	}
}

/* Options stand behind their list, wherever they stand in the sheet. */
static void put_lists(struct reader *r)
{
	map done = { 0 };
	for (int first = 1; first < r->choices.g->rows; first++) {
		bool added;
		str list = xlsform_code(&r->choices, first, C_LIST);
		if (!list.len)
			continue;
		map_put(r->c->mem, &done, list, &added);
		if (!added)
			continue;
		put(r, &r->choices, first, list, STR(""), "list");
		for (int line = first; line < r->choices.g->rows; line++) {
			if (!str_eq(xlsform_code(&r->choices, line, C_LIST), list))
				continue;
			struct made *m = put(r, &r->choices, line, xlsform_code(&r->choices, line, C_NAME), list, "option");
			check_words(r, &r->choices, line, C_LABEL, C_LABEL + LANG_EN);
			put_words(r, &r->choices, line, C_LABEL, m, QUESTIONNAIRE_TEXT_VI);
			m->cell[QUESTIONNAIRE_MEANS] = xlsform_cell(&r->choices, line, C_MEANS);
			m->cell[QUESTIONNAIRE_WEIGHT] = xlsform_cell(&r->choices, line, C_WEIGHT);
			m->cell[QUESTIONNAIRE_NOTE] = xlsform_cell(&r->choices, line, C_NOTE);
		}
	}
}

static struct made *find_made(struct reader *r, const char *kind, str code)
{
	for (size_t i = 0; i < r->out.n; i++)
		if (str_is(r->out.p[i].cell[QUESTIONNAIRE_KIND], kind) && str_eq(r->out.p[i].cell[QUESTIONNAIRE_CODE], code))
			return &r->out.p[i];
	return NULL;
}

/* Settings, lists and factors of ours. */
static void put_own(struct reader *r)
{
	const grid *g = r->own.g;
	str title = r->settings.g->rows > 1 ? xlsform_cell(&r->settings, 1, T_TITLE) : STR("");
	title = title.len ? title : r->title;
	bool named = false;
	for (int line = 1; g && line < g->rows; line++) {
		struct made m = { .at = xlsform_place(&r->own, line, -1), .survey_line = -1 };
		for (int i = 0; i < QUESTIONNAIRE_COLUMNS; i++)
			m.cell[i] = xlsform_code(&r->own, line, i);
		struct made *list = str_is(m.cell[QUESTIONNAIRE_KIND], "list") ? find_made(r, "list", m.cell[QUESTIONNAIRE_CODE]) : NULL;
		if (list) {
			m.at = list->at;
			*list = m;
			continue;
		}
		if (str_is(m.cell[QUESTIONNAIRE_CODE], "@name")) {
			named = true;
			if (title.len)
				m.cell[QUESTIONNAIRE_TEXT_VI] = title;
		}
		*VEC_PUSH(r->c->mem, &r->out) = m;
	}
	if (!named && title.len) {
		struct made *m = put(r, &r->settings, 1, STR("@name"), STR(""), "");
		m->cell[QUESTIONNAIRE_TEXT_VI] = title;
	}
}

/* ---- conditions ---- */

/* A condition that our own column says in rules, unless the workbook's was changed. */
static bool own_counts(struct reader *r, const struct row *x, int column, str *out)
{
	str own = xlsform_cell(&r->survey, x->line, column);
	if (!r->trust || map_get(&r->distrusted, x->name))
		return false;
	*out = own;
	return own.len > 0;
}

static void read_relevant(struct reader *r, const struct row *x, struct made *m)
{
	str s = xlsform_cell(&r->survey, x->line, S_RELEVANT);
	if (own_counts(r, x, S_SHOW_IF, &m->cell[QUESTIONNAIRE_SHOW_IF]) || !s.len)
		return;
	struct xpath_in in = { .c = r->c, .find = find_name, .ctx = r, .at = xlsform_place(&r->survey, x->line, r->survey.at[S_RELEVANT]) };
	xpath_read(&in, s, NULL, &m->cell[QUESTIONNAIRE_SHOW_IF]);
}

static str bound_text(struct reader *r, bool has, dec d)
{
	char room[DEC_TEXT];
	return has ? arena_str(r->c->mem, dec_text(d, room)) : STR("");
}

static void mark_alone(struct reader *r, const struct row *x, const struct xpath_bounds *b)
{
	for (size_t i = 0; i < r->out.n; i++) {
		struct made *m = &r->out.p[i];
		if (!str_is(m->cell[QUESTIONNAIRE_KIND], "option") || !str_eq(m->cell[QUESTIONNAIRE_PARENT], x->list) || m->cell[QUESTIONNAIRE_MEANS].len)
			continue;
		for (size_t k = 0; k < b->n_alone; k++)
			if (str_eq(b->alone[k], m->cell[QUESTIONNAIRE_CODE]))
				m->cell[QUESTIONNAIRE_MEANS] = STR("none");
	}
}

static str both(struct reader *r, str a, str b)
{
	if (!a.len || !b.len)
		return a.len ? a : b;
	return arena_printf(r->c->mem, "%.*s and (%.*s)", STR_ARG(a), STR_ARG(b));
}

static void read_constraint(struct reader *r, const struct row *x, const struct xpath_item *self, struct made *m)
{
	str s = xlsform_cell(&r->survey, x->line, S_CONSTRAINT), check = STR("");
	struct xpath_bounds b = { 0 };
	struct xpath_in in = { .c = r->c, .find = find_name, .ctx = r, .at = xlsform_place(&r->survey, x->line, r->survey.at[S_CONSTRAINT]), .self = self };
	bool whole = str_is(x->type, "integer") || str_is(x->type, "int");
	if (s.len && xpath_read(&in, s, &b, &check))
		return;
	mark_alone(r, x, &b);
	if (b.has_min)
		m->cell[QUESTIONNAIRE_MIN] = bound_text(r, true, b.min);
	if (b.has_max)
		m->cell[QUESTIONNAIRE_MAX] = bound_text(r, true, b.max);
	if (own_counts(r, x, S_CHECK, &m->cell[QUESTIONNAIRE_CHECK]))
		return;
	if (whole)
		check = both(r, arena_printf(r->c->mem, "floor(%.*s) = %.*s", STR_ARG(self->name), STR_ARG(self->name)), check);
	m->cell[QUESTIONNAIRE_CHECK] = check;
	for (int l = 0; l < LANGS && check.len && !m->cell[QUESTIONNAIRE_SAY_VI].len; l++) {
		const char *key = whole && !s.len ? "xlsform.say_whole" : "xlsform.say";
		m->cell[QUESTIONNAIRE_SAY_VI] = str_of(po_text(key, LANG_VI));
		m->cell[QUESTIONNAIRE_SAY_EN] = str_of(po_text(key, LANG_EN));
	}
}

/* "start=0 end=10 step=1" of a range. */
static void read_range(struct reader *r, const struct row *x, struct made *m)
{
	str word, rest = xlsform_cell(&r->survey, x->line, S_PARAMETERS);
	dec d;
	m->cell[QUESTIONNAIRE_MIN] = STR("1");
	m->cell[QUESTIONNAIRE_MAX] = STR("10");
	while (str_next(&rest, ' ', &word)) {
		str name, value = str_trim(word);
		if (!value.len)
			continue;
		str_next(&value, '=', &name);
		if (!dec_parse(value, &d))
			complain(r, FAULT_ERROR, "xlsform.range", x->line, S_PARAMETERS, word);
		else if (str_is(name, "start"))
			m->cell[QUESTIONNAIRE_MIN] = value;
		else if (str_is(name, "end"))
			m->cell[QUESTIONNAIRE_MAX] = value;
	}
}

/* ---- notes ---- */

/* One right below the heading of a group is its hint; another goes to the item after it. */
static void read_note(struct reader *r, const struct row *x)
{
	str vi = xlsform_cell(&r->survey, x->line, S_LABEL + LANG_VI), en = xlsform_cell(&r->survey, x->line, S_LABEL + LANG_EN);
	if (xlsform_cell(&r->survey, x->line, S_RELEVANT).len) {
		complain(r, FAULT_ERROR, "xlsform.note_condition", x->line, S_RELEVANT, x->name);
		return;
	}
	if (r->pending && !r->pending->cell[QUESTIONNAIRE_HINT_VI].len) {
		r->pending->cell[QUESTIONNAIRE_HINT_VI] = vi.len ? vi : en;
		r->pending->cell[QUESTIONNAIRE_HINT_EN] = vi.len ? en : STR("");
		r->pending = NULL;
		return;
	}
	r->note[LANG_VI] = r->note[LANG_VI].len ? arena_printf(r->c->mem, "%.*s %.*s", STR_ARG(r->note[LANG_VI]), STR_ARG(vi.len ? vi : en)) : vi.len ? vi : en;
	r->note[LANG_EN] = en;
	r->note_line = x->line;
}

static void spend_note(struct reader *r, struct made *m)
{
	if (!r->note[LANG_VI].len)
		return;
	complain(r, FAULT_NOTE, "xlsform.note_moved", r->note_line, S_TYPE, m->cell[QUESTIONNAIRE_CODE]);
	str hint = m->cell[QUESTIONNAIRE_HINT_VI];
	m->cell[QUESTIONNAIRE_HINT_VI] = hint.len ? arena_printf(r->c->mem, "%.*s %.*s", STR_ARG(r->note[LANG_VI]), STR_ARG(hint)) : r->note[LANG_VI];
	if (!m->cell[QUESTIONNAIRE_HINT_EN].len)
		m->cell[QUESTIONNAIRE_HINT_EN] = r->note[LANG_EN];
	r->note[LANG_VI] = r->note[LANG_EN] = STR("");
}

/* ---- groups and items ---- */

static void open_section(struct reader *r, str code, int line)
{
	r->open[0] = code;
	r->open_line[0] = line;
	r->depth = 1;
}

/* Items outside of any group get a section of their own. */
static void need_section(struct reader *r, const struct row *x)
{
	if (r->depth)
		return;
	str code;
	do
		code = arena_printf(r->c->mem, "P%d", ++r->made_up);
	while (map_get(&r->names, code));
	struct made *m = put(r, &r->survey, x->line, code, STR(""), "section");
	str numbers[] = { arena_printf(r->c->mem, "%d", r->made_up) };
	for (int l = 0; l < LANGS; l++) {
		buf b;
		buf_init(&b, 0);
		po_fill(&b, "xlsform.section", (enum lang)l, (str){ 0 }, numbers, 1);
		m->cell[QUESTIONNAIRE_TEXT_VI + l] = arena_str(r->c->mem, buf_str(&b));
		buf_free(&b);
	}
	open_section(r, code, -1);
}

static void begin_group(struct reader *r, const struct row *x)
{
	str appearance = xlsform_cell(&r->survey, x->line, S_APPEARANCE);
	bool tabular = memmem(appearance.p, appearance.len, "table-list", 10);
	if (r->depth == 1 && r->open_line[0] < 0 && !tabular)
		r->depth = 0; /* the section that was made up ends here */
	if (tabular)
		need_section(r, x);
	if (r->depth >= 2) {
		complain(r, FAULT_ERROR, "xlsform.deep", x->line, S_TYPE, x->name);
		r->depth++;
		return;
	}
	str kind = r->depth ? tabular ? STR("matrix") : STR("group") : STR("section");
	struct made *m = put(r, &r->survey, x->line, x->name, r->depth ? r->open[0] : STR(""), "");
	m->cell[QUESTIONNAIRE_KIND] = kind;
	put_words(r, &r->survey, x->line, S_LABEL, m, QUESTIONNAIRE_TEXT_VI);
	put_words(r, &r->survey, x->line, S_HINT, m, QUESTIONNAIRE_HINT_VI);
	m->cell[QUESTIONNAIRE_NOTE] = xlsform_cell(&r->survey, x->line, S_NOTE);
	read_relevant(r, x, m);
	if (!m->cell[QUESTIONNAIRE_TEXT_VI].len)
		m->cell[QUESTIONNAIRE_TEXT_VI] = x->name;
	if (r->depth)
		r->open[1] = x->name;
	else
		r->open[0] = x->name;
	r->open_line[r->depth++] = x->line;
	r->pending = m;
}

static void end_group(struct reader *r, const struct row *x)
{
	if (!r->depth || (r->depth == 1 && r->open_line[0] < 0))
		complain(r, FAULT_ERROR, "xlsform.end_alone", x->line, S_TYPE, x->type);
	else
		r->depth--;
}

static void read_required(struct reader *r, const struct row *x, struct made *m)
{
	str s = vn_lower(r->c->mem, xlsform_cell(&r->survey, x->line, S_REQUIRED));
	static const char *const yes[] = { "yes", "true", "true()", "1", NULL };
	static const char *const no[] = { "", "no", "false", "false()", "0", NULL };
	if (is_one_of(s, yes))
		m->cell[QUESTIONNAIRE_REQUIRED] = STR("yes");
	else if (!is_one_of(s, no))
		complain(r, FAULT_ERROR, "xlsform.required", x->line, S_REQUIRED, s);
}

/* "or_other": a copy of the list with one more option, and a text that asks which. */
static str add_other(struct reader *r, const struct row *x)
{
	str list = arena_printf(r->c->mem, "%.*s_other", STR_ARG(x->list));
	size_t n = r->out.n;
	for (size_t i = 0; i < n; i++) /* it may have one of its own */
		if (str_is(r->out.p[i].cell[QUESTIONNAIRE_KIND], "option") && str_eq(r->out.p[i].cell[QUESTIONNAIRE_PARENT], x->list)
			&& str_is(r->out.p[i].cell[QUESTIONNAIRE_CODE], "other"))
			return x->list;
	if (find_made(r, "list", list))
		return list;
	put(r, &r->survey, x->line, list, STR(""), "list");
	for (size_t i = 0; i < n; i++) {
		struct made m = r->out.p[i];
		if (!str_is(m.cell[QUESTIONNAIRE_KIND], "option") || !str_eq(m.cell[QUESTIONNAIRE_PARENT], x->list))
			continue;
		m.cell[QUESTIONNAIRE_PARENT] = list;
		*VEC_PUSH(r->c->mem, &r->out) = m;
	}
	struct made *m = put(r, &r->survey, x->line, STR("other"), list, "option");
	m->cell[QUESTIONNAIRE_TEXT_VI] = str_of(po_text("xlsform.other", LANG_VI));
	m->cell[QUESTIONNAIRE_TEXT_EN] = str_of(po_text("xlsform.other", LANG_EN));
	return list;
}

static void ask_other(struct reader *r, const struct row *x, bool several)
{
	str code = arena_printf(r->c->mem, "%.*s_other", STR_ARG(x->name)), name = rule_name_of(r, x->name);
	struct made *m = put(r, &r->survey, x->line, code, r->open[r->depth - 1], "text");
	m->cell[QUESTIONNAIRE_TEXT_VI] = str_of(po_text("xlsform.which", LANG_VI));
	m->cell[QUESTIONNAIRE_TEXT_EN] = str_of(po_text("xlsform.which", LANG_EN));
	m->cell[QUESTIONNAIRE_SHOW_IF] = arena_printf(r->c->mem, several ? "list contains(%.*s, \"other\")" : "%.*s = \"other\"", STR_ARG(name));
	complain(r, FAULT_NOTE, "xlsform.or_other", x->line, S_TYPE, code);
}

static void read_kind(struct reader *r, const struct row *x, int kind, struct made *m)
{
	str own = xlsform_cell(&r->survey, x->line, S_KIND), appearance = xlsform_cell(&r->survey, x->line, S_APPEARANCE);
	bool scale = kind == ASK_SINGLE && (str_is(own, "scale") || memmem(appearance.p, appearance.len, "likert", 6));
	m->cell[QUESTIONNAIRE_KIND] = str_of(question_kind_word(scale ? ASK_SCALE : (enum question_kind)kind));
	if (kind != ASK_SINGLE && kind != ASK_MULTIPLE)
		return;
	m->cell[QUESTIONNAIRE_LIST] = x->list;
	if (!map_get(&r->lists, x->list))
		complain(r, FAULT_ERROR, "xlsform.no_list", x->line, S_TYPE, x->list);
	else if (x->or_other)
		m->cell[QUESTIONNAIRE_LIST] = add_other(r, x);
	/* A table says its list once, in its heading. */
	struct made *up = r->depth == 2 ? find_made(r, "matrix", r->open[1]) : NULL;
	if (up && !up->cell[QUESTIONNAIRE_LIST].len)
		up->cell[QUESTIONNAIRE_LIST] = m->cell[QUESTIONNAIRE_LIST];
}

static void read_item(struct reader *r, const struct row *x, int kind)
{
	struct xpath_item self = { .name = rule_name_of(r, x->name), .kind = (enum question_kind)kind };
	struct made m = { .cell = { [QUESTIONNAIRE_CODE] = x->name }, .at = xlsform_place(&r->survey, x->line, -1), .survey_line = x->line };
	if (r->depth > 2)
		return; /* in a group that was refused */
	need_section(r, x);
	find_name(r, x->name, &self);
	m.cell[QUESTIONNAIRE_PARENT] = r->open[r->depth - 1];
	put_words(r, &r->survey, x->line, S_LABEL, &m, QUESTIONNAIRE_TEXT_VI);
	put_words(r, &r->survey, x->line, S_HINT, &m, QUESTIONNAIRE_HINT_VI);
	put_words(r, &r->survey, x->line, S_SAY, &m, QUESTIONNAIRE_SAY_VI);
	m.cell[QUESTIONNAIRE_FACTOR] = xlsform_cell(&r->survey, x->line, S_FACTOR);
	m.cell[QUESTIONNAIRE_WEIGHT] = xlsform_cell(&r->survey, x->line, S_WEIGHT);
	m.cell[QUESTIONNAIRE_NOTE] = xlsform_cell(&r->survey, x->line, S_NOTE);
	read_kind(r, x, kind, &m);
	read_required(r, x, &m);
	if (str_is(x->type, "range"))
		read_range(r, x, &m);
	read_relevant(r, x, &m);
	read_constraint(r, x, &self, &m);
	spend_note(r, &m);
	*VEC_PUSH(r->c->mem, &r->out) = m;
	r->pending = NULL;
	if (x->or_other)
		ask_other(r, x, kind == ASK_MULTIPLE);
}

/* ---- tables: a row of headings (appearance label), then rows without (list-nolabel) ---- */

static bool looks(const struct reader *r, const struct row *x, const char *word)
{
	str rest = xlsform_cell(&r->survey, x->line, S_APPEARANCE), one;
	while (str_next(&rest, ' ', &one))
		if (str_is(str_trim(one), word))
			return true;
	return false;
}

/* The group itself, when nothing is in it yet, else a matrix of its own in the section. */
static void begin_table(struct reader *r, const struct row *x)
{
	need_section(r, x);
	struct made *m = r->depth == 2 ? find_made(r, "group", r->open[1]) : NULL;
	if (r->depth > 2 || (r->depth == 2 && (!m || m != &r->out.p[r->out.n - 1]))) {
		complain(r, FAULT_ERROR, "xlsform.table_place", x->line, S_APPEARANCE, x->name);
		return;
	}
	bool own = !m;
	if (own)
		m = put(r, &r->survey, x->line, x->name, r->open[0], "");
	m->cell[QUESTIONNAIRE_KIND] = STR("matrix");
	m->cell[QUESTIONNAIRE_LIST] = x->list;
	if (own || str_eq(m->cell[QUESTIONNAIRE_TEXT_VI], m->cell[QUESTIONNAIRE_CODE]))
		put_words(r, &r->survey, x->line, S_LABEL, m, QUESTIONNAIRE_TEXT_VI);
	if (!m->cell[QUESTIONNAIRE_TEXT_VI].len)
		m->cell[QUESTIONNAIRE_TEXT_VI] = x->name;
	r->pending = m;
	if (!own)
		return;
	put_words(r, &r->survey, x->line, S_HINT, m, QUESTIONNAIRE_HINT_VI);
	read_relevant(r, x, m);
	spend_note(r, m);
	r->open[1] = x->name;
	r->open_line[1] = x->line;
	r->depth = 2;
	r->table = true;
}

/* ---- what is computed ---- */

static bool names(const grid *g, int line, str ref)
{
	for (int k = 0; k < g->columns; k++) {
		str s = grid_at(g, line, k)->text;
		if (s.len && memmem(s.p, s.len, ref.p, ref.len))
			return true;
	}
	return false;
}

/* By what is asked or shown; something else that is computed counts when it is used itself. */
static bool is_used(struct reader *r, str name, int depth)
{
	str ref = arena_printf(r->c->mem, "${%.*s}", STR_ARG(name));
	for (int line = 1; line < r->choices.g->rows; line++)
		if (names(r->choices.g, line, ref))
			return true;
	for (int line = 1; line < r->survey.g->rows; line++) {
		if (is_disabled(r, line) || !names(r->survey.g, line, ref))
			continue;
		struct row x = row_at(r, line);
		if (!is_one_of(x.type, computed) || depth > 20 || (x.name.len && !str_eq(x.name, name) && is_used(r, x.name, depth + 1)))
			return true;
	}
	return false;
}

static void drop_computed(struct reader *r, const struct row *x)
{
	if (is_used(r, x->name, 0))
		complain(r, FAULT_ERROR, "xlsform.type_computed", x->line, S_TYPE, x->type);
	else
		complain(r, FAULT_NOTE, "xlsform.computed_dropped", x->line, S_TYPE, x->name);
}

static const char *why_not(str type)
{
	return is_one_of(type, media) ? "xlsform.type_media"
		: is_one_of(type, computed) ? "xlsform.type_computed"
		: is_one_of(type, repeats) ? "xlsform.type_repeat"
		: is_one_of(type, from_file) ? "xlsform.type_file" : "xlsform.type";
}

static void read_row(struct reader *r, int line)
{
	struct row x = row_at(r, line);
	int kind = kind_of(x.type);
	if (!x.type.len || is_disabled(r, line))
		return;
	if (r->table && !looks(r, &x, "list-nolabel")) {
		r->table = false;
		r->depth--;
	}
	check_words(r, &r->survey, line, S_LABEL, S_SAY + LANG_EN);
	if (xlsform_cell(&r->survey, line, S_CALCULATION).len && !is_one_of(x.type, computed))
		complain(r, FAULT_ERROR, "xlsform.column", line, S_CALCULATION, STR("calculation"));
	if (is_one_of(x.type, meta))
		complain(r, FAULT_NOTE, "xlsform.meta", line, S_TYPE, x.type);
	else if (str_is(x.type, "end_group"))
		end_group(r, &x);
	else if (str_is(x.type, "note"))
		read_note(r, &x);
	else if (is_one_of(x.type, computed) && x.name.len)
		drop_computed(r, &x);
	else if (kind < 0 && !str_is(x.type, "begin_group"))
		complain(r, FAULT_ERROR, why_not(x.type), line, S_TYPE, x.type);
	else if (!x.name.len)
		complain(r, FAULT_ERROR, "xlsform.no_name", line, S_NAME, x.type);
	else if (kind < 0)
		begin_group(r, &x);
	else if (kind == ASK_SINGLE && looks(r, &x, "label"))
		begin_table(r, &x);
	else
		read_item(r, &x, kind);
}

static void read_rows(struct reader *r)
{
	for (int line = 1; line < r->survey.g->rows; line++)
		read_row(r, line);
	if (r->table)
		r->depth--;
	r->table = false;
	int open = r->depth > 1 ? r->depth - 1 : 0;
	if (r->depth && !(r->depth == 1 && r->open_line[0] < 0))
		complain(r, FAULT_ERROR, "xlsform.unclosed", r->open_line[open > 1 ? 1 : open], S_TYPE, r->open[open > 1 ? 1 : open]);
	if (r->note[LANG_VI].len)
		complain(r, FAULT_WARNING, "xlsform.note_alone", r->note_line, S_TYPE, STR(""));
}

/* ---- the whole ---- */

/* Where a column of ours came from in the sheet of a row. */
static int foreign_column(const struct reader *r, const struct made *m, int column)
{
	static const int from[QUESTIONNAIRE_COLUMNS] = { [QUESTIONNAIRE_CODE] = S_NAME, [QUESTIONNAIRE_PARENT] = S_TYPE, [QUESTIONNAIRE_KIND] = S_TYPE,
		[QUESTIONNAIRE_TEXT_VI] = S_LABEL + LANG_VI, [QUESTIONNAIRE_TEXT_EN] = S_LABEL + LANG_EN, [QUESTIONNAIRE_HINT_VI] = S_HINT + LANG_VI,
		[QUESTIONNAIRE_HINT_EN] = S_HINT + LANG_EN, [QUESTIONNAIRE_LIST] = S_TYPE, [QUESTIONNAIRE_FACTOR] = S_FACTOR,
		[QUESTIONNAIRE_REQUIRED] = S_REQUIRED, [QUESTIONNAIRE_SHOW_IF] = S_RELEVANT, [QUESTIONNAIRE_CHECK] = S_CONSTRAINT,
		[QUESTIONNAIRE_SAY_VI] = S_SAY + LANG_VI, [QUESTIONNAIRE_SAY_EN] = S_SAY + LANG_EN, [QUESTIONNAIRE_MIN] = S_CONSTRAINT,
		[QUESTIONNAIRE_MAX] = S_CONSTRAINT, [QUESTIONNAIRE_MEANS] = S_TYPE, [QUESTIONNAIRE_AGG] = S_TYPE,
		[QUESTIONNAIRE_WEIGHT] = S_WEIGHT, [QUESTIONNAIRE_NOTE] = S_NOTE };
	if (m->survey_line >= 0)
		return r->survey.at[from[column]] + 1;
	if (str_eq(m->at.sheet, r->choices.g->name))
		return column == QUESTIONNAIRE_CODE ? r->choices.at[C_NAME] + 1
			: column == QUESTIONNAIRE_TEXT_VI ? r->choices.at[C_LABEL] + 1
			: column == QUESTIONNAIRE_MEANS ? r->choices.at[C_MEANS] + 1
			: column == QUESTIONNAIRE_WEIGHT ? r->choices.at[C_WEIGHT] + 1 : r->choices.at[C_LIST] + 1;
	return r->own.g && str_eq(m->at.sheet, r->own.g->name) ? column + 1 : 1;
}

struct source {
	VEC(const struct made *) rows;
};

static int rank_of(const struct made *m)
{
	str kind = m->cell[QUESTIONNAIRE_KIND];
	return !kind.len ? 0 : str_is(kind, "list") || str_is(kind, "option") ? 1 : str_is(kind, "factor") ? 2 : 3;
}

/* What the workbook calls a column. */
static str heading_of(const struct reader *r, const place *at)
{
	const struct xlsform_sheet *const all[] = { &r->survey, &r->choices, &r->settings, &r->own };
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (all[i]->g && str_eq(at->sheet, all[i]->g->name) && at->column >= 1 && at->column <= all[i]->g->columns)
			return grid_at(all[i]->g, 0, at->column - 1)->text;
	return STR("");
}

/* Faults of our rows go back to the cells that they came from. */
static void place_faults(struct reader *r, const struct source *s, size_t from)
{
	for (size_t i = from; i < r->c->n_faults; i++) {
		place *at = &r->c->faults[i].at;
		size_t row = (size_t)at->line;
		if (row < 2 || row - 2 >= s->rows.n) {
			bool untitled = strcmp(r->c->faults[i].key, "questionnaire.no_title") == 0;
			*at = (place){ .file = r->survey.g->file, .sheet = untitled ? STR("settings") : STR("") };
			if (untitled)
				r->c->faults[i].key = "xlsform.no_title";
			continue;
		}
		const struct made *m = s->rows.p[row - 2];
		int column = at->column ? foreign_column(r, m, at->column - 1) : 0;
		int64_t offset = at->offset;
		bool named = at->field.len > 0;
		*at = m->at;
		at->column = column > 0 ? column : 1;
		at->field = named ? heading_of(r, at) : STR("");
		at->offset = offset;
	}
}

static enum err make(struct reader *r, questionnaire **q)
{
	struct source s = { 0 };
	size_t before = r->c->n_faults;
	for (int rank = 0; rank < 4; rank++)
		for (size_t i = 0; i < r->out.n; i++)
			if (rank_of(&r->out.p[i]) == rank)
				*VEC_PUSH(r->c->mem, &s.rows) = &r->out.p[i];
	const str **cells = NEW_ARRAY(r->c->mem, const str *, s.rows.n + 1);
	for (size_t i = 0; i < s.rows.n; i++)
		cells[i] = s.rows.p[i]->cell;
	struct table_rows rows = { .names = questionnaire_columns, .columns = QUESTIONNAIRE_COLUMNS, .row = cells, .n = s.rows.n };
	enum err e = questionnaire_read(r->c, table_of_rows(r->c, &rows, r->survey.g->file), q);
	place_faults(r, &s, before);
	return e;
}

/* One reading of everything. */
static enum err attempt(struct reader *r, questionnaire **q)
{
	size_t before = r->c->n_errors;
	r->out.n = 0;
	r->depth = r->made_up = 0;
	r->pending = NULL;
	r->table = false;
	r->note[LANG_VI] = r->note[LANG_EN] = STR("");
	put_lists(r);
	put_own(r);
	read_rows(r);
	enum err e = make(r, q);
	return r->c->n_errors == before ? e : ERR_INPUT;
}

/* Conditions in our own columns count as long as they say what the columns of XLSForm say. */
static void compare(struct reader *r, const questionnaire *q)
{
	struct xlsform_rows rows;
	static const int columns[][2] = { { XLSFORM_RELEVANT, S_RELEVANT }, { XLSFORM_CONSTRAINT, S_CONSTRAINT } };
	xlsform_rows(r->c, q, &rows);
	for (int line = 1; line < r->survey.g->rows; line++) {
		struct row x = row_at(r, line);
		for (size_t i = 0; i < rows.n && x.name.len; i++) {
			if (!str_eq(rows.p[i].cell[XLSFORM_NAME], x.name))
				continue;
			bool same = str_eq(rows.p[i].cell[XLSFORM_TYPE], xlsform_cell(&r->survey, line, S_TYPE)) || kind_of(x.type) != ASK_NUMBER;
			for (int k = 0; k < 2; k++)
				same &= str_eq(rows.p[i].cell[columns[k][0]], xlsform_cell(&r->survey, line, columns[k][1]));
			if (!same)
				map_put(r->c->mem, &r->distrusted, x.name, NULL);
		}
	}
}

static void forget_faults(cx *c, size_t faults, size_t errors)
{
	c->n_faults = faults;
	c->n_errors = errors;
}

static enum err read_both_ways(struct reader *r, questionnaire **q)
{
	size_t faults = r->c->n_faults, errors = r->c->n_errors;
	r->trust = r->survey.at[S_SHOW_IF] >= 0 || r->survey.at[S_CHECK] >= 0;
	enum err e = attempt(r, q);
	if (!r->trust)
		return e;
	if (!e)
		compare(r, *q);
	else
		r->trust = false;
	if (!e && !r->distrusted.n)
		return e;
	forget_faults(r->c, faults, errors);
	return attempt(r, q);
}

static bool need_columns(struct reader *r)
{
	static const struct {
		int column;
		const char *name;
	} needed[] = { { S_TYPE, "type" }, { S_NAME, "name" } };
	bool all = true;
	for (size_t i = 0; i < 2; i++)
		if (r->survey.at[needed[i].column] < 0) {
			cx_fault(r->c, FAULT_ERROR, "xlsform.no_column", grid_place(r->survey.g, 0, 0), str_of(needed[i].name));
			all = false;
		}
	bool vi = r->survey.at[S_LABEL + LANG_VI] >= 0, en = r->survey.at[S_LABEL + LANG_EN] >= 0;
	if (!vi && !en) {
		cx_fault(r->c, FAULT_ERROR, "xlsform.no_column", grid_place(r->survey.g, 0, 0), STR("label"));
		return false;
	}
	if (!vi)
		cx_fault(r->c, FAULT_WARNING, "xlsform.no_vietnamese", grid_place(r->survey.g, 0, r->survey.at[S_LABEL + LANG_EN]), STR(""));
	return all;
}

enum err xlsform_read(cx *c, const grid_list *sheets, str title, str *text)
{
	struct reader r = { .c = c, .title = title };
	questionnaire *q = NULL;
	enum lang plain = LANG_VI;
	const grid *settings = xlsform_find(sheets, "settings"), *choices = xlsform_find(sheets, "choices"),
		   *own = xlsform_find(sheets, "thuocdo");
	size_t errors = c->n_errors;
	xlsform_headings(c, settings, PART_SETTINGS, LANG_VI, &r.settings);
	if (settings && settings->rows > 1 && xlsform_cell(&r.settings, 1, T_LANGUAGE).len)
		xlsform_language(c, xlsform_cell(&r.settings, 1, T_LANGUAGE), &plain);
	xlsform_headings(c, xlsform_find(sheets, "survey"), PART_SURVEY, plain, &r.survey);
	xlsform_headings(c, choices, PART_CHOICES, plain, &r.choices);
	if (r.survey.g->rows > QUESTIONNAIRE_MAX_ROWS || r.choices.g->rows > QUESTIONNAIRE_MAX_ROWS)
		return cx_fail(c, ERR_INPUT, "questionnaire.too_many_rows", (place){ .file = r.survey.g->file }, (str){ 0 });
	r.own.g = own && own->columns >= QUESTIONNAIRE_COLUMNS ? own : NULL;
	for (int i = 0; i < QUESTIONNAIRE_COLUMNS; i++)
		r.own.at[i] = i;
	if (!need_columns(&r))
		return ERR_INPUT;
	read_choices(&r);
	read_names(&r);
	enum err e = read_both_ways(&r, &q);
	if (e || c->n_errors > errors)
		return ERR_INPUT;
	buf b;
	buf_init(&b, 0);
	questionnaire_write(q, c->mem, &b);
	*text = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return ERR_OK;
}
