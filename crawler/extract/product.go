package extract

import (
	"strings"

	"replatform/crawler/catalog"
)

// draft is a product as one source tells it.
type draft struct {
	source  string
	p       catalog.Product // images as written
	high    string          // upper end of the price, "" where it is one price
	url     string          // address the source gives, as written
	names   []string        // every name the source gives; pages mark other texts as names too
	offers  int             // how many offers carried a price
	entity  *entity         // nil for sources without entities
	related bool            // told of as another product, or as one of a list
}

// isProductEntity says whether the entity is goods: by its schema.org type, or,
// for works such as books, by an offer.
func isProductEntity(e *entity) bool {
	if e.is("Product", "ProductGroup", "ProductModel", "IndividualProduct", "SomeProducts", "Vehicle", "Car", "ProductCollection") {
		return true
	}
	if e.is("Book", "Movie", "MusicAlbum", "VideoGame", "Game", "SoftwareApplication", "CreativeWork", "VisualArtwork", "Course") {
		return len(e.props["offers"]) > 0
	}
	return false
}

// relatedVia says whether the property that leads to a product makes it another
// product than the one the page is about.
func relatedVia(prop string) bool {
	switch prop {
	case "isRelatedTo", "isSimilarTo", "isAccessoryOrSparePartFor", "isConsumableFor", "itemListElement", "item",
		"itemReviewed", "hasPart", "itemOffered", "makesOffer", "hasOfferCatalog", "isVariantOf", "relatedTo":
		return true
	}
	return false
}

// productEntities gathers the products among the entities, those that variants
// of another are excepted.
func productEntities(top []*entity) []*draft {
	var all []*draft
	seen := make(map[*entity]bool)
	var visit func(e *entity, related bool)
	visit = func(e *entity, related bool) {
		if seen[e] || len(all) >= maxProducts {
			return
		}
		seen[e] = true
		product := isProductEntity(e)
		if product {
			d := productOf(e)
			d.related = related
			all = append(all, d)
		}
		for prop, vs := range e.props {
			if product && (prop == "hasVariant" || prop == "model" || prop == "offers") {
				continue
			}
			for _, v := range vs {
				x, ok := v.(*entity)
				if !ok {
					continue
				}
				inList := e.is("ItemList", "OfferCatalog", "ListItem", "BreadcrumbList")
				visit(x, related || product || inList || relatedVia(prop))
			}
		}
	}
	// What stands at the top is not made related by another that refers to it.
	for _, e := range top {
		if isProductEntity(e) {
			visit(e, false)
		}
	}
	for _, e := range top {
		visit(e, false)
	}
	return all
}

// productOf reads a product entity.
func productOf(e *entity) *draft {
	d := &draft{source: e.source, entity: e}
	p := &d.p
	for _, n := range e.texts("name") {
		d.names = append(d.names, cut(n, maxName))
	}
	if len(d.names) > 0 {
		p.Name = d.names[0]
	}
	p.SKU = codeOf(e.text("sku"))
	p.MPN = codeOf(e.text("mpn"))
	p.GTIN = gtinOf(e)
	p.Brand = cut(e.text("brand", "manufacturer"), 100)
	p.Description = plain(rawText(e, "description"), maxDescription)
	p.Images = imagesOf(e)
	d.url = e.text("url", "mainEntityOfPage")
	if d.url == "" && strings.Contains(e.id, "/") {
		d.url = e.id
	}
	identifiers(e, p)
	o := offersOf(e)
	o.fill(d)
	d.addVariants(e.entities("hasVariant", "model"))
	if p.Price.Amount == "" {
		// Prices without an offer around them, against the vocabulary but common.
		p.Price.Currency = currencyOf(e.text("priceCurrency", "currency"))
		p.Price.Amount = machineAmount(e.text("price", "lowPrice"), p.Price.Currency)
	}
	if p.Availability == "" {
		p.Availability = availabilityOf(e.text("availability"))
	}
	if p.SKU == "" {
		p.SKU = productID(e)
	}
	return d
}

// productID is the number of an article where it is given without a scheme such
// as "mpn:"; identifiers reads the others.
func productID(e *entity) string {
	if s := e.text("productID"); !strings.Contains(s, ":") {
		return codeOf(s)
	}
	return ""
}

// rawText is text before its line breaks are lost.
func rawText(e *entity, prop string) string {
	for _, v := range e.props[prop] {
		if s, ok := v.(string); ok && strings.TrimSpace(s) != "" {
			return s
		}
	}
	return ""
}

