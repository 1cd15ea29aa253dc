package measure

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"replatform/crawler/catalog"
	"replatform/crawler/fetch"
	"replatform/crawler/platform"
)

// permanent are the redirects that say "for good" (RFC 9110 §15.4.2, §15.4.9).
func permanent(status int) bool {
	return status == http.StatusMovedPermanently || status == http.StatusPermanentRedirect
}

func (m *meter) https(ctx context.Context, start *url.URL) {
	value := func(r *fetch.Response) string {
		switch {
		case !strings.HasPrefix(r.Location, "https://"):
			return "no"
		case permanent(r.Status):
			return "yes"
		}
		return "temporary"
	}
	if start.Scheme == "http" { // it has been asked already
		m.note(answered(HTTPS, value(m.first), m.first))
		return
	}
	m.ask(ctx, HTTPS, &url.URL{Scheme: "http", Host: m.home.Hostname(), Path: "/"}, value)
}

func (m *meter) sitemap(ctx context.Context) {
	u := m.home.ResolveReference(&url.URL{Path: "/sitemap.xml"})
	if robots, _, err := m.client.Robots(ctx, m.home.Scheme, m.home.Host); err == nil {
		for _, s := range robots.Sitemaps() {
			if named, err := url.Parse(s); err == nil && named.Host == m.home.Host {
				u = named
				break
			}
		}
	}
	m.ask(ctx, Sitemap, u, func(r *fetch.Response) string {
		return yesNo(r.Status == http.StatusOK && (bytes.Contains(r.Body, []byte("<urlset")) ||
			bytes.Contains(r.Body, []byte("<sitemapindex")) || bytes.HasPrefix(r.Body, []byte("\x1f\x8b"))))
	})
}

// feed asks for the first page of the catalogue where the platform has one in JSON.
func (m *meter) feed(ctx context.Context) {
	for _, e := range m.platform.Enumerators {
		if e.Kind != platform.KindShopifyProducts && e.Kind != platform.KindWooProducts {
			continue
		}
		u, err := m.home.Parse(strings.ReplaceAll(e.Path, "{n}", "1"))
		if err != nil {
			continue
		}
		m.ask(ctx, Feed, u, func(r *fetch.Response) string {
			return yesNo(r.Status == http.StatusOK && (json.Valid(r.Body) || r.Truncated) && looksLikeJSON(r.Body))
		})
		return
	}
}

func looksLikeJSON(body []byte) bool {
	body = bytes.TrimSpace(body)
	return len(body) > 0 && (body[0] == '{' || body[0] == '[')
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// missing reads what an address that does not exist answers.
func missing(r *fetch.Response) string {
	if r.Location != "" {
		return "redirect"
	}
	return strconv.Itoa(r.Status)
}

func (m *meter) missingPage(ctx context.Context) {
	m.ask(ctx, MissingPage, m.home.ResolveReference(&url.URL{Path: "/no-such-page-" + noSuch}), missing)
}

// noSuch stands in addresses that no shop has.
const noSuch = "replatform-7f3a"

func (m *meter) missingProduct(ctx context.Context) {
	if m.product == nil {
		m.note(Answer{Question: MissingProduct, Value: Unknown, Reason: NoProduct})
		return
	}
	u := anotherProduct(m.platform, m.product)
	if u == nil {
		m.note(Answer{Question: MissingProduct, Value: Unknown, Reason: NotProduct, URL: m.product.String()})
		return
	}
	m.ask(ctx, MissingProduct, u, missing)
}

var digits = regexp.MustCompile(`[0-9]+`)

// anotherProduct changes the address of a product so that it names one that does not
// exist: its number to nines, its name to a word that no shop uses. It is nil when
// the platform would not take the result for a product.
func anotherProduct(p *platform.Platform, product *url.URL) *url.URL {
	identity := p.Identify(product)
	_, _, id := identity.Key.Parts()
	known := identity.Known && identity.Type == catalog.ProductP
	target := product.RequestURI()
	if !known {
		// An address that no pattern knows: its last number, or its last word.
		if all := digits.FindAllString(target, -1); len(all) > 0 {
			id = all[len(all)-1]
		} else {
			path := strings.TrimSuffix(product.EscapedPath(), "/")
			id = path[strings.LastIndexByte(path, '/')+1:]
		}
	}
	if id == "" {
		return nil
	}
	nines := digits.ReplaceAllStringFunc(id, func(s string) string {
		if len(s) < 9 {
			return "999999999"
		}
		return strings.Repeat("9", len(s))
	})
	sameLength := digits.ReplaceAllStringFunc(id, func(s string) string { return strings.Repeat("9", len(s)) })
	// The same letters may stand elsewhere in the address: the last place whose change
	// makes another product is the right one.
	for _, other := range []string{nines, noSuch, sameLength} {
		if other == id {
			continue
		}
		for at := strings.LastIndex(target, id); at >= 0; at = strings.LastIndex(target[:at], id) {
			u, err := product.Parse(target[:at] + other + target[at+len(id):])
			if err != nil || u.Host != product.Host {
				continue
			}
			if got := p.Identify(u); !known || got.Known && got.Type == catalog.ProductP && got.Key != identity.Key {
				return u
			}
		}
	}
	return nil
}

// subdomain asks the platform's subdomain for a product that exists.
func (m *meter) subdomain(ctx context.Context, at *url.URL) {
	m.client.AllowHost(at.Hostname())
	sample := &url.URL{Scheme: at.Scheme, Host: at.Host, Path: "/"}
	if m.product != nil {
		sample.Path, sample.RawPath, sample.RawQuery = m.product.Path, m.product.RawPath, m.product.RawQuery
	}
	if sample.RawQuery == "" {
		sample.RawQuery = "replatform=1" // to see whether a query is kept at all
	}
	resp := m.ask(ctx, SubdomainRedirect, sample, func(r *fetch.Response) string { return kept(sample, m.home, r) })
	if resp == nil {
		return
	}
	switch {
	case resp.Location == "":
		m.note(Answer{Question: SubdomainStatus, Value: Unknown, Reason: NotRedirect, URL: resp.URL, Status: resp.Status, At: resp.FetchedAt})
	case permanent(resp.Status):
		m.note(answered(SubdomainStatus, "permanent", resp))
	default:
		m.note(answered(SubdomainStatus, "temporary", resp))
	}
}

// kept says what a redirect keeps of the address that was asked.
func kept(asked, home *url.URL, r *fetch.Response) string {
	if r.Location == "" {
		if r.Status >= 400 {
			return "gone"
		}
		return "none"
	}
	to, err := url.Parse(r.Location)
	if err != nil || bare(to.Host) != bare(home.Host) {
		return "other"
	}
	samePath := strings.TrimSuffix(to.EscapedPath(), "/") == strings.TrimSuffix(asked.EscapedPath(), "/")
	want, got := asked.Query(), to.Query()
	sameQuery := true
	for name := range want {
		sameQuery = sameQuery && got.Get(name) == want.Get(name)
	}
	switch {
	case samePath && sameQuery:
		return "path+query"
	case strings.Trim(to.Path, "/") == "":
		return "home"
	case samePath:
		return "path"
	}
	return "other"
}

func bare(host string) string { return strings.TrimPrefix(strings.ToLower(host), "www.") }
