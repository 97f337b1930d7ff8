#include "app/import_row.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "app/edition.h"
#include "app/survey.h"
#include "base/hash.h"
#include "base/vn.h"
#include "db/import.h"
#include "db/result.h"
#include "format/tabular.h"

enum { MAX_FILE = 256 << 20 };

static const struct import_kind *const kinds[] = { &import_units, &import_communes, &import_aliases, &import_regions,
	&import_holidays, &import_indices, &import_series, &import_breaks, &import_results, &import_catalogue, &import_measures,
	&import_rounds, &import_surveys, &import_places, &import_answers, &import_quotas, &import_cases, &import_callbacks, &import_frame,
	&import_roles, &import_rights, &import_users, &import_groups };

/* Kinds whose text is the fact: it is checked and stored as it is. */
static const struct {
	const char *name;
	enum err (*store)(cx *c, struct app *a, str name, str bytes, const struct import_options *opt, struct import_report *out);
} texts[] = { { "edition", edition_store }, { "questionnaire", questionnaire_store } };

enum { KINDS = sizeof kinds / sizeof kinds[0], TEXTS = sizeof texts / sizeof texts[0] };

const char *import_kind(size_t i)
{
	return i < KINDS ? kinds[i]->name : i < KINDS + TEXTS ? texts[i - KINDS].name : NULL;
}

/* "par-index.csv" -> "par-index" */
str import_code(str name)
{
	for (size_t i = name.len; i-- > 0;)
		if (name.p[i] == '.')
			return (str){ name.p, i };
	return name;
}

bool import_says_illustrative(str title)
{
	return title.len && memmem(title.p, title.len, "minh họa", strlen("minh họa")) != NULL;
}

/* ---- cells ---- */

void import_fault(struct import_job *j, const char *key, int column)
{
	cx_fault(j->c, FAULT_ERROR, key, table_at(&j->t, column), j->t.cell[column]);
}

void import_once(struct import_job *j, map *seen, str key, int column)
{
	bool added;
	int64_t *line = map_put(j->c->mem, seen, key, &added);
	if (added)
		*line = j->t.line;
	else
		fault_arg(j->c, cx_fault(j->c, FAULT_ERROR, "import.twice", table_at(&j->t, column), j->t.cell[column]), 1,
			arena_printf(j->c->mem, "%lld", (long long)*line));
}

void import_check_index(struct import_job *j, str code, int column)
{
	db_index_list list;
	if (!j->indices.n && db_index_list_all(j->c, j->conn, &list) == ERR_OK)
		for (size_t i = 0; i < list.n; i++)
			map_put(j->c->mem, &j->indices, list.p[i].code, NULL);
	if (code.len && !map_get(&j->indices, code))
		cx_fault(j->c, FAULT_ERROR, "import.unknown_index", table_at(&j->t, column), code);
}

str import_text(struct import_job *j, int column)
{
	return arena_str(j->c->mem, j->t.cell[column]);
}

str import_required(struct import_job *j, int column)
{
	if (!j->t.cell[column].len)
		import_fault(j, "import.empty", column);
	return import_text(j, column);
}

str import_survey(struct import_job *j, int column)
{
	str cell = j->t.cell[column], own = str_of(j->opt->survey ? j->opt->survey : "");
	if (!own.len)
		return import_required(j, column);
	if (cell.len && !str_eq(cell, own))
		import_fault(j, "import.other_survey", column);
	return own;
}

day import_day(struct import_job *j, int column, day absent)
{
	day d = absent;
	if (j->t.cell[column].len && !date_parse(j->t.cell[column], &d))
		import_fault(j, "import.date", column);
	return d;
}

int64_t import_int(struct import_job *j, int column, int64_t lo, int64_t hi, int64_t absent)
{
	long v = absent;
	if (j->t.cell[column].len && !str_int(j->t.cell[column], lo, hi, &v))
		import_fault(j, "import.int", column);
	return v;
}

/* "80,15": digits, one comma, digits; *after: how many behind it. */
static bool has_comma(str s, size_t *after)
{
	size_t at = 0, commas = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == ',') {
			commas++;
			at = i;
		} else if ((s.p[i] < '0' || s.p[i] > '9') && !(i == 0 && (s.p[i] == '-' || s.p[i] == '+'))) {
			return false;
		}
	}
	*after = s.len - at - 1;
	return commas == 1 && *after > 0 && at > 0 && s.p[at - 1] >= '0';
}

