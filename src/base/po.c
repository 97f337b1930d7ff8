#include "base/po.h"
#include <stdio.h>
#include <stdlib.h>

static int by_key(const void *key, const void *entry) { return strcmp(key, ((const struct po_entry *)entry)->key); }

const char *po_text(const char *key, enum lang lang)
{
	const struct po_entry *e = bsearch(key, po_entries, po_n_entries, sizeof *po_entries, by_key);
	return e ? e->text[lang] : key;
}

void po_fill(buf *b, const char *key, enum lang lang, str value, const str *args, size_t n)
{
	for (const char *p = po_text(key, lang); *p;) {
		if (p[0] == '{' && p[1] >= '1' && p[1] <= '9' && p[2] == '}') {
			size_t i = (size_t)(p[1] - '1');
			if (i < n)
				buf_add(b, args[i]);
			p += 3;
		} else if (strncmp(p, "{value}", 7) == 0) {
			buf_add(b, value);
			p += 7;
		} else {
			buf_char(b, *p++);
		}
	}
}

/* ":Sheet!B7", or as much of it as is known. */
static void put_cell(buf *b, const place *at)
{
	char letters[8];
	size_t n = sizeof letters;
	for (int k = at->column; k > 0; k = (k - 1) / 26)
		letters[--n] = (char)('A' + (k - 1) % 26);
	buf_printf(b, ":%.*s", STR_ARG(at->sheet));
	if (at->line)
		buf_printf(b, "!%.*s%lld", (int)(sizeof letters - n), letters + n, (long long)at->line);
}

void po_place(buf *b, const place *at)
{
	buf_add(b, at->file);
	if (at->sheet.len)
		put_cell(b, at);
	else if (at->line)
		buf_printf(b, ":%lld", (long long)at->line);
	if (at->column && !at->sheet.len)
		buf_printf(b, ":%d", at->column);
}

void po_fault(buf *b, const fault *f, enum lang lang)
{
	char text[24];
	str n;
	if (f->at.file.len) {
		po_place(b, &f->at);
		buf_addz(b, ": ");
	}
	if (f->at.field.len)
		po_fill(b, "fault.column", lang, STR(""), &f->at.field, 1);
	if (f->at.offset) {
		n = (str){ text, (size_t)snprintf(text, sizeof text, "%lld", (long long)f->at.offset) };
		po_fill(b, "fault.character", lang, STR(""), &n, 1);
	}
	if (f->level == FAULT_WARNING)
		buf_addz(b, po_text("fault.warning", lang));
	po_fill(b, f->key, lang, f->value, f->arg, FAULT_ARGS);
}
