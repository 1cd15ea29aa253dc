package sources

import (
	"bytes"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

// dialect is one line of testdata/dialects.csv: a shape of a file that some source
// documents, and the sample of it. Samples are stored in UTF-8 so that a person can read
// them; the charset and the packing are those of the file as it is downloaded.
type dialect struct{ kind, name, charset, wrapper, sample, source string }

func dialectsOf(t *testing.T) []dialect {
	t.Helper()
	f, err := os.Open("testdata/dialects.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatal("no dialects", err)
	}
	var out []dialect
	for _, r := range rows[1:] {
		out = append(out, dialect{r[0], r[1], r[2], r[3], r[4], r[5]})
	}
	return out
}

// pack makes the file of a dialect as it is downloaded, and the file of the same content
// that TestSamples or TestSearchConsoleZip compares with its golden file.
func (d dialect) pack(t *testing.T) (packed, plain []byte) {
	t.Helper()
	if name, ok := strings.CutPrefix(d.sample, "zips/"); ok {
		z := zipped(t, zipMembers(t, name)...)
		return z, z
	}
	plain, err := os.ReadFile(filepath.Join(samples, d.sample))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.TrimPrefix(string(plain), "\uFEFF")
	var e encoding.Encoding
	switch d.charset {
	case "UTF-8":
		e = encoding.Nop
	case "UTF-8 with mark":
		e, text = encoding.Nop, "\uFEFF"+text
	case "CP932":
		e = japanese.ShiftJIS
	case "UTF-16LE":
		e = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	default:
		t.Fatalf("no charset is called %q", d.charset)
	}
	if text, err = e.NewEncoder().String(text); err != nil {
		t.Fatal(err)
	}
	switch d.wrapper {
	case "":
		return []byte(text), plain
	case "gzip":
		return gzipped(t, text), plain
	case "xlsx":
		return workbookOf(t, text), plain
	}
	t.Fatalf("no wrapper is called %q", d.wrapper)
	return nil, nil
}

// workbookOf makes a workbook with one sheet of a table with commas.
func workbookOf(t *testing.T, table string) []byte {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	book := excelize.NewFile()
	defer book.Close()
	for i, row := range rows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := book.SetSheetRow("Sheet1", cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Every documented dialect has a sample, which is read the same as it is downloaded and
// as it is stored here; every sample is one of a dialect, and every name that a column
// has in any language stands in one.
func TestEveryDialectHasASample(t *testing.T) {
	names := map[Kind]map[string]bool{}
	listed, kinds := map[string]bool{}, map[Kind]bool{}
	for _, d := range dialectsOf(t) {
		if d.sample == "" || d.source == "" || d.name == "" {
			t.Errorf("%s: the dialect %q lacks its sample or its source", d.kind, d.name)
			continue
		}
		listed[strings.TrimPrefix(d.sample, "zips/")] = true
		t.Run(d.kind+"/"+d.name, func(t *testing.T) {
			packed, plain := d.pack(t)
			r, got, err := readBytes(t, "file", packed, Options{})
			if err != nil {
				t.Fatal(err)
			}
			_, want, err := readBytes(t, "file", plain, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-stored +downloaded:\n%s", diff)
			}
			known := false
			for _, table := range r.Tables {
				known = known || string(table.Kind) == d.kind
				if kinds[table.Kind] = true; names[table.Kind] == nil {
					names[table.Kind] = map[string]bool{}
				}
				for _, n := range table.Used {
					names[table.Kind][normal(n)] = true
				}
			}
			if !known {
				t.Errorf("it is taken for %v", r.Tables[0].Kind)
			}
		})
	}
	if t.Failed() {
		return
	}
	for _, folder := range []string{samples, zips} {
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if !listed[e.Name()] {
				t.Errorf("%s is a sample of no dialect in testdata/dialects.csv", e.Name())
			}
		}
	}
	for _, f := range formats() {
		if f.kind == ProductOptions {
			continue // names no page, so that its files alone are refused: TestFilesThatNameNoPage
		}
		if !kinds[f.kind] {
			t.Errorf("no dialect of the kind %s", string(f.kind))
		}
		for _, c := range f.columns {
			for _, n := range c.names {
				if !names[f.kind][normal(n)] {
					t.Errorf("%s: no sample has the column %q", string(f.kind), n)
				}
			}
		}
	}
}

// Files with the forms of products are recognised, and refused because they name no page.
func TestFilesThatNameNoPage(t *testing.T) {
	for name, text := range map[string]string{
		"Color Me":   "商品ID,登録種別,オプション名１,オプション名２,オプションID,型番,在庫数,適正在庫数,販売価格,会員価格\n101,item,赤,,1,YH-1,3,,1980,\n",
		"makeshop":   "商品特定コード指定,オプション特定コード指定,システム商品コード,独自商品コード,商品名,商品カテゴリーパス,オプション独自コード,オプション1項目,オプション2項目,販売価格,数量,JANコード\n0,0,000000000123,YH-1,青い茶碗,器,,赤,,1980,3,\n",
		"futureshop": "商品URLコード,バリエーション別選択肢（横軸）,代表バリエーション,在庫閾値,在庫切れメール閾値,商品番号,商品管理番号,商品名,JANコード,最終更新日付\ncup,赤,1,,,YH-1,,青い茶碗,,2026/01/02\n",
	} {
		for _, e := range []encoding.Encoding{encoding.Nop, japanese.ShiftJIS} {
			data, err := e.NewEncoder().String(text)
			if err != nil {
				t.Fatal(err)
			}
			r, list, err := readBytes(t, "file.csv", []byte(data), Options{})
			if err == nil || len(list) > 0 || len(r.Tables) != 1 || r.Tables[0].Kind != ProductOptions || !strings.Contains(err.Error(), "names no page") {
				t.Errorf("%s: %d addresses, %v, %v", name, len(list), r.Tables, err)
			}
		}
	}
}

// A table whose columns nobody knows is refused with the names of those that hold
// addresses: one of them, called URL, makes it a list.
func TestUnknownColumnsOfAddresses(t *testing.T) {
	table := "Linked from,Words,Shop page,Also\nhttps://blog.example.org/a,cup,https://shop.example/?pid=1,\nhttps://news.example.net/x,https://x.example,https://shop.example/?pid=2,\n"
	want := []string{"Linked from", "Shop page"}
	for name, data := range map[string][]byte{
		"commas": []byte(table), "tabs": []byte(strings.ReplaceAll(table, ",", "\t")), "workbook": workbookOf(t, table), "zip": zipped(t, member{name: "links.csv", text: table}),
	} {
		_, list, err := readBytes(t, "links", data, Options{})
		var h *HeaderError
		if !errors.As(err, &h) || len(list) > 0 {
			t.Errorf("%s: %d addresses, %v", name, len(list), err)
			continue
		}
		if diff := cmp.Diff(want, h.Addresses); diff != "" {
			t.Errorf("%s: columns of addresses (-want +got):\n%s", name, diff)
		}
	}
	if _, list, err := readBytes(t, "links", []byte(strings.Replace(table, "Shop page", "URL", 1)), Options{}); err != nil || len(list) != 2 {
		t.Errorf("renamed: %d addresses, %v", len(list), err)
	}
	if _, _, err := readBytes(t, "x", []byte("name,colour\ncup,blue\n"), Options{}); !errors.Is(err, ErrHeader) {
		t.Errorf("no addresses: %v", err)
	}
}
