package fetch

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// ErrNotEncodable: a text holds characters that the charset has no place for, or
// the charset is unknown.
var ErrNotEncodable = errors.New("not encodable in this charset")

// DecodeQuery reads a percent-encoded query value, such as the keyword of a search
// address, and returns it as UTF-8 with the IANA name of the charset that its bytes
// are in: UTF-8, EUC-JP, Shift_JIS (with CP932) or ISO-2022-JP. "+" is a blank.
// Percent signs that begin no escape are kept, bytes of no charset become U+FFFD. The
// charset is told by the bytes alone; where the page is known use [DecodeQueryIn].
func DecodeQuery(raw string) (text, charset string) {
	return DecodeQueryIn(raw, "")
}

// DecodeQueryIn is DecodeQuery for an address of a shop in the given charset, which
// settles what the bytes leave open: a short word can be good EUC-JP and good UTF-8.
func DecodeQueryIn(raw, pageCharset string) (text, charset string) {
	b := unescapeQuery(raw)
	_, hint := lookupCharset(pageCharset)
	u := tallyUTF8(b)
	if u.chars+u.bad == 0 {
		if has2022JP(b) {
			charset = charset2022JP
		} else {
			return strings.ToValidUTF8(string(b), "\ufffd"), charsetUTF8
		}
	} else {
		charset = judgeQuery(b, u, hint)
	}
	e, name := lookupCharset(charset)
	return string(decodeNamed(e, name, b)), name
}

func judgeQuery(b []byte, u tally, hint string) string {
	japanese := hint == charsetEUCJP || hint == charsetSJIS
	if u.bad == 0 {
		if japanese && u.wide == 0 && tallyOf(hint, b).bad == 0 {
			return hint
		}
		return charsetUTF8
	}
	if japanese && tallyOf(hint, b).bad == 0 {
		return hint
	}
	best, _ := bestJapanese(b, u, hint)
	return best
}

func unescapeQuery(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '+':
			out = append(out, ' ')
		case c == '%' && isEscape(s[i:]):
			out = append(out, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
		default:
			out = append(out, c)
		}
	}
	return out
}

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

// EncodeQuery percent-encodes text as a form of a page in the given charset sends it
// (application/x-www-form-urlencoded: blank is "+", every byte but letters, digits
// and "*-._" is escaped, hex digits are upper case). The signs that UTF-8 text and
// Japanese charsets spell differently, the wave dash among them, are folded to the
// spelling that CP932 and CP51932 have. The error is [ErrNotEncodable].
func EncodeQuery(text, charset string) (string, error) {
	e, name := lookupCharset(charset)
	if e == nil {
		return "", fmt.Errorf("%w: unknown charset %q", ErrNotEncodable, charset)
	}
	switch name {
	case charsetUTF8:
		text = strings.ToValidUTF8(text, "\ufffd")
	default:
		if name == charsetEUCJP || name == charsetSJIS || name == charset2022JP {
			text = windowsFold.Replace(text)
		}
		b, err := e.NewEncoder().String(text)
		if err != nil {
			return "", fmt.Errorf("%w: %q in %s", ErrNotEncodable, text, name)
		}
		text = b
	}
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == ' ':
			out.WriteByte('+')
		case c < utf8.RuneSelf && (c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || strings.IndexByte("*-._", c) >= 0):
			out.WriteByte(c)
		default:
			out.WriteByte('%')
			out.WriteByte(upperHex[c>>4])
			out.WriteByte(upperHex[c&15])
		}
	}
	return out.String(), nil
}

// windowsFold maps the signs for which JIS and Microsoft name different Unicode
// characters to Microsoft's, which is what the Encoding Standard's index holds
// (https://encoding.spec.whatwg.org/index-jis0208.txt, read 2026-11).
var windowsFold = strings.NewReplacer(
	"\u301c", "\uff5e", // wave dash
	"\u2212", "\uff0d", // minus sign
	"\u2016", "\u2225", // double vertical line
	"\u2014", "\u2015", // em dash
	"\u00a2", "\uffe0", // cent
	"\u00a3", "\uffe1", // pound
	"\u00ac", "\uffe2", // not sign
	"\u00a5", "\\", // yen: the place of the backslash
	"\u203e", "~", // overline
)
