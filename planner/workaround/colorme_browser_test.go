package workaround

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"replatform/crawler/catalog"
	"replatform/planner/internal/browsertest"
)

func colormeInput(n int) Input {
	return Input{
		Source: Capabilities{TemplateLanguage: "colorme-smarty", BodyTemplate: Yes, Script: Yes, HeadPerPage: No,
			TemplateLimit: 65530, TemplateCharset: "EUC-JP", BodyText: Yes, ProductFile: "colorme"},
		Rows:      colormeRows(n),
		NewHome:   newShop + "/",
		NewSearch: newShop + "/search?q={query}&type=product",
		NewCart:   newShop + "/cart",
		MapBase:   mapHost + "/colorme-smarty/map",
		ShopName:  Text{"つきみ商店", "Tsukimi"},
		Generated: time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC),
	}
}

// openColorme generates the artefact, pastes it into a replica and opens a browser.
func openColorme(t *testing.T, in Input, useIndex, useProduct bool) (*browsertest.Browser, *colormeReplica, Artefact) {
	t.Helper()
	files := memory{}
	all, err := Generate(t.Context(), in, files)
	if err != nil {
		t.Fatal(err)
	}
	a := all[0]
	if a.ID != "colorme-smarty" {
		t.Fatalf("the first artefact is %s", a.ID)
	}
	shop := &colormeReplica{t: t, names: map[string]string{"555": `</script><script>location="https://evil.example/"</script>"'`}}
	for _, r := range in.Rows {
		if r.Type == catalog.ProductP {
			shop.names[r.OldID] = "お茶 " + r.OldID
		}
	}
	if useIndex {
		shop.paste(string(files["colorme-smarty/index.html"]), "")
	}
	if useProduct {
		shop.paste(shop.index, string(files["colorme-smarty/product.html"]))
	}
	return browsertest.Open(t, map[string]http.Handler{
		host(oldColorme): shop,
		host(newShop):    browsertest.Static("new"),
		host(mapHost):    files,
		host(startPage):  browsertest.Static("start"),
		"evil.example":   browsertest.Static("evil"),
	}), shop, a
}

// some picks at most n of the rows of a type, spread over all of them.
func some(rows []Row, t catalog.PageType, n int) []Row {
	var all []Row
	for _, r := range rows {
		if r.Type == t {
			all = append(all, r)
		}
	}
	var out []Row
	for i := range min(n, len(all)) {
		out = append(out, all[i*len(all)/min(n, len(all))])
	}
	return out
}

// TestColorMeInBrowser asks old pages in a real browser, for a shop whose map fits
// into the template and for one whose map is cut into files.
func TestColorMeInBrowser(t *testing.T) {
	for _, tt := range []struct {
		name     string
		products int
		mode     string
		index    bool
		product  bool
		sample   int // products to visit
	}{
		{"frame with chain", 120, "chain", true, false, 50},
		{"product template with chain", 120, "chain", false, true, 10},
		{"frame and product template with map files", 3000, "shards", true, true, 30},
		{"frame with map files", 3000, "shards", true, false, 10},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := colormeInput(tt.products)
			b, _, a := openColorme(t, in, tt.index, tt.product)
			if a.Mode != tt.mode {
				t.Fatalf("mode is %s, want %s", a.Mode, tt.mode)
			}
			rows := some(in.Rows, catalog.ProductP, tt.sample)
			if tt.index {
				rows = append(rows, some(in.Rows, catalog.Category, 50)...)
				rows = append(rows, some(in.Rows, catalog.Page, 50)...)
				rows = append(rows, some(in.Rows, catalog.Home, 1)...)
			}
			b.Visit(startPage)
			if !b.Arrive(startPage) {
				t.Fatal("the start page does not open")
			}
			for _, r := range rows {
				b.Visit(r.OldURL)
				if !b.Arrive(r.NewURL) {
					t.Fatalf("%s ends on %s, want %s", r.OldURL, b.Location(), r.NewURL)
				}
			}
			t.Logf("%d old pages end on their new page", len(rows))

			untouched := []string{
				oldColorme + "/?pid=999999999", oldColorme + "/?pid=555", oldColorme + "/?pid=//evil.example",
				oldColorme + "/?pid=1%22%3E%3Cscript%3E", oldColorme + "/?pid=https://evil.example/", oldColorme + "/?pid=constructor",
				oldColorme + "/?pid=__proto__", oldColorme + "/?mode=cate&cbid=2520817&csid=99", oldColorme + "/?mode=myaccount",
				oldColorme + "/?pid=100000000%00", oldColorme + "/?pid=" + rows[0].OldID + "#replatform-stay",
			}
			for _, u := range untouched {
				if got := b.Stays(u); got != u {
					t.Errorf("%s leads to %s", u, got)
				}
			}
			if n, _ := b.World.Count("evil.example"); n > 0 {
				t.Errorf("a foreign host was asked %d times", n)
			}
		})
	}
}

