package crawler_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
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
	"replatform/crawler/picture/sketch"
	"replatform/crawler/platform"
)

// gallery is a shop with its pictures on another host. It counts what it is asked.
type gallery struct {
	mu    sync.Mutex
	asked map[string]int
	on    func(path string) // called for each picture, before the answer
	down  map[string]bool   // answers 503
}

// galleryItems are the pictures of its products, in order.
var galleryItems = []string{
	"http://img.example/a.jpg", "http://img.example/b.png", "http://img.example/none.gif", "http://img.example/none.gif",
	"http://img.example/gone.jpg", "http://img.example/bomb.png", "http://img.example/page.jpg", "http://img.example/secret/x.jpg",
	"http://img.example/moved.jpg", "http://img.example/inward.jpg", "http://img.example/round.jpg", "http://img.example/dot.gif",
	"http://10.1.2.3/inside.jpg", "http://img.example/a2.jpg", "http://img.example/broken.jpg",
}

func (g *gallery) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	g.asked[r.Host+r.URL.Path]++
	down := g.down[r.URL.Path]
	g.mu.Unlock()
	if r.Host == "shop.example" {
		g.page(w, r)
		return
	}
	if g.on != nil {
		g.on(r.URL.Path)
	}
	send := func(kind string, data []byte) {
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(data)
	}
	drawn := func(number uint64, format string, quality int) []byte {
		data, err := sketch.Encoded(sketch.Product(number, 0, 0, 64), format, quality)
		if err != nil {
			panic(err)
		}
		return data
	}
	if down {
		http.Error(w, "later", http.StatusServiceUnavailable)
		return
	}
	switch r.URL.Path {
	case "/robots.txt":
		fmt.Fprint(w, "User-agent: *\nDisallow: /secret/\n")
	case "/a.jpg", "/target.jpg":
		send("image/jpeg", drawn(1, "jpeg", 90))
	case "/a2.jpg": // the same picture, compressed anew; the declared type is wrong
		send("text/html", drawn(1, "jpeg", 40))
	case "/b.png":
		send("image/png", drawn(2, "png", 0))
	case "/none.gif":
		send("image/gif", drawn(3, "gif", 0))
	case "/broken.jpg":
		send("image/jpeg", drawn(4, "jpeg", 90)[:300])
	case "/bomb.png": // claims to be 65,535 by 65,535
		bomb := drawn(2, "png", 0)
		copy(bomb[16:24], "\x00\x00\xff\xff\x00\x00\xff\xff")
		binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
		send("image/png", bomb)
	case "/page.jpg":
		send("text/html", []byte("<!doctype html><title>no picture</title>"))
	case "/dot.gif":
		data, _ := sketch.Encoded(sketch.Scaled(sketch.Placeholder(8), 1), "gif", 0)
		send("image/gif", data)
	case "/moved.jpg":
		http.Redirect(w, r, "/target.jpg", http.StatusFound)
	case "/inward.jpg":
		http.Redirect(w, r, "http://10.1.2.3/inside.jpg", http.StatusFound)
	case "/round.jpg":
		http.Redirect(w, r, "/round.jpg", http.StatusFound)
	default:
		http.NotFound(w, r)
	}
}

func (g *gallery) page(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	var n int
	switch _, err := fmt.Sscanf(r.URL.Path, "/item/%d", &n); {
	case r.URL.Path == "/":
		fmt.Fprint(w, "<!doctype html><title>Shop</title>")
		for i := range galleryItems {
			fmt.Fprintf(w, `<a href="/item/%d">%d</a>`, i, i)
		}
	case err == nil && n < len(galleryItems):
		fmt.Fprintf(w, `<!doctype html><title>Thing %[1]d</title><h1>Thing %[1]d</h1><script type="application/ld+json">{"@context":"https://schema.org","@type":"Product","name":"Thing %[1]d","image":%[2]q,"offers":{"@type":"Offer","price":"%[3]d","priceCurrency":"JPY"}}</script>`,
			n, galleryItems[n], 1000+n)
	default:
		http.NotFound(w, r)
	}
}

