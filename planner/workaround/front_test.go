package workaround

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/websocket"

	"replatform/redirects"
	"replatform/redirects/engine"
)

const frontHostName = "old.example"

var frontMade = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// TestFrontGolden: the folders as a person reads them.
func TestFrontGolden(t *testing.T) {
	for _, c := range []struct {
		engine, upstream string
		hosts            []string
		alone            bool
	}{
		{"nginx", "", []string{"tea.example", "www.tea.example:443"}, false},
		{"caddy", "shops.cart.example", []string{"tea.example", "www.tea.example"}, false},
		{"cloudflare-worker", "", []string{"tea.example"}, false},
		{"cloudflare-worker", "", []string{"www.tea.example", "shop.cup.example"}, true},
		{"cloudfront", "", []string{"tea.example"}, false},
	} {
		files := memory{}
		a, ok, err := Front(FrontInput{Engine: c.engine, Hosts: c.hosts, Upstream: c.upstream, Rows: 120, Alone: c.alone, ShopName: Text{"茶屋", "Tea"}, Generated: frontMade}, files)
		if err != nil || !ok {
			t.Fatalf("%s: %v, %v", c.engine, ok, err)
		}
		folder := c.engine
		if c.alone {
			folder += "-alone"
		}
		compareGolden(t, filepath.Join("front", folder), files)
		if a.Strength != Permanent || len(a.Tasks) == 0 && !c.alone || len(a.Limits) == 0 {
			t.Errorf("%s: %+v", c.engine, a)
		}
	}
}

func TestFrontBadInput(t *testing.T) {
	for _, in := range []FrontInput{
		{Engine: "nginx"},
		{Engine: "nginx", Hosts: []string{"a.example; return 200"}},
		{Engine: "nginx", Hosts: []string{"a.example/x"}},
		{Engine: "nginx", Hosts: []string{"a.example\nserver_name b"}},
		{Engine: "caddy", Hosts: []string{"user@a.example"}},
		{Engine: "caddy", Hosts: []string{"a.example"}, Upstream: "b.example {"},
		{Engine: "nginx", Hosts: []string{"a.example"}, Upstream: "a.example"},
		{Engine: "nginx", Hosts: []string{"a.example"}, Upstream: "A.example:8443"},
	} {
		if _, _, err := Front(in, memory{}); !errors.Is(err, ErrNewHome) {
			t.Errorf("%+v: %v", in, err)
		}
	}
	if _, ok, err := Front(FrontInput{Engine: "nginx", Alone: true, Hosts: []string{"a.example"}}, memory{}); ok || err != nil {
		t.Errorf("nginx alone: %v, %v", ok, err)
	}
	if _, ok, err := Front(FrontInput{Engine: "shopify", Hosts: []string{"a.example"}}, memory{}); ok || err != nil {
		t.Errorf("shopify: %v, %v", ok, err)
	}
}

// frontRules are old addresses of the host that the new shop takes over.
func frontRules(t *testing.T) redirects.Slice {
	var out redirects.Slice
	for i, r := range [][2]string{
		{"/?pid=1", "https://old.example/products/tea"},
		{"/?pid=2", "https://old.example/products/cup"},
		{"/?mode=cate&cbid=5&csid=0", "https://old.example/collections/tea"},
		{"/shop/about.html", "https://old.example/pages/about"},
	} {
		src, err := redirects.ParseSource(r[0])
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, redirects.Rule{Line: i + 1, Source: src, Target: r[1], Status: 301})
	}
	return out
}

// frontOn starts one engine in front of the stand-in shop, both over plain HTTP and,
// where the set-up has it, over TLS, and returns its addresses.
type frontOn func(t *testing.T, dir string, shop *newShopStand) (plain, secure string)

