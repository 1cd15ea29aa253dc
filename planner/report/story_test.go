package report

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
	"replatform/planner"
)

// made is when the plans of the stories are made.
var made = time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC)

// story is one move, invented.
type story struct {
	name         string
	source, dest string
	oldHost      string
	product      string // product address of the old shop, %d stands for its number
	products     int
	worth        bool
	hostile      bool
	huge         bool     // only where time allows: not in short runs, nor in a browser
	extra        []string // further old pages, "type address title"; those with a namesake in moved have a counterpart
	names        []string // of products; empty: a Japanese shop for tableware
	lang         string   // of the old pages; empty: ja
	newHost      string   // empty: new.example
	newProduct   string   // product address of the new shop, %d stands for its number; empty: Shopify's
	newPage      string   // address of a further page of the new shop, %s stands for its word; empty: Shopify's
	currency     string   // of revenue; empty: the worth has none
	options      planner.Options
	// more adds to the project before the plan is made; nil: nothing.
	more func(testing.TB, *inventory.Project)
}

// shopNames are the products of an invented shop for tableware.
func shopNames() []string {
	return []string{"月夜のマグカップ", "木の皿", "藍染めの手ぬぐい", "Linen apron", "急須 二人用"}
}

// hostile names as an intruder might leave them in a shop.
func hostileNames() []string {
	return []string{
		`</script><script>window.pwned=1</script>`, `<img src=x onerror="window.pwned=2">`, `"><svg onload=window.pwned=3>`,
		`=HYPERLINK("http://evil.example/","x")`, `+cmd|' /C calc'!A0`, `@SUM(1+1)*cmd`, `-2+3`, "\ttab", "--><!--", `{{.}}${7*7}<%= 7 %>`,
		"<!--<script>", "a\u2028b\u2029c", "\u202etxt.exe", "]]>", "`whoami`", "\x00nul", "line\r\nBEGIN:VEVENT", "javascript:window.pwned=4",
		`\u003cscript\u003ewindow.pwned=5\u003c/script\u003e`, "'; window.pwned=6; '",
	}
}

func jst(day string) time.Time {
	zone, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		panic(err)
	}
	t, err := time.ParseInLocation(time.DateOnly, day, zone)
	if err != nil {
		panic(err)
	}
	return t
}

