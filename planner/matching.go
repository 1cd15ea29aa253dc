package planner

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/planner/match"
)

// MatchCounts is what MatchShops ended with: pages of the old shop by how they were
// paired. They add up to the pages that were looked at.
type MatchCounts struct {
	Pages    int `json:"pages"`
	Exact    int `json:"exact"`    // used without review
	Close    int `json:"close"`    // used without review
	Broad    int `json:"broad"`    // used without review
	Review   int `json:"review"`   // a person has to look
	None     int `json:"none"`     // no counterpart
	Decided  int `json:"decided"`  // settled by a person, counted in the classes above too
	Taught   int `json:"taught"`   // decisions that the matching learnt from
	Unasked  int `json:"unasked"`  // old pages that the crawl has not come to, not among Pages
	Products int `json:"products"` // of Pages
}

// MatchInput is what a project holds for matching: the pages of both shops that take
// part, and what people decided before. Pages that are never redirected by themselves
// (search, cart, account, feeds, images, the home page) are not among them.
type MatchInput struct {
	Old, New []match.Item
	Known    []match.Known
	// Wrong are pairs, old and new page, that a checked sample found wrong and that nobody
	// has decided on: they need review, whatever their confidence.
	Wrong   map[[2]catalog.Key]bool
	lost    []bool // of Old: gone in the old shop but still visited, or known by nothing but its address
	unasked int
}

