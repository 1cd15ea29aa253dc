package inventory

import (
	"database/sql"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler/catalog"
)

// LinksFrom says what the view link says, a page at a time; Goods names the product pages.
func TestLinksAndGoods(t *testing.T) {
	p := started(t)
	check(t, p.SaveVisits(t.Context(), catalog.Old, []Visit{shopPage(1, 50), shopPage(2, 50)}))

	got := map[[2]int64]bool{}
	check(t, p.LinksFrom(t.Context(), func(from int64, to []int64) error {
		for _, page := range to {
			got[[2]int64{from, page}] = true
		}
		return nil
	}))
	want := map[[2]int64]bool{}
	check(t, each(t.Context(), p.reader, `SELECT from_page, to_page FROM link`, nil, func(rows *sql.Rows) error {
		var pair [2]int64
		err := rows.Scan(&pair[0], &pair[1])
		want[pair] = true
		return err
	}))
	if diff := cmp.Diff(want, got); diff != "" || len(got) < 50 {
		t.Errorf("%d links (-view +LinksFrom):\n%s", len(got), diff)
	}

	goods := map[string]bool{}
	pages := map[int64]bool{}
	check(t, p.Goods(t.Context(), catalog.Old, func(page int64, text string) error {
		pages[page], goods[text] = true, true
		return nil
	}))
	if len(pages) != 2 || len(goods) != 1 { // the helper gives all pages one product
		t.Errorf("%d pages with %d products, want 2 with 1", len(pages), len(goods))
	}
}
