package extract

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler/catalog"
	"replatform/crawler/platform"
)

// bothWays reads a page with and without its tree and reports where the products
// differ. It returns whether the tree was done without.
func bothWays(t *testing.T, name string, u *url.URL, body []byte, h Hints) bool {
	t.Helper()
	full, err := NewReader().read(u, body, h, false)
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	rd := NewReader()
	quick, err := rd.read(u, body, h, true)
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	if again, _ := rd.read(u, body, h, true); !cmp.Equal(quick, again) {
		t.Errorf("%s: read again by one reader (-first +again):\n%s", name, cmp.Diff(quick, again))
	}
	if diff := cmp.Diff(full.Product, quick.Product); diff != "" {
		t.Errorf("%s: the product (-from the tree +without it):\n%s", name, diff)
	}
	if full.Type != quick.Type {
		t.Errorf("%s: a %q by its tree, a %q without it", name, full.Type, quick.Type)
	}
	if diff := cmp.Diff(full.Breadcrumb, quick.Breadcrumb); diff != "" {
		t.Errorf("%s: the trail (-from the tree +without it):\n%s", name, diff)
	}
	return len(quick.Reasons) > 0 && strings.HasSuffix(quick.Reasons[0], "a product with an offer in json-ld") && !cmp.Equal(full.Reasons, quick.Reasons)
}

// TestQuickEqualsTree holds the two ways of reading a product against each other on
// every page there is.
func TestQuickEqualsTree(t *testing.T) {
	pages, quick := 0, 0
	count := func(name string, u *url.URL, body []byte, h Hints) {
		pages++
		if bothWays(t, name, u, body, h) {
			quick++
		}
	}
	t.Run("fixtures", func(t *testing.T) {
		files, err := filepath.Glob("testdata/*.html")
		if err != nil || len(files) == 0 {
			t.Fatal("no fixtures", err)
		}
		for _, f := range files {
			body, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range []Hints{{}, {Type: catalog.ProductP}} {
				count(f, parseURL(t, "https://shop.example/goods/"+filepath.Base(f)), body, h)
			}
		}
	})
	t.Run("pages", func(t *testing.T) {
		dir := filepath.Join(sharedDir(t), "pages")
		for _, row := range readTable(t, filepath.Join(dir, "truth.csv")) {
			body, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(row["file"])))
			if err != nil {
				t.Fatal(err)
			}
			u, err := url.Parse(strings.ReplaceAll(row["url"], " ", "%20"))
			if err != nil || row["url"] == "" {
				u = parseURL(t, "https://shop.example/page")
			}
			for _, h := range []Hints{{}, {Type: catalog.ProductP}} {
				count(row["file"], u, body, h)
			}
		}
	})
	t.Run("shops", func(t *testing.T) {
		dir := filepath.Join(sharedDir(t), "shops")
		for shop, id := range map[string]string{"opencart3": "opencart", "woo": "woocommerce", "phoenix": "oscommerce", "eccube2": "eccube2", "prestashop": "prestashop"} {
			before := quick
			total := 0
			selectors := selectorsOf(t, id)
			recorded(t, filepath.Join(dir, shop+".jsonl.zst"), func(u *url.URL, a answer) {
				for _, h := range []Hints{{}, selectors} {
					if a.Class == "product" {
						h.Type = catalog.ProductP
					}
					total++
					count(u.String(), u, []byte(a.Body), h)
				}
			})
			t.Logf("%s: %d of %d pages without their layout", shop, quick-before, total)
		}
	})
	t.Logf("%d of %d pages read without their layout", quick, pages)
}

// selectorsOf is what the file of a platform says of its pages.
func selectorsOf(t *testing.T, id string) Hints {
	t.Helper()
	r, err := platform.Load()
	if err != nil {
		t.Fatal(err)
	}
	p, ok := r.Get(id)
	if !ok {
		t.Fatalf("no platform %s", id)
	}
	return Hints{
		Name: p.Selectors(platform.FieldName), SKU: p.Selectors(platform.FieldSKU), Price: p.Selectors(platform.FieldPrice),
		ListPrice: p.Selectors(platform.FieldListPrice), Image: p.Selectors(platform.FieldImages),
		Description: p.Selectors(platform.FieldDescription), Breadcrumb: p.Selectors(platform.FieldBreadcrumb),
		Options: p.Selectors(platform.FieldVariants), InStock: p.Selectors(platform.FieldInStock),
	}
}

