package crawler_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"replatform/crawler"
	"replatform/crawler/platform"
)

func TestParseStart(t *testing.T) {
	for in, want := range map[string]string{
		"shop.example": "https://shop.example/", " HTTP://Shop.Example:8080/a?b#c ": "http://shop.example:8080/a?b",
		"localhost:9000": "http://localhost:9000/", "127.0.0.1:80/x": "http://127.0.0.1:80/x",
		"": "", "ftp://shop.example/": "", "https://": "", "https://owner:hush@/": "", "https://owner:hush@sh op/": "",
	} {
		u, err := crawler.ParseStart(in)
		if want == "" {
			if !errors.Is(err, crawler.ErrBadStart) || strings.Contains(err.Error(), "hush") {
				t.Errorf("%q: %v, %v", in, u, err)
			}
			continue
		}
		if err != nil || u.String() != want {
			t.Errorf("%q: %v, %v, want %s", in, u, err, want)
		}
	}
}

// TestCrawlDelay: what robots.txt asks for is kept up to a ceiling, and both are told.
func TestCrawlDelay(t *testing.T) {
	reg, err := platform.Load()
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string][2]time.Duration{
		"": {}, "Crawl-delay: 2": {2 * time.Second, 2 * time.Second}, "Crawl-delay: 3600": {time.Hour, 30 * time.Second},
	} {
		shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" {
				fmt.Fprintf(w, "User-agent: *\nDisallow: /x\n%s\n", line)
				return
			}
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<!doctype html><title>shop</title>")
		}))
		start, err := crawler.Probe(t.Context(), crawler.Config{StartURL: shop.URL, Registry: reg})
		shop.Close()
		if err != nil {
			t.Fatal(err)
		}
		if asked, kept := start.CrawlDelay(); asked != want[0] || kept != want[1] {
			t.Errorf("%q: asked %v, kept %v, want %v", line, asked, kept, want)
		}
	}
}
