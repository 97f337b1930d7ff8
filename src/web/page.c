/* page: what every template knows about the request (ui/views/page.view). */
#include "app/app.h"
#include "app/notice.h"
#include "web/display.h"
#include "web/guide.h"
#include "web/inner.h"
#include "web/say.h"
#include "web_views.h"

/* The address of this page in another face or language keeps its query. */
static str with_query(struct web_cx *w, str path)
{
	return w->query.len ? arena_printf(w->mem, "%.*s?%.*s", STR_ARG(path), STR_ARG(w->query)) : path;
}

/* The entry of the navigation: by the first word of the address, whatever is below it. */
static enum view_page_part part_of(str path)
{
	static const struct {
		const char *word;
		enum view_page_part part;
	} parts[] = {
		{ "", VIEW_PAGE_PART_HOME },
		{ "chi-so", VIEW_PAGE_PART_INDEX },
		{ "don-vi", VIEW_PAGE_PART_INDEX },
		{ "so-sanh", VIEW_PAGE_PART_COMPARE },
		{ "ket-qua", VIEW_PAGE_PART_RESULT },
		{ "khao-sat", VIEW_PAGE_PART_SURVEY },
		{ "bo-cau-hoi", VIEW_PAGE_PART_SURVEY },
		{ "bo-tieu-chi", VIEW_PAGE_PART_EDITION },
		{ "tu-cham", VIEW_PAGE_PART_WORK },
		{ "huong-dan", VIEW_PAGE_PART_GUIDE },
		{ "nguoi-dung", VIEW_PAGE_PART_USER },
		{ "cai-dat", VIEW_PAGE_PART_USER },
		{ "vai-tro", VIEW_PAGE_PART_USER },
		{ "nhom-don-vi", VIEW_PAGE_PART_USER },
		{ "uy-quyen", VIEW_PAGE_PART_USER },
		{ "nhat-ky", VIEW_PAGE_PART_AUDIT },
	};
	str rest = path, word;
	str_next(&rest, '/', &word);
	if (!str_next(&rest, '/', &word))
		word = STR("");
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (str_is(word, parts[i].word))
			return parts[i].part;
	return VIEW_PAGE_PART_NONE;
}

static enum view_page_tab tab_of(str path)
{
	static const struct {
		const char *path;
		enum view_page_tab tab;
	} tabs[] = {
		{ "/nguoi-dung", VIEW_PAGE_TAB_ACCOUNTS },
		{ "/vai-tro", VIEW_PAGE_TAB_ROLES },
		{ "/cai-dat/don-vi", VIEW_PAGE_TAB_UNITS },
		{ "/nhom-don-vi", VIEW_PAGE_TAB_GROUPS },
		{ "/uy-quyen", VIEW_PAGE_TAB_DELEGATIONS },
		{ "/cai-dat/he-thong", VIEW_PAGE_TAB_SETTINGS },
	};
	for (size_t i = 0; i < sizeof tabs / sizeof *tabs; i++)
		if (str_starts(path, str_of(tabs[i].path)))
			return tabs[i].tab;
	return VIEW_PAGE_TAB_NONE;
}

/* Who is signed in, and the entries of the navigation that are his. */
static void fill_user(struct web_cx *w, struct view_page *p)
{
	const struct actor *who = w->actor;
	p->can_sign_in = w->server && w->server->config.sign_in;
	if (!who->user_id)
		return;
	str role = say_either(w, who->role_vi, who->role_en);
	p->user = who->name;
	p->user_is = !who->unit_name.len ? role : !role.len ? who->unit_name : SAY(w, "site.user_is", role, who->unit_name);
	p->may_work = who->user_id || who->system;
	size_t faults = w->cx->n_faults, errors = w->cx->n_errors;
	if (notice_unread(w->cx, w->app, who->user_id, &p->unread)) { /* the page is shown all the same */
		w->cx->n_faults = faults;
		w->cx->n_errors = errors;
	}
	p->may_users = actor_can(who, STR("user"), STR("view"));
	p->may_set = actor_can(who, STR("setting"), STR("edit"));
	p->may_audit = actor_can(who, STR("audit"), STR("view"));
}

static void fill_pages(const struct web_pages *from, struct view_page *p)
{
	if (!from)
		return;
	p->page_no = from->number;
	p->page_count = from->pages;
	p->row_first = from->first;
	p->row_last = from->last;
	p->row_total = from->total;
	p->page_start = from->start;
	p->page_prev = from->prev;
	p->page_next = from->next;
	p->page_end = from->end;
	p->pages_by_number = from->pages > 1;
	p->pages_by_place = from->stream && (from->next.len || from->start.len);
}

struct view_page *web_page(struct web_cx *w)
{
	struct view_page *p = NEW(w->mem, struct view_page);
	str path = w->path.len ? w->path : STR("/");
	p->lang = w->lang == LANG_EN ? STR("en") : STR("vi");
	p->is_vi = w->lang == LANG_VI;
	p->is_en = w->lang == LANG_EN;
	p->section = str_of(w->route && w->route->section ? w->route->section : "");
	p->path = path;
	p->part = w->route ? part_of(path) : VIEW_PAGE_PART_NONE;
	p->tab = tab_of(path);
	p->help = guide_of(path);
	p->training = w->app && w->app->sandbox;
	uint64_t logo = w->app ? atomic_load(&w->app->logo) : 0;
	if (logo)
		p->logo = arena_printf(w->mem, "/bieu-trung?v=%llx", (unsigned long long)logo);
	p->vi = with_query(w, path);
	p->en = with_query(w, web_path(w, LANG_EN, path));
	fill_user(w, p);
	fill_pages(w->pages, p);
	p->dark = display_dark(w);
	p->wall = display_wall(w);
	p->here = display_here(w);
	p->now = w->cx->now_ms;
	p->request_id = str_of(w->id);
	if (w->info && (w->info->faces & FACE_JSON))
		p->json_link = with_query(w, arena_printf(w->mem, "%.*s.json", STR_ARG(web_path(w, w->lang, path))));
	return p;
}
