#include "app/file.h"
#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "app/audit.h"
#include "base/vec.h"
#include "base/vn.h"
#include "db/file.h"
#include "format/sniff.h"

enum { HASH = crypto_hash_sha256_BYTES, SWEEP_FILES = 200, SWEEP_CHUNKS = 16 };

typedef struct {
	char hex[2 * HASH + 1];
} hash_text;

static hash_text hex_of(const unsigned char h[HASH])
{
	hash_text t;
	sodium_bin2hex(t.hex, sizeof t.hex, h, HASH);
	return t;
}

static hash_text hash_of(str s)
{
	unsigned char h[HASH];
	crypto_hash_sha256(h, (const unsigned char *)s.p, s.len);
	return hex_of(h);
}

static enum err fail(cx *c, enum err code, const char *key, str name, str arg1, str arg2)
{
	fault *f = cx_fault(c, FAULT_ERROR, key, (place){ 0 }, name);
	fault_arg(c, f, 1, arg1);
	fault_arg(c, f, 2, arg2);
	return code;
}

/* ---- names ---- */

/* Signs that would show a name other than it is: controls, and those that turn the direction of writing. */
static bool is_hidden(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || (cp >= 0x200B && cp <= 0x200F) || (cp >= 0x2028 && cp <= 0x202E)
		|| (cp >= 0x2060 && cp <= 0x206F) || cp == 0xFEFF;
}

/* Without folders and hidden signs; of what is too long the beginning and the extension. */
static str clean_name(arena *mem, str name)
{
	for (size_t i = name.len; i-- > 0;)
		if (name.p[i] == '/' || name.p[i] == '\\') {
			name = (str){ name.p + i + 1, name.len - i - 1 };
			break;
		}
	name = vn_nfc(mem, name);
	buf b;
	buf_init(&b, 4096);
	for (size_t at = 0; at < name.len;) {
		uint32_t cp = vn_next(name, &at);
		if (!is_hidden(cp))
			vn_put(&b, cp);
	}
	str out = arena_str(mem, str_trim(buf_str(&b)));
	buf_free(&b);
	if (out.len <= FILE_NAME_MAX)
		return out;
	size_t dot = out.len;
	while (dot > out.len - 8 && out.p[dot - 1] != '.')
		dot--;
	size_t keep = FILE_NAME_MAX - 3 - (out.len - dot + 1);
	while (((unsigned char)out.p[keep] & 0xC0) == 0x80)
		keep--;
	return arena_printf(mem, "%.*s….%.*s", (int)keep, out.p, (int)(out.len - dot), out.p + dot);
}

/* ---- what it is ---- */

static bool read_fd(void *ctx, uint64_t at, void *to, size_t n)
{
	char *p = to;
	while (n) {
		ssize_t got = pread(*(int *)ctx, p, n, (off_t)at);
		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
		at += (uint64_t)got;
	}
	return true;
}

static enum err find_kind(cx *c, str name, str declared, int fd, uint64_t size, enum sniff_kind *out)
{
	const struct sniff_source source = { read_fd, &fd, size };
	enum sniff_kind kind = sniff_content(&source);
	*out = kind;
	if (kind == SNIFF_EMPTY)
		return fail(c, ERR_INPUT, "file.empty", name, STR(""), STR(""));
	if (kind == SNIFF_UNKNOWN)
		return fail(c, ERR_INPUT, "file.unknown", name, STR(""), STR(""));
	if (kind == SNIFF_MACRO)
		return fail(c, ERR_INPUT, "file.macro", name, STR(""), STR(""));
	if (kind == SNIFF_LOCKED)
		return fail(c, ERR_INPUT, "file.password", name, STR(""), STR(""));
	str found = str_of(sniff_type(kind)->name);
	if (!sniff_name_fits(kind, name))
		return fail(c, ERR_INPUT, "file.extension", name, found, STR(""));
	if (declared.len && !sniff_declared_fits(kind, declared))
		return fail(c, ERR_INPUT, "file.declared", name, found, declared);
	return ERR_OK;
}

