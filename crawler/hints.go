package crawler

import (
	"strings"

	"replatform/crawler/extract"
	"replatform/crawler/platform"
)

// hintsOf turns what a platform's file says of its pages into hints for extraction.
func hintsOf(p *platform.Platform) extract.Hints {
	h := extract.Hints{
		Name: p.Selectors(platform.FieldName), SKU: p.Selectors(platform.FieldSKU),
		MPN: p.Selectors(platform.FieldMPN), GTIN: p.Selectors(platform.FieldGTIN),
		Brand: p.Selectors(platform.FieldBrand), Price: p.Selectors(platform.FieldPrice),
		ListPrice: p.Selectors(platform.FieldListPrice), Image: p.Selectors(platform.FieldImages),
		Description: p.Selectors(platform.FieldDescription), Breadcrumb: p.Selectors(platform.FieldBreadcrumb),
		ListItem: p.Selectors(platform.FieldItem), Options: p.Selectors(platform.FieldVariants),
		SoldOut: p.Selectors(platform.FieldSoldOut), InStock: p.Selectors(platform.FieldInStock),
	}
	for _, g := range p.Globals {
		h.Globals = append(h.Globals, globalOf(g))
	}
	return h
}

// globalOf rewrites the places of a global, which the file gives below the product
// and below one variant, to places from the object's root.
func globalOf(g platform.Global) extract.Global {
	below := func(path string) string {
		alternatives := strings.Split(path, "|")
		for i, a := range alternatives {
			alternatives[i] = strings.TrimPrefix(g.Product+"."+strings.TrimSpace(a), ".")
		}
		return strings.Join(alternatives, "|")
	}
	names := map[string]string{platform.FieldStockCount: "stock", platform.FieldStock: "available"}
	word := func(field string) string {
		if w, ok := names[field]; ok {
			return w
		}
		return field
	}
	out := extract.Global{Name: g.Name, Fields: map[string]string{}}
	for field, path := range g.Fields {
		out.Fields[word(field)] = below(path)
	}
	if g.Variants != "" {
		out.Fields["variants"] = below(g.Variants)
		for field, path := range g.Variant {
			out.Fields["variant."+word(field)] = path
		}
	}
	return out
}
