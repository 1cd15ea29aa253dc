package match

import (
	"log/slog"

	"replatform/crawler/catalog"
)

// Item is one page of a shop. Only URL is required; every other field may be
// empty, and the matcher uses what is there. Texts may be as a crawler reads
// them: HTML entities, full-width letters, promotion in brackets and the shop's
// name need not be removed first.
type Item struct {
	URL      string           // absolute address, unique among the items of a shop
	Key      catalog.Key      // identity of the page; carried along, not used
	Type     catalog.PageType // product, category, page, article …; empty is taken as product
	Title    string           // name of the product or title of the page
	SKU      string           // the shop's own number
	MPN      string           // the maker's number
	GTIN     string           // barcode
	Price    string           // plain decimal: "1980", "24.90"
	Currency string           // ISO 4217
	Brand    string
	Category string // name, or path with " > " between the steps
	Image    string // address of the main picture
	// ImageHash says how the main picture looks: 32 hexadecimal digits of package
	// picture, or 16 of another program that gives alike pictures hashes with few
	// different bits (pHash, dHash) and made those of both shops. Others are not used.
	ImageHash   string
	Description string // plain text; the first few hundred characters are enough
	Variants    []VariantItem
}

// VariantItem is one buyable form of a product.
type VariantItem struct {
	SKU   string
	GTIN  string
	Title string // "Red / M"
	Price string
}

// Class says how near the new page is to the old one.
type Class string

const (
	Exact Class = "exact" // the same product or page
	Close Class = "close" // the same need: a merged variant, a renamed page
	Broad Class = "broad" // the category above
	None  Class = "none"  // no counterpart
)

// Methods of a pair. They are stable words: stored, filtered and translated.
const (
	MethodGTIN     = "gtin"             // the barcode decided, and the names agree
	MethodSKU      = "sku"              // the item code decided, and the names agree
	MethodName     = "name"             // the name decided
	MethodScore    = "score"            // many small things together decided
	MethodAddress  = "address"          // the address is the same
	MethodSubject  = "subject"          // a standard page on the same subject: shipping, privacy …
	MethodCategory = "category-support" // the categories share their products
	MethodHome     = "home"             // both are the start page
	MethodParent   = "parent"           // the category above took its place
	MethodNone     = "none"             // nothing fits
	MethodPerson   = "person"           // a person said so
)

// Pair is the answer for one old item.
type Pair struct {
	Old        int     // index into the old items
	New        int     // index into the new items; -1 none
	Confidence float64 // probability that New is right, 0..1; 0 when there is none
	Class      Class
	Method     string
	Evidence   []Evidence // strongest first

	RunnerUp           int // index of the second best new item; -1 none
	RunnerUpConfidence float64

	// NeedsReview is set when a person should look before the pair is used. A
	// pair without counterpart needs a look only when something came near.
	NeedsReview bool

	// Fallback is the nearest new page for visitors when there is no counterpart
	// and the old address has links or visits: the new place of the product's
	// category. -1 none; never a start page.
	Fallback int
}

// Known is what a person said of an old page: that New is right, that New is wrong, or,
// with Right and New -1, that it has no counterpart. Old and New are indexes into the
// items.
type Known struct {
	Old, New int
	Right    bool
}

// Result is the answer of [Match].
type Result struct {
	Pairs []Pair // one for every old item, in their order
}

// Options of [Match]. The zero value is ready to use.
type Options struct {
	// Precision that the pairs published without review shall have.
	// 0 means 0.99.
	Precision float64

	// Progress, when set, is called now and then with the stage, how much of it
	// is done and how much there is. It is called from one goroutine at a time.
	Progress func(stage string, done, total int)

	// Workers limits the goroutines; 0 means one per processor. The answer does
	// not depend on it.
	Workers int

	// Known is what people said of pages of these shops. They are answered so, they
	// teach the matching what is particular to this move, and from ten on they correct
	// how much it trusts itself.
	Known []Known

	Log *slog.Logger // nil: silent
}
