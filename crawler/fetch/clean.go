package fetch

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
)

// maxRef is the longest reference that Resolve looks at and the longest URL that it
// gives, in bytes. Servers refuse far shorter ones; RFC 9110 section 4.1 asks for
// support of 8,000 octets.
const maxRef = 32 << 10

// Resolve turns what a page writes in an href into the absolute http or https URL
// that a browser would ask, read against the page's own address. Where net/url
// refuses what browsers accept (blanks, tabs, backslashes, stray percent signs),
// Resolve follows the URL Standard (https://url.spec.whatwg.org/, read 2026-11):
// line breaks and tabs are dropped, backslashes are slashes, what must not stand
// bare in a path or query is percent-encoded as UTF-8, dot segments are resolved,
// scheme and host are lower-case, international host names are in punycode, the
// default port is left out. Escapes that the page wrote are kept byte for byte.
//
// Differences from the standard, all on purpose: the fragment is dropped, it never
// reaches a server; a user name and password are dropped, a page has no business to
// set them; a bare percent sign in a path becomes %25, since url.URL can hold no
// other; "|" and "^" in a path are encoded, as url.URL does; host names hold letters,
// digits, ".", "-" and "_" only, no other can be asked from DNS.
//
// ok is false for references that no HTTP request can be made of: other schemes
// (javascript, data, mailto, tel, file, ftp), a relative reference without a base,
// an unusable host or port, a URL of more than 32 KiB. base may be nil; it is not changed.
func Resolve(base *url.URL, ref string) (u *url.URL, ok bool) {
	return resolve(base, ref, nil)
}

// ResolveIn is Resolve for a page in the named charset (an IANA or WHATWG label).
// Browsers percent-encode the query, and only the query, in the charset of the page:
// a link to "?keyword=リネン" on a page in EUC-JP asks for "?keyword=%A5%EA%A5%CD%A5%F3".
// Characters that the charset lacks become "%26%23", their number and "%3B". An
// unknown charset is UTF-8.
func ResolveIn(base *url.URL, ref, charset string) (u *url.URL, ok bool) {
	if isASCII(ref) {
		return resolve(base, ref, nil)
	}
	e, name := lookupCharset(charset)
	if e == nil || name == charsetUTF8 || strings.HasPrefix(name, "UTF-16") {
		return resolve(base, ref, nil)
	}
	return resolve(base, ref, e)
}

func resolve(base *url.URL, ref string, enc encoding.Encoding) (*url.URL, bool) {
	if len(ref) > maxRef {
		return nil, false
	}
	u, ok := resolveAny(base, ref, enc)
	// A byte of a path is printed as three at most; a query is held as it is printed.
	// Only what may be too long is printed to be measured.
	if ok && len(u.Host)+3*len(u.Path)+len(u.RawQuery) > maxRef/2 && len(u.String()) > maxRef {
		return nil, false
	}
	return u, ok
}

