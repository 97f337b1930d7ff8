-- Units, indices and their results, editions, measures, rounds, calendar: dated facts, each with its source and status.
--
-- {id} {int} {real} {blob} {strict} are put in for the database. Days are numbers of days since 1970-01-01, moments are UTC milliseconds.
-- Decimals are canonical TEXT; a *_real column beside one serves to order and to draw. An open end is the day 9999-12-31 (2932896).
-- status: verified, derived, recollection, not verified, illustrative. A row of an import counts once its import is visible.

CREATE TABLE meta (
	key TEXT PRIMARY KEY NOT NULL,
	value TEXT NOT NULL
) {strict};

-- Checksums of the tables when this store was made by a backup or a copy.
CREATE TABLE copy_sum (
	name TEXT PRIMARY KEY NOT NULL,
	n_rows {int} NOT NULL,
	hash TEXT NOT NULL
) {strict};

CREATE TABLE import (
	id {id},
	kind TEXT NOT NULL,
	file_name TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed')),
	visible {int} NOT NULL DEFAULT 0 CHECK (visible IN (0, 1)),
	n_rows {int} NOT NULL DEFAULT 0,
	n_accepted {int} NOT NULL DEFAULT 0,
	n_rejected {int} NOT NULL DEFAULT 0,
	started_at {int} NOT NULL,
	finished_at {int},
	actor TEXT NOT NULL
) {strict};
CREATE INDEX import_file ON import (kind, sha256);

CREATE TABLE job (
	id {id},
	kind TEXT NOT NULL,
	args TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
	progress {int} NOT NULL DEFAULT 0,
	total {int} NOT NULL DEFAULT 0,
	message TEXT,
	actor TEXT NOT NULL,
	created_at {int} NOT NULL,
	started_at {int},
	finished_at {int}
) {strict};
CREATE INDEX job_state ON job (state, id);

-- A unit as it was from one day to another (both included). Its key is (level, code, valid_from), never the code alone: seven province
-- codes changed their name in 2025. The parent is named by level and code, because its own row may be replaced meanwhile.
CREATE TABLE unit (
	id {id},
	level TEXT NOT NULL,
	code TEXT NOT NULL,
	valid_from {int} NOT NULL,
	valid_to {int} NOT NULL,
	name TEXT NOT NULL,
	name_fold TEXT NOT NULL,
	sort_key TEXT NOT NULL,
	type TEXT NOT NULL,
	parent_level TEXT,
	parent_code TEXT,
	region TEXT,
	successor_code TEXT,
	source TEXT,
	status TEXT NOT NULL,
	note TEXT,
	import_id {int} NOT NULL REFERENCES import (id),
	CHECK (valid_from <= valid_to),
	UNIQUE (level, code, valid_from)
) {strict};
CREATE INDEX unit_fold ON unit (name_fold);
CREATE INDEX unit_parent ON unit (parent_level, parent_code, valid_from);

CREATE TABLE unit_alias (
	unit_id {int} NOT NULL REFERENCES unit (id),
	alias TEXT NOT NULL,
	alias_fold TEXT NOT NULL,
	PRIMARY KEY (unit_id, alias_fold)
) {strict};
CREATE INDEX unit_alias_fold ON unit_alias (alias_fold);

-- The words of names and aliases, for search by the beginning of any word. Derived.
CREATE TABLE unit_word (
	word TEXT NOT NULL,
	unit_id {int} NOT NULL REFERENCES unit (id),
	PRIMARY KEY (word, unit_id)
) {strict};

CREATE TABLE unit_successor (
	old_id {int} NOT NULL REFERENCES unit (id),
	new_id {int} NOT NULL REFERENCES unit (id),
	effective {int} NOT NULL,
	PRIMARY KEY (old_id, new_id)
) {strict};
CREATE INDEX unit_successor_new ON unit_successor (new_id);

-- Which region a unit belonged to in which scheme.
CREATE TABLE unit_region (
	scheme TEXT NOT NULL,
	level TEXT NOT NULL,
	code TEXT NOT NULL,
	decided_on {int} NOT NULL,
	region TEXT NOT NULL,
	status TEXT NOT NULL,
	PRIMARY KEY (scheme, level, code)
) {strict};

CREATE TABLE index_def (
	code TEXT PRIMARY KEY NOT NULL,
	sort_no {int} NOT NULL,
	name_vi TEXT NOT NULL,
	name_en TEXT NOT NULL,
	publisher TEXT NOT NULL,
	value_unit TEXT NOT NULL,
	higher_is_better {int} NOT NULL CHECK (higher_is_better IN (0, 1)),
	level TEXT NOT NULL,
	source TEXT,
	note TEXT
) {strict};

