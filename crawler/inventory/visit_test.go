package inventory

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"replatform/crawler/catalog"
)

func fullProduct() *catalog.Product {
	return &catalog.Product{
		Name: "無添加せっけん", SKU: "-SOAP 1", MPN: "M1", GTIN: "4901234567894", Brand: "みどり",
		Price: catalog.Price{Amount: "1980", Currency: "JPY", Tax: catalog.TaxIncluded}, ListPrice: catalog.Price{Amount: "2480", Currency: "JPY"},
		Availability: catalog.InStock, Images: []string{"https://shop.example/1.jpg", "https://shop.example/2.jpg"},
		Description: "泡立ちがよい。", Breadcrumb: []catalog.Crumb{{Name: "日用品", URL: "https://shop.example/?c=1"}, {Name: "せっけん"}},
		Variants: []catalog.Variant{
			{ID: "7", Title: "赤 / M", Options: []string{"赤", "M"}, SKU: "R-M", GTIN: "4901234567894", Price: catalog.Price{Amount: "1980", Currency: "JPY"},
				Availability: catalog.OutOfStock, Image: "https://shop.example/r.jpg"},
			{Title: "青"},
		},
		Sources: map[string]string{"name": "json-ld", "price": "microdata"},
	}
}

func TestVisitRoundTrip(t *testing.T) {
	p := started(t)
	discover(t, p, sighting(1))
	v := visitOf(1)
	v.URL += "&view=full"
	v.Description, v.Canonical, v.Robots, v.Charset, v.Lang, v.ContentHash = "説明", productURL(1), "noindex", "euc-jp", "ja", "ab12"
	v.Product = fullProduct()
	v.Found = []Discovery{{Key: "colorme category 1", Type: catalog.Category, URL: "https://shop.example/?c=1", Source: "link", Depth: 3}}
	v.Links = []catalog.Key{"colorme category 1", "colorme category 1", product(1), "colorme page unknown"}
	save(t, p, v)
	want := Page{Side: catalog.Old, Key: product(1), Type: catalog.ProductP, URL: v.URL, State: Done, Status: 200, Title: "品 1",
		Description: "説明", Canonical: productURL(1), Robots: "noindex", Charset: "euc-jp", Lang: "ja", ContentHash: "ab12",
		Depth: 2, Priority: 20, FetchedAt: v.FetchedAt, SeenCrawl: 1, Sources: []string{"link"}, Spellings: []string{productURL(1), v.URL}}
	got, prod, err := p.PageByKey(t.Context(), catalog.Old, product(1))
	check(t, err)
	got.ID = 0
	equal(t, "page", want, got)
	equal(t, "product", fullProduct(), prod)
	list := pages(t, p, Filter{Types: []catalog.PageType{catalog.ProductP}})
	list[0].Page.ID = 0
	equal(t, "streamed", []listed{{want, fullProduct()}}, list)
	var links [][2]catalog.Key
	check(t, p.Links(t.Context(), catalog.Old, func(from, to catalog.Key) error {
		links = append(links, [2]catalog.Key{from, to})
		return nil
	}))
	equal(t, "links", [][2]catalog.Key{{product(1), "colorme category 1"}}, links)
	equal(t, "page that was found", Queued, onlyPage(t, p, "colorme category 1").State)
}

