#include "app/edition_history.h"
#include "app/audit.h"
#include "app/edition_edit.h"
#include "base/json.h"

enum { ENTRY_BYTES = 1 << 16 };

static str text_of(cx *c, const json_t *j)
{
	return json_is_string(j) ? arena_str(c->mem, (str){ json_string_value(j), json_string_length(j) }) : STR("");
}

static str member(cx *c, const json_t *o, const char *key) { return text_of(c, json_object_get(o, key)); }

/* Cells of a row: old has those that were, new those that are; one of them may be missing as a whole. */
static void take_cells(cx *c, const json_t *o, struct draft_event *e)
{
	const json_t *old = json_object_get(o, "old"), *now = json_object_get(o, "new");
	e->added = now && !old;
	e->dropped = old && !now;
	for (int k = 0; k < TREE_COLUMNS; k++) {
		const char *name = tree_columns[k].name;
		if (json_object_get(old, name) || json_object_get(now, name))
			e->changes[e->n_changes++] = (struct edition_change){ k, STR(""), member(c, old, name), member(c, now, name) };
	}
	str name = member(c, e->dropped ? old : now, "name_vi");
	e->name = name;
}

/* Settings: each a pair, what it was and what it is. */
static void take_settings(cx *c, const json_t *o, struct draft_event *e)
{
	for (int s = 0; s < EDITION_SETTINGS; s++) {
		const json_t *pair = json_object_get(o, edition_settings[s] + 1);
		if (json_array_size(pair) == 2)
			e->changes[e->n_changes++] = (struct edition_change){ TREE_NAME_VI, str_of(edition_settings[s]), text_of(c, json_array_get(pair, 0)),
				text_of(c, json_array_get(pair, 1)) };
	}
}

static void take(cx *c, const json_t *o, struct draft_event *e)
{
	str moved = member(c, o, "moved");
	e->changes = NEW_ARRAY(c->mem, struct edition_change, TREE_COLUMNS + EDITION_SETTINGS);
	e->row = member(c, o, "row");
	e->moved = str_is(moved, "up") ? MOVED_UP : str_is(moved, "down") ? MOVED_DOWN : MOVED_NOT;
	e->file = member(c, o, "file");
	e->rows = json_integer_value(json_object_get(o, "rows"));
	e->version = (int)json_integer_value(json_object_get(o, "version"));
	if (!date_parse(member(c, o, "from"), &e->from))
		e->from = 0;
	if (str_is(e->what, "edition.set"))
		take_settings(c, o, e);
	else
		take_cells(c, o, e);
}

static void read_detail(cx *c, str detail, struct draft_event *e)
{
	size_t faults = c->n_faults, errors = c->n_errors;
	json_t *o = detail.len ? json_read(c, STR("audit"), detail, ENTRY_BYTES) : NULL;
	c->n_faults = faults; /* an entry that was cut is shown as it is */
	c->n_errors = errors;
	if (json_is_object(o))
		take(c, o, e);
	else
		e->text = detail;
	json_decref(o);
}

enum err draft_history(cx *c, struct app *a, str code, int limit, struct draft_event_list *out)
{
	struct audit_list list = { 0 };
	const struct audit_query q = { .object = draft_object(c, code), .limit = limit };
	*out = (struct draft_event_list){ 0 };
	enum err e = audit_list(c, a, &q, &list);
	for (size_t i = 0; i < list.n && !e; i++) {
		const struct audit_entry *x = &list.p[i];
		struct draft_event *to = VEC_PUSH(c->mem, out);
		*to = (struct draft_event){ .at = x->at, .who = x->who, .what = x->what, .erased = x->erased };
		if (!x->erased)
			read_detail(c, x->detail, to);
	}
	out->more = list.more;
	return e;
}
