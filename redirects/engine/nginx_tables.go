package engine

import (
	"fmt"
	"hash/fnv"
	"hash/maphash"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"replatform/redirects"
)

// Bounds on what one configuration may hold: every set of parameter names is one
// more lookup for a request that has no rule, every pattern one more comparison.
const (
	nginxMaxGroups   = 32
	nginxMaxGuards   = 16 // with two tables for each group, nested lookups stay under 100
	nginxMaxPatterns = 1000
)

// nginxPlan is the plan of the tables, with what the configuration has to declare.
// It holds about 20 bytes a row.
type nginxPlan struct {
	*tablePlan
	seed     maphash.Seed
	keys     map[uint64]bool // folded -> met in more than one letter case
	statuses map[int]bool
	longest  int
	dollar   bool
	amp      bool
	// mixedNames: two tables have names that differ by letter case only.
	mixedNames bool
}

func newNginxPlan(m redirects.Map) (*nginxPlan, error) {
	tables, err := newTablePlan(m, planOptions{
		groups: nginxMaxGroups, guards: nginxMaxGuards, names: nginxNames,
		key: func(key string) bool { return len(nginxMapKey(key)) < nginxMaxToken },
	})
	if err != nil {
		return nil, err
	}
	p := &nginxPlan{tablePlan: tables, seed: maphash.MakeSeed(), keys: map[uint64]bool{}, statuses: map[int]bool{}}
	spelt := map[string]string{}
	for _, t := range p.tables {
		for _, name := range t.names {
			other, seen := spelt[asciiLower(name)]
			p.mixedNames = p.mixedNames || seen && other != name
			spelt[asciiLower(name)] = name
		}
	}
	exact := map[uint64]uint64{}
	var captured []nginxFoldedCapture
	for r, err := range m.Rules() {
		if err != nil {
			return nil, err
		}
		t, key := p.place(r)
		p.tables[t].rows++
		p.statuses[r.Status] = true
		p.dollar = p.dollar || strings.Contains(r.Target+strings.Join(p.tables[t].names, ""), "$")
		p.amp = p.amp || r.KeepQuery && strings.Contains(r.Target, "?")
		if r.Source.Match == redirects.Captured {
			c, err := newKeyCapture(r, key)
			if err != nil {
				return nil, err
			}
			folded, err := regexp.Compile("(?i)" + c.re.String())
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", r.Line, err)
			}
			captured = append(captured, nginxFoldedCapture{c.re, folded})
			continue // a pattern is in no hash
		}
		p.longest = max(p.longest, len(key))
		h, spelling := p.folded(t, key)
		if other, seen := exact[h]; seen && other != spelling {
			p.keys[h] = true
		} else if !seen {
			exact[h] = spelling
		}
	}
	if len(captured) > 0 {
		return p, p.besideCaptured(m, captured)
	}
	return p, nil
}

// besideCaptured notes the keys that would answer in another letter case what a
// captured row is to answer: they are written as patterns too.
func (p *nginxPlan) besideCaptured(m redirects.Map, captured []nginxFoldedCapture) error {
	for r, err := range m.Rules() {
		if err != nil {
			return err
		}
		t, key := p.place(r)
		if r.Source.Match != redirects.Exact {
			continue
		}
		for _, c := range captured {
			part := c.folded.FindStringSubmatch(key)
			if part != nil && (!c.exact.MatchString(key) || asciiLower(part[1]) != strings.ToUpper(part[1])) {
				h, _ := p.folded(t, key)
				p.keys[h] = true
			}
		}
	}
	return nil
}

// nginxFoldedCapture is a captured row with and without regard to letter case.
type nginxFoldedCapture struct{ exact, folded *regexp.Regexp }

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

func (p *nginxPlan) hash(table int, key string) uint64 {
	return maphash.String(p.seed, strconv.Itoa(table)+" "+asciiLower(key))
}

// foldedParameters is the key of a table of parameters without regard to letter
// case and order.
func foldedParameters(key string) string {
	path, query, _ := strings.Cut(asciiLower(key), "?")
	pieces := strings.Split(query, "&")
	slices.Sort(pieces)
	return path + "?" + strings.Join(pieces, "&")
}

// folded is the hash of what a key asks for without regard to letter case, in any
// of the tables of whole addresses and paths, and of its spelling there: a request
// for "/Item" would be answered by the row "/item" of another table, asked earlier.
func (p *nginxPlan) folded(table int, key string) (folded, spelling uint64) {
	kind := p.tables[table].kind
	if kind == "params" {
		return p.hash(table, key), maphash.String(p.seed, key)
	}
	key = key[max(0, strings.IndexByte(key, '/')):] // without the host
	if kind == "guard" {
		key, _, _ = strings.Cut(key, "?")
	}
	return maphash.String(p.seed, asciiLower(key)), maphash.String(p.seed, key)
}

// isPattern tells whether a key must be written as a pattern because another one
// differs from it by letter case only, which nginx's exact rows do not see.
func (p *nginxPlan) isPattern(table int, key string) bool {
	h, _ := p.folded(table, key)
	kind := p.tables[table].kind
	return kind == "prefix" || kind == "captured" || p.keys[h]
}

// pattern is the regular expression of the key of a row.
func (p *nginxPlan) pattern(r redirects.Rule, table int, key string) string {
	switch p.tables[table].kind {
	case "captured":
		return capturePattern(r, key, "(?<"+captureGroup+">")
	case "prefix":
		return "^" + nginxPattern(key) + "(?:/|$)"
	}
	return "^" + nginxPattern(key) + "$"
}

// nginxPatternOrder is the order of two patterns in one table: those of captured rows
// as a Resolver asks them, others the longest first.
func nginxPatternOrder(a, b redirects.Rule, aPattern, bPattern string) int {
	if a.Source.Match == redirects.Captured {
		return redirects.CompareCaptured(a.Source, b.Source)
	}
	return len(bPattern) - len(aPattern)
}

// value is what a map gives for a rule: the status, and the target with the
// variables that nginx fills in.
func (p *nginxPlan) value(r redirects.Rule) string {
	status := strconv.Itoa(r.Status)
	if r.Gone() {
		return nginxQuote(status)
	}
	target := captureTarget(r, r.Target, "${"+captureGroup+"}", func(s string) string { return strings.ReplaceAll(s, "$", nginxDollar) })
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

// nginxExpression is the left-hand side of the map: what is looked up.
func nginxExpression(t *lookupTable) string {
	return t.expression("${host}", "${request_uri}", "${replatform_path}", func(name string) string {
		variable, _ := nginxParameter(name)
		return strings.ReplaceAll(name, "$", nginxDollar) + "=" + variable
	})
}
