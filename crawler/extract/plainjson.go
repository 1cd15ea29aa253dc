package extract

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// maxWhole is up to which length a text is copied as a whole, for its strings to be parts
// of the copy. The strings of longer ones are copied each, so that one of them does not
// keep them all.
const maxWhole = 8 << 10

// plainDepth is how deep plainJSON reads.
const plainDepth = 32

// plainJSON reads a text that is one JSON value (RFC 8259) and holds nothing that takes
// long to read: invalid UTF-8, deep nesting. It gives what the decoder of encoding/json
// gives with UseNumber, at a third of the cost. Where ok is false, that one is to be
// asked. A fuzz test holds one against the other.
func plainJSON(s string) (v any, ok bool) {
	p := plainParser{s: s}
	if len(s) <= maxWhole {
		p.s, p.whole = strings.Clone(s), true
	}
	p.space()
	if v, ok = p.value(0); !ok {
		return nil, false
	}
	p.space()
	return v, p.i == len(p.s)
}

type plainParser struct {
	s     string
	i     int
	whole bool // s is a copy already
}

func (p *plainParser) space() {
	for p.i < len(p.s) {
		switch p.s[p.i] {
		case ' ', '\n', '\t', '\r':
			p.i++
		default:
			return
		}
	}
}

// skip goes behind c and the white space after it, if c is next.
func (p *plainParser) skip(c byte) bool {
	if p.i >= len(p.s) || p.s[p.i] != c {
		return false
	}
	p.i++
	p.space()
	return true
}

func (p *plainParser) value(depth int) (any, bool) {
	if p.i >= len(p.s) || depth > plainDepth {
		return nil, false
	}
	switch c := p.s[p.i]; {
	case c == '{':
		return p.object(depth)
	case c == '[':
		return p.array(depth)
	case c == '"':
		return p.text()
	case c == '-' || isDigit(c):
		return p.number()
	}
	for _, w := range [...]struct {
		word  string
		value any
	}{{"true", true}, {"false", false}, {"null", nil}} {
		if strings.HasPrefix(p.s[p.i:], w.word) {
			p.i += len(w.word)
			return w.value, true
		}
	}
	return nil, false
}

func (p *plainParser) object(depth int) (any, bool) {
	m := make(map[string]any)
	p.skip('{')
	if p.skip('}') {
		return m, true
	}
	for {
		key, ok := p.text()
		if !ok {
			return nil, false
		}
		p.space()
		if !p.skip(':') {
			return nil, false
		}
		v, ok := p.value(depth + 1)
		if !ok {
			return nil, false
		}
		m[key] = v
		p.space()
		if p.skip('}') {
			return m, true
		}
		if !p.skip(',') {
			return nil, false
		}
	}
}

func (p *plainParser) array(depth int) (any, bool) {
	a := []any{}
	p.skip('[')
	if p.skip(']') {
		return a, true
	}
	for {
		v, ok := p.value(depth + 1)
		if !ok {
			return nil, false
		}
		a = append(a, v)
		p.space()
		if p.skip(']') {
			return a, true
		}
		if !p.skip(',') {
			return nil, false
		}
	}
}

// text reads a string. It is a copy, not to keep the page that it stands on.
func (p *plainParser) text() (string, bool) {
	if p.i >= len(p.s) || p.s[p.i] != '"' {
		return "", false
	}
	start := p.i + 1
	for i := start; i < len(p.s); i++ {
		switch c := p.s[i]; {
		case c == '"':
			p.i = i + 1
			return p.own(p.s[start:i]), true
		case c == '\\':
			return p.escaped(start - 1)
		case c < ' ':
			return "", false
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRuneInString(p.s[i:])
			if r == utf8.RuneError && n == 1 {
				return "", false
			}
			i += n - 1
		}
	}
	return "", false
}

// escaped reads the string whose quotation mark stands at start and that holds escapes.
func (p *plainParser) escaped(start int) (v string, ok bool) {
	for i := start + 1; i < len(p.s); i++ {
		switch p.s[i] {
		case '\\':
			i++
		case '"':
			p.i = i + 1
			return v, json.Unmarshal([]byte(p.s[start:p.i]), &v) == nil
		}
	}
	return "", false
}

func (p *plainParser) number() (any, bool) {
	start := p.i
	digits := func() bool {
		from := p.i
		for p.i < len(p.s) && isDigit(p.s[p.i]) {
			p.i++
		}
		return p.i > from
	}
	if p.s[p.i] == '-' {
		p.i++
	}
	whole := p.i
	if !digits() || p.s[whole] == '0' && p.i > whole+1 {
		return nil, false
	}
	if p.i < len(p.s) && p.s[p.i] == '.' {
		if p.i++; !digits() {
			return nil, false
		}
	}
	if p.i < len(p.s) && p.s[p.i]|0x20 == 'e' {
		p.i++
		if p.i < len(p.s) && (p.s[p.i] == '+' || p.s[p.i] == '-') {
			p.i++
		}
		if !digits() {
			return nil, false
		}
	}
	return json.Number(p.own(p.s[start:p.i])), true
}

// own is a part of the text that does not keep the page on which the text stands.
func (p *plainParser) own(part string) string {
	if p.whole {
		return part
	}
	return strings.Clone(part)
}
