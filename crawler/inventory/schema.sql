-- The project file of replatform, in its newest schema version (SchemaVersion).
--
-- One file holds one move: the old shop, the new shop, the pairs between them, the
-- plan and its proofs. PRAGMA application_id is 1919970420 (the letters "rplt"),
-- PRAGMA user_version is the schema version.
--
-- Conventions: every moment is UTC text, ISO 8601, for example
-- 2026-11-05T09:30:00.000Z, and empty when it never was. Empty text means unknown.
-- Flags are 0 or 1. Lists are JSON. "side" is old (the shop that is left) or new
-- (the shop that is moved to). "crawl" counts the crawls of one side from 1.

CREATE TABLE meta (
  -- Small facts about the file and the plan, one a row.
  name  TEXT PRIMARY KEY NOT NULL, -- what it is; names that begin with "plan." belong to the plan
  value TEXT NOT NULL              -- as text
) WITHOUT ROWID;

CREATE TABLE shop (
  -- The two shops.
  side        TEXT PRIMARY KEY NOT NULL CHECK (side IN ('old', 'new')), -- old or new
  start_url   TEXT NOT NULL,              -- as the user gave it, absolute
  hosts       TEXT NOT NULL DEFAULT '[]', -- JSON list of host[:port] that belong to the shop, the primary one first
  platform    TEXT NOT NULL DEFAULT '',   -- id of the platform; generic when none was recognised
  confidence  TEXT NOT NULL DEFAULT '',   -- of the recognition: certain, likely, guess, none
  evidence    TEXT NOT NULL DEFAULT '[]', -- JSON list of sentences that spoke for the platform
  charset     TEXT NOT NULL DEFAULT '',   -- most frequent charset of its pages, IANA name
  state       TEXT NOT NULL DEFAULT '',   -- running, done, stopped
  started_at  TEXT NOT NULL DEFAULT '',   -- when the newest crawl began
  finished_at TEXT NOT NULL DEFAULT '',   -- when it ended; empty while it runs
  source      TEXT NOT NULL DEFAULT '',   -- crawl, feed, csv; files: it no longer answers
  crawl       INTEGER NOT NULL DEFAULT 1  -- number of the newest crawl
) WITHOUT ROWID;

CREATE TABLE page (
  -- One page of a shop: one URL key with all its spellings.
  id            INTEGER PRIMARY KEY,         -- number within this file; means nothing elsewhere
  side          TEXT NOT NULL CHECK (side IN ('old', 'new')), -- old or new
  key           TEXT NOT NULL,               -- canonical identity: "colorme product 12345" or "url /path?query"
  type          TEXT NOT NULL,               -- home, product, category, page, article, search, cart, account, image, feed, other
  url           TEXT NOT NULL,               -- the spelling that is asked and printed
  state         TEXT NOT NULL CHECK (state IN ('queued', 'done', 'failed', 'skipped', 'alias')), -- what came of it; queued: never asked yet
  due           INTEGER NOT NULL DEFAULT 0,  -- 1: the crawl has still to ask it; with a state other than queued: to ask it again
  rule          TEXT NOT NULL DEFAULT '',    -- for skipped: which rule stopped it
  alias_of      TEXT NOT NULL DEFAULT '',    -- for alias: key of the page it is another address of
  status        INTEGER NOT NULL DEFAULT 0,  -- HTTP status of the newest answer; 0 when never answered
  redirect_to   TEXT NOT NULL DEFAULT '',    -- where that answer pointed, absolute
  title         TEXT NOT NULL DEFAULT '',    -- title of the page
  description   TEXT NOT NULL DEFAULT '',    -- meta description
  canonical     TEXT NOT NULL DEFAULT '',    -- canonical address as declared, absolute
  robots        TEXT NOT NULL DEFAULT '',    -- meta robots and X-Robots-Tag, comma-separated
  charset       TEXT NOT NULL DEFAULT '',    -- charset of the answer, IANA name
  lang          TEXT NOT NULL DEFAULT '',    -- language as declared
  content_hash  TEXT NOT NULL DEFAULT '',    -- of the body, hex
  error         TEXT NOT NULL DEFAULT '',    -- last error, for failed
  depth         INTEGER NOT NULL DEFAULT 0,  -- fewest links from the start page; 0 for feeds and sitemaps
  priority      INTEGER NOT NULL DEFAULT 0,  -- lower is asked earlier
  fetched_at    TEXT NOT NULL DEFAULT '',    -- when it was last asked, or said by a feed
  first_crawl   INTEGER NOT NULL DEFAULT 0,  -- crawl that found it
  seen_crawl    INTEGER NOT NULL DEFAULT 0,  -- newest crawl in which a link, sitemap or feed named it; less than shop.crawl: not seen again
  visited_crawl INTEGER NOT NULL DEFAULT 0,  -- newest crawl that asked it; 0 never
  etag          TEXT NOT NULL DEFAULT '',    -- ETag of the newest answer with content, to ask next time whether the page is still the same
  last_modified TEXT NOT NULL DEFAULT '',    -- Last-Modified of that answer, as sent
  findings      TEXT NOT NULL DEFAULT '',    -- JSON list of the findings that this answer gave rise to, to be told again while it stays the same
  UNIQUE (side, key)
);

