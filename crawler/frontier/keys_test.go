package frontier

import (
	"net/url"
	"strings"
	"testing"

	"replatform/crawler/catalog"
	"replatform/crawler/platform"
)

func registry(t testing.TB) *platform.Registry {
	t.Helper()
	r, err := platform.Load()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func keysOf(t testing.TB, id string, hosts ...string) *Keys {
	t.Helper()
	p, ok := registry(t).Get(id)
	if !ok {
		t.Fatalf("no platform %q", id)
	}
	return New(p, hosts...)
}

func parse(t testing.TB, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestSameShop(t *testing.T) {
	k := keysOf(t, "generic", "shop.example", "old.example:8080", "127.0.0.1:18081")
	for s, want := range map[string]bool{
		"https://shop.example/":      true,
		"http://www.shop.example/a":  true,
		"HTTPS://SHOP.example./":     true,
		"https://shop.example:443/":  true,
		"http://shop.example:80/":    true,
		"https://shop.example:8443/": false,
		"http://old.example:8080/":   true,
		"http://old.example/":        false,
		"http://127.0.0.1:18081/":    true,
		"http://127.0.0.1:18082/":    false,
		"https://cdn.shop.example/":  false,
		"https://shop.example.evil/": false,
		"https://evil.example/":      false,
		"ftp://shop.example/":        false,
		"mailto:a@shop.example":      false,
		"javascript:void(0)":         false,
		"//shop.example/":            false,
		"https://x@shop.example/":    true,
		"https://shop.example@evil/": false,
	} {
		u, err := url.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		if got := k.SameShop(u); got != want {
			t.Errorf("SameShop(%s) = %t, want %t", s, got, want)
		}
	}
}

func TestIdentifyAsksThePrimaryHost(t *testing.T) {
	k := keysOf(t, "colorme", "https://www.shop.example", "myshop.shop-pro.jp")
	for _, s := range []string{
		"http://shop.example/?pid=5", "https://www.shop.example/?pid=5&utm_source=x",
		"http://myshop.shop-pro.jp/?pid=5", "https://u:p@WWW.shop.example:443/?pid=5#top",
	} {
		id := k.Identify(parse(t, s))
		if id.Key != "colorme product 5" || id.URL != "https://www.shop.example/?pid=5" {
			t.Errorf("%s: key %q, asks %q", s, id.Key, id.URL)
		}
	}
	if id := k.Identify(parse(t, "https://other.example/?pid=5")); !strings.HasPrefix(id.URL, "https://other.example/") {
		t.Errorf("an address of another shop was rewritten to %s", id.URL)
	}
}

func TestIdentifyUnknownPlatform(t *testing.T) {
	k := keysOf(t, "generic", "shop.example")
	for _, c := range []struct {
		url  string
		key  catalog.Key
		rule string
	}{
		{"/", "generic home /", ""},
		{"/index.html?utm_campaign=x", "generic home /", ""},
		{"/shop/item.php?b=2&a=1", "url /shop/item.php?a=1&b=2", ""},
		{"/shop/item.php?a=1&b=2&PHPSESSID=0123456789abcdef", "url /shop/item.php?a=1&b=2", ""},
		{"/item;jsessionid=ABCDEF0123", "url /item", ""},
		{"/(S(lit3py55t21z5v55vlm25s55))/item.aspx", "url /item.aspx", ""},
		{"/item.php?sid=5", "url /item.php?sid=5", ""},
		{"/item.php?sid=autumn-winter-collection", "url /item.php?sid=autumn-winter-collection", ""},
		{"/item.php?a=1&sid=k2jd83hf02jd7c1a0b", "url /item.php?a=1", ""},
		{"/shop.cgi?mode=list&cate=3", "url /shop.cgi?cate=3&mode=list", ""},
		{"/item.php?a=1&amp;b=2", "url /item.php?a=1&b=2", ""},
		{"/%e5%95%86%e5%93%81/%7Ea", "url /%E5%95%86%E5%93%81/~a", ""},
		{"/list.php?word=%a4%a2", "url /list.php?word=%A4%A2", ""},
		{"/a/./b/../c", "url /a/c", ""},
		{"/a", "url /a", ""},
		{"/a/", "url /a/", ""},
		{"/A", "url /A", ""},
		{"/list.php?sort=3", "url /list.php?sort=3", ""},
		{"/list.php?sort=price_desc", "url /list.php", ""}, // the list itself, in another order
		{"/list.php?c=1&orderby=name", "url /list.php?c=1", ""},
		{"/list.php?c=1&filter[color]=red", "", platform.RuleFacet},
		{"/list.php?c=1&currency=USD", "", platform.RuleCurrency},
		{"/cart/add?id=1", "", platform.RuleAddToCart},
		{"/item?add-to-cart=1", "", platform.RuleAddToCart},
		{"/basket.php", "", platform.RuleCart},
		{"/user/logout", "", platform.RuleLogout},
		{"/tell_a_friend.php?products_id=3", "", platform.RuleWrite},
		{"/pic/a.JPG", "", platform.RuleImage},
		{"/guide.pdf", "", platform.RuleFile},
		{"/style.css?v=3", "", platform.RuleAsset},
		{"/a/b/a/b", "", platform.RuleRepeat},
		{"/x/x/x", "", platform.RuleRepeat},
		{"/2026/2026/a", "url /2026/2026/a", ""},
		{"/1/2/3/4/5/6/7/8/9/10/11/12/13", "", platform.RuleDepth},
		{"/?" + strings.Repeat("a", 3000), "", platform.RuleLength},
		{"/news?year=2026&month=4", "", platform.RuleCalendar},
		{"/news?year=2026&month=4&id=9", "url /news?id=9&month=4&year=2026", ""},
		{"/news?date=2731-01-01", "", platform.RuleCalendar},
		{"/news?date=2026-01-01", "url /news?date=2026-01-01", ""},
		{"/calendar/2731/04/", "", platform.RuleCalendar},
		{"/category/2731/04/", "url /category/2731/04/", ""},
		{"/list?page=1000", "url /list?page=1000", ""},
		{"/list?page=1001", "", platform.RulePager},
		{"/article?p=123456", "url /article?p=123456", ""},
		{"/list?start=200000", "", platform.RulePager},
		{"/list?a=1&b=1&c=1&d=1&e=1&f=1&g=1", "", platform.RuleFilters},
	} {
		id := k.Identify(parse(t, "https://shop.example"+c.url))
		if id.Rule != c.rule || c.key != "" && id.Key != c.key {
			t.Errorf("%.60s: key %q, rule %q; want %q, %q", c.url, id.Key, id.Rule, c.key, c.rule)
		}
	}
}

// A page of the platform's grammar is no trap, however its address looks; its pager
// is bounded all the same.
func TestGrammarComesBeforeTraps(t *testing.T) {
	k := keysOf(t, "colorme", "shop.example")
	for s, rule := range map[string]string{
		"/?pid=1&a=1&b=1&c=1&d=1&e=1&f=1&g=1": "",
		"/?mode=cate&cbid=1&page=1000":        "",
		"/?mode=cate&cbid=1&page=1001":        platform.RulePager,
	} {
		if id := k.Identify(parse(t, "https://shop.example"+s)); id.Rule != rule {
			t.Errorf("%s: rule %q, want %q", s, id.Rule, rule)
		}
	}
	if id := k.Identify(parse(t, "mailto:a@shop.example")); id.Rule != platform.RuleScheme {
		t.Errorf("mail address: rule %q", id.Rule)
	}
}

func TestEveryRuleIsExplained(t *testing.T) {
	for _, r := range platform.Rules() {
		for _, lang := range []string{"ja", "en"} {
			if s := Explain(r, lang); s == "" || s == r {
				t.Errorf("rule %s has no sentence in %s", r, lang)
			}
		}
	}
	if got := Explain("robots", "en"); got != "robots" {
		t.Errorf("Explain of a foreign rule = %q", got)
	}
}

func TestLearnNoise(t *testing.T) {
	var pages []Declared
	for _, n := range []string{"1", "2", "3", "4", "5", "6"} {
		pages = append(pages,
			Declared{"https://s.example/item?id=" + n + "&ref=top", "https://s.example/item?id=" + n},
			Declared{"https://s.example/broken?no=" + n, "https://s.example/broken"},
			Declared{"https://s.example/other?x=" + n, "https://s.example/"},
			Declared{"https://s.example/list?c=" + n + "&mode=a", "https://s.example/list?c=" + n},
			Declared{"https://s.example/view?mode=" + n, "https://s.example/view?mode=" + n})
	}
	pages = append(pages, Declared{"::", "::"}, Declared{"https://s.example/", ""})
	got := LearnNoise(pages)
	if len(got) != 1 || got[0].Param != "ref" || got[0].Dropped != 6 || got[0].Example != "https://s.example/item?id=1&ref=top" {
		t.Errorf("LearnNoise = %+v, want ref alone", got)
	}
}

// FuzzIdentify: no address makes a key that its own canonical spelling does not have
// too, and no address brings the program down.
func FuzzIdentify(f *testing.F) {
	var keys []*Keys
	for _, p := range registry(f).All() {
		keys = append(keys, New(p, "https://shop.example"))
	}
	for _, s := range []string{
		"/?pid=1", "/products/%E3%83%A1?variant=1", "/men/1-2-x.html", "/index.php?cPath=1_2&page=3",
		"/a;jsessionid=1/%2e%2e/b?x=%a4%a2&y=+%zz&&=", "/product-category/a/b/page/2/", "/?mode=srh&keyword=%C3%E3",
		"//a//b/./c/..", "/%", "/?a=1&a=2&a[]=3", "/shopbrand/ct1/page2/order/", "/en/products/X",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := url.Parse("https://shop.example" + s)
		if err != nil || u.Host != "shop.example" {
			return
		}
		for _, k := range keys {
			id := k.Identify(u)
			again, err := url.Parse(id.URL)
			if err != nil {
				t.Fatalf("%s: %q asks %q: %v", k.Platform().ID, s, id.URL, err)
			}
			if got := k.Identify(again); got.Key != id.Key {
				t.Fatalf("%s: %q has key %q, but its spelling %q has %q", k.Platform().ID, s, id.Key, id.URL, got.Key)
			}
		}
	})
}