// codeOf cleans a number of an article; what is plainly no number is dropped.
func codeOf(s string) string {
	s = squeeze(s)
	if len(s) > 80 {
		return ""
	}
	switch strings.ToLower(s) {
	case "", "-", "--", "n/a", "na", "none", "null", "undefined", "0", "tbd", "unknown", "false", "true", "does not apply", "default title":
		return ""
	}
	return s
}

// gtinProps are the properties of schema.org that hold a GTIN; isbn and the
// names of other vocabularies come after them.
var gtinProps = [...]string{"gtin13", "gtin", "gtin12", "gtin14", "gtin8", "isbn", "ean", "upc", "ean13", "barcode"}

func gtinOf(e *entity) string {
	for _, n := range gtinProps {
		for _, s := range e.texts(n) {
			if g, ok := catalog.NormaliseGTIN(s); ok {
				return g
			}
			// UPC-A with its leading zero lost, as spreadsheets do.
			if n == "gtin" || n == "gtin12" || n == "upc" {
				if g, ok := catalog.NormaliseGTIN("0" + s); ok && len(g) == 12 {
					return g
				}
			}
		}
	}
	return ""
}

// identifiers reads the free forms: productID "isbn:978…", identifier
// "sku:123", additionalProperty and identifier as PropertyValue.
func identifiers(e *entity, p *catalog.Product) {
	note := func(kind, value string) {
		switch strings.ToLower(strings.TrimSpace(kind)) {
		case "isbn", "ean", "ean13", "upc", "gtin", "gtin13", "jan", "janコード", "barcode":
			if g, ok := catalog.NormaliseGTIN(value); ok && p.GTIN == "" {
				p.GTIN = g
			}
		case "sku", "品番", "商品番号", "商品コード":
			if p.SKU == "" {
				p.SKU = codeOf(value)
			}
		case "mpn", "型番":
			if p.MPN == "" {
				p.MPN = codeOf(value)
			}
		}
	}
	for _, s := range append(e.texts("productID"), e.texts("identifier")...) {
		if kind, value, ok := strings.Cut(s, ":"); ok {
			note(kind, value)
		} else if g, ok := catalog.NormaliseGTIN(s); ok && len(g) == 13 && p.GTIN == "" {
			p.GTIN = g
		}
	}
	for _, x := range e.entities("identifier", "additionalProperty", "productID") {
		kind := x.text("propertyID")
		if kind == "" {
			kind = x.text("name")
		}
		note(kind, x.text("value"))
	}
}

func imagesOf(e *entity) []string {
	var all []string
	for _, n := range [...]string{"image", "photo", "images", "thumbnailUrl"} {
		for _, v := range e.props[n] {
			var s string
			switch v := v.(type) {
			case string:
				s = unescapeLoose(strings.TrimSpace(v))
			case *entity:
				s = v.text("contentUrl", "url", "image", "thumbnail", "thumbnailUrl")
				if s == "" {
					s = v.id
				}
			}
			if s != "" && len(all) < maxImages && (n != "thumbnailUrl" || len(all) == 0) {
				all = append(all, s)
			}
		}
	}
	return all
}

// noSeparators joins the words of a name that is written in several ways.
var noSeparators = strings.NewReplacer(" ", "", "_", "", "-", "")

// availabilityOf reads schema.org and Open Graph words for the state of stock.
// Source: https://schema.org/ItemAvailability.
func availabilityOf(s string) catalog.Availability {
	w := strings.ToLower(term(s))
	w = noSeparators.Replace(w)
	switch w {
	case "instock", "instoreonly", "onlineonly", "limitedavailability", "available", "availablefororder", "madetoorder":
		return catalog.InStock
	case "outofstock", "soldout", "oos", "reserved":
		return catalog.OutOfStock
	case "preorder", "presale", "backorder":
		return catalog.PreOrder
	case "discontinued":
		return catalog.Discontinued
	}
	return catalog.AvailabilityUnknown
}

// offer is one price of a product.
type offer struct {
	amount, high, list, currency string
	tax                          catalog.TaxNote
	available                    catalog.Availability
	name, sku, gtin, mpn, url    string
	image                        string
}

type offers []offer

// offersOf reads the offers of an entity: an Offer, several, an AggregateOffer
// with or without its parts, or a bare amount.
func offersOf(e *entity) offers {
	var all offers
	for _, prop := range [...]string{"offers", "offerDetails", "offerAggregate", "offer"} {
		for _, v := range e.props[prop] {
			switch v := v.(type) {
			case string:
				if a := machineAmount(v, ""); a != "" {
					all = append(all, offer{amount: a})
				}
			case *entity:
				all = append(all, offerOf(v, 0)...)
			}
			if len(all) > maxVariants {
				return all
			}
		}
	}
	return all
}

