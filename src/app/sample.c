#include <sodium.h>
#include "app/audit.h"
#include "app/sample_inner.h"
#include "db/response.h"
#include "db/survey_case.h"

const char sample_frame_heading[] = "unit,place,stratum,cluster,subcluster,size,certain,sd,cost,wanted\n";

static enum err refuse(cx *c, enum err code, const char *key, str value)
{
	return cx_fail(c, code, key, (place){ 0 }, value);
}

/* ---- what there is ---- */

static str design_key(arena *mem, const db_sample_unit *u)
{
	return arena_printf(mem, "%.*s\n%.*s\n%.*s", STR_ARG(u->stratum), STR_ARG(u->psu), STR_ARG(u->weight));
}

/* Answers carry stratum, unit and weight: where few share them, the answer could be told from the list. */
static void count_exposed(cx *c, struct sample_info *s)
{
	map n = { 0 };
	for (size_t i = 0; i < s->units.n; i++)
		if (!s->units.p[i].reserve)
			++*map_put(c->mem, &n, design_key(c->mem, &s->units.p[i]), NULL);
	for (size_t i = 0; i < s->units.n; i++)
		if (!s->units.p[i].reserve)
			s->exposed += *map_get(&n, design_key(c->mem, &s->units.p[i])) < SAMPLE_CROWD;
}

/* Units that are cases already, and whether somebody worked on them. */
static enum err count_cases(cx *c, db_conn *k, int64_t survey_id, struct sample_info *s, bool *touched)
{
	db_case_mark_list marks;
	map known = { 0 };
	enum err e = db_case_marks(c, k, survey_id, &marks);
	for (size_t i = 0; i < marks.n; i++)
		*map_put(c->mem, &known, marks.p[i].code, NULL) = 1 + marks.p[i].touched;
	for (size_t i = 0; i < s->units.n; i++) {
		const int64_t *mark = map_get(&known, s->units.p[i].unit);
		bool asked = sample_is_asked(&s->units.p[i]);
		s->asked += asked;
		s->cases += asked && mark;
		*touched |= mark && *mark > 1;
	}
	return e;
}

enum err sample_load(cx *c, db_conn *k, int64_t survey_id, struct sample_info *out)
{
	int64_t answers = 0;
	bool touched = false;
	*out = (struct sample_info){ 0 };
	enum err e = db_frame_all(c, k, survey_id, &out->frames);
	if (!e)
		e = db_draw_last(c, k, survey_id, &out->draw);
	if (e == ERR_NOTFOUND)
		return ERR_OK;
	out->drawn = !e;
	if (!e)
		e = db_sample_all(c, k, out->draw.id, &out->units);
	if (!e)
		e = db_response_count(c, k, survey_id, &answers);
	if (!e)
		e = count_cases(c, k, survey_id, out, &touched);
	for (size_t i = 0; i < out->units.n; i++)
		out->replaced += out->units.p[i].replaces != 0;
	out->begun = answers > 0 || out->replaced > 0 || touched;
	return e;
}

enum err sample_of(cx *c, struct app *a, const struct survey_info *s, struct sample_info *out)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = sample_load(c, k, s->id, out);
	if (!e)
		count_exposed(c, out);
	return e;
}

/* ---- a draw ---- */

struct draw_work {
	const struct actor *who;
	const struct survey_info *s;
	db_draw d;
	db_sample_unit *units;
	size_t n;
};

static enum err store_draw(cx *c, db_conn *k, void *arg)
{
	struct draw_work *w = arg;
	struct sample_info now;
	enum err e = sample_load(c, k, w->s->id, &now);
	if (!e && now.begun)
		e = refuse(c, ERR_CONFLICT, "sample.begun", w->s->code);
	if (!e)
		e = sample_cases_drop(c, k, w->s, &now);
	if (!e)
		e = db_draw_put(c, k, &w->d);
	if (!e)
		e = db_sample_put(c, k, w->d.id, w->units, w->n);
	str detail = arena_printf(c->mem, "{\"seed\":%lld,\"drawn\":%lld}", (long long)w->d.seed, (long long)w->d.drawn);
	return e ? e : audit_add(c, k, w->who, "sample.draw", w->s->code, detail);
}

