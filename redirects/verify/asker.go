package verify

import (
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/time/rate"

	"replatform/redirects"
)

// ErrPrivateAddress is the reason of Private for an address inside the own
// network, which is asked only with AllowPrivate or through ConnectTo.
var ErrPrivateAddress = errors.New("private address")

const (
	maxBody       = 256 << 10 // read to keep the connection; larger bodies cost a new one
	maxRetryAfter = 10 * time.Second
)

// address is a URL with its bytes kept.
type address struct {
	scheme, host string
	source       redirects.Source
}

// parseAddress reads an absolute http(s) URL.
func parseAddress(raw string) (address, error) {
	s, err := redirects.ParseSource(raw)
	if err != nil {
		return address{}, err
	}
	if s.Host == "" {
		return address{}, fmt.Errorf("%.200q: %w", raw, redirects.ErrNotURL)
	}
	scheme := "http"
	if len(raw) > 5 && strings.EqualFold(strings.TrimSpace(raw)[:5], "https") {
		scheme = "https"
	}
	return address{scheme, s.Host, s}, nil
}

func (a address) String() string {
	u := a.scheme + "://" + a.host + a.source.RequestTarget()
	if a.source.Fragment != "" {
		u += "#" + a.source.Fragment
	}
	return u
}

// identity makes spellings equal that every server takes for one address: letter
// case of escapes, needlessly escaped letters. Order of parameters counts, the
// fragment too.
func (a address) identity() string {
	s := a.source
	s.QueryAs = redirects.QueryOrdered
	return a.scheme + "://" + s.Identity() + "#" + s.Fragment
}

// answer is one HTTP answer.
type answer struct {
	status   int
	location string  // as sent
	next     address // where a redirect leads; no host when there is none
	detail   string
	elapsed  time.Duration
	page     Page // filled where the body was wanted
	err      error
}

// asker sends single requests.
type asker struct {
	client *http.Client
	own    bool
	o      Options
	dial   map[string]string // host or host:port -> address
	plain  map[string]string // host or host:port -> scheme to speak
	mu     sync.Mutex
	limits map[string]*rate.Limiter
}

func newAsker(o Options) (*asker, error) {
	a := &asker{o: o, dial: map[string]string{}, plain: map[string]string{}, limits: map[string]*rate.Limiter{}}
	if o.Client != nil {
		if len(o.ConnectTo) > 0 || o.AllowPrivate || o.TLS != nil {
			return nil, fmt.Errorf("%w: Client beside ConnectTo, AllowPrivate or TLS", ErrOptions)
		}
		client := *o.Client
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		a.client = &client
		return a, nil
	}
	for host, to := range o.ConnectTo {
		if err := a.connect(strings.ToLower(host), to); err != nil {
			return nil, err
		}
	}
	a.own = true
	a.client = &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:           a.dialContext,
			TLSClientConfig:       o.TLS,
			MaxIdleConns:          4 * o.Concurrency,
			MaxIdleConnsPerHost:   o.Concurrency,
			IdleConnTimeout:       30 * time.Second,
			TLSHandshakeTimeout:   o.Timeout,
			ResponseHeaderTimeout: o.Timeout,
			DisableCompression:    true,
			// HTTP/2 stays off: this client must send the request line as it is.
		},
	}
	return a, nil
}

// connect enters one ConnectTo pair.
func (a *asker) connect(host, to string) error {
	scheme, rest, ok := strings.Cut(to, "://")
	if ok {
		to = rest
		if scheme != "http" && scheme != "https" {
			return fmt.Errorf("%w: connect %s to %q: scheme must be http or https", ErrOptions, host, to)
		}
		a.plain[host] = scheme
		if name, port, err := net.SplitHostPort(host); err == nil {
			// The request goes out under the default port of the other scheme.
			other := map[string]string{"443": "80", "80": "443"}[port]
			if _, taken := a.o.ConnectTo[name+":"+other]; other != "" && !taken {
				a.dial[name+":"+other] = to
			}
		}
	}
	to = strings.TrimSuffix(to, "/")
	if to == "" || host == "" || strings.ContainsAny(to, "/ ") {
		return fmt.Errorf("%w: connect %q to %q", ErrOptions, host, to)
	}
	if _, _, err := net.SplitHostPort(to); err != nil && ok {
		to = net.JoinHostPort(strings.Trim(to, "[]"), map[string]string{"http": "80", "https": "443"}[scheme])
	}
	a.dial[host] = to
	return nil
}

func (a *asker) close() {
	if a.own {
		a.client.CloseIdleConnections()
	}
}

// dialContext connects to where ConnectTo says, else to the host itself unless it
// is in the own network.
func (a *asker) dialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	d := net.Dialer{Timeout: a.o.Timeout, KeepAlive: 30 * time.Second}
	if to := cmp.Or(a.dial[strings.ToLower(addr)], a.dial[strings.ToLower(host)]); to != "" {
		if _, _, err := net.SplitHostPort(to); err != nil {
			to = net.JoinHostPort(strings.Trim(to, "[]"), port)
		}
		return d.DialContext(ctx, network, to)
	}
	if !a.o.AllowPrivate {
		d.Control = refusePrivate
	}
	return d.DialContext(ctx, network, addr)
}

// refusePrivate looks at the address that is really dialled, so that a name
// cannot change its answer between check and use (OWASP, SSRF prevention).
func refusePrivate(_, addr string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(addr)
	if err != nil {
		return fmt.Errorf("%w: %s", ErrPrivateAddress, addr)
	}
	ip := ap.Addr().Unmap()
	shared := netip.MustParsePrefix("100.64.0.0/10") // RFC 6598
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() || shared.Contains(ip) {
		return fmt.Errorf("%w: %s", ErrPrivateAddress, ip)
	}
	return nil
}

