#include "engine/answer_match.h"
#include "base/date.h"
#include "base/vn.h"

/* ---- columns ---- */

enum { LABEL_LEAST = 8 /* bytes of a label that may stand inside a longer one */ };

/* "A/C1" -> "C1": exports of ODK name the groups in front. */
static str last_step(str s)
{
	for (size_t i = s.len; i-- > 0;)
		if (s.p[i] == '/')
			return (str){ s.p + i + 1, s.len - i - 1 };
	return s;
}

/* A code, also with "_" for its dots, in any case. */
static bool is_code(arena *mem, str code, str word)
{
	if (!word.len || code.len != word.len)
		return false;
	str a = vn_lower(mem, code), b = vn_lower(mem, word);
	for (size_t i = 0; i < a.len; i++)
		if (a.p[i] != b.p[i] && !(a.p[i] == '.' && b.p[i] == '_'))
			return false;
	return true;
}

static int32_t item_of_code(const questionnaire *q, arena *mem, str word)
{
	for (int32_t i = 0; i < (int32_t)q->items.n; i++)
		if (question_is_asked(&q->items.p[i]) && is_code(mem, q->items.p[i].code, word))
			return i;
	return NO_ITEM;
}

/* "C1. Ông/bà …", "[C1] …", "(C1) …", "C1 - …": the word in front; empty: none. */
static str leading_word(str s)
{
	size_t from = s.len && strchr("[(", s.p[0]) ? 1 : 0, to = from;
	while (to < s.len && !strchr(" \t\n:)]", s.p[to]))
		to++;
	while (to > from && strchr(".-", s.p[to - 1]))
		to--;
	return to < s.len ? (str){ s.p + from, to - from } : (str){ 0 };
}

static int32_t option_of(const questionnaire *q, const struct question *i, arena *mem, str word, bool by_label)
{
	if (i->list < 0 || !word.len)
		return -1;
	str folded = vn_fold(mem, word);
	for (int32_t o = 0; o < (int32_t)q->lists.p[i->list].options.n; o++) {
		const struct question_option *x = &q->lists.p[i->list].options.p[o];
		if (is_code(mem, x->code, word))
			return o;
		for (int lang = 0; by_label && lang < LANGS; lang++)
			if (folded.len && x->text[lang].len && str_eq(folded, vn_fold(mem, x->text[lang])))
				return o;
	}
	return -1;
}

/* "C2/giay", "C2_giay", "C2.giay", "C2 [Bớt giấy tờ]": an option of a multiple choice. */
static bool option_column(const questionnaire *q, arena *mem, str heading, struct match_column *out)
{
	for (size_t i = heading.len; i-- > 1;) {
		if (!strchr("/_.[:", heading.p[i]))
			continue;
		str front = str_trim((str){ heading.p, i }), back = str_trim((str){ heading.p + i + 1, heading.len - i - 1 });
		if (back.len && back.p[back.len - 1] == ']')
			back.len--;
		int32_t item = item_of_code(q, mem, last_step(front));
		if (item == NO_ITEM)
			item = item_of_code(q, mem, leading_word(front));
		if (item == NO_ITEM || q->items.p[item].kind != ASK_MULTIPLE)
			continue;
		int32_t option = option_of(q, &q->items.p[item], mem, back, true);
		if (option >= 0) {
			*out = (struct match_column){ item, option, MATCH_CODE };
			return true;
		}
	}
	return false;
}

bool match_target(const questionnaire *q, str word, struct match_column *out)
{
	str front = word, back = { 0 };
	for (size_t i = 0; i < word.len && !back.p; i++)
		if (word.p[i] == '/') {
			front.len = i;
			back = (str){ word.p + i + 1, word.len - i - 1 };
		}
	int32_t item = questionnaire_find(q, front);
	if (item == NO_ITEM || !question_is_asked(&q->items.p[item]))
		return false;
	*out = (struct match_column){ item, -1, MATCH_TOLD };
	if (!back.p)
		return true;
	const struct question *i = &q->items.p[item];
	const struct question_option *o = i->kind == ASK_MULTIPLE ? question_option(q, i, back) : NULL;
	if (o)
		out->option = (int32_t)(o - q->lists.p[i->list].options.p);
	return o != NULL;
}

str match_target_word(const questionnaire *q, arena *mem, const struct match_column *m)
{
	if (m->item == NO_ITEM)
		return STR("");
	const struct question *i = &q->items.p[m->item];
	return m->option < 0 ? i->code : arena_printf(mem, "%.*s/%.*s", STR_ARG(i->code), STR_ARG(q->lists.p[i->list].options.p[m->option].code));
}

