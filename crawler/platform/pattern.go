package platform

import (
	"errors"
	"fmt"
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

	paths    []*template
	query    []queryMatch
	optional []queryMatch
	fragment *template
	key      phrase
	ask      phrase
	askPage  phrase
	used     map[string]bool // parameters that the pattern reads
}

type queryMatch struct {
	name  string
	value *template
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
		compiled, err := newTemplate(t, "[^/]+", pt.Where, true)
		if err != nil {
			return fmt.Errorf("path %q: %w", t, err)
		}
		note(t)
		pt.paths = append(pt.paths, compiled)
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
		if pt.fragment, err = newTemplate(pt.Fragment, ".+", pt.Where, false); err != nil {
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
	pt.key, pt.ask, pt.askPage = newPhrase(pt.Key), newPhrase(pt.Ask), newPhrase(pt.AskPage)
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
		value, err := newTemplate(params[n], "(?s).+", pt.Where, false)
		if err != nil {
			return nil, fmt.Errorf("parameter %s=%q: %w", n, params[n], err)
		}
		out = append(out, queryMatch{name: n, value: value})
		pt.used[n] = true
	}
	return out, nil
}

// found is what a pattern reads in an address.
type found struct {
	pattern *Pattern
	values  []filled
	page    int     // 0: not paged or not said
	rest    []Param // parameters that the pattern does not read
}

// filled is what stands for a placeholder, escaped, ready for keys and addresses.
type filled struct{ name, text string }

// set notes what stands for a placeholder; where it stands twice the later counts.
func (f *found) set(name, text string, escaped bool) {
	if !escaped {
		text = escape(text, true)
	}
	for i := range f.values {
		if f.values[i].name == name {
			f.values[i].text = text
			return
		}
	}
	f.values = append(f.values, filled{name, text})
}

func (f *found) get(name string) string {
	for _, v := range f.values {
		if v.name == name {
			return v.text
		}
	}
	return ""
}

// match reads an address into f, whose memory it uses again. f means nothing where
// it returns false.
func (pt *Pattern) match(f *found, path string, params []Param, fragment string) bool {
	*f = found{pattern: pt, values: f.values[:0], rest: f.rest[:0]}
	for i := range pt.query {
		if _, ok := last(params, pt.query[i].name); !ok {
			return false
		}
	}
	if pt.Lower {
		path = lower(path)
	}
	if !slices.ContainsFunc(pt.paths, func(t *template) bool { return t.match(f, path, true) }) {
		return false
	}
	for i := range pt.query {
		if !f.read(&pt.query[i], params) {
			return false
		}
	}
	for i := range pt.optional {
		f.read(&pt.optional[i], params)
	}
	if pt.fragment != nil && !pt.fragment.match(f, fragment, false) {
		return false
	}
	for n, v := range pt.Default {
		if f.get(n) == "" {
			f.set(n, v, true)
		}
	}
	number := f.get("page")
	if pt.Pager != "" {
		if p, ok := last(params, pt.Pager); ok {
			number = p.Value
		}
	}
	if n, err := strconv.Atoi(number); err == nil && n > 0 {
		f.page = n
	}
	for _, p := range params {
		if !pt.used[p.Name] {
			f.rest = append(f.rest, p)
		}
	}
	return true
}

// read matches one parameter. Where a name comes more than once the last counts, as
// in PHP.
func (f *found) read(q *queryMatch, params []Param) bool {
	p, ok := last(params, q.name)
	return ok && q.value.match(f, p.Value, false)
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
func (f *found) fill(p phrase) string {
	if len(p) == 1 && p[0].name != "page" {
		return p[0].literal + f.get(p[0].name)
	}
	var b strings.Builder
	for _, part := range p {
		switch part.name {
		case "":
			b.WriteString(part.literal)
		case "page":
			b.WriteString(strconv.Itoa(f.page))
		default:
			b.WriteString(f.get(part.name))
		}
	}
	return b.String()
}
