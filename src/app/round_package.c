#include "app/round_package.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "app/file.h"
#include "base/csv.h"
#include "base/vec.h"
#include "format/xlsx_write.h"
#include "format/zip_out.h"

/* Names that every system takes: no signs of paths, not too long. */
static str safe_name(cx *c, str s)
{
	char *p = arena_alloc(c->mem, s.len + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.len && n < 150; i++)
		p[n++] = strchr("/\\:*?\"<>|", s.p[i]) || (unsigned char)s.p[i] < 32 ? '_' : s.p[i];
	while (n && ((unsigned char)p[n - 1] & 0xC0) == 0x80 && n >= 150) /* not in the middle of a letter */
		n--;
	return (str){ p, n };
}

static str suffix_of(str name)
{
	const char *dot = name.len ? memrchr(name.p, '.', name.len) : NULL;
	size_t n = dot ? name.len - (size_t)(dot - name.p) : 0;
	return n && n <= 8 ? (str){ dot, n } : STR("");
}

static enum err add_proofs(cx *c, struct app *a, struct package *p)
{
	VEC(struct package_proof) list = { 0 };
	for (size_t i = 0; i < p->sheet.n_rows_all; i++) {
		const struct entry_row *r = &p->sheet.rows[i];
		int number = 0;
		for (size_t k = 0; k < r->n_evidence; k++) {
			const struct entry_evidence *x = &r->evidence[k];
			if (x->removed)
				continue;
			struct package_proof *q = VEC_PUSH(c->mem, &list);
			*q = (struct package_proof){ .code = r->code, .kind = x->kind, .title = x->title, .number = x->number, .url = x->url,
				.issued_on = x->issued_on, .file_id = x->file_id };
			number++;
			struct file_info f;
			int64_t as_signed = 0; /* the signed form is handed over in place of the bare one */
			enum err e = x->file_id ? evidence_signed_file(c, a, x->id, &as_signed) : ERR_NOTFOUND;
			if (as_signed)
				q->file_id = as_signed;
			if (!e)
				e = file_get(c, a, q->file_id, &f);
			if (e && e != ERR_NOTFOUND)
				return e;
			if (e || f.erased)
				continue;
			str title = safe_name(c, x->title), suffix = suffix_of(f.name);
			bool has = title.len >= suffix.len && str_eq((str){ title.p + title.len - suffix.len, suffix.len }, suffix);
			q->file_name = arena_printf(c->mem, "%.*s/%02d %.*s%.*s", STR_ARG(r->code), number, STR_ARG(title),
				has ? 0 : (int)suffix.len, suffix.p);
			p->n_files++;
		}
	}
	p->proofs = list.p;
	p->n_proofs = list.n;
	return ERR_OK;
}

enum err package_of(cx *c, struct app *a, const struct actor *who, str round, str unit, struct package *out)
{
	*out = (struct package){ 0 };
	enum err e = entry_load(c, a, who, round, unit, &out->sheet);
	if (!e && !out->sheet.all)
		e = actor_may(c, a, who, "score", "view", out->sheet.unit_id);
	return e ? e : add_proofs(c, a, out);
}

/* ---- as tables ---- */

static void cells(buf *b, const str *cell, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(b, ',');
		csv_cell(b, cell[i]);
	}
	buf_addz(b, "\r\n");
}

static str figure_text(cx *c, struct figure f)
{
	char text[DEC_TEXT];
	return f.there ? arena_str(c->mem, dec_text(f.v, text)) : STR("");
}

static str figures_of(cx *c, const struct entry_row *r)
{
	buf b;
	buf_init(&b, 0);
	for (size_t i = 0; i < r->n_cells; i++) {
		const struct entry_cell *x = &r->cells[i];
		const char *between = b.len ? "; " : "";
		if (str_is(x->status, "na"))
			buf_printf(&b, "%sna: %.*s", between, STR_ARG(x->reason));
		else if (x->numerator.len)
			buf_printf(&b, "%s%.*s = %.*s / %.*s", between, STR_ARG(x->measure), STR_ARG(x->numerator), STR_ARG(x->denominator));
		else if (x->value.len)
			buf_printf(&b, "%s%.*s = %.*s", between, STR_ARG(x->measure), STR_ARG(x->value));
	}
	str out = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return out;
}

/* ---- the table of scores ---- */

enum { SCORE_COLUMNS = 9 };

static void score_row(cx *c, const struct entry_row *r, enum lang lang, str row[SCORE_COLUMNS])
{
	size_t proofs = 0;
	for (size_t k = 0; k < r->n_evidence; k++)
		proofs += !r->evidence[k].removed;
	const str cells[SCORE_COLUMNS] = { r->code, lang == LANG_EN && r->name_en.len ? r->name_en : r->name_vi, figure_text(c, r->max),
		figure_text(c, r->applicable), figure_text(c, r->points), figures_of(c, r), r->explanation, r->owner, arena_printf(c->mem, "%zu", proofs) };
	memcpy(row, cells, sizeof cells);
}

static void scores_csv(cx *c, const struct package *p, enum lang lang, buf *b)
{
	static const str head[SCORE_COLUMNS] = { { "code", 4 }, { "name", 4 }, { "maximum", 7 }, { "applicable", 10 }, { "self", 4 }, { "figures", 7 },
		{ "explanation", 11 }, { "owner", 5 }, { "evidence", 8 } };
	str row[SCORE_COLUMNS];
	buf_addz(b, "\xEF\xBB\xBF");
	cells(b, head, SCORE_COLUMNS);
	for (size_t i = 0; i < p->sheet.n_rows_all; i++) {
		score_row(c, &p->sheet.rows[i], lang, row);
		cells(b, row, SCORE_COLUMNS);
	}
}

