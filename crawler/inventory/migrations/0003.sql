ALTER TABLE page ADD COLUMN etag          TEXT NOT NULL DEFAULT ''; -- ETag of the newest answer with content, to ask next time whether the page is still the same
ALTER TABLE page ADD COLUMN last_modified TEXT NOT NULL DEFAULT ''; -- Last-Modified of that answer, as sent

ALTER TABLE product ADD COLUMN images TEXT NOT NULL DEFAULT '[]'; -- JSON list of absolute addresses of pictures, the main one first; as rows: the view image
UPDATE product SET images = (SELECT json_group_array(url ORDER BY position) FROM image WHERE image.page = product.page);
DROP TABLE image;
CREATE VIEW image (page, position, url) AS
  -- The pictures of products as rows, the main one first: page.id, position from 0, absolute address.
  SELECT product.page, pictures.key, pictures.value FROM product, json_each(product.images) AS pictures;

CREATE TABLE links (
  -- The links of a page to other pages of its shop. A page of a shop has some eighty;
  -- one value for all costs a crawl a tenth of what eighty rows cost.
  page    INTEGER PRIMARY KEY REFERENCES page (id) ON DELETE CASCADE, -- page.id of the page that links
  targets TEXT NOT NULL DEFAULT '[]' -- JSON list of page.id of the pages linked to, ascending; as rows: the view link
);

INSERT INTO links (page, targets) SELECT from_page, json_group_array(to_page ORDER BY to_page) FROM link GROUP BY from_page;
DROP TABLE link;

CREATE VIEW link (from_page, to_page) AS
  -- Which page links to which, within one shop: page.id of both. Asking for a to_page reads all of it.
  SELECT links.page, target.value FROM links, json_each(links.targets) AS target;
