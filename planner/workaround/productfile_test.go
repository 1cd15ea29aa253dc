package workaround

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/japanese"
)

// colormeColumns is the header line of a Color Me product file.
func colormeColumns() []string {
	h := []string{"商品ID", "大カテゴリー", "小カテゴリー", "型番", "商品名", "商品画像URL", "フィーチャーフォン向けショップ用商品画像作成"}
	for _, n := range []string{"１", "２", "３", "４", "５", "６", "７", "８", "９"} {
		h = append(h, "その他画像"+n+"URL")
	}
	h = append(h, "販売価格", "会員価格", "定価", "原価", "在庫数", "在庫管理", "最小購入数量", "最大購入数量",
		"販売開始日付", "販売開始時間", "販売終了日付", "販売終了時間", "単位", "重量", "売切れ時の表示設定", "適正在庫数", "表示順",
		"簡易説明", "商品説明", "フィーチャーフォン向けショップ用商品説明", "スマートフォンショップ用商品説明", "トラックバック受付設定",
		"Newマーク付加設定", "Newマーク画像選択", "広告用カテゴリーID", "広告用タグ１", "広告用タグ２", "広告用タグ３", "広告用商品説明",
		"ブランド", "JAN/ISBN(GTIN)", "製品番号(MPN)", "状態", "性別", "色", "サイズ", "タイトル", "キーワード", "ページ概要", "個別送料",
		"掲載設定", "軽減税率設定", "ギフト設定の無効化", "オプション表示形式")
	return h
}

// productLine is a line of n columns, all quoted, with the given cells.
func productLine(n int, cells map[int]string) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + strings.ReplaceAll(cells[i], `"`, `""`) + `"`)
	}
	return b.String()
}

func cp932(t testing.TB, s string) []byte {
	t.Helper()
	b, err := japanese.ShiftJIS.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatalf("the fixture is no CP932: %v", err)
	}
	return b
}

// colormeFile has the things that break careless tools: line breaks and quotes in a
// text, characters that only CP932 has, characters whose second byte is a backslash,
// mixed line ends, an unquoted field and an empty smartphone text.
func colormeFile(t testing.TB) []byte {
	head := colormeColumns()
	if len(head) != 60 {
		t.Fatalf("the header has %d columns", len(head))
	}
	lines := productLine(60, indexed(head)) + "\r\n" +
		productLine(60, map[int]string{0: "101", 4: "髙橋①㈱ ソース・表示～", 34: "<p class=\"a\">一行目,\r\n二行目\n\"三\"</p>", 36: "スマホ用"}) + "\r\n" +
		productLine(60, map[int]string{0: "102", 4: "=HYPERLINK(1)", 34: "", 36: ""}) + "\n" +
		strings.Replace(productLine(60, map[int]string{0: "103", 34: "BARE", 36: "x"}), `"BARE"`, "説明 bare", 1) + "\r\n" +
		productLine(60, map[int]string{0: "104", 34: "対応表にない"}) + "\r\n" +
		productLine(60, map[int]string{0: "105", 34: "カウンターパートなし"}) + "\r\n" +
		productLine(59, map[int]string{0: "106"}) + "\r\n" +
		productLine(60, map[int]string{0: "1.06E+08", 34: "Excel"}) + "\r\n" +
		strings.Replace(productLine(60, map[int]string{0: "107", 34: "BROKEN"}), `"BROKEN"`, `"a"b`, 1) + "\r\n" +
		productLine(60, map[int]string{0: "108", 34: "壊れた<!--replatform:begin-->目印"}) + "\r\n"
	return cp932(t, lines)
}

func indexed(names []string) map[int]string {
	m := map[int]string{}
	for i, n := range names {
		m[i] = n
	}
	return m
}

func testTarget(id string) (string, bool) {
	switch id {
	case "104":
		return "", false
	case "105":
		return "", true
	}
	return "https://new.example/products/" + id + "?a=1&b=\"x\"", true
}