enum err package_xlsx(cx *c, const struct package *p, enum lang lang, str *bytes)
{
	static const char *const heads[SCORE_COLUMNS] = { "package.code", "package.name", "sheet.col_max", "package.applicable", "sheet.col_self",
		"appraise.figures", "appraise.explanation", "sheet.col_owner", "package.evidence" };
	static const double widths[SCORE_COLUMNS] = { 9, 60, 10, 10, 10, 36, 40, 24, 10 };
	struct sheet_column *columns = NEW_ARRAY(c->mem, struct sheet_column, SCORE_COLUMNS);
	const struct entry_sheet *s = &p->sheet;
	str row[SCORE_COLUMNS];
	for (int i = 0; i < SCORE_COLUMNS; i++) {
		bool number = (i >= 2 && i <= 4) || i == 8;
		columns[i] = (struct sheet_column){ .heading = po_text(heads[i], lang), .width = widths[i], .form = number ? SHEET_NUMBER : SHEET_TEXT,
			.wrap = !number && i > 0 };
	}
	struct sheet_layout page = { .name = str_of(po_text("package.scores", lang)), .columns = columns, .n = SCORE_COLUMNS, .frozen_columns = 2,
		.landscape = true };
	xlsx_out *o = xlsx_out_open(c, arena_printf(c->mem, "%.*s - %.*s", STR_ARG(s->round.name_vi), STR_ARG(s->unit_name)));
	xlsx_out_sheet(o, &page);
	for (size_t i = 0; i < s->n_rows_all; i++) {
		score_row(c, &s->rows[i], lang, row);
		xlsx_out_row(o, row, SCORE_COLUMNS, s->rows[i].scored ? 0 : SHEET_ROW_BOLD);
	}
	return xlsx_out_end(o, bytes);
}

static void proofs_csv(cx *c, const struct package *p, buf *b)
{
	static const str head[] = { { "code", 4 }, { "title", 5 }, { "number", 6 }, { "issued_on", 9 }, { "address", 7 }, { "file", 4 } };
	char day_text[DATE_TEXT];
	buf_addz(b, "\xEF\xBB\xBF");
	cells(b, head, 6);
	for (size_t i = 0; i < p->n_proofs; i++) {
		const struct package_proof *x = &p->proofs[i];
		const str row[] = { x->code, x->title, x->number, x->issued_on ? arena_str(c->mem, date_text(x->issued_on, day_text)) : STR(""), x->url,
			x->file_name };
		cells(b, row, 6);
	}
}

static void notes_csv(const struct package *p, buf *b)
{
	const str rows[][2] = { { STR("kind"), STR("text") }, { STR("difficulty"), p->sheet.difficulty }, { STR("proposal"), p->sheet.proposal } };
	buf_addz(b, "\xEF\xBB\xBF");
	for (int i = 0; i < 3; i++)
		cells(b, rows[i], 2);
}

/* ---- the archive ---- */

static enum err add_table(zip_out *z, str name, buf *b)
{
	enum err e = zip_out_bytes(z, name, buf_str(b));
	buf_free(b);
	return e;
}

/* Each file by way of a temporary one without a name: never whole in memory. */
static enum err add_file(cx *c, struct app *a, zip_out *z, const struct package_proof *x)
{
	struct file_info f;
	FILE *t = tmpfile();
	if (!t)
		return cx_fail(c, ERR_IO, "zip.write", (place){ 0 }, x->file_name);
	enum err e = file_get(c, a, x->file_id, &f);
	if (!e)
		e = file_write(c, a, x->file_id, 0, f.size, fileno(t));
	if (!e)
		e = zip_out_file(z, x->file_name, fileno(t), f.size);
	fclose(t);
	return e;
}

enum err package_zip(cx *c, struct app *a, const struct package *p, enum lang lang, int fd, uint64_t *size)
{
	zip_out *z;
	buf scores, proofs, notes;
	str book;
	buf_init(&scores, 0);
	buf_init(&proofs, 0);
	buf_init(&notes, 0);
	scores_csv(c, p, lang, &scores);
	proofs_csv(c, p, &proofs);
	notes_csv(p, &notes);
	enum err e = zip_out_begin(c, fd, &z);
	enum err e1 = e ? e : add_table(z, lang == LANG_EN ? STR("scores.csv") : STR("bang-diem.csv"), &scores);
	enum err e2 = e ? e : add_table(z, lang == LANG_EN ? STR("evidence.csv") : STR("danh-muc-minh-chung.csv"), &proofs);
	enum err e3 = e ? e : add_table(z, lang == LANG_EN ? STR("notes.csv") : STR("kho-khan-kien-nghi.csv"), &notes);
	e = e1 ? e1 : e2 ? e2 : e3;
	if (!e)
		e = package_xlsx(c, p, lang, &book);
	if (!e)
		e = zip_out_bytes(z, lang == LANG_EN ? STR("scores.xlsx") : STR("bang-diem.xlsx"), book);
	for (size_t i = 0; i < p->n_proofs && !e; i++)
		if (p->proofs[i].file_name.len)
			e = add_file(c, a, z, &p->proofs[i]);
	if (!e)
		e = zip_out_end(z);
	off_t at = lseek(fd, 0, SEEK_CUR);
	*size = at > 0 ? (uint64_t)at : 0;
	return e;
}
