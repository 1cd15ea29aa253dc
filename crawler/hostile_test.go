package crawler_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler"
	"replatform/crawler/catalog"
	"replatform/crawler/fetch"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
)

// hostileConfig is how the suite asks: quickly, with small limits.
func hostileConfig(t testing.TB, h *hostile, concurrency int) crawler.Config {
	t.Helper()
	reg, err := platform.Load()
	if err != nil {
		t.Fatal(err)
	}
	var connect map[string]string
	if h.Server != nil {
		connect = h.connectTo()
	}
	return crawler.Config{
		StartURL: "http://" + hostileHost + "/", Registry: reg, MaxAlike: hostileAlike,
		Fetch: fetch.Options{ConnectTo: connect, Timeout: 3 * time.Second, MaxBody: 1 << 20, Concurrency: concurrency,
			Retries: -1, FirstPause: time.Millisecond},
	}
}

// hostileRun crawls into a fresh project, interrupted so many times at random moments,
// and returns the inventory and the findings as text.
func hostileRun(t *testing.T, cfg crawler.Config, interruptions int, whole time.Duration) (*inventory.Project, string) {
	t.Helper()
	project, err := inventory.Open(t.Context(), filepath.Join(t.TempDir(), "shop.replatform"), inventory.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { project.Close() })
	for i := 0; ; i++ {
		if i > interruptions+20 {
			t.Fatal("the crawl does not end")
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		if i < interruptions {
			cancel()
			ctx, cancel = context.WithTimeout(t.Context(), time.Duration(rand.Int64N(int64(whole)/int64(interruptions)*2)))
		}
		start, err := crawler.Probe(ctx, cfg)
		if err == nil {
			var sum crawler.Summary
			if sum, err = crawler.Crawl(ctx, start, project, catalog.Old); err == nil && sum.Stopped == "" {
				cancel()
				break
			}
			if err == nil && sum.Stopped != crawler.StoppedInterrupted {
				t.Fatalf("the crawl stopped: %s", sum.Stopped)
			}
		}
		interrupted := ctx.Err() != nil
		cancel()
		if err != nil && !interrupted {
			t.Fatal(err)
		}
	}
	return project, dump(t, project.Path())
}

// TestHostileShop crawls a shop that does everything wrong. The crawl ends, memory
// stays bounded, every honest product is found, no trap costs more than its bound, each
// is reported, and nothing in a private network is asked.
func TestHostileShop(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	h := newHostile(t)
	peak := watchHeap(t)
	began := time.Now()
	project, want := hostileRun(t, hostileConfig(t, h, 8), 0, 0)
	whole := time.Since(began)
	heap := peak()

	counts, leaks := h.counts()
	if leaks > 0 {
		t.Errorf("%d requests went into the private network", leaks)
	}
	total, other := 0, 0
	for _, section := range slices.Sorted(maps.Keys(counts)) {
		n := counts[section]
		total += n
		bound, ok := hostileBounds[section]
		if !ok {
			other += n
			continue
		}
		t.Logf("/%-12s %4d requests, bound %d", section, n, bound)
		if n > bound {
			t.Errorf("/%s cost %d requests, bound %d", section, n, bound)
		}
	}
	t.Logf("other: %d requests; all: %d in %v; heap at most %d MB", other, total, whole.Round(time.Millisecond), heap>>20)
	if other > hostileAlike+10 {
		t.Errorf("%d requests for addresses of no section", other)
	}
	if heap > 300<<20 {
		t.Errorf("the heap grew to %d MB", heap>>20)
	}
	checkHostile(t, project)
	// A page that redirects to another scheme is asked there at once the second time.
	lines := func(s string) []string {
		return slices.DeleteFunc(strings.Split(s, "\n"), func(l string) bool { return strings.Contains(l, hostileHost+"/tls") })
	}
	if diff := cmp.Diff(lines(want), lines(again(t, hostileConfig(t, h, 8), project))); diff != "" {
		t.Errorf("second crawl of the same shop (-first +second):\n%.3000s", diff)
	}

	// The same inventory and the same findings whatever the order of answers, and
	// however often the crawl was interrupted.
	for _, c := range []struct{ concurrency, interruptions int }{{16, 12}} {
		_, got := hostileRun(t, hostileConfig(t, h, c.concurrency), c.interruptions, whole)
		if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
			t.Errorf("%d at once, %d interruptions (-want +got):\n%.6000s", c.concurrency, c.interruptions, diff)
		}
	}
}

