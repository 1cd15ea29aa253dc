package crawler

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"replatform/crawler/fetch"
	"replatform/crawler/platform"
)

// Errors of Probe that a caller can act on.
var (
	// ErrNotHTML: the start address answers with something that is no web page.
	ErrNotHTML = errors.New("the start address is not a web page")
	// ErrRobotsForbid: robots.txt forbids the start address itself.
	ErrRobotsForbid = errors.New("robots.txt forbids this shop to be crawled")
	// ErrStartStatus: the start address answers with an error status.
	ErrStartStatus = errors.New("the start address answers with an error")
	// ErrBadStart: the start address is no http or https URL.
	ErrBadStart = errors.New("not a web address")
	// ErrUnknownPlatform: the platform named by the user is not in the registry.
	ErrUnknownPlatform = errors.New("unknown platform")
)

// maxStartHops is how many redirects the start address may take. RFC 9110 sets no
// limit; ten is what Googlebot follows
// (https://developers.google.com/crawling/docs/troubleshooting/http-status-codes).
const maxStartHops = 10

// Config says how a shop is asked. The zero value of every field but StartURL and
// Registry is usable.
type Config struct {
	StartURL string
	Registry *platform.Registry
	Fetch    fetch.Options
	Platform string        // id, overrides recognition
	OwnShop  []string      // path prefixes for which the owner lifts robots.txt
	MaxPages int           // 0: no limit
	MaxTime  time.Duration // 0: no limit
	Fresh    bool          // read every page anew, also those that the shop says have not changed
	MaxAlike int           // addresses built alike that are asked before they have proved their worth; 0: DefaultMaxAlike
	Render   bool          // read pages that need scripts with a browser
	Browser  string        // path of the browser; empty: the first that render.Find finds
	Log      *slog.Logger
	Progress func(Progress) // called often, from one goroutine
	// SameAddress says of a new shop that it does answer at an address of the old one.
	SameAddress bool
}

// Progress is how far a crawl has come.
type Progress struct {
	Done     int // pages asked and stored, in this and earlier runs
	Queued   int // pages known and not yet asked
	Failed   int
	Products int
	Elapsed  time.Duration // of this run
	Asked    int           // requests of this run
	// Unchanged are pages of this run of which the shop says that they are as the crawl
	// before read them; it was not sent them again.
	Unchanged int
}

// Start is a shop whose start page has been asked: everything that Crawl needs to
// begin. Nothing has been written yet.
type Start struct {
	cfg        Config
	client     *fetch.Client
	home       *url.URL // after redirects
	robots     *fetch.Robots
	homeAnswer *fetch.Response // of home
	homeTitle  string
	homeText   []byte // UTF-8
	Platform   *platform.Platform
	Candidates []platform.Candidate
	Confidence string   // certain, likely, guess, none, named (by the user)
	Evidence   []string // sentences
	Hosts      []string // host[:port] seen so far, the shop's primary one first
	Charset    string
}

// ParseStart reads a start address as a person types it: a missing scheme is
// taken for https, or for http where the host is an IP address or localhost.
func ParseStart(s string) (*url.URL, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return nil, fmt.Errorf("%w: empty", ErrBadStart)
	}
	if !strings.Contains(s, "://") {
		scheme := "https"
		if host, _, _ := strings.Cut(s, "/"); strings.HasPrefix(host, "localhost") || strings.HasPrefix(host, "127.") {
			scheme = "http"
		}
		s = scheme + "://" + s
	}
	u, err := url.Parse(s)
	if err != nil {
		return nil, fmt.Errorf("%w: %q", ErrBadStart, withoutCredentials(s))
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		return nil, fmt.Errorf("%w: %q", ErrBadStart, withoutCredentials(s))
	}
	u.Host = strings.ToLower(u.Host)
	u.Fragment = ""
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

// withoutCredentials takes what may be a password out of an address that cannot be
// read.
func withoutCredentials(s string) string {
	scheme, rest, _ := strings.Cut(s, "://")
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		return scheme + "://…" + rest[i:]
	}
	return s
}