-- The queue: what is asked next.
CREATE INDEX page_queue ON page (side, priority, depth, id) WHERE due = 1;
-- The aliases, which every reading of pages resolves first.
CREATE INDEX page_alias ON page (side, key) WHERE state = 'alias';

CREATE TABLE spelling (
  -- Every address ever seen, each pointing to its page.
  side    TEXT NOT NULL,               -- old or new, as of the page
  url     TEXT NOT NULL,               -- the address, absolute, percent-encoded as sent
  page    INTEGER NOT NULL REFERENCES page (id) ON DELETE CASCADE, -- page.id
  sources TEXT NOT NULL DEFAULT '',    -- who named it, comma-separated: start, link, sitemap, feed, listing, canonical, redirect, csv; empty: only asked
  status  INTEGER NOT NULL DEFAULT 0,  -- HTTP status of this address when it was asked itself; 0 otherwise
  PRIMARY KEY (side, url)
) WITHOUT ROWID;

CREATE INDEX spelling_page ON spelling (page, url, sources);

CREATE TABLE product (
  -- What is known of the product on a page; at most one a page.
  page                INTEGER PRIMARY KEY REFERENCES page (id) ON DELETE CASCADE, -- page.id
  name                TEXT NOT NULL DEFAULT '',   -- product name
  sku                 TEXT NOT NULL DEFAULT '',   -- the shop's own number, or the model number
  mpn                 TEXT NOT NULL DEFAULT '',   -- the maker's number
  gtin                TEXT NOT NULL DEFAULT '',   -- JAN, EAN, UPC: digits only, check digit verified
  brand               TEXT NOT NULL DEFAULT '',   -- brand or maker
  price               TEXT NOT NULL DEFAULT '',   -- plain decimal: 1980, 24.90
  currency            TEXT NOT NULL DEFAULT '',   -- ISO 4217
  tax                 TEXT NOT NULL DEFAULT '',   -- included, excluded; empty unknown
  list_price          TEXT NOT NULL DEFAULT '',   -- the struck-through price, plain decimal
  list_price_currency TEXT NOT NULL DEFAULT '',   -- ISO 4217
  list_price_tax      TEXT NOT NULL DEFAULT '',   -- included, excluded; empty unknown
  availability        TEXT NOT NULL DEFAULT '',   -- in_stock, out_of_stock, pre_order, discontinued
  description         TEXT NOT NULL DEFAULT '',   -- plain text
  breadcrumb          TEXT NOT NULL DEFAULT '[]', -- JSON list of {"name", "url"}, from the top
  sources             TEXT NOT NULL DEFAULT '{}', -- JSON object: field name to the source that gave it
  crawl               INTEGER NOT NULL DEFAULT 0, -- crawl the data is from
  visited             INTEGER NOT NULL DEFAULT 0, -- 1: the page itself said so; 0: only a feed did
  images              TEXT NOT NULL DEFAULT '[]'  -- JSON list of absolute addresses of pictures, the main one first; as rows: the view image
);

CREATE TABLE variant (
  -- The buyable forms of a product, in the order of the shop.
  page         INTEGER NOT NULL REFERENCES product (page) ON DELETE CASCADE, -- page.id
  position     INTEGER NOT NULL,           -- from 0
  variant_id   TEXT NOT NULL DEFAULT '',   -- the platform's own number
  title        TEXT NOT NULL DEFAULT '',   -- red / M
  options      TEXT NOT NULL DEFAULT '[]', -- JSON list of option values
  sku          TEXT NOT NULL DEFAULT '',   -- the shop's own number
  gtin         TEXT NOT NULL DEFAULT '',   -- digits only
  price        TEXT NOT NULL DEFAULT '',   -- plain decimal
  currency     TEXT NOT NULL DEFAULT '',   -- ISO 4217
  tax          TEXT NOT NULL DEFAULT '',   -- included, excluded; empty unknown
  availability TEXT NOT NULL DEFAULT '',   -- as product.availability
  image        TEXT NOT NULL DEFAULT '',   -- address of its picture
  PRIMARY KEY (page, position)
) WITHOUT ROWID;

CREATE VIEW image (page, position, url) AS
  -- The pictures of products as rows, the main one first: page.id, position from 0, absolute address.
  SELECT product.page, pictures.key, pictures.value FROM product, json_each(product.images) AS pictures;

