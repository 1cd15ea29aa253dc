package planner

import (
	"cmp"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/japanese"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
	"replatform/planner/domain"
	"replatform/planner/domain/domaintest"
)

// storyMade is when the plans of the stories are made.
var storyMade = time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC)

// story is one move, invented, whose plan is kept in testdata/stories for reading.
type story struct {
	name     string
	what     Text
	from, to string // ids of platforms
	oldHost  string
	newHost  string
	// pages lists the old shop, one page a line: address, title, what becomes of it,
	// clicks and linking sites (both may be left out), with bars between. What becomes of
	// it is a path of the new shop, the same with "?" before it for a pair that needs
	// review, "gone" for a product that the new shop no longer has, or "-" for a page
	// that nobody has paired. A line that begins with "+" is another spelling of the page
	// above it.
	pages   string
	lang    string // of the old pages; empty: ja
	partial bool   // the old shop was not read to its end
	export  string // the owner's product export, a file of testdata/exports in UTF-8
	zone    string // zone file of the own domain
	options Options
}

// storyPages is a tea shop on Color Me, at any host.
func storyPages(base string) string {
	return strings.ReplaceAll(`
BASE/ | つきよの茶 | /
BASE/?pid=186500101 | 煎茶ギフト 100g | /products/sencha-gift | 420 | 6
+BASE/?pid=186500101&utm_source=mail
BASE/?pid=186500102 | 湯のみ 二客 "夫婦" | /products/yunomi-pair | 130
BASE/?pid=186500103 | 抹茶 30g缶 | /products/matcha-30g | 90 | 2
BASE/?pid=186500104 | 急須（常滑） | ?/products/tokoname-kyusu | 15
BASE/?pid=186500105 | 廃番の茶筒 | gone
BASE/?mode=cate&cbid=2520817&csid=0 | お茶 | /collections/tea | 60
BASE/?mode=grp&gid=2483504 | 贈りもの | /collections/gifts
BASE/?mode=f1 | 送料について | /pages/shipping
BASE/?mode=f2 | 店主の日記 | -
BASE/?mode=sk | 特定商取引法に基づく表記 | /policies/legal-notice
BASE/?mode=srh&keyword=%C0%F9%C3%E3 | 検索結果 | -
BASE/?mode=cart_inn | カート | -
BASE/?mode=myaccount | マイアカウント | -
`, "BASE", base)
}

func storyDay(day string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, day, time.FixedZone("JST", 9*60*60))
	if err != nil {
		panic(err)
	}
	return t
}

