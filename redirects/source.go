package redirects

import (
	"fmt"
	"sort"
	"strings"

	"golang.org/x/net/idna"
)

// PathMatch tells how the path of a request must relate to the path of a source.
type PathMatch uint8

const (
	// Exact asks for the same path, byte by byte but for the letter case of
	// percent-escapes.
	Exact PathMatch = iota
	// Prefix accepts the path itself and everything below it. The rest of the
	// path is not carried to the target.
	Prefix
	// Captured accepts every address that differs from the source only in the part
	// for which CaptureID or CaptureSlug stands there, see Rule.Capture: also
	// addresses that nobody has seen. With the part in the path any query is
	// accepted; with the part in the query the parameters are looked up as for
	// QuerySet.
	Captured
)

// QueryMatch tells how the query of a request must relate to the query of a
// source.
type QueryMatch uint8

const (
	// QuerySet asks that every parameter of the source is in the request with the
	// same value. Order does not matter and further parameters (utm_source,
	// gclid …) are ignored. A source without parameters accepts every query that
	// holds none of the parameters which tell other rows of its path apart.
	QuerySet QueryMatch = iota
	// QueryExact asks for the same parameters in any order and no others.
	QueryExact
	// QueryOrdered asks for the same query, byte by byte.
	QueryOrdered
	// QueryIgnore accepts any query, also none.
	QueryIgnore
)

// maxURL bounds what ParseSource and ParseTarget accept. No server that the
// engines describe takes a longer request line in its default settings.
const maxURL = 64 << 10

// Errors of ParseSource and ParseTarget, to be tested with errors.Is.
var (
	// ErrNotURL is returned for what is neither an absolute http(s) URL nor a
	// path that begins with a slash.
	ErrNotURL = NewProblem("not an http(s) URL", "http(s) のURLではありません")
	// ErrControl is returned for control characters, which could split a
	// response header or a line of a configuration file.
	ErrControl = NewProblem("control character in URL", "URLに制御文字があります")
	// ErrTooLong is returned for URLs over 64 KiB.
	ErrTooLong = NewProblem("URL too long", "URLが長すぎます")
)

// Source is the address that a rule answers, as a server sees it.
type Source struct {
	Host     string // lower case, punycode, with port unless it is the default one; "" for any host
	Path     string // begins with a slash, percent-encoded exactly as sent
	Query    string // after the question mark, exactly as sent
	HasQuery bool   // a question mark was there, even with nothing behind it
	Insecure bool   // written with http://; no engine tells it from https, but a live check asks it so
	Fragment string // after the number sign; no server ever sees it, Audit refuses it
	Match    PathMatch
	QueryAs  QueryMatch
}

// ParseSource reads an old URL: absolute with http or https, or a path that
// begins with a slash and is meant for any host. Bytes are kept: the escapes of an
// EUC-JP or CP932 page stay as they are, and so do quotes, backslashes, doubled
// slashes and dots. Only what can not be sent in a request line is encoded: blanks
// and bytes above 0x7E, as a browser does for an address in UTF-8 (WHATWG URL,
// percent-encode sets).
//
// The query is taken as QuerySet, except where that has no meaning: a bare
// question mark, a repeated name, an empty name or value make it QueryOrdered.
func ParseSource(oldURL string) (Source, error) {
	var s Source
	raw := strings.Trim(oldURL, " \t\r\n")
	scheme, host, rest, err := splitURL(raw)
	if err != nil {
		return s, fmt.Errorf("parsing source %s: %w", clip(raw), err)
	}
	if scheme == "" && (raw == "" || raw[0] != '/') {
		return s, fmt.Errorf("parsing source %s: %w", clip(raw), ErrNotURL)
	}
	s.Host, s.Insecure = host, scheme == "http"
	rest, s.Fragment, _ = strings.Cut(rest, "#")
	s.Path, s.Query, s.HasQuery = strings.Cut(rest, "?")
	if s.Path == "" {
		s.Path = "/"
	}
	s.Path = encodeUnsendable(s.Path)
	s.Query = encodeUnsendable(s.Query)
	if _, _, ok := s.Identifying(); s.HasQuery && !ok {
		s.QueryAs = QueryOrdered
	}
	return s, nil
}