func stories() []story {
	zone := jst("2027-03-01").Location()
	const own, sub = "https://www.tsukiyo.example", "https://tsukiyo.shop-pro.jp"
	return []story{
		{name: "subdomain in a breach", source: "colorme", dest: "shopify", oldHost: "tsukiyo.shop-pro.jp", product: sub + "/?pid=%d", products: 24,
			extra: []string{"page " + sub + "/?mode=sk 特定商取引法に基づく表記", "cart " + sub + "/?mode=cart_inn カート"},
			options: planner.Options{Haste: true, Clocks: planner.Clocks{Breach: jst("2026-11-24"), Cutover: jst("2026-12-15"), ContractEnd: jst("2027-12-31"), Zone: zone},
				Facts: map[string]string{"members": "yes", "eu": "no", "cards": "no", "reportable": "yes", "provider-reports": "no"}}},
		{name: "own domain with a worker", source: "colorme", dest: "shopify", oldHost: "www.tsukiyo.example", product: own + "/?pid=%d", products: 24, worth: true,
			options: planner.Options{OwnDomain: planner.Yes, Movable: planner.Yes, EdgeAllowed: planner.Yes,
				Clocks: planner.Clocks{Cutover: jst("2027-03-01"), ContractEnd: jst("2028-02-29"), DomainExpiry: jst("2027-06-30"), Zone: zone}}},
		{name: "makeshop to EC-CUBE", source: "makeshop", dest: "eccube", oldHost: "www.hananoki.example", product: "https://www.hananoki.example/shopdetail/%012d/", products: 30, worth: true,
			newProduct: "https://new.example/products/detail/%d", newPage: "https://new.example/%s", currency: "JPY",
			extra: []string{"page https://www.hananoki.example/shop/page4/ 送料について", "page https://www.hananoki.example/html/company.html 会社概要 moved"},
			options: planner.Options{OwnDomain: planner.Yes, Movable: planner.Yes, EdgeAllowed: planner.No,
				Clocks: planner.Clocks{Cutover: jst("2027-05-10"), ContractEnd: jst("2027-11-30"), Zone: zone},
				Facts:  map[string]string{"members": "yes", "points": "yes", "subs": "no", "cards": "no", "mail": "yes", "eu": "no", "feed": "yes"}}},
		{name: "WooCommerce to Shopify", source: "woocommerce", dest: "shopify", oldHost: "harbour-tea.example", product: "https://harbour-tea.example/product/tea-%d/", products: 20, worth: true,
			names: []string{"Smoked Lapsang", "Morning Blend", "Glass Teapot", "Sencha from Uji", "Tin for 100 g"}, lang: "en-GB", currency: "GBP",
			extra: []string{"article https://harbour-tea.example/how-to-brew/ How to brew moved", "page https://harbour-tea.example/shipping/ Shipping moved", "account https://harbour-tea.example/my-account/ My account"},
			options: planner.Options{Movable: planner.Yes, EdgeAllowed: planner.No,
				Clocks: planner.Clocks{Cutover: jst("2027-02-15"), Zone: zone},
				Facts:  map[string]string{"members": "yes", "subs": "yes", "cards": "yes", "jp": "no", "eu": "yes", "ads": "yes"}}},
		{name: "Shopify to BASE", source: "shopify", dest: "base", oldHost: "www.mikanbako.example", product: "https://www.mikanbako.example/products/mikan-%d", products: 15,
			newProduct: "https://new.example/items/%d", newPage: "https://new.example/p/%s", names: []string{"早生みかん 3kg", "みかんジュース", "柚子胡椒"},
			options: planner.Options{Movable: planner.Yes, EdgeAllowed: planner.Unknown,
				Clocks: planner.Clocks{Cutover: jst("2027-04-20"), ContractEnd: jst("2027-10-31"), DomainExpiry: jst("2028-01-31"), Zone: zone}}},
		{name: "Rakuten only", source: "rakuten", dest: "shopify", oldHost: "item.rakuten.co.jp", product: "https://item.rakuten.co.jp/tsukiyo-demo/cup-%d/", products: 18,
			options: planner.Options{Clocks: planner.Clocks{Cutover: jst("2027-06-01"), Zone: zone}, Facts: map[string]string{"members": "no", "malls": "yes"}}},
		{name: "three products", source: "base", dest: "stores", oldHost: "yamano-jam.base.shop", product: "https://yamano-jam.base.shop/items/%d", products: 3,
			newProduct: "https://new.example/items/%d", newPage: "https://new.example/%s", names: []string{"いちごジャム", "ゆずジャム", "はちみつ"},
			options: planner.Options{Clocks: planner.Clocks{Cutover: jst("2027-01-20"), Zone: zone}, Facts: map[string]string{"members": "no", "points": "no", "subs": "no", "cards": "no", "mail": "no"}}},
		{name: "eighty thousand products", source: "eccube", dest: "shopify", oldHost: "www.neji-ippai.example", product: "https://www.neji-ippai.example/products/detail/%d", products: 80_000, worth: true, huge: true,
			names: []string{"六角ボルト M8", "ナット M8", "平ワッシャー", "皿ねじ 20mm", "スプリング座金"},
			options: planner.Options{Movable: planner.Yes, EdgeAllowed: planner.Yes,
				Clocks: planner.Clocks{Cutover: jst("2027-09-06"), ContractEnd: jst("2028-09-30"), Zone: zone}}},
		{name: "unknown platform", source: "generic", dest: "shopify", oldHost: "www.furui-mise.example", product: "https://www.furui-mise.example/shop.cgi?item=%d", products: 16,
			options: planner.Options{Movable: planner.Unknown, EdgeAllowed: planner.Unknown, Clocks: planner.Clocks{Cutover: jst("2027-03-15"), Zone: zone}}},
		{name: "everything unknown", source: "generic", dest: "generic", oldHost: "shop.example", product: "https://shop.example/item/%d", products: 12,
			options: planner.Options{OwnDomain: planner.Unknown, Movable: planner.Unknown, EdgeAllowed: planner.Unknown}},
		{name: "hostile shop", source: "colorme", dest: "shopify", oldHost: "hostile.shop-pro.jp", product: "https://hostile.shop-pro.jp/?pid=%d", products: 40, worth: true, hostile: true,
			options: planner.Options{OwnDomain: planner.No, Clocks: planner.Clocks{Cutover: jst("2027-03-01"), Zone: zone}}},
	}
}

