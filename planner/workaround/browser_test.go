package workaround

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// chromium finds the browser: REPLATFORM_CHROMIUM or the usual names. Without one
// the test is skipped, or fails when REPLATFORM_REQUIRE_ENGINES=1.
func chromium(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("tests with a browser are left out of short runs")
	}
	if p := os.Getenv("REPLATFORM_CHROMIUM"); p != "" {
		return p
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			return p
		}
	}
	if os.Getenv("REPLATFORM_REQUIRE_ENGINES") == "1" {
		t.Fatal("no chromium found and REPLATFORM_REQUIRE_ENGINES=1")
	}
	t.Skip("no chromium found (REPLATFORM_CHROMIUM names one)")
	return ""
}

// world is a set of hosts that one test server answers, and a count of what was
// asked of each.
type world struct {
	hosts map[string]http.Handler

	mu    sync.Mutex
	asked map[string]int // requests by host
	bytes map[string]int // body bytes by host
	paths []string       // host and path of each request, in order
}

func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	c := &counter{ResponseWriter: rw}
	if h := w.hosts[host]; h != nil {
		h.ServeHTTP(c, r)
	} else {
		http.NotFound(c, r)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked[host]++
	w.bytes[host] += c.n
	w.paths = append(w.paths, host+r.URL.Path)
}

func (w *world) reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked, w.bytes, w.paths = map[string]int{}, map[string]int{}, nil
}

func (w *world) count(host string) (requests, body int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asked[host], w.bytes[host]
}

type counter struct {
	http.ResponseWriter
	n int
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	c.n += n
	return n, err
}

// browser is one Chromium whose every host name leads to the world.
type browser struct {
	t     *testing.T
	ctx   context.Context // the first tab
	world *world
}

// open starts the world and a browser with a fresh profile.
func open(t *testing.T, hosts map[string]http.Handler) *browser {
	t.Helper()
	bin := chromium(t)
	w := &world{hosts: hosts}
	w.reset()
	srv := httptest.NewUnstartedServer(w)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // the browser hangs up on connections it does not need
	srv.TLS = &tls.Config{}
	srv.StartTLS()
	t.Cleanup(srv.Close)
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(bin),
		chromedp.NoSandbox,
		chromedp.NoFirstRun,
		chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("ignore-certificate-errors", true),
		chromedp.Flag("host-resolver-rules", "MAP * "+srv.Listener.Addr().String()),
		chromedp.WSURLReadTimeout(60*time.Second),
	)
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("starting %s: %v", bin, err)
	}
	t.Cleanup(func() { _ = chromedp.Cancel(ctx) }) // waits for the end, so that the profile can be removed
	return &browser{t: t, ctx: ctx, world: w}
}

// run does one action and fails the test on an error.
func run[T any](b *browser, what string, a chromedp.Action[T]) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, a)
	if err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
	return v
}

// visit goes to an address without waiting for the page to be loaded.
func (b *browser) visit(address string) {
	b.t.Helper()
	res, err := chromedp.Call(b.ctx, page.Navigate, page.NavigateParams{URL: address})
	if err == nil && res.ErrorText != "" && res.ErrorText != "net::ERR_ABORTED" {
		err = errors.New(res.ErrorText)
	}
	if err != nil {
		b.t.Fatalf("going to %s: %v", address, err)
	}
}

// location is the address of the page when it is loaded, "" while it is not.
func (b *browser) location() string {
	at, err := chromedp.Run(b.ctx, chromedp.Evaluate[struct{ Href, State string }](`({Href: location.href, State: document.readyState})`))
	if err != nil || at.State != "complete" {
		return "" // between two pages
	}
	return at.Href
}

// arrive waits until the browser shows a loaded page at address.
func (b *browser) arrive(address string) bool {
	b.t.Helper()
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if b.location() == address {
			return true
		}
	}
	return false
}

// stays visits an address and says where the browser is once nothing moves any more.
func (b *browser) stays(address string) string {
	b.t.Helper()
	b.visit(address)
	last, since := "", time.Now()
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		now := b.location()
		if now == "" || now != last {
			last, since = now, time.Now()
		}
		if last != "" && time.Since(since) > 250*time.Millisecond {
			return last
		}
	}
	return last
}

// scripts switches scripts on or off for pages loaded from now on.
func (b *browser) scripts(on bool) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on}); err != nil {
		b.t.Fatalf("switching scripts: %v", err)
	}
}

// back and click leave the page a moment later, so that the answer to the command
// does not race with the end of the page that it runs in.
func (b *browser) back() { b.text("setTimeout(() => history.back(), 0), ''") }

func (b *browser) click(address string) {
	b.text(fmt.Sprintf("setTimeout(() => { location.href = %q }, 0), ''", address))
}

// text evaluates an expression that gives a string.
func (b *browser) text(expr string) string {
	b.t.Helper()
	return run(b, "evaluating "+expr, chromedp.Evaluate[string](expr))
}

// static answers with one HTML page for every path.
func static(title string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "favicon.ico") {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "<!doctype html><html><head><title>%s</title></head><body><h1>%s</h1></body></html>", title, title)
	})
}

// ServeHTTP makes the generated files a place on the web: names are paths.
func (m memory) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	data, ok := m[strings.TrimPrefix(r.URL.Path, "/")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/javascript")
	w.Header().Set("Cache-Control", "no-store")
	w.Write(data)
}

// noTrap sees that the old page leaves no entry in the history: Back on the new page
// leads to the page before the old one.
func noTrap(t *testing.T, b *browser, r Row) {
	t.Helper()
	b.visit(startPage)
	if !b.arrive(startPage) {
		t.Fatal("the start page does not open")
	}
	b.click(r.OldURL)
	if !b.arrive(r.NewURL) {
		t.Fatalf("%s ends on %s, want %s", r.OldURL, b.location(), r.NewURL)
	}
	b.back()
	if !b.arrive(startPage) {
		t.Errorf("Back leads to %s, want the page before the old one", b.location())
	}
}
