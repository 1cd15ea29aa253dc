package feeds

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"replatform/crawler/catalog"
)

func mustURL(t testing.TB, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

const shopifyBody = `{"products":[
{"id":7001,"title":"有機リネンのエプロン","handle":"有機リネン-apron","body_html":"<p>Soft &amp; plain.</p><script>x()</script>\n<ul><li>One</li><li>Two</li></ul>","vendor":"Minato Works","product_type":"Apron","tags":["linen"],
 "variants":[
  {"id":1,"title":"紺 / M","option1":"紺","option2":"M","option3":null,"sku":"AP-N-M","price":"4200","compare_at_price":"","available":false,"featured_image":null,"barcode":"4901234567894"},
  {"id":2,"title":"白 / M","option1":"白","option2":"M","option3":null,"sku":"AP-W-M","price":"3900","compare_at_price":"4200.00","available":true,"featured_image":{"src":"//cdn.example/w.jpg"},"barcode":"4901234567890"}],
 "images":[{"src":"https://cdn.example/n.jpg?v=1"},{"src":"//cdn.example/w.jpg"},{"src":"https://cdn.example/n.jpg?v=1"},{"src":"javascript:x"},null]},
{"id":"7002","title":"Cloth","handle":"cloth","body_html":null,"vendor":null,"product_type":"","variants":[{"id":3,"title":"Default Title","option1":"Default Title","sku":null,"price":19.9,"available":1}],"images":[]},
{"id":7003,"title":null,"handle":null,"variants":null,"images":null},
"not an object"
]}`

func TestShopifyProducts(t *testing.T) {
	got, err := ShopifyProducts([]byte(shopifyBody), mustURL(t, "https://shop.example/en-gb/collections/all/products.json?limit=250&page=1"))
	if err != nil {
		t.Fatal(err)
	}
	feed := func(fields ...string) map[string]string {
		m := map[string]string{}
		for _, f := range fields {
			m[f] = "feed"
		}
		return m
	}
	want := []Item{
		{
			URL:  "https://shop.example/en-gb/products/%E6%9C%89%E6%A9%9F%E3%83%AA%E3%83%8D%E3%83%B3-apron",
			Type: catalog.ProductP, Title: "有機リネンのエプロン", ID: "7001", Handle: "有機リネン-apron", Categories: []string{"Apron"},
			Product: &catalog.Product{
				Name: "有機リネンのエプロン", Brand: "Minato Works", Description: "Soft & plain. One Two",
				Price: catalog.Price{Amount: "3900"}, ListPrice: catalog.Price{Amount: "4200.00"}, Availability: catalog.InStock,
				Images: []string{"https://cdn.example/n.jpg?v=1", "https://cdn.example/w.jpg"},
				Variants: []catalog.Variant{
					{ID: "1", Title: "紺 / M", Options: []string{"紺", "M"}, SKU: "AP-N-M", GTIN: "4901234567894", Price: catalog.Price{Amount: "4200"}, Availability: catalog.OutOfStock},
					{ID: "2", Title: "白 / M", Options: []string{"白", "M"}, SKU: "AP-W-M", Price: catalog.Price{Amount: "3900"}, Availability: catalog.InStock, Image: "https://cdn.example/w.jpg"},
				},
				Sources: feed("name", "brand", "description", "price", "list_price", "availability", "images", "variants"),
			},
		},
		{
			URL: "https://shop.example/en-gb/products/cloth", Type: catalog.ProductP, Title: "Cloth", ID: "7002", Handle: "cloth",
			Product: &catalog.Product{Name: "Cloth", Price: catalog.Price{Amount: "19.9"}, Availability: catalog.InStock,
				Sources: feed("name", "price", "availability")},
		},
		{Type: catalog.ProductP, ID: "7003", Product: &catalog.Product{}},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

func TestShopifyURL(t *testing.T) {
	for base, want := range map[string]string{
		"https://shop.example/products.json":                 "https://shop.example/products/a",
		"https://shop.example/products/b.json":               "https://shop.example/products/a",
		"https://shop.example/collections/x/products.json":   "https://shop.example/products/a",
		"https://shop.example/ja/products.json?page=2":       "https://shop.example/ja/products/a",
		"https://shop.example":                               "https://shop.example/products/a",
		"https://shop.example/fr-ca/":                        "https://shop.example/fr-ca/products/a",
		"https://shop.example/collections/products/products": "https://shop.example/products/a",
	} {
		if got := shopifyURL(mustURL(t, base), "products", "a"); got != want {
			t.Errorf("beside %s: %s, want %s", base, got, want)
		}
	}
	if got := shopifyURL(mustURL(t, "https://shop.example/"), "products", "a/../b?c"); got != "https://shop.example/products/a%2F..%2Fb%3Fc" {
		t.Errorf("a hostile handle gives %s", got)
	}
}

func TestShopifySingleAndEmpty(t *testing.T) {
	base := mustURL(t, "https://shop.example/products/cloth.json")
	got, err := ShopifyProducts([]byte(`{"product":{"id":1,"title":"Cloth","handle":"cloth","image":{"src":"https://cdn.example/1.jpg"}}}`), base)
	if err != nil || len(got) != 1 || got[0].URL != "https://shop.example/products/cloth" || len(got[0].Product.Images) != 1 {
		t.Errorf("single: %+v %v", got, err)
	}
	for _, body := range []string{`{"products":[]}`, `{"products":null}`, "\ufeff" + `{"products":[]}`} {
		if got, err := ShopifyProducts([]byte(body), base); err != nil || len(got) != 0 {
			t.Errorf("%s: %v %v", body, got, err)
		}
	}
}

func TestShopifyCollections(t *testing.T) {
	body := `{"collections":[{"id":31,"title":"Aprons","handle":"aprons","products_count":12,"image":null},{"id":32,"title":"台所","handle":"台所","products_count":"3"},{"title":"No handle"}]}`
	got, err := ShopifyCollections([]byte(body), mustURL(t, "https://shop.example/collections.json"))
	if err != nil {
		t.Fatal(err)
	}
	want := []Item{
		{URL: "https://shop.example/collections/aprons", Type: catalog.Category, Title: "Aprons", ID: "31", Handle: "aprons", Count: 12},
		{URL: "https://shop.example/collections/%E5%8F%B0%E6%89%80", Type: catalog.Category, Title: "台所", ID: "32", Handle: "台所", Count: 3},
		{Type: catalog.Category, Title: "No handle"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

const wooBody = `[
{"id":41,"name":"Tom&#8217;s <b>cloth</b>","slug":"%e5%b8%83","permalink":"https://shop.example/product/%e5%b8%83/","sku":"CL-1","description":"","short_description":"<p>Soft</p>",
 "prices":{"price":"1599","regular_price":"1999","sale_price":"1599","price_range":null,"currency_code":"EUR","currency_minor_unit":2},
 "images":[{"id":1,"src":"https://shop.example/a.jpg"}],"categories":{"0":{"id":5,"name":"Table &amp; bed","slug":"t","link":"https://shop.example/product-category/t/"},"2":{"id":6,"name":"Cloth","slug":"c","link":""}},
 "is_in_stock":true,"variations":[],"brands":[{"id":9,"name":"Minato &amp; Co"}]},
{"id":42,"name":"Apron","slug":"apron","permalink":"/product/apron/","type":"variable","sku":"",
 "prices":{"price":"4200","regular_price":"4200","sale_price":"4200","price_range":{"min_amount":"3900","max_amount":"4500"},"currency_code":"JPY","currency_minor_unit":"0"},
 "attributes":[{"name":"Colour","terms":[{"slug":"navy","name":"Navy &amp; white"}]}],"variations":[{"id":421,"attributes":[{"name":"Colour","value":"navy"},{"name":"Size","value":"m"}]},{"id":422,"attributes":[]}],"is_in_stock":false,"images":null,"categories":null},
{"id":43,"name":"Free","prices":{"price":"0","currency_minor_unit":2,"currency_code":"EUR"},"is_in_stock":"maybe"},
{"id":44,"name":"Odd","prices":{"price":"-5","currency_minor_unit":99},"global_unique_id":"4901234567894"},
{"id":45,"name":"No unit","prices":{"price":"1980","currency_code":"JPY"}},
7, null]`

func TestWooStoreProducts(t *testing.T) {
	got, err := WooStoreProducts([]byte(wooBody), mustURL(t, "https://shop.example/wp-json/wc/store/v1/products?per_page=100"))
	if err != nil {
		t.Fatal(err)
	}
	want := []Item{
		{
			URL: "https://shop.example/product/%e5%b8%83/", Type: catalog.ProductP, Title: "Tom’s cloth", ID: "41", Handle: "布",
			Categories: []string{"Table & bed", "Cloth"}, CategoryURLs: []string{"https://shop.example/product-category/t/"},
			Product: &catalog.Product{Name: "Tom’s cloth", SKU: "CL-1", Brand: "Minato & Co", Description: "Soft",
				Price: catalog.Price{Amount: "15.99", Currency: "EUR"}, ListPrice: catalog.Price{Amount: "19.99", Currency: "EUR"},
				Availability: catalog.InStock, Images: []string{"https://shop.example/a.jpg"}},
		},
		{
			URL: "https://shop.example/product/apron/", Type: catalog.ProductP, Title: "Apron", ID: "42", Handle: "apron",
			Product: &catalog.Product{Name: "Apron", Price: catalog.Price{Amount: "3900", Currency: "JPY"}, Availability: catalog.OutOfStock,
				Variants: []catalog.Variant{{ID: "421", Title: "Navy & white / m", Options: []string{"Navy & white", "m"}}, {ID: "422"}}},
		},
		{Type: catalog.ProductP, Title: "Free", ID: "43", Product: &catalog.Product{Name: "Free", Price: catalog.Price{Amount: "0.00", Currency: "EUR"}}},
		{Type: catalog.ProductP, Title: "Odd", ID: "44", Product: &catalog.Product{Name: "Odd", GTIN: "4901234567894"}},
		{Type: catalog.ProductP, Title: "No unit", ID: "45", Product: &catalog.Product{Name: "No unit"}},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(catalog.Product{}, "Sources")); diff != "" {
		t.Error(diff)
	}
}

func TestWooStoreCategories(t *testing.T) {
	body := `[{"id":5,"name":"Table &amp; bed","slug":"table","parent":0,"count":4,"permalink":"https://shop.example/product-category/table/"},
	{"id":6,"name":"Cloth","slug":"%e5%b8%83","parent":5,"count":"2","permalink":"https://shop.example/product-category/table/%e5%b8%83/"}]`
	got, err := WooStoreCategories([]byte(body), mustURL(t, "https://shop.example/"))
	if err != nil {
		t.Fatal(err)
	}
	want := []Item{
		{URL: "https://shop.example/product-category/table/", Type: catalog.Category, Title: "Table & bed", ID: "5", Handle: "table", Count: 4},
		{URL: "https://shop.example/product-category/table/%e5%b8%83/", Type: catalog.Category, Title: "Cloth", ID: "6", Handle: "布", Parent: "5", Count: 2},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNotFeed(t *testing.T) {
	base := mustURL(t, "https://shop.example/")
	for _, body := range []string{"", " ", "<!doctype html><html>", `"x"`, "7", "null", `{"errors":"Not Found"}`, `[{"id":1`, `{"code":"rest_no_route","message":"No route","data":{"status":404}}`} {
		for name, read := range readers {
			if strings.HasPrefix(name, "Shopify") && strings.HasPrefix(body, "[") && strings.HasSuffix(body, "]") {
				continue
			}
			if got, err := read([]byte(body), base); !errors.Is(err, ErrNotFeed) || len(got) > 0 {
				t.Errorf("%s(%q) = %v, %v", name, body, got, err)
			}
		}
	}
}

var readers = map[string]func([]byte, *url.URL) ([]Item, error){
	"ShopifyProducts": ShopifyProducts, "ShopifyCollections": ShopifyCollections,
	"WooStoreProducts": WooStoreProducts, "WooStoreCategories": WooStoreCategories,
}

func TestFromMinor(t *testing.T) {
	for _, tt := range []struct {
		amount   string
		decimals int
		want     string
	}{
		{"1999", 2, "19.99"}, {"5", 2, "0.05"}, {"0", 2, "0.00"}, {"1980", 0, "1980"}, {"0", 0, "0"}, {"007", 0, "7"},
		{"1234567", 3, "1234.567"}, {"", 2, ""}, {"-1", 2, ""}, {"1.5", 2, ""}, {"1", -1, ""}, {"1", 9, ""}, {strings.Repeat("9", 25), 0, ""},
	} {
		if got := fromMinor(tt.amount, tt.decimals); got != tt.want {
			t.Errorf("fromMinor(%q, %d) = %q, want %q", tt.amount, tt.decimals, got, tt.want)
		}
	}
}

func TestPlain(t *testing.T) {
	for _, tt := range []struct {
		in    string
		limit int
		want  string
	}{
		{"a  b\n c", 100, "a b c"},
		{"<p>a</p><p>b&nbsp;&lt;c</p>", 100, "a b <c"},
		{"<style>p{}</style>x<script>if(a<b){}</script>y", 100, "x y"},
		{"<b", 100, ""},
		{"a & b", 100, "a & b"},
		{"日本語", 7, "日本"},
		{strings.Repeat("<p>x</p>", 1000), 9, "x x x x x"},
	} {
		if got := plain(tt.in, tt.limit); got != tt.want {
			t.Errorf("plain(%.40q, %d) = %q, want %q", tt.in, tt.limit, got, tt.want)
		}
	}
}

func FuzzListings(f *testing.F) {
	f.Add([]byte(shopifyBody))
	f.Add([]byte(wooBody))
	f.Add([]byte(`{"product":{"variants":{"0":{"price":1e9}},"images":[{"src":7}]}}`))
	f.Add([]byte(`{"collections":[{"handle":"../x","products_count":-1}]}`))
	f.Add([]byte(`[{"prices":{"price":"9","currency_minor_unit":8,"price_range":{}},"variations":{"a":1}}]`))
	base := mustURL(f, "https://shop.example/ja/products.json")
	f.Fuzz(func(t *testing.T, body []byte) {
		for name, read := range readers {
			items, err := read(body, base)
			if err != nil && !errors.Is(err, ErrNotFeed) {
				t.Errorf("%s: %v", name, err)
			}
			for _, item := range items {
				if item.URL != "" && !strings.HasPrefix(item.URL, "http://") && !strings.HasPrefix(item.URL, "https://") {
					t.Errorf("%s: address %q", name, item.URL)
				}
				if p := item.Product; p != nil {
					if _, ok := catalog.NormaliseGTIN(p.GTIN); p.GTIN != "" && !ok {
						t.Errorf("%s: GTIN %q", name, p.GTIN)
					}
					if p.Price.Amount != decimal(p.Price.Amount) || len(p.Description) > maxDescription {
						t.Errorf("%s: price %q, description of %d bytes", name, p.Price.Amount, len(p.Description))
					}
				}
			}
		}
	})
}
