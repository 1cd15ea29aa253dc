package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"replatform/crawler/demoshop"
)

// TestProbeScripts runs the commands that ask living shops. $KEEPS and $DROPS send
// the old shop's subdomain to its domain, each in its manner; $SOFT is the old shop
// with a page for everything; $KUMO is a shop of the platform that the page
// ADDING.md describes.
func TestProbeScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/probe",
		Setup: func(env *testscript.Env) error {
			options := demoshop.Options{Scheme: "http", Goods: 40}
			old, fresh := demoshop.Old(options), demoshop.New(options)
			main, subdomain := old.Hosts()[0], old.Hosts()[2]
			mux := demoshop.Mux(old, fresh)
			serve := func(name, host string, h http.Handler) {
				s := httptest.NewServer(h)
				env.Defer(s.Close)
				env.Setenv(name, host+"="+s.Listener.Addr().String())
			}
			move := func(target func(*http.Request) string) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Location", target(r))
					w.WriteHeader(http.StatusMovedPermanently)
				})
			}
			serve("OLD", main, mux)
			serve("NEW", fresh.Hosts()[0], mux)
			serve("SOFT", main, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.Contains(r.URL.RequestURI(), "9999999") {
					fmt.Fprint(w, "<!doctype html><title>nothing here</title>")
					return
				}
				mux.ServeHTTP(w, r)
			}))
			serve("KEEPS", subdomain, move(func(r *http.Request) string { return "http://" + main + r.URL.RequestURI() }))
			serve("DROPS", subdomain, move(func(*http.Request) string { return "http://" + main + "/" }))
			serve("KUMO", "shop.kumo-cart.example", http.HandlerFunc(kumoCart))
			env.Setenv("OLD_URL", old.StartURL())
			env.Setenv("NEW_URL", fresh.StartURL())
			env.Setenv("SUBDOMAIN", "http://"+subdomain+"/")
			env.Setenv("LANG", "en_GB.UTF-8")
			return nil
		},
	})
}

// kumoCart is a shop of two products on an invented platform.
func kumoCart(w http.ResponseWriter, r *http.Request) {
	page := func(title, body string) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><html><head><title>%s</title><meta name="generator" content="Kumo Cart 3">`+
			`<script src="http://static.kumo-cart.example/shop.js"></script></head><body><h1>%s</h1>%s</body></html>`, title, title, body)
	}
	switch r.URL.Path {
	case "/":
		page("Tea of the clouds", `<a href="/goods/list/12">Tea</a> <a href="/goods/detail/tea-01?from=top">Morning tea</a>`)
	case "/goods/list/12":
		page("Tea", `<a href="/goods/detail/tea-01">Morning tea</a> <a href="/goods/detail/tea-02">Evening tea</a>`)
	case "/goods/detail/tea-01":
		page("Morning tea", `<p>¥1,200</p>`)
	case "/goods/detail/tea-02":
		page("Evening tea", `<p>¥1,400</p>`)
	default:
		http.NotFound(w, r)
	}
}

// TestAddingPage holds the pages "how to add a platform" together with the script
// that runs them: the same file, and every command of the page.
func TestAddingPage(t *testing.T) {
	script, err := os.ReadFile("testdata/probe/platforms-adding.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, file, ok := strings.Cut(string(script), "-- my-platforms/kumo-cart.yaml --\n")
	if !ok {
		t.Fatal("the script holds no file")
	}
	file, _, _ = strings.Cut(file, "-- no-confidence.yaml --")
	block := regexp.MustCompile("(?s)```(yaml|sh)\n(.*?)```")
	for _, name := range []string{"ADDING.md", "ADDING.ja.md"} {
		page, err := os.ReadFile(filepath.Join("..", "..", "crawler", "platform", name))
		if err != nil {
			t.Fatal(err)
		}
		commands := 0
		for _, m := range block.FindAllStringSubmatch(string(page), -1) {
			if m[1] == "yaml" {
				if m[2] != file {
					t.Errorf("%s shows another file than the script runs", name)
				}
				continue
			}
			for _, line := range strings.Split(strings.TrimSpace(m[2]), "\n") {
				if !strings.HasPrefix(line, "replatform ") {
					continue
				}
				commands++
				line = strings.TrimSuffix(line, " https://shop.kumo-cart.example/")
				if !strings.Contains(string(script), "exec "+line) {
					t.Errorf("%s: the script does not run %q", name, line)
				}
			}
		}
		if commands < 5 {
			t.Errorf("%s: only %d commands were found", name, commands)
		}
	}
}
