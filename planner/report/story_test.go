package report

import (
	"context"
	"fmt"
	"path/filepath"
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
	options      planner.Options
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
	return []story{
		{name: "subdomain in a breach", source: "colorme", dest: "shopify", oldHost: "tsukiyo.shop-pro.jp", product: "https://tsukiyo.shop-pro.jp/?pid=%d", products: 24,
			options: planner.Options{Haste: true, Clocks: planner.Clocks{Breach: jst("2026-11-24"), Cutover: jst("2026-12-15"), ContractEnd: jst("2027-12-31"), Zone: zone},
				Facts: map[string]string{"members": "yes", "eu": "no", "cards": "no", "reportable": "yes", "provider-reports": "no"}}},
		{name: "own domain with a worker", source: "colorme", dest: "shopify", oldHost: "www.tsukiyo.example", product: "https://www.tsukiyo.example/?pid=%d", products: 24, worth: true,
			options: planner.Options{OwnDomain: planner.Yes, Movable: planner.Yes, EdgeAllowed: planner.Yes,
				Clocks: planner.Clocks{Cutover: jst("2027-03-01"), ContractEnd: jst("2028-02-29"), DomainExpiry: jst("2027-06-30"), Zone: zone}}},
		{name: "everything unknown", source: "generic", dest: "generic", oldHost: "shop.example", product: "https://shop.example/item/%d", products: 12,
			options: planner.Options{OwnDomain: planner.Unknown, Movable: planner.Unknown, EdgeAllowed: planner.Unknown}},
		{name: "hostile shop", source: "colorme", dest: "shopify", oldHost: "hostile.shop-pro.jp", product: "https://hostile.shop-pro.jp/?pid=%d", products: 40, worth: true, hostile: true,
			options: planner.Options{OwnDomain: planner.No, Clocks: planner.Clocks{Cutover: jst("2027-03-01"), Zone: zone}}},
	}
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
	const newHost = "new.example"
	check(project.SaveShop(ctx, inventory.Shop{Side: catalog.Old, StartURL: "https://" + s.oldHost + "/", Hosts: []string{s.oldHost}, Platform: s.source, State: "done", StartedAt: made, FinishedAt: made}))
	check(project.SaveShop(ctx, inventory.Shop{Side: catalog.New, StartURL: "https://" + newHost + "/", Hosts: []string{newHost}, Platform: s.dest, State: "done", StartedAt: made, FinishedAt: made}))
	names := []string{"月夜のマグカップ", "木の皿", "藍染めの手ぬぐい", "Linen apron", "急須 二人用"}
	if s.hostile {
		names = hostileNames()
	}
	visit := func(key catalog.Key, pt catalog.PageType, url, title string, status int) inventory.Visit {
		v := inventory.Visit{Key: key, Type: pt, URL: url, State: inventory.Done, Status: status, Title: title, Lang: "ja", FetchedAt: made}
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
			fresh = append(fresh, visit(nk, catalog.ProductP, fmt.Sprintf("https://%s/products/item-%d", newHost, i), name, 200))
		}
		matches = append(matches, m)
	}
	old = append(old, visit(source.Key(catalog.Category, "7"), catalog.Category, "https://"+s.oldHost+"/?mode=cate&cbid=7", names[1%len(names)], 200),
		visit(source.Key(catalog.Search, "s"), catalog.Search, "https://"+s.oldHost+"/?mode=srh", names[2%len(names)], 200))
	for _, v := range old {
		_, err := project.Discover(ctx, catalog.Old, []inventory.Discovery{{Key: v.Key, Type: v.Type, URL: v.URL, Source: "link"}})
		check(err)
	}
	for _, v := range fresh {
		_, err := project.Discover(ctx, catalog.New, []inventory.Discovery{{Key: v.Key, Type: v.Type, URL: v.URL, Source: "feed"}})
		check(err)
	}
	check(project.SaveVisits(ctx, catalog.Old, old))
	check(project.SaveVisits(ctx, catalog.New, fresh))
	check(project.SaveMatches(ctx, matches))
	check(project.AddWorth(ctx, worth))
	if s.hostile {
		check(project.AddFindings(ctx, catalog.Old, []inventory.Finding{{Side: catalog.Old, Code: "robots-hidden", URL: "https://x.example/<script>window.pwned=7</script>", Message: `"><img src=x onerror=window.pwned=8>`, Count: 1}}))
	}
	o := s.options
	o.Generated = made
	p, err := planner.Build(ctx, project, reg, o)
	check(err)
	return p, project
}
