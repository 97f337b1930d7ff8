/* A questionnaire as an XForm (getodk.github.io/xforms-spec). */
#include "app/odk.h"
#include "engine/xpath.h"
#include "format/xform.h"

enum { XML_CAP = 16 << 20 };

struct form {
	cx *c;
	const questionnaire *q;
	const struct odk_wish *wish;
	const struct survey_place_list *places;
	buf *b;
	enum err err;
};

static const char *const languages[LANGS] = { "Tiếng Việt (vi)", "English (en)" };

static void put_ref(const questionnaire *q, int32_t item, buf *out)
{
	const struct question *i = &q->items.p[item];
	if (i->parent == NO_ITEM)
		buf_addz(out, "/data");
	else
		put_ref(q, i->parent, out);
	buf_printf(out, "/%.*s", STR_ARG(i->code));
}

static void put_text(struct form *f, str id, const char *what, str text)
{
	buf_addz(f->b, "<text id=\"");
	xform_text(f->b, id);
	buf_printf(f->b, ":%s\"><value>", what);
	xform_text(f->b, text);
	buf_addz(f->b, "</value></text>\n");
}

/* ---- texts ---- */

static void put_option_texts(struct form *f, enum lang lang)
{
	for (size_t l = 0; l < f->q->lists.n; l++)
		for (size_t i = 0; i < f->q->lists.p[l].options.n; i++) {
			const struct question_option *o = &f->q->lists.p[l].options.p[i];
			put_text(f, arena_printf(f->c->mem, "list:%.*s", STR_ARG(f->q->lists.p[l].code)), arena_cstr(f->c->mem, o->code), o->text[lang]);
		}
	for (size_t i = 0; i < f->places->n; i++)
		put_text(f, STR("_noi"), arena_cstr(f->c->mem, f->places->p[i].code), f->places->p[i].name[lang]);
}

/* Cases by number, because a code may hold what a reference may not. */
static str case_text(struct form *f, size_t i)
{
	return arena_printf(f->c->mem, "case%zu", i);
}

/* Code, name and address, and whom of the household to ask. */
static void put_case_texts(struct form *f, enum lang lang)
{
	for (size_t i = 0; i < f->wish->cases->n; i++) {
		const struct survey_case *x = &f->wish->cases->p[i];
		str ask = survey_case_ask(f->c->mem, x->person, lang), parts[] = { x->code, x->name, x->address };
		buf b;
		buf_init(&b, 0);
		for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
			buf_addz(&b, k && parts[k].len ? " · " : "");
			buf_add(&b, parts[k]);
		}
		buf_addz(&b, ask.len ? "\n" : "");
		buf_add(&b, ask);
		put_text(f, STR("_phieu"), arena_cstr(f->c->mem, case_text(f, i)), buf_str(&b));
		buf_free(&b);
	}
}

/* How the persons of a household are numbered: the hint of the list. */
static str numbering(struct form *f, enum lang lang)
{
	for (size_t i = 0; i < f->wish->cases->n; i++) {
		str s = survey_case_numbering(f->wish->cases->p[i].person, lang);
		if (s.len)
			return s;
	}
	return (str){ 0 };
}

static void put_texts(struct form *f)
{
	buf_addz(f->b, "<itext>\n");
	for (int l = 0; l < LANGS; l++) {
		buf_printf(f->b, "<translation lang=\"%s\"%s>\n", languages[l], l == LANG_VI ? " default=\"true()\"" : "");
		put_text(f, STR("_noi"), "label", str_of(po_text("odk.place", (enum lang)l)));
		put_text(f, STR("_phieu"), "label", str_of(po_text("odk.case", (enum lang)l)));
		put_text(f, STR("_phieu"), "none", str_of(po_text("odk.case_none", (enum lang)l)));
		put_text(f, STR("_phieu"), "token", str_of(po_text("odk.case_token", (enum lang)l)));
		put_text(f, STR("_ma"), "label", str_of(po_text("odk.token", (enum lang)l)));
		put_text(f, STR("_ma"), "hint", str_of(po_text("odk.token_hint", (enum lang)l)));
		for (size_t i = 0; i < f->q->items.n; i++) {
			const struct question *x = &f->q->items.p[i];
			put_text(f, x->code, "label", x->text[l]);
			if (x->hint[l].len)
				put_text(f, x->code, "hint", x->hint[l]);
			if (x->say[l].len)
				put_text(f, x->code, "say", x->say[l]);
		}
		put_option_texts(f, (enum lang)l);
		put_case_texts(f, (enum lang)l);
		if (numbering(f, (enum lang)l).len)
			put_text(f, STR("_phieu"), "hint", numbering(f, (enum lang)l));
		buf_addz(f->b, "</translation>\n");
	}
	buf_addz(f->b, "</itext>\n");
}

