package workaround

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"replatform/crawler/catalog"
	"replatform/planner/internal/browsertest"
)

// linkOn is the address of the visible link of the page that is shown, "" where there
// is none that people can see.
func linkOn(b *browsertest.Browser) string {
	return browsertest.Run(b, "looking for the link", chromedp.Evaluate[string](`(() => {
		const link = document.querySelector("#replatform-link");
		return link && link.getBoundingClientRect().height > 10 && getComputedStyle(link).visibility === "visible" ? link.getAttribute("href") : "";
	})()`))
}

// TestNoForwardInBrowser: where the terms forbid to move visitors on, the old page
// stays, with a link that people see and a canonical link where one can be set.
func TestNoForwardInBrowser(t *testing.T) {
	odd := func(i int, code string) string { return fmt.Sprintf("/products/item-%d", i) }
	basic := Input{Source: Capabilities{TemplateLanguage: "makeshop-basic", Script: Yes}, NewHome: newShop + "/", Rows: []Row{
		{OldURL: oldBasic + "/shopdetail/000000005001/", Type: catalog.ProductP, NewURL: newShop + "/products/star-bowl"},
		{OldURL: oldBasic + "/shopbrand/ct12/", Type: catalog.Category, NewURL: newShop + "/collections/stars"},
	}}
	box := Input{Source: Capabilities{Script: Yes}, NewHome: newShop + "/", Rows: []Row{
		{OldURL: oldBasic + "/items/701", Type: catalog.ProductP, NewURL: newShop + "/products/jam"},
		{OldURL: oldBasic + "/items/702", Type: catalog.ProductP, NewURL: newShop + "/products/honey"},
	}}
	for _, tt := range []struct {
		name      string
		in        Input
		artefact  string
		old       string
		shop      func(files memory) http.Handler
		inHTML    bool   // the canonical link is in the HTML itself
		elsewhere string // an address that is in no map
	}{
		{"Color Me, chain", colormeInput(60), "colorme-smarty", oldColorme, func(f memory) http.Handler {
			s := &colormeReplica{t: t, names: map[string]string{}}
			s.paste(string(f["colorme-smarty/index.html"]), "")
			return s
		}, false, "/?pid=999999999"},
		{"Color Me, map files", colormeInput(3000), "colorme-smarty", oldColorme, func(f memory) http.Handler {
			s := &colormeReplica{t: t, names: map[string]string{}}
			s.paste(string(f["colorme-smarty/index.html"]), "")
			return s
		}, false, "/?mode=myaccount"},
		{"makeshop Creator", creatorInput(creatorRows(20, odd)), "makeshop-smarty", oldCreator, nil, true, "/view/guide"},
		{"makeshop Basic", basic, "makeshop-basic", oldBasic, func(f memory) http.Handler {
			return &basicReplica{t: t, snippet: string(f["makeshop-basic/anywhere.html"])}
		}, false, "/html/other.html"},
		{"script box", box, "script-box", oldBasic, func(f memory) http.Handler {
			return &basicReplica{t: t, snippet: string(f["script-box/anywhere.html"])}
		}, false, "/items/999"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := tt.in
			in.NoForward = true
			var shop http.Handler
			files := memory{}
			if tt.shop == nil {
				shop, _, files = creatorShop(t, in)
			} else {
				if _, err := Generate(t.Context(), in, files); err != nil {
					t.Fatal(err)
				}
				shop = tt.shop(files)
			}
			b := browsertest.Open(t, map[string]http.Handler{
				host(tt.old): shop, host(newShop): browsertest.Static("new"), host(mapHost): files, host(startPage): browsertest.Static("start"),
			})
			rows := append(some(in.Rows, catalog.ProductP, 4), some(in.Rows, catalog.Category, 2)...)
			for _, r := range rows {
				if got := b.Stays(r.OldURL); got != r.OldURL {
					t.Fatalf("%s leads to %s", r.OldURL, got)
				}
				// A map file may come later than the page.
				if !b.Until(fmt.Sprintf(`(document.querySelector("#replatform-link") || {}).href === %q`, r.NewURL)) {
					t.Fatalf("%s shows the link %q, want %s", r.OldURL, linkOn(b), r.NewURL)
				}
				if got := linkOn(b); got != r.NewURL {
					t.Errorf("%s: people see the link %q", r.OldURL, got)
				}
				if got := b.Text(`Array.from(document.querySelectorAll("head link[rel=canonical]")).map((l) => l.href).join(" ")`); got != r.NewURL {
					t.Errorf("%s has the canonical links %q", r.OldURL, got)
				}
				if n := b.Text(`String(document.querySelectorAll("meta[http-equiv=refresh i]").length)`); n != "0" {
					t.Errorf("%s has %s refreshes", r.OldURL, n)
				}
				if head := headOf(t, shop, r.OldURL); strings.Contains(head, newShop) != tt.inHTML {
					t.Errorf("%s: the new address stands in the head as sent: %v", r.OldURL, !tt.inHTML)
				}
			}
			// The link works, and Back comes to the old page, which still does not move.
			r := rows[0]
			b.Visit(startPage)
			b.Arrive(startPage)
			b.Click(r.OldURL)
			if !b.Arrive(r.OldURL) || !b.Until(fmt.Sprintf(`document.querySelector("#replatform-link").href === %q`, r.NewURL)) {
				t.Fatalf("%s is not shown", r.OldURL)
			}
			browsertest.Run(b, "pressing the link", chromedp.Click("#replatform-link"))
			if !b.Arrive(r.NewURL) {
				t.Fatalf("the link leads to %s, want %s", b.Location(), r.NewURL)
			}
			b.Back()
			if !b.Arrive(r.OldURL) {
				t.Errorf("Back leads to %s", b.Location())
			}
			if got := b.Stays(tt.old + tt.elsewhere); got != tt.old+tt.elsewhere {
				t.Errorf("%s leads to %s", tt.elsewhere, got)
			}
			if n := b.Text(`String(document.querySelectorAll("head link[rel=canonical][href*=new-shop]").length)`); n != "0" {
				t.Errorf("%s, which is in no map, has a canonical link to the new shop", tt.elsewhere)
			}
		})
	}
}

