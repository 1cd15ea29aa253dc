package fetch

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"
)

// newTestClient may ask the loopback address and tries once.
func newTestClient(t testing.TB, opt Options) *Client {
	t.Helper()
	opt.AllowPrivate = true
	if opt.Retries == 0 {
		opt.Retries = -1
	}
	c, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if tr, ok := c.transport.(*http.Transport); ok {
			tr.CloseIdleConnections()
		}
	})
	return c
}

func serve(t testing.TB, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func TestGet(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for _, k := range []string{"Referer", "Cookie"} {
			if v := r.Header.Get(k); v != "" {
				t.Errorf("%s sent: %q", k, v)
			}
		}
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "1"})
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, "%s|%s|%s", r.UserAgent(), r.RequestURI, r.Header.Get("Accept-Encoding"))
	})
	c := newTestClient(t, Options{Contact: "https://consultant.example/bot"})
	for range 2 { // the cookie of the first answer must not come back
		r, err := c.Get(context.Background(), s.URL+"/a%7e?pid=1&x=%a4%EA#top")
		if err != nil {
			t.Fatal(err)
		}
		if want := "replatform/0.1 (+https://consultant.example/bot)|/a%7e?pid=1&x=%a4%EA|gzip, br, zstd, deflate"; string(r.Body) != want {
			t.Errorf("got %s, want %s", r.Body, want)
		}
		if r.Status != 200 || r.URL != s.URL+"/a%7e?pid=1&x=%a4%EA" || r.Location != "" || r.Truncated || r.FetchedAt.IsZero() || r.Elapsed <= 0 || r.Attempts != 1 {
			t.Errorf("%+v", r)
		}
	}
}

func TestGetRedirect(t *testing.T) {
	var asked atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if v := r.URL.Query().Get("to"); v != "" {
			w.Header()["Location"] = []string{v}
		}
		var status int
		fmt.Sscan(r.URL.Query().Get("status"), &status)
		w.WriteHeader(status)
	})
	c := newTestClient(t, Options{})
	tests := []struct{ query, want string }{
		{"status=301&to=/b", "/b"},
		{"status=302&to=../c?d", "/c?d"},
		{"status=303&to=https://other.example/", "https://other.example/"},
		{"status=307&to=%2F%2Fother.example", "http://other.example/"},
		{"status=308&to=/%E5%95%86", "/%E5%95%86"},
		{"status=301&to=/%A4%EA", "/%A4%EA"}, // raw EUC-JP bytes in the header
		{"status=301&to=javascript:x", ""},
		{"status=301", ""},
		{"status=304&to=/b", ""},
		{"status=200&to=/b", ""},
	}
	for i, tt := range tests {
		r, err := c.Get(context.Background(), s.URL+"/a/?"+tt.query)
		if err != nil {
			t.Fatal(err)
		}
		want := tt.want
		if strings.HasPrefix(want, "/") {
			want = s.URL + want
		}
		if r.Location != want {
			t.Errorf("%s: Location %q, want %q", tt.query, r.Location, want)
		}
		if asked.Load() != int32(i+1) {
			t.Fatalf("%s was followed", tt.query)
		}
	}
}

