package extract

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"replatform/crawler/catalog"
)

// selection runs the selectors of Hints over one document.
type selection struct {
	doc     *goquery.Document
	classes map[string]bool // that elements have, once they were asked for
	errs    []error
}

// find returns the elements that the first matching selector finds.
func (s *selection) find(field string, selectors []string) []*html.Node {
	for _, sel := range selectors {
		m, err := cascadia.Compile(sel)
		if err != nil {
			s.errs = append(s.errs, fmt.Errorf("selector for %s %q: %w", field, sel, err))
			continue
		}
		if !s.may(sel) {
			continue
		}
		if found := s.doc.FindMatcher(m); found.Length() > 0 {
			return found.Nodes
		}
	}
	return nil
}

// may is false for selectors that ask for a class which no element of the document
// has: most of those that were written for the themes of other shops.
func (s *selection) may(sel string) bool {
	if strings.ContainsAny(sel, `,:()[]\"'`) {
		return true
	}
	if s.classes == nil {
		s.classes = make(map[string]bool, 256)
		for n := range s.doc.Nodes[0].Descendants() {
			for class := range strings.FieldsSeq(attr(n, "class")) {
				s.classes[class] = true
			}
		}
	}
	for sel != "" {
		_, rest, ok := strings.Cut(sel, ".")
		if !ok {
			return true
		}
		end := strings.IndexAny(rest, ".# >+~*|")
		if end < 0 {
			end = len(rest)
		}
		if !s.classes[rest[:end]] {
			return false
		}
		sel = rest[end:]
	}
	return true
}

// first returns the value of the first match that has one.
func (s *selection) first(field string, selectors []string) string {
	for _, sel := range selectors {
		for _, n := range s.find(field, []string{sel}) {
			if v := matchValue(n); v != "" {
				return v
			}
		}
	}
	return ""
}

// matchValue is the text a matched element stands for.
func matchValue(n *html.Node) string {
	switch n.Data {
	case "meta":
		return squeeze(attr(n, "content"))
	case "input":
		return squeeze(attr(n, "value"))
	case "img":
		return squeeze(attr(n, "alt"))
	}
	if t := nodeText(n); t != "" {
		return t
	}
	return squeeze(attr(n, "content"))
}

// matchImage is the picture a matched element shows or leads to.
func matchImage(n *html.Node) string {
	switch n.Data {
	case "a", "link":
		return strings.TrimSpace(attr(n, "href"))
	case "meta":
		return strings.TrimSpace(attr(n, "content"))
	case "img":
		return imageAttr(n)
	}
	return firstAttr(n, "data-image-url", "data-image", "data-src", "data-zoom-image", "src", "href")
}

// fromHints reads the product by the platform's selectors.
func (s *selection) fromHints(h Hints) *draft {
	d := &draft{source: "selector"}
	p := &d.p
	p.Name = cut(s.first("name", h.Name), maxName)
	p.SKU = codeOf(unlabel(s.first("sku", h.SKU), fieldSKU, fieldLooseSKU, fieldModel))
	p.MPN = codeOf(unlabel(s.first("mpn", h.MPN), fieldMPN, fieldModel))
	p.Brand = cut(unlabel(s.first("brand", h.Brand), fieldBrand), 100)
	if v := unlabel(s.first("gtin", h.GTIN), fieldGTIN); v != "" {
		p.GTIN = gtinIn(v)
	}
	if a, ok := ParseAmount(s.first("price", h.Price), h.Currency); ok && positive(a.Value) != "" {
		p.Price = catalog.Price{Amount: a.Value, Currency: a.Currency, Tax: a.Tax}
		d.high = a.High
	}
	if a, ok := ParseAmount(s.first("list_price", h.ListPrice), h.Currency); ok {
		p.ListPrice = catalog.Price{Amount: a.Value, Currency: a.Currency, Tax: a.Tax}
	}
	switch {
	case len(s.find("sold_out", h.SoldOut)) > 0:
		p.Availability = catalog.OutOfStock
	case len(s.find("in_stock", h.InStock)) > 0:
		p.Availability = catalog.InStock
	}
	for _, n := range s.find("image", h.Image) {
		if src := matchImage(n); src != "" && len(p.Images) < maxImages {
			p.Images = append(p.Images, src)
		}
	}
	for _, n := range s.find("description", h.Description) {
		if p.Description == "" {
			p.Description = blockText(n, maxDescription)
		}
	}
	p.Variants = s.optionVariants(h.Options)
	return d
}

// unlabel takes a leading label such as "品番：" off a value.
func unlabel(v string, fields ...labelField) string {
	low := strings.ToLower(v)
	if v == "" || len(low) != len(v) {
		return v
	}
	f, end, ok := labelAt(low, 0)
	if !ok {
		return v
	}
	for _, want := range fields {
		if f == want {
			if rest, _ := afterLabel(v[end:]); rest != "" {
				return rest
			}
		}
	}
	return v
}

// optionVariants makes variants of the choices of one or more select elements, or
// of elements that each name one choice. The page does not say which of the
// combinations can be bought, nor, in most cases, at what price.
func (s *selection) optionVariants(selectors []string) []catalog.Variant {
	var axes [][]string
	for _, sel := range selectors {
		var named []string
		for _, n := range s.find("options", []string{sel}) {
			selects := selectsIn(n)
			for _, x := range selects {
				if axis := choices(x); len(axis) > 0 {
					axes = append(axes, axis)
				}
			}
			if text := cut(nodeText(n), 100); len(selects) == 0 && text != "" && len(named) < 100 && !slices.Contains(named, text) {
				named = append(named, text)
			}
		}
		if len(named) > 0 {
			axes = append(axes, named)
		}
	}
	axes = axes[:min(len(axes), 3)]
	if len(axes) == 0 {
		return nil
	}
	combos := [][]string{nil}
	for _, axis := range axes {
		var next [][]string
		for _, c := range combos {
			for _, o := range axis {
				if len(next) < maxVariants {
					next = append(next, append(append([]string(nil), c...), o))
				}
			}
		}
		combos = next
	}
	variants := make([]catalog.Variant, 0, len(combos))
	for _, c := range combos {
		variants = append(variants, catalog.Variant{Title: strings.Join(c, " / "), Options: c})
	}
	return variants
}

// selectsIn returns the select elements that n is or holds.
func selectsIn(n *html.Node) []*html.Node {
	if n.Type == html.ElementNode && n.Data == "select" {
		return []*html.Node{n}
	}
	var all []*html.Node
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		all = append(all, selectsIn(c)...)
	}
	return all
}

// choices lists the options of a select element without its placeholder.
func choices(n *html.Node) []string {
	var all []string
	var visit func(*html.Node)
	visit = func(n *html.Node) {
		if n.Type == html.ElementNode && n.Data == "option" {
			value, has := lookupAttr(n, "value")
			text := cut(nodeText(n), 100)
			if (!has || strings.TrimSpace(value) != "" && value != "0") && text != "" && len(all) < 100 {
				all = append(all, text)
			}
			return
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			visit(c)
		}
	}
	visit(n)
	return all
}

func (s *selection) err() error { return errors.Join(s.errs...) }
