package inventory

import (
	"errors"
	"fmt"
	"testing"

	"replatform/crawler/catalog"
)

// a small shop: home → category → two products, one of them twice; a hidden product
// in the sitemap; probes.
func smallShop(t testing.TB) *Project {
	p := started(t)
	home := Discovery{Key: "colorme home /", Type: catalog.Home, URL: "https://shop.example/", Source: "start"}
	cat := Discovery{Key: "colorme category 1", Type: catalog.Category, URL: "https://shop.example/?c=1", Source: "link", Depth: 1}
	hidden := sighting(3)
	hidden.Source = "sitemap"
	twin := Discovery{Key: "url /twin", Type: catalog.Other, URL: "https://shop.example/twin", Source: "sitemap"}
	probe := Discovery{Key: "colorme feed sitemap /sitemap2.xml", Type: catalog.Feed, URL: "https://shop.example/sitemap2.xml", Source: "probe"}
	cart := Discovery{Key: "colorme cart 1", Type: catalog.Cart, URL: "https://shop.example/cart", Source: "link", Rule: "cart"}
	discover(t, p, home, cat, sighting(1), sighting(2), hidden, twin, probe, cart)
	one := visitOf(1)
	one.Product = fullProduct()
	one.Product.Breadcrumb = nil
	two := visitOf(2)
	two.Product = &catalog.Product{Name: "=HYPERLINK(\"https://evil.example\")", Price: catalog.Price{Amount: "24.90", Currency: "USD"}}
	category := Visit{Key: cat.Key, Type: catalog.Category, URL: cat.URL, State: Done, Status: 200, Title: "日用品\n一覧",
		Links: []catalog.Key{product(1), product(2)}, Members: []catalog.Key{product(1), product(2)}}
	save(t, p,
		Visit{Key: home.Key, Type: catalog.Home, URL: home.URL, State: Done, Status: 200, Title: "お店", Links: []catalog.Key{cat.Key, cart.Key, "url /twin"}},
		category, one, two,
		Visit{Key: twin.Key, URL: twin.URL, State: Alias, Status: 301, AliasOf: product(1)},
		Visit{Key: probe.Key, URL: probe.URL, State: Skipped, Rule: RuleProbeAbsent, Status: 404},
	)
	return p
}

func TestPagesFilter(t *testing.T) {
	p := smallShop(t)
	const home, cat, cart, twin, probe = "colorme home /", "colorme category 1", "colorme cart 1", "url /twin", "colorme feed sitemap /sitemap2.xml"
	type ks = []catalog.Key
	tests := []struct {
		name string
		f    Filter
		want ks
	}{
		{"all", Filter{}, ks{cart, cat, home, product(1), product(2), product(3)}},
		{"types", Filter{Types: []catalog.PageType{catalog.Home, catalog.Category}}, ks{cat, home}},
		{"states", Filter{States: []PageState{Queued, Skipped}}, ks{cart, product(3)}},
		{"keys", Filter{Keys: ks{product(2), "no such", twin}}, ks{product(1), product(2)}},
		{"keys and aliases", Filter{Keys: ks{product(2), twin}, WithAliases: true}, ks{product(2), twin}},
		{"urls", Filter{URLs: []string{"https://shop.example/twin", "https://shop.example/cart", "x"}}, ks{cart, product(1)}},
		{"urls and types", Filter{URLs: []string{"https://shop.example/twin", "https://shop.example/cart"}, Types: []catalog.PageType{catalog.Cart}}, ks{cart}},
		{"sources", Filter{Sources: []string{"sitemap"}}, ks{product(1), product(3)}},
		{"aliases", Filter{WithAliases: true, States: []PageState{Alias}}, ks{twin}},
		{"internal", Filter{Internal: true, Types: []catalog.PageType{catalog.Feed}}, ks{probe}},
		{"nothing", Filter{URLs: []string{"x"}}, ks{}},
		{"the other shop", Filter{Side: catalog.New}, ks{}},
	}
	for _, tt := range tests {
		equal(t, tt.name, tt.want, keys(pages(t, p, tt.f)))
	}
	one := pages(t, p, Filter{Keys: ks{product(1)}})[0].Page
	equal(t, "spellings with those of the alias", []string{productURL(1), "https://shop.example/twin"}, one.Spellings)
	equal(t, "sources with those of the alias", []string{"link", "sitemap"}, one.Sources)
	alias := pages(t, p, Filter{WithAliases: true, Keys: ks{twin}})[0].Page
	equal(t, "the alias itself", []string{"https://shop.example/twin"}, alias.Spellings)
	equal(t, "its page", product(1), alias.AliasOf)
}

