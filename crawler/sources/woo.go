package sources

import (
	"strings"

	"replatform/crawler/catalog"
)

// woo reads WooCommerce's export. Variations are rows of their own that name their
// parent by SKU or as "id:123" and may stand anywhere after or before it, so
// variable products are held until the end. The file has no address of a product:
// Record.URL is empty unless ReadOptions.Path can be filled from the ID.
type woo struct {
	s        *session
	seen     identities
	parents  []*wooProduct
	byID     map[string]*wooProduct
	bySKU    map[string]*wooProduct
	children []wooVariation
	held     int // bytes of both
}

type wooProduct struct {
	rec Record
}

type wooVariation struct {
	line   int
	parent string
	v      catalog.Variant
}

// maxHeld bounds what is held until the end.
const maxHeld = 500_000

func wooSink(s *session) sink {
	s.note(noteNoAddresses)
	return &woo{s: s, seen: make(identities), byID: make(map[string]*wooProduct), bySKU: make(map[string]*wooProduct)}
}

func (f *woo) row(r row) error {
	id, name := r.get(fID), r.get(fName)
	// "simple, virtual" and the like: the first word is the type.
	kind, _, _ := strings.Cut(r.get(fType), ",")
	kind = strings.ToLower(strings.TrimSpace(kind))
	if len(f.parents)+len(f.children) >= maxHeld {
		return f.s.refuse(r.line, "more than %d products with variations", maxHeld)
	}
	if f.held > maxWaiting {
		return f.s.refuse(r.line, "more than %d MiB of products with variations", maxWaiting>>20)
	}
	if kind == "variation" {
		parent := r.get(fParent)
		if parent == "" {
			return f.s.refuse(r.line, "a variation without a parent")
		}
		v, size := ownVariant(f.variation(r))
		f.held += size + len(parent)
		f.children = append(f.children, wooVariation{line: r.line, parent: strings.Clone(parent), v: v})
		return nil
	}
	switch line, twice := f.seen.line(id); {
	case id == "" && r.get(fSKU) == "":
		return f.s.refuse(r.line, "neither an ID nor an SKU")
	case id != "" && !digits(id):
		return f.s.refuse(r.line, "the ID is no number but %q", short(id))
	case id != "" && twice:
		return f.s.refuse(r.line, "the ID %s stood already at line %d", short(id), line)
	case f.seen.full():
		return f.s.refuse(r.line, "more than %d products", maxIdentities)
	case name == "":
		return f.s.refuse(r.line, "no name")
	}
	published := true
	switch text := r.get(fPublished); text {
	case "", "1":
	case "0", "-1", "2": // private, draft, pending
		published = false
	default:
		return f.s.refuse(r.line, "whether it is published is not -1, 0, 1 or 2 but %q", short(text))
	}
	if id != "" {
		f.seen.add(id, r.line)
	}
	p := &catalog.Product{
		Name: name, SKU: r.get(fSKU), GTIN: f.s.gtin(r, r.get(fGTIN)), Brand: r.get(fBrand), Availability: wooStock(r),
		Description: plainText(r.get(fDescription)),
	}
	if p.Description == "" {
		p.Description = plainText(r.get(fShort))
	}
	p.Price, p.ListPrice = f.prices(r)
	for _, ref := range wooList(r.get(fImage)) {
		if u := f.s.absolute(ref); u != "" && len(p.Images) < 50 {
			p.Images = append(p.Images, u)
		}
	}
	rec := Record{Line: r.line, ID: id, Published: published, Product: p, URL: f.s.address("", id, "")}
	for _, path := range wooList(r.get(fCategory)) {
		var crumbs []catalog.Crumb
		for _, n := range strings.Split(path, ">") {
			crumbs = append(crumbs, trail(strings.TrimSpace(n))...)
		}
		if len(crumbs) > len(p.Breadcrumb) {
			p.Breadcrumb = crumbs
		}
		rec.Categories = append(rec.Categories, joinPath(crumbs))
	}
	if kind != "variable" {
		fill(p)
		return f.s.emit(rec)
	}
	rec, size := own(rec)
	f.held += size
	held := &wooProduct{rec}
	f.parents = append(f.parents, held)
	if id != "" {
		f.byID[rec.ID] = held
	}
	if p.SKU != "" {
		f.bySKU[p.SKU] = held
	}
	return nil
}

// prices: a sale price, where there is one, is the price and the regular one is
// struck through.
func (f *woo) prices(r row) (price, list catalog.Price) {
	sale, regular := f.s.price(r, fPrice, ""), f.s.price(r, fListPrice, "")
	if sale.Amount != "" {
		return sale, regular
	}
	return regular, catalog.Price{}
}

func wooStock(r row) catalog.Availability {
	switch strings.ToLower(r.get(fInStock)) {
	case "1":
		return catalog.InStock
	case "0":
		return catalog.OutOfStock
	}
	return catalog.AvailabilityUnknown
}

func (f *woo) variation(r row) catalog.Variant {
	v := catalog.Variant{ID: r.get(fID), SKU: r.get(fSKU), GTIN: f.s.gtin(r, r.get(fGTIN)), Availability: wooStock(r)}
	v.Price, _ = f.prices(r)
	for n := 1; n <= 20; n++ {
		if value := r.numbered(fOptionValue, n); value != "" {
			v.Options = append(v.Options, value)
		}
	}
	v.Title = strings.Join(v.Options, " / ")
	if v.Title == "" {
		v.Title = r.get(fName)
	}
	if images := wooList(r.get(fImage)); len(images) > 0 {
		v.Image = f.s.absolute(images[0])
	}
	return v
}

// end joins the variations with their products.
func (f *woo) end() error {
	for _, c := range f.children {
		parent := f.bySKU[c.parent]
		if id, ok := strings.CutPrefix(c.parent, "id:"); ok {
			parent = f.byID[strings.TrimSpace(id)]
		}
		if parent == nil {
			if err := f.s.refuse(c.line, "its parent %q is not in the file", short(c.parent)); err != nil {
				return err
			}
			continue
		}
		p := parent.rec.Product
		p.Variants = append(p.Variants, c.v)
	}
	for _, held := range f.parents {
		if err := f.s.ctx.Err(); err != nil {
			return err
		}
		p := held.rec.Product
		if p.Price.Amount == "" && len(p.Variants) > 0 {
			p.Price = p.Variants[0].Price
		}
		fill(p)
		if err := f.s.emit(held.rec); err != nil {
			return err
		}
	}
	return nil
}

// wooList cuts a list at its commas; a comma inside a value is written "\,".
func wooList(s string) []string {
	var out []string
	var b strings.Builder
	flush := func() {
		if v := strings.TrimSpace(b.String()); v != "" {
			out = append(out, v)
		}
		b.Reset()
	}
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && s[i+1] == ',':
			i++
			b.WriteByte(',')
		case s[i] == ',':
			flush()
		default:
			b.WriteByte(s[i])
		}
	}
	flush()
	return out
}
