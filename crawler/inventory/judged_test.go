package inventory

import (
	"database/sql"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"replatform/crawler/catalog"
)

func judged(t testing.TB, p *Project) []Judged {
	t.Helper()
	var out []Judged
	check(t, p.EachJudged(t.Context(), func(j Judged) error { out = append(out, j); return nil }))
	return out
}

func TestJudged(t *testing.T) {
	p := newProject(t)
	x, y := catalog.Key("shopify product x"), catalog.Key("shopify product y")
	at := time.Date(2026, 11, 5, 9, 0, 0, 0, time.UTC)
	proposed := func(old, fresh catalog.Key, confidence float64, method string) Match {
		return Match{Old: old, New: fresh, Class: Close, Confidence: confidence, Method: method}
	}
	decide := func(verdict string, n int, fresh catalog.Key) {
		t.Helper()
		check(t, p.Decide(t.Context(), Decision{Old: product(n), Verdict: verdict, New: fresh, At: at}))
	}
	check(t, p.SaveMatches(t.Context(), []Match{
		proposed(product(1), x, 0.62, "name"), proposed(product(2), x, 0.41, "name"), proposed(product(3), x, 0.7, "sku"),
		proposed(product(4), "", 0, ""), proposed(product(5), x, 0.5, "name"), proposed(product(6), x, 7, "name"),
	}))
	decide(Accept, 1, "")
	decide(Reject, 2, "")
	decide(Pick, 3, y)
	decide(Pick, 4, y) // nothing was proposed: no pair was judged
	decide(Ignore, 5, "")
	decide(Gone, 6, "")
	word := func(n int, fresh catalog.Key, right bool, confidence float64, method string) Judged {
		return Judged{Old: product(n), New: fresh, Source: JudgedReview, Right: right, Confidence: confidence, Method: method, At: at}
	}
	want := []Judged{word(1, x, true, 0.62, "name"), word(2, x, false, 0.41, "name"), word(3, x, false, 0.7, "sku"), word(6, x, false, 0, "name")}
	equal(t, "pairs", want, judged(t, p))

	// A later match, which has learnt from the words, changes nothing of it, and neither
	// does another word on the same pair change the confidence of then.
	check(t, p.SaveMatches(t.Context(), []Match{proposed(product(1), x, 1, "person"), proposed(product(2), y, 0.55, "name"), proposed(product(3), y, 1, "person")}))
	equal(t, "pairs after a match", want, judged(t, p))
	decide(Reject, 1, "")
	decide(Reject, 2, "")
	want[0].Right = false
	want = append(want[:2], append([]Judged{word(2, y, false, 0.55, "name")}, want[2:]...)...)
	equal(t, "pairs judged after it", want, judged(t, p))
	// What is taken back was not said; what was said of another pair before stands.
	decide("", 2, "")
	decide("", 1, "")
	decide(Ignore, 6, "")
	equal(t, "pairs taken back", []Judged{want[1], want[3], want[4]}, judged(t, p)) // nothing is proposed for 6 any more

	// A sample stands beside the decisions, and read again in its own place.
	check(t, p.SaveSample(t.Context(), []Judged{{Old: product(2), New: x, Right: true, Confidence: 0.98, At: at}}))
	check(t, p.SaveSample(t.Context(), []Judged{{Old: product(2), New: x, Confidence: 0.99, At: at.Add(time.Hour)}}))
	sample := Judged{Old: product(2), New: x, Source: JudgedSample, Confidence: 0.98, At: at.Add(time.Hour)}
	equal(t, "pairs with a sample", []Judged{want[1], sample, want[3], want[4]}, judged(t, p))
	for name, bad := range map[string]Judged{"not a number": {Old: product(1), New: x, Confidence: math.NaN()}, "beyond 1": {Old: product(1), New: x, Confidence: 1.1},
		"no new page": {Old: product(1), Confidence: 1}, "no old page": {New: x, Confidence: 1}} {
		if err := p.SaveSample(t.Context(), []Judged{{Old: product(9), New: x, Confidence: 1}, bad}); err == nil {
			t.Errorf("%s was stored", name)
		}
	}
	equal(t, "pairs of refused samples", 4, len(judged(t, p)))
}

// What an older file knows of the confidence of its decisions is carried over: that of
// pairs which the newest match, made before the decision, still proposes.
func TestJudgedIsCarried(t *testing.T) {
	tables, err := os.ReadFile("testdata/schema-2.sql")
	check(t, err)
	path := filepath.Join(t.TempDir(), "old.replatform")
	db, err := sql.Open("sqlite", dsn(path, "rwc", time.Second))
	check(t, err)
	_, err = db.Exec(string(tables) + fmt.Sprintf("PRAGMA application_id=%d; PRAGMA user_version=2;", ApplicationID) + `
		INSERT INTO match (old_key, new_key, confidence, method) VALUES
			('o 1', 'n 1', 0.75, 'name'), ('o 2', 'n 2', 0.5, 'name'), ('o 3', 'n 3', 1, 'person'), ('o 4', 'n 9', 0.6, 'name'), ('o 5', 'n 5', 0.9, 'sku'), ('o 6', 'n 6', 0.8, 'name');
		INSERT INTO decision (old_key, decision, new_key, proposed, decided_at) VALUES
			('o 1', 'accept', 'n 1', 'n 1', '2026-11-05T09:00:00.000Z'), ('o 2', 'pick', 'n 7', 'n 2', ''), ('o 3', 'accept', 'n 3', 'n 3', ''),
			('o 4', 'reject', '', 'n 4', ''), ('o 5', 'ignore', '', 'n 5', ''), ('o 6', 'gone', '', 'n 6', ''), ('o 8', 'pick', 'n 8', '', '');`)
	check(t, err)
	check(t, db.Close())
	equal(t, "pairs", []Judged{
		{Old: "o 1", New: "n 1", Source: JudgedReview, Right: true, Confidence: 0.75, Method: "name", At: time.Date(2026, 11, 5, 9, 0, 0, 0, time.UTC)},
		{Old: "o 2", New: "n 2", Source: JudgedReview, Confidence: 0.5, Method: "name"},
		{Old: "o 6", New: "n 6", Source: JudgedReview, Confidence: 0.8, Method: "name"},
	}, judged(t, openProject(t, path)))
}
