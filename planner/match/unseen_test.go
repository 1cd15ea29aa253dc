package match

import (
	"bytes"
	"testing"

	"replatform/planner/match/internal/judge"
	"replatform/planner/match/internal/lab"
	"replatform/planner/match/internal/synth"
)

// Trades that the model was not trained on: volumes, shades, threads, vintages, years of
// cars, goods by the metre. What is published without review must be right there too.
func TestMatchInTradesItHasNotSeen(t *testing.T) {
	brain, err := judge.Decode(bytes.NewReader(trained))
	if err != nil {
		t.Fatal(err)
	}
	size := 1500
	if testing.Short() {
		size = 200
	}
	published, right := 0, 0.0
	for field := range synth.Fields {
		m := synth.Unseen(field, 2, size)
		c := &lab.Case{Name: synth.FieldName(field), Old: m.Old, New: m.New, Truth: m.Truth}
		gs, err := lab.Guesses(t.Context(), c, brain)
		if err != nil {
			t.Fatal(err)
		}
		f := lab.Judge(c.Truth, gs, 0.99)
		t.Log(lab.Lines(c, gs)[0])
		if f.F1 < 0.96 {
			t.Errorf("%s: F1 is %.4f", c.Name, f.F1)
		}
		published += f.Published
		right += f.PublishedPrecision * float64(f.Published)
	}
	if share := right / float64(max(published, 1)); published < size*synth.Fields/2 || share < 0.99 {
		t.Errorf("%d pairs published, %.4f of them right", published, share)
	}
}
