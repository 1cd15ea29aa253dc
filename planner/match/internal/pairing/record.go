// Package pairing finds candidates for every old page among the new ones and
// describes each candidate by numbers: how alike the names are, which words and
// amounts disagree, what the codes, prices, pictures, brands and categories say,
// and how the candidate stands among the others. What these numbers are worth is
// decided elsewhere, by a trained model; this package holds no weights.
package pairing

import "replatform/crawler/catalog"

// Record is one page of a shop as it is handed in.
type Record struct {
	URL         string
	Type        catalog.PageType
	Title       string
	SKU         string
	MPN         string
	GTIN        string
	Price       string
	Currency    string
	Brand       string
	Category    string
	Image       string
	Picture     string // how the main picture looks, as package picture writes it
	Description string
	Variants    []Variant
}

// Records hands out the pages of a shop one after the other, so that a caller that
// keeps them in another form need not hold them twice.
type Records interface {
	Len() int
	At(i int) Record
}

// List is Records in memory.
type List []Record

// Len is how many there are.
func (l List) Len() int { return len(l) }

// At is the i-th record.
func (l List) At(i int) Record { return l[i] }

// Variant is one buyable form of a product.
type Variant struct {
	SKU   string
	GTIN  string
	Title string
}

// group says which pages may be paired with which: products with products,
// categories with categories, other pages with pages and categories.
type group uint8

const (
	products group = iota
	categories
	pages
	starts  // start pages, which go to each other
	ignored // search, cart, account, images, feeds: nothing leads there or from there
	groups  // how many there are
)

func groupOf(t catalog.PageType) group {
	switch t {
	case "", catalog.ProductP:
		return products
	case catalog.Category:
		return categories
	case catalog.Home:
		return starts
	case catalog.Search, catalog.Cart, catalog.Account, catalog.Image, catalog.Feed:
		return ignored
	}
	return pages
}

// side numbers the two shops where tables are kept for each.
type side int

const (
	oldSide side = 0
	newSide side = 1
)
