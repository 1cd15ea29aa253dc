package sources

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"

	"replatform/crawler/catalog"
	"replatform/crawler/demoshop"
)

func mustURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// read reads a file from memory and gathers its records.
func read(t *testing.T, kind Kind, data string, o ReadOptions) ([]Record, Report, error) {
	t.Helper()
	var out []Record
	rep, err := ReadProducts(t.Context(), kind, strings.NewReader(data), o, func(r Record) error {
		out = append(out, r)
		return nil
	})
	return out, rep, err
}

var englishOnly = cmpopts.IgnoreFields(RowError{}, "ReasonJA")

var noSources = cmpopts.IgnoreFields(catalog.Product{}, "Sources")

const shopify2025 = "\uFEFFVendor,Title,URL handle,Description,Published on online store,Status,Option1 name,Option1 value,Option2 name,Option2 value,SKU,Barcode,Price,Compare-at price,Inventory tracker,Inventory quantity,Continue selling when out of stock,Product image URL,Variant image URL,Product category,Type,色 (product.metafields.custom.colour)\r\n" +
	"ヨルノハコ,よるの「コップ」,よるの-コップ,\"<p>一行目<br>二行目 &amp; 三</p>\r\n<ul><li>①素材</li></ul><script>x()</script>\",TRUE,Active,カラー,赤,サイズ,S,YH-1-R,4900000000016,1980,2400,shopify,3,DENY,https://img.example/1.jpg,https://img.example/1r.jpg,Home & Garden > Kitchen,カップ,\r\n" +
	",,よるの-コップ,,,,,青,,S,YH-1-B,490000000001X,\"1,980\",,shopify,0,DENY,,,,,\r\n" +
	",,よるの-コップ,,,,,,,,,,,,,,,https://img.example/2.jpg,,,,\r\n" +
	"ヨルノハコ,盆,bon,,true,draft,Title,Default Title,,,YH-2,,2500,,,,,,,,,\r\n" +
	"ヨルノハコ,箸,hashi,,FALSE,active,Title,Default Title,,,YH-3,,abc,,shopify,-2,deny,,,,,\r\n" +
	",,,,,,,,,,,,,,,,,,,,,\r\n" +
	",箱,,,,,Title,Default Title,,,YH-4,,100,,,,,,,,,\r\n"

func wantShopify(base string) []Record {
	p := func(handle string) string {
		if base == "" || handle == "" {
			return ""
		}
		return base + "/products/" + url.PathEscape(handle)
	}
	return []Record{
		{
			Line: 2, Handle: "よるの-コップ", URL: p("よるの-コップ"), Published: true, Categories: []string{"Home & Garden > Kitchen", "カップ"},
			Product: &catalog.Product{
				Name: "よるの「コップ」", Brand: "ヨルノハコ", Description: "一行目\n二行目 & 三\n①素材", Availability: catalog.InStock,
				Price: catalog.Price{Amount: "1980"}, ListPrice: catalog.Price{Amount: "2400"},
				Images:     []string{"https://img.example/1.jpg", "https://img.example/2.jpg"},
				Breadcrumb: []catalog.Crumb{{Name: "Home & Garden"}, {Name: "Kitchen"}},
				Variants: []catalog.Variant{
					{Title: "赤 / S", Options: []string{"赤", "S"}, SKU: "YH-1-R", GTIN: "4900000000016", Price: catalog.Price{Amount: "1980"}, Availability: catalog.InStock, Image: "https://img.example/1r.jpg"},
					{Title: "青 / S", Options: []string{"青", "S"}, SKU: "YH-1-B", Price: catalog.Price{Amount: "1980"}, Availability: catalog.OutOfStock},
				},
			},
		},
		{Line: 6, Handle: "bon", URL: p("bon"), Product: &catalog.Product{Name: "盆", Brand: "ヨルノハコ", SKU: "YH-2", Price: catalog.Price{Amount: "2500"}, Availability: catalog.InStock}},
		{Line: 7, Handle: "hashi", URL: p("hashi"), Product: &catalog.Product{Name: "箸", Brand: "ヨルノハコ", SKU: "YH-3", Availability: catalog.OutOfStock}},
		{Line: 9, Published: true, Product: &catalog.Product{Name: "箱", SKU: "YH-4", Price: catalog.Price{Amount: "100"}, Availability: catalog.InStock}},
	}
}

