#include "app/questionnaire_note.h"
#include "engine/xpath.h"

/* ---- notes of reading, a line each: key, place, value, what else the words take ---- */

str form_notes_text(cx *c, size_t from)
{
	buf b, at;
	buf_init(&b, 0);
	buf_init(&at, 4096);
	for (size_t i = from, n = 0; i < c->n_faults && n < FORM_NOTES_MAX; i++) {
		const fault *f = &c->faults[i];
		if (f->level == FAULT_ERROR)
			continue;
		buf_clear(&at);
		po_place(&at, &f->at);
		buf_printf(&b, "%s,", f->key);
		csv_cell(&b, buf_str(&at));
		buf_char(&b, ',');
		csv_cell(&b, f->value);
		for (int k = 0; k < FAULT_ARGS; k++) {
			buf_char(&b, ',');
			csv_cell(&b, f->arg[k]);
		}
		buf_char(&b, '\n');
		n++;
	}
	str s = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	buf_free(&at);
	return s;
}

void form_notes_read(cx *c, str text, struct form_notes *out)
{
	csv_record r;
	*out = (struct form_notes){ 0 };
	if (!text.len)
		return;
	csv *in = csv_open_mem(c, STR("notes"), text, &(csv_options){ .delimiter = ',', .encoding = CSV_UTF8 });
	while (csv_read(in, &r) && r.n == 3 + FAULT_ARGS) {
		fault *f = VEC_PUSH(c->mem, out);
		*f = (fault){ .level = FAULT_NOTE, .key = arena_cstr(c->mem, r.cell[0]), .at = { .file = arena_str(c->mem, r.cell[1]) },
			.value = arena_str(c->mem, r.cell[2]) };
		for (int k = 0; k < FAULT_ARGS; k++)
			f->arg[k] = arena_str(c->mem, r.cell[3 + k]);
	}
	csv_close(in);
}

/* ---- what XPath cannot say ---- */

void form_gaps_of(cx *c, const questionnaire *q, struct form_gaps *out)
{
	size_t faults = c->n_faults, errors = c->n_errors;
	buf b;
	buf_init(&b, 0);
	*out = (struct form_gaps){ 0 };
	for (int32_t i = 0; i < (int32_t)q->items.n; i++) {
		const struct question *x = &q->items.p[i];
		struct xpath_out o = { .c = c, .q = q, .ref = xpath_ref_name, .self = NO_ITEM };
		bool whole;
		for (int check = 0; check < 2; check++) {
			size_t before = c->n_faults;
			o.self = check ? i : NO_ITEM;
			buf_clear(&b);
			enum err e = check ? question_is_asked(x) ? xpath_constraint(&o, &whole, &b) : ERR_OK
				: x->show_if       ? xpath_write(&o, x->show_if, &b) : ERR_OK;
			if (e)
				*VEC_PUSH(c->mem, out) = (struct form_gap){ x->code, c->n_faults > before ? c->faults[before].value : STR(""), check };
		}
	}
	c->n_faults = faults;
	c->n_errors = errors;
	buf_free(&b);
}
