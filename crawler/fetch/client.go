package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Agent is the product token under which robots.txt may name this crawler.
const Agent = "replatform"

// DefaultUserAgent is sent unless Options.UserAgent says otherwise.
const DefaultUserAgent = Agent + "/0.1"

// Defaults of [Options], for fields that are zero.
const (
	DefaultTimeout     = 30 * time.Second
	DefaultMaxBody     = 16 << 20 // Google reads at most 15 MB of a page
	DefaultConcurrency = 4
	DefaultRetries     = 3
	DefaultMaxWait     = 5 * time.Minute
	DefaultFirstPause  = 5 * time.Second
)

const (
	maxHeader = 256 << 10
	// maxRedirectBody is how much is read of an answer whose Location says all.
	maxRedirectBody = 64 << 10
	// firstRetry is the wait before the second attempt after a failure that is not
	// the host asking for less; it doubles each time.
	firstRetry = 500 * time.Millisecond
)

// Options of a [Client]. The zero value is usable and polite but for Rate, which
// does not limit unless set.
type Options struct {
	UserAgent   string        // whole value; empty: DefaultUserAgent
	Contact     string        // a URL or mail address, added to the User-Agent as "(+contact)"
	Timeout     time.Duration // of one attempt, body included
	MaxBody     int64         // bytes kept of a body, after decompression
	Rate        float64       // requests per second and host; 0: no limit
	Concurrency int           // requests at once and per host
	Retries     int           // attempts after the first; negative: none
	MaxWait     time.Duration // ceiling on what a Retry-After header can ask for
	FirstPause  time.Duration // how long a host that has begun to fail is left alone at first

	// AllowPrivate lets requests into private networks. Without it only hosts named
	// by AllowHost or mapped by ConnectTo may lie there.
	AllowPrivate bool
	// ConnectTo sends the connections for a host elsewhere, as curl's --connect-to
	// does: "host" or "host:port" to "addr:port", or "addr" with the port kept. Host
	// header, SNI and certificate check stay with the host of the address.
	ConnectTo map[string]string
	// Header is added to every request; it may replace the usual fields. But for
	// User-Agent and the Accept fields it goes to hosts named by AllowHost only, or a
	// redirect could carry a secret off.
	Header http.Header
	// Proxy, if set, is the HTTP proxy that is asked for everything. It looks host names
	// up itself, so only addresses that are numbers can be kept from private networks.
	Proxy *url.URL
	// InsecureTLS accepts any certificate. RootCAs, if set, replaces the system's.
	InsecureTLS bool
	RootCAs     *x509.CertPool
	// IgnoreCrawlDelay keeps the Crawl-delay of robots.txt from slowing a host.
	IgnoreCrawlDelay bool
	// Transport, if set, answers in place of the network; the options of connections
	// then have no effect, nor is any address kept from being asked.
	Transport http.RoundTripper
	// Resolve replaces the look-up of host names.
	Resolve func(ctx context.Context, host string) ([]netip.Addr, error)
	Log     *slog.Logger // debug messages, one per attempt; nil: none
}

// Client asks hosts over HTTP/1.1 and HTTP/2. It may be used by many goroutines.
type Client struct {
	opt       Options
	guard     *guard
	transport http.RoundTripper
	log       *slog.Logger

	mu     sync.Mutex
	paces  map[string]*pace // by host:port
	robots map[string]*robotsEntry
}

// Response is one answer. Where several attempts were made it is the last one's.
type Response struct {
	URL    string // as asked, without fragment and credentials
	Status int
	Header http.Header // as received; Content-Encoding has been undone all the same
	Body   []byte      // decompressed, in the charset of the server
	// Truncated: Body is only the beginning, cut at the limit.
	Truncated bool
	// Skipped: the body is of a type that was not wanted (a picture, a PDF) and was
	// left on the server but for its first bytes. Truncated is set as well.
	Skipped bool
	// Location is the absolute target of a redirect (301, 302, 303, 307, 308), "" for
	// other answers and for targets that are no http or https address.
	Location  string
	Elapsed   time.Duration // of the last attempt, body included
	FetchedAt time.Time     // UTC
	Attempts  int
}

// GetOptions change one request of [Client.GetWith].
type GetOptions struct {
	AnyType bool        // read the body whatever its type
	MaxBody int64       // instead of Options.MaxBody; 0: that one
	Header  http.Header // added to this request alone
	// Buffer is memory that Response.Body may take, whatever is in it; nil: none. A caller
	// that has done with the body of one answer spares that of the next by it.
	Buffer []byte
}

