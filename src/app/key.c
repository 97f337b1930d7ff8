#include "app/key.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY = 32, TEXT = 2 * KEY };

static enum err failed(cx *c, const char *key, const char *path, int why)
{
	fault_arg(c, cx_fault(c, FAULT_ERROR, key, (place){ .file = str_of(path) }, (str){ 0 }), 1, str_of(strerror(why)));
	return ERR_IO;
}

static enum err read_key(cx *c, struct app *a, const char *path, int fd)
{
	char text[TEXT + 8];
	struct stat st;
	size_t n = 0;
	ssize_t got = read(fd, text, sizeof text);
	if (got < 0 || fstat(fd, &st) != 0)
		return failed(c, "app.key_read", path, errno);
	if (st.st_mode & 077)
		return cx_fail(c, ERR_INPUT, "app.key_open_to_others", (place){ .file = str_of(path) }, (str){ 0 });
	a->has_key = got >= TEXT && sodium_hex2bin(a->key, KEY, text, TEXT, NULL, &n, NULL) == 0 && n == KEY;
	sodium_memzero(text, sizeof text);
	return a->has_key ? ERR_OK : cx_fail(c, ERR_INPUT, "app.key_bad", (place){ .file = str_of(path) }, (str){ 0 });
}

static enum err make_key(cx *c, struct app *a, const char *path)
{
	char text[TEXT + 2];
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return failed(c, "app.key_make", path, errno);
	randombytes_buf(a->key, KEY);
	sodium_bin2hex(text, sizeof text, a->key, KEY);
	text[TEXT] = '\n';
	bool ok = write(fd, text, TEXT + 1) == TEXT + 1 && fsync(fd) == 0;
	int why = errno;
	close(fd);
	sodium_memzero(text, sizeof text);
	if (!ok)
		return failed(c, "app.key_make", path, why);
	a->has_key = true;
	return ERR_OK;
}

enum err app_key_open(cx *c, struct app *a, const char *path, bool create)
{
	static const char suffix[] = ".key";
	size_t n = strlen(path), cut = n > 4 && strcmp(path + n - 4, suffix) == 0 ? n - 4 : n;
	char *anchor = NULL;
	if (sodium_init() < 0 || asprintf(&anchor, "%.*s.anchor", (int)cut, path) < 0)
		return cx_fail(c, ERR_IO, "app.memory", (place){ 0 }, (str){ 0 });
	a->anchor_path = anchor;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno != ENOENT ? failed(c, "app.key_read", path, errno) : create ? make_key(c, a, path) : ERR_OK;
	enum err e = read_key(c, a, path, fd);
	close(fd);
	return e;
}

void app_key_close(struct app *a)
{
	char *path;
	memcpy(&path, &a->anchor_path, sizeof path); /* ours, though it is read-only for others */
	free(path);
	sodium_memzero(a->key, sizeof a->key);
}

bool app_subkey(const struct app *a, enum app_key purpose, unsigned char out[32])
{
	if (!a->has_key) {
		memset(out, 0, KEY);
		return false;
	}
	return crypto_kdf_derive_from_key(out, KEY, (uint64_t)purpose, "thuocdo1", a->key) == 0;
}

str app_seal(cx *c, const struct app *a, str plain)
{
	unsigned char key[KEY];
	const size_t head = crypto_secretbox_NONCEBYTES, n = head + crypto_secretbox_MACBYTES + plain.len;
	if (!app_subkey(a, APP_KEY_SEAL, key))
		return (str){ 0 };
	unsigned char *out = arena_alloc(c->mem, n);
	randombytes_buf(out, head);
	crypto_secretbox_easy(out + head, (const unsigned char *)plain.p, plain.len, out, key);
	sodium_memzero(key, sizeof key);
	return (str){ (const char *)out, n };
}

str app_unseal(cx *c, const struct app *a, str sealed)
{
	unsigned char key[KEY];
	const size_t head = crypto_secretbox_NONCEBYTES, mac = crypto_secretbox_MACBYTES;
	if (sealed.len < head + mac || !app_subkey(a, APP_KEY_SEAL, key))
		return (str){ 0 };
	const unsigned char *in = (const unsigned char *)sealed.p;
	unsigned char *out = arena_alloc(c->mem, sealed.len - head - mac + 1);
	bool ok = crypto_secretbox_open_easy(out, in + head, sealed.len - head, in, key) == 0;
	sodium_memzero(key, sizeof key);
	return ok ? (str){ (const char *)out, sealed.len - head - mac } : (str){ 0 };
}

str app_seal_text(cx *c, const struct app *a, str plain)
{
	str sealed = app_seal(c, a, plain);
	if (!sealed.p)
		return (str){ 0 };
	size_t most = sodium_base64_ENCODED_LEN(sealed.len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	char *text = arena_alloc(c->mem, most);
	sodium_bin2base64(text, most, (const unsigned char *)sealed.p, sealed.len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return str_of(text);
}

str app_unseal_text(cx *c, const struct app *a, str sealed)
{
	size_t n = 0;
	unsigned char *raw = arena_alloc(c->mem, sealed.len + 1);
	if (sodium_base642bin(raw, sealed.len, sealed.p, sealed.len, NULL, &n, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
		return (str){ 0 };
	return app_unseal(c, a, (str){ (const char *)raw, n });
}
