package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/crawler/sources"
)

// worthKnown is what the project knows of the worth of old pages.
type worthKnown struct {
	Files   []inventory.Import `json:"files"`
	Shares  []worthShare       `json:"shares"`
	Pages   int                `json:"pages"`    // with any worth
	Clicks  float64            `json:"clicks"`   // of all pages, each from its best source
	Carry   []worthPage        `json:"carrying"` // the pages that bring carryShare of the clicks, the best first
	Rescue  []worthPage        `json:"rescue"`   // gone pages that still have clicks, visits or links
	Unasked int                `json:"unasked"`  // pages with worth that no crawl has asked yet
	Closed  bool               `json:"closed"`   // the shop no longer answers, none will be asked
}

type worthShare struct {
	inventory.WorthShare
	Figures map[inventory.Standing]sources.Figures `json:"figures"`
}

type worthPage struct {
	URL          string  `json:"url"`
	Title        string  `json:"title,omitempty"`
	Clicks       float64 `json:"clicks"`
	Sessions     float64 `json:"sessions"`
	LinkingSites float64 `json:"linking_sites"`
	key          catalog.Key
}

func figuresOf(w inventory.Worth) sources.Figures {
	return sources.Figures{Clicks: w.Clicks, Impressions: w.Impressions, Sessions: w.Sessions, Revenue: w.Revenue, LinkingSites: w.LinkingSites}
}

// worthKnown reads what is known and which pages carry it.
func (t *talk) worthKnown(ctx context.Context, project *inventory.Project) (worthKnown, error) {
	var out worthKnown
	var err error
	if out.Files, err = project.Imports(ctx); err != nil {
		return out, err
	}
	shop, err := project.Shop(ctx, catalog.Old)
	if err != nil && !errors.Is(err, inventory.ErrNoShop) {
		return out, err
	}
	out.Closed = shop.Source == inventory.FromFiles
	shares, err := project.WorthShares(ctx)
	if err != nil {
		return out, err
	}
	for _, s := range shares {
		share := worthShare{WorthShare: s, Figures: map[inventory.Standing]sources.Figures{}}
		for how, w := range s.By {
			share.Figures[how] = figuresOf(w)
		}
		out.Shares = append(out.Shares, share)
	}
	totals, err := project.WorthTotals(ctx)
	if err != nil {
		return out, err
	}
	stand, err := project.Stand(ctx)
	if err != nil {
		return out, err
	}
	var pages, lost []worthPage
	for key, w := range totals {
		out.Pages++
		out.Clicks += w.Clicks
		p := worthPage{key: key, Clicks: w.Clicks, Sessions: w.Sessions, LinkingSites: w.LinkingSites}
		if w.Clicks > 0 {
			pages = append(pages, p)
		}
		switch stand[key] {
		case inventory.StandsGone:
			if w.Clicks > 0 || w.Sessions > 0 || w.LinkingSites > 0 {
				lost = append(lost, p)
			}
		case inventory.StandsUnasked:
			out.Unasked++
		}
	}
	byWorth := func(a, b worthPage) int {
		return cmp.Or(cmp.Compare(b.Clicks, a.Clicks), cmp.Compare(b.LinkingSites, a.LinkingSites), cmp.Compare(b.Sessions, a.Sessions), cmp.Compare(a.key, b.key))
	}
	slices.SortFunc(pages, byWorth)
	slices.SortFunc(lost, byWorth)
	sum := 0.0
	for _, p := range pages {
		if sum >= carryShare*out.Clicks {
			break
		}
		sum += p.Clicks
		out.Carry = append(out.Carry, p)
	}
	out.Rescue = lost
	return out, t.nameWorth(ctx, project, out.Carry, out.Rescue)
}

