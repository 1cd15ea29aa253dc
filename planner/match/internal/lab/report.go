package lab

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"replatform/crawler/catalog"
	"replatform/planner/match/internal/judge"
	"replatform/planner/match/internal/pairing"
)

// ErrNoShared is returned when the folder of cases is not there.
var ErrNoShared = errors.New("no folder shared/matching beside the repository; set REPLATFORM_SHARED")

// FindCases looks for the folder of cases: matching below REPLATFORM_SHARED, or
// shared/matching in a folder above the current one.
func FindCases() (string, error) {
	if d := os.Getenv("REPLATFORM_SHARED"); d != "" {
		return filepath.Join(d, "matching"), nil
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		d := filepath.Join(dir, "shared", "matching")
		if st, err := os.Stat(d); err == nil && st.IsDir() {
			return d, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", ErrNoShared
		}
		dir = up
	}
}

// Guesses matches a case with a brain, which may be told some answers.
func Guesses(ctx context.Context, c *Case, b *judge.Brain, known ...pairing.Known) ([]Guess, error) {
	o, err := judge.Decide(ctx, pairing.List(c.Old), pairing.List(c.New), b, judge.Options{Known: known})
	if err != nil {
		return nil, fmt.Errorf("case %s: %w", c.Name, err)
	}
	return guesses(o), nil
}

func guesses(o *judge.Outcome) []Guess {
	gs := make([]Guess, len(o.Decisions))
	for i, d := range o.Decisions {
		gs[i] = Guess{New: d.New, Confidence: d.Confidence, Published: d.Published}
	}
	return gs
}

// Label draws n old pages at random and gives what a person would say of them, and the
// case without them, by which what was learnt from them is judged.
func Label(c *Case, n int, seed uint64) (known []pairing.Known, rest func([]Guess) (*Case, []Guess)) {
	rng := rand.New(rand.NewPCG(seed, 0x6c6162656c))
	drawn := make(map[int]bool)
	for _, i := range rng.Perm(len(c.Old))[:min(n, len(c.Old))] {
		drawn[i] = true
		known = append(known, pairing.Known{Old: int32(i), New: c.Truth[i], Right: true})
	}
	return known, func(gs []Guess) (*Case, []Guess) {
		r := &Case{Name: c.Name, New: c.New}
		var kept []Guess
		for i := range c.Old {
			if !drawn[i] {
				r.Old, r.Truth, kept = append(r.Old, c.Old[i]), append(r.Truth, c.Truth[i]), append(kept, gs[i])
			}
		}
		return r, kept
	}
}

// Header is the first line of the table of figures.
func Header() string {
	return fmt.Sprintf("%-22s %-8s %6s %6s %7s %7s %7s %8s %8s | %6s %7s %7s %8s", "case", "type", "old", "match", "prec", "recall", "F1", "cov@0.99", "abstain", "publ", "prec", "share", "abstain")
}

// Lines gives the rows of a case: all pages, then each type when there are several.
func Lines(c *Case, gs []Guess) []string {
	row := func(name, typ string, f Figures) string {
		return fmt.Sprintf("%-22s %-8s %6d %6d %7.4f %7.4f %7.4f %8.4f %8.4f | %6d %7.4f %7.4f %8.4f", name, typ, f.Old, f.Matchable, f.Precision, f.Recall, f.F1, f.Coverage, f.Abstain,
			f.Published, f.PublishedPrecision, f.PublishedShare, f.PublishedAbstain)
	}
	out := []string{row(c.Name, "all", Judge(c.Truth, gs, 0.99))}
	for _, t := range []catalog.PageType{catalog.ProductP, catalog.Category, catalog.Page} {
		var truth []int32
		var part []Guess
		for i := range c.Old {
			if c.Old[i].Type == t {
				truth, part = append(truth, c.Truth[i]), append(part, gs[i])
			}
		}
		if len(truth) > 0 && len(truth) < len(c.Truth) {
			out = append(out, row("", string(t), Judge(truth, part, 0.99)))
		}
	}
	return out
}

// Bins prints how often pairs of a confidence were right.
func Bins(f Figures) string {
	var b strings.Builder
	for _, x := range f.Bins {
		if x.N > 0 {
			fmt.Fprintf(&b, "  %.3f-%.3f: %6d  %.4f\n", x.Low, min(x.High, 1), x.N, ratio(x.Right, x.N))
		}
	}
	return b.String()
}

// WritePredictions writes guesses in the form that the cases' own evaluation reads.
func WritePredictions(path string, c *Case, gs []Guess) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("writing predictions: %w", err)
	}
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("writing predictions: %w", err)
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	w := csv.NewWriter(f)
	rows := [][]string{{"old_url", "new_url", "confidence"}}
	for i, g := range gs {
		if g.New >= 0 {
			rows = append(rows, []string{c.Old[i].URL, c.New[g.New].URL, strconv.FormatFloat(g.Confidence, 'f', 6, 64)})
		}
	}
	if err := w.WriteAll(rows); err != nil {
		return fmt.Errorf("writing predictions: %w", err)
	}
	return nil
}
