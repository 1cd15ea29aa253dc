CREATE TABLE plan_version (
  -- The versions of the plan, to tell what changed between two of them: the first, and the newest 20.
  number  INTEGER PRIMARY KEY,        -- from 1; never given twice
  made_at TEXT NOT NULL DEFAULT '',   -- when
  summary TEXT NOT NULL DEFAULT '{}', -- JSON object: way, engine, counts of pages
  same    INTEGER NOT NULL,           -- number of the oldest version right before it with the same content; its own otherwise
  digest  TEXT NOT NULL               -- plan_content.digest
);

CREATE TABLE plan_content (
  -- What of a plan is needed to compare it with another, each content once.
  digest  TEXT PRIMARY KEY NOT NULL, -- SHA-256 of the content, hexadecimal
  content BLOB NOT NULL              -- JSON in the form of plan.json, packed with Zstandard
) WITHOUT ROWID;

CREATE TABLE result (
  -- What the owner's files say of the time after the switch, of the addresses of both shops.
  source      TEXT NOT NULL,            -- as worth.source
  period      TEXT NOT NULL,            -- first/last day
  host        TEXT NOT NULL,            -- host[:port] of the address
  url         TEXT NOT NULL,            -- the address, absolute
  clicks      REAL NOT NULL DEFAULT 0,  -- from search results
  impressions REAL NOT NULL DEFAULT 0,  -- in search results
  PRIMARY KEY (source, period, host, url)
) WITHOUT ROWID;
