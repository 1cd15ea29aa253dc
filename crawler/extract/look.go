package extract

import (
	"slices"
	"strings"
	"sync"
)

// facts is what one look at a text tells of it.
type facts struct {
	plain bool // one line of ASCII without character references: it reads as it stands
	digit bool
	list  bool // a word in it may speak of a list, see saysList
	label bool // a word in it may be a label of one of the fields asked for, see nextLabel
}

// Kinds of bytes that look tells apart.
const (
	kindWord = 1 << iota // an ASCII letter or digit
	kindDigit
	kindBlank
	kindList   // with it begins a word of saysList
	kindSpoilt // a text that holds it is not plain
)

// lookTables are what look goes by.
type lookTables struct {
	kinds [256]uint8
	// heads holds, by the last five bits of the first two bytes of a word, which
	// fields it may label: more than it does, never less.
	heads [1 << 10]fieldSet
}

var looking = sync.OnceValue(func() *lookTables {
	t := &lookTables{}
	for c := range t.kinds {
		switch b := byte(c); {
		case isDigit(b):
			t.kinds[c] = kindWord | kindDigit
		case isASCIILetter(b) && b < 0x80:
			t.kinds[c] = kindWord
		case b == ' ':
			t.kinds[c] = kindBlank
		case b < ' ' || b >= 0x7f || b == '&':
			t.kinds[c] = kindSpoilt
		}
		if listStarts[c] {
			t.kinds[c] |= kindList
		}
	}
	for pair, fields := range labelStarts().pairs {
		t.heads[headOf(byte(pair>>8), byte(pair))] |= fields
	}
	return t
})

func headOf(a, b byte) int { return int(a&31)<<5 | int(b&31) }

// look reads a text once for all that most texts of a page are asked. What it says of a
// text that is not plain means nothing.
func look(text string, fields fieldSet) (f facts) {
	t := looking()
	var all uint8
	before := uint8(kindBlank)
	for i := 0; i < len(text); {
		c := text[i]
		k := t.kinds[c]
		all |= k
		if k&before&kindBlank != 0 {
			return f // two blanks, or one at the beginning
		}
		if k&kindWord == 0 {
			before = k
			i++
			continue
		}
		if i+1 < len(text) {
			next := text[i+1]
			if head := headOf(c, next); t.heads[head]&fields != 0 && !f.label {
				third := byte(' ')
				if i+2 < len(text) {
					third = text[i+2]
				}
				f.label = labelStarts().at(lowerByte(c), lowerByte(next), third)&fields != 0
			}
			if k&kindList != 0 && before&kindBlank != 0 && !f.list {
				f.list = startsList(text[i:], i == 0)
			}
		}
		for i++; i < len(text) && t.kinds[text[i]]&kindWord != 0; i++ { // the rest of the word
			all |= t.kinds[text[i]]
		}
		before = kindWord
	}
	f.digit = all&kindDigit != 0
	f.plain = all&kindSpoilt == 0 && before&kindBlank == 0
	return f
}

// aroundTags is how many tags before an amount are looked at for what they call it.
const aroundTags = 6

// tagCalls is what a tag calls its content.
type tagCalls struct {
	read, struck bool
	names        flag
}

// around gathers what the tags shortly before a place in the open run say.
func (g *glance) around(at int) (f flag, struck bool) {
	i := 0
	for _, m := range g.marks {
		if m.at > at {
			break
		}
		i, struck = m.event, m.struck
	}
	for seen := 0; i >= 0 && seen < aroundTags; i-- {
		if g.reread++; g.reread > maxReread {
			return markOld, true // no page of a shop; let the tree tell
		}
		e := &g.events[i]
		if e.kind != startToken {
			continue
		}
		seen++
		if g.page[e.end] == '>' {
			continue // it has no attributes
		}
		if len(g.calls) == 0 {
			g.calls = slices.Grow(g.calls, len(g.events))[:len(g.events)]
			clear(g.calls)
		}
		c := &g.calls[i]
		if !c.read {
			*c = g.called(e)
		}
		f |= c.names
		struck = struck || c.struck
	}
	return f, struck
}

// called reads what the tag of an event calls its content.
func (g *glance) called(e *event) tagCalls {
	c := tagCalls{read: true}
	attrs := g.attrsOf(e)
	for k := range attrs {
		a := &attrs[k]
		key := ""
		switch int(a.keyEnd - a.key) {
		case len("id"):
			key = "id"
		case len("class"): // style is as long
			if key = "class"; g.page[a.key]|0x20 == 's' {
				key = "style"
			}
		case len("data-role"): // data-hook is as long
			if key = "data-role"; g.page[a.keyEnd-1]|0x20 == 'k' {
				key = "data-hook"
			}
		case len("data-testid"):
			key = "data-testid"
		}
		if key == "" || !equalLower(g.page[a.key:a.keyEnd], key) || g.repeats(attrs[:k], key) {
			continue
		}
		v := attrValue(g.page[a.val:a.valEnd])
		if key == "style" {
			c.struck = strings.Contains(strings.ToLower(v), "line-through")
			continue
		}
		if v != "" {
			c.names |= g.names.flagsOf(v)
		}
	}
	return c
}

// attrsOf is the attributes of a start tag.
func (g *glance) attrsOf(e *event) []attrSpan {
	if e.count == unkept {
		return g.at(e).attrs
	}
	return g.spans[e.attrs : e.attrs+int32(e.count)]
}

// repeats says whether an attribute is among those that stand before it already: only
// the first counts.
func (l *lexer) repeats(before []attrSpan, key string) bool {
	for _, a := range before {
		if equalLower(l.page[a.key:a.keyEnd], key) {
			return true
		}
	}
	return false
}