/* ---- the tree: called for the opening and the closing of each row ---- */

typedef void (*visit)(struct form *f, int32_t item, bool open);

static void walk(struct form *f, visit each)
{
	int32_t open[2] = { NO_ITEM, NO_ITEM }, *order = NEW_ARRAY(f->c->mem, int32_t, f->q->items.n);
	questionnaire_order(f->q, f->c->mem, order);
	for (size_t k = 0; k <= f->q->items.n; k++) {
		const struct question *x = k < f->q->items.n ? &f->q->items.p[order[k]] : NULL;
		if (open[1] != NO_ITEM && (!x || x->parent != open[1])) {
			each(f, open[1], false);
			open[1] = NO_ITEM;
		}
		if (open[0] != NO_ITEM && (!x || x->kind == ASK_SECTION))
			each(f, open[0], false);
		if (!x)
			return;
		each(f, order[k], true);
		if (x->kind == ASK_SECTION)
			open[0] = order[k];
		else if (!question_is_asked(x))
			open[1] = order[k];
	}
}

static bool has_note(const struct question *x)
{
	return !question_is_asked(x) && x->hint[LANG_VI].len;
}

static void put_node(struct form *f, int32_t item, bool open)
{
	const struct question *x = &f->q->items.p[item];
	bool leaf = question_is_asked(x);
	buf_printf(f->b, "<%s%.*s%s>%s\n", open ? "" : "/", STR_ARG(x->code), leaf ? "/" : "", open && has_note(x) ? "<_note/>" : "");
}

static const char *type_of(const struct question *x, bool integer)
{
	return x->kind == ASK_NUMBER ? integer ? "int" : "decimal" : x->kind == ASK_DATE ? "date" : "string";
}

static void put_condition(struct form *f, const char *attribute, buf *text)
{
	if (text->len) {
		buf_printf(f->b, " %s=\"", attribute);
		xform_text(f->b, buf_str(text));
		buf_char(f->b, '"');
	}
	buf_clear(text);
}

static void put_bind(struct form *f, int32_t item, bool open)
{
	const struct question *x = &f->q->items.p[item];
	struct xpath_out o = { f->c, f->q, put_ref, { .field = x->code }, NO_ITEM };
	bool integer = false;
	buf show, check;
	if (!open)
		return;
	buf_init(&show, XML_CAP);
	buf_init(&check, XML_CAP);
	if (x->show_if && xpath_write(&o, x->show_if, &show))
		f->err = ERR_INPUT;
	o.self = item;
	if (question_is_asked(x) && xpath_constraint(&o, &integer, &check))
		f->err = ERR_INPUT;
	buf_addz(f->b, "<bind nodeset=\"");
	put_ref(f->q, item, f->b);
	buf_char(f->b, '"');
	if (question_is_asked(x))
		buf_printf(f->b, " type=\"%s\"", type_of(x, integer));
	if (x->required)
		buf_addz(f->b, " required=\"true()\"");
	put_condition(f, "relevant", &show);
	put_condition(f, "constraint", &check);
	if (x->say[LANG_VI].len)
		buf_printf(f->b, " jr:constraintMsg=\"jr:itext('%.*s:say')\"", STR_ARG(x->code));
	buf_addz(f->b, "/>\n");
	if (has_note(x)) {
		buf_addz(f->b, "<bind nodeset=\"");
		put_ref(f->q, item, f->b);
		buf_addz(f->b, "/_note\" type=\"string\" readonly=\"true()\"/>\n");
	}
	buf_free(&show);
	buf_free(&check);
}

