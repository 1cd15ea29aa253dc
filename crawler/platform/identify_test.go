package platform

import (
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler/catalog"
)

func TestIdentify(t *testing.T) {
	r := builtInRegistry(t)
	for _, c := range []struct {
		platform, address string
		want              Identity
	}{
		{"colorme", "http://SHOP.example:80/?utm_source=x&pid=5", Identity{
			Key: "colorme product 5", Type: catalog.ProductP, URL: "http://shop.example/?pid=5", Known: true}},
		{"colorme", "https://shop.example/?mode=cate&cbid=7&page=2&sort=p", Identity{
			Key: "colorme category 7-0 p2", Type: catalog.Category, URL: "https://shop.example/?mode=cate&cbid=7&csid=0&page=2",
			Known: true, PageNo: 2, FirstPage: "colorme category 7-0"}},
		{"colorme", "https://shop.example/?mode=srh&keyword=%c3%e3", Identity{
			Key: "colorme search :%C3%E3", Type: catalog.Search, URL: "https://shop.example/?mode=srh&keyword=%C3%E3", Rule: RuleSearch, Known: true}},
		{"colorme", "https://shop.example/?mode=review&rid=3", Identity{
			Key: "url /?mode=review&rid=3", Type: catalog.Other, URL: "https://shop.example/?mode=review&rid=3"}},
		{"colorme", "https://shop.example/cart/proxy/basket/items/add", Identity{
			Key: "url /cart/proxy/basket/items/add", Type: catalog.Cart, URL: "https://shop.example/cart/proxy/basket/items/add", Rule: RuleAddToCart}},
		{"makeshop", "https://shop.example/shopdetail/000000002763/ct1/page2/order/", Identity{
			Key: "makeshop product 000000002763", Type: catalog.ProductP, URL: "https://shop.example/view/item/000000002763", Known: true}},
		{"makeshop-basic", "https://shop.example/smartphone/detail.html?id=000000002763", Identity{
			Key: "makeshop product 000000002763", Type: catalog.ProductP, URL: "https://shop.example/shopdetail/000000002763/", Known: true}},
		{"shopify", "https://shop.example/en-ca/collections/all/products/Red-Shoe?variant=1", Identity{
			Key: "shopify product red-shoe at /en-ca", Type: catalog.ProductP, URL: "https://shop.example/en-ca/products/red-shoe", Known: true, Prefix: "/en-ca"}},
		{"shopify", "https://shop.example/collections/summer?filter.v.price.gte=10", Identity{
			Key: "url /collections/summer?filter.v.price.gte=10", Type: catalog.Category,
			URL: "https://shop.example/collections/summer?filter.v.price.gte=10", Rule: RuleFacet}},
		{"shopify", "https://shop.example/cart/123:1", Identity{
			Key: "url /cart/123:1", Type: catalog.Cart, URL: "https://shop.example/cart/123:1", Rule: RuleAddToCart}},
		{"woocommerce", "https://shop.example/product/hoodie/?add-to-cart=12", Identity{
			Key: "url /product/hoodie/?add-to-cart=12", Type: catalog.Cart, URL: "https://shop.example/product/hoodie/?add-to-cart=12", Rule: RuleAddToCart}},
		{"woocommerce", "https://shop.example/product-category/a/b/page/3/?orderby=price", Identity{
			Key: "woocommerce category a/b p3", Type: catalog.Category, URL: "https://shop.example/product-category/a/b/page/3/",
			Known: true, PageNo: 3, FirstPage: "woocommerce category a/b"}},
		{"oscommerce", "https://shop.example/product_info.php?cPath=1_3&currency=EUR&products_id=3", Identity{
			Key: "url /product_info.php?cPath=1_3&currency=EUR&products_id=3", Type: catalog.Other,
			URL: "https://shop.example/product_info.php?cPath=1_3&currency=EUR&products_id=3", Rule: RuleCurrency}},
		{"prestashop", "https://shop.example/men/1-7-shirt.html#/2-size-m", Identity{
			Key: "prestashop product 1", Type: catalog.ProductP, URL: "https://shop.example/men/1-shirt.html", Known: true}},
		{"prestashop", "https://shop.example/2-home?q=Size-L&order=product.price.asc", Identity{
			Key: "url /2-home?order=product.price.asc&q=Size-L", Type: catalog.Category,
			URL: "https://shop.example/2-home?q=Size-L&order=product.price.asc", Rule: RuleFacet}},
		{"eccube", "https://shop.example/mtg/products/list?category_id=3&pageno=2", Identity{
			Key: "eccube category 3 at /mtg p2", Type: catalog.Category, URL: "https://shop.example/mtg/products/list?category_id=3&pageno=2",
			Known: true, PageNo: 2, FirstPage: "eccube category 3 at /mtg", Prefix: "/mtg"}},
		{"ecwid", "https://site.example/store#!/~/product/id=12", Identity{
			Key: "ecwid product 12", Type: catalog.ProductP, URL: "https://site.example/store#!/~/product/id=12", Known: true}},
		{"generic", "https://shop.example/a.JPG?x=1", Identity{
			Key: "url /a.JPG", Type: catalog.Image, URL: "https://shop.example/a.JPG", Rule: RuleImage, Known: true}},
	} {
		p, ok := r.Get(c.platform)
		if !ok {
			t.Fatalf("no platform %s", c.platform)
		}
		u, err := url.Parse(c.address)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, p.Identify(u)); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", c.platform, c.address, diff)
		}
	}
}

