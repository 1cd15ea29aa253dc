package crawler_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"testing"

	"replatform/crawler"
	"replatform/crawler/catalog"
	"replatform/crawler/fetch"
	"replatform/crawler/render"
)

// scriptShop serves one frame for every address and lets scripts fill it.
func scriptShop(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/robots.txt", "/sitemap.xml":
		http.NotFound(w, r)
	case "/plain": // a short page that is no frame
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<!doctype html><title>Plain</title><script src=/a.js></script><p>We are closed on Mondays.`)
	default:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!doctype html><html lang=en><title>Shop</title><noscript>Please enable JavaScript.</noscript><div id="root"></div><script>
const goods = {"/item/1": ["Lamp", 1000], "/item/2": ["Vase", 2000]}, g = goods[location.pathname];
if (location.pathname === "/") root.innerHTML = Object.keys(goods).map(k => "<a href='" + k + "'>" + k + "</a>").join("") + "<a href=/plain>hours</a>";
else if (g) { document.title = g[0]; root.innerHTML = "<h1>" + g[0] + "</h1><script type='application/ld+json'>" + JSON.stringify({"@context": "https://schema.org", "@type": "Product", name: g[0], offers: {"@type": "Offer", price: g[1], priceCurrency: "JPY"}}) + "<" + "/script>"; }
</script></html>`)
	}
}

// TestScriptShop: a shop made by scripts is recognised and said to be one; with a
// browser its products are read, and only the pages that need it are opened there.
func TestScriptShop(t *testing.T) {
	shop := httptest.NewServer(http.HandlerFunc(scriptShop))
	defer shop.Close()
	connect := map[string]string{"script.example": shop.Listener.Addr().String()}
	crawl := func(withBrowser bool) (codes []string, products int) {
		project, _ := crawlShop(t, "http://script.example/", crawler.Config{Render: withBrowser, Fetch: fetch.Options{ConnectTo: connect}})
		for _, f := range findings(t, project) {
			codes = append(codes, f.Code+" "+f.URL)
		}
		n, err := project.Counts(t.Context(), catalog.Old)
		if err != nil {
			t.Fatal(err)
		}
		return codes, n.ByType[catalog.ProductP]
	}
	codes, products := crawl(false)
	if products != 0 || !slices.Contains(codes, "needs-script http://script.example/") ||
		!slices.Contains(codes, "script-shell http://script.example"+absentPath) {
		t.Errorf("without a browser: %d products, %q", products, codes)
	}
	if testing.Short() {
		t.Skip("starts a browser")
	}
	if _, err := render.Find(); err != nil {
		if os.Getenv("REPLATFORM_REQUIRE_ENGINES") == "1" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	codes, products = crawl(true)
	t.Logf("with a browser: %d products, %q", products, codes)
	if products != 2 {
		t.Errorf("with a browser: %d products, want 2", products)
	}
	for _, want := range []string{"rendered http://script.example/", "rendered http://script.example/item/1", "rendered http://script.example/item/2"} {
		if !slices.Contains(codes, want) {
			t.Errorf("no finding %q", want)
		}
	}
	if slices.Contains(codes, "rendered http://script.example/plain") {
		t.Error("a page that needs no scripts was opened in the browser")
	}
}