/* ---- what is seen ---- */

static void put_label(struct form *f, const struct question *x)
{
	buf_printf(f->b, "<label ref=\"jr:itext('%.*s:label')\"/>", STR_ARG(x->code));
	if (question_is_asked(x) && x->hint[LANG_VI].len)
		buf_printf(f->b, "<hint ref=\"jr:itext('%.*s:hint')\"/>", STR_ARG(x->code));
}

static void put_open(struct form *f, const char *tag, int32_t item, const char *appearance)
{
	buf_printf(f->b, "<%s ref=\"", tag);
	put_ref(f->q, item, f->b);
	buf_addz(f->b, *appearance ? "\" appearance=\"" : "\"");
	buf_printf(f->b, *appearance ? "%s\">" : "%s>", appearance);
}

static void put_options(struct form *f, const struct question *x)
{
	const struct question_list *l = &f->q->lists.p[x->list];
	for (size_t i = 0; i < l->options.n; i++) {
		buf_printf(f->b, "<item><label ref=\"jr:itext('list:%.*s:", STR_ARG(l->code));
		xform_text(f->b, l->options.p[i].code);
		buf_addz(f->b, "')\"/><value>");
		xform_text(f->b, l->options.p[i].code);
		buf_addz(f->b, "</value></item>\n");
	}
}

static void put_control(struct form *f, int32_t item, bool open)
{
	const struct question *x = &f->q->items.p[item];
	const char *tag = x->kind == ASK_MULTIPLE ? "select" : x->list != NO_ITEM ? "select1" : "input";
	if (!question_is_asked(x)) {
		if (!open) {
			buf_addz(f->b, "</group>\n");
			return;
		}
		put_open(f, "group", item, x->kind == ASK_SECTION ? "field-list" : "");
		put_label(f, x);
		buf_char(f->b, '\n');
		if (has_note(x)) {
			buf_addz(f->b, "<input ref=\"");
			put_ref(f->q, item, f->b);
			buf_printf(f->b, "/_note\"><label ref=\"jr:itext('%.*s:hint')\"/></input>\n", STR_ARG(x->code));
		}
		return;
	}
	put_open(f, tag, item, x->kind == ASK_SCALE ? "likert" : x->kind == ASK_TEXT ? "multiline" : "");
	put_label(f, x);
	if (x->list != NO_ITEM)
		put_options(f, x);
	buf_printf(f->b, "</%s>\n", tag);
}

static void put_places(struct form *f)
{
	if (!f->places->n)
		return;
	buf_addz(f->b, "<select1 ref=\"/data/_noi\"><label ref=\"jr:itext('_noi:label')\"/>");
	for (size_t i = 0; i < f->places->n; i++) {
		buf_addz(f->b, "<item><label ref=\"jr:itext('_noi:");
		xform_text(f->b, f->places->p[i].code);
		buf_addz(f->b, "')\"/><value>");
		xform_text(f->b, f->places->p[i].code);
		buf_addz(f->b, "</value></item>\n");
	}
	buf_addz(f->b, "</select1>\n");
}

static void put_case_choice(struct form *f, const char *word, str value)
{
	buf_printf(f->b, "<item><label ref=\"jr:itext('_phieu:%s')\"/><value>%.*s</value></item>\n", word, STR_ARG(value));
}

/* Which of his cases it is; the way out is there always, because somebody may answer whom the list lacks. */
static void put_cases(struct form *f)
{
	const struct survey_case_list *cases = f->wish->cases;
	if (!cases->n)
		return;
	buf_addz(f->b, "<select1 ref=\"/data/_phieu\" appearance=\"minimal autocomplete\"><label ref=\"jr:itext('_phieu:label')\"/>");
	buf_addz(f->b, numbering(f, LANG_VI).len ? "<hint ref=\"jr:itext('_phieu:hint')\"/>\n" : "\n");
	for (size_t i = 0; i < cases->n; i++) {
		buf_printf(f->b, "<item><label ref=\"jr:itext('_phieu:%.*s')\"/><value>", STR_ARG(case_text(f, i)));
		xform_text(f->b, cases->p[i].code);
		buf_addz(f->b, "</value></item>\n");
	}
	if (f->wish->token)
		put_case_choice(f, "token", STR(ODK_BY_TOKEN));
	put_case_choice(f, "none", STR(ODK_NO_CASE));
	buf_addz(f->b, "</select1>\n");
}

