package measure

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler"
	"replatform/crawler/catalog"
	"replatform/crawler/demoshop"
	"replatform/crawler/fetch"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
)

func registry(t testing.TB) *platform.Registry {
	t.Helper()
	reg, err := platform.Load()
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

// serve runs a handler for all hosts of a shop and returns a Config that asks it;
// asked are the addresses that it was asked for.
func serve(t *testing.T, shop *demoshop.Shop, before func(http.ResponseWriter, *http.Request) bool) (cfg Config, asked *[]string) {
	t.Helper()
	var mu sync.Mutex
	asked = &[]string{}
	mux := demoshop.Mux(shop)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		*asked = append(*asked, r.Host+r.URL.RequestURI())
		mu.Unlock()
		if before != nil && before(w, r) {
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return Config{URL: shop.StartURL(), Registry: registry(t),
		Fetch: fetch.Options{ConnectTo: demoshop.ConnectTo(s.Listener.Addr().String(), shop), Retries: -1}}, asked
}

func values(r *Result) map[string]string {
	out := map[string]string{}
	for _, a := range r.Answers {
		v := a.Value
		if a.Reason != "" {
			v += " " + a.Reason
		}
		out[a.Question] = v
	}
	return out
}

// moveTo answers on a subdomain as platforms do that send it to the own domain.
func moveTo(subdomain string, status int, target func(*http.Request) string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.Host, subdomain) || r.URL.Path == "/robots.txt" {
			return false
		}
		w.Header().Set("Location", target(r))
		w.WriteHeader(status)
		return true
	}
}

func TestShop(t *testing.T) {
	options := demoshop.Options{Scheme: "http", Goods: 40}
	old := demoshop.Old(options)
	sub := old.Hosts()[2]
	main := "http://" + old.Hosts()[0]
	soft := func(w http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(r.URL.RequestURI(), "999999999") || strings.Contains(r.URL.Path, "no-such") {
			fmt.Fprint(w, "<!doctype html><title>nothing here</title>")
			return true
		}
		return false
	}
	for _, tt := range []struct {
		name      string
		shop      *demoshop.Shop
		subdomain string
		before    func(http.ResponseWriter, *http.Request) bool
		platform  string
		want      map[string]string
	}{
		{"Color Me Shop, subdomain answers itself", old, "http://" + sub + "/", nil, "colorme", map[string]string{
			HTTPS: "no", Sitemap: "yes", MissingPage: "404", MissingProduct: "404", SubdomainRedirect: "none", SubdomainStatus: "unknown not-redirect",
		}},
		{"subdomain keeps path and query", old, "http://" + sub + "/",
			moveTo(sub, 301, func(r *http.Request) string { return main + r.URL.RequestURI() }), "colorme", map[string]string{
				HTTPS: "no", Sitemap: "yes", MissingPage: "404", MissingProduct: "404", SubdomainRedirect: "path+query", SubdomainStatus: "permanent",
			}},
		{"subdomain leads home, for the time being", old, "http://" + sub + "/",
			moveTo(sub, 302, func(*http.Request) string { return main + "/" }), "colorme", map[string]string{
				HTTPS: "no", Sitemap: "yes", MissingPage: "404", MissingProduct: "404", SubdomainRedirect: "home", SubdomainStatus: "temporary",
			}},
		{"subdomain leads to another shop", old, "http://" + sub + "/",
			moveTo(sub, 301, func(*http.Request) string { return "http://elsewhere.example/?pid=1" }), "colorme", map[string]string{
				HTTPS: "no", Sitemap: "yes", MissingPage: "404", MissingProduct: "404", SubdomainRedirect: "other", SubdomainStatus: "permanent",
			}},
		{"every missing page answers 200", old, "", soft, "colorme", map[string]string{
			HTTPS: "no", Sitemap: "yes", MissingPage: "200", MissingProduct: "200",
		}},
		{"Shopify", demoshop.New(options), "", nil, "shopify", map[string]string{
			HTTPS: "no", Sitemap: "yes", Feed: "yes", MissingPage: "404", MissingProduct: "404",
		}},
		{"Shopify, feed and sitemap closed", demoshop.New(options), "", func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == "/products.json" || r.URL.Path == "/sitemap.xml" {
				http.Redirect(w, r, "/password", http.StatusFound)
				return true
			}
			return false
		}, "shopify", map[string]string{
			HTTPS: "no", Sitemap: "no", Feed: "no", MissingPage: "404", MissingProduct: "404",
		}},
		{"makeshop, Creator mode", demoshop.MakeshopCreator(options), "", nil, "makeshop", map[string]string{
			HTTPS: "no", Sitemap: "no", MissingPage: "404", MissingProduct: "404",
		}},
		{"WooCommerce", demoshop.Woo(options), "", nil, "woocommerce", map[string]string{
			HTTPS: "no", Sitemap: "yes", Feed: "yes", MissingPage: "404", MissingProduct: "404",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg, asked := serve(t, tt.shop, tt.before)
			cfg.Subdomain = tt.subdomain
			r, err := Shop(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			if r.Platform != tt.platform {
				t.Errorf("platform %s, want %s", r.Platform, tt.platform)
			}
			if diff := cmp.Diff(tt.want, values(r)); diff != "" {
				t.Errorf("answers (-want +got):\n%s", diff)
			}
			if len(*asked) > 12 {
				t.Errorf("%d requests: %q", len(*asked), *asked)
			}
			for _, a := range r.Answers {
				if a.At.IsZero() || time.Since(a.At) > time.Minute {
					t.Errorf("%s: answered at %s", a.Question, a.At)
				}
			}
		})
	}
}

