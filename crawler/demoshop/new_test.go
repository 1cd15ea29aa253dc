package demoshop

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"replatform/crawler/catalog"
)

func TestPagesAnswer(t *testing.T) {
	for name, s := range map[string]*Shop{
		"New": New(Options{}), "MakeshopCreator": MakeshopCreator(Options{}), "MakeshopBasic": MakeshopBasic(Options{}), "Woo": Woo(Options{}),
	} {
		t.Run(name, func(t *testing.T) {
			products := 0
			for _, l := range s.Pages() {
				status, _, _ := page(t, s, l.URL)
				if status != l.Status {
					t.Errorf("%s answers %d, want %d", l.URL, status, l.Status)
				}
				if l.Type == catalog.ProductP && l.Status == 200 {
					products++
				}
			}
			if products < 30 {
				t.Errorf("only %d products", products)
			}
		})
	}
}

// walk follows links within the main host and returns every address met, without
// fragments; skip names what is not followed.
func walk(t *testing.T, s *Shop, skip string) map[string]bool {
	t.Helper()
	no := regexp.MustCompile(skip)
	seen := map[string]bool{s.StartURL(): true}
	queue := []string{s.StartURL()}
	for len(queue) > 0 {
		_, _, links := page(t, s, queue[0])
		queue = queue[1:]
		for _, u := range links {
			u.Fragment = ""
			if u.Host != s.hosts[0] || seen[u.String()] || no.MatchString(u.String()) {
				continue
			}
			seen[u.String()] = true
			queue = append(queue, u.String())
		}
	}
	return seen
}

func TestReachByLinks(t *testing.T) {
	for name, tt := range map[string]struct {
		shop *Shop
		skip string
		// canonical turns an address met into the one that is listed
		canonical func(string) string
	}{
		"New": {New(Options{}), `sort_by|variant=`, func(u string) string {
			return regexp.MustCompile(`/collections/[^/]+/products/`).ReplaceAllString(u, "/products/")
		}},
		"MakeshopCreator": {MakeshopCreator(Options{}), `logout`, func(u string) string {
			u, _, _ = strings.Cut(u, "?")
			return u
		}},
		"MakeshopBasic": {MakeshopBasic(Options{}), `logout`, func(u string) string {
			return regexp.MustCompile(`(/shopdetail/\d{12}/).*`).ReplaceAllString(u, "$1")
		}},
		"Woo": {Woo(Options{}), `add-to-cart|orderby`, func(u string) string { return u }},
	} {
		t.Run(name, func(t *testing.T) {
			found := make(map[string]bool)
			for u := range walk(t, tt.shop, tt.skip) {
				found[tt.canonical(u)] = true
			}
			for _, l := range tt.shop.Pages() {
				if got, want := found[l.URL], l.Reach == ByLink || l.Reach == ByStart; got != want && (want || l.Type == catalog.ProductP && l.Reach == ByFile) {
					t.Errorf("%s (%s): reached by links %v, want %v", l.URL, l.Reach, got, want)
				}
			}
		})
	}
}

func TestTruth(t *testing.T) {
	old, next := Old(Options{}), New(Options{})
	kinds := make(map[Kind]int)
	targets := make(map[string]int)
	status := make(map[string]int)
	for _, l := range old.Pages() {
		status[l.URL] = l.Status
	}
	for _, p := range Truth(Options{}) {
		kinds[p.Kind]++
		targets[p.NewURL]++
		want, known := status[p.OldURL]
		if !known {
			t.Errorf("%s is in the truth, not in the shop", p.OldURL)
		}
		if (p.Kind == KindHidden) != (want == 404) {
			t.Errorf("%s is %s and answers %d", p.OldURL, p.Kind, want)
		}
		if p.NewURL == "" {
			continue
		}
		if resp, _ := answer(t, next, p.NewURL); resp.StatusCode != 200 {
			t.Errorf("%s → %s answers %d", p.OldURL, p.NewURL, resp.StatusCode)
		}
	}
	for kind, least := range map[Kind]int{
		KindHome: 1, KindProduct: 140, KindMerged: 15, KindCampaign: 8, KindSplit: 2, KindSuccessor: 3, KindGone: 10, KindHidden: 10,
		KindMembers: 1, KindDraft: 2, KindCategory: 35, KindCategoryDropped: 10, KindPage: 6, KindPageDropped: 1,
	} {
		if kinds[kind] < least {
			t.Errorf("%d pairs of kind %s, want at least %d", kinds[kind], kind, least)
		}
	}
	lonely := 0
	for _, l := range next.Pages() {
		if l.Type == catalog.ProductP && l.Status == 200 && targets[l.URL] == 0 {
			lonely++
		}
	}
	if lonely < 15 {
		t.Errorf("only %d new products without an old page", lonely)
	}
}

