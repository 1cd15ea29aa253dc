CREATE TABLE picture (
  -- How the main pictures of products look, for matching. The pictures are not kept.
  url      TEXT PRIMARY KEY NOT NULL, -- address of the picture, absolute, as in product.images
  hash     TEXT NOT NULL DEFAULT '',  -- hexadecimal; pictures that look alike have hashes that differ in few bits; empty: it could not be read
  problem  TEXT NOT NULL DEFAULT '',  -- why it could not be read, a stable word: not-found, robots, format ...
  asked_at TEXT NOT NULL DEFAULT ''   -- when it was asked
) WITHOUT ROWID;