// again crawls the shop of project once more.
func again(t *testing.T, cfg crawler.Config, project *inventory.Project) string {
	t.Helper()
	start, err := crawler.Probe(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if sum, err := crawler.Crawl(t.Context(), start, project, catalog.Old); err != nil || sum.Stopped != "" || sum.Queued != 0 {
		t.Fatalf("second crawl: %+v, %v", sum, err)
	}
	return dump(t, project.Path())
}

// checkHostile looks for the honest products and for the finding of each trap.
func checkHostile(t *testing.T, project *inventory.Project) {
	t.Helper()
	found := 0
	err := project.Pages(t.Context(), inventory.Filter{Side: catalog.Old, Types: []catalog.PageType{catalog.ProductP}},
		func(p inventory.Page, q *catalog.Product) error {
			if q != nil && strings.HasPrefix(q.Name, "Honest thing") {
				found++
			}
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	if found != hostileGoods {
		t.Errorf("%d honest products found, want %d", found, hostileGoods)
	}
	have := map[string]string{}
	for _, f := range findings(t, project) {
		have[f.Code] += " " + f.URL
		t.Logf("finding %-15s %5d  %.100s  %.100s", f.Code, f.Count, f.URL, f.Message)
	}
	for code, addresses := range map[string][]string{
		"fetch-failed":  {"/drip", "/headers", "/length", "/reset/1", "/tls"},
		"page-cut":      {"/endless", "/bomb/gzip", "/bomb/br", "/bomb/zstd", "/attr"},
		"redirect-loop": {"/loop/a", "/loop/x"}, "redirect-self": {"/loop/self"}, "redirect-chain": {"/hop/"},
		"extract-failed": {"/deep"},
		"trap-alike":     {"/calendar/", "/day/", "/s/", "/pager", "/facet", "/maps/", "/random/"},
		"trap-repeat":    {}, "soft-404": {"/gone/"}, "soft-404-all": {absentPath}, "canonical-lies": {"/lie/"}, "noise": {"/noise"},
		"redirect-out": {"/ssrf/"},
	} {
		list, ok := have[code]
		if !ok {
			t.Errorf("no finding %s", code)
			continue
		}
		for _, a := range addresses {
			if !strings.Contains(list, a) {
				t.Errorf("no finding %s about %s: %.300s", code, a, list)
			}
		}
	}
}

// watchHeap samples the heap in use; the function it returns gives the peak.
func watchHeap(t *testing.T) func() uint64 {
	t.Helper()
	runtime.GC()
	done, out := make(chan struct{}), make(chan uint64)
	go func() {
		var peak uint64
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapInuse)
			case <-done:
				out <- peak
				return
			}
		}
	}()
	return func() uint64 {
		close(done)
		return <-out
	}
}

// TestRobotsIntoPrivateNetwork: robots.txt of the shop redirects to a name whose
// address is private. It is refused when the connection is made.
func TestRobotsIntoPrivateNetwork(t *testing.T) {
	secret := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the private server was asked") }))
	defer secret.Close()
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.Redirect(w, r, "http://inside.example"+secret.URL[strings.LastIndexByte(secret.URL, ':'):]+"/robots.txt", http.StatusFound)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<!doctype html><title>shop</title>")
	}))
	defer shop.Close()
	asked := 0
	project, _ := crawlShop(t, "http://"+hostileHost+"/", crawler.Config{Fetch: fetch.Options{
		ConnectTo: map[string]string{hostileHost: shop.Listener.Addr().String()},
		Resolve: func(_ context.Context, host string) ([]netip.Addr, error) {
			asked++
			return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
		},
	}})
	if n, err := project.Counts(t.Context(), catalog.Old); err != nil || n.Pages != 1 {
		t.Errorf("%d pages, %v", n.Pages, err)
	}
	if asked == 0 {
		t.Error("the name was never looked up; the test tests nothing")
	}
}

// TestHostDown: a shop that goes away in the middle of a crawl stops it, and no page
// is given up for it; when the shop is back the crawl goes on.
func TestHostDown(t *testing.T) {
	for name, fail := range map[string]func(http.ResponseWriter){
		"no answer":   func(w http.ResponseWriter) { raw(w, "", true) },
		"bad gateway": func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) },
	} {
		t.Run(name, func(t *testing.T) { testHostDown(t, fail) })
	}
}

func testHostDown(t *testing.T, fail func(http.ResponseWriter)) {
	var down atomic.Bool
	var answered atomic.Int64
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			fail(w)
			return
		}
		if answered.Add(1) == 30 {
			down.Store(true)
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, "<!doctype html><title>%s</title>", r.URL.Path)
		for i := range 50 {
			fmt.Fprintf(w, "<a href=/page/%d>x</a>", i)
		}
	}))
	defer shop.Close()
	reg, err := platform.Load()
	if err != nil {
		t.Fatal(err)
	}
	cfg := crawler.Config{StartURL: shop.URL, Registry: reg, Fetch: fetch.Options{Concurrency: 3, Retries: -1, FirstPause: time.Millisecond}}
	project, err := inventory.Open(t.Context(), filepath.Join(t.TempDir(), "shop.replatform"), inventory.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer project.Close()
	crawl := func() crawler.Summary {
		start, err := crawler.Probe(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		sum, err := crawler.Crawl(t.Context(), start, project, catalog.Old)
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	if sum := crawl(); sum.Stopped != crawler.StoppedHostDown || sum.Failed != 0 || sum.Queued == 0 {
		t.Fatalf("%+v", sum)
	}
	if _, err := crawler.Probe(t.Context(), cfg); err == nil {
		t.Fatal("the shop is down, and Probe says nothing")
	}
	down.Store(false)
	if sum := crawl(); sum.Stopped != "" || sum.Failed != 0 || sum.Queued != 0 || sum.Done != 51 {
		t.Fatalf("%+v", sum)
	}
}