func TestShopifyFeed(t *testing.T) {
	s := New(Options{})
	handles := make(map[string]bool)
	skus := make(map[string]bool)
	for n := 1; ; n++ {
		resp, body := answer(t, s, fmt.Sprintf("%s/products.json?limit=100&page=%d", s.root(), n))
		var feed struct {
			Products []struct {
				Handle   string
				Variants []struct{ SKU, Price string }
			}
		}
		if err := json.Unmarshal(body, &feed); err != nil {
			t.Fatalf("page %d: %v (%d)", n, err, resp.StatusCode)
		}
		if len(feed.Products) == 0 {
			break
		}
		for _, p := range feed.Products {
			handles[p.Handle] = true
			for _, v := range p.Variants {
				skus[v.SKU] = true
			}
		}
	}
	want := 0
	for _, l := range s.Pages() {
		if l.Type == catalog.ProductP && l.Status == 200 {
			want++
		}
	}
	if len(handles) != want {
		t.Errorf("the feed has %d products, the shop %d", len(handles), want)
	}
	// Some numbers of goods that left were given to others.
	reused := 0
	for _, g := range build(Options{}).goods {
		if (g.fate == discontinued || g.fate == hidden || g.fate == membersOnly) && skus[g.model] {
			reused++
		}
	}
	if reused < 2 {
		t.Errorf("%d numbers are given out twice, want some", reused)
	}
}

func TestShopifyAddresses(t *testing.T) {
	s := New(Options{})
	w := build(Options{})
	japanese, multi := "", 0
	for i := range w.next {
		p := &w.next[i]
		if p.draft {
			continue
		}
		if strings.Contains(p.path(), "%") && len(p.collections) > 0 && japanese == "" {
			japanese = "/collections/" + p.collections[0] + p.path()
			_, text, _ := page(t, s, s.root()+japanese)
			if !strings.Contains(text, `<link rel="canonical" href="`+s.root()+p.path()+`">`) {
				t.Errorf("%s: canonical is not %s", japanese, p.path())
			}
		}
		if len(p.variants) > 1 && multi == 0 {
			multi++
			v := p.variants[len(p.variants)-1]
			_, text, _ := page(t, s, fmt.Sprintf("%s%s?variant=%d", s.root(), p.path(), v.id))
			m := regexp.MustCompile(`(?s)<script type="application/ld\+json">(.*?)</script>`).FindStringSubmatch(text)
			if m == nil {
				t.Fatal("no JSON-LD")
			}
			var ld struct {
				Type       string `json:"@type"`
				HasVariant []any
			}
			if err := json.Unmarshal([]byte(m[1]), &ld); err != nil || ld.Type != "ProductGroup" || len(ld.HasVariant) != len(p.variants) {
				t.Errorf("JSON-LD %v %+v", err, ld)
			}
		}
	}
	if japanese == "" || multi == 0 {
		t.Error("no Japanese handle or no variants in the shop")
	}
	_, body := answer(t, s, s.root()+"/sitemap.xml")
	if !strings.Contains(string(body), "&amp;to=") {
		t.Error("the sitemap index carries no escaped ampersand")
	}
	for path, want := range map[string]int{
		"/?pid=158000123": 200, "/collections/all": 200, "/collections/tableware/none-such": 200, "/collections/none": 404, "/products/none": 404,
		"/collections.json": 200, "/collections/tableware/products.json": 200, "/sitemap_products_1.xml": 200, "/sitemap_none_1.xml": 404,
		"/robots.txt": 200, "/search?q=x": 200, "/none": 404, "/collections/all?page=99999": 200, "/products.json?page=1000000&limit=250": 200,
	} {
		if resp, _ := answer(t, s, s.root()+path); resp.StatusCode != want {
			t.Errorf("%s answers %d, want %d", path, resp.StatusCode, want)
		}
	}
}

