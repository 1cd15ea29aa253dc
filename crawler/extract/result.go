package extract

import (
	"errors"

	"replatform/crawler/catalog"
)

// Limits on what one page may yield. Pages are written by strangers.
const (
	maxBody        = 16 << 20 // bytes of a page that are read
	maxLinks       = 20000
	maxLinkText    = 200
	maxTitle       = 500
	maxName        = 300
	maxDescription = 5000
	maxImages      = 50
	maxVariants    = 500
	maxProducts    = 1000 // told of by structured data
	maxCrumbs      = 20
)

// ErrNesting is returned, together with the links and declarations of the page,
// when its elements are nested too deeply to build a document tree.
var ErrNesting = errors.New("page is nested too deeply")

// Result is what one page says.
type Result struct {
	Title        string // of the title element, on one line
	Description  string // meta description
	Canonical    string // declared in the head, resolved to an absolute URL, faults included
	Lang         string // of the html element, "ja", "en-GB"
	Robots       string // meta robots, lower case, comma-separated
	RefreshURL   string // target of a meta refresh, absolute; "" where there is none
	RefreshAfter int    // seconds until that refresh
	Prev, Next   string // link rel=prev and rel=next, absolute

	// CanonicalIgnored says that search engines do not see Canonical: an element
	// that may not stand in a head came before it (Google, "Use valid page
	// metadata", as of 2026-07-08,
	// https://developers.google.com/search/docs/crawling-indexing/valid-page-metadata).
	CanonicalIgnored bool

	// OG holds the first value of each og:, product: and twitter: property, keys
	// in lower case, and under "image_src" that of link rel=image_src.
	OG    map[string]string
	Links []Link

	Type         catalog.PageType // ProductP, Category for any list of products, or "" where the content does not say
	ProductScore float64          // 0..1, how much speaks for a product page
	Reasons      []string         // what spoke for and against it, "+2 buy button", "-2 14 product cards"
	Product      *catalog.Product // nil unless the page is about one product
	Breadcrumb   []catalog.Crumb  // trail as the page shows it, the page itself included where it is shown
	Cards        []string         // for Category: addresses of the products it shows, each once, in their order
}

// Link is a reference to another page.
type Link struct {
	URL      string // absolute, without fragment
	Raw      string // as written in the page
	Text     string // what the reader sees: text, or the alternative text of a picture; at most 200 bytes
	Rel      string // tokens in lower case: "nofollow noopener"
	Kind     string // a, area, canonical, next, prev, alternate, iframe, form
	Type     string // media type that an alternate declares
	Hreflang string // language that an alternate declares
	// Note holds what the reader's user has put there for this reference on an earlier
	// page; nil where the reader does not remember it. See Reader.
	Note *Note `json:"-"`
}

// Note is what the user of a Reader knows of a reference, for as long as the reader
// remembers it. It belongs to the address, not to the page.
type Note struct{ Value any }

// Hints is what is known of a page beforehand. The zero value is useful.
//
// Selectors are CSS. The value of a match is its content attribute (meta), its
// value attribute (input), its picture address (img, for Image), or its text.
// Selectors that do not compile are reported as an error of [Page], the page is
// read without them.
type Hints struct {
	// Charset is the encoding the page was sent in, IANA name; the query of a
	// link that holds non-ASCII characters is encoded in it. "" means UTF-8.
	Charset string `yaml:"-"`
	// Type is what the page is known to be, from its address. ProductP makes Page
	// read the product also where the content alone would not prove that there is
	// one: no price, no button.
	Type catalog.PageType `yaml:"-"`
	// Currency is the ISO 4217 code the shop is known to sell in. It is used
	// where a page has only a sign that several currencies share.
	Currency string `yaml:"currency,omitempty"`
	// ShopName is never taken for the name of a product and is cut off titles.
	ShopName string `yaml:"-"`

	Globals []Global `yaml:"globals,omitempty"`

	Name        []string `yaml:"name,omitempty"`
	SKU         []string `yaml:"sku,omitempty"`
	MPN         []string `yaml:"mpn,omitempty"`
	GTIN        []string `yaml:"gtin,omitempty"`
	Brand       []string `yaml:"brand,omitempty"`
	Price       []string `yaml:"price,omitempty"`
	ListPrice   []string `yaml:"list_price,omitempty"`
	SoldOut     []string `yaml:"sold_out,omitempty"` // a match means that the product is sold out
	InStock     []string `yaml:"in_stock,omitempty"` // a match means that it is in stock
	Image       []string `yaml:"image,omitempty"`
	Description []string `yaml:"description,omitempty"`
	Breadcrumb  []string `yaml:"breadcrumb,omitempty"` // the links of the trail
	Options     []string `yaml:"options,omitempty"`    // select elements, or what holds them, or the names of the choices themselves
	ListItem    []string `yaml:"list_item,omitempty"`  // one product in a list of products, or its link
}

// Global names an object that the platform writes into its pages, and says where
// in it the fields of a product are.
type Global struct {
	// Kind is how the object is written:
	//
	//   - "assign" or "": a script assigns it to the variable Name, var Name = {…};
	//     or Name.x = {…}, when Name holds the dots
	//   - "script": it is the whole text of the script element that the CSS
	//     selector Name finds
	//   - "attr": it is the value of an attribute, Name being
	//     "selector@attribute"
	Kind string `yaml:"kind,omitempty"`
	Name string `yaml:"name"`
	// Source is the word for catalog.Product.Sources; "" means Name in lower case.
	Source string `yaml:"source,omitempty"`
	// Fields maps a field to its place in the object. Fields are name, sku, mpn,
	// gtin, brand, price, price_tax_included, price_tax_excluded, list_price,
	// currency, description, stock (a number), available (true or false), images,
	// breadcrumb, page_type, and variants with variant.id, variant.title,
	// variant.option1, variant.option2, variant.option3, variant.sku,
	// variant.gtin, variant.price, variant.price_tax_included, variant.stock,
	// variant.available and variant.image, whose places count from the variant.
	//
	// A place is keys joined by dots, "product.name"; a number takes an element
	// of an array, "*" all of them; "." is the object itself; alternatives are
	// separated by "|", the first that holds something counts.
	Fields map[string]string `yaml:"fields"`
	// Minor says that amounts are in the smallest unit of the currency (cents).
	Minor bool `yaml:"minor,omitempty"`
	// Types maps values of the field page_type to page types.
	Types map[string]catalog.PageType `yaml:"types,omitempty"`
}
