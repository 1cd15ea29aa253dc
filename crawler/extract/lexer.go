package extract

import (
	"io"
	"strings"

	"golang.org/x/net/html"
)

// tokenKind is what a lexer has found.
type tokenKind uint8

const (
	pageEnd tokenKind = iota
	textToken
	startToken
	endToken
)

// attrSpan is where an attribute stands in the page.
type attrSpan struct{ key, keyEnd, val, valEnd int32 }

// maxAttrs is how many attributes of one tag are looked at, repeated ones counted.
const maxAttrs = 64

// lexer splits a page into text and tags exactly as the tokenizer of
// golang.org/x/net/html does, without copying and without memory per tag; a fuzz
// test holds one against the other. Comments, declarations and processing
// instructions are passed over. The content of noscript is markup to it, as it
// is to a reader that runs no scripts.
//
// A tag that the page breaks off in is dropped, with all that follows.
type lexer struct {
	page  string
	pos   int
	inRaw tag // the next text is the content of this element, which holds no tags

	// The token that next has found.
	kind       tokenKind
	tag        tag
	start, end int  // bytes of a text, or of the name in a tag
	verbatim   bool // character references in the text mean nothing
	attrs      []attrSpan
}

// next goes on to the next token; it returns false at the end of the page.
func (l *lexer) next() bool {
	l.verbatim = false
	if raw := l.inRaw; raw != noTag {
		l.inRaw = noTag
		l.kind, l.tag, l.start = textToken, raw, l.pos
		l.verbatim = raw != tagTextarea && raw != tagTitle
		l.pos = l.rawEnd(raw)
		if l.end = l.pos; l.end > l.start {
			return true
		}
		l.verbatim = false
	}
	l.tag = noTag
	l.start = l.pos
	for i := l.pos; ; {
		j := strings.IndexByte(l.page[i:], '<')
		if j < 0 || i+j+1 >= len(l.page) {
			return l.text(len(l.page))
		}
		i += j
		c := l.page[i+1]
		if !isASCIILetter(c) && c != '/' && c != '!' && c != '?' {
			i++
			continue
		}
		if i > l.start {
			return l.text(i)
		}
		switch c {
		case '/':
			if i+2 >= len(l.page) {
				return l.text(len(l.page))
			}
			if isASCIILetter(l.page[i+2]) {
				return l.readTag(i+2, endToken)
			}
			i = l.after(i+2, '>')
		case '!':
			if strings.HasPrefix(l.page[i:], "<!--") {
				i = l.commentEnd(i + 4)
			} else {
				i = l.after(i+2, '>')
			}
		case '?':
			i = l.after(i+1, '>')
		default:
			return l.readTag(i+1, startToken)
		}
		l.pos, l.start = i, i
	}
}

// text makes what lies before end a token.
func (l *lexer) text(end int) bool {
	l.kind, l.end, l.pos = textToken, end, end
	if l.start < end {
		return true
	}
	l.kind = pageEnd
	return false
}

// after is the place behind the next c, or the end of the page.
func (l *lexer) after(i int, c byte) int {
	if j := strings.IndexByte(l.page[i:], c); j >= 0 {
		return i + j + 1
	}
	return len(l.page)
}

// commentEnd finds the end of a comment whose content begins at i (HTML, "comment
// state" and those that follow it).
func (l *lexer) commentEnd(i int) int {
	for j := i; ; {
		k := strings.IndexByte(l.page[j:], '>')
		if k < 0 {
			return len(l.page)
		}
		j += k
		content := l.page[i:j]
		if strings.HasSuffix(content, "--") || strings.HasSuffix(content, "--!") || content == "" || content == "-" {
			return j + 1
		}
		j++
	}
}

// rawEnd finds where the content of an element that holds no tags ends.
func (l *lexer) rawEnd(raw tag) int {
	if raw == tagPlaintext {
		return len(l.page)
	}
	name := tagNames[raw]
	for i := l.pos; ; {
		j := strings.Index(l.page[i:], "</")
		if j < 0 {
			return len(l.page)
		}
		i += j
		end := i + 2 + len(name)
		if end >= len(l.page) {
			return len(l.page)
		}
		if equalLower(l.page[i+2:end], name) && (isTagSpace(l.page[end]) || l.page[end] == '/' || l.page[end] == '>') {
			if raw == tagScript && strings.Contains(l.page[l.pos:i], "<!--") {
				return l.hiddenScriptEnd()
			}
			return i
		}
		i += 2
	}
}

