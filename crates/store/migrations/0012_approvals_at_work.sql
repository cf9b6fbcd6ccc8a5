-- Which run carries out an approved call, so that somebody says what became of it when that run ends, whoever else is at work.
ALTER TABLE approvals ADD COLUMN boot TEXT;
