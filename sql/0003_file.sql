-- Files: a content is stored once, named by its SHA-256, in pieces of 256 KiB; files give it a name; references say what a file belongs to.
--
-- A content arrives piece by piece, each in a transaction of its own, and is whole only with its last one: then it gets its SHA-256 and the
-- first file that names it. What never became whole, what nobody refers to any more, and what was erased is dropped, and its pieces go
-- little by little.

CREATE TABLE file_content (
	id {id},
	state TEXT NOT NULL CHECK (state IN ('arriving', 'whole', 'dropped')),
	sha256 TEXT UNIQUE,
	kind TEXT NOT NULL,
	size {int} NOT NULL CHECK (size >= 0),
	n_chunks {int} NOT NULL,
	touched_at {int} NOT NULL,
	CHECK ((state = 'whole') = (sha256 IS NOT NULL))
) {strict};
CREATE INDEX file_content_state ON file_content (state, touched_at);

-- hash: SHA-256 of this piece, so that any part of a file can be checked before it is handed out.
CREATE TABLE file_chunk (
	content_id {int} NOT NULL REFERENCES file_content (id),
	no {int} NOT NULL,
	hash TEXT NOT NULL,
	bytes {blob} NOT NULL,
	PRIMARY KEY (content_id, no)
) {strict};

-- name may hold personal data: erasing empties it, and content_id with it. free_since: since when nothing refers to it.
CREATE TABLE file (
	id {id},
	content_id {int} REFERENCES file_content (id),
	name TEXT NOT NULL,
	user_id {int},
	added_at {int} NOT NULL,
	free_since {int},
	locked_at {int},
	erased_at {int},
	CHECK ((content_id IS NULL) = (erased_at IS NOT NULL))
) {strict};
CREATE INDEX file_of_content ON file (content_id);
CREATE INDEX file_free ON file (free_since);

-- What a file belongs to: access to the file follows the access to it.
CREATE TABLE file_ref (
	file_id {int} NOT NULL REFERENCES file (id),
	noun TEXT NOT NULL,
	object_id {int} NOT NULL,
	added_at {int} NOT NULL,
	PRIMARY KEY (file_id, noun, object_id)
) {strict};
CREATE INDEX file_ref_object ON file_ref (noun, object_id, file_id);

-- What left to be signed, and what came back.
CREATE TABLE file_signing (
	id {id},
	file_id {int} NOT NULL REFERENCES file (id),
	noun TEXT NOT NULL,
	object_id {int} NOT NULL,
	user_id {int},
	sent_at {int} NOT NULL,
	returned_id {int} REFERENCES file (id),
	returned_at {int},
	returned_by {int}
) {strict};
CREATE INDEX file_signing_object ON file_signing (noun, object_id);
CREATE INDEX file_signing_file ON file_signing (file_id);
CREATE INDEX file_signing_returned ON file_signing (returned_id);
