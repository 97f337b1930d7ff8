#include "app/edition_source.h"
#include "base/json.h"
#include "db/edition_draft.h"

/* The faults of this piece of work leave the context and become notes. */
static void set_apart(cx *c, size_t faults, size_t errors, struct source *out)
{
	size_t n = c->n_faults - faults;
	fault *notes = NEW_ARRAY(c->mem, fault, n + 1);
	memcpy(notes, c->faults + faults, n * sizeof *notes);
	out->notes = notes;
	out->n_notes = n;
	c->n_faults = faults;
	c->n_errors = errors;
}

static bool map_fits(const grid *g, const struct draft_map *m)
{
	for (int i = 0; i < DRAFT_COLUMNS; i++)
		if (m->column[i] >= g->columns)
			return false;
	return m->first >= 0 && m->first < g->rows && m->column[DRAFT_NAME] >= 0;
}

static void choose(cx *c, const struct source_choice *x, struct source *out)
{
	for (size_t i = 0; i < out->tables.n && !out->has_map; i++) {
		if (x->table >= 0 && (size_t)x->table != i)
			continue;
		size_t faults = c->n_faults, errors = c->n_errors;
		out->has_map = draft_guess(c, &out->tables.p[i], &out->map) == ERR_OK;
		out->table = (int)i;
		c->n_faults = faults;
		c->n_errors = errors;
	}
	if (!out->has_map) {
		out->table = x->table >= 0 && (size_t)x->table < out->tables.n ? x->table : 0;
		out->map = (struct draft_map){ .first = 1 };
		for (int i = 0; i < DRAFT_COLUMNS; i++)
			out->map.column[i] = -1;
	}
	if (x->told && map_fits(&out->tables.p[out->table], &x->map)) {
		out->map = x->map;
		out->has_map = true;
	}
}

static void look(cx *c, struct source *out)
{
	str text;
	csv_options opt = { .delimiter = ',', .encoding = CSV_UTF8 };
	struct draft *d = &out->preview;
	if (!out->has_map || draft_text(c, &out->tables.p[out->table], &out->map, out->name, &text, &out->report))
		return;
	if (edition_rows_take(c, table_csv(csv_open_mem(c, out->file, text, &opt), out->file), &d->rows))
		return;
	draft_check(c, d);
}

enum err source_open(cx *c, struct app *a, const struct actor *who, int64_t id, const struct source_choice *x, struct source *out)
{
	db_draft d;
	str bytes;
	*out = (struct source){ 0 };
	enum err e = actor_may(c, a, who, "edition", "edit", 0);
	if (e)
		return e;
	DB_READER(k);
	e = db_reader(c, a->db, &k);
	if (!e)
		e = db_draft_get(c, k, id, &d);
	if (!e)
		e = db_draft_source(c, k, id, &bytes);
	if (e)
		return e;
	size_t faults = c->n_faults, errors = c->n_errors;
	out->id = id;
	out->code = d.code;
	out->name = d.name;
	out->file = d.source_name;
	e = grid_read(c, d.source_name, bytes, NULL, &out->tables);
	if (!e && out->tables.n) {
		choose(c, x, out);
		look(c, out);
	}
	if (e != ERR_OK && e != ERR_INPUT && e != ERR_LIMIT)
		return e;
	set_apart(c, faults, errors, out);
	return ERR_OK;
}

static enum err put_all(cx *c, struct edition_rows *r, void *arg, buf *detail)
{
	const struct source *s = arg;
	json_out j;
	(void)c;
	*r = s->preview.rows;
	json_init(&j, detail);
	json_put_object(&j);
	json_add_str(&j, "file", s->file);
	json_add_int(&j, "rows", (int64_t)r->n);
	json_put_end(&j, '}');
	return ERR_OK;
}

enum err source_take(cx *c, struct app *a, const struct actor *who, int64_t id, const struct source_choice *x)
{
	struct source s;
	enum err e = source_open(c, a, who, id, x, &s);
	if (e)
		return e;
	if (!s.preview.rows.n)
		return cx_fail(c, ERR_INPUT, "edit.no_rows", (place){ 0 }, s.file);
	return draft_do(c, a, &(struct draft_change){ who, id, "edition.take_table", put_all, &s });
}