// quickPage is a page that can be read without its tree. PRICE stands before its
// price, AFTER behind it, END at its end.
const quickPage = `<!doctype html><html lang="ja"><head><title>藍の茶碗 | うつわ堂</title>
<script type="application/ld+json">[{"@type":"BreadcrumbList","itemListElement":[{"@type":"ListItem","position":1,"name":"ホーム","item":"https://utsuwa.example/"}]},
{"@type":"Product","name":"藍の茶碗","sku":"AI-1","description":"土と藍。","image":"/a.jpg","offers":{"@type":"Offer","price":1980,"priceCurrency":"JPY","availability":"InStock"}}]</script>
</head><body><h1>藍の茶碗</h1>PRICE<p class="price">1,980円(税込)</p>AFTER<button>カートに入れる</button>END</body></html>`

func TestQuickLooksForContradictions(t *testing.T) {
	u := parseURL(t, "https://utsuwa.example/item/1")
	card := `<li class="card"><a href="/item/2"><img src="2.jpg"></a><a href="/item/2">赤の皿</a><span class="price">2,750円(税込)</span></li>`
	tests := []struct {
		name, price, after, end string
		quick                   bool
	}{
		{name: "as it is", quick: true},
		{name: "text", end: "<p>使いやすい茶碗です。送料 660円</p>", quick: true},
		{name: "other products", end: "<ul>" + card + card + card + "</ul>", quick: true},
		{name: "crossed out", price: "<del>2,480円</del>"},
		{name: "crossed out by style", price: `<span style="text-decoration: line-through">2,480円(税込)</span>`},
		{name: "crossed out without sign", price: `<span class="price"><s>2,480</s></span>`},
		{name: "old by its class", after: `<p class="old-price">2,480円</p>`},
		{name: "old by its label", after: `<p>定価 2,480円</p>`},
		{name: "old by a label before", after: `<dl><dt>定価</dt><dd>2,480円</dd></dl>`},
		{name: "percentage", after: `<p class="price">2,640円</p><p>25%OFF</p>`},
		{name: "another price first", price: `<p class="price">1,780円(税込)</p>`},
		{name: "a range", price: `<p class="price">1,980円～2,980円</p>`},
		{name: "without tax", price: `<p class="price">1,980円(税抜)</p>`},
		{name: "GTIN in the text", after: `<p>JANコード：4901234567894</p>`},
		{name: "GTIN in a table", end: `<table><tr><th>JAN</th><td>4901234567894</td></tr></table>`},
		{name: "brand in a table", after: `<table><tr><th>ブランド</th><td>山辺</td></tr></table>`},
		{name: "model number", after: `<p>型番：TB-99</p>`},
		{name: "model number in parts", after: `<p><b>MPN</b><i>GX200</i></p>`},
		{name: "marked number", after: `<span itemprop="mpn">GX200</span>`},
		{name: "class of a number", after: `<span class="sku">GX200</span>`, quick: true},
		{name: "what selectors find", after: `<div class="gallery"><img src="/img/2.jpg"></div><ul class="sizes"><li class="size">大</li><li class="size">小</li></ul><i class="maker">GX200</i>`, quick: true},
		{name: "a word like a label", end: `<p>Brandneu. Janken. Eanor.</p>`, quick: true},
		{name: "microdata", end: `<div itemscope itemtype="https://schema.org/Product"><b itemprop="gtin13">4901234567894</b></div>`},
		{name: "microdata of a trail", end: `<div itemscope itemtype="https://schema.org/BreadcrumbList"></div>`, quick: true},
		{name: "in a template", end: `<template><del>2,480円</del></template>`, quick: true},
		{name: "in a script", end: `<script>var p = "定価 2,480円";</script>`, quick: true},
	}
	for _, tt := range tests {
		page := strings.NewReplacer("PRICE", tt.price, "AFTER", tt.after, "END", tt.end).Replace(quickPage)
		selectors := Hints{Type: catalog.ProductP, Image: []string{".gallery img"}, ListPrice: []string{".regular"}, Options: []string{".size"}, MPN: []string{".maker"}}
		for _, h := range []Hints{{Type: catalog.ProductP}, {}, selectors} {
			if got := bothWays(t, tt.name, u, []byte(page), h); got != tt.quick {
				t.Errorf("%s (known to be a %q): without the tree is %v, want %v", tt.name, h.Type, got, tt.quick)
			}
		}
	}
}

