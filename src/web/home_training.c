/* The training store: anybody may set it back to its first day, with one button. */
#include "app/app.h"
#include "web/pages.h"

static void page_training_reset(struct web_cx *w)
{
	if (!w->app->sandbox) {
		web_error(w, 404);
		return;
	}
	enum err e = app_reset(w->cx, w->app);
	if (e)
		web_fail(w, e);
	else
		web_redirect(w, STR("/"));
}

const struct web_route routes_training[] = {
	{ .method = WEB_POST,
		.path = "/tap-huan/dat-lai",
		.page = page_training_reset,
		.may = "public",
		.lane = LANE_SLOW,
		.doc = { "Đặt lại kho tập huấn như ngày đầu (chỉ khi chạy với --sandbox)",
			"Sets the training store back to its first day (only with --sandbox)" } },
	{ 0 },
};
