/* guide: see guide.h. */
#include "web/guide.h"
#include "web/handbook.h"
#include "web/pages.h"
#include "web/say.h"
#include "web_views.h"

enum { MAX_POINTS = 5 };

struct guide {
	const char *slug;
	const char *first;       /* word of the addresses that it explains */
	size_t deeper;           /* it explains those with at least so many words */
	const char *title, *lead, *points[MAX_POINTS];
	const char *second;      /* only where this is the second word; NULL: any */
	const char *third;       /* only where the third word is one of these; NULL: any */
};

#define WORDS(k, ...) "guide." k "_title", "guide." k "_lead", { __VA_ARGS__ }

/* In the order of the list on the page; the deeper ones of an address stand behind the others. */
static const struct guide guides[] = {
	{ "tong-quan", "", 0, WORDS("home", "guide.home_1", "guide.home_2", "guide.home_3") },
	{ "tim-kiem", "tim", 1, WORDS("search", "guide.search_1", "guide.search_2") },
	{ "chi-so", "chi-so", 1, WORDS("indices", "guide.indices_1", "guide.indices_2") },
	{ "bang-xep-hang", "chi-so", 2, WORDS("league", "guide.league_1", "guide.league_2", "guide.league_3", "guide.league_4", "guide.league_5") },
	{ "don-vi", "don-vi", 1, WORDS("unit", "guide.unit_1", "guide.unit_2", "guide.unit_3") },
	{ "so-sanh", "so-sanh", 1, WORDS("compare", "guide.compare_1", "guide.compare_2") },
	{ "ket-qua", "ket-qua", 1, WORDS("rounds", "guide.rounds_1", "guide.rounds_2") },
	{ "phieu-diem", "ket-qua", 3, WORDS("sheet", "guide.sheet_1", "guide.sheet_2", "guide.sheet_3") },
	{ "thong-bao", "thong-bao", 1, WORDS("notice", "guide.notice_1", "guide.notice_2", "guide.notice_3") },
	{ "khao-sat", "khao-sat", 1, WORDS("survey", "guide.survey_1", "guide.survey_2", "guide.survey_3") },
	{ "khao-sat-moi", "khao-sat", 2, WORDS("new_survey", "guide.new_survey_1", "guide.new_survey_2", "guide.new_survey_3"), .second = "moi" },
	{ "lap-khao-sat", "khao-sat", 3, WORDS("setup", "guide.setup_1", "guide.setup_2", "guide.setup_3", "guide.setup_4"), .third = "thiet-lap dia-diem" },
	{ "bo-cau-hoi", "bo-cau-hoi", 1, WORDS("forms", "guide.forms_1", "guide.forms_2", "guide.forms_3", "guide.forms_4") },
	{ "mau-khao-sat", "khao-sat", 3, WORDS("sample", "guide.sample_1", "guide.sample_2", "guide.sample_3", "guide.sample_4"), .third = "mau" },
	{ "phong-van", "khao-sat", 3, WORDS("interview", "guide.interview_1", "guide.interview_2", "guide.interview_3"), .third = "phong-van" },
	{ "chat-luong-phieu", "khao-sat", 3, WORDS("quality", "guide.quality_1", "guide.quality_2", "guide.quality_3", "guide.quality_4"),
		.third = "chat-luong" },
	{ "tien-do", "khao-sat", 3, WORDS("field", "guide.field_1", "guide.field_2", "guide.field_3"), .third = "tien-do" },
	{ "phat-hanh", "khao-sat", 3, WORDS("issue", "guide.issue_1", "guide.issue_2", "guide.issue_3"), .third = "phat-hanh ma-qr gui-thu" },
	{ "phieu-giay", "khao-sat", 3, WORDS("paper", "guide.paper_1", "guide.paper_2", "guide.paper_3"), .third = "giay" },
	{ "nhap-bang", "khao-sat", 3, WORDS("intake", "guide.intake_1", "guide.intake_2", "guide.intake_3"), .third = "nhap-bang" },
	{ "trong-so", "khao-sat", 3, WORDS("weigh", "guide.weigh_1", "guide.weigh_2", "guide.weigh_3", "guide.weigh_4"), .third = "trong-so" },
	{ "ket-qua-khao-sat", "khao-sat", 3, WORDS("figures", "guide.figures_1", "guide.figures_2", "guide.figures_3", "guide.figures_4", "guide.figures_5"),
		.third = "ket-qua y-kien du-lieu" },
	{ "cong-bo-khao-sat", "khao-sat", 3, WORDS("publish", "guide.publish_1", "guide.publish_2", "guide.publish_3", "guide.publish_4"),
		.third = "cong-bo" },
	{ "so-lieu-khao-sat", "khao-sat", 3, WORDS("hand_on", "guide.hand_on_1", "guide.hand_on_2", "guide.hand_on_3"), .third = "so-lieu" },
	{ "bo-tieu-chi", "bo-tieu-chi", 1, WORDS("edition", "guide.edition_1", "guide.edition_2") },
	{ "soan-bo-tieu-chi", "bo-tieu-chi", 2,
		WORDS("workshop", "guide.workshop_1", "guide.workshop_2", "guide.workshop_3", "guide.workshop_4", "guide.workshop_5"), .second = "soan" },
	{ "tu-cham", "tu-cham", 1, WORDS("work", "guide.work_1", "guide.work_2", "guide.work_3", "guide.work_4", "guide.work_5") },
	{ "dang-nhap", "dang-nhap", 1, WORDS("sign", "guide.sign_1", "guide.sign_2", "guide.sign_3") },
	{ "tai-khoan", "toi", 1, WORDS("profile", "guide.profile_1", "guide.profile_2", "guide.profile_3") },
	{ "nguoi-dung", "nguoi-dung", 1, WORDS("users", "guide.users_1", "guide.users_2", "guide.users_3", "guide.users_4") },
	{ "vai-tro", "vai-tro", 1, WORDS("roles", "guide.roles_1", "guide.roles_2") },
	{ "nhat-ky", "nhat-ky", 1, WORDS("audit", "guide.audit_1", "guide.audit_2") },
	{ "cong-viec", "cong-viec", 1, WORDS("job", "guide.job_1", "guide.job_2", "guide.job_3") },
};
enum { GUIDES = sizeof guides / sizeof *guides };

