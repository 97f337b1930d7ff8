/* gateway: short messages (SMS, Zalo) through somebody's HTTP gateway. Gateways differ, so address, headers and body are templates of the
 * configuration, in which {to}, {text} and {id} stand for the number, the message and a name of this message; every value is escaped for where
 * it stands. */
#ifndef NET_GATEWAY_H
#define NET_GATEWAY_H
#include "net/http.h"

enum { GATEWAY_TEXT_MAX = 1000 };

struct gateway {
	str url;             /* "https://sms.example.vn/send?to={to}"; values are %-encoded */
	str body;            /* "{\"phone\":\"{to}\",\"text\":\"{text}\"}"; empty: GET. Values are escaped as within a JSON string */
	const str *headers;  /* as they are, "Authorization: Bearer …" */
	size_t n_headers;
	str accepted;        /* must stand in the answer; empty: any answer with status 2xx */
	const char *ca_file;
	bool plain;          /* http:// may be */
	long connect_ms, total_ms;
};

/* A number in the form that gateways take: digits, a plus sign in front; "0912 345 678" is "84912345678". Empty: it is none. */
str gateway_number(arena *mem, str phone);

/* ERR_OK: taken. ERR_INPUT: refused for good (4xx but 408 and 429). ERR_BUSY: not now. ERR_IO: the settings are wrong (401, 403, certificate). */
enum err gateway_send(cx *c, const struct gateway *g, str to, str text, str id, int *reply);

#endif
