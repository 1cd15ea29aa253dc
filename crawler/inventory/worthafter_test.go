package inventory

import (
	"testing"
	"time"

	"replatform/crawler/catalog"
)

func results(t *testing.T, p *Project) []Result {
	t.Helper()
	var out []Result
	check(t, p.Results(t.Context(), func(r Result) error {
		out = append(out, r)
		return nil
	}))
	return out
}

// Imports of the time after the switch stand beside those of the time before: they
// replace nothing of theirs, and each other only for the same period and host.
func TestResults(t *testing.T) {
	p := started(t)
	discover(t, p, sighting(1))
	const year, march = "2026-01-01/2026-12-31", "2027-03-01/2027-03-31"
	at := time.Date(2027, 4, 1, 9, 0, 0, 0, time.UTC)
	im := func(period string) []Import {
		return []Import{{Name: "Pages.csv", Kind: "search-console", Source: "search-console", Period: period, Rows: 1, At: at}}
	}
	worth := []Worth{{Key: product(1), Source: "search-console", Period: year, URL: productURL(1), Clicks: 365}}
	before := im(year)
	before[0].Worth = worth
	_, _, err := p.SaveImport(t.Context(), before, nil)
	check(t, err)
	old, fresh := Result{URL: productURL(1), Source: "search-console", Period: march, Clicks: 3, Impressions: 90}, Result{URL: "https://new.example/a", Source: "search-console", Period: march, Clicks: 28}
	check(t, p.SaveResults(t.Context(), im(march), []Result{old}))
	check(t, p.SaveResults(t.Context(), im(march), []Result{fresh}))
	check(t, p.SaveResults(t.Context(), im(march), []Result{fresh}))
	april := fresh
	april.Period, april.Clicks = "2027-04-01/2027-04-30", 30
	check(t, p.SaveResults(t.Context(), im(april.Period), []Result{april}))
	fresh.Clicks = 29 // the same file, exported anew
	check(t, p.SaveResults(t.Context(), im(march), []Result{fresh}))
	equal(t, "results", []Result{fresh, old, april}, results(t, p))

	totals, err := p.WorthTotals(t.Context())
	check(t, err)
	equal(t, "worth of old pages", map[catalog.Key]Worth{product(1): {Key: product(1), Clicks: 365}}, totals)
	periods, err := p.WorthByPeriod(t.Context(), "search-console")
	check(t, err)
	equal(t, "worth by period", map[string]map[catalog.Key]Worth{year: {product(1): {Key: product(1), Source: "search-console", Period: year, Clicks: 365}}}, periods)
	list, err := p.Imports(t.Context())
	check(t, err)
	var log []string
	for _, i := range list {
		s := i.Period
		if i.After {
			s += " after"
		}
		log = append(log, s)
	}
	equal(t, "imports", []string{year, april.Period + " after", march + " after"}, log)

	// The same file read as one of the time before is another import.
	_, _, err = p.SaveImport(t.Context(), im(march), nil)
	check(t, err)
	list, err = p.Imports(t.Context())
	check(t, err)
	equal(t, "number of imports", 4, len(list))
	equal(t, "results", 3, len(results(t, p)))
}

func TestPeriodDays(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2027, 3, d, 0, 0, 0, 0, time.UTC) }
	for period, want := range map[string][2]time.Time{"2027-03-01/2027-03-31": {day(1), day(31)}, "2027-03-05": {day(5), day(5)},
		"": {}, "2027-03-31/2027-03-01": {}, "last 28 days": {}, "2027-03-01/": {}} {
		first, last, ok := PeriodDays(period)
		if first != want[0] || last != want[1] || ok != !want[0].IsZero() {
			t.Errorf("PeriodDays(%q) = %s, %s, %t", period, first, last, ok)
		}
	}
}
