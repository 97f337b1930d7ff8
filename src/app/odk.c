#include "app/odk.h"
#include <stdlib.h>
#include "app/file.h"
#include "app/response.h"
#include "app/survey_stray.h"
#include "base/hash.h"
#include "base/vn.h"
#include "db/file.h"
#include "db/response.h"
#include "format/xform.h"

static enum err fail(cx *c, enum err e, const char *key, str value)
{
	return cx_fail(c, e, key, (place){ 0 }, value);
}

static enum err may(cx *c, struct app *a, const struct actor *who)
{
	return actor_may(c, a, who, "survey", "interview", 0);
}

/* ---- forms ---- */

/* By code: the hash of a form shall change with the cases, not with their attempts. */
static int by_code(const void *a, const void *b)
{
	return str_cmp(((const struct survey_case *)a)->code, ((const struct survey_case *)b)->code);
}

static enum err xform_of(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str *xml)
{
	struct survey_place_list places;
	struct survey_case_list cases;
	enum err e = survey_places(c, a, s, &places);
	if (!e)
		e = survey_cases(c, a, who, s, &cases);
	if (e)
		return e;
	if (cases.n)
		qsort(cases.p, cases.n, sizeof *cases.p, by_code);
	return odk_xform(c, s->q, &(struct odk_wish){ s->code, s->version, &places, &cases, s->tokens }, xml);
}

/* A survey whose conditions an app cannot follow is left out of the list; asked for by name, it says why. */
enum err odk_forms(cx *c, struct app *a, const struct actor *who, struct odk_forms *out)
{
	struct survey_list all;
	*out = (struct odk_forms){ 0 };
	enum err e = may(c, a, who);
	if (!e)
		e = survey_all(c, a, &all);
	for (size_t i = 0; !e && i < all.n; i++) {
		struct survey_info s;
		str xml;
		size_t faults = c->n_faults, errors = c->n_errors;
		if (all.p[i].gate != SURVEY_TAKES)
			continue;
		e = survey_get(c, a, all.p[i].code, &s);
		if (!e && xform_of(c, a, who, &s, &xml)) {
			c->n_faults = faults;
			c->n_errors = errors;
		} else if (!e)
			*VEC_PUSH(c->mem, out) = (struct odk_form){ s.code, { s.name[LANG_VI], s.name[LANG_EN] }, xform_hash(c->mem, xml), s.version };
	}
	return e;
}

static enum err find(cx *c, struct app *a, str id, struct survey_info *s)
{
	enum err e = survey_get(c, a, id, s);
	return e == ERR_NOTFOUND ? fail(c, e, "odk.unknown_form", id) : e;
}

enum err odk_form(cx *c, struct app *a, const struct actor *who, str id, str *xml)
{
	struct survey_info s;
	enum err e = may(c, a, who);
	if (!e)
		e = find(c, a, id, &s);
	if (!e && s.gate != SURVEY_TAKES)
		e = fail(c, ERR_NOTFOUND, "odk.unknown_form", id);
	return e ? e : xform_of(c, a, who, &s, xml);
}

/* ---- what comes back ---- */

static str path_of(cx *c, const questionnaire *q, int32_t item)
{
	const struct question *i = &q->items.p[item];
	return i->parent == NO_ITEM ? i->code : arena_printf(c->mem, "%.*s/%.*s", STR_ARG(path_of(c, q, i->parent)), STR_ARG(i->code));
}

static struct given given_of(cx *c, const struct question *i, str text)
{
	VEC(str) values = { 0 };
	str word;
	if (i->kind != ASK_MULTIPLE) {
		*VEC_PUSH(c->mem, &values) = text;
		return (struct given){ values.p, 1 };
	}
	while (str_next(&text, ' ', &word))
		if (str_trim(word).len)
			*VEC_PUSH(c->mem, &values) = str_trim(word);
	return (struct given){ values.p, values.n };
}

/* Fields of the form itself, and notes, which apps send back empty. */
static bool is_own(str path)
{
	static const char *const own[] = { "start", "end", "_phieu", "_noi", "_ma" };
	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
		if (str_is(path, own[i]))
			return true;
	return str_starts(path, STR("meta/")) || (path.len > 6 && memcmp(path.p + path.len - 6, "/_note", 6) == 0);
}

