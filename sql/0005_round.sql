-- The yearly work of a round: who has to fill in what until when, what was entered, claimed, proved, appraised and decided, and what was
-- published. A round without a row in round_plan is scored live from measures.
--
-- Nothing that people enter is overwritten: another figure, text or decision for the same place is a further revision, and the last one
-- counts. What round_sheet says of points and progress is derived: it holds as long as summed = version, and is counted anew otherwise.

CREATE TABLE round_plan (
	round_id {int} PRIMARY KEY NOT NULL REFERENCES round (id),
	kind TEXT NOT NULL CHECK (kind IN ('down', 'up')),
	state TEXT NOT NULL,
	opens_on {int} NOT NULL,
	self_due {int} NOT NULL,
	appraise_due {int} NOT NULL,
	explain_due {int} NOT NULL,
	final_due {int} NOT NULL,
	due_minute {int} NOT NULL,
	needs_proof {int} NOT NULL CHECK (needs_proof IN (0, 1)),
	created_at {int} NOT NULL,
	actor_id {int} NOT NULL,
	actor TEXT NOT NULL
) {strict};

-- One unit's sheet; of a round upwards there is one, the province's.
CREATE TABLE round_sheet (
	id {id},
	round_id {int} NOT NULL REFERENCES round_plan (round_id),
	unit_id {int} NOT NULL REFERENCES unit (id),
	state TEXT NOT NULL,
	version {int} NOT NULL,
	summed {int} NOT NULL,
	n_rows {int} NOT NULL,
	n_done {int} NOT NULL,
	n_todo {int} NOT NULL,
	n_wrong {int} NOT NULL,
	n_proof {int} NOT NULL,
	n_asked {int} NOT NULL,
	n_decided {int} NOT NULL,
	points TEXT,
	maximum TEXT,
	saved_at {int},
	UNIQUE (round_id, unit_id)
) {strict};

-- The agency that a name in the edition's column "owner" stands for.
CREATE TABLE round_owner (
	round_id {int} NOT NULL REFERENCES round_plan (round_id),
	owner TEXT NOT NULL,
	unit_id {int} NOT NULL REFERENCES unit (id),
	PRIMARY KEY (round_id, owner)
) {strict};

-- The rows of a sheet that one agency (upwards) or division (downwards) answers for.
CREATE TABLE round_part (
	sheet_id {int} NOT NULL REFERENCES round_sheet (id),
	owner TEXT NOT NULL,
	unit_id {int} REFERENCES unit (id),
	state TEXT NOT NULL,
	n_rows {int} NOT NULL,
	n_done {int} NOT NULL,
	PRIMARY KEY (sheet_id, owner)
) {strict};
CREATE INDEX round_part_unit ON round_part (unit_id);

-- A figure. stage: self, appraisal1, appraisal2, survey; part: now, prev (the period before), event (seq 1, 2, …, with its day).
-- origin: typed, file, or store (copied from the measures of the store when the sheet was handed in). key: of the request, so that one sent
-- twice is stored once.
CREATE TABLE round_entry (
	id {id},
	sheet_id {int} NOT NULL REFERENCES round_sheet (id),
	stage TEXT NOT NULL,
	measure TEXT NOT NULL,
	part TEXT NOT NULL,
	seq {int} NOT NULL,
	revision {int} NOT NULL,
	numerator TEXT,
	denominator TEXT,
	value TEXT,
	status TEXT NOT NULL CHECK (status IN ('ok', 'na', 'none', 'empty')),
	reason TEXT,
	source TEXT,
	as_of {int},
	origin TEXT NOT NULL,
	key TEXT,
	recorded_at {int} NOT NULL,
	actor_id {int} NOT NULL,
	actor TEXT NOT NULL,
	UNIQUE (sheet_id, stage, measure, part, seq, revision)
) {strict};

