#include "web/pager.h"
#include <assert.h>
#include <inttypes.h>
#include "web/view.h"

const struct web_input pager_inputs[2] = {
	{ "trang", IN_INT, .min = 1, .max = 1000000, .def = "1", .doc = { "trang thứ mấy; CSV luôn có mọi dòng", "number of the page; CSV has all rows" } },
	{ "moi-trang", IN_INT, .min = 1, .max = PAGER_MOST, .doc = { "số dòng mỗi trang", "rows a page" } },
};

static int64_t size_of(const struct web_cx *w)
{
	assert(w->route->rows && w->route->rows <= PAGER_MOST);
	return !(w->route->flags & WEB_STREAM) && web_has(w, "moi-trang") ? web_int(w, "moi-trang") : w->route->rows;
}

int pager_limit(const struct web_cx *w)
{
	return w->face == FACE_CSV ? PAGER_CSV : (int)size_of(w);
}

int64_t pager_skip(const struct web_cx *w)
{
	return w->face == FACE_CSV ? 0 : (web_int(w, "trang") - 1) * size_of(w);
}

/* This address with another page: without the old value of the field, and with the new one at the end. */
static str address(struct web_cx *w, const char *field, str value)
{
	buf b;
	str rest = w->query, one, name;
	buf_init(&b, 1 << 16);
	buf_add(&b, web_path(w, w->lang, w->path));
	if (w->face == FACE_JSON) /* however this one was asked for, the next is JSON again */
		buf_addz(&b, ".json");
	char sep = '?';
	while (rest.len && str_next(&rest, '&', &one)) {
		str left = one;
		str_next(&left, '=', &name);
		if (!one.len || str_is(name, field))
			continue;
		buf_char(&b, sep);
		/* as it came, but for what would end a header or an attribute in a client less careful than browsers */
		for (size_t i = 0; i < one.len; i++)
			if ((unsigned char)one.p[i] <= 0x20 || (unsigned char)one.p[i] >= 0x7F || strchr("<>\"", one.p[i]))
				buf_printf(&b, "%%%02X", (unsigned char)one.p[i]);
			else
				buf_char(&b, one.p[i]);
		sep = '&';
	}
	if (value.len) {
		buf_printf(&b, "%c%s=", sep, field);
		buf_add(&b, value);
	}
	str s = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static str numbered(struct web_cx *w, int64_t page)
{
	return address(w, "trang", page == 1 ? STR("") : arena_printf(w->mem, "%" PRId64, page));
}

static enum err csv_too_long(struct web_cx *w)
{
	return cx_fail(w->cx, ERR_LIMIT, "http.csv_long", (place){ 0 }, arena_printf(w->mem, "%d", PAGER_CSV));
}

enum err pager_total(struct web_cx *w, int64_t total)
{
	if (w->face == FACE_CSV)
		return total > PAGER_CSV ? csv_too_long(w) : ERR_OK;
	int64_t size = size_of(w), pages = total ? (total + size - 1) / size : 1, page = web_int(w, "trang");
	if (page > pages) {
		enum err e = cx_fail(w->cx, ERR_NOTFOUND, "http.no_page", (place){ .field = STR("trang") }, arena_printf(w->mem, "%" PRId64, page));
		if (w->cx->n_faults)
			fault_arg(w->cx, &w->cx->faults[w->cx->n_faults - 1], 1, arena_printf(w->mem, "%" PRId64, pages));
		return e;
	}
	struct web_pages *p = NEW(w->mem, struct web_pages);
	*p = (struct web_pages){ .number = page, .pages = pages, .size = size, .total = total, .first = (page - 1) * size + 1,
		.last = page < pages ? page * size : total };
	if (page > 1)
		p->prev = numbered(w, page - 1);
	if (page < pages)
		p->next = numbered(w, page + 1);
	if (pages > 1) {
		p->start = numbered(w, 1);
		p->end = numbered(w, pages);
	}
	w->pages = p;
	return ERR_OK;
}

enum err pager_rows(struct web_cx *w, size_t total, struct pager_rows *out)
{
	*out = (struct pager_rows){ 0, total };
	enum err e = w->face == FACE_CSV ? ERR_OK : pager_total(w, (int64_t)total);
	if (!e && w->pages && total) {
		out->from = (size_t)w->pages->first - 1;
		out->to = (size_t)w->pages->last;
	}
	return e;
}

enum err pager_older(struct web_cx *w, str last)
{
	assert(w->route->flags & WEB_STREAM);
	if (w->face == FACE_CSV)
		return last.len ? csv_too_long(w) : ERR_OK;
	struct web_pages *p = NEW(w->mem, struct web_pages);
	*p = (struct web_pages){ .size = size_of(w), .stream = true };
	if (last.len)
		p->next = address(w, "truoc", last);
	if (web_has(w, "truoc"))
		p->start = address(w, "truoc", STR(""));
	w->pages = p;
	return ERR_OK;
}

/* --- what goes with the answer --- */

void pager_links(struct web_cx *w)
{
	const struct web_pages *p = w->pages;
	if (!p)
		return;
	const struct { const char *rel; str url; } links[] = { { "first", p->start }, { "prev", p->prev }, { "next", p->next }, { "last", p->end } };
	buf b;
	buf_init(&b, 1 << 16);
	for (size_t i = 0; i < sizeof links / sizeof *links; i++)
		if (links[i].url.len)
			buf_printf(&b, "%s<%.*s>; rel=\"%s\"", b.len ? ", " : "", STR_ARG(links[i].url), links[i].rel);
	if (b.len)
		web_header(w, "Link", buf_str(&b));
	buf_free(&b);
}

static void put_link(json_out *j, const char *name, str url)
{
	json_put_key(j, name);
	if (url.len)
		json_put_str(j, url);
	else
		json_put_null(j);
}

void pager_json(struct web_cx *w, json_out *j)
{
	const struct web_pages *p = w->pages;
	if (!p)
		return;
	json_put_key(j, "page");
	json_put_object(j);
	if (!p->stream) {
		json_add_int(j, "number", p->number);
		json_add_int(j, "pages", p->pages);
		json_add_int(j, "total", p->total);
	}
	json_add_int(j, "size", p->size);
	put_link(j, "prev", p->prev);
	put_link(j, "next", p->next);
	json_put_end(j, '}');
}