static struct file_info info_of(const db_file *f)
{
	enum sniff_kind kind = sniff_named(f->kind);
	const struct sniff_type *t = kind ? sniff_type(kind) : NULL;
	return (struct file_info){ .id = f->id, .name = f->name, .kind = f->kind, .sha256 = f->sha256, .size = (uint64_t)f->size,
		.media = t ? str_of(t->media) : STR("application/octet-stream"), .shown = t && t->shown, .locked = f->locked_at != 0,
		.erased = f->erased_at != 0, .user_id = f->user_id, .added_at = f->added_at };
}

/* ---- putting ---- */

static uint64_t file_max(const struct app *a) { return a->file_max ? a->file_max : (uint64_t)FILE_MAX_MIB << 20; }
static uint64_t files_max(const struct app *a) { return a->files_max ? a->files_max : (uint64_t)FILES_MAX_GIB << 30; }

static str mib(arena *mem, uint64_t n) { return arena_printf(mem, "%llu", (unsigned long long)(n >> 20)); }

struct put {
	struct app *a;
	const struct actor *who;
	str name;
	int fd;
	uint64_t size;
	enum sniff_kind kind;
	hash_text sha256;
	char *piece; /* DB_FILE_CHUNK bytes */
	struct cx_hold hold;
	int64_t content, no, file; /* content 0: none of its own */
	str bytes;
};

static enum err read_piece(cx *c, struct put *p, uint64_t at)
{
	uint64_t left = p->size - at;
	p->bytes = (str){ p->piece, left < DB_FILE_CHUNK ? (size_t)left : DB_FILE_CHUNK };
	return read_fd(&p->fd, at, p->piece, p->bytes.len) ? ERR_OK : fail(c, ERR_IO, "file.unreadable", p->name, STR(""), STR(""));
}

/* SHA-256 of the whole; with each piece in p->bytes calls work, if there is one. */
static enum err hash_whole(cx *c, struct put *p, db_work work, hash_text *out)
{
	crypto_hash_sha256_state state;
	unsigned char h[HASH];
	crypto_hash_sha256_init(&state);
	p->no = 0;
	for (uint64_t at = 0; at < p->size; at += p->bytes.len, p->no++) {
		enum err e = read_piece(c, p, at);
		if (!e && work)
			e = db_tx(c, p->a->db, DB_WRITE, work, p);
		if (e)
			return e;
		crypto_hash_sha256_update(&state, (const unsigned char *)p->bytes.p, p->bytes.len);
	}
	crypto_hash_sha256_final(&state, h);
	*out = hex_of(h);
	return ERR_OK;
}

static enum err add_file(cx *c, db_conn *k, struct put *p, int64_t content)
{
	enum err e = db_file_add(c, k, content, p->name, p->who->user_id, &p->file);
	str detail = arena_printf(c->mem, "{\"sha256\":\"%s\",\"size\":%llu}", p->sha256.hex, (unsigned long long)p->size);
	return e ? e : audit_add(c, k, p->who, "file.put", arena_printf(c->mem, "%lld", (long long)p->file), detail);
}

/* The content is there already: then only a file is made. Else room for it is taken. */
static enum err begin(cx *c, db_conn *k, void *arg)
{
	struct put *p = arg;
	int64_t content = 0, total = 0;
	bool found = false;
	p->content = p->file = 0;
	enum err e = db_file_whole(c, k, str_of(p->sha256.hex), &content, &found);
	if (e || found)
		return e ? e : add_file(c, k, p, content);
	e = db_file_total(c, k, &total);
	if (!e && (uint64_t)total + p->size > files_max(p->a))
		e = fail(c, ERR_LIMIT, "file.no_room", p->name, mib(c->mem, files_max(p->a)), STR(""));
	return e ? e : db_file_begin(c, k, str_of(sniff_type(p->kind)->name), (int64_t)p->size, &p->content);
}

