package main

import (
	"crypto/sha256"
	"database/sql"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	_ "modernc.org/sqlite" // to look at a project file from outside
)

// checkWhole asks SQLite whether a project file is whole, on a copy, as the next
// program to open it would find it.
func checkWhole(t *testing.T, path string) {
	t.Helper()
	dir := t.TempDir()
	for _, suffix := range []string{"", "-wal"} {
		data, err := os.ReadFile(path + suffix)
		if errors.Is(err, fs.ErrNotExist) {
			if suffix == "" {
				return // killed before it was made
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "copy"+suffix), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "copy"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var answer string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&answer); err != nil || answer != "ok" {
		t.Fatalf("integrity_check: %q, %v", answer, err)
	}
}

// particular are small shops, each with one thing that a crawl has to deal with.
func particular() map[string]http.Handler {
	return map[string]http.Handler{
		"STAGING":      http.HandlerFunc(staging),
		"CHANGING":     http.HandlerFunc(changing),
		"HIDING":       http.HandlerFunc(hiding),
		"PROXY":        http.HandlerFunc(proxy),
		"PICTURES":     picturing(90, "Desk lamp", "Flower vase", "Oak tray"),
		"PICTURES_NEW": picturing(50, "Desk lamp white", "Vase for flowers", "Tray of oak"),
	}
}

// smallShop answers with the named things as products; "/" links to them. It sends what
// has not changed only once.
func smallShop(w http.ResponseWriter, r *http.Request, things map[string]string) {
	send := func(page string) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("ETag", fmt.Sprintf("%q", fmt.Sprintf("%x", sha256.Sum256([]byte(page)))))
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(page))
	}
	if r.URL.Path == "/" {
		page := "<!doctype html><title>A small shop</title>"
		for _, path := range sortedKeys(things) {
			page += "<a href=\"" + path + "\">thing</a>"
		}
		send(page)
		return
	}
	name, price, ok := strings.Cut(things[r.URL.Path], " @ ")
	if !ok {
		http.NotFound(w, r)
		return
	}
	send(fmt.Sprintf(`<!doctype html><title>%[1]s</title><h1>%[1]s</h1><script type="application/ld+json">{"@context":"https://schema.org","@type":"Product","name":"%[1]s","offers":{"@type":"Offer","price":"%[2]s","priceCurrency":"JPY"}}</script>`, name, price))
}

// staging lets in who has the password and the header.
func staging(w http.ResponseWriter, r *http.Request) {
	user, password, _ := r.BasicAuth()
	if user != "owner" || password != "hush-7741" || r.Header.Get("X-Stage") != "token-9302" {
		w.Header().Set("WWW-Authenticate", `Basic realm="stage"`)
		http.Error(w, "closed", http.StatusUnauthorized)
		return
	}
	smallShop(w, r, map[string]string{"/item/1": "Lamp @ 1000", "/item/2": "Vase @ 2000"})
}

// proxy is a proxy for HTTP before one shop that has no other address.
func proxy(w http.ResponseWriter, r *http.Request) {
	if r.URL.Host != "www.behind.example" {
		http.Error(w, "this proxy leads to www.behind.example", http.StatusBadGateway)
		return
	}
	smallShop(w, r, map[string]string{"/item/1": "Lamp @ 1000", "/item/2": "Vase @ 2000", "/item/3": "Bowl @ 3000"})
}

// trusting starts a shop with a certificate of its own making, which it returns as PEM.
func trusting(env *testscript.Env) (url string, certificate []byte) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		smallShop(w, r, map[string]string{"/item/1": "Lamp @ 1000"})
	}))
	env.Defer(s.Close)
	return s.URL, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
}

// changing is another shop for a crawler whose contact is "second".
func changing(w http.ResponseWriter, r *http.Request) {
	things := map[string]string{"/item/1": "Lamp @ 1000", "/item/2": "Vase @ 2000", "/item/3": "Bowl @ 3000", "/item/4": "Rug @ 4000", "/item/5": "Cup @ 500"}
	if strings.Contains(r.UserAgent(), "(+second)") {
		if r.URL.Path == "/item/5" {
			http.Redirect(w, r, "/item/6", http.StatusMovedPermanently)
			return
		}
		things = map[string]string{"/item/1": "Lamp @ 1100", "/item/2": "Tall vase @ 2000", "/item/4": "Rug @ 4000", "/item/6": "Cup @ 500", "/item/7": "Tray @ 700"}
	}
	smallShop(w, r, things)
}

// hiding keeps crawlers out of a part of the shop.
func hiding(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/robots.txt" {
		fmt.Fprint(w, "User-agent: *\nDisallow: /members/\nCrawl-delay: 0.01\n")
		return
	}
	smallShop(w, r, map[string]string{"/item/1": "Lamp @ 1000", "/members/2": "Vase @ 2000", "/members/3": "Bowl @ 3000"})
}