// shownStories are the stories of a size that a browser test opens one after another.
func shownStories() []story {
	return slices.DeleteFunc(stories(), func(s story) bool { return s.huge })
}

// testStories leaves the huge one out of short runs.
func testStories() []story {
	if testing.Short() {
		return shownStories()
	}
	return stories()
}

func storyNamed(t *testing.T, name string) story {
	t.Helper()
	for _, s := range stories() {
		if s.name == name {
			return s
		}
	}
	t.Fatalf("there is no story %q", name)
	return story{}
}

// build makes the project of a story and its plan.
func (s story) build(t testing.TB) (*planner.Plan, *inventory.Project) {
	t.Helper()
	ctx := context.Background()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	project, err := inventory.Open(ctx, filepath.Join(t.TempDir(), "shop.replatform"), inventory.Options{Create: true})
	check(err)
	t.Cleanup(func() { project.Close() })
	reg, err := platform.Load()
	check(err)
	source, ok := reg.Get(s.source)
	if !ok {
		t.Fatalf("no platform %s", s.source)
	}
	dest, ok := reg.Get(s.dest)
	if !ok {
		t.Fatalf("no platform %s", s.dest)
	}
	newHost := cmp.Or(s.newHost, "new.example")
	newProduct := cmp.Or(s.newProduct, "https://"+newHost+"/products/item-%d")
	newPage := cmp.Or(s.newPage, "https://"+newHost+"/pages/%s")
	check(project.SaveShop(ctx, inventory.Shop{Side: catalog.Old, StartURL: "https://" + s.oldHost + "/", Hosts: []string{s.oldHost}, Platform: s.source, State: "done", StartedAt: made, FinishedAt: made}))
	check(project.SaveShop(ctx, inventory.Shop{Side: catalog.New, StartURL: "https://" + newHost + "/", Hosts: []string{newHost}, Platform: s.dest, State: "done", StartedAt: made, FinishedAt: made}))
	names := shopNames()
	if len(s.names) > 0 {
		names = s.names
	}
	if s.hostile {
		names = hostileNames()
	}
	visit := func(key catalog.Key, pt catalog.PageType, url, title string, status int) inventory.Visit {
		v := inventory.Visit{Key: key, Type: pt, URL: url, State: inventory.Done, Status: status, Title: title, Lang: cmp.Or(s.lang, "ja"), FetchedAt: made}
		if pt == catalog.ProductP {
			v.Product = &catalog.Product{Name: title, SKU: url[len(url)-4:]}
		}
		return v
	}
	var old, fresh []inventory.Visit
	var matches []inventory.Match
	var worth []inventory.Worth
	old = append(old, visit(source.Key(catalog.Home, "/"), catalog.Home, "https://"+s.oldHost+"/", names[0], 200))
	fresh = append(fresh, visit(dest.Key(catalog.Home, "/"), catalog.Home, "https://"+newHost+"/", names[0], 200))
	for i := range s.products {
		name := fmt.Sprintf("%s %d", names[i%len(names)], i)
		ok, nk := source.Key(catalog.ProductP, fmt.Sprint(100000+i)), dest.Key(catalog.ProductP, fmt.Sprintf("item-%d", i))
		status := 200
		if i%17 == 16 {
			status = 404
		}
		old = append(old, visit(ok, catalog.ProductP, fmt.Sprintf(s.product, 100000+i), name, status))
		if s.worth {
			worth = append(worth, inventory.Worth{Key: ok, Source: "search-console", Period: "2025-08-01/2026-10-31", Clicks: float64(1000 / (i + 1)), Impressions: float64(20000 / (i + 1))})
			if s.currency != "" && i < 10 {
				worth = append(worth, inventory.Worth{Key: ok, Source: "ga4", Period: "2025-11-01/2026-10-31", Sessions: float64(1500 / (i + 1)), Revenue: float64(120000 / (i + 1)), Currency: s.currency})
			}
		}
		m := inventory.Match{Old: ok, Class: inventory.None}
		switch {
		case i%5 == 4: // gone
		case i%7 == 6:
			m = inventory.Match{Old: ok, New: nk, Class: inventory.Close, Confidence: 0.62, Method: "name", Reason: "similar names", ReasonJA: "名前が似ています", NeedsReview: true}
		default:
			m = inventory.Match{Old: ok, New: nk, Class: inventory.Exact, Confidence: 0.99, Method: "sku", Reason: "same code", ReasonJA: "型番が同じ"}
		}
		if m.New != "" {
			fresh = append(fresh, visit(nk, catalog.ProductP, fmt.Sprintf(newProduct, i), name, 200))
		}
		matches = append(matches, m)
	}
	old = append(old, visit(source.Key(catalog.Category, "7"), catalog.Category, "https://"+s.oldHost+"/?mode=cate&cbid=7", names[1%len(names)], 200),
		visit(source.Key(catalog.Search, "s"), catalog.Search, "https://"+s.oldHost+"/?mode=srh", names[2%len(names)], 200))
	for i, e := range s.extra {
		kind, rest, _ := strings.Cut(e, " ")
		address, title, _ := strings.Cut(rest, " ")
		title, moved := strings.CutSuffix(title, " moved")
		pt := catalog.PageType(kind)
		ok := source.Key(pt, fmt.Sprintf("extra-%d", i))
		old = append(old, visit(ok, pt, address, title, 200))
		switch {
		case moved:
			nk := dest.Key(pt, fmt.Sprintf("extra-%d", i))
			fresh = append(fresh, visit(nk, pt, fmt.Sprintf(newPage, fmt.Sprintf("extra-%d", i)), title, 200))
			matches = append(matches, inventory.Match{Old: ok, New: nk, Class: inventory.Exact, Confidence: 0.97, Method: "name", Reason: "same title", ReasonJA: "題名が同じ"})
		case pt == catalog.Page:
			matches = append(matches, inventory.Match{Old: ok, Class: inventory.None})
		}
	}
	discover := func(side catalog.Side, visits []inventory.Visit, source string) {
		found := make([]inventory.Discovery, 0, len(visits))
		for _, v := range visits {
			found = append(found, inventory.Discovery{Key: v.Key, Type: v.Type, URL: v.URL, Source: source})
		}
		_, err := project.Discover(ctx, side, found)
		check(err)
	}
	discover(catalog.Old, old, "link")
	discover(catalog.New, fresh, "feed")
	check(project.SaveVisits(ctx, catalog.Old, old))
	check(project.SaveVisits(ctx, catalog.New, fresh))
	check(project.SaveMatches(ctx, matches))
	check(project.AddWorth(ctx, worth))
	if s.hostile {
		check(project.AddFindings(ctx, catalog.Old, []inventory.Finding{{Side: catalog.Old, Code: "robots-hidden", URL: "https://x.example/<script>window.pwned=7</script>", Message: `"><img src=x onerror=window.pwned=8>`, Count: 1}}))
	}
	if s.more != nil {
		s.more(t, project)
	}
	o := s.options
	o.Generated = made
	p, err := planner.Build(ctx, project, reg, o)
	check(err)
	return p, project
}
