package extract

import (
	"net/url"
	"strings"

	"replatform/crawler/fetch"
)

// resolver turns references of one page into absolute URLs.
type resolver struct {
	base    *url.URL
	charset string
}

// resolve returns the absolute form of ref without its fragment, and whether it
// leads to another document over HTTP.
func (r resolver) resolve(ref string) (string, bool) {
	ref = strings.TrimSpace(ref)
	if ref == "" || ref[0] == '#' {
		return "", false
	}
	u, ok := fetch.ResolveIn(r.base, ref, r.charset)
	if !ok {
		return "", false
	}
	return u.String(), true
}
