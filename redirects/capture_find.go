package redirects

import (
	"cmp"
	"context"
	"hash/maphash"
	"slices"
	"strconv"
	"strings"
)

// maxShapes is how many runs of one address are tried as the captured part.
const maxShapes = 16

// findPatterns lists captured rows that may stand for least rows or more, each row in
// one of them at most, and for more than half of the rows of their shape. usable is
// asked of each.
func findPatterns(ctx context.Context, all Slice, least int, usable func(*pattern) bool) ([]*pattern, error) {
	f := patternFinder{
		least: int32(min(least, 1<<30)), count: map[uint64]int32{}, found: map[uint64]*pattern{}, shapes: map[uint64]int{},
	}
	f.hash.SetSeed(maphash.MakeSeed())
	// Counting hashes first keeps a map of a million rows without patterns in little
	// memory.
	for _, pass := range []func(int, Rule, shape){f.tally, f.gather, f.measure} {
		for i, r := range all {
			if i%1024 == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			eachShape(r, func(s shape) { pass(i, r, s) })
		}
	}
	patterns := make([]*pattern, 0, len(f.found))
	for _, p := range f.found {
		if p != nil {
			patterns = append(patterns, p)
		}
	}
	slices.SortFunc(patterns, func(a, b *pattern) int {
		return cmp.Or(len(b.rows)-len(a.rows), len(a.Word)-len(b.Word), strings.Compare(a.rule.Source.Key(), b.rule.Source.Key()), strings.Compare(a.rule.Target, b.rule.Target))
	})
	taken := make([]bool, len(all))
	sets := map[string]bool{}
	chosen := patterns[:0]
	for _, p := range patterns {
		p.rows = slices.DeleteFunc(p.rows, func(i int) bool { return taken[i] })
		if len(p.rows) < least || len(p.rows)*2 <= f.shapes[p.shape] || len(chosen) == MaxCaptured {
			continue
		}
		set := p.rule.Source.CapturedSet()
		if !sets[set] && len(sets) == MaxCapturedSets {
			continue
		}
		p.rule.Line = all[p.rows[0]].Line
		if !usable(p) {
			continue
		}
		sets[set] = true
		for _, i := range p.rows {
			taken[i] = true
		}
		chosen = append(chosen, p)
	}
	return chosen, nil
}

// patternFinder counts rows by the captured rows that could stand for them.
type patternFinder struct {
	hash   maphash.Hash
	least  int32
	count  map[uint64]int32    // shape of source and target -> rows
	found  map[uint64]*pattern // the same; nil where no row can be made
	shapes map[uint64]int      // shape of a source of which there is a pattern -> rows
}

// source hashes the shape of a source.
func (f *patternFinder) source(r Rule, s shape) uint64 {
	f.hash.Reset()
	for _, part := range []string{r.Source.Host, s.before, s.word, s.after} {
		_, _ = f.hash.WriteString(part)
		_ = f.hash.WriteByte('\n')
	}
	return f.hash.Sum64()
}

// both hashes the shapes of source and target.
func (f *patternFinder) both(r Rule, s shape, target string) uint64 {
	f.source(r, s)
	_, _ = f.hash.WriteString(target)
	_, _ = f.hash.WriteString(strconv.Itoa(r.Status))
	_, _ = f.hash.WriteString(strconv.FormatBool(r.KeepQuery))
	return f.hash.Sum64()
}

// tally counts the rows whose target repeats the captured part.
func (f *patternFinder) tally(_ int, r Rule, s shape) {
	if target, ok := s.target(r.Target); ok {
		f.count[f.both(r, s, target)]++
	}
}

// gather lists the rows of the patterns that have enough of them.
func (f *patternFinder) gather(i int, r Rule, s shape) {
	target, ok := s.target(r.Target)
	if !ok {
		return
	}
	h := f.both(r, s, target)
	if f.count[h] < f.least {
		return
	}
	p, seen := f.found[h]
	if !seen {
		p = newPattern(r, s, target)
		if f.found[h] = p; p != nil {
			p.shape = f.source(r, s)
			f.shapes[p.shape] = 0
		}
	}
	if p != nil {
		p.rows = append(p.rows, i)
	}
}