struct finder {
	const questionnaire *q;
	arena *mem;
	const str *heading;
	const bool *taken;
	size_t n;
	struct match_column *out;
	bool *used; /* items that have a column for the whole answer */
	str *label[LANGS]; /* folded, by item; with the words of its group or matrix in front */
	str *alone[LANGS];
};

static bool is_open(const struct finder *f, size_t column)
{
	return f->out[column].how == MATCH_NONE && !(f->taken && f->taken[column]) && f->heading[column].len;
}

static bool option_is_used(const struct finder *f, const struct match_column *m)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->out[i].how != MATCH_NONE && f->out[i].item == m->item && f->out[i].option == m->option)
			return true;
	return false;
}

static void take(struct finder *f, size_t column, int32_t item, enum match_how how)
{
	f->out[column] = (struct match_column){ item, -1, how };
	f->used[item] = true;
}

static void find_codes(struct finder *f)
{
	for (int pass = 0; pass < 2; pass++) /* the whole heading first: "C1" before "C1. …" of another */
		for (size_t i = 0; i < f->n; i++) {
			if (!is_open(f, i))
				continue;
			str h = f->heading[i];
			int32_t item = item_of_code(f->q, f->mem, pass ? leading_word(h) : last_step(h));
			struct match_column m;
			/* "C2 [Bớt giấy tờ]" begins with the code of its item, too */
			if (option_column(f->q, f->mem, h, &m) && !option_is_used(f, &m))
				f->out[i] = m;
			else if (item != NO_ITEM && !f->used[item])
				take(f, i, item, MATCH_CODE);
		}
}

static void fold_labels(struct finder *f)
{
	for (int lang = 0; lang < LANGS; lang++) {
		f->label[lang] = NEW_ARRAY(f->mem, str, f->q->items.n);
		f->alone[lang] = NEW_ARRAY(f->mem, str, f->q->items.n);
		for (size_t i = 0; i < f->q->items.n; i++) {
			const struct question *x = &f->q->items.p[i];
			if (!question_is_asked(x))
				continue;
			f->alone[lang][i] = vn_fold(f->mem, x->text[lang]);
			str up = x->parent == NO_ITEM ? STR("") : f->q->items.p[x->parent].text[lang];
			f->label[lang][i] = vn_fold(f->mem, arena_printf(f->mem, "%.*s %.*s", STR_ARG(up), STR_ARG(x->text[lang])));
		}
	}
}

/* A form shows the heading of a matrix in front of its rows; a typist leaves the end of a long question out. */
static bool is_part(str part, str whole)
{
	return part.len >= LABEL_LEAST && part.len < whole.len && memmem(whole.p, whole.len, part.p, part.len) != NULL;
}

static bool label_fits(const struct finder *f, str heading, size_t item, bool whole)
{
	for (int lang = 0; lang < LANGS; lang++) {
		str a = f->alone[lang][item], b = f->label[lang][item];
		if (!a.len)
			continue;
		if (whole ? str_eq(heading, a) || str_eq(heading, b) : is_part(a, heading) || is_part(heading, b))
			return true;
	}
	return false;
}

/* The only item that fits; NO_ITEM: none, or several. */
static int32_t only_item(const struct finder *f, str heading, bool whole)
{
	int32_t found = NO_ITEM;
	for (size_t i = 0; i < f->q->items.n; i++) {
		if (f->used[i] || !question_is_asked(&f->q->items.p[i]) || !label_fits(f, heading, i, whole))
			continue;
		if (found != NO_ITEM)
			return whole ? found : NO_ITEM; /* the same words twice: the first one, the next column is the next one */
		found = (int32_t)i;
	}
	return found;
}

static void find_labels(struct finder *f)
{
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < f->n; i++) {
			if (!is_open(f, i))
				continue;
			int32_t item = only_item(f, vn_fold(f->mem, f->heading[i]), pass == 0);
			if (item != NO_ITEM)
				take(f, i, item, MATCH_LABEL);
		}
}

/* Items of which every option has a column of its own are full, too. */
static bool is_full(const struct finder *f, int32_t item)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->out[i].how != MATCH_NONE && f->out[i].item == item)
			return true;
	return f->used[item];
}

