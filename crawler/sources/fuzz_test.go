package sources

import (
	"bytes"
	"math"
	"net/url"
	"os"
	"path/filepath"
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

// Whatever is in the file, packed or not: no panic, and what is handed out is an
// address of the web with figures that are numbers.
func FuzzReadFile(f *testing.F) {
	files, err := filepath.Glob(filepath.Join(samples, "*"))
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, "", false)
	}
	f.Add([]byte("PK\x03\x04"), "", true)
	f.Add([]byte("\x1f\x8b\x08\x00"), "", true)
	for _, k := range []Kind{AccessLog, FieldsLog, JSONLog, Analytics, MerchantXML, Wayback, CommonCrawl, SearchConsoleAPI} {
		f.Add([]byte("#Fields: cs-uri-stem sc-status\n{\"rows\":[{}]}\n[[\"original\"]]\n"), string(k), false)
	}
	base := &url.URL{Scheme: "https", Host: "shop.example", Path: "/"}
	f.Fuzz(func(t *testing.T, data []byte, kind string, strict bool) {
		o := Options{Kind: Kind(kind), BaseURL: base, Strict: strict, MaxAddresses: 100, MaxBytes: 1 << 20}
		_, err := ReadFile(t.Context(), "file", bytes.NewReader(data), o, func(a Address) error {
			if a.URL == "" && a.Record == nil {
				t.Errorf("neither address nor product: %+v", a)
			}
			if a.URL != "" {
				if u, err := url.Parse(a.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
					t.Errorf("address %q: %v", a.URL, err)
				}
			}
			for _, v := range []float64{a.Figures.Clicks, a.Figures.Impressions, a.Figures.Sessions, a.Figures.Revenue, a.Figures.LinkingSites} {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Errorf("%s has the figure %g", a.URL, v)
				}
			}
			return nil
		})
		_ = err // any error is right for hostile bytes; what counts is the above
	})
}