func TestFrontPassesEverythingElse(t *testing.T) {
	for _, c := range []struct {
		engine string
		start  frontOn
		// adds are headers that the engine may add to what the shop receives.
		adds []string
		// answers are headers that it may add to what the visitor receives, with the
		// value; empty: any.
		answers map[string]string
	}{
		{"nginx", startNginxFront, []string{"X-Forwarded-For", "X-Forwarded-Proto"}, nil},
		{"caddy", startCaddyFront, []string{"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"}, map[string]string{"Server": "Caddy", "Via": "1.1 Caddy", "Alt-Svc": ""}},
		{"cloudflare-worker", startWorkerFront, nil, nil},
	} {
		t.Run(c.engine, func(t *testing.T) {
			dir := t.TempDir()
			e, ok := engine.Get(c.engine, engine.Options{})
			if !ok {
				t.Fatal("no such engine")
			}
			if err := e.Write(t.Context(), engine.DirSink(dir), frontRules(t)); err != nil {
				t.Fatal(err)
			}
			shop := newStand(t)
			sink := memory{}
			if _, _, err := Front(FrontInput{Engine: c.engine, Hosts: []string{frontHostName}, Upstream: "198.51.100.9", Generated: frontMade}, sink); err != nil {
				t.Fatal(err)
			}
			for name, data := range sink {
				if err := os.WriteFile(filepath.Join(dir, filepath.Base(name)), data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			plain, secure := c.start(t, dir, shop)
			for _, way := range []struct{ name, direct, front string }{{"http", shop.plain, plain}, {"https", shop.secure, secure}} {
				if way.front == "" {
					continue
				}
				t.Run(way.name, func(t *testing.T) {
					client := &rawClient{t: t, tls: way.name == "https", roots: shop.roots}
					oldAddresses(t, client, shop, way.front)
					for _, q := range frontRequests() {
						comparePass(t, client, shop, q, way.direct, way.front, c.adds, c.answers)
					}
					passWebSocket(t, way.name, shop, way.front)
					overhead(t, client, c.engine+" "+way.name, way.direct, way.front)
				})
			}
		})
	}
}

func oldAddresses(t *testing.T, client *rawClient, shop *newShopStand, front string) {
	t.Helper()
	for _, r := range frontRules(t) {
		for _, method := range []string{"GET", "HEAD"} {
			shop.take()
			a := client.ask(front, method+" "+r.Source.RequestTarget()+" HTTP/1.1\r\nHost: "+frontHostName+"\r\n\r\n", method)
			if a.status != 301 || a.header.Get("Location") != r.Target {
				t.Errorf("%s %s: %d to %q", method, r.Source.RequestTarget(), a.status, a.header.Get("Location"))
			}
			if got := shop.take(); got != nil {
				t.Errorf("%s %s also reached the new shop: %+v", method, r.Source.RequestTarget(), got)
			}
		}
	}
}

// frontRequest is a request byte by byte, but for the Host line.
type frontRequest struct {
	name, line string
	headers    []string
	body       string // as on the wire
}

func frontRequests() []frontRequest {
	large := strings.Repeat("0123456789abcdef", (4<<20)/16)
	if testing.Short() {
		large = large[:256<<10]
	}
	chunked := "5\r\nhello\r\n1\r\n \r\n6;x=y\r\nworld!\r\n0\r\n\r\n"
	return []frontRequest{
		{"home", "GET /", nil, ""},
		{"query and escapes", "GET /products/%E8%8C%B6?variant=1&x=%e3%81%82&&y=a+b&z=", nil, ""},
		{"unknown old-looking address", "GET /?pid=999", nil, ""},
		{"double slashes", "GET //a//b/", nil, ""},
		{"encoded slash", "GET /a%2Fb%20c", nil, ""},
		{"head", "HEAD /products/cup", nil, ""},
		{"headers", "GET /h", []string{"Accept: text/html;q=0.9,*/*", "Accept-Language: ja,en;q=0.5", "X-Twice: one", "X-Twice: two", "X_under_score: 1", "Authorization: Basic YTpi",
			"Referer: https://search.example/?q=%E8%8C%B6", "User-Agent: Test/1.0 (x; y)", "Origin: https://old.example", "DNT: 1"}, ""},
		{"cookies", "GET /cookies", []string{`Cookie: cart=abc%20def; _ga="x y"; empty=; 日=1`}, ""},
		{"compressed answer", "GET /gzip", []string{"Accept-Encoding: gzip, br"}, ""},
		{"conditional", "GET /etag", []string{`If-None-Match: "v1"`, "If-Modified-Since: Mon, 02 Nov 2026 09:00:00 GMT"}, ""},
		{"range", "GET /range", []string{"Range: bytes=2-5"}, ""},
		{"form", "POST /cart/add", []string{"Content-Type: application/x-www-form-urlencoded", "Content-Length: 17"}, "id=1&quantity=2&x"},
		{"empty post", "POST /cart/clear", []string{"Content-Length: 0"}, ""},
		{"chunked", "POST /upload", []string{"Transfer-Encoding: chunked", "Content-Type: text/plain"}, chunked},
		{"large", "PUT /upload", []string{fmt.Sprintf("Content-Length: %d", len(large))}, large},
		{"expect", "POST /expect", []string{"Content-Length: 4", "Expect: 100-continue"}, "abcd"},
		{"patch", "PATCH /api/cart", []string{"Content-Type: application/json", "Content-Length: 2"}, "{}"},
		{"delete", "DELETE /api/cart/1", nil, ""},
		{"options", "OPTIONS /api/cart", []string{"Access-Control-Request-Method: POST", "Origin: https://old.example"}, ""},
		{"redirect", "GET /redirect", nil, ""},
		{"error", "GET /500", nil, ""},
		{"missing", "GET /404", nil, ""},
		{"no content", "GET /204", nil, ""},
		{"stream", "GET /stream", nil, ""},
		{"large answer", "GET /large", nil, ""},
	}
}

// comparePass sends one request to the shop directly and through the front. Both the
// request that arrives and the answer that comes back must be the same.
func comparePass(t *testing.T, client *rawClient, shop *newShopStand, q frontRequest, direct, front string, adds []string, answers map[string]string) {
	t.Helper()
	method, _, _ := strings.Cut(q.line, " ")
	wire := q.line + " HTTP/1.1\r\nHost: " + frontHostName + "\r\n"
	for _, h := range q.headers {
		wire += h + "\r\n"
	}
	wire += "\r\n" + q.body
	shop.take()
	wantAnswer := client.ask(direct, wire, method)
	want := shop.take()
	gotAnswer := client.ask(front, wire, method)
	got := shop.take()
	if want == nil || got == nil {
		t.Errorf("%s: the shop received %v directly and %v through the front", q.name, want != nil, got != nil)
		return
	}
	for _, h := range adds {
		delete(got.Header, h)
	}
	hopByHop(want.Header)
	hopByHop(got.Header)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: the shop receives something else (-direct +through the front):\n%s", q.name, diff)
	}
	for name, value := range answers {
		rest := slices.DeleteFunc(gotAnswer.header[name], func(v string) bool { return v == value || value == "" })
		if gotAnswer.header[name] = rest; len(rest) == 0 {
			gotAnswer.header.Del(name)
		}
	}
	hopByHop(wantAnswer.header)
	hopByHop(gotAnswer.header)
	if wantAnswer.status != gotAnswer.status || wantAnswer.body != gotAnswer.body {
		t.Errorf("%s: the visitor receives %d with %d bytes instead of %d with %d", q.name, gotAnswer.status, gotAnswer.length, wantAnswer.status, wantAnswer.length)
	}
	if diff := cmp.Diff(wantAnswer.header, gotAnswer.header); diff != "" {
		t.Errorf("%s: the visitor receives other headers (-direct +through the front):\n%s", q.name, diff)
	}
}

// hopByHop removes what belongs to one connection (RFC 9110 §7.6.1) and the framing
// of the body, which is compared by its bytes, and joins repeated headers, which
// means the same (RFC 9110 §5.3). Set-Cookie is the exception and stays apart.
func hopByHop(h http.Header) {
	for _, name := range []string{"Connection", "Keep-Alive", "Transfer-Encoding", "Te", "Trailer", "Content-Length", "Date", "Expect", "Upgrade"} {
		h.Del(name)
	}
	for name, values := range h {
		if name != "Set-Cookie" && len(values) > 1 {
			h[name] = []string{strings.Join(values, ", ")}
		}
	}
}

// passWebSocket: the shop's chat works through the front.
func passWebSocket(t *testing.T, scheme string, shop *newShopStand, front string) {
	t.Helper()
	conf, err := websocket.NewConfig(map[string]string{"http": "ws", "https": "wss"}[scheme]+"://"+frontHostName+"/ws?room=1", "https://"+frontHostName)
	if err != nil {
		t.Fatal(err)
	}
	conf.Header.Set("Cookie", "cart=abc")
	conn, err := net.Dial("tcp", front)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(60 * time.Second))
	if scheme == "https" {
		conn = tls.Client(conn, &tls.Config{ServerName: frontHostName, RootCAs: shop.roots})
	}
	ws, err := websocket.NewClient(conf, conn)
	if err != nil {
		t.Errorf("websocket: %v", err)
		return
	}
	for _, message := range []string{"こんにちは", strings.Repeat("x", 70000), "bye"} {
		if err := websocket.Message.Send(ws, message); err != nil {
			t.Fatalf("websocket: %v", err)
		}
		var answer string
		if err := websocket.Message.Receive(ws, &answer); err != nil || answer != "cart=abc|/ws?room=1|"+message {
			t.Fatalf("websocket: %d bytes, %v", len(answer), err)
		}
	}
}

