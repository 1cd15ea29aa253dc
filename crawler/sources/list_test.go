package sources

import (
	"net/url"
	"strings"
	"testing"
)

// What the short way makes of an address is what the long one makes of it.
func samePlain(t *testing.T, base *url.URL, ref string) {
	t.Helper()
	s := &session{o: ReadOptions{BaseURL: base}}
	host, ok := plainRef(ref)
	if !ok {
		return
	}
	got, reason := s.made(ref)
	want, parsed := "", parsedAddress(ref)
	if parsed != nil {
		want = s.resolved(parsed)
	}
	if got != want || (reason == "") != (want != "") {
		t.Errorf("%q: %q (%s), want %q", ref, got, reason, want)
	}
	if parsed != nil && parsed.Host != host {
		t.Errorf("%q has the host %q, not %q", ref, parsed.Host, host)
	}
	site := strings.TrimPrefix(host, "www.")
	if !strings.Contains(host, ".") {
		site = ""
	}
	if got := siteOf(ref); got != site {
		t.Errorf("%q is of the site %q, not %q", ref, got, site)
	}
}

func plainRefs() map[string]bool {
	return map[string]bool{
		"https://shop.example/?pid=1": true, "http://www.shop.example/a/b.html?x=%zz&y": true, "/?pid=1": true, "/a//b": true, "https://shop.example": true,
		"https://shop.example?": true, "/?": true, "/": true, "/a.b/c..d": true, "https://localhost/a": true, "https://shop.example//x": true,
		"/.": false, "/a/../b": false, "/.well-known": false, "https:///x": false, "//shop.example/x": false, "https://Shop.example/": false, "https://shop.example:443/": false,
		"https://shop.example/#a": false, "https://shop.example/茶": false, "https://shop.example/a%20b": false, "https://a@shop.example/": false, "ftp://shop.example/": false,
		"": false, "x": false, "shop.example/x": false, "https://shop.example/a b": false, "/a:b": false, "https://": false, "/?a=.": true, "/?.": true,
	}
}

func TestPlainRef(t *testing.T) {
	for ref, want := range plainRefs() {
		if _, ok := plainRef(ref); ok != want {
			t.Errorf("%q is plain: %t", ref, ok)
		}
		samePlain(t, mustURL(t, "https://shop.example/front/?x#y"), ref)
		samePlain(t, nil, ref)
	}
	for ref, want := range map[string]string{"www.shop.example": "shop.example", "Shop.example:80/x": "shop.example", "shop.example/x?y": "shop.example", "shop": "", "/x": "", "a:b.c": ""} {
		if got := siteOf(ref); got != want {
			t.Errorf("%q is of the site %q, want %q", ref, got, want)
		}
	}
}

func FuzzPlainRef(f *testing.F) {
	for ref := range plainRefs() {
		f.Add(ref)
	}
	base := &url.URL{Scheme: "https", Host: "shop.example", Path: "/front"}
	f.Fuzz(func(t *testing.T, ref string) { samePlain(t, base, ref) })
}
