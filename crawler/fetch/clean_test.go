package fetch

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	whatwg "github.com/nlnwa/whatwg-url/url"
	"golang.org/x/text/unicode/norm"
)

func mustURL(t testing.TB, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestResolve(t *testing.T) {
	const base = "https://shop.example/a/b.html?x=1"
	tests := []struct{ ref, want string }{ // want "": refused
		{"", "https://shop.example/a/b.html?x=1"},
		{"#top", "https://shop.example/a/b.html?x=1"},
		{"?pid=12", "https://shop.example/a/b.html?pid=12"},
		{"?", "https://shop.example/a/b.html?"},
		{"c", "https://shop.example/a/c"},
		{"./c/../d/", "https://shop.example/a/d/"},
		{"../../../d", "https://shop.example/d"},
		{"..", "https://shop.example/"},
		{"%2e%2E/d", "https://shop.example/d"},
		{"/d/.", "https://shop.example/d/"},
		{"/d//e", "https://shop.example/d//e"},
		{"//CDN.Example/x", "https://cdn.example/x"},
		{`\\cdn.example\x\y?q=\`, `https://cdn.example/x/y?q=\`},
		{`/x\y`, "https://shop.example/x/y"},
		{" \n /c\td\r\ne ", "https://shop.example/cde"},
		{"HTTP://Shop.Example:80", "http://shop.example/"},
		{"https://shop.example:443/", "https://shop.example/"},
		{"https://shop.example:8443/", "https://shop.example:8443/"},
		{"https://shop.example:/", "https://shop.example/"},
		{"https:c", "https://shop.example/a/c"},
		{"https:/c", "https://shop.example/c"},
		{"http:other.example/c", "http://other.example/c"},
		{"http:///other.example/c", "http://other.example/c"},
		{"https://user:secret@shop.example/", "https://shop.example/"},
		{"/商品/リネン", "https://shop.example/%E5%95%86%E5%93%81/%E3%83%AA%E3%83%8D%E3%83%B3"},
		{"/a b", "https://shop.example/a%20b"},
		{"/100%/x", "https://shop.example/100%25/x"},
		{"/x?rate=100%", "https://shop.example/x?rate=100%"},
		{"/x?q=a b'c\"<>", "https://shop.example/x?q=a%20b%27c%22%3C%3E"},
		{"/x?q=リネン", "https://shop.example/x?q=%E3%83%AA%E3%83%8D%E3%83%B3"},
		{"/x?q=%a4%EA", "https://shop.example/x?q=%a4%EA"},
		{"/%7euser/%e5", "https://shop.example/%7euser/%e5"},
		{"/it's(1)!*", "https://shop.example/it's(1)!*"},
		{"/a;b=c,d@e:f&g$h+i", "https://shop.example/a;b=c,d@e:f&g$h+i"},
		{"/\xff", "https://shop.example/%EF%BF%BD"},
		{"/a|b", "https://shop.example/a%7Cb"},
		{"//リネン.example/", "https://xn--kdkxc2a.example/"},
		{"//ＳＨＯＰ.example/", "https://shop.example/"},
		{"//shop%2eexample/", "https://shop.example/"},
		{"//127.1/", "https://127.0.0.1/"},
		{"//0x7f.0.0.01/", "https://127.0.0.1/"},
		{"//2130706433/", "https://127.0.0.1/"},
		{"//[::1]:8080/", "https://[::1]:8080/"},
		{"//[FE80:0:0::1]/", "https://[fe80::1]/"},
		{"javascript:void(0)", ""},
		{"JavaScript:void(0)", ""},
		{"java\nscript:void(0)", ""},
		{"data:text/html,x", ""},
		{"mailto:info@shop.example", ""},
		{"tel:0300000000", ""},
		{"file:///etc/hosts", ""},
		{"ftp://shop.example/", ""},
		{"localhost:8080/x", ""},
		{"http://", ""},
		{"http://a b/", ""},
		{"http://shop.example:99999/", ""},
		{"http://shop.example:8a/", ""},
		{"http://[::1/", ""},
		{"http://1.2.3.4.5/", ""},
		{"http://256.1.1.1/", ""},
		{"//-0/", "https://-0/"}, // no number, as a sign is none of the digits
		{"//-0.1/", ""},
		{"//99999999999999999999/", ""},
		{"http://a%00b/", ""},
		{"/" + strings.Repeat("x", maxRef), ""},
		{"/" + strings.Repeat("あ", maxRef/8), ""}, // short enough as written, too long once it is encoded
		{"?" + strings.Repeat("あ", maxRef/8), ""},
		{"/" + strings.Repeat("あ", maxRef/16), "https://shop.example/" + strings.Repeat("%E3%81%82", maxRef/16)},
	}
	for _, tt := range tests {
		u, ok := Resolve(mustURL(t, base), tt.ref)
		got := ""
		if ok {
			got = u.String()
		}
		if got != tt.want {
			t.Errorf("Resolve(%q) = %q, want %q", tt.ref, got, tt.want)
		}
	}
	if _, ok := Resolve(nil, "/x"); ok {
		t.Error("a relative reference was resolved without a base")
	}
	if u, ok := Resolve(nil, "HTTP://a.example/%41?"); !ok || u.String() != "http://a.example/%41?" {
		t.Errorf("without base: %v %v", u, ok)
	}
}

func TestResolveIn(t *testing.T) {
	base := mustURL(t, "http://shop.example/?mode=srh")
	tests := []struct{ ref, charset, want string }{
		{"?mode=srh&keyword=リネン", "EUC-JP", "http://shop.example/?mode=srh&keyword=%A5%EA%A5%CD%A5%F3"},
		{"?keyword=ソース", "Shift_JIS", `http://shop.example/?keyword=%83\%81[%83X`},
		{"?keyword=リネン", "utf-8", "http://shop.example/?keyword=%E3%83%AA%E3%83%8D%E3%83%B3"},
		{"?keyword=リネン", "no-such", "http://shop.example/?keyword=%E3%83%AA%E3%83%8D%E3%83%B3"},
		{"?keyword=リネン", "UTF-16LE", "http://shop.example/?keyword=%E3%83%AA%E3%83%8D%E3%83%B3"},
		{"/商品?k=①", "EUC-JP", "http://shop.example/%E5%95%86%E5%93%81?k=%AD%A1"},
		{"?k=a😀b", "EUC-JP", "http://shop.example/?k=a%26%23128512%3Bb"},
		{"?k=茶碗😀", "EUC-JP", "http://shop.example/?k=%C3%E3%CF%D2%26%23128512%3B"},
		{"?k=−¥", "Shift_JIS", `http://shop.example/?k=%81|\`},
		{"?k=é", "windows-1252", "http://shop.example/?k=%E9"},
		{"?k=あ", "ISO-2022-JP", "http://shop.example/?k=%1B$B$%22%1B(B"},
	}
	for _, tt := range tests {
		u, ok := ResolveIn(base, tt.ref, tt.charset)
		if !ok {
			t.Errorf("ResolveIn(%q, %s) refused", tt.ref, tt.charset)
			continue
		}
		if got := u.String(); got != tt.want {
			t.Errorf("ResolveIn(%q, %s) = %q, want %q", tt.ref, tt.charset, got, tt.want)
		}
	}
}

// oracle resolves by an independent implementation of the URL Standard and then
// applies what Resolve does differently on purpose.
func oracle(base, ref string) (string, bool) {
	u, err := whatwg.ParseRef(base, ref)
	if err != nil || u.Protocol() != "http:" && u.Protocol() != "https:" {
		return "", false
	}
	for _, c := range u.Hostname() {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789.-_[:]", c) {
			return "", false
		}
	}
	path := []byte(nil)
	for i, p := 0, u.Pathname(); i < len(p); i++ {
		switch {
		case p[i] == '%' && !isEscape(p[i:]):
			path = append(path, "%25"...)
		case p[i] == '|':
			path = append(path, "%7C"...)
		case p[i] == '^':
			path = append(path, "%5E"...)
		default:
			path = append(path, p[i])
		}
	}
	out := u.Protocol() + "//" + u.Host() + string(path) + u.Search()
	if u.Search() == "" && strings.Contains(strings.SplitN(u.Href(false), "#", 2)[0], "?") {
		out += "?"
	}
	if len(out) > maxRef {
		return "", false
	}
	return out, true
}

// skipOracle lists where the oracle itself departs from the standard, or where the
// difference is on purpose and cannot be undone in its answer.
func skipOracle(ref string) bool {
	return strings.Contains(ref, "@") || // credentials: it keeps them
		strings.Contains(ref, "\uFFFD") || strings.ContainsRune(ref, 0) ||
		!isASCII(ref) && strings.ToValidUTF8(ref, "") != ref || // it drops bytes that are no UTF-8
		strings.Contains(strings.ToLower(ref), "xn--") ||
		strings.ContainsAny(ref, "[]") || // IPv4-mapped addresses are printed differently
		signedNumber.MatchString(norm.NFKC.String(ref)) || // it reads "-0" and "0x+1" as numbers of an IPv4 address
		longNumber.MatchString(norm.NFKC.String(ref)) // and digits over 63 bits as a name
}

var (
	signedNumber = regexp.MustCompile(`(?i)([/\\\\.。:]|%2e)\s*(0x?)?\s*([-+]|%2[bd])\s*[0-9a-f%]`)
	longNumber   = regexp.MustCompile(`(?i)([0-9a-f]\s*|%[346][0-9a-f]\s*){16}`)
)

var oracleBases = []string{
	"https://shop.example/a/b.html?x=1",
	"http://shop.example:8080/",
	"http://shop.example/%E5%95%86/c;d/?",
}

func TestResolveAgainstOracle(t *testing.T) {
	parts := []string{"", "/", "//", `\`, ".", "..", "%2e", "?", "#", "a", "B", "%", "%41", "%zz", " ", "\t", "'", `"`,
		"<", "^", "|", "{", "あ", "x.example", ":80", ":", "http:", "https://", "HTTPS:", "mailto:", "127.1", "0x", ";", "&", "="}
	n := 0
	for _, base := range oracleBases {
		b := mustURL(t, base)
		for _, p := range parts {
			for _, q := range parts {
				for _, r := range parts {
					ref := p + q + r
					if skipOracle(ref) {
						continue
					}
					n++
					compareWithOracle(t, b, base, ref)
				}
			}
		}
	}
	if n < 50000 {
		t.Errorf("only %d references were compared", n)
	}
}

func compareWithOracle(t *testing.T, b *url.URL, base, ref string) {
	t.Helper()
	want, wantOK := oracle(base, ref)
	u, ok := Resolve(b, ref)
	got := ""
	if ok {
		got = u.String()
	}
	if ok != wantOK || got != want {
		t.Errorf("Resolve(%s, %q) = %q %v, the standard says %q %v", base, ref, got, ok, want, wantOK)
	}
}

func FuzzResolve(f *testing.F) {
	for _, ref := range []string{"/a b?c", "../%2e/x", "http:x", `\\h\p`, "//0x7f.1/", "/%", "?q=あ", "//リ.example", ":", "//a:b@c"} {
		f.Add(ref)
	}
	f.Fuzz(func(t *testing.T, ref string) {
		for _, base := range oracleBases {
			b := mustURL(t, base)
			u, ok := Resolve(b, ref)
			if !ok {
				continue
			}
			s := u.String()
			again, err := url.Parse(s)
			if err != nil {
				t.Fatalf("Resolve(%q) gives %q, which net/url refuses: %v", ref, s, err)
			}
			if again.String() != s {
				t.Fatalf("%q is not stable: %q", s, again)
			}
			twice, ok := Resolve(nil, s)
			if !ok || twice.String() != s {
				t.Fatalf("Resolve(%q) = %q, resolved again %v %v", ref, s, twice, ok)
			}
			if !skipOracle(ref) {
				compareWithOracle(t, b, base, ref)
			}
		}
	})
}

func BenchmarkResolve(b *testing.B) {
	base := mustURL(b, "https://shop.example/products/list.php?category_id=3")
	refs := []string{"/products/detail.php?product_id=12345", "?pid=12345678", "../img/item.jpg", "https://shop.example/guide", "#top", "/商品/リネン?q=青"}
	for i := range b.N {
		Resolve(base, refs[i%len(refs)])
	}
}