static enum err add_piece(cx *c, db_conn *k, void *arg)
{
	struct put *p = arg;
	hash_text h = hash_of(p->bytes);
	return db_file_chunk_add(c, k, p->content, p->no, str_of(h.hex), p->bytes);
}

/* Somebody else may have brought the same meanwhile. */
static enum err finish(cx *c, db_conn *k, void *arg)
{
	struct put *p = arg;
	int64_t content = p->content;
	bool found = false;
	enum err e = db_file_whole(c, k, str_of(p->sha256.hex), &content, &found);
	if (!e)
		e = found ? db_file_drop(c, k, p->content) : db_file_finish(c, k, p->content, str_of(p->sha256.hex));
	return e ? e : add_file(c, k, p, found ? content : p->content);
}

static enum err drop(cx *c, db_conn *k, void *arg)
{
	struct put *p = arg;
	return db_file_drop(c, k, p->content);
}

static enum err put_pieces(cx *c, struct put *p)
{
	hash_text again;
	enum err e = hash_whole(c, p, add_piece, &again);
	if (!e && strcmp(again.hex, p->sha256.hex) != 0)
		e = fail(c, ERR_CONFLICT, "file.changing", p->name, STR(""), STR(""));
	if (!e)
		e = db_tx(c, p->a->db, DB_WRITE, finish, p);
	if (e) { /* if this fails too, the sweep finds it */
		cx *quiet = cx_new(1 << 20);
		quiet->now_ms = c->now_ms;
		(void)db_tx(quiet, p->a->db, DB_WRITE, drop, p);
		cx_free(quiet);
	}
	return e;
}

enum err file_put(cx *c, struct app *a, const struct actor *who, str name, str declared, int fd, uint64_t size, struct file_info *out)
{
	struct put p = { .a = a, .who = who, .fd = fd, .size = size };
	if (vn_utf8_check(name) < name.len)
		return fail(c, ERR_INPUT, "file.name", STR(""), STR(""), STR(""));
	p.name = clean_name(c->mem, name);
	if (!p.name.len)
		return fail(c, ERR_INPUT, "file.name", STR(""), STR(""), STR(""));
	if (size > file_max(a))
		return fail(c, ERR_LIMIT, "file.too_big", p.name, mib(c->mem, file_max(a)), STR(""));
	enum err e = find_kind(c, p.name, declared, fd, size, &p.kind);
	if (e)
		return e;
	p.piece = malloc(DB_FILE_CHUNK);
	if (!p.piece)
		return cx_fail(c, ERR_IO, "app.memory", (place){ 0 }, STR(""));
	cx_hold(c, &p.hold, free, p.piece);
	e = hash_whole(c, &p, NULL, &p.sha256);
	if (!e)
		e = db_tx(c, a->db, DB_WRITE, begin, &p);
	if (!e && p.content)
		e = put_pieces(c, &p);
	cx_unhold(&p.hold);
	free(p.piece);
	if (!e) {
		const db_file f = { .id = p.file, .name = p.name, .kind = str_of(sniff_type(p.kind)->name), .sha256 = arena_str(c->mem, str_of(p.sha256.hex)),
			.size = (int64_t)size, .user_id = who->user_id, .added_at = c->now_ms };
		*out = info_of(&f);
	}
	return e;
}

/* ---- looking ---- */

static enum err get(cx *c, struct app *a, int64_t id, db_file *out)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	if (e)
		return e;
	e = db_file_get(c, k, id, out);
	return e == ERR_NOTFOUND ? cx_fail(c, e, "file.gone", (place){ 0 }, STR("")) : e;
}

enum err file_get(cx *c, struct app *a, int64_t id, struct file_info *out)
{
	db_file f;
	enum err e = get(c, a, id, &f);
	if (!e)
		*out = info_of(&f);
	return e;
}

