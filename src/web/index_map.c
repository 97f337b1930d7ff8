#include "web/index_map.h"
#include "app/unit.h"
#include "web/say.h"

enum { SQUARES = 34, PARTS = 4, QUARTERS = 4, MERGER_YEAR = 2025 };

struct square {
	int row, col;
	const char *code;        /* since 01/07/2025 */
	const char *part[PARTS]; /* codes before; the province of the same name stands first, one that ended in 2008 last */
};

static const struct square squares[SQUARES] = {
	{ 1, 2, "12", { "12" } },             /* Lai Châu */
	{ 1, 3, "15", { "10", "15" } },       /* Lào Cai: Lào Cai, Yên Bái */
	{ 1, 4, "08", { "08", "02" } },       /* Tuyên Quang: Tuyên Quang, Hà Giang */
	{ 1, 5, "04", { "04" } },             /* Cao Bằng */
	{ 2, 1, "11", { "11" } },             /* Điện Biên */
	{ 2, 2, "14", { "14" } },             /* Sơn La */
	{ 2, 3, "25", { "25", "17", "26" } }, /* Phú Thọ: Phú Thọ, Hòa Bình, Vĩnh Phúc */
	{ 2, 4, "19", { "19", "06" } },       /* Thái Nguyên: Thái Nguyên, Bắc Kạn */
	{ 2, 5, "20", { "20" } },             /* Lạng Sơn */
	{ 3, 3, "01", { "01", "28" } },       /* Hà Nội: Hà Nội, Hà Tây until 31/07/2008 */
	{ 3, 4, "24", { "27", "24" } },       /* Bắc Ninh: Bắc Ninh, Bắc Giang */
	{ 3, 5, "22", { "22" } },             /* Quảng Ninh */
	{ 4, 2, "38", { "38" } },             /* Thanh Hóa */
	{ 4, 3, "37", { "37", "35", "36" } }, /* Ninh Bình: Ninh Bình, Hà Nam, Nam Định */
	{ 4, 4, "33", { "33", "34" } },       /* Hưng Yên: Hưng Yên, Thái Bình */
	{ 4, 5, "31", { "31", "30" } },       /* Hải Phòng: Hải Phòng, Hải Dương */
	{ 5, 2, "40", { "40" } },             /* Nghệ An */
	{ 5, 3, "42", { "42" } },             /* Hà Tĩnh */
	{ 6, 3, "44", { "45", "44" } },       /* Quảng Trị: Quảng Trị, Quảng Bình */
	{ 6, 4, "46", { "46" } },             /* Huế */
	{ 7, 4, "48", { "48", "49" } },       /* Đà Nẵng: Đà Nẵng, Quảng Nam */
	{ 8, 4, "51", { "51", "62" } },       /* Quảng Ngãi: Quảng Ngãi, Kon Tum */
	{ 8, 5, "52", { "64", "52" } },       /* Gia Lai: Gia Lai, Bình Định */
	{ 9, 5, "66", { "66", "54" } },       /* Đắk Lắk: Đắk Lắk, Phú Yên */
	{ 10, 3, "75", { "75", "70" } },      /* Đồng Nai: Đồng Nai, Bình Phước */
	{ 10, 4, "68", { "68", "60", "67" } }, /* Lâm Đồng: Lâm Đồng, Bình Thuận, Đắk Nông */
	{ 10, 5, "56", { "56", "58" } },      /* Khánh Hòa: Khánh Hòa, Ninh Thuận */
	{ 11, 2, "80", { "72", "80" } },      /* Tây Ninh: Tây Ninh, Long An */
	{ 11, 3, "79", { "79", "77", "74" } }, /* Thành phố Hồ Chí Minh: with Bà Rịa - Vũng Tàu, Bình Dương */
	{ 12, 1, "91", { "89", "91" } },      /* An Giang: An Giang, Kiên Giang */
	{ 12, 2, "82", { "87", "82" } },      /* Đồng Tháp: Đồng Tháp, Tiền Giang */
	{ 12, 3, "86", { "86", "83", "84" } }, /* Vĩnh Long: Vĩnh Long, Bến Tre, Trà Vinh */
	{ 13, 1, "96", { "96", "95" } },      /* Cà Mau: Cà Mau, Bạc Liêu */
	{ 13, 2, "92", { "92", "93", "94" } }, /* Cần Thơ: Cần Thơ, Hậu Giang, Sóc Trăng */
};

struct map {
	struct web_cx *w;
	const struct league *l;
	struct unit_list then, today; /* the provinces at the end of that year, and now */
	int ranked_of;
};

