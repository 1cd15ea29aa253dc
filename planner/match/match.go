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
	brain, err := judge.Decode(bytes.NewReader(trained))
	if err != nil {
		return fmt.Errorf("matching: %w", err)
	}
	log := opts.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	decisions, m, err := judge.Decide(ctx, source(old), source(new), brain, judge.Options{
		Workers: opts.Workers, Progress: opts.Progress, Precision: opts.Precision,
	})
	if err != nil {
		return fmt.Errorf("matching: %w", err)
	}
	uses := make(map[int32]int)
	for _, d := range decisions {
		if d.New >= 0 {
			uses[d.New]++
		}
	}
	fallbacks := m.Fallbacks(func(i int32) int32 { return decisions[i].New })
	for i, d := range decisions {
		if i%2000 == 0 {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("matching: %w", err)
			}
			if opts.Progress != nil {
				opts.Progress("write", i, len(old))
			}
		}
		p := pair(i, d, m, uses, old, new)
		settle(&p, d, fallbacks[i], old[i])
		if err := each(p); err != nil {
			return err
		}
	}
	log.Info("matched", "old", len(old), "new", len(new))
	return nil
}

// source hands items to the matching one at a time.
type source []Item

func (s source) Len() int { return len(s) }

func (s source) At(i int) pairing.Record {
	it := &s[i]
	r := pairing.Record{
		URL: it.URL, Type: it.Type, Title: it.Title, SKU: it.SKU, MPN: it.MPN, GTIN: it.GTIN, Price: it.Price, Currency: it.Currency,
		Brand: it.Brand, Category: it.Category, Image: it.Image, Description: it.Description,
	}
	for _, v := range it.Variants {
		r.Variants = append(r.Variants, pairing.Variant{SKU: v.SKU, GTIN: v.GTIN, Title: v.Title})
	}
	return r
}
