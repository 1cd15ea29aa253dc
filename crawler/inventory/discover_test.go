package inventory

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler/catalog"
)

// What a second sighting makes of a page, whichever comes first.
func TestDiscoverTwice(t *testing.T) {
	plain := sighting(1)
	ruled := plain
	ruled.Rule = "robots"
	otherRule := plain
	otherRule.Rule = "cart"
	near := plain
	near.Depth, near.Priority, near.Source, near.Spelling = 0, 5, "sitemap", plain.URL+"&utm_source=x"
	feed := plain
	feed.NoFetch, feed.Status, feed.Source, feed.Title, feed.Depth = true, 200, "feed", "せっけん", 0
	untyped := plain
	untyped.Type = catalog.Other

	base := Page{Side: catalog.Old, Key: product(1), Type: catalog.ProductP, URL: plain.URL, State: Queued, Depth: 2, Priority: 20,
		SeenCrawl: 1, Sources: []string{"link"}, Spellings: []string{plain.URL}}
	with := func(change func(*Page)) Page {
		p := base
		change(&p)
		return p
	}
	tests := []struct {
		name  string
		a, b  Discovery
		want  Page
		order bool // the order is allowed to matter
	}{
		{"the same", plain, plain, base, false},
		{"rule and no rule", ruled, plain, base, false},
		{"two rules", ruled, otherRule, with(func(p *Page) { p.State, p.Rule = Skipped, "cart" }), false},
		{"nearer, by another source and spelling", plain, near, with(func(p *Page) {
			p.Depth, p.Priority, p.Sources = 0, 5, []string{"link", "sitemap"}
			p.Spellings = []string{plain.URL, near.Spelling}
		}), false},
		{"type learnt later", untyped, plain, base, false},
		{"the feed is enough", plain, feed, with(func(p *Page) {
			p.State, p.Status, p.Title, p.Depth, p.Sources = Done, 200, "せっけん", 0, []string{"feed", "link"}
		}), false},
		{"the feed is enough, whatever the rule", ruled, feed, with(func(p *Page) {
			p.State, p.Status, p.Title, p.Depth, p.Sources = Done, 200, "せっけん", 0, []string{"feed", "link"}
		}), false},
	}
	for _, tt := range tests {
		for _, pair := range [][]Discovery{{tt.a, tt.b}, {tt.b, tt.a}} {
			for _, apart := range []bool{false, true} {
				p := started(t)
				if apart {
					equal(t, "added first", 1, discover(t, p, pair[0]))
					equal(t, "added second", 0, discover(t, p, pair[1]))
				} else {
					equal(t, "added", 1, discover(t, p, pair...))
				}
				got := onlyPage(t, p, product(1))
				if d := cmp.Diff(tt.want, got, cmpopts.IgnoreFields(Page{}, "ID", "FetchedAt")); d != "" {
					t.Errorf("%s, first source %q, apart %v (-want +got):\n%s", tt.name, pair[0].Source, apart, d)
				}
				prog, err := p.Progress(t.Context(), catalog.Old)
				check(t, err)
				want := Progress{}
				(*tally)(&want).count(&pageRow{state: got.State, due: got.State == Queued}, 1)
				equal(t, tt.name+": progress", want, prog)
			}
		}
	}
}

func TestDiscoverLeavesVisitedPages(t *testing.T) {
	for _, state := range []PageState{Done, Failed, Skipped, Alias} {
		p := started(t)
		discover(t, p, sighting(1))
		v := visitOf(1)
		v.State = state
		switch state {
		case Skipped:
			v.Status, v.Rule = 0, "robots"
		case Alias:
			v.AliasOf, v.Found = product(2), []Discovery{sighting(2)}
		}
		save(t, p, v)
		before := onlyPage(t, p, product(1))
		feed := sighting(1)
		feed.NoFetch, feed.Status, feed.Title, feed.Source = true, 201, "other", "feed"
		discover(t, p, sighting(1), feed)
		after := onlyPage(t, p, product(1))
		before.Sources = []string{"feed", "link"}
		equal(t, "a page that is "+string(state), before, after)
	}
}

func TestDiscoverBounds(t *testing.T) {
	p := started(t)
	long := sighting(1)
	long.URL += strings.Repeat("x", maxURL)
	longSpelling := sighting(2)
	longSpelling.Spelling = longSpelling.URL + strings.Repeat("x", maxURL)
	equal(t, "added", 1, discover(t, p, long, long, longSpelling))
	equal(t, "spellings", []string{productURL(2)}, onlyPage(t, p, product(2)).Spellings)
	findings, err := p.Findings(t.Context(), catalog.Old)
	check(t, err)
	if len(findings) != 1 || findings[0].Code != FindingTooLong || findings[0].Count != 2 {
		t.Errorf("findings: %+v", findings)
	}
	for _, d := range []Discovery{{URL: "https://shop.example/"}, {Key: product(9)}, {Key: " ", URL: "https://shop.example/"}} {
		if _, err := p.Discover(t.Context(), catalog.Old, []Discovery{sighting(5), d}); err == nil {
			t.Errorf("%+v was stored", d)
		}
	}
	if _, _, err := p.PageByKey(t.Context(), catalog.Old, product(5)); !errors.Is(err, ErrNoPage) {
		t.Errorf("half of a refused batch was stored: %v", err)
	}
	if _, err := p.Discover(t.Context(), "third", []Discovery{sighting(5)}); err == nil {
		t.Error("a third side was stored")
	}
}

func TestNext(t *testing.T) {
	p := started(t)
	var found []Discovery
	for i, at := range []struct{ priority, depth int }{{20, 1}, {10, 5}, {20, 0}, {10, 5}, {5, 9}} {
		d := sighting(i)
		d.Priority, d.Depth, d.Source = at.priority, at.depth, "sitemap"
		found = append(found, d)
	}
	skipped := sighting(9)
	skipped.Rule = "x"
	discover(t, p, append(found, skipped)...)
	inflight := map[int64]bool{}
	var got []catalog.Key
	for {
		list, err := p.Next(t.Context(), catalog.Old, 2, inflight)
		check(t, err)
		if len(list) == 0 {
			break
		}
		for _, page := range list {
			got = append(got, page.Key)
			inflight[page.ID] = true
			equal(t, "state", Queued, page.State)
		}
	}
	want := []catalog.Key{product(4), product(1), product(3), product(2), product(0)}
	equal(t, "order", want, got)
	list, err := p.Next(t.Context(), catalog.Old, 10, nil) // as a program that was started anew
	check(t, err)
	equal(t, "still queued", 5, len(list))
	list, err = p.Next(t.Context(), catalog.New, 10, nil)
	check(t, err)
	equal(t, "queue of the new shop", 0, len(list))
}

// An address belongs to the page that was named with it last.
func TestSpellingMoves(t *testing.T) {
	p := started(t)
	a, b := sighting(1), sighting(2)
	b.Spelling = a.URL
	discover(t, p, a, b)
	page, _, err := p.PageByURL(t.Context(), catalog.Old, a.URL)
	check(t, err)
	equal(t, "page of the address", product(2), page.Key)
	if _, _, err := p.PageByURL(t.Context(), catalog.Old, "https://shop.example/nowhere"); !errors.Is(err, ErrNoPage) {
		t.Errorf("got %v, want ErrNoPage", err)
	}
}
