#include "web/say.h"
#include "app/questionnaire_note.h"
#include "app/unit.h"
#include "base/vn.h"

static str kept(struct web_cx *w, buf *b)
{
	str s = arena_str(w->mem, buf_str(b));
	buf_free(b);
	return s;
}

str say(struct web_cx *w, const char *key)
{
	return str_of(po_text(key, w->lang));
}

str say_with(struct web_cx *w, const char *key, const str *args, size_t n)
{
	buf b;
	buf_init(&b, 8192);
	po_fill(&b, key, w->lang, STR(""), args, n);
	return kept(w, &b);
}

str say_int(struct web_cx *w, int64_t n)
{
	buf b;
	buf_init(&b, 64);
	view_int(&b, n, w->lang, VIEW_PLAIN);
	return kept(w, &b);
}

str say_year(struct web_cx *w, int64_t n)
{
	return arena_printf(w->mem, "%lld", (long long)n);
}

str say_date(struct web_cx *w, day d)
{
	buf b;
	buf_init(&b, 64);
	view_date(&b, d, w->lang);
	return kept(w, &b);
}

str say_units(struct web_cx *w, const struct unit_list *l)
{
	buf b;
	buf_init(&b, 0);
	for (size_t i = 0; i < l->n; i++)
		buf_printf(&b, "%s%.*s", i ? ", " : "", STR_ARG(l->p[i].name));
	return kept(w, &b);
}

str say_dec(struct web_cx *w, dec d, int digits)
{
	buf b;
	buf_init(&b, 128);
	view_dec(&b, d, digits, w->lang, VIEW_PLAIN);
	return kept(w, &b);
}

str say_score(struct web_cx *w, dec d, bool percent)
{
	return SAY(w, percent ? "unit.percent" : "unit.points", say_dec(w, d, 2));
}

str say_either(const struct web_cx *w, str vi, str en)
{
	return w->lang == LANG_EN && en.len ? en : vi;
}

str say_slug(struct web_cx *w, str text)
{
	str fold = vn_fold(w->mem, text);
	char *p = arena_copy(w->mem, fold.p, fold.len);
	for (size_t i = 0; i < fold.len; i++)
		if (p[i] == ' ')
			p[i] = '-';
	return (str){ p, fold.len };
}

str say_publisher(struct web_cx *w, str name)
{
	static const struct {
		const char *slug, *key;
	} known[] = { { "bo-noi-vu", "publisher.home_affairs" }, { "undp-va-cecodes", "publisher.undp_cecodes" }, { "vcci", "publisher.vcci" } };
	str slug = say_slug(w, name);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (str_is(slug, known[i].slug))
			return say(w, known[i].key);
	return name;
}

str say_point(struct web_cx *w, str s)
{
	char *p = arena_copy(w->mem, s.p, s.len);
	for (size_t i = 0; i < s.len && w->lang == LANG_VI; i++)
		p[i] = p[i] == '.' ? ',' : p[i];
	return (str){ p, s.len };
}

str say_gap(struct web_cx *w, const struct form_gap *g)
{
	return SAY(w, g->check ? "form_draft.gap_check" : "form_draft.gap_show", g->code, g->piece);
}
