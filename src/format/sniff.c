#include "format/sniff.h"
#include <assert.h>
#include <stdlib.h>
#include <strings.h>

enum { DIRECTORY_MAX = 4 << 20, ENTRIES_MAX = 20000, END_OF_ZIP = 22, ZIP_COMMENT = 65535, OLE_STEPS = 4096 };

static const struct sniff_type types[SNIFF_KINDS] = {
	[SNIFF_PDF] = { "pdf", "", "application/pdf", true },
	[SNIFF_PNG] = { "png", "", "image/png", true },
	[SNIFF_JPEG] = { "jpg", "jpeg jpe jfif", "image/jpeg", true },
	[SNIFF_GIF] = { "gif", "", "image/gif", true },
	[SNIFF_WEBP] = { "webp", "", "image/webp", true },
	[SNIFF_TIFF] = { "tif", "tiff", "image/tiff", false },
	[SNIFF_HEIC] = { "heic", "heif", "image/heic", false },
	[SNIFF_DOCX] = { "docx", "dotx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", false },
	[SNIFF_XLSX] = { "xlsx", "xltx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", false },
	[SNIFF_PPTX] = { "pptx", "ppsx potx", "application/vnd.openxmlformats-officedocument.presentationml.presentation", false },
	[SNIFF_ODT] = { "odt", "ott", "application/vnd.oasis.opendocument.text", false },
	[SNIFF_ODS] = { "ods", "ots", "application/vnd.oasis.opendocument.spreadsheet", false },
	[SNIFF_ODP] = { "odp", "otp", "application/vnd.oasis.opendocument.presentation", false },
	[SNIFF_DOC] = { "doc", "dot", "application/msword", false },
	[SNIFF_XLS] = { "xls", "xlt", "application/vnd.ms-excel", false },
	[SNIFF_PPT] = { "ppt", "pps pot", "application/vnd.ms-powerpoint", false },
	[SNIFF_ZIP] = { "zip", "", "application/zip", false },
	[SNIFF_RAR] = { "rar", "", "application/vnd.rar", false },
	[SNIFF_7Z] = { "7z", "", "application/x-7z-compressed", false },
};

static uint32_t le16(const unsigned char *p) { return (uint32_t)p[0] | (uint32_t)p[1] << 8; }
static uint32_t le32(const unsigned char *p) { return le16(p) | le16(p + 2) << 16; }

static bool read_at(const struct sniff_source *s, uint64_t at, void *to, size_t n)
{
	return at <= s->size && n <= s->size - at && s->read(s->ctx, at, to, n);
}

/* ---- ZIP: OOXML, OpenDocument, or an archive ---- */

struct zip_dir {
	unsigned char *p;
	size_t n;
	uint32_t entries;
};

/* The end record lies behind everything, before a comment of at most 64 KiB. */
static bool zip_directory(const struct sniff_source *s, struct zip_dir *out)
{
	size_t tail = s->size < END_OF_ZIP + ZIP_COMMENT ? (size_t)s->size : END_OF_ZIP + ZIP_COMMENT;
	unsigned char *p = malloc(tail);
	bool ok = p && tail >= END_OF_ZIP && read_at(s, s->size - tail, p, tail);
	const unsigned char *end = NULL;
	for (size_t i = ok ? tail - END_OF_ZIP + 1 : 0; i-- > 0 && !end;)
		if (le32(p + i) == 0x06054b50 && le16(p + i + 20) == tail - END_OF_ZIP - i)
			end = p + i;
	uint32_t n = end ? le32(end + 12) : 0, at = end ? le32(end + 16) : 0, entries = end ? le16(end + 10) : 0;
	free(p);
	if (!end || n > DIRECTORY_MAX || entries > ENTRIES_MAX)
		return false;
	*out = (struct zip_dir){ malloc(n + 1), n, entries };
	if (out->p && read_at(s, at, out->p, n))
		return true;
	free(out->p);
	return false;
}

struct zip_seen {
	bool content_types, word, excel, slides, macro, locked;
};

static void look_at_entry(str name, uint32_t flags, struct zip_seen *seen)
{
	seen->content_types |= str_is(name, "[Content_Types].xml");
	seen->word |= str_is(name, "word/document.xml");
	seen->excel |= str_is(name, "xl/workbook.xml");
	seen->slides |= str_is(name, "ppt/presentation.xml");
	seen->macro |= str_ends_nocase(name, "vbaProject.bin") || str_starts(name, STR("Basic/")) || str_starts(name, STR("Scripts/"))
		|| str_starts(name, STR("xl/macrosheets/"));
	seen->locked |= (flags & 1) != 0;
}