// Whatever comes of a page, what an earlier answer said is not wiped by a bad one.
func TestVisitAgain(t *testing.T) {
	first := visitOf(1)
	first.Product, first.Links, first.Found = fullProduct(), []catalog.Key{product(2)}, []Discovery{sighting(2)}
	failed := Visit{Key: product(1), URL: productURL(1), State: Failed, Error: "timeout", FetchedAt: first.FetchedAt.Add(time.Hour)}
	gone := Visit{Key: product(1), URL: productURL(1), Type: catalog.ProductP, State: Done, Status: 404, Title: "404"}
	article := Visit{Key: product(1), URL: productURL(1), Type: catalog.Article, State: Done, Status: 200, Title: "よみもの"}
	other := Visit{Key: product(1), URL: productURL(1), Type: catalog.Other, State: Done, Status: 200}
	back := Visit{Key: product(1), URL: productURL(1), State: Queued}
	tests := []struct {
		name    string
		v       Visit
		state   PageState
		typ     catalog.PageType
		title   string
		product bool
		links   int
	}{
		{"failed", failed, Failed, catalog.ProductP, "品 1", true, 1},
		{"gone", gone, Done, catalog.ProductP, "品 1", true, 1},
		{"turned into an article", article, Done, catalog.Article, "よみもの", false, 0},
		{"type not told", other, Done, catalog.ProductP, "", true, 0},
		{"put back", back, Queued, catalog.ProductP, "品 1", true, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := started(t)
			discover(t, p, sighting(1))
			save(t, p, first)
			save(t, p, tt.v)
			page, prod, err := p.PageByKey(t.Context(), catalog.Old, product(1))
			check(t, err)
			n := 0
			check(t, p.Links(t.Context(), catalog.Old, func(_, _ catalog.Key) error { n++; return nil }))
			if page.State != tt.state || page.Type != tt.typ || page.Title != tt.title || (prod != nil) != tt.product || n != tt.links || page.Error != tt.v.Error {
				t.Errorf("page %+v, product %v, %d links", page, prod, n)
			}
			counted, err := p.Progress(t.Context(), catalog.Old)
			check(t, err)
			delete(p.writer.sums, catalog.Old)
			fresh, err := p.Progress(t.Context(), catalog.Old)
			check(t, err)
			equal(t, "progress as added up against counted", fresh, counted)
		})
	}
}