// ReadMatchInput reads the pages and decisions of a project.
func ReadMatchInput(ctx context.Context, project *inventory.Project) (*MatchInput, error) {
	in := new(MatchInput)
	var err error
	if in.Old, in.lost, in.unasked, err = items(ctx, project, catalog.Old); err != nil {
		return nil, err
	}
	if in.New, _, _, err = items(ctx, project, catalog.New); err != nil {
		return nil, err
	}
	at := [2]map[catalog.Key]int{make(map[catalog.Key]int, len(in.Old)), make(map[catalog.Key]int, len(in.New))}
	for side, list := range [2][]match.Item{in.Old, in.New} {
		for i := range list {
			at[side][list[i].Key] = i
		}
	}
	in.Wrong = map[[2]catalog.Key]bool{}
	err = project.Matches(ctx, func(m inventory.Match) error {
		old, ok := at[0][m.Old]
		if !ok {
			return nil
		}
		if m.FoundWrong && m.Decision == "" {
			in.Wrong[[2]catalog.Key{m.Old, m.Proposed}] = true
		}
		switch m.Decision {
		case inventory.Accept, inventory.Pick:
			if j, ok := at[1][m.DecidedNew]; ok {
				in.Known = append(in.Known, match.Known{Old: old, New: j, Right: true})
			}
		case inventory.Gone:
			in.Known = append(in.Known, match.Known{Old: old, New: -1, Right: true})
		case inventory.Reject:
			for _, k := range m.Refused {
				if j, ok := at[1][k]; ok {
					in.Known = append(in.Known, match.Known{Old: old, New: j})
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading decisions: %w", err)
	}
	return in, nil
}

// MatchShops pairs the pages of the old shop with those of the new one and stores
// the proposals. Decisions that a person made before stay as they are, and teach the
// matching: what was accepted or picked is an example, what was rejected is not proposed
// again.
func MatchShops(ctx context.Context, project *inventory.Project, opts match.Options) (MatchCounts, error) {
	in, err := ReadMatchInput(ctx, project)
	if err != nil {
		return MatchCounts{}, err
	}
	old, fresh := in.Old, in.New
	opts.Known = in.Known
	counts := MatchCounts{Taught: len(in.Known), Unasked: in.unasked}
	out := make([]inventory.Match, 0, len(old))
	err = match.Each(ctx, old, fresh, opts, func(p match.Pair) error {
		m := inventory.Match{
			Old: old[p.Old].Key, Class: inventory.MatchClass(p.Class), Confidence: p.Confidence, Method: p.Method,
			Reason: match.Reason(p.Evidence, "en"), ReasonJA: match.Reason(p.Evidence, "ja"),
			NeedsReview: p.NeedsReview, RunnerUpConfidence: p.RunnerUpConfidence,
		}
		if p.New >= 0 {
			m.New = fresh[p.New].Key
		}
		if p.RunnerUp >= 0 {
			m.RunnerUp = fresh[p.RunnerUp].Key
		}
		if p.Fallback >= 0 {
			m.Fallback = fresh[p.Fallback].Key
		}
		if in.lost[p.Old] && m.New == "" {
			m.NeedsReview = true // nobody else will answer for it
		}
		out = append(out, m)
		if old[p.Old].Type == catalog.ProductP {
			counts.Products++
		}
		return nil
	})
	if err != nil {
		return MatchCounts{}, fmt.Errorf("matching %d old with %d new pages: %w", len(old), len(fresh), err)
	}
	if err := project.SaveMatches(ctx, out); err != nil {
		return counts, fmt.Errorf("storing %d pairs: %w", len(out), err)
	}
	err = project.Matches(ctx, func(m inventory.Match) error {
		if m.Class != "" { // no decision on a page that took no part
			counts.add(m)
		}
		if m.Decision != "" {
			counts.Decided++
		}
		return nil
	})
	if err != nil {
		return counts, fmt.Errorf("reading pairs and decisions: %w", err)
	}
	return counts, nil
}

func (c *MatchCounts) add(m inventory.Match) {
	c.Pages++
	switch {
	case m.NeedsReview:
		c.Review++
	case m.Class == inventory.Exact:
		c.Exact++
	case m.Class == inventory.Close:
		c.Close++
	case m.Class == inventory.Broad:
		c.Broad++
	default:
		c.None++
	}
}

// items reads the pages of one shop that take part in matching: those that answer; of the
// old shop those, too, that are gone but still visited, and, when it no longer answers at
// all, those that were never asked. A person has to look at those that are lost: gone, or
// without a word on what they showed. unasked counts the pages that a crawl has still to
// ask.
func items(ctx context.Context, project *inventory.Project, side catalog.Side) (list []match.Item, lost []bool, unasked int, err error) {
	shop, err := project.Shop(ctx, side)
	if err != nil && !errors.Is(err, inventory.ErrNoShop) {
		return nil, nil, 0, err
	}
	worth := map[catalog.Key]inventory.Worth{}
	if side == catalog.Old {
		if worth, err = project.WorthTotals(ctx); err != nil {
			return nil, nil, 0, fmt.Errorf("reading worth: %w", err)
		}
	}
	looks, err := project.PictureHashes(ctx)
	if err != nil {
		return nil, nil, 0, fmt.Errorf("reading how pictures look: %w", err)
	}
	filter := inventory.Filter{Side: side, Types: []catalog.PageType{
		catalog.ProductP, catalog.Category, catalog.Page, catalog.Article, catalog.Other}}
	err = project.Pages(ctx, filter, func(page inventory.Page, product *catalog.Product) error {
		rescue := isGone(page) && Visited(worth[page.Key])
		fromFile := page.State == inventory.Queued && shop.Source == inventory.FromFiles
		if page.State == inventory.Queued && !fromFile {
			unasked++
		}
		if (page.State != inventory.Done || page.Status >= 300) && !rescue && !fromFile {
			return nil
		}
		it := match.Item{URL: page.URL, Key: page.Key, Type: page.Type, Title: page.Title, Description: page.Description}
		if p := product; p != nil {
			if p.Name != "" {
				it.Title = p.Name
			}
			if p.Description != "" {
				it.Description = p.Description
			}
			it.SKU, it.MPN, it.GTIN, it.Brand = p.SKU, p.MPN, p.GTIN, p.Brand
			it.Price, it.Currency = p.Price.Amount, p.Price.Currency
			if len(p.Images) > 0 {
				it.Image = p.Images[0]
				it.ImageHash = looks[it.Image]
			}
			it.Category = trail(p.Breadcrumb)
			for _, v := range p.Variants {
				it.Variants = append(it.Variants, match.VariantItem{SKU: v.SKU, GTIN: v.GTIN, Title: v.Title, Price: v.Price.Amount})
			}
		}
		list = append(list, it)
		lost = append(lost, rescue || fromFile && it.Title == "")
		return nil
	})
	if err != nil {
		return nil, nil, 0, fmt.Errorf("reading the %s shop: %w", side, err)
	}
	return list, lost, unasked, nil
}

func trail(crumbs []catalog.Crumb) string {
	names := make([]string, 0, len(crumbs))
	for _, c := range crumbs {
		names = append(names, c.Name)
	}
	return strings.Join(names, " > ")
}
