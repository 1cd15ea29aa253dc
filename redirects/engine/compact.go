package engine

import (
	"context"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"

	"replatform/redirects"
)

// CompactOptions say how far a map may be made smaller, and what must not change.
type CompactOptions struct {
	// Captures lets one row with a captured number or word stand for all rows of its
	// shape, where the engine has such rows. It answers for numbers and words that
	// nobody has seen too, so it is for those who ask for it.
	Captures bool
	// Others are addresses known of the old and the new shop: see
	// redirects.CompactOptions. Nil: none.
	Others iter.Seq[redirects.Source]
}

// Compacted is a map made smaller for one engine, and the proof that it says the
// same there.
type Compacted struct {
	*redirects.Compaction
	Before int // rows that the engine honours one by one, whatever its limit of rows
	After  int // rows that stand for them now
	Limit  int // rows that the engine takes under its plan; 0: no limit known
	Above  int // rows of After beyond Limit: they need another carrier
	Asked  int // addresses that the model of the engine was asked with both maps; all answers were the same
}

// maxRounds is how often patterns that change an answer are taken back one by one
// before none is made.
const maxRounds = 4

// Compact leaves out rows, and puts prefix rows and, when asked for, captured rows in
// the place of others, as far as the engine's capabilities allow, and asks the
// engine's model for every address of the map and every other known one, before and
// after. When an answer differs, less is compacted, in the end nothing. The engine's
// limit of rows is left aside while rows are compared, and what remains above it is
// counted. The map should have passed redirects.Audit; the rows that the engine
// refuses are left in for Select to report.
func Compact(ctx context.Context, e Engine, m redirects.Map, options CompactOptions) (*Compacted, error) {
	caps := e.Capabilities()
	o := redirects.CompactOptions{
		Parameters: caps.ExtraParameters.Known && caps.ExtraParameters.Value,
		Prefixes:   caps.Patterns.Known && caps.Patterns.Value,
		Captures:   options.Captures && caps.captures().Value,
		Without:    map[string]string{},
		Others:     options.Others,
	}
	whole, err := selectUpTo(ctx, e, m, Limit{Max: math.MaxInt})
	if err != nil {
		return nil, err
	}
	// Made after the first compaction: the memory of the two is not needed at once.
	var before Matcher
	for round := 1; ; round++ {
		c, err := redirects.CompactFor(ctx, m, o)
		if err != nil {
			return nil, err
		}
		sel, err := selectUpTo(ctx, e, c.Kept, Limit{Max: math.MaxInt})
		if err != nil {
			return nil, err
		}
		if before == nil {
			if before, err = e.Model(whole.Map()); err != nil {
				return nil, fmt.Errorf("compacting redirects for %s: %w", e.ID(), err)
			}
		}
		after, err := e.Model(sel.Map())
		if err != nil {
			return nil, fmt.Errorf("compacting redirects for %s: %w", e.ID(), err)
		}
		ask := asker{before: before, after: after, extra: o.Parameters}
		if err := ask.all(ctx, whole.Map(), options.Others); err != nil {
			return nil, fmt.Errorf("compacting redirects for %s: %w", e.ID(), err)
		}
		if len(ask.different) == 0 {
			out := &Compacted{Compaction: c, Before: whole.Written, After: sel.Written, Asked: ask.asked}
			if limit, ok := rowLimit(e); ok {
				out.Limit, out.Above = limit.Max, max(0, sel.Written-limit.Max)
			}
			return out, nil
		}
		switch {
		case o.Captures && round < maxRounds && blame(c.Added, ask.different, o.Without):
		case o.Captures:
			o.Captures = false
		case o.Prefixes:
			o.Prefixes = false
		default:
			o.Parameters = false
		}
	}
}

// blame adds the captured rows that have the shape of an address whose answer differs,
// and tells whether there is one.
func blame(added redirects.Slice, different []redirects.Source, without map[string]string) bool {
	known := len(without)
	for _, r := range added {
		for _, s := range different {
			if _, ok := r.Captured(s); ok {
				without[r.Source.Key()] = s.String()
				break
			}
		}
	}
	return len(without) > known
}

// maxDifferent is how many addresses with another answer are kept.
const maxDifferent = 1000

// asker asks two models for addresses.
type asker struct {
	before, after Matcher
	extra         bool // a further parameter does no harm, so it must not do so afterwards
	asked         int
	different     []redirects.Source
}

// all asks every address of a map and every other one.
func (a *asker) all(ctx context.Context, m redirects.Map, others iter.Seq[redirects.Source]) error {
	n := 0
	for r, err := range m.Rules() {
		if n++; err == nil && n%1024 == 0 {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		a.ask(r.Source)
	}
	if others != nil {
		for s := range others {
			a.ask(s)
		}
	}
	return ctx.Err()
}

// ask asks one address in all its spellings.
func (a *asker) ask(s redirects.Source) {
	for _, target := range spellingsOf(s, a.extra) {
		q := Request{Host: s.Host, Target: target}
		a.asked++
		if a.before.Answer(q) != a.after.Answer(q) {
			if len(a.different) < maxDifferent {
				a.different = append(a.different, s)
			}
			return
		}
	}
}

// spellingsOf are the spellings of an address: as it stands, with escapes in either
// letter case, with its last parameter first, and with a further parameter where extra
// says that it does no harm.
func spellingsOf(s redirects.Source, extra bool) []string {
	own := s.RequestTarget()
	targets := append(make([]string, 0, 5), own)
	for _, other := range []string{redirects.UpperEscapes(own), lowerEscapes(own)} {
		if !slices.Contains(targets, other) {
			targets = append(targets, other)
		}
	}
	if i := strings.LastIndexByte(s.Query, '&'); i > 0 && s.HasQuery {
		targets = append(targets, s.Path+"?"+s.Query[i+1:]+"&"+s.Query[:i])
	}
	switch {
	case !extra:
	case !s.HasQuery:
		targets = append(targets, own+"?utm_source=x")
	case s.Query != "":
		targets = append(targets, own+"&utm_source=x")
	}
	return targets
}
