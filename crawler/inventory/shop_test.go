package inventory

import (
	"errors"
	"strings"
	"testing"
	"time"

	"replatform/crawler/catalog"
)

func TestShop(t *testing.T) {
	p := newProject(t)
	_, err := p.Shop(t.Context(), catalog.Old)
	if !errors.Is(err, ErrNoShop) || !strings.Contains(err.Error(), "run: replatform crawl URL") {
		t.Errorf("got %v", err)
	}
	if _, err := p.Shop(t.Context(), catalog.New); !strings.Contains(err.Error(), "run: replatform target URL") {
		t.Errorf("got %v", err)
	}
	want := Shop{
		Side: catalog.Old, StartURL: "https://shop.example/", Hosts: []string{"shop.example", "www.shop.example"},
		Platform: "colorme", Confidence: "certain", Evidence: []string{"Colorme object", "host ends in shop-pro.jp"},
		Charset: "euc-jp", State: Ended, StartedAt: time.Date(2026, 11, 5, 9, 0, 0, 0, time.UTC),
		FinishedAt: time.Date(2026, 11, 5, 10, 0, 0, 0, time.UTC), Source: "crawl", Crawl: 1,
	}
	check(t, p.SaveShop(t.Context(), want))
	got, err := p.Shop(t.Context(), catalog.Old)
	check(t, err)
	equal(t, "shop", want, got)
}

func TestStartCrawl(t *testing.T) {
	p := newProject(t)
	shop := Shop{Side: catalog.Old, StartURL: "https://shop.example/", Hosts: []string{"shop.example"}, Platform: "colorme"}
	check(t, p.StartCrawl(t.Context(), shop))
	discover(t, p, sighting(1), sighting(2), Discovery{Key: "colorme cart 1", Type: catalog.Cart, URL: "https://shop.example/cart", Source: "link", Rule: "cart"})
	one := visitOf(1)
	one.Findings = []Finding{{Code: "soft-404", URL: one.URL}}
	save(t, p, one)

	queue := func() []catalog.Key {
		t.Helper()
		list, err := p.Next(t.Context(), catalog.Old, 10, nil)
		check(t, err)
		var out []catalog.Key
		for _, page := range list {
			out = append(out, page.Key)
		}
		return out
	}
	// Killed while running: the same start URL goes on with what was recognised.
	shop.Platform, shop.StartURL = "generic", "http://www.shop.example"
	check(t, p.StartCrawl(t.Context(), shop))
	got, err := p.Shop(t.Context(), catalog.Old)
	check(t, err)
	equal(t, "shop after resuming", Shop{Side: catalog.Old, StartURL: "https://shop.example/", Hosts: []string{"shop.example"},
		Platform: "colorme", State: Running, Crawl: 1}, got)
	equal(t, "queue after resuming", []catalog.Key{product(2)}, queue())

	// Another shop is refused and nothing changes.
	other := Shop{Side: catalog.Old, StartURL: "https://other.example/"}
	err = p.StartCrawl(t.Context(), other)
	if !errors.Is(err, ErrOtherShop) || !strings.Contains(err.Error(), "https://shop.example/") ||
		!strings.Contains(err.Error(), "https://other.example/") || !strings.Contains(err.Error(), "--project") {
		t.Errorf("got %v", err)
	}

	// Finished: everything that was asked is asked again, and keeps its data meanwhile.
	save(t, p, visitOf(2))
	shop.State, shop.Platform = Ended, "colorme"
	check(t, p.SaveShop(t.Context(), shop))
	check(t, p.StartCrawl(t.Context(), shop))
	equal(t, "queue of the second crawl", []catalog.Key{product(1), product(2)}, queue())
	if page := onlyPage(t, p, product(1)); page.State != Done || page.Title != "品 1" {
		t.Errorf("page that is due again: %+v", page)
	}
	findings, err := p.Findings(t.Context(), catalog.Old)
	check(t, err)
	equal(t, "findings", []Finding(nil), findings)
	discover(t, p, sighting(2))
	gone := visitOf(1)
	gone.Status, gone.Title = 404, "ページが見つかりません"
	save(t, p, gone, visitOf(2))
	got, err = p.Shop(t.Context(), catalog.Old)
	check(t, err)
	equal(t, "number of the crawl", 2, got.Crawl)
	if page := onlyPage(t, p, product(1)); page.SeenCrawl != 1 || page.Status != 404 || page.Title != "品 1" {
		t.Errorf("page that is gone: %+v", page)
	}
	equal(t, "page that was seen again", 2, onlyPage(t, p, product(2)).SeenCrawl)
	counts, err := p.Counts(t.Context(), catalog.Old)
	check(t, err)
	equal(t, "unseen pages", 2, counts.Unseen) // product 1 and the cart
}

