package extract

import (
	"testing"

	"replatform/crawler/catalog"
)

// TestPagesInTheMannerOf reads invented pages that declare their product as the
// platforms are known to: by what, see the notes of each platform's file.
func TestPagesInTheMannerOf(t *testing.T) {
	type want struct{ name, price, list, currency, sku, stock, image string }
	for _, tt := range []struct {
		manner, address, page string
		want                  want
	}{
		{
			manner: "EC-CUBE 4.1 and later: JSON-LD, og:type og:product, price in meta elements", address: "https://kama.example/products/detail/31",
			page: `<!doctype html><html lang="ja"><head><meta property="og:type" content="og:product"><meta property="og:title" content="粉引の小鉢"><meta property="og:image" content="https://kama.example/html/upload/save_image/kobachi.jpg"><meta property="product:price:amount" content="2200"><meta property="product:price:currency" content="JPY"><title>窯元むらさき / 粉引の小鉢</title><link rel="canonical" href="https://kama.example/products/detail/31">
<script type="application/ld+json">{"@context":"https://schema.org/","@type":"Product","name":"粉引の小鉢","image":["https://kama.example/html/upload/save_image/kobachi.jpg"],"description":"","sku":"KB-31","offers":{"@type":"Offer","url":"https://kama.example/products/detail/31","priceCurrency":"JPY","price":2200,"availability":"InStock"}}</script></head>
<body id="page_product_detail" class="product_page"><div class="ec-productRole"><h2 class="ec-headingTitle">粉引の小鉢</h2><div class="ec-price"><span class="ec-price__price">￥2,200</span><span class="ec-price__tax">税込</span></div><div>商品コード： <span>KB-31</span></div><button type="submit">カートに入れる</button></div></body></html>`,
			want: want{name: "粉引の小鉢", price: "2200", currency: "JPY", sku: "KB-31", stock: "in_stock", image: "https://kama.example/html/upload/save_image/kobachi.jpg"},
		},
		{
			manner: "EC-CUBE 3: no structured data", address: "https://kama.example/products/detail/32",
			page: `<!doctype html><html lang="ja"><head><title>窯元むらさき / 飴釉の徳利</title></head><body id="page_product_detail"><header><a href="/">窯元むらさき</a></header><div><img src="/upload/save_image/tokkuri.jpg" alt="飴釉の徳利"><h3>飴釉の徳利</h3><p>通常価格：<s>¥ 3,300 税込</s></p><p>販売価格：¥ 2,970 税込</p><p>商品コード： <span>TK-32</span></p><button>カートに入れる</button></div></body></html>`,
			want: want{name: "飴釉の徳利", price: "2970", list: "3300", currency: "JPY", sku: "TK-32", image: "https://kama.example/upload/save_image/tokkuri.jpg"},
		},
		{
			manner: "BASE, a theme without JSON-LD: Open Graph and product: elements", address: "https://nuno.example/items/9182736",
			page: `<!doctype html><html lang="ja"><head><title>麻のふきん | 布の店</title><meta property="og:type" content="product"><meta property="og:site_name" content="布の店"><meta property="og:title" content="麻のふきん | 布の店"><meta property="og:image" content="https://img.example/fukin.jpg"><meta property="product:price:amount" content="880"><meta property="product:price:currency" content="JPY"></head><body><h1>麻のふきん</h1><p>¥880</p><form action="/cart"><button>カートに入れる</button></form></body></html>`,
			want: want{name: "麻のふきん", price: "880", currency: "JPY", image: "https://img.example/fukin.jpg"},
		},
		{
			manner: "ocnk: Open Graph, price in a meta element, canonical", address: "https://tsuri.example/product/77",
			page: `<!doctype html><html lang="ja"><head><title>竹の竿 - 釣りの店</title><meta property="og:title" content="竹の竿"><meta property="og:site_name" content="釣りの店"><meta property="product:price:amount" content="12000"><link rel="canonical" href="https://tsuri.example/product/77"></head><body><div class="item_data"><h2>竹の竿 <span>[TZ-77]</span></h2><p>販売価格: 12,000円(税込)</p><p>型番 : TZ-77</p><input type="submit" value="カートに入れる"></div><div class="item_desc_text">軽い竿です。</div></body></html>`,
			want: want{name: "竹の竿", price: "12000", currency: "JPY", sku: "TZ-77"},
		},
		{
			manner: "ShopServe: JSON-LD ProductGroup with hasVariant", address: "https://kutsu.example/SHOP/run-5.html",
			page: `<!doctype html><html lang="ja"><head><title>軽い靴 | 靴の店</title><script type="application/ld+json">{"@type":"ProductGroup","name":"軽い靴","productGroupID":"run-5","image":"https://kutsu.example/p/run-5.jpg","hasVariant":[{"@type":"Product","name":"軽い靴 24cm","sku":"run-5-24","offers":{"@type":"Offer","price":"5400","priceCurrency":"JPY","availability":"https://schema.org/OutOfStock"}},{"@type":"Product","name":"軽い靴 25cm","sku":"run-5-25","offers":{"@type":"Offer","price":"5400","priceCurrency":"JPY","availability":"https://schema.org/InStock"}}]}</script></head><body><h1>軽い靴</h1><p>品番：run-5</p><p>5,400円(税込)</p><button>カートに入れる</button></body></html>`,
			want: want{name: "軽い靴", price: "5400", currency: "JPY", sku: "run-5", stock: "in_stock", image: "https://kutsu.example/p/run-5.jpg"},
		},
		{
			manner: "Shopware, an older template: microdata with AggregateOffer", address: "https://regen.example/Regenjacke/SW-10",
			page: `<!doctype html><html lang="de"><head><title>Regenjacke | SW-10 | Wetterladen</title></head><body><div itemscope itemtype="https://schema.org/Product"><h1 itemprop="name">Regenjacke</h1><meta itemprop="gtin13" content="4901234567894"><img itemprop="image" src="/media/jacke.jpg"><div itemprop="offers" itemscope itemtype="https://schema.org/AggregateOffer"><meta itemprop="lowPrice" content="89.90"><meta itemprop="highPrice" content="99.90"><meta itemprop="priceCurrency" content="EUR"><link itemprop="availability" href="https://schema.org/InStock"></div><p>ab 89,90 €*</p><p>Produktnummer: <span itemprop="sku">SW-10</span></p><button>In den Warenkorb</button></div></body></html>`,
			want: want{name: "Regenjacke", price: "89.90", currency: "EUR", sku: "SW-10", stock: "in_stock", image: "https://regen.example/media/jacke.jpg"},
		},
		{
			manner: "Zen Cart and osCommerce: tables and a model number", address: "https://lamp.example/index.php?main_page=product_info&products_id=8",
			page: `<!doctype html><html lang="en"><head><title>Brass Lamp, Lamp House</title></head><body><table><tr><td><h1 id="productName">Brass Lamp</h1></td></tr><tr><td><img src="images/brass.jpg" alt="Brass Lamp"></td><td><h2 id="productPrices"><s>$60.00</s>&nbsp;<span class="productSpecialPrice">$45.00</span></h2><ul id="productDetailsList"><li>Model: LB-8</li><li>12 Units in Stock</li></ul><form method="post"><input type="hidden" name="products_id" value="8"><input type="submit" value="Add to Cart"></form></td></tr></table></body></html>`,
			want: want{name: "Brass Lamp", price: "45.00", list: "60.00", sku: "LB-8", image: "https://lamp.example/images/brass.jpg"},
		},
	} {
		res, err := Page(parseURL(t, tt.address), []byte(tt.page), Hints{})
		if err != nil || res.Product == nil {
			t.Errorf("%s: no product, %v", tt.manner, err)
			continue
		}
		p := res.Product
		got := want{name: p.Name, price: p.Price.Amount, currency: p.Price.Currency, sku: p.SKU, list: p.ListPrice.Amount}
		if tt.want.stock != "" {
			got.stock = string(p.Availability)
		}
		if len(p.Images) > 0 {
			got.image = p.Images[0]
		}
		if got != tt.want || res.Type != catalog.ProductP {
			t.Errorf("%s: %+v, want %+v", tt.manner, got, tt.want)
		}
	}
}
