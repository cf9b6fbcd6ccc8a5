-- What a record says since its second form: form, run, clock, grounds. NULL in records of the first.
ALTER TABLE audit ADD COLUMN circumstances TEXT;

-- The signed roots over the log, kept for ever. The edge lets the tree grow on from there; the key is the public one.
CREATE TABLE audit_checkpoints (
    size BIGINT PRIMARY KEY,
    at   BIGINT NOT NULL,
    note TEXT   NOT NULL,
    edge TEXT   NOT NULL,
    key  TEXT   NOT NULL
);
CREATE TRIGGER audit_checkpoints_never_change BEFORE UPDATE ON audit_checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints are append-only'); END;
CREATE TRIGGER audit_checkpoints_never_shrink BEFORE DELETE ON audit_checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints are append-only'); END;

-- How far each place outside has followed, and what went wrong there last. A status, no evidence.
CREATE TABLE audit_anchors (
    name       TEXT PRIMARY KEY,
    size       BIGINT NOT NULL,
    at         BIGINT,
    trouble    TEXT,
    trouble_at BIGINT
);
