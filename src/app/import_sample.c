/* Frames of samples: who could be asked. Names, telephones and addresses go apart from the units. */
#include "app/import_row.h"
#include "app/sample.h"
#include "base/hash.h"
#include "db/sample.h"
#include "db/survey.h"
#include "engine/answer_match.h"
#include "engine/est_frame.h"

enum {
	F_SURVEY,
	F_KIND,
	F_UNIT,
	F_NAME,
	F_PHONE,
	F_EMAIL,
	F_ADDRESS,
	F_PLACE,
	F_STRATUM,
	F_CLUSTER,
	F_SUBCLUSTER,
	F_SIZE,
	F_CERTAIN,
	F_SD,
	F_COST,
	F_WANTED,
	FRAME_COLUMNS
};
enum { FRAME_TEXT = 64 << 20, CELL = 120 };

static const struct table_column columns[FRAME_COLUMNS] = {
	{ "survey", true, true },
	{ "kind", false, false },
	{ "unit", true, true },
	{ "name", false, true },
	{ "phone", false, true },
	{ "email", false, false },
	{ "address", false, true },
	{ "place", false, true },
	{ "stratum", false, true },
	{ "cluster", false, true },
	{ "subcluster", false, true },
	{ "size", false, false },
	{ "certain", false, true },
	{ "sd", false, false },
	{ "cost", false, false },
	{ "wanted", false, false },
};

static const char contacts_heading[] = "unit,name,phone,email,address\n";

static const char *const kinds[] = { "households", "dossiers", "users", "delegates", "other", NULL };

struct frame_rows {
	db_frame f;
	buf units, contacts;
	struct cx_hold hold;
	map seen;
};

static void drop(void *state)
{
	struct frame_rows *s = state;
	buf_free(&s->units);
	buf_free(&s->contacts);
}

/* The first row says which survey and what kind of list; the others must agree. */
static void begin(struct import_job *j, struct frame_rows *s)
{
	db_survey survey;
	buf_init(&s->units, FRAME_TEXT);
	buf_init(&s->contacts, FRAME_TEXT);
	cx_hold(j->c, &s->hold, drop, s);
	buf_addz(&s->units, sample_frame_heading);
	buf_addz(&s->contacts, contacts_heading);
	s->f = (db_frame){ .rows = 1, .name = j->name, .kind = STR("other"), .actor = str_of(j->opt->actor ? j->opt->actor : "system") };
	if (db_survey_by_code(j->c, j->conn, j->t.cell[F_SURVEY], &survey))
		import_fault(j, "import.no_survey", F_SURVEY);
	else
		s->f.survey_id = survey.id;
	if (j->t.cell[F_KIND].len)
		s->f.kind = (str){ 0 };
	for (int k = 0; kinds[k]; k++)
		if (str_is(j->t.cell[F_KIND], kinds[k]))
			s->f.kind = str_of(kinds[k]);
	if (!s->f.kind.len)
		import_fault(j, "import.frame_kind", F_KIND);
	s->f.sha256 = import_text(j, F_SURVEY); /* kept here until the hash is known */
}

static void put_cells(struct import_job *j, buf *b, const int *which, int n)
{
	for (int k = 0; k < n; k++) {
		if (j->t.cell[which[k]].len > CELL)
			import_fault(j, "import.frame_long", which[k]);
		csv_cell(b, j->t.cell[which[k]]);
		buf_char(b, k + 1 < n ? ',' : '\n');
	}
}

/* The cell as the program writes numbers from here on. */
static void check_number(struct import_job *j, int column, bool zero)
{
	double x;
	/* people and money: "1.200" would be 1.2 here, and is twelve hundred on our pages */
	if (column != F_SD && !j->opt->decimal && match_thousands(j->t.cell[column])) {
		import_fault(j, "import.thousands", column);
		return;
	}
	str s = j->t.cell[column] = import_number(j, column);
	if (s.len && !(frame_parse(s, &x) && (zero ? x >= 0 : x > 0) && x < 1e15))
		import_fault(j, "import.frame_number", column);
}

static void read_unit(struct import_job *j, void *state)
{
	static const int units[] = { F_UNIT, F_PLACE, F_STRATUM, F_CLUSTER, F_SUBCLUSTER, F_SIZE, F_CERTAIN, F_SD, F_COST, F_WANTED };
	static const int contacts[] = { F_UNIT, F_NAME, F_PHONE, F_EMAIL, F_ADDRESS };
	struct frame_rows *s = state;
	if (!s->f.rows++)
		begin(j, s);
	if (!str_eq(j->t.cell[F_SURVEY], s->f.sha256))
		import_fault(j, "import.frame_one", F_SURVEY);
	if (j->t.cell[F_KIND].len && !str_eq(j->t.cell[F_KIND], s->f.kind) && s->f.kind.len)
		import_fault(j, "import.frame_kind", F_KIND);
	import_once(j, &s->seen, import_required(j, F_UNIT), F_UNIT);
	check_number(j, F_SIZE, true);
	check_number(j, F_SD, true);
	check_number(j, F_COST, false);
	import_int(j, F_WANTED, 0, SAMPLE_MAX_ROWS, 0);
	put_cells(j, &s->units, units, 10);
	if (j->t.cell[F_NAME].len || j->t.cell[F_PHONE].len || j->t.cell[F_EMAIL].len || j->t.cell[F_ADDRESS].len)
		put_cells(j, &s->contacts, contacts, 5);
	if (buf_full(&s->units) || buf_full(&s->contacts))
		import_fault(j, "import.frame_big", F_UNIT);
}

static enum err put_frame(struct import_job *j, void *state, size_t from, size_t n)
{
	struct frame_rows *s = state;
	(void)from;
	bool empty = s->contacts.len == strlen(contacts_heading);
	j->changed += (int64_t)(n ? s->f.rows : 0);
	return db_frame_put(j->c, j->conn, &s->f, buf_str(&s->units), empty ? STR("") : buf_str(&s->contacts));
}

static enum err write_frame(struct import_job *j, void *state)
{
	struct frame_rows *s = state;
	s->f.sha256 = hash_sha256(j->c->mem, buf_str(&s->units));
	return import_at_once(j, s->f.rows ? 1 : 0, put_frame, state, NULL);
}

const struct import_kind import_frame = { "frame", columns, FRAME_COLUMNS, sizeof(struct frame_rows), read_unit, write_frame };