CREATE TABLE picture (
  -- How the main pictures of products look, for matching. The pictures are not kept.
  url      TEXT PRIMARY KEY NOT NULL, -- address of the picture, absolute, as in product.images
  hash     TEXT NOT NULL DEFAULT '',  -- hexadecimal; pictures that look alike have hashes that differ in few bits; empty: it could not be read
  problem  TEXT NOT NULL DEFAULT '',  -- why it could not be read, a stable word: not-found, robots, format ...
  asked_at TEXT NOT NULL DEFAULT ''   -- when it was asked
) WITHOUT ROWID;

CREATE TABLE membership (
  -- Which category holds which product. Keys, not numbers: a feed may name a
  -- category before its page is known.
  side     TEXT NOT NULL,              -- old or new
  category TEXT NOT NULL,              -- page.key of the category
  product  TEXT NOT NULL,              -- page.key of the product
  source   TEXT NOT NULL,              -- listing: the category page shows it; feed: a feed says so
  crawl    INTEGER NOT NULL DEFAULT 0, -- crawl that saw it last
  PRIMARY KEY (side, category, product, source)
) WITHOUT ROWID;

CREATE INDEX membership_product ON membership (side, product);

CREATE TABLE links (
  -- The links of a page to other pages of its shop. A page of a shop has some eighty;
  -- one value for all costs a crawl a tenth of what eighty rows cost.
  page    INTEGER PRIMARY KEY REFERENCES page (id) ON DELETE CASCADE, -- page.id of the page that links
  targets TEXT NOT NULL DEFAULT '[]' -- JSON list of page.id of the pages linked to, ascending; as rows: the view link
);

CREATE VIEW link (from_page, to_page) AS
  -- Which page links to which, within one shop: page.id of both. Asking for a to_page reads all of it.
  SELECT links.page, target.value FROM links, json_each(links.targets) AS target;

CREATE TABLE finding (
  -- What the user should know about a shop: bounded traps, hidden products, lying canonicals.
  id      INTEGER PRIMARY KEY,        -- order of first sighting
  side    TEXT NOT NULL,              -- old or new
  code    TEXT NOT NULL,              -- stable word: robots-hidden, trap-session, soft-404 ...
  url     TEXT NOT NULL DEFAULT '',   -- the address it is about, or an example
  message TEXT NOT NULL DEFAULT '',   -- in words
  count   INTEGER NOT NULL DEFAULT 1, -- how many addresses it concerns
  UNIQUE (side, code, url)
);

CREATE TABLE before (
  -- The pages that answered with content when the newest crawl of their shop began, to
  -- tell what has changed since. Empty until a shop is crawled for the second time.
  side     TEXT NOT NULL,            -- old or new
  key      TEXT NOT NULL,            -- page.key
  type     TEXT NOT NULL DEFAULT '', -- as page.type
  url      TEXT NOT NULL DEFAULT '', -- as page.url
  title    TEXT NOT NULL DEFAULT '', -- name of the product, or title of the page
  sku      TEXT NOT NULL DEFAULT '', -- as product.sku
  price    TEXT NOT NULL DEFAULT '', -- as product.price
  currency TEXT NOT NULL DEFAULT '', -- as product.currency
  PRIMARY KEY (side, key)
) WITHOUT ROWID;

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

CREATE TABLE named (
  -- Pages of the old shop that nobody had asked when a file named them: they go when it is taken back.
  file INTEGER NOT NULL, -- import.file
  key  TEXT NOT NULL,    -- page.key, side old
  PRIMARY KEY (file, key)
) WITHOUT ROWID;

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

CREATE TABLE match (
  -- The proposed pair of each old page. Replaced by every match.
  old_key              TEXT PRIMARY KEY NOT NULL,  -- page.key, side old
  new_key              TEXT NOT NULL DEFAULT '',   -- page.key, side new; empty: no counterpart
  class                TEXT NOT NULL DEFAULT '',   -- exact, close, broad, none
  confidence           REAL NOT NULL DEFAULT 0,    -- 0 to 1, calibrated
  method               TEXT NOT NULL DEFAULT '',   -- sku, gtin, name ...
  reason               TEXT NOT NULL DEFAULT '',   -- in words, English
  reason_ja            TEXT NOT NULL DEFAULT '',   -- in words, Japanese
  fallback             TEXT NOT NULL DEFAULT '',   -- page.key of the new category for visitors of a page that is gone
  runner_up            TEXT NOT NULL DEFAULT '',   -- page.key of the second best
  runner_up_confidence REAL NOT NULL DEFAULT 0,    -- its confidence
  needs_review         INTEGER NOT NULL DEFAULT 0  -- 1: a person has to settle it
) WITHOUT ROWID;

