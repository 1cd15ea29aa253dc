package inventory

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"replatform/crawler/catalog"
)

// Imports of a file of an earlier version keep their figures, and can be taken back: one
// by one, or together where they told of the same source and period.
func TestImportsAreCarried(t *testing.T) {
	tables, err := os.ReadFile("testdata/schema-2.sql")
	check(t, err)
	path := filepath.Join(t.TempDir(), "old.replatform")
	db, err := sql.Open("sqlite", dsn(path, "rwc", time.Second))
	check(t, err)
	_, err = db.Exec(string(tables) + fmt.Sprintf("PRAGMA application_id=%d; PRAGMA user_version=2;", ApplicationID) + `
		INSERT INTO meta VALUES ('imports', '[
			{"name":"a.csv","kind":"worth-table","source":"table","period":"2026-10-01/2026-10-31","rows":2,"refused":1,"addresses":1,"at":"2026-11-01T10:00:00.5Z"},
			{"name":"links.csv","kind":"links-table","source":"links-table","rows":1,"refused":0,"addresses":1,"at":"2026-11-01T11:00:00Z"},
			{"name":"b.csv","kind":"worth-table","source":"table","period":"2026-10-01/2026-10-31","rows":2,"refused":0,"addresses":1,"at":"2026-11-02T10:00:00Z"},
			{"name":"sep.csv","kind":"worth-table","source":"table","period":"2026-09-01/2026-09-30","rows":2,"refused":0,"addresses":1,"at":"2026-11-02T10:00:00Z"}]');
		INSERT INTO worth (key, source, period, url, clicks, linking_sites) VALUES
			('colorme product 1', 'table', '2026-10-01/2026-10-31', 'https://shop.example/?pid=1', 100, 0),
			('colorme product 1', 'table', '2026-09-01/2026-09-30', 'https://shop.example/?pid=1', 30, 0),
			('colorme product 1', 'links-table', '', 'https://shop.example/?pid=1', 0, 4);`)
	check(t, err)
	check(t, db.Close())
	p := openProject(t, path)
	list, err := p.Imports(t.Context())
	check(t, err)
	var got []string
	for _, i := range list {
		got = append(got, fmt.Sprintf("%d %s %s %s rows %d at %s", i.File, i.Name, i.Source, i.Period, i.Rows, i.At.Format(time.RFC3339Nano)))
	}
	equal(t, "imports", []string{
		"1 a.csv table 2026-10-01/2026-10-31 rows 2 at 2026-11-01T10:00:00.5Z", "2 links.csv links-table  rows 1 at 2026-11-01T11:00:00Z",
		"1 b.csv table 2026-10-01/2026-10-31 rows 2 at 2026-11-02T10:00:00Z", "4 sep.csv table 2026-09-01/2026-09-30 rows 2 at 2026-11-02T10:00:00Z"}, got)
	worth := func() Worth {
		t.Helper()
		totals, err := p.WorthTotals(t.Context())
		check(t, err)
		return totals[product(1)]
	}
	equal(t, "worth", Worth{Key: product(1), Clicks: 130, LinkingSites: 4}, worth())
	done, err := p.Forget(t.Context(), 1)
	check(t, err)
	equal(t, "taken back", 2, len(done.Imports))
	equal(t, "worth without file 1", Worth{Key: product(1), Clicks: 30, LinkingSites: 4}, worth())
	// The file again, read by this version, is known by its name.
	again := list[3]
	again.Digest, again.Worth = "0a", []Worth{{Key: product(1), Source: "table", Period: again.Period, Clicks: 33}}
	_, replaced, err := p.SaveImport(t.Context(), []Import{again}, nil)
	check(t, err)
	equal(t, "replaced", 1, len(replaced))
	equal(t, "worth with the file read again", Worth{Key: product(1), Clicks: 33, LinkingSites: 4}, worth())
}

// A page that only a file had named goes with it; one that a link names too, or that has
// answered meanwhile, stays. A crawl that had ended has ended again.
func TestForgetPages(t *testing.T) {
	p := started(t)
	discover(t, p, sighting(1))
	save(t, p, visitOf(1))
	shop, err := p.Shop(t.Context(), catalog.Old)
	check(t, err)
	shop.State, shop.FinishedAt = Ended, time.Now().UTC()
	check(t, p.SaveShop(t.Context(), shop))
	named := func(id int) Discovery {
		d := sighting(id)
		d.Source = "search-console"
		return d
	}
	_, _, err = p.SaveImport(t.Context(), fromFile("a.zip", worthOf(1, 3), worthOf(2, 4)), []Discovery{named(1), named(2), named(3), named(4), named(5)})
	check(t, err)
	discover(t, p, sighting(3)) // a link
	gone := visitOf(5)
	gone.Status, gone.Product = 404, nil
	save(t, p, visitOf(4), gone)
	list, err := p.Imports(t.Context())
	check(t, err)
	done, err := p.Forget(t.Context(), list[0].File)
	check(t, err)
	equal(t, "removed and stayed", [2]int{2, 1}, [2]int{done.Removed, done.Stayed})
	equal(t, "pages", []catalog.Key{product(1), product(3), product(4)}, keys(pages(t, p, Filter{})))
	shop, err = p.Shop(t.Context(), catalog.Old)
	check(t, err)
	if shop.State == Ended {
		t.Error("the crawl counts as ended although the linked page is to be asked")
	}
	save(t, p, visitOf(3))
	_, _, err = p.SaveImport(t.Context(), fromFile("b.zip", worthOf(6, 3)), []Discovery{named(6)})
	check(t, err)
	if list, err = p.Imports(t.Context()); err != nil || len(list) != 1 {
		t.Fatalf("imports %+v, %v", list, err)
	}
	shop.State, shop.FinishedAt = Stopped, time.Now().UTC()
	check(t, p.SaveShop(t.Context(), shop))
	_, err = p.Forget(t.Context(), list[0].File)
	check(t, err)
	shop, err = p.Shop(t.Context(), catalog.Old)
	check(t, err)
	equal(t, "state", Ended, shop.State)
}

func TestSameRequests(t *testing.T) {
	many := func(from, n int) *Requests { // every second request of many is in the sample
		r := &Requests{People: 2 * n}
		for i := range n {
			r.Sample = append(r.Sample, uint64(from+i))
		}
		return r
	}
	all := func(hashes ...uint64) *Requests { return &Requests{People: len(hashes), Sample: hashes} }
	for name, tt := range map[string]struct {
		a, b *Requests
		want bool
	}{
		"the same":               {all(1, 2, 3), all(1, 2, 3), true},
		"grown":                  {all(2, 3), all(1, 2, 3, 4, 5), true},
		"different":              {all(1, 3, 5), all(2, 4, 6), false},
		"one by chance":          {all(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), all(11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21), false},
		"a tenth":                {all(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), all(10, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21), true},
		"beyond the sample":      {many(1, 10), all(9, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150), true},
		"nothing to compare":     {many(1, 10), all(50, 60), false},
		"one has no requests":    {many(1, 10), &Requests{}, false},
		"both larger than known": {many(1, 10), many(5, 10), true},
	} {
		if got := tt.a.same(tt.b); got != tt.want {
			t.Errorf("%s: %t, want %t", name, got, tt.want)
		}
		if got := tt.b.same(tt.a); got != tt.want {
			t.Errorf("%s, the other way: %t, want %t", name, got, tt.want)
		}
		if back := requestsOf(tt.a.People, tt.a.bytes()); len(back.Sample) != len(tt.a.Sample) || !tt.a.same(tt.a) {
			t.Errorf("%s: stored as %v", name, back)
		}
	}
}