func offerOf(e *entity, depth int) offers {
	if depth > 4 {
		return nil
	}
	var parts offers
	for _, x := range e.entities("offers") {
		parts = append(parts, offerOf(x, depth+1)...)
	}
	o := offer{
		currency:  currencyOf(e.text("priceCurrency", "currency")),
		available: availabilityOf(e.text("availability")),
		name:      e.text("name"),
		sku:       codeOf(e.text("sku")),
		mpn:       codeOf(e.text("mpn")),
		gtin:      gtinOf(e),
		url:       e.text("url"),
	}
	if img := imagesOf(e); len(img) > 0 {
		o.image = img[0]
	}
	o.high = machineAmount(e.text("highPrice"), o.currency)
	o.amount = machineAmount(e.text("lowPrice"), o.currency)
	if v := e.text("price"); v != "" && o.amount == "" {
		o.amount = machineAmount(v, o.currency)
		if a, ok := ParseAmount(v, o.currency); ok {
			if o.currency == "" {
				o.currency = a.Currency
			}
			o.tax = a.Tax
			if a.High != "" {
				o.high = a.High
			}
		}
	}
	if o.amount == "" && len(e.props["price"]) == 0 && o.name != "" {
		// <span itemprop="offers" itemscope>$41.30</span>
		if a, ok := ParseAmount(o.name, o.currency); ok && a.Sign != "" && len(o.name) < 40 {
			o.amount, o.high, o.tax, o.name = positive(a.Value), a.High, a.Tax, ""
			if o.currency == "" {
				o.currency = a.Currency
			}
		}
	}
	o.specifications(e)
	if len(parts) > 0 {
		// The parts say more than their summary, unless they carry no price.
		priced := false
		for i := range parts {
			if parts[i].currency == "" {
				parts[i].currency = o.currency
			}
			priced = priced || parts[i].amount != ""
		}
		if priced || o.amount == "" {
			return parts
		}
	}
	for _, item := range e.entities("itemOffered") {
		if o.name == "" {
			o.name = item.text("name")
		}
		if o.sku == "" {
			o.sku = codeOf(item.text("sku"))
		}
		if o.gtin == "" {
			o.gtin = gtinOf(item)
		}
	}
	return offers{o}
}

// specifications reads priceSpecification: the selling price, the struck-through
// one, and whether tax is in it. Prices per unit and for members are left out.
func (o *offer) specifications(e *entity) {
	for _, s := range e.entities("priceSpecification") {
		c := currencyOf(s.text("priceCurrency", "currency"))
		if o.currency == "" {
			o.currency = c
		}
		v := machineAmount(s.text("price", "minPrice"), o.currency)
		if v == "" || len(s.props["validForMemberTier"]) > 0 {
			continue
		}
		kind := strings.ToLower(s.text("priceType", "name"))
		switch {
		case strings.Contains(kind, "list") || strings.Contains(kind, "strike") || strings.Contains(kind, "msrp") ||
			strings.Contains(kind, "srp") || strings.Contains(kind, "regular"):
			o.list = v
			continue
		case len(s.props["referenceQuantity"]) > 0 && o.amount != "":
			continue
		}
		if o.amount == "" {
			o.amount = v
		}
		switch strings.ToLower(s.text("valueAddedTaxIncluded")) {
		case "true", "1":
			o.tax = catalog.TaxIncluded
		case "false", "0":
			o.tax = catalog.TaxExcluded
		}
	}
}

// fill puts the offers into the draft: the lowest price, in stock when any is,
// and variants where the offers name different articles.
func (os offers) fill(d *draft) {
	p := &d.p
	names := make(map[string]bool)
	currency := p.Price.Currency
	for _, o := range os {
		if o.currency != "" {
			currency = o.currency
		}
		if o.amount != "" {
			d.offers++
			if p.Price.Amount == "" || amountLess(o.amount, p.Price.Amount) {
				if p.Price.Amount != "" && d.high == "" {
					d.high = p.Price.Amount
				}
				p.Price = catalog.Price{Amount: o.amount, Currency: currency, Tax: o.tax}
				if o.list != "" && amountLess(o.amount, o.list) {
					p.ListPrice = catalog.Price{Amount: o.list, Currency: o.currency, Tax: o.tax}
				}
			} else if amountLess(p.Price.Amount, o.amount) && (d.high == "" || amountLess(d.high, o.amount)) {
				d.high = o.amount
			}
			if o.high != "" && amountLess(p.Price.Amount, o.high) && (d.high == "" || amountLess(d.high, o.high)) {
				d.high = o.high
			}
		}
		if p.Price.Currency == "" {
			p.Price.Currency = currency
		}
		p.Availability = better(p.Availability, o.available)
		names[o.sku+"\x00"+o.name] = true
	}
	if len(os) == 1 {
		o := os[0]
		if p.SKU == "" {
			p.SKU = o.sku
		}
		if p.MPN == "" {
			p.MPN = o.mpn
		}
		if p.GTIN == "" {
			p.GTIN = o.gtin
		}
		return
	}
	if len(names) != len(os) || len(os) < 2 {
		return
	}
	for _, o := range os {
		if len(p.Variants) >= maxVariants {
			break
		}
		title := cut(trimParent(o.name, p.Name), maxName)
		v := catalog.Variant{Title: title, SKU: o.sku, GTIN: o.gtin, Availability: o.available, Image: o.image,
			Price: catalog.Price{Amount: o.amount, Currency: o.currency, Tax: o.tax}}
		if title != "" {
			v.Options = splitOptions(title)
		}
		if v.Title == "" {
			v.Title = o.sku
		}
		p.Variants = append(p.Variants, v)
	}
}

