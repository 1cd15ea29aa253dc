package platform

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"replatform/crawler/catalog"
)

// slowPlatform identifies addresses as the files describe it and no faster: every
// rule and every pattern is tried in its order, each by regular expressions. Tests
// hold Identify against it.
type slowPlatform struct {
	*Platform
	common   *slowPlatform
	prefixed *regexp.Regexp
	patterns []slowPattern
	never    []slowNever

	noise, views, facets []slowParam
}

type slowPattern struct {
	*Pattern
	paths    []*regexp.Regexp
	query    map[string]*regexp.Regexp
	optional map[string]*regexp.Regexp
	fragment *regexp.Regexp
}

type slowNever struct {
	rule   string
	params []slowParam
	paths  []*regexp.Regexp
}

func slowly(p *Platform) *slowPlatform {
	s := &slowPlatform{Platform: p, noise: slowGroups(p.Noise), views: slowGroups(p.Views), facets: slowGroups(p.Facets)}
	if p.common != nil {
		s.common = slowly(p.common)
	}
	if p.Prefix.Value != "" {
		s.prefixed = regexp.MustCompile("^(" + p.Prefix.Value + ")(/.*)?$")
	}
	for _, n := range p.Never {
		sn := slowNever{rule: n.Rule, params: slowParams(n.Params...)}
		for _, spec := range n.Paths {
			parts := strings.Split(strings.TrimSuffix(spec, "/"), "*")
			for i := range parts {
				parts[i] = regexp.QuoteMeta(parts[i])
			}
			sn.paths = append(sn.paths, regexp.MustCompile("^(?:"+p.Prefix.Value+")?"+strings.Join(parts, ".*")+"/?$"))
		}
		s.never = append(s.never, sn)
	}
	for _, pt := range p.Patterns {
		sp := slowPattern{Pattern: pt, query: map[string]*regexp.Regexp{}, optional: map[string]*regexp.Regexp{}}
		for _, t := range pt.Path {
			sp.paths = append(sp.paths, slowTemplate(strings.TrimSuffix(t, "/"), "[^/]+", pt.Where, "/?"))
		}
		for n, t := range pt.Query {
			sp.query[n] = slowTemplate(t, "(?s).+", pt.Where, "")
		}
		for n, t := range pt.Optional {
			sp.optional[n] = slowTemplate(t, "(?s).+", pt.Where, "")
		}
		if pt.Fragment != "" {
			sp.fragment = slowTemplate(pt.Fragment, ".+", pt.Where, "")
		}
		s.patterns = append(s.patterns, sp)
	}
	return s
}

func slowTemplate(tmpl, other string, where map[string]string, end string) *regexp.Regexp {
	var b strings.Builder
	last := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(tmpl, -1) {
		b.WriteString(regexp.QuoteMeta(tmpl[last:m[0]]))
		name, rest := tmpl[m[2]:m[3]], m[4] >= 0
		expr, ok := where[name]
		switch {
		case ok:
		case name == "page":
			expr = "[0-9]{1,9}"
		case rest:
			expr = ".+?"
		default:
			expr = other
		}
		fmt.Fprintf(&b, "(?P<%s>%s)", name, expr)
		last = m[1]
	}
	return regexp.MustCompile("^" + b.String() + regexp.QuoteMeta(tmpl[last:]) + end + "$")
}

// slowParam is one parameter that a file names.
type slowParam struct{ name, value *regexp.Regexp }

func slowParams(specs ...string) []slowParam {
	wild := func(pattern string) *regexp.Regexp {
		return regexp.MustCompile("(?s)^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*") + "$")
	}
	var all []slowParam
	for _, spec := range specs {
		name, value, eq := strings.Cut(spec, "=")
		p := slowParam{name: wild(name)}
		if eq {
			p.value = wild(value)
		}
		all = append(all, p)
	}
	return all
}

func slowGroups(groups []Params) []slowParam {
	var all []slowParam
	for _, g := range groups {
		all = append(all, slowParams(g.Names...)...)
	}
	return all
}

func slowHas(list []slowParam, q Param) bool {
	return slices.ContainsFunc(list, func(p slowParam) bool {
		return p.name.MatchString(q.Name) && (p.value == nil || p.value.MatchString(q.Value))
	})
}

