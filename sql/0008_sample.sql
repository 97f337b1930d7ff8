-- Samples: lists of who could be asked, draws from them, who was drawn and who stood in for whom; weights as steps.

-- A frame as it was read, in pieces (text): unit,place,stratum,cluster,subcluster,size,certain,sd,cost,wanted. Never changed.
CREATE TABLE sample_frame (
	id {id},
	survey_id {int} NOT NULL REFERENCES survey (id),
	name TEXT NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('households', 'dossiers', 'users', 'delegates', 'other')),
	n_rows {int} NOT NULL,
	sha256 TEXT NOT NULL,
	created_at {int} NOT NULL,
	actor TEXT NOT NULL
) {strict};
CREATE INDEX sample_frame_survey ON sample_frame (survey_id);

-- what: 'units', or 'contacts': names and telephones (unit,name,phone,email,address), personal data kept apart, which go when they are no longer needed.
CREATE TABLE sample_frame_part (
	frame_id {int} NOT NULL REFERENCES sample_frame (id),
	what TEXT NOT NULL CHECK (what IN ('units', 'contacts')),
	no {int} NOT NULL,
	csv TEXT NOT NULL,
	PRIMARY KEY (frame_id, what, no)
) {strict};

-- A draw: everything that is needed to draw it again. The newest of a survey counts.
CREATE TABLE sample_draw (
	id {id},
	survey_id {int} NOT NULL REFERENCES survey (id),
	frame_id {int} NOT NULL REFERENCES sample_frame (id),
	seed {int} NOT NULL,
	stages TEXT NOT NULL,
	strata TEXT,
	allocate TEXT NOT NULL,
	sd TEXT, -- columns of the frame that the allocation went by
	cost TEXT,
	least {int} NOT NULL,
	reserve {int} NOT NULL,
	person TEXT NOT NULL CHECK (person IN ('none', 'kish', 'birthday')),
	frame_sha256 TEXT NOT NULL,
	drawn {int} NOT NULL,
	reserves {int} NOT NULL,
	created_at {int} NOT NULL,
	actor TEXT NOT NULL
) {strict};
CREATE INDEX sample_draw_survey ON sample_draw (survey_id, created_at);

-- Who was drawn. grp: the group of the last stage, whose reserves may stand in. person: whom of a household to ask, the name of a table by Kish or
-- 'birthday'. psu is missing where the unit is its own primary unit: it
-- would lead from an answer to it. replaces: of a reserve that is used, the number of the one it stands for; reason: why that one could not be
-- asked.
CREATE TABLE sample_unit (
	draw_id {int} NOT NULL REFERENCES sample_draw (id),
	no {int} NOT NULL,
	unit TEXT NOT NULL,
	place TEXT,
	role TEXT NOT NULL CHECK (role IN ('main', 'reserve')),
	turn {int} NOT NULL,
	grp TEXT NOT NULL,
	probability TEXT NOT NULL,
	weight TEXT NOT NULL,
	stratum TEXT NOT NULL,
	psu TEXT,
	person TEXT,
	replaces {int},
	reason TEXT,
	PRIMARY KEY (draw_id, no)
) {strict};

-- Steps from the base weights of the answers to the final ones, as recipes; figures of the survey do them anew. margins: tables of the population
-- (item codes, option codes, people), an empty line between them. The numbers say what a step changed when it was recorded.
CREATE TABLE sample_weight (
	survey_id {int} NOT NULL REFERENCES survey (id),
	no {int} NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('nonresponse', 'within', 'trim', 'poststratify', 'rake')),
	params TEXT,
	margins TEXT,
	people {int} NOT NULL,
	total_before {real} NOT NULL,
	total_after {real} NOT NULL,
	least {real} NOT NULL,
	greatest {real} NOT NULL,
	deff {real} NOT NULL,
	created_at {int} NOT NULL,
	actor TEXT NOT NULL,
	PRIMARY KEY (survey_id, no)
) {strict};