// measure counts the rows of the shapes of the patterns, wherever they go.
func (f *patternFinder) measure(_ int, r Rule, s shape) {
	h := f.source(r, s)
	if n, ok := f.shapes[h]; ok {
		f.shapes[h] = n + 1
	}
}

// newPattern makes the captured row of a shape; nil when it could not be answered, or
// would catch its own targets.
func newPattern(r Rule, s shape, target string) *pattern {
	p := &pattern{rule: r}
	p.rule.Label, p.rule.Target = "", target
	src := &p.rule.Source
	src.Match = Captured
	src.Path, src.Query, src.HasQuery = strings.Cut(s.before+s.word+s.after, "?")
	c, _, err := p.rule.Capture()
	if err != nil {
		return nil
	}
	p.Capture = c
	to, err := ParseSource(c.Fill(target, "0"))
	if err != nil {
		return nil
	}
	if _, own := p.rule.Captured(to); own {
		return nil
	}
	return p
}

// shape is an address with one run of characters taken out of it.
type shape struct {
	before, word, after string
	text                string // the run
}

// target is a target with the captured part taken out wherever it stands by itself;
// ok is false when it does not.
func (s shape) target(target string) (template string, ok bool) {
	_, rest, found := strings.Cut(target, "://")
	slash := strings.IndexByte(rest, '/')
	if !found || slash < 0 || !strings.Contains(rest[slash:], s.text) {
		return "", false
	}
	same := isDigit
	if s.word == CaptureSlug {
		same = isAlphanumeric
	}
	head := len(target) - len(rest) + slash
	var b strings.Builder
	b.WriteString(target[:head])
	for at := head; ; {
		i := strings.Index(target[at:], s.text)
		if i < 0 {
			b.WriteString(target[at:])
			return b.String(), ok
		}
		i += at
		end := i + len(s.text)
		// Not the 12 of 123, nor that of %12.
		if same(target[i-1]) || end < len(target) && same(target[end]) || target[i-1] == '%' || i >= 2 && target[i-2] == '%' && isHex(target[i-1]) {
			b.WriteString(target[at : i+1])
			at = i + 1
			continue
		}
		b.WriteString(target[at:i] + s.word)
		at, ok = end, true
	}
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

func isAlphanumeric(b byte) bool { return isDigit(b) || 'a' <= b|0x20 && b|0x20 <= 'z' }

func isSlug(b byte) bool { return isAlphanumeric(b) || b == '-' || b == '_' }

// eachShape lists what of a source could be captured: whole values of parameters, or
// runs of a path without a query; numbers before words.
func eachShape(r Rule, yield func(shape)) {
	s := r.Source
	if s.Match != Exact || s.QueryAs != QuerySet || r.Gone() {
		return
	}
	whole, n := s.RequestTarget(), 0
	try := func(from, to int, word string) {
		if n++; n <= maxShapes {
			yield(shape{whole[:from], word, whole[to:], whole[from:to]})
		}
	}
	if !s.HasQuery {
		for _, kind := range []struct {
			word string
			of   func(byte) bool
		}{{CaptureID, isDigit}, {CaptureSlug, isSlug}} {
			eachRun(s.Path, kind.of, func(from, to int) { try(from, to, kind.word) })
		}
		return
	}
	if _, _, ok := s.Identifying(); !ok {
		return
	}
	for at := len(s.Path) + 1; at < len(whole); {
		piece, _, _ := strings.Cut(whole[at:], "&")
		if name, value, ok := strings.Cut(piece, "="); ok && plainParam(name) {
			from, to := at+len(name)+1, at+len(piece)
			if (Capture{Word: CaptureID}).Takes(value) {
				try(from, to, CaptureID)
			}
			if (Capture{Word: CaptureSlug}).Takes(value) {
				try(from, to, CaptureSlug)
			}
		}
		at += len(piece) + 1
	}
}

// eachRun lists the longest runs of a class in a path; escapes are in none.
func eachRun(path string, of func(byte) bool, yield func(from, to int)) {
	from := -1
	for i := 0; i < len(path); i++ {
		escape := path[i] == '%' && i+2 < len(path)
		switch {
		case !escape && of(path[i]):
			if from < 0 {
				from = i
			}
			continue
		case from >= 0:
			yield(from, i)
		}
		if from = -1; escape {
			i += 2
		}
	}
	if from >= 0 {
		yield(from, len(path))
	}
}
