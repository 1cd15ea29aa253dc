package engine

import (
	"hash/fnv"
	"hash/maphash"
	"regexp"
	"strconv"
	"strings"

	"replatform/redirects"
)

// Bounds on what one configuration may hold: every set of parameter names is one
// more lookup for a request that has no rule, every pattern one more comparison.
const (
	nginxMaxGroups   = 32
	nginxMaxGuards   = 32
	nginxMaxPatterns = 1000
)

// nginxTable is one map of the configuration. Tables are asked one after the
// other; the first that holds the request answers.
type nginxTable struct {
	kind  string   // raw, params, guard, path, prefix
	host  bool     // keys begin with the host
	names []string // parameters in the key, sorted
	rows  int
}

// file is the name of the table's file below the folder of the configuration.
func (t *nginxTable) file(n int) string {
	return "table-" + strconv.Itoa(n+1) + "-" + t.kind + ".map"
}

// nginxPlan says in which table each rule stands, and how. It is made in two walks
// over the map and holds about 20 bytes a row.
type nginxPlan struct {
	groups   *redirects.Groups
	hosts    bool
	tables   []*nginxTable
	index    map[string]int
	guards   int
	seed     maphash.Seed
	keys     map[uint64]bool // hash of table and folded key -> met in more than one letter case
	statuses map[int]bool
	longest  int
	dollar   bool
	amp      bool
}