// quickParts are what FuzzQuick puts pages together from: what shops show around a
// product.
var quickParts = [...]string{
	"<p>使いやすい茶碗です。</p>", "<p>送料 660円</p>", "<del>2,480円</del>", "<s>2,480</s>", `<p class="old-price">2,480円</p>`, "<p>定価 2,480円</p>",
	"<p>25%OFF</p>", "<p>20% off today</p>", `<p class="price">1,780円(税込)</p>`, `<p class="price">1,980円(税抜)</p>`, "<p>1,980円～2,980円</p>", "<p>1,980円</p>", "<b>1,800円</b>(税抜)",
	"<p>JANコード：4901234567894</p>", "<tr><th>JAN</th><td>4901234567894</td></tr>", "<p>型番：TB-99</p>", "<p>MPN: GX-200</p>", "<b>MPN</b><i>GX200</i>", "<p>ブランド：うつわ堂</p>", "<p>Brand: Northlight</p>",
	"<h1>うつわ堂</h1>", "<h2>関連商品</h2>", "<h2>藍の茶碗</h2>", "<div>", "</div>", `<div class="related"><p>2,750円</p></div>`, `<div class="review">3,000円でも買います。</div>`, `<nav><a href="/">ホーム</a></nav>`, "<ul>", "</ul>", "<table>", "</table>",
	`<li class="card"><a href="/item/2"><img src="2.jpg"></a><a href="/item/2">赤の皿</a><span class="price">2,750円(税込)</span></li>`,
	`<a href="/list?sort=price">安い順</a>`, "<p>並び替え</p>", "<select><option>1,000円</option></select>", `<a href="?page=2">2</a>`, "<p>該当する商品がありません</p>",
	`<span itemprop="mpn">GX200</span>`, `<span class="sku">GX200</span>`, `<div itemscope itemtype="https://schema.org/BreadcrumbList"></div>`, "<template><del>2,480円</del></template>", "<noscript><p>3,000円</p></noscript>",
	`<span style="text-decoration: line-through">2,480円(税込)</span>`, "<script>var p = '定価 2,480円';</script>", "<!-- 定価 2,480円 -->", "SKU", ": ", "77", " ", "円", "<br>", "<span>", "</span>",
	`<div class="gallery"><img src="/img/2.jpg"></div>`, `<span class="regular">3,000円</span>`, `<i class="size">大</i>`, `<i class="maker">GX200</i>`, "<title>赤の皿</title>", "<svg><title>x</title></svg>", `<button>カートに入れる</button>`,
}

// FuzzQuick holds the two ways of reading a product against each other on pages of
// such parts in any order.
func FuzzQuick(f *testing.F) {
	u, err := url.Parse("https://utsuwa.example/item/1")
	if err != nil {
		f.Fatal(err)
	}
	for i := range quickParts {
		f.Add([]byte{}, []byte{byte(i)}, []byte{0})
		f.Add([]byte{byte(i)}, []byte{}, []byte{})
		f.Add([]byte{}, []byte{1}, []byte{byte(i), 24, 36, 36})
	}
	f.Fuzz(func(t *testing.T, price, after, end []byte) {
		join := func(picks []byte) string {
			var b strings.Builder
			for _, p := range picks[:min(len(picks), 40)] {
				b.WriteString(quickParts[int(p)%len(quickParts)])
			}
			return b.String()
		}
		page := strings.NewReplacer("PRICE", join(price), "AFTER", join(after), "END", join(end)).Replace(quickPage)
		for _, h := range []Hints{{}, {Type: catalog.ProductP}, {Image: []string{".gallery img"}, ListPrice: []string{".regular"}, Options: []string{".size"}, MPN: []string{".maker"}}} {
			bothWays(t, page, u, []byte(page), h)
		}
	})
}

// TestQuickOnHostileMarkup makes sure that no tag is read again without bound.
func TestQuickOnHostileMarkup(t *testing.T) {
	u := parseURL(t, "https://utsuwa.example/item/1")
	amounts := strings.Repeat("9,999円</div>", 90000)
	for _, big := range []string{`<p title="` + strings.Repeat("x", 4<<20) + `">` + amounts, amounts} {
		page := strings.NewReplacer("PRICE", "", "AFTER", big, "END", "").Replace(quickPage)
		begin := time.Now()
		if _, err := Page(u, []byte(page), Hints{Type: catalog.ProductP}); err != nil {
			t.Error(err)
		}
		if d := time.Since(begin); d > 20*time.Second {
			t.Errorf("it took %v", d)
		}
	}
}