// TestColorMeBackButton sees that the old page leaves no entry in the history.
func TestColorMeBackButton(t *testing.T) {
	for _, products := range []int{50, 1000} {
		in := colormeInput(products)
		b, _, a := openColorme(t, in, true, true)
		r := some(in.Rows, catalog.ProductP, 1)[0]
		b.Visit(startPage)
		if !b.Arrive(startPage) {
			t.Fatal("the start page does not open")
		}
		b.Click(r.OldURL)
		if !b.Arrive(r.NewURL) {
			t.Fatalf("%s: %s ends on %s", a.Mode, r.OldURL, b.Location())
		}
		b.Back()
		if !b.Arrive(startPage) {
			t.Errorf("%s: Back leads to %s, want the page before the old one", a.Mode, b.Location())
		}
	}
}

// TestColorMeSearchCartCampaign covers the pages that are no rows of the map.
func TestColorMeSearchCartCampaign(t *testing.T) {
	in := colormeInput(30)
	b, _, _ := openColorme(t, in, true, false)
	r := some(in.Rows, catalog.ProductP, 1)[0]
	for _, tt := range []struct{ old, want string }{
		{"/?mode=srh&keyword=%C0%F9%C3%E3&cid=&sort=n&page=2", newShop + "/search?q=%E7%85%8E%E8%8C%B6&type=product"}, // 煎茶 in EUC-JP
		{"/?mode=srh&keyword=tea+cup", newShop + "/search?q=tea%20cup&type=product"},
		{"/?mode=srh&sort=n&page=3", newShop + "/search"},
		{"/?mode=srh&keyword=%FF%FF", newShop + "/search"},
		{"/?mode=srh&keyword=%22%3E%3Cscript%3E%26type%3Dx", newShop + "/search?q=%22%3E%3Cscript%3E%26type%3Dx&type=product"},
		{"/?mode=cart_inn", newShop + "/cart"},
		{"/?mode=cate&csid=3&cbid=2520817&page=2&sort=n", newShop + "/collections/green-tea"},
		{"/?mode=cate&cbid=2520818&csid=0", newShop + "/collections/cups"},
		{"/?utm_source=mail&pid=" + r.OldID + "&utm_campaign=a%20b&evil=1", r.NewURL + "?utm_source=mail&utm_campaign=a%20b"},
	} {
		b.Visit(oldColorme + tt.old)
		if !b.Arrive(tt.want) {
			t.Errorf("%s ends on %s, want %s", tt.old, b.Location(), tt.want)
		}
	}
}