// overhead prints how much longer a request takes through the front.
func overhead(t *testing.T, client *rawClient, name, direct, front string) {
	t.Helper()
	const rounds = 200
	median := func(addr string) time.Duration {
		c := client.dial(addr)
		defer c.Close()
		in := bufio.NewReader(c)
		var took []time.Duration
		for range rounds {
			began := time.Now()
			if _, err := io.WriteString(c, "GET /small HTTP/1.1\r\nHost: "+frontHostName+"\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
			resp, err := http.ReadResponse(in, nil)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			took = append(took, time.Since(began))
		}
		slices.Sort(took)
		return took[rounds/2]
	}
	a, b := median(direct), median(front)
	t.Logf("%s: median of %d requests that pass: %s directly, %s through the front, %s more", name, rounds, a.Round(time.Microsecond), b.Round(time.Microsecond), (b - a).Round(time.Microsecond))
}

// rawClient writes requests byte by byte, which a client library would tidy up.
type rawClient struct {
	t     *testing.T
	tls   bool
	roots *x509.CertPool
}

type rawAnswer struct {
	status, length int
	header         http.Header
	body           string // its hash
}

func (c *rawClient) dial(addr string) net.Conn {
	c.t.Helper()
	conn, err := net.DialTimeout("tcp", addr, 30*time.Second)
	if err != nil {
		c.t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(120 * time.Second))
	if c.tls {
		return tls.Client(conn, &tls.Config{ServerName: frontHostName, RootCAs: c.roots})
	}
	return conn
}

func (c *rawClient) ask(addr, wire, method string) rawAnswer {
	c.t.Helper()
	conn := c.dial(addr)
	defer conn.Close()
	go func() { _, _ = io.WriteString(conn, wire) }() // an early answer may end it
	resp, err := readAnswer(bufio.NewReader(conn), method)
	if err != nil {
		c.t.Fatalf("asking %s: %v", strings.SplitN(wire, "\r\n", 2)[0], err)
	}
	defer resp.Body.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, resp.Body)
	if err != nil {
		c.t.Fatalf("reading the answer to %s: %v", strings.SplitN(wire, "\r\n", 2)[0], err)
	}
	return rawAnswer{resp.StatusCode, int(n), resp.Header, hex.EncodeToString(sum.Sum(nil))}
}

