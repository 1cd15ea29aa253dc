package review

import (
	"testing"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
)

// An old page that is gone needs a word while people still come to it and it has no
// certain counterpart.
func TestGonePagesInReview(t *testing.T) {
	p := newProject(t)
	gone := func(i int) inventory.Visit {
		v := productPage(oldKey(i), oldURL(i), catalog.Product{})
		v.Status, v.Product = 404, nil
		return v
	}
	check(t, p.SaveVisits(t.Context(), catalog.Old, []inventory.Visit{gone(1), gone(2), gone(3)}))
	check(t, p.SaveVisits(t.Context(), catalog.New, []inventory.Visit{productPage(newKey(3), newURL(3), catalog.Product{Name: "湯のみ"})}))
	check(t, p.SaveMatches(t.Context(), []inventory.Match{
		{Old: oldKey(1), Class: inventory.None}, {Old: oldKey(2), Class: inventory.None}, {Old: oldKey(3), New: newKey(3), Class: inventory.Exact},
	}))
	check(t, p.AddWorth(t.Context(), []inventory.Worth{
		{Key: oldKey(1), Source: "search-console", Clicks: 9}, {Key: oldKey(2), Source: "search-console", Impressions: 9}, {Key: oldKey(3), Source: "search-console", Clicks: 9},
	}))
	d, err := openDeck(t.Context(), p, "")
	check(t, err)
	open := map[catalog.Key]bool{}
	for _, r := range d.rows {
		open[r.match.Old] = r.open
	}
	equalValues(t, "open", map[catalog.Key]bool{oldKey(1): true, oldKey(2): false, oldKey(3): false}, open)
}
