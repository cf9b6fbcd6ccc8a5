-- Scans of the network and the hosts that they found, so that each can be compared with the one before.
CREATE TABLE scans (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    cidr       TEXT   NOT NULL,
    -- The same for scans that looked in the same way, and can be compared.
    wish       TEXT   NOT NULL CHECK (json_valid(wish)),
    actor      TEXT   NOT NULL,
    state      TEXT   NOT NULL CHECK (state IN ('running', 'stopping', 'done', 'failed', 'cancelled')),
    started_at BIGINT NOT NULL,
    -- When it was last heard of: a scan whose process ended stays running, and is silent.
    beat_at    BIGINT NOT NULL,
    ended_at   BIGINT,
    checked    BIGINT NOT NULL DEFAULT 0,
    total      BIGINT NOT NULL,
    alive      BIGINT NOT NULL DEFAULT 0,
    problems   TEXT   NOT NULL DEFAULT '[]' CHECK (json_valid(problems))
);
CREATE INDEX scans_by_cidr ON scans (cidr, id);

CREATE TABLE scan_hosts (
    scan_id BIGINT  NOT NULL REFERENCES scans (id) ON DELETE CASCADE,
    -- In the order in which they were found.
    number  BIGINT  NOT NULL,
    host    TEXT    NOT NULL CHECK (json_valid(host)),
    PRIMARY KEY (scan_id, number)
);

-- How long an item answered or did not: a row for each stretch of time, the last of which is open. Not bound to the item, so
-- that a deletion that is taken back finds its history.
CREATE TABLE reachability (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    item_id    BIGINT  NOT NULL,
    alive      INTEGER NOT NULL,
    since      BIGINT  NOT NULL,
    until      BIGINT,
    -- The last look in it.
    seen_at    BIGINT  NOT NULL,
    method     TEXT    NOT NULL,
    latency_ms REAL
);
CREATE UNIQUE INDEX reachability_now ON reachability (item_id) WHERE until IS NULL;
CREATE INDEX reachability_of_item ON reachability (item_id, id);

-- The certificate that a port of an item last showed.
CREATE TABLE certificates (
    item_id   BIGINT NOT NULL,
    port      BIGINT NOT NULL,
    subject   TEXT   NOT NULL,
    issuer    TEXT   NOT NULL,
    names     TEXT   NOT NULL CHECK (json_valid(names)),
    not_after BIGINT NOT NULL,
    seen_at   BIGINT NOT NULL,
    PRIMARY KEY (item_id, port)
);
