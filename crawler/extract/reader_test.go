package extract

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestReaderKeepsNothingOfAPage reads pages that differ in all that a reader keeps in
// mind, by one reader and by a new one each.
func TestReaderKeepsNothingOfAPage(t *testing.T) {
	rd := NewReader()
	card := `<a href="/item/2"><img src="2.jpg"></a><a href="item/3">x</a><a href="//other.example/y">y</a><a href="?n=2">n</a><a href="http://one.example/abs">z</a>`
	for _, origin := range []string{"https://one.example", "http://one.example", "https://two.example:8443", "https://one.example"} {
		for _, path := range []string{"/item/1", "/shop/deep/1.html"} {
			for _, tt := range []struct{ after, end string }{
				{end: card},
				{end: `<base href="/elsewhere/">` + card},
				{after: `<p class="old-price">2,480円</p>`, end: card},
				{after: `<p class="price">2,640円</p>`, end: strings.Repeat("<div><p>文 & 文</p></div>", 300)},
				{after: "<p>型番：TB-99</p>"},
			} {
				page := strings.NewReplacer("PRICE", "", "AFTER", tt.after, "END", tt.end).Replace(quickPage)
				u := parseURL(t, origin+path)
				want, err := Page(u, []byte(page), Hints{})
				if err != nil {
					t.Fatal(err)
				}
				got, err := rd.Page(u, []byte(page), Hints{})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s%s (-a new reader +one that has read others):\n%s", origin, path, diff)
				}
			}
		}
	}
}

// TestReaderIsBounded feeds a reader a shop in which no name and no address comes twice.
func TestReaderIsBounded(t *testing.T) {
	rd := NewReader()
	u := parseURL(t, "https://utsuwa.example/item/1")
	for i := range 200 {
		var b strings.Builder
		for k := range 100 {
			fmt.Fprintf(&b, `<p class="n%d-%d-%s"><a href="/%d/%d">2,750円</a></p>`, i, k, strings.Repeat("x", 300), i, k)
		}
		page := strings.NewReplacer("PRICE", "", "AFTER", "", "END", b.String()).Replace(quickPage)
		if _, err := rd.Page(u, []byte(page), Hints{}); err != nil {
			t.Fatal(err)
		}
	}
	if rd.names.size > maxNames+maxNames/64 {
		t.Errorf("%d bytes of names are kept", rd.names.size)
	}
	kept := map[string]bool{}
	rd.shared.memory.Each(func(r ref) { kept[r.url] = true })
	if len(kept) > 2*maxSharedRefs {
		t.Errorf("%d references are kept", len(kept))
	}
}

// FuzzSharedRefs holds references that come from the memory of a reader against those
// that do not.
func FuzzSharedRefs(f *testing.F) {
	for _, s := range []string{"/a/b?c=d#e", "//x/y", "/\\x", "/\t/x", "?a", "a.html", "/%2e/x", "https://shop.example/x/../y", "http:x", "/日本", "http://shop.example/\x00"} {
		f.Add("https://shop.example/goods/list.cgi?page=2", "http://shop.example/x", s)
	}
	f.Fuzz(func(t *testing.T, first, second, raw string) {
		var shared sharedRefs
		for _, page := range []string{first, second, first} {
			u, err := url.Parse(page)
			if err != nil {
				return
			}
			r := resolver{base: u}
			want, wantOK := r.resolve(raw)
			if got, ok := newRefs(r, &shared).resolve(raw); got != want || ok != wantOK {
				t.Errorf("%q on %q: %q, %v, want %q, %v", raw, page, got, ok, want, wantOK)
			}
		}
	})
}
