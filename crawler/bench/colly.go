package main

import (
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"sync"

	"github.com/PuerkitoBio/goquery"
	"github.com/gocolly/colly/v2"
)

// found is what the colly crawl keeps of a page: the fields that replatform's
// inventory holds too.
type found struct {
	url, title, description, canonical string
	links                              []string
	name, sku, gtin, brand             string
	price, currency, availability      string
	images                             []string
	about                              string
}

// collyCrawl is the crawl as a user of colly writes it: links and fields through
// goquery, results kept in memory.
func collyCrawl(args []string) error {
	fs := flag.NewFlagSet("colly", flag.ContinueOnError)
	concurrency := fs.Int("concurrency", 8, "requests under way at once")
	if err := fs.Parse(args); err != nil {
		return err
	}
	start, err := url.Parse(fs.Arg(0))
	if err != nil {
		return err
	}
	c := colly.NewCollector(colly.AllowedDomains(start.Hostname(), start.Host), colly.Async(true), colly.MaxBodySize(16<<20))
	c.WithTransport(&http.Transport{MaxIdleConnsPerHost: *concurrency, MaxConnsPerHost: *concurrency})
	if err := c.Limit(&colly.LimitRule{DomainGlob: "*", Parallelism: *concurrency}); err != nil {
		return err
	}
	var mu sync.Mutex
	pages := make(map[string]found)
	c.OnHTML("html", func(e *colly.HTMLElement) {
		f := read(e.DOM)
		f.url = e.Request.URL.String()
		for _, l := range f.links {
			_ = e.Request.Visit(l) // an error says that it was visited or must not be
		}
		mu.Lock()
		pages[f.url] = f
		mu.Unlock()
	})
	if err := c.Visit(start.String()); err != nil {
		return err
	}
	c.Wait()
	products := 0
	for _, f := range pages {
		if f.name != "" {
			products++
		}
	}
	fmt.Printf("%d pages, %d products\n", len(pages), products)
	return nil
}

// read takes links, declarations and the product of JSON-LD.
func read(doc *goquery.Selection) found {
	f := found{title: doc.Find("title").First().Text()}
	f.description, _ = doc.Find(`meta[name="description"]`).Attr("content")
	f.canonical, _ = doc.Find(`link[rel="canonical"]`).Attr("href")
	doc.Find("a[href]").Each(func(_ int, a *goquery.Selection) {
		href, _ := a.Attr("href")
		f.links = append(f.links, href)
	})
	doc.Find(`script[type="application/ld+json"]`).Each(func(_ int, s *goquery.Selection) {
		f.product([]byte(s.Text()))
	})
	return f
}
