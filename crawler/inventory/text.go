package inventory

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"replatform/crawler/catalog"
)

// Bounds on what one crawled page can make the file hold. Real shops stay far
// below; a page that does not was made to fill the disk.
const (
	maxURL   = 8 << 10  // an address or key that is longer is not stored at all
	maxProse = 64 << 10 // descriptions and the like are cut here
)

// prose cleans text from a page: valid UTF-8, no control characters but line feed
// and tab, no marks that turn the direction of writing around, at most maxProse
// bytes. What is stored like this is safe to print.
func prose(s string) string {
	if len(s) > maxProse {
		cut := maxProse
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut]
	}
	if isPlain(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r':
			return '\n'
		case unicode.IsControl(r) || isBidiControl(r):
			return -1
		}
		return r // strings.Map turns invalid bytes into U+FFFD
	}, strings.ReplaceAll(s, "\r\n", "\n"))
}

// isPlain says that s needs no cleaning, which is so for nearly every string.
func isPlain(s string) bool {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c < ' ' && c != '\n' && c != '\t' || c == 0x7f {
				return false
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 || unicode.IsControl(r) || isBidiControl(r) {
			return false
		}
		i += n
	}
	return true
}

// isBidiControl: these can make a line read otherwise than it is written
// (Unicode Technical Report 36, section 2.6).
func isBidiControl(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// address makes an address one word: blanks and control characters are
// percent-encoded as a browser would, so that lists of addresses may be separated
// by a blank or a line feed. Other bytes stay as they are sent; bytes that are no
// UTF-8 are percent-encoded too.
func address(s string) string {
	plain := true
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r <= ' ' || r == utf8.RuneError && n == 1 || unicode.IsControl(r) || unicode.IsSpace(r) || isBidiControl(r) {
			for _, c := range []byte(s[i : i+n]) {
				fmt.Fprintf(&b, "%%%02X", c)
			}
		} else {
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

// keyText is a key as it is stored: keys keep their blanks, and lose what could not
// be printed.
func keyText(k catalog.Key) string {
	s := string(k)
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		plain = s[i] >= ' ' && s[i] < 0x7f
	}
	if plain || isPlain(s) && !strings.ContainsAny(s, "\n\t") {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || isBidiControl(r) {
			return utf8.RuneError
		}
		return r
	}, s)
}

// word makes a source, rule or code safe to join with commas.
func word(s string) string {
	return strings.ReplaceAll(address(s), ",", "%2C")
}

const stamp = "2006-01-02T15:04:05.000Z"

// moment is t as the file writes it.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(stamp)
}

// parseMoment reads what moment wrote. Anything else, which only another program
// can have written, is the zero time.
func parseMoment(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// list is a JSON list of texts.
func list(items []string) string {
	if len(items) == 0 {
		return "[]"
	}
	clean := make([]string, len(items))
	for i, s := range items {
		clean[i] = prose(s)
	}
	return jsonList(clean)
}

// jsonList is a list of texts as JSON.
func jsonList(items []string) string {
	n := 2
	for _, s := range items {
		n += len(s) + 3
	}
	text := make([]byte, 0, n)
	for _, s := range items {
		if !isQuotable(s) {
			return jsonText(items)
		}
		text = append(append(append(text, ',', '"'), s...), '"')
	}
	if len(text) == 0 {
		return "[]"
	}
	text[0] = '['
	return string(append(text, ']'))
}

// isQuotable says that s stands in JSON as it is, which is so for nearly every address.
func isQuotable(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// jsonText is v as JSON. v is one of the plain types of this package, which
// cannot fail to be written.
func jsonText(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // addresses stay readable
	if err := enc.Encode(v); err != nil {
		panic(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// parseJSON reads a JSON column. Text that another program has spoilt reads as
// nothing.
func parseJSON[T any](s string) T {
	var v T
	if s == "" || s == "[]" || s == "{}" {
		return v
	}
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		var none T
		return none
	}
	return v
}

// joinWord adds w to the comma-separated sorted set.
func joinWord(set, w string) string {
	if w == "" || set == w {
		return set
	}
	if set == "" {
		return w
	}
	for have := range strings.SplitSeq(set, ",") {
		if have == w {
			return set
		}
	}
	words := strings.Split(set, ",")
	i, _ := slices.BinarySearch(words, w)
	return strings.Join(slices.Insert(words, i, w), ",")
}

// sortedSet sorts words and drops doubles and the empty one.
func sortedSet(words []string) []string {
	slices.Sort(words)
	words = slices.Compact(words)
	if len(words) > 0 && words[0] == "" {
		words = words[1:]
	}
	return words
}
