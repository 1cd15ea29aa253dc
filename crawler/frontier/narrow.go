package frontier

import (
	"net/url"
	"slices"
	"strings"

	"replatform/crawler/platform"
)

// Narrower says whether link is only a further view of the page that it stands on,
// and by that page's own word not worth following. The word is its canonical
// address: where that has the page's path and leaves out some of its parameters,
// these make no page of their own (a filter, an order, a campaign), and a link to
// the same path that carries them on leads deeper into views without end. Links that
// turn the page of a listing are no views: shops that declare page 1 as the
// canonical address of page 2 exist, and the products of page 3 would be lost.
//
// The answer hangs on the three addresses alone. All are absolute; canonical may be
// nil.
func Narrower(page, canonical, link *url.URL) bool {
	if canonical == nil || page.RawQuery == "" || link.RawQuery == "" {
		return false
	}
	path := platform.NormalPath(page)
	if path != platform.NormalPath(canonical) || path != platform.NormalPath(link) {
		return false
	}
	kept := names(canonical)
	for _, n := range names(page) {
		if isPager(n) || slices.Contains(kept, n) {
			continue
		}
		if slices.Contains(names(link), n) {
			return true
		}
	}
	return false
}

func names(u *url.URL) []string {
	var out []string
	for _, p := range platform.SplitQuery(u.RawQuery) {
		out = append(out, p.Name)
	}
	return out
}

// isPager says whether shop software uses this parameter for the page of a listing.
func isPager(name string) bool {
	switch strings.ToLower(name) {
	case "page", "p", "pg", "paged", "pageno", "page_no", "pagenum", "pagenumber", "currentpage",
		"start", "offset", "startrow", "from":
		return true
	}
	return false
}