func tenStories() []story {
	jst := time.FixedZone("JST", 9*60*60)
	clocks := func(cutover, contractEnd string) Clocks {
		c := Clocks{Cutover: storyDay(cutover), Zone: jst}
		if contractEnd != "" {
			c.ContractEnd = storyDay(contractEnd)
		}
		return c
	}
	const sub, own = "https://tsukiyo.shop-pro.jp", "https://www.tsukiyo.example"
	return []story{
		{
			name: "01-subdomain-only", from: "colorme", to: "shopify", oldHost: "tsukiyo.shop-pro.jp", newHost: "tsukiyo-tea.example",
			what: text("カラーミーショップのサブドメインだけで営業している茶店が、Shopifyへ移る。急いではいない。契約は切替の1年後まで残す。",
				"A tea shop that has only the subdomain of Color Me Shop moves to Shopify. There is no haste; the contract stays for a year after the move."),
			pages: storyPages(sub), export: "colorme-product.csv",
			options: Options{Clocks: clocks("2027-03-01", "2028-03-01"), NewCart: "https://tsukiyo-tea.example/cart"},
		},
		{
			name: "02-subdomain-in-a-breach", from: "colorme", to: "shopify", oldHost: "tsukiyo.shop-pro.jp", newHost: "tsukiyo-tea.example",
			what: text("同じ茶店で、情報の漏えいが分かった。二段階で移る時間はない。",
				"The same tea shop after a breach: there is no time for two steps."),
			pages: storyPages(sub),
			options: Options{Haste: true, Clocks: Clocks{Cutover: storyDay("2026-12-15"), Breach: storyDay("2026-11-24"), ContractEnd: storyDay("2027-12-31"), Zone: jst},
				NewCart: "https://tsukiyo-tea.example/cart"},
		},
		{
			name: "03-no-head-access", from: "godaddy", to: "shopify", oldHost: "harbour-candles.example", newHost: "harbour-candles-new.example",
			what: text("head を書けない GoDaddy の店が Shopify へ移る。住所はカートのもので、持って行けない。",
				"A shop on GoDaddy, where the head cannot be written, moves to Shopify. Its address belongs to the platform and cannot be taken along."),
			pages: `
https://harbour-candles.example/ | Harbour Candles | /
https://harbour-candles.example/shop/ols/products/beeswax-pillar | Beeswax Pillar | /products/beeswax-pillar
https://harbour-candles.example/shop/ols/products/tea-lights-24 | Tea Lights, 24 | /products/tea-lights
https://harbour-candles.example/shop/ols/categories/pillars | Pillars | /collections/pillars
https://harbour-candles.example/about-us | About us | /pages/about
`,
			lang:    "en-GB",
			options: Options{OwnDomain: No, Clocks: clocks("2027-02-15", "")},
		},
		{
			name: "04-marketplace-only", from: "rakuten", to: "shopify", oldHost: "item.rakuten.co.jp", newHost: "tsukiyo-cups.example",
			what: text("楽天市場だけで売っている器の店が、Shopifyに自分の店を持つ。",
				"A seller of cups who sells on Rakuten Ichiba only gets a shop of their own on Shopify."),
			pages: `
https://item.rakuten.co.jp/tsukiyo-demo/cup-01/ | 月夜のマグカップ | /products/tsukiyo-mug | | 4
https://item.rakuten.co.jp/tsukiyo-demo/cup-02/ | 青い茶碗 | /products/blue-bowl | | 1
https://item.rakuten.co.jp/tsukiyo-demo/cup-03/ | 木の皿 | gone
`,
			options: Options{Clocks: clocks("2027-06-01", "")},
		},
		{
			name: "05-domain-at-the-platforms-registrar", from: "makeshop", to: "shopify", oldHost: "www.hananoki.example", newHost: "hananoki-new.example",
			what: text("makeshop 経由で取ったドメインで営業している雑貨店が、Shopifyへ移る。そのドメインを動かせるかどうか、まだ聞いていない。今のレコードは読んである。",
				"A shop for household goods on makeshop, on a domain that was bought through makeshop, moves to Shopify. Nobody has asked yet whether that domain can be pointed elsewhere; its records have been read."),
			pages: `
https://www.hananoki.example/ | 花の木 | /
https://www.hananoki.example/view/item/000000002701 | 花の器 | /products/flower-bowl | 210 | 3
+https://www.hananoki.example/view/item/000000002701?category_page_id=ct9
+https://www.hananoki.example/shopdetail/000000002701/
https://www.hananoki.example/view/item/000000002704 | 木のさじ | /products/wooden-spoon | 40
https://www.hananoki.example/view/item/000000002707 | 廃番のかご | gone
https://www.hananoki.example/view/category/ct9 | 器 | /collections/bowls
https://www.hananoki.example/view/company | 会社概要 | /pages/about
https://www.hananoki.example/view/contract | 特定商取引法に基づく表記 | /policies/legal-notice
`,
			zone: `
hananoki.example.       3600  IN SOA   dns1.registrar.example. host.registrar.example. 1 7200 900 1209600 900
hananoki.example.       86400 IN NS    dns1.registrar.example.
hananoki.example.       3600  IN A     192.0.2.40
hananoki.example.       3600  IN MX    10 mx.post.example.
hananoki.example.       3600  IN TXT   "v=spf1 include:post.example ~all"
www.hananoki.example.   3600  IN CNAME shops.cart.example.
`,
			options: Options{OwnDomain: Yes, NewBase: "https://www.hananoki.example", Clocks: clocks("2027-05-10", "2028-05-31")},
		},
		{
			name: "06-own-domain-with-a-worker", from: "colorme", to: "shopify", oldHost: "www.tsukiyo.example", newHost: "tsukiyo-tea.myshop.example",
			what: text("カラーミーショップを独自ドメインで使っている茶店が、同じドメインのままShopifyへ移る。旧URLは「/?pid=」で、Shopifyの転送では見分けられない。手前に案内係（Worker）を置いてよい。",
				"A tea shop on Color Me Shop with a domain of its own moves to Shopify and keeps the domain. Old addresses are /?pid=…, which Shopify's redirects cannot tell apart; a Worker may stand in front."),
			pages: storyPages(own), zone: `
tsukiyo.example.                86400 IN SOA   ns1.dns.example. host.dns.example. 1 7200 900 1209600 900
tsukiyo.example.                86400 IN NS    ns1.dns.example.
tsukiyo.example.                86400 IN A     192.0.2.10
tsukiyo.example.                3600  IN MX    10 tsukiyo.example.
tsukiyo.example.                3600  IN TXT   "v=spf1 a mx include:cart.example ~all"
www.tsukiyo.example.            86400 IN A     192.0.2.10
_dmarc.tsukiyo.example.         3600  IN TXT   "v=DMARC1; p=none"
`,
			options: Options{Movable: Yes, EdgeAllowed: Yes, NewBase: "https://www.tsukiyo.example",
				Clocks: Clocks{Cutover: storyDay("2027-03-01"), ContractEnd: storyDay("2028-02-29"), DomainExpiry: storyDay("2027-06-30"), Zone: jst}},
		},
		{
			name: "07-makeshop-creator", from: "makeshop", to: "eccube", oldHost: "hananoki.shops.example", newHost: "www.hananoki-ec.example",
			what: text("makeshop（クリエイターモード）のサブドメインの店が EC-CUBE 4 へ移る。独自ドメインは取らない。",
				"A shop on makeshop (Creator mode), on the platform's subdomain, moves to EC-CUBE 4. It takes no domain first."),
			pages: `
https://hananoki.shops.example/ | 花の木 | /
https://hananoki.shops.example/view/item/000000002701 | 花の器 | /products/detail/11 | 210 | 3
+https://hananoki.shops.example/shopdetail/000000002701/
https://hananoki.shops.example/view/item/000000002704 | 木のさじ | /products/detail/12 | 40
https://hananoki.shops.example/view/item/000000002707 | 廃番のかご | gone
https://hananoki.shops.example/view/item/000000002710 | 竹のかご | ?/products/detail/14
https://hananoki.shops.example/view/category/ct9 | 器 | /products/list?category_id=3
https://hananoki.shops.example/view/company | 会社概要 | /help/about
https://hananoki.shops.example/view/contract | 特定商取引法に基づく表記 | /help/tradelaw
https://hananoki.shops.example/view/cart | カート | -
`,
			export:  "makeshop-product.csv",
			options: Options{OwnDomain: No, Haste: true, Clocks: clocks("2027-05-10", "2028-05-31")},
		},
		{
			name: "08-makeshop-basic", from: "makeshop-basic", to: "shopify", oldHost: "hoshi.shops.example", newHost: "hoshi-stars.example",
			what: text("makeshop（ベーシックモード）のサブドメインの店が Shopify へ移る。head やスクリプトを書けるかは分かっていない。",
				"A shop on makeshop (Basic mode), on the platform's subdomain, moves to Shopify. Whether head and scripts can be edited there is not known."),
			pages: `
https://hoshi.shops.example/ | 星屋 | /
https://hoshi.shops.example/shopdetail/000000005001/ | 星の器 | /products/star-bowl | 80
+https://hoshi.shops.example/smartphone/detail.html?id=000000005001
+https://hoshi.shops.example/shop/shopdetail.html?brandcode=000000005001
https://hoshi.shops.example/shopdetail/000000005002/ | 星のランプ | /products/star-lamp | 30
https://hoshi.shops.example/shopdetail/000000005003/ | 廃番の星座盤 | gone
https://hoshi.shops.example/shopbrand/ct12/ | 星の雑貨 | /collections/stars
https://hoshi.shops.example/html/company.html | 会社概要 | /pages/about
`,
			options: Options{OwnDomain: No, Clocks: clocks("2027-04-12", "2028-04-30")},
		},
		{
			name: "09-script-box", from: "base", to: "stores", oldHost: "yamano-jam.base.shop", newHost: "yamano-jam.example",
			what: text("BASE（スクリプトを置ける）のサブドメインのジャム店が STORES へ移る。",
				"A shop for jam on BASE, where scripts can be placed, on the platform's subdomain, moves to STORES."),
			pages: `
https://yamano-jam.base.shop/ | 山のジャム | /
https://yamano-jam.base.shop/items/70100001 | いちごジャム | /items/65f0a1b2c3d4e5f60718293a | 55 | 2
https://yamano-jam.base.shop/items/70100002 | ゆずジャム | /items/65f0a1b2c3d4e5f60718293b | 20
https://yamano-jam.base.shop/items/70100003 | はちみつ | gone
https://yamano-jam.base.shop/categories/3300001 | ジャム | -
`,
			options: Options{Clocks: clocks("2027-01-20", "")},
		},
		{
			name: "10-unknown-platform", from: "generic", to: "shopify", oldHost: "www.furui-mise.example", newHost: "furui-mise-new.example",
			what: text("カートの名前が分からない店が Shopify へ移る。旧店のページはサイトマップからだけ分かっていて、ドメインを動かせるかも、手前に何かを置けるかも分からない。",
				"A shop on a platform that was not recognised moves to Shopify. Its pages are known from its sitemap alone; whether the domain can be moved or anything may stand in front is not known."),
			pages: `
https://www.furui-mise.example/ | 古い店 | /
https://www.furui-mise.example/shop.cgi?item=101 | 古道具の棚 | /products/old-shelf | | 1
https://www.furui-mise.example/shop.cgi?item=102 | 古道具の椅子 | /products/old-chair
https://www.furui-mise.example/shop.cgi?item=103 | 古い鏡 | gone
https://www.furui-mise.example/about.html | 店について | /pages/about
`,
			partial: true,
			options: Options{Clocks: clocks("2027-03-15", "")},
		},
	}
}

