package match

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"log/slog"

	"replatform/planner/match/internal/judge"
	"replatform/planner/match/internal/pairing"
)

// trained is the model that Match decides with, made by
// go run ./planner/match/train; its first lines say from what.
//
//go:embed model.json
var trained []byte

// Match pairs every old item with its place among the new ones. The result has
// one pair for every old item, in their order. Products are paired with products,
// categories with categories, other pages with pages and categories.
//
// Match returns an error only when ctx ends or Options.Known names items that are not
// there. Items may hold anything: texts are
// read up to a few thousand bytes, and nothing in them is executed or followed.
func Match(ctx context.Context, old, new []Item, opts Options) (*Result, error) {
	r := &Result{Pairs: make([]Pair, 0, len(old))}
	err := Each(ctx, old, new, opts, func(p Pair) error {
		r.Pairs = append(r.Pairs, p)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Each is Match for lists so long that the pairs with their evidence had better not
// be held together: it hands them out one after the other, in the order of the old
// items. An error of each ends it and is returned as it is.
func Each(ctx context.Context, old, new []Item, opts Options, each func(Pair) error) error {
	o, err := decide(ctx, old, new, opts)
	if err != nil {
		return err
	}
	log := opts.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	pairs := newPairs(o, old, new)
	for i := range old {
		if i%2000 == 0 {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("matching: %w", err)
			}
			if opts.Progress != nil {
				opts.Progress("write", i, len(old))
			}
		}
		if err := each(pairs.at(i)); err != nil {
			return err
		}
	}
	log.Info("matched", "old", len(old), "new", len(new))
	return nil
}

// decide runs the matching with the model of this package.
func decide(ctx context.Context, old, new []Item, opts Options) (*judge.Outcome, error) {
	brain, err := judge.Decode(bytes.NewReader(trained))
	if err != nil {
		return nil, fmt.Errorf("matching: %w", err)
	}
	var known []pairing.Known
	for _, k := range opts.Known {
		if k.Old < 0 || k.Old >= len(old) || k.New < -1 || k.New >= len(new) {
			return nil, fmt.Errorf("matching: known pair %d, %d: there is no such item", k.Old, k.New)
		}
		known = append(known, pairing.Known{Old: int32(k.Old), New: int32(k.New), Right: k.Right})
	}
	o, err := judge.Decide(ctx, source(old), source(new), brain, judge.Options{
		Workers: opts.Workers, Progress: opts.Progress, Precision: opts.Precision, Known: known,
	})
	if err != nil {
		return nil, fmt.Errorf("matching: %w", err)
	}
	return o, nil
}

// pairs puts the decisions of an outcome into the words of this package.
type pairs struct {
	o         *judge.Outcome
	old, new  []Item
	uses      map[int32]int // how many old items lead to each new one
	fallbacks []int32
}

func newPairs(o *judge.Outcome, old, new []Item) *pairs {
	ps := &pairs{o: o, old: old, new: new, uses: make(map[int32]int)}
	for _, d := range o.Decisions {
		if d.New >= 0 {
			ps.uses[d.New]++
		}
	}
	ps.fallbacks = o.Matching.Fallbacks(func(i int32) int32 { return o.Decisions[i].New })
	return ps
}

func (ps *pairs) at(i int) Pair {
	d := ps.o.Decisions[i]
	p := pair(i, d, ps.o, ps.uses, ps.old, ps.new)
	settle(&p, d, ps.fallbacks[i], ps.old[i])
	return p
}

// source hands items to the matching one at a time.
type source []Item

func (s source) Len() int { return len(s) }

func (s source) At(i int) pairing.Record {
	it := &s[i]
	r := pairing.Record{
		URL: it.URL, Type: it.Type, Title: it.Title, SKU: it.SKU, MPN: it.MPN, GTIN: it.GTIN, Price: it.Price, Currency: it.Currency,
		Brand: it.Brand, Category: it.Category, Image: it.Image, Picture: it.ImageHash, Description: it.Description,
	}
	for _, v := range it.Variants {
		r.Variants = append(r.Variants, pairing.Variant{SKU: v.SKU, GTIN: v.GTIN, Title: v.Title})
	}
	return r
}
