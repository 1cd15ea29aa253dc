package demoshop

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/japanese"

	"replatform/crawler/catalog"
)

func TestOldPagesAnswer(t *testing.T) {
	s := Old(Options{})
	for _, l := range s.Pages() {
		resp, body := answer(t, s, l.URL)
		if resp.StatusCode != l.Status {
			t.Errorf("%s answers %d, want %d", l.URL, resp.StatusCode, l.Status)
		}
		if l.Type == catalog.Feed {
			continue
		}
		text := fromEUC(t, l.URL, body)
		if ct := resp.Header.Get("Content-Type"); ct != "text/html; charset=EUC-JP" {
			t.Errorf("%s: Content-Type %q", l.URL, ct)
		}
		for _, want := range []string{`charset=euc-jp`, `XHTML 1.0 Transitional`, `var Colorme = {`} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q", l.URL, want)
			}
		}
	}
}

func TestOldCounts(t *testing.T) {
	s := Old(Options{})
	counts := make(map[catalog.PageType]int)
	for _, l := range s.Pages() {
		if l.Status == 200 {
			counts[l.Type]++
		}
	}
	if counts[catalog.ProductP] < 240 || counts[catalog.Category] != 12*4+6 || counts[catalog.Page] != 7 {
		t.Errorf("counts %v", counts)
	}
	w := build(Options{})
	names := make(map[string]int)
	forms := make(map[string]int)
	for i := range w.old {
		p := &w.old[i]
		names[p.name]++
		if len(p.variants) > 3 {
			forms["two axes"]++
		}
		if p.soldOut() {
			forms["sold out"]++
		}
		if p.jan != "" {
			forms["jan"]++
			if got, ok := catalog.NormaliseGTIN(p.jan); !ok || !strings.HasPrefix(got, "49") {
				t.Errorf("JAN %s is not a valid code", p.jan)
			}
		}
		if strings.HasPrefix(p.name, "【") || strings.HasPrefix(p.name, "★") {
			forms["decorated"]++
		}
		if strings.ContainsAny(p.name, "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾏﾌﾗﾘﾙﾝ") {
			forms["half-width kana"]++
		}
		if strings.ContainsAny(p.expl, "①㈱～") {
			forms["CP932 only"]++
		}
	}
	for _, want := range []string{"two axes", "sold out", "jan", "decorated", "half-width kana", "CP932 only"} {
		if forms[want] < 3 {
			t.Errorf("only %d products with: %s", forms[want], want)
		}
	}
	if len(names) < len(w.old)*9/10 {
		t.Errorf("%d different names for %d pages", len(names), len(w.old))
	}
}

// identity is what a page of the shop is, whatever its address looks like.
func identity(u *url.URL) string {
	q := u.Query()
	switch {
	case q.Has("pid"):
		return "/?pid=" + q.Get("pid")
	case q.Get("mode") == "cate":
		return "/?mode=cate&cbid=" + q.Get("cbid") + "&csid=" + q.Get("csid")
	case q.Get("mode") == "grp":
		return "/?mode=grp&gid=" + q.Get("gid")
	}
	return "/?" + u.RawQuery
}

