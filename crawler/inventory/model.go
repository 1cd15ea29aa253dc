package inventory

import (
	"time"

	"replatform/crawler/catalog"
)

// Shop is one of the two shops of a project.
type Shop struct {
	Side       catalog.Side
	StartURL   string   // as the user gave it, absolute
	Hosts      []string // host[:port] values that belong to the shop, the primary one first
	Platform   string   // id of the platform, "generic" when none was recognised
	Confidence string   // of the recognition: certain, likely, guess, none
	Evidence   []string // what spoke for it, one sentence each
	Charset    string   // most frequent charset of its pages, IANA name
	State      string   // running, done, stopped
	StartedAt  time.Time
	FinishedAt time.Time // zero while not finished
	Source     string    // crawl, feed, csv, files
	Crawl      int       // number of the newest crawl, from 1; counted by StartCrawl
}

// PageState is how far a page has come.
type PageState string

const (
	Queued  PageState = "queued"  // known, to be asked
	Done    PageState = "done"    // asked and stored
	Failed  PageState = "failed"  // asked, no usable answer after all retries
	Skipped PageState = "skipped" // never asked; Rule says why
	Alias   PageState = "alias"   // another address of the page AliasOf: canonical or permanent redirect within the shop
)

// Page is one page of a shop: one URL key with all its spellings.
type Page struct {
	ID          int64
	Side        catalog.Side
	Key         catalog.Key
	Type        catalog.PageType
	URL         string // the spelling that is asked and printed, absolute, percent-encoded as sent
	State       PageState
	Rule        string // which rule stopped it, for Skipped
	AliasOf     catalog.Key
	Status      int // HTTP status; 0 when never answered
	RedirectTo  string
	Title       string
	Description string // meta description
	Canonical   string // as declared, resolved to an absolute URL
	Robots      string // meta robots and X-Robots-Tag, comma-separated
	Charset     string
	Lang        string
	ContentHash string // of the body, hex; empty for non-HTML
	Error       string // last error, for Failed
	Depth       int    // link distance from the start URL; 0 for feeds and sitemaps
	Priority    int    // lower is asked earlier
	FetchedAt   time.Time
	SeenCrawl   int // newest crawl in which a link, sitemap or feed named it; less than Shop.Crawl: not seen again
	// ETag and LastModified of the newest answer with content, as sent; "" when it had
	// none. Next hands them out only where the page may be asked conditionally.
	ETag, LastModified string
	Sources            []string // who knew the page: start, link, sitemap, feed, listing, canonical, redirect, csv; sorted
	Spellings          []string // every address seen for it, sorted; includes URL
}

// Rules under which a crawl files addresses that it asked for its own ends. They are
// no pages of the shop: Pages, Counts and the exports leave them out.
const (
	RuleProbeAbsent = "probe-absent" // an address that was guessed and does not exist
	RuleListing     = "listing"      // a page of a complete listing, asked only to find products
)

// RuleAliasTarget is the rule of a page that is known only because an alias points
// to it: nothing else named it, so nothing says that it may be asked.
const RuleAliasTarget = "alias-target"

// Orphan says whether a sitemap or feed names the page but no page of the shop
// links to it.
func (p Page) Orphan() bool {
	named, linked := false, false
	for _, s := range p.Sources {
		switch s {
		case "sitemap", "feed":
			named = true
		case "start", "link", "listing":
			linked = true
		}
	}
	return named && !linked
}

// Discovery is one sighting of a page: by a link, a sitemap, a feed.
type Discovery struct {
	Key      catalog.Key
	Type     catalog.PageType
	URL      string // the spelling to ask
	Spelling string // the address as seen; empty when equal to URL
	Source   string
	Depth    int
	Priority int    // lower is asked earlier
	Rule     string // when set, the page is stored as Skipped for this rule and never asked
	// Product, when set, is what a feed already said; the page still is asked
	// unless NoFetch is set.
	Product *catalog.Product
	NoFetch bool // the feed is enough: store as Done with Status (feeds of the new shop)
	Status  int
	Title   string
	// Categories are the keys of the categories that hold this product, as far as the feed says.
	Categories []catalog.Key
}

// Visit is what came of asking one page. It is stored in one transaction, so that
// a killed crawl knows a page either wholly or not at all.
type Visit struct {
	Key         catalog.Key
	Type        catalog.PageType // refined by the content
	URL         string
	State       PageState
	AliasOf     catalog.Key
	Rule        string
	Status      int
	RedirectTo  string
	Title       string
	Description string
	Canonical   string
	Robots      string
	Charset     string
	Lang        string
	ContentHash string
	Error       string
	FetchedAt   time.Time
	// ETag and LastModified of an answer with content, with which the page can be asked
	// conditionally next time; "" when it has none, or must be read in any case.
	ETag, LastModified string
	// Unchanged: the shop says that the page is as it was when ETag and LastModified, as
	// handed out by Next, were stored. All other fields but Key, URL and FetchedAt are
	// left aside.
	Unchanged bool
	Product   *catalog.Product
	Found     []Discovery   // pages discovered here
	Links     []catalog.Key // distinct keys this page links to, for the links table
	Members   []catalog.Key // for category pages: products listed on it
	Findings  []Finding
}

