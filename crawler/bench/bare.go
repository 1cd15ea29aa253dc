package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/PuerkitoBio/goquery"
)

// bareCrawl crawls with as little as possible around net/http, and stores nothing. It
// says what the network, and reading a page, cost at the least:
//
//	fetch     asks the pages of all products by number and reads nothing
//	scan      follows the links that a scanner of bytes finds, and reads the product
//	goquery   the same through a whole document
func bareCrawl(kind string, args []string) error {
	fs := flag.NewFlagSet(kind, flag.ContinueOnError)
	concurrency := fs.Int("concurrency", 8, "requests under way at once")
	products := fs.Int("pages", 0, "products of the shop, for fetch")
	if err := fs.Parse(args); err != nil {
		return err
	}
	start, err := url.Parse(fs.Arg(0))
	if err != nil {
		return err
	}
	c := &bare{
		start:  start,
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: *concurrency, MaxConnsPerHost: *concurrency, DisableCompression: true}},
		seen:   map[string]bool{start.String() + "/": true},
		queue:  []string{start.String() + "/"},
	}
	c.more = sync.NewCond(&c.mu)
	switch kind {
	case "fetch":
		c.read = func([]byte) (found, error) { return found{}, nil }
		for i := range *products {
			c.queue = append(c.queue, start.String()+path(i))
		}
	case "scan":
		c.read = func(page []byte) (found, error) { return scan(page), nil }
	case "goquery":
		c.read = func(page []byte) (found, error) {
			doc, err := goquery.NewDocumentFromReader(bytes.NewReader(page))
			if err != nil {
				return found{}, err
			}
			return read(doc.Selection), nil
		}
	}
	errs := make(chan error, *concurrency)
	for range *concurrency {
		go func() { errs <- c.work() }()
	}
	for range *concurrency {
		err = errors.Join(err, <-errs)
	}
	fmt.Printf("%d pages, %d products\n", c.pages.Load(), c.products.Load())
	return err
}

// bare is the state of bareCrawl.
type bare struct {
	start           *url.URL
	client          *http.Client
	read            func([]byte) (found, error)
	pages, products atomic.Int64

	mu    sync.Mutex
	more  *sync.Cond
	seen  map[string]bool
	queue []string
	busy  int
}

// next takes an address off the queue; ok is false when nothing can follow.
func (c *bare) next() (u string, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.queue) == 0 && c.busy > 0 {
		c.more.Wait()
	}
	if len(c.queue) == 0 {
		return "", false
	}
	u, c.queue = c.queue[0], c.queue[1:]
	c.busy++
	return u, true
}

// done ends the work on the page at base.
func (c *bare) done(base *url.URL, links []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy--
	for _, l := range links {
		if !c.seen[l] { // most links repeat, and need not be resolved then
			c.seen[strings.Clone(l)] = true
			if u, err := base.Parse(l); err == nil && u.Host == c.start.Host && (u.String() == l || !c.seen[u.String()]) {
				c.seen[u.String()] = true
				c.queue = append(c.queue, u.String())
			}
		}
	}
	c.more.Broadcast()
}

func (c *bare) work() error {
	var buf bytes.Buffer
	for {
		address, ok := c.next()
		if !ok {
			return nil
		}
		base, err := url.Parse(address)
		if err != nil {
			return err
		}
		resp, err := c.client.Get(address)
		if err != nil {
			return err
		}
		buf.Reset()
		_, err = io.Copy(&buf, resp.Body)
		resp.Body.Close()
		if err != nil {
			return err
		}
		var f found
		if resp.StatusCode == http.StatusOK {
			c.pages.Add(1)
			if f, err = c.read(buf.Bytes()); err != nil {
				return err
			}
		}
		if f.name != "" {
			c.products.Add(1)
		}
		c.done(base, f.links)
		runtime.KeepAlive(f)
	}
}

// scan finds links, declarations and the product of JSON-LD by looking at each tag
// once. It reads well-formed pages such as those of this shop, no others.
func scan(page []byte) (f found) {
	for {
		i := bytes.IndexByte(page, '<')
		if i < 0 {
			return f
		}
		page = page[i+1:]
		end := bytes.IndexByte(page, '>')
		if end < 0 {
			return f
		}
		tag := page[:end]
		page = page[end+1:]
		name := tag
		if i := bytes.IndexByte(tag, ' '); i >= 0 {
			name = tag[:i]
		}
		switch string(name) {
		case "a":
			if href, ok := attr(tag, ` href="`); ok {
				f.links = append(f.links, href)
			}
		case "link":
			if rel, _ := attr(tag, ` rel="`); rel == "canonical" {
				f.canonical, _ = attr(tag, ` href="`)
			}
		case "meta":
			if n, _ := attr(tag, ` name="`); n == "description" {
				f.description, _ = attr(tag, ` content="`)
			}
		case "title":
			f.title = html.UnescapeString(string(page[:max(0, bytes.IndexByte(page, '<'))]))
		case "script", "style":
			stop := bytes.Index(page, []byte("</"+string(name)))
			if stop < 0 {
				return f
			}
			if bytes.Contains(tag, []byte("ld+json")) {
				f.product(page[:stop])
			}
			page = page[stop:]
		}
	}
}

// attr is the value of an attribute, begin being its name up to the quote.
func attr(tag []byte, begin string) (string, bool) {
	_, rest, ok := bytes.Cut(tag, []byte(begin))
	if !ok {
		return "", false
	}
	value, _, ok := bytes.Cut(rest, []byte{'"'})
	if !ok {
		return "", false
	}
	return html.UnescapeString(string(value)), true
}

// product takes the product that a block of JSON-LD describes, if any.
func (f *found) product(text []byte) {
	var v struct {
		Graph []struct {
			Type        string `json:"@type"`
			Name        string
			SKU         string
			GTIN13      string
			Description string
			Image       []string
			Brand       struct{ Name string }
			Offers      struct{ Price, PriceCurrency, Availability string }
		} `json:"@graph"`
	}
	if json.Unmarshal(text, &v) != nil {
		return
	}
	for _, p := range v.Graph {
		if p.Type == "Product" {
			f.name, f.sku, f.gtin, f.brand, f.about, f.images = p.Name, p.SKU, p.GTIN13, p.Brand.Name, p.Description, p.Image
			f.price, f.currency = p.Offers.Price, p.Offers.PriceCurrency
			f.availability = strings.TrimPrefix(p.Offers.Availability, "https://schema.org/")
		}
	}
}