// New makes a client. The error names the option that cannot be used.
func New(opt Options) (*Client, error) {
	if opt.UserAgent == "" {
		opt.UserAgent = DefaultUserAgent
	}
	if opt.Contact != "" {
		opt.UserAgent += " (+" + opt.Contact + ")"
	}
	if strings.ContainsFunc(opt.UserAgent, func(r rune) bool { return r < ' ' || r >= 0x7f }) {
		return nil, fmt.Errorf("user agent %q: only printable ASCII can be sent", opt.UserAgent)
	}
	if opt.Rate < 0 || opt.MaxBody < 0 || opt.Timeout < 0 || opt.Concurrency < 0 || opt.MaxWait < 0 {
		return nil, errors.New("rate, size, time and concurrency limits cannot be negative")
	}
	setDefault(&opt.Timeout, DefaultTimeout)
	setDefault(&opt.MaxBody, DefaultMaxBody)
	setDefault(&opt.Concurrency, DefaultConcurrency)
	setDefault(&opt.Retries, DefaultRetries)
	setDefault(&opt.MaxWait, DefaultMaxWait)
	setDefault(&opt.FirstPause, DefaultFirstPause)
	connectTo, err := readConnectTo(opt.ConnectTo)
	if err != nil {
		return nil, err
	}
	c := &Client{
		opt: opt, log: opt.Log,
		paces:  map[string]*pace{},
		robots: map[string]*robotsEntry{},
		guard: &guard{
			resolve: opt.Resolve, allowPrivate: opt.AllowPrivate, connectTo: connectTo,
			hosts:  map[string]hostKind{},
			dialer: net.Dialer{Timeout: opt.Timeout, KeepAlive: 30 * time.Second},
		},
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if opt.Resolve == nil {
		c.guard.resolve = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
	}
	transport := &http.Transport{
		DialContext:            c.guard.dial,
		TLSClientConfig:        &tls.Config{InsecureSkipVerify: opt.InsecureTLS, RootCAs: opt.RootCAs, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // done here, with limits
		MaxIdleConnsPerHost:    opt.Concurrency,
		MaxConnsPerHost:        opt.Concurrency,
		IdleConnTimeout:        90 * time.Second,
		TLSHandshakeTimeout:    opt.Timeout,
		MaxResponseHeaderBytes: maxHeader,
	}
	if opt.Proxy != nil {
		transport.Proxy = http.ProxyURL(opt.Proxy)
		c.AllowHost(opt.Proxy.Hostname())
	}
	c.transport = transport
	if opt.Transport != nil {
		c.transport = opt.Transport
	}
	return c, nil
}

func setDefault[T int | int64 | time.Duration](v *T, d T) {
	if *v == 0 {
		*v = d
	}
}

func readConnectTo(m map[string]string) (map[string]string, error) {
	out := make(map[string]string, len(m))
	for from, to := range m {
		key := bareHost(from)
		if _, port, err := net.SplitHostPort(from); err == nil {
			key = net.JoinHostPort(key, port)
		}
		if key == "" || to == "" {
			return nil, fmt.Errorf("connect-to %q -> %q: a host is missing", from, to)
		}
		if _, _, err := net.SplitHostPort(to); err != nil {
			to = net.JoinHostPort(strings.Trim(to, "[]"), "")
		}
		out[key] = to
	}
	return out, nil
}

// AllowHost names a host, with or without port, as one that the user wants asked:
// it may lie in a private network, if it does so from the first look-up on, and it is
// given the Authorization and Cookie of Options.Header.
func (c *Client) AllowHost(host string) { c.guard.allow(host) }

// SetDelay makes d the least time between two requests to the host of host[:port],
// if Options.Rate does not ask for more.
func (c *Client) SetDelay(host string, d time.Duration) { c.pace(host).atLeast(d) }

// Dial opens a connection to addr, host:port, under the rules of this client: into no
// private network, and where ConnectTo says. It is for helpers that ask on their own.
func (c *Client) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	return c.guard.dial(ctx, network, addr)
}

// UserAgent is the whole value that is sent.
func (c *Client) UserAgent() string { return c.opt.UserAgent }

// Revive forgets that the host of host[:port] seemed to be down, so that it is asked
// at once. It is for a caller that knows of a page which always answers, and wants to
// tell a host that is gone from one that has many broken pages.
func (c *Client) Revive(host string) { c.pace(host).revive() }

// Get asks rawURL, an absolute http or https address, and returns the answer,
// whatever its status. It never follows a redirect. Answers 429 and 5xx, broken
// connections and timeouts are tried again, with growing waits and heeding
// Retry-After; if a status is all that ever came it is returned, not an error.
// Bodies that are pictures, films, fonts or PDF are not downloaded, see [GetOptions].
// The errors are those of this package, or ctx's.
func (c *Client) Get(ctx context.Context, rawURL string) (*Response, error) {
	return c.GetWith(ctx, rawURL, GetOptions{})
}

// GetWith is Get with options.
func (c *Client) GetWith(ctx context.Context, rawURL string, opt GetOptions) (*Response, error) {
	u, err := parseURL(rawURL)
	if err != nil {
		return nil, err
	}
	if opt.MaxBody <= 0 {
		opt.MaxBody = c.opt.MaxBody
	}
	asked := u.String() // free of credentials, and of bytes that a log must not see
	p := c.pace(u.Host)
	for attempt := 0; ; attempt++ {
		turn, err := p.wait(ctx)
		if err != nil {
			return nil, fmt.Errorf("asking %s: %w", asked, err)
		}
		resp, firstByte, err := c.ask(ctx, u, opt)
		again := c.settle(ctx, turn, resp, firstByte, err)
		c.log.LogAttrs(ctx, slog.LevelDebug, "asked", slog.String("url", asked), slog.Int("attempt", attempt+1),
			slog.Int("status", status(resp)), slog.Duration("first_byte", firstByte), slog.Any("error", err))
		if !again || attempt >= c.opt.Retries {
			if err != nil {
				return nil, fmt.Errorf("asking %s: %w", asked, err)
			}
			resp.URL, resp.Attempts = asked, attempt+1
			return resp, nil
		}
		// A host that is overloaded makes everybody wait at the next turn.
		if resp == nil || !isOverload(resp.Status) {
			if err := sleep(ctx, jitter(firstRetry<<attempt)); err != nil {
				return nil, fmt.Errorf("asking %s: %w", asked, err)
			}
		}
	}
}

func status(r *Response) int {
	if r == nil {
		return 0
	}
	return r.Status
}

func isOverload(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
}

// settle tells the pace how the attempt went and says whether to try again.
func (c *Client) settle(ctx context.Context, t *turn, resp *Response, firstByte time.Duration, err error) bool {
	switch {
	case err != nil && ctx.Err() != nil, errors.Is(err, ErrPrivateAddress):
		t.done(neutral, 0, 0, nil)
		return false
	case errors.Is(err, ErrNoSuchHost), errors.Is(err, ErrCertificate):
		t.done(failed, 0, 0, err)
		return false
	case errors.Is(err, ErrBadEncoding):
		t.done(answered, firstByte, 0, nil)
		return false
	case err != nil:
		t.done(failed, 0, 0, err)
		return true
	}
	problem := fmt.Errorf("answered %d %s", resp.Status, http.StatusText(resp.Status))
	switch s := resp.Status; {
	case isOverload(s):
		t.done(overloaded, firstByte, retryAfter(resp.Header, resp.FetchedAt), problem)
		return true
	case s == http.StatusNotImplemented, s == http.StatusHTTPVersionNotSupported, s == http.StatusNetworkAuthenticationRequired:
		t.done(answered, firstByte, 0, nil)
		return false
	case s == http.StatusInternalServerError:
		t.done(answered, firstByte, 0, nil) // the page is broken, not the host
		return true
	case s > http.StatusInternalServerError:
		t.done(failed, firstByte, 0, problem)
		return true
	}
	t.done(answered, firstByte, 0, nil)
	return false
}

// ask makes one attempt. firstByte is the time until the header came.
func (c *Client) ask(ctx context.Context, u *url.URL, opt GetOptions) (r *Response, firstByte time.Duration, err error) {
	outer := ctx
	ctx, cancel := context.WithTimeout(ctx, c.opt.Timeout)
	defer cancel()
	start := time.Now()
	defer func() {
		if err != nil && outer.Err() == nil {
			err = classify(err, ctx.Err() != nil, c.opt.Timeout)
		}
	}()
	req := (&http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Header: c.header(u, opt.Header),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}).WithContext(ctx)
	if c.opt.Proxy != nil {
		if a, err := netip.ParseAddr(bareHost(u.Host)); err == nil {
			if err := c.guard.check(bareHost(u.Host), []netip.Addr{a}); err != nil {
				return nil, 0, err
			}
		}
	}
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		return nil, 0, err
	}
	defer resp.Body.Close()
	firstByte = time.Since(start)
	r = &Response{Status: resp.StatusCode, Header: resp.Header, FetchedAt: start.UTC()}
	limit := opt.MaxBody
	if isRedirect(resp.StatusCode) {
		r.Location = location(u, resp.Header.Get("Location"))
		limit = min(limit, maxRedirectBody)
	}
	if resp.StatusCode != http.StatusNotModified { // which has no body (RFC 9110, section 15.4.5)
		r.Body, r.Truncated, r.Skipped, err = readBody(resp, limit, opt.AnyType, opt.Buffer)
	}
	r.Elapsed = time.Since(start)
	if err != nil {
		return nil, firstByte, err
	}
	if !r.Truncated {
		// Reading to the very end lets the connection be used again; if that fails
		// there is nothing to do about it.
		_, _ = io.CopyN(io.Discard, resp.Body, sniffLen)
	}
	return r, firstByte, nil
}

