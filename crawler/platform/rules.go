package platform

// Rules say why an address is never asked. They are stored with the page and
// printed; frontier.Explain has the sentences.
const (
	RuleAddToCart = "add-to-cart" // puts something into the cart
	RuleCart      = "cart"        // cart and checkout
	RuleAccount   = "account"     // login and what lies behind
	RuleLogout    = "logout"
	RuleWishlist  = "wishlist"
	RuleCompare   = "compare"
	RuleCurrency  = "currency"
	RuleLanguage  = "language"
	RuleDisplay   = "display" // switches between smartphone and PC view
	RuleWrite     = "write"   // review, question, recommendation to a friend
	RuleOut       = "out"     // counts a click and leads away
	RuleSearch    = "search"
	RuleFacet     = "facet" // a part of a listing
	RuleSort      = "sort"  // a listing in another order
	RuleFeed      = "feed"
	RuleImage     = "image"
	RuleFile      = "file"  // document, archive, film
	RuleAsset     = "asset" // style sheet, script, font
	RuleAPI       = "api"
	RuleAdmin     = "admin"
	RulePrint     = "print" // the same page for printing or in a window
	RuleLength    = "trap-length"
	RuleDepth     = "trap-depth"
	RuleRepeat    = "trap-repeat"
	RuleCalendar  = "trap-calendar"
	RulePager     = "trap-pager"
	RuleFilters   = "trap-filters"
	RuleScheme    = "scheme"
)

// Rules lists every rule.
func Rules() []string {
	return []string{
		RuleAddToCart, RuleCart, RuleAccount, RuleLogout, RuleWishlist, RuleCompare,
		RuleCurrency, RuleLanguage, RuleDisplay, RuleWrite, RuleOut, RuleSearch,
		RuleFacet, RuleSort, RuleFeed, RuleImage, RuleFile, RuleAsset, RuleAPI,
		RuleAdmin, RulePrint, RuleLength, RuleDepth, RuleRepeat, RuleCalendar,
		RulePager, RuleFilters, RuleScheme,
	}
}
