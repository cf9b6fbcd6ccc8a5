-- Contents of files, by their digest. The bytes lie beside the database; a row says that they were stored, and how much room they take.
CREATE TABLE blobs (
    sha256  TEXT   PRIMARY KEY,
    size    BIGINT NOT NULL,
    stored  BIGINT NOT NULL
);

-- What files in the lab were before they were written from here. No digest means that there was, or would be, no file.
CREATE TABLE backups (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    at            BIGINT NOT NULL,
    actor         TEXT   NOT NULL,
    via           TEXT   NOT NULL,
    session       TEXT,
    op            TEXT   NOT NULL,
    place         TEXT   NOT NULL,
    asked         TEXT   NOT NULL,
    path          TEXT   NOT NULL,
    before_sha256 TEXT   REFERENCES blobs (sha256),
    after_sha256  TEXT   REFERENCES blobs (sha256),
    settlement    TEXT   NOT NULL CHECK (settlement IN ('saved', 'applied', 'not_applied', 'unknown')),
    change_id     BIGINT
);
CREATE INDEX backups_by_path ON backups (path, place, id);
CREATE INDEX backups_by_asked ON backups (asked, id);
CREATE INDEX backups_open ON backups (id) WHERE settlement = 'saved';
CREATE INDEX backups_by_before ON backups (before_sha256);
CREATE INDEX backups_by_after ON backups (after_sha256);

-- Files that a change altered, beside the rows in `images`.
ALTER TABLE changes ADD COLUMN files TEXT NOT NULL DEFAULT '[]';
