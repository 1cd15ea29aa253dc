package main

import (
	"fmt"
	"net/http"
	"strings"

	"replatform/crawler/picture/sketch"
)

// picturing is a shop of three things with pictures; the picture of the third is gone.
// As the new shop it calls them otherwise and compresses the pictures anew.
func picturing(quality int, names ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var n int
		switch _, err := fmt.Sscanf(strings.TrimPrefix(r.URL.Path, "/"), "pic-%d.jpg", &n); {
		case err == nil && n < 3:
			data, err := sketch.Encoded(sketch.Product(uint64(n), n, 0, 96), "jpeg", quality)
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			w.Header().Set("Content-Type", "image/jpeg")
			_, _ = w.Write(data)
			return
		case err == nil:
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path == "/" {
			fmt.Fprint(w, "<!doctype html><title>A shop with pictures</title>")
			for i := range names {
				fmt.Fprintf(w, "<a href=\"/item/%d\">thing</a>", i+1)
			}
			return
		}
		if _, err := fmt.Sscanf(r.URL.Path, "/item/%d", &n); err != nil || n < 1 || n > len(names) {
			http.NotFound(w, r)
			return
		}
		fmt.Fprintf(w, `<!doctype html><title>%[1]s</title><h1>%[1]s</h1><script type="application/ld+json">{"@context":"https://schema.org","@type":"Product","name":"%[1]s","image":"/pic-%[2]d.jpg","offers":{"@type":"Offer","price":"%[2]d00","priceCurrency":"JPY"}}</script>`, names[n-1], n)
	}
}
