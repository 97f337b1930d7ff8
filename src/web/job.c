/* Without JavaScript: the page comes again by itself as long as the work goes on (the Refresh header). */
#include "web/job.h"
#include "app/job.h"
#include "web/pages.h"
#include "web/say.h"
#include "web_views.h"

#define REFRESH_S "2"

static struct view_job_fault fault_of(struct web_cx *w, const fault *f)
{
	static const enum view_job_level levels[] = { [FAULT_ERROR] = VIEW_JOB_LEVEL_ERROR, [FAULT_WARNING] = VIEW_JOB_LEVEL_WARNING,
		[FAULT_NOTE] = VIEW_JOB_LEVEL_NOTE };
	buf b;
	buf_init(&b, 0);
	po_fault(&b, f, w->lang);
	struct view_job_fault to = { .level = levels[f->level], .text = arena_str(w->mem, buf_str(&b)), .key = str_of(f->key) };
	buf_free(&b);
	return to;
}

static str title_of(struct web_cx *w, const struct job_info *j, str what)
{
	static const char *const keys[] = { [JOB_WAITING] = "job.title_waiting", [JOB_RUNNING] = "job.title_running", [JOB_DONE] = "job.title_done",
		[JOB_FAILED] = "job.title_failed", [JOB_CANCELLED] = "job.title_cancelled" };
	return SAY(w, j->stopping ? "job.title_stopping" : keys[j->state], what);
}

static void page_job(struct web_cx *w)
{
	static const enum view_job_state states[] = { [JOB_WAITING] = VIEW_JOB_STATE_WAITING, [JOB_RUNNING] = VIEW_JOB_STATE_RUNNING,
		[JOB_DONE] = VIEW_JOB_STATE_DONE, [JOB_FAILED] = VIEW_JOB_STATE_FAILED, [JOB_CANCELLED] = VIEW_JOB_STATE_CANCELLED };
	struct job_info j;
	enum err e = job_get(w->cx, w->app, w->actor, (int64_t)web_id(w, "job"), &j);
	if (e) {
		web_fail(w, e);
		return;
	}
	str what = say(w, arena_printf(w->mem, "job.kind.%.*s", STR_ARG(j.kind)).p);
	struct view_job v = { .title = title_of(w, &j, what), .kind = j.kind, .what = what, .id = (uint64_t)j.id, .state = states[j.state],
		.stopping = j.stopping, .ended = j.ended, .done = j.done, .created = j.created_at, .result = j.result, .may_cancel = j.may_cancel };
	if (j.total > 0) {
		v.total = some_int(j.total);
		v.share = some_rate(j.done < j.total ? j.done : j.total, j.total);
	}
	if (j.started_at)
		v.started = some_time(j.started_at);
	if (j.finished_at)
		v.finished = some_time(j.finished_at);
	v.faults = NEW_ARRAY(w->mem, struct view_job_fault, j.n_faults + 1);
	for (; v.n_faults < j.n_faults; v.n_faults++)
		v.faults[v.n_faults] = fault_of(w, &j.faults[v.n_faults]);
	if (!j.ended)
		web_header(w, "Refresh", STR(REFRESH_S));
	web_cache(w, -1);
	reply_job(w, &v);
}

static void page_cancel(struct web_cx *w)
{
	int64_t id = (int64_t)web_id(w, "job");
	enum err e = job_cancel(w->cx, w->app, w->actor, id);
	if (e)
		web_fail(w, e);
	else
		web_redirect(w, job_path(w->cx, id));
}

const struct web_route routes_job[] = {
	{ WEB_GET, "/cong-viec/{job:id}", page_job, "public", .view = "job",
		.doc = { "Công việc chạy nền: tiến độ, kết thúc, thông báo", "Work in the background: progress, end, messages" } },
	{ WEB_POST, "/cong-viec/{job:id}/huy", page_cancel, "public",
		.doc = { "Hủy một công việc chạy nền", "Cancels work in the background" } },
	{ 0 },
};
