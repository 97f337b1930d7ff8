-- Surveys: questionnaires as text, the surveys that use them, and the answers.
--
-- Who answered and what was answered never meet: a token is only a hash, keeps nothing about its holder's place once it was used, and has no
-- number, time or order in common with an answer. An answer has a random id and a day, no time of the day; only what was said to an interviewer
-- with an app has moments beside it (response_visit).

CREATE TABLE questionnaire (
	id {id},
	code TEXT NOT NULL,
	version {int} NOT NULL,
	name_vi TEXT NOT NULL,
	name_en TEXT NOT NULL,
	illustrative {int} NOT NULL CHECK (illustrative IN (0, 1)),
	csv TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	source TEXT,
	note TEXT,
	created_at {int} NOT NULL,
	actor TEXT NOT NULL,
	UNIQUE (code, version),
	UNIQUE (code, sha256)
) {strict};

-- Questionnaires that are being worked on, one of a code; what becomes of them is a version above. body: rows as CSV, with whatever faults.
CREATE TABLE questionnaire_draft (
	code TEXT PRIMARY KEY NOT NULL,
	base_version {int} NOT NULL,
	revision {int} NOT NULL,
	name TEXT NOT NULL,
	n_asked {int} NOT NULL,
	n_faults {int} NOT NULL,
	created_at {int} NOT NULL,
	actor TEXT NOT NULL,
	changed_at {int} NOT NULL,
	changed_by TEXT NOT NULL,
	body TEXT NOT NULL,
	notes TEXT -- what the reader of its file left out or changed (questionnaire_note.h)
) {strict};

-- design: how respondents came to it. 'self_selected' (open links, QR codes, kiosks) has no margin of error, ever. max_answers, max_day: how many
-- answers by open links, QR codes and kiosks are taken, in all and on one day; 0: as many as come.
CREATE TABLE survey (
	id {id},
	code TEXT NOT NULL UNIQUE,
	questionnaire_id {int} NOT NULL REFERENCES questionnaire (id),
	name_vi TEXT NOT NULL,
	name_en TEXT NOT NULL,
	period TEXT NOT NULL,
	design TEXT NOT NULL CHECK (design IN ('probability', 'census', 'self_selected')),
	access TEXT NOT NULL CHECK (access IN ('open', 'token')),
	state TEXT NOT NULL CHECK (state IN ('draft', 'open', 'closed')),
	opens_on {int} NOT NULL,
	closes_on {int} NOT NULL,
	max_answers {int} NOT NULL,
	max_day {int} NOT NULL,
	illustrative {int} NOT NULL CHECK (illustrative IN (0, 1)),
	note TEXT,
	created_at {int} NOT NULL,
	actor TEXT NOT NULL,
	public TEXT NOT NULL DEFAULT 'none' CHECK (public IN ('none', 'published', 'live', 'correcting', 'withdrawn')),
	CHECK (opens_on <= closes_on)
) {strict};

-- What was said to the public of a survey, and when: the last entry says how it stands (survey.public says the same). body: the figures as they
-- were published, as JSON.
CREATE TABLE survey_publication (
	survey_id {int} NOT NULL REFERENCES survey (id),
	seq {int} NOT NULL,
	verb TEXT NOT NULL CHECK (verb IN ('publish', 'correct', 'withdraw')),
	revision {int} NOT NULL,
	live {int} NOT NULL CHECK (live IN (0, 1)),
	note TEXT NOT NULL,
	body TEXT NOT NULL,
	actor TEXT NOT NULL,
	at {int} NOT NULL,
	PRIMARY KEY (survey_id, seq)
) {strict};

-- A desk, an office, a village: what one QR code or one interviewer's area stands for.
CREATE TABLE survey_place (
	survey_id {int} NOT NULL REFERENCES survey (id),
	code TEXT NOT NULL,
	unit_id {int} REFERENCES unit (id),
	name_vi TEXT NOT NULL,
	name_en TEXT NOT NULL,
	PRIMARY KEY (survey_id, code)
) {strict};

-- A one-time token. Once used, only hash and receipt are left: nothing that an answer has, too.
CREATE TABLE survey_token (
	hash {blob} PRIMARY KEY NOT NULL,
	survey_id {int} NOT NULL REFERENCES survey (id),
	place TEXT,
	stratum TEXT,
	psu TEXT,
	weight TEXT,
	receipt {blob}
) {strict};
CREATE INDEX survey_token_survey ON survey_token (survey_id);

