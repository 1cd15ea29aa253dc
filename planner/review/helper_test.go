package review

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equalValues(t testing.TB, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func newProject(t testing.TB) *inventory.Project {
	t.Helper()
	p, err := inventory.Open(t.Context(), filepath.Join(t.TempDir(), "shop.replatform"), inventory.Options{Create: true})
	check(t, err)
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	check(t, p.StartCrawl(t.Context(), inventory.Shop{Side: catalog.Old, StartURL: "https://old.example/", Platform: "colorme"}))
	check(t, p.StartCrawl(t.Context(), inventory.Shop{Side: catalog.New, StartURL: "https://new.example/", Platform: "shopify"}))
	return p
}

func oldKey(i int) catalog.Key { return catalog.MakeKey("colorme", catalog.ProductP, fmt.Sprint(i)) }
func newKey(i int) catalog.Key {
	return catalog.MakeKey("shopify", catalog.ProductP, fmt.Sprintf("yunomi-%d", i))
}
func oldURL(i int) string { return fmt.Sprintf("https://old.example/?pid=%d", i) }
func newURL(i int) string { return fmt.Sprintf("https://new.example/products/yunomi-%d", i) }

func productPage(key catalog.Key, url string, p catalog.Product) inventory.Visit {
	return inventory.Visit{Key: key, Type: catalog.ProductP, URL: url, State: inventory.Done, Status: 200, Title: p.Name + " | 月影堂",
		FetchedAt: time.Date(2026, 11, 5, 9, 0, 0, 0, time.UTC), Product: &p}
}

// titles of pair i: every fifth old name carries 【送料無料】, every fifth new one has
// another size, the others are equal.
func titles(i int) (old, fresh string) {
	old, fresh = fmt.Sprintf("月影 湯のみ 第%d番", i), fmt.Sprintf("月影 湯のみ 第%d番", i)
	switch i % 5 {
	case 0:
		old = "【送料無料】" + old
	case 1:
		old, fresh = old+" 500ml", fresh+" 350ml"
	}
	return old, fresh
}

// fill makes n open pairs, the smaller numbers worth more clicks, and one new page
// without a pair, number 0.
func fill(t testing.TB, p *inventory.Project, n int) {
	t.Helper()
	var old, fresh []inventory.Visit
	var matches []inventory.Match
	var worth []inventory.Worth
	for i := 0; i <= n; i++ {
		a, b := titles(i)
		fresh = append(fresh, productPage(newKey(i), newURL(i), catalog.Product{Name: b, SKU: fmt.Sprintf("TK-%04d", i),
			Price: catalog.Price{Amount: "2200", Currency: "JPY"}, Images: []string{fmt.Sprintf("https://img.new.example/%d.jpg", i)}}))
		if i == 0 {
			continue
		}
		old = append(old, productPage(oldKey(i), oldURL(i), catalog.Product{Name: a, SKU: fmt.Sprintf("TK-%04d", i),
			Price: catalog.Price{Amount: "2200", Currency: "JPY"}, Images: []string{fmt.Sprintf("https://img.old.example/%d.jpg", i)}}))
		m := inventory.Match{Old: oldKey(i), New: newKey(i), Class: inventory.Close, Confidence: 0.7, Method: "name",
			Reason: "name 0.93; price equal", ReasonJA: "商品名の類似度0.93、価格一致", NeedsReview: true}
		if i < n {
			m.RunnerUp, m.RunnerUpConfidence = newKey(i+1), 0.4
		}
		matches = append(matches, m)
		worth = append(worth, inventory.Worth{Key: oldKey(i), Source: "search-console", Clicks: float64(2*n - i)})
	}
	check(t, p.SaveVisits(t.Context(), catalog.Old, old))
	check(t, p.SaveVisits(t.Context(), catalog.New, fresh))
	check(t, p.SaveMatches(t.Context(), matches))
	check(t, p.AddWorth(t.Context(), worth))
}

// saved is what the project holds: decision and page by old key.
func saved(t testing.TB, p *inventory.Project) map[catalog.Key]string {
	t.Helper()
	out := map[catalog.Key]string{}
	check(t, p.Matches(t.Context(), func(m inventory.Match) error {
		if m.Decision != "" {
			out[m.Old] = m.Decision + " " + string(m.DecidedNew)
		}
		return nil
	}))
	return out
}
