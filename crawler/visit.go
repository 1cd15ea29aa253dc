package crawler

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"replatform/crawler/catalog"
	"replatform/crawler/extract"
	"replatform/crawler/fetch"
	"replatform/crawler/frontier"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
)

// What robots.txt keeps from being asked: the rule of such pages and the code of the
// finding.
const (
	ruleRobots = "robots"
	codeRobots = "robots-hidden"
	codeSelf   = "redirect-self" // spellings of one page that redirect to each other
)

// maxSpellingHops is how often an address may redirect to another spelling of the
// same page (http to https, slash added) within one visit.
const maxSpellingHops = 5

// visit asks one page and turns the answer into what the project stores. It is
// called from many goroutines and writes nothing.
func (c *crawl) visit(ctx context.Context, f *fetcher, page inventory.Page) result {
	r := result{page: page, visit: inventory.Visit{Key: page.Key, Type: page.Type, URL: page.URL, State: inventory.Done}}
	v := &r.visit
	code, err := c.askPage(ctx, f, &r)
	switch {
	case err == nil:
	case ctx.Err() != nil:
		r.err = ctx.Err()
	case errors.Is(err, fetch.ErrHostDown):
		r.err = err
	default:
		r.unreachable = errors.Is(err, errBusy) || errors.Is(err, fetch.ErrUnreachable) && !errors.Is(err, fetch.ErrBadEncoding)
		r.failedAt = time.Now()
		v.State, v.Error = inventory.Failed, err.Error()
		v.Findings = append(v.Findings, inventory.Finding{Side: c.side, Code: code, URL: v.URL, Message: err.Error(), Count: 1})
	}
	return r
}

// askPage fills the visit of r. An error comes with the code of the finding that it is.
func (c *crawl) askPage(ctx context.Context, f *fetcher, r *result) (code string, err error) {
	page, v := r.page, &r.visit
	u, err := url.Parse(page.URL)
	if err != nil {
		return "bad-url", fmt.Errorf("reading %q: %w", page.URL, err)
	}
	ok, rule, err := c.allowed(ctx, u)
	if err != nil {
		return "robots-unreachable", err
	}
	if !ok {
		v.State, v.Rule = inventory.Skipped, ruleRobots
		v.Findings = append(v.Findings, inventory.Finding{Side: c.side, Code: codeRobots, URL: page.URL,
			Message: "robots.txt: " + rule, Count: 1})
		return "", nil
	}
	var resp *fetch.Response
	asked := map[string]bool{}
	for hop := 0; ; hop++ {
		resp = nil
		if u.String() == c.home.String() {
			resp = c.probed.Swap(nil) // Probe has asked already
		}
		var condition http.Header // holds for the address that answered last time
		if resp == nil {
			if hop == 0 && !c.cfg.Fresh {
				condition = fetch.Validators{ETag: page.ETag, LastModified: page.LastModified}.Header()
			}
			resp, err = c.client.GetWith(ctx, u.String(), fetch.GetOptions{Header: condition, Buffer: f.body})
			r.requests++
			if err != nil {
				return fetchCode(err), err
			}
			f.keep(resp.Body)
		}
		v.Status, v.FetchedAt = resp.Status, resp.FetchedAt
		if resp.Status == http.StatusNotModified {
			if condition == nil {
				return "fetch-failed", fmt.Errorf("asking %s: %w", u, errNothingToKeep)
			}
			v.Unchanged = true
			return "", nil
		}
		if isBusy(resp.Status) {
			return fetchCode(errBusy), fmt.Errorf("asking %s: %w: %d %s", u, errBusy, resp.Status, http.StatusText(resp.Status))
		}
		if resp.Location == "" {
			break
		}
		next, err := url.Parse(resp.Location)
		if err != nil {
			return "bad-redirect", fmt.Errorf("%s redirects to %q: %w", u, resp.Location, err)
		}
		v.RedirectTo = resp.Location
		if !c.keys.SameShop(next) {
			return "", nil // recorded, not followed into the inventory
		}
		id := c.identify(next)
		if id.Key != page.Key {
			c.redirected(v, next, id, page)
			return "", nil
		}
		asked[u.String()] = true
		if hop == maxSpellingHops || asked[next.String()] {
			return codeSelf, fmt.Errorf("%s redirects to itself", page.URL)
		}
		v.Found = append(v.Found, inventory.Discovery{Key: page.Key, Type: page.Type, URL: next.String(),
			Source: "redirect", Depth: page.Depth, Priority: page.Priority})
		u, v.URL, v.RedirectTo = next, next.String(), ""
	}
	if kind, ok := feedKind(page.Key); ok {
		c.readFeed(ctx, v, page, kind, u, resp)
		return "", nil
	}
	if resp.Status == http.StatusOK {
		valid := resp.Validators()
		v.ETag, v.LastModified = valid.ETag, valid.LastModified
	}
	if !isHTML(resp) {
		v.Type = typeByContent(resp, page.Type)
		return "", nil
	}
	c.readHTML(ctx, f, r, u, resp)
	return "", ctx.Err()
}