func TestShopify(t *testing.T) {
	got, rep, err := read(t, "", shopify2025, ReadOptions{BaseURL: mustURL(t, "https://new.example/")})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wantShopify("https://new.example"), got, noSources); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
	want := Report{
		Kind: ShopifyTemplate, Charset: "UTF-8", Rows: 6, Products: 4,
		Used: []string{
			"Vendor", "Title", "URL handle", "Description", "Published on online store", "Status", "Option1 name", "Option1 value", "Option2 name", "Option2 value",
			"SKU", "Barcode", "Price", "Compare-at price", "Inventory tracker", "Inventory quantity", "Continue selling when out of stock", "Product image URL",
			"Variant image URL", "Product category", "Type",
		},
		Ignored: []string{"色 (product.metafields.custom.colour)"},
		Doubts:  []RowError{{Line: 4, Reason: `"490000000001X" is not a barcode number`}, {Line: 7, Reason: `"abc" is not a price`}}, DoubtCount: 2,
	}
	if diff := cmp.Diff(want, rep, englishOnly); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	if got[0].Product.Sources["name"] != "csv" || got[0].Product.Sources["variants"] != "csv" || got[0].Product.Sources["mpn"] != "" {
		t.Errorf("sources %v", got[0].Product.Sources)
	}
}

// The classic generation, the same content in other column names and order, gives
// the same records.
func TestShopifyClassic(t *testing.T) {
	names := strings.NewReplacer("URL handle", "Handle", "Description,", "Body (HTML),", "Published on online store", "Published",
		"Option1 name", "Option1 Name", "Option1 value", "Option1 Value", "Option2 name", "Option2 Name", "Option2 value", "Option2 Value",
		",SKU", ",Variant SKU", "Barcode", "Variant Barcode", ",Price", ",Variant Price", "Compare-at price", "Variant Compare At Price",
		"Inventory tracker", "Variant Inventory Tracker", "Inventory quantity", "Variant Inventory Qty",
		"Continue selling when out of stock", "Variant Inventory Policy", "Product image URL", "Image Src", "Variant image URL", "Variant Image",
		"Product category", "Product Category")
	header, rest, _ := strings.Cut(shopify2025, "\r\n")
	classic := names.Replace(header) + "\r\n" + rest
	for name, data := range map[string]string{
		"comma": classic, "no mark": strings.TrimPrefix(classic, "\uFEFF"), "sep line": "sep=,\r\n" + strings.TrimPrefix(classic, "\uFEFF"), "blank line in front": "\n\n" + strings.TrimPrefix(classic, "\uFEFF"),
	} {
		t.Run(name, func(t *testing.T) {
			got, rep, err := read(t, ShopifyClassic, data, ReadOptions{})
			if err != nil {
				t.Fatal(err)
			}
			lines := cmpopts.IgnoreFields(Record{}, "Line")
			if diff := cmp.Diff(wantShopify(""), got, noSources, lines); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
			if rep.Kind != ShopifyClassic || rep.DoubtCount != 2 {
				t.Errorf("report %+v", rep)
			}
		})
	}
}

