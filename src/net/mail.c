#include "net/mail.h"
#include <curl/curl.h>
#include <sodium.h>
#include <stdio.h>
#include <time.h>
#include "base/vn.h"
#include "net/http.h"

enum { WORD = 36, LINE = 57 }; /* bytes of an encoded word, of a line of base64 */

static enum err fail(cx *c, enum err code, const char *key, str value, const char *why)
{
	fault *f = cx_fault(c, FAULT_ERROR, key, (place){ 0 }, value);
	fault_arg(c, f, 1, str_of(why));
	return code;
}

bool mail_address_ok(str a)
{
	size_t at = 0, signs = 0;
	for (size_t i = 0; i < a.len; i++) {
		unsigned char b = (unsigned char)a.p[i];
		if (b <= 0x20 || b >= 0x7F || memchr("<>()[]\\,;:\"", b, 11))
			return false;
		if (b == '@') {
			at = i;
			signs++;
		}
	}
	return signs == 1 && at > 0 && at + 1 < a.len && a.len <= MAIL_ADDRESS_MAX && a.p[0] != '-';
}

static bool header_ok(str s)
{
	if (vn_utf8_check(s) < s.len)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7F)
			return false;
	return true;
}

static void base64(buf *b, str s)
{
	char out[100];
	sodium_bin2base64(out, sizeof out, (const unsigned char *)s.p, s.len, sodium_base64_VARIANT_ORIGINAL);
	buf_addz(b, out);
}

/* Words of at most 75 signs, cut between characters (RFC 2047). */
static void encoded_words(buf *b, str s)
{
	for (bool first = true; s.len || first; first = false) {
		size_t n = s.len < WORD ? s.len : WORD;
		while (n < s.len && n > 0 && ((unsigned char)s.p[n] & 0xC0) == 0x80)
			n--;
		buf_addz(b, first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
		base64(b, (str){ s.p, n });
		buf_addz(b, "?=");
		s = (str){ s.p + n, s.len - n };
	}
}

static void address(buf *b, const char *header, str name, str addr)
{
	buf_addz(b, header);
	if (name.len) {
		encoded_words(b, name);
		buf_addz(b, "\r\n ");
	}
	buf_printf(b, "<%.*s>\r\n", STR_ARG(addr));
}

static void date(buf *b, int64_t ms)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t s = (time_t)(ms / 1000);
	struct tm t;
	gmtime_r(&s, &t);
	buf_printf(b, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000\r\n", days[t.tm_wday], t.tm_mday, months[t.tm_mon], t.tm_year + 1900, t.tm_hour,
		t.tm_min, t.tm_sec);
}

static void part(buf *b, const char *type, str text)
{
	buf_printf(b, "Content-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n", type);
	for (size_t at = 0; at < text.len; at += LINE) {
		base64(b, (str){ text.p + at, text.len - at < LINE ? text.len - at : LINE });
		buf_addz(b, "\r\n");
	}
}

