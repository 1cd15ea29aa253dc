package planner

import (
	"bytes"
	"context"
	"fmt"
	"hash/maphash"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"replatform/crawler"
	"replatform/crawler/extract"
	"replatform/crawler/feeds"
	"replatform/crawler/fetch"
	"replatform/redirects/verify"
)

const (
	// searchAgent is the crawler in whose name robots.txt is read.
	searchAgent = "Googlebot"
	// maxSitemapFile is the largest sitemap (https://www.sitemaps.org/protocol.html,
	// 2016-11-21), maxSitemaps how many of one shop are read.
	maxSitemapFile = 50 << 20
	maxSitemaps    = 500
	// maxListed is how many addresses of the sitemaps of one shop are kept.
	maxListed = 5_000_000
)

// Inspector looks at the target pages of a redirect map: whether each names itself as
// canonical, may be indexed, is a page at all, and is in the sitemap of its shop. What
// a shop says of itself (robots.txt, sitemaps, its page for absent addresses) is asked
// once for each host. It may be used from several goroutines.
type Inspector struct {
	mu    sync.Mutex
	sites map[string]*site
	seed  maphash.Seed
}

// NewInspector makes an Inspector; its Inspect goes into verify.Options.
func NewInspector() *Inspector {
	return &Inspector{sites: map[string]*site{}, seed: maphash.MakeSeed()}
}

// site is what one origin says of itself.
type site struct {
	ready  chan struct{}
	robots *fetch.Robots // nil: unknown
	closed string        // why robots.txt forbids everything; empty: it does not

	// listed holds hashes of the addresses of the sitemaps; complete says that all of
	// them could be read.
	listed   map[uint64]struct{}
	complete bool

	absent      bool // absentText is the page for addresses that do not exist
	absentTitle string
	absentText  []byte
}

// Inspect implements verify.Inspect.
func (in *Inspector) Inspect(ctx context.Context, page verify.Page, get verify.Get) verify.Inspection {
	var out verify.Inspection
	fault := func(p verify.Problem, format string, args ...any) {
		out.Faults = append(out.Faults, verify.Fault{Problem: p, Detail: fmt.Sprintf(format, args...)})
	}
	u, err := url.Parse(page.URL)
	if err != nil {
		return out
	}
	s := in.site(ctx, u, get)
	isHTML := htmlType(page.Header.Get("Content-Type"))
	var head *extract.Result
	var text []byte
	if isHTML {
		var charset string
		text, charset = fetch.Decode(page.Body, page.Header.Get("Content-Type"))
		head = extract.ScanLinks(u, text, extract.Hints{Charset: charset})
	}
	if isHTML && s.absent && head.Title == s.absentTitle && crawler.SamePage(s.absentTitle, s.absentText, head.Title, text) {
		fault(verify.SoftNotFound, "the same page as at %s", crawler.AbsentPath)
	}
	if why := noIndex(page.Header, head); why != "" {
		out.Indexable = string(No)
		fault(verify.NoIndex, "%s", why)
	}
	if s.robots != nil || s.closed != "" {
		allowed, rule := false, s.closed
		if s.closed == "" {
			allowed, rule = s.robots.Allowed(searchAgent, pathQuery(u))
		}
		switch {
		case !allowed:
			out.Indexable = string(No)
			fault(verify.RobotsBlocked, "robots.txt: %s", rule)
		case out.Indexable == "":
			out.Indexable = string(Yes)
		}
	}
	if canonical := canonicalOf(page.Header, head, u); canonical != "" {
		own, _ := verify.Identity(page.URL)
		named, ok := verify.Identity(canonical)
		out.SelfCanonical = string(yesNo(ok && named == own))
		if out.SelfCanonical == string(No) {
			fault(verify.CanonicalElsewhere, "canonical: %s", canonical)
		}
	}
	if isHTML && s.complete && len(s.listed) > 0 {
		_, listed := s.listed[in.hash(page.URL)]
		out.InSitemap = string(yesNo(listed))
		if !listed && pathQuery(u) != "/" { // a home page is found without being listed
			fault(verify.NotInSitemap, "not among the %d addresses of the sitemaps", len(s.listed))
		}
	}
	return out
}

func (in *Inspector) hash(address string) uint64 {
	id, _ := verify.Identity(address)
	return maphash.String(in.seed, id)
}

// site asks an origin about itself, once.
func (in *Inspector) site(ctx context.Context, u *url.URL, get verify.Get) *site {
	origin := u.Scheme + "://" + u.Host
	in.mu.Lock()
	s, ok := in.sites[origin]
	if !ok {
		s = &site{ready: make(chan struct{})}
		in.sites[origin] = s
	}
	in.mu.Unlock()
	if ok {
		select {
		case <-s.ready:
		case <-ctx.Done():
			return &site{}
		}
		return s
	}
	defer close(s.ready)
	s.askAbsent(ctx, origin, get)
	named := s.askRobots(ctx, origin, get)
	if len(named) == 0 {
		named = []string{origin + "/sitemap.xml"}
	}
	in.readSitemaps(ctx, s, u.Host, named, get)
	return s
}

