ALTER TABLE decision ADD COLUMN refused TEXT NOT NULL DEFAULT '[]'; -- reject: JSON list of all proposals that were rejected one after the other, page.key, side new
UPDATE decision SET refused = json_array(proposed) WHERE decision = 'reject' AND proposed <> '';
