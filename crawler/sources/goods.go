package sources

import (
	"cmp"
	"strings"

	"replatform/crawler/catalog"
)

// goods reads product files whose rows say what they are by themselves: one row a
// product, or several in a row with the same identity, one for each variant. What a
// platform's own values mean where it is not documented (whether a product is shown)
// is not guessed: such columns are not read, and a note says so.
type goods struct {
	s     *session
	path  string         // of a product page, see ReadOptions.Path; empty: the file tells it, or nothing does
	other func(row) bool // the row is no product of its own: another language of one
	code  bool           // the identity is the shop's own code
	seen  identities
	open  bool
	bad   bool
	size  int // bytes of the open product's variants
	rec   Record
	first catalog.Variant // of the open product
}

func newGoods(s *session, path string) *goods {
	return &goods{s: s, path: path, seen: make(identities)}
}

func baseSink(s *session) sink { return newGoods(s, "/items/{id}") }

func futureshopSink(s *session) sink {
	s.note(noteStatusUnread, "ステータス")
	return newGoods(s, "")
}

func eccubeSink(s *session) sink {
	s.note(noteStatusUnread, "公開ステータス(ID)")
	return newGoods(s, "/products/detail/{id}")
}

func eccube2Sink(s *session) sink {
	s.note(noteStatusUnread, "表示ステータス(公開・非公開)")
	return newGoods(s, "/products/detail.php?product_id={id}")
}

func prestashopSink(s *session) sink {
	s.note(noteNoAddresses)
	return newGoods(s, "")
}

func magentoSink(s *session) sink {
	s.note(noteSuffix)
	f := newGoods(s, "")
	f.other, f.code = func(r row) bool { return r.get(fLanguage) != "" }, true
	return f
}

func (f *goods) row(r row) error {
	if f.other != nil && f.other(r) {
		return nil
	}
	id, name := strings.TrimPrefix(r.get(fID), "'"), r.get(fName)
	if f.open && id != "" && id == f.rec.ID {
		if f.bad {
			return f.s.refuse(r.line, "belongs to the product of line %d, which was refused", f.rec.Line)
		}
		return f.variant(r)
	}
	if err := f.flush(); err != nil {
		return err
	}
	f.open, f.bad = true, true
	f.rec = Record{Line: r.line, ID: strings.Clone(id), Handle: strings.Clone(r.get(fHandle)), Published: true}
	switch line, twice := f.seen.line(id); {
	case id == "":
		return f.s.refuse(r.line, "no identity: %s is empty", f.s.cols.header[f.s.cols.at[fID]])
	case strings.ContainsFunc(id, unprintable):
		return f.s.refuse(r.line, "the identity %q cannot stand in an address", short(id))
	case twice:
		return f.s.refuse(r.line, "%q stood already at line %d", short(id), line)
	case f.seen.full():
		return f.s.refuse(r.line, "more than %d products", maxIdentities)
	case name == "":
		return f.s.refuse(r.line, "no name")
	}
	if text := r.get(fPublished); text != "" {
		yes, ok := truth(text)
		if !ok {
			return f.s.refuse(r.line, "whether it is published is neither true nor false but %q", short(text))
		}
		f.rec.Published = yes
	}
	f.bad = false
	f.seen.add(f.rec.ID, r.line)
	p := &catalog.Product{
		Name: name, SKU: r.get(fSKU), GTIN: f.s.gtin(r, r.get(fGTIN)), Brand: r.get(fBrand),
		Price: f.s.price(r, fPrice, ""), ListPrice: f.s.price(r, fListPrice, ""), Description: plainText(r.get(fDescription)),
		Availability: counted(r.get(fQuantity)),
	}
	if p.Description == "" {
		p.Description = plainText(r.get(fShort))
	}
	if f.code {
		p.SKU = f.rec.ID
	}
	for _, ref := range strings.Split(r.get(fImage), ",") {
		if u := f.s.absolute(strings.TrimSpace(ref)); u != "" && len(p.Images) < 50 {
			p.Images = append(p.Images, u)
		}
	}
	f.rec.Product = p
	if ref := r.get(fURL); ref != "" {
		f.rec.URL = f.s.absolute(ref)
	} else {
		f.rec.URL = f.s.address(f.path, f.rec.ID, f.rec.Handle)
	}
	f.first, f.size = ownVariant(f.form(r))
	if f.first.Title != "" {
		p.Variants = []catalog.Variant{f.first}
		if f.first.Availability == catalog.InStock {
			p.Availability = catalog.InStock
		}
	}
	return nil
}

// form is what a row says of one buyable form.
func (f *goods) form(r row) catalog.Variant {
	v := catalog.Variant{Title: r.get(fType), SKU: cmp.Or(r.get(fVarSKU), r.get(fSKU)), Price: f.s.price(r, fPrice, ""),
		Availability: counted(cmp.Or(r.get(fVarQuantity), r.get(fQuantity)))}
	if v.Title != "" {
		v.Options = []string{v.Title}
	}
	return v
}

// variant adds what a further row says. The first row of a product is a form too once
// there is a second.
func (f *goods) variant(r row) error {
	const most = 5000 // only bounds memory
	p := f.rec.Product
	if len(p.Variants) >= most {
		return f.s.refuse(r.line, "more than %d variants of %q", most, short(f.rec.ID))
	}
	v, size := ownVariant(f.form(r))
	if v.Title == "" && v.SKU == "" && v.Price.Amount == "" {
		return nil
	}
	if f.size += size; f.size > maxProduct {
		return f.s.refuse(r.line, "more than %d MiB of variants of %q", maxProduct>>20, short(f.rec.ID))
	}
	if len(p.Variants) == 0 {
		p.Variants = append(p.Variants, f.first)
	}
	p.Variants = append(p.Variants, v)
	if v.Availability == catalog.InStock {
		p.Availability = catalog.InStock
	}
	return nil
}

// counted reads a number of pieces.
func counted(quantity string) catalog.Availability {
	switch {
	case quantity == "":
		return catalog.AvailabilityUnknown
	case quantity[0] == '-' || strings.Trim(quantity, "0.") == "":
		return catalog.OutOfStock
	}
	return catalog.InStock
}

func (f *goods) flush() error {
	if !f.open || f.bad {
		f.open = false
		return nil
	}
	f.open = false
	fill(f.rec.Product)
	return f.s.emit(f.rec)
}

func (f *goods) end() error { return f.flush() }
