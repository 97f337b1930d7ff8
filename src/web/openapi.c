/* openapi: the OpenAPI 3.1 document, written from the table of routes and the schemas of the views. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "web/inner.h"
#include "web/view.h"

static void text(json_out *j, const char *key, const char *value)
{
	json_put_key(j, key);
	json_put_str(j, str_of(value));
}

static void type_schema(json_out *j, const struct web_input *in)
{
	static const char *const types[IN_TYPES] = { "string", "integer", "number", "string", "string", "string", "boolean", "string" };
	text(j, "type", types[in->type]);
	if (in->type == IN_DATE)
		text(j, "format", "date");
	if (in->type == IN_ID)
		text(j, "pattern", "^[0-7][0-9a-hjkmnp-tv-z]{12}$");
	if (in->type == IN_FILE)
		text(j, "contentMediaType", "application/octet-stream");
	bool bounds = in->min != 0 || in->max != 0;
	if (in->type == IN_TEXT && in->min)
		json_add_int(j, "minLength", in->min);
	if (in->type == IN_TEXT && in->max)
		json_add_int(j, "maxLength", in->max);
	if ((in->type == IN_INT || in->type == IN_DEC) && bounds) {
		json_add_int(j, "minimum", in->min);
		json_add_int(j, "maximum", in->max);
	}
	if (in->type == IN_ENUM) {
		str rest = str_of(in->values), word;
		json_put_key(j, "enum");
		json_put_array(j);
		while (rest.len && str_next(&rest, ' ', &word))
			json_put_str(j, word);
		json_put_end(j, ']');
	}
}

static void default_value(json_out *j, const struct web_input *in)
{
	if (!in->def)
		return;
	json_put_key(j, "default");
	long n;
	dec d;
	if (in->type == IN_BOOL)
		json_put_bool(j, strcmp(in->def, "1") == 0 || strcmp(in->def, "true") == 0);
	else if (in->type == IN_INT && str_int(str_of(in->def), INT64_MIN, INT64_MAX, &n))
		json_put_int(j, n);
	else if (in->type == IN_DEC && dec_parse(str_of(in->def), &d))
		json_put_dec(j, d);
	else
		json_put_str(j, str_of(in->def));
}

static void schema(json_out *j, const struct web_input *in)
{
	json_put_object(j);
	if (in->many) {
		text(j, "type", "array");
		json_put_key(j, "items");
		json_put_object(j);
		type_schema(j, in);
		json_put_end(j, '}');
	} else {
		type_schema(j, in);
		default_value(j, in);
	}
	json_put_end(j, '}');
}

static void parameters(json_out *j, const struct route_info *info, enum lang l)
{
	bool in_query = info->route->method == WEB_GET;
	json_put_key(j, "parameters");
	json_put_array(j);
	for (size_t i = 0; i < (in_query ? info->n_in : info->n_params); i++) {
		const struct web_input *in = &info->in[i];
		json_put_object(j);
		text(j, "name", in->name);
		text(j, "in", i < info->n_params ? "path" : "query");
		if (in->required) {
			json_add_bool(j, "required", true);
		}
		if (in->doc[l])
			text(j, "description", in->doc[l]);
		json_put_key(j, "schema");
		schema(j, in);
		json_put_end(j, '}');
	}
	json_put_end(j, ']');
}

static void form_body(json_out *j, const struct route_info *info, enum lang l)
{
	json_put_key(j, "requestBody");
	json_put_object(j);
	json_put_key(j, "content");
	json_put_object(j);
	json_put_key(j, info->files ? "multipart/form-data" : "application/x-www-form-urlencoded");
	json_put_object(j);
	json_put_key(j, "schema");
	json_put_object(j);
	text(j, "type", "object");
	json_put_key(j, "properties");
	json_put_object(j);
	for (size_t i = info->n_params; i < info->n_in; i++) {
		json_put_key(j, info->in[i].name);
		json_put_object(j);
		type_schema(j, &info->in[i]);
		if (info->in[i].doc[l])
			text(j, "description", info->in[i].doc[l]);
		json_put_end(j, '}');
	}
	json_put_end(j, '}');
	json_put_key(j, "required");
	json_put_array(j);
	for (size_t i = info->n_params; i < info->n_in; i++)
		if (info->in[i].required)
			json_put_str(j, str_of(info->in[i].name));
	json_put_end(j, ']');
	for (int i = 0; i < 4; i++)
		json_put_end(j, '}');
}

static void put_ref(json_out *j, const char *name)
{
	char ref[160];
	json_put_object(j);
	snprintf(ref, sizeof ref, "#/components/schemas/%s", name);
	text(j, "$ref", ref);
	json_put_end(j, '}');
}

static void media(json_out *j, const char *type, const char *view, bool paged)
{
	json_put_key(j, type);
	json_put_object(j);
	json_put_key(j, "schema");
	json_put_object(j);
	if (view) {
		text(j, "type", "object");
		json_put_key(j, "required");
		json_put_array(j);
		json_put_str(j, STR("version"));
		json_put_str(j, STR("data"));
		json_put_end(j, ']');
		json_put_key(j, "properties");
		json_put_object(j);
		json_put_key(j, "version");
		json_put_object(j);
		json_add_int(j, "const", 1);
		json_put_end(j, '}');
		json_put_key(j, "data");
		put_ref(j, view);
		if (paged) {
			json_put_key(j, "page");
			put_ref(j, "page_of_list");
		}
		json_put_end(j, '}');
	} else {
		text(j, "type", "string");
	}
	json_put_end(j, '}');
	json_put_end(j, '}');
}

static void responses(json_out *j, const struct route_info *info, enum lang l)
{
	static const char *const problems[][3] = {
		{ "400", "Đầu vào không hợp lệ", "The input is not valid" }, { "404", "Không có trang này", "There is no such page" },
	};
	json_put_key(j, "responses");
	json_put_object(j);
	json_put_key(j, "200");
	json_put_object(j);
	text(j, "description", info->route->doc[l]);
	json_put_key(j, "content");
	json_put_object(j);
	if (info->faces & FACE_HTML)
		media(j, "text/html", NULL, false);
	if (info->faces & FACE_JSON)
		media(j, "application/json", info->route->view, info->route->rows > 0);
	if (info->faces & FACE_CSV)
		media(j, "text/csv", NULL, false);
	json_put_end(j, '}');
	json_put_end(j, '}');
	for (size_t i = 0; i < sizeof problems / sizeof *problems; i++) {
		json_put_key(j, problems[i][0]);
		json_put_object(j);
		text(j, "description", problems[i][1 + l]);
		json_put_end(j, '}');
	}
	json_put_end(j, '}');
}

static void operation(json_out *j, const struct route_info *info, enum lang l)
{
	json_put_key(j, info->route->method == WEB_POST ? "post" : "get");
	json_put_object(j);
	text(j, "summary", info->route->doc[l]);
	text(j, "x-permission", info->route->may);
	if (info->route->section) {
		json_put_key(j, "tags");
		json_put_array(j);
		json_put_str(j, str_of(info->route->section));
		json_put_end(j, ']');
	}
	parameters(j, info, l);
	if (info->route->method == WEB_POST && info->n_in > info->n_params)
		form_body(j, info, l);
	responses(j, info, l);
	json_put_end(j, '}');
}

/* "/x/{year:int}" -> "/x/{year}" */
static str plain_path(arena *mem, const char *path)
{
	char *to = arena_alloc(mem, strlen(path) + 1);
	size_t n = 0;
	for (bool skip = false; *path; path++) {
		skip = *path == ':' ? true : *path == '}' || *path == '/' ? false : skip;
		if (!skip)
			to[n++] = *path;
	}
	return (str){ to, n };
}