/* A place or an invitation is asked for only where no case was chosen. */
static void put_own_binds(struct form *f)
{
	bool cases = f->wish->cases->n > 0;
	if (cases)
		buf_addz(f->b, "<bind nodeset=\"/data/_phieu\" type=\"string\" required=\"true()\"/>\n");
	if (f->places->n)
		buf_printf(f->b, "<bind nodeset=\"/data/_noi\" type=\"string\" required=\"true()\"%s/>\n",
			cases ? " relevant=\"/data/_phieu = '" ODK_NO_CASE "'\"" : "");
	if (f->wish->token)
		buf_printf(f->b, "<bind nodeset=\"/data/_ma\" type=\"string\" required=\"true()\"%s constraint=\"regex(., '^[0-9a-z]{26}$')\"/>\n",
			cases ? " relevant=\"/data/_phieu = '" ODK_BY_TOKEN "'\"" : "");
}

/* ---- the whole ---- */

static void put_head(struct form *f)
{
	buf *b = f->b;
	buf_addz(b,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<h:html xmlns=\"http://www.w3.org/2002/xforms\" xmlns:h=\"http://www.w3.org/1999/xhtml\" xmlns:jr=\"http://openrosa.org/javarosa\""
		" xmlns:odk=\"http://www.opendatakit.org/xforms\" xmlns:orx=\"http://openrosa.org/xforms\">\n<h:head>\n<h:title>");
	xform_text(b, f->q->name[LANG_VI]);
	buf_addz(b, "</h:title>\n<model odk:xforms-version=\"1.0.0\">\n");
	put_texts(f);
	buf_addz(b, "<instance>\n<data id=\"");
	xform_text(b, f->wish->id);
	buf_printf(b, "\" version=\"%d\">\n<start/>\n<end/>\n%s%s%s", f->wish->version, f->wish->cases->n ? "<_phieu/>\n" : "",
		f->places->n ? "<_noi/>\n" : "", f->wish->token ? "<_ma/>\n" : "");
	walk(f, put_node);
	buf_addz(b,
		"<orx:meta><orx:instanceID/></orx:meta>\n</data>\n</instance>\n"
		"<bind nodeset=\"/data/start\" type=\"dateTime\" jr:preload=\"timestamp\" jr:preloadParams=\"start\"/>\n"
		"<bind nodeset=\"/data/end\" type=\"dateTime\" jr:preload=\"timestamp\" jr:preloadParams=\"end\"/>\n");
	put_own_binds(f);
	walk(f, put_bind);
	buf_addz(b, "<bind nodeset=\"/data/orx:meta/orx:instanceID\" type=\"string\" readonly=\"true()\" jr:preload=\"uid\"/>\n</model>\n</h:head>\n");
}

enum err odk_xform(cx *c, const questionnaire *q, const struct odk_wish *wish, str *xml)
{
	buf b;
	buf_init(&b, XML_CAP);
	struct form f = { c, q, wish, wish->places, &b, ERR_OK };
	put_head(&f);
	buf_addz(&b, "<h:body>\n");
	put_cases(&f);
	put_places(&f);
	if (wish->token)
		buf_addz(&b, "<input ref=\"/data/_ma\"><label ref=\"jr:itext('_ma:label')\"/><hint ref=\"jr:itext('_ma:hint')\"/></input>\n");
	walk(&f, put_control);
	buf_addz(&b, "</h:body>\n</h:html>\n");
	if (!f.err && buf_full(&b))
		f.err = cx_fail(c, ERR_LIMIT, "odk.large", (place){ 0 }, wish->id);
	if (!f.err)
		*xml = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return f.err;
}
