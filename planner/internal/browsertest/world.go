package browsertest

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
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// patience is how long a test waits for what must happen on a loaded machine.
const patience = 30 * time.Second

// World is a set of hosts that one test server answers, and a count of what was
// asked of each.
type World struct {
	hosts map[string]http.Handler

	mu    sync.Mutex
	asked map[string]int // requests by host
	bytes map[string]int // body bytes by host
}

// ServeHTTP answers in the name of the host that was asked for.
func (w *World) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
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
}

// Reset forgets what was asked.
func (w *World) Reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked, w.bytes = map[string]int{}, map[string]int{}
}

// Count is how often a host was asked, and how many bytes of body it sent.
func (w *World) Count(host string) (requests, body int) {
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

// Browser is one Chromium whose every host name leads to the world. Its methods fail
// the test on errors.
type Browser struct {
	t     *testing.T
	Ctx   context.Context // the first tab
	World *World
}

// Open starts the world and a browser with a fresh profile.
func Open(t *testing.T, hosts map[string]http.Handler) *Browser {
	t.Helper()
	Find(t)
	w := &World{hosts: hosts}
	w.Reset()
	srv := httptest.NewUnstartedServer(w)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // the browser hangs up on connections it does not need
	srv.TLS = &tls.Config{}
	srv.StartTLS()
	t.Cleanup(srv.Close)
	ctx := Start(t, 8*time.Minute,
		chromedp.Flag("ignore-certificate-errors", true),
		chromedp.Flag("host-resolver-rules", "MAP * "+srv.Listener.Addr().String()))
	return &Browser{t: t, Ctx: ctx, World: w}
}

// Run does one action and fails the test on an error.
func Run[T any](b *Browser, what string, a chromedp.Action[T]) T {
	b.t.Helper()
	v, err := chromedp.Run(b.Ctx, a)
	if err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
	return v
}

// Visit goes to an address without waiting for the page to be loaded.
func (b *Browser) Visit(address string) {
	b.t.Helper()
	res, err := chromedp.Call(b.Ctx, page.Navigate, page.NavigateParams{URL: address})
	if err == nil && res.ErrorText != "" && res.ErrorText != "net::ERR_ABORTED" {
		err = errors.New(res.ErrorText)
	}
	if err != nil {
		b.t.Fatalf("going to %s: %v", address, err)
	}
}

// Location is the address of the page when it is loaded, "" while it is not.
func (b *Browser) Location() string {
	at, err := chromedp.Run(b.Ctx, chromedp.Evaluate[struct{ Href, State string }](`({Href: location.href, State: document.readyState})`))
	if err != nil || at.State != "complete" {
		return "" // between two pages
	}
	return at.Href
}

// Arrive waits until the browser shows a loaded page at address.
func (b *Browser) Arrive(address string) bool {
	b.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if b.Location() == address {
			return true
		}
	}
	return false
}

// Stays visits an address and says where the browser is once nothing moves any more.
func (b *Browser) Stays(address string) string {
	b.t.Helper()
	b.Visit(address)
	last, since := "", time.Now()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		now := b.Location()
		if now == "" || now != last {
			last, since = now, time.Now()
		}
		if last != "" && time.Since(since) > 250*time.Millisecond {
			return last
		}
	}
	return last
}

// Scripts switches scripts on or off for pages loaded from now on.
func (b *Browser) Scripts(on bool) {
	b.t.Helper()
	if _, err := chromedp.Call(b.Ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on}); err != nil {
		b.t.Fatalf("switching scripts: %v", err)
	}
}

// Back and Click leave the page a moment later, so that the answer to the command
// does not race with the end of the page that it runs in.
func (b *Browser) Back() { b.Text("setTimeout(() => history.back(), 0), ''") }

// Click goes to an address as a link on the page would.
func (b *Browser) Click(address string) {
	b.Text(fmt.Sprintf("setTimeout(() => { location.href = %q }, 0), ''", address))
}

// Text evaluates an expression that gives a string.
func (b *Browser) Text(expr string) string {
	b.t.Helper()
	return Run(b, "evaluating "+expr, chromedp.Evaluate[string](expr))
}

// Until waits until a JavaScript expression is true on the loaded page, and says
// whether it came to that.
func (b *Browser) Until(expr string) bool {
	b.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		ok, err := chromedp.Run(b.Ctx, chromedp.Evaluate[bool](`document.readyState === "complete" && !!(`+expr+`)`))
		if err == nil && ok {
			return true
		}
	}
	return false
}

// Static answers with one HTML page for every path.
func Static(title string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "favicon.ico") {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "<!doctype html><html><head><title>%s</title></head><body><h1>%s</h1></body></html>", title, title)
	})
}
