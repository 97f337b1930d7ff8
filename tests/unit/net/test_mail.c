/* Letters against a real SMTP server. */
#include "net/server.h"
#include "net/mail.h"

#define S(x) { x, sizeof(x) - 1 }
#define OK(e) assert_int_equal((e), ERR_OK)
#define OPTIONS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const char PROGRAM[] = "tests/unit/net/smtp_server.py";

static struct mail_server at(const struct test_server *s)
{
	return (struct mail_server){ .host = STR("127.0.0.1"), .port = s->port, .tls = MAIL_PLAIN, .from = STR("thuocdo@tinh-mau.gov.vn"),
		.from_name = STR("Thước Đo – Tỉnh Mẫu"), .total_ms = 10000 };
}

static struct mail letter(void)
{
	return (struct mail){ .to = STR("canbo@so.gov.vn"),
		.to_name = STR("Nguyễn Thị Ánh"),
		.subject = STR("Trả lại: Báo cáo tự chấm điểm năm 2026 của Sở Nội vụ"),
		.text = STR("Kính gửi ông/bà,\n.\nDòng sau dấu chấm.\n"),
		.html = STR("<p>Kính gửi ông/bà &amp; đồng nghiệp</p>"),
		.id = STR("028t5cy4tqkff"),
		.date_ms = INT64_C(1790000000123) };
}

static const char *header_of(const json_t *got, const char *name)
{
	size_t i;
	json_t *pair;
	json_array_foreach(json_object_get(got, "headers"), i, pair) if (strcmp(json_string_value(json_array_get(pair, 0)), name)
		== 0) return json_string_value(json_array_get(pair, 1));
	return "";
}

static void test_letter(void **state)
{
	(void)state;
	struct test_server s;
	cx *c = cx_new(0);
	int reply;
	server_start(&s, PROGRAM, NULL);
	struct mail_server server = at(&s);
	struct mail m = letter();
	OK(mail_send(c, &server, &m, &reply));
	json_t *got = server_got(&s, 1);
	assert_non_null(got);
	assert_string_equal(got_text(got, "from"), "thuocdo@tinh-mau.gov.vn");
	assert_string_equal(json_string_value(json_array_get(json_object_get(got, "to"), 0)), "canbo@so.gov.vn");
	assert_int_equal(json_array_size(json_object_get(got, "defects")), 0);
	assert_true(json_integer_value(json_object_get(got, "longest")) <= 78);
	assert_string_equal(header_of(got, "Subject"), "Trả lại: Báo cáo tự chấm điểm năm 2026 của Sở Nội vụ");
	assert_string_equal(header_of(got, "From"), "Thước Đo – Tỉnh Mẫu <thuocdo@tinh-mau.gov.vn>");
	assert_string_equal(header_of(got, "To"), "Nguyễn Thị Ánh <canbo@so.gov.vn>");
	assert_string_equal(header_of(got, "Message-ID"), "<028t5cy4tqkff@tinh-mau.gov.vn>");
	assert_string_equal(header_of(got, "Date"), "Mon, 21 Sep 2026 14:13:20 +0000");
	assert_string_equal(header_of(got, "Auto-Submitted"), "auto-generated");
	json_t *parts = json_object_get(got, "parts");
	assert_string_equal(got_text(parts, "text/plain"), "Kính gửi ông/bà,\n.\nDòng sau dấu chấm.\n");
	assert_string_equal(got_text(parts, "text/html"), "<p>Kính gửi ông/bà &amp; đồng nghiệp</p>");
	json_decref(got);
	m.html = STR("");
	m.to_name = STR("");
	m.subject = STR("");
	OK(mail_send(c, &server, &m, &reply));
	got = server_got(&s, 2);
	assert_int_equal(json_object_size(json_object_get(got, "parts")), 1);
	json_decref(got);
	server_stop(&s);
	cx_free(c);
}

/* Nobody adds a header, a recipient or a command. */
static void test_injection(void **state)
{
	(void)state;
	cx *c = cx_new(0);
	struct mail_server server = { .host = STR("127.0.0.1"), .port = 1, .tls = MAIL_PLAIN, .from = STR("a@b.vn") };
	static const str addresses[] = { S(""), S("a"), S("a@"), S("@b"), S("a@b@c"), S("a@b\r\nRCPT TO:<x@y>"), S("a@b> x"),
		S("a@b,c@d"), S("-f@b"), S("a b@c"), S("\xE1\xBA\xA1@b"), S("a\0@b") };
	int reply;
	for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
		struct mail m = letter();
		m.to = addresses[i];
		assert_int_equal(mail_send(c, &server, &m, &reply), ERR_INPUT);
		assert_string_equal(c->faults[c->n_faults - 1].key, "mail.address");
	}
	static const str headers[] = { S("x\r\nBcc: y@z"), S("x\nBcc: y@z"), S("x\0y"), S("x\x7F"), S("\xff") };
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
		for (int field = 0; field < 3; field++) {
			struct mail m = letter();
			struct mail_server bad = server;
			*(field == 0 ? &m.subject : field == 1 ? &m.to_name : &bad.from_name) = headers[i];
			assert_int_equal(mail_send(c, &bad, &m, &reply), ERR_INPUT);
			assert_string_equal(c->faults[c->n_faults - 1].key, "mail.header");
		}
	struct mail m = letter();
	m.id = STR("a b");
	assert_int_equal(mail_send(c, &server, &m, &reply), ERR_INPUT);
	m = letter();
	char *big = arena_alloc(c->mem, MAIL_TEXT_MAX + 1);
	memset(big, 'x', MAIL_TEXT_MAX + 1);
	m.text = (str){ big, MAIL_TEXT_MAX + 1 };
	assert_int_equal(mail_send(c, &server, &m, &reply), ERR_LIMIT);
	cx_free(c);
}

