package sources

import (
	"strings"
	"testing"
)

func TestAmount(t *testing.T) {
	for in, want := range map[string]string{
		"1980": "1980", "1,980": "1980", "¥1,980": "1980", "１９８０円": "1980", "24.90": "24.90", "24,90": "24.90", "1.980,00": "1980",
		"1,234,567.5": "1234567.5", "0": "0", "000120": "120", "0.5": "0.5", ".5": "", "1980.00": "1980", "-5": "", "abc": "", "1,98,0": "",
		"1e5": "", "": "", "9999999999999": "", "1.2.3": "", "12,5": "12.5", "1 980": "1980",
	} {
		got, ok := amount(in)
		if got != want || ok != (want != "") {
			t.Errorf("amount(%q) = %q %v, want %q", in, got, ok, want)
		}
	}
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