-- An answer as it came, never changed. receipt: a hash of the random key of the form, so that a submission that is sent again is stored once;
-- that of the token is another hash of it, and neither leads to the other. seconds: from the first page to sending, in bands (field_seconds).
CREATE TABLE response (
	id {id},
	survey_id {int} NOT NULL REFERENCES survey (id),
	receipt {blob} NOT NULL,
	on_day {int} NOT NULL,
	mode TEXT NOT NULL CHECK (mode IN ('web', 'qr', 'kiosk', 'paper', 'phone', 'interview', 'odk', 'import')),
	lang TEXT NOT NULL,
	place TEXT,
	stratum TEXT,
	psu TEXT,
	weight TEXT,
	answers TEXT NOT NULL,
	seconds {int},
	UNIQUE (survey_id, receipt)
) {strict};

-- ---- collection in the field ----

-- Answers that came through the open door, by day, for surveys with a limit; on_day 0: in all. Derived: made anew from response when the limits
-- of the survey are set.
CREATE TABLE survey_tally (
	survey_id {int} NOT NULL REFERENCES survey (id),
	on_day {int} NOT NULL,
	n {int} NOT NULL,
	PRIMARY KEY (survey_id, on_day)
) {strict};

-- A cell of respondents of whom no more than `most` are wanted. cell: answers to the screening items, written as in response.answers; several
-- codes of one item mean any of them. n: how many whole answers fall into it; derived from response.
CREATE TABLE survey_quota (
	survey_id {int} NOT NULL REFERENCES survey (id),
	code TEXT NOT NULL,
	cell TEXT NOT NULL,
	most {int} NOT NULL,
	n {int} NOT NULL,
	name_vi TEXT NOT NULL,
	name_en TEXT NOT NULL,
	PRIMARY KEY (survey_id, code)
) {strict};

-- Who was thanked after the screening items because the cell was full: what they said there is needed for weights, and counts in no result.
CREATE TABLE response_screened (
	id {id},
	survey_id {int} NOT NULL REFERENCES survey (id),
	receipt {blob} NOT NULL,
	on_day {int} NOT NULL,
	mode TEXT NOT NULL,
	lang TEXT NOT NULL,
	place TEXT,
	stratum TEXT,
	psu TEXT,
	weight TEXT,
	answers TEXT NOT NULL,
	quota TEXT NOT NULL,
	UNIQUE (survey_id, receipt)
) {strict};

-- Whom the sample chose. outcome: how the last attempt ended. token: hash of the invitation that was sent to them. person:
-- whom of a household to ask, as in sample_unit. Once they have answered, only code and outcome are left: no place, no day, no interviewer, nothing that an answer has, too.
CREATE TABLE survey_case (
	id {id},
	survey_id {int} NOT NULL REFERENCES survey (id),
	code TEXT NOT NULL,
	outcome TEXT NOT NULL,
	place TEXT,
	stratum TEXT,
	psu TEXT,
	weight TEXT,
	person TEXT,
	interviewer TEXT,
	attempts {int} NOT NULL,
	due_at {int},
	token {blob},
	UNIQUE (survey_id, code)
) {strict};
CREATE INDEX survey_case_token ON survey_case (token);
CREATE INDEX survey_case_interviewer ON survey_case (survey_id, interviewer, outcome);

-- How to reach them: personal data, gone as soon as they have answered or refused. sealed: the invitation, readable only with the key outside
-- the store, so that a reminder can carry it.
CREATE TABLE survey_contact (
	case_id {int} PRIMARY KEY NOT NULL REFERENCES survey_case (id),
	name TEXT,
	phone TEXT,
	email TEXT,
	address TEXT,
	lang TEXT NOT NULL,
	sealed {blob},
	invitations {int} NOT NULL,
	invited_on {int}
) {strict};

CREATE TABLE survey_call (
	case_id {int} NOT NULL REFERENCES survey_case (id),
	no {int} NOT NULL,
	at {int} NOT NULL,
	outcome TEXT NOT NULL,
	interviewer TEXT NOT NULL,
	note TEXT,
	PRIMARY KEY (case_id, no)
) {strict};