static enum err read_answers(cx *c, const questionnaire *q, const struct xform *x, struct given *given)
{
	map paths = { 0 };
	enum err e = ERR_OK;
	for (int32_t i = 0; i < (int32_t)q->items.n; i++)
		*map_put(c->mem, &paths, path_of(c, q, i), NULL) = i;
	for (size_t i = 0; i < x->leaves.n; i++) {
		const struct xform_leaf *l = &x->leaves.p[i];
		const int64_t *item = map_get(&paths, l->path);
		if (is_own(l->path) || (item && !question_is_asked(&q->items.p[*item])) || (!item && !l->text.len))
			continue;
		if (!item || given[*item].n)
			e = fail(c, ERR_INPUT, "odk.field", l->path);
		else if (l->text.len)
			given[*item] = given_of(c, &q->items.p[*item], l->text);
	}
	return e;
}

static enum err check_version(cx *c, const struct survey_info *s, const struct xform *x)
{
	str now = arena_printf(c->mem, "%d", s->version);
	if (str_eq(x->version, now))
		return ERR_OK;
	fault_arg(c, cx_fault(c, FAULT_ERROR, "odk.version", (place){ 0 }, x->version), 1, now);
	return ERR_INPUT;
}

static enum err read_visit(cx *c, const struct actor *who, const struct xform *x, struct response_visit *v)
{
	str start = xform_leaf(x, "start"), end = xform_leaf(x, "end");
	*v = (struct response_visit){ .user_id = who->user_id };
	if ((start.len && !date_parse_moment(start, &v->started_at)) || (end.len && !date_parse_moment(end, &v->ended_at)))
		return fail(c, ERR_INPUT, "odk.times", start);
	if (start.len && end.len && v->ended_at < v->started_at)
		return fail(c, ERR_INPUT, "odk.times", end);
	return ERR_OK;
}

/* Interviews made before the end of a survey may come in some days after it: the telephone was out of reach. */
static void open_for_late(const cx *c, struct survey_info *s, const struct response_visit *v)
{
	day today = date_of_ms(c->now_ms), then = date_of_ms(v->ended_at);
	if (s->gate == SURVEY_OVER && v->ended_at && today > s->closes_on && today <= s->closes_on + ODK_LATE_DAYS && then >= s->opens_on
		&& then <= s->closes_on)
		s->gate = SURVEY_TAKES;
}

/* ---- files ---- */

struct link {
	int64_t file, response;
};

static enum err put_link(cx *c, db_conn *k, void *arg)
{
	const struct link *l = arg;
	return db_file_ref(c, k, l->file, STR("odk"), l->response);
}

static bool is_there(const struct file_infos *had, const struct odk_file *f)
{
	for (size_t i = 0; i < had->n; i++)
		if (str_eq(had->p[i].name, f->name) && had->p[i].size == f->size)
			return true;
	return false;
}

static enum err add_files(cx *c, struct app *a, const struct actor *who, int64_t response, const struct odk_submission *in)
{
	struct file_infos had = { 0 };
	enum err e = in->n_files ? file_of(c, a, STR("odk"), response, &had) : ERR_OK;
	if (!e && in->n_files + had.n > ODK_FILES_MAX)
		return fail(c, ERR_LIMIT, "odk.files", STR(""));
	for (size_t i = 0; i < in->n_files && !e; i++) {
		const struct odk_file *f = &in->files[i];
		struct file_info info;
		if (is_there(&had, f))
			continue;
		e = file_put(c, a, who, f->name, STR(""), f->fd, f->size, &info);
		struct link l = { info.id, response };
		if (!e)
			e = db_tx(c, a->db, DB_WRITE, put_link, &l);
	}
	return e;
}

enum err odk_file_may(cx *c, struct app *a, const struct actor *who, int64_t response)
{
	(void)response;
	return actor_may(c, a, who, "survey", "view", 0);
}

/* ---- the whole ---- */

/* Which case it is, if the form asked: an answer without one belongs to no sample, but nothing of it may be lost. */
static enum err tie(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str said, struct submission *in, enum stray_reason *why)
{
	*why = STRAY_NO;
	in->interviewer = who->login;
	if (!said.len || str_is(said, ODK_BY_TOKEN))
		return ERR_OK;
	if (!str_is(said, ODK_NO_CASE))
		return survey_case_named(c, a, who, s, said, &in->case_id, why);
	*why = s->tokens ? STRAY_NONE : STRAY_NO;
	return ERR_OK;
}