enum err file_of(cx *c, struct app *a, str noun, int64_t object, struct file_infos *out)
{
	DB_READER(k);
	db_file_list l = { 0 };
	enum err e = db_reader(c, a->db, &k);
	if (e)
		return e;
	e = db_file_of(c, k, noun, object, &l);
	*out = (struct file_infos){ 0 };
	for (size_t i = 0; !e && i < l.n; i++)
		*VEC_PUSH(c->mem, out) = info_of(&l.p[i]);
	return e;
}

static const struct file_noun *noun_of(const struct app *a, str noun)
{
	for (const struct file_noun *n = a->file_nouns ? a->file_nouns : file_nouns; n->noun; n++)
		if (str_is(noun, n->noun))
			return n;
	return NULL;
}

enum err file_may(cx *c, struct app *a, const struct actor *who, int64_t id)
{
	db_file f;
	db_conn *k;
	db_file_owners owners = { 0 };
	enum err e = get(c, a, id, &f);
	if (e || who->system)
		return e;
	if ((e = db_reader(c, a->db, &k)))
		return e;
	e = db_file_owners_of(c, k, id, &owners);
	db_release(k);
	if (e)
		return e;
	if (!owners.n && who->user_id && who->user_id == f.user_id)
		return ERR_OK;
	size_t before = c->n_faults, errors = c->n_errors;
	for (size_t i = 0; i < owners.n; i++) {
		const struct file_noun *n = noun_of(a, owners.p[i].noun);
		e = n ? n->may(c, a, who, owners.p[i].object_id) : ERR_DENIED;
		if (e != ERR_DENIED && e != ERR_NOTFOUND)
			return e;
		c->n_faults = before; /* what one owner refused another one may allow */
		c->n_errors = errors;
	}
	return cx_fail(c, ERR_DENIED, "file.denied", (place){ 0 }, STR(""));
}

/* ---- reading ---- */

static enum err damaged(cx *c, const db_file *f) { return fail(c, ERR_IO, "file.damaged", f->name, f->sha256, STR("")); }

/* One piece, checked, in a context of its own: the arena of a request would keep them all. */
static enum err one_piece(cx *c, struct app *a, const db_file *f, int64_t no, str *out)
{
	DB_READER(k);
	str hash = { 0 };
	enum err e = db_reader(c, a->db, &k);
	if (e)
		return e;
	e = db_file_chunk(c, k, f->content_id, no, &hash, out);
	if (e == ERR_NOTFOUND)
		return damaged(c, f);
	uint64_t left = (uint64_t)f->size - (uint64_t)no * DB_FILE_CHUNK;
	if (!e && (out->len != (left < DB_FILE_CHUNK ? left : DB_FILE_CHUNK) || !str_is(hash, hash_of(*out).hex)))
		e = damaged(c, f);
	return e;
}

/* Faults of one context into another. */
static void take_faults(cx *to, const cx *from)
{
	for (size_t i = 0; i < from->n_faults; i++) {
		const fault *f = &from->faults[i];
		fault *copy = cx_fault(to, f->level, f->key, f->at, f->value);
		for (int j = 1; j <= FAULT_ARGS; j++)
			fault_arg(to, copy, j, f->arg[j - 1]);
	}
}

static enum err give_piece(cx *c, struct app *a, const db_file *f, int64_t no, uint64_t from, uint64_t to, file_sink sink, void *ctx)
{
	cx *own = cx_new(4 << 20);
	own->now_ms = c->now_ms;
	str piece;
	enum err e = one_piece(own, a, f, no, &piece);
	if (e) {
		take_faults(c, own);
	} else {
		uint64_t start = (uint64_t)no * DB_FILE_CHUNK;
		size_t skip = from > start ? (size_t)(from - start) : 0;
		size_t end = to - start < piece.len ? (size_t)(to - start) : piece.len;
		e = sink(ctx, (str){ piece.p + skip, end - skip });
	}
	cx_free(own);
	return e;
}