func compress(t testing.TB, coding string, b []byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	var w io.WriteCloser
	switch coding {
	case "gzip", "x-gzip":
		w = gzip.NewWriter(&buf)
	case "br":
		w = brotli.NewWriter(&buf)
	case "zstd":
		z, err := zstd.NewWriter(&buf)
		if err != nil {
			t.Fatal(err)
		}
		w = z
	case "deflate":
		w = zlib.NewWriter(&buf)
	case "raw-deflate":
		z, err := flate.NewWriter(&buf, 6)
		if err != nil {
			t.Fatal(err)
		}
		w = z
	}
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestGetCompressed(t *testing.T) {
	page := bytes.Repeat([]byte("<p>有機リネンのエプロン</p>\n"), 500)
	bomb := make([]byte, 64<<20)
	tests := []struct {
		name, header string
		body         []byte
		want         []byte
		truncated    bool
		err          error
	}{
		{"gzip", "gzip", compress(t, "gzip", page), page, false, nil},
		{"x-gzip", "x-gzip", compress(t, "gzip", page), page, false, nil},
		{"br", "br", compress(t, "br", page), page, false, nil},
		{"zstd", "zstd", compress(t, "zstd", page), page, false, nil},
		{"deflate", "deflate", compress(t, "deflate", page), page, false, nil},
		{"bare deflate", "Deflate", compress(t, "raw-deflate", page), page, false, nil},
		{"identity", "identity", page, page, false, nil},
		{"twice", "gzip, br", compress(t, "br", compress(t, "gzip", page)), page, false, nil},
		{"labelled gzip, and plain", "gzip", page, page, false, nil},
		{"gzip and padding", "gzip", append(compress(t, "gzip", page), make([]byte, 100)...), page, false, nil},
		{"two gzip members", "gzip", append(compress(t, "gzip", page), compress(t, "gzip", page)...), append(page[:len(page):len(page)], page...), false, nil},
		{"empty", "gzip", nil, nil, false, nil},
		{"bomb, gzip", "gzip", compress(t, "gzip", bomb), bomb[:1<<20], true, nil},
		{"bomb, br", "br", compress(t, "br", bomb), bomb[:1<<20], true, nil},
		{"bomb, zstd", "zstd", compress(t, "zstd", bomb), bomb[:1<<20], true, nil},
		{"bomb, deflate", "deflate", compress(t, "deflate", bomb), bomb[:1<<20], true, nil},
		{"bomb in a bomb", "gzip, gzip", compress(t, "gzip", compress(t, "gzip", bomb)), bomb[:1<<20], true, nil},
		{"plain and too long", "", bomb[:2<<20], bomb[:1<<20], true, nil},
		{"exactly the limit", "", bomb[:1<<20], bomb[:1<<20], false, nil},
		{"thrice", "gzip, gzip, gzip", compress(t, "gzip", compress(t, "gzip", compress(t, "gzip", page))), nil, false, ErrBadEncoding},
		{"unknown", "compress", page, nil, false, ErrBadEncoding},
		{"damaged gzip", "gzip", append([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0}, page...), nil, false, ErrBadEncoding},
		{"damaged br", "br", page, nil, false, ErrBadEncoding},
		{"damaged zstd", "zstd", page, nil, false, ErrBadEncoding},
		{"cut off gzip", "gzip", compress(t, "gzip", page)[:60], nil, false, ErrUnreachable},
	}
	c := newTestClient(t, Options{MaxBody: 1 << 20})
	for _, tt := range tests {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			if tt.header != "" {
				w.Header().Set("Content-Encoding", tt.header)
			}
			w.Write(tt.body)
		})
		r, err := c.Get(context.Background(), s.URL)
		if tt.err != nil {
			if !errors.Is(err, tt.err) || !errors.Is(err, ErrUnreachable) {
				t.Errorf("%s: error %v, want %v", tt.name, err, tt.err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if !bytes.Equal(r.Body, tt.want) || r.Truncated != tt.truncated {
			t.Errorf("%s: %d bytes, truncated %v; want %d, %v", tt.name, len(r.Body), r.Truncated, len(tt.want), tt.truncated)
		}
	}
}

func TestGetTypes(t *testing.T) {
	big := bytes.Repeat([]byte{0x89, 'P', 'N', 'G', 0, 1, 2, 3}, 1<<17)
	text := bytes.Repeat([]byte("<p>text</p>"), 1<<14)
	zipped := compress(t, "gzip", bytes.Repeat([]byte("<url><loc>https://shop.example/</loc></url>"), 1000))
	tests := []struct {
		contentType string
		body        []byte
		skipped     bool
	}{
		{"text/html", text, false},
		{"application/xhtml+xml", text, false},
		{"application/ld+json", text, false},
		{"application/octet-stream", text, false},
		{"application/x-unknown; charset=EUC-JP", text, false},
		{"application/gzip", zipped, false},
		{"application/octet-stream", zipped, false},
		{"application/octet-stream", []byte("short"), false},
		{"image/png", big, true},
		{"application/octet-stream", big, true},
		{"application/pdf", text, true},
		{"Image/JPEG; x", text, true},
	}
	c := newTestClient(t, Options{})
	for _, tt := range tests {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", tt.contentType)
			w.Write(tt.body)
		})
		r, err := c.Get(context.Background(), s.URL)
		if err != nil {
			t.Fatal(err)
		}
		want := tt.body
		if tt.skipped {
			want = want[:sniffLen]
		}
		if r.Skipped != tt.skipped || r.Truncated != tt.skipped || !bytes.Equal(r.Body, want) {
			t.Errorf("%s: skipped %v, %d bytes; want %v, %d", tt.contentType, r.Skipped, len(r.Body), tt.skipped, len(want))
		}
		r, err = c.GetWith(context.Background(), s.URL, GetOptions{AnyType: true})
		if err != nil || !bytes.Equal(r.Body, tt.body) {
			t.Errorf("%s with AnyType: %d bytes, %v", tt.contentType, len(r.Body), err)
		}
	}
}