// resolveAny is resolve without a limit to the length of what comes out.
func resolveAny(base *url.URL, ref string, enc encoding.Encoding) (*url.URL, bool) {
	ref = trimRef(ref)
	if i := strings.IndexByte(ref, '#'); i >= 0 {
		ref = ref[:i]
	}
	scheme, rest, isAbs := cutScheme(ref)
	switch {
	case isAbs && scheme != "http" && scheme != "https":
		return nil, false
	case isAbs && (base == nil || base.Scheme != scheme || strings.HasPrefix(rest, "//")):
		return resolveAuthority(scheme, strings.TrimLeft(rest, `/\`), enc)
	case base == nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https":
		return nil, false
	case len(rest) >= 2 && isSlash(rest[0]) && isSlash(rest[1]):
		return resolveAuthority(base.Scheme, strings.TrimLeft(rest, `/\`), enc)
	}
	// From here on the host is the base's: a relative reference, or one of the form
	// "http:path" that the standard reads as relative.
	u := &url.URL{Scheme: base.Scheme, Host: cleanBaseHost(base)}
	path, query, hasQuery := strings.Cut(rest, "?")
	switch {
	case path == "":
		setPath(u, "", base.EscapedPath())
		if !hasQuery {
			u.RawQuery, u.ForceQuery = base.RawQuery, base.ForceQuery
			return u, true
		}
	case isSlash(path[0]):
		setPath(u, "", path)
	default:
		dir := base.EscapedPath()
		dir = dir[:strings.LastIndexByte(dir, '/')+1]
		setPath(u, dir, path)
	}
	setQuery(u, query, hasQuery, enc)
	return u, true
}

// resolveAuthority reads "host:port/path?query", the slashes before it taken off.
func resolveAuthority(scheme, s string, enc encoding.Encoding) (*url.URL, bool) {
	end := strings.IndexAny(s, `/\?`)
	if end < 0 {
		end = len(s)
	}
	host, ok := cleanAuthority(scheme, s[:end])
	if !ok {
		return nil, false
	}
	u := &url.URL{Scheme: scheme, Host: host}
	path, query, hasQuery := strings.Cut(s[end:], "?")
	setPath(u, "", path)
	setQuery(u, query, hasQuery, enc)
	return u, true
}

// trimRef drops leading and trailing blanks and control characters, and tabs and
// line breaks everywhere.
func trimRef(s string) string {
	for s != "" && s[0] <= ' ' {
		s = s[1:]
	}
	for s != "" && s[len(s)-1] <= ' ' {
		s = s[:len(s)-1]
	}
	if strings.ContainsAny(s, "\t\r\n") {
		s = strings.Map(func(r rune) rune {
			if r == '\t' || r == '\r' || r == '\n' {
				return -1
			}
			return r
		}, s)
	}
	return s
}

// cutScheme splits "HTTP:rest" into "http" and "rest".
func cutScheme(s string) (scheme, rest string, ok bool) {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z':
		case i > 0 && ('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'):
		case i > 0 && c == ':':
			return lowerASCII(s[:i]), s[i+1:], true
		default:
			return "", s, false
		}
	}
	return "", s, false
}

func isSlash(c byte) bool { return c == '/' || c == '\\' }

// cleanBaseHost brings the host of a base address, which need not come from Resolve,
// to the form that Resolve gives.
func cleanBaseHost(base *url.URL) string {
	if host, ok := cleanAuthority(base.Scheme, base.Host); ok {
		return host
	}
	return base.Host
}

// setPath fills Path and RawPath from a path as a page writes it. dir, empty or
// ending in "/", is what a relative path is read against.
func setPath(u *url.URL, dir, path string) {
	if dir == "" && plainPath(path) {
		u.Path = path
		if path == "" {
			u.Path = "/"
		}
		return
	}
	out := make([]byte, 0, len(dir)+len(path)+8)
	out = appendSegments(out, dir, false)
	out = appendSegments(out, path, true)
	if len(out) == 0 {
		out = append(out, '/')
	}
	raw := string(out)
	u.Path = raw
	if strings.IndexByte(raw, '%') < 0 && plainPath(raw) {
		return
	}
	decoded, err := url.PathUnescape(raw)
	if err != nil { // cannot be: every percent sign in raw begins an escape
		return
	}
	u.Path = decoded
	if u.EscapedPath() != raw {
		u.RawPath = raw
	}
}

// appendSegments appends the segments of path to out, each with a slash in front,
// resolving "." and "..". A path that begins with a slash and one that does not are
// read alike. When last is false the part after the last slash is left out.
func appendSegments(out []byte, path string, last bool) []byte {
	if path == "" {
		return out
	}
	if isSlash(path[0]) {
		path = path[1:]
	}
	for {
		i := strings.IndexAny(path, `/\`)
		segment, final := path, i < 0
		if !final {
			segment = path[:i]
		}
		if final && !last {
			return out
		}
		switch dots(segment) {
		case 1:
			if final {
				out = append(out, '/')
			}
		case 2:
			for n := len(out); n > 0; {
				n--
				c := out[n]
				out = out[:n]
				if c == '/' {
					break
				}
			}
			if final {
				out = append(out, '/')
			}
		default:
			out = append(out, '/')
			out = appendEscaped(out, segment, inPath)
		}
		if final {
			return out
		}
		path = path[i+1:]
	}
}

// dots returns 1 for ".", 2 for "..", each dot also spelt %2e, and 0 otherwise.
func dots(s string) int {
	if len(s) == 0 || len(s) > 6 || s[0] != '.' && s[0] != '%' {
		return 0
	}
	n := 0
	for s != "" {
		switch {
		case s[0] == '.':
			s = s[1:]
		case len(s) >= 3 && s[0] == '%' && s[1] == '2' && s[2]|0x20 == 'e':
			s = s[3:]
		default:
			return 0
		}
		n++
	}
	if n > 2 {
		return 0
	}
	return n
}

func setQuery(u *url.URL, query string, has bool, enc encoding.Encoding) {
	if !has {
		return
	}
	if query == "" {
		u.ForceQuery = true
		return
	}
	clean := true
	for i := 0; i < len(query); i++ {
		if mustEscape[query[i]]&inQuery != 0 {
			clean = false
			break
		}
	}
	switch {
	case clean:
		u.RawQuery = query
	case enc == nil:
		u.RawQuery = string(appendEscaped(make([]byte, 0, len(query)+16), query, inQuery))
	default:
		u.RawQuery = string(appendEncoded(make([]byte, 0, len(query)+16), query, enc))
	}
}

// appendEncoded percent-encodes a query in the charset of its page, as the URL
// Standard's "percent-encode after encoding" does: bytes of a multi-byte character
// that are ASCII stay bare, so that Shift_JIS ソ is "%83\".
func appendEncoded(out []byte, s string, e encoding.Encoding) []byte {
	enc := e.NewEncoder()
	for s != "" {
		n := 0
		for n < len(s) && s[n] < utf8.RuneSelf {
			n++
		}
		out = appendEscaped(out, s[:n], inQuery)
		s = s[n:]
		for n = 0; n < len(s) && s[n] >= utf8.RuneSelf; n++ {
		}
		if run, err := enc.String(browserFold.Replace(s[:n])); err == nil {
			out = appendEscapedBytes(out, run)
		} else {
			for _, r := range s[:n] {
				c, err := enc.String(browserFold.Replace(string(r)))
				if err != nil {
					out = append(out, "%26%23"...)
					out = strconv.AppendInt(out, int64(r), 10)
					out = append(out, "%3B"...)
					continue
				}
				out = appendEscapedBytes(out, c)
			}
		}
		s = s[n:]
	}
	return out
}

// browserFold holds the characters that the Encoding Standard's Japanese encoders
// take though their index lacks them
// (https://encoding.spec.whatwg.org/#euc-jp-encoder, read 2026-11).
var browserFold = strings.NewReplacer("\u2212", "\uff0d", "\u00a5", "\\", "\u203e", "~")

func appendEscapedBytes(out []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; mustEscape[c]&inQuery != 0 {
			out = append(out, '%', upperHex[c>>4], upperHex[c&15])
		} else {
			out = append(out, c)
		}
	}
	return out
}

// appendEscaped appends s, percent-encoding what must not stand bare in the given
// part of a URL. Bytes that are no UTF-8 become U+FFFD, as in a browser that has
// decoded the page.
func appendEscaped(out []byte, s string, part uint8) []byte {
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				out = append(out, "%EF%BF%BD"...)
			}
			for j := i; n > 1 && j < i+n; j++ {
				out = append(out, '%', upperHex[s[j]>>4], upperHex[s[j]&15])
			}
			i += n
			continue
		case c == '%' && part == inPath && !isEscape(s[i:]):
			out = append(out, "%25"...)
		case mustEscape[c]&part != 0:
			out = append(out, '%', upperHex[c>>4], upperHex[c&15])
		default:
			out = append(out, c)
		}
		i++
	}
	return out
}

func isEscape(s string) bool {
	return len(s) >= 3 && isHex(s[1]) && isHex(s[2])
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

const upperHex = "0123456789ABCDEF"

// Parts of a URL, as bits of mustEscape.
const (
	inPath uint8 = 1 << iota
	inQuery
	notPlain // in a path: anything that asks for a closer look
)

// mustEscape holds the percent-encode sets of the URL Standard ("path" and
// "special-query"), with "|" and "^" added for paths, see Resolve.
var mustEscape = func() (t [256]uint8) {
	for c := range t {
		if c <= ' ' || c >= 0x7f {
			t[c] = inPath | inQuery | notPlain
		}
	}
	for _, c := range []byte("\"#<>?`{}|^") {
		t[c] |= inPath | notPlain
	}
	for _, c := range []byte("\"#<>'") {
		t[c] |= inQuery
	}
	// Go's default escaping of a path differs from the standard for some of these,
	// so RawPath must be considered.
	for _, c := range []byte("%\\!'()*[]") {
		t[c] |= notPlain
	}
	return t
}()

// plainPath reports that an absolute or empty path is already in its final form.
func plainPath(p string) bool {
	if p != "" && p[0] != '/' {
		return false
	}
	for i := 0; i < len(p); i++ {
		c := p[i]
		if mustEscape[c]&notPlain != 0 || c == '.' && p[i-1] == '/' {
			return false
		}
	}
	return true
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// lowerASCII lower-cases A to Z and returns s itself when there is none.
func lowerASCII(s string) string {
	for i := 0; i < len(s); i++ {
		if 'A' <= s[i] && s[i] <= 'Z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				if 'A' <= b[i] && b[i] <= 'Z' {
					b[i] |= 0x20
				}
			}
			return string(b)
		}
	}
	return s
}
