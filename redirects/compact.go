package redirects

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Drop is a row that Compact left out.
type Drop struct {
	Line   int    `json:"line"`
	Source string `json:"source"`
	By     int    `json:"by"` // line of a row that answers the address in its place
}

// Compaction is what Compact made of a map.
type Compaction struct {
	Rows    int    `json:"rows"`
	Kept    Slice  `json:"-"`
	Added   Slice  `json:"-"` // prefix and captured rows among Kept that stand for several rows of the map
	Dropped []Drop `json:"dropped"`
	// Declined are captured rows that would have changed an answer.
	Declined []Decline `json:"declined,omitempty"`
}

// Decline is a captured row that Compact did not make.
type Decline struct {
	Source  string `json:"source"`
	Target  string `json:"target"`
	Rows    int    `json:"rows"`    // that it would have stood for
	Because string `json:"because"` // a known address whose answer it would have changed
}

// CompactOptions say what the engine of the map can do.
type CompactOptions struct {
	// Parameters: a row answers also when the request has further parameters, so a
	// row with fewer of them can stand for one with more.
	Parameters bool
	// Prefixes: a prefix row can stand for all rows of a folder that go to one place.
	Prefixes bool
	// Captures: a captured row can stand for all rows whose targets repeat a number or
	// word of their source in one way. It answers for every other number or word too,
	// so a caller sets this only when it was asked for.
	Captures bool
	// MinPrefix is how many rows a new prefix row must replace. Zero: 3.
	MinPrefix int
	// MinCapture is how many rows a new captured row must replace; it must also replace
	// more than half of the rows whose sources have its shape. Zero: 10.
	MinCapture int
	// Without are captured rows that must not be made, by Source.Key, each with an
	// address whose answer it would change.
	Without map[string]string
	// Others are addresses known of the old and the new shop. What the map says of
	// each of them, or that it says nothing, stays as it is.
	Others iter.Seq[Source]
}

// Compact leaves out rows that other rows imply: other spellings of one address,
// rows whose further parameters change nothing, rows below a prefix with the same
// target. Every address of the map keeps its answer, as a Resolver gives it; so the
// result is for engines that look single parameters up (capabilities: further
// parameters do no harm), not for those that compare whole addresses.
//
// The map is read into memory. It should have passed Audit.
func Compact(ctx context.Context, m Map) (*Compaction, error) {
	return CompactFor(ctx, m, CompactOptions{Parameters: true})
}

// CompactFor is Compact for an engine of which more, or less, is known. New prefix
// rows have the line of the first row that they replace.
func CompactFor(ctx context.Context, m Map, o CompactOptions) (*Compaction, error) {
	all, err := Collect(m)
	if err != nil {
		return nil, fmt.Errorf("compacting redirects: %w", err)
	}
	folded := &folding{kept: all}
	if o.Prefixes {
		if folded, err = foldPrefixes(ctx, all, o); err != nil {
			return nil, fmt.Errorf("compacting redirects: %w", err)
		}
	}
	out := &Compaction{Kept: folded.kept}
	if o.Parameters {
		if out, err = compactParameters(ctx, folded.kept); err != nil {
			return nil, err
		}
	}
	out.Rows, out.Added = len(all), folded.added
	out.Dropped = append(folded.dropped, out.Dropped...)
	if o.Captures {
		if err := foldCaptures(ctx, all, out, o); err != nil {
			return nil, fmt.Errorf("compacting redirects: %w", err)
		}
	}
	return out, nil
}

// compactParameters leaves out the rows that others imply.
func compactParameters(ctx context.Context, all Slice) (*Compaction, error) {
	c := &compactor{all: all, dropped: make([]bool, len(all)), first: map[string]int{}, paths: map[string][]int{}}
	c.spellings()
	if err := c.parameters(); err != nil {
		return nil, fmt.Errorf("compacting redirects: %w", err)
	}
	c.wholePaths()
	return c.settle(ctx)
}

type compactor struct {
	all     Slice
	dropped []bool
	first   map[string]int   // host and identity -> first row
	paths   map[string][]int // path -> rows
}

// sameAnswer tells whether two rules send a visitor to one place in one way.
func sameAnswer(a, b Rule) bool {
	return a.Status == b.Status && a.Target == b.Target && a.KeepQuery == b.KeepQuery
}