func TestOldReach(t *testing.T) {
	s := Old(Options{})
	hosts := make(map[string]bool)
	for _, h := range s.Hosts() {
		hosts[h] = true
	}
	// Everything that links lead to, searches left out; pages are visited by
	// identity, lists with each page number.
	found := make(map[string]bool)
	queue := []string{s.StartURL()}
	asked := map[string]bool{s.StartURL(): true}
	spellings := make(map[string]bool)
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		status, _, links := page(t, s, at)
		if status != 200 {
			t.Fatalf("%s answers %d but is linked", at, status)
		}
		for _, u := range links {
			q := u.Query()
			if !hosts[u.Host] || u.Path != "/" || q.Get("mode") == "srh" || q.Has("sort") || strings.HasPrefix(q.Get("mode"), "rss") || q.Get("mode") == "atom" {
				continue
			}
			id := identity(u)
			found[s.root()+id] = true
			if q.Has("pid") {
				spellings[regexp.MustCompile(`pid=\d+`).ReplaceAllString(u.String(), "N")] = true
			}
			next := s.root() + id
			if q.Has("page") {
				next += "&page=" + q.Get("page")
			}
			if !asked[next] {
				asked[next] = true
				queue = append(queue, next)
			}
		}
	}
	products := byReach(s, "product")
	for reach, urls := range products {
		for _, u := range urls {
			if got, want := found[u], reach == ByLink; got != want {
				t.Errorf("%s (%s): reached by links %v, want %v", u, reach, got, want)
			}
		}
	}
	for _, reach := range []Reach{ByLink, BySitemap, ByListing, ByFile} {
		if len(products[reach]) < 3 {
			t.Errorf("only %d products are reached by %s", len(products[reach]), reach)
		}
	}
	if len(spellings) < 7 {
		t.Errorf("product links have only these forms: %v", spellings)
	}

	_, body := answer(t, s, s.root()+"/sitemap.xml")
	inSitemap := make(map[string]bool)
	for _, m := range regexp.MustCompile(`<loc>([^<]+)</loc>`).FindAllStringSubmatch(string(body), -1) {
		inSitemap[m[1]] = true
	}
	listed := make(map[string]bool)
	for n := 1; ; n++ {
		_, _, links := page(t, s, fmt.Sprintf("%s/?mode=srh&sort=n&page=%d", s.root(), n))
		before := len(listed)
		for _, u := range links {
			if u.Query().Has("pid") {
				listed[s.root()+identity(u)] = true
			}
		}
		if len(listed) == before {
			break
		}
	}
	for _, u := range products[BySitemap] {
		if !inSitemap[u] || listed[u] {
			t.Errorf("%s: in sitemap %v, in listing %v", u, inSitemap[u], listed[u])
		}
	}
	for _, u := range products[ByListing] {
		if inSitemap[u] || !listed[u] {
			t.Errorf("%s: in sitemap %v, in listing %v", u, inSitemap[u], listed[u])
		}
	}
	for _, u := range products[ByFile] {
		if inSitemap[u] || listed[u] {
			t.Errorf("%s is hidden but shown: sitemap %v, listing %v", u, inSitemap[u], listed[u])
		}
	}
}

func TestOldSpellings(t *testing.T) {
	s := Old(Options{})
	first := byReach(s, "product")[ByLink][0]
	_, want := answer(t, s, first)
	query := strings.TrimPrefix(first, s.root()+"/")
	for _, u := range []string{
		"http://www.tsukiyo-zakka.example/" + query,
		"https://tsukiyo-zakka.example/" + query + "&utm_source=x",
		"https://tsukiyo-zakka.shop-pro.example/" + query + "&cmsp_timestamp=1",
		s.root() + "/?utm_source=x&" + query[1:],
	} {
		resp, got := answer(t, s, u)
		if resp.StatusCode != 200 || string(got) != string(want) {
			t.Errorf("%s is not the page %s", u, first)
		}
	}
}

func TestOldSearch(t *testing.T) {
	s := Old(Options{})
	euc := url.QueryEscape(string(eucjp([]byte("マグカップ"))))
	_, text, _ := page(t, s, s.root()+"/?mode=srh&keyword="+euc)
	if strings.Contains(text, "該当する商品がありません") || !strings.Contains(text, `value="マグカップ"`) {
		t.Errorf("a word in EUC-JP finds nothing")
	}
	_, text, _ = page(t, s, s.root()+"/?mode=srh&keyword="+url.QueryEscape("マグカップ"))
	if !strings.Contains(text, "該当する商品がありません") {
		t.Errorf("a word in UTF-8 finds something")
	}
}

var colormeObjectRE = regexp.MustCompile(`(?s)var Colorme = (\{.*?\});\n`)

func TestColormeObject(t *testing.T) {
	s := Old(Options{})
	w := build(Options{})
	p := &w.old[0]
	for i := range w.old {
		if len(w.old[i].variants) > 3 && !w.old[i].hidden && !w.old[i].members {
			p = &w.old[i]
			break
		}
	}
	_, text, _ := page(t, s, fmt.Sprintf("%s/?pid=%d", s.root(), p.pid))
	m := colormeObjectRE.FindStringSubmatch(text)
	if m == nil {
		t.Fatal("no Colorme object")
	}
	var got colormeObject
	if err := json.Unmarshal([]byte(m[1]), &got); err != nil {
		t.Fatal(err)
	}
	if got.Page != "product" || got.Product == nil {
		t.Fatalf("page %q, product %v", got.Page, got.Product)
	}
	if got.Product.Name != p.name || got.Product.ModelNumber != p.model || got.Product.SalesPriceTaxed != p.gross() || len(got.Product.Variants) != len(p.variants) {
		t.Errorf("object %+v does not tell of %+v", got.Product, p)
	}
	if !regexp.MustCompile(`^PA\d{8}$`).MatchString(got.Shop.AccountID) {
		t.Errorf("account %q", got.Shop.AccountID)
	}
}

