package engine

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"replatform/redirects"
)

// nginxModel holds the same tables as the configuration and asks them as nginx
// does.
type nginxModel struct {
	plan   *nginxPlan
	rules  []redirects.Rule
	tables []nginxModelTable
}

type nginxModelTable struct {
	exact    map[string]int32 // folded key -> row
	folders  map[string]int32 // key of a prefix row -> row; the longest pattern is asked first
	patterns []nginxModelPattern
}

type nginxModelPattern struct {
	re      *regexp.Regexp
	literal string // what the key of the row has before its first escape or captured part
	rule    redirects.Rule
}

// answer is the row for a key that it has the shape of.
func (p *nginxModelPattern) answer(key string) (redirects.Rule, bool) {
	if !strings.HasPrefix(key, p.literal) { // a pattern costs much more
		return redirects.Rule{}, false
	}
	part := p.re.FindStringSubmatch(key)
	if part == nil {
		return redirects.Rule{}, false
	}
	r := p.rule
	if c, ok, _ := r.Capture(); ok {
		r.Target = c.Fill(r.Target, part[1])
	}
	return r, true
}

func (nginx) Model(m redirects.Map) (Matcher, error) {
	plan, err := newNginxPlan(m)
	if err != nil {
		return nil, fmt.Errorf("modelling nginx: %w", err)
	}
	model := &nginxModel{plan: plan, tables: make([]nginxModelTable, len(plan.tables))}
	for r, err := range m.Rules() {
		if err != nil {
			return nil, fmt.Errorf("modelling nginx: %w", err)
		}
		n, key := plan.place(r)
		t := &model.tables[n]
		if r.Source.Match == redirects.Prefix {
			if t.folders == nil {
				t.folders = map[string]int32{}
			}
			if _, ok := t.folders[redirects.UpperEscapes(key)]; !ok {
				t.folders[redirects.UpperEscapes(key)] = int32(len(model.rules))
				model.rules = append(model.rules, r)
			}
			continue
		}
		if plan.isPattern(n, key) {
			re, err := regexp.Compile(plan.pattern(r, n, key))
			if err != nil {
				return nil, fmt.Errorf("modelling nginx: line %d: %w", r.Line, err)
			}
			literal := key
			if i := strings.IndexAny(key, "%{"); i >= 0 {
				literal = key[:i]
			}
			t.patterns = append(t.patterns, nginxModelPattern{re, literal, r})
			continue
		}
		if t.exact == nil {
			t.exact = map[string]int32{}
		}
		if _, ok := t.exact[asciiLower(key)]; !ok {
			t.exact[asciiLower(key)] = int32(len(model.rules))
			model.rules = append(model.rules, r)
		}
	}
	for _, t := range model.tables {
		slices.SortStableFunc(t.patterns, func(a, b nginxModelPattern) int {
			return nginxPatternOrder(a.rule, b.rule, a.re.String(), b.re.String())
		})
	}
	return model, nil
}

// Answer asks the tables in order.
func (m *nginxModel) Answer(q Request) Answer {
	path, query, _ := strings.Cut(q.Target, "?")
	if !serverTakesPath(path) {
		return Answer{}
	}
	host := asciiLower(redirects.Source{Host: q.Host}.Hostname())
	for _, n := range m.plan.used() {
		t := m.plan.tables[n]
		key := t.expression(host, q.Target, path, func(name string) string { return name + "=" + nginxArgument(query, name) })
		if i, ok := m.tables[n].exact[asciiLower(key)]; ok {
			return answerOf(m.rules[i], q.Target)
		}
		if i, ok := m.tables[n].folder(key); ok {
			return answerOf(m.rules[i], q.Target)
		}
		for _, p := range m.tables[n].patterns {
			if r, ok := p.answer(key); ok {
				return answerOf(r, q.Target)
			}
		}
	}
	return Answer{}
}

// folder is the row of the longest folder that a key is in.
func (t *nginxModelTable) folder(key string) (row int32, ok bool) {
	if t.folders == nil {
		return 0, false
	}
	for key = redirects.UpperEscapes(key); ; {
		if row, ok = t.folders[key]; ok {
			return row, true
		}
		slash := strings.LastIndexByte(key, '/')
		if slash < 0 {
			return 0, false
		}
		key = key[:slash]
	}
}

// nginxArgument is the value of a parameter as the configuration takes it out of
// the query: the first one of the name; without regard to letter case where nginx
// has a variable for it (ngx_http_arg), as written otherwise.
func nginxArgument(query, name string) string {
	for piece := range strings.SplitSeq(query, "&") {
		n, v, ok := strings.Cut(piece, "=")
		switch {
		case name == "":
			if !ok && piece != "" {
				return piece
			}
		case !ok:
		case nginxWord.MatchString(name):
			if asciiLower(n) == asciiLower(name) {
				return v
			}
		case redirects.UpperEscapes(n) == name:
			return v
		}
	}
	return ""
}
