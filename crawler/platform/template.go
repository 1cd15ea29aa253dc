package platform

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

var placeholder = regexp.MustCompile(`\{([a-z][a-z0-9_]*)(\.\.\.)?\}`)

// template is a compiled template of a path, a parameter's value or a fragment. A
// regular expression decides; what surely does not fit is told from it by simpler
// means, since most addresses fit none of a platform's templates.
type template struct {
	re    *regexp.Regexp // nil where the template has no placeholder: only literal fits
	names []string       // of the groups of re, "" for those without
	path  bool           // a slash at the end does not matter

	literal string // text before the first placeholder
	suffix  string // text behind the last
	inner   string // the longest text between two
	first   *class // bytes that may follow literal; nil for any
	length  int    // bytes that a fitting text has at least
	slashes int    // slashes that it has, one at the end aside; -1 for any number

	pieces []piece // where all placeholders stand for runs of bytes; else nil
}

// piece is a literal text of a template, or a placeholder that stands for a run of
// bytes.
type piece struct {
	literal string
	name    string
	run     run
}

// run is a run of bytes of a class.
type run struct {
	of       class
	min, max int
	lazy     bool // as few as possible
	segments bool // none of the segments that slashes in it make is empty
}

// severalSegments is the one expression that is no class and is a run all the same.
const severalSegments = "[^/]+(?:/[^/]+)*"

// class is a set of bytes.
type class [256]bool

// newTemplate compiles tmpl. other is the expression of a placeholder that where
// has none for.
func newTemplate(tmpl, other string, where map[string]string, path bool) (*template, error) {
	if path {
		tmpl = strings.TrimSuffix(tmpl, "/")
	}
	if strings.ContainsAny(placeholder.ReplaceAllString(tmpl, ""), "{}") {
		return nil, fmt.Errorf("template %q: a brace is left over", tmpl)
	}
	t := &template{path: path}
	marks := placeholder.FindAllStringSubmatchIndex(tmpl, -1)
	if len(marks) == 0 {
		t.literal = tmpl
		return t, nil
	}
	var expr strings.Builder
	var pieces []piece
	// Values of parameters may be in any encoding, and runs count bytes.
	simple := path || len(marks) == 1 && marks[0][0] == 0 && marks[0][1] == len(tmpl)
	last := 0
	for i, m := range marks {
		text := tmpl[last:m[0]]
		switch {
		case i == 0:
			t.literal = text
		case len(text) > len(t.inner):
			t.inner = text
		}
		t.length += len(text)
		t.slashes += strings.Count(text, "/")
		name, rest := tmpl[m[2]:m[3]], m[4] >= 0
		value, ok := where[name]
		switch {
		case ok:
		case name == "page":
			value = "[0-9]{1,9}"
		case rest:
			value = ".+?"
		default:
			value = other
		}
		shape, err := shapeOf(value)
		if err != nil {
			return nil, fmt.Errorf("{%s}: %w", name, err)
		}
		if i == 0 && shape.least > 0 {
			t.first = &shape.first
		}
		t.length += shape.least
		if shape.all['/'] {
			t.slashes = -1 << 20
		}
		if text != "" {
			pieces = append(pieces, piece{literal: text})
		}
		if shape.isRun {
			pieces = append(pieces, piece{name: name, run: shape.run})
		} else {
			simple = false
		}
		expr.WriteString(regexp.QuoteMeta(text))
		fmt.Fprintf(&expr, "(?P<%s>%s)", name, value)
		last = m[1]
	}
	t.suffix = tmpl[last:]
	t.length += len(t.suffix)
	if t.slashes += strings.Count(t.suffix, "/"); t.slashes < 0 {
		t.slashes = -1
	}
	end := "$"
	if path {
		end = "/?$"
	}
	var err error
	if t.re, err = regexp.Compile("^" + expr.String() + regexp.QuoteMeta(t.suffix) + end); err != nil {
		return nil, fmt.Errorf("template %q: %w", tmpl, err)
	}
	t.names = t.re.SubexpNames()
	if t.suffix != "" {
		pieces = append(pieces, piece{literal: t.suffix})
	}
	if simple && len(marks) <= maxRuns {
		t.pieces = pieces
	}
	return t, nil
}

