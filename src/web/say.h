/* say: sentences and figures as text, for what depends on more than a template should know. */
#ifndef WEB_SAY_H
#define WEB_SAY_H
#include "web/view.h"

struct unit_list;
struct form_gap;

/* Message with its places filled, in the language of the request. SAY(w, key, a, b) takes the values as str. */
str say(struct web_cx *w, const char *key);
str say_with(struct web_cx *w, const char *key, const str *args, size_t n);
#define SAY(w, key, ...) say_with((w), (key), (const str[]){ __VA_ARGS__ }, sizeof((const str[]){ __VA_ARGS__ }) / sizeof(str))

str say_int(struct web_cx *w, int64_t n); /* grouped */
str say_year(struct web_cx *w, int64_t n);
str say_date(struct web_cx *w, day d);
str say_units(struct web_cx *w, const struct unit_list *l); /* their names, with commas */
str say_dec(struct web_cx *w, dec d, int digits);
str say_point(struct web_cx *w, str s); /* "0.3x" with the mark of decimals of the language */
str say_score(struct web_cx *w, dec d, bool percent); /* "80,15%", "46,74 điểm" */
/* Vietnamese or English, whichever the request wants; Vietnamese when the other is not there. */
str say_either(const struct web_cx *w, str vi, str en);
/* "B4, điều kiện hỏi: sqrt(N)" (app/questionnaire_note.h) */
str say_gap(struct web_cx *w, const struct form_gap *g);
/* Name of a publisher of figures; as it is written in the store when it is none we know. */
str say_publisher(struct web_cx *w, str name);
/* For addresses: "Tây Nguyên" -> "tay-nguyen". */
str say_slug(struct web_cx *w, str text);

#endif
