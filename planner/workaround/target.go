package workaround

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// maxTarget is the longest target that is written, in characters. It is a bound of
// ours against hostile input, not of any platform.
const maxTarget = 2048

// target is where a row leads: one of the allowed origins and the rest of the
// address, printable ASCII without quotes, brackets, braces, dollar signs and
// backslashes, so that it can stand in HTML, script and template text.
type target struct {
	origin int
	rest   string // begins with a slash
}

// origins are the places to which rows may lead, the new shop's own first.
type origins []string

func newOrigins(home string, more []string) (origins, error) {
	var os origins
	for _, raw := range append([]string{home}, more...) {
		o, _, err := splitAddress(raw)
		if err != nil {
			return nil, fmt.Errorf("reading the new shop's address %q: %w", raw, ErrNewHome)
		}
		if os.index(o) < 0 {
			os = append(os, o)
		}
	}
	return os, nil
}

func (os origins) index(origin string) int {
	for i, o := range os {
		if o == origin {
			return i
		}
	}
	return -1
}

// full is the absolute address of t.
func (os origins) full(t target) string { return os[t.origin] + t.rest }

// short is the form of t in a script map: the rest, behind the number of its origin
// unless that is the first.
func (t target) short() string {
	if t.origin == 0 {
		return t.rest
	}
	return strconv.Itoa(t.origin) + t.rest
}

// parse reads the target of a row. code is the refusal's word when it is not empty.
func (os origins) parse(raw string) (t target, code string) {
	origin, rest, err := splitAddress(raw)
	if err != nil {
		return target{}, "bad-target"
	}
	i := os.index(origin)
	if i < 0 {
		return target{}, "other-origin"
	}
	return target{origin: i, rest: rest}, ""
}

// splitAddress cuts an absolute http(s) address into "scheme://host[:port]" and the
// rest, both ASCII. Addresses with a user name are refused: they are a known way to
// disguise a host.
func splitAddress(raw string) (origin, rest string, err error) {
	if len(raw) > maxTarget {
		return "", "", fmt.Errorf("longer than %d characters", maxTarget)
	}
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		return "", "", err
	}
	scheme := strings.ToLower(u.Scheme)
	if scheme != "http" && scheme != "https" {
		return "", "", fmt.Errorf("scheme %q", u.Scheme)
	}
	host, err := idna.Lookup.ToASCII(u.Hostname())
	if err != nil || host == "" || u.User != nil {
		return "", "", fmt.Errorf("host %q", u.Host)
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if p := u.Port(); p != "" && !(scheme == "http" && p == "80" || scheme == "https" && p == "443") {
		host += ":" + p
	}
	rest = u.EscapedPath()
	if rest == "" {
		rest = "/"
	}
	if u.RawQuery != "" {
		rest += "?" + u.RawQuery
	}
	if f := u.EscapedFragment(); f != "" {
		rest += "#" + f
	}
	rest = plainASCII(rest)
	if len(rest) > maxTarget {
		return "", "", fmt.Errorf("longer than %d characters", maxTarget)
	}
	return scheme + "://" + plainASCII(host), rest, nil
}

// plainASCII percent-encodes every byte that could end a string, a tag or a
// template expression somewhere; what is encoded already stays as it is.
func plainASCII(s string) string {
	const keep = "/:@!()*,;=~?&+#-._[]"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			b.WriteByte(c)
		case isAlnum(c) || strings.IndexByte(keep, c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