// hiddenScriptEnd finds the end of a script that holds the beginning of a comment:
// inside of it an end tag does not always end the script (HTML, "script data
// escaped state"). Old scripts are written so; the rules are many, and their
// reference is asked.
func (l *lexer) hiddenScriptEnd() int {
	z := html.NewTokenizer(io.MultiReader(strings.NewReader("<script>"), strings.NewReader(l.page[l.pos:])))
	z.Next()
	if z.Next() != html.TextToken {
		return l.pos
	}
	return l.pos + len(z.Raw())
}

// readTag reads the tag whose name begins at i.
func (l *lexer) readTag(i int, kind tokenKind) bool {
	page := l.page
	l.attrs = l.attrs[:0]
	l.start = i
	for i < len(page) && tagBytes[page[i]]&endsName == 0 {
		i++
	}
	l.end = i
	for {
		for i < len(page) && isTagSpace(page[i]) {
			i++
		}
		if i >= len(page) {
			return l.brokenOff()
		}
		if page[i] == '>' {
			break
		}
		a := attrSpan{key: int32(i)}
		if page[i] == '=' { // an equals sign can only begin a name here
			i++
		}
		for i < len(page) && tagBytes[page[i]]&endsKey == 0 {
			i++
		}
		a.keyEnd = int32(i)
		for i < len(page) && isTagSpace(page[i]) {
			i++
		}
		if i >= len(page) {
			return l.brokenOff()
		}
		if page[i] == '/' {
			i++
		} else if page[i] == '=' {
			i++
			for i < len(page) && isTagSpace(page[i]) {
				i++
			}
			if i >= len(page) {
				return l.brokenOff()
			}
			switch q := page[i]; q {
			case '>':
			case '"', '\'':
				i++
				a.val = int32(i)
				for near := min(i+nearQuote, len(page)); i < near && page[i] != q; i++ {
				}
				if i == len(page) || page[i] != q {
					j := strings.IndexByte(page[i:], q)
					if j < 0 {
						return l.brokenOff()
					}
					i += j
				}
				a.valEnd = int32(i)
				i++
			default:
				a.val = int32(i)
				for i < len(page) && !isTagSpace(page[i]) && page[i] != '>' {
					i++
				}
				a.valEnd = int32(i)
			}
		}
		if a.key < a.keyEnd && len(l.attrs) < maxAttrs {
			l.attrs = append(l.attrs, a)
		}
	}
	l.pos = i + 1
	l.kind, l.tag = kind, tagOf(page[l.start:l.end])
	if kind == startToken && l.tag >= firstRaw {
		l.inRaw = l.tag
	}
	return true
}

// brokenOff ends a page that ends inside a tag.
func (l *lexer) brokenOff() bool {
	l.kind, l.pos = pageEnd, len(l.page)
	l.start, l.end = l.pos, l.pos
	return false
}

// get returns the value of an attribute of the tag, character references undone.
// key is in lower case.
func (l *lexer) get(key string) string {
	for _, a := range l.attrs {
		if int(a.keyEnd-a.key) == len(key) && equalLower(l.page[a.key:a.keyEnd], key) {
			return attrValue(l.page[a.val:a.valEnd])
		}
	}
	return ""
}

// nearQuote is within how many bytes the end of a value is looked for one by one: most are
// short.
const nearQuote = 12

// Kinds of bytes inside of a tag.
const (
	endsName = 1 << iota // of the element
	endsKey              // of an attribute
)

var tagBytes = func() (t [256]uint8) {
	for c := range t {
		if b := byte(c); isTagSpace(b) || b == '/' || b == '>' {
			t[c] = endsName | endsKey
		}
	}
	t['='] = endsKey
	return t
}()

func isTagSpace(c byte) bool {
	return c <= ' ' && (c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f')
}

// equalLower compares s, its ASCII capitals taken for small letters, with a text
// that has none.
func equalLower(s, lower string) bool {
	if len(s) != len(lower) {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}