func TestAddNotices(t *testing.T) {
	in := colormeFile(t)
	out, rep, err := AddNotices("colorme", in, testTarget)
	if err != nil {
		t.Fatal(err)
	}
	want := FileReport{Charset: "shift_jis", Records: 9, Changed: 3, Unknown: 1, Products: []string{"101", "102", "103"}}
	for _, p := range []struct {
		line int
		code string
	}{{9, "columns"}, {10, "bad-id"}, {11, "broken-quotes"}, {12, "broken-marks"}} {
		want.Problems = append(want.Problems, LineProblem{p.line, p.code, lineProblems[p.code]})
	}
	if diff := cmp.Diff(want, rep); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	text, err := japanese.ShiftJIS.NewDecoder().Bytes(out)
	if err != nil {
		t.Fatal(err)
	}
	block := func(id string) string {
		return `<p class=""replatform-moved"">【移転のお知らせ】この商品のページは新しいお店に移りました。<a href=""https://new.example/products/` + id +
			`?a=1&amp;b=&#34;x&#34;"">新しい商品ページはこちら (This product has moved to our new shop)</a></p><!--replatform:end-->`
	}
	for _, part := range []string{
		`"<!--replatform:begin-->` + block("101") + "<p class=\"\"a\"\">一行目,\r\n二行目\n\"\"三\"\"</p>\"",
		`"<!--replatform:begin-->` + block("101") + `スマホ用"`,
		`"<!--replatform:begin-->` + block("102") + `","",""`, // the empty smartphone text stays empty
		`"<!--replatform:begin bare-->` + block("103") + `説明 bare"`,
		`"対応表にない"`, `"カウンターパートなし"`,
	} {
		if !bytes.Contains(text, []byte(part)) {
			t.Errorf("the file lacks %s", part)
		}
	}

	again, rep, err := AddNotices("colorme", out, testTarget)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again, out) || rep.Changed != 0 || rep.Same != 3 {
		t.Errorf("a second run changes the file: %+v", rep)
	}

	moved, _, err := AddNotices("colorme", out, func(id string) (string, bool) {
		if id == "101" {
			return "https://new.example/other", true
		}
		if id == "102" {
			return "", true
		}
		return "", false
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(moved, []byte("https://new.example/other")); n != 2 {
		t.Errorf("the new target stands %d times, want in both texts of 101", n)
	}
	if bytes.Contains(moved, []byte("products/101")) || bytes.Contains(moved, []byte("products/102")) || !bytes.Contains(moved, []byte("products/103")) {
		t.Error("notices are not replaced, removed and kept as told")
	}

	back, _, err := RemoveNotices("colorme", out)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(back, in) {
		t.Error("undo does not give back the bytes of the export")
	}

	// A platform that drops comments leaves the paragraph, which still is found.
	bare := bytes.ReplaceAll(out, []byte("<!--replatform:begin-->"), nil)
	bare = bytes.ReplaceAll(bare, []byte("<!--replatform:begin bare-->"), nil)
	bare = bytes.ReplaceAll(bare, []byte("<!--replatform:end-->"), nil)
	bare = bytes.ReplaceAll(bare, cp932(t, "壊れた目印"), cp932(t, "直した"))
	once, rep, err := AddNotices("colorme", bare, testTarget)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(once, []byte("replatform-moved")); n != 6 { // 101 twice, 102, 103 twice, 108
		t.Errorf("%d notices after a run over a file without comments, want 6: %+v", n, rep)
	}
}

func TestMakeshopFile(t *testing.T) {
	cells := func(code, pc, sp1 string) map[int]string {
		return map[int]string{0: "0", 1: "N", 2: code, 3: "KM-1", 6: "雲の器", 45: pc, 69: sp1, 70: "スマホ2"}
	}
	body := productLine(79, cells("000000002763", "説明<br>", "スマホ1")) + "\r\n" + productLine(79, cells("2763", "桁が壊れた", "")) + "\r\n"
	in := cp932(t, body)
	target := func(id string) (string, bool) { return "https://new.example/products/" + id, true }
	out, rep, err := AddNotices("makeshop", in, target)
	if err != nil {
		t.Fatal(err)
	}
	if rep.Changed != 1 || len(rep.Problems) != 1 || rep.Problems[0].Code != "bad-id" {
		t.Errorf("report %+v", rep)
	}
	if n := bytes.Count(out, []byte("products/000000002763")); n != 2 {
		t.Errorf("the notice stands %d times, want in two texts", n)
	}
	back, _, err := RemoveNotices("makeshop", out)
	if err != nil || !bytes.Equal(back, in) {
		t.Errorf("undo does not give back the export (%v)", err)
	}
}

func TestProductFileErrors(t *testing.T) {
	for name, tt := range map[string]struct {
		layout string
		in     string
	}{
		"unknown layout":  {"other", "a"},
		"empty":           {"colorme", ""},
		"wrong columns":   {"colorme", "1,2,3\n"},
		"no description":  {"colorme", "商品ID,商品名\n1,x\n"},
		"other platforms": {"makeshop", productLine(60, nil)},
	} {
		if _, _, err := AddNotices(tt.layout, []byte(tt.in), testTarget); !errors.Is(err, ErrProductFile) {
			t.Errorf("%s: %v, want ErrProductFile", name, err)
		}
	}
	// UTF-8 with a mark, EUC-JP, and a file with more columns and another order.
	for _, charset := range []string{"utf-8", "euc-jp"} {
		text := "商品名,商品説明,商品ID,新しい列\r\n器,text,101,z\r\n"
		in := []byte("\ufeff" + text)
		if charset == "euc-jp" {
			var err error
			if in, err = japanese.EUCJP.NewEncoder().Bytes([]byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		out, rep, err := AddNotices("colorme", in, testTarget)
		if err != nil || rep.Charset != charset || rep.Changed != 1 {
			t.Fatalf("%s: %+v, %v", charset, rep, err)
		}
		if back, _, err := RemoveNotices("colorme", out); err != nil || !bytes.Equal(back, in) {
			t.Errorf("%s: undo does not give back the file (%v)", charset, err)
		}
	}
}

// FuzzProductFile: whatever the bytes, the records cover the file, a second run
// changes nothing and undo gives the file back.
func FuzzProductFile(f *testing.F) {
	f.Add(colormeFile(f))
	f.Add([]byte("1,a,b\r\"2\",\"b\"\"\r\n\",\n3,\"open"))
	f.Add([]byte("1,,x\n2,\"a\"b,c\n\n\"3\",\"\",\"\"\r\n4,\"x\",\"y\""))
	f.Fuzz(func(t *testing.T, data []byte) {
		in := data
		if !bytes.HasPrefix(in, cp932(t, `"商品ID"`)) {
			in = append([]byte("商品ID,商品説明,スマートフォンショップ用商品説明\n"), data...)
		}
		at := 0
		if bytes.HasPrefix(in, utf8Mark) {
			at = len(utf8Mark)
		}
		for _, r := range readRecords(in) {
			if r.start != at || r.end <= r.start {
				t.Fatalf("a record from %d to %d, expected it at %d", r.start, r.end, at)
			}
			for _, s := range r.fields {
				if s.start < r.start || s.end > r.end || s.end < s.start || s.quoted && s.end-s.start < 2 {
					t.Fatalf("a field from %d to %d in a record from %d to %d", s.start, s.end, r.start, r.end)
				}
			}
			at = r.end
		}
		if at != len(in) {
			t.Fatalf("the records end at %d of %d bytes", at, len(in))
		}
		out, rep, err := AddNotices("colorme", in, testTarget)
		if err != nil {
			return
		}
		again, rep2, err := AddNotices("colorme", out, testTarget)
		if err != nil || !bytes.Equal(again, out) || rep2.Changed != 0 {
			t.Fatalf("a second run changes the file: %v %+v then %+v", err, rep, rep2)
		}
		if bytes.Contains(in, []byte("replatform")) {
			return // the file carried notices before
		}
		back, _, err := RemoveNotices("colorme", out)
		if err != nil || !bytes.Equal(back, in) {
			t.Fatalf("undo does not give the file back: %v", err)
		}
	})
}

func ExampleAddNotices() {
	export := []byte("商品ID,商品説明\r\n101,\"あたたかい器\"\r\n")
	out, rep, err := AddNotices("colorme", export, func(id string) (string, bool) {
		return "https://new.example/products/cup", id == "101"
	})
	fmt.Println(rep.Changed, err)
	back, _, _ := RemoveNotices("colorme", out)
	fmt.Println(bytes.Equal(back, export))
	// Output:
	// 1 <nil>
	// true
}