func TestSameStart(t *testing.T) {
	tests := []struct {
		a, b string
		want bool
	}{
		{"https://shop.example/", "https://shop.example/", true},
		{"https://shop.example", "http://www.Shop.example:80/", true},
		{"https://shop.example:443/", "https://shop.example/#top", true},
		{"https://shop.example/", "https://shop.example:8443/", false},
		{"https://shop.example/", "https://shop.example/en/", false},
		{"https://shop.example/", "https://shop.example/?pid=1", false},
		{"https://shop.example/", "https://other.example/", false},
		{"http://[::1", "http://[::1", true},
		{"http://[::1", "https://shop.example/", false},
	}
	for _, tt := range tests {
		if got := SameStart(tt.a, tt.b); got != tt.want {
			t.Errorf("SameStart(%q, %q) = %v", tt.a, tt.b, got)
		}
	}
}

func TestResetSide(t *testing.T) {
	p := started(t)
	ctx := t.Context()
	one := visitOf(1)
	one.Product = &catalog.Product{Name: "x", Variants: []catalog.Variant{{Title: "S"}}, Images: []string{"https://shop.example/1.jpg"}}
	one.Found, one.Links = []Discovery{sighting(2)}, []catalog.Key{product(2)}
	save(t, p, one)
	check(t, p.SaveShop(ctx, Shop{Side: catalog.New, StartURL: "https://new.example/"}))
	fresh := Discovery{Key: "shopify product x", Type: catalog.ProductP, URL: "https://new.example/products/x", Source: "feed", NoFetch: true,
		Status: 200, Product: &catalog.Product{Name: "x"}, Categories: []catalog.Key{"shopify category all"}}
	_, err := p.Discover(ctx, catalog.New, []Discovery{fresh})
	check(t, err)
	check(t, p.AddFindings(ctx, catalog.New, []Finding{{Code: "x"}}))
	check(t, p.SaveMatches(ctx, []Match{{Old: product(1), New: fresh.Key, Class: Exact, Confidence: 1}}))
	check(t, p.Decide(ctx, Decision{Old: product(1), Verdict: Accept, By: "owner"}))
	check(t, p.AddWorth(ctx, []Worth{{Key: product(1), Source: "logs", Sessions: 3}}))
	check(t, p.SavePlan(ctx, nil, []PlanRow{{OldURL: one.URL}}))
	check(t, p.SaveProofs(ctx, []Proof{{OldURL: one.URL, Kind: "live"}}))

	check(t, p.ResetSide(ctx, catalog.New))

	equal(t, "new pages", []catalog.Key{}, keys(pages(t, p, Filter{Side: catalog.New})))
	equal(t, "old pages", []catalog.Key{product(1), product(2)}, keys(pages(t, p, Filter{})))
	if _, err := p.Shop(ctx, catalog.New); !errors.Is(err, ErrNoShop) {
		t.Errorf("the new shop is still there: %v", err)
	}
	var got []Match
	check(t, p.Matches(ctx, func(m Match) error { got = append(got, m); return nil }))
	if len(got) != 1 || got[0].Decision != Accept || got[0].New != fresh.Key || !got[0].NewMissing || !got[0].DecidedNewMissing || got[0].Class != "" {
		t.Errorf("pairs: %+v", got)
	}
	// The new shop is read again, and the decision holds.
	_, err = p.Discover(ctx, catalog.New, []Discovery{fresh})
	check(t, err)
	got = nil
	check(t, p.Matches(ctx, func(m Match) error { got = append(got, m); return nil }))
	if got[0].NewMissing || got[0].DecidedNewMissing {
		t.Errorf("pairs after reading the shop again: %+v", got)
	}
	for _, side := range []catalog.Side{catalog.Old, catalog.New} {
		check(t, p.ResetSide(ctx, side))
	}
	for table, want := range map[string]int{"page": 0, "spelling": 0, "product": 0, "variant": 0, "image": 0, "link": 0, "membership": 0,
		"finding": 0, "shop": 0, "match": 0, "decision": 1, "judged": 1, "worth": 1, "plan_row": 1, "proof": 1} {
		var n int
		check(t, p.reader.QueryRow("SELECT count(*) FROM "+table).Scan(&n))
		equal(t, "rows of "+table, want, n)
	}
	prog, err := p.Progress(ctx, catalog.Old)
	check(t, err)
	equal(t, "progress", Progress{}, prog)
}