// visit opens the project, probes the gallery and hands both to fn.
func (g *gallery) visit(t *testing.T, addr, path string, change func(*crawler.Config), fn func(*crawler.Start, *inventory.Project)) {
	t.Helper()
	reg, err := platform.Load()
	if err != nil {
		t.Fatal(err)
	}
	cfg := crawler.Config{StartURL: "http://shop.example/", Registry: reg,
		Fetch: fetch.Options{Concurrency: 2, Retries: -1, Timeout: time.Minute, FirstPause: time.Millisecond,
			ConnectTo: map[string]string{"shop.example": addr, "img.example": addr}}}
	if change != nil {
		change(&cfg)
	}
	start, err := crawler.Probe(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	project, err := inventory.Open(t.Context(), path, inventory.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer project.Close()
	fn(start, project)
}

// TestPictures crawls the gallery and asks for its pictures: each address once, under
// the robots.txt of its host, into no private network; what they look like is kept.
func TestPictures(t *testing.T) {
	g := &gallery{asked: map[string]int{}}
	server := httptest.NewServer(g)
	defer server.Close()
	addr, path := server.Listener.Addr().String(), filepath.Join(t.TempDir(), "shop.replatform")

	g.visit(t, addr, path, nil, func(start *crawler.Start, project *inventory.Project) {
		if sum, err := crawler.Crawl(t.Context(), start, project, catalog.Old); err != nil || sum.Stopped != "" || sum.Products != len(galleryItems) {
			t.Fatalf("%+v, %v", sum, err)
		}
		for path, n := range g.asked {
			if len(path) > 11 && path[:11] == "img.example" {
				t.Errorf("the crawl of the pages asked %s %d times", path, n)
			}
		}
		only, err := crawler.OnlyPictures(t.Context(), start, project, catalog.Old)
		if err != nil || !only {
			t.Errorf("the pages have been read, the pictures have not: %v, %v", only, err)
		}
		var budget crawler.PictureBudget
		var last crawler.PictureProgress
		sum, err := crawler.Pictures(t.Context(), start, project, catalog.Old, crawler.PictureOptions{
			Budget: func(b crawler.PictureBudget) { budget = b }, Progress: func(p crawler.PictureProgress) { last = p }})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(crawler.PictureBudget{Pictures: 14, Hosts: 2, MaxBytes: 8 << 20}, budget); diff != "" {
			t.Errorf("budget (-want +got):\n%s", diff)
		}
		if last.Done != 14 || last.Total != 14 || last.Bytes != sum.Bytes {
			t.Errorf("the last progress: %+v", last)
		}
		want := map[string]int{crawler.PictureNotFound: 1, crawler.PictureTooLarge: 1, crawler.PictureFormat: 1, crawler.PictureRobots: 1,
			crawler.PicturePrivate: 1, crawler.PictureRedirect: 1, crawler.PictureTooSmall: 1, crawler.PictureDamaged: 1}
		// The address in a private network is not even asked for its robots.txt.
		want[crawler.PicturePrivate]++
		if diff := cmp.Diff(want, sum.Problems); diff != "" || sum.Read != 5 || sum.Later != 0 || sum.Stopped != "" || sum.Wanted != 14 {
			t.Errorf("%+v\nproblems (-want +got):\n%s", sum, diff)
		}
		hashes, err := project.PictureHashes(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(hashes) != 5 || hashes["http://img.example/moved.jpg"] != hashes["http://img.example/a.jpg"] || hashes["http://img.example/a.jpg"] == hashes["http://img.example/b.png"] {
			t.Errorf("hashes: %v", hashes)
		}
		if only, err := crawler.OnlyPictures(t.Context(), start, project, catalog.Old); err != nil || only {
			t.Errorf("the pictures have been asked: %v, %v", only, err)
		}
	})
	if n := g.asked["img.example/none.gif"]; n != 1 {
		t.Errorf("the placeholder of two products was asked %d times", n)
	}
	if n := g.asked["img.example/secret/x.jpg"]; n != 0 {
		t.Errorf("what robots.txt forbids was asked %d times", n)
	}

	before := maps.Clone(g.asked)
	g.visit(t, addr, path, nil, func(start *crawler.Start, project *inventory.Project) {
		sum, err := crawler.Pictures(t.Context(), start, project, catalog.Old, crawler.PictureOptions{})
		if err != nil || sum.Wanted != 0 || sum.Requests != 0 {
			t.Errorf("a second run: %+v, %v", sum, err)
		}
	})
	if before["img.example/a.jpg"] != g.asked["img.example/a.jpg"] {
		t.Error("a second run asked for pictures that are known")
	}
	g.visit(t, addr, path, func(c *crawler.Config) { c.Fresh = true }, func(start *crawler.Start, project *inventory.Project) {
		if sum, err := crawler.Pictures(t.Context(), start, project, catalog.Old, crawler.PictureOptions{}); err != nil || sum.Read != 5 {
			t.Errorf("a fresh run: %+v, %v", sum, err)
		}
	})
}

// TestPicturesResume stops the run after some pictures; the next one asks for the rest.
func TestPicturesResume(t *testing.T) {
	g := &gallery{asked: map[string]int{}, down: map[string]bool{"/b.png": true}}
	server := httptest.NewServer(g)
	defer server.Close()
	addr, path := server.Listener.Addr().String(), filepath.Join(t.TempDir(), "shop.replatform")
	one := func(c *crawler.Config) { c.Fetch.Concurrency = 1 }
	g.visit(t, addr, path, one, func(start *crawler.Start, project *inventory.Project) {
		if _, err := crawler.Crawl(t.Context(), start, project, catalog.Old); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		g.on = func(path string) {
			if path == "/gone.jpg" {
				cancel()
			}
		}
		sum, err := crawler.Pictures(ctx, start, project, catalog.Old, crawler.PictureOptions{})
		if err != nil || sum.Stopped != crawler.StoppedInterrupted || sum.Read == 0 {
			t.Fatalf("%+v, %v", sum, err)
		}
		g.on = nil
		if only, err := crawler.OnlyPictures(t.Context(), start, project, catalog.Old); err != nil || !only {
			t.Errorf("pictures are left: %v, %v", only, err)
		}
	})
	known := g.asked["img.example/a.jpg"]
	g.visit(t, addr, path, one, func(start *crawler.Start, project *inventory.Project) {
		sum, err := crawler.Pictures(t.Context(), start, project, catalog.Old, crawler.PictureOptions{})
		if err != nil || sum.Later != 1 || sum.Stopped != "" {
			t.Errorf("the rest, with one that answers 503: %+v, %v", sum, err)
		}
	})
	if known != 1 || g.asked["img.example/a.jpg"] != 1 {
		t.Errorf("a.jpg was asked %d times", g.asked["img.example/a.jpg"])
	}
	g.down = nil
	g.visit(t, addr, path, one, func(start *crawler.Start, project *inventory.Project) {
		sum, err := crawler.Pictures(t.Context(), start, project, catalog.Old, crawler.PictureOptions{})
		if err != nil || sum.Wanted != 1 || sum.Read != 1 {
			t.Errorf("the one that had no answer: %+v, %v", sum, err)
		}
	})
}
