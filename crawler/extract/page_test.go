package extract

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"replatform/crawler/catalog"
)

func parseURL(t testing.TB, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func hintsFrom(t testing.TB, name string) Hints {
	t.Helper()
	var h Hints
	if name == "" {
		return h
	}
	if err := yaml.Unmarshal(fixture(t, name), &h); err != nil {
		t.Fatal(err)
	}
	return h
}

func yen(amount string) catalog.Price {
	return catalog.Price{Amount: amount, Currency: "JPY", Tax: catalog.TaxIncluded}
}

func TestPageReadsProducts(t *testing.T) {
	tests := []struct {
		file, url, hints string
		want             catalog.Product
	}{
		{
			file: "colorme.html", url: "https://touge-coffee.example/?pid=90210017", hints: "colorme.yaml",
			want: catalog.Product{
				Name: "山霧ブレンド 200g", SKU: "YG-200", Price: yen("1620"), Availability: catalog.InStock,
				Images:      []string{"https://img.touge.example/PA000/000/product/90210017.jpg?cmsp_timestamp=20250101"},
				Description: "深く煎った山の豆。\nミルクによく合います。",
				Breadcrumb: []catalog.Crumb{
					{Name: "ホーム", URL: "https://touge-coffee.example/"},
					{Name: "ブレンド", URL: "https://touge-coffee.example/?mode=cate&cbid=2810001&csid=0"},
				},
				Variants: []catalog.Variant{
					{Title: "豆のまま", Options: []string{"豆のまま"}, Price: yen("1620")},
					{Title: "中挽き", Options: []string{"中挽き"}, Price: yen("1728")},
				},
				Sources: map[string]string{"name": "colorme", "sku": "colorme", "price": "colorme", "variants": "colorme", "availability": "colorme",
					"currency": "selector", "image": "selector", "description": "selector", "breadcrumb": "selector"},
			},
		},
		{
			// The same page without knowing the platform.
			file: "colorme.html", url: "https://touge-coffee.example/?pid=90210017",
			want: catalog.Product{
				Name: "山霧ブレンド 200g", SKU: "YG-200", Price: yen("1620"), Availability: catalog.InStock,
				Images:      []string{"https://img.touge.example/PA000/000/product/90210017.jpg?cmsp_timestamp=20250101"},
				Description: "深く煎った山の豆。\nミルクによく合います。",
				Breadcrumb: []catalog.Crumb{
					{Name: "ホーム", URL: "https://touge-coffee.example/"},
					{Name: "ブレンド", URL: "https://touge-coffee.example/?mode=cate&cbid=2810001&csid=0"},
				},
				Sources: map[string]string{"name": "page", "sku": "page", "price": "page", "availability": "page", "currency": "page",
					"image": "page", "description": "page", "breadcrumb": "page"},
			},
		},
		{
			file: "makeshop-creator.html", url: "https://hatoba.example/view/item/000000000123", hints: "makeshop.yaml",
			want: catalog.Product{
				Name: "帆布の肩掛け鞄", SKU: "HB-077", GTIN: "4901234567894", Price: yen("9680"), ListPrice: yen("12100"), Availability: catalog.InStock,
				Images:      []string{"https://gigaplus.hatoba.example/hatoba/itemimages/000000000123_a.jpg"},
				Description: "厚手の帆布を使った鞄です。\n使うほどに柔らかくなります。",
				Breadcrumb: []catalog.Crumb{
					{Name: "TOP", URL: "https://hatoba.example/"},
					{Name: "鞄", URL: "https://hatoba.example/view/category/bag"},
					{Name: "肩掛け", URL: "https://hatoba.example/view/category/shoulder"},
				},
				Variants: []catalog.Variant{
					{Title: "生成り / 小", Options: []string{"生成り", "小"}}, {Title: "生成り / 大", Options: []string{"生成り", "大"}},
					{Title: "藍 / 小", Options: []string{"藍", "小"}}, {Title: "藍 / 大", Options: []string{"藍", "大"}},
				},
				Sources: map[string]string{"name": "og", "sku": "page", "gtin": "page", "price": "selector", "list_price": "selector", "currency": "selector",
					"availability": "page", "image": "selector", "description": "selector", "breadcrumb": "selector", "variants": "selector"},
			},
		},
		{
			file: "makeshop-basic.html", url: "http://chabatake.example/shopdetail/000000000045/", hints: "makeshop.yaml",
			want: catalog.Product{
				Name: "春摘み煎茶 100g", SKU: "SC-100", Price: yen("1296"), Availability: catalog.InStock,
				Images: []string{"http://chabatake.example/shopimages/chabatake/0000000000452.jpg"},
				Breadcrumb: []catalog.Crumb{
					{Name: "トップ", URL: "http://chabatake.example/"}, {Name: "煎茶", URL: "http://chabatake.example/shopbrand/ct12/"},
				},
				Sources: map[string]string{"name": "page", "sku": "page", "price": "selector", "currency": "page", "availability": "page", "image": "page", "breadcrumb": "page"},
			},
		},
		{
			file: "productgroup.html", url: "https://tidewater.example/products/harbour-rain-jacket",
			want: catalog.Product{
				Name: "Harbour Rain Jacket", Brand: "Tidewater", Availability: catalog.InStock,
				Price: catalog.Price{Amount: "129.00", Currency: "CAD"}, ListPrice: catalog.Price{Amount: "159.00", Currency: "CAD"},
				Images:      []string{"http://tidewater.example/cdn/shop/files/harbour.jpg?v=1700000000", "https://tidewater.example/cdn/shop/files/slate.jpg"},
				Description: "A light shell for wet days.",
				Variants: []catalog.Variant{
					{Title: "Slate / M", Options: []string{"Slate", "M"}, SKU: "HRJ-SL-M", GTIN: "0036000291452", Availability: catalog.InStock,
						Price: catalog.Price{Amount: "129.00", Currency: "CAD"}, Image: "https://tidewater.example/cdn/shop/files/slate.jpg"},
					{Title: "Moss / L", Options: []string{"Moss", "L"}, SKU: "HRJ-MO-L", Availability: catalog.OutOfStock,
						Price: catalog.Price{Amount: "139.00", Currency: "CAD"}, Image: "https://tidewater.example/cdn/shop/files/moss.jpg"},
				},
				Sources: map[string]string{"name": "json-ld", "brand": "json-ld", "price": "json-ld", "list_price": "page", "currency": "json-ld",
					"availability": "json-ld", "image": "og", "description": "json-ld", "variants": "json-ld"},
			},
		},
		{
			file: "microdata-related.html", url: "https://holzwerk.example/shop/kiefer-schneidebrett.html",
			want: catalog.Product{
				Name: "Kiefer Schneidebrett", SKU: "LW10045", Brand: "Lindner", Availability: catalog.InStock,
				Price: catalog.Price{Amount: "1024.50", Currency: "EUR"}, ListPrice: catalog.Price{Amount: "1199.00", Currency: "EUR"},
				Images:      []string{"https://holzwerk.example/shop/media/kiefer-gross.jpg"},
				Description: "Geölt.\nAus dem Schwarzwald.",
				Sources: map[string]string{"name": "microdata", "sku": "microdata", "brand": "microdata", "price": "microdata", "list_price": "page",
					"currency": "microdata", "availability": "microdata", "image": "microdata", "description": "microdata"},
			},
		},
		{
			file: "graph.html", url: "https://ironbark.example/honey/",
			want: catalog.Product{
				Name: "Blue Gum Honey 500 g", SKU: "IB-HON-5", MPN: "000-77", GTIN: "9300675024235", Availability: catalog.PreOrder,
				Price:       catalog.Price{Amount: "14.50", Currency: "AUD", Tax: catalog.TaxIncluded},
				ListPrice:   catalog.Price{Amount: "18.00", Currency: "AUD", Tax: catalog.TaxIncluded},
				Images:      []string{"https://ironbark.example/img/honey.jpg", "https://ironbark.example/img/honey-back.jpg"},
				Description: "Raw honey.\nCold pressed & unfiltered.",
				Breadcrumb:  []catalog.Crumb{{Name: "Home", URL: "https://ironbark.example/"}, {Name: "Honey", URL: "https://ironbark.example/c/honey/"}},
				Sources: map[string]string{"name": "json-ld", "sku": "json-ld", "mpn": "json-ld", "gtin": "json-ld", "price": "json-ld", "list_price": "json-ld",
					"currency": "json-ld", "availability": "json-ld", "image": "json-ld", "description": "json-ld", "breadcrumb": "json-ld"},
			},
		},
		{
			file: "oldtable.html", url: "http://modellbahn.example/product_info.php?products_id=31",
			want: catalog.Product{
				Name: "Dampflok BR 64 Spur N", SKU: "64-017", Availability: catalog.InStock,
				Price: catalog.Price{Amount: "199.50", Currency: "EUR"}, ListPrice: catalog.Price{Amount: "229.00", Currency: "EUR"},
				Images: []string{"http://modellbahn.example/images/br64.jpg"},
				Sources: map[string]string{"name": "page", "sku": "page", "price": "page", "list_price": "page", "currency": "page", "availability": "page",
					"image": "page"},
			},
		},
		{
			file: "soldout.html", url: "https://izumi.example/products/detail/12",
			want: catalog.Product{
				Name: "藍染の手拭い", SKU: "TN-01", Price: yen("1650"), Availability: catalog.OutOfStock,
				Images:      []string{"https://izumi.example/html/upload/save_image/tenugui.jpg", "https://izumi.example/html/upload/save_image/tenugui2.jpg"},
				Description: "一枚ずつ手で染めました。",
				Sources: map[string]string{"name": "json-ld", "sku": "json-ld", "price": "json-ld", "currency": "json-ld", "availability": "json-ld", "image": "og",
					"description": "json-ld"},
			},
		},
		{
			file: "rdfa.html", url: "https://podlipa.example/kubek",
			want: catalog.Product{
				Name: "Kubek emaliowany", SKU: "KUB-7", GTIN: "5901234123457", Availability: catalog.InStock,
				Price:      catalog.Price{Amount: "24.50", Currency: "PLN"},
				Images:     []string{"https://podlipa.example/img/kubek.jpg"},
				Breadcrumb: []catalog.Crumb{{Name: "Start", URL: "https://podlipa.example/"}, {Name: "Kubki", URL: "https://podlipa.example/kubki"}},
				Sources: map[string]string{"name": "rdfa", "sku": "page", "gtin": "page", "price": "rdfa", "currency": "rdfa", "availability": "rdfa",
					"image": "rdfa", "breadcrumb": "rdfa"},
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.file+"/"+tt.hints, func(t *testing.T) {
			res, err := Page(parseURL(t, tt.url), fixture(t, tt.file), hintsFrom(t, tt.hints))
			if err != nil {
				t.Fatal(err)
			}
			if res.Type != catalog.ProductP || res.Product == nil {
				t.Fatalf("type %q, reasons %q", res.Type, res.Reasons)
			}
			if diff := cmp.Diff(tt.want, *res.Product); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPageReadsLists(t *testing.T) {
	res, err := Page(parseURL(t, "https://kiln.example/c/teapots"), fixture(t, "listing.html"), Hints{})
	if err != nil {
		t.Fatal(err)
	}
	if res.Type != catalog.Category || res.Product != nil {
		t.Errorf("type %q, product %v, reasons %q", res.Type, res.Product, res.Reasons)
	}
	want := []string{"https://kiln.example/p/1", "https://kiln.example/p/2", "https://kiln.example/p/3"}
	if diff := cmp.Diff(want, res.Cards); diff != "" {
		t.Errorf("cards (-want +got):\n%s", diff)
	}
	if res.ProductScore > 0.1 {
		t.Errorf("product score %v for a list", res.ProductScore)
	}
}

func TestPageOfText(t *testing.T) {
	body := `<title>Shipping - Kiln & Clay</title><body><h1>Shipping</h1><p>Orders over £50 ship free; below that, postage is £4.95.</p><a href="/c/teapots">Teapots</a>`
	res, err := Page(parseURL(t, "https://kiln.example/shipping"), []byte(body), Hints{})
	if err != nil {
		t.Fatal(err)
	}
	if res.Type != "" || res.Product != nil {
		t.Errorf("type %q, product %+v, reasons %q", res.Type, res.Product, res.Reasons)
	}
}

func TestPageKnownToBeAProduct(t *testing.T) {
	body := `<title>Willow Basket | Kiln & Clay</title><body><h1>Willow Basket</h1><p>Woven by hand; ask us for a price.</p>`
	u := parseURL(t, "https://kiln.example/p/9")
	if res, err := Page(u, []byte(body), Hints{}); err != nil || res.Product != nil {
		t.Errorf("without knowing: %v, %+v", err, res.Product)
	}
	res, err := Page(u, []byte(body), Hints{Type: catalog.ProductP})
	if err != nil || res.Product == nil || res.Product.Name != "Willow Basket" || res.Product.Price.Amount != "" {
		t.Errorf("known to be a product: %v, %+v", err, res.Product)
	}
}

func TestOptionVariants(t *testing.T) {
	page := `<title>Cup</title><body class="product-page"><h1>Cup</h1><p class="price">£5.00</p>%s<button>Add to cart</button>`
	two := `<div class="opts"><select><option value="">Colour</option><option>Red</option><option>Blue</option></select><select><option value="0">Size</option><option value="1">S</option></select></div>`
	cells := `<table class="sku"><tr><td class="n">Red</td></tr><tr><td class="n">Blue</td></tr></table>`
	tests := []struct {
		name, body, selector string
		want                 []string
	}{
		{"two selects in one element", two, ".opts", []string{"Red / S", "Blue / S"}},
		{"select elements", two, ".opts select", []string{"Red / S", "Blue / S"}},
		{"named choices", cells, ".sku .n", []string{"Red", "Blue"}},
		{"no match", cells, ".other", nil},
	}
	for _, tt := range tests {
		res, err := Page(parseURL(t, "https://kiln.example/p/9"), fmt.Appendf(nil, page, tt.body), Hints{Options: []string{tt.selector}})
		if err != nil || res.Product == nil {
			t.Fatalf("%s: %v, %q", tt.name, err, res.Reasons)
		}
		var got []string
		for _, v := range res.Product.Variants {
			got = append(got, v.Title)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestPageWithBadSelector(t *testing.T) {
	h := Hints{Name: []string{"h1[", ".p-cart-form__name"}}
	res, err := Page(parseURL(t, "https://touge-coffee.example/?pid=90210017"), fixture(t, "colorme.html"), h)
	if err == nil || !strings.Contains(err.Error(), `"h1["`) {
		t.Errorf("error %v does not name the selector", err)
	}
	if res.Product == nil || res.Product.Name != "山霧ブレンド 200g" {
		t.Errorf("the page was not read beside the error: %+v", res.Product)
	}
}

func TestPageNestedTooDeeply(t *testing.T) {
	font := strings.Repeat("<font>", 3000) + `<h1>Deep</h1><a href="/x">x</a>`
	res, err := Page(parseURL(t, "https://kiln.example/"), []byte(font), Hints{})
	if err != nil || len(res.Links) != 1 {
		t.Errorf("unclosed font elements: %v, %d links", err, len(res.Links))
	}
	div := strings.Repeat("<div>", 3000) + `<a href="/x">x</a>`
	res, err = Page(parseURL(t, "https://kiln.example/"), []byte(div), Hints{})
	if !errors.Is(err, ErrNesting) || len(res.Links) != 1 {
		t.Errorf("div elements: %v, %d links; want ErrNesting and one link", err, len(res.Links))
	}
}

func TestCurrencyOfABareDollar(t *testing.T) {
	page := `<html lang="%s"><title>Lamp</title><body class="product-page"><h1>Lamp</h1><p class="price">$20.00</p><button>Add to cart</button>%s`
	tests := []struct {
		name, lang, host, extra, shop, want string
	}{
		{"nothing to go by", "en", "nordhus.example", "", "", ""},
		{"language", "en-AU", "nordhus.example", "", "", "AUD"},
		{"host", "en", "nordhus.example.nz", "", "", "NZD"},
		{"script", "en", "nordhus.example", `<script>dataLayer.push({"currencyCode":"CAD"})</script>`, "", "CAD"},
		{"choice", "en", "nordhus.example", `<a href="?currency=EUR">€</a> <a href="?currency=USD">$</a>`, "", "USD"},
		{"known of the shop", "en", "nordhus.example", "", "SGD", "SGD"},
	}
	for _, tt := range tests {
		body := fmt.Sprintf(page, tt.lang, tt.extra)
		res, err := Page(parseURL(t, "https://"+tt.host+"/lamp"), []byte(body), Hints{Currency: tt.shop})
		if err != nil || res.Product == nil {
			t.Fatalf("%s: %v, %q", tt.name, err, res.Reasons)
		}
		if got := res.Product.Price.Currency; got != tt.want {
			t.Errorf("%s: currency %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestShownPriceCorrectsStructuredData(t *testing.T) {
	page := `<title>Lamp</title><script type="application/ld+json">{"@type":"Product","name":"Lamp","offers":{"price":"%s","priceCurrency":"EUR"}}</script>
<body><h1>Lamp</h1>%s<form action="/cart/add"><button>Add to cart</button></form>`
	tests := []struct{ name, data, shown, want, source string }{
		{"agreement", "20.00", `<p class="price">20,00 €</p>`, "20.00", "json-ld"},
		{"list price in the data", "30.00", `<p class="price"><s>30,00 €</s> <b>20,00 €</b></p>`, "20.00", "page"},
		{"price without tax in the data", "16.81", `<p class="price">20,00 €</p><p>excl. VAT: 16,81 €</p>`, "20.00", "page"},
		{"zero in the data", "0", `<p class="price">20,00 €</p>`, "20.00", "page"},
		{"cents in the data", "2000", `<p class="price">20,00 €</p>`, "20.00", "page"},
		{"nothing shown", "20.00", ``, "20.00", "json-ld"},
		{"shown by percentage", "30.00", `<p>30,00 € -50%</p><p>15,00 €</p>`, "15.00", "page"},
	}
	for _, tt := range tests {
		res, err := Page(parseURL(t, "https://nordhus.example/lamp"), fmt.Appendf(nil, page, tt.data, tt.shown), Hints{})
		if err != nil || res.Product == nil {
			t.Fatalf("%s: %v, %q", tt.name, err, res.Reasons)
		}
		if p := res.Product; p.Price.Amount != tt.want || p.Sources["price"] != tt.source {
			t.Errorf("%s: price %s from %s, want %s from %s", tt.name, p.Price.Amount, p.Sources["price"], tt.want, tt.source)
		}
	}
}

func FuzzPage(f *testing.F) {
	for _, name := range []string{"colorme.html", "productgroup.html", "microdata-related.html", "listing.html", "graph.html", "oldtable.html"} {
		f.Add(string(fixture(f, name)))
	}
	f.Add(`<title>a</title><div itemscope itemtype="x/Product" itemref="a"><a id=a itemprop=name href=//x>`)
	h := hintsFrom(f, "colorme.yaml")
	u := parseURL(f, "https://shop.example/p/1?x=1")
	f.Fuzz(func(t *testing.T, body string) {
		res, err := Page(u, []byte(body), h)
		if err != nil && !errors.Is(err, ErrNesting) {
			t.Errorf("unexpected error: %v", err)
		}
		if res == nil {
			t.Fatal("no result")
		}
		for _, l := range res.Links {
			if v, err := url.Parse(l.URL); err != nil || v.Host == "" || v.Fragment != "" {
				t.Errorf("link %q resolved to %q", l.Raw, l.URL)
			}
		}
		if p := res.Product; p != nil {
			if p.Name == "" || !utf8.ValidString(p.Name) || strings.ContainsFunc(p.Name, unicode.IsControl) {
				t.Errorf("name %q", p.Name)
			}
			if a := p.Price.Amount; a != "" && positive(a) == "" {
				t.Errorf("price %q", a)
			}
		}
	})
}

// page40K is a product page of about 40 KB, as long as an ordinary shop makes it.
func page40K(tb testing.TB) []byte {
	body := string(fixture(tb, "productgroup.html"))
	var more strings.Builder
	for i := 0; more.Len() < 40<<10-len(body); i++ {
		fmt.Fprintf(&more, `<div class="card card--n%d"><a class="card__media" href="/products/item-%d"><img src="/cdn/item-%d.jpg?v=1" alt="Item %d" loading="lazy"></a><h3 class="card__heading"><a href="/products/item-%d">Item number %d</a></h3><span class="price">$%d.00</span></div>`+"\n", i, i, i, i, i, i, i+5)
	}
	return []byte(strings.Replace(body, `<div class="card">`, more.String()+`<div class="card">`, 1))
}

func BenchmarkPage(b *testing.B) {
	body := page40K(b)
	u := parseURL(b, "https://tidewater.example/products/harbour-rain-jacket")
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if res, err := Page(u, body, Hints{}); err != nil || res.Product == nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkScanLinks(b *testing.B) {
	body := page40K(b)
	u := parseURL(b, "https://tidewater.example/products/harbour-rain-jacket")
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		ScanLinks(u, body, Hints{})
	}
}

func BenchmarkPageQuick(b *testing.B) {
	body := pageQuick40K()
	u := parseURL(b, "https://utsuwa.example/item/1")
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if res, err := Page(u, body, Hints{}); err != nil || res.Product == nil {
			b.Fatal(err)
		}
	}
}

// pageQuick40K is a page of about 40 KB that is read without its tree.
func pageQuick40K() []byte {
	var cards, text strings.Builder
	for i := range 40 {
		fmt.Fprintf(&cards, `<div class="card"><a class="card__media" href="/item/%d"><img src="/img/%d.jpg" alt="Item %d" loading="lazy"></a><div class="card__body"><h3><a href="/item/%d">Item number %d</a></h3><span class="price">%d円(税込)</span></div></div>`+"\n", i, i, i, i, i, i*100+5)
	}
	for range 60 {
		text.WriteString(`<p class="text">A long text about how the thing is made, where it comes from and what people do with it. <b>Nothing</b> in it is a number.</p>` + "\n")
	}
	script := "<script>" + strings.Repeat("function f(a,b){if(a<b){return document.querySelector('.x');}}\n", 220) + "</script>"
	return []byte(strings.NewReplacer("PRICE", "", "AFTER", text.String(), "END", "<h2>You may also like</h2>"+cards.String()+script).Replace(quickPage))
}
