package crawler_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"text/tabwriter"

	"replatform/crawler"
	"replatform/crawler/catalog"
	"replatform/crawler/demoshop"
	"replatform/crawler/fetch"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
)

// TestUnknownPlatform crawls the replicas as if their platforms were unknown. Every
// product that a link or the sitemap leads to has to be found, as a product, and the
// requests have to stay within a small multiple of the pages.
func TestUnknownPlatform(t *testing.T) {
	if testing.Short() {
		t.Skip("crawls whole shops")
	}
	o := demoshop.Options{Scheme: "http", Goods: 150}
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "shop\tproducts\tfound\tas products\tpages\trequests\trefused\t")
	for name, shop := range map[string]*demoshop.Shop{
		"Color Me": demoshop.Old(o), "Shopify": demoshop.New(o), "MakeShop": demoshop.MakeshopCreator(o),
		"WooCommerce": demoshop.Woo(o), "MakeShop basic": demoshop.MakeshopBasic(o),
	} {
		t.Run(name, func(t *testing.T) {
			var requests atomic.Int64
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				demoshop.Mux(shop).ServeHTTP(w, r)
			}))
			defer server.Close()
			connect := map[string]string{}
			for _, h := range shop.Hosts() {
				connect[h] = server.Listener.Addr().String()
			}
			project, _ := crawlShop(t, shop.StartURL(), crawler.Config{Platform: "generic", Fetch: fetch.Options{ConnectTo: connect}})
			got := map[string]catalog.PageType{}
			err := project.Pages(t.Context(), inventory.Filter{Side: catalog.Old}, func(p inventory.Page, _ *catalog.Product) error {
				for _, s := range p.Spellings {
					got[plainURL(t, s)] = p.Type
					// The basic edition links to a product only below its categories.
					if parts := strings.SplitN(plainURL(t, s), "/", 4); parts[1] == "shopdetail" {
						got["/shopdetail/"+parts[2]+"/?"] = p.Type
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			products, found, typed, pages := 0, 0, 0, 0
			for _, l := range shop.Pages() {
				if l.Status != http.StatusOK || l.Reach != demoshop.ByStart && l.Reach != demoshop.ByLink && l.Reach != demoshop.BySitemap {
					continue
				}
				pages++
				if l.Type != catalog.ProductP {
					continue
				}
				products++
				typ, ok := got[plainURL(t, l.URL)]
				if !ok {
					t.Errorf("%s (by %s) is not in the inventory", l.URL, l.Reach)
					continue
				}
				found++
				if typ == catalog.ProductP {
					typed++
				}
			}
			refused := 0
			for _, f := range findings(t, project) {
				if f.Code == inventory.RuleAlike {
					refused += f.Count
				}
			}
			fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t\n", name, products, found, typed, pages, requests.Load(), refused)
			if products == 0 {
				t.Error("the shop names no product that can be reached")
			}
			if typed*100 < products*99 {
				t.Errorf("%d of %d products are typed as products", typed, products)
			}
			if n := int(requests.Load()); n > 3*pages+100 {
				t.Errorf("%d requests for %d pages", n, pages)
			}
		})
	}
	w.Flush()
	t.Log("\n" + table.String())
}

func plainURL(t *testing.T, s string) string {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := url.PathUnescape(u.EscapedPath()); err == nil {
		return p + "?" + u.RawQuery
	}
	return u.EscapedPath() + "?" + u.RawQuery
}

