package redirects

import (
	"slices"
	"strings"
)

// MaxGroups is how many sets of parameter names a Resolver looks up.
const MaxGroups = 64

// Resolver answers what a map means for a request. It is the reference that the
// engines are held against: what it says for the address of a row is that row.
//
// Of several rows that speak for a request the most specific one wins: a row for
// the request's host before one for any host; then the same address; the same
// parameters (QueryExact); the listed parameters, most of them first; the path
// alone; then captured rows in the order of CompareCaptured; the longest prefix.
type Resolver struct {
	rules    []Rule
	groups   *Groups
	hosts    bool
	exact    map[string]int32
	all      map[string]int32
	sets     map[string]int32
	paths    map[string]int32
	guards   map[int32][]string
	captured map[string][]captured // by host, in the order in which they are asked
	prefixes map[string]int32
}

// NewResolver reads a map. Of rows with one key the first counts. It returns the
// first error of the map. A Slice is not copied, so it must not be changed afterwards.
func NewResolver(m Map) (*Resolver, error) {
	groups, err := CollectGroups(m, MaxGroups)
	if err != nil {
		return nil, err
	}
	r := &Resolver{
		groups: groups, exact: map[string]int32{}, all: map[string]int32{}, sets: map[string]int32{},
		paths: map[string]int32{}, guards: map[int32][]string{}, prefixes: map[string]int32{},
		captured: map[string][]captured{},
	}
	own, shared := m.(Slice)
	n := int32(0)
	for rule, err := range m.Rules() {
		if err != nil {
			return nil, err
		}
		if !shared {
			own = append(own, rule)
		}
		r.add(n, rule)
		n++
	}
	r.rules = own
	for _, list := range r.captured {
		slices.SortStableFunc(list, func(a, b captured) int {
			return CompareCaptured(r.rules[a.rule].Source, r.rules[b.rule].Source)
		})
	}
	return r, nil
}

func (r *Resolver) add(n int32, rule Rule) {
	s := rule.Source
	host := s.Hostname()
	r.hosts = r.hosts || host != ""
	path := UpperEscapes(s.Path)
	put := func(m map[string]int32, key string) {
		if _, ok := m[key]; !ok {
			m[key] = n
		}
	}
	if s.Match == Prefix {
		put(r.prefixes, host+strings.TrimRight(path, "/"))
		return
	}
	if s.Match == Captured {
		if c, _, err := rule.Capture(); err == nil {
			r.captured[host] = append(r.captured[host], captured{n, c.upper()})
		}
		return
	}
	put(r.exact, host+UpperEscapes(s.RequestTarget()))
	if s.QueryAs == QueryExact && s.HasQuery {
		put(r.all, host+path+"?"+sortedQuery(s.Query))
	}
	if names, canonical, ok := s.Identifying(); ok {
		if _, ok := r.groups.Rank(names); ok {
			put(r.sets, host+path+"?"+canonical)
		}
	}
	if s.QueryAs == QueryIgnore {
		put(r.paths, host+path)
	}
	if s.QueryAs == QuerySet && !s.HasQuery {
		if guard, ok := r.groups.Guard(s.Path); ok {
			put(r.paths, host+path)
			if r.paths[host+path] == n {
				r.guards[n] = guard
			}
		}
	}
}

// Resolve returns the rule that answers a request. host is the Host header, with
// or without port; requestTarget is path and query as sent. Of a captured row, the
// target is given with the part of the request filled in.
func (r *Resolver) Resolve(host, requestTarget string) (Rule, bool) {
	target := UpperEscapes(requestTarget)
	path, query, hasQuery := strings.Cut(target, "?")
	first := firstValues(query)
	hosts := []string{""}
	if r.hosts {
		hosts = []string{strings.ToLower(Source{Host: host}.Hostname()), ""}
	}
	for _, h := range hosts {
		if n, ok := r.exact[h+target]; ok {
			return r.rules[n], true
		}
		if hasQuery {
			if n, ok := r.all[h+path+"?"+sortedQuery(query)]; ok {
				return r.rules[n], true
			}
			for _, names := range r.groups.Sets() {
				key, ok := groupKey(names, first)
				if !ok {
					continue
				}
				if n, ok := r.sets[h+path+"?"+key]; ok {
					return r.rules[n], true
				}
			}
		}
		if n, ok := r.paths[h+path]; ok && !holdsAny(first, r.guards[n]) {
			return r.rules[n], true
		}
		for _, c := range r.captured[h] {
			if part, ok := c.part(path, first); ok {
				rule := r.rules[c.rule]
				rule.Target = c.Fill(rule.Target, part)
				return rule, true
			}
		}
		for p := path; len(r.prefixes) > 0; {
			if n, ok := r.prefixes[h+strings.TrimRight(p, "/")]; ok {
				return r.rules[n], true
			}
			i := strings.LastIndexByte(p, '/')
			if i < 0 {
				break
			}
			p = p[:i]
		}
	}
	return Rule{}, false
}

// firstValues maps each parameter name to its first value.
func firstValues(query string) map[string]string {
	params := Params(query)
	if len(params) == 0 {
		return nil
	}
	first := make(map[string]string, len(params))
	for _, p := range params {
		if p.Name == "" && !p.bare {
			continue
		}
		if _, ok := first[p.Name]; !ok {
			first[p.Name] = p.Value
		}
	}
	return first
}

// groupKey writes the canonical query of a request for one set of names; ok is
// false when one of them is missing or empty.
func groupKey(names []string, first map[string]string) (string, bool) {
	var b strings.Builder
	for i, name := range names {
		v := first[name]
		if v == "" {
			return "", false
		}
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(name)
		b.WriteByte('=')
		b.WriteString(v)
	}
	return b.String(), true
}

func holdsAny(first map[string]string, names []string) bool {
	for _, name := range names {
		if first[name] != "" {
			return true
		}
	}
	return false
}