func TestShopifyRefusals(t *testing.T) {
	data := "Handle,Title,Variant SKU,Variant Price,Published\n" +
		"a,Tea,T-1,100,true\n" + // 2
		"b,,T-2,100,true\n" + // 3 no title
		"b,,T-3,100,\n" + // 4 belongs to 3
		"c,Cup,T-4,100,maybe\n" + // 5
		"a,Tea again,T-5,100,true\n" + // 6
		"d/e,Slash,T-6,100,true\n" + // 7
		"f,Field,T-7,100,true,more\n" + // 8
		"g,Short\n" + // 9 is fine
		"h,\"Quote\" inside,T-8,1,true\n" // 10 is fine unless strict
	got, rep, err := read(t, "", data, ReadOptions{BaseURL: mustURL(t, "https://new.example/ja/")})
	if err != nil {
		t.Fatal(err)
	}
	var urls []string
	for _, r := range got {
		urls = append(urls, r.URL+" "+r.Product.Name)
	}
	if diff := cmp.Diff([]string{
		"https://new.example/ja/products/a Tea", "https://new.example/ja/products/g Short", "https://new.example/ja/products/h \"Quote\" inside",
	}, urls); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]RowError{
		{Line: 3, Reason: `the first row of "b" has no title`}, {Line: 4, Reason: "belongs to the product of line 3, which was refused"},
		{Line: 5, Reason: `whether it is published is neither true nor false but "maybe"`}, {Line: 6, Reason: `the handle "a" stood already at line 2`},
		{Line: 7, Reason: `the handle "d/e" cannot stand in an address`}, {Line: 8, Reason: "6 fields, the first line names 5"},
	}, rep.Refused, englishOnly); diff != "" || rep.RefusedCount != 6 || rep.Rows != 9 {
		t.Errorf("refused %d of %d (-want +got):\n%s", rep.RefusedCount, rep.Rows, diff)
	}
	for name, bad := range map[string]string{
		"refused row": data,
		"quote":       "Handle,Title,Variant SKU\na,\"Quote\" inside,1\n",
		"short row":   "Handle,Title,Variant SKU\na,Short\n",
	} {
		if _, rep, err := read(t, "", bad, ReadOptions{Strict: true}); !errors.Is(err, ErrRow) || rep.RefusedCount != 1 {
			t.Errorf("%s, strict: error %v, %d refused", name, err, rep.RefusedCount)
		}
	}
}

const colormeHeader = "商品ID,大カテゴリー,小カテゴリー,型番,商品名,商品画像URL,その他画像１URL,販売価格,定価,在庫数,在庫管理,簡易説明,商品説明,ブランド,JAN/ISBN(GTIN),製品番号(MPN),掲載設定,個別送料\r\n"

func TestColorMe(t *testing.T) {
	data := colormeHeader +
		`"158000123","うつわ","湯呑み","YH-1","【送料無料】よるの湯呑み①～㈱","https://img.example/a.jpg?2026","//img.example/b.jpg","1800","2000","0","在庫管理する","短い","<b>説明</b><br>` + "\r\n" +
		`二行目 ""引用"" です","ヨルノハコ","4900000000016","M-9","掲載する",""` + "\r\n" +
		`"158000124","","","","盆","","","900","","","在庫管理しない","短い説明","","","","","掲載しない","0"` + "\r\n" +
		`"1.58E+08","","","","壊れた行","","","900","","","","","","","","","掲載する",""` + "\r\n" +
		`"158000124","","","","盆","","","900","","","","","","","","","掲載する",""` + "\r\n" +
		`"158000125","","","","","","","900","","","","","","","","","掲載する",""` + "\r\n" +
		`"158000126","","","","箸","","","900","","","","","","","","","する",""` + "\r\n"
	want := []Record{
		{
			Line: 2, ID: "158000123", URL: "https://old.example/?pid=158000123", Published: true, Categories: []string{"うつわ > 湯呑み"},
			Product: &catalog.Product{
				Name: "【送料無料】よるの湯呑み①～㈱", SKU: "YH-1", MPN: "M-9", GTIN: "4900000000016", Brand: "ヨルノハコ",
				Price: catalog.Price{Amount: "1800", Currency: "JPY"}, ListPrice: catalog.Price{Amount: "2000", Currency: "JPY"}, Availability: catalog.OutOfStock,
				Images: []string{"https://img.example/a.jpg?2026", "https://img.example/b.jpg"}, Description: "説明\n二行目 \"引用\" です",
				Breadcrumb: []catalog.Crumb{{Name: "うつわ"}, {Name: "湯呑み"}},
			},
		},
		{
			Line: 4, ID: "158000124", URL: "https://old.example/?pid=158000124",
			Product: &catalog.Product{Name: "盆", Price: catalog.Price{Amount: "900", Currency: "JPY"}, Availability: catalog.InStock, Description: "短い説明"},
		},
	}
	sjis, err := japanese.ShiftJIS.NewEncoder().String(data)
	if err != nil {
		t.Fatal(err)
	}
	euc, err := japanese.EUCJP.NewEncoder().String(data)
	if err != nil {
		t.Fatal(err)
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(data)
	if err != nil {
		t.Fatal(err)
	}
	bare, err := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().String(data)
	if err != nil {
		t.Fatal(err)
	}
	for charset, bytes := range map[string]string{"Shift_JIS": sjis, "EUC-JP": euc, "UTF-16LE": utf16, "UTF-16BE": bare, "UTF-8": "\uFEFF" + data} {
		t.Run(charset, func(t *testing.T) {
			got, rep, err := read(t, "", bytes, ReadOptions{BaseURL: mustURL(t, "https://old.example/")})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, noSources); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
			var lines []int
			for _, r := range rep.Refused {
				lines = append(lines, r.Line)
			}
			if diff := cmp.Diff([]int{5, 6, 7, 8}, lines); diff != "" || rep.Charset != charset || rep.Kind != ColorMe {
				t.Errorf("%s %s, refused lines (-want +got):\n%s", rep.Kind, rep.Charset, diff)
			}
			if diff := cmp.Diff([]string{"個別送料"}, rep.Ignored); diff != "" {
				t.Errorf("ignored (-want +got):\n%s", diff)
			}
		})
	}
}

