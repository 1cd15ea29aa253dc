package extract

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth bounds the nesting of objects in a script.
const maxDepth = 64

var errLoose = errors.New("no JSON value")

// parseLoose reads one JSON value at the start of s the way a lenient reader
// would, and returns how many bytes it took. Beyond JSON it accepts what shops
// write into scripts by hand: comments, trailing and missing commas, unquoted
// and single-quoted keys and strings, raw control characters in strings, bad
// escapes, undefined, NaN, hexadecimal numbers, a missing end. An expression
// that is not a value (a call, a variable) becomes nil.
//
// Values are map[string]any, []any, string, json.Number, bool and nil.
//
// With quotes, a quotation mark ends a string only where a JSON value can end:
// for texts in which quotation marks are not escaped.
func parseLoose(s string, quotes bool) (v any, n int, err error) {
	p := looseParser{s: s, lenientQuotes: quotes}
	p.space()
	if p.i >= len(s) {
		return nil, p.i, errLoose
	}
	v, err = p.value(0)
	return v, p.i, err
}

type looseParser struct {
	s             string
	i             int
	lenientQuotes bool
}

// space skips white space and comments.
func (p *looseParser) space() {
	for p.i < len(p.s) {
		switch c := p.s[p.i]; {
		case c <= ' ':
			p.i++
		case strings.HasPrefix(p.s[p.i:], "//"):
			p.skipTo("\n")
		case strings.HasPrefix(p.s[p.i:], "/*"):
			p.i += 2
			p.skipTo("*/")
		case strings.HasPrefix(p.s[p.i:], "\u00a0"), strings.HasPrefix(p.s[p.i:], "\u2028"), strings.HasPrefix(p.s[p.i:], "\ufeff"):
			_, n := utf8.DecodeRuneInString(p.s[p.i:])
			p.i += n
		default:
			return
		}
	}
}

func (p *looseParser) skipTo(end string) {
	j := strings.Index(p.s[p.i:], end)
	if j < 0 {
		p.i = len(p.s)
		return
	}
	p.i += j + len(end)
}

func (p *looseParser) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, errLoose
	}
	switch c := p.s[p.i]; {
	case c == '{':
		return p.object(depth)
	case c == '[':
		return p.array(depth)
	case c == '"' || c == '\'' || c == '`':
		return p.str(), nil
	case isDigit(c) || (c == '-' || c == '+' || c == '.') && p.i+1 < len(p.s) && (isDigit(p.s[p.i+1]) || p.s[p.i+1] == '.'):
		return p.number(), nil
	default:
		return p.word(depth)
	}
}

func (p *looseParser) object(depth int) (any, error) {
	m := make(map[string]any)
	p.i++
	for {
		p.space()
		for p.i < len(p.s) && (p.s[p.i] == ',' || p.s[p.i] == ';') {
			p.i++
			p.space()
		}
		if p.i >= len(p.s) {
			return m, nil
		}
		if p.s[p.i] == '}' {
			p.i++
			return m, nil
		}
		key, ok := p.key()
		if !ok {
			return m, errLoose
		}
		p.space()
		if p.i >= len(p.s) || p.s[p.i] != ':' {
			return m, errLoose
		}
		p.i++
		p.space()
		if p.i >= len(p.s) {
			return m, nil
		}
		v, err := p.value(depth + 1)
		m[key] = v
		if err != nil {
			return m, err
		}
	}
}

func (p *looseParser) array(depth int) (any, error) {
	a := []any{}
	p.i++
	for {
		p.space()
		for p.i < len(p.s) && p.s[p.i] == ',' {
			p.i++
			p.space()
		}
		if p.i >= len(p.s) {
			return a, nil
		}
		if p.s[p.i] == ']' {
			p.i++
			return a, nil
		}
		v, err := p.value(depth + 1)
		a = append(a, v)
		if err != nil {
			return a, err
		}
	}
}