// errNothingToKeep: the shop says that a page has not changed, unasked.
var errNothingToKeep = errors.New("answers 304 to a request without a condition")

// errBusy: after all attempts the shop still says that it cannot answer now.
var errBusy = errors.New("the shop cannot answer now")

// isBusy tells statuses that speak of the moment and not of the page.
func isBusy(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// redirected stores a redirect to another page of the shop: a permanent one makes
// this address an alias of that page, a temporary one is only noted.
func (c *crawl) redirected(v *inventory.Visit, next *url.URL, id platform.Identity, page inventory.Page) {
	d := c.discovery(next, id, "redirect", page.Depth)
	if d.Rule == "" || id.Known {
		v.Found = append(v.Found, d)
	}
	if (v.Status == http.StatusMovedPermanently || v.Status == http.StatusPermanentRedirect) && id.Type != catalog.Home {
		v.State, v.AliasOf = inventory.Alias, id.Key
	}
}

// readHTML extracts a page and decides what it is.
func (c *crawl) readHTML(ctx context.Context, f *fetcher, r *result, u *url.URL, resp *fetch.Response) {
	v, page := &r.visit, r.page
	text, charset := fetch.Decode(resp.Body, resp.Header.Get("Content-Type"))
	v.Charset = charset
	v.ContentHash = fmt.Sprintf("%016x", xxhash.Sum64(text))
	if resp.Truncated {
		v.Findings = append(v.Findings, inventory.Finding{Side: c.side, Code: "page-cut", URL: v.URL,
			Message: fmt.Sprintf("only the first %d bytes were read", len(resp.Body)), Count: 1})
	}
	hints := c.hints
	hints.Charset = charset
	if _, t, _ := page.Key.Parts(); t == catalog.ProductP {
		hints.Type = t // its address says so: read it as a product even where no price is shown
	}
	res, err := f.reader.Page(u, text, hints)
	if err != nil { // what could be read is still there
		v.Findings = append(v.Findings, inventory.Finding{Side: c.side, Code: "extract-failed", URL: v.URL, Message: err.Error(), Count: 1})
	}
	if resp.Status == http.StatusOK && needsScript(text, res) {
		v.ETag, v.LastModified = "", "" // the frame may stay the same while its content changes
		if whole := c.rendered(ctx, v, u, hints); whole != nil {
			res = whole
		}
	}
	v.Title, v.Description, v.Lang = res.Title, res.Description, res.Lang
	v.Canonical = res.Canonical
	v.Robots = joinNonEmpty(res.Robots, strings.Join(resp.Header.Values("X-Robots-Tag"), ","))
	if resp.Status != http.StatusOK {
		return // an error page's links say nothing about the shop
	}
	if c.absent.is(v.Title, text) {
		v.State, v.Error = inventory.Failed, "the shop answers so for addresses that do not exist"
		v.Findings = append(v.Findings, inventory.Finding{Side: c.side, Code: codeSoft404, URL: v.URL,
			Message: "same page as for an address that does not exist", Count: 1})
		return
	}
	_, grammarType, _ := page.Key.Parts()
	if grammarType == "" && (page.Type == catalog.Other || page.Type == "") {
		v.Type = catalog.Page
		if res.Type != "" {
			v.Type = res.Type
		}
	}
	if v.Type == catalog.ProductP {
		v.Product = res.Product
		if v.Product == nil {
			v.Product = &catalog.Product{}
		}
		if v.Product.Name == "" && res.Title != "" {
			v.Product.Name = res.Title
			v.Product.Set("name", "title")
		}
	}
	c.foldCanonical(v, page, res)
	c.follow(f, r, res)
}

// foldCanonical makes the page an alias of the one it declares as canonical, unless
// the declaration cannot be true: a page that names the home page, or a product
// that names its category, keeps its own place and the lie is reported. Google
// names the first of these as a mistake of shops
// (https://developers.google.com/search/blog/2009/12/handling-legitimate-cross-domain).
func (c *crawl) foldCanonical(v *inventory.Visit, page inventory.Page, res *extract.Result) {
	if id := c.sight(page.URL).id; id.PageNo > 1 && id.FirstPage != "" {
		v.State, v.AliasOf = inventory.Alias, id.FirstPage
		return
	}
	if res.Canonical == "" {
		return
	}
	named := c.sight(res.Canonical)
	if !named.ours {
		return
	}
	u, id := named.u, named.id
	if id.Key == page.Key {
		v.Found = append(v.Found, inventory.Discovery{Key: page.Key, Type: v.Type, URL: page.URL,
			Spelling: res.Canonical, Source: "canonical", Depth: page.Depth, Priority: page.Priority})
		return
	}
	lies := id.Type == catalog.Home && v.Type != catalog.Home ||
		v.Type == catalog.ProductP && id.Known && id.Type != catalog.ProductP ||
		v.Type == catalog.Home || id.Rule != ""
	if lies {
		v.Findings = append(v.Findings, inventory.Finding{Side: c.side, Code: "canonical-lies", URL: page.URL,
			Message: fmt.Sprintf("a %s page names %s as its canonical address", v.Type, res.Canonical), Count: 1})
		return
	}
	d := c.discovery(u, id, "canonical", page.Depth)
	if !id.Known {
		d.Type = v.Type
	}
	v.Found = append(v.Found, d)
	v.State, v.AliasOf = inventory.Alias, id.Key
}

// follow turns the links of a page into discoveries. What the project has stored already
// in this run is not told again.
func (c *crawl) follow(f *fetcher, r *result, res *extract.Result) {
	v, page := &r.visit, r.page
	if c.told != nil && page.Type != catalog.Home {
		return
	}
	listing := v.Type == catalog.Category
	own, canonical := c.sight(page.URL), c.sight(res.Canonical)
	beyond := c.endOfListing(own, res.Links)
	met, seen := f.links()
	seen[page.Key] = true
	var refused map[string]map[string]bool // addresses by rule
	for i := range res.Links {
		link := &res.Links[i]
		switch link.Kind {
		case "form", "canonical", "alternate":
			continue
		}
		s := c.sightOf(link)
		if !s.ours || met[s] {
			continue
		}
		met[s] = true
		id := &s.id
		rule := id.Rule
		switch {
		case rule != "":
		case !id.Known && own.u != nil && frontier.Narrower(own.u, canonical.u, s.u):
			rule = ruleView
		case beyond != "" && id.FirstPage == beyond && id.PageNo > 1:
			rule = platform.RulePager
		}
		if rule != "" && (!id.Known || id.Rule == "") { // a trap: counted, not stored
			if refused == nil {
				refused = make(map[string]map[string]bool)
			}
			if refused[rule] == nil {
				refused[rule] = map[string]bool{}
			}
			refused[rule][s.address] = true
			continue
		}
		if c.told[id.Type] {
			continue
		}
		if depth := page.Depth + 1; !s.told(depth) {
			d := s.link
			d.Depth = depth
			v.Found, r.sights = append(v.Found, d), append(r.sights, s)
		}
		if seen[id.Key] {
			continue
		}
		seen[id.Key] = true
		v.Links = append(v.Links, id.Key)
		if listing && id.Type == catalog.ProductP {
			v.Members = append(v.Members, id.Key)
		}
	}
	for rule, addresses := range refused {
		example := slices.Min(slices.Collect(maps.Keys(addresses)))
		v.Findings = append(v.Findings, inventory.Finding{Side: c.side, Code: rule, Message: example, Count: len(addresses)})
	}
}

// ruleView is the rule of links that lead to a further view of the page that they
// stand on, see frontier.Narrower.
const ruleView = "view"

// endOfListing says which listing ends on the page at own: a further page of it that
// shows no product leads to no products either. It is the key of the listing's first
// page, "" for any other page.
func (c *crawl) endOfListing(own *sight, links []extract.Link) catalog.Key {
	if own.id.PageNo < 2 {
		return ""
	}
	for i := range links {
		if s := c.sightOf(&links[i]); s.ours && s.id.Type == catalog.ProductP {
			return ""
		}
	}
	return own.id.FirstPage
}

// discovery is a sighting of u.
func (c *crawl) discovery(u *url.URL, id platform.Identity, source string, depth int) inventory.Discovery {
	d := inventory.Discovery{
		Key: id.Key, Type: id.Type, URL: id.URL, Source: source, Depth: depth,
		Priority: priority(id), Rule: id.Rule,
	}
	if s := u.String(); s != d.URL {
		d.Spelling = s
	}
	if d.Type == "" {
		d.Type = catalog.Other
	}
	switch source {
	case "link", "redirect", "canonical":
		if kind, ok := feedKind(id.Key); holds(id) || ok && kind == kindSitemap {
			d.Priority = inventory.HeldPriority
		}
	}
	return d
}

// priority orders the queue: what names many products first, so that the total is
// known early and the ETA can be trusted.
func priority(id platform.Identity) int {
	switch id.Type {
	case catalog.Feed:
		return 0
	case catalog.Home:
		return 1
	case catalog.Category:
		return 10
	case catalog.ProductP:
		return 20
	case catalog.Page, catalog.Article:
		return 40
	}
	return 30
}

// typeByContent types an answer that is no HTML.
func typeByContent(resp *fetch.Response, known catalog.PageType) catalog.PageType {
	ct := strings.ToLower(resp.Header.Get("Content-Type"))
	switch {
	case strings.HasPrefix(ct, "image/"):
		return catalog.Image
	case strings.Contains(ct, "xml"), strings.Contains(ct, "rss"), strings.Contains(ct, "json"):
		return catalog.Feed
	case known != "" && known != catalog.ProductP && known != catalog.Category:
		return known
	}
	return catalog.Other
}

// fetchCode is the stable word for a failed request.
func fetchCode(err error) string {
	switch {
	case errors.Is(err, fetch.ErrPrivateAddress):
		return "private-address"
	case errors.Is(err, fetch.ErrHostDown):
		return "host-down"
	}
	return "fetch-failed"
}

func joinNonEmpty(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, ",")
}

// isSitemapPath says whether a path looks like a sitemap's.
func isSitemapPath(p string) bool {
	base := strings.ToLower(path.Base(p))
	return strings.Contains(base, "sitemap") &&
		(strings.HasSuffix(base, ".xml") || strings.HasSuffix(base, ".xml.gz") || strings.HasSuffix(base, ".txt"))
}
