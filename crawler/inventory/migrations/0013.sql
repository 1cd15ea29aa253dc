CREATE TABLE import (
  -- What was read of the owner's files: a row for each table of a file and each period of its figures.
  id           INTEGER PRIMARY KEY,        -- number of the reading
  file         INTEGER NOT NULL,           -- number of the file, by which the user takes it back
  name         TEXT NOT NULL,              -- of the file, without its folder
  part         TEXT NOT NULL DEFAULT '',   -- name inside an archive or workbook; empty: the file itself
  place        TEXT NOT NULL DEFAULT '',   -- hash of folder and name, hexadecimal; empty: not read from a file
  digest       TEXT NOT NULL DEFAULT '',   -- hash of the content, hexadecimal; empty unknown
  kind         TEXT NOT NULL DEFAULT '',   -- as recognised, a stable word
  source       TEXT NOT NULL,              -- as worth.source
  period       TEXT NOT NULL DEFAULT '',   -- as worth.period
  rows         INTEGER NOT NULL DEFAULT 0, -- rows of the table
  refused      INTEGER NOT NULL DEFAULT 0, -- rows that gave nothing
  addresses    INTEGER NOT NULL DEFAULT 0, -- different addresses
  after_switch INTEGER NOT NULL DEFAULT 0, -- 1: the figures are of the time after the switch, see result
  paths_only   INTEGER NOT NULL DEFAULT 0, -- 1: the addresses lack what stands behind the question mark
  people       INTEGER NOT NULL DEFAULT 0, -- of logs: requests by people
  requests     BLOB NOT NULL DEFAULT x'',  -- of logs: hashes of some of these, by which logs with the same requests are told: 8 bytes each, the smallest ones, ascending
  read_at      TEXT NOT NULL DEFAULT ''    -- when
);

INSERT INTO import (id, file, name, kind, source, period, rows, refused, addresses, after_switch, read_at)
SELECT e.key + 1, e.key + 1, e.value ->> 'name', e.value ->> 'kind', e.value ->> 'source', coalesce(e.value ->> 'period', ''),
  coalesce(e.value ->> 'rows', 0), coalesce(e.value ->> 'refused', 0), coalesce(e.value ->> 'addresses', 0), coalesce(e.value ->> 'after', 0),
  coalesce(strftime('%Y-%m-%dT%H:%M:%fZ', e.value ->> 'at'), '')
FROM meta, json_each(meta.value) e WHERE meta.name = 'imports';
DELETE FROM meta WHERE name = 'imports';
-- What several files told of the same source and period was stored as one: they can only
-- be taken back together.
UPDATE import SET file = (SELECT min(o.id) FROM import o
  WHERE o.source = import.source AND o.period = import.period AND o.after_switch = import.after_switch);

CREATE TABLE named (
  -- Pages of the old shop that nobody had asked when a file named them: they go when it is taken back.
  file INTEGER NOT NULL, -- import.file
  key  TEXT NOT NULL,    -- page.key, side old
  PRIMARY KEY (file, key)
) WITHOUT ROWID;

ALTER TABLE worth RENAME TO worth_12;
CREATE TABLE worth (
  -- What an old page is worth, as the owner's own files say. Where two files may tell of the same visits only one counts.
  key           TEXT NOT NULL,              -- page.key, side old
  source        TEXT NOT NULL,              -- search-console, ga4, logs, backlinks ...
  period        TEXT NOT NULL DEFAULT '',   -- first/last day: 2025-08-01/2026-10-31
  url           TEXT NOT NULL DEFAULT '',   -- the address the file names; empty: the page as a whole
  reading       INTEGER NOT NULL DEFAULT 0, -- import.id of the table that says it; 0: of no file
  clicks        REAL NOT NULL DEFAULT 0,    -- from search results
  impressions   REAL NOT NULL DEFAULT 0,    -- in search results
  sessions      REAL NOT NULL DEFAULT 0,    -- visits that began here
  revenue       REAL NOT NULL DEFAULT 0,    -- of those visits
  currency      TEXT NOT NULL DEFAULT '',   -- of the revenue, ISO 4217
  linking_sites REAL NOT NULL DEFAULT 0,    -- other sites that link here
  PRIMARY KEY (key, source, period, url, reading)
) WITHOUT ROWID;
INSERT INTO worth (key, source, period, url, reading, clicks, impressions, sessions, revenue, currency, linking_sites)
SELECT w.key, w.source, w.period, w.url,
  coalesce((SELECT max(i.id) FROM import i WHERE i.source = w.source AND i.period = w.period AND i.after_switch = 0), 0),
  w.clicks, w.impressions, w.sessions, w.revenue, w.currency, w.linking_sites
FROM worth_12 w;
DROP TABLE worth_12;

ALTER TABLE linking RENAME TO linking_12;
CREATE TABLE linking (
  -- Other sites that link to the old shop by name, as the owner's own files say; of each page those with the most links.
  reading INTEGER NOT NULL,            -- import.id of the table that says it
  source  TEXT NOT NULL,               -- as worth.source
  file    TEXT NOT NULL,               -- name of the file that says it
  site    TEXT NOT NULL,               -- host of the other site, without www.
  key     TEXT NOT NULL DEFAULT '',    -- page.key of the old page; empty: the file does not say which
  links   INTEGER NOT NULL DEFAULT 0,  -- pages of the site that link there; 0 unknown
  targets INTEGER NOT NULL DEFAULT 0,  -- without key: pages of the shop that the site links to; 0 unknown
  pages   TEXT NOT NULL DEFAULT '[]',  -- JSON list of addresses of some of its pages that link
  read_at TEXT NOT NULL DEFAULT '',    -- when the file was read
  PRIMARY KEY (reading, site, key)
) WITHOUT ROWID;
INSERT INTO linking (reading, source, file, site, key, links, targets, pages, read_at)
SELECT coalesce((SELECT max(i.id) FROM import i WHERE i.source = l.source AND i.name = l.file AND i.after_switch = 0), 0),
  l.source, l.file, l.site, l.key, max(l.links), max(l.targets), l.pages, l.read_at
FROM linking_12 l GROUP BY 1, l.site, l.key;
DROP TABLE linking_12;

ALTER TABLE result RENAME TO result_12;
CREATE TABLE result (
  -- What the owner's files say of the time after the switch, of the addresses of both shops.
  source      TEXT NOT NULL,            -- as worth.source
  period      TEXT NOT NULL,            -- first/last day
  host        TEXT NOT NULL,            -- host[:port] of the address
  url         TEXT NOT NULL,            -- the address, absolute
  reading     INTEGER NOT NULL,         -- import.id of the table that says it
  clicks      REAL NOT NULL DEFAULT 0,  -- from search results
  impressions REAL NOT NULL DEFAULT 0,  -- in search results
  PRIMARY KEY (source, period, host, url)
) WITHOUT ROWID;
INSERT INTO result (source, period, host, url, reading, clicks, impressions)
SELECT r.source, r.period, r.host, r.url,
  coalesce((SELECT max(i.id) FROM import i WHERE i.source = r.source AND i.period = r.period AND i.after_switch = 1), 0), r.clicks, r.impressions
FROM result_12 r;
DROP TABLE result_12;