// build makes the project of a story and its plan.
func (s story) build(t *testing.T) *Plan {
	t.Helper()
	ctx := t.Context()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	project, err := inventory.Open(ctx, filepath.Join(t.TempDir(), "shop.replatform"), inventory.Options{Create: true})
	check(err)
	t.Cleanup(func() { _ = project.Close() })
	reg := builtIn(t)
	source, ok := reg.Get(s.from)
	dest, ok2 := reg.Get(s.to)
	if !ok || !ok2 {
		t.Fatalf("no platform %s or %s", s.from, s.to)
	}
	state := "done"
	if s.partial {
		state = "stopped"
	}
	check(project.SaveShop(ctx, inventory.Shop{Side: catalog.Old, StartURL: "https://" + s.oldHost + "/", Hosts: []string{s.oldHost}, Platform: s.from, State: state, StartedAt: storyMade, FinishedAt: storyMade}))
	check(project.SaveShop(ctx, inventory.Shop{Side: catalog.New, StartURL: "https://" + s.newHost + "/", Hosts: []string{s.newHost}, Platform: s.to, State: "done", StartedAt: storyMade, FinishedAt: storyMade}))

	identify := func(p *platform.Platform, address string) platform.Identity {
		t.Helper()
		u, err := url.Parse(address)
		check(err)
		return p.Identify(u)
	}
	visit := func(id platform.Identity, kind catalog.PageType, address, title string) inventory.Visit {
		v := inventory.Visit{Key: id.Key, Type: kind, URL: address, State: inventory.Done, Status: 200, Title: title, Lang: cmp.Or(s.lang, "ja"), FetchedAt: storyMade}
		if kind == catalog.ProductP {
			v.Product = &catalog.Product{Name: title}
		}
		return v
	}
	var old, fresh []inventory.Visit
	var found []inventory.Discovery
	var matches []inventory.Match
	var worth []inventory.Worth
	for line := range strings.Lines(s.pages) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		last := len(old) - 1
		if spelling, ok := strings.CutPrefix(line, "+"); ok {
			if id := identify(source, spelling); id.Key != old[last].Key {
				t.Fatalf("%s is %s, not another spelling of %s", spelling, id.Key, old[last].Key)
			}
			found = append(found, inventory.Discovery{Key: old[last].Key, Type: old[last].Type, URL: old[last].URL, Spelling: spelling, Source: "link"})
			continue
		}
		cells := append(strings.Split(line, "|"), "", "")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		id := identify(source, cells[0])
		kind := id.Type
		if kind == "" || kind == catalog.Other {
			kind = guessType(cells[0])
		}
		v := visit(id, kind, cells[0], cells[1])
		old = append(old, v)
		found = append(found, inventory.Discovery{Key: v.Key, Type: v.Type, URL: v.URL, Source: map[bool]string{false: "link", true: "sitemap"}[s.partial]})
		for i, into := range []func(*inventory.Worth, float64){
			func(w *inventory.Worth, n float64) { w.Source, w.Clicks = "search-console", n },
			func(w *inventory.Worth, n float64) { w.Source, w.LinkingSites = "backlinks", n },
		} {
			if n, err := strconv.ParseFloat(cells[3+i], 64); err == nil {
				w := inventory.Worth{Key: v.Key, Period: "2025-11-01/2026-10-31"}
				into(&w, n)
				worth = append(worth, w)
			}
		}
		path, review := strings.CutPrefix(cells[2], "?")
		switch {
		case path == "gone":
			matches = append(matches, inventory.Match{Old: v.Key, Class: inventory.None})
		case path != "-":
			address := "https://" + s.newHost + path
			nid := identify(dest, address)
			fresh = append(fresh, visit(nid, kind, address, cells[1]))
			m := inventory.Match{Old: v.Key, New: nid.Key, Class: inventory.Exact, Confidence: 0.99, Method: "name", Reason: "same name", ReasonJA: "名前が同じ"}
			if review {
				m.Class, m.Confidence, m.NeedsReview, m.Reason, m.ReasonJA = inventory.Close, 0.62, true, "similar names", "名前が似ています"
			}
			if kind != catalog.Home {
				matches = append(matches, m)
			}
		}
	}
	_, err = project.Discover(ctx, catalog.Old, found)
	check(err)
	check(project.SaveVisits(ctx, catalog.Old, old))
	check(project.SaveVisits(ctx, catalog.New, fresh))
	check(project.SaveMatches(ctx, matches))
	check(project.AddWorth(ctx, worth))
	if s.zone != "" {
		z, err := domain.Read(ctx, s.oldHost, domain.Options{Server: domaintest.Serve(t, s.zone).Addr, AllowPrivate: true, Now: storyMade})
		check(err)
		check(domain.Save(ctx, project, z))
	}
	o := s.options
	o.Generated = storyMade
	if s.export != "" {
		data, err := os.ReadFile(filepath.Join("testdata", "exports", s.export))
		check(err)
		o.ProductFile, err = japanese.ShiftJIS.NewEncoder().Bytes(data)
		check(err)
	}
	p, err := Build(ctx, project, reg, o)
	check(err)
	return p
}

// guessType is what the crawler would tell from the content of a page whose address
// does not tell it.
func guessType(address string) catalog.PageType {
	switch {
	case strings.HasSuffix(address, ".example/"):
		return catalog.Home
	case strings.Contains(address, "item="):
		return catalog.ProductP
	}
	return catalog.Page
}
