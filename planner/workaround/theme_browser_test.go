package workaround

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"replatform/crawler/catalog"
	"replatform/planner/internal/browsertest"
)

// themeReplica is a new shop in the manner of Shopify, on the host of the old one:
// the home page answers "/" with any query, unknown pages are a 404, the theme's
// head has a canonical link behind the snippet, files of the theme have a folder.
type themeReplica struct {
	head  string
	files memory
	slow  time.Duration // before a theme file is answered

	mu   sync.Mutex
	gone bool // theme files are missing
}

func (s *themeReplica) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	const assets = "/cdn/shop/t/4/assets/"
	if name, ok := strings.CutPrefix(r.URL.Path, assets); ok {
		time.Sleep(s.slow)
		s.mu.Lock()
		data, have := s.files["shopify-liquid/map/"+name]
		have = have && !s.gone
		s.mu.Unlock()
		if !have {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/javascript")
		w.Header().Set("Cache-Control", "no-store")
		w.Write(data)
		return
	}
	template, status := "404", http.StatusNotFound
	switch {
	case r.URL.Path == "/":
		template, status = "index", http.StatusOK
	case strings.HasPrefix(r.URL.Path, "/products/"), strings.HasPrefix(r.URL.Path, "/collections/"), strings.HasPrefix(r.URL.Path, "/pages/"):
		template, status = "page", http.StatusOK
	}
	head := ""
	const open, end = "{% if template.name == 'index' or template.name == '404' %}\n", "{% endif %}\n"
	before, rest, ok := strings.Cut(s.head, open)
	inner, after, ok2 := strings.Cut(rest, end)
	if ok && ok2 {
		head = before + after
		if template != "page" {
			head = before + inner + after
		}
		head = strings.ReplaceAll(head, "{{ 'replatform-m0.js' | asset_url | split: 'replatform-m0.js' | first }}", "//"+r.Host+assets)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<!doctype html><html><head>%s<title>%s</title><link rel=\"canonical\" href=\"https://%s%s\"></head><body><h1>%s</h1></body></html>",
		head, template, r.Host, r.URL.Path, template)
}

const movedDomain = "https://www.tsukimi.example"

// themeInput is a Color Me shop on its own domain, which now is answered by the new
// shop.
func themeInput(n int) Input {
	in := colormeInput(n)
	for i := range in.Rows {
		in.Rows[i].OldURL = strings.Replace(in.Rows[i].OldURL, oldColorme, movedDomain, 1)
		in.Rows[i].NewURL = strings.Replace(in.Rows[i].NewURL, newShop, movedDomain, 1)
	}
	in.NewHome, in.NewSearch, in.NewCart, in.MapBase = movedDomain+"/", movedDomain+"/search?q={query}", "", ""
	in.Source.Script = No // nothing can be done on the old side any more
	in.Destination = Capabilities{TemplateLanguage: "shopify-liquid", HeadSiteWide: Yes, Script: Yes}
	return in
}

func TestThemeInBrowser(t *testing.T) {
	for _, tt := range []struct {
		products int
		mode     string
	}{{60, "inline"}, {5000, "shards"}} {
		t.Run(tt.mode, func(t *testing.T) {
			in := themeInput(tt.products)
			files := memory{}
			all, err := Generate(t.Context(), in, files)
			if err != nil {
				t.Fatal(err)
			}
			a := all[0]
			if a.ID != "shopify-liquid" || a.Mode != tt.mode {
				t.Fatalf("artefact %s in mode %s", a.ID, a.Mode)
			}
			// The home page must not lead to itself.
			if len(a.Refused) != 1 || a.Refused[0].Code != "self" || in.Rows[a.Refused[0].Row].Type != catalog.Home {
				t.Errorf("refused: %v", a.Refused)
			}
			shop := &themeReplica{head: string(files["shopify-liquid/theme-head.liquid"]), files: files, slow: 400 * time.Millisecond}
			b := browsertest.Open(t, map[string]http.Handler{host(movedDomain): shop, "evil.example": browsertest.Static("evil"), host(startPage): browsertest.Static("start")})
			rows := append(some(in.Rows, catalog.ProductP, 50), some(in.Rows, catalog.Category, 10)...)
			if tt.mode == "shards" {
				rows = rows[:12] // each waits for the slow file
			}
			for _, r := range rows {
				b.Visit(r.OldURL)
				if !b.Arrive(r.NewURL) {
					t.Fatalf("%s ends on %s, want %s", r.OldURL, b.Location(), r.NewURL)
				}
			}
			for _, u := range []string{"/", "/?utm_source=mail", "/?pid=999999999", "/?pid=//evil.example", "/nowhere", "/products/x?pid=100000000", "/?variant=1"} {
				if got := b.Stays(movedDomain + u); got != movedDomain+u {
					t.Errorf("%s leads to %s", u, got)
				}
			}
			if n, _ := b.World.Count("evil.example"); n > 0 {
				t.Errorf("a foreign host was asked %d times", n)
			}
			// The theme's canonical stays the only one, even on a page that is kept.
			r := rows[0]
			b.Stays(r.OldURL + "#replatform-stay")
			if !b.Until("window.replatformDone") {
				t.Fatal("the script does not find the page")
			}
			if got := b.Text(`Array.from(document.querySelectorAll("link[rel=canonical]")).map(function (l) { return l.href; }).join(" ")`); got != movedDomain+"/" {
				t.Errorf("canonical links: %s", got)
			}
			noTrap(t, b, r)
			noFlash(t, b, shop, r, tt.mode)
		})
	}
}

// noFlash sees that nothing of the home page is shown before the visitor is moved,
// and that the page does appear when the map cannot be loaded.
func noFlash(t *testing.T, b *browsertest.Browser, shop *themeReplica, r Row, mode string) {
	b.Visit(startPage)
	b.Arrive(startPage)
	b.Visit(r.OldURL)
	shown := 0
	for range 1000 {
		at, err := chromedp.Run(b.Ctx, chromedp.Evaluate[struct {
			Href string
			Seen bool
		}](`({Href: location.href, Seen: !!document.body && getComputedStyle(document.body).visibility !== "hidden"})`))
		if err != nil {
			continue
		}
		if at.Href == r.NewURL {
			break
		}
		if at.Href == r.OldURL && at.Seen {
			shown++
		}
	}
	if mode == "shards" && shown > 0 {
		t.Errorf("the home page was visible in %d looks before the move", shown)
	}
	if !b.Arrive(r.NewURL) {
		t.Fatalf("%s ends on %s", r.OldURL, b.Location())
	}
	if mode != "shards" {
		return
	}
	shop.mu.Lock()
	shop.gone = true
	shop.mu.Unlock()
	if got := b.Stays(r.OldURL); got != r.OldURL {
		t.Errorf("without map files %s leads to %s", r.OldURL, got)
	}
	if !b.Until(`getComputedStyle(document.body).visibility === "visible"`) {
		t.Error("the page stays invisible when the map file is missing")
	}
}
