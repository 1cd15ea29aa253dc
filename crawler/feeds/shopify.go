package feeds

import (
	"fmt"
	"net/url"
	"strings"

	"replatform/crawler/catalog"
)

// defaultTitle is what Shopify names the one variant of a product without options.
const defaultTitle = "Default Title"

// ShopifyProducts reads /products.json or /collections/{handle}/products.json of a
// Shopify shop, or a single /products/{handle}.json. base is the address that the
// body came from; the folder of a market ("/en-gb/products.json") is kept in front of
// the product addresses. The feed does not say the currency, so it stays empty. A page
// number beyond the last gives no items and no error. The error is [ErrNotFeed].
//
// The form of the feed is as observed in shops in 2026; Shopify documents it nowhere.
func ShopifyProducts(body []byte, base *url.URL) ([]Item, error) {
	root, err := decodeJSON(body)
	if err != nil {
		return nil, err
	}
	top := asObject(root)
	list, ok := top["products"]
	if single := top.object("product"); !ok && single != nil {
		list, ok = []any{map[string]any(single)}, true
	}
	if !ok {
		return nil, fmt.Errorf("%w: no list of products", ErrNotFeed)
	}
	var items []Item
	for _, v := range asList(list) {
		if o := asObject(v); o != nil {
			items = append(items, shopifyProduct(o, base))
		}
	}
	return items, nil
}

func shopifyProduct(o object, base *url.URL) Item {
	p := &catalog.Product{
		Name:        cut(o.str("title"), maxName),
		Brand:       cut(o.str("vendor"), maxName),
		Description: plain(o.str("body_html"), maxDescription),
	}
	for _, image := range o.objects("images") {
		p.Images = appendNew(p.Images, absolute(base, image.str("src")), maxImages)
	}
	if len(p.Images) == 0 {
		p.Images = appendNew(p.Images, absolute(base, o.object("image").str("src")), maxImages)
	}
	var (
		variants []catalog.Variant
		lists    []string
	)
	for _, v := range o.objects("variants") {
		if len(variants) == maxVariants {
			break
		}
		variants = append(variants, shopifyVariant(v, base))
		lists = append(lists, decimal(v.str("compare_at_price")))
	}
	summarise(p, variants, lists)
	if len(variants) != 1 || len(variants[0].Options) > 0 {
		p.Variants = variants
	}
	note(p)
	item := Item{Type: catalog.ProductP, Product: p, Title: p.Name, ID: o.str("id"), Handle: o.str("handle")}
	item.URL = shopifyURL(base, "products", item.Handle)
	item.Categories = appendNew(nil, cut(o.str("product_type"), maxName), 1)
	return item
}

func shopifyVariant(v object, base *url.URL) catalog.Variant {
	out := catalog.Variant{
		ID: v.str("id"), Title: cut(v.str("title"), maxName), SKU: v.str("sku"), GTIN: gtin(v.str("barcode")),
		Price: catalog.Price{Amount: decimal(v.str("price"))},
		Image: absolute(base, v.object("featured_image").str("src")),
	}
	for _, key := range []string{"option1", "option2", "option3"} {
		if s := v.str(key); s != "" && s != defaultTitle {
			out.Options = append(out.Options, cut(s, maxName))
		}
	}
	if yes, ok := v.truth("available"); ok {
		out.Availability = catalog.OutOfStock
		if yes {
			out.Availability = catalog.InStock
		}
	}
	return out
}

// ShopifyCollections reads /collections.json of a Shopify shop into items of type
// Category. base and the errors are those of [ShopifyProducts].
func ShopifyCollections(body []byte, base *url.URL) ([]Item, error) {
	root, err := decodeJSON(body)
	if err != nil {
		return nil, err
	}
	top := asObject(root)
	if _, ok := top["collections"]; !ok {
		return nil, fmt.Errorf("%w: no list of collections", ErrNotFeed)
	}
	var items []Item
	for _, o := range top.objects("collections") {
		item := Item{Type: catalog.Category, Title: cut(o.str("title"), maxName), ID: o.str("id"), Handle: o.str("handle")}
		item.URL = shopifyURL(base, "collections", item.Handle)
		item.Count, _ = o.integer("products_count")
		items = append(items, item)
	}
	return items, nil
}

// shopifyURL is the address of a product or collection page beside the feed at base.
func shopifyURL(base *url.URL, folder, handle string) string {
	if base == nil || handle == "" {
		return ""
	}
	market := base.EscapedPath()
	for _, part := range []string{"/collections", "/products"} {
		if i := strings.Index(market, part); i >= 0 {
			market = market[:i]
		}
	}
	return absolute(base, strings.TrimRight(market, "/")+"/"+folder+"/"+url.PathEscape(handle))
}
