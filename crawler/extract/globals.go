package extract

import (
	"encoding/json"
	"strconv"
	"strings"

	"replatform/crawler/catalog"
)

// fromGlobals reads the objects that the platform writes into its pages. The
// second result is the page type that an object names.
func (s *selection) fromGlobals(globals []Global, scripts []string, shopCurrency string) ([]*draft, catalog.PageType) {
	var drafts []*draft
	var typ catalog.PageType
	for _, g := range globals {
		v, ok := s.globalValue(g, scripts)
		if !ok {
			continue
		}
		r := globalReader{g: g, root: v, currency: shopCurrency}
		if t, ok := g.Types[r.str("page_type")]; ok && typ == "" {
			typ = t
		}
		if d := r.draft(); d != nil {
			drafts = append(drafts, d)
		}
	}
	return drafts, typ
}

// globalValue finds and parses the object.
func (s *selection) globalValue(g Global, scripts []string) (any, bool) {
	switch g.Kind {
	case "", "assign":
		for _, text := range scripts {
			if v, ok := assigned(text, g.Name); ok {
				return v, true
			}
		}
	case "script":
		for _, n := range s.find("globals", []string{g.Name}) {
			if n.FirstChild != nil {
				if vs := parseJSON(n.FirstChild.Data); len(vs) > 0 {
					return vs[0], true
				}
			}
		}
	case "attr":
		i := strings.LastIndexByte(g.Name, '@')
		if i < 0 {
			return nil, false
		}
		for _, n := range s.find("globals", []string{g.Name[:i]}) {
			if vs := parseJSON(attr(n, g.Name[i+1:])); len(vs) > 0 {
				return vs[0], true
			}
		}
	}
	return nil, false
}

// assigned finds the object or array that a script assigns to a variable. The
// end is the matching brace, not the first: such objects hold texts with braces.
func assigned(script, name string) (any, bool) {
	for from := 0; ; {
		i := strings.Index(script[from:], name)
		if i < 0 || name == "" {
			return nil, false
		}
		i += from
		from = i + len(name)
		if i > 0 && (isWordByte(script[i-1]) || script[i-1] == '.' && !strings.HasSuffix(script[:i], "window.")) {
			continue
		}
		rest := strings.TrimLeft(script[from:], " \t\r\n")
		if rest == "" || rest[0] != '=' || strings.HasPrefix(rest, "==") {
			continue
		}
		rest = strings.TrimLeft(rest[1:], " \t\r\n")
		if rest == "" || rest[0] != '{' && rest[0] != '[' {
			continue
		}
		if v, _, err := parseLoose(rest, false); err == nil {
			return v, true
		}
	}
}

func isWordByte(c byte) bool {
	return isASCIILetter(c) || isDigit(c) || c == '_' || c == '$' || c >= 0x80
}

// globalReader reads the fields of one object.
type globalReader struct {
	g        Global
	root     any
	currency string
}

// lookup follows a place such as "product.images.*.src|product.image".
func lookup(v any, places string) []any {
	for place := range strings.SplitSeq(places, "|") {
		found := []any{v}
		if place = strings.TrimSpace(place); place != "." {
			for key := range strings.SplitSeq(place, ".") {
				var next []any
				for _, x := range found {
					next = append(next, step(x, key)...)
				}
				found = next
			}
		}
		kept := found[:0:0]
		for _, x := range found {
			if x != nil && x != "" {
				kept = append(kept, x)
			}
		}
		if len(kept) > 0 {
			return kept
		}
	}
	return nil
}

func step(v any, key string) []any {
	switch v := v.(type) {
	case map[string]any:
		if x, ok := v[key]; ok {
			return []any{x}
		}
	case []any:
		if key == "*" {
			return v
		}
		if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(v) {
			return []any{v[i]}
		}
	}
	return nil
}

// scalar is the text of a string, a number or a truth value.
func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return squeeze(unescapeLoose(v))
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

func (r globalReader) str(field string) string { return r.strIn(r.root, field) }

func (r globalReader) strIn(v any, field string) string {
	place, ok := r.g.Fields[field]
	if !ok {
		return ""
	}
	for _, x := range lookup(v, place) {
		if s := scalar(x); s != "" {
			return s
		}
	}
	return ""
}

// price reads an amount; a field that says whether tax is in it comes first.
func (r globalReader) price(v any, prefix, currency string) catalog.Price {
	for _, f := range [...]struct {
		name string
		tax  catalog.TaxNote
	}{{"price_tax_included", catalog.TaxIncluded}, {"price", catalog.TaxUnknown}, {"price_tax_excluded", catalog.TaxExcluded}} {
		if s := r.strIn(v, prefix+f.name); s != "" {
			if a := r.amount(s, currency); a != "" {
				return catalog.Price{Amount: a, Currency: currency, Tax: f.tax}
			}
		}
	}
	return catalog.Price{}
}

