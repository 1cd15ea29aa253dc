package frontier

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"replatform/crawler/platform"
)

// Declared is a page with the canonical address that it declares, both absolute.
type Declared struct {
	URL       string
	Canonical string
}

// Noise is a parameter that pages themselves call meaningless: their canonical
// address leaves it out.
type Noise struct {
	Param   string
	Dropped int    // pages whose canonical address lacks it
	Example string // one of them
}

// How many pages must agree, and how many different canonical addresses they must
// name: a shop that declares one address on every page says nothing.
const (
	learnPages   = 5
	learnTargets = 3
)

// LearnNoise finds parameters that the canonical addresses of a shop leave out. Only
// pages count whose canonical address has the same path; a parameter that any
// canonical address keeps is no noise. The result hangs on the set of pages alone,
// not on their order.
func LearnNoise(pages []Declared) []Noise {
	seen := map[string]*tally{}
	for _, d := range pages {
		u, err := url.Parse(d.URL)
		if err != nil {
			continue
		}
		c, err := url.Parse(d.Canonical)
		if err != nil || d.Canonical == "" || platform.NormalPath(u) != platform.NormalPath(c) {
			continue
		}
		has := map[string]bool{}
		for _, p := range platform.SplitQuery(c.RawQuery) {
			has[p.Name] = true
		}
		for name := range has {
			t := tallyOf(seen, name)
			t.kept = true
		}
		counted := map[string]bool{}
		for _, p := range platform.SplitQuery(u.RawQuery) {
			if has[p.Name] || counted[p.Name] {
				continue
			}
			counted[p.Name] = true
			t := tallyOf(seen, p.Name)
			t.dropped++
			t.targets[d.Canonical] = true
			if t.example == "" || d.URL < t.example {
				t.example = d.URL
			}
		}
	}
	var out []Noise
	for name, t := range seen {
		if !t.kept && t.dropped >= learnPages && len(t.targets) >= learnTargets {
			out = append(out, Noise{Param: name, Dropped: t.dropped, Example: t.example})
		}
	}
	slices.SortFunc(out, func(a, b Noise) int {
		return cmp.Or(cmp.Compare(b.Dropped, a.Dropped), cmp.Compare(a.Param, b.Param))
	})
	return out
}

// tally counts what becomes of one parameter.
type tally struct {
	dropped int
	targets map[string]bool
	example string
	kept    bool
}

func tallyOf(m map[string]*tally, name string) *tally {
	t, ok := m[name]
	if !ok {
		t = &tally{targets: map[string]bool{}}
		m[name] = t
	}
	return t
}

// Without is u without the named parameters; false when it has none of them.
func Without(u *url.URL, names []string) (*url.URL, bool) {
	if len(names) == 0 || u.RawQuery == "" {
		return nil, false
	}
	var kept []string
	dropped := false
	for part := range strings.SplitSeq(u.RawQuery, "&") {
		if p := platform.SplitQuery(part); len(p) == 1 && slices.Contains(names, p[0].Name) {
			dropped = true
			continue
		}
		kept = append(kept, part)
	}
	if !dropped {
		return nil, false
	}
	v := *u
	v.RawQuery = strings.Join(kept, "&")
	return &v, true
}