CREATE TABLE decision (
  -- The user's word on an old page. Never touched by a crawl or a match.
  old_key    TEXT PRIMARY KEY NOT NULL, -- page.key, side old
  decision   TEXT NOT NULL CHECK (decision IN ('accept', 'reject', 'pick', 'gone', 'ignore')), -- the word
  new_key    TEXT NOT NULL DEFAULT '',  -- accept, pick: page.key, side new, that was chosen
  proposed   TEXT NOT NULL DEFAULT '',  -- the proposal the user saw, page.key, side new
  decided_by TEXT NOT NULL DEFAULT '',  -- who
  decided_at TEXT NOT NULL DEFAULT '',  -- when
  note       TEXT NOT NULL DEFAULT '',  -- why, in the user's own words
  refused    TEXT NOT NULL DEFAULT '[]' -- reject: JSON list of all proposals that were rejected one after the other, page.key, side new
) WITHOUT ROWID;

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

CREATE TABLE plan_row (
  -- The redirect map: one old spelling a row, in the order of the report.
  position     INTEGER PRIMARY KEY,        -- from 1
  old_url      TEXT NOT NULL,              -- the old spelling
  new_url      TEXT NOT NULL DEFAULT '',   -- where it leads; empty when nowhere
  old_key      TEXT NOT NULL DEFAULT '',   -- page.key, side old
  action       TEXT NOT NULL DEFAULT '',   -- redirect, keep, gone, ignore, ask
  status       INTEGER NOT NULL DEFAULT 0, -- 301, 410; 0 none
  class        TEXT NOT NULL DEFAULT '',   -- exact, close, broad, none
  confidence   REAL NOT NULL DEFAULT 0,    -- 0 to 1
  method       TEXT NOT NULL DEFAULT '',   -- how the pair was found
  reason       TEXT NOT NULL DEFAULT '',   -- in words, English
  reason_ja    TEXT NOT NULL DEFAULT '',   -- in words, Japanese
  type         TEXT NOT NULL DEFAULT '',   -- page type of the old page
  old_title    TEXT NOT NULL DEFAULT '',   -- title of the old page
  new_title    TEXT NOT NULL DEFAULT '',   -- title of the new page
  sources      TEXT NOT NULL DEFAULT '[]', -- JSON list: who knew the old page
  priority     TEXT NOT NULL DEFAULT '',   -- P0 to P3; empty unknown
  needs_review INTEGER NOT NULL DEFAULT 0, -- 1: a person has to settle it
  decided_by   TEXT NOT NULL DEFAULT '',   -- who settled it
  carrier      TEXT NOT NULL DEFAULT '',   -- engine, template or text that delivers the row
  strength     TEXT NOT NULL DEFAULT '',   -- permanent, instant-refresh, script, link, none
  proof        TEXT NOT NULL DEFAULT '',   -- none, modelled, engine, live
  note         TEXT NOT NULL DEFAULT '',   -- what the carrier refuses or cannot do, English
  note_ja      TEXT NOT NULL DEFAULT ''    -- the same in Japanese
);

CREATE TABLE proof (
  -- Answers to old addresses, live or from a test machine. Grows; the newest counts.
  id         INTEGER PRIMARY KEY,        -- order of checking
  old_url    TEXT NOT NULL,              -- the address asked
  kind       TEXT NOT NULL,              -- engine: the real engine on a test machine; live: the real address
  status     INTEGER NOT NULL DEFAULT 0, -- of the first answer
  location   TEXT NOT NULL DEFAULT '',   -- of the first answer
  hops       INTEGER NOT NULL DEFAULT 0, -- redirects until the end
  final      TEXT NOT NULL DEFAULT '',   -- address at the end
  final_code INTEGER NOT NULL DEFAULT 0, -- HTTP status at the end
  ok         INTEGER NOT NULL DEFAULT 0, -- 1: as the plan says
  problem    TEXT NOT NULL DEFAULT '',   -- stable word when not ok
  checked_at TEXT NOT NULL DEFAULT '',   -- when
  connect_to TEXT NOT NULL DEFAULT '',   -- the machine asked instead of the one the name leads to
  asked_for  TEXT NOT NULL DEFAULT '',   -- what the plan wanted then: the target, or the status 200, 410, 451; empty unknown
  engine     TEXT NOT NULL DEFAULT ''    -- kind engine: the redirect engine that was asked; empty not named
);

CREATE INDEX proof_url ON proof (old_url, kind, checked_at);

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
  reading     INTEGER NOT NULL,         -- import.id of the table that says it
  clicks      REAL NOT NULL DEFAULT 0,  -- from search results
  impressions REAL NOT NULL DEFAULT 0,  -- in search results
  PRIMARY KEY (source, period, host, url)
) WITHOUT ROWID;