str import_number(struct import_job *j, int column)
{
	struct import_marks *m = &j->marks;
	str s = j->t.cell[column];
	size_t after;
	dec d;
	if (has_comma(s, &after) && j->opt->decimal != '.') {
		if (!m->commas++) {
			m->comma = table_at(&j->t, column);
			m->comma_text = arena_str(j->c->mem, s);
		}
		m->sure |= after != 3;
		char *p = arena_copy(j->c->mem, s.p, s.len);
		p[s.len - after - 1] = '.';
		return (str){ p, s.len };
	}
	if (s.len && memchr(s.p, '.', s.len) && dec_parse(s, &d)) {
		if (j->opt->decimal == ',')
			import_fault(j, "import.number_comma", column);
		if (!m->point.line)
			m->point = table_at(&j->t, column);
	}
	return arena_str(j->c->mem, s);
}

/* Commas that nobody declared: the whole file must be so, and one number at least must leave no doubt. Then it is told. */
static void check_marks(struct import_job *j)
{
	const struct import_marks *m = &j->marks;
	if (!m->commas || j->opt->decimal)
		return;
	if (m->point.line)
		fault_arg(j->c, cx_fault(j->c, FAULT_ERROR, "import.decimal_mixed", m->comma, m->comma_text), 1,
			arena_printf(j->c->mem, "%lld", (long long)m->point.line));
	else if (!m->sure)
		cx_fault(j->c, FAULT_ERROR, "import.decimal_unclear", m->comma, m->comma_text);
	else
		fault_arg(j->c, cx_fault(j->c, FAULT_NOTE, "import.decimal_comma", (place){ .file = j->name }, STR("")), 1,
			arena_printf(j->c->mem, "%lld", (long long)m->commas));
}

bool import_dec(struct import_job *j, int column, dec *out)
{
	str s = import_number(j, column);
	if (!s.len)
		return false;
	if (dec_parse(s, out))
		return true;
	import_fault(j, "import.number", column);
	return false;
}

