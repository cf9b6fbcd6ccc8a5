-- What the lab looked like when it was looked at: whole reports only, so that each can be compared with the next.
CREATE TABLE censuses (
    id       INTEGER PRIMARY KEY,
    taken_at INTEGER NOT NULL,
    depth    TEXT    NOT NULL,
    clusters TEXT    NOT NULL,
    report   TEXT    NOT NULL CHECK (json_valid(report))
);
CREATE INDEX censuses_by_clusters ON censuses (clusters, id);