// match reads s and adds what its placeholders stand for to f. escaped says that s
// is escaped already, as paths are.
func (t *template) match(f *found, s string, escaped bool) bool {
	if t.re == nil {
		return s == t.literal || t.path && len(s) == len(t.literal)+1 && s[len(s)-1] == '/' && strings.HasPrefix(s, t.literal)
	}
	if !t.may(s) {
		return false
	}
	if t.pieces != nil {
		w := walk{template: t, text: s, steps: maxSteps}
		if w.from(0, 0) {
			k := 0
			for i := range t.pieces {
				if name := t.pieces[i].name; name != "" {
					f.set(name, s[w.spans[k][0]:w.spans[k][1]], escaped)
					k++
				}
			}
			return true
		}
		if w.steps >= 0 {
			return false
		}
	}
	m := t.re.FindStringSubmatchIndex(s)
	if m == nil {
		return false
	}
	for i, n := range t.names {
		if n == "" {
			continue
		}
		text := ""
		if m[2*i] >= 0 {
			text = s[m[2*i]:m[2*i+1]]
		}
		f.set(n, text, escaped)
	}
	return true
}

const (
	maxRuns  = 6
	maxSteps = 2000 // of a walk; beyond, the regular expression decides
)

// walk tries the pieces of a template on a text, in the order in which regular
// expressions prefer.
type walk struct {
	*template
	text  string
	spans [maxRuns][2]int // what stands for the placeholders
	runs  int             // that are settled
	steps int             // left to take; negative where they were not enough
}

// from says whether the pieces from the i-th on fit what follows at.
func (w *walk) from(i, at int) bool {
	for ; i < len(w.pieces); i++ {
		p := &w.pieces[i]
		if p.name != "" {
			break
		}
		if !strings.HasPrefix(w.text[at:], p.literal) {
			return false
		}
		at += len(p.literal)
	}
	if i == len(w.pieces) {
		return at == len(w.text) || w.path && w.text[at:] == "/"
	}
	r := &w.pieces[i].run
	longest := at
	for longest < len(w.text) && (r.max < 0 || longest-at < r.max) && r.of[w.text[longest]] {
		if r.segments && w.text[longest] == '/' && (longest == at || w.text[longest-1] == '/') {
			break
		}
		longest++
	}
	shortest := at + r.min
	end, step := longest, -1
	if r.lazy {
		end, step = shortest, 1
	}
	w.runs++
	for ; shortest <= end && end <= longest; end += step {
		if w.steps--; w.steps < 0 {
			break
		}
		w.spans[w.runs-1] = [2]int{at, end}
		if r.segments && w.text[end-1] == '/' {
			continue
		}
		if w.from(i+1, end) {
			return true
		}
	}
	w.runs--
	return false
}

// may is false only for texts that do not fit.
func (t *template) may(s string) bool {
	if len(s) < t.length || !strings.HasPrefix(s, t.literal) {
		return false
	}
	if t.first != nil && (len(s) == len(t.literal) || !t.first[s[len(t.literal)]]) {
		return false
	}
	bare := s
	if t.path {
		bare = strings.TrimSuffix(s, "/")
	}
	if !strings.HasSuffix(bare, t.suffix) && !strings.HasSuffix(s, t.suffix) {
		return false
	}
	if t.slashes >= 0 {
		if n := strings.Count(bare, "/"); n != t.slashes && n+len(s)-len(bare) != t.slashes {
			return false
		}
	}
	return t.inner == "" || strings.Contains(s[len(t.literal):], t.inner)
}

// shape is what is known of the texts that a regular expression matches.
type shape struct {
	least int   // bytes at least
	first class // with which they may begin, where least is above 0
	all   class // that they may hold
	isRun bool
	run   run // where isRun: what matches, and nothing else
}

// shapeOf reads an expression as regexp.Compile does.
func shapeOf(expr string) (shape, error) {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return shape{}, err
	}
	var s shape
	walkShape(re, &s.all)
	s.least = leastLength(re)
	firstBytes(re, &s.first)
	if expr == severalSegments {
		s.run, s.isRun = run{of: s.all, min: 1, max: -1, segments: true}, true
	} else {
		s.run, s.isRun = runOf(re, &s.all)
	}
	return s, nil
}

