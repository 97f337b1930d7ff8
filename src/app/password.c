#include "app/password.h"
#include <sodium.h>
#include "base/vn.h"

enum { SLOW_OPS = 3, SLOW_MEM = 32 << 20, QUICK_OPS = 2, QUICK_MEM = 4 << 20 };

/* Words that people take where a password is asked for; folded, without digits and signs. From habit, not from a leaked list. */
static const char *const known[] = { "password", "passwords", "passwort", "matkhau", "matkhaumoi", "quantri", "quantrivien", "admin",
	"administrator", "adminadmin", "root", "user", "username", "guest", "test", "testtest", "tester", "demo", "welcome", "letmein", "login",
	"changeme", "default", "secret", "master", "system", "qwerty", "qwertyuiop", "qwertyqwerty", "qwertyuiopasdfghjkl", "asdfghjkl", "asdfgh",
	"asdfasdf", "zxcvbnm", "zxcvbn", "qazwsx", "qazwsxedc", "abc", "abcdef", "abcdefgh", "abcdefghij", "abcabc", "iloveyou", "iloveyouso",
	"anhyeuem", "emyeuanh", "yeuem", "yeuanh", "vietnam", "vietnamvodich", "congchuc", "vienchuc", "canbo", "caicachhanhchinh", "caicach",
	"hanhchinh", "sonoivu", "noivu", "ubnd", "ubndtinh", "tinhuy", "thuocdo", "chamdiem", "baocao", "hanoi", "saigon", "hochiminh", "danang",
	"dragon", "monkey", "football", "baseball", "sunshine", "princess", "superman", "batman", "pokemon", "michael", "computer", "internet",
	"samsung", "iphone", "google", "facebook", "zalo", "microsoft", "windows", "office", "excel", "starwars", "trustno", "whatever",
	"hello", "helloworld", "freedom", "summer", "winter", "spring", "mypassword", "thepassword", "passw", "passwrd", "psswrd", "p", "pssword", "pass",
	"passpass", "newpassword", "temporary", "temp", "khongbiet", "khongco", "motconvit", "motconvitxoerahaicaicanh" };

/* Letters only, without marks and case: "Matkhau@2026" is "matkhau". */
static str core_of(cx *c, str s)
{
	str f = vn_fold(c->mem, s);
	char *out = arena_alloc(c->mem, f.len + 1);
	size_t n = 0;
	for (size_t i = 0; i < f.len; i++) {
		char ch = f.p[i];
		if (ch >= 'a' && ch <= 'z')
			out[n++] = ch;
	}
	return (str){ out, n };
}

static bool is_known(str core)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (str_is(core, known[i]))
			return true;
	return false;
}

/* Fewer than five different signs, or one that only counts up or down. */
static bool is_monotonous(str s)
{
	bool seen[256] = { false }, up = true, down = true;
	int kinds = 0;
	for (size_t i = 0; i < s.len; i++) {
		kinds += !seen[(unsigned char)s.p[i]];
		seen[(unsigned char)s.p[i]] = true;
		int step = i ? (unsigned char)s.p[i] - (unsigned char)s.p[i - 1] : 0;
		up = up && (!i || step == 1 || step == -9);
		down = down && (!i || step == -1 || step == 9);
	}
	return kinds < 5 || up || down;
}

/* A name's words stand in it, and what is left is less than six letters. */
static bool is_made_of(cx *c, str core, str name)
{
	str rest = vn_fold(c->mem, name), word;
	size_t covered = 0;
	while (rest.len && str_next(&rest, ' ', &word))
		if (word.len >= 3 && core.len && memmem(core.p, core.len, word.p, word.len))
			covered += word.len;
	return covered > 0 && core.len < covered + 6;
}

const char *password_weak(cx *c, str password, str login, str name)
{
	size_t n = vn_length(password);
	if (n < PASSWORD_MIN)
		return "password.short";
	if (password.len > PASSWORD_MAX)
		return "password.long";
	str core = core_of(c, password), id = core_of(c, login);
	if (is_monotonous(password))
		return "password.monotonous";
	if (core.len && core.len < 12 + 12 && is_known(core))
		return "password.known";
	if ((id.len >= 3 && core.len >= id.len && memmem(core.p, core.len, id.p, id.len) && core.len < id.len + 6) || is_made_of(c, core, name))
		return "password.of_name";
	return NULL;
}

str password_hash(cx *c, str password, bool first)
{
	char text[crypto_pwhash_STRBYTES];
	if (crypto_pwhash_str_alg(text, password.p, password.len, first ? QUICK_OPS : SLOW_OPS, first ? QUICK_MEM : SLOW_MEM,
		    crypto_pwhash_ALG_ARGON2ID13)
		!= 0)
		return (str){ 0 };
	return arena_str(c->mem, str_of(text));
}

bool password_fits(str hash, str password)
{
	char text[crypto_pwhash_STRBYTES];
	if (hash.len && hash.len < sizeof text) {
		memset(text, 0, sizeof text);
		memcpy(text, hash.p, hash.len);
		return crypto_pwhash_str_verify(text, password.p, password.len) == 0;
	}
	unsigned char salt[crypto_pwhash_SALTBYTES] = { 0 }, out[16];
	int done = crypto_pwhash(out, sizeof out, password.p, password.len, salt, SLOW_OPS, SLOW_MEM, crypto_pwhash_ALG_ARGON2ID13);
	(void)done; /* only time was wanted */
	return false;
}

str password_first(cx *c)
{
	static const char signs[] = "abcdefghkmnpqrstuvwxyz23456789"; /* no i, j, l, o, 0, 1 */
	char *out = arena_alloc(c->mem, PASSWORD_FIRST);
	for (int i = 0; i < PASSWORD_FIRST - 1; i++)
		out[i] = i % 5 == 4 ? '-' : signs[randombytes_uniform(sizeof signs - 1)];
	return (str){ out, PASSWORD_FIRST - 1 };
}
