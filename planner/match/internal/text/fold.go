// Package text brings product names of two shops into one form: widths, kana,
// variant characters, entities, case and decoration.
package text

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxLen caps what is folded of one text: titles and descriptions come from
// pages that nobody checked.
const maxLen = 4096

// Fold returns s in the form in which two shops' texts are compared: entities and
// tags resolved, NFKC, lower case, accents of Latin letters dropped, katakana for
// hiragana, small kana made large, long-vowel marks dropped, old and variant kanji
// replaced by the common ones. Marks and brackets stay; white space becomes one
// blank. Invalid UTF-8 is replaced.
func Fold(s string) string {
	if len(s) > maxLen {
		s = s[:maxLen]
		for len(s) > 0 && !utf8.ValidString(s[len(s)-min(len(s), utf8.UTFMax):]) && !utf8.RuneStart(s[len(s)-1]) {
			s = s[:len(s)-1]
		}
	}
	s = strings.ToValidUTF8(s, " ")
	s = unescape(s)
	s = trademarks.Replace(s)
	s = norm.NFKC.String(s)
	var b strings.Builder
	b.Grow(len(s))
	blank, kana := true, false
	for i, r := range s {
		if unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' || unicode.IsControl(r) {
			if !blank {
				b.WriteByte(' ')
			}
			blank, kana = true, false
			continue
		}
		if r == 'ー' {
			continue
		}
		if kana && isLongMark(r) {
			if next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):]); IsKana(next) {
				continue
			}
		}
		r = foldRune(r)
		blank, kana = false, IsKana(r)
		b.WriteRune(r)
	}
	return strings.TrimRight(b.String(), " ")
}

// trademarks drops the marks that NFKC would turn into letters.
var trademarks = strings.NewReplacer("®", " ", "™", " ", "©", " ", "℠", " ")

// unescape resolves HTML entities, twice because shops escape twice, and drops tags.
func unescape(s string) string {
	for range 2 {
		if !strings.Contains(s, "&") {
			break
		}
		s = html.UnescapeString(s)
	}
	if !strings.Contains(s, "<") {
		return s
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 || i+1 >= len(s) {
			break
		}
		c := s[i+1]
		j := strings.IndexByte(s[i:], '>')
		if j < 0 || !(c == '/' || c == '!' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') {
			b.WriteString(s[:i+1])
			s = s[i+1:]
			continue
		}
		b.WriteString(s[:i])
		b.WriteByte(' ')
		s = s[i+j+1:]
	}
	b.WriteString(s)
	return b.String()
}

func foldRune(r rune) rune {
	switch {
	case r < 0x80:
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	case r >= 'ぁ' && r <= 'ゖ':
		r += 'ァ' - 'ぁ'
		fallthrough
	case r >= 'ァ' && r <= 'ヺ':
		if l, ok := kanaFold[r]; ok {
			return l
		}
		return r
	case r >= 0x4e00 && r <= 0x9fff || r >= 0xf900 && r <= 0xfaff || r >= 0x3400 && r <= 0x4dbf:
		if c, ok := kanjiFold[r]; ok {
			return c
		}
		return r
	case r >= 0xc0 && r < 0x250 && r != '×' && r != '÷' || r >= 0x1e00 && r < 0x1f00:
		var buf [8]byte
		d := norm.NFD.AppendString(buf[:0], string(unicode.ToLower(r)))
		base, _ := utf8.DecodeRune(d)
		if base == 'ø' {
			return 'o'
		}
		return base
	}
	switch r {
	case '‐', '‑', '–', '—', '―', '−', '─', 'ｰ':
		return '-'
	case '’', '‘', '`', '´', '′':
		return '\''
	case '“', '”', '″':
		return '"'
	case '〜', '～', '∼':
		return '~'
	case '✕', '✖':
		return '×'
	}
	return unicode.ToLower(r)
}

// isLongMark tells whether r stands for a long vowel when it is between kana: one
// of the dashes and waves typed in place of the mark. The ASCII hyphen is not one
// of them: shops use it to separate.
func isLongMark(r rune) bool {
	switch r {
	case '‐', '‑', '–', '—', '―', '−', '─', '~', '〜':
		return true
	}
	return false
}

// IsKana tells whether r is hiragana or katakana.
func IsKana(r rune) bool { return r >= 0x3041 && r <= 0x30fa || r == 'ー' }

// IsHan tells whether r is a kanji or an iteration mark.
func IsHan(r rune) bool {
	return r >= 0x4e00 && r <= 0x9fff || r >= 0x3400 && r <= 0x4dbf || r == '々' || r == '〆' || r >= 0x20000 && r < 0x32000
}

// IsCJK tells whether r belongs to a script written without blanks.
func IsCJK(r rune) bool { return IsKana(r) || IsHan(r) }
