package platform

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"

	"replatform/crawler/catalog"
)

// ErrExample is what every example is that does not come out as the file says.
var ErrExample = errors.New("example does not come out as written")

// TryExamples runs the examples that stand beside each pattern of the platform and
// returns how many there are and what did not come out: each an ErrExample that
// names the pattern by its place in the file, from 1.
func (p *Platform) TryExamples() (examples int, faults []error) {
	fault := func(i int, format string, args ...any) {
		faults = append(faults, fmt.Errorf("%w: %s: urls %d: %s", ErrExample, p.ID, i+1, fmt.Sprintf(format, args...)))
	}
	for i, pt := range p.Patterns {
		for _, address := range slices.Sorted(maps.Keys(pt.Yes)) {
			examples++
			u, err := exampleAddress(address)
			if err != nil {
				fault(i, "yes: %q is no address", address)
				continue
			}
			want := catalog.MakeKey(p.Family, pt.Type, pt.Yes[address])
			got := p.Identify(u)
			if got.Key != want {
				fault(i, "yes: %s is taken for %q, not for %q", address, got.Key, want)
				continue
			}
			again, err := url.Parse(got.URL)
			if err != nil {
				fault(i, "yes: %s would be asked as %q, which is no address", address, got.URL)
				continue
			}
			if k := p.Identify(again).Key; k != got.Key {
				fault(i, "yes: %s would be asked as %s, which is %q", address, got.URL, k)
			}
		}
		for _, address := range pt.No {
			examples++
			u, err := exampleAddress(address)
			if err != nil {
				fault(i, "no: %q is no address", address)
				continue
			}
			if p.takes(pt, u) {
				fault(i, "no: %s is taken all the same", address)
			}
		}
	}
	return examples, faults
}

// takes says whether one pattern, whatever the others, fits an address.
func (p *Platform) takes(pt *Pattern, u *url.URL) bool {
	path := NormalPath(u)
	params := p.clean(SplitQuery(u.RawQuery))
	fits := func(path string) bool {
		var f found
		return pt.match(&f, path, params, u.Fragment) && !((pt.Exact || pt.Type == catalog.Home) && len(f.rest) > 0)
	}
	if fits(path) {
		return true
	}
	_, rest, ok := p.prefix.cut(path)
	return ok && !pt.Rooted && fits(rest)
}

// exampleAddress makes an absolute address of an example: "?pid=1", "/?pid=1" and
// "#!/x" are relative to a shop's home page.
func exampleAddress(s string) (*url.URL, error) {
	base := &url.URL{Scheme: "https", Host: "shop.example", Path: "/"}
	return base.Parse(s)
}
