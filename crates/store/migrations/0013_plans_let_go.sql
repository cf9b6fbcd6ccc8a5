-- What a decided call would have done and answered may be let go of: its summary and digest stay.
DROP TRIGGER approvals_stay_as_asked;
CREATE TRIGGER approvals_stay_as_asked BEFORE UPDATE OF op, digest, actor, session, tier, may_write, expires_at ON approvals
BEGIN
    SELECT RAISE(ABORT, 'what was asked does not change');
END;
CREATE TRIGGER approvals_plans_stay BEFORE UPDATE OF plan ON approvals
WHEN OLD.state IN ('pending', 'running') OR json_extract(NEW.plan, '$.summary') IS NOT json_extract(OLD.plan, '$.summary')
BEGIN
    SELECT RAISE(ABORT, 'what was asked does not change');
END;