static void find_order(struct finder *f)
{
	size_t columns = 0, items = 0, at = 0;
	for (size_t i = 0; i < f->n; i++)
		columns += is_open(f, i);
	for (int32_t i = 0; i < (int32_t)f->q->items.n; i++)
		items += question_is_asked(&f->q->items.p[i]) && !is_full(f, i);
	if (!columns || columns != items)
		return;
	for (int32_t i = 0; i < (int32_t)f->q->items.n; i++) {
		if (!question_is_asked(&f->q->items.p[i]) || is_full(f, i))
			continue;
		while (!is_open(f, at))
			at++;
		take(f, at, i, MATCH_ORDER);
	}
}

void match_columns(const questionnaire *q, arena *mem, const str *heading, const bool *taken, size_t n, struct match_column *io)
{
	struct finder f = { .q = q, .mem = mem, .heading = heading, .taken = taken, .n = n, .out = io, .used = NEW_ARRAY(mem, bool, q->items.n) };
	for (size_t i = 0; i < n; i++)
		if (io[i].how == MATCH_NONE)
			io[i] = (struct match_column){ NO_ITEM, -1, MATCH_NONE };
		else if (io[i].item != NO_ITEM && io[i].option < 0)
			f.used[io[i].item] = true;
	find_codes(&f);
	fold_labels(&f);
	find_labels(&f);
	find_order(&f);
}

/* ---- cells ---- */

static bool is_word(str folded, const char *const *words)
{
	for (; *words; words++)
		if (str_is(folded, *words))
			return true;
	return false;
}

bool match_says_nothing(arena *mem, str cell)
{
	static const char *const words[] = { "n a", "na", "null", "none", "nan", "trong", "bo trong", "khong co thong tin", NULL };
	cell = str_trim(cell);
	if (cell.len > 40)
		return false;
	str folded = vn_fold(mem, cell);
	return !folded.len || is_word(folded, words);
}

bool match_day(str cell, bool month_first, day *out)
{
	long a, b, c;
	str part[3];
	size_t n = 0, end = 0;
	while (end < cell.len && (cell.p[end] >= '0' && cell.p[end] <= '9' ? true : strchr("/-.", cell.p[end]) && cell.p[end]))
		end++;
	if (end < cell.len && !strchr(" T,", cell.p[end]))
		return false;
	size_t from = 0;
	for (size_t i = 0; i <= end; i++)
		if (i == end || strchr("/-.", cell.p[i])) {
			if (n == 3)
				return false;
			part[n++] = (str){ cell.p + from, i - from };
			from = i + 1;
		}
	if (n != 3 || !str_int(part[0], 1, 9999, &a) || !str_int(part[1], 1, 31, &b) || !str_int(part[2], 1, 9999, &c))
		return false;
	if (part[0].len == 4)
		return date_make((int)a, (int)b, (int)c, out);
	if (part[2].len != 4)
		return false;
	return month_first ? date_make((int)c, (int)a, (int)b, out) : date_make((int)c, (int)b, (int)a, out);
}

/* Digits in threes behind each such mark: "1.234.567". */
static bool is_grouped(str s, char mark)
{
	size_t last = s.len;
	for (size_t i = s.len; i-- > 0;)
		if (s.p[i] == mark) {
			if (last - i != 4 || i == 0)
				return false;
			last = i;
		}
	return true;
}

static bool is_number_char(char ch) { return ch >= '0' && ch <= '9'; }

bool match_thousands(str s)
{
	size_t i = 0, groups = 0;
	while (i < s.len && is_number_char(s.p[i]))
		i++;
	if (!i || i > 3 || s.p[0] == '0')
		return false;
	for (; i + 3 < s.len && s.p[i] == '.' && is_number_char(s.p[i + 1]) && is_number_char(s.p[i + 2]) && is_number_char(s.p[i + 3]); groups++)
		i += 4;
	return groups && (i == s.len || s.p[i] == ',');
}

