package fetch

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// cleanAuthority brings "user@Host:port" to the form that is asked and compared:
// user information dropped, host by cleanHost, the scheme's default port left out.
func cleanAuthority(scheme, s string) (string, bool) {
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		s = s[i+1:]
	}
	host, port := s, ""
	if i := strings.LastIndexByte(s, ':'); i >= 0 && i > strings.LastIndexByte(s, ']') {
		host, port = s[:i], s[i+1:]
	}
	host, ok := cleanHost(host)
	if !ok {
		return "", false
	}
	if port == "" {
		return host, true
	}
	n := 0
	for i := 0; i < len(port); i++ {
		if port[i] < '0' || port[i] > '9' {
			return "", false
		}
		if n = n*10 + int(port[i]-'0'); n > 65535 {
			return "", false
		}
	}
	if n == defaultPort(scheme) {
		return host, true
	}
	return host + ":" + strconv.Itoa(n), true
}

func defaultPort(scheme string) int {
	if scheme == "https" {
		return 443
	}
	return 80
}

// cleanHost brings one host name or address to its canonical form: lower case,
// punycode, IPv4 in four decimal parts, IPv6 compressed and in brackets.
func cleanHost(h string) (string, bool) {
	if h == "" {
		return "", false
	}
	if h[0] == '[' {
		if h[len(h)-1] != ']' {
			return "", false
		}
		a, err := netip.ParseAddr(h[1 : len(h)-1])
		if err != nil || !a.Is6() || a.Zone() != "" {
			return "", false
		}
		return "[" + a.String() + "]", true
	}
	if strings.IndexByte(h, '%') >= 0 {
		d, err := url.PathUnescape(h)
		if err != nil {
			return "", false
		}
		h = d
	}
	h = lowerASCII(h)
	if !isASCII(h) || strings.Contains(h, "xn--") {
		a, err := hostIDNA.ToASCII(h)
		if err != nil || a == "" {
			return "", false
		}
		// The library lets pass some labels that it refuses once they are in punycode.
		if h, err = hostIDNA.ToASCII(a); err != nil || h != a {
			return "", false
		}
	}
	for i := 0; i < len(h); i++ {
		switch c := h[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '.', c == '-', c == '_':
		default:
			return "", false
		}
	}
	if !endsInNumber(h) {
		return h, true
	}
	return cleanIPv4(h)
}

// hostIDNA is the "domain to ASCII" of the URL Standard: UTS #46, non-transitional,
// without the length rules of DNS.
var hostIDNA = idna.New(
	idna.MapForLookup(),
	idna.Transitional(false),
	idna.StrictDomainName(false),
	idna.CheckHyphens(false),
	idna.CheckJoiners(true),
	idna.BidiRule(),
	idna.VerifyDNSLength(false),
)

// endsInNumber says whether browsers take h for an IPv4 address: its last label is
// a number.
func endsInNumber(h string) bool {
	h = strings.TrimSuffix(h, ".")
	last := h[strings.LastIndexByte(h, '.')+1:]
	if last == "" {
		return false
	}
	if _, ok := ipv4Part(last); ok {
		return true
	}
	for i := 0; i < len(last); i++ {
		if last[i] < '0' || last[i] > '9' {
			return false
		}
	}
	return true
}

// cleanIPv4 reads an IPv4 address in any of the forms that browsers accept:
// fewer than four parts, octal and hexadecimal numbers ("127.1", "0x7f.1"). It
// matters to the address guard as well, which must not be told by spelling.
func cleanIPv4(h string) (string, bool) {
	parts := strings.Split(strings.TrimSuffix(h, "."), ".")
	if len(parts) > 4 {
		return "", false
	}
	var sum uint64
	for i, p := range parts {
		n, ok := ipv4Part(p)
		if !ok {
			return "", false
		}
		if i == len(parts)-1 {
			if n >= 1<<(8*(5-len(parts))) {
				return "", false
			}
			sum += n
			break
		}
		if n > 255 {
			return "", false
		}
		sum += n << (8 * (3 - i))
	}
	return netip.AddrFrom4([4]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}).String(), true
}

func ipv4Part(s string) (uint64, bool) {
	base := 10
	switch {
	case s == "":
		return 0, false
	case len(s) >= 2 && s[0] == '0' && s[1]|0x20 == 'x':
		if s, base = s[2:], 16; s == "" {
			return 0, true
		}
	case len(s) >= 2 && s[0] == '0':
		s, base = s[1:], 8
	}
	for i := 0; i < len(s); i++ {
		if !isHex(s[i]) {
			return 0, false // ParseUint would take a sign or "_"
		}
	}
	n, err := strconv.ParseUint(s, base, 64)
	if err != nil {
		return 0, false
	}
	return n, true
}