CREATE TABLE series (
	index_code TEXT NOT NULL REFERENCES index_def (code),
	code TEXT NOT NULL,
	first_year {int} NOT NULL,
	last_year {int} NOT NULL,
	sort_no {int} NOT NULL,
	name_vi TEXT NOT NULL,
	name_en TEXT NOT NULL,
	maximum TEXT,
	note TEXT,
	PRIMARY KEY (index_code, code, first_year)
) {strict};

-- From this year on the series does not compare with the years before.
CREATE TABLE series_break (
	index_code TEXT NOT NULL REFERENCES index_def (code),
	series TEXT NOT NULL,
	year {int} NOT NULL,
	reason_vi TEXT NOT NULL,
	reason_en TEXT NOT NULL,
	source TEXT,
	PRIMARY KEY (index_code, series, year)
) {strict};

-- A published figure. Another figure for the same unit, year and series is a new revision; the current one is the last whose import is
-- visible.
CREATE TABLE result (
	id {id},
	index_code TEXT NOT NULL REFERENCES index_def (code),
	year {int} NOT NULL,
	unit_id {int} NOT NULL REFERENCES unit (id),
	series TEXT NOT NULL,
	revision {int} NOT NULL,
	score TEXT,
	score_real {real},
	rank {int},
	rank_kind TEXT,
	coverage TEXT,
	publisher TEXT,
	source TEXT,
	status TEXT NOT NULL,
	note TEXT,
	import_id {int} NOT NULL REFERENCES import (id),
	recorded_at {int} NOT NULL,
	UNIQUE (index_code, year, series, unit_id, revision)
) {strict};
CREATE INDEX result_unit ON result (unit_id, index_code, series, year);
CREATE INDEX result_import ON result (import_id);

CREATE VIEW result_current AS
	SELECT r.id, r.index_code, r.year, r.unit_id, r.series, r.revision, r.score, r.score_real, r.rank, r.rank_kind, r.coverage,
		r.publisher, r.source, r.status, r.note, r.import_id, r.recorded_at
	FROM result r JOIN import i ON i.id = r.import_id AND i.visible = 1
	WHERE NOT EXISTS (SELECT 1 FROM result n JOIN import j ON j.id = n.import_id AND j.visible = 1
		WHERE n.index_code = r.index_code AND n.year = r.year AND n.series = r.series AND n.unit_id = r.unit_id AND n.revision > r.revision);

-- What the publisher says about a year as a whole: the national mean and the like. area: 'national' or the name of a region; release: the
-- year of publication (two releases may differ).
CREATE TABLE index_year (
	index_code TEXT NOT NULL REFERENCES index_def (code),
	year {int} NOT NULL,
	series TEXT NOT NULL,
	area TEXT NOT NULL,
	release_year {int} NOT NULL,
	mean TEXT,
	minimum TEXT,
	maximum TEXT,
	decision TEXT,
	published_on {int},
	source TEXT,
	status TEXT NOT NULL,
	note TEXT,
	import_id {int} NOT NULL REFERENCES import (id),
	PRIMARY KEY (index_code, year, series, area, release_year)
) {strict};

-- A criteria set as it was loaded. The text is the fact; whoever needs the tree reads it from the text.
CREATE TABLE edition (
	id {id},
	code TEXT NOT NULL,
	version {int} NOT NULL,
	name_vi TEXT NOT NULL,
	name_en TEXT NOT NULL,
	level TEXT NOT NULL,
	first_year {int} NOT NULL,
	last_year {int} NOT NULL,
	valid_from {int} NOT NULL,
	valid_to {int} NOT NULL,
	status TEXT NOT NULL,
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

-- A criteria set that is being worked on. body: its rows as text, each with a number that it keeps (app/edition_rows.h); it may be faulty.
-- revision counts what was saved: who saves an older one is told. source: the file or pasted text it is to be made from, until it is.
-- name, n_rows, n_faults are derived from body.
CREATE TABLE edition_draft (
	id {id},
	code TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('draft', 'in force', 'dropped')),
	base_id {int} REFERENCES edition (id),
	edition_id {int} REFERENCES edition (id),
	revision {int} NOT NULL,
	body TEXT NOT NULL,
	name TEXT NOT NULL,
	n_rows {int} NOT NULL,
	n_faults {int} NOT NULL,
	source_name TEXT,
	source {blob},
	created_at {int} NOT NULL,
	actor TEXT NOT NULL,
	changed_at {int} NOT NULL,
	changed_by TEXT NOT NULL
) {strict};
CREATE INDEX edition_draft_state ON edition_draft (state, changed_at);

