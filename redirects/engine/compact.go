package engine

import (
	"context"
	"fmt"
	"iter"
	"math"

	"replatform/redirects"
)

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

// Compact leaves out rows, and puts prefix rows in the place of folders, as far as
// the engine's capabilities allow, and asks the engine's model for every address of
// the map and every other known one, before and after. When an answer differs, less
// is compacted, in the end nothing. The engine's limit of rows is left aside while
// rows are compared, and what remains above it is counted. The map should have passed redirects.Audit; the
// rows that the engine refuses are left in for Select to report.
func Compact(ctx context.Context, e Engine, m redirects.Map, others iter.Seq[redirects.Source]) (*Compacted, error) {
	caps := e.Capabilities()
	o := redirects.CompactOptions{
		Parameters: caps.ExtraParameters.Known && caps.ExtraParameters.Value,
		Prefixes:   caps.Patterns.Known && caps.Patterns.Value,
		Others:     others,
	}
	whole, err := selectUpTo(ctx, e, m, Limit{Max: math.MaxInt})
	if err != nil {
		return nil, err
	}
	before, err := e.Model(whole.Map())
	if err != nil {
		return nil, fmt.Errorf("compacting redirects for %s: %w", e.ID(), err)
	}
	for {
		c, err := redirects.CompactFor(ctx, m, o)
		if err != nil {
			return nil, err
		}
		sel, err := selectUpTo(ctx, e, c.Kept, Limit{Max: math.MaxInt})
		if err != nil {
			return nil, err
		}
		after, err := e.Model(sel.Map())
		if err != nil {
			return nil, fmt.Errorf("compacting redirects for %s: %w", e.ID(), err)
		}
		asked, same, err := sameAnswers(ctx, before, after, whole.Map(), o.Parameters, others)
		if err != nil {
			return nil, fmt.Errorf("compacting redirects for %s: %w", e.ID(), err)
		}
		if same {
			out := &Compacted{Compaction: c, Before: whole.Written, After: sel.Written, Asked: asked}
			if limit, ok := rowLimit(e); ok {
				out.Limit, out.Above = limit.Max, max(0, sel.Written-limit.Max)
			}
			return out, nil
		}
		switch {
		case o.Prefixes:
			o.Prefixes = false
		default:
			o.Parameters = false
		}
	}
}

// sameAnswers asks two models for every address, as it stands and with escapes in
// either letter case, and with a further parameter where extra says that it does no
// harm.
func sameAnswers(ctx context.Context, before, after Matcher, m redirects.Map, extra bool, others iter.Seq[redirects.Source]) (asked int, same bool, err error) {
	same = true
	ask := func(s redirects.Source) {
		targets := []string{s.RequestTarget(), redirects.UpperEscapes(s.RequestTarget()), lowerEscapes(s.RequestTarget())}
		if extra && s.HasQuery && s.Query != "" {
			targets = append(targets, s.RequestTarget()+"&utm_source=x")
		}
		for _, target := range targets {
			q := Request{Host: s.Host, Target: target}
			asked++
			same = same && before.Answer(q) == after.Answer(q)
		}
	}
	for r, err := range m.Rules() {
		if err == nil && asked%1024 == 0 {
			err = ctx.Err()
		}
		if err != nil {
			return asked, false, err
		}
		ask(r.Source)
	}
	if others != nil {
		for s := range others {
			ask(s)
		}
	}
	return asked, same, ctx.Err()
}
