#include "app/job.h"
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "app/job_fault.h"
#include "base/vec.h"
#include "db/id.h"
#include "db/job.h"

enum {
	POLL_S = 2,          /* jobs that other processes put into the store are seen after at most so long */
	BEAT_MS = 10000,     /* the store hears of a running job at least so often */
	LOOK_MS = 30000,     /* lost jobs are looked for so often */
	LOST_MS = 300000,    /* a job of another machine is lost after so long a silence */
	TRY_END = 120,       /* half seconds of trying to write how a job ended */
	KEEP_DAYS = 30
};

#define JOB_MEMORY ((size_t)1 << 30)

/* One thread and the job it runs. */
struct lane {
	struct jobs *jobs;
	pthread_t thread;
	bool started;
	_Atomic int64_t id; /* 0: none */
	_Atomic int64_t done, total;
	atomic_bool cancel;
	int64_t told_done, told_at; /* what the store knows; of the keeper */
};

struct jobs {
	struct app *app;
	const struct job_kind *const *kinds;
	int64_t (*now_ms)(void);
	int nice, n;
	size_t memory;
	char owner[160];
	pthread_mutex_t lock;
	pthread_cond_t wake;
	atomic_bool stop;
	unsigned pokes; /* under lock: something was put into the store */
	pthread_t keeper;
	bool keeper_started;
	struct lane lane[JOBS_THREADS];
};

/* ---- which process ---- */

/* "pid start", where start tells processes of the same number apart. false: there is no such process. */
static bool start_of(long pid, char out[64])
{
	char path[64], text[1024];
	snprintf(path, sizeof path, "/proc/%ld/stat", pid);
	FILE *f = fopen(path, "re");
	if (!f)
		return false;
	size_t n = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	text[n] = '\0';
	char *at = strrchr(text, ')'), *word = NULL, *save = NULL; /* the name before it may hold anything */
	if (!at)
		return false;
	word = strtok_r(at + 1, " ", &save);
	for (int i = 3; word && i < 22; i++)
		word = strtok_r(NULL, " ", &save);
	snprintf(out, 64, "%ld %.40s", pid, word ? word : "0");
	return word != NULL;
}

/* The machine and, where processes are numbered apart (containers), the space of the numbers. */
static void machine(char out[96])
{
	char host[65] = "", space[32] = "";
	gethostname(host, sizeof host - 1);
	ssize_t n = readlink("/proc/self/ns/pid", space, sizeof space - 1);
	space[n > 0 ? n : 0] = '\0';
	for (char *p = host; *p; p++)
		if (*p == ' ')
			*p = '-';
	snprintf(out, 96, "%.60s/%.30s", host, space);
}

static void owner_of_this(char out[160])
{
	char here[96], self[64] = "0 0";
	machine(here);
	start_of(getpid(), self);
	snprintf(out, 160, "%s %s", here, self);
}

static bool is_lost(const db_job *j, int64_t now_ms)
{
	char here[96], now[64];
	str rest = j->owner, where = { 0 }, pid = { 0 };
	long number;
	machine(here);
	if (!str_next(&rest, ' ', &where) || !str_is(where, here))
		return now_ms - j->beat_at > LOST_MS;
	str self = rest;
	if (!str_next(&rest, ' ', &pid) || !str_int(pid, 0, INT32_MAX, &number))
		return true;
	return !start_of(number, now) || !str_is(self, now);
}

/* ---- how a job ended ---- */

struct ending {
	db_job end;
	bool ended;
};

static enum err put_end(cx *c, db_conn *k, void *arg)
{
	struct ending *w = arg;
	enum err e = db_job_end(c, k, &w->end, &w->ended);
	return e ? e : db_job_purge(c, k, c->now_ms - KEEP_DAYS * INT64_C(86400000));
}

/* The end of a job must not be lost because somebody else is writing. */
static void write_end(struct jobs *s, cx *c, db_job end)
{
	struct ending w = { .end = end };
	for (int i = 0; i < TRY_END; i++) {
		c->now_ms = s->now_ms();
		if (db_tx(c, s->app->db, DB_WRITE, put_end, &w) != ERR_BUSY)
			return;
		usleep(500000);
	}
}

