package sources

import (
	"net/url"
	"strings"
	"testing"
)

// Whatever the bytes are: no panic, and a record always has a product and, when it
// has an address, one of the web.
func FuzzReadProducts(f *testing.F) {
	f.Add(shopify2025, false)
	f.Add(colormeHeader+"\"1\",,,,\"a\"\n", true)
	f.Add("ID,Type,SKU,Name,Published,Parent\n1,variable,a,b,1,\n2,variation,,,1,a\n", false)
	f.Add("システム商品コード,独自商品コード,商品名\n1,a,b\n", false)
	f.Add("https://a.example/\n#x\n/\x00\n", false)
	f.Add("\xff\xfeU\x00R\x00L\x00\n\x00", true)
	f.Add("sep=;\nURL;x\nhttp://[;\"\n", false)
	base := &url.URL{Scheme: "https", Host: "x.example", Path: "/a"}
	f.Fuzz(func(t *testing.T, data string, strict bool) {
		products := 0
		rep, err := ReadProducts(t.Context(), "", strings.NewReader(data), ReadOptions{BaseURL: base, Strict: strict, Path: ""}, func(r Record) error {
			products++
			if r.Product == nil || r.Line < 1 {
				t.Errorf("record %+v", r)
			}
			if r.URL != "" {
				if u, err := url.Parse(r.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
					t.Errorf("address %q: %v", r.URL, err)
				}
			}
			return nil
		})
		if rep.Products != products || err == nil && rep.RefusedCount > 0 && strict {
			t.Errorf("report %+v, error %v", rep, err)
		}
	})
}
