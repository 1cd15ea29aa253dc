package verify

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// MaxPage is how much of a target page is read for Inspect: Googlebot reads the first
// 2 MB of a page (https://developers.google.com/search/docs/crawling-indexing/googlebot,
// as of 2026-07-08).
const MaxPage = 2 << 20

// Page is one whole answer.
type Page struct {
	URL       string
	Status    int
	Header    http.Header
	Body      []byte // decompressed
	Truncated bool   // Body is only the beginning
}

// Get asks one more address under the rules of the run: its pace, its ConnectTo. It
// follows up to five redirects and reads at most limit bytes of the body.
type Get func(ctx context.Context, url string, limit int64) (Page, error)

// Inspect looks at a target page that answers 200, and at what its shop says of it
// elsewhere.
type Inspect func(ctx context.Context, page Page, get Get) Inspection

// Inspection is what a target page and its shop say of it. The words are "yes", "no",
// and "" for unknown.
type Inspection struct {
	SelfCanonical string  `json:"self_canonical,omitempty"` // names itself as its canonical address
	Indexable     string  `json:"indexable,omitempty"`      // neither noindex nor robots.txt stands against it
	InSitemap     string  `json:"in_sitemap,omitempty"`     // the sitemap of its shop lists it
	Faults        []Fault `json:"-"`
}

// Fault is something wrong with a page.
type Fault struct {
	Problem Problem
	Detail  string // English
}

// maxInspectHops is how many redirects Get follows, as crawlers do for robots.txt
// (RFC 9309, section 2.3.1.2).
const maxInspectHops = 5

// ErrAddress is returned by Get for what is no http or https address, or redirects
// too often.
var ErrAddress = errors.New("address cannot be asked")

func (v *verifier) get(ctx context.Context, url string, limit int64) (Page, error) {
	a, err := parseAddress(url)
	if err != nil {
		return Page{}, fmt.Errorf("%w: %w", ErrAddress, err)
	}
	for range maxInspectHops + 1 {
		ans := v.asker.ask(ctx, a, limit)
		if ans.err != nil {
			return Page{}, fmt.Errorf("asking %s: %w", a, ans.err)
		}
		if ans.next.host == "" {
			return ans.page, nil
		}
		a = ans.next
	}
	return Page{}, fmt.Errorf("%w: %s redirects too often", ErrAddress, url)
}

// Identity makes two spellings of an absolute http(s) URL equal that every server
// takes for one; the fragment is left out. ok is false for other text.
func Identity(url string) (id string, ok bool) {
	a, err := parseAddress(url)
	if err != nil {
		return "", false
	}
	a.source.Fragment = ""
	return a.identity(), true
}
