//go:build unix

package inventory

import (
	"fmt"
	"strconv"
	"syscall"
	"testing"
	"time"

	"replatform/crawler/catalog"
)

// BenchmarkCrawled stores a shop as a crawl of it does: links are told once, each page is
// found before it is asked, names itself as its canonical address and has 64 links. One
// operation is one page. What counts is cpu-µs/page: other programs do not show in it.
func BenchmarkCrawled(b *testing.B) {
	const menu, shown, size = 48, 15, 256
	p := started(b)
	total := b.N
	told := make([]bool, total)
	var found []Discovery
	see := func(n int) {
		if !told[n] {
			told[n] = true
			found = append(found, Discovery{Key: itemKey(n), Type: catalog.Other, URL: itemURL(n), Source: "link", Depth: 2, Priority: HeldPriority})
		}
	}
	var batch []Visit
	b.ReportAllocs()
	before := cpuTime()
	for i := range total {
		see(i)
		u := itemURL(i)
		title := fmt.Sprintf("Harbour Jacket No. %d", i)
		v := Visit{Key: itemKey(i), Type: catalog.ProductP, URL: u, State: Done, Status: 200, Title: title + " | Quayside Goods", Description: title + ", made by hand.",
			Canonical: u, Charset: "utf-8", Lang: "en", ContentHash: fmt.Sprintf("%016x", i), FetchedAt: time.Now(),
			Product: &catalog.Product{Name: title, SKU: fmt.Sprintf("QG-%d", i), GTIN: fmt.Sprintf("%013d", i), Brand: "Northlight",
				Price: catalog.Price{Amount: "19.80", Currency: "EUR"}, Availability: catalog.InStock, Description: title + " for every day. Made to last for years.",
				Images: []string{u + "/1.jpg", u + "/2.jpg"}, Breadcrumb: []catalog.Crumb{{Name: "Home", URL: u}, {Name: "Jacket", URL: u}, {Name: title}},
				Sources: map[string]string{"name": "json-ld", "sku": "json-ld", "gtin": "json-ld", "brand": "json-ld", "price": "json-ld", "currency": "json-ld",
					"availability": "json-ld", "description": "json-ld", "image": "json-ld", "breadcrumb": "json-ld"}}}
		found = append(found, Discovery{Key: v.Key, Type: v.Type, URL: u, Spelling: u, Source: "canonical", Depth: 2, Priority: HeldPriority})
		for k := range menu {
			n := k % total
			see(n)
			v.Links = append(v.Links, itemKey(n))
		}
		for k := 1; k <= shown; k++ {
			n := (i + k*k) % total
			see(n)
			v.Links = append(v.Links, itemKey(n))
		}
		v.Found, found = found, nil
		if batch = append(batch, v); len(batch) == size || i == total-1 {
			if err := p.SaveVisits(b.Context(), catalog.Old, batch); err != nil {
				b.Fatal(err)
			}
			batch = batch[:0]
		}
	}
	b.ReportMetric(float64((cpuTime()-before).Nanoseconds())/1e3/float64(total), "cpu-µs/page")
}

func itemURL(n int) string { return "https://shop.example/item/" + strconv.Itoa(n) + ".html" }

func itemKey(n int) catalog.Key { return catalog.Key("url " + itemURL(n)) }

func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