func TestVisitIsWhole(t *testing.T) {
	p := started(t)
	discover(t, p, sighting(1), sighting(2))
	bad := visitOf(2)
	bad.State = "half"
	if err := p.SaveVisits(t.Context(), catalog.Old, []Visit{visitOf(1), bad}); err == nil {
		t.Fatal("a visit without a state was stored")
	}
	equal(t, "first visit of a failed batch", Queued, onlyPage(t, p, product(1)).State)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.SaveVisits(ctx, catalog.Old, []Visit{visitOf(1)}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	check(t, p.SaveVisits(context.WithoutCancel(ctx), catalog.Old, []Visit{visitOf(1)}))
	equal(t, "after a cancelled one", Done, onlyPage(t, p, product(1)).State)
	check(t, p.SaveVisits(t.Context(), catalog.Old, nil))
	save(t, p, visitOf(7)) // nobody discovered it
	equal(t, "a page nobody discovered", Done, onlyPage(t, p, product(7)).State)
}

func TestVisitHostile(t *testing.T) {
	p := started(t)
	evil := "\x00\x1b[2J\xff'; DROP TABLE page; --\u202e"
	v := visitOf(1)
	v.Key, v.URL = catalog.Key("url /"+evil), "https://shop.example/"+evil
	v.Title, v.Description, v.Error, v.Robots, v.Charset, v.ContentHash, v.Lang = evil, evil, evil, evil, evil, evil, evil
	v.Canonical, v.RedirectTo = evil, evil
	v.Product = &catalog.Product{Name: evil, SKU: evil, GTIN: evil, Brand: evil, Description: strings.Repeat("長", maxProse), Images: []string{evil, ""},
		Price: catalog.Price{Amount: evil, Currency: evil}, Breadcrumb: []catalog.Crumb{{Name: evil, URL: evil}},
		Variants: []catalog.Variant{{ID: evil, Title: evil, Options: []string{evil}, Image: evil}}, Sources: map[string]string{evil: evil}}
	v.Findings = []Finding{{Code: evil, URL: evil, Message: evil}}
	v.Found = []Discovery{{Key: catalog.Key(evil), URL: evil, Spelling: evil + " ", Source: evil, Title: evil, Categories: []catalog.Key{catalog.Key(evil)}}}
	v.Links, v.Members = []catalog.Key{catalog.Key(evil)}, []catalog.Key{catalog.Key(evil)}
	save(t, p, v)
	for _, l := range pages(t, p, Filter{}) {
		for _, s := range append([]string{string(l.Page.Key), l.Page.URL, l.Page.Title, l.Page.Error}, l.Page.Spellings...) {
			if strings.ContainsAny(s, "\x00\x1b\u202e") {
				t.Errorf("%q came out", s)
			}
		}
	}
	if _, _, err := p.PageByURL(t.Context(), catalog.Old, v.URL); err != nil {
		t.Errorf("the address as it was seen does not find the page: %v", err)
	}
	if _, _, err := p.PageByKey(t.Context(), catalog.Old, v.Key); err != nil {
		t.Errorf("the key as it was made does not find the page: %v", err)
	}
	intact(t, p.Path())
}

// Page and feed together say the same, in whatever order they are read.
func TestProductOfPageAndFeed(t *testing.T) {
	feed := sighting(1)
	feed.Source = "feed"
	feed.Product = &catalog.Product{Name: "feed name", SKU: "F1", Price: catalog.Price{Amount: "10", Currency: "USD", Tax: catalog.TaxExcluded},
		Variants: []catalog.Variant{{Title: "S"}, {Title: "M"}}, Sources: map[string]string{"name": "feed", "sku": "feed", "price": "feed", "variants": "feed"}}
	v := visitOf(1)
	v.Product = &catalog.Product{Name: "page name", Price: catalog.Price{Amount: "10", Currency: "USD"}, GTIN: "4901234567894",
		Sources: map[string]string{"name": "json-ld", "price": "json-ld", "gtin": "json-ld"}}
	want := &catalog.Product{Name: "page name", SKU: "F1", Price: catalog.Price{Amount: "10", Currency: "USD", Tax: catalog.TaxExcluded}, GTIN: "4901234567894",
		Variants: []catalog.Variant{{Title: "S"}, {Title: "M"}},
		Sources:  map[string]string{"name": "json-ld", "price": "json-ld", "gtin": "json-ld", "sku": "feed", "variants": "feed"}}
	for _, feedFirst := range []bool{true, false} {
		p := started(t)
		discover(t, p, sighting(1))
		if feedFirst {
			discover(t, p, feed)
			save(t, p, v)
		} else {
			save(t, p, v)
			discover(t, p, feed)
		}
		_, got, err := p.PageByKey(t.Context(), catalog.Old, product(1))
		check(t, err)
		equal(t, "product", want, got)

		// The next crawl starts from nothing: what was dropped does not come back.
		check(t, p.SaveShop(t.Context(), Shop{Side: catalog.Old, StartURL: "https://shop.example/", State: Ended}))
		check(t, p.StartCrawl(t.Context(), Shop{Side: catalog.Old, StartURL: "https://shop.example/"}))
		save(t, p, v)
		_, got, err = p.PageByKey(t.Context(), catalog.Old, product(1))
		check(t, err)
		equal(t, "product of the next crawl", v.Product, got)
	}
}

func TestMembers(t *testing.T) {
	p := started(t)
	cat, cat2 := catalog.Key("colorme category 1"), catalog.Key("colorme category 1 p2")
	category := func(k catalog.Key, members ...catalog.Key) Visit {
		return Visit{Key: k, Type: catalog.Category, URL: "https://shop.example/" + strings.ReplaceAll(string(k), " ", "/"), State: Done, Status: 200, Members: members}
	}
	second := category(cat2, product(2), product(3))
	second.State, second.AliasOf = Alias, cat
	fed := sighting(4)
	fed.Product, fed.Categories = &catalog.Product{Name: "x"}, []catalog.Key{"colorme category 9", cat}
	discover(t, p, fed)
	save(t, p, category(cat, product(1), product(2)), second)
	members := func() [][2]catalog.Key {
		var out [][2]catalog.Key
		check(t, p.Members(t.Context(), catalog.Old, func(c, q catalog.Key) error {
			out = append(out, [2]catalog.Key{c, q})
			return nil
		}))
		return out
	}
	equal(t, "members", [][2]catalog.Key{{cat, product(1)}, {cat, product(2)}, {cat, product(4)}, {cat, product(3)}, {"colorme category 9", product(4)}}, members())
	save(t, p, category(cat, product(2)))
	equal(t, "members after a second visit", [][2]catalog.Key{{cat, product(2)}, {cat, product(4)}, {cat, product(3)}, {"colorme category 9", product(4)}}, members())
}
