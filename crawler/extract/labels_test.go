package extract

import (
	"strings"
	"testing"
)

// TestNumbersNearTheirLabels reads the number of an article in the ways in which
// shops write one, before the price and behind the button.
func TestNumbersNearTheirLabels(t *testing.T) {
	const page = `<!DOCTYPE html><html lang="ja"><head><title>青い湯のみ | うつわ店</title></head><body><header><a href="/">うつわ店</a></header><main><h1>青い湯のみ</h1>BEFORE<p class="price">1,980円(税込)</p><form action="/cart" method="post"><input type="hidden" name="product_id" value="271828"><input type="number" name="q" value="1"><button>カートに入れる</button></form>BEHIND</main></body></html>`
	u := parseURL(t, "https://utsuwa.example/item/1")
	for _, tt := range []struct{ markup, sku, mpn, gtin string }{
		{markup: `<table><tr><th>商品コード</th><td>ab-123</td></tr></table>`, sku: "ab-123"},
		{markup: `<dl><dt>型番</dt><dd>TB-99</dd></dl>`, sku: "TB-99"},
		{markup: `<dl><dt>商品コード（品番）</dt><dd>A-100</dd></dl>`, sku: "A-100"},
		{markup: `<p>商品番号：ab-0001</p>`, sku: "ab-0001"},
		{markup: `<p>【品番】A-1</p>`, sku: "A-1"},
		{markup: `<p>品　番：A-9</p>`, sku: "A-9"},
		{markup: `<p>品番 [1234]</p>`, sku: "1234"},
		{markup: `<p>型番　ＡＢＣ－１</p>`, sku: "ABC-1"},
		{markup: `<p>型番/GX-200</p>`, sku: "GX-200"},
		{markup: `<p>（品番：A-100）</p>`, sku: "A-100"},
		{markup: `<p>商品コード: <span>ab_1</span> / カテゴリ: 湯のみ</p>`, sku: "ab_1"},
		{markup: `<div><span>商品コード</span><span>b7</span></div>`, sku: "b7"},
		{markup: `<div><span class="l">SKU</span><span class="v">X1-2</span></div>`, sku: "X1-2"},
		{markup: `<div><div>SKU</div><div>X1-2</div></div>`, sku: "X1-2"},
		{markup: `<div>Item # 84682</div>`, sku: "84682"},
		{markup: `<ul><li><strong>Model:</strong> Product 20</li></ul>`, sku: "Product 20"},
		{markup: `<p>Product code<br>AB-12</p>`, sku: "AB-12"},
		{markup: `<p>Ref: 00123/A</p>`, sku: "00123/A"},
		{markup: `<p>メーカー型番：GX-200</p>`, mpn: "GX-200"},
		{markup: `<p>SKU: 77 | MPN: GX-200 | JANコード 4901234567894</p>`, sku: "77", mpn: "GX-200", gtin: "4901234567894"},
		{markup: `<p><b>JAN</b><i>4901234567894</i></p>`, gtin: "4901234567894"},
		{markup: `<span itemprop="sku">AB-12</span><meta itemprop="mpn" content="GX-200"><meta itemprop="gtin13" content="4901234567894">`, sku: "AB-12", mpn: "GX-200", gtin: "4901234567894"},
		{markup: `<span itemprop="productID">AB-12</span>`, sku: "AB-12"},
		{markup: `<span class="sku">AB-12</span>`, sku: "AB-12"},
		{markup: `<div class="product-sku">No. <b>AB-12</b></div>`},
		{markup: `<div class="itemCode">商品コード：AB-12</div>`, sku: "AB-12"},
		{markup: `<span id="product_code">77712</span>`, sku: "77712"},
		{markup: `<div data-sku="AB-12">x</div>`, sku: "AB-12"},
		{markup: `<div data-sku="AB-12">x</div><div data-sku="AB-13">y</div>`}, // those of a list, or of variants
		{markup: `<span class="sku">Choose a size</span>`},
		{markup: `<p>SKU/UPC</p>`},
		{markup: `<p>Janken, modellen, eanor: 12345</p>`},
	} {
		for _, p := range []string{
			strings.NewReplacer("BEFORE", tt.markup, "BEHIND", "").Replace(page),
			strings.NewReplacer("BEFORE", "", "BEHIND", tt.markup).Replace(page),
		} {
			res, err := Page(u, []byte(p), Hints{})
			if err != nil || res.Product == nil {
				t.Errorf("%s: no product, %v", tt.markup, err)
				continue
			}
			if got := res.Product; got.SKU != tt.sku || got.MPN != tt.mpn || got.GTIN != tt.gtin {
				t.Errorf("%s: sku %q, mpn %q, gtin %q, want %q, %q, %q", tt.markup, got.SKU, got.MPN, got.GTIN, tt.sku, tt.mpn, tt.gtin)
			}
		}
	}
	// The number by which the shop itself knows the product, where the address says
	// the same.
	for address, want := range map[string]string{
		"https://utsuwa.example/item.cgi?no=271828": "271828",
		"https://utsuwa.example/yunomi_p_271828":    "271828",
		"https://utsuwa.example/item.cgi?no=314159": "",
		"https://utsuwa.example/item/1":             "",
	} {
		p := strings.NewReplacer("BEFORE", "", "BEHIND", "").Replace(page)
		if res, err := Page(parseURL(t, address), []byte(p), Hints{}); err != nil || res.Product == nil || res.Product.SKU != want {
			t.Errorf("%s: %+v, %v; want the number %q", address, res.Product, err, want)
		}
	}
}
