package crawler_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"replatform/crawler"
	"replatform/crawler/catalog"
	"replatform/crawler/fetch"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
)

// endlessShop answers for products without number; product n links to the products
// 100n+1 to 100n+100, so that each page that is read puts a hundred into the queue.
type endlessShop struct{}

func (s *endlessShop) RoundTrip(r *http.Request) (*http.Response, error) {
	resp := &http.Response{StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}}
	id, err := strconv.Atoi(r.URL.Query().Get("pid"))
	if r.URL.Path != "/" || err != nil && r.URL.RawQuery != "" {
		resp.StatusCode, resp.Body = http.StatusNotFound, http.NoBody
		return resp, nil
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "<!doctype html><title>Thing %d</title><h1>Thing %d</h1>", id, id)
	for i := 1; i <= 100; i++ {
		fmt.Fprintf(&b, "<a href=\"/?pid=%d\">x</a>", 100*id+i)
	}
	resp.Body, resp.ContentLength = io.NopCloser(&b), int64(b.Len())
	return resp, nil
}

// crawlEndless reads so many pages of the endless shop.
func crawlEndless(t testing.TB, pages int) (crawler.Summary, time.Duration) {
	t.Helper()
	reg, err := platform.Load()
	if err != nil {
		t.Fatal(err)
	}
	start, err := crawler.Probe(t.Context(), crawler.Config{StartURL: "http://endless.example/", Registry: reg, Platform: "colorme",
		MaxPages: pages, Fetch: fetch.Options{Concurrency: 4, Transport: &endlessShop{}}})
	if err != nil {
		t.Fatal(err)
	}
	project, err := inventory.Open(t.Context(), filepath.Join(t.TempDir(), "shop.replatform"), inventory.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer project.Close()
	began := time.Now()
	sum, err := crawler.Crawl(t.Context(), start, project, catalog.Old)
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	if _, err := project.Counts(t.Context(), catalog.Old); err != nil { // what the command prints
		t.Fatal(err)
	}
	return sum, took
}

// peakRSS is the most memory that this process has held, in bytes; 0 where the system
// does not tell.
func peakRSS() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kb << 10
		}
	}
	return 0
}

// TestFrontierMemory: the queue is on disk, so a frontier of 200,000 addresses costs no
// more memory than one of 20,000.
func TestFrontierMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("fills a project with 200,000 addresses")
	}
	if raceEnabled {
		t.Skip("memory under the race detector says nothing about memory without it")
	}
	heap := func(pages int) (uint64, crawler.Summary) {
		peak := watchHeap(t)
		sum, took := crawlEndless(t, pages)
		h := peak()
		t.Logf("%d pages read, %d in the queue: heap at most %d MB, %v", sum.Done, sum.Queued, h>>20, took.Round(time.Millisecond))
		return h, sum
	}
	small, _ := heap(200)
	large, sum := heap(2000)
	if sum.Queued < 190000 {
		t.Errorf("only %d addresses in the queue", sum.Queued)
	}
	// What is kept in mind of pages and links is bounded, but only full in the larger crawl.
	if large > small+130<<20 {
		t.Errorf("ten times the addresses took %d MB instead of %d", large>>20, small>>20)
	}
}

// BenchmarkFrontier fills the queue with five million addresses and prints the most
// memory that the process has held. It needs about 4 GB of disk. The crawl command lets
// the heap grow to 200 MB before it is collected at the rate of this benchmark:
//
//	go test -run '^$' -bench Frontier -benchtime 1x ./crawler
func BenchmarkFrontier(b *testing.B) {
	for b.Loop() {
		sum, took := crawlEndless(b, 50000)
		rss := peakRSS()
		b.Logf("%d pages read, %d addresses in the queue, %v; most memory held: %d MB", sum.Done, sum.Queued, took.Round(time.Second), rss>>20)
		b.ReportMetric(float64(rss)/(1<<20), "MB-rss")
		if rss > 500<<20 {
			b.Errorf("%d MB held, want at most 500", rss>>20)
		}
	}
}