// readAnswer skips "100 Continue".
func readAnswer(in *bufio.Reader, method string) (*http.Response, error) {
	for {
		resp, err := http.ReadResponse(in, &http.Request{Method: method})
		if err != nil || resp.StatusCode != http.StatusContinue {
			return resp, err
		}
	}
}

// newShopStand is a stand-in for the new shop that remembers what it received.
type newShopStand struct {
	plain, secure string // addresses
	roots         *x509.CertPool
	crt, key      string // files

	mu   sync.Mutex
	last *received
}

type received struct {
	Method, Target, Host string
	Header               http.Header
	Body                 string // its hash
	Length               int
}

// take gives what was received last, and forgets it.
func (s *newShopStand) take() *received {
	s.mu.Lock()
	defer s.mu.Unlock()
	got := s.last
	s.last = nil
	return got
}

func newStand(t *testing.T) *newShopStand {
	t.Helper()
	s := &newShopStand{roots: x509.NewCertPool()}
	cert := s.certificate(t)
	chat := websocket.Server{Handler: func(ws *websocket.Conn) {
		for {
			var message string
			if websocket.Message.Receive(ws, &message) != nil {
				return
			}
			r := ws.Request()
			if websocket.Message.Send(ws, r.Header.Get("Cookie")+"|"+r.RequestURI+"|"+message) != nil {
				return
			}
		}
	}}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/ws" {
			chat.ServeHTTP(w, r)
			return
		}
		sum := sha256.New()
		n, _ := io.Copy(sum, r.Body)
		s.mu.Lock()
		s.last = &received{r.Method, r.RequestURI, r.Host, r.Header.Clone(), hex.EncodeToString(sum.Sum(nil)), int(n)}
		s.mu.Unlock()
		answerAsShop(w, r)
	})
	quiet := log.New(io.Discard, "", 0)
	plain := httptest.NewUnstartedServer(handler)
	plain.Config.ErrorLog = quiet
	plain.Start()
	t.Cleanup(plain.Close)
	secure := httptest.NewUnstartedServer(handler)
	secure.Config.ErrorLog = quiet
	secure.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	secure.StartTLS()
	t.Cleanup(secure.Close)
	s.plain, s.secure = plain.Listener.Addr().String(), secure.Listener.Addr().String()
	return s
}