func TestPagesCallback(t *testing.T) {
	p := started(t)
	const n = 2*pageChunk + 10
	var found []Discovery
	for i := range n {
		found = append(found, sighting(i))
	}
	discover(t, p, found...)
	stop := errors.New("enough")
	seen := 0
	err := p.Pages(t.Context(), Filter{Side: catalog.Old}, func(page Page, _ *catalog.Product) error {
		// Writing and reading while the stream goes on changes nothing in it.
		if seen++; seen%100 == 1 {
			if _, err := p.Discover(t.Context(), catalog.Old, []Discovery{{Key: catalog.Key(fmt.Sprintf("zzz page %d", seen)), URL: "https://shop.example/z", Source: "link"}}); err != nil {
				return err
			}
			if _, _, err := p.PageByKey(t.Context(), catalog.Old, page.Key); err != nil {
				return err
			}
		}
		return nil
	})
	check(t, err)
	equal(t, "pages handed out", n, seen)
	seen = 0
	err = p.Pages(t.Context(), Filter{Side: catalog.Old}, func(Page, *catalog.Product) error {
		if seen++; seen == 3 {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) || seen != 3 {
		t.Errorf("after %d pages: %v", seen, err)
	}
	if err := p.Pages(t.Context(), Filter{Side: catalog.Old, Types: []catalog.PageType{catalog.Cart}}, func(Page, *catalog.Product) error { return stop }); err != nil {
		t.Error(err)
	}
}

func TestCounts(t *testing.T) {
	got, err := smallShop(t).Counts(t.Context(), catalog.Old)
	check(t, err)
	equal(t, "counts", Counts{
		Pages: 6, Spellings: 7, Products: 2, Orphans: 1, Due: 1,
		ByType:   map[catalog.PageType]int{catalog.Home: 1, catalog.Category: 1, catalog.ProductP: 3, catalog.Cart: 1},
		ByState:  map[PageState]int{Done: 4, Queued: 1, Skipped: 1, Alias: 1},
		BySource: map[string]int{"start": 1, "link": 4, "sitemap": 2},
		ByStatus: map[int]int{0: 2, 200: 4},
	}, got)
	got, err = newProject(t).Counts(t.Context(), catalog.New)
	check(t, err)
	equal(t, "counts of nothing", 0, got.Pages)
}

func TestLinksAndSpellings(t *testing.T) {
	p := smallShop(t)
	const home, cat, cart = "colorme home /", "colorme category 1", "colorme cart 1"
	var links [][2]catalog.Key
	check(t, p.Links(t.Context(), catalog.Old, func(from, to catalog.Key) error {
		links = append(links, [2]catalog.Key{from, to})
		return nil
	}))
	equal(t, "links", [][2]catalog.Key{{cat, product(1)}, {cat, product(2)}, {home, cart}, {home, cat}, {home, product(1)}}, links)
	byURL := map[string]catalog.Key{}
	check(t, p.Spellings(t.Context(), catalog.Old, func(u string, k catalog.Key) error { byURL[u] = k; return nil }))
	equal(t, "page of the twin", product(1), byURL["https://shop.example/twin"])
	equal(t, "addresses", 8, len(byURL))
}

func TestProgressWithTwoWriters(t *testing.T) {
	p := started(t)
	q := openProject(t, p.Path())
	progress := func(p *Project) Progress {
		t.Helper()
		got, err := p.Progress(t.Context(), catalog.Old)
		check(t, err)
		return got
	}
	discover(t, p, sighting(1), sighting(2), sighting(3))
	equal(t, "first", Progress{Queued: 3}, progress(p))
	one := visitOf(1)
	one.Product = fullProduct()
	save(t, q, one)
	equal(t, "after another program wrote", Progress{Queued: 2, Done: 1, Products: 1}, progress(p))
	failed := visitOf(2)
	failed.State = Failed
	save(t, p, failed, Visit{Key: product(3), URL: productURL(3), State: Alias, Status: 301, AliasOf: product(1)})
	equal(t, "after both wrote", Progress{Done: 1, Failed: 1, Aliases: 1, Products: 1}, progress(p))
	equal(t, "seen by the other", progress(p), progress(q))
	one.Product, one.Type = nil, catalog.Page
	save(t, p, one)
	equal(t, "a product less", Progress{Done: 1, Failed: 1, Aliases: 1}, progress(p))
}

func TestFindings(t *testing.T) {
	p := started(t)
	check(t, p.AddFindings(t.Context(), catalog.Old, []Finding{
		{Code: "trap-session", URL: "https://shop.example/b", Message: "zz", Count: 2},
		{Code: "trap-session", URL: "https://shop.example/b", Message: "aa"},
		{Code: "trap-session", URL: "https://shop.example/b", Count: 4},
		{Code: "trap-session", URL: "https://shop.example/a", Message: "x"},
		{Code: "soft-404"},
	}))
	got, err := p.Findings(t.Context(), catalog.Old)
	check(t, err)
	equal(t, "findings", []Finding{
		{Side: catalog.Old, Code: "soft-404", Count: 1},
		{Side: catalog.Old, Code: "trap-session", URL: "https://shop.example/a", Message: "x", Count: 1},
		{Side: catalog.Old, Code: "trap-session", URL: "https://shop.example/b", Message: "aa", Count: 7},
	}, got)
}