// addVariants reads the members of a product group.
func (d *draft) addVariants(members []*entity) {
	p := &d.p
	for _, m := range members {
		if len(p.Variants) >= maxVariants {
			return
		}
		if !m.is("Product", "ProductModel", "IndividualProduct") && len(m.props["offers"]) == 0 {
			continue
		}
		md := productOf(m)
		v := catalog.Variant{SKU: md.p.SKU, GTIN: md.p.GTIN, Price: md.p.Price, Availability: md.p.Availability}
		if len(md.p.Images) > 0 {
			v.Image = md.p.Images[0]
		}
		for _, o := range [...]string{"color", "size", "material", "pattern", "flavor", "style", "suggestedAge", "suggestedGender"} {
			if s := m.text(o); s != "" {
				v.Options = append(v.Options, cut(s, 100))
			}
		}
		for _, x := range m.entities("additionalProperty") {
			if s := x.text("value"); s != "" && len(v.Options) < 4 {
				v.Options = append(v.Options, cut(s, 100))
			}
		}
		v.Title = cut(trimParent(md.p.Name, p.Name), maxName)
		if len(v.Options) > 0 && (v.Title == "" || v.Title == md.p.Name) {
			v.Title = strings.Join(v.Options, " / ")
		}
		if len(v.Options) == 0 && v.Title != "" && v.Title != md.p.Name {
			v.Options = splitOptions(v.Title)
		}
		if v.Title == "" {
			v.Title = v.SKU
		}
		p.Variants = append(p.Variants, v)
		if a := md.p.Price.Amount; a != "" {
			d.offers++
			if p.Price.Amount == "" || amountLess(a, p.Price.Amount) {
				if p.Price.Amount != "" && d.high == "" {
					d.high = p.Price.Amount
				}
				p.Price = md.p.Price
				p.ListPrice = md.p.ListPrice
			} else if amountLess(p.Price.Amount, a) && (d.high == "" || amountLess(d.high, a)) {
				d.high = a
			}
		}
		p.Availability = better(p.Availability, md.p.Availability)
		if len(p.Images) == 0 {
			p.Images = md.p.Images
		}
		if p.Brand == "" {
			p.Brand = md.p.Brand
		}
	}
	if len(p.Variants) == 1 && p.SKU == "" {
		p.SKU = p.Variants[0].SKU
	}
	if len(p.Variants) == 1 && p.GTIN == "" {
		p.GTIN = p.Variants[0].GTIN
	}
}

// better joins the states of two variants: a product is in stock when one of its
// variants is.
func better(a, b catalog.Availability) catalog.Availability {
	rank := func(x catalog.Availability) int {
		switch x {
		case catalog.InStock:
			return 4
		case catalog.PreOrder:
			return 3
		case catalog.OutOfStock:
			return 2
		case catalog.Discontinued:
			return 1
		}
		return 0
	}
	if rank(b) > rank(a) {
		return b
	}
	return a
}

// trimParent takes the name of the product off the name of its variant.
func trimParent(variant, parent string) string {
	if parent == "" || !strings.HasPrefix(variant, parent) {
		return variant
	}
	rest := strings.Trim(variant[len(parent):], " -–—/|,:・（）()[]")
	if rest == "" {
		return variant
	}
	return rest
}

// splitOptions splits "赤 / M" into its options.
func splitOptions(title string) []string {
	var all []string
	for part := range strings.SplitSeq(title, " / ") {
		if part = strings.TrimSpace(part); part != "" && len(all) < 5 {
			all = append(all, part)
		}
	}
	return all
}
