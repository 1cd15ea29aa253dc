package crawler

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"replatform/crawler/catalog"
	"replatform/crawler/extract"
	"replatform/crawler/feeds"
	"replatform/crawler/fetch"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
)

// Kinds of feeds that are no enumerator of a platform.
const kindSitemap = "sitemap"

// maxIndexDepth bounds sitemap indexes that name indexes. The protocol allows none
// (https://www.sitemaps.org/protocol.html); shops do it all the same.
const maxIndexDepth = 4

// maxListingPages bounds a listing that never ends.
const maxListingPages = 20000

// seed puts into the queue where the search begins: the start page, the sitemaps
// that robots.txt names or that stand at the usual place, and the complete listings
// of the platform. On a resumed crawl nothing is new.
func (c *crawl) seed(ctx context.Context) error {
	var found []inventory.Discovery
	home := c.identify(c.home)
	d := c.discovery(c.home, home, "start", 0)
	d.Priority = 1
	d.Rule = ""
	found = append(found, d)
	if start, err := url.Parse(c.cfg.StartURL); err == nil && start.String() != c.home.String() {
		if id := c.identify(start); id.Key != home.Key && id.Rule == "" {
			found = append(found, c.discovery(start, id, "start", 0))
		}
	}
	announced := false
	for _, s := range c.Start.robots.Sitemaps() {
		u, err := url.Parse(s)
		if err != nil || !c.keys.SameShop(u) {
			continue
		}
		announced = true
		found = append(found, c.feed(kindSitemap, u, "robots", 0))
	}
	sitemapOfPlatform := false
	for _, e := range c.Platform.Enumerators {
		u, err := c.home.Parse(strings.ReplaceAll(e.Path, "{n}", "1"))
		if err != nil {
			return fmt.Errorf("platform %s: enumerator %q: %w", c.Platform.ID, e.Path, err)
		}
		if e.Kind == kindSitemap {
			if announced {
				continue
			}
			sitemapOfPlatform = true
		}
		found = append(found, c.feed(e.Kind, u, "probe", 0))
	}
	if !announced && !sitemapOfPlatform {
		u, err := c.home.Parse("/sitemap.xml")
		if err != nil {
			return fmt.Errorf("sitemap of %s: %w", c.home, err)
		}
		found = append(found, c.feed(kindSitemap, u, "probe", 0))
	}
	_, err := c.project.Discover(ctx, c.side, found)
	if err != nil {
		return fmt.Errorf("storing where the crawl begins: %w", err)
	}
	return nil
}

// feed is the discovery of a feed. Its key carries the kind, so that a resumed crawl
// knows how to read it: "woocommerce feed woo-products /wp-json/…".
func (c *crawl) feed(kind string, u *url.URL, source string, depth int) inventory.Discovery {
	return inventory.Discovery{
		Key: catalog.MakeKey(c.Platform.ID, catalog.Feed, kind+" "+pathQuery(u)), Type: catalog.Feed,
		URL: u.String(), Source: source, Depth: depth,
	}
}

// feedKind takes the kind out of a feed's key.
func feedKind(k catalog.Key) (string, bool) {
	_, t, id := k.Parts()
	if t != catalog.Feed {
		return "", false
	}
	kind, rest, ok := strings.Cut(id, " ")
	if !ok || !strings.HasPrefix(rest, "/") {
		return "", false
	}
	return kind, true
}

// identify names the page behind u; addresses of feeds that are read as such keep
// the key of the feed, however they were found.
func (c *crawl) identify(u *url.URL) platform.Identity {
	if isSitemapPath(u.Path) {
		d := c.feed(kindSitemap, u, "", 0)
		return platform.Identity{Key: d.Key, Type: d.Type, URL: d.URL, Known: true}
	}
	for _, e := range c.enumerators {
		if e.re.MatchString(pathQuery(u)) {
			d := c.feed(e.Kind, u, "", 0)
			return platform.Identity{Key: d.Key, Type: d.Type, URL: d.URL, Known: true}
		}
	}
	return c.keys.Identify(u)
}

// enumerator is a listing of the platform with the pattern of its addresses; the
// first group is the page number, where it has one.
type enumerator struct {
	platform.Enumerator
	re *regexp.Regexp
}

func compileEnumerators(list []platform.Enumerator) []enumerator {
	out := make([]enumerator, 0, len(list))
	for _, e := range list {
		pattern := strings.ReplaceAll(regexp.QuoteMeta(e.Path), regexp.QuoteMeta("{n}"), `(\d{1,9})`)
		out = append(out, enumerator{Enumerator: e, re: regexp.MustCompile("^" + pattern + "$")})
	}
	return out
}

// nextPage is the address of the page after u in a paged listing.
func (c *crawl) nextPage(kind string, u *url.URL) (*url.URL, bool) {
	for _, e := range c.enumerators {
		m := e.re.FindStringSubmatch(pathQuery(u))
		if e.Kind != kind || len(m) < 2 {
			continue
		}
		n, err := strconv.Atoi(m[1])
		if err != nil || n >= maxListingPages {
			return nil, false
		}
		next, err := c.home.Parse(strings.ReplaceAll(e.Path, "{n}", strconv.Itoa(n+1)))
		return next, err == nil
	}
	return nil, false
}

// guessed says that nothing names the feed of page but our knowledge of where shops
// keep it.
func (c *crawl) guessed(ctx context.Context, page inventory.Page) bool {
	known, _, err := c.project.PageByKey(ctx, c.side, page.Key)
	return err == nil && !contains(known.Sources, "robots") && !contains(known.Sources, "link") && !contains(known.Sources, "sitemap")
}

