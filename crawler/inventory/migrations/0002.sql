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
