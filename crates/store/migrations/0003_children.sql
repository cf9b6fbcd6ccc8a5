-- Who stands on an item: with `from_id` in it, the index answers alone. Without, the planner took `links_by_rel`, which
-- answers alone too, and read every parent of the lab for it.
DROP INDEX links_to;
CREATE INDEX links_to ON links (to_id, rel, from_id);
