CREATE TABLE judged (
  -- Every pair that a person called right or wrong, with the confidence stated at that moment. Never touched by a crawl or a match.
  old_key    TEXT NOT NULL,                -- page.key, side old
  new_key    TEXT NOT NULL,                -- page.key, side new: the pair that was judged
  source     TEXT NOT NULL CHECK (source IN ('review', 'sample')), -- a decision, or a random sample of the pairs used without review
  verdict    TEXT NOT NULL CHECK (verdict IN ('right', 'wrong')),  -- the latest word
  confidence REAL NOT NULL DEFAULT 0,      -- of the pair when it was first judged, of a sample when it was drawn; 0 to 1, 0 unknown
  method     TEXT NOT NULL DEFAULT '',     -- match.method then; empty unknown
  judged_at  TEXT NOT NULL DEFAULT '',     -- when
  PRIMARY KEY (old_key, new_key, source)
) WITHOUT ROWID;

-- What is known of earlier decisions: where the newest match still proposes the pair and
-- does not rest on the decision itself, its confidence is the one that the person saw. A
-- match after the decision would name the person as its method, or propose another page.
INSERT INTO judged (old_key, new_key, source, verdict, confidence, method, judged_at)
SELECT d.old_key, d.proposed, 'review',
  CASE WHEN d.decision IN ('accept', 'pick') AND d.new_key = d.proposed THEN 'right' ELSE 'wrong' END,
  m.confidence, m.method, d.decided_at
FROM decision d JOIN match m ON m.old_key = d.old_key AND m.new_key = d.proposed
WHERE d.proposed <> '' AND d.decision <> 'ignore' AND m.method <> 'person';