// TestColorMeWithoutScripts reads the pages as a browser without scripts shows them.
func TestColorMeWithoutScripts(t *testing.T) {
	in := colormeInput(120)
	b, shop, _ := openColorme(t, in, true, false)
	b.Scripts(false)
	for _, r := range append(some(in.Rows, catalog.ProductP, 5), some(in.Rows, catalog.Category, 3)...) {
		if got := b.Stays(r.OldURL); got != r.OldURL {
			t.Fatalf("without scripts %s leads to %s", r.OldURL, got)
		}
		href := b.Text(`document.querySelector("#replatform-link").getAttribute("href")`)
		visible := browsertest.Run(b, "measuring the link", chromedp.Evaluate[bool](`document.querySelector("#replatform-link").getBoundingClientRect().height > 10`))
		if href != r.NewURL || !visible {
			t.Errorf("%s shows a link to %q (visible %v), want %s", r.OldURL, href, visible, r.NewURL)
		}
	}
	if text := b.Text(`document.querySelector("#replatform-link").innerText`); !strings.Contains(text, "新しいお店に移転しました") || !strings.Contains(text, "moved") {
		t.Errorf("the link says %q", text)
	}
	b.Stays(oldColorme + "/?pid=999999999")
	if n := b.Text(`String(document.querySelectorAll("#replatform-link").length)`); n != "0" {
		t.Error("an unknown product shows a link")
	}

	// With map files the exact target is not known to the server: there is a link to
	// the new shop, and a button that looks for the product by its name.
	in = colormeInput(3000)
	files := memory{}
	if _, err := Generate(t.Context(), in, files); err != nil {
		t.Fatal(err)
	}
	shop.paste("", string(files["colorme-smarty/product.html"]))
	r := some(in.Rows, catalog.ProductP, 1)[0]
	b.Stays(r.OldURL)
	if href := b.Text(`document.querySelector("#replatform-link").getAttribute("href")`); href != newShop+"/" {
		t.Errorf("the link leads to %q", href)
	}
	browsertest.Run(b, "pressing the button", chromedp.Click("#replatform-moved button"))
	want := newShop + "/search?q=" + strings.ReplaceAll(url.QueryEscape("お茶 "+r.OldID), "%20", "+") + "&type=product"
	if !b.Arrive(want) {
		t.Errorf("the button leads to %s, want %s", b.Location(), want)
	}
	// A hostile product name is only text.
	b.Scripts(true)
	if got := b.Stays(oldColorme + "/?pid=555"); got != oldColorme+"/?pid=555" {
		t.Errorf("a hostile product name leads to %s", got)
	}
}

// TestColorMeCanonical sees that a canonical link is added where there is none and
// never changed.
func TestColorMeCanonical(t *testing.T) {
	in := colormeInput(1000)
	b, shop, _ := openColorme(t, in, true, true)
	r := some(in.Rows, catalog.ProductP, 1)[0]
	list := `Array.from(document.querySelectorAll("head link[rel=canonical]")).map(function (l) { return l.getAttribute("href"); }).join(" ")`
	wait := func(want string) {
		t.Helper()
		if !b.Until("window.replatformDone") {
			t.Fatal("the script does not find the page")
		}
		if got := b.Text(list); got != want {
			t.Errorf("canonical links are %q, want %q", got, want)
		}
		if link := b.Text(`document.querySelector("#replatform-link").getAttribute("href")`); link != r.NewURL {
			t.Errorf("the visible link leads to %q, want %s", link, r.NewURL)
		}
	}
	b.Stays(r.OldURL + "#replatform-stay")
	wait(r.NewURL)
	shop.mu.Lock()
	shop.headCanonical = oldColorme + "/?pid=1"
	shop.mu.Unlock()
	b.Stays(startPage)
	b.Stays(r.OldURL + "#replatform-stay")
	wait(oldColorme + "/?pid=1")
}

// TestColorMeSizes prints what a product page loads for shops of different sizes and
// how long the way to the new page takes.
func TestColorMeSizes(t *testing.T) {
	for _, n := range []int{100, 10000, 100000} {
		in := colormeInput(n)
		started := time.Now()
		b, shop, a := openColorme(t, in, true, true)
		made := time.Since(started)
		if len(shop.index) > 65530 || len(shop.product) > 65530 {
			t.Errorf("%d products: snippets have %d and %d characters", n, len(shop.index), len(shop.product))
		}
		var total, worst, extra int
		var spent time.Duration
		rows := some(in.Rows, catalog.ProductP, 20)
		for _, r := range rows {
			b.World.Reset()
			start := time.Now()
			b.Visit(r.OldURL)
			if !b.Arrive(r.NewURL) {
				t.Fatalf("%s ends on %s", r.OldURL, b.Location())
			}
			spent += time.Since(start)
			asked, body := b.World.Count(host(mapHost))
			_, page := b.World.Count(host(oldColorme))
			total += body
			extra += page
			worst = max(worst, body)
			if asked > 1 {
				t.Errorf("one page asked for %d map files", asked)
			}
		}
		if worst > 16<<10 {
			t.Errorf("%d products: a page loads %d bytes of map", n, worst)
		}
		t.Logf("%d products: mode %s, %d files, snippet index %d + product %d characters; map bytes per page mean %d, most %d; old page %d bytes; %v per navigation (generation and browser start %v)",
			n, a.Mode, len(a.Files), len(shop.index), len(shop.product), total/len(rows), worst, extra/len(rows), (spent / time.Duration(len(rows))).Round(time.Millisecond), made.Round(time.Millisecond))
	}
}