// TestMakeshopWithoutScripts reads pages of both modes of makeshop as a browser without
// scripts shows them.
func TestMakeshopWithoutScripts(t *testing.T) {
	odd := func(i int, code string) string { return fmt.Sprintf("/products/item-%d-%s", i, code[9:]) }
	in := creatorInput(creatorRows(900, odd))
	in.Source.TemplateLimit = 40000 // room for some: the rest lives on a script
	creator, a, files := creatorShop(t, in)
	basic := Input{Source: Capabilities{TemplateLanguage: "makeshop-basic"}, NewHome: newShop + "/", Rows: []Row{
		{OldURL: oldBasic + "/shopdetail/000000005001/", Type: catalog.ProductP, NewURL: newShop + "/products/star-bowl"}}}
	basicFiles := memory{}
	if _, err := Generate(t.Context(), basic, basicFiles); err != nil {
		t.Fatal(err)
	}
	b := browsertest.Open(t, map[string]http.Handler{
		host(oldCreator): creator, host(newShop): browsertest.Static("new"), host(mapHost): files,
		// The instructions of the Basic mode ask for the notice beside the script.
		host(oldBasic): &basicReplica{t: t, snippet: string(basicFiles["makeshop-basic/anywhere.html"]) + string(basicFiles["notice/notice.html"])},
	})
	b.Scripts(false)
	seen := map[Strength]int{}
	for _, c := range a.Covers {
		r := in.Rows[c.Row]
		if seen[c.Strength] == 5 || r.Type != catalog.ProductP {
			continue
		}
		seen[c.Strength]++
		if c.Strength == InstantRefresh { // it needs no script
			b.Visit(r.OldURL)
			if !b.Arrive(r.NewURL) {
				t.Errorf("without scripts %s ends on %s, want %s", r.OldURL, b.Location(), r.NewURL)
			}
			continue
		}
		if got := b.Stays(r.OldURL); got != r.OldURL {
			t.Errorf("without scripts %s leads to %s", r.OldURL, got)
		}
		if got := linkOn(b); got != newShop+"/" {
			t.Errorf("%s shows the link %q, want the new home page", r.OldURL, got)
		}
	}
	if seen[InstantRefresh] == 0 || seen[Script] == 0 {
		t.Errorf("pages by strength: %v", seen)
	}
	if got := b.Stays(basic.Rows[0].OldURL); got != basic.Rows[0].OldURL {
		t.Errorf("without scripts %s leads to %s", basic.Rows[0].OldURL, got)
	}
	if got := linkOn(b); got != newShop+"/" {
		t.Errorf("the Basic page shows the link %q, want the new home page", got)
	}
	b.Scripts(true)
	b.Visit(basic.Rows[0].OldURL)
	if !b.Arrive(basic.Rows[0].NewURL) {
		t.Errorf("beside the notice the script leads to %s", b.Location())
	}
}