// Finding is something the user should know: a trap that was bounded, a page that
// lies about its canonical, a robots rule that hid products.
type Finding struct {
	Side    catalog.Side
	Code    string // stable word: robots-hidden, trap-session, soft-404, canonical-lies, fetch-failed …
	URL     string
	Message string
	Count   int // how many addresses it concerns; at least 1
}

// Worth of one page of the old shop from one source and period.
type Worth struct {
	Key          catalog.Key
	Source       string // search-console, ga4, logs, backlinks …
	Period       string // "2025-08-01/2026-10-31", or one day; empty: unknown
	URL          string // the address that the source names; empty: the page as a whole
	Clicks       float64
	Impressions  float64
	Sessions     float64
	Revenue      float64
	Currency     string
	LinkingSites float64
}

// MatchClass of a pair, see facts: exact, close, broad, none.
type MatchClass string

const (
	Exact MatchClass = "exact"
	Close MatchClass = "close"
	Broad MatchClass = "broad"
	None  MatchClass = "none"
)

// Match is the proposed pair of one old page, and what the user decided on it.
type Match struct {
	Old                catalog.Key
	New                catalog.Key // empty: no counterpart
	Class              MatchClass
	Confidence         float64     // 0..1
	Method             string      // sku, gtin, name …
	Reason             string      // in words, English; codes are in Method
	ReasonJA           string      // the same in Japanese
	Fallback           catalog.Key // the new category for visitors of a page that is gone; empty: none
	RunnerUp           catalog.Key
	RunnerUpConfidence float64
	NeedsReview        bool
	// FoundWrong: in a checked sample a person called the pair wrong that is proposed.
	// It needs review then, whatever its confidence.
	FoundWrong bool
	// Decision is the user's word and outlives new crawls and matches: "",
	// accept, reject, pick, gone, ignore. DecidedNew is the page picked or accepted.
	// Once a page is accepted, New is that page too, even when a later match would
	// propose another.
	Decision   string
	DecidedNew catalog.Key
	DecidedBy  string
	DecidedAt  time.Time
	Note       string // why, in the user's own words
	// Proposed is what the newest match proposes; DecidedOn is what was proposed when
	// the user decided.
	Proposed  catalog.Key
	DecidedOn catalog.Key
	// Refused are, where the user rejected, all pages rejected one after the other.
	Refused []catalog.Key
	// What has vanished since: the old page, or the new page that New or DecidedNew
	// names. A page that answers 404 or 410 counts as vanished.
	OldMissing        bool
	NewMissing        bool
	DecidedNewMissing bool
}

// Decisions of a user on an old page.
const (
	Accept = "accept" // the proposal is right
	Reject = "reject" // the proposal is wrong
	Pick   = "pick"   // another page is right
	Gone   = "gone"   // there is no counterpart, answer 410
	Ignore = "ignore" // leave it alone
)

// Decision is the user's word on one old page.
type Decision struct {
	Old     catalog.Key
	Verdict string      // accept, reject, pick, gone, ignore; empty takes the decision back
	New     catalog.Key // for pick; for accept empty means the present proposal
	By      string
	At      time.Time // zero: now
	Note    string    // why, in the user's own words; may be empty
}

// PlanRow is one line of the redirect map, one old spelling each. The columns are
// those of redirect-map.csv.
type PlanRow struct {
	OldURL      string
	NewURL      string
	OldKey      catalog.Key
	Action      string // redirect, keep, gone, ignore, ask
	Status      int    // 301, 410, 0
	Class       MatchClass
	Confidence  float64
	Method      string
	Reason      string // English
	ReasonJA    string // the same in Japanese
	Type        catalog.PageType
	OldTitle    string
	NewTitle    string
	Sources     []string
	Priority    string // P0..P3, "" unknown
	NeedsReview bool
	DecidedBy   string
	Carrier     string // engine, template or text that delivers the row; "" none
	Strength    string // permanent, instant-refresh, script, link, none
	Proof       string // none, modelled, engine, live
	Note        string // what the carrier refuses or cannot do, English
	NoteJA      string
}

// Proof is one live or test-machine answer to one old URL.
type Proof struct {
	OldURL    string
	Kind      string // engine, live
	Status    int    // first answer
	Location  string // of the first answer
	Hops      int
	Final     string
	FinalCode int
	OK        bool
	Problem   string // stable word, empty when OK: no-answer, wrong-target, chain, loop, temporary, not-redirected, final-not-200 …
	CheckedAt time.Time
	ConnectTo string
	// AskedFor is what the plan wanted when the address was asked: the target, or the
	// status 200, 410 or 451 as digits; "" unknown. A plan that wants something else
	// is not proven by the answer.
	AskedFor string
	// Engine is what answered where Kind is engine, an id of a redirect engine; "" not
	// named. The answer proves nothing of another engine.
	Engine string
}
