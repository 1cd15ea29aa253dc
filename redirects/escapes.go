package redirects

import "unicode/utf8"

// Unescape decodes the percent-escapes of s. ok is false when a percent sign is
// not followed by two hex digits; such percent signs stay as they are.
func Unescape(s string) (decoded string, ok bool) {
	ok = true
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b = append(b, s[i])
			continue
		}
		if i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2]) {
			ok = false
			b = append(b, '%')
			continue
		}
		b = append(b, unhex(s[i+1])<<4|unhex(s[i+2]))
		i += 2
	}
	return string(b), ok
}

// HasUTF8Escapes tells whether all escapes of s are well-formed and decode to
// UTF-8. Those of EUC-JP and CP932 pages do not.
func HasUTF8Escapes(s string) bool {
	decoded, ok := Unescape(s)
	return ok && utf8.ValidString(decoded)
}
