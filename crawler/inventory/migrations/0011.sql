ALTER TABLE proof ADD COLUMN asked_for TEXT NOT NULL DEFAULT ''; -- what the plan wanted then: the target, or the status 200, 410, 451; empty unknown

-- What earlier answers were asked for is what the plan wants, unless they were right and
-- led somewhere else: then the plan has changed since, and it is not known.
UPDATE proof SET asked_for = CASE WHEN r.action = 'keep' THEN '200' WHEN r.new_url <> '' THEN r.new_url ELSE CAST(r.status AS TEXT) END
FROM plan_row r
WHERE r.old_url = proof.old_url AND r.action IN ('keep', 'redirect', 'gone')
  AND (proof.ok = 0 OR CASE WHEN r.action = 'redirect' THEN r.new_url IN (proof.location, proof.final)
    WHEN r.action = 'keep' THEN proof.status = 200 ELSE proof.status = r.status END);
