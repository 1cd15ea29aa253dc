package crawler

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"replatform/crawler/catalog"
	"replatform/crawler/fetch"
	"replatform/crawler/inventory"
)

// Hidden is what robots.txt kept a crawl from asking.
type Hidden struct {
	Pages  int                      `json:"pages"`
	ByType map[catalog.PageType]int `json:"by_type"` // as far as addresses tell
	// Lift are values of Config.OwnShop that open these pages, the one that opens most
	// first.
	Lift []string `json:"lift,omitempty"`
}

// maxLift is how many prefixes are proposed.
const maxLift = 10

// HiddenBy reads from the project what robots.txt hid in the last crawl of side.
func HiddenBy(ctx context.Context, project *inventory.Project, side catalog.Side) (Hidden, error) {
	h := Hidden{ByType: map[catalog.PageType]int{}}
	err := project.Pages(ctx, inventory.Filter{Side: side, States: []inventory.PageState{inventory.Skipped}},
		func(p inventory.Page, _ *catalog.Product) error {
			if p.Rule == ruleRobots {
				h.Pages++
				h.ByType[p.Type]++
			}
			return nil
		})
	if err != nil {
		return h, fmt.Errorf("counting what robots.txt hides: %w", err)
	}
	if h.Pages == 0 {
		return h, nil
	}
	found, err := project.Findings(ctx, side)
	if err != nil {
		return h, fmt.Errorf("reading what robots.txt hides: %w", err)
	}
	lifts := map[string]int{}
	for _, f := range found {
		if f.Code == codeRobots {
			lifts[liftOf(f.Message, f.URL)] += f.Count
		}
	}
	h.Lift = slices.SortedFunc(maps.Keys(lifts), func(a, b string) int {
		return cmp.Or(cmp.Compare(lifts[b], lifts[a]), cmp.Compare(a, b))
	})
	if len(h.Lift) > maxLift {
		h.Lift = h.Lift[:maxLift]
	}
	return h, nil
}

// liftOf is the prefix that opens the addresses which a rule closes: the rule itself
// as far as it holds no wildcard, or the first folder of the address where the rule
// begins with one.
func liftOf(message, address string) string {
	_, rule, _ := strings.Cut(message, "Disallow: ")
	rule = strings.TrimSpace(rule)
	if i := strings.IndexAny(rule, "*$"); i >= 0 {
		rule = rule[:i]
	}
	if len(rule) > 1 && rule[0] == '/' {
		return rule
	}
	u, err := url.Parse(address)
	if err != nil {
		return "/"
	}
	if i := strings.IndexByte(strings.TrimPrefix(u.EscapedPath(), "/"), '/'); i >= 0 {
		return u.EscapedPath()[:i+2]
	}
	return pathQuery(u)
}

// CrawlDelay is the pause between two requests that robots.txt asks for, and the one
// that is kept: see fetch.MaxKeptDelay. Both are 0 where it asks for none.
func (s *Start) CrawlDelay() (asked, kept time.Duration) {
	asked = s.robots.CrawlDelay(fetch.Agent)
	return asked, min(asked, fetch.MaxKeptDelay)
}
