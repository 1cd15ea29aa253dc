package sources

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/text/encoding/japanese"
)

func TestAmount(t *testing.T) {
	for in, want := range map[string]string{
		"1980": "1980", "1,980": "1980", "¥1,980": "1980", "１９８０円": "1980", "24.90": "24.90", "24,90": "24.90", "1.980,00": "1980",
		"1,234,567.5": "1234567.5", "0": "0", "000120": "120", "0.5": "0.5", ".5": "", "1980.00": "1980", "-5": "", "abc": "", "1,98,0": "",
		"1e5": "", "": "", "9999999999999": "", "1.2.3": "", "12,5": "12.5", "1 980": "1980",
		"59.699999999999996": "59.7", "1234.5600000000002": "1234.56", "1,234.5600000000002": "1234.56", "0.99999999999": "1", "1980.0000000001": "1980",
		"1.123456": "1.123456", "999999999999.9999999": "", "0.0000001": "0", "1.000000000000000000000000000001": "",
	} {
		got, ok := amount(in)
		if got != want || ok != (want != "") {
			t.Errorf("amount(%q) = %q %v, want %q", in, got, ok, want)
		}
	}
}

func TestFigure(t *testing.T) {
	const none = -1e99
	for in, want := range map[string]float64{
		"1,000": 1000, "59.699999999999996": 59.7, "1234.5600000000002": 1234.56, "1.5E+3": 1500, "1,5e3": 1500, "2.5E-05": 0.000025, "１．５Ｅ＋３": 1500,
		"-500": -500, "−500": -500, "▲1,980": -1980, "△500円": -500, "(500)": -500, "（500）": -500, "¥-500": -500, "-¥500": -500, "$ -1.50": -1.5, "-1.5E+3": -1500,
		"--5": none, "5-": none, "1-2": none, "2026-10-01": none, "e5": none, "1e": none, "1e99": none, "1E+13": none, "-": none, "()": none, "(5": none, "abc": none, "": none, "-abc": none,
	} {
		got, ok := figure(in)
		if ok != (want != none) || ok && math.Abs(got-want) > 1e-9 {
			t.Errorf("figure(%q) = %g %t, want %g", in, got, ok, want)
		}
	}
}

func FuzzFigure(f *testing.F) {
	for _, s := range []string{"1,980", "59.699999999999996", "1.5E+3", "▲500", "(5)", "¥-5", "-1e-20"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if v, ok := figure(s); ok && !(math.Abs(v) < 1e12) {
			t.Errorf("figure(%q) = %g", s, v)
		}
	})
}

func TestPlainText(t *testing.T) {
	for in, want := range map[string]string{
		"plain  text":      "plain text",
		"a &amp;lt; b":     "a &lt; b",
		"<p>a</p><p>b</p>": "a\nb",
		"a<br>b<BR/>c":     "a\nb\nc",
		"<style>p{}</style>x<script>y()</script>z":      "xz",
		"<table><tr><th>素材</th><td>綿</td></tr></table>": "素材 綿",
		"1 < 2":       "1 < 2",
		"<p>unclosed": "unclosed",
	} {
		if got := plainText(in); got != want {
			t.Errorf("plainText(%q) = %q, want %q", in, got, want)
		}
	}
	if got := plainText(strings.Repeat("あ", maxText+5)); len([]rune(got)) != maxText {
		t.Errorf("%d characters are kept", len([]rune(got)))
	}
}

func TestCharset(t *testing.T) {
	for name, tt := range map[string]struct{ in, want string }{
		"ascii":           {"Handle,Title\n", "UTF-8"},
		"utf-8":           {"商品ID,商品名", "UTF-8"},
		"utf-8 cut":       {"商品ID,商品名"[:len("商品ID,商品名")-1], "UTF-8"},
		"utf-8 one fault": {"商品ID,商品名,ひらがなとカタカナ\xff", "UTF-8"},
		"empty":           {"", "UTF-8"},
		"jis half kana":   {"URL,\x1b(I6E\x1b(B", "ISO-2022-JP"},
		"colours":         {"URL,\x1b[31mClicks\n", "UTF-8"},
		"utf-8 escape":    {"商品ID\x1b$B", "UTF-8"},
	} {
		if got := charsetOf([]byte(tt.in)); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

func TestWooList(t *testing.T) {
	got := wooList(`Cups\, mugs, Tea > Green,, `)
	if len(got) != 2 || got[0] != "Cups, mugs" || got[1] != "Tea > Green" {
		t.Errorf("%q", got)
	}
}

// Files in every charset, with as many byte order marks as programs leave in front, read
// alike.
func TestCharsetsReadAlike(t *testing.T) {
	jis := func(text string) string {
		out, err := japanese.ISO2022JP.NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	table := "ページ,クリック数\nhttps://shop.example/茶,5\n"
	list := "https://shop.example/茶\nhttps://shop.example/?pid=1\n"
	log := combinedLogLine("203.0.113.7", "/?pid=1", 200, "-", person)
	fields := cloudFrontHead + cloudFrontLine("203.0.113.7", "/?pid=1", 200, "-", person)
	api := `{"rows":[{"keys":["https://shop.example/?pid=1"],"clicks":3}]}`
	for name, tt := range map[string]struct{ in, charset, plain string }{
		"table, two marks":     {mark + mark + table, csUTF8, table},
		"table, three marks":   {mark + mark + mark + table, csUTF8, table},
		"quoted, two marks":    {mark + mark + `"ページ","クリック数"` + "\nhttps://shop.example/茶,5\n", csUTF8, table},
		"separator, two marks": {mark + mark + "sep=;\n" + strings.ReplaceAll(table, ",", ";"), csUTF8, table},
		"table, JIS":           {jis(table), csJIS, table},
		"list, two marks":      {mark + mark + list, csUTF8, list},
		"list, JIS":            {jis(list), csJIS, list},
		"log, two marks":       {mark + mark + log, csUTF8, log},
		"fields, two marks":    {mark + mark + fields, csUTF8, fields},
		"JSON, two marks":      {mark + mark + api, csUTF8, api},
	} {
		t.Run(name, func(t *testing.T) {
			o := Options{Period: "2026-10-01/2026-10-28"}
			_, want, err := readBytes(t, "file", []byte(tt.plain), o)
			if err != nil {
				t.Fatal("plain:", err)
			}
			r, got, err := readBytes(t, "file", []byte(tt.in), o)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Address{}, "Line")); diff != "" {
				t.Errorf("addresses (-want +got):\n%s", diff)
			}
			if table := r.Tables[0]; table.Charset != tt.charset || table.RefusedCount != 0 {
				t.Errorf("charset %s, refused %v", table.Charset, table.Refused)
			}
		})
	}
	goods := colormeHeader + "\n1,,,,茶\n"
	for _, in := range []string{jis(goods), mark + mark + goods} {
		recs, rep, err := read(t, "", in, ReadOptions{BaseURL: mustURL(t, "https://shop.example/")})
		if err != nil || len(recs) != 1 || recs[0].Product.Name != "茶" {
			t.Errorf("%d products, %v, %v", len(recs), rep.Refused, err)
		}
	}
}