func (r globalReader) amount(s, currency string) string {
	if r.g.Minor && allDigits(s) && len(s) < 15 {
		digits := minorDigits(currency)
		for len(s) <= digits {
			s = "0" + s
		}
		return positive(plainDecimal(s[:len(s)-digits], s[len(s)-digits:], currency))
	}
	return machineAmount(s, currency)
}

// available reads the stock.
func (r globalReader) available(v any, prefix string) catalog.Availability {
	switch strings.ToLower(r.strIn(v, prefix+"available")) {
	case "true", "1":
		return catalog.InStock
	case "false", "0":
		return catalog.OutOfStock
	}
	if a := availabilityOf(r.strIn(v, prefix+"available")); a != "" {
		return a
	}
	s := r.strIn(v, prefix+"stock")
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		if n > 0 {
			return catalog.InStock
		}
		return catalog.OutOfStock
	}
	return catalog.AvailabilityUnknown
}

// draft reads the product; nil when the object holds none.
func (r globalReader) draft() *draft {
	source := r.g.Source
	if source == "" {
		source = strings.ToLower(r.g.Name)
	}
	d := &draft{source: source}
	p := &d.p
	currency := knownCode(r.str("currency"))
	if currency == "" {
		currency = r.currency
	}
	p.Name = cut(r.str("name"), maxName)
	p.SKU = codeOf(r.str("sku"))
	p.MPN = codeOf(r.str("mpn"))
	p.GTIN, _ = catalog.NormaliseGTIN(r.str("gtin"))
	p.Brand = cut(r.str("brand"), 100)
	p.Price = r.price(r.root, "", currency)
	if s := r.str("list_price"); s != "" {
		if a := r.amount(s, currency); a != "" {
			p.ListPrice = catalog.Price{Amount: a, Currency: currency}
		}
	}
	p.Availability = r.available(r.root, "")
	if place, ok := r.g.Fields["description"]; ok {
		for _, x := range lookup(r.root, place) {
			if s, ok := x.(string); ok {
				p.Description = plain(s, maxDescription)
			}
		}
	}
	for _, x := range lookup(r.root, r.g.Fields["images"]) {
		if s := scalar(x); s != "" && len(p.Images) < maxImages {
			p.Images = append(p.Images, s)
		}
	}
	for _, x := range lookup(r.root, r.g.Fields["breadcrumb"]) {
		if s := scalar(x); s != "" && len(p.Breadcrumb) < maxCrumbs {
			p.Breadcrumb = append(p.Breadcrumb, catalog.Crumb{Name: s})
		}
	}
	r.variants(d, currency)
	if p.Name == "" && p.SKU == "" && p.Price.Amount == "" && len(p.Variants) == 0 {
		return nil
	}
	return d
}

func (r globalReader) variants(d *draft, currency string) {
	place, ok := r.g.Fields["variants"]
	if !ok {
		return
	}
	for _, list := range lookup(r.root, place) {
		items, ok := list.([]any)
		if !ok {
			items = []any{list}
		}
		for _, x := range items {
			if _, ok := x.(map[string]any); !ok || len(d.p.Variants) >= maxVariants {
				continue
			}
			v := catalog.Variant{
				ID:           r.strIn(x, "variant.id"),
				Title:        cut(r.strIn(x, "variant.title"), maxName),
				SKU:          codeOf(r.strIn(x, "variant.sku")),
				Price:        r.price(x, "variant.", currency),
				Availability: r.available(x, "variant."),
				Image:        r.strIn(x, "variant.image"),
			}
			v.GTIN, _ = catalog.NormaliseGTIN(r.strIn(x, "variant.gtin"))
			for _, f := range [...]string{"variant.option1", "variant.option2", "variant.option3"} {
				if o := r.strIn(x, f); o != "" {
					v.Options = append(v.Options, cut(o, 100))
				}
			}
			if v.Title == "" {
				v.Title = strings.Join(v.Options, " / ")
			}
			d.p.Variants = append(d.p.Variants, v)
			if d.p.Price.Amount == "" || v.Price.Amount != "" && amountLess(v.Price.Amount, d.p.Price.Amount) && r.str("price") == "" && r.str("price_tax_included") == "" {
				d.p.Price = v.Price
			}
		}
	}
}
