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
	keys, urls, told := make([]catalog.Key, total), make([]string, total), make([]bool, total)
	for i := range total {
		urls[i] = "https://shop.example/item/" + strconv.Itoa(i) + ".html"
		keys[i] = catalog.Key("url " + urls[i])
	}
	var found []Discovery
	see := func(n int) {
		if !told[n] {
			told[n] = true
			found = append(found, Discovery{Key: keys[n], Type: catalog.Other, URL: urls[n], Source: "link", Depth: 2, Priority: HeldPriority})
		}
	}
	var batch []Visit
	b.ReportAllocs()
	b.ResetTimer()
	before := cpuTime()
	for i := range total {
		see(i)
		u := urls[i]
		title := fmt.Sprintf("Harbour Jacket No. %d", i)
		v := Visit{Key: keys[i], Type: catalog.ProductP, URL: u, State: Done, Status: 200, Title: title + " | Quayside Goods", Description: title + ", made by hand.",
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
			v.Links = append(v.Links, keys[n])
		}
		for k := 1; k <= shown; k++ {
			n := (i + k*k) % total
			see(n)
			v.Links = append(v.Links, keys[n])
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

func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
