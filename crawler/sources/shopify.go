package sources

import (
	"net/url"
	"strings"

	"replatform/crawler/catalog"
)

// shopify joins the rows of one product. Both generations work alike: rows of one
// handle stand together, the title is on the first, the others carry variants or
// only pictures. A product without a public page is one whose Published column says
// no or whose Status is not active.
type shopify struct {
	s        *session
	seen     identities // handle → line
	open     bool
	rec      Record
	options  []string // names of the options
	variants []catalog.Variant
	size     int  // bytes of them and of the pictures
	broken   bool // the first row of the open product was refused, so are the others
	handle   string
}

func shopifySink(s *session) sink { return &shopify{s: s, seen: make(identities)} }

func (f *shopify) row(r row) error {
	handle, title := r.get(fHandle), r.get(fName)
	if plain, err := url.PathUnescape(handle); err == nil {
		handle = plain
	}
	if f.open && handle != "" && handle == f.handle {
		if f.broken {
			return f.s.refuse(r.line, "belongs to the product of line %d, which was refused", f.rec.Line)
		}
		return f.add(r)
	}
	if err := f.flush(); err != nil {
		return err
	}
	f.open, f.broken, f.handle = true, true, handle
	f.rec = Record{Line: r.line, Handle: strings.Clone(handle), Product: new(catalog.Product)}
	f.options, f.variants, f.size = nil, nil, 0
	switch line, twice := f.seen.line(handle); {
	case handle == "" && title == "":
		return f.s.refuse(r.line, "neither a handle nor a title")
	case strings.ContainsFunc(handle, unprintable) || strings.ContainsAny(handle, "/?#"):
		return f.s.refuse(r.line, "the handle %q cannot stand in an address", short(handle))
	case handle != "" && twice:
		return f.s.refuse(r.line, "the handle %q stood already at line %d", short(handle), line)
	case f.seen.full():
		return f.s.refuse(r.line, "more than %d products", maxIdentities)
	case title == "":
		return f.s.refuse(r.line, "the first row of %q has no title", short(handle))
	}
	published := true
	if text := r.get(fPublished); text != "" {
		yes, ok := truth(text)
		if !ok {
			return f.s.refuse(r.line, "whether it is published is neither true nor false but %q", short(text))
		}
		published = yes
	}
	if status := r.get(fStatus); status != "" && !strings.EqualFold(status, "active") {
		published = false
	}
	f.broken = false
	if handle != "" {
		f.seen.add(f.rec.Handle, r.line)
	}
	f.rec.Published = published
	p := f.rec.Product
	p.Name, p.Brand, p.Description = title, r.get(fBrand), plainText(r.get(fDescription))
	if c := r.get(fCategory); c != "" {
		for _, name := range strings.Split(c, ">") {
			p.Breadcrumb = append(p.Breadcrumb, trail(strings.TrimSpace(name))...)
		}
		f.rec.Categories = append(f.rec.Categories, joinPath(p.Breadcrumb))
	}
	if t := r.get(fType); t != "" {
		f.rec.Categories = append(f.rec.Categories, t)
	}
	for n := 1; n <= 3; n++ {
		if name := r.numbered(fOptionName, n); name != "" {
			f.options = append(f.options, name)
		}
	}
	return f.add(r)
}

func unprintable(c rune) bool { return c < ' ' || c == 0x7f || c == '\uFFFD' }

// add takes what any row of a product can carry.
func (f *shopify) add(r row) error {
	p := f.rec.Product
	image := f.s.absolute(r.get(fImage))
	if image != "" && len(p.Images) < 50 {
		p.Images = append(p.Images, image)
		f.size += len(image)
	}
	v := catalog.Variant{SKU: strings.TrimPrefix(r.get(fSKU), "'"), Image: f.s.absolute(r.get(fVarImage))}
	for n := 1; n <= 3; n++ {
		if value := r.numbered(fOptionValue, n); value != "" {
			v.Options = append(v.Options, value)
		}
	}
	if len(v.Options) == 0 && v.SKU == "" && r.get(fPrice) == "" {
		return nil // a row for a picture
	}
	v.Title = strings.Join(v.Options, " / ")
	v.GTIN = f.s.gtin(r, r.get(fGTIN))
	v.Price = f.s.price(r, fPrice, "")
	v.Availability = stockOf(r)
	if len(f.variants) == 0 {
		p.ListPrice = f.s.price(r, fListPrice, "")
	}
	const most = 5000 // only bounds memory
	if len(f.variants) >= most {
		return f.s.refuse(r.line, "more than %d variants of %q", most, short(f.rec.Handle))
	}
	v, size := ownVariant(v)
	if f.size += size; f.size > maxProduct {
		return f.s.refuse(r.line, "more than %d MiB of variants of %q", maxProduct>>20, short(f.rec.Handle))
	}
	f.variants = append(f.variants, v)
	return nil
}

// stockOf reads the inventory columns. Goods that are not counted, or that may be
// sold when there are none, can be bought.
func stockOf(r row) catalog.Availability {
	if !r.has(fTracker) {
		return catalog.AvailabilityUnknown
	}
	oversell := r.get(fOversell)
	if r.get(fTracker) == "" || strings.EqualFold(oversell, "continue") || strings.EqualFold(oversell, "true") {
		return catalog.InStock
	}
	quantity := r.get(fQuantity)
	switch {
	case quantity == "":
		return catalog.AvailabilityUnknown
	case quantity[0] == '-' || strings.Trim(quantity, "0") == "":
		return catalog.OutOfStock
	}
	return catalog.InStock
}

// flush gives the open product to the caller.
func (f *shopify) flush() error {
	if !f.open || f.broken {
		f.open = false
		return nil
	}
	f.open = false
	p := f.rec.Product
	// A product without choices is stored as one variant called "Default Title".
	if len(f.variants) == 1 && len(f.variants[0].Options) <= 1 && (f.variants[0].Title == "" || f.variants[0].Title == "Default Title") {
		v := f.variants[0]
		p.SKU, p.GTIN, p.Price, p.Availability = v.SKU, v.GTIN, v.Price, v.Availability
	} else if len(f.variants) > 0 {
		p.Variants = f.variants
		p.Price = f.variants[0].Price
		p.Availability = catalog.OutOfStock
		for _, v := range f.variants {
			switch {
			case v.Availability == catalog.InStock:
				p.Availability = catalog.InStock
			case v.Availability == catalog.AvailabilityUnknown && p.Availability == catalog.OutOfStock:
				p.Availability = catalog.AvailabilityUnknown
			}
		}
	}
	fill(p)
	f.rec.URL = f.s.address("/products/{handle}", "", f.rec.Handle)
	return f.s.emit(f.rec)
}

func (f *shopify) end() error { return f.flush() }
