package engine

import (
	"context"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"replatform/redirects"
)

// plainNames tells whether all names can stand unquoted in a configuration.
func plainNames(names []string) bool {
	for _, name := range names {
		if !plainName.MatchString(name) {
			return false
		}
	}
	return true
}

var plainName = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

// pairPlan is the plan of an engine whose tables are lines of key and value, and
// which compares keys byte by byte. The value is the status, a separator and the
// target; a plus sign behind the status asks for the query to be carried over.
type pairPlan struct {
	*tablePlan
	separator string
	folderEnd string // behind the keys of folders in the file
	statuses  map[int]bool
	keeps     bool                     // some row carries the query over
	captured  map[int][]redirects.Rule // by table, in the order in which they are asked
	folders   map[int][]redirects.Rule // the same, for engines that have rules for folders
}

func newPairPlan(m redirects.Map, separator string, o planOptions) (*pairPlan, error) {
	tables, err := newTablePlan(m, o)
	if err != nil {
		return nil, err
	}
	p := &pairPlan{tablePlan: tables, separator: separator, statuses: map[int]bool{}, captured: map[int][]redirects.Rule{}, folders: map[int][]redirects.Rule{}}
	for r, err := range m.Rules() {
		if err != nil {
			return nil, err
		}
		t, _ := p.place(r)
		p.tables[t].rows++
		p.statuses[r.Status] = true
		p.keeps = p.keeps || r.KeepQuery
		switch r.Source.Match {
		case redirects.Captured:
			p.captured[t] = append(p.captured[t], r)
		case redirects.Prefix:
			p.folders[t] = append(p.folders[t], r)
		}
	}
	for _, rows := range p.folders {
		slices.SortStableFunc(rows, func(a, b redirects.Rule) int {
			return len(strings.TrimRight(b.Source.Path, "/")) - len(strings.TrimRight(a.Source.Path, "/"))
		})
	}
	for _, rows := range p.captured {
		sortCaptured(rows)
	}
	return p, nil
}

// codes lists the statuses that the map uses.
func (p *pairPlan) codes() []int { return slices.Sorted(maps.Keys(p.statuses)) }

// keepMark stands behind the status of a row that carries the query over.
const keepMark = "+"

// value is the right side of a line.
func (p *pairPlan) value(r redirects.Rule) string {
	if r.Gone() {
		return strconv.Itoa(r.Status)
	}
	if r.KeepQuery {
		return strconv.Itoa(r.Status) + keepMark + p.separator + r.Target
	}
	return strconv.Itoa(r.Status) + p.separator + r.Target
}

// spellings are the keys under which a row is also found: escapes in lower case,
// and as the row itself mixes them.
func (p *pairPlan) spellings(r redirects.Rule) []string {
	t, key := p.place(r)
	var others []string
	if lower := lowerEscapes(key); lower != key {
		others = append(others, lower)
	}
	s := r.Source
	target := s.RequestTarget()
	if redirects.UpperEscapes(target) == target || lowerEscapes(target) == target {
		return others
	}
	host := ""
	if p.hosts && s.Host != "" {
		host = s.Hostname()
	}
	switch p.tables[t].kind {
	case "raw":
		return append(others, host+target)
	case "path":
		return append(others, host+s.Path)
	case "prefix":
		return append(others, host+strings.TrimRight(s.Path, "/"))
	case "guard":
		_, absent, _ := strings.Cut(key, "?")
		return append(others, host+s.Path+"?"+absent)
	}
	params := redirects.Params(s.Query)
	slices.SortStableFunc(params, func(a, b redirects.Param) int { return strings.Compare(a.Name, b.Name) })
	pieces := make([]string, len(params))
	for i, q := range params {
		pieces[i] = q.Name + "=" + q.Value
	}
	return append(others, host+s.Path+"?"+strings.Join(pieces, "&"))
}

// lowerEscapes writes the hex digits of all percent-escapes in lower case.
func lowerEscapes(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	return escapePattern.ReplaceAllStringFunc(s, asciiLower)
}