func (c *Client) header(u *url.URL, extra http.Header) http.Header {
	h := http.Header{
		"User-Agent":      {c.opt.UserAgent},
		"Accept":          {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"},
		"Accept-Encoding": {acceptEncoding},
	}
	for k, v := range c.opt.Header {
		k = http.CanonicalHeaderKey(k)
		if k != "User-Agent" && !strings.HasPrefix(k, "Accept") && !c.guard.named(u.Host) {
			continue
		}
		h[k] = v
	}
	for k, v := range extra {
		h[http.CanonicalHeaderKey(k)] = v
	}
	return h
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// location makes the Location of an answer to u absolute. Bytes that are no UTF-8
// are passed on percent-encoded, as browsers do.
func location(u *url.URL, s string) string {
	if s == "" {
		return ""
	}
	if strings.ToValidUTF8(s, "") != s {
		var b strings.Builder
		for i := 0; i < len(s); i++ {
			if c := s[i]; c >= 0x80 {
				b.WriteByte('%')
				b.WriteByte(upperHex[c>>4])
				b.WriteByte(upperHex[c&15])
			} else {
				b.WriteByte(c)
			}
		}
		s = b.String()
	}
	target, ok := Resolve(u, s)
	if !ok {
		return ""
	}
	return target.String()
}

// parseURL takes what net/url takes as it is, so that the spelling asked is the one
// given, and cleans the rest.
func parseURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Opaque != "" || !isASCII(u.Host) {
		var ok bool
		if u, ok = Resolve(nil, raw); !ok {
			return nil, fmt.Errorf("%w: %q", ErrBadURL, raw)
		}
		return u, nil
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return nil, fmt.Errorf("%w: %q", ErrBadURL, raw)
	}
	u.Fragment, u.RawFragment, u.User = "", "", nil
	return u, nil
}

// classify adds the sentinel that says what went wrong.
func classify(err error, late bool, timeout time.Duration) error {
	var (
		unknown  x509.UnknownAuthorityError
		hostname x509.HostnameError
		invalid  x509.CertificateInvalidError
		verify   *tls.CertificateVerificationError
		netErr   net.Error
	)
	switch {
	case errors.Is(err, ErrPrivateAddress), errors.Is(err, ErrBadURL):
		return err
	case errors.Is(err, ErrNoSuchHost), errors.Is(err, ErrBadEncoding):
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	case errors.As(err, &verify), errors.As(err, &unknown), errors.As(err, &hostname), errors.As(err, &invalid):
		return fmt.Errorf("%w: %w: %w", ErrUnreachable, ErrCertificate, err)
	case late, errors.As(err, &netErr) && netErr.Timeout():
		return fmt.Errorf("%w: %w (%v)", ErrUnreachable, ErrTimeout, timeout)
	}
	return fmt.Errorf("%w: %w", ErrUnreachable, err)
}

// pace returns the pace of a host[:port].
func (c *Client) pace(host string) *pace {
	host = strings.ToLower(host)
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.paces[host]
	if p == nil {
		p = newPace(c.opt.Rate, c.opt.Concurrency, c.opt.MaxWait, c.opt.FirstPause)
		c.paces[host] = p
	}
	return p
}
