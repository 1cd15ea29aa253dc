package workaround

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"replatform/crawler/catalog"
	"replatform/planner/internal/browsertest"
)

// creatorRows invents a map: n items whose new address comes from to, categories and
// fixed pages, a free page and a news page.
func creatorRows(n int, to func(i int, code string) string) []Row {
	var rows []Row
	add := func(path string, t catalog.PageType, id, own, to string) {
		if to != "" {
			to = newShop + to
		}
		rows = append(rows, Row{OldURL: oldCreator + path, OldID: id, OwnCode: own, Type: t, NewURL: to})
	}
	add("/", catalog.Home, "", "", "/")
	add("/view/category/ct9", catalog.Category, "ct9", "", "/collections/cups")
	add("/view/category/0000000108", catalog.Category, "0000000108", "", "/collections/tea?sort_by=a&page=1")
	add("/view/company", catalog.Page, "", "", "/pages/about")
	add("/view/contract", catalog.Page, "", "", "/policies/legal-notice")
	add("/view/page/wrapping", catalog.Page, "wrapping", "", "/pages/wrapping")
	for i := range n {
		code := fmt.Sprintf("%012d", 2700+i*3)
		add("/view/item/"+code, catalog.ProductP, code, fmt.Sprintf("KM-%04d", i), to(i, code))
	}
	return rows
}

func creatorInput(rows []Row) Input {
	return Input{
		Source: Capabilities{TemplateLanguage: "makeshop-smarty", HeadPerPage: Yes, BodyTemplate: Yes, Script: Yes,
			TemplateCharset: "EUC-JP", BodyText: Yes, ProductFile: "makeshop"},
		Rows:      rows,
		Complete:  true,
		NewHome:   newShop + "/",
		MapBase:   mapHost + "/makeshop-smarty/map/",
		ShopName:  Text{"くも雑貨", "Kumo"},
		Generated: time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC),
	}
}

func creatorShop(t *testing.T, in Input) (*creatorReplica, Artefact, memory) {
	t.Helper()
	files := memory{}
	all, err := Generate(t.Context(), in, files)
	if err != nil {
		t.Fatal(err)
	}
	a := all[0]
	shop := &creatorReplica{t: t, head: map[string]string{}, body: map[string]string{}, ownCodes: map[string]string{}}
	for _, p := range creatorPages {
		if h, ok := files[a.ID+"/"+p.file+"-head.html"]; ok {
			shop.head[p.pageType] = string(h)
			shop.body[p.pageType] = string(files[a.ID+"/"+p.file+"-body.html"])
		}
	}
	for _, r := range in.Rows {
		if r.Type == catalog.ProductP {
			shop.ownCodes[r.OldID] = r.OwnCode
		}
	}
	return shop, a, files
}

