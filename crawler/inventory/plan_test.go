package inventory

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"replatform/crawler/catalog"
)

func matches(t testing.TB, p *Project) []Match {
	t.Helper()
	var out []Match
	check(t, p.Matches(t.Context(), func(m Match) error { out = append(out, m); return nil }))
	return out
}

func TestMatches(t *testing.T) {
	p := started(t)
	discover(t, p, sighting(1), sighting(2), sighting(3))
	x, y, z := catalog.Key("shopify product x"), catalog.Key("shopify product y"), catalog.Key("shopify product z")
	for _, k := range []catalog.Key{x, y, z} {
		_, err := p.Discover(t.Context(), catalog.New, []Discovery{{Key: k, Type: catalog.ProductP, URL: "https://new.example/" + string(k[16:]), Source: "feed", NoFetch: true, Status: 200}})
		check(t, err)
	}
	full := Match{Old: product(1), New: x, Class: Close, Confidence: 0.75, Method: "name", Reason: "same name", ReasonJA: "同じ名前", Fallback: y,
		RunnerUp: z, RunnerUpConfidence: 0.5, NeedsReview: true}
	check(t, p.SaveMatches(t.Context(), []Match{{Old: product(3), Class: None}, full, {Old: product(2), New: y, Class: Exact, Confidence: 1}}))
	full.Proposed = x
	equal(t, "proposals", []Match{full, {Old: product(2), New: y, Proposed: y, Class: Exact, Confidence: 1}, {Old: product(3), Class: None}}, matches(t, p))

	at := time.Date(2026, 11, 5, 9, 0, 0, 0, time.UTC)
	check(t, p.Decide(t.Context(),
		Decision{Old: product(1), Verdict: Accept, By: "店長", At: at},
		Decision{Old: product(2), Verdict: Reject, By: "店長", At: at},
		Decision{Old: product(3), Verdict: Pick, New: z, By: "店長", At: at},
		Decision{Old: "colorme product gone", Verdict: Gone, At: at},
	))
	// A new match proposes otherwise, and the shop lost z.
	check(t, p.SaveMatches(t.Context(), []Match{{Old: product(1), New: y, Class: Exact, Confidence: 0.99}, {Old: product(2), New: x, Class: Close}}))
	lost := visitOf(0)
	lost.Key, lost.URL, lost.Status = z, "https://new.example/z", 404
	check(t, p.SaveVisits(t.Context(), catalog.New, []Visit{lost}))
	want := []Match{
		{Old: product(1), New: x, Proposed: y, Class: Exact, Confidence: 0.99, Decision: Accept, DecidedNew: x, DecidedOn: x, DecidedBy: "店長", DecidedAt: at},
		{Old: product(2), New: x, Proposed: x, Class: Close, Decision: Reject, DecidedOn: y, DecidedBy: "店長", DecidedAt: at, Refused: []catalog.Key{y}},
		{Old: product(3), Decision: Pick, DecidedNew: z, DecidedBy: "店長", DecidedAt: at, DecidedNewMissing: true},
		{Old: "colorme product gone", Decision: Gone, DecidedAt: at, OldMissing: true},
	}
	equal(t, "decisions after a new match", want, matches(t, p))

	// A page that became an alias is no page of its own.
	save(t, p, Visit{Key: product(2), URL: productURL(2), State: Alias, Status: 301, AliasOf: product(1)})
	want[1].OldMissing = true
	check(t, p.Decide(t.Context(), Decision{Old: product(3)}, Decision{Old: product(1), Verdict: Ignore, At: at}))
	want = []Match{
		{Old: product(1), New: y, Proposed: y, Class: Exact, Confidence: 0.99, Decision: Ignore, DecidedOn: y, DecidedAt: at},
		want[1], want[3],
	}
	equal(t, "decisions changed and taken back", want, matches(t, p))

	// What is rejected after something else does not make that acceptable again, and a
	// note stands beside the word.
	check(t, p.Decide(t.Context(), Decision{Old: product(2), Verdict: Reject, At: at, Note: "別の色"}))
	want[1].DecidedBy, want[1].DecidedOn, want[1].Note, want[1].Refused = "", x, "別の色", []catalog.Key{y, x}
	equal(t, "a second rejection", want, matches(t, p))
	check(t, p.Decide(t.Context(), Decision{Old: product(2), Verdict: Reject, At: at}))
	want[1].Note = ""
	equal(t, "the same rejection again", want, matches(t, p))
	check(t, p.Decide(t.Context(), Decision{Old: product(2), Verdict: Ignore, At: at}))
	want[1].Decision, want[1].Refused = Ignore, nil
	equal(t, "another word after rejections", want, matches(t, p))
}

