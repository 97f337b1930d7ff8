/* upload: a small file that is looked at first and taken over then. The page that shows what is in it sends it back in a hidden field, so that
 * nothing is kept meanwhile; whoever takes it over reads and checks it anew.
 *
 *     .in = WEB_INPUTS(UPLOAD_INPUTS)          two fields: the file, or what the first page kept of it
 *     upload_read(w, &up)   …   v.data = up.data; v.file = up.name;
 *     <input type="hidden" name="tep-ten" value="{{file}}"><input type="hidden" name="tep-noi-dung" value="{{data}}"> */
#ifndef WEB_UPLOAD_H
#define WEB_UPLOAD_H
#include "web/web.h"

enum { UPLOAD_MAX = 1 << 20, UPLOAD_TEXT = UPLOAD_MAX * 4 / 3 + 8, UPLOAD_BODY = 2 << 20 };

#define UPLOAD_INPUTS \
	{ "tep", IN_FILE, .max = UPLOAD_MAX, .doc = { "tệp", "file" } }, \
		{ "tep-ten", IN_TEXT, .max = 300, .doc = { "tên của tệp đã xem trước", "name of the file that was looked at" } }, \
	{ \
		"tep-noi-dung", IN_TEXT, .max = UPLOAD_TEXT, .secret = true, \
					 .doc = { "nội dung của tệp đã xem trước (base64)", \
						 "the file that was looked at (base64)" } \
	}

struct upload {
	str name, bytes;
	str data;   /* the bytes as text, for the hidden field */
	bool again; /* it came from the hidden field: to be taken over */
};

/* ERR_INPUT with upload.none, upload.bad. */
enum err upload_read(struct web_cx *w, struct upload *out);

/* A table of one kind of import (app/import.h): looked at first, taken over when it comes back. For who holds the right over all units, since a
 * table may name any. survey: code, where the kind is about one (import_options.survey); NULL: none. Faults of the table are left in w->cx. */
struct import_looks;
enum err upload_import(struct web_cx *w, const char *kind, const char *noun, const char *verb, const char *survey,
	struct upload *up, struct import_looks *looks, int64_t *changed);

#endif