// nameWorth fills in addresses and titles: of the pages that are printed, or of all for
// --json.
func (t *talk) nameWorth(ctx context.Context, project *inventory.Project, lists ...[]worthPage) error {
	at := map[catalog.Key][]*worthPage{}
	for _, list := range lists {
		if !t.json {
			list = list[:min(len(list), namedPages)]
		}
		for i := range list {
			list[i].URL = string(list[i].key) // of what is no page of the shop: a cart, a search
			at[list[i].key] = append(at[list[i].key], &list[i])
		}
	}
	name := func(page inventory.Page) {
		for _, p := range at[page.Key] {
			p.URL, p.Title = page.URL, page.Title
		}
	}
	if t.json {
		err := project.Pages(ctx, inventory.Filter{Side: catalog.Old}, func(page inventory.Page, _ *catalog.Product) error {
			name(page)
			return nil
		})
		if err != nil {
			return fmt.Errorf("reading the pages that are worth most: %w", err)
		}
		return nil
	}
	for key := range at {
		page, _, err := project.PageByKey(ctx, catalog.Old, key)
		if err != nil && !errors.Is(err, inventory.ErrNoPage) {
			return fmt.Errorf("reading the page %s: %w", key, err)
		}
		if err == nil {
			name(page)
		}
	}
	return nil
}

// sayWorth prints what is known of worth, with its shares; pages says whether to name
// the most important ones.
func (t *talk) sayWorth(k worthKnown, pages bool) {
	if k.Pages == 0 {
		t.result("worth.none")
		return
	}
	t.result("worth.head", k.Pages)
	for _, s := range k.Shares {
		all := figuresOf(s.Total())
		period := t.period(s.Period, all)
		for _, m := range figureWords() {
			whole := m.of(all)
			if whole <= 0 {
				continue
			}
			var parts []string
			for _, how := range inventory.Standings() {
				if v := m.of(s.Figures[how]); v > 0 {
					parts = append(parts, t.lang.text("standing."+string(how), t.share(v, whole)))
				}
			}
			t.result("worth.share", s.Source, period, t.lang.text("figure."+m.name), int(whole), strings.Join(parts, t.lang.text("list.comma")))
		}
	}
	switch {
	case k.Unasked > 0 && k.Closed:
		t.result("worth.closed", k.Unasked)
	case k.Unasked > 0:
		t.result("worth.unasked", k.Unasked)
	}
	if len(k.Carry) > 0 {
		t.result("worth.carry", len(k.Carry), int(100*carryShare), int(k.Clicks))
		t.sayPages(k.Carry, pages)
	}
	if len(k.Rescue) > 0 {
		t.result("worth.rescue", len(k.Rescue))
		t.sayPages(k.Rescue, pages)
	}
}

func (t *talk) sayPages(list []worthPage, pages bool) {
	if !pages {
		return
	}
	for i, p := range list {
		if i == namedPages {
			t.result("worth.more", len(list)-i)
			return
		}
		t.result("worth.page", int(p.Clicks), int(p.LinkingSites), clean(p.URL))
	}
}

// matchWorth prints how the known clicks and visits spread over the classes of pairs.
// Pages that are never paired (the home page, carts, pages of which nothing was read)
// are the rest.
func (t *talk) matchWorth(ctx context.Context, project *inventory.Project) error {
	totals, err := project.WorthTotals(ctx)
	if err != nil {
		return err
	}
	all := inventory.Worth{}
	for _, w := range totals {
		all = all.Plus(w)
	}
	if all.Clicks == 0 && all.Sessions == 0 {
		return nil
	}
	by := map[string]inventory.Worth{}
	paired := inventory.Worth{}
	err = project.Matches(ctx, func(m inventory.Match) error {
		w := totals[m.Old]
		class := string(m.Class)
		switch {
		case m.Decision != "":
			class = "decided"
		case m.NeedsReview:
			class = "review"
		case m.New == "":
			class = "none"
		}
		by[class] = by[class].Plus(w)
		paired = paired.Plus(w)
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading pairs: %w", err)
	}
	rest := inventory.Worth{Clicks: all.Clicks - paired.Clicks, Sessions: all.Sessions - paired.Sessions}
	by["rest"] = rest
	for _, m := range figureWords()[:2] {
		whole := m.of(figuresOf(all))
		if whole <= 0 {
			continue
		}
		var parts []string
		for _, class := range []string{"decided", string(inventory.Exact), string(inventory.Close), string(inventory.Broad), "review", "none", "rest"} {
			if v := m.of(figuresOf(by[class])); v > 0 {
				parts = append(parts, t.lang.text("match.share."+class, t.share(v, whole)))
			}
		}
		t.result("match.worth", int(whole), t.lang.text("figure."+m.name), strings.Join(parts, t.lang.text("list.comma")))
	}
	return nil
}
