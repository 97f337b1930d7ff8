/* A document leaves to be signed and comes back: what is accepted and what is not. */
#include <fcntl.h>
#include <time.h>
#include "format/pdf_make.h"
#include "app/filled.h"
#include "app/settings.h"
#include "app/sign.h"
#include "db/file.h"

struct desk {
	app_store t;
	struct settings settings;
	struct signer ca, an, stranger;
	char ca_path[80];
	buf pdf;
	struct file_info file;
	int64_t request;
};

static enum err everybody(cx *c, struct app *a, const struct actor *who, int64_t object)
{
	(void)c, (void)a, (void)who;
	return object == 1 ? ERR_OK : ERR_DENIED;
}

static const struct file_noun nouns[] = { { "evidence", everybody }, { 0 } };

static int spool(str bytes)
{
	int fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes.p, bytes.len), bytes.len);
	return fd;
}

static enum err ref(cx *c, db_conn *k, void *arg) { return db_file_ref(c, k, *(int64_t *)arg, STR("evidence"), 1); }

static void desk_open(struct desk *d, void **state)
{
	*d = (struct desk){ .t = app_empty(state) };
	d->t.c->now_ms = (int64_t)time(NULL) * 1000;
	d->ca = make_signer("CA", NULL, -10, 100);
	d->an = make_signer("Nguyễn Thị An", &d->ca, -1, 10);
	d->stranger = make_signer("Người lạ", NULL, -1, 10);
	snprintf(d->ca_path, sizeof d->ca_path, "%s/ca.pem", d->t.s->dir);
	write_authority(&d->ca, d->ca_path);
	d->settings.sign_ca = d->ca_path;
	d->t.app.settings = &d->settings;
	d->t.app.file_nouns = nouns;
	buf_init(&d->pdf, 0);
	make_pdf(&d->pdf, "Báo cáo tự chấm điểm");
	struct actor who = { .user_id = 5 };
	int fd = spool(buf_str(&d->pdf));
	OK(file_put(d->t.c, &d->t.app, &who, STR("bao-cao.pdf"), STR(""), fd, d->pdf.len, &d->file));
	close(fd);
	OK(db_tx(d->t.c, d->t.s->d, DB_WRITE, ref, &d->file.id));
	OK(sign_send(d->t.c, &d->t.app, &who, STR("evidence"), 1, d->file.id, &d->request));
}

static void desk_close(struct desk *d)
{
	free_signer(&d->ca);
	free_signer(&d->an);
	free_signer(&d->stranger);
	buf_free(&d->pdf);
	app_free(&d->t);
}

static enum err back(struct desk *d, str bytes, struct file_info *out)
{
	struct actor who = { .user_id = 5 };
	int fd = spool(bytes);
	enum err e = sign_accept(d->t.c, &d->t.app, &who, d->request, STR("bao-cao-ky.pdf"), fd, bytes.len, out);
	close(fd);
	return e;
}

static void test_accepted(void **state)
{
	struct desk d;
	struct file_info f;
	struct pdf_signatures l;
	struct sign_requests r;
	desk_open(&d, state);
	OK(sign_look(d.t.c, &d.t.app, d.file.id, &l));
	assert_int_equal(l.n, 0);
	sign_pdf(&d.pdf, &d.an);
	sign_pdf(&d.pdf, &d.an); /* two people sign */
	OK(back(&d, buf_str(&d.pdf), &f));
	assert_true(f.locked);
	OK(sign_look(d.t.c, &d.t.app, f.id, &l));
	assert_true(l.n == 2 && l.p[1].whole && l.p[1].trust == PDF_TRUST_KNOWN && str_is(l.p[1].signer, "Nguyễn Thị An"));
	OK(sign_requests_of(d.t.c, &d.t.app, STR("evidence"), 1, &r));
	assert_true(r.n == 1 && r.p[0].returned_id == f.id && r.p[0].returned_at);
	/* Both stay, whatever somebody wants. */
	struct actor all = actor_system("test");
	assert_int_equal(file_erase(d.t.c, &d.t.app, &all, f.id, STR("x")), ERR_CONFLICT);
	assert_int_equal(file_erase(d.t.c, &d.t.app, &all, d.file.id, STR("x")), ERR_CONFLICT);
	assert_int_equal(back(&d, buf_str(&d.pdf), &f), ERR_CONFLICT);
	assert_string_equal(store_last_fault(d.t.s), "sign.twice");
	desk_close(&d);
}

