-- Whose a view is, whatever they are called: a token may share its name with a person. And which version of it somebody has seen.
ALTER TABLE views ADD COLUMN principal TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE views ADD COLUMN rev BIGINT NOT NULL DEFAULT 1;
UPDATE views SET principal = CASE
    WHEN owner = 'local' THEN 'local'
    WHEN owner = 'API_TOKEN' THEN 'api-token'
    WHEN EXISTS (SELECT 1 FROM users WHERE users.name = views.owner) THEN 'person:' || owner
    WHEN EXISTS (SELECT 1 FROM tokens WHERE tokens.name = views.owner)
        THEN 'token:' || (SELECT MAX(id) FROM tokens WHERE tokens.name = views.owner)
    ELSE 'person:' || owner
END;
