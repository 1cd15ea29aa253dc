ALTER TABLE page ADD COLUMN findings TEXT NOT NULL DEFAULT ''; -- JSON list of the findings that this answer gave rise to, to be told again while it stays the same
