package inventory

import (
	"context"
	"database/sql"
	"fmt"
	"maps"

	"replatform/crawler/catalog"
)

// saveProduct stores what visited (the page itself) or a feed says of the product on
// page r. Within one crawl the page's word comes before the feed's and a newer
// feed's before an older one's, field by field, so the order in which page and feed
// were read does not show. Data of an earlier crawl is replaced.
func (b *batch) saveProduct(r *pageRow, p *catalog.Product, visited bool) (stored catalog.Product, err error) {
	clean := cleanProduct(p)
	if r.product {
		old, crawl, oldVisited, err := b.product(r.id)
		if err != nil {
			return clean, err
		}
		switch {
		case crawl != b.crawl:
		case oldVisited && !visited:
			clean, visited = fill(old, clean), true
		default:
			clean = fill(clean, old)
		}
	}
	if err := b.writeProduct(r, clean, visited); err != nil {
		return clean, fmt.Errorf("storing the product of %s: %w", r.key, err)
	}
	if !visited {
		r.fed = true
		b.touch(r)
	}
	if !r.product {
		b.tally.count(r, -1)
		r.product = true
		b.tally.count(r, 1)
	}
	return clean, nil
}

func (b *batch) dropProduct(r *pageRow) error {
	b.tally.count(r, -1)
	r.product = false
	b.tally.count(r, 1)
	return b.w.exec(b.ctx, `DELETE FROM product WHERE page = ?`, r.id)
}

// fill gives first the fields of second that it does not have itself.
func fill(first, second catalog.Product) catalog.Product {
	take := func(empty bool, names ...string) bool {
		if !empty {
			return false
		}
		for _, name := range names {
			if s, ok := second.Sources[name]; ok {
				first.Set(name, s)
			}
		}
		return true
	}
	first.Sources = maps.Clone(first.Sources)
	if take(first.Name == "", "name") {
		first.Name = second.Name
	}
	if take(first.SKU == "", "sku") {
		first.SKU = second.SKU
	}
	if take(first.MPN == "", "mpn") {
		first.MPN = second.MPN
	}
	if take(first.GTIN == "", "gtin") {
		first.GTIN = second.GTIN
	}
	if take(first.Brand == "", "brand") {
		first.Brand = second.Brand
	}
	if take(first.Price.Amount == "", "price", "currency", "tax") {
		first.Price = second.Price
	}
	if first.Price.Amount == second.Price.Amount {
		if take(first.Price.Currency == "", "currency") {
			first.Price.Currency = second.Price.Currency
		}
		if take(first.Price.Tax == "", "tax") {
			first.Price.Tax = second.Price.Tax
		}
	}
	if take(first.ListPrice.Amount == "", "list_price") {
		first.ListPrice = second.ListPrice
	}
	if take(first.Availability == "", "availability") {
		first.Availability = second.Availability
	}
	if take(len(first.Images) == 0, "image", "images") {
		first.Images = second.Images
	}
	if take(first.Description == "", "description") {
		first.Description = second.Description
	}
	if take(len(first.Breadcrumb) == 0, "breadcrumb", "category") {
		first.Breadcrumb = second.Breadcrumb
	}
	if take(len(first.Variants) == 0, "variants") {
		first.Variants = second.Variants
	}
	return first
}

// cleanProduct makes the texts of p fit to be stored. What it returns shares with p what
// needed no cleaning.
func cleanProduct(p *catalog.Product) catalog.Product {
	c := *p
	c.Name, c.SKU, c.MPN, c.GTIN = prose(p.Name), prose(p.SKU), prose(p.MPN), prose(p.GTIN)
	c.Brand, c.Description = prose(p.Brand), prose(p.Description)
	c.Price, c.ListPrice = cleanPrice(p.Price), cleanPrice(p.ListPrice)
	c.Availability = catalog.Availability(word(string(p.Availability)))
	c.Images = make([]string, 0, len(p.Images))
	for _, u := range p.Images {
		if u = address(u); u != "" && len(u) <= maxURL {
			c.Images = append(c.Images, u)
		}
	}
	c.Breadcrumb = make([]catalog.Crumb, len(p.Breadcrumb))
	for i, b := range p.Breadcrumb {
		c.Breadcrumb[i] = catalog.Crumb{Name: prose(b.Name), URL: address(b.URL)}
	}
	c.Variants = make([]catalog.Variant, len(p.Variants))
	for i, v := range p.Variants {
		c.Variants[i] = catalog.Variant{
			ID: prose(v.ID), Title: prose(v.Title), SKU: prose(v.SKU), GTIN: prose(v.GTIN), Price: cleanPrice(v.Price),
			Availability: catalog.Availability(word(string(v.Availability))), Image: address(v.Image),
		}
		for _, o := range v.Options {
			c.Variants[i].Options = append(c.Variants[i].Options, prose(o))
		}
	}
	for field, source := range p.Sources {
		if word(field) != field || prose(source) != source {
			c.Sources = make(map[string]string, len(p.Sources))
			for field, source := range p.Sources {
				c.Sources[word(field)] = prose(source)
			}
			break
		}
	}
	return c
}

func cleanPrice(p catalog.Price) catalog.Price {
	return catalog.Price{Amount: prose(p.Amount), Currency: word(p.Currency), Tax: catalog.TaxNote(word(string(p.Tax)))}
}

