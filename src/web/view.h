/* view: the runtime under the compiled templates (tools/ui.py). A view is one struct of typed values with two faces: HTML by its template,
 * JSON for programs; the functions here write single values for either. Text is escaped, URLs are checked, numbers and dates are written
 * as the language has it (vi 1.234,50 and 31/01/2026; en 1,234.50 and 31 Jan 2026). */
#ifndef WEB_VIEW_H
#define WEB_VIEW_H
#include "base/buf.h"
#include "base/date.h"
#include "base/dec.h"
#include "base/json.h"
#include "base/po.h"
#include "web/web.h"

/* A value may be there, be missing (not available yet) or not apply. Zero is a value. */
enum have { HAVE_NONE, HAVE_NA, HAVE };

struct rate { int64_t num, den; }; /* den 0: not available */

typedef struct opt_int { enum have is; int64_t v; } opt_int;
typedef struct opt_dec { enum have is; dec v; } opt_dec;
typedef struct opt_real { enum have is; double v; } opt_real;
typedef struct opt_rate { enum have is; struct rate v; } opt_rate;
typedef struct opt_date { enum have is; day v; } opt_date;
typedef struct opt_time { enum have is; int64_t v; } opt_time;
typedef struct opt_id { enum have is; uint64_t v; } opt_id;

static inline opt_int some_int(int64_t v) { return (opt_int){ HAVE, v }; }
static inline opt_dec some_dec(dec v) { return (opt_dec){ HAVE, v }; }
static inline opt_real some_real(double v) { return (opt_real){ HAVE, v }; }
static inline opt_rate some_rate(int64_t num, int64_t den) { return (opt_rate){ den ? HAVE : HAVE_NONE, { num, den } }; }
static inline opt_date some_date(day v) { return (opt_date){ HAVE, v }; }
static inline opt_time some_time(int64_t v) { return (opt_time){ HAVE, v }; }
static inline opt_id some_id(uint64_t v) { return (opt_id){ HAVE, v }; }

enum view_style {
	VIEW_PLAIN = 0, /* as the language writes it */
	VIEW_SIGN = 1,  /* + before what is above zero */
	VIEW_RAW = 2    /* for attributes and programs: 1234.5, no grouping */
};

/* --- text --- */
void view_text(buf *b, str s);             /* escaped for elements and quoted attributes */
void view_segment(buf *b, str s);          /* a piece of a URL, percent-encoded */
void view_href(buf *b, str s, enum lang l); /* a whole URL: /…, #…, ?…, http(s):, mailto:, tel:; anything else becomes "#" */
void view_none(buf *b, enum have is, enum lang l); /* the word for what is missing or does not apply */

/* --- values --- */
void view_int(buf *b, int64_t n, enum lang l, enum view_style style);
void view_dec(buf *b, dec d, int digits, enum lang l, enum view_style style); /* half-up; digits -1: as many as there are */
void view_pct(buf *b, dec share, int digits, enum lang l, enum view_style style); /* 0.8633 -> 86,33% */
void view_real(buf *b, double v, int digits, enum lang l, enum view_style style);
void view_real_pct(buf *b, double v, int digits, enum lang l, enum view_style style);
void view_rate(buf *b, struct rate r, int digits, bool counts, enum lang l); /* counts: 97,16% (12.486 / 12.851) */
void view_date(buf *b, day d, enum lang l);
void view_date_iso(buf *b, day d);
void view_time(buf *b, int64_t utc_ms, enum lang l);     /* 09:36 31/01/2026, local */
void view_clock(buf *b, int64_t utc_ms);                 /* 09:36 */
void view_time_iso(buf *b, int64_t utc_ms);              /* 2026-01-31T02:36:00.000Z */

/* --- ids: 13 digits of base32 (Crockford, lower case) --- */
enum { ID_TEXT = 14 };
str view_id_text(uint64_t id, char out[ID_TEXT]);
bool view_id_parse(str s, uint64_t *out); /* exactly 13 digits, value below 2^63; capitals are accepted */
void view_id(buf *b, uint64_t id);

/* --- JSON --- */
void json_view_rate(json_out *j, struct rate r);
void json_view_date(json_out *j, day d);
void json_view_time(json_out *j, int64_t utc_ms);
void json_view_id(json_out *j, uint64_t id);
void json_view_real(json_out *j, double v);
/* null, and beside it name_state: "not_applicable" when that is why. */
void json_view_absent(json_out *j, const char *name, enum have is);

/* --- CSV: the same values, for spreadsheets: decimal point, ISO dates; text that a spreadsheet would run as a formula gets an apostrophe --- */
void csv_view_text(buf *b, str s);
void csv_view_start(buf *b); /* byte order mark, so that Excel reads UTF-8 */

/* One compiled view, for the OpenAPI document and the tests. */
struct view_info {
	const char *name;
	bool html, csv;
};
extern const struct view_info view_infos[];
extern const size_t view_n_infos;
extern const char *const view_schemas; /* JSON object: JSON Schemas by name, views and their structs */
/* Every link of the templates, `*` for a part that is a value, so that a test can compare them with the routes. */
extern const char *const view_links[];
extern const size_t view_n_links;

/* Called by the compiled reply_NAME functions. */
struct view_page *web_page(struct web_cx *w); /* the fields of ui/views/page.view, filled */
void web_csrf_field(struct web_cx *w, buf *b);
void web_reply_html(struct web_cx *w);
void web_reply_json_start(struct web_cx *w, json_out *j);
void web_reply_json_end(struct web_cx *w, json_out *j);
void web_reply_csv(struct web_cx *w, const char *name);

#endif