// readFeed turns a sitemap, a product feed or a listing into discoveries.
func (c *crawl) readFeed(ctx context.Context, v *inventory.Visit, page inventory.Page, kind string, u *url.URL, resp *fetch.Response) {
	absent := func(why string) {
		if c.guessed(ctx, page) {
			v.State, v.Rule = inventory.Skipped, inventory.RuleProbeAbsent
			return
		}
		v.Findings = append(v.Findings, inventory.Finding{Side: c.side, Code: "feed-broken", URL: v.URL, Message: why, Count: 1})
	}
	if resp.Status != http.StatusOK {
		absent(fmt.Sprintf("answers %d", resp.Status))
		return
	}
	var err error
	switch kind {
	case kindSitemap:
		err = c.readSitemap(v, page, resp)
	case platform.KindListing:
		c.readListing(v, page, u, resp)
	default:
		err = c.readItems(v, kind, u, resp)
	}
	if err != nil {
		absent(err.Error())
	}
}

func (c *crawl) readSitemap(v *inventory.Visit, page inventory.Page, resp *fetch.Response) error {
	var locs []string
	kind, warnings, err := feeds.ParseSitemap(bytes.NewReader(resp.Body), feeds.Limits{}, func(e feeds.Entry) error {
		locs = append(locs, e.Loc)
		return nil
	})
	if errors.Is(err, feeds.ErrNotSitemap) {
		return err
	}
	if err != nil { // what was read before the fault still counts
		v.Findings = append(v.Findings, inventory.Finding{Side: c.side, Code: "sitemap-broken", URL: v.URL, Message: err.Error(), Count: 1})
	}
	for _, w := range warnings {
		v.Findings = append(v.Findings, inventory.Finding{Side: c.side, Code: "sitemap-warning", URL: v.URL, Message: w, Count: 1})
	}
	foreign := 0
	for _, loc := range locs {
		u, err := url.Parse(loc)
		if err != nil || !c.keys.SameShop(u) {
			foreign++
			continue
		}
		u.Fragment = ""
		if kind == feeds.KindIndex {
			if page.Depth < maxIndexDepth {
				d := c.feed(kindSitemap, u, "sitemap", page.Depth+1)
				if page.Depth > 0 { // an index in an index, against the protocol: bounded
					d.Priority = inventory.HeldPriority
				}
				v.Found = append(v.Found, d)
			}
			continue
		}
		id := c.identify(u)
		if id.Rule != "" && !id.Known {
			continue
		}
		if c.told[id.Type] {
			continue // the product feed says more
		}
		v.Found = append(v.Found, c.discovery(u, id, "sitemap", 0))
	}
	if foreign > 0 {
		v.Findings = append(v.Findings, inventory.Finding{Side: c.side, Code: "sitemap-foreign", URL: v.URL,
			Message: "addresses of another shop in the sitemap", Count: foreign})
	}
	return nil
}

// errNoFeed: the kind of feed is not one that can be read.
var errNoFeed = errors.New("no reader for this kind of feed")

// parseItems reads one page of a feed by its kind.
func parseItems(kind string, body []byte, base *url.URL) ([]feeds.Item, error) {
	switch kind {
	case platform.KindShopifyProducts:
		return feeds.ShopifyProducts(body, base)
	case platform.KindShopifyCollections:
		return feeds.ShopifyCollections(body, base)
	case platform.KindWooProducts:
		return feeds.WooStoreProducts(body, base)
	}
	return nil, fmt.Errorf("%w: %q", errNoFeed, kind)
}

// readItems reads a product or category feed.
func (c *crawl) readItems(v *inventory.Visit, kind string, u *url.URL, resp *fetch.Response) error {
	items, err := parseItems(kind, resp.Body, u)
	if err != nil {
		return err
	}
	for _, it := range items {
		iu, err := url.Parse(it.URL)
		if err != nil || !c.keys.SameShop(iu) {
			continue
		}
		id := c.identify(iu)
		if id.Rule != "" {
			continue
		}
		d := c.discovery(iu, id, "feed", 0)
		d.Type, d.Title, d.Product = it.Type, it.Title, it.Product
		if c.told[it.Type] {
			d.NoFetch, d.Status = true, http.StatusOK
		}
		v.Found = append(v.Found, d)
	}
	if len(items) > 0 {
		if next, ok := c.nextPage(kind, u); ok {
			v.Found = append(v.Found, c.feed(kind, next, "feed", 0))
		}
	}
	return nil
}

// readListing reads one page of the platform's own complete listing. It goes on to
// the next page as long as the page names a product that no earlier page of this
// run named, or links to the next page itself.
func (c *crawl) readListing(v *inventory.Visit, page inventory.Page, u *url.URL, resp *fetch.Response) {
	v.State, v.Rule = inventory.Skipped, inventory.RuleListing
	text, charset := fetch.Decode(resp.Body, resp.Header.Get("Content-Type"))
	hints := c.hints
	hints.Charset = charset
	links := extract.ScanLinks(u, text, hints).Links
	next, paged := c.nextPage(platform.KindListing, u)
	more := false
	seen := map[catalog.Key]bool{}
	for _, l := range links {
		lu, err := url.Parse(l.URL)
		if err != nil || !c.keys.SameShop(lu) {
			continue
		}
		id := c.identify(lu)
		if paged && id.URL == next.String() {
			more = true
		}
		if id.Type != catalog.ProductP || id.Rule != "" || seen[id.Key] {
			continue
		}
		seen[id.Key] = true
		v.Found = append(v.Found, c.discovery(lu, id, "listing", 1))
	}
	if paged && (c.listed.addAll(seen) || more) && len(seen) > 0 {
		v.Found = append(v.Found, c.feed(platform.KindListing, next, "listing", page.Depth))
	}
}