static void answers(const struct mail_server *server, const char *to, enum err want, const char *key, int reply)
{
	cx *c = cx_new(0);
	int got;
	struct mail m = letter();
	m.to = str_of(to);
	int e = (int)mail_send(c, server, &m, &got);
	if (e != (int)want)
		fail_msg("%s: %d instead of %d, answer %d, %s", to, e, (int)want, got, c->n_faults ? c->faults[c->n_faults - 1].arg[0].p : "");
	if (key)
		assert_string_equal(c->faults[c->n_faults - 1].key, key);
	if (reply)
		assert_int_equal(got, reply);
	cx_free(c);
}

static void test_answers(void **state)
{
	(void)state;
	struct test_server s;
	server_start(&s, PROGRAM, NULL);
	struct mail_server server = at(&s);
	answers(&server, "refused@x.vn", ERR_INPUT, "mail.refused", 550);
	answers(&server, "later@x.vn", ERR_BUSY, "mail.not_now", 451);
	server.total_ms = 700;
	answers(&server, "slow@x.vn", ERR_BUSY, "mail.not_now", 0);
	server.total_ms = 10000;
	answers(&server, "gone@x.vn", ERR_BUSY, "mail.not_now", 0); /* never acknowledged */
	server_end(&s);
	answers(&server, "a@x.vn", ERR_BUSY, "mail.not_now", 0); /* nobody there */
	server.host = STR("khong-co.invalid");
	answers(&server, "a@x.vn", ERR_BUSY, "mail.not_now", 0);
	server_stop(&s);
}

static void test_tls(void **state)
{
	(void)state;
	static const struct {
		const char *option;
		enum mail_tls tls;
	} ways[] = { { "tls=starttls", MAIL_STARTTLS }, { "tls=tls", MAIL_TLS } };
	for (size_t i = 0; i < 2; i++) {
		struct test_server s;
		server_folder(&s);
		server_certificate(&s);
		server_start_in(&s, PYTHON(PROGRAM), OPTIONS(ways[i].option, "auth=thuocdo:bí mật"));
		char ca[100];
		snprintf(ca, sizeof ca, "%s/ca.pem", s.folder);
		struct mail_server server = at(&s);
		server.tls = ways[i].tls;
		server.user = STR("thuocdo");
		server.password = STR("bí mật");
		answers(&server, "a@x.vn", ERR_IO, "mail.tls", 0); /* an authority that nobody knows */
		server.ca_file = ca;
		answers(&server, "a@x.vn", ERR_OK, NULL, 0);
		json_t *got = server_got(&s, 1);
		assert_true(json_is_true(json_object_get(got, "tls")) && json_is_true(json_object_get(got, "user")));
		json_decref(got);
		server.password = STR("sai");
		answers(&server, "a@x.vn", ERR_IO, "mail.sign_in", 0);
		server.host = STR("localhost"); /* the certificate is for 127.0.0.1 */
		server.password = STR("bí mật");
		answers(&server, "a@x.vn", ERR_IO, "mail.tls", 0);
		assert_int_equal(server_count(&s), 1);
		server_stop(&s);
	}
}

/* A server that does not offer TLS does not get the letter, and nobody far away a password in the clear. */
static void test_no_tls(void **state)
{
	(void)state;
	struct test_server s;
	server_start(&s, PROGRAM, NULL);
	struct mail_server server = at(&s);
	server.tls = MAIL_STARTTLS;
	answers(&server, "a@x.vn", ERR_IO, "mail.tls", 0);
	assert_int_equal(server_count(&s), 0);
	server.tls = MAIL_PLAIN;
	server.host = STR("192.0.2.1");
	server.user = STR("a");
	answers(&server, "a@x.vn", ERR_IO, "mail.clear_password", 0);
	server_stop(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_letter), cmocka_unit_test(test_injection), cmocka_unit_test(test_answers),
		cmocka_unit_test(test_tls), cmocka_unit_test(test_no_tls) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