static bool is_one_of(str word, const char *words)
{
	str rest = str_of(words), one;
	while (str_next(&rest, ' ', &one))
		if (str_eq(one, word))
			return true;
	return false;
}

str guide_of(str path)
{
	str rest = path, word, first = STR(""), second = STR(""), third = STR("");
	size_t words = 0;
	while (str_next(&rest, '/', &word))
		if (word.len) {
			if (words == 0)
				first = word;
			else if (words == 1)
				second = word;
			else if (words == 2)
				third = word;
			words++;
		}
	const struct guide *found = &guides[0];
	for (size_t i = 0; i < GUIDES; i++)
		if (str_is(first, guides[i].first) && words >= guides[i].deeper && (!guides[i].second || str_is(second, guides[i].second))
			&& (!guides[i].third || is_one_of(third, guides[i].third)))
			found = &guides[i];
	return str_of(found->slug);
}

struct words {
	const char *word, *meaning;
};

static void add_terms(struct web_cx *w, struct view_guide_term *to, size_t *n, const struct words *from, size_t count)
{
	for (size_t i = 0; i < count; i++)
		to[(*n)++] = (struct view_guide_term){ say(w, from[i].word), say(w, from[i].meaning) };
}

static void fill_terms(struct web_cx *w, struct view_guide *v)
{
	static const struct words terms[] = {
		{ "term.index", "term.index_is" }, { "term.rank", "term.rank_is" }, { "term.complete", "term.complete_is" },
		{ "term.break", "term.break_is" }, { "term.merger", "term.merger_is" }, { "term.lost", "term.lost_is" },
		{ "term.illustrative", "term.illustrative_is" },
	};
	static const struct words statuses[] = {
		{ "status.verified", "status.verified_is" }, { "status.derived", "status.derived_is" },
		{ "status.recollection", "status.recollection_is" }, { "rank_kind.computed", "rank_kind.computed_is" },
	};
	v->terms = NEW_ARRAY(w->mem, struct view_guide_term, sizeof terms / sizeof *terms);
	add_terms(w, v->terms, &v->n_terms, terms, sizeof terms / sizeof *terms);
	v->statuses = NEW_ARRAY(w->mem, struct view_guide_term, sizeof statuses / sizeof *statuses);
	add_terms(w, v->statuses, &v->n_statuses, statuses, sizeof statuses / sizeof *statuses);
}