func (b *batch) writeProduct(r *pageRow, p catalog.Product, visited bool) error {
	breadcrumb, sources, images := "[]", "{}", "[]"
	if len(p.Images) > 0 {
		images = jsonList(p.Images)
	}
	if len(p.Breadcrumb) > 0 {
		breadcrumb = jsonText(p.Breadcrumb)
	}
	if len(p.Sources) > 0 {
		sources = b.w.sourcesText(p.Sources)
	}
	if r.product { // deleting takes the variants along
		if err := b.w.exec(b.ctx, `DELETE FROM product WHERE page = ?`, r.id); err != nil {
			return err
		}
	}
	if err := b.insertProduct(r, &p, breadcrumb, sources, images, visited); err != nil {
		return err
	}
	for i, v := range p.Variants {
		if err := b.w.exec(b.ctx, `
			INSERT INTO variant (page, position, variant_id, title, options, sku, gtin, price, currency, tax, availability, image)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			r.id, i, v.ID, v.Title, list(v.Options), v.SKU, v.GTIN, v.Price.Amount, v.Price.Currency, string(v.Price.Tax),
			string(v.Availability), v.Image); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) insertProduct(r *pageRow, p *catalog.Product, breadcrumb, sources, images string, visited bool) error {
	if p.MPN == "" && p.Price.Tax == "" && p.ListPrice == (catalog.Price{}) { // the usual case: what is left out is empty
		return b.w.exec(b.ctx, `
			INSERT INTO product (page, name, sku, gtin, brand, price, currency, availability, description, breadcrumb, sources, crawl, visited, images)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			r.id, p.Name, p.SKU, p.GTIN, p.Brand, p.Price.Amount, p.Price.Currency, string(p.Availability), p.Description,
			breadcrumb, sources, b.crawl, visited, images)
	}
	return b.w.exec(b.ctx, `
		INSERT INTO product (page, name, sku, mpn, gtin, brand, price, currency, tax, list_price, list_price_currency,
			list_price_tax, availability, description, breadcrumb, sources, crawl, visited, images)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.id, p.Name, p.SKU, p.MPN, p.GTIN, p.Brand, p.Price.Amount, p.Price.Currency, string(p.Price.Tax),
		p.ListPrice.Amount, p.ListPrice.Currency, string(p.ListPrice.Tax), string(p.Availability), p.Description,
		breadcrumb, sources, b.crawl, visited, images)
}

// sourcesText is sources as JSON. Most products of a shop tell the same fields in the same
// manner: the text of the last one is used again.
func (w *writer) sourcesText(sources map[string]string) string {
	if !maps.Equal(sources, w.sources) {
		w.sources, w.sourcesJSON = maps.Clone(sources), jsonText(sources)
	}
	return w.sourcesJSON
}

// product reads the stored product of a page, which must have one.
func (b *batch) product(page int64) (p catalog.Product, crawl int, visited bool, err error) {
	ok, err := b.w.row(b.ctx, `SELECT crawl, visited FROM product WHERE page = ?`, []any{page}, &crawl, &visited)
	if err != nil || !ok || crawl != b.crawl {
		return p, crawl, visited, err
	}
	products, err := readProducts(b.ctx, b.w.conn, []int64{page})
	if err != nil {
		return p, crawl, visited, err
	}
	return *products[page], crawl, visited, nil
}

// readProducts reads the products of the given pages, by page number.
func readProducts(ctx context.Context, q querier, pages []int64) (map[int64]*catalog.Product, error) {
	ids := jsonText(pages)
	products := make(map[int64]*catalog.Product, len(pages))
	err := each(ctx, q, `
		SELECT page, name, sku, mpn, gtin, brand, price, currency, tax, list_price, list_price_currency, list_price_tax,
			availability, description, breadcrumb, sources, images
		FROM product WHERE page IN (SELECT value FROM json_each(?))`, []any{ids}, func(rows *sql.Rows) error {
		p := new(catalog.Product)
		var page int64
		var breadcrumb, sources, images string
		if err := rows.Scan(&page, &p.Name, &p.SKU, &p.MPN, &p.GTIN, &p.Brand, &p.Price.Amount, &p.Price.Currency, &p.Price.Tax,
			&p.ListPrice.Amount, &p.ListPrice.Currency, &p.ListPrice.Tax, &p.Availability, &p.Description, &breadcrumb, &sources, &images); err != nil {
			return err
		}
		p.Breadcrumb = parseJSON[[]catalog.Crumb](breadcrumb)
		p.Sources = parseJSON[map[string]string](sources)
		p.Images = parseJSON[[]string](images)
		products[page] = p
		return nil
	})
	if err != nil || len(products) == 0 {
		return products, err
	}
	err = each(ctx, q, `
		SELECT page, variant_id, title, options, sku, gtin, price, currency, tax, availability, image
		FROM variant WHERE page IN (SELECT value FROM json_each(?)) ORDER BY page, position`, []any{ids}, func(rows *sql.Rows) error {
		var v catalog.Variant
		var page int64
		var options string
		if err := rows.Scan(&page, &v.ID, &v.Title, &options, &v.SKU, &v.GTIN, &v.Price.Amount, &v.Price.Currency, &v.Price.Tax,
			&v.Availability, &v.Image); err != nil {
			return err
		}
		v.Options = parseJSON[[]string](options)
		if p := products[page]; p != nil {
			p.Variants = append(p.Variants, v)
		}
		return nil
	})
	return products, err
}
