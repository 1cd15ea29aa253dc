package match

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler/catalog"
)

func TestReadItems(t *testing.T) {
	in := "\xef\xbb\xbfTitle,url,colour,type,price,sku\n" +
		"\"Tea, green\",https://s.invalid/1,green,product,12.50,T-1\n" +
		",https://s.invalid/2,,category,,\n"
	got, err := ReadItems(strings.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	want := []Item{
		{URL: "https://s.invalid/1", Type: catalog.ProductP, Title: "Tea, green", Price: "12.50", SKU: "T-1"},
		{URL: "https://s.invalid/2", Type: catalog.Category},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestReadItemsRefuses(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"no url column": {"title\nx\n", ErrNoURLColumn.Error()},
		"empty file":    {"", ErrNoURLColumn.Error()},
		"empty url":     {"url,title\n,x\n", "line 2: empty url"},
		"url twice":     {"url\na\nb\na\n", `line 4: url "a" occurs twice`},
		"short line":    {"url,title\na\n", "line 2: wrong number of fields"},
		"not UTF-8":     {"url,title\na,\xff\xfe\n", "line 2: not UTF-8"},
	} {
		_, err := ReadItems(strings.NewReader(c.in))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error is %v, want one with %q", name, err, c.want)
		}
	}
	if _, err := ReadItems(strings.NewReader("title\n")); !errors.Is(err, ErrNoURLColumn) {
		t.Errorf("error is %v, want ErrNoURLColumn", err)
	}
}

// Bad lines are told and the rest is read, also as a Japanese Excel saves it.
func TestScanItems(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want []Item
		bad  []string
	}{
		"every kind of bad line": {
			"url,title\na,1\n,x\na,2\nb\nc,\xfd\xfe\n\"d\"e,3\nf,4\n",
			[]Item{{URL: "a", Title: "1"}, {URL: "f", Title: "4"}},
			[]string{
				"3 empty url / url の列が空です", `4 url "a" occurs twice, first on line 2 / URL "a" は 2 行目にもあります`,
				"5 wrong number of fields / 列の数が見出しと違います", "6 not UTF-8, nor Shift_JIS / 文字コードが UTF-8 でも Shift_JIS でもありません",
				"7 extraneous or missing \" in quoted-field / 引用符（\"）の使い方が正しくありません",
			},
		},
		"unclosed quote": {
			"url,title\na,1\nb,\"2\nc,3\nd,4\n", []Item{{URL: "a", Title: "1"}},
			[]string{`3 a quote is opened and not closed; nothing is read up to line 5 / 引用符（"）が閉じられていません。5 行目までは読み取れません`},
		},
		"Shift_JIS": {"url,title\r\n/1,\x82\xa8\x92\x83\r\n/2,\x83\\\x81[\x83X\r\n", []Item{{URL: "/1", Title: "お茶"}, {URL: "/2", Title: "ソース"}}, nil},
		"UTF-16":    {"\xff\xfeu\x00r\x00l\x00\n\x00a\x00\n\x00", []Item{{URL: "a"}}, nil},
	} {
		var bad []string
		got, err := ScanItems(strings.NewReader(c.in), func(e *RowError) error {
			bad = append(bad, fmt.Sprintf("%d %s / %s", e.Line, e.In("en"), e.In("ja")))
			return nil
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got)\n%s", name, d)
		}
		if d := cmp.Diff(c.bad, bad); d != "" {
			t.Errorf("%s: bad lines (-want +got)\n%s", name, d)
		}
	}
}

func TestWritePairs(t *testing.T) {
	old := []Item{{URL: "https://o.invalid/?pid=1"}, {URL: "/shop/2"}, {URL: "=cmd|' /C calc'!A0"}}
	new := []Item{{URL: "https://n.invalid/a,b"}, {URL: "https://n.invalid/c"}}
	pairs := []Pair{
		{Old: 0, New: 0, Confidence: 0.98765, Class: Exact, Evidence: []Evidence{{Code: SameSKU}, {Code: NameSimilarity, Value: 0.93}, {Code: PriceEqual}}, RunnerUp: 1, RunnerUpConfidence: 0.2},
		{Old: 1, New: -1, Class: None, RunnerUp: -1, Evidence: []Evidence{{Code: NothingNear}}},
		{Old: 2, New: -1, Class: None, RunnerUp: -1},
	}
	var b bytes.Buffer
	if err := WritePairs(&b, old, new, pairs, "en"); err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		"old_url,new_url,confidence,class,reason,runner_up,runner_up_confidence",
		`https://o.invalid/?pid=1,"https://n.invalid/a,b",0.987650,exact,same model number; name 0.93; price equal,https://n.invalid/c,0.200000`,
		"/shop/2,,,none,no page comes near,,",
		"'=cmd|' /C calc'!A0,,,none,,,",
	}, "\n") + "\n"
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestReason(t *testing.T) {
	evs := []Evidence{
		{Code: SimilarSKU, Old: "AB-1", New: "NAB-1"}, {Code: NameSimilarity, Value: 0.934}, {Code: PriceRatio, Value: 1.25},
		{Code: MergedVariant, Value: 4}, {Code: SharedProducts, Value: 0.826}, {Code: OptionDiffers, Old: "%[1]s", New: ""}, {Code: "unknown word"},
	}
	for lang, want := range map[string]string{
		"en": "same model number in another form (AB-1, NAB-1); name 0.93; price ×1.25; 4 old pages became one; 83% of the products agree; options differ (%[1]s, –)",
		"ja": "型番の表記違い（AB-1、NAB-1）、商品名の類似度0.93、価格1.25倍、旧4ページを1ページに統合、商品の83%が一致、仕様が異なる（%[1]s、–）",
	} {
		if got := Reason(evs, lang); got != want {
			t.Errorf("Reason in %s:\n got %s\nwant %s", lang, got, want)
		}
	}
}

func TestEveryPhraseIsInBothLanguages(t *testing.T) {
	for code, p := range phrases {
		if p.en == "" || p.ja == "" {
			t.Errorf("%s lacks a language: %+v", code, p)
		}
		for _, verb := range []string{"%[1]s", "%[2]s", "%[3]s"} {
			if strings.Contains(p.en, verb) != strings.Contains(p.ja, verb) {
				t.Errorf("%s says %s in one language only: %+v", code, verb, p)
			}
		}
	}
}

func FuzzReadItems(f *testing.F) {
	f.Add([]byte("url,title\nhttps://s.invalid/1,x\n"))
	f.Add([]byte("\xef\xbb\xbfurl\n\"a\"\"b\"\n"))
	f.Add([]byte("url,url\na,b\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		items, err := ScanItems(bytes.NewReader(in), func(*RowError) error { return nil })
		if err != nil {
			return
		}
		var b bytes.Buffer
		pairs := make([]Pair, len(items))
		for i := range pairs {
			pairs[i] = Pair{Old: i, New: i, RunnerUp: -1}
		}
		if err := WritePairs(&b, items, items, pairs, "ja"); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if len(rows) != len(items)+1 {
			t.Fatalf("%d rows for %d items", len(rows), len(items))
		}
	})
}
