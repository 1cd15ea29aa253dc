package platform

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"replatform/crawler/catalog"
)

// Pattern is one form of address of a platform. Patterns are tried in the order of
// the file, first without, then with the platform's prefix; the first that fits
// names the page.
//
// Templates hold placeholders: {name} is one path segment or a parameter's value,
// {name...} any rest of a path. {page} is the number of a page of a listing.
type Pattern struct {
	Type     catalog.PageType  `yaml:"type"`
	Path     keys              `yaml:"path"`     // one or more templates; a slash at the end does not matter
	Query    map[string]string `yaml:"query"`    // parameters that must be there → template of their value
	Optional map[string]string `yaml:"optional"` // parameters that may be there → template of their value
	Fragment string            `yaml:"fragment"` // template of what follows "#", where the identity stands there
	Where    map[string]string `yaml:"where"`    // placeholder → regular expression (RE2)
	Default  map[string]string `yaml:"default"`  // placeholder → value where the address has none
	Key      string            `yaml:"key"`      // template of the id
	Ask      string            `yaml:"ask"`      // template of the address to ask; empty: as seen, without noise
	AskPage  string            `yaml:"ask_page"` // the same for page 2 and later; empty: Ask with the pager parameter
	Pager    string            `yaml:"pager"`    // parameter that holds the page number
	Exact    bool              `yaml:"exact"`    // no further parameter may be there, except noise; home pages always are exact
	Rooted   bool              `yaml:"rooted"`   // never below the platform's prefix
	Lower    bool              `yaml:"lower"`    // letter case of the id does not matter
	Never    string            `yaml:"never"`    // rule: the page is known and never asked
	Drop     bool              `yaml:"drop"`     // with Never: not even worth storing
	Yes      map[string]string `yaml:"yes"`      // examples: address → id in the key, run by a test
	No       []string          `yaml:"no"`       // addresses that the pattern must not take
	Evidence `yaml:",inline"`

	paths    []*regexp.Regexp
	query    []queryMatch
	optional []queryMatch
	fragment *regexp.Regexp
	used     map[string]bool // parameters that the pattern reads
}

type queryMatch struct {
	name string
	re   *regexp.Regexp
}

// prefixes is the compiled Platform.Prefix.
type prefixes struct{ re *regexp.Regexp }

func newPrefixes(pattern string) (*prefixes, error) {
	if pattern == "" {
		return nil, nil
	}
	re, err := regexp.Compile("^(" + pattern + ")(/.*)?$")
	if err != nil {
		return nil, fmt.Errorf("prefix %q: %w", pattern, err)
	}
	return &prefixes{re: re}, nil
}

// cut splits path into prefix and rest.
func (p *prefixes) cut(path string) (prefix, rest string, ok bool) {
	if p == nil {
		return "", "", false
	}
	m := p.re.FindStringSubmatch(path)
	if m == nil || m[1] == "" {
		return "", "", false
	}
	rest = m[len(m)-1]
	if rest == "" {
		rest = "/"
	}
	return m[1], rest, true
}

var placeholder = regexp.MustCompile(`\{([a-z][a-z0-9_]*)(\.\.\.)?\}`)

// compileTemplate turns a template into a regular expression with named groups.
func compileTemplate(tmpl, other string, where map[string]string) (string, error) {
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
	literal := tmpl[last:]
	if strings.ContainsAny(placeholder.ReplaceAllString(tmpl, ""), "{}") {
		return "", fmt.Errorf("template %q: a brace is left over", tmpl)
	}
	b.WriteString(regexp.QuoteMeta(literal))
	return b.String(), nil
}

var errPattern = errors.New("incomplete pattern")

