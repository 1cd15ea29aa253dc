package inventory

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"replatform/crawler/catalog"
)

const header = "key,type,url,status,title,name,sku,gtin,brand,price,currency,availability,image,category,spellings,sources"

func TestGuardCell(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""}, {"せっけん", "せっけん"}, {"=1+1", "'=1+1"}, {"-5℃ゲル", "'-5℃ゲル"}, {"+81", "'+81"}, {"@shop", "'@shop"},
		{"\tx", "'\tx"}, {"\rx", "'\rx"}, {"a=1", "a=1"}, {"'quoted", "'quoted"}, {" =1", " =1"},
	}
	for _, tt := range tests {
		got := GuardCell(tt.in)
		equal(t, "guarded", tt.want, got)
		equal(t, "and back", tt.in, UnguardCell(got))
	}
}

func TestWriteCSV(t *testing.T) {
	p := smallShop(t)
	var b bytes.Buffer
	check(t, p.WriteCSV(t.Context(), &b, Filter{Side: catalog.Old}, CSVOptions{}))
	want := header + `
colorme cart 1,cart,https://shop.example/cart,,,,,,,,,,,,https://shop.example/cart,link
colorme category 1,category,https://shop.example/?c=1,200,日用品 一覧,,,,,,,,,,https://shop.example/?c=1,link
colorme home /,home,https://shop.example/,200,お店,,,,,,,,,,https://shop.example/,start
colorme product 1,product,https://shop.example/?pid=1,200,品 1,無添加せっけん,'-SOAP 1,4901234567894,みどり,1980,JPY,in_stock,https://shop.example/1.jpg,日用品 一覧,https://shop.example/?pid=1 https://shop.example/twin,link sitemap
colorme product 2,product,https://shop.example/?pid=2,200,品 2,"'=HYPERLINK(""https://evil.example"")",,,,24.90,USD,,,日用品 一覧,https://shop.example/?pid=2,link
colorme product 3,product,https://shop.example/?pid=3,,,,,,,,,,,,https://shop.example/?pid=3,sitemap
`
	equal(t, "CSV", want, b.String())
	b.Reset()
	check(t, p.WriteCSV(t.Context(), &b, Filter{Side: catalog.New}, CSVOptions{BOM: true}))
	equal(t, "empty CSV with BOM", "\ufeff"+header+"\n", b.String())
	if err := p.WriteCSV(t.Context(), failingWriter{}, Filter{Side: catalog.Old}, CSVOptions{}); !errors.Is(err, errDiskFull) {
		t.Errorf("a full disk: %v", err)
	}
	if err := p.WriteJSON(t.Context(), failingWriter{}, Filter{Side: catalog.Old}); !errors.Is(err, errDiskFull) {
		t.Errorf("a full disk: %v", err)
	}
	if err := p.WriteXLSX(t.Context(), failingWriter{}, Filter{Side: catalog.Old}); !errors.Is(err, errDiskFull) {
		t.Errorf("a full disk: %v", err)
	}
}

var errDiskFull = errors.New("disk full")

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errDiskFull }

func TestCSVOfHostileText(t *testing.T) {
	p := started(t)
	v := visitOf(1)
	v.Title = "line\r\nbreak,\"quote\"\n=2+2"
	v.Product = &catalog.Product{Name: "@SUM(A1)\n=1", SKU: "+1", Price: catalog.Price{Amount: "=1+1"}, Breadcrumb: []catalog.Crumb{{Name: "=a"}, {Name: "  b\n"}, {}}}
	save(t, p, v)
	var b bytes.Buffer
	check(t, p.WriteCSV(t.Context(), &b, Filter{Side: catalog.Old}, CSVOptions{}))
	records, err := csv.NewReader(&b).ReadAll()
	check(t, err)
	equal(t, "record", []string{"colorme product 1", "product", productURL(1), "200", `line break,"quote" =2+2`, "'@SUM(A1) =1", "'+1", "", "", "", "", "", "",
		"'=a > b", productURL(1), ""}, records[1])
}

