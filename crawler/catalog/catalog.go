// Package catalog holds the words that all rooms of the crawler share: what a
// page, a product, a price and a URL key are. It knows no network, no database
// and no platform; a reader who wants to know what replatform says about a shop
// starts here.
package catalog

import "strings"

// Side tells the shop that is left from the shop that is moved to.
type Side string

const (
	Old Side = "old"
	New Side = "new"
)

// PageType is what a page is for. The set is closed: a page that is none of the
// others is Other.
type PageType string

const (
	Home     PageType = "home"
	ProductP PageType = "product"
	Category PageType = "category"
	Page     PageType = "page" // a fixed page: legal notice, shipping, about
	Article  PageType = "article"
	Search   PageType = "search"
	Cart     PageType = "cart"
	Account  PageType = "account"
	Image    PageType = "image"
	Feed     PageType = "feed"
	Other    PageType = "other"
)

// PageTypes lists every page type in the order reports print them.
func PageTypes() []PageType {
	return []PageType{Home, ProductP, Category, Page, Article, Search, Cart, Account, Image, Feed, Other}
}

// Key is the identity of a page on its platform, "platform type id", for example
// "colorme product 12345". Two spellings of one page have equal keys. Pages that
// no platform grammar knows have the key "url /path?query": the path and query
// after noise parameters are dropped.
type Key string

// MakeKey joins the three words of a key. The id keeps its bytes; it may hold
// blanks, the first two words never do.
func MakeKey(platform string, t PageType, id string) Key {
	return Key(platform + " " + string(t) + " " + id)
}

// Parts splits a key into platform, page type and id. For keys of the form
// "url /path" the platform is "url", the type is empty and the id is the rest.
func (k Key) Parts() (platform string, t PageType, id string) {
	s := string(k)
	platform, rest, _ := strings.Cut(s, " ")
	if platform == "url" {
		return platform, "", rest
	}
	typ, id, _ := strings.Cut(rest, " ")
	return platform, PageType(typ), id
}

// TaxNote says whether a price is shown with tax.
type TaxNote string

const (
	TaxUnknown  TaxNote = ""
	TaxIncluded TaxNote = "included"
	TaxExcluded TaxNote = "excluded"
)

// Price is an amount of money as a page states it.
type Price struct {
	Amount   string  `json:"amount"`             // plain decimal, no grouping: "1980", "24.90"; empty when unknown
	Currency string  `json:"currency,omitempty"` // ISO 4217; empty when the page does not say
	Tax      TaxNote `json:"tax,omitempty"`
}

// Availability of a product.
type Availability string

const (
	AvailabilityUnknown Availability = ""
	InStock             Availability = "in_stock"
	OutOfStock          Availability = "out_of_stock"
	PreOrder            Availability = "pre_order"
	Discontinued        Availability = "discontinued"
)

// Crumb is one step of a breadcrumb trail.
type Crumb struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

// Variant is one buyable form of a product.
type Variant struct {
	ID           string       `json:"id,omitempty"` // the platform's own number
	Title        string       `json:"title"`        // "赤 / M"
	Options      []string     `json:"options,omitempty"`
	SKU          string       `json:"sku,omitempty"`
	GTIN         string       `json:"gtin,omitempty"`
	Price        Price        `json:"price"`
	Availability Availability `json:"availability,omitempty"`
	Image        string       `json:"image,omitempty"`
}

// Product is what is known of one product. Empty means unknown.
type Product struct {
	Name         string
	SKU          string // the shop's own number, or the model number (型番) where the shop has only that
	MPN          string // the maker's number
	GTIN         string // digits only, checksum verified, see NormaliseGTIN
	Brand        string
	Price        Price
	ListPrice    Price // the struck-through price
	Availability Availability
	Images       []string // absolute URLs, main picture first
	Description  string   // plain text
	Breadcrumb   []Crumb
	Variants     []Variant

	// Sources says for each field that is filled which source gave it:
	// field name as in the inventory's columns ("name", "sku", "price" …) to
	// "colorme", "json-ld", "microdata", "og", "selector", "feed", "csv" …
	Sources map[string]string
}

// Set notes that field was filled from source. It keeps the first note.
func (p *Product) Set(field, source string) {
	if p.Sources == nil {
		p.Sources = make(map[string]string)
	}
	if _, ok := p.Sources[field]; !ok {
		p.Sources[field] = source
	}
}
