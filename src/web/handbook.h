/* handbook: the guides of docs/guide, compiled into the program by tools/ui_guide.py, as pages below /huong-dan/tai-lieu. */
#ifndef WEB_HANDBOOK_H
#define WEB_HANDBOOK_H
#include <stdbool.h>
#include <stddef.h>

struct handbook {
	const char *slug; /* the same in both languages */
	bool role;        /* of somebody's work; else of a subject */
	struct handbook_text {
		const char *title, *html; /* NULL: not in this language */
	} text[2]; /* by enum lang */
};

extern const struct handbook handbook_table[]; /* as files are named; the last is empty */
extern const size_t handbook_n;

#endif
