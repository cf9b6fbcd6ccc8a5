-- Calls that wait for a person's word. The input is whole while it may still be done, and wiped when nothing more can come of it.
CREATE TABLE approvals (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    at          INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    actor       TEXT    NOT NULL,
    via         TEXT    NOT NULL,
    session     TEXT,
    tier        TEXT    NOT NULL,
    may_write   INTEGER NOT NULL,
    op          TEXT    NOT NULL,
    input       TEXT    NOT NULL,
    digest      TEXT    NOT NULL,
    plan        TEXT    NOT NULL CHECK (json_valid(plan)),
    state       TEXT    NOT NULL DEFAULT 'pending'
                CHECK (state IN ('pending', 'running', 'done', 'failed', 'denied', 'expired', 'interrupted')),
    decided_at  INTEGER,
    decided_by  TEXT,
    reason      TEXT,
    outcome     TEXT CHECK (outcome IS NULL OR json_valid(outcome)),
    change_id   INTEGER
);
CREATE INDEX approvals_open ON approvals (state, id) WHERE state IN ('pending', 'running');
CREATE INDEX approvals_of_actor ON approvals (actor, at);

-- Decided once, and not again.
CREATE TRIGGER approvals_are_single_use BEFORE UPDATE OF state ON approvals
WHEN NOT (OLD.state = 'pending' AND NEW.state IN ('running', 'denied', 'expired')
       OR OLD.state = 'running' AND NEW.state IN ('done', 'failed', 'interrupted'))
BEGIN
    SELECT RAISE(ABORT, 'an approval is decided once');
END;
CREATE TRIGGER approvals_stay_as_asked BEFORE UPDATE OF op, digest, plan, actor, session, tier, may_write, expires_at ON approvals
BEGIN
    SELECT RAISE(ABORT, 'what was asked does not change');
END;
