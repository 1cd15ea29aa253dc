package lab

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func cases(t *testing.T) []*Case {
	t.Helper()
	dir, err := FindCases()
	if errors.Is(err, ErrNoShared) {
		t.Skip("shared/matching is not beside the repository: the cases with known answers cannot be measured")
	}
	if err != nil {
		t.Fatal(err)
	}
	cs, err := ReadCases(dir)
	if err != nil {
		t.Fatal(err)
	}
	return cs
}

// EvaluateCases matches every case with a model that has seen the other cases only,
// prints the figures and holds them against the bars that the package promises.
func TestEvaluateCases(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	var b strings.Builder
	b.WriteString("\n" + Header() + "\n")
	var f1, coverage, shops float64
	for _, c := range cases(t) {
		brain, err := ReadBrain(filepath.Join("testdata", "folds", c.Name+".json.gz"))
		if err != nil {
			t.Fatal(err)
		}
		if slices.Contains(brain.TrainedOn, c.Name) {
			t.Fatalf("the model that measures %s has seen its answers", c.Name)
		}
		gs, err := Guesses(t.Context(), c, brain)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range Lines(c, gs) {
			b.WriteString(l + "\n")
		}
		f := Judge(c.Truth, gs, 0.99)
		switch {
		case strings.HasPrefix(c.Name, "shop-"):
			f1, coverage, shops = f1+f.F1, coverage+f.Coverage, shops+1
			atLeast(t, c.Name+" coverage", f.Coverage, 0.85)
			atLeast(t, c.Name+" precision of published pairs", f.PublishedPrecision, 0.99)
		case strings.HasPrefix(c.Name, "redirect-"):
			if f.Published > 0 {
				atLeast(t, c.Name+" precision of published pairs", f.PublishedPrecision, 0.97)
			}
			atLeast(t, c.Name+" pages without counterpart that published pairs leave alone", f.PublishedAbstain, 0.9)
		case c.Name == "er-abt-buy":
			atLeast(t, c.Name+" F1", f.F1, 0.86)
		case c.Name == "er-amazon-google":
			atLeast(t, c.Name+" F1", f.F1, 0.75)
		}
	}
	if shops > 0 {
		atLeast(t, "mean F1 of shops", f1/shops, 0.97)
		atLeast(t, "mean coverage of shops", coverage/shops, 0.92)
	}
	t.Log(b.String())
}

// TestWordsTeach tells the answers of 300 pages of every case, drawn at random, to
// models that have not seen the case, and measures on the others: as good as without
// them everywhere, much better where little could be learnt without, and never
// published below the precision asked for.
func TestWordsTeach(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	var b strings.Builder
	b.WriteString("\n" + Header() + "\n")
	for _, c := range cases(t) {
		brain, err := ReadBrain(filepath.Join("testdata", "folds", c.Name+".json.gz"))
		if err != nil {
			t.Fatal(err)
		}
		known, rest := Label(c, 300, 1)
		plain, err := Guesses(t.Context(), c, brain)
		if err != nil {
			t.Fatal(err)
		}
		taught, err := Guesses(t.Context(), c, brain, known...)
		if err != nil {
			t.Fatal(err)
		}
		r, before := rest(plain)
		_, after := rest(taught)
		b.WriteString(Lines(r, after)[0] + "\n")
		f, g := Judge(r.Truth, before, 0.99), Judge(r.Truth, after, 0.99)
		atLeast(t, c.Name+" F1 with the words", g.F1, f.F1-0.005)
		if c.Name == "er-abt-buy" {
			atLeast(t, c.Name+" F1 with the words", g.F1, 0.92)
			atLeast(t, c.Name+" published with the words", g.PublishedShare, f.PublishedShare+0.2)
		}
		if g.Published > 0 {
			atLeast(t, c.Name+" precision of published pairs", g.PublishedPrecision, 0.99)
		}
	}
	t.Log(b.String())
}

func atLeast(t *testing.T, what string, got, want float64) {
	t.Helper()
	if got < want {
		t.Errorf("%s is %.4f, want at least %.4f", what, got, want)
	}
}
