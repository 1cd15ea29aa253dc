package workaround

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestTargets(t *testing.T) {
	os, err := newOrigins("https://New-Shop.example", []string{"https://blog.example:8443/ja", "http://店.example"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(origins{"https://new-shop.example", "https://blog.example:8443", "http://xn--hxt.example"}, os); diff != "" {
		t.Errorf("origins (-want +got):\n%s", diff)
	}
	for _, tt := range []struct{ raw, want, code string }{
		{"https://new-shop.example/products/a", "/products/a", ""},
		{"https://new-shop.example", "/", ""},
		{"HTTPS://NEW-SHOP.example:443/A?b=1&c=%E3%81%82#d", "/A?b=1&c=%E3%81%82#d", ""},
		{"https://new-shop.example/products/抹茶", "/products/%E6%8A%B9%E8%8C%B6", ""},
		{"https://blog.example:8443/a", "1/a", ""},
		{"http://店.example/a", "2/a", ""},
		{`https://new-shop.example/a"b'c<d>e{f}g$h` + "`", "/a%22b%27c%3Cd%3Ee%7Bf%7Dg%24h%60", ""},
		{"https://new-shop.example/%zz", "", "bad-target"},
		{"https://new-shop.example//evil.example", "//evil.example", ""},
		{`https://new-shop.example/\evil.example`, "/%5Cevil.example", ""},
		{"http://new-shop.example/a", "", "other-origin"},
		{"https://new-shop.example.evil.example/a", "", "other-origin"},
		{"https://new-shop.example@evil.example/", "", "bad-target"},
		{"https://user:x@new-shop.example/", "", "bad-target"},
		{"//new-shop.example/a", "", "bad-target"},
		{"/products/a", "", "bad-target"},
		{"javascript:alert(1)", "", "bad-target"},
		{"data:text/html,x", "", "bad-target"},
		{"https://new-shop.example/a\nb", "", "bad-target"},
		{"https://new-shop.example/" + strings.Repeat("a", 3000), "", "bad-target"},
		{"https://new-shop.example/" + strings.Repeat("あ", 500), "", "bad-target"},
	} {
		to, code := os.parse(tt.raw)
		got := ""
		if code == "" {
			got = to.short()
		}
		if got != tt.want || code != tt.code {
			t.Errorf("parse(%.60q) = %q, %q, want %q, %q", tt.raw, got, code, tt.want, tt.code)
		}
	}
}

func TestParseSearch(t *testing.T) {
	os, err := newOrigins("https://new.example/", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		raw  string
		want *newSearch
		form string
	}{
		{"", nil, ""},
		{"https://new.example/search?q={query}", &newSearch{before: "https://new.example/search?q=", plain: "https://new.example/search", param: "q"},
			`<form action="https://new.example/search" method="get" accept-charset="UTF-8" style="margin:8px 0 0"><input type="hidden" name="q" value="V"><button type="submit">B</button></form>`},
		{"https://new.example/?post_type=product&s={query}", &newSearch{before: "https://new.example/?post_type=product&s=", plain: "https://new.example/", param: "s", others: [][2]string{{"post_type", "product"}}},
			`<form action="https://new.example/" method="get" accept-charset="UTF-8" style="margin:8px 0 0"><input type="hidden" name="s" value="V"><input type="hidden" name="post_type" value="product"><button type="submit">B</button></form>`},
		{"https://new.example/find/{query}/all", &newSearch{before: "https://new.example/find/", after: "/all", plain: "https://new.example/find/"}, ""},
	} {
		got, err := os.parseSearch(tt.raw)
		if err != nil {
			t.Errorf("parseSearch(%q): %v", tt.raw, err)
		}
		if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(newSearch{})); diff != "" {
			t.Errorf("parseSearch(%q) (-want +got):\n%s", tt.raw, diff)
		}
		if f := got.form("V", "B"); f != tt.form {
			t.Errorf("form of %q is %s", tt.raw, f)
		}
	}
	for _, bad := range []string{"https://new.example/search", "https://evil.example/?q={query}", "/search?q={query}", "https://new.example/{query}{query}"} {
		if _, err := os.parseSearch(bad); err == nil {
			t.Errorf("parseSearch(%q) is accepted", bad)
		}
	}
}

// FuzzEscapes sees that nothing that goes into a template can leave its place.
func FuzzEscapes(f *testing.F) {
	for _, s := range []string{"", "抹茶", `</script><{$x}>"'`, "{{ x }}{% y %}", "\u2028\x00\xff`$", "😀", "https://new.example/%zz?a=b#c"} {
		f.Add(s)
	}
	os := origins{"https://new.example"}
	f.Fuzz(func(t *testing.T, s string) {
		for name, out := range map[string]string{"html": htmlText(s), "script": jsString(s)} {
			for i := 0; i < len(out); i++ {
				if out[i] >= 0x80 || strings.IndexByte("<>{}", out[i]) >= 0 {
					t.Fatalf("%s of %q holds %q", name, s, out[i])
				}
			}
		}
		if js := jsString(s); strings.ContainsAny(js[1:len(js)-1], "\n\r") {
			t.Fatalf("a string literal of %q has a line end", s)
		}
		if to, code := os.parse(s); code == "" {
			if !strings.HasPrefix(to.rest, "/") || strings.ContainsAny(to.rest, "\"'`<>{}$\\ \n") || !utf8.ValidString(to.rest) {
				t.Fatalf("target of %q is %q", s, to.rest)
			}
			again, code := os.parse(os.full(to))
			if code != "" || again != to {
				t.Fatalf("target of %q is not stable: %q, then %q %s", s, to.rest, again.rest, code)
			}
		}
		for _, line := range []string{markdownText(s), cell(s)} {
			if strings.ContainsAny(line, "\n\r") {
				t.Fatalf("%q has a line end", line)
			}
		}
	})
}
