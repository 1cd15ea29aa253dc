-- The redirect engine that was asked on a test machine; what earlier answers came from is not known.
ALTER TABLE proof ADD COLUMN engine TEXT NOT NULL DEFAULT '';
