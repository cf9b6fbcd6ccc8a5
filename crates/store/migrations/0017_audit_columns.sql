-- Records of the audit log are found by their time and sort in memory (ADR 0021): these tables are where those are read from, once
-- and in order. So nothing has to be counted beside the log any more, and no index over it be kept.
DROP TRIGGER audit_is_indexed;
DROP TRIGGER audit_block_is_full;
DROP INDEX audit_index_by_tally;
DROP INDEX audit_index_by_time;

ALTER TABLE audit_tallies RENAME TO audit_sorts;
ALTER TABLE audit_sorts DROP COLUMN records;
ALTER TABLE audit_sorts DROP COLUMN first_at;
ALTER TABLE audit_sorts DROP COLUMN last_at;
ALTER TABLE audit_index RENAME COLUMN tally TO sort;

-- Each 4096 records in a row as one text, written when the last of them is: their times and sorts, in order.
DROP TABLE audit_blocks;
CREATE TABLE audit_blocks (block INTEGER PRIMARY KEY, entries TEXT NOT NULL);

INSERT INTO audit_blocks (block, entries)
SELECT seq / 4096, group_concat(entry) FROM (SELECT seq, at || ' ' || sort AS entry FROM audit_index ORDER BY seq)
WHERE seq / 4096 < (SELECT (MAX(seq) + 1) / 4096 FROM audit_index) GROUP BY seq / 4096;

CREATE TRIGGER audit_is_indexed AFTER INSERT ON audit BEGIN
    INSERT INTO audit_sorts (op, vmid, large, actor, phase)
    VALUES (
        new.op, COALESCE(json_extract(new.summary, '$.vmid'), 0), COALESCE(json_extract(new.summary, '$.large'), FALSE),
        new.actor, new.phase
    )
    ON CONFLICT (op, vmid, large, actor, phase) DO NOTHING;
    INSERT INTO audit_index (seq, at, sort)
    SELECT new.seq, new.at, id FROM audit_sorts
    WHERE op = new.op AND vmid = COALESCE(json_extract(new.summary, '$.vmid'), 0)
    AND large = COALESCE(json_extract(new.summary, '$.large'), FALSE) AND actor = new.actor AND phase = new.phase;
    INSERT INTO audit_paths (seq, path)
    SELECT new.seq, json_extract(new.summary, '$.path') WHERE json_extract(new.summary, '$.path') IS NOT NULL;
    INSERT INTO audit_words (rowid, said)
    SELECT new.seq, group_concat(value, ' ') FROM json_tree(new.summary) WHERE type = 'text';
END;

-- A trigger is read whenever the file is opened: nothing in it may be newer than the SQLite of somebody who looks into a backup.
CREATE TRIGGER audit_block_is_full AFTER INSERT ON audit_index WHEN new.seq % 4096 = 4095 BEGIN
    INSERT INTO audit_blocks (block, entries)
    SELECT new.seq / 4096, group_concat(entry) FROM (
        SELECT at || ' ' || sort AS entry FROM audit_index WHERE seq BETWEEN new.seq - 4095 AND new.seq ORDER BY seq
    );
END;