// The demo's own files: every product of the site is in them, in order, with its
// address; hidden ones are told apart.
func TestDemoFiles(t *testing.T) {
	o := demoshop.Options{}
	status := func(s *demoshop.Shop) map[string]int {
		m := make(map[string]int)
		for _, l := range s.Pages() {
			if l.Type == catalog.ProductP {
				m[l.URL] = l.Status
			}
		}
		return m
	}
	for _, tt := range []struct {
		name string
		data []byte
		kind Kind
		shop *demoshop.Shop
	}{
		{"colorme", demoshop.OldCSV(o), ColorMe, demoshop.Old(o)},
		{"shopify 2025", demoshop.NewCSV(o, demoshop.Template2025), ShopifyTemplate, demoshop.New(o)},
		{"shopify classic", demoshop.NewCSV(o, demoshop.Classic), ShopifyClassic, demoshop.New(o)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			kind, err := Recognise(tt.name, bytes.NewReader(tt.data))
			if err != nil || kind != tt.kind {
				t.Fatalf("recognised as %q, %v", kind, err)
			}
			got, rep, err := read(t, kind, string(tt.data), ReadOptions{BaseURL: mustURL(t, tt.shop.StartURL()), Strict: true})
			if err != nil {
				t.Fatal(err)
			}
			want := status(tt.shop)
			for _, r := range got {
				s, ok := want[r.URL]
				if !ok || r.Published != (s == 200) {
					t.Errorf("%s (published %v): in the shop %v, status %d", r.URL, r.Published, ok, s)
				}
				delete(want, r.URL)
			}
			if len(want) > 0 || rep.DoubtCount > 0 {
				t.Errorf("%d products of the shop are missing in the file; %d doubts", len(want), rep.DoubtCount)
			}
		})
	}
}