enum match_cell match_number(str cell, char decimal, arena *mem, str *out)
{
	size_t commas = 0, points = 0, at = 0;
	char *p = arena_copy(mem, cell.p, cell.len);
	size_t n = 0;
	for (size_t i = 0; i < cell.len; i++) {
		commas += p[i] == ',';
		points += p[i] == '.';
		if (p[i] == ',' || p[i] == '.')
			at = i;
	}
	*out = (str){ p, cell.len };
	char mark = decimal ? decimal : commas && points ? p[at] : commas > 1 ? '.' : points > 1 ? ',' : 0;
	if (!mark) {
		/* three digits behind the only mark: 1,234 and 1.234 say different things in different offices; 0.125 does not */
		if (commas + points == 1 && cell.len - at == 4 && at > 0 && !(at == 1 && p[0] == '0'))
			return commas ? MATCH_CELL_UNCLEAR : MATCH_CELL_OK;
		mark = commas ? ',' : '.';
	}
	char group = mark == ',' ? '.' : ',';
	str whole = { p, cell.len };
	for (size_t i = 0; i < cell.len; i++)
		if (p[i] == mark) {
			whole.len = i;
			break;
		}
	if (!is_grouped(whole, group))
		return MATCH_CELL_OK; /* no number: answers_check says so */
	for (size_t i = 0; i < cell.len; i++)
		if (p[i] != group || i > whole.len)
			p[n++] = p[i] == mark ? '.' : p[i];
	out->len = n;
	return MATCH_CELL_OK;
}

static const char *const dont_know[] = { "khong biet", "kb", "khong ro", "khong nho", "khong biet khong tra loi", "don t know",
	"dont know", "do not know", "dk", "not sure", NULL };
static const char *const not_experienced[] = { "chua trai nghiem", "khong trai nghiem", "khong ap dung", "khong su dung",
	"chua su dung", "not experienced", "not applicable", "never used", NULL };
static const char *const refused[] = { "tu choi", "tu choi tra loi", "khong tra loi", "khong muon tra loi", "refused", "refuse",
	"no answer", "prefer not to say", NULL };

/* The codes of the questionnaire for "no opinion", where it has them. */
static int32_t missing_option(const struct question_list *l, str folded)
{
	enum option_means want = is_word(folded, dont_know) ? MEANS_DONT_KNOW
		: is_word(folded, not_experienced)          ? MEANS_NOT_EXPERIENCED
		: is_word(folded, refused)                  ? MEANS_REFUSED
							    : MEANS_ANSWER;
	for (int32_t o = 0; want != MEANS_ANSWER && o < (int32_t)l->options.n; o++)
		if (l->options.p[o].means == want)
			return o;
	return -1;
}

/* "5 - Rất hài lòng", "5. Rất hài lòng", "(5) Rất hài lòng": the code in front, when the rest says the same or is no other option. */
static int32_t coded_option(const questionnaire *q, const struct question *i, arena *mem, str cell)
{
	size_t from = cell.len && cell.p[0] == '(', to = from;
	while (to < cell.len && !strchr(" \t.-:)=", cell.p[to]))
		to++;
	if (to == from || to == cell.len)
		return -1;
	int32_t o = option_of(q, i, mem, (str){ cell.p + from, to - from }, false);
	if (o < 0)
		return -1;
	int32_t other = option_of(q, i, mem, vn_fold(mem, (str){ cell.p + to, cell.len - to }), true);
	return other < 0 || other == o ? o : -1;
}

/* "5.0" is 5 in a list of numbers. */
static int32_t number_option(const questionnaire *q, const struct question *i, str cell)
{
	const struct question_list *l = &q->lists.p[i->list];
	dec a, b;
	if (!l->numbers || !dec_parse(cell, &a))
		return -1;
	for (int32_t o = 0; o < (int32_t)l->options.n; o++)
		if (dec_parse(l->options.p[o].code, &b) && dec_cmp(a, b) == 0)
			return o;
	return -1;
}

static int32_t find_option(const questionnaire *q, const struct question *i, arena *mem, str cell)
{
	int32_t o = option_of(q, i, mem, cell, true);
	if (o < 0)
		o = number_option(q, i, cell);
	if (o < 0)
		o = coded_option(q, i, mem, cell);
	if (o < 0 && cell.len <= 80)
		o = missing_option(&q->lists.p[i->list], vn_fold(mem, cell));
	return o;
}

static struct given one_of(arena *mem, str s)
{
	str *p = NEW(mem, str);
	*p = s;
	return (struct given){ p, 1 };
}

/* Parts of a cell between separators. Options have commas in their words: of parts that are no option by themselves, the next ones are put
 * to them as long as that helps. */
