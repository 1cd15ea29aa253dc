package feeds

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"replatform/crawler/catalog"
)

// WooStoreProducts reads /wp-json/wc/store/v1/products of a WooCommerce shop, the
// public Store API (https://developer.woocommerce.com/docs/apis/store-api/, read
// 2026-11). base is the address that the body came from. Prices are turned from minor
// units into decimals. The feed lists the options of variants, not their prices or
// codes. An empty list gives no items and no error. The error is [ErrNotFeed].
func WooStoreProducts(body []byte, base *url.URL) ([]Item, error) {
	list, err := wooList(body)
	if err != nil {
		return nil, err
	}
	var items []Item
	for _, v := range list {
		if o := asObject(v); o != nil {
			items = append(items, wooProduct(o, base))
		}
	}
	return items, nil
}

// wooList reads the list that every listing of the Store API is, and names the error
// object that comes in its place.
func wooList(body []byte) ([]any, error) {
	root, err := decodeJSON(body)
	if err != nil {
		return nil, err
	}
	if list, ok := root.([]any); ok {
		return list, nil
	}
	if o := asObject(root); o["code"] != nil {
		return nil, fmt.Errorf("%w: the shop answers %q", ErrNotFeed, cut(o.str("code")+": "+o.str("message"), 200))
	}
	if list := asList(root); list != nil { // PHP turns a list with gaps into an object
		return list, nil
	}
	return nil, fmt.Errorf("%w: no list", ErrNotFeed)
}

func wooProduct(o object, base *url.URL) Item {
	p := &catalog.Product{
		Name: plain(o.str("name"), maxName), SKU: o.str("sku"), GTIN: gtin(o.str("global_unique_id")),
		Description: plain(o.str("description"), maxDescription),
	}
	if p.Description == "" {
		p.Description = plain(o.str("short_description"), maxDescription)
	}
	wooPrices(p, o.object("prices"))
	for _, image := range o.objects("images") {
		p.Images = appendNew(p.Images, absolute(base, image.str("src")), maxImages)
	}
	if inStock, ok := o.truth("is_in_stock"); ok {
		p.Availability = catalog.OutOfStock
		if inStock {
			p.Availability = catalog.InStock
		}
	}
	if brands := o.objects("brands"); len(brands) > 0 {
		p.Brand = plain(brands[0].str("name"), maxName)
	}
	p.Variants = wooVariants(o)
	note(p)
	item := Item{
		URL: absolute(base, o.str("permalink")), Type: catalog.ProductP, Product: p, Title: p.Name,
		ID: o.str("id"), Handle: slug(o.str("slug")),
	}
	for _, c := range o.objects("categories") {
		item.Categories = appendNew(item.Categories, plain(c.str("name"), maxName), maxCategories)
		item.CategoryURLs = appendNew(item.CategoryURLs, absolute(base, c.str("link")), maxCategories)
	}
	return item
}

// wooVariants reads the variants, which name their options by slug ("navy"), and
// looks the slugs up in the attributes of the product ("Navy blue").
func wooVariants(o object) []catalog.Variant {
	names := map[[2]string]string{} // attribute and slug → name
	for _, a := range o.objects("attributes") {
		for _, term := range a.objects("terms") {
			names[[2]string{a.str("name"), term.str("slug")}] = term.str("name")
		}
	}
	var out []catalog.Variant
	for _, v := range o.objects("variations") {
		if len(out) == maxVariants {
			break
		}
		variant := catalog.Variant{ID: v.str("id")}
		for _, a := range v.objects("attributes") {
			value := a.str("value")
			if name := names[[2]string{a.str("name"), value}]; name != "" {
				value = name
			}
			if value = plain(value, maxName); value != "" {
				variant.Options = append(variant.Options, value)
			}
		}
		variant.Title = strings.Join(variant.Options, " / ")
		out = append(out, variant)
	}
	return out
}

// wooPrices fills the price and, where it is reduced, the regular price. Of a range
// the lowest counts, and nothing is taken for reduced: the feed does not say which
// variant the regular price belongs to.
func wooPrices(p *catalog.Product, prices object) {
	decimals, ok := prices.integer("currency_minor_unit")
	if !ok {
		return // without it the amounts mean nothing
	}
	currency := prices.str("currency_code")
	if len(currency) != 3 {
		currency = ""
	}
	amount := fromMinor(prices.str("price"), decimals)
	low := fromMinor(prices.object("price_range").str("min_amount"), decimals)
	if amount == "" || less(low, amount) {
		amount = low
	}
	if amount == "" {
		return
	}
	p.Price = catalog.Price{Amount: amount, Currency: currency}
	if low != "" {
		return
	}
	if regular := fromMinor(prices.str("regular_price"), decimals); less(amount, regular) {
		p.ListPrice = catalog.Price{Amount: regular, Currency: currency}
	}
}

// WooStoreCategories reads /wp-json/wc/store/v1/products/categories into items of type
// Category. base and the errors are those of [WooStoreProducts].
func WooStoreCategories(body []byte, base *url.URL) ([]Item, error) {
	list, err := wooList(body)
	if err != nil {
		return nil, err
	}
	var items []Item
	for _, v := range list {
		o := asObject(v)
		if o == nil {
			continue
		}
		item := Item{
			URL: absolute(base, o.str("permalink")), Type: catalog.Category, Title: plain(o.str("name"), maxName),
			ID: o.str("id"), Handle: slug(o.str("slug")),
		}
		item.Count, _ = o.integer("count")
		if parent := o.str("parent"); parent != "0" {
			item.Parent = parent
		}
		items = append(items, item)
	}
	return items, nil
}

// slug decodes a slug: WordPress keeps Japanese ones percent-encoded.
func slug(s string) string {
	if d, err := url.PathUnescape(s); err == nil && utf8.ValidString(d) {
		return d
	}
	return s
}
