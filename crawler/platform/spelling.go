package platform

import (
	"net/url"
	"sort"
	"strings"
)

// Param is one parameter of a query, decoded. Bytes that are no UTF-8 (a keyword in
// EUC-JP) stay as they are.
type Param struct {
	Name  string
	Value string
	Bare  bool // "?x" without "="
}

// SplitQuery reads the query of a URL as sent. Parameters are separated by "&"; an
// "amp;" left over from a link that was escaped twice is taken off. "+" is a blank
// (https://url.spec.whatwg.org/#concept-urlencoded-parser). It never fails: a
// percent sign that begins no escape stands for itself.
func SplitQuery(raw string) []Param {
	if raw == "" {
		return nil
	}
	out := make([]Param, 0, strings.Count(raw, "&")+1)
	for part := range strings.SplitSeq(raw, "&") {
		for strings.HasPrefix(part, "amp;") {
			part = part[len("amp;"):]
		}
		if part == "" {
			continue
		}
		name, value, eq := strings.Cut(part, "=")
		name = decodeForm(name)
		if name == "" && value == "" {
			continue
		}
		out = append(out, Param{Name: name, Value: decodeForm(value), Bare: !eq})
	}
	return out
}

// JoinQuery writes parameters in normal form: sorted by name, the order among equal
// names kept, every byte percent-encoded that is not plain.
func JoinQuery(params []Param) string {
	sorted := make([]Param, len(params))
	copy(sorted, params)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].Name < sorted[j].Name })
	return writeQuery(sorted)
}

// writeQuery writes parameters in the order given, encoded as in normal form. Pages
// are asked so, since there are servers that heed the order.
func writeQuery(params []Param) string {
	var b strings.Builder
	for i, p := range params {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(escape(p.Name, false))
		if !p.Bare {
			b.WriteByte('=')
			b.WriteString(escape(p.Value, true))
		}
	}
	return b.String()
}

// NormalPath brings a path into one spelling: "/" when empty, "." and ".." resolved,
// path parameters that hold a session (";jsessionid=…", RFC 3986 section 3.3) taken
// off, and so is the session segment "(S(…))" of ASP.NET
// (https://learn.microsoft.com/en-us/dotnet/api/system.web.sessionstate.httpsessionstate.iscookieless),
// escapes in capitals, plain characters unescaped (RFC 3986 section 6.2.2).
// A slash at the end and letter case are kept: they tell pages apart.
func NormalPath(u *url.URL) string {
	p := u.EscapedPath()
	if p == "" || p[0] != '/' {
		p = "/" + p
	}
	if isNormalPath(p) {
		return p
	}
	p = dropPathSession(normalEscapes(p))
	if !strings.Contains(p, "/.") && !strings.Contains(p, "/(S(") {
		return p
	}
	var out []string
	segments := strings.Split(p, "/")
	for i, s := range segments {
		last := i == len(segments)-1
		switch s {
		case ".":
			if last {
				out = append(out, "")
			}
		case "..":
			if len(out) > 1 {
				out = out[:len(out)-1]
			}
			if last {
				out = append(out, "")
			}
		default:
			if strings.HasPrefix(s, "(S(") && strings.HasSuffix(s, "))") && !last {
				continue
			}
			out = append(out, s)
		}
	}
	p = strings.Join(out, "/")
	if p == "" || p[0] != '/' {
		p = "/" + p
	}
	return p
}

// isNormalPath says whether there is surely nothing to do for NormalPath.
func isNormalPath(p string) bool {
	for i := 0; i < len(p); i++ {
		c := p[i]
		if !isUnreserved(c) && c != '/' || c == '.' && i > 0 && p[i-1] == '/' {
			return false
		}
	}
	return true
}

// dropPathSession takes ";jsessionid=…" and the like off every segment.
func dropPathSession(p string) string {
	if !strings.Contains(p, ";") {
		return p
	}
	segments := strings.Split(p, "/")
	for i, s := range segments {
		parts := strings.Split(s, ";")
		kept := parts[:1]
		for _, q := range parts[1:] {
			name, _, _ := strings.Cut(q, "=")
			switch strings.ToLower(name) {
			case "jsessionid", "phpsessid", "sid", "sessionid":
				continue
			}
			kept = append(kept, q)
		}
		segments[i] = strings.Join(kept, ";")
	}
	return strings.Join(segments, "/")
}

func normalEscapes(p string) string {
	var b strings.Builder
	b.Grow(len(p))
	for i := 0; i < len(p); i++ {
		c := p[i]
		if c == '%' && i+2 < len(p) && isHex(p[i+1]) && isHex(p[i+2]) {
			v := unhex(p[i+1])<<4 | unhex(p[i+2])
			i += 2
			if isUnreserved(v) {
				b.WriteByte(v)
			} else {
				writeEscaped(&b, v)
			}
			continue
		}
		if isUnreserved(c) || strings.IndexByte("!$&'()*+,;=:@/", c) >= 0 {
			b.WriteByte(c)
		} else {
			writeEscaped(&b, c)
		}
	}
	return b.String()
}

func decodeForm(s string) string {
	if !strings.ContainsAny(s, "%+") {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '+':
			b = append(b, ' ')
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			b = append(b, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
		default:
			b = append(b, c)
		}
	}
	return string(b)
}

// escape writes s so that it may stand in a query, in a path and in a key. In
// values the characters that no server reads specially stay readable.
func escape(s string, value bool) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if isUnreserved(c) || value && strings.IndexByte("/:,@!*()", c) >= 0 {
			b.WriteByte(c)
		} else {
			writeEscaped(&b, c)
		}
	}
	return b.String()
}

func writeEscaped(b *strings.Builder, c byte) {
	const digits = "0123456789ABCDEF"
	b.WriteByte('%')
	b.WriteByte(digits[c>>4])
	b.WriteByte(digits[c&15])
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '-' || c == '.' || c == '_' || c == '~'
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
}

// lower makes ASCII letters small and leaves percent escapes as they are.
func lower(s string) string {
	b := []byte(s)
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '%' && i+2 < len(b):
			i += 2
		case 'A' <= c && c <= 'Z':
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
