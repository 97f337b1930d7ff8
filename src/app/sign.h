/* sign: documents that leave to be signed and come back. The program signs nothing itself: the signer uses the token and the program of the
 * province; here is written down what left, and what comes back is compared with it.
 *
 * Accepted is a PDF that begins with exactly the bytes that left, in which the added bytes hold new signatures and no other change, each of them
 * good, the last one of the whole file; and, when authorities are configured ([sign] ca-file), from certificates that lead to them. It is then
 * kept beside the original under the same object, and both are locked. */
#ifndef APP_SIGN_H
#define APP_SIGN_H
#include "app/file.h"
#include "format/pdf_sign.h"

struct sign_request {
	int64_t id, file_id, object_id, returned_id; /* returned_id 0: not back yet */
	str noun;
	int64_t user_id, sent_at, returned_at;
};

struct sign_requests {
	struct sign_request *p;
	size_t n, cap;
};

/* The signatures of a stored PDF; other kinds have none. Whether who asks may see the file is the caller's question (file_may). */
enum err sign_look(cx *c, struct app *a, int64_t file_id, struct pdf_signatures *out);

/* A PDF of this object leaves: who may see it may take it along. */
enum err sign_send(cx *c, struct app *a, const struct actor *who, str noun, int64_t object, int64_t file_id, int64_t *request);
/* It comes back. Faults sign.*; nothing is kept of what is not accepted. ERR_CONFLICT: this one has come back already. */
enum err sign_accept(cx *c, struct app *a, const struct actor *who, int64_t request, str name, int fd, uint64_t size, struct file_info *out);
/* One that is still out; ERR_NOTFOUND, ERR_CONFLICT as above. */
enum err sign_request_get(cx *c, struct app *a, int64_t id, struct sign_request *out);
enum err sign_requests_of(cx *c, struct app *a, str noun, int64_t object, struct sign_requests *out);

#endif
