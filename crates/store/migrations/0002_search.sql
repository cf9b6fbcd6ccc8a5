-- The index of search is made anew in memory from the rows themselves; what is kept is what is dear to make: the
-- vector of each text, by the hash of that text. A text that comes back, moves or is undone finds its vector again.
CREATE TABLE search_vectors (
    model TEXT NOT NULL,
    hash  TEXT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (model, hash)
);
