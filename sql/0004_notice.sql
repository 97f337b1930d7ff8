-- Notices: what people are told, what they chose to be told, and what is on its way out of the house.
--
-- Addresses stand with the account and are looked up when something is sent: here are only its numbers, so that an account can be erased.

-- One line of somebody's list. once: the same thing is told once (NULL: always). shown: stands in the list. digest: 0: waits for the next
-- digest; another number: the outgoing digest that took it; NULL: is not for the digest. subject_en: empty where there is no English name.
CREATE TABLE notice (
	id {id},
	user_id {int} NOT NULL,
	kind TEXT NOT NULL,
	subject TEXT NOT NULL,
	subject_en TEXT NOT NULL,
	unit TEXT NOT NULL,
	detail TEXT NOT NULL,
	path TEXT NOT NULL,
	due {int},
	once TEXT,
	shown {int} NOT NULL CHECK (shown IN (0, 1)),
	digest {int},
	created_at {int} NOT NULL,
	read_at {int},
	UNIQUE (user_id, once)
) {strict};
CREATE INDEX notice_user ON notice (user_id, shown, id);
CREATE INDEX notice_digest ON notice (digest, user_id);

-- Where nothing is chosen, the defaults of the program hold.
CREATE TABLE notice_choice (
	user_id {int} NOT NULL,
	kind TEXT NOT NULL,
	shown {int} NOT NULL CHECK (shown IN (0, 1)),
	mail TEXT NOT NULL CHECK (mail IN ('none', 'digest', 'now')),
	phone TEXT NOT NULL CHECK (phone IN ('none', 'sms', 'zalo')),
	PRIMARY KEY (user_id, kind)
) {strict};

-- The language of mails.
CREATE TABLE notice_setting (
	user_id {int} PRIMARY KEY NOT NULL,
	lang TEXT NOT NULL CHECK (lang IN ('vi', 'en'))
) {strict};

-- What goes out. kind: 'notice' (notice_id), 'digest', or a letter of the account: 'invite', 'reset'. secret: the address with the token,
-- sealed with the key file, emptied once it has gone. claimed_at: since when a sender has it in hand. A try that was not answered leaves it waiting for next_at; after
-- too many, or a refusal, it has failed.
CREATE TABLE outbox (
	id {id},
	user_id {int} NOT NULL,
	channel TEXT NOT NULL CHECK (channel IN ('mail', 'sms', 'zalo')),
	kind TEXT NOT NULL,
	notice_id {int} REFERENCES notice (id),
	secret TEXT NOT NULL,
	expires_at {int},
	state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'failed')),
	tries {int} NOT NULL,
	next_at {int} NOT NULL,
	claimed_at {int},
	done_at {int},
	error TEXT,
	reply TEXT,
	created_at {int} NOT NULL
) {strict};
CREATE INDEX outbox_due ON outbox (state, next_at);
CREATE INDEX outbox_user ON outbox (user_id);
CREATE INDEX outbox_notice ON outbox (notice_id);