// splitURL takes scheme and authority off a URL. For a URL without scheme both are
// empty and rest is the whole of it.
func splitURL(raw string) (scheme, host, rest string, err error) {
	if len(raw) > maxURL {
		return "", "", "", ErrTooLong
	}
	for i := 0; i < len(raw); i++ {
		if raw[i] < ' ' || raw[i] == 0x7f {
			return "", "", "", ErrControl
		}
	}
	switch {
	case len(raw) >= 7 && strings.EqualFold(raw[:7], "http://"):
		scheme, rest = "http", raw[7:]
	case len(raw) >= 8 && strings.EqualFold(raw[:8], "https://"):
		scheme, rest = "https", raw[8:]
	default:
		return "", "", raw, nil
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	host, err = cleanHost(scheme, rest[:end])
	if err != nil {
		return "", "", "", err
	}
	return scheme, host, rest[end:], nil
}

// cleanHost brings an authority to the form host[:port] that a Host header has.
func cleanHost(scheme, authority string) (string, error) {
	if authority == "" || strings.ContainsAny(authority, "@\\ \"'<>`{}|^%") {
		return "", ErrNotURL
	}
	name, port := authority, ""
	if i := strings.LastIndexByte(authority, ':'); i >= 0 && !strings.HasSuffix(authority, "]") {
		name, port = authority[:i], authority[i+1:]
	}
	for i := 0; i < len(port); i++ {
		if port[i] < '0' || port[i] > '9' {
			return "", ErrNotURL
		}
	}
	if len(port) > 5 {
		return "", ErrNotURL
	}
	if strings.HasPrefix(name, "[") {
		if !strings.HasSuffix(name, "]") || strings.Trim(name[1:len(name)-1], "0123456789abcdefABCDEF:.") != "" {
			return "", ErrNotURL
		}
		name = strings.ToLower(name)
	} else if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-.") != "" || strings.Contains(name, "xn--") || strings.HasSuffix(name, ".") {
		ascii, err := idna.Lookup.ToASCII(strings.TrimSuffix(name, "."))
		if err != nil {
			// Names with an underscore are common in the wild and resolve.
			ascii = strings.ToLower(strings.TrimSuffix(name, "."))
			if strings.Trim(ascii, "abcdefghijklmnopqrstuvwxyz0123456789-_.") != "" {
				return "", ErrNotURL
			}
		}
		name = ascii
	}
	if name == "" || strings.HasPrefix(name, ".") {
		return "", ErrNotURL
	}
	if port == "" || scheme == "http" && port == "80" || scheme == "https" && port == "443" {
		return name, nil
	}
	return name + ":" + port, nil
}

// encodeUnsendable percent-encodes blanks and bytes above 0x7E.
func encodeUnsendable(s string) string {
	const hex = "0123456789ABCDEF"
	for i := 0; i < len(s); i++ {
		if s[i] > ' ' && s[i] < 0x7f {
			continue
		}
		var b strings.Builder
		for j := 0; j < len(s); j++ {
			if c := s[j]; c > ' ' && c < 0x7f {
				b.WriteByte(c)
			} else {
				b.WriteByte('%')
				b.WriteByte(hex[c>>4])
				b.WriteByte(hex[c&15])
			}
		}
		return b.String()
	}
	return s
}

// RequestTarget returns path and query as they stand in a request line (RFC 9112,
// section 3.2.1).
func (s Source) RequestTarget() string {
	if s.HasQuery {
		return s.Path + "?" + s.Query
	}
	return s.Path
}

// Hostname returns Host without its port.
func (s Source) Hostname() string {
	if i := strings.LastIndexByte(s.Host, ':'); i >= 0 && !strings.HasSuffix(s.Host, "]") {
		return s.Host[:i]
	}
	return s.Host
}

// String returns the source for people: "old.example/?pid=1".
func (s Source) String() string {
	t := s.Host + s.RequestTarget()
	if s.Match == Prefix {
		t += "*"
	}
	return t
}

// URL returns the source as an absolute URL, https unless it is Insecure, or as a path
// when the source is meant for any host.
func (s Source) URL() string {
	if s.Host == "" {
		return s.RequestTarget()
	}
	if s.Insecure {
		return "http://" + s.Host + s.RequestTarget()
	}
	return "https://" + s.Host + s.RequestTarget()
}

// Key is the byte-exact identity of a source. Two rules with one key are
// duplicates of each other.
func (s Source) Key() string {
	if s.Match == Captured {
		return s.String() + " captured"
	}
	return s.String()
}