func TestMakeshop(t *testing.T) {
	data := "商品特定コード指定,システム商品コード,独自商品コード,カテゴリーパス,商品名,販売価格,定価,数量,PC用メイン商品説明文,JANコード,商品表示可否,ISBNコード,ブランド名,MPN(メーカー型番),商品ページURL\r\n" +
		"0,000000000123,YH-1,うつわ\\湯呑み,よるの湯呑み,1980,0,0,<p>説明</p>,4900000000016,Y,,ヨルノハコ,M-9,\r\n" +
		"0,456,,,盆,900,1000,5,,,Y,978-4-00-000001-7,,,/item/bon\r\n" +
		"0,4.56E+11,,,壊れた,900,,,,,Y,,,,\r\n"
	sjis, err := japanese.ShiftJIS.NewEncoder().String(data)
	if err != nil {
		t.Fatal(err)
	}
	got, rep, err := read(t, "", sjis, ReadOptions{BaseURL: mustURL(t, "https://ms.example"), Path: "/view/item/{id}"})
	if err != nil {
		t.Fatal(err)
	}
	want := []Record{
		{
			Line: 2, ID: "000000000123", URL: "https://ms.example/view/item/000000000123", Published: true, Categories: []string{"うつわ > 湯呑み"},
			Product: &catalog.Product{
				Name: "よるの湯呑み", SKU: "YH-1", MPN: "M-9", GTIN: "4900000000016", Brand: "ヨルノハコ", Price: catalog.Price{Amount: "1980", Currency: "JPY"},
				Availability: catalog.OutOfStock, Description: "説明", Breadcrumb: []catalog.Crumb{{Name: "うつわ"}, {Name: "湯呑み"}},
			},
		},
		{
			Line: 3, ID: "000000000456", URL: "https://ms.example/item/bon", Published: true,
			Product: &catalog.Product{
				Name: "盆", GTIN: "9784000000017", Price: catalog.Price{Amount: "900", Currency: "JPY"}, ListPrice: catalog.Price{Amount: "1000", Currency: "JPY"},
			},
		},
	}
	if diff := cmp.Diff(want, got, noSources); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
	if rep.Kind != Makeshop || rep.RefusedCount != 1 || rep.Refused[0].Line != 4 || rep.DoubtCount != 1 || len(rep.Notes) != 1 {
		t.Errorf("report %+v", rep)
	}
	got, _, err = read(t, "", sjis, ReadOptions{BaseURL: mustURL(t, "https://ms.example")})
	if err != nil || got[0].URL != "" {
		t.Errorf("without a path the address is %q, %v", got[0].URL, err)
	}
}

func TestWooCommerce(t *testing.T) {
	rows := "12,variation,YH-1-S,4900000000016,コップ - S,1,,,1,500,900,,,YH-1,サイズ,S\n" + // before its parent
		"11,variable,YH-1,,コップ,1,\"説明\",,1,,,\"台所 > カップ, ギフト\",\"https://img.example/1.jpg, https://img.example/2.jpg\",,サイズ,\"S, L\"\n" +
		"13,variation,YH-1-L,,コップ - L,1,,,0,,1000,,,id:11,サイズ,L\n" +
		"14,\"simple, virtual\",YH-2,,券,-1,,短い,1,,300,,,,,\n" +
		"15,simple,,,盆,7,,,1,,300,,,,,\n" +
		"16,variation,,,迷子,1,,,1,,300,,,id:99,,\n" +
		"14,simple,YH-9,,二度目,1,,,1,,300,,,,,\n"
	for name, header := range map[string]string{
		"English":       `ID,Type,SKU,"GTIN, UPC, EAN, or ISBN",Name,Published,Description,Short description,In stock?,Sale price,Regular price,Categories,Images,Parent,Attribute 1 name,Attribute 1 value(s)`,
		"Japanese":      `ID,タイプ,SKU,GTIN、UPC、EAN、ISBN,名前,公開済み,説明,簡単な説明,在庫の有無,セール価格,標準価格,カテゴリー,画像,親,属性 1 の名前,属性 1 の値`,
		"half in width": `ID,ﾀｲﾌﾟ,SKU,"GTIN, UPC, EAN, or ISBN",名前,公開済み,説明,簡単な説明,在庫の有無,セール価格,標準価格,カテゴリー,画像,親,属性 1 の名前,属性 1 の値`,
	} {
		t.Run(name, func(t *testing.T) {
			got, rep, err := read(t, "", header+"\n"+rows, ReadOptions{BaseURL: mustURL(t, "https://woo.example")})
			if err != nil {
				t.Fatal(err)
			}
			want := []Record{
				{Line: 5, ID: "14", Product: &catalog.Product{Name: "券", SKU: "YH-2", Price: catalog.Price{Amount: "300"}, Availability: catalog.InStock, Description: "短い"}},
				{
					Line: 3, ID: "11", Published: true, Categories: []string{"台所 > カップ", "ギフト"},
					Product: &catalog.Product{
						Name: "コップ", SKU: "YH-1", Price: catalog.Price{Amount: "500"}, Availability: catalog.InStock, Description: "説明",
						Images: []string{"https://img.example/1.jpg", "https://img.example/2.jpg"}, Breadcrumb: []catalog.Crumb{{Name: "台所"}, {Name: "カップ"}},
						Variants: []catalog.Variant{
							{ID: "12", Title: "S", Options: []string{"S"}, SKU: "YH-1-S", GTIN: "4900000000016", Price: catalog.Price{Amount: "500"}, Availability: catalog.InStock},
							{ID: "13", Title: "L", Options: []string{"L"}, SKU: "YH-1-L", Price: catalog.Price{Amount: "1000"}, Availability: catalog.OutOfStock},
						},
					},
				},
			}
			if diff := cmp.Diff(want, got, noSources); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
			var lines []int
			for _, r := range rep.Refused {
				lines = append(lines, r.Line)
			}
			if diff := cmp.Diff([]int{6, 8, 7}, lines); diff != "" || rep.Kind != WooCommerce {
				t.Errorf("%s, refused lines (-want +got):\n%s", rep.Kind, diff)
			}
		})
	}
}