// runOf reads a repeated class. Where the class has some but not all of the characters
// beyond ASCII, or their number counts, bytes do not tell.
func runOf(re *syntax.Regexp, of *class) (run, bool) {
	r := run{of: *of, max: -1, lazy: re.Flags&syntax.NonGreedy != 0}
	switch re.Op {
	case syntax.OpPlus:
		r.min = 1
	case syntax.OpStar:
	case syntax.OpRepeat:
		r.min, r.max = re.Min, re.Max
	default:
		return run{}, false
	}
	wide := false
	switch sub := re.Sub[0]; sub.Op {
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		wide = true
	case syntax.OpCharClass:
		for i := 0; i < len(sub.Rune); i += 2 {
			lo, hi := sub.Rune[i], sub.Rune[i+1]
			if hi < utf8.RuneSelf {
				continue
			}
			if hi != utf8.MaxRune || lo > utf8.RuneSelf {
				return run{}, false
			}
			wide = true
		}
	default:
		return run{}, false
	}
	return r, !wide || r.min <= 1 && r.max < 0
}

// walkShape adds the bytes that may stand in a match to all.
func walkShape(re *syntax.Regexp, all *class) {
	switch re.Op {
	case syntax.OpLiteral, syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		addBytes(re, all, true)
	}
	for _, sub := range re.Sub {
		walkShape(sub, all)
	}
}

// addBytes adds the bytes of a class, of any character or of a literal; of a literal
// the first only, unless whole is set. A character beyond ASCII counts as all bytes
// beyond ASCII: so does one that is no UTF-8.
func addBytes(re *syntax.Regexp, to *class, whole bool) {
	add := func(lo, hi rune) {
		for c := lo; c <= hi && c < utf8.RuneSelf; c++ {
			to[c] = true
		}
		if hi >= utf8.RuneSelf {
			for c := utf8.RuneSelf; c < 256; c++ {
				to[c] = true
			}
		}
	}
	switch re.Op {
	case syntax.OpAnyChar:
		add(0, utf8.MaxRune)
	case syntax.OpAnyCharNotNL:
		add(0, '\n'-1)
		add('\n'+1, utf8.MaxRune)
	case syntax.OpCharClass:
		for i := 0; i < len(re.Rune); i += 2 {
			add(re.Rune[i], re.Rune[i+1])
		}
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			if re.Flags&syntax.FoldCase != 0 {
				add(0, utf8.MaxRune) // rare, and no harm
			}
			add(r, r)
			if !whole {
				break
			}
		}
	}
}

// leastLength is the number of bytes that a match has at least.
func leastLength(re *syntax.Regexp) int {
	n := 0
	switch re.Op {
	case syntax.OpLiteral:
		return len(re.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1
	case syntax.OpCapture, syntax.OpPlus:
		return leastLength(re.Sub[0])
	case syntax.OpRepeat:
		return re.Min * leastLength(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			n += leastLength(sub)
		}
	case syntax.OpAlternate:
		n = leastLength(re.Sub[0])
		for _, sub := range re.Sub[1:] {
			n = min(n, leastLength(sub))
		}
	}
	return n
}

// firstBytes adds the bytes with which a match that is not empty may begin. It
// returns whether there are matches that are empty.
func firstBytes(re *syntax.Regexp, to *class) bool {
	switch re.Op {
	case syntax.OpLiteral, syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		addBytes(re, to, false)
		return false
	case syntax.OpCapture, syntax.OpPlus:
		return firstBytes(re.Sub[0], to)
	case syntax.OpStar, syntax.OpQuest:
		firstBytes(re.Sub[0], to)
		return true
	case syntax.OpRepeat:
		return firstBytes(re.Sub[0], to) || re.Min == 0
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if !firstBytes(sub, to) {
				return false
			}
		}
		return true
	case syntax.OpAlternate:
		empty := false
		for _, sub := range re.Sub {
			if firstBytes(sub, to) {
				empty = true
			}
		}
		return empty
	}
	return true // an assertion, or nothing
}

// phrase is a compiled template of a key or of an address to ask.
type phrase []phrasePart

// phrasePart is a literal text, or where name is set what stands for a placeholder.
type phrasePart struct{ literal, name string }

func newPhrase(tmpl string) phrase {
	var p phrase
	last := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(tmpl, -1) {
		if m[0] > last {
			p = append(p, phrasePart{literal: tmpl[last:m[0]]})
		}
		p = append(p, phrasePart{name: tmpl[m[2]:m[3]]})
		last = m[1]
	}
	if last < len(tmpl) {
		p = append(p, phrasePart{literal: tmpl[last:]})
	}
	return p
}
