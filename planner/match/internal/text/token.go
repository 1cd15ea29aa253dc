package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind of a token.
type Kind uint8

const (
	Word Kind = iota // letters of an alphabet
	CJK              // a run of kana and kanji
	Num              // a number without a unit
	Qty              // a number with a unit, in canonical form
	Code             // letters and digits mixed: a model number
)

// Token is one word of a folded text.
type Token struct {
	Text string
	Kind Kind
	// Glued is set when nothing stood between this token and the one before.
	Glued bool
	// Joined is set when only a mark that joins (hyphen, slash, point, underscore)
	// stood between this token and the one before.
	Joined bool
	// Bracket is the number of the bracket pair around the token, 0 outside.
	Bracket int
}

// Tokens splits a folded text (see Fold) into words, numbers, amounts and codes.
// At most limit tokens are returned.
func Tokens(s string, limit int) []Token {
	raw := dropTimes(scan(s, 4*limit))
	out := make([]Token, 0, len(raw))
	for i := 0; i < len(raw) && len(out) < limit; {
		if q, n := quantityAt(raw[i:]); n > 0 {
			q.Glued, q.Joined, q.Bracket = raw[i].Glued, raw[i].Joined, raw[i].Bracket
			out = append(out, q)
			i += n
			continue
		}
		if c, n := codeAt(raw[i:]); n > 1 {
			out = append(out, c)
			i += n
			continue
		}
		out = append(out, raw[i])
		i++
	}
	return out
}

// dropTimes drops the x between two numbers: it is the sign of multiplication.
func dropTimes(ts []Token) []Token {
	out := ts[:0]
	for i, t := range ts {
		if t.Text == "x" && i > 0 && i+1 < len(ts) && ts[i-1].Kind == Num && ts[i+1].Kind == Num && t.Glued == ts[i+1].Glued {
			ts[i+1].Glued = false
			continue
		}
		out = append(out, t)
	}
	return out
}

type class uint8

const (
	other class = iota
	letter
	digit
	cjk
)

func classOf(r rune) class {
	switch {
	case r < 0x80:
		switch {
		case r >= '0' && r <= '9':
			return digit
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
			return letter
		}
		return other
	case IsCJK(r):
		return cjk
	case unicode.IsDigit(r):
		return digit
	case unicode.IsLetter(r), unicode.Is(unicode.Mn, r):
		return letter
	}
	return other
}

// scan cuts s where the class of the characters changes and at every mark.
func scan(s string, limit int) []Token {
	var out []Token
	bracket, brackets, open := 0, 0, 0
	glued, joined := false, false
	for i := 0; i < len(s) && len(out) < limit; {
		r, n := utf8.DecodeRuneInString(s[i:])
		c := classOf(r)
		if c == other {
			switch {
			case strings.ContainsRune("([{<【《〈「『〔", r):
				brackets++
				bracket, open = brackets, open+1
			case strings.ContainsRune(")]}>】》〉」』〕", r):
				if open > 0 {
					open--
				}
				if open == 0 {
					bracket = 0
				}
			case r == '"' || r == '\'' && len(out) > 0 && out[len(out)-1].Kind == Num:
				// the inch mark belongs to the number before it
				if glued && len(out) > 0 && out[len(out)-1].Kind == Num && r == '"' {
					out = append(out, Token{Text: "\"", Kind: Word, Glued: true, Bracket: bracket})
				}
			case r == '%':
				if glued && len(out) > 0 && out[len(out)-1].Kind == Num {
					out = append(out, Token{Text: "%", Kind: Word, Glued: true, Bracket: bracket})
				}
			}
			joined = glued && (r == '-' || r == '/' || r == '.' || r == '_')
			glued = false
			i += n
			continue
		}
		j := i + n
		switch c {
		case digit:
			j = i + numberLen(s[i:])
		default:
			for j < len(s) {
				r2, n2 := utf8.DecodeRuneInString(s[j:])
				if classOf(r2) != c {
					break
				}
				j += n2
			}
		}
		t := Token{Text: s[i:j], Glued: glued, Joined: joined, Bracket: bracket}
		switch c {
		case digit:
			t.Kind, t.Text = Num, number(t.Text)
		case cjk:
			t.Kind = CJK
		}
		out = append(out, t)
		glued, joined = true, false
		i = j
	}
	return out
}

// numberLen measures the number at the start of s: digits, with points or commas
// between digits.
func numberLen(s string) int {
	i := 0
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if classOf(r) == digit {
			i += n
			continue
		}
		if (r == '.' || r == ',') && i > 0 && i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9' {
			i++
			continue
		}
		break
	}
	return i
}

// number brings a number into one form: no grouping commas, a point as decimal
// mark, no trailing zeros behind it. Leading zeros stay: they are codes.
func number(s string) string {
	if k := strings.LastIndexByte(s, ','); k >= 0 {
		if len(s)-k-1 == 3 || strings.IndexByte(s, '.') > k {
			s = strings.ReplaceAll(s, ",", "")
		} else {
			s = s[:k] + "." + s[k+1:]
			s = strings.ReplaceAll(s, ",", "")
		}
	}
	if strings.Count(s, ".") == 1 {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
		if s == "" {
			s = "0"
		}
	}
	return s
}

// codeAt reads a run of letters and digits without anything between them.
func codeAt(ts []Token) (Token, int) {
	if ts[0].Kind != Word && ts[0].Kind != Num {
		return Token{}, 0
	}
	n, letters, digits := 0, false, false
	for ; n < len(ts) && n < 12; n++ {
		if n > 0 && !ts[n].Glued || ts[n].Kind != Word && ts[n].Kind != Num || ts[n].Text == "\"" || ts[n].Text == "%" {
			break
		}
		if ts[n].Kind == Num {
			digits = true
		} else {
			letters = true
		}
	}
	if !letters || !digits || n < 2 {
		return Token{}, 0
	}
	c := ts[0]
	c.Kind = Code
	var b strings.Builder
	for _, t := range ts[:n] {
		b.WriteString(t.Text)
	}
	c.Text = b.String()
	return c, n
}

// Alnum keeps the letters and digits of s.
func Alnum(s string) string {
	clean := true
	for _, r := range s {
		if classOf(r) == other {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	return strings.Map(func(r rune) rune {
		if classOf(r) == other {
			return -1
		}
		return r
	}, s)
}
