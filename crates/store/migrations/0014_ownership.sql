-- Whose a file was and who might do what with it, so that one that was removed comes back as it was. Nothing where there was no file;
-- of versions from before this step nobody knows.
ALTER TABLE backups ADD COLUMN before_mode BIGINT;
ALTER TABLE backups ADD COLUMN before_uid BIGINT;
ALTER TABLE backups ADD COLUMN before_gid BIGINT;