func (p *looseParser) key() (string, bool) {
	switch c := p.s[p.i]; {
	case c == '"' || c == '\'':
		return p.str(), true
	case c == '}' || c == ']' || c == '{' || c == '[' || c == ':':
		return "", false
	}
	start := p.i
	for p.i < len(p.s) && p.s[p.i] > ' ' && !strings.ContainsRune(":,{}[]\"'", rune(p.s[p.i])) {
		p.i++
	}
	return p.s[start:p.i], p.i > start
}

// str reads a quoted string. An unterminated one ends with the text.
func (p *looseParser) str() string {
	q := p.s[p.i]
	p.i++
	start := p.i
	for p.i < len(p.s) && p.s[p.i] != q && p.s[p.i] != '\\' {
		p.i++
	}
	if p.i < len(p.s) && p.s[p.i] == q && (!p.lenientQuotes || p.endsHere()) {
		p.i++
		return p.s[start : p.i-1]
	}
	var b strings.Builder
	b.WriteString(p.s[start:p.i])
	for p.i < len(p.s) {
		c := p.s[p.i]
		switch {
		case c == q && (!p.lenientQuotes || p.endsHere()):
			p.i++
			return b.String()
		case c == '\\' && p.i+1 < len(p.s):
			p.escape(&b)
		default:
			b.WriteByte(c)
			p.i++
		}
	}
	return b.String()
}

// endsHere looks behind the quotation mark at p.i for what can follow a string.
func (p *looseParser) endsHere() bool {
	rest := strings.TrimLeft(p.s[p.i+1:min(len(p.s), p.i+200)], " \t\r\n")
	if rest == "" {
		return true
	}
	switch rest[0] {
	case '}', ']', ':':
		return true
	case ',':
		rest = strings.TrimLeft(rest[1:], " \t\r\n")
		return rest == "" || strings.IndexByte("\"'{[}]-0123456789tfn", rest[0]) >= 0
	}
	return false
}

func (p *looseParser) escape(b *strings.Builder) {
	c := p.s[p.i+1]
	p.i += 2
	switch c {
	case 'n':
		b.WriteByte('\n')
	case 't':
		b.WriteByte('\t')
	case 'r', 'b', 'f', '\n', '\r':
		b.WriteByte(' ')
	case 'u':
		r, ok := p.hex4()
		if !ok {
			b.WriteByte('u')
			return
		}
		if utf16.IsSurrogate(r) && strings.HasPrefix(p.s[p.i:], `\u`) {
			save := p.i
			p.i += 2
			if low, ok := p.hex4(); ok {
				if full := utf16.DecodeRune(r, low); full != utf8.RuneError {
					b.WriteRune(full)
					return
				}
			}
			p.i = save
		}
		b.WriteRune(r)
	case 'x':
		if p.i+2 <= len(p.s) {
			if v, err := strconv.ParseUint(p.s[p.i:p.i+2], 16, 8); err == nil {
				b.WriteRune(rune(v))
				p.i += 2
				return
			}
		}
		b.WriteByte('x')
	default:
		b.WriteByte(c)
	}
}

func (p *looseParser) hex4() (rune, bool) {
	if p.i+4 > len(p.s) {
		return 0, false
	}
	v, err := strconv.ParseUint(p.s[p.i:p.i+4], 16, 32)
	if err != nil {
		return 0, false
	}
	p.i += 4
	return rune(v), true
}

func (p *looseParser) number() any {
	start := p.i
	for p.i < len(p.s) && (isHex(p.s[p.i]) || strings.IndexByte("+-.xX_", p.s[p.i]) >= 0) {
		p.i++
	}
	text := strings.TrimPrefix(strings.ReplaceAll(p.s[start:p.i], "_", ""), "+")
	if len(text) > 2 && text[0] == '0' && text[1]|0x20 == 'x' {
		if v, err := strconv.ParseUint(text[2:], 16, 64); err == nil {
			return json.Number(strconv.FormatUint(v, 10))
		}
	}
	return json.Number(text)
}

