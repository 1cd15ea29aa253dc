package sources

// goodsFormats are the kinds of product files and lists.
//
// Shopify: both generations as published
// (https://help.shopify.com/en/manual/products/import-export/using-csv and header
// lines in public exporters, 2023 to 2026).
//
// WooCommerce: https://github.com/woocommerce/woocommerce
// plugins/woocommerce/includes/export/class-wc-product-csv-exporter.php; headers are
// translated to the language of the admin. The Japanese names are those of the
// plugin's translation, revisions of 2019-08-13 and 2025-06-12
// (https://translate.wordpress.org/projects/wp-plugins/woocommerce/stable/ja/default/);
// exports in other languages are not recognised.
//
// Color Me: real file of 2026-06-21 (https://github.com/yasu0311/iorishobo).
//
// EC-CUBE: https://github.com/EC-CUBE, the export of each version. BASE, futureshop,
// PrestaShop, Magento: see the citation of each.
//
// makeshop: header constant of a client of 2021-06, its beginning confirmed by
// http://www.makeshop.jp/manual/brand_csv_new.html.
func goodsFormats() []format {
	return []format{
		{
			kind: ProductOptions, role: roleNothing, sink: nothingSink, platform: "generic",
			title: "forms of products, of Color Me, makeshop or futureshop", titleJA: "商品のオプション・バリエーションのCSV（カラーミーショップ・makeshop・futureshop）",
			cite: "a real file of 2026-06, https://github.com/yasu0311/iorishobo; a makeshop client of 2021-06; a public import screen for futureshop, 2025 to 2026",
			columns: []column{
				{fID, []string{"商品ID", "システム商品コード", "商品URLコード"}, true},
				{fType, []string{"登録種別", "オプション特定コード指定", "バリエーション別選択肢（横軸）"}, true},
			},
		},
		{
			kind: ShopifyTemplate, role: roleGoods, source: "csv", sink: shopifySink, platform: "shopify",
			title: "Shopify's product file (template since 2025)", titleJA: "Shopifyの商品CSV（2025年からの形式）",
			cite: "https://help.shopify.com/en/manual/products/import-export/using-csv and header lines in public exporters, 2023 to 2026",
			columns: []column{
				{fName, []string{"Title"}, true}, {fHandle, []string{"URL handle"}, true},
				{fDescription, []string{"Description"}, false}, {fBrand, []string{"Vendor"}, false}, {fType, []string{"Type"}, false},
				{fCategory, []string{"Product category"}, false}, {fTags, []string{"Tags"}, false},
				{fPublished, []string{"Published on online store"}, false}, {fStatus, []string{"Status"}, false},
				{fSKU, []string{"SKU"}, false}, {fGTIN, []string{"Barcode"}, false}, {fPrice, []string{"Price"}, false},
				{fListPrice, []string{"Compare-at price"}, false}, {fTracker, []string{"Inventory tracker"}, false},
				{fQuantity, []string{"Inventory quantity"}, false}, {fOversell, []string{"Continue selling when out of stock"}, false},
				{fImage, []string{"Product image URL"}, false}, {fVarImage, []string{"Variant image URL"}, false},
			},
			numbered: []numbered{{fOptionName, re(`option([123]) name`)}, {fOptionValue, re(`option([123]) value`)}},
		},
		{
			kind: ShopifyClassic, role: roleGoods, source: "csv", sink: shopifySink, platform: "shopify",
			title: "Shopify's product file (classic export)", titleJA: "Shopifyの商品CSV（従来の書き出し）",
			cite: "https://help.shopify.com/en/manual/products/import-export/using-csv and header lines in public exporters, 2023 to 2026",
			columns: []column{
				{fHandle, []string{"Handle"}, true}, {fName, []string{"Title"}, true},
				{fDescription, []string{"Body (HTML)"}, false}, {fBrand, []string{"Vendor"}, false}, {fType, []string{"Type"}, false},
				{fCategory, []string{"Product Category"}, false}, {fTags, []string{"Tags"}, false},
				{fPublished, []string{"Published"}, false}, {fStatus, []string{"Status"}, false},
				{fSKU, []string{"Variant SKU"}, false}, {fGTIN, []string{"Variant Barcode"}, false}, {fPrice, []string{"Variant Price"}, false},
				{fListPrice, []string{"Variant Compare At Price"}, false}, {fTracker, []string{"Variant Inventory Tracker"}, false},
				{fQuantity, []string{"Variant Inventory Qty"}, false}, {fOversell, []string{"Variant Inventory Policy"}, false},
				{fImage, []string{"Image Src"}, false}, {fVarImage, []string{"Variant Image"}, false},
			},
			oneOf:    []field{fDescription, fSKU, fPrice, fImage},
			numbered: []numbered{{fOptionName, re(`option([123]) name`)}, {fOptionValue, re(`option([123]) value`)}},
		},
		{
			kind: WooCommerce, role: roleGoods, source: "csv", sink: wooSink, platform: "woocommerce",
			title: "WooCommerce's product file", titleJA: "WooCommerceの商品CSV",
			cite: "https://github.com/woocommerce/woocommerce class-wc-product-csv-exporter.php; Japanese names from https://translate.wordpress.org/projects/wp-plugins/woocommerce/stable/ja/default/, 2025-06-12",
			columns: []column{
				{fID, []string{"ID"}, true}, {fType, []string{"Type", "タイプ"}, true}, {fName, []string{"Name", "名前"}, true},
				{fSKU, []string{"SKU"}, true}, {fGTIN, []string{"GTIN, UPC, EAN, or ISBN", "GTIN、UPC、EAN、ISBN"}, false},
				{fPublished, []string{"Published", "公開済み"}, false},
				{fVisible, []string{"Visibility in catalog", "カタログでの表示", "表示されるカテゴリー"}, false},
				{fShort, []string{"Short description", "簡単な説明"}, false}, {fDescription, []string{"Description", "説明"}, false},
				{fInStock, []string{"In stock?", "在庫の有無"}, false},
				{fPrice, []string{"Sale price", "セール価格"}, false}, {fListPrice, []string{"Regular price", "標準価格"}, false},
				{fCategory, []string{"Categories", "カテゴリー"}, false}, {fImage, []string{"Images", "画像"}, false},
				{fParent, []string{"Parent", "親"}, false}, {fBrand, []string{"Brands", "ブランド"}, false},
			},
			oneOf: []field{fPublished, fVisible, fParent},
			numbered: []numbered{
				{fOptionName, re(`attribute ([0-9]{1,2}) name`)}, {fOptionValue, re(`attribute ([0-9]{1,2}) value\(s\)`)},
				{fOptionName, re(`属性 ([0-9]{1,2}) の名前`)}, {fOptionValue, re(`属性 ([0-9]{1,2}) の値`)},
			},
		},
		{
			kind: BASE, role: roleGoods, source: "csv", sink: baseSink, platform: "base",
			title: "BASE's product file", titleJA: "BASEの商品CSV",
			cite: "columns in ten public tools, the newest using an export of 2026-07-24",
			columns: []column{
				{fID, []string{"商品ID"}, true}, {fName, []string{"商品名"}, true}, {fPublished, []string{"公開状態"}, true},
				{fType, []string{"種類名"}, true}, {fDescription, []string{"説明"}, false}, {fPrice, []string{"価格"}, false},
				{fQuantity, []string{"在庫数"}, false}, {fSKU, []string{"商品コード"}, false}, {fGTIN, []string{"JAN/GTIN"}, false},
				{fVarSKU, []string{"種類コード"}, false}, {fVarQuantity, []string{"種類在庫数"}, false},
			},
		},
		{
			kind: Futureshop, role: roleGoods, source: "csv", sink: futureshopSink, platform: "futureshop",
			title: "futureshop's product file", titleJA: "futureshopの商品データ（ccGoods.csv）",
			cite: "columns in a public import screen, 2025 to 2026",
			columns: []column{
				{fID, []string{"商品URLコード"}, true}, {fName, []string{"商品名"}, true}, {fURL, []string{"商品URL"}, true},
				{fSKU, []string{"商品番号"}, false}, {fPrice, []string{"本体価格"}, false}, {fListPrice, []string{"定価"}, false},
			},
		},
		{
			kind: ECCube4, role: roleGoods, source: "csv", sink: eccubeSink, platform: "eccube",
			title: "EC-CUBE 4's product file", titleJA: "EC-CUBE 4の商品CSV",
			cite: "https://github.com/EC-CUBE/ec-cube branches 4.0 to 4.3, 2024-03",
			columns: []column{
				{fID, []string{"商品ID"}, true}, {fName, []string{"商品名"}, true}, {fStatus, []string{"公開ステータス(ID)"}, true},
				{fParent, []string{"販売種別(ID)"}, true}, {fShort, []string{"商品説明(一覧)"}, false}, {fDescription, []string{"商品説明(詳細)"}, false},
				{fSKU, []string{"商品コード"}, false}, {fQuantity, []string{"在庫数"}, false}, {fListPrice, []string{"通常価格"}, false}, {fPrice, []string{"販売価格"}, false},
			},
		},
		{
			kind: ECCube3, role: roleGoods, source: "csv", sink: eccubeSink, platform: "eccube",
			title: "EC-CUBE 3's product file", titleJA: "EC-CUBE 3の商品CSV",
			cite: "https://github.com/EC-CUBE/ec-cube3, 2023-03",
			columns: []column{
				{fID, []string{"商品ID"}, true}, {fName, []string{"商品名"}, true}, {fStatus, []string{"公開ステータス(ID)"}, true},
				{fParent, []string{"商品種別(ID)"}, true}, {fShort, []string{"商品説明(一覧)"}, false}, {fDescription, []string{"商品説明(詳細)"}, false},
				{fSKU, []string{"商品コード"}, false}, {fQuantity, []string{"在庫数"}, false}, {fListPrice, []string{"通常価格"}, false}, {fPrice, []string{"販売価格"}, false},
			},
		},
		{
			kind: ECCube2, role: roleGoods, source: "csv", sink: eccube2Sink, platform: "eccube2",
			title: "EC-CUBE 2's product file", titleJA: "EC-CUBE 2の商品CSV",
			cite: "https://github.com/EC-CUBE/ec-cube2, 2026-08",
			columns: []column{
				{fID, []string{"商品ID"}, true}, {fName, []string{"商品名"}, true}, {fParent, []string{"商品規格ID"}, true},
				{fBrand, []string{"メーカー名"}, false}, {fSKU, []string{"商品コード"}, false}, {fQuantity, []string{"在庫数"}, false},
				{fListPrice, []string{"通常価格"}, false}, {fPrice, []string{"販売価格"}, false},
			},
		},
		{
			kind: PrestaShop, role: roleGoods, source: "csv", sink: prestashopSink, platform: "prestashop",
			title: "PrestaShop's product file", titleJA: "PrestaShopの商品CSV",
			cite: "https://github.com/PrestaShop/PrestaShop docs/csv_import/products_import.csv",
			columns: []column{
				{fID, []string{"Product ID"}, true}, {fName, []string{"Name *", "Name"}, true}, {fPublished, []string{"Active (0/1)"}, true},
				{fHandle, []string{"URL rewritten"}, false}, {fSKU, []string{"Reference #"}, false}, {fBrand, []string{"Manufacturer"}, false},
				{fGTIN, []string{"EAN13"}, false}, {fPrice, []string{"Price tax included"}, false}, {fQuantity, []string{"Quantity"}, false},
				{fShort, []string{"Short description"}, false}, {fDescription, []string{"Description"}, false}, {fImage, []string{"Image URLs (x,y,z...)"}, false},
			},
		},
		{
			kind: Magento, role: roleGoods, source: "csv", sink: magentoSink, platform: "magento2",
			title: "Magento's product file", titleJA: "Magento 2の商品CSV",
			cite: "header lines in six public exporters and importers",
			columns: []column{
				{fID, []string{"sku"}, true}, {fName, []string{"name"}, true}, {fHandle, []string{"url_key"}, true},
				{fParent, []string{"attribute_set_code"}, true}, {fLanguage, []string{"store_view_code"}, true},
				{fDescription, []string{"description"}, false}, {fShort, []string{"short_description"}, false}, {fPrice, []string{"price"}, false},
				{fQuantity, []string{"qty"}, false},
			},
		},
		{
			kind: ColorMe, role: roleGoods, source: "csv", sink: colormeSink, platform: "colorme",
			title: "Color Me's product file", titleJA: "カラーミーショップの商品CSV",
			cite: "a real file of 2026-06-21, https://github.com/yasu0311/iorishobo",
			columns: []column{
				{fID, []string{"商品ID"}, true}, {fName, []string{"商品名"}, true}, {fCategory, []string{"大カテゴリー"}, false},
				{fSubcategory, []string{"小カテゴリー"}, false}, {fSKU, []string{"型番"}, false}, {fImage, []string{"商品画像URL"}, false},
				{fPrice, []string{"販売価格"}, false}, {fListPrice, []string{"定価"}, false}, {fQuantity, []string{"在庫数"}, false},
				{fTracker, []string{"在庫管理"}, false}, {fShort, []string{"簡易説明"}, false}, {fDescription, []string{"商品説明"}, false},
				{fBrand, []string{"ブランド"}, false}, {fGTIN, []string{"JAN/ISBN(GTIN)"}, false}, {fMPN, []string{"製品番号(MPN)"}, false},
				{fPublished, []string{"掲載設定"}, false},
			},
			oneOf:    []field{fCategory, fPublished, fSKU},
			numbered: []numbered{{fMoreImage, re(`その他画像([1-9])url`)}},
		},
		{
			kind: Makeshop, role: roleGoods, source: "csv", sink: makeshopSink, platform: "makeshop",
			title: "makeshop's product file", titleJA: "makeshopの商品CSV",
			cite: "header of a client of 2021-06; its beginning also at http://www.makeshop.jp/manual/brand_csv_new.html",
			columns: []column{
				{fID, []string{"システム商品コード"}, true}, {fName, []string{"商品名"}, true}, {fSKU, []string{"独自商品コード"}, false},
				{fCategory, []string{"カテゴリーパス"}, false}, {fPrice, []string{"販売価格"}, false}, {fListPrice, []string{"定価"}, false},
				{fQuantity, []string{"数量"}, false}, {fDescription, []string{"PC用メイン商品説明文"}, false}, {fGTIN, []string{"JANコード"}, false},
				{fISBN, []string{"ISBNコード"}, false}, {fBrand, []string{"ブランド名"}, false}, {fMPN, []string{"MPN(メーカー型番)"}, false},
				{fURL, []string{"商品ページURL"}, false},
			},
			oneOf: []field{fSKU, fCategory},
		},
		{
			kind: URLList, role: roleList, source: "list", sink: listSink, platform: "generic",
			title: "a list of addresses", titleJA: "URLの一覧",
			cite: "names of address columns of common tools",
			columns: []column{
				{fURL, []string{"URL", "old_url", "Address", "loc", "link", "product_url"}, true},
				{fName, []string{"Title", "name", "Title 1"}, false}, {fID, []string{"id"}, false}, {fSKU, []string{"SKU"}, false},
				{fGTIN, []string{"GTIN"}, false}, {fMPN, []string{"MPN"}, false}, {fBrand, []string{"brand"}, false},
				{fPrice, []string{"price"}, false}, {fDescription, []string{"description"}, false}, {fImage, []string{"image_link"}, false},
			},
		},
	}
}