func findings(t *testing.T, project *inventory.Project) []inventory.Finding {
	t.Helper()
	list, err := project.Findings(t.Context(), catalog.Old)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestProductiveFamilies: no bound keeps a crawl of an unknown platform from a product.
// The shop has no sitemap, 1,800 products under two parameters, each on one page only
// of three long listings, and filters that lead nowhere new.
func TestProductiveFamilies(t *testing.T) {
	t.Run("without canonical", func(t *testing.T) { testProductiveFamilies(t, false) })
	t.Run("with canonical", func(t *testing.T) { testProductiveFamilies(t, true) })
}

func testProductiveFamilies(t *testing.T, canonical bool) {
	const categories, goods, perPage = 3, 600, 10
	var requests atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		q := r.URL.Query()
		c, _ := strconv.Atoi(q.Get("cat"))
		p, _ := strconv.Atoi(q.Get("pg"))
		id, _ := strconv.Atoi(q.Get("gd"))
		switch {
		case r.URL.Path == "/":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<!doctype html><title>shop</title>")
			for c := range categories {
				fmt.Fprintf(w, "<a href=\"/list.php?cat=%d\">c</a>", c)
			}
		case r.URL.Path == "/list.php":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, "<!doctype html><title>Category %d</title>", c)
			for i := p * perPage; i < min(goods, (p+1)*perPage); i++ {
				fmt.Fprintf(w, "<a href=\"/goods.php?cat=%d&amp;gd=%d\">thing</a>", c, i)
			}
			if (p+1)*perPage < goods {
				fmt.Fprintf(w, "<a href=\"/list.php?cat=%d&amp;pg=%d\">next</a>", c, p+1)
			}
			for i := range 5 {
				for j := range 5 {
					fmt.Fprintf(w, "<a href=\"/list.php?cat=%d&amp;hue=%d&amp;fit=%d\">f</a>", c, i, j)
				}
			}
		case r.URL.Path == "/goods.php":
			own := ""
			if canonical {
				own = "http://" + r.Host + r.URL.RequestURI()
			}
			product(w, fmt.Sprintf("Thing %d of %d", id, c), c*goods+id, own)
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	project, _ := crawlShop(t, server.URL, crawler.Config{})
	n, err := project.Counts(t.Context(), catalog.Old)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d of %d products in %d requests", n.ByType[catalog.ProductP], categories*goods, requests.Load())
	if n.ByType[catalog.ProductP] != categories*goods {
		t.Errorf("%d products found, want %d", n.ByType[catalog.ProductP], categories*goods)
	}
	if limit := int64(categories * (goods + goods/perPage) * 11 / 10); requests.Load() > limit {
		t.Errorf("%d requests, want at most %d", requests.Load(), limit)
	}
}

// TestNoiseIsFolded: a parameter that canonical addresses leave out is learnt from the
// first pages that carry it; the others are kept as spellings and not asked.
func TestNoiseIsFolded(t *testing.T) {
	const goods, refs = 150, 6
	var requests atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		id, err := strconv.Atoi(r.URL.Query().Get("gd"))
		switch {
		case r.URL.Path == "/":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<!doctype html><title>shop</title>")
			for i := range goods {
				for ref := range refs {
					fmt.Fprintf(w, "<a href=\"/goods.php?gd=%d&amp;ref=%d\">thing</a>", i, ref)
				}
			}
		case r.URL.Path == "/goods.php" && err == nil:
			product(w, fmt.Sprintf("Thing %d", id), id, fmt.Sprintf("/goods.php?gd=%d", id))
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	project, _ := crawlShop(t, server.URL, crawler.Config{})
	products, spellings := 0, 0
	err := project.Pages(t.Context(), inventory.Filter{Side: catalog.Old, Types: []catalog.PageType{catalog.ProductP}},
		func(p inventory.Page, _ *catalog.Product) error {
			products++
			spellings += len(p.Spellings)
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d products with %d spellings in %d requests", products, spellings, requests.Load())
	if products != goods || spellings != goods*(refs+1) {
		t.Errorf("%d products with %d spellings, want %d with %d", products, spellings, goods, goods*(refs+1))
	}
	if requests.Load() > goods+40 {
		t.Errorf("%d requests, want about one for each of %d products", requests.Load(), goods)
	}
	// A second crawl asks what the first asked, finds nothing new and leaves nothing.
	first := requests.Swap(0)
	reg, err := platform.Load()
	if err != nil {
		t.Fatal(err)
	}
	start, err := crawler.Probe(t.Context(), crawler.Config{StartURL: server.URL, Registry: reg})
	if err != nil {
		t.Fatal(err)
	}
	sum, err := crawler.Crawl(t.Context(), start, project, catalog.Old)
	if err != nil {
		t.Fatal(err)
	}
	drift, err := project.Drift(t.Context(), catalog.Old)
	if err != nil {
		t.Fatal(err)
	}
	if sum.Queued != 0 || drift.Any() || requests.Load() > first {
		t.Errorf("second crawl: %d left, %d requests after %d, drift %+v", sum.Queued, requests.Load(), first, drift)
	}
}

// TestEndlessListing: on a platform whose grammar is known, a listing that repeats its
// last page for ever, or goes on with empty ones, ends soon, and the rule is reported. A
// listing that is merely long is read to its end.
func TestEndlessListing(t *testing.T) {
	for _, c := range []struct {
		name    string
		last    int  // page that shows anything new
		empty   bool // beyond that page
		rule    string
		atMost  int64
		example string
	}{
		{"repeats", 3, false, inventory.RuleAlike, 60, "page="},
		{"empty", 3, true, platform.RulePager, 20, "page="},
		{"long", 120, true, platform.RulePager, 130, "page="},
	} {
		t.Run(c.name, func(t *testing.T) {
			var requests atomic.Int64
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				q := r.URL.Query()
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				switch {
				case r.URL.Path != "/":
					http.NotFound(w, r)
				case q.Get("pid") != "":
					n, _ := strconv.Atoi(q.Get("pid"))
					product(w, "Thing "+q.Get("pid"), n, "")
				case q.Get("mode") == "cate":
					p, _ := strconv.Atoi(q.Get("page"))
					p = max(p, 1)
					fmt.Fprint(w, "<!doctype html><title>Category</title>")
					if last := min(p, c.last); p == last || !c.empty {
						for i := range 4 {
							fmt.Fprintf(w, "<a href=\"/?pid=%d\">thing</a>", 10*last+i)
						}
					}
					fmt.Fprintf(w, "<a href=\"/?mode=cate&amp;cbid=7&amp;csid=0&amp;page=%d\">next</a>", p+1)
				case len(q) == 0:
					fmt.Fprint(w, "<!doctype html><title>shop</title><a href=\"/?mode=cate&amp;cbid=7&amp;csid=0\">all</a>")
				default:
					http.NotFound(w, r)
				}
			}))
			defer server.Close()
			project, _ := crawlShop(t, server.URL, crawler.Config{Platform: "colorme"})
			n, err := project.Counts(t.Context(), catalog.Old)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d products in %d requests", n.ByType[catalog.ProductP], requests.Load())
			goods := 4 * c.last
			if n.ByType[catalog.ProductP] != goods || requests.Load() > int64(goods)+c.atMost {
				t.Errorf("%d products in %d requests, want %d in at most %d more", n.ByType[catalog.ProductP], requests.Load(), goods, c.atMost)
			}
			reported := false
			for _, f := range findings(t, project) {
				reported = reported || f.Code == c.rule && strings.Contains(f.URL+f.Message, c.example)
			}
			if !reported {
				t.Errorf("no finding %s: %v", c.rule, findings(t, project))
			}
		})
	}
}