// ask sends a GET and repeats it after a failed connection, 429 or 503. Of the body
// keep bytes are kept.
func (a *asker) ask(ctx context.Context, to address, keep int64) answer {
	for attempt := 0; ; attempt++ {
		ans, wait := a.once(ctx, to, keep)
		failed := ans.err != nil || ans.status == http.StatusTooManyRequests || ans.status == http.StatusServiceUnavailable
		if !failed || attempt >= a.o.Retries || ctx.Err() != nil || errors.Is(ans.err, ErrPrivateAddress) {
			return ans
		}
		if wait == 0 {
			wait = 200 * time.Millisecond << attempt
		}
		select {
		case <-time.After(min(wait, maxRetryAfter)):
		case <-ctx.Done():
			return ans
		}
	}
}

func (a *asker) once(ctx context.Context, to address, keep int64) (ans answer, retryAfter time.Duration) {
	if err := a.wait(ctx, to.host); err != nil {
		return answer{err: err}, 0
	}
	ctx, cancel := context.WithTimeout(ctx, a.o.Timeout)
	defer cancel()
	req, err := a.request(ctx, to)
	if err != nil {
		return answer{err: err}, 0
	}
	begin := time.Now()
	resp, err := a.client.Do(req)
	ans.elapsed = time.Since(begin)
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err // the address is in the result already
		}
		ans.err = err
		return ans, 0
	}
	ans.status = resp.StatusCode
	if keep > 0 {
		ans.page = Page{URL: to.String(), Status: resp.StatusCode, Header: resp.Header}
		if ans.page.Body, ans.page.Truncated, err = readBody(resp, keep); err != nil {
			_ = resp.Body.Close()
			return answer{err: fmt.Errorf("reading the page: %w", err), elapsed: ans.elapsed}, 0
		}
	}
	_, _ = io.CopyN(io.Discard, resp.Body, maxBody)
	_ = resp.Body.Close()
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s > 0 {
		retryAfter = time.Duration(min(s, 3600)) * time.Second
	}
	switch resp.StatusCode {
	case 301, 302, 303, 307, 308:
		ans.location = resp.Header.Get("Location")
		if ans.next, err = resolve(to, ans.location); err != nil {
			ans.next, ans.detail = address{}, fmt.Sprintf("Location %.200q: %v", ans.location, err)
		}
	}
	return ans, retryAfter
}

// readBody reads at most limit bytes of a body, decompressed. No compression is asked
// for, yet some servers send gzip all the same.
func readBody(resp *http.Response, limit int64) (body []byte, truncated bool, err error) {
	var r io.Reader = resp.Body
	if strings.EqualFold(resp.Header.Get("Content-Encoding"), "gzip") {
		if r, err = gzip.NewReader(r); err != nil {
			return nil, false, err
		}
	}
	body, err = io.ReadAll(io.LimitReader(r, limit+1))
	if int64(len(body)) > limit {
		return body[:limit], true, nil
	}
	return body, false, err
}

// wait keeps the pace for a host.
func (a *asker) wait(ctx context.Context, host string) error {
	if a.o.Rate <= 0 {
		return nil
	}
	a.mu.Lock()
	l, ok := a.limits[host]
	if !ok {
		l = rate.NewLimiter(rate.Limit(a.o.Rate), 1)
		a.limits[host] = l
	}
	a.mu.Unlock()
	return l.Wait(ctx)
}

// request builds a request whose request line is the address byte by byte.
func (a *asker) request(ctx context.Context, to address) (*http.Request, error) {
	scheme, host := to.scheme, to.host
	port := map[string]string{"http": "80", "https": "443"}[scheme]
	if name, p, err := net.SplitHostPort(host); err == nil {
		host, port = name, p
	}
	if other := cmp.Or(a.plain[host+":"+port], a.plain[host]); other != "" {
		scheme = other
	}
	s := to.source
	u := &url.URL{Scheme: scheme, Host: to.host, Opaque: s.Path, RawQuery: s.Query, ForceQuery: s.HasQuery}
	if strings.HasPrefix(s.Path, "//") {
		// net/http takes an opaque part that begins with two slashes for an
		// authority. A path that it would send unaltered goes as a path, any other
		// in absolute form, which every server has to accept (RFC 9112, 3.2.2).
		if path, err := url.PathUnescape(s.Path); err == nil && (&url.URL{Path: path, RawPath: s.Path}).EscapedPath() == s.Path {
			u.Opaque, u.Path, u.RawPath = "", path, s.Path
		} else {
			u.Opaque = "//" + to.host + s.Path
		}
	}
	req := (&http.Request{
		Method: http.MethodGet, URL: u, Host: to.host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"User-Agent": {a.o.UserAgent}, "Accept": {"*/*"}},
	}).WithContext(ctx)
	return req, nil
}

// resolve makes a Location absolute (RFC 9110, section 10.2.2) and keeps its
// bytes.
func resolve(base address, location string) (address, error) {
	switch {
	case location == "":
		return address{}, errors.New("empty")
	case strings.HasPrefix(location, "//"):
		return parseAddress(base.scheme + ":" + location)
	case strings.HasPrefix(location, "/"):
		return parseAddress(base.scheme + "://" + base.host + location)
	case strings.HasPrefix(location, "?"):
		return parseAddress(base.scheme + "://" + base.host + base.source.Path + location)
	}
	if next, err := parseAddress(location); err == nil {
		return next, nil
	}
	u, err := url.Parse(location)
	if err != nil {
		return address{}, err
	}
	if u.Scheme != "" {
		return address{}, redirects.ErrNotURL
	}
	b, err := url.Parse(base.String())
	if err != nil {
		return address{}, err
	}
	return parseAddress(b.ResolveReference(u).String())
}
