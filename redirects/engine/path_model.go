package engine

import (
	"cmp"
	"strings"

	"replatform/redirects"
)

// pathModel is an engine that compares host and path and does not look at the
// query.
type pathModel struct {
	rows     map[string]redirects.Rule
	prefixes map[string]redirects.Rule
	appends  bool // the query of the request is added to the target
	noSlash  bool // a trailing slash makes no difference
}

// newPathModel takes host for rows without one.
func newPathModel(m redirects.Map, host string, appends bool) (pathModel, error) {
	p := pathModel{rows: map[string]redirects.Rule{}, prefixes: map[string]redirects.Rule{}, appends: appends}
	for r, err := range m.Rules() {
		if err != nil {
			return p, err
		}
		into, path := p.rows, r.Source.Path
		if r.Source.Match == redirects.Prefix {
			into, path = p.prefixes, strings.TrimRight(path, "/")
		}
		key := cmp.Or(r.Source.Hostname(), host) + path
		if _, ok := into[key]; !ok {
			into[key] = r
		}
	}
	return p, nil
}

func (p pathModel) Answer(q Request) Answer {
	path, _, _ := strings.Cut(q.Target, "?")
	host := asciiLower(redirects.Source{Host: q.Host}.Hostname())
	for _, h := range []string{host, ""} {
		if r, ok := p.find(h, path); ok {
			r.KeepQuery = r.KeepQuery || p.appends
			return answerOf(r, q.Target)
		}
	}
	return Answer{}
}

func (p pathModel) find(host, path string) (redirects.Rule, bool) {
	if r, ok := p.rows[host+path]; ok {
		return r, true
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
