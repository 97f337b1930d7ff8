#include "web/survey_time.h"
#include <sodium.h>
#include "web/inner.h"

enum { TIME_BYTES = 8, MAC_BYTES = 16, STAMP_BYTES = TIME_BYTES + MAC_BYTES };

static void mac_of(const struct web_server *s, const unsigned char time[TIME_BYTES], str key, unsigned char out[MAC_BYTES])
{
	crypto_generichash_state st;
	crypto_generichash_init(&st, s->secret, sizeof s->secret, MAC_BYTES);
	crypto_generichash_update(&st, (const unsigned char *)"form begun:", 11);
	crypto_generichash_update(&st, time, TIME_BYTES);
	crypto_generichash_update(&st, (const unsigned char *)key.p, key.len);
	crypto_generichash_final(&st, out, MAC_BYTES);
}

str survey_stamp(struct web_cx *w, str key)
{
	unsigned char stamp[STAMP_BYTES];
	char text[STAMP_TEXT + 1];
	uint64_t seconds = (uint64_t)w->cx->now_ms / 1000;
	for (int i = 0; i < TIME_BYTES; i++)
		stamp[i] = (unsigned char)(seconds >> 8 * i);
	mac_of(w->server, stamp, key, stamp + TIME_BYTES);
	sodium_bin2base64(text, sizeof text, stamp, sizeof stamp, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return arena_str(w->mem, str_of(text));
}

int64_t survey_took(const struct web_cx *w, str stamp, str key)
{
	unsigned char bytes[STAMP_BYTES], mac[MAC_BYTES];
	size_t n;
	uint64_t seconds = 0, now = (uint64_t)w->cx->now_ms / 1000;
	if (sodium_base642bin(bytes, sizeof bytes, stamp.p, stamp.len, NULL, &n, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 || n != sizeof bytes)
		return 0;
	mac_of(w->server, bytes, key, mac);
	if (sodium_memcmp(bytes + TIME_BYTES, mac, MAC_BYTES) != 0)
		return 0;
	for (int i = 0; i < TIME_BYTES; i++)
		seconds |= (uint64_t)bytes[i] << 8 * i;
	return now > seconds ? (int64_t)(now - seconds) : 1;
}