static const struct unit_info *unit_of(const struct unit_list *units, const char *code)
{
	for (size_t i = 0; i < units->n; i++)
		if (str_is(units->p[i].code, code))
			return &units->p[i];
	return NULL;
}

static const struct league_row *row_of(const struct league *l, const char *code)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_is(l->p[i].unit_code, code))
			return &l->p[i];
	return NULL;
}

/* The last rank of a quarter: of 61, quarters end at 16, 31, 46 and 61. */
static int quarter_end(int n, int quarter)
{
	return (n * quarter + QUARTERS - 1) / QUARTERS;
}

static str shade(const struct map *m, const struct league_row *r)
{
	if (!r)
		return STR("q0");
	if (!m->ranked_of || !r->rank)
		return STR("q5");
	int q = 1;
	while (q < QUARTERS && r->rank > quarter_end(m->ranked_of, q))
		q++;
	return arena_printf(m->w->mem, "q%d", q);
}

static void add_part(const struct map *m, struct view_league_cell *cell, const char *code)
{
	const struct unit_info *u = unit_of(&m->then, code);
	const struct league_row *r = row_of(m->l, code);
	if (!u && !r)
		return; /* it was not a province then */
	struct view_league_part *p = &cell->parts[cell->n_parts++];
	p->name = r ? r->unit_name : u->name;
	p->shade = shade(m, r);
	if (r && r->rank)
		p->rank = some_int(r->rank);
}

/* A name that fits its square. */
static str short_name(struct web_cx *w, const struct unit_info *u)
{
	return str_is(u->code, "79") ? say(w, "map.hcm") : u->name;
}

static void fill_cell(const struct map *m, const struct square *s, bool whole, struct view_league_cell *cell)
{
	const struct unit_info *now = unit_of(&m->today, s->code);
	bool merged = s->part[1] && unit_of(&m->then, s->part[1]);
	*cell = (struct view_league_cell){ .row = s->row, .col = s->col, .parts = NEW_ARRAY(m->w->mem, struct view_league_part, PARTS) };
	if (now) {
		cell->name = short_name(m->w, now);
		cell->url = arena_printf(m->w->mem, "/don-vi/%.*s", STR_ARG(now->slug));
	}
	if (m->l->year >= MERGER_YEAR)
		add_part(m, cell, s->code);
	else if (whole && merged)
		cell->parts[cell->n_parts++] = (struct view_league_part){ .name = now ? now->name : STR(""), .shade = STR("q6") };
	else
		for (int i = 0; i < PARTS && s->part[i]; i++)
			add_part(m, cell, s->part[i]);
}

static void add_legend(struct view_league *v, const char *shade_name, str name)
{
	v->legends[v->n_legends++] = (struct view_league_legend){ str_of(shade_name), name };
}

static void fill_legends(const struct map *m, bool whole, struct view_league *v)
{
	static const char *const keys[] = { "map.q1", "map.q2", "map.q3", "map.q4" }, *const shades[] = { "q1", "q2", "q3", "q4" };
	struct web_cx *w = m->w;
	v->legends = NEW_ARRAY(w->mem, struct view_league_legend, QUARTERS + 3);
	for (int q = 1; m->ranked_of && q <= QUARTERS; q++)
		add_legend(v, shades[q - 1], SAY(w, keys[q - 1], say_int(w, quarter_end(m->ranked_of, q - 1) + 1), say_int(w, quarter_end(m->ranked_of, q))));
	if (!m->ranked_of)
		add_legend(v, "q5", say(w, "map.q5"));
	add_legend(v, "q0", say(w, "map.q0"));
	if (whole && m->l->year < MERGER_YEAR)
		add_legend(v, "q6", say(w, "map.q6"));
}

enum err index_map(struct web_cx *w, const struct league *l, int ranked_of, bool whole, struct view_league *v)
{
	struct map m = { .w = w, .l = l, .ranked_of = ranked_of };
	day end;
	if (!date_make(l->year, 12, 31, &end))
		return ERR_OK;
	enum err e = unit_on(w->cx, w->app, STR("province"), end, &m.then);
	if (!e)
		e = unit_on(w->cx, w->app, STR("province"), date_of_ms(w->cx->now_ms), &m.today);
	if (e)
		return e;
	v->map = NEW_ARRAY(w->mem, struct view_league_cell, SQUARES);
	for (size_t i = 0; i < SQUARES; i++)
		fill_cell(&m, &squares[i], whole, &v->map[v->n_map++]);
	fill_legends(&m, whole, v);
	return ERR_OK;
}
