package inventory

import (
	"context"
	"errors"
	"testing"

	"replatform/crawler/catalog"
)

func worthOf(id int, clicks float64) Worth {
	return Worth{Key: product(id), Source: "search-console", Period: "2026-10-01/2026-10-28", URL: productURL(id), Clicks: clicks}
}

func fromFile(name string, worth ...Worth) []Import {
	return []Import{{Name: name, Kind: "search-console", Source: "search-console", Period: "2026-10-01/2026-10-28", Rows: 2, Worth: worth}}
}

func storedWorth(t *testing.T, p *Project) map[catalog.Key]float64 {
	t.Helper()
	out := map[catalog.Key]float64{}
	check(t, p.Worth(t.Context(), func(w Worth) error {
		out[w.Key] += w.Clicks
		return nil
	}))
	return out
}

// The same file again replaces what it said, and what it no longer says goes; another
// file of the same source and period adds.
func TestSaveImportAgain(t *testing.T) {
	p := started(t)
	fromThis := func(name string, worth ...Worth) {
		t.Helper()
		_, _, err := p.SaveImport(t.Context(), fromFile(name, worth...), nil)
		check(t, err)
	}
	fromThis("a.zip", worthOf(1, 10), worthOf(2, 5))
	fromThis("a.zip", worthOf(1, 12))
	equal(t, "after the newer a.zip", map[catalog.Key]float64{product(1): 12}, storedWorth(t, p))
	fromThis("b.zip", worthOf(3, 7))
	fromThis("b.zip", worthOf(3, 8))
	equal(t, "with b.zip", map[catalog.Key]float64{product(1): 12, product(3): 8}, storedWorth(t, p))
	list, err := p.Imports(t.Context())
	check(t, err)
	if len(list) != 2 || list[0].Name != "a.zip" || list[1].Name != "b.zip" {
		t.Errorf("imports %+v", list)
	}
}

// Pages that only files know are queued, and a crawl that had ended goes on with them;
// a fault leaves nothing behind.
func TestSaveImportFindsPages(t *testing.T) {
	p := started(t)
	discover(t, p, sighting(1))
	save(t, p, visitOf(1))
	shop, err := p.Shop(t.Context(), catalog.Old)
	check(t, err)
	shop.State = Ended
	check(t, p.SaveShop(t.Context(), shop))

	bad := Worth{Source: "search-console", Clicks: 1} // no key
	if _, _, err := p.SaveImport(t.Context(), fromFile("a.zip", worthOf(1, 3), bad), []Discovery{sighting(2)}); err == nil {
		t.Error("worth without a key was stored")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := p.SaveImport(ended, fromFile("a.zip", worthOf(1, 3)), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if got := storedWorth(t, p); len(got) > 0 {
		t.Errorf("half a file is stored: %v", got)
	}
	shop, err = p.Shop(t.Context(), catalog.Old)
	check(t, err)
	equal(t, "state after faults", Ended, shop.State)

	added, _, err := p.SaveImport(t.Context(), fromFile("a.zip", worthOf(1, 3), worthOf(2, 4)), []Discovery{sighting(1), sighting(2)})
	check(t, err)
	equal(t, "new pages", 1, added)
	shop, err = p.Shop(t.Context(), catalog.Old)
	check(t, err)
	if shop.State == Ended {
		t.Error("the crawl counts as ended although there is a new page")
	}
	next, err := p.Next(t.Context(), catalog.Old, 10, nil)
	check(t, err)
	if len(next) != 1 || next[0].Key != product(2) {
		t.Errorf("to be asked: %+v", next)
	}
}

// How pages stand: aliases as the page that stands for them.
func TestStandAndShares(t *testing.T) {
	p := started(t)
	for id := 1; id <= 7; id++ {
		discover(t, p, sighting(id))
	}
	answered := func(id, status int) Visit {
		v := visitOf(id)
		v.Status = status
		return v
	}
	gone, moved, failed, alias := answered(2, 404), answered(3, 302), answered(4, 0), answered(5, 301)
	moved.RedirectTo = "https://elsewhere.example/"
	failed.State, failed.Error = Failed, "no answer"
	alias.State, alias.AliasOf, alias.Product = Alias, product(1), nil
	skipped := answered(6, 0)
	skipped.State, skipped.Rule = Skipped, "robots"
	save(t, p, answered(1, 200), gone, moved, failed, alias, skipped)

	stand, err := p.Stand(t.Context())
	check(t, err)
	equal(t, "standings", map[catalog.Key]Standing{
		product(1): StandsAnswers, product(2): StandsGone, product(3): StandsMoved, product(4): StandsFailed,
		product(5): StandsAnswers, product(6): StandsSkipped, product(7): StandsUnasked,
	}, stand)

	var worth []Worth
	for id := 1; id <= 8; id++ { // 8 is no page of the project
		worth = append(worth, worthOf(id, float64(id)))
	}
	check(t, p.AddWorth(t.Context(), worth))
	shares, err := p.WorthShares(t.Context())
	check(t, err)
	if len(shares) != 1 {
		t.Fatalf("%d shares", len(shares))
	}
	clicks := map[Standing]float64{}
	for how, w := range shares[0].By {
		clicks[how] = w.Clicks
	}
	equal(t, "clicks", map[Standing]float64{StandsAnswers: 6, StandsGone: 2, StandsMoved: 3, StandsFailed: 4, StandsSkipped: 6, StandsUnasked: 7, StandsUnstored: 8}, clicks)
	equal(t, "pages", map[Standing]int{StandsAnswers: 1, StandsGone: 1, StandsMoved: 1, StandsFailed: 1, StandsSkipped: 1, StandsUnasked: 1, StandsUnstored: 1}, shares[0].Pages)
	if total := shares[0].Total(); total.Clicks != 36 {
		t.Errorf("total %g", total.Clicks)
	}
	var sum float64
	for _, how := range Standings() {
		sum += clicks[how]
	}
	if sum != 36 {
		t.Errorf("the standings that are listed hold %g of 36", sum)
	}
}