static bool last_is(const cx *c, const char *key)
{
	return c->n_faults && strcmp(c->faults[c->n_faults - 1].key, key) == 0;
}

static enum err store(cx *c, struct app *a, const struct actor *who, struct survey_info *s, const struct xform *x, str id, int64_t *response,
	struct odk_received *out)
{
	enum stray_reason why;
	str said = xform_leaf(x, "_phieu");
	struct given *given = NEW_ARRAY(c->mem, struct given, s->q->items.n);
	struct response_visit visit;
	enum err e = check_version(c, s, x);
	if (!e)
		e = read_answers(c, s->q, x, given);
	if (!e)
		e = read_visit(c, who, x, &visit);
	if (e)
		return e;
	open_for_late(c, s, &visit);
	struct submission in = { .token = vn_lower(c->mem, xform_leaf(x, "_ma")), .where = xform_leaf(x, "_noi"), .key = id, .mode = "odk", .lang = LANG_VI,
		.given = given, .visit = &visit };
	e = tie(c, a, who, s, said, &in, &why);
	if (!e && !why)
		e = response_submit(c, a, s, &in, &out->again);
	if (e && in.case_id && last_is(c, "response.case_over")) { /* it ended meanwhile */
		c->n_faults = c->n_errors = 0;
		e = ERR_OK;
		why = STRAY_OVER;
	}
	/* Enough of such people were asked already: put aside, and nothing that the interviewer could do about it. */
	if (e && last_is(c, "response.quota_full")) {
		c->n_faults = c->n_errors = 0;
		return ERR_OK;
	}
	out->stray = why != STRAY_NO;
	if (!e && why)
		return survey_stray_keep(c, a, s, &in, str_is(said, ODK_NO_CASE) ? STR("") : said, why, response);
	return e ? e : response_find(c, a, s, id, response);
}

enum err odk_submit(cx *c, struct app *a, const struct actor *who, const struct odk_submission *in, struct odk_received *out)
{
	struct xform x;
	struct survey_info s;
	int64_t response = 0;
	*out = (struct odk_received){ 0 };
	enum err e = may(c, a, who);
	if (!e)
		e = xform_read(c, STR("xml_submission_file"), in->xml, &x);
	if (e)
		return e;
	str id = xform_leaf(&x, "meta/instanceID");
	if (!id.len || id.len > 200)
		return fail(c, ERR_INPUT, "odk.no_instance", id);
	e = find(c, a, x.id, &s);
	/* A form that is there already is not judged again: its survey may be over by now. */
	if (!e)
		e = response_find(c, a, &s, id, &response);
	if (!e && !response) {
		e = survey_stray_find(c, a, &s, id, &response);
		out->stray = response != 0;
	}
	out->again = response != 0;
	if (!e && !response)
		e = store(c, a, who, &s, &x, id, &response, out);
	return e || !response ? e : add_files(c, a, who, response, in);
}

/* ---- as XML ---- */

static str taken(cx *c, buf *b)
{
	str s = arena_str(c->mem, buf_str(b));
	buf_free(b);
	return s;
}

str odk_list_xml(cx *c, const struct odk_forms *forms, enum lang lang, str base)
{
	buf b;
	buf_init(&b, 0);
	buf_addz(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xforms xmlns=\"http://openrosa.org/xforms/xformsList\">\n");
	for (size_t i = 0; i < forms->n; i++) {
		const struct odk_form *f = &forms->p[i];
		buf_addz(&b, "<xform><formID>");
		xform_text(&b, f->id);
		buf_addz(&b, "</formID><name>");
		xform_text(&b, f->name[lang].len ? f->name[lang] : f->name[LANG_VI]);
		buf_printf(&b, "</name><version>%d</version><hash>%.*s</hash><downloadUrl>", f->version, STR_ARG(f->hash));
		xform_text(&b, base);
		buf_addz(&b, "/odk/forms/");
		xform_text(&b, f->id);
		buf_addz(&b, "</downloadUrl></xform>\n");
	}
	buf_addz(&b, "</xforms>\n");
	return taken(c, &b);
}

str odk_message_xml(cx *c, bool good, str text)
{
	buf b;
	buf_init(&b, 0);
	buf_printf(&b, "<OpenRosaResponse xmlns=\"http://openrosa.org/http/response\"><message nature=\"%s\">", good ? "submit_success" : "error");
	xform_text(&b, text);
	buf_addz(&b, "</message></OpenRosaResponse>\n");
	return taken(c, &b);
}
