package crawler_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler"
	"replatform/crawler/catalog"
	"replatform/crawler/fetch"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
)

// tagging is a shop that knows which version of a page a visitor has. It counts what it
// sends, by path.
type tagging struct {
	mu        sync.Mutex
	pages     map[string]string // body by path
	down      map[string]bool   // answers 500
	unchanged map[string]int    // answers 304
	sent      map[string]int    // answers 200
	asked     map[string]int    // requests with a condition
}

const taggingDay = "Mon, 02 Nov 2026 10:00:00 GMT"

func (s *tagging) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := r.URL.Path
	page, ok := s.pages[path]
	conditional := r.Header.Get("If-None-Match") != "" || r.Header.Get("If-Modified-Since") != ""
	if conditional {
		s.asked[path]++
	}
	switch {
	case s.down[path]:
		http.Error(w, "broken", http.StatusInternalServerError)
	case !ok:
		http.NotFound(w, r)
	case path == "/dated": // knows the time of change only
		if r.Header.Get("If-Modified-Since") == taggingDay {
			s.unchanged[path]++
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Last-Modified", taggingDay)
		s.send(w, path, page)
	default:
		tag := fmt.Sprintf("v%d", len(page))
		// As Apache does it: the compressed page has a mark that is not known again.
		if known := r.Header.Get("If-None-Match"); known == `"`+tag+`-gzip", "`+tag+`"` {
			s.unchanged[path]++
			w.Header().Set("Content-Encoding", "gzip")
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"`+tag+`-gzip"`)
		s.send(w, path, page)
	}
}

func (s *tagging) send(w http.ResponseWriter, path, page string) {
	s.sent[path]++
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Encoding", "gzip")
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	fmt.Fprint(z, page)
	z.Close()
	_, _ = w.Write(b.Bytes())
}

// reset begins the counts anew.
func (s *tagging) reset() {
	s.unchanged, s.sent, s.asked = map[string]int{}, map[string]int{}, map[string]int{}
}

func taggedItem(name string, price int) string {
	return fmt.Sprintf(`<!doctype html><title>%[1]s</title><h1>%[1]s</h1><a href="/cart?add=1">buy</a><script type="application/ld+json">{"@context":"https://schema.org","@type":"Product","name":"%[1]s","sku":"S-%[1]s","offers":{"@type":"Offer","price":"%[2]d","priceCurrency":"JPY"}}</script>`, name, price)
}

// TestUnchanged crawls a shop again. What it says is unchanged is neither sent nor lost:
// the page, its links, its product and what was to be said of it.
func TestUnchanged(t *testing.T) {
	shop := &tagging{down: map[string]bool{"/item/broken": true}, pages: map[string]string{
		"/":            `<!doctype html><title>Shop</title><a href="/list">list</a><a href="/dated">dated</a>`,
		"/list":        `<!doctype html><title>List</title><a href="/item/1">1</a><a href="/item/2">2</a><a href="/item/broken">3</a><a href="/item/alias">4</a>`,
		"/dated":       `<!doctype html><title>Dated</title><p>since 2026`,
		"/item/1":      taggedItem("Lamp", 1000),
		"/item/2":      taggedItem("Vase", 2000),
		"/item/alias":  `<link rel=canonical href="/item/behind">` + taggedItem("Bowl", 3000),
		"/item/behind": `<link rel=canonical href="/">` + taggedItem("Bowl", 3000),
	}}
	shop.reset()
	server := httptest.NewServer(shop)
	defer server.Close()
	reg, err := platform.Load()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "shop.replatform")
	crawl := func(fresh bool) crawler.Summary {
		t.Helper()
		shop.reset()
		start, err := crawler.Probe(t.Context(), crawler.Config{StartURL: "http://shop.example/", Registry: reg, Fresh: fresh,
			Fetch: fetch.Options{Concurrency: 2, Retries: -1, Timeout: time.Minute, FirstPause: time.Millisecond,
				ConnectTo: map[string]string{"shop.example": server.Listener.Addr().String()}}})
		if err != nil {
			t.Fatal(err)
		}
		project, err := inventory.Open(t.Context(), path, inventory.Options{Create: true})
		if err != nil {
			t.Fatal(err)
		}
		defer project.Close()
		sum, err := crawler.Crawl(t.Context(), start, project, catalog.Old)
		if err != nil || sum.Stopped != "" {
			t.Fatal(sum, err)
		}
		return sum
	}
	same := func(what, want, got string) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-before +after):\n%s", what, diff)
		}
	}
	drift := func() inventory.Drift {
		t.Helper()
		project, err := inventory.Open(t.Context(), path, inventory.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer project.Close()
		d, err := project.Drift(t.Context(), catalog.Old)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}

	if sum := crawl(false); sum.Unchanged != 0 || len(shop.asked) > 0 {
		t.Errorf("the first crawl: %d unchanged, conditions for %v", sum.Unchanged, shop.asked)
	}
	first := dump(t, path)

	sum := crawl(false)
	all := map[string]int{"/list": 1, "/dated": 1, "/item/1": 1, "/item/2": 1, "/item/alias": 1, "/item/behind": 1}
	if diff := cmp.Diff(all, shop.unchanged); diff != "" {
		t.Errorf("answers 304 (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{"/": 1}, shop.sent); diff != "" {
		t.Errorf("pages sent (-want +got):\n%s", diff)
	}
	if sum.Unchanged != len(all) || shop.asked["/item/broken"] > 0 {
		t.Errorf("%d unchanged, want %d; %d conditions for the broken page", sum.Unchanged, len(all), shop.asked["/item/broken"])
	}
	same("an unchanged shop", first, dump(t, path))
	if d := drift(); d.Any() || d.Compared != 6 {
		t.Errorf("an unchanged shop has changed: %+v", d)
	}

	// One page is another one, one is gone; the list, which names both, is as it was.
	old := maps.Clone(shop.pages)
	shop.pages["/item/1"] = taggedItem("Lamp", 11000)
	delete(shop.pages, "/item/2")
	crawl(false)
	d := drift()
	if len(d.Priced) != 1 || len(d.Gone) != 1 || len(d.Unlinked)+len(d.New)+len(d.Moved)+len(d.Renamed) > 0 {
		t.Errorf("a changed shop: %+v", d)
	}
	if shop.sent["/item/1"] != 1 || shop.unchanged["/list"] != 1 {
		t.Errorf("sent %v, unchanged %v", shop.sent, shop.unchanged)
	}

	// The page comes back. Its last answer was none, so it is read.
	shop.pages = old
	crawl(false)
	if shop.sent["/item/2"] != 1 || shop.asked["/item/2"] > 0 {
		t.Errorf("the page that came back: sent %v, conditions for %v", shop.sent, shop.asked)
	}
	same("the shop as it was", first, dump(t, path))

	if sum := crawl(true); sum.Unchanged != 0 || len(shop.asked) > 0 || len(shop.sent) != len(all)+1 {
		t.Errorf("read anew: %d unchanged, conditions for %v, sent %v", sum.Unchanged, shop.asked, shop.sent)
	}
	same("the shop read anew", first, dump(t, path))
}
