#include "app/survey_text.h"
#include "base/buf.h"
#include "base/vn.h"

/* ---- masking ---- */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool in_mail(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c && strchr("._%+-", c));
}

static bool is_between(char c) { return c && strchr(" .-()", c); }

/* Bytes of a number that begins here, with two signs between its digits at most; *digits: how many it has. */
static size_t number_at(str s, size_t at, size_t *digits)
{
	size_t end = at, i = at;
	*digits = 0;
	if (i < s.len && s.p[i] == '+')
		i++;
	while (i < s.len) {
		if (is_digit(s.p[i])) {
			++*digits;
			end = ++i;
		} else if (i + 1 < s.len && *digits && is_between(s.p[i]) && (is_digit(s.p[i + 1]) || is_between(s.p[i + 1]))) {
			i += is_digit(s.p[i + 1]) ? 1 : 2;
			if (i == s.len || !is_digit(s.p[i]))
				break;
		} else {
			break;
		}
	}
	return end - at;
}

/* Bytes of an address of mail around this @: *before of them in front of it. */
static size_t mail_around(str s, size_t at, size_t *before)
{
	size_t from = at, to = at + 1;
	while (from > 0 && in_mail(s.p[from - 1]))
		from--;
	while (to < s.len && in_mail(s.p[to]))
		to++;
	*before = at - from;
	return *before && to > at + 1 ? to - from : 0;
}

static str mask_mails(arena *mem, str text)
{
	buf b;
	buf_init(&b, 0);
	for (size_t i = 0; i < text.len; i++) {
		size_t before = 0, n = text.p[i] == '@' ? mail_around(text, i, &before) : 0;
		if (n) {
			b.len -= before; /* it stands there already */
			buf_addz(&b, "•••@•••");
			i += n - before - 1;
		} else {
			buf_char(&b, text.p[i]);
		}
	}
	str s = arena_str(mem, buf_str(&b));
	buf_free(&b);
	return s;
}

str survey_mask(arena *mem, str text)
{
	buf b;
	buf_init(&b, 0);
	text = mask_mails(mem, text);
	for (size_t i = 0; i < text.len; i++) {
		size_t digits, n = number_at(text, i, &digits);
		if (digits >= SURVEY_MASK_DIGITS) {
			buf_addz(&b, "•••");
			i += n - 1;
		} else if (n) { /* a short one: whole, so that its end does not look like another beginning */
			buf_add(&b, (str){ text.p + i, n });
			i += n - 1;
		} else {
			buf_char(&b, text.p[i]);
		}
	}
	str s = arena_str(mem, buf_str(&b));
	buf_free(&b);
	return s;
}

/* ---- looking ---- */

static bool has(str text, str word)
{
	return memmem(text.p, text.len, word.p, word.len) != NULL;
}

static bool fits(arena *mem, str text, str search)
{
	str word;
	if (!search.len)
		return true;
	text = vn_fold(mem, text);
	while (search.len && str_next(&search, ' ', &word))
		if (word.len && !has(text, word))
			return false;
	return true;
}

static str month_of(arena *mem, day on)
{
	int year, month, mday;
	date_parts(on, &year, &month, &mday);
	return arena_printf(mem, "%04d-%02d", year, month);
}

static void take(cx *c, const struct survey_data *d, int32_t item, size_t row, const struct survey_text_ask *ask, str search,
	struct survey_text_list *out)
{
	str text = survey_mask(c->mem, d->item[item].text[row]);
	out->written++;
	if (!fits(c->mem, text, search))
		return;
	size_t at = (size_t)out->found++;
	if (at < ask->from)
		return;
	if (out->n == ask->most)
		out->more = true;
	else
		*VEC_PUSH(c->mem, out) = (struct survey_text){ item, text, d->place[row], month_of(c->mem, d->on[row]) };
}

enum err survey_texts(cx *c, struct app *a, const struct survey_info *s, const struct survey_text_ask *ask, struct survey_text_list *out)
{
	struct survey_data d;
	int32_t only = ask->item.len ? questionnaire_find(s->q, ask->item) : NO_ITEM;
	*out = (struct survey_text_list){ 0 };
	if (ask->item.len && (only == NO_ITEM || s->q->items.p[only].kind != ASK_TEXT))
		return cx_fail(c, ERR_INPUT, "survey_result.no_item", (place){ .file = s->code }, ask->item);
	enum err e = survey_data_load(c, a, s, true, &d);
	str search = vn_fold(c->mem, ask->search);
	for (int32_t i = 0; i < (int32_t)s->q->items.n && !e; i++)
		for (size_t row = 0; s->q->items.p[i].kind == ASK_TEXT && (only == NO_ITEM || only == i) && row < d.n; row++)
			if (d.item[i].text[row].len)
				take(c, &d, i, row, ask, search, out);
	return e;
}
