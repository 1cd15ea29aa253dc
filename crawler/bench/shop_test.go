package main

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"replatform/crawler/catalog"
	"replatform/crawler/extract"
)

// TestBothReadTheSame makes sure that the crawlers do the same work: what the colly
// crawl takes from a page is what replatform takes.
func TestBothReadTheSame(t *testing.T) {
	s := newShop(2000)
	for _, i := range []int{0, 1, 77, 1999} {
		var b strings.Builder
		s.product(&b, i, "http://shop.example")
		page := b.String()
		if n := len(page); n < 39<<10 || n > 42<<10 {
			t.Errorf("page %d has %d bytes", i, n)
		}
		if n := strings.Count(page, "<a "); n < 76 || n > 84 {
			t.Errorf("page %d has %d links", i, n)
		}
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
		if err != nil {
			t.Fatal(err)
		}
		want := read(doc.Selection)
		u := &url.URL{Scheme: "http", Host: "shop.example", Path: path(i)}
		res, err := extract.Page(u, []byte(page), extract.Hints{})
		if err != nil {
			t.Fatal(err)
		}
		p := res.Product
		if p == nil || res.Type != catalog.ProductP {
			t.Fatalf("page %d is a %q", i, res.Type)
		}
		got := found{title: res.Title, description: res.Description, canonical: res.Canonical, name: p.Name, sku: p.SKU, gtin: p.GTIN,
			brand: p.Brand, price: p.Price.Amount, currency: p.Price.Currency, availability: string(p.Availability), about: p.Description}
		for _, f := range [...][3]string{
			{"title", want.title, got.title}, {"description", want.description, got.description}, {"canonical", want.canonical, got.canonical},
			{"name", want.name, got.name}, {"sku", want.sku, got.sku}, {"gtin", want.gtin, got.gtin}, {"brand", want.brand, got.brand},
			{"price", want.price, got.price}, {"currency", want.currency, got.currency}, {"about", want.about, got.about},
		} {
			if f[1] == "" || f[1] != f[2] {
				t.Errorf("page %d, %s: goquery reads %q, replatform %q", i, f[0], f[1], f[2])
			}
		}
		if len(p.Images) != len(want.images) {
			t.Errorf("page %d: %d pictures, want %d", i, len(p.Images), len(want.images))
		}
	}
}

// BenchmarkReader reads the pages of the shop one after another, as a crawl does that
// has them already.
func BenchmarkReader(b *testing.B) {
	s := newShop(20000)
	for _, kind := range []string{"product", "list"} {
		b.Run(kind, func(b *testing.B) {
			var pages [][]byte
			var addresses []*url.URL
			for i := range 200 {
				var text strings.Builder
				address := path(i * 91)
				if kind == "product" {
					s.product(&text, i*91, "http://shop.example")
				} else {
					s.list(&text, i%categories, i/categories+1)
					address = fmt.Sprintf("/list/%d", i)
				}
				u := &url.URL{Scheme: "http", Host: "shop.example", Path: address}
				pages, addresses = append(pages, []byte(text.String())), append(addresses, u)
			}
			reader := extract.NewReader()
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, err := reader.Page(addresses[i%len(pages)], pages[i%len(pages)], extract.Hints{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
