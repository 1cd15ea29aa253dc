package sources

import (
	"strings"

	"replatform/crawler/catalog"
)

// colorme reads product.csv of Color Me Shop. Categories are names in it, groups and
// options stand in other files, and hidden products (掲載設定: 掲載しない) are in it:
// they have no public page. Whether prices hold tax is a setting of the shop that the
// file does not tell.
type colorme struct {
	s    *session
	seen identities
}

func colormeSink(s *session) sink { return &colorme{s, make(identities)} }

func (f *colorme) row(r row) error {
	id, name := r.get(fID), r.get(fName)
	switch line, twice := f.seen.line(id); {
	case !digits(id):
		return f.s.refuse(r.line, "商品ID is no number but %q", short(id))
	case twice:
		return f.s.refuse(r.line, "商品ID %s stood already at line %d", short(id), line)
	case f.seen.full():
		return f.s.refuse(r.line, "more than %d products", maxIdentities)
	case name == "":
		return f.s.refuse(r.line, "商品名 is empty")
	}
	published := true
	switch text := r.get(fPublished); text {
	case "", "掲載する":
	case "掲載しない":
		published = false
	default:
		return f.s.refuse(r.line, "掲載設定 is neither 掲載する nor 掲載しない but %q", short(text))
	}
	f.seen.add(id, r.line)
	p := &catalog.Product{
		Name: name, SKU: r.get(fSKU), MPN: r.get(fMPN), GTIN: f.s.gtin(r, r.get(fGTIN)), Brand: r.get(fBrand),
		Price: f.s.price(r, fPrice, "JPY"), ListPrice: f.s.price(r, fListPrice, "JPY"),
		Description: plainText(r.get(fDescription)), Breadcrumb: trail(r.get(fCategory), r.get(fSubcategory)),
	}
	if p.Description == "" {
		p.Description = plainText(r.get(fShort))
	}
	switch quantity := r.get(fQuantity); {
	case r.get(fTracker) == "在庫管理しない":
		p.Availability = catalog.InStock
	case r.get(fTracker) != "在庫管理する" || quantity == "":
	case strings.Trim(quantity, "0") == "" || quantity[0] == '-':
		p.Availability = catalog.OutOfStock
	default:
		p.Availability = catalog.InStock
	}
	if u := f.s.absolute(r.get(fImage)); u != "" {
		p.Images = append(p.Images, u)
	}
	for n := 1; n <= 9; n++ {
		if u := f.s.absolute(r.numbered(fMoreImage, n)); u != "" {
			p.Images = append(p.Images, u)
		}
	}
	rec := Record{Line: r.line, ID: id, URL: f.s.address("/?pid={id}", id, ""), Published: published, Product: fill(p)}
	if len(p.Breadcrumb) > 0 {
		rec.Categories = []string{joinPath(p.Breadcrumb)}
	}
	return f.s.emit(rec)
}

func (f *colorme) end() error { return nil }

// makeshop reads the product file of makeshop. Whether the shop runs in Basic or in
// Creator mode decides the address of a product, and the file does not tell; so
// Record.URL is what 商品ページURL holds, or comes from ReadOptions.Path
// ("/view/item/{id}", "/shopdetail/{id}/"). What the values of 商品表示可否 mean is
// not known, so every product counts as published.
type makeshop struct {
	s    *session
	seen identities
}

func makeshopSink(s *session) sink {
	s.note(noteStatusUnread, "商品表示可否")
	return &makeshop{s, make(identities)}
}

// makeshopCode is the length of the system's own product code.
const makeshopCode = 12

func (f *makeshop) row(r row) error {
	id, name := strings.TrimPrefix(r.get(fID), "'"), r.get(fName)
	if digits(id) && len(id) < makeshopCode { // spreadsheets drop the zeros in front
		full := strings.Repeat("0", makeshopCode-len(id)) + id
		f.s.doubt(r.line, "システム商品コード %s has lost its zeros in front; it was read as %s", id, full)
		id = full
	}
	switch line, twice := f.seen.line(id); {
	case !digits(id) || len(id) != makeshopCode:
		return f.s.refuse(r.line, "システム商品コード is not %d digits but %q", makeshopCode, short(id))
	case twice:
		return f.s.refuse(r.line, "システム商品コード %s stood already at line %d", id, line)
	case f.seen.full():
		return f.s.refuse(r.line, "more than %d products", maxIdentities)
	case name == "":
		return f.s.refuse(r.line, "商品名 is empty")
	}
	f.seen.add(id, r.line)
	barcode := r.get(fGTIN)
	if barcode == "" {
		barcode = r.get(fISBN)
	}
	p := &catalog.Product{
		Name: name, SKU: r.get(fSKU), MPN: r.get(fMPN), GTIN: f.s.gtin(r, barcode), Brand: r.get(fBrand),
		Price: f.s.price(r, fPrice, "JPY"), ListPrice: f.s.price(r, fListPrice, "JPY"), Description: plainText(r.get(fDescription)),
	}
	if p.ListPrice.Amount == "0" { // what an empty list price becomes
		p.ListPrice = catalog.Price{}
	}
	if r.get(fQuantity) != "" && strings.Trim(r.get(fQuantity), "0") == "" {
		p.Availability = catalog.OutOfStock
	}
	// The levels of a path are divided by the half-width yen sign, which is the
	// backslash of CP932 (https://manual-s.sokuhan.jp/option/mk/data-mk/).
	for _, n := range strings.FieldsFunc(r.get(fCategory), func(c rune) bool { return c == '\\' || c == '¥' }) {
		p.Breadcrumb = append(p.Breadcrumb, trail(strings.TrimSpace(n))...)
	}
	rec := Record{Line: r.line, ID: id, Published: true, Product: fill(p)}
	if ref := r.get(fURL); strings.HasPrefix(ref, "/") || strings.HasPrefix(ref, "http://") || strings.HasPrefix(ref, "https://") {
		rec.URL = f.s.absolute(ref)
	}
	if rec.URL == "" {
		rec.URL = f.s.address("", id, "")
	}
	if len(p.Breadcrumb) > 0 {
		rec.Categories = []string{joinPath(p.Breadcrumb)}
	}
	return f.s.emit(rec)
}

func (f *makeshop) end() error { return nil }