/* Where OpenDocument says what it is: the first entry, "mimetype", not compressed. */
static enum sniff_kind open_document(const struct sniff_source *s)
{
	static const enum sniff_kind kinds[] = { SNIFF_ODT, SNIFF_ODS, SNIFF_ODP };
	unsigned char head[30 + 8], text[64];
	if (!read_at(s, 0, head, sizeof head) || memcmp(head + 30, "mimetype", 8) != 0 || le16(head + 26) != 8 || le16(head + 8) != 0)
		return SNIFF_UNKNOWN;
	uint32_t n = le32(head + 18);
	if (n >= sizeof text || !read_at(s, 38 + le16(head + 28), text, n))
		return SNIFF_UNKNOWN;
	str said = { (const char *)text, n };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		str media = str_of(types[kinds[i]].media);
		if (str_starts(said, media) && (said.len == media.len || str_eq((str){ said.p + media.len, said.len - media.len }, STR("-template"))))
			return kinds[i];
	}
	return SNIFF_UNKNOWN;
}

static enum sniff_kind zip_kind(const struct sniff_source *s, const struct zip_seen *seen)
{
	enum sniff_kind kind = SNIFF_ZIP, open = open_document(s);
	int parts = seen->word + seen->excel + seen->slides;
	if (seen->content_types && parts == 1)
		kind = seen->word ? SNIFF_DOCX : seen->excel ? SNIFF_XLSX : SNIFF_PPTX;
	else if (open)
		kind = open;
	return kind == SNIFF_ZIP ? kind : seen->macro ? SNIFF_MACRO : seen->locked ? SNIFF_LOCKED : kind;
}

static enum sniff_kind sniff_zip(const struct sniff_source *s)
{
	struct zip_dir d;
	struct zip_seen seen = { 0 };
	if (!zip_directory(s, &d))
		return SNIFF_UNKNOWN;
	size_t at = 0;
	uint32_t i = 0;
	for (; i < d.entries && d.n - at >= 46 && le32(d.p + at) == 0x02014b50; i++) {
		size_t name = le16(d.p + at + 28), rest = le16(d.p + at + 30) + le16(d.p + at + 32);
		if (name + rest > d.n - at - 46)
			break;
		look_at_entry((str){ (const char *)d.p + at + 46, name }, le16(d.p + at + 8), &seen);
		at += 46 + name + rest;
	}
	free(d.p);
	return i == d.entries ? zip_kind(s, &seen) : SNIFF_UNKNOWN;
}

/* ---- OLE: office files before 2007, and those behind a password ---- */

struct ole {
	const struct sniff_source *s;
	unsigned char head[512];
	uint32_t sector; /* bytes */
};

static bool ole_at(const struct ole *o, uint32_t sector, uint32_t within, void *to, size_t n)
{
	return read_at(o->s, ((uint64_t)sector + 1) * o->sector + within, to, n);
}

/* The sector that follows in its chain. The header names 109 sectors of the table, enough for a directory within 6 MiB of its start. */
static uint32_t ole_next(const struct ole *o, uint32_t sector)
{
	uint32_t per = o->sector / 4;
	unsigned char p[4];
	if (sector / per >= 109 || !ole_at(o, le32(o->head + 76 + 4 * (size_t)(sector / per)), sector % per * 4, p, 4))
		return UINT32_MAX;
	return le32(p);
}

/* A name of the directory without its upper bytes; other letters become '?'. */
static str ole_name(const unsigned char *entry, char out[32])
{
	size_t n = le16(entry + 64) / 2;
	n = n > 32 ? 32 : n;
	n = n ? n - 1 : 0;
	for (size_t i = 0; i < n; i++)
		out[i] = entry[2 * i + 1] || entry[2 * i] >= 0x80 ? '?' : (char)entry[2 * i];
	return (str){ out, n };
}

static enum sniff_kind sniff_ole(const struct sniff_source *s)
{
	struct ole o = { .s = s };
	if (!read_at(s, 0, o.head, sizeof o.head))
		return SNIFF_UNKNOWN;
	uint32_t shift = le16(o.head + 30);
	if (shift != 9 && shift != 12)
		return SNIFF_UNKNOWN;
	o.sector = UINT32_C(1) << shift;
	enum sniff_kind kind = SNIFF_UNKNOWN;
	bool macro = false, locked = false;
	uint32_t sector = le32(o.head + 48);
	for (int step = 0; step < OLE_STEPS && sector < 0xFFFFFFFA; step++, sector = ole_next(&o, sector))
		for (uint32_t at = 0; at < o.sector; at += 128) {
			unsigned char entry[128];
			char text[32];
			if (!ole_at(&o, sector, at, entry, sizeof entry))
				break;
			str name = ole_name(entry, text);
			if (str_is(name, "WordDocument"))
				kind = SNIFF_DOC;
			else if (str_is(name, "Workbook") || str_is(name, "Book"))
				kind = SNIFF_XLS;
			else if (str_is(name, "PowerPoint Document"))
				kind = SNIFF_PPT;
			macro |= str_is(name, "VBA") || str_is(name, "_VBA_PROJECT") || str_is(name, "_VBA_PROJECT_CUR");
			locked |= str_is(name, "EncryptedPackage");
		}
	return locked ? SNIFF_LOCKED : kind && macro ? SNIFF_MACRO : kind;
}