static void end_lost(struct jobs *s, cx *c, const db_job *j)
{
	cx *said = cx_new(0);
	cx_fail(said, ERR_IO, "job.lost", (place){ 0 }, (str){ 0 });
	struct ending w = { .end = *j };
	w.end.state = STR("failed");
	w.end.message = job_faults_write(c->mem, said);
	(void)db_tx(c, s->app->db, DB_WRITE, put_end, &w); /* a failure: the next look does it */
	cx_free(said);
}

static enum err look_for_lost(struct jobs *s, cx *c)
{
	DB_READER(k);
	db_job_list open = { 0 };
	enum err e = db_reader(c, s->app->db, &k);
	if (!e)
		e = db_job_open(c, k, STR(""), &open);
	db_release(k);
	k = NULL;
	for (size_t i = 0; i < open.n && !e; i++)
		if (str_is(open.p[i].state, "running") && is_lost(&open.p[i], c->now_ms))
			end_lost(s, c, &open.p[i]);
	return e;
}

/* ---- running ---- */

static bool watch(void *ctx, int64_t done, int64_t total)
{
	struct lane *l = ctx;
	atomic_store(&l->done, done);
	atomic_store(&l->total, total);
	return !atomic_load(&l->cancel) && !atomic_load(&l->jobs->stop);
}

static const struct job_kind *kind_named(const struct jobs *s, str name)
{
	for (size_t i = 0; s->kinds[i]; i++)
		if (str_is(name, s->kinds[i]->name))
			return s->kinds[i];
	return NULL;
}

static enum err run_kind(const struct job_kind *kind, struct job_run *j)
{
	struct cx_exit full = { .c = j->c };
	if (setjmp(full.to))
		return ERR_LIMIT; /* without a fault: there is no room for one */
	arena_on_full(j->c->mem, cx_leave, &full);
	enum err e = kind->run(j);
	arena_on_full(j->c->mem, NULL, NULL);
	return e;
}

/* What is kept of a job that ended; c holds it. */
static db_job outcome(struct lane *l, cx *c, const db_job *from, struct job_run *j, enum err e)
{
	db_job end = *from;
	bool stopped = e == ERR_CANCELLED && atomic_load(&l->jobs->stop) && !atomic_load(&l->cancel);
	end.state = !e ? STR("done") : e == ERR_CANCELLED && !stopped ? STR("cancelled") : STR("failed");
	end.progress = atomic_load(&l->done);
	end.total = atomic_load(&l->total);
	if (!e)
		end.progress = end.total;
	if (!e && j->result.len)
		end.result = arena_str(c->mem, j->result);
	cx *said = e == ERR_LIMIT && !j->c->n_errors ? c : j->c; /* out of memory: the fault goes where there is room */
	if (stopped)
		cx_fail(said, e, "job.stopped", (place){ 0 }, (str){ 0 });
	else if (e && e != ERR_CANCELLED && !said->n_errors)
		cx_fail(said, e, e == ERR_LIMIT ? "job.memory" : "job.failed", (place){ 0 }, (str){ 0 });
	end.message = job_faults_write(c->mem, said);
	return end;
}

static void run_one(struct lane *l, cx *c, const db_job *from)
{
	struct jobs *s = l->jobs;
	const struct job_kind *kind = kind_named(s, from->kind);
	cx *own = cx_new(s->memory);
	struct job_run j = { .c = own, .app = s->app, .id = from->id, .args = from->args, .actor = from->actor };
	enum err e = ERR_NOTFOUND;
	own->now_ms = c->now_ms;
	own->watch = watch;
	own->watch_ctx = l;
	if (kind)
		e = run_kind(kind, &j);
	else
		cx_fail(own, e, "job.unknown", (place){ 0 }, from->kind);
	write_end(s, c, outcome(l, c, from, &j, e));
	cx_free(own);
}