func TestURLList(t *testing.T) {
	base := ReadOptions{BaseURL: mustURL(t, "https://shop.example/")}
	for name, tt := range map[string]struct {
		data    string
		o       ReadOptions
		want    []string
		refused []int
	}{
		"lines":          {"# old pages\n\nhttps://a.example/?pid=1\nhttps://a.example/?q=%A4%A2,b c\r\nnot one\n", ReadOptions{}, []string{"https://a.example/?pid=1", "https://a.example/?q=%A4%A2,b c"}, []int{5}},
		"paths":          {"/products/a\n/?pid=7\n", base, []string{"https://shop.example/products/a", "https://shop.example/?pid=7"}, nil},
		"paths, no base": {"/products/a\n", ReadOptions{}, nil, []int{1}},
		"column":         {"Status;URL\n200;https://a.example/x\n200;javascript:alert(1)\n", ReadOptions{}, []string{"https://a.example/x"}, []int{3}},
		"tabs":           {"id\ttitle\tlink\tprice\n7\tTea\thttps://a.example/tea\t1,980 JPY\n", ReadOptions{}, []string{"https://a.example/tea"}, nil},
		"crawler":        {"\uFEFF\"Address\",\"Content Type\",\"Title 1\"\n\"https://a.example/x\",\"text/html\",\"X\"\n", ReadOptions{}, []string{"https://a.example/x"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, rep, err := read(t, "", tt.data, tt.o)
			if err != nil {
				t.Fatal(err)
			}
			var urls []string
			for _, r := range got {
				urls = append(urls, r.URL)
				if r.Product == nil {
					t.Errorf("%s has no product", r.URL)
				}
			}
			var lines []int
			for _, r := range rep.Refused {
				lines = append(lines, r.Line)
			}
			if diff := cmp.Diff(tt.want, urls); diff != "" || rep.Kind != URLList {
				t.Errorf("%s (-want +got):\n%s", rep.Kind, diff)
			}
			if diff := cmp.Diff(tt.refused, lines); diff != "" {
				t.Errorf("refused (-want +got):\n%s", diff)
			}
			if name == "tabs" && (got[0].Product.Name != "Tea" || got[0].Product.Price != catalog.Price{Amount: "1980", Currency: "JPY"} || got[0].ID != "7") {
				t.Errorf("product feed: %+v %+v", got[0], got[0].Product)
			}
		})
	}
}

