/* file: PDF, images, office files and archives in the store, each content once.
 *
 * file_put reads a file descriptor twice: first it looks what the content is (format/sniff.h; the extension and what was declared must say the
 * same), takes its SHA-256 and sees whether the store has it; then it writes pieces of 256 KiB, each in a transaction of its own. The file
 * exists with the last transaction or not at all; a program that is killed leaves pieces that file_sweep takes away.
 *
 * A new file belongs to nothing. Whoever refers to it calls db_file_ref in the transaction of its own row (db/file.h); after a day without a
 * reference it is swept away. Who may see a file follows what refers to it: file_may asks the nouns of file_noun.c.
 *
 * Reading checks: each piece against its own hash before it is handed out, the whole against the content's. Neither way is the file in memory. */
#ifndef APP_FILE_H
#define APP_FILE_H
#include "app/actor.h"

enum {
	FILE_MAX_MIB = 64,           /* one file, unless app says otherwise */
	FILES_MAX_GIB = 64,          /* all contents together */
	FILE_FREE_MS = 86400 * 1000, /* how long a file may belong to nothing */
	FILE_ARRIVING_MS = 3600 * 1000, /* how long an upload may stand still */
	FILE_NAME_MAX = 200,         /* bytes */
};

struct file_info {
	int64_t id;
	str name;   /* as given, without folders and control signs */
	str kind;   /* "pdf", "docx" … */
	str media;  /* its media type, ours, never the sender's */
	str sha256;
	uint64_t size;
	bool shown;  /* browsers show it without running anything: PDF, PNG, JPEG, GIF, WebP */
	bool locked; /* signed and accepted: neither erased nor taken away */
	bool erased; /* only its place is left */
	int64_t user_id, added_at;
};

struct file_infos {
	struct file_info *p;
	size_t n, cap;
};

/* Stores size bytes of fd. declared: the media type that came with it, or empty. Faults: file.* with the name. */
enum err file_put(cx *c, struct app *a, const struct actor *who, str name, str declared, int fd, uint64_t size, struct file_info *out);

enum err file_get(cx *c, struct app *a, int64_t id, struct file_info *out); /* ERR_NOTFOUND */
/* The files that an object keeps. */
enum err file_of(cx *c, struct app *a, str noun, int64_t object, struct file_infos *out);
/* ERR_OK, or ERR_DENIED. Whoever may see one thing that refers to the file may see the file; one that belongs to nothing yet, who brought it. */
enum err file_may(cx *c, struct app *a, const struct actor *who, int64_t id);

/* Gives n bytes from a place in pieces; stops when the receiver gives an error. ERR_IO with file.damaged: the store holds other bytes than
 * were put, and nothing of the piece was given. */
typedef enum err (*file_sink)(void *ctx, str piece);
enum err file_read(cx *c, struct app *a, int64_t id, uint64_t from, uint64_t n, file_sink sink, void *ctx);
/* The same into a file descriptor. */
enum err file_write(cx *c, struct app *a, int64_t id, uint64_t from, uint64_t n, int fd);
/* Reads the whole and compares its SHA-256. */
enum err file_check(cx *c, struct app *a, int64_t id);

/* Personal data: name and content go for good, wherever the file is referred to; its place stays. Permission "file" "erase". A locked file is
 * kept: ERR_CONFLICT. The bytes are away after the sweep, which this calls, unless another file has the same content. */
enum err file_erase(cx *c, struct app *a, const struct actor *who, int64_t id, str reason);

/* Takes away what was left behind: interrupted uploads, files of nothing, contents of no file. Short transactions; safe beside uploads.
 * To be called at the start and now and then. */
enum err file_sweep(cx *c, struct app *a);

/* ---- the nouns that keep files (file_noun.c) ---- */

struct file_noun {
	const char *noun; /* as given to db_file_ref */
	/* ERR_OK: who may see this object; ERR_DENIED; or another error. */
	enum err (*may)(cx *c, struct app *a, const struct actor *who, int64_t object);
};

extern const struct file_noun file_nouns[]; /* ends with an entry without name */

#endif
