package workaround

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"replatform/crawler/catalog"
	"replatform/planner/internal/browsertest"
)

// siteBuilder is a new shop in the manner of Wix, Squarespace or Webflow on the host
// of the old one: one field for code in the head of every page, the home page answers
// "/" with any query, other unknown paths are a 404 page with the same head.
type siteBuilder struct {
	code string
}

func (s siteBuilder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	title, status := "404", http.StatusNotFound
	switch {
	case r.URL.Path == "/":
		title, status = "home", http.StatusOK
	case strings.HasPrefix(r.URL.Path, "/products/"), strings.HasPrefix(r.URL.Path, "/collections/"), strings.HasPrefix(r.URL.Path, "/pages/"),
		strings.HasPrefix(r.URL.Path, "/policies/"), r.URL.Path == "/about.html", r.URL.Path == "/search":
		title, status = "page", http.StatusOK
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<!doctype html><html><head><meta charset=\"utf-8\">%s<title>%s</title><link rel=\"canonical\" href=\"https://%s%s\"></head><body><h1>%s</h1></body></html>",
		s.code, title, r.Host, r.URL.Path, title)
}

// TestHeadCodeInBrowser pastes the code into the head of a new shop of which only this
// field is known, after moves from a shop whose addresses a grammar knows and from one
// of an unknown platform, with the map in the code and in files.
func TestHeadCodeInBrowser(t *testing.T) {
	unknown := func(n int) Input {
		in := themeInput(0)
		in.Source, in.Rows = Capabilities{Script: No}, nil
		for i := range n {
			in.Rows = append(in.Rows, Row{OldURL: fmt.Sprintf("%s/shop.cgi?item=%d", movedDomain, 100+i), Type: catalog.ProductP, NewURL: fmt.Sprintf("%s/products/shelf-%d", movedDomain, i)})
		}
		in.Rows = append(in.Rows,
			Row{OldURL: movedDomain + "/info.html", Type: catalog.Page, NewURL: movedDomain + "/pages/info"},
			Row{OldURL: movedDomain + "/about.html", Type: catalog.Page, NewURL: movedDomain + "/pages/about"}, // the new shop has such a page itself
		)
		in.Live = func(path string) bool { return path == "/about.html" || path == "/" }
		return in
	}
	for _, tt := range []struct {
		name, mode string
		in         Input
		stay       []string // addresses that stay, beside those of every case
	}{
		{"addresses that a grammar knows", "inline", themeInput(60), []string{"/?pid=999999999", "/?pid=//evil.example", "/?pid=https://evil.example/", "/products/x?pid=100000000"}},
		{"the same with map files", "shards", themeInput(3000), []string{"/?pid=999999999", "/?pid=//evil.example"}},
		{"unknown platform", "inline", unknown(40), []string{"/shop.cgi?item=999", "/shop.cgi?item=//evil.example", "/about.html", "/shop.cgi"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := tt.in
			in.SourceClosed, in.Destination = true, Capabilities{HeadPerPage: No, HeadSiteWide: Yes, Script: Yes}
			in.MapBase = mapHost + "/head-code/map"
			files := memory{}
			all, err := Generate(t.Context(), in, files)
			if err != nil {
				t.Fatal(err)
			}
			if len(all) != 1 || all[0].ID != "head-code" || all[0].Mode != tt.mode {
				t.Fatalf("artefacts %v", all)
			}
			b := browsertest.Open(t, map[string]http.Handler{
				host(movedDomain): siteBuilder{string(files["head-code/head.html"])}, host(mapHost): files,
				host(startPage): browsertest.Static("start"), "evil.example": browsertest.Static("evil"),
			})
			refused := map[int]bool{}
			for _, r := range all[0].Refused {
				refused[r.Row] = true
			}
			visited := 0
			for _, kind := range []catalog.PageType{catalog.ProductP, catalog.Category, catalog.Page} {
				for _, r := range some(in.Rows, kind, 15) {
					if tt.mode == "shards" && visited > 12 || refused[rowOf(in.Rows, r.OldURL)] {
						continue
					}
					visited++
					b.Visit(r.OldURL)
					if !b.Arrive(r.NewURL) {
						t.Fatalf("%s ends on %s, want %s", r.OldURL, b.Location(), r.NewURL)
					}
				}
			}
			t.Logf("%d old addresses end on their new page, %d refused", visited, len(refused))
			for _, path := range append([]string{"/", "/?utm_source=mail", "/nowhere", "/collections/x?page=2"}, tt.stay...) {
				if got := b.Stays(movedDomain + path); got != movedDomain+path {
					t.Errorf("%s leads to %s", path, got)
				}
			}
			if n, _ := b.World.Count("evil.example"); n > 0 {
				t.Errorf("a foreign host was asked %d times", n)
			}
			// The page's own canonical link is never changed, even where visitors stay.
			r := in.Rows[len(in.Rows)-len(in.Rows)/2]
			b.Stays(r.OldURL + "#replatform-stay")
			if !b.Until("window.replatformDone") {
				t.Fatalf("the script does not know %s", r.OldURL)
			}
			if n := b.Text(`String(document.querySelectorAll("link[rel=canonical]").length) + document.querySelector("link[rel=canonical]").href`); !strings.HasPrefix(n, "1"+movedDomain+"/") || strings.Contains(n, "/products/") {
				t.Errorf("canonical links: %s", n)
			}
			noTrap(t, b, r)
			// Without scripts nothing moves: that is what the instructions say.
			b.Scripts(false)
			if got := b.Stays(r.OldURL); got != r.OldURL {
				t.Errorf("without scripts %s leads to %s", r.OldURL, got)
			}
		})
	}
}

// rowOf is the index of an old address.
func rowOf(rows []Row, old string) int {
	for i, r := range rows {
		if r.OldURL == old {
			return i
		}
	}
	return -1
}
