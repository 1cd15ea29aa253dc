// Package feeds reads what a shop offers to machines: sitemaps, RSS and Atom, and the
// JSON listings of Shopify and WooCommerce shops. One feed can stand for hundreds of
// page requests, so a crawl asks for feeds first.
//
// All input is hostile: sizes are bounded, nothing panics, and a damaged entry never
// takes its neighbours with it. The package opens no connections; callers pass bodies.
package feeds

import "replatform/crawler/catalog"

// source is what Product.Sources says of fields that came from here.
const source = "feed"

// Item is one product or category of a listing.
type Item struct {
	URL     string           // of its page, absolute; empty when the feed does not tell
	Type    catalog.PageType // ProductP or Category
	Product *catalog.Product // nil for categories
	Title   string           // plain text
	ID      string           // the platform's own number
	Handle  string           // the last part of its address, percent-decoded
	// Categories are the names of the categories that hold a product, as far as the
	// feed says, and CategoryURLs the addresses of their pages where known.
	Categories   []string
	CategoryURLs []string
	Parent       string // of a category: the ID of the one above, "" at the top
	Count        int    // of a category: how many products it says to hold, 0 when unknown
}