func TestDecideRefuses(t *testing.T) {
	p := newProject(t)
	for name, d := range map[string]Decision{
		"a pick of nothing":         {Old: product(1), Verdict: Pick},
		"accepting nothing":         {Old: product(1), Verdict: Accept},
		"an unknown word":           {Old: product(1), Verdict: "maybe"},
		"a decision on no old page": {Verdict: Gone},
	} {
		if err := p.Decide(t.Context(), Decision{Old: product(2), Verdict: Gone}, d); err == nil {
			t.Errorf("%s was stored", name)
		}
	}
	equal(t, "decisions of a refused list", 0, len(matches(t, p)))
}

func TestPlan(t *testing.T) {
	p := newProject(t)
	rows := []PlanRow{
		{OldURL: productURL(2), NewURL: "https://new.example/x", OldKey: product(2), Action: "redirect", Status: 301, Class: Close, Confidence: 0.93,
			Method: "name", Reason: "same name", ReasonJA: "同じ名前", Type: catalog.ProductP, OldTitle: "旧", NewTitle: "新", Sources: []string{"link", "sitemap"},
			Priority: "P0", NeedsReview: true, DecidedBy: "店長", Carrier: "nginx", Strength: "permanent", Proof: "modelled", Note: "n", NoteJA: "注"},
		{OldURL: productURL(1), Action: "gone", Status: 410},
	}
	read := func() []PlanRow {
		var out []PlanRow
		check(t, p.Plan(t.Context(), func(r PlanRow) error { out = append(out, r); return nil }))
		return out
	}
	check(t, p.SetMeta(t.Context(), "locale", "ja"))
	check(t, p.SavePlan(t.Context(), map[string]string{"to": "shopify", "old": "x"}, rows))
	equal(t, "plan", rows, read())
	check(t, p.SavePlan(t.Context(), map[string]string{"to": "makeshop"}, rows[1:]))
	equal(t, "second plan", rows[1:], read())
	meta, err := p.PlanMeta(t.Context())
	check(t, err)
	equal(t, "facts of the second plan", map[string]string{"to": "makeshop"}, meta)
	locale, err := p.Meta(t.Context(), "locale")
	check(t, err)
	equal(t, "other facts", "ja", locale)
	check(t, p.SetMeta(t.Context(), "locale", ""))
	locale, err = p.Meta(t.Context(), "locale")
	check(t, err)
	equal(t, "removed fact", "", locale)
}

func TestProofs(t *testing.T) {
	p := newProject(t)
	at := time.Date(2026, 11, 5, 9, 0, 0, 0, time.UTC)
	full := Proof{OldURL: productURL(1), Kind: "live", Status: 301, Location: "https://new.example/x", Hops: 1, Final: "https://new.example/x", FinalCode: 200,
		OK: true, CheckedAt: at.Add(time.Hour), ConnectTo: "192.0.2.1:443", AskedFor: "https://new.example/x"}
	older := Proof{OldURL: productURL(1), Kind: "live", Problem: "no-answer", CheckedAt: at}
	engine := Proof{OldURL: productURL(1), Kind: "engine", OK: true, CheckedAt: at.Add(2 * time.Hour)}
	twice := Proof{OldURL: productURL(2), Kind: "live", Problem: "loop", CheckedAt: at}
	earlier := Proof{OldURL: productURL(1), Kind: "engine", Engine: "haproxy", OK: true, CheckedAt: at.Add(90 * time.Minute)}
	before := Proof{OldURL: productURL(1), Kind: "engine", Engine: "haproxy", Problem: "loop", CheckedAt: at}
	check(t, p.SaveProofs(t.Context(), []Proof{full, older, engine, earlier, before, {OldURL: productURL(2), Kind: "live", CheckedAt: at}, twice}))
	var got []Proof
	check(t, p.Proofs(t.Context(), func(f Proof) error { got = append(got, f); return nil }))
	equal(t, "proofs", []Proof{earlier, engine, full, twice}, got)
}