static void refused(struct desk *d, str bytes, const char *key)
{
	struct file_info f;
	assert_int_equal(back(d, bytes, &f), ERR_INPUT);
	assert_string_equal(store_last_fault(d->t.s), key);
	assert_int_equal(app_count(&d->t, "SELECT COUNT(*) FROM file"), 1); /* nothing is kept */
	assert_int_equal(app_count(&d->t, "SELECT COUNT(*) FROM file WHERE locked_at IS NOT NULL"), 0);
}

static void test_refused(void **state)
{
	struct desk d;
	struct file_info f;
	desk_open(&d, state);
	size_t original = d.pdf.len;
	refused(&d, buf_str(&d.pdf), "sign.other_document"); /* as it left */
	change_pdf(&d.pdf, "không ký");
	refused(&d, buf_str(&d.pdf), "sign.not_signed");
	sign_pdf(&d.pdf, &d.an); /* changed, then signed: the signature is good, the document is not what left */
	refused(&d, buf_str(&d.pdf), "sign.more_changes");
	d.pdf.len = original;
	sign_pdf(&d.pdf, &d.an);
	size_t is_signed = d.pdf.len;
	change_pdf(&d.pdf, "sau khi ký");
	refused(&d, buf_str(&d.pdf), "sign.more_changes");
	d.pdf.len = is_signed;
	d.pdf.p[original + 4] ^= 1;
	refused(&d, buf_str(&d.pdf), "sign.bad");
	d.pdf.len = original;
	sign_pdf(&d.pdf, &d.stranger);
	refused(&d, buf_str(&d.pdf), "sign.unknown_signer");
	d.pdf.len = original;
	d.pdf.p[60] ^= 1; /* another document, well signed */
	sign_pdf(&d.pdf, &d.an);
	refused(&d, buf_str(&d.pdf), "sign.other_document");
	/* Without authorities everybody's signature is taken, and shown as unknown. */
	d.pdf.p[60] ^= 1;
	d.pdf.len = original;
	sign_pdf(&d.pdf, &d.stranger);
	d.settings.sign_ca = NULL;
	OK(back(&d, buf_str(&d.pdf), &f));
	desk_close(&d);
}

static void test_sending(void **state)
{
	struct desk d;
	struct file_info f;
	int64_t id;
	desk_open(&d, state);
	struct actor who = { .user_id = 5 };
	assert_int_equal(sign_send(d.t.c, &d.t.app, &who, STR("evidence"), 2, d.file.id, &id), ERR_NOTFOUND); /* is not kept there */
	int fd = spool(STR("\x89PNG\r\n\x1a\n12345678"));
	OK(file_put(d.t.c, &d.t.app, &who, STR("a.png"), STR(""), fd, 16, &f));
	close(fd);
	OK(db_tx(d.t.c, d.t.s->d, DB_WRITE, ref, &f.id));
	assert_int_equal(sign_send(d.t.c, &d.t.app, &who, STR("evidence"), 1, f.id, &id), ERR_INPUT);
	d.request = 99;
	assert_int_equal(back(&d, buf_str(&d.pdf), &f), ERR_NOTFOUND);
	struct pdf_signatures l;
	OK(sign_look(d.t.c, &d.t.app, f.id, &l));
	assert_int_equal(l.n, 0);
	desk_close(&d);
}

#define ALL(on) \
	{ \
		on(test_accepted), on(test_refused), on(test_sending), \
	}

int main(void)
{
	const struct CMUnitTest sqlite[] = ALL(ON_SQLITE), pg[] = ALL(ON_PG);
	return RUN_ON_BOTH("sign", sqlite, pg);
}