// askRobots reads robots.txt and returns the sitemaps that it names. An answer of
// 4xx allows everything, one of 5xx or 429 nothing (RFC 9309, section 2.3.1).
func (s *site) askRobots(ctx context.Context, origin string, get verify.Get) []string {
	page, err := get(ctx, origin+"/robots.txt", fetch.MaxRobots)
	switch {
	case err != nil:
		return nil
	case page.Status >= 500 || page.Status == http.StatusTooManyRequests:
		s.closed = fmt.Sprintf("answers %d, which forbids everything", page.Status)
		return nil
	case page.Status != http.StatusOK:
		s.robots = fetch.ParseRobots(nil)
		return nil
	}
	s.robots = fetch.ParseRobots(page.Body)
	return s.robots.Sitemaps()
}

// askAbsent learns what the shop shows for an address that does not exist, unless it
// shows its home page there, or the same to everybody.
func (s *site) askAbsent(ctx context.Context, origin string, get verify.Get) {
	page, err := get(ctx, origin+crawler.AbsentPath, verify.MaxPage)
	if err != nil || !htmlType(page.Header.Get("Content-Type")) {
		return
	}
	home, err := get(ctx, origin+"/", verify.MaxPage)
	if err != nil {
		return
	}
	title, text := titled(page)
	homeTitle, homeText := titled(home)
	if len(bytes.TrimSpace(text)) == 0 || crawler.SamePage(title, text, homeTitle, homeText) {
		return
	}
	s.absent, s.absentTitle, s.absentText = true, title, text
}

func titled(page verify.Page) (title string, text []byte) {
	u, err := url.Parse(page.URL)
	if err != nil {
		return "", nil
	}
	text, charset := fetch.Decode(page.Body, page.Header.Get("Content-Type"))
	return extract.ScanLinks(u, text, extract.Hints{Charset: charset}).Title, text
}

// readSitemaps reads the sitemaps of a host, indexes included. Sitemaps that list
// nothing of the host itself tell nothing of its pages: they are those of the address
// that the shop has until its move.
func (in *Inspector) readSitemaps(ctx context.Context, s *site, host string, queue []string, get verify.Get) {
	s.listed, s.complete = map[uint64]struct{}{}, true
	own := false
	asked := map[string]bool{}
	for len(queue) > 0 {
		next := queue[0]
		queue = queue[1:]
		if asked[next] {
			continue
		}
		if len(asked) == maxSitemaps || len(s.listed) >= maxListed {
			s.complete = false
			return
		}
		asked[next] = true
		page, err := get(ctx, next, maxSitemapFile)
		if err != nil || page.Status != http.StatusOK || page.Truncated {
			s.complete = false
			continue
		}
		var found []string
		kind, _, err := feeds.ParseSitemap(bytes.NewReader(page.Body), feeds.Limits{}, func(e feeds.Entry) error {
			found = append(found, e.Loc)
			return nil
		})
		switch {
		case err != nil:
			s.complete = false
		case kind == feeds.KindIndex:
			queue = append(queue, found...)
		default:
			for _, loc := range found {
				if u, err := url.Parse(loc); err == nil && strings.EqualFold(u.Host, host) {
					own = true
				}
				s.listed[in.hash(loc)] = struct{}{}
			}
		}
	}
	if !own {
		s.complete = false
	}
}

func htmlType(contentType string) bool {
	t, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	switch strings.TrimSpace(t) {
	case "text/html", "application/xhtml+xml":
		return true
	}
	return false
}

// noIndex says what asks search engines to leave a page out: "noindex", or "none",
// which is the same as noindex and nofollow
// (https://developer.mozilla.org/docs/Web/HTML/Reference/Elements/meta/name/robots,
// read 2026-11). head is nil where the page is no HTML.
func noIndex(header http.Header, head *extract.Result) string {
	for _, v := range header.Values("X-Robots-Tag") {
		// "googlebot: noindex" is for one crawler; "noindex" for all.
		if agent, rest, ok := strings.Cut(v, ":"); ok && !strings.Contains(agent, ",") && strings.EqualFold(strings.TrimSpace(agent), searchAgent) {
			v = rest
		}
		if leavesOut(v) {
			return "X-Robots-Tag: " + v
		}
	}
	if head != nil && leavesOut(head.Robots) {
		return "meta robots: " + head.Robots
	}
	return ""
}

func leavesOut(rules string) bool {
	for rule := range strings.SplitSeq(strings.ToLower(rules), ",") {
		if rule = strings.TrimSpace(rule); rule == "noindex" || rule == "none" {
			return true
		}
	}
	return false
}

// canonicalOf is the canonical address that a page names, in its head or in a Link
// header (https://developers.google.com/search/docs/crawling-indexing/consolidate-duplicate-urls,
// as of 2026-07-08); empty where it names none.
func canonicalOf(header http.Header, head *extract.Result, base *url.URL) string {
	if head != nil && head.Canonical != "" && !head.CanonicalIgnored {
		return head.Canonical
	}
	for _, line := range header.Values("Link") {
		for part := range strings.SplitSeq(line, ",") {
			target, params, ok := strings.Cut(strings.TrimSpace(part), ">")
			if !ok || !strings.HasPrefix(target, "<") {
				continue
			}
			if slices.ContainsFunc(strings.Split(params, ";"), func(p string) bool {
				name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
				return strings.EqualFold(name, "rel") && slices.Contains(strings.Fields(strings.ToLower(strings.Trim(value, `"`))), "canonical")
			}) {
				if u, ok := fetch.Resolve(base, target[1:]); ok {
					return u.String()
				}
			}
		}
	}
	return ""
}