func TestWriteJSON(t *testing.T) {
	p := smallShop(t)
	var b bytes.Buffer
	check(t, p.WriteJSON(t.Context(), &b, Filter{Side: catalog.Old}))
	var got []map[string]any
	check(t, json.Unmarshal(b.Bytes(), &got))
	equal(t, "lines", len(got)+2, strings.Count(b.String(), "\n"))
	equal(t, "pages", 6, len(got))
	one := got[3]
	for name, want := range map[string]any{
		"key": "colorme product 1", "status": 200.0, "price": 1980.0, "currency": "JPY", "sku": "-SOAP 1", "category": "日用品 一覧", "state": "done",
		"spellings": []any{productURL(1), "https://shop.example/twin"}, "sources": []any{"link", "sitemap"}, "fetched_at": "2026-11-05T09:00:00Z",
		"list_price": map[string]any{"amount": "2480", "currency": "JPY"}, "field_sources": map[string]any{"name": "json-ld", "price": "microdata"},
	} {
		equal(t, name, want, one[name])
	}
	equal(t, "variants", 2, len(one["variants"].([]any)))
	b.Reset()
	check(t, p.WriteJSON(t.Context(), &b, Filter{Side: catalog.New}))
	equal(t, "nothing", "[]\n", b.String())
}

func TestJSONNumber(t *testing.T) {
	for in, want := range map[string]string{"": "", "0": "0", "0.50": "0.50", "007": "7", "1980": "1980"} {
		equal(t, in, want, jsonNumber(in))
	}
}

func TestWriteXLSX(t *testing.T) {
	p := smallShop(t)
	long := visitOf(4)
	for i := range 1000 {
		long.Found = append(long.Found, Discovery{Key: product(4), URL: productURL(4), Spelling: productURL(4) + "&n=" + strings.Repeat("x", 40) + string(rune('a'+i%26)) + strings.Repeat("y", i/26), Source: "link"})
	}
	long.Product = &catalog.Product{Name: "x", Price: catalog.Price{Amount: "12345678901234567890"}}
	save(t, p, long)
	var b bytes.Buffer
	check(t, p.WriteXLSX(t.Context(), &b, Filter{Side: catalog.Old}))
	book, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	check(t, err)
	defer book.Close()
	equal(t, "sheets", []string{"inventory"}, book.GetSheetList())
	rows, err := book.GetRows("inventory", excelize.Options{RawCellValue: true})
	check(t, err)
	equal(t, "header", strings.Split(header, ","), rows[0])
	equal(t, "row", []string{"colorme product 2", "product", productURL(2), "200", "品 2", `=HYPERLINK("https://evil.example")`, "", "", "", "24.9", "USD", "", "", "日用品 一覧", productURL(2), "link"}, rows[5])
	for cell, want := range map[string]excelize.CellType{"D6": excelize.CellTypeUnset, "J6": excelize.CellTypeUnset, "F6": excelize.CellTypeInlineString, "J8": excelize.CellTypeInlineString} {
		got, err := book.GetCellType("inventory", cell)
		check(t, err)
		equal(t, "type of "+cell, want, got)
		formula, err := book.GetCellFormula("inventory", cell)
		check(t, err)
		equal(t, "formula of "+cell, "", formula)
	}
	equal(t, "long number", "12345678901234567890", rows[7][9])
	spellings := rows[7][14]
	listed := strings.Fields(spellings)
	if len(spellings) > excelize.TotalCellChars || !strings.HasSuffix(spellings, ")") || !strings.HasPrefix(listed[len(listed)-1], "(+") {
		t.Errorf("long cell of %d characters ends in %q", len(spellings), spellings[len(spellings)-20:])
	}
	panes, err := book.GetPanes("inventory")
	check(t, err)
	if !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("panes: %+v", panes)
	}
	if names := book.GetDefinedName(); len(names) != 1 || names[0].RefersTo != "'inventory'!$A$1:$P$8" {
		t.Errorf("filter: %+v", names)
	}
	xml := readZip(t, b.Bytes(), "xl/worksheets/sheet1.xml")
	if !strings.Contains(xml, `<autoFilter ref="$A$1:$P$8"`) && !strings.Contains(xml, `<autoFilter ref="A1:P8"`) {
		t.Errorf("no filter in the sheet: …%s", xml[max(0, len(xml)-300):])
	}
}
