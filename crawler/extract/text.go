package extract

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// squeeze returns s on one line: runs of white space become one blank, control
// characters and invalid bytes are dropped, the ends are trimmed.
func squeeze(s string) string {
	if isSqueezed(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	for _, r := range s {
		switch {
		case r == utf8.RuneError || r == '\u200b' || r == '\ufeff' || r == '\u00ad':
		case unicode.IsSpace(r):
			gap = true
		case unicode.IsControl(r):
		default:
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(r)
		}
	}
	return b.String()
}

// appendSqueezed appends s to line with its runs of white space made one blank and
// its control characters left out; line holds one line and stays so.
func appendSqueezed(line []byte, s string) []byte {
	gap := len(line) > 0 && line[len(line)-1] == ' '
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			if !gap && len(line) > 0 {
				line = append(line, ' ')
			}
			gap = true
		case unicode.IsControl(r), r == '\u200b', r == '\ufeff', r == unicode.ReplacementChar, r == '\u00ad':
		default:
			line = utf8.AppendRune(line, r)
			gap = false
		}
	}
	return line
}

func isSqueezed(s string) bool {
	gap := true
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= utf8.RuneSelf || c < ' ' || c == 0x7f || (c == ' ' && gap) {
			return false
		}
		gap = c == ' '
	}
	return !gap || s == ""
}

// unescapeLoose undoes character references that a shop left in a place where no
// parser undoes them, such as JSON inside a script. Some shops escape twice.
func unescapeLoose(s string) string {
	for range 2 {
		if !strings.Contains(s, "&") {
			break
		}
		t := html.UnescapeString(s)
		if t == s {
			break
		}
		s = t
	}
	return s
}

// plain turns text that may hold HTML into plain text with line breaks, at most
// limit bytes long.
func plain(s string, limit int) string {
	s = unescapeLoose(s)
	if strings.Contains(s, "<") {
		s = stripTags(s)
	}
	return lines(s, limit)
}

// stripTags drops tags from a fragment; block elements leave a line break. It is
// a filter for texts, not a sanitiser: its result is plain text.
func stripTags(s string) string {
	var b strings.Builder
	for s != "" {
		i := strings.IndexByte(s, '<')
		if i < 0 || i+1 >= len(s) {
			b.WriteString(s)
			break
		}
		c := s[i+1]
		if c != '/' && c != '!' && !isASCIILetter(c) {
			b.WriteString(s[:i+1])
			s = s[i+1:]
			continue
		}
		b.WriteString(s[:i])
		rest := s[i:]
		end := strings.IndexByte(rest, '>')
		if end < 0 {
			break
		}
		name := strings.ToLower(strings.TrimLeft(rest[1:end], "/"))
		if j := strings.IndexAny(name, " \t\r\n/"); j >= 0 {
			name = name[:j]
		}
		switch name {
		case "br", "p", "div", "li", "tr", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd":
			b.WriteByte('\n')
		case "script", "style":
			if j := strings.Index(strings.ToLower(rest[end:]), "</"+name); j >= 0 {
				end += j - 1
			}
		}
		s = rest[end+1:]
	}
	return b.String()
}

// lines squeezes every line of s, drops empty ones, and cuts at limit bytes on a
// character boundary.
func lines(s string, limit int) string {
	var b strings.Builder
	for line := range strings.SplitSeq(s, "\n") {
		line = squeeze(line)
		if line == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(line)
		if b.Len() >= limit {
			break
		}
	}
	return cut(b.String(), limit)
}

// cut shortens s to at most limit bytes without breaking a character.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return strings.TrimSpace(s[:limit])
}

// fold reduces a name to what two spellings of it share: NFKC, lower case,
// letters and digits alone, one blank between words.
func fold(s string) string {
	if isASCII(s) {
		return foldASCII(s)
	}
	s = norm.NFKC.String(s)
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(unicode.ToLower(r))
			continue
		}
		if r != '\'' && r != '’' && r != '´' {
			gap = true
		}
	}
	return b.String()
}

// foldASCII is fold for text of ASCII alone.
func foldASCII(s string) string {
	if isFolded(s) {
		return s
	}
	var memory [128]byte
	b, gap := memory[:0], false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case isASCIILetter(c) || isDigit(c):
			if gap && len(b) > 0 {
				b = append(b, ' ')
			}
			gap = false
			b = append(b, lowerByte(c))
		case c != '\'':
			gap = true
		}
	}
	return string(b)
}

// isFolded says whether text of ASCII is as fold would make it.
func isFolded(s string) bool {
	blank := true
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z' || isDigit(c):
			blank = false
		case c == ' ' && !blank:
			blank = true
		default:
			return false
		}
	}
	return s == "" || !blank
}

// foldTight is fold without blanks, for names that one place writes as one word
// and another as two.
func foldTight(s string) string { return strings.ReplaceAll(fold(s), " ", "") }

// containsWords says whether the folded text holds the folded words from word
// boundary to word boundary. Where the script has no blanks, any place counts.
func containsWords(text, words string) bool {
	if words == "" {
		return false
	}
	for from := 0; ; {
		i := strings.Index(text[from:], words)
		if i < 0 {
			return false
		}
		i += from
		before := i == 0 || text[i-1] == ' ' || text[i-1] >= utf8.RuneSelf || words[0] >= utf8.RuneSelf
		j := i + len(words)
		after := j == len(text) || text[j] == ' ' || text[j] >= utf8.RuneSelf || words[len(words)-1] >= utf8.RuneSelf
		if before && after {
			return true
		}
		_, n := utf8.DecodeRuneInString(text[i:])
		from = i + n
	}
}

// overlap is the share of the words of a that b has too, both folded.
func overlap(a, b string) float64 {
	words, n := 0, 0
	for w := range strings.SplitSeq(a, " ") {
		if w == "" {
			continue
		}
		words++
		for x := range strings.SplitSeq(b, " ") {
			if x == w {
				n++
				break
			}
		}
	}
	if words == 0 {
		return 0
	}
	return float64(n) / float64(words)
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func isASCIILetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