func TestHeaderErrors(t *testing.T) {
	for name, tt := range map[string]struct {
		kind Kind
		data string
		want string
	}{
		"nothing of anything": {"", "colour,taste\nred,sweet\n", `the first line holds "colour", "taste"; no file that can be read begins so`},
		"empty":               {"", "", "the first line holds nothing; no file that can be read begins so"},
		"near":                {"", "Handle,Body (HTML),Variant SKU\na,b,c\n", `the nearest is Shopify's product file (classic export), which also needs "Title"`},
		"asked for":           {ColorMe, "Handle,Title,Body (HTML)\na,b,c\n", `Color Me's product file needs "商品ID", "商品名"`},
		"without names":       {ColorMe, `"158000123","うつわ","",""` + "\n", "(when downloading choose 項目名: 表示する)"},
		"two usual names":     {"", "Handle,Title\na,b\n", `which also needs "Body (HTML)"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, rep, err := read(t, tt.kind, tt.data, ReadOptions{})
			var h *HeaderError
			if !errors.Is(err, ErrHeader) || !errors.As(err, &h) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			if rep.Rows != 0 {
				t.Errorf("%d rows were read", rep.Rows)
			}
		})
	}
	_, err := Recognise("wrong.csv", strings.NewReader("name,colour\ntea,green\n"))
	if !errors.Is(err, ErrHeader) || !strings.Contains(err.Error(), "wrong.csv") {
		t.Errorf("recognising: %v", err)
	}
	if _, err := Recognise("book.xlsx", strings.NewReader("PK\x03\x04 and so on")); !errors.Is(err, ErrNotText) {
		t.Errorf("spreadsheet: %v", err)
	}
	if _, _, err := read(t, "nonsense", "a,b\n", ReadOptions{}); err == nil {
		t.Error("a kind that does not exist is read")
	}
}

func TestRecogniseLeavesTheFileAlone(t *testing.T) {
	r := strings.NewReader("Handle,Title,Variant SKU\na,b,c\n")
	if kind, err := Recognise("x", r); kind != ShopifyClassic || err != nil {
		t.Fatal(kind, err)
	}
	if rest, _ := io.ReadAll(r); len(rest) != 31 {
		t.Errorf("%d bytes are left", len(rest))
	}
	for _, k := range Kinds() {
		if k.Platform() == "" || k.String() == string(k) {
			t.Errorf("kind %q: platform %q, name %q", string(k), k.Platform(), k)
		}
	}
}

func TestBounds(t *testing.T) {
	var open strings.Builder
	open.WriteString("Handle,Title,Variant SKU\na,\"never closed\n")
	for i := range 1 << 17 {
		fmt.Fprintf(&open, "b%d,Tea,1\n", i)
	}
	if got, rep, err := read(t, "", open.String(), ReadOptions{}); err != nil || len(got) != 1<<17 || rep.RefusedCount != 1 || rep.Refused[0].Line != 2 {
		t.Errorf("a quotation mark without end: %d records, refused %v, %v", len(got), rep.Refused, err)
	}
	if _, _, err := read(t, "", "Handle,Title,Variant SKU\n"+strings.Repeat("a,\"never closed\n", 1<<19), ReadOptions{}); !errors.Is(err, ErrRecordTooLong) {
		t.Errorf("nothing but quotation marks without end: %v", err)
	}
	if got, rep, err := read(t, "", "/a\n/"+strings.Repeat("b", 8<<20)+"\n/c\n/"+strings.Repeat("d", 5<<20), ReadOptions{BaseURL: mustURL(t, "https://x.example")}); err != nil ||
		len(got) != 2 || got[1].Line != 3 || rep.RefusedCount != 2 || rep.Refused[0].Line != 2 || rep.Refused[1].Line != 4 {
		t.Errorf("lines without end: %d records, refused %v, %v", len(got), rep.Refused, err)
	}
	long := "Handle,Title,Body (HTML)\na,Tea," + strings.Repeat("x", maxField+1) + "\nb,Cup,y\n"
	if got, rep, err := read(t, "", long, ReadOptions{}); err != nil || len(got) != 1 || rep.RefusedCount != 1 {
		t.Errorf("a long field: %d records, %d refused, %v", len(got), rep.RefusedCount, err)
	}
	var many strings.Builder
	many.WriteString("URL\n")
	for i := range 3000 {
		fmt.Fprintf(&many, "nonsense %d\n", i)
	}
	if _, rep, _ := read(t, "", many.String(), ReadOptions{}); rep.RefusedCount != 3000 || len(rep.Refused) != maxListed {
		t.Errorf("%d refused, %d listed", rep.RefusedCount, len(rep.Refused))
	}
}

func TestStopping(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	_, err := ReadProducts(ctx, "", strings.NewReader("Handle,Title,Variant SKU\na,A,1\nb,B,2\nc,C,3\n"), ReadOptions{}, func(Record) error {
		n++
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) || n != 1 {
		t.Errorf("after cancelling: %v, %d records", err, n)
	}
	full := errors.New("disk full")
	_, err = ReadProducts(t.Context(), "", strings.NewReader("URL\nhttps://a.example/\n"), ReadOptions{}, func(Record) error { return full })
	if !errors.Is(err, full) {
		t.Errorf("error of the caller: %v", err)
	}
}
