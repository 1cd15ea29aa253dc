package demoshop

import (
	"net/http/httptest"
	"net/url"
	"testing"
)

// Whatever is asked, every shop answers with some status and does not fall over.
func FuzzRequests(f *testing.F) {
	f.Add("/", "pid=158000123&utm_source=x")
	f.Add("/", "mode=srh&keyword=%A5%DE&cid=2600417,1&page=-3&sort=p")
	f.Add("/collections/all/products/x.json", "variant=9&page=999999999999")
	f.Add("/shopbrand/ct9/page99/order/", "")
	f.Add("/product-category/tableware/cups/page/0/", "orderby=%ff")
	o := Options{Goods: 30, Snippets: map[string]string{"index": "<{$product.id}>", "head": "<{$page.id}>"}}
	shops := []*Shop{Old(o), New(o), MakeshopCreator(o), MakeshopBasic(o), Woo(o)}
	f.Fuzz(func(t *testing.T, path, query string) {
		if path == "" || path[0] != '/' {
			path = "/" + path
		}
		for _, s := range shops {
			r := httptest.NewRequest("GET", "/", nil)
			r.URL = &url.URL{Path: path, RawQuery: query}
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code >= 500 {
				t.Errorf("%v answers %d", r.URL, w.Code)
			}
		}
	})
}