// TestCreatorInBrowser asks old pages of a shop in makeshop's Creator mode, for each
// way in which the target can be found.
func TestCreatorInBrowser(t *testing.T) {
	odd := func(i int, code string) string { return fmt.Sprintf("/products/item-%d-%s", i, code[9:]) }
	for _, tt := range []struct {
		name  string
		rows  []Row
		limit int
		mode  string
		late  bool // some pages are moved by script
		n     int  // pages of each type to visit
	}{
		{"chain", creatorRows(60, odd), 0, "chain", false, 60},
		{"pattern by system code", creatorRows(60, func(i int, code string) string {
			switch {
			case i == 7:
				return "" // no counterpart: must stay
			case i%20 == 3:
				return fmt.Sprintf("/products/special-%d", i)
			}
			return "/products/" + code
		}), 0, "pattern", false, 20},
		{"pattern by own code", creatorRows(60, func(i int, _ string) string { return fmt.Sprintf("/products/KM-%04d", i) }), 0, "pattern", false, 10},
		{"room for some", creatorRows(900, odd), 40000, "mixed", true, 25},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := creatorInput(tt.rows)
			in.Source.TemplateLimit = tt.limit
			shop, a, files := creatorShop(t, in)
			if a.Mode != tt.mode {
				t.Fatalf("mode is %s, want %s", a.Mode, tt.mode)
			}
			byStrength := map[Strength]int{}
			for _, c := range a.Covers {
				byStrength[c.Strength]++
			}
			if byStrength[Script] > 0 != tt.late || byStrength[InstantRefresh] == 0 {
				t.Errorf("covers by strength: %v", byStrength)
			}
			for name, data := range files {
				if tt.limit > 0 && strings.HasSuffix(name, ".html") && len(data) > tt.limit {
					t.Errorf("%s has %d characters", name, len(data))
				}
			}
			b := browsertest.Open(t, map[string]http.Handler{
				host(oldCreator): shop, host(newShop): browsertest.Static("new"), host(mapHost): files, host(startPage): browsertest.Static("start"), "evil.example": browsertest.Static("evil"),
			})
			b.Visit(startPage)
			if !b.Arrive(startPage) {
				t.Fatal("the start page does not open")
			}
			n := 0
			for _, kind := range []catalog.PageType{catalog.ProductP, catalog.Category, catalog.Page, catalog.Home} {
				for _, r := range some(tt.rows, kind, tt.n) {
					if r.NewURL == "" {
						continue
					}
					n++
					b.Visit(r.OldURL)
					if !b.Arrive(r.NewURL) {
						t.Fatalf("%s ends on %s, want %s", r.OldURL, b.Location(), r.NewURL)
					}
				}
			}
			t.Logf("%d old pages end on their new page; %v", n, byStrength)
			untouched := []string{oldCreator + "/view/category/ct999", oldCreator + "/view/guide", oldCreator + "/view/item/%22%3E%3Cscript%3E"}
			if tt.mode != "pattern" {
				untouched = append(untouched, oldCreator+"/view/item/999999999999", oldCreator+"/view/item///evil.example")
			}
			for _, r := range tt.rows {
				if r.NewURL == "" {
					untouched = append(untouched, r.OldURL)
				}
			}
			if strings.Contains(tt.name, "own code") {
				untouched = append(untouched, oldCreator+"/view/item/999999999999") // a product without own code
			}
			for _, u := range untouched {
				if tt.mode == "pattern" && strings.Contains(u, "script") {
					continue // the pattern writes any code, escaped; checked below
				}
				if got := b.Stays(u); got != u {
					t.Errorf("%s leads to %s", u, got)
				}
			}
			// Whatever stands in the address, nobody leaves for a foreign host.
			if got := b.Stays(oldCreator + "/view/item/%22%3E%3Cscript%3E"); !strings.HasPrefix(got, oldCreator) && !strings.HasPrefix(got, newShop) {
				t.Errorf("a hostile code leads to %s", got)
			}
			if n, _ := b.World.Count("evil.example"); n > 0 {
				t.Errorf("a foreign host was asked %d times", n)
			}

			// Back: a refresh of 0 seconds replaces the old page in the history.
			r := some(tt.rows, catalog.ProductP, 1)[0]
			b.Visit(startPage)
			b.Arrive(startPage)
			b.Click(r.OldURL)
			if !b.Arrive(r.NewURL) {
				t.Fatalf("%s ends on %s", r.OldURL, b.Location())
			}
			b.Back()
			if !b.Arrive(startPage) {
				t.Errorf("Back leads to %s, want the page before the old one", b.Location())
			}
		})
	}
}

// headOf fetches a page without a browser, as an engine that runs no scripts sees it.
func headOf(t *testing.T, h http.Handler, address string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	w := &plainWriter{header: http.Header{}}
	h.ServeHTTP(w, r)
	head, _, ok := strings.Cut(w.b.String(), "</head>")
	if !ok {
		t.Fatalf("%s has no head", address)
	}
	return head
}

type plainWriter struct {
	header http.Header
	b      strings.Builder
}

func (w *plainWriter) Header() http.Header         { return w.header }
func (w *plainWriter) WriteHeader(int)             {}
func (w *plainWriter) Write(p []byte) (int, error) { return w.b.Write(p) }

var (
	refreshTag   = regexp.MustCompile(`<meta http-equiv="refresh" content="0; url=([^"]*)">`)
	canonicalTag = regexp.MustCompile(`<link rel="canonical" href="([^"]*)">`)
)

// TestCreatorHead sees that refresh and canonical are in the first bytes of <head>,
// once each, and that a page without counterpart keeps its own canonical.
func TestCreatorHead(t *testing.T) {
	in := creatorInput(creatorRows(60, func(i int, code string) string { return fmt.Sprintf("/products/item-%d", i) }))
	shop, _, _ := creatorShop(t, in)
	unescape := strings.NewReplacer("&amp;", "&").Replace
	for _, r := range in.Rows {
		head := headOf(t, shop, r.OldURL)
		refresh, canonical := refreshTag.FindAllStringSubmatch(head, -1), canonicalTag.FindAllStringSubmatch(head, -1)
		if len(refresh) != 1 || len(canonical) != 1 || unescape(refresh[0][1]) != r.NewURL || unescape(canonical[0][1]) != r.NewURL {
			t.Errorf("%s: refresh %v, canonical %v, want one each to %s", r.OldURL, refresh, canonical, r.NewURL)
		}
		if at := strings.Index(head, `http-equiv="refresh"`); at > 1000 {
			t.Errorf("%s: the refresh stands at byte %d", r.OldURL, at)
		}
		if strings.Contains(head, "<script") {
			t.Errorf("%s has a script beside the refresh", r.OldURL)
		}
	}
	for _, path := range []string{"/view/item/999999999999", "/view/category/ct999", "/view/guide"} {
		head := headOf(t, shop, oldCreator+path)
		canonical := canonicalTag.FindAllStringSubmatch(head, -1)
		if len(canonical) != 1 || canonical[0][1] != oldCreator+path || refreshTag.MatchString(head) {
			t.Errorf("%s: canonical %v", path, canonical)
		}
	}
}