static enum err read_range(cx *c, struct app *a, const db_file *f, uint64_t from, uint64_t n, file_sink sink, void *ctx)
{
	if (f->erased_at)
		return fail(c, ERR_NOTFOUND, "file.erased", STR(""), STR(""), STR(""));
	uint64_t size = (uint64_t)f->size;
	if (from > size || n > size - from)
		return fail(c, ERR_INPUT, "file.range", f->name, STR(""), STR(""));
	enum err e = ERR_OK;
	for (uint64_t at = from; !e && at < from + n; at = (at / DB_FILE_CHUNK + 1) * DB_FILE_CHUNK)
		e = give_piece(c, a, f, (int64_t)(at / DB_FILE_CHUNK), from, from + n, sink, ctx);
	return e;
}

enum err file_read(cx *c, struct app *a, int64_t id, uint64_t from, uint64_t n, file_sink sink, void *ctx)
{
	db_file f;
	enum err e = get(c, a, id, &f);
	return e ? e : read_range(c, a, &f, from, n, sink, ctx);
}

static enum err to_fd(void *ctx, str piece)
{
	while (piece.len) {
		ssize_t n = write(*(int *)ctx, piece.p, piece.len);
		if (n <= 0)
			return ERR_IO;
		piece = (str){ piece.p + n, piece.len - (size_t)n };
	}
	return ERR_OK;
}

enum err file_write(cx *c, struct app *a, int64_t id, uint64_t from, uint64_t n, int fd)
{
	size_t before = c->n_errors;
	enum err e = file_read(c, a, id, from, n, to_fd, &fd);
	return e == ERR_IO && c->n_errors == before ? cx_fail(c, e, "file.spool", (place){ 0 }, STR("")) : e;
}

static enum err to_hash(void *ctx, str piece)
{
	crypto_hash_sha256_update(ctx, (const unsigned char *)piece.p, piece.len);
	return ERR_OK;
}

enum err file_check(cx *c, struct app *a, int64_t id)
{
	db_file f;
	crypto_hash_sha256_state state;
	unsigned char h[HASH];
	crypto_hash_sha256_init(&state);
	enum err e = get(c, a, id, &f);
	if (!e)
		e = read_range(c, a, &f, 0, (uint64_t)f.size, to_hash, &state);
	if (e)
		return e;
	crypto_hash_sha256_final(&state, h);
	return str_is(f.sha256, hex_of(h).hex) ? ERR_OK : damaged(c, &f);
}

/* ---- going ---- */

struct erase {
	const struct actor *who;
	int64_t id;
	str reason;
};

static enum err erase(cx *c, db_conn *k, void *arg)
{
	const struct erase *x = arg;
	enum err e = db_file_erase(c, k, x->id);
	return e ? e : audit_add(c, k, x->who, "file.erase", arena_printf(c->mem, "%lld", (long long)x->id), x->reason);
}

enum err file_erase(cx *c, struct app *a, const struct actor *who, int64_t id, str reason)
{
	struct file_info f;
	struct erase x = { who, id, str_trim(reason) };
	enum err e = actor_may(c, a, who, "file", "erase", 0);
	if (!e && !x.reason.len)
		e = fail(c, ERR_INPUT, "file.no_reason", STR(""), STR(""), STR(""));
	if (!e)
		e = file_get(c, a, id, &f);
	if (e || f.erased)
		return e;
	e = db_tx(c, a->db, DB_WRITE, erase, &x);
	return e ? e : file_sweep(c, a);
}

static enum err give_up(cx *c, db_conn *k, void *arg)
{
	return db_file_give_up(c, k, c->now_ms - FILE_ARRIVING_MS, c->now_ms - FILE_FREE_MS, SWEEP_FILES, arg);
}

static enum err purge(cx *c, db_conn *k, void *arg) { return db_file_purge(c, k, SWEEP_CHUNKS, arg); }

enum err file_sweep(cx *c, struct app *a)
{
	int64_t n = SWEEP_FILES;
	bool left = true;
	enum err e = ERR_OK;
	while (!e && n > 0)
		e = db_tx(c, a->db, DB_WRITE, give_up, &n);
	while (!e && left)
		e = db_tx(c, a->db, DB_WRITE, purge, &left);
	return e;
}
