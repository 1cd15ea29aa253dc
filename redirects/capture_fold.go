package redirects

import (
	"cmp"
	"context"
	"maps"
)

// pattern is a captured row that may stand for several rows.
type pattern struct {
	rule    Rule // of the first row, with the words in source and target
	Capture      // of rule
	rows    []int
	shape   uint64 // hash of the source
}

// foldCaptures puts captured rows in the place of rows whose targets repeat a number
// or word of their source in one way. Rows of the same shape that go elsewhere stay:
// they are asked first. It proves the result: every row of the map, and every other
// known address, gets the answer that it had; a pattern that would change one is
// declined with that address.
func foldCaptures(ctx context.Context, all Slice, out *Compaction, o CompactOptions) error {
	var before *Resolver
	declined := map[string]string{} // by Source.Key, the address
	maps.Copy(declined, o.Without)
	least := cmp.Or(max(0, o.MinCapture), 10)
	said := map[string]bool{}
	for {
		// With a wide pattern declined, a narrower one may do.
		patterns, err := findPatterns(ctx, out.Kept, least, func(p *pattern) bool {
			address, bad := declined[p.rule.Source.Key()]
			if bad && !said[p.rule.Source.Key()] {
				said[p.rule.Source.Key()] = true
				out.Declined = append(out.Declined, Decline{Source: p.rule.Source.String(), Target: p.rule.Target, Rows: len(p.rows), Because: address})
			}
			return !bad
		})
		if err != nil || len(patterns) == 0 {
			return err
		}
		kept, added, dropped := withPatterns(out.Kept, patterns)
		if before == nil {
			if before, err = NewResolver(all); err != nil {
				return err
			}
		}
		after, err := NewResolver(kept)
		if err != nil {
			return err
		}
		wrong, n, known := 0, 0, len(declined)
		same := func(s Source) error {
			if n++; n%1024 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			was, had := before.Resolve(s.Host, s.RequestTarget())
			now, has := after.Resolve(s.Host, s.RequestTarget())
			if had == has && (!had || sameAnswer(was, now)) {
				return nil
			}
			wrong++
			for _, p := range patterns {
				if _, ok := p.rule.Captured(s); !ok {
					continue
				}
				if _, seen := declined[p.rule.Source.Key()]; !seen {
					declined[p.rule.Source.Key()] = s.String()
				}
			}
			return nil
		}
		for _, r := range all {
			if err := same(r.Source); err != nil {
				return err
			}
		}
		if o.Others != nil {
			for s := range o.Others {
				if err := same(s); err != nil {
					return err
				}
			}
		}
		if wrong == 0 {
			out.Kept, out.Added = kept, append(out.Added, added...)
			out.Dropped = append(out.Dropped, dropped...)
			return nil
		}
		if len(declined) == known {
			return nil // no pattern is to blame by itself, so none is taken
		}
	}
}

// withPatterns makes the map with patterns. Each stands where its first row stood.
func withPatterns(all Slice, patterns []*pattern) (kept, added Slice, dropped []Drop) {
	taken := make([]int, len(all)) // number of the pattern, from 1
	for n, p := range patterns {
		for _, i := range p.rows {
			taken[i] = n + 1
		}
	}
	for i, r := range all {
		if taken[i] == 0 {
			kept = append(kept, r)
			continue
		}
		p := patterns[taken[i]-1]
		if i == p.rows[0] {
			kept = append(kept, p.rule)
			added = append(added, p.rule)
		}
		dropped = append(dropped, Drop{Line: r.Line, Source: r.Source.String(), By: p.rule.Line})
	}
	return kept, added, dropped
}
