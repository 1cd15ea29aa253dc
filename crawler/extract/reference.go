package extract

import (
	"html"
	"strings"
	"unicode/utf8"
)

// attrValue is the value of an attribute, as it stands in the page, the way a
// parser reads it.
func attrValue(s string) string {
	if strings.IndexByte(s, '&') < 0 && strings.IndexByte(s, '\r') < 0 && strings.IndexByte(s, 0) < 0 {
		return s
	}
	return unescape(newlines(replaceNUL(s)), true)
}

// textValue is a text of the page, the way a parser reads it.
func textValue(s string, verbatim bool) string {
	s = newlines(s)
	if !verbatim {
		s = unescape(s, false)
	}
	return s
}

func replaceNUL(s string) string {
	if strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(s, "\x00", "\ufffd")
}

// newlines makes every kind of line break one line feed.
func newlines(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// unescape undoes character references (HTML, "character reference state"). In
// attributes a name must be followed by a semicolon, or at least not by what
// continues it: "?a=1&copy=2" has no copyright sign in it.
func unescape(s string, inAttribute bool) string {
	i := strings.IndexByte(s, '&')
	if i < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for {
		b.WriteString(s[:i])
		n := 0
		if s = s[i:]; len(s) > 2 && s[1] == '#' {
			n = numericReference(s, &b)
		} else {
			n = namedReference(s, inAttribute, &b)
		}
		if n == 0 {
			b.WriteByte('&')
			n = 1
		}
		s = s[n:]
		if i = strings.IndexByte(s, '&'); i < 0 {
			b.WriteString(s)
			return b.String()
		}
	}
}

// numericReference undoes the reference that s begins with and returns how many
// bytes it took, 0 where it is none.
func numericReference(s string, b *strings.Builder) int {
	i, base := 2, rune(10)
	if s[i]|0x20 == 'x' {
		i, base = 3, 16
	}
	first, x := i, rune(0)
	for ; i < len(s); i++ {
		d := rune(-1)
		switch c := s[i]; {
		case isDigit(c):
			d = rune(c - '0')
		case base == 16 && isHex(c):
			d = rune(c|0x20-'a') + 10
		}
		if d < 0 {
			break
		}
		if x <= utf8.MaxRune {
			x = base*x + d
		}
	}
	if i == first {
		return 0
	}
	if i < len(s) && s[i] == ';' {
		i++
	}
	switch {
	case 0x80 <= x && x <= 0x9f:
		x = windows1252[x-0x80]
	case x == 0, 0xd800 <= x && x <= 0xdfff, x > utf8.MaxRune:
		x = utf8.RuneError
	}
	b.WriteRune(x)
	return i
}

// windows1252 is what the references &#128; to &#159; stand for (HTML, "numeric
// character reference end state").
var windows1252 = [...]rune{
	'\u20ac', '\u0081', '\u201a', '\u0192', '\u201e', '\u2026', '\u2020', '\u2021', '\u02c6', '\u2030', '\u0160', '\u2039', '\u0152', '\u008d', '\u017d', '\u008f',
	'\u0090', '\u2018', '\u2019', '\u201c', '\u201d', '\u2022', '\u2013', '\u2014', '\u02dc', '\u2122', '\u0161', '\u203a', '\u0153', '\u009d', '\u017e', '\u0178',
}

func namedReference(s string, inAttribute bool, b *strings.Builder) int {
	i := 1
	for i < len(s) && (isASCIILetter(s[i]) || isDigit(s[i])) {
		i++
	}
	if i == 1 {
		return 0
	}
	if i < len(s) && s[i] == ';' {
		i++
	} else if inAttribute && i < len(s) && s[i] == '=' {
		return 0
	}
	switch s[:i] {
	case "&amp;":
		b.WriteByte('&')
		return i
	case "&quot;":
		b.WriteByte('"')
		return i
	case "&lt;":
		b.WriteByte('<')
		return i
	case "&gt;":
		b.WriteByte('>')
		return i
	case "&nbsp;":
		b.WriteByte(0xc2)
		b.WriteByte(0xa0)
		return i
	}
	if i > 40 { // the longest name has 32 letters; a text may begin with a short one
		i = 40
		if inAttribute {
			return 0
		}
	}
	v := html.UnescapeString(s[:i])
	if v == s[:i] {
		return 0
	}
	if inAttribute && !wholeReference(v) {
		return 0
	}
	b.WriteString(v)
	return i
}

// wholeReference says whether v is what one reference stands for, and not what its
// beginning stands for with the rest of the name behind it.
func wholeReference(v string) bool {
	_, n := utf8.DecodeRuneInString(v)
	if n == len(v) || v == "fj" {
		return true
	}
	second, m := utf8.DecodeRuneInString(v[n:])
	return n+m == len(v) && second >= utf8.RuneSelf
}
