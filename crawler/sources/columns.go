package sources

import (
	"regexp"
	"strconv"
	"sync"
)

// field is what a column means, whatever the platform calls it.
type field string

const (
	fID          field = "id"
	fHandle      field = "handle"
	fName        field = "name"
	fDescription field = "description"
	fShort       field = "short description"
	fBrand       field = "brand"
	fType        field = "type"
	fCategory    field = "category"
	fSubcategory field = "subcategory"
	fTags        field = "tags"
	fPublished   field = "published"
	fStatus      field = "status"
	fSKU         field = "sku"
	fGTIN        field = "gtin"
	fISBN        field = "isbn"
	fMPN         field = "mpn"
	fPrice       field = "price"
	fListPrice   field = "list price"
	fTracker     field = "inventory tracker"
	fQuantity    field = "quantity"
	fOversell    field = "sells when out of stock"
	fInStock     field = "in stock"
	fImage       field = "image"
	fVarImage    field = "variant image"
	fParent      field = "parent"
	fURL         field = "url"
	fVisible     field = "visible"
)

// column is a field with the names it has in one kind of file.
type column struct {
	field    field
	names    []string // as the platform writes them; the first stands in messages
	required bool
}

// format is one kind of file.
type format struct {
	kind     Kind
	platform string
	title    string
	columns  []column
	// oneOf: beside the required columns at least one of these must be there, so that
	// a file of something else with two usual names is not taken for this kind.
	oneOf []field
	sink  func(*session) sink // reads the rows of this kind
	// numbered are names that carry a number: options, attributes, further images.
	numbered []numbered
}

// numbered is a family of columns, "Option1 name" to "Option3 name".
type numbered struct {
	field field
	re    *regexp.Regexp // on the normal form; the first group is the number
}

const (
	fOptionName  field = "option name"
	fOptionValue field = "option value"
	fMoreImage   field = "further image"
)

func re(s string) *regexp.Regexp { return regexp.MustCompile(`^` + s + `$`) }

// formats are the kinds of product files.
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
// makeshop: header constant of a client of 2021-06, its beginning confirmed by
// http://www.makeshop.jp/manual/brand_csv_new.html.
var formats = sync.OnceValue(func() []format {
	return []format{
		{
			kind: ShopifyTemplate, sink: shopifySink, platform: "shopify", title: "Shopify's product file (template since 2025)",
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
			kind: ShopifyClassic, sink: shopifySink, platform: "shopify", title: "Shopify's product file (classic export)",
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
			kind: WooCommerce, sink: wooSink, platform: "woocommerce", title: "WooCommerce's product file",
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
			kind: ColorMe, sink: colormeSink, platform: "colorme", title: "Color Me's product file",
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
			kind: Makeshop, sink: makeshopSink, platform: "makeshop", title: "makeshop's product file",
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
			kind: URLList, sink: listSink, platform: "generic", title: "a list of addresses",
			columns: []column{
				{fURL, []string{"URL", "old_url", "Address", "loc", "link", "product_url"}, true},
				{fName, []string{"Title", "name", "Title 1"}, false}, {fID, []string{"id"}, false}, {fSKU, []string{"SKU"}, false},
				{fGTIN, []string{"GTIN"}, false}, {fMPN, []string{"MPN"}, false}, {fBrand, []string{"brand"}, false},
				{fPrice, []string{"price"}, false}, {fDescription, []string{"description"}, false}, {fImage, []string{"image_link"}, false},
			},
		},
	}
})

func formatOf(k Kind) *format {
	for i, f := range formats() {
		if f.kind == k {
			return &formats()[i]
		}
	}
	return nil
}

// columns says where the fields of a format stand in one file.
type columns struct {
	format  *format
	header  []string
	at      map[field]int
	more    map[field]map[int]int // numbered fields: number → position
	taken   []bool
	repeats []string // names that stand twice; the first one counts
}

// match finds the columns of the format in a header line.
func (f *format) match(header []string) *columns {
	c := &columns{format: f, header: header, at: make(map[field]int), more: make(map[field]map[int]int), taken: make([]bool, len(header))}
	byName := make(map[string]int, len(header))
	for i, h := range header {
		n := normal(h)
		if n == "" {
			continue
		}
		if _, twice := byName[n]; twice {
			c.repeats = append(c.repeats, h)
			continue
		}
		byName[n] = i
	}
	for _, col := range f.columns {
		for _, name := range col.names {
			if i, ok := byName[normal(name)]; ok && !c.taken[i] {
				c.at[col.field], c.taken[i] = i, true
				break
			}
		}
	}
	for _, fam := range f.numbered {
		for name, i := range byName {
			m := fam.re.FindStringSubmatch(name)
			if m == nil || c.taken[i] {
				continue
			}
			n, err := strconv.Atoi(m[1])
			if err != nil {
				continue
			}
			if c.more[fam.field] == nil {
				c.more[fam.field] = make(map[int]int)
			}
			c.more[fam.field][n], c.taken[i] = i, true
		}
	}
	return c
}

// missing names the columns without which the file is not of this kind.
func (c *columns) missing() []string {
	var out []string
	for _, col := range c.format.columns {
		if _, ok := c.at[col.field]; col.required && !ok {
			out = append(out, col.names[0])
		}
	}
	if len(out) > 0 || len(c.format.oneOf) == 0 {
		return out
	}
	for _, f := range c.format.oneOf {
		if _, ok := c.at[f]; ok {
			return nil
		}
	}
	for _, f := range c.format.oneOf {
		for _, col := range c.format.columns {
			if col.field == f {
				out = append(out, col.names[0])
			}
		}
	}
	return out[:1]
}

func (c *columns) used() []int {
	var out []int
	for i, t := range c.taken {
		if t {
			out = append(out, i)
		}
	}
	return out
}

func (c *columns) usedNames() []string {
	var out []string
	for _, i := range c.used() {
		out = append(out, c.header[i])
	}
	return out
}

func (c *columns) ignoredNames() []string {
	var out []string
	for i, t := range c.taken {
		if !t && c.header[i] != "" {
			out = append(out, c.header[i])
		}
	}
	return out
}
