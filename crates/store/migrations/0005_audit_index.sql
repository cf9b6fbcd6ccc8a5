-- What the audit log is asked by. All of it follows from the records, is made by the trigger below and proves nothing: the
-- chain is over `audit` alone. A record's guest, path and size come from its summary, where its hash covers them; records
-- from before this step name none.

-- How many records there are of each sort: sums over a few thousand rows instead of a pass over the whole log.
-- A `vmid` of 0 is no guest.
CREATE TABLE audit_tallies (
    id       INTEGER PRIMARY KEY,
    op       TEXT    NOT NULL,
    vmid     BIGINT  NOT NULL,
    large    BOOLEAN NOT NULL,
    actor    TEXT    NOT NULL,
    phase    TEXT    NOT NULL,
    records  BIGINT  NOT NULL,
    first_at BIGINT  NOT NULL,
    last_at  BIGINT  NOT NULL,
    UNIQUE (op, vmid, large, actor, phase)
);

-- Each record, narrow: when, and of which sort.
CREATE TABLE audit_index (
    seq   INTEGER PRIMARY KEY,
    at    BIGINT NOT NULL,
    tally BIGINT NOT NULL
);

CREATE TABLE audit_paths (seq INTEGER PRIMARY KEY, path TEXT NOT NULL);

-- The words of the sentences in a summary; the text itself is not kept twice. PostgreSQL has `tsvector` for it.
CREATE VIRTUAL TABLE audit_words USING fts5 (said, content = '', columnsize = 0);

INSERT INTO audit_tallies (op, vmid, large, actor, phase, records, first_at, last_at)
SELECT op, 0, FALSE, actor, phase, COUNT(*), MIN(at), MAX(at) FROM audit GROUP BY op, actor, phase;

INSERT INTO audit_index (seq, at, tally)
SELECT a.seq, a.at, t.id FROM audit a JOIN audit_tallies t ON t.op = a.op AND t.actor = a.actor AND t.phase = a.phase
ORDER BY a.seq;

CREATE INDEX audit_index_by_tally ON audit_index (tally, seq);
CREATE INDEX audit_index_by_time ON audit_index (at, seq, tally);

INSERT INTO audit_words (rowid, said)
SELECT seq, (SELECT group_concat(value, ' ') FROM json_tree(CASE WHEN json_valid(summary) THEN summary ELSE 'null' END) WHERE type = 'text')
FROM audit ORDER BY seq;

CREATE TRIGGER audit_is_indexed AFTER INSERT ON audit BEGIN
    INSERT INTO audit_tallies (op, vmid, large, actor, phase, records, first_at, last_at)
    VALUES (
        new.op, COALESCE(json_extract(new.summary, '$.vmid'), 0), COALESCE(json_extract(new.summary, '$.large'), FALSE),
        new.actor, new.phase, 1, new.at, new.at
    )
    ON CONFLICT (op, vmid, large, actor, phase) DO UPDATE
    SET records = records + 1, first_at = MIN(first_at, excluded.first_at), last_at = MAX(last_at, excluded.last_at);
    INSERT INTO audit_index (seq, at, tally)
    SELECT new.seq, new.at, id FROM audit_tallies
    WHERE op = new.op AND vmid = COALESCE(json_extract(new.summary, '$.vmid'), 0)
    AND large = COALESCE(json_extract(new.summary, '$.large'), FALSE) AND actor = new.actor AND phase = new.phase;
    INSERT INTO audit_paths (seq, path)
    SELECT new.seq, json_extract(new.summary, '$.path') WHERE json_extract(new.summary, '$.path') IS NOT NULL;
    INSERT INTO audit_words (rowid, said)
    SELECT new.seq, group_concat(value, ' ') FROM json_tree(new.summary) WHERE type = 'text';
END;
