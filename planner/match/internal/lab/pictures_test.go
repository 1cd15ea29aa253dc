package lab

import (
	"path/filepath"
	"strings"
	"testing"

	"replatform/planner/match/internal/pairing"
	"replatform/planner/match/internal/synth"
)

// TestPictures matches moves of trades that the shipped model has not seen, without
// pictures and with them: on the mean nothing gets worse, what is
// published without review stays right, and where the shops say little more is right.
func TestPictures(t *testing.T) {
	brain, err := ReadBrain(filepath.Join("..", "..", "model.json"))
	if err != nil {
		t.Fatal(err)
	}
	trades, size := synth.Fields, 500
	if testing.Short() {
		trades, size = 2, 300
	}
	cs, err := Illustrated(trades, 500, 1, size)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("\n" + PictureHeader() + "\n")
	var fs []PictureFigures
	learnt := 0
	for _, c := range cs {
		f, err := MeasurePictures(t.Context(), c, brain)
		if err != nil {
			t.Fatal(err)
		}
		fs = append(fs, f)
		b.WriteString(strings.Join(f.Lines(), "\n") + "\n")
		atLeast(t, f.Name+" F1", f.With.F1, f.Without.F1-0.01)
		atLeast(t, f.Name+" precision of published pairs", f.With.PublishedPrecision, min(0.99, f.Without.PublishedPrecision)-0.005)
		if f.Pictures == nil {
			t.Fatalf("%s: no pictures", f.Name)
		}
		if w := f.Pictures.Weights; w[pairing.PictureOwn] > 0 {
			learnt++
			if w[pairing.PictureOwn] < w[pairing.PictureShared] || w[pairing.PictureOther] > 0 || w[pairing.PictureUnknown] != 0 {
				t.Errorf("%s: weights %v", f.Name, w)
			}
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
		t.Error("where the shops say little, pictures bring nothing")
	}
	if 2*learnt < len(cs) {
		t.Errorf("pictures of their own are worth something in %d of %d moves only", learnt, len(cs))
	}
	t.Log(b.String())
}
