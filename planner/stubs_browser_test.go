package planner

import (
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/chromedp/chromedp"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/planner/internal/browsertest"
	"replatform/planner/workaround"
)

// fileHost serves a folder as hosts for files do: nothing but files, index.html for a
// folder, and 404.html, where notFound is set, for what is not there.
type fileHost struct {
	site     fs.FS
	notFound bool
}

func (h fileHost) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	if name == "" || strings.HasSuffix(name, "/") {
		name += "index.html"
	}
	if _, err := fs.Stat(h.site, name); err != nil && h.notFound {
		page, err := fs.ReadFile(h.site, "404.html")
		if err == nil {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write(page) // a browser that hangs up needs no answer
			return
		}
	}
	http.FileServerFS(h.site).ServeHTTP(w, r)
}

// TestStubHostInBrowser publishes the stub pages on a plain file server under the old
// name: every old address ends on its target, the query too, and nothing else moves.
func TestStubHostInBrowser(t *testing.T) {
	const old, fresh, start = "https://www.tsukiyo.example", "https://new-shop.example", "https://start.example/"
	for _, tt := range []struct {
		name     string
		products int
		maps     bool // the map is cut into files
	}{{"map in the page", 40, false}, {"map in files", 2000, true}} {
		t.Run(tt.name, func(t *testing.T) {
			var rows []inventory.PlanRow
			add := func(kind catalog.PageType, from, to string) {
				rows = append(rows, inventory.PlanRow{OldURL: old + from, NewURL: fresh + to, OldKey: catalog.Key(from), Type: kind, Action: ActionRedirect, Status: 301})
			}
			add(catalog.Home, "/", "/")
			add(catalog.Category, "/?mode=cate&cbid=12&csid=0", "/collections/tea")
			add(catalog.Page, "/about.html", "/pages/about")
			add(catalog.Page, "/guide/", "/pages/guide")
			add(catalog.Page, "/blog/post", "/blogs/post") // no file can stand for it
			for i := range tt.products {
				add(catalog.ProductP, fmt.Sprintf("/?pid=%d", 1000+i), fmt.Sprintf("/products/cup-%d", i))
			}
			files := memorySink{}
			a, err := StubHost(t.Context(), rows, workaround.Input{NewHome: fresh + "/"}, files)
			if err != nil {
				t.Fatal(err)
			}
			site := fstest.MapFS{}
			mapFiles := 0
			for name, data := range files {
				if path, ok := strings.CutPrefix(name, "stub-host/site/"); ok {
					site[path] = &fstest.MapFile{Data: data}
					if strings.HasSuffix(path, ".js") {
						mapFiles++
					}
				}
			}
			if mapFiles > 0 != tt.maps || len(a.Refused) != 1 || rows[a.Refused[0].Row].OldURL != old+"/blog/post" {
				t.Fatalf("%d map files, refused %v", mapFiles, a.Refused)
			}
			hosts := map[string]http.Handler{
				"www.tsukiyo.example": fileHost{site: site}, "new-shop.example": browsertest.Static("new"),
				"start.example": browsertest.Static("start"), "evil.example": browsertest.Static("evil"),
			}
			b := browsertest.Open(t, hosts)
			visited := 0
			for i, r := range rows {
				if i > 20 && i%97 != 0 || r.OldURL == old+"/blog/post" {
					continue
				}
				visited++
				b.Visit(r.OldURL)
				if !b.Arrive(r.NewURL) {
					t.Fatalf("%s ends on %s, want %s", r.OldURL, b.Location(), r.NewURL)
				}
			}
			t.Logf("%d old addresses end on their new page; %d files, %d of them map", visited, len(site), mapFiles)
			b.Visit(old + "/?utm_source=mail&pid=1001")
			if !b.Arrive(fresh + "/products/cup-1?utm_source=mail") {
				t.Errorf("with a campaign parameter: %s", b.Location())
			}

			// An unknown number shows the stub's own page with its link; nothing in an address
			// sends anybody elsewhere.
			link := `(() => { const a = document.querySelector("#replatform-link"); return a && a.getBoundingClientRect().height > 10 ? a.getAttribute("href") : ""; })()`
			for _, path := range []string{"/?pid=999999", "/?pid=//evil.example", "/?pid=https://evil.example/", "/?pid=constructor", "/?mode=cate&cbid=12&csid=9"} {
				if got := b.Stays(old + path); got != old+path {
					t.Errorf("%s leads to %s", path, got)
				}
				if got := b.Text(link); got != fresh+"/" {
					t.Errorf("%s shows the link %q, want the new home page", path, got)
				}
			}
			if n, _ := b.World.Count("evil.example"); n > 0 {
				t.Errorf("a foreign host was asked %d times", n)
			}

			// Back leads to the page before the old one, for pages that are files too.
			for _, r := range []inventory.PlanRow{rows[2], rows[len(rows)-1]} {
				b.Visit(start)
				b.Arrive(start)
				b.Click(r.OldURL)
				if !b.Arrive(r.NewURL) {
					t.Fatalf("%s ends on %s", r.OldURL, b.Location())
				}
				b.Back()
				if !b.Arrive(start) {
					t.Errorf("after %s Back leads to %s", r.OldURL, b.Location())
				}
			}

			// Without scripts a page of its own still moves visitors, and says so in its first
			// bytes; an address that only the query tells shows the link.
			b.Scripts(false)
			b.Visit(old + "/about.html")
			if !b.Arrive(fresh + "/pages/about") {
				t.Errorf("without scripts /about.html ends on %s", b.Location())
			}
			if head := string(site["about.html"].Data); !strings.Contains(head[:min(len(head), 600)], `http-equiv="refresh"`) || !strings.Contains(head[:min(len(head), 600)], `rel="canonical"`) {
				t.Errorf("/about.html begins with %.600s", head)
			}
			if got := b.Stays(old + "/?pid=1000"); got != old+"/?pid=1000" {
				t.Errorf("without scripts /?pid=1000 leads to %s", got)
			}
			browsertest.Run(b, "pressing the link", chromedp.Click("#replatform-link"))
			if !b.Arrive(fresh + "/") {
				t.Errorf("the link leads to %s", b.Location())
			}
			b.Scripts(true)

			// Where the host shows 404.html, people come even from what cannot be a file.
			if got := b.Stays(old + "/blog/post"); got != old+"/blog/post" {
				t.Errorf("a host without 404.html sends /blog/post to %s", got)
			}
			withPage := maps.Clone(hosts)
			withPage["www.tsukiyo.example"] = fileHost{site: site, notFound: true}
			b = browsertest.Open(t, withPage)
			b.Visit(old + "/blog/post")
			if !b.Arrive(fresh + "/blogs/post") {
				t.Errorf("/blog/post ends on %s", b.Location())
			}
			if got := b.Stays(old + "/nowhere"); got != old+"/nowhere" || b.Text(link) != fresh+"/" {
				t.Errorf("/nowhere leads to %s with the link %q", got, b.Text(link))
			}
		})
	}
}