static enum err claim(cx *c, db_conn *k, void *arg)
{
	db_job *j = arg;
	return db_job_claim(c, k, j->owner, j);
}

/* Reading first: who only looks does not wait for a writer. */
static bool take(struct lane *l, cx *c, db_job *out)
{
	struct jobs *s = l->jobs;
	DB_READER(k);
	db_job_list open = { 0 };
	bool any = false;
	enum err e = db_reader(c, s->app->db, &k);
	if (!e)
		e = db_job_open(c, k, STR(""), &open);
	db_release(k);
	k = NULL;
	for (size_t i = 0; i < open.n && !e; i++)
		any |= str_is(open.p[i].state, "waiting");
	if (!any)
		return false;
	*out = (db_job){ .owner = str_of(s->owner) };
	return db_tx(c, s->app->db, DB_WRITE, claim, out) == ERR_OK;
}

/* Until something is put into the store, or for so many seconds. */
static void sleep_until_poked(struct jobs *s, unsigned *seen, int seconds)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	pthread_mutex_lock(&s->lock);
	while (!atomic_load(&s->stop) && *seen == s->pokes)
		if (pthread_cond_timedwait(&s->wake, &s->lock, &until) == ETIMEDOUT)
			break;
	*seen = s->pokes;
	pthread_mutex_unlock(&s->lock);
}

static void *work(void *arg)
{
	struct lane *l = arg;
	struct jobs *s = l->jobs;
	unsigned seen = 0;
	prctl(PR_SET_NAME, "job");
	if (s->nice)
		setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), s->nice);
	while (!atomic_load(&s->stop)) {
		db_job job;
		cx *c = cx_new(0);
		c->now_ms = s->now_ms();
		bool found = take(l, c, &job);
		if (found) {
			atomic_store(&l->done, 0);
			atomic_store(&l->total, 0);
			atomic_store(&l->cancel, false);
			atomic_store(&l->id, job.id);
			run_one(l, c, &job);
			atomic_store(&l->id, 0);
		}
		cx_free(c);
		if (!found)
			sleep_until_poked(s, &seen, POLL_S);
	}
	return NULL;
}

/* ---- keeping the store informed ---- */

struct beating {
	int64_t id, done, total;
	str owner;
	bool cancel;
};

static enum err beat(cx *c, db_conn *k, void *arg)
{
	struct beating *b = arg;
	return db_job_beat(c, k, b->id, b->owner, b->done, b->total, &b->cancel);
}

static void tell(struct jobs *s, struct lane *l, cx *c)
{
	struct beating b = { .id = atomic_load(&l->id), .done = atomic_load(&l->done), .total = atomic_load(&l->total), .owner = str_of(s->owner) };
	if (!b.id || (b.done == l->told_done && c->now_ms - l->told_at < BEAT_MS))
		return;
	enum err e = db_tx(c, s->app->db, DB_WRITE, beat, &b);
	if (e == ERR_OK) {
		l->told_done = b.done;
		l->told_at = c->now_ms;
	}
	if ((b.cancel || e == ERR_NOTFOUND) && atomic_load(&l->id) == b.id)
		atomic_store(&l->cancel, true);
}

static void *keep(void *arg)
{
	struct jobs *s = arg;
	int64_t looked = s->now_ms();
	unsigned seen = 0;
	prctl(PR_SET_NAME, "job keeper");
	while (!atomic_load(&s->stop)) {
		cx *c = cx_new(0);
		c->now_ms = s->now_ms();
		for (int i = 0; i < s->n; i++)
			tell(s, &s->lane[i], c);
		if (c->now_ms - looked >= LOOK_MS) {
			looked = c->now_ms;
			(void)look_for_lost(s, c);
		}
		cx_free(c);
		sleep_until_poked(s, &seen, 1);
	}
	return NULL;
}

/* ---- beginning and end ---- */

