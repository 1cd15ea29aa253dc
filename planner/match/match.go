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
// Match returns an error only when ctx ends. Items may hold anything: texts are
// read up to a few thousand bytes, and nothing in them is executed or followed.
func Match(ctx context.Context, old, new []Item, opts Options) (*Result, error) {
	brain, err := judge.Decode(bytes.NewReader(trained))
	if err != nil {
		return nil, fmt.Errorf("matching: %w", err)
	}
	return match(ctx, old, new, opts, brain)
}

func match(ctx context.Context, old, new []Item, opts Options, brain *judge.Brain) (*Result, error) {
	log := opts.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	oldRecs, newRecs := records(old), records(new)
	decisions, m, err := judge.Decide(ctx, oldRecs, newRecs, brain, judge.Options{
		Workers: opts.Workers, Progress: opts.Progress, Precision: opts.Precision,
	})
	if err != nil {
		return nil, fmt.Errorf("matching: %w", err)
	}
	r := &Result{Pairs: make([]Pair, len(old))}
	uses := make(map[int32]int)
	for _, d := range decisions {
		if d.New >= 0 {
			uses[d.New]++
		}
	}
	fallbacks := m.Fallbacks(func(i int32) int32 { return decisions[i].New })
	for i, d := range decisions {
		r.Pairs[i] = pair(i, d, m, uses, old, new)
		settle(&r.Pairs[i], d, fallbacks[i], old[i])
	}
	log.Info("matched", "old", len(old), "new", len(new))
	return r, nil
}

func records(items []Item) []pairing.Record {
	rs := make([]pairing.Record, len(items))
	for i := range items {
		it := &items[i]
		rs[i] = pairing.Record{
			URL: it.URL, Type: it.Type, Title: it.Title, SKU: it.SKU, MPN: it.MPN, GTIN: it.GTIN, Price: it.Price, Currency: it.Currency,
			Brand: it.Brand, Category: it.Category, Image: it.Image, Description: it.Description,
		}
		for _, v := range it.Variants {
			rs[i].Variants = append(rs[i].Variants, pairing.Variant{SKU: v.SKU, GTIN: v.GTIN, Title: v.Title})
		}
	}
	return rs
}
