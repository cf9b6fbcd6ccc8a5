-- Times are microseconds since the epoch, UTC. JSON is TEXT. Ids are never reused.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE items (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    fields     TEXT    NOT NULL,
    rev        BIGINT  NOT NULL,
    created_at BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL
);
CREATE INDEX items_by_kind ON items (kind, id);
CREATE INDEX items_by_name ON items (name);

CREATE TABLE links (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    from_id    BIGINT NOT NULL REFERENCES items (id) DEFERRABLE INITIALLY DEFERRED,
    rel        TEXT   NOT NULL,
    to_id      BIGINT NOT NULL REFERENCES items (id) DEFERRABLE INITIALLY DEFERRED,
    label      TEXT,
    data       TEXT,
    source     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX links_one_parent ON links (from_id) WHERE rel = 'parent';
CREATE UNIQUE INDEX links_once ON links (from_id, rel, to_id) WHERE rel NOT IN ('edge', 'connected_to');
CREATE INDEX links_from ON links (from_id, rel);
CREATE INDEX links_to ON links (to_id, rel);
CREATE INDEX links_by_rel ON links (rel, from_id, to_id);

CREATE TABLE layout (
    item_id BIGINT PRIMARY KEY REFERENCES items (id) DEFERRABLE INITIALLY DEFERRED,
    x       DOUBLE PRECISION NOT NULL,
    y       DOUBLE PRECISION NOT NULL,
    pinned  BOOLEAN NOT NULL
);

CREATE TABLE observations (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    item_id    BIGINT NOT NULL REFERENCES items (id) DEFERRABLE INITIALLY DEFERRED,
    field      TEXT   NOT NULL,
    source     TEXT   NOT NULL,
    value      TEXT   NOT NULL,
    seen_at    BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    drift      TEXT   NOT NULL,
    UNIQUE (item_id, field, source)
);

CREATE TABLE sightings (
    item_id       BIGINT NOT NULL REFERENCES items (id) ON DELETE CASCADE,
    source        TEXT   NOT NULL,
    last_seen     BIGINT NOT NULL,
    missing_since BIGINT,
    PRIMARY KEY (item_id, source)
);

CREATE TABLE identities (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    item_id BIGINT NOT NULL REFERENCES items (id) DEFERRABLE INITIALLY DEFERRED,
    scheme  TEXT   NOT NULL,
    value   TEXT   NOT NULL,
    UNIQUE (scheme, value)
);
CREATE INDEX identities_by_item ON identities (item_id);

CREATE TABLE events (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    at        BIGINT NOT NULL,
    type      TEXT   NOT NULL,
    action    TEXT   NOT NULL,
    id        BIGINT,
    kind      TEXT,
    name      TEXT,
    rev       BIGINT,
    change_id BIGINT
);

CREATE TABLE cursors (name TEXT PRIMARY KEY, seq BIGINT NOT NULL);

CREATE TABLE changes (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    at          BIGINT NOT NULL,
    actor       TEXT   NOT NULL,
    via         TEXT   NOT NULL,
    session     TEXT,
    op          TEXT   NOT NULL,
    summary     TEXT   NOT NULL,
    images      TEXT   NOT NULL,
    reverts     BIGINT,
    reverted_by BIGINT
);
CREATE INDEX changes_by_session ON changes (session, id);
CREATE TABLE change_items (
    change_id BIGINT NOT NULL,
    item_id   BIGINT NOT NULL,
    PRIMARY KEY (item_id, change_id)
);

CREATE TABLE audit (
    seq          BIGINT PRIMARY KEY,
    at           BIGINT NOT NULL,
    actor        TEXT   NOT NULL,
    via          TEXT   NOT NULL,
    session      TEXT,
    op           TEXT   NOT NULL,
    phase        TEXT   NOT NULL,
    intent       BIGINT,
    input_sha256 TEXT   NOT NULL,
    summary      TEXT   NOT NULL,
    change_id    BIGINT,
    prev         TEXT   NOT NULL,
    hash         TEXT   NOT NULL
);
CREATE INDEX audit_by_intent ON audit (intent);
CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_never_shrinks BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

CREATE TABLE users (
    name          TEXT PRIMARY KEY,
    role          TEXT   NOT NULL,
    password_hash TEXT   NOT NULL,
    created_at    BIGINT NOT NULL
);
CREATE TABLE sessions (
    hash       TEXT PRIMARY KEY,
    user       TEXT   NOT NULL,
    role       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE TABLE tokens (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    name         TEXT   NOT NULL,
    scope        TEXT   NOT NULL,
    hash         TEXT   NOT NULL UNIQUE,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT,
    last_used_at BIGINT,
    revoked_at   BIGINT
);

CREATE TABLE icons (
    sha256     TEXT PRIMARY KEY,
    mime       TEXT   NOT NULL,
    bytes      BLOB   NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE memories (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    text       TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    links      TEXT   NOT NULL,
    actor      TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);
