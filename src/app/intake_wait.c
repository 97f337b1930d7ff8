#include "app/intake_wait.h"
#include <stdlib.h>
#include "app/job.h"
#include "app/user.h"
#include "base/json.h"
#include "db/id.h"
#include "db/intake.h"

static str map_text(cx *c, const struct intake_map *m)
{
	buf b;
	buf_init(&b, 0);
	intake_map_write(m, &b);
	str s = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

struct bringing {
	db_intake x;
	size_t waiting;
};

static enum err put(cx *c, db_conn *k, void *arg)
{
	struct bringing *w = arg;
	db_intake_list l;
	enum err e = db_intake_list_all(c, k, w->x.survey_id, &l);
	if (!e && l.n >= INTAKE_WAITING)
		return cx_fail(c, ERR_CONFLICT, "intake.waiting", (place){ .field = STR("tep") }, (str){ 0 });
	return e ? e : db_intake_add(c, k, &w->x);
}

enum err intake_bring(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str name, str bytes, str as_map, int64_t *id)
{
	struct intake_map m;
	enum err e = actor_may(c, a, who, "survey", "import", 0);
	if (!e && as_map.len)
		e = intake_map_read(c, STR("map.csv"), as_map, &m);
	struct bringing w = { .x = { .survey_id = s->id, .name = name, .bytes = bytes, .map = as_map, .actor = who->login } };
	if (!e)
		e = db_tx(c, a->db, DB_WRITE, put, &w);
	*id = w.x.id;
	return e;
}

enum err intake_waiting(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, struct intake_tables *out)
{
	db_intake_list l = { 0 };
	*out = (struct intake_tables){ 0 };
	enum err e = actor_may(c, a, who, "survey", "import", 0);
	DB_READER(k);
	if (!e)
		e = db_reader(c, a->db, &k);
	if (!e)
		e = db_intake_list_all(c, k, s->id, &l);
	for (size_t i = 0; i < l.n; i++)
		*VEC_PUSH(c->mem, out) = (struct intake_table){ .id = l.p[i].id, .name = l.p[i].name, .actor = l.p[i].actor, .size = l.p[i].size,
			.created_at = l.p[i].created_at };
	return e;
}

static enum err read_one(cx *c, struct app *a, int64_t id, db_intake *x)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	return e ? e : db_intake_get(c, k, id, x);
}

enum err intake_get(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, int64_t id, struct intake_table *out)
{
	db_intake x = { 0 };
	*out = (struct intake_table){ 0 };
	enum err e = actor_may(c, a, who, "survey", "import", 0);
	if (!e)
		e = read_one(c, a, id, &x);
	if (!e && x.survey_id != s->id)
		return ERR_NOTFOUND;
	if (e)
		return e;
	*out = (struct intake_table){ .id = id, .name = x.name, .actor = x.actor, .size = x.size, .created_at = x.created_at, .bytes = x.bytes };
	return x.map.len ? intake_map_read(c, STR("map.csv"), x.map, &out->map) : ERR_OK;
}

struct changing {
	int64_t id;
	str map;
};

static enum err put_map(cx *c, db_conn *k, void *arg)
{
	const struct changing *w = arg;
	return db_intake_map(c, k, w->id, w->map);
}

static enum err drop(cx *c, db_conn *k, void *arg)
{
	return db_intake_drop(c, k, ((const struct changing *)arg)->id);
}

enum err intake_set_map(cx *c, struct app *a, const struct actor *who, int64_t id, const struct intake_map *m)
{
	struct changing w = { id, map_text(c, m) };
	enum err e = actor_may(c, a, who, "survey", "import", 0);
	if (!e && w.map.len > INTAKE_MAP_BYTES)
		e = cx_fail(c, ERR_LIMIT, "intake_map.big", (place){ 0 }, STR(""));
	return e ? e : db_tx(c, a->db, DB_WRITE, put_map, &w);
}

enum err intake_drop(cx *c, struct app *a, const struct actor *who, int64_t id)
{
	struct changing w = { .id = id };
	enum err e = actor_may(c, a, who, "survey", "import", 0);
	return e ? e : db_tx(c, a->db, DB_WRITE, drop, &w);
}

static enum err sweep(cx *c, db_conn *k, void *arg)
{
	(void)arg;
	return db_intake_drop_old(c, k, c->now_ms - (int64_t)INTAKE_DAYS * DAY_MS);
}

enum err intake_sweep(cx *c, struct app *a)
{
	return db_tx(c, a->db, DB_WRITE, sweep, NULL);
}

/* ---- the job ---- */

enum err intake_begin(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, int64_t id, int64_t *job)
{
	enum err e = actor_may(c, a, who, "survey", "import", 0);
	str args = arena_printf(c->mem, "{\"survey\":\"%.*s\",\"intake\":\"%lld\",\"account\":\"%lld\"}", STR_ARG(s->code), (long long)id,
		(long long)who->user_id);
	return e ? e : job_start(c, a, who, "answers.intake", args, job);
}

static void tell_end(struct job_run *j, const struct intake *in)
{
	fault *f = cx_fault(j->c, FAULT_NOTE, "intake.came", (place){ 0 }, in->file);
	fault_arg(j->c, f, 1, arena_printf(j->c->mem, "%lld", (long long)in->fresh));
	fault_arg(j->c, f, 2, arena_printf(j->c->mem, "%lld", (long long)(in->known + in->differs)));
	fault_arg(j->c, f, 3, arena_printf(j->c->mem, "%lld", (long long)(in->faulty + in->empty)));
}

static enum err take_over(struct job_run *j, const struct actor *who, const struct survey_info *s, int64_t id)
{
	struct intake_table t;
	struct intake *in = NULL;
	enum err e = intake_get(j->c, j->app, who, s, id, &t);
	if (e == ERR_NOTFOUND)
		return cx_fail(j->c, ERR_NOTFOUND, "intake.gone", (place){ 0 }, STR(""));
	if (!e)
		e = intake_open(j->c, j->app, s, t.name, t.bytes, NULL, &t.map, &in);
	if (!e)
		e = intake_store(in, who);
	if (in)
		intake_tell(in, j->c);
	char text[DB_ID_TEXT];
	j->result = e ? arena_printf(j->c->mem, "/khao-sat/%.*s/nhap-bang/%.*s", STR_ARG(s->code), STR_ARG(db_id_text(id, text)))
		      : arena_printf(j->c->mem, "/khao-sat/%.*s/nhap-bang", STR_ARG(s->code));
	if (e)
		return e;
	tell_end(j, in);
	return intake_drop(j->c, j->app, who, id);
}

static enum err run(struct job_run *j)
{
	struct survey_info s;
	struct actor who = { 0 };
	json_t *args = json_read(j->c, STR("job"), j->args, JOB_ARGS);
	if (!args)
		return ERR_INPUT;
	str code = arena_str(j->c->mem, str_of(json_string_value(json_object_get(args, "survey"))));
	int64_t id = strtoll(json_string_value(json_object_get(args, "intake")), NULL, 10);
	int64_t account = strtoll(json_string_value(json_object_get(args, "account")), NULL, 10);
	json_decref(args);
	/* who started it may have lost the right meanwhile */
	enum err e = user_actor(j->c, j->app, account, &who);
	if (!e)
		e = survey_get(j->c, j->app, code, &s);
	return e ? e : take_over(j, &who, &s, id);
}

const struct job_kind job_intake = { .name = "answers.intake", .run = run };
