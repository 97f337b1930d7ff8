/* The training store: anybody may set it back to its first day, with one button. */
#include "app/job.h"
#include "web/pages.h"

static void page_training_reset(struct web_cx *w)
{
	if (!w->app->sandbox) {
		web_error(w, 404);
		return;
	}
	static const struct actor nobody;
	int64_t id = 0;
	enum err e = job_start(w->cx, w->app, &nobody, "training.reset", STR(""), &id);
	if (e)
		web_fail(w, e);
	else
		web_redirect(w, job_path(w->cx, id));
}

const struct web_route routes_training[] = {
	{ .method = WEB_POST,
		.path = "/tap-huan/dat-lai",
		.page = page_training_reset,
		.may = "public",
		.doc = { "Đặt lại kho tập huấn như ngày đầu (chỉ khi chạy với --sandbox); chuyển đến công việc chạy nền",
			"Sets the training store back to its first day (only with --sandbox); leads to the work in the background" } },
	{ 0 },
};