func TestWorthTotals(t *testing.T) {
	p := started(t)
	discover(t, p, sighting(1), sighting(2))
	save(t, p, Visit{Key: product(2), URL: productURL(2), State: Alias, Status: 301, AliasOf: product(1)})
	long, lastYear, month, nextMonth := "2025-08-01/2026-10-31", "2024-01-01/2024-12-31", "2026-10-01/2026-10-31", "2026-11-01/2026-11-30"
	entries := []Worth{
		{Key: product(1), Source: "search-console", Period: long, Clicks: 100, Impressions: 1000},
		{Key: product(1), Source: "search-console", Period: month, Clicks: 70, Impressions: 7000}, // lies in the longer one
		{Key: product(1), Source: "search-console", Period: nextMonth, Clicks: 5, Impressions: 50},
		{Key: product(1), Source: "search-console", Period: "", Clicks: 9999},
		{Key: product(2), Source: "search-console", Period: long, Clicks: 11}, // an alias
		{Key: product(1), Source: "crawler-export", Period: long, Clicks: 60},
		{Key: product(1), Source: "ga4", Period: long, Sessions: 40, Revenue: 9000, Currency: "JPY"},
		{Key: product(1), Source: "logs", Period: lastYear, URL: productURL(1), Sessions: 30},
		{Key: product(1), Source: "logs", Period: lastYear, URL: productURL(1) + "&utm_source=x", Sessions: 25},
		{Key: product(1), Source: "backlinks", Period: "2026-10-31", LinkingSites: 7},
		{Key: product(1), Source: "backlinks", Period: "2026-11-07", LinkingSites: 8},
		{Key: product(3), Source: "notes", Period: "", Sessions: 1},
		{Key: product(3), Source: "notes", Period: "last summer", Sessions: 2},
	}
	check(t, p.AddWorth(t.Context(), entries))
	check(t, p.AddWorth(t.Context(), entries)) // the same file again
	got, err := p.WorthTotals(t.Context())
	check(t, err)
	equal(t, "totals", map[catalog.Key]Worth{
		product(1): {Key: product(1), Clicks: 116, Impressions: 1050, Sessions: 55, Revenue: 9000, Currency: "JPY", LinkingSites: 8},
		product(3): {Key: product(3), Sessions: 2},
	}, got)
	n := 0
	check(t, p.Worth(t.Context(), func(v Worth) error {
		if v == entries[0] {
			n += 100
		}
		n++
		return nil
	}))
	equal(t, "entries", 100+len(entries), n)
}

func TestApart(t *testing.T) {
	tests := []struct{ in, want string }{
		{"2026-01-01/2026-01-31 2026-02-01/2026-02-28", "2026-01-01/2026-01-31 2026-02-01/2026-02-28"},
		{"2026-01-01/2026-01-31 2026-01-31/2026-02-28", "2026-01-01/2026-01-31"},
		{"2026-01-01/2026-01-28 2026-01-28/2026-02-24", "2026-01-28/2026-02-24"},
		{"2026-02-01/2026-01-01 2026-01-05", "2026-01-05"},
		{"autumn 2026/autumn", "autumn"},
	}
	for _, tt := range tests {
		p := started(t)
		var want, got []string
		for i, period := range strings.Fields(tt.in) {
			check(t, p.AddWorth(t.Context(), []Worth{{Key: product(1), Source: "logs", Period: period, Sessions: float64(i + 1)}}))
		}
		check(t, p.CountedWorth(t.Context(), func(w Worth) error {
			if w.Sessions != 0 {
				got = append(got, w.Period)
			}
			return nil
		}))
		want = append(want, strings.Fields(tt.want)...)
		slices.Sort(want)
		equal(t, tt.in, want, got)
	}
}

// What answers in an older file were asked for is known where the plan still wants it.
func TestProofsAreCarried(t *testing.T) {
	tables, err := os.ReadFile("testdata/schema-2.sql")
	check(t, err)
	path := filepath.Join(t.TempDir(), "old.replatform")
	db, err := sql.Open("sqlite", dsn(path, "rwc", time.Second))
	check(t, err)
	_, err = db.Exec(string(tables) + fmt.Sprintf("PRAGMA application_id=%d; PRAGMA user_version=2;", ApplicationID) + `
		INSERT INTO plan_row (position, old_url, new_url, action, status) VALUES (1, 'o1', 'n1', 'redirect', 301), (2, 'o2', 'n2', 'redirect', 301),
			(3, 'o3', 'n3', 'redirect', 301), (4, 'o4', '', 'gone', 410), (5, 'o5', 'o5', 'keep', 0), (6, 'o6', 'n6', 'ask', 0), (7, 'o7', 'n7', 'redirect', 301);
		INSERT INTO proof (old_url, kind, status, location, final, ok) VALUES ('o1', 'live', 301, 'n1', 'n1', 1), ('o2', 'live', 301, 'earlier', 'earlier', 1),
			('o3', 'live', 404, '', '', 0), ('o4', 'live', 410, '', '', 1), ('o5', 'live', 200, '', '', 1), ('o6', 'live', 301, 'n6', 'n6', 1),
			('o7', 'live', 410, '', '', 1), ('o8', 'live', 200, '', '', 1);`)
	check(t, err)
	check(t, db.Close())
	got := map[string]string{}
	check(t, openProject(t, path).Proofs(t.Context(), func(f Proof) error { got[f.OldURL] = f.AskedFor; return nil }))
	equal(t, "asked for", map[string]string{"o1": "n1", "o2": "", "o3": "n3", "o4": "410", "o5": "200", "o6": "", "o7": "", "o8": ""}, got)
}