/* ---- the handbook ---- */

static const struct handbook_text *text_of(const struct web_cx *w, const struct handbook *h)
{
	return h->text[w->lang].html ? &h->text[w->lang] : &h->text[LANG_VI];
}

static struct view_handbook_guide *list(struct web_cx *w, bool role, str here, size_t *n)
{
	struct view_handbook_guide *out = NEW_ARRAY(w->mem, struct view_handbook_guide, handbook_n);
	for (size_t i = 0; i < handbook_n; i++)
		if (handbook_table[i].role == role)
			out[(*n)++] = (struct view_handbook_guide){ str_of(text_of(w, &handbook_table[i])->title),
				arena_printf(w->mem, "/huong-dan/tai-lieu/%s", handbook_table[i].slug), str_is(here, handbook_table[i].slug) };
	return out;
}

static void page_handbook(struct web_cx *w)
{
	str slug = web_text(w, "guide");
	for (size_t i = 0; i < handbook_n; i++)
		if (str_is(slug, handbook_table[i].slug)) {
			const struct handbook_text *t = text_of(w, &handbook_table[i]);
			struct view_handbook v = { .title = str_of(t->title), .body = str_of(t->html),
				.lang = str_of(t == &handbook_table[i].text[LANG_VI] ? "vi" : "en") };
			v.roles = list(w, true, slug, &v.n_roles);
			v.subjects = list(w, false, slug, &v.n_subjects);
			reply_handbook(w, &v);
			return;
		}
	web_error(w, 404);
}

/* ---- pages ---- */

static void reply_with(struct web_cx *w, const struct guide *g)
{
	struct view_guide v = { .title = say(w, g->title), .lead = say(w, g->lead), .slug = str_of(g->slug), .sources = say(w, "guide.sources") };
	v.points = NEW_ARRAY(w->mem, str, MAX_POINTS);
	for (int i = 0; i < MAX_POINTS && g->points[i]; i++)
		v.points[v.n_points++] = say(w, g->points[i]);
	v.pages = NEW_ARRAY(w->mem, struct view_guide_page, GUIDES);
	for (size_t i = 0; i < GUIDES; i++)
		v.pages[v.n_pages++] = (struct view_guide_page){ say(w, guides[i].title),
			arena_printf(w->mem, "/huong-dan/%s", guides[i].slug), g == &guides[i] };
	v.roles = list(w, true, STR(""), &v.n_roles);
	v.subjects = list(w, false, STR(""), &v.n_subjects);
	fill_terms(w, &v);
	reply_guide(w, &v);
}

static void page_guide(struct web_cx *w)
{
	for (size_t i = 0; i < GUIDES; i++)
		if (str_is(web_text(w, "page"), guides[i].slug)) {
			reply_with(w, &guides[i]);
			return;
		}
	web_error(w, 404);
}

static void page_guides(struct web_cx *w)
{
	reply_with(w, &guides[0]);
}

const struct web_route routes_guide[] = {
	{ WEB_GET, "/huong-dan", page_guides, "public", .view = "guide", .section = "huong-dan", .doc = { "Hướng dẫn", "Guide" } },
	{ WEB_GET, "/huong-dan/{page}", page_guide, "public", .view = "guide", .section = "huong-dan", .doc = { "Hướng dẫn của một trang", "Guide of a page" },
		.in = WEB_INPUTS({ "page", IN_TEXT, .max = 40, .doc = { "trang, ví dụ bang-xep-hang", "page, for instance bang-xep-hang" } }) },
	{ WEB_GET, "/huong-dan/tai-lieu/{guide}", page_handbook, "public", .faces = FACE_HTML, .view = "handbook", .section = "huong-dan",
		.doc = { "Một hướng dẫn theo vai trò hoặc theo việc", "A guide by role or by subject" },
		.in = WEB_INPUTS({ "guide", IN_TEXT, .max = 40, .doc = { "hướng dẫn, ví dụ can-bo-don-vi", "guide, for instance can-bo-don-vi" } }) },
	{ 0 },
};
