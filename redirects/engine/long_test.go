package engine

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"replatform/redirects"
)

// long skips a test that takes minutes, unless REPLATFORM_LONG=1.
func long(t testing.TB) {
	t.Helper()
	if os.Getenv("REPLATFORM_LONG") != "1" {
		t.Skip("takes minutes; set REPLATFORM_LONG=1 to run it")
	}
}

// generated is bigMap without the memory.
func generated(n int) redirects.Map {
	return redirects.MapFunc(func() iter.Seq2[redirects.Rule, error] {
		return func(yield func(redirects.Rule, error) bool) {
			for i := range n {
				r := redirects.Rule{Line: i + 1, Status: 301, Source: redirects.Source{Host: "old.example", Path: "/", HasQuery: true}}
				if i%2 == 0 {
					r.Source.Query = "pid=" + strconv.Itoa(1000+i)
					r.Target = "https://new.example/products/item-" + strconv.Itoa(i)
				} else {
					r.Source.Query = "mode=cate&cbid=" + strconv.Itoa(1000+i) + "&csid=0"
					r.Target = "https://new.example/collections/c-" + strconv.Itoa(i) + "?ref=old&x=1"
				}
				if !yield(r, nil) {
					return
				}
			}
		}
	})
}

// peak samples the heap while fn runs and returns its highest size beyond what was
// there before.
func peak(fn func()) (took time.Duration, bytes uint64) {
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	stop, done := make(chan struct{}), make(chan uint64)
	go func() {
		most := uint64(0)
		for {
			var s runtime.MemStats
			runtime.ReadMemStats(&s)
			most = max(most, s.HeapInuse)
			select {
			case <-stop:
				done <- most
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	begin := time.Now()
	fn()
	took = time.Since(begin)
	close(stop)
	if most := <-done; most > before.HeapInuse {
		bytes = most - before.HeapInuse
	}
	return took, bytes
}

// TestLongConformance asks the real engines 100,000 rows each, every one of them,
// and prints how long they take to start and to answer.
func TestLongConformance(t *testing.T) {
	long(t)
	const n = 100_000
	for _, id := range []string{"nginx", "haproxy", "apache", "lighttpd"} {
		t.Run(id, func(t *testing.T) {
			e, _ := Get(id, Options{})
			begin := time.Now()
			sel, dir := written(t, e, generated(n))
			wrote := time.Since(begin)
			begin = time.Now()
			s := starters()[id](t, dir)
			s.ask("old.example", "/?pid=1000")
			started := time.Since(begin)
			begin = time.Now()
			conform(t, e, s, sel, "old.example", "/", "/robots.txt", "/?pid=1", "/?utm_source=x&pid=1000", "/?csid=0&cbid=1001&mode=cate")
			t.Logf("%s: %d rows: selected and written in %v, first answer %v after the start, all rows asked and compared in %v", id, sel.Covered(), wrote.Round(time.Millisecond), started.Round(time.Millisecond), time.Since(begin).Round(time.Millisecond))
		})
	}
}

// TestLongExport audits and exports a million rows and prints time and memory. The
// engines are those that take so many.
func TestLongExport(t *testing.T) {
	long(t)
	const n = 1_000_000
	m := generated(n)
	var audit *redirects.AuditResult
	took, mem := peak(func() {
		var err error
		if audit, err = redirects.Audit(context.Background(), m, redirects.AuditOptions{}); err != nil {
			t.Fatal(err)
		}
	})
	t.Logf("audit: %d rows in %v (%.0f rows/s), peak heap %d MB", audit.Kept, took.Round(time.Millisecond), n/took.Seconds(), mem>>20)
	for _, id := range []string{"csv", "json-lines", "xlsx", "nginx", "haproxy", "apache", "lighttpd", "cloudflare-worker", "cloudflare-worker-kv"} {
		t.Run(id, func(t *testing.T) {
			e, _ := Get(id, Options{})
			dir := t.TempDir()
			var sel *Selection
			choose, chosen := peak(func() {
				var err error
				if sel, err = Select(context.Background(), e, m); err != nil {
					t.Fatal(err)
				}
			})
			write, wrote := peak(func() {
				if err := e.Write(context.Background(), DirSink(dir), sel.Map()); err != nil {
					t.Fatal(err)
				}
			})
			size := int64(0)
			err := filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
				if err == nil && !d.IsDir() {
					info, err := d.Info()
					if err != nil {
						return err
					}
					size += info.Size()
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s: %d of %d rows, select %v (peak %d MB), write %v (%.0f rows/s, peak %d MB), %d MB of files", id, sel.Covered(), n,
				choose.Round(time.Millisecond), chosen>>20, write.Round(time.Millisecond), n/write.Seconds(), wrote>>20, size>>20)
			if sel.Covered() != n {
				t.Errorf("%d rows refused", len(sel.Refused))
			}
		})
	}
}

// TestLongServers has nginx and HAProxy load a million rows and answer a sample.
func TestLongServers(t *testing.T) {
	long(t)
	const n = 1_000_000
	for _, id := range []string{"nginx", "haproxy", "lighttpd"} {
		t.Run(id, func(t *testing.T) {
			e, _ := Get(id, Options{})
			_, dir := written(t, e, generated(n))
			begin := time.Now()
			s := starters()[id](t, dir)
			s.ask("old.example", "/?pid=1000")
			started := time.Since(begin)
			asked := 0
			begin = time.Now()
			for r := range generated(n).Rules() {
				if r.Line%97 != 0 {
					continue
				}
				asked++
				if got := s.ask("old.example", r.Source.RequestTarget()); got.Location != r.Target || got.Status != 301 {
					t.Fatalf("%s: %+v", r.Source, got)
				}
			}
			t.Logf("%s: %d rows, first answer %v after the start, %s; %d rows asked one by one in %v", id, n, started.Round(time.Millisecond), rss(s), asked, time.Since(begin).Round(time.Millisecond))
		})
	}
}

// rss is the resident memory of the started process and its children, as Linux
// tells it.
func rss(s *server) string {
	var parts []string
	pids := []string{strconv.Itoa(s.pid)}
	if children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", s.pid, s.pid)); err == nil {
		pids = append(pids, strings.Fields(string(children))...)
	}
	for _, pid := range pids {
		status, err := os.ReadFile("/proc/" + pid + "/status")
		if err != nil {
			continue
		}
		for line := range strings.SplitSeq(string(status), "\n") {
			if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
				parts = append(parts, strings.Join(strings.Fields(rest), " "))
			}
		}
	}
	return "resident memory of its processes: " + strings.Join(parts, ", ")
}

// TestLongCompaction makes a million rows smaller, of which nine in ten are folders
// that go to one place, and prints time and memory.
func TestLongCompaction(t *testing.T) {
	long(t)
	const n, folder = 1_000_000, 1000
	m := redirects.MapFunc(func() iter.Seq2[redirects.Rule, error] {
		return func(yield func(redirects.Rule, error) bool) {
			for i := range n {
				r := redirects.Rule{Line: i + 1, Status: 301, Source: redirects.Source{Host: "old.example"}}
				if i%10 == 0 {
					r.Source.Path, r.Source.HasQuery, r.Source.Query = "/", true, "pid="+strconv.Itoa(i)
					r.Target = "https://new.example/products/item-" + strconv.Itoa(i)
				} else {
					r.Source.Path = "/blog/" + strconv.Itoa(i/folder) + "/" + strconv.Itoa(i) + ".html"
					r.Target = "https://new.example/news/" + strconv.Itoa(i/folder)
				}
				if !yield(r, nil) {
					return
				}
			}
		}
	})
	e, _ := Get("nginx", Options{})
	var c *Compacted
	took, mem := peak(func() {
		var err error
		if c, err = Compact(context.Background(), e, m, CompactOptions{}); err != nil {
			t.Fatal(err)
		}
	})
	t.Logf("%d rows become %d for %s, its model asked %d addresses, in %v (%.0f rows/s), peak heap %d MB", c.Before, c.After, e.ID(), c.Asked, took.Round(time.Millisecond), n/took.Seconds(), mem>>20)
	if want := n/10 + n/folder; c.Before != n || c.After != want {
		t.Errorf("%d rows become %d, want %d", c.Before, c.After, want)
	}
}
