package engine

import (
	"slices"
	"strconv"
	"strings"

	"replatform/redirects"
)

// lookupTable is one table of an engine that looks addresses up by exact keys.
// Tables are asked one after the other; the first that holds the request answers.
type lookupTable struct {
	kind  string   // raw, params, path, guard, captured, prefix
	host  bool     // keys begin with the host
	names []string // parameters in the key, sorted
	rows  int
}

// file is the name of the n-th table's file.
func (t *lookupTable) file(n int) string {
	return "table-" + strconv.Itoa(n+1) + "-" + t.kind + ".map"
}

// expression writes what a request is looked up by, with the engine's own words
// for its parts.
func (t *lookupTable) expression(host, target, path string, parameter func(name string) string) string {
	var b strings.Builder
	if t.host {
		b.WriteString(host)
	}
	switch t.kind {
	case "raw":
		b.WriteString(target)
		return b.String()
	case "path", "prefix":
		b.WriteString(path)
		return b.String()
	case "captured":
		if len(t.names) == 0 {
			b.WriteString(path)
			return b.String()
		}
	}
	b.WriteString(path + "?")
	for i, name := range t.names {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(parameter(name))
	}
	return b.String()
}

// planOptions are the bounds of an engine. Every set of parameter names is one
// more lookup for a request that has no rule.
type planOptions struct {
	groups int                         // sets of names looked up
	guards int                         // sets of names whose absence is looked up
	names  func(names []string) bool   // whether the engine can take these parameters out of a query
	source func(redirects.Source) bool // whether it can do so for this source; nil: any
	key    func(key string) bool       // whether a key can be written; nil: any
}

// tablePlan says in which table each rule stands, and under which key.
type tablePlan struct {
	o      planOptions
	groups *redirects.Groups
	hosts  bool // several hosts, or some rows for any host: keys need the host
	tables []*lookupTable
	index  map[string]int
	guards int
}

// newTablePlan walks the map twice.
func newTablePlan(m redirects.Map, o planOptions) (*tablePlan, error) {
	p := &tablePlan{o: o, index: map[string]int{}}
	var err error
	if p.groups, err = redirects.CollectGroups(m, o.groups); err != nil {
		return nil, err
	}
	first, hostless, several := "", false, false
	for r, err := range m.Rules() {
		if err != nil {
			return nil, err
		}
		switch h := r.Source.Hostname(); {
		case h == "":
			hostless = true
		case first == "":
			first = h
		case h != first:
			several = true
		}
	}
	p.hosts = several || first != "" && hostless
	p.addTables()
	return p, nil
}

// addTables lists the tables that any map may have. Guarded tables and those of
// captured rows follow as rows need them.
func (p *tablePlan) addTables() {
	hosts := []bool{false}
	if p.hosts {
		hosts = []bool{true, false}
	}
	for _, h := range hosts {
		p.table("raw", h, nil)
		for _, names := range p.groups.Sets() {
			if p.o.names(names) {
				p.table("params", h, names)
			}
		}
		p.table("path", h, nil)
		p.table("prefix", h, nil)
	}
}

func (p *tablePlan) table(kind string, host bool, names []string) {
	p.index[tableID(kind, host, names)] = len(p.tables)
	p.tables = append(p.tables, &lookupTable{kind: kind, host: host, names: names})
}

func tableID(kind string, host bool, names []string) string {
	return kind + " " + strconv.FormatBool(host) + " " + strings.Join(names, "&")
}

// used lists the tables that have rows in the order in which they are asked: what
// one host says comes before what holds for all, see compareTables.
func (p *tablePlan) used() []int {
	var used []int
	for _, host := range []bool{true, false} {
		first := len(used)
		for n, t := range p.tables {
			if t.rows > 0 && t.host == host {
				used = append(used, n)
			}
		}
		slices.SortStableFunc(used[first:], func(a, b int) int { return compareTables(p.tables[a], p.tables[b]) })
	}
	return used
}

// place returns the table of a rule and its key there, escapes in upper case.
func (p *tablePlan) place(r redirects.Rule) (table int, key string) {
	s := r.Source
	host := p.hosts && s.Host != ""
	prefix := ""
	if host {
		prefix = s.Hostname()
	}
	path := prefix + redirects.UpperEscapes(s.Path)
	if s.Match == redirects.Prefix {
		return p.index[tableID("prefix", host, nil)], strings.TrimRight(path, "/")
	}
	if s.Match == redirects.Captured {
		names, canonical, ok := s.Identifying()
		if ok {
			path += "?" + canonical
		}
		id := tableID("captured", host, names)
		if _, ok := p.index[id]; !ok {
			p.table("captured", host, names)
		}
		return p.index[id], path
	}
	if names, canonical, ok := s.Identifying(); ok {
		if _, kept := p.groups.Rank(names); kept && p.o.names(names) && (p.o.source == nil || p.o.source(s)) {
			return p.index[tableID("params", host, names)], path + "?" + canonical
		}
	}
	if s.QueryAs == redirects.QueryIgnore {
		return p.index[tableID("path", host, nil)], path
	}
	if s.QueryAs == redirects.QuerySet && !s.HasQuery {
		if names, ok := p.groups.Guard(s.Path); ok {
			return p.guarded(host, path, names)
		}
	}
	return p.index[tableID("raw", host, nil)], prefix + redirects.UpperEscapes(s.RequestTarget())
}

// guarded places a row without parameters: into the table of paths when no other
// row of the path has parameters, else into a table whose keys say that these
// parameters are absent.
func (p *tablePlan) guarded(host bool, path string, names []string) (table int, key string) {
	raw := p.index[tableID("raw", host, nil)]
	if len(names) == 0 {
		return p.index[tableID("path", host, nil)], path
	}
	key = path + "?" + strings.Join(names, "=&") + "="
	if !p.o.names(names) || p.o.key != nil && !p.o.key(key) {
		return raw, path
	}
	id := tableID("guard", host, names)
	t, ok := p.index[id]
	if !ok {
		if p.guards >= p.o.guards {
			return raw, path
		}
		p.guards++
		p.table("guard", host, names)
		t = p.index[id]
	}
	return t, key
}

// setCheckKey is the key of setCheck for an engine with tables.
func (p *tablePlan) setCheckKey(r redirects.Rule) string {
	t, key := p.place(r)
	return strconv.Itoa(t) + " " + key
}
