ALTER TABLE decision ADD COLUMN note TEXT NOT NULL DEFAULT ''; -- why, in the user's own words
