-- Who asked, whatever they are called: what comes of the call is theirs alone.
ALTER TABLE approvals ADD COLUMN principal TEXT NOT NULL DEFAULT 'unknown';
CREATE TRIGGER approvals_stay_theirs BEFORE UPDATE OF principal ON approvals
FOR EACH ROW EXECUTE FUNCTION refuse('what was asked does not change');
