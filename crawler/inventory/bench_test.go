package inventory

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"testing"

	"replatform/crawler/catalog"
)

// shopPage is a visit as a real shop makes it: a menu that every page has, links to
// neighbours, a product with variants and pictures.
func shopPage(id, total int) Visit {
	v := visitOf(id)
	v.Product = fullProduct()
	link := func(k catalog.Key, t catalog.PageType, u string) {
		v.Found = append(v.Found, Discovery{Key: k, Type: t, URL: u, Source: "link", Depth: 2, Priority: 20})
		v.Links = append(v.Links, k)
	}
	for i := range 60 {
		link(catalog.Key(fmt.Sprintf("colorme category %d", i)), catalog.Category, fmt.Sprintf("https://shop.example/?mode=cate&cbid=%d", i))
	}
	for i := 1; i <= 40; i++ {
		n := (id + i*i) % total
		link(product(n), catalog.ProductP, productURL(n))
	}
	return v
}

// BenchmarkSaveVisits stores pages in batches of 64, as a crawl does. One operation
// is one page with 100 links and a product.
func BenchmarkSaveVisits(b *testing.B) {
	p := started(b)
	var batch []Visit
	b.ReportAllocs()
	for i := range b.N {
		batch = append(batch, shopPage(i, 100000))
		if len(batch) == 64 || i == b.N-1 {
			if err := p.SaveVisits(b.Context(), catalog.Old, batch); err != nil {
				b.Fatal(err)
			}
			batch = batch[:0]
		}
	}
}

// benchPages is how many pages the reading benchmarks have; more by
// REPLATFORM_BENCH_PAGES.
func benchPages() int {
	if n, err := strconv.Atoi(os.Getenv("REPLATFORM_BENCH_PAGES")); err == nil {
		return n
	}
	return 2000
}

func benchShop(b *testing.B) (*Project, int) {
	n := benchPages()
	p := started(b)
	for i := 0; i < n; i += 64 {
		var batch []Visit
		for j := i; j < min(i+64, n); j++ {
			batch = append(batch, shopPage(j, n))
		}
		if err := p.SaveVisits(b.Context(), catalog.Old, batch); err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	b.ReportAllocs()
	return p, n
}

func perPage(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/page")
}

func BenchmarkPages(b *testing.B) {
	p, n := benchShop(b)
	for range b.N {
		if err := p.Pages(b.Context(), Filter{Side: catalog.Old}, func(Page, *catalog.Product) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
	perPage(b, n)
}

func BenchmarkCounts(b *testing.B) {
	p, n := benchShop(b)
	for range b.N {
		if _, err := p.Counts(b.Context(), catalog.Old); err != nil {
			b.Fatal(err)
		}
	}
	perPage(b, n)
}

func BenchmarkWriteCSV(b *testing.B) {
	p, n := benchShop(b)
	for range b.N {
		if err := p.WriteCSV(b.Context(), io.Discard, Filter{Side: catalog.Old}, CSVOptions{}); err != nil {
			b.Fatal(err)
		}
	}
	perPage(b, n)
}

func BenchmarkProgress(b *testing.B) {
	p, _ := benchShop(b)
	for range b.N {
		if _, err := p.Progress(b.Context(), catalog.Old); err != nil {
			b.Fatal(err)
		}
	}
}
