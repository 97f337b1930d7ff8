-- People: roles as data (what is not delegable stays with its holder while he is absent), accounts with grants over units, delegation, sessions, passwords; and the audit chain.
--
-- Tokens, codes and passwords stand here only as hashes. Types and days as in 0001_core.sql.

CREATE TABLE role (
	code TEXT PRIMARY KEY NOT NULL,
	sort_no {int} NOT NULL,
	name_vi TEXT NOT NULL,
	name_en TEXT NOT NULL,
	delegable {int} NOT NULL CHECK (delegable IN (0, 1)),
	note_vi TEXT,
	note_en TEXT
) {strict};

-- "The role may VERB a NOUN." '*': each.
CREATE TABLE role_right (
	role TEXT NOT NULL REFERENCES role (code),
	noun TEXT NOT NULL,
	verb TEXT NOT NULL,
	PRIMARY KEY (role, noun, verb)
) {strict};

CREATE TABLE account (
	id {id},
	login TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	name_fold TEXT NOT NULL,
	sort_key TEXT NOT NULL,
	title TEXT,
	email TEXT,
	phone TEXT,
	unit_level TEXT,
	unit_code TEXT,
	state TEXT NOT NULL CHECK (state IN ('active', 'disabled')),
	password TEXT,
	password_at {int},
	must_change {int} NOT NULL DEFAULT 0 CHECK (must_change IN (0, 1)),
	totp {blob},
	totp_step {int} NOT NULL DEFAULT 0,
	created_at {int} NOT NULL,
	changed_at {int} NOT NULL,
	signed_in_at {int}
) {strict};
CREATE INDEX account_order ON account (sort_key, id);
CREATE INDEX account_unit ON account (unit_level, unit_code);

-- The account at a provider of single sign-on.
CREATE TABLE account_identity (
	issuer TEXT NOT NULL,
	subject TEXT NOT NULL,
	account_id {int} NOT NULL REFERENCES account (id),
	linked_at {int} NOT NULL,
	PRIMARY KEY (issuer, subject)
) {strict};
CREATE INDEX account_identity_account ON account_identity (account_id);

-- A role over a unit and all below it, over a group of units (unit_level 'group'), or over all units ('' and '').
CREATE TABLE account_grant (
	account_id {int} NOT NULL REFERENCES account (id),
	role TEXT NOT NULL REFERENCES role (code),
	unit_level TEXT NOT NULL,
	unit_code TEXT NOT NULL,
	valid_from {int} NOT NULL,
	valid_to {int} NOT NULL,
	PRIMARY KEY (account_id, role, unit_level, unit_code)
) {strict};

CREATE TABLE unit_group (
	code TEXT PRIMARY KEY NOT NULL,
	name TEXT NOT NULL,
	sort_key TEXT NOT NULL,
	note TEXT
) {strict};

CREATE TABLE unit_group_member (
	group_code TEXT NOT NULL REFERENCES unit_group (code),
	level TEXT NOT NULL,
	code TEXT NOT NULL,
	PRIMARY KEY (group_code, level, code)
) {strict};

-- While one is absent, from one day to another, another acts with his grants.
CREATE TABLE delegation (
	id {id},
	from_id {int} NOT NULL REFERENCES account (id),
	to_id {int} NOT NULL REFERENCES account (id),
	valid_from {int} NOT NULL,
	valid_to {int} NOT NULL,
	reason TEXT NOT NULL,
	created_at {int} NOT NULL,
	created_by {int},
	ended_at {int},
	CHECK (valid_from <= valid_to)
) {strict};
CREATE INDEX delegation_from ON delegation (from_id);
CREATE INDEX delegation_to ON delegation (to_id);

-- stage: 'code': the password was right, the second factor is awaited; 'full'.
CREATE TABLE session (
	hash TEXT PRIMARY KEY NOT NULL,
	id {int} NOT NULL UNIQUE,
	account_id {int} NOT NULL REFERENCES account (id),
	stage TEXT NOT NULL CHECK (stage IN ('code', 'full')),
	created_at {int} NOT NULL,
	seen_at {int} NOT NULL,
	expires_at {int} NOT NULL,
	client TEXT NOT NULL,
	agent TEXT NOT NULL
) {strict};
CREATE INDEX session_account ON session (account_id);
CREATE INDEX session_expires ON session (expires_at);

CREATE TABLE recovery_code (
	account_id {int} NOT NULL REFERENCES account (id),
	hash TEXT NOT NULL,
	PRIMARY KEY (account_id, hash)
) {strict};

CREATE TABLE password_reset (
	hash TEXT PRIMARY KEY NOT NULL,
	account_id {int} NOT NULL REFERENCES account (id),
	created_at {int} NOT NULL,
	expires_at {int} NOT NULL
) {strict};
CREATE INDEX password_reset_account ON password_reset (account_id);

-- Failed sign-ins, by keyed hashes of account and network: slows guessing down, and forgets after a day.
CREATE TABLE sign_in_try (
	key TEXT PRIMARY KEY NOT NULL,
	fails {int} NOT NULL,
	last_at {int} NOT NULL,
	until_at {int} NOT NULL
) {strict};

-- Networks from which an account signed in, as keyed hashes: what others do elsewhere does not slow these down.
CREATE TABLE sign_in_place (
	key TEXT PRIMARY KEY NOT NULL,
	account_id {int} NOT NULL REFERENCES account (id),
	seen_at {int} NOT NULL
) {strict};
CREATE INDEX sign_in_place_account ON sign_in_place (account_id);

-- What happened, as a chain: hash covers the number, the moment, who, what, the hash of the content, and the hash before. The content's hash
-- is salted, so that content and salt can be erased and the chain stays whole. No personal value stands here: accounts by number.
CREATE TABLE audit_entry (
	seq {id},
	at {int} NOT NULL,
	account_id {int} NOT NULL,
	behalf_id {int} NOT NULL,
	actor TEXT NOT NULL,
	what TEXT NOT NULL,
	object TEXT,
	detail TEXT,
	salt TEXT,
	content_hash TEXT NOT NULL,
	hash TEXT NOT NULL
) {strict};
CREATE INDEX audit_entry_at ON audit_entry (at);
CREATE INDEX audit_entry_account ON audit_entry (account_id, seq);
CREATE INDEX audit_entry_what ON audit_entry (what, seq);
CREATE INDEX audit_entry_object ON audit_entry (object, seq);

-- The end of the chain; one row, which whoever adds an entry updates.
CREATE TABLE audit_head (
	id {id},
	seq {int} NOT NULL,
	hash TEXT NOT NULL
) {strict};

-- Ends of the chain that were signed with the key outside the database, as they stand in the side file.
CREATE TABLE audit_anchor (
	seq {id},
	at {int} NOT NULL,
	hash TEXT NOT NULL,
	signer TEXT NOT NULL,
	signature TEXT NOT NULL
) {strict};