static str number_text(cx *c, double x)
{
	buf b;
	buf_init(&b, 64);
	buf_double(&b, x);
	str s = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static str cell_of(const frame *f, const char *name, size_t row)
{
	for (size_t k = 0; k < f->columns.n; k++) {
		const struct frame_column *col = f->columns.p[k];
		if (str_is(col->name, name))
			return col->code[row] == FRAME_MISSING ? (str){ 0 } : col->level[col->code[row]];
	}
	return (str){ 0 };
}

/* The group of the last stage: its stratum and the units above. */
static str group_of(const struct sample_list *l, arena *mem, size_t row)
{
	str s = l->sums.p[l->plan.stratum ? l->plan.stratum[row] : 0].label;
	for (int k = 0; k + 1 < l->plan.stages; k++) {
		str unit = l->unit[k]->level[l->unit[k]->code[row]];
		s = s.len ? arena_printf(mem, "%.*s/%.*s", STR_ARG(s), STR_ARG(unit)) : unit;
	}
	return s;
}

/* Of a household: who is asked there. */
static str person_of(const struct sample_list *l, size_t row)
{
	if (l->kish)
		return str_of(sample_kish_name(l->kish[row]));
	return l->wish.person == SAMPLE_BIRTHDAY ? STR(CASE_BIRTHDAY) : (str){ 0 };
}

static void fill_units(cx *c, const struct sample_list *l, struct draw_work *w)
{
	const uint32_t *order = sample_list_order(l, c->mem);
	w->n = l->drawn + l->reserves;
	w->units = NEW_ARRAY(c->mem, db_sample_unit, w->n + 1);
	for (size_t i = 0; i < w->n; i++) {
		size_t row = order[i];
		const struct sample_row *r = &l->row[row];
		double p = sample_list_p(l, row);
		bool own = !l->unit[r->own]; /* is its own primary unit */
		w->units[i] = (db_sample_unit){ .no = (int64_t)i + 1, .unit = cell_of(l->f, "unit", row), .place = cell_of(l->f, "place", row),
			.reserve = r->role == SAMPLE_RESERVE, .turn = r->turn, .grp = group_of(l, c->mem, row), .probability = number_text(c, p),
			.weight = number_text(c, 1 / p), .stratum = sample_list_stratum(l, c->mem, row),
			.psu = own ? (str){ 0 } : sample_list_psu(l, c->mem, row), .person = person_of(l, row) };
	}
}

static enum err frame_text(cx *c, struct app *a, const struct survey_info *s, int64_t *id, str *name, str *text)
{
	DB_READER(k);
	db_frame f;
	db_frame_list all = { 0 };
	enum err e = db_reader(c, a->db, &k);
	if (!e && !*id)
		e = db_frame_all(c, k, s->id, &all);
	if (!e && !*id && all.n)
		*id = all.p[0].id;
	if (!e)
		e = *id ? db_frame_get(c, k, *id, &f) : ERR_NOTFOUND;
	if (e == ERR_NOTFOUND || (!e && f.survey_id != s->id))
		return refuse(c, ERR_INPUT, "sample.no_frame", s->code);
	*name = e ? (str){ 0 } : f.name;
	return e ? e : db_frame_text(c, k, *id, "units", text);
}

enum err sample_make(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, int64_t frame_id, const struct sample_wish *wish,
	struct sample_list **list)
{
	str name, text;
	enum err e = actor_may(c, a, who, "survey", "sample", 0);
	if (!e)
		e = frame_text(c, a, s, &frame_id, &name, &text);
	if (!e)
		e = sample_list_draw(c, csv_open_mem(c, name, text, &(csv_options){ .delimiter = ',', .encoding = CSV_UTF8 }), name, wish, list);
	if (e)
		return e;
	const struct sample_list *l = *list;
	struct draw_work w = { .who = who,
		.s = s,
		.d = { .survey_id = s->id,
			.frame_id = frame_id,
			.seed = (int64_t)wish->seed,
			.stages = wish->stages,
			.strata = wish->strata,
			.allocate = wish->allocate.len ? wish->allocate : STR("proportional"),
			.sd = wish->sd,
			.cost = wish->cost,
			.least = wish->least,
			.reserve = wish->reserve,
			.person = str_of(sample_person_word(wish->person)),
			.frame_sha256 = l->frame_hash,
			.drawn = (int64_t)l->drawn,
			.reserves = (int64_t)l->reserves,
			.actor = who->login } };
	fill_units(c, l, &w);
	return db_tx(c, a->db, DB_WRITE, store_draw, &w);
}

enum err sample_frame_units(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str *text)
{
	DB_READER(k);
	db_draw d;
	str name;
	int64_t id = 0;
	enum err e = actor_may(c, a, who, "survey", "sample", 0);
	if (!e)
		e = db_reader(c, a->db, &k);
	if (!e && !(e = db_draw_last(c, k, s->id, &d)))
		id = d.frame_id;
	return e && e != ERR_NOTFOUND ? e : frame_text(c, a, s, &id, &name, text);
}

/* Quoted for a shell. */
static void put_word(buf *b, const char *option, str value)
{
	if (!value.len)
		return;
	buf_printf(b, " --%s '", option);
	for (size_t i = 0; i < value.len; i++)
		if (value.p[i] == '\'')
			buf_addz(b, "'\\''");
		else
			buf_char(b, value.p[i]);
	buf_char(b, '\'');
}

str sample_command(cx *c, const db_draw *d, str file)
{
	buf b;
	buf_init(&b, 0);
	buf_printf(&b, "thuocdo sample draw %.*s --seed %lld", STR_ARG(file), (long long)d->seed);
	put_word(&b, "stages", d->stages);
	put_word(&b, "strata", d->strata);
	put_word(&b, "allocate", d->allocate);
	put_word(&b, "sd", d->sd);
	put_word(&b, "cost", d->cost);
	if (d->least)
		buf_printf(&b, " --min %lld", (long long)d->least);
	if (d->reserve)
		buf_printf(&b, " --reserve %lld", (long long)d->reserve);
	if (!str_is(d->person, sample_person_word(SAMPLE_UNIT)))
		buf_printf(&b, " --person %.*s", STR_ARG(d->person));
	str s = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

/* ---- standing in ---- */

struct stand_in {
	const struct actor *who;
	const struct survey_info *s;
	int64_t no;
	str reason;
	enum case_outcome how;
	db_sample_unit *by;
};

static enum err store_stand_in(cx *c, db_conn *k, void *arg)
{
	struct stand_in *w = arg;
	struct sample_info now;
	const db_sample_unit *of = NULL, *by = NULL;
	enum err e = sample_load(c, k, w->s->id, &now);
	for (size_t i = 0; i < now.units.n; i++)
		if (now.units.p[i].no == w->no)
			of = &now.units.p[i];
	if (e)
		return e;
	if (!of || (of->reserve && !of->replaces))
		return refuse(c, ERR_INPUT, "sample.no_unit", arena_printf(c->mem, "%lld", (long long)w->no));
	for (size_t i = 0; i < now.units.n; i++) {
		const db_sample_unit *u = &now.units.p[i];
		if (u->reserve && !u->replaces && str_eq(u->grp, of->grp) && (!by || u->turn < by->turn))
			by = u;
	}
	if (!by)
		return refuse(c, ERR_CONFLICT, "sample.no_reserve", of->grp);
	e = db_sample_replace(c, k, now.draw.id, of->no, by->no, w->reason);
	if (e == ERR_CONFLICT)
		return refuse(c, e, "sample.replaced", of->unit);
	if (!e)
		e = sample_case_swap(c, k, &now, w->s, of, by, w->how);
	*w->by = *by;
	str detail = arena_printf(c->mem, "{\"no\":%lld,\"by\":%lld}", (long long)of->no, (long long)by->no);
	return e ? e : audit_add(c, k, w->who, "sample.replace", w->s->code, detail);
}

enum err sample_stand_in(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, int64_t no, str reason, enum case_outcome how,
	db_sample_unit *by)
{
	struct stand_in w = { who, s, no, str_trim(reason), how == CASE_NEW ? CASE_NO_CONTACT : how, by };
	enum err e = actor_may(c, a, who, "survey", "sample", 0);
	if (!e && (!case_is_over(w.how) || w.how == CASE_COMPLETED || w.how == CASE_QUOTA_FULL))
		e = refuse(c, ERR_INPUT, "case.outcome", str_of(case_outcome_word(w.how)));
	if (!e && (w.reason.len < 3 || w.reason.len > 400))
		e = refuse(c, ERR_INPUT, "sample.reason", w.reason);
	return e ? e : db_tx(c, a->db, DB_WRITE, store_stand_in, &w);
}

/* ---- personal data ---- */

struct forget {
	const struct actor *who;
	const struct survey_info *s;
};

static enum err store_forget(cx *c, db_conn *k, void *arg)
{
	const struct forget *w = arg;
	int64_t pieces = 0;
	enum err e = db_frame_forget(c, k, w->s->id, &pieces);
	return e ? e : audit_add(c, k, w->who, "sample.forget", w->s->code, STR("{}"));
}

enum err sample_forget(cx *c, struct app *a, const struct actor *who, const struct survey_info *s)
{
	struct forget w = { who, s };
	enum err e = actor_may(c, a, who, "survey", "sample", 0);
	return e ? e : db_tx(c, a->db, DB_WRITE, store_forget, &w);
}

/* ---- the list ---- */

enum err sample_contacts_read(cx *c, db_conn *k, int64_t frame_id, struct sample_contacts *out)
{
	str text;
	csv_record r;
	enum err e = db_frame_text(c, k, frame_id, "contacts", &text);
	if (e || !text.len)
		return e;
	csv *in = csv_open_mem(c, STR("contacts"), text, &(csv_options){ .delimiter = ',', .encoding = CSV_UTF8 });
	for (bool head = true; csv_read(in, &r); head = false) {
		if (head || r.n != SAMPLE_CONTACT_CELLS + 1)
			continue;
		*map_put(c->mem, &out->at, arena_str(c->mem, r.cell[0]), NULL) = (int64_t)(out->cells.n / SAMPLE_CONTACT_CELLS) + 1;
		for (int n = 1; n <= SAMPLE_CONTACT_CELLS; n++)
			*VEC_PUSH(c->mem, &out->cells) = arena_str(c->mem, r.cell[n]);
	}
	csv_close(in);
	return ERR_OK;
}

const str *sample_contact(const struct sample_contacts *all, str unit)
{
	const int64_t *at = map_get(&all->at, unit);
	return at ? &all->cells.p[(size_t)(*at - 1) * SAMPLE_CONTACT_CELLS] : NULL;
}

bool sample_any_psu(const db_sample_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->p[i].psu.len)
			return true;
	return false;
}

str sample_psu(arena *mem, const db_sample_unit *u, bool mixed)
{
	unsigned char random[9];
	char text[20];
	if (!mixed || u->psu.len)
		return u->psu;
	randombytes_buf(random, sizeof random);
	sodium_bin2base64(text, sizeof text, random, sizeof random, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return arena_str(mem, str_of(text));
}

static void put_unit(buf *b, const struct survey_info *s, const db_sample_unit *u, str psu, str ask, const struct sample_contacts *who)
{
	const str cells[] = { s->code, u->unit, u->place, u->stratum, psu, u->weight };
	for (size_t k = 0; k < 6; k++) {
		csv_cell(b, cells[k]);
		buf_char(b, ',');
	}
	buf_printf(b, "%s,%s,", u->reserve ? "reserve" : "main", u->reason.len ? "replaced" : u->reserve && !u->replaces ? "waiting" : "asked");
	if (u->replaces)
		buf_printf(b, "%lld", (long long)u->replaces);
	buf_char(b, ',');
	csv_cell(b, u->grp);
	buf_printf(b, ",%.*s,", STR_ARG(u->person));
	csv_cell(b, ask);
	const str *cells_of = sample_contact(who, u->unit);
	for (size_t k = 0; k < SAMPLE_CONTACT_CELLS && who->cells.n; k++) {
		buf_char(b, ',');
		if (cells_of)
			csv_cell(b, cells_of[k]);
	}
	buf_char(b, '\n');
}

enum err sample_csv(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, bool with_contacts, enum lang lang, buf *b)
{
	DB_READER(k);
	struct sample_info now;
	struct sample_contacts people = { 0 };
	enum err e = actor_may(c, a, who, "survey", "sample", 0);
	if (!e)
		e = db_reader(c, a->db, &k);
	if (!e)
		e = sample_load(c, k, s->id, &now);
	if (!e && !now.drawn)
		e = refuse(c, ERR_NOTFOUND, "sample.not_drawn", s->code);
	if (!e && with_contacts)
		e = sample_contacts_read(c, k, now.draw.frame_id, &people);
	if (e)
		return e;
	buf_printf(b, "survey,code,place,stratum,psu,weight,role,state,replaces,group,person,ask%s\n", people.cells.n ? ",name,phone,email,address" : "");
	bool mixed = sample_any_psu(&now.units);
	for (size_t i = 0; i < now.units.n; i++)
		put_unit(b, s, &now.units.p[i], sample_psu(c->mem, &now.units.p[i], mixed), survey_case_ask(c->mem, now.units.p[i].person, lang), &people);
	return ERR_OK;
}

/* ---- the demo ---- */

#define DEMO_SURVEY "ho-2026"

enum err sample_demo(cx *c, struct app *a)
{
	struct survey_info s;
	struct sample_info now;
	struct sample_list *l;
	const struct sample_wish wish = { .seed = 2026, .strata = STR("stratum"), .stages = STR("cluster:pps:6:size:certain,:srs:10"), .reserve = 3,
		.person = SAMPLE_KISH };
	struct actor who = actor_system("demo");
	enum err e = survey_get(c, a, STR(DEMO_SURVEY), &s);
	if (!e)
		e = sample_of(c, a, &s, &now);
	return e == ERR_NOTFOUND ? ERR_OK : e || now.drawn ? e : sample_make(c, a, &who, &s, 0, &wish, &l);
}

enum err sample_demo_cases(cx *c, struct app *a)
{
	struct survey_info s;
	struct sample_cases done;
	struct actor who = actor_system("demo");
	enum err e = survey_get(c, a, STR(DEMO_SURVEY), &s);
	return e == ERR_NOTFOUND ? ERR_OK : e ? e : sample_cases_make(c, a, &who, &s, STR("dieutravien"), &done);
}
