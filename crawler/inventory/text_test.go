package inventory

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"replatform/crawler/catalog"
)

func TestProse(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{"無添加せっけん 100g", "無添加せっけん 100g"},
		{"two\nlines\tand a tab", "two\nlines\tand a tab"},
		{"dos\r\nmac\rend", "dos\nmac\nend"},
		{"bell\a, escape \x1b[31mred", "bell, escape [31mred"},
		{"C1 \u009b31m", "C1 31m"},
		{"bad \xff\xfe bytes", "bad \ufffd\ufffd bytes"},
		{"abc\u202egpj.exe", "abcgpj.exe"},
		{"nul\x00nul", "nulnul"},
	}
	for _, tt := range tests {
		if got := prose(tt.in); got != tt.want {
			t.Errorf("prose(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
	long := prose(strings.Repeat("あ", maxProse))
	if len(long) > maxProse || !utf8.ValidString(long) || len(long) < maxProse-3 {
		t.Errorf("long text becomes %d bytes", len(long))
	}
}

func TestAddress(t *testing.T) {
	tests := []struct{ in, want string }{
		{"https://shop.example/?pid=1&x=%20", "https://shop.example/?pid=1&x=%20"},
		{"https://shop.example/商品", "https://shop.example/商品"},
		{"https://shop.example/a b\nc\td", "https://shop.example/a%20b%0Ac%09d"},
		{"https://shop.example/全角　空白", "https://shop.example/全角%E3%80%80空白"},
		{"https://shop.example/\xa5\xc6", "https://shop.example/%A5%C6"},
		{"https://shop.example/\x1b\u202e\u009b", "https://shop.example/%1B%E2%80%AE%C2%9B"},
	}
	for _, tt := range tests {
		if got := address(tt.in); got != tt.want {
			t.Errorf("address(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"", "=1+1", "a b", "\xff\x00", "\u202e", "商品　1", "a,b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, a, w, k := prose(s), address(s), word(s), keyText(catalog.Key(s))
		for _, got := range []string{p, a, w, k} {
			if !utf8.ValidString(got) {
				t.Errorf("%q becomes %q, which is no UTF-8", s, got)
			}
		}
		if strings.ContainsFunc(a, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
			t.Errorf("address(%q) = %q is not one word", s, a)
		}
		if strings.Contains(w, ",") {
			t.Errorf("word(%q) = %q", s, w)
		}
		if strings.ContainsFunc(p, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
			t.Errorf("prose(%q) = %q", s, p)
		}
		if prose(p) != p || address(a) != a || keyText(catalog.Key(k)) != k {
			t.Errorf("cleaning %q twice changes it again", s)
		}
		if got := UnguardCell(GuardCell(s)); got != s && !strings.HasPrefix(s, "'") {
			t.Errorf("guarding %q and back is %q", s, got)
		}
	})
}

func TestMoment(t *testing.T) {
	at := time.Date(2026, 11, 5, 18, 30, 0, 123e6, time.FixedZone("JST", 9*3600))
	equal(t, "text", "2026-11-05T09:30:00.123Z", moment(at))
	if got := parseMoment(moment(at)); !got.Equal(at) || got.Location() != time.UTC {
		t.Errorf("read back as %v", got)
	}
	equal(t, "never", "", moment(time.Time{}))
	if !parseMoment("").IsZero() || !parseMoment("yesterday").IsZero() {
		t.Error("what is no time reads as one")
	}
}

func TestJoinWord(t *testing.T) {
	set := ""
	for _, w := range []string{"link", "csv", "", "sitemap", "link", "feed"} {
		set = joinWord(set, w)
	}
	equal(t, "set", "csv,feed,link,sitemap", set)
}
