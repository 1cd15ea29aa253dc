package main

import (
	"context"
	"fmt"

	"replatform/crawler/inventory"
)

// driftExamples is how many pages of a kind are printed; --json has them all.
const driftExamples = 3

// sayDrift prints what has changed since the crawl before.
func (t *talk) sayDrift(d inventory.Drift) {
	if d.Compared == 0 {
		return
	}
	if !d.Any() {
		t.result("drift.none", d.Compared)
		return
	}
	t.result("drift.head", d.Compared)
	for _, kind := range []struct {
		name string
		list []inventory.Change
	}{
		{"new", d.New}, {"gone", d.Gone}, {"moved", d.Moved}, {"renamed", d.Renamed}, {"priced", d.Priced}, {"unlinked", d.Unlinked},
	} {
		if len(kind.list) == 0 {
			continue
		}
		t.result("drift."+kind.name, len(kind.list))
		for _, c := range kind.list[:min(len(kind.list), driftExamples)] {
			switch {
			case c.Was != "" && c.Now != "":
				t.result("drift.change", c.URL, clean(c.Was), clean(c.Now))
			default:
				t.result("drift.page", c.URL, clean(c.Was+c.Now))
			}
		}
	}
	if d.Unreached > 0 {
		t.result("drift.unreached", d.Unreached)
	}
}

// driftOf is what has changed since the crawl before; nil after a first crawl.
func driftOf(ctx context.Context, project *inventory.Project, shop inventory.Shop) (*inventory.Drift, error) {
	if shop.Crawl < 2 {
		return nil, nil
	}
	d, err := project.Drift(ctx, shop.Side)
	if err != nil {
		return nil, fmt.Errorf("comparing with the crawl before: %w", err)
	}
	return &d, nil
}