// write writes the n-th table, which is not one of captured rows, as "key value"
// lines, each key with a prefix. No spelling of one row displaces another row's key.
func (p *pairPlan) write(ctx context.Context, w io.Writer, e Engine, n int, prefix string, m redirects.Map) error {
	written := map[string]string{}
	var later [][2]string
	line := func(key, value string) error {
		written[key] = value
		if p.tables[n].kind == "prefix" {
			key += p.folderEnd
		}
		_, err := io.WriteString(w, prefix+key+" "+value+"\n")
		return err
	}
	for r, err := range checked(ctx, e, m) {
		if err != nil {
			return err
		}
		t, key := p.place(r)
		if t != n {
			continue
		}
		value := p.value(r)
		if other, seen := written[key]; seen {
			if other == value {
				continue
			}
			return fmt.Errorf("writing redirects for %s: line %d: %s has two targets: %w", e.ID(), r.Line, r.Source, ErrRefused)
		}
		if err := line(key, value); err != nil {
			return err
		}
		for _, s := range p.spellings(r) {
			later = append(later, [2]string{s, value})
		}
	}
	for _, pair := range later {
		if _, seen := written[pair[0]]; !seen {
			if err := line(pair[0], pair[1]); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeCaptured writes a table of captured rows as lines of pattern and value, in
// which \1 stands for the captured part. No row holds a backslash of its own.
func (p *pairPlan) writeCaptured(w io.Writer, rows []redirects.Rule) error {
	for _, r := range rows {
		_, key := p.place(r)
		if _, err := io.WriteString(w, capturePattern(r, key, "(")+" "+p.capturedValue(r)+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// capturedValue is the value of a captured row with \1 for the captured part.
func (p *pairPlan) capturedValue(r redirects.Rule) string {
	return captureTarget(r, p.value(r), `\1`, func(s string) string { return s })
}

// model asks the tables in order, byte by byte; parameter takes a value out of a
// query as the engine does.
func (p *pairPlan) model(m redirects.Map, parameter func(query, name string) string) (*pairModel, error) {
	model := &pairModel{plan: p, parameter: parameter, rows: make([]map[string]int32, len(p.tables)), captured: map[int][]keyCapture{}}
	for n := range model.rows {
		model.rows[n] = map[string]int32{}
	}
	for n, rows := range p.captured {
		for _, r := range rows {
			_, key := p.place(r)
			c, err := newKeyCapture(r, key)
			if err != nil {
				return nil, err
			}
			model.captured[n] = append(model.captured[n], c)
		}
	}
	for _, spelt := range []bool{false, true} {
		row := int32(-1)
		for r, err := range m.Rules() {
			if err != nil {
				return nil, err
			}
			if row++; !spelt {
				model.rules = append(model.rules, r)
			}
			if r.Source.Match == redirects.Captured {
				continue
			}
			n, key := p.place(r)
			keys := []string{key}
			if spelt {
				keys = p.spellings(r)
			}
			for _, k := range keys {
				if _, ok := model.rows[n][k]; !ok {
					model.rows[n][k] = row
				}
			}
		}
	}
	return model, nil
}

type pairModel struct {
	plan      *pairPlan
	parameter func(query, name string) string
	rules     []redirects.Rule
	rows      []map[string]int32 // by table: key -> row
	captured  map[int][]keyCapture
}

func (m *pairModel) Answer(q Request) Answer {
	if r, ok := m.find(q); ok {
		return answerOf(r, q.Target)
	}
	return Answer{}
}

// find returns the row that answers a request.
func (m *pairModel) find(q Request) (redirects.Rule, bool) {
	path, query, _ := strings.Cut(q.Target, "?")
	host := asciiLower(redirects.Source{Host: q.Host}.Hostname())
	for _, n := range m.plan.used() {
		key := m.plan.tables[n].expression(host, q.Target, path, func(name string) string { return name + "=" + m.parameter(query, name) })
		i, ok := m.rows[n][key]
		if captured := m.captured[n]; !ok && len(captured) > 0 {
			if r, ok := firstCaptured(captured, key); ok {
				return r, true
			}
		}
		for folder := key; !ok && m.plan.tables[n].kind == "prefix"; {
			folder = strings.TrimRight(folder, "/")
			if i, ok = m.rows[n][folder]; ok || strings.IndexByte(folder, '/') < 0 {
				break
			}
			folder = folder[:strings.LastIndexByte(folder, '/')]
		}
		if ok {
			return m.rules[i], true
		}
	}
	return redirects.Rule{}, false
}

// firstParameter is the value of the first parameter of a name, byte by byte.
func firstParameter(query, name string) string {
	for piece := range strings.SplitSeq(query, "&") {
		if n, v, ok := strings.Cut(piece, "="); ok && n == name {
			return v
		}
	}
	return ""
}