// TestKeysIgnoreNoise: order of parameters, tracking and sessions make no difference,
// whatever the platform; the examples of the files are shaken.
func TestKeysIgnoreNoise(t *testing.T) {
	noise := []string{"utm_source=mail", "gclid=abc", "fbclid=x", "yclid=1", "msclkid=y", "_ga=1.2", "PHPSESSID=0123456789abcdef01"}
	rng := rand.New(rand.NewPCG(1, 2))
	for _, p := range builtInRegistry(t).All() {
		for _, pt := range p.Patterns {
			for address := range pt.Yes {
				u := exampleURL(t, address)
				want := p.Identify(u)
				var parts []string
				if u.RawQuery != "" {
					parts = strings.Split(u.RawQuery, "&")
				}
				parts = append(parts, noise[rng.IntN(len(noise))], noise[rng.IntN(len(noise))])
				rng.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
				v := *u
				v.RawQuery = strings.Join(parts, "&")
				if got := p.Identify(&v); got.Key != want.Key || got.Rule != want.Rule || pt.Ask != "" && got.URL != want.URL {
					t.Errorf("%s: %s is %q %s, with noise %q %s", p.ID, address, want.Key, want.URL, got.Key, got.URL)
				}
			}
		}
	}
}

func TestNormalPath(t *testing.T) {
	for in, want := range map[string]string{
		"https://s.example":                    "/",
		"https://s.example/":                   "/",
		"https://s.example/a/../b/./c":         "/b/c",
		"https://s.example/a/..":               "/",
		"https://s.example/../../a/":           "/a/",
		"https://s.example/a/.":                "/a/",
		"https://s.example/%7ea/%e3%81%82":     "/~a/%E3%81%82",
		"https://s.example/あ":                  "/%E3%81%82",
		"https://s.example/a%2Fb":              "/a%2Fb",
		"https://s.example/%a4%a2":             "/%A4%A2",
		"https://s.example/a;jsessionid=1/b;c": "/a/b;c",
		"https://s.example/(S(x))/b":           "/b",
		"https://s.example//a//":               "//a//",
		"https://s.example/a b":                "/a%20b",
	} {
		u, err := url.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		got := NormalPath(u)
		if got != want {
			t.Errorf("NormalPath(%s) = %s, want %s", in, got, want)
		}
	}
}

func TestQuery(t *testing.T) {
	for in, want := range map[string]string{
		"":                         "",
		"b=2&a=1":                  "a=1&b=2",
		"a=2&a=1":                  "a=2&a=1",
		"x":                        "x",
		"x=":                       "x=",
		"&&a=1&":                   "a=1",
		"a=1&amp;b=2":              "a=1&b=2",
		"q=a+b%20c":                "q=a%20b%20c",
		"route=product%2Fproduct":  "route=product/product",
		"k=%a4%a2":                 "k=%A4%A2",
		"k=あ":                      "k=%E3%81%82",
		"f%5Bx%5D=1":               "f%5Bx%5D=1",
		"f[x]=1":                   "f%5Bx%5D=1",
		"bad=%zz%":                 "bad=%25zz%25",
		"bad=%25zz":                "bad=%25zz",
		"a=b=c":                    "a=b%3Dc",
		"cid=12,0&u=http://x.y/?z": "cid=12,0&u=http://x.y/%3Fz",
	} {
		got := JoinQuery(SplitQuery(in))
		if got != want {
			t.Errorf("query %q → %q, want %q", in, got, want)
		}
		if again := JoinQuery(SplitQuery(got)); again != got {
			t.Errorf("query %q is not stable: %q", got, again)
		}
	}
}
