package workaround

import (
	"strings"
	"testing"
)

func TestKeys(t *testing.T) {
	generic := genericGrammar([]Row{
		{OldURL: "https://old.example/index.php?route=product/product&product_id=42&utm_source=x"},
		{OldURL: "https://old.example/a.cgi?<script>=1"},
	})
	for _, tt := range []struct {
		name    string
		grammar grammar
		path    string
		want    string
	}{
		{"colorme", colormeGrammar(), "/?pid=186569090", "p186569090"},
		{"colorme", colormeGrammar(), "/?utm_source=a&pid=1&mode=x", "p1"},
		{"colorme", colormeGrammar(), "/?pid=1&pid=2", "p2"},
		{"colorme", colormeGrammar(), "/?pid=01", ""},
		{"colorme", colormeGrammar(), "/?pid=1a", ""},
		{"colorme", colormeGrammar(), "/?pid=//evil.example", ""},
		{"colorme", colormeGrammar(), "/shop?pid=1", ""},
		{"colorme", colormeGrammar(), "/?mode=cate&cbid=7&csid=0", "c7-0"},
		{"colorme", colormeGrammar(), "/?csid=3&cbid=7&mode=cate&page=2&sort=n", "c7-3"},
		{"colorme", colormeGrammar(), "/?mode=cate&cbid=7", "c7-0"},
		{"colorme", colormeGrammar(), "/?mode=cate", ""},
		{"colorme", colormeGrammar(), "/?mode=grp&gid=9", "g9"},
		{"colorme", colormeGrammar(), "/?mode=f12", "f12"},
		{"colorme", colormeGrammar(), "/?mode=sk#payment", "m:sk"},
		{"colorme", colormeGrammar(), "/?mode=cart_inn", "cart"},
		{"colorme", colormeGrammar(), "/?mode=members", ""},
		{"colorme", colormeGrammar(), "/?mode=srh&keyword=x", ""},
		{"colorme", colormeGrammar(), "", "home"},
		{"colorme", colormeGrammar(), "/?utm_source=x", "home"},
		{"makeshop", makeshopGrammar(true, true), "/view/item/000000002763?category_page_id=ct9", "p000000002763"},
		{"makeshop", makeshopGrammar(true, true), "/shopdetail/002003000012/ct12/page2/order/", "p002003000012"},
		{"makeshop", makeshopGrammar(true, true), "/shopdetail/2763/", ""},
		{"makeshop", makeshopGrammar(true, true), "/shop/shopdetail.html?brandcode=000000002763&search=x", "p000000002763"},
		{"makeshop", makeshopGrammar(true, true), "/smartphone/detail.html?id=000000002763", "p000000002763"},
		{"makeshop", makeshopGrammar(true, true), "/view/category/ct9?page=2", "cct9"},
		{"makeshop", makeshopGrammar(true, true), "/shopbrand/all_items/page2/order", "call_items"},
		{"makeshop", makeshopGrammar(true, true), "/html/page3.html", "f3"},
		{"makeshop", makeshopGrammar(true, true), "/view/company/", "u/view/company"},
		{"makeshop", makeshopGrammar(false, true), "/view/item/000000002763", ""},
		{"makeshop", makeshopGrammar(true, false), "/shopdetail/000000002763/", ""},
		{"generic", generic, "/index.php?utm_source=y&product_id=42&route=product/product", "u/index.php?product_id=42&route=product/product"},
		{"generic", generic, "/about.html?gclid=1", "u/about.html"},
	} {
		if got := tt.grammar.key("https://old.example" + tt.path); got != tt.want {
			t.Errorf("%s: key of %s is %q, want %q", tt.name, tt.path, got, tt.want)
		}
	}
}

func TestLooseTwins(t *testing.T) {
	got := looseTwins([]string{"ct12", "000000000123", "123", "1e3", "1000", "ct12x", "all_items", "0x10", "16", "nan", "inf"})
	for _, k := range []string{"123", "1000"} {
		if !got[k] {
			t.Errorf("%s is not seen as a twin", k)
		}
	}
	if len(got) != 2 {
		t.Errorf("twins: %v", got)
	}
}

func FuzzKey(f *testing.F) {
	for _, s := range []string{"/?pid=1", "/view/item/000000002763", "/?mode=cate&cbid=1", "/%zz", "/?<{$x}>=1", "\x00", "/index.php?a=%22&b=\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		rows := []Row{{OldURL: "https://old.example" + s}}
		for _, g := range []grammar{colormeGrammar(), makeshopGrammar(true, true), genericGrammar(rows)} {
			k := g.key(rows[0].OldURL)
			tab := newTable(g, origins{"https://new.example"}, Input{Rows: []Row{{OldURL: rows[0].OldURL, NewURL: "https://new.example/x"}}}, tableOptions{})
			for _, e := range tab.entries {
				if e.key != k || strings.ContainsAny(e.key, "\"'`\\<>{}$ \n") {
					t.Fatalf("key %q goes into a template", e.key)
				}
			}
			if len(tab.entries)+len(tab.refused) != 1 {
				t.Fatalf("the row of %q is lost", s)
			}
		}
	})
}
