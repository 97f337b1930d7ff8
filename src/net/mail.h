/* mail: one letter to one person, over SMTP (libcurl).
 *
 * The letter is built here: headers in UTF-8 (RFC 2047), text and HTML as two forms of the same (multipart/alternative, base64), Date and
 * Message-ID as given, Auto-Submitted so that no machine answers. An address or header with a line end, or another control sign, is refused:
 * nobody adds headers through a name. Certificates are checked; a password is not sent in the clear, but to this machine. */
#ifndef NET_MAIL_H
#define NET_MAIL_H
#include "base/buf.h"
#include "base/cx.h"

enum { MAIL_TEXT_MAX = 1 << 20, MAIL_SUBJECT_MAX = 400, MAIL_ADDRESS_MAX = 254, MAIL_CONNECT_MS = 10000, MAIL_TOTAL_MS = 60000 };

enum mail_tls {
	MAIL_STARTTLS, /* must be offered */
	MAIL_TLS,      /* from the first byte: smtps */
	MAIL_PLAIN     /* none: a server on this machine or in a closed network */
};

struct mail_server {
	str host;
	int port;
	enum mail_tls tls;
	str user, password; /* empty: no sign-in */
	str from, from_name;
	const char *ca_file;  /* NULL: those of the system */
	long connect_ms, total_ms; /* 0: as above */
};

struct mail {
	str to, to_name, subject, text, html; /* html may be empty */
	str id;                               /* left part of the Message-ID: letters, digits, '-', '.'; the right part is the sender's domain */
	int64_t date_ms;
};

/* Whether a letter can be written to it: one @, no spaces or control signs, ASCII, at most 254 bytes. */
bool mail_address_ok(str address);
/* The letter as it goes over the wire. ERR_INPUT, ERR_LIMIT: mail.*. */
enum err mail_build(cx *c, const struct mail_server *s, const struct mail *m, buf *out);

/* ERR_OK: the server has acknowledged it. ERR_INPUT: refused for good, this letter will never go. ERR_BUSY: not now; try again. ERR_IO: the
 * server or its settings are wrong (sign-in, certificate); try again when that is repaired. reply: the server's code, 0: none. */
enum err mail_send(cx *c, const struct mail_server *s, const struct mail *m, int *reply);

#endif
