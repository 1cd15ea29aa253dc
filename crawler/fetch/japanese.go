package fetch

import "unicode/utf8"

// tally is how well bytes read in one charset.
type tally struct {
	score int // good characters minus a penalty for bytes that are none
	chars int // characters beyond ASCII
	wide  int // of those, in UTF-8 of three bytes and more
	kana  int // of those, hiragana and full-width katakana
	bad   int // undecodable bytes
}

// readsJapanese says whether the bytes are Japanese beyond doubt: hardly an error,
// and kana among the characters, of which every Japanese page has a third or more
// while other languages, read by mistake in a Japanese charset, hit upon few.
func (t tally) readsJapanese() bool {
	return t.chars > 0 && t.score > 0 && t.bad*50 <= t.chars && t.kana*20 >= t.chars
}

// Weights of a character. A pair of bytes is worth the same in every charset, so
// that totals can be compared: kana and common kanji speak for a charset, rare kanji,
// which any pair of high bytes can look like, hardly do.
const (
	weightKana   = 8
	weightKanji  = 6
	weightSymbol = 5
	weightRare   = 1
	weightBad    = -20

	// declaredMargin is by how much another charset must read better than the
	// declared one: two errors.
	declaredMargin = -2 * weightBad
)

// bestJapanese weighs UTF-8, EUC-JP and Shift_JIS. One that is declared is kept
// unless another reads clearly better.
func bestJapanese(b []byte, u tally, declared string) (string, tally) {
	best, t := charsetUTF8, u
	for _, name := range []string{charsetEUCJP, charsetSJIS} {
		c := tallyOf(name, b)
		if c.score > t.score {
			best, t = name, c
		}
	}
	if best != declared && (declared == charsetEUCJP || declared == charsetSJIS) {
		if d := tallyOf(declared, b); t.score < d.score+declaredMargin {
			return declared, d
		}
	}
	return best, t
}

func tallyOf(name string, b []byte) tally {
	switch name {
	case charsetEUCJP:
		return tallyEUCJP(b)
	case charsetSJIS:
		return tallySJIS(b)
	}
	return tallyUTF8(b)
}

func (t *tally) add(weight int) {
	t.chars++
	t.score += weight
}

func (t *tally) fail() {
	t.bad++
	t.score += weightBad
}

// cut notes that the bytes end inside a character. That is no error, bodies and
// values get cut, but a charset in which they do not is the likelier one.
func (t tally) cut() tally {
	t.score -= weightKanji
	return t
}

// halfRun weighs a run of half-width kana. In both charsets such bytes can as well
// be kanji of the other, so a run counts in full only when it is written as words
// are: three kana or more, voicing marks only behind kana that can be voiced, and
// neither a mark nor a small kana in front. full is the weight of one such kana.
func (t *tally) halfRun(run []byte, full int) {
	letters, faults := 0, 0
	for i, c := range run {
		switch {
		case c < 0xa6: // punctuation
			continue
		case c == 0xde || c == 0xdf:
			if i == 0 || !takesMark(run[i-1], c) {
				faults++
			}
		case c >= 0xa7 && c <= 0xb0 || c == 0xdd:
			if i == 0 || run[i-1] < 0xa6 {
				faults++
			}
		}
		letters++
	}
	t.chars += len(run)
	if letters < 3 || faults > 0 {
		t.score += letters*weightRare - faults*weightSymbol
		return
	}
	t.kana += letters
	t.score += letters * full
}

// takesMark says whether the half-width kana c can carry a voicing mark: ウ, the
// ka, sa, ta and ha rows for the first, the ha row for the second.
func takesMark(c, mark byte) bool {
	ha := c >= 0xca && c <= 0xce
	return ha || mark == 0xde && (c == 0xb3 || c >= 0xb6 && c <= 0xc4)
}

func tallyUTF8(b []byte) (t tally) {
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		if !utf8.FullRune(b[i:]) {
			return t.cut()
		}
		r, n := utf8.DecodeRune(b[i:])
		i += n
		switch {
		case r == utf8.RuneError && n == 1:
			t.fail()
			continue
		case r >= 0x3041 && r <= 0x30fe:
			t.kana++
			t.add(weightKana * 3 / 2)
		case n == 2:
			t.add(weightSymbol)
		default:
			t.add(weightKanji * 3 / 2)
		}
		if n > 2 {
			t.wide++
		}
	}
	return t
}

func tallyEUCJP(b []byte) (t tally) {
	var half []byte // the run of half-width kana that is being read
	for i := 0; i < len(b); {
		c := b[i]
		i++
		if c < utf8.RuneSelf {
			continue
		}
		if i == len(b) && c != 0xff {
			return t.cut()
		}
		if c != 0x8e && c != 0x8f && (c < 0xa1 || c == 0xff) || b[i] < 0xa1 || b[i] == 0xff {
			t.fail()
			continue
		}
		d := b[i]
		i++
		switch {
		case c == 0x8e:
			if d > 0xdf {
				t.fail()
				continue
			}
			half = append(half, d)
			if i+1 < len(b) && b[i] == 0x8e && b[i+1] >= 0xa1 && b[i+1] <= 0xdf {
				continue
			}
			t.halfRun(half, weightKana)
			half = half[:0]
		case c == 0x8f:
			if i == len(b) {
				return t.cut()
			}
			if b[i] < 0xa1 || b[i] == 0xff {
				t.fail()
				continue
			}
			i++
			t.add(weightRare)
		case c == 0xa4 && d <= 0xf3, c == 0xa5 && d <= 0xf6:
			t.kana++
			t.add(weightKana)
		case c == 0xa1, c == 0xa3:
			t.add(weightSymbol)
		case c >= 0xb0 && c <= 0xcf:
			t.add(weightKanji)
		case c == 0xa2, c >= 0xa6 && c <= 0xa8, c == 0xad, c >= 0xd0 && c <= 0xf4, c >= 0xf9:
			t.add(weightRare)
		default: // rows that hold nothing
			t.fail()
		}
	}
	return t
}

func tallySJIS(b []byte) (t tally) {
	for i := 0; i < len(b); {
		c := b[i]
		i++
		switch {
		case c < utf8.RuneSelf:
			continue
		case c >= 0xa1 && c <= 0xdf:
			start := i - 1
			for i < len(b) && b[i] >= 0xa1 && b[i] <= 0xdf {
				i++
			}
			t.halfRun(b[start:i], weightKanji/2)
			continue
		case c == 0x80, c == 0xa0, c >= 0xfd:
			t.fail()
			continue
		}
		if i == len(b) {
			return t.cut()
		}
		d := b[i]
		if d < 0x40 || d == 0x7f || d > 0xfc {
			t.fail()
			continue
		}
		i++
		switch {
		case c == 0x82 && d >= 0x9f && d <= 0xf1, c == 0x83 && d <= 0x96:
			t.kana++
			t.add(weightKana)
		case c == 0x81, c == 0x82 && d >= 0x4f && d <= 0x9a:
			t.add(weightSymbol)
		case c >= 0x88 && c <= 0x97, c == 0x98 && d <= 0x72:
			t.add(weightKanji)
		case c == 0x83, c == 0x84, c == 0x87, c >= 0x98 && c <= 0x9f, c >= 0xe0 && c <= 0xea,
			c == 0xed, c == 0xee, c >= 0xfa:
			t.add(weightRare)
		default: // rows that hold nothing, and the maker's own characters
			t.fail()
		}
	}
	return t
}