func (pt *Pattern) compile() error {
	if !slices.Contains(catalog.PageTypes(), pt.Type) {
		return fmt.Errorf("%w: %q is no page type", errPattern, pt.Type)
	}
	if len(pt.Path) == 0 || pt.Key == "" {
		return fmt.Errorf("%w: path and key are needed", errPattern)
	}
	if len(pt.Yes) == 0 || len(pt.No) == 0 {
		return fmt.Errorf("%w: an example of an address that fits (yes) and of one that does not (no) are needed", errPattern)
	}
	if pt.Never != "" && !slices.Contains(Rules(), pt.Never) {
		return fmt.Errorf("%w: %q is no rule", errPattern, pt.Never)
	}
	known := map[string]bool{"page": true}
	note := func(tmpl string) {
		for _, m := range placeholder.FindAllStringSubmatch(tmpl, -1) {
			known[m[1]] = true
		}
	}
	for _, t := range pt.Path {
		if !strings.HasPrefix(t, "/") {
			return fmt.Errorf("%w: path %q does not begin with a slash", errPattern, t)
		}
		expr, err := compileTemplate(strings.TrimSuffix(t, "/"), "[^/]+", pt.Where)
		if err != nil {
			return err
		}
		re, err := regexp.Compile("^" + expr + "/?$")
		if err != nil {
			return fmt.Errorf("path %q: %w", t, err)
		}
		note(t)
		pt.paths = append(pt.paths, re)
	}
	pt.used = map[string]bool{}
	var err error
	if pt.query, err = pt.compileQuery(pt.Query); err != nil {
		return err
	}
	if pt.optional, err = pt.compileQuery(pt.Optional); err != nil {
		return err
	}
	for _, m := range []map[string]string{pt.Query, pt.Optional} {
		for _, t := range m {
			note(t)
		}
	}
	if pt.Pager != "" {
		pt.used[pt.Pager] = true
	}
	if pt.Fragment != "" {
		expr, err := compileTemplate(pt.Fragment, ".+", pt.Where)
		if err != nil {
			return err
		}
		if pt.fragment, err = regexp.Compile("^" + expr + "$"); err != nil {
			return fmt.Errorf("fragment %q: %w", pt.Fragment, err)
		}
		note(pt.Fragment)
	}
	for _, t := range []string{pt.Key, pt.Ask, pt.AskPage} {
		for _, m := range placeholder.FindAllStringSubmatch(t, -1) {
			if !known[m[1]] {
				return fmt.Errorf("%w: nothing fills {%s} in %q", errPattern, m[1], t)
			}
		}
	}
	return nil
}

func (pt *Pattern) compileQuery(params map[string]string) ([]queryMatch, error) {
	names := make([]string, 0, len(params))
	for n := range params {
		names = append(names, n)
	}
	slices.Sort(names)
	out := make([]queryMatch, 0, len(names))
	for _, n := range names {
		expr, err := compileTemplate(params[n], "(?s).+", pt.Where)
		if err != nil {
			return nil, err
		}
		re, err := regexp.Compile("^" + expr + "$")
		if err != nil {
			return nil, fmt.Errorf("parameter %s=%q: %w", n, params[n], err)
		}
		out = append(out, queryMatch{name: n, re: re})
		pt.used[n] = true
	}
	return out, nil
}

// found is what a pattern reads in an address.
type found struct {
	pattern *Pattern
	values  map[string]string // escaped, ready for keys and addresses
	page    int               // 0: not paged or not said
	rest    []Param           // parameters that the pattern does not read
}

func (pt *Pattern) match(path string, params []Param, fragment string) (found, bool) {
	f := found{pattern: pt, values: map[string]string{}}
	if pt.Lower {
		path = lower(path)
	}
	fits := false
	for _, re := range pt.paths {
		if m := re.FindStringSubmatch(path); m != nil {
			for i, n := range re.SubexpNames() {
				if n != "" {
					f.values[n] = m[i]
				}
			}
			fits = true
			break
		}
	}
	if !fits {
		return f, false
	}
	for _, q := range pt.query {
		if !f.read(q, params) {
			return f, false
		}
	}
	for _, q := range pt.optional {
		f.read(q, params)
	}
	if pt.fragment != nil {
		m := pt.fragment.FindStringSubmatch(fragment)
		if m == nil {
			return f, false
		}
		for i, n := range pt.fragment.SubexpNames() {
			if n != "" {
				f.values[n] = escape(m[i], true)
			}
		}
	}
	for n, v := range pt.Default {
		if f.values[n] == "" {
			f.values[n] = v
		}
	}
	number := f.values["page"]
	if pt.Pager != "" {
		if p, ok := last(params, pt.Pager); ok {
			number = p.Value
		}
	}
	if n, err := strconv.Atoi(number); err == nil && n > 0 {
		f.page = n
	}
	delete(f.values, "page")
	for _, p := range params {
		if !pt.used[p.Name] {
			f.rest = append(f.rest, p)
		}
	}
	return f, true
}

// read matches one parameter. Where a name comes more than once the last counts, as
// in PHP.
func (f *found) read(q queryMatch, params []Param) bool {
	p, ok := last(params, q.name)
	if !ok {
		return false
	}
	m := q.re.FindStringSubmatch(p.Value)
	if m == nil {
		return false
	}
	for i, n := range q.re.SubexpNames() {
		if n != "" {
			f.values[n] = escape(m[i], true)
		}
	}
	return true
}

func last(params []Param, name string) (Param, bool) {
	for i := len(params) - 1; i >= 0; i-- {
		if params[i].Name == name {
			return params[i], true
		}
	}
	return Param{}, false
}

// fill writes the values into a template.
func (f *found) fill(tmpl string) string {
	return placeholder.ReplaceAllStringFunc(tmpl, func(m string) string {
		name := strings.TrimSuffix(m[1:len(m)-1], "...")
		if name == "page" {
			return strconv.Itoa(f.page)
		}
		return f.values[name]
	})
}