// word reads true, false, null and whatever else stands unquoted. What is no
// value is skipped up to the comma or bracket that ends it.
func (p *looseParser) word(depth int) (any, error) {
	start := p.i
	for p.i < len(p.s) && (isASCIILetter(p.s[p.i]) || isDigit(p.s[p.i]) || p.s[p.i] == '_' || p.s[p.i] == '$') {
		p.i++
	}
	word := p.s[start:p.i]
	p.space()
	if p.i >= len(p.s) || strings.IndexByte(",}];", p.s[p.i]) >= 0 {
		switch word {
		case "true":
			return true, nil
		case "false":
			return false, nil
		}
		if p.i == start {
			return nil, errLoose
		}
		return nil, nil
	}
	if v, ok := p.negation(word, start); ok {
		return v, nil
	}
	open := 0
	for p.i < len(p.s) {
		switch c := p.s[p.i]; c {
		case '"', '\'', '`':
			p.str()
			continue
		case '(', '[', '{':
			open++
			if open+depth > maxDepth {
				return nil, errLoose
			}
		case ')', ']', '}', ',', ';':
			if open == 0 {
				if p.i == start || c == ')' {
					return nil, errLoose // no progress could be made from here
				}
				return nil, nil
			}
			if c == ')' || c == ']' || c == '}' {
				open--
			}
		}
		p.i++
	}
	return nil, nil
}

// negation reads !0 and !1, as minifiers write true and false.
func (p *looseParser) negation(word string, start int) (any, bool) {
	if word != "" || p.i != start || p.i+1 >= len(p.s) || p.s[p.i] != '!' {
		return nil, false
	}
	switch p.s[p.i+1] {
	case '0':
		p.i += 2
		return true, true
	case '1':
		p.i += 2
		return false, true
	}
	return nil, false
}

// parseJSON reads the JSON values in s, several one after another included: by
// the standard parser where it is JSON, else leniently.
func parseJSON(s string) []any {
	s = trimScript(s)
	if s == "" {
		return nil
	}
	if v, ok := strictJSON(s); ok {
		return []any{v}
	}
	if strings.HasPrefix(strings.TrimLeft(s, "{[ \t\r\n"), "&quot;") {
		s = unescapeLoose(s)
		if v, ok := strictJSON(s); ok {
			return []any{v}
		}
	}
	var values []any
	for rest := s; rest != "" && len(values) < 100; {
		v, n, err := parseLoose(rest, false)
		if err != nil {
			if w, m, err2 := parseLoose(rest, true); err2 == nil {
				v, n, err = w, m, nil
			}
		}
		if v != nil {
			values = append(values, v)
		}
		if err != nil || n == 0 {
			break
		}
		rest = strings.TrimLeft(rest[n:], " \t\r\n;,")
	}
	return values
}

func strictJSON(s string) (any, bool) {
	if v, ok := plainJSON(s); ok {
		return v, true
	}
	return decodeJSON(s)
}

func decodeJSON(s string) (any, bool) {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, false
	}
	return v, strings.TrimSpace(s[d.InputOffset():]) == ""
}

// trimScript drops what may stand around JSON in a script element: comment
// marks, CDATA marks, a byte order mark.
func trimScript(s string) string {
	for {
		t := strings.TrimFunc(s, func(r rune) bool { return r <= ' ' || r == '\ufeff' || r == '\u00a0' })
		for _, p := range [...]string{"<!--", "//<![CDATA[", "/*<![CDATA[*/", "/* <![CDATA[ */", "// <![CDATA[", "<![CDATA["} {
			t = strings.TrimPrefix(t, p)
		}
		for _, p := range [...]string{"-->", "//]]>", "/*]]>*/", "/* ]]> */", "// ]]>", "]]>", "//"} {
			t = strings.TrimSuffix(t, p)
		}
		if t == s {
			return t
		}
		s = t
	}
}

func isHex(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }
