// Package measure asks a living shop a handful of questions that the facts of its
// platform leave open: what a page that does not exist answers, whether the
// platform's subdomain sends its visitors on and what it keeps of the address,
// whether there is a sitemap, and whether the catalogue's feed is open. It honours
// robots.txt, sends about ten requests, and changes nothing.
//
// [Shop] asks; [Save] and [Load] keep the answers in the project file, with their
// dates, where the planner finds them.
package measure

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"replatform/crawler"
	"replatform/crawler/catalog"
	"replatform/crawler/extract"
	"replatform/crawler/fetch"
	"replatform/crawler/platform"
)

// Questions, in the order in which they are asked.
const (
	HTTPS             = "https"              // does http lead to https: yes, temporary, no
	Sitemap           = "sitemap"            // yes, no
	Feed              = "feed"               // is the platform's catalogue feed open: yes, no
	MissingPage       = "missing-page"       // what a page that does not exist answers: 404, 410, 200, redirect, or another status
	MissingProduct    = "missing-product"    // the same for a product's address
	SubdomainRedirect = "subdomain-redirect" // what the platform's subdomain keeps when it sends visitors on: path+query, path, home, other; none: it answers itself; gone: it is not there
	SubdomainStatus   = "subdomain-status"   // how it sends them on: permanent, temporary
)

// Questions lists all of them.
func Questions() []string {
	return []string{HTTPS, Sitemap, Feed, MissingPage, MissingProduct, SubdomainRedirect, SubdomainStatus}
}

// Unknown is the value of a question that could not be answered; Reason says why.
const Unknown = "unknown"

// Reasons why a question stays open.
const (
	NoAnswer    = "no-answer"    // the server did not answer
	ByRobots    = "robots"       // robots.txt forbids the address
	NoProduct   = "no-product"   // no product is linked from the home page; name one
	NotProduct  = "not-product"  // the address has no part that could be changed to name another product
	NotRedirect = "not-redirect" // the subdomain does not redirect, so there is nothing to tell
)

// Answer is what one question brought.
type Answer struct {
	Question string    `json:"question"`
	Value    string    `json:"value"`
	Reason   string    `json:"reason,omitempty"` // for Unknown
	URL      string    `json:"url,omitempty"`    // that was asked
	Status   int       `json:"status,omitempty"`
	Location string    `json:"location,omitempty"` // where it leads, as sent
	At       time.Time `json:"at"`
}

// Result is what one shop answered.
type Result struct {
	Shop       string   `json:"shop"`     // address of its home page
	Platform   string   `json:"platform"` // id
	Confidence string   `json:"confidence"`
	Evidence   []string `json:"evidence,omitempty"`
	Requests   int      `json:"requests"`
	Answers    []Answer `json:"answers"`
}

// Answer returns the answer to a question; its Value is Unknown when it was not asked.
func (r *Result) Answer(question string) Answer {
	if r != nil {
		for _, a := range r.Answers {
			if a.Question == question {
				return a
			}
		}
	}
	return Answer{Question: question, Value: Unknown}
}

// Config says whom to ask and how. URL and Registry must be set.
type Config struct {
	URL       string // of the shop
	Subdomain string // address of the same shop, or of one like it, on the platform's subdomain; empty: not asked
	Product   string // address of any product; empty: one that the home page links to
	Platform  string // id; empty: recognised
	OwnShop   []string
	Registry  *platform.Registry
	Fetch     fetch.Options
}

// Shop asks a shop the questions. Errors are those of [crawler.Probe]: only a shop
// whose home page cannot be read is one.
func Shop(ctx context.Context, cfg Config) (*Result, error) {
	start, err := crawler.ParseStart(cfg.URL)
	if err != nil {
		return nil, err
	}
	var subdomain *url.URL
	if cfg.Subdomain != "" {
		if subdomain, err = crawler.ParseStart(cfg.Subdomain); err != nil {
			return nil, err
		}
	}
	client, err := fetch.New(cfg.Fetch)
	if err != nil {
		return nil, fmt.Errorf("setting up the HTTP client: %w", err)
	}
	m := &meter{cfg: cfg, client: client, result: &Result{}}
	if err := m.recognise(ctx, start); err != nil {
		return nil, err
	}
	m.https(ctx, start)
	m.sitemap(ctx)
	m.feed(ctx)
	m.missingPage(ctx)
	m.missingProduct(ctx)
	if subdomain != nil {
		m.subdomain(ctx, subdomain)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return m.result, nil
}

// meter is the state of one Shop.
type meter struct {
	cfg      Config
	client   *fetch.Client
	result   *Result
	platform *platform.Platform
	home     *url.URL
	first    *fetch.Response // of the start address, before redirects
	product  *url.URL        // nil: none known
}

// recognise reads the home page: the platform, and a product to ask about.
func (m *meter) recognise(ctx context.Context, start *url.URL) error {
	const hops = 5
	m.client.AllowHost(start.Hostname())
	page := start
	var resp *fetch.Response
	for hop := 0; ; hop++ {
		var reason string
		var err error
		if resp, reason, err = m.get(ctx, page); err != nil {
			return fmt.Errorf("asking %s: %w", page, err)
		}
		if reason == ByRobots {
			return fmt.Errorf("%w: %s", crawler.ErrRobotsForbid, page)
		}
		if hop == 0 {
			m.first = resp
		}
		if resp.Location == "" {
			break
		}
		if hop == hops {
			return fmt.Errorf("%w: %s redirects more than %d times", crawler.ErrStartStatus, start, hops)
		}
		if page, err = url.Parse(resp.Location); err != nil {
			return fmt.Errorf("%w: %s redirects to %q", crawler.ErrStartStatus, start, resp.Location)
		}
	}
	if resp.Status != http.StatusOK {
		return fmt.Errorf("%w: %s answers %d %s", crawler.ErrStartStatus, page, resp.Status, http.StatusText(resp.Status))
	}
	m.home = page
	text, _ := fetch.Decode(resp.Body, resp.Header.Get("Content-Type"))
	r := m.result
	r.Shop, r.Platform, r.Confidence = page.String(), "generic", "none"
	switch list := m.cfg.Registry.Recognise(platform.Observation{URL: page, Header: resp.Header, Body: text}); {
	case m.cfg.Platform != "":
		r.Platform, r.Confidence = m.cfg.Platform, "named"
	case len(list) > 0 && list[0].Confidence != platform.Guess:
		r.Platform, r.Confidence, r.Evidence = list[0].Platform.ID, string(list[0].Confidence), list[0].Evidence
	}
	var ok bool
	if m.platform, ok = m.cfg.Registry.Get(r.Platform); !ok {
		return fmt.Errorf("%w %q", crawler.ErrUnknownPlatform, r.Platform)
	}
	return m.findProduct(text)
}

func (m *meter) findProduct(homePage []byte) error {
	if m.cfg.Product != "" {
		u, err := m.home.Parse(m.cfg.Product)
		if err != nil {
			return fmt.Errorf("%w: %q", crawler.ErrBadStart, m.cfg.Product)
		}
		m.product = u
		return nil
	}
	page, err := extract.Page(m.home, homePage, extract.Hints{})
	if err != nil {
		return nil // a page that cannot be taken apart names no product
	}
	for _, l := range page.Links {
		u, err := url.Parse(l.URL)
		if err != nil || u.Host != m.home.Host {
			continue
		}
		id := m.platform.Identify(u)
		if !id.Known || id.Type != catalog.ProductP || id.Rule != "" {
			continue
		}
		// Without what the link adds: session numbers, where the visitor came from.
		if m.product, err = url.Parse(id.URL); err == nil {
			return nil
		}
	}
	return nil
}

// get asks one address if robots.txt allows it; reason says why not. err is a server
// that does not answer.
func (m *meter) get(ctx context.Context, u *url.URL) (resp *fetch.Response, reason string, err error) {
	robots, _, err := m.client.Robots(ctx, u.Scheme, u.Host)
	if err != nil {
		return nil, NoAnswer, err
	}
	target := u.RequestURI()
	if ok, _ := robots.Allowed(fetch.Agent, target); !ok && !m.lifted(target) {
		return nil, ByRobots, nil
	}
	m.result.Requests++
	resp, err = m.client.GetWith(ctx, u.String(), fetch.GetOptions{AnyType: true, MaxBody: 1 << 20})
	if err != nil {
		return nil, NoAnswer, err
	}
	return resp, "", nil
}

func (m *meter) lifted(target string) bool {
	for _, prefix := range m.cfg.OwnShop {
		if strings.HasPrefix(target, prefix) {
			return true
		}
	}
	return false
}

// ask asks one address and notes the answer that value reads from the response.
func (m *meter) ask(ctx context.Context, question string, u *url.URL, value func(*fetch.Response) string) *fetch.Response {
	resp, reason, err := m.get(ctx, u)
	if err != nil || resp == nil {
		m.note(Answer{Question: question, Value: Unknown, Reason: reason, URL: u.String()})
		return nil
	}
	m.note(answered(question, value(resp), resp))
	return resp
}

func answered(question, value string, resp *fetch.Response) Answer {
	return Answer{Question: question, Value: value, URL: resp.URL, Status: resp.Status, Location: resp.Location, At: resp.FetchedAt}
}

func (m *meter) note(a Answer) {
	if a.At.IsZero() {
		a.At = time.Now().UTC()
	}
	a.At = a.At.Truncate(time.Second)
	m.result.Answers = append(m.result.Answers, a)
}
