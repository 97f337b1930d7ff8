/* package: an Office Open XML file (.xlsx, .docx) from memory: a ZIP of XML parts, read part by part and never unpacked as a whole.
 *
 * Files come from strangers. What is refused, each with a fault that names the part: archives with more than PACKAGE_MAX_PARTS entries,
 * parts that unpack to more than PACKAGE_MAX_PART or more than PACKAGE_MAX_RATIO times their packed size (counted while unpacking;
 * declared sizes are not believed), XML with a DOCTYPE (so no entity is ever defined or fetched), deeper than PACKAGE_MAX_DEPTH, or with
 * a tag longer than PACKAGE_MAX_TAG. Files with a password, of the binary formats (.xls, .doc, .xlsb) and of other programs (.ods, .odt) are
 * told apart, so that the message can say what to do. Macros are never looked at; package_macros says that there are some.
 * Links to other files are not followed.
 *     office.file_size       {1} the cap in MiB
 *     office.not_zip, office.password, office.binary, office.open_document
 *     office.damaged         {1} the part or empty   {2} the library's reason
 *     office.no_part         {1} the part
 *     office.too_many_parts, office.part_too_large   {1} the cap   {2} the part
 *     office.bomb, office.doctype, office.too_deep, office.tag_too_long   {1} the part
 *     office.xml             {1} the part   {2} line   {3} the library's reason */
#ifndef FORMAT_PACKAGE_H
#define FORMAT_PACKAGE_H
#include "base/buf.h"
#include "base/cx.h"
#include "base/vec.h"

enum {
	PACKAGE_MAX_FILE = 128 << 20,
	PACKAGE_MAX_PARTS = 10000,
	PACKAGE_MAX_PART = 512 << 20,
	PACKAGE_MAX_RATIO = 300, /* looked at beyond PACKAGE_FREE bytes */
	PACKAGE_FREE = 8 << 20,
	PACKAGE_MAX_DEPTH = 250,
	PACKAGE_MAX_TAG = 1 << 20
};

enum package_kind { PACKAGE_XLSX, PACKAGE_DOCX };

typedef struct package package;

/* bytes must stay until package_close. NULL: faults. name is what faults call the file, and is copied. */
package *package_open(cx *c, str name, str bytes, enum package_kind kind);
void package_close(package *p); /* NULL is fine; closes open parts too */
str package_main(const package *p);
bool package_macros(const package *p);
/* Something of it could not be read so far: also relations, of which package_target only says that there is no such part. */
bool package_failed(const package *p);
/* Reads a whole file for package_open. ERR_IO, ERR_LIMIT. "-" is standard input. */
enum err package_read_file(cx *c, const char *path, str *bytes);
/* What the first bytes say: an Office file (or what is refused as one) rather than text. */
bool package_is_office(str bytes);

/* The part that a relation of `from` leads to: by its id, or (id empty) the first of a type ("styles"). False: none, or outside the file. */
bool package_target(package *p, str from, str id, const char *type, str *part);

/* ---- a part as XML ---- */

typedef struct xml xml;

struct xml_handler {
	/* Names come without their prefix; attributes as expat gives them: use xml_attr. text may be NULL. */
	void (*open)(void *user, const char *name, const char **attributes);
	void (*close)(void *user, const char *name);
	void (*text)(void *user, const char *s, size_t n);
};

enum xml_state { XML_RUN_PAUSED, XML_RUN_END, XML_RUN_FAILED };

xml *xml_open(package *p, str part, const struct xml_handler *h, void *user); /* NULL: fault */
/* Goes on until a handler pauses, the part ends, or it fails (the fault is in the context). */
enum xml_state xml_run(xml *x);
void xml_pause(xml *x); /* from a handler: xml_run returns soon (an element without content is closed first) */
void xml_stop(xml *x);  /* from a handler that put a fault: xml_run fails */
void xml_close(xml *x); /* NULL is fine */
/* The whole part at once. */
enum err xml_read(package *p, str part, const struct xml_handler *h, void *user);

/* The value of an attribute by its name without prefix; NULL: not there. */
const char *xml_attr(const char **attributes, const char *name);
/* An xsd:boolean; absent: the default. */
bool xml_flag(const char **attributes, const char *name, bool absent);

#endif
