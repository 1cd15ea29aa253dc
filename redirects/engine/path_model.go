package engine

import (
	"cmp"
	"slices"
	"strings"

	"replatform/redirects"
)

// pathModel is an engine that compares host and path and does not look at the
// query.
type pathModel struct {
	pathOptions
	rows     map[string]redirects.Rule
	prefixes map[string]redirects.Rule
}

// pathOptions say how such an engine differs from a plain table of paths.
type pathOptions struct {
	host     string   // of rows without one
	anyHost  bool     // rows have no host in the file, so they answer on every one
	incoming Incoming // what becomes of the query of a request; "": what the row says
	noSlash  bool     // a trailing slash makes no difference
	oneMore  bool     // a row without a trailing slash also answers with one
	// read is what the engine makes of the path of a request before it compares; false
	// when it cannot read the path, so that no row answers. Nil: the path as sent.
	read func(path string) (string, bool)
}

func newPathModel(m redirects.Map, o pathOptions) (pathModel, error) {
	p := pathModel{pathOptions: o, rows: map[string]redirects.Rule{}, prefixes: map[string]redirects.Rule{}}
	for r, err := range m.Rules() {
		if err != nil {
			return p, err
		}
		into, path := p.rows, r.Source.Path
		if r.Source.Match == redirects.Prefix {
			into, path = p.prefixes, strings.TrimRight(path, "/")
		}
		key := cmp.Or(r.Source.Hostname(), o.host) + path
		if o.anyHost {
			key = path
		}
		if _, ok := into[key]; !ok {
			into[key] = r
		}
	}
	return p, nil
}

// folders are the prefix rows of a map for a file in which the first line that matches
// answers, the longest path first; they stand behind all other rows. bare tells whether
// the path of a folder without its slash has a row of its own.
func folders(m redirects.Map) (rows redirects.Slice, bare map[string]bool, err error) {
	bare = map[string]bool{}
	for r, err := range m.Rules() {
		if err != nil {
			return nil, nil, err
		}
		if r.Source.Match == redirects.Prefix {
			rows = append(rows, r)
			bare[strings.TrimRight(r.Source.Path, "/")] = false
		}
	}
	slices.SortStableFunc(rows, func(a, b redirects.Rule) int {
		return len(strings.TrimRight(b.Source.Path, "/")) - len(strings.TrimRight(a.Source.Path, "/"))
	})
	for r, err := range m.Rules() {
		if err != nil {
			return nil, nil, err
		}
		if _, ok := bare[r.Source.Path]; ok && r.Source.Match == redirects.Exact {
			bare[r.Source.Path] = true
		}
	}
	return rows, bare, nil
}

// wholeSite refuses a prefix row that would move the front page with everything.
func wholeSite() check {
	return check{
		code: "whole-site", kind: Refused,
		fails: func(r redirects.Rule) bool {
			return r.Source.Match == redirects.Prefix && strings.Trim(r.Source.Path, "/") == ""
		},
		reason: text("the row would move the whole site with its front page", "トップページを含むサイト全体が転送されてしまいます"),
		next:   text("one row for each address, as the crawl found them", "クロールで見つかったURLごとに一行ずつ書く"),
	}
}

func (p pathModel) Answer(q Request) Answer {
	path, _, _ := strings.Cut(q.Target, "?")
	if p.read != nil {
		var ok bool
		if path, ok = p.read(path); !ok {
			return Answer{}
		}
	}
	host := asciiLower(redirects.Source{Host: q.Host}.Hostname())
	for _, h := range []string{host, ""} {
		if r, ok := p.find(h, path); ok {
			r.KeepQuery = r.KeepQuery || p.incoming.carries(r)
			return answerOf(r, q.Target)
		}
	}
	return Answer{}
}

func (p pathModel) find(host, path string) (redirects.Rule, bool) {
	if r, ok := p.rows[host+path]; ok {
		return r, true
	}
	if p.noSlash && strings.HasSuffix(path, "//") { // more than one slash is something inside the folder
		if r, ok := p.prefixes[host+strings.TrimRight(path, "/")]; ok {
			return r, true
		}
	}
	if p.noSlash && path != "/" {
		other := path + "/"
		if strings.HasSuffix(path, "/") {
			other = strings.TrimRight(path, "/")
		}
		if r, ok := p.rows[host+other]; ok {
			return r, true
		}
	}
	if shorter, ok := strings.CutSuffix(path, "/"); ok && p.oneMore && shorter != "" {
		if r, ok := p.rows[host+shorter]; ok {
			return r, true
		}
	}
	for at := path; len(p.prefixes) > 0; {
		if r, ok := p.prefixes[host+strings.TrimRight(at, "/")]; ok {
			return r, true
		}
		i := strings.LastIndexByte(at, '/')
		if i < 0 {
			break
		}
		at = at[:i]
	}
	return redirects.Rule{}, false
}
