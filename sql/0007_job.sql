-- Work in the background: which process runs it and when it was last heard of, whether somebody wants it stopped, where the result is.
-- message, of 0001, holds the faults as JSON.
ALTER TABLE job ADD COLUMN owner TEXT;
ALTER TABLE job ADD COLUMN beat_at {int};
ALTER TABLE job ADD COLUMN cancel {int} NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN result TEXT;
