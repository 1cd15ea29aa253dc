package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Original is a text that knows which of its parts folds to what, so that a folded
// word can be shown as the shop wrote it.
type Original struct {
	raw    string // entities resolved
	folded string
	from   []int32 // for each byte of folded, where in raw the character begins
	to     []int32 // … and where it ends
}

// NewOriginal reads a text as a shop writes it. What is longer than Fold reads is
// kept without its parts.
func NewOriginal(raw string) *Original {
	if len(raw) > maxLen {
		return &Original{}
	}
	raw = unescape(strings.ToValidUTF8(raw, " "))
	o := &Original{raw: raw}
	var b strings.Builder
	var it norm.Iter
	it.InitString(norm.NFKC, raw)
	kana := false
	for !it.Done() {
		start := it.Pos()
		seg := it.Next()
		end := it.Pos()
		for len(seg) > 0 {
			r, n := utf8.DecodeRune(seg)
			seg = seg[n:]
			if unicode.IsSpace(r) || unicode.IsControl(r) {
				r = ' '
			}
			if r == 'ー' || kana && isLongMark(r) && kanaFollows(raw[end:]) {
				continue
			}
			r = foldRune(r)
			kana = IsKana(r)
			b.WriteRune(r)
			for range utf8.RuneLen(r) {
				o.from, o.to = append(o.from, int32(start)), append(o.to, int32(end))
			}
		}
	}
	o.folded = b.String()
	return o
}

func kanaFollows(s string) bool {
	for _, r := range s {
		return IsKana(r)
	}
	return false
}

// Surface finds how a folded word is written in the text. When it is not in there as
// it stands, Surface gives the word itself.
func (o *Original) Surface(word string) string {
	i := strings.Index(o.folded, word)
	if i < 0 || word == "" {
		return word
	}
	from, to := o.from[i], o.to[i+len(word)-1]
	return withMarks(o.raw[from:to], o.raw[to:])
}

// withMarks adds what belongs to the last character but is dropped in folding: a
// long vowel, a combining mark.
func withMarks(s, rest string) string {
	for i, r := range rest {
		if r != 'ー' && r != 'ｰ' && r != '\u3099' && r != '\u309a' {
			return s + rest[:i]
		}
	}
	return s + rest
}
