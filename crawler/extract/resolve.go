package extract

import (
	"net/url"
	"strings"

	"replatform/crawler/fetch"
	"replatform/crawler/recall"
)

// resolver turns references of one page into absolute URLs.
type resolver struct {
	base    *url.URL
	charset string
}

// resolve returns the absolute form of ref without its fragment, and whether it
// leads to another document over HTTP.
func (r resolver) resolve(ref string) (string, bool) {
	ref = strings.TrimSpace(ref)
	if ref == "" || ref[0] == '#' {
		return "", false
	}
	u, ok := fetch.ResolveIn(r.base, ref, r.charset)
	if !ok {
		return "", false
	}
	return u.String(), true
}

// refs resolves the many references of one page. It remembers those it has seen,
// and joins the plain ones, in which nothing is to be cleaned, as texts; the result
// is that of resolver.
type refs struct {
	resolver
	origin string // "https://shop.example"
	dir    string // "https://shop.example/goods/", the folder of the page
	self   string // "https://shop.example/goods/list.cgi", the page without its query
	seen   map[string]ref
	shared *recall.Memory[string, ref]
}

type ref struct {
	url  string
	ok   bool
	note *Note // nil where it is not remembered beyond the page
}

func newRefs(r resolver, shared *sharedRefs) *refs {
	q := &refs{resolver: r, seen: make(map[string]ref)}
	origin, ok := r.resolve("/")
	if !ok {
		return q
	}
	q.origin = strings.TrimSuffix(origin, "/")
	if shared != nil {
		q.shared = shared.of(q.origin)
	}
	if path := r.base.EscapedPath(); len(path) > 1 && path[0] == '/' && path[1] != '/' && len(path) <= maxPlainRef && plainRef(path) {
		q.self = q.origin + path
		q.dir = q.self[:strings.LastIndexByte(q.self, '/')+1]
		return q
	}
	q.dir, _ = r.resolve("./")
	self, _ := r.resolve("?")
	q.self = strings.TrimSuffix(self, "?")
	return q
}

func (q *refs) resolve(raw string) (string, bool) {
	v := q.get(raw)
	return v.url, v.ok
}

func (q *refs) get(raw string) ref {
	if q.shared != nil && isShared(raw) {
		v, ok := q.shared.Get(raw)
		if !ok {
			raw = strings.Clone(raw) // not to keep the page that it stands on
			v = q.read(raw)
			v.note = new(Note)
			q.shared.Put(raw, v)
		}
		return v
	}
	v, ok := q.seen[raw]
	if !ok {
		v = q.read(raw)
		q.seen[raw] = v
	}
	return v
}

func (q *refs) read(raw string) (v ref) {
	if v.url, v.ok = q.join(raw); !v.ok {
		v.url, v.ok = q.resolver.resolve(raw)
	}
	return v
}

// maxPlainRef is the longest reference that join looks at.
const maxPlainRef = 2000

// join resolves a plain reference; ok is false for all others.
func (q *refs) join(raw string) (abs string, ok bool) {
	if q.origin == "" || raw == "" || raw[0] == '#' || len(raw) > maxPlainRef {
		return "", false
	}
	if i := strings.IndexByte(raw, '#'); i > 0 {
		raw = raw[:i]
	}
	if rest, ok := strings.CutPrefix(raw, q.origin); ok {
		return raw, rest != "" && rest[0] == '/' && plainRef(rest)
	}
	switch {
	case !plainRef(raw):
		return "", false
	case raw[0] == '?':
		return q.self + raw, true
	case raw[0] != '/':
		return q.dir + raw, true
	case len(raw) > 1 && raw[1] == '/':
		return "", false // names a host
	}
	return q.origin + raw, true
}

// plainRef says whether a reference without scheme and host is already written as
// resolving it would write it: nothing to escape, no dot segments.
func plainRef(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; refBytes[c] {
		case refPlain:
		case refInPath:
			if c == '?' {
				return plainQuery(s[i+1:])
			}
			if c == ':' && s[0] != '/' || c == '.' && (i == 0 || s[i-1] == '/') {
				return false
			}
			if c == '%' && (i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2]) || s[i+1] == '2' && s[i+2]|0x20 == 'e') {
				return false
			}
		default:
			return false
		}
	}
	return true
}

func plainQuery(s string) bool {
	for i := 0; i < len(s); i++ {
		if refBytes[s[i]] == 0 {
			return false
		}
	}
	return true
}

// Classes of refBytes: what may stand in a path and a query as it is, what needs a
// look in a path, what may stand in a query alone. Zero is for all others.
const (
	refPlain = iota + 1
	refInPath
	refInQuery
)

var refBytes = func() (t [256]byte) {
	for c := range t {
		if isDigit(byte(c)) || isASCIILetter(byte(c)) && c < 0x80 {
			t[c] = refPlain
		}
	}
	for _, c := range []byte("-_~$&+,;=@/") {
		t[c] = refPlain
	}
	for _, c := range []byte(".:%?") {
		t[c] = refInPath
	}
	for _, c := range []byte("!*()[]{}|^`\\") {
		t[c] = refInQuery
	}
	return t
}()
