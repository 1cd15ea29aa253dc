package platform

import (
	"net/url"
	"slices"
	"strings"
)

// WithoutNoise is u without the parameters that never change a page on the platform:
// tracking (utm_source, gclid) and sessions. All else stays byte for byte as it is, so
// that the rest is a spelling that visitors use. u itself is not changed.
func (p *Platform) WithoutNoise(u *url.URL) *url.URL {
	if u.RawQuery == "" {
		return u
	}
	var kept []string
	for _, piece := range strings.Split(u.RawQuery, "&") {
		if params := SplitQuery(piece); len(params) == 0 || len(p.clean(slices.Clone(params))) > 0 {
			kept = append(kept, piece)
		}
	}
	v := *u
	v.RawQuery = strings.Join(kept, "&")
	if v.RawQuery == "" {
		v.ForceQuery = false
	}
	return &v
}