// TestRobotsAreHonoured: what robots.txt closes is not asked, and says so.
func TestRobotsAreHonoured(t *testing.T) {
	robots := "User-agent: *\nDisallow: /no-such-page\nDisallow: /products.json\n"
	cfg, asked := serve(t, demoshop.New(demoshop.Options{Scheme: "http", Goods: 20}), func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/robots.txt" {
			fmt.Fprint(w, robots)
			return true
		}
		return false
	})
	r, err := Shop(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	got := values(r)
	if got[Feed] != "unknown robots" || got[MissingPage] != "unknown robots" || got[MissingProduct] != "404" {
		t.Errorf("answers %v", got)
	}
	for _, a := range *asked {
		if strings.Contains(a, "no-such-page") || strings.Contains(a, "products.json") {
			t.Errorf("asked %s, which robots.txt forbids", a)
		}
	}
	cfg.OwnShop = []string{"/"}
	if r, err = Shop(t.Context(), cfg); err != nil || values(r)[Feed] != "yes" {
		t.Errorf("the owner lifts the rules: %v, %v", r, err)
	}
	robots = "User-agent: *\nDisallow: /\n"
	cfg.OwnShop = nil
	if _, err = Shop(t.Context(), cfg); !errors.Is(err, crawler.ErrRobotsForbid) {
		t.Errorf("whole shop closed: %v", err)
	}
}

// TestHTTPS follows a shop whose http address leads to https.
func TestHTTPS(t *testing.T) {
	for status, want := range map[int]string{301: "yes", 302: "temporary", 308: "yes"} {
		secure := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/" {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<!doctype html><title>shop</title>")
		}))
		plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "https://example.com"+r.URL.RequestURI())
			w.WriteHeader(status)
		}))
		for _, start := range []string{"https://example.com/", "http://example.com/"} {
			cfg := Config{URL: start, Registry: registry(t), Fetch: fetch.Options{InsecureTLS: true, Retries: -1, ConnectTo: map[string]string{
				"example.com:443": secure.Listener.Addr().String(), "example.com:80": plain.Listener.Addr().String(),
			}}}
			r, err := Shop(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			if a := r.Answer(HTTPS); a.Value != want || a.Status != status || r.Shop != "https://example.com/" {
				t.Errorf("%d from %s: %+v, shop %s", status, start, a, r.Shop)
			}
		}
		secure.Close()
		plain.Close()
	}
}