static bool split_ticks(const questionnaire *q, const struct question *i, arena *mem, str cell, char sep, struct given *out, str *unknown)
{
	const struct question_list *l = &q->lists.p[i->list];
	str *codes = NEW_ARRAY(mem, str, l->options.n + 1);
	size_t n = 0, from = 0;
	*unknown = (str){ 0 };
	while (from < cell.len) {
		size_t good = 0, next = from, first = 0;
		int32_t found = -1;
		for (size_t to = from; to <= cell.len; to++) {
			if (to < cell.len && cell.p[to] != sep)
				continue;
			first = first ? first : to;
			str part = str_trim((str){ cell.p + from, to - from });
			int32_t o = part.len ? find_option(q, i, mem, part) : -1;
			if (o >= 0) {
				found = o;
				good = to;
			}
			if (to - from > 400)
				break;
		}
		str part = str_trim((str){ cell.p + from, first - from });
		next = found >= 0 ? good + 1 : first + 1;
		if (found < 0 && part.len) {
			*unknown = part;
			return false;
		}
		bool there = found < 0;
		for (size_t k = 0; k < n && !there; k++)
			there = str_eq(codes[k], l->options.p[found].code);
		if (!there)
			codes[n++] = l->options.p[found].code;
		from = next;
	}
	*out = (struct given){ codes, n };
	return n > 0;
}

static enum match_cell read_ticks(const questionnaire *q, const struct question *i, arena *mem, str cell, struct given *out, str *unknown)
{
	static const char seps[] = ";\n|,/+ ";
	const struct question_list *l = &q->lists.p[i->list];
	int32_t o = find_option(q, i, mem, cell);
	if (o >= 0) {
		*out = one_of(mem, l->options.p[o].code);
		return MATCH_CELL_OK;
	}
	str first = { 0 }, left;
	for (const char *s = seps; *s; s++) {
		if (!memchr(cell.p, *s, cell.len))
			continue;
		if (split_ticks(q, i, mem, cell, *s, out, &left))
			return MATCH_CELL_OK;
		if (!first.len && *s != ' ')
			first = left;
	}
	*unknown = first.len ? first : cell;
	return MATCH_CELL_UNKNOWN;
}

/* 1 where an option of its own column was ticked; its words count as a tick, too. */
static enum match_cell read_tick(const questionnaire *q, const struct match_column *m, arena *mem, str cell, struct given *out, str *unknown)
{
	static const char *const yes[] = { "1", "1 0", "x", "co", "yes", "y", "true", "dung", "v", "c", NULL };
	static const char *const no[] = { "0", "0 0", "khong", "no", "n", "false", "sai", "k", NULL };
	const struct question *i = &q->items.p[m->item];
	str code = q->lists.p[i->list].options.p[m->option].code, folded = vn_fold(mem, cell);
	*out = (struct given){ 0 };
	if (is_word(folded, no))
		return MATCH_CELL_OK;
	bool ticked = is_word(folded, yes) || (!folded.len && cell.len) /* ✓ */ || option_of(q, i, mem, cell, true) == m->option;
	if (!ticked) {
		*unknown = cell;
		return MATCH_CELL_UNKNOWN;
	}
	*out = one_of(mem, code);
	return MATCH_CELL_OK;
}

enum match_cell match_value(const questionnaire *q, const struct match_column *m, str cell, const struct match_marks *marks, arena *mem,
	struct given *out, str *unknown)
{
	const struct question *i = &q->items.p[m->item];
	day d;
	char text[DATE_TEXT];
	*out = (struct given){ 0 };
	*unknown = (str){ 0 };
	cell = str_trim(cell);
	if (!cell.len)
		return MATCH_CELL_EMPTY;
	if (m->option >= 0)
		return read_tick(q, m, mem, cell, out, unknown);
	if (i->kind == ASK_MULTIPLE || i->list >= 0) {
		int32_t o = i->kind == ASK_MULTIPLE ? -1 : find_option(q, i, mem, cell);
		enum match_cell is = o >= 0 ? MATCH_CELL_OK : i->kind == ASK_MULTIPLE ? read_ticks(q, i, mem, cell, out, unknown) : MATCH_CELL_UNKNOWN;
		if (is == MATCH_CELL_UNKNOWN && match_says_nothing(mem, cell))
			return MATCH_CELL_EMPTY;
		if (o >= 0)
			*out = one_of(mem, q->lists.p[i->list].options.p[o].code);
		else if (is == MATCH_CELL_UNKNOWN && !unknown->len)
			*unknown = cell;
		return is;
	}
	if (match_says_nothing(mem, cell))
		return MATCH_CELL_EMPTY;
	if (i->kind == ASK_NUMBER) {
		enum match_cell is = match_number(cell, marks->decimal, mem, &cell);
		*out = one_of(mem, cell);
		return is;
	}
	*out = one_of(mem, i->kind == ASK_DATE && match_day(cell, marks->month_first, &d) ? arena_str(mem, date_text(d, text)) : cell);
	return MATCH_CELL_OK;
}
