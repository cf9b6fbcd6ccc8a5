-- Named views of a list: what it is narrowed to, its order and its columns.
CREATE TABLE views (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    owner      TEXT    NOT NULL,
    -- Which list: the key of a kind, or the name of a page's table.
    list       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    -- As in the address of the page.
    query      TEXT    NOT NULL,
    -- Names of columns in their order, with widths; NULL are the standard ones.
    columns    TEXT    CHECK (columns IS NULL OR json_valid(columns)),
    everyone   BOOLEAN NOT NULL,
    -- The list opens with it.
    opens      BOOLEAN NOT NULL,
    updated_at BIGINT  NOT NULL
);
CREATE INDEX views_of_list ON views (list);