func answerAsShop(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Server", "NewShop/3")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Add("Set-Cookie", "session=1; Path=/; HttpOnly; SameSite=Lax")
	h.Add("Set-Cookie", "seen=%E8%8C%B6; Path=/; Expires=Mon, 02 Nov 2026 09:00:00 GMT")
	h.Set("Link", `<https://old.example/p>; rel="canonical"`)
	h.Set("Cache-Control", "private, max-age=0")
	h.Set("X-Accel-Expires", "0") // a header that some proxies take for themselves
	h.Set("Strict-Transport-Security", "max-age=1")
	switch r.URL.Path {
	case "/redirect":
		h.Set("Location", "/products/other?x=1")
		w.WriteHeader(http.StatusFound)
	case "/500":
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, "broken")
	case "/404":
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "nothing here")
	case "/204":
		w.WriteHeader(http.StatusNoContent)
	case "/etag":
		h.Set("ETag", `"v1"`)
		h.Set("Last-Modified", "Mon, 02 Nov 2026 09:00:00 GMT")
		w.WriteHeader(http.StatusNotModified)
	case "/range":
		h.Set("Content-Range", "bytes 2-5/10")
		w.WriteHeader(http.StatusPartialContent)
		_, _ = io.WriteString(w, "2345")
	case "/gzip":
		h.Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, strings.Repeat("茶", 1000))
		_ = z.Close()
	case "/stream":
		for i := range 5 {
			fmt.Fprintf(w, "part %d\n", i)
			_ = http.NewResponseController(w).Flush()
		}
	case "/large":
		_, _ = w.Write(bytes.Repeat([]byte("0123456789abcdef"), (2<<20)/16))
	default:
		_, _ = io.WriteString(w, "the new shop")
	}
}

