package platform

import (
	"fmt"
	"regexp"
	"strings"
)

// paramSet is a set of parameters by name, or by name and value. "*" at either end
// of a name or value stands for anything.
type paramSet struct {
	exact map[string]bool
	globs []paramGlob
}

type paramGlob struct {
	name, value string
	anyValue    bool
}

func (s *paramSet) add(spec string) error {
	name, value, eq := strings.Cut(spec, "=")
	if name == "" || strings.Contains(strings.Trim(name, "*"), "*") || strings.Contains(strings.Trim(value, "*"), "*") {
		return fmt.Errorf("%q is no parameter name", spec)
	}
	if strings.Trim(name, "*") == "" {
		return fmt.Errorf("%q would match every parameter", spec)
	}
	if !eq && !strings.Contains(name, "*") {
		if s.exact == nil {
			s.exact = map[string]bool{}
		}
		s.exact[name] = true
		return nil
	}
	s.globs = append(s.globs, paramGlob{name: name, value: value, anyValue: !eq})
	return nil
}

// has compares names with regard to letter case: PHP and most others do.
func (s *paramSet) has(p Param) bool {
	if s.exact[p.Name] {
		return true
	}
	for _, g := range s.globs {
		if glob(g.name, p.Name) && (g.anyValue || glob(g.value, p.Value)) {
			return true
		}
	}
	return false
}

func glob(pattern, s string) bool {
	head, tail := strings.HasPrefix(pattern, "*"), strings.HasSuffix(pattern, "*")
	core := strings.Trim(pattern, "*")
	switch {
	case head && tail:
		return strings.Contains(s, core)
	case head:
		return strings.HasSuffix(s, core)
	case tail:
		return strings.HasPrefix(s, core)
	}
	return s == core
}

func newParamSet(groups []Params) (paramSet, error) {
	var s paramSet
	for _, g := range groups {
		for _, n := range g.Names {
			if err := s.add(n); err != nil {
				return s, err
			}
		}
	}
	return s, nil
}

// pathGlob is a path with "*" for any run of characters within it.
type pathGlob struct{ re *regexp.Regexp }

func newPathGlob(spec, prefix string) (pathGlob, error) {
	if !strings.HasPrefix(strings.TrimPrefix(spec, "*"), "/") {
		return pathGlob{}, fmt.Errorf("path %q does not begin with a slash", spec)
	}
	parts := strings.Split(strings.TrimSuffix(spec, "/"), "*")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	re, err := regexp.Compile("^(?:" + prefix + ")?" + strings.Join(parts, ".*") + "/?$")
	if err != nil {
		return pathGlob{}, fmt.Errorf("path %q: %w", spec, err)
	}
	return pathGlob{re: re}, nil
}

func (g pathGlob) match(path string) bool { return g.re.MatchString(path) }