// Identity is the canonical identity of a source: the letter case of escapes,
// needlessly escaped letters and, unless the query is ordered, the order of
// parameters do not tell two identities apart (RFC 3986, section 6.2.2). Two
// sources with one identity are spellings of one address: both may be in a map,
// but only with one target.
func (s Source) Identity() string {
	var b strings.Builder
	b.WriteString(s.Host)
	b.WriteString(normalise(s.Path))
	switch s.Match {
	case Prefix:
		b.WriteByte('*')
	case Captured:
		b.WriteString(" captured")
	}
	if !s.HasQuery {
		return b.String()
	}
	if s.QueryAs == QueryOrdered {
		b.WriteString("?=")
		b.WriteString(normalise(s.Query))
		return b.String()
	}
	if _, canonical, ok := s.Identifying(); ok {
		b.WriteByte('?')
		b.WriteString(normalise(canonical))
		return b.String()
	}
	if all := sortedQuery(normalise(s.Query)); all != "" {
		b.WriteByte('?')
		b.WriteString(all)
	}
	return b.String()
}

// sortedQuery writes a query with escapes in upper case, its parameters sorted and
// empty pieces left out.
func sortedQuery(query string) string {
	parts := strings.FieldsFunc(UpperEscapes(query), func(r rune) bool { return r == '&' })
	sort.Strings(parts)
	return strings.Join(parts, "&")
}

// IsRoot tells whether the source is the front page itself, without a query.
func (s Source) IsRoot() bool { return s.Path == "/" && s.Query == "" }

// Param is one parameter of a query, percent-encoded as sent. A parameter without
// an equals sign, as in "/item.cgi?12345", has no name: Name is "" and Value is
// the whole of it.
type Param struct {
	Name, Value string
	bare        bool
}

// Params splits a raw query at its ampersands. Empty pieces are left out.
func Params(query string) []Param {
	if query == "" {
		return nil
	}
	params := make([]Param, 0, 1+strings.Count(query, "&"))
	for piece := range strings.SplitSeq(query, "&") {
		if piece == "" {
			continue
		}
		name, value, ok := strings.Cut(piece, "=")
		if !ok {
			name, value = "", piece
		}
		params = append(params, Param{Name: name, Value: value, bare: !ok})
	}
	return params
}

// Identifying returns the sorted names of the parameters that tell this source
// from others of its path, and the query in canonical form: sorted by name,
// escapes in upper case. ok is false when the source can only be compared as a
// whole: no parameters, a repeated name, an empty name before an equals sign, an
// empty value, another mode than QuerySet.
func (s Source) Identifying() (names []string, canonical string, ok bool) {
	if s.QueryAs != QuerySet || s.Match == Prefix {
		return nil, "", false
	}
	params := Params(UpperEscapes(s.Query))
	if len(params) == 0 {
		return nil, "", false
	}
	sort.SliceStable(params, func(i, j int) bool { return params[i].Name < params[j].Name })
	names = make([]string, len(params))
	for i, p := range params {
		if p.Value == "" || p.Name == "" && !p.bare || i > 0 && p.Name == params[i-1].Name {
			return nil, "", false
		}
		names[i] = p.Name
	}
	return names, canonicalQuery(params), true
}

// canonicalQuery joins parameters that are already sorted by name. The result is
// unambiguous: names hold no equals sign and values no ampersand.
func canonicalQuery(params []Param) string {
	var b strings.Builder
	for i, p := range params {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(p.Name)
		b.WriteByte('=')
		b.WriteString(p.Value)
	}
	return b.String()
}

// UpperEscapes writes the hex digits of all percent-escapes in upper case.
func UpperEscapes(s string) string {
	for i := 0; i+2 < len(s); i++ {
		if s[i] == '%' && isHex(s[i+1]) && isHex(s[i+2]) && (s[i+1] >= 'a' || s[i+2] >= 'a') {
			b := []byte(s)
			for ; i+2 < len(b); i++ {
				if b[i] == '%' && isHex(b[i+1]) && isHex(b[i+2]) {
					b[i+1], b[i+2] = upper(b[i+1]), upper(b[i+2])
				}
			}
			return string(b)
		}
	}
	return s
}

// normalise writes escapes in upper case and unescapes what need not be escaped
// (RFC 3986, section 2.3).
func normalise(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '%' || i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2]) {
			b.WriteByte(s[i])
			continue
		}
		c := unhex(s[i+1])<<4 | unhex(s[i+2])
		if isUnreserved(c) {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte(upper(s[i+1]))
			b.WriteByte(upper(s[i+2]))
		}
		i += 2
	}
	return b.String()
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	}
	return c - 'a' + 10
}

func upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

// clip shortens what is shown of a hostile URL in an error.
func clip(s string) string {
	if len(s) > 200 {
		s = s[:200] + "…"
	}
	return fmt.Sprintf("%q", s)
}