static bool start_threads(struct jobs *s)
{
	for (int i = 0; i < s->n; i++) {
		s->lane[i].jobs = s;
		s->lane[i].started = pthread_create(&s->lane[i].thread, NULL, work, &s->lane[i]) == 0;
		if (!s->lane[i].started)
			return false;
	}
	s->keeper_started = pthread_create(&s->keeper, NULL, keep, s) == 0;
	return s->keeper_started;
}

enum err jobs_open(cx *c, struct app *a, const struct jobs_options *opt)
{
	pthread_condattr_t clock;
	struct jobs *s = calloc(1, sizeof *s);
	if (!s)
		return cx_fail(c, ERR_IO, "app.memory", (place){ 0 }, STR(""));
	s->app = a;
	s->kinds = opt->kinds ? opt->kinds : job_kinds;
	s->now_ms = opt->now_ms;
	s->nice = opt->nice;
	s->memory = opt->memory ? opt->memory : JOB_MEMORY;
	s->n = opt->threads < 1 ? 1 : opt->threads > JOBS_THREADS ? JOBS_THREADS : opt->threads;
	owner_of_this(s->owner);
	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&s->wake, &clock);
	pthread_condattr_destroy(&clock);
	a->jobs = s;
	enum err e = look_for_lost(s, c);
	if (!e && !start_threads(s))
		e = cx_fail(c, ERR_IO, "job.threads", (place){ 0 }, STR(""));
	if (e)
		jobs_close(a, 5);
	return e;
}

static bool join(pthread_t t, const struct timespec *until) { return pthread_timedjoin_np(t, NULL, until) == 0; }

bool jobs_close(struct app *a, int wait_s)
{
	struct jobs *s = a->jobs;
	struct timespec until;
	bool ended = true;
	if (!s)
		return true;
	pthread_mutex_lock(&s->lock);
	atomic_store(&s->stop, true);
	pthread_cond_broadcast(&s->wake);
	pthread_mutex_unlock(&s->lock);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += wait_s;
	for (int i = 0; i < s->n; i++)
		ended &= !s->lane[i].started || join(s->lane[i].thread, &until);
	ended &= !s->keeper_started || join(s->keeper, &until);
	if (!ended)
		return false;
	pthread_cond_destroy(&s->wake);
	pthread_mutex_destroy(&s->lock);
	free(s);
	a->jobs = NULL;
	return true;
}

/* ---- for pages ---- */

struct starting {
	const struct job_kind *kind;
	str args, actor;
	int64_t id;
};

static enum err put(cx *c, db_conn *k, void *arg)
{
	struct starting *w = arg;
	db_job_list open = { 0 };
	size_t waiting = 0;
	enum err e = db_job_open(c, k, STR(""), &open);
	for (size_t i = 0; i < open.n && !e; i++) {
		waiting += str_is(open.p[i].state, "waiting");
		if (w->kind->alone && str_is(open.p[i].kind, w->kind->name)) {
			w->id = open.p[i].id;
			return ERR_OK;
		}
	}
	if (!e && waiting >= JOBS_WAITING)
		e = cx_fail(c, ERR_BUSY, "job.full", (place){ 0 }, (str){ 0 });
	return e ? e : db_job_put(c, k, str_of(w->kind->name), w->args, w->actor, &w->id);
}

enum err job_start(cx *c, struct app *a, const struct actor *who, const char *kind, str args, int64_t *id)
{
	struct jobs *s = a->jobs;
	if (!s)
		return cx_fail(c, ERR_BUSY, "job.no_runner", (place){ 0 }, (str){ 0 });
	struct starting w = { .kind = kind_named(s, str_of(kind)), .args = args, .actor = who->login };
	if (!w.kind)
		return cx_fail(c, ERR_NOTFOUND, "job.unknown", (place){ 0 }, str_of(kind));
	if (args.len > JOB_ARGS)
		return cx_fail(c, ERR_LIMIT, "job.args", (place){ 0 }, (str){ 0 });
	enum err e = db_tx(c, a->db, DB_WRITE, put, &w);
	if (e)
		return e;
	*id = w.id;
	pthread_mutex_lock(&s->lock);
	s->pokes++;
	pthread_cond_broadcast(&s->wake);
	pthread_mutex_unlock(&s->lock);
	return ERR_OK;
}

