package review

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fold makes spellings that a reader takes for the same equal: width and
// compatibility forms (NFKC), letter case, katakana as hiragana.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'ァ' && r <= 'ヶ' {
			return r - ('ァ' - 'ぁ')
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(s))
}

// readable is an address with its percent-encoding taken off where that gives text.
func readable(address string) string {
	if s, err := url.PathUnescape(address); err == nil && utf8.ValidString(s) {
		return s
	}
	return address
}

// token is a word of a title: its place in the text, and what it is compared by.
type token struct {
	from, to int
	folded   string
}

// maxTokens bounds the work of one comparison; the rest of a longer title is one token.
const maxTokens = 160

// Kinds of characters that make up a word together.
const (
	noWord = iota // blanks and punctuation
	latin         // letters and digits: "500ml" is one word
	kanji         // each a word of its own, since compounds have no seams
	hiragana
	katakana
	symbol
)

func kindOf(r rune) int {
	switch {
	case r == 'ー', r == 'ｰ', r == 'ﾞ', r == 'ﾟ', unicode.Is(unicode.Katakana, r):
		return katakana
	case unicode.Is(unicode.Hiragana, r):
		return hiragana
	case r == '々' || unicode.Is(unicode.Han, r):
		return kanji
	case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
		return latin
	case unicode.IsSymbol(r), unicode.IsNumber(r):
		return symbol
	}
	return noWord
}

// brackets that hold a remark, which is one token with all that is in it.
const opening, closing = "【［[〔〈《(（", "】］]〕〉》)）"

// tokens cuts a title into words. A remark in brackets is one word, so that
// "【送料無料】" differs as a whole.
func tokens(s string) []token {
	var out []token
	for i := 0; i < len(s); {
		if len(out) == maxTokens-1 {
			return append(out, token{i, len(s), fold(strings.TrimSpace(s[i:]))})
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if end := remark(s, i, r); end > 0 {
			out = append(out, token{i, end, fold(s[i:end])})
			i = end
			continue
		}
		kind := kindOf(r)
		if kind == noWord {
			i += n
			continue
		}
		j := i + n
		for j < len(s) && kind != symbol && kind != kanji {
			r, n := utf8.DecodeRuneInString(s[j:])
			if kindOf(r) != kind && (kind != latin || r != '.' && r != '-' || j+n == len(s) || !isWordAt(s, j+n)) {
				break
			}
			j += n
		}
		out = append(out, token{i, j, fold(s[i:j])})
		i = j
	}
	return out
}

// isWordAt: "2.5" and "AB-12" are one word, "12 - end" is not.
func isWordAt(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return kindOf(r) == latin
}

// remark is the end of the remark that r at i opens, 0 when it opens none. Remarks
// are short; a bracket that is never closed is none.
func remark(s string, i int, r rune) int {
	const longest = 60 // bytes
	k := strings.IndexRune(opening, r)
	if k < 0 {
		return 0
	}
	nth := utf8.RuneCountInString(opening[:k])
	closer := []rune(closing)[nth]
	rest := s[i:min(len(s), i+longest)]
	end := strings.IndexRune(rest, closer)
	if end <= utf8.RuneLen(r) {
		return 0
	}
	return i + end + utf8.RuneLen(closer)
}

// differ says which tokens of a are not in b and the other way round: what is left
// beside a longest common subsequence.
func differ(a, b []token) (onlyA, onlyB []bool) {
	onlyA, onlyB = make([]bool, len(a)), make([]bool, len(b))
	length := make([][]int16, len(a)+1)
	for i := range length {
		length[i] = make([]int16, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i].folded == b[j].folded {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i].folded == b[j].folded:
			i, j = i+1, j+1
		case length[i+1][j] >= length[i][j+1]:
			onlyA[i] = true
			i++
		default:
			onlyB[j] = true
			j++
		}
	}
	for ; i < len(a); i++ {
		onlyA[i] = true
	}
	for ; j < len(b); j++ {
		onlyB[j] = true
	}
	return onlyA, onlyB
}

// segment is a stretch of text that is the same on both sides, or is not.
type segment struct {
	Text string `json:"t"`
	Diff bool   `json:"d,omitempty"`
}

// span is a stretch of a title that the other side does not have.
type span struct{ from, to int }

// spans joins neighbouring words that the other side does not have, with what stands
// between them.
func spans(list []token, only []bool) []span {
	var out []span
	for i, t := range list {
		switch {
		case !only[i]:
		case i > 0 && only[i-1]:
			out[len(out)-1].to = t.to
		default:
			out = append(out, span{t.from, t.to})
		}
	}
	return out
}

// segments cuts s where only begins and ends to hold.
func segments(s string, list []token, only []bool) []segment {
	var out []segment
	at := 0
	for _, d := range spans(list, only) {
		if d.from > at {
			out = append(out, segment{Text: s[at:d.from]})
		}
		out = append(out, segment{s[d.from:d.to], true})
		at = d.to
	}
	if at < len(s) {
		out = append(out, segment{Text: s[at:]})
	}
	return out
}
