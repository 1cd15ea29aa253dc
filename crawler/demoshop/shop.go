package demoshop

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"

	"replatform/crawler/catalog"
)

// Options say which shop to build. The zero value is the shop of the demo.
type Options struct {
	// Seed picks the goods, names and prices. Equal options give equal bytes.
	Seed uint64
	// Goods is the number of goods in the old shop, hidden ones included; 0 means
	// 236, which gives some 270 product pages.
	Goods int
	// Scheme of the absolute addresses that the shop writes: "https" (default) or "http".
	Scheme string
	// Host replaces the invented main host in absolute addresses; it may have a port.
	Host string
	// Snippets are texts that the owner has pasted into templates of the platform, by
	// template name, see Old and MakeshopCreator. The platform's template variables in
	// them are evaluated; what the replica cannot evaluate shows as "template error".
	Snippets map[string]string
	// Static are further files: the key is a path ("/map.js", served on every host of
	// the shop) or an absolute address ("https://cdn.example/map.js", served on that
	// host, which then belongs to Hosts).
	Static map[string][]byte
}

func (o Options) scheme() string {
	if o.Scheme == "" {
		return "https"
	}
	return o.Scheme
}

func (o Options) host(invented string) string {
	if o.Host == "" {
		return invented
	}
	return o.Host
}

// Reach says by which way a page can be found.
type Reach string

const (
	ByStart   Reach = "start"   // the start page
	ByLink    Reach = "link"    // links from the start page on
	BySitemap Reach = "sitemap" // only the sitemap
	ByListing Reach = "listing" // only the complete listing (search without a word)
	ByFeed    Reach = "feed"    // only the platform's catalogue feed
	ByFile    Reach = "file"    // only the shop's product file: hidden or draft, not on the site
)

// Listed is one page that the shop is known to have.
type Listed struct {
	URL    string // absolute, in its canonical spelling
	Type   catalog.PageType
	Status int // HTTP status it answers with
	Reach  Reach
}

// Shop is one replica. It is safe for concurrent use and never changes.
type Shop struct {
	scheme string
	hosts  []string
	serve  func(http.ResponseWriter, *http.Request)
	static map[string][]byte // "/path" or "host/path"
	listed []Listed
}

func newShop(o Options, hosts ...string) *Shop {
	s := &Shop{scheme: o.scheme(), hosts: hosts, static: make(map[string][]byte)}
	s.hosts[0] = o.host(s.hosts[0])
	for key, body := range o.Static {
		if u, err := url.Parse(key); err == nil && u.Host != "" {
			if !s.answers(u.Host) {
				s.hosts = append(s.hosts, u.Host)
			}
			key = u.Host + u.EscapedPath()
		}
		s.static[key] = body
	}
	return s
}

// Hosts lists the hosts that the shop answers, the main one first.
func (s *Shop) Hosts() []string { return append([]string(nil), s.hosts...) }

// StartURL is the address of the start page.
func (s *Shop) StartURL() string { return s.root() + "/" }

// Pages lists the shop's pages with the status they answer and the way by which a
// crawler can find them, in a fixed order. Addresses without end (searches, sort
// orders) are not listed.
func (s *Shop) Pages() []Listed { return append([]Listed(nil), s.listed...) }

func (s *Shop) root() string { return s.scheme + "://" + s.hosts[0] }

func (s *Shop) list(path string, t catalog.PageType, status int, reach Reach) {
	s.listed = append(s.listed, Listed{URL: s.root() + path, Type: t, Status: status, Reach: reach})
}

func (s *Shop) answers(host string) bool {
	for _, h := range s.hosts {
		if strings.EqualFold(h, host) || strings.EqualFold(hostname(h), hostname(host)) {
			return true
		}
	}
	return false
}

// ServeHTTP answers GET and HEAD for every path. A host that is none of Hosts gets
// the pages of the main host, so that a test server can be asked directly.
func (s *Shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "this shop takes no orders", http.StatusMethodNotAllowed)
		return
	}
	p := r.URL.EscapedPath()
	for _, key := range []string{hostOf(r) + p, hostname(hostOf(r)) + p, p} {
		if body, ok := s.static[key]; ok {
			t := mime.TypeByExtension(path.Ext(p))
			if strings.HasSuffix(p, ".js") {
				t = "text/javascript; charset=utf-8"
			}
			if t == "" {
				t = "application/octet-stream"
			}
			w.Header().Set("Content-Type", t)
			w.Write(body)
			return
		}
	}
	s.serve(w, r)
}

func hostOf(r *http.Request) string {
	if r.Host != "" {
		return r.Host
	}
	return r.URL.Host
}

func hostname(hostport string) string {
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		return h
	}
	return hostport
}

// Mux answers each request with the shop that has its host, and 421 for others.
func Mux(shops ...*Shop) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, s := range shops {
			if s.answers(hostOf(r)) {
				s.ServeHTTP(w, r)
				return
			}
		}
		http.Error(w, "no shop has the host "+hostOf(r), http.StatusMisdirectedRequest)
	})
}

// ConnectTo maps every host of the shops to one address (host:port), in the form
// that the crawler's fetcher takes.
func ConnectTo(addr string, shops ...*Shop) map[string]string {
	m := make(map[string]string)
	for _, s := range shops {
		for _, h := range s.hosts {
			m[h] = addr
		}
	}
	return m
}

// Transport answers requests for the hosts of the shops in memory, whatever the
// scheme, and fails for every other host as if it did not resolve.
func Transport(shops ...*Shop) http.RoundTripper { return transport(shops) }

type transport []*Shop

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	for _, s := range t {
		if !s.answers(hostOf(r)) {
			continue
		}
		rec := &recorder{header: make(http.Header)}
		s.ServeHTTP(rec, r)
		if rec.status == 0 {
			rec.status = http.StatusOK
		}
		body := rec.body.Bytes()
		if r.Method == http.MethodHead {
			body = nil
		}
		return &http.Response{
			Status: fmt.Sprintf("%d %s", rec.status, http.StatusText(rec.status)), StatusCode: rec.status,
			Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: rec.header,
			Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: r,
		}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: hostname(hostOf(r)), IsNotFound: true}
}

// recorder keeps one answer.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *recorder) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(b)
}

// pageNumber reads the page asked for: 1 unless the query has a sensible number.
func pageNumber(q url.Values) int {
	n, err := strconv.Atoi(q.Get("page"))
	if err != nil || n < 1 || n > 1_000_000 {
		return 1
	}
	return n
}

// window is the part of n entries that one page shows.
func window(n, page, per int) (from, to int) {
	from = min((page-1)*per, n)
	return from, min(from+per, n)
}

// write sends a body with its type.
func write(w http.ResponseWriter, status int, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	w.Write(body)
}

// picture is a small JPEG whose colour hangs on the name, for product images.
func picture(w http.ResponseWriter, name string) {
	sum := uint32(2166136261)
	for i := 0; i < len(name); i++ {
		sum = (sum ^ uint32(name[i])) * 16777619
	}
	img := image.NewUniform(color.RGBA{uint8(sum), uint8(sum >> 8), uint8(sum >> 16), 255})
	var b bytes.Buffer
	// Encoding a uniform picture into memory cannot fail.
	_ = jpeg.Encode(&b, clipped{img}, &jpeg.Options{Quality: 60})
	write(w, http.StatusOK, "image/jpeg", b.Bytes())
}

// clipped bounds a picture to the size of a small thumbnail.
type clipped struct{ image.Image }

func (clipped) Bounds() image.Rectangle { return image.Rect(0, 0, 16, 16) }
