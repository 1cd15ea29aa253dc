package platform

import (
	"fmt"
	"strings"
)

// paramSet is a set of parameters by name, or by name and value. "*" at either end
// of a name or value stands for anything. Each member has a rank: the place of the
// rule that it stands for among others, 0 where there is only one.
type paramSet struct {
	exact  map[string]int         // name → lowest rank, whatever the value
	valued map[string][]paramGlob // name → values that count
	globs  []paramGlob            // with "*" in the name
}

type paramGlob struct {
	name, value wildcard
	anyValue    bool
	rank        int
}

func (s *paramSet) add(spec string, rank int) error {
	name, value, eq := strings.Cut(spec, "=")
	if name == "" || strings.Contains(strings.Trim(name, "*"), "*") || strings.Contains(strings.Trim(value, "*"), "*") {
		return fmt.Errorf("%q is no parameter name", spec)
	}
	if strings.Trim(name, "*") == "" {
		return fmt.Errorf("%q would match every parameter", spec)
	}
	g := paramGlob{name: newWildcard(name), value: newWildcard(value), anyValue: !eq, rank: rank}
	switch {
	case strings.Contains(name, "*"):
		s.globs = append(s.globs, g)
	case eq:
		if s.valued == nil {
			s.valued = map[string][]paramGlob{}
		}
		s.valued[name] = append(s.valued[name], g)
	default:
		if s.exact == nil {
			s.exact = map[string]int{}
		}
		if old, ok := s.exact[name]; !ok || rank < old {
			s.exact[name] = rank
		}
	}
	return nil
}

// has compares names with regard to letter case: PHP and most others do.
func (s *paramSet) has(p Param) bool {
	_, ok := s.rank(p)
	return ok
}

// rank returns the lowest rank under which the set has p.
func (s *paramSet) rank(p Param) (lowest int, ok bool) {
	lowest, ok = s.exact[p.Name]
	for _, g := range s.valued[p.Name] {
		if (!ok || g.rank < lowest) && g.value.match(p.Value) {
			lowest, ok = g.rank, true
		}
	}
	for i := range s.globs {
		g := &s.globs[i]
		if (!ok || g.rank < lowest) && g.name.match(p.Name) && (g.anyValue || g.value.match(p.Value)) {
			lowest, ok = g.rank, true
		}
	}
	return lowest, ok
}

func newParamSet(groups []Params) (paramSet, error) {
	var s paramSet
	for _, g := range groups {
		for _, n := range g.Names {
			if err := s.add(n, 0); err != nil {
				return s, err
			}
		}
	}
	return s, nil
}

// wildcard is a text with "*" for anything at either end.
type wildcard struct {
	core       string
	head, tail bool // anything may stand before, behind
}

func newWildcard(s string) wildcard {
	return wildcard{core: strings.Trim(s, "*"), head: strings.HasPrefix(s, "*"), tail: strings.HasSuffix(s, "*")}
}

func (w wildcard) match(s string) bool {
	switch {
	case w.head && w.tail:
		return strings.Contains(s, w.core)
	case w.head:
		return strings.HasSuffix(s, w.core)
	case w.tail:
		return strings.HasPrefix(s, w.core)
	}
	return s == w.core
}
