package crawler_test

import (
	"errors"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler"
	"replatform/crawler/catalog"
	"replatform/crawler/demoshop"
	"replatform/crawler/fetch"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
)

func TestParseHost(t *testing.T) {
	for typed, want := range map[string]string{
		"shop.example": "shop.example", " Shop.Example ": "shop.example", "www.shop.example:8080": "www.shop.example:8080",
		"https://old2.example/": "old2.example", "https://old2.example:443": "old2.example", "http://old2.example:80/": "old2.example",
		"ｏｌｄ２.example": "old2.example", "ｏｌｄ．example：8080": "old.example:8080", "https：//old.example": "old.example",
		"月夜雑貨.example": "xn--essv73awn3airi.example", "月夜雑貨。example": "xn--essv73awn3airi.example", "shop.example.": "shop.example",
		"127.0.0.1:18471": "127.0.0.1:18471", "[::1]:80": "[::1]", "localhost:3000": "localhost:3000",
		"": "", " ": "", "http:": "", "https://": "", "http:/old.example": "", "https//old.example": "", "old2.example/shop": "", "old2.example/?x": "",
		"old2.example#a": "", "hanako@old2.example": "", "a b.example": "", "web1": "", "web1:8080": "", "HTTPS": "", "ftp://old.example": "", "old.example:port": "",
		"old_.example$": "", "-": "", ".": "", "..example": "", "\x1b[31m.example": "", "old.example;x.example": "", `old\.example`: "",
	} {
		got, err := crawler.ParseHost(typed)
		if got != want || (err == nil) != (want != "") || err != nil && !errors.Is(err, crawler.ErrBadHost) {
			t.Errorf("%q: %q, %v, want %q", typed, got, err, want)
		}
	}
}

func TestParseMachine(t *testing.T) {
	for typed, want := range map[string]string{"Web1": "web1", "web1:8080": "web1:8080", "shop.example": "shop.example", "http:": "", "web1/x": "", "": "", "[::1]": "[::1]"} {
		if got, err := crawler.ParseMachine(typed); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v, want %q", typed, got, err, want)
		}
	}
}

// Hosts that are named while the shop is crawled stay, and so they do when it is crawled
// again.
func TestHostsStay(t *testing.T) {
	shop := demoshop.Old(demoshop.Options{Scheme: "http", Goods: 40})
	server := httptest.NewServer(demoshop.Mux(shop))
	defer server.Close()
	connect := map[string]string{}
	for _, h := range shop.Hosts() {
		connect[h] = server.Listener.Addr().String()
	}
	reg, err := platform.Load()
	if err != nil {
		t.Fatal(err)
	}
	project, err := inventory.Open(t.Context(), filepath.Join(t.TempDir(), "shop.replatform"), inventory.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer project.Close()
	crawl := func(progress func(crawler.Progress)) {
		t.Helper()
		start, err := crawler.Probe(t.Context(), crawler.Config{StartURL: shop.StartURL(), Registry: reg, Fetch: fetch.Options{ConnectTo: connect}, Progress: progress})
		if err != nil {
			t.Fatal(err)
		}
		if sum, err := crawler.Crawl(t.Context(), start, project, catalog.Old); err != nil || sum.Stopped != "" {
			t.Fatal(sum, err)
		}
	}
	hosts := func() []string {
		t.Helper()
		s, err := project.Shop(t.Context(), catalog.Old)
		if err != nil || s.State != inventory.Ended || s.FinishedAt.IsZero() {
			t.Fatal(s, err)
		}
		return s.Hosts
	}
	var once sync.Once
	crawl(func(crawler.Progress) {
		once.Do(func() {
			if err := crawler.AddHosts(t.Context(), project, "https://old2.example/"); err != nil {
				t.Error(err)
			}
		})
	})
	first := hosts()
	want := []string{first[0], "old2.example"}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Errorf("hosts after the crawl (-want +got):\n%s", diff)
	}
	crawl(nil)
	if diff := cmp.Diff(want, hosts()); diff != "" {
		t.Errorf("hosts after the second crawl (-want +got):\n%s", diff)
	}
	if err := crawler.ForgetHost(t.Context(), project, first[0]); !errors.Is(err, crawler.ErrMainHost) {
		t.Errorf("taking back the main host: %v", err)
	}
	// What was stored unchecked once can be taken back as it is stored.
	if err := project.AddHosts(t.Context(), catalog.Old, "https://old3.example/x"); err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"https://old3.example/x", "ｏｌｄ２.example"} {
		if err := crawler.ForgetHost(t.Context(), project, host); err != nil {
			t.Error(err)
		}
	}
	if diff := cmp.Diff(want[:1], hosts()); diff != "" {
		t.Errorf("hosts at the end (-want +got):\n%s", diff)
	}
	if err := crawler.ForgetHost(t.Context(), project, "old2.example"); !errors.Is(err, crawler.ErrUnknownHost) {
		t.Errorf("taking back twice: %v", err)
	}
	if err := project.SaveShop(t.Context(), inventory.Shop{Side: catalog.New, StartURL: "https://new.example/", Hosts: []string{"new.example", first[0]}, State: inventory.Ended}); err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]error{"www.new.example": crawler.ErrHostOfNewShop, "new.example:443": crawler.ErrHostOfNewShop, first[0]: nil, "old/x": crawler.ErrBadHost} {
		if err := crawler.AddHosts(t.Context(), project, "old9.example", host); !errors.Is(err, want) {
			t.Errorf("%s: %v", host, err)
		}
	}
}
