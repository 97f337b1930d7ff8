/* po: the texts of the program in its two languages, by message key. The catalogues po/vi.po and po/en.po are compiled in; there is no
 * process locale. Places for values are {value} and {1} to {5}. */
#ifndef BASE_PO_H
#define BASE_PO_H
#include "base/buf.h"
#include "base/cx.h"

enum lang { LANG_VI, LANG_EN };
enum { LANGS = 2 };

struct po_entry {
	const char *key;
	const char *text[LANGS]; /* by enum lang */
};

extern const struct po_entry po_entries[]; /* sorted by key; made from po/ by the build */
extern const size_t po_n_entries;

/* The text of a key; a key nobody translated comes back as itself (the lint finds those). */
const char *po_text(const char *key, enum lang lang);
/* Text with its places filled. args: FAULT_ARGS texts or fewer, ended by n. */
void po_fill(buf *b, const char *key, enum lang lang, str value, const str *args, size_t n);
/* Where something is: "tệp.csv:12:5", "tệp.xlsx:survey!K22". */
void po_place(buf *b, const place *at);
/* One line for people: "tệp.csv:12: cột 5 (max), ký tự 3: …", without a line end. */
void po_fault(buf *b, const fault *f, enum lang lang);

#endif
