package platform

import (
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