func TestOldRobotsAndUnknown(t *testing.T) {
	s := Old(Options{})
	resp, body := answer(t, s, s.root()+"/robots.txt")
	if resp.StatusCode != 200 || !strings.Contains(string(body), "Disallow: /secure/") || !strings.Contains(string(body), "User-agent: AhrefsBot") {
		t.Errorf("robots.txt: %d %s", resp.StatusCode, body)
	}
	for path, want := range map[string]int{
		"/?pid=1": 404, "/?mode=cate&cbid=1&csid=0": 404, "/?mode=nothing": 404, "/nothing.html": 404,
		"/?utm_source=mail": 200, "/?mode=cartjs&pid=" + fmt.Sprint(build(Options{}).old[0].pid): 200,
		"/?mode=srh&page=99999999999999999999": 200, "/?mode=cate&cbid=2600417&csid=0&page=1000000": 200, "/?%zz&pid=x": 200,
	} {
		if resp, _ := answer(t, s, s.root()+path); resp.StatusCode != want {
			t.Errorf("%s answers %d, want %d", path, resp.StatusCode, want)
		}
	}
}

func TestDeterminism(t *testing.T) {
	for name, make := range map[string]func(Options) *Shop{
		"Old": Old, "New": New, "MakeshopCreator": MakeshopCreator, "MakeshopBasic": MakeshopBasic, "Woo": Woo,
	} {
		t.Run(name, func(t *testing.T) {
			a, b, c := make(Options{Seed: 3}), make(Options{Seed: 3}), make(Options{Seed: 4})
			if diff := cmp.Diff(a.Pages(), b.Pages()); diff != "" {
				t.Fatalf("pages differ (-first +second):\n%s", diff)
			}
			other := false
			for _, l := range a.Pages() {
				_, x := answer(t, a, l.URL)
				_, y := answer(t, b, l.URL)
				if string(x) != string(y) {
					t.Errorf("%s differs between two shops of one seed", l.URL)
				}
				_, z := answer(t, c, l.URL)
				other = other || string(x) != string(z)
			}
			if !other {
				t.Error("another seed gives the same shop")
			}
		})
	}
}

func TestOldCSV(t *testing.T) {
	text, err := japanese.ShiftJIS.NewDecoder().Bytes(OldCSV(Options{}))
	if err != nil || strings.ContainsAny(string(text), "\uFFFD\x1a") {
		t.Fatalf("not CP932: %v", err)
	}
	r := csv.NewReader(strings.NewReader(string(text)))
	header, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ColorMeColumns(), header); diff != "" || len(header) != 60 {
		t.Fatalf("%d columns (-want +got):\n%s", len(header), diff)
	}
	var got []string
	shown, breaks := 0, 0
	for {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, "https://www.tsukiyo-zakka.example/?pid="+row[0])
		if row[56] == "掲載する" {
			shown++
		}
		if strings.Contains(row[34], "\n") {
			breaks++
		}
	}
	var want []string
	for _, urls := range byReach(Old(Options{}), "product") {
		want = append(want, urls...)
	}
	sort.Strings(want)
	sort.Strings(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("products of the site and of the file (-site +file):\n%s", diff)
	}
	if shown == len(got) || breaks == 0 {
		t.Errorf("%d of %d shown, %d with line breaks", shown, len(got), breaks)
	}
}

func TestOldSnippets(t *testing.T) {
	s := Old(Options{
		Snippets: map[string]string{
			"index":   `<!-- <{if $product.id}>P<{$product.id}><{else}>none<{/if}> -->`,
			"product": `<script>go("<{$product.id}>", "<{$product_name|escape}>")</script>`,
			"free":    `<{section name=i loop=$x}>`,
		},
		Static: map[string][]byte{"/map.js": []byte("m()"), "https://files.example/map.js": []byte("n()")},
	})
	p := byReach(s, "product")[ByLink][0]
	_, text, _ := page(t, s, p)
	id := p[len(p)-9:]
	for _, want := range []string{"<!-- P" + id + " -->", `go("` + id + `", "`} {
		if !strings.Contains(text, want) {
			t.Errorf("product page lacks %q", want)
		}
	}
	_, text, _ = page(t, s, s.StartURL())
	if !strings.Contains(text, "<!-- none -->") || strings.Contains(text, "go(") {
		t.Error("start page: frame missing or the product template on it")
	}
	_, text, _ = page(t, s, s.root()+"/?mode=f1")
	if !strings.Contains(text, "template error") {
		t.Error("an unknown tag goes unnoticed")
	}
	for u, want := range map[string]string{
		s.root() + "/map.js": "m()", "https://files.example/map.js": "n()", "https://tsukiyo-zakka.example/map.js": "m()",
	} {
		if resp, body := answer(t, s, u); string(body) != want || resp.StatusCode != 200 {
			t.Errorf("%s: %d %q, want %q", u, resp.StatusCode, body, want)
		}
	}
}