// spellings drops rows of one identity but the first.
func (c *compactor) spellings() {
	for i, r := range c.all {
		id := r.Source.Identity()
		if j, ok := c.first[id]; ok && sameAnswer(r, c.all[j]) {
			c.dropped[i] = true
			continue
		} else if !ok {
			c.first[id] = i
		}
		path := UpperEscapes(r.Source.Path)
		c.paths[path] = append(c.paths[path], i)
	}
}

// parameters drops rows that a row with fewer of the same parameters answers. Rows
// with few parameters come first, so that what implies a row is settled before it.
func (c *compactor) parameters() error {
	groups, err := CollectGroups(c.all, MaxGroups)
	if err != nil {
		return err
	}
	order, count := make([]int32, len(c.all)), make([]int32, len(c.all))
	for i, r := range c.all {
		names, _, _ := r.Source.Identifying()
		order[i], count[i] = int32(i), int32(len(names))
	}
	slices.SortStableFunc(order, func(a, b int32) int { return int(count[a] - count[b]) })
	for _, i := range order {
		r := c.all[i]
		names, _, ok := r.Source.Identifying()
		if !ok || c.dropped[i] {
			continue
		}
		values := firstValues(UpperEscapes(r.Source.Query))
		for _, set := range groups.Sets() {
			key, holds := groupKey(set, values)
			if !holds || len(set) >= len(names) {
				continue
			}
			s := r.Source
			s.Query = strings.TrimPrefix(key, "=")
			if j, ok := c.first[s.Identity()]; ok && !c.dropped[j] {
				c.dropped[i] = sameAnswer(r, c.all[j])
				break // this row would answer next, whatever it says
			}
		}
	}
	return nil
}

// wholePaths drops what a path has beside the row of the path itself, or beside a
// prefix above it, when all of it goes to one place.
func (c *compactor) wholePaths() {
	for path, rows := range c.paths {
		var own, prefix = -1, -1
		uniform := true
		for _, i := range rows {
			s := c.all[i].Source
			uniform = uniform && s.Match == Exact && sameAnswer(c.all[i], c.all[rows[0]]) && s.Host == c.all[rows[0]].Source.Host
			if s.Match == Exact && !s.HasQuery {
				own = i
			}
		}
		if !uniform {
			continue
		}
		host := c.all[rows[0]].Source.Host
		for p := normalise(path); prefix < 0; {
			for _, end := range []string{p, p + "/"} {
				if j, ok := c.first[host+end+"*"]; ok && prefix < 0 {
					prefix = j
				}
			}
			slash := strings.LastIndexByte(p, '/')
			if slash < 0 {
				break
			}
			p = p[:slash]
		}
		if prefix >= 0 && sameAnswer(c.all[prefix], c.all[rows[0]]) {
			own = prefix
		}
		if own < 0 {
			continue
		}
		for _, i := range rows {
			c.dropped[i] = c.dropped[i] || i != own
		}
	}
}

// settle asks what is kept for every address that was dropped, and puts back the
// rows whose answer would change.
func (c *compactor) settle(ctx context.Context) (*Compaction, error) {
	c.first, c.paths = nil, nil
	if !slices.Contains(c.dropped, true) {
		return &Compaction{Rows: len(c.all), Kept: c.all}, nil
	}
	whole, err := NewResolver(c.all)
	if err != nil {
		return nil, fmt.Errorf("compacting redirects: %w", err)
	}
	for {
		out := &Compaction{Rows: len(c.all)}
		for i, r := range c.all {
			if !c.dropped[i] {
				out.Kept = append(out.Kept, r)
			}
		}
		resolver, err := NewResolver(out.Kept)
		if err != nil {
			return nil, fmt.Errorf("compacting redirects: %w", err)
		}
		back := 0
		for i, r := range c.all {
			if i%1024 == 0 && ctx.Err() != nil {
				return nil, fmt.Errorf("compacting redirects: %w", ctx.Err())
			}
			target := r.Source.RequestTarget()
			before, _ := whole.Resolve(r.Source.Host, target)
			now, ok := resolver.Resolve(r.Source.Host, target)
			switch {
			case (!ok || !sameAnswer(before, now)) && c.dropped[i]:
				c.dropped[i] = false
				back++
			case c.dropped[i]:
				out.Dropped = append(out.Dropped, Drop{Line: r.Line, Source: r.Source.String(), By: now.Line})
			}
		}
		if back == 0 {
			return out, nil
		}
	}
}
