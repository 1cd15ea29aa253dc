package catalog

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// NormaliseGTIN returns the digits of a GTIN-8, -12, -13 or -14 (EAN, UPC, JAN,
// ISBN-13), or of an ISBN-10 turned into its ISBN-13, and whether the check digit
// is right. Blanks, hyphens and full-width digits are accepted. Rule: GS1 General
// Specifications, check digit calculation (weights 3 and 1 from the right);
// ISO 2108 for ISBN-10.
func NormaliseGTIN(s string) (string, bool) {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '-' || r == '‐' || r == '‑' || r == '–' || r == '　' || r == '\u00a0':
			return -1
		}
		return r
	}, norm.NFKC.String(strings.TrimSpace(s)))
	if len(s) == 10 && isISBN10(s) {
		s = "978" + s[:9]
		return s + string('0'+gtinCheckDigit(s)), true
	}
	switch len(s) {
	case 8, 12, 13, 14:
	default:
		return "", false
	}
	zero := true
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return "", false
		}
		if s[i] != '0' {
			zero = false
		}
	}
	if zero {
		return "", false
	}
	if gtinCheckDigit(s[:len(s)-1]) != s[len(s)-1]-'0' {
		return "", false
	}
	return s, true
}

func gtinCheckDigit(body string) byte {
	sum := 0
	weight := 3
	for i := len(body) - 1; i >= 0; i-- {
		sum += int(body[i]-'0') * weight
		weight = 4 - weight
	}
	return byte((10 - sum%10) % 10)
}

func isISBN10(s string) bool {
	sum := 0
	for i := 0; i < 10; i++ {
		d := 0
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			d = int(c - '0')
		case (c == 'X' || c == 'x') && i == 9:
			d = 10
		default:
			return false
		}
		sum += d * (10 - i)
	}
	return sum%11 == 0 && sum > 0
}