// TestBasicInBrowser asks the old addresses of makeshop's Basic mode in all their
// spellings.
func TestBasicInBrowser(t *testing.T) {
	var rows []Row
	for i := range 60 {
		code := fmt.Sprintf("%012d", 5000+i)
		path := []string{"/shopdetail/%s/", "/shopdetail/%s", "/smartphone/detail.html?id=%s", "/shop/shopdetail.html?brandcode=%s"}[i%4]
		rows = append(rows, Row{OldURL: oldBasic + fmt.Sprintf(path, code), OldID: code, Type: catalog.ProductP, NewURL: fmt.Sprintf("%s/products/star-%d", newShop, i)})
	}
	rows = append(rows,
		Row{OldURL: oldBasic + "/shopbrand/ct12/", Type: catalog.Category, NewURL: newShop + "/collections/stars"},
		Row{OldURL: oldBasic + "/html/page3.html", Type: catalog.Page, NewURL: newShop + "/pages/gifts"},
		Row{OldURL: oldBasic + "/html/company.html", Type: catalog.Page, NewURL: newShop + "/pages/about"},
		Row{OldURL: oldBasic + "/view/item/000000005000", Type: catalog.ProductP, NewURL: newShop + "/products/star-0"},
	)
	in := Input{Source: Capabilities{TemplateLanguage: "makeshop-basic", HeadPerPage: Unknown, Script: Unknown, BodyText: Yes},
		Rows: rows, NewHome: newShop + "/", NewSearch: newShop + "/search?q={query}"}
	files := memory{}
	all, err := Generate(t.Context(), in, files)
	if err != nil {
		t.Fatal(err)
	}
	a := all[0]
	if a.ID != "makeshop-basic" || len(a.Covers) != len(rows)-1 || len(a.Refused) != 1 {
		t.Fatalf("%s covers %d of %d rows and refuses %v", a.ID, len(a.Covers), len(rows), a.Refused)
	}
	if len(a.Tasks) == 0 || a.Tasks[0].ID != "script-field" {
		t.Errorf("the open question is not the first task: %v", a.Tasks)
	}
	b := browsertest.Open(t, map[string]http.Handler{
		host(oldBasic): &basicReplica{t: t, snippet: string(files["makeshop-basic/anywhere.html"])}, host(newShop): browsertest.Static("new"), "evil.example": browsertest.Static("evil"), host(startPage): browsertest.Static("start"),
	})
	noTrap(t, b, rows[0])
	for _, r := range rows[:len(rows)-1] {
		b.Visit(r.OldURL)
		if !b.Arrive(r.NewURL) {
			t.Fatalf("%s ends on %s, want %s", r.OldURL, b.Location(), r.NewURL)
		}
	}
	for _, tt := range []struct{ old, want string }{
		{"/shopdetail/000000005004/ct12/page2/recommend/", newShop + "/products/star-4"},
		{"/smartphone/detail.html?category_code=ct12&id=000000005005&page=2", newShop + "/products/star-5"},
		{"/smartphone/list.html?category_code=ct12", newShop + "/collections/stars"},
		{"/smartphone/page3.html", newShop + "/pages/gifts"},
		{"/smartphone/list.html?search_key=%C0%F9%C3%E3", newShop + "/search?q=%E7%85%8E%E8%8C%B6"},
	} {
		b.Visit(oldBasic + tt.old)
		if !b.Arrive(tt.want) {
			t.Errorf("%s ends on %s, want %s", tt.old, b.Location(), tt.want)
		}
	}
	for _, u := range []string{"/shopdetail/999999999999/", "/shopdetail/5004/", "/smartphone/detail.html?id=//evil.example", "/html/other.html", "/"} {
		if got := b.Stays(oldBasic + u); got != oldBasic+u {
			t.Errorf("%s leads to %s", u, got)
		}
	}
	if n, _ := b.World.Count("evil.example"); n > 0 {
		t.Errorf("a foreign host was asked %d times", n)
	}
}
