/* entry: the sheet of a unit in a round: filled in, with and without JavaScript; evidence, history, steps. Its routes are in round_work.c. */
#ifndef WEB_ENTRY_H
#define WEB_ENTRY_H
#include "app/actor.h"
#include "app/round_entry.h"
#include "web/view.h"
#include "web/web.h"

void page_entry(struct web_cx *w);         /* the sheet */
void page_entry_save(struct web_cx *w);    /* rows of it, or all */
void page_entry_step(struct web_cx *w);    /* hand in, return … the sheet or a part */
void page_entry_proof(struct web_cx *w);
void page_entry_proof_add(struct web_cx *w);
void page_entry_history(struct web_cx *w);
void page_appraise(struct web_cx *w);
void page_appraise_save(struct web_cx *w);
void page_book(struct web_cx *w);         /* as a workbook: what it is, the file, what is in a filled one */
void page_book_file(struct web_cx *w);
void page_book_read(struct web_cx *w);
void page_package(struct web_cx *w);
void page_package_zip(struct web_cx *w);
void page_package_xlsx(struct web_cx *w);

/* ---- for the files of these pages ---- */

/* What somebody typed, and what became of it. */
struct entry_typed {
	str row;         /* code of the criterion */
	str measure, part;
	int seq;
	str a, b;        /* as typed */
	str reason;
	const struct entry_outcome *out;
};

struct entry_form {
	struct entry_change *changes;
	struct entry_typed *typed; /* one a change */
	size_t n;
	const struct entry_saved *saved; /* NULL: nothing was sent */
};

/* The changes of a form against what it showed; wrong numbers become changes that app refuses. only: code of the one row; empty: all. */
enum err entry_read(struct web_cx *w, const struct entry_sheet *s, str only, struct entry_form *out);
/* Shows the sheet; f NULL: nothing was sent. */
void entry_show(struct web_cx *w, const struct entry_sheet *s, const struct entry_form *f);

/* Of a text as the form showed it, to see whether it was touched. */
uint64_t entry_text_mark(str s);

str entry_path(struct web_cx *w, const char *below); /* /tu-cham/ROUND/UNIT and what is below it */
str entry_shown(struct web_cx *w, str canonical);    /* a number, day, yes or no for people */
str entry_figures(struct web_cx *w, const struct entry_row *r); /* all figures of a row, in one line */
str entry_missing(struct web_cx *w, int todo, int wrong, int proof, int asked); /* what is missing; empty: nothing */
str entry_bar(struct web_cx *w, int done, int of);   /* progress as a drawing */
opt_dec entry_dec(struct figure f);

#endif