-- What is left of cases that ended with an answer, as sums: the work of interviewers by area.
CREATE TABLE survey_field (
	survey_id {int} NOT NULL REFERENCES survey (id),
	interviewer TEXT NOT NULL,
	place TEXT NOT NULL,
	outcome TEXT NOT NULL,
	cases {int} NOT NULL,
	attempts {int} NOT NULL,
	PRIMARY KEY (survey_id, interviewer, place, outcome)
) {strict};

-- ---- call-backs ----

-- Which part of the interviews is asked again, in percent; who, is a hash of seed and code.
CREATE TABLE survey_callback_plan (
	survey_id {int} PRIMARY KEY NOT NULL REFERENCES survey (id),
	share {int} NOT NULL CHECK (share BETWEEN 1 AND 100),
	seed {int} NOT NULL,
	created_at {int} NOT NULL,
	actor TEXT NOT NULL
) {strict};

-- Who waits to be asked again. sealed: which answer it is, with the key outside the store. A row goes when its pairs are counted.
CREATE TABLE survey_callback (
	survey_id {int} NOT NULL REFERENCES survey (id),
	code TEXT NOT NULL,
	name TEXT,
	phone TEXT,
	email TEXT,
	address TEXT,
	sealed {blob} NOT NULL,
	PRIMARY KEY (survey_id, code)
) {strict};

-- What both were told, as sums: nothing leads from one to a person.
CREATE TABLE survey_callback_pair (
	survey_id {int} NOT NULL REFERENCES survey (id),
	item TEXT NOT NULL,
	first TEXT NOT NULL,
	second TEXT NOT NULL,
	n {int} NOT NULL,
	PRIMARY KEY (survey_id, item, first, second)
) {strict};

-- A printed form by its serial number. key: random, makes the answer's receipt. entry1, entry2: the lines of the two who typed it. Once it is
-- settled, key, place and lines are gone: nothing leads from the number to the answer. n_items, n_differ: what the two entries are worth.
CREATE TABLE survey_sheet (
	survey_id {int} NOT NULL REFERENCES survey (id),
	number {int} NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('printed', 'once', 'differs', 'settled', 'void')),
	key TEXT,
	place TEXT,
	stratum TEXT,
	psu TEXT,
	weight TEXT,
	entry1 TEXT,
	entry2 TEXT,
	entry1_by TEXT,
	entry2_by TEXT,
	settled_by TEXT,
	reason TEXT,
	n_items {int} NOT NULL,
	n_differ {int} NOT NULL,
	PRIMARY KEY (survey_id, number)
) {strict};

-- ---- interviewers' apps ----

-- Who asked, and, of an app, from when to when. There only for answers that were given to a person. received_at: of the form of a telephone
-- interview, which has no moments, the day alone.
CREATE TABLE response_visit (
	response_id {int} PRIMARY KEY NOT NULL REFERENCES response (id),
	account_id {int} NOT NULL REFERENCES account (id),
	started_at {int},
	ended_at {int},
	received_at {int} NOT NULL
) {strict};

-- Interviews of an app whose case nobody knows, or that is another's or over: kept whole, in no result until somebody says whose they are, or that they are
-- nobody's: then they are erased. place: as the app told it. id: of
-- the answer that it becomes, and of its files. key: makes the receipt of that answer.
CREATE TABLE survey_stray (
	id {id},
	survey_id {int} NOT NULL REFERENCES survey (id),
	receipt {blob} NOT NULL,
	key TEXT NOT NULL,
	case_code TEXT,
	place TEXT,
	reason TEXT NOT NULL CHECK (reason IN ('none', 'unknown', 'foreign', 'over')),
	account_id {int} NOT NULL REFERENCES account (id),
	started_at {int},
	ended_at {int},
	received_at {int} NOT NULL,
	answers TEXT NOT NULL,
	UNIQUE (survey_id, receipt)
) {strict};

-- ---- answers from tables of others ----

-- A table that waits for its columns to be chosen. It may name people, so it goes as soon as it was taken over or dropped, and after a week.
CREATE TABLE survey_intake (
	id {id},
	survey_id {int} NOT NULL REFERENCES survey (id),
	name TEXT NOT NULL,
	bytes {blob} NOT NULL,
	map TEXT NOT NULL,
	actor TEXT NOT NULL,
	created_at {int} NOT NULL
) {strict};
