package planner

import (
	"context"
	"fmt"

	"replatform/crawler/catalog"
	"replatform/redirects/engine"
)

// carryByFallback makes the redirects of an edge in front where that is the fallback,
// so that its files are at hand if the chosen way turns out impossible, and notes
// what it would deliver.
func (b *builder) carryByFallback(ctx context.Context) error {
	p := b.plan
	if p.Decision.Fallback != WayC {
		return nil
	}
	if p.Engine == defaultEdge { // the owner's choice already delivers what the fallback would
		for _, r := range p.Rows {
			if r.Carrier == defaultEdge {
				b.fallback[r.OldKey] = CoverageLine{Strength: StrengthPermanent, Carrier: defaultEdge}
			}
		}
		return nil
	}
	opts := b.engineOptionsUnder(WayC)
	e, ok := engine.Get(defaultEdge, opts)
	if !ok {
		return fmt.Errorf("%w %q", ErrUnknownEngine, defaultEdge)
	}
	m, err := b.engineMapOf(ctx, defaultEdge, e, opts)
	if err != nil {
		return fmt.Errorf("making the redirects of the fallback: %w", err)
	}
	p.FallbackEngine, p.fallbackEngine, p.fallbackMap = defaultEdge, e, m.sel
	answered := 0
	pages, first := map[catalog.Key]bool{}, map[catalog.Key]int{}
	for i, r := range p.Rows {
		if _, seen := first[r.OldKey]; !seen {
			first[r.OldKey] = i
		}
	}
	for _, r := range m.rules {
		i := r.Line - 2
		row := &p.Rows[i]
		if b.onPlatformHost(row.OldURL) || !m.delivers(r, row) {
			continue
		}
		answered++
		pages[row.OldKey] = true
		if first[row.OldKey] == i { // pages are counted by their first row
			b.fallback[row.OldKey] = CoverageLine{Strength: StrengthPermanent, Carrier: defaultEdge}
		}
	}
	return b.front(defaultEdge, answered, len(pages))
}
