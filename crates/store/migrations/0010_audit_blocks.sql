-- The sorts of each 4096 records in a row, as one text, written when the last of them is: a question about a long time reads
-- a few texts instead of a hundred thousand rows. It follows from `audit_index` and proves nothing.
CREATE TABLE audit_blocks (
    block    INTEGER PRIMARY KEY,
    tallies  TEXT   NOT NULL,
    first_at BIGINT NOT NULL,
    last_at  BIGINT NOT NULL
);

INSERT INTO audit_blocks (block, tallies, first_at, last_at)
SELECT seq / 4096, group_concat(tally), MIN(at), MAX(at) FROM audit_index
WHERE seq / 4096 < (SELECT (MAX(seq) + 1) / 4096 FROM audit_index) GROUP BY seq / 4096;

CREATE TRIGGER audit_block_is_full AFTER INSERT ON audit_index WHEN new.seq % 4096 = 4095 BEGIN
    INSERT INTO audit_blocks (block, tallies, first_at, last_at)
    SELECT new.seq / 4096, group_concat(tally), MIN(at), MAX(at) FROM audit_index
    WHERE seq BETWEEN new.seq - 4095 AND new.seq;
END;
