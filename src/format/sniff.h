/* sniff: what a file is, by its content. Names and declared types are never believed: they are compared with what was found.
 *
 * Known are PDF, images, office files and archives, nothing that a browser or an operating system would run. Office files are containers, so
 * one looks inside: the directory of a ZIP (OOXML, OpenDocument) or of an OLE file (Word, Excel, PowerPoint before 2007). A file with macros,
 * and one that only opens with a password, have kinds of their own, because nobody can appraise them. Nothing is unpacked.
 * Directories are read up to 4 MiB and 20,000 entries; what is longer or broken is unknown. */
#ifndef FORMAT_SNIFF_H
#define FORMAT_SNIFF_H
#include <stdint.h>
#include "base/str.h"

enum sniff_kind {
	SNIFF_UNKNOWN,
	SNIFF_EMPTY,
	SNIFF_MACRO,  /* an office file with macros */
	SNIFF_LOCKED, /* an office file behind a password */
	SNIFF_PDF,
	SNIFF_PNG,
	SNIFF_JPEG,
	SNIFF_GIF,
	SNIFF_WEBP,
	SNIFF_TIFF,
	SNIFF_HEIC,
	SNIFF_DOCX,
	SNIFF_XLSX,
	SNIFF_PPTX,
	SNIFF_ODT,
	SNIFF_ODS,
	SNIFF_ODP,
	SNIFF_DOC,
	SNIFF_XLS,
	SNIFF_PPT,
	SNIFF_ZIP,
	SNIFF_RAR,
	SNIFF_7Z,
	SNIFF_KINDS
};

struct sniff_type {
	const char *name;  /* "docx": kept in the store, shown to people, the usual extension */
	const char *other; /* other extensions: "jpeg jpe" */
	const char *media; /* media type */
	bool shown;        /* browsers show it without running anything */
};

/* Reads exactly n bytes at a place of the file; false: it cannot. */
struct sniff_source {
	bool (*read)(void *ctx, uint64_t at, void *to, size_t n);
	void *ctx;
	uint64_t size;
};

enum sniff_kind sniff_content(const struct sniff_source *s);
const struct sniff_type *sniff_type(enum sniff_kind kind); /* of a kind from SNIFF_PDF on */
enum sniff_kind sniff_named(str name);                     /* "docx": SNIFF_DOCX; else SNIFF_UNKNOWN */
bool sniff_name_fits(enum sniff_kind kind, str file_name); /* its extension says the same */
/* A declared media type that says nothing ("application/octet-stream") or nothing known fits. */
bool sniff_declared_fits(enum sniff_kind kind, str media);

#endif
