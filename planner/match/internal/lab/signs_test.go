package lab

import (
	"path/filepath"
	"strings"
	"testing"

	"replatform/planner/match/internal/pairing"
	"replatform/planner/match/internal/synth"
)

// TestPictures matches moves of trades that the shipped model has not seen without what
// their pictures say and with it; TestVariants does so with lists of variants.
func TestPictures(t *testing.T) { testSigns(t, 4, (*synth.Move).Picture) }

func TestVariants(t *testing.T) { testSigns(t, synth.Fields, (*synth.Move).ListVariants) }

// testSigns sees that on the mean nothing gets worse, that what is published without
// review stays right, and that where the shops say little more is right.
func testSigns(t *testing.T, trades int, give func(*synth.Move, uint64) error) {
	t.Helper()
	brain, err := ReadBrain(filepath.Join("..", "..", "model.json"))
	if err != nil {
		t.Fatal(err)
	}
	size := 500
	if testing.Short() {
		trades, size = 2, 300
	}
	cs, err := Signed(trades, 500, 1, size, give)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("\n" + SignHeader() + "\n")
	var fs []SignFigures
	learnt := 0
	for _, c := range cs {
		f, err := MeasureSigns(t.Context(), c, brain)
		if err != nil {
			t.Fatal(err)
		}
		fs = append(fs, f)
		b.WriteString(strings.Join(f.Lines(), "\n") + "\n")
		atLeast(t, f.Name+" F1", f.With.F1, f.Without.F1-0.01)
		atLeast(t, f.Name+" precision of published pairs", f.With.PublishedPrecision, min(0.99, f.Without.PublishedPrecision)-0.005)
		if f.Sign == nil {
			t.Fatalf("%s: no signs", f.Name)
		}
		w := f.Sign.Weights
		if w[pairing.SignOwn] > 0 {
			learnt++
		}
		if w[pairing.SignOther] > 0 || w[pairing.SignUnknown] != 0 || w[pairing.SignOwn] < 0 {
			t.Errorf("%s: weights %v", f.Name, w)
		}
	}
	for _, suffix := range []string{"", "-bare"} {
		m := Mean(fs, suffix)
		b.WriteString(strings.Join(m.Lines(), "\n") + "\n")
		for i, v := range m.With.shares() {
			atLeast(t, m.Name+" figure "+[]string{"precision", "recall", "F1", "coverage", "abstention", "published precision", "published share", "published abstention"}[i],
				*v, *m.Without.shares()[i]-0.005)
		}
	}
	if bare := Mean(fs, "-bare"); bare.With.F1 <= bare.Without.F1 || bare.With.Precision <= bare.Without.Precision {
		t.Error("where the shops say little, signs bring nothing")
	}
	if 2*learnt < len(cs) {
		t.Errorf("the sign speaks for pairs in %d of %d moves only", learnt, len(cs))
	}
	t.Log(b.String())
}
