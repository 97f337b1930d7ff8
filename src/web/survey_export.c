/* survey_export: the anonymised answers of a survey as one file. */
#include "web/survey_result.h"
#include <errno.h>
#include <unistd.h>
#include "app/actor.h"
#include "app/survey_export.h"
#include "web/pages.h"

/* An example may be had by everybody once it is published for good; anything else by those with the right. */
bool survey_data_shown(const struct web_cx *w, const struct survey_info *s)
{
	return (s->illustrative && s->is_public == SURVEY_PUBLISHED) || actor_can(w->actor, STR("survey"), STR("export"));
}

/* Which answers are flagged is for who checks them. */
static bool may_check(const struct web_cx *w)
{
	return actor_can(w->actor, STR("survey"), STR("check"));
}

static enum err send_zip(struct web_cx *w, const struct survey_info *s)
{
	const struct survey_export_options opt = { .flags = may_check(w) };
	struct survey_export x;
	int fd = web_spool(w);
	enum err e = fd < 0 ? ERR_IO : survey_export_make(w->cx, w->app, s, &opt, &x);
	if (!e)
		e = survey_export_zip(w->cx, &x, fd);
	off_t size = e ? 0 : lseek(fd, 0, SEEK_CUR);
	if (e)
		return e;
	web_download(w, arena_printf(w->mem, "%.*s.zip", STR_ARG(s->code)));
	web_send_file(w, "application/zip", fd, (uint64_t)size);
	return ERR_OK;
}

static enum err send_workbook(struct web_cx *w, const struct survey_info *s)
{
	const struct survey_export_options opt = { .flags = may_check(w) };
	struct survey_export x;
	str bytes;
	enum err e = survey_export_workbook(w->cx, w->app, s, &opt, &x, &bytes);
	if (e)
		return e;
	web_download(w, arena_printf(w->mem, "%.*s.xlsx", STR_ARG(s->code)));
	web_bytes(w, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", bytes);
	return ERR_OK;
}

static void page_data(struct web_cx *w)
{
	struct survey_info s;
	enum err e = survey_get(w->cx, w->app, web_text(w, "survey"), &s);
	if (!e && !survey_data_shown(w, &s))
		e = cx_fail(w->cx, ERR_DENIED, "survey_export.not_public", (place){ 0 }, (str){ 0 });
	if (!e)
		e = web_enum(w, "dang") == 1 ? send_workbook(w, &s) : send_zip(w, &s);
	if (e)
		web_fail(w, e);
	else if (may_check(w))
		web_cache(w, -1);
}

const struct web_route routes_survey_export[] = {
	{ WEB_GET, "/khao-sat/{survey}/du-lieu", page_data, "public", .lane = LANE_SLOW, .faces = FACE_HTML, .section = "khao-sat",
		.doc = { "Dữ liệu ẩn danh của khảo sát, một tệp ZIP hoặc XLSX", "Anonymised data of a survey, as ZIP or XLSX" },
		.in = WEB_INPUTS({ "survey", IN_TEXT, .max = 60, .doc = { "mã khảo sát", "code of the survey" } },
			{ "dang", IN_ENUM, .values = "zip xlsx", .def = "zip", .doc = { "zip (CSV và R) hoặc xlsx", "zip (CSV and R) or xlsx" } }) },
	{ 0 },
};