static bool id_ok(str id)
{
	for (size_t i = 0; i < id.len; i++) {
		char b = id.p[i];
		if (!((b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || b == '-' || b == '.'))
			return false;
	}
	return id.len > 0 && id.len <= 100;
}

static enum err check(cx *c, const struct mail_server *s, const struct mail *m)
{
	if (!mail_address_ok(s->from))
		return fail(c, ERR_INPUT, "mail.sender", s->from, "");
	if (!mail_address_ok(m->to))
		return fail(c, ERR_INPUT, "mail.address", m->to, "");
	if (!header_ok(s->from_name) || !header_ok(m->to_name) || !header_ok(m->subject) || !id_ok(m->id))
		return fail(c, ERR_INPUT, "mail.header", STR(""), "");
	if (m->subject.len > MAIL_SUBJECT_MAX || m->to_name.len > MAIL_SUBJECT_MAX || m->text.len > MAIL_TEXT_MAX || m->html.len > MAIL_TEXT_MAX)
		return fail(c, ERR_LIMIT, "mail.too_long", STR(""), "");
	if (vn_utf8_check(m->text) < m->text.len || vn_utf8_check(m->html) < m->html.len)
		return fail(c, ERR_INPUT, "mail.not_text", STR(""), "");
	return ERR_OK;
}

enum err mail_build(cx *c, const struct mail_server *s, const struct mail *m, buf *b)
{
	enum err e = check(c, s, m);
	if (e)
		return e;
	str domain = s->from, head;
	str_next(&domain, '@', &head);
	address(b, "From: ", s->from_name, s->from);
	address(b, "To: ", m->to_name, m->to);
	buf_addz(b, "Subject: ");
	encoded_words(b, m->subject);
	buf_addz(b, "\r\n");
	date(b, m->date_ms);
	buf_printf(b, "Message-ID: <%.*s@%.*s>\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n", STR_ARG(m->id), STR_ARG(domain));
	if (!m->html.len) {
		part(b, "plain", m->text);
	} else { /* base64 never holds "--" */
		buf_printf(b, "Content-Type: multipart/alternative; boundary=\"--%.*s\"\r\n\r\n", STR_ARG(m->id));
		buf_printf(b, "----%.*s\r\n", STR_ARG(m->id));
		part(b, "plain", m->text);
		buf_printf(b, "----%.*s\r\n", STR_ARG(m->id));
		part(b, "html", m->html);
		buf_printf(b, "----%.*s--\r\n", STR_ARG(m->id));
	}
	return buf_full(b) ? fail(c, ERR_LIMIT, "mail.too_long", STR(""), "") : ERR_OK;
}

/* ---- sending ---- */

static size_t give(char *to, size_t size, size_t n, void *ctx)
{
	str *left = ctx;
	size_t most = size * n < left->len ? size * n : left->len;
	memcpy(to, left->p, most);
	*left = (str){ left->p + most, left->len - most };
	return most;
}

/* What a server says is not shown: it may repeat what was sent. */
static size_t drop(char *p, size_t size, size_t n, void *ctx)
{
	(void)p, (void)ctx;
	return size * n;
}

static bool this_machine(str host) { return str_is(host, "localhost") || str_is(host, "127.0.0.1") || str_is(host, "[::1]"); }

static enum err outcome(cx *c, CURLcode code, long reply)
{
	const char *why = curl_easy_strerror(code);
	if (code == CURLE_OK)
		return ERR_OK;
	switch (code) {
	case CURLE_LOGIN_DENIED: return fail(c, ERR_IO, "mail.sign_in", STR(""), why);
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_USE_SSL_FAILED: return fail(c, ERR_IO, "mail.tls", STR(""), why);
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_QUOTE_ERROR:
	default:
		break;
	}
	/* 5xx to the recipient or the letter is for good; 421 and other 4xx, and what was never answered, are not. */
	if (reply >= 500 && reply <= 599)
		return fail(c, ERR_INPUT, "mail.refused", STR(""), why);
	return fail(c, ERR_BUSY, "mail.not_now", STR(""), why);
}

static void set_up(CURL *h, cx *c, const struct mail_server *s, const struct mail *m, struct curl_slist *to, str *letter)
{
	const char *scheme = s->tls == MAIL_TLS ? "smtps" : "smtp";
	curl_easy_setopt(h, CURLOPT_URL, arena_printf(c->mem, "%s://%.*s:%d", scheme, STR_ARG(s->host), s->port).p);
	curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(h, CURLOPT_USE_SSL, s->tls == MAIL_PLAIN ? (long)CURLUSESSL_NONE : (long)CURLUSESSL_ALL);
	curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, s->connect_ms ? s->connect_ms : (long)MAIL_CONNECT_MS);
	curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, s->total_ms ? s->total_ms : (long)MAIL_TOTAL_MS);
	curl_easy_setopt(h, CURLOPT_MAIL_FROM, arena_printf(c->mem, "<%.*s>", STR_ARG(s->from)).p);
	curl_easy_setopt(h, CURLOPT_MAIL_RCPT, to);
	curl_easy_setopt(h, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(h, CURLOPT_READFUNCTION, give);
	curl_easy_setopt(h, CURLOPT_READDATA, letter);
	curl_easy_setopt(h, CURLOPT_INFILESIZE_LARGE, (curl_off_t)letter->len);
	curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, drop);
	if (s->ca_file)
		curl_easy_setopt(h, CURLOPT_CAINFO, s->ca_file);
	if (s->user.len) {
		curl_easy_setopt(h, CURLOPT_USERNAME, arena_cstr(c->mem, s->user));
		curl_easy_setopt(h, CURLOPT_PASSWORD, arena_cstr(c->mem, s->password));
	}
	(void)m;
}

static enum err perform(cx *c, const struct mail_server *s, const struct mail *m, str letter, int *reply)
{
	net_init();
	CURL *h = curl_easy_init();
	struct curl_slist *to = h ? curl_slist_append(NULL, arena_printf(c->mem, "<%.*s>", STR_ARG(m->to)).p) : NULL;
	enum err e;
	if (!to) {
		e = fail(c, ERR_IO, "net.failed", STR(""), "");
	} else {
		long code = 0;
		set_up(h, c, s, m, to, &letter);
		CURLcode done = curl_easy_perform(h);
		curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &code);
		*reply = (int)code;
		e = outcome(c, done, code);
	}
	curl_slist_free_all(to);
	curl_easy_cleanup(h);
	return e;
}

enum err mail_send(cx *c, const struct mail_server *s, const struct mail *m, int *reply)
{
	buf b;
	*reply = 0;
	if (s->user.len && s->tls == MAIL_PLAIN && !this_machine(s->host))
		return fail(c, ERR_IO, "mail.clear_password", s->host, "");
	buf_init(&b, 4 << 20);
	enum err e = mail_build(c, s, m, &b);
	if (!e)
		e = perform(c, s, m, buf_str(&b), reply);
	buf_free(&b);
	return e;
}
