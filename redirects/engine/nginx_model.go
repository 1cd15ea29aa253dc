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
	tables []nginxModelTable
}

type nginxModelTable struct {
	exact    map[string]redirects.Rule // folded key
	patterns []nginxModelPattern
}

type nginxModelPattern struct {
	re   *regexp.Regexp
	rule redirects.Rule
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
		if plan.isPattern(n, key) {
			re, err := regexp.Compile(plan.pattern(r, n, key))
			if err != nil {
				return nil, fmt.Errorf("modelling nginx: line %d: %w", r.Line, err)
			}
			t.patterns = append(t.patterns, nginxModelPattern{re, r})
			continue
		}
		if t.exact == nil {
			t.exact = map[string]redirects.Rule{}
		}
		if _, ok := t.exact[asciiLower(key)]; !ok {
			t.exact[asciiLower(key)] = r
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
		if r, ok := m.tables[n].exact[asciiLower(key)]; ok {
			return answerOf(r, q.Target)
		}
		for _, p := range m.tables[n].patterns {
			if part := p.re.FindStringSubmatch(key); part != nil {
				r := p.rule
				if c, ok, _ := r.Capture(); ok {
					r.Target = c.Fill(r.Target, part[1])
				}
				return answerOf(r, q.Target)
			}
		}
	}
	return Answer{}
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
