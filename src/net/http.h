/* http: one request to another server, over libcurl. No redirects are followed, certificates are checked, http:// is only allowed where the
 * caller says so; the answer is capped. Nothing of a request or an answer is logged here. */
#ifndef NET_HTTP_H
#define NET_HTTP_H
#include "base/cx.h"

enum { HTTP_REPLY_MAX = 1 << 20, HTTP_CONNECT_MS = 5000, HTTP_TOTAL_MS = 20000, HTTP_HEADERS = 16 };

struct http_ask {
	const char *method;      /* GET or POST */
	str url;
	const str *headers;      /* "Name: value", without line ends */
	size_t n_headers;
	str body;                /* of a POST */
	str user, password;      /* basic authentication; empty: none */
	const char *ca_file;     /* NULL: those of the system */
	bool plain;              /* http:// may be */
	long connect_ms, total_ms; /* 0: as above */
	size_t max_reply;        /* 0: HTTP_REPLY_MAX */
};

struct http_reply {
	int status;
	str type, body;
};

/* ERR_OK whatever the status; ERR_INPUT: the address or a header is not one; ERR_LIMIT: the answer is too long; ERR_BUSY: no connection, no
 * answer in time; ERR_IO: the certificate, or the answer is no HTTP. Faults: net.* with what libcurl says. */
enum err http_do(cx *c, const struct http_ask *ask, struct http_reply *out);

/* Before the first thread, or on first use. */
void net_init(void);
/* %-encoded for a query or a segment. */
str net_escape(arena *mem, str s);

#endif