// Probe asks robots.txt and the start page and recognises the platform. It writes
// nothing, so that a wrong address leaves no trace.
func Probe(ctx context.Context, cfg Config) (*Start, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	u, err := ParseStart(cfg.StartURL)
	if err != nil {
		return nil, err
	}
	if u.User != nil { // never stored, never logged
		cfg.Fetch.Header = withCredentials(cfg.Fetch.Header, u.User)
		u.User = nil
	}
	cfg.StartURL = u.String()
	if cfg.Fetch.Log == nil {
		cfg.Fetch.Log = cfg.Log
	}
	client, err := fetch.New(cfg.Fetch)
	if err != nil {
		return nil, fmt.Errorf("setting up the HTTP client: %w", err)
	}
	client.AllowHost(u.Hostname())
	s := &Start{cfg: cfg, client: client, Hosts: []string{u.Host}}

	page := u
	var resp *fetch.Response
	for hop := 0; ; hop++ {
		robots, _, err := client.Robots(ctx, page.Scheme, page.Host)
		if err != nil {
			return nil, fmt.Errorf("asking robots.txt of %s: %w", page.Host, err)
		}
		if ok, rule := robots.Allowed(fetch.Agent, pathQuery(page)); !ok && !s.lifted(page) {
			return nil, fmt.Errorf("%w: %s (rule %q)", ErrRobotsForbid, page, rule)
		}
		s.robots = robots
		resp, err = client.Get(ctx, page.String())
		if err != nil {
			return nil, fmt.Errorf("asking the start page %s: %w", page, err)
		}
		if resp.Location == "" {
			break
		}
		if hop == maxStartHops {
			return nil, fmt.Errorf("%w: %s redirects more than %d times", ErrStartStatus, cfg.StartURL, maxStartHops)
		}
		next, err := url.Parse(resp.Location)
		if err != nil {
			return nil, fmt.Errorf("%w: %s redirects to %q", ErrStartStatus, page, resp.Location)
		}
		if sameSite(page.Host, next.Host) {
			client.AllowHost(next.Hostname())
		}
		page = next
		if !contains(s.Hosts, page.Host) {
			s.Hosts = append([]string{page.Host}, s.Hosts...)
		}
	}
	if resp.Status != http.StatusOK {
		return nil, fmt.Errorf("%w: %s answers %d %s", ErrStartStatus, page, resp.Status, http.StatusText(resp.Status))
	}
	if !isHTML(resp) {
		return nil, fmt.Errorf("%w: %s is %q", ErrNotHTML, page, resp.Header.Get("Content-Type"))
	}
	s.home, s.homeAnswer = page, resp
	text, charset := fetch.Decode(resp.Body, resp.Header.Get("Content-Type"))
	s.Charset = charset
	s.homeTitle, s.homeText = titleOf(page, text, charset), text
	s.Candidates = cfg.Registry.Recognise(platform.Observation{URL: page, Header: resp.Header, Body: text})
	if cfg.Platform != "" {
		p, ok := cfg.Registry.Get(cfg.Platform)
		if !ok {
			return nil, fmt.Errorf("%w %q", ErrUnknownPlatform, cfg.Platform)
		}
		s.Platform, s.Confidence = p, "named"
		return s, nil
	}
	if len(s.Candidates) > 0 && s.Candidates[0].Confidence != platform.Guess {
		best := s.Candidates[0]
		s.Platform, s.Confidence, s.Evidence = best.Platform, string(best.Confidence), best.Evidence
		return s, nil
	}
	p, ok := cfg.Registry.Get("generic")
	if !ok {
		return nil, fmt.Errorf("%w %q: the registry lacks it", ErrUnknownPlatform, "generic")
	}
	s.Platform, s.Confidence = p, "none"
	return s, nil
}

// withCredentials is h with the user and password of an address.
func withCredentials(h http.Header, user *url.Userinfo) http.Header {
	out := h.Clone()
	if out == nil {
		out = http.Header{}
	}
	if out.Get("Authorization") == "" {
		password, _ := user.Password()
		out.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password)))
	}
	return out
}

// URL is the start address as it is stored: absolute, without credentials.
func (s *Start) URL() string { return s.cfg.StartURL }

// origins are the shop's hosts for the frontier; the first also says by which
// scheme the shop is asked.
func (s *Start) origins() []string {
	out := append([]string(nil), s.Hosts...)
	if len(out) > 0 {
		out[0] = s.home.Scheme + "://" + s.home.Host
	}
	return out
}

// lifted says whether the owner has lifted robots.txt for this address.
func (s *Start) lifted(u *url.URL) bool {
	for _, prefix := range s.cfg.OwnShop {
		if strings.HasPrefix(pathQuery(u), prefix) {
			return true
		}
	}
	return false
}

// isHTML tells by the header and, where it is missing or vague, by the first bytes.
func isHTML(r *fetch.Response) bool {
	ct := strings.ToLower(r.Header.Get("Content-Type"))
	switch {
	case strings.HasPrefix(ct, "text/html"), strings.HasPrefix(ct, "application/xhtml+xml"):
		return true
	case ct == "", strings.HasPrefix(ct, "text/plain"), strings.HasPrefix(ct, "application/octet-stream"):
		head := bytes.ToLower(r.Body[:min(len(r.Body), 1024)])
		return bytes.Contains(head, []byte("<html")) || bytes.Contains(head, []byte("<!doctype html"))
	}
	return false
}

// pathQuery is what robots.txt rules are compared with: the path and query as sent.
func pathQuery(u *url.URL) string {
	p := u.EscapedPath()
	if p == "" {
		p = "/"
	}
	if u.RawQuery != "" || u.ForceQuery {
		p += "?" + u.RawQuery
	}
	return p
}

// sameSite says whether two host[:port] values differ at most in "www." and port.
func sameSite(a, b string) bool {
	return bareHost(a) == bareHost(b)
}

func bareHost(host string) string {
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		host = host[:i]
	}
	return strings.TrimPrefix(strings.ToLower(host), "www.")
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}