func newNginxPlan(m redirects.Map) (*nginxPlan, error) {
	p := &nginxPlan{index: map[string]int{}, seed: maphash.MakeSeed(), keys: map[uint64]bool{}, statuses: map[int]bool{}}
	var err error
	if p.groups, err = redirects.CollectGroups(m, nginxMaxGroups); err != nil {
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
	exact := map[uint64]string{}
	for r, err := range m.Rules() {
		if err != nil {
			return nil, err
		}
		t, key := p.place(r)
		p.tables[t].rows++
		p.statuses[r.Status] = true
		p.dollar = p.dollar || strings.Contains(r.Target+strings.Join(p.tables[t].names, ""), "$")
		p.amp = p.amp || r.KeepQuery && strings.Contains(r.Target, "?")
		p.longest = max(p.longest, len(key))
		h := p.hash(t, key)
		upper := redirects.UpperEscapes(key)
		if other, seen := exact[h]; seen && other != upper {
			p.keys[h] = true
		} else if !seen {
			exact[h] = upper
		}
	}
	return p, nil
}

// addTables lists the tables in the order in which they are asked: those of a host
// first; then the address as a whole, the parameters, the path, the prefixes.
func (p *nginxPlan) addTables() {
	hosts := []bool{false}
	if p.hosts {
		hosts = []bool{true, false}
	}
	for _, h := range hosts {
		p.table("raw", h, nil)
		for _, names := range p.groups.Sets() {
			if nginxNames(names) {
				p.table("params", h, names)
			}
		}
		p.table("path", h, nil)
		p.table("prefix", h, nil)
	}
}

func (p *nginxPlan) table(kind string, host bool, names []string) {
	p.index[tableID(kind, host, names)] = len(p.tables)
	p.tables = append(p.tables, &nginxTable{kind: kind, host: host, names: names})
}

func tableID(kind string, host bool, names []string) string {
	return kind + " " + strconv.FormatBool(host) + " " + strings.Join(names, "&")
}

// nginxNames tells whether a set of names can be looked up: nginx ignores the
// letter case of parameter names, and the names stand in one token.
func nginxNames(names []string) bool {
	const most = nginxMaxToken / 8 // leaves room for quotes, escapes and variables
	seen := make(map[string]bool, len(names))
	total := 0
	for _, name := range names {
		total += len(name)
		if seen[asciiLower(name)] || total > most {
			return false
		}
		seen[asciiLower(name)] = true
	}
	return true
}

// place returns the table of a rule and its key there.
func (p *nginxPlan) place(r redirects.Rule) (table int, key string) {
	s := r.Source
	host := p.hosts && s.Host != ""
	prefix := ""
	if host {
		prefix = s.Hostname()
	}
	if s.Match == redirects.Prefix {
		return p.index[tableID("prefix", host, nil)], prefix + strings.TrimRight(s.Path, "/")
	}
	if names, canonical, ok := s.Identifying(); ok {
		if _, kept := p.groups.Rank(names); kept && nginxNames(names) {
			return p.index[tableID("params", host, names)], prefix + redirects.UpperEscapes(s.Path) + "?" + canonical
		}
	}
	if s.QueryAs == redirects.QueryIgnore {
		return p.index[tableID("path", host, nil)], prefix + s.Path
	}
	if s.QueryAs == redirects.QuerySet && !s.HasQuery {
		if names, ok := p.groups.Guard(s.Path); ok {
			return p.guarded(host, prefix+s.Path, names)
		}
	}
	return p.index[tableID("raw", host, nil)], prefix + s.RequestTarget()
}

// guarded places a row without parameters: into the table of paths when no other
// row of the path has parameters, else into a table whose keys say that these
// parameters are absent.
func (p *nginxPlan) guarded(host bool, path string, names []string) (table int, key string) {
	if len(names) == 0 {
		return p.index[tableID("path", host, nil)], path
	}
	id := tableID("guard", host, names)
	t, ok := p.index[id]
	if !ok {
		if p.guards >= nginxMaxGuards || !nginxNames(names) {
			return p.index[tableID("raw", host, nil)], path
		}
		p.guards++
		p.table("guard", host, names)
		t = p.index[id]
	}
	if key = path + "?" + strings.Join(names, "=&") + "="; len(nginxMapKey(key)) >= nginxMaxToken {
		return p.index[tableID("raw", host, nil)], path
	}
	return t, key
}

func (p *nginxPlan) hash(table int, key string) uint64 {
	return maphash.String(p.seed, strconv.Itoa(table)+" "+asciiLower(key))
}

// isPattern tells whether a key must be written as a pattern because another one
// differs from it by letter case only, which nginx's exact rows do not see.
func (p *nginxPlan) isPattern(table int, key string) bool {
	return p.tables[table].kind == "prefix" || p.keys[p.hash(table, key)]
}

// pattern is the regular expression of a key.
func (p *nginxPlan) pattern(table int, key string) string {
	if p.tables[table].kind == "prefix" {
		return "^" + nginxPattern(key) + "(?:/|$)"
	}
	return "^" + nginxPattern(key) + "$"
}

// value is what a map gives for a rule: the status, and the target with the
// variables that nginx fills in.
func (p *nginxPlan) value(r redirects.Rule) string {
	status := strconv.Itoa(r.Status)
	if r.Gone() {
		return nginxQuote(status)
	}
	target := strings.ReplaceAll(r.Target, "$", nginxDollar)
	if r.KeepQuery {
		head, fragment, hasFragment := strings.Cut(target, "#")
		if strings.Contains(head, "?") {
			head += "${replatform_amp}${args}"
		} else {
			head += "${is_args}${args}"
		}
		if hasFragment {
			head += "#" + fragment
		}
		target = head
	}
	return nginxQuote(status + " " + target)
}

// nginxWord tells whether nginx has a variable $arg_NAME for a parameter.
var nginxWord = regexp.MustCompile(`^[0-9A-Za-z_]+$`)

// parameter is how the value of a parameter is written in a key, and the pattern
// that takes it out of $args where nginx has no variable for the name.
func nginxParameter(name string) (variable, pattern string) {
	switch {
	case name == "":
		return "${replatform_bare}", `(?:^|&)(?<replatform_bare_value>[^=&]+)(?:&|$)`
	case nginxWord.MatchString(name):
		return "${arg_" + asciiLower(name) + "}", ""
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	id := "replatform_p" + strconv.FormatUint(h.Sum64(), 36)
	return "${" + id + "}", `(?:^|&)` + nginxPattern(name) + `=(?<` + id + `v>[^&]*)`
}

// keyExpression is the left-hand side of the map: what is looked up.
func (t *nginxTable) keyExpression() string {
	var b strings.Builder
	if t.host {
		b.WriteString("${host}")
	}
	switch t.kind {
	case "raw":
		b.WriteString("${request_uri}")
		return b.String()
	case "path", "prefix":
		b.WriteString("${replatform_path}")
		return b.String()
	}
	b.WriteString("${replatform_path}?")
	for i, name := range t.names {
		if i > 0 {
			b.WriteByte('&')
		}
		variable, _ := nginxParameter(name)
		b.WriteString(strings.ReplaceAll(name, "$", nginxDollar) + "=" + variable)
	}
	return b.String()
}