func (s *slowPlatform) refuses(path string, params []Param) string {
	for _, n := range s.never {
		if slices.ContainsFunc(params, func(q Param) bool { return slowHas(n.params, q) }) {
			return n.rule
		}
		if slices.ContainsFunc(n.paths, func(re *regexp.Regexp) bool { return re.MatchString(path) }) {
			return n.rule
		}
	}
	return ""
}

func (s *slowPlatform) identify(u *url.URL) Identity {
	path := NormalPath(u)
	params := slices.DeleteFunc(SplitQuery(u.RawQuery), func(q Param) bool {
		return slowHas(s.noise, q) || s.common != nil && slowHas(s.common.noise, q) || isSession(q)
	})
	if rule := s.refuses(path, params); rule != "" {
		id := plain(u, path, params)
		id.Rule, id.Type = rule, typeOfRule(rule)
		return id
	}
	ways := [][2]string{{"", path}}
	if s.prefixed != nil {
		if m := s.prefixed.FindStringSubmatch(path); m != nil && m[1] != "" {
			rest := m[len(m)-1]
			if rest == "" {
				rest = "/"
			}
			ways = append(ways, [2]string{m[1], rest})
			if s.Prefix.First {
				slices.Reverse(ways)
			}
		}
	}
	for _, w := range ways {
		for _, pt := range s.patterns {
			if w[0] != "" && pt.Rooted {
				continue
			}
			f, ok := pt.match(w[1], params, u.Fragment)
			if !ok {
				continue
			}
			if pt.Exact || pt.Type == catalog.Home {
				f.rest = slices.DeleteFunc(f.rest, func(q Param) bool { return slowHas(s.views, q) })
				if len(f.rest) > 0 {
					continue
				}
			}
			return s.patternIdentity(u, w[0], w[1], params, f)
		}
	}
	facet := slices.ContainsFunc(params, func(q Param) bool {
		return slowHas(s.facets, q) || slowHas(s.common.facets, q)
	})
	params = slices.DeleteFunc(params, func(q Param) bool {
		return slowHas(s.views, q) || slices.ContainsFunc(s.common.never, func(n slowNever) bool { return n.rule == RuleSort && slowHas(n.params, q) })
	})
	id := fileIdentity(plain(u, path, params), path)
	switch rule := s.common.refuses(path, params); {
	case id.Rule != "":
	case rule != "":
		id.Rule, id.Type = rule, typeOfRule(rule)
	case facet:
		id.Rule = RuleFacet
	}
	return id
}

func (pt *slowPattern) match(path string, params []Param, fragment string) (*found, bool) {
	values := map[string]string{}
	take := func(re *regexp.Regexp, s string, escaped bool) bool {
		m := re.FindStringSubmatch(s)
		for i, n := range re.SubexpNames() {
			if n != "" && m != nil {
				if values[n] = m[i]; !escaped {
					values[n] = escape(m[i], true)
				}
			}
		}
		return m != nil
	}
	if pt.Lower {
		path = lower(path)
	}
	if !slices.ContainsFunc(pt.paths, func(re *regexp.Regexp) bool { return take(re, path, true) }) {
		return nil, false
	}
	f := &found{pattern: pt.Pattern}
	for n, re := range pt.query {
		if p, ok := last(params, n); !ok || !take(re, p.Value, false) {
			return nil, false
		}
	}
	for n, re := range pt.optional {
		if p, ok := last(params, n); ok {
			take(re, p.Value, false)
		}
	}
	if pt.fragment != nil && !take(pt.fragment, fragment, false) {
		return nil, false
	}
	for n, v := range pt.Default {
		if values[n] == "" {
			values[n] = v
		}
	}
	number := values["page"]
	if pt.Pager != "" {
		if p, ok := last(params, pt.Pager); ok {
			number = p.Value
		}
	}
	if n, err := strconv.Atoi(number); err == nil && n > 0 {
		f.page = n
	}
	for n, v := range values {
		f.values = append(f.values, filled{n, v})
	}
	for _, p := range params {
		_, needed := pt.Query[p.Name]
		_, may := pt.Optional[p.Name]
		if !needed && !may && (p.Name != pt.Pager || pt.Pager == "") {
			f.rest = append(f.rest, p)
		}
	}
	return f, true
}