/* The units that a code, or without one a name, may mean on a day. */
static enum err candidates(struct import_job *j, str level, str code, str name, day on, db_unit_list *out)
{
	db_unit u;
	if (!code.len)
		return db_unit_resolve(j->c, j->conn, level, name, on, out);
	enum err e = db_unit_at(j->c, j->conn, level, code, on, &u);
	if (!e)
		*VEC_PUSH(j->c->mem, out) = u;
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

/* Seven codes were given to provinces of another name in 2025: beside a code, the name decides which of the two is meant. Other spellings
 * are looked up. */
static bool is_named(struct import_job *j, str level, const db_unit_list *list, str code, str name, day on)
{
	arena *mem = j->c->mem;
	if (list->n != 1)
		return false;
	if (!code.len || !name.len || str_eq(vn_fold(mem, list->p[0].name), vn_fold(mem, name)))
		return true;
	db_unit_list same = { 0 };
	if (db_unit_resolve(j->c, j->conn, level, name, on, &same))
		return false;
	for (size_t i = 0; i < same.n; i++)
		if (same.p[i].id == list->p[0].id)
			return true;
	return false;
}

static int64_t resolve(struct import_job *j, str level, str code, str name, const day on[2], int column)
{
	db_unit_list list[2] = { 0 };
	for (int i = 0; i < 2; i++) {
		if (i && on[1] == on[0])
			continue;
		if (candidates(j, level, code, name, on[i], &list[i]))
			return 0;
		if (is_named(j, level, &list[i], code, name, on[i]))
			return list[i].p[0].id;
	}
	if (code.len && (list[0].n || list[1].n)) /* a figure shall not go to a unit that the row does not name */
		fault_arg(j->c, cx_fault(j->c, FAULT_ERROR, "import.name_code", table_at(&j->t, column), name), 1, code);
	else
		import_fault(j, list[0].n || list[1].n ? "import.many_units" : "import.no_unit", column);
	return 0;
}

int64_t import_unit(struct import_job *j, str level, str code, str name, day first, day last, int column)
{
	str key = arena_printf(j->c->mem, "%.*s|%.*s|%.*s|%d|%d", STR_ARG(level), STR_ARG(code), STR_ARG(name), first, last);
	const int64_t *known = map_get(&j->units, key);
	if (known)
		return *known;
	int64_t id = resolve(j, level, code, name, (const day[]){ last, first }, column);
	if (id)
		*map_put(j->c->mem, &j->units, key, NULL) = id;
	return id;
}

/* ---- writing ---- */

/* A large file goes on when others write at the same time: each try that fails lets one of them through. */
static enum err persist(struct import_job *j, db_work work, void *arg)
{
	enum { TRIES = 40 };
	for (int i = 0;; i++) {
		size_t faults = j->c->n_faults, errors = j->c->n_errors, dropped = j->c->n_dropped;
		enum err e = db_tx(j->c, j->a->db, DB_WRITE, work, arg);
		if (e != ERR_BUSY || i + 1 == TRIES)
			return e;
		j->c->n_faults = faults;
		j->c->n_errors = errors;
		j->c->n_dropped = dropped;
		usleep((useconds_t)(i < 5 ? 10000 << i : 320000));
	}
}

struct slice {
	struct import_job *j;
	enum err (*put)(struct import_job *j, void *state, size_t from, size_t count);
	void *state;
	size_t from, count;
	int64_t changed; /* before it */
	enum err (*end)(cx *, db_conn *);
};

static enum err put_slice(cx *c, db_conn *k, void *arg)
{
	struct slice *s = arg;
	s->j->changed = s->changed;
	s->j->conn = k;
	enum err e = s->count ? s->put(s->j, s->state, s->from, s->count) : ERR_OK;
	if (!e && s->end)
		e = s->end(c, k);
	s->j->conn = NULL;
	return e;
}

enum err import_chunks(
	struct import_job *j, size_t n, enum err (*put)(struct import_job *j, void *state, size_t from, size_t count), void *state)
{
	enum err e = ERR_OK;
	for (size_t from = 0; from < n && !e; from += IMPORT_CHUNK) {
		if (!cx_step(j->c, (int64_t)from, (int64_t)n))
			return ERR_CANCELLED;
		struct slice s = { j, put, state, from, n - from < IMPORT_CHUNK ? n - from : IMPORT_CHUNK, j->changed, NULL };
		e = persist(j, put_slice, &s);
	}
	return e;
}

enum err import_at_once(struct import_job *j, size_t n, enum err (*put)(struct import_job *j, void *state, size_t from, size_t count),
	void *state, enum err (*end)(cx *, db_conn *))
{
	struct slice s = { j, put, state, 0, n, j->changed, end };
	return persist(j, put_slice, &s);
}

static enum err read_rows(struct import_job *j, const struct import_kind *kind, void *state)
{
	size_t before = j->c->n_errors;
	table_source in = tabular_open(j->c, j->name, j->bytes, &j->opt->csv, str_of(j->opt->sheet ? j->opt->sheet : ""));
	enum err e = table_begin(j->c, in, kind->columns, kind->n_columns, &j->t);
	if (!e)
		e = db_reader(j->c, j->a->db, &j->conn);
	if (!e)
		db_read_bound(j->conn, 0);
	while (!e && table_next(&j->t)) {
		kind->read(j, state);
		if (j->t.rows % IMPORT_CHUNK == 0 && !cx_step(j->c, 0, 0))
			e = ERR_CANCELLED;
	}
	check_marks(j);
	bool good = !e && j->c->n_errors == before && table_sound(&j->t);
	table_close(&j->t);
	db_release(j->conn);
	j->conn = NULL;
	return good ? ERR_OK : e ? e : ERR_INPUT;
}

/* Whether this very file has been loaded and counts. */
static enum err is_known(struct import_job *j, str kind, str sha, bool *known)
{
	db_import_list last = { 0 };
	DB_READER(k);
	*known = false;
	enum err e = db_reader(j->c, j->a->db, &k);
	if (!e)
		e = db_import_last(j->c, k, kind, 200, &last);
	for (size_t i = 0; i < last.n; i++)
		*known |= last.p[i].visible && str_eq(last.p[i].sha256, sha) && str_eq(last.p[i].file_name, j->name);
	return e;
}

struct opening {
	struct import_job *j;
	str kind, sha;
};

static enum err begin(cx *c, db_conn *k, void *arg)
{
	const struct opening *o = arg;
	struct import_job *j = o->j;
	bool resumed;
	const char *actor = j->opt->actor ? j->opt->actor : "system";
	enum err e = db_import_begin(c, k, o->kind, j->name, o->sha, str_of(actor), &j->import_id, &resumed);
	return e ? e : db_import_count(c, k, j->import_id, j->t.rows, j->t.rows, 0);
}

static enum err finish(cx *c, db_conn *k, void *arg)
{
	return db_import_finish(c, k, ((struct import_job *)arg)->import_id);
}

static enum err write_rows(struct import_job *j, const struct import_kind *kind, void *state, str sha)
{
	struct opening o = { j, str_of(kind->name), sha };
	enum err e = persist(j, begin, &o);
	if (!e)
		e = kind->write(j, state);
	return e ? e : persist(j, finish, j);
}

enum err import_bytes(
	cx *c, struct app *a, str kind, str name, str bytes, const struct import_options *opt, struct import_report *out)
{
	*out = (struct import_report){ 0 };
	for (size_t i = 0; i < TEXTS; i++)
		if (str_is(kind, texts[i].name))
			return texts[i].store(c, a, name, bytes, opt, out);
	const struct import_kind *k = NULL;
	for (size_t i = 0; i < KINDS; i++)
		if (str_is(kind, kinds[i]->name))
			k = kinds[i];
	if (!k)
		return cx_fail(c, ERR_INPUT, "import.kind", (place){ 0 }, kind);
	struct import_job j = { .c = c, .a = a, .opt = opt, .name = name, .bytes = bytes };
	void *state = arena_alloc(c->mem, k->state_size);
	/* The options are part of what was loaded. */
	str what = arena_printf(c->mem, "%s|%s|%s|%s|%s|%s|", opt->index ? opt->index : "", opt->year ? opt->year : "",
		opt->series ? opt->series : "", opt->level ? opt->level : "", opt->stage ? opt->stage : "", opt->sheet ? opt->sheet : "");
	if (opt->decimal)
		what = arena_printf(c->mem, "%.*s%c|", STR_ARG(what), opt->decimal);
	if (opt->survey) /* on its pages a table may come again after what it brought was changed there */
		what = arena_printf(c->mem, "%.*s%s|%lld|", STR_ARG(what), opt->survey, (long long)c->now_ms);
	str sha = hash_sha256(c->mem, arena_printf(c->mem, "%.*s%.*s", STR_ARG(what), STR_ARG(hash_sha256(c->mem, bytes))));
	enum err e = opt->look ? ERR_OK : is_known(&j, kind, sha, &out->known);
	if (e || out->known)
		return e;
	e = read_rows(&j, k, state);
	if (!e && opt->look)
		e = k->look ? k->look(&j, state) : ERR_OK;
	else if (!e)
		e = write_rows(&j, k, state, sha);
	out->rows = j.t.rows;
	out->changed = j.changed;
	return e;
}

enum err import_bytes_of(cx *c, const char *path, buf *b, str *name)
{
	place at = { .file = str_of(path) };
	struct stat st;
	int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0 || S_ISDIR(st.st_mode)) {
		fault_arg(c, cx_fault(c, FAULT_ERROR, "io.open", at, STR("")), 1, str_of(strerror(fd < 0 ? errno : EISDIR)));
		if (fd >= 0)
			close(fd);
		return ERR_IO;
	}
	buf_init(b, MAX_FILE);
	ssize_t n = 1;
	for (char *to; n > 0 && (to = buf_room(b, 1 << 16));) {
		n = read(fd, to, 1 << 16);
		if (n > 0)
			b->len += (size_t)n;
	}
	close(fd);
	const char *slash = strrchr(path, '/');
	*name = str_of(slash && slash[1] ? slash + 1 : path);
	enum err e = n < 0    ? cx_fail(c, ERR_IO, "io.read", at, STR(""))
		: buf_full(b) ? cx_fail(c, ERR_LIMIT, "import.file_size", at, STR(""))
			      : ERR_OK;
	if (e)
		buf_free(b);
	return e;
}

enum err import_file(cx *c, struct app *a, str kind, const char *path, const struct import_options *opt, struct import_report *out)
{
	buf b;
	str name;
	enum err e = import_bytes_of(c, path, &b, &name);
	if (e)
		return e;
	e = import_bytes(c, a, kind, name, buf_str(&b), opt, out);
	buf_free(&b);
	return e;
}