-- A text of a criterion. kind: explanation; difficulty and proposal (node: the root).
CREATE TABLE round_note (
	id {id},
	sheet_id {int} NOT NULL REFERENCES round_sheet (id),
	node TEXT NOT NULL,
	kind TEXT NOT NULL,
	revision {int} NOT NULL,
	body TEXT NOT NULL,
	key TEXT,
	recorded_at {int} NOT NULL,
	actor_id {int} NOT NULL,
	actor TEXT NOT NULL,
	UNIQUE (sheet_id, node, kind, revision)
) {strict};

-- What proves a criterion: a document by number and day, an address, or a file of the store. Taken back, it stays with the reason.
CREATE TABLE round_evidence (
	id {id},
	sheet_id {int} NOT NULL REFERENCES round_sheet (id),
	node TEXT NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('document', 'link', 'file')),
	title TEXT NOT NULL,
	number TEXT,
	issued_on {int},
	url TEXT,
	file_id {int},
	stage TEXT NOT NULL,
	key TEXT,
	recorded_at {int} NOT NULL,
	actor_id {int} NOT NULL,
	actor TEXT NOT NULL,
	removed_at {int},
	removed_by {int},
	removed_actor TEXT,
	removed_reason TEXT
) {strict};
CREATE INDEX round_evidence_sheet ON round_evidence (sheet_id, node);

-- What was decided of a criterion. stage: appraisal1, appraisal2, council. basis: self (as the unit says), figures (by those of the
-- stage), points (as given), open (what was decided holds no more, and the remark says why: another criteria set). points and state are what the engine gave then. asks: an explanation is wanted.
CREATE TABLE round_decision (
	id {id},
	sheet_id {int} NOT NULL REFERENCES round_sheet (id),
	node TEXT NOT NULL,
	stage TEXT NOT NULL,
	revision {int} NOT NULL,
	basis TEXT NOT NULL CHECK (basis IN ('self', 'figures', 'points', 'open')),
	state TEXT NOT NULL,
	points TEXT,
	raw TEXT,
	maximum TEXT,
	self_points TEXT,
	remark TEXT,
	asks {int} NOT NULL CHECK (asks IN (0, 1)),
	trace_vi TEXT,
	trace_en TEXT,
	key TEXT,
	recorded_at {int} NOT NULL,
	actor_id {int} NOT NULL,
	actor TEXT NOT NULL,
	UNIQUE (sheet_id, node, stage, revision)
) {strict};

-- Each step of the state machines. sheet_id NULL: of the round; owner NULL: of the sheet.
CREATE TABLE round_step (
	id {id},
	round_id {int} NOT NULL REFERENCES round_plan (round_id),
	sheet_id {int} REFERENCES round_sheet (id),
	owner TEXT,
	verb TEXT NOT NULL,
	state_from TEXT NOT NULL,
	state_to TEXT NOT NULL,
	reason TEXT,
	recorded_at {int} NOT NULL,
	actor_id {int} NOT NULL,
	actor TEXT NOT NULL
) {strict};
CREATE INDEX round_step_round ON round_step (round_id, sheet_id);

-- More time, for all or for one sheet. The last one counts.
CREATE TABLE round_extension (
	id {id},
	round_id {int} NOT NULL REFERENCES round_plan (round_id),
	sheet_id {int} REFERENCES round_sheet (id),
	phase TEXT NOT NULL CHECK (phase IN ('self', 'explain')),
	until {int} NOT NULL,
	reason TEXT NOT NULL,
	recorded_at {int} NOT NULL,
	actor_id {int} NOT NULL,
	actor TEXT NOT NULL
) {strict};
CREATE INDEX round_extension_round ON round_extension (round_id);

-- A published revision. Its points and results are the rows of score and round_result with this stage.
CREATE TABLE round_publication (
	id {id},
	round_id {int} NOT NULL REFERENCES round_plan (round_id),
	revision {int} NOT NULL,
	stage TEXT NOT NULL,
	edition_id {int} NOT NULL REFERENCES edition (id),
	edition_sha256 TEXT NOT NULL,
	engine TEXT NOT NULL,
	decision TEXT,
	reason TEXT,
	recorded_at {int} NOT NULL,
	actor_id {int} NOT NULL,
	actor TEXT NOT NULL,
	UNIQUE (round_id, revision)
) {strict};