// TestProductThatIsNot: addresses of products that do not exist, made from one that
// does.
func TestProductThatIsNot(t *testing.T) {
	reg := registry(t)
	for _, tt := range []struct{ platform, product, want string }{
		{"colorme", "https://shop.example/?pid=12345678", "/?pid=999999999"},
		{"makeshop", "https://shop.example/view/item/000000002763", "/view/item/999999999999"},
		{"shopify", "https://shop.example/products/linen-shirt", "/products/" + noSuch},
		{"stores", "https://shop.example/items/5f2b8c0e1a2b3c4d5e6f7a8b", ""},
		{"prestashop", "https://shop.example/men/1-1-printed-shirt.html", "/men/999999999-1-printed-shirt.html"},
		{"oscommerce", "https://shop.example/product_info.php?products_id=9&x=a9b9", "/product_info.php?products_id=999999999&x=a9b9"},
		{"generic", "https://shop.example/goods/4711.html", "/goods/999999999.html"},
		{"generic", "https://shop.example/goods/teapot", "/goods/" + noSuch},
		{"generic", "https://shop.example/", ""},
	} {
		p, ok := reg.Get(tt.platform)
		if !ok {
			t.Fatalf("no platform %s", tt.platform)
		}
		u, err := url.Parse(tt.product)
		if err != nil {
			t.Fatal(err)
		}
		got := anotherProduct(p, u)
		switch {
		case got == nil:
			if tt.want != "" {
				t.Errorf("%s: nothing is made of %s", tt.platform, tt.product)
			}
		case tt.want != "" && got.RequestURI() != tt.want || got.String() == tt.product:
			t.Errorf("%s: %s becomes %s, want %s", tt.platform, tt.product, got.RequestURI(), tt.want)
		}
	}
}

func FuzzAnotherProduct(f *testing.F) {
	reg := registry(f)
	f.Add("colorme", "https://shop.example/?pid=1")
	f.Add("shopify", "https://shop.example//products/%E3%81%82?x=%zz#a")
	f.Fuzz(func(t *testing.T, id, address string) {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" {
			return
		}
		p, ok := reg.Get(id)
		if !ok {
			p, _ = reg.Get("generic")
		}
		if got := anotherProduct(p, u); got != nil && (got.Host != u.Host || got.RequestURI() == u.RequestURI()) {
			t.Errorf("%s becomes %s", address, got)
		}
	})
}

func TestSaveAndLoad(t *testing.T) {
	project, err := inventory.Open(t.Context(), filepath.Join(t.TempDir(), "shop.replatform"), inventory.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer project.Close()
	if r, err := Load(t.Context(), project, catalog.Old); r != nil || err != nil {
		t.Fatalf("empty project: %v, %v", r, err)
	}
	if v := (*Result)(nil).Answer(Feed).Value; v != Unknown {
		t.Errorf("answer of nothing: %q", v)
	}
	day := func(n int) time.Time { return time.Date(2027, 1, n, 0, 0, 0, 0, time.UTC) }
	save := func(answers ...Answer) {
		t.Helper()
		if err := Save(t.Context(), project, catalog.Old, &Result{Shop: "http://a.example/", Platform: "colorme", Answers: answers}); err != nil {
			t.Fatal(err)
		}
	}
	save(Answer{Question: SubdomainRedirect, Value: "home", At: day(1)}, Answer{Question: Sitemap, Value: "no", At: day(1)})
	save(Answer{Question: SubdomainRedirect, Value: Unknown, Reason: NoAnswer, At: day(2)}, Answer{Question: Sitemap, Value: "yes", At: day(2)},
		Answer{Question: HTTPS, Value: Unknown, Reason: ByRobots, At: day(2)})
	r, err := Load(t.Context(), project, catalog.Old)
	if err != nil {
		t.Fatal(err)
	}
	want := []Answer{
		{Question: HTTPS, Value: Unknown, Reason: ByRobots, At: day(2)},
		{Question: Sitemap, Value: "yes", At: day(2)},
		{Question: SubdomainRedirect, Value: "home", At: day(1)},
	}
	if diff := cmp.Diff(want, r.Answers); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	if o := r.OfPlatform(); len(o.Answers) != 1 || o.Answers[0].Question != SubdomainRedirect {
		t.Errorf("of the platform: %+v", o.Answers)
	}
}