/* ---- all ---- */

static enum sniff_kind by_magic(const unsigned char *p, size_t n)
{
	static const struct {
		enum sniff_kind kind;
		size_t at, n;
		const char *bytes;
	} magic[] = {
		{ SNIFF_PDF, 0, 5, "%PDF-" },
		{ SNIFF_PNG, 0, 8, "\x89PNG\r\n\x1a\n" },
		{ SNIFF_JPEG, 0, 3, "\xff\xd8\xff" },
		{ SNIFF_GIF, 0, 6, "GIF87a" },
		{ SNIFF_GIF, 0, 6, "GIF89a" },
		{ SNIFF_WEBP, 8, 4, "WEBP" },
		{ SNIFF_TIFF, 0, 4, "II*\0" },
		{ SNIFF_TIFF, 0, 4, "MM\0*" },
		{ SNIFF_HEIC, 4, 8, "ftypheic" },
		{ SNIFF_HEIC, 4, 8, "ftypheix" },
		{ SNIFF_HEIC, 4, 8, "ftypmif1" },
		{ SNIFF_RAR, 0, 6, "Rar!\x1a\x07" },
		{ SNIFF_7Z, 0, 6, "7z\xbc\xaf\x27\x1c" },
	};
	for (size_t i = 0; i < sizeof magic / sizeof *magic; i++)
		if (n >= magic[i].at + magic[i].n && memcmp(p + magic[i].at, magic[i].bytes, magic[i].n) == 0)
			return magic[i].kind == SNIFF_WEBP && memcmp(p, "RIFF", 4) != 0 ? SNIFF_UNKNOWN : magic[i].kind;
	return SNIFF_UNKNOWN;
}

enum sniff_kind sniff_content(const struct sniff_source *s)
{
	unsigned char head[16] = { 0 };
	size_t n = s->size < sizeof head ? (size_t)s->size : sizeof head;
	if (!s->size)
		return SNIFF_EMPTY;
	if (!read_at(s, 0, head, n))
		return SNIFF_UNKNOWN;
	if (n >= 4 && (memcmp(head, "PK\3\4", 4) == 0 || memcmp(head, "PK\5\6", 4) == 0))
		return sniff_zip(s);
	if (n >= 8 && memcmp(head, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8) == 0)
		return sniff_ole(s);
	return by_magic(head, n);
}

const struct sniff_type *sniff_type(enum sniff_kind kind)
{
	assert(kind >= SNIFF_PDF && kind < SNIFF_KINDS);
	return &types[kind];
}

static bool same_word(str a, str b) { return a.len == b.len && strncasecmp(a.p, b.p, a.len) == 0; }

enum sniff_kind sniff_named(str name)
{
	for (int kind = SNIFF_PDF; kind < SNIFF_KINDS; kind++)
		if (str_is(name, types[kind].name))
			return (enum sniff_kind)kind;
	return SNIFF_UNKNOWN;
}

bool sniff_name_fits(enum sniff_kind kind, str file_name)
{
	const struct sniff_type *t = sniff_type(kind);
	size_t dot = file_name.len;
	while (dot > 0 && file_name.p[dot - 1] != '.')
		dot--;
	str end = { file_name.p + dot, file_name.len - dot }, rest = str_of(t->other), one;
	if (dot == 0 || !end.len)
		return false;
	if (same_word(end, str_of(t->name)))
		return true;
	while (rest.len && str_next(&rest, ' ', &one))
		if (same_word(end, one))
			return true;
	return false;
}

bool sniff_declared_fits(enum sniff_kind kind, str media)
{
	str head = media;
	str_next(&head, ';', &media);
	media = str_trim(media);
	for (int k = SNIFF_PDF; k < SNIFF_KINDS; k++)
		if (same_word(media, str_of(types[k].media)))
			/* Browsers without office programs call office files after their container. */
			return k == (int)kind || (k == SNIFF_ZIP && kind >= SNIFF_DOCX && kind <= SNIFF_ODP);
	/* What runs in a browser is never said by accident. */
	static const char *const active[] = { "text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript", "application/javascript" };
	for (size_t i = 0; i < sizeof active / sizeof *active; i++)
		if (same_word(media, str_of(active[i])))
			return false;
	return true;
}
