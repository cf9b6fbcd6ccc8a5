-- As `0017_audit_columns.sql` of SQLite.
DROP INDEX audit_index_by_tally;
DROP INDEX audit_index_by_time;

ALTER TABLE audit_tallies RENAME TO audit_sorts;
ALTER TABLE audit_sorts DROP COLUMN records, DROP COLUMN first_at, DROP COLUMN last_at;
ALTER TABLE audit_index RENAME COLUMN tally TO sort;

DROP TABLE audit_blocks;
CREATE TABLE audit_blocks (block BIGINT PRIMARY KEY, entries TEXT NOT NULL);

INSERT INTO audit_blocks (block, entries)
SELECT seq / 4096, string_agg(at || ' ' || sort, ',' ORDER BY seq) FROM audit_index
WHERE seq / 4096 < (SELECT (MAX(seq) + 1) / 4096 FROM audit_index) GROUP BY seq / 4096;

CREATE OR REPLACE FUNCTION index_audit() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    -- `jsonb` takes no NUL, not even one that is written as an escape.
    summary JSONB := regexp_replace(NEW.summary, '(?<!\\)((?:\\\\)*)\\u0000', '\1', 'g')::jsonb;
    its_sort BIGINT;
    whose    BIGINT := CASE WHEN jsonb_typeof(summary -> 'vmid') = 'number' THEN (summary ->> 'vmid')::bigint ELSE 0 END;
    is_large BOOLEAN := COALESCE(jsonb_typeof(summary -> 'large') = 'boolean' AND (summary ->> 'large')::boolean, FALSE);
BEGIN
    -- Looked for first: an insert that meets a conflict takes a number and leaves a gap. There is one writer at a time.
    SELECT id INTO its_sort FROM audit_sorts
    WHERE op = NEW.op AND vmid = whose AND large = is_large AND actor = NEW.actor AND phase = NEW.phase;
    IF NOT FOUND THEN
        INSERT INTO audit_sorts (op, vmid, large, actor, phase)
        VALUES (NEW.op, whose, is_large, NEW.actor, NEW.phase) RETURNING id INTO its_sort;
    END IF;
    INSERT INTO audit_index (seq, at, sort) VALUES (NEW.seq, NEW.at, its_sort);
    IF jsonb_typeof(summary -> 'path') = 'string' THEN
        INSERT INTO audit_paths (seq, path) VALUES (NEW.seq, summary ->> 'path');
    END IF;
    INSERT INTO audit_words (seq, said)
    SELECT NEW.seq, to_tsvector('simple', words_of(COALESCE(string_agg(one #>> '{}', ' '), '')))
    FROM jsonb_path_query(summary, 'strict $.** ? (@.type() == "string")') AS one;
    IF NEW.seq % 4096 = 4095 THEN
        INSERT INTO audit_blocks (block, entries)
        SELECT NEW.seq / 4096, string_agg(at || ' ' || sort, ',' ORDER BY seq) FROM audit_index
        WHERE seq BETWEEN NEW.seq - 4095 AND NEW.seq;
    END IF;
    RETURN NULL;
END $$;