func TestGetPictureCostsNothing(t *testing.T) {
	var sent atomic.Int64
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "image/jpeg")
		block := make([]byte, 64<<10)
		for range 1600 { // 100 MB
			n, err := w.Write(block)
			sent.Add(int64(n))
			if err != nil {
				return
			}
		}
	})
	if _, err := newTestClient(t, Options{}).Get(context.Background(), s.URL); err != nil {
		t.Fatal(err)
	}
	s.Close() // waits for the handler
	if n := sent.Load(); n > 20<<20 {
		t.Errorf("%d bytes of a picture were sent", n)
	}
}

func TestGetErrors(t *testing.T) {
	c := newTestClient(t, Options{Timeout: 150 * time.Millisecond})
	slow := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		for r.Context().Err() == nil {
			io.WriteString(w, ".")
			w.(http.Flusher).Flush()
			time.Sleep(5 * time.Millisecond)
		}
	})
	cut := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000")
		io.WriteString(w, "<p>")
		panic(http.ErrAbortHandler)
	})
	header := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Long", strings.Repeat("x", 2*maxHeader))
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := "http://" + l.Addr().String()
	l.Close()
	tests := []struct {
		name, url string
		want      []error
	}{
		{"slow drip", slow.URL, []error{ErrUnreachable, ErrTimeout}},
		{"cut off", cut.URL, []error{ErrUnreachable}},
		{"endless header", header.URL, []error{ErrUnreachable}},
		{"nobody there", closed, []error{ErrUnreachable}},
		{"scheme", "ftp://shop.example/", []error{ErrBadURL}},
		{"no host", "http://?x", []error{ErrBadURL}},
		{"relative", "/x", []error{ErrBadURL}},
		{"empty", "", []error{ErrBadURL}},
	}
	for _, tt := range tests {
		_, err := c.Get(context.Background(), tt.url)
		for _, want := range tt.want {
			if !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", tt.name, err, want)
			}
		}
		if errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v looks like the caller's deadline", tt.name, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, err := c.Get(ctx, slow.URL); !errors.Is(err, context.Canceled) || errors.Is(err, ErrUnreachable) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestOptions(t *testing.T) {
	for _, bad := range []Options{
		{UserAgent: "a\nb"}, {Contact: "店"}, {Rate: -1}, {Timeout: -1},
		{ConnectTo: map[string]string{"": "127.0.0.1:80"}}, {ConnectTo: map[string]string{"a.example": ""}},
	} {
		if _, err := New(bad); err == nil {
			t.Errorf("%+v was accepted", bad)
		}
	}
}

func TestHeaderStaysWithNamedHosts(t *testing.T) {
	var got atomic.Value
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got.Store(r.Header.Get("Authorization") + "|" + r.Header.Get("Accept-Language"))
	})
	c := newTestClient(t, Options{
		Header:    http.Header{"authorization": {"Basic eA=="}, "Accept-Language": {"ja"}},
		ConnectTo: map[string]string{"shop.example": s.Listener.Addr().String(), "other.example": s.Listener.Addr().String()},
	})
	c.AllowHost("Shop.example:443")
	for url, want := range map[string]string{"http://shop.example/": "Basic eA==|ja", "http://other.example/": "|ja"} {
		if _, err := c.Get(context.Background(), url); err != nil {
			t.Fatal(err)
		}
		if got.Load() != want {
			t.Errorf("%s was sent %q, want %q", url, got.Load(), want)
		}
	}
}