// certificate makes one that is its own authority and writes its files.
func (s *newShopStand) certificate(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: frontHostName}, DNSNames: []string{frontHostName},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, of, of, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	crt := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	secret := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})
	dir := t.TempDir()
	s.crt, s.key = filepath.Join(dir, "old-shop.crt"), filepath.Join(dir, "old-shop.key")
	if err := errors.Join(os.WriteFile(s.crt, crt, 0o600), os.WriteFile(s.key, secret, 0o600)); err != nil {
		t.Fatal(err)
	}
	s.roots.AppendCertsFromPEM(crt)
	cert, err := tls.X509KeyPair(crt, secret)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func startNginxFront(t *testing.T, dir string, shop *newShopStand) (plain, secure string) {
	program := frontProgram(t, "REPLATFORM_NGINX", "nginx", "/usr/sbin/nginx")
	plain, secure = freeAddress(t), freeAddress(t)
	change(t, filepath.Join(dir, "front.conf"),
		"listen 80;", "listen "+plain+";", "    listen [::]:80;\n", "",
		"listen 443 ssl;", "listen "+secure+" ssl;", "    listen [::]:443 ssl;\n", "",
		"server 198.51.100.9:80;", "server "+shop.plain+";", "server 198.51.100.9:443;", "server "+shop.secure+";",
		"/etc/nginx/old-shop.crt", shop.crt, "/etc/nginx/old-shop.key", shop.key, "/etc/ssl/certs/ca-certificates.crt", shop.crt)
	conf := "daemon off;\npid test.pid;\nerror_log stderr warn;\nevents {}\nhttp {\n    access_log off;\n"
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		conf += "    " + kind + "_temp_path temp;\n"
	}
	if err := os.WriteFile(filepath.Join(dir, "test.conf"), []byte(conf+"    include front.conf;\n}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	runUntilEnd(t, []string{plain, secure}, dir, program, "-p", dir+"/", "-c", filepath.Join(dir, "test.conf"))
	return plain, secure
}

func startCaddyFront(t *testing.T, dir string, shop *newShopStand) (plain, secure string) {
	program := frontProgram(t, "REPLATFORM_CADDY", "caddy", "/usr/bin/caddy")
	plain, secure = freeAddress(t), freeAddress(t)
	_, port, _ := net.SplitHostPort(plain)
	_, securePort, _ := net.SplitHostPort(secure)
	change(t, filepath.Join(dir, "Caddyfile-front"),
		"http://"+frontHostName+" {", "http://"+frontHostName+":"+port+" {\n\tbind 127.0.0.1",
		"https://"+frontHostName+" {", "https://"+frontHostName+":"+securePort+" {\n\tbind 127.0.0.1\n\ttls "+shop.crt+" "+shop.key,
		"http://198.51.100.9:80", "http://"+shop.plain, "https://198.51.100.9:443", "https://"+shop.secure,
		"tls_server_name "+frontHostName, "tls_server_name "+frontHostName+"\n\t\t\ttls_trusted_ca_certs "+shop.crt)
	data, err := os.ReadFile(filepath.Join(dir, "Caddyfile-front"))
	if err != nil {
		t.Fatal(err)
	}
	conf := "{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + string(data)
	if err := os.WriteFile(filepath.Join(dir, "Caddyfile"), []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", dir) // it would write its state into the user's folders
	t.Setenv("XDG_CONFIG_HOME", dir)
	t.Setenv("XDG_DATA_HOME", dir)
	runUntilEnd(t, []string{plain, secure}, dir, program, "run", "--adapter", "caddyfile", "--config", "Caddyfile")
	return plain, secure
}

func startWorkerFront(t *testing.T, dir string, shop *newShopStand) (plain, secure string) {
	cache, _ := os.UserCacheDir()
	found, _ := filepath.Glob(filepath.Join(cache, "replatform", "node_modules", "@cloudflare", "workerd-*", "bin", "workerd"))
	program := frontProgram(t, "REPLATFORM_WORKERD", "workerd", found...)
	plain = freeAddress(t)
	change(t, filepath.Join(dir, "workerd-test.capnp"), "127.0.0.1:18081", plain, `text = "404"`, `text = "origin"`,
		`(name = "main", worker = .redirects)`, `(name = "main", worker = .redirects), (name = "internet", external = (address = "`+shop.plain+`", http = ()))`)
	runUntilEnd(t, []string{plain}, dir, program, "serve", "workerd-test.capnp")
	return plain, ""
}

// frontProgram finds an engine, or skips; REPLATFORM_REQUIRE_ENGINES=1 makes a
// missing one a failure.
func frontProgram(t *testing.T, variable, name string, places ...string) string {
	t.Helper()
	if path := os.Getenv(variable); path != "" {
		return path
	}
	for _, candidate := range append([]string{name}, places...) {
		if path, err := exec.LookPath(candidate); err == nil {
			return path
		}
	}
	if os.Getenv("REPLATFORM_REQUIRE_ENGINES") == "1" {
		t.Fatalf("%s is required and not found; set %s", name, variable)
	}
	t.Skipf("%s is not installed; set %s to run this test", name, variable)
	return ""
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// change replaces texts in a file; each must be there.
func change(t *testing.T, name string, pairs ...string) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("%s does not hold %q:\n%s", name, pairs[i], text)
		}
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// runUntilEnd runs a server until the test ends and waits until it accepts
// connections on all addresses.
func runUntilEnd(t *testing.T, addrs []string, dir, program string, args ...string) {
	t.Helper()
	var out bytes.Buffer
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-done:
		case <-time.After(20 * time.Second):
			_ = cmd.Process.Kill()
			<-done
		}
		if t.Failed() {
			t.Logf("%s said:\n%s", program, out.String())
		}
	})
	for _, addr := range addrs {
		for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
			if c, err := net.DialTimeout("tcp", addr, time.Second); err == nil {
				_ = c.Close()
				break
			}
			select {
			case err := <-done:
				done <- err
				t.Fatalf("%s ended: %v\n%s", program, err, out.String())
			default:
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s does not listen on %s", program, addr)
			}
		}
	}
}
