package platform

import (
	"net/url"
	"strings"
	"testing"

	"replatform/crawler/catalog"
)

// exampleURL makes an absolute address of an example: "?pid=1", "/?pid=1" and
// "#!/x" are relative to a shop's home page.
func exampleURL(t *testing.T, s string) *url.URL {
	t.Helper()
	base := &url.URL{Scheme: "https", Host: "shop.example", Path: "/"}
	u, err := base.Parse(s)
	if err != nil {
		t.Fatalf("example %q: %v", s, err)
	}
	return u
}

// TestExamples runs the examples that stand beside each pattern in the files.
func TestExamples(t *testing.T) {
	for _, p := range builtInRegistry(t).All() {
		t.Run(p.ID, func(t *testing.T) {
			for i, pt := range p.Patterns {
				for address, id := range pt.Yes {
					want := catalog.MakeKey(p.Family, pt.Type, id)
					got := p.Identify(exampleURL(t, address))
					if got.Key != want {
						t.Errorf("urls[%d] %s: key %q, want %q", i, address, got.Key, want)
					}
					if got.Rule != pt.Never {
						t.Errorf("urls[%d] %s: rule %q, want %q", i, address, got.Rule, pt.Never)
					}
					again, err := url.Parse(got.URL)
					if err != nil {
						t.Errorf("urls[%d] %s: asks %q: %v", i, address, got.URL, err)
						continue
					}
					if k := p.Identify(again).Key; k != got.Key {
						t.Errorf("urls[%d] %s: asks %q, whose key is %q", i, address, got.URL, k)
					}
				}
				for _, address := range pt.No {
					u := exampleURL(t, address)
					if p.takes(pt, u) {
						t.Errorf("urls[%d] takes %s, which it must not", i, address)
					}
				}
			}
		})
	}
}

// TestExamplesAreComplete: the loader refuses a pattern without examples; here the
// examples of a product pattern must also show that other pages are left alone.
func TestExamplesAreComplete(t *testing.T) {
	for _, p := range builtInRegistry(t).All() {
		for i, pt := range p.Patterns {
			for _, address := range pt.No {
				if !strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "?") && !strings.HasPrefix(address, "#") {
					t.Errorf("%s: urls[%d]: %q is no address", p.ID, i, address)
				}
			}
		}
	}
}