static int by_path(const void *a, const void *b)
{
	const struct route_info *const *x = a, *const *y = b;
	int d = strcmp((*x)->route->path, (*y)->route->path);
	return d ? d : (int)(*x)->route->method - (int)(*y)->route->method;
}

/* What pager_json writes. */
static void page_schema(buf *b)
{
	buf_addz(b, "\"page_of_list\":{\"type\":\"object\",\"required\":[\"size\",\"prev\",\"next\"],\"properties\":{");
	static const char *const numbers[] = { "number", "pages", "total", "size" }, *const links[] = { "prev", "next" };
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		buf_printf(b, "\"%s\":{\"type\":\"integer\"},", numbers[i]);
	for (size_t i = 0; i < sizeof links / sizeof *links; i++)
		buf_printf(b, "%s\"%s\":{\"type\":[\"string\",\"null\"],\"format\":\"uri-reference\"}", i ? "," : "", links[i]);
	buf_addz(b, "}}");
}

static void paths(json_out *j, struct web_cx *w)
{
	const struct router *router = w->server->router;
	size_t n = 0, all = router_count(router);
	const struct route_info **sorted = NEW_ARRAY(w->mem, const struct route_info *, all);
	for (size_t i = 0; i < all; i++)
		if (!(router_at(router, i)->route->flags & WEB_BUILTIN))
			sorted[n++] = router_at(router, i);
	qsort(sorted, n, sizeof *sorted, by_path);
	json_put_key(j, "paths");
	json_put_object(j);
	for (size_t i = 0; i < n;) {
		const char *path = sorted[i]->route->path;
		json_put_key(j, arena_cstr(w->mem, plain_path(w->mem, path)));
		json_put_object(j);
		for (; i < n && strcmp(sorted[i]->route->path, path) == 0; i++)
			operation(j, sorted[i], w->lang);
		json_put_end(j, '}');
	}
	json_put_end(j, '}');
}

void page_openapi(struct web_cx *w);

void page_openapi(struct web_cx *w)
{
	json_out j;
	json_init(&j, &w->out);
	json_put_object(&j);
	text(&j, "openapi", "3.1.0");
	json_put_key(&j, "info");
	json_put_object(&j);
	text(&j, "title", po_text("site.name", w->lang));
	text(&j, "version", THUOCDO_VERSION);
	json_put_end(&j, '}');
	json_put_key(&j, "servers");
	json_put_array(&j);
	json_put_object(&j);
	text(&j, "url", w->lang == LANG_EN ? "/en" : "/");
	json_put_end(&j, '}');
	json_put_end(&j, ']');
	paths(&j, w);
	json_put_key(&j, "components");
	/* The schemas are one object, {…}: the page of a list comes first in it. */
	buf_addz(&w->out, "{\"schemas\":{");
	page_schema(&w->out);
	buf_printf(&w->out, ",%s}", view_schemas + 1);
	j.after_key = false;
	json_put_end(&j, '}');
	buf_char(&w->out, '\n');
	web_bytes(w, "application/json; charset=utf-8", (str){ 0 });
}
