CREATE TABLE linking (
  -- Other sites that link to the old shop by name, as the owner's own files say; of each page those with the most links.
  source  TEXT NOT NULL,               -- as worth.source
  file    TEXT NOT NULL,               -- name of the file that says it
  site    TEXT NOT NULL,               -- host of the other site, without www.
  key     TEXT NOT NULL DEFAULT '',    -- page.key of the old page; empty: the file does not say which
  links   INTEGER NOT NULL DEFAULT 0,  -- pages of the site that link there; 0 unknown
  targets INTEGER NOT NULL DEFAULT 0,  -- without key: pages of the shop that the site links to; 0 unknown
  pages   TEXT NOT NULL DEFAULT '[]',  -- JSON list of addresses of some of its pages that link
  read_at TEXT NOT NULL DEFAULT '',    -- when the file was read
  PRIMARY KEY (source, file, site, key)
) WITHOUT ROWID;