func TestNewCSV(t *testing.T) {
	for g, first := range map[Generation]string{Template2025: "Title", Classic: "Handle"} {
		rows, err := csv.NewReader(strings.NewReader(string(NewCSV(Options{}, g)))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if rows[0][0] != first {
			t.Errorf("header begins with %q", rows[0][0])
		}
		col := make(map[string]int)
		for i, c := range rows[0] {
			col[c] = i
		}
		titles, drafts := 0, 0
		for _, r := range rows[1:] {
			if r[col["Title"]] != "" {
				titles++
			}
			if r[col["Status"]] == "draft" {
				drafts++
			}
		}
		if want := len(build(Options{}).next); titles != want || drafts == 0 || len(rows)-1 <= want {
			t.Errorf("%d titles for %d products, %d drafts, %d rows", titles, want, drafts, len(rows)-1)
		}
	}
}

func TestMakeshop(t *testing.T) {
	basic := MakeshopBasic(Options{})
	var code string
	for _, l := range basic.Pages() {
		if l.Type == catalog.ProductP && l.Status == 200 {
			code = regexp.MustCompile(`\d{12}`).FindString(l.URL)
			break
		}
	}
	_, want := answer(t, basic, basic.root()+"/shopdetail/"+code+"/")
	for _, path := range []string{
		"/shopdetail/" + code, "/shopdetail/" + code + "/ct9/page1/order/", "/shop/shopdetail.html?brandcode=" + code + "&search=&sort=", "/smartphone/detail.html?id=" + code,
	} {
		if resp, got := answer(t, basic, basic.root()+path); resp.StatusCode != 200 || string(got) != string(want) {
			t.Errorf("%s is not the product %s", path, code)
		}
	}
	creator := MakeshopCreator(Options{Snippets: map[string]string{
		"head": `<meta name="probe" content="<{$page.type}>:<{$page.id}>"><{if $page.type == "item"}><link rel="x" href="/<{$item.system_code}>"><{/if}>`,
		"top":  `<{$nonsense}>`,
	}})
	for _, l := range creator.Pages() {
		if l.Type == catalog.ProductP && l.Status == 200 {
			code = regexp.MustCompile(`\d{12}`).FindString(l.URL)
			_, text, _ := page(t, creator, l.URL+"?category_page_id=ct9")
			if !strings.Contains(text, `content="item:`+code+`"><link rel="x" href="/`+code+`">`) {
				t.Errorf("%s: the snippet did not come out", l.URL)
			}
			break
		}
	}
	if _, text, _ := page(t, creator, creator.StartURL()); !strings.Contains(text, "template error") || !strings.Contains(text, `content="top:"`) {
		t.Error("start page: an unknown variable goes unnoticed, or no head")
	}
	for _, s := range []*Shop{basic, creator} {
		for _, path := range []string{"/robots.txt", "/sitemap.xml"} {
			if resp, body := answer(t, s, s.root()+path); resp.StatusCode != 404 {
				t.Errorf("%s%s answers %d", s.root(), path, resp.StatusCode)
			} else {
				fromEUC(t, path, body)
			}
		}
	}
}

func TestWooFeed(t *testing.T) {
	s := Woo(Options{})
	seen := make(map[string]bool)
	for n := 1; ; n++ {
		_, body := answer(t, s, fmt.Sprintf("%s/wp-json/wc/store/v1/products?per_page=25&page=%d", s.root(), n))
		var items []struct{ Permalink string }
		if err := json.Unmarshal(body, &items); err != nil {
			t.Fatal(err)
		}
		if len(items) == 0 {
			break
		}
		for _, it := range items {
			seen[it.Permalink] = true
		}
	}
	_, body := answer(t, s, s.root()+"/wp-sitemap-posts-product-1.xml")
	for _, l := range s.Pages() {
		if l.Type == catalog.ProductP && (!seen[l.URL] || !strings.Contains(string(body), "<loc>"+l.URL+"</loc>")) {
			t.Errorf("%s is missing in the feed (%v) or the sitemap", l.URL, seen[l.URL])
		}
	}
}

func TestMuxAndTransport(t *testing.T) {
	old, next := Old(Options{Scheme: "http", Goods: 24}), New(Options{Scheme: "http", Goods: 24})
	srv := httptest.NewServer(Mux(old, next))
	defer srv.Close()
	to := ConnectTo(strings.TrimPrefix(srv.URL, "http://"), old, next)
	for _, host := range []string{"www.tsukiyo-zakka.example", "tsukiyo-zakka.shop-pro.example", "tsukiyo-zakka-new.example"} {
		if to[host] == "" {
			t.Errorf("no address for %s", host)
		}
		req := httptest.NewRequest(http.MethodGet, "http://"+host+"/", nil)
		req.RequestURI = ""
		req.URL.Host = to[host]
		req.Host = host
		resp, err := srv.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != 200 {
			t.Errorf("%s answers %d", host, resp.StatusCode)
		}
	}
	resp, err := srv.Client().Get(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("a foreign host answers %d", resp.StatusCode)
	}
	client := &http.Client{Transport: Transport(old)}
	if _, err := client.Get("http://elsewhere.example/"); err == nil {
		t.Error("a foreign host resolves")
	}
	if resp, err := client.Post(old.StartURL(), "text/plain", strings.NewReader("x")); err != nil || resp.StatusCode != 405 {
		t.Errorf("POST: %v %v", resp, err)
	}
	if !strings.HasPrefix(Old(Options{Host: "127.0.0.1:8080", Scheme: "http"}).StartURL(), "http://127.0.0.1:8080/") {
		t.Error("Host does not replace the main host")
	}
}