str job_path(cx *c, int64_t id)
{
	char text[DB_ID_TEXT];
	str name = db_id_text(id, text);
	return arena_printf(c->mem, "/cong-viec/%.*s", STR_ARG(name));
}

static struct lane *lane_of(struct app *a, int64_t id)
{
	for (int i = 0; a->jobs && i < a->jobs->n; i++)
		if (atomic_load(&a->jobs->lane[i].id) == id)
			return &a->jobs->lane[i];
	return NULL;
}

static bool is_own(const struct actor *who, const db_job *j) { return who->login.len && str_eq(who->login, j->actor); }

/* Without a fault: that there is such a job is nobody's business. */
static bool may(cx *c, struct app *a, const struct actor *who, const db_job *j, const char *verb)
{
	const struct job_kind *kind = a->jobs ? kind_named(a->jobs, j->kind) : NULL;
	if ((kind && kind->open) || is_own(who, j))
		return true;
	size_t faults = c->n_faults, errors = c->n_errors;
	bool ok = actor_may(c, a, who, "job", verb, 0) == ERR_OK;
	c->n_faults = faults;
	c->n_errors = errors;
	return ok;
}

static enum job_state state_named(str word)
{
	static const char *const words[] = { "waiting", "running", "done", "failed", "cancelled" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_is(word, words[i]))
			return (enum job_state)i;
	return JOB_FAILED;
}

static struct job_info info_of(cx *c, struct app *a, const struct actor *who, const db_job *j)
{
	struct job_info x = { .id = j->id, .kind = j->kind, .actor = j->actor, .result = j->result, .state = state_named(j->state), .done = j->progress,
		.total = j->total, .created_at = j->created_at, .started_at = j->started_at, .finished_at = j->finished_at };
	const struct lane *l = x.state == JOB_RUNNING ? lane_of(a, j->id) : NULL;
	if (l) {
		x.done = atomic_load(&l->done);
		x.total = atomic_load(&l->total);
	}
	x.ended = x.state != JOB_WAITING && x.state != JOB_RUNNING;
	x.stopping = x.state == JOB_RUNNING && j->cancel;
	x.may_cancel = !x.ended && !x.stopping && may(c, a, who, j, "cancel");
	job_faults_read(c, j->message, &x.faults, &x.n_faults);
	return x;
}

static enum err find(cx *c, struct app *a, int64_t id, db_job *out)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	return e ? e : db_job_get(c, k, id, out);
}

enum err job_get(cx *c, struct app *a, const struct actor *who, int64_t id, struct job_info *out)
{
	db_job j;
	enum err e = find(c, a, id, &j);
	if (!e && !may(c, a, who, &j, "view"))
		e = ERR_DENIED;
	if (!e)
		*out = info_of(c, a, who, &j);
	return e;
}

enum err job_last(cx *c, struct app *a, const struct actor *who, int limit, struct job_list *out)
{
	db_job_list list = { 0 };
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_job_last(c, k, limit, &list);
	db_release(k); /* permissions ask the store, too */
	k = NULL;
	for (size_t i = 0; i < list.n && !e; i++)
		if (may(c, a, who, &list.p[i], "view"))
			*VEC_PUSH(c->mem, out) = info_of(c, a, who, &list.p[i]);
	return e;
}

static enum err put_cancel(cx *c, db_conn *k, void *arg) { return db_job_cancel(c, k, *(const int64_t *)arg); }

enum err job_cancel(cx *c, struct app *a, const struct actor *who, int64_t id)
{
	db_job j;
	enum err e = find(c, a, id, &j);
	if (e)
		return e;
	if (!may(c, a, who, &j, "cancel"))
		return ERR_DENIED;
	struct lane *l = lane_of(a, id); /* at once here, whoever is writing; other processes hear of it from the store */
	if (l)
		atomic_store(&l->cancel, true);
	return db_tx(c, a->db, DB_WRITE, put_cancel, &id);
}