-- What became of the criteria of an edition that was replaced: the code in the next one; none: left out.
CREATE TABLE edition_map (
	edition_id {int} NOT NULL REFERENCES edition (id),
	old_code TEXT NOT NULL,
	new_code TEXT,
	PRIMARY KEY (edition_id, old_code)
) {strict};

CREATE TABLE measure_def (
	name TEXT PRIMARY KEY NOT NULL,
	name_vi TEXT NOT NULL,
	name_en TEXT NOT NULL,
	value_unit TEXT NOT NULL,
	numerator TEXT,
	denominator TEXT,
	source_kind TEXT NOT NULL,
	period TEXT NOT NULL,
	note TEXT
) {strict};

-- One number of one unit and period. stage: whose figure it is (self, appraised, counted, …). seq tells several events of one period
-- apart. Numbers that cannot be had and those that do not apply are rows with such a status, never zeros.
CREATE TABLE measure_value (
	id {id},
	unit_id {int} NOT NULL REFERENCES unit (id),
	measure TEXT NOT NULL,
	period TEXT NOT NULL,
	stage TEXT NOT NULL,
	seq {int} NOT NULL,
	revision {int} NOT NULL,
	numerator TEXT,
	denominator TEXT,
	value TEXT,
	status TEXT NOT NULL,
	reason TEXT,
	source TEXT,
	as_of {int},
	import_id {int} NOT NULL REFERENCES import (id),
	recorded_at {int} NOT NULL,
	UNIQUE (unit_id, period, stage, measure, seq, revision)
) {strict};
CREATE INDEX measure_value_import ON measure_value (import_id);

CREATE VIEW measure_current AS
	SELECT v.id, v.unit_id, v.measure, v.period, v.stage, v.seq, v.revision, v.numerator, v.denominator, v.value, v.status, v.reason,
		v.source, v.as_of, v.import_id, v.recorded_at
	FROM measure_value v JOIN import i ON i.id = v.import_id AND i.visible = 1
	WHERE NOT EXISTS (SELECT 1 FROM measure_value n JOIN import j ON j.id = n.import_id AND j.visible = 1
		WHERE n.unit_id = v.unit_id AND n.period = v.period AND n.stage = v.stage AND n.measure = v.measure AND n.seq = v.seq
			AND n.revision > v.revision);

CREATE TABLE round (
	id {id},
	code TEXT NOT NULL UNIQUE,
	edition_id {int} NOT NULL REFERENCES edition (id),
	name_vi TEXT NOT NULL,
	name_en TEXT NOT NULL,
	level TEXT NOT NULL,
	period TEXT NOT NULL,
	status TEXT NOT NULL,
	illustrative {int} NOT NULL CHECK (illustrative IN (0, 1)),
	created_at {int} NOT NULL,
	actor TEXT NOT NULL
) {strict};

-- Points of every node of the tree, inner ones too. Derived: can be computed again from measures and edition.
CREATE TABLE score (
	round_id {int} NOT NULL REFERENCES round (id),
	unit_id {int} NOT NULL REFERENCES unit (id),
	stage TEXT NOT NULL,
	node_code TEXT NOT NULL,
	sort_no {int} NOT NULL,
	points TEXT,
	maximum TEXT,
	percent TEXT,
	status TEXT NOT NULL,
	trace TEXT,
	note TEXT,
	PRIMARY KEY (round_id, unit_id, stage, node_code)
) {strict};
CREATE INDEX score_node ON score (round_id, stage, node_code);

CREATE TABLE round_result (
	round_id {int} NOT NULL REFERENCES round (id),
	unit_id {int} NOT NULL REFERENCES unit (id),
	stage TEXT NOT NULL,
	points TEXT,
	maximum TEXT,
	value TEXT,
	value_real {real},
	rank {int},
	rank_group TEXT,
	status TEXT NOT NULL,
	engine TEXT NOT NULL,
	edition_sha256 TEXT NOT NULL,
	computed_at {int} NOT NULL,
	PRIMARY KEY (round_id, unit_id, stage)
) {strict};

CREATE TABLE holiday (
	day {int} NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('holiday', 'swap_off', 'swap_work')),
	name TEXT NOT NULL,
	source_kind TEXT NOT NULL,
	source TEXT,
	status TEXT NOT NULL,
	note TEXT,
	PRIMARY KEY (day, kind)
) {strict};
