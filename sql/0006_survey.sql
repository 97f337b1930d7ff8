-- Surveys: questionnaires as text, the surveys that use them, and the answers.
--
-- Who answered and what was answered never meet: a token is only a hash, keeps nothing about its holder's place once it was used, and has no
-- number, time or order in common with an answer. An answer has a random id and a day, no time of the day.

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

-- design: how respondents came to it. 'self_selected' (open links, QR codes, kiosks) has no margin of error, ever.
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
	illustrative {int} NOT NULL CHECK (illustrative IN (0, 1)),
	note TEXT,
	created_at {int} NOT NULL,
	actor TEXT NOT NULL,
	CHECK (opens_on <= closes_on)
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
-- that of the token is another hash of it, and neither leads to the other.
CREATE TABLE response (
	id {id},
	survey_id {int} NOT NULL REFERENCES survey (id),
	receipt {blob} NOT NULL,
	on_day {int} NOT NULL,
	mode TEXT NOT NULL CHECK (mode IN ('web', 'kiosk', 'paper', 'phone', 'interview', 'odk', 'import')),
	lang TEXT NOT NULL,
	place TEXT,
	stratum TEXT,
	psu TEXT,
	weight TEXT,
	answers TEXT NOT NULL,
	UNIQUE (survey_id, receipt)
) {strict};
CREATE INDEX response_place ON response (survey_id, place, on_day);

-- ---- interviewers' apps ----

-- Who held the telephone, and from when to when. There only for answers that were given to a person.
CREATE TABLE response_visit (
	response_id {int} PRIMARY KEY NOT NULL REFERENCES response (id),
	account_id {int} NOT NULL REFERENCES account (id),
	started_at {int},
	ended_at {int},
	received_at {int} NOT NULL
) {strict};
