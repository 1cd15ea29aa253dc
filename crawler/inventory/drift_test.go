package inventory

import (
	"testing"

	"replatform/crawler/catalog"
)

func TestDrift(t *testing.T) {
	p := started(t)
	shop, err := p.Shop(t.Context(), catalog.Old)
	check(t, err)
	visit := func(id int, change func(*Visit)) Visit {
		v := visitOf(id)
		v.Product = &catalog.Product{Name: v.Title, Price: catalog.Price{Amount: "1000", Currency: "JPY"}}
		if change != nil {
			change(&v)
		}
		return v
	}
	named := func(sku string) func(*Visit) {
		return func(v *Visit) { v.Product.Name, v.Product.SKU = "同じ品", sku }
	}
	finish := func() {
		shop.State = Ended
		check(t, p.SaveShop(t.Context(), shop))
	}
	var first []Visit
	for id := 1; id <= 8; id++ {
		discover(t, p, sighting(id))
		change := func(*Visit) {}
		if id == 4 {
			change = named("K-4")
		}
		first = append(first, visit(id, change))
	}
	save(t, p, first...)
	check(t, p.Decide(t.Context(), Decision{Old: product(2), Verdict: Gone, By: "me"}))
	finish()
	d, err := p.Drift(t.Context(), catalog.Old)
	check(t, err)
	if d.Any() || d.Compared != 0 {
		t.Errorf("a first crawl has nothing to compare with: %+v", d)
	}

	check(t, p.StartCrawl(t.Context(), shop))
	for _, id := range []int{1, 2, 3, 4, 5, 6, 8, 20, 21} { // 7 is named by nothing any more
		discover(t, p, sighting(id))
	}
	dead := func(v *Visit) { v.Status, v.Product = 404, nil }
	save(t, p,
		visit(1, nil),
		visit(2, func(v *Visit) { v.Product.Name = "新しい名前" }),
		visit(3, func(v *Visit) { v.Product.Price.Amount = "1200" }),
		visit(4, dead), visit(5, dead),
		visit(6, func(v *Visit) {
			v.Status, v.Product, v.State, v.AliasOf, v.RedirectTo = 301, nil, Alias, product(1), productURL(1)
		}),
		visit(7, nil),
		visit(8, func(v *Visit) { v.State, v.Status, v.Product, v.Error = Failed, 0, nil, "timeout" }),
		visit(20, named("K-4")), visit(21, nil))
	finish()
	d, err = p.Drift(t.Context(), catalog.Old)
	check(t, err)
	change := func(id int, was, now string) []Change {
		return []Change{{Key: product(id), Type: catalog.ProductP, URL: productURL(id), Was: was, Now: now}}
	}
	want := Drift{Compared: 7, Unreached: 1,
		New: change(21, "", "品 21"), Gone: change(5, "品 5", ""),
		Moved:    append(change(4, "同じ品", productURL(20)), change(6, "品 6", productURL(1))...),
		Renamed:  change(2, "品 2", "新しい名前"),
		Priced:   change(3, "1000 JPY", "1200 JPY"),
		Unlinked: change(7, "品 7", "")}
	equal(t, "drift", want, d)
	decided := 0
	check(t, p.Matches(t.Context(), func(m Match) error {
		if m.Old == product(2) && m.Decision == Gone {
			decided++
		}
		return nil
	}))
	if decided != 1 {
		t.Error("the decision did not survive the second crawl")
	}
}
