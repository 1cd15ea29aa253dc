package platform

import (
	"fmt"
	"net/url"
	"testing"
)

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkIdentify(b *testing.B) {
	r := builtInRegistry(b)
	for id, address := range map[string]string{
		"colorme":     "https://shop.example/?mode=cate&cbid=1234567&csid=8&sort=n&utm_source=x",
		"prestashop":  "https://shop.example/men/1-2-hummingbird-printed-t-shirt.html",
		"woocommerce": "https://shop.example/product-category/clothing/hoodies/page/2/?orderby=price",
		"generic":     "https://shop.example/shop/item.php?b=2&a=1&PHPSESSID=0123456789abcdef",
	} {
		p, _ := r.Get(id)
		u, err := url.Parse(address)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(id, func(b *testing.B) {
			for b.Loop() {
				p.Identify(u)
			}
		})
	}
}

// BenchmarkIdentifyLinks identifies the links of a page of 80: those that every page
// has, and those that none had before.
func BenchmarkIdentifyLinks(b *testing.B) {
	r := builtInRegistry(b)
	for _, id := range []string{"generic", "colorme", "shopify", "prestashop", "woocommerce", "eccube"} {
		p, _ := r.Get(id)
		product := map[string]string{
			"generic": "/item/%d.html", "colorme": "/?pid=%d", "shopify": "/products/shirt-%d", "prestashop": "/men/%d-shirt.html",
			"woocommerce": "/product/shirt-%d/", "eccube": "/products/detail/%d",
		}[id]
		links := func(from int) []*url.URL {
			var all []*url.URL
			for i := range 80 {
				s := fmt.Sprintf(product, from+i)
				if i%8 == 0 {
					s = fmt.Sprintf("/page/about-%d", from+i)
				}
				u, err := url.Parse("https://shop.example" + s)
				if err != nil {
					b.Fatal(err)
				}
				all = append(all, u)
			}
			return all
		}
		b.Run(id+"/repeated", func(b *testing.B) {
			all := links(0)
			b.ReportAllocs()
			for b.Loop() {
				for _, u := range all {
					p.Identify(u)
				}
			}
		})
		b.Run(id+"/new", func(b *testing.B) {
			var pages [][]*url.URL
			for i := range 2000 {
				pages = append(pages, links(i*80))
			}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				for _, u := range pages[i%len(pages)] {
					p.Identify(u)
				}
				i++
			}
		})
	}
}