func TestConnectTo(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s %s", r.Host, r.TLS.ServerName, r.Proto)
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // refused handshakes are part of the test
	s.StartTLS()
	defer s.Close()
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate()) // valid for example.com
	addr := s.Listener.Addr().String()
	_, port, _ := net.SplitHostPort(addr)
	noDNS := func(context.Context, string) ([]netip.Addr, error) { return nil, errors.New("looked up") }
	for _, m := range []map[string]string{
		{"example.com": addr}, {"Example.com:443": addr}, {"example.com:443": addr, "example.com": "127.0.0.1:1"},
	} {
		c := newTestClient(t, Options{ConnectTo: m, RootCAs: pool, Resolve: noDNS})
		c.opt.AllowPrivate, c.guard.allowPrivate = false, false
		r, err := c.Get(context.Background(), "https://example.com/")
		if err != nil {
			t.Fatal(err)
		}
		if string(r.Body) != "example.com example.com HTTP/1.1" {
			t.Errorf("%v: %s", m, r.Body)
		}
	}
	c := newTestClient(t, Options{ConnectTo: map[string]string{"example.com": "127.0.0.1"}, RootCAs: pool})
	if _, err := c.Get(context.Background(), "https://example.com:"+port+"/"); err != nil {
		t.Errorf("the port was not kept: %v", err)
	}
	// The certificate is checked against the name that was asked for.
	c = newTestClient(t, Options{ConnectTo: map[string]string{"shop.example": addr}, RootCAs: pool})
	if _, err := c.Get(context.Background(), "https://shop.example/"); !errors.Is(err, ErrCertificate) || !errors.Is(err, ErrUnreachable) {
		t.Errorf("wrong name: %v", err)
	}
	c = newTestClient(t, Options{ConnectTo: map[string]string{"shop.example": addr}, InsecureTLS: true})
	if r, err := c.Get(context.Background(), "https://shop.example/"); err != nil || !strings.HasPrefix(string(r.Body), "shop.example") {
		t.Errorf("insecure: %v", err)
	}
}

func TestHTTP2AndKeepAlive(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("X-Proto", r.Proto)
		w.Header().Set("X-From", r.RemoteAddr)
		w.Write(compress(t, "gzip", []byte("<p>x</p>")))
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	c := newTestClient(t, Options{InsecureTLS: true})
	from := map[string]bool{}
	for range 5 {
		r, err := c.Get(context.Background(), s.URL)
		if err != nil || string(r.Body) != "<p>x</p>" {
			t.Fatal(r, err)
		}
		if p := r.Header.Get("X-Proto"); p != "HTTP/2.0" {
			t.Errorf("spoke %s", p)
		}
		from[r.Header.Get("X-From")] = true
	}
	plain := serve(t, s.Config.Handler.ServeHTTP)
	for range 5 {
		r, err := c.Get(context.Background(), plain.URL)
		if err != nil {
			t.Fatal(err)
		}
		from[r.Header.Get("X-From")] = true
	}
	if len(from) != 2 {
		t.Errorf("%d connections for two servers", len(from))
	}
}

func TestConcurrency(t *testing.T) {
	var now, most atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n := now.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		time.Sleep(10 * time.Millisecond)
		now.Add(-1)
	})
	c := newTestClient(t, Options{Concurrency: 3})
	errs := make(chan error)
	for range 20 {
		go func() {
			_, err := c.Get(context.Background(), s.URL)
			errs <- err
		}()
	}
	for range 20 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if most.Load() != 3 {
		t.Errorf("%d requests at once, want 3", most.Load())
	}
}

func BenchmarkGet(b *testing.B) {
	page := compress(b, "gzip", bytes.Repeat([]byte("<p>有機リネンのエプロン</p>\n"), 1000))
	s := serve(b, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(page)
	})
	c := newTestClient(b, Options{})
	for range b.N {
		if _, err := c.Get(context.Background(), s.URL); err != nil {
			b.Fatal(err)
		}
	}
}
