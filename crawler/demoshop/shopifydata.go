package demoshop

import (
	"bytes"
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

type shopifyProductView struct {
	Title, Vendor, Price, Amount, SKU string
	VariantID                         int
	Image                             template.URL
	Crumbs                            []link
	Options                           []shopifyOptionView
	Available                         bool
	Body                              template.HTML
	JSONLD                            template.JS
}

type shopifyOptionView struct {
	Name   string
	Values []string
}

// product draws a product page, or its .json and .js forms. A variant in the query
// chooses the price shown; the canonical address never names it.
func (s *shopify) product(w http.ResponseWriter, handle, variant string, within *collection) bool {
	base, form := handle, ""
	if h, ok := strings.CutSuffix(handle, ".json"); ok {
		base, form = h, "json"
	} else if h, ok := strings.CutSuffix(handle, ".js"); ok {
		base, form = h, "js"
	}
	p := s.byHandle[base]
	if p == nil {
		return false
	}
	switch form {
	case "json":
		writeJSON(w, map[string]any{"product": s.feedProduct(p)})
		return true
	case "js":
		writeJSON(w, s.feedProduct(p))
		return true
	}
	chosen := p.variants[0]
	for _, v := range p.variants {
		if strconv.Itoa(v.id) == variant {
			chosen = v
		}
	}
	pv := &shopifyProductView{
		Title: p.title, Vendor: p.vendor, SKU: chosen.sku, VariantID: chosen.id, Amount: strconv.Itoa(chosen.price),
		Price: "¥" + strings.TrimSuffix(yen(chosen.price), "円"), Available: chosen.available, Body: template.HTML(p.body),
		Image: template.URL(s.shop.root() + s.imagePath(p)), JSONLD: s.structured(p),
	}
	for _, o := range p.options {
		if o.name != "Title" {
			pv.Options = append(pv.Options, shopifyOptionView{o.name, o.values})
		}
	}
	if within != nil {
		pv.Crumbs = []link{{Text: within.title, URL: template.URL("/collections/" + within.handle)}}
	}
	v := &shopifyView{Title: p.title, Path: p.path(), OGType: "product", Description: plainText(p.body), Product: pv}
	for i := range s.all {
		q := s.all[(i+p.id)%len(s.all)]
		if q != p && q.good.dept == p.good.dept && len(v.Cards) < 4 {
			v.Cards = append(v.Cards, s.cards([]*newProduct{q}, "")...)
		}
	}
	s.render(w, 200, "product", v)
	return true
}

// plainText drops tags; the text is our own and holds no entities.
func plainText(html string) string {
	var b strings.Builder
	in := false
	for _, c := range html {
		switch {
		case c == '<':
			in = true
		case c == '>':
			in = false
		case !in:
			b.WriteRune(c)
		}
	}
	return strings.TrimSpace(b.String())
}

// structured is JSON-LD as themes of the platform print it: Product, or
// ProductGroup with its variants (comparison of platforms of 2026-05-13).
func (s *shopify) structured(p *newProduct) template.JS {
	root := s.shop.root()
	offer := func(v newVariant) map[string]any {
		availability := "https://schema.org/OutOfStock"
		if v.available {
			availability = "https://schema.org/InStock"
		}
		return map[string]any{
			"@type": "Offer", "availability": availability, "price": strconv.Itoa(v.price), "priceCurrency": "JPY",
			"url": root + p.path() + "?variant=" + strconv.Itoa(v.id),
		}
	}
	item := func(v newVariant, name string) map[string]any {
		m := map[string]any{
			"@type": "Product", "name": name, "image": root + s.imagePath(p), "offers": offer(v),
			"@id": p.path() + "?variant=" + strconv.Itoa(v.id) + "#variant",
		}
		if v.sku != "" {
			m["sku"] = v.sku
		}
		if v.barcode != "" {
			m["gtin"] = v.barcode
		}
		return m
	}
	var m map[string]any
	if len(p.variants) == 1 {
		m = item(p.variants[0], p.title)
		m["@id"] = p.path() + "#product"
	} else {
		var variants []any
		for _, v := range p.variants {
			variants = append(variants, item(v, p.title+" - "+strings.Join(v.options, " / ")))
		}
		m = map[string]any{
			"@type": "ProductGroup", "@id": p.path() + "#product", "name": p.title, "hasVariant": variants,
			"productGroupID": strconv.Itoa(p.id),
		}
	}
	m["@context"] = "http://schema.org/"
	m["brand"] = map[string]any{"@type": "Brand", "name": p.vendor}
	m["category"] = p.kind
	m["description"] = plainText(p.body)
	m["url"] = root + p.path()
	// Maps of strings always encode, in the order of their keys.
	b, _ := json.Marshal(m)
	return template.JS(b)
}

// feedProduct is a product as products.json shows it.
func (s *shopify) feedProduct(p *newProduct) map[string]any {
	var options, variants []any
	for i, o := range p.options {
		options = append(options, map[string]any{"name": o.name, "position": i + 1, "values": o.values})
	}
	for i, v := range p.variants {
		m := map[string]any{
			"id": v.id, "title": strings.Join(v.options, " / "), "sku": v.sku, "available": v.available,
			"price": strconv.Itoa(v.price), "compare_at_price": nil, "position": i + 1, "product_id": p.id,
			"requires_shipping": true, "taxable": true, "featured_image": nil,
			"option1": nil, "option2": nil, "option3": nil, "updated_at": p.updated,
		}
		for k, o := range v.options {
			m["option"+strconv.Itoa(k+1)] = o
		}
		variants = append(variants, m)
	}
	return map[string]any{
		"id": p.id, "title": p.title, "handle": p.handle, "body_html": p.body, "published_at": p.published,
		"created_at": p.published, "updated_at": p.updated, "vendor": p.vendor, "product_type": p.kind, "tags": p.tags,
		"variants": variants, "options": options,
		"images": []any{map[string]any{"id": p.id + 5, "position": 1, "product_id": p.id, "src": s.shop.root() + s.imagePath(p), "width": 1200, "height": 1200}},
	}
}

// limits of the feed: 30 unless asked, 250 at most.
func feedPage(q url.Values) (limit, page int) {
	limit = 30
	if n, err := strconv.Atoi(q.Get("limit")); err == nil && n > 0 {
		limit = min(n, 250)
	}
	return limit, pageNumber(q)
}

func (s *shopify) productsJSON(w http.ResponseWriter, in []*newProduct, q url.Values) {
	limit, page := feedPage(q)
	from, to := window(len(in), page, limit)
	out := []any{}
	for _, p := range in[from:to] {
		out = append(out, s.feedProduct(p))
	}
	writeJSON(w, map[string]any{"products": out})
}

func (s *shopify) collectionsJSON(w http.ResponseWriter, q url.Values) {
	limit, page := feedPage(q)
	from, to := window(len(s.colls), page, limit)
	out := []any{}
	for _, c := range s.colls[from:to] {
		out = append(out, map[string]any{
			"id": c.id, "title": c.title, "handle": c.handle, "description": c.text, "published_at": "2026-09-01T10:00:00+09:00",
			"updated_at": "2026-10-01T10:00:00+09:00", "image": nil, "products_count": len(s.members[c.handle]),
		})
	}
	writeJSON(w, map[string]any{"collections": out})
}

func writeJSON(w http.ResponseWriter, v any) {
	var b bytes.Buffer
	// Only strings, numbers, maps and slices come here; they always encode.
	_ = json.NewEncoder(&b).Encode(v)
	write(w, 200, "application/json; charset=utf-8", bytes.TrimSpace(b.Bytes()))
}
